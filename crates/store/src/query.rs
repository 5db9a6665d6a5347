//! What is asked, and the rows that answer.

use std::sync::Arc;

use ledger::{ObjectRef, StoredEvent, Timestamp, WorkRow};

use crate::{Milestone, OutboxRow};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Opaque cursor of the next page; `None` at the end.
    pub next: Option<String>,
}

/// An object as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRecord {
    /// Which.
    pub object: ObjectRef,
    /// Version, from 1.
    pub version: u64,
    /// JSON of the state.
    pub state: Vec<u8>,
}

/// What is wanted of a [`Dossier`].
#[derive(Clone, Debug, Default)]
pub struct DossierQuery {
    /// The objects.
    pub objects: Vec<ObjectRef>,
    /// Events wanted of each object, the oldest ones; 0 wants none.
    pub events: u32,
    /// Events of each object, the oldest ones, in which other objects are looked for; 0 looks for none.
    pub named: u32,
}

/// Everything kept about some objects, as of one instant: what a page about them shows.
#[derive(Clone, Debug, Default)]
pub struct Dossier {
    /// The objects that exist, each once.
    pub objects: Vec<FiledObject>,
    /// The events that concern any of them, each once, oldest first.
    pub events: Vec<Arc<StoredEvent>>,
    /// The other objects that their events name, each once; order is not kept.
    pub named: Vec<ObjectRef>,
}

/// An object with the row by which it shows itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledObject {
    /// State and version.
    pub record: ObjectRecord,
    /// Worklist row; `None` for objects that never wrote one.
    pub row: Option<WorkRow>,
}

/// A link as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLink {
    /// From.
    pub from: ObjectRef,
    /// To.
    pub to: ObjectRef,
    /// Qualifier.
    pub role: String,
}

/// Whose rows may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Everything of the port (the platform itself).
    Port,
    /// Rows that name this organisation among their parties or as owner.
    Organisation(String),
    /// Rows whose authority is one of these.
    Authorities(Vec<String>),
    /// Every row of these kinds, and rows of other kinds whose authority is this one: an authority's office at the port.
    Office {
        /// Kinds seen whoever claims them.
        kinds: Vec<String>,
        /// Whose rows of other kinds are seen.
        authority: Option<String>,
    },
}

/// Order of a worklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WorkOrder {
    /// Newest opened first.
    #[default]
    Newest,
    /// Earliest due first; rows without a due time last.
    Due,
}

/// A question to the worklist.
#[derive(Clone, Debug)]
pub struct WorkQuery {
    /// Port.
    pub port: String,
    /// Whose rows.
    pub visibility: Visibility,
    /// Object kinds; empty means all.
    pub kinds: Vec<String>,
    /// Status codes; empty means all.
    pub statuses: Vec<String>,
    /// Only rows on which this organisation must act.
    pub owner: Option<String>,
    /// Only rows with this next action; empty means all.
    pub actions: Vec<String>,
    /// `Some(true)` open only, `Some(false)` closed only.
    pub open: Option<bool>,
    /// Exact key or its beginning (at least 3 characters), upper case.
    pub key_prefix: Option<String>,
    /// Exact keys, upper case; a row carries all of them.
    pub keys: Vec<String>,
    /// Opened at or after.
    pub opened_from: Option<Timestamp>,
    /// Opened before.
    pub opened_to: Option<Timestamp>,
    /// Due before (overdue lists).
    pub due_before: Option<Timestamp>,
    /// Order.
    pub order: WorkOrder,
    /// Cursor of an earlier answer.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: u32,
}

/// A worklist row with the object it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// Object.
    pub object: ObjectRef,
    /// Row.
    pub row: WorkRow,
}

/// Number of rows per kind and status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkTally {
    /// Object kind.
    pub kind: String,
    /// Status code.
    pub status: String,
    /// Next action code.
    pub action: Option<String>,
    /// Rows.
    pub count: u64,
    /// Rows whose due time lies before the instant asked for.
    pub overdue: u64,
}

/// Journeys wanted: those with `by` inside the period.
#[derive(Clone, Debug)]
pub struct JourneyQuery {
    /// Port.
    pub port: String,
    /// Milestone that places a journey in the period.
    pub by: Milestone,
    /// From (inclusive).
    pub from: Timestamp,
    /// To (exclusive).
    pub to: Timestamp,
    /// Terminal organisation.
    pub terminal: Option<String>,
    /// Only what follows this row of an earlier answer: its instant of `by`, and its container.
    pub after: Option<(Timestamp, String)>,
    /// At most this many rows, newest first, those of one instant by container (limit 200,000).
    pub limit: u32,
}

/// Journeys to be counted: those with `by` inside the period.
#[derive(Clone, Debug)]
pub struct JourneyCountQuery {
    /// Port.
    pub port: String,
    /// Milestone that places a journey in the period.
    pub by: Milestone,
    /// From (inclusive).
    pub from: Timestamp,
    /// To (exclusive).
    pub to: Timestamp,
    /// Only those that reached this milestone as well, whenever that was.
    pub reached: Option<Milestone>,
}

/// Counters wanted: those of a series within some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyQuery {
    /// Port.
    pub port: String,
    /// Series.
    pub series: String,
    /// From this day on (inclusive).
    pub from_day: i32,
    /// Up to this day (exclusive).
    pub to_day: i32,
}

/// A counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyRow {
    /// Day of the port's clock, days since 1970-01-01.
    pub day: i32,
    /// What is counted.
    pub key: String,
    /// How many; never 0.
    pub count: i64,
}

/// Milestones of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyRow {
    /// Container object id.
    pub container: String,
    /// Terminal.
    pub terminal: Option<String>,
    /// One instant per [`Milestone`], by [`Milestone::index`].
    pub at: [Option<Timestamp>; 14],
}

/// Something to send, with the state of sending.
#[derive(Clone, Debug)]
pub struct OutboxItem {
    /// What.
    pub row: OutboxRow,
    /// `pending`, `delivered`, `dead`.
    pub state: String,
    /// Attempts so far.
    pub attempts: u32,
    /// Last fault.
    pub fault: Option<String>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
}

/// A question to the outbox.
#[derive(Clone, Debug, Default)]
pub struct OutboxQuery {
    /// Channel.
    pub channel: Option<String>,
    /// Receiver.
    pub receiver: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Due at or before.
    pub due_by: Option<Timestamp>,
    /// About this object.
    pub object: Option<ObjectRef>,
    /// Cursor.
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

/// A question to the access log, newest first.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Who.
    pub who: Option<String>,
    /// Organisation.
    pub organisation: Option<String>,
    /// Action.
    pub action: Option<String>,
    /// Object.
    pub object: Option<ObjectRef>,
    /// From.
    pub from: Option<Timestamp>,
    /// To.
    pub to: Option<Timestamp>,
    /// Cursor.
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}
