//! The one task that writes for this process. Other binaries on the same port take turns with it by locking the port's row.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use ledger::merkle::{Frontier, Hash, TILE_LEAVES};
use store::{AuditRow, StoreError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Statement};

use super::group;
use super::open::CONNECT_TIMEOUT;
use super::tls::Address;
use crate::error;
use crate::limits::{GROUP_BYTES_MAX, GROUP_COMMITS_MAX};
use crate::prepare::Prepared;

/// Leaves read at once when another binary has appended.
const LEAVES_AT_ONCE: i64 = 10_000;
/// How long a statement of the writer may take before the database counts as away.
const STATEMENT_TIMEOUT_MS: u32 = 60_000;

/// What the writer is asked to do.
pub(super) enum Work {
    Commit(Box<Prepared>),
    OutboxResult { id: String, result: Result<i64, (String, Option<i64>)> },
    Numbers { series: String, count: u32 },
    Expire { now: i64 },
}

/// What it answers.
pub(super) enum Outcome {
    Committed(store::Committed),
    Number(u64),
    Done,
}

/// What reaches the writer.
pub(super) enum Job {
    Work(Work, oneshot::Sender<Result<Outcome, StoreError>>),
    Audit(AuditRow),
    Close,
}

type Answers = Vec<Result<Outcome, StoreError>>;

/// The writer.
pub(super) struct Writer {
    pub place: Address,
    pub port: String,
    pub sealer: std::sync::Arc<dyn store::Sealer>,
    pub jobs: mpsc::Receiver<Job>,
    pub changes: watch::Sender<u64>,
    pub link: Option<Link>,
    pub log: Frontier,
}

/// The writer's connection with the statements it has made ready.
pub(super) struct Link {
    pub client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Link {
    pub fn new(client: Client) -> Self {
        Self { client, statements: HashMap::new() }
    }

    /// Makes statements ready, those that are not yet, at once.
    pub async fn prepare(&mut self, wanted: impl Iterator<Item = &'static str>) -> Result<(), tokio_postgres::Error> {
        let missing: Vec<&'static str> = wanted.filter(|sql| !self.statements.contains_key(sql)).collect();
        let ready = join_all(missing.iter().map(|sql| self.client.prepare(sql))).await;
        for (sql, statement) in missing.into_iter().zip(ready) {
            self.statements.insert(sql, statement?);
        }
        Ok(())
    }

    /// Executes a statement that was made ready; another is made ready by the way.
    pub async fn execute(&self, sql: &'static str, params: &[&(dyn ToSql + Sync)]) -> Result<u64, tokio_postgres::Error> {
        match self.statements.get(sql) {
            Some(statement) => self.client.execute(statement, params).await,
            None => self.client.execute(sql, params).await,
        }
    }
}

/// Why a connection was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoConnection {
    /// The database said so.
    #[error(transparent)]
    Refused(#[from] tokio_postgres::Error),
    /// Something took the connection and stayed silent: the driver's own limit ends with the TCP handshake.
    #[error("something takes the connection and does not answer")]
    Silent,
}

/// How long connecting may take in all, whichever of the hosts answers.
fn patience(place: &Address) -> Duration {
    let each = place.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
    each * u32::try_from(place.config.get_hosts().len().max(1)).unwrap_or(1)
}

/// A connection for writing.
pub(super) async fn connect(place: &Address) -> Result<Client, NoConnection> {
    let connected = async {
        let (client, connection) = place.config.connect(place.tls.clone()).await?;
        tokio::spawn(async move {
            if let Err(fault) = connection.await {
                tracing::warn!(%fault, "the writer's connection to the database was lost");
            }
        });
        client.batch_execute(&format!("SET synchronous_commit = on; SET statement_timeout = {STATEMENT_TIMEOUT_MS}")).await?;
        Ok(client)
    };
    tokio::time::timeout(patience(place), connected).await.unwrap_or(Err(NoConnection::Silent))
}

impl Writer {
    /// Works until closed.
    pub async fn run(mut self) {
        let mut taken = Vec::with_capacity(GROUP_COMMITS_MAX);
        let mut audit: Vec<AuditRow> = Vec::new();
        while self.jobs.recv_many(&mut taken, GROUP_COMMITS_MAX).await > 0 {
            let mut work = Vec::new();
            let mut answers = Vec::new();
            let mut bytes = 0;
            for job in taken.drain(..) {
                match job {
                    Job::Work(one, answer) => {
                        bytes += if let Work::Commit(prepared) = &one { prepared.bytes } else { 0 };
                        work.push(one);
                        answers.push(answer);
                    }
                    Job::Audit(row) => audit.push(row),
                    // What was sent before is still received and done.
                    Job::Close => self.jobs.close(),
                }
                if bytes >= GROUP_BYTES_MAX {
                    self.write(std::mem::take(&mut work), std::mem::take(&mut answers), &mut audit).await;
                    bytes = 0;
                }
            }
            self.write(work, answers, &mut audit).await;
        }
    }

    async fn write(&mut self, work: Vec<Work>, answers: Vec<oneshot::Sender<Result<Outcome, StoreError>>>, audit: &mut Vec<AuditRow>) {
        if work.is_empty() && audit.is_empty() {
            return;
        }
        let refs: Vec<&Work> = work.iter().collect();
        let outcomes = match self.transaction(&refs, audit).await {
            Ok(outcomes) => {
                audit.clear();
                outcomes
            }
            Err(StoreError::Failed(fault)) if work.len() + audit.len() > 1 => {
                tracing::warn!(%fault, commits = work.len(), "a group failed; its commits are written one by one");
                if self.transaction(&[], audit).await.is_ok() {
                    audit.clear();
                }
                let mut outcomes = Vec::with_capacity(work.len());
                for one in refs {
                    outcomes.push(self.transaction(&[one], &[]).await.and_then(|mut done| done.pop().unwrap_or(Ok(Outcome::Done))));
                }
                outcomes
            }
            Err(fault) => {
                tracing::warn!(%fault, commits = work.len(), "a group was not written");
                let mut outcomes: Answers = work.iter().skip(1).map(|_| Err(repeat(&fault))).collect();
                outcomes.push(Err(fault));
                outcomes
            }
        };
        let excess = audit.len().saturating_sub(crate::limits::AUDIT_WAITING_MAX);
        if excess > 0 {
            tracing::error!(excess, "accesses could not be recorded: too many were waiting");
            audit.drain(..excess);
        }
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // A caller that went away needs no answer.
            let _ = answer.send(outcome);
        }
    }

    /// All of it in one transaction, or nothing.
    async fn transaction(&mut self, work: &[&Work], audit: &[AuditRow]) -> Result<Answers, StoreError> {
        let mut link = match self.link.take().filter(|link| !link.client.is_closed()) {
            Some(link) => link,
            None => Link::new(connect(&self.place).await.map_err(error::no_connection)?),
        };
        let before = self.log.clone();
        match self.attempt(&mut link, work, audit).await {
            Ok(answers) => {
                self.link = Some(link);
                let size = self.log.size();
                self.changes.send_if_modified(|known| {
                    let grown = *known < size;
                    *known = (*known).max(size);
                    grown
                });
                Ok(answers)
            }
            Err(fault) => {
                self.log = before;
                // A connection that cannot even roll back is given up; the server rolls back by itself.
                if link.client.batch_execute("ROLLBACK").await.is_ok() {
                    self.link = Some(link);
                }
                Err(error::postgres(fault))
            }
        }
    }

    async fn attempt(&mut self, link: &mut Link, work: &[&Work], audit: &[AuditRow]) -> Result<Answers, tokio_postgres::Error> {
        link.client.batch_execute("BEGIN").await?;
        let size: i64 = link.client.query_one("SELECT size FROM port_log WHERE port = $1 FOR UPDATE", &[&self.port]).await?.get(0);
        catch_up(&link.client, &self.port, &mut self.log, size as u64).await?;
        let commits: Vec<&Prepared> =
            work.iter().filter_map(|one| if let Work::Commit(prepared) = one { Some(&**prepared) } else { None }).collect();
        let size_before = self.log.size();
        let mut committed = group::write(link, &self.port, &mut self.log, &*self.sealer, &commits, audit).await?.into_iter();
        let mut answers = Vec::with_capacity(work.len());
        for one in work {
            answers.push(match one {
                Work::Commit(_) => {
                    committed.next().unwrap_or_else(|| Err(StoreError::Unavailable("no answer".into()))).map(Outcome::Committed)
                }
                other => small(&link.client, &self.port, other).await?,
            });
        }
        if self.log.size() != size_before {
            link.client.execute("SELECT pg_notify('fairway_ledger', $1)", &[&format!("{} {}", self.log.size(), self.port)]).await?;
        }
        link.client.batch_execute("COMMIT").await?;
        Ok(answers)
    }
}

/// The same answer for every caller of a group.
fn repeat(fault: &StoreError) -> StoreError {
    match fault {
        StoreError::Full => StoreError::Full,
        StoreError::Unavailable(why) => StoreError::Unavailable(why.clone()),
        other => StoreError::Failed(other.to_string().into()),
    }
}

/// Work that is one statement.
async fn small(client: &Client, port: &str, work: &Work) -> Result<Result<Outcome, StoreError>, tokio_postgres::Error> {
    Ok(match work {
        Work::OutboxResult { id, result } => {
            let changed = match result {
                Ok(at) => {
                    let sql =
                        "UPDATE outbox SET state = 1, attempts = attempts + 1, fault = NULL, delivered_at = $3 WHERE port = $1 AND id = $2";
                    client.execute(sql, &[&port, id, at]).await?
                }
                Err((fault, Some(next))) => {
                    let sql = "UPDATE outbox SET state = 0, attempts = attempts + 1, fault = $3, due_at = $4 WHERE port = $1 AND id = $2";
                    client.execute(sql, &[&port, id, fault, next]).await?
                }
                Err((fault, None)) => {
                    client
                        .execute(
                            "UPDATE outbox SET state = 2, attempts = attempts + 1, fault = $3 WHERE port = $1 AND id = $2",
                            &[&port, id, fault],
                        )
                        .await?
                }
            };
            if changed == 1 { Ok(Outcome::Done) } else { Err(StoreError::Conflict(format!("outbox/{id}"))) }
        }
        Work::Numbers { series, count } => {
            let sql = "INSERT INTO number_series AS s (port, series, next) VALUES ($1, $2, 1 + $3::bigint) ON CONFLICT (port, series) DO UPDATE SET next = s.next + $3::bigint RETURNING next";
            let next: i64 = client.query_one(sql, &[&port, series, &i64::from(*count)]).await?.get(0);
            Ok(Outcome::Number((next - i64::from(*count)) as u64))
        }
        Work::Expire { now } => Ok(Outcome::Number(
            client.execute("DELETE FROM record WHERE port = $1 AND expires_at IS NOT NULL AND expires_at <= $2", &[&port, now]).await?,
        )),
        Work::Commit(_) => Ok(Outcome::Done),
    })
}

/// Follows what other binaries have appended.
pub(super) async fn catch_up(client: &Client, port: &str, log: &mut Frontier, size: u64) -> Result<(), tokio_postgres::Error> {
    if size > log.size() + 4 * TILE_LEAVES {
        let tiles = client.query("SELECT root FROM tile WHERE port = $1 ORDER BY no", &[&port]).await?;
        *log = Frontier::rebuild(tiles.iter().map(|row| hash(row.get(0))), &[]).unwrap_or_default();
    }
    while log.size() < size {
        let sql = "SELECT leaf FROM event WHERE port = $1 AND position >= $2 AND position < $3 ORDER BY position LIMIT $4";
        let rows = client.query(sql, &[&port, &(log.size() as i64), &(size as i64), &LEAVES_AT_ONCE]).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            log.append(hash(row.get(0)));
        }
    }
    Ok(())
}

fn hash(bytes: &[u8]) -> Hash {
    bytes.try_into().unwrap_or([0; 32])
}

/// Announces what other processes append: listens, and asks anew after each reconnection.
pub(super) async fn listen(place: Address, port: String, changes: watch::Sender<u64>) {
    /// Pause before the next attempt to connect.
    const PAUSE: Duration = Duration::from_secs(1);
    loop {
        if let Err(fault) = listen_once(&place, &port, &changes).await {
            tracing::warn!(%fault, "not hearing of other processes' events for a moment");
        }
        tokio::select! {
            () = changes.closed() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn listen_once(place: &Address, port: &str, changes: &watch::Sender<u64>) -> Result<(), NoConnection> {
    let connected = tokio::time::timeout(patience(place), place.config.connect(place.tls.clone())).await;
    let (client, mut connection) = connected.map_err(|_| NoConnection::Silent)??;
    let (say, mut heard) = mpsc::channel(64);
    let driver = tokio::spawn(async move {
        while let Some(message) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            if let tokio_postgres::AsyncMessage::Notification(note) = message? {
                // Only the newest matters; a full channel already holds a wake-up.
                let _ = say.try_send(note.payload().to_owned());
            }
        }
        Ok::<(), tokio_postgres::Error>(())
    });
    client.batch_execute("LISTEN fairway_ledger").await?;
    let announce = |size: u64| {
        changes.send_if_modified(|known| {
            let grown = *known < size;
            *known = (*known).max(size);
            grown
        })
    };
    let size: i64 = client.query_one("SELECT size FROM port_log WHERE port = $1", &[&port]).await?.get(0);
    announce(size as u64);
    loop {
        tokio::select! {
            () = changes.closed() => break,
            note = heard.recv() => match note {
                Some(text) => {
                    if let Some((size, whose)) = text.split_once(' ')
                        && whose == port
                        && let Ok(size) = size.parse()
                    {
                        announce(size);
                    }
                }
                None => break,
            },
        }
    }
    drop(client);
    driver.abort();
    Ok(())
}
