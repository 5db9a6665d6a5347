//! Alarms about cases (预警): the library of what is watched, with limits that an authority sets, and the life of an alarm.
//!
//! Invariants: of a rule and a case there is one alarm, however long its cause stands; it rises a level when the next limit passes, is
//! acknowledged by a person with a note, and ends by itself when the cause is gone. A limit is changed by the authority that keeps the rule, with
//! a note, on the ledger.
//!
//! Deliberately does not know how a case is found, nor what its state looks like: what is watched of it comes in as [`Watched`].
#![forbid(unsafe_code)]

mod case_alarm;
mod library;
mod rule;

pub use case_alarm::{
    Acknowledged, AlarmPhase, CaseAlarm, CaseAlarmEvent, Cleared, ClearedBy, NOTES_KEPT, Note, Raised, Sharpened, Standing, Watched,
    alarm_id, decide_acknowledge, decide_settle,
};
pub use library::{Grade, How, Keeper, LIBRARY, Rule, rule};
pub use rule::{AlarmRule, AlarmRuleEvent, Changed, LIMIT_HOURS_MAX, LIMITS_MAX, RuleSetting, decide_change};
