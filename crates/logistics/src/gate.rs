//! The gate's decision (闸口放行判定): every reason at once, so that a driver is sent back once and not five times (LOG-06).

use codes::Text;
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Booking, BookingPhase, Container, Customs, DeliveryOrder, OrderPhase, Place, container_number};

/// Minutes before and after the slot within which the gate opens (domain practice: ± 30 minutes; configurable by the terminal later).
pub const GATE_TOLERANCE_MINUTES: i64 = 30;

/// Which way the truck goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Into the terminal, to collect (进闸提箱).
    In,
    /// Out of the terminal, with the box (出闸).
    Out,
}

/// What the gate needs to know of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateBox {
    /// Container visit id.
    pub id: String,
    /// Where it is.
    pub place: Place,
    /// What customs says.
    pub customs: Customs,
    /// An authority's instruction holds it.
    pub barred: bool,
    /// It is planned to go on by another ship.
    pub onward: bool,
}

/// What the gate needs to know of the booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateBooking {
    /// Booking id.
    pub id: String,
    /// Container visit id.
    pub container: String,
    /// Plate booked.
    pub plate: String,
    /// Slot begins.
    pub start: Timestamp,
    /// Slot ends.
    pub end: Timestamp,
    /// Trucker, organisation id.
    pub trucker: String,
    /// Holder for whom it was made, organisation id.
    pub principal: String,
    /// How far it has come.
    pub phase: BookingPhase,
}

/// What the gate needs to know of the delivery order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateOrder {
    /// Who may collect, organisation id.
    pub holder: String,
    /// How far it has come.
    pub phase: OrderPhase,
    /// Container visit ids it covers.
    pub containers: Vec<String>,
    /// Container visit ids already collected.
    pub redeemed: Vec<String>,
}

/// Everything the gate decides from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFacts {
    /// Plate seen at the gate.
    pub plate: String,
    /// Container number seen at the gate; `None` on the way in, when the truck is empty.
    pub container_seen: Option<String>,
    /// The box that is to be collected, when known.
    pub container: Option<GateBox>,
    /// The booking presented or found by plate or box.
    pub booking: Option<GateBooking>,
    /// The delivery order of the box.
    pub order: Option<GateOrder>,
}

impl GateBox {
    /// From the box's state.
    pub fn of(id: &str, container: &Container) -> Self {
        Self {
            id: id.to_owned(),
            place: container.place.clone(),
            customs: container.customs.clone(),
            barred: container.is_barred(),
            onward: container.onward.is_some(),
        }
    }
}

impl GateBooking {
    /// From the booking's state.
    pub fn of(id: &str, booking: &Booking) -> Self {
        Self {
            id: id.to_owned(),
            container: booking.container.clone(),
            plate: booking.plate.clone(),
            start: booking.start,
            end: booking.end,
            trucker: booking.trucker.clone(),
            principal: booking.principal.clone(),
            phase: booking.phase.clone(),
        }
    }
}

impl GateOrder {
    /// From the order's state.
    pub fn of(order: &DeliveryOrder) -> Self {
        Self {
            holder: order.holder.clone(),
            phase: order.phase.clone(),
            containers: order.containers.clone(),
            redeemed: order.redeemed.keys().cloned().collect(),
        }
    }
}

/// Why the gate stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GateReason {
    /// No booking (无预约).
    #[serde(rename = "gate-no-booking")]
    NoBooking,
    /// The booking is not in the state for this direction (预约状态不符).
    #[serde(rename = "gate-booking-state")]
    BookingState,
    /// Another plate (车牌不符).
    #[serde(rename = "gate-plate-differs")]
    PlateDiffers,
    /// Too early or too late (不在预约时段).
    #[serde(rename = "gate-outside-window")]
    OutsideWindow,
    /// Another box than booked (箱号不符).
    #[serde(rename = "gate-container-differs")]
    ContainerDiffers,
    /// The box is not where it can be collected (箱不在场).
    #[serde(rename = "gate-container-not-in-yard")]
    ContainerNotInYard,
    /// Customs has not released (未放行).
    #[serde(rename = "gate-not-released")]
    NotReleased,
    /// Held (扣留).
    #[serde(rename = "gate-held")]
    Held,
    /// It goes on by another ship (中转箱).
    #[serde(rename = "gate-onward")]
    Onward,
    /// No valid delivery order (无有效提货单).
    #[serde(rename = "gate-no-delivery-order")]
    NoDeliveryOrder,
    /// The order has another holder than the booking was made for (提货单持有人不符).
    #[serde(rename = "gate-order-not-holder")]
    OrderNotHolder,
    /// The order was already used for the box (提货单已核销).
    #[serde(rename = "gate-order-redeemed")]
    OrderRedeemed,
}

impl GateReason {
    /// All, in the order in which the gate looks.
    pub const ALL: [Self; 12] = [
        Self::NoBooking,
        Self::BookingState,
        Self::PlateDiffers,
        Self::OutsideWindow,
        Self::ContainerDiffers,
        Self::ContainerNotInYard,
        Self::NotReleased,
        Self::Held,
        Self::Onward,
        Self::NoDeliveryOrder,
        Self::OrderNotHolder,
        Self::OrderRedeemed,
    ];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoBooking => "gate-no-booking",
            Self::BookingState => "gate-booking-state",
            Self::PlateDiffers => "gate-plate-differs",
            Self::OutsideWindow => "gate-outside-window",
            Self::ContainerDiffers => "gate-container-differs",
            Self::ContainerNotInYard => "gate-container-not-in-yard",
            Self::NotReleased => "gate-not-released",
            Self::Held => "gate-held",
            Self::Onward => "gate-onward",
            Self::NoDeliveryOrder => "gate-no-delivery-order",
            Self::OrderNotHolder => "gate-order-not-holder",
            Self::OrderRedeemed => "gate-order-redeemed",
        }
    }

    /// What to tell the driver.
    pub fn text(self) -> Text {
        match self {
            Self::NoBooking => Text::new("没有提箱预约，请先预约。", "No booking; book a slot first."),
            Self::BookingState => {
                Text::new("预约状态不符：已使用、已取消或车辆未进闸。", "The booking is used, cancelled, or its truck never came in.")
            }
            Self::PlateDiffers => Text::new("车牌与预约不一致。", "The plate is not the one booked."),
            Self::OutsideWindow => {
                Text::new("不在预约时段内（前后各 30 分钟）。", "Outside the booked slot (30 minutes before and after).")
            }
            Self::ContainerDiffers => Text::new("箱号与预约不一致。", "The box is not the one booked."),
            Self::ContainerNotInYard => Text::new("该箱不在可提位置。", "The box is not where it can be collected."),
            Self::NotReleased => Text::new("海关未放行。", "Customs has not released the box."),
            Self::Held => Text::new("该箱被扣留。", "The box is held."),
            Self::Onward => Text::new("该箱为中转箱，不能从闸口提离。", "The box goes on by another ship and does not leave by the gate."),
            Self::NoDeliveryOrder => Text::new("没有有效的提货单。", "There is no valid delivery order."),
            Self::OrderNotHolder => {
                Text::new("预约委托人不是提货单持有人。", "The booking was not made for the holder of the delivery order.")
            }
            Self::OrderRedeemed => Text::new("提货单已核销。", "The delivery order was already used for this box."),
        }
    }
}

/// What the gate does. Passes when there is no reason against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDecision {
    /// Everything that stands against it, in the order of [`GateReason::ALL`].
    pub reasons: Vec<GateReason>,
}

impl GateDecision {
    /// Whether the gate opens.
    pub fn passes(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Decides whether the gate opens, with every reason against it.
///
/// In and out ask the same papers; out asks further that the box on the truck is the one booked and came to that truck through the gate.
/// The time window binds the way in only: nobody is kept inside for being slow.
pub fn decide_gate(facts: &GateFacts, direction: Direction, at: Timestamp) -> GateDecision {
    let mut reasons = Vec::new();
    booking_reasons(facts, direction, at, &mut reasons);
    box_reasons(facts, direction, &mut reasons);
    order_reasons(facts, &mut reasons);
    reasons.sort_unstable();
    reasons.dedup();
    GateDecision { reasons }
}

fn booking_reasons(facts: &GateFacts, direction: Direction, at: Timestamp, reasons: &mut Vec<GateReason>) {
    let Some(booking) = &facts.booking else {
        reasons.push(GateReason::NoBooking);
        return;
    };
    let fits = match (&booking.phase, direction) {
        (BookingPhase::Booked, Direction::In) | (BookingPhase::GatedIn { .. }, Direction::Out) => true,
        (BookingPhase::Booked, Direction::Out)
        | (BookingPhase::GatedIn { .. }, Direction::In)
        | (BookingPhase::Completed { .. } | BookingPhase::Cancelled { .. } | BookingPhase::Missed { .. }, Direction::In | Direction::Out) => {
            false
        }
    };
    if !fits {
        reasons.push(GateReason::BookingState);
    }
    if folded(&booking.plate) != folded(&facts.plate) {
        reasons.push(GateReason::PlateDiffers);
    }
    let opens = booking.start.plus_minutes(-GATE_TOLERANCE_MINUTES);
    let closes = booking.end.plus_minutes(GATE_TOLERANCE_MINUTES);
    if direction == Direction::In && (at < opens || at > closes) {
        reasons.push(GateReason::OutsideWindow);
    }
    let seen_differs = facts.container_seen.as_ref().is_some_and(|seen| folded(seen) != folded(container_number(&booking.container)));
    let box_differs = facts.container.as_ref().is_some_and(|container| container.id != booking.container);
    let unseen = direction == Direction::Out && facts.container_seen.is_none();
    if seen_differs || box_differs || unseen {
        reasons.push(GateReason::ContainerDiffers);
    }
}

fn box_reasons(facts: &GateFacts, direction: Direction, reasons: &mut Vec<GateReason>) {
    let Some(container) = &facts.container else {
        reasons.extend([GateReason::ContainerNotInYard, GateReason::NotReleased]);
        return;
    };
    let collectable = match (&container.place, direction) {
        (Place::Yard { .. }, Direction::In) => true,
        (Place::OnTruck { plate, booking, .. }, Direction::Out) => {
            if folded(plate) != folded(&facts.plate) {
                reasons.push(GateReason::PlateDiffers);
            }
            facts.booking.as_ref().is_none_or(|presented| presented.id == *booking)
        }
        (Place::OnTruck { .. }, Direction::In)
        | (Place::Yard { .. }, Direction::Out)
        | (Place::OnBoard | Place::InspectionSite { .. } | Place::Gone { .. } | Place::Shipped { .. }, Direction::In | Direction::Out) => {
            false
        }
    };
    if !collectable {
        reasons.push(GateReason::ContainerNotInYard);
    }
    match &container.customs {
        Customs::Released { .. } => {}
        Customs::NotReleased => reasons.push(GateReason::NotReleased),
        Customs::Held { .. } => reasons.push(GateReason::Held),
    }
    if container.barred {
        reasons.push(GateReason::Held);
    }
    if container.onward {
        reasons.push(GateReason::Onward);
    }
}

fn order_reasons(facts: &GateFacts, reasons: &mut Vec<GateReason>) {
    let Some(order) = &facts.order else {
        reasons.push(GateReason::NoDeliveryOrder);
        return;
    };
    let wanted = facts.container.as_ref().map(|container| &container.id).or(facts.booking.as_ref().map(|booking| &booking.container));
    match order.phase {
        OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } => {
            if wanted.is_some_and(|id| order.redeemed.contains(id)) {
                reasons.push(GateReason::OrderRedeemed);
            } else if wanted.is_none_or(|id| !order.containers.contains(id)) {
                reasons.push(GateReason::NoDeliveryOrder);
            }
        }
        OrderPhase::Redeemed { .. } => reasons.push(GateReason::OrderRedeemed),
        OrderPhase::Requested | OrderPhase::Cancelled { .. } => reasons.push(GateReason::NoDeliveryOrder),
    }
    if facts.booking.as_ref().is_some_and(|booking| booking.principal != order.holder && booking.trucker != order.holder) {
        reasons.push(GateReason::OrderNotHolder);
    }
}

/// Plates and box numbers are compared without case, spaces, hyphens and the middle dot printed on plates.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '·' | '.')).flat_map(char::to_uppercase).collect()
}
