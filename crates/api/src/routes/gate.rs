//! The gate (闸口) and its receipts (设备交接单).

use app::gate::DecideGate;
use app::reading::ListQuery;
use axum::extract::Path;
use axum::http::StatusCode;
use logistics::{Booking as BookingState, Eir as EirState, GateTransaction as State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{Input, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::booking::{Booking, ExpectedQuery};
use crate::wire::gate::{Eir, GateQuery, GateRequest, GateTransaction, transaction};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(decide_gate))
        .routes(routes!(list_gate_transactions))
        .routes(routes!(get_gate_transaction))
        .routes(routes!(list_expected))
        .routes(routes!(get_eir))
        .routes(routes!(print_eir))
        .routes(routes!(get_eir_photo))
}

/// A truck stands at the gate: open or not, with every reason. A refusal is an answer too, and is recorded.
#[utoipa::path(post, path = "/gate/decisions", tag = "gate", request_body = GateRequest, responses((status = 200, body = GateTransaction)))]
async fn decide_gate(asker: Asker, request: Input<GateRequest>) -> Answer {
    let request = request.0;
    let seen_number = request.container.trim().to_uppercase();
    let command = DecideGate {
        direction: request.direction,
        lane: request.lane,
        plate: request.plate,
        container: request.container,
        seal: request.seal.map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()),
        damages: request.damages.into_iter().map(Into::into).collect(),
        photos: request.photos,
        at: request.at,
    };
    let done = asker.run(&command).await?;
    let mut view = transaction(asker.after::<State>(&done.outcome.id).await?);
    if view.container.is_empty() {
        view.container = seen_number;
    }
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// Gate transactions.
#[utoipa::path(get, path = "/gate/transactions", tag = "gate", params(GateQuery), responses((status = 200, body = Page<GateTransaction>)))]
async fn list_gate_transactions(asker: Asker, query: Asked<GateQuery>) -> Answer {
    let query = query.0;
    let list = ListQuery {
        statuses: paging::codes(query.outcome.as_deref())?,
        key_prefix: paging::prefix(query.q.as_deref())?,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    };
    let page = asker.list::<State>("gate-transaction.read", list).await?;
    Ok(ok(&paging::page(page, |(seen, _)| transaction(seen))))
}

/// One gate transaction.
#[utoipa::path(get, path = "/gate/transactions/{id}", tag = "gate", params(("id" = String, Path, description = "Gate transaction id")), responses((status = 200, body = GateTransaction)))]
async fn get_gate_transaction(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<State>("gate-transaction.read", &id.0).await?;
    Ok(ok(&transaction(seen)))
}

/// Trucks expected on a day, earliest first.
#[utoipa::path(get, path = "/gate/expected", tag = "gate", params(ExpectedQuery), responses((status = 200, body = Page<Booking>)))]
async fn list_expected(asker: Asker, query: Asked<ExpectedQuery>) -> Answer {
    let query = query.0;
    let offset = asker.api.app.port().utc_offset_minutes;
    let from = match query.day.as_deref().filter(|d| !d.is_empty()) {
        Some(day) => paging::day_start(day, offset)?,
        None => asker.ctx.at.day_start(offset),
    };
    let list = ListQuery {
        statuses: vec!["booked".into(), "gated-in".into()],
        open: Some(true),
        // A slot is due at its end: the last one of the day ends with the day.
        due_before: Some(from.plus_days(1).plus_millis(1)),
        by_due: true,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    };
    let mut page = asker.list::<BookingState>("booking.read", list).await?;
    page.items.retain(|(seen, _)| seen.state.end > from);
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.booking(&asker.ctx, seen)).await?))
}

/// One interchange receipt.
#[utoipa::path(get, path = "/eirs/{id}", tag = "gate", params(("id" = String, Path, description = "Receipt id")), responses((status = 200, body = Eir)))]
async fn get_eir(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<EirState>("eir.read", &id.0).await?;
    Ok(ok(&asker.api.eir(&asker.ctx, seen).await?))
}

/// A photo of an interchange receipt.
#[utoipa::path(get, path = "/eirs/{id}/photos/{number}", tag = "gate", params(("id" = String, Path, description = "Receipt id"), ("number" = usize, Path, description = "Number of the photo, from 1")), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
async fn get_eir_photo(asker: Asker, Path((id, number)): Path<(String, String)>) -> Answer {
    let number: usize = number.parse().map_err(|_| Problem::not_found())?;
    let (media_type, bytes) = asker.refusal_recorded("eir.read", asker.api.app.eir_photo(&asker.ctx, &id, number).await)?;
    let ending = media_type.rsplit('/').next().unwrap_or("bin").to_owned();
    Ok(file(&media_type, &format!("eir-{number}.{ending}"), bytes))
}

/// The interchange receipt to print.
#[utoipa::path(get, path = "/eirs/{id}/eir.pdf", tag = "gate", params(("id" = String, Path, description = "Receipt id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_eir(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let seen = asker.view::<EirState>("eir.read", &id.0).await?;
    print::equipment_receipt(&asker, query.0, seen).await
}
