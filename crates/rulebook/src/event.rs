//! What happens to a rule table. The text of a version is kept beside the ledger under its fingerprint; events carry the fingerprint.

use codes::Text;
use ledger::Timestamp;
use ledger::head::Signature;
use serde::{Deserialize, Serialize};

use crate::decide::Checked;
use crate::table::Content;
use crate::trial::TrialSummary;

/// `rule-table.installed`: the first version of a fresh port, which came with the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// Customs district that owns the table, 4 digits.
    pub authority: String,
    /// Title.
    pub title: Text,
    /// Text of version 1.
    pub content: Content,
    /// Where it comes from, to be shown wherever the version is named.
    pub origin: Text,
}

/// `rule-table.drafted`; also the command: an officer begins a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
    /// Officer, user id.
    pub by: String,
    /// Its text, which names the number that the version will have.
    pub content: Content,
    /// Version from which it was copied.
    pub based_on: u32,
}

/// `rule-table.edited`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Version.
    pub version: u32,
    /// Officer, user id.
    pub by: String,
    /// Its text now.
    pub content: Content,
}

/// `rule-table.tried`; also the command: a trial run over past cases came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Version.
    pub version: u32,
    /// Officer who had it tried, user id.
    pub by: String,
    /// What was tried and what came of it.
    pub trial: TrialSummary,
}

/// `rule-table.submitted`; also the command: the author asks for the countersignature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Version.
    pub version: u32,
    /// Officer, user id.
    pub by: String,
    /// Why the version is needed, for the one who countersigns.
    pub note: String,
    /// What the check of the text found.
    pub checked: Checked,
}

/// `rule-table.returned`; also the command: it is not countersigned and becomes a draft again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// Version.
    pub version: u32,
    /// Officer, user id.
    pub by: String,
    /// Why.
    pub why: String,
}

/// `rule-table.released`; also the command: countersigned (复核签发).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Version.
    pub version: u32,
    /// Officer who countersigned, user id.
    pub by: String,
    /// Fingerprint that the officer saw and signed.
    pub fingerprint: String,
    /// Signature over [`release_statement`].
    pub signature: Signature,
}

/// `rule-table.withdrawal-asked`; also the command: an officer wants a released version to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalAsked {
    /// Version.
    pub version: u32,
    /// Officer, user id.
    pub by: String,
    /// Why.
    pub why: String,
}

/// `rule-table.kept`; also the command: the wish to withdraw is dropped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Version.
    pub version: u32,
    /// Officer, user id.
    pub by: String,
}

/// `rule-table.withdrawn`: a draft given up, or a released version that a second officer let end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// Version.
    pub version: u32,
    /// Officer, user id.
    pub by: String,
    /// Why.
    pub why: String,
}

ledger::domain_events! {
    /// What happens to a rule table.
    pub enum RuleTableEvent for "rule-table" {
        /// Installed.
        Installed(Installed) = "rule-table.installed",
        /// Drafted.
        Drafted(Drafted) = "rule-table.drafted",
        /// Edited.
        Edited(Edited) = "rule-table.edited",
        /// Tried.
        Tried(Tried) = "rule-table.tried",
        /// Submitted.
        Submitted(Submitted) = "rule-table.submitted",
        /// Returned.
        Returned(Returned) = "rule-table.returned",
        /// Released.
        Released(Released) = "rule-table.released",
        /// Withdrawal asked for.
        WithdrawalAsked(WithdrawalAsked) = "rule-table.withdrawal-asked",
        /// Withdrawal dropped.
        Kept(Kept) = "rule-table.kept",
        /// Withdrawn.
        Withdrawn(Withdrawn) = "rule-table.withdrawn",
    }
}

/// The text that a countersignature covers: which text of which version, from which day, written and countersigned by whom and when.
#[must_use]
pub fn release_statement(port: &str, table: &str, version: u32, content: &Content, author: &str, by: &str, at: Timestamp) -> String {
    let Content { fingerprint, effective_from, .. } = content;
    format!("fairway-rule-release-v1\n{port}\n{table}\n{version}\n{fingerprint}\n{effective_from}\n{author}\n{by}\n{}\n", at.millis())
}
