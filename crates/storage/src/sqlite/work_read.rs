//! The worklist as it is read.
//!
//! Every index range used here is already in the order asked for. A page merges the few ranges that can hold matching rows, looks at rows in that
//! order and stops at the page's end, so that its cost depends on the page and not on the list. Which ranges: by key, by who must act, by
//! who may see, or by kind and status, whichever the kept counts say is shorter.

use std::collections::{BTreeMap, HashSet, VecDeque};

use ledger::{ObjectRef, Timestamp, WorkRow};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use store::{Page, StoreError, Visibility, WorkItem, WorkOrder, WorkQuery, WorkTally};

use super::Reader;
use super::work_write::{ACTS, COLUMN_COUNT, COLUMNS, GOVERNS, PORT_SCOPE, SEES, read_row, scope};
use crate::error::sqlite;
use crate::{cursor, limits};

/// So many candidates are read and sorted rather than walked in order.
const SORTED_MAX: usize = 2_000;
/// So many keys of an index range are read and sorted rather than rows walked in order.
const RANGE_KEYS_MAX: usize = 20_000;
/// Rows fetched at first from each of several ranges; doubled when a range is asked again.
const FIRST_FETCH: usize = 16;
/// Most rows fetched from a range at once.
const FETCH_MAX: usize = 512;
/// Fewest characters of a key.
const KEY_CHARS_MIN: usize = 3;

type Answer<T> = Result<T, StoreError>;
/// Order value (opened or due, ms) and object number.
type Key = (i64, i64);

/// Rows of one kind, status and action, with how many there are.
#[derive(Debug)]
struct Bucket {
    open: bool,
    kind: i64,
    status: String,
    action: String,
    count: i64,
}

/// An index range in the order asked for.
struct Run {
    sql: String,
    values: Vec<Value>,
    fetched: VecDeque<Key>,
    last: Option<Key>,
    fetch: usize,
    ended: bool,
}

struct Asked<'q> {
    reader: &'q Reader,
    conn: &'q Connection,
    query: &'q WorkQuery,
    kinds: Option<HashSet<i64>>,
    office_kinds: HashSet<i64>,
}

/// A page of the worklist.
pub(super) fn page(reader: &Reader, conn: &Connection, query: &WorkQuery) -> Answer<Page<WorkItem>> {
    let list = match query.order {
        WorkOrder::Newest => "work-newest",
        WorkOrder::Due => "work-due",
    };
    let after = cursor::decode::<Key>(list, query.cursor.as_deref())?;
    let limit = limits::page(query.limit) as usize;
    let asked = Asked::new(reader, conn, query)?;
    let mut found = asked.walk(after, limit + 1)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = if more { found.last().and_then(|(key, _)| cursor::encode(list, key)) } else { None };
    Ok(Page { items: found.into_iter().map(|(_, item)| item).collect(), next })
}

/// The row of one object.
pub(super) fn row_of(reader: &Reader, conn: &Connection, object: &ObjectRef) -> Answer<Option<WorkItem>> {
    let Some(no) = reader.object_no(conn, object)? else { return Ok(None) };
    Ok(load(conn, no)?.map(|(_, row)| WorkItem { object: object.clone(), row }))
}

/// A row with the number of its kind.
fn load(conn: &Connection, no: i64) -> Answer<Option<(i64, WorkRow)>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS}, w.kind FROM work w WHERE w.object = ?1"))
        .and_then(|mut select| select.query_row([no], |row| Ok((row.get(COLUMN_COUNT)?, read_row(row, 0)?))).optional())
        .map_err(sqlite)
}

impl<'q> Asked<'q> {
    fn new(reader: &'q Reader, conn: &'q Connection, query: &'q WorkQuery) -> Answer<Self> {
        if let Some(prefix) = &query.key_prefix
            && prefix.chars().count() < KEY_CHARS_MIN
        {
            return Err(StoreError::Limit(format!("a key is searched from {KEY_CHARS_MIN} characters on")));
        }
        let numbers = |codes: &[String]| codes.iter().filter_map(|code| reader.kinds.number(code)).collect();
        let kinds = (!query.kinds.is_empty()).then(|| numbers(&query.kinds));
        let office_kinds = match &query.visibility {
            Visibility::Office { kinds, .. } => numbers(kinds),
            Visibility::Port | Visibility::Organisation(_) | Visibility::Authorities(_) => HashSet::new(),
        };
        Ok(Self { reader, conn, query, kinds, office_kinds })
    }

    /// Does a row answer the question? The whole question, so that every way of finding candidates is right.
    fn fits(&self, kind: i64, row: &WorkRow) -> bool {
        let query = self.query;
        let open = row.closed_at.is_none();
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
            && (query.statuses.is_empty() || query.statuses.contains(&row.status))
            && (query.actions.is_empty() || row.action.as_ref().is_some_and(|action| query.actions.contains(action)))
            && query.owner.as_ref().is_none_or(|owner| row.owner.as_ref() == Some(owner))
            && query.open.is_none_or(|wanted| wanted == open)
            && query.key_prefix.as_ref().is_none_or(|prefix| row.keys.iter().any(|key| key.starts_with(prefix.as_str())))
            && query.keys.iter().all(|key| row.keys.contains(key))
            && query.opened_from.is_none_or(|from| row.opened_at >= from)
            && query.opened_to.is_none_or(|to| row.opened_at < to)
            && query.due_before.is_none_or(|before| row.due_at.is_some_and(|due| due < before))
            && match &query.visibility {
                Visibility::Port => true,
                Visibility::Organisation(id) => row.owner.as_ref() == Some(id) || row.parties.contains(id),
                Visibility::Authorities(ids) => row.authority.as_ref().is_some_and(|authority| ids.contains(authority)),
                Visibility::Office { authority, .. } => {
                    self.office_kinds.contains(&kind) || (authority.is_some() && row.authority == *authority)
                }
            }
    }

    fn key(&self, no: i64, row: &WorkRow) -> Key {
        match self.query.order {
            WorkOrder::Newest => (row.opened_at.millis(), no),
            WorkOrder::Due => (row.due_at.map_or(i64::MAX, Timestamp::millis), no),
        }
    }

    /// Does `a` come before `b` in the order asked for?
    fn before(&self, a: Key, b: Key) -> bool {
        match self.query.order {
            WorkOrder::Newest => a > b,
            WorkOrder::Due => a < b,
        }
    }

    /// Buckets of a scope that the question can reach. Scopes other than the port's hold open rows only.
    fn buckets(&self, scope: &str) -> Answer<Vec<Bucket>> {
        let read = || -> rusqlite::Result<Vec<Bucket>> {
            let mut select = self
                .conn
                .prepare_cached("SELECT open, kind, status, action, n FROM work_count WHERE port = ?1 AND scope = ?2 AND n > 0")?;
            select
                .query_map((self.reader.port_no, scope), |row| {
                    Ok(Bucket { open: row.get(0)?, kind: row.get(1)?, status: row.get(2)?, action: row.get(3)?, count: row.get(4)? })
                })?
                .collect()
        };
        let query = self.query;
        let mut found = read().map_err(sqlite)?;
        found.retain(|bucket| {
            query.open.is_none_or(|open| open == bucket.open)
                && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&bucket.kind))
                && (query.statuses.is_empty() || query.statuses.contains(&bucket.status))
                && (query.actions.is_empty() || query.actions.contains(&bucket.action))
        });
        Ok(found)
    }

    /// Who narrows the question most, if anybody: the parts of `work_party` and the scopes of their counts.
    fn named(&self) -> Option<(Vec<&'q str>, i64, Vec<String>)> {
        if let Some(owner) = &self.query.owner {
            return Some((vec![owner], ACTS, vec![scope(ACTS, owner)]));
        }
        match &self.query.visibility {
            // An office sees most of the port: the port's own indexes serve it best.
            Visibility::Port | Visibility::Office { .. } => None,
            Visibility::Organisation(id) => Some((vec![id], SEES, vec![scope(SEES, id)])),
            Visibility::Authorities(ids) => {
                let distinct: std::collections::BTreeSet<&str> = ids.iter().map(String::as_str).collect();
                let scopes = distinct.iter().map(|id| scope(GOVERNS, id)).collect();
                Some((distinct.into_iter().collect(), GOVERNS, scopes))
            }
        }
    }

    /// Matching rows in order, after a key, at most `wanted`.
    fn walk(&self, after: Option<Key>, wanted: usize) -> Answer<Vec<(Key, WorkItem)>> {
        if let Some(candidates) = self.by_key()? {
            return self.sorted(candidates, after, wanted);
        }
        let port = self.buckets(PORT_SCOPE)?;
        let in_port: i64 = port.iter().map(|bucket| bucket.count).sum();
        if let Some(mut keys) = self.by_other_range(&port)? {
            keys.retain(|key| after.is_none_or(|after| self.before(after, *key)));
            return self.in_order(keys, wanted);
        }
        let Some((who, part, scopes)) = self.named() else {
            return self.merge(self.status_runs(&port), after, wanted);
        };
        let only_open = self.query.open == Some(true);
        let mut in_scope = 0;
        for name in &scopes {
            in_scope += self.buckets(name)?.iter().map(|bucket| bucket.count).sum::<i64>();
        }
        if in_port == 0 || (only_open && in_scope == 0) {
            return Ok(Vec::new());
        }
        let fits_in_memory = in_port.min(if only_open { in_scope } else { i64::MAX }) <= SORTED_MAX as i64;
        match self.query.order {
            // The rows of few buckets, whoever sees them, or the rows of a few people, whatever their status.
            WorkOrder::Newest if in_port <= SORTED_MAX as i64 => self.merge(self.status_runs(&port), after, wanted),
            WorkOrder::Newest => self.merge(self.party_runs(&who, part, &port), after, wanted),
            WorkOrder::Due if fits_in_memory && in_scope < in_port && only_open => {
                let candidates = self.drain(self.party_runs(&who, part, &port))?;
                self.sorted(candidates, after, wanted)
            }
            WorkOrder::Due => self.merge(self.status_runs(&port), after, wanted),
        }
    }

    /// Objects with the rarest of the keys asked for; `None` when no key is asked for or too many have each of them.
    fn by_key(&self) -> Answer<Option<Vec<i64>>> {
        const BEGINNING: &str = "SELECT object FROM work_key WHERE port = ?1 AND key >= ?2 AND key < ?2 || char(1114111) LIMIT ?3";
        const WHOLE: &str = "SELECT object FROM work_key WHERE port = ?1 AND key = ?2 LIMIT ?3";
        let asked = self.query.key_prefix.iter().map(|prefix| (BEGINNING, prefix)).chain(self.query.keys.iter().map(|key| (WHOLE, key)));
        let mut fewest: Option<Vec<i64>> = None;
        for (sql, key) in asked {
            let most = fewest.as_ref().map_or(SORTED_MAX, Vec::len);
            let read = || -> rusqlite::Result<Vec<i64>> {
                let mut select = self.conn.prepare_cached(sql)?;
                select.query_map((self.reader.port_no, key, most as i64 + 1), |row| row.get(0))?.collect()
            };
            let found = read().map_err(sqlite)?;
            if found.len() <= most {
                fewest = Some(found);
            }
        }
        if let Some(found) = &mut fewest {
            found.sort_unstable();
            found.dedup();
        }
        Ok(fewest)
    }

    /// Keys of the rows within the range of the other order (due before, when the newest come first; opened within, when the earliest due come
    /// first), when the question has one and few enough rows lie in it. Both indexes hold both values.
    fn by_other_range(&self, port: &[Bucket]) -> Answer<Option<Vec<Key>>> {
        let query = self.query;
        let (index, asked, mut condition) = match query.order {
            WorkOrder::Newest => ("work_by_due", query.due_before.is_some(), String::new()),
            WorkOrder::Due => ("work_by_opened", query.opened_from.is_some() || query.opened_to.is_some(), String::new()),
        };
        if !asked {
            return Ok(None);
        }
        let mut bounds = Vec::new();
        for (sql, bound) in
            [(" AND due_sort < ?", query.due_before), (" AND opened_at >= ?", query.opened_from), (" AND opened_at < ?", query.opened_to)]
        {
            if let Some(bound) = bound {
                condition.push_str(sql);
                bounds.push(Value::from(bound.millis()));
            }
        }
        let column = match query.order {
            WorkOrder::Newest => "opened_at",
            WorkOrder::Due => "due_sort",
        };
        let sql = format!(
            "SELECT {column}, object FROM work INDEXED BY {index} WHERE port = ? AND open = ? AND kind = ? AND status = ?{condition} LIMIT ?"
        );
        let ranges: std::collections::BTreeSet<(bool, i64, &str)> = port.iter().map(|b| (b.open, b.kind, b.status.as_str())).collect();
        let mut keys: Vec<Key> = Vec::new();
        for (open, kind, status) in ranges {
            let left = (RANGE_KEYS_MAX + 1 - keys.len()) as i64;
            let mut values = vec![self.reader.port_no.into(), i64::from(open).into(), kind.into(), Value::from(status.to_owned())];
            values.extend(bounds.iter().cloned());
            values.push(left.into());
            let read = || -> rusqlite::Result<Vec<Key>> {
                self.conn.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            };
            keys.extend(read().map_err(sqlite)?);
            if keys.len() > RANGE_KEYS_MAX {
                return Ok(None);
            }
        }
        Ok(Some(keys))
    }

    /// Candidates in no order: their order is read first, then rows in that order until the page is full.
    fn sorted(&self, candidates: Vec<i64>, after: Option<Key>, wanted: usize) -> Answer<Vec<(Key, WorkItem)>> {
        let column = match self.query.order {
            WorkOrder::Newest => "opened_at",
            WorkOrder::Due => "due_sort",
        };
        let mut select = self.conn.prepare_cached(&format!("SELECT {column} FROM work WHERE object = ?1")).map_err(sqlite)?;
        let mut keys: Vec<Key> = Vec::with_capacity(candidates.len());
        for no in candidates {
            let value: Option<i64> = select.query_row([no], |row| row.get(0)).optional().map_err(sqlite)?;
            keys.extend(value.map(|value| (value, no)).filter(|key| after.is_none_or(|after| self.before(after, *key))));
        }
        self.in_order(keys, wanted)
    }

    /// Rows by their keys, in order, until there are enough.
    fn in_order(&self, mut keys: Vec<Key>, wanted: usize) -> Answer<Vec<(Key, WorkItem)>> {
        keys.sort_unstable_by(|a, b| if self.before(*a, *b) { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater });
        let mut found = Vec::new();
        for key in keys {
            if found.len() >= wanted {
                break;
            }
            found.extend(self.item(key)?);
        }
        Ok(found)
    }

    /// The item of a candidate, if its row still stands there and answers the question.
    fn item(&self, key: Key) -> Answer<Option<(Key, WorkItem)>> {
        let Some((kind, row)) = load(self.conn, key.1)?.filter(|(kind, row)| self.fits(*kind, row) && self.key(key.1, row) == key) else {
            return Ok(None);
        };
        let id: String = self
            .conn
            .prepare_cached("SELECT id FROM object WHERE no = ?1")
            .and_then(|mut select| select.query_row([key.1], |row| row.get(0)))
            .map_err(sqlite)?;
        Ok(Some((key, WorkItem { object: ObjectRef { kind: self.reader.kinds.code(kind).into(), id }, row })))
    }

    fn status_runs(&self, buckets: &[Bucket]) -> Vec<Run> {
        // Actions share the range of their status.
        let ranges: std::collections::BTreeSet<(bool, i64, &str)> = buckets.iter().map(|b| (b.open, b.kind, b.status.as_str())).collect();
        ranges
            .into_iter()
            .map(|(open, kind, status)| {
                let values =
                    vec![Value::from(self.reader.port_no), Value::from(i64::from(open)), Value::from(kind), Value::from(status.to_owned())];
                let (index, column) = match self.query.order {
                    WorkOrder::Newest => ("work_by_opened", "opened_at"),
                    WorkOrder::Due => ("work_by_due", "due_sort"),
                };
                Run::new(
                    &format!("work INDEXED BY {index}"),
                    column,
                    "port = ? AND open = ? AND kind = ? AND status = ?",
                    values,
                    self.query,
                )
            })
            .collect()
    }

    fn party_runs(&self, who: &[&str], part: i64, port: &[Bucket]) -> Vec<Run> {
        let kinds: std::collections::BTreeSet<(bool, i64)> = port.iter().map(|bucket| (bucket.open, bucket.kind)).collect();
        let mut runs = Vec::new();
        for name in who {
            for (open, kind) in &kinds {
                let values = vec![
                    Value::from(self.reader.port_no),
                    Value::from((*name).to_owned()),
                    Value::from(part),
                    Value::from(i64::from(*open)),
                    Value::from(*kind),
                ];
                let condition = "port = ? AND who = ? AND part = ? AND open = ? AND kind = ?";
                runs.push(Run::by_opened("work_party", condition, values, self.query));
            }
        }
        runs
    }

    /// All objects of some ranges.
    fn drain(&self, runs: Vec<Run>) -> Answer<Vec<i64>> {
        let mut found = HashSet::new();
        for mut run in runs {
            run.fetch = FETCH_MAX;
            while let Some((_, no)) = run.next(self.conn)? {
                found.insert(no);
            }
        }
        Ok(found.into_iter().collect())
    }

    fn merge(&self, mut runs: Vec<Run>, after: Option<Key>, wanted: usize) -> Answer<Vec<(Key, WorkItem)>> {
        let first = if runs.len() > 1 { FIRST_FETCH } else { wanted.min(FETCH_MAX) };
        for run in &mut runs {
            run.last = after;
            run.fetch = first;
        }
        let mut found: Vec<(Key, WorkItem)> = Vec::new();
        while found.len() < wanted {
            let mut best: Option<(usize, Key)> = None;
            for (i, run) in runs.iter_mut().enumerate() {
                if let Some(key) = run.peek(self.conn)?
                    && best.is_none_or(|(_, other)| self.before(key, other))
                {
                    best = Some((i, key));
                }
            }
            let Some((i, key)) = best else { break };
            runs[i].fetched.pop_front();
            // One object may stand in two ranges while it is being moved between reads.
            if found.last().is_some_and(|(last, _)| last.1 == key.1) {
                continue;
            }
            found.extend(self.item(key)?);
        }
        Ok(found)
    }
}

impl Run {
    fn new(table: &str, column: &str, condition: &str, values: Vec<Value>, query: &WorkQuery) -> Self {
        match query.order {
            WorkOrder::Newest => Self::by_opened(table, condition, values, query),
            WorkOrder::Due => {
                let mut run = Self::empty(values);
                run.sql = format!("SELECT {column}, object FROM {table} WHERE {condition}");
                if let Some(before) = query.due_before {
                    run.add(" AND due_sort < ?", before.millis());
                }
                run.sql.push_str(" AND (due_sort, object) > (?, ?) ORDER BY due_sort, object LIMIT ?");
                run
            }
        }
    }

    /// Newest opened first, whatever the order asked for (the caller sorts then).
    fn by_opened(table: &str, condition: &str, values: Vec<Value>, query: &WorkQuery) -> Self {
        let mut run = Self::empty(values);
        run.sql = format!("SELECT opened_at, object FROM {table} WHERE {condition}");
        if let Some(from) = query.opened_from {
            run.add(" AND opened_at >= ?", from.millis());
        }
        if let Some(to) = query.opened_to {
            run.add(" AND opened_at < ?", to.millis());
        }
        run.sql.push_str(" AND (opened_at, object) < (?, ?) ORDER BY opened_at DESC, object DESC LIMIT ?");
        run
    }

    fn empty(values: Vec<Value>) -> Self {
        Self { sql: String::new(), values, fetched: VecDeque::new(), last: None, fetch: FIRST_FETCH, ended: false }
    }

    fn add(&mut self, condition: &str, value: i64) {
        self.sql.push_str(condition);
        self.values.push(value.into());
    }

    fn peek(&mut self, conn: &Connection) -> Answer<Option<Key>> {
        if self.fetched.is_empty() && !self.ended {
            let ascending = self.sql.contains(") > (");
            let from = self.last.unwrap_or(if ascending { (i64::MIN, i64::MIN) } else { (i64::MAX, i64::MAX) });
            let values = self.values.iter().cloned().chain([from.0.into(), from.1.into(), Value::from(self.fetch as i64)]);
            let read = || -> rusqlite::Result<VecDeque<Key>> {
                conn.prepare_cached(&self.sql)?.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
            };
            self.fetched = read().map_err(sqlite)?;
            self.ended = self.fetched.len() < self.fetch;
            self.last = self.fetched.back().copied().or(self.last);
            self.fetch = (self.fetch * 2).min(FETCH_MAX);
        }
        Ok(self.fetched.front().copied())
    }

    fn next(&mut self, conn: &Connection) -> Answer<Option<Key>> {
        let next = self.peek(conn)?;
        self.fetched.pop_front();
        Ok(next)
    }
}

/// Numbers of open rows by kind, status and action.
pub(super) fn tally(reader: &Reader, conn: &Connection, query: &WorkQuery, now: Timestamp) -> Answer<Vec<WorkTally>> {
    let asked_open = WorkQuery { open: Some(true), order: WorkOrder::Newest, cursor: None, ..query.clone() };
    if query.open == Some(false) {
        return Ok(Vec::new());
    }
    let asked = Asked::new(reader, conn, &asked_open)?;
    let mut tallies: BTreeMap<(i64, String, String), (u64, u64)> = BTreeMap::new();
    let kept = query.key_prefix.is_none()
        && query.keys.is_empty()
        && query.opened_from.is_none()
        && query.opened_to.is_none()
        && query.due_before.is_none();
    // An owner sees its rows; another reader's view of them has no counter of its own.
    let own = query.owner.as_ref().is_none_or(|owner| match &query.visibility {
        Visibility::Port => true,
        Visibility::Organisation(id) => id == owner,
        Visibility::Authorities(_) | Visibility::Office { .. } => false,
    });
    if kept && own {
        for bucket in asked.kept_counts()? {
            tallies.entry((bucket.kind, bucket.status, bucket.action)).or_default().0 += bucket.count.unsigned_abs();
        }
        if !tallies.is_empty() {
            let overdue = WorkQuery { due_before: Some(now), order: WorkOrder::Due, ..asked_open.clone() };
            let asked = Asked::new(reader, conn, &overdue)?;
            for (kind, row) in asked.all()? {
                if let Some((_, late)) = tallies.get_mut(&(kind, row.status, row.action.unwrap_or_default())) {
                    *late += 1;
                }
            }
        }
    } else {
        for (kind, row) in asked.all()? {
            let late = row.due_at.is_some_and(|due| due < now);
            let entry = tallies.entry((kind, row.status, row.action.unwrap_or_default())).or_default();
            entry.0 += 1;
            entry.1 += u64::from(late);
        }
    }
    let mut list: Vec<WorkTally> = tallies
        .into_iter()
        .map(|((kind, status, action), (count, overdue))| WorkTally {
            kind: reader.kinds.code(kind),
            status,
            action: (!action.is_empty()).then_some(action),
            count,
            overdue,
        })
        .collect();
    list.sort_by(|a, b| (&a.kind, &a.status, &a.action).cmp(&(&b.kind, &b.status, &b.action)));
    Ok(list)
}

impl Asked<'_> {
    /// The kept counts that answer the question together: no row is counted by two of them.
    fn kept_counts(&self) -> Answer<Vec<Bucket>> {
        if let (Visibility::Office { authority, .. }, None) = (&self.query.visibility, &self.query.owner) {
            let mut found = self.buckets(PORT_SCOPE)?;
            found.retain(|bucket| self.office_kinds.contains(&bucket.kind));
            if let Some(authority) = authority {
                let claimed = self.buckets(&scope(GOVERNS, authority))?;
                found.extend(claimed.into_iter().filter(|bucket| !self.office_kinds.contains(&bucket.kind)));
            }
            return Ok(found);
        }
        let scopes = self.named().map_or_else(|| vec![PORT_SCOPE.to_owned()], |(_, _, scopes)| scopes);
        let mut found = Vec::new();
        for name in scopes {
            found.extend(self.buckets(&name)?);
        }
        Ok(found)
    }

    /// Every matching row with its kind.
    fn all(&self) -> Answer<Vec<(i64, WorkRow)>> {
        let candidates = match self.by_key()? {
            Some(found) => found,
            None => {
                let port = self.buckets(PORT_SCOPE)?;
                let by_due = matches!(self.query.order, WorkOrder::Due);
                self.drain(match self.named() {
                    Some((who, part, _)) if !by_due => self.party_runs(&who, part, &port),
                    _ => self.status_runs(&port),
                })?
            }
        };
        let mut found = Vec::new();
        for no in candidates {
            found.extend(load(self.conn, no)?.filter(|(kind, row)| self.fits(*kind, row)));
        }
        Ok(found)
    }
}
