//! Setting a page: from texts and tables to drawing instructions, and from those to a file.

pub(crate) mod masthead;
pub(crate) mod paint;
pub(crate) mod qr;
pub(crate) mod sheet;
pub(crate) mod table;
pub(crate) mod text;

use paint::Colour;

/// A4, in points.
pub(crate) const PAGE_WIDTH: f32 = 595.28;
pub(crate) const PAGE_HEIGHT: f32 = 841.89;
pub(crate) const MARGIN: f32 = 40.0;
pub(crate) const TOP: f32 = 38.0;
/// Text ends here; the foot is below.
pub(crate) const BOTTOM: f32 = PAGE_HEIGHT - 56.0;
pub(crate) const CONTENT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;

pub(crate) const INK: Colour = Colour(0x17, 0x20, 0x2e);
pub(crate) const MUTED: Colour = Colour(0x5d, 0x68, 0x78);
pub(crate) const NAVY: Colour = Colour(0x0f, 0x3b, 0x66);
pub(crate) const RULE: Colour = Colour(0xb9, 0xc4, 0xd1);
pub(crate) const BAND: Colour = Colour(0xeb, 0xf1, 0xf7);
pub(crate) const GREEN: Colour = Colour(0x17, 0x6b, 0x3c);
pub(crate) const RED: Colour = Colour(0xb0, 0x25, 0x1c);
pub(crate) const AMBER: Colour = Colour(0x8a, 0x5a, 0x00);
pub(crate) const WATERMARK: Colour = Colour(0xf7, 0xeb, 0xea);
pub(crate) const WHITE: Colour = Colour(0xff, 0xff, 0xff);

/// What a status says at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// In force, done, sound.
    Good,
    /// Not yet, conditional.
    Waiting,
    /// Used up, refused, damaged.
    Bad,
}

impl Tone {
    pub const fn colour(self) -> Colour {
        match self {
            Self::Good => GREEN,
            Self::Waiting => AMBER,
            Self::Bad => RED,
        }
    }
}
