//! The worklist.

use app::AppError;
use app::reading::ListQuery;
use ledger::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, ObjectRef, Org, Text, instant};
use crate::paging;
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;

/// A row of the worklist: how an object shows itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkItem {
    /// Object.
    pub object: ObjectRef,
    /// What a person recognises it by.
    pub title: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Who must act.
    pub owner: Option<Org>,
    /// What is to be done.
    pub action: Option<String>,
    /// In words.
    pub action_text: Option<Text>,
    /// Responsible customs district or authority.
    pub authority: Option<String>,
    /// Identifiers by which it is found.
    pub keys: Vec<String>,
    /// When it was opened.
    pub opened_at: Instant,
    /// When the next step is due.
    pub due_at: Option<Instant>,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Due and not done.
    pub overdue: bool,
}

/// Number of open rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TallyRow {
    /// Object kind.
    pub kind: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Next action.
    pub action: Option<String>,
    /// In words.
    pub action_text: Option<Text>,
    /// Rows.
    pub count: u64,
    /// Rows that are late.
    pub overdue: u64,
}

/// Numbers of the worklist.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Tally {
    /// By kind, state and action.
    pub items: Vec<TallyRow>,
    /// When it was counted.
    pub as_of: Instant,
}

/// What of the worklist is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct WorkQuery {
    /// Object kinds, separated by commas.
    pub kind: Option<String>,
    /// State codes, separated by commas.
    pub status: Option<String>,
    /// Next actions, separated by commas.
    pub action: Option<String>,
    /// Only rows on which the own organisation must act.
    pub mine: Option<bool>,
    /// Open or closed rows only.
    pub open: Option<bool>,
    /// Beginning of an identifier, 3 characters or more.
    pub q: Option<String>,
    /// `newest` (default) or `due`.
    pub order: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

impl WorkQuery {
    pub fn list(&self) -> Result<ListQuery, Problem> {
        let by_due = match self.order.as_deref() {
            None | Some("newest" | "") => false,
            Some("due") => true,
            Some(_) => return Err(paging::invalid("order 须为 newest 或 due。", "order is newest or due.")),
        };
        Ok(ListQuery {
            kinds: paging::codes(self.kind.as_deref())?,
            statuses: paging::codes(self.status.as_deref())?,
            actions: paging::codes(self.action.as_deref())?,
            mine: self.mine.unwrap_or(false),
            open: self.open,
            key_prefix: paging::prefix(self.q.as_deref())?,
            by_due,
            cursor: self.cursor.clone(),
            limit: paging::limit(self.limit)?,
            ..ListQuery::default()
        })
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SearchQuery {
    /// Any identifier, or its beginning.
    pub q: String,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

impl Api {
    pub async fn work_item(&self, item: store::WorkItem, now: Timestamp) -> Result<WorkItem, AppError> {
        let row = item.row;
        let owner = match &row.owner {
            Some(owner) => Some(self.org(owner).await?),
            None => None,
        };
        Ok(WorkItem {
            status_text: texts::status(&item.object.kind, &row.status),
            object: ObjectRef::from(&item.object),
            title: row.title,
            status: row.status,
            owner,
            action_text: row.action.as_deref().map(texts::action),
            action: row.action,
            authority: row.authority,
            keys: row.keys,
            opened_at: row.opened_at.into(),
            overdue: row.closed_at.is_none() && row.due_at.is_some_and(|due| due < now),
            due_at: instant(row.due_at),
            closed_at: instant(row.closed_at),
        })
    }
}
