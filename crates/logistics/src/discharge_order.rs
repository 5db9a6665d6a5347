//! Discharge order (卸船指令): the work order of what is discharged from a ship.

use crate::work_order::{
    Step, UnlistedWorked, Work, WorkCancelled, WorkClosed, WorkExplained, WorkFound, WorkOrder, WorkOrdered, WorkWords,
};

/// Discharge (卸船).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discharge;

/// The discharge order of a call.
pub type DischargeOrder = WorkOrder<Discharge>;

ledger::domain_events! {
    /// What happens to a discharge order.
    pub enum DischargeOrderEvent for "discharge-order" {
        /// Ordered, or replaced by a later one.
        Ordered(WorkOrdered) = "discharge-order.ordered",
        /// Taken back.
        Cancelled(WorkCancelled) = "discharge-order.cancelled",
        /// Boxes were discharged that it does not list.
        Unlisted(UnlistedWorked) = "discharge-order.unlisted-discharged",
        /// The ship has left.
        Closed(WorkClosed) = "discharge-order.closed",
        /// Missing boxes were discharged after all.
        Found(WorkFound) = "discharge-order.found",
        /// The differences are explained.
        Explained(WorkExplained) = "discharge-order.explained",
    }
}

impl Work for Discharge {
    const KIND: &'static str = "discharge-order";
    type Event = DischargeOrderEvent;
    const WORDS: WorkWords = WorkWords {
        zh: "卸船指令",
        order: "discharge-order.order",
        cancel: "discharge-order.cancel",
        explain: "discharge-order.explain",
        empty: "discharge-order-empty",
        too_many: "discharge-order-too-many",
        box_twice: "discharge-order-box-twice",
        unchanged: "discharge-order-unchanged",
        closed: "discharge-order-closed",
        not_standing: "discharge-order-not-standing",
        as_ordered: "discharge-order-as-ordered",
        explained: "discharge-order-explained",
        explain_action: "explain-discharge",
    };

    fn step(event: &DischargeOrderEvent) -> Step<'_> {
        match event {
            DischargeOrderEvent::Ordered(data) => Step::Ordered(data),
            DischargeOrderEvent::Cancelled(data) => Step::Cancelled(data),
            DischargeOrderEvent::Unlisted(data) => Step::Unlisted(data),
            DischargeOrderEvent::Closed(data) => Step::Closed(data),
            DischargeOrderEvent::Found(data) => Step::Found(data),
            DischargeOrderEvent::Explained(data) => Step::Explained(data),
        }
    }
}
