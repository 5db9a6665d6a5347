//! Where the time goes (通关时效), read from kept milestones: summaries, series, and the cases behind every figure (TIM-01).

use std::collections::BTreeMap;
use std::sync::Arc;

use insight::{ClearanceSummary, DayPoint, Distribution, Journey, SEA_IMPORT, clearance_ms, daily_series, summarise};
use ledger::Timestamp;
use store::{JourneyCountQuery, JourneyQuery, JourneyRow, Milestone};

use crate::rights::Resource;
use crate::{App, AppError, Context};

/// Most journeys read for one question.
pub const JOURNEYS_MAX: u32 = 200_000;
/// Longest period of one question.
pub const PERIOD_DAYS_MAX: i64 = 370;
/// How long a summary may be shown before it is computed again.
const REMEMBER_MS: i64 = 5_000;
/// Upper ends of the histogram's classes in hours; the last is open.
pub const HISTOGRAM_HOURS: [i64; 9] = [4, 8, 12, 24, 36, 48, 72, 120, 240];

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// From (inclusive).
    pub from: Timestamp,
    /// To (exclusive).
    pub to: Timestamp,
    /// Terminal organisation.
    pub terminal: Option<String>,
}

/// Clearance times of the boxes released in a period.
#[derive(Clone, Debug)]
pub struct Clearance {
    /// What was asked.
    pub period: Period,
    /// Summary.
    pub summary: ClearanceSummary,
    /// Day by day, by the day of release.
    pub series: Vec<DayPoint>,
    /// By terminal.
    pub by_terminal: Vec<(String, Distribution)>,
    /// Number of boxes per class of [`HISTOGRAM_HOURS`], and beyond the last.
    pub histogram: [u64; 10],
}

/// A case behind a figure.
#[derive(Clone, Debug)]
pub struct SlowCase {
    /// Container id.
    pub container: String,
    /// Terminal.
    pub terminal: Option<String>,
    /// Clearance time so far or in the end, milliseconds.
    pub clearance_ms: Option<i64>,
    /// Time of the stage asked for, milliseconds.
    pub stage_ms: Option<i64>,
}

impl App {
    /// Clearance times of a period, for the port office and customs.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::Invalid`] for an impossible period, or the store's fault.
    pub async fn clearance(&self, ctx: &Context, period: &Period) -> Result<Arc<Clearance>, AppError> {
        self.rights().require(&ctx.principal, "insight.read", &Resource::own("insight"))?;
        self.store().audit(&self.port().code, self.access(ctx, "insight.read", None, "allowed", ""));
        self.summary_of(period).await
    }

    /// The same figures without any case behind them, for everybody.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn public_clearance(&self, days: i64) -> Result<Arc<Clearance>, AppError> {
        // Whole minutes, so that visitors share one answer.
        let now = Timestamp::from_millis(self.now().millis() / 60_000 * 60_000);
        self.summary_of(&Period { from: now.plus_days(-days.clamp(1, 90)), to: now.plus_minutes(1), terminal: None }).await
    }

    async fn summary_of(&self, period: &Period) -> Result<Arc<Clearance>, AppError> {
        if period.to <= period.from || period.to.since_millis(period.from) > PERIOD_DAYS_MAX * 86_400_000 {
            return Err(AppError::invalid("period", "/from", "统计期须为 1 天至 370 天", "a period lasts up to 370 days"));
        }
        let now = self.now().millis();
        if let Some(known) = self.remembered_clearance(period, now, REMEMBER_MS) {
            return Ok(known);
        }
        let rows = self.journeys_of(period).await?;
        let made = Arc::new(compute(period.clone(), &rows, self.port().utc_offset_minutes));
        self.remember_clearance(now, Arc::clone(&made));
        Ok(made)
    }

    async fn journeys_of(&self, period: &Period) -> Result<Vec<JourneyRow>, AppError> {
        let query = JourneyQuery {
            port: self.port().code.clone(),
            by: Milestone::Released,
            from: period.from,
            to: period.to,
            terminal: period.terminal.clone(),
            after: None,
            limit: JOURNEYS_MAX,
        };
        Ok(self.store().journeys(&query).await?)
    }

    /// The cases behind a figure, slowest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn slow_cases(
        &self,
        ctx: &Context,
        period: &Period,
        stage: Option<&str>,
        min_ms: i64,
        limit: usize,
    ) -> Result<Vec<SlowCase>, AppError> {
        self.rights().require(&ctx.principal, "insight.read", &Resource::own("insight"))?;
        self.store().audit(&self.port().code, self.access(ctx, "insight.read", None, "allowed", "cases"));
        let stage = stage.and_then(|code| SEA_IMPORT.iter().find(|s| s.code == code));
        let mut cases: Vec<SlowCase> = self
            .journeys_of(period)
            .await?
            .into_iter()
            .map(|row| {
                let journey = plain(&row);
                SlowCase {
                    stage_ms: stage.and_then(|s| s.lasted_ms(&journey)),
                    clearance_ms: clearance_ms(&journey),
                    container: row.container,
                    terminal: row.terminal,
                }
            })
            .filter(|case| {
                if stage.is_some() {
                    case.stage_ms.is_some_and(|ms| ms >= min_ms)
                } else {
                    case.clearance_ms.is_some_and(|ms| ms >= min_ms)
                }
            })
            .collect();
        cases.sort_by_key(|case| std::cmp::Reverse(if stage.is_some() { case.stage_ms } else { case.clearance_ms }));
        cases.truncate(limit);
        Ok(cases)
    }

    /// How many boxes reached a milestone in each hour of the last day, oldest first: (start of the hour, count).
    ///
    /// # Errors
    /// The store's fault.
    pub async fn hourly(&self, milestone: Milestone, hours: i64) -> Result<Vec<(Timestamp, u64)>, AppError> {
        const HOUR_MS: i64 = 3_600_000;
        let now = self.now().millis();
        let question = (milestone.index(), hours.clamp(1, 72));
        if let Some(known) = self.remembered_counts(question, now, REMEMBER_MS) {
            return Ok(known.as_ref().clone());
        }
        let first = now / HOUR_MS * HOUR_MS - (hours.clamp(1, 72) - 1) * HOUR_MS;
        let query = JourneyQuery {
            port: self.port().code.clone(),
            by: milestone,
            from: Timestamp::from_millis(first),
            to: Timestamp::from_millis(now + 1),
            terminal: None,
            after: None,
            limit: JOURNEYS_MAX,
        };
        let mut counts: BTreeMap<i64, u64> = (0..hours.clamp(1, 72)).map(|h| (first + h * HOUR_MS, 0)).collect();
        for row in self.store().journeys(&query).await? {
            if let Some(at) = row.at[milestone.index()] {
                *counts.entry(at.millis() / HOUR_MS * HOUR_MS).or_default() += 1;
            }
        }
        let counted: Vec<(Timestamp, u64)> = counts.into_iter().map(|(hour, count)| (Timestamp::from_millis(hour), count)).collect();
        self.remember_counts(question, now, counted.clone());
        Ok(counted)
    }

    /// How many boxes reached a milestone since the start of the port's day.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn today(&self, milestone: Milestone) -> Result<u64, AppError> {
        let now = self.now();
        let question = (milestone.index(), 0);
        if let Some(known) = self.remembered_counts(question, now.millis(), REMEMBER_MS) {
            return Ok(known.iter().map(|(_, count)| count).sum());
        }
        let from = now.day_start(self.port().utc_offset_minutes);
        let count = self.journey_count(milestone, None, from, now.plus_millis(1)).await?;
        self.remember_counts(question, now.millis(), vec![(from, count)]);
        Ok(count)
    }

    /// How many boxes reached a milestone within a period (without its end); with a second milestone, how many of these reached that one as
    /// well, whenever it was.
    pub(crate) async fn journey_count(
        &self,
        by: Milestone,
        reached: Option<Milestone>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<u64, AppError> {
        Ok(self.store().journey_count(&JourneyCountQuery { port: self.port().code.clone(), by, from, to, reached }).await?)
    }
}

/// The milestones of a stored journey in the form the analysis reads.
pub fn plain(row: &JourneyRow) -> Journey {
    row.at.map(|at| at.map(Timestamp::millis))
}

fn compute(period: Period, rows: &[JourneyRow], offset_minutes: i32) -> Clearance {
    let journeys: Vec<Journey> = rows.iter().map(plain).collect();
    let mut terminals: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut histogram = [0; 10];
    for (row, journey) in rows.iter().zip(&journeys) {
        let Some(ms) = clearance_ms(journey) else { continue };
        if let Some(terminal) = &row.terminal {
            terminals.entry(terminal).or_default().push(ms);
        }
        let class = HISTOGRAM_HOURS.iter().position(|hours| ms < hours * 3_600_000).unwrap_or(HISTOGRAM_HOURS.len());
        histogram[class] += 1;
    }
    Clearance {
        period,
        summary: summarise(&journeys),
        series: daily_series(&journeys, offset_minutes),
        by_terminal: terminals.into_iter().map(|(terminal, mut ms)| (terminal.to_owned(), insight::distribution(&mut ms))).collect(),
        histogram,
    }
}
