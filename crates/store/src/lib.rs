//! What the application asks of a store, and the contract suite every store must pass.
//!
//! One [`Commit`] is one transaction: events, new object states, links, worklist rows, milestones, outbox rows, raw bytes and the
//! remembered answer of a command. When [`Store::commit`] returns, all of it is on disk. This crate knows no SQL and no room.
#![forbid(unsafe_code)]

mod commit;
#[cfg(feature = "contract")]
pub mod contract;
mod kept;
pub mod prove;
mod query;
mod traits;

/// Keys of a worklist row: enough for what a message names, few enough for a page of rows.
pub const WORK_KEYS_MAX: usize = 256;

pub use commit::{
    AuditRow, Blob, Commit, Committed, IdempotencyRow, Link, Milestone, MilestoneMark, ObjectRead, ObjectWrite, OutboxRow, Record,
    RecordWrite, TallyMark, WorkWrite,
};
pub use kept::{Former, IndexFault, IndexedEvent, IndexedObject, KeptBytes, KeptObject, KeptReader, Tail};
pub use ledger::Head;
pub use query::{
    AuditQuery, Dossier, DossierQuery, FiledObject, JourneyCountQuery, JourneyQuery, JourneyRow, ObjectRecord, OutboxItem, OutboxQuery,
    Page, StoredLink, TallyQuery, TallyRow, Visibility, WorkItem, WorkOrder, WorkQuery, WorkTally,
};
pub use traits::{DOSSIER_OBJECTS_MAX, LedgerReader, Sealer, SharedStore, Store, StoreError};
