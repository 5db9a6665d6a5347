//! The ledger: what an event is, what it is about, and how anybody can prove that it was recorded.
//!
//! Every fact of the port (message, decision, move, payment) is one [`Event`] about named objects. This crate knows
//! the shape of events and objects, the Merkle log over them, signed heads, receipts and the OCEL 2.0 export model.
//! It deliberately does not know any room's payload, any store, any clock.
#![forbid(unsafe_code)]

mod aggregate;
mod event;
pub mod head;
pub mod merkle;
mod object;
pub mod ocel;
pub mod receipt;
mod time;
mod work;

pub use aggregate::{Aggregate, Bilingual, DomainEvent, Refusal, Related, ReplayError};
#[doc(hidden)]
pub use aggregate::{from_raw, to_raw};
pub use event::{Actor, Cause, Event, EventError, EventId, StoredEvent};
pub use head::Head;
pub use object::{ObjectLink, ObjectRef};
#[doc(hidden)]
pub use serde_json::value::RawValue;
pub use time::{Timestamp, TimestampError};
pub use work::WorkRow;
