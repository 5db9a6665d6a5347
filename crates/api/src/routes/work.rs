//! Worklist, search, organisations.

use app::directory::Organisation as State;
use app::reading::ListQuery;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::Asker;
use crate::paging::{self, Asked, Page};
use crate::problem::Answer;
use crate::state::Api;
use crate::texts;
use crate::wire::admin::{Organisation, OrganisationQuery};
use crate::wire::work::{SearchQuery, Tally, TallyRow, WorkItem, WorkQuery};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_work)).routes(routes!(tally_work)).routes(routes!(search)).routes(routes!(list_organisations))
}

/// The worklist (待办): what the own organisation sees, and what it must do.
#[utoipa::path(get, path = "/worklist", tag = "work", params(WorkQuery), responses((status = 200, body = Page<WorkItem>)))]
async fn list_work(asker: Asker, query: Asked<WorkQuery>) -> Answer {
    Ok(ok(&page(&asker, &query.0.list()?).await?))
}

async fn page(asker: &Asker, query: &ListQuery) -> Result<Page<WorkItem>, crate::problem::Problem> {
    let page = asker.recorded("worklist.read", None, asker.api.app.worklist(&asker.ctx, query).await)?;
    Ok(paging::page_async(page, |item| asker.api.work_item(item, asker.ctx.at)).await?)
}

/// Numbers of the worklist.
#[utoipa::path(get, path = "/worklist/tally", tag = "work", params(WorkQuery), responses((status = 200, body = Tally)))]
async fn tally_work(asker: Asker, query: Asked<WorkQuery>) -> Answer {
    let query = query.0.list()?;
    let rows = asker.recorded("worklist.read", None, asker.api.app.worklist_tally(&asker.ctx, &query).await)?;
    let items = rows
        .into_iter()
        .map(|row| TallyRow {
            status_text: texts::status(&row.kind, &row.status),
            action_text: row.action.as_deref().map(texts::action),
            kind: row.kind,
            status: row.status,
            action: row.action,
            count: row.count,
            overdue: row.overdue,
        })
        .collect();
    Ok(ok(&Tally { items, as_of: asker.ctx.at.into() }))
}

/// Search by any identifier.
#[utoipa::path(get, path = "/search", tag = "work", params(SearchQuery), responses((status = 200, body = Page<WorkItem>)))]
async fn search(asker: Asker, query: Asked<SearchQuery>) -> Answer {
    let query = query.0;
    let list = ListQuery {
        key_prefix: paging::prefix(Some(&query.q))?,
        cursor: query.cursor,
        limit: paging::limit(query.limit.or(Some(20)))?,
        ..ListQuery::default()
    };
    if list.key_prefix.is_none() {
        return Ok(ok(&Page::<WorkItem> { items: Vec::new(), next: None }));
    }
    Ok(ok(&page(&asker, &list).await?))
}

/// Organisations of the port.
#[utoipa::path(get, path = "/organisations", tag = "work", params(OrganisationQuery), responses((status = 200, body = Page<Organisation>)))]
async fn list_organisations(asker: Asker, query: Asked<OrganisationQuery>) -> Answer {
    asker.require("organisation.list")?;
    let page = fitting(asker.api.app.organisations().await?, |organisation| organisation, &query.0)?;
    Ok(ok(&Page { items: page.items.into_iter().map(Organisation::of).collect::<Vec<_>>(), next: page.next }))
}

/// Those of the organisations that fit, in order of id.
pub(super) fn fitting<T>(all: Vec<T>, of: impl Fn(&T) -> &State, query: &OrganisationQuery) -> Result<Page<T>, crate::problem::Problem> {
    let limit = usize::try_from(paging::limit(query.limit.or(Some(200)))?).unwrap_or(200);
    let wanted = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()).map(str::to_lowercase);
    let mut items = Vec::new();
    for entry in all {
        let organisation = of(&entry);
        let role = query.role.as_deref().filter(|r| !r.is_empty()).is_none_or(|role| organisation.role.code() == role);
        let after = query.cursor.as_ref().is_none_or(|cursor| organisation.id > *cursor);
        let fits = wanted.as_ref().is_none_or(|q| {
            [Some(&organisation.id), Some(&organisation.name.zh), Some(&organisation.name.en), organisation.uscc.as_ref()]
                .into_iter()
                .flatten()
                .any(|text| text.to_lowercase().contains(q))
        });
        if role && after && fits {
            items.push(entry);
        }
    }
    let next = (items.len() > limit).then(|| of(&items[limit - 1]).id.clone());
    items.truncate(limit);
    Ok(Page { items, next })
}
