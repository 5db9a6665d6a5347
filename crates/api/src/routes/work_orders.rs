//! What discharge and loading orders (卸船指令、装船指令) have in common; their addresses are in [`super::discharge_orders`] and
//! [`super::loading_orders`].

use std::fmt::Write as _;

use app::Happens;
use app::data_sharing::csv_cell as cell;
use app::work_orders::{BoxQuery, CancelWork, ExplainWork, OrderWork, OrderedWork};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use logistics::WorkOrder as State;

use crate::body::ok;
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Page, PageQuery};
use crate::problem::Answer;
use crate::wire::work_order::{WorkOrderBox, WorkOrderBoxQuery, WorkOrderForm, WorkOrderNote, WorkOrderPlan, WorkOrderReason};

pub(super) async fn list<W: OrderedWork>(asker: Asker, query: PageQuery) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let page = asker.list::<State<W>>(W::READ, query.list()?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for (seen, _) in &page.items {
        items.push(asker.api.work_order_summary(&seen.id, &seen.state).await?);
    }
    Ok(ok(&Page { items, next: page.next }))
}

pub(super) async fn check<W: OrderedWork>(asker: Asker, form: WorkOrderForm) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let call = form.call.trim().to_owned();
    let wanted = form.wanted()?;
    Ok(ok(&WorkOrderPlan::from(asker.api.app.check_work::<W>(&asker.ctx, &call, &wanted).await?)))
}

pub(super) async fn order<W: OrderedWork>(asker: Asker, form: WorkOrderForm) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let call = form.call.trim().to_owned();
    let done = asker.run(&OrderWork::<W>::new(call, form.wanted()?)).await?;
    let seen = asker.after::<State<W>>(&done.outcome.id).await?;
    let version = seen.version;
    let view = asker.api.work_order(&asker.ctx, seen, done.outcome.findings.clone()).await?;
    Ok(etag::done(StatusCode::CREATED, &done, Some(version), &view))
}

pub(super) async fn get<W: OrderedWork>(asker: Asker, id: Id) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let seen = asker.api.app.work_order::<W>(&asker.ctx, &id.0).await?;
    // How far the work has come is no part of the order: its version does not tell whether an answer is current, so none is given.
    Ok(ok(&asker.api.work_order(&asker.ctx, seen, Vec::new()).await?))
}

fn wanted<W: OrderedWork>(query: &WorkOrderBoxQuery) -> Result<BoxQuery, crate::problem::Problem>
where
    State<W>: Happens<Event = W::Event>,
{
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    if given(&query.q).is_some_and(|q| q.chars().count() > 64) {
        return Err(paging::invalid("最多 64 个字符。", "At most 64 characters."));
    }
    let standing = given(&query.standing);
    if standing.as_deref().is_some_and(|code| !["waiting", W::DONE, "missing", "unlisted", "doubtful"].contains(&code)) {
        let en = "standing is waiting, discharged or loaded, missing, unlisted or doubtful.";
        return Err(paging::invalid("standing 代码不正确。", en));
    }
    Ok(BoxQuery { q: given(&query.q), standing, cursor: query.cursor.clone(), limit: paging::limit(query.limit)? as usize })
}

pub(super) async fn boxes<W: OrderedWork>(asker: Asker, id: Id, query: WorkOrderBoxQuery) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let seen = asker.api.app.work_order::<W>(&asker.ctx, &id.0).await?;
    let page = asker.api.app.work_boxes(&seen.state, &wanted::<W>(&query)?).await?;
    Ok(ok(&paging::page(page, WorkOrderBox::of::<W>)))
}

pub(super) async fn export<W: OrderedWork>(asker: Asker, id: Id, query: WorkOrderBoxQuery) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let offset = asker.api.app.port().utc_offset_minutes;
    let seen = asker.api.app.work_order::<W>(&asker.ctx, &id.0).await?;
    // An order is bounded; so is its table.
    let all = BoxQuery { cursor: None, limit: usize::MAX - 1, ..wanted::<W>(&query)? };
    let page = asker.api.app.work_boxes(&seen.state, &all).await?;
    let mut out = format!("\u{feff}number,size_type,gross_kg,bill,cell,standing,状态,{}_at\r\n", W::DONE);
    for row in page.items {
        let at = row.done_at.map(|at| at.local_minute(offset)).unwrap_or_default();
        let row = WorkOrderBox::of::<W>(row);
        let cells = [
            row.number,
            row.size_type,
            row.gross_kg.unwrap_or_default(),
            row.bill.unwrap_or_default(),
            row.cell.unwrap_or_default(),
            row.standing,
            row.standing_text.zh,
            at,
        ];
        let line: Vec<String> = cells.iter().map(|c| cell(c)).collect();
        let _ = write!(out, "{}\r\n", line.join(","));
    }
    let disposition = format!("attachment; filename=\"{}-{}.csv\"", W::KIND, seen.state.document());
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)], out).into_response())
}

pub(super) async fn cancel<W: OrderedWork>(asker: Asker, id: Id, form: WorkOrderReason) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let done = asker.run(&CancelWork::<W>::new(id.0, form.reason)).await?;
    answer::<W>(&asker, done).await
}

pub(super) async fn explain<W: OrderedWork>(asker: Asker, id: Id, form: WorkOrderNote) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let done = asker.run(&ExplainWork::<W>::new(id.0, form.note)).await?;
    answer::<W>(&asker, done).await
}

async fn answer<W: OrderedWork>(asker: &Asker, done: app::Done<String>) -> Answer
where
    State<W>: Happens<Event = W::Event>,
{
    let seen = asker.after::<State<W>>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.work_order(&asker.ctx, seen, Vec::new()).await?;
    Ok(etag::done(StatusCode::OK, &done, Some(version), &view))
}
