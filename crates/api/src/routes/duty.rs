//! Duty notices (税单).

use app::duty::{GuaranteeDuty, PayDuty};
use axum::http::{HeaderMap, StatusCode};
use clearance::{DutyNotice as State, Payment as PaymentState};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::duty::{DutyNotice, UseGuaranteeForm};
use crate::wire::payment::Payment;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_duty_notices))
        .routes(routes!(get_duty_notice))
        .routes(routes!(print_duty_notice))
        .routes(routes!(pay_duty))
        .routes(routes!(guarantee_duty))
}

/// Duty notices.
#[utoipa::path(get, path = "/duty-notices", tag = "duty", params(PageQuery), responses((status = 200, body = Page<DutyNotice>)))]
async fn list_duty_notices(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("duty-notice.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.duty_notice(&asker.ctx, seen)).await?))
}

/// One duty notice, with every step of its computation.
#[utoipa::path(get, path = "/duty-notices/{id}", tag = "duty", params(("id" = String, Path, description = "Duty notice id")), responses((status = 200, body = DutyNotice)))]
async fn get_duty_notice(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("duty-notice.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.duty_notice(&asker.ctx, seen).await?))
}

/// The duty notice to print.
#[utoipa::path(get, path = "/duty-notices/{id}/notice.pdf", tag = "duty", params(("id" = String, Path, description = "Duty notice id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_duty_notice(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let seen = asker.view::<State>("duty-notice.read", &id.0).await?;
    print::duty_notice(&asker, query.0, &seen).await
}

/// Order the payment. Asking again is answered with the payment under way.
#[utoipa::path(post, path = "/duty-notices/{id}/payment", tag = "duty", params(("id" = String, Path, description = "Duty notice id")), responses((status = 200, body = Payment)))]
async fn pay_duty(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&PayDuty { id: id.0 }).await?;
    let seen = asker.after::<PaymentState>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.payment(seen, true).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

/// Settle by a guarantee (担保).
#[utoipa::path(post, path = "/duty-notices/{id}/guarantee", tag = "duty", params(("id" = String, Path, description = "Duty notice id")), request_body = UseGuaranteeForm, responses((status = 200, body = DutyNotice)))]
async fn guarantee_duty(asker: Asker, id: Id, form: Input<UseGuaranteeForm>) -> Answer {
    let done = asker.run(&GuaranteeDuty { id: id.0, guarantee: form.0.guarantee }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.duty_notice(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
