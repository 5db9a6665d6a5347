//! What can go wrong, and how much a document may hold.

use std::path::PathBuf;

/// Containers on one document.
pub const CONTAINERS_MAX: usize = 400;
/// Goods lines on one document.
pub const GOODS_LINES_MAX: usize = 400;
/// Lines of duties on one notice: a declaration has at most 50 goods items, each with a few kinds of duty.
pub const DUTY_LINES_MAX: usize = 400;
/// Lines of one entry tally sheet.
pub const SHEET_LINES_MAX: usize = 2_000;
/// Damages on one interchange receipt.
pub const DAMAGES_MAX: usize = 60;
/// Objects that an event is about, on one ledger receipt.
pub const OBJECTS_MAX: usize = 100;
/// Hashes in an inclusion path: a log of 2^63 leaves needs 63.
pub const PROOF_STEPS_MAX: usize = 63;
/// Remarks or conditions on one document.
pub const NOTES_MAX: usize = 20;
/// Signatures on one document.
pub const SIGNATURES_MAX: usize = 4;
/// Characters in one field.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Bytes in a QR code. More would give modules too small for a hand-held reader at the printed size.
pub const QR_BYTES_MAX: usize = 240;
/// Pages of one document.
pub const PAGES_MAX: usize = 60;

/// Why a document was not made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// No usable font was found in any of the places looked at.
    #[error("no Chinese font found (looked at {}). Install one, on Debian: apt-get install fonts-wqy-microhei; or configure the path of a font file", paths(.looked_at))]
    FontMissing {
        /// Every file that was looked at.
        looked_at: Vec<PathBuf>,
    },
    /// The font file cannot be read.
    #[error("the font file {} cannot be read", .path.display())]
    FontUnreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is not a font, or not one with both Chinese and Latin letters.
    #[error("the font {} cannot be used: {why}. On Debian: apt-get install fonts-wqy-microhei", .path.display())]
    FontUnusable {
        /// The file.
        path: PathBuf,
        /// What is missing.
        why: &'static str,
    },
    /// A list is longer than a document may hold.
    #[error("{what}: {found} are more than the {max} that one document holds")]
    TooMany {
        /// The list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// A text is longer than a field may hold.
    #[error("a text of {found} characters is longer than the {max} that a field holds: {start:?}…")]
    TextTooLong {
        /// How the text begins.
        start: String,
        /// Its length in characters.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// The document would need more pages than allowed.
    #[error("the document needs more than {PAGES_MAX} pages")]
    TooManyPages,
    /// The verification address does not fit into a QR code that can be read from paper.
    #[error("the verification address has {found} bytes, more than the {QR_BYTES_MAX} that a printed QR code holds")]
    QrTooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The QR code could not be made.
    #[error("the QR code could not be made: {0}")]
    Qr(String),
    /// The file could not be written as PDF/A.
    #[error("the PDF could not be made: {0}")]
    Pdf(String),
}

fn paths(all: &[PathBuf]) -> String {
    all.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Refuses a list that is longer than its limit.
pub(crate) fn at_most(what: &'static str, found: usize, max: usize) -> Result<(), DocumentError> {
    if found > max { Err(DocumentError::TooMany { what, found, max }) } else { Ok(()) }
}
