//! Original manifests (原始舱单).

use std::collections::HashMap;

use app::manifests::SubmitManifest;
use axum::http::{HeaderMap, StatusCode};
use ledger::Aggregate;
use manifest::{Bill, Manifest as State};
use port_call::ShipCall;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, MANIFEST_BYTES_MAX, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{Asked, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::texts;
use crate::wire::Findings;
use crate::wire::manifest::{Manifest, ManifestForm, ManifestSummary, accepted_at};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(check_manifest)).routes(routes!(list_manifests, submit_manifest)).routes(routes!(get_manifest))
}

async fn domain(asker: &Asker, form: ManifestForm) -> Result<manifest::ManifestForm, Problem> {
    let agent = &asker.ctx.principal.organisation;
    let carrier = asker.api.app.organisation(agent).await?.map(|o| o.name.en).unwrap_or_default();
    Ok(form.into_domain(agent, &carrier))
}

/// Everything wrong with a manifest, before it is sent.
#[utoipa::path(post, path = "/manifests/check", tag = "manifests", request_body = ManifestForm, responses((status = 200, body = Findings)))]
async fn check_manifest(asker: Asker, form: Input<ManifestForm, MANIFEST_BYTES_MAX>) -> Answer {
    let form = domain(&asker, form.0).await?;
    let found = asker.recorded("manifest.check", None, asker.api.app.check_manifest(&asker.ctx, &form).await)?;
    Ok(ok(&Findings::of(found)))
}

/// Submit a manifest. Faults are answered with 422 and all findings.
#[utoipa::path(post, path = "/manifests", tag = "manifests", request_body = ManifestForm, responses((status = 201, body = Manifest)))]
async fn submit_manifest(asker: Asker, form: Input<ManifestForm, MANIFEST_BYTES_MAX>) -> Answer {
    let form = domain(&asker, form.0).await?;
    let done = asker.run(&SubmitManifest { form, keep_rejected: false }).await?;
    let seen = asker.after::<State>(&done.outcome.id).await?;
    let version = seen.version;
    let view = asker.api.manifest(seen, asker.ctx.at).await?;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &view))
}

/// Manifests.
#[utoipa::path(get, path = "/manifests", tag = "manifests", params(PageQuery), responses((status = 200, body = Page<ManifestSummary>)))]
async fn list_manifests(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("manifest.read", query.0.list()?).await?;
    let calls: HashMap<String, ShipCall> = asker.api.app.peek_many(page.items.iter().map(|(seen, _)| seen.state.call.clone())).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in page.items {
        let bills: HashMap<String, Bill> = asker.api.app.peek_many(seen.state.bills.iter().take(500).cloned()).await?;
        let call = calls.get(&seen.state.call);
        items.push(ManifestSummary {
            ship_name: call.map(|c| c.ship_name.clone()).unwrap_or_default(),
            voyage: call.map(|c| c.voyage_in.clone()).unwrap_or_default(),
            bills: seen.state.bills.len(),
            containers: bills.values().map(|bill| bill.content.containers.len()).sum(),
            status: seen.state.status().to_owned(),
            status_text: texts::status(State::KIND, seen.state.status()),
            accepted_at: accepted_at(&seen.state),
            call: seen.state.call,
            id: seen.id,
        });
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// One manifest.
#[utoipa::path(get, path = "/manifests/{id}", tag = "manifests", params(("id" = String, Path, description = "Manifest id")), responses((status = 200, body = Manifest)))]
async fn get_manifest(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("manifest.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.manifest(seen, asker.ctx.at).await?))
}
