//! The register of clues (线索登记): each clue is its authority's own, and nothing follows from it.

use app::clues::{AssignClue, AttachFacts, CheckClue, CloseClue, RegisterClue, ShareClue};
use app::reading::ListQuery;
use app::{AppError, Done};
use axum::http::{HeaderMap, StatusCode};
use inspection::Clue as State;
use ledger::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::images::month_start;
use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Text;
use crate::wire::clue::{
    Clue, ClueAssignmentForm, ClueChoices, ClueFactsForm, ClueFeedbackForm, ClueFigures, ClueForm, ClueMonth, ClueQuery, ClueSharingForm,
};
use crate::wire::declaration::ReasonForm;
use crate::wire::image_figures::ShareQuery;

/// Days that figures tell of unless somebody asks for others.
const DAYS_SHOWN: i64 = 365;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(register_clue, list_clues))
        .routes(routes!(get_clue_choices))
        .routes(routes!(get_clue_figures))
        .routes(routes!(get_clue))
        .routes(routes!(attach_clue_facts))
        .routes(routes!(assign_clue))
        .routes(routes!(answer_clue))
        .routes(routes!(share_clue))
        .routes(routes!(close_clue))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(status, &done, Some(version), &asker.api.clue(&asker.ctx, seen).await?))
}

/// Register a clue (登记线索). Its text, and what it is about, are kept beside the ledger for this authority alone.
#[utoipa::path(post, path = "/clues", tag = "clues", request_body = ClueForm, responses((status = 201, body = Clue)))]
async fn register_clue(asker: Asker, form: Input<ClueForm>) -> Answer {
    let done = asker.run(&RegisterClue::from(form.0)).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// Days from and to, as instants: the first of the first, and the first after the last.
fn days(asker: &Asker, from: Option<&str>, to: Option<&str>) -> Result<(Option<Timestamp>, Option<Timestamp>), Problem> {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: Option<&str>| text.filter(|t| !t.is_empty()).map(|text| paging::day_start(text, offset)).transpose();
    Ok((day(from)?, day(to)?.map(|last| last.plus_days(1))))
}

/// The own clues, or those that other authorities share.
#[utoipa::path(get, path = "/clues", tag = "clues", params(ClueQuery), responses((status = 200, body = Page<Clue>)))]
async fn list_clues(asker: Asker, query: Asked<ClueQuery>) -> Answer {
    let query = query.0;
    match query.whose.as_deref() {
        None | Some("" | "own") => {}
        Some("shared") => return list_shared(&asker, &query).await,
        Some(_) => return Err(paging::invalid("whose 须为 own 或 shared。", "whose is own or shared.")),
    }
    let mut keys = Vec::new();
    if let Some(finding) = query.finding {
        keys.push(inspection::finding_key(finding.into()));
    }
    if query.mine == Some(true) {
        keys.push(inspection::officer_key(&asker.ctx.principal.id));
    }
    match (query.about, query.value.as_deref().map(str::trim).filter(|value| !value.is_empty())) {
        // A key that no clue has: nothing is known about the thing.
        (Some(about), Some(value)) => {
            let key = asker.recorded("clue.read", None, asker.api.app.clue_key(about.into(), value).await)?;
            keys.push(key.unwrap_or_else(|| "NONE".to_owned()));
        }
        (None, Some(_)) => return Err(paging::invalid("请同时给出 about 和 value。", "Give about and value together.")),
        (Some(_) | None, None) => {}
    }
    let (opened_from, opened_to) = days(&asker, query.from.as_deref(), query.to.as_deref())?;
    let list = ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        key_prefix: paging::prefix(query.q.as_deref())?,
        keys,
        opened_from,
        opened_to,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    };
    let page = asker.list::<State>("clue.read", list).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.clue(&asker.ctx, seen)).await?))
}

/// Those that other authorities share. How far they have come is not shared, so they are asked for by nothing.
async fn list_shared(asker: &Asker, query: &ClueQuery) -> Answer {
    let narrowed = [&query.status, &query.q, &query.value, &query.from, &query.to].into_iter().flatten().any(|text| !text.is_empty());
    if narrowed || query.finding.is_some() || query.about.is_some() || query.mine == Some(true) {
        return Err(paging::invalid("共享线索不能按条件查找。", "Shared clues are listed whole."));
    }
    let limit = paging::limit(query.limit)?;
    let page = asker.recorded("clue.read", None, asker.api.app.shared_clues(&asker.ctx, query.cursor.clone(), limit).await)?;
    Ok(ok(&paging::page_async(page, |seen| asker.api.clue(&asker.ctx, seen)).await?))
}

/// What can be chosen in the forms of a clue.
#[utoipa::path(get, path = "/clues/choices", tag = "clues", responses((status = 200, body = ClueChoices)))]
async fn get_clue_choices(asker: Asker) -> Answer {
    asker.require("clue.register")?;
    Ok(ok(&asker.api.clue_choices(&asker.ctx).await?))
}

/// How many clues there were, how soon they were answered, and how many were confirmed, by the month of their registration.
#[utoipa::path(get, path = "/clues/figures", tag = "clues", params(ShareQuery), responses((status = 200, body = ClueFigures)))]
async fn get_clue_figures(asker: Asker, query: Asked<ShareQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let (from, end) = days(&asker, query.0.from.as_deref(), query.0.to.as_deref())?;
    let last = end.map_or(asker.ctx.at, |end| end.plus_millis(-1));
    // Whole months: a row tells of all of its month.
    let from = month_start(from.unwrap_or_else(|| last.plus_days(-DAYS_SHOWN)), offset);
    let end = month_start(month_start(last, offset).plus_days(31), offset);
    let figures: Result<_, AppError> = asker.api.app.clue_figures(&asker.ctx, from, end).await;
    let figures = asker.recorded("clue.statistics", None, figures)?;
    Ok(ok(&ClueFigures {
        definition: Text::new(
            "按登记月份统计本单位的线索，不含其他单位共享的线索。反馈时间为登记至首次反馈；属实比例 = 最近一次反馈属实 ÷（属实 + 不属实），需进一步核查的不计入。",
            "The authority's own clues by the month in which they were registered, without those that others share. Time to feedback: from the registration to the first answer. Share confirmed: last answer confirmed ÷ (confirmed + not confirmed); what needs more is not counted.",
        ),
        from: from.day(offset),
        to: end.plus_millis(-1).day(offset),
        truncated: figures.truncated,
        items: figures.months.into_iter().map(|(month, figures)| ClueMonth::of(month, &figures)).collect(),
    }))
}

/// One clue, as far as it is the asker's.
#[utoipa::path(get, path = "/clues/{id}", tag = "clues", params(("id" = String, Path, description = "Clue id")), responses((status = 200, body = Clue)))]
async fn get_clue(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.api.app.view_clue(&asker.ctx, &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.clue(&asker.ctx, seen).await?))
}

/// Look up what credit and movements say of its subject now (查询信用与动态). Every object that is read leaves an access record with the purpose.
#[utoipa::path(post, path = "/clues/{id}/facts", tag = "clues", params(("id" = String, Path, description = "Clue id")), request_body = ClueFactsForm, responses((status = 200, body = Clue)))]
async fn attach_clue_facts(asker: Asker, id: Id, form: Input<ClueFactsForm>) -> Answer {
    let done = asker.run(&AttachFacts { id: id.0, purpose: form.0.purpose.into() }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Assign it to an officer of the authority (分派).
#[utoipa::path(post, path = "/clues/{id}/assignment", tag = "clues", params(("id" = String, Path, description = "Clue id")), request_body = ClueAssignmentForm, responses((status = 200, body = Clue)))]
async fn assign_clue(asker: Asker, id: Id, form: Input<ClueAssignmentForm>) -> Answer {
    let done = asker.run(&AssignClue { id: id.0, officer: form.0.officer, due: form.0.due }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Say what was found (反馈): the officer to whom it is assigned.
#[utoipa::path(post, path = "/clues/{id}/feedback", tag = "clues", params(("id" = String, Path, description = "Clue id")), request_body = ClueFeedbackForm, responses((status = 200, body = Clue)))]
async fn answer_clue(asker: Asker, id: Id, form: Input<ClueFeedbackForm>) -> Answer {
    let done = asker.run(&CheckClue { id: id.0, finding: form.0.finding.into(), text: form.0.text }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Let another authority see it, with a reason (共享).
#[utoipa::path(post, path = "/clues/{id}/sharing", tag = "clues", params(("id" = String, Path, description = "Clue id")), request_body = ClueSharingForm, responses((status = 200, body = Clue)))]
async fn share_clue(asker: Asker, id: Id, form: Input<ClueSharingForm>) -> Answer {
    let form = form.0;
    let done = asker.run(&ShareClue { id: id.0, with: form.with, scope: form.scope.into(), reason: form.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Close it, with a reason (办结): somebody who gave no answer.
#[utoipa::path(post, path = "/clues/{id}/close", tag = "clues", params(("id" = String, Path, description = "Clue id")), request_body = ReasonForm, responses((status = 200, body = Clue)))]
async fn close_clue(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&CloseClue { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}
