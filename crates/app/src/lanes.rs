//! Lanes of outgoing messages (投递车道): of several processes on one store, one works a lane at a time.
//!
//! A lane is a register record with who holds it and until when, changed only at the version it was read at, so that of two who reach for it
//! one wins. Whoever dies leaves it to the others when its time is over. Time is that of the processes' clocks: they must agree within the
//! margin that the caller adds.
//!
//! Deliberately not known here: what travels in a lane, and how.

use ledger::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Commit, RecordWrite, StoreError};

use crate::{App, AppError};

/// Register of the lanes that were ever held, by name.
pub const LANES: &str = "outgoing-lane";

/// Who holds a lane.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Lease {
    /// Process; nobody in a pause that holds for all.
    holder: String,
    /// Until when.
    until: Timestamp,
}

/// A lane that is held.
#[derive(Debug)]
pub struct HeldLane {
    name: String,
    holder: String,
    until: Timestamp,
    version: u64,
}

impl HeldLane {
    /// Is it held for at least so much longer?
    pub fn lasts(&self, now: Timestamp, seconds: u64) -> bool {
        self.until.since_millis(now) >= i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX)
    }
}

impl App {
    /// Takes a lane for so many seconds; `None` while another process holds it, or while it rests.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn take_lane(&self, name: &str, holder: &str, seconds: u64) -> Result<Option<HeldLane>, AppError> {
        let known = self.store().record(&self.port().code, LANES, name).await?;
        let now = self.now();
        let version = known.as_ref().map_or(0, |record| record.version);
        if let Some(record) = known {
            let lease: Lease =
                serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(format!("record {LANES}/{name}: {e}")))?;
            if lease.until > now && lease.holder != holder {
                return Ok(None);
            }
        }
        let mut lane = HeldLane { name: name.to_owned(), holder: holder.to_owned(), until: now, version };
        Ok(self.keep_lane(&mut lane, seconds).await?.then_some(lane))
    }

    /// Holds a lane for so many seconds from now; `false` when it was lost: its time was over, and another took it.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn keep_lane(&self, lane: &mut HeldLane, seconds: u64) -> Result<bool, AppError> {
        let until = self.now().plus_millis(i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX));
        let kept = self.write_lane(lane, Lease { holder: lane.holder.clone(), until }).await?;
        if kept {
            lane.version += 1;
            lane.until = until;
        }
        Ok(kept)
    }

    /// Gives a lane back; it rests for so many seconds, whoever reaches for it.
    ///
    /// # Errors
    /// The store's fault; the lane is free when its time is over.
    pub async fn leave_lane(&self, lane: HeldLane, rest_seconds: u64) -> Result<(), AppError> {
        let until = self.now().plus_millis(i64::try_from(rest_seconds.saturating_mul(1_000)).unwrap_or(i64::MAX));
        self.write_lane(&lane, Lease { holder: String::new(), until }).await?;
        Ok(())
    }

    async fn write_lane(&self, lane: &HeldLane, lease: Lease) -> Result<bool, AppError> {
        let body = serde_json::to_vec(&lease).map_err(|e| AppError::Internal(e.to_string()))?;
        // Never deleted, so that its versions only grow.
        let write = RecordWrite {
            space: LANES.into(),
            id: lane.name.clone(),
            expected_version: Some(lane.version),
            body: Some(body),
            expires_at: None,
        };
        match self.store().commit(Commit { port: self.port().code.clone(), records: vec![write], ..Commit::default() }).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(fault) => Err(fault.into()),
        }
    }
}
