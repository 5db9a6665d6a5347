//! Use cases: authorise → load → decide → commit.
//!
//! Each command of the port is one [`UseCase`]. It asks the rights, loads the objects it needs, lets the pure rooms decide, records
//! their events, and everything that `reactions` add goes into the same transaction. This crate knows no SQL, no HTTP and no
//! message syntax; time, randomness, storage and messages are given to it.
#![forbid(unsafe_code)]

pub mod agency;
pub mod agreement;
pub mod alarms;
pub mod bookings;
pub mod calls;
pub mod cases;
pub mod clues;
mod companions;
mod context;
pub mod conveyances;
pub mod counters;
pub mod daily;
pub mod data_sharing;
pub mod declarations;
pub mod directory;
pub mod discharge;
pub mod draw;
pub mod duty;
mod engine;
pub mod enterprises;
mod error;
pub mod exchange;
pub mod field;
pub mod gate;
pub mod happened;
pub mod images;
pub mod inbox;
pub mod indicators;
pub mod insights;
pub mod inspections;
mod joint_effects;
pub mod joint_orders;
pub mod lanes;
pub mod limits;
pub mod manifest_changes;
pub mod manifests;
pub mod matching;
pub mod milestones;
pub mod national;
pub mod orders;
pub mod outbound;
pub mod partners;
pub mod payments;
pub mod persons;
pub mod proof;
mod reactions;
pub mod reading;
mod remembered;
pub mod replay;
pub mod reports;
pub mod rights;
pub mod risk;
pub mod rollout;
pub mod roster;
pub mod rule_tables;
pub mod sailings;
pub mod samples;
pub mod settings;
pub mod site;
mod states;
pub mod statuses;
pub mod tallies;
pub mod telemetry;
pub mod transhipments;
mod unit;
pub mod work_orders;

pub use context::{Context, IdempotencyKey, Principal, Role};
pub use engine::{App, Clock, Done, Entropy, Parts, Signer, UseCase};
pub use error::AppError;
pub use happened::{Happened, Happens, kinds};
pub use unit::{EVENTS_MAX, OBJECTS_MAX, Unit};
