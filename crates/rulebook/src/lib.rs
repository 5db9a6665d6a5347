//! The rule book (规则簿): the rule tables of an authority, their versions, and how a version comes into force.
//!
//! * [`RuleTable`]: an object of the ledger with numbered versions. A version is drafted, checked, tried on past cases, submitted,
//!   and countersigned by an officer who did not write it; only then can it act, from its day on. A version in force ends by a
//!   later one or by a withdrawal that a second officer confirms.
//! * [`Point`]: where the platform asks a table, with the facts it gives and the answers it needs. A version that asks for a fact
//!   nobody gives, or leaves cases without an answer, cannot be submitted.
//! * [`weigh`] and [`Trial`]: how a table's answers for the lines of a declaration become one, and what another version would
//!   have answered in past cases.
//!
//! Invariants: a version that was submitted never changes; nobody releases what they wrote; the numbers of versions are given once.
//!
//! Deliberately not known here: where texts of versions are kept (the object names them by fingerprint), declarations, inspections.
#![forbid(unsafe_code)]

mod decide;
mod event;
mod point;
mod table;
mod trial;
mod weigh;

pub use decide::{
    Checked, decide_ask_withdrawal, decide_confirm_withdrawal, decide_draft, decide_edit, decide_install, decide_keep, decide_release,
    decide_return, decide_submit, decide_tried, decide_withdraw_draft,
};
pub use event::{
    Drafted, Edited, Installed, Kept, Released, Returned, RuleTableEvent, Submitted, Tried, WithdrawalAsked, Withdrawn, release_statement,
};
pub use point::{Fact, IMPORT_INSPECTION, Output, POINTS, Point};
pub use table::{Content, NOTE_LENGTH_MAX, Release, RuleTable, Stage, VERSIONS_MAX, Version, Writer};
pub use trial::{FLIPS_MAX, Flip, Group, Past, PastLine, Result, Side, Trial, TrialReport, TrialSummary};
pub use weigh::{Line, Weighed, weigh};
