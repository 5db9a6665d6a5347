//! The gateway to the national single window: declarations sent on, receipts, daily counts, connectors.

use app::national::{DAYS_MAX, TransmitDeclaration, WriteConnector};
use axum::http::{HeaderMap, StatusCode};
use clearance::Transmission as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::national::{
    NationalConnector, NationalConnectorForm, NationalDay, NationalDays, NationalQuery, Transmission, TransmissionSummary,
};

/// Days counted when no period is asked for, today among them.
const DAYS_SHOWN: i64 = 7;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(transmit_declaration))
        .routes(routes!(list_transmissions))
        .routes(routes!(get_transmission))
        .routes(routes!(count_national_days))
        .routes(routes!(list_connectors))
        .routes(routes!(change_connector))
}

/// Send an accepted declaration on to the national single window, signed. What comes back is found with the transmission.
#[utoipa::path(post, path = "/declarations/{id}/transmission", tag = "national window", params(("id" = String, Path, description = "Declaration id")), responses((status = 201, body = Transmission)))]
async fn transmit_declaration(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&TransmitDeclaration { id: id.0 }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let view = asker.api.transmission(&seen).await?;
    Ok(etag::done(StatusCode::CREATED, &done, Some(seen.version), &view))
}

/// Declarations sent on, newest first; `q` is the beginning of a declaration, bill or number.
#[utoipa::path(get, path = "/national/transmissions", tag = "national window", params(PageQuery), responses((status = 200, body = Page<TransmissionSummary>)))]
async fn list_transmissions(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("transmission.read", query.0.list()?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.transmission_summary(seen).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// One declaration sent on, with every receipt.
#[utoipa::path(get, path = "/national/transmissions/{id}", tag = "national window", params(("id" = String, Path, description = "Transmission id")), responses((status = 200, body = Transmission)))]
async fn get_transmission(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("transmission.read", &id.0).await?;
    Ok(etag::versioned(&headers, seen.version, &asker.api.transmission(&seen).await?))
}

/// What went up and came down, day by day: sent, receipted, missing, unknown.
#[utoipa::path(get, path = "/national/days", tag = "national window", params(NationalQuery), responses((status = 200, body = NationalDays)))]
async fn count_national_days(asker: Asker, query: Asked<NationalQuery>) -> Answer {
    asker.require("national.reconcile")?;
    let app = &asker.api.app;
    let offset = app.port().utc_offset_minutes;
    let day = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(|t| paging::day_start(t, offset)).transpose();
    let last = day(&query.0.to)?.unwrap_or_else(|| asker.ctx.at.day_start(offset));
    let first = day(&query.0.from)?.unwrap_or_else(|| last.plus_days(1 - DAYS_SHOWN));
    let to = last.plus_days(1);
    let longest = first.plus_days(i64::try_from(DAYS_MAX).unwrap_or(i64::MAX));
    if first > last || to > longest {
        return Err(paging::invalid("请选择 1 至 31 天。", "Ask for 1 to 31 days."));
    }
    let (days, cut) = app.national_days(first, to).await.map_err(Problem::from)?;
    let counterpart = app.port().national.as_ref();
    Ok(ok(&NationalDays {
        counterpart: counterpart.map(|national| national.name.clone().into()),
        sandbox: counterpart.is_some_and(|national| national.sandbox),
        cut,
        items: days.into_iter().rev().map(|(day, counted)| NationalDay::new(day, counted)).collect(),
    }))
}

/// Connections to national systems: planned, tested, live.
#[utoipa::path(get, path = "/national/connectors", tag = "national window", responses((status = 200, body = Items<NationalConnector>)))]
async fn list_connectors(asker: Asker) -> Answer {
    asker.require("connector.read")?;
    let mut items = Vec::new();
    for (version, connector) in asker.api.app.connectors().await.map_err(Problem::from)? {
        items.push(asker.api.connector(version, &connector).await?);
    }
    Ok(ok(&Items { items }))
}

/// Write what is known of a connection. `If-Match` names the record's version that was read; `"0"` where nobody has written to it yet.
#[utoipa::path(put, path = "/national/connectors/{id}", tag = "national window", params(("id" = String, Path, description = "Connector id")), request_body = NationalConnectorForm, responses((status = 200, body = NationalConnector)))]
async fn change_connector(asker: Asker, id: Id, headers: HeaderMap, form: Input<NationalConnectorForm>) -> Answer {
    let expected_version = etag::expected(&headers)?;
    let done = asker.run(&WriteConnector { connector: form.0.into_domain(id.0), expected_version }).await?;
    let all = asker.api.app.connectors().await.map_err(Problem::from)?;
    let (version, known) = all.into_iter().find(|(_, known)| known.id == done.outcome).ok_or_else(Problem::not_found)?;
    let view = asker.api.connector(version, &known).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
