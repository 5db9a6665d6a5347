//! Inspection of goods (查验): the order, the appointment, the officers drawn, the box at the site, the result.
//!
//! Invariants: a result needs at least two officers, all of them drawn (Decree 138; double random, State Council 2015); a box that is opened or
//! scanned is at the site first; there is one result; a closed inspection changes no more.
//!
//! Deliberately does not know duty, declarations' contents, or how the draw works: it records what was drawn so that anybody can check it.
#![forbid(unsafe_code)]

mod disposition;
mod inspection;

pub use disposition::{DISPOSITIONS, Disposition, disposition};
pub use inspection::{
    Appointed, Appointment, BoxArrived, Cancelled, Excluded, FINDINGS_LENGTH_MAX, INSPECTION_CONTAINERS_MAX, Inspection, InspectionEvent,
    InspectionPhase, Method, OFFICERS_MIN, ORDER_TO_SITE_HOURS, OfficerDraw, Ordered, Outcome, Resulted, SLOT_HOURS_MAX, decide_appoint,
    decide_box_arrived, decide_cancel, decide_officers, decide_order, decide_result, eligible_officers,
};
