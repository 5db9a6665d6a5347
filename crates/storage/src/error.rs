//! Why a store cannot be opened, and how a database's faults are told to the application.

use std::path::PathBuf;

use store::StoreError;

use crate::postgres::NoConnection;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process writes to this file.
    #[error("{path} is in use by another process; stop it first, or open the file for inspection only")]
    Locked {
        /// The database file.
        path: PathBuf,
    },
    /// The file or its directory cannot be written.
    #[error("{path} cannot be opened for writing")]
    NotWritable {
        /// The database file or its lock file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is there, but is no intact database.
    #[error("{path} is damaged or is not a database: {reason}; restore it from a backup")]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// The database's own words.
        reason: String,
    },
    /// The schema was made by a newer release.
    #[error("the database has schema {found}, this release knows up to {known}: run a newer release")]
    Newer {
        /// Number of the newest migration in the database.
        found: u32,
        /// Number of the newest migration in this release.
        known: u32,
    },
    /// A migration in the database is not the one of this release.
    #[error("migration {number} in the database is not the one of this release")]
    OtherMigration {
        /// Its number.
        number: u32,
    },
    /// Opened for inspection, but the schema is not the newest.
    #[error("the database has {pending} migrations to come; open it once for writing")]
    Pending {
        /// Migrations not yet applied.
        pending: usize,
    },
    /// The file keeps the ledger of another port.
    #[error("the database keeps port {found}, not {asked}")]
    OtherPort {
        /// Port in the file.
        found: String,
        /// Port asked for.
        asked: String,
    },
    /// The newest signed head does not follow from the stored events: signing on would hide it.
    #[error("the ledger's newest head (size {size}) does not follow from its events; run `fairway ledger verify`")]
    Altered {
        /// Size in the head.
        size: u64,
    },
    /// The server cannot be reached or does not answer as expected.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Anything else.
    #[error("the database cannot be opened")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What an SQLite fault means to the application.
pub(crate) fn sqlite(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Unavailable("the database is locked by another process".into())
        }
        Some(ErrorCode::ReadOnly) => StoreError::Unavailable("the database cannot be written".into()),
        Some(ErrorCode::CannotOpen) => StoreError::Unavailable("the database file cannot be opened".into()),
        _ => StoreError::Failed(Box::new(error)),
    }
}

/// What a PostgreSQL fault means to the application.
pub(crate) fn postgres(error: tokio_postgres::Error) -> StoreError {
    use tokio_postgres::error::SqlState;
    let Some(state) = error.code() else {
        return if error.is_closed() || std::error::Error::source(&error).is_some_and(|cause| cause.is::<std::io::Error>()) {
            StoreError::Unavailable("the connection to the database was lost".into())
        } else {
            StoreError::Failed(Box::new(error))
        };
    };
    if *state == SqlState::DISK_FULL {
        return StoreError::Full;
    }
    // Class 08: connection; 40: rolled back for another transaction's sake; 53: insufficient resources; 55P03 and 57014: a lock or an answer took too
    // long; 57P: operator intervention; 25006: a standby that takes no writes.
    let class = &state.code()[..2];
    let waited = [SqlState::LOCK_NOT_AVAILABLE, SqlState::QUERY_CANCELED].contains(state);
    if waited || ["08", "40", "53"].contains(&class) || state.code().starts_with("57P") || *state == SqlState::READ_ONLY_SQL_TRANSACTION {
        return StoreError::Unavailable(format!("the database answered {}", state.code()));
    }
    StoreError::Failed(Box::new(error))
}

/// Why the writer has no connection, as the application is told.
pub(crate) fn no_connection(fault: NoConnection) -> StoreError {
    match fault {
        NoConnection::Refused(fault) => postgres(fault),
        NoConnection::Silent => StoreError::Unavailable("the database does not answer".into()),
    }
}

/// A stored row that does not read as what was written.
#[derive(Debug, thiserror::Error)]
#[error("stored {0} cannot be read")]
pub(crate) struct Unreadable(pub &'static str);

impl From<Unreadable> for StoreError {
    fn from(fault: Unreadable) -> Self {
        Self::Failed(Box::new(fault))
    }
}
