//! Daily count of what went up and what came down (每日核对): sent, receipted, missing, unknown.

use std::collections::BTreeMap;

use clearance::{ReceiptMeaning, Transmission, Travel};
use ledger::Timestamp;

use crate::inbox::{Direction, MessagePhase, MessageState};
use crate::reading::{ListQuery, PAGE_MAX};
use crate::{App, AppError, Context};

/// Most days counted at once.
pub const DAYS_MAX: usize = 31;
/// Most transmissions, and most files received, that are counted at once.
pub const ROWS_MAX: usize = 20_000;
/// Most numbers named of what is missing or unknown on a day.
pub const IDS_SHOWN_MAX: usize = 50;

/// What went up and came down on one day of the port's clock. Transmissions count on the day on which they were prepared, files on the day on
/// which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NationalDay {
    /// Declarations written.
    pub prepared: u64,
    /// Of these, handed over.
    pub sent: u64,
    /// Of these, given up.
    pub undelivered: u64,
    /// Of those handed over, with a receipt.
    pub receipted: u64,
    /// Refused.
    pub refused: u64,
    /// With a national number.
    pub numbered: u64,
    /// Released.
    pub released: u64,
    /// Handed over without any receipt.
    pub missing: u64,
    /// Of these, longer than agreed.
    pub overdue: u64,
    /// Files that came down.
    pub files: u64,
    /// Of these, copies of what was told before.
    pub repeated: u64,
    /// Of these, about nothing that was sent.
    pub unknown: u64,
    /// Of these, not usable for another reason.
    pub faulty: u64,
    /// Transmissions without a receipt, at most [`IDS_SHOWN_MAX`].
    pub missing_ids: Vec<String>,
    /// Messages about nothing that was sent, or not usable, at most [`IDS_SHOWN_MAX`].
    pub unknown_ids: Vec<String>,
}

impl NationalDay {
    /// Do the counts agree: everything handed over and receipted, nothing received that belongs nowhere?
    pub const fn agrees(&self) -> bool {
        self.prepared == self.sent && self.sent == self.receipted && self.unknown == 0 && self.faulty == 0
    }

    fn add(&mut self, id: &str, state: &Transmission, now: Timestamp) {
        let told = |meaning| u64::from(state.told(meaning).is_some());
        self.prepared += 1;
        match state.travel {
            Travel::Prepared => {}
            Travel::Undelivered { .. } => self.undelivered += 1,
            Travel::Sent { .. } => self.sent += 1,
        }
        if state.receipts.is_empty() {
            if let Some(due) = state.receipt_due() {
                self.missing += 1;
                self.overdue += u64::from(due <= now);
                name(&mut self.missing_ids, id);
            }
        } else if matches!(state.travel, Travel::Sent { .. }) {
            self.receipted += 1;
        }
        self.refused += told(ReceiptMeaning::Refused);
        self.released += told(ReceiptMeaning::Released);
        self.numbered += u64::from(state.entry_id().is_some());
    }

    fn add_file(&mut self, id: &str, state: &MessageState) {
        self.files += 1;
        let says = |code: &str| state.findings.iter().any(|found| found.finding.code == code);
        if says("national-receipt-unknown") {
            // Once it is put right or closed by a person, it disagrees no more.
            if !matches!(state.phase, MessagePhase::Repaired { .. } | MessagePhase::Closed { .. }) {
                self.unknown += 1;
                name(&mut self.unknown_ids, id);
            }
        } else if says("message-duplicate") || says("national-receipt-repeated") {
            self.repeated += 1;
        } else if matches!(state.phase, MessagePhase::Rejected { .. }) {
            self.faulty += 1;
            name(&mut self.unknown_ids, id);
        }
    }
}

fn name(ids: &mut Vec<String>, id: &str) {
    if ids.len() < IDS_SHOWN_MAX {
        ids.push(id.to_owned());
    }
}

impl App {
    /// The days from one instant to before another, each counted; `true` when there was more than could be counted. The caller asked the rights.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn national_days(&self, from: Timestamp, to: Timestamp) -> Result<(BTreeMap<String, NationalDay>, bool), AppError> {
        let (offset, now) = (self.port().utc_offset_minutes, self.now());
        let mut days = BTreeMap::new();
        let mut day = from.day_start(offset);
        while day < to && days.len() < DAYS_MAX {
            days.insert(day.day(offset), NationalDay::default());
            day = day.plus_days(1);
        }
        let ctx = Context::platform(now, "national-days");
        let query = ListQuery { opened_from: Some(from), opened_to: Some(to), limit: PAGE_MAX, ..ListQuery::default() };
        let up = self
            .every::<Transmission>(&ctx, "transmission.read", query.clone(), |id, state| {
                if let Some(day) = days.get_mut(&state.prepared_at.day(offset)) {
                    day.add(id, state, now);
                }
            })
            .await?;
        let Some(counterpart) = &self.port().national else { return Ok((days, up)) };
        let query = ListQuery { party: Some(counterpart.organisation.clone()), ..query };
        let down = self
            .every::<MessageState>(&ctx, "message.read", query, |id, state| {
                let ours = state.direction == Direction::In && state.partner == counterpart.organisation;
                if let Some(day) = days.get_mut(&state.at.day(offset)).filter(|_| ours) {
                    day.add_file(id, state);
                }
            })
            .await?;
        Ok((days, up || down))
    }

    /// Looks at every object of a list, at most [`ROWS_MAX`]; `true` when there were more.
    async fn every<A: crate::Happens>(
        &self,
        ctx: &Context,
        action: &'static str,
        mut query: ListQuery,
        mut look: impl FnMut(&str, &A) + Send,
    ) -> Result<bool, AppError> {
        let mut seen = 0;
        loop {
            let page = self.list::<A>(ctx, action, query.clone()).await?;
            seen += page.items.len();
            for (one, _) in &page.items {
                look(&one.id, &one.state);
            }
            match page.next {
                Some(_) if seen >= ROWS_MAX => return Ok(true),
                Some(next) => query.cursor = Some(next),
                None => return Ok(false),
            }
        }
    }
}
