//! The two stores: one SQLite file ([`SqliteStore`]) and PostgreSQL ([`PostgresStore`]), their migrations, the check of a whole ledger
//! ([`verify`]) and its export in the form of OCEL 2.0 ([`ocel`]).
//!
//! Both group commits that wait at the same time into one transaction with one signed head, and pass the suite of [`store`]'s
//! `contract` module. This crate knows SQL and nothing of any room: states and payloads are bytes to it.
#![forbid(unsafe_code)]

mod cursor;
mod error;
mod limits;
pub mod migrations;
pub mod ocel;
mod postgres;
mod prepare;
mod sqlite;
pub mod verify;

pub use error::OpenError;
pub use limits::{
    BLOB_BYTES_MAX, COMMIT_EVENTS_MAX, COMMIT_ROWS_MAX, EVENT_BYTES_MAX, EVENT_OBJECTS_MAX, ID_BYTES_MAX, KIND_BYTES_MAX, PAGE_ROWS_MAX,
    SCAN_ROWS_MAX, STATE_BYTES_MAX, WORK_PARTIES_MAX,
};
pub use postgres::PostgresStore;
pub use sqlite::{Access, SqliteOptions, SqliteStore};
