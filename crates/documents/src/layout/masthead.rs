//! The top of a first page: title, number, issuer, state, and the QR code.

use super::paint::{Area, Mark, Style};
use super::qr::QrMatrix;
use super::sheet::Sheet;
use super::{CONTENT_WIDTH, INK, MARGIN, MUTED, NAVY, RED, Tone};
use crate::error::DocumentError;
use crate::head::Standing;
use crate::label::{Label, Lang};

/// Side of the QR code in points (31 mm): modules stay above 0.4 mm up to the longest address allowed.
const QR_SIDE: f32 = 88.0;
const MASTHEAD_HEIGHT: f32 = 98.0;
/// Smallest letters that a long number or name is shrunk to.
const SIZE_MIN: f32 = 5.5;

const NUMBER: Label = Label::new("编号", "No.");
const ISSUER: Label = Label::new("签发", "Issued by");
const ISSUED_AT: Label = Label::new("签发时间", "Issued at");
const VERIFY: Label = Label::new("扫码核验", "Scan to verify");

impl Sheet<'_> {
    /// Sets the masthead. `state` is what the document is good for at this moment.
    pub fn masthead(&mut self, state: Label, tone: Tone) -> Result<(), DocumentError> {
        let (top, lang) = (self.y(), self.lang);
        let right = MARGIN + CONTENT_WIDTH;
        let qr = Area { x: right - QR_SIDE + 6.0, y: top - 8.0, width: QR_SIDE, height: QR_SIDE };
        self.mark(Mark::Qr { area: qr, matrix: QrMatrix::new(&self.head.verification.url)? });
        self.mark(Mark::Link { area: qr, url: self.head.verification.url.clone() });
        let centre = qr.x + QR_SIDE / 2.0;
        self.text_around(centre, qr.y + QR_SIDE + 3.0, Style::sans(6.6, MUTED), VERIFY.both(lang));
        self.text_around(centre, qr.y + QR_SIDE + 13.5, Style::mono(8.6, INK).bold(), self.head.verification.code.clone());

        let (main, small) = match lang {
            Lang::Zh => (Style::sans(23.0, NAVY).bold(), Style::sans(10.0, MUTED)),
            Lang::En => (Style::sans(19.0, NAVY).bold(), Style::sans(11.0, MUTED)),
        };
        let small_text = match lang {
            Lang::Zh => self.title.small(lang).to_uppercase(),
            Lang::En => self.title.small(lang).to_owned(),
        };
        self.text(MARGIN, top + 20.0, main, self.title.main(lang));
        self.text(MARGIN, top + 36.0, small, small_text);

        let mut x = MARGIN;
        x += self.chip(x, top + 45.0, &state.both(lang), tone.colour()) + 6.0;
        if self.head.standing == Standing::Demonstration {
            self.chip(x, top + 45.0, "演示 DEMO", RED);
        }
        let left = CONTENT_WIDTH - QR_SIDE - 8.0;
        let number = self.head.number.clone();
        self.pair(MARGIN, top + 78.0, left, NUMBER, Style::mono(11.0, INK).bold(), &number);
        let issuer = self.head.issuer.clone();
        self.pair(MARGIN, top + 92.0, left * 0.6, ISSUER, Style::sans(8.5, INK), &issuer);
        let issued_at = self.head.zone.minute(self.head.issued_at);
        self.pair(MARGIN + left * 0.62, top + 92.0, left * 0.38, ISSUED_AT, Style::mono(8.5, INK), &issued_at);

        self.skip(MASTHEAD_HEIGHT);
        let y = self.y();
        self.mark(Mark::Line { from: (MARGIN, y), to: (right, y), colour: NAVY, width: 1.4 });
        Ok(())
    }

    /// A label and its value on one line of `room` points; a long value is set smaller, and cut where even that is too long.
    fn pair(&mut self, x: f32, y: f32, room: f32, label: Label, style: Style, value: &str) {
        let small = Style::sans(7.0, MUTED);
        let text = label.both(self.lang);
        let start = self.width(small, &text) + 6.0;
        self.text(x, y, small, text);
        let natural = self.width(style, value);
        // Half a point of slack, so that rounding does not push the last letter out.
        let size = (style.size * (room - start - 0.5) / natural.max(1.0)).clamp(SIZE_MIN, style.size);
        let fitted = Style { size, ..style };
        let shown = self.lines(fitted, value, room - start).into_iter().next().unwrap_or_default();
        self.text(x + start, y, fitted, shown);
    }
}
