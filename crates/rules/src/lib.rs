//! Decisions that explain themselves and draws that can be checked.
//!
//! Two parts:
//!
//! * **Decision tables** (决策表): [`DecisionTable`] is what an authority writes, versions and approves: typed
//!   input columns, rows in order, typed outputs, in force from a day to a day. [`DecisionTable::validate`] reports
//!   every fault at once, also rows that can never be reached and cases that no row covers.
//!   [`DecisionTable::compile`] gives a [`CompiledTable`] that answers in nanoseconds; [`CompiledTable::decide`]
//!   returns a [`Decision`] with the rows and facts that led to it, in Chinese and English.
//!   [`DecisionTable::difference`] says in words what one changes in another.
//! * **Verifiable draws** (双随机): [`draw`](mod@draw) decides by a committed seed whether a case is drawn, and which
//!   officers inspect it. Anybody can recompute both once the seed of the day is revealed.
//!
//! Deliberately not known here: customs, credit, fees, inspection, storage, clocks and randomness. Seeds, instants
//! and facts come in as arguments. The words of a field stand in the tables, which are data.
#![forbid(unsafe_code)]

mod day;
pub mod demonstration;
pub mod draw;
mod finding;
mod hash;
pub mod made;
mod table;
mod value;

pub use day::Day;
pub use draw::{
    Absence, DaySeed, DrawError, DrawFault, DrawOutcome, Excluded, ExclusionReason, Officer, PickError, PickFault, PickRequest, Picked,
    draw, pick_officers, pool_version_hash, verify_draw, verify_pick,
};
pub use finding::{Finding, Severity};
pub use hash::{Hash256, HexError};
pub use table::{
    Cell, Choice, Combine, CompiledTable, DecideError, Decision, DecisionTable, Difference, DifferenceKind, FactFault, FactFaultKind,
    FactUsed, HitPolicy, InputColumn, InputKind, OutputColumn, OutputKind, Reason, Row, Text, limits,
};
pub use value::{Facts, Value};
