//! Ruled cells and tables.

use super::paint::{Area, Mark, Style};
use super::sheet::Sheet;
use super::{BAND, BOTTOM, CONTENT_WIDTH, INK, MARGIN, MUTED, RULE, Tone};
use crate::label::Label;

const PAD: f32 = 5.0;
const RULE_WIDTH: f32 = 0.5;
/// Room above and below the lines of any row, at most.
const ROW_PADDING: f32 = 5.0;
/// Columns of the grid that cells are laid on.
const GRID_UNITS: f32 = 12.0;

/// A labelled value in a form.
pub(crate) struct Cell {
    label: Label,
    value: String,
    units: u8,
    style: Style,
}

impl Cell {
    /// `units` twelfths of the width.
    pub fn new(label: Label, units: u8, value: impl Into<String>) -> Self {
        Self { label, value: value.into(), units, style: Style::sans(9.5, INK) }
    }

    /// A value that may be absent: a dash is printed, so that nobody adds it by hand unseen.
    pub fn maybe(label: Label, units: u8, value: Option<impl Into<String>>) -> Self {
        Self::new(label, units, value.map_or_else(|| "—".to_owned(), Into::into))
    }

    /// For numbers compared letter by letter.
    pub fn mono(mut self) -> Self {
        self.style = Style::mono(9.2, self.style.colour);
        self
    }

    /// The value that matters most on its row.
    pub fn strong(mut self) -> Self {
        self.style = Style { size: self.style.size + 1.0, ..self.style.bold() };
        self
    }

    /// Small, for long hashes and signatures.
    pub fn fine(mut self) -> Self {
        self.style = Style::mono(7.4, self.style.colour);
        self
    }

    pub fn tone(mut self, tone: Tone) -> Self {
        self.style = Style { colour: tone.colour(), ..self.style.bold() };
        self
    }
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    /// Fixed-width letters, left.
    Code,
    /// Small fixed-width letters in low rows, for lists of hashes.
    Fine,
}

impl Align {
    const fn style(self) -> Style {
        match self {
            Self::Left | Self::Right => Style::sans(8.6, INK),
            Self::Code => Style::mono(8.6, INK),
            Self::Fine => Style::mono(7.2, INK),
        }
    }

    /// Room above and below the lines of a row, together.
    const fn padding(self) -> f32 {
        match self {
            Self::Left | Self::Right | Self::Code => 5.0,
            Self::Fine => 2.0,
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub label: Label,
    /// Share of the width, relative to the other columns.
    pub share: f32,
    pub align: Align,
}

impl Column {
    pub const fn new(label: Label, share: f32, align: Align) -> Self {
        Self { label, share, align }
    }
}

impl Sheet<'_> {
    /// One row of a form. The cells' units add up to twelve.
    pub fn row(&mut self, cells: Vec<Cell>) {
        let label_style = Style::sans(6.8, MUTED);
        let mut set = Vec::with_capacity(cells.len());
        let mut height: f32 = 27.0;
        let mut x = MARGIN;
        for cell in cells {
            let width = CONTENT_WIDTH * f32::from(cell.units) / GRID_UNITS;
            let lines = self.lines(cell.style, &cell.value, width - 2.0 * PAD);
            height = height.max(13.5 + lines.len() as f32 * cell.style.leading() + 3.0);
            set.push((x, width, cell, lines));
            x += width;
        }
        self.ensure(height);
        let y = self.y();
        for (x, width, cell, lines) in set {
            self.mark(Mark::Outline { area: Area { x, y, width, height }, colour: RULE, width: RULE_WIDTH });
            let label = cell.label.both(self.lang);
            let shown = self.lines(label_style, &label, width - 2.0 * PAD).into_iter().next().unwrap_or_default();
            self.text(x + PAD, y + 9.2, label_style, shown);
            self.block(x + PAD, y + 12.6, cell.style, &lines);
        }
        self.skip(height);
    }

    /// A table; its head is repeated on every page it reaches.
    pub fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        let total: f32 = columns.iter().map(|column| column.share).sum();
        let widths: Vec<f32> = columns.iter().map(|column| CONTENT_WIDTH * column.share / total).collect();
        self.ensure(54.0);
        self.table_head(columns, &widths);
        for row in rows {
            self.table_row(columns, &widths, row);
        }
    }

    fn table_head(&mut self, columns: &[Column], widths: &[f32]) {
        let (main, small) = (Style::sans(7.8, INK).bold(), Style::sans(6.2, MUTED));
        let (y, height) = (self.y(), 22.0);
        let mut x = MARGIN;
        for (column, width) in columns.iter().zip(widths) {
            let area = Area { x, y, width: *width, height };
            self.mark(Mark::Filled { area, colour: BAND });
            self.mark(Mark::Outline { area, colour: RULE, width: RULE_WIDTH });
            self.aligned(column.align, area, y + 9.6, main, column.label.main(self.lang).to_owned());
            self.aligned(column.align, area, y + 18.2, small, column.label.small(self.lang).to_owned());
            x += width;
        }
        self.skip(height);
    }

    fn table_row(&mut self, columns: &[Column], widths: &[f32], row: &[String]) {
        let mut set = Vec::with_capacity(row.len());
        let mut height: f32 = 0.0;
        for ((column, width), value) in columns.iter().zip(widths).zip(row) {
            let style = column.align.style();
            let lines = self.lines(style, value, width - 2.0 * PAD);
            height = height.max(lines.len() as f32 * style.leading() + column.align.padding());
            set.push(lines);
        }
        // One value may be longer than a page; it is then set over several, line by line.
        if height > BOTTOM / 2.0 {
            self.long_row(columns, widths, &set);
            return;
        }
        if self.ensure(height) {
            self.table_head(columns, widths);
        }
        self.ruled_lines(columns, widths, &set, height);
    }

    fn long_row(&mut self, columns: &[Column], widths: &[f32], set: &[Vec<String>]) {
        let most = set.iter().map(Vec::len).max().unwrap_or(0);
        let leading = Style::sans(8.6, INK).leading();
        let mut from = 0;
        while from < most {
            if self.ensure(leading * 3.0) {
                self.table_head(columns, widths);
            }
            let room = (((BOTTOM - self.y() - ROW_PADDING) / leading) as usize).max(1);
            let part: Vec<Vec<String>> = set.iter().map(|lines| lines.iter().skip(from).take(room).cloned().collect()).collect();
            let deepest = part.iter().map(Vec::len).max().unwrap_or(0);
            self.ruled_lines(columns, widths, &part, deepest as f32 * leading + ROW_PADDING);
            from += room;
        }
    }

    fn ruled_lines(&mut self, columns: &[Column], widths: &[f32], set: &[Vec<String>], height: f32) {
        let y = self.y();
        let mut x = MARGIN;
        for ((column, width), lines) in columns.iter().zip(widths).zip(set) {
            let area = Area { x, y, width: *width, height };
            self.mark(Mark::Outline { area, colour: RULE, width: RULE_WIDTH });
            let style = column.align.style();
            let mut baseline = y + column.align.padding() / 2.0 + style.size;
            for line in lines {
                self.aligned(column.align, area, baseline, style, line.clone());
                baseline += style.leading();
            }
            x += width;
        }
        self.skip(height);
    }

    fn aligned(&mut self, align: Align, area: Area, y: f32, style: Style, text: String) {
        match align {
            Align::Left | Align::Code | Align::Fine => self.text(area.x + PAD, y, style, text),
            Align::Right => self.text_to(area.x + area.width - PAD, y, style, text),
        }
    }
}
