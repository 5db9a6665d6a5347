//! Declarations (报关单), as traders and brokers work on them.

use app::declarations::{AttachDocuments, DiscardDeclaration, DraftDeclaration, EditDeclaration, SubmitDeclaration, WithdrawDeclaration};
use app::{AppError, Done};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use clearance::Declaration as State;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{Input, Optional, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Findings;
use crate::wire::declaration::{AttachForm, Declaration, DeclarationSummary, DraftForm, ReasonForm};
use crate::wire::declaration_form::DeclarationForm;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_declarations, draft_declaration))
        .routes(routes!(check_declaration))
        .routes(routes!(get_declaration, edit_declaration, discard_declaration))
        .routes(routes!(submit_declaration))
        .routes(routes!(withdraw_declaration))
        .routes(routes!(attach_documents))
        .routes(routes!(print_release))
}

/// The declaration that a command just changed.
pub(super) async fn changed<T: Serialize>(asker: &Asker, status: StatusCode, id: &str, done: &Done<T>) -> Answer {
    let seen = asker.after::<State>(id).await?;
    let version = seen.version;
    let view = asker.api.declaration(&asker.ctx, seen).await?;
    Ok(etag::done(status, done, Some(version), &view))
}

/// Declarations.
#[utoipa::path(get, path = "/declarations", tag = "declarations", params(PageQuery), responses((status = 200, body = Page<DeclarationSummary>)))]
async fn list_declarations(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("declaration.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, row)| asker.api.declaration_summary(seen, row)).await?))
}

/// Begin a draft, prefilled from a bill or copied.
#[utoipa::path(post, path = "/declarations", tag = "declarations", request_body = DraftForm, responses((status = 201, body = Declaration)))]
async fn draft_declaration(asker: Asker, form: Optional<DraftForm>) -> Answer {
    let filled = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let done = asker.run(&DraftDeclaration { bill: filled(form.0.bill_no), copy_of: filled(form.0.copy_of) }).await?;
    changed(&asker, StatusCode::CREATED, &done.outcome, &done).await
}

/// Everything wrong with a declaration, each at its field with a hint.
#[utoipa::path(post, path = "/declarations/check", tag = "declarations", request_body = DeclarationForm, responses((status = 200, body = Findings)))]
async fn check_declaration(asker: Asker, form: Input<DeclarationForm>) -> Answer {
    let form = form.0.into();
    let found = asker.recorded("declaration.check", None, asker.api.app.check_declaration(&asker.ctx, &form).await)?;
    Ok(ok(&Findings::of(found)))
}

/// One declaration.
#[utoipa::path(get, path = "/declarations/{id}", tag = "declarations", params(("id" = String, Path, description = "Declaration id")), responses((status = 200, body = Declaration)))]
async fn get_declaration(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("declaration.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.declaration(&asker.ctx, seen).await?))
}

/// Save a draft. Anything may be saved; faults are told when it is checked or submitted.
#[utoipa::path(put, path = "/declarations/{id}", tag = "declarations", params(("id" = String, Path, description = "Declaration id"), ("If-Match" = String, Header, description = "ETag read")), request_body = DeclarationForm, responses((status = 200, body = Declaration)))]
async fn edit_declaration(asker: Asker, id: Id, headers: HeaderMap, form: Input<DeclarationForm>) -> Answer {
    let expected_version = Some(etag::expected(&headers)?);
    let done = asker.run(&EditDeclaration { id: id.0, form: form.0.into(), expected_version }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Throw a draft away.
#[utoipa::path(delete, path = "/declarations/{id}", tag = "declarations", params(("id" = String, Path, description = "Declaration id")), responses((status = 204)))]
async fn discard_declaration(asker: Asker, id: Id) -> Answer {
    asker.run(&DiscardDeclaration { id: id.0 }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Submit (申报). Accepted at once with its number, or 422 with all findings. Submitting twice is answered with the same acceptance.
#[utoipa::path(post, path = "/declarations/{id}/submit", tag = "declarations", params(("id" = String, Path, description = "Declaration id")), responses((status = 200, body = Declaration)))]
async fn submit_declaration(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&SubmitDeclaration { id: id.0 }).await?;
    changed(&asker, StatusCode::OK, &done.outcome.id, &done).await
}

/// Withdraw (撤单).
#[utoipa::path(post, path = "/declarations/{id}/withdraw", tag = "declarations", params(("id" = String, Path, description = "Declaration id")), request_body = ReasonForm, responses((status = 200, body = Declaration)))]
async fn withdraw_declaration(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&WithdrawDeclaration { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Add documents that customs asked for.
#[utoipa::path(post, path = "/declarations/{id}/documents", tag = "declarations", params(("id" = String, Path, description = "Declaration id")), request_body = AttachForm, responses((status = 200, body = Declaration)))]
async fn attach_documents(asker: Asker, id: Id, form: Input<AttachForm>) -> Answer {
    let done = asker.run(&AttachDocuments { id: id.0, documents: form.0.into_domain() }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// The customs release notice (放行通知书).
#[utoipa::path(get, path = "/declarations/{id}/release.pdf", tag = "declarations", params(("id" = String, Path, description = "Declaration id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_release(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let seen = asker.view::<State>("declaration.read", &id.0).await?;
    let State::Released { case, released_at, how } = &seen.state else {
        return Err(Problem::from(AppError::Refused(ledger::Refusal::new(
            "declaration-not-released",
            "declaration.print-release",
            ledger::Aggregate::status(&seen.state),
            "报关单尚未放行，没有放行通知书。",
            "The declaration is not released; there is no notice to print.",
        ))));
    };
    print::release_notice(&asker, query.0, &seen.id, case, *released_at, how).await
}
