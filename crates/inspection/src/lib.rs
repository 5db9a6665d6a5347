//! Inspection of goods (查验): the order, the appointment, the officers drawn, the box at the site, the result.
//!
//! Invariants: a result is written down by one drawn officer and confirmed by another (Decree 138: at least two; double random, State Council
//! 2015); who is replaced is replaced by lot, at the order of somebody who was not drawn; a box that is opened or scanned is at the site first;
//! there is one result; a closed inspection changes no more.
//!
//! Deliberately does not know duty, declarations' contents, or how the draw works: it records what was drawn so that anybody can check it.
#![forbid(unsafe_code)]

mod disposition;
mod inspection;
mod result;

pub use disposition::{DISPOSITIONS, Disposition, disposition};
pub use inspection::{
    Appointed, Appointment, BoxArrived, Cancelled, Excluded, FINDINGS_LENGTH_MAX, INSPECTION_CONTAINERS_MAX, Inspection, InspectionEvent,
    InspectionPhase, Method, OFFICERS_MIN, ORDER_TO_SITE_HOURS, OfficerDraw, Ordered, Outcome, Resulted, SLOT_HOURS_MAX, decide_appoint,
    decide_box_arrived, decide_cancel, decide_officers, decide_order, eligible_officers,
};
pub use result::{
    OfficerReplaced, Recorded, ResultReturned, check_replacement, decide_confirm, decide_record, decide_replace_officer,
    decide_return_result, drawn_ever,
};
