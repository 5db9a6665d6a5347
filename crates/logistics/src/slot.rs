//! A pick-up slot of a terminal (提箱时段): one hour with a capacity.

use std::collections::BTreeSet;

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Most trucks in one slot.
pub const SLOT_CAPACITY_MAX: u32 = 10_000;

/// Object id of a slot: terminal and the port-time hour it begins in, `terminal-east-2026112214`.
pub fn slot_id(terminal: &str, start: Timestamp, offset_minutes: i32) -> String {
    let (y, m, d, h, _, _, _) = start.civil(offset_minutes);
    format!("{terminal}-{y:04}{m:02}{d:02}{h:02}")
}

/// A pick-up slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Begins.
    pub start: Timestamp,
    /// Ends.
    pub end: Timestamp,
    /// Trucks it takes.
    pub capacity: u32,
    /// Bookings in it.
    pub bookings: BTreeSet<String>,
    /// When it was opened for booking.
    pub opened_at: Timestamp,
}

impl Slot {
    /// Places left.
    pub fn left(&self) -> u32 {
        self.capacity.saturating_sub(u32::try_from(self.bookings.len()).unwrap_or(u32::MAX))
    }
}

/// `slot.opened`; also the command. Repeated with another capacity, it changes the capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Terminal.
    pub terminal: String,
    /// Begins.
    pub start: Timestamp,
    /// Ends.
    pub end: Timestamp,
    /// Trucks it takes.
    pub capacity: u32,
}

/// `slot.taken`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Booking id.
    pub booking: String,
}

/// `slot.freed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    /// Booking id.
    pub booking: String,
}

ledger::domain_events! {
    /// What happens to a slot.
    pub enum SlotEvent for "slot" {
        /// Opened for booking, or its capacity changed.
        Opened(Opened) = "slot.opened",
        /// A booking took a place.
        Taken(Taken) = "slot.taken",
        /// A booking gave its place back.
        Freed(Freed) = "slot.freed",
    }
}

/// Opens a slot, or changes its capacity.
///
/// # Errors
/// `slot-times` when it does not end after it begins or an open slot would change its hour; `slot-capacity` when the capacity is zero,
/// above [`SLOT_CAPACITY_MAX`], or below what is booked.
pub fn decide_open_slot(state: Option<&Slot>, command: Opened) -> Result<Vec<SlotEvent>, Refusal> {
    const ATTEMPT: &str = "slot.open";
    let found = state.map_or("nothing", Aggregate::status);
    let moved = state.is_some_and(|slot| slot.terminal != command.terminal || slot.start != command.start || slot.end != command.end);
    if command.end <= command.start || moved {
        return Err(Refusal::new("slot-times", ATTEMPT, found, "时段的起止时间不符。", "The times of the slot do not fit."));
    }
    let booked = state.map_or(0, |slot| slot.bookings.len());
    if command.capacity == 0
        || command.capacity > SLOT_CAPACITY_MAX
        || usize::try_from(command.capacity).is_ok_and(|capacity| capacity < booked)
    {
        return Err(Refusal::new(
            "slot-capacity",
            ATTEMPT,
            found,
            format!("容量须在 1 至 {SLOT_CAPACITY_MAX} 之间，且不少于已预约的 {booked} 个。"),
            format!("The capacity is 1 to {SLOT_CAPACITY_MAX} and at least the {booked} bookings made."),
        ));
    }
    Ok(vec![command.into()])
}

/// Takes a place.
///
/// # Errors
/// `slot-full`; `slot-already-taken` when this booking has a place; `slot-past` when the slot has ended.
pub fn decide_take_slot(state: &Slot, command: Taken, at: Timestamp) -> Result<Vec<SlotEvent>, Refusal> {
    const ATTEMPT: &str = "slot.take";
    if state.bookings.contains(&command.booking) {
        return Err(Refusal::new(
            "slot-already-taken",
            ATTEMPT,
            state.status(),
            "该预约已占用此时段。",
            "The booking already has a place in the slot.",
        ));
    }
    if at >= state.end {
        return Err(Refusal::new("slot-past", ATTEMPT, state.status(), "时段已过。", "The slot is over."));
    }
    if state.left() == 0 {
        return Err(Refusal::new(
            "slot-full",
            ATTEMPT,
            state.status(),
            "该时段已约满，请选择其他时段。",
            "The slot is full; choose another.",
        ));
    }
    Ok(vec![command.into()])
}

/// Gives a place back.
///
/// # Errors
/// `slot-not-taken` when the booking has no place in it.
pub fn decide_free_slot(state: &Slot, command: Freed) -> Result<Vec<SlotEvent>, Refusal> {
    if !state.bookings.contains(&command.booking) {
        return Err(Refusal::new(
            "slot-not-taken",
            "slot.free",
            state.status(),
            "该预约不在此时段。",
            "The booking has no place in the slot.",
        ));
    }
    Ok(vec![command.into()])
}

impl Aggregate for Slot {
    const KIND: &'static str = "slot";
    type Event = SlotEvent;

    fn apply(state: Option<Self>, event: &SlotEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        match (state, event) {
            (None, SlotEvent::Opened(data)) => Ok(Self {
                terminal: data.terminal.clone(),
                start: data.start,
                end: data.end,
                capacity: data.capacity,
                bookings: BTreeSet::new(),
                opened_at: at,
            }),
            (None, SlotEvent::Taken(_) | SlotEvent::Freed(_)) => Err(misplaced("nothing")),
            (Some(slot), SlotEvent::Opened(data)) => Ok(Self { capacity: data.capacity, ..slot }),
            (Some(mut slot), SlotEvent::Taken(data)) => {
                if slot.left() == 0 || !slot.bookings.insert(data.booking.clone()) {
                    return Err(misplaced(slot.status()));
                }
                Ok(slot)
            }
            (Some(mut slot), SlotEvent::Freed(data)) => {
                if slot.bookings.remove(&data.booking) {
                    Ok(slot)
                } else {
                    Err(misplaced(slot.status()))
                }
            }
        }
    }

    fn related(&self, event: &SlotEvent) -> Vec<Related> {
        match event {
            SlotEvent::Opened(_) => Vec::new(),
            SlotEvent::Taken(Taken { booking }) | SlotEvent::Freed(Freed { booking }) => {
                vec![(ObjectRef::new("booking", booking.clone()), "booking")]
            }
        }
    }

    fn status(&self) -> &'static str {
        if self.left() == 0 { "full" } else { "open" }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            parties: vec![self.terminal.clone()],
            keys: vec![id.to_uppercase()],
            opened_at: self.opened_at,
            // A slot is never on a worklist: bookings are.
            closed_at: Some(self.end),
            ..WorkRow::default()
        }
    }
}
