//! What must be true of a port at all times.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::App;
use clearance::{DutyNotice, Guarantee, NoticePhase, Payment, PaymentPhase, PaymentPurpose};
use ledger::ObjectRef;
use logistics::{Booking, BookingPhase, ChargeState, Container, DeliveryOrder, GateTransaction, Place};
use serde::de::DeserializeOwned;

use super::port::Port;

type Held = Result<(), String>;

/// Rows read at a time.
const CHUNK: u32 = 2_000;

/// Follows the ledger.
#[derive(Default)]
pub struct Watch {
    /// Position after the last event that was seen.
    seen: Option<u64>,
    /// Ids of events that were acknowledged, by position.
    acknowledged: Vec<(u64, String)>,
}

impl Watch {
    /// Checks every object that an event since the last time concerns.
    pub async fn changed(&mut self, app: &App) -> Held {
        loop {
            let events = app.store().events_after(&app.port().code, self.seen, CHUNK).await.map_err(|e| e.to_string())?;
            let Some(last) = events.last() else { return Ok(()) };
            self.seen = Some(last.position);
            let mut containers = BTreeSet::new();
            for stored in &events {
                self.acknowledged.push((stored.position, stored.event.id.to_string()));
                for link in &stored.event.objects {
                    if link.object.kind == "container" {
                        containers.insert(link.object.id.clone());
                    }
                }
            }
            for id in containers {
                one_box(app, &id).await?;
            }
        }
    }

    /// Every event that was ever acknowledged is in the ledger, at its place.
    pub async fn everything_acknowledged_is_there(&self, app: &App) -> Held {
        let mut found: HashMap<u64, String> = HashMap::new();
        let mut after = None;
        loop {
            let events = app.store().events_after(&app.port().code, after, CHUNK).await.map_err(|e| e.to_string())?;
            let Some(last) = events.last() else { break };
            after = Some(last.position);
            found.extend(events.iter().map(|stored| (stored.position, stored.event.id.to_string())));
        }
        match self.acknowledged.iter().find(|(position, id)| found.get(position) != Some(id)) {
            Some((position, id)) => Err(format!("acknowledged event {id} is not at position {position}")),
            None => Ok(()),
        }
    }

    /// Checks everything there is.
    pub async fn everything(&self, port: &Port) -> Held {
        let app = &port.app;
        self.everything_acknowledged_is_there(app).await?;
        let state = State::read(app).await?;
        state.one_visit_at_a_time()?;
        state.money_balances()?;
        state.guarantees_balance()?;
        for id in state.containers.keys() {
            one_box(app, id).await?;
        }
        let differences = app::replay::check(app.store().as_ref(), &app.port().code, &mut |_| {}).await.map_err(|e| e.to_string())?;
        if let Some(first) = differences.first() {
            return Err(format!("{} states differ from the replay, first {first:?}", differences.len()));
        }
        let key = store::contract::sealer().public();
        let faults = storage::verify::verify(app.store().as_ref(), &app.port().code, &key, &mut |_| {}, &mut |_| None)
            .await
            .map_err(|e| e.to_string())?;
        match faults.first() {
            Some(first) => Err(format!("{} faults of the ledger, first {first:?}", faults.len())),
            None => Ok(()),
        }
    }
}

/// One box is in one place, and it left the gate only with release, delivery order and booking.
async fn one_box(app: &App, id: &str) -> Held {
    let Some(container) = app.peek::<Container>(id).await.map_err(|e| e.to_string())? else { return Ok(()) };
    let booking = match &container.booking {
        Some(booking) => app.peek::<Booking>(booking).await.map_err(|e| e.to_string())?,
        None => None,
    };
    match (&container.place, booking.as_ref().map(|b| &b.phase)) {
        (Place::OnTruck { booking, .. }, Some(BookingPhase::GatedIn { .. })) if Some(booking) == container.booking.as_ref() => Ok(()),
        (Place::OnTruck { .. }, other) => Err(format!("{id} is on a truck, but its booking is {other:?}")),
        (Place::OnBoard, Some(_)) => Err(format!("{id} is booked while on board")),
        (Place::Yard { .. } | Place::InspectionSite { .. }, None | Some(BookingPhase::Booked)) | (Place::OnBoard, None) => Ok(()),
        (Place::Yard { .. } | Place::InspectionSite { .. }, other) => Err(format!("{id} is in the yard, but its booking is {other:?}")),
        // A box leaves on another ship only when its transhipment was released, and nobody declared or ordered it.
        (Place::Shipped { .. }, None) if container.onward.as_ref().is_some_and(|onward| onward.released_at.is_some()) => {
            if container.release().is_none() && container.order.is_none() {
                Ok(())
            } else {
                Err(format!("{id} left on another ship though it was released or ordered for import"))
            }
        }
        (Place::Shipped { .. }, other) => Err(format!("{id} left on another ship unreleased, or booked: {other:?}")),
        (Place::Gone { gate_transaction, .. }, _) => gone_with_papers(app, id, &container, gate_transaction).await,
    }
}

async fn gone_with_papers(app: &App, id: &str, container: &Container, transaction: &str) -> Held {
    let look = |what: &str| format!("{id} left the gate without {what}");
    if container.release().is_none() {
        return Err(look("a customs release in force"));
    }
    let order_id = container.order.as_ref().map(|order| order.id.clone()).ok_or_else(|| look("a delivery order"))?;
    let order = app.peek::<DeliveryOrder>(&order_id).await.map_err(|e| e.to_string())?.ok_or_else(|| look("an existing delivery order"))?;
    if order.redeemed.get(id).map(String::as_str) != Some(transaction) {
        return Err(look("redeeming its delivery order once"));
    }
    if order.charge_state == ChargeState::Unpaid {
        return Err(look("settled charges"));
    }
    let gate = app.peek::<GateTransaction>(transaction).await.map_err(|e| e.to_string())?.ok_or_else(|| look("a gate transaction"))?;
    let booking_id = gate.record.booking.clone().ok_or_else(|| look("a booking"))?;
    let booking = app.peek::<Booking>(&booking_id).await.map_err(|e| e.to_string())?.ok_or_else(|| look("an existing booking"))?;
    if !matches!(&booking.phase, BookingPhase::Completed { .. }) || booking.container != id {
        return Err(look("a completed booking of its own"));
    }
    let object = ObjectRef::new("container", id);
    let events = app.store().events_of(&app.port().code, &object, None, CHUNK).await.map_err(|e| e.to_string())?;
    let at = |kind: &str| {
        events.iter().rposition(|stored| stored.event.kind == kind && stored.event.subject().is_ok_and(|subject| *subject == object))
    };
    let out = at("container.gated-out").ok_or_else(|| look("an event of it"))?;
    for before in ["container.discharged", "container.released", "container.order-issued", "container.booked", "container.gated-in"] {
        if at(before).is_none_or(|position| position > out) {
            return Err(look(before));
        }
    }
    let exits = events.iter().filter(|stored| stored.event.kind == "container.gated-out").count();
    if exits == 1 { Ok(()) } else { Err(format!("{id} left the gate {exits} times")) }
}

/// Everything stored that the balances need.
struct State {
    containers: BTreeMap<String, Container>,
    notices: BTreeMap<String, DutyNotice>,
    orders: BTreeMap<String, DeliveryOrder>,
    payments: BTreeMap<String, Payment>,
    guarantees: BTreeMap<String, Guarantee>,
}

impl State {
    async fn read(app: &App) -> Result<Self, String> {
        let mut all: BTreeMap<String, Vec<(String, Vec<u8>)>> = BTreeMap::new();
        let mut after: Option<ObjectRef> = None;
        loop {
            let page = app.store().objects_after(&app.port().code, after.as_ref(), CHUNK).await.map_err(|e| e.to_string())?;
            let Some(last) = page.last() else { break };
            after = Some(last.object.clone());
            for record in page {
                all.entry(record.object.kind.to_string()).or_default().push((record.object.id, record.state));
            }
        }
        Ok(Self {
            containers: of(&mut all, "container")?,
            notices: of(&mut all, "duty-notice")?,
            orders: of(&mut all, "delivery-order")?,
            payments: of(&mut all, "payment")?,
            guarantees: of(&mut all, "guarantee")?,
        })
    }

    fn one_visit_at_a_time(&self) -> Held {
        let mut here: BTreeMap<&str, &str> = BTreeMap::new();
        for (id, container) in &self.containers {
            let in_port = !matches!(container.place, Place::OnBoard | Place::Gone { .. } | Place::Shipped { .. });
            if in_port && let Some(other) = here.insert(&container.number, id) {
                return Err(format!("{} is in port twice: {other} and {id}", container.number));
            }
        }
        Ok(())
    }

    /// Settled payments are paid notices and paid charges, to the fen, each once.
    fn money_balances(&self) -> Held {
        let mut settled: BTreeMap<String, i64> = BTreeMap::new();
        for payment in self.payments.values() {
            if let PaymentPhase::Settled { .. } = payment.phase {
                let of = match &payment.purpose {
                    PaymentPurpose::DutyNotice(id) | PaymentPurpose::DeliveryOrder(id) => id.clone(),
                };
                if settled.insert(of.clone(), payment.amount.minor).is_some() {
                    return Err(format!("{of} was paid twice"));
                }
            }
        }
        let mut paid: BTreeMap<String, i64> = BTreeMap::new();
        for (id, notice) in &self.notices {
            if let NoticePhase::Paid { .. } = notice.phase {
                paid.insert(id.clone(), notice.total().minor);
            }
        }
        for (id, order) in &self.orders {
            if let ChargeState::Paid { .. } = order.charge_state {
                paid.insert(id.clone(), order.charges.minor);
            }
        }
        if settled == paid { Ok(()) } else { Err(format!("settled payments are not what is paid: {settled:?} / {paid:?}")) }
    }

    /// A guarantee stands for exactly the notices that name it, within its limit.
    fn guarantees_balance(&self) -> Held {
        for (id, guarantee) in &self.guarantees {
            let standing = |notice: &DutyNotice| matches!(&notice.phase, NoticePhase::Guaranteed { guarantee, .. } if guarantee == id);
            let open: i64 = self.notices.values().filter(|notice| standing(notice)).map(|notice| notice.total().minor).sum();
            if guarantee.occupied_minor() != open || open > guarantee.limit.minor {
                return Err(format!(
                    "guarantee {id}: occupied {}, open notices {open}, limit {}",
                    guarantee.occupied_minor(),
                    guarantee.limit.minor
                ));
            }
        }
        Ok(())
    }
}

fn of<A: DeserializeOwned>(all: &mut BTreeMap<String, Vec<(String, Vec<u8>)>>, kind: &str) -> Result<BTreeMap<String, A>, String> {
    let rows = all.remove(kind).unwrap_or_default();
    rows.into_iter()
        .map(|(id, state)| serde_json::from_slice(&state).map(|state| (id.clone(), state)).map_err(|e| format!("{id}: {e}")))
        .collect()
}
