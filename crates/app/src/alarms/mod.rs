//! Alarms about cases (预警): the library is looked through by the platform's clock, from the worklist's index and the states behind it.
//!
//! | Series | Day | Key | Counts |
//! |---|---|---|---|
//! | `case-alarm` | on which it was raised | rule, who must look, authority, state | alarms by where they stand now |
//!
//! The counters are moved in the commit of the event, so that figures over any number of alarms read some hundred rows.

mod list;
mod rules;
mod subject;
mod watch;

use alarms::{CaseAlarm, CaseAlarmEvent};
use ledger::Timestamp;
use store::TallyMark;

use crate::counters::{CountedByDay, day_of};

pub use list::{AlarmCount, AlarmDay, AlarmFigures, AlarmQuery, FIGURE_DAYS, ListedAlarm, alarm_kinds};
pub use rules::{AcknowledgeCaseAlarm, ChangeAlarmRule, RuleInForce};

/// Counters of alarms.
pub const SERIES: &str = "case-alarm";
/// Longest owner or authority that a counter's key holds.
const KEY_PART_MAX: usize = 40;

impl CountedByDay for CaseAlarm {
    const SERIES: &'static [&'static str] = &[SERIES];

    fn marks(&self, _: &str, _: Timestamp, offset_minutes: i32) -> Vec<TallyMark> {
        let part = |text: Option<&str>| text.unwrap_or("").replace('|', "").chars().take(KEY_PART_MAX).collect::<String>();
        let raised = &self.raised;
        let mark = |standing: alarms::Standing, by| TallyMark {
            series: SERIES,
            day: day_of(self.raised_at, offset_minutes),
            key: format!("{}|{}|{}|{}", raised.rule, part(raised.owner.as_deref()), part(raised.authority.as_deref()), standing.code()),
            by,
        };
        match self.was {
            Some(was) if was == self.standing() => Vec::new(),
            Some(was) => vec![mark(was, -1), mark(self.standing(), 1)],
            None => vec![mark(self.standing(), 1)],
        }
    }

    fn is_passed_over(_: &CaseAlarmEvent) -> bool {
        false
    }

    fn counts_on(&self) -> bool {
        true
    }
}

/// One instant after another: the first of them, where there is any.
fn earliest(instants: impl IntoIterator<Item = Timestamp>) -> Option<Timestamp> {
    instants.into_iter().min()
}
