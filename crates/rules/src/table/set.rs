//! The versions of tables and the one in force at an instant.

use super::compile::CompiledTable;
use super::model::DecisionTable;
use crate::Day;
use crate::finding::{Finding, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All versions of all tables. A later version supersedes an earlier one from its first day on; a decision of an
/// earlier day stays under the version of that day. Versions of one table are added in the order of their release.
#[derive(Debug, Clone, Default)]
pub struct TableSet {
    /// Versions by identity, in the order of their first day.
    tables: BTreeMap<Arc<str>, Vec<Arc<CompiledTable>>>,
}

impl TableSet {
    /// No tables yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a version.
    ///
    /// # Errors
    /// The findings that prevent use, or that the version is there already.
    pub fn insert(&mut self, table: &DecisionTable) -> Result<Arc<CompiledTable>, Vec<Finding>> {
        let compiled = Arc::new(table.compile()?);
        let versions = self.tables.entry(table.id.clone()).or_default();
        if versions.iter().any(|known| known.source().version == table.version) {
            let (zh, en) = ("该版本已存在".into(), "this version is there already".into());
            return Err(vec![Finding::new(Severity::Error, "rules-version-exists", "/version".into(), zh, en)]);
        }
        // Of two that begin on the same day, the one added later counts: a correction of the day.
        let position = versions.partition_point(|known| known.source().effective_from <= table.effective_from);
        versions.insert(position, compiled.clone());
        Ok(compiled)
    }

    /// The version in force on a day: the latest to begin, unless it has ended.
    #[must_use]
    pub fn in_force_on(&self, id: &str, day: Day) -> Option<&Arc<CompiledTable>> {
        let versions = self.tables.get(id)?;
        versions.iter().rev().find(|version| version.source().in_force_on(day))
    }

    /// The version in force at an instant in milliseconds since 1970-01-01T00:00:00Z, by the calendar of China.
    #[must_use]
    pub fn in_force_at(&self, id: &str, epoch_ms: i64) -> Option<&Arc<CompiledTable>> {
        self.in_force_on(id, Day::in_china(epoch_ms))
    }

    /// All versions of a table in the order of their first day.
    #[must_use]
    pub fn versions(&self, id: &str) -> &[Arc<CompiledTable>] {
        self.tables.get(id).map_or(&[], Vec::as_slice)
    }

    /// The identities of all tables.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(|id| &**id)
    }
}
