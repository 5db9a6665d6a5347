//! Discharge orders.

use app::discharge_orders::{BoxCounts, OrderedBoxRow, Plan, Wanted};
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use codes::Mass;
use ledger::Aggregate;
use logistics::{DischargeOrder as State, DischargePhase, ListedBox};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant, Org, Text, allowed};
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;

/// A box that is to be discharged.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct DischargeBox {
    /// Container number.
    pub number: String,
    /// Size and type; as manifested when left out.
    pub size_type: Option<String>,
    /// Gross mass, kg, a decimal; as manifested when left out.
    pub gross_kg: Option<String>,
    /// Cell on board; as the stowage plan has it when left out.
    pub cell: Option<String>,
}

/// What is to be discharged from a call.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct DischargeOrderForm {
    /// Ship call id.
    pub call: String,
    /// The boxes, at most 5,000; every box on the manifests of the call when left out.
    pub boxes: Option<Vec<DischargeBox>>,
    /// Boxes of the manifests that are not to be discharged, at most 5,000.
    pub except: Vec<String>,
    /// Boxes besides those of the manifests, such as empty ones, at most 5,000.
    pub also: Vec<DischargeBox>,
}

impl DischargeOrderForm {
    pub fn wanted(self) -> Result<Wanted, Problem> {
        if self.except.len().max(self.also.len()) > logistics::DISCHARGE_ORDER_BOXES_MAX {
            return Err(Problem::bad("too-many-rows", "最多 5000 箱。", "At most 5,000 boxes."));
        }
        let listed = |one: DischargeBox| -> Result<ListedBox, Problem> {
            let kg = one.gross_kg.as_deref().map(str::trim).filter(|kg| !kg.is_empty());
            let gross_kg = match kg.map(str::parse::<Mass>) {
                None => None,
                Some(Ok(kg)) => Some(kg),
                Some(Err(_)) => return Err(Problem::bad("discharge-mass", "重量不是有效数字。", "A mass is not a decimal.")),
            };
            Ok(ListedBox { number: one.number, size_type: one.size_type.unwrap_or_default(), gross_kg, bill: None, cell: one.cell })
        };
        let boxes = self.boxes.map(|boxes| boxes.into_iter().map(listed).collect::<Result<Vec<_>, _>>()).transpose()?;
        let also = self.also.into_iter().map(listed).collect::<Result<Vec<_>, _>>()?;
        Ok(Wanted { boxes, except: self.except, also })
    }
}

/// An order as it would be sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DischargePlan {
    /// Boxes that would be ordered.
    pub boxes: usize,
    /// Boxes on the manifests of the call.
    pub manifested: usize,
    /// Boxes that the stowage plan discharges in this port; null while none was received.
    pub stowed: Option<usize>,
    /// In what it differs from manifests and stowage plan, at most 501; what is an error must be put right.
    pub findings: Vec<Finding>,
}

impl From<Plan> for DischargePlan {
    fn from(plan: Plan) -> Self {
        Self {
            boxes: plan.boxes.len(),
            manifested: plan.manifested,
            stowed: plan.stowed,
            findings: plan.findings.into_iter().map(Finding::from).collect(),
        }
    }
}

/// A discharge order in short (卸船指令).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DischargeOrderSummary {
    /// Id: that of the call.
    pub id: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Number of the order that stands, as the terminal is told it.
    pub document: String,
    /// Ship agent.
    pub agent: Org,
    /// Terminal.
    pub terminal: Org,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Boxes listed.
    pub boxes: usize,
    /// Listed, and not discharged when the ship left.
    pub missing: usize,
    /// Discharged, and not listed.
    pub unlisted: usize,
    /// When the order that stands was given.
    pub ordered_at: Instant,
}

/// A discharge order (卸船指令).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DischargeOrder {
    #[serde(flatten)]
    pub summary: DischargeOrderSummary,
    /// Listed boxes that are discharged.
    pub discharged: usize,
    /// Message in which it came.
    pub message: Option<String>,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// How the differences were explained.
    pub explanation: Option<String>,
    /// When the ship left, it was taken back, or the differences were explained.
    pub closed_at: Option<Instant>,
    /// In what it differs from manifests and stowage plan; told when it is ordered.
    pub findings: Vec<Finding>,
    /// What the asker may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// A box of an order with what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DischargeOrderBox {
    /// Container number.
    pub number: String,
    /// Size and type.
    pub size_type: String,
    /// Gross mass, kg.
    pub gross_kg: Option<String>,
    /// Bill number.
    pub bill: Option<String>,
    /// Cell on board.
    pub cell: Option<String>,
    /// `waiting`, `discharged`, `missing` or `unlisted`.
    pub standing: String,
    /// In words.
    pub standing_text: Text,
    /// When it was discharged.
    pub discharged_at: Option<Instant>,
    /// Id of its visit, where it is known here.
    pub container: Option<String>,
}

/// Which boxes of an order are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DischargeBoxQuery {
    /// Part of a container or bill number.
    pub q: Option<String>,
    /// `waiting`, `discharged`, `missing` or `unlisted`.
    pub standing: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// Why an order is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct DischargeReason {
    /// 2 to 500 characters.
    pub reason: String,
}

/// How differences are explained.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct DischargeNote {
    /// 2 to 500 characters.
    pub note: String,
}

impl From<OrderedBoxRow> for DischargeOrderBox {
    fn from(row: OrderedBoxRow) -> Self {
        let standing = row.standing.code();
        Self {
            number: row.listed.number,
            size_type: row.listed.size_type,
            gross_kg: row.listed.gross_kg.map(|kg| kg.to_string()),
            bill: row.listed.bill,
            cell: row.listed.cell,
            standing: standing.into(),
            standing_text: texts::discharge_standing(standing),
            discharged_at: row.discharged_at.map(Into::into),
            container: row.container,
        }
    }
}

impl Api {
    pub async fn discharge_order_summary(&self, id: &str, order: &State) -> Result<DischargeOrderSummary, AppError> {
        let call = self.app.peek::<ShipCall>(&order.call).await?;
        Ok(DischargeOrderSummary {
            id: id.to_owned(),
            ship_name: call.as_ref().map(|call| call.ship_name.clone()).unwrap_or_default(),
            voyage: call.map(|call| call.voyage_in).unwrap_or_default(),
            document: order.document(),
            agent: self.org(&order.agent).await?,
            terminal: self.org(&order.terminal).await?,
            status: order.status().to_owned(),
            status_text: texts::status(State::KIND, order.status()),
            boxes: order.boxes.len(),
            missing: order.missing.len(),
            unlisted: order.unlisted.len(),
            ordered_at: order.ordered_at.into(),
        })
    }

    /// An order as somebody may see it; `findings` are those of the command that made it.
    pub async fn discharge_order(
        &self,
        ctx: &Context,
        seen: Seen<State>,
        findings: Vec<codes::Finding>,
    ) -> Result<DischargeOrder, AppError> {
        let order = &seen.state;
        let row = order.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let fitting: &[&'static str] = match order.phase {
            DischargePhase::Ordered => &["discharge-order.order", "discharge-order.cancel"],
            DischargePhase::Cancelled { .. } => &["discharge-order.order"],
            DischargePhase::Left { .. } if order.differs() => &["discharge-order.explain"],
            DischargePhase::Left { .. } | DischargePhase::Explained { .. } => &[],
        };
        let (reason, explanation, closed_at) = match &order.phase {
            DischargePhase::Ordered => (None, None, None),
            DischargePhase::Cancelled { reason, at } => (Some(reason.clone()), None, Some(*at)),
            DischargePhase::Left { at } => (None, None, Some(*at)),
            DischargePhase::Explained { note, at, .. } => (None, Some(note.clone()), Some(*at)),
        };
        let BoxCounts { discharged, .. } = self.app.discharge_counts(order).await?;
        Ok(DischargeOrder {
            summary: self.discharge_order_summary(&seen.id, order).await?,
            discharged,
            message: order.message.clone(),
            reason,
            explanation,
            closed_at: closed_at.map(Into::into),
            findings: findings.into_iter().map(Finding::from).collect(),
            actions: allowed(self, &ctx.principal, &resource, fitting),
            version: seen.version,
        })
    }
}
