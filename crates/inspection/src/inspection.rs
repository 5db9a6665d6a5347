//! An inspection order (查验指令) from order to result.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Aggregate, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::arrival::{Beginning, Begun, Classified, Queued};
use crate::joint_event::FeesExempted;
use crate::machine::{BoxScanned, Machine, MachineOrdered, OpeningCause, OpeningOrdered, not_while_images_decide};
use crate::result::{OfficerReplaced, Recorded, ResultReturned};
use crate::sampling::{LineSampled, SampleLost, Sampling, SamplingOrdered, SamplingSettled, SamplingWaived};

/// Officers that a result needs (Decree 138: at least two).
pub const OFFICERS_MIN: usize = 2;
/// Most containers of one order.
pub const INSPECTION_CONTAINERS_MAX: usize = 200;
/// Longest report, characters.
pub const FINDINGS_LENGTH_MAX: usize = 4_000;
/// Longest appointment, hours.
pub const SLOT_HOURS_MAX: i64 = 24;
/// Hours after the order by which the box should be at the site: alert default of a western Shenzhen port, practice and not law.
pub const ORDER_TO_SITE_HOURS: i64 = 24;

/// An appointment (查验预约).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Begins.
    pub start: Timestamp,
    /// Ends.
    pub end: Timestamp,
    /// Inspection site (查验场地).
    pub site: String,
    /// Who made it, user or organisation id.
    pub by: String,
}

/// An officer left out of the draw, and why (回避).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub reason: String,
}

/// The draw of the officers, with everything needed to check it (双随机).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerDraw {
    /// Draw day, `YYYY-MM-DD`.
    pub day: String,
    /// Commitment to the day's seed, hex.
    pub commitment: String,
    /// Size of the ledger head mixed in.
    pub head_size: u64,
    /// Root of the ledger head mixed in, hex.
    pub head_root: String,
    /// Version of the pool of officers.
    pub pool_version: String,
    /// Pool drawn from, in order, exclusions left out.
    pub pool: Vec<String>,
    /// Roster in force by which the pool was narrowed, and its version; none when the day had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roster: Option<String>,
    /// Officers drawn.
    pub chosen: Vec<String>,
    /// Officers left out.
    pub excluded: Vec<Excluded>,
    /// The second holder's part, hex; absent when they were drawn by the platform's seed alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

/// How the inspection is done (查验方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Opened (人工开箱).
    Open,
    /// Scanned (机检).
    Machine,
    /// Documents alone (单证核对).
    Documents,
}

impl Method {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Machine => "machine",
            Self::Documents => "documents",
        }
    }

    /// Key by which the inspections that ended this way are found.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "METHOD:OPEN",
            Self::Machine => "METHOD:MACHINE",
            Self::Documents => "METHOD:DOCUMENTS",
        }
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The goods may go on (通过).
    Pass,
    /// They may not (不通过).
    Fail,
}

/// How far an inspection has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum InspectionPhase {
    /// Ordered, no appointment (已下达).
    Ordered,
    /// Appointed (已预约).
    Appointed {
        /// Appointment.
        appointment: Appointment,
    },
    /// A box is at the site (已到场).
    AtSite {
        /// Appointment, when one was made.
        appointment: Option<Appointment>,
    },
    /// Written down by one drawn officer, to be confirmed by another (待复核).
    Recorded {
        /// What was written down.
        recorded: Recorded,
        /// When.
        at: Timestamp,
        /// Appointment, when one was made.
        appointment: Option<Appointment>,
    },
    /// Passed (通过).
    Passed {
        /// Result.
        result: Resulted,
        /// When.
        at: Timestamp,
    },
    /// Not passed (不通过).
    Failed {
        /// Result.
        result: Resulted,
        /// When.
        at: Timestamp,
    },
    /// Cancelled (撤销).
    Cancelled {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: String,
    /// Bill number.
    pub bill: String,
    /// Container visit ids.
    pub containers: Vec<String>,
    /// Customs district, 4 digits.
    pub district: String,
    /// Inspection site.
    pub site: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Broker, organisation id.
    pub broker: String,
    /// Trader, organisation id, when known.
    pub trader: Option<String>,
    /// Why it was ordered, codes of the rows that fired.
    pub reasons: Vec<String>,
    /// Officers drawn.
    pub draw: Option<OfficerDraw>,
    /// Officers replaced since, oldest first.
    #[serde(default)]
    pub replaced: Vec<OfficerReplaced>,
    /// Boxes at the site, container visit id → when.
    pub arrived: BTreeMap<String, Timestamp>,
    /// The joint order that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<String>,
    /// The machine part, when images were asked for first (机检).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// Its class at the site, where a rule gave it one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Classified>,
    /// Since when it waits at the site: when its first arrival was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<Timestamp>,
    /// Since when it is under way at the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Beginning>,
    /// What of it is to be sampled (取样要求).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sampling: Vec<Sampling>,
    /// How far it has come.
    pub phase: InspectionPhase,
    /// When it was ordered.
    pub ordered_at: Timestamp,
}

impl Inspection {
    /// The officers who carry it out: those drawn, with the ones drawn later in the place of those who could not come.
    pub fn officers(&self) -> Vec<&str> {
        let mut officers: Vec<&str> = self.draw.iter().flat_map(|draw| &draw.chosen).map(String::as_str).collect();
        for replaced in &self.replaced {
            for officer in officers.iter_mut().filter(|officer| **officer == replaced.officer) {
                *officer = replaced.draw.chosen.first().map_or("", String::as_str);
            }
        }
        officers
    }

    /// The result, once it is confirmed.
    pub fn result(&self) -> Option<&Resulted> {
        match &self.phase {
            InspectionPhase::Passed { result, .. } | InspectionPhase::Failed { result, .. } => Some(result),
            InspectionPhase::Ordered
            | InspectionPhase::Appointed { .. }
            | InspectionPhase::AtSite { .. }
            | InspectionPhase::Recorded { .. }
            | InspectionPhase::Cancelled { .. } => None,
        }
    }

    /// What one officer wrote down and no other has confirmed yet.
    pub fn recorded(&self) -> Option<&Recorded> {
        match &self.phase {
            InspectionPhase::Recorded { recorded, .. } => Some(recorded),
            InspectionPhase::Ordered
            | InspectionPhase::Appointed { .. }
            | InspectionPhase::AtSite { .. }
            | InspectionPhase::Passed { .. }
            | InspectionPhase::Failed { .. }
            | InspectionPhase::Cancelled { .. } => None,
        }
    }

    /// The appointment, while one stands.
    pub fn appointment(&self) -> Option<&Appointment> {
        match &self.phase {
            InspectionPhase::Appointed { appointment } => Some(appointment),
            InspectionPhase::AtSite { appointment } | InspectionPhase::Recorded { appointment, .. } => appointment.as_ref(),
            InspectionPhase::Ordered
            | InspectionPhase::Passed { .. }
            | InspectionPhase::Failed { .. }
            | InspectionPhase::Cancelled { .. } => None,
        }
    }

    /// It has no result and is not cancelled.
    pub fn is_open(&self) -> bool {
        match self.phase {
            InspectionPhase::Ordered
            | InspectionPhase::Appointed { .. }
            | InspectionPhase::AtSite { .. }
            | InspectionPhase::Recorded { .. } => true,
            InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => false,
        }
    }
}

/// `inspection.ordered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: String,
    /// Bill number.
    pub bill: String,
    /// Container visit ids.
    pub containers: Vec<String>,
    /// Customs district, 4 digits.
    pub district: String,
    /// Inspection site.
    pub site: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Broker, organisation id.
    pub broker: String,
    /// Trader, organisation id.
    #[serde(default)]
    pub trader: Option<String>,
    /// Codes of the rows that fired.
    pub reasons: Vec<String>,
}

/// `inspection.appointed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointed {
    /// Begins.
    pub slot_start: Timestamp,
    /// Ends.
    pub slot_end: Timestamp,
    /// Inspection site.
    pub site: String,
    /// Who made it.
    pub by: String,
}

/// `inspection.box-arrived`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxArrived {
    /// Container visit id.
    pub container: String,
    /// When.
    pub at: Timestamp,
}

/// `inspection.resulted`: what two officers stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resulted {
    /// Pass or fail.
    pub result: Outcome,
    /// Disposition code ([`crate::DISPOSITIONS`]).
    pub disposition: String,
    /// Report.
    pub findings: String,
    /// How it was done.
    pub method: Method,
    /// New seal, when opened.
    #[serde(default)]
    pub seal_new: Option<String>,
    /// Officers present.
    pub officers: Vec<String>,
}

/// `inspection.cancelled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    pub reason: String,
    /// Officer, user id, or `platform` when the declaration ended.
    pub by: String,
}

/// `inspection.joined`: it is part of a joint order from now on, and its result is customs' part of the shared one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedOrder {
    /// Joint order id.
    pub order: String,
}

/// `inspection.parted`: the joint order goes on without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartedOrder {
    /// Joint order id.
    pub order: String,
}

ledger::domain_events! {
    /// What happens to an inspection.
    pub enum InspectionEvent for "inspection" {
        /// Ordered.
        Ordered(Ordered) = "inspection.ordered",
        /// Appointed.
        Appointed(Appointed) = "inspection.appointed",
        /// Officers drawn.
        OfficersDrawn(OfficerDraw) = "inspection.officers-drawn",
        /// A box came to the site.
        BoxArrived(BoxArrived) = "inspection.box-arrived",
        /// An officer could not come; another was drawn.
        OfficerReplaced(OfficerReplaced) = "inspection.officer-replaced",
        /// Result written down by one officer.
        Recorded(Recorded) = "inspection.recorded",
        /// What was written down is not confirmed, but taken up again.
        ResultReturned(ResultReturned) = "inspection.result-returned",
        /// Result confirmed by another officer.
        Resulted(Resulted) = "inspection.resulted",
        /// Cancelled.
        Cancelled(Cancelled) = "inspection.cancelled",
        /// Part of a joint order.
        Joined(JoinedOrder) = "inspection.joined",
        /// Part of it no more.
        Parted(PartedOrder) = "inspection.parted",
        /// The inspection costs the trader nothing.
        FeesExempted(FeesExempted) = "inspection.fees-exempted",
        /// Images first.
        MachineOrdered(MachineOrdered) = "inspection.machine-ordered",
        /// A box has its first image.
        BoxScanned(BoxScanned) = "inspection.box-scanned",
        /// To be opened after all.
        OpeningOrdered(OpeningOrdered) = "inspection.opening-ordered",
        /// Its class at the site.
        Classified(Classified) = "inspection.classified",
        /// In the queue of the site.
        Queued(Queued) = "inspection.queued",
        /// Taken up at the site.
        Begun(Begun) = "inspection.begun",
        /// A line is to be sampled.
        SamplingOrdered(SamplingOrdered) = "inspection.sampling-ordered",
        /// A line has its sample.
        LineSampled(LineSampled) = "inspection.sample-taken",
        /// Its sample cannot be used.
        SampleLost(SampleLost) = "inspection.sample-lost",
        /// What the test of a line came to.
        SamplingSettled(SamplingSettled) = "inspection.sampling-settled",
        /// A line need not be answered any more.
        SamplingWaived(SamplingWaived) = "inspection.sampling-waived",
    }
}

/// Officers that may be drawn: the pool without duplicates and exclusions, sorted, so that everybody draws from the same list.
pub fn eligible_officers(pool: &[String], excluded: &[Excluded]) -> Vec<String> {
    let out: BTreeSet<&str> = excluded.iter().map(|one| one.officer.as_str()).collect();
    let all: BTreeSet<&String> = pool.iter().filter(|officer| !out.contains(officer.as_str())).collect();
    all.into_iter().cloned().collect()
}

/// Orders an inspection.
///
/// # Errors
/// `inspection-exists`; `inspection-containers` when there are none, too many, or one twice.
pub fn decide_order(state: Option<&Inspection>, command: Ordered) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.order";
    if let Some(inspection) = state {
        return Err(Refusal::new(
            "inspection-exists",
            ATTEMPT,
            inspection.status(),
            "该查验编号已存在。",
            "An inspection with this id exists already.",
        ));
    }
    let distinct = command.containers.iter().collect::<BTreeSet<_>>().len();
    if command.containers.is_empty() || command.containers.len() > INSPECTION_CONTAINERS_MAX || distinct != command.containers.len() {
        return Err(Refusal::new(
            "inspection-containers",
            ATTEMPT,
            "nothing",
            format!("须列明 1 至 {INSPECTION_CONTAINERS_MAX} 个不重复的集装箱。"),
            format!("An inspection lists 1 to {INSPECTION_CONTAINERS_MAX} different containers."),
        ));
    }
    Ok(vec![command.into()])
}

/// Makes or moves the appointment.
///
/// # Errors
/// `inspection-appointment` when it has passed, does not end after it begins, or is longer than [`SLOT_HOURS_MAX`]; `inspection-box-at-site`;
/// `inspection-machine-first` while images decide; `inspection-result-recorded`; `inspection-closed`.
pub fn decide_appoint(state: &Inspection, command: Appointed, at: Timestamp) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.appoint";
    not_while_images_decide(state, ATTEMPT)?;
    match state.phase {
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } => {}
        InspectionPhase::Recorded { .. } => return Err(to_confirm(state, ATTEMPT)),
        InspectionPhase::AtSite { .. } => {
            return Err(Refusal::new(
                "inspection-box-at-site",
                ATTEMPT,
                state.status(),
                "集装箱已到查验场地。",
                "A box is already at the site.",
            ));
        }
        InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => {
            return Err(closed(state, ATTEMPT));
        }
    }
    let fits =
        command.slot_start < command.slot_end && command.slot_end > at && command.slot_end <= command.slot_start.plus_hours(SLOT_HOURS_MAX);
    if !fits {
        return Err(Refusal::new(
            "inspection-appointment",
            ATTEMPT,
            state.status(),
            "预约时段不符：须在将来，且不超过 24 小时。",
            "The appointment must lie ahead and last at most 24 hours.",
        ));
    }
    Ok(vec![command.into()])
}

/// Records the draw of the officers, once.
///
/// # Errors
/// `inspection-officers-drawn` the second time; `inspection-officers` when fewer than [`OFFICERS_MIN`], one twice, one excluded or not of the
/// pool; `inspection-closed`.
pub fn decide_officers(state: &Inspection, draw: OfficerDraw) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.draw-officers";
    if !state.is_open() {
        return Err(closed(state, ATTEMPT));
    }
    if state.draw.is_some() {
        return Err(Refusal::new(
            "inspection-officers-drawn",
            ATTEMPT,
            state.status(),
            "查验人员已随机抽取。",
            "The officers are already drawn.",
        ));
    }
    let chosen: BTreeSet<&String> = draw.chosen.iter().collect();
    let excluded = draw.excluded.iter().any(|one| chosen.contains(&one.officer));
    let of_pool = draw.chosen.iter().all(|officer| draw.pool.contains(officer));
    if chosen.len() < OFFICERS_MIN || chosen.len() != draw.chosen.len() || excluded || !of_pool {
        return Err(Refusal::new(
            "inspection-officers",
            ATTEMPT,
            state.status(),
            "须从人员库抽取至少两名不重复、未回避的查验人员。",
            "At least two different officers of the pool, none of them excluded, must be drawn.",
        ));
    }
    Ok(vec![InspectionEvent::OfficersDrawn(draw)])
}

/// Records that a box came to the site. An appointment is not needed: a terminal may move boxes ahead of it.
///
/// # Errors
/// `inspection-container-differs`; `inspection-box-arrived` the second time; `inspection-result-recorded` once a result is written down;
/// `inspection-closed`.
pub fn decide_box_arrived(state: &Inspection, command: BoxArrived) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.present-box";
    if !state.is_open() {
        return Err(closed(state, ATTEMPT));
    }
    if state.recorded().is_some() {
        return Err(to_confirm(state, ATTEMPT));
    }
    if !state.containers.contains(&command.container) {
        return Err(Refusal::new(
            "inspection-container-differs",
            ATTEMPT,
            state.status(),
            "该箱不在此查验指令内。",
            "The order does not name this box.",
        ));
    }
    if state.arrived.contains_key(&command.container) {
        return Err(Refusal::new("inspection-box-arrived", ATTEMPT, state.status(), "该箱已到场。", "The box is already at the site."));
    }
    Ok(vec![command.into()])
}

/// Cancels the inspection.
///
/// # Errors
/// `inspection-closed` once it has a result or was cancelled.
pub fn decide_cancel(state: &Inspection, command: Cancelled) -> Result<Vec<InspectionEvent>, Refusal> {
    if !state.is_open() {
        return Err(closed(state, "inspection.cancel"));
    }
    Ok(vec![command.into()])
}

/// Makes it part of a joint order.
///
/// # Errors
/// `inspection-joined` when it is part of one already; `inspection-closed`.
pub fn decide_join_order(state: &Inspection, command: JoinedOrder) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.join";
    if !state.is_open() {
        return Err(closed(state, ATTEMPT));
    }
    if state.joint.is_some() {
        return Err(Refusal::new(
            "inspection-joined",
            ATTEMPT,
            state.status(),
            "该查验已在联合查验中。",
            "The inspection is part of a joint order already.",
        ));
    }
    // A joint order opens the box once for everybody: the images do not decide any more.
    let opening = state.by_machine().filter(|_| state.recorded().is_none());
    let opening = opening.map(|_| OpeningOrdered { cause: OpeningCause::JointOrder, by: "platform".into() }.into());
    Ok(opening.into_iter().chain(std::iter::once(command.into())).collect())
}

/// Ends its part in a joint order; nothing when it has none.
pub fn decide_part_order(state: &Inspection, order: &str) -> Vec<InspectionEvent> {
    if state.joint.as_deref() == Some(order) { vec![PartedOrder { order: order.to_owned() }.into()] } else { Vec::new() }
}

/// Records that a clean inspection costs the trader nothing; nothing when it was not clean.
pub fn decide_exempt_fees(state: &Inspection, command: FeesExempted) -> Vec<InspectionEvent> {
    if matches!(state.phase, InspectionPhase::Passed { .. }) { vec![command.into()] } else { Vec::new() }
}

pub(crate) fn closed(state: &Inspection, attempted: &'static str) -> Refusal {
    Refusal::new("inspection-closed", attempted, state.status(), "该查验已结束。", "The inspection has ended.")
}

/// Nothing but confirming it or taking it back follows on a result that is written down.
pub(crate) fn to_confirm(state: &Inspection, attempted: &'static str) -> Refusal {
    Refusal::new(
        "inspection-result-recorded",
        attempted,
        state.status(),
        "查验结果已录入，待另一名查验人员复核。",
        "A result is written down and waits for the other officer to confirm it.",
    )
}
