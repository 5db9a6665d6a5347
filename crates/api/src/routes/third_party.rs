//! Reports of third parties (第三方检验结果采信).

use app::Done;
use app::samples::{AcceptReport, AuditReport, RefuseReport, SubmitReport};
use axum::http::{HeaderMap, StatusCode};
use inspection::ThirdPartyReport as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::third_party::{AcceptanceForm, AuditForm, ThirdPartyForm, ThirdPartyReport};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_third_party_reports))
        .routes(routes!(get_third_party_report))
        .routes(routes!(get_third_party_file))
        .routes(routes!(submit_third_party_report))
        .routes(routes!(accept_third_party_report))
        .routes(routes!(refuse_third_party_report))
        .routes(routes!(audit_third_party_report))
}

/// Reports of third parties: of the district for officers, their own for traders.
#[utoipa::path(get, path = "/third-party-reports", tag = "samples", params(PageQuery), responses((status = 200, body = Page<ThirdPartyReport>)))]
async fn list_third_party_reports(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("third-party-report.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.third_party_report(&asker.ctx, seen)).await?))
}

/// One report.
#[utoipa::path(get, path = "/third-party-reports/{id}", tag = "samples", params(("id" = String, Path, description = "Report id")), responses((status = 200, body = ThirdPartyReport)))]
async fn get_third_party_report(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("third-party-report.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.third_party_report(&asker.ctx, seen).await?))
}

/// The PDF of a report as it was uploaded.
#[utoipa::path(get, path = "/third-party-reports/{id}/file", tag = "samples", params(("id" = String, Path, description = "Report id")), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn get_third_party_file(asker: Asker, id: Id) -> Answer {
    let found = asker.api.app.third_party_file(&asker.ctx, &id.0).await;
    let (media_type, bytes) = asker.refusal_recorded("third-party-report.read", found)?;
    Ok(file(&media_type, &format!("{}.pdf", id.0), bytes))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(status, &done, Some(version), &asker.api.third_party_report(&asker.ctx, seen).await?))
}

/// Send a report in, in place of a sample (提交采信报告). Its PDF is uploaded first; every fault is found at once.
#[utoipa::path(post, path = "/inspections/{id}/third-party-reports", tag = "samples", params(("id" = String, Path, description = "Inspection id")), request_body = ThirdPartyForm, responses((status = 201, body = ThirdPartyReport)))]
async fn submit_third_party_report(asker: Asker, id: Id, form: Input<ThirdPartyForm>) -> Answer {
    let form = form.0;
    let command = SubmitReport {
        inspection: id.0,
        line: form.line,
        body: form.body,
        number: form.number,
        bill: form.bill,
        sampled_on: form.sampled_on,
        issued_on: form.issued_on,
        results: form.results.into_iter().map(Into::into).collect(),
        conclusion: form.conclusion,
        file: form.file,
    };
    let done = asker.run(&command).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// Accept a report in place of a sample, saying how its origin was verified (采信).
#[utoipa::path(post, path = "/third-party-reports/{id}/accept", tag = "samples", params(("id" = String, Path, description = "Report id")), request_body = AcceptanceForm, responses((status = 200, body = ThirdPartyReport)))]
async fn accept_third_party_report(asker: Asker, id: Id, form: Input<AcceptanceForm>) -> Answer {
    let done = asker.run(&AcceptReport { id: id.0, verified: form.0.verified }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Do not accept a report; the trader reads why.
#[utoipa::path(post, path = "/third-party-reports/{id}/refuse", tag = "samples", params(("id" = String, Path, description = "Report id")), request_body = ReasonForm, responses((status = 200, body = ThirdPartyReport)))]
async fn refuse_third_party_report(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RefuseReport { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Look at an accepted report again that was drawn for it, as another officer than who accepted it (采信核查).
#[utoipa::path(post, path = "/third-party-reports/{id}/audit", tag = "samples", params(("id" = String, Path, description = "Report id")), request_body = AuditForm, responses((status = 200, body = ThirdPartyReport)))]
async fn audit_third_party_report(asker: Asker, id: Id, form: Input<AuditForm>) -> Answer {
    let done = asker.run(&AuditReport { id: id.0, confirmed: form.0.confirmed, note: form.0.note }).await?;
    changed(&asker, StatusCode::OK, done).await
}
