//! An inspected box and the ship that was planned for it (查验箱当班船): on board when that ship left, or not (INS-12).
//!
//! Invariants: a box is held to the first ship that was planned while it was inspected, whatever is planned afterwards; it counts once, when that
//! ship has left; a box that does not go on at all, or whose ship does not come, counts neither way.
//!
//! Deliberately does not know why the box goes on, nor what was found in it.

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// `inspected-sailing.planned`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SailingPlanned {
    /// Container visit id.
    pub container: String,
    /// Container number.
    pub number: String,
    /// Ship call by which it is to leave.
    pub call: String,
    /// Its ship, as people call it.
    pub ship: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Customs district, four digits.
    pub district: String,
    /// Inspection site.
    pub site: String,
    /// When the box came to the site.
    pub at_site_at: Timestamp,
    /// Who follows it, organisation ids.
    pub parties: Vec<String>,
}

/// `inspected-sailing.loaded`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SailingLoaded {
    /// Ship call onto which it was loaded.
    pub call: String,
    /// When.
    pub at: Timestamp,
}

/// `inspected-sailing.ship-left`; also the command: the planned ship left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SailingShipLeft {
    /// When.
    pub at: Timestamp,
    /// The box was still to go on by some ship.
    pub onward: bool,
}

/// `inspected-sailing.ship-cancelled`; also the command: the planned ship does not come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SailingShipCancelled {}

ledger::domain_events! {
    /// What happens to an inspected box that is to leave by a ship.
    pub enum SailingEvent for "inspected-sailing" {
        /// A ship was planned for an inspected box.
        Planned(SailingPlanned) = "inspected-sailing.planned",
        /// The box was loaded.
        Loaded(SailingLoaded) = "inspected-sailing.loaded",
        /// The planned ship left.
        ShipLeft(SailingShipLeft) = "inspected-sailing.ship-left",
        /// The planned ship does not come.
        ShipCancelled(SailingShipCancelled) = "inspected-sailing.ship-cancelled",
    }
}

/// How it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SailingPhase {
    /// The planned ship has not left (待开船).
    Planned,
    /// The planned ship left with it (当班船出运).
    OnSchedule {
        /// When the ship left.
        left_at: Timestamp,
    },
    /// The planned ship left without it (漏装当班船).
    Missed {
        /// When the ship left.
        left_at: Timestamp,
    },
    /// It goes on by no ship, or its ship does not come (不计).
    Dropped {
        /// When.
        at: Timestamp,
    },
}

/// An inspected box and the ship planned for it. Its id is that of the container's visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectedSailing {
    /// What was planned.
    #[serde(flatten)]
    pub planned: SailingPlanned,
    /// When that became known.
    pub planned_at: Timestamp,
    /// Onto which ship it was loaded.
    pub loaded: Option<SailingLoaded>,
    /// How it came out.
    pub phase: SailingPhase,
    /// How it stood before the last event.
    pub was: Option<SailingResult>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SailingResult {
    /// On board.
    OnSchedule,
    /// Left behind.
    Missed,
}

impl SailingResult {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OnSchedule => "on-schedule",
            Self::Missed => "missed",
        }
    }
}

impl InspectedSailing {
    /// What is counted of it, and when its ship left; nothing before that, and of what was dropped.
    pub const fn result(&self) -> Option<(SailingResult, Timestamp)> {
        match self.phase {
            SailingPhase::OnSchedule { left_at } => Some((SailingResult::OnSchedule, left_at)),
            SailingPhase::Missed { left_at } => Some((SailingResult::Missed, left_at)),
            SailingPhase::Planned | SailingPhase::Dropped { .. } => None,
        }
    }

    fn aboard_as_planned(&self) -> bool {
        self.loaded.as_ref().is_some_and(|loaded| loaded.call == self.planned.call)
    }
}

/// Holds an inspected box to the ship planned for it; nothing while it is held to one.
pub fn decide_sailing_planned(state: Option<&InspectedSailing>, command: SailingPlanned) -> Vec<SailingEvent> {
    match state.map(|state| &state.phase) {
        None | Some(SailingPhase::Dropped { .. }) => vec![command.into()],
        Some(SailingPhase::Planned | SailingPhase::OnSchedule { .. } | SailingPhase::Missed { .. }) => Vec::new(),
    }
}

/// The box was loaded; nothing when that was known, or it was dropped.
pub fn decide_sailing_loaded(state: &InspectedSailing, command: SailingLoaded) -> Vec<SailingEvent> {
    match state.phase {
        SailingPhase::Planned | SailingPhase::Missed { .. } if state.loaded.is_none() => vec![command.into()],
        SailingPhase::Planned | SailingPhase::Missed { .. } | SailingPhase::OnSchedule { .. } | SailingPhase::Dropped { .. } => Vec::new(),
    }
}

/// The planned ship left; nothing once that is known.
pub fn decide_sailing_ship_left(state: &InspectedSailing, command: SailingShipLeft) -> Vec<SailingEvent> {
    match state.phase {
        SailingPhase::Planned => vec![command.into()],
        SailingPhase::OnSchedule { .. } | SailingPhase::Missed { .. } | SailingPhase::Dropped { .. } => Vec::new(),
    }
}

/// The planned ship does not come; nothing once it has left or that is known.
pub fn decide_sailing_ship_cancelled(state: &InspectedSailing) -> Vec<SailingEvent> {
    match state.phase {
        SailingPhase::Planned => vec![SailingShipCancelled {}.into()],
        SailingPhase::OnSchedule { .. } | SailingPhase::Missed { .. } | SailingPhase::Dropped { .. } => Vec::new(),
    }
}

impl Aggregate for InspectedSailing {
    const KIND: &'static str = "inspected-sailing";
    type Event = SailingEvent;

    fn apply(state: Option<Self>, event: &SailingEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use SailingEvent as E;
        use SailingPhase as P;
        let dropped = state.as_ref().is_none_or(|state| matches!(state.phase, P::Dropped { .. }));
        let (mut state, event) = match (state, event) {
            (_, E::Planned(data)) if dropped => {
                return Ok(Self { planned: data.clone(), planned_at: at, loaded: None, phase: P::Planned, was: None });
            }
            (Some(state), event) => (state, event),
            (None, event) => return Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".into() }),
        };
        state.was = state.result().map(|(result, _)| result);
        state.phase = match (&state.phase, event) {
            (P::Planned, E::Loaded(data)) => {
                state.loaded = Some(data.clone());
                P::Planned
            }
            // Told after the ship had left: it was on board all the same, or went by a later ship.
            (P::Missed { left_at }, E::Loaded(data)) => {
                let left_at = *left_at;
                state.loaded = Some(data.clone());
                if data.call == state.planned.call { P::OnSchedule { left_at } } else { P::Missed { left_at } }
            }
            (P::Planned, E::ShipLeft(data)) if state.aboard_as_planned() => P::OnSchedule { left_at: data.at },
            (P::Planned, E::ShipLeft(data)) if data.onward || state.loaded.is_some() => P::Missed { left_at: data.at },
            (P::Planned, E::ShipLeft(data)) => P::Dropped { at: data.at },
            (P::Planned, E::ShipCancelled(_)) => P::Dropped { at },
            (P::Planned, E::Planned(_))
            | (P::OnSchedule { .. } | P::Dropped { .. }, E::Planned(_) | E::Loaded(_) | E::ShipLeft(_) | E::ShipCancelled(_))
            | (P::Missed { .. }, E::Planned(_) | E::ShipLeft(_) | E::ShipCancelled(_)) => {
                return Err(ReplayError::OutOfOrder { kind: event.kind(), state: state.status().to_owned() });
            }
        };
        Ok(state)
    }

    fn related(&self, event: &SailingEvent) -> Vec<Related> {
        let of_box = (ObjectRef::new("container", self.planned.container.clone()), "container");
        match event {
            SailingEvent::Planned(data) => vec![of_box, (ObjectRef::new("ship-call", data.call.clone()), "planned-call")],
            SailingEvent::Loaded(_) | SailingEvent::ShipLeft(_) | SailingEvent::ShipCancelled(_) => vec![of_box],
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            SailingPhase::Planned => "planned",
            SailingPhase::OnSchedule { .. } => SailingResult::OnSchedule.code(),
            SailingPhase::Missed { .. } => SailingResult::Missed.code(),
            SailingPhase::Dropped { .. } => "dropped",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let of = &self.planned;
        let ended = match self.phase {
            SailingPhase::Planned => None,
            SailingPhase::OnSchedule { left_at } | SailingPhase::Missed { left_at } => Some(left_at),
            SailingPhase::Dropped { at } => Some(at),
        };
        let mut keys = vec![id.to_uppercase(), of.number.to_uppercase(), of.call.to_uppercase()];
        keys.push(format!("TERMINAL:{}", of.terminal.to_uppercase()));
        keys.push(format!("SITE:{}", of.site.to_uppercase()));
        WorkRow {
            title: of.number.clone(),
            status: self.status().to_owned(),
            authority: Some(of.district.clone()),
            parties: of.parties.clone(),
            keys,
            // A figure of a period leads to the boxes whose ships left in it.
            opened_at: ended.unwrap_or(self.planned_at),
            closed_at: ended,
            ..WorkRow::default()
        }
    }
}
