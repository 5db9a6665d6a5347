//! Delivery orders (换单).

use app::Done;
use app::orders::{CancelOrder, IssueOrder, RequestOrder, TransferOrder, WaiveCharges};
use app::payments::PayOrderCharges;
use axum::http::{HeaderMap, StatusCode};
use clearance::Payment as PaymentState;
use logistics::DeliveryOrder as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{Input, Optional, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::order::{DeliveryOrder, IssueForm, OrderForm, TransferForm};
use crate::wire::payment::Payment;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_orders, request_order))
        .routes(routes!(get_order))
        .routes(routes!(pay_order))
        .routes(routes!(waive_order))
        .routes(routes!(issue_order))
        .routes(routes!(transfer_order))
        .routes(routes!(cancel_order))
        .routes(routes!(print_order))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.order(&asker.ctx, seen, true).await?;
    Ok(etag::done(status, &done, Some(version), &view))
}

/// Delivery orders.
#[utoipa::path(get, path = "/delivery-orders", tag = "delivery orders", params(PageQuery), responses((status = 200, body = Page<DeliveryOrder>)))]
async fn list_orders(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("delivery-order.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.order(&asker.ctx, seen, false)).await?))
}

/// Ask the carrier for a delivery order.
#[utoipa::path(post, path = "/delivery-orders", tag = "delivery orders", request_body = OrderForm, responses((status = 201, body = DeliveryOrder)))]
async fn request_order(asker: Asker, form: Input<OrderForm>) -> Answer {
    let done = asker.run(&RequestOrder { bill: form.0.bill_no.trim().to_owned() }).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// One delivery order.
#[utoipa::path(get, path = "/delivery-orders/{id}", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id")), responses((status = 200, body = DeliveryOrder)))]
async fn get_order(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("delivery-order.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.order(&asker.ctx, seen, true).await?))
}

/// Order the payment of the carrier's charges. Asking again is answered with the payment under way.
#[utoipa::path(post, path = "/delivery-orders/{id}/payment", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id")), responses((status = 200, body = Payment)))]
async fn pay_order(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&PayOrderCharges { id: id.0 }).await?;
    let seen = asker.after::<PaymentState>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.payment(seen, true).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

/// Forgo the charges (免收).
#[utoipa::path(post, path = "/delivery-orders/{id}/waive", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id")), request_body = ReasonForm, responses((status = 200, body = DeliveryOrder)))]
async fn waive_order(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&WaiveCharges { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Issue the order (放单).
#[utoipa::path(post, path = "/delivery-orders/{id}/issue", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id")), request_body = IssueForm, responses((status = 200, body = DeliveryOrder)))]
async fn issue_order(asker: Asker, id: Id, form: Optional<IssueForm>) -> Answer {
    let done = asker.run(&IssueOrder { id: id.0, free_days: form.0.free_days }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Pass the order on (转让).
#[utoipa::path(post, path = "/delivery-orders/{id}/transfer", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id")), request_body = TransferForm, responses((status = 200, body = DeliveryOrder)))]
async fn transfer_order(asker: Asker, id: Id, form: Input<TransferForm>) -> Answer {
    let done = asker.run(&TransferOrder { id: id.0, to: form.0.to }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Take the order back.
#[utoipa::path(post, path = "/delivery-orders/{id}/cancel", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id")), request_body = ReasonForm, responses((status = 200, body = DeliveryOrder)))]
async fn cancel_order(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&CancelOrder { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// The delivery order to print, with its code.
#[utoipa::path(get, path = "/delivery-orders/{id}/order.pdf", tag = "delivery orders", params(("id" = String, Path, description = "Delivery order id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_order(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let seen = asker.view::<State>("delivery-order.read", &id.0).await?;
    print::delivery_order(&asker, query.0, &seen).await
}
