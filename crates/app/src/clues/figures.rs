//! Figures of the own clues, by the month in which they were registered (线索统计).

use std::collections::BTreeMap;

use insight::Distribution;
use inspection::{Clue, ClueFinding, CluePhase};
use ledger::Timestamp;

use super::owns;
use crate::reading::{ListQuery, PAGE_MAX};
use crate::{App, AppError, Context};

/// Most clues that one question counts.
pub const COUNTED_MAX: usize = 5_000;
/// Longest period, days.
pub const PERIOD_DAYS_MAX: i64 = 1_100;

/// Clues registered in one month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClueMonth {
    /// Registered.
    pub registered: u64,
    /// Answered at least once.
    pub answered: u64,
    /// The last answer: it is so.
    pub confirmed: u64,
    /// The last answer: it is not so.
    pub not_confirmed: u64,
    /// The last answer: more is needed.
    pub needs_more: u64,
    /// Closed.
    pub closed: u64,
    /// To be checked and past their time now.
    pub overdue: u64,
    /// Time from the registration to the first answer, of those answered.
    pub answer_time: Distribution,
}

impl ClueMonth {
    /// Confirmed among confirmed and not confirmed, thousandths; `None` without any.
    pub const fn confirmed_per_mille(&self) -> Option<u64> {
        (self.confirmed * 1_000).checked_div(self.confirmed + self.not_confirmed)
    }

    fn count(&mut self, clue: &Clue, now: Timestamp) {
        self.registered += 1;
        self.answered += u64::from(!clue.answers.is_empty());
        match clue.finding() {
            Some(ClueFinding::Confirmed) => self.confirmed += 1,
            Some(ClueFinding::NotConfirmed) => self.not_confirmed += 1,
            Some(ClueFinding::NeedsMore) => self.needs_more += 1,
            None => {}
        }
        self.closed += u64::from(matches!(clue.phase, CluePhase::Closed { .. }));
        self.overdue += u64::from(clue.open_assignment().is_some_and(|one| one.assigned.due < now));
    }
}

/// Figures by month, `YYYY-MM` of the port's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClueFigures {
    /// The months.
    pub months: BTreeMap<String, ClueMonth>,
    /// There are more clues than were counted: the newest are.
    pub truncated: bool,
}

impl App {
    /// Figures of the clues of the own authority that were registered from one instant to before another.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a period that is too long, or the store's fault.
    pub async fn clue_figures(&self, ctx: &Context, from: Timestamp, to: Timestamp) -> Result<ClueFigures, AppError> {
        if to <= from || to > from.plus_days(PERIOD_DAYS_MAX) {
            return Err(AppError::invalid("period", "/from", "时间段须为 1 天至 36 个月", "a period is 1 day to 36 months"));
        }
        let mut figures = ClueFigures::default();
        let mut times: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let (mut cursor, mut counted) = (None, 0);
        loop {
            let query = ListQuery { opened_from: Some(from), opened_to: Some(to), cursor, limit: PAGE_MAX, ..ListQuery::default() };
            let page = self.list::<Clue>(ctx, "clue.statistics", query).await?;
            for (seen, _) in page.items {
                // What others share is theirs to count.
                if !owns(&ctx.principal, &seen.state) {
                    continue;
                }
                if counted == COUNTED_MAX {
                    figures.truncated = true;
                    break;
                }
                counted += 1;
                let (year, month, ..) = seen.state.registered_at.civil(self.port().utc_offset_minutes);
                let month = format!("{year:04}-{month:02}");
                let first = seen.state.answers.first().map(|first| first.at.since_millis(seen.state.registered_at));
                times.entry(month.clone()).or_default().extend(first);
                figures.months.entry(month).or_default().count(&seen.state, ctx.at);
            }
            cursor = page.next;
            if cursor.is_none() || figures.truncated {
                break;
            }
        }
        for (month, mut times) in times {
            figures.months.entry(month).or_default().answer_time = insight::distribution(&mut times);
        }
        Ok(figures)
    }
}
