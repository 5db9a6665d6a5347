//! Replay (重放): folding each object's events gives the very state that is stored, and the state and its events give every row derived
//! from them: the worklist row, the links, the milestones of a container, and the bytes that a message or a paper names.
//!
//! Objects are taken one after the other, each folded from its own timeline and compared with rows of one instant, so that memory does not
//! grow with the ledger and a serving process beside it causes no false difference. That the timelines are whole is checked by
//! `storage::verify`, from the bytes.

use std::any::Any;
use std::collections::{BTreeSet, HashMap};

use clearance::Declaration;
use ledger::{Aggregate, DomainEvent, ObjectRef, StoredEvent, Timestamp, WorkRow};
use port_call::{CallPhase, ShipCall};
use store::{JourneyRow, KeptObject, Milestone, Store, StoreError};

use crate::happened::with_kind;
use crate::inbox::MessageState;
use crate::milestones;
use crate::unit::assigned;

/// Objects read at a time.
const OBJECTS_AT_ONCE: u32 = 200;
/// Events of a timeline read at a time.
const EVENTS_AT_ONCE: u32 = 500;
/// Ship calls whose times of arrival are remembered.
const CALLS_REMEMBERED: usize = 512;
/// Differences listed; a store with more is not worth listing on.
pub const DIFFERENCES_MAX: usize = 1_000;

/// Something kept that does not follow from the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Whose it is.
    pub object: ObjectRef,
    /// What differs, for people.
    pub what: String,
}

/// Arrivals of ship calls, each with the position of the event that told it.
type Arrivals = HashMap<String, Vec<(u64, Timestamp, String)>>;

/// What the ledger says about an object.
#[derive(Default)]
struct Folded {
    /// Number of its own events.
    own: u64,
    state: Option<serde_json::Value>,
    row: Option<WorkRow>,
    links: BTreeSet<(ObjectRef, String)>,
    journey: Option<JourneyRow>,
    bytes: Vec<String>,
    broken: Option<String>,
}

struct Replay<'a> {
    store: &'a dyn Store,
    port: &'a str,
    arrivals: Arrivals,
    found: Vec<Difference>,
}

/// Replays every object and compares with what is kept of it. `on_progress` is told how many objects were compared.
///
/// # Errors
/// The store's fault.
pub async fn check(store: &dyn Store, port: &str, on_progress: &mut (dyn FnMut(u64) + Send)) -> Result<Vec<Difference>, StoreError> {
    let mut replay = Replay { store, port, arrivals: HashMap::new(), found: Vec::new() };
    let (mut cursor, mut done) = (None, 0);
    loop {
        let page = store.kept_after(port, cursor, OBJECTS_AT_ONCE).await?;
        done += page.items.len() as u64;
        for kept in page.items {
            replay.object(&kept).await?;
        }
        on_progress(done);
        cursor = page.next;
        if cursor.is_none() || replay.found.len() >= DIFFERENCES_MAX {
            replay.found.truncate(DIFFERENCES_MAX);
            return Ok(replay.found);
        }
    }
}

impl Replay<'_> {
    fn differs(&mut self, kept: &KeptObject, what: impl Into<String>) {
        self.found.push(Difference { object: kept.object.clone(), what: what.into() });
    }

    async fn object(&mut self, kept: &KeptObject) -> Result<(), StoreError> {
        let folded = with_kind!(kept.object.kind.as_ref(), A => self.fold::<A>(kept).await?, else Folded::default());
        self.compare_state(kept, &folded);
        match &kept.work {
            Err(fault) => self.differs(kept, format!("worklist row is not readable: {fault}")),
            Ok(row) if *row != folded.row => self.differs(kept, "worklist row does not follow from the state"),
            Ok(_) => {}
        }
        if !folded.links.iter().map(|(to, role)| (to, role)).eq(kept.links.iter().map(|(to, role)| (to, role))) {
            self.differs(kept, "links are not those that its first event made");
        }
        match &kept.journey {
            Err(fault) => self.differs(kept, format!("milestones are not readable: {fault}")),
            Ok(journey) if *journey != folded.journey => self.differs(kept, "milestones are not those of its events"),
            Ok(_) => {}
        }
        for sha256 in &folded.bytes {
            if !self.store.has_bytes(self.port, sha256).await? {
                self.differs(kept, format!("the bytes {sha256} that it names are missing"));
            }
        }
        Ok(())
    }

    fn compare_state(&mut self, kept: &KeptObject, folded: &Folded) {
        if let Some(fault) = &folded.broken {
            return self.differs(kept, fault);
        }
        match (&folded.state, &kept.state) {
            (None, None) => {}
            (Some(_), None) => self.differs(kept, "made by the ledger, but not stored"),
            (None, Some(_)) => self.differs(kept, "stored, but no event of the ledger made it"),
            (Some(replayed), Some((version, stored))) => match serde_json::from_slice::<serde_json::Value>(stored) {
                Ok(stored) if stored != *replayed => self.differs(kept, "state differs from the replay of its events"),
                // A commit makes one version, of one event at least.
                Ok(_) if !(1..=folded.own).contains(version) => {
                    self.differs(kept, format!("version {version} after {} events", folded.own))
                }
                Ok(_) => {}
                Err(error) => self.differs(kept, format!("state is not readable: {error}")),
            },
        }
    }

    /// Folds the events of an object that are older than its rows were read.
    async fn fold<A: Aggregate + Send + Sync + 'static>(&mut self, kept: &KeptObject) -> Result<Folded, StoreError> {
        let mut folded = Folded::default();
        let mut state: Option<A> = None;
        let mut after = None;
        loop {
            let events = match self.store.events_of(self.port, &kept.object, after, EVENTS_AT_ONCE).await {
                Ok(events) => events,
                // Damage is a difference of this object, not the end of the verification.
                Err(StoreError::Failed(fault)) => {
                    folded.broken = Some(format!("its timeline cannot be read: {fault}"));
                    return Ok(folded);
                }
                Err(fault) => return Err(fault),
            };
            let Some(last) = events.last() else { break };
            after = Some(last.position);
            for stored in events.iter().filter(|stored| stored.position < kept.size) {
                if kept.object.kind == "container" {
                    self.milestone(kept, state.as_ref(), stored, &mut folded).await?;
                }
                if stored.event.subject().is_ok_and(|subject| *subject == kept.object) {
                    match apply::<A>(state.take(), stored, &mut folded) {
                        Ok(next) => state = Some(next),
                        Err(fault) => {
                            folded.broken = Some(format!("event {}: {fault}", stored.position));
                            return Ok(folded);
                        }
                    }
                }
            }
        }
        if let Some(state) = &state {
            folded.row = Some(assigned(state.work_row(&kept.object.id)));
            folded.bytes = named_bytes(state);
            match serde_json::to_value(state) {
                Ok(value) => folded.state = Some(value),
                Err(fault) => folded.broken = Some(fault.to_string()),
            }
        }
        Ok(folded)
    }

    /// Marks what an event marks on the container, the first of each kind.
    async fn milestone(
        &mut self,
        kept: &KeptObject,
        state: Option<&impl Any>,
        stored: &StoredEvent,
        folded: &mut Folded,
    ) -> Result<(), StoreError> {
        let Some(milestone) = milestones::of(&stored.event.kind) else { return Ok(()) };
        let journey =
            folded.journey.get_or_insert_with(|| JourneyRow { container: kept.object.id.clone(), terminal: None, at: [None; 14] });
        journey.at[milestone.index()].get_or_insert(stored.event.occurred_at);
        if milestone != Milestone::Discharged || journey.at[Milestone::ShipArrived.index()].is_some() {
            return Ok(());
        }
        // The discharge also marks the arrival of the ship, as the platform knew it then.
        let call =
            state.and_then(|state| (state as &dyn Any).downcast_ref::<logistics::Container>()).map(|container| container.call.clone());
        let arrival = match call {
            Some(call) => self.arrival(&call, stored.position).await?,
            None => None,
        };
        if let (Some((at, terminal)), Some(journey)) = (arrival, &mut folded.journey) {
            journey.at[Milestone::ShipArrived.index()] = Some(at);
            journey.terminal = Some(terminal);
        }
        Ok(())
    }

    /// When a call had arrived and at which terminal, by the events before a position.
    async fn arrival(&mut self, call: &str, before: u64) -> Result<Option<(Timestamp, String)>, StoreError> {
        let known = |told: &[(u64, Timestamp, String)]| {
            told.iter().rev().find(|(position, ..)| *position < before).map(|(_, at, terminal)| (*at, terminal.clone()))
        };
        if let Some(told) = self.arrivals.get(call)
            && let Some(found) = known(told)
        {
            return Ok(Some(found));
        }
        let object = ObjectRef::new(ShipCall::KIND, call);
        let (mut state, mut after, mut told): (Option<ShipCall>, _, _) = (None, None, Vec::new());
        loop {
            let events = match self.store.events_of(self.port, &object, after, EVENTS_AT_ONCE).await {
                Ok(events) => events,
                Err(StoreError::Failed(_)) => break,
                Err(fault) => return Err(fault),
            };
            let Some(last) = events.last() else { break };
            after = Some(last.position);
            for stored in events.iter().filter(|stored| stored.event.subject().is_ok_and(|subject| *subject == object)) {
                let Ok(next) = apply::<ShipCall>(state.take(), stored, &mut Folded::default()) else { continue };
                if let CallPhase::Arrived { ata, .. } | CallPhase::Departed { ata, .. } = next.phase {
                    told.push((stored.position, ata, next.terminal.clone()));
                }
                state = Some(next);
            }
        }
        if self.arrivals.len() >= CALLS_REMEMBERED {
            self.arrivals.clear();
        }
        let found = known(&told);
        self.arrivals.insert(call.to_owned(), told);
        Ok(found)
    }
}

/// The state after an event; the first one makes the links.
fn apply<A: Aggregate>(before: Option<A>, stored: &StoredEvent, folded: &mut Folded) -> Result<A, ledger::ReplayError> {
    let event = A::Event::parse(&stored.event.kind, &stored.event.payload)?;
    let first = before.is_none();
    let state = A::apply(before, &event, stored.event.occurred_at)?;
    if first {
        folded.links = state.related(&event).into_iter().map(|(object, role)| (object, role.to_owned())).collect();
    }
    folded.own += 1;
    Ok(state)
}

/// Hashes of the bytes without which the object is not whole. A draft may name what was never uploaded.
fn named_bytes(state: &dyn Any) -> Vec<String> {
    if let Some(message) = state.downcast_ref::<MessageState>() {
        return vec![message.sha256.clone()];
    }
    if let Some(eir) = state.downcast_ref::<logistics::Eir>() {
        return eir.photos.clone();
    }
    match state.downcast_ref::<Declaration>() {
        Some(declaration) if declaration.case().is_some() => {
            declaration.form().documents.iter().map(|document| document.sha256.clone()).collect()
        }
        Some(_) | None => Vec::new(),
    }
}
