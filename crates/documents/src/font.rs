//! The font that documents are set in: found on the machine at run time, embedded as a subset.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider};

use crate::error::DocumentError;

/// Largest font file that is loaded. The largest common Chinese collection has 20 MB.
pub const FONT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Well-known places: file, index of the proportional face, index of the fixed-width face in the same file.
const KNOWN: [(&str, u32, u32); 5] = [
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0, 1),
    ("/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc", 0, 1),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0, 1),
    // In this collection the simplified Chinese faces are the third and the eighth.
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2, 7),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2, 7),
];

/// Letters without which no document can be set.
const NEEDED: [char; 6] = ['提', '货', '单', 'A', '0', '。'];

/// Where the font comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FontSource {
    /// The first of the well-known places of Debian and its relatives that has one.
    #[default]
    System,
    /// A TrueType or OpenType file, or the first face of a collection.
    File(PathBuf),
}

impl FontSource {
    /// Loads and checks the font.
    ///
    /// # Errors
    /// When there is none, it cannot be read, or it lacks Chinese or Latin letters. The text names the package to install.
    pub fn load(&self) -> Result<Fonts, DocumentError> {
        match self {
            Self::File(path) => match KNOWN.iter().find(|(known, _, _)| Path::new(known) == path) {
                Some((_, sans, mono)) => Fonts::read(path, *sans, *mono),
                None => Fonts::read(path, 0, 0),
            },
            Self::System => match KNOWN.iter().find(|(path, _, _)| Path::new(path).is_file()) {
                Some((path, sans, mono)) => Fonts::read(Path::new(path), *sans, *mono),
                None => Err(DocumentError::FontMissing { looked_at: KNOWN.iter().map(|(path, _, _)| PathBuf::from(path)).collect() }),
            },
        }
    }
}

/// A loaded font: one proportional and one fixed-width face. Cheap to clone, made once per process.
#[derive(Clone)]
pub struct Fonts {
    data: Arc<Vec<u8>>,
    sans: Face,
    mono: Face,
}

#[derive(Clone)]
struct Face {
    font: Font,
    index: u32,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("bytes", &self.data.len()).finish_non_exhaustive()
    }
}

impl Fonts {
    fn read(path: &Path, sans: u32, mono: u32) -> Result<Self, DocumentError> {
        let unreadable = |source| DocumentError::FontUnreadable { path: path.to_owned(), source };
        let unusable = |why| DocumentError::FontUnusable { path: path.to_owned(), why };
        if std::fs::metadata(path).map_err(unreadable)?.len() > FONT_BYTES_MAX {
            return Err(unusable("the file is too large"));
        }
        Self::from_bytes(std::fs::read(path).map_err(unreadable)?, sans, mono).map_err(unusable)
    }

    fn from_bytes(bytes: Vec<u8>, sans: u32, mono: u32) -> Result<Self, &'static str> {
        let data = Arc::new(bytes);
        let face = |index| {
            let reference = FontRef::from_index(&data, index).map_err(|_| "it is not a TrueType or OpenType font")?;
            let charmap = reference.charmap();
            if NEEDED.iter().any(|letter| charmap.map(*letter).is_none()) {
                return Err("it lacks Chinese or Latin letters");
            }
            let font = Font::new(data.clone().into(), index).ok_or("its tables cannot be read")?;
            Ok(Face { font, index })
        };
        Ok(Self { sans: face(sans)?, mono: face(mono)?, data: data.clone() })
    }

    /// Looks up glyphs and widths for the time of one document.
    pub(crate) fn measure(&self) -> Option<Measure<'_>> {
        Some(Measure { sans: FaceMeasure::new(&self.data, &self.sans)?, mono: FaceMeasure::new(&self.data, &self.mono)? })
    }
}

/// Which face a text is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaceKind {
    Sans,
    /// For numbers that are compared letter by letter: container numbers, hashes, codes.
    Mono,
}

pub(crate) struct Measure<'a> {
    sans: FaceMeasure<'a>,
    mono: FaceMeasure<'a>,
}

impl Measure<'_> {
    pub fn face(&self, kind: FaceKind) -> &FaceMeasure<'_> {
        match kind {
            FaceKind::Sans => &self.sans,
            FaceKind::Mono => &self.mono,
        }
    }

    /// Width of a text in points.
    pub fn width(&self, kind: FaceKind, size: f32, text: &str) -> f32 {
        let face = self.face(kind);
        text.chars().map(|letter| face.glyph(letter).1).sum::<f32>() * size
    }
}

pub(crate) struct FaceMeasure<'a> {
    pub font: Font,
    charmap: Charmap<'a>,
    metrics: GlyphMetrics<'a>,
    units_per_em: f32,
    replacement: skrifa::GlyphId,
}

impl<'a> FaceMeasure<'a> {
    fn new(data: &'a [u8], face: &Face) -> Option<Self> {
        let reference = FontRef::from_index(data, face.index).ok()?;
        let charmap = reference.charmap();
        let replacement = ['□', '?'].iter().find_map(|letter| charmap.map(*letter))?;
        let metrics = reference.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { font: face.font.clone(), charmap, metrics, units_per_em: face.font.units_per_em(), replacement })
    }

    /// Glyph and advance as a share of the font size. A letter that the font lacks is drawn as a box; the text inside
    /// the file keeps the letter, so that searching and copying still find it.
    pub fn glyph(&self, letter: char) -> (u32, f32) {
        let id = self.charmap.map(letter).filter(|id| id.to_u32() != 0).unwrap_or(self.replacement);
        (id.to_u32(), self.metrics.advance_width(id).unwrap_or(0.0) / self.units_per_em)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_names_the_package_to_install() {
        let fault = FontSource::File("/nonexistent/font.ttf".into()).load().expect_err("there is no such file");
        assert!(matches!(fault, DocumentError::FontUnreadable { .. }), "{fault}");
        let none = DocumentError::FontMissing { looked_at: vec!["/a".into(), "/b".into()] };
        assert!(none.to_string().contains("/a, /b") && none.to_string().contains("fonts-wqy-microhei"), "{none}");
    }

    #[test]
    fn bytes_that_are_no_font_are_refused() {
        assert_eq!(Fonts::from_bytes(b"not a font at all".to_vec(), 0, 0).err(), Some("it is not a TrueType or OpenType font"));
    }

    #[test]
    fn fonts_can_be_shared_between_threads() {
        fn shared<T: Send + Sync + Clone>() {}
        shared::<Fonts>();
    }
}
