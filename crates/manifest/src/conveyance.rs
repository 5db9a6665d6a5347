//! A train or a flight (铁路班列、航班): its plan, its manifest of waybills, the sheets of its yard, and the review of its papers without paper
//! (铁路审单电子化, MFT-05, MFT-06).
//!
//! Invariants: a sheet belongs to trains of its direction; papers are submitted when what is needed is there, and accepted or sent back by
//! customs; a paper that changes after it was accepted opens the review again.
//!
//! Deliberately not known here: what the waybills say; what is compared comes in as facts.

use std::collections::{BTreeMap, BTreeSet};

use codes::Flow;
use ledger::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::Evidence;
use crate::sheet::{LineKey, SHEET_LINES_MAX, Sheet, SheetKind, SheetLine};
use crate::waybill::TransportMode;

/// Most waybills of one train or flight.
pub const CONVEYANCE_WAYBILLS_MAX: usize = 1_000;
/// Most papers attached to one train or flight.
pub const ATTACHED_MAX: usize = 200;

/// What is planned (班列计划、航班计划).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConveyancePlan {
    /// By rail or air.
    pub mode: TransportMode,
    /// In or out.
    pub flow: Flow,
    /// Train or flight number (车次、航班号).
    pub number: String,
    /// Day of its schedule at this place, `YYYY-MM-DD`.
    pub day: String,
    /// From (始发站).
    pub origin: String,
    /// To (终到站).
    pub destination: String,
    /// Border station (口岸站), of a train.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub border: Option<String>,
    /// Supervised place here (场站代码), as partners call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When it is expected here, or is to leave.
    pub expected_at: Timestamp,
}

impl ConveyancePlan {
    /// Id of the train or flight: one number runs once a day, in and out apart.
    pub fn id(&self) -> String {
        let letter = match self.mode {
            TransportMode::Rail => 'T',
            TransportMode::Air => 'F',
        };
        let day: String = self.day.chars().filter(char::is_ascii_digit).collect();
        format!("{letter}-{}-{day}-{}", self.number.to_uppercase(), self.flow.ie_flag())
    }
}

/// How far a train or flight has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ConveyancePhase {
    /// Not here yet, or not left yet (计划).
    Planned,
    /// Arrived, of an import (已到达).
    Arrived {
        /// When.
        at: Timestamp,
    },
    /// Left, of an export (已发车、已离港).
    Departed {
        /// When.
        at: Timestamp,
    },
    /// Not to come (已取消).
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// Where the review of the papers stands (审单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Review {
    /// Not submitted.
    Open,
    /// With customs.
    Submitted {
        /// When.
        at: Timestamp,
    },
    /// Accepted.
    Accepted {
        /// When.
        at: Timestamp,
        /// Officer, user id.
        officer: String,
        /// Remark; needed where something differs.
        note: Option<String>,
    },
    /// Sent back.
    Returned {
        /// When.
        at: Timestamp,
        /// Officer, user id.
        officer: String,
        /// Why.
        reason: String,
    },
}

/// What an attached paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachedKind {
    /// Waybill (运单).
    Waybill,
    /// Packing list (箱单).
    PackingList,
    /// Invoice (发票).
    Invoice,
    /// Something else.
    Other,
}

impl AttachedKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waybill, Self::PackingList, Self::Invoice, Self::Other];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waybill => "waybill",
            Self::PackingList => "packing-list",
            Self::Invoice => "invoice",
            Self::Other => "other",
        }
    }
}

/// `conveyance.paper-attached`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperAttached {
    /// What it is.
    pub kind: AttachedKind,
    /// Waybill it belongs to; none for the whole train.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waybill: Option<String>,
    /// The file, uploaded before.
    pub file: Evidence,
    /// Who attached it, organisation id.
    pub by: String,
}

/// `conveyance.planned`; also the command, and repeated the change of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConveyancePlanned {
    /// The plan.
    pub plan: ConveyancePlan,
    /// Who sends its manifest, organisation id.
    pub agent: String,
    /// Yard or cargo terminal, organisation id.
    pub terminal: String,
    /// Customs district.
    pub district: String,
}

/// `conveyance.manifested`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConveyanceManifested {
    /// Numbers of its waybills, in order.
    pub waybills: Vec<String>,
    /// Message in which the manifest came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `conveyance.arrived`; also the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConveyanceArrived {
    /// When.
    pub at: Timestamp,
}

/// `conveyance.departed`; also the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConveyanceDeparted {
    /// When.
    pub at: Timestamp,
}

/// `conveyance.cancelled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConveyanceCancelled {
    /// Why.
    pub reason: String,
}

/// `conveyance.sheet-reported`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetReported {
    /// Which sheet.
    pub sheet: SheetKind,
    /// Lines; one that is known is replaced.
    pub lines: Vec<SheetLine>,
    /// Place as told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When the work began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When it ended, or when the goods arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who told it, organisation id.
    pub by: String,
    /// Message that told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `conveyance.sheet-deleted`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetDeleted {
    /// Which sheet.
    pub sheet: SheetKind,
    /// Lines that are taken off.
    pub lines: Vec<LineKey>,
    /// Who told it, organisation id.
    pub by: String,
    /// Message that told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `conveyance.papers-submitted`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersSubmitted {}

/// `conveyance.papers-accepted`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersAccepted {
    /// Officer, user id.
    pub officer: String,
    /// Remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// `conveyance.papers-returned`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersReturned {
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a train or flight.
    pub enum ConveyanceEvent for "conveyance" {
        /// Planned, or planned anew.
        Planned(ConveyancePlanned) = "conveyance.planned",
        /// Its manifest came.
        Manifested(ConveyanceManifested) = "conveyance.manifested",
        /// It arrived.
        Arrived(ConveyanceArrived) = "conveyance.arrived",
        /// It left.
        Departed(ConveyanceDeparted) = "conveyance.departed",
        /// It is not to come.
        Cancelled(ConveyanceCancelled) = "conveyance.cancelled",
        /// The yard reported.
        SheetReported(SheetReported) = "conveyance.sheet-reported",
        /// The yard took a report back.
        SheetDeleted(SheetDeleted) = "conveyance.sheet-deleted",
        /// A paper was attached.
        PaperAttached(PaperAttached) = "conveyance.paper-attached",
        /// Papers are with customs.
        PapersSubmitted(PapersSubmitted) = "conveyance.papers-submitted",
        /// Customs accepted them.
        PapersAccepted(PapersAccepted) = "conveyance.papers-accepted",
        /// Customs sent them back.
        PapersReturned(PapersReturned) = "conveyance.papers-returned",
    }
}

/// A train or flight. Its id is [`ConveyancePlan::id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conveyance {
    /// The plan.
    pub plan: ConveyancePlan,
    /// Who sends its manifest, organisation id.
    pub agent: String,
    /// Yard or cargo terminal, organisation id.
    pub terminal: String,
    /// Customs district.
    pub district: String,
    /// Waybills on its manifest, in order.
    pub waybills: Vec<String>,
    /// When the manifest came last.
    pub manifested_at: Option<Timestamp>,
    /// Message in which it came, unless by form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Sheets of the yard.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sheets: BTreeMap<SheetKind, Sheet>,
    /// Attached papers, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<PaperAttached>,
    /// How far it has come.
    pub phase: ConveyancePhase,
    /// Where the review stands.
    pub review: Review,
    /// When it became known.
    pub opened_at: Timestamp,
}

impl Conveyance {
    /// Lines of a sheet; none where it did not come.
    pub fn lines(&self, sheet: SheetKind) -> &[SheetLine] {
        self.sheets.get(&sheet).map_or(&[], |sheet| &sheet.lines)
    }

    /// When it arrived or left.
    pub fn moved_at(&self) -> Option<Timestamp> {
        match self.phase {
            ConveyancePhase::Arrived { at } | ConveyancePhase::Departed { at } => Some(at),
            ConveyancePhase::Planned | ConveyancePhase::Cancelled { .. } => None,
        }
    }

    /// The sheet by which the yard tells that the goods are here; none for flights, whose status messages tell it.
    pub const fn arrival_sheet(&self) -> Option<SheetKind> {
        match (self.plan.mode, self.plan.flow) {
            (TransportMode::Rail, Flow::Import) => Some(SheetKind::ImportTally),
            (TransportMode::Rail, Flow::Export) => Some(SheetKind::ExportArrival),
            (TransportMode::Air, Flow::Import | Flow::Export) => None,
        }
    }

    /// What is needed before the papers are submitted, and is not there.
    pub fn needed(&self) -> Vec<PaperKind> {
        let missing = |kind, there: bool| (!there).then_some(kind);
        let arrived = self.plan.flow == Flow::Export || matches!(self.phase, ConveyancePhase::Arrived { .. });
        let sheet = self.arrival_sheet().and_then(|sheet| missing(PaperKind::of_sheet(sheet), !self.lines(sheet).is_empty()));
        [missing(PaperKind::Manifest, !self.waybills.is_empty()), missing(PaperKind::Arrival, arrived), sheet]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Is it over, or not to come?
    pub const fn is_cancelled(&self) -> bool {
        matches!(self.phase, ConveyancePhase::Cancelled { .. })
    }

    fn refuse(&self, code: &'static str, attempted: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Refusal {
        Refusal::new(code, attempted, ledger::Aggregate::status(self), zh, en)
    }

    fn open(&self, attempted: &'static str) -> Result<(), Refusal> {
        if self.is_cancelled() {
            return Err(self.refuse("conveyance-cancelled", attempted, "该车次或航班已取消。", "The train or flight is cancelled."));
        }
        Ok(())
    }

    /// What changes a paper while customs looks at it, or after it was accepted, opens the review again.
    pub(crate) fn reopen(&mut self) {
        match self.review {
            Review::Submitted { .. } | Review::Accepted { .. } => self.review = Review::Open,
            Review::Open | Review::Returned { .. } => {}
        }
    }

    /// Loading is done by the papers that were accepted, of what is released alone: it does not put them in question. Any other sheet does.
    pub(crate) fn reopen_for(&mut self, sheet: SheetKind) {
        if !(sheet == SheetKind::Loading && matches!(self.review, Review::Accepted { .. })) {
            self.reopen();
        }
    }
}

/// A paper of a train's file (随车单证).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperKind {
    /// Manifest of waybills (铁路舱单、航空舱单).
    Manifest,
    /// Report that it arrived (到达).
    Arrival,
    /// Import tally: entry tally sheet (进场理货单).
    ImportTally,
    /// Arrival report of export goods (运抵报告).
    ExportArrival,
    /// Export tally (出口理货报告).
    ExportTally,
    /// Loading record (装车记录).
    Loading,
    /// Waybills as files (运单).
    Waybill,
    /// Packing lists (箱单).
    PackingList,
    /// Invoices (发票).
    Invoice,
    /// Other files.
    Other,
}

impl PaperKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Arrival => "arrival",
            Self::ImportTally => "import-tally",
            Self::ExportArrival => "export-arrival",
            Self::ExportTally => "export-tally",
            Self::Loading => "loading",
            Self::Waybill => "waybill",
            Self::PackingList => "packing-list",
            Self::Invoice => "invoice",
            Self::Other => "other",
        }
    }

    /// The paper of a sheet.
    pub const fn of_sheet(sheet: SheetKind) -> Self {
        match sheet {
            SheetKind::ImportTally => Self::ImportTally,
            SheetKind::ExportArrival => Self::ExportArrival,
            SheetKind::ExportTally => Self::ExportTally,
            SheetKind::Loading => Self::Loading,
        }
    }

    const fn of_attached(kind: AttachedKind) -> Self {
        match kind {
            AttachedKind::Waybill => Self::Waybill,
            AttachedKind::PackingList => Self::PackingList,
            AttachedKind::Invoice => Self::Invoice,
            AttachedKind::Other => Self::Other,
        }
    }
}

/// How a paper stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperStanding {
    /// There.
    Present,
    /// There, and it differs from the waybills.
    Differs,
    /// Needed, and not there.
    Missing,
    /// Not there, and not needed for the review.
    Absent,
}

impl PaperStanding {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Differs => "differs",
            Self::Missing => "missing",
            Self::Absent => "absent",
        }
    }
}

/// A paper and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Which.
    pub kind: PaperKind,
    /// How it stands.
    pub standing: PaperStanding,
    /// Waybills, lines or files in it.
    pub count: usize,
    /// When it came last.
    pub at: Option<Timestamp>,
}

/// The papers of a train or flight. `differing` tells of each sheet how often it differs from the waybills.
pub fn papers_of(conveyance: &Conveyance, differing: &BTreeMap<SheetKind, usize>) -> Vec<Paper> {
    let needed = conveyance.needed();
    let standing = |kind, there: bool, differs: bool| match (there, differs) {
        (true, true) => PaperStanding::Differs,
        (true, false) => PaperStanding::Present,
        (false, _) if needed.contains(&kind) => PaperStanding::Missing,
        (false, _) => PaperStanding::Absent,
    };
    let count = conveyance.waybills.len();
    let mut papers = vec![Paper {
        kind: PaperKind::Manifest,
        standing: standing(PaperKind::Manifest, count > 0, false),
        count,
        at: conveyance.manifested_at,
    }];
    if conveyance.plan.flow == Flow::Import {
        let at = conveyance.moved_at();
        papers.push(Paper {
            kind: PaperKind::Arrival,
            standing: standing(PaperKind::Arrival, at.is_some(), false),
            count: usize::from(at.is_some()),
            at,
        });
    }
    let own = |sheet: &SheetKind| conveyance.plan.mode == TransportMode::Rail && sheet.flow() == conveyance.plan.flow;
    for sheet in SheetKind::ALL.into_iter().filter(own) {
        let kind = PaperKind::of_sheet(sheet);
        let count = conveyance.lines(sheet).len();
        let differs = differing.get(&sheet).is_some_and(|n| *n > 0);
        let at = conveyance.sheets.get(&sheet).filter(|sheet| !sheet.lines.is_empty()).map(|sheet| sheet.at);
        papers.push(Paper { kind, standing: standing(kind, count > 0, differs), count, at });
    }
    for attached in AttachedKind::ALL {
        let kind = PaperKind::of_attached(attached);
        let count = conveyance.attached.iter().filter(|paper| paper.kind == attached).count();
        papers.push(Paper { kind, standing: standing(kind, count > 0, false), count, at: None });
    }
    papers
}

/// Plans a train or flight, or changes its plan.
///
/// # Errors
/// `conveyance-known` when another organisation planned it; `conveyance-cancelled`; `conveyance-over` once it arrived or left;
/// `conveyance-unchanged`.
pub fn decide_plan_conveyance(state: Option<&Conveyance>, command: ConveyancePlanned) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.plan";
    let Some(known) = state else { return Ok(vec![command.into()]) };
    if known.agent != command.agent {
        return Err(known.refuse("conveyance-known", ATTEMPT, "该车次或航班已由另一单位申报。", "Another organisation planned it."));
    }
    known.open(ATTEMPT)?;
    if known.moved_at().is_some() {
        return Err(known.refuse(
            "conveyance-over",
            ATTEMPT,
            "已到达或已离开，计划不能再改。",
            "It has arrived or left; its plan changes no more.",
        ));
    }
    if known.terminal != command.terminal && known.sheets.values().any(|sheet| !sheet.lines.is_empty()) {
        return Err(known.refuse(
            "conveyance-sheets",
            ATTEMPT,
            "原场站已有理货或运抵记录，不能更换场站。",
            "The yard has reported on it; it does not go to another one.",
        ));
    }
    if known.plan == command.plan && known.terminal == command.terminal {
        return Err(known.refuse("conveyance-unchanged", ATTEMPT, "与已登记的相同。", "The same is recorded already."));
    }
    Ok(vec![command.into()])
}

/// Takes in the manifest.
///
/// # Errors
/// `conveyance-cancelled`; `conveyance-over` once an export has left; `conveyance-no-waybills`; `conveyance-too-many-waybills`.
pub fn decide_manifest_conveyance(state: &Conveyance, command: ConveyanceManifested) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.manifest";
    state.open(ATTEMPT)?;
    if let ConveyancePhase::Departed { .. } = state.phase {
        return Err(state.refuse("conveyance-over", ATTEMPT, "已发车或离港，舱单不能再改。", "It has left; its manifest changes no more."));
    }
    if command.waybills.is_empty() {
        return Err(state.refuse("conveyance-no-waybills", ATTEMPT, "舱单没有运单。", "The manifest lists no waybill."));
    }
    if command.waybills.len() > CONVEYANCE_WAYBILLS_MAX {
        return Err(state.refuse(
            "conveyance-too-many-waybills",
            ATTEMPT,
            "一份舱单最多 1000 票运单。",
            "A manifest lists at most 1,000 waybills.",
        ));
    }
    Ok(vec![command.into()])
}

/// Records that an import arrived.
///
/// # Errors
/// `conveyance-cancelled`; `conveyance-flow` for an export; `conveyance-over` when it was told.
pub fn decide_arrive_conveyance(state: &Conveyance, command: ConveyanceArrived) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.arrive";
    state.open(ATTEMPT)?;
    moves(state, Flow::Import, ATTEMPT)?;
    Ok(vec![command.into()])
}

/// Records that an export left.
///
/// # Errors
/// As [`decide_arrive_conveyance`]; `conveyance-papers-open` before customs accepted the papers of a train.
pub fn decide_depart_conveyance(state: &Conveyance, command: ConveyanceDeparted) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.depart";
    state.open(ATTEMPT)?;
    moves(state, Flow::Export, ATTEMPT)?;
    if state.plan.mode == TransportMode::Rail && !matches!(state.review, Review::Accepted { .. }) {
        return Err(state.refuse(
            "conveyance-papers-open",
            ATTEMPT,
            "单证尚未审核通过，不能发车。",
            "Customs has not accepted the papers; the train does not leave.",
        ));
    }
    Ok(vec![command.into()])
}

fn moves(state: &Conveyance, flow: Flow, attempted: &'static str) -> Result<(), Refusal> {
    if state.plan.flow != flow {
        return Err(state.refuse("conveyance-flow", attempted, "进出口方向不符。", "It goes the other way."));
    }
    if state.moved_at().is_some() {
        return Err(state.refuse("conveyance-over", attempted, "已登记到达或离开。", "It was told to have arrived or left."));
    }
    Ok(())
}

/// Cancels a plan.
///
/// # Errors
/// `conveyance-cancelled`; `conveyance-over`; `conveyance-sheets` once the yard reported.
pub fn decide_cancel_conveyance(state: &Conveyance, command: ConveyanceCancelled) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.cancel";
    state.open(ATTEMPT)?;
    if state.moved_at().is_some() {
        return Err(state.refuse(
            "conveyance-over",
            ATTEMPT,
            "已到达或已离开，不能取消。",
            "It has arrived or left, and is not cancelled.",
        ));
    }
    if state.sheets.values().any(|sheet| !sheet.lines.is_empty()) {
        return Err(state.refuse(
            "conveyance-sheets",
            ATTEMPT,
            "场站已有理货或运抵记录，不能取消。",
            "The yard has reported on it; it is not cancelled.",
        ));
    }
    Ok(vec![command.into()])
}

/// Takes in what the yard reports.
///
/// # Errors
/// `conveyance-cancelled`; `conveyance-flow` for a sheet of the other direction; `conveyance-mode` for a flight; `sheet-too-long`;
/// `sheet-repeated` when all of it was told.
pub fn decide_report_sheet(state: &Conveyance, mut command: SheetReported) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.report-sheet";
    fits(state, command.sheet, ATTEMPT)?;
    let known = state.lines(command.sheet);
    let recorded: BTreeMap<LineKey, &SheetLine> = known.iter().map(|line| (line.key(), line)).collect();
    command.lines.retain(|line| recorded.get(&line.key()) != Some(&line));
    if command.lines.is_empty() {
        return Err(state.refuse("sheet-repeated", ATTEMPT, "内容已登记，未重复登记。", "All of it is recorded already."));
    }
    let new = command.lines.iter().filter(|line| !recorded.contains_key(&line.key())).count();
    if known.len() + new > SHEET_LINES_MAX {
        return Err(state.refuse("sheet-too-long", ATTEMPT, "一份单证最多 2000 行。", "A sheet has at most 2,000 lines."));
    }
    Ok(vec![command.into()])
}

/// Takes lines off a sheet.
///
/// # Errors
/// As [`decide_report_sheet`]; `sheet-line-unknown` when none of them is on it.
pub fn decide_delete_sheet(state: &Conveyance, mut command: SheetDeleted) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.delete-sheet";
    fits(state, command.sheet, ATTEMPT)?;
    let known = state.lines(command.sheet);
    // A request without a unit is for all lines of its waybill.
    let wanted: BTreeSet<(&str, &str)> = command.lines.iter().map(|key| (key.waybill.as_str(), key.unit.as_str())).collect();
    let is_wanted = |key: &LineKey| wanted.contains(&(&key.waybill, "")) || wanted.contains(&(&key.waybill, key.unit.as_str()));
    let mut keys: Vec<LineKey> = known.iter().map(SheetLine::key).filter(is_wanted).collect();
    keys.sort();
    keys.dedup();
    if keys.is_empty() {
        return Err(state.refuse("sheet-line-unknown", ATTEMPT, "没有要删除的记录。", "None of these lines is on the sheet."));
    }
    command.lines = keys;
    Ok(vec![command.into()])
}

fn fits(state: &Conveyance, sheet: SheetKind, attempted: &'static str) -> Result<(), Refusal> {
    state.open(attempted)?;
    if state.plan.mode != TransportMode::Rail {
        return Err(state.refuse("conveyance-mode", attempted, "该单证仅用于铁路。", "This sheet is one of trains."));
    }
    if state.plan.flow != sheet.flow() {
        return Err(state.refuse(
            "conveyance-flow",
            attempted,
            "单证与列车进出口方向不符。",
            "The sheet is one of trains that go the other way.",
        ));
    }
    Ok(())
}

/// Attaches a paper.
///
/// # Errors
/// `conveyance-cancelled`; `conveyance-too-many-papers`; `conveyance-paper-known`; `waybill-not-on-manifest`.
pub fn decide_attach_paper(state: &Conveyance, command: PaperAttached) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.attach-paper";
    state.open(ATTEMPT)?;
    if state.attached.len() >= ATTACHED_MAX {
        return Err(state.refuse("conveyance-too-many-papers", ATTEMPT, "最多 200 个附件。", "At most 200 files."));
    }
    if command.waybill.as_ref().is_some_and(|number| !state.waybills.contains(number)) {
        return Err(state.refuse("waybill-not-on-manifest", ATTEMPT, "运单不在该舱单上。", "The waybill is not on this manifest."));
    }
    let same =
        |known: &PaperAttached| known.kind == command.kind && known.waybill == command.waybill && known.file.sha256 == command.file.sha256;
    if state.attached.iter().any(same) {
        return Err(state.refuse("conveyance-paper-known", ATTEMPT, "该附件已上传。", "This file is attached already."));
    }
    Ok(vec![command.into()])
}

/// Submits the papers to customs.
///
/// # Errors
/// `conveyance-cancelled`; `papers-missing` names what is needed; `papers-submitted`.
pub fn decide_submit_papers(state: &Conveyance) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.submit-papers";
    state.open(ATTEMPT)?;
    match state.review {
        Review::Open | Review::Returned { .. } => {}
        Review::Submitted { .. } | Review::Accepted { .. } => {
            return Err(state.refuse("papers-submitted", ATTEMPT, "单证已提交审核。", "The papers are with customs already."));
        }
    }
    let missing: Vec<&str> = state.needed().into_iter().map(PaperKind::code).collect();
    if !missing.is_empty() {
        let list = missing.join(", ");
        return Err(state.refuse("papers-missing", ATTEMPT, format!("缺少单证：{list}。"), format!("Papers are missing: {list}.")));
    }
    Ok(vec![PapersSubmitted {}.into()])
}

/// Accepts the papers. `differences` is how often the sheets differ from the waybills.
///
/// # Errors
/// `papers-not-submitted`; `papers-differ` when something differs and the officer says nothing to it.
pub fn decide_accept_papers(state: &Conveyance, command: PapersAccepted, differences: usize) -> Result<Vec<ConveyanceEvent>, Refusal> {
    const ATTEMPT: &str = "conveyance.accept-papers";
    submitted(state, ATTEMPT)?;
    if differences > 0 && command.note.is_none() {
        return Err(state.refuse(
            "papers-differ",
            ATTEMPT,
            format!("有 {differences} 处与运单不符，接受时须写明处理意见。"),
            format!("The papers differ in {differences} places; say how that was settled."),
        ));
    }
    Ok(vec![command.into()])
}

/// Sends the papers back.
///
/// # Errors
/// `papers-not-submitted`.
pub fn decide_return_papers(state: &Conveyance, command: PapersReturned) -> Result<Vec<ConveyanceEvent>, Refusal> {
    submitted(state, "conveyance.return-papers")?;
    Ok(vec![command.into()])
}

fn submitted(state: &Conveyance, attempted: &'static str) -> Result<(), Refusal> {
    match state.review {
        Review::Submitted { .. } => Ok(()),
        Review::Open | Review::Accepted { .. } | Review::Returned { .. } => {
            Err(state.refuse("papers-not-submitted", attempted, "单证不在待审状态。", "The papers are not with customs."))
        }
    }
}
