//! The inspection site (查验场): its board, its queue, and the rule of who comes first and who needs no appointment.

use app::Role;
use app::site::{ApproveSiteRule, BeginInspection, ProposeSiteRule, RefuseSiteRule};
use axum::extract::Path;
use axum::http::StatusCode;
use inspection::Inspection as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, json, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::inspection::Inspection;
use crate::wire::site::{QueuePlace, SiteBoard, SiteRule, SiteRuleForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_site_board))
        .routes(routes!(get_queue_place))
        .routes(routes!(begin_inspection))
        .routes(routes!(get_site_rule))
        .routes(routes!(propose_site_rule))
        .routes(routes!(approve_site_rule))
        .routes(routes!(refuse_site_rule))
}

/// The board of the site today (查验场看板): expected, waiting in the order of their places, under way, done. Live by `/stream`.
#[utoipa::path(get, path = "/inspection-site", tag = "inspections", responses((status = 200, body = SiteBoard)))]
async fn get_site_board(asker: Asker) -> Answer {
    let board = asker.recorded("inspection-site.read", None, asker.api.app.site_board(&asker.ctx).await)?;
    Ok(ok(&asker.api.site_board(board, asker.ctx.at, asker.ctx.principal.role == Role::Customs).await?))
}

/// The place of an inspection in the queue of the site.
#[utoipa::path(get, path = "/inspections/{id}/queue", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), responses((status = 200, body = QueuePlace)))]
async fn get_queue_place(asker: Asker, id: Id) -> Answer {
    let place = asker.api.app.queue_place(&asker.ctx, &id.0).await?;
    Ok(ok(&QueuePlace::from(place)))
}

/// Take an inspection up at the site (开始查验): one of the drawn officers.
#[utoipa::path(post, path = "/inspections/{id}/begin", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), responses((status = 200, body = Inspection)))]
async fn begin_inspection(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&BeginInspection { id: id.0 }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.inspection(&asker.ctx, seen).await?))
}

async fn rule(asker: &Asker) -> Result<SiteRule, Problem> {
    let rule = asker.recorded("site-rule.read", None, asker.api.app.site_rule(&asker.ctx).await)?;
    Ok(asker.api.site_rule(rule.as_ref(), &asker.ctx.principal, asker.ctx.at).await?)
}

/// The rule of the site with its versions: which inspections come first, which need no appointment (即到即查).
#[utoipa::path(get, path = "/inspection-site/rule", tag = "inspections", responses((status = 200, body = SiteRule)))]
async fn get_site_rule(asker: Asker) -> Answer {
    Ok(ok(&rule(&asker).await?))
}

/// Write a version of the rule; another officer approves it.
#[utoipa::path(post, path = "/inspection-site/rule/versions", tag = "inspections", request_body = SiteRuleForm, responses((status = 201, body = SiteRule)))]
async fn propose_site_rule(asker: Asker, form: Input<SiteRuleForm>) -> Answer {
    let done = asker.run(&ProposeSiteRule::from(form.0)).await?;
    Ok(etag::replayed(json(StatusCode::CREATED, &rule(&asker).await?), done.replayed))
}

fn number(text: &str) -> Result<u32, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Put a version into force: an officer who did not write it.
#[utoipa::path(post, path = "/inspection-site/rule/versions/{number}/approve", tag = "inspections", params(("number" = u32, Path, description = "Number of the version")), responses((status = 200, body = SiteRule)))]
async fn approve_site_rule(asker: Asker, Path(version): Path<String>) -> Answer {
    let done = asker.run(&ApproveSiteRule { number: number(&version)? }).await?;
    Ok(etag::replayed(ok(&rule(&asker).await?), done.replayed))
}

/// Give a version up, with a reason.
#[utoipa::path(post, path = "/inspection-site/rule/versions/{number}/refuse", tag = "inspections", params(("number" = u32, Path, description = "Number of the version")), request_body = ReasonForm, responses((status = 200, body = SiteRule)))]
async fn refuse_site_rule(asker: Asker, Path(version): Path<String>, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RefuseSiteRule { number: number(&version)?, reason: form.0.reason }).await?;
    Ok(etag::replayed(ok(&rule(&asker).await?), done.replayed))
}
