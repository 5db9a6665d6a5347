//! The store as the application sees it.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ledger::{ObjectRef, StoredEvent, Timestamp};

use crate::{
    AuditQuery, AuditRow, Commit, Committed, Dossier, DossierQuery, Head, IdempotencyRow, JourneyCountQuery, JourneyQuery, JourneyRow,
    KeptReader, ObjectRecord, OutboxItem, OutboxQuery, Page, Record, StoredLink, TallyQuery, TallyRow, WorkItem, WorkQuery, WorkTally,
};

/// Most objects of one dossier.
pub const DOSSIER_OBJECTS_MAX: usize = 256;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another command changed the object first; decide again on the new state.
    #[error("{0} was changed meanwhile")]
    Conflict(String),
    /// The idempotency key is taken; here is what was answered.
    #[error("the idempotency key was used before")]
    Repeated(IdempotencyRow),
    /// A named limit was passed.
    #[error("limit passed: {0}")]
    Limit(String),
    /// A cursor that this store did not give.
    #[error("the cursor is not valid")]
    Cursor,
    /// The disk is full: nothing was written.
    #[error("no space left in the store")]
    Full,
    /// The store cannot be reached now: nothing was acknowledged.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Anything else: nothing was acknowledged.
    #[error("the store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Signs heads. Given to the store by the assembly, so that the store knows no key and no clock.
pub trait Sealer: Send + Sync {
    /// Makes the signed head of a tree.
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head;
}

/// Reads the raw ledger: for verification, receipts, exports.
#[async_trait]
pub trait LedgerReader: Send + Sync {
    /// Bytes and stored leaf hash of events from a position, in order, at most `limit`.
    async fn leaves(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>, [u8; 32])>, StoreError>;
    /// The newest head; `None` while the ledger is empty.
    async fn head(&self, port: &str) -> Result<Option<Head>, StoreError>;
    /// Heads of at least this size, in order.
    async fn heads(&self, port: &str, from_size: u64, limit: u32) -> Result<Vec<Head>, StoreError>;
    /// Roots of complete 256-leaf subtrees: (index of the subtree, hash), in order.
    async fn tiles(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, [u8; 32])>, StoreError>;
    /// All objects in order of (kind, id), for replay checks and exports.
    async fn objects_after(&self, port: &str, after: Option<&ObjectRef>, limit: u32) -> Result<Vec<ObjectRecord>, StoreError>;
    /// All links in a stable order, for exports.
    async fn links_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<StoredLink>, StoreError>;
}

/// The store. Every method is bounded; every list has a limit.
#[async_trait]
pub trait Store: KeptReader {
    /// Makes it all durable, or nothing.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;
    /// Appends to the access log without waiting for the disk: written with the next commits, or alone soon after.
    fn audit(&self, port: &str, row: AuditRow);

    /// One object.
    async fn object(&self, port: &str, object: &ObjectRef) -> Result<Option<ObjectRecord>, StoreError>;
    /// Several objects; those that do not exist are left out. Order is not kept.
    async fn objects(&self, port: &str, objects: &[ObjectRef]) -> Result<Vec<ObjectRecord>, StoreError>;
    /// Events that concern an object, oldest first, after a position.
    async fn events_of(&self, port: &str, object: &ObjectRef, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError>;
    /// Everything about some objects in one snapshot. At most [`DOSSIER_OBJECTS_MAX`] objects.
    async fn dossier(&self, port: &str, query: &DossierQuery) -> Result<Dossier, StoreError>;
    /// Events of the ledger after a position.
    async fn events_after(&self, port: &str, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError>;
    /// One event by id.
    async fn event(&self, port: &str, id: &str) -> Result<Option<StoredEvent>, StoreError>;
    /// Links from and to an object.
    async fn links(&self, port: &str, object: &ObjectRef, limit: u32) -> Result<Vec<StoredLink>, StoreError>;

    /// A page of the worklist.
    async fn work(&self, query: &WorkQuery) -> Result<Page<WorkItem>, StoreError>;
    /// The worklist row of one object.
    async fn work_row(&self, port: &str, object: &ObjectRef) -> Result<Option<WorkItem>, StoreError>;
    /// Numbers of open rows by kind, status and action (`query.cursor`, `limit` and `order` are ignored); overdue at `now`.
    async fn work_tally(&self, query: &WorkQuery, now: Timestamp) -> Result<Vec<WorkTally>, StoreError>;

    /// Journeys in a period.
    async fn journeys(&self, query: &JourneyQuery) -> Result<Vec<JourneyRow>, StoreError>;
    /// How many journeys there are in a period.
    async fn journey_count(&self, query: &JourneyCountQuery) -> Result<u64, StoreError>;
    /// How many journeys there are in a period at each terminal; those whose terminal is not known are left out.
    async fn journeys_by_terminal(&self, query: &JourneyCountQuery) -> Result<BTreeMap<String, u64>, StoreError>;
    /// The journey of one container.
    async fn journey(&self, port: &str, container: &str) -> Result<Option<JourneyRow>, StoreError>;

    /// Counters of a series by day and key, in this order; [`StoreError::Limit`] when there are more than half a million.
    async fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError>;

    /// Things to send.
    async fn outbox(&self, port: &str, query: &OutboxQuery) -> Result<Page<OutboxItem>, StoreError>;
    /// Records the result of an attempt to send: `Ok` delivered at, `Err` (fault, next attempt; `None` = give up).
    async fn outbox_result(&self, port: &str, id: &str, result: Result<Timestamp, (String, Option<Timestamp>)>) -> Result<(), StoreError>;

    /// Raw bytes by hash: (media type, bytes).
    async fn blob(&self, port: &str, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError>;

    /// One record.
    async fn record(&self, port: &str, space: &str, id: &str) -> Result<Option<Record>, StoreError>;
    /// Records of a register in order of id, after an id.
    async fn records(&self, port: &str, space: &str, after: Option<&str>, limit: u32) -> Result<Vec<Record>, StoreError>;
    /// Deletes records whose time is over.
    async fn expire_records(&self, port: &str, now: Timestamp) -> Result<u64, StoreError>;

    /// The remembered answer of a key.
    async fn idempotent(&self, port: &str, scope: &str, key: &str) -> Result<Option<IdempotencyRow>, StoreError>;
    /// Takes `count` consecutive numbers of a series, for ever; the first of them is returned (series start at 1).
    async fn reserve_numbers(&self, port: &str, series: &str, count: u32) -> Result<u64, StoreError>;

    /// The access log.
    async fn audit_log(&self, port: &str, query: &AuditQuery) -> Result<Page<(u64, AuditRow)>, StoreError>;

    /// Ledger size, changing with every commit of any process on this store.
    fn changes(&self) -> tokio::sync::watch::Receiver<u64>;
    /// Is the store able to answer and to write?
    async fn ready(&self) -> Result<(), StoreError>;
    /// Stops taking commits, writes what is queued, closes.
    async fn close(&self);
}

/// A store shared by everything.
pub type SharedStore = Arc<dyn Store>;
