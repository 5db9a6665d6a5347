//! The embedded store: one SQLite file, one writer thread with group commit, read-only connections for everybody else.
//!
//! Only one process writes to a file at a time (a lock file beside it is held); inspection is possible at any time.

mod cache;
mod chain;
mod dossier;
mod group;
mod kept;
mod kinds;
mod open;
mod queue;
mod read;
mod readers;
mod recent;
mod work_read;
mod work_write;
mod writer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use ledger::{Head, ObjectRef, StoredEvent, Timestamp};
use parking_lot::Mutex;
use store::{
    AuditQuery, AuditRow, Commit, Committed, Dossier, DossierQuery, IdempotencyRow, IndexFault, IndexedEvent, JourneyCountQuery,
    JourneyQuery, JourneyRow, KeptBytes, KeptObject, KeptReader, LedgerReader, ObjectRecord, OutboxItem, OutboxQuery, Page, Record, Store,
    StoreError, StoredLink, TallyQuery, TallyRow, WorkItem, WorkQuery, WorkTally,
};
use tokio::sync::watch;

use crate::limits;
use crate::prepare::{self, Prepared};
use kinds::Kinds;
use queue::{Outcome, Queue, Work};
use readers::Readers;

pub use open::{Access, SqliteOptions};

/// What readers need.
struct Reader {
    port: String,
    port_no: i64,
    kinds: Arc<Kinds>,
    /// For single rows: answered on the calling thread.
    points: Readers,
    /// For lists: answered on a blocking thread.
    scans: Readers,
    /// Events of timelines read lately.
    recent: recent::RecentEvents,
}

/// The writing side, absent when the file is open for inspection.
struct Writing {
    queue: Arc<Queue>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    /// Held as long as this process may write.
    lock: Mutex<Option<std::fs::File>>,
}

/// The embedded store.
pub struct SqliteStore {
    reader: Arc<Reader>,
    writing: Option<Writing>,
    changes: watch::Receiver<u64>,
    /// Keeps the channel alive when nobody writes.
    _idle: Option<watch::Sender<u64>>,
    path: PathBuf,
}

/// The answer to who asks for another port than the file keeps.
fn other_port(own: &str, asked: &str) -> StoreError {
    StoreError::Unavailable(format!("this store keeps port {own}, not {asked}"))
}

impl SqliteStore {
    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bounds the size of the database file, or lifts the bound. At the bound commits answer [`StoreError::Full`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store is closed.
    pub async fn limit_file(&self, bytes: Option<u64>) -> Result<(), StoreError> {
        let pages = bytes.map(|bytes| u32::try_from(bytes / open::PAGE_BYTES).unwrap_or(u32::MAX - 1).max(1));
        self.ask(Work::LimitFile { pages }).await.map(drop)
    }

    async fn ask(&self, work: Work) -> Result<Outcome, StoreError> {
        match &self.writing {
            Some(writing) => writing.queue.ask(work).await,
            None => Err(StoreError::Unavailable("the store is open for inspection only".into())),
        }
    }

    fn own(&self, port: &str) -> Result<&Reader, StoreError> {
        if port == self.reader.port { Ok(&self.reader) } else { Err(other_port(&self.reader.port, port)) }
    }

    /// A list, read on a blocking thread.
    async fn scan<T: Send + 'static>(
        &self,
        port: &str,
        read: impl FnOnce(&Reader, &rusqlite::Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.own(port)?;
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || reader.scans.with(|conn| read(&reader, conn)))
            .await
            .map_err(|_| StoreError::Unavailable("the read was abandoned".into()))?
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        if let Some(writing) = &self.writing {
            writing.stop();
        }
    }
}

impl Writing {
    fn stop(&self) {
        self.queue.close();
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the writer had stopped by a panic");
        }
        self.lock.lock().take();
    }
}

#[async_trait]
impl LedgerReader for SqliteStore {
    async fn leaves(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>, [u8; 32])>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| read::leaves(reader, conn, from, limit)).await
    }

    async fn head(&self, port: &str) -> Result<Option<Head>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| read::head(reader, conn))
    }

    async fn heads(&self, port: &str, from_size: u64, limit: u32) -> Result<Vec<Head>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| read::heads(reader, conn, from_size, limit)).await
    }

    async fn tiles(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| read::tiles(reader, conn, from, limit)).await
    }

    async fn objects_after(&self, port: &str, after: Option<&ObjectRef>, limit: u32) -> Result<Vec<ObjectRecord>, StoreError> {
        let (after, limit) = (after.cloned(), limits::scan(limit));
        self.scan(port, move |reader, conn| read::objects_after(reader, conn, after.as_ref(), limit)).await
    }

    async fn links_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<StoredLink>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| read::links_after(reader, conn, cursor.as_deref(), limit)).await
    }
}

#[async_trait]
impl KeptReader for SqliteStore {
    async fn indexed(&self, port: &str, from: u64, limit: u32) -> Result<Vec<IndexedEvent>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| kept::indexed(reader, conn, from, limit)).await
    }

    async fn kept_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<KeptObject>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| kept::kept_after(reader, conn, cursor.as_deref(), limit)).await
    }

    async fn index_faults(&self, port: &str, limit: u32) -> Result<Vec<IndexFault>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| kept::index_faults(reader, conn, limit)).await
    }

    async fn bytes_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<KeptBytes>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| kept::bytes_after(reader, conn, cursor.as_deref(), limit)).await
    }

    async fn has_bytes(&self, port: &str, sha256: &str) -> Result<bool, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| kept::has_bytes(reader, conn, sha256))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let prepared = Prepared::new(commit)?;
        match self.ask(Work::Commit(Box::new(prepared))).await? {
            Outcome::Committed(committed) => Ok(committed),
            Outcome::Number(_) | Outcome::Done => Err(StoreError::Unavailable("the writer answered another question".into())),
        }
    }

    fn audit(&self, port: &str, mut row: AuditRow) {
        if let Some(writing) = &self.writing
            && self.own(port).is_ok()
        {
            prepare::shorten(&mut row);
            writing.queue.audit(row);
        }
    }

    async fn object(&self, port: &str, object: &ObjectRef) -> Result<Option<ObjectRecord>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| read::object(reader, conn, object))
    }

    async fn objects(&self, port: &str, objects: &[ObjectRef]) -> Result<Vec<ObjectRecord>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| {
            let mut found = Vec::with_capacity(objects.len());
            for object in objects {
                found.extend(read::object(reader, conn, object)?);
            }
            Ok(found)
        })
    }

    async fn events_of(&self, port: &str, object: &ObjectRef, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let reader = self.own(port)?;
        let limit = limits::scan(limit);
        if limit <= limits::PAGE_ROWS_MAX {
            return reader.points.with(|conn| read::events_of(reader, conn, object, after, limit));
        }
        let object = object.clone();
        self.scan(port, move |reader, conn| read::events_of(reader, conn, &object, after, limit)).await
    }

    async fn dossier(&self, port: &str, query: &DossierQuery) -> Result<Dossier, StoreError> {
        let reader = self.own(port)?;
        limits::dossier(query)?;
        reader.points.with(|conn| dossier::dossier(reader, conn, query))
    }

    async fn events_after(&self, port: &str, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let limit = limits::scan(limit);
        self.scan(port, move |reader, conn| read::events_after(reader, conn, after, limit)).await
    }

    async fn event(&self, port: &str, id: &str) -> Result<Option<StoredEvent>, StoreError> {
        let Ok(id) = id.parse::<uuid::Uuid>() else {
            return self.own(port).map(|_| None);
        };
        self.scan(port, move |reader, conn| read::event(reader, conn, id)).await
    }

    async fn links(&self, port: &str, object: &ObjectRef, limit: u32) -> Result<Vec<StoredLink>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| read::links(reader, conn, object, limits::scan(limit)))
    }

    async fn work(&self, query: &WorkQuery) -> Result<Page<WorkItem>, StoreError> {
        let asked = query.clone();
        self.scan(&query.port, move |reader, conn| work_read::page(reader, conn, &asked)).await
    }

    async fn work_row(&self, port: &str, object: &ObjectRef) -> Result<Option<WorkItem>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| work_read::row_of(reader, conn, object))
    }

    async fn work_tally(&self, query: &WorkQuery, now: Timestamp) -> Result<Vec<WorkTally>, StoreError> {
        let asked = query.clone();
        self.scan(&query.port, move |reader, conn| work_read::tally(reader, conn, &asked, now)).await
    }

    async fn journeys(&self, query: &JourneyQuery) -> Result<Vec<JourneyRow>, StoreError> {
        let asked = query.clone();
        self.scan(&query.port, move |reader, conn| read::journeys(reader, conn, &asked)).await
    }

    async fn journey_count(&self, query: &JourneyCountQuery) -> Result<u64, StoreError> {
        let asked = query.clone();
        self.scan(&query.port, move |reader, conn| read::journey_count(reader, conn, &asked)).await
    }

    async fn journeys_by_terminal(&self, query: &JourneyCountQuery) -> Result<BTreeMap<String, u64>, StoreError> {
        let asked = query.clone();
        self.scan(&query.port, move |reader, conn| read::journeys_by_terminal(reader, conn, &asked)).await
    }

    async fn journey(&self, port: &str, container: &str) -> Result<Option<JourneyRow>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| read::journey(reader, conn, container))
    }

    async fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError> {
        let asked = query.clone();
        self.scan(&query.port, move |reader, conn| read::tallies(reader, conn, &asked)).await
    }

    async fn outbox(&self, port: &str, query: &OutboxQuery) -> Result<Page<OutboxItem>, StoreError> {
        let asked = query.clone();
        self.scan(port, move |reader, conn| read::outbox(reader, conn, &asked)).await
    }

    async fn outbox_result(&self, port: &str, id: &str, result: Result<Timestamp, (String, Option<Timestamp>)>) -> Result<(), StoreError> {
        self.own(port)?;
        let result = result.map(Timestamp::millis).map_err(|(fault, next)| (fault, next.map(Timestamp::millis)));
        self.ask(Work::OutboxResult { id: id.to_owned(), result }).await.map(drop)
    }

    async fn blob(&self, port: &str, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let sha256 = sha256.to_owned();
        self.scan(port, move |reader, conn| read::blob(reader, conn, &sha256)).await
    }

    async fn record(&self, port: &str, space: &str, id: &str) -> Result<Option<Record>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| read::record(reader, conn, space, id))
    }

    async fn records(&self, port: &str, space: &str, after: Option<&str>, limit: u32) -> Result<Vec<Record>, StoreError> {
        let (space, after, limit) = (space.to_owned(), after.map(str::to_owned), limits::scan(limit));
        self.scan(port, move |reader, conn| read::records(reader, conn, &space, after.as_deref(), limit)).await
    }

    async fn expire_records(&self, port: &str, now: Timestamp) -> Result<u64, StoreError> {
        self.own(port)?;
        match self.ask(Work::Expire { now: now.millis() }).await? {
            Outcome::Number(gone) => Ok(gone),
            Outcome::Committed(_) | Outcome::Done => Ok(0),
        }
    }

    async fn idempotent(&self, port: &str, scope: &str, key: &str) -> Result<Option<IdempotencyRow>, StoreError> {
        let reader = self.own(port)?;
        reader.points.with(|conn| group::answer_of(conn, reader.port_no, &reader.port, scope, key).map_err(crate::error::sqlite))
    }

    async fn reserve_numbers(&self, port: &str, series: &str, count: u32) -> Result<u64, StoreError> {
        self.own(port)?;
        limits::numbers(series, count)?;
        match self.ask(Work::Numbers { series: series.to_owned(), count }).await? {
            Outcome::Number(first) => Ok(first),
            Outcome::Committed(_) | Outcome::Done => Err(StoreError::Unavailable("the writer answered another question".into())),
        }
    }

    async fn audit_log(&self, port: &str, query: &AuditQuery) -> Result<Page<(u64, AuditRow)>, StoreError> {
        let asked = query.clone();
        self.scan(port, move |reader, conn| read::audit_log(reader, conn, &asked)).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.reader.points.with(|conn| conn.query_row("SELECT 1", [], |_| Ok(())).map_err(crate::error::sqlite))?;
        self.ask(Work::Probe).await.map(drop)
    }

    async fn close(&self) {
        let Some(writing) = &self.writing else { return };
        writing.queue.close();
        let thread = writing.thread.lock().take();
        if let Some(thread) = thread {
            // Waiting for the last group may take as long as the disk does: not on a thread of the runtime.
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the writer had stopped by a panic");
            }
        }
        writing.lock.lock().take();
    }
}
