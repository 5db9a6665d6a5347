//! Loading orders (装船指令).

use app::work_orders::{LoadedReport, ReportLoading};
use logistics::Loading;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::work_orders;
use crate::body::{BATCH_BYTES_MAX, Input, ok};
use crate::context::{Asker, Id};
use crate::paging::{Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::container::BatchResult;
use crate::wire::work_order::{
    LoadedBatch, WorkOrder, WorkOrderBox, WorkOrderBoxQuery, WorkOrderForm, WorkOrderNote, WorkOrderPlan, WorkOrderReason, WorkOrderSummary,
};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_loading_orders, order_loading))
        .routes(routes!(check_loading_order))
        .routes(routes!(get_loading_order))
        .routes(routes!(list_loading_boxes))
        .routes(routes!(export_loading_boxes))
        .routes(routes!(cancel_loading_order))
        .routes(routes!(explain_loading_order))
        .routes(routes!(report_loaded))
}

/// Loading orders, newest first.
#[utoipa::path(get, path = "/loading-orders", tag = "loading-orders", params(PageQuery), responses((status = 200, body = Page<WorkOrderSummary>)))]
async fn list_loading_orders(asker: Asker, query: Asked<PageQuery>) -> Answer {
    work_orders::list::<Loading>(asker, query.0).await
}

/// What would be ordered, and in what it differs from the outbound bills, the transhipments and the stowage plan of the call.
#[utoipa::path(post, path = "/loading-orders/check", tag = "loading-orders", request_body = WorkOrderForm, responses((status = 200, body = WorkOrderPlan)))]
async fn check_loading_order(asker: Asker, form: Input<WorkOrderForm, BATCH_BYTES_MAX>) -> Answer {
    work_orders::check::<Loading>(asker, form.0).await
}

/// Order the loading of a call at its terminal, or replace the order that stands. The terminal is told by message.
#[utoipa::path(post, path = "/loading-orders", tag = "loading-orders", request_body = WorkOrderForm, responses((status = 201, body = WorkOrder)))]
async fn order_loading(asker: Asker, form: Input<WorkOrderForm, BATCH_BYTES_MAX>) -> Answer {
    work_orders::order::<Loading>(asker, form.0).await
}

/// One order.
#[utoipa::path(get, path = "/loading-orders/{id}", tag = "loading-orders", params(("id" = String, Path, description = "Ship call id")), responses((status = 200, body = WorkOrder)))]
async fn get_loading_order(asker: Asker, id: Id) -> Answer {
    work_orders::get::<Loading>(asker, id).await
}

/// The boxes of an order with what became of them: listed ones by number, then those that were loaded without being listed.
#[utoipa::path(get, path = "/loading-orders/{id}/boxes", tag = "loading-orders", params(("id" = String, Path, description = "Ship call id"), WorkOrderBoxQuery), responses((status = 200, body = Page<WorkOrderBox>)))]
async fn list_loading_boxes(asker: Asker, id: Id, query: Asked<WorkOrderBoxQuery>) -> Answer {
    work_orders::boxes::<Loading>(asker, id, query.0).await
}

/// All boxes of an order as a table for spreadsheets.
#[utoipa::path(get, path = "/loading-orders/{id}/boxes.csv", tag = "loading-orders", params(("id" = String, Path, description = "Ship call id"), WorkOrderBoxQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_loading_boxes(asker: Asker, id: Id, query: Asked<WorkOrderBoxQuery>) -> Answer {
    work_orders::export::<Loading>(asker, id, query.0).await
}

/// Take the order back. The terminal is told by message.
#[utoipa::path(post, path = "/loading-orders/{id}/cancel", tag = "loading-orders", params(("id" = String, Path, description = "Ship call id")), request_body = WorkOrderReason, responses((status = 200, body = WorkOrder)))]
async fn cancel_loading_order(asker: Asker, id: Id, form: Input<WorkOrderReason>) -> Answer {
    work_orders::cancel::<Loading>(asker, id, form.0).await
}

/// Explain what was not loaded as ordered, when the ship has left.
#[utoipa::path(post, path = "/loading-orders/{id}/explain", tag = "loading-orders", params(("id" = String, Path, description = "Ship call id")), request_body = WorkOrderNote, responses((status = 200, body = WorkOrder)))]
async fn explain_loading_order(asker: Asker, id: Id, form: Input<WorkOrderNote>) -> Answer {
    work_orders::explain::<Loading>(asker, id, form.0).await
}

/// Report boxes loaded onto a call, whether they are ordered or not. Faulty rows come back as findings; the others are recorded: the box goes
/// on by its transhipment, and the order learns of it.
#[utoipa::path(post, path = "/loading-orders/{id}/loaded", tag = "loading-orders", params(("id" = String, Path, description = "Ship call id")), request_body = LoadedBatch, responses((status = 200, body = BatchResult)))]
async fn report_loaded(asker: Asker, id: Id, form: Input<LoadedBatch, BATCH_BYTES_MAX>) -> Answer {
    let boxes = form.0.boxes.into_iter().map(LoadedReport::from).collect();
    let done = asker.run(&ReportLoading { call: id.0, boxes }).await?;
    Ok(ok(&BatchResult::from(done.outcome)))
}
