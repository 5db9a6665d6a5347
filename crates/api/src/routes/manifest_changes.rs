//! Applications to change a manifest (舱单变更).

use app::manifest_changes::{ApplyChange, ApproveChange, RefuseChange, WithdrawChange};
use axum::http::{HeaderMap, StatusCode};
use ledger::Aggregate;
use manifest::ManifestChange as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::texts;
use crate::wire::declaration::ReasonForm;
use crate::wire::manifest_change::{ManifestChange, ManifestChangeForm, ManifestChangeSummary};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_manifest_changes, apply_manifest_change))
        .routes(routes!(get_manifest_change))
        .routes(routes!(approve_manifest_change))
        .routes(routes!(refuse_manifest_change))
        .routes(routes!(withdraw_manifest_change))
}

/// Apply for a change of a bill, or for its deletion. Carried out at once where customs has not relied on it.
#[utoipa::path(post, path = "/manifest-changes", tag = "manifests", request_body = ManifestChangeForm, responses((status = 201, body = ManifestChange)))]
async fn apply_manifest_change(asker: Asker, form: Input<ManifestChangeForm>) -> Answer {
    let agent = asker.ctx.principal.organisation.clone();
    let carrier = asker.api.app.organisation(&agent).await?.map(|o| o.name.en).unwrap_or_default();
    let command: ApplyChange = form.0.into_command(&carrier);
    let done = asker.run(&command).await?;
    let seen = asker.after::<State>(&done.outcome.id).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &ManifestChange::of(seen)))
}

/// Applications.
#[utoipa::path(get, path = "/manifest-changes", tag = "manifests", params(PageQuery), responses((status = 200, body = Page<ManifestChangeSummary>)))]
async fn list_manifest_changes(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("manifest-change.read", query.0.list()?).await?;
    let items = page.items.into_iter().map(|(seen, _)| ManifestChangeSummary {
        status: seen.state.status().to_owned(),
        status_text: texts::status(State::KIND, seen.state.status()),
        bill: seen.state.bill,
        call: seen.state.call,
        reason: seen.state.reason,
        fields: seen.state.fields.len(),
        applied_at: seen.state.applied_at,
        id: seen.id,
    });
    Ok(ok(&Page { items: items.collect(), next: page.next }))
}

/// One application with every field that changes.
#[utoipa::path(get, path = "/manifest-changes/{id}", tag = "manifests", params(("id" = String, Path, description = "Application id")), responses((status = 200, body = ManifestChange)))]
async fn get_manifest_change(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("manifest-change.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &ManifestChange::of(seen)))
}

/// Customs approves: the bill changes.
#[utoipa::path(post, path = "/manifest-changes/{id}/approve", tag = "manifests", params(("id" = String, Path, description = "Application id")), responses((status = 200, body = ManifestChange)))]
async fn approve_manifest_change(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&ApproveChange { id: id.0.clone() }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &ManifestChange::of(seen)))
}

/// Customs refuses.
#[utoipa::path(post, path = "/manifest-changes/{id}/refuse", tag = "manifests", params(("id" = String, Path, description = "Application id")), request_body = ReasonForm, responses((status = 200, body = ManifestChange)))]
async fn refuse_manifest_change(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RefuseChange { id: id.0.clone(), reason: form.0.reason }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &ManifestChange::of(seen)))
}

/// The sender takes an application back.
#[utoipa::path(post, path = "/manifest-changes/{id}/withdraw", tag = "manifests", params(("id" = String, Path, description = "Application id")), responses((status = 200, body = ManifestChange)))]
async fn withdraw_manifest_change(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&WithdrawChange { id: id.0.clone() }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &ManifestChange::of(seen)))
}
