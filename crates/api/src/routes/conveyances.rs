//! Trains and flights with their papers, and their waybills (铁路班列、航班、运单).

use app::conveyances::{
    AcceptPapers, ArriveConveyance, AttachPaper, CancelConveyance, DeleteSheet, DepartConveyance, PlanConveyance, ReleaseWaybill,
    ReportSheet, ReturnPapers, RevokeWaybillRelease, SheetOutcome, SubmitPapers, SubmitWaybills,
};
use app::reading::ListQuery;
use axum::http::StatusCode;
use manifest::{Conveyance as State, LineKey, Waybill as WaybillState};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print;
use crate::body::{BATCH_BYTES_MAX, Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Finding;
use crate::wire::conveyance::{Conveyance, ConveyanceSummary, Waybill, WaybillSummary, waybill_summary};
use crate::wire::conveyance_form::{
    ConveyanceForm, ConveyanceMoment, ConveyanceQuery, PaperForm, PapersNote, SheetDeletion, SheetForm, SheetResult, WaybillReleaseForm,
    WaybillsForm, sheet_of,
};
use crate::wire::declaration::ReasonForm;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_conveyances, plan_conveyance))
        .routes(routes!(get_conveyance))
        .routes(routes!(submit_waybills))
        .routes(routes!(check_waybills))
        .routes(routes!(arrive_conveyance))
        .routes(routes!(depart_conveyance))
        .routes(routes!(cancel_conveyance))
        .routes(routes!(report_sheet))
        .routes(routes!(delete_sheet_lines))
        .routes(routes!(print_tally_sheet))
        .routes(routes!(attach_paper))
        .routes(routes!(submit_papers))
        .routes(routes!(accept_papers))
        .routes(routes!(return_papers))
        .routes(routes!(list_waybills))
        .routes(routes!(get_waybill))
        .routes(routes!(release_waybill))
        .routes(routes!(revoke_waybill_release))
}

fn listed(query: &ConveyanceQuery) -> Result<ListQuery, Problem> {
    let mode = query.mode.as_deref().map(str::trim).filter(|mode| !mode.is_empty());
    if mode.is_some_and(|mode| !["rail", "air"].contains(&mode)) {
        return Err(paging::invalid("mode 须为 rail 或 air。", "mode is rail or air."));
    }
    Ok(ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        key_prefix: paging::prefix(query.q.as_deref())?,
        keys: mode.map(|mode| format!("MODE:{mode}")).into_iter().collect(),
        cursor: query.cursor.clone(),
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    })
}

/// Trains and flights, newest first.
#[utoipa::path(get, path = "/conveyances", tag = "rail-and-air", params(ConveyanceQuery), responses((status = 200, body = Page<ConveyanceSummary>)))]
async fn list_conveyances(asker: Asker, query: Asked<ConveyanceQuery>) -> Answer {
    let page = asker.list::<State>("conveyance.read", listed(&query.0)?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.conveyance_summary(&seen.id, &seen.state).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

/// Plan a train or flight, or change the plan. Its id follows from number, day and direction.
#[utoipa::path(post, path = "/conveyances", tag = "rail-and-air", request_body = ConveyanceForm, responses((status = 201, body = Conveyance)))]
async fn plan_conveyance(asker: Asker, form: Input<ConveyanceForm>) -> Answer {
    let (plan, terminal) = form.0.plan()?;
    let done = asker.run(&PlanConveyance { plan, terminal }).await?;
    answer(&asker, done, StatusCode::CREATED).await
}

/// A train or flight with its papers: what is there, missing and different.
#[utoipa::path(get, path = "/conveyances/{id}", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), responses((status = 200, body = Conveyance)))]
async fn get_conveyance(asker: Asker, id: Id) -> Answer {
    let file = asker.refusal_recorded("conveyance.read", asker.api.app.conveyance_file(&asker.ctx, &id.0).await)?;
    // Its waybills are objects of their own: its version does not tell whether an answer is current, so none is given.
    Ok(ok(&asker.api.conveyance(&asker.ctx, file, Vec::new()).await?))
}

/// List waybills on the manifest, or change them there.
#[utoipa::path(post, path = "/conveyances/{id}/waybills", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), request_body = WaybillsForm, responses((status = 200, body = Conveyance)))]
async fn submit_waybills(asker: Asker, id: Id, form: Input<WaybillsForm, BATCH_BYTES_MAX>) -> Answer {
    let complete = form.0.complete;
    let done = asker.run(&SubmitWaybills { conveyance: id.0, waybills: form.0.forms()?, complete }).await?;
    let seen = asker.after::<State>(&done.outcome.id).await?;
    let version = seen.version;
    let file = asker.api.app.file_of(seen).await?;
    let view = asker.api.conveyance(&asker.ctx, file, done.outcome.findings.clone()).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}

/// Everything wrong with waybills that are not sent yet.
#[utoipa::path(post, path = "/conveyances/{id}/waybills/check", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), request_body = WaybillsForm, responses((status = 200, body = Items<Finding>)))]
async fn check_waybills(asker: Asker, id: Id, form: Input<WaybillsForm, BATCH_BYTES_MAX>) -> Answer {
    let findings = asker.api.app.check_waybills(&asker.ctx, &id.0, &form.0.forms()?).await?;
    Ok(ok(&Items { items: findings.into_iter().map(Finding::from).collect() }))
}

/// A train or flight arrived.
#[utoipa::path(post, path = "/conveyances/{id}/arrival", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), request_body = ConveyanceMoment, responses((status = 200, body = Conveyance)))]
async fn arrive_conveyance(asker: Asker, id: Id, form: Input<ConveyanceMoment>) -> Answer {
    let done = asker.run(&ArriveConveyance { id: id.0, at: form.0.at }).await?;
    answer(&asker, done, StatusCode::OK).await
}

/// A train or flight left.
#[utoipa::path(post, path = "/conveyances/{id}/departure", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), request_body = ConveyanceMoment, responses((status = 200, body = Conveyance)))]
async fn depart_conveyance(asker: Asker, id: Id, form: Input<ConveyanceMoment>) -> Answer {
    let done = asker.run(&DepartConveyance { id: id.0, at: form.0.at }).await?;
    answer(&asker, done, StatusCode::OK).await
}

/// Cancel a plan; its waybills come off their manifest.
#[utoipa::path(post, path = "/conveyances/{id}/cancel", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), request_body = ReasonForm, responses((status = 200, body = Conveyance)))]
async fn cancel_conveyance(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&CancelConveyance { id: id.0, reason: form.0.reason }).await?;
    answer(&asker, done, StatusCode::OK).await
}

fn result(outcome: &SheetOutcome) -> SheetResult {
    SheetResult { accepted: outcome.accepted, findings: outcome.findings.iter().cloned().map(Finding::from).collect() }
}

/// Report lines of a sheet: entry tally, arrival report, export tally, loading record. Faulty lines come back as findings; the others are recorded.
#[utoipa::path(post, path = "/conveyances/{id}/sheets", tag = "rail-and-air", params(("id" = String, Path, description = "Train id")), request_body = SheetForm, responses((status = 200, body = SheetResult)))]
async fn report_sheet(asker: Asker, id: Id, form: Input<SheetForm, BATCH_BYTES_MAX>) -> Answer {
    asker.view::<State>("conveyance.report-sheet", &id.0).await?;
    let command = ReportSheet {
        sheet: sheet_of(&form.0.sheet)?,
        conveyance: Some(id.0),
        lines: form.0.lines()?,
        place: form.0.place.clone().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        began_at: form.0.began_at.map(|at| at.0),
        ended_at: form.0.ended_at.map(|at| at.0),
    };
    let done = asker.run(&command).await?;
    let view = result(&done.outcome);
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// Take lines off a sheet.
#[utoipa::path(post, path = "/conveyances/{id}/sheets/delete", tag = "rail-and-air", params(("id" = String, Path, description = "Train id")), request_body = SheetDeletion, responses((status = 200, body = SheetResult)))]
async fn delete_sheet_lines(asker: Asker, id: Id, form: Input<SheetDeletion, BATCH_BYTES_MAX>) -> Answer {
    asker.view::<State>("conveyance.delete-sheet", &id.0).await?;
    let lines = form.0.lines.into_iter().map(|key| LineKey { waybill: key.waybill, unit: key.unit }).collect();
    let done = asker.run(&DeleteSheet { sheet: sheet_of(&form.0.sheet)?, conveyance: Some(id.0), lines }).await?;
    let view = result(&done.outcome);
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// The entry tally sheet of an import train, or the arrival report of an export train, to print.
#[utoipa::path(get, path = "/conveyances/{id}/tally-sheet.pdf", tag = "rail-and-air", params(("id" = String, Path, description = "Train id"), print::LangQuery), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_tally_sheet(asker: Asker, id: Id, query: Asked<print::LangQuery>) -> Answer {
    let file = asker.refusal_recorded("conveyance.read", asker.api.app.conveyance_file(&asker.ctx, &id.0).await)?;
    super::print_rail::tally_sheet(&asker, query.0, file).await
}

/// Attach a paper that was uploaded before.
#[utoipa::path(post, path = "/conveyances/{id}/papers", tag = "rail-and-air", params(("id" = String, Path, description = "Train or flight id")), request_body = PaperForm, responses((status = 200, body = Conveyance)))]
async fn attach_paper(asker: Asker, id: Id, form: Input<PaperForm>) -> Answer {
    let kind = form.0.kind()?;
    let PaperForm { waybill, name, sha256, .. } = form.0;
    let done = asker.run(&AttachPaper { id: id.0, kind, waybill, file: manifest::Evidence { name, sha256 } }).await?;
    answer(&asker, done, StatusCode::OK).await
}

/// Submit the papers of a train to customs.
#[utoipa::path(post, path = "/conveyances/{id}/papers/submit", tag = "rail-and-air", params(("id" = String, Path, description = "Train id")), responses((status = 200, body = Conveyance)))]
async fn submit_papers(asker: Asker, id: Id) -> Answer {
    let done = asker.run(&SubmitPapers { id: id.0 }).await?;
    answer(&asker, done, StatusCode::OK).await
}

/// Accept the papers of a train. The yard of an export train is told what may be loaded.
#[utoipa::path(post, path = "/conveyances/{id}/papers/accept", tag = "rail-and-air", params(("id" = String, Path, description = "Train id")), request_body = PapersNote, responses((status = 200, body = Conveyance)))]
async fn accept_papers(asker: Asker, id: Id, form: Input<PapersNote>) -> Answer {
    let done = asker.run(&AcceptPapers { id: id.0, note: form.0.note }).await?;
    answer(&asker, done, StatusCode::OK).await
}

/// Send the papers of a train back.
#[utoipa::path(post, path = "/conveyances/{id}/papers/return", tag = "rail-and-air", params(("id" = String, Path, description = "Train id")), request_body = ReasonForm, responses((status = 200, body = Conveyance)))]
async fn return_papers(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&ReturnPapers { id: id.0, reason: form.0.reason }).await?;
    answer(&asker, done, StatusCode::OK).await
}

async fn answer(asker: &Asker, done: app::Done<String>, status: StatusCode) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let file = asker.api.app.file_of(seen).await?;
    let view = asker.api.conveyance(&asker.ctx, file, Vec::new()).await?;
    Ok(etag::done(status, &done, Some(version), &view))
}

/// Waybills by rail and air, newest first.
#[utoipa::path(get, path = "/waybills", tag = "rail-and-air", params(ConveyanceQuery), responses((status = 200, body = Page<WaybillSummary>)))]
async fn list_waybills(asker: Asker, query: Asked<ConveyanceQuery>) -> Answer {
    let page = asker.list::<WaybillState>("waybill.read", listed(&query.0)?).await?;
    Ok(ok(&Page { items: page.items.iter().map(|(seen, _)| waybill_summary(&seen.id, &seen.state)).collect(), next: page.next }))
}

/// A waybill with its trains or flights, houses and statuses.
#[utoipa::path(get, path = "/waybills/{number}", tag = "rail-and-air", params(("number" = String, Path, description = "Waybill number")), responses((status = 200, body = Waybill)))]
async fn get_waybill(asker: Asker, number: Id) -> Answer {
    let seen = asker.view::<WaybillState>("waybill.read", &number.0).await?;
    Ok(ok(&asker.api.waybill(&asker.ctx, seen).await?))
}

/// Release a waybill. The rail yard is told by message.
#[utoipa::path(post, path = "/waybills/{number}/release", tag = "rail-and-air", params(("number" = String, Path, description = "Waybill number")), request_body = WaybillReleaseForm, responses((status = 200, body = Waybill)))]
async fn release_waybill(asker: Asker, number: Id, form: Input<WaybillReleaseForm>) -> Answer {
    let mode = form.0.mode()?;
    let WaybillReleaseForm { entry_id, note, .. } = form.0;
    let done = asker.run(&ReleaseWaybill { number: number.0, mode, entry_id, note }).await?;
    waybill_answer(&asker, done).await
}

/// Take the release of a waybill back. The rail yard is told by message.
#[utoipa::path(post, path = "/waybills/{number}/revoke", tag = "rail-and-air", params(("number" = String, Path, description = "Waybill number")), request_body = ReasonForm, responses((status = 200, body = Waybill)))]
async fn revoke_waybill_release(asker: Asker, number: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RevokeWaybillRelease { number: number.0, reason: form.0.reason }).await?;
    waybill_answer(&asker, done).await
}

async fn waybill_answer(asker: &Asker, done: app::Done<String>) -> Answer {
    let seen = asker.after::<WaybillState>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.waybill(&asker.ctx, seen).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
