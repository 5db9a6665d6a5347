//! The declaration (报关单): state and events. What may be done is in `declaration_decide`, the fold in `declaration_apply`.

use codes::Text;
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DeclarationForm, FormDocument};

/// Organisations of a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// Who declares (申报单位), organisation id.
    pub broker: String,
    /// Consignee (境内收货人), organisation id, when known to the platform.
    pub trader: Option<String>,
}

/// A hold (挂起).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
    /// When.
    pub at: Timestamp,
}

/// One strand of work on a declaration: documents, inspection or duty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Track {
    /// Not known yet.
    #[default]
    Unknown,
    /// Nothing to do (无需).
    NotNeeded,
    /// To be done (待办).
    Open {
        /// Since when.
        since: Timestamp,
        /// The object that carries the work, once there is one.
        reference: Option<String>,
    },
    /// Done (完成).
    Done {
        /// When.
        at: Timestamp,
        /// Object or person that settled it.
        reference: String,
    },
    /// Ended badly (不合格): an officer must decide.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

impl Track {
    /// Whether it stands in the way of nothing.
    pub fn is_clear(&self) -> bool {
        match self {
            Self::NotNeeded | Self::Done { .. } => true,
            Self::Unknown | Self::Open { .. } | Self::Failed { .. } => false,
        }
    }

    /// Whether work is waiting to be done.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Open { .. } => true,
            Self::Unknown | Self::NotNeeded | Self::Done { .. } | Self::Failed { .. } => false,
        }
    }

    /// Whether it ended badly.
    pub fn is_failed(&self) -> bool {
        match self {
            Self::Failed { .. } => true,
            Self::Unknown | Self::NotNeeded | Self::Open { .. } | Self::Done { .. } => false,
        }
    }
}

/// A decision table as used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRef {
    /// Table id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// The credit grade as used, with the rule that gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradeUsed {
    /// Grade code.
    pub value: String,
    /// Rule version, such as `decree-282`.
    pub rule_version: String,
}

/// The verifiable draw as made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawRecord {
    /// Draw day, `YYYY-MM-DD`.
    pub day: String,
    /// Commitment to the day's seed, hex.
    pub commitment: String,
    /// Size of the ledger head mixed in.
    pub head_size: u64,
    /// Root of the ledger head mixed in, hex.
    pub head_root: String,
    /// Number drawn, in ten-thousandths: selected when below the rate.
    pub number: u32,
    /// Whether it selected the declaration.
    pub selected: bool,
    /// What was drawn for, when it was not this declaration at its first acceptance: the declaration that was drawn before (提单原抽查对象),
    /// or this one drawn again because of other goods (`…#2`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The second holder's part, hex; absent when it was drawn by the platform's seed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// The draw of a declaration that was sent back or withdrawn after it was decided (退单、撤单). Declared again, in the same declaration or in
/// another one of the bill, the goods are not drawn a second time, so that nobody gains by a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierDraw {
    /// The draw.
    pub draw: DrawRecord,
    /// Whether it was to be inspected, by the draw or by an officer: it stays so.
    pub inspect: bool,
    /// Rate at which it was drawn, basis points.
    pub rate_bp: u32,
    /// Bill that was declared.
    pub bill: String,
    /// Consignee that was declared, USCC.
    pub consignee: String,
}

/// What an officer decided in place of the draw (人工改变抽查结果).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// To be inspected though not drawn, or spared though drawn.
    pub inspect: bool,
    /// Why; for customs alone.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
    /// When.
    pub at: Timestamp,
}

/// The risk decision (布控答复).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskDecision {
    /// Table used.
    pub table: TableRef,
    /// Rows that fired.
    pub rows: Vec<String>,
    /// Inspection rate in basis points.
    pub rate_bp: u32,
    /// Grade used.
    pub grade: GradeUsed,
    /// Draw, when one was made.
    pub draw: Option<DrawRecord>,
    /// Documents to check, by kind (随附单据类型).
    pub documents: Vec<String>,
    /// Whether to inspect.
    pub inspect: bool,
    /// Why, in full, for officers.
    pub reasons: Vec<Text>,
    /// What the trader may know.
    pub trader_note: Text,
    /// Fingerprint of the table's text, hex.
    #[serde(default)]
    pub fingerprint: String,
    /// The facts of each line of goods and the rules they met: another version can be tried on them, and anybody can decide again.
    #[serde(default)]
    pub lines: Vec<DecidedLine>,
}

/// What was decided of one line of goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecidedLine {
    /// The facts as they were given to the table.
    pub facts: rules::Facts,
    /// Rows that count.
    pub rows: Vec<String>,
    /// Rate in basis points.
    pub rate_bp: u32,
}

/// A draft (暂存).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Organisations.
    pub parties: Parties,
    /// Content.
    pub form: DeclarationForm,
    /// When it was begun.
    pub opened_at: Timestamp,
    /// When it was last saved.
    pub edited_at: Timestamp,
    /// The rejection that it corrects, when it was sent before.
    pub returned: Option<Rejection>,
    /// The draw made when it was sent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_draw: Option<EarlierDraw>,
}

/// A declaration that customs accepted (已受理).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Organisations.
    pub parties: Parties,
    /// Content.
    pub form: DeclarationForm,
    /// Declaration number (海关编号), 18 digits.
    pub entry_id: String,
    /// When the draft was begun.
    pub opened_at: Timestamp,
    /// When it was accepted (受理).
    pub accepted_at: Timestamp,
    /// Declared before the goods were landed (提前申报).
    pub advance: bool,
    /// When the last of its goods was landed.
    pub landed_at: Option<Timestamp>,
    /// Agency agreement under which it was declared (电子代理委托); none when the consignee declared itself.
    #[serde(default)]
    pub agreement: Option<String>,
    /// The draw made when it was sent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier_draw: Option<EarlierDraw>,
    /// Risk decision.
    pub decision: Option<RiskDecision>,
    /// What an officer decided in place of the draw, the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Check of documents (单证审核).
    pub documents: Track,
    /// Kinds of documents asked for.
    pub documents_wanted: Vec<String>,
    /// Inspection (查验).
    pub inspection: Track,
    /// Duty (税费).
    pub duty: Track,
    /// Hold.
    pub hold: Option<Hold>,
}

impl Case {
    /// The draw that stands when the goods are declared again.
    #[must_use]
    pub fn draw_to_keep(&self) -> Option<EarlierDraw> {
        let Some(decision) = &self.decision else { return self.earlier_draw.clone() };
        let draw = decision.draw.clone()?;
        let inspect = self.overridden.as_ref().map_or(decision.inspect, |overridden| overridden.inspect);
        let (bill, consignee) = (self.form.bill_no.trim().to_owned(), self.form.trade_co_scc.trim().to_owned());
        Some(EarlierDraw { draw, inspect, rate_bp: decision.rate_bp, bill, consignee })
    }
}

/// Why and by whom it was rejected (退单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
    /// When.
    pub at: Timestamp,
}

/// Who released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum ReleasedBy {
    /// The rule, as soon as everything was clear (自动放行).
    Automatic,
    /// An officer (人工放行).
    Officer {
        /// User id.
        officer: String,
        /// Note.
        note: String,
    },
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Declaration {
    /// Being written (暂存).
    Draft {
        /// Draft.
        draft: Draft,
    },
    /// In clearance (通关中).
    Accepted {
        /// Case.
        case: Case,
    },
    /// Released (放行). Closing (结关) is another fact and is not implied.
    Released {
        /// Case.
        case: Case,
        /// When.
        released_at: Timestamp,
        /// By whom.
        how: ReleasedBy,
    },
    /// Rejected (退单): may be corrected and sent again.
    Rejected {
        /// Case.
        case: Case,
        /// Rejection.
        rejection: Rejection,
    },
    /// Withdrawn (撤单).
    Withdrawn {
        /// Organisations.
        parties: Parties,
        /// Content.
        form: DeclarationForm,
        /// Declaration number, when it had one.
        entry_id: Option<String>,
        /// When it was begun.
        opened_at: Timestamp,
        /// The draw made when it was accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earlier_draw: Option<EarlierDraw>,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// `declaration.drafted`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
    /// Organisations.
    pub parties: Parties,
    /// Content.
    pub form: DeclarationForm,
}

/// `declaration.edited`; also the command. A rejected declaration becomes a draft again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Content.
    pub form: DeclarationForm,
    /// Consignee's organisation, when it became known.
    #[serde(default)]
    pub trader: Option<String>,
}

/// `declaration.accepted`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Declaration number, 18 digits.
    pub entry_id: String,
    /// Declared before the goods were landed.
    pub advance: bool,
    /// When the last of its goods was landed, if they are.
    pub landed_at: Option<Timestamp>,
    /// Bill number, so that the event alone names it.
    pub bill: String,
    /// Agency agreement under which it was declared; none when the consignee declared itself.
    #[serde(default)]
    pub agreement: Option<String>,
}

/// `declaration.decided`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Risk decision.
    pub decision: RiskDecision,
}

/// `declaration.landed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Landed {
    /// When the last of its goods was landed.
    pub at: Timestamp,
}

/// `declaration.documents-requested`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentsRequested {
    /// Kinds of documents.
    pub codes: Vec<String>,
    /// Why, for the trader.
    pub note: String,
    /// Officer, user id.
    pub officer: String,
}

/// `declaration.documents-supplied`; also the command: the declarant attached documents to an accepted declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentsSupplied {
    /// Documents added.
    pub documents: Vec<FormDocument>,
}

/// `declaration.documents-passed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentsPassed {
    /// Officer, user id.
    pub officer: String,
}

/// `declaration.draw-overridden`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawOverridden {
    /// To be inspected though not drawn, or spared though drawn.
    pub inspect: bool,
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
}

/// `declaration.inspection-ordered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectionOrdered {
    /// Inspection id.
    pub inspection: String,
}

/// `declaration.inspection-cleared`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectionCleared {
    /// Inspection id.
    pub inspection: String,
}

/// `declaration.inspection-failed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectionFailed {
    /// Inspection id.
    pub inspection: String,
    /// Disposition code (查验处置代码).
    pub disposition: String,
}

/// `declaration.duty-charged`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyCharged {
    /// Duty notice id; `None` when nothing is due.
    pub notice: Option<String>,
}

/// How duty was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettledHow {
    /// Paid (缴纳).
    Paid,
    /// Guaranteed (担保).
    Guaranteed,
    /// Waived (免除).
    Waived,
}

/// `declaration.duty-settled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutySettled {
    /// Duty notice id.
    pub notice: String,
    /// How.
    pub how: SettledHow,
}

/// `declaration.held`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
}

/// `declaration.hold-lifted`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldLifted {
    /// Officer, user id.
    pub officer: String,
}

/// `declaration.released`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// By whom.
    #[serde(flatten)]
    pub how: ReleasedBy,
}

/// `declaration.rejected`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
}

/// `declaration.withdrawn`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a declaration.
    pub enum DeclarationEvent for "declaration" {
        /// Begun.
        Drafted(Drafted) = "declaration.drafted",
        /// Saved again, or taken back for correction after a rejection.
        Edited(Edited) = "declaration.edited",
        /// Accepted.
        Accepted(Accepted) = "declaration.accepted",
        /// Risk decision given.
        Decided(Decided) = "declaration.decided",
        /// An officer decided in place of the draw.
        DrawOverridden(DrawOverridden) = "declaration.draw-overridden",
        /// Its goods are landed.
        Landed(Landed) = "declaration.landed",
        /// Documents asked for.
        DocumentsRequested(DocumentsRequested) = "declaration.documents-requested",
        /// Documents attached.
        DocumentsSupplied(DocumentsSupplied) = "declaration.documents-supplied",
        /// Documents in order.
        DocumentsPassed(DocumentsPassed) = "declaration.documents-passed",
        /// Inspection ordered.
        InspectionOrdered(InspectionOrdered) = "declaration.inspection-ordered",
        /// Inspection passed or not needed any more.
        InspectionCleared(InspectionCleared) = "declaration.inspection-cleared",
        /// Inspection not passed.
        InspectionFailed(InspectionFailed) = "declaration.inspection-failed",
        /// Duty charged, or found to be nothing.
        DutyCharged(DutyCharged) = "declaration.duty-charged",
        /// Duty paid, guaranteed or waived.
        DutySettled(DutySettled) = "declaration.duty-settled",
        /// Held.
        Held(Held) = "declaration.held",
        /// Hold lifted.
        HoldLifted(HoldLifted) = "declaration.hold-lifted",
        /// Released.
        Released(Released) = "declaration.released",
        /// Rejected.
        Rejected(Rejected) = "declaration.rejected",
        /// Withdrawn.
        Withdrawn(Withdrawn) = "declaration.withdrawn",
    }
}

/// What stands between an accepted declaration and its release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocker {
    /// The risk decision is not given.
    Decision,
    /// A hold stands, or a strand ended badly: an officer must act.
    Hold,
    /// The goods are not landed.
    Arrival,
    /// Documents are to be supplied or checked.
    Documents,
    /// The inspection is not done.
    Inspection,
    /// Duty is not assessed or not settled.
    Duty,
}

impl Case {
    /// Everything that stands in the way of release, the first one first.
    pub fn blockers(&self) -> Vec<Blocker> {
        let failed = self.documents.is_failed() || self.inspection.is_failed() || self.duty.is_failed();
        let standing = [
            (self.decision.is_none(), Blocker::Decision),
            (self.hold.is_some() || failed, Blocker::Hold),
            (self.landed_at.is_none(), Blocker::Arrival),
            (self.decision.is_some() && !self.documents.is_clear() && !self.documents.is_failed(), Blocker::Documents),
            (self.decision.is_some() && !self.inspection.is_clear() && !self.inspection.is_failed(), Blocker::Inspection),
            (!self.duty.is_clear() && !self.duty.is_failed(), Blocker::Duty),
        ];
        standing.into_iter().filter(|(stands, _)| *stands).map(|(_, blocker)| blocker).collect()
    }

    /// Kinds of documents asked for and not attached.
    pub fn documents_missing(&self) -> Vec<&str> {
        let attached = |code: &str| self.form.documents.iter().any(|document| document.edoc_code == code);
        self.documents_wanted.iter().map(String::as_str).filter(|code| !attached(code)).collect()
    }
}

impl Declaration {
    /// The draw of goods that are not declared by this any more, or not yet again.
    #[must_use]
    pub fn earlier_draw(&self) -> Option<EarlierDraw> {
        match self {
            Self::Draft { draft } => draft.earlier_draw.clone(),
            Self::Accepted { case } | Self::Released { case, .. } | Self::Rejected { case, .. } => case.draw_to_keep(),
            Self::Withdrawn { earlier_draw, .. } => earlier_draw.clone(),
        }
    }

    /// Content in whatever state.
    pub fn form(&self) -> &DeclarationForm {
        match self {
            Self::Draft { draft } => &draft.form,
            Self::Accepted { case } | Self::Released { case, .. } | Self::Rejected { case, .. } => &case.form,
            Self::Withdrawn { form, .. } => form,
        }
    }

    /// Organisations in whatever state.
    pub fn parties(&self) -> &Parties {
        match self {
            Self::Draft { draft } => &draft.parties,
            Self::Accepted { case } | Self::Released { case, .. } | Self::Rejected { case, .. } => &case.parties,
            Self::Withdrawn { parties, .. } => parties,
        }
    }

    /// Declaration number, once given.
    pub fn entry_id(&self) -> Option<&str> {
        match self {
            Self::Draft { .. } => None,
            Self::Accepted { case } | Self::Released { case, .. } | Self::Rejected { case, .. } => Some(&case.entry_id),
            Self::Withdrawn { entry_id, .. } => entry_id.as_deref(),
        }
    }

    /// The case, once accepted.
    pub fn case(&self) -> Option<&Case> {
        match self {
            Self::Accepted { case } | Self::Released { case, .. } | Self::Rejected { case, .. } => Some(case),
            Self::Draft { .. } | Self::Withdrawn { .. } => None,
        }
    }
}
