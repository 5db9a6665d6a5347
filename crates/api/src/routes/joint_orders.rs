//! Joint orders (联合查验): one opening, one shared result, one release.

use app::Done;
use app::joint_orders::{
    AgreeNoPresence, AnswerJointOrder, CloseJointOrder, ConcludeJointOrder, FollowUpJointOrder, OpenBox, PresentJointBox, RecordPart,
    ScheduleJointOrder,
};
use axum::http::{HeaderMap, StatusCode};
use inspection::JointOrder as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::inspection::ArrivalForm;
use crate::wire::joint_order::{AnswerForm, CloseForm, FollowUpForm, JointOrder, JointResultForm, OpeningForm, PartForm, ScheduleForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_joint_orders))
        .routes(routes!(get_joint_order))
        .routes(routes!(schedule_joint_order))
        .routes(routes!(answer_joint_order))
        .routes(routes!(agree_no_presence))
        .routes(routes!(present_joint_box))
        .routes(routes!(open_joint_box))
        .routes(routes!(record_part))
        .routes(routes!(conclude_joint_order))
        .routes(routes!(follow_up_joint_order))
        .routes(routes!(close_joint_order))
}

async fn changed(asker: &Asker, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.joint_order(&asker.ctx, seen).await?))
}

/// Joint orders: those in which one takes part, that concern one's boxes, or all of the port for the port office.
#[utoipa::path(get, path = "/joint-orders", tag = "joint-inspections", params(PageQuery), responses((status = 200, body = Page<JointOrder>)))]
async fn list_joint_orders(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("joint-order.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.joint_order(&asker.ctx, seen)).await?))
}

/// One joint order.
#[utoipa::path(get, path = "/joint-orders/{id}", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), responses((status = 200, body = JointOrder)))]
async fn get_joint_order(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("joint-order.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.joint_order(&asker.ctx, seen).await?))
}

/// The lead proposes the time; a place at the site is taken for boxes, and everybody else is asked.
#[utoipa::path(post, path = "/joint-orders/{id}/schedule", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = ScheduleForm, responses((status = 200, body = JointOrder)))]
async fn schedule_joint_order(asker: Asker, id: Id, form: Input<ScheduleForm>) -> Answer {
    let done = asker.run(&ScheduleJointOrder { id: id.0, slot_start: form.0.slot_start }).await?;
    changed(&asker, done).await
}

/// A participant confirms the time, declines, or asks for another.
#[utoipa::path(post, path = "/joint-orders/{id}/answer", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = AnswerForm, responses((status = 200, body = JointOrder)))]
async fn answer_joint_order(asker: Asker, id: Id, form: Input<AnswerForm>) -> Answer {
    let done = asker.run(&AnswerJointOrder { id: id.0, answer: form.0.answer()? }).await?;
    changed(&asker, done).await
}

/// The consignee or its agent agrees that it need not be there (无需到场).
#[utoipa::path(post, path = "/joint-orders/{id}/no-presence", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), responses((status = 200, body = JointOrder)))]
async fn agree_no_presence(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&AgreeNoPresence { id: id.0 }).await?;
    changed(&asker, done).await
}

/// The terminal has brought a box to the site (调箱到场).
#[utoipa::path(post, path = "/joint-orders/{id}/arrival", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = ArrivalForm, responses((status = 200, body = JointOrder)))]
async fn present_joint_box(asker: Asker, id: Id, form: Input<ArrivalForm>) -> Answer {
    let done = asker.run(&PresentJointBox { id: id.0, container: form.0.container.trim().to_uppercase(), at: form.0.at }).await?;
    changed(&asker, done).await
}

/// The lead opens a box, once for every authority (开箱).
#[utoipa::path(post, path = "/joint-orders/{id}/opening", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = OpeningForm, responses((status = 200, body = JointOrder)))]
async fn open_joint_box(asker: Asker, id: Id, form: Input<OpeningForm>) -> Answer {
    let done = asker.run(&OpenBox { id: id.0, container: form.0.container.trim().to_uppercase() }).await?;
    changed(&asker, done).await
}

/// An authority writes down its part of the result.
#[utoipa::path(post, path = "/joint-orders/{id}/part", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = PartForm, responses((status = 200, body = JointOrder)))]
async fn record_part(asker: Asker, id: Id, form: Input<PartForm>) -> Answer {
    let form = form.0;
    let checks = form.checks.into_iter().map(Into::into).collect();
    let done = asker.run(&RecordPart { id: id.0, checks, clean: form.clean, note: form.note, officers: form.officers }).await?;
    changed(&asker, done).await
}

/// The lead gives the shared result, which answers trader, terminal and authorities at once.
#[utoipa::path(post, path = "/joint-orders/{id}/result", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = JointResultForm, responses((status = 200, body = JointOrder)))]
async fn conclude_joint_order(asker: Asker, id: Id, form: Input<JointResultForm>) -> Answer {
    let seals = form.0.seals();
    let done = asker.run(&ConcludeJointOrder { id: id.0, disposition: form.0.disposition, findings: form.0.findings, seals }).await?;
    changed(&asker, done).await
}

/// Record a step of the follow-up.
#[utoipa::path(post, path = "/joint-orders/{id}/follow-up", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = FollowUpForm, responses((status = 200, body = JointOrder)))]
async fn follow_up_joint_order(asker: Asker, id: Id, form: Input<FollowUpForm>) -> Answer {
    let done = asker.run(&FollowUpJointOrder { id: id.0, note: form.0.note, settled: form.0.settled }).await?;
    changed(&asker, done).await
}

/// End the follow-up.
#[utoipa::path(post, path = "/joint-orders/{id}/close", tag = "joint-inspections", params(("id" = String, Path, description = "Joint order id")), request_body = CloseForm, responses((status = 200, body = JointOrder)))]
async fn close_joint_order(asker: Asker, id: Id, form: Input<CloseForm>) -> Answer {
    let done = asker.run(&CloseJointOrder { id: id.0, disposition: form.0.disposition, note: form.0.note }).await?;
    changed(&asker, done).await
}
