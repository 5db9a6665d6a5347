//! Machines of the synthetic terminals, what they tell, and how far the port office says each module is.
//!
//! What a machine tells follows from its number and the minute alone, so that it moves no other chance; a minute told twice is one reading.

use app::rollout::{ClaimRollOut, Module, RollOutStatus};
use app::telemetry::{CloseEquipmentAlarm, ReadingRow, RegisterEquipment, SendTelemetry};
use app::{App, Context, Role};
use equipment::{Equipment, EquipmentAlarm, EquipmentKind, MachineState, Position, Reading};
use ledger::Timestamp;

use crate::SimulationError;
use crate::cast::{self, of};
use crate::chance::stable;
use crate::world::World;

/// Minutes told with each look at the machines.
const MINUTES_TOLD: i64 = 5;
/// Of how many minutes of a machine one raises an alarm.
const ALARM_ONE_IN: u64 = 6_000;
/// Hours after which somebody deals with an alarm.
const DEALT_WITH_HOURS: i64 = 30;
/// Metres are small: the machines of a terminal stand within some thousand ten-millionths of a degree.
const YARD_E7: u64 = 40_000;

const MACHINES: [(&str, EquipmentKind, &str); 5] = [
    ("QC01", EquipmentKind::QuayCrane, "示范一号岸桥"),
    ("QC02", EquipmentKind::QuayCrane, "示范二号岸桥"),
    ("YC01", EquipmentKind::YardCrane, "示范一号场桥"),
    ("AT01", EquipmentKind::Truck, "示范一号无人集卡"),
    ("AT02", EquipmentKind::Truck, "示范二号无人集卡"),
];

/// Where a terminal lies: somewhere at sea, for there is no such port.
fn corner(terminal: &str) -> (i32, i32) {
    if terminal == "terminal-east" { (299_000_000, 1_225_000_000) } else { (298_900_000, 1_224_900_000) }
}

const CLAIMS: [(&str, Module, RollOutStatus, &str); 9] = [
    ("terminal-east", Module::Edi, RollOutStatus::Live, ""),
    ("terminal-east", Module::DeliveryOrder, RollOutStatus::Live, ""),
    ("terminal-east", Module::Booking, RollOutStatus::Live, ""),
    ("terminal-east", Module::InterchangeReceipt, RollOutStatus::Live, ""),
    ("terminal-east", Module::Tally, RollOutStatus::Live, ""),
    ("terminal-east", Module::SmartTally, RollOutStatus::Trial, "两台岸桥试点"),
    ("terminal-east", Module::Telemetry, RollOutStatus::Trial, ""),
    ("terminal-west", Module::Edi, RollOutStatus::Live, ""),
    ("terminal-west", Module::SmartTally, RollOutStatus::Planned, "待设备安装"),
];

/// Registers the machines and says how far the modules are, unless that was done.
pub(crate) async fn install(app: &App, ctx: &Context) -> Result<(), SimulationError> {
    let fault = SimulationError::platform("install");
    for terminal in cast::all(Role::Terminal) {
        let known = app.peek::<Equipment>(&equipment::equipment_id(terminal.id, MACHINES[0].0)).await.map_err(&fault)?;
        if known.is_some() {
            return Ok(());
        }
        let who = Context { principal: terminal.principal(app, terminal.person(), false), ..ctx.clone() };
        for (number, kind, name) in MACHINES {
            app.execute(&who, &RegisterEquipment { number: number.into(), kind, name: name.into() }).await.map_err(&fault)?;
        }
    }
    let Some(office) = of("port-office") else { return Ok(()) };
    let who = Context { principal: office.principal(app, office.person(), false), ..ctx.clone() };
    for (terminal, module, status, note) in CLAIMS {
        let since = ctx.at.day_start(app.port().utc_offset_minutes);
        let claim =
            ClaimRollOut { terminal: terminal.into(), module, status, since, owner: "示范口岸办信息科".into(), note: note.into() };
        app.execute(&who, &claim).await.map_err(&fault)?;
    }
    Ok(())
}

/// What a machine tells of a minute.
fn reading(terminal: &str, number: &str, kind: EquipmentKind, minute: i64) -> Reading {
    let hash = stable(&format!("{terminal} {number} {minute}"));
    // Work comes in spells of a quarter of an hour.
    let spell = stable(&format!("{terminal} {number} {}", minute / 15)) % 10;
    let alarm = hash.is_multiple_of(ALARM_ONE_IN);
    let state = match (alarm, spell) {
        (true, _) => MachineState::Fault,
        (false, 0..=5) => MachineState::Working,
        (false, 6..=8) => MachineState::Idle,
        (false, _) => MachineState::Off,
    };
    let (lat, lon) = corner(terminal);
    let offset = |part: u64| i32::try_from(part % YARD_E7).unwrap_or(0);
    let carries = state == MachineState::Working && hash.is_multiple_of(2);
    let code = if kind == EquipmentKind::Truck { "BATTERY-LOW" } else { "SPREADER" };
    Reading {
        at: Timestamp::from_millis(minute * 60_000),
        state,
        position: Some(Position { lat_e7: lat + offset(hash), lon_e7: lon + offset(hash >> 16) }),
        load_kg: carries.then(|| 8_000 + u32::try_from(hash % 22_000).unwrap_or(0)),
        alarms: if alarm { vec![code.into()] } else { Vec::new() },
    }
}

impl World {
    /// The machines of a terminal tell what they did in the last minutes.
    pub async fn tell_machines(&mut self, terminal: &'static str) -> Result<(), SimulationError> {
        let now = self.now().millis().div_euclid(60_000);
        let minutes = now - MINUTES_TOLD + 1..=now;
        let readings = minutes.flat_map(|minute| {
            MACHINES.map(|(number, kind, _)| ReadingRow { equipment: number.into(), reading: reading(terminal, number, kind, minute) })
        });
        let command = SendTelemetry { readings: readings.collect() };
        let who = self.system(terminal);
        self.act(who, &command).await?;
        Ok(())
    }

    /// Hours are closed, and old alarms dealt with.
    pub async fn keep_machines(&mut self) -> Result<(), SimulationError> {
        self.app.keep_telemetry(&self.platform()).await.map_err(SimulationError::platform("telemetry.close-hour"))?;
        let before = self.now().plus_hours(-DEALT_WITH_HOURS);
        let query = app::reading::ListQuery { open: Some(true), opened_to: Some(before), limit: 20, ..Default::default() };
        let listed = self.app.list::<EquipmentAlarm>(&self.platform(), "equipment-alarm.read", query).await;
        for (seen, _) in listed.map_err(SimulationError::platform("equipment-alarm.read"))?.items {
            if let Some(part) = of(&seen.state.terminal) {
                let who = part.principal(&self.app, part.person(), false);
                self.act(who, &CloseEquipmentAlarm { id: seen.id, note: "已检修复位".into() }).await?;
            }
        }
        Ok(())
    }
}
