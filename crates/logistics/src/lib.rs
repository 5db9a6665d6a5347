//! What happens to a box between ship and gate (箱的流转): the visit of a container, the delivery order (提货单), the pick-up slot and booking
//! (提箱预约), the gate transaction (闸口作业) and the interchange receipt (设备交接单); and the orders by which a ship is discharged and loaded (卸船指令、装船指令).
//!
//! Invariants: one box is in one place; it leaves only when customs released it, no hold stands, no authority's
//! instruction bars it, and a delivery order was issued for it;
//! a box that goes on by another ship is loaded only when that is
//! released, and does not leave by the gate; a delivery order is redeemed once per container, by its holder; a container has at most one open booking; a slot never takes more
//! bookings than its capacity.
//!
//! Deliberately does not know why customs released, what duty was due, or how a payment was made.
#![forbid(unsafe_code)]

mod booking;
mod container;
mod container_apply;
mod container_decide;
mod discharge_order;
mod discharge_plan;
mod eir;
mod gate;
mod gate_transaction;
mod loading_order;
mod loading_plan;
mod onward;
mod order;
mod report;
mod slot;
mod work_order;

pub use booking::{
    Booking, BookingEvent, BookingPhase, Cancelled as BookingCancelled, Changed as BookingChanged, Completed as BookingCompleted,
    DRIVER_NAME_LENGTH_MAX, Driver, GatedIn as BookingGatedIn, Made as BookingMade, Missed as BookingMissed, decide_book,
    decide_booking_cancel, decide_booking_change, decide_booking_complete, decide_booking_gated_in, decide_booking_missed,
};
pub use container::{
    Announced as ContainerAnnounced, Booked, BookingEnded, Container, ContainerEvent, Customs, DischargeTally, Discharged, GatedIn,
    GatedOut, Held, Hold, HoldLifted, Instructed, InstructedBy, InstructionEnded, Milestones, Moved, MovedToInspection, OrderEnded,
    OrderIssued, OrderOnBox, PartyAdmitted, Place, Release, Released, Returned, container_id, container_number,
};
pub use container_decide::{
    decide_admit, decide_announce, decide_booked, decide_booking_ended, decide_discharge, decide_gated_in, decide_gated_out, decide_hold,
    decide_instructed, decide_instruction_ended, decide_lift_hold, decide_move, decide_move_to_inspection, decide_order_ended,
    decide_order_issued, decide_release, decide_return,
};
pub use discharge_order::{Discharge, DischargeOrder, DischargeOrderEvent};
pub use discharge_plan::{DIFFERENCES_MAX, StowedBox, TARE_KG_MAX, discharge_differences};
pub use eir::{DAMAGES_MAX, Damage, Eir, EirEvent, Issued as EirIssued, PHOTOS_MAX, Panel, PanelCondition, decide_issue_eir};
pub use gate::{Direction, GATE_TOLERANCE_MINUTES, GateBooking, GateBox, GateDecision, GateFacts, GateOrder, GateReason, decide_gate};
pub use gate_transaction::{GateOutcome, GatePassed, GateRecord, GateRefused, GateTransaction, GateTransactionEvent, decide_record_gate};
pub use loading_order::{
    LOADED_MAX, Loading, LoadingOrder, LoadingOrderEvent, decide_close_loading, decide_loaded_against, decide_report_loaded,
    decide_withdraw_loaded,
};
pub use loading_plan::{OnwardStanding, loading_differences};
pub use onward::{
    Onward, OnwardEnded, OnwardPlanned, OnwardReleased, OnwardRevoked, Shipped, decide_onward_ended, decide_onward_planned,
    decide_onward_released, decide_onward_revoked, decide_shipped,
};
pub use order::{
    Cancelled as OrderCancelled, ChargeState, ChargesPaid, ChargesWaived, DeliveryOrder, DeliveryOrderEvent, FREE_DAYS_MAX,
    FreePeriodBegan, Issued as DeliveryOrderIssued, ORDER_CONTAINERS_MAX, OrderPhase, Redeemed, Requested, Transferred,
    VERIFICATION_CODE_LENGTH, decide_cancel_order, decide_charges_paid, decide_charges_waived, decide_free_period, decide_issue_order,
    decide_redeem, decide_request_order, decide_transfer_order,
};
pub use report::{
    ALARMS_OPEN_MAX, Alarm, AlarmRaised, AlarmsReviewed, DANGEROUS_GOODS_MAX, DangerousGoods, OpenAlarm, REPORTS_SEEN_MAX, ReportFacts,
    Reported, Reports, Said, decide_report, decide_review_alarms, is_acted_on, takes_back,
};
pub use slot::{Freed, Opened, SLOT_CAPACITY_MAX, Slot, SlotEvent, Taken, decide_free_slot, decide_open_slot, decide_take_slot, slot_id};
pub use work_order::{
    ListedBox, ORDER_BOXES_MAX, OrderBoxes, Step, UNLISTED_MAX, Unlisted, UnlistedWorked, Work, WorkCancelled, WorkClosed, WorkExplained,
    WorkFound, WorkOrder, WorkOrdered, WorkPhase, WorkWithdrawn, WorkWords, Worked, WorkedBox, decide_cancel_work, decide_close_work,
    decide_explain_work, decide_order_work, decide_worked,
};
