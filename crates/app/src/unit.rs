//! One unit of work: what a use case loads, decides and commits together.

use std::any::Any;
use std::collections::{HashMap, VecDeque};

use ledger::{Aggregate, Cause, DomainEvent, Event, EventId, ObjectLink, ObjectRef, Timestamp, WorkRow};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{
    AuditRow, Blob, Commit, Link, MilestoneMark, ObjectRead, ObjectRecord, ObjectWrite, OutboxRow, RecordWrite, StoreError, WorkWrite,
};

use crate::counters;
use crate::happened::{Happened, Happens};
use crate::rights::Resource;
use crate::{App, AppError, Context, companions, daily, milestones};

/// Most objects one unit may touch: a manifest of 5,000 bills with their containers.
pub const OBJECTS_MAX: usize = 50_000;
/// Most events one unit may record.
pub const EVENTS_MAX: usize = 50_000;

/// Objects to which thousands of others belong. An event names them only as its subject; belonging is a link. Otherwise the history of
/// a call would be the history of every box on it.
const HUBS: [&str; 6] = ["ship-call", "conveyance", "manifest", "ship", "slot", "sharing-agreement"];

trait Held: Send + Sync {
    fn encode(&self) -> Result<Vec<u8>, AppError>;
    fn row(&self, id: &str) -> WorkRow;
    fn any(&self) -> &dyn Any;
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<A: Aggregate + Send + Sync + 'static> Held for A {
    fn encode(&self) -> Result<Vec<u8>, AppError> {
        serde_json::to_vec(self).map_err(|e| AppError::Internal(format!("state of {} cannot be written: {e}", A::KIND)))
    }
    fn row(&self, id: &str) -> WorkRow {
        self.work_row(id)
    }
    fn any(&self) -> &dyn Any {
        self
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

struct Slot {
    version: u64,
    held: Option<Box<dyn Held>>,
    dirty: bool,
    row_touched: bool,
}

/// One unit of work.
pub struct Unit<'a> {
    /// The application.
    pub app: &'a App,
    /// The request.
    pub ctx: &'a Context,
    raw: HashMap<ObjectRef, ObjectRecord>,
    absent: std::collections::HashSet<ObjectRef>,
    slots: HashMap<ObjectRef, Slot>,
    order: Vec<ObjectRef>,
    pending: VecDeque<(EventId, Happened)>,
    cause: Cause,
    commit: Commit,
    authorised: bool,
}

impl<'a> Unit<'a> {
    pub(crate) fn new(app: &'a App, ctx: &'a Context, name: &'static str) -> Self {
        let cause = match &ctx.message {
            Some(id) => Cause::Message { id: id.clone() },
            None => Cause::Command { name: name.into(), request: ctx.request.clone() },
        };
        Self {
            app,
            ctx,
            raw: HashMap::new(),
            absent: std::collections::HashSet::new(),
            slots: HashMap::new(),
            order: Vec::new(),
            pending: VecDeque::new(),
            cause,
            commit: Commit { port: app.port().code.clone(), ..Commit::default() },
            authorised: false,
        }
    }

    /// Now.
    pub fn at(&self) -> Timestamp {
        self.ctx.at
    }

    /// Asks the rights; the unit cannot be committed unless this was asked and allowed at least once.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] when the rights do not allow it.
    pub fn authorise(&mut self, action: &'static str, resource: &Resource<'_>) -> Result<(), AppError> {
        self.app.rights().require(&self.ctx.principal, action, resource)?;
        self.authorised = true;
        Ok(())
    }

    /// Loads an object and asks the rights about it. A stranger is told that it does not exist.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn authorised<A: Happens>(&mut self, action: &'static str, id: &str) -> Result<A, AppError> {
        let state = self.get::<A>(id).await?;
        let row = state.work_row(id);
        let resource = Resource::of(A::KIND, id, &row, &self.ctx.principal, &self.app.port().customs_district);
        match self.authorise(action, &resource) {
            Err(AppError::Forbidden { .. }) if !resource.known_to_principal() => {
                Err(AppError::NotFound { kind: A::KIND, id: id.to_owned() })
            }
            Err(other) => Err(other),
            Ok(()) => Ok(state),
        }
    }

    /// Reads several objects in one go, so that later loads cost nothing.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn preload(&mut self, objects: Vec<ObjectRef>) -> Result<(), AppError> {
        let wanted: Vec<ObjectRef> =
            objects.into_iter().filter(|o| !self.slots.contains_key(o) && !self.raw.contains_key(o) && !self.absent.contains(o)).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        if self.slots.len() + self.raw.len() + wanted.len() > OBJECTS_MAX {
            return Err(AppError::Store(StoreError::Limit(format!("objects of a request, at most {OBJECTS_MAX}"))));
        }
        let found = self.app.store().objects(&self.commit.port, &wanted).await?;
        for record in found {
            self.raw.insert(record.object.clone(), record);
        }
        for object in wanted {
            if !self.raw.contains_key(&object) {
                self.absent.insert(object);
            }
        }
        Ok(())
    }

    /// The state of an object, as changed by this unit so far; `None` when it does not exist.
    ///
    /// # Errors
    /// The store's fault, or a state that cannot be read.
    pub async fn load<A: Happens>(&mut self, id: &str) -> Result<Option<A>, AppError> {
        Ok(self.slot::<A>(id).await?.held.as_ref().and_then(|h| h.any().downcast_ref::<A>()).cloned())
    }

    /// The state of an object as [`Unit::load`] gives it, to look at: large batches look at thousands of states and change few of their fields.
    ///
    /// # Errors
    /// The store's fault, or a state that cannot be read.
    pub async fn look<A: Happens>(&mut self, id: &str) -> Result<Option<&A>, AppError> {
        Ok(self.slot::<A>(id).await?.held.as_ref().and_then(|h| h.any().downcast_ref::<A>()))
    }

    /// The state of an object that must exist.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the store's fault.
    pub async fn get<A: Happens>(&mut self, id: &str) -> Result<A, AppError> {
        self.load::<A>(id).await?.ok_or_else(|| AppError::NotFound { kind: A::KIND, id: id.to_owned() })
    }

    /// Version of an object when it was loaded (0 when it did not exist).
    ///
    /// # Errors
    /// The store's fault.
    pub async fn version<A: Happens>(&mut self, id: &str) -> Result<u64, AppError> {
        Ok(self.slot::<A>(id).await?.version)
    }

    /// The state, taken out to be changed: whoever takes it puts the next one back, or the unit is given up.
    async fn take<A: Happens>(&mut self, id: &str) -> Result<Option<A>, AppError> {
        let Some(held) = self.slot::<A>(id).await?.held.take() else { return Ok(None) };
        match held.into_any().downcast::<A>() {
            Ok(state) => Ok(Some(*state)),
            Err(_) => Err(AppError::Internal(format!("{} {id} is held as another kind", A::KIND))),
        }
    }

    async fn slot<A: Happens>(&mut self, id: &str) -> Result<&mut Slot, AppError> {
        let object = ObjectRef::new(A::KIND, id);
        if !self.slots.contains_key(&object) {
            let record = match self.raw.remove(&object) {
                Some(record) => Some(record),
                None if self.absent.contains(&object) => None,
                None => self.app.store().object(&self.commit.port, &object).await?,
            };
            let slot = match record {
                Some(record) => {
                    let state: A = read_state(&record)?;
                    Slot { version: record.version, held: Some(Box::new(state)), dirty: false, row_touched: false }
                }
                None => Slot { version: 0, held: None, dirty: false, row_touched: false },
            };
            self.slots.insert(object.clone(), slot);
        }
        self.slots.get_mut(&object).ok_or_else(|| AppError::Internal("slot lost".into()))
    }

    /// Records what a room decided about one object.
    ///
    /// # Errors
    /// [`AppError::Replay`] when an event does not follow from the state, which is a fault in a room.
    pub async fn record<A: Happens>(&mut self, id: &str, events: Vec<A::Event>, occurred_at: Timestamp) -> Result<(), AppError> {
        for event in events {
            let before = self.take::<A>(id).await?;
            let first = before.is_none();
            let offset = self.app.port().utc_offset_minutes;
            let stood = if daily::counts::<A>() { daily::standing(before.as_ref(), offset) } else { None };
            let after = A::apply(before, &event, occurred_at)?;
            let subject = ObjectRef::new(A::KIND, id);
            let related = after.related(&event);
            let mut objects = Vec::with_capacity(related.len() + 1);
            objects.push(ObjectLink { object: subject.clone(), role: "subject".into() });
            for (object, role) in related {
                if first {
                    self.commit.links.push(Link { from: subject.clone(), to: object.clone(), role });
                }
                if !HUBS.contains(&object.kind.as_ref()) {
                    objects.push(ObjectLink { object, role: role.into() });
                }
            }
            if companions::may_have::<A>() {
                for object in Box::pin(companions::of(self, &after)).await? {
                    if objects.iter().all(|known| known.object != object) {
                        objects.push(ObjectLink { object, role: "container".into() });
                    }
                }
            }
            let event_id = self.app.new_id(self.ctx.at);
            milestones::mark(&mut self.commit.milestones, event.kind(), &objects, occurred_at);
            self.commit.events.push(Event {
                id: event_id,
                kind: event.kind().into(),
                occurred_at,
                recorded_at: self.ctx.at,
                actor: self.ctx.principal.actor(),
                cause: self.cause.clone(),
                objects,
                payload: event.payload(),
            });
            if self.commit.events.len() > EVENTS_MAX {
                return Err(AppError::Store(StoreError::Limit(format!("events of a request, at most {EVENTS_MAX}"))));
            }
            if daily::counts::<A>() {
                let stands = daily::standing(Some(&after), offset);
                self.commit.tallies.extend(daily::marks(stood.as_ref(), (stands.as_ref(), after.status()), occurred_at, offset));
            }
            self.commit.tallies.extend(counters::marks(&after, event.kind(), occurred_at, offset));
            let slot = self.slots.get_mut(&subject).ok_or_else(|| AppError::Internal("slot lost".into()))?;
            slot.held = Some(Box::new(after));
            slot.row_touched |= A::touches_row(&event);
            if !slot.dirty {
                slot.dirty = true;
                self.order.push(subject);
            }
            self.pending.push_back((event_id, A::happened(id.to_owned(), event)));
        }
        Ok(())
    }

    /// The next recorded event that reactions have not answered yet; what they record is caused by it.
    pub(crate) fn next_happened(&mut self) -> Option<Happened> {
        let (id, happened) = self.pending.pop_front()?;
        self.cause = Cause::Event { id };
        Some(happened)
    }

    /// Why what is recorded now happens.
    pub(crate) const fn cause(&self) -> &Cause {
        &self.cause
    }

    /// What is recorded from now on happens because of this.
    pub(crate) fn because_of(&mut self, cause: Cause) {
        self.cause = cause;
    }

    /// Marks a milestone that no single event of the container carries.
    pub fn mark(&mut self, mark: MilestoneMark) {
        self.commit.milestones.push(mark);
    }

    /// Queues something to send.
    pub fn send(&mut self, row: OutboxRow) {
        self.commit.outbox.push(row);
    }

    /// Keeps raw bytes.
    pub fn keep(&mut self, blob: Blob) {
        self.commit.blobs.push(blob);
    }

    /// Changes a register record.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the body cannot be written as JSON.
    pub fn write_record<T: Serialize>(&mut self, space: &str, id: &str, expected_version: Option<u64>, body: &T) -> Result<(), AppError> {
        let body = serde_json::to_vec(body).map_err(|e| AppError::Internal(e.to_string()))?;
        // A record changed twice in one unit is written once, as it is in the end.
        if let Some(write) = self.commit.records.iter_mut().find(|w| w.space == space && w.id == id) {
            write.body = Some(body);
            return Ok(());
        }
        self.commit.records.push(RecordWrite { space: space.into(), id: id.into(), expected_version, body: Some(body), expires_at: None });
        Ok(())
    }

    /// A register record as this unit will leave it: written here, or stored.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn record_body(&self, space: &str, id: &str) -> Result<Option<Vec<u8>>, AppError> {
        if let Some(write) = self.commit.records.iter().rev().find(|w| w.space == space && w.id == id) {
            return Ok(write.body.clone());
        }
        Ok(self.app.store().record(&self.commit.port, space, id).await?.map(|r| r.body))
    }

    /// As [`Unit::record_body`], with the version to expect when it is written (0 when there is none).
    ///
    /// # Errors
    /// The store's fault.
    pub async fn record_versioned(&self, space: &str, id: &str) -> Result<(u64, Option<Vec<u8>>), AppError> {
        Ok(self.app.store().record(&self.commit.port, space, id).await?.map_or((0, None), |r| (r.version, Some(r.body))))
    }

    /// Reads a register record and holds on to what it said: the unit is only committed if nobody has changed it since. Several who decide from
    /// one record decide one after the other.
    ///
    /// # Errors
    /// The store's fault, or a body that cannot be read.
    pub async fn record_held<T: Serialize + DeserializeOwned + Default>(&mut self, space: &str, id: &str) -> Result<T, AppError> {
        let read = |body: &[u8]| serde_json::from_slice(body).map_err(|e| AppError::Internal(format!("record {space}/{id}: {e}")));
        if let Some(body) = self.commit.records.iter().rev().find(|w| w.space == space && w.id == id).and_then(|w| w.body.as_ref()) {
            return read(body);
        }
        let (version, body) = self.record_versioned(space, id).await?;
        let found: T = match body {
            Some(body) => read(&body)?,
            None => T::default(),
        };
        self.write_record(space, id, Some(version), &found)?;
        Ok(found)
    }

    /// A register record that this unit writes is destroyed at this time.
    ///
    /// # Errors
    /// [`AppError::Internal`] when the unit does not write it.
    pub fn record_expires(&mut self, space: &str, id: &str, at: Timestamp) -> Result<(), AppError> {
        let write = self.commit.records.iter_mut().find(|w| w.space == space && w.id == id);
        let write = write.ok_or_else(|| AppError::Internal(format!("record {space}/{id} is not written here")))?;
        write.expires_at = Some(at);
        Ok(())
    }

    /// Leaves an access record of an object that this unit looked at for the sake of another.
    pub fn note_access(&mut self, action: &'static str, object: ObjectRef, detail: &str) {
        let row = self.app.access(self.ctx, action, Some(object), "allowed", detail);
        // By the request it would be told for the sake of which object this was.
        self.commit.audit.push(AuditRow { request: String::new(), ..row });
    }

    /// Deletes a register record.
    pub fn delete_record(&mut self, space: &str, id: &str) {
        self.commit.records.push(RecordWrite { space: space.into(), id: id.into(), expected_version: None, body: None, expires_at: None });
    }

    /// Deletes a register record, unless somebody has changed it since it was read at this version.
    pub fn delete_record_at(&mut self, space: &str, id: &str, version: u64) {
        let write = RecordWrite { space: space.into(), id: id.into(), expected_version: Some(version), body: None, expires_at: None };
        self.commit.records.push(write);
    }

    /// What is to be committed: with every object that was read and stayed as it was, so that a decision is only written while all it was
    /// made on still holds.
    pub(crate) fn finish(mut self) -> Result<Commit, AppError> {
        if !self.authorised {
            return Err(AppError::Internal("a unit of work must ask the rights before it commits".into()));
        }
        for object in std::mem::take(&mut self.order) {
            let Some(slot) = self.slots.get(&object) else { continue };
            let Some(held) = &slot.held else { continue };
            let row = slot.row_touched.then(|| held.row(&object.id));
            self.commit.objects.push(ObjectWrite { object: object.clone(), expected_version: slot.version, state: held.encode()? });
            if let Some(row) = row {
                self.commit.work.push(WorkWrite { object, row: assigned(row) });
            }
        }
        self.commit.reads =
            self.slots.drain().filter(|(_, slot)| !slot.dirty).map(|(object, slot)| ObjectRead { object, version: slot.version }).collect();
        Ok(self.commit)
    }
}

/// What waits for an authority waits in the authority's own list.
pub(crate) fn assigned(mut row: WorkRow) -> WorkRow {
    if row.action.is_some() && row.owner.is_none() {
        row.owner.clone_from(&row.authority);
    }
    row
}

/// Reads a stored state.
pub(crate) fn read_state<A: DeserializeOwned>(record: &ObjectRecord) -> Result<A, AppError> {
    serde_json::from_slice(&record.state).map_err(|e| AppError::Internal(format!("state of {} cannot be read: {e}", record.object)))
}
