//! A document in the making: a cursor that runs down pages, and what has been set so far.

use super::paint::{Area, Colour, FileFacts, Mark, Style, write};
use super::text::wrap;
use super::{BAND, BOTTOM, CONTENT_WIDTH, INK, MARGIN, MUTED, NAVY, PAGE_HEIGHT, PAGE_WIDTH, RED, RULE, TOP, Tone, WATERMARK};
use crate::error::{DocumentError, NOTES_MAX, PAGES_MAX, TEXT_CHARS_MAX, at_most};
use crate::font::{Fonts, Measure};
use crate::head::{DocumentHead, Standing};
use crate::label::{Label, Lang};

const DEMONSTRATION: Label = Label::new("演示数据，无法律效力", "Demonstration data, no legal effect");

/// A document in the making.
pub(crate) struct Sheet<'a> {
    pub lang: Lang,
    pub head: &'a DocumentHead,
    pub title: Label,
    measure: Measure<'a>,
    pages: Vec<Vec<Mark>>,
    y: f32,
    /// The first fault found; setting goes on, the file is not written.
    fault: Option<DocumentError>,
}

impl<'a> Sheet<'a> {
    /// Starts the first page with the masthead.
    pub fn new(title: Label, head: &'a DocumentHead, lang: Lang, fonts: &'a Fonts) -> Result<Self, DocumentError> {
        let measure = fonts.measure().ok_or_else(|| DocumentError::Pdf("the font cannot be measured".to_owned()))?;
        let mut sheet = Self { lang, head, title, measure, pages: vec![Vec::new()], y: TOP, fault: None };
        sheet.watermark();
        Ok(sheet)
    }

    /// Where the next thing goes, in points from the top.
    pub fn y(&self) -> f32 {
        self.y
    }

    /// Moves down.
    pub fn skip(&mut self, height: f32) {
        self.y += height;
    }

    /// Makes sure that `height` points are free on this page, turning to the next if not. True if it turned.
    pub fn ensure(&mut self, height: f32) -> bool {
        if self.y + height <= BOTTOM || self.fault.is_some() {
            return false;
        }
        if self.pages.len() >= PAGES_MAX {
            self.fail(DocumentError::TooManyPages);
            return false;
        }
        self.pages.push(Vec::new());
        self.watermark();
        self.y = TOP;
        self.running_head();
        true
    }

    pub fn fail(&mut self, fault: DocumentError) {
        self.fault.get_or_insert(fault);
    }

    pub fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    pub fn text(&mut self, x: f32, y: f32, style: Style, text: impl Into<String>) {
        self.mark(Mark::Text { x, y, style, text: text.into() });
    }

    /// Text that ends at `right`.
    pub fn text_to(&mut self, right: f32, y: f32, style: Style, text: impl Into<String>) {
        let text = text.into();
        let x = right - self.width(style, &text);
        self.mark(Mark::Text { x, y, style, text });
    }

    /// Text around `centre`.
    pub fn text_around(&mut self, centre: f32, y: f32, style: Style, text: impl Into<String>) {
        let text = text.into();
        let x = centre - self.width(style, &text) / 2.0;
        self.mark(Mark::Text { x, y, style, text });
    }

    pub fn width(&self, style: Style, text: &str) -> f32 {
        self.measure.width(style.face, style.size, text)
    }

    /// Breaks a text into lines, refusing one that is longer than a field may be.
    pub fn lines(&mut self, style: Style, text: &str, width: f32) -> Vec<String> {
        let found = text.chars().count();
        if found > TEXT_CHARS_MAX {
            let start = text.chars().take(24).collect();
            self.fail(DocumentError::TextTooLong { start, found, max: TEXT_CHARS_MAX });
            return Vec::new();
        }
        let face = self.measure.face(style.face);
        wrap(text, width, |letter| face.glyph(letter).1 * style.size)
    }

    /// A heading over the next part.
    pub fn section(&mut self, label: Label) {
        self.ensure(64.0); // a heading alone at the end of a page helps nobody
        self.skip(8.0);
        let (y, lang) = (self.y, self.lang);
        self.mark(Mark::Filled { area: Area { x: MARGIN, y, width: CONTENT_WIDTH, height: 17.0 }, colour: BAND });
        self.mark(Mark::Filled { area: Area { x: MARGIN, y, width: 3.0, height: 17.0 }, colour: NAVY });
        let main = Style::sans(9.5, NAVY).bold();
        let small_x = MARGIN + 10.0 + self.width(main, label.main(lang)) + 6.0;
        self.text(MARGIN + 10.0, y + 12.2, main, label.main(lang));
        self.text(small_x, y + 12.2, Style::sans(7.5, MUTED), label.small(lang));
        self.skip(17.0);
    }

    /// A framed statement that must not be overlooked.
    pub fn statement(&mut self, label: Label, tone: Tone) {
        self.skip(10.0);
        let (main, small) = (Style::sans(9.5, tone.colour()).bold(), Style::sans(7.5, MUTED));
        let inner = CONTENT_WIDTH - 24.0;
        let main_lines = self.lines(main, label.main(self.lang), inner);
        let small_lines = self.lines(small, label.small(self.lang), inner);
        let height = main_lines.len() as f32 * main.leading() + small_lines.len() as f32 * small.leading() + 15.0;
        self.ensure(height);
        let y = self.y;
        self.mark(Mark::Outline { area: Area { x: MARGIN, y, width: CONTENT_WIDTH, height }, colour: tone.colour(), width: 0.8 });
        let below = self.block(MARGIN + 12.0, y + 6.0, main, &main_lines);
        self.block(MARGIN + 12.0, below + 3.0, small, &small_lines);
        self.skip(height);
    }

    /// Numbered remarks.
    pub fn notes(&mut self, heading: Label, notes: &[String]) -> Result<(), DocumentError> {
        at_most("notes", notes.len(), NOTES_MAX)?;
        if notes.is_empty() {
            return Ok(());
        }
        self.section(heading);
        self.skip(5.0);
        let style = Style::sans(8.5, INK);
        for (at, note) in notes.iter().enumerate() {
            let lines = self.lines(style, note, CONTENT_WIDTH - 26.0);
            for (nth, line) in lines.into_iter().enumerate() {
                self.ensure(style.leading());
                let baseline = self.y + style.size;
                if nth == 0 {
                    self.text_to(MARGIN + 18.0, baseline, Style::sans(8.5, MUTED), format!("{}.", at + 1));
                }
                self.text(MARGIN + 24.0, baseline, style, line);
                self.skip(style.leading());
            }
            self.skip(2.0);
        }
        Ok(())
    }

    /// Sets lines below each other; returns where they end.
    pub fn block(&mut self, x: f32, top: f32, style: Style, lines: &[String]) -> f32 {
        let mut y = top;
        for line in lines {
            self.text(x, y + style.size, style, line.clone());
            y += style.leading();
        }
        y
    }

    /// A small framed word, such as a state; returns its width.
    pub fn chip(&mut self, x: f32, y: f32, text: &str, colour: Colour) -> f32 {
        let style = Style::sans(9.0, colour).bold();
        let width = self.width(style, text) + 14.0;
        self.mark(Mark::Outline { area: Area { x, y, width, height: 17.0 }, colour, width: 0.9 });
        self.text(x + 7.0, y + 12.0, style, text);
        width
    }

    /// Writes the file.
    pub fn finish(mut self) -> Result<Vec<u8>, DocumentError> {
        let total = self.pages.len();
        for page in 0..total {
            let foot = self.foot(page + 1, total);
            self.pages[page].extend(foot);
        }
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let facts = FileFacts {
            title: self.title.both(self.lang),
            number: self.head.number.clone(),
            issuer: self.head.issuer.clone(),
            language: self.lang.tag(),
            issued_at: self.head.issued_at,
        };
        write(&self.pages, &self.measure, &facts)
    }

    fn watermark(&mut self) {
        if self.head.standing == Standing::Demonstration {
            for nth in 0..3u8 {
                let y = PAGE_HEIGHT * (0.26 + 0.27 * f32::from(nth));
                let style = Style::sans(58.0, WATERMARK).bold();
                self.mark(Mark::Slanted { x: PAGE_WIDTH / 2.0, y, style, text: "演示 DEMO".to_owned() });
            }
        }
    }

    /// The slim head of pages after the first.
    fn running_head(&mut self) {
        let (y, title) = (self.y + 8.0, self.title.both(self.lang));
        self.text(MARGIN, y, Style::sans(8.5, NAVY).bold(), title);
        self.text_to(MARGIN + CONTENT_WIDTH, y, Style::mono(8.5, INK), self.head.number.clone());
        self.mark(Mark::Line { from: (MARGIN, y + 6.0), to: (MARGIN + CONTENT_WIDTH, y + 6.0), colour: NAVY, width: 0.8 });
        self.skip(18.0);
    }

    fn foot(&self, page: usize, total: usize) -> Vec<Mark> {
        let small = Style::sans(6.8, MUTED);
        let right = MARGIN + CONTENT_WIDTH;
        let line = BOTTOM + 12.0;
        let mut marks = vec![Mark::Line { from: (MARGIN, line), to: (right, line), colour: RULE, width: 0.5 }];
        let mut add = |x, y, style, text: String| marks.push(Mark::Text { x, y, style, text });
        let (about, pages) = match self.lang {
            Lang::Zh => (
                format!("核验码 {}　时间为 {}", self.head.verification.code, self.head.zone.name()),
                format!("第 {page} 页 / 共 {total} 页"),
            ),
            Lang::En => (
                format!("Verification code {}   Times in {}", self.head.verification.code, self.head.zone.name()),
                format!("Page {page} of {total}"),
            ),
        };
        add(right - self.width(small, &pages), line + 11.0, small, pages);
        add(MARGIN, line + 11.0, small, about);
        if let Some(reference) = &self.head.ledger {
            let leaf = reference.leaf_index.map(|index| format!("  #{index}")).unwrap_or_default();
            let words = match self.lang {
                Lang::Zh => "账本事件",
                Lang::En => "Ledger event",
            };
            add(MARGIN, line + 21.0, small, format!("{words} {}{leaf}", reference.event_id));
        }
        match self.head.standing {
            Standing::Effective => {}
            Standing::Demonstration => {
                let style = Style::sans(6.8, RED).bold();
                let text = DEMONSTRATION.both(self.lang);
                add(right - self.width(style, &text), line + 21.0, style, text);
            }
        }
        marks
    }
}
