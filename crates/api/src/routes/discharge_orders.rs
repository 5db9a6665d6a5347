//! Discharge orders (卸船指令).

use std::fmt::Write as _;

use app::discharge_orders::{BoxQuery, CancelDischarge, ExplainDischarge, OrderDischarge};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use logistics::DischargeOrder as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::cases::cell;
use crate::body::{BATCH_BYTES_MAX, Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::discharge_order::{
    DischargeBoxQuery, DischargeNote, DischargeOrder, DischargeOrderBox, DischargeOrderForm, DischargeOrderSummary, DischargePlan,
    DischargeReason,
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_discharge_orders, order_discharge))
        .routes(routes!(check_discharge_order))
        .routes(routes!(get_discharge_order))
        .routes(routes!(list_discharge_boxes))
        .routes(routes!(export_discharge_boxes))
        .routes(routes!(cancel_discharge_order))
        .routes(routes!(explain_discharge_order))
}

/// Discharge orders, newest first.
#[utoipa::path(get, path = "/discharge-orders", tag = "discharge-orders", params(PageQuery), responses((status = 200, body = Page<DischargeOrderSummary>)))]
async fn list_discharge_orders(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("discharge-order.read", query.0.list()?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.discharge_order_summary(&seen.id, &seen.state).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// What would be ordered, and in what it differs from the manifests and the stowage plan of the call.
#[utoipa::path(post, path = "/discharge-orders/check", tag = "discharge-orders", request_body = DischargeOrderForm, responses((status = 200, body = DischargePlan)))]
async fn check_discharge_order(asker: Asker, form: Input<DischargeOrderForm, BATCH_BYTES_MAX>) -> Answer {
    let call = form.0.call.trim().to_owned();
    let wanted = form.0.wanted()?;
    Ok(ok(&DischargePlan::from(asker.api.app.check_discharge(&asker.ctx, &call, &wanted).await?)))
}

/// Order the discharge of a call at its terminal, or replace the order that stands. The terminal is told by message.
#[utoipa::path(post, path = "/discharge-orders", tag = "discharge-orders", request_body = DischargeOrderForm, responses((status = 201, body = DischargeOrder)))]
async fn order_discharge(asker: Asker, form: Input<DischargeOrderForm, BATCH_BYTES_MAX>) -> Answer {
    let call = form.0.call.trim().to_owned();
    let done = asker.run(&OrderDischarge { call, wanted: form.0.wanted()? }).await?;
    let seen = asker.after::<State>(&done.outcome.id).await?;
    let version = seen.version;
    let view = asker.api.discharge_order(&asker.ctx, seen, done.outcome.findings.clone()).await?;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &view))
}

/// One order.
#[utoipa::path(get, path = "/discharge-orders/{id}", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id")), responses((status = 200, body = DischargeOrder)))]
async fn get_discharge_order(asker: Asker, id: Id) -> Answer {
    let seen = asker.api.app.discharge_order(&asker.ctx, &id.0).await?;
    // How far the discharge has come is no part of the order: its version does not tell whether an answer is current, so none is given.
    Ok(ok(&asker.api.discharge_order(&asker.ctx, seen, Vec::new()).await?))
}

fn boxes(query: &DischargeBoxQuery) -> Result<BoxQuery, crate::problem::Problem> {
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    if given(&query.q).is_some_and(|q| q.chars().count() > 64) {
        return Err(paging::invalid("最多 64 个字符。", "At most 64 characters."));
    }
    let standing = given(&query.standing);
    if standing.as_deref().is_some_and(|code| !["waiting", "discharged", "missing", "unlisted"].contains(&code)) {
        return Err(paging::invalid("standing 代码不正确。", "standing is waiting, discharged, missing or unlisted."));
    }
    Ok(BoxQuery { q: given(&query.q), standing, cursor: query.cursor.clone(), limit: paging::limit(query.limit)? as usize })
}

/// The boxes of an order with what became of them: listed ones by number, then those that were discharged without being listed.
#[utoipa::path(get, path = "/discharge-orders/{id}/boxes", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id"), DischargeBoxQuery), responses((status = 200, body = Page<DischargeOrderBox>)))]
async fn list_discharge_boxes(asker: Asker, id: Id, query: Asked<DischargeBoxQuery>) -> Answer {
    let seen = asker.api.app.discharge_order(&asker.ctx, &id.0).await?;
    let page = asker.api.app.discharge_boxes(&seen.state, &boxes(&query.0)?).await?;
    Ok(ok(&paging::page(page, DischargeOrderBox::from)))
}

/// All boxes of an order as a table for spreadsheets.
#[utoipa::path(get, path = "/discharge-orders/{id}/boxes.csv", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id"), DischargeBoxQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_discharge_boxes(asker: Asker, id: Id, query: Asked<DischargeBoxQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let seen = asker.api.app.discharge_order(&asker.ctx, &id.0).await?;
    // An order is bounded; so is its table.
    let all = BoxQuery { cursor: None, limit: usize::MAX - 1, ..boxes(&query.0)? };
    let page = asker.api.app.discharge_boxes(&seen.state, &all).await?;
    let mut out = String::from("\u{feff}number,size_type,gross_kg,bill,cell,standing,状态,discharged_at\r\n");
    for row in page.items {
        let at = row.discharged_at.map(|at| at.local_minute(offset)).unwrap_or_default();
        let row = DischargeOrderBox::from(row);
        let cells = [
            row.number,
            row.size_type,
            row.gross_kg.unwrap_or_default(),
            row.bill.unwrap_or_default(),
            row.cell.unwrap_or_default(),
            row.standing,
            row.standing_text.zh,
            at,
        ];
        let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
        let _ = write!(out, "{}\r\n", line.join(","));
    }
    let disposition = format!("attachment; filename=\"discharge-{}.csv\"", seen.state.document());
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

/// Take the order back. The terminal is told by message.
#[utoipa::path(post, path = "/discharge-orders/{id}/cancel", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id")), request_body = DischargeReason, responses((status = 200, body = DischargeOrder)))]
async fn cancel_discharge_order(asker: Asker, id: Id, form: Input<DischargeReason>) -> Answer {
    let done = asker.run(&CancelDischarge { call: id.0, reason: form.0.reason }).await?;
    answer(&asker, done).await
}

/// Explain what was not discharged as ordered, when the ship has left.
#[utoipa::path(post, path = "/discharge-orders/{id}/explain", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id")), request_body = DischargeNote, responses((status = 200, body = DischargeOrder)))]
async fn explain_discharge_order(asker: Asker, id: Id, form: Input<DischargeNote>) -> Answer {
    let done = asker.run(&ExplainDischarge { call: id.0, note: form.0.note }).await?;
    answer(&asker, done).await
}

async fn answer(asker: &Asker, done: app::Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.discharge_order(&asker.ctx, seen, Vec::new()).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
