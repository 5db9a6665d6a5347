//! The embedded store passes the contract suite.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use storage::{SqliteOptions, SqliteStore};
use store::SharedStore;
use store::contract::{Place, sealer};

/// A directory with one file per port.
struct Directory(tempfile::TempDir);

impl Directory {
    fn file(&self, port: &str) -> PathBuf {
        self.0.path().join(format!("{port}.db"))
    }
}

#[async_trait]
impl Place for Directory {
    async fn open(&self, port: &str) -> SharedStore {
        Arc::new(SqliteStore::open(&self.file(port), port, sealer(), SqliteOptions::default()).expect("open"))
    }
}

async fn place() -> Directory {
    Directory(tempfile::tempdir().expect("directory"))
}

store::contract_tests!(place);
