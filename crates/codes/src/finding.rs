//! What a check found wrong, in the one shape that every check of the platform uses.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A text in the two languages of the interface. The ledger has its own; both crates stand on the lowest layer and know nothing of each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// Both texts.
    pub fn new(zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Info,
    /// Accepted, but probably not meant so.
    Warning,
    /// Not accepted until corrected.
    Error,
}

/// One fault of a document, at its field, with what to do about it. Checks return all findings at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, such as `declaration-field-missing`; documented and never reused.
    pub code: Cow<'static, str>,
    /// Weight.
    pub severity: Severity,
    /// RFC 6901 pointer into the checked document, such as `/goods/0/code_ts`; empty for the whole.
    pub pointer: String,
    /// What is wrong.
    pub message: Text,
    /// How to put it right.
    pub hint: Text,
}

impl Finding {
    /// A fault that has to be corrected.
    pub fn error(code: impl Into<Cow<'static, str>>, pointer: impl Into<String>, message: Text, hint: Text) -> Self {
        Self { code: code.into(), severity: Severity::Error, pointer: pointer.into(), message, hint }
    }

    /// Something probably not meant so.
    pub fn warning(code: impl Into<Cow<'static, str>>, pointer: impl Into<String>, message: Text, hint: Text) -> Self {
        Self { code: code.into(), severity: Severity::Warning, pointer: pointer.into(), message, hint }
    }

    /// Something worth knowing.
    pub fn info(code: impl Into<Cow<'static, str>>, pointer: impl Into<String>, message: Text, hint: Text) -> Self {
        Self { code: code.into(), severity: Severity::Info, pointer: pointer.into(), message, hint }
    }

    /// Whether the document cannot be accepted because of this.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A fault code with what it means: one row of a room's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingCode {
    /// The code.
    pub code: &'static str,
    /// Meaning in Chinese.
    pub zh: &'static str,
    /// Meaning in English.
    pub en: &'static str,
}

/// A row of a room's list of fault codes.
pub const fn finding_code(code: &'static str, zh: &'static str, en: &'static str) -> FindingCode {
    FindingCode { code, zh, en }
}

/// Whether any finding stands in the way of acceptance.
pub fn has_errors(findings: &[Finding]) -> bool {
    findings.iter().any(Finding::is_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_back_from_its_json() {
        let text = |s: &'static str| Text::new("文", s);
        let finding = Finding::error("field-missing", "/goods/0/code_ts", text("missing"), text("fill in"));
        let json = serde_json::to_string(&finding).expect("json");
        assert!(json.contains("\"severity\":\"error\""), "{json}");
        assert_eq!(serde_json::from_str::<Finding>(&json).expect("finding"), finding);
        assert!(has_errors(&[finding]));
        assert!(!has_errors(&[Finding::warning("x", "", text("a"), text("b"))]));
    }
}
