//! Everything about some objects in one read transaction: each row once, each event once.

use std::collections::{BTreeMap, BinaryHeap, HashSet};
use std::sync::{Arc, LazyLock};

use ledger::{Event, ObjectRef, StoredEvent};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, Row};
use store::{Dossier, DossierQuery, FiledObject, ObjectRecord, StoreError};

use super::Reader;
use super::chain;
use super::group::place;
use super::read::events_of;
use super::work_write::{COLUMN_COUNT, COLUMNS, read_row};
use crate::error::{Unreadable, sqlite};

/// An object with its row and the end of its timeline.
static FILED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {COLUMNS}, w.object, o.no, o.version, o.state, t.tail, t.events FROM object o LEFT JOIN work w ON w.object = o.no \
         LEFT JOIN object_tail t ON t.object = o.no WHERE o.port = ?1 AND o.kind = ?2 AND o.id = ?3"
    )
});

/// An object of a dossier, found.
#[derive(Clone, Copy)]
struct Found {
    no: i64,
    /// Position + 1 of its newest event; 0 when it has none.
    tail: u64,
    events: u64,
}

/// Where reading of an object's chain stands: position + 1 of the next event back, and the object's number. The newest comes first.
type Step = (u64, i64);

pub(super) fn dossier(reader: &Reader, conn: &Connection, query: &DossierQuery) -> Result<Dossier, StoreError> {
    // Read to its end or given up, it is rolled back by being dropped: nothing was written.
    let _snapshot = conn.unchecked_transaction().map_err(sqlite)?;
    let mut dossier = Dossier::default();
    let mut asked = HashSet::with_capacity(query.objects.len());
    let mut found = Vec::with_capacity(query.objects.len());
    for object in &query.objects {
        if !asked.insert(object) {
            continue;
        }
        if let Some((place, filed)) = file(reader, conn, object)? {
            found.push((object, place));
            dossier.objects.extend(filed);
        }
    }
    if query.named > 0 {
        dossier.named = named(reader, conn, &found, query.named)?;
        dossier.named.retain(|object| !asked.contains(object));
    }
    if query.events > 0 {
        dossier.events = events(reader, conn, &found, query.events)?;
    }
    Ok(dossier)
}

/// An object with its row and the end of its timeline. An object that is only named by events has the latter alone.
fn file(reader: &Reader, conn: &Connection, object: &ObjectRef) -> Result<Option<(Found, Option<FiledObject>)>, StoreError> {
    let Some(kind) = reader.kinds.number(&object.kind) else { return Ok(None) };
    let read = |row: &Row<'_>| {
        let no: i64 = row.get(COLUMN_COUNT + 1)?;
        let version: i64 = row.get(COLUMN_COUNT + 2)?;
        let at = Found {
            no,
            tail: row.get::<_, Option<i64>>(COLUMN_COUNT + 4)?.unwrap_or(0) as u64,
            events: row.get::<_, Option<i64>>(COLUMN_COUNT + 5)?.unwrap_or(0) as u64,
        };
        if version == 0 {
            return Ok((at, None));
        }
        let shown = row.get::<_, Option<i64>>(COLUMN_COUNT)?.is_some();
        let filed = FiledObject {
            record: ObjectRecord { object: object.clone(), version: version as u64, state: row.get(COLUMN_COUNT + 3)? },
            row: if shown { Some(read_row(row, 0)?) } else { None },
        };
        Ok((at, Some(filed)))
    };
    conn.prepare_cached(&FILED).and_then(|mut select| select.query_row((reader.port_no, kind, &object.id), read).optional()).map_err(sqlite)
}

/// Follows the chains of several objects back together, so that an event that names many of them is read once. `read` is given each event's
/// place, newest first, and answers with the event's chain.
fn walk(found: &[(&ObjectRef, Found)], mut read: impl FnMut(u64, &mut Vec<u8>) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let mut steps: BinaryHeap<Step> = found.iter().filter(|(_, at)| at.tail > 0).map(|(_, at)| (at.tail, at.no)).collect();
    let mut links = Vec::new();
    while let Some((next, first)) = steps.pop() {
        links.clear();
        read(next - 1, &mut links)?;
        let mut object = Some(first);
        while let Some(no) = object {
            match chain::back(&links, no as u64).ok_or(Unreadable("timeline"))? {
                0 => {}
                distance => steps.push((next.checked_sub(distance).ok_or(Unreadable("timeline"))?, no)),
            }
            object = steps.peek().is_some_and(|(at, _)| *at == next).then(|| steps.pop().map(|(_, no)| no)).flatten();
        }
    }
    Ok(())
}

/// Reads a blob of the row of an event.
fn blob<T>(select: &mut CachedStatement<'_>, place: i64, read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>) -> Result<T, StoreError> {
    select.query_row([place], read).optional().map_err(sqlite)?.ok_or_else(|| Unreadable("timeline").into())
}

/// Splits off the objects with more events than wanted: their chains lead from the newest event back, and the oldest are wanted.
fn parted<'f, 'o>(
    found: &'f [(&'o ObjectRef, Found)],
    limit: u32,
) -> (Vec<(&'o ObjectRef, Found)>, impl Iterator<Item = &'f (&'o ObjectRef, Found)>) {
    let short = found.iter().filter(move |(_, at)| at.events <= u64::from(limit)).copied().collect();
    (short, found.iter().filter(move |(_, at)| at.events > u64::from(limit)))
}

fn events(reader: &Reader, conn: &Connection, found: &[(&ObjectRef, Found)], limit: u32) -> Result<Vec<Arc<StoredEvent>>, StoreError> {
    let (short, long) = parted(found, limit);
    let mut events = Vec::new();
    let mut select = conn.prepare_cached("SELECT chain, body FROM event WHERE place = ?1").map_err(sqlite)?;
    walk(&short, |position, links| {
        if let Some(recent) = reader.recent.get(position) {
            links.extend_from_slice(&recent.chain);
            events.push(Arc::clone(&recent.event));
            return Ok(());
        }
        let (event, bytes) = blob(&mut select, place(reader.port_no, position), |row| {
            links.extend_from_slice(row.get_ref(0)?.as_blob()?);
            let body = row.get_ref(1)?.as_blob()?;
            Ok((Event::decode(body), body.len()))
        })?;
        let event = event.map_err(|fault| StoreError::Failed(Box::new(fault)))?;
        let event = Arc::new(StoredEvent { position, event });
        reader.recent.put(Arc::clone(&event), links, bytes);
        events.push(event);
        Ok(())
    })?;
    events.reverse();
    let mut long = long.peekable();
    if long.peek().is_none() {
        return Ok(events);
    }
    let mut by_position: BTreeMap<u64, Arc<StoredEvent>> = events.into_iter().map(|stored| (stored.position, stored)).collect();
    for (object, _) in long {
        for stored in events_of(reader, conn, object, None, limit)? {
            by_position.entry(stored.position).or_insert_with(|| Arc::new(stored));
        }
    }
    Ok(by_position.into_values().collect())
}

/// The objects that events name: read from the chains, without a look into the events.
fn named(reader: &Reader, conn: &Connection, found: &[(&ObjectRef, Found)], limit: u32) -> Result<Vec<ObjectRef>, StoreError> {
    let (short, long) = parted(found, limit);
    let mut numbers = HashSet::new();
    let mut select = conn.prepare_cached("SELECT chain FROM event WHERE place = ?1").map_err(sqlite)?;
    walk(&short, |position, links| {
        match reader.recent.get(position) {
            Some(recent) => links.extend_from_slice(&recent.chain),
            None => blob(&mut select, place(reader.port_no, position), |row| {
                links.extend_from_slice(row.get_ref(0)?.as_blob()?);
                Ok(())
            })?,
        }
        numbers.extend(chain::objects(links));
        Ok(())
    })?;
    let mut named = HashSet::new();
    for no in numbers {
        named.insert(reader.object_ref(conn, no as i64).map_err(sqlite)?);
    }
    for (object, _) in long {
        for stored in events_of(reader, conn, object, None, limit)? {
            named.extend(stored.event.objects.into_iter().map(|link| link.object));
        }
    }
    Ok(named.into_iter().collect())
}
