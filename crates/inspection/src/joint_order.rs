//! A joint order (联合查验指令): instructions of several authorities about one thing, answered by one opening, one result and one release.

use std::collections::BTreeMap;

use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::authority::{Authority, CheckItem, SubjectKind};
use crate::instruction::{Task, Window};
use crate::joint_event::{Closed, Concluded};

/// What a participant says to the time that was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// Not answered yet (待答复).
    Awaited,
    /// Comes (确认).
    Confirmed,
    /// Does not come and takes the others' result for its own (不派员，采信共同结果).
    Declined,
    /// Asks for another time (请改期).
    OtherTime {
        /// From when it could come.
        start: Timestamp,
    },
}

/// An item of a checklist as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Item code.
    pub code: String,
    /// In order.
    pub ok: bool,
}

/// What one authority found: its part of the shared result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Items, each once; none where its own inspection tells the result.
    pub checks: Vec<Checked>,
    /// Nothing was found.
    pub clean: bool,
    /// What was found, for every authority of the order.
    pub note: String,
    /// Officers who were there, user ids.
    pub officers: Vec<String>,
    /// Who wrote it down, user id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An authority that takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Which.
    pub authority: Authority,
    /// Its customs district, when it is customs.
    pub district: Option<String>,
    /// Its instructions.
    pub instructions: Vec<String>,
    /// The drawn inspection whose confirmed result is its part.
    pub inspection: Option<String>,
    /// Instruction that brought the drawn inspection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<String>,
    /// Nothing leaves before it is answered.
    pub hold: bool,
    /// What it checks.
    pub checklist: Vec<CheckItem>,
    /// Competence that one of its officers must have.
    pub competence: Option<String>,
    /// What it says to the time.
    pub answer: Answer,
    /// It joined when the boxes were at the site already.
    pub late: bool,
    /// Its part, once written down.
    pub part: Option<Part>,
    /// When it withdrew, if it did so while the inspection was under way.
    pub gone_at: Option<Timestamp>,
}

impl Participant {
    /// Its part is needed for the result.
    pub fn is_needed(&self) -> bool {
        self.gone_at.is_none() && self.answer != Answer::Declined
    }

    /// It has found something.
    pub fn has_found(&self) -> bool {
        self.part.as_ref().is_some_and(|part| !part.clean)
    }
}

/// A box that was opened (开箱).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Which authority opened it, organisation id.
    pub organisation: String,
    /// Who, user id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// An authority that left the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Which, organisation id.
    pub organisation: String,
    /// How.
    pub how: Leaving,
    /// While the inspection was under way.
    pub during_inspection: bool,
    /// When.
    pub at: Timestamp,
}

/// How an authority leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// Its instruction was withdrawn (撤回).
    Withdrawn,
    /// It goes its own way in an order that opens nothing (拆分).
    SplitOff,
}

/// A step of a follow-up (后续处置).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// What was done.
    pub note: String,
    /// By which authority, organisation id.
    #[serde(default)]
    pub organisation: String,
    /// What it had found is settled.
    #[serde(default)]
    pub settled: bool,
    /// Who, user id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// The consignee agrees that the boxes are inspected without it (无需到场).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoPresence {
    /// Who agreed, organisation id.
    pub organisation: String,
    /// Who, user id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// How far an order has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum JointPhase {
    /// Proposed: somebody has not answered (待确认).
    Proposed,
    /// Everybody has answered and the time stands (已确认).
    Confirmed,
    /// Begun: a box is open, or a part is written down (进行中).
    UnderWay,
    /// Answered: everything goes on (已放行).
    Released {
        /// Result.
        result: Concluded,
        /// When.
        at: Timestamp,
    },
    /// Something was found that is to be settled (后续处置中).
    FollowUp {
        /// Result.
        result: Concluded,
        /// When.
        at: Timestamp,
    },
    /// The follow-up has ended (已办结).
    Closed {
        /// Result.
        result: Concluded,
        /// How it ended.
        end: Closed,
        /// When.
        at: Timestamp,
    },
    /// Nobody is left (已撤销).
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// A joint order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointOrder {
    /// Of what kind.
    pub subject: SubjectKind,
    /// Key of what is inspected: orders with the same key are about the same thing.
    pub key: String,
    /// Bill number, of goods on a bill.
    pub bill: Option<String>,
    /// Ship call id, of goods and ships.
    pub call: Option<String>,
    /// Boxes, container visit ids.
    pub boxes: Vec<String>,
    /// Terminal, organisation id.
    pub terminal: Option<String>,
    /// Consignee, broker or ship agent, organisation ids: told once the time is confirmed.
    pub traders: Vec<String>,
    /// Place (查验场地、泊位).
    pub place: String,
    /// It opens no box: an authority that split off.
    pub apart: bool,
    /// The time that everybody's instruction allows.
    pub window: Window,
    /// The time proposed.
    pub slot: Option<Window>,
    /// Inspected as soon as it arrives (即到即查).
    pub on_arrival: bool,
    /// Lead (牵头单位), organisation id.
    pub lead: String,
    /// Works first, organisation id; nobody writes down anything before it.
    pub first: Option<String>,
    /// Order of steps, organisation ids.
    pub steps: Vec<String>,
    /// Participants, by organisation id.
    pub participants: BTreeMap<String, Participant>,
    /// Those that left.
    pub departures: Vec<Departure>,
    /// Boxes at the site, since when.
    pub arrived: BTreeMap<String, Timestamp>,
    /// Boxes opened, each once.
    pub openings: BTreeMap<String, Opening>,
    /// The consignee need not be there.
    pub no_presence: Option<NoPresence>,
    /// Follow-up, oldest first.
    pub follow_ups: Vec<FollowUp>,
    /// How far it has come.
    pub phase: JointPhase,
    /// When it was proposed.
    pub proposed_at: Timestamp,
}

impl JointOrder {
    /// Authorities may still join: it has no result.
    pub fn is_open(&self) -> bool {
        match self.phase {
            JointPhase::Proposed | JointPhase::Confirmed | JointPhase::UnderWay => true,
            JointPhase::Released { .. } | JointPhase::FollowUp { .. } | JointPhase::Closed { .. } | JointPhase::Cancelled { .. } => false,
        }
    }

    /// May an instruction of this time become part of it?
    pub fn takes(&self, window: Window) -> bool {
        self.is_open() && !self.apart && self.window.meet(window).is_some()
    }

    /// It has begun.
    pub fn is_under_way(&self) -> bool {
        self.phase == JointPhase::UnderWay
    }

    /// The shared result, once there is one.
    pub fn result(&self) -> Option<(&Concluded, Timestamp)> {
        match &self.phase {
            JointPhase::Released { result, at } | JointPhase::FollowUp { result, at } | JointPhase::Closed { result, at, .. } => {
                Some((result, *at))
            }
            JointPhase::Proposed | JointPhase::Confirmed | JointPhase::UnderWay | JointPhase::Cancelled { .. } => None,
        }
    }

    /// The participant to which a drawn inspection belongs.
    pub fn of_inspection(&self, inspection: &str) -> Option<(&String, &Participant)> {
        self.participants.iter().find(|(_, one)| one.inspection.as_deref() == Some(inspection))
    }

    /// The participant to which an instruction belongs.
    pub fn of_instruction(&self, instruction: &str) -> Option<(&String, &Participant)> {
        self.participants.iter().find(|(_, one)| one.instructions.iter().any(|id| id == instruction))
    }

    /// Those whose part is needed and not written down.
    pub fn parts_open(&self) -> Vec<&String> {
        self.participants.iter().filter(|(_, one)| one.is_needed() && one.part.is_none()).map(|(id, _)| id).collect()
    }

    /// Those that have found something and have not said that it is settled.
    pub fn findings_open(&self) -> Vec<&String> {
        let settled = |id: &String| self.follow_ups.iter().any(|step| step.settled && step.organisation == *id);
        self.participants.iter().filter(|(id, one)| one.has_found() && !settled(id)).map(|(id, _)| id).collect()
    }

    /// What a participant must do next.
    pub fn task_of(&self, organisation: &str) -> Option<Task> {
        let one = self.participants.get(organisation).filter(|one| one.gone_at.is_none())?;
        let leads = self.lead == organisation;
        match self.phase {
            JointPhase::Proposed => {
                let asked = self.participants.values().any(|other| matches!(other.answer, Answer::OtherTime { .. }));
                match one.answer {
                    _ if leads && (self.slot.is_none() || asked) => Some(Task::Schedule),
                    Answer::Awaited if self.slot.is_some() => Some(Task::Answer),
                    Answer::Awaited | Answer::Confirmed | Answer::Declined | Answer::OtherTime { .. } => None,
                }
            }
            JointPhase::Confirmed | JointPhase::UnderWay => {
                if one.is_needed() && one.part.is_none() && one.inspection.is_none() {
                    Some(Task::Record)
                } else if leads && self.is_under_way() && self.parts_open().is_empty() {
                    Some(Task::Conclude)
                } else {
                    None
                }
            }
            JointPhase::FollowUp { .. } => {
                (leads || self.findings_open().into_iter().any(|id| id == organisation)).then_some(Task::FollowUp)
            }
            JointPhase::Released { .. } | JointPhase::Closed { .. } | JointPhase::Cancelled { .. } => None,
        }
    }
}
