//! Where the time goes (通关时效), and the board of the day.

use app::insights::{Clearance, HISTOGRAM_HOURS, Period};
use app::reading::ListQuery;
use app::{AppError, Context};
use ledger::Timestamp;
use logistics::{Container, container_number};
use store::Milestone;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::Asker;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::texts;
use crate::wire::Text;
use crate::wire::case::{hours, owner_role};
use crate::wire::insight::{
    DayFigure, Days, FlowHour, HistogramClass, InsightCase, InsightCaseQuery, InsightClearance, InsightLive, InsightQuery, LiveCounter,
    StageFigure, TerminalFigure,
};

/// Days shown when no period is asked for.
const DAYS_SHOWN: i64 = 30;
/// Cases behind one figure.
const CASES_MAX: usize = 1_000;
/// Hours of the flow on the board.
const FLOW_HOURS: i64 = 24;
const BASIS_POINTS: f64 = 10_000.0;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_clearance)).routes(routes!(list_insight_cases)).routes(routes!(get_live))
}

fn period(api: &Api, now: Timestamp, from: Option<&str>, to: Option<&str>, terminal: Option<String>) -> Result<Period, Problem> {
    let offset = api.app.port().utc_offset_minutes;
    let day = |text: &str| paging::day_start(text.get(..10).unwrap_or(text), offset);
    let to = match to.filter(|t| !t.is_empty()) {
        Some(text) => day(text)?.plus_days(1),
        None => now.day_start(offset).plus_days(1),
    };
    let from = match from.filter(|f| !f.is_empty()) {
        Some(text) => day(text)?,
        None => to.plus_days(-DAYS_SHOWN),
    };
    Ok(Period { from, to, terminal: terminal.filter(|t| !t.is_empty()) })
}

/// The days of a period; its end is exclusive.
pub(super) fn days(period: &Period, offset: i32) -> Days {
    Days { from: period.from.day(offset), to: period.to.plus_millis(-1).day(offset) }
}

/// A definition of a published figure.
pub(super) fn definition(code: &str) -> Option<Text> {
    insight::definition(code).map(|d| d.meaning().into())
}

fn rate(bp: u32) -> f64 {
    f64::from(bp) / BASIS_POINTS
}

/// Clearance times of a period: how long, by day, by stage with its owner, by terminal.
#[utoipa::path(get, path = "/insight/clearance", tag = "insight", params(InsightQuery), responses((status = 200, body = InsightClearance)))]
async fn get_clearance(asker: Asker, query: Asked<InsightQuery>) -> Answer {
    let query = query.0;
    let period = period(&asker.api, asker.ctx.at, query.from.as_deref(), query.to.as_deref(), query.terminal)?;
    let found = asker.refusal_recorded("insight.read", asker.api.app.clearance(&asker.ctx, &period).await)?;
    Ok(ok(&clearance(&asker.api, &found).await?))
}

async fn clearance(api: &Api, found: &Clearance) -> Result<InsightClearance, AppError> {
    let summary = &found.summary;
    let mut by_terminal = Vec::new();
    for (terminal, d) in &found.by_terminal {
        by_terminal.push(TerminalFigure {
            terminal: api.org(terminal).await?,
            count: d.count,
            median: hours(d.p50_ms),
            p90: hours(d.p90_ms),
        });
    }
    #[expect(clippy::cast_precision_loss, reason = "shares of at most 200,000 boxes")]
    let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    Ok(InsightClearance {
        definition: definition("clearance-time").unwrap_or_default(),
        unit: "hours".into(),
        period: days(&found.period, api.app.port().utc_offset_minutes),
        count: summary.clearance.count,
        mean: hours(summary.clearance.mean_ms),
        median: hours(summary.clearance.p50_ms),
        p90: hours(summary.clearance.p90_ms),
        advance_rate: rate(summary.advance_bp),
        inspection_rate: rate(summary.inspection_bp),
        direct_release_rate: 1.0 - rate(summary.inspection_bp),
        series: found
            .series
            .iter()
            .map(|point| DayFigure {
                day: point.day.clone(),
                count: point.clearance.count,
                mean: hours(point.clearance.mean_ms),
                median: hours(point.clearance.p50_ms),
                p90: hours(point.clearance.p90_ms),
            })
            .collect(),
        stages: summary
            .stages
            .iter()
            .map(|stage| StageFigure {
                stage: stage.stage.to_owned(),
                name: Text::from(&stage.name),
                owner_role: owner_role(stage.owner_role),
                count: stage.lasted.count,
                mean: hours(stage.lasted.mean_ms),
                median: hours(stage.lasted.p50_ms),
                p90: hours(stage.lasted.p90_ms),
                share: rate(stage.share_bp),
                waiting_share: share(stage.waiting, summary.journeys),
                definition: definition(stage.stage),
            })
            .collect(),
        by_terminal,
        histogram: found
            .histogram
            .iter()
            .enumerate()
            .map(|(class, count)| HistogramClass {
                from_hours: class.checked_sub(1).map_or(0, |before| HISTOGRAM_HOURS[before]),
                to_hours: HISTOGRAM_HOURS.get(class).copied(),
                count: *count,
            })
            .collect(),
    })
}

/// The cases behind a figure, slowest first.
#[utoipa::path(get, path = "/insight/cases", tag = "insight", params(InsightCaseQuery), responses((status = 200, body = Page<InsightCase>)))]
async fn list_insight_cases(asker: Asker, query: Asked<InsightCaseQuery>) -> Answer {
    let query = query.0;
    let period = period(&asker.api, asker.ctx.at, query.from.as_deref(), query.to.as_deref(), query.terminal)?;
    let min = query.min_hours.unwrap_or(0.0);
    if !(0.0..=100_000.0).contains(&min) {
        return Err(paging::invalid("min_hours 须为 0 至 100000。", "min_hours is 0 to 100000."));
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked above")]
    let min_ms = (min * 3_600_000.0) as i64;
    let stage = query.stage.as_deref().filter(|s| !s.is_empty());
    let limit = usize::try_from(paging::limit(query.limit)?).unwrap_or(200);
    let from: usize = match query.cursor.as_deref().filter(|c| !c.is_empty()) {
        Some(text) => text.parse().ok().filter(|at| *at < CASES_MAX).ok_or_else(|| Problem::from(store::StoreError::Cursor))?,
        None => 0,
    };
    let cases = asker.refusal_recorded("insight.read", asker.api.app.slow_cases(&asker.ctx, &period, stage, min_ms, CASES_MAX).await)?;
    let shown: Vec<_> = cases.iter().skip(from).take(limit).collect();
    let boxes = asker.api.app.peek_many::<Container>(shown.iter().map(|c| c.container.clone())).await?;
    let mut items = Vec::with_capacity(shown.len());
    for case in &shown {
        let known = boxes.get(&case.container);
        let readable = known.is_some_and(|container| {
            let row = ledger::Aggregate::work_row(container, &case.container);
            let home = &asker.api.app.port().customs_district;
            let resource = app::rights::Resource::of("container", &case.container, &row, &asker.ctx.principal, home);
            asker.api.app.rights().require(&asker.ctx.principal, "container.read", &resource).is_ok()
        });
        let status = known.map_or("gone", ledger::Aggregate::status);
        items.push(InsightCase {
            container_id: case.container.clone(),
            number: container_number(&case.container).to_owned(),
            // The figure is for whoever may read figures; the bill for whoever may read the box.
            bill_no: known.filter(|_| readable).and_then(|b| b.bill.clone()).unwrap_or_default(),
            hours: case.clearance_ms.map(hours).unwrap_or_default(),
            stage_hours: case.stage_ms.map(hours),
            terminal: asker.api.org(case.terminal.as_deref().or(known.map(|b| b.terminal.as_str())).unwrap_or("")).await?,
            status_text: texts::status("container", status),
        });
    }
    let reached = from + items.len();
    let next = (reached < cases.len()).then(|| reached.to_string());
    Ok(ok(&Page { items, next }))
}

/// (code, kinds, statuses, Chinese, English, meaning in Chinese, meaning in English, link)
type Counter = (&'static str, &'static str, &'static [&'static str], &'static str, &'static str, &'static str, &'static str, &'static str);

const COUNTERS: &[Counter] = &[
    (
        "ships-in-port",
        "ship-call",
        &["arrived"],
        "在港船舶",
        "Ships in port",
        "已抵港未离港的航次",
        "Calls arrived and not departed",
        "/calls?status=arrived",
    ),
    (
        "boxes-in-yard",
        "container",
        &["in-yard", "released", "at-inspection", "held"],
        "在场箱",
        "Boxes in the yard",
        "已卸船未出闸的集装箱",
        "Boxes landed and not gone",
        "/containers?status=in-yard,released,at-inspection,held",
    ),
    (
        "awaiting-release",
        "container",
        &["in-yard"],
        "待放行箱",
        "Boxes awaiting release",
        "在场且海关未放行的集装箱",
        "Boxes in the yard that customs has not released",
        "/containers?status=in-yard",
    ),
    (
        "released-waiting",
        "container",
        &["released"],
        "放行待提箱",
        "Released, waiting",
        "已放行仍在场的集装箱",
        "Boxes released and still in the yard",
        "/containers?status=released",
    ),
    (
        "declarations-open",
        "declaration",
        &["awaiting-decision", "awaiting-arrival", "awaiting-documents", "awaiting-inspection", "awaiting-payment", "held"],
        "在办报关单",
        "Declarations in work",
        "已受理未放行的报关单",
        "Declarations accepted and not released",
        "/declarations",
    ),
    (
        "inspections-open",
        "inspection",
        &["ordered", "appointed", "at-site", "recorded"],
        "在办查验",
        "Inspections in work",
        "已下达未出结果的查验",
        "Inspections ordered and not ended",
        "/inspections",
    ),
    (
        "trucks-booked",
        "booking",
        &["booked", "gated-in"],
        "提箱预约",
        "Pick-ups booked",
        "未完成的提箱预约",
        "Bookings not completed",
        "/bookings",
    ),
];

/// The board of the day: what is where now, the flow of the last 24 hours, and what is late.
#[utoipa::path(get, path = "/insight/live", tag = "insight", responses((status = 200, body = InsightLive)))]
async fn get_live(asker: Asker) -> Answer {
    asker.require("insight.read")?;
    let api = &asker.api;
    // Counts of the whole port; who may read the figures may read them for all of it.
    let platform = Context::platform(asker.ctx.at, asker.ctx.request.clone());
    let tally = api.app.worklist_tally(&platform, &ListQuery { open: Some(true), ..ListQuery::default() }).await?;
    let counters = COUNTERS
        .iter()
        .map(|(code, kind, statuses, zh, en, meaning_zh, meaning_en, link)| LiveCounter {
            code: (*code).to_owned(),
            name: Text::new(*zh, *en),
            value: tally.iter().filter(|row| row.kind == *kind && statuses.contains(&row.status.as_str())).map(|row| row.count).sum(),
            unit: "1".into(),
            definition: Text::new(*meaning_zh, *meaning_en),
            link: Some((*link).to_owned()),
        })
        .collect();
    let discharged = api.app.hourly(Milestone::Discharged, FLOW_HOURS).await?;
    let released = api.app.hourly(Milestone::Released, FLOW_HOURS).await?;
    let gated_out = api.app.hourly(Milestone::GatedOut, FLOW_HOURS).await?;
    let flow = discharged
        .iter()
        .zip(&released)
        .zip(&gated_out)
        .map(|(((hour, discharged), (_, released)), (_, gated_out))| FlowHour {
            hour: (*hour).into(),
            discharged: *discharged,
            released: *released,
            gated_out: *gated_out,
        })
        .collect();
    let late = ListQuery { open: Some(true), due_before: Some(asker.ctx.at), by_due: true, limit: 50, ..ListQuery::default() };
    // The figures are the port's; which objects are late is told to whoever may read them.
    let page = api.app.worklist(&asker.ctx, &late).await?;
    let late = paging::page_async(page, |item| api.work_item(item, asker.ctx.at)).await?.items;
    Ok(ok(&InsightLive { as_of: asker.ctx.at.into(), counters, flow, late }))
}
