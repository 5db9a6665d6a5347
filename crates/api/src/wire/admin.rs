//! Administration.

use app::directory::Organisation as State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, ObjectRef, Org, Role, Text};

/// An organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Organisation {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Part it plays.
    pub role: Role,
    /// Unified social credit code.
    pub uscc: Option<String>,
    /// Customs district.
    pub district: Option<String>,
    /// How it calls itself in EDI envelopes; for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edi_id: Option<String>,
    /// Credit grade, where customs gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Version, to be sent back as `If-Match` with an edit; for administrators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

impl Organisation {
    /// As everybody sees it.
    pub fn of(state: State) -> Self {
        Self::shown(state, None, None)
    }

    /// As an administrator sees it, who may edit this version.
    pub fn in_full(state: State, version: u64, grade: Option<String>) -> Self {
        Self::shown(state, Some(version), grade)
    }

    fn shown(state: State, version: Option<u64>, grade: Option<String>) -> Self {
        Self {
            id: state.id,
            name: state.name.into(),
            role: state.role.into(),
            uscc: state.uscc,
            district: state.district,
            edi_id: state.edi_id.filter(|_| version.is_some()),
            grade,
            version,
        }
    }
}

/// Registers or changes an organisation.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct OrganisationForm {
    /// Id: lower-case words joined by hyphens.
    #[serde(default)]
    pub id: String,
    /// Name.
    pub name: Text,
    /// Part it plays.
    pub role: Role,
    /// Unified social credit code.
    #[serde(default)]
    pub uscc: Option<String>,
    /// Customs district, for authorities.
    #[serde(default)]
    pub district: Option<String>,
    /// How it calls itself in EDI envelopes.
    #[serde(default)]
    pub edi_id: Option<String>,
}

impl OrganisationForm {
    pub fn into_domain(self, id: Option<String>) -> State {
        let filled = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
        State {
            id: id.unwrap_or(self.id),
            name: ledger::Bilingual::new(self.name.zh, self.name.en),
            role: self.role.into(),
            uscc: filled(self.uscc).map(|u| u.to_uppercase()),
            district: filled(self.district),
            edi_id: filled(self.edi_id),
        }
    }
}

/// Which organisations are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct OrganisationQuery {
    /// Role.
    pub role: Option<String>,
    /// Part of id, name or code.
    pub q: Option<String>,
    /// Id after which the list goes on.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// A person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AdminUser {
    /// Login name.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Organisation.
    pub organisation: Org,
    /// May not log in.
    pub disabled: bool,
    /// Has a password; one-click demo logins have none.
    pub has_password: bool,
    /// Version, to be sent back as `If-Match` with an edit.
    pub version: u64,
}

/// Registers a person.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct UserForm {
    /// Login name.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Organisation id.
    pub organisation: String,
    /// Password, 10 characters or more.
    #[schema(format = Password)]
    pub password: String,
}

/// Changes a person.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct UserEdit {
    /// New name.
    pub name: Option<Text>,
    /// New password.
    #[schema(format = Password)]
    pub password: Option<String>,
    /// May not log in any more.
    pub disabled: Option<bool>,
}

/// A key of a partner's system.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    /// Public part.
    pub id: String,
    /// Organisation it acts for.
    pub organisation: Org,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
}

/// Makes a key.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ApiKeyForm {
    /// Organisation id.
    pub organisation: String,
    /// What it is for.
    pub name: String,
}

/// A key just made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyCreated {
    /// Public part.
    pub id: String,
    /// The whole key, shown once: `Authorization: Bearer` it.
    pub secret: String,
}

/// One access (访问留痕).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AuditRow {
    /// Number.
    pub seq: u64,
    /// When.
    pub at: Instant,
    /// Who.
    pub who: String,
    /// For which organisation.
    pub organisation: Option<String>,
    /// Action.
    pub action: String,
    /// Object.
    pub object: Option<ObjectRef>,
    /// `allowed`, `refused` or `failed`.
    pub outcome: String,
    /// Request id.
    pub request: String,
    /// Detail.
    pub detail: String,
}

/// Which accesses are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct AuditQuery {
    /// User or key id.
    pub who: Option<String>,
    /// Organisation id.
    pub organisation: Option<String>,
    /// Action.
    pub action: Option<String>,
    /// Object kind; together with `object_id`.
    pub object_type: Option<String>,
    /// Object id.
    pub object_id: Option<String>,
    /// From, an instant or a day.
    pub from: Option<String>,
    /// To, an instant or a day.
    pub to: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// Something to send.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutboxRow {
    /// Id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// Channel.
    pub channel: String,
    /// Receiver.
    pub destination: String,
    /// `pending`, `delivered` or `dead`.
    pub state: String,
    /// Attempts so far.
    pub attempts: u32,
    /// Not before; when it was made, for what was not tried yet.
    pub created_at: Instant,
    /// Next attempt.
    pub next_attempt_at: Option<Instant>,
    /// Last fault.
    pub last_error: Option<String>,
    /// What it is about.
    pub object: Option<ObjectRef>,
}

/// Which rows of the outbox are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct OutboxQuery {
    /// `pending`, `delivered` or `dead`.
    pub state: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}
