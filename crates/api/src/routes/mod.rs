//! Every route: the API under `/api/v1`, and what lies beside it.

mod admin;
mod agencies;
mod alarms;
mod attachments;
mod bills;
mod bookings;
mod calls;
mod cases;
mod clues;
mod codes_tables;
mod containers;
mod conveyances;
pub(crate) mod counts;
mod daily;
mod declarations;
mod declarations_customs;
mod discharge_orders;
mod duty;
mod equipment;
mod field;
mod formats;
mod gate;
mod guarantees;
mod images;
mod indicators;
mod insights;
mod inspections;
mod instructions;
mod joint_orders;
mod ledger_proofs;
mod loading_orders;
mod mailbox;
mod manifest_changes;
mod manifests;
mod message_centre;
mod message_repair;
mod messages;
mod national;
mod orders;
mod partners;
mod payments;
mod print;
mod print_rail;
mod public;
mod rollout;
mod rosters;
mod rule_tables;
mod sailings;
mod samples;
mod session;
mod sharing;
mod site;
mod stream;
mod tallies;
mod testing_bodies;
mod third_party;
mod transhipments;
mod work;
mod work_orders;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use app::App;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa_axum::router::OpenApiRouter;

use crate::context::RequestId;
use crate::document::frame;
use crate::problem::Problem;
use crate::state::{Api, ApiConfig};
use crate::{docs, health, metrics, web};

/// Answers smaller than this are not worth compressing.
const COMPRESS_FROM_BYTES: u64 = 1_024;
/// Longest request id taken over from a client.
const REQUEST_ID_MAX: usize = 64;

/// Every route of the API, relative to `/api/v1`.
pub(crate) fn api() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(frame())
        .merge(session::routes())
        .merge(codes_tables::routes())
        .merge(formats::routes())
        .merge(work::routes())
        .merge(public::routes())
        .merge(calls::routes())
        .merge(manifests::routes())
        .merge(manifest_changes::routes())
        .merge(discharge_orders::routes())
        .merge(loading_orders::routes())
        .merge(tallies::routes())
        .merge(transhipments::routes())
        .merge(conveyances::routes())
        .merge(bills::routes())
        .merge(messages::routes())
        .merge(message_repair::routes())
        .merge(message_centre::routes())
        .merge(declarations::routes())
        .merge(national::routes())
        .merge(declarations_customs::routes())
        .merge(attachments::routes())
        .merge(inspections::routes())
        .merge(images::routes())
        .merge(samples::routes())
        .merge(testing_bodies::routes())
        .merge(third_party::routes())
        .merge(instructions::routes())
        .merge(site::routes())
        .merge(clues::routes())
        .merge(joint_orders::routes())
        .merge(field::routes())
        .merge(daily::routes())
        .merge(duty::routes())
        .merge(guarantees::routes())
        .merge(partners::routes())
        .merge(payments::routes())
        .merge(agencies::routes())
        .merge(containers::routes())
        .merge(orders::routes())
        .merge(bookings::routes())
        .merge(gate::routes())
        .merge(cases::routes())
        .merge(ledger_proofs::routes())
        .merge(insights::routes())
        .merge(admin::routes())
        .merge(rule_tables::routes())
        .merge(mailbox::routes())
        .merge(sharing::routes())
        .merge(equipment::routes())
        .merge(rollout::routes())
        .merge(alarms::routes())
        .merge(sailings::routes())
        .merge(rosters::routes())
        .merge(indicators::routes())
        .merge(stream::routes())
}

/// The whole platform as one router.
pub fn router(app: Arc<App>, config: ApiConfig) -> Router {
    let state = Api::new(app, config);
    let (v1, _) = api().split_for_parts();
    let compress = CompressionLayer::new().gzip(true).compress_when(
        SizeAbove::new(COMPRESS_FROM_BYTES)
            .and(NotForContentType::SSE)
            .and(NotForContentType::const_new("application/pdf"))
            .and(NotForContentType::IMAGES),
    );
    Router::new()
        .nest("/api/v1", v1)
        .route("/api/openapi.json", get(docs::json))
        .route("/api/docs", get(docs::html))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .fallback(web::fallback)
        .method_not_allowed_fallback(web::not_allowed)
        .layer(compress)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), around))
        .with_state(state)
}

/// What happens around every request: an id, the time it took, the headers that every answer carries.
async fn around(state: State<Api>, mut request: Request, next: Next) -> Response {
    let api = state.0;
    let started = Instant::now();
    let id = request_id(&request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    if method != Method::GET {
        // Answers to commands are small, and compressing them would cost more than it saves.
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let value = HeaderValue::from_str(&id).ok();
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    web::secure(response.headers_mut());
    if let Some(value) = value {
        response.headers_mut().insert("x-request-id", value);
    }
    let took = started.elapsed();
    let template = route.as_ref().map_or("other", MatchedPath::as_str);
    api.metrics.count(template, &method, response.status(), took);
    tracing::debug!(route = template, method = method.as_str(), status = response.status().as_u16(), us = took.as_micros(), "answered");
    response
}

fn request_id(request: &Request) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let given = request.headers().get("x-request-id").and_then(|v| v.to_str().ok());
    match given {
        Some(id) if (1..=REQUEST_ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()) => id.to_owned(),
        Some(_) | None => {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
            format!("R{since:x}-{:x}", NUMBER.fetch_add(1, Ordering::Relaxed))
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    axum::response::IntoResponse::into_response(Problem::internal(&Panicked(text.unwrap_or_default())))
}
