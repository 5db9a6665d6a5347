//! Wire types of `/api/v1`, apart from the domain's own types, with the mapping between the two.

pub(crate) mod admin;
pub(crate) mod agency;
pub(crate) mod alarm;
pub(crate) mod booking;
pub(crate) mod call;
pub(crate) mod case;
pub(crate) mod clue;
pub(crate) mod container;
pub(crate) mod conveyance;
pub(crate) mod conveyance_form;
pub(crate) mod daily;
pub(crate) mod declaration;
pub(crate) mod declaration_form;
pub(crate) mod duty;
pub(crate) mod equipment;
pub(crate) mod field;
pub(crate) mod format;
pub(crate) mod gate;
pub(crate) mod image;
pub(crate) mod image_figures;
pub(crate) mod indicator;
pub(crate) mod insight;
pub(crate) mod inspection;
pub(crate) mod instruction;
pub(crate) mod joint_order;
pub(crate) mod ledger_view;
pub(crate) mod manifest;
pub(crate) mod manifest_change;
pub(crate) mod message;
pub(crate) mod message_centre;
pub(crate) mod message_repair;
pub(crate) mod national;
pub(crate) mod order;
pub(crate) mod partner;
pub(crate) mod payment;
pub(crate) mod public;
pub(crate) mod rollout;
pub(crate) mod roster;
pub(crate) mod rule_table;
pub(crate) mod sailing;
pub(crate) mod sample;
pub(crate) mod sample_figures;
pub(crate) mod sample_form;
pub(crate) mod sampling;
pub(crate) mod session;
pub(crate) mod sharing;
pub(crate) mod site;
pub(crate) mod tally;
pub(crate) mod third_party;
pub(crate) mod transhipment;
pub(crate) mod trial;
pub(crate) mod work;
pub(crate) mod work_order;

use app::AppError;
use ledger::{Bilingual, ObjectRef as LedgerRef, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::Api;

/// A text in both languages of the platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl From<Bilingual> for Text {
    fn from(text: Bilingual) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}

impl From<codes::Text> for Text {
    fn from(text: codes::Text) -> Self {
        Self { zh: text.zh.into_owned(), en: text.en.into_owned() }
    }
}

impl From<&codes::Text> for Text {
    fn from(text: &codes::Text) -> Self {
        Self { zh: text.zh.to_string(), en: text.en.to_string() }
    }
}

impl From<(&str, &str)> for Text {
    fn from((zh, en): (&str, &str)) -> Self {
        Self::new(zh, en)
    }
}

/// An instant, RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime)]
pub(crate) struct Instant(pub Timestamp);

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Self(at)
    }
}

/// An amount in integer minor units (fen for CNY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Money {
    /// Minor units.
    pub amount_minor: i64,
    /// ISO 4217 letters.
    #[schema(value_type = String)]
    pub currency: codes::CurrencyCode,
}

impl From<codes::Money> for Money {
    fn from(money: codes::Money) -> Self {
        Self { amount_minor: money.minor, currency: money.currency }
    }
}

impl From<Money> for codes::Money {
    fn from(money: Money) -> Self {
        Self::new(money.amount_minor, money.currency)
    }
}

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not meant so.
    Warning,
    /// Must be corrected.
    Error,
}

/// One fault of a document: stable code, where it is, what to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Finding {
    /// Stable code.
    pub code: String,
    /// Weight.
    pub severity: Severity,
    /// JSON pointer into what was sent.
    pub pointer: String,
    /// What is wrong.
    pub message: Text,
    /// How to put it right.
    pub hint: Text,
    /// Segment number in an EDI file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<u64>,
    /// Byte offset in an EDI file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Segment tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment_tag: Option<String>,
    /// Reference of the EDI message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_reference: Option<String>,
}

impl Finding {
    /// One value that is not usable.
    pub fn at(code: &str, pointer: String, message: Text) -> Self {
        let hint = Text::new("请更正后重试。", "Correct it and try again.");
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            pointer,
            message,
            hint,
            segment: None,
            offset: None,
            segment_tag: None,
            message_reference: None,
        }
    }
}

impl From<codes::Finding> for Finding {
    fn from(finding: codes::Finding) -> Self {
        let severity = match finding.severity {
            codes::Severity::Info => Severity::Info,
            codes::Severity::Warning => Severity::Warning,
            codes::Severity::Error => Severity::Error,
        };
        Self {
            code: finding.code.into_owned(),
            severity,
            pointer: finding.pointer,
            message: finding.message.into(),
            hint: finding.hint.into(),
            segment: None,
            offset: None,
            segment_tag: None,
            message_reference: None,
        }
    }
}

impl From<app::exchange::MessageFinding> for Finding {
    fn from(found: app::exchange::MessageFinding) -> Self {
        Self {
            segment: found.segment,
            offset: found.offset,
            segment_tag: found.segment_tag,
            message_reference: found.message_reference,
            ..Self::from(found.finding)
        }
    }
}

/// Everything a check found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Findings {
    /// All of it; empty when nothing is wrong.
    pub findings: Vec<Finding>,
}

impl Findings {
    pub fn of(findings: Vec<codes::Finding>) -> Self {
        Self { findings: findings.into_iter().map(Finding::from).collect() }
    }
}

/// The part an organisation plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// Trader, customs broker or freight forwarder.
    Trader,
    /// Ship agent or carrier.
    Agent,
    /// Terminal.
    Terminal,
    /// Haulier.
    Trucker,
    /// Customs.
    Customs,
    /// Maritime safety administration.
    Maritime,
    /// Border inspection.
    Border,
    /// Port authority.
    PortAuthority,
    /// Market supervision.
    MarketSupervision,
    /// Port office.
    PortOffice,
    /// Administrator of the platform.
    Admin,
    /// A national system at the other end of a connector.
    National,
}

impl From<app::Role> for Role {
    fn from(role: app::Role) -> Self {
        match role {
            app::Role::Trader | app::Role::Public => Self::Trader,
            app::Role::Agent => Self::Agent,
            app::Role::Terminal => Self::Terminal,
            app::Role::Trucker => Self::Trucker,
            app::Role::Customs => Self::Customs,
            app::Role::Maritime => Self::Maritime,
            app::Role::Border => Self::Border,
            app::Role::PortAuthority => Self::PortAuthority,
            app::Role::MarketSupervision => Self::MarketSupervision,
            app::Role::PortOffice => Self::PortOffice,
            app::Role::Admin | app::Role::Platform => Self::Admin,
            app::Role::National => Self::National,
        }
    }
}

impl From<Role> for app::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Trader => Self::Trader,
            Role::Agent => Self::Agent,
            Role::Terminal => Self::Terminal,
            Role::Trucker => Self::Trucker,
            Role::Customs => Self::Customs,
            Role::Maritime => Self::Maritime,
            Role::Border => Self::Border,
            Role::PortAuthority => Self::PortAuthority,
            Role::MarketSupervision => Self::MarketSupervision,
            Role::PortOffice => Self::PortOffice,
            Role::Admin => Self::Admin,
            Role::National => Self::National,
        }
    }
}

/// An organisation as it is named everywhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Org {
    /// Organisation id; the district code for a customs district.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Part it plays.
    pub role: Role,
}

/// A typed reference to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ObjectRef {
    /// Kind, such as `container`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Id.
    pub id: String,
}

impl From<&LedgerRef> for ObjectRef {
    fn from(object: &LedgerRef) -> Self {
        Self { kind: object.kind.to_string(), id: object.id.clone() }
    }
}

pub(crate) fn instant(at: Option<Timestamp>) -> Option<Instant> {
    at.map(Instant)
}

impl Api {
    /// How an organisation is named; an id that nobody registered names itself.
    pub async fn org(&self, id: &str) -> Result<Org, AppError> {
        if let Some(known) = self.app.organisation(id).await? {
            return Ok(Org { id: known.id, name: known.name.into(), role: known.role.into() });
        }
        if id.len() == 4 && id.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Org { id: id.to_owned(), name: Text::new(format!("海关 {id}"), format!("Customs {id}")), role: Role::Customs });
        }
        Ok(Org { id: id.to_owned(), name: Text::new(id, id), role: Role::Trader })
    }

    /// How a person is named.
    pub async fn person(&self, id: &str) -> Result<Text, AppError> {
        Ok(self.app.user(id).await?.map_or_else(|| Text::new(id, id), |user| user.name.into()))
    }
}

/// The actions that somebody may take now: those that fit the state and that the rights allow. Names are those of the policies.
pub(crate) fn allowed(
    api: &Api,
    principal: &app::Principal,
    resource: &app::rights::Resource<'_>,
    fitting: &[&'static str],
) -> Vec<String> {
    fitting
        .iter()
        .filter(|action| api.app.rights().require(principal, action, resource).is_ok())
        .map(|action| (*action).to_owned())
        .collect()
}
