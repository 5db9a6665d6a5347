//! The entry tally sheet (进场理货单) of a train as PDF.

use app::conveyances::ConveyanceFile;
use axum::response::Response;
use documents::{Lang, RailSheetDoc, RailSheetLine};
use ledger::ObjectRef;

use super::print::{LangQuery, pdf};
use crate::context::Asker;
use crate::problem::Problem;
use crate::texts;

pub(super) async fn tally_sheet(asker: &Asker, query: LangQuery, file: ConveyanceFile) -> Result<Response, Problem> {
    let api = &asker.api;
    let ConveyanceFile { seen, sheets, .. } = file;
    let Some(kind) = seen.state.arrival_sheet() else { return Err(Problem::not_found()) };
    let Some(view) = sheets.into_iter().find(|view| view.kind == kind) else {
        return Err(Problem::bad("sheet-empty", "场站尚未理货。", "The yard has not tallied this train."));
    };
    let lang = query.lang();
    let words = |text: crate::wire::Text| match lang {
        Lang::Zh => text.zh,
        Lang::En => text.en,
    };
    let by = api.party(&view.sheet.by).await?;
    let number = format!("{}-{}", seen.id, view.sheet.at.local_minute(api.app.port().utc_offset_minutes).replace(['-', ' ', ':'], ""));
    let issue = api.ledger_issue(&number, by.name.clone(), view.sheet.at);
    let head = api.document_head(issue, ObjectRef::new("conveyance", seen.id.clone()), "conveyance.sheet-reported").await?;
    let state = &seen.state;
    let lines = view.sheet.lines.iter().map(|line| {
        let differing: Vec<String> = view
            .differences
            .iter()
            .filter(|one| one.waybill == line.waybill && (one.unit == line.unit.name() || one.unit.is_empty()))
            .map(|one| format!("{} {} / {}", words(texts::sheet_difference(one.kind.code())), one.manifested, one.reported))
            .collect();
        RailSheetLine {
            waybill: line.waybill.clone(),
            wagon: line.unit.wagon.clone().unwrap_or_default(),
            container: line.unit.container.clone().unwrap_or_default(),
            size_type: line.unit.size_type.clone().unwrap_or_default(),
            seals: line.unit.seals.clone(),
            packages: line.unit.packages,
            gross_kg: line.unit.gross_kg.map(|kg| kg.to_string()),
            remark: line.note.iter().cloned().chain(differing).collect::<Vec<_>>().join("; "),
        }
    });
    let missing = view.differences.iter().filter(|one| one.kind == manifest::DifferenceKind::Missing);
    let doc = RailSheetDoc {
        head,
        export: kind == manifest::SheetKind::ExportArrival,
        train: state.plan.number.clone(),
        day: state.plan.day.clone(),
        origin: state.plan.origin.clone(),
        destination: state.plan.destination.clone(),
        place: view.sheet.place.clone().or(state.plan.place.clone()),
        yard: api.party(&state.terminal).await?,
        agent: api.party(&state.agent).await?,
        began_at: view.sheet.began_at,
        ended_at: view.sheet.ended_at,
        lines: lines.collect(),
        missing: missing.map(|one| format!("{} {}", one.waybill, one.unit).trim().to_owned()).collect(),
        accepted: matches!(state.review, manifest::Review::Accepted { .. }),
    };
    pdf(api, format!("tally-{}.pdf", seen.id), move |fonts| documents::rail_sheet(&doc, lang, fonts)).await
}
