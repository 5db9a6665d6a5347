//! Machines of terminals, their readings and alarms.

use app::AppError;
use app::reading::Seen;
use app::telemetry::{LastState, ONLINE_MINUTES, ReadingRow, TelemetryOutcome};
use equipment::{AlarmPhase, Equipment as State, EquipmentAlarm as Alarm, EquipmentKind, MachineState, Position, Reading};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant, Org, Text};
use crate::state::Api;
use crate::texts;

/// What kind of machine.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MachineKind {
    /// Quay crane (岸桥).
    QuayCrane,
    /// Yard crane (场桥).
    YardCrane,
    /// Yard truck, driven or not (集卡).
    Truck,
    /// Reach stacker or forklift (正面吊、叉车).
    Stacker,
    /// Anything else.
    Other,
}

impl From<MachineKind> for EquipmentKind {
    fn from(kind: MachineKind) -> Self {
        match kind {
            MachineKind::QuayCrane => Self::QuayCrane,
            MachineKind::YardCrane => Self::YardCrane,
            MachineKind::Truck => Self::Truck,
            MachineKind::Stacker => Self::Stacker,
            MachineKind::Other => Self::Other,
        }
    }
}

impl From<EquipmentKind> for MachineKind {
    fn from(kind: EquipmentKind) -> Self {
        match kind {
            EquipmentKind::QuayCrane => Self::QuayCrane,
            EquipmentKind::YardCrane => Self::YardCrane,
            EquipmentKind::Truck => Self::Truck,
            EquipmentKind::Stacker => Self::Stacker,
            EquipmentKind::Other => Self::Other,
        }
    }
}

/// What a machine does.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MachineDoes {
    /// At work (作业).
    Working,
    /// Ready, without work (待机).
    Idle,
    /// Cannot work (故障).
    Fault,
    /// Switched off (停机).
    Off,
}

impl From<MachineDoes> for MachineState {
    fn from(state: MachineDoes) -> Self {
        match state {
            MachineDoes::Working => Self::Working,
            MachineDoes::Idle => Self::Idle,
            MachineDoes::Fault => Self::Fault,
            MachineDoes::Off => Self::Off,
        }
    }
}

impl From<MachineState> for MachineDoes {
    fn from(state: MachineState) -> Self {
        match state {
            MachineState::Working => Self::Working,
            MachineState::Idle => Self::Idle,
            MachineState::Fault => Self::Fault,
            MachineState::Off => Self::Off,
        }
    }
}

/// Where a machine is, WGS 84.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MachinePosition {
    /// Latitude, ten-millionths of a degree.
    pub lat_e7: i32,
    /// Longitude, ten-millionths of a degree.
    pub lon_e7: i32,
}

/// A reading of a machine.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ReadingForm {
    /// Number of the machine, as registered by one's own terminal.
    pub equipment: String,
    /// When, RFC 3339. Readings of one machine in the same second are one reading.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it does.
    pub state: MachineDoes,
    /// Where it is.
    #[serde(default)]
    pub position: Option<MachinePosition>,
    /// What it carries, kg.
    #[serde(default)]
    pub load_kg: Option<u32>,
    /// Codes of the alarms that stand; at most 16, each of 1 to 12 letters, digits, hyphens or underscores.
    #[serde(default)]
    pub alarms: Vec<String>,
}

/// A batch of readings, at most 2,000.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TelemetryBatch {
    /// Readings.
    pub readings: Vec<ReadingForm>,
}

impl From<ReadingForm> for ReadingRow {
    fn from(form: ReadingForm) -> Self {
        Self {
            equipment: form.equipment,
            reading: Reading {
                at: form.at,
                state: form.state.into(),
                position: form.position.map(|place| Position { lat_e7: place.lat_e7, lon_e7: place.lon_e7 }),
                load_kg: form.load_kg,
                alarms: form.alarms,
            },
        }
    }
}

/// What became of a batch of readings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TelemetryResult {
    /// Readings that count.
    pub accepted: u32,
    /// Readings that were there before.
    pub duplicates: u32,
    /// What is wrong with the others: `equipment-unknown`, `telemetry-late`, `telemetry-future`, `telemetry-alarm-code`, `telemetry-position`.
    pub findings: Vec<Finding>,
}

impl From<TelemetryOutcome> for TelemetryResult {
    fn from(outcome: TelemetryOutcome) -> Self {
        Self {
            accepted: outcome.accepted,
            duplicates: outcome.duplicates,
            findings: outcome.findings.into_iter().map(Finding::from).collect(),
        }
    }
}

/// A machine to register.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct MachineForm {
    /// Number: 1 to 10 capital letters, digits, hyphens.
    pub number: String,
    /// Kind.
    pub kind: MachineKind,
    /// Name.
    pub name: String,
}

/// The last state of a machine.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineLast {
    /// When.
    pub at: Instant,
    /// What it does.
    pub state: MachineDoes,
    /// Where it is.
    pub position: Option<MachinePosition>,
    /// What it carries, kg.
    pub load_kg: Option<u32>,
    /// Codes of the alarms that stood.
    pub alarms: Vec<String>,
    /// It told this within the last five minutes.
    pub online: bool,
}

/// What a machine did in an hour.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineHour {
    /// Beginning of the hour.
    pub hour: Instant,
    /// Readings, each second once.
    pub readings: u32,
    /// Minutes in which it was seen at work.
    pub working_minutes: u32,
    /// Minutes at fault, and not at work.
    pub fault_minutes: u32,
    /// Minutes without work.
    pub idle_minutes: u32,
    /// Minutes switched off.
    pub off_minutes: u32,
    /// Heaviest load, kg.
    pub load_kg_max: Option<u32>,
    /// Alarm codes told.
    pub alarms: Vec<String>,
}

/// A machine of a terminal (设备).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Machine {
    /// Id.
    pub id: String,
    /// Terminal.
    pub terminal: Org,
    /// Number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: MachineKind,
    /// `in-service` or `retired`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What it told last.
    pub last: Option<MachineLast>,
    /// Its closed hours, newest first; the last 72 at most. In a list the last 24.
    pub hours: Vec<MachineHour>,
    /// Version.
    pub version: u64,
}

/// Which machines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct MachineQuery {
    /// `in-service`, `retired`.
    pub status: Option<String>,
    /// `quay-crane`, `yard-crane`, `truck`, `stacker`, `other`.
    pub kind: Option<String>,
    /// One terminal, organisation id.
    pub terminal: Option<String>,
    /// Beginning of a number.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// An alarm of a machine (设备告警).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MachineAlarm {
    /// Id.
    pub id: String,
    /// Machine, object id.
    pub equipment: String,
    /// Terminal.
    pub terminal: Org,
    /// Code, as the machine tells it.
    pub code: String,
    /// When it was raised last.
    pub raised_at: Instant,
    /// How often it was raised.
    pub times: u32,
    /// `raised` or `closed`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What was done.
    pub note: Option<String>,
    /// Who did it, user id.
    pub closed_by: Option<String>,
    /// When.
    pub closed_at: Option<Instant>,
}

/// What was done about an alarm.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct MachineAlarmForm {
    /// 2 to 500 characters.
    pub note: String,
}

impl Api {
    /// A machine with its last state; `hours` is how many of its last hours are wanted.
    pub async fn machine(&self, seen: Seen<State>, hours: usize, now: Timestamp) -> Result<Machine, AppError> {
        let last = self.app.last_state(&seen.id).await?;
        let status = seen.state.status();
        Ok(Machine {
            terminal: self.org(&seen.state.terminal).await?,
            number: seen.state.number.clone(),
            name: seen.state.name.clone(),
            kind: seen.state.kind.into(),
            status: status.to_owned(),
            status_text: texts::status(State::KIND, status),
            last: last.map(|LastState { reading, .. }| MachineLast {
                at: reading.at.into(),
                state: reading.state.into(),
                position: reading.position.map(|place| MachinePosition { lat_e7: place.lat_e7, lon_e7: place.lon_e7 }),
                load_kg: reading.load_kg,
                alarms: reading.alarms,
                online: now.since_millis(reading.at) <= ONLINE_MINUTES * 60_000,
            }),
            hours: seen
                .state
                .hours
                .into_iter()
                .rev()
                .take(hours)
                .map(|figures| MachineHour {
                    hour: figures.hour.into(),
                    readings: figures.readings,
                    working_minutes: figures.working_minutes,
                    fault_minutes: figures.fault_minutes,
                    idle_minutes: figures.idle_minutes,
                    off_minutes: figures.off_minutes,
                    load_kg_max: figures.load_kg_max,
                    alarms: figures.alarms,
                })
                .collect(),
            id: seen.id,
            version: seen.version,
        })
    }

    /// An alarm of a machine.
    pub async fn machine_alarm(&self, seen: Seen<Alarm>) -> Result<MachineAlarm, AppError> {
        let status = seen.state.status();
        let (closed_by, closed_at, note) = match seen.state.phase.clone() {
            AlarmPhase::Raised => (None, None, None),
            AlarmPhase::Closed { by, at, note } => (Some(by), Some(at.into()), Some(note)),
        };
        Ok(MachineAlarm {
            terminal: self.org(&seen.state.terminal).await?,
            status_text: texts::status(Alarm::KIND, status),
            status: status.to_owned(),
            raised_at: seen.state.raised_at.into(),
            times: seen.state.times,
            code: seen.state.code,
            equipment: seen.state.equipment,
            note,
            closed_by,
            closed_at,
            id: seen.id,
        })
    }
}
