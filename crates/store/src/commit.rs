//! What one transaction carries.

use ledger::{Event, ObjectRef, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// One transaction.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Port code; every row is keyed by it.
    pub port: String,
    /// New events in order; the store gives each its position.
    pub events: Vec<Event>,
    /// New object states, each guarded by the version it was decided on.
    pub objects: Vec<ObjectWrite>,
    /// Objects that were read for the decision and are not changed: the commit is refused when one of them has changed since.
    pub reads: Vec<ObjectRead>,
    /// Links between objects (added if new; never removed).
    pub links: Vec<Link>,
    /// Worklist rows (replace the object's former row).
    pub work: Vec<WorkWrite>,
    /// Milestones of container journeys (the first mark of a kind stays).
    pub milestones: Vec<MilestoneMark>,
    /// Things to send.
    pub outbox: Vec<OutboxRow>,
    /// Counters to be raised.
    pub tallies: Vec<TallyMark>,
    /// Raw bytes to keep, by their SHA-256.
    pub blobs: Vec<Blob>,
    /// Register records (organisations, users, tables, settings), each guarded by its version.
    pub records: Vec<RecordWrite>,
    /// The answer to remember for an idempotency key.
    pub idempotency: Option<IdempotencyRow>,
    /// Accesses to record.
    pub audit: Vec<AuditRow>,
}

/// A new state of an object.
#[derive(Clone, Debug)]
pub struct ObjectWrite {
    /// Which object.
    pub object: ObjectRef,
    /// Version it was loaded at; 0 when it must not exist yet. The new version is one more.
    pub expected_version: u64,
    /// JSON of the new state.
    pub state: Vec<u8>,
}

/// An object that a decision was made on without changing it.
#[derive(Clone, Debug)]
pub struct ObjectRead {
    /// Which object.
    pub object: ObjectRef,
    /// Version it was read at; 0 when it did not exist.
    pub version: u64,
}

/// A lasting link between two objects (OCEL 2.0 object-to-object relation).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// From.
    pub from: ObjectRef,
    /// To.
    pub to: ObjectRef,
    /// Qualifier, such as `covers`.
    pub role: &'static str,
}

/// A worklist row of an object.
#[derive(Clone, Debug)]
pub struct WorkWrite {
    /// Which object.
    pub object: ObjectRef,
    /// The row.
    pub row: WorkRow,
}

/// A milestone of a container's journey (节点). The columns of the clearance-time evaluation (TIM-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Milestone {
    /// The ship arrived (抵港).
    ShipArrived,
    /// The container was discharged (卸船).
    Discharged,
    /// The declaration was accepted (申报受理).
    Declared,
    /// The risk decision was given (布控答复).
    Decided,
    /// Inspection was ordered (查验指令).
    InspectionOrdered,
    /// Inspection ended (查验完毕).
    Inspected,
    /// The duty notice was issued (税单签发).
    DutyIssued,
    /// Duty was paid or guaranteed (税费缴纳或担保).
    DutySettled,
    /// Customs released (放行).
    Released,
    /// The delivery order was asked for (申请换单).
    DeliveryOrderRequested,
    /// The delivery order was issued (换单完成).
    DeliveryOrderIssued,
    /// A pick-up was booked (预约提箱).
    Booked,
    /// The truck entered (提箱进闸).
    GatedIn,
    /// The box left the gate (提箱出闸).
    GatedOut,
}

impl Milestone {
    /// All, in the usual order of a journey.
    pub const ALL: [Self; 14] = [
        Self::ShipArrived,
        Self::Discharged,
        Self::Declared,
        Self::Decided,
        Self::InspectionOrdered,
        Self::Inspected,
        Self::DutyIssued,
        Self::DutySettled,
        Self::Released,
        Self::DeliveryOrderRequested,
        Self::DeliveryOrderIssued,
        Self::Booked,
        Self::GatedIn,
        Self::GatedOut,
    ];

    /// Position in [`Self::ALL`]; the column number.
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A milestone reached by a container.
#[derive(Clone, Debug)]
pub struct MilestoneMark {
    /// Container object id.
    pub container: String,
    /// Which.
    pub milestone: Milestone,
    /// When it happened.
    pub at: Timestamp,
    /// Terminal organisation id, where known (kept once set).
    pub terminal: Option<String>,
}

/// A counter raised by a commit (计数): figures over a million objects are kept, not counted again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyMark {
    /// What is counted, such as `message`.
    pub series: &'static str,
    /// Day of the port's clock, days since 1970-01-01.
    pub day: i32,
    /// What is told apart within a day; at most 256 bytes.
    pub key: String,
    /// By how much; negative to put a count right.
    pub by: i64,
}

/// Something to send to somebody.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    /// Unique id (UUIDv7 text).
    pub id: String,
    /// Channel: `bank`, `partner` …
    pub channel: String,
    /// Receiver: organisation or partner id.
    pub receiver: String,
    /// What it is, such as `pain.001`, `CUSRES`.
    pub kind: String,
    /// Object it is about.
    pub object: Option<ObjectRef>,
    /// Bytes to send.
    pub body: Vec<u8>,
    /// Not before.
    pub due_at: Timestamp,
}

/// Raw bytes.
#[derive(Clone, Debug)]
pub struct Blob {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Media type as received.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A record of a register: organisations, users, keys, tables, sessions, settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Register, such as `organisation`, `user`, `session`, `api-key`, `draw-seed`.
    pub space: String,
    /// Identity within it.
    pub id: String,
    /// Version, from 1.
    pub version: u64,
    /// JSON.
    pub body: Vec<u8>,
    /// When it stops to exist, for sessions.
    pub expires_at: Option<Timestamp>,
}

/// A change of a record.
#[derive(Clone, Debug)]
pub struct RecordWrite {
    /// Register.
    pub space: String,
    /// Identity.
    pub id: String,
    /// Version it was loaded at; 0 when it must not exist; `None` when any version may be replaced.
    pub expected_version: Option<u64>,
    /// New JSON; `None` deletes.
    pub body: Option<Vec<u8>>,
    /// When it stops to exist.
    pub expires_at: Option<Timestamp>,
}

/// The remembered answer of a command (幂等).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// Who: organisation and user, so that keys of different users never meet.
    pub scope: String,
    /// The key the client chose, at most 64 bytes.
    pub key: String,
    /// Hash of the request, to refuse another request under the same key.
    pub request_hash: String,
    /// The answer.
    pub answer: Vec<u8>,
    /// When it was given; kept at least 24 hours.
    pub at: Timestamp,
}

/// One access, allowed or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// User, key or `anonymous`.
    pub who: String,
    /// Organisation.
    pub organisation: Option<String>,
    /// Action, such as `case.read`.
    pub action: String,
    /// Object, where there is one.
    pub object: Option<ObjectRef>,
    /// `allowed`, `refused`, `failed`.
    pub outcome: String,
    /// Request id.
    pub request: String,
    /// Detail for the auditor, at most 500 bytes.
    pub detail: String,
}

/// What the store answers to a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Position of the first event, when there were any.
    pub first_position: Option<u64>,
    /// Ledger size after it.
    pub size: u64,
}
