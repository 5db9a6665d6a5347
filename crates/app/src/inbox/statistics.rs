//! Figures of the message centre (报文统计): kept as counters with every message, so that a million of them need not be counted again.
//!
//! | Series | Key | Counts |
//! |---|---|---|
//! | `message` | direction, partner, type, result | interchanges by the day on which they came or were prepared |
//! | `message-fault` | partner, type, finding code | interchanges in which the code was found, remarks not counted |
//! | `message-answer` | partner, type, bucket | interchanges read, by the time from receipt to answer |
//! | `message-repair` | partner, type, deed | repaired, replayed, closed, and repairs that were then acted upon |
//!
//! How counters are moved and counted anew: [`crate::counters`].

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Aggregate as _, Timestamp};
use store::{TallyMark, TallyQuery, TallyRow};

use super::{MessageEvent, MessagePhase, MessageState};
use crate::counters::{CountedByDay, DAYS_MAX, day_of};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role};

/// Finding codes counted of one message.
const CODES_COUNTED_MAX: usize = 20;

/// A message type as a part of a key: what a sender may write there is not bounded.
fn kind_key(kind: &str) -> String {
    let clean: String = kind.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    if clean.is_empty() { "EDI".into() } else { clean.to_ascii_uppercase() }
}

/// The bucket of a duration: exact below 8 ms, then eight buckets for each doubling, so that a figure is at most 12.5 % too high.
pub(crate) fn bucket(ms: u64) -> u32 {
    if ms < 8 {
        return u32::try_from(ms).unwrap_or(0);
    }
    let exponent = 63 - ms.leading_zeros();
    let part = u32::try_from((ms >> (exponent - 3)) & 7).unwrap_or(0);
    (exponent - 2) * 8 + part
}

/// The longest duration of a bucket, ms.
fn bucket_end(bucket: u32) -> u64 {
    if bucket < 8 {
        return u64::from(bucket);
    }
    let (exponent, part) = (bucket / 8 + 2, u64::from(bucket % 8));
    ((8 + part + 1) << (exponent - 3)) - 1
}

impl CountedByDay for MessageState {
    const SERIES: &'static [&'static str] = &["message", "message-fault", "message-answer", "message-repair"];

    fn marks(&self, event: &str, at: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let day = day_of(self.at, offset_minutes);
        let (partner, kind) = (self.partner.as_str(), kind_key(&self.kind));
        let mark = |series, key: String| TallyMark { series, day, key, by: 1 };
        let mut marks = Vec::new();
        match event {
            "message.prepared" => marks.push(mark("message", format!("out|{partner}|{kind}|prepared"))),
            "message.processed" | "message.rejected" => {
                // A test without errors is no rejected message, though nothing came of it.
                let sound_test = self.is_test() && !self.findings.iter().any(|f| f.finding.is_error());
                let result = if sound_test { "processed" } else { self.status() };
                marks.push(mark("message", format!("in|{partner}|{kind}|{result}")));
                let faults = self.findings.iter().filter(|f| f.finding.severity != codes::Severity::Info);
                let codes: BTreeSet<&str> = faults.map(|f| f.finding.code.as_ref()).take(1_000).collect();
                marks.extend(
                    codes.into_iter().take(CODES_COUNTED_MAX).map(|code| mark("message-fault", format!("{partner}|{kind}|{code}"))),
                );
                if !self.answers.is_empty() {
                    let took = u64::try_from(at.since_millis(self.at)).unwrap_or(0);
                    marks.push(mark("message-answer", format!("{partner}|{kind}|{:04}", bucket(took))));
                }
                if self.repair.is_some() && event == "message.processed" {
                    marks.push(mark("message-repair", format!("{partner}|{kind}|mended")));
                }
            }
            // The type of a repair is known once it is read: these stand with what they act upon.
            "message.closed" => marks.push(mark("message-repair", format!("{partner}|{kind}|closed"))),
            "message.repaired" => marks.push(mark("message-repair", format!("{partner}|{kind}|repaired"))),
            _ => {}
        }
        marks
    }

    // Nothing is counted of a delivery, of its answer, or of what became of a file passed on.
    fn is_passed_over(event: &MessageEvent) -> bool {
        matches!(
            event,
            MessageEvent::Delivered(_)
                | MessageEvent::DeliveryFailed(_)
                | MessageEvent::Resent(_)
                | MessageEvent::Answered(_)
                | MessageEvent::ForwardDelivered(_)
                | MessageEvent::ForwardFailed(_)
        )
    }

    // Of what was prepared, or is finished, nothing more is counted.
    fn counts_on(&self) -> bool {
        matches!(self.phase, MessagePhase::Received) || self.unfinished()
    }
}

/// Volumes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Interchanges received and read.
    pub received: u64,
    /// Of these, without fault.
    pub clean: u64,
    /// Of these, acted upon with findings.
    pub with_findings: u64,
    /// Of these, not acted upon.
    pub rejected: u64,
    /// Messages prepared for partners.
    pub sent: u64,
}

impl Volume {
    fn add(&mut self, direction: &str, result: &str, n: u64) {
        if direction == "out" {
            self.sent += n;
            return;
        }
        self.received += n;
        match result {
            "processed" => self.clean += n,
            "rejected" => self.rejected += n,
            _ => self.with_findings += n,
        }
    }
}

/// Times from receipt to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// How many.
    pub count: u64,
    /// Half of them took at most this long, ms (at most 12.5 % too high, as the others).
    pub median_ms: u64,
    /// Nine of ten.
    pub p90_ms: u64,
    /// Ninety-nine of a hundred.
    pub p99_ms: u64,
}

/// Times by bucket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Histogram(BTreeMap<u32, u64>);

impl Histogram {
    /// Counts some times of a bucket.
    pub(crate) fn add(&mut self, bucket: u32, count: u64) {
        *self.0.entry(bucket).or_default() += count;
    }

    pub(crate) fn times(&self) -> Times {
        let count: u64 = self.0.values().sum();
        let at = |per_mille: u64| {
            let rank = (count * per_mille).div_ceil(1_000).max(1);
            let mut seen = 0;
            self.0
                .iter()
                .find(|(_, n)| {
                    seen += **n;
                    seen >= rank
                })
                .map_or(0, |(bucket, _)| bucket_end(*bucket))
        };
        Times { count, median_ms: at(500), p90_ms: at(900), p99_ms: at(990) }
    }
}

/// What clerks did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Messages whose place a repaired or replayed one took.
    pub repaired: u64,
    /// Repairs that were then acted upon.
    pub mended: u64,
    /// Messages closed as not to be processed.
    pub closed: u64,
}

impl Repairs {
    fn add(&mut self, deed: &str, n: u64) {
        match deed {
            "repaired" => self.repaired += n,
            "mended" => self.mended += n,
            "closed" => self.closed += n,
            _ => {}
        }
    }
}

/// One partner's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartnerFigures {
    /// Volumes.
    pub volume: Volume,
    /// Times from receipt to answer.
    pub answer: Times,
    /// Repairs.
    pub repairs: Repairs,
}

/// How often a code was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultFigures {
    /// Interchanges in which it was found.
    pub messages: u64,
    /// By partner.
    pub partners: BTreeMap<String, u64>,
}

/// Figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// All together.
    pub volume: Volume,
    /// Times from receipt to answer.
    pub answer: Times,
    /// Repairs.
    pub repairs: Repairs,
    /// By day, days since 1970-01-01; every day of the period.
    pub days: BTreeMap<i32, Volume>,
    /// By type.
    pub types: BTreeMap<String, Volume>,
    /// By partner.
    pub partners: BTreeMap<String, PartnerFigures>,
    /// By finding code.
    pub faults: BTreeMap<String, FaultFigures>,
}

/// Which figures.
#[derive(Clone, Debug, Default)]
pub struct StatisticsQuery {
    /// From this day on, days since 1970-01-01.
    pub from_day: i32,
    /// Up to and with this day.
    pub to_day: i32,
    /// One partner.
    pub partner: Option<String>,
    /// One type.
    pub kind: Option<String>,
}

impl App {
    /// Figures of a period: the desk sees all partners, a partner its own.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a period that is too long, or the store's fault.
    pub async fn message_statistics(&self, ctx: &Context, query: &StatisticsQuery) -> Result<Statistics, AppError> {
        self.rights().require(&ctx.principal, "message.read", &Resource::own("message"))?;
        if query.to_day < query.from_day || query.to_day - query.from_day >= DAYS_MAX {
            return Err(AppError::invalid("period", "/from", "时间段须为 1 至 400 天", "a period is 1 to 400 days"));
        }
        let partner = match ctx.principal.role {
            Role::PortOffice | Role::Platform => query.partner.clone(),
            _ => Some(ctx.principal.organisation.clone()),
        };
        let kind = query.kind.as_deref().map(kind_key);
        let wanted = |of: &str, k: &str| partner.as_deref().is_none_or(|p| p == of) && kind.as_deref().is_none_or(|wanted| wanted == k);
        let mut made = Statistics::default();
        made.days.extend((query.from_day..=query.to_day).map(|day| (day, Volume::default())));
        for (day, n, [direction, of, k, result]) in self.counters("message", query).await? {
            if wanted(&of, &k) {
                made.volume.add(&direction, &result, n);
                made.days.entry(day).or_default().add(&direction, &result, n);
                made.types.entry(k).or_default().add(&direction, &result, n);
                made.partners.entry(of).or_default().volume.add(&direction, &result, n);
            }
        }
        for (_, n, [of, k, code]) in self.counters("message-fault", query).await? {
            if wanted(&of, &k) {
                let fault = made.faults.entry(code).or_default();
                fault.messages += n;
                *fault.partners.entry(of).or_default() += n;
            }
        }
        let mut all = Histogram::default();
        let mut each: BTreeMap<String, Histogram> = BTreeMap::new();
        for (_, n, [of, k, bucket]) in self.counters("message-answer", query).await? {
            if wanted(&of, &k) {
                let bucket = bucket.parse().unwrap_or(0);
                all.add(bucket, n);
                each.entry(of).or_default().add(bucket, n);
            }
        }
        made.answer = all.times();
        for (of, histogram) in each {
            made.partners.entry(of).or_default().answer = histogram.times();
        }
        for (_, n, [of, k, deed]) in self.counters("message-repair", query).await? {
            if wanted(&of, &k) {
                made.repairs.add(&deed, n);
                made.partners.entry(of).or_default().repairs.add(&deed, n);
            }
        }
        Ok(made)
    }

    /// Counters of a period: day, count, and the parts of the key.
    async fn counters<const PARTS: usize>(
        &self,
        series: &str,
        query: &StatisticsQuery,
    ) -> Result<Vec<(i32, u64, [String; PARTS])>, AppError> {
        let asked =
            TallyQuery { port: self.port().code.clone(), series: series.into(), from_day: query.from_day, to_day: query.to_day + 1 };
        let rows = self.store().tallies(&asked).await?;
        let parts = |row: &TallyRow| <[String; PARTS]>::try_from(row.key.split('|').map(str::to_owned).collect::<Vec<_>>()).ok();
        Ok(rows.iter().filter_map(|row| Some((row.day, u64::try_from(row.count).ok()?, parts(row)?))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_at_most_an_eighth_too_long() {
        for ms in (0..5_000).chain([60_000, 86_400_000, 864_000_000, u64::from(u32::MAX)]) {
            let told = bucket_end(bucket(ms));
            assert!(told >= ms && told <= ms + ms / 8, "{ms} is told as {told}");
        }
    }

    #[test]
    fn percentiles_are_ranks() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.times(), Times::default());
        for ms in 0..8 {
            histogram.0.insert(bucket(ms), 1);
        }
        histogram.0.insert(bucket(1_000), 2);
        let times = histogram.times();
        assert_eq!(
            (times.count, times.median_ms, times.p90_ms, times.p99_ms),
            (10, 4, bucket_end(bucket(1_000)), bucket_end(bucket(1_000)))
        );
    }
}
