//! Routing between partners (伙伴间转发): an interchange whose recipient is another partner goes on to it, byte for byte, where a rule says so.
//!
//! A rule names sender, recipient and types. Besides it, both profiles must be in production, the sender's must accept the types, and nothing
//! in the file may be an error: it is checked like any other. Answers (CONTRL, APERAK) go back along a rule without being named in it.

use std::collections::BTreeSet;

use async_trait::async_trait;
use codes::{Finding, Text};
use serde::{Deserialize, Serialize};

use super::{Phase, Profile};
use crate::exchange::Interpretation;
use crate::rights::Resource;
use crate::{App, AppError, Unit, UseCase, limits};

/// Register of rules, by `sender/recipient`.
pub const ROUTES: &str = "partner-route";
/// Most rules kept.
pub const ROUTES_MAX: usize = 1_000;
/// Most types named by one rule.
pub const ROUTE_KINDS_MAX: usize = 50;
/// What answers a file: goes back without being named.
const ANSWERS: [&str; 2] = ["CONTRL", "APERAK"];

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Who sends, organisation id.
    pub sender: String,
    /// Who gets it, organisation id.
    pub recipient: String,
    /// Types of messages, such as `COPRAR`; at least one.
    pub kinds: BTreeSet<String>,
    /// Remark.
    #[serde(default)]
    pub note: String,
}

fn id_of(sender: &str, recipient: &str) -> String {
    format!("{sender}/{recipient}")
}

fn read(id: &str, body: &[u8]) -> Result<Route, AppError> {
    serde_json::from_slice(body).map_err(|e| AppError::Internal(format!("record {ROUTES}/{id}: {e}")))
}

impl App {
    /// All rules with their versions, in order of sender and recipient.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn routes(&self) -> Result<Vec<(u64, Route)>, AppError> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.store().records(&self.port().code, ROUTES, after.as_deref(), crate::reading::PAGE_MAX).await?;
            for record in &page {
                all.push((record.version, read(&record.id, &record.body)?));
            }
            match page.last() {
                Some(last) if page.len() == crate::reading::PAGE_MAX as usize && all.len() < ROUTES_MAX => after = Some(last.id.clone()),
                Some(_) | None => return Ok(all),
            }
        }
    }

    async fn route(&self, sender: &str, recipient: &str) -> Result<Option<Route>, AppError> {
        let id = id_of(sender, recipient);
        self.store().record(&self.port().code, ROUTES, &id).await?.map(|record| read(&id, &record.body)).transpose()
    }

    /// Whom a file is for, when that is another partner: the organisation, and what forbids to pass it on. Nothing of such a file is acted
    /// upon here.
    pub(crate) async fn addressed_to(
        &self,
        sender: &Profile,
        reading: &Interpretation,
    ) -> Result<Option<(String, Vec<Finding>)>, AppError> {
        let Some(receiver) = reading.receiver.as_deref().filter(|receiver| *receiver != self.port().edi_id) else { return Ok(None) };
        let recipient = self.partner_called(receiver, reading.receiver_qualifier.as_deref()).await?;
        let Some(recipient) = recipient.filter(|recipient| *recipient != sender.organisation) else { return Ok(None) };
        let kinds: BTreeSet<&str> = reading.messages.iter().map(|message| message.kind.as_str()).collect();
        let (there, back) = (self.route(&sender.organisation, &recipient).await?, self.route(&recipient, &sender.organisation).await?);
        let allowed = |kind: &str| {
            there.as_ref().is_some_and(|route| route.kinds.contains(kind))
                || (ANSWERS.contains(&kind) && (there.is_some() || back.is_some()))
        };
        let mut found: Vec<Finding> = kinds.iter().filter(|kind| !allowed(kind)).map(|kind| missing(kind, receiver, &recipient)).collect();
        if kinds.is_empty() {
            found.push(missing("–", receiver, &recipient));
        }
        let test = self.partner(&recipient).await?.is_some_and(|(_, profile)| profile.phase == Phase::Test);
        if test && found.is_empty() {
            found.push(Finding::error(
                "message-route-test",
                "",
                Text::new(
                    format!("接收方“{receiver}”处于测试阶段，未转发。"),
                    format!("The recipient “{receiver}” is in test; not passed on."),
                ),
                Text::new("接收方转入生产后重发。", "Send again once the recipient is in production."),
            ));
        }
        Ok(Some((recipient, found)))
    }
}

fn missing(kind: &str, receiver: &str, recipient: &str) -> Finding {
    Finding::error(
        "message-route-missing",
        "",
        Text::new(
            format!("交换的接收方“{receiver}”是另一单位 {recipient}，没有允许转发 {kind} 的规则，未转发。"),
            format!("The interchange is for “{receiver}”, another organisation ({recipient}); no rule passes {kind} on."),
        ),
        Text::new(
            "如应由本平台处理，请把接收方改为本平台标识；如需转发，请管理员登记转发规则。",
            "Name this platform as the recipient, or ask the administrator for a routing rule.",
        ),
    )
}

/// Writes a rule.
#[derive(Clone, Debug, Serialize)]
pub struct WriteRoute {
    /// The rule.
    pub route: Route,
    /// Version it was read at; 0 while there is none.
    pub expected_version: u64,
}

#[async_trait]
impl UseCase for WriteRoute {
    const NAME: &'static str = "route.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let Route { sender, recipient, kinds, note } = &self.route;
        unit.authorise(Self::NAME, &Resource::own("route"))?;
        for (organisation, pointer) in [(sender, "/sender"), (recipient, "/recipient")] {
            if unit.app.organisation(organisation).await?.is_none() {
                return Err(AppError::invalid("route-partner", pointer, "没有该单位", "there is no such organisation"));
            }
        }
        if sender == recipient {
            return Err(AppError::invalid("route-self", "/recipient", "不能转发给自己", "a partner sends nothing to itself"));
        }
        let plain = |kind: &String| (1..=6).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if kinds.is_empty() || kinds.len() > ROUTE_KINDS_MAX || !kinds.iter().all(plain) {
            return Err(AppError::invalid(
                "route-kinds",
                "/kinds",
                format!("请填写 1 至 {ROUTE_KINDS_MAX} 个报文类型，如 COPRAR"),
                format!("1 to {ROUTE_KINDS_MAX} types such as COPRAR"),
            ));
        }
        limits::text(note, "/note", limits::NOTE_MAX)?;
        let id = id_of(sender, recipient);
        let (version, body) = unit.record_versioned(ROUTES, &id).await?;
        let known = if body.is_some() { version } else { 0 };
        if known != self.expected_version {
            return Err(AppError::Stale { expected: self.expected_version, found: known });
        }
        if body.is_none() && unit.app.routes().await?.len() >= ROUTES_MAX {
            return Err(AppError::invalid(
                "route-too-many",
                "",
                format!("最多 {ROUTES_MAX} 条规则"),
                format!("at most {ROUTES_MAX} rules"),
            ));
        }
        unit.write_record(ROUTES, &id, Some(version), &self.route)?;
        Ok(id)
    }
}

/// Takes a rule away.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteRoute {
    /// Who sends.
    pub sender: String,
    /// Who gets it.
    pub recipient: String,
}

#[async_trait]
impl UseCase for DeleteRoute {
    const NAME: &'static str = "route.delete";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("route"))?;
        let id = id_of(&self.sender, &self.recipient);
        if unit.record_body(ROUTES, &id).await?.is_none() {
            return Err(AppError::NotFound { kind: "route", id });
        }
        unit.delete_record(ROUTES, &id);
        Ok(id)
    }
}
