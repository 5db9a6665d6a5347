//! Tally reports (理货报告): sent by terminals, listed while they are missing or late, evaluated by month.

use std::collections::HashMap;
use std::fmt::Write as _;

use app::data_sharing::csv_cell as cell;
use app::reading::{PAGE_MAX, Seen};
use app::tallies::{ReviewTally, SendTally, TallyList};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use manifest::TallyReport as State;
use port_call::ShipCall;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{BATCH_BYTES_MAX, Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::container::BatchResult;
use crate::wire::tally::{
    TallyReport, TallyReportBatch, TallyReportMonth, TallyReportOverview, TallyReportPeriod, TallyReportQuery, TallyReviewForm,
};

/// Most reports in one batch of the API.
const REPORTS_MAX: usize = 1_000;
/// Most rows of an export.
const EXPORT_ROWS_MAX: usize = 10_000;
/// Months before the last one of an evaluation that names no beginning.
const MONTHS_BACK: i64 = 11;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_tally_reports, send_tally_reports))
        .routes(routes!(export_tally_reports))
        .routes(routes!(review_tally_report))
        .routes(routes!(get_tally_overview))
        .routes(routes!(get_tally_statistics))
}

fn asked(query: &TallyReportQuery) -> Result<TallyList, Problem> {
    let mut statuses = paging::codes(query.status.as_deref())?;
    let overdue = statuses.iter().any(|code| code == "overdue");
    statuses.retain(|code| code != "overdue");
    let filled = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    Ok(TallyList {
        statuses,
        overdue,
        call: filled(&query.call),
        terminal: filled(&query.terminal),
        differing: query.differs.unwrap_or(false),
        review: query.review.unwrap_or(false),
        q: paging::prefix(query.q.as_deref())?,
        cursor: query.cursor.clone(),
        limit: paging::limit(query.limit)?,
    })
}

async fn views(asker: &Asker, page: Vec<Seen<State>>) -> Result<Vec<TallyReport>, Problem> {
    let calls: HashMap<String, ShipCall> = asker.api.app.peek_many(page.iter().map(|seen| seen.state.of.call.clone())).await?;
    let mut items = Vec::with_capacity(page.len());
    for seen in page {
        let call = calls.get(&seen.state.of.call);
        items.push(asker.api.tally_report(seen, call, asker.ctx.at).await?);
    }
    Ok(items)
}

/// Tally reports, the earliest due first.
#[utoipa::path(get, path = "/tally-reports", tag = "manifests", params(TallyReportQuery), responses((status = 200, body = Page<TallyReport>)))]
async fn list_tally_reports(asker: Asker, query: Asked<TallyReportQuery>) -> Answer {
    let list = asked(&query.0)?.query(asker.ctx.at);
    let page = asker.list::<State>("tally-report.read", list).await?;
    let items = views(&asker, page.items.into_iter().map(|(seen, _)| seen).collect()).await?;
    Ok(ok(&Page { items, next: page.next }))
}

/// Send tally reports (理货报告). Faulty rows come back as findings; the others are recorded. A report sent again corrects the earlier one.
#[utoipa::path(post, path = "/tally-reports", tag = "manifests", request_body = TallyReportBatch, responses((status = 200, body = BatchResult)))]
async fn send_tally_reports(asker: Asker, batch: Input<TallyReportBatch, BATCH_BYTES_MAX>) -> Answer {
    let reports = batch.0.reports;
    if reports.len() > REPORTS_MAX {
        return Err(Problem::bad("too-many-rows", format!("一次最多 {REPORTS_MAX} 行"), format!("At most {REPORTS_MAX} rows at a time")));
    }
    let done = asker.run(&SendTally { reports: reports.into_iter().map(Into::into).collect() }).await?;
    let view = BatchResult::from(done.outcome.clone());
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// The list as a table for spreadsheets, at most 10,000 rows.
#[utoipa::path(get, path = "/tally-reports/export", tag = "manifests", params(TallyReportQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_tally_reports(asker: Asker, query: Asked<TallyReportQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = String::from(
        "\u{feff}container,call,ship,voyage,bill,terminal,码头,status,状态,overdue,discharged,due,received,age_minutes,packages,seal,damage,tally_company,differences\r\n",
    );
    let mut list = TallyList { limit: PAGE_MAX, ..asked(&query.0)? };
    let mut rows = 0;
    loop {
        let page = asker.list::<State>("tally-report.read", list.query(asker.ctx.at)).await?;
        rows += page.items.len();
        for view in views(&asker, page.items.into_iter().map(|(seen, _)| seen).collect()).await? {
            let minute = |at: Option<crate::wire::Instant>| at.map(|at| at.0.local_minute(offset)).unwrap_or_default();
            let differences: Vec<String> =
                view.differences.iter().map(|d| format!("{}: {} / {}", d.field, d.manifested, d.tallied)).collect();
            let cells = [
                view.container,
                view.call,
                view.ship_name,
                view.voyage,
                view.bill.unwrap_or_default(),
                view.terminal.id,
                view.terminal.name.zh,
                view.status,
                view.status_text.zh,
                if view.overdue { "yes".to_owned() } else { String::new() },
                minute(view.discharged_at),
                minute(view.due_at),
                minute(view.received_at),
                view.age_minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
                view.packages.map(|packages| packages.to_string()).unwrap_or_default(),
                view.seal.unwrap_or_default(),
                view.damage.unwrap_or_default(),
                view.tally_company.unwrap_or_default(),
                differences.join("; "),
            ];
            let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        list.cursor = page.next;
        if list.cursor.is_none() || rows >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let disposition = "attachment; filename=\"tally-reports.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

/// Stand for what a device said, after looking at its pictures (人工复核). A clerk's own report (`POST /tally-reports` without `recognised`) takes its place.
#[utoipa::path(post, path = "/tally-reports/{id}/review", tag = "manifests", params(("id" = String, Path, description = "Container visit id")), request_body = TallyReviewForm, responses((status = 200, body = TallyReport)))]
async fn review_tally_report(asker: Asker, id: Id, form: Input<TallyReviewForm>) -> Answer {
    let done = asker.run(&ReviewTally { id: id.0, corrections: form.0.corrections, note: form.0.note }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let call = asker.api.app.peek::<ShipCall>(&seen.state.of.call).await?;
    let view = asker.api.tally_report(seen, call.as_ref(), asker.ctx.at).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

/// What is owed now, by ship call and terminal.
#[utoipa::path(get, path = "/tally-reports/overview", tag = "manifests", responses((status = 200, body = TallyReportOverview)))]
async fn get_tally_overview(asker: Asker) -> Answer {
    let found = asker.recorded("tally-report.read", None, asker.api.app.tally_overview(&asker.ctx).await)?;
    Ok(ok(&asker.api.tally_overview(found).await?))
}

/// Share on time by month of discharge: a terminal sees its own, customs and the port office see all.
#[utoipa::path(get, path = "/tally-reports/statistics", tag = "manifests", params(TallyReportPeriod), responses((status = 200, body = Items<TallyReportMonth>)))]
async fn get_tally_statistics(asker: Asker, query: Asked<TallyReportPeriod>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: &Option<String>| text.as_deref().map(|text| paging::day_start(text, offset)).transpose();
    let to = day(&query.0.to)?.unwrap_or(asker.ctx.at);
    let from = match day(&query.0.from)? {
        Some(from) => from,
        None => {
            let (year, month, ..) = to.civil(offset);
            let months = year * 12 + i64::from(month) - 1 - MONTHS_BACK;
            let month = u32::try_from(months.rem_euclid(12) + 1).unwrap_or(1);
            ledger::Timestamp::from_civil((months.div_euclid(12), month, 1), (0, 0, 0), offset).unwrap_or(to)
        }
    };
    let found = asker.recorded("tally-report.statistics", None, asker.api.app.tally_statistics(&asker.ctx, from, to).await)?;
    Ok(ok(&Items { items: asker.api.tally_months(found).await? }))
}
