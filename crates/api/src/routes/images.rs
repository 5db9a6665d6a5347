//! Images of boxes and their review (机检): from the scanner to clean or suspect.

use app::Done;
use app::images::{MatchScan, OrderMachine, OrderOpening, ReceiveScan, ReviewImage, SCAN_BYTES_MAX, SetScanAside, Taken};
use axum::http::{HeaderMap, StatusCode, header};
use inspection::{ImageTask as State, Inspection as InspectionState, Scan as ScanState};
use ledger::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, Raw, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::image::{ImageTask, MatchForm, ReceivedScan, ReviewForm, Scan, ScanQuery};
use crate::wire::image_figures::{HintModel, NonIntrusiveMonth, NonIntrusiveShare, ShareQuery};
use crate::wire::inspection::Inspection;
use crate::wire::{Finding, Text};

/// Days shown when no period is asked for.
const DAYS_SHOWN: i64 = 365;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(order_machine))
        .routes(routes!(order_opening))
        .routes(routes!(list_image_tasks))
        .routes(routes!(get_image_task))
        .routes(routes!(review_image))
        .routes(routes!(take_sandbox_image))
        .routes(routes!(list_scans, receive_scan))
        .routes(routes!(get_scan))
        .routes(routes!(get_scan_image))
        .routes(routes!(match_scan))
        .routes(routes!(set_scan_aside))
        .routes(routes!(get_hint_model))
        .routes(routes!(get_non_intrusive_share))
}

async fn inspection(asker: &Asker, done: Done<String>) -> Answer {
    let seen = asker.after::<InspectionState>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.inspection(&asker.ctx, seen).await?))
}

/// Ask for images first (下达机检): each box gets an image task.
#[utoipa::path(post, path = "/inspections/{id}/machine", tag = "images", params(("id" = String, Path, description = "Inspection id")), request_body = ReasonForm, responses((status = 200, body = Inspection)))]
async fn order_machine(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&OrderMachine { id: id.0, reason: form.0.reason }).await?;
    inspection(&asker, done).await
}

/// Have the boxes opened after all (转开箱); their image tasks end.
#[utoipa::path(post, path = "/inspections/{id}/opening", tag = "images", params(("id" = String, Path, description = "Inspection id")), responses((status = 200, body = Inspection)))]
async fn order_opening(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&OrderOpening { id: id.0 }).await?;
    inspection(&asker, done).await
}

/// Image tasks: the queue of central review.
#[utoipa::path(get, path = "/image-tasks", tag = "images", params(PageQuery), responses((status = 200, body = Page<ImageTask>)))]
async fn list_image_tasks(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("image-task.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.image_task_row(&asker.ctx, seen)).await?))
}

/// One image task, with its images and the goods that were declared.
#[utoipa::path(get, path = "/image-tasks/{id}", tag = "images", params(("id" = String, Path, description = "Image task id")), responses((status = 200, body = ImageTask)))]
async fn get_image_task(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<State>("image-task.read", &id.0).await?;
    Ok(ok(&asker.api.image_task(&asker.ctx, seen).await?))
}

/// Say what the images show (审像), as an officer who did not take them and has not reviewed them before.
#[utoipa::path(post, path = "/image-tasks/{id}/review", tag = "images", params(("id" = String, Path, description = "Image task id")), request_body = ReviewForm, responses((status = 200, body = ImageTask)))]
async fn review_image(asker: Asker, id: Id, headers: HeaderMap, form: Input<ReviewForm>) -> Answer {
    let marks = form.0.marks();
    // A reviewer who names the version they saw is told when another image has come since.
    let expected_version = if headers.contains_key(header::IF_MATCH) { Some(etag::expected(&headers)?) } else { None };
    let done =
        asker.run(&ReviewImage { task: id.0, expected_version, stage: form.0.stage, code: form.0.code, note: form.0.note, marks }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.image_task(&asker.ctx, seen).await?))
}

/// Have the sandbox scanner take an image of the box, on a demonstration.
#[utoipa::path(post, path = "/image-tasks/{id}/sandbox-image", tag = "images", params(("id" = String, Path, description = "Image task id")), responses((status = 201, body = ReceivedScan)))]
async fn take_sandbox_image(asker: Asker, id: Id) -> Answer {
    let done = asker.refusal_recorded("scan.receive", asker.api.app.sandbox_scan(&asker.ctx, &id.0).await)?;
    received(&asker, done).await
}

/// Images, also those that fit nothing.
#[utoipa::path(get, path = "/scans", tag = "images", params(PageQuery), responses((status = 200, body = Page<Scan>)))]
async fn list_scans(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<ScanState>("scan.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.scan(&asker.ctx, seen)).await?))
}

/// Send an image of a box: PNG or JPEG up to 20 MiB. It is kept whatever is odd about it; `findings` says what is.
#[utoipa::path(post, path = "/scans", tag = "images", params(ScanQuery), request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file as it is"), responses((status = 201, body = ReceivedScan)))]
async fn receive_scan(asker: Asker, query: Asked<ScanQuery>, body: Raw<SCAN_BYTES_MAX>) -> Answer {
    let query = query.0;
    let taken_at: Timestamp = query
        .taken_at
        .parse()
        .map_err(|_| Problem::bad("query-invalid", "taken_at 须为 RFC 3339 时间。", "taken_at must be an RFC 3339 time."))?;
    let command = ReceiveScan {
        container: query.container,
        order: query.order,
        equipment: query.equipment,
        taken_at,
        operator: query.operator,
        bytes: body.0.to_vec(),
        sandbox: None,
    };
    let done = asker.run(&command).await?;
    received(&asker, done).await
}

/// What became of an image; the model looks at it meanwhile.
async fn received(asker: &Asker, done: Done<Taken>) -> Answer {
    let id = done.outcome.scan.clone();
    let app = std::sync::Arc::clone(&asker.api.app);
    let hinted = id.clone();
    tokio::spawn(async move {
        if let Err(error) = app.hint_scan(&hinted).await {
            tracing::warn!(scan = hinted, error = %error, "no hint was recorded; housekeeping tries again");
        }
    });
    let seen = asker.after::<ScanState>(&id).await?;
    let version = seen.version;
    let repeated = done.outcome.repeated;
    let scan = asker.api.scan(&asker.ctx, seen).await?;
    let mut findings = scan.findings.clone();
    if repeated {
        findings.push(Finding::from(inspection::repeated_finding()));
    }
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &ReceivedScan { scan, repeated, findings }))
}

/// One image.
#[utoipa::path(get, path = "/scans/{id}", tag = "images", params(("id" = String, Path, description = "Image id")), responses((status = 200, body = Scan)))]
async fn get_scan(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<ScanState>("scan.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.scan(&asker.ctx, seen).await?))
}

/// The file of an image as it came.
#[utoipa::path(get, path = "/scans/{id}/image", tag = "images", params(("id" = String, Path, description = "Image id")), responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn get_scan_image(asker: Asker, id: Id) -> Answer {
    let (media_type, bytes) = asker.refusal_recorded("scan.read", asker.api.app.scan_file(&asker.ctx, &id.0).await)?;
    let ending = media_type.rsplit('/').next().unwrap_or("bin").to_owned();
    Ok(file(&media_type, &format!("{}.{ending}", id.0), bytes))
}

async fn changed(asker: &Asker, done: Done<String>) -> Answer {
    let seen = asker.after::<ScanState>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.scan(&asker.ctx, seen).await?))
}

/// Give an image that fitted nothing to a task.
#[utoipa::path(post, path = "/scans/{id}/match", tag = "images", params(("id" = String, Path, description = "Image id")), request_body = MatchForm, responses((status = 200, body = Scan)))]
async fn match_scan(asker: Asker, id: Id, form: Input<MatchForm>) -> Answer {
    let done = asker.run(&MatchScan { id: id.0, task: form.0.task }).await?;
    changed(&asker, done).await
}

/// Set an image aside that fits nothing. It is kept.
#[utoipa::path(post, path = "/scans/{id}/set-aside", tag = "images", params(("id" = String, Path, description = "Image id")), request_body = ReasonForm, responses((status = 200, body = Scan)))]
async fn set_scan_aside(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&SetScanAside { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, done).await
}

/// The model that hints at places of images, and how good it is.
#[utoipa::path(get, path = "/image-hints/model", tag = "images", responses((status = 200, body = HintModel)))]
async fn get_hint_model(asker: Asker) -> Answer {
    let model = asker.recorded("image-task.read", None, asker.api.app.hint_model(&asker.ctx).await)?;
    Ok(ok(&HintModel::from(model)))
}

/// The first instant of a month of the port's clock.
/// The first instant of the month of the port's clock.
pub(super) fn month_start(at: Timestamp, offset: i32) -> Timestamp {
    let (year, month, ..) = at.civil(offset);
    Timestamp::from_civil((year, month, 1), (0, 0, 0), offset).unwrap_or(at)
}

/// The whole months that a period touches, from their first day to their last.
pub(super) fn whole_months(from: Timestamp, to: Timestamp, offset: i32) -> (Timestamp, Timestamp) {
    (month_start(from, offset), month_start(month_start(to, offset).plus_days(31), offset).plus_days(-1))
}

/// How often boxes need not be opened (非侵入式检查比例), by month of the order.
#[utoipa::path(get, path = "/insight/non-intrusive", tag = "insight", params(ShareQuery), responses((status = 200, body = NonIntrusiveShare)))]
async fn get_non_intrusive_share(asker: Asker, query: Asked<ShareQuery>) -> Answer {
    let port = asker.api.app.port();
    let offset = port.utc_offset_minutes;
    let day = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(|text| paging::day_start(text, offset)).transpose();
    let to = day(&query.0.to)?.unwrap_or(asker.ctx.at);
    let from = day(&query.0.from)?.unwrap_or_else(|| to.plus_days(-DAYS_SHOWN));
    // Whole months: a row tells of all of its month.
    let (from, to) = whole_months(from, to, offset);
    let months = asker.recorded("insight.read", None, asker.api.app.non_intrusive_share(&asker.ctx, from, to).await)?;
    Ok(ok(&NonIntrusiveShare {
        definition: Text::new(
            "仅凭机检图像结案的查验 ÷（凭机检图像结案的查验 + 开箱结案的查验），按下达月份统计海关已有结果的查验；仅核对单证的不计入。",
            "Inspections by customs that ended by images alone ÷ those that ended by images or by opening, by the month in which they were ordered; checks of documents alone are not counted.",
        ),
        unit: Text::new("票（查验指令）", "inspections"),
        port: port.code.clone(),
        port_name: port.name.clone().into(),
        from: from.day(offset),
        to: to.day(offset),
        items: months.into_iter().map(|(month, figures)| NonIntrusiveMonth::of(month, figures)).collect(),
    }))
}
