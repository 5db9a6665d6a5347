//! The part of a commit that needs no database: bounds, encoding, leaf hashes. Done on the caller's thread, so that the writer only writes.

use ledger::merkle::{Hash, leaf_hash};
use ledger::{Event, ObjectRef};
use store::{AuditRow, Commit, IdempotencyRow, StoreError};
use uuid::Uuid;

use crate::limits;

/// Bytes of an audit detail that are kept.
const AUDIT_DETAIL_BYTES_MAX: usize = 500;

/// An event ready to be appended.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub id: Uuid,
    pub hash: Hash,
    pub body: Vec<u8>,
    /// The distinct objects it is about.
    pub objects: Vec<ObjectRef>,
}

/// A commit ready to be written. `commit.events` is empty: they are the leaves.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub commit: Commit,
    pub leaves: Vec<Leaf>,
    /// Rough weight, for bounding a group.
    pub bytes: usize,
}

impl Prepared {
    /// Checks the bounds, encodes and hashes.
    pub(crate) fn new(mut commit: Commit) -> Result<Self, StoreError> {
        limits::commit(&commit)?;
        let events = std::mem::take(&mut commit.events);
        let leaves = events.into_iter().map(leaf).collect::<Result<Vec<_>, _>>()?;
        commit.audit.iter_mut().for_each(shorten);
        let bytes = leaves.iter().map(|leaf| leaf.body.len() + 64).sum::<usize>()
            + commit.objects.iter().map(|write| write.state.len() + 64).sum::<usize>()
            + commit.blobs.iter().map(|blob| blob.bytes.len()).sum::<usize>()
            + commit.outbox.iter().map(|row| row.body.len() + 64).sum::<usize>()
            + commit.records.iter().map(|write| write.body.as_ref().map_or(0, Vec::len) + 64).sum::<usize>()
            + (commit.work.len() + commit.links.len() + commit.milestones.len() + commit.audit.len()) * 256;
        Ok(Self { commit, leaves, bytes })
    }
}

fn leaf(event: Event) -> Result<Leaf, StoreError> {
    event.subject().map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    let body = event.encode().map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    if body.len() > limits::EVENT_BYTES_MAX {
        return Err(StoreError::Limit(format!("event {}: {} bytes are more than {}", event.id, body.len(), limits::EVENT_BYTES_MAX)));
    }
    let mut objects: Vec<ObjectRef> = Vec::with_capacity(event.objects.len());
    for link in event.objects {
        // An object may play two parts; its timeline shows the event once. Few objects: a scan beats a set.
        if objects.len() > 64 || !objects.contains(&link.object) {
            objects.push(link.object);
        }
    }
    if objects.len() > 64 {
        let mut seen = std::collections::HashSet::with_capacity(objects.len());
        objects.retain(|object| seen.insert(object.clone()));
    }
    Ok(Leaf { id: event.id, hash: leaf_hash(&body), body, objects })
}

/// Cuts an audit detail to its bound.
pub(crate) fn shorten(row: &mut AuditRow) {
    if row.detail.len() > AUDIT_DETAIL_BYTES_MAX {
        let end = (0..=AUDIT_DETAIL_BYTES_MAX).rev().find(|at| row.detail.is_char_boundary(*at)).unwrap_or(0);
        row.detail.truncate(end);
    }
}

/// The first 8 bytes of the SHA-256 of port, scope and key: a short index key for remembered answers.
pub(crate) fn fingerprint(port: &str, scope: &str, key: &str) -> i64 {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    for part in [port, scope, key] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let digest = hasher.finalize();
    digest[..8].iter().fold(0i64, |value, byte| (value << 8) | i64::from(*byte))
}

/// Is this row older than the answers that are kept, seen from the newest one?
pub(crate) fn forget_before(newest: &IdempotencyRow) -> i64 {
    newest.at.plus_days(-limits::ANSWER_DAYS_KEPT).millis()
}
