//! The part of a commit that needs no database: bounds, encoding, leaf hashes. Done on the caller's thread, so that the writer only writes.

use std::collections::HashMap;

use ledger::merkle::{Hash, leaf_hash};
use ledger::{Event, ObjectRef, WorkRow};
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
    pub objects: Vec<Ref>,
}

/// Index into [`Prepared::refs`].
pub(crate) type Ref = u32;

/// A commit ready to be written. Every object it names is looked up once: the rest refers to it by index.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// The distinct objects named anywhere in the commit.
    pub refs: Vec<ObjectRef>,
    pub leaves: Vec<Leaf>,
    /// New states: object, expected version, JSON.
    pub states: Vec<(Ref, u64, Vec<u8>)>,
    pub links: Vec<(Ref, Ref, &'static str)>,
    pub work: Vec<(Ref, WorkRow)>,
    /// What needs no preparation; `events`, `objects`, `links` and `work` are empty here.
    pub commit: Commit,
    /// Rough weight, for bounding a group.
    pub bytes: usize,
}

/// Gives each distinct object a number.
#[derive(Default)]
struct Interner(HashMap<ObjectRef, Ref>);

impl Interner {
    fn number(&mut self, object: ObjectRef) -> Ref {
        let next = self.0.len() as Ref;
        *self.0.entry(object).or_insert(next)
    }

    fn into_refs(self) -> Vec<ObjectRef> {
        let mut numbered: Vec<(Ref, ObjectRef)> = self.0.into_iter().map(|(object, no)| (no, object)).collect();
        numbered.sort_unstable_by_key(|(no, _)| *no);
        numbered.into_iter().map(|(_, object)| object).collect()
    }
}

impl Prepared {
    /// Checks the bounds, encodes and hashes.
    pub(crate) fn new(mut commit: Commit) -> Result<Self, StoreError> {
        limits::commit(&commit)?;
        let mut interner = Interner::default();
        let states: Vec<_> = std::mem::take(&mut commit.objects)
            .into_iter()
            .map(|write| (interner.number(write.object), write.expected_version, write.state))
            .collect();
        let leaves =
            std::mem::take(&mut commit.events).into_iter().map(|event| leaf(event, &mut interner)).collect::<Result<Vec<_>, _>>()?;
        let links: Vec<_> = std::mem::take(&mut commit.links)
            .into_iter()
            .map(|link| (interner.number(link.from), interner.number(link.to), link.role))
            .collect();
        let work: Vec<_> = std::mem::take(&mut commit.work).into_iter().map(|write| (interner.number(write.object), write.row)).collect();
        commit.audit.iter_mut().for_each(shorten);
        let bytes = leaves.iter().map(|leaf| leaf.body.len() + 64).sum::<usize>()
            + states.iter().map(|(_, _, state)| state.len() + 64).sum::<usize>()
            + commit.blobs.iter().map(|blob| blob.bytes.len()).sum::<usize>()
            + commit.outbox.iter().map(|row| row.body.len() + 64).sum::<usize>()
            + commit.records.iter().map(|write| write.body.as_ref().map_or(0, Vec::len) + 64).sum::<usize>()
            + (work.len() + links.len() + commit.milestones.len() + commit.tallies.len() + commit.audit.len()) * 256
            + commit.reads.len() * 64;
        Ok(Self { refs: interner.into_refs(), leaves, states, links, work, commit, bytes })
    }
}

fn leaf(event: Event, interner: &mut Interner) -> Result<Leaf, StoreError> {
    event.subject().map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    let body = event.encode().map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    if body.len() > limits::EVENT_BYTES_MAX {
        return Err(StoreError::Limit(format!("event {}: {} bytes are more than {}", event.id, body.len(), limits::EVENT_BYTES_MAX)));
    }
    let mut objects: Vec<Ref> = Vec::with_capacity(event.objects.len());
    for link in event.objects {
        // An object may play two parts; its timeline shows the event once.
        let no = interner.number(link.object);
        if !objects.contains(&no) {
            objects.push(no);
        }
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
