//! The message centre as a whole: what waits, the figures, the alarms, the list as a table for spreadsheets.

use std::fmt::Write as _;

use app::counters::day_of;
use app::data_sharing::csv_cell as cell;
use app::inbox::MessageState;
use app::inbox::alarms::{AcknowledgeAlarm, MessageAlarm};
use app::inbox::statistics::StatisticsQuery as Figures;
use app::reading::ListQuery;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use ledger::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::messages::list_query;
use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::insight::Days;
use crate::wire::message::MessageQuery;
use crate::wire::message_centre::{Alarm, AlarmNote, AlarmQuery, MessageCounts, MessageStatistics, StatisticsQuery};

/// Days of figures when no period is asked for.
const DAYS_SHOWN: i64 = 30;
/// Most rows of an exported table.
const EXPORT_ROWS_MAX: usize = 10_000;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(count_messages))
        .routes(routes!(get_statistics))
        .routes(routes!(export_messages))
        .routes(routes!(list_alarms))
        .routes(routes!(acknowledge_alarm))
}

/// What waits: rejected messages, unread ones, those to be fetched, alarms.
#[utoipa::path(get, path = "/messages/counts", tag = "messages", responses((status = 200, body = MessageCounts)))]
async fn count_messages(asker: Asker) -> Answer {
    asker.require("message.read")?;
    let query = ListQuery { kinds: vec!["message".into(), "message-alarm".into()], ..ListQuery::default() };
    let rows = asker.api.app.worklist_tally(&asker.ctx, &query).await?;
    Ok(ok(&MessageCounts::of(&rows, asker.ctx.principal.role == app::Role::PortOffice)))
}

/// Volumes, fault rates, times to the answer and repairs of a period: of all partners for the port's desk, one's own for a partner.
#[utoipa::path(get, path = "/messages/statistics", tag = "messages", params(StatisticsQuery), responses((status = 200, body = MessageStatistics)))]
async fn get_statistics(asker: Asker, query: Asked<StatisticsQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: Option<&str>, other: Timestamp| match text.filter(|t| !t.is_empty()) {
        Some(text) => paging::day_start(text, offset),
        None => Ok(other),
    };
    let to = day(query.0.to.as_deref(), asker.ctx.at)?;
    let from = day(query.0.from.as_deref(), to.plus_days(1 - DAYS_SHOWN))?;
    let asked = Figures {
        from_day: day_of(from, offset),
        to_day: day_of(to, offset),
        partner: query.0.partner.filter(|p| !p.is_empty()),
        kind: query.0.kind.filter(|k| !k.is_empty()),
    };
    let found = asker.recorded("message.read", None, asker.api.app.message_statistics(&asker.ctx, &asked).await)?;
    let period = Days { from: from.day(offset), to: to.day(offset) };
    Ok(ok(&asker.api.message_statistics(period, found).await?))
}

/// The list of messages as a table for spreadsheets, at most 10,000 rows.
#[utoipa::path(get, path = "/messages/export", tag = "messages", params(MessageQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_messages(asker: Asker, query: Asked<MessageQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out =
        String::from("\u{feff}id,time,direction,partner,channel,type,reference,status,状态,bytes,findings,codes,sha256,answer\r\n");
    let mut rows = 0;
    let mut asked = query.0;
    asked.limit = Some(app::reading::PAGE_MAX);
    while let Some(list) = list_query(&asked, offset)? {
        let page = asker.list::<MessageState>("message.read", list).await?;
        for (seen, _) in &page.items {
            let summary = asker.api.message_summary(seen).await?;
            let mut codes: Vec<&str> = seen.state.findings.iter().map(|f| f.finding.code.as_ref()).collect();
            codes.sort_unstable();
            codes.dedup();
            let cells = [
                summary.id,
                seen.state.at.local_minute(offset),
                summary.direction,
                summary.partner.id,
                summary.channel,
                summary.kind,
                summary.reference,
                summary.status,
                summary.status_text.zh,
                summary.bytes.to_string(),
                seen.state.findings.len().to_string(),
                codes.join(" "),
                summary.sha256,
                summary.answer.unwrap_or_default(),
            ];
            let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        rows += page.items.len();
        asked.cursor = page.next;
        if asked.cursor.is_none() || rows >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let disposition = "attachment; filename=\"messages.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

/// Alarms: a partner fell silent, faults jumped, something cannot be delivered, rejected messages lie about.
#[utoipa::path(get, path = "/message-alarms", tag = "messages", params(AlarmQuery), responses((status = 200, body = Page<Alarm>)))]
async fn list_alarms(asker: Asker, query: Asked<AlarmQuery>) -> Answer {
    let statuses = paging::codes(query.0.status.as_deref())?;
    let open = statuses.is_empty().then_some(true);
    let list = ListQuery { statuses, open, cursor: query.0.cursor, limit: paging::limit(query.0.limit)?, ..ListQuery::default() };
    let page = asker.list::<MessageAlarm>("message-alarm.read", list).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.alarm(seen).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// Note that somebody looks after an alarm, and what is done about it.
#[utoipa::path(post, path = "/message-alarms/{id}/acknowledge", tag = "messages", params(("id" = String, Path, description = "Alarm id")), request_body = AlarmNote, responses((status = 200, body = Alarm)))]
async fn acknowledge_alarm(asker: Asker, id: Id, body: Input<AlarmNote>) -> Answer {
    let done = asker.run(&AcknowledgeAlarm { id: id.0, note: body.0.note }).await?;
    let seen = asker.after::<MessageAlarm>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.alarm(&seen).await.map_err(Problem::from)?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
