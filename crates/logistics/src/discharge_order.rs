//! Discharge order (卸船指令): the boxes that the ship agent wants discharged from one call, as the terminal is to work them.
//!
//! There is one for a call. A later one replaces it, until the ship has left; then it is closed against what was discharged: what it listed
//! and nobody landed is missing (短卸), what was landed without being listed is unlisted (溢卸). Either stays open until it is explained.

use std::collections::BTreeSet;

use codes::Mass;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Most boxes of one order; also what keeps its event within the ledger's bound.
pub const DISCHARGE_ORDER_BOXES_MAX: usize = 5_000;
/// Most unlisted boxes kept with an order.
pub const UNLISTED_MAX: usize = 1_000;

/// A box that is to be discharged (应卸箱).
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

/// A box that was discharged without being listed (溢卸箱).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlisted {
    /// Container number.
    pub number: String,
    /// When, as reported.
    pub at: Timestamp,
    /// It is on a manifest of the call; the discharge of others is not recorded until they are.
    pub manifested: bool,
}

/// How far an order has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum DischargePhase {
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

/// The discharge order of a call. Its id is that of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DischargeOrder {
    /// Ship call id.
    pub call: String,
    /// Who orders, organisation id.
    pub agent: String,
    /// Who is to discharge, organisation id.
    pub terminal: String,
    /// Which of the call it is, from 1: each replacement and each cancellation has the next number.
    pub number: u32,
    /// Boxes, in order of their numbers.
    pub boxes: Vec<ListedBox>,
    /// Message it came in, unless it was ordered by form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When the first one was ordered.
    pub opened_at: Timestamp,
    /// When this one was ordered.
    pub ordered_at: Timestamp,
    /// Discharged without being listed, at most [`UNLISTED_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlisted: Vec<Unlisted>,
    /// Listed, and not discharged when the ship left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How far it has come.
    pub phase: DischargePhase,
}

impl DischargeOrder {
    /// Does it list the box?
    pub fn lists(&self, number: &str) -> bool {
        self.boxes.binary_search_by(|listed| listed.number.as_str().cmp(number)).is_ok()
    }

    /// Is there something that was not discharged as ordered?
    pub fn differs(&self) -> bool {
        !self.missing.is_empty() || !self.unlisted.is_empty()
    }

    /// Document number of the order that stands, or of its cancellation, as the terminal is told it.
    pub fn document(&self) -> String {
        format!("{}-{}", self.call, self.number)
    }
}

/// `discharge-order.ordered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Ship call id.
    pub call: String,
    /// Who orders, organisation id.
    pub agent: String,
    /// Who is to discharge, organisation id.
    pub terminal: String,
    /// Which of the call it is, from 1.
    pub number: u32,
    /// Boxes, in order of their numbers.
    pub boxes: Vec<ListedBox>,
    /// Message it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `discharge-order.cancelled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Number of the cancellation.
    pub number: u32,
    /// Why.
    pub reason: String,
    /// Message it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// `discharge-order.unlisted-discharged`: boxes were discharged that it does not list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnlistedDischarged {
    /// The boxes.
    pub boxes: Vec<Unlisted>,
}

/// `discharge-order.closed`: the ship has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Listed, and not discharged.
    pub missing: Vec<String>,
}

/// `discharge-order.found`: the discharge of boxes that were missing was reported after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The boxes.
    pub boxes: Vec<String>,
}

/// `discharge-order.explained`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// Who, user id.
    pub by: String,
    /// What it was.
    pub note: String,
}

ledger::domain_events! {
    /// What happens to a discharge order.
    pub enum DischargeOrderEvent for "discharge-order" {
        /// Ordered, or replaced by a later one.
        Ordered(Ordered) = "discharge-order.ordered",
        /// Taken back.
        Cancelled(Cancelled) = "discharge-order.cancelled",
        /// Boxes were discharged that it does not list.
        UnlistedDischarged(UnlistedDischarged) = "discharge-order.unlisted-discharged",
        /// The ship has left.
        Closed(Closed) = "discharge-order.closed",
        /// Missing boxes were discharged after all.
        Found(Found) = "discharge-order.found",
        /// The differences are explained.
        Explained(Explained) = "discharge-order.explained",
    }
}

/// Orders the discharge, for the first time or in place of an earlier order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDischarge {
    /// Ship call id.
    pub call: String,
    /// Who orders, organisation id.
    pub agent: String,
    /// Who is to discharge, organisation id.
    pub terminal: String,
    /// Boxes, in any order.
    pub boxes: Vec<ListedBox>,
    /// Message it came in.
    pub message: Option<String>,
}

/// Orders the discharge of a call, or replaces the order that stands.
///
/// # Errors
/// `discharge-order-empty` without a box; `discharge-order-too-many` past [`DISCHARGE_ORDER_BOXES_MAX`]; `discharge-order-box-twice`;
/// `discharge-order-unchanged` when the order that stands lists the same; `discharge-order-closed` once the ship has left.
pub fn decide_order_discharge(state: Option<&DischargeOrder>, command: OrderDischarge) -> Result<Vec<DischargeOrderEvent>, Refusal> {
    const ATTEMPT: &str = "discharge-order.order";
    let found = state.map_or("nothing", Aggregate::status);
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, found, zh, en));
    if command.boxes.is_empty() {
        return refuse("discharge-order-empty", "卸船指令没有集装箱。".into(), "The order lists no box.".into());
    }
    if command.boxes.len() > DISCHARGE_ORDER_BOXES_MAX {
        let most = DISCHARGE_ORDER_BOXES_MAX;
        return refuse(
            "discharge-order-too-many",
            format!("一份卸船指令最多 {most} 箱。"),
            format!("An order lists at most {most} boxes."),
        );
    }
    let mut boxes = command.boxes;
    boxes.sort_by(|a, b| a.number.cmp(&b.number));
    if let Some(pair) = boxes.windows(2).find(|pair| pair[0].number == pair[1].number) {
        let number = &pair[0].number;
        return refuse("discharge-order-box-twice", format!("集装箱 {number} 重复。"), format!("{number} is listed twice."));
    }
    let number = match state.map(|order| (&order.phase, order)) {
        None => 1,
        Some((DischargePhase::Ordered, order)) if order.boxes == boxes => {
            return refuse("discharge-order-unchanged", "与现行卸船指令相同。".into(), "The order that stands lists the same.".into());
        }
        Some((DischargePhase::Ordered | DischargePhase::Cancelled { .. }, order)) => order.number + 1,
        Some((DischargePhase::Left { .. } | DischargePhase::Explained { .. }, order)) => return Err(closed(order, ATTEMPT)),
    };
    let OrderDischarge { call, agent, terminal, message, .. } = command;
    Ok(vec![Ordered { call, agent, terminal, number, boxes, message }.into()])
}

/// Takes the order back.
///
/// # Errors
/// `discharge-order-not-standing` when it is cancelled; `discharge-order-closed` once the ship has left.
pub fn decide_cancel_discharge(
    state: &DischargeOrder,
    reason: String,
    message: Option<String>,
) -> Result<Vec<DischargeOrderEvent>, Refusal> {
    const ATTEMPT: &str = "discharge-order.cancel";
    match state.phase {
        DischargePhase::Ordered => Ok(vec![Cancelled { number: state.number + 1, reason, message }.into()]),
        DischargePhase::Cancelled { .. } => Err(Refusal::new(
            "discharge-order-not-standing",
            ATTEMPT,
            state.status(),
            "卸船指令已撤销。",
            "The order is cancelled already.",
        )),
        DischargePhase::Left { .. } | DischargePhase::Explained { .. } => Err(closed(state, ATTEMPT)),
    }
}

/// Holds discharged boxes against the order: those it does not list, and those that were missing. Nothing while no order stands, or when
/// everything was as ordered or known.
pub fn decide_discharged(state: &DischargeOrder, landed: &[Unlisted]) -> Vec<DischargeOrderEvent> {
    match state.phase {
        DischargePhase::Cancelled { .. } => return Vec::new(),
        DischargePhase::Ordered | DischargePhase::Left { .. } | DischargePhase::Explained { .. } => {}
    }
    let room = UNLISTED_MAX.saturating_sub(state.unlisted.len());
    let mut seen = BTreeSet::new();
    let new = |one: &&Unlisted| {
        !state.lists(&one.number)
            // It may be reported again once it is on a manifest.
            && state.unlisted.iter().all(|known| known.number != one.number || (one.manifested && !known.manifested))
    };
    let unlisted: Vec<Unlisted> = landed.iter().filter(new).filter(|one| seen.insert(one.number.as_str())).take(room).cloned().collect();
    let found: Vec<String> = landed
        .iter()
        .filter(|one| one.manifested && state.missing.contains(&one.number))
        .map(|one| one.number.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let unlisted = (!unlisted.is_empty()).then(|| UnlistedDischarged { boxes: unlisted }.into());
    let found = (!found.is_empty()).then(|| Found { boxes: found }.into());
    unlisted.into_iter().chain(found).collect()
}

/// Closes the order when the ship has left; `discharged` tells which of its boxes were landed. Nothing when none stands.
pub fn decide_close_discharge(state: &DischargeOrder, discharged: impl Fn(&str) -> bool) -> Vec<DischargeOrderEvent> {
    match state.phase {
        DischargePhase::Ordered => {
            let missing = state.boxes.iter().map(|listed| &listed.number).filter(|number| !discharged(number)).cloned().collect();
            vec![Closed { missing }.into()]
        }
        DischargePhase::Cancelled { .. } | DischargePhase::Left { .. } | DischargePhase::Explained { .. } => Vec::new(),
    }
}

/// Explains what was not discharged as ordered.
///
/// # Errors
/// `discharge-order-as-ordered` when there is nothing to explain, or not yet; `discharge-order-explained` when it was.
pub fn decide_explain_discharge(state: &DischargeOrder, command: Explained) -> Result<Vec<DischargeOrderEvent>, Refusal> {
    const ATTEMPT: &str = "discharge-order.explain";
    match state.phase {
        DischargePhase::Left { .. } if state.differs() => Ok(vec![command.into()]),
        DischargePhase::Explained { .. } => Err(Refusal::new(
            "discharge-order-explained",
            ATTEMPT,
            state.status(),
            "差异已说明。",
            "The differences are explained already.",
        )),
        DischargePhase::Left { .. } | DischargePhase::Ordered | DischargePhase::Cancelled { .. } => Err(Refusal::new(
            "discharge-order-as-ordered",
            ATTEMPT,
            state.status(),
            "没有需要说明的差异；差异在船舶离港后结算。",
            "There is no difference to explain; differences are settled when the ship has left.",
        )),
    }
}

fn closed(state: &DischargeOrder, attempted: &'static str) -> Refusal {
    Refusal::new(
        "discharge-order-closed",
        attempted,
        state.status(),
        "船舶已离港，卸船指令已结单。",
        "The ship has left; the order is closed.",
    )
}

impl Aggregate for DischargeOrder {
    const KIND: &'static str = "discharge-order";
    type Event = DischargeOrderEvent;

    fn apply(state: Option<Self>, event: &DischargeOrderEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use DischargeOrderEvent as E;
        let misplaced = |found: &str| Err(ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() });
        let Some(mut order) = state else {
            return match event {
                E::Ordered(data) => Ok(ordered(data, at)),
                E::Cancelled(_) | E::UnlistedDischarged(_) | E::Closed(_) | E::Found(_) | E::Explained(_) => misplaced("nothing"),
            };
        };
        match (&order.phase, event) {
            (DischargePhase::Ordered | DischargePhase::Cancelled { .. }, E::Ordered(data)) => {
                let mut next = ordered(data, at);
                next.opened_at = order.opened_at;
                next.unlisted = std::mem::take(&mut order.unlisted);
                next.unlisted.retain(|one| data.boxes.iter().all(|listed| listed.number != one.number));
                return Ok(next);
            }
            (DischargePhase::Ordered, E::Cancelled(data)) => {
                order.number = data.number;
                order.phase = DischargePhase::Cancelled { reason: data.reason.clone(), at };
            }
            (DischargePhase::Ordered | DischargePhase::Left { .. } | DischargePhase::Explained { .. }, E::UnlistedDischarged(data)) => {
                order.unlisted.retain(|known| data.boxes.iter().all(|one| one.number != known.number));
                order.unlisted.extend(data.boxes.iter().cloned());
                // What comes to light after the explanation is not explained by it.
                if let DischargePhase::Explained { at, .. } = order.phase {
                    order.phase = DischargePhase::Left { at };
                }
            }
            (DischargePhase::Ordered, E::Closed(data)) => {
                order.missing.clone_from(&data.missing);
                order.phase = DischargePhase::Left { at };
            }
            (DischargePhase::Left { .. } | DischargePhase::Explained { .. }, E::Found(data)) => {
                order.missing.retain(|number| !data.boxes.contains(number));
            }
            (DischargePhase::Left { .. }, E::Explained(data)) => {
                order.phase = DischargePhase::Explained { by: data.by.clone(), note: data.note.clone(), at };
            }
            (
                DischargePhase::Ordered | DischargePhase::Cancelled { .. } | DischargePhase::Left { .. } | DischargePhase::Explained { .. },
                E::Ordered(_) | E::Cancelled(_) | E::UnlistedDischarged(_) | E::Closed(_) | E::Found(_) | E::Explained(_),
            ) => return misplaced(order.status()),
        }
        Ok(order)
    }

    fn related(&self, event: &DischargeOrderEvent) -> Vec<Related> {
        use DischargeOrderEvent as E;
        match event {
            E::Ordered(_) | E::Cancelled(_) | E::UnlistedDischarged(_) | E::Closed(_) | E::Found(_) | E::Explained(_) => {
                vec![(ObjectRef::new("ship-call", self.call.clone()), "call")]
            }
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            DischargePhase::Ordered => "ordered",
            DischargePhase::Cancelled { .. } => "cancelled",
            DischargePhase::Left { .. } if self.differs() => "differs",
            DischargePhase::Left { .. } => "completed",
            DischargePhase::Explained { .. } => "explained",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            DischargePhase::Ordered => None,
            DischargePhase::Left { .. } if self.differs() => None,
            DischargePhase::Cancelled { at, .. } | DischargePhase::Left { at } | DischargePhase::Explained { at, .. } => Some(at),
        };
        // Before the ship leaves, a later order or more boxes may still put it right.
        let explain = closed_at.is_none() && matches!(self.phase, DischargePhase::Left { .. });
        WorkRow {
            title: self.call.clone(),
            status: self.status().to_owned(),
            owner: explain.then(|| self.agent.clone()),
            action: explain.then(|| "explain-discharge".to_owned()),
            authority: None,
            parties: vec![self.agent.clone(), self.terminal.clone()],
            keys: vec![id.to_uppercase()],
            opened_at: self.opened_at,
            due_at: None,
            closed_at,
        }
    }
}

fn ordered(data: &Ordered, at: Timestamp) -> DischargeOrder {
    DischargeOrder {
        call: data.call.clone(),
        agent: data.agent.clone(),
        terminal: data.terminal.clone(),
        number: data.number,
        boxes: data.boxes.clone(),
        message: data.message.clone(),
        opened_at: at,
        ordered_at: at,
        unlisted: Vec::new(),
        missing: Vec::new(),
        phase: DischargePhase::Ordered,
    }
}
