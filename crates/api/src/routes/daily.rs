//! Daily clearance (日清): the board, the cases behind its figures, and closing reports.

use std::fmt::Write as _;

use app::reading::Seen;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use clearance::DailyReport as State;
use documents::{DailyReportDoc, DailyReportLine, Lang};
use ledger::ObjectRef;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print::{LangQuery, pdf};
use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Text;
use crate::wire::daily::{CloseDayForm, DailyBoard, DailyCase, DailyCasesQuery, DailyReport, DailyReportSummary};
use app::data_sharing::csv_cell as cell;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_daily_board))
        .routes(routes!(list_daily_cases))
        .routes(routes!(close_day))
        .routes(routes!(list_daily_reports))
        .routes(routes!(get_daily_report))
        .routes(routes!(print_daily_report))
        .routes(routes!(export_daily_report))
}

/// The board of today (日清看板): every open case of customs, counted by what it waits for and by age.
#[utoipa::path(get, path = "/daily", tag = "daily", responses((status = 200, body = DailyBoard)))]
async fn get_daily_board(asker: Asker) -> Answer {
    let board = asker.recorded("daily.read", None, asker.api.app.daily_board(&asker.ctx).await)?;
    Ok(ok(&asker.api.daily_board(&asker.ctx, board).await?))
}

/// The cases behind a figure of the board, the newest first.
#[utoipa::path(get, path = "/daily/cases", tag = "daily", params(DailyCasesQuery), responses((status = 200, body = Page<DailyCase>)))]
async fn list_daily_cases(asker: Asker, query: Asked<DailyCasesQuery>) -> Answer {
    let asked = query.0.asked()?;
    let page = asker.recorded("daily.read", None, asker.api.app.daily_cases(&asker.ctx, &asked).await)?;
    Ok(ok(&paging::page_async(page, |item| asker.api.daily_case(item, asker.ctx.at)).await?))
}

/// Close the day (关闭日清报告): whatever is open is carried over with a reason.
#[utoipa::path(post, path = "/daily/{day}/close", tag = "daily", params(("day" = String, Path, description = "Day of the port's clock, YYYY-MM-DD")), request_body = CloseDayForm, responses((status = 201, body = DailyReport)))]
async fn close_day(asker: Asker, Path(day): Path<String>, form: Input<CloseDayForm>) -> Answer {
    let done = asker.run(&form.0.command(day)).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &asker.api.daily_report(&asker.ctx, seen).await?))
}

/// Closing reports, the newest first.
#[utoipa::path(get, path = "/daily-reports", tag = "daily", params(PageQuery), responses((status = 200, body = Page<DailyReportSummary>)))]
async fn list_daily_reports(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("daily-report.read", query.0.list()?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.daily_summary(seen).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// One closing report (日清报告).
#[utoipa::path(get, path = "/daily-reports/{id}", tag = "daily", params(("id" = String, Path, description = "Report id: district and day")), responses((status = 200, body = DailyReport)))]
async fn get_daily_report(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("daily-report.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.daily_report(&asker.ctx, seen).await?))
}

/// A closing report to print.
#[utoipa::path(get, path = "/daily-reports/{id}/report.pdf", tag = "daily", params(("id" = String, Path, description = "Report id"), LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_daily_report(asker: Asker, id: Id, query: Asked<LangQuery>) -> Answer {
    let seen = asker.view::<State>("daily-report.read", &id.0).await?;
    printed(&asker, query.0.lang(), seen).await
}

async fn printed(asker: &Asker, lang: Lang, seen: Seen<State>) -> Result<Response, Problem> {
    let api = &asker.api;
    let words = |text: &Text| match lang {
        Lang::Zh => text.zh.clone(),
        Lang::En => text.en.clone(),
    };
    let office = api.party(&seen.state.closed.organisation).await?;
    let issue = api.ledger_issue(&seen.id, office.name.clone(), seen.state.at);
    let head = api.document_head(issue, ObjectRef::new("daily-report", seen.id.clone()), "daily-report.closed").await?;
    let id = seen.id.clone();
    let view = api.daily_report(&asker.ctx, seen).await?;
    let line = |what: String, state: String, age: String, reason: &Text, note: &str| DailyReportLine {
        what,
        state,
        age,
        reason: format!("{} {note}", words(reason)).trim_end().to_owned(),
    };
    let days = |n: i64| match lang {
        Lang::Zh => format!("{n} 天"),
        Lang::En => format!("{n} d"),
    };
    let doc = DailyReportDoc {
        head,
        day: view.summary.day.clone(),
        district: view.summary.district.clone(),
        officer: words(&view.summary.by.name),
        opened: view.summary.figures.opened,
        cleared: view.summary.figures.cleared,
        open: view.summary.figures.open,
        late: view.summary.late,
        groups: view
            .groups
            .iter()
            .map(|group| line(words(&group.why), words(&group.status_text), group.count.to_string(), &group.reason_text, &group.note))
            .collect(),
        cases: view
            .cases
            .iter()
            .take(documents::DAILY_CASES_MAX)
            .map(|case| line(case.title.clone(), words(&case.status_text), days(case.age_days), &case.reason_text, &case.note))
            .collect(),
        not_printed: view.summary.figures.open.saturating_sub(view.cases.len().min(documents::DAILY_CASES_MAX) as u64),
        source: words(&view.source),
    };
    pdf(api, format!("daily-{id}.pdf"), move |fonts| documents::daily_report(&doc, lang, fonts)).await
}

/// A closing report as a table for spreadsheets: its cases, or its groups when there were too many cases to list.
#[utoipa::path(get, path = "/daily-reports/{id}/report.csv", tag = "daily", params(("id" = String, Path, description = "Report id")), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_daily_report(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<State>("daily-report.read", &id.0).await?;
    let view = asker.api.daily_report(&asker.ctx, seen).await?;
    let offset = asker.api.app.port().utc_offset_minutes;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out =
        String::from("\u{feff}day,district,kind,id,title,状态,state,opened,age_days,due,owner,cases,reason,原因,reason_text,note\r\n");
    let (day, district) = (&view.summary.day, &view.summary.district);
    let mut put = |cells: [String; 14]| {
        let line: Vec<String> = [day.clone(), district.clone()].iter().chain(&cells).map(|text| cell(text)).collect();
        let _ = write!(out, "{}\r\n", line.join(","));
    };
    for case in view.cases {
        put([
            case.kind,
            case.id,
            case.title,
            case.status_text.zh,
            case.status_text.en,
            case.opened_at.0.local_minute(offset),
            case.age_days.to_string(),
            case.due_at.map(|at| at.0.local_minute(offset)).unwrap_or_default(),
            case.owner.map(|owner| owner.id).unwrap_or_default(),
            "1".to_owned(),
            case.reason,
            case.reason_text.zh,
            case.reason_text.en,
            case.note,
        ]);
    }
    for group in view.groups.into_iter().filter(|_| !view.listed || !view.whole) {
        put([
            group.kind,
            String::new(),
            String::new(),
            group.status_text.zh,
            group.status_text.en,
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            group.count.to_string(),
            group.reason,
            group.reason_text.zh,
            group.reason_text.en,
            group.note,
        ]);
    }
    let disposition = format!("attachment; filename=\"daily-{}.csv\"", view.summary.id);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}
