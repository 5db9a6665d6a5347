//! A box that goes on by another ship (水水中转, MFT-04): planned, released for loading, loaded. From the plan on it does not leave by the gate.
//!
//! Deliberately does not know what was compared before the release: that is the transhipment's own story.

use ledger::{Aggregate, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::container::{Container, ContainerEvent, Customs, Place};

/// By which ship a box goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    /// Transhipment id.
    pub transhipment: String,
    /// Outbound ship call id.
    pub call: String,
    /// When it was released for loading; `None` while it is not.
    pub released_at: Option<Timestamp>,
}

/// `container.onward-planned`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnwardPlanned {
    /// Transhipment id.
    pub transhipment: String,
    /// Outbound ship call id.
    pub call: String,
    /// Agent of the outbound ship, organisation id; from now on a party.
    pub agent: String,
}

/// `container.onward-released`; also the command: it may be loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnwardReleased {
    /// Transhipment id.
    pub transhipment: String,
}

/// `container.onward-revoked`; also the command: it may not be loaded any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnwardRevoked {
    /// Transhipment id.
    pub transhipment: String,
}

/// `container.onward-ended`; also the command: it does not go on by that ship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnwardEnded {
    /// Transhipment id.
    pub transhipment: String,
}

/// `container.shipped`; also the command (装船).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipped {
    /// Transhipment id.
    pub transhipment: String,
    /// Outbound ship call id.
    pub call: String,
    /// When.
    pub at: Timestamp,
}

/// A box that is to go on by another ship is not planned again, nor taken by an order or a booking: it does not enter the country.
pub(crate) fn refuse_onward(state: &Container, attempted: &'static str) -> Result<(), Refusal> {
    match &state.onward {
        None => Ok(()),
        Some(onward) => Err(Refusal::new(
            "container-onward-planned",
            attempted,
            state.status(),
            format!("该箱已有中转申请 {}。", onward.transhipment),
            format!("Transhipment {} of the box is planned already.", onward.transhipment),
        )),
    }
}

/// Plans that the box goes on by another ship.
///
/// # Errors
/// `container-onward-planned` when that is planned already; `container-already-released` when it is released for import;
/// `container-other-order` when a delivery order covers it; `container-gone`.
pub fn decide_onward_planned(state: &Container, command: OnwardPlanned) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.plan-onward";
    state.refuse_away(ATTEMPT)?;
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    refuse_onward(state, ATTEMPT)?;
    if matches!(&state.customs, Customs::Released { .. } | Customs::Held { release: Some(_), .. }) {
        return refuse(
            "container-already-released",
            "该箱已按进口放行，不能中转。".into(),
            "The box is released for import and cannot be transhipped.".into(),
        );
    }
    if let Some(order) = &state.order {
        return refuse(
            "container-other-order",
            format!("该箱已有提货单 {}，不能中转。", order.id),
            format!("The box is covered by delivery order {} and cannot be transhipped.", order.id),
        );
    }
    Ok(vec![command.into()])
}

/// Takes over the release for loading.
///
/// # Errors
/// `container-other-transhipment` when this transhipment is not the box's; `container-gone`.
pub fn decide_onward_released(state: &Container, command: OnwardReleased) -> Result<Vec<ContainerEvent>, Refusal> {
    state.own_transhipment("container.release-onward", &command.transhipment)?;
    Ok(vec![command.into()])
}

/// Takes the release for loading back.
///
/// # Errors
/// `container-other-transhipment` when this transhipment is not the box's; `container-gone`.
pub fn decide_onward_revoked(state: &Container, command: OnwardRevoked) -> Result<Vec<ContainerEvent>, Refusal> {
    state.own_transhipment("container.revoke-onward", &command.transhipment)?;
    Ok(vec![command.into()])
}

/// Ends the plan.
///
/// # Errors
/// `container-other-transhipment` when this transhipment is not the box's; `container-gone`.
pub fn decide_onward_ended(state: &Container, command: OnwardEnded) -> Result<Vec<ContainerEvent>, Refusal> {
    state.own_transhipment("container.end-onward", &command.transhipment)?;
    Ok(vec![command.into()])
}

/// Loads the box onto the outbound ship: the last line before it leaves the port.
///
/// # Errors
/// `container-onward-not-released`; `container-held`; `container-other-order` or `container-already-booked` while a delivery order or a
/// booking takes it; `container-not-in-yard`; `container-other-transhipment`; `container-gone`.
pub fn decide_shipped(state: &Container, command: Shipped) -> Result<Vec<ContainerEvent>, Refusal> {
    const ATTEMPT: &str = "container.ship";
    let onward = state.own_transhipment(ATTEMPT, &command.transhipment)?;
    let refuse = |code, zh: &str, en: &str| Err(Refusal::new(code, ATTEMPT, state.status(), zh, en));
    if onward.released_at.is_none() {
        return refuse("container-onward-not-released", "中转未放行，不能装船。", "The transhipment of the box is not released.");
    }
    if state.hold().is_some() || state.is_barred() {
        return refuse("container-held", "该箱被扣留，不能装船。", "The box is held and may not be loaded.");
    }
    if state.order.is_some() {
        return refuse(
            "container-other-order",
            "该箱已有提货单，不能装船。",
            "The box is covered by a delivery order and may not be loaded.",
        );
    }
    if state.booking.is_some() {
        return refuse(
            "container-already-booked",
            "该箱已有未完成的预约，不能装船。",
            "The box has an open booking and may not be loaded.",
        );
    }
    match state.place {
        Place::Yard { .. } => Ok(vec![command.into()]),
        Place::OnBoard | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Gone { .. } | Place::Shipped { .. } => {
            refuse("container-not-in-yard", "该箱不在堆场。", "The box is not in the yard.")
        }
    }
}

impl Container {
    fn refuse_away(&self, attempted: &'static str) -> Result<(), Refusal> {
        match self.place {
            Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } => Ok(()),
            Place::Gone { .. } | Place::Shipped { .. } => Err(crate::container_decide::gone(self, attempted)),
        }
    }

    fn own_transhipment(&self, attempted: &'static str, transhipment: &str) -> Result<&Onward, Refusal> {
        self.refuse_away(attempted)?;
        self.onward.as_ref().filter(|onward| onward.transhipment == transhipment).ok_or_else(|| {
            Refusal::new(
                "container-other-transhipment",
                attempted,
                self.status(),
                format!("该箱没有中转申请 {transhipment}。"),
                format!("Transhipment {transhipment} is not that of the box."),
            )
        })
    }

    pub(crate) fn plan_onward(&mut self, data: &OnwardPlanned) -> bool {
        if self.onward.is_some() {
            return false;
        }
        self.onward = Some(Onward { transhipment: data.transhipment.clone(), call: data.call.clone(), released_at: None });
        self.admit(&data.agent);
        true
    }

    pub(crate) fn release_onward(&mut self, transhipment: &str, at: Option<Timestamp>) -> bool {
        match &mut self.onward {
            Some(onward) if onward.transhipment == transhipment => {
                onward.released_at = at;
                true
            }
            Some(_) | None => false,
        }
    }

    pub(crate) fn end_onward(&mut self, transhipment: &str) -> bool {
        let own = self.onward.as_ref().is_some_and(|onward| onward.transhipment == transhipment);
        if own {
            self.onward = None;
        }
        own
    }

    pub(crate) fn ship(&mut self, data: &Shipped) -> bool {
        let ready = self.onward.as_ref().is_some_and(|onward| onward.transhipment == data.transhipment && onward.released_at.is_some());
        match self.place {
            Place::Yard { .. } if ready && !self.is_barred() => {
                self.place = Place::Shipped { call: data.call.clone(), at: data.at };
                true
            }
            Place::Yard { .. }
            | Place::OnBoard
            | Place::InspectionSite { .. }
            | Place::OnTruck { .. }
            | Place::Gone { .. }
            | Place::Shipped { .. } => false,
        }
    }
}
