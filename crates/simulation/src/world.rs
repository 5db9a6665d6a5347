//! The synthetic port in motion: a queue of things that will happen, carried out through the use cases by the people of the cast.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use app::{App, Context, Principal, Role, UseCase};
use ledger::Timestamp;
use manifest::Bill;
use port_call::ShipCall;

use crate::SimulationError;
use crate::cast::{self, Part};
use crate::chance::{Chance, Hours, opening, stable};
use crate::error::refusal_code;

/// Of how many bills one is left to visitors at some stage.
const VISITORS_ONE_IN: u64 = 5;
/// How long after a ship's arrival its bills may stay with visitors before the generator goes on with them.
pub(crate) const VISITORS_DAYS: i64 = 4;

/// What happens next to somebody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A ship is announced.
    Announce { eta: Timestamp, containers: u64 },
    /// The agent changes the estimate.
    Delay(String),
    /// The agent sends the manifest.
    Manifest(String),
    /// The ship arrives.
    Arrive(String),
    /// Some boxes are discharged.
    Discharge(String),
    /// The ship leaves.
    Depart(String),
    /// The broker drafts a declaration.
    Draft(String),
    /// The broker submits it.
    Submit(String),
    /// An officer checks the documents.
    Documents(String),
    /// An officer holds a declaration.
    Hold(String),
    /// An officer lifts the hold.
    Lift(String),
    /// The next act of an inspection.
    Inspect(String),
    /// An officer settles an inspection that was not passed.
    Settle(String),
    /// The trader pays or guarantees.
    Pay(String),
    /// The trader pays what was guaranteed.
    Repay {
        /// Who.
        trader: String,
        /// Duty notice.
        notice: String,
    },
    /// The bank answers.
    Bank(String),
    /// The trader asks for the delivery order.
    Request(String),
    /// The trader pays the charges.
    PayOrder(String),
    /// The agent issues.
    Issue(String),
    /// The trader passes it on.
    Transfer(String),
    /// A box is booked.
    Book(String),
    /// A truck comes to collect a box.
    Enter(String),
    /// It leaves with the box.
    Leave(String),
    /// A truck comes that may not collect.
    Stray(String),
    /// The tally of boxes whose discharge message did not carry it comes.
    Tally(Vec<String>),
    /// A ship brings boxes for another ship.
    Onward(String),
    /// The other ship's agent lists them.
    OnwardList(String),
    /// It corrects what it listed.
    OnwardMend(String),
    /// They are discharged.
    OnwardLand(String),
    /// They are loaded.
    OnwardLoad(String),
    /// A ship is boarded by several authorities together.
    Board(String),
    /// The next act about a clue.
    Clue(String),
    /// Boxes are moved within a yard.
    Moves(&'static str),
    /// Work of the hour: partners fetch messages, missed bookings are noted.
    Hour,
    /// Work of the day: draw days, guarantees.
    Day,
}

/// Where a bill is left to visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stop {
    Declare,
    Submit,
    Upload,
    Documents,
    Appoint,
    Result,
    Pay,
    Request,
    Issue,
    Book,
}

const STOPS: [Stop; 10] = [
    Stop::Declare,
    Stop::Submit,
    Stop::Upload,
    Stop::Documents,
    Stop::Appoint,
    Stop::Result,
    Stop::Pay,
    Stop::Request,
    Stop::Issue,
    Stop::Book,
];

/// What the generator knows of a bill.
#[derive(Clone, Debug)]
pub(crate) struct BillPlan {
    pub agent: String,
    pub terminal: String,
    pub trader: String,
    pub broker: String,
    pub trucker: &'static str,
    pub boxes: Vec<String>,
    pub stop: Option<Stop>,
    /// When a visitor's bill is taken up again.
    pub resumes_at: Timestamp,
    pub declaration: Option<String>,
    /// Steps already in the queue or done once.
    pub planned: BTreeSet<&'static str>,
    pub advance: bool,
}

/// A call and the boxes still to be discharged.
#[derive(Clone, Debug)]
pub(crate) struct CallPlan {
    pub agent: String,
    pub terminal: String,
    pub eta: Timestamp,
    pub containers: u64,
    pub bills: Vec<String>,
}

/// Boxes that go on by another ship.
#[derive(Clone, Debug)]
pub(crate) struct OnwardPlan {
    pub inbound: String,
    pub outbound: String,
    pub form: manifest::BillForm,
    pub transhipments: Vec<String>,
}

/// A truck on its way.
#[derive(Clone, Debug)]
pub(crate) struct Pickup {
    pub bill: String,
    pub booking: Option<String>,
    pub plate: String,
    pub attempts: u32,
}

/// What a simulation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Use cases carried out or refused.
    pub commands: u64,
    /// Containers on manifests.
    pub containers: u64,
    /// Containers that left through the gate.
    pub gone: u64,
    /// Refusals by use case and code.
    pub refusals: BTreeMap<String, u64>,
}

/// The port in motion.
pub(crate) struct World {
    pub app: Arc<App>,
    pub chance: Chance,
    /// Chance of mistakes in messages; of its own, so that it moves nothing else.
    pub noise: Chance,
    /// Chance of what runs beside the main play; of its own, so that it moves nothing else.
    pub side: Chance,
    /// Boxes that go on by another ship, by inbound bill.
    pub onwards: BTreeMap<String, OnwardPlan>,
    /// Joint orders about boxes that go on by another ship, by box.
    pub seen_onward: BTreeMap<String, String>,
    queue: BinaryHeap<Reverse<(Timestamp, u64, Step)>>,
    sequence: u64,
    pub calls: BTreeMap<String, CallPlan>,
    pub bills: BTreeMap<String, BillPlan>,
    pub pickups: BTreeMap<String, Pickup>,
    pub guarantees: BTreeMap<String, String>,
    /// Boxes whose discharge waits for a visitor who repairs the report.
    pub left_on_board: BTreeSet<String>,
    pub tally: Tally,
    /// Ships that arrive from here on leave some bills to visitors.
    pub visitors_from: Timestamp,
    /// Days that end by then are closed by customs; later ones are left to visitors.
    pub closes_until: Timestamp,
}

impl World {
    pub fn new(app: Arc<App>, seed: u64, visitors_from: Timestamp) -> Self {
        Self {
            app,
            chance: Chance::new(seed),
            noise: Chance::new(seed ^ 0xedf_ac7),
            side: Chance::new(seed ^ 0x0a_5ea),
            onwards: BTreeMap::new(),
            seen_onward: BTreeMap::new(),
            queue: BinaryHeap::new(),
            sequence: 0,
            calls: BTreeMap::new(),
            bills: BTreeMap::new(),
            pickups: BTreeMap::new(),
            guarantees: BTreeMap::new(),
            left_on_board: BTreeSet::new(),
            tally: Tally::default(),
            visitors_from,
            closes_until: Timestamp::from_millis(0),
        }
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// Puts a step into the queue, never before now.
    pub fn at(&mut self, at: Timestamp, step: Step) {
        self.sequence += 1;
        self.queue.push(Reverse((at.max(self.now()), self.sequence, step)));
    }

    /// When the next step is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.queue.peek().map(|Reverse((at, ..))| *at)
    }

    /// Takes the next step.
    pub fn take(&mut self) -> Option<Step> {
        self.queue.pop().map(|Reverse((_, _, step))| step)
    }

    /// After a waiting time with this median in hours.
    pub fn after(&mut self, median_hours: f64, step: Step) {
        let wait = self.chance.hours(median_hours, 0.55);
        self.at(self.now().plus_millis(wait), step);
    }

    /// After a waiting time, when the office next works.
    pub fn in_office(&mut self, hours: Hours, median_hours: f64, step: Step) {
        let wait = self.chance.hours(median_hours, 0.7);
        let offset = self.app.port().utc_offset_minutes;
        let at = opening(self.now().plus_millis(wait), hours, offset, &mut self.chance);
        self.at(at, step);
    }

    /// A request of somebody.
    pub fn context(&self, principal: Principal) -> Context {
        Context {
            principal,
            at: self.now(),
            request: format!("sim-{}", self.tally.commands),
            idempotency: None,
            message: None,
            address: None,
        }
    }

    /// The platform itself.
    pub fn platform(&self) -> Context {
        self.context(Principal::platform())
    }

    /// One of the people of an organisation.
    pub fn somebody(&mut self, organisation: &str) -> Principal {
        match cast::of(organisation) {
            Some(part) => {
                let person =
                    if part.people.is_empty() { part.person() } else { format!("{}.{}", part.id, self.chance.pick(part.people).0) };
                part.principal(&self.app, person, false)
            }
            None => Principal::public(),
        }
    }

    /// The system of an organisation that sends and fetches messages.
    pub fn system(&self, organisation: &str) -> Principal {
        cast::of(organisation).map_or_else(Principal::public, |part| part.principal(&self.app, format!("{}.edi", part.id), true))
    }

    /// One of a role.
    pub fn one_of(&mut self, role: Role) -> &'static Part {
        let parts: Vec<&'static Part> = cast::all(role).collect();
        let part: &&'static Part = self.chance.pick(&parts);
        part
    }

    /// Carries out a use case. `None` when it was refused, which is counted and part of the play.
    pub async fn act<U: UseCase>(&mut self, principal: Principal, command: &U) -> Result<Option<U::Outcome>, SimulationError> {
        let ctx = self.context(principal);
        self.tally.commands += 1;
        match self.app.execute(&ctx, command).await {
            Ok(done) => Ok(Some(done.outcome)),
            Err(error) => match refusal_code(&error) {
                Some(code) => {
                    *self.tally.refusals.entry(format!("{} {code}", U::NAME)).or_default() += 1;
                    Ok(None)
                }
                None => Err(SimulationError::Platform { action: U::NAME, source: error }),
            },
        }
    }

    /// The state of an object.
    pub async fn look<A: app::Happens>(&self, id: &str) -> Result<Option<A>, SimulationError> {
        self.app.peek::<A>(id).await.map_err(SimulationError::platform("look"))
    }

    /// Takes a bill into the play.
    pub async fn adopt(&mut self, number: &str) -> Result<(), SimulationError> {
        if self.bills.contains_key(number) {
            return Ok(());
        }
        // What goes on by another ship is neither declared nor collected.
        let Some(bill) = self.look::<Bill>(number).await?.filter(|bill| bill.content.onward.is_none()) else { return Ok(()) };
        let Some(call) = self.look::<ShipCall>(&bill.call).await? else { return Ok(()) };
        let Some(trader) = bill.content.consignee.org.clone().filter(|org| cast::of(org).is_some()) else { return Ok(()) };
        let trucker = self.one_of(Role::Trucker).id;
        let hash = stable(number);
        let arrival = call.ata().unwrap_or(call.eta);
        let reserved = hash.is_multiple_of(VISITORS_ONE_IN) && arrival >= self.visitors_from;
        let stop = STOPS.get(usize::try_from(hash / VISITORS_ONE_IN % 10).unwrap_or(0)).copied().filter(|_| reserved);
        let broker = if trader == "trader-cedar" && hash.is_multiple_of(3) { "trader-birch".to_owned() } else { trader.clone() };
        let boxes: Vec<String> = bill.content.containers.iter().map(|c| logistics::container_id(&c.number, &bill.call)).collect();
        let plan = BillPlan {
            agent: bill.agent,
            terminal: call.terminal,
            trader,
            broker,
            trucker,
            boxes,
            stop,
            resumes_at: arrival.plus_days(VISITORS_DAYS),
            declaration: bill.declaration,
            planned: BTreeSet::new(),
            advance: self.chance.happens(0.45) && !matches!(stop, Some(Stop::Declare)),
        };
        self.bills.insert(number.to_owned(), plan);
        Ok(())
    }

    /// Notes that a step of a bill is on its way; `false` when it was already.
    pub fn plan_once(&mut self, number: &str, what: &'static str) -> bool {
        self.bills.get_mut(number).is_some_and(|plan| plan.planned.insert(what))
    }

    /// Lets a step be planned again.
    pub fn forget(&mut self, number: &str, what: &'static str) {
        if let Some(plan) = self.bills.get_mut(number) {
            plan.planned.remove(what);
        }
    }

    /// Is the bill left to visitors at this stage?
    pub fn stops(&self, number: &str, at: Stop) -> bool {
        self.bills.get(number).is_some_and(|plan| plan.stop == Some(at) && self.now() < plan.resumes_at)
    }

    /// Carries out one step.
    pub async fn carry_out(&mut self, step: Step) -> Result<(), SimulationError> {
        match step {
            Step::Announce { eta, containers } => self.announce(eta, containers, false).await,
            Step::Delay(call) => self.delay(&call).await,
            Step::Manifest(call) => self.manifest(&call).await,
            Step::Arrive(call) => self.arrive(&call).await,
            Step::Discharge(call) => self.discharge(&call).await,
            Step::Depart(call) => self.depart(&call).await,
            Step::Draft(bill) => self.draft(&bill).await,
            Step::Submit(bill) => self.submit(&bill).await,
            Step::Documents(bill) => self.documents(&bill).await,
            Step::Hold(bill) => self.hold(&bill).await,
            Step::Lift(bill) => self.lift(&bill).await,
            Step::Inspect(bill) => self.inspect(&bill).await,
            Step::Settle(bill) => self.settle(&bill).await,
            Step::Pay(bill) => self.pay(&bill).await,
            Step::Repay { trader, notice } => self.repay(&trader, notice).await,
            Step::Bank(bill) => self.bank(&bill).await,
            Step::Request(bill) => self.request(&bill).await,
            Step::PayOrder(bill) => self.pay_order(&bill).await,
            Step::Issue(bill) => self.issue(&bill).await,
            Step::Transfer(bill) => self.transfer(&bill).await,
            Step::Book(container) => self.book(&container).await,
            Step::Enter(container) => self.enter(&container).await,
            Step::Leave(container) => self.leave(&container).await,
            Step::Stray(container) => self.stray(&container).await,
            Step::Tally(boxes) => self.tally(&boxes).await,
            Step::Onward(call) => self.onward(&call).await,
            Step::OnwardList(bill) => self.onward_list(&bill).await,
            Step::OnwardMend(bill) => self.onward_mend(&bill).await,
            Step::OnwardLand(bill) => self.onward_land(&bill).await,
            Step::OnwardLoad(bill) => self.onward_load(&bill).await,
            Step::Board(order) => self.board(&order).await,
            Step::Clue(id) => self.clue(&id).await,
            Step::Moves(terminal) => self.moves(terminal).await,
            Step::Hour => self.hour().await,
            Step::Day => self.day().await,
        }
    }

    /// Numbers that nobody has used, also after a restart.
    pub async fn numbers(&self, series: &str, count: u64) -> Result<u64, SimulationError> {
        let count = u32::try_from(count).unwrap_or(1).max(1);
        let taken = self.app.store().reserve_numbers(&self.app.port().code, series, count).await;
        taken.map_err(|e| SimulationError::Platform { action: "numbers", source: e.into() })
    }

    /// Ends what is known of a bill whose boxes are all gone.
    pub fn drop_finished(&mut self, number: &str) {
        self.bills.remove(number);
    }
}
