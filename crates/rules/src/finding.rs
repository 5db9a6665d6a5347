//! What a check of a table found.

use serde::Serialize;

/// Weight of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not meant so; the table can be used.
    Warning,
    /// The table cannot be used.
    Error,
}

/// One finding about a decision table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code such as `rules-row-unreachable`; never used for anything else.
    pub code: &'static str,
    /// Weight.
    pub severity: Severity,
    /// RFC 6901 pointer into the JSON form of the table.
    pub pointer: String,
    /// Message in Chinese.
    pub zh: String,
    /// Message in English.
    pub en: String,
}

impl Finding {
    /// A finding with its place and texts.
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, pointer: String, zh: String, en: String) -> Self {
        Self { code, severity, pointer, zh, en }
    }

    /// Whether the table cannot be used because of this.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
