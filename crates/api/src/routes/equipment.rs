//! Machines of terminals (港口设备): the register, telemetry, and alarms that wait for the terminal.

use app::reading::ListQuery;
use app::telemetry::{CloseEquipmentAlarm, RegisterEquipment, RetireEquipment, SendTelemetry};
use axum::http::StatusCode;
use equipment::{Equipment as State, EquipmentAlarm as Alarm, HOURS_KEPT};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page, PageQuery};
use crate::problem::Answer;
use crate::state::Api;
use crate::wire::declaration::ReasonForm;
use crate::wire::equipment::{Machine, MachineAlarm, MachineAlarmForm, MachineForm, MachineQuery, TelemetryBatch, TelemetryResult};

/// Hours of each machine in a list.
const HOURS_IN_LIST: usize = 24;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_equipment, register_equipment))
        .routes(routes!(get_equipment))
        .routes(routes!(retire_equipment))
        .routes(routes!(send_telemetry))
        .routes(routes!(list_equipment_alarms))
        .routes(routes!(close_equipment_alarm))
}

/// Send readings of machines (设备遥测), at most 2,000. Faulty rows come back as findings; the others count, each machine and second once.
#[utoipa::path(post, path = "/telemetry", tag = "equipment", request_body = TelemetryBatch, responses((status = 200, body = TelemetryResult)))]
async fn send_telemetry(asker: Asker, batch: Input<TelemetryBatch>) -> Answer {
    let command = SendTelemetry { readings: batch.0.readings.into_iter().map(Into::into).collect() };
    let done = asker.run(&command).await?;
    let view = TelemetryResult::from(done.outcome.clone());
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// Machines with their last state and their last hours. A terminal sees its own, the port office and the port authority all.
#[utoipa::path(get, path = "/equipment", tag = "equipment", params(MachineQuery), responses((status = 200, body = Page<Machine>)))]
async fn list_equipment(asker: Asker, query: Asked<MachineQuery>) -> Answer {
    let query = query.0;
    let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut keys: Vec<String> = filled(query.kind).map(|kind| format!("KIND:{kind}")).into_iter().collect();
    keys.extend(filled(query.terminal).map(|terminal| format!("TERMINAL:{terminal}")));
    let list = ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        keys,
        key_prefix: paging::prefix(query.q.as_deref())?,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..ListQuery::default()
    };
    let now = asker.ctx.at;
    let page = asker.list::<State>("equipment.read", list).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.machine(seen, HOURS_IN_LIST, now)).await?))
}

/// Register a machine of one's own terminal. One that was retired may come back.
#[utoipa::path(post, path = "/equipment", tag = "equipment", request_body = MachineForm, responses((status = 201, body = Machine)))]
async fn register_equipment(asker: Asker, form: Input<MachineForm>) -> Answer {
    let command = RegisterEquipment { number: form.0.number, kind: form.0.kind.into(), name: form.0.name };
    let done = asker.run(&command).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &asker.api.machine(seen, HOURS_KEPT, asker.ctx.at).await?))
}

/// One machine.
#[utoipa::path(get, path = "/equipment/{id}", tag = "equipment", params(("id" = String, Path, description = "Machine id")), responses((status = 200, body = Machine)))]
async fn get_equipment(asker: Asker, id: Id) -> Answer {
    // Its last state changes without a new version: no entity tag.
    let seen = asker.view::<State>("equipment.read", &id.0).await?;
    Ok(ok(&asker.api.machine(seen, HOURS_KEPT, asker.ctx.at).await?))
}

/// Take a machine out of service: its readings are refused from now on.
#[utoipa::path(post, path = "/equipment/{id}/retire", tag = "equipment", params(("id" = String, Path, description = "Machine id")), request_body = ReasonForm, responses((status = 200, body = Machine)))]
async fn retire_equipment(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&RetireEquipment { id: id.0, reason: form.0.reason }).await?;
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.machine(seen, HOURS_KEPT, asker.ctx.at).await?))
}

/// Alarms of machines, those that wait for the terminal unless a status is asked for.
#[utoipa::path(get, path = "/equipment-alarms", tag = "equipment", params(PageQuery), responses((status = 200, body = Page<MachineAlarm>)))]
async fn list_equipment_alarms(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let mut list = query.0.list()?;
    list.open = list.statuses.is_empty().then_some(true);
    let page = asker.list::<Alarm>("equipment-alarm.read", list).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.machine_alarm(seen)).await?))
}

/// Close an alarm and say what was done. It is raised again when a later reading tells it.
#[utoipa::path(post, path = "/equipment-alarms/{id}/close", tag = "equipment", params(("id" = String, Path, description = "Alarm id")), request_body = MachineAlarmForm, responses((status = 200, body = MachineAlarm)))]
async fn close_equipment_alarm(asker: Asker, id: Id, form: Input<MachineAlarmForm>) -> Answer {
    let done = asker.run(&CloseEquipmentAlarm { id: id.0, note: form.0.note }).await?;
    let seen = asker.after::<Alarm>(&done.outcome).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.machine_alarm(seen).await?))
}
