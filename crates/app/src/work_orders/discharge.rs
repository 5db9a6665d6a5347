//! Discharge orders (卸船指令): compared with the manifests of the call; what was discharged, the visits of its boxes know.

use std::collections::BTreeMap;

use async_trait::async_trait;
use codes::{Finding, Mass};
use ledger::{Aggregate, ObjectRef};
use logistics::{Container, Discharge, DischargeOrder, ListedBox, StowedBox, Unlisted, container_id};
use manifest::{Bill, BillPhase, Manifest};

use super::{DoneBox, OrderedWork, Papers};
use crate::{App, AppError, Unit, calls};

#[async_trait]
impl OrderedWork for Discharge {
    const CHECK: &'static str = "discharge-order.check";
    const READ: &'static str = "discharge-order.read";
    const CALL_CLOSED: &'static str = "discharge-call-closed";
    const FUNCTION: &'static str = "discharge-order-function";
    const DONE: &'static str = "discharged";

    async fn papers(app: &App, call: &str) -> Result<Papers, AppError> {
        Ok(Papers { listed: manifested_boxes(app, call).await?, stowed: app.stowed_boxes(call).await?, onward: BTreeMap::new() })
    }

    fn is_stowed_here(port: &str, one: &StowedBox) -> bool {
        one.discharge.as_deref().is_some_and(|at| at.eq_ignore_ascii_case(port))
    }

    fn differences(port: &str, boxes: &[ListedBox], papers: &Papers) -> Vec<Finding> {
        let listed: Vec<ListedBox> = papers.listed.values().cloned().collect();
        logistics::discharge_differences(port, boxes, &listed, papers.stowed.as_deref())
    }

    async fn hold(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
        hold_landed(unit, call).await
    }

    async fn done(app: &App, order: &DischargeOrder) -> Result<BTreeMap<String, DoneBox>, AppError> {
        let numbers = order.boxes.iter().map(|one| &one.number).chain(order.unlisted.iter().map(|one| &one.number));
        let visits = app.peek_many::<Container>(numbers.map(|number| container_id(number, &order.call))).await?;
        let done = visits.into_iter().map(|(id, state)| {
            let known = ListedBox {
                number: state.number.clone(),
                size_type: state.size_type,
                gross_kg: Some(state.gross_kg),
                bill: state.bill,
                cell: None,
            };
            let found = DoneBox { at: state.milestones.discharged_at, doubtful: false, container: Some(id), known: Some(known) };
            (state.number, found)
        });
        Ok(done.collect())
    }
}

/// Holds the boxes of the call's manifests that are landed already against its order: what it does not list was discharged without it,
/// whether that was reported before the order came or is left out by a later one.
pub(crate) async fn hold_landed(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    let Some(order) = unit.load::<DischargeOrder>(call).await? else { return Ok(()) };
    let numbers: Vec<String> = manifested_boxes(unit.app, call).await?.into_keys().filter(|number| !order.lists(number)).collect();
    unit.preload(numbers.iter().map(|number| ObjectRef::new(Container::KIND, container_id(number, call))).collect()).await?;
    let mut landed = Vec::new();
    for number in numbers {
        let found = unit.look::<Container>(&container_id(&number, call)).await?.filter(|state| !state.is_on_board());
        if let Some(at) = found.and_then(|state| state.milestones.discharged_at) {
            landed.push(Unlisted { number, at, manifested: true });
        }
    }
    let events = logistics::decide_worked(&order, &landed);
    unit.record::<DischargeOrder>(call, events, unit.at()).await
}

/// Every box on the manifests of a call, by number; one that several bills share once.
async fn manifested_boxes(app: &App, call: &str) -> Result<BTreeMap<String, ListedBox>, AppError> {
    let mut boxes: BTreeMap<String, ListedBox> = BTreeMap::new();
    for id in calls::manifests_of(app, call, &["accepted", "confirmed"], usize::MAX).await? {
        let Some(manifest) = app.peek::<Manifest>(&id).await?.filter(|manifest| manifest.call == call) else { continue };
        let bills = app.peek_many::<Bill>(manifest.bills.iter().cloned()).await?;
        for number in &manifest.bills {
            let Some(bill) = bills.get(number).filter(|bill| !matches!(bill.phase, BillPhase::Cancelled { .. })) else { continue };
            add(&mut boxes, number, &bill.content);
        }
    }
    Ok(boxes)
}

/// Adds the boxes of a bill; of one that several bills share, the masses are summed.
pub(super) fn add(boxes: &mut BTreeMap<String, ListedBox>, bill: &str, content: &manifest::BillContent) {
    for listed in &content.containers {
        let known = boxes.entry(listed.number.clone()).or_insert_with(|| ListedBox {
            number: listed.number.clone(),
            size_type: listed.size_type.clone(),
            gross_kg: Some(Mass::default()),
            bill: Some(bill.to_owned()),
            cell: None,
        });
        known.gross_kg = known.gross_kg.and_then(|kg| kg.checked_add(listed.gross_kg));
    }
}
