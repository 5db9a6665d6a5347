//! Loading order (装船指令): the work order of what is loaded onto a ship, with what was reported loaded.

use std::collections::BTreeSet;

use ledger::Timestamp;

use crate::work_order::{
    ORDER_BOXES_MAX, Step, UNLISTED_MAX, Unlisted, UnlistedWorked, Work, WorkCancelled, WorkClosed, WorkExplained, WorkFound, WorkOrder,
    WorkOrdered, WorkWithdrawn, WorkWords, Worked, WorkedBox, decide_close_work, decide_worked,
};

/// Most boxes that are kept as loaded with an order: all it may list, and all that may be unlisted.
pub const LOADED_MAX: usize = ORDER_BOXES_MAX + UNLISTED_MAX;

/// Loading (装船).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loading;

/// The loading order of a call.
pub type LoadingOrder = WorkOrder<Loading>;

ledger::domain_events! {
    /// What happens to a loading order.
    pub enum LoadingOrderEvent for "loading-order" {
        /// Ordered, or replaced by a later one.
        Ordered(WorkOrdered) = "loading-order.ordered",
        /// Taken back.
        Cancelled(WorkCancelled) = "loading-order.cancelled",
        /// Boxes were reported loaded.
        Loaded(Worked) = "loading-order.loaded",
        /// What was reported loaded is taken back.
        Withdrawn(WorkWithdrawn) = "loading-order.loading-withdrawn",
        /// Boxes were loaded that it does not list.
        Unlisted(UnlistedWorked) = "loading-order.unlisted-loaded",
        /// The ship has left.
        Closed(WorkClosed) = "loading-order.closed",
        /// Missing boxes were loaded after all.
        Found(WorkFound) = "loading-order.found",
        /// The differences are explained.
        Explained(WorkExplained) = "loading-order.explained",
    }
}

impl Work for Loading {
    const KIND: &'static str = "loading-order";
    type Event = LoadingOrderEvent;
    const WORDS: WorkWords = WorkWords {
        zh: "装船指令",
        order: "loading-order.order",
        cancel: "loading-order.cancel",
        explain: "loading-order.explain",
        empty: "loading-order-empty",
        too_many: "loading-order-too-many",
        box_twice: "loading-order-box-twice",
        unchanged: "loading-order-unchanged",
        closed: "loading-order-closed",
        not_standing: "loading-order-not-standing",
        as_ordered: "loading-order-as-ordered",
        explained: "loading-order-explained",
        explain_action: "explain-loading",
    };

    fn step(event: &LoadingOrderEvent) -> Step<'_> {
        match event {
            LoadingOrderEvent::Ordered(data) => Step::Ordered(data),
            LoadingOrderEvent::Cancelled(data) => Step::Cancelled(data),
            LoadingOrderEvent::Loaded(data) => Step::Worked(data),
            LoadingOrderEvent::Withdrawn(data) => Step::Withdrawn(data),
            LoadingOrderEvent::Unlisted(data) => Step::Unlisted(data),
            LoadingOrderEvent::Closed(data) => Step::Closed(data),
            LoadingOrderEvent::Found(data) => Step::Found(data),
            LoadingOrderEvent::Explained(data) => Step::Explained(data),
        }
    }
}

/// Records boxes that were reported loaded, whether an order stands or not; nothing when all of it is known. `departed` is when the ship
/// left: what is dated after it is kept as doubtful, and takes nothing back that was told before. The first [`LOADED_MAX`] are kept.
///
/// What the order does not list, or missed, follows by [`decide_loaded_against`].
pub fn decide_report_loaded(state: Option<&LoadingOrder>, told: Worked, departed: Option<Timestamp>) -> Vec<LoadingOrderEvent> {
    let known = |number: &str| state.and_then(|order| order.worked.get(number));
    let room = LOADED_MAX.saturating_sub(state.map_or(0, |order| order.worked.len()));
    let mut new = BTreeSet::new();
    let Worked { call, agent, terminal, boxes } = told;
    let boxes: Vec<WorkedBox> = boxes
        .into_iter()
        .map(|one| WorkedBox { doubtful: departed.is_some_and(|departed| one.at > departed), ..one })
        .filter(|one| match known(&one.number) {
            Some(known) => known != one && (known.doubtful || !one.doubtful),
            None => new.contains(&one.number) || (new.len() < room && new.insert(one.number.clone())),
        })
        .collect();
    if boxes.is_empty() { Vec::new() } else { vec![Worked { call, agent, terminal, boxes }.into()] }
}

/// Takes back what was reported loaded: of the boxes, those that are kept as loaded. Nothing when none is.
pub fn decide_withdraw_loaded<'n>(state: &LoadingOrder, numbers: impl Iterator<Item = &'n str>) -> Vec<LoadingOrderEvent> {
    let known: BTreeSet<&str> = numbers.filter(|number| state.worked.contains_key(*number)).collect();
    let boxes: Vec<String> = known.into_iter().map(str::to_owned).collect();
    if boxes.is_empty() { Vec::new() } else { vec![WorkWithdrawn { boxes }.into()] }
}

/// Holds everything that was reported loaded against the order: also what was loaded before it came, or what a later one leaves out.
pub fn decide_loaded_against(state: &LoadingOrder) -> Vec<LoadingOrderEvent> {
    let loaded = state.worked.values().filter(|one| !one.doubtful);
    let loaded: Vec<Unlisted> = loaded.map(|one| Unlisted { number: one.number.clone(), at: one.at, manifested: true }).collect();
    decide_worked(state, &loaded)
}

/// Closes the order when the ship has left: what it lists and nobody loaded before the departure is missing, and what was reported loaded
/// after it is doubtful. Nothing when it is closed already; of a cancelled one, the doubtful alone.
pub fn decide_close_loading(state: &LoadingOrder, departed: Timestamp) -> Vec<LoadingOrderEvent> {
    let late = state.worked.values().filter(|one| !one.doubtful && one.at > departed);
    let late: Vec<WorkedBox> = late.map(|one| WorkedBox { doubtful: true, ..one.clone() }).collect();
    let done = |number: &str| state.is_worked(number) && late.iter().all(|one| one.number != number);
    let closed = decide_close_work(state, done);
    let told = |boxes| Worked { call: state.call.clone(), agent: state.agent.clone(), terminal: state.terminal.clone(), boxes }.into();
    (!late.is_empty()).then(|| told(late.clone())).into_iter().chain(closed).collect()
}
