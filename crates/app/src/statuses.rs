//! Status messages (箱状态报文, IFTSTA): what happens to boxes is told to those of their parties who asked for it in their profile.
//!
//! What one command caused is told in one message per partner: a ship's discharge is one file of hundreds of boxes, a gate-out one of its
//! own, both at once and in the commit of their cause. Nothing is gathered over time, so nothing is late and nothing can be lost.
//!
//! Told are ship agents, traders and hauliers, of the boxes in which they have a part, as far as every party sees them on the page of the
//! box: what and when, number, size, bill and ship; not why customs holds it, nor who collects it.

use std::collections::BTreeMap;

use ledger::{Aggregate as _, Cause, ObjectRef, Timestamp};
use logistics::{Container, ContainerEvent, Place, Said};
use port_call::ShipCall;

use crate::exchange::{BoxStatus, Outgoing, ToldStatus};
use crate::happened::Happened;
use crate::partners::Document;
use crate::{AppError, Role, Unit, inbox};

/// Most statuses of one message; more are told in several.
pub const STATUSES_MAX: usize = 500;

/// Of what sort a status is: of two of one sort in one unit of work, the later one holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Place,
    Customs,
}

/// What happened to boxes in a unit of work, as far as somebody wants to be told.
#[derive(Default)]
pub(crate) struct News {
    /// By box and sort: what, and when, where the event tells it.
    boxes: BTreeMap<(String, Sort), (BoxStatus, Option<Timestamp>)>,
    /// Why the first of them happened.
    cause: Option<Cause>,
}

impl News {
    /// Takes note of what happened.
    pub(crate) fn note(&mut self, happened: &Happened, unit: &Unit<'_>) {
        let Happened::Container(id, event) = happened else { return };
        let Some((sort, status, at)) = status_of(event) else { return };
        self.cause.get_or_insert_with(|| unit.cause().clone());
        // A release inside the unit that lifts a hold is a release.
        let known = self.boxes.get(&(id.clone(), sort)).map(|(status, _)| *status);
        if status == BoxStatus::HoldLifted && known == Some(BoxStatus::Released) {
            return;
        }
        self.boxes.insert((id.clone(), sort), (status, at));
    }

    /// Tells what was noted; `false` when there was nothing.
    pub(crate) async fn tell(&mut self, unit: &mut Unit<'_>) -> Result<bool, AppError> {
        let boxes = std::mem::take(&mut self.boxes);
        let Some(cause) = self.cause.take() else { return Ok(false) };
        let listeners = listeners(unit).await?;
        if listeners.is_empty() {
            return Ok(false);
        }
        let mut news: BTreeMap<String, Vec<(String, ToldStatus)>> = BTreeMap::new();
        for ((id, _), (status, at)) in boxes {
            let Some(container) = unit.load::<Container>(&id).await? else { continue };
            let heard: Vec<&String> = container.parties.iter().filter(|party| listeners.contains(party)).collect();
            if heard.is_empty() {
                continue;
            }
            // A box that goes on is loaded onto another ship than the one that brought it.
            let ship = match (status, &container.place, &container.onward) {
                (BoxStatus::Loaded, Place::Shipped { call, .. }, _) => call,
                (BoxStatus::Loaded, _, Some(onward)) => &onward.call,
                // Onto which ship is not known: nothing is told rather than the wrong name.
                (BoxStatus::Loaded, _, None) => continue,
                (_, _, _) => &container.call,
            };
            let Some(call) = unit.load::<ShipCall>(ship).await? else { continue };
            let told = told(&container, &call, status, at, unit.at());
            for party in heard {
                news.entry(party.clone()).or_default().push((id.clone(), told.clone()));
            }
        }
        let port = unit.app.port().unlocode.clone();
        unit.because_of(cause);
        for (partner, mut statuses) in news {
            statuses.sort_by(|(_, a), (_, b)| (a.at, &a.container).cmp(&(b.at, &b.container)));
            for part in statuses.chunks(STATUSES_MAX) {
                let told = part.iter().map(|(_, one)| one.clone()).collect();
                let outgoing = Outgoing::Status { port: port.clone(), statuses: told };
                // One box is what the message is about; many are named in it.
                let about = match part {
                    [(id, _)] => Some(ObjectRef::new(Container::KIND, id.clone())),
                    _ => None,
                };
                inbox::prepare(unit, &partner, None, &outgoing, about).await?;
            }
        }
        Ok(true)
    }
}

/// Who asked for status messages: agents, traders, hauliers. Terminals know what they report themselves.
async fn listeners(unit: &Unit<'_>) -> Result<Vec<String>, AppError> {
    let mut found = Vec::new();
    for (_, profile) in unit.app.partners().await?.iter().filter(|(_, profile)| profile.wants.contains(&Document::Status)) {
        let role = unit.app.organisation(&profile.organisation).await?.map(|organisation| organisation.role);
        if matches!(role, Some(Role::Agent | Role::Trader | Role::Trucker)) {
            found.push(profile.organisation.clone());
        }
    }
    Ok(found)
}

/// The status that an event tells, and when, where the event itself knows it.
fn status_of(event: &ContainerEvent) -> Option<(Sort, BoxStatus, Option<Timestamp>)> {
    use ContainerEvent as E;
    Some(match event {
        E::Discharged(data) => (Sort::Place, BoxStatus::Discharged, Some(data.at)),
        E::Released(_) => (Sort::Customs, BoxStatus::Released, None),
        E::Held(_) => (Sort::Customs, BoxStatus::Held, None),
        E::HoldLifted(_) => (Sort::Customs, BoxStatus::HoldLifted, None),
        E::GatedIn(_) => (Sort::Place, BoxStatus::TruckIn, None),
        E::GatedOut(_) => (Sort::Place, BoxStatus::GateOut, None),
        E::Shipped(data) => (Sort::Place, BoxStatus::Loaded, Some(data.at)),
        E::Reported(told) if told.is_acted_on() => match told.said {
            Said::Loaded { .. } => (Sort::Place, BoxStatus::Loaded, Some(told.at)),
            Said::GateIn { .. } => (Sort::Place, BoxStatus::GateIn, Some(told.at)),
            _ => return None,
        },
        E::Announced(_)
        | E::Moved(_)
        | E::MovedToInspection(_)
        | E::Returned(_)
        | E::PartyAdmitted(_)
        | E::OrderIssued(_)
        | E::OrderEnded(_)
        | E::Booked(_)
        | E::BookingEnded(_)
        | E::Reported(_)
        | E::OnwardPlanned(_)
        | E::OnwardReleased(_)
        | E::OnwardRevoked(_)
        | E::OnwardEnded(_)
        | E::AlarmRaised(_)
        | E::AlarmsReviewed(_)
        // What an authority wants to look at is told by the order, once its time is confirmed.
        | E::Instructed(_)
        | E::InstructionEnded(_) => return None,
    })
}

/// The status as it is told, by the box as the unit leaves it.
fn told(container: &Container, call: &ShipCall, status: BoxStatus, at: Option<Timestamp>, now: Timestamp) -> ToldStatus {
    let status = match (status, &container.place) {
        // A gate report of a box that had left says that it came back; of one on a truck, that the truck is in.
        (BoxStatus::GateIn, Place::Gone { .. }) => BoxStatus::Returned,
        (BoxStatus::GateIn, Place::OnTruck { .. }) => BoxStatus::TruckIn,
        // The hold is gone, and the release from before stands again.
        (BoxStatus::HoldLifted, _) if container.release().is_some() => BoxStatus::Released,
        (other, _) => other,
    };
    let reached = match status {
        BoxStatus::Released => container.release().map(|release| release.at),
        BoxStatus::Held => container.hold().map(|hold| hold.at),
        BoxStatus::TruckIn => container.milestones.gated_in_at,
        BoxStatus::GateOut => container.milestones.gated_out_at,
        BoxStatus::Discharged | BoxStatus::HoldLifted | BoxStatus::GateIn | BoxStatus::Loaded | BoxStatus::Returned => None,
    };
    ToldStatus {
        container: container.number.clone(),
        size_type: container.size_type.clone(),
        bill: container.bill.clone(),
        status,
        at: at.or(reached).unwrap_or(now),
        ship_name: call.ship_name.clone(),
        imo: call.imo.clone(),
        voyage: call.voyage_out.clone().filter(|_| matches!(status, BoxStatus::Loaded)).unwrap_or_else(|| call.voyage_in.clone()),
    }
}
