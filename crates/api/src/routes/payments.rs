//! Payments (支付).

use axum::http::HeaderMap;
use clearance::Payment as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::payment::Payment;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_payments)).routes(routes!(get_payment))
}

/// Payments.
#[utoipa::path(get, path = "/payments", tag = "duty", params(PageQuery), responses((status = 200, body = Page<Payment>)))]
async fn list_payments(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("payment.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.payment(seen, false)).await?))
}

/// One payment with the ISO 20022 messages exchanged with the bank.
#[utoipa::path(get, path = "/payments/{id}", tag = "duty", params(("id" = String, Path, description = "Payment id")), responses((status = 200, body = Payment)))]
async fn get_payment(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("payment.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.payment(seen, true).await?))
}
