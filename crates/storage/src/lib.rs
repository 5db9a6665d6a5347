//! storage
#![forbid(unsafe_code)]
mod postgres;
mod sqlite;
pub use postgres::PostgresStore;
pub use sqlite::{SqliteOptions, SqliteStore};

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not described further.
    #[error("{0}")]
    Other(String),
}
