//! Containers and what terminals report about them.

use std::collections::HashMap;

use app::AppError;
use app::discharge::{BatchOutcome, DischargeReport as DomainReport, StatusEvent as DomainStatus};
use app::reading::Seen;
use ledger::{Aggregate, Timestamp};
use logistics::{Container as State, Customs, Place};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant, Org, Text, instant};
use crate::state::Api;
use crate::texts;

/// One visit of one container (集装箱).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Container {
    /// Id of the visit: number and call.
    pub id: String,
    /// Container number.
    pub number: String,
    /// Size and type.
    pub size_type: String,
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Bill number.
    pub bill_no: Option<String>,
    /// Terminal.
    pub terminal: Org,
    /// Where it is, in words.
    pub place: Text,
    /// `on-board`, `yard`, `inspection-site`, `on-truck` or `gone`.
    pub place_code: String,
    /// Position in the yard.
    pub position: Option<String>,
    /// `not-released`, `released` or `held`.
    pub customs: String,
    /// Delivery order.
    pub delivery_order: Option<String>,
    /// The delivery order was issued.
    pub order_issued: bool,
    /// Open booking.
    pub booking: Option<String>,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was landed.
    pub discharged_at: Option<Instant>,
    /// When it left.
    pub gone_at: Option<Instant>,
    /// End of free storage.
    pub free_until: Option<Instant>,
    /// Seal.
    pub seal: Option<String>,
    /// Damage noted at discharge.
    pub damage: Option<String>,
    /// Verified gross mass told last, kg (核实总重).
    pub verified_mass_kg: Option<String>,
    /// UN numbers of dangerous goods told last.
    pub dangerous: Vec<String>,
    /// The newest report of each kind that messages told.
    pub reports: Vec<BoxReport>,
    /// Alarms that nobody has reviewed yet.
    pub alarms: Vec<BoxAlarm>,
    /// Version.
    pub version: u64,
}

/// A report that a message told of a box (集装箱动态).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BoxReport {
    /// What is said: `gate-in`, `gate-out`, `loaded`, `stowed`, `verified-mass`, `dangerous`, `in-stock`, `status` …
    pub what: String,
    /// Type of the message.
    pub kind: String,
    /// Document number.
    pub document: Option<String>,
    /// Where, as sent.
    pub place: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// An alarm of a box (预警).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BoxAlarm {
    /// Stable code.
    pub code: String,
    /// In words.
    pub text: Text,
    /// When it was raised.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What an officer found about the alarms of a box.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct AlarmReview {
    /// 2 to 500 characters.
    pub note: String,
}

/// Which containers are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ContainerQuery {
    /// State codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of a container, bill or order number.
    pub q: Option<String>,
    /// Ship call id.
    pub call: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// One container reported discharged (卸船报告).
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct DischargeReport {
    /// Container number.
    pub container: String,
    /// Ship call id.
    pub call: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Position in the yard.
    #[serde(default)]
    pub position: Option<String>,
    /// Seal found.
    #[serde(default)]
    pub seal: Option<String>,
    /// Packages counted.
    #[serde(default)]
    pub packages: Option<u32>,
    /// Damage noted.
    #[serde(default)]
    pub damage: Option<String>,
    /// Tally company.
    #[serde(default)]
    pub tally_company: Option<String>,
}

impl From<DischargeReport> for DomainReport {
    fn from(r: DischargeReport) -> Self {
        Self {
            container: r.container,
            call: r.call,
            at: r.at,
            position: r.position,
            seal: r.seal,
            packages: r.packages,
            damage: r.damage,
            tally_company: r.tally_company,
        }
    }
}

/// A batch of discharge reports, at most 1,000.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct DischargeBatch {
    /// Reports.
    pub reports: Vec<DischargeReport>,
}

/// What a status event tells.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StatusKind {
    /// The box has another position in the yard.
    #[default]
    Moved,
}

/// One yard move (堆场动态).
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct StatusEvent {
    /// Container number, or the id of its visit.
    pub container: String,
    /// Ship call id, when the number alone is given.
    #[serde(default)]
    pub call: Option<String>,
    /// What happened.
    #[serde(default)]
    pub kind: StatusKind,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// New position.
    pub position: String,
}

impl From<StatusEvent> for DomainStatus {
    fn from(e: StatusEvent) -> Self {
        match e.kind {
            StatusKind::Moved => Self { container: e.container, call: e.call, at: e.at, position: e.position },
        }
    }
}

/// A batch of status events, at most 5,000.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct StatusBatch {
    /// Events, in order.
    pub events: Vec<StatusEvent>,
}

/// What became of a batch: good rows are recorded, the others come back as findings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BatchResult {
    /// Rows recorded.
    pub accepted: u64,
    /// What was wrong with the others.
    pub findings: Vec<Finding>,
}

impl From<BatchOutcome> for BatchResult {
    fn from(outcome: BatchOutcome) -> Self {
        Self { accepted: outcome.accepted, findings: outcome.findings.into_iter().map(Finding::from).collect() }
    }
}

impl Api {
    pub async fn container(&self, seen: Seen<State>) -> Result<Container, AppError> {
        let call = self.app.peek::<ShipCall>(&seen.state.call).await?;
        self.container_of(seen, call.as_ref()).await
    }

    pub async fn containers(&self, page: Vec<Seen<State>>) -> Result<Vec<Container>, AppError> {
        let calls: HashMap<String, ShipCall> = self.app.peek_many(page.iter().map(|seen| seen.state.call.clone())).await?;
        let mut items = Vec::with_capacity(page.len());
        for seen in page {
            let call = calls.get(&seen.state.call);
            items.push(self.container_of(seen, call).await?);
        }
        Ok(items)
    }

    pub async fn container_of(&self, seen: Seen<State>, call: Option<&ShipCall>) -> Result<Container, AppError> {
        let state = seen.state;
        let (place_code, place, position) = match &state.place {
            Place::OnBoard => ("on-board", Text::new("在船", "On board"), None),
            Place::Yard { position } => ("yard", Text::new(format!("堆场 {position}"), format!("Yard {position}")), Some(position.clone())),
            Place::InspectionSite { site } => {
                ("inspection-site", Text::new(format!("查验场 {site}"), format!("Inspection site {site}")), None)
            }
            Place::OnTruck { plate, .. } => ("on-truck", Text::new(format!("车上 {plate}"), format!("On truck {plate}")), None),
            Place::Gone { .. } => ("gone", Text::new("已出闸", "Left the port"), None),
            Place::Shipped { .. } => ("shipped", Text::new("已装船中转", "Left on another ship"), None),
        };
        Ok(Container {
            ship_name: call.map(|c| c.ship_name.clone()).unwrap_or_default(),
            voyage: call.map(|c| c.voyage_in.clone()).unwrap_or_default(),
            terminal: self.org(&state.terminal).await?,
            place,
            place_code: place_code.to_owned(),
            position: position.filter(|p| !p.is_empty()),
            customs: match state.customs {
                Customs::NotReleased => "not-released".into(),
                Customs::Released { .. } => "released".into(),
                Customs::Held { .. } => "held".into(),
            },
            order_issued: state.order.is_some(),
            free_until: instant(state.order.as_ref().and_then(|o| o.free_until)),
            delivery_order: state.order.as_ref().map(|o| o.id.clone()),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            discharged_at: instant(state.milestones.discharged_at),
            gone_at: instant(state.milestones.gated_out_at),
            verified_mass_kg: state.reports.verified_mass().map(|kg| kg.to_string()),
            dangerous: state.reports.dangerous().iter().map(|goods| goods.un_no.clone()).collect(),
            alarms: state
                .reports
                .alarms
                .iter()
                .map(|open| BoxAlarm { code: open.alarm.code().to_owned(), text: open.alarm.text().into(), at: open.at })
                .collect(),
            reports: state
                .reports
                .latest
                .into_values()
                .map(|told| BoxReport {
                    what: told.said.what().to_owned(),
                    kind: told.kind,
                    document: told.document,
                    place: told.place,
                    at: told.at,
                })
                .collect(),
            number: state.number,
            size_type: state.size_type,
            call: state.call,
            bill_no: state.bill,
            booking: state.booking,
            seal: state.seal,
            damage: state.damage,
            id: seen.id,
            version: seen.version,
        })
    }
}
