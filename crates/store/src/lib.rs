//! What the application asks of a store, and the contract suite every store must pass.
//!
//! One [`Commit`] is one transaction: events, new object states, links, worklist rows, milestones, outbox rows, raw bytes and the
//! remembered answer of a command. When [`Store::commit`] returns, all of it is on disk. This crate knows no SQL and no room.
#![forbid(unsafe_code)]

mod commit;
#[cfg(feature = "contract")]
pub mod contract;
pub mod prove;
mod query;
mod traits;

pub use commit::{
    AuditRow, Blob, Commit, Committed, IdempotencyRow, Link, Milestone, MilestoneMark, ObjectWrite, OutboxRow, Record, RecordWrite,
    TallyMark, WorkWrite,
};
pub use ledger::Head;
pub use query::{
    AuditQuery, JourneyQuery, JourneyRow, ObjectRecord, OutboxItem, OutboxQuery, Page, StoredLink, TallyQuery, TallyRow, Visibility,
    WorkItem, WorkOrder, WorkQuery, WorkTally,
};
pub use traits::{LedgerReader, Sealer, SharedStore, Store, StoreError};
