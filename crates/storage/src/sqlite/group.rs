//! One group of commits within one transaction: check, stage, write.
//!
//! Each commit is checked completely before anything of it is written, so a refused one leaves no trace in the group. Object states and
//! the ends of timelines are staged in memory and written once at the end, however often they changed within the group.

use std::collections::HashMap;
use std::sync::Arc;

use ledger::merkle::Frontier;
use ledger::{ObjectRef, merkle};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};
use store::{AuditRow, Committed, IdempotencyRow, MilestoneMark, RecordWrite, Sealer, StoreError};

use super::cache::{Known, ObjectCache};
use super::chain;
use super::kinds::Kinds;
use super::queue::{Outcome, Work};
use super::work_write::Counts;
use crate::limits::ANSWERS_FORGOTTEN_PER_STEP;
use crate::prepare::{self, Leaf, Prepared};

/// Bits of a place below the port number.
pub(super) const POSITION_BITS: u32 = 40;

/// Where an event of a port is stored: `port * 2^40 + position`.
pub(super) fn place(port_no: i64, position: u64) -> i64 {
    (port_no << POSITION_BITS) | position as i64
}

/// The position within its port's ledger.
pub(super) fn position(place: i64) -> u64 {
    (place & ((1 << POSITION_BITS) - 1)) as u64
}

/// The first 63 bits of an event id: orders like the id.
pub(super) fn id_key(id: uuid::Uuid) -> i64 {
    (id.as_u128() >> 65) as i64
}

/// The log's end, and the range of ids in the tile being filled.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub frontier: Frontier,
    pub id_low: i64,
    pub id_high: i64,
}

impl Tree {
    pub fn new(frontier: Frontier) -> Self {
        Self { frontier, id_low: i64::MAX, id_high: i64::MIN }
    }

    pub fn note_id(&mut self, id: uuid::Uuid) {
        self.id_low = self.id_low.min(id_key(id));
        self.id_high = self.id_high.max(id_key(id));
    }
}

/// What the writer keeps between groups.
pub(super) struct State {
    pub port: String,
    pub port_no: i64,
    pub sealer: Arc<dyn Sealer>,
    pub kinds: Arc<Kinds>,
    pub cache: ObjectCache,
    pub tree: Tree,
    /// Remembered answers before this are forgotten; follows the newest answer, for the store has no clock.
    pub forget_before: i64,
}

/// Why one piece of work was not done.
pub(super) enum Fail {
    /// Refused; nothing of it was written.
    Refused(StoreError),
    /// The database failed: the group is spoilt.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Fail {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// Statements of the hot path, looked up once per group.
struct Hot<'c> {
    event: CachedStatement<'c>,
    state: CachedStatement<'c>,
    tail: CachedStatement<'c>,
    object: CachedStatement<'c>,
    object_new: CachedStatement<'c>,
}

/// An object of a commit while it is written.
struct Object {
    kind: i64,
    exists: bool,
    known: Known,
}

/// A running group. `'j` is the life of the jobs, whose bytes are staged without copying.
pub(super) struct Group<'c, 'j> {
    pub conn: &'c Connection,
    pub state: &'c mut State,
    hot: Hot<'c>,
    states: HashMap<i64, (u64, &'j [u8])>,
    tails: HashMap<i64, (u64, u64)>,
    /// Scratch space for the chain column.
    links: Vec<u8>,
    pub counts: Counts,
    size_before: u64,
}

impl<'c, 'j> Group<'c, 'j> {
    pub fn new(conn: &'c Connection, state: &'c mut State) -> rusqlite::Result<Self> {
        let hot = Hot {
            event: conn.prepare_cached("INSERT INTO event (place, id, leaf, chain, body) VALUES (?1, ?2, ?3, ?4, ?5)")?,
            state: conn.prepare_cached("UPDATE object SET version = ?2, state = ?3 WHERE no = ?1")?,
            tail: conn.prepare_cached("REPLACE INTO object_tail (object, tail, events) VALUES (?1, ?2, ?3)")?,
            object: conn.prepare_cached(
                "SELECT o.no, o.version, t.tail, t.events FROM object o LEFT JOIN object_tail t ON t.object = o.no WHERE o.port = ?1 AND o.kind = ?2 AND o.id = ?3",
            )?,
            object_new: conn.prepare_cached("INSERT INTO object (port, kind, id, version, state) VALUES (?1, ?2, ?3, ?4, ?5)")?,
        };
        let size_before = state.tree.frontier.size();
        Ok(Self {
            conn,
            state,
            hot,
            states: HashMap::new(),
            tails: HashMap::new(),
            links: Vec::new(),
            counts: Counts::default(),
            size_before,
        })
    }

    /// Does one piece of work.
    pub fn apply(&mut self, work: &'j Work) -> Result<Outcome, Fail> {
        match work {
            Work::Commit(prepared) => self.commit(prepared).map(Outcome::Committed),
            Work::OutboxResult { id, result } => self.outbox_result(id, result),
            Work::Numbers { series, count } => self.numbers(series, *count),
            Work::Expire { now } => {
                let gone = self
                    .conn
                    .prepare_cached("DELETE FROM record WHERE port = ?1 AND expires_at IS NOT NULL AND expires_at <= ?2")?
                    .execute((self.state.port_no, now))?;
                Ok(Outcome::Number(gone as u64))
            }
            // These two are done by the writer itself, outside of groups.
            Work::Probe | Work::LimitFile { .. } => Ok(Outcome::Done),
        }
    }

    fn commit(&mut self, prepared: &'j Prepared) -> Result<Committed, Fail> {
        let mut objects = self.find(prepared)?;
        self.check(prepared, &objects)?;
        for (at, expected, state) in &prepared.states {
            let object = &mut objects[*at as usize];
            object.known.version = expected + 1;
            if object.exists {
                self.states.insert(object.known.no, (expected + 1, state));
            } else {
                self.create(object, &prepared.refs[*at as usize], Some(state))?;
            }
        }
        for (object, reference) in objects.iter_mut().zip(&prepared.refs) {
            if !object.exists {
                self.create(object, reference, None)?;
            }
        }
        let first = self.state.tree.frontier.size();
        for leaf in &prepared.leaves {
            self.append(leaf, &mut objects)?;
        }
        for (object, reference) in objects.iter().zip(&prepared.refs) {
            self.state.cache.insert(object.kind as usize, &reference.id, object.known);
        }
        for (from, to, role) in &prepared.links {
            let ends = (objects[*from as usize].known.no, objects[*to as usize].known.no);
            self.conn
                .prepare_cached("INSERT OR IGNORE INTO object_link (source, target, role) VALUES (?1, ?2, ?3)")?
                .execute((ends.0, ends.1, role))?;
        }
        for (at, row) in &prepared.work {
            let object = &objects[*at as usize];
            self.work(object.known.no, object.kind, row)?;
        }
        self.rest(&prepared.commit)?;
        Ok(Committed { first_position: (!prepared.leaves.is_empty()).then_some(first), size: self.state.tree.frontier.size() })
    }

    /// The parts of a commit that are not about objects.
    fn rest(&mut self, commit: &store::Commit) -> rusqlite::Result<()> {
        for mark in &commit.milestones {
            self.milestone(mark)?;
        }
        for mark in &commit.tallies {
            self.conn
                .prepare_cached(
                    "INSERT INTO tally (port, series, day, key, n) VALUES (?1, ?2, ?3, ?4, ?5) \
                     ON CONFLICT (port, series, day, key) DO UPDATE SET n = n + excluded.n",
                )?
                .execute((self.state.port_no, mark.series, mark.day, &mark.key, mark.by))?;
        }
        self.outbox(commit)?;
        for blob in &commit.blobs {
            self.conn
                .prepare_cached(
                    "INSERT INTO blob (port, sha256, media_type, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (port, sha256) DO NOTHING",
                )?
                .execute((self.state.port_no, &blob.sha256, &blob.media_type, &blob.bytes))?;
        }
        for write in &commit.records {
            self.record(write)?;
        }
        if let Some(row) = &commit.idempotency {
            self.remember(row)?;
        }
        self.audit(&commit.audit)
    }

    /// Everything that can refuse a commit, before anything of it is written.
    fn check(&mut self, prepared: &Prepared, objects: &[Object]) -> Result<(), Fail> {
        let commit = &prepared.commit;
        if commit.port != self.state.port {
            return Err(Fail::Refused(super::other_port(&self.state.port, &commit.port)));
        }
        if let Some(row) = &commit.idempotency
            && let Some(former) = answer_of(self.conn, self.state.port_no, &self.state.port, &row.scope, &row.key)?
        {
            return Err(Fail::Refused(StoreError::Repeated(former)));
        }
        for (at, expected, _) in &prepared.states {
            if objects[*at as usize].known.version != *expected {
                return Err(Fail::Refused(StoreError::Conflict(prepared.refs[*at as usize].to_string())));
            }
        }
        for read in &commit.reads {
            let kind = self.state.kinds.number(&read.object.kind);
            let known = match kind {
                Some(kind) => self.known(kind, &read.object.id)?,
                None => None,
            };
            // What many decide by and few change is asked for often: it stays at hand.
            if let (Some(kind), Some(known)) = (kind, known) {
                self.state.cache.insert(kind as usize, &read.object.id, known);
            }
            if known.map_or(0, |known| known.version) != read.version {
                return Err(Fail::Refused(StoreError::Conflict(read.object.to_string())));
            }
        }
        for write in &commit.records {
            let Some(expected) = write.expected_version else { continue };
            if self.record_version(write)?.unwrap_or(0) != expected {
                return Err(Fail::Refused(StoreError::Conflict(format!("{}/{}", write.space, write.id))));
            }
        }
        if self.state.tree.frontier.size() + prepared.leaves.len() as u64 >= 1 << POSITION_BITS {
            return Err(Fail::Refused(StoreError::Limit("the ledger holds 2^40 events".into())));
        }
        Ok(())
    }

    /// The objects of a commit as far as they exist, from the cache or the database.
    fn find(&mut self, prepared: &Prepared) -> rusqlite::Result<Vec<Object>> {
        // A commit names few kinds: they are looked up once each.
        let mut kinds: Vec<(&str, Option<i64>)> = Vec::new();
        let mut found = Vec::with_capacity(prepared.refs.len());
        for reference in &prepared.refs {
            let kind = match kinds.iter().find(|(code, _)| *code == reference.kind) {
                Some((_, no)) => *no,
                None => {
                    let no = self.state.kinds.number(&reference.kind);
                    kinds.push((&reference.kind, no));
                    no
                }
            };
            let known = match kind {
                Some(kind) => self.known(kind, &reference.id)?,
                None => None,
            };
            found.push(Object { kind: kind.unwrap_or(-1), exists: known.is_some(), known: known.unwrap_or_default() });
        }
        Ok(found)
    }

    fn known(&mut self, kind: i64, id: &str) -> rusqlite::Result<Option<Known>> {
        if let Some(known) = self.state.cache.get(kind as usize, id) {
            return Ok(Some(known));
        }
        self.hot
            .object
            .query_row((self.state.port_no, kind, id), |row| {
                Ok(Known {
                    no: row.get(0)?,
                    version: row.get::<_, i64>(1)? as u64,
                    tail: row.get::<_, Option<i64>>(2)?.unwrap_or(0) as u64,
                    events: row.get::<_, Option<i64>>(3)?.unwrap_or(0) as u64,
                })
            })
            .optional()
    }

    /// Writes a new object, with its state or as merely mentioned.
    fn create(&mut self, object: &mut Object, reference: &ObjectRef, state: Option<&[u8]>) -> rusqlite::Result<()> {
        object.kind = self.state.kinds.number_or_new(self.conn, &reference.kind)?;
        object.known.no =
            self.hot.object_new.insert((self.state.port_no, object.kind, &reference.id, object.known.version as i64, state))?;
        object.exists = true;
        Ok(())
    }

    fn append(&mut self, leaf: &Leaf, objects: &mut [Object]) -> rusqlite::Result<()> {
        let position = self.state.tree.frontier.size();
        self.links.clear();
        for at in &leaf.objects {
            let known = &mut objects[*at as usize].known;
            chain::push(&mut self.links, known.no as u64, if known.tail == 0 { 0 } else { position + 1 - known.tail });
            known.tail = position + 1;
            known.events += 1;
            self.tails.insert(known.no, (known.tail, known.events));
            if known.events.is_multiple_of(chain::MARK_EVERY) {
                self.conn
                    .prepare_cached("INSERT INTO object_mark (object, tail) VALUES (?1, ?2)")?
                    .execute((known.no, known.tail as i64))?;
            }
        }
        self.hot.event.execute((place(self.state.port_no, position), leaf.id.as_bytes(), &leaf.hash, &self.links, &leaf.body))?;
        self.state.tree.note_id(leaf.id);
        if let Some(root) = self.state.tree.frontier.append(leaf.hash) {
            let tile = place(self.state.port_no, position / merkle::TILE_LEAVES);
            let Tree { id_low, id_high, .. } = self.state.tree;
            self.conn
                .prepare_cached("INSERT INTO tile (place, root, id_low, id_high) VALUES (?1, ?2, ?3, ?4)")?
                .execute((tile, root, id_low, id_high))?;
            (self.state.tree.id_low, self.state.tree.id_high) = (i64::MAX, i64::MIN);
        }
        Ok(())
    }

    fn milestone(&mut self, mark: &MilestoneMark) -> rusqlite::Result<()> {
        let column = mark.milestone.index();
        let sql = format!(
            "INSERT INTO journey (port, container, terminal, m{column}) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (port, container) DO UPDATE \
             SET m{column} = COALESCE(m{column}, excluded.m{column}), terminal = COALESCE(terminal, excluded.terminal)"
        );
        self.conn.prepare_cached(&sql)?.execute((self.state.port_no, &mark.container, &mark.terminal, mark.at.millis()))?;
        Ok(())
    }

    fn outbox(&mut self, commit: &store::Commit) -> rusqlite::Result<()> {
        for row in &commit.outbox {
            self.conn
                .prepare_cached(
                    "INSERT INTO outbox (port, id, channel, receiver, kind, object_kind, object_id, body, due_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    self.state.port_no,
                    row.id,
                    row.channel,
                    row.receiver,
                    row.kind,
                    row.object.as_ref().map(|o| o.kind.as_ref()),
                    row.object.as_ref().map(|o| o.id.as_str()),
                    row.body,
                    row.due_at.millis()
                ])?;
        }
        Ok(())
    }

    fn outbox_result(&mut self, id: &str, result: &Result<i64, (String, Option<i64>)>) -> Result<Outcome, Fail> {
        let port = self.state.port_no;
        let changed = match result {
            Ok(at) => self
                .conn
                .prepare_cached(
                    "UPDATE outbox SET state = 1, attempts = attempts + 1, fault = NULL, delivered_at = ?3 WHERE port = ?1 AND id = ?2",
                )?
                .execute((port, id, at))?,
            Err((fault, Some(next))) => self
                .conn
                .prepare_cached(
                    "UPDATE outbox SET state = 0, attempts = attempts + 1, fault = ?3, due_at = ?4 WHERE port = ?1 AND id = ?2",
                )?
                .execute((port, id, fault, next))?,
            Err((fault, None)) => self
                .conn
                .prepare_cached("UPDATE outbox SET state = 2, attempts = attempts + 1, fault = ?3 WHERE port = ?1 AND id = ?2")?
                .execute((port, id, fault))?,
        };
        if changed == 1 { Ok(Outcome::Done) } else { Err(Fail::Refused(StoreError::Conflict(format!("outbox/{id}")))) }
    }

    fn numbers(&mut self, series: &str, count: u32) -> Result<Outcome, Fail> {
        let next: i64 = self
            .conn
            .prepare_cached(
                "INSERT INTO number_series (port, series, next) VALUES (?1, ?2, 1 + ?3) ON CONFLICT (port, series) DO UPDATE SET next = next + ?3 RETURNING next",
            )?
            .query_row((self.state.port_no, series, count), |row| row.get(0))?;
        Ok(Outcome::Number((next - i64::from(count)) as u64))
    }

    fn record_version(&self, write: &RecordWrite) -> rusqlite::Result<Option<u64>> {
        self.conn
            .prepare_cached("SELECT version FROM record WHERE port = ?1 AND space = ?2 AND id = ?3")?
            .query_row((self.state.port_no, &write.space, &write.id), |row| row.get::<_, i64>(0))
            .optional()
            .map(|version| version.map(|v| v as u64))
    }

    fn record(&mut self, write: &RecordWrite) -> rusqlite::Result<()> {
        let port = self.state.port_no;
        let Some(body) = &write.body else {
            self.conn.prepare_cached("DELETE FROM record WHERE port = ?1 AND space = ?2 AND id = ?3")?.execute((
                port,
                &write.space,
                &write.id,
            ))?;
            return Ok(());
        };
        self.conn
            .prepare_cached(
                "INSERT INTO record (port, space, id, version, body, expires_at) VALUES (?1, ?2, ?3, 1, ?4, ?5) ON CONFLICT (port, space, id) DO UPDATE \
                 SET version = version + 1, body = excluded.body, expires_at = excluded.expires_at",
            )?
            .execute((port, &write.space, &write.id, body, write.expires_at.map(|at| at.millis())))?;
        Ok(())
    }

    fn remember(&mut self, row: &IdempotencyRow) -> rusqlite::Result<()> {
        let fingerprint = prepare::fingerprint(&self.state.port, &row.scope, &row.key);
        self.conn
            .prepare_cached(
                "INSERT INTO idempotency (port, fingerprint, scope, key, request_hash, answer, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((self.state.port_no, fingerprint, &row.scope, &row.key, &row.request_hash, &row.answer, row.at.millis()))?;
        self.state.forget_before = self.state.forget_before.max(prepare::forget_before(row));
        Ok(())
    }

    /// Appends to the access log.
    pub fn audit(&mut self, rows: &[AuditRow]) -> rusqlite::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO audit (port, at, who, organisation, action, object_kind, object_id, outcome, request, detail) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for row in rows {
            insert.execute(params![
                self.state.port_no,
                row.at.millis(),
                row.who,
                row.organisation,
                row.action,
                row.object.as_ref().map(|o| o.kind.as_ref()),
                row.object.as_ref().map(|o| o.id.as_str()),
                row.outcome,
                row.request,
                row.detail
            ])?;
        }
        Ok(())
    }

    /// Forgets a few old answers. The oldest come first by number: when nothing is old, this reads one row.
    fn forget_answers(&mut self) -> rusqlite::Result<()> {
        let before = self.state.forget_before;
        let oldest: Option<i64> =
            self.conn.prepare_cached("SELECT at FROM idempotency ORDER BY no LIMIT 1")?.query_row([], |row| row.get(0)).optional()?;
        if oldest.is_some_and(|at| at < before) {
            self.conn
                .prepare_cached("DELETE FROM idempotency WHERE no IN (SELECT no FROM (SELECT no, at FROM idempotency ORDER BY no LIMIT ?2) WHERE at < ?1)")?
                .execute((before, ANSWERS_FORGOTTEN_PER_STEP))?;
        }
        Ok(())
    }

    /// Writes what was staged, forgets a few old answers and seals the group with one head.
    pub fn finish(mut self) -> rusqlite::Result<()> {
        // In order of rows: neighbours share pages.
        let mut states: Vec<_> = self.states.drain().collect();
        states.sort_unstable_by_key(|(no, _)| *no);
        for (no, (version, state)) in states {
            self.hot.state.execute((no, version as i64, state))?;
        }
        let mut tails: Vec<_> = self.tails.drain().collect();
        tails.sort_unstable_by_key(|(no, _)| *no);
        for (no, (tail, events)) in tails {
            self.hot.tail.execute((no, tail as i64, events as i64))?;
        }
        self.counts.write(self.conn, self.state.port_no)?;
        self.forget_answers()?;
        let size = self.state.tree.frontier.size();
        if size > self.size_before {
            let head = self.state.sealer.seal(&self.state.port, size, self.state.tree.frontier.root());
            self.conn
                .prepare_cached("INSERT INTO head (place, root, at, algorithm, key_id, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute((place(self.state.port_no, size), &head.root, head.at.millis(), &head.algorithm, &head.key_id, &head.signature))?;
        }
        Ok(())
    }
}

/// The remembered answer of a key.
pub(super) fn answer_of(conn: &Connection, port_no: i64, port: &str, scope: &str, key: &str) -> rusqlite::Result<Option<IdempotencyRow>> {
    conn.prepare_cached(
        "SELECT request_hash, answer, at FROM idempotency WHERE fingerprint = ?1 AND port = ?2 AND scope = ?3 AND key = ?4",
    )?
    .query_row((prepare::fingerprint(port, scope, key), port_no, scope, key), |row| {
        Ok(IdempotencyRow {
            scope: scope.to_owned(),
            key: key.to_owned(),
            request_hash: row.get(0)?,
            answer: row.get(1)?,
            at: ledger::Timestamp::from_millis(row.get(2)?),
        })
    })
    .optional()
}
