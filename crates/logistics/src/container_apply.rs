//! How a container's visit follows from its events, and the row by which it shows itself.

use std::collections::BTreeMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, Related, ReplayError, Timestamp, WorkRow};

use crate::container::{
    Announced, Booked, BookingEnded, Container, ContainerEvent, Customs, Discharged, GatedIn, GatedOut, Held, Hold, InstructedBy,
    Milestones, OrderEnded, OrderIssued, OrderOnBox, Place, Release, Released,
};
use crate::report::Reports;

impl Aggregate for Container {
    const KIND: &'static str = "container";
    type Event = ContainerEvent;

    fn apply(state: Option<Self>, event: &ContainerEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use ContainerEvent as E;
        let Some(mut container) = state else {
            return match event {
                E::Announced(data) => Ok(announced(data, at)),
                E::Discharged(_)
                | E::Moved(_)
                | E::MovedToInspection(_)
                | E::Returned(_)
                | E::Released(_)
                | E::Held(_)
                | E::HoldLifted(_)
                | E::Instructed(_)
                | E::InstructionEnded(_)
                | E::PartyAdmitted(_)
                | E::OrderIssued(_)
                | E::OrderEnded(_)
                | E::Booked(_)
                | E::BookingEnded(_)
                | E::GatedIn(_)
                | E::GatedOut(_)
                | E::OnwardPlanned(_)
                | E::OnwardReleased(_)
                | E::OnwardRevoked(_)
                | E::OnwardEnded(_)
                | E::Shipped(_)
                | E::Reported(_)
                | E::AlarmRaised(_)
                | E::AlarmsReviewed(_) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".to_owned() }),
            };
        };
        let fits = match event {
            E::Announced(_) => false,
            E::Discharged(data) => container.discharge(data),
            E::Moved(data) => container.shift(&data.position),
            E::MovedToInspection(data) => container.present(&data.site, at),
            E::Returned(data) => container.put_back(&data.position),
            E::Released(data) => container.free(data, at),
            E::Held(data) => container.seize(data, at),
            E::HoldLifted(_) => container.lift(),
            E::Instructed(data) => {
                container.admit(&data.by);
                let instructed = InstructedBy { by: data.by.clone(), hold: data.hold };
                container.instructed.insert(data.instruction.clone(), instructed).is_none()
            }
            E::InstructionEnded(data) => container.instructed.remove(&data.instruction).is_some(),
            E::PartyAdmitted(data) => {
                container.admit(&data.organisation);
                true
            }
            E::OrderIssued(data) => container.cover(data, at),
            E::OrderEnded(data) => container.uncover(data),
            E::Booked(data) => container.book(data, at),
            E::BookingEnded(data) => container.unbook(data),
            E::GatedIn(data) => container.load(data, at),
            E::GatedOut(data) => container.leave(data, at),
            E::OnwardPlanned(data) => container.plan_onward(data),
            E::OnwardReleased(data) => container.release_onward(&data.transhipment, Some(at)),
            E::OnwardRevoked(data) => container.release_onward(&data.transhipment, None),
            E::OnwardEnded(data) => container.end_onward(&data.transhipment),
            E::Shipped(data) => container.ship(data),
            E::Reported(data) => {
                container.reports.take(data);
                true
            }
            E::AlarmRaised(data) => {
                container.reports.raise(data, at);
                true
            }
            E::AlarmsReviewed(_) => {
                container.reports.alarms.clear();
                true
            }
        };
        if fits { Ok(container) } else { Err(ReplayError::OutOfOrder { kind: event.kind(), state: container.status().to_owned() }) }
    }

    fn related(&self, event: &ContainerEvent) -> Vec<Related> {
        use ContainerEvent as E;
        let bill = || self.bill.iter().map(|bill| (ObjectRef::new("bill", bill.clone()), "bill"));
        let one = |kind, id: &str, role| vec![(ObjectRef::new(kind, id), role)];
        match event {
            E::Announced(_) | E::Discharged(_) => {
                std::iter::once((ObjectRef::new("ship-call", self.call.clone()), "call")).chain(bill()).collect()
            }
            // Yard moves are the mass of all events; they concern nothing but the box.
            E::Moved(_) | E::Returned(_) => Vec::new(),
            E::MovedToInspection(_) | E::Held(_) | E::HoldLifted(_) | E::Instructed(_) | E::InstructionEnded(_) | E::PartyAdmitted(_) => {
                bill().collect()
            }
            // The message is the event's cause; naming it here would make its history that of everything it names.
            E::Reported(_) => Vec::new(),
            E::AlarmRaised(_) | E::AlarmsReviewed(_) => bill().collect(),
            E::OnwardPlanned(data) => one("transhipment", &data.transhipment, "transhipment"),
            E::OnwardReleased(data) => one("transhipment", &data.transhipment, "transhipment"),
            E::OnwardRevoked(data) => one("transhipment", &data.transhipment, "transhipment"),
            E::OnwardEnded(data) => one("transhipment", &data.transhipment, "transhipment"),
            E::Shipped(data) => {
                std::iter::once((ObjectRef::new("transhipment", data.transhipment.clone()), "transhipment")).chain(bill()).collect()
            }
            E::Released(data) => one("declaration", &data.declaration, "declaration"),
            E::OrderIssued(data) => one("delivery-order", &data.delivery_order, "delivery-order"),
            E::OrderEnded(data) => one("delivery-order", &data.delivery_order, "delivery-order"),
            E::Booked(data) => one("booking", &data.booking, "booking"),
            E::BookingEnded(data) => one("booking", &data.booking, "booking"),
            E::GatedIn(data) => one("booking", &data.booking, "booking"),
            E::GatedOut(data) => vec![
                (ObjectRef::new("gate-transaction", data.gate_transaction.clone()), "gate-transaction"),
                (ObjectRef::new("eir", data.eir.clone()), "eir"),
            ]
            .into_iter()
            .chain(bill())
            .collect(),
        }
    }

    fn status(&self) -> &'static str {
        match (&self.place, &self.customs) {
            (Place::Gone { .. }, Customs::NotReleased | Customs::Released { .. } | Customs::Held { .. }) => "gone",
            (Place::Shipped { .. }, Customs::NotReleased | Customs::Released { .. } | Customs::Held { .. }) => "shipped",
            (Place::Yard { .. }, Customs::NotReleased | Customs::Released { .. }) if self.is_barred() => "held",
            (Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. }, Customs::Held { .. }) => "held",
            (Place::OnTruck { .. }, Customs::NotReleased | Customs::Released { .. }) => "on-truck",
            (Place::InspectionSite { .. }, Customs::NotReleased | Customs::Released { .. }) => "at-inspection",
            (Place::OnBoard, Customs::NotReleased | Customs::Released { .. }) => "expected",
            (Place::Yard { .. }, Customs::Released { .. }) => "released",
            (Place::Yard { .. }, Customs::NotReleased) => "in-yard",
        }
    }

    /// The row says neither where in the yard a box stands nor what was told of it.
    fn touches_row(event: &ContainerEvent) -> bool {
        !matches!(event, ContainerEvent::Moved(_) | ContainerEvent::Reported(_))
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (owner, action, due_at) = self.next_action();
        let alarm = self.reports.alarms.first();
        let mut keys = vec![self.number.to_uppercase(), self.call.to_uppercase()];
        keys.extend(self.bill.iter().map(|bill| bill.to_uppercase()));
        keys.extend(self.order.iter().map(|order| order.id.to_uppercase()));
        match &self.place {
            Place::OnTruck { plate, .. } | Place::Gone { plate, .. } => keys.push(plate.to_uppercase()),
            Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::Shipped { .. } => {}
        }
        keys.extend(self.onward.iter().map(|onward| onward.transhipment.to_uppercase()));
        if !id.eq_ignore_ascii_case(&self.number) {
            keys.push(id.to_uppercase());
        }
        WorkRow {
            title: self.number.clone(),
            status: self.status().to_owned(),
            // An alarm goes before everything else: customs looks at it, also when the box is gone.
            owner: if alarm.is_some() { None } else { owner },
            action: alarm.map(|_| "review-alarm").or(action).map(str::to_owned),
            authority: alarm.map(|open| open.authority.clone()),
            parties: self.parties.clone(),
            keys,
            opened_at: self.milestones.announced_at.unwrap_or_default(),
            due_at: if alarm.is_some() { None } else { due_at },
            closed_at: self.left_at().filter(|_| alarm.is_none()),
        }
    }
}

impl Container {
    /// Who must act on the box itself next, what to do, and by when.
    fn next_action(&self) -> (Option<String>, Option<&'static str>, Option<Timestamp>) {
        if self.hold().is_some() || self.is_barred() {
            return (None, None, None);
        }
        match &self.place {
            Place::OnBoard => (Some(self.terminal.clone()), Some("report-discharge"), None),
            Place::Gone { .. } | Place::Shipped { .. } => (None, None, None),
            Place::OnTruck { .. } => (self.trucker.clone(), Some("collect"), None),
            Place::Yard { .. } | Place::InspectionSite { .. } => match (&self.order, &self.booking) {
                (Some(order), None) if self.release().is_some() => (Some(order.holder.clone()), Some("book-pickup"), order.free_until),
                (Some(order), Some(_)) if self.release().is_some() => (self.trucker.clone(), Some("collect"), order.free_until),
                // Until it is released and ordered, the declaration's and the order's own rows say who must act.
                (None, _) | (Some(_), _) => (None, None, None),
            },
        }
    }

    /// When it left the port, by the gate or on another ship.
    fn left_at(&self) -> Option<Timestamp> {
        match self.place {
            Place::Shipped { at, .. } => Some(at),
            Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Gone { .. } => {
                self.milestones.gated_out_at
            }
        }
    }

    fn discharge(&mut self, data: &Discharged) -> bool {
        if !self.is_on_board() {
            return false;
        }
        self.place = Place::Yard { position: data.position.clone() };
        self.seal = data.seal.clone().or(self.seal.take());
        self.damage = data.tally.damage.clone();
        self.milestones.discharged_at = Some(data.at);
        self.reports.found_discharged();
        true
    }

    fn shift(&mut self, to: &str) -> bool {
        match &mut self.place {
            Place::Yard { position } => {
                to.clone_into(position);
                true
            }
            Place::OnBoard | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Gone { .. } | Place::Shipped { .. } => false,
        }
    }

    fn present(&mut self, site: &str, at: Timestamp) -> bool {
        match self.place {
            Place::Yard { .. } => {
                self.place = Place::InspectionSite { site: site.to_owned() };
                self.milestones.at_inspection_at = Some(at);
                true
            }
            Place::OnBoard | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Gone { .. } | Place::Shipped { .. } => false,
        }
    }

    fn put_back(&mut self, position: &str) -> bool {
        match self.place {
            Place::InspectionSite { .. } | Place::OnTruck { .. } => {
                self.place = Place::Yard { position: position.to_owned() };
                true
            }
            Place::OnBoard | Place::Yard { .. } | Place::Gone { .. } | Place::Shipped { .. } => false,
        }
    }

    fn free(&mut self, data: &Released, at: Timestamp) -> bool {
        let new = Release { declaration: data.declaration.clone(), at };
        let fits = match &mut self.customs {
            Customs::NotReleased => {
                self.customs = Customs::Released { release: new };
                true
            }
            Customs::Held { release: kept @ None, .. } => {
                *kept = Some(new);
                true
            }
            Customs::Released { .. } | Customs::Held { release: Some(_), .. } => false,
        };
        if fits {
            self.milestones.released_at = Some(at);
            if let Some(broker) = &data.broker {
                self.admit(broker);
            }
        }
        fits
    }

    fn seize(&mut self, data: &Held, at: Timestamp) -> bool {
        let release = match &self.customs {
            Customs::NotReleased => None,
            Customs::Released { release } => Some(release.clone()),
            Customs::Held { .. } => return false,
        };
        self.customs = Customs::Held { hold: Hold { reason: data.reason.clone(), by: data.by.clone(), at }, release };
        true
    }

    fn lift(&mut self) -> bool {
        match &self.customs {
            Customs::Held { release: Some(release), .. } => {
                self.customs = Customs::Released { release: release.clone() };
                true
            }
            Customs::Held { release: None, .. } => {
                self.customs = Customs::NotReleased;
                true
            }
            Customs::NotReleased | Customs::Released { .. } => false,
        }
    }

    fn cover(&mut self, data: &OrderIssued, at: Timestamp) -> bool {
        if self.order.as_ref().is_some_and(|order| order.id != data.delivery_order) {
            return false;
        }
        if self.order.is_none() {
            self.milestones.order_issued_at = Some(at);
        }
        let free_until = data.free_until.or_else(|| self.order.as_ref().and_then(|order| order.free_until));
        self.order = Some(OrderOnBox { id: data.delivery_order.clone(), holder: data.holder.clone(), free_until });
        self.admit(&data.holder);
        true
    }

    fn uncover(&mut self, data: &OrderEnded) -> bool {
        let covered = self.order.as_ref().is_some_and(|order| order.id == data.delivery_order) && self.booking.is_none();
        if covered {
            self.order = None;
            self.milestones.order_issued_at = None;
        }
        covered
    }

    fn book(&mut self, data: &Booked, at: Timestamp) -> bool {
        if self.booking.is_some() {
            return false;
        }
        self.booking = Some(data.booking.clone());
        self.trucker = Some(data.trucker.clone());
        self.milestones.booked_at = Some(at);
        self.admit(&data.trucker);
        true
    }

    fn unbook(&mut self, data: &BookingEnded) -> bool {
        if self.booking.as_ref() != Some(&data.booking) {
            return false;
        }
        self.booking = None;
        self.trucker = None;
        // A truck that leaves without the box leaves it where it stood.
        if let Place::OnTruck { position, .. } = &self.place {
            self.place = Place::Yard { position: position.clone() };
        }
        true
    }

    fn load(&mut self, data: &GatedIn, at: Timestamp) -> bool {
        match &self.place {
            Place::Yard { position } => {
                self.place = Place::OnTruck { plate: data.plate.clone(), booking: data.booking.clone(), position: position.clone() };
                self.milestones.gated_in_at = Some(at);
                true
            }
            Place::OnBoard | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Gone { .. } | Place::Shipped { .. } => false,
        }
    }

    fn leave(&mut self, data: &GatedOut, at: Timestamp) -> bool {
        let ready = self.release().is_some() && self.order.is_some() && !self.is_barred();
        match self.place {
            Place::OnTruck { .. } if ready => {
                self.place =
                    Place::Gone { gate_transaction: data.gate_transaction.clone(), eir: data.eir.clone(), plate: data.plate.clone(), at };
                self.seal = data.seal.clone().or(self.seal.take());
                self.booking = None;
                self.milestones.gated_out_at = Some(at);
                true
            }
            Place::OnTruck { .. }
            | Place::OnBoard
            | Place::Yard { .. }
            | Place::InspectionSite { .. }
            | Place::Gone { .. }
            | Place::Shipped { .. } => false,
        }
    }
}

fn announced(data: &Announced, at: Timestamp) -> Container {
    let mut container = Container {
        number: data.number.clone(),
        size_type: data.size_type.clone(),
        call: data.call.clone(),
        bill: data.bill.clone(),
        terminal: data.terminal.clone(),
        seal: data.seal.clone(),
        gross_kg: data.gross_kg,
        place: Place::OnBoard,
        customs: Customs::NotReleased,
        order: None,
        booking: None,
        trucker: None,
        onward: None,
        instructed: BTreeMap::new(),
        damage: None,
        milestones: Milestones { announced_at: Some(at), ..Milestones::default() },
        parties: vec![data.terminal.clone()],
        reports: Reports::default(),
    };
    for party in &data.parties {
        container.admit(party);
    }
    container
}
