//! Past decisions with what came of them, read page by page for a trial.

use std::collections::HashMap;

use clearance::Declaration;
use inspection::{Inspection, InspectionPhase, Outcome};
use ledger::{Aggregate, ObjectRef, Timestamp};
use rulebook::{Past, PastLine, Result as Found};
use store::{Visibility, WorkOrder, WorkQuery};

use crate::unit::read_state;
use crate::{App, AppError, Happens};

/// A declaration may have been begun this long before it was decided; those begun earlier are not looked for.
const DRAFT_DAYS_MAX: i64 = 30;
/// Objects read at a time.
const PAGE: u32 = 200;

/// Reads past decisions of a period, newest drafts first.
pub(super) struct Reader<'a> {
    app: &'a App,
    district: &'a str,
    from: Timestamp,
    to: Timestamp,
    inspections: HashMap<String, (Found, Option<i64>)>,
    results_read: bool,
    cursor: Option<String>,
    ended: bool,
}

/// Some past decisions, and how much of the period they bring to an end.
pub(super) struct Batch {
    /// Decisions with their facts.
    pub cases: Vec<Past>,
    /// Decisions of the period without facts: of before facts were kept.
    pub without_facts: u64,
    /// Share of the period that has been read, 0 to 1.
    pub share: f64,
}

impl<'a> Reader<'a> {
    /// A reader of what was decided in a period in the customs district that owns the table: what lies in another one is not its officers' to see.
    pub fn new(app: &'a App, district: &'a str, from: Timestamp, to: Timestamp) -> Self {
        Self { app, district, from, to, inspections: HashMap::new(), results_read: false, cursor: None, ended: false }
    }

    /// The next results of inspections, which are needed before the first decision.
    async fn results(&mut self) -> Result<Batch, AppError> {
        let (page, next) = page_of::<Inspection>(self.app, self.district, self.from, self.to, self.cursor.take()).await?;
        for (_, state, _) in page {
            if let Some(found) = result_of(&state) {
                self.inspections.insert(state.declaration, found);
            }
        }
        self.results_read = next.is_none();
        self.cursor = next;
        Ok(Batch { cases: Vec::new(), without_facts: 0, share: 0.0 })
    }

    /// The next decisions, none while what came of them is read; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Batch>, AppError> {
        if self.ended {
            return Ok(None);
        }
        if !self.results_read {
            return self.results().await.map(Some);
        }
        let begun = self.from.plus_days(-DRAFT_DAYS_MAX);
        let (page, next) = page_of::<Declaration>(self.app, self.district, begun, self.to, self.cursor.take()).await?;
        let oldest = page.last().map_or(begun, |(.., opened_at)| *opened_at);
        let mut batch = Batch { cases: Vec::with_capacity(page.len()), without_facts: 0, share: 1.0 };
        for (id, state, _) in page {
            let Some(case) = state.case() else { continue };
            let Some((decision, decided_at)) = case.decision.as_ref().zip(case.decided_at) else { continue };
            if decided_at < self.from || decided_at >= self.to {
                continue;
            }
            let Some(draw) = decision.draw.as_ref().filter(|_| !decision.lines.is_empty()) else {
                batch.without_facts += 1;
                continue;
            };
            let known = self.inspections.get(&id);
            batch.cases.push(Past {
                entry_id: case.entry_id.clone(),
                decided_at_ms: decided_at.millis(),
                version: decision.table.version.clone(),
                lines: decision.lines.iter().map(|line| PastLine { facts: line.facts.clone() }).collect(),
                rate_bp: decision.rate_bp,
                number: draw.number,
                inspected: decision.inspect,
                result: known.map(|(found, _)| *found),
                officer_ms: known.and_then(|(_, ms)| *ms),
                clearance_ms: match &state {
                    Declaration::Released { case, released_at, .. } => Some(released_at.since_millis(case.accepted_at)),
                    Declaration::Draft { .. }
                    | Declaration::Accepted { .. }
                    | Declaration::Rejected { .. }
                    | Declaration::Withdrawn { .. } => None,
                },
                declaration: id,
            });
        }
        match next {
            Some(next) => {
                self.cursor = Some(next);
                batch.share = share(begun, self.to, oldest);
            }
            None => self.ended = true,
        }
        Ok(Some(batch))
    }
}

/// Newest come first, so what lies after the oldest read is done.
#[expect(clippy::cast_precision_loss, reason = "a share to look at")]
fn share(from: Timestamp, to: Timestamp, oldest: Timestamp) -> f64 {
    (to.since_millis(oldest) as f64 / to.since_millis(from).max(1) as f64).clamp(0.0, 1.0)
}

/// A page of objects of a district with the time at which they were begun, newest first, and where the next page begins.
async fn page_of<A: Happens>(
    app: &App,
    district: &str,
    from: Timestamp,
    to: Timestamp,
    cursor: Option<String>,
) -> Result<(Vec<(String, A, Timestamp)>, Option<String>), AppError> {
    let query = WorkQuery {
        port: app.port().code.clone(),
        visibility: Visibility::Authorities(vec![district.to_owned()]),
        kinds: vec![<A as Aggregate>::KIND.to_owned()],
        statuses: Vec::new(),
        owner: None,
        actions: Vec::new(),
        open: None,
        key_prefix: None,
        keys: Vec::new(),
        opened_from: Some(from),
        opened_to: Some(to),
        due_before: None,
        order: WorkOrder::Newest,
        cursor,
        limit: PAGE,
    };
    let page = app.store().work(&query).await?;
    let wanted: Vec<ObjectRef> = page.items.iter().map(|item| item.object.clone()).collect();
    let mut found: HashMap<String, A> = HashMap::with_capacity(wanted.len());
    for record in app.store().objects(&app.port().code, &wanted).await? {
        found.insert(record.object.id.clone(), read_state(&record)?);
    }
    let rows = page.items.into_iter().filter_map(|item| {
        let state = found.remove(&item.object.id)?;
        Some((item.object.id, state, item.row.opened_at))
    });
    Ok((rows.collect(), page.next))
}

/// How an inspection ended, and the officer time it took: from the arrival of the last box at the site until the result was confirmed, times
/// the officers present. Nothing is said of an inspection without a box at the site.
fn result_of(state: &Inspection) -> Option<(Found, Option<i64>)> {
    let (result, at) = match &state.phase {
        InspectionPhase::Passed { result, at } | InspectionPhase::Failed { result, at } => (result, *at),
        InspectionPhase::Ordered
        | InspectionPhase::Appointed { .. }
        | InspectionPhase::AtSite { .. }
        | InspectionPhase::Recorded { .. }
        | InspectionPhase::Cancelled { .. } => return None,
    };
    let found = match result.result {
        Outcome::Pass => Found::Pass,
        Outcome::Fail => Found::Hit,
    };
    let officers = i64::try_from(result.officers.len()).unwrap_or(0);
    Some((found, state.arrived.values().max().map(|arrived| at.since_millis(*arrived).max(0) * officers)))
}
