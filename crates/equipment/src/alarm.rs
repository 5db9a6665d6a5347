//! An alarm of a machine (设备告警): raised by its readings, closed by a person of the terminal who says what was done.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Longest alarm code, characters.
pub const ALARM_CODE_LENGTH_MAX: usize = 12;

/// Where an alarm stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum AlarmPhase {
    /// It waits for the terminal.
    Raised,
    /// Somebody dealt with it.
    Closed {
        /// Who.
        by: String,
        /// When.
        at: Timestamp,
        /// What was done.
        note: String,
    },
}

/// An alarm. Its id is that of the machine and the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquipmentAlarm {
    /// Machine, object id.
    pub equipment: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Code, as the machine tells it.
    pub code: String,
    /// When it was raised last.
    pub raised_at: Timestamp,
    /// How often it was raised.
    pub times: u32,
    /// Where it stands.
    pub phase: AlarmPhase,
}

/// `equipment-alarm.raised`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmRaised {
    /// Machine, object id.
    pub equipment: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Code.
    pub code: String,
}

/// `equipment-alarm.closed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmClosed {
    /// Who, user id.
    pub by: String,
    /// What was done.
    pub note: String,
}

ledger::domain_events! {
    /// What happens to an alarm of a machine.
    pub enum EquipmentAlarmEvent for "equipment-alarm" {
        /// A reading told it.
        Raised(AlarmRaised) = "equipment-alarm.raised",
        /// Somebody dealt with it.
        Closed(AlarmClosed) = "equipment-alarm.closed",
    }
}

/// Raises an alarm that a reading tells; nothing while it stands, and nothing for a reading from before it was closed.
pub fn decide_raise_alarm(state: Option<&EquipmentAlarm>, command: AlarmRaised, at: Timestamp) -> Vec<EquipmentAlarmEvent> {
    match state.map(|alarm| &alarm.phase) {
        Some(AlarmPhase::Raised) => Vec::new(),
        Some(AlarmPhase::Closed { at: closed, .. }) if at <= *closed => Vec::new(),
        Some(AlarmPhase::Closed { .. }) | None => vec![command.into()],
    }
}

/// Closes an alarm.
///
/// # Errors
/// `equipment-alarm-closed` when it was closed before.
pub fn decide_close_alarm(state: &EquipmentAlarm, command: AlarmClosed) -> Result<Vec<EquipmentAlarmEvent>, Refusal> {
    match state.phase {
        AlarmPhase::Raised => Ok(vec![command.into()]),
        AlarmPhase::Closed { .. } => Err(Refusal::new(
            "equipment-alarm-closed",
            "equipment-alarm.close",
            state.status(),
            "该告警已处置。",
            "The alarm was dealt with before.",
        )),
    }
}

impl Aggregate for EquipmentAlarm {
    const KIND: &'static str = "equipment-alarm";
    type Event = EquipmentAlarmEvent;

    fn apply(state: Option<Self>, event: &EquipmentAlarmEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let is_raised = state.as_ref().is_some_and(|alarm| alarm.phase == AlarmPhase::Raised);
        match (state, event) {
            (state, EquipmentAlarmEvent::Raised(data)) if !is_raised => Ok(Self {
                equipment: data.equipment.clone(),
                terminal: data.terminal.clone(),
                code: data.code.clone(),
                raised_at: at,
                times: state.map_or(0, |alarm| alarm.times) + 1,
                phase: AlarmPhase::Raised,
            }),
            (Some(state), EquipmentAlarmEvent::Closed(data)) if is_raised => {
                Ok(Self { phase: AlarmPhase::Closed { by: data.by.clone(), at, note: data.note.clone() }, ..state })
            }
            (state, EquipmentAlarmEvent::Raised(_) | EquipmentAlarmEvent::Closed(_)) => Err(ReplayError::OutOfOrder {
                kind: event.kind(),
                state: state.map_or_else(|| "nothing".to_owned(), |state| state.status().to_owned()),
            }),
        }
    }

    fn related(&self, event: &EquipmentAlarmEvent) -> Vec<Related> {
        match event {
            EquipmentAlarmEvent::Raised(_) | EquipmentAlarmEvent::Closed(_) => {
                vec![(ObjectRef::new("equipment", self.equipment.clone()), "equipment")]
            }
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            AlarmPhase::Raised => "raised",
            AlarmPhase::Closed { .. } => "closed",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (closed_at, open) = match &self.phase {
            AlarmPhase::Raised => (None, true),
            AlarmPhase::Closed { at, .. } => (Some(*at), false),
        };
        WorkRow {
            title: format!("{} {}", self.equipment, self.code),
            status: self.status().to_owned(),
            owner: open.then(|| self.terminal.clone()),
            action: open.then(|| "look-into-equipment".to_owned()),
            parties: vec![self.terminal.clone()],
            keys: vec![id.to_uppercase(), self.equipment.to_uppercase(), self.code.to_uppercase()],
            opened_at: self.raised_at,
            closed_at,
            ..WorkRow::default()
        }
    }
}
