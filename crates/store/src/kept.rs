//! Everything a store keeps beside the bytes of events, as verification reads it: what the indexes say about each event, and each object
//! with all rows derived from its events, taken in one snapshot.

use async_trait::async_trait;
use ledger::{ObjectRef, WorkRow};

use crate::{JourneyRow, LedgerReader, Page, StoreError};

/// The event of an object before another one, as the store's index says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Former {
    /// The store finds timelines in another way.
    NotKept,
    /// The event is the object's first.
    First,
    /// The event at this position.
    At(u64),
}

/// An object in the timeline of which the index puts an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedObject {
    /// Which.
    pub object: ObjectRef,
    /// The object's event before this one.
    pub former: Former,
}

/// What the indexes say about one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexedEvent {
    /// Position in the ledger.
    pub position: u64,
    /// The id under which it is found; `None` when what is stored is no id.
    pub id: Option<String>,
    /// The objects in whose timelines it stands, each once and as far as they are kept; `None` when what is stored cannot
    /// be read.
    pub objects: Option<Vec<IndexedObject>>,
}

/// The end of an object's timeline, where a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// Position of the newest event.
    pub last: u64,
    /// How many events there are.
    pub events: u64,
    /// Positions at which a long timeline can be entered, ascending: every 64th event.
    pub marks: Vec<u64>,
}

/// An object with all rows derived from its events, as of one instant.
#[derive(Clone, Debug)]
pub struct KeptObject {
    /// Which.
    pub object: ObjectRef,
    /// Size of the ledger at that instant: events from this position on are not in the rows.
    pub size: u64,
    /// Version and JSON of its state; `None` when it is merely named by events.
    pub state: Option<(u64, Vec<u8>)>,
    /// The end of its timeline; `None` when the store keeps none.
    pub tail: Option<Tail>,
    /// Its worklist row; `Err` says why it cannot be read.
    pub work: Result<Option<WorkRow>, String>,
    /// Targets and roles of its links, in order.
    pub links: Vec<(ObjectRef, String)>,
    /// Its milestones, when it is a container; `Err` says why they cannot be read.
    pub journey: Result<Option<JourneyRow>, String>,
}

/// Rows of an index or count that do not follow from the rows they were made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFault {
    /// The table.
    pub table: &'static str,
    /// Which row, as far as it can be named.
    pub row: String,
    /// What does not fit, in English.
    pub what: &'static str,
}

/// Raw bytes, by their hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBytes {
    /// The hash under which they are kept.
    pub kept_under: String,
    /// The hash they have: SHA-256 in lower-case hex.
    pub sha256: String,
}

/// Reads what is kept beside the ledger, for verification. Every method is bounded by its limit.
#[async_trait]
pub trait KeptReader: LedgerReader {
    /// What the indexes say about the events from a position, in order.
    async fn indexed(&self, port: &str, from: u64, limit: u32) -> Result<Vec<IndexedEvent>, StoreError>;
    /// Every object that has a state or is named by an event, with its derived rows; those of a page are of one instant.
    async fn kept_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<KeptObject>, StoreError>;
    /// Rows of indexes and counts that do not follow from their sources; at most `limit`.
    async fn index_faults(&self, port: &str, limit: u32) -> Result<Vec<IndexFault>, StoreError>;
    /// The hashes of all raw bytes, computed anew.
    async fn bytes_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<KeptBytes>, StoreError>;
    /// Are there bytes under this hash?
    async fn has_bytes(&self, port: &str, sha256: &str) -> Result<bool, StoreError>;
}
