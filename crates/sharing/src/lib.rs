//! Data sharing (数据共享): what a data resource is, under which agreement somebody receives it, and what was delivered (DAT-01).
//!
//! Invariants: nothing is delivered without an agreement that is in force at that moment; an agreement is in force only after a person of the
//! provider and a person of the port office have approved it, neither of them the one who asked (四眼原则); a delivery holds the fields that
//! were agreed and no other, masked where that was agreed; what was delivered stays on the ledger.
//!
//! Deliberately does not know where data come from: a resource is described to it, and rows are values by name.
#![forbid(unsafe_code)]

mod agreement;
mod agreement_apply;
mod check;
mod delivery;
mod resource;
mod schedule;

pub use agreement::{
    Grant, SharingAgreement, SharingApproved, SharingClosed, SharingEvent, SharingExpired, SharingPhase, SharingRequested, SharingResumed,
    SharingSide, SharingSuspended, SharingTerms, Signed, decide_approve, decide_deliver, decide_end, decide_expire, decide_period,
    decide_refuse, decide_request, decide_resume, decide_suspend,
};
pub use check::{
    CODES, ConsumerKind, DATA_DAYS_BACK_MAX, FIELDS_MAX, FILE_HOURS_MAX, PURPOSE_LENGTH_MAX, PURPOSE_LENGTH_MIN, TERM_DAYS_MAX, check_terms,
};
pub use delivery::{
    DataDelivery, DataDeliveryEvent, DeliveryHow, DeliveryMade, DeliveryResent, DeliveryUsed, NOTE_LENGTH_MAX, Use, decide_made,
    decide_resent, decide_used,
};
pub use resource::{Field, FieldKind, Sensitivity, masked, project};
pub use schedule::{
    CURSOR_FAULT, FILE_MARGIN_MINUTES, FILE_PERIOD_DAYS_MAX, FileFailed, FileFault, FileFormat, FileOrder, FileRest, FileSent,
    decide_fail_file, decide_send_file,
};
