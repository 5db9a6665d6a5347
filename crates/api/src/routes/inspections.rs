//! Inspections (查验).

use app::Done;
use app::inspections::{AppointInspection, ConfirmResult, PresentBox, RecordResult, ReplaceOfficer, ReturnResult};
use app::reading::ListQuery;
use axum::http::{HeaderMap, StatusCode};
use inspection::{Inspection as State, Method, Resulted};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::inspection::{AppointmentForm, ArrivalForm, Inspection, InspectionSlot, ReplacementForm, ResultForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_inspections))
        .routes(routes!(list_inspection_slots))
        .routes(routes!(get_inspection))
        .routes(routes!(appoint_inspection))
        .routes(routes!(present_box))
        .routes(routes!(record_result))
        .routes(routes!(confirm_result))
        .routes(routes!(return_result))
        .routes(routes!(replace_officer))
}

/// Which day is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct DayQuery {
    /// Day of the port's clock, YYYY-MM-DD; today when left out.
    pub day: Option<String>,
}

/// Which inspections are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct InspectionQuery {
    /// Status codes, separated by commas.
    status: Option<String>,
    /// Beginning of an identifier.
    q: Option<String>,
    /// How it ended: `open`, `machine` or `documents`.
    method: Option<String>,
    /// Ordered on this day of the port's clock or later, YYYY-MM-DD.
    ordered_from: Option<String>,
    /// Ordered on this day or before.
    ordered_to: Option<String>,
    /// Cursor of the page before.
    cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    limit: Option<u32>,
}

impl InspectionQuery {
    fn list(self, offset: i32) -> Result<ListQuery, Problem> {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let methods = [Method::Open, Method::Machine, Method::Documents];
        let key = match filled(self.method) {
            Some(code) => {
                let known = methods.into_iter().find(|method| method.code() == code);
                let unknown = || paging::invalid("method 须为 open、machine 或 documents。", "method is open, machine or documents.");
                vec![known.ok_or_else(unknown)?.key().to_owned()]
            }
            None => Vec::new(),
        };
        let day = |text: Option<String>| filled(text).map(|text| paging::day_start(&text, offset)).transpose();
        Ok(ListQuery {
            keys: key,
            opened_from: day(self.ordered_from)?,
            opened_to: day(self.ordered_to)?.map(|day| day.plus_days(1)),
            ..PageQuery { status: self.status, q: self.q, cursor: self.cursor, limit: self.limit }.list()?
        })
    }
}

async fn changed(asker: &Asker, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.inspection(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

/// Inspections.
#[utoipa::path(get, path = "/inspections", tag = "inspections", params(InspectionQuery), responses((status = 200, body = Page<Inspection>)))]
async fn list_inspections(asker: Asker, query: Asked<InspectionQuery>) -> Answer {
    let query = query.0.list(asker.api.app.port().utc_offset_minutes)?;
    let page = asker.list::<State>("inspection.read", query).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.inspection(&asker.ctx, seen)).await?))
}

/// One inspection.
#[utoipa::path(get, path = "/inspections/{id}", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), responses((status = 200, body = Inspection)))]
async fn get_inspection(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("inspection.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.inspection(&asker.ctx, seen).await?))
}

/// Slots of the inspection site on a day.
#[utoipa::path(get, path = "/inspections/slots", tag = "inspections", params(DayQuery), responses((status = 200, body = Items<InspectionSlot>)))]
async fn list_inspection_slots(asker: Asker, query: Asked<DayQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = match query.0.day.as_deref().filter(|d| !d.is_empty()) {
        Some(day) => paging::day_start(day, offset)?,
        None => asker.ctx.at.day_start(offset),
    };
    let offers = asker.recorded("slot.read", None, asker.api.app.inspection_slots(&asker.ctx, day).await)?;
    let items = offers
        .into_iter()
        .map(|o| InspectionSlot { start: o.start.into(), end: o.end.into(), free: o.capacity.saturating_sub(o.taken) })
        .collect();
    Ok(ok(&Items { items }))
}

/// Make the appointment (查验预约).
#[utoipa::path(post, path = "/inspections/{id}/appointment", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), request_body = AppointmentForm, responses((status = 200, body = Inspection)))]
async fn appoint_inspection(asker: Asker, id: Id, form: Input<AppointmentForm>) -> Answer {
    let done = asker.run(&AppointInspection { id: id.0, slot_start: form.0.slot_start }).await?;
    changed(&asker, done).await
}

/// The terminal has brought a box to the site (调箱到场).
#[utoipa::path(post, path = "/inspections/{id}/arrival", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), request_body = ArrivalForm, responses((status = 200, body = Inspection)))]
async fn present_box(asker: Asker, id: Id, form: Input<ArrivalForm>) -> Answer {
    let done = asker.run(&PresentBox { id: id.0, container: form.0.container.trim().to_uppercase(), at: form.0.at }).await?;
    changed(&asker, done).await
}

/// Write the result down (录入查验结果), as one of the drawn officers. It is the result once another of them has confirmed it.
#[utoipa::path(post, path = "/inspections/{id}/result", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), request_body = ResultForm, responses((status = 200, body = Inspection)))]
async fn record_result(asker: Asker, id: Id, form: Input<ResultForm>) -> Answer {
    let form = form.0;
    let result = Resulted {
        result: form.outcome,
        disposition: form.disposition,
        findings: form.findings,
        method: form.method,
        seal_new: form.new_seal.map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()),
        officers: form.officers,
    };
    let done = asker.run(&RecordResult { id: id.0, result }).await?;
    changed(&asker, done).await
}

/// Confirm the result (复核), as another of the drawn officers who were there.
#[utoipa::path(post, path = "/inspections/{id}/result/confirm", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), responses((status = 200, body = Inspection)))]
async fn confirm_result(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&ConfirmResult { id: id.0 }).await?;
    changed(&asker, done).await
}

/// Take up again what was written down (退回重录), as one of the drawn officers.
#[utoipa::path(post, path = "/inspections/{id}/result/return", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), request_body = ReasonForm, responses((status = 200, body = Inspection)))]
async fn return_result(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&ReturnResult { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, done).await
}

/// Have another officer drawn for one who cannot come (补抽), as an officer who was not drawn.
#[utoipa::path(post, path = "/inspections/{id}/officers/replace", tag = "inspections", params(("id" = String, Path, description = "Inspection id")), request_body = ReplacementForm, responses((status = 200, body = Inspection)))]
async fn replace_officer(asker: Asker, id: Id, form: Input<ReplacementForm>) -> Answer {
    let done = asker.run(&ReplaceOfficer { id: id.0, officer: form.0.officer, reason: form.0.reason }).await?;
    changed(&asker, done).await
}
