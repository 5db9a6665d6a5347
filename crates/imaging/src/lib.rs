//! Images of non-intrusive inspection (机检图像): what a file is, its grey pixels, a sandbox scanner whose truth is known, and the baseline that
//! hints at what differs from its surroundings.
//!
//! Everything is computed with the four operations and the square root alone, so that the same seed gives the same bytes and the same figures on
//! every machine. The measured figures of the baseline ([`measured`]) are those that `tests/measured.rs` computes.
//!
//! Deliberately does not know orders, officers, storage, or any model beside the baseline; a hint never decides.
#![forbid(unsafe_code)]

mod baseline;
mod file;
mod measure;
mod picture;
mod sandbox;

pub use baseline::{HINTS_MAX, MODEL_NAME, MODEL_VERSION, analyse};
pub use file::{Described, FileKind, describe};
pub use measure::{MATCH_IOU, MEASURED_IMAGES, Measured, measure, measured};
pub use picture::{PIXELS_MAX, Picture, PictureError, SIDE_MAX};
pub use sandbox::{Cargo, Hidden, HiddenKind, PIXEL_UM, SandboxScan, scan};

use serde::{Deserialize, Serialize};

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Left edge, pixels from the left.
    pub x: u32,
    /// Upper edge, pixels from the top.
    pub y: u32,
    /// Width, pixels.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
}

impl Area {
    /// Common area divided by the area that either covers, 0 to 1 (交并比).
    pub fn overlap(self, other: Self) -> f32 {
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        let width = right.saturating_sub(self.x.max(other.x));
        let height = bottom.saturating_sub(self.y.max(other.y));
        let common = u64::from(width) * u64::from(height);
        let either = u64::from(self.width) * u64::from(self.height) + u64::from(other.width) * u64::from(other.height) - common;
        if either == 0 { 0.0 } else { common as f32 / either as f32 }
    }
}

/// A place that differs from its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Where.
    pub area: Area,
    /// How much it differs, 0 to 1; comparable within one model only.
    pub score: f32,
}
