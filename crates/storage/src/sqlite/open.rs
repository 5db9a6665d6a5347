//! Opening a file: lock, damage, schema, port, and that the newest head follows from the events.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ledger::merkle::{Frontier, Hash};
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _};
use store::Sealer;
use tokio::sync::watch;

use super::cache::ObjectCache;
use super::group::{POSITION_BITS, State, Tree, place, position};
use super::kinds::Kinds;
use super::queue::Queue;
use super::readers::Readers;
use super::recent::RecentEvents;
use super::writer::{self, Writer};
use super::{Reader, SqliteStore, Writing};
use crate::OpenError;
use crate::migrations::{self, SQLITE, Status};

/// Page size, SQLite's default.
pub(super) const PAGE_BYTES: u64 = 4_096;
/// Statements the writer keeps ready.
const STATEMENTS_KEPT: usize = 128;

/// What is opened for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing, by one process at a time.
    #[default]
    Write,
    /// Reading alone, also while another process writes: verification, export, statistics. The events need not fit the newest head.
    Inspect,
}

/// How to open a file.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// What for.
    pub access: Access,
    /// Connections for single rows, and as many for lists.
    pub readers: usize,
    /// The writer's page cache, MiB.
    pub cache_mib: u32,
    /// Bound of the database file in bytes; `None` leaves it to the disk.
    pub file_bytes_max: Option<u64>,
    /// A commit is acknowledged when the disk has it. `false` only for data that is built anew when the machine fails meanwhile.
    pub durable: bool,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { access: Access::Write, readers: 4, cache_mib: 64, file_bytes_max: None, durable: true }
    }
}

impl SqliteStore {
    /// Opens or creates the database of a port.
    ///
    /// # Errors
    /// [`OpenError`]: in use, not writable, damaged, newer schema, another port, altered.
    pub fn open(path: &Path, port: &str, sealer: Arc<dyn Sealer>, options: SqliteOptions) -> Result<Self, OpenError> {
        let lock = match options.access {
            Access::Write => Some(lock(path)?),
            Access::Inspect => None,
        };
        let conn = connect(path, &options)?;
        match options.access {
            Access::Write => drop(migrate(&conn).map_err(|fault| at(path, fault))?),
            Access::Inspect => {
                let pending = migrations::pending(SQLITE, &applied(&conn).map_err(|e| database(path, e))?)?.len();
                if pending > 0 {
                    return Err(OpenError::Pending { pending });
                }
            }
        }
        let port_no = port_number(&conn, path, port)?;
        let kinds = Arc::new(Kinds::default());
        kinds.load(&conn).map_err(|e| database(path, e))?;
        let tree = tree(&conn, port_no).map_err(|e| database(path, e))?;
        let reader = Arc::new(Reader {
            port: port.to_owned(),
            port_no,
            kinds: Arc::clone(&kinds),
            points: Readers::open(path, options.readers.max(1)).map_err(|e| database(path, e))?,
            scans: Readers::open(path, options.readers.max(1)).map_err(|e| database(path, e))?,
            recent: RecentEvents::default(),
        });
        let sender = watch::Sender::new(tree.frontier.size());
        let changes = sender.subscribe();
        let Some(lock) = lock else {
            return Ok(Self { reader, writing: None, changes, _idle: Some(sender), path: path.to_owned() });
        };
        check_head(&conn, port_no, &tree).map_err(|fault| at(path, fault))?;
        let queue = Arc::new(Queue::new());
        let state = State { port: port.to_owned(), port_no, sealer, kinds, cache: ObjectCache::default(), tree, forget_before: i64::MIN };
        let writer = Writer { conn, state, queue: Arc::clone(&queue), changes: sender, path: path.to_owned(), broken: None };
        let thread = std::thread::Builder::new()
            .name("ledger-writer".into())
            .spawn(move || writer.run())
            .map_err(|source| OpenError::NotWritable { path: path.to_owned(), source })?;
        let writing = Writing { queue, thread: Mutex::new(Some(thread)), lock: Mutex::new(Some(lock)) };
        Ok(Self { reader, writing: Some(writing), changes, _idle: None, path: path.to_owned() })
    }

    /// Which migrations a file has. An absent file has none.
    ///
    /// # Errors
    /// [`OpenError`] when the file cannot be read or its schema is not one of this release.
    pub fn migrate_status(path: &Path) -> Result<Vec<Status>, OpenError> {
        if !path.exists() {
            return Ok(migrations::status(SQLITE, &[]));
        }
        let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| database(path, e))?;
        let applied = applied(&conn).map_err(|e| database(path, e))?;
        migrations::pending(SQLITE, &applied)?;
        Ok(migrations::status(SQLITE, &applied))
    }

    /// Applies what is to come and returns the numbers of what was applied.
    ///
    /// # Errors
    /// [`OpenError`] as for [`Self::open`].
    pub fn migrate(path: &Path) -> Result<Vec<u32>, OpenError> {
        let _lock = lock(path)?;
        let conn = connect(path, &SqliteOptions::default())?;
        migrate(&conn).map_err(|fault| at(path, fault))
    }
}

/// Takes the lock file beside the database.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let not_writable = |source| OpenError::NotWritable { path: name.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&name).map_err(not_writable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(not_writable(source)),
    }
}

fn connect(path: &Path, options: &SqliteOptions) -> Result<Connection, OpenError> {
    let flags = match options.access {
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        Access::Inspect => OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    };
    let conn = Connection::open_with_flags(path, flags).map_err(|e| database(path, e))?;
    let configured = || -> rusqlite::Result<()> {
        conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        keep_plans(&conn)?;
        conn.busy_timeout(Duration::from_secs(10))?;
        if options.access == Access::Write {
            conn.pragma_update(None, "journal_mode", "WAL")?;
            conn.pragma_update(None, "synchronous", if options.durable { "FULL" } else { "OFF" })?;
            conn.pragma_update(None, "wal_autocheckpoint", 0)?;
            conn.pragma_update(None, "temp_store", "MEMORY")?;
            conn.pragma_update(None, "cache_size", -i64::from(options.cache_mib.max(1)) * 1_024)?;
            writer::limit_file(&conn, options.file_bytes_max.map(|bytes| u32::try_from(bytes / PAGE_BYTES).unwrap_or(u32::MAX - 1)))?;
        }
        // The first read of the file: damage and foreign files show here.
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    configured().map_err(|e| database(path, e))?;
    Ok(conn)
}

/// A statement that is ready stays ready. Otherwise SQLite lets the plan of many statements depend on the values bound to them, and as a cached
/// statement is given back with its values cleared, it would be compiled again at every use: more work than most statements do.
pub(super) fn keep_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Migrations a database has.
fn applied(conn: &Connection) -> rusqlite::Result<Vec<(u32, String)>> {
    let exists: bool = conn.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migration'", [], |row| row.get(0))?;
    if !exists {
        return Ok(Vec::new());
    }
    let mut select = conn.prepare("SELECT number, checksum FROM schema_migration ORDER BY number")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn migrate(conn: &Connection) -> Result<Vec<u32>, OpenFault> {
    let pending = migrations::pending(SQLITE, &applied(conn)?)?;
    let mut done = Vec::new();
    for migration in pending {
        conn.execute_batch("BEGIN EXCLUSIVE")?;
        let apply = || -> rusqlite::Result<()> {
            conn.execute_batch(migrations::TABLE)?;
            conn.execute_batch(migration.sql)?;
            conn.execute(
                "INSERT INTO schema_migration (number, file, checksum) VALUES (?1, ?2, ?3)",
                (migration.number, migration.file, migration.checksum()),
            )?;
            conn.execute_batch("COMMIT")
        };
        if let Err(fault) = apply() {
            if !conn.is_autocommit() {
                conn.execute_batch("ROLLBACK")?;
            }
            return Err(fault.into());
        }
        done.push(migration.number);
    }
    Ok(done)
}

/// The port's number; a new database takes the port asked for.
fn port_number(conn: &Connection, path: &Path, port: &str) -> Result<i64, OpenError> {
    let found: Option<(i64, String)> =
        conn.query_row("SELECT no, code FROM port", [], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(|e| database(path, e))?;
    match found {
        Some((no, code)) if code == port => Ok(no),
        Some((_, found)) => Err(OpenError::OtherPort { found, asked: port.to_owned() }),
        None => {
            conn.execute("INSERT INTO port (no, code) VALUES (0, ?1)", [port]).map_err(|e| database(path, e))?;
            Ok(0)
        }
    }
}

/// The end of the log, from the tiles and the leaves after the last complete one.
fn tree(conn: &Connection, port_no: i64) -> rusqlite::Result<Tree> {
    let end = (port_no + 1) << POSITION_BITS;
    let mut tiles = conn.prepare("SELECT root FROM tile WHERE place >= ?1 AND place < ?2 ORDER BY place")?;
    let tiles: Vec<Hash> = tiles.query_map((place(port_no, 0), end), |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut tail = Vec::new();
    let mut ids = Vec::new();
    let mut events = conn.prepare("SELECT leaf, id FROM event WHERE place >= ?1 AND place < ?2 ORDER BY place")?;
    let from = place(port_no, tiles.len() as u64 * ledger::merkle::TILE_LEAVES);
    for row in events.query_map((from, end), |row| Ok((row.get::<_, Hash>(0)?, row.get::<_, [u8; 16]>(1)?)))? {
        let (leaf, id) = row?;
        tail.push(leaf);
        ids.push(uuid::Uuid::from_bytes(id));
    }
    // A tile that is missing shows as a long tail: read as it is, so that the head's check, or verification, names it.
    let frontier = Frontier::rebuild(tiles.iter().copied(), &tail).unwrap_or_else(|_| {
        let mut whole = Frontier::rebuild(tiles, &[]).unwrap_or_default();
        for leaf in &tail {
            whole.append(*leaf);
        }
        whole
    });
    let mut tree = Tree::new(frontier);
    ids.into_iter().for_each(|id| tree.note_id(id));
    Ok(tree)
}

fn check_head(conn: &Connection, port_no: i64, tree: &Tree) -> Result<(), OpenFault> {
    let newest: Option<(i64, String)> = conn
        .query_row(
            "SELECT place, root FROM head WHERE place >= ?1 AND place < ?2 ORDER BY place DESC LIMIT 1",
            (place(port_no, 0), (port_no + 1) << POSITION_BITS),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (size, root) = newest.map_or((0, None), |(at, root)| (position(at), Some(root)));
    let follows = tree.frontier.size() == size && root.is_none_or(|root| root == hex::encode(tree.frontier.root()));
    if follows { Ok(()) } else { Err(OpenFault::Open(OpenError::Altered { size })) }
}

enum OpenFault {
    Open(OpenError),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for OpenFault {
    fn from(fault: rusqlite::Error) -> Self {
        Self::Sqlite(fault)
    }
}

impl From<OpenError> for OpenFault {
    fn from(fault: OpenError) -> Self {
        Self::Open(fault)
    }
}

fn at(path: &Path, fault: OpenFault) -> OpenError {
    match fault {
        OpenFault::Open(error) => error,
        OpenFault::Sqlite(error) => database(path, error),
    }
}

fn database(path: &Path, fault: rusqlite::Error) -> OpenError {
    let path = path.to_owned();
    match fault.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::Corrupt { path, reason: fault.to_string() },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => OpenError::Locked { path },
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::DiskFull) => {
            OpenError::NotWritable { path, source: std::io::Error::other(fault.to_string()) }
        }
        _ => OpenError::Database(Box::new(fault)),
    }
}
