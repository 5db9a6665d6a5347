//! Lists: a query with a cursor in, a page out.

use app::AppError;
use app::reading::ListQuery;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use ledger::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// One page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Cursor of the next page; null at the end.
    pub next: Option<String>,
}

/// A short, whole list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Items<T> {
    /// The rows.
    pub items: Vec<T>,
}

/// Where a list goes on, and how many rows are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct PageQuery {
    /// Status codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

impl PageQuery {
    pub fn list(&self) -> Result<ListQuery, Problem> {
        Ok(ListQuery {
            statuses: codes(self.status.as_deref())?,
            key_prefix: prefix(self.q.as_deref())?,
            cursor: self.cursor.clone(),
            limit: limit(self.limit)?,
            ..ListQuery::default()
        })
    }
}

/// Codes separated by commas.
pub(crate) fn codes(text: Option<&str>) -> Result<Vec<String>, Problem> {
    let list: Vec<String> = text.unwrap_or("").split(',').map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect();
    if list.len() > 20 || list.iter().any(|c| c.len() > 40) {
        return Err(invalid("最多 20 个代码，每个不超过 40 个字符。", "At most 20 codes of 40 characters."));
    }
    Ok(list)
}

/// The beginning of an identifier; the store looks for three characters or more.
pub(crate) fn prefix(text: Option<&str>) -> Result<Option<String>, Problem> {
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    match text {
        Some(t) if t.chars().count() < 3 => Err(invalid("请至少输入 3 个字符。", "Type at least 3 characters.")),
        Some(t) if t.chars().count() > 64 => Err(invalid("最多 64 个字符。", "At most 64 characters.")),
        other => Ok(other.map(str::to_owned)),
    }
}

/// Rows wanted.
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(50),
        Some(n @ 1..=200) => Ok(n),
        Some(_) => Err(invalid("limit 须为 1 至 200。", "limit must be 1 to 200.")),
    }
}

pub(crate) fn invalid(zh: &str, en: &str) -> Problem {
    Problem::bad("query-invalid", zh, en)
}

/// A calendar day of the port's clock as its first instant.
pub(crate) fn day_start(text: &str, offset_minutes: i32) -> Result<Timestamp, Problem> {
    let parsed = || {
        let mut parts = text.split('-');
        let (y, m, d) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        if text.len() != 10 || parts.next().is_some() {
            return None;
        }
        Timestamp::from_civil((y, m, d), (0, 0, 0), offset_minutes)
    };
    parsed().ok_or_else(|| invalid("日期格式须为 YYYY-MM-DD。", "Days are written YYYY-MM-DD."))
}

/// A query string.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(query)) => Ok(Self(query)),
            Err(e) => Err(Problem::bad(
                "query-invalid",
                format!("查询参数不正确：{}", e.body_text()),
                format!("The query is not valid: {}", e.body_text()),
            )),
        }
    }
}

/// A page of the store, row by row as the wire has it.
pub(crate) fn page<A, B>(page: store::Page<A>, map: impl FnMut(A) -> B) -> Page<B> {
    Page { items: page.items.into_iter().map(map).collect(), next: page.next }
}

/// As [`page`], for rows that need names from the register.
pub(crate) async fn page_async<A, B, F, Fut>(page: store::Page<A>, map: F) -> Result<Page<B>, AppError>
where
    F: Fn(A) -> Fut,
    Fut: Future<Output = Result<B, AppError>>,
{
    let mut items = Vec::with_capacity(page.items.len());
    for item in page.items {
        items.push(map(item).await?);
    }
    Ok(Page { items, next: page.next })
}
