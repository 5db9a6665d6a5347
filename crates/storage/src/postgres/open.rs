//! Connecting: schema, the port's row, and that the newest head follows from the events.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};
use ledger::merkle::Frontier;
use parking_lot::Mutex;
use store::Sealer;
use tokio::sync::{mpsc, watch};
use tokio_postgres::Client;

use super::PostgresStore;
use super::tls::{Address, address};
use super::writer::{self, Link, Writer, catch_up};
use crate::OpenError;
use crate::limits::WAITING_COMMITS_MAX;
use crate::migrations::{self, POSTGRES, Status};

/// Connections for reading.
const READERS_MAX: usize = 8;
/// How long a connection may take, and how long a reader waits for one.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Key of the advisory lock under which the schema is changed ("fairway" in ASCII).
const MIGRATION_LOCK: i64 = 0x66_61_69_72_77_61_79;

fn unreachable(fault: impl std::error::Error + Send + Sync + 'static) -> OpenError {
    OpenError::Unreachable(Box::new(fault))
}

pub(super) fn database(fault: tokio_postgres::Error) -> OpenError {
    if fault.code().is_some() { OpenError::Database(Box::new(fault)) } else { unreachable(fault) }
}

fn place(url: &str) -> Result<Address, OpenError> {
    let mut place = address(url)?;
    let config = &mut place.config;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("fairway");
    }
    Ok(place)
}

impl PostgresStore {
    /// Connects to the store of a port, bringing the schema up to date.
    ///
    /// # Errors
    /// [`OpenError`]: unreachable, newer schema, altered ledger.
    pub async fn connect(url: &str, port: &str, sealer: Arc<dyn Sealer>) -> Result<Self, OpenError> {
        let place = place(url)?;
        let mut client = writer::connect(&place).await.map_err(unreachable)?;
        migrate(&mut client).await?;
        client.execute("INSERT INTO port_log (port, size) VALUES ($1, 0) ON CONFLICT DO NOTHING", &[&port]).await.map_err(database)?;
        let log = log(&client, port).await?;
        let manager =
            Manager::from_config(place.config.clone(), place.tls.clone(), ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(READERS_MAX)
            .timeouts(Timeouts { wait: Some(CONNECT_TIMEOUT), create: Some(CONNECT_TIMEOUT), recycle: Some(CONNECT_TIMEOUT) })
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(unreachable)?;
        let (jobs, waiting) = mpsc::channel(WAITING_COMMITS_MAX);
        let sender = watch::Sender::new(log.size());
        let changes = sender.subscribe();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let listener = writer::listen(place.clone(), port.to_owned(), sender.clone());
        let writer = Writer { place, port: port.to_owned(), sealer, jobs: waiting, changes: sender, link: Some(Link::new(client)), log };
        let writing = tokio::spawn(async move {
            writer.run().await;
            drop(stop);
        });
        let listening = tokio::spawn(async move {
            tokio::select! {
                () = listener => {}
                _ = stopped => {}
            }
        });
        Ok(Self { port: port.to_owned(), pool, jobs, changes, tasks: Mutex::new(vec![writing, listening]) })
    }

    /// Which migrations a database has.
    ///
    /// # Errors
    /// [`OpenError`] when it cannot be reached or its schema is not one of this release.
    pub async fn migrate_status(url: &str) -> Result<Vec<Status>, OpenError> {
        let client = writer::connect(&place(url)?).await.map_err(unreachable)?;
        let applied = applied(&client).await?;
        migrations::pending(POSTGRES, &applied)?;
        Ok(migrations::status(POSTGRES, &applied))
    }

    /// Applies what is to come and returns the numbers of what was applied.
    ///
    /// # Errors
    /// As for [`Self::connect`].
    pub async fn migrate(url: &str) -> Result<Vec<u32>, OpenError> {
        let mut client = writer::connect(&place(url)?).await.map_err(unreachable)?;
        migrate(&mut client).await
    }
}

async fn applied(client: &impl tokio_postgres::GenericClient) -> Result<Vec<(u32, String)>, OpenError> {
    let exists: bool = client.query_one("SELECT to_regclass('schema_migration') IS NOT NULL", &[]).await.map_err(database)?.get(0);
    if !exists {
        return Ok(Vec::new());
    }
    let rows = client.query("SELECT number, checksum FROM schema_migration ORDER BY number", &[]).await.map_err(database)?;
    Ok(rows.iter().map(|row| (row.get::<_, i32>(0).unsigned_abs(), row.get(1))).collect())
}

/// In one transaction, under a lock: two binaries that start at the same time do it once.
async fn migrate(client: &mut Client) -> Result<Vec<u32>, OpenError> {
    let transaction = client.transaction().await.map_err(database)?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MIGRATION_LOCK]).await.map_err(database)?;
    let found = applied(&transaction).await?;
    let mut done = Vec::new();
    for migration in migrations::pending(POSTGRES, &found)? {
        transaction.batch_execute(migrations::TABLE).await.map_err(database)?;
        transaction.batch_execute(migration.sql).await.map_err(database)?;
        let number = i32::try_from(migration.number).unwrap_or(i32::MAX);
        let sql = "INSERT INTO schema_migration (number, file, checksum) VALUES ($1, $2, $3)";
        transaction.execute(sql, &[&number, &migration.file, &migration.checksum()]).await.map_err(database)?;
        done.push(migration.number);
    }
    transaction.commit().await.map_err(database)?;
    Ok(done)
}

/// The end of the log, checked against the newest head.
async fn log(client: &Client, port: &str) -> Result<Frontier, OpenError> {
    let size: i64 = client.query_one("SELECT size FROM port_log WHERE port = $1", &[&port]).await.map_err(database)?.get(0);
    let mut log = Frontier::new();
    catch_up(client, port, &mut log, size as u64).await.map_err(database)?;
    let head = client.query_opt("SELECT root FROM head WHERE port = $1 AND size = $2", &[&port, &size]).await.map_err(database)?;
    let follows = log.size() == size as u64 && (size == 0 || head.is_some_and(|row| row.get::<_, String>(0) == hex::encode(log.root())));
    if follows { Ok(log) } else { Err(OpenError::Altered { size: size as u64 }) }
}
