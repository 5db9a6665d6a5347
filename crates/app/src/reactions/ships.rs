//! What follows from ships, their manifests and boxes: up to the landing of a bill.

use crate::exchange::{OrderFunction, OrderedWorkKind, Outgoing};
use crate::happened::Happens;
use crate::reading::ListQuery;
use crate::work_orders::OrderedWork;
use crate::{AppError, Context, Unit, calls, inbox, tallies, transhipments, work_orders};
use ledger::{Aggregate, ObjectRef};
use logistics::{
    Container, ContainerAnnounced, Discharge, DischargeOrder, Discharged, Loading, LoadingOrder, PartyAdmitted, Place, WorkOrder,
    WorkPhase, container_id, container_number,
};
use manifest::{Bill, BillPhase, Confirmed, ContainerLanded, Manifest, ManifestChange, ManifestPhase, OutboundBill, Tally, Wanted};
use port_call::{CallPhase, ShipCall};
use std::collections::BTreeSet;

/// When a ship arrives, its manifests are confirmed (CLR-04).
pub(super) async fn a_ship_arrival_confirms_its_manifests(unit: &mut Unit<'_>, call: &str, at: ledger::Timestamp) -> Result<(), AppError> {
    for id in calls::manifests_of(unit.app, call, &["accepted"], usize::MAX).await? {
        let state = unit.get::<Manifest>(&id).await?;
        if state.call == call && state.phase == ManifestPhase::Accepted {
            let events = manifest::decide_confirm(&state, Confirmed { at })?;
            unit.record::<Manifest>(&id, events, at).await?;
        }
    }
    Ok(())
}

/// When a manifest comes after the ship, it is confirmed at once.
pub(super) async fn a_late_manifest_is_confirmed_at_once(unit: &mut Unit<'_>, id: &str, call: &str) -> Result<(), AppError> {
    match unit.load::<ShipCall>(call).await?.map(|call| call.phase) {
        Some(CallPhase::Arrived { .. }) => {
            let state = unit.get::<Manifest>(id).await?;
            let events = manifest::decide_confirm(&state, Confirmed { at: unit.at() })?;
            unit.record::<Manifest>(id, events, unit.at()).await
        }
        Some(CallPhase::Announced | CallPhase::Departed { .. } | CallPhase::Cancelled { .. }) | None => Ok(()),
    }
}

/// When a box is discharged, the clock of its tally report runs; a discharge report that carries the tally stops it at once (MFT-02).
pub(super) async fn a_discharged_box_starts_the_clock_of_its_tally(
    unit: &mut Unit<'_>,
    id: &str,
    told: &Discharged,
) -> Result<(), AppError> {
    tallies::discharged(unit, id, told).await
}

/// What changed of a transhipment's papers or box.
pub(super) enum Changed<'a> {
    Bill(&'a str),
    Box(&'a str),
}

/// When the inbound bill or the box of a transhipment changes, everything is compared anew (MFT-04).
pub(super) async fn a_changed_paper_or_box_is_compared_for_transhipment(unit: &mut Unit<'_>, changed: Changed<'_>) -> Result<(), AppError> {
    match changed {
        Changed::Bill(number) => transhipments::compare_bill(unit, number).await,
        Changed::Box(id) => transhipments::compare_box(unit, id).await,
    }
}

/// When a ship leaves or does not come, what was to go on by it is compared anew: what is not released by then cannot be any more.
pub(super) async fn a_call_that_is_over_takes_nothing_more_on(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    transhipments::compare_call(unit, call).await
}

/// When a call goes to another terminal, what was to go on by it is compared anew: the box stands where it was landed.
pub(super) async fn another_terminal_may_not_have_what_was_to_go_on(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    transhipments::compare_call(unit, call).await
}

/// When a call goes to another terminal, its pre-loading manifest goes with it.
pub(super) async fn another_terminal_loads_what_is_listed(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    let terminal = unit.get::<ShipCall>(call).await?.terminal;
    let ids = calls::objects_of::<OutboundBill>(unit.app, call, &["listed"]).await?;
    unit.preload(ids.iter().map(|id| ObjectRef::new(OutboundBill::KIND, id.clone())).collect()).await?;
    for id in ids {
        let bill = unit.get::<OutboundBill>(&id).await?;
        if bill.call == call {
            unit.record::<OutboundBill>(&id, manifest::decide_outbound_moved(&bill, &terminal), unit.at()).await?;
        }
    }
    Ok(())
}

/// When a call goes to another terminal, the orders that were given to the one before are taken back; the agent orders anew.
pub(super) async fn another_terminal_takes_the_orders_of_its_work_back(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    take_back::<Discharge>(unit, call).await?;
    take_back::<Loading>(unit, call).await
}

pub(super) async fn take_back<W: OrderedWork>(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError>
where
    WorkOrder<W>: Happens<Event = W::Event>,
{
    let Some(order) = unit.load::<WorkOrder<W>>(call).await?.filter(|order| order.phase == WorkPhase::Ordered) else { return Ok(()) };
    let reason = "航次改靠其他码头 the call goes to another terminal".to_owned();
    let events = logistics::decide_cancel_work(&order, reason, None)?;
    unit.record::<WorkOrder<W>>(call, events, unit.at()).await
}

/// When a transhipment is released, or its release is taken back, its box learns whether it may be loaded.
pub(super) async fn a_transhipment_tells_its_box_whether_it_may_be_loaded(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    transhipments::tell_box(unit, id).await
}

/// When a transhipment is refused or taken back, its box is free for another plan.
pub(super) async fn an_ended_transhipment_frees_its_box(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    transhipments::ended(unit, id).await
}

/// When a change of a bill needs no officer, or was approved, the bill changes (MFT-03).
pub(super) async fn a_change_that_may_happen_is_carried_out(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let change = unit.get::<ManifestChange>(id).await?;
    let bill = unit.get::<Bill>(&change.bill).await?;
    let events = match change.wanted {
        Wanted::Amend { content } => {
            manifest::decide_amend_approved(&bill, manifest::Amended { content: *content, reason: change.reason })?
        }
        Wanted::Cancel => {
            let reason = change.note.map_or_else(|| change.reason.clone(), |note| format!("{} {note}", change.reason));
            manifest::decide_cancel(&bill, manifest::Cancelled { reason })?
        }
    };
    unit.record::<Bill>(&change.bill, events, unit.at()).await
}

/// When the agent orders what is discharged from a ship or loaded onto it, in place of an earlier order or not, or takes the order back, the
/// terminal is told.
pub(super) async fn an_order_of_work_is_told_to_the_terminal<W: OrderedWork>(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError>
where
    WorkOrder<W>: Happens<Event = W::Event>,
{
    let order = unit.get::<WorkOrder<W>>(id).await?;
    let call = unit.get::<ShipCall>(&order.call).await?;
    let function = match (&order.phase, order.replaces) {
        (WorkPhase::Cancelled { .. }, _) => OrderFunction::Cancellation,
        (_, None) => OrderFunction::Original,
        (_, Some(_)) => OrderFunction::Replacement,
    };
    let loads = W::KIND == LoadingOrder::KIND;
    let outgoing = Outgoing::WorkOrder {
        work: if loads { OrderedWorkKind::Loading } else { OrderedWorkKind::Discharge },
        document: order.document(),
        function,
        previous: order.replaces.map(|number| format!("{}-{number}", order.call)),
        agent: order.agent.clone(),
        ship_name: call.ship_name,
        imo: call.imo,
        voyage: call.voyage_out.filter(|_| loads).unwrap_or(call.voyage_in),
        port: unit.app.port().unlocode.clone(),
        // Also when it is taken back: the directory wants the boxes that it concerns.
        boxes: order.boxes,
    };
    inbox::prepare(unit, &order.terminal, None, &outgoing, Some(ObjectRef::new(W::KIND, id))).await?;
    Ok(())
}

/// When a ship leaves, its orders are closed: what they listed and nobody worked is missing, what was worked and they do not list was not
/// ordered.
pub(super) async fn a_departure_closes_the_orders_of_its_work(
    unit: &mut Unit<'_>,
    call: &str,
    at: ledger::Timestamp,
) -> Result<(), AppError> {
    work_orders::close_loading(unit, call, at).await?;
    work_orders::hold_landed(unit, call).await?;
    let Some(order) = unit.load::<DischargeOrder>(call).await? else { return Ok(()) };
    let ids: Vec<String> = order.boxes.iter().map(|listed| container_id(&listed.number, call)).collect();
    unit.preload(ids.iter().map(|id| ObjectRef::new(Container::KIND, id.clone())).collect()).await?;
    let mut landed = BTreeSet::new();
    for id in &ids {
        if unit.look::<Container>(id).await?.is_some_and(|container| !container.is_on_board()) {
            landed.insert(container_number(id));
        }
    }
    let events = logistics::decide_close_work(&order, |number| landed.contains(number));
    unit.record::<DischargeOrder>(call, events, unit.at()).await
}

/// When a bill is manifested, its boxes are announced to the terminal.
pub(super) async fn a_manifested_bill_announces_its_boxes(unit: &mut Unit<'_>, number: &str) -> Result<(), AppError> {
    let bill = unit.get::<Bill>(number).await?;
    let call = unit.get::<ShipCall>(&bill.call).await?;
    for listed in &bill.content.containers {
        let id = container_id(&listed.number, &bill.call);
        if let Some(known) = unit.load::<Container>(&id).await? {
            // Nobody follows a box that has left.
            if matches!(known.place, Place::Gone { .. } | Place::Shipped { .. }) {
                continue;
            }
            // The consignee was named, or another one: it follows its boxes from now on.
            let of_bill = known.bill.as_deref() == Some(number);
            if let Some(org) = bill.content.consignee.org.clone().filter(|org| of_bill && !known.parties.contains(org)) {
                let events = logistics::decide_admit(&known, PartyAdmitted { organisation: org })?;
                unit.record::<Container>(&id, events, unit.at()).await?;
            }
            continue;
        }
        let mut parties = vec![bill.agent.clone()];
        parties.extend(bill.content.consignee.org.clone());
        let command = ContainerAnnounced {
            number: listed.number.clone(),
            size_type: listed.size_type.clone(),
            call: bill.call.clone(),
            bill: Some(number.to_owned()),
            terminal: call.terminal.clone(),
            seal: listed.seals.first().cloned(),
            gross_kg: listed.gross_kg,
            parties,
        };
        let events = logistics::decide_announce(None, command)?;
        unit.record::<Container>(&id, events, unit.at()).await?;
    }
    Ok(())
}

/// When a box is discharged, its bill counts it as landed.
pub(super) async fn a_discharged_box_lands_on_its_bill(unit: &mut Unit<'_>, id: &str, tally: Tally) -> Result<(), AppError> {
    let container = unit.get::<Container>(id).await?;
    let Some(first) = &container.bill else { return Ok(()) };
    // A box that an amendment took off its bill lands on the one that lists it now, or without any.
    let number = if lists(&unit.get::<Bill>(first).await?, &container) {
        first.clone()
    } else if let Some(other) = other_bill_of(unit, &container).await? {
        other
    } else {
        return Ok(());
    };
    let bill = unit.get::<Bill>(&number).await?;
    if bill.tally.contains_key(&container.number) {
        return Ok(());
    }
    let at = tally.at;
    let events = manifest::decide_landed(&bill, ContainerLanded { container: container.number.clone(), tally })?;
    unit.record::<Bill>(&number, events, at).await
}

/// Does a bill that stands list this visit of the box?
fn lists(bill: &Bill, container: &Container) -> bool {
    bill.call == container.call
        && !matches!(bill.phase, BillPhase::Cancelled { .. })
        && bill.content.containers.iter().any(|listed| listed.number == container.number)
}

/// The bill that lists a box which was moved off the one that announced it: the oldest of its call.
pub(super) async fn other_bill_of(unit: &mut Unit<'_>, container: &Container) -> Result<Option<String>, AppError> {
    let platform = Context::platform(unit.at(), unit.ctx.request.clone());
    let keys = vec![container.number.to_uppercase(), container.call.to_uppercase()];
    let query = ListQuery { keys, limit: 20, ..ListQuery::default() };
    let found = unit.app.list::<Bill>(&platform, "bill.read", query).await?.items;
    for (seen, _) in found.into_iter().rev() {
        if unit.load::<Bill>(&seen.id).await?.is_some_and(|bill| lists(&bill, container)) {
            return Ok(Some(seen.id));
        }
    }
    Ok(None)
}
