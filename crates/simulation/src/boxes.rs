//! Boxes that went the whole way, and a message of a realistic size, for measurements.

use std::sync::Arc;

use app::bookings::OpenSlot;
use app::exchange::Envelope;
use app::{App, Role};
use ledger::Timestamp;
use logistics::Container;
use messages::{SampleCall, sample_cuscar};

use crate::cargo::{self, Serials};
use crate::chance::{Chance, HOUR_MS};
use crate::world::{Step, World};
use crate::{SimulationError, cast};

/// Containers of one ship.
const SHIP_CONTAINERS: u64 = 100;
/// Trucks of an hour, so that no box waits for a slot.
const SLOT_CAPACITY: u32 = 5_000;
/// Rounds after which boxes that have not left are given up.
const ROUNDS_MAX: u32 = 60;

/// Drives boxes from manifest to gate-out at the present instant and returns the ids of `count` of them. Installs the cast first.
///
/// # Errors
/// [`SimulationError`] when the platform fails or too few boxes can leave.
pub async fn finished_boxes(app: &Arc<App>, count: usize) -> Result<Vec<String>, SimulationError> {
    let mut world = World::new(Arc::clone(app), 1, app.now().plus_days(30));
    cast::install(app, &world.platform()).await?;
    let now = world.now();
    for terminal in cast::all(Role::Terminal) {
        let who = world.somebody(terminal.id);
        let hour = Timestamp::from_millis(now.millis() / HOUR_MS * HOUR_MS);
        for start in [hour, hour.plus_hours(1)] {
            world.act(who.clone(), &OpenSlot { start, capacity: SLOT_CAPACITY }).await?;
        }
    }
    // Some are drawn for inspection and stay behind.
    let wanted = count as u64 + count as u64 / 3 + 10;
    let mut announced = 0;
    while announced < wanted {
        let size = SHIP_CONTAINERS.min(wanted - announced);
        world.announce(now.plus_hours(1), size, false).await?;
        announced += size;
    }
    let calls: Vec<String> = world.calls.keys().cloned().collect();
    for call in &calls {
        world.manifest(call).await?;
        world.arrive(call).await?;
    }
    let mut bills: Vec<String> = world.bills.keys().cloned().collect();
    let containers: Vec<String> = world.bills.values().flat_map(|plan| plan.boxes.clone()).collect();
    for call in &calls {
        for _ in 0..SHIP_CONTAINERS / 4 {
            world.discharge(call).await?;
        }
    }
    bills.sort();
    for bill in &bills {
        for step in [
            Step::Draft(bill.clone()),
            Step::Submit(bill.clone()),
            Step::Documents(bill.clone()),
            Step::Pay(bill.clone()),
            Step::Request(bill.clone()),
        ] {
            world.carry_out(step).await?;
        }
        world.carry_out(Step::PayOrder(bill.clone())).await?;
        world.carry_out(Step::Bank(bill.clone())).await?;
        world.carry_out(Step::Issue(bill.clone())).await?;
    }
    let mut gone = Vec::new();
    for _ in 0..ROUNDS_MAX.min(3) {
        for id in &containers {
            if gone.len() >= count || gone.contains(id) {
                continue;
            }
            world.collect_now(id).await?;
            if world.look::<Container>(id).await?.is_some_and(|c| matches!(c.place, logistics::Place::Gone { .. })) {
                gone.push(id.clone());
            }
        }
    }
    if gone.len() < count {
        let refused: Vec<String> = world.tally.refusals.iter().map(|(what, times)| format!("{what} × {times}")).collect();
        return Err(SimulationError::Refused {
            action: "finished-boxes",
            reason: format!("{} of {count} boxes left; {}", gone.len(), refused.join(", ")),
        });
    }
    Ok(gone)
}

/// Manifests ready to be sent, of ships that are announced.
#[derive(Debug)]
pub struct Manifests {
    /// The agent that sends them, organisation id.
    pub agent: &'static str,
    /// One interchange (CUSCAR) per ship.
    pub interchanges: Vec<Vec<u8>>,
    /// Bills in each.
    pub bills: usize,
    /// Containers in all of them.
    pub containers: usize,
}

/// Announces ships and writes the manifest of each, with `bills` bills of one to three containers. Installs the cast first.
///
/// # Errors
/// [`SimulationError`] when the platform fails.
pub async fn large_manifests(app: &Arc<App>, ships: usize, bills: usize) -> Result<Manifests, SimulationError> {
    const AGENT: &str = "agent-blue";
    let mut world = World::new(Arc::clone(app), 1, app.now().plus_days(30));
    cast::install(app, &world.platform()).await?;
    let missing = || SimulationError::Refused { action: "large-manifests", reason: format!("no {AGENT} in the cast") };
    let agent = cast::of(AGENT).ok_or_else(missing)?;
    for _ in 0..ships {
        world.announce_by(agent, app.now().plus_hours(30), bills as u64, false).await?;
    }
    let mut made = Manifests { agent: AGENT, interchanges: Vec::new(), bills, containers: 0 };
    let calls: Vec<String> = world.calls.keys().cloned().collect();
    for call in calls {
        let (bytes, containers) = world.manifest_of(&call, bills).await?;
        made.interchanges.push(bytes);
        made.containers += containers;
    }
    Ok(made)
}

/// A complete draft that its declarant may submit as it is.
#[derive(Debug)]
pub struct ReadyDraft {
    /// Declaration, id.
    pub id: String,
    /// Its declarant, organisation id.
    pub declarant: String,
}

/// Drives bills of announced ships as far as a complete draft, before the ships arrive; `count` of them. Installs the cast first.
///
/// # Errors
/// [`SimulationError`] when the platform fails or too few drafts are complete.
pub async fn ready_drafts(app: &Arc<App>, count: usize) -> Result<Vec<ReadyDraft>, SimulationError> {
    let mut world = World::new(Arc::clone(app), 1, app.now().plus_days(30));
    cast::install(app, &world.platform()).await?;
    let mut drafts = Vec::with_capacity(count);
    // A bill has one to three boxes, and some are left to whoever looks at a demonstration.
    for _ in 0..=count as u64 * 4 / SHIP_CONTAINERS {
        world.announce(app.now().plus_hours(30), SHIP_CONTAINERS, false).await?;
        let calls: Vec<String> = world.calls.keys().cloned().collect();
        for call in calls.iter().filter(|call| world.calls[*call].bills.is_empty()).cloned().collect::<Vec<_>>() {
            world.manifest(&call).await?;
        }
        let mut bills: Vec<String> =
            world.bills.iter().filter(|(_, plan)| plan.declaration.is_none()).map(|(bill, _)| bill.clone()).collect();
        bills.sort();
        for bill in bills {
            world.carry_out(Step::Draft(bill.clone())).await?;
            let plan = world.bills.get(&bill);
            if let Some((plan, id)) = plan.filter(|plan| plan.stop.is_none()).and_then(|plan| Some((plan, plan.declaration.clone()?))) {
                drafts.push(ReadyDraft { id, declarant: plan.broker.clone() });
            }
            if drafts.len() == count {
                return Ok(drafts);
            }
        }
    }
    Err(SimulationError::Refused { action: "ready-drafts", reason: format!("{} of {count} are complete", drafts.len()) })
}

/// An original manifest (CUSCAR) of a large ship, as its agent would send it.
pub fn sample_interchange() -> Vec<u8> {
    let at = Timestamp::from_millis(1_795_000_000_000);
    let Some(agent) = cast::of("agent-blue") else { return Vec::new() };
    let bills = cargo::bills(&mut Chance::new(1), agent, "CNNGB", 200, Serials { bill: 1, container: 1 });
    let envelope = Envelope {
        sender: agent.edi.unwrap_or_default().to_owned(),
        receiver: "FAIRWAY".into(),
        reference: "SIM000000001".into(),
        at,
        utc_offset_minutes: 480,
    };
    let call = SampleCall {
        ship_name: "DEMO AURIGA",
        imo: "0000012",
        voyage: "0001E",
        carrier: "DEMO LINE",
        port: "CNNGB",
        arrival: at.plus_hours(30),
    };
    sample_cuscar(&envelope, "MAN0000001", &call, &bills)
}
