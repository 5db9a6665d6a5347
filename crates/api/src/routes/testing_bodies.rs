//! The register of testing bodies whose reports are accepted (采信机构名录).

use app::Done;
use app::samples::{DecideBody, ProposeBody};
use axum::http::{HeaderMap, StatusCode};
use inspection::TestingBody as State;
use ledger::Bilingual;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::third_party::{BodyDecisionForm, TestingBody, TestingBodyForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_testing_bodies, propose_testing_body))
        .routes(routes!(get_testing_body))
        .routes(routes!(decide_testing_body))
}

/// Testing bodies: all of the district for officers, for traders those whose reports are accepted now.
#[utoipa::path(get, path = "/testing-bodies", tag = "samples", params(PageQuery), responses((status = 200, body = Page<TestingBody>)))]
async fn list_testing_bodies(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.recorded("testing-body.read", None, asker.api.app.testing_bodies(&asker.ctx, query.0.list()?).await)?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.testing_body(&asker.ctx, seen)).await?))
}

/// One testing body, for officers.
#[utoipa::path(get, path = "/testing-bodies/{id}", tag = "samples", params(("id" = String, Path, description = "Testing body id")), responses((status = 200, body = TestingBody)))]
async fn get_testing_body(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("testing-body.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.testing_body(&asker.ctx, seen).await?))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(status, &done, Some(version), &asker.api.testing_body(&asker.ctx, seen).await?))
}

/// Enter a body; another officer confirms it.
#[utoipa::path(post, path = "/testing-bodies", tag = "samples", request_body = TestingBodyForm, responses((status = 201, body = TestingBody)))]
async fn propose_testing_body(asker: Asker, form: Input<TestingBodyForm>) -> Answer {
    let TestingBodyForm { name, number, hs_prefixes, items, valid_from, valid_to, source } = form.0;
    let name = Bilingual::new(name.zh, name.en);
    let done = asker.run(&ProposeBody { name, number, hs_prefixes, items, valid_from, valid_to, source }).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// Confirm, refuse, suspend, resume or withdraw a body. What one officer entered or suspended another confirms or resumes.
#[utoipa::path(post, path = "/testing-bodies/{id}/decision", tag = "samples", params(("id" = String, Path, description = "Testing body id")), request_body = BodyDecisionForm, responses((status = 200, body = TestingBody)))]
async fn decide_testing_body(asker: Asker, id: Id, form: Input<BodyDecisionForm>) -> Answer {
    let done = asker.run(&DecideBody { id: id.0, step: form.0.step, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}
