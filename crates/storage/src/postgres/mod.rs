//! The cluster store: PostgreSQL, reached by several binaries at once.
//!
//! The connection text is libpq's (`postgres://user:password@host1,host2/db?target_session_attrs=read-write`). TLS is asked for by `sslmode`.

mod dossier;
mod group;
mod kept;
mod open;
mod read;
mod tls;
mod work;
mod writer;

use std::collections::BTreeMap;

use async_trait::async_trait;
use ledger::{Head, ObjectRef, StoredEvent, Timestamp};
use parking_lot::Mutex;
use store::{
    AuditQuery, AuditRow, Commit, Committed, Dossier, DossierQuery, IdempotencyRow, IndexFault, IndexedEvent, JourneyCountQuery,
    JourneyQuery, JourneyRow, KeptBytes, KeptObject, KeptReader, LedgerReader, ObjectRecord, OutboxItem, OutboxQuery, Page, Record, Store,
    StoreError, StoredLink, TallyQuery, TallyRow, WorkItem, WorkQuery, WorkTally,
};
use tokio::sync::{mpsc, oneshot, watch};

use crate::prepare::{self, Prepared};
use crate::{error, limits};
pub(crate) use writer::NoConnection;
use writer::{Job, Outcome, Work};

/// The cluster store of one port.
pub struct PostgresStore {
    port: String,
    pool: deadpool_postgres::Pool,
    jobs: mpsc::Sender<Job>,
    changes: watch::Receiver<u64>,
    tasks: Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

/// The answer to who asks for another port than the store keeps.
fn other_port(own: &str, asked: &str) -> StoreError {
    StoreError::Unavailable(format!("this store keeps port {own}, not {asked}"))
}

fn closed() -> StoreError {
    StoreError::Unavailable("the store is closed".into())
}

impl PostgresStore {
    async fn ask(&self, work: Work) -> Result<Outcome, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job::Work(work, answer)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    fn own(&self, port: &str) -> Result<(), StoreError> {
        if port == self.port { Ok(()) } else { Err(other_port(&self.port, port)) }
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        for task in self.tasks.lock().drain(..) {
            task.abort();
        }
    }
}

#[async_trait]
impl LedgerReader for PostgresStore {
    async fn leaves(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>, [u8; 32])>, StoreError> {
        self.own(port)?;
        self.read_leaves(from, limits::scan(limit)).await
    }

    async fn head(&self, port: &str) -> Result<Option<Head>, StoreError> {
        self.own(port)?;
        Ok(self.read_heads(0, 1, "DESC").await?.pop())
    }

    async fn heads(&self, port: &str, from_size: u64, limit: u32) -> Result<Vec<Head>, StoreError> {
        self.own(port)?;
        self.read_heads(from_size, limits::scan(limit), "ASC").await
    }

    async fn tiles(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        self.own(port)?;
        self.read_tiles(from, limits::scan(limit)).await
    }

    async fn objects_after(&self, port: &str, after: Option<&ObjectRef>, limit: u32) -> Result<Vec<ObjectRecord>, StoreError> {
        self.own(port)?;
        self.read_objects_after(after, limits::scan(limit)).await
    }

    async fn links_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<StoredLink>, StoreError> {
        self.own(port)?;
        self.read_links_after(cursor.as_deref(), limits::scan(limit)).await
    }
}

#[async_trait]
impl KeptReader for PostgresStore {
    async fn indexed(&self, port: &str, from: u64, limit: u32) -> Result<Vec<IndexedEvent>, StoreError> {
        self.own(port)?;
        self.read_indexed(from, limits::scan(limit)).await
    }

    async fn kept_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<KeptObject>, StoreError> {
        self.own(port)?;
        self.read_kept_after(cursor.as_deref(), limits::scan(limit)).await
    }

    async fn index_faults(&self, port: &str, limit: u32) -> Result<Vec<IndexFault>, StoreError> {
        self.own(port)?;
        self.read_index_faults(limits::scan(limit)).await
    }

    async fn bytes_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<KeptBytes>, StoreError> {
        self.own(port)?;
        self.read_bytes_after(cursor.as_deref(), limits::scan(limit)).await
    }

    async fn has_bytes(&self, port: &str, sha256: &str) -> Result<bool, StoreError> {
        self.own(port)?;
        Ok(!self.query("SELECT 1 FROM blob WHERE port = $1 AND sha256 = $2", &[&self.port, &sha256]).await?.is_empty())
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.own(&commit.port)?;
        match self.ask(Work::Commit(Box::new(Prepared::new(commit)?))).await? {
            Outcome::Committed(committed) => Ok(committed),
            Outcome::Number(_) | Outcome::Done => Err(StoreError::Unavailable("the writer answered another question".into())),
        }
    }

    fn audit(&self, port: &str, mut row: AuditRow) {
        prepare::shorten(&mut row);
        if self.own(port).is_ok() && self.jobs.try_send(Job::Audit(row)).is_err() {
            tracing::error!("an access could not be recorded: too many are waiting, or the store is closed");
        }
    }

    async fn object(&self, port: &str, object: &ObjectRef) -> Result<Option<ObjectRecord>, StoreError> {
        self.own(port)?;
        Ok(self.read_objects(std::slice::from_ref(object)).await?.pop())
    }

    async fn objects(&self, port: &str, objects: &[ObjectRef]) -> Result<Vec<ObjectRecord>, StoreError> {
        self.own(port)?;
        self.read_objects(objects).await
    }

    async fn events_of(&self, port: &str, object: &ObjectRef, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        self.own(port)?;
        self.read_events_of(object, after, limits::scan(limit)).await
    }

    async fn dossier(&self, port: &str, query: &DossierQuery) -> Result<Dossier, StoreError> {
        self.own(port)?;
        limits::dossier(query)?;
        self.read_dossier(query).await
    }

    async fn events_after(&self, port: &str, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        self.own(port)?;
        self.read_events_after(after, limits::scan(limit)).await
    }

    async fn event(&self, port: &str, id: &str) -> Result<Option<StoredEvent>, StoreError> {
        self.own(port)?;
        match id.parse::<uuid::Uuid>() {
            Ok(id) => self.read_event(&id.to_string()).await,
            Err(_) => Ok(None),
        }
    }

    async fn links(&self, port: &str, object: &ObjectRef, limit: u32) -> Result<Vec<StoredLink>, StoreError> {
        self.own(port)?;
        self.read_links(object, limits::scan(limit)).await
    }

    async fn work(&self, query: &WorkQuery) -> Result<Page<WorkItem>, StoreError> {
        self.own(&query.port)?;
        self.work_page(query).await
    }

    async fn work_row(&self, port: &str, object: &ObjectRef) -> Result<Option<WorkItem>, StoreError> {
        self.own(port)?;
        self.work_item(object).await
    }

    async fn work_tally(&self, query: &WorkQuery, now: Timestamp) -> Result<Vec<WorkTally>, StoreError> {
        self.own(&query.port)?;
        self.work_counts(query, now).await
    }

    async fn journeys(&self, query: &JourneyQuery) -> Result<Vec<JourneyRow>, StoreError> {
        self.own(&query.port)?;
        self.read_journeys(query).await
    }

    async fn journey_count(&self, query: &JourneyCountQuery) -> Result<u64, StoreError> {
        self.own(&query.port)?;
        self.read_journey_count(query).await
    }

    async fn journeys_by_terminal(&self, query: &JourneyCountQuery) -> Result<BTreeMap<String, u64>, StoreError> {
        self.own(&query.port)?;
        self.read_journeys_by_terminal(query).await
    }

    async fn journey(&self, port: &str, container: &str) -> Result<Option<JourneyRow>, StoreError> {
        self.own(port)?;
        self.read_journey(container).await
    }

    async fn tallies(&self, query: &TallyQuery) -> Result<Vec<TallyRow>, StoreError> {
        self.own(&query.port)?;
        self.read_tallies(query).await
    }

    async fn outbox(&self, port: &str, query: &OutboxQuery) -> Result<Page<OutboxItem>, StoreError> {
        self.own(port)?;
        self.read_outbox(query).await
    }

    async fn outbox_result(&self, port: &str, id: &str, result: Result<Timestamp, (String, Option<Timestamp>)>) -> Result<(), StoreError> {
        self.own(port)?;
        let result = result.map(Timestamp::millis).map_err(|(fault, next)| (fault, next.map(Timestamp::millis)));
        self.ask(Work::OutboxResult { id: id.to_owned(), result }).await.map(drop)
    }

    async fn blob(&self, port: &str, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        self.own(port)?;
        self.read_blob(sha256).await
    }

    async fn record(&self, port: &str, space: &str, id: &str) -> Result<Option<Record>, StoreError> {
        self.own(port)?;
        self.read_record(space, id).await
    }

    async fn records(&self, port: &str, space: &str, after: Option<&str>, limit: u32) -> Result<Vec<Record>, StoreError> {
        self.own(port)?;
        self.read_records(space, after, limits::scan(limit)).await
    }

    async fn expire_records(&self, port: &str, now: Timestamp) -> Result<u64, StoreError> {
        self.own(port)?;
        match self.ask(Work::Expire { now: now.millis() }).await? {
            Outcome::Number(gone) => Ok(gone),
            Outcome::Committed(_) | Outcome::Done => Ok(0),
        }
    }

    async fn idempotent(&self, port: &str, scope: &str, key: &str) -> Result<Option<IdempotencyRow>, StoreError> {
        self.own(port)?;
        self.read_answer(scope, key).await
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
        self.own(port)?;
        self.read_audit(query).await
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        if self.jobs.is_closed() {
            return Err(closed());
        }
        let rows = self.query("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean", &[]).await?;
        match rows.first().map(|row| row.try_get::<_, bool>(0)) {
            Some(Ok(false)) => Ok(()),
            Some(Ok(true)) => Err(StoreError::Unavailable("the database is a standby and takes no writes".into())),
            Some(Err(fault)) => Err(error::postgres(fault)),
            None => Err(StoreError::Unavailable("the database gave no answer".into())),
        }
    }

    async fn close(&self) {
        // Fails when the writer is closed already.
        let _ = self.jobs.send(Job::Close).await;
        let tasks: Vec<_> = self.tasks.lock().drain(..).collect();
        for task in tasks {
            if task.await.is_err_and(|fault| fault.is_panic()) {
                tracing::error!("a task of the store had stopped by a panic");
            }
        }
        self.pool.close();
    }
}
