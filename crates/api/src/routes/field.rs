//! The officer's phone (现场查验): orders of the day, and records of the site.

use app::field::SettleFieldRecord;
use app::reading::ListQuery;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use inspection::FieldRecord as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::field::{FieldOrders, FieldRecord, FieldRecordForm, FieldRecordQuery, FieldSettlementForm};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_field_orders))
        .routes(routes!(record_in_field, list_field_records))
        .routes(routes!(get_field_record))
        .routes(routes!(get_field_photo))
        .routes(routes!(get_field_signature))
        .routes(routes!(settle_field_record))
}

/// The own orders of the day (今日查验): inspections for which one was drawn, and joint orders of one's authority.
#[utoipa::path(get, path = "/field/orders", tag = "field", responses((status = 200, body = FieldOrders)))]
async fn list_field_orders(asker: Asker) -> Answer {
    let found = asker.recorded("field-order.read", None, asker.api.app.field_orders(&asker.ctx).await)?;
    Ok(ok(&asker.api.field_orders(&asker.ctx, found).await?))
}

/// What a phone brings from the site. It is kept under the phone's id, once, and taken or not: see `status` and `findings`.
#[utoipa::path(post, path = "/field-records", tag = "field", request_body = FieldRecordForm, responses((status = 201, body = FieldRecord)))]
async fn record_in_field(asker: Asker, form: Input<FieldRecordForm>) -> Answer {
    let done = asker.run(&form.0.command()?).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &asker.api.field_record(&asker.ctx, seen).await?))
}

/// Records of the site of the own authority.
#[utoipa::path(get, path = "/field-records", tag = "field", params(FieldRecordQuery), responses((status = 200, body = Page<FieldRecord>)))]
async fn list_field_records(asker: Asker, query: Asked<FieldRecordQuery>) -> Answer {
    let query = query.0;
    let order = query.order.filter(|order| !order.is_empty());
    let list = ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        keys: paging::prefix(order.as_deref())?.into_iter().collect(),
        key_prefix: paging::prefix(query.q.as_deref())?,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    };
    let page = asker.list::<State>("field-record.read", list).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.field_record(&asker.ctx, seen)).await?))
}

/// One record of the site.
#[utoipa::path(get, path = "/field-records/{id}", tag = "field", params(("id" = String, Path, description = "Record id")), responses((status = 200, body = FieldRecord)))]
async fn get_field_record(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("field-record.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.field_record(&asker.ctx, seen).await?))
}

async fn picture(asker: &Asker, id: &str, number: Option<usize>, name: &str) -> Answer {
    let found = asker.api.app.field_picture(&asker.ctx, id, number).await;
    let (media_type, bytes) = asker.refusal_recorded("field-record.read", found)?;
    let ending = media_type.rsplit('/').next().unwrap_or("bin").to_owned();
    Ok(file(&media_type, &format!("{name}.{ending}"), bytes))
}

/// A photo of a record.
#[utoipa::path(get, path = "/field-records/{id}/photos/{number}", tag = "field", params(("id" = String, Path, description = "Record id"), ("number" = usize, Path, description = "Number of the photo, from 1")), responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
async fn get_field_photo(asker: Asker, Path((id, number)): Path<(String, String)>) -> Answer {
    let number: usize = number.parse().map_err(|_| Problem::not_found())?;
    picture(&asker, &id, Some(number), &format!("field-{number}")).await
}

/// The signature of a record.
#[utoipa::path(get, path = "/field-records/{id}/signature", tag = "field", params(("id" = String, Path, description = "Record id")), responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn get_field_signature(asker: Asker, id: Id) -> Answer {
    picture(&asker, &id.0, None, "signature").await
}

/// Say what became of a record that was not taken.
#[utoipa::path(post, path = "/field-records/{id}/settlement", tag = "field", params(("id" = String, Path, description = "Record id")), request_body = FieldSettlementForm, responses((status = 200, body = FieldRecord)))]
async fn settle_field_record(asker: Asker, id: Id, form: Input<FieldSettlementForm>) -> Answer {
    let done = asker.run(&SettleFieldRecord { id: id.0, note: form.0.note }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.field_record(&asker.ctx, seen).await?))
}
