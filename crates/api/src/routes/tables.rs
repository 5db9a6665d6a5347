//! Decision tables (决策表): read, and published as a new version.

use app::risk::PublishTable;
use axum::http::StatusCode;
use rules::{Day, DecisionTable};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::Items;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Text;
use crate::wire::admin::DecisionTableSummary;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_tables)).routes(routes!(get_table, publish_table))
}

/// Every version of every decision table.
#[utoipa::path(get, path = "/admin/tables", tag = "administration", responses((status = 200, body = Items<DecisionTableSummary>)))]
async fn list_tables(asker: Asker) -> Answer {
    asker.require("table.read")?;
    let today: Option<Day> = asker.ctx.at.day(asker.api.app.port().utc_offset_minutes).parse().ok();
    let items = asker
        .api
        .app
        .decision_tables()
        .await?
        .into_iter()
        .map(|table| DecisionTableSummary {
            id: table.id.to_string(),
            version: table.version.to_string(),
            name: Text::new(table.title.zh.to_string(), table.title.en.to_string()),
            rows: table.rows.len(),
            valid_from: table.effective_from.to_string(),
            valid_to: table.effective_to.map(|day| day.to_string()),
            author: table.author.to_string(),
            in_force: table.approved_by.is_some() && today.is_some_and(|today| table.in_force_on(today)),
            approved_by: table.approved_by.map(|by| by.to_string()),
        })
        .collect();
    Ok(ok(&Items { items }))
}

/// A table as it is written: its newest version, or `id@version`.
#[utoipa::path(get, path = "/admin/tables/{id}", tag = "administration", params(("id" = String, Path, description = "Table id, or id@version")), responses((status = 200, body = Object)))]
async fn get_table(asker: Asker, id: Id) -> Answer {
    asker.require("table.read")?;
    let (wanted, version) = id.0.split_once('@').map_or((id.0.as_str(), None), |(id, version)| (id, Some(version)));
    let tables = asker.api.app.decision_tables().await?;
    let found = tables
        .into_iter()
        .filter(|table| *table.id == *wanted && version.is_none_or(|v| *table.version == *v))
        .max_by(|a, b| (a.effective_from, &a.version).cmp(&(b.effective_from, &b.version)));
    Ok(ok(&found.ok_or_else(Problem::not_found)?))
}

/// Publish a new version of a table. Versions are never changed; faults come back as findings.
#[utoipa::path(put, path = "/admin/tables/{id}", tag = "administration", params(("id" = String, Path, description = "Table id")), request_body = Object, responses((status = 200, body = Object)))]
async fn publish_table(asker: Asker, id: Id, table: Input<DecisionTable>) -> Answer {
    if *table.0.id != *id.0 {
        return Err(Problem::bad("table-id", "规则表标识与地址不符。", "The table's id is not the one of the address."));
    }
    let command = PublishTable { table: table.0 };
    match asker.run(&command).await {
        Ok(done) => Ok(etag::done(StatusCode::OK, &done, None, &command.table)),
        Err(problem) if problem.code == "busy" => Err(Problem::new(
            StatusCode::CONFLICT,
            "table-version-exists",
            "该版本已发布，请使用新的版本号。",
            "This version was published; use another version number.",
        )),
        Err(problem) => Err(problem),
    }
}
