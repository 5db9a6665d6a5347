//! An instruction to check something (布控指令、检查指令): one authority wants a box, a bill, a ship or a person looked at within a time.
//!
//! Why it wants that is not on the ledger: the ledger holds a seal of the reason, a hash with a salt that only the authority's record holds.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::authority::{Authority, SubjectKind};

/// Longest time of an instruction, days.
pub const WINDOW_DAYS_MAX: i64 = 60;

/// What is to be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Subject {
    /// A box (集装箱).
    Container {
        /// Container visit id.
        id: String,
    },
    /// All boxes of a bill (提单).
    Bill {
        /// Bill number.
        number: String,
    },
    /// A ship on its call (船舶).
    ShipCall {
        /// Ship call id.
        id: String,
    },
    /// A person (人员), whom the ledger knows by a fingerprint of the document's number alone.
    Person {
        /// Keyed hash of the document's number.
        fingerprint: String,
    },
}

impl Subject {
    /// What kind of joint order it leads to.
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Container { .. } | Self::Bill { .. } => SubjectKind::Goods,
            Self::ShipCall { .. } => SubjectKind::Ship,
            Self::Person { .. } => SubjectKind::Person,
        }
    }

    /// By what it can be found; nothing for a person.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Container { id } | Self::ShipCall { id } => Some(id),
            Self::Bill { number } => Some(number),
            Self::Person { .. } => None,
        }
    }
}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From.
    pub from: Timestamp,
    /// Until.
    pub to: Timestamp,
}

impl Window {
    /// What two times have in common, where they do.
    pub fn meet(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from < to).then_some(Self { from, to })
    }
}

/// What an authority must do next about its instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Propose a time (as the lead).
    Schedule,
    /// Confirm the time, ask for another, or decline.
    Answer,
    /// Do and write down its part.
    Record,
    /// Give the shared result (as the lead).
    Conclude,
    /// See the follow-up to its end (as the lead).
    FollowUp,
}

impl Task {
    /// The action code of the worklist.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Schedule => "schedule-joint-order",
            Self::Answer => "answer-joint-order",
            Self::Record => "record-part",
            Self::Conclude => "conclude-joint-order",
            Self::FollowUp => "follow-up-joint-order",
        }
    }
}

/// How far an instruction has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum InstructionPhase {
    /// Placed (已下达).
    Placed,
    /// Part of an order (已对碰).
    Matched {
        /// Joint order id.
        order: String,
        /// What the authority must do.
        task: Option<Task>,
        /// Until when.
        due: Option<Timestamp>,
    },
    /// Answered by the order's result (已办结).
    Settled {
        /// Joint order id.
        order: String,
        /// Disposition code.
        disposition: String,
        /// The goods, the ship or the person went on, at once or since it was lifted.
        released: bool,
        /// When its authority lifted it, after a result that had not released.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lifted_at: Option<Timestamp>,
        /// When.
        at: Timestamp,
    },
    /// Withdrawn (已撤回).
    Withdrawn {
        /// The order that it left.
        order: Option<String>,
        /// It was withdrawn while the inspection was under way.
        during_inspection: bool,
        /// When.
        at: Timestamp,
    },
}

/// An instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// What was placed.
    pub placed: Placed,
    /// How far it has come.
    pub phase: InstructionPhase,
    /// When it was placed.
    pub placed_at: Timestamp,
}

impl Instruction {
    /// The order it is or was part of.
    pub fn order(&self) -> Option<&str> {
        match &self.phase {
            InstructionPhase::Placed => None,
            InstructionPhase::Matched { order, .. } | InstructionPhase::Settled { order, .. } => Some(order),
            InstructionPhase::Withdrawn { order, .. } => order.as_deref(),
        }
    }

    /// Its answer keeps the goods here.
    pub const fn bars(&self) -> bool {
        matches!(self.phase, InstructionPhase::Settled { released: false, .. })
    }

    /// The order it is part of now.
    pub fn open_order(&self) -> Option<&str> {
        match &self.phase {
            InstructionPhase::Matched { order, .. } => Some(order),
            InstructionPhase::Placed | InstructionPhase::Settled { .. } | InstructionPhase::Withdrawn { .. } => None,
        }
    }
}

/// `instruction.placed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Which authority.
    pub authority: Authority,
    /// Its organisation id.
    pub organisation: String,
    /// Its customs district, when it is customs.
    #[serde(default)]
    pub district: Option<String>,
    /// What is to be checked.
    pub subject: Subject,
    /// Within which time.
    pub window: Window,
    /// Nothing leaves before it is answered (控制离场).
    pub hold: bool,
    /// Inspected as soon as it arrives (即到即查).
    #[serde(default)]
    pub on_arrival: bool,
    /// Seal of the reason, hex; none for what the draw ordered, whose reasons the decision keeps.
    #[serde(default)]
    pub seal: Option<String>,
    /// The drawn inspection that it stands for.
    #[serde(default)]
    pub inspection: Option<String>,
}

/// `instruction.matched`: it is part of an order from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matched {
    /// Joint order id.
    pub order: String,
}

/// `instruction.tasked`: what its authority must do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tasked {
    /// What.
    pub task: Option<Task>,
    /// Until when.
    #[serde(default)]
    pub due: Option<Timestamp>,
}

/// `instruction.settled`: the order's result answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Disposition code.
    pub disposition: String,
    /// It may go on.
    pub released: bool,
}

/// `instruction.lifted`; also the command: what the result had barred may go on, its authority says (解除控制).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifted {
    /// Seal of the reason, hex.
    pub seal: String,
}

/// `instruction.withdrawn`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Seal of the reason, hex; none when the platform withdrew it with the inspection that it stood for.
    #[serde(default)]
    pub seal: Option<String>,
    /// The inspection was under way.
    pub during_inspection: bool,
}

ledger::domain_events! {
    /// What happens to an instruction.
    pub enum InstructionEvent for "instruction" {
        /// Placed.
        Placed(Placed) = "instruction.placed",
        /// Part of an order.
        Matched(Matched) = "instruction.matched",
        /// Something is to be done.
        Tasked(Tasked) = "instruction.tasked",
        /// Answered.
        Settled(Settled) = "instruction.settled",
        /// It bars no more.
        Lifted(Lifted) = "instruction.lifted",
        /// Withdrawn.
        Withdrawn(Withdrawn) = "instruction.withdrawn",
    }
}

/// Places an instruction.
///
/// # Errors
/// `instruction-exists`; `instruction-window` when the time is over, ends before it begins, or is longer than [`WINDOW_DAYS_MAX`].
pub fn decide_place(state: Option<&Instruction>, command: Placed, at: Timestamp) -> Result<Vec<InstructionEvent>, Refusal> {
    const ATTEMPT: &str = "instruction.place";
    if let Some(instruction) = state {
        return Err(Refusal::new(
            "instruction-exists",
            ATTEMPT,
            instruction.status(),
            "该指令编号已存在。",
            "An instruction with this id exists already.",
        ));
    }
    let Window { from, to } = command.window;
    if from >= to || to <= at || to > from.plus_days(WINDOW_DAYS_MAX) {
        return Err(Refusal::new(
            "instruction-window",
            ATTEMPT,
            "nothing",
            format!("有效期须在将来结束，且不超过 {WINDOW_DAYS_MAX} 天。"),
            format!("The time must end in the future and last at most {WINDOW_DAYS_MAX} days."),
        ));
    }
    Ok(vec![command.into()])
}

/// Makes it part of an order, or of another one.
///
/// # Errors
/// `instruction-closed` once it is settled or withdrawn.
pub fn decide_matched(state: &Instruction, command: Matched) -> Result<Vec<InstructionEvent>, Refusal> {
    open(state, "instruction.match")?;
    Ok(vec![command.into()])
}

/// Tells what its authority must do; nothing when that is known already.
pub fn decide_tasked(state: &Instruction, command: Tasked) -> Vec<InstructionEvent> {
    match &state.phase {
        InstructionPhase::Matched { task, due, .. } if *task != command.task || *due != command.due => vec![command.into()],
        InstructionPhase::Matched { .. }
        | InstructionPhase::Placed
        | InstructionPhase::Settled { .. }
        | InstructionPhase::Withdrawn { .. } => Vec::new(),
    }
}

/// Answers it.
///
/// # Errors
/// `instruction-closed`; `instruction-not-matched` when it is part of no order.
pub fn decide_settled(state: &Instruction, command: Settled) -> Result<Vec<InstructionEvent>, Refusal> {
    const ATTEMPT: &str = "instruction.settle";
    open(state, ATTEMPT)?;
    if state.open_order().is_none() {
        return Err(Refusal::new("instruction-not-matched", ATTEMPT, state.status(), "指令尚未对碰。", "It is part of no order."));
    }
    Ok(vec![command.into()])
}

/// Withdraws it.
///
/// # Errors
/// `instruction-closed` once it is settled or withdrawn.
pub fn decide_withdraw(state: &Instruction, command: Withdrawn) -> Result<Vec<InstructionEvent>, Refusal> {
    open(state, "instruction.withdraw")?;
    Ok(vec![command.into()])
}

/// Lifts what an answer has barred: goods that were declared anew, say, or whose return was dropped.
///
/// # Errors
/// `instruction-not-barred` when it bars nothing.
pub fn decide_lift(state: &Instruction, command: Lifted) -> Result<Vec<InstructionEvent>, Refusal> {
    if state.bars() {
        return Ok(vec![command.into()]);
    }
    Err(Refusal::new(
        "instruction-not-barred",
        "instruction.lift",
        state.status(),
        "该指令未因查验结果控制货物。",
        "No result of this instruction bars anything.",
    ))
}

fn open(state: &Instruction, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        InstructionPhase::Placed | InstructionPhase::Matched { .. } => Ok(()),
        InstructionPhase::Settled { .. } | InstructionPhase::Withdrawn { .. } => {
            Err(Refusal::new("instruction-closed", attempted, state.status(), "该指令已办结或已撤回。", "The instruction has ended."))
        }
    }
}

impl Aggregate for Instruction {
    const KIND: &'static str = "instruction";
    type Event = InstructionEvent;

    fn apply(state: Option<Self>, event: &InstructionEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use InstructionEvent as E;
        use InstructionPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut instruction) = state else {
            return match event {
                E::Placed(data) => Ok(Self { placed: data.clone(), phase: P::Placed, placed_at: at }),
                E::Matched(_) | E::Tasked(_) | E::Settled(_) | E::Lifted(_) | E::Withdrawn(_) => Err(misplaced("nothing")),
            };
        };
        instruction.phase = match (&instruction.phase, event) {
            (P::Placed | P::Matched { .. }, E::Matched(data)) => P::Matched { order: data.order.clone(), task: None, due: None },
            (P::Matched { order, .. }, E::Tasked(data)) => P::Matched { order: order.clone(), task: data.task, due: data.due },
            (P::Matched { order, .. }, E::Settled(data)) => {
                P::Settled { order: order.clone(), disposition: data.disposition.clone(), released: data.released, lifted_at: None, at }
            }
            (P::Settled { order, disposition, released: false, at: settled_at, .. }, E::Lifted(_)) => {
                P::Settled { order: order.clone(), disposition: disposition.clone(), released: true, lifted_at: Some(at), at: *settled_at }
            }
            (P::Placed, E::Withdrawn(data)) => P::Withdrawn { order: None, during_inspection: data.during_inspection, at },
            (P::Matched { order, .. }, E::Withdrawn(data)) => {
                P::Withdrawn { order: Some(order.clone()), during_inspection: data.during_inspection, at }
            }
            (P::Placed | P::Matched { .. } | P::Settled { .. } | P::Withdrawn { .. }, E::Placed(_))
            | (P::Placed, E::Tasked(_) | E::Settled(_) | E::Lifted(_))
            | (P::Matched { .. }, E::Lifted(_))
            | (P::Settled { .. } | P::Withdrawn { .. }, E::Matched(_) | E::Tasked(_) | E::Settled(_) | E::Lifted(_) | E::Withdrawn(_)) => {
                return Err(misplaced(instruction.status()));
            }
        };
        Ok(instruction)
    }

    /// The order alone: that one authority wants a box checked is no part of the box's own story. What the box must know of it, it is told.
    fn related(&self, _event: &InstructionEvent) -> Vec<Related> {
        self.order().map(|order| (ObjectRef::new("joint-order", order), "order")).into_iter().collect()
    }

    fn status(&self) -> &'static str {
        match self.phase {
            InstructionPhase::Placed => "placed",
            InstructionPhase::Matched { .. } => "matched",
            InstructionPhase::Settled { .. } => "settled",
            InstructionPhase::Withdrawn { .. } => "withdrawn",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (task, due_at, closed_at) = match &self.phase {
            InstructionPhase::Placed => (None, None, None),
            InstructionPhase::Matched { task, due, .. } => (*task, *due, None),
            InstructionPhase::Settled { at, .. } | InstructionPhase::Withdrawn { at, .. } => (None, None, Some(*at)),
        };
        let mut keys = vec![id.to_uppercase()];
        keys.extend(self.placed.subject.key().map(str::to_uppercase));
        keys.extend(self.order().map(str::to_uppercase));
        WorkRow {
            title: format!("{id} {}", self.placed.subject.key().unwrap_or_default()).trim_end().to_owned(),
            status: self.status().to_owned(),
            // What customs must do is its district's.
            owner: task.filter(|_| self.placed.district.is_none()).map(|_| self.placed.organisation.clone()),
            action: task.map(|task| task.action().to_owned()),
            authority: self.placed.district.clone(),
            parties: vec![self.placed.organisation.clone()],
            keys,
            opened_at: self.placed_at,
            due_at,
            closed_at,
        }
    }
}

/// Why an authority wants something checked (密封理由): kept beside the ledger, opened for that authority alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedReason {
    organisation: String,
    #[serde(default)]
    district: Option<String>,
    salt: String,
    text: String,
    #[serde(default)]
    document: Option<String>,
}

impl SealedReason {
    /// Seals a reason, and the number of a person's document where it is about one.
    pub fn new(organisation: String, district: Option<String>, salt: String, text: String, document: Option<String>) -> Self {
        Self { organisation, district, salt, text, document }
    }

    /// What is hashed for the ledger: nobody finds the text by trying, because nobody else has the salt.
    pub fn material(&self) -> String {
        format!("{}\n{}\n{}", self.salt, self.text, self.document.as_deref().unwrap_or_default())
    }

    /// The reason and the document, for the authority that sealed it: its organisation, or an office of the same customs district.
    pub fn open(&self, organisation: &str, customs_district: Option<&str>) -> Option<(&str, Option<&str>)> {
        let own = self.organisation == organisation || (self.district.is_some() && self.district.as_deref() == customs_district);
        own.then_some((self.text.as_str(), self.document.as_deref()))
    }
}
