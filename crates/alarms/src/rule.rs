//! What an authority sets of a rule (预警规则): switched on or off, and its limits.

use ledger::{Aggregate, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::case_alarm::Watched;
use crate::library::{How, Keeper, Rule};

/// Most limits of a rule.
pub const LIMITS_MAX: usize = 3;
/// Longest limit, hours: three years.
pub const LIMIT_HOURS_MAX: u32 = 26_280;

/// `alarm-rule.changed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Watched, or not.
    pub on: bool,
    /// Limits in hours, ascending.
    pub hours: Vec<u32>,
    /// Why.
    pub note: String,
    /// Who, user id.
    pub by: String,
    /// Of which organisation.
    pub organisation: String,
}

ledger::domain_events! {
    /// What happens to a rule.
    pub enum AlarmRuleEvent for "alarm-rule" {
        /// Its keeper switched it, or changed its limits.
        Changed(Changed) = "alarm-rule.changed",
    }
}

/// A rule as its keeper set it. Its id is the code of the rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmRule {
    /// What was set.
    #[serde(flatten)]
    pub set: Changed,
    /// When.
    pub at: Timestamp,
    /// How often it was changed.
    pub times: u32,
}

/// What is in force of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetting {
    /// Watched, or not.
    pub on: bool,
    /// Limits in hours, ascending.
    pub hours: Vec<u32>,
}

impl RuleSetting {
    /// What is in force: what was set, or the default.
    pub fn of(rule: &Rule, set: Option<&AlarmRule>) -> Self {
        match set {
            Some(set) => Self { on: set.set.on, hours: set.set.hours.clone() },
            None => Self { on: rule.is_watched(), hours: rule.hours.to_vec() },
        }
    }

    /// Which limit has passed since an instant: its level from 1, and the limit in hours; `None` while none has, and when it is switched off.
    pub fn level(&self, since: Timestamp, now: Timestamp) -> Option<(u8, u32)> {
        if !self.on {
            return None;
        }
        self.passed(|hours| since.plus_hours(i64::from(hours)) <= now)
    }

    /// As [`Self::level`], of what is watched of a case: by time, or by the amount that its rule measures.
    pub fn level_of(&self, watched: &Watched, now: Timestamp) -> Option<(u8, u32)> {
        match watched.amount {
            Some(amount) if self.on => self.passed(|limit| limit <= amount),
            Some(_) => None,
            None => self.level(watched.since, now),
        }
    }

    fn passed(&self, has: impl Fn(u32) -> bool) -> Option<(u8, u32)> {
        let passed = self.hours.iter().take_while(|hours| has(**hours)).count();
        let limit = *self.hours.get(passed.checked_sub(1)?)?;
        Some((u8::try_from(passed).ok()?, limit))
    }
}

/// Switches a rule, or changes its limits.
///
/// # Errors
/// `alarm-rule-keeper` for anybody but its keeper; `alarm-rule-not-measured` where there is nothing to set here; `alarm-rule-limits` when there are
/// none, more than [`LIMITS_MAX`], not ascending, or one beyond [`LIMIT_HOURS_MAX`]; `alarm-rule-unchanged`.
pub fn decide_change(
    rule: &Rule,
    state: Option<&AlarmRule>,
    command: Changed,
    who: Option<Keeper>,
) -> Result<Vec<AlarmRuleEvent>, Refusal> {
    let refuse =
        |code, zh: String, en: String| Err(Refusal::new(code, "alarm-rule.change", state.map_or("default", Aggregate::status), zh, en));
    if who != Some(rule.keeper) {
        let (zh, en) = match rule.keeper {
            Keeper::Customs => ("海关", "customs of the port"),
            Keeper::PortOffice => ("口岸办", "the port office"),
        };
        return refuse("alarm-rule-keeper", format!("该规则由{zh}维护。"), format!("This rule is kept by {en}."));
    }
    if !rule.is_watched() {
        let (zh, en) = match rule.how {
            How::NotMeasured(zh, en) => (zh, en),
            How::OwnWatch(_) | How::Watched(_) => {
                ("该告警的限值由其来源设定。", "The limits of these alarms are set where they come from.")
            }
        };
        return refuse("alarm-rule-not-measured", zh.to_owned(), en.to_owned());
    }
    let ascending = command.hours.windows(2).all(|pair| pair[0] < pair[1]);
    if command.hours.is_empty() || command.hours.len() > LIMITS_MAX || !ascending || command.hours.iter().any(|h| *h > LIMIT_HOURS_MAX) {
        return refuse(
            "alarm-rule-limits",
            format!("限值须为 1 至 {LIMITS_MAX} 个递增的小时数，每个不超过 {LIMIT_HOURS_MAX}。"),
            format!("Limits are 1 to {LIMITS_MAX} ascending numbers of hours, none above {LIMIT_HOURS_MAX}."),
        );
    }
    if RuleSetting::of(rule, state) == (RuleSetting { on: command.on, hours: command.hours.clone() }) {
        return refuse("alarm-rule-unchanged", "设置没有变化。".into(), "Nothing would change.".into());
    }
    Ok(vec![command.into()])
}

impl Aggregate for AlarmRule {
    const KIND: &'static str = "alarm-rule";
    type Event = AlarmRuleEvent;

    fn apply(state: Option<Self>, event: &AlarmRuleEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let AlarmRuleEvent::Changed(data) = event;
        Ok(Self { set: data.clone(), at, times: state.map_or(0, |former| former.times) + 1 })
    }

    fn related(&self, event: &AlarmRuleEvent) -> Vec<Related> {
        match event {
            AlarmRuleEvent::Changed(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        if self.set.on { "on" } else { "off" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            parties: vec![self.set.organisation.clone()],
            keys: vec![id.to_uppercase()],
            opened_at: self.at,
            ..WorkRow::default()
        }
    }
}
