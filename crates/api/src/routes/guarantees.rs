//! Guarantees (税款担保).

use app::duty::RegisterGuarantee;
use axum::http::StatusCode;
use clearance::Guarantee as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::Asker;
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::duty::{Guarantee, GuaranteeForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_guarantees, register_guarantee))
}

/// Guarantees.
#[utoipa::path(get, path = "/guarantees", tag = "duty", params(PageQuery), responses((status = 200, body = Page<Guarantee>)))]
async fn list_guarantees(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("guarantee.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.guarantee(seen, asker.ctx.at)).await?))
}

/// Register a guarantee.
#[utoipa::path(post, path = "/guarantees", tag = "duty", request_body = GuaranteeForm, responses((status = 201, body = Guarantee)))]
async fn register_guarantee(asker: Asker, form: Input<GuaranteeForm>) -> Answer {
    let form = form.0;
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: &str| paging::day_start(text.get(..10).unwrap_or(text), offset);
    let command = RegisterGuarantee {
        principal: form.principal,
        guarantor: form.guarantor,
        kind: form.kind,
        limit: form.limit.into(),
        valid_from: day(&form.valid_from)?,
        // The last day counts to its end.
        valid_to: day(&form.valid_to)?.plus_days(1).plus_millis(-1),
    };
    let done = asker.run(&command).await?;
    let view = asker.api.guarantee(asker.after::<State>(&done.outcome).await?, asker.ctx.at).await?;
    Ok(etag::done(StatusCode::CREATED, &done, None, &view))
}
