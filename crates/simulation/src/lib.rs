//! A synthetic port: a cast of made-up organisations and people, ships and cargo drawn from a seed, and a generator that drives the real use
//! cases of the application ([`app::App::execute`]) as that cast. It never writes a state.
//!
//! * [`install`] registers the cast; [`demo_logins`] names one person of each role.
//! * [`history`] plays weeks of a port as fast as the platform goes; the same seed and start give the same ledger.
//! * [`live`] keeps the port going on real time and leaves part of the work to visitors.
//! * [`finished_boxes`] drives boxes from manifest to gate-out, for measurements.
//!
//! Deliberately not known here: any store, HTTP, or how a use case decides.
#![forbid(unsafe_code)]

mod boarding;
mod boxes;
mod cargo;
mod cast;
mod chance;
mod clearing;
mod clock;
mod clues;
mod error;
mod faulty;
mod form;
mod imaging;
mod machines;
mod onward;
mod papers;
mod pickup;
mod play;
mod rosters;
mod sampling;
mod shared_data;
mod ships;
mod site;
mod site_rule;
mod upkeep;
mod world;

pub use boxes::{Manifests, ReadyDraft, finished_boxes, large_manifests, ready_drafts, sample_interchange};
pub use cast::{DemoLogin, demo_logins, install};
pub use clock::{SeededEntropy, SimClock};
pub use error::{SimulationError, refusal_code};
pub use play::{Simulation, history, live, live_by};
pub use world::Tally;
