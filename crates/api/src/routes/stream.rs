//! Live changes (SSE).

use axum::extract::Request;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::context::{Asker, Visitor};
use crate::live::{self, Change, PublicChange};
use crate::problem::Answer;
use crate::session;
use crate::state::Api;

/// A stream ends after this long. The client comes again where it stopped and proves anew who it is: whoever was locked out or whose key
/// was withdrawn meanwhile follows no longer.
const ASK_AGAIN_MINUTES: i64 = 10;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(follow)).routes(routes!(follow_public))
}

/// What changes, as far as the session may see it: events `change`, `resync` when too much was missed. `Last-Event-ID` resumes.
#[utoipa::path(get, path = "/stream", tag = "live", params(("Last-Event-ID" = Option<u64>, Header, description = "Position of the last change seen")), responses((status = 200, content_type = "text/event-stream", body = Change)))]
async fn follow(asker: Asker, request: Request) -> Answer {
    asker.require("stream.read")?;
    let ask_again = asker.ctx.at.plus_minutes(ASK_AGAIN_MINUTES);
    let until = asker.expires_at.map_or(ask_again, |end| end.min(ask_again));
    // A key is one session, however many processes use it.
    let session = session::cookie(request.headers()).map_or_else(|| asker.ctx.principal.id.clone(), session::session_id);
    live::session(asker.api, asker.ctx, &session, Some(until), &request)
}

/// That something changes, for the public page: events `counters`.
#[utoipa::path(get, path = "/public/stream", tag = "public", responses((status = 200, content_type = "text/event-stream", body = PublicChange)))]
async fn follow_public(visitor: Visitor, request: Request) -> Answer {
    let address = visitor.ctx.address.map(|address| address.to_string()).unwrap_or_default();
    live::public(visitor.api, &address, &request)
}
