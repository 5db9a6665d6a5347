//! Entry tally sheet of a train (进场理货单), or the arrival report of an export train (运抵报告): what was found, wagon by wagon, and where it
//! differs from the waybills (MFT-06).

use ledger::Timestamp;

use crate::error::{DocumentError, SHEET_LINES_MAX, at_most};
use crate::font::Fonts;
use crate::head::{DocumentHead, Party};
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// A line of the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailSheetLine {
    /// Waybill number 运单号.
    pub waybill: String,
    /// Wagon number 车皮号.
    pub wagon: String,
    /// Container number 箱号.
    pub container: String,
    /// Size and type.
    pub size_type: String,
    /// Seals 封志号.
    pub seals: Vec<String>,
    /// Packages.
    pub packages: Option<u32>,
    /// Gross mass, kg, as written.
    pub gross_kg: Option<String>,
    /// Damage, remark and differences.
    pub remark: String,
}

/// Description of an entry tally sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailSheetDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// It is the arrival report of an export train.
    pub export: bool,
    /// Train number 车次.
    pub train: String,
    /// Day of its schedule.
    pub day: String,
    /// From.
    pub origin: String,
    /// To.
    pub destination: String,
    /// Supervised place 场站.
    pub place: Option<String>,
    /// Yard.
    pub yard: Party,
    /// Who sent the manifest.
    pub agent: Party,
    /// When the work began.
    pub began_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Lines.
    pub lines: Vec<RailSheetLine>,
    /// Waybills and units that are missing.
    pub missing: Vec<String>,
    /// Customs accepted the papers of the train.
    pub accepted: bool,
}

const TALLY: Label = Label::new("进场理货单", "Entry tally sheet");
const ARRIVAL: Label = Label::new("铁路运抵报告", "Rail arrival report");
const COLUMNS: [Column; 8] = [
    Column::new(Label::new("序", "#"), 0.5, Align::Right),
    Column::new(Label::new("运单号", "Waybill"), 1.8, Align::Code),
    Column::new(Label::new("车皮号", "Wagon"), 1.1, Align::Code),
    Column::new(Label::new("箱号 箱型", "Container, type"), 1.8, Align::Code),
    Column::new(Label::new("封志号", "Seals"), 1.4, Align::Code),
    Column::new(Label::new("件数", "Packages"), 0.9, Align::Right),
    Column::new(Label::new("毛重 kg", "Gross kg"), 1.1, Align::Right),
    Column::new(Label::new("差异与备注", "Differences, remarks"), 2.6, Align::Left),
];

/// Prints an entry tally sheet.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn rail_sheet(doc: &RailSheetDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("lines", doc.lines.len(), SHEET_LINES_MAX)?;
    at_most("missing", doc.missing.len(), SHEET_LINES_MAX)?;
    let mut sheet = Sheet::new(if doc.export { ARRIVAL } else { TALLY }, &doc.head, lang, fonts)?;
    let (label, tone) = match (doc.accepted, doc.missing.is_empty()) {
        (true, _) => (Label::new("海关已审核", "Accepted by customs"), Tone::Good),
        (false, true) => (Label::new("待海关审核", "Not yet accepted"), Tone::Waiting),
        (false, false) => (Label::new("有短少", "Something is missing"), Tone::Bad),
    };
    sheet.masthead(label, tone)?;
    let zone = doc.head.zone;
    sheet.section(Label::new("列车", "Train"));
    sheet.row(vec![
        Cell::new(Label::new("车次", "Train"), 3, doc.train.clone()).mono().strong(),
        Cell::new(Label::new("日期", "Day"), 3, doc.day.clone()).mono(),
        Cell::new(Label::new("起讫站", "Route"), 6, format!("{} – {}", doc.origin, doc.destination)),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("场站", "Yard"), 6, doc.yard.printed()),
        Cell::new(Label::new("舱单传输人", "Sender of the manifest"), 6, doc.agent.printed()),
    ]);
    sheet.row(vec![
        Cell::maybe(Label::new("监管场所", "Supervised place"), 4, doc.place.clone()).mono(),
        Cell::maybe(Label::new("开始", "Began"), 4, doc.began_at.map(|at| zone.minute(at))).mono(),
        Cell::maybe(Label::new("结束", "Ended"), 4, doc.ended_at.map(|at| zone.minute(at))).mono(),
    ]);
    sheet.section(Label::new("理货明细", "Lines"));
    sheet.table(&COLUMNS, &rows(doc));
    if !doc.missing.is_empty() {
        sheet.section(Label::new("短少", "Missing"));
        let rows: Vec<Vec<String>> = doc.missing.iter().map(|one| vec![one.clone()]).collect();
        sheet.table(&[Column::new(Label::new("运单与箱号", "Waybills and boxes"), 1.0, Align::Code)], &rows);
    }
    let statement = Label::new(
        "本单由场站电子报送，代替纸质进场理货单；以扫码核验的账本记录为准。",
        "Reported electronically by the yard in place of the paper sheet; the record on the ledger prevails.",
    );
    sheet.statement(statement, Tone::Waiting);
    sheet.finish()
}

fn rows(doc: &RailSheetDoc) -> Vec<Vec<String>> {
    let dash = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
    doc.lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            vec![
                (at + 1).to_string(),
                line.waybill.clone(),
                dash(&line.wagon),
                dash(format!("{} {}", line.container, line.size_type).trim()),
                dash(&line.seals.join(", ")),
                dash(&line.packages.map(|n| n.to_string()).unwrap_or_default()),
                dash(line.gross_kg.as_deref().unwrap_or_default()),
                line.remark.clone(),
            ]
        })
        .collect()
}
