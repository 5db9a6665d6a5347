//! Declarations, as officers work on them.

use app::declarations::{HoldDeclaration, LiftHold, OverrideDraw, PassDocuments, RejectDeclaration, ReleaseDeclaration, RequestDocuments};
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::declarations::changed;
use crate::body::{Input, Optional};
use crate::context::{Asker, Id};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::declaration::{Declaration, NoteForm, OverrideForm, ReasonForm, RequestDocumentsForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(pass_documents))
        .routes(routes!(request_documents))
        .routes(routes!(override_draw))
        .routes(routes!(hold_declaration))
        .routes(routes!(lift_hold))
        .routes(routes!(reject_declaration))
        .routes(routes!(release_declaration))
}

/// The documents are in order (单证审核通过).
#[utoipa::path(post, path = "/declarations/{id}/documents/pass", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = NoteForm, responses((status = 200, body = Declaration)))]
async fn pass_documents(asker: Asker, id: Id, form: Optional<NoteForm>) -> Answer {
    let done = asker.run(&PassDocuments { id: id.0, note: form.0.note }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Ask for documents.
#[utoipa::path(post, path = "/declarations/{id}/documents/request", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = RequestDocumentsForm, responses((status = 200, body = Declaration)))]
async fn request_documents(asker: Asker, id: Id, form: Input<RequestDocumentsForm>) -> Answer {
    let done = asker.run(&RequestDocuments { id: id.0, codes: form.0.codes, note: form.0.note }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Decide in place of the draw (人工改变抽查结果): order an inspection that was not drawn, or spare one that was. The reason is for customs alone;
/// how often it happens is published with the draws of the day.
#[utoipa::path(post, path = "/declarations/{id}/draw/override", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = OverrideForm, responses((status = 200, body = Declaration)))]
async fn override_draw(asker: Asker, id: Id, form: Input<OverrideForm>) -> Answer {
    let done = asker.run(&OverrideDraw { id: id.0, inspect: form.0.inspect, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Hold (挂起).
#[utoipa::path(post, path = "/declarations/{id}/hold", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = ReasonForm, responses((status = 200, body = Declaration)))]
async fn hold_declaration(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&HoldDeclaration { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Lift the hold.
#[utoipa::path(post, path = "/declarations/{id}/hold/lift", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = NoteForm, responses((status = 200, body = Declaration)))]
async fn lift_hold(asker: Asker, id: Id, form: Optional<NoteForm>) -> Answer {
    let done = asker.run(&LiftHold { id: id.0, note: form.0.note }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Send back (退单).
#[utoipa::path(post, path = "/declarations/{id}/reject", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = ReasonForm, responses((status = 200, body = Declaration)))]
async fn reject_declaration(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RejectDeclaration { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}

/// Release by hand (人工放行), after a failed check was put right.
#[utoipa::path(post, path = "/declarations/{id}/release", tag = "customs", params(("id" = String, Path, description = "Declaration id")), request_body = NoteForm, responses((status = 200, body = Declaration)))]
async fn release_declaration(asker: Asker, id: Id, form: Input<NoteForm>) -> Answer {
    let done = asker.run(&ReleaseDeclaration { id: id.0, note: form.0.note }).await?;
    changed(&asker, StatusCode::OK, &done.outcome, &done).await
}
