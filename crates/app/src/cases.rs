//! The case (一箱一案): one box with everything that concerns it, as far as the asker may see it.

use std::collections::{BTreeMap, BTreeSet};

use clearance::{AgencyAgreement, Declaration, DutyNotice, Payment};
use inspection::Inspection;
use ledger::{Aggregate, ObjectRef, StoredEvent, Timestamp, WorkRow};
use logistics::{Booking, Container, DeliveryOrder, Eir, GateTransaction};
use manifest::{Bill, Manifest};
use port_call::ShipCall;
use store::{JourneyRow, ObjectRecord};

use crate::happened::with_kind;
use crate::inbox::MessageState;
use crate::inbox::alarms::MessageAlarm;
use crate::reading::Seen;
use crate::rights::Resource;
use crate::unit::{assigned, read_state};
use crate::{App, AppError, Context, Role};

/// Events of one object read at a time.
const EVENTS_PAGE: u32 = 500;
/// Most events of one object in a timeline, the oldest first: a box that was moved more often has its story told up to there.
const EVENTS_PER_OBJECT_MAX: usize = 5_000;
/// Most gate transactions in a case, the newest ones: a truck that was sent back a hundred times must not crowd out the papers.
const GATE_TRANSACTIONS_MAX: usize = 20;
/// Most objects of one case.
const OBJECTS_MAX: usize = 60;

/// An object of a case with the row by which it shows itself.
#[derive(Clone, Debug)]
pub struct CaseObject {
    /// Which.
    pub object: ObjectRef,
    /// Its row.
    pub row: WorkRow,
}

/// Everything that concerns one box.
#[derive(Clone, Debug)]
pub struct Case {
    /// The box.
    pub container: Seen<Container>,
    /// Its call.
    pub call: Option<Seen<ShipCall>>,
    /// Its bill.
    pub bill: Option<Seen<Bill>>,
    /// The declaration of the bill, if the asker may see it.
    pub declaration: Option<Seen<Declaration>>,
    /// When each milestone was reached.
    pub journey: Option<JourneyRow>,
    /// All objects that the asker may see.
    pub objects: Vec<CaseObject>,
    /// The open ones on which somebody must act; the earliest due first.
    pub next: Vec<CaseObject>,
}

/// The objects of a case, by kind and id, as stored.
struct Gathered {
    container: Seen<Container>,
    records: BTreeMap<ObjectRef, (ObjectRecord, WorkRow)>,
    events: BTreeMap<u64, StoredEvent>,
}

impl App {
    /// The case of a box. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn case(&self, ctx: &Context, container_id: &str) -> Result<Case, AppError> {
        let container = self.view::<Container>(ctx, "case.read", container_id).await?;
        let gathered = self.gather(container).await?;
        let visible: Vec<CaseObject> = gathered
            .records
            .iter()
            .filter(|(object, (_, row))| self.shows(ctx, object, row))
            .map(|(object, (_, row))| CaseObject { object: object.clone(), row: row.clone() })
            .collect();
        let mut next: Vec<CaseObject> = gathered
            .records
            .iter()
            .filter(|(_, (_, row))| row.action.is_some() && row.closed_at.is_none())
            .map(|(object, (_, row))| {
                let row = if self.shows(ctx, object, row) { row.clone() } else { outline(row) };
                CaseObject { object: object.clone(), row }
            })
            .collect();
        next.sort_by_key(|o| (o.row.due_at.is_none(), o.row.due_at));
        let bill = gathered.first::<Bill>()?;
        let declaration = gathered.of_bill(bill.as_ref())?.filter(|seen| {
            let object = ObjectRef::new(Declaration::KIND, seen.id.clone());
            gathered.records.get(&object).is_some_and(|(_, row)| self.shows(ctx, &object, row))
        });
        Ok(Case {
            call: gathered.first::<ShipCall>()?,
            bill: bill.filter(|seen| {
                let object = ObjectRef::new(Bill::KIND, seen.id.clone());
                gathered.records.get(&object).is_some_and(|(_, row)| self.shows(ctx, &object, row))
            }),
            declaration,
            journey: self.store().journey(&self.port().code, container_id).await?,
            objects: visible,
            next,
            container: gathered.container,
        })
    }

    /// The timeline of a box, oldest first: every event of every object of the case that the asker may see.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn timeline(&self, ctx: &Context, container_id: &str) -> Result<Vec<StoredEvent>, AppError> {
        let container = self.view::<Container>(ctx, "case.read", container_id).await?;
        let mut gathered = self.gather(container).await?;
        let subjects: Vec<ObjectRef> = gathered.records.keys().cloned().collect();
        for object in subjects {
            if object.kind == Container::KIND {
                continue;
            }
            for stored in self.events_of(&object).await? {
                gathered.events.entry(stored.position).or_insert(stored);
            }
        }
        let events = std::mem::take(&mut gathered.events);
        Ok(events
            .into_values()
            .filter(|stored| {
                stored
                    .event
                    .subject()
                    .is_ok_and(|subject| gathered.records.get(subject).is_some_and(|(_, row)| self.shows(ctx, subject, row)))
            })
            .map(|stored| {
                let readable =
                    stored.event.subject().is_ok_and(|s| gathered.records.get(s).is_some_and(|(_, row)| self.may_read(ctx, s, row)));
                if readable { stored } else { without_payload(stored) }
            })
            .collect())
    }

    /// The container visits that carry a number, newest first; for public look-ups and searches of the platform itself.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn visits_of(&self, number: &str, at: Timestamp) -> Result<Vec<Seen<Container>>, AppError> {
        let platform = Context::platform(at, "visits");
        let query = crate::reading::ListQuery { key_prefix: Some(number.to_owned()), limit: 20, ..Default::default() };
        let page = self.list::<Container>(&platform, "container.read", query).await?;
        Ok(page.items.into_iter().map(|(seen, _)| seen).filter(|seen| seen.state.number == number).collect())
    }

    async fn events_of(&self, object: &ObjectRef) -> Result<Vec<StoredEvent>, AppError> {
        let mut found: Vec<StoredEvent> = Vec::new();
        loop {
            let after = found.last().map(|stored| stored.position);
            let page = self.store().events_of(&self.port().code, object, after, EVENTS_PAGE).await?;
            let last = page.len() < usize::try_from(EVENTS_PAGE).unwrap_or(usize::MAX);
            found.extend(page);
            if last || found.len() >= EVENTS_PER_OBJECT_MAX {
                return Ok(found);
            }
        }
    }

    async fn gather(&self, container: Seen<Container>) -> Result<Gathered, AppError> {
        let port = &self.port().code;
        let own = ObjectRef::new(Container::KIND, container.id.clone());
        let mut wanted: BTreeSet<ObjectRef> = BTreeSet::from([own.clone(), ObjectRef::new(ShipCall::KIND, container.state.call.clone())]);
        let mut events = BTreeMap::new();
        for stored in self.events_of(&own).await? {
            wanted.extend(stored.event.objects.iter().map(|link| link.object.clone()));
            events.insert(stored.position, stored);
        }
        if let Some(bill) = &container.state.bill {
            wanted.insert(ObjectRef::new(Bill::KIND, bill.clone()));
            if let Some(state) = self.peek::<Bill>(bill).await? {
                wanted.insert(ObjectRef::new(Manifest::KIND, state.manifest.clone()));
                wanted.extend(state.declaration.iter().map(|id| ObjectRef::new(Declaration::KIND, id.clone())));
                wanted.extend(state.delivery_order.iter().map(|id| ObjectRef::new(DeliveryOrder::KIND, id.clone())));
            }
        }
        let of_case = [
            Container::KIND,
            ShipCall::KIND,
            Bill::KIND,
            Manifest::KIND,
            Declaration::KIND,
            DutyNotice::KIND,
            Payment::KIND,
            Inspection::KIND,
            DeliveryOrder::KIND,
            Booking::KIND,
            GateTransaction::KIND,
            Eir::KIND,
        ];
        let gates: Vec<ObjectRef> = wanted.iter().filter(|o| o.kind == GateTransaction::KIND).cloned().collect();
        for old in gates.iter().rev().skip(GATE_TRANSACTIONS_MAX) {
            wanted.remove(old);
        }
        let wanted: Vec<ObjectRef> = wanted
            .into_iter()
            .filter(|o| of_case.contains(&o.kind.as_ref()) && (o.kind != Container::KIND || o.id == container.id))
            .take(OBJECTS_MAX)
            .collect();
        let mut records = BTreeMap::new();
        for record in self.store().objects(port, &wanted).await? {
            let row = with_kind!(record.object.kind.as_ref(), A => read_state::<A>(&record)?.work_row(&record.object.id), else continue);
            records.insert(record.object.clone(), (record, assigned(row)));
        }
        Ok(Gathered { container, records, events })
    }

    /// Does an object of a case show to the asker? The port office sees that things happened, not what they were worth.
    fn shows(&self, ctx: &Context, object: &ObjectRef, row: &WorkRow) -> bool {
        ctx.principal.role == Role::PortOffice || self.may_read(ctx, object, row)
    }

    /// May the asker read the object itself?
    fn may_read(&self, ctx: &Context, object: &ObjectRef, row: &WorkRow) -> bool {
        let resource = Resource::of(&object.kind, &object.id, row, &ctx.principal, &self.port().customs_district);
        read_action(&object.kind).is_some_and(|action| self.rights().require(&ctx.principal, action, &resource).is_ok())
    }
}

impl Gathered {
    fn first<A: Aggregate>(&self) -> Result<Option<Seen<A>>, AppError> {
        self.records
            .values()
            .find(|(record, _)| record.object.kind == A::KIND)
            .map(|(record, _)| Ok(Seen { id: record.object.id.clone(), state: read_state(record)?, version: record.version }))
            .transpose()
    }

    fn of_bill(&self, bill: Option<&Seen<Bill>>) -> Result<Option<Seen<Declaration>>, AppError> {
        let Some(id) = bill.and_then(|seen| seen.state.declaration.clone()) else { return Ok(None) };
        self.records
            .get(&ObjectRef::new(Declaration::KIND, id.clone()))
            .map(|(record, _)| Ok(Seen { id, state: read_state(record)?, version: record.version }))
            .transpose()
    }
}

/// Who must act and by when, without what it is about: for those on the case who may not see the object itself.
fn outline(row: &WorkRow) -> WorkRow {
    WorkRow { title: String::new(), parties: Vec::new(), keys: Vec::new(), ..row.clone() }
}

/// That something happened, without what it says.
fn without_payload(mut stored: StoredEvent) -> StoredEvent {
    stored.event.payload = ledger::RawValue::NULL.to_owned();
    stored
}

/// The action by which an object of a kind is read.
pub fn read_action(kind: &str) -> Option<&'static str> {
    Some(match kind {
        k if k == Container::KIND => "container.read",
        k if k == ShipCall::KIND => "call.read",
        k if k == Bill::KIND => "bill.read",
        k if k == Manifest::KIND => "manifest.read",
        k if k == Declaration::KIND => "declaration.read",
        k if k == DutyNotice::KIND => "duty-notice.read",
        k if k == Payment::KIND => "payment.read",
        k if k == Inspection::KIND => "inspection.read",
        k if k == DeliveryOrder::KIND => "delivery-order.read",
        k if k == Booking::KIND => "booking.read",
        k if k == GateTransaction::KIND => "gate-transaction.read",
        k if k == Eir::KIND => "eir.read",
        k if k == AgencyAgreement::KIND => "agency.read",
        k if k == MessageState::KIND => "message.read",
        k if k == MessageAlarm::KIND => "message-alarm.read",
        _ => return None,
    })
}
