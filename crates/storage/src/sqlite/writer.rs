//! The one thread that writes: takes what waits, writes it as one transaction, answers everybody.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use rusqlite::Connection;
use store::{AuditRow, StoreError};
use tokio::sync::watch;

use super::group::{Fail, Group, State};
use super::queue::{self, Job, Outcome, Queue, Work};
use crate::error;

/// Pages of write-ahead log (4 KiB each) after which it is copied into the database file.
const WAL_PAGES_MAX: u32 = 16_384;
/// Bytes the readiness probe writes after a failure.
const PROBE_BYTES: u32 = 64 << 10;

/// The writer.
pub(super) struct Writer {
    pub conn: Connection,
    pub state: State,
    pub queue: Arc<Queue>,
    pub changes: watch::Sender<u64>,
    pub path: PathBuf,
    /// Set after a failed write until one succeeds.
    pub broken: Option<String>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub fn run(mut self) {
        let mut checkpointer = Checkpointer::start(&self.path, &mut self.conn);
        loop {
            let group = self.queue.take();
            let closed = group.closed;
            self.write(group);
            checkpointer.after_group(&self.conn);
            if closed {
                break;
            }
        }
        drop(checkpointer);
        if let Err(fault) = self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%fault, "the write-ahead log stays; it is read at the next start");
        }
    }

    fn write(&mut self, group: queue::Group) {
        let queue::Group { mut jobs, mut audit, audit_lost, .. } = group;
        if audit_lost > 0 {
            tracing::error!(audit_lost, "accesses could not be recorded: too many were waiting");
        }
        jobs = self.special(jobs);
        if jobs.is_empty() && audit.is_empty() {
            return;
        }
        let size_before = self.state.tree.frontier.size();
        let work: Vec<&Work> = jobs.iter().map(|job| &job.work).collect();
        let answers = match self.transaction(&work, &audit) {
            Ok(answers) => {
                audit.clear();
                answers
            }
            Err(fault) if work.len() + audit.len() <= 1 => work.iter().map(|_| Err(error::sqlite(copy(&fault)))).collect(),
            Err(fault) => {
                tracing::warn!(%fault, commits = work.len(), "a group failed; its commits are written one by one");
                if self.transaction(&[], &audit).is_ok() {
                    audit.clear();
                }
                work.iter().map(|one| self.alone(one)).collect()
            }
        };
        if !audit.is_empty() {
            self.queue.audit_again(audit);
        }
        // Before the answers: who is told that it is done must find the change announced.
        let size = self.state.tree.frontier.size();
        if size != size_before {
            self.changes.send_replace(size);
        }
        for (job, answer) in jobs.into_iter().zip(answers) {
            // A caller that went away needs no answer.
            let _ = job.answer.send((answer, job.work));
        }
        self.state.cache.age();
    }

    fn alone(&mut self, work: &Work) -> Result<Outcome, StoreError> {
        match self.transaction(&[work], &[]) {
            Ok(mut answers) => answers.pop().unwrap_or_else(|| Err(StoreError::Unavailable("no answer".into()))),
            Err(fault) => Err(error::sqlite(fault)),
        }
    }

    /// All of it in one transaction, or nothing; then the state in memory is as before, too.
    fn transaction(&mut self, work: &[&Work], audit: &[AuditRow]) -> rusqlite::Result<Vec<Result<Outcome, StoreError>>> {
        let tree = self.state.tree.clone();
        let forget_before = self.state.forget_before;
        let done = Self::attempt(&self.conn, &mut self.state, work, audit);
        match &done {
            Ok(_) => self.broken = None,
            Err(fault) => {
                self.broken = Some(fault.to_string());
                if !self.conn.is_autocommit()
                    && let Err(fault) = self.conn.execute_batch("ROLLBACK")
                {
                    tracing::error!(%fault, "rollback failed");
                }
                self.state.tree = tree;
                self.state.forget_before = forget_before;
                self.state.cache.clear();
                if let Err(fault) = self.state.kinds.load(&self.conn) {
                    tracing::error!(%fault, "kinds could not be read again");
                }
            }
        }
        done
    }

    fn attempt(
        conn: &Connection,
        state: &mut State,
        work: &[&Work],
        audit: &[AuditRow],
    ) -> rusqlite::Result<Vec<Result<Outcome, StoreError>>> {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut group = Group::new(conn, state)?;
        let mut answers = Vec::with_capacity(work.len());
        for one in work {
            match group.apply(one) {
                Ok(outcome) => answers.push(Ok(outcome)),
                Err(Fail::Refused(refusal)) => answers.push(Err(refusal)),
                Err(Fail::Database(fault)) => return Err(fault),
            }
        }
        group.audit(audit)?;
        group.finish()?;
        conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(answers)
    }

    /// Work that is not part of a transaction.
    fn special(&mut self, jobs: Vec<Job>) -> Vec<Job> {
        let (special, rest): (Vec<Job>, Vec<Job>) =
            jobs.into_iter().partition(|job| matches!(job.work, Work::Probe | Work::LimitFile { .. }));
        for job in special {
            let answer = match job.work {
                Work::LimitFile { pages } => self.limit_file(pages),
                _ => self.probe(),
            };
            let _ = job.answer.send((answer.map(|()| Outcome::Done).map_err(error::sqlite), job.work));
        }
        rest
    }

    fn limit_file(&mut self, pages: Option<u32>) -> rusqlite::Result<()> {
        limit_file(&self.conn, pages)
    }

    /// After a failure, writes and removes some bytes, to learn whether it would fail again.
    fn probe(&mut self) -> rusqlite::Result<()> {
        if self.broken.is_none() {
            return Ok(());
        }
        let tried = self.conn.execute_batch(&format!(
            "BEGIN IMMEDIATE; REPLACE INTO probe (no, bytes) VALUES (1, zeroblob({PROBE_BYTES})); COMMIT; DELETE FROM probe;"
        ));
        if tried.is_ok() {
            self.broken = None;
        } else if !self.conn.is_autocommit() {
            self.conn.execute_batch("ROLLBACK")?;
        }
        tried
    }
}

/// Bounds the database file to a number of pages.
pub(super) fn limit_file(conn: &Connection, pages: Option<u32>) -> rusqlite::Result<()> {
    conn.pragma_update(None, "max_page_count", pages.unwrap_or(u32::MAX - 1))
}

/// The same fault once more: each waiting caller is told.
fn copy(fault: &rusqlite::Error) -> rusqlite::Error {
    match fault {
        rusqlite::Error::SqliteFailure(code, text) => rusqlite::Error::SqliteFailure(*code, text.clone()),
        other => rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR), Some(other.to_string())),
    }
}

/// Copies the write-ahead log into the file on a thread of its own while the writer goes on; the writer then copies the short rest, after
/// which the log starts anew.
struct Checkpointer {
    wal_pages: Arc<AtomicU32>,
    ask: Option<SyncSender<()>>,
    done: std::sync::mpsc::Receiver<()>,
    running: bool,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Checkpointer {
    fn start(path: &Path, writer: &mut Connection) -> Self {
        let wal_pages = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&wal_pages);
        let hooked = writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: std::ffi::c_int| {
            seen.store(pages.unsigned_abs(), Ordering::Relaxed);
            Ok(())
        }));
        if let Err(fault) = hooked {
            tracing::error!(%fault, "the write-ahead log is copied only when the store closes");
        }
        let (ask, asked) = sync_channel::<()>(1);
        let (say, done) = sync_channel::<()>(1);
        let file = path.to_owned();
        let thread = std::thread::Builder::new().name("ledger-checkpoint".into()).spawn(move || {
            let conn = Connection::open(&file);
            while asked.recv().is_ok() {
                if let Ok(conn) = &conn
                    && let Err(fault) = checkpoint(conn)
                {
                    tracing::warn!(%fault, "checkpoint failed; it is tried again");
                }
                if say.send(()).is_err() {
                    break;
                }
            }
        });
        Self { wal_pages, ask: Some(ask), done, running: false, thread: thread.ok() }
    }

    fn after_group(&mut self, conn: &Connection) {
        if self.running {
            if self.done.try_recv().is_ok() {
                self.running = false;
                if let Err(fault) = checkpoint(conn) {
                    tracing::warn!(%fault, "checkpoint failed; it is tried again");
                }
            }
        } else if self.wal_pages.load(Ordering::Relaxed) > WAL_PAGES_MAX {
            self.running = self.ask.as_ref().is_some_and(|ask| ask.try_send(()).is_ok());
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(thread) = self.thread.take() {
            // Its result is `()`; a panic there was reported by the thread.
            let _ = thread.join();
        }
    }
}

fn checkpoint(conn: &Connection) -> rusqlite::Result<()> {
    conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}
