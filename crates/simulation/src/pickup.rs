//! From the delivery order to the gate: request, charges, issue, transfer, booking, truck in, truck out.

use app::bookings::{CancelBooking, MakeBooking};
use app::gate::DecideGate;
use app::orders::{IssueOrder, RequestOrder, TransferOrder};
use app::payments::PayOrderCharges;
use ledger::Timestamp;
use logistics::{Booking, BookingPhase, ChargeState, Container, DeliveryOrder, Direction, OrderPhase, Place};
use manifest::Bill;

use crate::chance::{GATE, HOUR_MS, OFFICE, opening};
use crate::world::{Pickup, Step, Stop, World};
use crate::{SimulationError, cargo};

/// How often a box is booked before somebody else must look after it.
const ATTEMPTS_MAX: u32 = 6;

impl World {
    /// Plans what follows for the delivery order of a bill.
    pub(crate) async fn follow_order(&mut self, number: &str, bill: &Bill, landed: bool, released: bool) -> Result<(), SimulationError> {
        let step = || number.to_owned();
        let Some(id) = &bill.delivery_order else {
            if (landed || released) && !self.stops(number, Stop::Request) && self.plan_once(number, "request") {
                self.in_office(OFFICE, 9.0, Step::Request(step()));
            }
            return Ok(());
        };
        let Some(order) = self.look::<DeliveryOrder>(id).await? else { return Ok(()) };
        match order.phase {
            OrderPhase::Requested if order.charge_state == ChargeState::Unpaid => {
                if self.plan_once(number, "pay-order") {
                    self.in_office(OFFICE, 1.2, Step::PayOrder(step()));
                }
            }
            OrderPhase::Requested => {
                if !self.stops(number, Stop::Issue) && self.plan_once(number, "issue") {
                    self.in_office(OFFICE, 1.5, Step::Issue(step()));
                }
            }
            OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } => {
                if matches!(order.phase, OrderPhase::Issued { .. }) && self.chance.happens(0.6) && self.plan_once(number, "transfer") {
                    self.after(0.6, Step::Transfer(step()));
                } else if released && !self.stops(number, Stop::Book) && self.plan_once(number, "book") {
                    let boxes = self.bills.get(number).map(|plan| plan.boxes.clone()).unwrap_or_default();
                    for container in boxes {
                        self.pickups.entry(container.clone()).or_insert_with(|| Pickup {
                            bill: step(),
                            booking: None,
                            plate: String::new(),
                            attempts: 0,
                        });
                        self.in_office(OFFICE, 3.0, Step::Book(container));
                    }
                }
            }
            OrderPhase::Redeemed { .. } | OrderPhase::Cancelled { .. } => {}
        }
        Ok(())
    }

    /// The trader asks for the delivery order.
    pub async fn request(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(()) };
        let who = self.somebody(&plan.trader);
        self.act(who, &RequestOrder { bill: number.to_owned() }).await?;
        self.follow(number).await
    }

    /// The trader pays the charges.
    pub async fn pay_order(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(()) };
        let Some(id) = self.order_of(number).await? else { return Ok(()) };
        let who = self.somebody(&plan.trader);
        self.act(who, &PayOrderCharges { id }).await?;
        let answered = self.now().plus_millis(self.chance.between(15, 900) * 1_000);
        self.at(answered, Step::Bank(number.to_owned()));
        Ok(())
    }

    async fn order_of(&self, number: &str) -> Result<Option<String>, SimulationError> {
        Ok(self.look::<Bill>(number).await?.and_then(|bill| bill.delivery_order))
    }

    /// The agent issues the order.
    pub async fn issue(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(()) };
        let Some(id) = self.order_of(number).await? else { return Ok(()) };
        let who = self.somebody(&plan.agent);
        self.act(who, &IssueOrder { id, free_days: None }).await?;
        self.follow(number).await
    }

    /// The holder passes the order to its haulier.
    pub async fn transfer(&mut self, number: &str) -> Result<(), SimulationError> {
        let Some(plan) = self.bills.get(number).cloned() else { return Ok(()) };
        let Some(id) = self.order_of(number).await? else { return Ok(()) };
        let who = self.somebody(&plan.trader);
        self.act(who, &TransferOrder { id, to: plan.trucker.to_owned() }).await?;
        self.follow(number).await
    }

    /// The holder books a slot.
    pub async fn book(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(mut pickup) = self.pickups.get(id).cloned() else { return Ok(()) };
        let Some(plan) = self.bills.get(&pickup.bill).cloned() else { return Ok(()) };
        let Some(container) = self.look::<Container>(id).await? else { return Ok(()) };
        let collectable = matches!(container.place, Place::Yard { .. }) && container.release().is_some();
        let Some(order) = container.order.as_ref().filter(|_| collectable) else {
            // Held, on its way back from the site, or left to somebody else: look again later.
            pickup.attempts += 1;
            if pickup.attempts <= ATTEMPTS_MAX {
                self.pickups.insert(id.to_owned(), pickup);
                self.after(12.0, Step::Book(id.to_owned()));
            }
            return Ok(());
        };
        pickup.attempts += 1;
        if container.booking.is_some() || pickup.attempts > ATTEMPTS_MAX {
            self.pickups.remove(id);
            return Ok(());
        }
        let start = self.slot_start();
        let plate = cargo::plate(&mut self.chance);
        let who = self.somebody(&order.holder);
        let command = MakeBooking {
            container: id.to_owned(),
            slot_start: start,
            trucker: Some(plan.trucker.to_owned()),
            plate: plate.clone(),
            driver_name: "示范司机".into(),
            driver_phone: format!("1990000{:04}", self.chance.between(0, 9_999)),
        };
        let Some(booking) = self.act(who.clone(), &command).await? else {
            self.pickups.insert(id.to_owned(), pickup);
            self.after(4.0, Step::Book(id.to_owned()));
            return Ok(());
        };
        if self.chance.happens(0.02) {
            self.act(who, &CancelBooking { id: booking, reason: "车辆故障 truck broke down".into() }).await?;
            self.pickups.insert(id.to_owned(), pickup);
            self.after(5.0, Step::Book(id.to_owned()));
            return Ok(());
        }
        pickup.booking = Some(booking);
        pickup.plate = plate;
        self.pickups.insert(id.to_owned(), pickup);
        if self.chance.happens(0.03) {
            // Too early: the truck is sent away.
            let early = start.plus_minutes(-self.chance.between(50, 110));
            self.at(early, Step::Stray(id.to_owned()));
        }
        // A few never come; the booking is marked as missed.
        let late = if self.chance.happens(0.02) { 200 } else { 0 };
        let at = start.plus_minutes(self.chance.between(2, 55) + late);
        self.at(at, Step::Enter(id.to_owned()));
        Ok(())
    }

    /// Start of a slot some hours ahead in which trucks come.
    fn slot_start(&mut self) -> Timestamp {
        let offset = self.app.port().utc_offset_minutes;
        let wanted = self.now().plus_millis(self.chance.hours(5.0, 0.6));
        let open = opening(wanted, GATE, offset, &mut self.chance);
        let past_midnight = open.since_millis(open.day_start(offset));
        open.day_start(offset).plus_hours(past_midnight / HOUR_MS + 1)
    }

    fn at_gate(&mut self, container: &Container, direction: Direction, plate: String) -> DecideGate {
        DecideGate {
            direction,
            lane: format!("{}{}", if direction == Direction::In { "I" } else { "O" }, self.chance.between(1, 6)),
            plate,
            container: container.number.clone(),
            seal: container.seal.clone().filter(|_| direction == Direction::Out),
            damages: Vec::new(),
            photos: Vec::new(),
            at: None,
        }
    }

    /// A truck comes in.
    pub async fn enter(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(pickup) = self.pickups.get(id).cloned() else { return Ok(()) };
        let Some(container) = self.look::<Container>(id).await? else { return Ok(()) };
        let booked = match &pickup.booking {
            Some(booking) => self.look::<Booking>(booking).await?.is_some_and(|b| b.phase == BookingPhase::Booked),
            None => false,
        };
        if !booked {
            self.in_office(OFFICE, 4.0, Step::Book(id.to_owned()));
            return Ok(());
        }
        let who = self.system(&container.terminal);
        let command = self.at_gate(&container, Direction::In, pickup.plate.clone());
        let passed = self.act(who, &command).await?.is_some_and(|outcome| outcome.reasons.is_empty());
        if passed {
            let leaves = self.now().plus_minutes(self.chance.between(18, 75));
            self.at(leaves, Step::Leave(id.to_owned()));
        } else {
            self.in_office(OFFICE, 6.0, Step::Book(id.to_owned()));
        }
        Ok(())
    }

    /// The truck leaves with the box.
    pub async fn leave(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(pickup) = self.pickups.get(id).cloned() else { return Ok(()) };
        let Some(container) = self.look::<Container>(id).await? else { return Ok(()) };
        let who = self.system(&container.terminal);
        let command = self.at_gate(&container, Direction::Out, pickup.plate.clone());
        let passed = self.act(who, &command).await?.is_some_and(|outcome| outcome.reasons.is_empty());
        if !passed {
            self.after(3.0, Step::Leave(id.to_owned()));
            return Ok(());
        }
        self.tally.gone += 1;
        self.pickups.remove(id);
        if let Some(plan) = self.bills.get_mut(&pickup.bill) {
            plan.boxes.retain(|container| container != id);
            if plan.boxes.is_empty() && !plan.planned.contains("repay") {
                self.drop_finished(&pickup.bill);
            }
        }
        Ok(())
    }

    /// Books the hour that runs, comes in and leaves, all now.
    pub(crate) async fn collect_now(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(container) = self.look::<Container>(id).await? else { return Ok(()) };
        let Some(order) = container.order.clone().filter(|_| container.release().is_some()) else { return Ok(()) };
        let plate = cargo::plate(&mut self.chance);
        let who = self.somebody(&order.holder);
        let command = MakeBooking {
            container: id.to_owned(),
            slot_start: Timestamp::from_millis(self.now().millis() / HOUR_MS * HOUR_MS),
            trucker: Some("trucker-swift".into()),
            plate: plate.clone(),
            driver_name: "示范司机".into(),
            driver_phone: "19900000000".into(),
        };
        self.act(who, &command).await?;
        let who = self.system(&container.terminal);
        let enter = self.at_gate(&container, Direction::In, plate.clone());
        self.act(who.clone(), &enter).await?;
        let leave = self.at_gate(&container, Direction::Out, plate);
        self.act(who, &leave).await?;
        Ok(())
    }

    /// A truck that may not collect: wrong plate, too early, or no booking at all.
    pub async fn stray(&mut self, id: &str) -> Result<(), SimulationError> {
        let Some(container) = self.look::<Container>(id).await? else { return Ok(()) };
        if !matches!(container.place, Place::Yard { .. }) {
            return Ok(());
        }
        let known = self.pickups.get(id).map(|p| p.plate.clone()).filter(|plate| !plate.is_empty());
        let plate = match known {
            Some(plate) if self.chance.happens(0.6) => plate,
            Some(_) | None => cargo::plate(&mut self.chance),
        };
        let who = self.system(&container.terminal);
        let command = self.at_gate(&container, Direction::In, plate);
        self.act(who, &command).await?;
        Ok(())
    }
}
