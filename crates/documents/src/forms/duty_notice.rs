//! Duty notice 税款缴款通知: what is owed on a declaration, until when, and to which account (TAX-04).

use ledger::Timestamp;

use crate::amount::{Amount, rmb_capitals};
use crate::error::{DUTY_LINES_MAX, DocumentError, at_most};
use crate::font::Fonts;
use crate::head::{DocumentHead, Party};
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// One duty on one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyLine {
    /// Kind of duty 税种, as printed (`进口关税 Import duty`).
    pub tax: String,
    /// Item number 项号.
    pub item: u32,
    /// Commodity code 商品编号.
    pub hs_code: String,
    /// Name 货物名称.
    pub name: String,
    /// Value that the duty is computed on 完税价格.
    pub base: Amount,
    /// Rate, as printed (`13 %`).
    pub rate: String,
    /// Duty 税款金额.
    pub amount: Amount,
}

/// Where the money goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayeeAccount {
    /// Name 收款单位.
    pub name: String,
    /// Bank 收款国库/银行.
    pub bank: String,
    /// Account 账号.
    pub account: String,
}

/// Where the payment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DutyState {
    /// Not paid.
    Due,
    /// Paid 已缴.
    Paid {
        /// When.
        at: Timestamp,
        /// Bank reference 支付流水号.
        reference: String,
    },
    /// Secured by a guarantee 已担保; to be paid later.
    Secured {
        /// Guarantee number 担保编号.
        guarantee: String,
    },
    /// Withdrawn 已撤销.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
}

/// Description of a duty notice 税款缴款通知.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyNoticeDoc {
    /// Number (税单号), issuer (the customs office), time, verification.
    pub head: DocumentHead,
    /// Customs office with its district code, as printed.
    pub customs_office: String,
    /// Declaration number 报关单号.
    pub declaration_number: String,
    /// Who pays 缴款单位.
    pub payer: Party,
    /// Bill number 提运单号.
    pub bill_number: String,
    /// Duties.
    pub lines: Vec<DutyLine>,
    /// Sum in yuan, in fen.
    pub total_fen: i64,
    /// Last day to pay without late fee 缴款期限.
    pub due_at: Timestamp,
    /// Account.
    pub payee: PayeeAccount,
    /// Where it stands.
    pub state: DutyState,
    /// Remarks, such as the basis of the late fee.
    pub notes: Vec<String>,
}

const TITLE: Label = Label::new("海关税款缴款通知", "Customs duty notice");
const LINE_COLUMNS: [Column; 7] = [
    Column::new(Label::new("税种", "Kind"), 2.2, Align::Left),
    Column::new(Label::new("项", "#"), 0.5, Align::Right),
    Column::new(Label::new("税号", "HS code"), 1.4, Align::Code),
    Column::new(Label::new("货物名称", "Goods"), 2.3, Align::Left),
    Column::new(Label::new("完税价格", "Value"), 1.8, Align::Right),
    Column::new(Label::new("税率", "Rate"), 0.9, Align::Right),
    Column::new(Label::new("税款金额", "Duty"), 1.7, Align::Right),
];

/// Prints a duty notice 税款缴款通知.
///
/// # Errors
/// When a list or text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn duty_notice(doc: &DutyNoticeDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    at_most("duties", doc.lines.len(), DUTY_LINES_MAX)?;
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    let (state, tone) = match doc.state {
        DutyState::Due => (Label::new("待缴款", "Payment due"), Tone::Waiting),
        DutyState::Paid { .. } => (Label::new("已缴款", "Paid"), Tone::Good),
        DutyState::Secured { .. } => (Label::new("已担保", "Secured"), Tone::Good),
        DutyState::Withdrawn { .. } => (Label::new("已撤销", "Withdrawn"), Tone::Bad),
    };
    sheet.masthead(state, tone)?;
    debt(&mut sheet, doc);
    sheet.section(Label::new("税款明细", "Duties"));
    sheet.table(&LINE_COLUMNS, &line_rows(doc));
    total(&mut sheet, doc);
    payment(&mut sheet, doc);
    sheet.notes(Label::new("备注", "Remarks"), &doc.notes)?;
    sheet.finish()
}

fn debt(sheet: &mut Sheet<'_>, doc: &DutyNoticeDoc) {
    sheet.section(Label::new("缴款义务", "Obligation"));
    sheet.row(vec![
        Cell::new(Label::new("报关单号", "Declaration no."), 4, doc.declaration_number.clone()).mono(),
        Cell::new(Label::new("提运单号", "Bill"), 4, doc.bill_number.clone()).mono(),
        Cell::new(Label::new("征收海关", "Customs office"), 4, doc.customs_office.clone()),
    ]);
    sheet.row(vec![
        Cell::new(Label::new("缴款单位", "Payer"), 8, doc.payer.printed()),
        Cell::new(Label::new("缴款期限", "Pay by"), 4, doc.head.zone.minute(doc.due_at)).mono().strong(),
    ]);
}

fn line_rows(doc: &DutyNoticeDoc) -> Vec<Vec<String>> {
    doc.lines
        .iter()
        .map(|line| {
            vec![
                line.tax.clone(),
                line.item.to_string(),
                line.hs_code.clone(),
                line.name.clone(),
                line.base.printed(),
                line.rate.clone(),
                line.amount.printed(),
            ]
        })
        .collect()
}

fn total(sheet: &mut Sheet<'_>, doc: &DutyNoticeDoc) {
    sheet.row(vec![
        Cell::new(Label::new("金额人民币（大写）", "Total in words"), 8, rmb_capitals(doc.total_fen)).strong(),
        Cell::new(Label::new("合计", "Total"), 4, Amount::cny(doc.total_fen).printed()).mono().strong(),
    ]);
}

fn payment(sheet: &mut Sheet<'_>, doc: &DutyNoticeDoc) {
    let (zone, lang) = (doc.head.zone, sheet.lang);
    sheet.section(Label::new("缴款", "Payment"));
    sheet.row(vec![
        Cell::new(Label::new("收款单位", "Payee"), 5, doc.payee.name.clone()),
        Cell::new(Label::new("收款国库或银行", "Treasury or bank"), 4, doc.payee.bank.clone()),
        Cell::new(Label::new("账号", "Account"), 3, doc.payee.account.clone()).mono(),
    ]);
    let label = Label::new("缴款状态", "State of payment");
    let cell = match &doc.state {
        DutyState::Due => Cell::new(label, 12, Label::new("待缴", "due").both(lang)).tone(Tone::Waiting),
        DutyState::Paid { at, reference } => {
            Cell::new(label, 12, format!("{}  {}  {reference}", Label::new("已缴", "paid").both(lang), zone.minute(*at))).tone(Tone::Good)
        }
        DutyState::Secured { guarantee } => {
            Cell::new(label, 12, format!("{}  {guarantee}", Label::new("已担保", "secured by guarantee").both(lang))).tone(Tone::Good)
        }
        DutyState::Withdrawn { at } => {
            Cell::new(label, 12, format!("{}  {}", Label::new("已撤销", "withdrawn").both(lang), zone.minute(*at))).tone(Tone::Bad)
        }
    };
    sheet.row(vec![cell]);
}
