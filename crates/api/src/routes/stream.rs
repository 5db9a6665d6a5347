//! Live changes (SSE).

use axum::extract::Request;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::{Asker, Visitor};
use crate::live::{self, Change, PublicChange};
use crate::problem::Answer;
use crate::state::Api;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(follow)).routes(routes!(follow_public))
}

/// What changes, as far as the session may see it: events `change`, `resync` when too much was missed. `Last-Event-ID` resumes.
#[utoipa::path(get, path = "/stream", tag = "live", params(("Last-Event-ID" = Option<u64>, Header, description = "Position of the last change seen")), responses((status = 200, content_type = "text/event-stream", body = Change)))]
async fn follow(asker: Asker, request: Request) -> Answer {
    asker.require("stream.read")?;
    live::session(asker.api, asker.ctx, asker.expires_at, &request)
}

/// That something changes, for the public page: events `counters`.
#[utoipa::path(get, path = "/public/stream", tag = "public", responses((status = 200, content_type = "text/event-stream", body = PublicChange)))]
async fn follow_public(visitor: Visitor, request: Request) -> Answer {
    live::public(visitor.api, &request)
}
