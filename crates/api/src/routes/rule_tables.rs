//! Rule tables (规则表): versions, trial runs, countersignature.

use std::sync::Arc;

use app::rule_tables::{
    AskWithdrawal, CancelTrial, ConfirmWithdrawal, CountersignVersion, DraftVersion, KeepVersion, ReturnVersion, SaveVersion, StartTrial,
    SubmitVersion, WithdrawVersion,
};
use app::{AppError, Done};
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use rulebook::RuleTable as State;
use rules::DecisionTable;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, Raw, file, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Findings;
use crate::wire::declaration::ReasonForm;
use crate::wire::rule_table::{
    DifferenceQuery, FileQuery, RuleCountersignForm, RuleDifference, RuleDraftForm, RuleSubmitForm, RuleTable, RuleTextForm, RuleTextRead,
    RuleVersionText, finding,
};
use crate::wire::trial::{FlipQuery, TrialFlip, TrialForm, TrialProgress, TrialView, trial_result};

/// Largest text of a version in a request: 4,096 rules of every column take about 3 MiB.
const TEXT_BYTES_MAX: usize = app::rule_tables::TEXT_BYTES_MAX;
const ID_LENGTH_MAX: usize = 64;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_rule_tables))
        .routes(routes!(get_rule_table))
        .routes(routes!(check_rules))
        .routes(routes!(draft_version))
        .routes(routes!(get_version, save_version))
        .routes(routes!(get_file))
        .routes(routes!(read_file))
        .routes(routes!(get_difference))
        .routes(routes!(start_trial, get_trial, stop_trial))
        .routes(routes!(list_flips))
        .routes(routes!(submit_version))
        .routes(routes!(return_version))
        .routes(routes!(countersign_version))
        .routes(routes!(give_up_version))
        .routes(routes!(ask_withdrawal))
        .routes(routes!(confirm_withdrawal))
        .routes(routes!(keep_version))
}

/// Table and number of a version in the address.
struct Numbered {
    table: String,
    number: u32,
}

impl<S: Send + Sync> FromRequestParts<S> for Numbered {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path((table, number)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
        let number = number.parse().map_err(|_| Problem::not_found())?;
        if table.is_empty() || table.len() > ID_LENGTH_MAX || table.chars().any(char::is_control) {
            return Err(Problem::not_found());
        }
        Ok(Self { table, number })
    }
}

/// The version as the command left it.
async fn changed(asker: &Asker, table: &str, status: StatusCode, done: Done<u32>) -> Answer {
    let seen = asker.api.app.rule_version(&asker.ctx, table, done.outcome).await?;
    let view = asker.api.rule_text(&asker.ctx, table, seen).await?;
    Ok(etag::done(status, &done, None, &view))
}

/// The rule tables of the port.
#[utoipa::path(get, path = "/rule-tables", tag = "rules", responses((status = 200, body = Items<RuleTable>)))]
async fn list_rule_tables(asker: Asker) -> Answer {
    let tables = asker.refusal_recorded("rule-table.read", asker.api.app.rule_tables(&asker.ctx).await)?;
    let mut items = Vec::with_capacity(tables.len());
    for seen in tables {
        items.push(asker.api.rule_table(&asker.ctx, seen).await?);
    }
    Ok(ok(&Items { items }))
}

/// One rule table with all its versions.
#[utoipa::path(get, path = "/rule-tables/{id}", tag = "rules", params(("id" = String, Path, description = "Table id")), responses((status = 200, body = RuleTable)))]
async fn get_rule_table(asker: Asker, id: Id) -> Answer {
    let seen = asker.view::<State>("rule-table.read", &id.0).await?;
    Ok(ok(&asker.api.rule_table(&asker.ctx, seen).await?))
}

/// Check a text that is being written. Nothing is kept.
#[utoipa::path(post, path = "/rule-tables/{id}/check", tag = "rules", params(("id" = String, Path, description = "Table id")), request_body = Object, responses((status = 200, body = Findings)))]
async fn check_rules(asker: Asker, id: Id, table: Input<DecisionTable, TEXT_BYTES_MAX>) -> Answer {
    let found = asker.api.app.check_rules(&asker.ctx, &id.0, table.0).await?;
    Ok(ok(&Findings { findings: found.into_iter().map(finding).collect() }))
}

/// Begin a version as a copy of another.
#[utoipa::path(post, path = "/rule-tables/{id}/versions", tag = "rules", params(("id" = String, Path, description = "Table id")), request_body = RuleDraftForm, responses((status = 201, body = RuleVersionText)))]
async fn draft_version(asker: Asker, id: Id, form: Input<RuleDraftForm>) -> Answer {
    let done = asker.run(&DraftVersion { table: id.0.clone(), based_on: form.0.based_on }).await?;
    changed(&asker, &id.0, StatusCode::CREATED, done).await
}

/// A version with its text and what the check finds in it.
#[utoipa::path(get, path = "/rule-tables/{id}/versions/{number}", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), responses((status = 200, body = RuleVersionText)))]
async fn get_version(asker: Asker, at: Numbered) -> Answer {
    let seen = asker.api.app.rule_version(&asker.ctx, &at.table, at.number).await?;
    Ok(ok(&asker.api.rule_text(&asker.ctx, &at.table, seen).await?))
}

/// Write a draft. What cannot be used yet is kept as well; the findings tell.
#[utoipa::path(put, path = "/rule-tables/{id}/versions/{number}", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = RuleTextForm, responses((status = 200, body = RuleVersionText)))]
async fn save_version(asker: Asker, at: Numbered, form: Input<RuleTextForm, TEXT_BYTES_MAX>) -> Answer {
    let RuleTextForm { read, table: text } = form.0;
    let done = asker.run(&SaveVersion { table: at.table.clone(), version: at.number, read, text }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// A version as a file: XLSX or DMN 1.3.
#[utoipa::path(get, path = "/rule-tables/{id}/versions/{number}/file", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version"), FileQuery), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn get_file(asker: Asker, at: Numbered, query: Asked<FileQuery>) -> Answer {
    let seen = asker.api.app.rule_version(&asker.ctx, &at.table, at.number).await?;
    let name = format!("{}-{}", at.table, at.number);
    match query.0.format.as_deref() {
        None | Some("" | "xlsx") => {
            let written = tokio::task::spawn_blocking(move || rule_files::write_xlsx(&seen.text)).await;
            let written = written.map_err(|e| AppError::Internal(format!("XLSX: {e}")))?;
            let bytes = written.map_err(|e| AppError::Internal(format!("XLSX: {e}")))?;
            Ok(file(rule_files::XLSX, &format!("{name}.xlsx"), bytes))
        }
        Some("dmn") => Ok(file(rule_files::DMN, &format!("{name}.dmn"), rule_files::write_dmn(&seen.text))),
        Some(_) => Err(Problem::bad("rule-file-format", "format 须为 xlsx 或 dmn。", "format is xlsx or dmn.")),
    }
}

/// Read a file onto the columns of a version, to go on editing. Nothing is kept; faults come back as findings, each at its cell.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/read-file", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = RuleTextRead)))]
async fn read_file(asker: Asker, at: Numbered, bytes: Raw<{ rule_files::FILE_BYTES_MAX }>) -> Answer {
    asker.view::<State>("rule-table.check", &at.table).await?;
    let base = asker.api.app.rule_version(&asker.ctx, &at.table, at.number).await?.text;
    // Unpacking and parsing take their time; the threads that answer others are not for it.
    let read = tokio::task::spawn_blocking(move || {
        // A packed file begins with its own mark; whatever does not is read as XML.
        let packed = bytes.0.starts_with(b"PK");
        if packed { rule_files::read_xlsx(&bytes.0, &base) } else { rule_files::read_dmn(&bytes.0, &base) }
    });
    match read.await.map_err(|e| AppError::Internal(format!("reading a file of rules: {e}")))? {
        Ok(table) => Ok(ok(&RuleTextRead { table })),
        Err(faults) => Err(AppError::Findings(faults.into_iter().map(fault).collect()).into()),
    }
}

fn fault(found: rules::Finding) -> codes::Finding {
    let hint = codes::Text::new("在文件中更正后重新导入。", "Correct it in the file and read it again.");
    codes::Finding::error(found.code, found.pointer, codes::Text::new(found.zh, found.en), hint)
}

/// What a version changes in another, in words.
#[utoipa::path(get, path = "/rule-tables/{id}/versions/{number}/difference", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version"), DifferenceQuery), responses((status = 200, body = Items<RuleDifference>)))]
async fn get_difference(asker: Asker, at: Numbered, query: Asked<DifferenceQuery>) -> Answer {
    let from = match query.0.from {
        Some(from) => from,
        None => {
            let seen = asker.view::<State>("rule-table.read", &at.table).await?;
            seen.state.version(at.number).and_then(|version| version.based_on).unwrap_or(at.number)
        }
    };
    let found = asker.api.app.rule_difference(&asker.ctx, &at.table, from, at.number).await?;
    Ok(ok(&Items { items: found.into_iter().map(RuleDifference::from).collect::<Vec<_>>() }))
}

/// Try a version on past cases. The run goes on by itself; look at it with GET, stop it with DELETE.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/trial", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = TrialForm, responses((status = 202, body = TrialProgress)))]
async fn start_trial(asker: Asker, at: Numbered, form: Input<TrialForm>) -> Answer {
    let done = asker.run(&StartTrial { table: at.table, version: at.number, days: form.0.days }).await?;
    let run = done.outcome.clone();
    if !done.replayed {
        tokio::spawn(Arc::clone(&asker.api.app).carry_out_trial(run.clone()));
    }
    let present = run.fingerprint.clone();
    Ok(etag::done(StatusCode::ACCEPTED, &done, None, &asker.api.trial_progress(run, &present).await?))
}

/// The newest trial of a version: how far it is, and what the last finished one found.
#[utoipa::path(get, path = "/rule-tables/{id}/versions/{number}/trial", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), responses((status = 200, body = TrialView)))]
async fn get_trial(asker: Asker, at: Numbered) -> Answer {
    let app = &asker.api.app;
    let report = app.trial_report(&asker.ctx, &at.table, at.number).await?;
    let seen = asker.api.seen::<State>(&at.table).await?;
    let present = seen.state.version(at.number).map(|version| version.content.fingerprint.clone()).unwrap_or_default();
    let run = match app.trial_run(&at.table, at.number).await? {
        Some(run) => Some(asker.api.trial_progress(run, &present).await?),
        None => None,
    };
    let result = report.map(|(summary, report)| trial_result(&summary, report, &present));
    Ok(ok(&TrialView { run, result }))
}

/// Stop the trial of a version that is under way.
#[utoipa::path(delete, path = "/rule-tables/{id}/versions/{number}/trial", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), responses((status = 204)))]
async fn stop_trial(asker: Asker, at: Numbered) -> Answer {
    asker.run(&CancelTrial { table: at.table, version: at.number }).await?;
    Ok(axum::response::IntoResponse::into_response(StatusCode::NO_CONTENT))
}

/// The cases whose answer changes, as the newest finished trial found them; what was found and would be missed comes first.
#[utoipa::path(get, path = "/rule-tables/{id}/versions/{number}/trial/flips", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version"), FlipQuery), responses((status = 200, body = Page<TrialFlip>)))]
async fn list_flips(asker: Asker, at: Numbered, query: Asked<FlipQuery>) -> Answer {
    let limit = usize::try_from(paging::limit(query.0.limit)?).unwrap_or(50);
    let which = query.0.which.as_deref().filter(|which| !which.is_empty());
    if which.is_some_and(|which| !["in", "out", "missed"].contains(&which)) {
        return Err(Problem::bad("rule-flips-which", "which 须为 in、out 或 missed。", "which is in, out or missed."));
    }
    // The cursor names the report, so that a page never goes on in another one.
    let report = asker.api.app.trial_report(&asker.ctx, &at.table, at.number).await?;
    let Some((summary, report)) = report else { return Ok(ok(&Page::<TrialFlip> { items: Vec::new(), next: None })) };
    let begin = match &query.0.cursor {
        None => 0,
        Some(cursor) => {
            let place = cursor.split_once('.').filter(|(name, _)| summary.report.starts_with(name)).and_then(|(_, n)| n.parse().ok());
            place.ok_or_else(|| {
                Problem::bad("cursor", "游标无效，请从第一页开始。", "The cursor is not valid; begin with the first page.")
            })?
        }
    };
    let wanted = report.flips.into_iter().filter(|flip| match which {
        Some("in") => flip.inspect,
        Some("out") => !flip.inspect,
        Some("missed") => !flip.inspect && flip.result == Some(rulebook::Result::Hit),
        Some(_) | None => true,
    });
    let mut items: Vec<TrialFlip> = wanted.skip(begin).take(limit + 1).map(TrialFlip::from).collect();
    let next = (items.len() > limit).then(|| format!("{}.{}", &summary.report[..16.min(summary.report.len())], begin + limit));
    items.truncate(limit);
    Ok(ok(&Page { items, next }))
}

/// Ask for the countersignature. The present text must be without errors and tried on past cases.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/submit", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = RuleSubmitForm, responses((status = 200, body = RuleVersionText)))]
async fn submit_version(asker: Asker, at: Numbered, form: Input<RuleSubmitForm>) -> Answer {
    let done = asker.run(&SubmitVersion { table: at.table.clone(), version: at.number, note: form.0.note }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// Send a submitted version back to its author.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/return", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = ReasonForm, responses((status = 200, body = RuleVersionText)))]
async fn return_version(asker: Asker, at: Numbered, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&ReturnVersion { table: at.table.clone(), version: at.number, why: form.0.reason }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// Countersign a submitted version: from its first day on it acts. Never by whoever wrote or submitted it.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/countersign", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = RuleCountersignForm, responses((status = 200, body = RuleVersionText)))]
async fn countersign_version(asker: Asker, at: Numbered, form: Input<RuleCountersignForm>) -> Answer {
    let command = CountersignVersion { table: at.table.clone(), version: at.number, fingerprint: form.0.fingerprint };
    let done = asker.run(&command).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// Give up a draft or a submitted version.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/give-up", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = ReasonForm, responses((status = 200, body = RuleVersionText)))]
async fn give_up_version(asker: Asker, at: Numbered, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&WithdrawVersion { table: at.table.clone(), version: at.number, why: form.0.reason }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// Ask for the end of a released version; another officer confirms.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/withdrawal", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), request_body = ReasonForm, responses((status = 200, body = RuleVersionText)))]
async fn ask_withdrawal(asker: Asker, at: Numbered, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&AskWithdrawal { table: at.table.clone(), version: at.number, why: form.0.reason }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// Let a released version end, as another officer asked.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/withdrawal/confirm", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), responses((status = 200, body = RuleVersionText)))]
async fn confirm_withdrawal(asker: Asker, at: Numbered) -> Answer {
    let done = asker.run(&ConfirmWithdrawal { table: at.table.clone(), version: at.number }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}

/// Drop the wish to withdraw a released version.
#[utoipa::path(post, path = "/rule-tables/{id}/versions/{number}/withdrawal/drop", tag = "rules", params(("id" = String, Path, description = "Table id"), ("number" = u32, Path, description = "Version")), responses((status = 200, body = RuleVersionText)))]
async fn keep_version(asker: Asker, at: Numbered) -> Answer {
    let done = asker.run(&KeepVersion { table: at.table.clone(), version: at.number }).await?;
    changed(&asker, &at.table, StatusCode::OK, done).await
}
