//! Decision tables: the written form, its checks, its compiled form, its versions.

mod check;
mod compile;
mod cover;
mod decide;
mod difference;
pub mod limits;
mod model;
mod overlap;
#[cfg(test)]
mod tests;
mod wording;

pub use compile::CompiledTable;
pub use decide::{DecideError, Decision, FactFault, FactFaultKind, FactUsed, Reason};
pub use difference::{Difference, DifferenceKind};
pub use model::{Cell, Choice, Combine, DecisionTable, HitPolicy, InputColumn, InputKind, OutputColumn, OutputKind, Row, Text};
