//! Readings (遥测读数), and what an hour of them comes to.

use std::collections::BTreeSet;

use ledger::Timestamp;
use serde::{Deserialize, Serialize};

/// How far a machine's clock may be ahead, seconds.
pub const AHEAD_SECONDS_MAX: i64 = 120;
/// How long after its end an hour still takes readings, minutes. Then it is closed.
pub const LATE_MINUTES_MAX: i64 = 60;
/// Most alarm codes of one reading.
pub const ALARMS_OF_READING_MAX: usize = 16;
/// Most different alarm codes kept of an hour.
const ALARMS_OF_HOUR_MAX: usize = 64;
const HOUR_MS: i64 = 3_600_000;
/// Words of 64 bits that hold the seconds of an hour.
const WORDS: usize = 57;

/// What a machine does (设备状态).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MachineState {
    /// At work (作业).
    Working,
    /// Ready, without work (待机).
    Idle,
    /// Cannot work (故障).
    Fault,
    /// Switched off (停机).
    Off,
}

impl MachineState {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Idle => "idle",
            Self::Fault => "fault",
            Self::Off => "off",
        }
    }
}

/// Where a machine is, WGS 84, in ten-millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Latitude.
    pub lat_e7: i32,
    /// Longitude.
    pub lon_e7: i32,
}

impl Position {
    /// Is it a place on the earth?
    pub const fn is_valid(self) -> bool {
        self.lat_e7.unsigned_abs() <= 900_000_000 && self.lon_e7.unsigned_abs() <= 1_800_000_000
    }
}

/// What a machine told at an instant. Readings of one machine in the same second are one reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    /// What it does.
    pub state: MachineState,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// What it carries, kg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_kg: Option<u32>,
    /// Codes of the alarms that stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
}

/// The beginning of the hour of an instant, UTC.
pub const fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(HOUR_MS) * HOUR_MS)
}

/// Whether a reading was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It counts.
    New,
    /// One of this second was there before.
    Duplicate,
}

/// An hour of readings of one machine while it can still change. The order of readings does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourTally {
    /// Seconds of which there is a reading, a bit each.
    seconds: Vec<u64>,
    /// Minutes in which it was seen at work, a bit each.
    working: u64,
    /// … without work.
    idle: u64,
    /// … at fault.
    fault: u64,
    /// … switched off.
    off: u64,
    /// Heaviest load, kg.
    load_kg_max: Option<u32>,
    /// Alarm codes told.
    alarms: BTreeSet<String>,
}

impl HourTally {
    /// Takes a reading of this hour.
    pub fn take(&mut self, reading: &Reading) -> Taken {
        let within = reading.at.millis().rem_euclid(HOUR_MS) / 1_000;
        let second = usize::try_from(within).unwrap_or(0);
        self.seconds.resize(WORDS, 0);
        let (word, bit) = (second / 64, 1_u64 << (second % 64));
        if self.seconds[word] & bit != 0 {
            return Taken::Duplicate;
        }
        self.seconds[word] |= bit;
        let minute = 1_u64 << (second / 60);
        match reading.state {
            MachineState::Working => self.working |= minute,
            MachineState::Idle => self.idle |= minute,
            MachineState::Fault => self.fault |= minute,
            MachineState::Off => self.off |= minute,
        }
        self.load_kg_max = self.load_kg_max.max(reading.load_kg);
        for code in &reading.alarms {
            if self.alarms.len() < ALARMS_OF_HOUR_MAX {
                self.alarms.insert(code.clone());
            }
        }
        Taken::New
    }

    /// What the hour comes to. A minute in which it worked is a minute of work, whatever else it did; then fault counts, then waiting.
    pub fn figures(&self, hour: Timestamp) -> HourFigures {
        let fault = self.fault & !self.working;
        let idle = self.idle & !self.working & !self.fault;
        let off = self.off & !self.working & !self.fault & !self.idle;
        HourFigures {
            hour,
            readings: self.seconds.iter().map(|word| word.count_ones()).sum(),
            working_minutes: self.working.count_ones(),
            fault_minutes: fault.count_ones(),
            idle_minutes: idle.count_ones(),
            off_minutes: off.count_ones(),
            load_kg_max: self.load_kg_max,
            alarms: self.alarms.iter().cloned().collect(),
        }
    }
}

/// What a machine did in an hour (小时统计).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourFigures {
    /// Beginning of the hour, UTC.
    pub hour: Timestamp,
    /// Readings, each second once.
    pub readings: u32,
    /// Minutes in which it was seen at work.
    pub working_minutes: u32,
    /// Minutes at fault.
    pub fault_minutes: u32,
    /// Minutes without work.
    pub idle_minutes: u32,
    /// Minutes switched off.
    pub off_minutes: u32,
    /// Heaviest load, kg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_kg_max: Option<u32>,
    /// Alarm codes told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
}
