//! Code tables.

use codes::{Date, TableId, table};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::ok;
use crate::context::{Id, Visitor};
use crate::paging::{self, Asked, Items, Page};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::Text;
use crate::wire::session::{Code, CodeQuery, CodeTable};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_code_tables)).routes(routes!(list_codes))
}

/// The code tables, with source and date.
#[utoipa::path(get, path = "/codes", tag = "public", responses((status = 200, body = Items<CodeTable>)))]
async fn list_code_tables(_visitor: Visitor) -> Answer {
    let items = TableId::ALL
        .iter()
        .map(|id| {
            let table = table(*id);
            CodeTable {
                id: id.as_str().to_owned(),
                name: Text::new(table.title_zh, table.title_en),
                count: table.iter().len(),
                source: table.source.to_owned(),
                date: table.as_of.to_string(),
            }
        })
        .collect();
    Ok(ok(&Items { items }))
}

/// The codes of a table.
#[utoipa::path(get, path = "/codes/{table}", tag = "public", params(("table" = String, Path, description = "Table id"), CodeQuery), responses((status = 200, body = Page<Code>)))]
async fn list_codes(_visitor: Visitor, id: Id, query: Asked<CodeQuery>) -> Answer {
    let table = table(*TableId::ALL.iter().find(|known| known.as_str() == id.0).ok_or_else(Problem::not_found)?);
    let query = query.0;
    let limit = usize::try_from(paging::limit(query.limit)?).unwrap_or(200);
    let wanted = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    if let Some(text) = wanted {
        let items = table.search(text).into_iter().take(limit).map(code).collect();
        return Ok(ok(&Page { items, next: None }));
    }
    let mut rest = table.iter().skip_while(|entry| query.cursor.as_deref().is_some_and(|after| after != entry.code));
    if query.cursor.is_some() && rest.next().is_none() {
        return Err(Problem::from(store::StoreError::Cursor));
    }
    let mut items: Vec<Code> = rest.take(limit + 1).map(code).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(|last| last.code.clone()) } else { None };
    Ok(ok(&Page { items, next }))
}

fn code(entry: &codes::CodeEntry) -> Code {
    let day = |date: Option<Date>| date.map(|d| d.to_string());
    Code {
        code: entry.code.to_owned(),
        name: Text::new(entry.zh, entry.en),
        valid_from: day(entry.valid_from),
        valid_to: day(entry.valid_to),
    }
}
