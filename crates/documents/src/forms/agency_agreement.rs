//! Agency agreement 电子代理委托: who acts for whom, for what, for how long, and who signed it (SW-16).

use ledger::Timestamp;

use crate::error::DocumentError;
use crate::font::Fonts;
use crate::head::{DocumentHead, Party};
use crate::label::{Label, Lang};
use crate::layout::Tone;
use crate::layout::sheet::Sheet;
use crate::layout::table::{Align, Cell, Column};

/// Where the agreement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgencyStanding {
    /// Signed by one side 待接受.
    Proposed,
    /// In force 已生效.
    Accepted,
    /// Its term has ended 已到期.
    Expired,
    /// Declined or revoked 已终止.
    Ended,
}

/// A signature 签署: the act of a person who was logged in, proved by the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencySignature {
    /// For which organisation.
    pub organisation: String,
    /// Name of the person.
    pub person: String,
    /// What was done, as printed.
    pub act: String,
    /// When.
    pub at: Timestamp,
    /// Event on the ledger.
    pub event: String,
}

/// Description of an agency agreement 电子代理委托.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyAgreementDoc {
    /// Number, issuer, time, verification.
    pub head: DocumentHead,
    /// Who is represented 委托方.
    pub principal: Party,
    /// Who represents 受托方.
    pub agent: Party,
    /// What for 委托事项, as printed.
    pub acts: Vec<String>,
    /// The bill it is for 提运单号; none for all.
    pub bill: Option<String>,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
    /// Where it stands.
    pub standing: AgencyStanding,
    /// Signatures, oldest first.
    pub signatures: Vec<AgencySignature>,
    /// Why it ended.
    pub reason: Option<String>,
}

const TITLE: Label = Label::new("电子代理委托书", "Agency agreement");
const SIGNATURE_COLUMNS: [Column; 5] = [
    Column::new(Label::new("单位", "Organisation"), 2.6, Align::Left),
    Column::new(Label::new("签署人", "Signed by"), 1.4, Align::Left),
    Column::new(Label::new("行为", "Act"), 1.8, Align::Left),
    Column::new(Label::new("时间", "At"), 1.5, Align::Code),
    Column::new(Label::new("账本事件", "Event on the ledger"), 2.7, Align::Code),
];

/// Prints an agency agreement 电子代理委托.
///
/// # Errors
/// When a text is longer than a document holds, or the verification address does not fit into a QR code.
pub fn agency_agreement(doc: &AgencyAgreementDoc, lang: Lang, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    let mut sheet = Sheet::new(TITLE, &doc.head, lang, fonts)?;
    let (label, tone) = match doc.standing {
        AgencyStanding::Proposed => (Label::new("待接受", "Proposed"), Tone::Waiting),
        AgencyStanding::Accepted => (Label::new("已生效", "In force"), Tone::Good),
        AgencyStanding::Expired => (Label::new("已到期", "Expired"), Tone::Bad),
        AgencyStanding::Ended => (Label::new("已终止", "Ended"), Tone::Bad),
    };
    sheet.masthead(label, tone)?;
    sheet.section(Label::new("双方", "The two sides"));
    sheet.row(vec![
        Cell::new(Label::new("委托方", "Principal"), 6, doc.principal.printed()).strong(),
        Cell::new(Label::new("受托方", "Agent"), 6, doc.agent.printed()).strong(),
    ]);
    sheet.section(Label::new("委托", "The agreement"));
    let all_bills = || Label::new("委托方的全部提运单", "all bills of the principal").both(lang);
    sheet.row(vec![
        Cell::new(Label::new("委托事项", "What for"), 4, doc.acts.join("\n")),
        Cell::new(Label::new("提运单", "Bill"), 4, doc.bill.clone().unwrap_or_else(all_bills)),
        Cell::new(Label::new("有效期", "Term"), 4, format!("{} – {}", doc.valid_from, doc.valid_to)).mono(),
    ]);
    if let Some(reason) = &doc.reason {
        sheet.row(vec![Cell::new(Label::new("终止原因", "Why it ended"), 12, reason.clone())]);
    }
    sheet.section(Label::new("签署", "Signatures"));
    let rows: Vec<Vec<String>> = doc
        .signatures
        .iter()
        .map(|s| vec![s.organisation.clone(), s.person.clone(), s.act.clone(), doc.head.zone.minute(s.at), s.event.clone()])
        .collect();
    sheet.table(&SIGNATURE_COLUMNS, &rows);
    let statement = Label::new(
        "受托方在上述事项和期限内代理委托方办理手续；签署为登录人员的行为，记录在账本上，可凭收据核验。",
        "Within this scope and term the agent acts for the principal. A signature is the act of a person who was logged in; it stands on the ledger and can be checked by its receipt.",
    );
    sheet.statement(statement, tone);
    sheet.finish()
}
