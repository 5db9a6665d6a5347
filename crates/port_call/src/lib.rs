//! Ship visits (船舶进出港): one call of one ship at this port, from announcement to departure.
//!
//! Invariants: a call arrives at most once and departs only after arrival; a cancelled call never arrives; the day the conveyance
//! declared entry (运输工具申报进境之日) is fixed on arrival, because the declaration limit of 14 days (Customs Law, Art. 24) and the duty
//! rate of advance declarations (Tariff Law, Art. 20) both start from it.
//!
//! Deliberately does not know manifests, containers or declarations.
#![forbid(unsafe_code)]

mod call;
mod report;

pub use call::{
    AnnounceCall, Announced, Arrived, CallPhase, Cancelled, ChangeCall, Changed, Departed, ReportArrival, ReportDeparture, Reports,
    ShipCall, ShipCallEvent, VOYAGE_LENGTH_MAX, decide_announce, decide_arrival, decide_cancel, decide_change, decide_departure,
};
pub use report::{REPORTS_SEEN_MAX, Reported, Said, decide_report};
