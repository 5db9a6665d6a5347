//! What may be done with a box, and why not.

use ledger::{Aggregate, Refusal};

use crate::container::{
    Announced, Booked, BookingEnded, Container, ContainerEvent, Customs, Discharged, GatedIn, GatedOut, Held, HoldLifted, Instructed,
    InstructionEnded, Moved, MovedToInspection, OrderEnded, OrderIssued, PartyAdmitted, Place, Released, Returned,
};
use crate::onward::refuse_onward;

/// Announces a box to the terminal.
///
/// # Errors
/// `container-exists` when this visit is already known.
pub fn decide_announce(state: Option<&Container>, command: Announced) -> Result<Vec<ContainerEvent>, Refusal> {
    match state {
        Some(container) => Err(Refusal::new(
            "container-exists",
            "container.announce",
            container.status(),
            "该航次下此箱已登记。",
            "This box of this call is already known.",
        )),
        None => Ok(vec![command.into()]),
    }
}

/// Records the discharge.
///
/// # Errors
/// `container-already-discharged`: a repeated report is answered and changes nothing; `container-gone`.
pub fn decide_discharge(state: &Container, command: Discharged) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.discharge";
    match state.place {
        Place::OnBoard => Ok(vec![command.into()]),
        Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } => Err(Refusal::new(
            "container-already-discharged",
            ATTEMPT,
            state.status(),
            "该箱已登记卸船。",
            "The discharge of this box is already recorded.",
        )),
        Place::Gone { .. } | Place::Shipped { .. } => Err(gone(state, ATTEMPT)),
    }
}

/// Records a move within the yard: the most frequent event of a terminal.
///
/// # Errors
/// `container-not-in-yard`; `container-gone`.
pub fn decide_move(state: &Container, command: Moved) -> Result<Vec<ContainerEvent>, Refusal> {
    in_yard(state, "container.move")?;
    Ok(vec![command.into()])
}

/// Moves the box to an inspection site.
///
/// # Errors
/// `container-not-in-yard`; `container-gone`.
pub fn decide_move_to_inspection(state: &Container, command: MovedToInspection) -> Result<Vec<ContainerEvent>, Refusal> {
    in_yard(state, "container.move-to-inspection")?;
    Ok(vec![command.into()])
}

/// Brings the box back to the yard: from the inspection site, or from a truck that did not leave.
///
/// # Errors
/// `container-not-away` when it is not at a site or on a truck; `container-gone`.
pub fn decide_return(state: &Container, command: Returned) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.return";
    match state.place {
        Place::InspectionSite { .. } | Place::OnTruck { .. } => Ok(vec![command.into()]),
        Place::OnBoard | Place::Yard { .. } => Err(Refusal::new(
            "container-not-away",
            ATTEMPT,
            state.status(),
            "该箱不在查验场地，也不在车上。",
            "The box is neither at an inspection site nor on a truck.",
        )),
        Place::Gone { .. } | Place::Shipped { .. } => Err(gone(state, ATTEMPT)),
    }
}

/// Takes over the customs release. A held box keeps the release until the hold is lifted.
///
/// # Errors
/// `container-already-released`; `container-gone`.
pub fn decide_release(state: &Container, command: Released) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.release";
    refuse_gone(state, ATTEMPT)?;
    match &state.customs {
        Customs::NotReleased | Customs::Held { release: None, .. } => Ok(vec![command.into()]),
        Customs::Released { .. } | Customs::Held { release: Some(_), .. } => {
            Err(Refusal::new("container-already-released", ATTEMPT, state.status(), "该箱已放行。", "The box is already released."))
        }
    }
}

/// Holds the box.
///
/// # Errors
/// `container-already-held`; `container-gone`.
pub fn decide_hold(state: &Container, command: Held) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.hold";
    refuse_gone(state, ATTEMPT)?;
    match &state.customs {
        Customs::NotReleased | Customs::Released { .. } => Ok(vec![command.into()]),
        Customs::Held { hold, .. } => Err(Refusal::new(
            "container-already-held",
            ATTEMPT,
            state.status(),
            format!("该箱已由 {} 扣留：{}", hold.by, hold.reason),
            format!("The box is already held by {}: {}", hold.by, hold.reason),
        )),
    }
}

/// Lifts the hold.
///
/// # Errors
/// `container-not-held`; `container-gone`.
pub fn decide_lift_hold(state: &Container, command: HoldLifted) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.lift-hold";
    refuse_gone(state, ATTEMPT)?;
    match &state.customs {
        Customs::Held { .. } => Ok(vec![command.into()]),
        Customs::NotReleased | Customs::Released { .. } => {
            Err(Refusal::new("container-not-held", ATTEMPT, state.status(), "该箱未被扣留。", "The box is not held."))
        }
    }
}

/// Notes that an authority wants the box checked.
///
/// # Errors
/// `container-instructed` when this instruction is noted already; `container-gone`.
pub fn decide_instructed(state: &Container, command: Instructed) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.instruct";
    refuse_gone(state, ATTEMPT)?;
    if state.instructed.contains_key(&command.instruction) {
        return Err(Refusal::new(
            "container-instructed",
            ATTEMPT,
            state.status(),
            "该指令已记录在此箱。",
            "The box carries this instruction already.",
        ));
    }
    Ok(vec![command.into()])
}

/// Notes that an instruction is answered so that the box may go on, or withdrawn; nothing when the box does not carry it.
pub fn decide_instruction_ended(state: &Container, command: InstructionEnded) -> Vec<ContainerEvent> {
    if state.instructed.contains_key(&command.instruction) { vec![command.into()] } else { Vec::new() }
}

/// Takes over the delivery order, or its new holder.
///
/// # Errors
/// `container-other-order` when another delivery order covers it; `container-onward-planned` while it is to go on by another ship;
/// `container-gone`.
pub fn decide_order_issued(state: &Container, command: OrderIssued) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.take-order";
    refuse_gone(state, ATTEMPT)?;
    refuse_onward(state, ATTEMPT)?;
    match &state.order {
        Some(order) if order.id != command.delivery_order => Err(Refusal::new(
            "container-other-order",
            ATTEMPT,
            state.status(),
            format!("该箱已有提货单 {}。", order.id),
            format!("The box is covered by delivery order {}.", order.id),
        )),
        Some(_) | None => Ok(vec![command.into()]),
    }
}

/// Lets somebody follow the box.
///
/// # Errors
/// `container-party-known` when it does already; `container-gone`.
pub fn decide_admit(state: &Container, command: PartyAdmitted) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.admit-party";
    refuse_gone(state, ATTEMPT)?;
    if state.parties.contains(&command.organisation) {
        return Err(Refusal::new(
            "container-party-known",
            ATTEMPT,
            state.status(),
            "该单位已是该箱的相关方。",
            "The organisation is a party of the box already.",
        ));
    }
    Ok(vec![command.into()])
}

/// Takes the cancelled delivery order off the box.
///
/// # Errors
/// `container-already-booked` while a pick-up is booked; `container-other-order` when it is not the order of the box; `container-gone`.
pub fn decide_order_ended(state: &Container, command: OrderEnded) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.end-order";
    refuse_gone(state, ATTEMPT)?;
    if let Some(booking) = &state.booking {
        return Err(Refusal::new(
            "container-already-booked",
            ATTEMPT,
            state.status(),
            format!("该箱已有未完成的预约 {booking}。"),
            format!("The box has an open booking {booking}."),
        ));
    }
    if state.order.as_ref().is_none_or(|order| order.id != command.delivery_order) {
        return Err(Refusal::new(
            "container-other-order",
            ATTEMPT,
            state.status(),
            "该箱没有此提货单。",
            "The box does not carry this delivery order.",
        ));
    }
    Ok(vec![command.into()])
}

/// Books the pick-up. Booking needs the delivery order, not yet the release: a slot may be taken in advance.
///
/// # Errors
/// `container-already-booked`; `container-no-delivery-order`; `container-not-landed`; `container-onward-planned` while it is to go on by
/// another ship; `container-gone`.
pub fn decide_booked(state: &Container, command: Booked) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.book";
    refuse_gone(state, ATTEMPT)?;
    refuse_onward(state, ATTEMPT)?;
    if let Some(booking) = &state.booking {
        return Err(Refusal::new(
            "container-already-booked",
            ATTEMPT,
            state.status(),
            format!("该箱已有未完成的预约 {booking}。"),
            format!("The box has an open booking {booking}."),
        ));
    }
    if state.is_on_board() {
        return Err(Refusal::new(
            "container-not-landed",
            ATTEMPT,
            state.status(),
            "该箱尚未卸船。",
            "The box has not been discharged yet.",
        ));
    }
    if state.order.is_none() {
        return Err(Refusal::new(
            "container-no-delivery-order",
            ATTEMPT,
            state.status(),
            "该箱尚未换单。",
            "No delivery order has been issued for the box.",
        ));
    }
    Ok(vec![command.into()])
}

/// Ends the booking without pick-up.
///
/// # Errors
/// `container-not-booked` when this booking is not the box's; `container-gone`.
pub fn decide_booking_ended(state: &Container, command: BookingEnded) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.end-booking";
    refuse_gone(state, ATTEMPT)?;
    if state.booking.as_ref() != Some(&command.booking) {
        return Err(not_booked(state, ATTEMPT));
    }
    Ok(vec![command.into()])
}

/// Records that the truck is in and takes the box.
///
/// # Errors
/// `container-not-booked` when this booking is not the box's; `container-not-in-yard`; `container-gone`.
pub fn decide_gated_in(state: &Container, command: GatedIn) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.gate-in";
    in_yard(state, ATTEMPT)?;
    if state.booking.as_ref() != Some(&command.booking) {
        return Err(not_booked(state, ATTEMPT));
    }
    Ok(vec![command.into()])
}

/// Lets the box leave. The gate has decided before ([`crate::decide_gate`]); this is the last line.
///
/// # Errors
/// `gate-onward`, `gate-not-released`, `gate-held`, `gate-no-delivery-order`, `gate-plate-differs`, `gate-no-booking` when it is not on a booked truck; `container-gone`.
pub fn decide_gated_out(state: &Container, command: GatedOut) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.gate-out";
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    if state.onward.is_some() {
        return refuse("gate-onward", "该箱为中转箱，不能从闸口提离。", "The box goes on by another ship and does not leave by the gate.");
    }
    match &state.customs {
        Customs::Released { .. } => {}
        Customs::NotReleased => return refuse("gate-not-released", "海关未放行。", "Customs has not released the box."),
        Customs::Held { .. } => return refuse("gate-held", "该箱被扣留。", "The box is held."),
    }
    if state.is_barred() {
        return refuse("gate-held", "该箱被监管单位控制。", "An authority holds the box.");
    }
    if state.order.is_none() {
        return refuse("gate-no-delivery-order", "没有提货单。", "There is no delivery order.");
    }
    match &state.place {
        Place::OnTruck { plate, .. } if *plate != command.plate => {
            refuse("gate-plate-differs", "车牌与进闸登记不一致。", "The plate differs from the one that came in.")
        }
        Place::OnTruck { .. } => Ok(vec![command.into()]),
        Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } => {
            refuse("gate-no-booking", "该箱不在已预约进闸的车上。", "The box is not on a booked truck.")
        }
        Place::Gone { .. } | Place::Shipped { .. } => Err(gone(state, ATTEMPT)),
    }
}

fn in_yard(state: &Container, attempted: &'static str) -> Result<(), Refusal> {
    match state.place {
        Place::Yard { .. } => Ok(()),
        Place::OnBoard | Place::InspectionSite { .. } | Place::OnTruck { .. } => {
            Err(Refusal::new("container-not-in-yard", attempted, state.status(), "该箱不在堆场。", "The box is not in the yard."))
        }
        Place::Gone { .. } | Place::Shipped { .. } => Err(gone(state, attempted)),
    }
}

fn refuse_gone(state: &Container, attempted: &'static str) -> Result<(), Refusal> {
    match state.place {
        Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } => Ok(()),
        Place::Gone { .. } | Place::Shipped { .. } => Err(gone(state, attempted)),
    }
}

pub(crate) fn gone(state: &Container, attempted: &'static str) -> Refusal {
    let (zh, en) = match state.place {
        Place::Shipped { .. } => ("该箱已装船离港。", "The box has left on another ship."),
        Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Gone { .. } => {
            ("该箱已出闸。", "The box has left the gate.")
        }
    };
    Refusal::new("container-gone", attempted, state.status(), zh, en)
}

fn not_booked(state: &Container, attempted: &'static str) -> Refusal {
    Refusal::new("container-not-booked", attempted, state.status(), "该箱没有此预约。", "The box does not have this booking.")
}
