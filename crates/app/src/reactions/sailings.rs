//! What follows for inspected boxes from the ships that were planned for them (INS-12).

use inspection::{InspectedSailing, SailingLoaded, SailingPlanned, SailingShipLeft};
use ledger::Timestamp;
use logistics::Container;
use port_call::{CallPhase, ShipCall};

use crate::{AppError, Unit, calls};

/// When a box that is to go on by a ship comes to the inspection site, or is planned onto one after that, it is held to that ship.
pub(super) async fn an_inspected_box_is_held_to_the_ship_planned_for_it(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Container>(id).await?;
    let (Some(onward), Some(at_site_at)) = (&state.onward, state.milestones.at_inspection_at) else { return Ok(()) };
    let Some(call) = unit.load::<ShipCall>(&onward.call).await? else { return Ok(()) };
    if matches!(call.phase, CallPhase::Departed { .. } | CallPhase::Cancelled { .. }) {
        return Ok(());
    }
    // A departure finds the boxes held to it by a list: this one is on it, or the departure is decided anew.
    calls::hold_members(unit, &onward.call).await?;
    let known = unit.load::<InspectedSailing>(id).await?;
    let mut parties = state.parties.clone();
    parties.extend([state.terminal.clone(), call.agent.clone()].into_iter().filter(|party| !state.parties.contains(party)));
    parties.dedup();
    let voyage = call.voyage_out.as_ref().unwrap_or(&call.voyage_in);
    let command = SailingPlanned {
        container: id.to_owned(),
        number: state.number.clone(),
        call: onward.call.clone(),
        ship: format!("{} {voyage}", call.ship_name),
        terminal: state.terminal.clone(),
        district: unit.app.port().customs_district.clone(),
        site: unit.app.port().inspection_site.clone(),
        at_site_at,
        parties,
    };
    unit.record::<InspectedSailing>(id, inspection::decide_sailing_planned(known.as_ref(), command), unit.at()).await
}

/// When an inspected box is loaded, it made its ship, or goes by another.
pub(super) async fn a_loaded_box_made_its_ship_or_another(
    unit: &mut Unit<'_>,
    id: &str,
    call: &str,
    at: Timestamp,
) -> Result<(), AppError> {
    let Some(state) = unit.load::<InspectedSailing>(id).await? else { return Ok(()) };
    let events = inspection::decide_sailing_loaded(&state, SailingLoaded { call: call.to_owned(), at });
    unit.record::<InspectedSailing>(id, events, unit.at()).await
}

/// When a ship leaves, it is decided of every inspected box that was planned for it whether it is on board.
pub(super) async fn a_departure_decides_for_inspected_boxes(unit: &mut Unit<'_>, call: &str, at: Timestamp) -> Result<(), AppError> {
    for id in calls::objects_of::<InspectedSailing>(unit.app, call, &["planned"]).await? {
        let state = unit.get::<InspectedSailing>(&id).await?;
        if state.planned.call == call {
            let onward = unit.load::<Container>(&id).await?.is_some_and(|state| state.onward.is_some());
            let events = inspection::decide_sailing_ship_left(&state, SailingShipLeft { at, onward });
            unit.record::<InspectedSailing>(&id, events, unit.at()).await?;
        }
    }
    Ok(())
}

/// When a ship does not come, that is held against no inspected box; one that is planned onto another is held to that.
pub(super) async fn a_ship_that_does_not_come_is_held_against_no_box(unit: &mut Unit<'_>, call: &str) -> Result<(), AppError> {
    for id in calls::objects_of::<InspectedSailing>(unit.app, call, &["planned"]).await? {
        let state = unit.get::<InspectedSailing>(&id).await?;
        if state.planned.call == call {
            unit.record::<InspectedSailing>(&id, inspection::decide_sailing_ship_cancelled(&state), unit.at()).await?;
            let onward = unit.load::<Container>(&id).await?.and_then(|state| state.onward);
            if onward.is_some_and(|onward| onward.call != call) {
                an_inspected_box_is_held_to_the_ship_planned_for_it(unit, &id).await?;
            }
        }
    }
    Ok(())
}
