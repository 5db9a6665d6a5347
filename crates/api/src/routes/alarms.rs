//! Alarms (预警): one list of all that somebody is told of, their figures, and the library.

use std::fmt::Write as _;

use alarms::CaseAlarm;
use app::alarms::AcknowledgeCaseAlarm;
use app::data_sharing::csv_cell as cell;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use ledger::{Aggregate as _, ObjectRef};
use store::WorkItem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::alarm::{AlarmFiguresView, AlarmLibrary, AlarmRuleForm, AlarmsQuery, CaseAlarmNote, ListedAlarmView};

/// Most rows of an export.
const EXPORT_ROWS_MAX: usize = 10_000;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_case_alarms))
        .routes(routes!(get_alarm_figures))
        .routes(routes!(export_alarms))
        .routes(routes!(acknowledge_case_alarm))
        .routes(routes!(get_alarm_library))
        .routes(routes!(change_alarm_rule))
}

/// Alarms of every kind, the newest first; open ones unless a status is asked for. Everybody sees those of cases it may see.
#[utoipa::path(get, path = "/alarms", tag = "alarms", params(AlarmsQuery), responses((status = 200, body = Page<ListedAlarmView>)))]
async fn list_case_alarms(asker: Asker, query: Asked<AlarmsQuery>) -> Answer {
    let page = asker.recorded("case-alarm.read", None, asker.api.app.alarms(&asker.ctx, &query.0.asked()?).await)?;
    Ok(ok(&paging::page_async(page, |row| asker.api.listed_alarm(row)).await?))
}

/// How many alarms are open, by rule, and how many were raised in the last 30 days.
#[utoipa::path(get, path = "/alarms/figures", tag = "alarms", responses((status = 200, body = AlarmFiguresView)))]
async fn get_alarm_figures(asker: Asker) -> Answer {
    let figures = asker.recorded("case-alarm.read", None, asker.api.app.alarm_figures(&asker.ctx).await)?;
    Ok(ok(&asker.api.alarm_figures(figures)))
}

/// The list of alarms as a table for spreadsheets, at most 10,000 rows.
#[utoipa::path(get, path = "/alarms/export", tag = "alarms", params(AlarmsQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_alarms(asker: Asker, query: Asked<AlarmsQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = String::from("\u{feff}id,rule,规则,kind,case,title,level,limit_hours,since,raised,status,状态,owner,ended,note\r\n");
    let mut asked = query.0.asked()?;
    asked.limit = app::reading::PAGE_MAX;
    let mut rows = 0;
    loop {
        let page = asker.recorded("case-alarm.read", None, asker.api.app.alarms(&asker.ctx, &asked).await)?;
        rows += page.items.len();
        for (item, alarm) in page.items {
            let ended = item.row.closed_at.map(|at| at.local_minute(offset)).unwrap_or_default();
            let raised = item.row.opened_at.local_minute(offset);
            let since = match &alarm {
                app::alarms::ListedAlarm::Case(alarm) => alarm.raised.since.local_minute(offset),
                app::alarms::ListedAlarm::Message(_) | app::alarms::ListedAlarm::Machine(_) => String::new(),
            };
            let view = asker.api.listed_alarm((item, alarm)).await?;
            let cells = [
                view.id,
                view.rule,
                view.rule_name.zh,
                view.case.kind,
                view.case.id,
                view.title,
                view.level.to_string(),
                view.limit_hours.map(|hours| hours.to_string()).unwrap_or_default(),
                since,
                raised,
                view.status,
                view.status_text.zh,
                view.owner.map(|owner| owner.id).unwrap_or_default(),
                ended,
                view.notes.last().map(|note| note.note.clone()).unwrap_or_default(),
            ];
            let line: Vec<String> = cells.iter().map(|one| cell(one)).collect();
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        asked.cursor = page.next;
        if asked.cursor.is_none() || rows >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let disposition = "attachment; filename=\"alarms.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

/// Say what is done about an alarm of a case. It ends by itself when its cause is gone.
#[utoipa::path(post, path = "/alarms/{id}/acknowledge", tag = "alarms", params(("id" = String, Path, description = "Alarm id")), request_body = CaseAlarmNote, responses((status = 200, body = ListedAlarmView)))]
async fn acknowledge_case_alarm(asker: Asker, id: Id, form: Input<CaseAlarmNote>) -> Answer {
    let done = asker.run(&AcknowledgeCaseAlarm { id: id.0, note: form.0.note }).await?;
    let seen = asker.after::<CaseAlarm>(&done.outcome).await?;
    let item = WorkItem { object: ObjectRef::new(CaseAlarm::KIND, seen.id.clone()), row: seen.state.work_row(&seen.id) };
    let view = asker.api.listed_alarm((item, app::alarms::ListedAlarm::Case(Box::new(seen.state)))).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(seen.version), &view))
}

/// The library: what is watched, from when, who keeps each rule, and what is not measured, with the reason.
#[utoipa::path(get, path = "/alarm-rules", tag = "alarms", responses((status = 200, body = AlarmLibrary)))]
async fn get_alarm_library(asker: Asker) -> Answer {
    let rules = asker.recorded("alarm-rule.read", None, asker.api.app.alarm_rules(&asker.ctx).await)?;
    Ok(ok(&asker.api.alarm_library(rules).await?))
}

/// Switch a rule or change its limits, with a note. Alarms follow within a minute.
#[utoipa::path(post, path = "/alarm-rules/{code}", tag = "alarms", params(("code" = String, Path, description = "Code of the rule")), request_body = AlarmRuleForm, responses((status = 200, body = AlarmLibrary)))]
async fn change_alarm_rule(asker: Asker, Path(code): Path<String>, form: Input<AlarmRuleForm>) -> Answer {
    let done = asker.run(&form.0.command(code)).await?;
    let rules = asker.api.app.alarm_rules(&asker.ctx).await?;
    Ok(etag::done(StatusCode::OK, &done, None, &asker.api.alarm_library(rules).await?))
}
