//! The register of connections to national systems (对接登记, SW-03): what is planned, tested and live, and who looks after it.

use async_trait::async_trait;
use ledger::{Bilingual, Timestamp};
use serde::{Deserialize, Serialize};

use crate::partners::{DeliverBy, Direction};
use crate::rights::Resource;
use crate::{App, AppError, Unit, UseCase, limits};

/// Register of connectors, by id.
pub const CONNECTORS: &str = "connector";
/// Most connectors kept.
pub const CONNECTORS_MAX: usize = 100;

/// How far a connection is (对接状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectorStatus {
    /// Planned (计划).
    Planned,
    /// Being tested, also with a sandbox (测试).
    Testing,
    /// Used in earnest (运行).
    Live,
}

/// A connection to a system outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connector {
    /// Id: lower-case letters, digits, hyphens.
    pub id: String,
    /// What it is for.
    pub name: Bilingual,
    /// The system at the other end.
    pub counterpart: Bilingual,
    /// How far it is.
    pub status: ConnectorStatus,
    /// Who looks after it here.
    pub owner: String,
    /// Version of the interface.
    pub version: String,
    /// Organisation under which the counterpart exchanges messages, once it does.
    pub partner: Option<String>,
    /// Remark.
    pub note: String,
}

/// The six that a port of this kind needs: goods declaration first, the five that follow the national window's progress after it.
const SHIPPED: [(&str, &str, &str); 6] = [
    ("goods-declaration", "货物申报及通关信息", "Goods declaration and clearance information"),
    ("tax", "税务", "Tax"),
    ("foreign-exchange", "外汇", "Foreign exchange"),
    ("licences", "许可证", "Licences"),
    ("air-manifest", "航空舱单", "Air manifest"),
    ("rail-manifest", "铁路舱单", "Rail manifest"),
];

/// The connector through which declarations go.
pub const GOODS_DECLARATION: &str = SHIPPED[0].0;

fn shipped(app: &App, id: &str) -> Option<Connector> {
    let (id, zh, en) = SHIPPED.iter().find(|(known, ..)| *known == id)?;
    let national = app.port().national.as_ref().filter(|_| *id == GOODS_DECLARATION);
    let standard = || Bilingual::new("国际贸易单一窗口（标准版）", "National single window (standard version)");
    Some(Connector {
        id: (*id).to_owned(),
        name: Bilingual::new(*zh, *en),
        counterpart: national.map_or_else(standard, |national| national.name.clone()),
        status: if national.is_some() { ConnectorStatus::Testing } else { ConnectorStatus::Planned },
        owner: String::new(),
        version: String::new(),
        partner: national.map(|national| national.organisation.clone()),
        note: String::new(),
    })
}

impl App {
    /// The connectors with their versions, in order of id; 0 for one that nobody has written to yet.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn connectors(&self) -> Result<Vec<(u64, Connector)>, AppError> {
        let limit = u32::try_from(CONNECTORS_MAX).unwrap_or(u32::MAX);
        let mut all = Vec::new();
        for record in self.store().records(&self.port().code, CONNECTORS, None, limit).await? {
            all.push((record.version, read(&record.id, &record.body)?));
        }
        let missing = SHIPPED.iter().filter(|(id, ..)| !all.iter().any(|(_, known): &(u64, Connector)| known.id == *id));
        let missing: Vec<_> = missing.filter_map(|(id, ..)| shipped(self, id)).map(|connector| (0, connector)).collect();
        all.extend(missing);
        all.sort_by(|a, b| a.1.id.cmp(&b.1.id));
        Ok(all)
    }

    /// Does this connector lead to a sandbox?
    pub fn is_sandbox_connector(&self, connector: &Connector) -> bool {
        let national = self.port().national.as_ref();
        national.is_some_and(|national| national.sandbox && connector.partner.as_ref() == Some(&national.organisation))
    }

    /// When something last went through a connector, up or down.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn last_exchange(&self, connector: &Connector) -> Result<Option<Timestamp>, AppError> {
        let Some(partner) = &connector.partner else { return Ok(None) };
        let mut last = self.last_heard(partner).await?;
        if let Some((_, profile)) = self.partner(partner).await? {
            let out = self.channel_state(partner, profile.channels.deliver_by, Direction::Out).await?;
            last = last.max(out.and_then(|state| state.last_success_at).filter(|_| profile.channels.deliver_by != DeliverBy::Mailbox));
        }
        Ok(last)
    }
}

fn read(id: &str, body: &[u8]) -> Result<Connector, AppError> {
    serde_json::from_slice(body).map_err(|e| AppError::Internal(format!("record {CONNECTORS}/{id}: {e}")))
}

/// Writes a connector: a new one, or what is known of one.
#[derive(Clone, Debug, Serialize)]
pub struct WriteConnector {
    /// The connector.
    pub connector: Connector,
    /// Version it was read at; 0 while nobody has written to it.
    pub expected_version: u64,
}

#[async_trait]
impl UseCase for WriteConnector {
    const NAME: &'static str = "connector.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("connector"))?;
        let connector = &self.connector;
        check(unit.app, connector)?;
        if let Some(partner) = &connector.partner
            && unit.app.organisation(partner).await?.is_none()
        {
            return Err(AppError::invalid("connector-partner", "/partner", "没有该单位", "there is no such organisation"));
        }
        let (version, body) = unit.record_versioned(CONNECTORS, &connector.id).await?;
        if version != self.expected_version {
            return Err(AppError::Stale { expected: self.expected_version, found: version });
        }
        if body.is_none() && unit.app.connectors().await?.len() >= CONNECTORS_MAX {
            return Err(AppError::invalid(
                "connector-too-many",
                "",
                format!("最多登记 {CONNECTORS_MAX} 个对接"),
                format!("at most {CONNECTORS_MAX} connectors"),
            ));
        }
        unit.write_record(CONNECTORS, &connector.id, Some(version), connector)?;
        Ok(connector.id.clone())
    }
}

fn check(app: &App, connector: &Connector) -> Result<(), AppError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if connector.id.is_empty() || connector.id.len() > limits::SHORT_TEXT_MAX || !connector.id.chars().all(plain) {
        return Err(AppError::invalid(
            "connector-id",
            "/id",
            "代码由 1 至 64 个小写字母、数字、连字符组成",
            "an id has 1 to 64 lower-case letters, digits and hyphens",
        ));
    }
    for (text, pointer) in [(&connector.name.zh, "/name/zh"), (&connector.name.en, "/name/en")] {
        if text.trim().is_empty() {
            return Err(AppError::invalid("connector-name", pointer, "请填写名称", "a name is needed"));
        }
    }
    for (text, pointer) in [
        (&connector.name.zh, "/name/zh"),
        (&connector.name.en, "/name/en"),
        (&connector.counterpart.zh, "/counterpart/zh"),
        (&connector.counterpart.en, "/counterpart/en"),
        (&connector.owner, "/owner"),
        (&connector.version, "/version"),
    ] {
        limits::text(text, pointer, limits::SHORT_TEXT_MAX)?;
    }
    limits::text(&connector.note, "/note", limits::NOTE_MAX)?;
    if connector.status == ConnectorStatus::Live && app.is_sandbox_connector(connector) {
        return Err(AppError::invalid(
            "connector-sandbox",
            "/status",
            "对端是沙箱，不能标为运行",
            "the counterpart is a sandbox; it cannot be live",
        ));
    }
    Ok(())
}
