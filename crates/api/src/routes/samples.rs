//! Samples (取样、送检、检验): ordered, taken, handed over, tested, reported, counted.

use std::fmt::Write as _;

use app::Done;
use app::data_sharing::csv_cell as cell;
use app::reading::PAGE_MAX;
use app::samples::{
    BeginTest, DecideChain, Eyes, HandOverSample, OrderSampling, ReleaseReport, ReportTest, RequestRetest, ReturnReport, SampleQuery,
    TakeSample, WaiveSampling,
};
use axum::http::{HeaderMap, StatusCode};
use documents::{SampleLabelDoc, SampleLabelPart};
use inspection::{Inspection, KeeperPart, Sample as State, SamplePart};
use ledger::{Aggregate as _, ObjectRef};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print::{LangQuery, pdf};
use crate::body::{Input, Optional, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Text;
use crate::wire::declaration::ReasonForm;
use crate::wire::image_figures::ShareQuery;
use crate::wire::sample::{Laboratories, Laboratory, Sample, TestItem};
use crate::wire::sample_figures::{SampleMonth, SampleStatistics};
use crate::wire::sample_form::{
    ChainForm, HandOverForm, QueueQuery, ReleaseForm, SampleForm, SampleReportForm, SamplesQuery, SamplingForm, WaiverForm,
};
use crate::wire::sampling::InspectionSampling;

/// Most rows of an export.
const EXPORT_ROWS_MAX: usize = 10_000;
/// Days shown when no period is asked for.
const DAYS_SHOWN: i64 = 365;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_laboratories))
        .routes(routes!(get_sampling, order_sampling))
        .routes(routes!(waive_sampling))
        .routes(routes!(take_sample))
        .routes(routes!(list_samples))
        .routes(routes!(export_samples))
        .routes(routes!(get_laboratory_queue))
        .routes(routes!(get_sample))
        .routes(routes!(print_sample_label))
        .routes(routes!(hand_over_sample))
        .routes(routes!(decide_chain))
        .routes(routes!(begin_test))
        .routes(routes!(report_test))
        .routes(routes!(return_report))
        .routes(routes!(release_report))
        .routes(routes!(request_retest))
        .routes(routes!(get_sample_statistics))
}

/// The laboratories and test items of the port. Promised times are assumptions of the port.
#[utoipa::path(get, path = "/laboratories", tag = "samples", responses((status = 200, body = Laboratories)))]
async fn list_laboratories(asker: Asker) -> Answer {
    asker.require("laboratory.read")?;
    let rules = &asker.api.app.port().sampling;
    Ok(ok(&Laboratories {
        laboratories: rules
            .laboratories
            .iter()
            .take(inspection::LABORATORIES_MAX)
            .map(|one| Laboratory { id: one.id.clone(), name: one.name.clone().into(), items: one.items.clone() })
            .collect(),
        items: rules
            .items
            .iter()
            .map(|one| TestItem {
                code: one.code.clone(),
                name: one.name.clone().into(),
                promised_hours: one.promised_hours,
                through_train_hours: one.through_train_hours,
            })
            .collect(),
    }))
}

/// What of an inspection is to be sampled, and what became of it.
#[utoipa::path(get, path = "/inspections/{id}/sampling", tag = "samples", params(("id" = String, Path, description = "Inspection id")), responses((status = 200, body = InspectionSampling)))]
async fn get_sampling(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<Inspection>("inspection.read", &id.0).await?;
    Ok(ok(&asker.api.sampling(&asker.ctx, seen).await?))
}

async fn sampling(asker: &Asker, done: Done<String>) -> Answer {
    let seen = asker.after::<Inspection>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.sampling(&asker.ctx, seen).await?))
}

/// Order that a goods line is sampled (下达取样): the result cannot be a pass before it is sampled or answered by an accepted report.
#[utoipa::path(post, path = "/inspections/{id}/sampling", tag = "samples", params(("id" = String, Path, description = "Inspection id")), request_body = SamplingForm, responses((status = 200, body = InspectionSampling)))]
async fn order_sampling(asker: Asker, id: Id, form: Input<SamplingForm>) -> Answer {
    let SamplingForm { line, items, statutory, through_train, reason } = form.0;
    let done = asker.run(&OrderSampling { id: id.0, line, items, statutory, through_train, reason }).await?;
    sampling(&asker, done).await
}

/// Waive a line, as an officer other than the one who ordered it.
#[utoipa::path(post, path = "/inspections/{id}/sampling/waive", tag = "samples", params(("id" = String, Path, description = "Inspection id")), request_body = WaiverForm, responses((status = 200, body = InspectionSampling)))]
async fn waive_sampling(asker: Asker, id: Id, form: Input<WaiverForm>) -> Answer {
    let done = asker.run(&WaiveSampling { id: id.0, line: form.0.line, reason: form.0.reason }).await?;
    sampling(&asker, done).await
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let eyes = asker.api.app.eyes_for_samples(&asker.ctx).await?;
    Ok(etag::done(status, &done, Some(version), &asker.api.sample(&asker.ctx, eyes, seen).await?))
}

/// Take a sample (取样), as a drawn officer, from a box at the site.
#[utoipa::path(post, path = "/inspections/{id}/samples", tag = "samples", params(("id" = String, Path, description = "Inspection id")), request_body = SampleForm, responses((status = 201, body = Sample)))]
async fn take_sample(asker: Asker, id: Id, form: Input<SampleForm>) -> Answer {
    let form = form.0;
    let done = asker
        .run(&TakeSample {
            inspection: id.0,
            line: form.line,
            container: form.container,
            quantity: form.quantity,
            unit: form.unit,
            seal: form.seal,
            keeper: form.keeper.map(|keeper| KeeperPart { quantity: keeper.quantity, seal: keeper.seal }),
            photo: form.photo.filter(|photo| !photo.is_empty()),
            laboratory: form.laboratory,
            at: form.at,
        })
        .await?;
    changed(&asker, StatusCode::CREATED, done).await
}

fn asked(query: SamplesQuery) -> Result<SampleQuery, Problem> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    Ok(SampleQuery {
        statuses: paging::codes(query.status.as_deref())?,
        key_prefix: paging::prefix(query.q.as_deref())?,
        laboratory: filled(query.laboratory),
        month: filled(query.month),
        inspection: filled(query.inspection),
        cursor: filled(query.cursor),
        limit: paging::limit(query.limit)?,
    })
}

/// Samples: of the district for officers, of the laboratory for its people, of their own goods for traders.
#[utoipa::path(get, path = "/samples", tag = "samples", params(SamplesQuery), responses((status = 200, body = Page<Sample>)))]
async fn list_samples(asker: Asker, query: Asked<SamplesQuery>) -> Answer {
    let query = asked(query.0)?;
    let (eyes, page) = asker.recorded("sample.read", None, asker.api.app.samples(&asker.ctx, query).await)?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.sample(&asker.ctx, eyes, seen)).await?))
}

/// Samples as a table for spreadsheets, at most 10,000 rows.
#[utoipa::path(get, path = "/samples/export", tag = "samples", params(SamplesQuery), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_samples(asker: Asker, query: Asked<SamplesQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let mut query = SampleQuery { limit: PAGE_MAX, ..asked(query.0)? };
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = String::from(
        "\u{feff}sample,taken_at,status,laboratory,goods,hs_code,items,statutory,through_train,conclusion,due_at,inspection,bill\r\n",
    );
    let mut rows = 0;
    loop {
        let (eyes, page) = asker.recorded("sample.read", None, asker.api.app.samples(&asker.ctx, query.clone()).await)?;
        rows += page.items.len();
        for (seen, _) in page.items {
            let view = asker.api.sample(&asker.ctx, eyes, seen).await?;
            let items: Vec<&str> = view.items.iter().map(|item| item.code.as_str()).collect();
            let cells = [
                view.id.clone(),
                view.taken_at.0.local_minute(offset),
                view.status,
                view.laboratory.code,
                view.goods,
                view.hs_code,
                items.join(" "),
                view.statutory.to_string(),
                view.through_train.to_string(),
                view.conclusion.unwrap_or_default(),
                view.due_at.map(|at| at.0.local_minute(offset)).unwrap_or_default(),
                view.inspection.unwrap_or_default(),
                view.bill_no.unwrap_or_default(),
            ];
            let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
            let _ = write!(out, "{}\r\n", line.join(","));
        }
        query.cursor = page.next;
        if query.cursor.is_none() || rows >= EXPORT_ROWS_MAX {
            break;
        }
    }
    Ok(file("text/csv; charset=utf-8", "samples.csv", out))
}

/// The queue of a laboratory (实验室队列): through-train first, then the earliest due.
#[utoipa::path(get, path = "/laboratory-queue", tag = "samples", params(QueueQuery), responses((status = 200, body = Page<Sample>)))]
async fn get_laboratory_queue(asker: Asker, query: Asked<QueueQuery>) -> Answer {
    let laboratory = query.0.laboratory.as_deref().filter(|id| !id.is_empty());
    let cursor = query.0.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let limit = paging::limit(query.0.limit)?;
    let found = asker.api.app.laboratory_queue(&asker.ctx, laboratory, cursor, limit).await;
    let (eyes, page) = asker.recorded("sample.examine", None, found)?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.sample(&asker.ctx, eyes, seen)).await?))
}

/// One sample. The laboratory does not see whose it is; the trader sees state and conclusion.
#[utoipa::path(get, path = "/samples/{id}", tag = "samples", params(("id" = String, Path, description = "Sample id")), responses((status = 200, body = Sample)))]
async fn get_sample(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let (eyes, seen) = asker.refusal_recorded("sample.read", asker.api.app.sample(&asker.ctx, &id.0).await)?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.sample(&asker.ctx, eyes, seen).await?))
}

/// The label of a sample (样品标签) with a QR code; it does not tell whose the sample is.
#[utoipa::path(get, path = "/samples/{id}/label.pdf", tag = "samples", params(("id" = String, Path, description = "Sample id"), LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_sample_label(asker: Asker, id: Id, query: Asked<LangQuery>) -> Answer {
    let (eyes, seen) = asker.refusal_recorded("sample.read", asker.api.app.sample(&asker.ctx, &id.0).await)?;
    if eyes == Eyes::Trader {
        return Err(Problem::not_found());
    }
    let api = &asker.api;
    let lang = query.0.lang();
    let words = |text: Text| match lang {
        documents::Lang::Zh => text.zh,
        documents::Lang::En => text.en,
    };
    let port = api.app.port();
    let issue = api.page_issue(&seen.id, words(port.name.clone().into()), seen.state.taken_at, &format!("/samples/{}", seen.id));
    let head = api.document_head(issue, ObjectRef::new(State::KIND, seen.id.clone()), "sample.taken").await?;
    let state = seen.state;
    let doc = SampleLabelDoc {
        head,
        goods: state.taken.goods.clone(),
        hs_code: state.taken.hs_code.clone(),
        laboratory: words(api.laboratory(&state.taken.laboratory).name),
        items: api.named_items(&state.taken.items).into_iter().map(|item| words(item.name)).collect(),
        parts: state
            .parts
            .iter()
            .map(|(part, custody)| SampleLabelPart {
                keeper: *part == SamplePart::Keeper,
                quantity: format!("{} {}", custody.quantity, state.taken.unit),
                seal: custody.seal.clone(),
            })
            .collect(),
        taken_at: state.taken_at,
        through_train: state.taken.through_train,
    };
    pdf(api, format!("sample-{}.pdf", seen.id), move |fonts| documents::sample_label(&doc, lang, fonts)).await
}

/// Hand a part of a sample over (样品交接). A fault of the chain is written down and found; it keeps a report from being used until it is decided on.
#[utoipa::path(post, path = "/samples/{id}/hand-overs", tag = "samples", params(("id" = String, Path, description = "Sample id")), request_body = HandOverForm, responses((status = 200, body = Sample)))]
async fn hand_over_sample(asker: Asker, id: Id, form: Input<HandOverForm>) -> Answer {
    let form = form.0;
    let command = HandOverSample {
        id: id.0,
        part: form.part,
        act: form.act,
        gave: form.gave.map(Into::into),
        took: form.took.map(Into::into),
        seal: form.seal,
        seal_whole: form.seal_whole,
        note: form.note,
        at: form.at,
    };
    let done = asker.run(&command).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Say whether a sample with a fault in its chain may be used, as an officer who had no part in it.
#[utoipa::path(post, path = "/samples/{id}/chain-decision", tag = "samples", params(("id" = String, Path, description = "Sample id")), request_body = ChainForm, responses((status = 200, body = Sample)))]
async fn decide_chain(asker: Asker, id: Id, form: Input<ChainForm>) -> Answer {
    let done = asker.run(&DecideChain { id: id.0, usable: form.0.usable, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Begin the test, as a person of the laboratory.
#[utoipa::path(post, path = "/samples/{id}/test", tag = "samples", params(("id" = String, Path, description = "Sample id")), responses((status = 200, body = Sample)))]
async fn begin_test(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&BeginTest { id: id.0 }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Write the report of a test (录入检验报告).
#[utoipa::path(post, path = "/samples/{id}/report", tag = "samples", params(("id" = String, Path, description = "Sample id")), request_body = SampleReportForm, responses((status = 200, body = Sample)))]
async fn report_test(asker: Asker, id: Id, form: Input<SampleReportForm>) -> Answer {
    let results = form.0.results.into_iter().map(Into::into).collect();
    let done = asker.run(&ReportTest { id: id.0, results, conclusion: form.0.conclusion, note: form.0.note }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Give a report back: it is written anew.
#[utoipa::path(post, path = "/samples/{id}/report/return", tag = "samples", params(("id" = String, Path, description = "Sample id")), request_body = ReasonForm, responses((status = 200, body = Sample)))]
async fn return_report(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&ReturnReport { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Release a report (签发), as a person of the laboratory other than who wrote it. What follows for the declaration follows at once.
#[utoipa::path(post, path = "/samples/{id}/report/release", tag = "samples", params(("id" = String, Path, description = "Sample id")), request_body = ReleaseForm, responses((status = 200, body = Sample)))]
async fn release_report(asker: Asker, id: Id, form: Optional<ReleaseForm>) -> Answer {
    let done = asker.run(&ReleaseReport { id: id.0, disposition: form.0.disposition }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// Ask for a retest of the part that was kept (申请复检), once.
#[utoipa::path(post, path = "/samples/{id}/retest", tag = "samples", params(("id" = String, Path, description = "Sample id")), request_body = ReasonForm, responses((status = 200, body = Sample)))]
async fn request_retest(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RequestRetest { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}

/// How long tests take (检测周期) and how often the first report releases (一次放行), by month of release and laboratory.
#[utoipa::path(get, path = "/insight/sample-times", tag = "insight", params(ShareQuery), responses((status = 200, body = SampleStatistics)))]
async fn get_sample_statistics(asker: Asker, query: Asked<ShareQuery>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let day = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).map(|text| paging::day_start(text, offset)).transpose();
    let to = day(&query.0.to)?.unwrap_or(asker.ctx.at);
    let from = day(&query.0.from)?.unwrap_or_else(|| to.plus_days(-DAYS_SHOWN));
    // Whole months: a row tells of all of its month.
    let (from, to) = super::images::whole_months(from, to, offset);
    let figures = asker.recorded("sample.statistics", None, asker.api.app.sample_times(&asker.ctx, from, to).await)?;
    Ok(ok(&SampleStatistics {
        definition: Text::new(
            "检测周期：实验室收样至签发报告的时间，按签发月份和实验室统计每一份报告（含复检）；中位数和 P90 最多偏高 12.5%。",
            "Turn-around: from receipt at the laboratory to release of the report, of every report (retests included) by month of release and laboratory; median and P90 are at most 12.5 % too high.",
        ),
        once_definition: Text::new(
            "一次放行：法检商品首份报告即合格的样品 ÷ 法检商品有首份报告的样品。合格后无需再办理，检验条件随即满足；时间为取样至签发报告。",
            "One-time release: samples of goods subject to inspection by law whose first report passes ÷ those that have a first report. Nobody need act again about the sample; the time is from sampling to release of the report.",
        ),
        promised: Text::new(
            "承诺时限由口岸配置，未经实验室核实。",
            "Promised times are set by the port and not verified with the laboratories.",
        ),
        unit: Text::new("份（报告）", "reports"),
        from: from.day(offset),
        to: to.day(offset),
        items: figures
            .into_iter()
            .map(|((month, laboratory), figures)| SampleMonth::of(month, asker.api.laboratory(&laboratory), figures))
            .collect(),
    }))
}
