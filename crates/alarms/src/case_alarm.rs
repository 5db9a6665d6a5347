//! An alarm about one case (案件预警).

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::library::rule;

/// Notes kept of an alarm, the newest ones; all of them stand on the ledger.
pub const NOTES_KEPT: usize = 20;

/// The object id of the alarm of a rule about a case.
pub fn alarm_id(rule: &str, case: &str) -> String {
    format!("{rule}.{case}")
}

/// What is watched of a case while its cause stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The case.
    pub case: ObjectRef,
    /// What a person recognises it by.
    pub title: String,
    /// Since when the cause stands: what the limits count from.
    pub since: Timestamp,
    /// How much is measured, for a rule that does not measure time.
    pub amount: Option<u32>,
    /// Who must look into it: organisation id, or none when its authority must.
    pub owner: Option<String>,
    /// Authority: customs district.
    pub authority: Option<String>,
    /// Who else is told, organisation ids.
    pub parties: Vec<String>,
}

/// `case-alarm.raised`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Code of the rule.
    pub rule: String,
    /// The case.
    pub case: ObjectRef,
    /// What a person recognises it by.
    pub title: String,
    /// Which limit has passed, from 1.
    pub level: u8,
    /// That limit, hours.
    pub limit_hours: u32,
    /// Since when the cause stands.
    pub since: Timestamp,
    /// Who must look into it.
    pub owner: Option<String>,
    /// Authority: customs district.
    pub authority: Option<String>,
    /// Who else is told.
    pub parties: Vec<String>,
}

/// `case-alarm.sharpened`: the next limit passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharpened {
    /// Which limit has passed, from 1.
    pub level: u8,
    /// That limit, hours.
    pub limit_hours: u32,
}

/// `case-alarm.acknowledged`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who, user id.
    pub by: String,
    /// Of which organisation.
    pub organisation: String,
    /// What is done about it.
    pub note: String,
}

/// Why an alarm ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClearedBy {
    /// The cause is gone (原因消除).
    Cause,
    /// The rule was switched off, or its limit raised (规则调整).
    Rule,
}

/// `case-alarm.cleared`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// Why.
    pub by: ClearedBy,
}

ledger::domain_events! {
    /// What happens to an alarm about a case.
    pub enum CaseAlarmEvent for "case-alarm" {
        /// A limit passed.
        Raised(Raised) = "case-alarm.raised",
        /// The next one passed.
        Sharpened(Sharpened) = "case-alarm.sharpened",
        /// Somebody looks after it.
        Acknowledged(Acknowledged) = "case-alarm.acknowledged",
        /// It ended.
        Cleared(Cleared) = "case-alarm.cleared",
    }
}

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum AlarmPhase {
    /// Nobody has looked at it since it was raised or rose a level.
    Raised,
    /// Somebody looks after it.
    Acknowledged {
        /// When.
        at: Timestamp,
    },
    /// It ended.
    Cleared {
        /// When.
        at: Timestamp,
        /// Why.
        by: ClearedBy,
    },
}

/// Where it stands, without more: what counters tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Raised.
    Raised,
    /// Acknowledged.
    Acknowledged,
    /// Ended.
    Cleared,
}

impl Standing {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Acknowledged => "acknowledged",
            Self::Cleared => "cleared",
        }
    }
}

/// What somebody wrote about an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who, user id.
    pub by: String,
    /// Of which organisation.
    pub organisation: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub note: String,
}

/// An alarm about a case. Its id is [`alarm_id`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAlarm {
    /// What it is about, as it was raised or rose last.
    #[serde(flatten)]
    pub raised: Raised,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// How often it was raised.
    pub times: u32,
    /// What was written about it since it was raised.
    pub notes: Vec<Note>,
    /// Where it stands.
    pub phase: AlarmPhase,
    /// Where it stood before, since it was raised.
    pub was: Option<Standing>,
}

impl CaseAlarm {
    /// Does its cause stand?
    pub const fn is_open(&self) -> bool {
        match self.phase {
            AlarmPhase::Raised | AlarmPhase::Acknowledged { .. } => true,
            AlarmPhase::Cleared { .. } => false,
        }
    }

    /// Where it stands.
    pub const fn standing(&self) -> Standing {
        match self.phase {
            AlarmPhase::Raised => Standing::Raised,
            AlarmPhase::Acknowledged { .. } => Standing::Acknowledged,
            AlarmPhase::Cleared { .. } => Standing::Cleared,
        }
    }
}

/// Raises, sharpens or ends the alarm of a rule about a case: `watched` is the case while its cause stands, `level` which limit has passed.
pub fn decide_settle(code: &str, state: Option<&CaseAlarm>, watched: Option<Watched>, level: Option<(u8, u32)>) -> Vec<CaseAlarmEvent> {
    let open = state.filter(|alarm| alarm.is_open());
    match (open, watched, level) {
        (None, Some(watched), Some((level, limit_hours))) => {
            let Watched { case, title, since, owner, authority, parties, .. } = watched;
            vec![Raised { rule: code.to_owned(), case, title, level, limit_hours, since, owner, authority, parties }.into()]
        }
        (Some(alarm), Some(_), Some((level, limit_hours))) if level > alarm.raised.level => vec![Sharpened { level, limit_hours }.into()],
        (Some(_), None, _) => vec![Cleared { by: ClearedBy::Cause }.into()],
        (Some(_), Some(_), None) => vec![Cleared { by: ClearedBy::Rule }.into()],
        (Some(_), Some(_), Some(_)) | (None, _, None) | (None, None, Some(_)) => Vec::new(),
    }
}

/// Notes that somebody looks after an alarm. Another note may follow.
///
/// # Errors
/// `case-alarm-cleared` once it has ended.
pub fn decide_acknowledge(state: &CaseAlarm, command: Acknowledged) -> Result<Vec<CaseAlarmEvent>, Refusal> {
    if state.is_open() {
        return Ok(vec![command.into()]);
    }
    Err(Refusal::new("case-alarm-cleared", "case-alarm.acknowledge", state.status(), "该预警已解除。", "The alarm has ended."))
}

impl Aggregate for CaseAlarm {
    const KIND: &'static str = "case-alarm";
    type Event = CaseAlarmEvent;

    fn apply(state: Option<Self>, event: &CaseAlarmEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let out_of_order =
            |state: Option<&Self>| ReplayError::OutOfOrder { kind: event.kind(), state: state.map_or("nothing", Self::status).to_owned() };
        let open = state.as_ref().is_some_and(Self::is_open);
        match (state, event) {
            (state, CaseAlarmEvent::Raised(data)) if !open => Ok(Self {
                raised: data.clone(),
                raised_at: at,
                times: state.map_or(0, |former| former.times) + 1,
                notes: Vec::new(),
                phase: AlarmPhase::Raised,
                was: None,
            }),
            (Some(mut alarm), event) if open => {
                alarm.was = Some(alarm.standing());
                alarm.phase = match event {
                    CaseAlarmEvent::Sharpened(data) => {
                        (alarm.raised.level, alarm.raised.limit_hours) = (data.level, data.limit_hours);
                        AlarmPhase::Raised
                    }
                    CaseAlarmEvent::Acknowledged(data) => {
                        let Acknowledged { by, organisation, note } = data.clone();
                        alarm.notes.push(Note { by, organisation, at, note });
                        let surplus = alarm.notes.len().saturating_sub(NOTES_KEPT);
                        alarm.notes.drain(..surplus);
                        AlarmPhase::Acknowledged { at }
                    }
                    CaseAlarmEvent::Cleared(data) => AlarmPhase::Cleared { at, by: data.by },
                    CaseAlarmEvent::Raised(_) => return Err(out_of_order(Some(&alarm))),
                };
                Ok(alarm)
            }
            (state, _) => Err(out_of_order(state.as_ref())),
        }
    }

    fn related(&self, event: &CaseAlarmEvent) -> Vec<Related> {
        match event {
            CaseAlarmEvent::Raised(_) | CaseAlarmEvent::Sharpened(_) | CaseAlarmEvent::Acknowledged(_) | CaseAlarmEvent::Cleared(_) => {
                vec![(self.raised.case.clone(), "case")]
            }
        }
    }

    fn status(&self) -> &'static str {
        self.standing().code()
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let asks = self.phase == AlarmPhase::Raised && rule(&self.raised.rule).is_none_or(|rule| !rule.case_asks);
        let Raised { rule, case, title, owner, authority, parties, .. } = &self.raised;
        let mut all: Vec<String> = parties.clone();
        all.extend(owner.iter().filter(|owner| !parties.contains(owner)).cloned());
        let mut keys = vec![id.to_uppercase(), case.id.to_uppercase(), format!("RULE:{}", rule.to_uppercase())];
        keys.push(format!("LEVEL:{}", self.raised.level));
        keys.extend(title.split_whitespace().map(str::to_uppercase).filter(|word| *word != case.id.to_uppercase()).take(8));
        WorkRow {
            title: title.clone(),
            status: self.status().to_owned(),
            owner: owner.clone().filter(|_| asks),
            action: asks.then(|| "look-into-case-alarm".to_owned()),
            authority: authority.clone(),
            parties: all,
            keys,
            opened_at: self.raised_at,
            due_at: None,
            closed_at: match self.phase {
                AlarmPhase::Raised | AlarmPhase::Acknowledged { .. } => None,
                AlarmPhase::Cleared { at, .. } => Some(at),
            },
        }
    }
}
