//! Drawing instructions, and their translation into a PDF/A-2b file.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Configuration, Validator};
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use ledger::Timestamp;

use super::qr::{QUIET_MODULES, QrMatrix};
use super::{PAGE_HEIGHT, PAGE_WIDTH, WHITE};
use crate::error::DocumentError;
use crate::font::{FaceKind, Measure};

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    fn fill(self) -> Fill {
        Fill { paint: rgb::Color::new(self.0, self.1, self.2).into(), opacity: NormalizedF32::ONE, rule: Default::default() }
    }

    fn stroke(self, width: f32) -> Stroke {
        Stroke { paint: rgb::Color::new(self.0, self.1, self.2).into(), width, ..Stroke::default() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    /// The font has one weight; bold letters are drawn with a thin outline of the same colour.
    Bold,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub face: FaceKind,
    pub size: f32,
    pub weight: Weight,
    pub colour: Colour,
}

impl Style {
    pub const fn sans(size: f32, colour: Colour) -> Self {
        Self { face: FaceKind::Sans, size, weight: Weight::Regular, colour }
    }

    pub const fn mono(size: f32, colour: Colour) -> Self {
        Self { face: FaceKind::Mono, size, weight: Weight::Regular, colour }
    }

    pub const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    /// Distance between the baselines of two lines.
    pub fn leading(self) -> f32 {
        self.size * 1.32
    }
}

/// A box on the page: left, top, width, height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// One thing to draw.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    /// Text with its baseline starting at a point.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A filled box.
    Filled { area: Area, colour: Colour },
    /// The outline of a box.
    Outline { area: Area, colour: Colour, width: f32 },
    /// A straight line.
    Line { from: (f32, f32), to: (f32, f32), colour: Colour, width: f32 },
    /// A QR code with its quiet zone inside the area.
    Qr { area: Area, matrix: QrMatrix },
    /// An area that opens an address.
    Link { area: Area, url: String },
    /// Large slanted text around a point, below everything else.
    Slanted { x: f32, y: f32, style: Style, text: String },
}

/// What a file says about itself.
pub(crate) struct FileFacts {
    pub title: String,
    pub number: String,
    pub issuer: String,
    pub language: &'static str,
    pub issued_at: Timestamp,
}

/// Writes pages of marks as a file.
pub(crate) fn write(pages: &[Vec<Mark>], measure: &Measure<'_>, facts: &FileFacts) -> Result<Vec<u8>, DocumentError> {
    let settings = SerializeSettings { configuration: Configuration::new_with_validator(Validator::A2_B), ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    document.set_metadata(metadata(facts));
    for marks in pages {
        let Some(size) = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT) else {
            return Err(DocumentError::Pdf("the page has no size".to_owned()));
        };
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, measure);
        }
        surface.finish();
        for mark in marks {
            if let Mark::Link { area, url } = mark
                && let Some(place) = rect(*area)
            {
                let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
                page.add_annotation(Annotation::new_link(LinkAnnotation::new(place, target), Some(url.clone())));
            }
        }
        page.finish();
    }
    document.finish().map_err(|fault| DocumentError::Pdf(format!("{fault:?}")))
}

fn metadata(facts: &FileFacts) -> Metadata {
    let (year, month, day, hour, minute, second, _) = facts.issued_at.civil(0);
    let small = |number: u32| u8::try_from(number).unwrap_or(1);
    let date = DateTime::new(u16::try_from(year).unwrap_or(1970))
        .month(small(month))
        .day(small(day))
        .hour(small(hour))
        .minute(small(minute))
        .second(small(second))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(format!("{} {}", facts.title, facts.number))
        .authors(vec![facts.issuer.clone()])
        .creator("Fairway".to_owned())
        .language(facts.language.to_owned())
        .document_id(facts.number.clone())
        .creation_date(date)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, measure: &Measure<'_>) {
    match mark {
        Mark::Text { x, y, style, text } => draw_text(surface, *x, *y, *style, text, measure),
        Mark::Filled { area, colour } => {
            if let Some(path) = rect(*area).and_then(|place| path_of(&[place])) {
                surface.set_stroke(None);
                surface.set_fill(Some(colour.fill()));
                surface.draw_path(&path);
            }
        }
        Mark::Outline { area, colour, width } => {
            if let Some(path) = rect(*area).and_then(|place| path_of(&[place])) {
                stroke_path(surface, &path, *colour, *width);
            }
        }
        Mark::Line { from, to, colour, width } => {
            let mut builder = PathBuilder::new();
            builder.move_to(from.0, from.1);
            builder.line_to(to.0, to.1);
            if let Some(path) = builder.finish() {
                stroke_path(surface, &path, *colour, *width);
            }
        }
        Mark::Qr { area, matrix } => draw_qr(surface, *area, matrix),
        Mark::Link { .. } => {}
        Mark::Slanted { x, y, style, text } => {
            let width = measure.width(style.face, style.size, text);
            surface.push_transform(&Transform::from_rotate_at(-32.0, *x, *y));
            draw_text(surface, x - width / 2.0, *y, *style, text, measure);
            surface.pop();
        }
    }
}

fn draw_text(surface: &mut Surface<'_>, x: f32, y: f32, style: Style, text: &str, measure: &Measure<'_>) {
    let face = measure.face(style.face);
    let glyphs: Vec<KrillaGlyph> = text
        .char_indices()
        .map(|(at, letter)| {
            let (id, advance) = face.glyph(letter);
            KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, at..at + letter.len_utf8(), None)
        })
        .collect();
    if glyphs.is_empty() {
        return;
    }
    surface.set_fill(Some(style.colour.fill()));
    surface.set_stroke(match style.weight {
        Weight::Regular => None,
        Weight::Bold => Some(style.colour.stroke(style.size * 0.026)),
    });
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, face.font.clone(), text, style.size, false);
    surface.set_stroke(None);
}

fn draw_qr(surface: &mut Surface<'_>, area: Area, matrix: &QrMatrix) {
    let module = area.width / (matrix.side + 2 * QUIET_MODULES) as f32;
    draw_filled(surface, &[area], WHITE);
    let dark: Vec<Area> = matrix
        .runs()
        .into_iter()
        .map(|(column, row, length)| Area {
            x: area.x + (column + QUIET_MODULES) as f32 * module,
            y: area.y + (row + QUIET_MODULES) as f32 * module,
            width: length as f32 * module,
            height: module,
        })
        .collect();
    draw_filled(surface, &dark, Colour(0, 0, 0));
}

fn draw_filled(surface: &mut Surface<'_>, areas: &[Area], colour: Colour) {
    let places: Vec<Rect> = areas.iter().filter_map(|area| rect(*area)).collect();
    if let Some(path) = path_of(&places) {
        surface.set_stroke(None);
        surface.set_fill(Some(colour.fill()));
        surface.draw_path(&path);
    }
}

fn stroke_path(surface: &mut Surface<'_>, path: &Path, colour: Colour, width: f32) {
    surface.set_fill(None);
    surface.set_stroke(Some(colour.stroke(width)));
    surface.draw_path(path);
    surface.set_stroke(None);
}

fn rect(area: Area) -> Option<Rect> {
    Rect::from_xywh(area.x, area.y, area.width, area.height)
}

fn path_of(places: &[Rect]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for place in places {
        builder.push_rect(*place);
    }
    builder.finish()
}
