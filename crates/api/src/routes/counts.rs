//! How many boxes of a call have come how far: counted from the worklist, remembered for a while.

use std::collections::HashMap;

use app::reading::ListQuery;
use app::{AppError, Context};
use ledger::Timestamp;

use crate::state::Api;
use crate::wire::call::CallContainers;

/// Milliseconds for which counts are shown again.
const REMEMBER_MS: i64 = 15_000;
/// Calls remembered.
const CALLS_MAX: usize = 2_000;
/// Pages of gone boxes counted, of 200 each.
const PAGES_MAX: usize = 40;

/// Counts by call, with the instant they were made.
#[derive(Default)]
pub(crate) struct CallCounts(HashMap<String, (Timestamp, CallContainers)>);

impl Api {
    pub async fn call_containers(&self, call: &str, status: &str, now: Timestamp) -> Result<CallContainers, AppError> {
        if let Some((at, counts)) = self.counts.lock().0.get(call)
            && now.since_millis(*at).abs() < REMEMBER_MS
        {
            return Ok(*counts);
        }
        let counts = self.count(call, status, now).await?;
        let mut known = self.counts.lock();
        if known.0.len() >= CALLS_MAX {
            known.0.clear();
        }
        known.0.insert(call.to_owned(), (now, counts));
        Ok(counts)
    }

    async fn count(&self, call: &str, status: &str, now: Timestamp) -> Result<CallContainers, AppError> {
        // The numbers of a call are no secret; the boxes behind them are, and are not read here.
        let platform = Context::platform(now, "call-counts");
        let open =
            ListQuery { kinds: vec!["container".into()], key_prefix: Some(call.to_owned()), open: Some(true), ..ListQuery::default() };
        let mut counts = CallContainers::default();
        for row in self.app.worklist_tally(&platform, &open).await? {
            counts.expected += row.count;
            if row.status != "expected" {
                counts.discharged += row.count;
            }
            if matches!(row.status.as_str(), "released" | "on-truck") {
                counts.released += row.count;
            }
        }
        if status == "arrived" || status == "departed" {
            counts.gone = self.gone(&platform, call).await?;
        }
        counts.expected += counts.gone;
        counts.discharged += counts.gone;
        counts.released += counts.gone;
        Ok(counts)
    }

    async fn gone(&self, platform: &Context, call: &str) -> Result<u64, AppError> {
        let mut query = ListQuery {
            kinds: vec!["container".into()],
            key_prefix: Some(call.to_owned()),
            open: Some(false),
            limit: 200,
            ..ListQuery::default()
        };
        let mut gone = 0;
        for _ in 0..PAGES_MAX {
            let page = self.app.worklist(platform, &query).await?;
            gone += page.items.len() as u64;
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        Ok(gone)
    }
}
