//! Sessions and what is known without one.

use app::settings::PortSettings;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Role, Text};

/// The port this platform serves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PortInfo {
    /// Port code.
    pub code: String,
    /// Name.
    pub name: Text,
    /// IANA zone.
    pub zone: String,
    /// Offset of the port's clock from UTC.
    pub utc_offset_minutes: i32,
    /// A demonstration with synthetic data.
    pub demo: bool,
}

impl From<&PortSettings> for PortInfo {
    fn from(port: &PortSettings) -> Self {
        Self {
            code: port.code.clone(),
            name: port.name.clone().into(),
            zone: port.zone.clone(),
            utc_offset_minutes: port.utc_offset_minutes,
            demo: port.demo,
        }
    }
}

/// What everybody may know of this platform.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Meta {
    /// Name of the product.
    pub product: Text,
    /// Version.
    pub version: String,
    /// Port.
    pub port: PortInfo,
    /// A demonstration with synthetic data.
    pub demo: bool,
    /// The platform's clock.
    pub now: Instant,
    /// Labels of the sandbox counterparts in use.
    pub sandbox: Vec<String>,
}

/// Who is logged in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SessionUser {
    /// Login name.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Role of the organisation.
    pub role: Role,
}

/// The organisation acted for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SessionOrganisation {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Unified social credit code (统一社会信用代码).
    pub uscc: Option<String>,
    /// Customs district (关区).
    pub district: Option<String>,
}

/// A session.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// Who.
    pub user: SessionUser,
    /// For whom.
    pub organisation: SessionOrganisation,
    /// Where.
    pub port: PortInfo,
    /// Names of the actions that the role may take on its own objects.
    pub permissions: Vec<String>,
    /// Until when.
    pub expires_at: Instant,
}

/// Log in with a password.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct LoginForm {
    /// Login name.
    pub user: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
}

/// Log in with one click, on a demonstration.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct DemoLoginForm {
    /// Login name.
    pub user: String,
}

/// One of the one-click logins of a demonstration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DemoLogin {
    /// Login name.
    pub user: String,
    /// Name.
    pub name: Text,
    /// Role.
    pub role: Role,
    /// Organisation.
    pub organisation: Text,
    /// What one sees and does in this role.
    pub description: Text,
}

/// A code table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CodeTable {
    /// Name in addresses.
    pub id: String,
    /// Title.
    pub name: Text,
    /// Number of codes.
    pub count: usize,
    /// Where it comes from.
    pub source: String,
    /// Of which day.
    pub date: String,
}

/// One code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Code {
    /// Code.
    pub code: String,
    /// Meaning.
    pub name: Text,
    /// First day, YYYY-MM-DD.
    pub valid_from: Option<String>,
    /// Last day, YYYY-MM-DD.
    pub valid_to: Option<String>,
}

/// What of a code table is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct CodeQuery {
    /// Part of the code or of its meaning.
    pub q: Option<String>,
    /// Code after which the list goes on.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}
