//! One group of commits as arrays: checked in memory against what the database has, then written by one statement per table.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures_util::future::join_all;
use ledger::merkle::{Frontier, TILE_LEAVES};
use ledger::{ObjectRef, Timestamp, WorkRow};
use store::{AuditRow, Committed, IdempotencyRow, Sealer, StoreError};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row};

use super::work;
use super::writer::Link;
use crate::limits::ANSWERS_FORGOTTEN_PER_STEP;
use crate::prepare::{self, Prepared};

/// A milestone column of each container, and its terminal.
type Journey = ([Option<i64>; 14], Option<String>);
/// Version, body and end of a record; `None` when it is deleted.
type RecordState = Option<(i64, Vec<u8>, Option<i64>)>;

/// What the database has of what a group touches.
#[derive(Default)]
struct Found {
    versions: HashMap<ObjectRef, u64>,
    answers: HashMap<(String, String), IdempotencyRow>,
    records: HashMap<(String, String), u64>,
}

/// What a group will write.
#[derive(Default)]
struct Staged<'j> {
    events: Vec<&'j prepare::Leaf>,
    about: Vec<(&'j ObjectRef, i64)>,
    tiles: Vec<(i64, [u8; 32])>,
    states: HashMap<&'j ObjectRef, (u64, &'j [u8])>,
    links: Vec<(&'j ObjectRef, &'j ObjectRef, &'static str)>,
    work: BTreeMap<&'j ObjectRef, &'j WorkRow>,
    journeys: BTreeMap<&'j str, Journey>,
    outbox: Vec<&'j store::OutboxRow>,
    /// In order of keys, as the database has them.
    tallies: BTreeMap<(&'static str, i32, &'j str), i64>,
    blobs: Vec<&'j store::Blob>,
    records: HashMap<(&'j str, &'j str), RecordState>,
    answers: Vec<&'j IdempotencyRow>,
    audit: Vec<&'j AuditRow>,
}

/// The parameters of a statement.
pub(super) type Params<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

/// A statement with its parameters. Statements of a group are sent at once and answered in order.
pub(super) struct Write<'a> {
    pub sql: &'static str,
    pub params: Params<'a>,
}

macro_rules! write_of {
    ($sql:expr, $($param:expr),+ $(,)?) => { Write { sql: $sql, params: vec![$(Box::new($param)),+] } };
}

/// Checks and writes the commits of a group inside the caller's transaction. `log` is the end of the ledger and moves on.
pub(super) async fn write<'j>(
    link: &mut Link,
    port: &'j str,
    log: &mut Frontier,
    sealer: &dyn Sealer,
    commits: &[&'j Prepared],
    audit: &'j [AuditRow],
) -> Result<Vec<Result<Committed, StoreError>>, Error> {
    let mut found = read(&link.client, port, commits).await?;
    let mut staged = Staged { audit: audit.iter().collect(), ..Staged::default() };
    let before = log.size();
    let answers = commits
        .iter()
        .map(|prepared| {
            check(prepared, port, &found)?;
            Ok(staged.stage(prepared, log, &mut found))
        })
        .collect();
    let work = work::changed(&link.client, port, &staged.work).await?;
    let mut writes = staged.writes(port);
    writes.extend(work::writes(port, &work));
    if log.size() > before {
        let head = sealer.seal(port, log.size(), log.root());
        writes.push(write_of!(
            "INSERT INTO head (port, size, root, at, algorithm, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            port,
            log.size() as i64,
            head.root,
            head.at.millis(),
            head.algorithm,
            head.key_id,
            head.signature
        ));
        writes.push(write_of!("UPDATE port_log SET size = $2 WHERE port = $1", port, log.size() as i64));
    }
    send(link, &writes).await?;
    Ok(answers)
}

/// Sends all statements without waiting in between; the server does them in this order. The first fault is the cause, the others follow
/// from it.
async fn send(link: &mut Link, writes: &[Write<'_>]) -> Result<(), Error> {
    link.prepare(writes.iter().map(|write| write.sql)).await?;
    let link = &*link;
    let done = join_all(writes.iter().map(|write| async move {
        let params: Vec<&(dyn ToSql + Sync)> = write.params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect();
        link.execute(write.sql, &params).await
    }))
    .await;
    let mut faults = done.into_iter().filter_map(Result::err);
    let first = faults.next();
    let aborted = |fault: &Error| fault.code() == Some(&tokio_postgres::error::SqlState::IN_FAILED_SQL_TRANSACTION);
    match first {
        None => Ok(()),
        Some(fault) if aborted(&fault) => Err(faults.find(|fault| !aborted(fault)).unwrap_or(fault)),
        Some(fault) => Err(fault),
    }
}

async fn read(client: &Client, port: &str, commits: &[&Prepared]) -> Result<Found, Error> {
    let mut found = Found::default();
    let written = commits.iter().flat_map(|p| p.states.iter().map(|(at, _, _)| &p.refs[*at as usize]));
    let objects: HashSet<&ObjectRef> = written.chain(commits.iter().flat_map(|p| p.commit.reads.iter().map(|read| &read.object))).collect();
    if !objects.is_empty() {
        let (kinds, ids): (Vec<&str>, Vec<&str>) = objects.iter().map(|o| (o.kind.as_ref(), o.id.as_str())).unzip();
        let sql = "SELECT o.kind, o.id, o.version FROM unnest($2::text[], $3::text[]) AS asked (kind, id) \
                   JOIN object o ON o.port = $1 AND o.kind = asked.kind AND o.id = asked.id";
        for row in client.query(sql, &[&port, &kinds, &ids]).await? {
            found.versions.insert(ObjectRef { kind: row.get::<_, String>(0).into(), id: row.get(1) }, row.get::<_, i64>(2) as u64);
        }
    }
    let keys: Vec<&IdempotencyRow> = commits.iter().filter_map(|p| p.commit.idempotency.as_ref()).collect();
    if !keys.is_empty() {
        let (scopes, keys): (Vec<&str>, Vec<&str>) = keys.iter().map(|row| (row.scope.as_str(), row.key.as_str())).unzip();
        let sql = "SELECT i.scope, i.key, i.request_hash, i.answer, i.at FROM unnest($2::text[], $3::text[]) AS asked (scope, key) \
                   JOIN idempotency i ON i.port = $1 AND i.scope = asked.scope AND i.key = asked.key";
        for row in client.query(sql, &[&port, &scopes, &keys]).await? {
            let row = answer(&row);
            found.answers.insert((row.scope.clone(), row.key.clone()), row);
        }
    }
    let records: Vec<&store::RecordWrite> = commits.iter().flat_map(|p| &p.commit.records).collect();
    if !records.is_empty() {
        let (spaces, ids): (Vec<&str>, Vec<&str>) = records.iter().map(|write| (write.space.as_str(), write.id.as_str())).unzip();
        let sql = "SELECT r.space, r.id, r.version FROM unnest($2::text[], $3::text[]) AS asked (space, id) \
                   JOIN record r ON r.port = $1 AND r.space = asked.space AND r.id = asked.id";
        for row in client.query(sql, &[&port, &spaces, &ids]).await? {
            found.records.insert((row.get(0), row.get(1)), row.get::<_, i64>(2) as u64);
        }
    }
    Ok(found)
}

/// A remembered answer from the columns scope, key, request_hash, answer, at.
pub(super) fn answer(row: &Row) -> IdempotencyRow {
    IdempotencyRow {
        scope: row.get(0),
        key: row.get(1),
        request_hash: row.get(2),
        answer: row.get(3),
        at: Timestamp::from_millis(row.get(4)),
    }
}

/// Everything that can refuse a commit, before anything of it is staged.
fn check(prepared: &Prepared, port: &str, found: &Found) -> Result<(), StoreError> {
    let commit = &prepared.commit;
    if commit.port != port {
        return Err(super::other_port(port, &commit.port));
    }
    if let Some(row) = &commit.idempotency
        && let Some(former) = found.answers.get(&(row.scope.clone(), row.key.clone()))
    {
        return Err(StoreError::Repeated(former.clone()));
    }
    for (at, expected, _) in &prepared.states {
        let object = &prepared.refs[*at as usize];
        if found.versions.get(object).copied().unwrap_or(0) != *expected {
            return Err(StoreError::Conflict(object.to_string()));
        }
    }
    for read in &commit.reads {
        if found.versions.get(&read.object).copied().unwrap_or(0) != read.version {
            return Err(StoreError::Conflict(read.object.to_string()));
        }
    }
    for write in &commit.records {
        let version = found.records.get(&(write.space.clone(), write.id.clone())).copied().unwrap_or(0);
        if write.expected_version.is_some_and(|expected| expected != version) {
            return Err(StoreError::Conflict(format!("{}/{}", write.space, write.id)));
        }
    }
    Ok(())
}

impl<'j> Staged<'j> {
    /// Takes a commit that was checked; later commits of the group are checked against it.
    fn stage(&mut self, prepared: &'j Prepared, log: &mut Frontier, found: &mut Found) -> Committed {
        let commit = &prepared.commit;
        let refs = &prepared.refs;
        for (at, expected, state) in &prepared.states {
            let object = &refs[*at as usize];
            found.versions.insert(object.clone(), expected + 1);
            self.states.insert(object, (expected + 1, state));
        }
        let first = log.size();
        for leaf in &prepared.leaves {
            let position = log.size();
            self.about.extend(leaf.objects.iter().map(|at| (&refs[*at as usize], position as i64)));
            self.events.push(leaf);
            self.tiles.extend(log.append(leaf.hash).map(|root| ((position / TILE_LEAVES) as i64, root)));
        }
        self.links.extend(prepared.links.iter().map(|(from, to, role)| (&refs[*from as usize], &refs[*to as usize], *role)));
        self.work.extend(prepared.work.iter().map(|(at, row)| (&refs[*at as usize], row)));
        for mark in &commit.milestones {
            let (marks, terminal) = self.journeys.entry(&mark.container).or_default();
            marks[mark.milestone.index()].get_or_insert(mark.at.millis());
            if terminal.is_none() {
                terminal.clone_from(&mark.terminal);
            }
        }
        for mark in &commit.tallies {
            *self.tallies.entry((mark.series, mark.day, &mark.key)).or_default() += mark.by;
        }
        self.outbox.extend(&commit.outbox);
        self.blobs.extend(&commit.blobs);
        for write in &commit.records {
            let key = (write.space.clone(), write.id.clone());
            let state = write.body.as_ref().map(|body| {
                let version = found.records.get(&key).copied().unwrap_or(0) + 1;
                (version as i64, body.clone(), write.expires_at.map(Timestamp::millis))
            });
            match &state {
                Some((version, _, _)) => found.records.insert(key, *version as u64),
                None => found.records.remove(&key),
            };
            self.records.insert((&write.space, &write.id), state);
        }
        if let Some(row) = &commit.idempotency {
            found.answers.insert((row.scope.clone(), row.key.clone()), row.clone());
            self.answers.push(row);
        }
        self.audit.extend(&commit.audit);
        Committed { first_position: (!prepared.leaves.is_empty()).then_some(first), size: log.size() }
    }

    fn writes(&self, port: &'j str) -> Vec<Write<'j>> {
        let mut writes = self.ledger_writes(port);
        writes.extend(self.other_writes(port));
        writes
    }

    fn ledger_writes(&self, port: &'j str) -> Vec<Write<'j>> {
        let mut writes = Vec::new();
        if !self.events.is_empty() {
            let first = self.about.iter().map(|(_, position)| *position).min().unwrap_or(0);
            writes.push(write_of!(
                "INSERT INTO event (port, position, id, leaf, body) SELECT $1, $2 + n - 1, id, leaf, body \
                 FROM unnest($3::text[], $4::bytea[], $5::bytea[]) WITH ORDINALITY AS e (id, leaf, body, n)",
                port,
                first,
                self.events.iter().map(|leaf| leaf.id.to_string()).collect::<Vec<_>>(),
                self.events.iter().map(|leaf| leaf.hash.as_slice()).collect::<Vec<_>>(),
                self.events.iter().map(|leaf| leaf.body.as_slice()).collect::<Vec<_>>(),
            ));
            writes.push(write_of!(
                "INSERT INTO event_object (port, kind, object_id, position) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])",
                port,
                self.about.iter().map(|(object, _)| object.kind.as_ref()).collect::<Vec<&str>>(),
                self.about.iter().map(|(object, _)| object.id.as_str()).collect::<Vec<_>>(),
                self.about.iter().map(|(_, position)| *position).collect::<Vec<_>>(),
            ));
        }
        if !self.tiles.is_empty() {
            writes.push(write_of!(
                "INSERT INTO tile (port, no, root) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])",
                port,
                self.tiles.iter().map(|(no, _)| *no).collect::<Vec<_>>(),
                self.tiles.iter().map(|(_, root)| root.to_vec()).collect::<Vec<_>>(),
            ));
        }
        if !self.states.is_empty() {
            // In order of keys: two binaries that write different ports of one database then never wait for each other in a circle.
            let mut states: Vec<_> = self.states.iter().collect();
            states.sort_unstable_by_key(|(object, _)| **object);
            writes.push(write_of!(
                "INSERT INTO object (port, kind, id, version, state) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bytea[]) \
                 ON CONFLICT (port, kind, id) DO UPDATE SET version = excluded.version, state = excluded.state",
                port,
                states.iter().map(|(object, _)| object.kind.as_ref()).collect::<Vec<&str>>(),
                states.iter().map(|(object, _)| object.id.as_str()).collect::<Vec<_>>(),
                states.iter().map(|(_, (version, _))| *version as i64).collect::<Vec<_>>(),
                states.iter().map(|(_, (_, state))| *state).collect::<Vec<_>>(),
            ));
        }
        if !self.links.is_empty() {
            writes.push(write_of!(
                "INSERT INTO object_link (port, source_kind, source_id, target_kind, target_id, role) \
                 SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) ON CONFLICT DO NOTHING",
                port,
                self.links.iter().map(|(from, _, _)| from.kind.as_ref()).collect::<Vec<&str>>(),
                self.links.iter().map(|(from, _, _)| from.id.as_str()).collect::<Vec<_>>(),
                self.links.iter().map(|(_, to, _)| to.kind.as_ref()).collect::<Vec<&str>>(),
                self.links.iter().map(|(_, to, _)| to.id.as_str()).collect::<Vec<_>>(),
                self.links.iter().map(|(_, _, role)| *role).collect::<Vec<_>>(),
            ));
        }
        writes
    }

    fn other_writes(&self, port: &'j str) -> Vec<Write<'j>> {
        let mut writes = Vec::new();
        if !self.journeys.is_empty() {
            writes.push(self.journey_write(port));
        }
        if !self.tallies.is_empty() {
            let each = &self.tallies;
            writes.push(write_of!(
                "INSERT INTO tally (port, series, day, key, n) SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::bigint[]) \
                 ON CONFLICT (port, series, day, key) DO UPDATE SET n = tally.n + excluded.n",
                port,
                each.keys().map(|(series, _, _)| *series).collect::<Vec<&str>>(),
                each.keys().map(|(_, day, _)| *day).collect::<Vec<_>>(),
                each.keys().map(|(_, _, key)| *key).collect::<Vec<&str>>(),
                each.values().copied().collect::<Vec<_>>(),
            ));
        }
        if !self.outbox.is_empty() {
            let each = &self.outbox;
            writes.push(write_of!(
                "INSERT INTO outbox (port, id, channel, receiver, kind, object_kind, object_id, body, due_at) \
                 SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bigint[])",
                port,
                each.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.channel.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.receiver.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.object.as_ref().map(|o| o.kind.as_ref())).collect::<Vec<Option<&str>>>(),
                each.iter().map(|row| row.object.as_ref().map(|o| o.id.as_str())).collect::<Vec<_>>(),
                each.iter().map(|row| row.body.as_slice()).collect::<Vec<_>>(),
                each.iter().map(|row| row.due_at.millis()).collect::<Vec<_>>(),
            ));
        }
        if !self.blobs.is_empty() {
            writes.push(write_of!(
                "INSERT INTO blob (port, sha256, media_type, bytes) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING",
                port,
                self.blobs.iter().map(|blob| blob.sha256.as_str()).collect::<Vec<_>>(),
                self.blobs.iter().map(|blob| blob.media_type.as_str()).collect::<Vec<_>>(),
                self.blobs.iter().map(|blob| blob.bytes.as_slice()).collect::<Vec<_>>(),
            ));
        }
        writes.extend(self.record_writes(port));
        if let Some(newest) = self.answers.iter().map(|row| prepare::forget_before(row)).max() {
            let each = &self.answers;
            writes.push(write_of!(
                "INSERT INTO idempotency (port, scope, key, request_hash, answer, at) \
                 SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::bigint[])",
                port,
                each.iter().map(|row| row.scope.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.request_hash.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.answer.as_slice()).collect::<Vec<_>>(),
                each.iter().map(|row| row.at.millis()).collect::<Vec<_>>(),
            ));
            writes.push(write_of!(
                "DELETE FROM idempotency WHERE ctid IN (SELECT ctid FROM idempotency WHERE port = $1 AND at < $2 ORDER BY at LIMIT $3)",
                port,
                newest,
                i64::from(ANSWERS_FORGOTTEN_PER_STEP)
            ));
        }
        if !self.audit.is_empty() {
            let each = &self.audit;
            writes.push(write_of!(
                "INSERT INTO audit (port, at, who, organisation, action, object_kind, object_id, outcome, request, detail) \
                 SELECT $1, at, who, organisation, action, object_kind, object_id, outcome, request, detail \
                 FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) \
                 WITH ORDINALITY AS a (at, who, organisation, action, object_kind, object_id, outcome, request, detail, n) ORDER BY n",
                port,
                each.iter().map(|row| row.at.millis()).collect::<Vec<_>>(),
                each.iter().map(|row| row.who.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.organisation.as_deref()).collect::<Vec<_>>(),
                each.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.object.as_ref().map(|o| o.kind.as_ref())).collect::<Vec<Option<&str>>>(),
                each.iter().map(|row| row.object.as_ref().map(|o| o.id.as_str())).collect::<Vec<_>>(),
                each.iter().map(|row| row.outcome.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.request.as_str()).collect::<Vec<_>>(),
                each.iter().map(|row| row.detail.as_str()).collect::<Vec<_>>(),
            ));
        }
        writes
    }

    fn journey_write(&self, port: &'j str) -> Write<'j> {
        let mut params: Params<'j> = vec![
            Box::new(port),
            Box::new(self.journeys.keys().copied().collect::<Vec<_>>()),
            Box::new(self.journeys.values().map(|(_, terminal)| terminal.clone()).collect::<Vec<_>>()),
        ];
        for column in 0..14 {
            params.push(Box::new(self.journeys.values().map(|(marks, _)| marks[column]).collect::<Vec<_>>()));
        }
        Write { sql: JOURNEY_SQL, params }
    }

    fn record_writes(&self, port: &'j str) -> Vec<Write<'j>> {
        let mut writes = Vec::new();
        let gone: Vec<&(&str, &str)> = self.records.iter().filter(|(_, state)| state.is_none()).map(|(key, _)| key).collect();
        if !gone.is_empty() {
            writes.push(write_of!(
                "DELETE FROM record r USING unnest($2::text[], $3::text[]) AS gone (space, id) WHERE r.port = $1 AND r.space = gone.space AND r.id = gone.id",
                port,
                gone.iter().map(|(space, _)| *space).collect::<Vec<_>>(),
                gone.iter().map(|(_, id)| *id).collect::<Vec<_>>(),
            ));
        }
        let kept: Vec<_> = self.records.iter().filter_map(|((space, id), state)| state.clone().map(|state| (*space, *id, state))).collect();
        if !kept.is_empty() {
            writes.push(write_of!(
                "INSERT INTO record (port, space, id, version, body, expires_at) \
                 SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bytea[], $6::bigint[]) \
                 ON CONFLICT (port, space, id) DO UPDATE SET version = excluded.version, body = excluded.body, expires_at = excluded.expires_at",
                port,
                kept.iter().map(|(space, _, _)| *space).collect::<Vec<_>>(),
                kept.iter().map(|(_, id, _)| *id).collect::<Vec<_>>(),
                kept.iter().map(|(_, _, state)| state.0).collect::<Vec<_>>(),
                kept.iter().map(|(_, _, state)| state.1.clone()).collect::<Vec<_>>(),
                kept.iter().map(|(_, _, state)| state.2).collect::<Vec<_>>(),
            ));
        }
        writes
    }
}

impl<'a> Write<'a> {
    /// A statement over a port and lists of texts.
    pub(super) fn of_texts(sql: &'static str, port: &'a str, lists: Vec<Vec<&'a str>>) -> Self {
        let mut params: Params<'a> = vec![Box::new(port)];
        params.extend(lists.into_iter().map(|list| Box::new(list) as Box<dyn ToSql + Sync + Send + 'a>));
        Self { sql, params }
    }
}

const JOURNEY_SQL: &str = "INSERT INTO journey AS j (port, container, terminal, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13) \
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], \
     $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[]) \
     ON CONFLICT (port, container) DO UPDATE SET terminal = COALESCE(j.terminal, excluded.terminal), \
     m0 = COALESCE(j.m0, excluded.m0), m1 = COALESCE(j.m1, excluded.m1), m2 = COALESCE(j.m2, excluded.m2), m3 = COALESCE(j.m3, excluded.m3), \
     m4 = COALESCE(j.m4, excluded.m4), m5 = COALESCE(j.m5, excluded.m5), m6 = COALESCE(j.m6, excluded.m6), m7 = COALESCE(j.m7, excluded.m7), \
     m8 = COALESCE(j.m8, excluded.m8), m9 = COALESCE(j.m9, excluded.m9), m10 = COALESCE(j.m10, excluded.m10), m11 = COALESCE(j.m11, excluded.m11), \
     m12 = COALESCE(j.m12, excluded.m12), m13 = COALESCE(j.m13, excluded.m13)";
