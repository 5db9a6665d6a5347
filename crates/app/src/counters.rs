//! Counters by day (计数): which there are, which event moves which, and how they are counted anew.
//!
//! Figures over a million objects are kept, not counted again. What is counted of an object its room says (`CountedByDay`, and [`daily`] of open
//! cases); the one list of them is below. A counter is moved in the same commit as its event, and [`App::mend_statistics`] counts the whole ledger anew
//! and puts right what differs.
//!
//! Deliberately not known here: what a figure means.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};

use alarms::CaseAlarm;
use inspection::{InspectedSailing, Inspection, Sample};
use ledger::{Aggregate, DomainEvent as _, Event, Timestamp};
use manifest::TallyReport;
use sharing::DataDelivery;
use store::{LedgerReader, StoreError, TallyMark, TallyQuery};

use crate::inbox::MessageState;
use crate::{App, AppError, daily};

/// Most days of one evaluation.
pub const DAYS_MAX: i32 = 400;
/// Most counters put right in one commit.
const MENDED_PER_COMMIT: usize = 5_000;
/// Events read at a time.
const CHUNK: u32 = 2_000;
const DAY_MS: i64 = 86_400_000;

/// An object of which something is counted by day.
pub(crate) trait CountedByDay: Aggregate + Any + Send {
    /// The series of its counters.
    const SERIES: &'static [&'static str];

    /// The counters that an event moves; the object is as it stands after it.
    fn marks(&self, event: &str, at: Timestamp, offset_minutes: i32) -> Vec<TallyMark>;

    /// An event that moves no counter, and without which those that do can be told: it is passed over when the ledger is counted anew.
    fn is_passed_over(event: &Self::Event) -> bool;

    /// May a later event move a counter? Of what is done the state is forgotten while the ledger is counted anew.
    fn counts_on(&self) -> bool;
}

/// A kind of object of which something is counted.
struct Counter {
    kind: &'static str,
    series: &'static [&'static str],
    marks: fn(&dyn Any, &str, Timestamp, i32) -> Option<Vec<TallyMark>>,
    replay: fn() -> Box<dyn Replay>,
}

const fn counter<A: CountedByDay>() -> Counter {
    Counter { kind: A::KIND, series: A::SERIES, marks: marks_of::<A>, replay: replay_of::<A> }
}

/// Every kind of object of which something is counted, but for open cases ([`daily`]), which are counted of many kinds in one way.
static COUNTERS: [Counter; 7] = [
    counter::<MessageState>(),
    counter::<TallyReport>(),
    counter::<DataDelivery>(),
    counter::<Inspection>(),
    counter::<CaseAlarm>(),
    counter::<InspectedSailing>(),
    counter::<Sample>(),
];

/// Every series of counters.
fn series() -> impl Iterator<Item = &'static str> {
    [daily::OPEN, daily::OPENED, daily::CLEARED].into_iter().chain(COUNTERS.iter().flat_map(|counter| counter.series.iter().copied()))
}

/// The day of an instant on the port's clock, days since 1970-01-01.
pub fn day_of(at: Timestamp, offset_minutes: i32) -> i32 {
    i32::try_from(at.plus_minutes(i64::from(offset_minutes)).millis().div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

/// The first instant of a day on the port's clock.
pub fn day_start(day: i32, offset_minutes: i32) -> Timestamp {
    Timestamp::from_millis(i64::from(day) * DAY_MS).plus_minutes(-i64::from(offset_minutes))
}

/// The counters that an event moves; `state` is the object after it. Those of open cases are not among them.
pub(crate) fn marks(state: &dyn Any, event: &str, at: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
    COUNTERS.iter().find_map(|counter| (counter.marks)(state, event, at, offset_minutes)).unwrap_or_default()
}

fn marks_of<A: CountedByDay>(state: &dyn Any, event: &str, at: Timestamp, offset_minutes: i32) -> Option<Vec<TallyMark>> {
    Some(state.downcast_ref::<A>()?.marks(event, at, offset_minutes))
}

/// Counting a kind of object anew, event by event.
trait Replay: Send {
    fn marks(&mut self, id: &str, event: &Event, offset_minutes: i32) -> Result<Vec<TallyMark>, AppError>;
}

/// The states of objects of which something may still be counted.
struct States<A>(HashMap<String, A>);

fn replay_of<A: CountedByDay>() -> Box<dyn Replay> {
    Box::new(States::<A>(HashMap::new()))
}

impl<A: CountedByDay> Replay for States<A> {
    fn marks(&mut self, id: &str, event: &Event, offset_minutes: i32) -> Result<Vec<TallyMark>, AppError> {
        let said = A::Event::parse(&event.kind, &event.payload)?;
        if A::is_passed_over(&said) {
            return Ok(Vec::new());
        }
        let state = A::apply(self.0.remove(id), &said, event.occurred_at)?;
        let marks = state.marks(&event.kind, event.occurred_at, offset_minutes);
        if state.counts_on() {
            self.0.insert(id.to_owned(), state);
        }
        Ok(marks)
    }
}

type Counts = BTreeMap<(&'static str, i32, String), i64>;

/// Every counter as the ledger has it.
///
/// # Errors
/// The store's fault, or a ledger that does not replay.
async fn recount(reader: &dyn LedgerReader, port: &str, offset_minutes: i32) -> Result<Counts, AppError> {
    let mut counts = Counts::new();
    let mut cases = daily::Recount::default();
    let mut replays: Vec<(&str, Box<dyn Replay>)> = COUNTERS.iter().map(|counter| (counter.kind, (counter.replay)())).collect();
    let mut from = 0;
    loop {
        let leaves = reader.leaves(port, from, CHUNK).await.map_err(|e: StoreError| AppError::from(e))?;
        let Some((last, _, _)) = leaves.last() else { return Ok(counts) };
        from = last + 1;
        for (_, bytes, _) in &leaves {
            let Ok(event) = Event::decode(bytes) else { continue };
            let Ok(subject) = event.subject() else { continue };
            let mut marks = Vec::new();
            if daily::KINDS.contains(&subject.kind.as_ref()) {
                marks.extend(cases.marks(&subject.kind, &subject.id, &event, offset_minutes)?);
            }
            if let Some((_, replay)) = replays.iter_mut().find(|(kind, _)| *kind == subject.kind) {
                marks.extend(replay.marks(&subject.id, &event, offset_minutes)?);
            }
            for mark in marks {
                *counts.entry((mark.series, mark.day, mark.key)).or_default() += mark.by;
            }
        }
    }
}

impl App {
    /// Counts the whole ledger anew and puts right what differs. Returns how many counters did.
    ///
    /// # Errors
    /// The store's fault, or a ledger that does not replay.
    pub async fn mend_statistics(&self) -> Result<usize, AppError> {
        let port = self.port().code.clone();
        let mut differ = recount(self.store().as_ref(), &port, self.port().utc_offset_minutes).await?;
        for series in series() {
            let all = TallyQuery { port: port.clone(), series: series.into(), from_day: i32::MIN, to_day: i32::MAX };
            for row in self.store().tallies(&all).await? {
                *differ.entry((series, row.day, row.key)).or_default() -= row.count;
            }
        }
        let marks: Vec<TallyMark> =
            differ.into_iter().filter(|(_, by)| *by != 0).map(|((series, day, key), by)| TallyMark { series, day, key, by }).collect();
        for part in marks.chunks(MENDED_PER_COMMIT) {
            self.store().commit(store::Commit { port: port.clone(), tallies: part.to_vec(), ..store::Commit::default() }).await?;
        }
        Ok(marks.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_series_and_no_kind_is_counted_twice() {
        let all: Vec<&str> = series().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
        let kinds: BTreeSet<&str> = COUNTERS.iter().map(|counter| counter.kind).collect();
        assert_eq!(kinds.len(), COUNTERS.len(), "{kinds:?}");
    }

    #[test]
    fn days_are_those_of_the_port() {
        let late = Timestamp::from_civil((2026, 11, 26), (23, 30, 0), 0).expect("an instant");
        assert_eq!(day_of(late, 480), day_of(late, 0) + 1);
        assert_eq!(day_start(day_of(late, 480), 480).day(480), "2026-11-27");
    }
}
