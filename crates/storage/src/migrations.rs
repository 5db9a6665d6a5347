//! Numbered, checksummed, append-only changes of the schema, embedded in the binary and applied under a lock.

use sha2::{Digest, Sha256};

use crate::OpenError;

/// One change of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Number, from 1, without gaps.
    pub number: u32,
    /// File name below `migrations/`.
    pub file: &'static str,
    /// SQL text.
    pub sql: &'static str,
}

impl Migration {
    /// SHA-256 of the SQL text, hex.
    pub fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.sql.as_bytes()))
    }
}

/// Of the embedded store.
pub const SQLITE: &[Migration] = &[
    Migration { number: 1, file: "sqlite/0001_ledger.sql", sql: include_str!("../migrations/sqlite/0001_ledger.sql") },
    Migration { number: 2, file: "sqlite/0002_tally.sql", sql: include_str!("../migrations/sqlite/0002_tally.sql") },
];

/// Of PostgreSQL.
pub const POSTGRES: &[Migration] = &[
    Migration { number: 1, file: "postgres/0001_ledger.sql", sql: include_str!("../migrations/postgres/0001_ledger.sql") },
    Migration { number: 2, file: "postgres/0002_tally.sql", sql: include_str!("../migrations/postgres/0002_tally.sql") },
];

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Number.
    pub number: u32,
    /// File name.
    pub file: String,
    /// Already applied?
    pub applied: bool,
}

/// Compares what a database has, (number, checksum), with what this release knows. Returns what is to come.
///
/// # Errors
/// [`OpenError::Newer`] and [`OpenError::OtherMigration`].
pub(crate) fn pending(known: &'static [Migration], applied: &[(u32, String)]) -> Result<Vec<&'static Migration>, OpenError> {
    let newest = known.last().map_or(0, |migration| migration.number);
    for (number, checksum) in applied {
        match known.iter().find(|migration| migration.number == *number) {
            Some(migration) if migration.checksum() == *checksum => {}
            Some(_) => return Err(OpenError::OtherMigration { number: *number }),
            None => return Err(OpenError::Newer { found: *number, known: newest }),
        }
    }
    Ok(known.iter().filter(|migration| !applied.iter().any(|(number, _)| *number == migration.number)).collect())
}

/// What a database has and lacks.
pub(crate) fn status(known: &'static [Migration], applied: &[(u32, String)]) -> Vec<Status> {
    known
        .iter()
        .map(|m| Status { number: m.number, file: m.file.to_owned(), applied: applied.iter().any(|(n, _)| *n == m.number) })
        .collect()
}

/// The table in which a database remembers its migrations; the same text for both databases.
pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, file TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)";

#[cfg(test)]
mod tests {
    use super::*;

    /// A migration that was released is never edited: the committed list must match. A new one is added at the end, with its line.
    #[test]
    fn released_migrations_are_never_edited() {
        let listed = include_str!("../migrations/CHECKSUMS");
        let found: String = SQLITE.iter().chain(POSTGRES).map(|m| format!("{}  {}\n", m.checksum(), m.file)).collect();
        assert_eq!(listed, found);
    }

    #[test]
    fn numbers_have_no_gaps() {
        for known in [SQLITE, POSTGRES] {
            assert!(known.iter().map(|m| m.number).eq(1..=u32::try_from(known.len()).expect("few")));
        }
    }

    #[test]
    fn a_newer_or_other_schema_is_refused() {
        let same = (1, SQLITE[0].checksum());
        assert_eq!(pending(SQLITE, &[]).expect("all").len(), SQLITE.len());
        assert_eq!(pending(SQLITE, std::slice::from_ref(&same)).expect("rest").len(), SQLITE.len() - 1);
        assert!(matches!(pending(SQLITE, &[same, (99, String::new())]), Err(OpenError::Newer { found: 99, .. })));
        assert!(matches!(pending(SQLITE, &[(1, "other".into())]), Err(OpenError::OtherMigration { number: 1 })));
    }
}
