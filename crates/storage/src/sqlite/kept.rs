//! What verification reads beside the events: their indexes, objects with all derived rows, indexes that do not follow, hashes of bytes.
//!
//! Nothing here trusts a stored text to be UTF-8 or a stored list to be JSON: damage is what is looked for.

use std::collections::HashMap;

use ledger::ObjectRef;
use ledger::merkle::TILE_LEAVES;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};
use store::{Former, IndexFault, IndexedEvent, IndexedObject, KeptBytes, KeptObject, Page, StoreError, Tail};

use super::group::{id_key, place, position};
use super::work_write::{COLUMNS, read_row};
use super::{Reader, chain, read};
use crate::cursor;
use crate::error::sqlite;

type Answer<T> = Result<T, StoreError>;

/// Tiles whose range of ids is checked at once.
const TILES_AT_ONCE: i64 = 64;

/// A text as far as it is one.
fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

impl Reader {
    /// The object of a number; `None` when this port keeps none of it. Kinds are read with it: another process may have added one.
    fn kept_ref(&self, conn: &Connection, no: u64) -> rusqlite::Result<Option<ObjectRef>> {
        let Ok(no) = i64::try_from(no) else { return Ok(None) };
        conn.prepare_cached("SELECT k.code, o.id FROM object o JOIN kind k ON k.no = o.kind WHERE o.no = ?1 AND o.port = ?2")?
            .query_row((no, self.port_no), |row| Ok(ObjectRef { kind: text(row.get_ref(0)?).into(), id: text(row.get_ref(1)?) }))
            .optional()
    }
}

pub(super) fn indexed(reader: &Reader, conn: &Connection, from: u64, limit: u32) -> Answer<Vec<IndexedEvent>> {
    let first = place(reader.port_no, from);
    let read = || -> rusqlite::Result<Vec<IndexedEvent>> {
        let mut known: HashMap<u64, Option<ObjectRef>> = HashMap::new();
        let mut select =
            conn.prepare_cached("SELECT place, id, chain FROM event WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3")?;
        let mut rows = select.query((first, place(reader.port_no + 1, 0), limit))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let position = position(row.get(0)?);
            let id = row.get_ref(1)?.as_bytes().ok().and_then(|bytes| uuid::Uuid::from_slice(bytes).ok()).map(|id| id.to_string());
            let links = row.get_ref(2)?.as_bytes().ok().and_then(chain::links);
            let mut objects = links.as_ref().map(|links| Vec::with_capacity(links.len()));
            for (no, back) in links.unwrap_or_default() {
                let object = match known.get(&no) {
                    Some(object) => object.clone(),
                    None => known.entry(no).or_insert(reader.kept_ref(conn, no)?).clone(),
                };
                let former = match back {
                    0 => Some(Former::First),
                    back => position.checked_sub(back).map(Former::At),
                };
                match (object, former, &mut objects) {
                    (Some(object), Some(former), Some(objects)) => objects.push(IndexedObject { object, former }),
                    // An object that is not kept is missed by whoever compares.
                    (None, Some(_), _) | (_, _, None) => {}
                    (_, None, objects) => *objects = None,
                }
            }
            found.push(IndexedEvent { position, id, objects });
        }
        Ok(found)
    };
    read().map_err(sqlite)
}

pub(super) fn kept_after(reader: &Reader, conn: &Connection, cursor: Option<&str>, limit: u32) -> Answer<Page<KeptObject>> {
    let after = cursor::decode::<i64>("kept", cursor)?.unwrap_or(i64::MIN);
    let snapshot = conn.unchecked_transaction().map_err(sqlite)?;
    let size = read::head(reader, &snapshot)?.map_or(0, |head| head.size);
    let sql = "SELECT o.no, k.code, o.id, o.version, o.state, t.tail, t.events FROM object o JOIN kind k ON k.no = o.kind \
               LEFT JOIN object_tail t ON t.object = o.no WHERE o.no > ?1 AND o.port = ?2 ORDER BY o.no LIMIT ?3";
    let mut found: Vec<(i64, KeptObject)> = read::rows(&snapshot, sql, (after, reader.port_no, limit), |row| {
        let version: i64 = row.get(3)?;
        let state = row.get_ref(4)?.as_bytes_or_null().ok().flatten().map(<[u8]>::to_vec);
        let tail = match (row.get::<_, Option<i64>>(5)?, row.get::<_, Option<i64>>(6)?) {
            (Some(tail), Some(events)) => Tail { last: (tail as u64).wrapping_sub(1), events: events as u64, marks: Vec::new() },
            _ => Tail { last: 0, events: 0, marks: Vec::new() },
        };
        let object = KeptObject {
            object: ObjectRef { kind: text(row.get_ref(1)?).into(), id: text(row.get_ref(2)?) },
            size,
            state: (version != 0 || state.is_some()).then(|| (version as u64, state.unwrap_or_default())),
            tail: Some(tail),
            work: Ok(None),
            links: Vec::new(),
            journey: Ok(None),
        };
        Ok((row.get(0)?, object))
    })?;
    let next = if found.len() < limit as usize { None } else { found.last().and_then(|(no, _)| cursor::encode("kept", no)) };
    for (no, object) in &mut found {
        derived(reader, &snapshot, *no, object)?;
    }
    Ok(Page { items: found.into_iter().map(|(_, object)| object).collect(), next })
}

fn derived(reader: &Reader, conn: &Connection, no: i64, object: &mut KeptObject) -> Answer<()> {
    let marks: Vec<i64> = read::rows(conn, "SELECT tail FROM object_mark WHERE object = ?1 ORDER BY tail", [no], |row| row.get(0))?;
    if let Some(tail) = &mut object.tail {
        tail.marks = marks.into_iter().map(|mark| (mark as u64).wrapping_sub(1)).collect();
    }
    object.work = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM work w WHERE w.object = ?1"))
        .and_then(|mut select| select.query_row([no], |row| Ok(read_row(row, 0).map_err(|fault| fault.to_string()))).optional())
        .map_err(sqlite)?
        .transpose();
    let links: Vec<(i64, String)> =
        read::rows(conn, "SELECT target, role FROM object_link WHERE source = ?1", [no], |row| Ok((row.get(0)?, text(row.get_ref(1)?))))?;
    for (target, role) in links {
        // A target that is not kept is told by `index_faults`.
        let target = reader.kept_ref(conn, target as u64).map_err(sqlite)?;
        object.links.push((target.unwrap_or_else(|| ObjectRef::new("nothing", "")), role));
    }
    object.links.sort();
    if object.object.kind == "container" {
        object.journey = read::journey(reader, conn, &object.object.id).map_err(|fault| fault.to_string());
    }
    Ok(())
}

pub(super) fn bytes_after(reader: &Reader, conn: &Connection, cursor: Option<&str>, limit: u32) -> Answer<Page<KeptBytes>> {
    let after = cursor::decode::<i64>("bytes", cursor)?.unwrap_or(i64::MIN);
    let sql = "SELECT no, sha256, bytes FROM blob WHERE no > ?1 AND port = ?2 ORDER BY no LIMIT ?3";
    let found: Vec<(i64, KeptBytes)> = read::rows(conn, sql, (after, reader.port_no, limit), |row| {
        let sha256 = hex::encode(Sha256::digest(row.get_ref(2)?.as_bytes()?));
        Ok((row.get(0)?, KeptBytes { kept_under: text(row.get_ref(1)?), sha256 }))
    })?;
    let next = if found.len() < limit as usize { None } else { found.last().and_then(|(no, _)| cursor::encode("bytes", no)) };
    Ok(Page { items: found.into_iter().map(|(_, bytes)| bytes).collect(), next })
}

pub(super) fn has_bytes(reader: &Reader, conn: &Connection, sha256: &str) -> Answer<bool> {
    let sql = "SELECT 1 FROM blob WHERE port = ?1 AND sha256 = ?2";
    Ok(read::one(conn, sql, (reader.port_no, sha256), |_| Ok(()))?.is_some())
}

/// A question whose rows are faults: the table, what does not fit, and a statement that gives one text per row. Within one statement
/// everything is of one instant, so that a writer beside it causes no false answer.
struct Question(&'static str, &'static str, &'static str);

const QUESTIONS: &[Question] = &[
    Question(
        "work",
        "kind, open or due order does not follow from the row",
        "SELECT 'object ' || w.object FROM work w LEFT JOIN object o ON o.no = w.object WHERE o.no IS NULL OR o.kind <> w.kind OR o.port <> w.port \
         OR w.open <> (w.closed_at IS NULL) OR w.due_sort <> COALESCE(w.due_at, 9223372036854775807)",
    ),
    Question(
        "work_party",
        "somebody whom a row names is not in its index",
        "WITH named (object, port, open, kind, opened_at, who, part) AS ( \
           SELECT w.object, w.port, w.open, w.kind, w.opened_at, p.value, 0 FROM work w, json_each(CASE WHEN json_valid(w.parties) THEN w.parties ELSE '[]' END) p \
           UNION ALL SELECT object, port, open, kind, opened_at, owner, 0 FROM work WHERE owner IS NOT NULL \
           UNION ALL SELECT object, port, open, kind, opened_at, owner, 1 FROM work WHERE owner IS NOT NULL \
           UNION ALL SELECT object, port, open, kind, opened_at, authority, 2 FROM work WHERE authority IS NOT NULL) \
         SELECT 'object ' || n.object || ', ' || n.who FROM named n WHERE NOT EXISTS (SELECT 1 FROM work_party x WHERE x.port = n.port AND x.who = n.who \
         AND x.part = n.part AND x.open = n.open AND x.kind = n.kind AND x.opened_at = n.opened_at AND x.object = n.object)",
    ),
    Question(
        "work_party",
        "the index names somebody whom the row does not name",
        "SELECT 'object ' || x.object || ', ' || x.who FROM work_party x LEFT JOIN work w ON w.object = x.object WHERE w.object IS NULL OR x.port <> w.port \
         OR x.open <> w.open OR x.kind <> w.kind OR x.opened_at <> w.opened_at OR COALESCE(CASE x.part \
         WHEN 0 THEN x.who IS w.owner OR EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(w.parties) THEN w.parties ELSE '[]' END) p WHERE p.value = x.who) \
         WHEN 1 THEN x.who IS w.owner WHEN 2 THEN x.who IS w.authority ELSE 0 END, 0) = 0",
    ),
    Question(
        "work_key",
        "a key of a row is not in its index",
        "SELECT 'object ' || w.object || ', ' || k.value FROM work w, json_each(CASE WHEN json_valid(w.keys) THEN w.keys ELSE '[]' END) k \
         WHERE NOT EXISTS (SELECT 1 FROM work_key x WHERE x.port = w.port AND x.key = k.value AND x.object = w.object)",
    ),
    Question(
        "work_key",
        "the index holds a key that the row does not have",
        "SELECT 'object ' || x.object || ', ' || x.key FROM work_key x LEFT JOIN work w ON w.object = x.object WHERE w.object IS NULL OR x.port <> w.port \
         OR NOT EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(w.keys) THEN w.keys ELSE '[]' END) k WHERE k.value = x.key)",
    ),
    Question(
        "work_count",
        "the count is not the number of rows",
        "SELECT scope || ' ' || kind || ' ' || status || ' ' || action || ': ' || SUM(n) FROM ( \
           SELECT port, '' AS scope, open, kind, status, COALESCE(action, '') AS action, COUNT(*) AS n FROM work GROUP BY 1, 2, 3, 4, 5, 6 \
           UNION ALL SELECT p.port, CASE p.part WHEN 0 THEN 'P:' WHEN 1 THEN 'O:' ELSE 'A:' END || p.who, 1, w.kind, w.status, COALESCE(w.action, ''), COUNT(*) \
             FROM work_party p JOIN work w ON w.object = p.object WHERE p.open = 1 GROUP BY 1, 2, 3, 4, 5, 6 \
           UNION ALL SELECT port, scope, open, kind, status, action, -n FROM work_count) \
         GROUP BY port, scope, open, kind, status, action HAVING SUM(n) <> 0",
    ),
    Question(
        "object_tail",
        "a timeline of an object that is not kept",
        "SELECT 'object ' || t.object FROM object_tail t WHERE NOT EXISTS (SELECT 1 FROM object o WHERE o.no = t.object)",
    ),
    Question(
        "object_mark",
        "an entrance to the timeline of an object that is not kept",
        "SELECT 'object ' || m.object FROM object_mark m WHERE NOT EXISTS (SELECT 1 FROM object o WHERE o.no = m.object)",
    ),
    Question(
        "object_link",
        "a link of objects that are not kept",
        "SELECT l.source || ' to ' || l.target || ', ' || l.role FROM object_link l WHERE NOT EXISTS (SELECT 1 FROM object o WHERE o.no = l.source) \
         OR NOT EXISTS (SELECT 1 FROM object o WHERE o.no = l.target)",
    ),
    Question(
        "journey",
        "milestones of a container that is not kept",
        "SELECT j.container FROM journey j WHERE NOT EXISTS (SELECT 1 FROM object o JOIN kind k ON k.no = o.kind WHERE o.port = j.port \
         AND k.code = 'container' AND o.id = j.container)",
    ),
    Question(
        "object",
        "a kind that is not kept, or of no port",
        "SELECT 'object ' || o.no FROM object o WHERE NOT EXISTS (SELECT 1 FROM kind k WHERE k.no = o.kind) OR NOT EXISTS (SELECT 1 FROM port p WHERE p.no = o.port)",
    ),
    Question("blob", "bytes of no port", "SELECT b.sha256 FROM blob b WHERE NOT EXISTS (SELECT 1 FROM port p WHERE p.no = b.port)"),
];

pub(super) fn index_faults(reader: &Reader, conn: &Connection, limit: u32) -> Answer<Vec<IndexFault>> {
    let mut found = Vec::new();
    // What SQLite itself can say: pages, b-trees, and each index against its table.
    let checks: Vec<String> = read::rows(conn, &format!("PRAGMA integrity_check({limit})"), [], |row| Ok(text(row.get_ref(0)?)))?;
    found.extend(checks.into_iter().filter(|said| said != "ok").map(|said| IndexFault {
        table: "file",
        row: said,
        what: "the database's own check finds damage",
    }));
    for Question(table, what, sql) in QUESTIONS {
        let left = limit as usize - found.len().min(limit as usize);
        let rows: Vec<String> = read::rows(conn, &format!("{sql} LIMIT ?1"), [left as i64], |row| Ok(text(row.get_ref(0)?)))?;
        found.extend(rows.into_iter().map(|row| IndexFault { table, row, what }));
    }
    found.extend(tile_faults(reader, conn)?);
    found.truncate(limit as usize);
    Ok(found)
}

/// Tiles whose range of ids is not that of their events.
fn tile_faults(reader: &Reader, conn: &Connection) -> Answer<Vec<IndexFault>> {
    let mut found = Vec::new();
    let mut from = 0u64;
    loop {
        let sql = "SELECT place, id_low, id_high FROM tile WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3";
        let tiles: Vec<(u64, i64, i64)> =
            read::rows(conn, sql, (place(reader.port_no, from), place(reader.port_no + 1, 0), TILES_AT_ONCE), |row| {
                Ok((position(row.get(0)?), row.get(1)?, row.get(2)?))
            })?;
        let Some((last, ..)) = tiles.last().copied() else { return Ok(found) };
        for (no, low, high) in tiles {
            let Some(first) = no.checked_mul(TILE_LEAVES).filter(|first| *first < 1 << super::group::POSITION_BITS) else { continue };
            let places = (place(reader.port_no, first), place(reader.port_no, first + TILE_LEAVES));
            let keys: Vec<Option<i64>> = read::rows(conn, "SELECT id FROM event WHERE place >= ?1 AND place < ?2", places, |row| {
                Ok(row.get_ref(0)?.as_bytes().ok().and_then(|bytes| uuid::Uuid::from_slice(bytes).ok()).map(id_key))
            })?;
            let keys: Vec<i64> = keys.into_iter().flatten().collect();
            if keys.iter().min() != Some(&low) || keys.iter().max() != Some(&high) {
                found.push(IndexFault { table: "tile", row: format!("tile {no}"), what: "the range of ids is not that of its events" });
            }
        }
        from = last + 1;
    }
}
