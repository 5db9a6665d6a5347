//! Containers (集装箱) and what terminals report about them.

use app::discharge::{ReportDischarge, ReportStatus, StatusEvent};
use app::reports::ReviewAlarms;
use axum::http::{HeaderMap, StatusCode};
use logistics::Container as State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{BATCH_BYTES_MAX, Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::container::{AlarmReview, BatchResult, Container, ContainerQuery, DischargeBatch, StatusBatch};

/// Most reports in one discharge batch of the API.
const REPORTS_MAX: usize = 1_000;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_containers))
        .routes(routes!(report_discharge))
        .routes(routes!(get_container))
        .routes(routes!(report_status))
        .routes(routes!(review_alarms))
}

/// Containers.
#[utoipa::path(get, path = "/containers", tag = "containers", params(ContainerQuery), responses((status = 200, body = Page<Container>)))]
async fn list_containers(asker: Asker, query: Asked<ContainerQuery>) -> Answer {
    let query = query.0;
    let call = query.call.as_deref().map(str::trim).filter(|c| !c.is_empty());
    let q = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let list = app::reading::ListQuery {
        statuses: paging::codes(query.status.as_deref())?,
        key_prefix: paging::prefix(q.or(call))?,
        cursor: query.cursor,
        limit: paging::limit(query.limit)?,
        ..app::reading::ListQuery::default()
    };
    let mut page = asker.list::<State>("container.read", list).await?;
    if let Some(call) = call {
        page.items.retain(|(seen, _)| seen.state.call.eq_ignore_ascii_case(call));
    }
    let items = asker.api.containers(page.items.into_iter().map(|(seen, _)| seen).collect()).await?;
    Ok(ok(&Page { items, next: page.next }))
}

/// One container.
#[utoipa::path(get, path = "/containers/{id}", tag = "containers", params(("id" = String, Path, description = "Id of the visit: number and call")), responses((status = 200, body = Container)))]
async fn get_container(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("container.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.container(seen).await?))
}

/// Customs has looked at the alarms of a box (预警处置); they are closed.
#[utoipa::path(post, path = "/containers/{id}/review-alarms", tag = "containers", params(("id" = String, Path, description = "Id of the visit: number and call")), request_body = AlarmReview, responses((status = 200, body = Container)))]
async fn review_alarms(asker: Asker, id: Id, form: Input<AlarmReview>) -> Answer {
    let done = asker.run(&ReviewAlarms { id: id.0.clone(), note: form.0.note }).await?;
    let seen = asker.after::<State>(&id.0).await?;
    let version = seen.version;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &asker.api.container(seen).await?))
}

/// Report containers discharged with tally (卸船报告). Faulty rows come back as findings; the others are recorded.
#[utoipa::path(post, path = "/containers/discharge", tag = "containers", request_body = DischargeBatch, responses((status = 200, body = BatchResult)))]
async fn report_discharge(asker: Asker, batch: Input<DischargeBatch>) -> Answer {
    let reports = batch.0.reports;
    if reports.len() > REPORTS_MAX {
        return Err(Problem::bad("too-many-rows", format!("一次最多 {REPORTS_MAX} 行"), format!("At most {REPORTS_MAX} rows at a time")));
    }
    let done = asker.run(&ReportDischarge { reports: reports.into_iter().map(Into::into).collect() }).await?;
    let view = BatchResult::from(done.outcome.clone());
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}

/// Report yard moves (堆场动态), up to 5,000 at once. Faulty rows come back as findings; the others are recorded.
#[utoipa::path(post, path = "/status-events", tag = "containers", request_body = StatusBatch, responses((status = 200, body = BatchResult)))]
async fn report_status(asker: Asker, batch: Input<StatusBatch, BATCH_BYTES_MAX>) -> Answer {
    let events: Vec<StatusEvent> = batch.0.events.into_iter().map(Into::into).collect();
    let done = asker.run(&ReportStatus { events }).await?;
    let view = BatchResult::from(done.outcome.clone());
    Ok(etag::done(StatusCode::OK, &done, None, &view))
}
