//! Equipment of terminals (港口设备): the register of cranes, trucks and yard machines, what each did in an hour, and alarms that wait for a
//! person (LOG-09).
//!
//! Invariants: a reading counts once, however often it is sent and in whatever order; an hour is closed once, and nothing is added to it
//! afterwards; of an alarm that stands there is one, however often the machine repeats it.
//!
//! Readings are no events. A machine that tells its state every few seconds would fill a ledger that is kept for ever; what is kept of them is
//! the last state, one figure for each hour, and the alarms.
//!
//! Deliberately does not know how readings arrive, nor which box a machine carries.
#![forbid(unsafe_code)]

mod alarm;
mod hour;
mod machine;

pub use alarm::{
    ALARM_CODE_LENGTH_MAX, AlarmClosed, AlarmPhase, AlarmRaised, EquipmentAlarm, EquipmentAlarmEvent, decide_close_alarm,
    decide_raise_alarm,
};
pub use hour::{
    AHEAD_SECONDS_MAX, ALARMS_OF_READING_MAX, HourFigures, HourTally, LATE_MINUTES_MAX, MachineState, Position, Reading, Taken, hour_of,
};
pub use machine::{
    Equipment, EquipmentEvent, EquipmentKind, HOURS_KEPT, HourClosed, MACHINE_NAME_LENGTH_MAX, MACHINE_NUMBER_LENGTH_MAX, Registered,
    Retired, decide_close_hour, decide_register, decide_retire, equipment_id,
};
