//! The uniform row of the worklist (待办).

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How every object shows itself to inboxes, searches, the same-day board and alarms. The object's reference and port are added where it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkRow {
    /// What a person recognises it by: container number, bill number, ship and voyage (no sentence, no language).
    pub title: String,
    /// Stable state code, such as `awaiting-payment`.
    pub status: String,
    /// Organisation that must act next, if one must.
    pub owner: Option<String>,
    /// What it must do, as a stable code such as `pay-duty`; `None` when nothing is to be done.
    pub action: Option<String>,
    /// Responsible authority's organisation id or customs district code.
    pub authority: Option<String>,
    /// Organisations that may see it besides authorities.
    pub parties: Vec<String>,
    /// Identifiers by which it can be found (container, bill, declaration number …), upper case, at most 32.
    pub keys: Vec<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When the next step is due.
    pub due_at: Option<Timestamp>,
    /// When it was closed; closed rows leave the worklists and stay findable.
    pub closed_at: Option<Timestamp>,
}
