//! The roll-out tracker (推广进度).

use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::Asker;
use crate::etag;
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::rollout::{RollOutForm, RollOutTracker};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_roll_out, claim_roll_out))
}

/// Which terminal uses which electronic module: what is claimed, and what really went through in the last thirty days.
#[utoipa::path(get, path = "/roll-out", tag = "equipment", responses((status = 200, body = RollOutTracker)))]
async fn get_roll_out(asker: Asker) -> Answer {
    let found = asker.recorded("roll-out.read", None, asker.api.app.roll_out(&asker.ctx).await)?;
    Ok(ok(&asker.api.roll_out(found)))
}

/// Say how far a module is at a terminal: planned, on trial or live, since when, and who looks after it.
#[utoipa::path(post, path = "/roll-out", tag = "equipment", request_body = RollOutForm, responses((status = 200, body = RollOutTracker)))]
async fn claim_roll_out(asker: Asker, form: Input<RollOutForm>) -> Answer {
    let done = asker.run(&form.0.command(asker.api.app.port().utc_offset_minutes)?).await?;
    let view = asker.api.roll_out_after(&asker.ctx).await?;
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}
