//! Named bounds of what a store takes and gives.

use std::collections::HashSet;

use ledger::ObjectRef;
use store::{Commit, DOSSIER_OBJECTS_MAX, DossierQuery, StoreError, WORK_KEYS_MAX};

/// Events of one commit.
pub const COMMIT_EVENTS_MAX: usize = 50_000;
/// Rows of any other sort in one commit: the links of a manifest of 5,000 bills with several containers each.
pub const COMMIT_ROWS_MAX: usize = 100_000;
/// Bytes of one encoded event.
pub const EVENT_BYTES_MAX: usize = 1 << 20;
/// Objects of one event.
pub const EVENT_OBJECTS_MAX: usize = 4_096;
/// Bytes of one object state or record.
pub const STATE_BYTES_MAX: usize = 8 << 20;
/// Bytes of one raw message or file.
pub const BLOB_BYTES_MAX: usize = 256 << 20;
/// Bytes of an object kind.
pub const KIND_BYTES_MAX: usize = 32;
/// Bytes of an object id.
pub const ID_BYTES_MAX: usize = 64;
/// Parties of a worklist row.
pub const WORK_PARTIES_MAX: usize = 64;
/// Rows of a page.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Rows of a scan (events, leaves, records …).
pub const SCAN_ROWS_MAX: u32 = 10_000;
/// Journeys of one answer.
pub const JOURNEY_ROWS_MAX: u32 = 200_000;
/// Counters of one answer.
pub const TALLY_ROWS_MAX: usize = 500_000;
/// Bytes of names and codes: series, registers, scopes, channels, statuses.
const NAME_BYTES_MAX: usize = 256;
/// Bytes of a remembered answer.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// Bytes of an idempotency key.
const KEY_BYTES_MAX: usize = 64;
/// Days a remembered answer is kept.
pub(crate) const ANSWER_DAYS_KEPT: i64 = 7;
/// Remembered answers forgotten in one step.
pub(crate) const ANSWERS_FORGOTTEN_PER_STEP: u32 = 256;
/// Accesses waiting to be written; further ones are counted and reported as lost.
pub(crate) const AUDIT_WAITING_MAX: usize = 100_000;
/// Commits of one group.
pub(crate) const GROUP_COMMITS_MAX: usize = 1_024;
/// Bytes of one group, after which no further commit joins it.
pub(crate) const GROUP_BYTES_MAX: usize = 8 << 20;
/// Commits waiting for the writer; further callers wait outside.
pub(crate) const WAITING_COMMITS_MAX: usize = 4_096;
/// Every so many events of an object its place is marked, so that long timelines can be entered anywhere.
pub(crate) const MARK_EVERY: u64 = 64;
/// Numbers taken at once.
const NUMBERS_MAX: u32 = 1_000_000;

/// The rows of an answer, unless they are too many.
pub(crate) fn tallies<T>(rows: Vec<T>) -> Result<Vec<T>, StoreError> {
    within("counters of an answer (ask for fewer days)", rows.len(), TALLY_ROWS_MAX)?;
    Ok(rows)
}

fn within(what: &str, found: usize, limit: usize) -> Result<(), StoreError> {
    if found <= limit { Ok(()) } else { Err(StoreError::Limit(format!("{what}: {found} is more than {limit}"))) }
}

/// A page limit between 1 and [`PAGE_ROWS_MAX`].
pub(crate) fn page(limit: u32) -> u32 {
    limit.clamp(1, PAGE_ROWS_MAX)
}

/// A scan limit between 1 and [`SCAN_ROWS_MAX`].
pub(crate) fn scan(limit: u32) -> u32 {
    limit.clamp(1, SCAN_ROWS_MAX)
}

/// Are so many numbers allowed at once?
pub(crate) fn numbers(series: &str, count: u32) -> Result<(), StoreError> {
    within("name of a series", series.len(), NAME_BYTES_MAX)?;
    if count == 0 {
        return Err(StoreError::Limit("at least one number must be taken".into()));
    }
    within("numbers", count as usize, NUMBERS_MAX as usize)
}

/// Is a dossier of so many objects allowed?
pub(crate) fn dossier(query: &DossierQuery) -> Result<(), StoreError> {
    within("objects of a dossier", query.objects.len(), DOSSIER_OBJECTS_MAX)?;
    within("events of an object in a dossier", query.events.max(query.named) as usize, SCAN_ROWS_MAX as usize)
}

pub(crate) fn object(object: &ObjectRef) -> Result<(), StoreError> {
    within("object kind, bytes", object.kind.len(), KIND_BYTES_MAX)?;
    within("object id, bytes", object.id.len(), ID_BYTES_MAX)
}

/// Checks everything of a commit that has a bound; events' bytes are checked where they are encoded.
pub(crate) fn commit(commit: &Commit) -> Result<(), StoreError> {
    within("events of a commit", commit.events.len(), COMMIT_EVENTS_MAX)?;
    for (what, found) in [
        ("objects of a commit", commit.objects.len()),
        ("objects read for a commit", commit.reads.len()),
        ("links of a commit", commit.links.len()),
        ("worklist rows of a commit", commit.work.len()),
        ("milestones of a commit", commit.milestones.len()),
        ("outbox rows of a commit", commit.outbox.len()),
        ("blobs of a commit", commit.blobs.len()),
        ("records of a commit", commit.records.len()),
        ("accesses of a commit", commit.audit.len()),
        ("counters of a commit", commit.tallies.len()),
    ] {
        within(what, found, COMMIT_ROWS_MAX)?;
    }
    let mut seen = HashSet::with_capacity(commit.objects.len());
    for write in &commit.objects {
        object(&write.object)?;
        within("object state, bytes", write.state.len(), STATE_BYTES_MAX)?;
        if !seen.insert(&write.object) {
            return Err(StoreError::Limit(format!("{} is written twice in one commit", write.object)));
        }
    }
    commit.reads.iter().try_for_each(|read| object(&read.object))?;
    for event in &commit.events {
        within("objects of an event", event.objects.len(), EVENT_OBJECTS_MAX)?;
        event.objects.iter().try_for_each(|link| object(&link.object))?;
    }
    for link in &commit.links {
        object(&link.from)?;
        object(&link.to)?;
    }
    for work in &commit.work {
        object(&work.object)?;
        within("parties of a worklist row", work.row.parties.len(), WORK_PARTIES_MAX)?;
        within("keys of a worklist row", work.row.keys.len(), WORK_KEYS_MAX)?;
        work.row
            .keys
            .iter()
            .chain(&work.row.parties)
            .chain([&work.row.title, &work.row.status])
            .try_for_each(|s| within("worklist text, bytes", s.len(), NAME_BYTES_MAX))?;
    }
    for mark in &commit.milestones {
        within("container id, bytes", mark.container.len(), ID_BYTES_MAX)?;
    }
    for mark in &commit.tallies {
        within("series of a counter, bytes", mark.series.len(), NAME_BYTES_MAX)?;
        within("key of a counter, bytes", mark.key.len(), NAME_BYTES_MAX)?;
    }
    for row in &commit.outbox {
        within("outbox body, bytes", row.body.len(), BLOB_BYTES_MAX)?;
    }
    for blob in &commit.blobs {
        within("blob, bytes", blob.bytes.len(), BLOB_BYTES_MAX)?;
    }
    let mut records = HashSet::with_capacity(commit.records.len());
    for write in &commit.records {
        within("register, bytes", write.space.len(), NAME_BYTES_MAX)?;
        within("record id, bytes", write.id.len(), NAME_BYTES_MAX)?;
        within("record, bytes", write.body.as_ref().map_or(0, Vec::len), STATE_BYTES_MAX)?;
        if !records.insert((&write.space, &write.id)) {
            return Err(StoreError::Limit(format!("record {}/{} is written twice in one commit", write.space, write.id)));
        }
    }
    if let Some(row) = &commit.idempotency {
        within("idempotency key, bytes", row.key.len(), KEY_BYTES_MAX)?;
        within("remembered answer, bytes", row.answer.len(), ANSWER_BYTES_MAX)?;
        within("idempotency scope, bytes", row.scope.len(), NAME_BYTES_MAX)?;
    }
    Ok(())
}
