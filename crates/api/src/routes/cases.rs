//! The case of one box (一箱一案) and its timeline.

use app::data_sharing::csv_cell as cell;
use std::fmt::Write as _;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::{Asker, Id};
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::case::{Case, CaseQuery, TimelineEntry, TimelineQuery};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_case)).routes(routes!(list_timeline)).routes(routes!(export_timeline))
}

/// The case of a box: where it stands, time per stage with its owner, what happens next and who must act; with the beginning of its timeline, if
/// wanted.
#[utoipa::path(get, path = "/cases/{container_id}", tag = "cases", params(("container_id" = String, Path, description = "Id of the container's visit"), CaseQuery), responses((status = 200, body = Case)))]
async fn get_case(asker: Asker, id: Id, query: Asked<CaseQuery>) -> Answer {
    let (api, ctx) = (&asker.api, &asker.ctx);
    let Some(entries) = query.0.timeline else {
        let case = api.app.case(ctx, &id.0).await?;
        return Ok(ok(&api.case(ctx, case).await?));
    };
    let limit = usize::try_from(paging::limit(Some(entries))?).unwrap_or(200);
    let (case, events) = api.app.case_with_timeline(ctx, &id.0).await?;
    let timeline = Some(api.timeline_page(ctx, &events, None, limit).await?);
    Ok(ok(&Case { timeline, ..api.case(ctx, case).await? }))
}

/// The timeline of a box, oldest first: every event with its source and its place on the ledger.
#[utoipa::path(get, path = "/cases/{container_id}/timeline", tag = "cases", params(("container_id" = String, Path, description = "Id of the container's visit"), TimelineQuery), responses((status = 200, body = Page<TimelineEntry>)))]
async fn list_timeline(asker: Asker, id: Id, query: Asked<TimelineQuery>) -> Answer {
    let after: Option<u64> = match query.0.cursor.as_deref().filter(|c| !c.is_empty()) {
        Some(text) => Some(text.parse().map_err(|_| Problem::from(store::StoreError::Cursor))?),
        None => None,
    };
    let limit = usize::try_from(paging::limit(query.0.limit.or(Some(200)))?).unwrap_or(200);
    let events = asker.api.app.timeline(&asker.ctx, &id.0).await?;
    Ok(ok(&asker.api.timeline_page(&asker.ctx, &events, after, limit).await?))
}

/// The timeline as a table for spreadsheets.
#[utoipa::path(get, path = "/cases/{container_id}/timeline.csv", tag = "cases", params(("container_id" = String, Path, description = "Id of the container's visit")), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_timeline(asker: Asker, id: Id) -> Answer {
    let sealed = asker.api.sealed_to().await?;
    let offset = asker.api.app.port().utc_offset_minutes;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = String::from(
        "\u{feff}position,occurred_at,recorded_at,local_time,kind,名称,name,说明,detail,actor,source,object_type,object_id,event_id,sealed\r\n",
    );
    for stored in asker.api.app.timeline(&asker.ctx, &id.0).await? {
        let e = asker.api.timeline_entry(&asker.ctx, &stored, sealed).await?;
        let actor = e.actor.organisation.as_ref().map_or("platform", |o| o.id.as_str());
        let cells = [
            e.position.to_string(),
            stored.event.occurred_at.to_string(),
            stored.event.recorded_at.to_string(),
            stored.event.occurred_at.local_minute(offset),
            e.kind.clone(),
            e.name.zh.clone(),
            e.name.en.clone(),
            e.detail.zh.clone(),
            e.detail.en.clone(),
            actor.to_owned(),
            format!("{} {}", e.source.kind, e.source.name),
            e.object.kind.clone(),
            e.object.id.clone(),
            e.event_id.clone(),
            e.sealed.to_string(),
        ];
        let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
        let _ = write!(out, "{}\r\n", line.join(","));
    }
    let disposition = "attachment; filename=\"timeline.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}
