//! A machine of a terminal (设备) in the register, with its last hours.

use ledger::{Aggregate, DomainEvent, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::HourFigures;

/// Longest number of a machine, characters.
pub const MACHINE_NUMBER_LENGTH_MAX: usize = 10;
/// Longest name, characters.
pub const MACHINE_NAME_LENGTH_MAX: usize = 64;
/// Hours kept in the state; the ledger has them all.
pub const HOURS_KEPT: usize = 72;

/// What kind of machine (设备类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EquipmentKind {
    /// Quay crane (岸桥).
    QuayCrane,
    /// Yard crane (场桥).
    YardCrane,
    /// Yard truck, driven or not (集卡、无人集卡).
    Truck,
    /// Reach stacker or forklift (正面吊、叉车).
    Stacker,
    /// Anything else (其他).
    Other,
}

impl EquipmentKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::QuayCrane => "quay-crane",
            Self::YardCrane => "yard-crane",
            Self::Truck => "truck",
            Self::Stacker => "stacker",
            Self::Other => "other",
        }
    }
}

/// Object id of a machine.
pub fn equipment_id(terminal: &str, number: &str) -> String {
    format!("{terminal}.{number}")
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equipment {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Number, as the terminal calls it.
    pub number: String,
    /// Kind.
    pub kind: EquipmentKind,
    /// Name.
    pub name: String,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When it was taken out of service.
    pub retired_at: Option<Timestamp>,
    /// Its last closed hours, oldest first.
    pub hours: Vec<HourFigures>,
}

/// `equipment.registered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Number.
    pub number: String,
    /// Kind.
    pub kind: EquipmentKind,
    /// Name.
    pub name: String,
}

/// `equipment.retired`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    /// Why.
    pub reason: String,
}

/// `equipment.hour-closed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourClosed {
    /// What the hour came to.
    #[serde(flatten)]
    pub figures: HourFigures,
}

ledger::domain_events! {
    /// What happens to a machine.
    pub enum EquipmentEvent for "equipment" {
        /// Entered into the register.
        Registered(Registered) = "equipment.registered",
        /// Taken out of service.
        Retired(Retired) = "equipment.retired",
        /// An hour was closed.
        HourClosed(HourClosed) = "equipment.hour-closed",
    }
}

impl Equipment {
    /// Has this hour been closed? What is older than what is kept here was.
    pub fn has_closed(&self, hour: Timestamp) -> bool {
        let oldest = self.hours.first().map(|figures| figures.hour);
        self.hours.iter().any(|figures| figures.hour == hour)
            || (self.hours.len() >= HOURS_KEPT && oldest.is_some_and(|oldest| hour < oldest))
    }
}

/// Enters a machine into the register. One that was retired may come back.
///
/// # Errors
/// `equipment-exists`; `equipment-number` for a number that is empty, longer than [`MACHINE_NUMBER_LENGTH_MAX`], or not of capital letters, digits
/// and hyphens; `equipment-name` for a name that is empty or too long.
pub fn decide_register(state: Option<&Equipment>, command: Registered) -> Result<Vec<EquipmentEvent>, Refusal> {
    let no = |code, found: &str, zh: &str, en: &str| Err(Refusal::new(code, "equipment.register", found, zh, en));
    if let Some(known) = state.filter(|known| known.retired_at.is_none()) {
        return no("equipment-exists", known.status(), "该设备编号已登记。", "A machine with this number is registered already.");
    }
    let written = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    if !(1..=MACHINE_NUMBER_LENGTH_MAX).contains(&command.number.len()) || !command.number.chars().all(written) {
        return no(
            "equipment-number",
            "nothing",
            "设备编号为 1 至 10 位大写字母、数字或连字符。",
            "A number has 1 to 10 capital letters, digits or hyphens.",
        );
    }
    if !(1..=MACHINE_NAME_LENGTH_MAX).contains(&command.name.chars().count()) {
        return no("equipment-name", "nothing", "设备名称为 1 至 64 字。", "A name has 1 to 64 characters.");
    }
    Ok(vec![command.into()])
}

/// Takes a machine out of service.
///
/// # Errors
/// `equipment-retired` when it is already.
pub fn decide_retire(state: &Equipment, command: Retired) -> Result<Vec<EquipmentEvent>, Refusal> {
    if state.retired_at.is_some() {
        return Err(Refusal::new(
            "equipment-retired",
            "equipment.retire",
            state.status(),
            "该设备已停用。",
            "The machine is out of service already.",
        ));
    }
    Ok(vec![command.into()])
}

/// Closes an hour; nothing when it was closed before.
pub fn decide_close_hour(state: &Equipment, figures: HourFigures) -> Vec<EquipmentEvent> {
    if state.has_closed(figures.hour) { Vec::new() } else { vec![HourClosed { figures }.into()] }
}

impl Aggregate for Equipment {
    const KIND: &'static str = "equipment";
    type Event = EquipmentEvent;

    fn apply(state: Option<Self>, event: &EquipmentEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |state: Option<&Self>| ReplayError::OutOfOrder {
            kind: event.kind(),
            state: state.map_or_else(|| "nothing".to_owned(), |state| state.status().to_owned()),
        };
        match (state, event) {
            (state, EquipmentEvent::Registered(data)) if state.as_ref().is_none_or(|known| known.retired_at.is_some()) => {
                let hours = state.map(|known| known.hours).unwrap_or_default();
                Ok(Self {
                    terminal: data.terminal.clone(),
                    number: data.number.clone(),
                    kind: data.kind,
                    name: data.name.clone(),
                    registered_at: at,
                    retired_at: None,
                    hours,
                })
            }
            (Some(state), EquipmentEvent::Retired(_)) if state.retired_at.is_none() => Ok(Self { retired_at: Some(at), ..state }),
            (Some(mut state), EquipmentEvent::HourClosed(data)) => {
                let place = state.hours.partition_point(|known| known.hour < data.figures.hour);
                state.hours.insert(place, data.figures.clone());
                if state.hours.len() > HOURS_KEPT {
                    state.hours.remove(0);
                }
                Ok(state)
            }
            (state, EquipmentEvent::Registered(_) | EquipmentEvent::Retired(_) | EquipmentEvent::HourClosed(_)) => {
                Err(misplaced(state.as_ref()))
            }
        }
    }

    fn related(&self, event: &EquipmentEvent) -> Vec<Related> {
        match event {
            EquipmentEvent::Registered(_) | EquipmentEvent::Retired(_) | EquipmentEvent::HourClosed(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        if self.retired_at.is_some() { "retired" } else { "in-service" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: format!("{} {}", self.number, self.name),
            status: self.status().to_owned(),
            parties: vec![self.terminal.clone()],
            keys: vec![
                id.to_uppercase(),
                self.number.to_uppercase(),
                format!("TERMINAL:{}", self.terminal.to_uppercase()),
                format!("KIND:{}", self.kind.code().to_uppercase()),
            ],
            opened_at: self.registered_at,
            closed_at: self.retired_at,
            ..WorkRow::default()
        }
    }

    fn touches_row(event: &EquipmentEvent) -> bool {
        match event {
            EquipmentEvent::Registered(_) | EquipmentEvent::Retired(_) => true,
            EquipmentEvent::HourClosed(_) => false,
        }
    }
}
