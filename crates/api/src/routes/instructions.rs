//! Instructions of authorities (布控指令), each readable by the one that placed it alone.

use app::Done;
use app::matching::{LiftInstruction, PlaceInstruction, SplitInstruction, WithdrawInstruction};
use axum::http::{HeaderMap, StatusCode};
use inspection::Instruction as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::instruction::{Instruction, InstructionForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(place_instruction, list_instructions))
        .routes(routes!(get_instruction))
        .routes(routes!(withdraw_instruction))
        .routes(routes!(split_instruction))
        .routes(routes!(lift_instruction))
}

async fn changed(asker: &Asker, id: &str, status: StatusCode, done: &Done<String>) -> Answer {
    let seen = asker.after::<State>(id).await?;
    let version = seen.version;
    Ok(etag::done(status, done, Some(version), &asker.api.instruction(&asker.ctx, seen).await?))
}

/// Place an instruction (下达指令). It becomes part of the open joint order about the same thing and time, or of a new one.
#[utoipa::path(post, path = "/instructions", tag = "joint-inspections", request_body = InstructionForm, responses((status = 201, body = Instruction)))]
async fn place_instruction(asker: Asker, form: Input<InstructionForm>) -> Answer {
    let done = asker.run(&PlaceInstruction::from(form.0)).await?;
    changed(&asker, &done.outcome, StatusCode::CREATED, &done).await
}

/// The own instructions.
#[utoipa::path(get, path = "/instructions", tag = "joint-inspections", params(PageQuery), responses((status = 200, body = Page<Instruction>)))]
async fn list_instructions(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("instruction.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.instruction(&asker.ctx, seen)).await?))
}

/// One of the own instructions.
#[utoipa::path(get, path = "/instructions/{id}", tag = "joint-inspections", params(("id" = String, Path, description = "Instruction id")), responses((status = 200, body = Instruction)))]
async fn get_instruction(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("instruction.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.instruction(&asker.ctx, seen).await?))
}

/// Withdraw an instruction, with a reason that no other authority sees (撤回).
#[utoipa::path(post, path = "/instructions/{id}/withdraw", tag = "joint-inspections", params(("id" = String, Path, description = "Instruction id")), request_body = ReasonForm, responses((status = 200, body = Instruction)))]
async fn withdraw_instruction(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&WithdrawInstruction { id: id.0.clone(), reason: form.0.reason }).await?;
    changed(&asker, &id.0, StatusCode::OK, &done).await
}

/// Go its own way with an instruction, in an order that opens no box (拆分).
#[utoipa::path(post, path = "/instructions/{id}/split", tag = "joint-inspections", params(("id" = String, Path, description = "Instruction id")), responses((status = 200, body = Instruction)))]
async fn split_instruction(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&SplitInstruction { id: id.0.clone() }).await?;
    changed(&asker, &id.0, StatusCode::OK, &done).await
}

/// Lift what the answer to an instruction has barred, with a reason that no other authority sees (解除控制).
#[utoipa::path(post, path = "/instructions/{id}/lift", tag = "joint-inspections", params(("id" = String, Path, description = "Instruction id")), request_body = ReasonForm, responses((status = 200, body = Instruction)))]
async fn lift_instruction(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&LiftInstruction { id: id.0.clone(), reason: form.0.reason }).await?;
    changed(&asker, &id.0, StatusCode::OK, &done).await
}
