//! Inspection indicators (查验指标).

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::Asker;
use crate::paging::Asked;
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::indicator::{IndicatorQuery, InspectionIndicators};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_inspection_indicators))
}

/// Indicators of customs' own inspections with their formulas: inspection rate, hit rate, times of each step; and where the others are.
#[utoipa::path(get, path = "/insight/inspections", tag = "inspections", params(IndicatorQuery), responses((status = 200, body = InspectionIndicators)))]
async fn get_inspection_indicators(asker: Asker, query: Asked<IndicatorQuery>) -> Answer {
    let (from, to) = query.0.period(asker.ctx.at, asker.api.app.port().utc_offset_minutes)?;
    let found = asker.api.app.inspection_indicators(&asker.ctx, from, to).await;
    let found = asker.recorded("inspection.indicators", None, found)?;
    Ok(ok(&asker.api.inspection_indicators(&found, from, to)))
}
