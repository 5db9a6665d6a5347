//! Where the time goes (通关时效): journeys of containers, the stages between their milestones, exact percentiles, bottlenecks, the process as
//! it was really walked, and what happens next (TIM-01, TIM-02).
//!
//! All functions are pure and work on plain arrays, so that millions of journeys are read at memory speed. Percentiles are exact, by the
//! nearest-rank method, never estimated from buckets.
//!
//! Deliberately does not know any store, any room's objects, or the clock: `now` comes in.
#![forbid(unsafe_code)]

mod definitions;
mod distribution;
mod flow;
mod journey;
mod next;
mod series;
mod stage;
mod summary;

pub use definitions::{DEFINITIONS, Definition, definition};
pub use distribution::{Distribution, distribution};
pub use flow::{Edge, Flow, directly_follows};
pub use journey::{Journey, MILESTONE_CODES, MILESTONES, mark};
pub use next::{DocumentsStand, InspectionStand, NextStep, OrderStand, StatusFacts, next_steps};
pub use series::{DayPoint, daily_series};
pub use stage::{Needed, Role, SEA_IMPORT, Stage, StageTime, Standard, stage_durations};
pub use summary::{Bottleneck, ClearanceSummary, StageSummary, bottlenecks, clearance_ms, summarise};
