//! Rosters (排班) and the workload of the inspection site (查验工作量).

use std::fmt::Write as _;

use app::data_sharing::csv_cell as cell;
use app::roster::{CopyRoster, RosterDay as State};
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::Asker;
use crate::etag;
use crate::paging::Asked;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::roster::{CopyForm, RosterChangeForm, RosterCopied, RosterOfDay, RosterQuery, ShiftForm, WorkloadView};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(get_roster))
        .routes(routes!(assign_shift))
        .routes(routes!(change_roster))
        .routes(routes!(copy_roster))
        .routes(routes!(export_roster))
        .routes(routes!(get_workload))
}

async fn roster(asker: &Asker, day: &str) -> Result<State, Problem> {
    asker.recorded("roster.read", None, asker.api.app.roster_day(&asker.ctx, day).await)
}

/// The roster of a day with the officers who may be given shifts; for customs of the port alone.
#[utoipa::path(get, path = "/roster", tag = "inspections", params(RosterQuery), responses((status = 200, body = RosterOfDay)))]
async fn get_roster(asker: Asker, query: Asked<RosterQuery>) -> Answer {
    let today = || asker.ctx.at.day(asker.api.app.port().utc_offset_minutes);
    let day = query.0.day.clone().filter(|day| !day.is_empty()).unwrap_or_else(today);
    let found = roster(&asker, &day).await?;
    Ok(ok(&asker.api.roster_of_day(found)))
}

/// Give an officer a shift. Nobody is in two places at once; what is overtime follows from the calendar.
#[utoipa::path(post, path = "/roster/{day}/shifts", tag = "inspections", params(("day" = String, Path, description = "Day of the port's clock, YYYY-MM-DD")), request_body = ShiftForm, responses((status = 201, body = RosterOfDay)))]
async fn assign_shift(asker: Asker, Path(day): Path<String>, form: Input<ShiftForm>) -> Answer {
    let done = asker.run(&form.0.command(day.clone())).await?;
    let found = asker.api.app.roster_day(&asker.ctx, &day).await?;
    Ok(etag::done(StatusCode::CREATED, &done, None, &asker.api.roster_of_day(found)))
}

/// Take a shift back, note an absence or lift it, or put the roster in force.
#[utoipa::path(post, path = "/roster/{day}/changes", tag = "inspections", params(("day" = String, Path, description = "Day of the port's clock, YYYY-MM-DD")), request_body = RosterChangeForm, responses((status = 200, body = RosterOfDay)))]
async fn change_roster(asker: Asker, Path(day): Path<String>, form: Input<RosterChangeForm>) -> Answer {
    let done = asker.run(&form.0.command(day.clone())).await?;
    let found = asker.api.app.roster_day(&asker.ctx, &day).await?;
    Ok(etag::done(StatusCode::OK, &done, None, &asker.api.roster_of_day(found)))
}

/// Take the shifts of another day over, as far as they fit.
#[utoipa::path(post, path = "/roster/{day}/copy", tag = "inspections", params(("day" = String, Path, description = "Day of the port's clock, YYYY-MM-DD")), request_body = CopyForm, responses((status = 200, body = RosterCopied)))]
async fn copy_roster(asker: Asker, Path(day): Path<String>, form: Input<CopyForm>) -> Answer {
    let done = asker.run(&CopyRoster { day: day.clone(), from: form.0.from }).await?;
    let found = asker.api.app.roster_day(&asker.ctx, &day).await?;
    let (given, left_out) = done.outcome;
    let view = RosterCopied { given, left_out, roster: asker.api.roster_of_day(found) };
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// The roster of a day as a table for spreadsheets.
#[utoipa::path(get, path = "/roster/{day}/roster.csv", tag = "inspections", params(("day" = String, Path, description = "Day of the port's clock, YYYY-MM-DD")), responses((status = 200, content_type = "text/csv", body = String)))]
async fn export_roster(asker: Asker, Path(day): Path<String>) -> Answer {
    let offset = asker.api.app.port().utc_offset_minutes;
    let found = roster(&asker, &day).await?;
    // Spreadsheets take a file for UTF-8 only when it begins with the mark.
    let mut out = String::from("\u{feff}day,site,officer,姓名,from,to,competence,overtime_minutes,overtime,absent\r\n");
    for shift in found.roster.iter().flat_map(|roster| &roster.shifts) {
        let name = found.officers.iter().find(|one| one.id == shift.officer).map(|one| one.name.zh.clone()).unwrap_or_default();
        let absent = found.roster.as_ref().and_then(|roster| roster.absent.get(&shift.officer)).map(|absence| absence.code());
        let cells = [
            day.clone(),
            shift.site.clone(),
            shift.officer.clone(),
            name,
            shift.from.local_minute(offset),
            shift.to.local_minute(offset),
            shift.competence.clone().unwrap_or_default(),
            shift.overtime.map_or(0, |overtime| overtime.minutes).to_string(),
            shift.overtime.map(|overtime| overtime.kind.code()).unwrap_or_default().to_owned(),
            absent.unwrap_or_default().to_owned(),
        ];
        let line: Vec<String> = cells.iter().map(|one| cell(one)).collect();
        let _ = write!(out, "{}\r\n", line.join(","));
    }
    let disposition = format!("attachment; filename=\"roster-{}.csv\"", found.day);
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

/// What the inspection site is to expect in the next seven days, who is there for it, and how the forecast fared on the days before.
#[utoipa::path(get, path = "/workload", tag = "inspections", responses((status = 200, body = WorkloadView)))]
async fn get_workload(asker: Asker) -> Answer {
    let found = asker.recorded("workload.read", None, asker.api.app.workload(&asker.ctx).await)?;
    Ok(ok(&asker.api.workload(found).await?))
}
