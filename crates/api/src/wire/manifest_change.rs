//! Applications to change a manifest.

use app::manifest_changes::ApplyChange;
use app::reading::Seen;
use ledger::{Aggregate, Timestamp};
use manifest::{ChangePhase, ManifestChange as State, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::manifest::BillForm;
use super::{Instant, Text};
use crate::texts;

/// What is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ManifestChangeForm {
    /// Bill number.
    pub bill: String,
    /// The bill as it is to be; left out to take it off the manifest.
    #[serde(default)]
    pub content: Option<BillForm>,
    /// Reason code 001 to 015, or 999.
    pub reason: String,
    /// Reason in words.
    #[serde(default)]
    pub note: Option<String>,
    /// Evidence, uploaded before.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl ManifestChangeForm {
    pub fn into_command(self, carrier: &str) -> ApplyChange {
        ApplyChange {
            bill: self.bill.trim().to_uppercase(),
            content: self.content.map(|form| form.into_domain(carrier).content),
            reason: self.reason.trim().to_owned(),
            note: self.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty()),
            evidence: self.evidence.into_iter().map(|piece| manifest::Evidence { name: piece.name, sha256: piece.sha256 }).collect(),
        }
    }
}

/// A file that shows why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Evidence {
    /// File name.
    pub name: String,
    /// SHA-256 of its bytes, hex; read at `/attachments/{sha256}?manifest_change={id}`.
    pub sha256: String,
}

/// A field that changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FieldChange {
    /// JSON pointer into the bill; containers are named by their number.
    pub pointer: String,
    /// Value before.
    pub old: Option<String>,
    /// Value after.
    pub new: Option<String>,
}

/// An application in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ManifestChangeSummary {
    /// Application id.
    pub id: String,
    /// Bill number.
    pub bill: String,
    /// Ship call id.
    pub call: String,
    /// Reason code.
    pub reason: String,
    /// How many fields change.
    pub fields: usize,
    /// `waiting`, `automatic`, `approved`, `refused` or `withdrawn`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was applied for.
    #[schema(value_type = String, format = DateTime)]
    pub applied_at: Timestamp,
}

/// An application to change a bill of a manifest (舱单变更).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ManifestChange {
    /// Application id.
    pub id: String,
    /// Bill number.
    pub bill: String,
    /// Ship call id.
    pub call: String,
    /// Who applies, organisation id.
    pub agent: String,
    /// Message it came in.
    pub message: Option<String>,
    /// The bill is to be deleted.
    pub deletes: bool,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub note: Option<String>,
    /// Evidence.
    pub evidence: Vec<Evidence>,
    /// Fields that change.
    pub fields: Vec<FieldChange>,
    /// Why an officer must look at it: `bill-declared`, `containers-landed`, `delivery-order-asked-for`, `ship-arrived`.
    pub because: Vec<String>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Why it was refused.
    pub refusal: Option<String>,
    /// When it was applied for.
    #[schema(value_type = String, format = DateTime)]
    pub applied_at: Timestamp,
    /// When it was decided or withdrawn.
    pub closed_at: Option<Instant>,
    /// Version.
    pub version: u64,
}

impl ManifestChange {
    pub fn of(seen: Seen<State>) -> Self {
        let state = seen.state;
        let (refusal, closed) = match &state.phase {
            ChangePhase::Waiting => (None, None),
            ChangePhase::Automatic => (None, Some(state.applied_at)),
            ChangePhase::Approved { at, .. } | ChangePhase::Withdrawn { at } => (None, Some(*at)),
            ChangePhase::Refused { reason, at, .. } => (Some(reason.clone()), Some(*at)),
        };
        Self {
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            deletes: matches!(state.wanted, Wanted::Cancel),
            refusal,
            closed_at: closed.map(Instant::from),
            id: seen.id,
            bill: state.bill,
            call: state.call,
            agent: state.agent,
            message: state.message,
            reason: state.reason,
            note: state.note,
            evidence: state.evidence.into_iter().map(|piece| Evidence { name: piece.name, sha256: piece.sha256 }).collect(),
            fields: state.fields.into_iter().map(|f| FieldChange { pointer: f.pointer, old: f.old, new: f.new }).collect(),
            because: state.because,
            applied_at: state.applied_at,
            version: seen.version,
        }
    }
}
