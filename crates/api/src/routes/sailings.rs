//! On-schedule rate of inspected boxes (当班船出运率): the rate, and the boxes behind it.

use std::fmt::Write as _;

use app::data_sharing::csv_cell as cell;
use axum::http::header;
use axum::response::IntoResponse as _;
use inspection::InspectedSailing as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::Asker;
use crate::paging::{self, Asked, Page};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::insight::Days;
use crate::wire::sailing::{InspectedSailing, OnScheduleRate, SailingQuery};

/// Most rows of an export.
const EXPORT_ROWS_MAX: usize = 10_000;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_on_schedule_rate))
        .routes(routes!(list_inspected_sailings))
        .routes(routes!(export_inspected_sailings))
}

/// How many inspected boxes left on the ship that was planned for them, with ranking. A terminal sees its own.
#[utoipa::path(get, path = "/insight/on-schedule", tag = "inspections", params(SailingQuery), responses((status = 200, body = OnScheduleRate)))]
async fn get_on_schedule_rate(asker: Asker, query: Asked<SailingQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let (from, to) = query.0.period(asker.ctx.at, offset)?;
    let by = query.0.group()?;
    let found = asker.recorded("inspected-sailing.read", None, asker.api.app.on_schedule(&asker.ctx, from, to, by).await)?;
    Ok(ok(&asker.api.on_schedule(found, by, Days { from: from.day(offset), to: to.day(offset) }).await?))
}

/// Inspected boxes with the ship planned for them, the latest first: by the departure of that ship, or by when it was planned.
#[utoipa::path(get, path = "/inspected-sailings", tag = "inspections", params(SailingQuery), responses((status = 200, body = Page<InspectedSailing>)))]
async fn list_inspected_sailings(asker: Asker, query: Asked<SailingQuery>) -> Answer {
    let list = query.0.list(asker.api.app.port().utc_offset_minutes)?;
    let page = asker.list::<State>("inspected-sailing.read", list).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.inspected_sailing(seen)).await?))
}

/// The list of inspected boxes as a table for spreadsheets, at most 10,000 rows.
#[utoipa::path(get, path = "/inspected-sailings/export", tag = "inspections", params(SailingQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_inspected_sailings(asker: Asker, query: Asked<SailingQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = String::from("\u{feff}container,call,ship,terminal,site,at_site,left,loaded_call,loaded,status,状态\r\n");
    let mut list = query.0.list(offset)?;
    list.limit = app::reading::PAGE_MAX;
    let mut rows = 0;
    loop {
        let page = asker.list::<State>("inspected-sailing.read", list.clone()).await?;
        rows += page.items.len();
        for (seen, _) in page.items {
            let result = seen.state.result().map(|(_, at)| at.local_minute(offset)).unwrap_or_default();
            let at_site = seen.state.planned.at_site_at.local_minute(offset);
            let loaded = seen.state.loaded.as_ref().map(|loaded| loaded.at.local_minute(offset)).unwrap_or_default();
            let view = asker.api.inspected_sailing(seen).await?;
            let cells = [
                view.number,
                view.call,
                view.ship,
                view.terminal.id,
                view.site,
                at_site,
                result,
                view.loaded_call.unwrap_or_default(),
                loaded,
                view.status,
                view.status_text.zh,
            ];
            let line: Vec<String> = cells.iter().map(|one| cell(one)).collect();
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        list.cursor = page.next;
        if list.cursor.is_none() || rows >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let disposition = "attachment; filename=\"inspected-sailings.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}
