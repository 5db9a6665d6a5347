//! Bills of lading (提运单).

use app::manifests::NameConsignee;
use app::reading::ListQuery;
use axum::http::{HeaderMap, StatusCode};
use manifest::Bill as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::manifest::{Bill, BillQuery, BillSummary, ConsigneeForm};

/// Pages read to fill one page of bills that are open for something.
const PAGES_MAX: usize = 5;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_bills)).routes(routes!(get_bill)).routes(routes!(name_consignee))
}

/// Bills; with `open_for` those for which a declaration or delivery order can be made.
#[utoipa::path(get, path = "/bills", tag = "manifests", params(BillQuery), responses((status = 200, body = Page<BillSummary>)))]
async fn list_bills(asker: Asker, query: Asked<BillQuery>) -> Answer {
    let query = query.0;
    let open: fn(&State) -> bool = match query.open_for.as_deref().filter(|o| !o.is_empty()) {
        None => |_| true,
        Some("declaration") => |bill| bill.declaration.is_none() && !matches!(bill.phase, manifest::BillPhase::Cancelled { .. }),
        Some("delivery-order") => |bill| bill.delivery_order.is_none() && !matches!(bill.phase, manifest::BillPhase::Cancelled { .. }),
        Some(_) => {
            return Err(paging::invalid("open_for 须为 declaration 或 delivery-order。", "open_for is declaration or delivery-order."));
        }
    };
    let limit = paging::limit(query.limit)?;
    let mut list = ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        key_prefix: paging::prefix(query.q.as_deref())?,
        open: query.open_for.is_some().then_some(true),
        cursor: query.cursor,
        limit,
        ..ListQuery::default()
    };
    let mut found = Vec::new();
    let mut next = None;
    for _ in 0..PAGES_MAX {
        let page = asker.list::<State>("bill.read", list.clone()).await?;
        found.extend(page.items.into_iter().map(|(seen, _)| seen).filter(|seen| open(&seen.state)));
        next = page.next;
        match &next {
            Some(cursor) if found.is_empty() => list.cursor = Some(cursor.clone()),
            Some(_) | None => break,
        }
    }
    let names = asker.api.bill_names(&found.iter().map(|seen| &seen.state).collect::<Vec<_>>()).await?;
    let items = found.iter().map(|seen| names.summary(&seen.id, &seen.state)).collect();
    Ok(ok(&Page { items, next }))
}

/// One bill in full.
#[utoipa::path(get, path = "/bills/{number}", tag = "manifests", params(("number" = String, Path, description = "Bill number")), responses((status = 200, body = Bill)))]
async fn get_bill(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("bill.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.bill(seen).await?))
}

/// The ship agent names the consignee of a bill whose manifest tells no credit code.
#[utoipa::path(post, path = "/bills/{number}/consignee", tag = "manifests", params(("number" = String, Path, description = "Bill number")), request_body = ConsigneeForm, responses((status = 200, body = Bill)))]
async fn name_consignee(asker: Asker, id: Id, form: Input<ConsigneeForm>) -> Answer {
    let done = asker.run(&NameConsignee { bill: id.0, organisation: form.0.organisation }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.bill(seen).await?))
}
