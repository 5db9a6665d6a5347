//! Loading orders (装船指令): compared with the outbound bills and transhipments of the call; what the terminal reports loaded is kept with the
//! order of its call, whether one stands or not, because an export box has no visit here.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use codes::{ContainerNumber, Finding, Text};
use ledger::Timestamp;
use logistics::{ListedBox, Loading, LoadingOrder, LoadingOrderEvent, ORDER_BOXES_MAX, OnwardStanding, Said, StowedBox, Worked, WorkedBox};
use manifest::{OutboundBill, OutboundPhase, Transhipment, TranshipmentPhase};
use port_call::{CallPhase, ShipCall};
use serde::{Deserialize, Serialize};

use super::{DoneBox, OrderedWork, Papers};
use crate::calls::plausible;
use crate::discharge::{BatchOutcome, normal, own_terminal, row_finding};
use crate::exchange::BoxRead;
use crate::reports::RecordReports;
use crate::{App, AppError, Unit, UseCase, calls, limits};

#[async_trait]
impl OrderedWork for Loading {
    const CHECK: &'static str = "loading-order.check";
    const READ: &'static str = "loading-order.read";
    const CALL_CLOSED: &'static str = "loading-call-closed";
    const FUNCTION: &'static str = "loading-order-function";
    const DONE: &'static str = "loaded";

    async fn papers(app: &App, call: &str) -> Result<Papers, AppError> {
        // A plan that loads nothing here was made before the port, and says nothing of it.
        let port = &app.port().unlocode;
        let stowed = app.stowed_boxes(call).await?.filter(|plan| plan.iter().any(|one| Self::is_stowed_here(port, one)));
        Ok(Papers { listed: billed_boxes(app, call).await?, stowed, onward: onward_boxes(app, call).await? })
    }

    fn is_stowed_here(port: &str, one: &StowedBox) -> bool {
        one.loading.as_deref().is_some_and(|at| at.eq_ignore_ascii_case(port))
    }

    fn differences(port: &str, boxes: &[ListedBox], papers: &Papers) -> Vec<Finding> {
        let listed: Vec<ListedBox> = papers.listed.values().cloned().collect();
        let onward = papers.onward.iter().map(|(number, (standing, _))| (number.clone(), *standing)).collect();
        logistics::loading_differences(port, boxes, &listed, &onward, papers.stowed.as_deref())
    }

    async fn hold(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
        let Some(order) = unit.load::<LoadingOrder>(call).await? else { return Ok(()) };
        let events = logistics::decide_loaded_against(&order);
        unit.record::<LoadingOrder>(call, events, unit.at()).await
    }

    async fn done(app: &App, order: &LoadingOrder) -> Result<BTreeMap<String, DoneBox>, AppError> {
        let onward = onward_boxes(app, &order.call).await?;
        let visit = |number: &str| onward.get(number).map(|(_, container)| container.clone());
        let listed = order.boxes.iter().map(|one| (one.number.clone(), DoneBox { container: visit(&one.number), ..DoneBox::default() }));
        let mut done: BTreeMap<String, DoneBox> = listed.collect();
        for one in order.worked.values() {
            let known =
                ListedBox { number: one.number.clone(), size_type: String::new(), gross_kg: None, bill: None, cell: one.cell.clone() };
            let found = DoneBox { at: Some(one.at), doubtful: one.doubtful, container: visit(&one.number), known: Some(known) };
            done.insert(one.number.clone(), found);
        }
        Ok(done)
    }
}

/// Every box on the outbound bills of a call, by number.
async fn billed_boxes(app: &App, call: &str) -> Result<BTreeMap<String, ListedBox>, AppError> {
    let ids = calls::objects_of::<OutboundBill>(app, call, &["listed"]).await?;
    let mut boxes = BTreeMap::new();
    for bill in app.peek_many::<OutboundBill>(ids).await?.into_values() {
        if bill.call == call && bill.phase == OutboundPhase::Listed {
            super::discharge::add(&mut boxes, &bill.number, &bill.content);
        }
    }
    Ok(boxes)
}

/// Every box that is, or was, to go on by a call: how its transhipment stands, an open one before an ended one, and its visit.
async fn onward_boxes(app: &App, call: &str) -> Result<BTreeMap<String, (OnwardStanding, String)>, AppError> {
    let ids = calls::objects_of::<Transhipment>(app, call, &[]).await?;
    let mut boxes: BTreeMap<String, (OnwardStanding, String)> = BTreeMap::new();
    for state in app.peek_many::<Transhipment>(ids).await?.into_values() {
        if state.planned.onward_call != call {
            continue;
        }
        let standing = match state.phase {
            TranshipmentPhase::Open => OnwardStanding::Waiting,
            TranshipmentPhase::Released { .. } | TranshipmentPhase::Loaded { .. } => OnwardStanding::Released,
            TranshipmentPhase::Refused { .. } | TranshipmentPhase::Withdrawn { .. } | TranshipmentPhase::LeftBehind { .. } => {
                OnwardStanding::Ended
            }
        };
        let known = boxes.entry(state.planned.number).or_insert_with(|| (standing, state.planned.container.clone()));
        if known.0 == OnwardStanding::Ended {
            *known = (standing, state.planned.container);
        }
    }
    Ok(boxes)
}

/// A box that was reported loaded, as it is held against the order of its call.
pub(crate) struct LoadedRow {
    /// Its row in what was sent: findings stand at `/boxes/{row}`.
    pub(crate) row: usize,
    /// Container number.
    pub(crate) number: String,
    /// When.
    pub(crate) at: Timestamp,
    /// Cell on board.
    pub(crate) cell: Option<String>,
}

/// Keeps what the terminal of a call reports loaded, and holds it against the loading order: what it does not list, and what is dated after
/// the departure, is told. Nothing when another organisation reports.
pub(crate) async fn loaded(unit: &mut Unit<'_>, id: &str, rows: &[LoadedRow]) -> Result<Option<Vec<Finding>>, AppError> {
    let Some(call) = unit.load::<ShipCall>(id).await?.filter(|call| own_terminal(&unit.ctx.principal, &call.terminal).is_ok()) else {
        return Ok(None);
    };
    let mut findings = Vec::new();
    match call.phase {
        CallPhase::Arrived { .. } | CallPhase::Departed { .. } => {}
        CallPhase::Announced | CallPhase::Cancelled { .. } => findings.push(not_arrived()),
    }
    let boxes = rows.iter().map(|row| WorkedBox {
        number: row.number.clone(),
        at: row.at,
        cell: row.cell.as_ref().map(|cell| cell.chars().take(super::CELL_MAX).collect()),
        doubtful: false,
    });
    let told = Worked { call: id.to_owned(), agent: call.agent.clone(), terminal: call.terminal.clone(), boxes: boxes.collect() };
    let state = unit.load::<LoadingOrder>(id).await?;
    let events = logistics::decide_report_loaded(state.as_ref(), told, call.atd());
    unit.record::<LoadingOrder>(id, events, unit.at()).await?;
    let Some(order) = unit.load::<LoadingOrder>(id).await? else { return Ok(Some(findings)) };
    let events = logistics::decide_loaded_against(&order);
    let mut unlisted = BTreeSet::new();
    for event in &events {
        if let LoadingOrderEvent::Unlisted(data) = event {
            unlisted.extend(data.boxes.iter().map(|one| one.number.clone()));
        }
    }
    unit.record::<LoadingOrder>(id, events, unit.at()).await?;
    if let Some(departed) = call.atd() {
        close_loading(unit, id, departed).await?;
    }
    for row in rows {
        match order.worked.get(&row.number) {
            None => findings.push(too_many(row)),
            Some(_) if call.atd().is_some_and(|departed| row.at > departed) => findings.push(after_departure(row)),
            Some(_) if unlisted.remove(&row.number) => findings.push(not_listed(row)),
            Some(_) => {}
        }
    }
    Ok(Some(findings))
}

/// Takes back what the terminal of a call reported loaded: the rows that were kept as loaded. None when another organisation reports.
pub(crate) async fn withdrawn<'r>(unit: &mut Unit<'_>, id: &str, rows: &'r [LoadedRow]) -> Result<Vec<&'r LoadedRow>, AppError> {
    let Some(call) = unit.load::<ShipCall>(id).await?.filter(|call| own_terminal(&unit.ctx.principal, &call.terminal).is_ok()) else {
        return Ok(Vec::new());
    };
    let Some(order) = unit.load::<LoadingOrder>(id).await? else { return Ok(Vec::new()) };
    let events = logistics::decide_withdraw_loaded(&order, rows.iter().map(|row| row.number.as_str()));
    unit.record::<LoadingOrder>(id, events, unit.at()).await?;
    if let Some(departed) = call.atd() {
        close_loading(unit, id, departed).await?;
    }
    Ok(rows.iter().filter(|row| order.worked.contains_key(&row.number)).collect())
}

fn at_row(code: &'static str, row: &LoadedRow, zh: &str, en: &str, hint: (&'static str, &'static str)) -> Finding {
    let number = &row.number;
    let message = Text::new(format!("集装箱 {number} {zh}。"), format!("{number} {en}."));
    Finding::warning(code, format!("/boxes/{}", row.row), message, Text::new(hint.0, hint.1))
}

fn not_arrived() -> Finding {
    Finding::warning(
        "loading-call-not-arrived",
        "/call",
        Text::new("该航次尚未抵港或已取消；装船已登记。", "The ship has not arrived, or will not come; the loading is recorded."),
        Text::new("请核对航次，或补报抵港。", "Check the call, or report the arrival."),
    )
}

fn too_many(row: &LoadedRow) -> Finding {
    let (zh, en) = ("未登记：该航次已登记的装船箱数达到上限", "is not recorded: as many boxes as an order keeps are recorded loaded");
    at_row("loading-too-many", row, zh, en, ("请核对航次。", "Check the call."))
}

fn after_departure(row: &LoadedRow) -> Finding {
    at_row(
        "loading-after-departure",
        row,
        "的装船时间晚于船舶实际离港时间；已登记，但不视为已装船",
        "is reported loaded after the actual departure of the ship; that is kept, and does not count as loaded",
        (
            "如时间有误，请更正后重报；否则该箱未随本航次离港。",
            "If the time is wrong, report it again with the right one; otherwise the box did not leave with this ship.",
        ),
    )
}

fn not_listed(row: &LoadedRow) -> Finding {
    at_row(
        "loading-unlisted",
        row,
        "未列入装船指令；装船已登记",
        "is not on the loading order; its loading is recorded",
        ("请与船代核实，由其补发装船指令。", "Clarify it with the ship agent, who can send a further order."),
    )
}

/// When the ship leaves, its order is closed: what it listed and nobody loaded before the departure is missing.
pub(crate) async fn close_loading(unit: &mut Unit<'_>, call: &str, departed: Timestamp) -> Result<(), AppError> {
    let Some(order) = unit.load::<LoadingOrder>(call).await? else { return Ok(()) };
    let events = logistics::decide_close_loading(&order, departed);
    unit.record::<LoadingOrder>(call, events, unit.at()).await
}

/// One box that the terminal reports loaded (装船).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedReport {
    /// Container number.
    pub container: String,
    /// When.
    pub at: Timestamp,
    /// Cell on board.
    #[serde(default)]
    pub cell: Option<String>,
}

/// Reports boxes loaded onto a call. Faulty rows come back as findings; the good ones are recorded.
#[derive(Clone, Debug, Serialize)]
pub struct ReportLoading {
    /// Ship call id.
    pub call: String,
    /// Rows.
    pub boxes: Vec<LoadedReport>,
}

#[async_trait]
impl UseCase for ReportLoading {
    const NAME: &'static str = "loading.report";
    type Outcome = BatchOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<BatchOutcome, AppError> {
        let call = unit.authorised::<ShipCall>(Self::NAME, &self.call).await?;
        own_terminal(&unit.ctx.principal, &call.terminal)?;
        limits::rows(self.boxes.len(), ORDER_BOXES_MAX, "/boxes")?;
        let mut outcome = BatchOutcome::default();
        let (mut boxes, mut rows) = (Vec::with_capacity(self.boxes.len()), Vec::with_capacity(self.boxes.len()));
        for (row, report) in self.boxes.iter().enumerate() {
            match read(unit.at(), report) {
                Ok(told) => {
                    boxes.push(told);
                    rows.push(row);
                }
                Err(error) => outcome.findings.push(row_finding(error, &format!("/boxes/{row}"))?),
            }
        }
        outcome.accepted = u64::try_from(boxes.len()).unwrap_or(u64::MAX);
        // What a message would tell, told without one.
        let reports = RecordReports {
            kind: "COARRI".into(),
            document: None,
            function: None,
            call: Some(self.call.clone()),
            at: unit.at(),
            ship: Some(port_call::Said::Loaded { boxes: u32::try_from(boxes.len()).unwrap_or(u32::MAX) }).filter(|_| !boxes.is_empty()),
            boxes,
            bills: Vec::new(),
        };
        let done = reports.run(unit).await?;
        outcome.containers =
            done.objects.into_iter().filter(|object| object.kind == "container").map(|object| object.id.to_string()).collect();
        outcome.findings.extend(done.findings.into_iter().map(|finding| {
            let own = finding.pointer.strip_prefix("/boxes/").and_then(|n| n.parse::<usize>().ok()).and_then(|n| rows.get(n));
            let pointer = own.map_or_else(|| finding.pointer.clone(), |row| format!("/boxes/{row}"));
            Finding { pointer, ..finding }
        }));
        Ok(outcome)
    }
}

fn read(now: Timestamp, report: &LoadedReport) -> Result<BoxRead, AppError> {
    let container = normal(&report.container);
    if let Err(e) = container.parse::<ContainerNumber>() {
        return Err(AppError::invalid("container-number", "/container", format!("箱号不正确：{container}"), e.to_string()));
    }
    limits::optional(report.cell.as_ref(), "/cell", limits::SHORT_TEXT_MAX)?;
    Ok(BoxRead {
        container,
        at: Some(plausible(report.at, now, "/at")?),
        place: None,
        seal: None,
        size_type: None,
        gross: None,
        said: Said::Loaded { cell: report.cell.clone(), discharge: None },
        segment: 0,
        offset: 0,
    })
}
