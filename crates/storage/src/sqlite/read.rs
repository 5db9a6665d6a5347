//! Everything that is read except the worklist.

use std::collections::BTreeMap;

use ledger::merkle::TILE_LEAVES;
use ledger::{Event, Head, ObjectRef, StoredEvent, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};
use store::{
    AuditQuery, AuditRow, JourneyCountQuery, JourneyQuery, JourneyRow, ObjectRecord, OutboxItem, OutboxQuery, OutboxRow, Page, Record,
    StoreError, StoredLink,
};

use super::Reader;
use super::chain;
use super::group::{POSITION_BITS, id_key, place, position};
use crate::error::{Unreadable, sqlite};
use crate::{cursor, limits};

type Answer<T> = Result<T, StoreError>;
/// Position, bytes and stored leaf hash of an event.
type RawLeaf = (u64, Vec<u8>, [u8; 32]);

impl Reader {
    /// One past the last place of this port.
    fn end(&self) -> i64 {
        (self.port_no + 1) << POSITION_BITS
    }

    /// Number of an object, if it or an event about it was ever written.
    pub(super) fn object_no(&self, conn: &Connection, object: &ObjectRef) -> Answer<Option<i64>> {
        let Some(kind) = self.kinds.number(&object.kind) else { return Ok(None) };
        conn.prepare_cached("SELECT no FROM object WHERE port = ?1 AND kind = ?2 AND id = ?3")
            .and_then(|mut select| select.query_row((self.port_no, kind, &object.id), |row| row.get(0)).optional())
            .map_err(sqlite)
    }

    pub(super) fn object_ref(&self, conn: &Connection, no: i64) -> rusqlite::Result<ObjectRef> {
        conn.prepare_cached("SELECT kind, id FROM object WHERE no = ?1")?
            .query_row([no], |row| Ok(ObjectRef { kind: self.kinds.code(row.get(0)?).into(), id: row.get(1)? }))
    }
}

/// Rows of a statement, each mapped.
pub(super) fn rows<T>(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Answer<Vec<T>> {
    let read = || -> rusqlite::Result<Vec<T>> { conn.prepare_cached(sql)?.query_map(params, map)?.collect() };
    read().map_err(sqlite)
}

/// The row of a statement, if any.
pub(super) fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Answer<Option<T>> {
    conn.prepare_cached(sql).and_then(|mut select| select.query_row(params, map).optional()).map_err(sqlite)
}

fn decode(position: u64, body: &[u8]) -> Answer<StoredEvent> {
    let event = Event::decode(body).map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    Ok(StoredEvent { position, event })
}

pub(super) fn leaves(reader: &Reader, conn: &Connection, from: u64, limit: u32) -> Answer<Vec<RawLeaf>> {
    if from >> POSITION_BITS != 0 {
        return Ok(Vec::new());
    }
    let sql = "SELECT place, body, leaf FROM event WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3";
    rows(conn, sql, (place(reader.port_no, from), reader.end(), limit), |row| {
        // A leaf of another length is damage: told as a hash that fits nothing.
        let leaf = row.get_ref(2)?.as_blob().ok().and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 32]);
        Ok((position(row.get(0)?), row.get(1)?, leaf))
    })
}

const HEAD: &str = "SELECT place, root, at, algorithm, key_id, signature FROM head";

fn read_head(row: &Row<'_>) -> rusqlite::Result<Head> {
    Ok(Head {
        size: position(row.get(0)?),
        root: row.get(1)?,
        at: Timestamp::from_millis(row.get(2)?),
        algorithm: row.get(3)?,
        key_id: row.get(4)?,
        signature: row.get(5)?,
    })
}

pub(super) fn head(reader: &Reader, conn: &Connection) -> Answer<Option<Head>> {
    let sql = format!("{HEAD} WHERE place >= ?1 AND place < ?2 ORDER BY place DESC LIMIT 1");
    one(conn, &sql, (place(reader.port_no, 0), reader.end()), read_head)
}

pub(super) fn heads(reader: &Reader, conn: &Connection, from: u64, limit: u32) -> Answer<Vec<Head>> {
    if from >> POSITION_BITS != 0 {
        return Ok(Vec::new());
    }
    let sql = format!("{HEAD} WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3");
    rows(conn, &sql, (place(reader.port_no, from), reader.end(), limit), read_head)
}

pub(super) fn tiles(reader: &Reader, conn: &Connection, from: u64, limit: u32) -> Answer<Vec<(u64, [u8; 32])>> {
    if from >> POSITION_BITS != 0 {
        return Ok(Vec::new());
    }
    let sql = "SELECT place, root FROM tile WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3";
    rows(conn, sql, (place(reader.port_no, from), reader.end(), limit), |row| {
        let root = row.get_ref(1)?.as_blob().ok().and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 32]);
        Ok((position(row.get(0)?), root))
    })
}

pub(super) fn object(reader: &Reader, conn: &Connection, object: &ObjectRef) -> Answer<Option<ObjectRecord>> {
    let Some(kind) = reader.kinds.number(&object.kind) else { return Ok(None) };
    let sql = "SELECT version, state FROM object WHERE port = ?1 AND kind = ?2 AND id = ?3 AND version > 0";
    one(conn, sql, (reader.port_no, kind, &object.id), |row| {
        Ok(ObjectRecord { object: object.clone(), version: row.get::<_, i64>(0)? as u64, state: row.get(1)? })
    })
}

pub(super) fn objects_after(reader: &Reader, conn: &Connection, after: Option<&ObjectRef>, limit: u32) -> Answer<Vec<ObjectRecord>> {
    let mut found = Vec::new();
    for (code, no) in reader.kinds.sorted() {
        let from = match after {
            Some(after) if *code < *after.kind => continue,
            Some(after) if *code == *after.kind => after.id.as_str(),
            _ => "",
        };
        let first = if after.is_some_and(|after| *code == *after.kind) { ">" } else { ">=" };
        let sql = format!(
            "SELECT id, version, state FROM object WHERE port = ?1 AND kind = ?2 AND id {first} ?3 AND version > 0 ORDER BY id LIMIT ?4"
        );
        let left = limit as usize - found.len();
        found.extend(rows(conn, &sql, (reader.port_no, no, from, left as i64), |row| {
            let object = ObjectRef { kind: code.clone().into(), id: row.get(0)? };
            Ok(ObjectRecord { object, version: row.get::<_, i64>(1)? as u64, state: row.get(2)? })
        })?);
        if found.len() >= limit as usize {
            break;
        }
    }
    Ok(found)
}

pub(super) fn links_after(reader: &Reader, conn: &Connection, cursor: Option<&str>, limit: u32) -> Answer<Page<StoredLink>> {
    let (source, target, role) = cursor::decode::<(i64, i64, String)>("links", cursor)?.unwrap_or((i64::MIN, 0, String::new()));
    let sql =
        "SELECT source, target, role FROM object_link WHERE (source, target, role) > (?1, ?2, ?3) ORDER BY source, target, role LIMIT ?4";
    let mut found: Vec<(i64, i64, String)> =
        rows(conn, sql, (source, target, role, limit + 1), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let next = next_page(&mut found, limit, |last| cursor::encode("links", last));
    let items = found
        .into_iter()
        .map(|(from, to, role)| Ok(StoredLink { from: reader.object_ref(conn, from)?, to: reader.object_ref(conn, to)?, role }))
        .collect::<rusqlite::Result<_>>()
        .map_err(sqlite)?;
    Ok(Page { items, next })
}

/// Cuts the row that was read too many, and gives the cursor of the last one left.
fn next_page<T>(found: &mut Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> Option<String>) -> Option<String> {
    if found.len() <= limit as usize {
        return None;
    }
    found.truncate(limit as usize);
    found.last().and_then(cursor)
}

pub(super) fn links(reader: &Reader, conn: &Connection, object: &ObjectRef, limit: u32) -> Answer<Vec<StoredLink>> {
    let Some(no) = reader.object_no(conn, object)? else { return Ok(Vec::new()) };
    let sql = "SELECT source, target, role FROM object_link WHERE source = ?1 UNION SELECT source, target, role FROM object_link WHERE target = ?1 \
               ORDER BY 1, 2, 3 LIMIT ?2";
    let found: Vec<(i64, i64, String)> = rows(conn, sql, (no, limit), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    found
        .into_iter()
        .map(|(from, to, role)| Ok(StoredLink { from: reader.object_ref(conn, from)?, to: reader.object_ref(conn, to)?, role }))
        .collect::<rusqlite::Result<_>>()
        .map_err(sqlite)
}

/// Walks the object's chain of events in pieces of at most [`chain::MARK_EVERY`]: from the next mark back to where reading stands.
pub(super) fn events_of(
    reader: &Reader,
    conn: &Connection,
    object: &ObjectRef,
    after: Option<u64>,
    limit: u32,
) -> Answer<Vec<StoredEvent>> {
    let Some(no) = reader.object_no(conn, object)? else { return Ok(Vec::new()) };
    // Ends and marks hold position + 1, so that 0 means nothing.
    let Some(newest) =
        one(conn, "SELECT tail FROM object_tail WHERE object = ?1", [no], |row| row.get::<_, i64>(0))?.map(|tail| tail as u64)
    else {
        return Ok(Vec::new());
    };
    let mut read_to = after.map_or(0, |position| position.saturating_add(1));
    let mut found = Vec::new();
    while read_to < newest && found.len() < limit as usize {
        let mark =
            one(conn, "SELECT tail FROM object_mark WHERE object = ?1 AND tail > ?2 ORDER BY tail LIMIT 1", (no, read_to as i64), |row| {
                row.get::<_, i64>(0)
            })?;
        let anchor = mark.map_or(newest, |mark| mark as u64);
        let mut piece = Vec::new();
        let mut at = anchor;
        while at > read_to {
            let sql = "SELECT chain, body FROM event WHERE place = ?1";
            let (links, body): (Vec<u8>, Vec<u8>) =
                one(conn, sql, [place(reader.port_no, at - 1)], |row| Ok((row.get(0)?, row.get(1)?)))?.ok_or(Unreadable("timeline"))?;
            piece.push((at - 1, body));
            match chain::back(&links, no as u64).ok_or(Unreadable("timeline"))? {
                0 => break,
                distance => at = at.checked_sub(distance).ok_or(Unreadable("timeline"))?,
            }
        }
        for (position, body) in piece.iter().rev().take(limit as usize - found.len()) {
            found.push(decode(*position, body)?);
        }
        read_to = anchor;
    }
    Ok(found)
}

pub(super) fn events_after(reader: &Reader, conn: &Connection, after: Option<u64>, limit: u32) -> Answer<Vec<StoredEvent>> {
    let from = after.map_or(0, |position| position.saturating_add(1));
    if from >> POSITION_BITS != 0 {
        return Ok(Vec::new());
    }
    let sql = "SELECT place, body FROM event WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3";
    let found: Vec<(i64, Vec<u8>)> =
        rows(conn, sql, (place(reader.port_no, from), reader.end(), limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.into_iter().map(|(at, body)| decode(position(at), &body)).collect()
}

/// By the tiles whose range of ids holds it, and the events after the last tile.
pub(super) fn event(reader: &Reader, conn: &Connection, id: uuid::Uuid) -> Answer<Option<StoredEvent>> {
    let (first, end) = (place(reader.port_no, 0), reader.end());
    let sql = "SELECT place FROM tile WHERE id_high >= ?1 AND id_low <= ?1 AND place >= ?2 AND place < ?3 ORDER BY id_high";
    let mut starts: Vec<u64> = rows(conn, sql, (id_key(id), first, end), |row| Ok(position(row.get(0)?) * TILE_LEAVES))?;
    let tiles =
        one(conn, "SELECT place FROM tile WHERE place >= ?1 AND place < ?2 ORDER BY place DESC LIMIT 1", (first, end), |row| row.get(0))?;
    starts.push(tiles.map_or(0, |last| (position(last) + 1) * TILE_LEAVES));
    for start in starts {
        let sql = "SELECT place, body FROM event WHERE place >= ?1 AND place < ?2 AND id = ?3";
        let until = place(reader.port_no, start + TILE_LEAVES);
        let found = one(conn, sql, params![place(reader.port_no, start), until, id.as_bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        if let Some((at, body)) = found {
            return decode(position(at), &body).map(Some);
        }
    }
    Ok(None)
}

const JOURNEY: &str = "SELECT container, terminal, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13 FROM journey";

fn read_journey(row: &Row<'_>) -> rusqlite::Result<JourneyRow> {
    let mut at = [None; 14];
    for (i, instant) in at.iter_mut().enumerate() {
        *instant = row.get::<_, Option<i64>>(i + 2)?.map(Timestamp::from_millis);
    }
    Ok(JourneyRow { container: row.get(0)?, terminal: row.get(1)?, at })
}

pub(super) fn journeys(reader: &Reader, conn: &Connection, query: &JourneyQuery) -> Answer<Vec<JourneyRow>> {
    let column = query.by.index();
    let sql = format!(
        "{JOURNEY} WHERE port = ?1 AND m{column} IS NOT NULL AND m{column} >= ?2 AND m{column} < ?3 AND (?4 IS NULL OR terminal = ?4) \
         AND (?5 IS NULL OR m{column} < ?5 OR (m{column} = ?5 AND container > ?6)) ORDER BY m{column} DESC, container LIMIT ?7"
    );
    let limit = query.limit.clamp(1, limits::JOURNEY_ROWS_MAX);
    // What follows a row begins at its instant: the index is entered there.
    let to = query.after.as_ref().map_or(query.to, |(at, _)| query.to.min(at.plus_millis(1)));
    let (at, container) = query.after.as_ref().map_or((None, ""), |(at, container)| (Some(at.millis()), container));
    let params = (reader.port_no, query.from.millis(), to.millis(), &query.terminal, at, container, limit);
    rows(conn, &sql, params, read_journey)
}

/// The condition of journeys to be counted, with the port, from and to as its values.
fn counted(query: &JourneyCountQuery) -> String {
    let column = query.by.index();
    let reached = query.reached.map_or_else(String::new, |also| format!(" AND m{} IS NOT NULL", also.index()));
    format!("port = ?1 AND m{column} IS NOT NULL AND m{column} >= ?2 AND m{column} < ?3{reached}")
}

pub(super) fn journey_count(reader: &Reader, conn: &Connection, query: &JourneyCountQuery) -> Answer<u64> {
    let sql = format!("SELECT COUNT(*) FROM journey WHERE {}", counted(query));
    let found = one(conn, &sql, (reader.port_no, query.from.millis(), query.to.millis()), |row| row.get::<_, i64>(0))?;
    Ok(found.map_or(0, i64::unsigned_abs))
}

pub(super) fn journeys_by_terminal(reader: &Reader, conn: &Connection, query: &JourneyCountQuery) -> Answer<BTreeMap<String, u64>> {
    let sql = format!("SELECT terminal, COUNT(*) FROM journey WHERE {} AND terminal IS NOT NULL GROUP BY terminal", counted(query));
    let count = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?.unsigned_abs()));
    Ok(rows(conn, &sql, (reader.port_no, query.from.millis(), query.to.millis()), count)?.into_iter().collect())
}

pub(super) fn journey(reader: &Reader, conn: &Connection, container: &str) -> Answer<Option<JourneyRow>> {
    one(conn, &format!("{JOURNEY} WHERE port = ?1 AND container = ?2"), (reader.port_no, container), read_journey)
}

/// The object of a row with the two columns `object_kind` and `object_id`.
fn optional_object(kind: Option<String>, id: Option<String>) -> Option<ObjectRef> {
    Some(ObjectRef { kind: kind?.into(), id: id? })
}

/// Names of the states of an outbox row, by number.
const OUTBOX_STATES: [&str; 3] = ["pending", "delivered", "dead"];

/// A condition with its values.
#[derive(Default)]
struct Filter {
    sql: String,
    values: Vec<Value>,
}

impl Filter {
    fn new(port_no: i64) -> Self {
        Self { sql: "port = ?".into(), values: vec![Value::from(port_no)] }
    }

    fn add(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.sql.push_str(" AND ");
            self.sql.push_str(condition);
            self.values.push(value.into());
        }
    }

    fn object(&mut self, object: Option<&ObjectRef>) {
        self.add("object_kind = ?", object.map(|o| o.kind.to_string()));
        self.add("object_id = ?", object.map(|o| o.id.clone()));
    }
}

pub(super) fn outbox(reader: &Reader, conn: &Connection, query: &OutboxQuery) -> Answer<Page<OutboxItem>> {
    let limit = limits::page(query.limit);
    let mut filter = Filter::new(reader.port_no);
    if let Some(state) = &query.state {
        let Some(number) = OUTBOX_STATES.iter().position(|name| name == state) else { return Ok(Page { items: Vec::new(), next: None }) };
        filter.add("state = ?", Some(number as i64));
    }
    filter.add("channel = ?", query.channel.clone());
    filter.add("receiver = ?", query.receiver.clone());
    filter.add("due_at <= ?", query.due_by.map(Timestamp::millis));
    filter.object(query.object.as_ref());
    if let Some((due, no)) = cursor::decode::<(i64, i64)>("outbox", query.cursor.as_deref())? {
        filter.sql.push_str(" AND (due_at, no) > (?, ?)");
        filter.values.extend([Value::from(due), Value::from(no)]);
    }
    let sql = format!(
        "SELECT no, due_at, id, channel, receiver, kind, object_kind, object_id, body, state, attempts, fault, delivered_at FROM outbox WHERE {} ORDER BY due_at, no LIMIT {}",
        filter.sql,
        limit + 1
    );
    let mut found = rows(conn, &sql, params_from_iter(filter.values), |row| {
        let item = OutboxItem {
            row: OutboxRow {
                id: row.get(2)?,
                channel: row.get(3)?,
                receiver: row.get(4)?,
                kind: row.get(5)?,
                object: optional_object(row.get(6)?, row.get(7)?),
                body: row.get(8)?,
                due_at: Timestamp::from_millis(row.get(1)?),
            },
            state: OUTBOX_STATES.get(row.get::<_, u8>(9)? as usize).copied().unwrap_or("pending").to_owned(),
            attempts: row.get(10)?,
            fault: row.get(11)?,
            delivered_at: row.get::<_, Option<i64>>(12)?.map(Timestamp::from_millis),
        };
        Ok(((row.get::<_, i64>(1)?, row.get::<_, i64>(0)?), item))
    })?;
    let next = next_page(&mut found, limit, |(key, _)| cursor::encode("outbox", key));
    Ok(Page { items: found.into_iter().map(|(_, item)| item).collect(), next })
}

pub(super) fn blob(reader: &Reader, conn: &Connection, sha256: &str) -> Answer<Option<(String, Vec<u8>)>> {
    let sql = "SELECT media_type, bytes FROM blob WHERE port = ?1 AND sha256 = ?2";
    one(conn, sql, (reader.port_no, sha256), |row| Ok((row.get(0)?, row.get(1)?)))
}

const RECORD: &str = "SELECT space, id, version, body, expires_at FROM record";

fn read_record(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        space: row.get(0)?,
        id: row.get(1)?,
        version: row.get::<_, i64>(2)? as u64,
        body: row.get(3)?,
        expires_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_millis),
    })
}

pub(super) fn record(reader: &Reader, conn: &Connection, space: &str, id: &str) -> Answer<Option<Record>> {
    one(conn, &format!("{RECORD} WHERE port = ?1 AND space = ?2 AND id = ?3"), (reader.port_no, space, id), read_record)
}

pub(super) fn records(reader: &Reader, conn: &Connection, space: &str, after: Option<&str>, limit: u32) -> Answer<Vec<Record>> {
    let sql = format!("{RECORD} WHERE port = ?1 AND space = ?2 AND (?3 IS NULL OR id > ?3) ORDER BY id LIMIT ?4");
    rows(conn, &sql, (reader.port_no, space, after, limit), read_record)
}

pub(super) fn audit_log(reader: &Reader, conn: &Connection, query: &AuditQuery) -> Answer<Page<(u64, AuditRow)>> {
    let limit = limits::page(query.limit);
    let mut filter = Filter::new(reader.port_no);
    filter.add("who = ?", query.who.clone());
    filter.add("organisation = ?", query.organisation.clone());
    filter.add("action = ?", query.action.clone());
    filter.object(query.object.as_ref());
    filter.add("at >= ?", query.from.map(Timestamp::millis));
    filter.add("at < ?", query.to.map(Timestamp::millis));
    filter.add("no < ?", cursor::decode::<i64>("audit", query.cursor.as_deref())?);
    let sql = format!(
        "SELECT no, at, who, organisation, action, object_kind, object_id, outcome, request, detail FROM audit WHERE {} ORDER BY no DESC LIMIT {}",
        filter.sql,
        limit + 1
    );
    let mut found = rows(conn, &sql, params_from_iter(filter.values), |row| {
        let access = AuditRow {
            at: Timestamp::from_millis(row.get(1)?),
            who: row.get(2)?,
            organisation: row.get(3)?,
            action: row.get(4)?,
            object: optional_object(row.get(5)?, row.get(6)?),
            outcome: row.get(7)?,
            request: row.get(8)?,
            detail: row.get(9)?,
        };
        Ok((row.get::<_, i64>(0)? as u64, access))
    })?;
    let next = next_page(&mut found, limit, |(no, _)| cursor::encode("audit", no));
    Ok(Page { items: found, next })
}

/// Counters of a series within some days.
pub(super) fn tallies(reader: &Reader, conn: &Connection, query: &store::TallyQuery) -> Result<Vec<store::TallyRow>, StoreError> {
    let read = || -> rusqlite::Result<Vec<store::TallyRow>> {
        conn.prepare_cached(
            "SELECT day, key, n FROM tally WHERE port = ?1 AND series = ?2 AND day >= ?3 AND day < ?4 AND n <> 0 ORDER BY day, key LIMIT ?5",
        )?
        .query_map((reader.port_no, &query.series, query.from_day, query.to_day, limits::TALLY_ROWS_MAX as i64 + 1), |row| {
            Ok(store::TallyRow { day: row.get(0)?, key: row.get(1)?, count: row.get(2)? })
        })?
        .collect()
    };
    limits::tallies(read().map_err(sqlite)?)
}
