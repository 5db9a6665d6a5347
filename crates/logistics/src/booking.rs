//! A pick-up booking (提箱预约): one truck for one box in one slot.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::{GATE_TOLERANCE_MINUTES, container_number};

/// Longest driver name, characters.
pub const DRIVER_NAME_LENGTH_MAX: usize = 60;
/// Longest phone number, characters.
const PHONE_LENGTH_MAX: usize = 20;

/// Driver (司机): personal data, shown only to the trucker, the terminal and the gate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driver {
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: String,
}

/// How far a booking has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum BookingPhase {
    /// Confirmed (已确认).
    Booked,
    /// The truck is in (已进闸).
    GatedIn {
        /// When.
        at: Timestamp,
        /// Gate transaction.
        gate_transaction: String,
    },
    /// The box left with it (已出闸).
    Completed {
        /// When.
        at: Timestamp,
        /// Gate transaction.
        gate_transaction: String,
    },
    /// Cancelled (已取消).
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// The truck never came (爽约).
    Missed {
        /// When it was noticed.
        at: Timestamp,
    },
}

/// A pick-up booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Container visit id.
    pub container: String,
    /// Delivery order id.
    pub delivery_order: String,
    /// Terminal, organisation id.
    pub terminal: String,
    /// Slot id.
    pub slot: String,
    /// Slot begins.
    pub start: Timestamp,
    /// Slot ends.
    pub end: Timestamp,
    /// Trucker (集卡公司), organisation id.
    pub trucker: String,
    /// Holder of the delivery order for whom it is made, organisation id.
    pub principal: String,
    /// Plate number (车牌号).
    pub plate: String,
    /// Driver.
    pub driver: Driver,
    /// How far it has come.
    pub phase: BookingPhase,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Booking {
    /// Whether it still holds the box and the place in the slot.
    pub fn is_open(&self) -> bool {
        match self.phase {
            BookingPhase::Booked | BookingPhase::GatedIn { .. } => true,
            BookingPhase::Completed { .. } | BookingPhase::Cancelled { .. } | BookingPhase::Missed { .. } => false,
        }
    }
}

/// `booking.made`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Container visit id.
    pub container: String,
    /// Delivery order id.
    pub delivery_order: String,
    /// Terminal.
    pub terminal: String,
    /// Slot id.
    pub slot: String,
    /// Slot begins.
    pub start: Timestamp,
    /// Slot ends.
    pub end: Timestamp,
    /// Trucker.
    pub trucker: String,
    /// Holder of the delivery order for whom it is made.
    pub principal: String,
    /// Plate number.
    pub plate: String,
    /// Driver.
    pub driver: Driver,
}

/// `booking.changed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Slot id.
    pub slot: String,
    /// Slot begins.
    pub start: Timestamp,
    /// Slot ends.
    pub end: Timestamp,
    /// Plate number.
    pub plate: String,
    /// Driver.
    pub driver: Driver,
}

/// `booking.gated-in`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatedIn {
    /// Gate transaction id.
    pub gate_transaction: String,
}

/// `booking.completed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completed {
    /// Gate transaction id.
    pub gate_transaction: String,
}

/// `booking.cancelled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    pub reason: String,
}

/// `booking.missed`; also the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {}

ledger::domain_events! {
    /// What happens to a booking.
    pub enum BookingEvent for "booking" {
        /// Made.
        Made(Made) = "booking.made",
        /// Slot, plate or driver changed.
        Changed(Changed) = "booking.changed",
        /// The truck came in.
        GatedIn(GatedIn) = "booking.gated-in",
        /// The box left with it.
        Completed(Completed) = "booking.completed",
        /// Cancelled.
        Cancelled(Cancelled) = "booking.cancelled",
        /// The truck never came.
        Missed(Missed) = "booking.missed",
    }
}

/// Makes a booking. That the box has no other open booking is guarded by the box itself ([`crate::decide_booked`]),
/// the capacity by the slot ([`crate::decide_take_slot`]); all three are decided in one transaction.
///
/// # Errors
/// `booking-exists`; `booking-driver`; `booking-plate`; `slot-past`.
pub fn decide_book(state: Option<&Booking>, command: Made, at: Timestamp) -> Result<Vec<BookingEvent>, Refusal> {
    const ATTEMPT: &str = "booking.make";
    if let Some(booking) = state {
        return Err(Refusal::new(
            "booking-exists",
            ATTEMPT,
            booking.status(),
            "该预约编号已存在。",
            "A booking with this id exists already.",
        ));
    }
    check_truck(&command.plate, &command.driver, ATTEMPT, "nothing")?;
    check_slot(command.end, at, ATTEMPT, "nothing")?;
    Ok(vec![command.into()])
}

/// Changes slot, plate or driver before the truck comes.
///
/// # Errors
/// `booking-not-open` once the truck is in or the booking ended; `booking-driver`; `booking-plate`; `slot-past`.
pub fn decide_booking_change(state: &Booking, command: Changed, at: Timestamp) -> Result<Vec<BookingEvent>, Refusal> {
    const ATTEMPT: &str = "booking.change";
    only_booked(state, ATTEMPT)?;
    check_truck(&command.plate, &command.driver, ATTEMPT, state.status())?;
    check_slot(command.end, at, ATTEMPT, state.status())?;
    Ok(vec![command.into()])
}

/// Records that the truck came in.
///
/// # Errors
/// `booking-not-open` in any other state than booked.
pub fn decide_booking_gated_in(state: &Booking, command: GatedIn) -> Result<Vec<BookingEvent>, Refusal> {
    only_booked(state, "booking.gate-in")?;
    Ok(vec![command.into()])
}

/// Records that the box left with it.
///
/// # Errors
/// `booking-not-in` when the truck is not in.
pub fn decide_booking_complete(state: &Booking, command: Completed) -> Result<Vec<BookingEvent>, Refusal> {
    match state.phase {
        BookingPhase::GatedIn { .. } => Ok(vec![command.into()]),
        BookingPhase::Booked | BookingPhase::Completed { .. } | BookingPhase::Cancelled { .. } | BookingPhase::Missed { .. } => {
            Err(Refusal::new(
                "booking-not-in",
                "booking.complete",
                state.status(),
                "该预约的车辆不在闸内。",
                "The truck of this booking is not in the terminal.",
            ))
        }
    }
}

/// Cancels before the gate.
///
/// # Errors
/// `booking-not-open` once the truck is in or the booking ended.
pub fn decide_booking_cancel(state: &Booking, command: Cancelled) -> Result<Vec<BookingEvent>, Refusal> {
    only_booked(state, "booking.cancel")?;
    Ok(vec![command.into()])
}

/// Ends a booking whose truck did not come, [`GATE_TOLERANCE_MINUTES`] after the end of its slot.
///
/// # Errors
/// `booking-not-open`; `booking-not-over` before that time.
pub fn decide_booking_missed(state: &Booking, at: Timestamp) -> Result<Vec<BookingEvent>, Refusal> {
    const ATTEMPT: &str = "booking.miss";
    only_booked(state, ATTEMPT)?;
    if at <= state.end.plus_minutes(GATE_TOLERANCE_MINUTES) {
        return Err(Refusal::new(
            "booking-not-over",
            ATTEMPT,
            state.status(),
            "预约时段尚未结束。",
            "The time window of the booking is not over.",
        ));
    }
    Ok(vec![Missed {}.into()])
}

fn only_booked(state: &Booking, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        BookingPhase::Booked => Ok(()),
        BookingPhase::GatedIn { .. } | BookingPhase::Completed { .. } | BookingPhase::Cancelled { .. } | BookingPhase::Missed { .. } => {
            Err(Refusal::new(
                "booking-not-open",
                attempted,
                state.status(),
                "车辆已进闸或预约已结束，不能再变更。",
                "The truck is in or the booking has ended; it can no longer change.",
            ))
        }
    }
}

fn check_truck(plate: &str, driver: &Driver, attempted: &'static str, found: &str) -> Result<(), Refusal> {
    if plate.parse::<codes::PlateNumber>().is_err() {
        return Err(Refusal::new("booking-plate", attempted, found, "车牌号格式不符。", "The plate number is malformed."));
    }
    let name = driver.name.trim().chars().count();
    let phone = driver.phone.trim();
    let phone_fits = (6..=PHONE_LENGTH_MAX).contains(&phone.len()) && phone.bytes().all(|b| b.is_ascii_digit() || b"+- ".contains(&b));
    if name == 0 || name > DRIVER_NAME_LENGTH_MAX || !phone_fits {
        return Err(Refusal::new("booking-driver", attempted, found, "请填写司机姓名和电话。", "Give the driver's name and phone."));
    }
    Ok(())
}

fn check_slot(end: Timestamp, at: Timestamp, attempted: &'static str, found: &str) -> Result<(), Refusal> {
    if end <= at {
        return Err(Refusal::new("slot-past", attempted, found, "时段已过。", "The slot is over."));
    }
    Ok(())
}

impl Aggregate for Booking {
    const KIND: &'static str = "booking";
    type Event = BookingEvent;

    fn apply(state: Option<Self>, event: &BookingEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use BookingEvent as E;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut booking) = state else {
            return match event {
                E::Made(data) => Ok(made(data, at)),
                E::Changed(_) | E::GatedIn(_) | E::Completed(_) | E::Cancelled(_) | E::Missed(_) => Err(misplaced("nothing")),
            };
        };
        match (&booking.phase, event) {
            (BookingPhase::Booked, E::Changed(data)) => {
                booking.slot.clone_from(&data.slot);
                booking.start = data.start;
                booking.end = data.end;
                booking.plate.clone_from(&data.plate);
                booking.driver = data.driver.clone();
            }
            (BookingPhase::Booked, E::GatedIn(data)) => {
                booking.phase = BookingPhase::GatedIn { at, gate_transaction: data.gate_transaction.clone() };
            }
            (BookingPhase::GatedIn { .. }, E::Completed(data)) => {
                booking.phase = BookingPhase::Completed { at, gate_transaction: data.gate_transaction.clone() };
            }
            (BookingPhase::Booked, E::Cancelled(data)) => booking.phase = BookingPhase::Cancelled { at, reason: data.reason.clone() },
            (BookingPhase::Booked, E::Missed(_)) => booking.phase = BookingPhase::Missed { at },
            (BookingPhase::Booked, E::Made(_) | E::Completed(_))
            | (BookingPhase::GatedIn { .. }, E::Made(_) | E::Changed(_) | E::GatedIn(_) | E::Cancelled(_) | E::Missed(_))
            | (
                BookingPhase::Completed { .. } | BookingPhase::Cancelled { .. } | BookingPhase::Missed { .. },
                E::Made(_) | E::Changed(_) | E::GatedIn(_) | E::Completed(_) | E::Cancelled(_) | E::Missed(_),
            ) => return Err(misplaced(booking.status())),
        }
        Ok(booking)
    }

    fn related(&self, event: &BookingEvent) -> Vec<Related> {
        use BookingEvent as E;
        let container = (ObjectRef::new("container", self.container.clone()), "container");
        match event {
            E::Made(_) => vec![
                container,
                (ObjectRef::new("delivery-order", self.delivery_order.clone()), "delivery-order"),
                (ObjectRef::new("slot", self.slot.clone()), "slot"),
            ],
            E::Changed(_) => vec![container, (ObjectRef::new("slot", self.slot.clone()), "slot")],
            E::GatedIn(GatedIn { gate_transaction }) | E::Completed(Completed { gate_transaction }) => {
                vec![container, (ObjectRef::new("gate-transaction", gate_transaction.clone()), "gate-transaction")]
            }
            E::Cancelled(_) | E::Missed(_) => vec![container],
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            BookingPhase::Booked => "booked",
            BookingPhase::GatedIn { .. } => "gated-in",
            BookingPhase::Completed { .. } => "completed",
            BookingPhase::Cancelled { .. } => "cancelled",
            BookingPhase::Missed { .. } => "missed",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            BookingPhase::Booked | BookingPhase::GatedIn { .. } => None,
            BookingPhase::Completed { at, .. } | BookingPhase::Cancelled { at, .. } | BookingPhase::Missed { at } => Some(at),
        };
        let number = container_number(&self.container);
        let mut parties = vec![self.trucker.clone(), self.terminal.clone()];
        if self.principal != self.trucker {
            parties.push(self.principal.clone());
        }
        WorkRow {
            title: format!("{number} {}", self.plate),
            status: self.status().to_owned(),
            owner: self.is_open().then(|| self.trucker.clone()),
            action: self.is_open().then(|| "collect".to_owned()),
            authority: None,
            parties,
            keys: [id, number, &self.plate, &self.delivery_order].map(str::to_uppercase).to_vec(),
            opened_at: self.made_at,
            due_at: self.is_open().then_some(self.end),
            closed_at,
        }
    }
}

fn made(data: &Made, at: Timestamp) -> Booking {
    Booking {
        container: data.container.clone(),
        delivery_order: data.delivery_order.clone(),
        terminal: data.terminal.clone(),
        slot: data.slot.clone(),
        start: data.start,
        end: data.end,
        trucker: data.trucker.clone(),
        principal: data.principal.clone(),
        plate: data.plate.clone(),
        driver: data.driver.clone(),
        phase: BookingPhase::Booked,
        made_at: at,
    }
}
