//! The gate and its receipts.

use app::reading::Seen;
use app::{AppError, Context, Role};
use ledger::Timestamp;
use logistics::{Direction, Eir as EirState, GateOutcome, GateReason, GateTransaction as State, Panel, container_number};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::booking::masked_name;
use super::order::verify_url;
use super::{Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// Damage noted (残损).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Damage {
    /// Side of the box: `front`, `rear`, `top`, `left`, `right`, `bottom`, `door`, `floor`, `interior`.
    #[schema(value_type = String)]
    pub location: Panel,
    /// Component.
    #[serde(default)]
    pub component: String,
    /// CEDEX damage type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who answers for it.
    #[serde(default)]
    pub responsible: Option<String>,
}

impl From<Damage> for logistics::Damage {
    fn from(d: Damage) -> Self {
        Self { location: d.location, component: d.component, cedex: d.kind, responsible: d.responsible.filter(|r| !r.is_empty()) }
    }
}

/// A truck stands at the gate.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct GateRequest {
    /// `in` or `out`.
    #[schema(value_type = String)]
    pub direction: Direction,
    /// Lane.
    pub lane: String,
    /// Plate read.
    pub plate: String,
    /// Container number.
    pub container: String,
    /// Seal read.
    #[serde(default)]
    pub seal: Option<String>,
    /// Damages noted.
    #[serde(default)]
    pub damages: Vec<Damage>,
    /// Photos taken on the way out, at most six: the SHA-256 of PNG or JPEG images uploaded as attachments.
    #[serde(default)]
    pub photos: Vec<String>,
    /// When, if reported later.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// Why the gate stays closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Stable code.
    pub code: String,
    /// What to tell the driver.
    pub text: Text,
    /// What to do about it.
    pub hint: Text,
}

/// One thing that the gate looked at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GateCheck {
    /// Stable code.
    pub code: String,
    /// What was looked at.
    pub name: Text,
    /// Fine?
    pub ok: bool,
    /// What was found.
    pub detail: Text,
}

/// What the gate decided (闸口作业记录).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GateTransaction {
    /// Id.
    pub id: String,
    /// `in` or `out`.
    pub direction: String,
    /// Lane.
    pub lane: String,
    /// Plate.
    pub plate: String,
    /// Container number, when the box is known.
    pub container: String,
    /// When.
    pub at: Instant,
    /// `passed` or `refused`.
    pub outcome: String,
    /// Every reason against it.
    pub reasons: Vec<Reason>,
    /// Everything that was looked at.
    pub checks: Vec<GateCheck>,
    /// Booking found.
    pub booking: Option<String>,
    /// Interchange receipt, on the way out.
    pub eir: Option<String>,
}

/// Which gate transactions are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct GateQuery {
    /// `passed` or `refused`.
    pub outcome: Option<String>,
    /// Beginning of a container number, plate or id.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// The state of one side of the box.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PanelState {
    /// Side.
    #[schema(value_type = String)]
    pub panel: Panel,
    /// `sound` or `damaged`.
    pub state: String,
}

/// An equipment interchange receipt (设备交接单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Eir {
    /// Id.
    pub id: String,
    /// Container number.
    pub container: String,
    /// Size and type.
    pub size_type: String,
    /// `in` or `out`.
    pub direction: String,
    /// Operation.
    pub operation: String,
    /// Plate.
    pub plate: String,
    /// Driver; masked unless the reader needs it.
    pub driver: String,
    /// Terminal.
    pub terminal: Org,
    /// Haulier.
    pub trucker: Org,
    /// Bill number.
    pub bill_no: Option<String>,
    /// Ship call id.
    pub call: Option<String>,
    /// Seal.
    pub seal: Option<String>,
    /// State of each side.
    pub condition: Vec<PanelState>,
    /// Damages.
    pub damages: Vec<Damage>,
    /// SHA-256 of each photo; the bytes are at `/eirs/{id}/photos/{number}`, counted from 1.
    pub photos: Vec<String>,
    /// When.
    pub at: Instant,
    /// Verification code.
    pub code: String,
    /// Where anybody can check it.
    pub verify_url: Option<String>,
    /// Gate transaction.
    pub gate_transaction: String,
}

pub(crate) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

pub(crate) fn transaction(seen: Seen<State>) -> GateTransaction {
    let record = seen.state.record;
    let (outcome, reasons, eir) = match seen.state.outcome {
        GateOutcome::Passed { eir } => ("passed", Vec::new(), eir),
        GateOutcome::Refused { reasons } => ("refused", reasons, None),
    };
    GateTransaction {
        id: seen.id,
        direction: direction(record.direction).to_owned(),
        lane: record.lane,
        plate: record.plate,
        container: record.container.as_deref().map(|id| container_number(id).to_owned()).unwrap_or_default(),
        at: record.at.into(),
        outcome: outcome.to_owned(),
        checks: GateReason::ALL
            .iter()
            .map(|reason| {
                let ok = !reasons.contains(reason);
                GateCheck {
                    code: reason.code().to_owned(),
                    name: texts::gate_check(*reason),
                    ok,
                    detail: if ok { Text::new("通过", "fine") } else { reason.text().into() },
                }
            })
            .collect(),
        reasons: reasons.iter().map(|r| Reason { code: r.code().to_owned(), text: r.text().into(), hint: texts::gate_hint(*r) }).collect(),
        booking: record.booking,
        eir,
    }
}

impl Api {
    pub async fn eir(&self, ctx: &Context, seen: Seen<EirState>) -> Result<Eir, AppError> {
        let state = seen.state;
        let own = &ctx.principal.organisation;
        let plain = match ctx.principal.role {
            Role::Trucker => state.trucker == *own,
            Role::Terminal => state.terminal == *own,
            Role::Platform => true,
            Role::Trader
            | Role::Agent
            | Role::Customs
            | Role::Maritime
            | Role::Border
            | Role::PortAuthority
            | Role::MarketSupervision
            | Role::PortOffice
            | Role::Admin
            | Role::National
            | Role::Public => false,
        };
        Ok(Eir {
            container: container_number(&state.container).to_owned(),
            direction: direction(state.direction).to_owned(),
            terminal: self.org(&state.terminal).await?,
            trucker: self.org(&state.trucker).await?,
            driver: if plain { state.driver.clone() } else { masked_name(&state.driver) },
            condition: state
                .condition
                .iter()
                .map(|c| PanelState { panel: c.panel, state: if c.sound { "sound".into() } else { "damaged".into() } })
                .collect(),
            damages: state
                .damages
                .iter()
                .map(|d| Damage {
                    location: d.location,
                    component: d.component.clone(),
                    kind: d.cedex.clone(),
                    responsible: d.responsible.clone(),
                })
                .collect(),
            photos: state.photos,
            at: state.at.into(),
            verify_url: Some(verify_url(self, &state.code)),
            code: state.code,
            size_type: state.size_type,
            operation: state.operation,
            plate: state.plate,
            bill_no: state.bill,
            call: Some(state.call).filter(|c| !c.is_empty()),
            seal: state.seal,
            gate_transaction: state.gate_transaction,
            id: seen.id,
        })
    }
}
