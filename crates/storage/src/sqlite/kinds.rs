//! Object kinds and their small numbers, shared by the writer and the readers.

use std::collections::HashMap;

use parking_lot::RwLock;
use rusqlite::Connection;

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<String, i64>,
    codes: Vec<String>,
}

/// Kinds of the database; numbers ascend from 0 without gaps.
#[derive(Debug, Default)]
pub(super) struct Kinds(RwLock<Known>);

impl Kinds {
    /// Reads them anew.
    pub fn load(&self, conn: &Connection) -> rusqlite::Result<()> {
        let mut fresh = Known::default();
        let mut select = conn.prepare_cached("SELECT code FROM kind ORDER BY no")?;
        for code in select.query_map([], |row| row.get::<_, String>(0))? {
            let code = code?;
            fresh.numbers.insert(code.clone(), fresh.codes.len() as i64);
            fresh.codes.push(code);
        }
        *self.0.write() = fresh;
        Ok(())
    }

    /// Number of a kind, if it was ever used.
    pub fn number(&self, code: &str) -> Option<i64> {
        self.0.read().numbers.get(code).copied()
    }

    /// Number of a kind, writing it if it is new. For the writer alone, within its transaction.
    pub fn number_or_new(&self, conn: &Connection, code: &str) -> rusqlite::Result<i64> {
        if let Some(no) = self.number(code) {
            return Ok(no);
        }
        let mut known = self.0.write();
        let no = known.codes.len() as i64;
        conn.prepare_cached("INSERT INTO kind (no, code) VALUES (?1, ?2)")?.execute((no, code))?;
        known.numbers.insert(code.to_owned(), no);
        known.codes.push(code.to_owned());
        Ok(no)
    }

    /// Code of a number.
    pub fn code(&self, no: i64) -> String {
        usize::try_from(no).ok().and_then(|at| self.0.read().codes.get(at).cloned()).unwrap_or_default()
    }

    /// All kinds in the order of their codes.
    pub fn sorted(&self) -> Vec<(String, i64)> {
        let mut all: Vec<(String, i64)> = self.0.read().numbers.iter().map(|(code, no)| (code.clone(), *no)).collect();
        all.sort();
        all
    }
}
