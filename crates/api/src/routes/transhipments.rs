//! Transhipment (水水中转): plans, what differs, release, loading; and the bills of an outbound ship's pre-loading manifest (预配舱单).

use std::collections::HashMap;

use app::AppError;
use app::outbound::CancelOutbound;
use app::transhipments::{LoadTranshipment, PlanTranshipment, RefuseTranshipment, ReleaseTranshipment, WithdrawTranshipment};
use axum::http::{HeaderMap, StatusCode};
use manifest::{OutboundBill as OutboundState, Transhipment as State};
use port_call::ShipCall;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, MANIFEST_BYTES_MAX, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{Asked, Items, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::transhipment::{LoadForm, OutboundBill, OutboundForm, Transhipment, TranshipmentForm, TranshipmentSummary};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_transhipments, plan_transhipment))
        .routes(routes!(get_transhipment))
        .routes(routes!(release_transhipment))
        .routes(routes!(refuse_transhipment))
        .routes(routes!(withdraw_transhipment))
        .routes(routes!(load_transhipment))
        .routes(routes!(list_outbound_bills, submit_outbound_bills))
        .routes(routes!(get_outbound_bill))
        .routes(routes!(cancel_outbound_bill))
}

/// Plan that a box goes on by another ship. It is compared at once, and released when everything agrees.
#[utoipa::path(post, path = "/transhipments", tag = "manifests", request_body = TranshipmentForm, responses((status = 201, body = Transhipment)))]
async fn plan_transhipment(asker: Asker, form: Input<TranshipmentForm>) -> Answer {
    let done = asker.run(&PlanTranshipment::from(form.0)).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &asker.api.transhipment(seen).await?))
}

/// Transhipments.
#[utoipa::path(get, path = "/transhipments", tag = "manifests", params(PageQuery), responses((status = 200, body = Page<TranshipmentSummary>)))]
async fn list_transhipments(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("transhipment.read", query.0.list()?).await?;
    let of = page.items.iter().flat_map(|(seen, _)| [seen.state.planned.call.clone(), seen.state.planned.onward_call.clone()]);
    let calls: HashMap<String, ShipCall> = asker.api.app.peek_many(of).await?;
    let items = page.items.into_iter().map(|(seen, _)| {
        let (inbound, outbound) = (calls.get(&seen.state.planned.call), calls.get(&seen.state.planned.onward_call));
        TranshipmentSummary::of(seen, inbound, outbound)
    });
    Ok(ok(&Page { items: items.collect(), next: page.next }))
}

/// One transhipment: what agrees, what differs and who must act, what is still to come.
#[utoipa::path(get, path = "/transhipments/{id}", tag = "manifests", params(("id" = String, Path, description = "Transhipment id")), responses((status = 200, body = Transhipment)))]
async fn get_transhipment(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("transhipment.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.transhipment(seen).await?))
}

/// Customs releases by hand what differs (人工放行). `If-Match` names the version that the officer saw; 412 when something differs that he did not see.
#[utoipa::path(post, path = "/transhipments/{id}/release", tag = "manifests", params(("id" = String, Path, description = "Transhipment id"), ("If-Match" = String, Header, description = "ETag read")), request_body = ReasonForm, responses((status = 200, body = Transhipment)))]
async fn release_transhipment(asker: Asker, id: Id, headers: HeaderMap, form: Input<ReasonForm>) -> Answer {
    let expected = etag::expected_edit(&headers)?;
    let done = asker.run(&ReleaseTranshipment { id: id.0.clone(), reason: form.0.reason, expected_version: expected }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    if !done.outcome.released {
        return Err(AppError::Stale { expected, found: seen.version }.into());
    }
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.transhipment(seen).await?))
}

/// Customs refuses; what was released is taken back, until it is loaded.
#[utoipa::path(post, path = "/transhipments/{id}/refuse", tag = "manifests", params(("id" = String, Path, description = "Transhipment id")), request_body = ReasonForm, responses((status = 200, body = Transhipment)))]
async fn refuse_transhipment(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RefuseTranshipment { id: id.0.clone(), reason: form.0.reason }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.transhipment(seen).await?))
}

/// Who planned it takes it back.
#[utoipa::path(post, path = "/transhipments/{id}/withdraw", tag = "manifests", params(("id" = String, Path, description = "Transhipment id")), request_body = ReasonForm, responses((status = 200, body = Transhipment)))]
async fn withdraw_transhipment(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&WithdrawTranshipment { id: id.0.clone(), reason: form.0.reason }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.transhipment(seen).await?))
}

/// The terminal has loaded the box onto the outbound ship.
#[utoipa::path(post, path = "/transhipments/{id}/load", tag = "manifests", params(("id" = String, Path, description = "Transhipment id")), request_body = LoadForm, responses((status = 200, body = Transhipment)))]
async fn load_transhipment(asker: Asker, id: Id, form: Input<LoadForm>) -> Answer {
    let done = asker.run(&LoadTranshipment { id: id.0.clone(), at: form.0.at }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.transhipment(seen).await?))
}

/// Send bills of a pre-loading manifest; those sent before are replaced. Faults are answered with 422 and all findings.
#[utoipa::path(post, path = "/outbound-bills", tag = "manifests", request_body = OutboundForm, responses((status = 201, body = Items<OutboundBill>)))]
async fn submit_outbound_bills(asker: Asker, form: Input<OutboundForm, MANIFEST_BYTES_MAX>) -> Answer {
    let agent = asker.ctx.principal.organisation.clone();
    let carrier = asker.api.app.organisation(&agent).await?.map(|o| o.name.en).unwrap_or_default();
    let done = asker.run(&form.0.into_command(&carrier)).await?;
    let mut items = Vec::with_capacity(done.outcome.bills.len());
    for id in &done.outcome.bills {
        let seen = asker.after::<OutboundState>(id).await?;
        items.push(asker.api.outbound_bill(seen).await?);
    }
    Ok(etag::done(StatusCode::CREATED, &done, None, &Items { items }))
}

/// Bills of pre-loading manifests.
#[utoipa::path(get, path = "/outbound-bills", tag = "manifests", params(PageQuery), responses((status = 200, body = Page<OutboundBill>)))]
async fn list_outbound_bills(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<OutboundState>("outbound-bill.read", query.0.list()?).await?;
    let calls: HashMap<String, ShipCall> = asker.api.app.peek_many(page.items.iter().map(|(seen, _)| seen.state.call.clone())).await?;
    let items = page.items.into_iter().map(|(seen, _)| {
        let call = calls.get(&seen.state.call);
        OutboundBill::of(seen, call)
    });
    Ok(ok(&Page { items: items.collect(), next: page.next }))
}

/// One bill of a pre-loading manifest.
#[utoipa::path(get, path = "/outbound-bills/{id}", tag = "manifests", params(("id" = String, Path, description = "Bill number and call")), responses((status = 200, body = OutboundBill)))]
async fn get_outbound_bill(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<OutboundState>("outbound-bill.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.outbound_bill(seen).await?))
}

/// Take a bill off the pre-loading manifest.
#[utoipa::path(post, path = "/outbound-bills/{id}/cancel", tag = "manifests", params(("id" = String, Path, description = "Bill number and call")), request_body = ReasonForm, responses((status = 200, body = OutboundBill)))]
async fn cancel_outbound_bill(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&CancelOutbound { id: id.0.clone(), reason: form.0.reason }).await?;
    let seen = asker.after::<OutboundState>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.outbound_bill(seen).await?))
}
