//! The way to the writer: a bounded queue of work, and accesses that wait for the next group.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use store::{AuditRow, StoreError};
use tokio::sync::{Semaphore, oneshot};

use crate::limits::{AUDIT_WAITING_MAX, GROUP_BYTES_MAX, GROUP_COMMITS_MAX, WAITING_COMMITS_MAX};
use crate::prepare::Prepared;

/// How long accesses wait for company when nothing else is to be written: one transaction for many reads, and the readers' page caches,
/// which every transaction empties, live that long.
const AUDIT_PATIENCE: Duration = Duration::from_millis(100);
/// So many accesses are written without further waiting.
const AUDIT_GROUP: usize = 2_048;

/// What the writer is asked to do.
#[derive(Debug)]
pub(super) enum Work {
    Commit(Box<Prepared>),
    OutboxResult { id: String, result: Result<i64, (String, Option<i64>)> },
    Numbers { series: String, count: u32 },
    Expire { now: i64 },
    Probe,
    LimitFile { pages: Option<u32> },
}

/// What the writer answers.
#[derive(Debug)]
pub(super) enum Outcome {
    Committed(store::Committed),
    Number(u64),
    Done,
}

/// The answer, and the work itself: its memory is given back where it was taken, not on the writer's thread.
pub(super) type Answer = (Result<Outcome, StoreError>, Work);

/// One piece of work with the way back.
pub(super) struct Job {
    pub work: Work,
    pub answer: oneshot::Sender<Answer>,
}

/// What the writer takes at once.
pub(super) struct Group {
    pub jobs: Vec<Job>,
    pub audit: Vec<AuditRow>,
    /// Accesses that did not fit since the last group.
    pub audit_lost: u64,
    /// No more will come.
    pub closed: bool,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    audit: Vec<AuditRow>,
    audit_lost: u64,
    closed: bool,
    writer_sleeps: bool,
}

/// The queue.
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    room: Semaphore,
}

impl Queue {
    pub fn new() -> Self {
        Self { waiting: Mutex::default(), wake: Condvar::new(), room: Semaphore::new(WAITING_COMMITS_MAX) }
    }

    /// Hands work to the writer and waits for its answer.
    pub async fn ask(&self, work: Work) -> Result<Outcome, StoreError> {
        let closed = || StoreError::Unavailable("the store is closed".into());
        let permit = self.room.acquire().await.map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        {
            let mut waiting = self.waiting.lock();
            if waiting.closed {
                return Err(closed());
            }
            waiting.jobs.push_back(Job { work, answer });
            if std::mem::take(&mut waiting.writer_sleeps) {
                self.wake.notify_one();
            }
        }
        let (outcome, work) = answered.await.map_err(|_| StoreError::Unavailable("the writer stopped".into()))?;
        drop(work);
        drop(permit);
        outcome
    }

    /// Leaves an access for the next group.
    pub fn audit(&self, row: AuditRow) {
        let mut waiting = self.waiting.lock();
        if waiting.audit.len() >= AUDIT_WAITING_MAX || waiting.closed {
            waiting.audit_lost += 1;
            return;
        }
        waiting.audit.push(row);
        // The first starts the writer's patience, and enough of them end it; those between need not wake it.
        if matches!(waiting.audit.len(), 1 | AUDIT_GROUP) && std::mem::take(&mut waiting.writer_sleeps) {
            self.wake.notify_one();
        }
    }

    /// Puts accesses back that could not be written.
    pub fn audit_again(&self, rows: Vec<AuditRow>) {
        let mut waiting = self.waiting.lock();
        let room = AUDIT_WAITING_MAX.saturating_sub(waiting.audit.len());
        waiting.audit_lost += rows.len().saturating_sub(room) as u64;
        waiting.audit.extend(rows.into_iter().take(room));
    }

    /// Waits for work and takes as much as one group may hold.
    pub fn take(&self) -> Group {
        let mut waiting = self.waiting.lock();
        let mut patience: Option<Instant> = None;
        while waiting.jobs.is_empty() && waiting.audit.len() < AUDIT_GROUP && !waiting.closed {
            waiting.writer_sleeps = true;
            if waiting.audit.is_empty() {
                self.wake.wait(&mut waiting);
                continue;
            }
            let until = *patience.get_or_insert_with(|| Instant::now() + AUDIT_PATIENCE);
            if self.wake.wait_until(&mut waiting, until).timed_out() {
                break;
            }
        }
        waiting.writer_sleeps = false;
        let mut jobs = Vec::with_capacity(waiting.jobs.len().min(GROUP_COMMITS_MAX));
        let mut bytes = 0;
        while jobs.len() < GROUP_COMMITS_MAX && bytes < GROUP_BYTES_MAX {
            let Some(job) = waiting.jobs.pop_front() else { break };
            if let Work::Commit(prepared) = &job.work {
                bytes += prepared.bytes;
            }
            jobs.push(job);
        }
        let closed = waiting.closed && waiting.jobs.is_empty();
        Group { jobs, audit: std::mem::take(&mut waiting.audit), audit_lost: std::mem::take(&mut waiting.audit_lost), closed }
    }

    /// No further work is taken; what waits is still done.
    pub fn close(&self) {
        self.waiting.lock().closed = true;
        self.wake.notify_one();
    }
}
