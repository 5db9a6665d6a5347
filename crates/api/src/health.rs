//! `/healthz`: the process answers. `/readyz`: the store answers and can be written.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::state::Api;

/// `GET /healthz`.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`.
pub(crate) async fn readyz(state: State<Api>) -> Response {
    match state.0.app.store().ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            let mut problem = Problem::from(error);
            problem.status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
            problem.into_response()
        }
    }
}
