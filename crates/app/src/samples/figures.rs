//! How long tests take (检测周期), and how often goods subject to inspection by law are released by the first report (一次放行).
//!
//! | Series | Key | Counts |
//! |---|---|---|
//! | `sample-time` | laboratory, bucket | reports by the day of release, by the time from receipt at the laboratory to release |
//! | `sample-end` | laboratory, conclusion, round, by law or not, in time or late, priority | reports by the day of release |
//! | `sample-once` | laboratory, bucket | first reports that pass of goods subject to inspection by law, by the time from sampling to release |

use std::collections::BTreeMap;

use inspection::{Conclusion, Sample, SampleEvent};
use ledger::{Aggregate as _, Timestamp};
use store::{TallyMark, TallyQuery, TallyRow};

use crate::counters::{CountedByDay, day_of, day_start};
use crate::inbox::statistics::{Histogram, Times, bucket};
use crate::{App, AppError, Context};

/// Series of times.
pub(crate) const TIMES: &str = "sample-time";
/// Series of conclusions.
pub(crate) const ENDS: &str = "sample-end";
/// Series of one-time releases.
pub(crate) const ONCE: &str = "sample-once";
/// Most months of one question.
pub const MONTHS_MAX: i64 = 36;

impl CountedByDay for Sample {
    const SERIES: &'static [&'static str] = &[TIMES, ENDS, ONCE];

    fn marks(&self, event: &str, _: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let Some(report) = self.reports.last().filter(|_| event == "sample.released") else { return Vec::new() };
        let day = day_of(report.at, offset_minutes);
        let laboratory: String = self.taken.laboratory.chars().filter(|c| *c != '|').collect();
        let mark = |series, key: String| TallyMark { series, day, key, by: 1 };
        let took = |from: Timestamp| bucket(u64::try_from(report.at.since_millis(from)).unwrap_or(0));
        let first = self.reports.len() == 1;
        let conclusion = report.released.conclusion;
        let end = [
            laboratory.as_str(),
            conclusion.code(),
            if first { "first" } else { "retest" },
            if self.taken.statutory { "statutory" } else { "other" },
            if self.was_late(report) { "late" } else { "on-time" },
            if self.taken.through_train { "through-train" } else { "ordinary" },
        ];
        let mut marks = vec![mark(TIMES, format!("{laboratory}|{:04}", took(report.received_at))), mark(ENDS, end.join("|"))];
        if first && self.taken.statutory && conclusion == Conclusion::Pass {
            marks.push(mark(ONCE, format!("{laboratory}|{:04}", took(self.taken_at))));
        }
        marks
    }

    fn is_passed_over(_: &SampleEvent) -> bool {
        false
    }

    fn counts_on(&self) -> bool {
        true
    }
}

/// One laboratory in one month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleFigures {
    /// Reports released.
    pub reports: u64,
    /// Of these, passed.
    pub pass: u64,
    /// Of these, failed.
    pub fail: u64,
    /// Of these, not telling.
    pub inconclusive: u64,
    /// Of these, retests.
    pub retests: u64,
    /// Of these, by through-train.
    pub through_train: u64,
    /// Of these, later than promised.
    pub late: u64,
    /// First reports of goods subject to inspection by law.
    pub statutory_first: u64,
    /// Of these, passed: released once and for all, with nothing more to do about the sample.
    pub released_once: u64,
    /// From receipt at the laboratory to release of the report.
    pub turn_around: Times,
    /// From sampling to release, of the one-time releases.
    pub once: Times,
}

impl SampleFigures {
    /// One-time releases among the first reports of goods subject to inspection by law, thousandths; `None` without any.
    pub const fn once_per_mille(&self) -> Option<u64> {
        (self.released_once * 1_000).checked_div(self.statutory_first)
    }

    fn count(&mut self, parts: &[&str], count: u64) {
        let [conclusion, round, law, time, priority] = parts else { return };
        self.reports += count;
        match *conclusion {
            "pass" => self.pass += count,
            "fail" => self.fail += count,
            _ => self.inconclusive += count,
        }
        self.retests += if *round == "retest" { count } else { 0 };
        self.late += if *time == "late" { count } else { 0 };
        self.through_train += if *priority == "through-train" { count } else { 0 };
        if *round == "first" && *law == "statutory" {
            self.statutory_first += count;
            self.released_once += if *conclusion == "pass" { count } else { 0 };
        }
    }
}

/// Month and laboratory.
type Place = (String, String);

impl App {
    /// Figures by month of release and laboratory, oldest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a period that is too long, or the store's fault.
    pub async fn sample_times(&self, ctx: &Context, from: Timestamp, to: Timestamp) -> Result<BTreeMap<Place, SampleFigures>, AppError> {
        self.rights().require(&ctx.principal, "sample.statistics", &self.at_the_port(Sample::KIND, &ctx.principal))?;
        let offset = self.port().utc_offset_minutes;
        let (from_day, to_day) = (day_of(from, offset), day_of(to, offset));
        if to_day < from_day || i64::from(to_day - from_day) >= MONTHS_MAX * 31 {
            return Err(AppError::invalid("period", "/from", "时间段须为 1 至 36 个月", "a period is 1 to 36 months"));
        }
        let mut made: BTreeMap<Place, SampleFigures> = BTreeMap::new();
        for row in self.counted(ENDS, from_day, to_day).await? {
            let parts: Vec<&str> = row.key.split('|').collect();
            let Some((laboratory, rest)) = parts.split_first() else { continue };
            let place = (month_of(row.day, offset), (*laboratory).to_owned());
            made.entry(place).or_default().count(rest, u64::try_from(row.count).unwrap_or(0));
        }
        for (place, times) in self.histograms(TIMES, from_day, to_day).await? {
            made.entry(place).or_default().turn_around = times;
        }
        for (place, times) in self.histograms(ONCE, from_day, to_day).await? {
            made.entry(place).or_default().once = times;
        }
        Ok(made)
    }

    async fn histograms(&self, series: &str, from_day: i32, to_day: i32) -> Result<BTreeMap<Place, Times>, AppError> {
        let offset = self.port().utc_offset_minutes;
        let mut each: BTreeMap<Place, Histogram> = BTreeMap::new();
        for row in self.counted(series, from_day, to_day).await? {
            let Some((laboratory, bucket)) = row.key.split_once('|') else { continue };
            let histogram = each.entry((month_of(row.day, offset), laboratory.to_owned())).or_default();
            histogram.add(bucket.parse().unwrap_or(0), u64::try_from(row.count).unwrap_or(0));
        }
        Ok(each.into_iter().map(|(place, histogram)| (place, histogram.times())).collect())
    }

    async fn counted(&self, series: &str, from_day: i32, to_day: i32) -> Result<Vec<TallyRow>, AppError> {
        let query = TallyQuery { port: self.port().code.clone(), series: series.into(), from_day, to_day: to_day + 1 };
        Ok(self.store().tallies(&query).await?)
    }
}

fn month_of(day: i32, offset_minutes: i32) -> String {
    day_start(day, offset_minutes).day(offset_minutes).chars().take(7).collect()
}
