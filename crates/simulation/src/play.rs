//! Plays the port: weeks of history as fast as the platform goes, then on and on at the pace of real time.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use app::reading::ListQuery;
use app::{App, Context, Role};
use ledger::Timestamp;
use logistics::Container;
use port_call::{CallPhase, ShipCall};

use crate::chance::HOUR_MS;
use crate::world::{CallPlan, Step, Tally, VISITORS_DAYS, World};
use crate::{SimClock, SimulationError, cargo, cast};

/// Ships a day.
const SHIPS_A_DAY: i64 = 4;
/// Days ahead for which ships are announced.
const AHEAD_DAYS: i64 = 3;
/// Ships of the last hours of a history leave some of their bills to visitors.
const VISITORS_HOURS: i64 = 72;
/// Seconds between two yard moves of the living port.
const MOVE_SECONDS: i64 = 9;
/// Hours between two ships of the living port.
const LIVE_SHIP_HOURS: f64 = 3.0;
/// Boxes on a ship of the living port.
const LIVE_CONTAINERS: (i64, i64) = (12, 30);
/// Longest sleep, in milliseconds: the machine's clock may be set meanwhile.
const LOOKS_EVERY_MS: i64 = 2_000;
/// Pause after each step, in milliseconds.
const BREATH_MS: u64 = 150;
/// Boxes taken up again after a restart.
const ADOPTED_MAX: usize = 20_000;

/// Plays the history of a port from one instant to another, with about as many containers on its ships. Installs the cast first.
///
/// The clock of the application must be `clock`. `progress` is told how many hours of how many have been played.
///
/// # Errors
/// [`SimulationError`] when the platform fails; refusals are part of the play and counted.
pub async fn history(
    app: &Arc<App>,
    clock: &SimClock,
    seed: u64,
    from: Timestamp,
    until: Timestamp,
    containers: u32,
    mut progress: impl FnMut(u64, u64),
) -> Result<Tally, SimulationError> {
    let mut play = Simulation::begin(app, clock, seed, from, until, containers).await?;
    let all = hours(until, from);
    let mut told = 0;
    while play.step().await? {
        let done = hours(app.now(), from);
        if done > told {
            told = done;
            progress(done, all);
        }
    }
    let tally = play.end().await?;
    progress(all, all);
    Ok(tally)
}

/// A history that is played step by step, so that something can happen between two steps.
pub struct Simulation<'c> {
    world: World,
    clock: &'c SimClock,
    until: Timestamp,
}

impl<'c> Simulation<'c> {
    /// Installs the cast and plans the ships; as [`history`].
    ///
    /// # Errors
    /// [`SimulationError`] when the platform fails.
    pub async fn begin(
        app: &Arc<App>,
        clock: &'c SimClock,
        seed: u64,
        from: Timestamp,
        until: Timestamp,
        containers: u32,
    ) -> Result<Self, SimulationError> {
        clock.set(from);
        cast::install(app, &Context::platform(from, "simulation-install")).await?;
        let mut world = World::new(Arc::clone(app), seed, until.plus_hours(-VISITORS_HOURS));
        world.closes_until = until;
        plan_ships(&mut world, from, until, u64::from(containers));
        world.day().await?;
        world.at(from.plus_minutes(7), Step::Hour);
        plan_moves(&mut world, from, until);
        Ok(Self { world, clock, until })
    }

    /// Plays the next step. `false` when the end is reached.
    ///
    /// # Errors
    /// [`SimulationError`] when the platform fails.
    pub async fn step(&mut self) -> Result<bool, SimulationError> {
        let Some(at) = self.world.next_due().filter(|at| *at < self.until) else { return Ok(false) };
        self.clock.set(at);
        if let Some(step) = self.world.take() {
            self.world.carry_out(step).await?;
        }
        Ok(true)
    }

    /// Goes on with another application over the same store, after the first one died.
    pub fn go_on_with(&mut self, app: &Arc<App>) {
        self.world.app = Arc::clone(app);
    }

    /// What was done so far.
    pub fn tally(&self) -> &Tally {
        &self.world.tally
    }

    /// Ends the play: calls without manifest are left to visitors, payments under way are answered.
    ///
    /// # Errors
    /// [`SimulationError`] when the platform fails.
    pub async fn end(mut self) -> Result<Tally, SimulationError> {
        self.clock.set(self.until);
        for agent in cast::all(Role::Agent) {
            let eta = self.until.plus_hours(self.world.chance.between(14, 40));
            self.world.announce_by(agent, eta, 0, true).await?;
        }
        let ctx = self.world.platform();
        self.world.app.deliver_payments(&ctx).await.map_err(SimulationError::platform("payment.deliver"))?;
        Ok(self.world.tally)
    }
}

fn hours(later: Timestamp, earlier: Timestamp) -> u64 {
    u64::try_from(later.since_millis(earlier) / HOUR_MS).unwrap_or(0)
}

/// Ships over the whole time and a little beyond, so that some are expected when the history ends.
fn plan_ships(world: &mut World, from: Timestamp, until: Timestamp, containers: u64) {
    let days = i64::try_from(hours(until, from)).unwrap_or(24).div_euclid(24).max(1);
    let share = i64::try_from(containers).unwrap_or(0) / (days * SHIPS_A_DAY).max(1);
    for day in 0..days + AHEAD_DAYS {
        for _ in 0..SHIPS_A_DAY + world.chance.between(-1, 1) {
            let eta = from.plus_days(day).plus_minutes(world.chance.between(0, 24 * 60 - 1));
            let size = (share * world.chance.between(55, 145) / 100).max(1);
            let announced = eta.plus_hours(-world.chance.between(40, 68)).max(from.plus_minutes(3));
            world.at(announced, Step::Announce { eta: eta.max(from.plus_hours(6)), containers: u64::try_from(size).unwrap_or(1) });
        }
    }
}

fn plan_moves(world: &mut World, from: Timestamp, until: Timestamp) {
    let mut at = from.plus_hours(12);
    while at < until {
        for terminal in cast::all(Role::Terminal) {
            world.at(at, Step::Moves(terminal.id));
        }
        at = at.plus_minutes(world.chance.between(20, 70));
    }
}

/// Keeps a port living on the application's own clock until the task is dropped. What stands open is taken up where it stands, except what is
/// left to visitors. Faults of the platform are logged and outlived.
pub async fn live(app: Arc<App>, seed: u64) {
    live_by(app, seed, |time| async move {
        tokio::time::sleep(time).await;
        true
    })
    .await;
}

/// As [`live`], with time passed by the caller: `pass` lets so much of it go by and says whether to go on.
pub async fn live_by<P, F>(app: Arc<App>, seed: u64, mut pass: P)
where
    P: FnMut(Duration) -> F + Send,
    F: Future<Output = bool> + Send,
{
    let started = app.now();
    let salt = u64::try_from(started.millis()).unwrap_or(0);
    let mut world = World::new(app, seed ^ salt, started.plus_days(-VISITORS_DAYS));
    // The platform's own start comes first.
    if !pass(Duration::from_secs(2)).await {
        return;
    }
    if let Err(error) = prepare(&mut world).await {
        tracing::warn!(%error, "the synthetic port could not take up everything");
    }
    while let Some(due) = world.next_due() {
        let wait = due.since_millis(world.now()).clamp(0, LOOKS_EVERY_MS);
        if wait > 0 {
            if !pass(Duration::from_millis(wait.unsigned_abs())).await {
                return;
            }
            continue;
        }
        let Some(step) = world.take() else { return };
        refill(&mut world, &step);
        if let Err(error) = world.carry_out(step).await {
            tracing::warn!(%error, "a step of the synthetic port failed");
            if !pass(Duration::from_secs(1)).await {
                return;
            }
        }
        // Never a burst: visitors' requests come first.
        if !pass(Duration::from_millis(BREATH_MS)).await {
            return;
        }
    }
}

/// What repeats itself in the living port.
fn refill(world: &mut World, step: &Step) {
    match step {
        Step::Moves(terminal) => {
            let next = world.now().plus_millis(world.chance.between(MOVE_SECONDS, 3 * MOVE_SECONDS) * 1_000);
            world.at(next, Step::Moves(terminal));
        }
        Step::Announce { .. } => {
            let eta = world.now().plus_minutes(world.chance.between(26 * 60, 44 * 60));
            let containers = u64::try_from(world.chance.between(LIVE_CONTAINERS.0, LIVE_CONTAINERS.1)).unwrap_or(12);
            world.after(LIVE_SHIP_HOURS, Step::Announce { eta, containers });
        }
        Step::Delay(_)
        | Step::Manifest(_)
        | Step::Arrive(_)
        | Step::Discharge(_)
        | Step::Depart(_)
        | Step::Draft(_)
        | Step::Submit(_)
        | Step::Documents(_)
        | Step::Hold(_)
        | Step::Lift(_)
        | Step::Inspect(_)
        | Step::Settle(_)
        | Step::Pay(_)
        | Step::Repay { .. }
        | Step::Bank(_)
        | Step::Request(_)
        | Step::PayOrder(_)
        | Step::Issue(_)
        | Step::Transfer(_)
        | Step::Book(_)
        | Step::Enter(_)
        | Step::Leave(_)
        | Step::Stray(_)
        | Step::Tally(_)
        | Step::Onward(_)
        | Step::OnwardList(_)
        | Step::OnwardMend(_)
        | Step::OnwardLand(_)
        | Step::OnwardLoad(_)
        | Step::Board(_)
        | Step::Clue(_)
        | Step::Hour
        | Step::Day => {}
    }
}

async fn prepare(world: &mut World) -> Result<(), SimulationError> {
    let now = world.now();
    cast::install(&world.app, &world.platform()).await?;
    world.find_guarantees().await?;
    adopt_calls(world).await?;
    adopt_boxes(world).await?;
    for terminal in cast::all(Role::Terminal) {
        world.at(now.plus_millis(4_000), Step::Moves(terminal.id));
    }
    world.at(now.plus_minutes(4), Step::Announce { eta: now.plus_hours(30), containers: 18 });
    world.at(now.plus_minutes(2), Step::Hour);
    world.at(now.plus_hours(24), Step::Day);
    Ok(())
}

async fn adopt_calls(world: &mut World) -> Result<(), SimulationError> {
    let query = ListQuery { open: Some(true), limit: 200, ..ListQuery::default() };
    let page = world.app.list::<ShipCall>(&world.platform(), "call.read", query).await.map_err(SimulationError::platform("call.read"))?;
    let now = world.now();
    for (seen, _) in page.items {
        let for_visitors = cargo::is_for_visitors(&seen.state.voyage_in);
        if for_visitors || cast::of(&seen.state.agent).is_none() || cast::of(&seen.state.terminal).is_none() {
            continue;
        }
        let eta = seen.state.eta;
        let containers = u64::try_from(world.chance.between(LIVE_CONTAINERS.0, LIVE_CONTAINERS.1)).unwrap_or(12);
        let plan = CallPlan { agent: seen.state.agent.clone(), terminal: seen.state.terminal.clone(), eta, containers, bills: Vec::new() };
        world.calls.insert(seen.id.clone(), plan);
        match seen.state.phase {
            CallPhase::Announced => {
                let arrival = eta.plus_minutes(world.chance.between(0, 120)).max(now.plus_minutes(world.chance.between(1, 40)));
                world.at(arrival, Step::Arrive(seen.id));
            }
            CallPhase::Arrived { .. } => {
                let next = now.plus_minutes(world.chance.between(1, 12));
                world.at(next, Step::Discharge(seen.id));
            }
            CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => {}
        }
    }
    Ok(())
}

/// Takes up every box still in port, and the calls whose manifest is still to come.
async fn adopt_boxes(world: &mut World) -> Result<(), SimulationError> {
    let mut query = ListQuery { open: Some(true), limit: 200, ..ListQuery::default() };
    let mut seen_boxes = 0;
    let mut bills: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    loop {
        let page = world
            .app
            .list::<Container>(&world.platform(), "container.read", query.clone())
            .await
            .map_err(SimulationError::platform("container.read"))?;
        seen_boxes += page.items.len();
        for (seen, _) in page.items {
            if let Some(bill) = seen.state.bill {
                bills.insert(bill, seen.state.call);
            }
        }
        match page.next {
            Some(cursor) if seen_boxes < ADOPTED_MAX => query.cursor = Some(cursor),
            Some(_) | None => break,
        }
    }
    for (bill, call) in &bills {
        world.adopt(bill).await?;
        if let Some(plan) = world.calls.get_mut(call) {
            plan.bills.push(bill.clone());
        }
    }
    let silent: Vec<(String, Timestamp)> =
        world.calls.iter().filter(|(_, plan)| plan.bills.is_empty()).map(|(id, plan)| (id.clone(), plan.eta)).collect();
    let now = world.now();
    for (call, eta) in silent {
        let at = eta.plus_hours(-world.chance.between(20, 30)).max(now.plus_minutes(world.chance.between(1, 50)));
        world.at(at, Step::Manifest(call));
    }
    for bill in bills.into_keys() {
        world.resume(&bill).await?;
    }
    Ok(())
}
