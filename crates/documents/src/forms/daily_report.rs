//! Closing report of a day (日清报告): what customs finished on the day, and what is carried over with which reason (CLR-25).

use crate::error::{DocumentError, at_most};
use crate::font::Fonts;
use crate::head::DocumentHead;
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// Most groups printed.
const GROUPS_MAX: usize = 200;
/// Most cases printed; the table for spreadsheets holds them all.
pub const DAILY_CASES_MAX: usize = 500;

/// A group or a case that is carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyReportLine {
    /// Why the group is open, or what the case is known by.
    pub what: String,
    /// State.
    pub state: String,
    /// Number of cases of a group, age of a case.
    pub age: String,
    /// Reason with its note.
    pub reason: String,
}

/// Description of a closing report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyReportDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// Day.
    pub day: String,
    /// Customs district 关区.
    pub district: String,
    /// Who closed it.
    pub officer: String,
    /// Cases that became customs' own on the day.
    pub opened: u64,
    /// Of these, finished on the same day.
    pub cleared: u64,
    /// Carried over.
    pub open: u64,
    /// Closed after the day had ended.
    pub late: bool,
    /// Groups.
    pub groups: Vec<DailyReportLine>,
    /// Cases.
    pub cases: Vec<DailyReportLine>,
    /// Cases that are not printed one by one.
    pub not_printed: u64,
    /// Where the reasons come from.
    pub source: String,
}

const TITLE: Label = Label::new("日清报告", "Closing report of the day");
const GROUPS: [Column; 4] = [
    Column::new(Label::new("未结原因", "Why open"), 3.4, Align::Left),
    Column::new(Label::new("状态", "State"), 1.6, Align::Left),
    Column::new(Label::new("件数", "Cases"), 0.8, Align::Right),
    Column::new(Label::new("结转原因", "Carried over because"), 3.2, Align::Left),
];
const CASES: [Column; 4] = [
    Column::new(Label::new("案件", "Case"), 3.4, Align::Code),
    Column::new(Label::new("状态", "State"), 1.6, Align::Left),
    Column::new(Label::new("已历", "Age"), 0.8, Align::Right),
    Column::new(Label::new("结转原因", "Carried over because"), 3.2, Align::Left),
];

/// Prints a closing report.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn daily_report(doc: &DailyReportDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("groups", doc.groups.len(), GROUPS_MAX)?;
    at_most("cases", doc.cases.len(), DAILY_CASES_MAX)?;
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    let (label, tone) = match (doc.open, doc.late) {
        (_, true) => (Label::new("次日关闭", "Closed late"), Tone::Waiting),
        (0, false) => (Label::new("当日清", "All clear"), Tone::Good),
        (_, false) => (Label::new("有结转", "Carried over"), Tone::Waiting),
    };
    sheet.masthead(label, tone)?;
    let rate = match doc.opened {
        0 => "—".to_owned(),
        opened => format!("{:.1} %", doc.cleared as f64 * 100.0 / opened as f64),
    };
    sheet.section(Label::new("当日", "The day"));
    sheet.row(vec![
        Cell::new(Label::new("日期", "Day"), 3, doc.day.clone()).mono().strong(),
        Cell::new(Label::new("关区", "District"), 3, doc.district.clone()).mono(),
        Cell::new(Label::new("关闭人", "Closed by"), 6, doc.officer.clone()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("当日新增（件）", "Opened (cases)"), 3, doc.opened.to_string()).mono(),
        Cell::new(Label::new("当日办结（件）", "Finished (cases)"), 3, doc.cleared.to_string()).mono(),
        Cell::new(Label::new("日清率", "Share"), 3, rate).mono().strong(),
        Cell::new(Label::new("结转（件）", "Carried over"), 3, doc.open.to_string()).mono().strong(),
    ]);
    sheet.section(Label::new("结转情况", "Carried over"));
    sheet.table(&GROUPS, &rows(&doc.groups));
    if !doc.cases.is_empty() {
        sheet.section(Label::new("结转明细", "Case by case"));
        sheet.table(&CASES, &rows(&doc.cases));
    }
    if doc.not_printed > 0 {
        let more = match lang {
            Lang::Zh => format!("另有 {} 件未逐件打印，见表格文件。", doc.not_printed),
            Lang::En => format!("{} more cases are not printed one by one; see the table.", doc.not_printed),
        };
        sheet.row(vec![Cell::new(Label::new("说明", "Remark"), 12, more)]);
    }
    sheet.row(vec![Cell::new(Label::new("口径", "Source"), 12, doc.source.clone())]);
    let statement =
        Label::new("本报告由平台按账本记录生成；以扫码核验的账本记录为准。", "Made from the ledger; the record on the ledger prevails.");
    sheet.statement(statement, Tone::Waiting);
    sheet.finish()
}

fn rows(lines: &[DailyReportLine]) -> Vec<Vec<String>> {
    lines.iter().map(|line| vec![line.what.clone(), line.state.clone(), line.age.clone(), line.reason.clone()]).collect()
}
