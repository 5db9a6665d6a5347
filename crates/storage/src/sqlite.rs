//! The embedded store: one SQLite file.
#![allow(missing_docs)]
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use ledger::{ObjectRef, StoredEvent, Timestamp};
use store::*;

use crate::OpenError;

#[derive(Clone, Debug, Default)]
pub struct SqliteOptions {}

pub struct SqliteStore { changes: tokio::sync::watch::Sender<u64> }

impl SqliteStore {
    pub fn open(path: &Path, port: &str, sealer: Arc<dyn Sealer>, options: SqliteOptions) -> Result<Self, OpenError> {
        let _ = (path, port, sealer, options);
        Ok(Self { changes: tokio::sync::watch::Sender::new(0) })
    }
}

#[async_trait]
impl LedgerReader for SqliteStore {
    async fn leaves(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, Vec<u8>, [u8; 32])>, StoreError> {
        let _ = (port, from, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn head(&self, port: &str) -> Result<Option<Head>, StoreError> {
        let _ = (port);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn heads(&self, port: &str, from_size: u64, limit: u32) -> Result<Vec<Head>, StoreError> {
        let _ = (port, from_size, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn tiles(&self, port: &str, from: u64, limit: u32) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
        let _ = (port, from, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn objects_after(&self, port: &str, after: Option<&ObjectRef>, limit: u32) -> Result<Vec<ObjectRecord>, StoreError> {
        let _ = (port, after, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn links_after(&self, port: &str, cursor: Option<String>, limit: u32) -> Result<Page<StoredLink>, StoreError> {
        let _ = (port, cursor, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let _ = (commit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    fn audit(&self, port: &str, row: AuditRow) { let _ = (port, row); }
    async fn object(&self, port: &str, object: &ObjectRef) -> Result<Option<ObjectRecord>, StoreError> {
        let _ = (port, object);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn objects(&self, port: &str, objects: &[ObjectRef]) -> Result<Vec<ObjectRecord>, StoreError> {
        let _ = (port, objects);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn events_of(&self, port: &str, object: &ObjectRef, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let _ = (port, object, after, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn events_after(&self, port: &str, after: Option<u64>, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let _ = (port, after, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn event(&self, port: &str, id: &str) -> Result<Option<StoredEvent>, StoreError> {
        let _ = (port, id);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn links(&self, port: &str, object: &ObjectRef, limit: u32) -> Result<Vec<StoredLink>, StoreError> {
        let _ = (port, object, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn work(&self, query: &WorkQuery) -> Result<Page<WorkItem>, StoreError> {
        let _ = (query);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn work_row(&self, port: &str, object: &ObjectRef) -> Result<Option<WorkItem>, StoreError> {
        let _ = (port, object);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn work_tally(&self, query: &WorkQuery, now: Timestamp) -> Result<Vec<WorkTally>, StoreError> {
        let _ = (query, now);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn journeys(&self, query: &JourneyQuery) -> Result<Vec<JourneyRow>, StoreError> {
        let _ = (query);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn journey(&self, port: &str, container: &str) -> Result<Option<JourneyRow>, StoreError> {
        let _ = (port, container);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn outbox(&self, port: &str, query: &OutboxQuery) -> Result<Page<OutboxItem>, StoreError> {
        let _ = (port, query);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn outbox_result(&self, port: &str, id: &str, result: Result<Timestamp, (String, Option<Timestamp>)>) -> Result<(), StoreError> {
        let _ = (port, id, result);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn blob(&self, port: &str, sha256: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let _ = (port, sha256);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn record(&self, port: &str, space: &str, id: &str) -> Result<Option<Record>, StoreError> {
        let _ = (port, space, id);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn records(&self, port: &str, space: &str, after: Option<&str>, limit: u32) -> Result<Vec<Record>, StoreError> {
        let _ = (port, space, after, limit);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn expire_records(&self, port: &str, now: Timestamp) -> Result<u64, StoreError> {
        let _ = (port, now);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn idempotent(&self, port: &str, scope: &str, key: &str) -> Result<Option<IdempotencyRow>, StoreError> {
        let _ = (port, scope, key);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn reserve_numbers(&self, port: &str, series: &str, count: u32) -> Result<u64, StoreError> {
        let _ = (port, series, count);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn audit_log(&self, port: &str, query: &AuditQuery) -> Result<Page<(u64, AuditRow)>, StoreError> {
        let _ = (port, query);
        Err(StoreError::Unavailable("not built yet".into()))
    }
    fn changes(&self) -> tokio::sync::watch::Receiver<u64> {
        self.changes.subscribe()
    }
    async fn ready(&self) -> Result<(), StoreError> {
        
        Err(StoreError::Unavailable("not built yet".into()))
    }
    async fn close(&self) {  }
}

