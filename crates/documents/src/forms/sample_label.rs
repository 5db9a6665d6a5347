//! Label of a sample (样品标签): what the laboratory may know of it, and nothing that tells whose it is (CLR-14).

use ledger::Timestamp;

use crate::error::{DocumentError, NOTES_MAX, at_most};
use crate::font::Fonts;
use crate::head::DocumentHead;
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// A part of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleLabelPart {
    /// It is the part that is kept 留样; otherwise the one that is tested 检样.
    pub keeper: bool,
    /// Quantity with its unit 数量.
    pub quantity: String,
    /// Seal 封识号.
    pub seal: String,
}

/// Description of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleLabelDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// Name of the goods 品名.
    pub goods: String,
    /// HS code 商品编号.
    pub hs_code: String,
    /// Laboratory 实验室.
    pub laboratory: String,
    /// Test items 检测项目.
    pub items: Vec<String>,
    /// Parts.
    pub parts: Vec<SampleLabelPart>,
    /// When it was taken 取样时间.
    pub taken_at: Timestamp,
    /// By through-train 取样直通车.
    pub through_train: bool,
}

const COLUMNS: [Column; 3] = [
    Column::new(Label::new("部分", "Part"), 1.6, Align::Left),
    Column::new(Label::new("数量", "Quantity"), 1.6, Align::Right),
    Column::new(Label::new("封识号", "Seal"), 3.0, Align::Code),
];

/// Prints the label of a sample.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn sample_label(doc: &SampleLabelDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("items", doc.items.len(), NOTES_MAX)?;
    at_most("parts", doc.parts.len(), NOTES_MAX)?;
    let mut sheet = Sheet::new(Label::new("样品标签", "Sample label"), &doc.head, lang, fonts)?;
    let (label, tone) = if doc.through_train {
        (Label::new("取样直通车", "Through-train"), Tone::Bad)
    } else {
        (Label::new("普通", "Ordinary"), Tone::Waiting)
    };
    sheet.masthead(label, tone)?;
    sheet.section(Label::new("样品", "Sample"));
    sheet.row(vec![
        Cell::new(Label::new("品名", "Goods"), 8, doc.goods.clone()).strong(),
        Cell::new(Label::new("商品编号", "HS code"), 4, doc.hs_code.clone()).mono(),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("实验室", "Laboratory"), 8, doc.laboratory.clone()),
        Cell::new(Label::new("取样时间", "Taken"), 4, doc.head.zone.minute(doc.taken_at)).mono(),
    ]);
    sheet.row(vec![Cell::new(Label::new("检测项目", "Test items"), 12, doc.items.join(" · "))]);
    let word = |zh: &str, en: &str| match lang {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    };
    let rows: Vec<Vec<String>> = doc
        .parts
        .iter()
        .map(|part| {
            let name = if part.keeper { word("留样", "Kept") } else { word("检样", "Tested") };
            vec![name, part.quantity.clone(), part.seal.clone()]
        })
        .collect();
    sheet.table(&COLUMNS, &rows);
    let statement = Label::new("盲样：标签不载明货主、提单和箱号。", "Blind sample: the label tells no owner, bill or container.");
    sheet.statement(statement, Tone::Waiting);
    sheet.finish()
}
