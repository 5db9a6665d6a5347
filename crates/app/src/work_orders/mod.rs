//! Work orders (作业指令): the ship agent orders what is discharged from a call (卸船指令) and loaded onto it (装船指令), the terminal works by it.
//!
//! What is ordered is compared with the papers of the call and with the newest stowage plan (BAPLIE) before it is sent: what those are differs
//! by the work, and is in `discharge` and `loading`. The plan is read anew from its message: boxes that nobody manifested stand nowhere
//! else.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use async_trait::async_trait;
use codes::{ContainerNumber, Finding, Text};
use ledger::{ObjectRef, Timestamp};
use logistics::{ListedBox, ORDER_BOXES_MAX, OnwardStanding, OrderBoxes, Said, StowedBox, Work, WorkExplained, WorkOrder};
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use store::Page;

use crate::exchange::MessageRead;
use crate::inbox::MessageState;
use crate::reading::Seen;
use crate::{App, AppError, Context, Happens, Unit, UseCase, limits};

mod discharge;
mod loading;

pub(crate) use discharge::hold_landed;
pub use loading::{LoadedReport, ReportLoading};
pub(crate) use loading::{LoadedRow, close_loading, loaded, withdrawn};

/// Longest cell on board and bill number taken over from an order, characters.
const CELL_MAX: usize = 16;
/// Fewest characters of a reason or an explanation.
const NOTE_MIN: usize = 2;

/// What the port knows of a call that an order is compared with.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    /// Boxes on its manifests (舱单) or on its outbound bills (预配舱单), by number.
    pub listed: BTreeMap<String, ListedBox>,
    /// The stowage plan that tells something of this work; `None` when there is none.
    pub stowed: Option<Vec<StowedBox>>,
    /// Boxes that are to go on by the call, by number: their standing and their visit.
    pub onward: BTreeMap<String, (OnwardStanding, String)>,
}

/// What was done with a box.
#[derive(Clone, Debug, Default)]
pub struct DoneBox {
    /// When it was worked, as reported.
    pub at: Option<Timestamp>,
    /// The time cannot be true.
    pub doubtful: bool,
    /// Id of its visit, where it is known here.
    pub container: Option<String>,
    /// As it is known here, for one that the order does not list.
    pub known: Option<ListedBox>,
}

/// A kind of work as the application carries it out.
#[async_trait]
pub trait OrderedWork: Work
where
    WorkOrder<Self>: Happens + ledger::Aggregate<Event = <Self as Work>::Event>,
{
    /// Right to see what an order would be compared with.
    const CHECK: &'static str;
    /// Right to read an order.
    const READ: &'static str;
    /// Code of a call that takes no order any more.
    const CALL_CLOSED: &'static str;
    /// Code of an order by message whose function is recorded only.
    const FUNCTION: &'static str;
    /// Code of a box that was worked as it should be.
    const DONE: &'static str;

    /// What is known of a call.
    async fn papers(app: &App, call: &str) -> Result<Papers, AppError>;
    /// Does the stowage plan work the box in this port?
    fn is_stowed_here(port: &str, one: &StowedBox) -> bool;
    /// In what an order differs from the papers.
    fn differences(port: &str, boxes: &[ListedBox], papers: &Papers) -> Vec<Finding>;
    /// Holds what was done already against an order that has just come.
    async fn hold(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError>;
    /// What was done with the boxes of an order, listed or not, by number.
    async fn done(app: &App, order: &WorkOrder<Self>) -> Result<BTreeMap<String, DoneBox>, AppError>;
}

/// What is to be worked: boxes one by one, or what the papers of the call list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The boxes; every box of the call's papers when left out.
    pub boxes: Option<Vec<ListedBox>>,
    /// Boxes of the papers that are not to be worked.
    pub except: Vec<String>,
    /// Boxes besides those of the papers, such as empty ones.
    pub also: Vec<ListedBox>,
}

/// An order as it would be sent, and in what it differs from papers and stowage plan.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Plan {
    /// Boxes, in order of their numbers.
    pub boxes: Vec<ListedBox>,
    /// Boxes on the manifests of the call; of a loading order, on its outbound bills.
    pub manifested: usize,
    /// Boxes that the stowage plan works here; `None` when no plan tells of it.
    pub stowed: Option<usize>,
    /// Differences, and what must be put right before it can be sent.
    pub findings: Vec<Finding>,
}

/// Orders the work of a call, or replaces the order that stands.
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct OrderWork<W: Work> {
    /// Ship call id.
    pub call: String,
    /// What is to be worked.
    pub wanted: Wanted,
    /// Which work.
    #[serde(skip)]
    pub work: PhantomData<W>,
}

impl<W: Work> OrderWork<W> {
    /// Orders what is wanted of a call.
    pub fn new(call: impl Into<String>, wanted: Wanted) -> Self {
        Self { call: call.into(), wanted, work: PhantomData }
    }
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
impl<W: OrderedWork> UseCase for OrderWork<W>
where
    WorkOrder<W>: Happens<Event = W::Event>,
{
    const NAME: &'static str = W::WORDS.order;
    type Outcome = Ordered;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Ordered, AppError> {
        let call = unit.authorised::<ShipCall>(Self::NAME, &self.call).await?;
        let plan = unit.app.plan_work::<W>(&self.call, &self.wanted).await?;
        if codes::has_errors(&plan.findings) {
            return Err(AppError::Findings(plan.findings));
        }
        if call.atd().is_some() || matches!(call.phase, port_call::CallPhase::Cancelled { .. }) {
            return Err(AppError::invalid(
                W::CALL_CLOSED,
                "/call",
                format!("船舶已离港或航次已取消，不能再下达{}", W::WORDS.zh),
                "the ship has left or will not come; nothing can be ordered any more",
            ));
        }
        let state = unit.load::<WorkOrder<W>>(&self.call).await?;
        let command = OrderBoxes {
            call: self.call.clone(),
            agent: call.agent,
            terminal: call.terminal,
            boxes: plan.boxes,
            message: unit.ctx.message.clone(),
        };
        let events = logistics::decide_order_work(state.as_ref(), command)?;
        unit.record::<WorkOrder<W>>(&self.call, events, unit.at()).await?;
        W::hold(unit, &self.call).await?;
        Ok(Ordered { id: self.call.clone(), findings: plan.findings })
    }
}

/// Takes the order of a call back.
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct CancelWork<W: Work> {
    /// Ship call id.
    pub call: String,
    /// Why.
    pub reason: String,
    /// Which work.
    #[serde(skip)]
    pub work: PhantomData<W>,
}

impl<W: Work> CancelWork<W> {
    /// Takes the order of a call back.
    pub fn new(call: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { call: call.into(), reason: reason.into(), work: PhantomData }
    }
}

#[async_trait]
impl<W: OrderedWork> UseCase for CancelWork<W>
where
    WorkOrder<W>: Happens<Event = W::Event>,
{
    const NAME: &'static str = W::WORDS.cancel;
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<WorkOrder<W>>(Self::NAME, &self.call).await?;
        let reason = note(&self.reason, "/reason")?;
        let events = logistics::decide_cancel_work(&state, reason, unit.ctx.message.clone())?;
        unit.record::<WorkOrder<W>>(&self.call, events, unit.at()).await?;
        Ok(self.call.clone())
    }
}

/// Explains what was not done as ordered.
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct ExplainWork<W: Work> {
    /// Ship call id.
    pub call: String,
    /// What it was.
    pub note: String,
    /// Which work.
    #[serde(skip)]
    pub work: PhantomData<W>,
}

impl<W: Work> ExplainWork<W> {
    /// Explains the differences of a call's order.
    pub fn new(call: impl Into<String>, note: impl Into<String>) -> Self {
        Self { call: call.into(), note: note.into(), work: PhantomData }
    }
}

#[async_trait]
impl<W: OrderedWork> UseCase for ExplainWork<W>
where
    WorkOrder<W>: Happens<Event = W::Event>,
{
    const NAME: &'static str = W::WORDS.explain;
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<WorkOrder<W>>(Self::NAME, &self.call).await?;
        let explained = WorkExplained { by: unit.ctx.principal.id.clone(), note: note(&self.note, "/note")? };
        let events = logistics::decide_explain_work(&state, explained)?;
        unit.record::<WorkOrder<W>>(&self.call, events, unit.at()).await?;
        Ok(self.call.clone())
    }
}

/// Orders the discharge of a call (卸船指令).
pub type OrderDischarge = OrderWork<logistics::Discharge>;
/// Takes its discharge order back.
pub type CancelDischarge = CancelWork<logistics::Discharge>;
/// Explains what was not discharged as ordered.
pub type ExplainDischarge = ExplainWork<logistics::Discharge>;
/// Orders the loading of a call (装船指令).
pub type OrderLoading = OrderWork<logistics::Loading>;
/// Takes its loading order back.
pub type CancelLoading = CancelWork<logistics::Loading>;
/// Explains what was not loaded as ordered.
pub type ExplainLoading = ExplainWork<logistics::Loading>;

fn note(text: &str, pointer: &'static str) -> Result<String, AppError> {
    limits::text(text, pointer, limits::NOTE_MAX)?;
    let text = text.trim();
    if text.chars().count() < NOTE_MIN {
        return Err(AppError::invalid("order-note", pointer, "请写明原因，至少 2 个字符", "say why, in at least 2 characters"));
    }
    Ok(text.to_owned())
}

/// How a box of an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxStanding {
    /// Not worked yet (待卸、待装).
    Waiting,
    /// Discharged or loaded (已卸、已装).
    Done,
    /// The ship left with it, or without it (短卸、漏装).
    Missing,
    /// Worked though it is not listed (溢卸、多装).
    Unlisted,
    /// Reported at a time that cannot be true (时间存疑).
    Doubtful,
}

impl BoxStanding {
    /// Stable code, for a work.
    pub const fn code<W: OrderedWork>(self) -> &'static str
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        match self {
            Self::Waiting => "waiting",
            Self::Done => W::DONE,
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
            Self::Doubtful => "doubtful",
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
    /// When it was worked, as reported.
    pub done_at: Option<Timestamp>,
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
    /// Listed and worked.
    pub done: usize,
    /// Listed and missing.
    pub missing: usize,
    /// Worked and not listed.
    pub unlisted: usize,
}

impl App {
    /// An order as it would be sent, with everything in which it differs from papers and stowage plan.
    ///
    /// # Errors
    /// [`AppError::NotFound`] to strangers, [`AppError::Forbidden`], or the store's fault.
    pub async fn check_work<W: OrderedWork>(&self, ctx: &Context, call: &str, wanted: &Wanted) -> Result<Plan, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        self.view::<ShipCall>(ctx, W::CHECK, call).await?;
        self.plan_work::<W>(call, wanted).await
    }

    async fn plan_work<W: OrderedWork>(&self, call: &str, wanted: &Wanted) -> Result<Plan, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        let papers = W::papers(self, call).await?;
        let mut findings = Vec::new();
        let mut boxes = match &wanted.boxes {
            Some(boxes) => checked(boxes, &papers.listed, &mut findings),
            None => {
                let except: BTreeSet<String> = wanted.except.iter().map(|number| crate::discharge::normal(number)).collect();
                let mut boxes: Vec<ListedBox> = papers.listed.values().filter(|one| !except.contains(&one.number)).cloned().collect();
                boxes.extend(checked(&wanted.also, &papers.listed, &mut findings));
                boxes
            }
        };
        limits::rows(boxes.len(), ORDER_BOXES_MAX, "/boxes")?;
        // A plan tells the cell of each box; whoever orders need not repeat it.
        if let Some(plan) = &papers.stowed {
            let cells: BTreeMap<&str, &StowedBox> = plan.iter().map(|one| (one.number.as_str(), one)).collect();
            for one in boxes.iter_mut().filter(|one| one.cell.is_none()) {
                let cell = cells.get(one.number.as_str()).and_then(|stowed| stowed.cell.clone());
                one.cell = cell.map(|cell| cell.chars().take(CELL_MAX).collect());
            }
        }
        boxes.sort_by(|a, b| a.number.cmp(&b.number));
        let port = &self.port().unlocode;
        findings.extend(W::differences(port, &boxes, &papers));
        let stowed = papers.stowed.as_ref().map(|plan| plan.iter().filter(|one| W::is_stowed_here(port, one)).count());
        Ok(Plan { boxes, manifested: papers.listed.len(), stowed, findings })
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
    pub async fn work_boxes<W: OrderedWork>(&self, order: &WorkOrder<W>, query: &BoxQuery) -> Result<Page<OrderedBoxRow>, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        let q = query.q.as_ref().map(|q| crate::discharge::normal(q)).filter(|q| !q.is_empty());
        let fits = |row: &OrderedBoxRow| {
            q.as_ref().is_none_or(|q| {
                row.listed.number.contains(q) || row.listed.bill.as_ref().is_some_and(|bill| bill.to_uppercase().contains(q))
            }) && query.standing.as_ref().is_none_or(|wanted| wanted == row.standing.code::<W>())
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
    pub async fn work_counts<W: OrderedWork>(&self, order: &WorkOrder<W>) -> Result<BoxCounts, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        let rows = self.rows_of(order).await?;
        let done = rows.iter().filter(|row| row.standing == BoxStanding::Done && order.lists(&row.listed.number)).count();
        Ok(BoxCounts { listed: order.boxes.len(), done, missing: order.missing.len(), unlisted: order.unlisted.len() })
    }

    async fn rows_of<W: OrderedWork>(&self, order: &WorkOrder<W>) -> Result<Vec<OrderedBoxRow>, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        let mut done = W::done(self, order).await?;
        let missing: BTreeSet<&str> = order.missing.iter().map(String::as_str).collect();
        let mut rows: Vec<OrderedBoxRow> = Vec::with_capacity(order.boxes.len() + order.unlisted.len());
        for listed in &order.boxes {
            let found = done.remove(&listed.number).unwrap_or_default();
            let standing = match (missing.contains(listed.number.as_str()), found.at) {
                (_, Some(_)) if found.doubtful => BoxStanding::Doubtful,
                (true, _) => BoxStanding::Missing,
                (false, Some(_)) => BoxStanding::Done,
                (false, None) => BoxStanding::Waiting,
            };
            rows.push(OrderedBoxRow { listed: listed.clone(), standing, done_at: found.at, container: found.container });
        }
        let unlisted: BTreeMap<&str, Timestamp> = order.unlisted.iter().map(|one| (one.number.as_str(), one.at)).collect();
        let bare = |number: &str| ListedBox { number: number.to_owned(), size_type: String::new(), gross_kg: None, bill: None, cell: None };
        for (number, at) in &unlisted {
            let found = done.remove(*number).unwrap_or_default();
            let listed = found.known.unwrap_or_else(|| bare(number));
            rows.push(OrderedBoxRow { listed, standing: BoxStanding::Unlisted, done_at: Some(*at), container: found.container });
        }
        // What was loaded while nothing was ordered, or at a time that cannot be true.
        for (number, found) in done.into_iter().filter(|(_, found)| found.at.is_some()) {
            let standing = if found.doubtful { BoxStanding::Doubtful } else { BoxStanding::Done };
            let listed = found.known.unwrap_or_else(|| bare(&number));
            rows.push(OrderedBoxRow { listed, standing, done_at: found.at, container: found.container });
        }
        Ok(rows)
    }

    /// The order of a call, if there is one that the asker may see.
    ///
    /// # Errors
    /// As [`App::view`].
    pub async fn work_order<W: OrderedWork>(&self, ctx: &Context, call: &str) -> Result<Seen<WorkOrder<W>>, AppError>
    where
        WorkOrder<W>: Happens<Event = W::Event>,
    {
        self.view::<WorkOrder<W>>(ctx, W::READ, call).await
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
            loading: None,
            discharge: None,
            cell: None,
        });
        if let Said::Stowed { cell, loading, discharge } = &one.said {
            known.cell.clone_from(cell);
            known.loading.clone_from(loading);
            known.discharge.clone_from(discharge);
        }
    }
    Some(boxes.into_values().collect())
}

/// Boxes as they are ordered: numbers in one spelling, what is not told as it is manifested.
fn checked(boxes: &[ListedBox], manifested: &BTreeMap<String, ListedBox>, findings: &mut Vec<Finding>) -> Vec<ListedBox> {
    let mut checked = Vec::with_capacity(boxes.len().min(ORDER_BOXES_MAX));
    for (index, one) in boxes.iter().enumerate().take(ORDER_BOXES_MAX + 1) {
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
pub fn order_ref<W: Work>(call: &str) -> ObjectRef {
    ObjectRef::new(W::KIND, call)
}
