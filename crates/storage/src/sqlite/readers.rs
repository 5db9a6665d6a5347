//! A few read-only connections shared by all readers.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags};
use store::StoreError;

use super::open::keep_plans;

/// Statements kept ready per connection.
const STATEMENTS_KEPT: usize = 128;
/// Page cache per connection, KiB.
const CACHE_KIB: i64 = 4_096;

/// A pool of connections.
pub(super) struct Readers {
    pool: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    pub fn open(path: &Path, connections: usize) -> rusqlite::Result<Self> {
        let pool = (0..connections)
            .map(|_| {
                let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
                conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
                keep_plans(&conn)?;
                conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
                conn.pragma_update(None, "query_only", true)?;
                conn.busy_timeout(std::time::Duration::from_secs(5))?;
                Ok(Mutex::new(conn))
            })
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(Self { pool, next: AtomicUsize::new(0) })
    }

    /// Reads with a free connection, or with the next one as soon as it is free.
    pub fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        for step in 0..self.pool.len() {
            if let Some(conn) = self.pool[(start + step) % self.pool.len()].try_lock() {
                return read(&conn);
            }
        }
        read(&self.pool[start % self.pool.len()].lock())
    }
}
