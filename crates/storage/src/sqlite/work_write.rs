//! Worklist rows as they are written: only what changed is touched.

use std::collections::{BTreeMap, BTreeSet};

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

/// How many [`COLUMNS`] are.
pub(super) const COLUMN_COUNT: usize = 10;

/// A row from [`COLUMNS`], starting at column `at`.
pub(super) fn read_row(row: &Row<'_>, at: usize) -> rusqlite::Result<WorkRow> {
    let list = |column: usize| -> rusqlite::Result<Vec<String>> {
        let text = row.get_ref(column)?.as_str()?;
        serde_json::from_str(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
    };
    let instant = |column: usize| -> rusqlite::Result<Option<Timestamp>> { Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis)) };
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

/// Scope of the counts of the rows an organisation sees.
pub(super) fn sees_scope(organisation: &str) -> String {
    format!("P:{organisation}")
}

/// Scope of the counts of the rows on which an organisation must act.
pub(super) fn acts_scope(organisation: &str) -> String {
    format!("O:{organisation}")
}

/// Scope of the counts of an authority's rows.
pub(super) fn governs_scope(authority: &str) -> String {
    format!("A:{authority}")
}

/// Everybody named by a row, with the part played.
fn named(row: &WorkRow) -> BTreeSet<(&str, i64)> {
    let mut all: BTreeSet<(&str, i64)> = row.parties.iter().map(|party| (party.as_str(), SEES)).collect();
    if let Some(owner) = &row.owner {
        all.insert((owner, SEES));
        all.insert((owner, ACTS));
    }
    all.extend(row.authority.as_deref().map(|authority| (authority, GOVERNS)));
    all
}

/// Changes of the counters within a group: (scope, open, kind, status, action) → difference.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<(String, bool, i64, String, String), i64>);

impl Counts {
    fn add(&mut self, kind: i64, row: &WorkRow, by: i64) {
        let open = row.closed_at.is_none();
        let action = row.action.as_deref().unwrap_or("");
        let mut count = |scope: String| *self.0.entry((scope, open, kind, row.status.clone(), action.to_owned())).or_default() += by;
        count(PORT_SCOPE.to_owned());
        if open {
            for (who, part) in named(row) {
                count(match part {
                    SEES => sees_scope(who),
                    ACTS => acts_scope(who),
                    _ => governs_scope(who),
                });
            }
        }
    }

    /// Writes the differences.
    pub fn write(&mut self, conn: &Connection, port_no: i64) -> rusqlite::Result<()> {
        let mut upsert = conn.prepare_cached(
            "INSERT INTO work_count (port, scope, open, kind, status, action, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT (port, scope, open, kind, status, action) DO UPDATE SET n = n + excluded.n",
        )?;
        for ((scope, open, kind, status, action), by) in std::mem::take(&mut self.0) {
            if by != 0 {
                upsert.execute((port_no, scope, open, kind, status, action, by))?;
            }
        }
        Ok(())
    }
}

impl Group<'_, '_> {
    /// Replaces the worklist row of an object. An unchanged row costs one read.
    pub(super) fn work(&mut self, object: i64, kind: i64, row: &WorkRow) -> rusqlite::Result<()> {
        let former = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM work w WHERE w.object = ?1"))?
            .query_row([object], |found| read_row(found, 0))
            .optional()?;
        if former.as_ref() == Some(row) {
            return Ok(());
        }
        self.write_work_row(object, kind, row, former.is_some())?;
        self.write_work_parties(object, kind, row, former.as_ref())?;
        self.write_work_keys(object, row, former.as_ref())?;
        if let Some(former) = &former {
            self.counts.add(kind, former, -1);
        }
        self.counts.add(kind, row, 1);
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

    fn write_work_parties(&mut self, object: i64, kind: i64, row: &WorkRow, former: Option<&WorkRow>) -> rusqlite::Result<()> {
        let key = |row: &WorkRow| (row.closed_at.is_none(), row.opened_at);
        let now = named(row);
        let before = former.map(named).unwrap_or_default();
        let moved = former.is_some_and(|former| key(former) != key(row));
        let port = self.state.port_no;
        if let Some(former) = former {
            let mut delete = self.conn.prepare_cached(
                "DELETE FROM work_party WHERE port = ?1 AND who = ?2 AND part = ?3 AND open = ?4 AND kind = ?5 AND opened_at = ?6 AND object = ?7",
            )?;
            for (who, part) in before.iter().filter(|entry| moved || !now.contains(*entry)) {
                delete.execute((port, who, part, former.closed_at.is_none(), kind, former.opened_at.millis(), object))?;
            }
        }
        let mut insert =
            self.conn.prepare_cached("INSERT INTO work_party (port, who, part, open, kind, opened_at, object) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        for (who, part) in now.iter().filter(|entry| moved || !before.contains(*entry)) {
            insert.execute((port, who, part, row.closed_at.is_none(), kind, row.opened_at.millis(), object))?;
        }
        Ok(())
    }

    fn write_work_keys(&mut self, object: i64, row: &WorkRow, former: Option<&WorkRow>) -> rusqlite::Result<()> {
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
