//! Work order of a ship call (作业指令): the boxes that the ship agent wants discharged from the ship (卸船指令) or loaded onto it (装船指令), as the
//! terminal is to work them. What differs between the two kinds of work is in [`crate::Discharge`] and [`crate::Loading`].
//!
//! There is one of each for a call. A later one replaces it, until the ship has left; then it is closed against what was done: what it
//! listed and nobody worked is missing (短卸、漏装), what was worked without being listed is unlisted (溢卸、多装). Either stays open until it is
//! explained.
//!
//! A box that is discharged has a visit here, which knows it. One that is loaded need not have one: export boxes are known by the papers of
//! their ship only, so that a loading order also keeps what was reported loaded, whether it was ordered before or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::marker::PhantomData;

use codes::Mass;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Most boxes of one order; also what keeps its event within the ledger's bound.
pub const ORDER_BOXES_MAX: usize = 5_000;
/// Most unlisted boxes kept with an order.
pub const UNLISTED_MAX: usize = 1_000;

/// A kind of work on a ship that is ordered.
pub trait Work: Copy + Debug + PartialEq + Eq + Send + Sync + 'static {
    /// Kind of its orders, such as `discharge-order`.
    const KIND: &'static str;
    /// What happens to its orders.
    type Event: DomainEvent
        + Clone
        + Debug
        + PartialEq
        + Send
        + Sync
        + From<WorkOrdered>
        + From<WorkCancelled>
        + From<UnlistedWorked>
        + From<WorkClosed>
        + From<WorkFound>
        + From<WorkExplained>;
    /// Its codes and words.
    const WORDS: WorkWords;
    /// What an event says, whatever the work.
    fn step(event: &Self::Event) -> Step<'_>;
}

/// Codes and words of a kind of work.
#[derive(Clone, Copy, Debug)]
pub struct WorkWords {
    /// The order in Chinese.
    pub zh: &'static str,
    /// Command that orders.
    pub order: &'static str,
    /// Command that takes back.
    pub cancel: &'static str,
    /// Command that explains.
    pub explain: &'static str,
    /// Without a box.
    pub empty: &'static str,
    /// Too many boxes.
    pub too_many: &'static str,
    /// A box twice.
    pub box_twice: &'static str,
    /// Lists the same.
    pub unchanged: &'static str,
    /// The ship has left.
    pub closed: &'static str,
    /// None stands.
    pub not_standing: &'static str,
    /// Nothing to explain.
    pub as_ordered: &'static str,
    /// Explained before.
    pub explained: &'static str,
    /// What its agent must do when something differs.
    pub explain_action: &'static str,
}

/// What an event says.
#[derive(Clone, Copy, Debug)]
pub enum Step<'e> {
    /// Ordered, or replaced.
    Ordered(&'e WorkOrdered),
    /// Taken back.
    Cancelled(&'e WorkCancelled),
    /// Boxes were worked.
    Worked(&'e Worked),
    /// What was reported worked is taken back.
    Withdrawn(&'e WorkWithdrawn),
    /// Boxes were worked that it does not list.
    Unlisted(&'e UnlistedWorked),
    /// The ship has left.
    Closed(&'e WorkClosed),
    /// Missing boxes were worked after all.
    Found(&'e WorkFound),
    /// The differences are explained.
    Explained(&'e WorkExplained),
}

/// A box that is to be worked (应卸箱、应装箱).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedBox {
    /// Container number.
    pub number: String,
    /// Size and type; empty when it is not told.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub size_type: String,
    /// Gross mass of the goods, kg; as the sender of the order tells it, otherwise as manifested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Mass>,
    /// Bill number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<String>,
    /// Cell on board (贝位).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
}

/// A box that was worked without being listed (溢卸箱、多装箱).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlisted {
    /// Container number.
    pub number: String,
    /// When, as reported.
    pub at: Timestamp,
    /// Of a discharge: it is on a manifest of the call; the discharge of others is not recorded until they are. Of a loading always `true`.
    pub manifested: bool,
}

/// A box that was reported loaded (已装箱).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkedBox {
    /// Container number.
    pub number: String,
    /// When, as reported.
    pub at: Timestamp,
    /// Cell on board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The time is after the departure of the ship: kept and shown, and not believed (装船时间晚于离港).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub doubtful: bool,
}

/// How far an order has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum WorkPhase {
    /// Something was loaded, and nothing ordered yet (未下达).
    Unordered,
    /// The terminal works by it (执行中).
    Ordered,
    /// Taken back (已撤销).
    Cancelled {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// The ship has left (已离港结单).
    Left {
        /// When.
        at: Timestamp,
    },
    /// The differences are explained (差异已说明).
    Explained {
        /// Who, user id.
        by: String,
        /// What it was.
        note: String,
        /// When.
        at: Timestamp,
    },
}

/// The work order of a call. Its id is that of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct WorkOrder<W: Work> {
    /// Ship call id.
    pub call: String,
    /// Who orders, organisation id.
    pub agent: String,
    /// Who is to work it, organisation id.
    pub terminal: String,
    /// Which of the call it is, from 1: each replacement and each cancellation has the next number. 0 while nothing was ordered.
    pub number: u32,
    /// Number of the order that it replaces; of a cancellation, that it takes back. `None` for the first one that a terminal gets, also after a
    /// cancellation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u32>,
    /// Boxes, in order of their numbers.
    pub boxes: Vec<ListedBox>,
    /// Message it came in, unless it was ordered by form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the first one was ordered, or a box loaded.
    pub opened_at: Timestamp,
    /// When this one was ordered.
    pub ordered_at: Timestamp,
    /// Reported loaded, by container number; nothing of a discharge, which the visits of its boxes know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub worked: BTreeMap<String, WorkedBox>,
    /// Worked without being listed, at most [`UNLISTED_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<Unlisted>,
    /// Listed, and not worked when the ship left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How far it has come.
    pub phase: WorkPhase,
    /// Which work.
    #[serde(skip)]
    pub work: PhantomData<W>,
}

impl<W: Work> WorkOrder<W> {
    /// Does it list the box?
    pub fn lists(&self, number: &str) -> bool {
        self.boxes.binary_search_by(|listed| listed.number.as_str().cmp(number)).is_ok()
    }

    /// Is the box reported loaded, at a time that can be true?
    pub fn is_worked(&self, number: &str) -> bool {
        self.worked.get(number).is_some_and(|one| !one.doubtful)
    }

    /// Is there an order, that was not taken back?
    fn stands(&self) -> bool {
        match self.phase {
            WorkPhase::Unordered | WorkPhase::Cancelled { .. } => false,
            WorkPhase::Ordered | WorkPhase::Left { .. } | WorkPhase::Explained { .. } => self.number > 0,
        }
    }

    /// Is there something that was not done as ordered?
    pub fn differs(&self) -> bool {
        !self.missing.is_empty() || !self.unlisted.is_empty()
    }

    /// Document number of the order that stands, or of its cancellation, as the terminal is told it.
    pub fn document(&self) -> String {
        format!("{}-{}", self.call, self.number)
    }
}

/// `….ordered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkOrdered {
    /// Ship call id.
    pub call: String,
    /// Who orders, organisation id.
    pub agent: String,
    /// Who is to work it, organisation id.
    pub terminal: String,
    /// Which of the call it is, from 1.
    pub number: u32,
    /// Number of the order that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u32>,
    /// Boxes, in order of their numbers.
    pub boxes: Vec<ListedBox>,
    /// Message it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `….cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkCancelled {
    /// Number of the cancellation.
    pub number: u32,
    /// Why.
    pub reason: String,
    /// Message it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `loading-order.loaded`: boxes were reported loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worked {
    /// Ship call id.
    pub call: String,
    /// Agent of the call, organisation id.
    pub agent: String,
    /// Terminal of the call, organisation id.
    pub terminal: String,
    /// The boxes.
    pub boxes: Vec<WorkedBox>,
}

/// `loading-order.loading-withdrawn`: boxes that were reported loaded were not (装船报告撤销).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkWithdrawn {
    /// The boxes.
    pub boxes: Vec<String>,
}

/// Boxes were worked that the order does not list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlistedWorked {
    /// The boxes.
    pub boxes: Vec<Unlisted>,
}

/// `….closed`: the ship has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkClosed {
    /// Listed, and not worked.
    pub missing: Vec<String>,
}

/// `….found`: boxes that were missing were reported after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkFound {
    /// The boxes.
    pub boxes: Vec<String>,
}

/// `….explained`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkExplained {
    /// Who, user id.
    pub by: String,
    /// What it was.
    pub note: String,
}

/// Orders the work of a call, for the first time or in place of an earlier order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBoxes {
    /// Ship call id.
    pub call: String,
    /// Who orders, organisation id.
    pub agent: String,
    /// Who is to work it, organisation id.
    pub terminal: String,
    /// Boxes, in any order.
    pub boxes: Vec<ListedBox>,
    /// Message it came in.
    pub message: Option<String>,
}

/// Orders the work of a call, or replaces the order that stands.
///
/// # Errors
/// `…-empty` without a box; `…-too-many` past [`ORDER_BOXES_MAX`]; `…-box-twice`; `…-unchanged` when the order that stands lists the same;
/// `…-closed` once the ship has left.
pub fn decide_order_work<W: Work>(state: Option<&WorkOrder<W>>, command: OrderBoxes) -> Result<Vec<W::Event>, Refusal> {
    let words = W::WORDS;
    let found = state.map_or("nothing", Aggregate::status);
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, words.order, found, zh, en));
    if command.boxes.is_empty() {
        return refuse(words.empty, format!("{}没有集装箱。", words.zh), "The order lists no box.".into());
    }
    if command.boxes.len() > ORDER_BOXES_MAX {
        let most = ORDER_BOXES_MAX;
        return refuse(words.too_many, format!("一份{}最多 {most} 箱。", words.zh), format!("An order lists at most {most} boxes."));
    }
    let mut boxes = command.boxes;
    boxes.sort_by(|a, b| a.number.cmp(&b.number));
    if let Some(pair) = boxes.windows(2).find(|pair| pair[0].number == pair[1].number) {
        let number = &pair[0].number;
        return refuse(words.box_twice, format!("集装箱 {number} 重复。"), format!("{number} is listed twice."));
    }
    let (number, replaces) = match state.map(|order| (&order.phase, order)) {
        None => (1, None),
        Some((WorkPhase::Ordered, order)) if order.boxes == boxes => {
            return refuse(words.unchanged, format!("与现行{}相同。", words.zh), "The order that stands lists the same.".into());
        }
        Some((WorkPhase::Ordered, order)) => (order.number + 1, Some(order.number)),
        Some((WorkPhase::Unordered | WorkPhase::Cancelled { .. }, order)) => (order.number + 1, None),
        Some((WorkPhase::Left { .. } | WorkPhase::Explained { .. }, order)) => return Err(closed(order, words.order)),
    };
    let OrderBoxes { call, agent, terminal, message, .. } = command;
    Ok(vec![WorkOrdered { call, agent, terminal, number, replaces, boxes, message }.into()])
}

/// Takes the order back.
///
/// # Errors
/// `…-not-standing` when it is cancelled or there is none; `…-closed` once the ship has left.
pub fn decide_cancel_work<W: Work>(state: &WorkOrder<W>, reason: String, message: Option<String>) -> Result<Vec<W::Event>, Refusal> {
    let words = W::WORDS;
    let refuse = |zh, en| Err(Refusal::new(words.not_standing, words.cancel, state.status(), zh, en));
    match state.phase {
        WorkPhase::Ordered => Ok(vec![WorkCancelled { number: state.number + 1, reason, message }.into()]),
        WorkPhase::Cancelled { .. } => refuse(format!("{}已撤销。", words.zh), "The order is cancelled already."),
        WorkPhase::Unordered => refuse(format!("尚未下达{}。", words.zh), "Nothing is ordered yet."),
        WorkPhase::Left { .. } | WorkPhase::Explained { .. } => Err(closed(state, words.cancel)),
    }
}

/// Holds worked boxes against the order: those it does not list, and those that were missing. Nothing while no order stands, or when
/// everything was as ordered or known.
pub fn decide_worked<W: Work>(state: &WorkOrder<W>, worked: &[Unlisted]) -> Vec<W::Event> {
    if !state.stands() {
        return Vec::new();
    }
    let room = UNLISTED_MAX.saturating_sub(state.unlisted.len());
    let mut seen = BTreeSet::new();
    let new = |one: &&Unlisted| {
        !state.lists(&one.number)
            // It may be reported again once it is on a manifest.
            && state.unlisted.iter().all(|known| known.number != one.number || (one.manifested && !known.manifested))
    };
    let unlisted: Vec<Unlisted> = worked.iter().filter(new).filter(|one| seen.insert(one.number.as_str())).take(room).cloned().collect();
    let found: Vec<String> = worked
        .iter()
        .filter(|one| one.manifested && state.missing.contains(&one.number))
        .map(|one| one.number.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let unlisted = (!unlisted.is_empty()).then(|| UnlistedWorked { boxes: unlisted }.into());
    let found = (!found.is_empty()).then(|| WorkFound { boxes: found }.into());
    unlisted.into_iter().chain(found).collect()
}

/// Closes the order when the ship has left; `done` tells which of its boxes were worked. Nothing when it is closed or taken back.
pub fn decide_close_work<W: Work>(state: &WorkOrder<W>, done: impl Fn(&str) -> bool) -> Vec<W::Event> {
    match state.phase {
        WorkPhase::Unordered | WorkPhase::Ordered => {
            let missing = state.boxes.iter().map(|listed| &listed.number).filter(|number| !done(number)).cloned().collect();
            vec![WorkClosed { missing }.into()]
        }
        WorkPhase::Cancelled { .. } | WorkPhase::Left { .. } | WorkPhase::Explained { .. } => Vec::new(),
    }
}

/// Explains what was not done as ordered.
///
/// # Errors
/// `…-as-ordered` when there is nothing to explain, or not yet; `…-explained` when it was.
pub fn decide_explain_work<W: Work>(state: &WorkOrder<W>, command: WorkExplained) -> Result<Vec<W::Event>, Refusal> {
    let words = W::WORDS;
    match state.phase {
        WorkPhase::Left { .. } if state.differs() => Ok(vec![command.into()]),
        WorkPhase::Explained { .. } => {
            Err(Refusal::new(words.explained, words.explain, state.status(), "差异已说明。", "The differences are explained already."))
        }
        WorkPhase::Left { .. } | WorkPhase::Unordered | WorkPhase::Ordered | WorkPhase::Cancelled { .. } => Err(Refusal::new(
            words.as_ordered,
            words.explain,
            state.status(),
            "没有需要说明的差异；差异在船舶离港后结算。",
            "There is no difference to explain; differences are settled when the ship has left.",
        )),
    }
}

fn closed<W: Work>(state: &WorkOrder<W>, attempted: &'static str) -> Refusal {
    Refusal::new(
        W::WORDS.closed,
        attempted,
        state.status(),
        format!("船舶已离港，{}已结单。", W::WORDS.zh),
        "The ship has left; the order is closed.",
    )
}

impl<W: Work> Aggregate for WorkOrder<W> {
    const KIND: &'static str = W::KIND;
    type Event = W::Event;

    fn apply(state: Option<Self>, event: &W::Event, at: Timestamp) -> Result<Self, ReplayError> {
        use WorkPhase as P;
        let misplaced = |found: &str| Err(ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() });
        let Some(mut order) = state else {
            return match W::step(event) {
                Step::Ordered(data) => Ok(ordered(data, at)),
                Step::Worked(data) => {
                    let mut order: Self = opened([&data.call, &data.agent, &data.terminal], at);
                    order.worked.extend(data.boxes.iter().map(|one| (one.number.clone(), one.clone())));
                    Ok(order)
                }
                Step::Withdrawn(_) | Step::Cancelled(_) | Step::Unlisted(_) | Step::Closed(_) | Step::Found(_) | Step::Explained(_) => {
                    misplaced("nothing")
                }
            };
        };
        match (&order.phase, W::step(event)) {
            (P::Unordered | P::Ordered | P::Cancelled { .. }, Step::Ordered(data)) => {
                let mut next = ordered(data, at);
                next.opened_at = order.opened_at;
                next.worked = std::mem::take(&mut order.worked);
                next.unlisted = std::mem::take(&mut order.unlisted);
                next.unlisted.retain(|one| data.boxes.iter().all(|listed| listed.number != one.number));
                return Ok(next);
            }
            (P::Ordered, Step::Cancelled(data)) => {
                order.replaces = Some(order.number);
                order.number = data.number;
                order.phase = P::Cancelled { reason: data.reason.clone(), at };
            }
            // What was loaded is a fact, whatever was ordered.
            (P::Unordered | P::Ordered | P::Cancelled { .. } | P::Left { .. } | P::Explained { .. }, Step::Worked(data)) => {
                // While no order stands, it is the call that says whose it is.
                if matches!(order.phase, P::Unordered | P::Cancelled { .. }) {
                    order.agent.clone_from(&data.agent);
                    order.terminal.clone_from(&data.terminal);
                }
                let doubtful: BTreeSet<&str> = data.boxes.iter().filter(|one| one.doubtful).map(|one| one.number.as_str()).collect();
                order.unlisted.retain(|one| !doubtful.contains(one.number.as_str()));
                order.worked.extend(data.boxes.iter().map(|one| (one.number.clone(), one.clone())));
            }
            (P::Unordered | P::Ordered | P::Cancelled { .. } | P::Left { .. } | P::Explained { .. }, Step::Withdrawn(data)) => {
                let gone: BTreeSet<&str> = data.boxes.iter().map(String::as_str).collect();
                order.worked.retain(|number, _| !gone.contains(number.as_str()));
                order.unlisted.retain(|one| !gone.contains(one.number.as_str()));
                // Of a ship that has left, what is listed and was not loaded after all is missing, whatever was explained.
                if let P::Left { at } | P::Explained { at, .. } = order.phase {
                    let listed = order.boxes.iter().map(|listed| &listed.number).filter(|number| gone.contains(number.as_str()));
                    order.missing = listed.chain(&order.missing).cloned().collect::<BTreeSet<_>>().into_iter().collect();
                    order.phase = P::Left { at };
                }
            }
            (P::Ordered | P::Left { .. } | P::Explained { .. }, Step::Unlisted(data)) => {
                order.unlisted.retain(|known| data.boxes.iter().all(|one| one.number != known.number));
                order.unlisted.extend(data.boxes.iter().cloned());
                // What comes to light after the explanation is not explained by it.
                if let P::Explained { at, .. } = order.phase {
                    order.phase = P::Left { at };
                }
            }
            (P::Unordered | P::Ordered, Step::Closed(data)) => {
                order.missing.clone_from(&data.missing);
                order.phase = P::Left { at };
            }
            (P::Left { .. } | P::Explained { .. }, Step::Found(data)) => {
                order.missing.retain(|number| !data.boxes.contains(number));
            }
            (P::Left { .. }, Step::Explained(data)) => {
                order.phase = P::Explained { by: data.by.clone(), note: data.note.clone(), at };
            }
            (
                P::Unordered | P::Ordered | P::Cancelled { .. } | P::Left { .. } | P::Explained { .. },
                Step::Ordered(_) | Step::Cancelled(_) | Step::Unlisted(_) | Step::Closed(_) | Step::Found(_) | Step::Explained(_),
            ) => return misplaced(order.status()),
        }
        Ok(order)
    }

    fn related(&self, _: &W::Event) -> Vec<Related> {
        vec![(ObjectRef::new("ship-call", self.call.clone()), "call")]
    }

    fn status(&self) -> &'static str {
        match self.phase {
            WorkPhase::Unordered => "unordered",
            WorkPhase::Ordered => "ordered",
            WorkPhase::Cancelled { .. } => "cancelled",
            // The ship left, and nothing was ever ordered here.
            WorkPhase::Left { .. } if self.number == 0 => "unordered",
            WorkPhase::Left { .. } if self.differs() => "differs",
            WorkPhase::Left { .. } => "completed",
            WorkPhase::Explained { .. } => "explained",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            WorkPhase::Unordered | WorkPhase::Ordered => None,
            WorkPhase::Left { .. } if self.differs() => None,
            WorkPhase::Cancelled { at, .. } | WorkPhase::Left { at } | WorkPhase::Explained { at, .. } => Some(at),
        };
        // Before the ship leaves, a later order or more boxes may still put it right.
        let explain = closed_at.is_none() && matches!(self.phase, WorkPhase::Left { .. });
        WorkRow {
            title: self.call.clone(),
            status: self.status().to_owned(),
            owner: explain.then(|| self.agent.clone()),
            action: explain.then(|| W::WORDS.explain_action.to_owned()),
            authority: None,
            parties: vec![self.agent.clone(), self.terminal.clone()],
            keys: vec![id.to_uppercase()],
            opened_at: self.opened_at,
            due_at: None,
            closed_at,
        }
    }
}

fn ordered<W: Work>(data: &WorkOrdered, at: Timestamp) -> WorkOrder<W> {
    WorkOrder {
        number: data.number,
        replaces: data.replaces,
        boxes: data.boxes.clone(),
        message: data.message.clone(),
        phase: WorkPhase::Ordered,
        ..opened([&data.call, &data.agent, &data.terminal], at)
    }
}

/// Of what is not ordered yet.
fn opened<W: Work>([call, agent, terminal]: [&String; 3], at: Timestamp) -> WorkOrder<W> {
    WorkOrder {
        call: call.clone(),
        agent: agent.clone(),
        terminal: terminal.clone(),
        number: 0,
        replaces: None,
        boxes: Vec::new(),
        message: None,
        opened_at: at,
        ordered_at: at,
        worked: BTreeMap::new(),
        unlisted: Vec::new(),
        missing: Vec::new(),
        phase: WorkPhase::Unordered,
        work: PhantomData,
    }
}
