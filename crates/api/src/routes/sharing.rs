//! Data sharing (数据共享): the catalogue, agreements, delivery under an agreement, and the usage log.

use std::fmt::Write as _;

use app::Done;
use app::data_sharing::{
    ApproveSharing, DataResource as Source, EndSharing, RefuseSharing, RequestSharing, ResumeSharing, StateUse, SuspendSharing, TakeData,
    csv_cell as cell,
};
use app::reading::{ListQuery, PAGE_MAX};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use sharing::{DataDelivery as Entry, SharingAgreement as State};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Text;
use crate::wire::declaration::ReasonForm;
use crate::wire::sharing::{
    DataDelivery, DataPage, DataResource, DeliveryQuery, SharingAgreement, SharingForm, SharingPeriod, SharingQuery, SharingStatistics,
    TakeQuery, UseForm,
};

/// Most rows of an export.
const EXPORT_ROWS_MAX: usize = 10_000;
/// Days before the last one of an evaluation that names no beginning.
const DAYS_BACK: i64 = 29;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_data_resources))
        .routes(routes!(get_data_resource))
        .routes(routes!(list_sharing_agreements, request_sharing))
        .routes(routes!(get_sharing_agreement))
        .routes(routes!(approve_sharing))
        .routes(routes!(refuse_sharing))
        .routes(routes!(suspend_sharing))
        .routes(routes!(resume_sharing))
        .routes(routes!(end_sharing))
        .routes(routes!(take_data))
        .routes(routes!(list_data_deliveries))
        .routes(routes!(export_data_deliveries))
        .routes(routes!(get_delivery_statistics))
        .routes(routes!(state_use))
}

/// The catalogue of data resources (数据资源目录): what can be shared, whose it is, its fields and how sensitive they are.
#[utoipa::path(get, path = "/data-resources", tag = "sharing", responses((status = 200, body = Items<DataResource>)))]
async fn list_data_resources(asker: Asker) -> Answer {
    asker.require("data-resource.read")?;
    let mut items = Vec::new();
    for source in Source::ALL {
        items.push(asker.api.data_resource(source).await?);
    }
    Ok(ok(&Items { items }))
}

/// One data resource.
#[utoipa::path(get, path = "/data-resources/{id}", tag = "sharing", params(("id" = String, Path, description = "Resource id")), responses((status = 200, body = DataResource)))]
async fn get_data_resource(asker: Asker, id: Id) -> Answer {
    asker.require("data-resource.read")?;
    let source = Source::of(&id.0).ok_or_else(Problem::not_found)?;
    Ok(ok(&asker.api.data_resource(source).await?))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.sharing_agreement(&asker.ctx, seen).await?;
    Ok(etag::done(status, &done, Some(version), &view))
}

/// The port office sees all; everybody else what names its organisation.
fn own(asker: &Asker) -> Option<String> {
    (asker.ctx.principal.role != app::Role::PortOffice).then(|| asker.ctx.principal.organisation.clone())
}

/// Sharing agreements in which one's own organisation provides or receives; the port office sees all.
#[utoipa::path(get, path = "/sharing-agreements", tag = "sharing", params(SharingQuery), responses((status = 200, body = Page<SharingAgreement>)))]
async fn list_sharing_agreements(asker: Asker, query: Asked<SharingQuery>) -> Answer {
    let query = query.0;
    let list = ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        keys: key("RESOURCE:", query.resource.as_deref())?,
        key_prefix: paging::prefix(query.q.as_deref())?,
        party: own(&asker),
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    };
    let page = asker.list::<State>("sharing-agreement.read", list).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.sharing_agreement(&asker.ctx, seen)).await?))
}

/// An exact key of a worklist row.
fn key(prefix: &str, value: Option<&str>) -> Result<Vec<String>, Problem> {
    match value.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) if text.len() > 64 => Err(paging::invalid("最多 64 个字符。", "At most 64 characters.")),
        Some(text) => Ok(vec![format!("{prefix}{text}")]),
        None => Ok(Vec::new()),
    }
}

/// Ask for data. The provider answers first, then the port office.
#[utoipa::path(post, path = "/sharing-agreements", tag = "sharing", request_body = SharingForm, responses((status = 201, body = SharingAgreement)))]
async fn request_sharing(asker: Asker, form: Input<SharingForm>) -> Answer {
    let form = form.0;
    let offset = asker.api.app.port().utc_offset_minutes;
    let command = RequestSharing {
        resource: form.resource.trim().to_owned(),
        provider: form.provider,
        fields: form.fields.into_iter().map(Into::into).collect(),
        purpose: form.purpose,
        valid_from: paging::day_start(&form.valid_from, offset)?,
        // The last day counts to its end.
        valid_to: paging::day_start(&form.valid_to, offset)?.plus_days(1).plus_millis(-1),
        data_from: form.data_from.filter(|day| !day.is_empty()).map(|day| paging::day_start(&day, offset)).transpose()?,
        file: form.file.map(Into::into),
    };
    let done = asker.run(&command).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// One agreement.
#[utoipa::path(get, path = "/sharing-agreements/{id}", tag = "sharing", params(("id" = String, Path, description = "Agreement id")), responses((status = 200, body = SharingAgreement)))]
async fn get_sharing_agreement(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("sharing-agreement.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.sharing_agreement(&asker.ctx, seen).await?))
}

/// Approve: for the provider, then for the port office, by another person. With the second approval the agreement is in force.
#[utoipa::path(post, path = "/sharing-agreements/{id}/approve", tag = "sharing", params(("id" = String, Path, description = "Agreement id")), responses((status = 200, body = SharingAgreement)))]
async fn approve_sharing(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&ApproveSharing { id: id.0 }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Do not approve.
#[utoipa::path(post, path = "/sharing-agreements/{id}/refuse", tag = "sharing", params(("id" = String, Path, description = "Agreement id")), request_body = ReasonForm, responses((status = 200, body = SharingAgreement)))]
async fn refuse_sharing(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RefuseSharing { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Suspend: nothing is delivered until the same side resumes.
#[utoipa::path(post, path = "/sharing-agreements/{id}/suspend", tag = "sharing", params(("id" = String, Path, description = "Agreement id")), request_body = ReasonForm, responses((status = 200, body = SharingAgreement)))]
async fn suspend_sharing(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&SuspendSharing { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Resume.
#[utoipa::path(post, path = "/sharing-agreements/{id}/resume", tag = "sharing", params(("id" = String, Path, description = "Agreement id")), responses((status = 200, body = SharingAgreement)))]
async fn resume_sharing(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&ResumeSharing { id: id.0 }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// End an agreement, or take one's own request back.
#[utoipa::path(post, path = "/sharing-agreements/{id}/end", tag = "sharing", params(("id" = String, Path, description = "Agreement id")), request_body = ReasonForm, responses((status = 200, body = SharingAgreement)))]
async fn end_sharing(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&EndSharing { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Take rows under an agreement in force: the agreed fields and no other, masked where agreed. Every page is written down in the usage log.
#[utoipa::path(get, path = "/sharing-agreements/{id}/data", tag = "sharing", params(("id" = String, Path, description = "Agreement id"), TakeQuery), responses((status = 200, body = DataPage)))]
async fn take_data(asker: Asker, id: Id, query: Asked<TakeQuery>) -> Answer {
    let TakeQuery { from, to, cursor, limit } = query.0;
    let command = TakeData { agreement: id.0, from, to, cursor, limit: paging::limit(limit)? };
    let done = asker.run(&command).await?;
    Ok(ok(&DataPage::of(command.agreement, done.outcome)))
}

fn asked(asker: &Asker, query: &DeliveryQuery) -> Result<ListQuery, Problem> {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(|text| paging::day_start(text, offset)).transpose();
    let mut keys = key("", query.agreement.as_deref())?;
    keys.extend(key("RESOURCE:", query.resource.as_deref())?);
    keys.extend(key("CONSUMER:", query.consumer.as_deref())?);
    Ok(ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        keys,
        party: own(asker),
        opened_from: day(&query.from)?,
        opened_to: day(&query.to)?.map(|to| to.plus_days(1)),
        cursor: query.cursor.clone(),
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    })
}

/// The usage log (数据使用日志), newest first: what was delivered under which agreement, to whom, when, and what it was used for. A provider sees what it
/// gave, a consumer what it received, the port office everything.
#[utoipa::path(get, path = "/data-deliveries", tag = "sharing", params(DeliveryQuery), responses((status = 200, body = Page<DataDelivery>)))]
async fn list_data_deliveries(asker: Asker, query: Asked<DeliveryQuery>) -> Answer {
    let page = asker.list::<Entry>("data-delivery.read", asked(&asker, &query.0)?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.data_delivery(&asker.ctx, seen)).await?))
}

/// The usage log as a table for spreadsheets, at most 10,000 rows.
#[utoipa::path(get, path = "/data-deliveries/export", tag = "sharing", params(DeliveryQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_data_deliveries(asker: Asker, query: Asked<DeliveryQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let mut list = ListQuery { limit: PAGE_MAX, ..asked(&asker, &query.0)? };
    let mut out = String::from(
        "\u{feff}delivery,at,agreement,resource,provider,consumer,how,fields,from,to,rows,sha256,by,message,used,used_at,more,resent,resent_at\r\n",
    );
    let mut rows = 0;
    loop {
        let page = asker.list::<Entry>("data-delivery.read", list.clone()).await?;
        rows += page.items.len();
        for (seen, _) in page.items {
            let view = asker.api.data_delivery(&asker.ctx, seen).await?;
            let fields: Vec<String> =
                view.fields.iter().map(|one| if one.masked { format!("{}*", one.field) } else { one.field.clone() }).collect();
            let cells = [
                view.id,
                view.at.0.local_minute(offset),
                view.agreement,
                view.resource,
                view.provider.id,
                view.consumer.id,
                view.how,
                fields.join(" "),
                view.from.0.local_minute(offset),
                view.to.0.local_minute(offset),
                view.rows.to_string(),
                view.sha256,
                view.by,
                view.message.unwrap_or_default(),
                view.used.unwrap_or_default(),
                view.used_at.map(|at| at.0.local_minute(offset)).unwrap_or_default(),
                if view.more { "yes" } else { "" }.to_owned(),
                view.resent.to_string(),
                view.resent_at.map(|at| at.0.local_minute(offset)).unwrap_or_default(),
            ];
            let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        list.cursor = page.next;
        if list.cursor.is_none() || rows >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let disposition = "attachment; filename=\"data-deliveries.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

/// How much was delivered, by resource, provider, consumer and way.
#[utoipa::path(get, path = "/data-deliveries/statistics", tag = "sharing", params(SharingPeriod), responses((status = 200, body = SharingStatistics)))]
async fn get_delivery_statistics(asker: Asker, query: Asked<SharingPeriod>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(|text| paging::day_start(text, offset)).transpose();
    let to = day(&query.0.to)?.unwrap_or(asker.ctx.at);
    let from = day(&query.0.from)?.unwrap_or_else(|| to.plus_days(-DAYS_BACK));
    let found = asker.recorded("data-delivery.statistics", None, asker.api.app.sharing_statistics(&asker.ctx, from, to).await)?;
    Ok(ok(&SharingStatistics {
        definition: Text::new(
            "按交付日（口岸当地时间）统计：接口每取一页、文件每发一份计一次交付，重发再计一次；行数为所交付的行数，重复取得或重发重复计算。",
            "By the day of delivery on the port's clock: each page taken by the interface and each file sent is one delivery, a file sent again once more; rows are the rows handed over, counted again when they are taken or sent again.",
        ),
        from: from.day(offset),
        to: to.day(offset),
        items: asker.api.sharing_figures(found).await?,
    }))
}

/// Say what a delivery was used for (使用情况登记), once, as its consumer.
#[utoipa::path(post, path = "/data-deliveries/{id}/use", tag = "sharing", params(("id" = String, Path, description = "Delivery id")), request_body = UseForm, responses((status = 200, body = DataDelivery)))]
async fn state_use(asker: Asker, id: Id, form: Input<UseForm>) -> Answer {
    let done = asker.run(&StateUse { id: id.0, note: form.0.note }).await?;
    let seen = asker.after::<Entry>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.data_delivery(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
