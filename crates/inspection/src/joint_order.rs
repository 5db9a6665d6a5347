//! A joint order (联合查验指令): instructions of several authorities about one thing, answered by one opening, one result and one release.

use std::collections::BTreeMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::authority::{Authority, CheckItem, SubjectKind};
use crate::instruction::{Task, Window};

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

/// Somebody who takes part, as it joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joining {
    /// Organisation id.
    pub organisation: String,
    /// Which authority.
    pub authority: Authority,
    /// Its customs district, when it is customs.
    #[serde(default)]
    pub district: Option<String>,
    /// Its instruction.
    pub instruction: String,
    /// The drawn inspection that it stands for.
    #[serde(default)]
    pub inspection: Option<String>,
    /// Nothing leaves before it is answered.
    pub hold: bool,
    /// Inspected as soon as it arrives.
    #[serde(default)]
    pub on_arrival: bool,
    /// What it checks.
    pub checklist: Vec<CheckItem>,
    /// Competence that one of its officers must have.
    #[serde(default)]
    pub competence: Option<String>,
    /// Consignee, broker or ship agent it knows of, organisation ids.
    #[serde(default)]
    pub traders: Vec<String>,
}

/// Who leads, who is first, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roles {
    /// Lead, organisation id.
    pub lead: String,
    /// Works first, organisation id.
    #[serde(default)]
    pub first: Option<String>,
    /// Order of steps, organisation ids.
    pub steps: Vec<String>,
}

/// `joint-order.proposed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Of what kind.
    pub subject: SubjectKind,
    /// Key of what is inspected.
    pub key: String,
    /// Bill number.
    #[serde(default)]
    pub bill: Option<String>,
    /// Ship call id.
    #[serde(default)]
    pub call: Option<String>,
    /// Boxes.
    pub boxes: Vec<String>,
    /// Terminal.
    #[serde(default)]
    pub terminal: Option<String>,
    /// Place.
    pub place: String,
    /// It opens no box.
    pub apart: bool,
    /// Time.
    pub window: Window,
    /// The first participant.
    pub joining: Joining,
    /// Roles.
    pub roles: Roles,
}

/// `joint-order.joined`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Who.
    pub joining: Joining,
    /// Boxes that it adds.
    pub boxes: Vec<String>,
    /// The time left in common.
    pub window: Window,
    /// Roles from now on.
    pub roles: Roles,
    /// The boxes are at the site already.
    pub late: bool,
}

/// `joint-order.scheduled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Begins.
    pub slot_start: Timestamp,
    /// Ends.
    pub slot_end: Timestamp,
    /// Who proposed it, organisation id.
    pub organisation: String,
}

/// `joint-order.answered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Who, organisation id.
    pub organisation: String,
    /// What.
    pub answer: Answer,
    /// User id.
    pub by: String,
}

/// `joint-order.box-arrived`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxCame {
    /// Container visit id.
    pub container: String,
    /// When.
    pub at: Timestamp,
}

/// `joint-order.opened`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxOpened {
    /// Container visit id.
    pub container: String,
    /// Which authority, organisation id.
    pub organisation: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.part-recorded`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecorded {
    /// Whose, organisation id.
    pub organisation: String,
    /// What was found.
    pub part: Part,
}

/// `joint-order.left`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Who, organisation id.
    pub organisation: String,
    /// Which instruction.
    pub instruction: String,
    /// How.
    pub how: Leaving,
    /// Roles from now on; none when nobody is left.
    #[serde(default)]
    pub roles: Option<Roles>,
}

/// `joint-order.concluded`; also the command: the shared result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concluded {
    /// Disposition code ([`crate::DISPOSITIONS`]).
    pub disposition: String,
    /// Report, for everybody.
    pub findings: String,
    /// New seals of the boxes that were opened.
    pub seals: BTreeMap<String, String>,
    /// Lead that gave it, organisation id.
    pub organisation: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.followed-up`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowedUp {
    /// What was done.
    pub note: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.closed`; also the command: the follow-up ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Disposition code with which it ends.
    pub disposition: String,
    /// What was done.
    pub note: String,
    /// Who, user id.
    pub by: String,
}

/// `joint-order.cancelled`: nobody is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointCancelled {
    /// The last that left, organisation id.
    pub last: String,
}

/// `joint-order.no-presence-agreed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoPresenceAgreed {
    /// Who, organisation id.
    pub organisation: String,
    /// User id.
    pub by: String,
}

/// `joint-order.fees-exempted`: nothing was found, hoisting, shifting and storage for the inspection cost the trader nothing (FEE-12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeesExempted {
    /// Boxes.
    pub boxes: Vec<String>,
    /// Enterprise, credit code; when known.
    #[serde(default)]
    pub enterprise: Option<String>,
    /// Grade looked at.
    #[serde(default)]
    pub grade: Option<String>,
}

ledger::domain_events! {
    /// What happens to a joint order.
    pub enum JointOrderEvent for "joint-order" {
        /// Proposed.
        Proposed(Proposed) = "joint-order.proposed",
        /// An authority takes part.
        Joined(Joined) = "joint-order.joined",
        /// A time is proposed.
        Scheduled(Scheduled) = "joint-order.scheduled",
        /// A participant answers.
        Answered(Answered) = "joint-order.answered",
        /// The consignee need not be there.
        NoPresenceAgreed(NoPresenceAgreed) = "joint-order.no-presence-agreed",
        /// A box came to the site.
        BoxArrived(BoxCame) = "joint-order.box-arrived",
        /// A box was opened.
        Opened(BoxOpened) = "joint-order.opened",
        /// An authority has written down its part.
        PartRecorded(PartRecorded) = "joint-order.part-recorded",
        /// An authority left.
        Left(Left) = "joint-order.left",
        /// The shared result.
        Concluded(Concluded) = "joint-order.concluded",
        /// A step of the follow-up.
        FollowedUp(FollowedUp) = "joint-order.followed-up",
        /// The follow-up ended.
        Closed(Closed) = "joint-order.closed",
        /// Nobody is left.
        Cancelled(JointCancelled) = "joint-order.cancelled",
        /// The inspection costs the trader nothing.
        FeesExempted(FeesExempted) = "joint-order.fees-exempted",
    }
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
            JointPhase::FollowUp { .. } => leads.then_some(Task::FollowUp),
            JointPhase::Released { .. } | JointPhase::Closed { .. } | JointPhase::Cancelled { .. } => None,
        }
    }

    fn take_on(&mut self, joining: &Joining, late: bool) {
        self.on_arrival |= joining.on_arrival;
        for trader in &joining.traders {
            if !self.traders.contains(trader) {
                self.traders.push(trader.clone());
            }
        }
        let begun = self.is_under_way() || late;
        let participant = self.participants.entry(joining.organisation.clone()).or_insert_with(|| Participant {
            authority: joining.authority,
            district: joining.district.clone(),
            instructions: Vec::new(),
            inspection: None,
            hold: false,
            checklist: joining.checklist.clone(),
            competence: joining.competence.clone(),
            // Whoever joins when the box is there comes to where the others are.
            answer: if begun { Answer::Confirmed } else { Answer::Awaited },
            late,
            part: None,
            gone_at: None,
        });
        participant.instructions.push(joining.instruction.clone());
        participant.hold |= joining.hold;
        if participant.inspection.is_none() {
            participant.inspection.clone_from(&joining.inspection);
        }
        // Who had declined or gone and wants something again takes part again.
        if participant.answer == Answer::Declined || participant.gone_at.is_some() {
            participant.answer = if begun { Answer::Confirmed } else { Answer::Awaited };
            participant.gone_at = None;
        }
    }

    fn assign(&mut self, roles: &Roles) {
        self.lead.clone_from(&roles.lead);
        self.first.clone_from(&roles.first);
        self.steps.clone_from(&roles.steps);
    }

    /// Proposed or confirmed, as the answers say; what has begun stays begun.
    fn settle_phase(&mut self) {
        if matches!(self.phase, JointPhase::Proposed | JointPhase::Confirmed) {
            let answered = self.participants.values().all(|one| matches!(one.answer, Answer::Confirmed | Answer::Declined));
            self.phase = if answered && self.slot.is_some() { JointPhase::Confirmed } else { JointPhase::Proposed };
        }
    }

    fn join(&mut self, data: &Joined) {
        self.take_on(&data.joining, data.late);
        for id in &data.boxes {
            if !self.boxes.contains(id) {
                self.boxes.push(id.clone());
            }
        }
        self.window = data.window;
        self.assign(&data.roles);
        if self.slot.is_some_and(|slot| slot.from < data.window.from || slot.to > data.window.to) && !self.is_under_way() {
            self.slot = None;
            for one in self.participants.values_mut().filter(|one| one.answer != Answer::Declined) {
                one.answer = Answer::Awaited;
            }
        }
        self.settle_phase();
    }

    fn schedule(&mut self, data: &Scheduled) {
        self.slot = Some(Window { from: data.slot_start, to: data.slot_end });
        for (id, one) in self.participants.iter_mut().filter(|(_, one)| one.answer != Answer::Declined) {
            one.answer = if *id == data.organisation { Answer::Confirmed } else { Answer::Awaited };
        }
        self.settle_phase();
    }

    fn leave(&mut self, data: &Left, at: Timestamp) {
        let under_way = self.is_under_way();
        self.departures.push(Departure { organisation: data.organisation.clone(), how: data.how, during_inspection: under_way, at });
        let mut nothing_left = false;
        if let Some(one) = self.participants.get_mut(&data.organisation) {
            one.instructions.retain(|id| *id != data.instruction);
            if one.instructions.is_empty() {
                nothing_left = true;
                one.hold = false;
                if under_way {
                    one.gone_at = Some(at);
                }
            }
        }
        if nothing_left && !under_way {
            self.participants.remove(&data.organisation);
        }
        // Nobody is left whose result those who declined could take: they are asked again.
        if !under_way && self.participants.values().all(|one| one.answer == Answer::Declined) {
            for one in self.participants.values_mut() {
                one.answer = Answer::Awaited;
            }
        }
        if let Some(roles) = &data.roles {
            self.assign(roles);
        }
        self.settle_phase();
    }
}

fn proposed(data: &Proposed, at: Timestamp) -> JointOrder {
    let mut order = JointOrder {
        subject: data.subject,
        key: data.key.clone(),
        bill: data.bill.clone(),
        call: data.call.clone(),
        boxes: data.boxes.clone(),
        terminal: data.terminal.clone(),
        traders: Vec::new(),
        place: data.place.clone(),
        apart: data.apart,
        window: data.window,
        slot: None,
        on_arrival: false,
        lead: String::new(),
        first: None,
        steps: Vec::new(),
        participants: BTreeMap::new(),
        departures: Vec::new(),
        arrived: BTreeMap::new(),
        openings: BTreeMap::new(),
        no_presence: None,
        follow_ups: Vec::new(),
        phase: JointPhase::Proposed,
        proposed_at: at,
    };
    order.take_on(&data.joining, false);
    order.assign(&data.roles);
    order
}

impl Aggregate for JointOrder {
    const KIND: &'static str = "joint-order";
    type Event = JointOrderEvent;

    fn apply(state: Option<Self>, event: &JointOrderEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use JointOrderEvent as E;
        use JointPhase as P;
        let Some(mut order) = state else {
            return match event {
                E::Proposed(data) => Ok(proposed(data, at)),
                E::Joined(_)
                | E::Scheduled(_)
                | E::Answered(_)
                | E::NoPresenceAgreed(_)
                | E::BoxArrived(_)
                | E::Opened(_)
                | E::PartRecorded(_)
                | E::Left(_)
                | E::Concluded(_)
                | E::FollowedUp(_)
                | E::Closed(_)
                | E::Cancelled(_)
                | E::FeesExempted(_) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".into() }),
            };
        };
        let open = order.is_open();
        let fits = match event {
            E::Proposed(_) => false,
            E::Joined(data) if open => {
                order.join(data);
                true
            }
            E::Scheduled(data) if open && !order.is_under_way() => {
                order.schedule(data);
                true
            }
            E::Answered(data) if open => match order.participants.get_mut(&data.organisation) {
                Some(one) => {
                    one.answer = data.answer.clone();
                    order.settle_phase();
                    true
                }
                None => false,
            },
            E::NoPresenceAgreed(data) if open => {
                order.no_presence = Some(NoPresence { organisation: data.organisation.clone(), by: data.by.clone(), at });
                true
            }
            E::BoxArrived(data) if open => order.arrived.insert(data.container.clone(), data.at).is_none(),
            E::Opened(data) if open => {
                order.phase = P::UnderWay;
                let opening = Opening { organisation: data.organisation.clone(), by: data.by.clone(), at };
                order.openings.insert(data.container.clone(), opening).is_none()
            }
            E::PartRecorded(data) if open => {
                order.phase = P::UnderWay;
                match order.participants.get_mut(&data.organisation) {
                    Some(one) if one.part.is_none() => {
                        one.part = Some(data.part.clone());
                        true
                    }
                    Some(_) | None => false,
                }
            }
            E::Left(data) if open => {
                order.leave(data, at);
                true
            }
            E::Concluded(data) if open => {
                let releases = crate::disposition(&data.disposition).is_some_and(|row| row.consequence.releases());
                let result = data.clone();
                order.phase = if releases { P::Released { result, at } } else { P::FollowUp { result, at } };
                true
            }
            E::FollowedUp(data) if matches!(order.phase, P::FollowUp { .. }) => {
                order.follow_ups.push(FollowUp { note: data.note.clone(), by: data.by.clone(), at });
                true
            }
            E::Closed(data) => match &order.phase {
                P::FollowUp { result, .. } => {
                    order.phase = P::Closed { result: result.clone(), end: data.clone(), at };
                    true
                }
                P::Proposed | P::Confirmed | P::UnderWay | P::Released { .. } | P::Closed { .. } | P::Cancelled { .. } => false,
            },
            E::Cancelled(_) if open => {
                order.phase = P::Cancelled { at };
                true
            }
            E::FeesExempted(_) => !open,
            E::Joined(_)
            | E::Scheduled(_)
            | E::Answered(_)
            | E::NoPresenceAgreed(_)
            | E::BoxArrived(_)
            | E::Opened(_)
            | E::PartRecorded(_)
            | E::Left(_)
            | E::Concluded(_)
            | E::FollowedUp(_)
            | E::Cancelled(_) => false,
        };
        if fits { Ok(order) } else { Err(ReplayError::OutOfOrder { kind: event.kind(), state: order.status().to_owned() }) }
    }

    fn related(&self, _event: &JointOrderEvent) -> Vec<Related> {
        let mut related: Vec<Related> = self.boxes.iter().map(|id| (ObjectRef::new("container", id), "container")).collect();
        related.extend(self.bill.iter().map(|number| (ObjectRef::new("bill", number), "bill")));
        related.extend(self.call.iter().filter(|_| self.subject == SubjectKind::Ship).map(|id| (ObjectRef::new("ship-call", id), "call")));
        related.extend(
            self.participants.values().filter_map(|one| one.inspection.as_ref()).map(|id| (ObjectRef::new("inspection", id), "inspection")),
        );
        related
    }

    fn status(&self) -> &'static str {
        match self.phase {
            JointPhase::Proposed => "proposed",
            JointPhase::Confirmed => "confirmed",
            JointPhase::UnderWay => "under-way",
            JointPhase::Released { .. } => "released",
            JointPhase::FollowUp { .. } => "follow-up",
            JointPhase::Closed { .. } => "closed",
            JointPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let waiting = self.boxes.iter().any(|one| !self.arrived.contains_key(one)) && !self.apart;
        // What authorities must do stands in the rows of their instructions; the order's own row is the terminal's.
        let presents = self.terminal.clone().filter(|_| waiting && self.phase == JointPhase::Confirmed);
        let closed_at = match self.phase {
            JointPhase::Released { at, .. } | JointPhase::Closed { at, .. } | JointPhase::Cancelled { at } => Some(at),
            JointPhase::Proposed | JointPhase::Confirmed | JointPhase::UnderWay | JointPhase::FollowUp { .. } => None,
        };
        let mut parties: Vec<String> = self.participants.keys().cloned().collect();
        // An authority that only thinks of coming is nobody else's business.
        if !matches!(self.phase, JointPhase::Proposed | JointPhase::Cancelled { .. }) || !self.arrived.is_empty() {
            parties.extend(self.terminal.iter().cloned());
            parties.extend(self.traders.iter().filter(|trader| self.terminal.as_ref() != Some(trader)).cloned());
        }
        let mut keys = vec![id.to_uppercase()];
        keys.extend(self.bill.iter().chain(self.call.iter().filter(|_| self.boxes.is_empty())).map(|key| key.to_uppercase()));
        keys.extend(self.boxes.iter().take(28).map(|one| one.split('-').next().unwrap_or_default().to_uppercase()));
        WorkRow {
            title: format!("{id} {}", self.bill.as_deref().or(self.call.as_deref()).unwrap_or_default()).trim_end().to_owned(),
            status: self.status().to_owned(),
            action: presents.as_ref().map(|_| "present-box".to_owned()),
            owner: presents,
            authority: self.participants.values().find_map(|one| one.district.clone()),
            parties,
            keys,
            opened_at: self.proposed_at,
            due_at: self.slot.filter(|_| closed_at.is_none()).map(|slot| slot.from),
            closed_at,
        }
    }
}
