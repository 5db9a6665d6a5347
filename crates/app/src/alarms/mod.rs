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

use alarms::CaseAlarm;
use ledger::Timestamp;
use store::TallyMark;

use crate::inbox::statistics::day_of;

pub use list::{AlarmCount, AlarmDay, AlarmFigures, AlarmQuery, FIGURE_DAYS, ListedAlarm, alarm_kinds};
pub use rules::{AcknowledgeCaseAlarm, ChangeAlarmRule, RuleInForce};

/// Counters of alarms.
pub const SERIES: &str = "case-alarm";
/// Longest owner or authority that a counter's key holds.
const KEY_PART_MAX: usize = 40;

/// The counters that an event moves; `alarm` is the state after it.
pub(crate) fn marks_of(alarm: &CaseAlarm, offset_minutes: i32) -> Vec<TallyMark> {
    let part = |text: Option<&str>| text.unwrap_or("").replace('|', "").chars().take(KEY_PART_MAX).collect::<String>();
    let raised = &alarm.raised;
    let mark = |standing: alarms::Standing, by| TallyMark {
        series: SERIES,
        day: day_of(alarm.raised_at, offset_minutes),
        key: format!("{}|{}|{}|{}", raised.rule, part(raised.owner.as_deref()), part(raised.authority.as_deref()), standing.code()),
        by,
    };
    match alarm.was {
        Some(was) if was == alarm.standing() => Vec::new(),
        Some(was) => vec![mark(was, -1), mark(alarm.standing(), 1)],
        None => vec![mark(alarm.standing(), 1)],
    }
}

/// One instant after another: the first of them, where there is any.
fn earliest(instants: impl IntoIterator<Item = Timestamp>) -> Option<Timestamp> {
    instants.into_iter().min()
}
