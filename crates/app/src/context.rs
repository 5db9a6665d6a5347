//! Who asks, when, and under which request.

use ledger::{Actor, Timestamp};
use serde::{Deserialize, Serialize};

/// The part an organisation plays in the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Trader, customs broker or forwarder (货主、报关行、货代).
    Trader,
    /// Ship agent or carrier (船代、船公司).
    Agent,
    /// Terminal (码头).
    Terminal,
    /// Haulier (集卡车队).
    Trucker,
    /// Customs officer (海关).
    Customs,
    /// Maritime safety administration (海事).
    Maritime,
    /// Border inspection (边检).
    Border,
    /// Port authority (港航管理).
    PortAuthority,
    /// Market supervision (市场监管).
    MarketSupervision,
    /// Port office (口岸办).
    PortOffice,
    /// Administrator of the platform (平台管理员).
    Admin,
    /// A national system at the other end of a connector (国家系统): sends and fetches messages, and nobody logs in for it.
    National,
    /// The platform itself: reactions, clocks, the bank's answers.
    Platform,
    /// Anybody, without login (公众).
    Public,
}

impl Role {
    /// Roles that a person can have.
    pub const PEOPLE: [Self; 11] = [
        Self::Trader,
        Self::Agent,
        Self::Terminal,
        Self::Trucker,
        Self::Customs,
        Self::Maritime,
        Self::Border,
        Self::PortAuthority,
        Self::MarketSupervision,
        Self::PortOffice,
        Self::Admin,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Trader => "trader",
            Self::Agent => "agent",
            Self::Terminal => "terminal",
            Self::Trucker => "trucker",
            Self::Customs => "customs",
            Self::Maritime => "maritime",
            Self::Border => "border",
            Self::PortAuthority => "port-authority",
            Self::MarketSupervision => "market-supervision",
            Self::PortOffice => "port-office",
            Self::Admin => "admin",
            Self::National => "national",
            Self::Platform => "platform",
            Self::Public => "public",
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// User id, key id, or `platform` / `public`.
    pub id: String,
    /// Organisation id; empty for the platform and the public.
    pub organisation: String,
    /// Role of the organisation.
    pub role: Role,
    /// Customs district the organisation is responsible for, for authorities.
    pub district: Option<String>,
    /// A system (API key, EDI partner) rather than a person.
    pub system: bool,
}

impl Principal {
    /// The platform itself.
    pub fn platform() -> Self {
        Self { id: "platform".into(), organisation: String::new(), role: Role::Platform, district: None, system: true }
    }

    /// Anybody.
    pub fn public() -> Self {
        Self { id: "public".into(), organisation: String::new(), role: Role::Public, district: None, system: false }
    }

    /// The actor written into events.
    pub fn actor(&self) -> Actor {
        match (self.role, self.system) {
            (Role::Platform, _) => Actor::Platform,
            (_, true) => Actor::System { organisation: self.organisation.clone(), system: self.id.clone() },
            (_, false) => Actor::Person { organisation: self.organisation.clone(), person: self.id.clone() },
        }
    }
}

/// An idempotency key (幂等键) with the hash of the request it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The client's key, 1 to 64 visible ASCII characters.
    pub key: String,
}

/// Everything about a request that is not its content.
#[derive(Clone, Debug)]
pub struct Context {
    /// Who asks.
    pub principal: Principal,
    /// Now, UTC.
    pub at: Timestamp,
    /// Request id, for the logs and the access record.
    pub request: String,
    /// Key under which the answer is remembered.
    pub idempotency: Option<IdempotencyKey>,
    /// Message that led to it, if one did.
    pub message: Option<String>,
    /// Address it came from, for the access record.
    pub address: Option<std::net::IpAddr>,
}

impl Context {
    /// A request of the platform itself.
    pub fn platform(at: Timestamp, request: impl Into<String>) -> Self {
        Self { principal: Principal::platform(), at, request: request.into(), idempotency: None, message: None, address: None }
    }
}
