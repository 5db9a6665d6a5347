//! The register of message formats (报文格式登记, DAT-02): what partners may send, and where the tables come from.

use axum::extract::Path;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::Visitor;
use crate::paging::Items;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::format::{Format, FormatTable};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_formats)).routes(routes!(get_format))
}

/// The message formats that are known, with source and date. A public fact; some forty rows, so there are no pages.
#[utoipa::path(get, path = "/formats", tag = "public", responses((status = 200, body = Items<Format>)))]
async fn list_formats(_visitor: Visitor) -> Answer {
    let items = messages::formats().into_iter().map(Format::from).collect();
    Ok(ok(&Items { items }))
}

/// One format: its segment table, the elements of its segments, and a sample where there is one.
#[utoipa::path(get, path = "/formats/{type}/{version}", tag = "public", params(("type" = String, Path, description = "Message type, such as COARRI"), ("version" = String, Path, description = "Version, such as D.95B")), responses((status = 200, body = FormatTable)))]
async fn get_format(_visitor: Visitor, Path((kind, version)): Path<(String, String)>) -> Answer {
    let table = messages::format_table(&kind, &version).ok_or_else(Problem::not_found)?;
    Ok(ok(&FormatTable::from(table)))
}
