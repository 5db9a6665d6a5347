//! Inspection indicators (查验指标): inspection rate, hit rate, and how long each step takes; of customs' own inspections.
//!
//! | Series | Day | Key | Counts |
//! |---|---|---|---|
//! | `inspection-result` | on which it was ordered | district, `pass` or `fail` | inspections |
//! | | | district, `to-site`, hours | inspections by whole hours from the order to the first box at the site |
//! | | | district, `to-result`, hours | inspections by whole hours from there to the result |
//!
//! The rate is read from the counters of opened cases ([`crate::daily`]).

use std::collections::BTreeMap;

use clearance::Declaration;
use inspection::{Inspection, Outcome};
use ledger::{Aggregate, Timestamp};
use store::{TallyMark, TallyQuery};

use crate::counters::day_of;
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, daily};

/// Counters of results.
pub const SERIES: &str = "inspection-result";
/// Most days of one evaluation.
pub const DAYS_MAX: i64 = 400;
/// Longest time that is told apart, hours.
const HOURS_MAX: i64 = 999;
const HOUR_MS: i64 = 3_600_000;

/// The counters that an event of an inspection moves; `state` is the inspection after it.
pub(crate) fn marks_of(state: &Inspection, event: &str, at: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
    let Some(result) = state.result().filter(|_| event == "inspection.resulted") else { return Vec::new() };
    let day = day_of(state.ordered_at, offset_minutes);
    let mark = |key: String| TallyMark { series: SERIES, day, key: format!("{}|{key}", state.district), by: 1 };
    let hours = |from: Timestamp, to: Timestamp| (to.since_millis(from) / HOUR_MS).clamp(0, HOURS_MAX);
    let mut marks = vec![mark(
        match result.result {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
        }
        .to_owned(),
    )];
    // One by images or documents alone brought no box to the site.
    if let Some(came) = state.arrived.values().min() {
        marks.push(mark(format!("to-site|{:03}", hours(state.ordered_at, *came))));
        marks.push(mark(format!("to-result|{:03}", hours(*came, at))));
    }
    marks
}

/// How long a step took, in whole hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepTimes(BTreeMap<u32, u64>);

impl StepTimes {
    /// How many inspections were timed.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// So many of a thousand took less than this, hours: the end of the hour in which they fall. `None` without any.
    pub fn within(&self, per_mille: u64) -> Option<u32> {
        let rank = (self.count() * per_mille).div_ceil(1_000).max(1);
        let mut seen = 0;
        self.0.iter().find_map(|(hour, n)| {
            seen += n;
            (seen >= rank).then_some(hour + 1)
        })
    }
}

/// Indicators over some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InspectionIndicators {
    /// Declarations accepted.
    pub declarations: u64,
    /// Inspections ordered.
    pub ordered: u64,
    /// Inspections that were ordered on these days and have a result.
    pub results: u64,
    /// Of these, those that found something: not passed.
    pub hits: u64,
    /// From the order to the first box at the site.
    pub to_site: StepTimes,
    /// From there to the result.
    pub to_result: StepTimes,
}

impl App {
    /// Indicators of customs' own inspections between two days, both included: of the district of the asker, of all for the port office. Reads
    /// counters alone.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], `indicator-period` for a period that is empty or too long, or the store's fault.
    pub async fn inspection_indicators(&self, ctx: &Context, from: Timestamp, to: Timestamp) -> Result<InspectionIndicators, AppError> {
        self.rights().require(&ctx.principal, "inspection.indicators", &Resource::own("insight"))?;
        if from > to || from.plus_days(DAYS_MAX) < to {
            let (zh, en) = ("起止日期不符：最多 400 天", "the period is empty or longer than 400 days");
            return Err(AppError::invalid("indicator-period", "/from", zh, en));
        }
        let offset = self.port().utc_offset_minutes;
        let asked = |series: &str| TallyQuery {
            port: self.port().code.clone(),
            series: series.into(),
            from_day: day_of(from, offset),
            to_day: day_of(to, offset).saturating_add(1),
        };
        let district = ctx.principal.district.as_deref().filter(|_| ctx.principal.role == Role::Customs);
        let seen = |of: &str| district.is_none_or(|own| own == of);
        let mut found = InspectionIndicators::default();
        for row in self.store().tallies(&asked(daily::OPENED)).await? {
            let n = u64::try_from(row.count).unwrap_or(0);
            match row.key.split_once('|') {
                Some((kind, of)) if kind == Declaration::KIND && seen(of) => found.declarations += n,
                Some((kind, of)) if kind == Inspection::KIND && seen(of) => found.ordered += n,
                Some(_) | None => {}
            }
        }
        for row in self.store().tallies(&asked(SERIES)).await? {
            let n = u64::try_from(row.count).unwrap_or(0);
            let parts: Vec<&str> = row.key.split('|').collect();
            match parts[..] {
                [of, result] if seen(of) => {
                    found.results += n;
                    found.hits += if result == "fail" { n } else { 0 };
                }
                [of, step, hours] if seen(of) => {
                    let Ok(hours) = hours.parse::<u32>() else { continue };
                    let times = if step == "to-site" { &mut found.to_site } else { &mut found.to_result };
                    *times.0.entry(hours).or_default() += n;
                }
                _ => {}
            }
        }
        Ok(found)
    }
}
