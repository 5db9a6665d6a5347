//! QR codes (ISO/IEC 18004) as squares to be drawn.

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{DocumentError, QR_BYTES_MAX};

/// Empty modules that a reader needs on each side.
pub(crate) const QUIET_MODULES: usize = 4;

/// A QR code: dark and light modules, row by row, without the quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QrMatrix {
    pub side: usize,
    dark: Vec<bool>,
}

impl QrMatrix {
    /// Error correction M (15 %): paper gets folded and stamped on.
    pub fn new(text: &str) -> Result<Self, DocumentError> {
        if text.len() > QR_BYTES_MAX {
            return Err(DocumentError::QrTooLong { found: text.len() });
        }
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|fault| DocumentError::Qr(fault.to_string()))?;
        Ok(Self { side: code.width(), dark: code.to_colors().into_iter().map(|module| module == Color::Dark).collect() })
    }

    /// Runs of dark modules as (column, row, length).
    pub fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for (row, modules) in self.dark.chunks(self.side).enumerate() {
            let mut column = 0;
            while column < self.side {
                let length = modules[column..].iter().take_while(|dark| **dark).count();
                if length > 0 {
                    runs.push((column, row, length));
                }
                column += length.max(1);
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_independent_reader_reads_what_the_runs_draw() {
        for text in ["https://fairway.example/verify/K7QM-29XT", &"x".repeat(QR_BYTES_MAX), "提货单 DO-2026-000017"] {
            let matrix = QrMatrix::new(text).expect("fits");
            let scale = 4;
            let side = (matrix.side + 2 * QUIET_MODULES) * scale;
            let mut picture = vec![255u8; side * side];
            for (column, row, length) in matrix.runs() {
                for y in 0..scale {
                    for x in 0..length * scale {
                        let (px, py) = ((column + QUIET_MODULES) * scale + x, (row + QUIET_MODULES) * scale + y);
                        picture[py * side + px] = 0;
                    }
                }
            }
            let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| picture[y * side + x]);
            let grids = image.detect_grids();
            assert_eq!(grids.len(), 1, "one code in the picture of {text:?}");
            assert_eq!(grids[0].decode().expect("readable").1, text);
        }
    }

    #[test]
    fn an_address_too_long_for_paper_is_refused() {
        let fault = QrMatrix::new(&"x".repeat(QR_BYTES_MAX + 1)).expect_err("one byte too many");
        assert!(matches!(fault, DocumentError::QrTooLong { found } if found == QR_BYTES_MAX + 1));
    }
}
