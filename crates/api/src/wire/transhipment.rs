//! Transhipments, and the bills of an outbound ship's pre-loading manifest.

use app::AppError;
use app::outbound::SubmitOutbound;
use app::reading::Seen;
use app::transhipments::PlanTranshipment;
use codes::Mass;
use ledger::{Aggregate, Timestamp};
use manifest::{
    Agreement, Awaited, MatchParty, Mismatch, OnwardRelease, OutboundBill as OutboundState, OutboundPhase, TransferPlan,
    Transhipment as State, TranshipmentPhase,
};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::manifest::{BillContainer, BillForm, BillGoods};
use super::{Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// The plan of a transhipment, as typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TranshipmentForm {
    /// Container visit id: number and inbound call.
    pub container: String,
    /// Outbound ship call id.
    pub onward_call: String,
    /// Next port, UN/LOCODE.
    pub next_port: String,
    /// Size and type, when it is to be compared.
    #[serde(default)]
    pub size_type: Option<String>,
    /// Seal, when it is to be compared.
    #[serde(default)]
    pub seal: Option<String>,
    /// Gross mass of the goods in kg, when it is to be compared.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub gross_kg: Option<Mass>,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

impl From<TranshipmentForm> for PlanTranshipment {
    fn from(form: TranshipmentForm) -> Self {
        Self {
            container: form.container.trim().to_uppercase(),
            onward_call: form.onward_call.trim().to_uppercase(),
            plan: TransferPlan {
                next_port: form.next_port.trim().to_uppercase(),
                size_type: filled(form.size_type).map(|text| text.to_uppercase()),
                seal: filled(form.seal),
                gross_kg: form.gross_kg,
            },
            note: form.note,
        }
    }
}

/// When a box was loaded.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct LoadForm {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A field on which the papers agree.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranshipmentAgreement {
    /// Field code.
    pub field: String,
    /// Field in words.
    pub field_text: Text,
    /// What they say.
    pub value: String,
}

/// A field on which the papers differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranshipmentMismatch {
    /// Field code.
    pub field: String,
    /// Field in words.
    pub field_text: Text,
    /// What the inbound bill says, or the box as it was landed.
    pub inbound: Option<String>,
    /// What the plan says.
    pub plan: Option<String>,
    /// What the outbound bill or call says.
    pub outbound: Option<String>,
    /// `inbound-agent`, `planner`, `outbound-agent`, `terminal` or `customs`.
    pub who: String,
    /// In which part, in words.
    pub who_text: Text,
    /// That organisation.
    pub by: Org,
    /// What to do.
    pub hint: Text,
}

/// What is still to come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranshipmentAwaited {
    /// `arrival` or `outbound-bill`.
    pub code: String,
    /// In words.
    pub text: Text,
}

/// A ship of a transhipment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranshipmentShip {
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Voyage: inbound of the ship that brought the box, outbound of the one that takes it, where it is known.
    pub voyage: String,
}

/// A transhipment of one box (水水中转).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Transhipment {
    /// Id.
    pub id: String,
    /// Container visit id.
    pub container: String,
    /// Container number.
    pub number: String,
    /// Inbound bill number.
    pub bill: String,
    /// The ship that brought it.
    pub inbound: TranshipmentShip,
    /// The ship that takes it.
    pub outbound: TranshipmentShip,
    /// Outbound bill compared with, by id.
    pub outbound_bill: Option<String>,
    /// Next port.
    pub next_port: String,
    /// Size and type in the plan.
    pub size_type: Option<String>,
    /// Seal in the plan.
    pub seal: Option<String>,
    /// Gross mass in the plan, kg.
    pub gross_kg: Option<String>,
    /// Who planned it.
    pub planner: Org,
    /// Terminal.
    pub terminal: Org,
    /// Remark.
    pub note: Option<String>,
    /// `waiting`, `mismatched`, `released`, `refused`, `withdrawn` or `loaded`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What agrees: of a release, its reasons.
    pub agreed: Vec<TranshipmentAgreement>,
    /// What differs; of a release by hand, what the officer accepted.
    pub mismatches: Vec<TranshipmentMismatch>,
    /// What is still to come.
    pub awaited: Vec<TranshipmentAwaited>,
    /// `automatic` or `by-hand`, once released.
    pub released_how: Option<String>,
    /// When it was released.
    pub released_at: Option<Instant>,
    /// Why it was released by hand, refused or taken back.
    pub reason: Option<String>,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub planned_at: Timestamp,
    /// When it was loaded, refused or taken back.
    pub closed_at: Option<Instant>,
    /// Tolerance of the gross mass at this port, thousandths.
    pub tolerance_per_mille: u32,
    /// Version.
    pub version: u64,
}

/// A transhipment in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TranshipmentSummary {
    /// Id.
    pub id: String,
    /// Container number.
    pub number: String,
    /// Inbound bill number.
    pub bill: String,
    /// The ship that brought it.
    pub inbound: TranshipmentShip,
    /// The ship that takes it.
    pub outbound: TranshipmentShip,
    /// Next port.
    pub next_port: String,
    /// State code.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// How many fields differ.
    pub mismatches: usize,
    /// How many things are still to come.
    pub awaited: usize,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub planned_at: Timestamp,
}

fn ship(id: &str, call: Option<&ShipCall>, outbound: Way) -> TranshipmentShip {
    let voyage = call.map(|call| match (outbound, &call.voyage_out) {
        (Way::Out, Some(voyage)) => voyage.clone(),
        (Way::Out, None) | (Way::In, _) => call.voyage_in.clone(),
    });
    TranshipmentShip {
        call: id.to_owned(),
        ship_name: call.map(|call| call.ship_name.clone()).unwrap_or_default(),
        voyage: voyage.unwrap_or_default(),
    }
}

#[derive(Clone, Copy)]
enum Way {
    In,
    Out,
}

impl TranshipmentSummary {
    pub fn of(seen: Seen<State>, inbound: Option<&ShipCall>, outbound: Option<&ShipCall>) -> Self {
        let state = seen.state;
        Self {
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            inbound: ship(&state.planned.call, inbound, Way::In),
            outbound: ship(&state.planned.onward_call, outbound, Way::Out),
            mismatches: state.comparison.mismatches.len(),
            awaited: state.comparison.awaited.len(),
            number: state.planned.number,
            bill: state.planned.bill,
            next_port: state.planned.plan.next_port,
            planned_at: state.planned_at,
            id: seen.id,
        }
    }
}

const fn party(who: MatchParty) -> (&'static str, &'static str, &'static str) {
    match who {
        MatchParty::InboundAgent => ("inbound-agent", "进境船代", "Inbound agent"),
        MatchParty::Planner => ("planner", "转运申请人", "Planner"),
        MatchParty::OutboundAgent => ("outbound-agent", "出境船代", "Outbound agent"),
        MatchParty::Terminal => ("terminal", "码头", "Terminal"),
        MatchParty::Customs => ("customs", "海关", "Customs"),
    }
}

fn agreement(agreed: Agreement) -> TranshipmentAgreement {
    TranshipmentAgreement { field: agreed.field.code().to_owned(), field_text: texts::match_field(agreed.field), value: agreed.value }
}

fn awaited(code: Awaited) -> TranshipmentAwaited {
    let text = match code {
        Awaited::Arrival => Text::new("货物尚未卸船（运抵）。", "The box is not landed yet."),
        Awaited::OutboundBill => Text::new("出境预配舱单尚未列明该箱。", "No outbound bill lists the box yet."),
    };
    TranshipmentAwaited { code: code.code().to_owned(), text }
}

impl Api {
    async fn mismatch(&self, found: Mismatch) -> Result<TranshipmentMismatch, AppError> {
        let (who, zh, en) = party(found.who);
        Ok(TranshipmentMismatch {
            field: found.field.code().to_owned(),
            field_text: texts::match_field(found.field),
            inbound: found.inbound,
            plan: found.plan,
            outbound: found.outbound,
            who: who.to_owned(),
            who_text: Text::new(zh, en),
            by: self.org(&found.by).await?,
            hint: texts::match_hint(found.field),
        })
    }

    pub async fn transhipment(&self, seen: Seen<State>) -> Result<Transhipment, AppError> {
        let state = seen.state;
        let calls = self.app.peek_many::<ShipCall>([state.planned.call.clone(), state.planned.onward_call.clone()]).await?;
        let release = |by: &OnwardRelease| match by {
            OnwardRelease::Automatic => ("automatic".to_owned(), None),
            OnwardRelease::ByHand { reason, .. } => ("by-hand".to_owned(), Some(reason.clone())),
        };
        let (how, released_at, reason) = match &state.phase {
            TranshipmentPhase::Open => (None, None, None),
            TranshipmentPhase::Released { by, at } => {
                let (how, reason) = release(by);
                (Some(how), Some(*at), reason)
            }
            TranshipmentPhase::Loaded { by, released_at, .. } | TranshipmentPhase::LeftBehind { by, released_at, .. } => {
                let (how, reason) = release(by);
                (Some(how), Some(*released_at), reason)
            }
            TranshipmentPhase::Refused { reason, .. } | TranshipmentPhase::Withdrawn { reason, .. } => (None, None, Some(reason.clone())),
        };
        let mut mismatches = Vec::with_capacity(state.comparison.mismatches.len());
        for found in state.comparison.mismatches.clone() {
            mismatches.push(self.mismatch(found).await?);
        }
        Ok(Transhipment {
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            closed_at: state.closed_at().map(Instant::from),
            inbound: ship(&state.planned.call, calls.get(&state.planned.call), Way::In),
            outbound: ship(&state.planned.onward_call, calls.get(&state.planned.onward_call), Way::Out),
            planner: self.org(&state.planned.planner).await?,
            terminal: self.org(&state.planned.terminal).await?,
            outbound_bill: state.comparison.outbound,
            agreed: state.comparison.agreed.into_iter().map(agreement).collect(),
            mismatches,
            awaited: state.comparison.awaited.into_iter().map(awaited).collect(),
            released_how: how,
            released_at: released_at.map(Instant::from),
            reason,
            planned_at: state.planned_at,
            container: state.planned.container,
            number: state.planned.number,
            bill: state.planned.bill,
            next_port: state.planned.plan.next_port,
            size_type: state.planned.plan.size_type,
            seal: state.planned.plan.seal,
            gross_kg: state.planned.plan.gross_kg.map(|kg| kg.to_string()),
            note: state.planned.note,
            tolerance_per_mille: self.app.port().transhipment_mass_tolerance_per_mille,
            id: seen.id,
            version: seen.version,
        })
    }

    pub async fn outbound_bill(&self, seen: Seen<OutboundState>) -> Result<OutboundBill, AppError> {
        let call = self.app.peek::<ShipCall>(&seen.state.call).await?;
        Ok(OutboundBill::of(seen, call.as_ref()))
    }
}

/// Bills of a pre-loading manifest, as typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct OutboundForm {
    /// Outbound ship call id.
    pub call: String,
    /// Bills; the port of discharge of each is the next port.
    pub bills: Vec<BillForm>,
}

impl OutboundForm {
    pub fn into_command(self, carrier: &str) -> SubmitOutbound {
        SubmitOutbound {
            call: self.call.trim().to_uppercase(),
            bills: self.bills.into_iter().map(|bill| bill.into_domain(carrier)).collect(),
        }
    }
}

/// A bill of a pre-loading manifest (预配舱单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutboundBill {
    /// Id: number and call.
    pub id: String,
    /// Bill number.
    pub number: String,
    /// The ship.
    pub ship: TranshipmentShip,
    /// Next port.
    pub next_port: String,
    /// Containers.
    pub containers: Vec<BillContainer>,
    /// Goods.
    pub goods: Vec<BillGoods>,
    /// `listed` or `cancelled`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Why it was taken off.
    pub reason: Option<String>,
    /// When it was first listed.
    #[schema(value_type = String, format = DateTime)]
    pub listed_at: Timestamp,
    /// Version.
    pub version: u64,
}

impl OutboundBill {
    pub fn of(seen: Seen<OutboundState>, call: Option<&ShipCall>) -> Self {
        let state = seen.state;
        Self {
            ship: ship(&state.call, call, Way::Out),
            status: state.status().to_owned(),
            status_text: texts::status(OutboundState::KIND, state.status()),
            reason: match &state.phase {
                OutboundPhase::Listed => None,
                OutboundPhase::Cancelled { reason, .. } => Some(reason.clone()),
            },
            next_port: state.content.discharge,
            containers: state
                .content
                .containers
                .into_iter()
                .map(|c| BillContainer {
                    id: None,
                    number: c.number,
                    size_type: c.size_type,
                    seal: c.seals.into_iter().next(),
                    gross_kg: c.gross_kg,
                    packages: c.packages,
                })
                .collect(),
            goods: state
                .content
                .goods
                .into_iter()
                .map(|g| BillGoods {
                    description: g.description,
                    hs_code: g.hs_code,
                    packages: g.packages,
                    package_kind: g.package_kind,
                    gross_kg: g.gross_kg,
                    un_number: g.un_no,
                })
                .collect(),
            number: state.number,
            listed_at: state.listed_at,
            id: seen.id,
            version: seen.version,
        }
    }
}
