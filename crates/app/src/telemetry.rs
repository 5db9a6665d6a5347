//! Telemetry of cranes, trucks and yard machines (设备遥测, LOG-09).
//!
//! Readings come by the hundred a second and are no events: of each machine the last state is kept, one open hour that is folded as readings
//! come, and on the ledger the figures of every closed hour and the alarms. What is sent twice counts once (a reading is a machine and a
//! second); what comes more than an hour after the end of its hour is refused, for that hour is closed.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use codes::{Finding, Text};
use equipment::{
    AHEAD_SECONDS_MAX, ALARM_CODE_LENGTH_MAX, ALARMS_OF_READING_MAX, AlarmClosed, AlarmRaised, Equipment, EquipmentAlarm, EquipmentKind,
    HourTally, LATE_MINUTES_MAX, Reading, Registered, Retired, Taken, decide_close_alarm, decide_close_hour, decide_raise_alarm,
    decide_register, decide_retire, equipment_id, hour_of,
};
use ledger::{Aggregate, ObjectRef, Timestamp};
use serde::{Deserialize, Serialize};

use crate::discharge::row_finding;
use crate::orders::reason;
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase, limits};

/// Most readings in one batch. At one reading in ten seconds a batch a minute serves three hundred machines.
pub const READINGS_MAX: usize = 2_000;
/// Register of the alarm codes that a machine has told.
const ALARM_CODES: &str = "equipment-alarm-codes";
/// Different alarm codes of one machine: each is an object that stays.
pub const ALARM_CODES_MAX: usize = 256;
/// Register of the last states, by machine.
const LAST_STATES: &str = "equipment-last";
/// Last states read in one step.
const STATES_AT_ONCE: u32 = 1_000;
/// Register of the hours that still take readings, by hour and machine.
pub const OPEN_HOURS: &str = "equipment-hour";
/// Open hours looked at in one step.
const HOURS_AT_ONCE: u32 = 200;
/// A machine that told nothing for so long is not on line.
pub const ONLINE_MINUTES: i64 = 5;
const HOUR_MS: i64 = 3_600_000;

/// Enters a machine into the register.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterEquipment {
    /// Number, as the terminal calls it.
    pub number: String,
    /// Kind.
    pub kind: EquipmentKind,
    /// Name.
    pub name: String,
}

#[async_trait]
impl UseCase for RegisterEquipment {
    const NAME: &'static str = "equipment.register";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Equipment::KIND))?;
        let terminal = unit.ctx.principal.organisation.clone();
        let command = Registered {
            terminal: terminal.clone(),
            number: self.number.trim().to_owned(),
            kind: self.kind,
            name: self.name.trim().to_owned(),
        };
        limits::text(&command.number, "/number", limits::SHORT_TEXT_MAX)?;
        let id = equipment_id(&terminal, &command.number);
        let known = unit.load::<Equipment>(&id).await?;
        let events = decide_register(known.as_ref(), command)?;
        unit.record::<Equipment>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// Takes a machine out of service.
#[derive(Clone, Debug, Serialize)]
pub struct RetireEquipment {
    /// Machine, object id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RetireEquipment {
    const NAME: &'static str = "equipment.retire";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Equipment>(Self::NAME, &self.id).await?;
        let events = decide_retire(&state, Retired { reason: reason(&self.reason)? })?;
        unit.record::<Equipment>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// A reading of a machine of the asker's terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingRow {
    /// Number of the machine.
    pub equipment: String,
    /// What it told.
    #[serde(flatten)]
    pub reading: Reading,
}

/// Sends readings. Faulty rows come back as findings; the good ones count.
#[derive(Clone, Debug, Serialize)]
pub struct SendTelemetry {
    /// Rows.
    pub readings: Vec<ReadingRow>,
}

/// What became of a batch of readings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelemetryOutcome {
    /// Readings that count.
    pub accepted: u32,
    /// Readings that were there before.
    pub duplicates: u32,
    /// What is wrong with the others.
    pub findings: Vec<Finding>,
}

/// The last state of a machine (最近状态).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastState {
    /// What it told.
    pub reading: Reading,
    /// When that came.
    pub received_at: Timestamp,
}

#[async_trait]
impl UseCase for SendTelemetry {
    const NAME: &'static str = "telemetry.send";
    type Outcome = TelemetryOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<TelemetryOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Equipment::KIND))?;
        limits::rows(self.readings.len(), READINGS_MAX, "/readings")?;
        let terminal = unit.ctx.principal.organisation.clone();
        let mut machines: BTreeMap<String, Vec<(usize, &Reading)>> = BTreeMap::new();
        let mut outcome = TelemetryOutcome::default();
        for (index, row) in self.readings.iter().enumerate() {
            let number = row.equipment.trim();
            let pointer = format!("/readings/{index}");
            match limits::text(number, "/equipment", equipment::MACHINE_NUMBER_LENGTH_MAX).and_then(|()| fitting(&row.reading)) {
                Ok(()) => machines.entry(equipment_id(&terminal, number)).or_default().push((index, &row.reading)),
                Err(error) => outcome.findings.push(row_finding(error, &pointer)?),
            }
        }
        let objects = machines.keys().map(|id| ObjectRef::new(Equipment::KIND, id.clone())).collect();
        unit.preload(objects).await?;
        for (id, readings) in machines {
            take(unit, &id, &readings, &mut outcome).await?;
        }
        outcome.findings.sort_by_key(|finding| row_of(&finding.pointer));
        Ok(outcome)
    }
}

/// The row that a pointer leads to.
fn row_of(pointer: &str) -> usize {
    pointer.split('/').nth(2).and_then(|index| index.parse().ok()).unwrap_or(usize::MAX)
}

/// Is a reading within its limits?
fn fitting(reading: &Reading) -> Result<(), AppError> {
    limits::rows(reading.alarms.len(), ALARMS_OF_READING_MAX, "/alarms")?;
    let written = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    for (at, code) in reading.alarms.iter().enumerate() {
        if !(1..=ALARM_CODE_LENGTH_MAX).contains(&code.len()) || !code.chars().all(written) {
            return Err(AppError::invalid(
                "telemetry-alarm-code",
                format!("/alarms/{at}"),
                format!("告警代码为 1 至 {ALARM_CODE_LENGTH_MAX} 位字母、数字、连字符或下划线"),
                format!("an alarm code has 1 to {ALARM_CODE_LENGTH_MAX} letters, digits, hyphens or underscores"),
            ));
        }
    }
    if reading.position.is_some_and(|position| !position.is_valid()) {
        return Err(AppError::invalid("telemetry-position", "/position", "坐标超出范围", "the position is not on the earth"));
    }
    Ok(())
}

/// Takes the readings of one machine.
async fn take(unit: &mut Unit<'_>, id: &str, readings: &[(usize, &Reading)], outcome: &mut TelemetryOutcome) -> Result<(), AppError> {
    let Some(machine) = unit.load::<Equipment>(id).await?.filter(|machine| machine.retired_at.is_none()) else {
        for (index, _) in readings {
            let unknown = AppError::invalid(
                "equipment-unknown",
                "/equipment",
                "未登记此设备，或已停用",
                "no such machine is in service at your terminal",
            );
            outcome.findings.push(row_finding(unknown, &format!("/readings/{index}"))?);
        }
        return Ok(());
    };
    let now = unit.at();
    let mut hours: BTreeMap<Timestamp, (u64, HourTally)> = BTreeMap::new();
    let mut newest: Option<&Reading> = None;
    let mut new: Vec<(usize, &Reading)> = Vec::new();
    for (index, reading) in readings {
        let hour = hour_of(reading.at);
        if let Err(error) = in_time(&machine, reading.at, hour, now) {
            outcome.findings.push(row_finding(error, &format!("/readings/{index}"))?);
            continue;
        }
        let tally = match hours.entry(hour) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(vacant) => {
                let (version, body) = unit.record_versioned(OPEN_HOURS, &open_hour(hour, id)).await?;
                let tally = body.map(|body| read(&body)).transpose()?.unwrap_or_default();
                vacant.insert((version, tally))
            }
        };
        match tally.1.take(reading) {
            Taken::Duplicate => outcome.duplicates += 1,
            Taken::New => {
                outcome.accepted += 1;
                newest = newest.filter(|known| known.at >= reading.at).or(Some(reading));
                new.push((*index, reading));
            }
        }
    }
    for (hour, (version, tally)) in hours {
        unit.write_record(OPEN_HOURS, &open_hour(hour, id), Some(version), &tally)?;
    }
    let (version, body) = unit.record_versioned(LAST_STATES, id).await?;
    let last: Option<LastState> = body.map(|body| read(&body)).transpose()?;
    if let Some(reading) = newest
        && last.as_ref().is_none_or(|last| last.reading.at < reading.at)
    {
        unit.write_record(LAST_STATES, id, Some(version), &LastState { reading: reading.clone(), received_at: now })?;
    }
    new.sort_by_key(|(_, reading)| reading.at);
    let mut standing: BTreeSet<String> = last.map(|last| last.reading.alarms.into_iter().collect()).unwrap_or_default();
    let mut codes: Option<BTreeSet<String>> = None;
    for (index, reading) in new {
        for code in &reading.alarms {
            let known_codes = match &mut codes {
                Some(known) => known,
                None => codes.insert(unit.record_held(ALARM_CODES, id).await?),
            };
            if !known_codes.contains(code) && known_codes.len() >= ALARM_CODES_MAX {
                outcome.findings.push(too_many_codes(index));
                continue;
            }
            let alarm = format!("{id}.{code}");
            let known = unit.load::<EquipmentAlarm>(&alarm).await?;
            // What was dealt with comes back only once it was gone in between.
            if standing.contains(code) && known.is_some() {
                continue;
            }
            known_codes.insert(code.clone());
            let at = reading.at.min(now);
            let raised = AlarmRaised { equipment: id.to_owned(), terminal: machine.terminal.clone(), code: code.clone() };
            let events = decide_raise_alarm(known.as_ref(), raised, at);
            unit.record::<EquipmentAlarm>(&alarm, events, at).await?;
        }
        standing = reading.alarms.iter().cloned().collect();
    }
    if let Some(codes) = codes {
        unit.write_record(ALARM_CODES, id, None, &codes)?;
    }
    Ok(())
}

fn too_many_codes(index: usize) -> Finding {
    Finding::warning(
        "telemetry-alarm-codes",
        format!("/readings/{index}/alarms"),
        Text::new(
            format!("该设备已有 {ALARM_CODES_MAX} 种报警代码，不再登记新的代码；读数已登记。"),
            format!("The machine has told {ALARM_CODES_MAX} different alarm codes; another raises no alarm. The reading is recorded."),
        ),
        Text::new("报警代码应表示报警的种类，而非次数。", "A code names a kind of alarm, not an occurrence."),
    )
}

fn in_time(machine: &Equipment, at: Timestamp, hour: Timestamp, now: Timestamp) -> Result<(), AppError> {
    if at > now.plus_millis(AHEAD_SECONDS_MAX * 1_000) {
        return Err(AppError::invalid(
            "telemetry-future",
            "/at",
            format!("时间超前 {AHEAD_SECONDS_MAX} 秒以上，请校准设备时钟"),
            format!("more than {AHEAD_SECONDS_MAX} s ahead: set the machine's clock"),
        ));
    }
    if now >= closes_at(hour) || machine.has_closed(hour) {
        return Err(AppError::invalid(
            "telemetry-late",
            "/at",
            format!("该小时结束已超过 {LATE_MINUTES_MAX} 分钟，统计已关闭"),
            format!("its hour ended more than {LATE_MINUTES_MAX} minutes ago and is closed"),
        ));
    }
    Ok(())
}

/// When an hour takes no more readings.
const fn closes_at(hour: Timestamp) -> Timestamp {
    hour.plus_hours(1).plus_minutes(LATE_MINUTES_MAX)
}

/// Name of an open hour: they stand in order of time.
fn open_hour(hour: Timestamp, id: &str) -> String {
    format!("{:09}.{id}", hour.millis() / HOUR_MS)
}

/// The hour and the machine of an open hour's name.
fn named(name: &str) -> Option<(Timestamp, &str)> {
    let (hour, id) = name.split_once('.')?;
    Some((Timestamp::from_millis(hour.parse::<i64>().ok()? * HOUR_MS), id))
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    serde_json::from_slice(body).map_err(|e| AppError::Internal(format!("telemetry: {e}")))
}

/// Closes an hour of a machine: the platform's own duty.
#[derive(Clone, Debug, Serialize)]
pub struct CloseHour {
    /// Name of the open hour.
    pub name: String,
}

#[async_trait]
impl UseCase for CloseHour {
    const NAME: &'static str = "telemetry.close-hour";
    type Outcome = bool;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<bool, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Equipment::KIND))?;
        let (version, body) = unit.record_versioned(OPEN_HOURS, &self.name).await?;
        let (Some(body), Some((hour, id))) = (body, named(&self.name)) else { return Ok(false) };
        if unit.at() < closes_at(hour) {
            return Ok(false);
        }
        let tally: HourTally = read(&body)?;
        if let Some(machine) = unit.load::<Equipment>(id).await? {
            let events = decide_close_hour(&machine, tally.figures(hour));
            unit.record::<Equipment>(id, events, unit.at()).await?;
        }
        unit.delete_record_at(OPEN_HOURS, &self.name, version);
        Ok(true)
    }
}

/// Closes an alarm: a person says what was done.
#[derive(Clone, Debug, Serialize)]
pub struct CloseEquipmentAlarm {
    /// Alarm id.
    pub id: String,
    /// What was done.
    pub note: String,
}

#[async_trait]
impl UseCase for CloseEquipmentAlarm {
    const NAME: &'static str = "equipment-alarm.close";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<EquipmentAlarm>(Self::NAME, &self.id).await?;
        let command = AlarmClosed { by: unit.ctx.principal.id.clone(), note: reason(&self.note)? };
        let events = decide_close_alarm(&state, command)?;
        unit.record::<EquipmentAlarm>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl App {
    /// Closes the hours that take no more readings. Returns how many.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn keep_telemetry(&self, ctx: &Context) -> Result<usize, AppError> {
        let mut closed = 0;
        loop {
            // What was closed is gone: the first of those left is always the oldest.
            let records = self.store().records(&self.port().code, OPEN_HOURS, None, HOURS_AT_ONCE).await?;
            let over: Vec<String> = records
                .into_iter()
                .map(|record| record.id)
                .take_while(|name| named(name).is_none_or(|(hour, _)| closes_at(hour) <= ctx.at))
                .collect();
            let before = closed;
            for name in over {
                // One that cannot be closed does not hold up the others.
                match self.execute(ctx, &CloseHour { name: name.clone() }).await {
                    Ok(done) => closed += usize::from(done.outcome),
                    Err(error) => tracing::warn!(hour = name, %error, "an hour of equipment could not be closed"),
                }
            }
            if closed == before {
                return Ok(closed);
            }
        }
    }

    /// The last state of a machine; `None` while it told nothing.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn last_state(&self, id: &str) -> Result<Option<LastState>, AppError> {
        self.store().record(&self.port().code, LAST_STATES, id).await?.map(|record| read(&record.body)).transpose()
    }

    /// Machines whose last reading is of this instant or later.
    pub(crate) async fn machines_told_since(&self, from: Timestamp) -> Result<BTreeSet<String>, AppError> {
        let mut told = BTreeSet::new();
        let mut after: Option<String> = None;
        loop {
            let records = self.store().records(&self.port().code, LAST_STATES, after.as_deref(), STATES_AT_ONCE).await?;
            for record in &records {
                let last: LastState = read(&record.body)?;
                if last.reading.at >= from {
                    told.insert(record.id.clone());
                }
            }
            match records.last() {
                Some(last) => after = Some(last.id.clone()),
                None => return Ok(told),
            }
        }
    }
}
