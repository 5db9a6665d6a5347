//! Discharge orders (卸船指令): the ship agent orders what is to be discharged from a call, the terminal works by it.
//!
//! What is ordered is compared with the manifests of the call and with the newest stowage plan (BAPLIE) before it is sent. The plan is read
//! anew from its message: boxes that nobody manifested stand nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use codes::{ContainerNumber, Finding, Mass, Text};
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{
    Container, DISCHARGE_ORDER_BOXES_MAX, DischargeExplained, DischargeOrder, ListedBox, OrderDischarge as Order, Said, StowedBox,
    Unlisted, container_id,
};
use manifest::{Bill, BillPhase, Manifest};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use store::Page;

use crate::exchange::MessageRead;
use crate::inbox::MessageState;
use crate::reading::Seen;
use crate::{App, AppError, Context, Unit, UseCase, calls, limits};

/// Longest cell on board and bill number taken over from an order, characters.
const CELL_MAX: usize = 16;
/// Fewest characters of a reason or an explanation.
const NOTE_MIN: usize = 2;

/// What is to be discharged: boxes one by one, or what the manifests of the call list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The boxes; every box of the call's manifests when left out.
    pub boxes: Option<Vec<ListedBox>>,
    /// Boxes of the manifests that are not to be discharged.
    pub except: Vec<String>,
    /// Boxes besides those of the manifests, such as empty ones.
    pub also: Vec<ListedBox>,
}

/// An order as it would be sent, and in what it differs from manifests and stowage plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Boxes, in order of their numbers.
    pub boxes: Vec<ListedBox>,
    /// Boxes on the manifests of the call.
    pub manifested: usize,
    /// Boxes that the stowage plan discharges here; `None` when no plan was received.
    pub stowed: Option<usize>,
    /// Differences, and what must be put right before it can be sent.
    pub findings: Vec<Finding>,
}

/// Orders the discharge of a call, or replaces the order that stands.
#[derive(Clone, Debug, Serialize)]
pub struct OrderDischarge {
    /// Ship call id.
    pub call: String,
    /// What is to be discharged.
    pub wanted: Wanted,
}

/// What came of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ordered {
    /// Its id: that of the call.
    pub id: String,
    /// Differences that the agent was told of.
    pub findings: Vec<Finding>,
}

#[async_trait]
impl UseCase for OrderDischarge {
    const NAME: &'static str = "discharge-order.order";
    type Outcome = Ordered;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Ordered, AppError> {
        let call = unit.authorised::<ShipCall>(Self::NAME, &self.call).await?;
        let plan = unit.app.plan_discharge(&self.call, &self.wanted).await?;
        if codes::has_errors(&plan.findings) {
            return Err(AppError::Findings(plan.findings));
        }
        if call.atd().is_some() || matches!(call.phase, port_call::CallPhase::Cancelled { .. }) {
            return Err(AppError::invalid(
                "discharge-call-closed",
                "/call",
                "船舶已离港或航次已取消，不能再下达卸船指令",
                "the ship has left or will not come; nothing can be ordered any more",
            ));
        }
        let state = unit.load::<DischargeOrder>(&self.call).await?;
        let command = Order {
            call: self.call.clone(),
            agent: call.agent,
            terminal: call.terminal,
            boxes: plan.boxes,
            message: unit.ctx.message.clone(),
        };
        let events = logistics::decide_order_discharge(state.as_ref(), command)?;
        unit.record::<DischargeOrder>(&self.call, events, unit.at()).await?;
        hold_landed(unit, &self.call).await?;
        Ok(Ordered { id: self.call.clone(), findings: plan.findings })
    }
}

/// Holds the boxes of the call's manifests that are landed already against its order: what it does not list was discharged without it,
/// whether that was reported before the order came or is left out by a later one.
pub(crate) async fn hold_landed(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    let Some(order) = unit.load::<DischargeOrder>(call).await? else { return Ok(()) };
    let numbers: Vec<String> = unit.app.manifested_boxes(call).await?.into_keys().filter(|number| !order.lists(number)).collect();
    unit.preload(numbers.iter().map(|number| ObjectRef::new(Container::KIND, container_id(number, call))).collect()).await?;
    let mut landed = Vec::new();
    for number in numbers {
        let found = unit.look::<Container>(&container_id(&number, call)).await?.filter(|state| !state.is_on_board());
        if let Some(at) = found.and_then(|state| state.milestones.discharged_at) {
            landed.push(Unlisted { number, at, manifested: true });
        }
    }
    let events = logistics::decide_discharged(&order, &landed);
    unit.record::<DischargeOrder>(call, events, unit.at()).await
}

/// Takes the discharge order of a call back.
#[derive(Clone, Debug, Serialize)]
pub struct CancelDischarge {
    /// Ship call id.
    pub call: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for CancelDischarge {
    const NAME: &'static str = "discharge-order.cancel";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<DischargeOrder>(Self::NAME, &self.call).await?;
        let reason = note(&self.reason, "/reason")?;
        let events = logistics::decide_cancel_discharge(&state, reason, unit.ctx.message.clone())?;
        unit.record::<DischargeOrder>(&self.call, events, unit.at()).await?;
        Ok(self.call.clone())
    }
}

/// Explains what was not discharged as ordered.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainDischarge {
    /// Ship call id.
    pub call: String,
    /// What it was.
    pub note: String,
}

#[async_trait]
impl UseCase for ExplainDischarge {
    const NAME: &'static str = "discharge-order.explain";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<DischargeOrder>(Self::NAME, &self.call).await?;
        let explained = DischargeExplained { by: unit.ctx.principal.id.clone(), note: note(&self.note, "/note")? };
        let events = logistics::decide_explain_discharge(&state, explained)?;
        unit.record::<DischargeOrder>(&self.call, events, unit.at()).await?;
        Ok(self.call.clone())
    }
}

fn note(text: &str, pointer: &'static str) -> Result<String, AppError> {
    limits::text(text, pointer, limits::NOTE_MAX)?;
    let text = text.trim();
    if text.chars().count() < NOTE_MIN {
        return Err(AppError::invalid("discharge-note", pointer, "请写明原因，至少 2 个字符", "say why, in at least 2 characters"));
    }
    Ok(text.to_owned())
}

/// How a box of an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxStanding {
    /// Not discharged yet (待卸).
    Waiting,
    /// Discharged (已卸).
    Discharged,
    /// The ship left with it, or without it (短卸).
    Missing,
    /// Discharged though it is not listed (溢卸).
    Unlisted,
}

impl BoxStanding {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Discharged => "discharged",
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
        }
    }
}

/// A box of an order with what became of it.
#[derive(Clone, Debug)]
pub struct OrderedBoxRow {
    /// The box.
    pub listed: ListedBox,
    /// How it stands.
    pub standing: BoxStanding,
    /// When it was discharged, as reported.
    pub discharged_at: Option<Timestamp>,
    /// Id of its visit, where it is known here.
    pub container: Option<String>,
}

/// Which boxes of an order are wanted.
#[derive(Clone, Debug, Default)]
pub struct BoxQuery {
    /// Part of a container or bill number.
    pub q: Option<String>,
    /// Only those that stand so.
    pub standing: Option<String>,
    /// Number of the box after which the page begins.
    pub cursor: Option<String>,
    /// Rows wanted.
    pub limit: usize,
}

/// Boxes of an order by how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoxCounts {
    /// Listed.
    pub listed: usize,
    /// Discharged.
    pub discharged: usize,
    /// Listed and missing.
    pub missing: usize,
    /// Discharged and not listed.
    pub unlisted: usize,
}

impl App {
    /// An order as it would be sent, with everything in which it differs from manifests and stowage plan.
    ///
    /// # Errors
    /// [`AppError::NotFound`] to strangers, [`AppError::Forbidden`], or the store's fault.
    pub async fn check_discharge(&self, ctx: &Context, call: &str, wanted: &Wanted) -> Result<Plan, AppError> {
        self.view::<ShipCall>(ctx, "discharge-order.check", call).await?;
        self.plan_discharge(call, wanted).await
    }

    async fn plan_discharge(&self, call: &str, wanted: &Wanted) -> Result<Plan, AppError> {
        let manifested = self.manifested_boxes(call).await?;
        let stowed = self.stowed_boxes(call).await?;
        let mut findings = Vec::new();
        let mut boxes = match &wanted.boxes {
            Some(boxes) => checked(boxes, &manifested, &mut findings),
            None => {
                let except: BTreeSet<String> = wanted.except.iter().map(|number| crate::discharge::normal(number)).collect();
                let mut boxes: Vec<ListedBox> = manifested.values().filter(|one| !except.contains(&one.number)).cloned().collect();
                boxes.extend(checked(&wanted.also, &manifested, &mut findings));
                boxes
            }
        };
        if boxes.len() > DISCHARGE_ORDER_BOXES_MAX {
            limits::rows(boxes.len(), DISCHARGE_ORDER_BOXES_MAX, "/boxes")?;
        }
        // A plan tells the cell of each box; whoever orders need not repeat it.
        if let Some(plan) = &stowed {
            let cells: BTreeMap<&str, &StowedBox> = plan.iter().map(|one| (one.number.as_str(), one)).collect();
            for one in boxes.iter_mut().filter(|one| one.cell.is_none()) {
                let cell = cells.get(one.number.as_str()).and_then(|stowed| stowed.cell.clone());
                one.cell = cell.map(|cell| cell.chars().take(CELL_MAX).collect());
            }
        }
        boxes.sort_by(|a, b| a.number.cmp(&b.number));
        let listed: Vec<ListedBox> = manifested.into_values().collect();
        let port = &self.port().unlocode;
        findings.extend(logistics::discharge_differences(port, &boxes, &listed, stowed.as_deref()));
        let here = |one: &&StowedBox| one.discharge.as_deref().is_some_and(|at| at.eq_ignore_ascii_case(port));
        Ok(Plan { boxes, manifested: listed.len(), stowed: stowed.map(|plan| plan.iter().filter(here).count()), findings })
    }

    /// Every box on the manifests of a call, by number; one that several bills share once.
    async fn manifested_boxes(&self, call: &str) -> Result<BTreeMap<String, ListedBox>, AppError> {
        let mut boxes: BTreeMap<String, ListedBox> = BTreeMap::new();
        for id in calls::manifests_of(self, call, &["accepted", "confirmed"], usize::MAX).await? {
            let Some(manifest) = self.peek::<Manifest>(&id).await?.filter(|manifest| manifest.call == call) else { continue };
            let bills = self.peek_many::<Bill>(manifest.bills.iter().cloned()).await?;
            for number in &manifest.bills {
                let Some(bill) = bills.get(number).filter(|bill| !matches!(bill.phase, BillPhase::Cancelled { .. })) else { continue };
                for listed in &bill.content.containers {
                    let known = boxes.entry(listed.number.clone()).or_insert_with(|| ListedBox {
                        number: listed.number.clone(),
                        size_type: listed.size_type.clone(),
                        gross_kg: Some(Mass::default()),
                        bill: Some(number.clone()),
                        cell: None,
                    });
                    known.gross_kg = known.gross_kg.and_then(|kg| kg.checked_add(listed.gross_kg));
                }
            }
        }
        Ok(boxes)
    }

    /// The newest stowage plan of a call, read anew from its message; `None` when none was received.
    async fn stowed_boxes(&self, call: &str) -> Result<Option<Vec<StowedBox>>, AppError> {
        let Some(state) = self.peek::<ShipCall>(call).await? else { return Ok(None) };
        let Some(told) = state.reports.latest.get("stowage") else { return Ok(None) };
        let Some(id) = &told.message else { return Ok(None) };
        let Some(message) = self.peek::<MessageState>(id).await? else { return Ok(None) };
        let Some((_, bytes)) = self.store().blob(&self.port().code, &message.sha256).await? else { return Ok(None) };
        let agreement = self.agreement_with(&message.partner).await?;
        let (interpreter, offset) = (std::sync::Arc::clone(self.interpreter()), self.port().utc_offset_minutes);
        let document = told.document.clone();
        // A large plan takes a while to read: the threads that answer requests must not wait for it.
        let read = tokio::task::spawn_blocking(move || interpreter.read(&bytes, &agreement, offset));
        let read = read.await.map_err(|e| AppError::Internal(format!("reading {id}: {e}")))?;
        // One file may hold several plans; a partner that numbers none has but one in it.
        let plans = read.messages.iter().filter(|one| one.kind == "BAPLIE");
        let of_call: Vec<&MessageRead> = match &document {
            Some(document) => plans.filter(|one| one.document.as_deref().is_some_and(|own| own.starts_with(document.as_str()))).collect(),
            None => plans.collect(),
        };
        Ok(of_call.last().and_then(|plan| stowed(plan)))
    }

    /// A page of the boxes of an order, listed ones first and then those that are not.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn discharge_boxes(&self, order: &DischargeOrder, query: &BoxQuery) -> Result<Page<OrderedBoxRow>, AppError> {
        let q = query.q.as_ref().map(|q| crate::discharge::normal(q)).filter(|q| !q.is_empty());
        let fits = |row: &OrderedBoxRow| {
            q.as_ref().is_none_or(|q| {
                row.listed.number.contains(q) || row.listed.bill.as_ref().is_some_and(|bill| bill.to_uppercase().contains(q))
            }) && query.standing.as_ref().is_none_or(|wanted| wanted == row.standing.code())
        };
        let all = self.rows_of(order).await?;
        let limit = query.limit.max(1);
        // The cursor is looked for among all boxes: the one it names may no longer stand as it was asked for.
        let after = query.cursor.as_ref();
        let beyond = usize::from(after.is_some());
        let rows = all.into_iter().skip_while(|row| after.is_some_and(|after| row.listed.number != *after)).skip(beyond);
        let mut items: Vec<OrderedBoxRow> = rows.filter(fits).take(limit + 1).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|row| row.listed.number.clone());
        Ok(Page { items, next })
    }

    /// How many boxes of an order stand how.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn discharge_counts(&self, order: &DischargeOrder) -> Result<BoxCounts, AppError> {
        let rows = self.rows_of(order).await?;
        let count = |standing| rows.iter().filter(|row| row.standing == standing).count();
        Ok(BoxCounts {
            listed: order.boxes.len(),
            discharged: count(BoxStanding::Discharged),
            missing: order.missing.len(),
            unlisted: order.unlisted.len(),
        })
    }

    async fn rows_of(&self, order: &DischargeOrder) -> Result<Vec<OrderedBoxRow>, AppError> {
        let numbers = order.boxes.iter().map(|one| &one.number).chain(order.unlisted.iter().map(|one| &one.number));
        let containers = self.peek_many::<Container>(numbers.map(|number| container_id(number, &order.call))).await?;
        let missing: BTreeSet<&str> = order.missing.iter().map(String::as_str).collect();
        let known = |number: &str| containers.get(&container_id(number, &order.call));
        let mut rows: Vec<OrderedBoxRow> = order
            .boxes
            .iter()
            .map(|listed| {
                let container = known(&listed.number);
                let discharged_at = container.and_then(|container| container.milestones.discharged_at);
                let standing = match (missing.contains(listed.number.as_str()), discharged_at) {
                    (true, _) => BoxStanding::Missing,
                    (false, Some(_)) => BoxStanding::Discharged,
                    (false, None) => BoxStanding::Waiting,
                };
                let id = container.map(|_| container_id(&listed.number, &order.call));
                OrderedBoxRow { listed: listed.clone(), standing, discharged_at, container: id }
            })
            .collect();
        rows.extend(order.unlisted.iter().map(|one| {
            let container = known(&one.number);
            let listed = ListedBox {
                number: one.number.clone(),
                size_type: container.map(|container| container.size_type.clone()).unwrap_or_default(),
                gross_kg: container.map(|container| container.gross_kg),
                bill: container.and_then(|container| container.bill.clone()),
                cell: None,
            };
            let id = container.map(|_| container_id(&one.number, &order.call));
            OrderedBoxRow { listed, standing: BoxStanding::Unlisted, discharged_at: Some(one.at), container: id }
        }));
        Ok(rows)
    }

    /// The discharge order of a call, if there is one that the asker may see.
    ///
    /// # Errors
    /// As [`App::view`].
    pub async fn discharge_order(&self, ctx: &Context, call: &str) -> Result<Seen<DischargeOrder>, AppError> {
        self.view::<DischargeOrder>(ctx, "discharge-order.read", call).await
    }
}

fn stowed(plan: &MessageRead) -> Option<Vec<StowedBox>> {
    let Some(crate::exchange::Content::Reports(told)) = &plan.content else { return None };
    let mut boxes: BTreeMap<&str, StowedBox> = BTreeMap::new();
    for one in &told.boxes {
        let known = boxes.entry(&one.container).or_insert_with(|| StowedBox {
            number: one.container.clone(),
            size_type: one.size_type.clone(),
            gross_kg: one.gross,
            discharge: None,
            cell: None,
        });
        if let Said::Stowed { cell, discharge } = &one.said {
            known.cell.clone_from(cell);
            known.discharge.clone_from(discharge);
        }
    }
    Some(boxes.into_values().collect())
}

/// Boxes as they are ordered: numbers in one spelling, what is not told as it is manifested.
fn checked(boxes: &[ListedBox], manifested: &BTreeMap<String, ListedBox>, findings: &mut Vec<Finding>) -> Vec<ListedBox> {
    let mut checked = Vec::with_capacity(boxes.len().min(DISCHARGE_ORDER_BOXES_MAX));
    for (index, one) in boxes.iter().enumerate().take(DISCHARGE_ORDER_BOXES_MAX + 1) {
        let number = crate::discharge::normal(&one.number);
        if let Err(fault) = ContainerNumber::parse_lenient(&number) {
            findings.push(Finding::error(
                "container-number",
                format!("/boxes/{index}/number"),
                Text::new(format!("箱号“{number}”：{}。", fault.zh()), format!("{number:?}: {fault}.")),
                Text::new("请核对箱号。", "Check the number."),
            ));
        }
        let known = manifested.get(&number);
        let short = |text: &str, max: usize| text.trim().chars().take(max).collect::<String>();
        checked.push(ListedBox {
            size_type: match short(&one.size_type, 4) {
                told if told.is_empty() => known.map(|known| known.size_type.clone()).unwrap_or_default(),
                told => told,
            },
            gross_kg: one.gross_kg.or_else(|| known.and_then(|known| known.gross_kg)),
            bill: known.and_then(|known| known.bill.clone()),
            cell: one.cell.as_deref().map(|cell| short(cell, CELL_MAX)).filter(|cell| !cell.is_empty()),
            number,
        });
    }
    checked
}

/// The order as an object.
pub fn order_ref(call: &str) -> ObjectRef {
    ObjectRef::new(DischargeOrder::KIND, call)
}
