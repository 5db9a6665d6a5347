//! Figures for Prometheus, counted without a lock on the hot path.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use parking_lot::RwLock;
use store::OutboxQuery;

use crate::state::Api;

/// Upper bounds of the latency histogram in microseconds.
const BOUNDS_US: [u64; 10] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000];
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "OTHER"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// Routes counted apart; there are about a hundred.
const ROUTES_MAX: usize = 500;

#[derive(Default)]
struct Series {
    classes: [[AtomicU64; CLASSES.len()]; METHODS.len()],
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

/// Counters by route.
#[derive(Default)]
pub(crate) struct Metrics {
    routes: RwLock<HashMap<String, Arc<Series>>>,
    pub streams: AtomicU64,
}

impl Metrics {
    /// Counts an answer. `route` is the template, never the address itself.
    pub fn count(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let known = self.routes.read().get(route).cloned();
        let series = known.unwrap_or_else(|| {
            let mut routes = self.routes.write();
            let name = if routes.len() < ROUTES_MAX { route } else { "other" };
            Arc::clone(routes.entry(name.to_owned()).or_default())
        });
        let method = METHODS.iter().position(|m| *m == method.as_str()).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).saturating_sub(1).min(CLASSES.len() - 1);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.iter().position(|bound| us <= *bound).unwrap_or(BOUNDS_US.len());
        series.classes[method][class].fetch_add(1, Ordering::Relaxed);
        series.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        series.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    fn write(&self, out: &mut String) {
        let routes: Vec<(String, Arc<Series>)> = {
            let routes = self.routes.read();
            let mut list: Vec<_> = routes.iter().map(|(name, series)| (name.clone(), Arc::clone(series))).collect();
            list.sort_by(|a, b| a.0.cmp(&b.0));
            list
        };
        out.push_str(
            "# HELP fairway_http_requests_total Answers by route, method and status class.\n# TYPE fairway_http_requests_total counter\n",
        );
        for (route, series) in &routes {
            for (m, method) in METHODS.iter().enumerate() {
                for (c, class) in CLASSES.iter().enumerate() {
                    let n = series.classes[m][c].load(Ordering::Relaxed);
                    if n > 0 {
                        let _ =
                            writeln!(out, "fairway_http_requests_total{{route=\"{route}\",method=\"{method}\",status=\"{class}\"}} {n}");
                    }
                }
            }
        }
        out.push_str(
            "# HELP fairway_http_request_seconds Time to the head of the answer.\n# TYPE fairway_http_request_seconds histogram\n",
        );
        for (route, series) in &routes {
            let mut sum = 0;
            for (bucket, bound) in series.buckets.iter().zip(BOUNDS_US) {
                sum += bucket.load(Ordering::Relaxed);
                let _ = writeln!(out, "fairway_http_request_seconds_bucket{{route=\"{route}\",le=\"{}\"}} {sum}", seconds(bound));
            }
            sum += series.buckets[BOUNDS_US.len()].load(Ordering::Relaxed);
            let _ = writeln!(out, "fairway_http_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {sum}");
            let _ =
                writeln!(out, "fairway_http_request_seconds_sum{{route=\"{route}\"}} {}", seconds(series.sum_us.load(Ordering::Relaxed)));
            let _ = writeln!(out, "fairway_http_request_seconds_count{{route=\"{route}\"}} {sum}");
        }
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// `GET /metrics`.
pub(crate) async fn metrics(state: State<Api>) -> Response {
    let api = state.0;
    let mut out = String::with_capacity(16 * 1024);
    api.metrics.write(&mut out);
    let mut gauge = |name: &str, help: &str, value: u64| {
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    };
    gauge("fairway_ledger_events", "Events on the ledger.", *api.app.store().changes().borrow());
    gauge("fairway_live_streams", "Live streams open.", api.metrics.streams.load(Ordering::Relaxed));
    let query = OutboxQuery { state: Some("pending".into()), limit: 200, ..OutboxQuery::default() };
    if let Ok(page) = api.app.store().outbox(&api.app.port().code, &query).await {
        gauge("fairway_outbox_pending", "Things waiting to be sent; counted up to 200.", page.items.len() as u64);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}
