//! Priority of an inspection at the site (优先查验), inspection on arrival (即到即查), and its beginning. INS-10.

use ledger::{Aggregate, Bilingual, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::inspection::{Inspection, InspectionEvent, InspectionPhase, closed, to_confirm};

/// `inspection.classified`: the class it has by the rule in force when it was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classified {
    /// Version of the rule.
    pub rule: u32,
    /// Id of the class.
    pub class: String,
    /// Its name.
    pub name: Bilingual,
    /// Its rank: 1 comes first.
    pub rank: u32,
    /// It needs no appointment; the officers are drawn when a box comes.
    pub on_arrival: bool,
}

/// `inspection.begun`; also the command: a drawn officer takes it up at the site (开始查验).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// By whom, user id.
    pub by: String,
}

/// `inspection.queued`: it waits from now on, when the arrival of its first box was told, whatever time was told with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// Box that came first.
    pub container: String,
}

/// Since when it is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// By whom, user id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Inspection {
    /// It needs no appointment (即到即查).
    pub fn on_arrival(&self) -> bool {
        self.priority.as_ref().is_some_and(|priority| priority.on_arrival)
    }

    /// When its first box came.
    pub fn first_arrival(&self) -> Option<Timestamp> {
        self.arrived.values().min().copied()
    }

    /// Since when it waits: when the arrival was told. Of older ones the told time is all that is known.
    pub fn waits_since(&self) -> Option<Timestamp> {
        self.queued_at.or_else(|| self.first_arrival())
    }

    /// It waits at the site: a box is there, and nobody has taken it up.
    pub fn waits_at_site(&self) -> bool {
        matches!(self.phase, InspectionPhase::AtSite { .. }) && self.begun.is_none() && self.by_machine().is_none()
    }

    /// Its place among those that wait: the class, then who came first, then the number.
    pub fn turn<'i>(&self, id: &'i str) -> (u32, Option<Timestamp>, &'i str) {
        (self.priority.as_ref().map_or(u32::MAX, |priority| priority.rank), self.waits_since(), id)
    }
}

/// Takes it up.
///
/// # Errors
/// `inspection-not-at-site` before a box came; `inspection-officer-not-drawn`; `inspection-begun` the second time; `inspection-machine-first` while
/// images decide; `inspection-joined` in a joint order, which has its own openings; `inspection-result-recorded`; `inspection-closed`.
pub fn decide_begin(state: &Inspection, command: Begun) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.begin";
    let refused = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    crate::machine::not_while_images_decide(state, ATTEMPT)?;
    match state.phase {
        InspectionPhase::AtSite { .. } => {}
        InspectionPhase::Recorded { .. } => return Err(to_confirm(state, ATTEMPT)),
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } => {
            return refused("inspection-not-at-site", "集装箱尚未到场。", "No box is at the site yet.");
        }
        InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => {
            return Err(closed(state, ATTEMPT));
        }
    }
    if state.joint.is_some() {
        return refused("inspection-joined", "该查验在联合查验中，以联合开箱为准。", "It is part of a joint order, which opens the boxes.");
    }
    if !state.officers().contains(&command.by.as_str()) {
        return refused("inspection-officer-not-drawn", "只有被抽取的查验人员可以开始查验。", "Only an officer who was drawn begins it.");
    }
    if state.begun.is_some() {
        return refused("inspection-begun", "查验已开始。", "It has begun already.");
    }
    Ok(vec![command.into()])
}

/// Gives it its class; nothing when it has one.
pub fn decide_classify(state: &Inspection, command: Classified) -> Vec<InspectionEvent> {
    if state.priority.is_none() && state.is_open() { vec![command.into()] } else { Vec::new() }
}

/// Puts it into the queue; nothing when it is there already, or no box is.
pub fn decide_queue(state: &Inspection, command: Queued) -> Vec<InspectionEvent> {
    let there = matches!(state.phase, InspectionPhase::AtSite { .. });
    if there && state.queued_at.is_none() { vec![command.into()] } else { Vec::new() }
}
