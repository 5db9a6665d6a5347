//! Work orders (作业指令): what is discharged from a ship, and what is loaded onto it.

use app::reading::Seen;
use app::rights::Resource;
use app::work_orders::{BoxCounts, LoadedReport, OrderedBoxRow, OrderedWork, Plan, Wanted};
use app::{AppError, Context, Happens};
use codes::Mass;
use ledger::{Aggregate, Timestamp};
use logistics::{ListedBox, ORDER_BOXES_MAX, WorkOrder as State, WorkPhase};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant, Org, Text, allowed};
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;

/// A box that is to be worked.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct OrderedBox {
    /// Container number.
    pub number: String,
    /// Size and type; as the papers have it when left out.
    pub size_type: Option<String>,
    /// Gross mass, kg, a decimal; as the papers have it when left out.
    pub gross_kg: Option<String>,
    /// Cell on board; as the stowage plan has it when left out.
    pub cell: Option<String>,
}

/// What is to be discharged from a call, or loaded onto it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct WorkOrderForm {
    /// Ship call id.
    pub call: String,
    /// The boxes, at most 5,000; every box on the manifests of the call, or on its outbound bills, when left out.
    pub boxes: Option<Vec<OrderedBox>>,
    /// Boxes of those papers that are not to be worked, at most 5,000.
    pub except: Vec<String>,
    /// Boxes besides those of the papers, such as empty ones, at most 5,000.
    pub also: Vec<OrderedBox>,
}

impl WorkOrderForm {
    pub fn wanted(self) -> Result<Wanted, Problem> {
        if self.except.len().max(self.also.len()) > ORDER_BOXES_MAX {
            return Err(Problem::bad("too-many-rows", "最多 5000 箱。", "At most 5,000 boxes."));
        }
        let listed = |one: OrderedBox| -> Result<ListedBox, Problem> {
            let kg = one.gross_kg.as_deref().map(str::trim).filter(|kg| !kg.is_empty());
            let gross_kg = match kg.map(str::parse::<Mass>) {
                None => None,
                Some(Ok(kg)) => Some(kg),
                Some(Err(_)) => return Err(Problem::bad("order-mass", "重量不是有效数字。", "A mass is not a decimal.")),
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
pub(crate) struct WorkOrderPlan {
    /// Boxes that would be ordered.
    pub boxes: usize,
    /// Boxes on the manifests of the call; of a loading order, on its outbound bills.
    pub manifested: usize,
    /// Boxes that the stowage plan discharges or loads in this port; null while no plan tells of it.
    pub stowed: Option<usize>,
    /// In what it differs from papers and stowage plan, at most 501; what is an error must be put right.
    pub findings: Vec<Finding>,
}

impl From<Plan> for WorkOrderPlan {
    fn from(plan: Plan) -> Self {
        Self {
            boxes: plan.boxes.len(),
            manifested: plan.manifested,
            stowed: plan.stowed,
            findings: plan.findings.into_iter().map(Finding::from).collect(),
        }
    }
}

/// A discharge or loading order in short (卸船指令、装船指令).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkOrderSummary {
    /// Id: that of the call.
    pub id: String,
    /// Ship name.
    pub ship_name: String,
    /// Voyage: inbound of a discharge, outbound of a loading where it is known.
    pub voyage: String,
    /// Number of the order that stands, as the terminal is told it; that of the call while nothing is ordered.
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
    /// Listed, and not worked when the ship left.
    pub missing: usize,
    /// Worked, and not listed.
    pub unlisted: usize,
    /// When the order that stands was given.
    pub ordered_at: Instant,
}

/// A discharge or loading order (卸船指令、装船指令).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkOrder {
    #[serde(flatten)]
    pub summary: WorkOrderSummary,
    /// Listed boxes that are discharged or loaded.
    pub done: usize,
    /// Message in which it came.
    pub message: Option<String>,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// How the differences were explained.
    pub explanation: Option<String>,
    /// When the ship left, it was taken back, or the differences were explained.
    pub closed_at: Option<Instant>,
    /// In what it differs from papers and stowage plan; told when it is ordered.
    pub findings: Vec<Finding>,
    /// What the asker may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// A box of an order with what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkOrderBox {
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
    /// `waiting`, `discharged` or `loaded`, `missing`, `unlisted` or `doubtful`.
    pub standing: String,
    /// In words.
    pub standing_text: Text,
    /// When it was discharged or loaded.
    pub done_at: Option<Instant>,
    /// Id of its visit, where it is known here.
    pub container: Option<String>,
}

/// Which boxes of an order are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct WorkOrderBoxQuery {
    /// Part of a container or bill number.
    pub q: Option<String>,
    /// `waiting`, `discharged` or `loaded`, `missing`, `unlisted` or `doubtful`.
    pub standing: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// Why an order is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct WorkOrderReason {
    /// 2 to 500 characters.
    pub reason: String,
}

/// How differences are explained.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct WorkOrderNote {
    /// 2 to 500 characters.
    pub note: String,
}

/// A box that the terminal reports loaded.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct LoadedBox {
    /// Container number.
    pub container: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Cell on board.
    pub cell: Option<String>,
}

/// Boxes that the terminal reports loaded.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct LoadedBatch {
    /// The boxes, at most 5,000.
    pub boxes: Vec<LoadedBox>,
}

impl From<LoadedBox> for LoadedReport {
    fn from(told: LoadedBox) -> Self {
        Self { container: told.container, at: told.at, cell: told.cell }
    }
}

impl WorkOrderBox {
    pub fn of<W: OrderedWork>(row: OrderedBoxRow) -> Self
    where
        State<W>: Happens<Event = W::Event>,
    {
        let standing = row.standing.code::<W>();
        Self {
            number: row.listed.number,
            size_type: row.listed.size_type,
            gross_kg: row.listed.gross_kg.map(|kg| kg.to_string()),
            bill: row.listed.bill,
            cell: row.listed.cell,
            standing: standing.into(),
            standing_text: texts::work_standing(W::KIND, standing),
            done_at: row.done_at.map(Into::into),
            container: row.container,
        }
    }
}

impl Api {
    pub async fn work_order_summary<W: OrderedWork>(&self, id: &str, order: &State<W>) -> Result<WorkOrderSummary, AppError>
    where
        State<W>: Happens<Event = W::Event>,
    {
        let call = self.app.peek::<ShipCall>(&order.call).await?;
        let out = call.as_ref().and_then(|call| call.voyage_out.clone()).filter(|_| W::KIND == logistics::LoadingOrder::KIND);
        Ok(WorkOrderSummary {
            id: id.to_owned(),
            ship_name: call.as_ref().map(|call| call.ship_name.clone()).unwrap_or_default(),
            voyage: out.or(call.map(|call| call.voyage_in)).unwrap_or_default(),
            document: if order.number == 0 { id.to_owned() } else { order.document() },
            agent: self.org(&order.agent).await?,
            terminal: self.org(&order.terminal).await?,
            status: order.status().to_owned(),
            status_text: texts::status(W::KIND, order.status()),
            boxes: order.boxes.len(),
            missing: order.missing.len(),
            unlisted: order.unlisted.len(),
            ordered_at: order.ordered_at.into(),
        })
    }

    /// An order as somebody may see it; `findings` are those of the command that made it.
    pub async fn work_order<W: OrderedWork>(
        &self,
        ctx: &Context,
        seen: Seen<State<W>>,
        findings: Vec<codes::Finding>,
    ) -> Result<WorkOrder, AppError>
    where
        State<W>: Happens<Event = W::Event>,
    {
        let order = &seen.state;
        let row = order.work_row(&seen.id);
        let resource = Resource::of(W::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let words = W::WORDS;
        let mut fitting: Vec<&'static str> = match order.phase {
            WorkPhase::Ordered => vec![words.order, words.cancel],
            WorkPhase::Unordered | WorkPhase::Cancelled { .. } => vec![words.order],
            WorkPhase::Left { .. } if order.differs() => vec![words.explain],
            WorkPhase::Left { .. } | WorkPhase::Explained { .. } => Vec::new(),
        };
        fitting.extend((W::KIND == logistics::LoadingOrder::KIND).then_some("loading.report"));
        let (reason, explanation, closed_at) = match &order.phase {
            WorkPhase::Unordered | WorkPhase::Ordered => (None, None, None),
            WorkPhase::Cancelled { reason, at } => (Some(reason.clone()), None, Some(*at)),
            WorkPhase::Left { at } => (None, None, Some(*at)),
            WorkPhase::Explained { note, at, .. } => (None, Some(note.clone()), Some(*at)),
        };
        let BoxCounts { done, .. } = self.app.work_counts(order).await?;
        Ok(WorkOrder {
            summary: self.work_order_summary(&seen.id, order).await?,
            done,
            message: order.message.clone(),
            reason,
            explanation,
            closed_at: closed_at.map(Into::into),
            findings: findings.into_iter().map(Finding::from).collect(),
            actions: allowed(self, &ctx.principal, &resource, &fitting),
            version: seen.version,
        })
    }
}
