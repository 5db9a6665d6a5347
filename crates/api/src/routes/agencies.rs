//! Agency agreements (电子代理委托).

use app::Done;
use app::agency::{AcceptAgreement, DeclineAgreement, ProposeAgreement, RevokeAgreement};
use axum::http::{HeaderMap, StatusCode};
use clearance::AgencyAgreement as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::agency::{AgencyAgreement, AgencyForm};
use crate::wire::declaration::ReasonForm;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_agreements, propose_agreement))
        .routes(routes!(get_agreement))
        .routes(routes!(accept_agreement))
        .routes(routes!(decline_agreement))
        .routes(routes!(revoke_agreement))
        .routes(routes!(print_agreement))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.agency_agreement(&asker.ctx, seen, true).await?;
    Ok(etag::done(status, &done, Some(version), &view))
}

/// Agency agreements of one's own organisation, on either side.
#[utoipa::path(get, path = "/agency-agreements", tag = "agency", params(PageQuery), responses((status = 200, body = Page<AgencyAgreement>)))]
async fn list_agreements(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("agency.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.agency_agreement(&asker.ctx, seen, false)).await?))
}

/// Propose an agreement, as principal or as agent. The other side accepts it.
#[utoipa::path(post, path = "/agency-agreements", tag = "agency", request_body = AgencyForm, responses((status = 201, body = AgencyAgreement)))]
async fn propose_agreement(asker: Asker, form: Input<AgencyForm>) -> Answer {
    let form = form.0;
    let offset = asker.api.app.port().utc_offset_minutes;
    let command = ProposeAgreement {
        principal: form.principal,
        agent: form.agent,
        acts: form.acts,
        bill: form.bill_no.map(|bill| bill.trim().to_owned()).filter(|bill| !bill.is_empty()),
        valid_from: paging::day_start(&form.valid_from, offset)?,
        // The last day counts to its end.
        valid_to: paging::day_start(&form.valid_to, offset)?.plus_days(1).plus_millis(-1),
    };
    let done = asker.run(&command).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// One agreement, with the ledger events that prove its signatures.
#[utoipa::path(get, path = "/agency-agreements/{id}", tag = "agency", params(("id" = String, Path, description = "Agreement id")), responses((status = 200, body = AgencyAgreement)))]
async fn get_agreement(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("agency.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.agency_agreement(&asker.ctx, seen, true).await?))
}

/// Accept what the other side proposed.
#[utoipa::path(post, path = "/agency-agreements/{id}/accept", tag = "agency", params(("id" = String, Path, description = "Agreement id")), responses((status = 200, body = AgencyAgreement)))]
async fn accept_agreement(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&AcceptAgreement { id: id.0 }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Decline what the other side proposed.
#[utoipa::path(post, path = "/agency-agreements/{id}/decline", tag = "agency", params(("id" = String, Path, description = "Agreement id")), request_body = ReasonForm, responses((status = 200, body = AgencyAgreement)))]
async fn decline_agreement(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&DeclineAgreement { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// End an agreement, or take one's own proposal back. What was declared under it stands.
#[utoipa::path(post, path = "/agency-agreements/{id}/revoke", tag = "agency", params(("id" = String, Path, description = "Agreement id")), request_body = ReasonForm, responses((status = 200, body = AgencyAgreement)))]
async fn revoke_agreement(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RevokeAgreement { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// The agreement to print.
#[utoipa::path(get, path = "/agency-agreements/{id}/agreement.pdf", tag = "agency", params(("id" = String, Path, description = "Agreement id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_agreement(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let seen = asker.view::<State>("agency.read", &id.0).await?;
    print::agency_agreement(&asker, query.0, seen).await
}
