//! Worklist rows as they are written: only what changed is touched.

use std::collections::{BTreeSet, HashMap};

use ledger::{Timestamp, WorkRow};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::group::Group;

/// May see the row: a party or the owner.
pub(super) const SEES: i64 = 0;
/// Must act on it.
pub(super) const ACTS: i64 = 1;
/// Is responsible for it.
pub(super) const GOVERNS: i64 = 2;

/// Columns of a row, in the order [`read_row`] takes them.
pub(super) const COLUMNS: &str = "w.title, w.status, w.owner, w.action, w.authority, w.parties, w.keys, w.opened_at, w.due_at, w.closed_at";

const FORMER: &str = "SELECT w.title, w.status, w.owner, w.action, w.authority, w.parties, w.keys, w.opened_at, w.due_at, w.closed_at FROM work w WHERE w.object = ?1";

/// A row with everybody it names.
type Named<'r> = (&'r WorkRow, &'r [(&'r str, i64)]);

/// How many [`COLUMNS`] are.
pub(super) const COLUMN_COUNT: usize = 10;

/// A row from [`COLUMNS`], starting at column `at`.
pub(super) fn read_row(row: &Row<'_>, at: usize) -> rusqlite::Result<WorkRow> {
    let list = |column: usize| -> rusqlite::Result<Vec<String>> {
        let text = row.get_ref(column)?.as_str()?;
        serde_json::from_str(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
    };
    let instant =
        |column: usize| -> rusqlite::Result<Option<Timestamp>> { Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis)) };
    Ok(WorkRow {
        title: row.get(at)?,
        status: row.get(at + 1)?,
        owner: row.get(at + 2)?,
        action: row.get(at + 3)?,
        authority: row.get(at + 4)?,
        parties: list(at + 5)?,
        keys: list(at + 6)?,
        opened_at: Timestamp::from_millis(row.get(at + 7)?),
        due_at: instant(at + 8)?,
        closed_at: instant(at + 9)?,
    })
}

/// Scope of the counts of a whole port.
pub(super) const PORT_SCOPE: &str = "";

/// Prefixes of the other scopes, by part: the rows an organisation sees, those on which it must act, those of an authority.
const SCOPE_PREFIXES: [&str; 3] = ["P:", "O:", "A:"];

/// Scope of the counts of somebody's rows in a part.
pub(super) fn scope(part: i64, who: &str) -> String {
    format!("{}{who}", SCOPE_PREFIXES[part as usize])
}

/// Everybody named by a row, with the part played; each once, in order.
fn named(row: &WorkRow) -> Vec<(&str, i64)> {
    let mut all: Vec<(&str, i64)> = row.parties.iter().chain(&row.owner).map(|party| (party.as_str(), SEES)).collect();
    all.extend(row.owner.as_deref().map(|owner| (owner, ACTS)));
    all.extend(row.authority.as_deref().map(|authority| (authority, GOVERNS)));
    all.sort_unstable();
    all.dedup();
    all
}

/// A counter: scope, status and action by their numbers in [`Counts::texts`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Counter {
    scope: u32,
    open: bool,
    kind: i64,
    status: u32,
    action: u32,
}

/// Changes of the counters within a group. Texts are numbered, for each is met many times.
#[derive(Default)]
pub(super) struct Counts {
    numbers: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
    changes: HashMap<Counter, i64>,
    scratch: String,
}

impl Counts {
    fn number(&mut self, prefix: &str, text: &str) -> u32 {
        self.scratch.clear();
        self.scratch.push_str(prefix);
        self.scratch.push_str(text);
        if let Some(no) = self.numbers.get(self.scratch.as_str()) {
            return *no;
        }
        let no = self.texts.len() as u32;
        self.texts.push(self.scratch.as_str().into());
        self.numbers.insert(self.scratch.as_str().into(), no);
        no
    }

    fn add(&mut self, kind: i64, row: &WorkRow, named: &[(&str, i64)], by: i64) {
        let open = row.closed_at.is_none();
        let counter = Counter {
            scope: self.number("", PORT_SCOPE),
            open,
            kind,
            status: self.number("", &row.status),
            action: self.number("", row.action.as_deref().unwrap_or("")),
        };
        *self.changes.entry(counter).or_default() += by;
        if open {
            for (who, part) in named {
                let scope = self.number(SCOPE_PREFIXES[*part as usize], who);
                *self.changes.entry(Counter { scope, ..counter }).or_default() += by;
            }
        }
    }

    /// Writes the differences.
    pub fn write(&mut self, conn: &Connection, port_no: i64) -> rusqlite::Result<()> {
        let text = |no: u32| &*self.texts[no as usize];
        let mut changes: Vec<_> = self
            .changes
            .iter()
            .filter(|(_, by)| **by != 0)
            .map(|(counter, by)| (text(counter.scope), counter.open, counter.kind, text(counter.status), text(counter.action), *by))
            .collect();
        if changes.is_empty() {
            return Ok(());
        }
        // In order of keys: neighbours share pages.
        changes.sort_unstable();
        let mut upsert = conn.prepare_cached(
            "INSERT INTO work_count (port, scope, open, kind, status, action, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT (port, scope, open, kind, status, action) DO UPDATE SET n = n + excluded.n",
        )?;
        for (scope, open, kind, status, action, by) in changes {
            upsert.execute((port_no, scope, open, kind, status, action, by))?;
        }
        Ok(())
    }
}

impl Group<'_, '_> {
    /// Replaces the worklist row of an object. An unchanged row costs one read.
    pub(super) fn work(&mut self, object: i64, kind: i64, row: &WorkRow) -> rusqlite::Result<()> {
        let former = self.conn.prepare_cached(FORMER)?.query_row([object], |found| read_row(found, 0)).optional()?;
        if former.as_ref() == Some(row) {
            return Ok(());
        }
        self.write_work_row(object, kind, row, former.is_some())?;
        let now = named(row);
        let before = former.as_ref().map(named).unwrap_or_default();
        self.write_work_parties(object, kind, (row, &now), former.as_ref().map(|former| (former, &*before)))?;
        self.write_work_keys(object, row, former.as_ref())?;
        if let Some(former) = &former {
            self.counts.add(kind, former, &before, -1);
        }
        self.counts.add(kind, row, &now, 1);
        Ok(())
    }

    fn write_work_row(&mut self, object: i64, kind: i64, row: &WorkRow, exists: bool) -> rusqlite::Result<()> {
        let sql = if exists {
            "UPDATE work SET port = ?2, open = ?3, kind = ?4, status = ?5, owner = ?6, action = ?7, authority = ?8, title = ?9, opened_at = ?10, due_at = ?11, \
             due_sort = ?12, closed_at = ?13, parties = ?14, keys = ?15 WHERE object = ?1"
        } else {
            "INSERT INTO work (object, port, open, kind, status, owner, action, authority, title, opened_at, due_at, due_sort, closed_at, parties, keys) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        };
        self.conn.prepare_cached(sql)?.execute(params![
            object,
            self.state.port_no,
            row.closed_at.is_none(),
            kind,
            row.status,
            row.owner,
            row.action,
            row.authority,
            row.title,
            row.opened_at.millis(),
            row.due_at.map(Timestamp::millis),
            row.due_at.map_or(i64::MAX, Timestamp::millis),
            row.closed_at.map(Timestamp::millis),
            json_list(&row.parties),
            json_list(&row.keys),
        ])?;
        Ok(())
    }

    fn write_work_parties(&mut self, object: i64, kind: i64, row: Named<'_>, former: Option<Named<'_>>) -> rusqlite::Result<()> {
        let key = |row: &WorkRow| (row.closed_at.is_none(), row.opened_at);
        let (row, now) = row;
        let before = former.map(|(_, before)| before).unwrap_or_default();
        let moved = former.is_some_and(|(former, _)| key(former) != key(row));
        let port = self.state.port_no;
        if let Some((former, before)) = former.filter(|(_, before)| moved || *before != now) {
            let mut delete = self.conn.prepare_cached(
                "DELETE FROM work_party WHERE port = ?1 AND who = ?2 AND part = ?3 AND open = ?4 AND kind = ?5 AND opened_at = ?6 AND object = ?7",
            )?;
            for (who, part) in before.iter().filter(|entry| moved || !now.contains(entry)) {
                delete.execute((port, who, part, former.closed_at.is_none(), kind, former.opened_at.millis(), object))?;
            }
        } else if former.is_some() {
            return Ok(());
        }
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO work_party (port, who, part, open, kind, opened_at, object) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (who, part) in now.iter().filter(|entry| moved || !before.contains(entry)) {
            insert.execute((port, who, part, row.closed_at.is_none(), kind, row.opened_at.millis(), object))?;
        }
        Ok(())
    }

    fn write_work_keys(&mut self, object: i64, row: &WorkRow, former: Option<&WorkRow>) -> rusqlite::Result<()> {
        if former.is_some_and(|former| former.keys == row.keys) {
            return Ok(());
        }
        let now: BTreeSet<&str> = row.keys.iter().map(String::as_str).collect();
        let before: BTreeSet<&str> = former.map(|f| f.keys.iter().map(String::as_str).collect()).unwrap_or_default();
        let mut delete = self.conn.prepare_cached("DELETE FROM work_key WHERE port = ?1 AND key = ?2 AND object = ?3")?;
        for key in before.difference(&now) {
            delete.execute((self.state.port_no, key, object))?;
        }
        let mut insert = self.conn.prepare_cached("INSERT INTO work_key (port, key, object) VALUES (?1, ?2, ?3)")?;
        for key in now.difference(&before) {
            insert.execute((self.state.port_no, key, object))?;
        }
        Ok(())
    }
}

fn json_list(list: &[String]) -> String {
    // A list of texts is always JSON.
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}
