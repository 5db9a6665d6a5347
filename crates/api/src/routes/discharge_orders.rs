//! Discharge orders (卸船指令).

use logistics::Discharge;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work_orders;
use crate::body::{BATCH_BYTES_MAX, Input};
use crate::context::{Asker, Id};
use crate::paging::{Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::work_order::{
    WorkOrder, WorkOrderBox, WorkOrderBoxQuery, WorkOrderForm, WorkOrderNote, WorkOrderPlan, WorkOrderReason, WorkOrderSummary,
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
#[utoipa::path(get, path = "/discharge-orders", tag = "discharge-orders", params(PageQuery), responses((status = 200, body = Page<WorkOrderSummary>)))]
async fn list_discharge_orders(asker: Asker, query: Asked<PageQuery>) -> Answer {
    work_orders::list::<Discharge>(asker, query.0).await
}

/// What would be ordered, and in what it differs from the manifests and the stowage plan of the call.
#[utoipa::path(post, path = "/discharge-orders/check", tag = "discharge-orders", request_body = WorkOrderForm, responses((status = 200, body = WorkOrderPlan)))]
async fn check_discharge_order(asker: Asker, form: Input<WorkOrderForm, BATCH_BYTES_MAX>) -> Answer {
    work_orders::check::<Discharge>(asker, form.0).await
}

/// Order the discharge of a call at its terminal, or replace the order that stands. The terminal is told by message.
#[utoipa::path(post, path = "/discharge-orders", tag = "discharge-orders", request_body = WorkOrderForm, responses((status = 201, body = WorkOrder)))]
async fn order_discharge(asker: Asker, form: Input<WorkOrderForm, BATCH_BYTES_MAX>) -> Answer {
    work_orders::order::<Discharge>(asker, form.0).await
}

/// One order.
#[utoipa::path(get, path = "/discharge-orders/{id}", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id")), responses((status = 200, body = WorkOrder)))]
async fn get_discharge_order(asker: Asker, id: Id) -> Answer {
    work_orders::get::<Discharge>(asker, id).await
}

/// The boxes of an order with what became of them: listed ones by number, then those that were discharged without being listed.
#[utoipa::path(get, path = "/discharge-orders/{id}/boxes", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id"), WorkOrderBoxQuery), responses((status = 200, body = Page<WorkOrderBox>)))]
async fn list_discharge_boxes(asker: Asker, id: Id, query: Asked<WorkOrderBoxQuery>) -> Answer {
    work_orders::boxes::<Discharge>(asker, id, query.0).await
}

/// All boxes of an order as a table for spreadsheets.
#[utoipa::path(get, path = "/discharge-orders/{id}/boxes.csv", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id"), WorkOrderBoxQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_discharge_boxes(asker: Asker, id: Id, query: Asked<WorkOrderBoxQuery>) -> Answer {
    work_orders::export::<Discharge>(asker, id, query.0).await
}

/// Take the order back. The terminal is told by message.
#[utoipa::path(post, path = "/discharge-orders/{id}/cancel", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id")), request_body = WorkOrderReason, responses((status = 200, body = WorkOrder)))]
async fn cancel_discharge_order(asker: Asker, id: Id, form: Input<WorkOrderReason>) -> Answer {
    work_orders::cancel::<Discharge>(asker, id, form.0).await
}

/// Explain what was not discharged as ordered, when the ship has left.
#[utoipa::path(post, path = "/discharge-orders/{id}/explain", tag = "discharge-orders", params(("id" = String, Path, description = "Ship call id")), request_body = WorkOrderNote, responses((status = 200, body = WorkOrder)))]
async fn explain_discharge_order(asker: Asker, id: Id, form: Input<WorkOrderNote>) -> Answer {
    work_orders::explain::<Discharge>(asker, id, form.0).await
}
