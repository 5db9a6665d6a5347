//! Ship calls.

use app::calls::{AnnounceCall, ArriveCall, ChangeCall, DepartCall};
use axum::http::{HeaderMap, StatusCode};
use port_call::{AnnounceCall as Announce, ChangeCall as Change, ShipCall};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::call::{AtForm, Call, CallEdit, CallForm, Person, PersonQuery};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_calls, announce_call))
        .routes(routes!(get_call, change_call))
        .routes(routes!(arrive_call))
        .routes(routes!(depart_call))
        .routes(routes!(list_persons))
}

/// Ship calls (航次).
#[utoipa::path(get, path = "/calls", tag = "calls", params(PageQuery), responses((status = 200, body = Page<Call>)))]
async fn list_calls(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<ShipCall>("call.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.call(seen, asker.ctx.at)).await?))
}

/// Announce a call (船舶预报).
#[utoipa::path(post, path = "/calls", tag = "calls", request_body = CallForm, responses((status = 201, body = Call)))]
async fn announce_call(asker: Asker, form: Input<CallForm>) -> Answer {
    let form = form.0;
    let filled = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let call = Announce {
        ship_name: form.ship_name,
        imo: form.imo.trim().to_owned(),
        voyage_in: form.voyage_in,
        voyage_out: filled(form.voyage_out),
        flag: filled(form.flag),
        agent: asker.ctx.principal.organisation.clone(),
        terminal: form.terminal,
        berth: filled(form.berth),
        eta: form.eta,
    };
    let done = asker.run(&AnnounceCall { call }).await?;
    answer(&asker, StatusCode::CREATED, done).await
}

async fn answer(asker: &Asker, status: StatusCode, done: app::Done<String>) -> Answer {
    let seen = asker.after::<ShipCall>(&done.outcome).await?;
    let version = seen.version;
    let call = asker.api.call(seen, asker.ctx.at).await.map_err(Problem::from)?;
    Ok(etag::done(status, &done, Some(version), &call))
}

/// One call.
#[utoipa::path(get, path = "/calls/{id}", tag = "calls", params(("id" = String, Path, description = "Call id")), responses((status = 200, body = Call)))]
async fn get_call(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<ShipCall>("call.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.call(seen, asker.ctx.at).await?))
}

/// Change what was announced.
#[utoipa::path(put, path = "/calls/{id}", tag = "calls", params(("id" = String, Path, description = "Call id"), ("If-Match" = String, Header, description = "ETag read")), request_body = CallEdit, responses((status = 200, body = Call)))]
async fn change_call(asker: Asker, id: Id, headers: HeaderMap, form: Input<CallEdit>) -> Answer {
    let expected_version = Some(etag::expected(&headers)?);
    let form = form.0;
    let change = Change { eta: form.eta, berth: form.berth, terminal: None, voyage_out: form.voyage_out };
    let done = asker.run(&ChangeCall { id: id.0, change, expected_version }).await?;
    answer(&asker, StatusCode::OK, done).await
}

/// Report the arrival (抵港报告).
#[utoipa::path(post, path = "/calls/{id}/arrival", tag = "calls", params(("id" = String, Path, description = "Call id")), request_body = AtForm, responses((status = 200, body = Call)))]
async fn arrive_call(asker: Asker, id: Id, form: Input<AtForm>) -> Answer {
    let done = asker.run(&ArriveCall { id: id.0, at: form.0.at }).await?;
    answer(&asker, StatusCode::OK, done).await
}

/// Report the departure (离港报告).
#[utoipa::path(post, path = "/calls/{id}/departure", tag = "calls", params(("id" = String, Path, description = "Call id")), request_body = AtForm, responses((status = 200, body = Call)))]
async fn depart_call(asker: Asker, id: Id, form: Input<AtForm>) -> Answer {
    let done = asker.run(&DepartCall { id: id.0, at: form.0.at }).await?;
    answer(&asker, StatusCode::OK, done).await
}

/// Persons on board (船员、旅客) with what identifies them, by the newest lists of crew and passengers. For customs of the port alone; every
/// look is in the access log.
#[utoipa::path(get, path = "/calls/{id}/persons", tag = "calls", params(("id" = String, Path, description = "Call id"), PersonQuery), responses((status = 200, body = Page<Person>)))]
async fn list_persons(asker: Asker, id: Id, query: Asked<PersonQuery>) -> Answer {
    let limit = paging::limit(query.0.limit)? as usize;
    let from = match query.0.cursor.as_deref() {
        None => 0,
        Some(cursor) => cursor.parse().map_err(|_| paging::invalid("游标不正确。", "The cursor is not valid."))?,
    };
    let page = asker.api.app.persons_on_board(&asker.ctx, &id.0, from, limit).await?;
    Ok(ok(&paging::page(page, Person::from)))
}
