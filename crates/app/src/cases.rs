//! The case (一箱一案): one box with everything that concerns it, as far as the asker may see it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clearance::{AgencyAgreement, Declaration, DutyNotice, Payment, Transmission};
use inspection::{ImageTask, Inspection, JointOrder, Scan};
use ledger::{Aggregate, Event, ObjectRef, StoredEvent, Timestamp, WorkRow};
use logistics::{Booking, Container, DeliveryOrder, Eir, GateTransaction};
use manifest::{Bill, Manifest, OutboundBill, TallyReport, Transhipment};
use port_call::ShipCall;
use store::{Dossier, DossierQuery, FiledObject, JourneyRow, ObjectRecord};

use crate::happened::with_kind;
use crate::inbox::MessageState;
use crate::inbox::alarms::MessageAlarm;
use crate::reading::Seen;
use crate::rights::Resource;
use crate::unit::assigned;
use crate::{App, AppError, Context, Happens, Role};

/// Most events of one object in a timeline, the oldest first: a box that was moved more often has its story told up to there.
const EVENTS_PER_OBJECT_MAX: u32 = 5_000;
/// Most gate transactions in a case, the newest ones: a truck that was sent back a hundred times must not crowd out the papers.
const GATE_TRANSACTIONS_MAX: usize = 20;
/// Most images in a case, the newest ones, for the same reason.
const SCANS_MAX: usize = 20;
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

/// The kinds of objects that make up a case.
const OF_CASE: [&str; 17] = [
    Container::KIND,
    ShipCall::KIND,
    Bill::KIND,
    Manifest::KIND,
    Declaration::KIND,
    DutyNotice::KIND,
    Payment::KIND,
    Inspection::KIND,
    ImageTask::KIND,
    Scan::KIND,
    JointOrder::KIND,
    DeliveryOrder::KIND,
    Booking::KIND,
    GateTransaction::KIND,
    Eir::KIND,
    TallyReport::KIND,
    Transhipment::KIND,
];

/// Kinds of objects of a case of which nobody is told anything who may not read them: that an image is reviewed once more tells what was seen.
const SEALED: [&str; 2] = [ImageTask::KIND, Scan::KIND];

/// The objects of a case, by kind and id, as they stood together at one instant.
struct Gathered {
    container: Seen<Container>,
    records: BTreeMap<ObjectRef, (ObjectRecord, WorkRow)>,
    events: Vec<Arc<StoredEvent>>,
}

impl App {
    /// The case of a box. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn case(&self, ctx: &Context, container_id: &str) -> Result<Case, AppError> {
        let gathered = self.gather(ctx, container_id, 0).await?;
        self.case_of(ctx, gathered).await
    }

    /// The timeline of a box, oldest first: every event of every object of the case that the asker may see.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn timeline(&self, ctx: &Context, container_id: &str) -> Result<Vec<Arc<StoredEvent>>, AppError> {
        let mut gathered = self.gather(ctx, container_id, EVENTS_PER_OBJECT_MAX).await?;
        Ok(self.timeline_of(ctx, &mut gathered))
    }

    /// The case of a box with its timeline, read together.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn case_with_timeline(&self, ctx: &Context, container_id: &str) -> Result<(Case, Vec<Arc<StoredEvent>>), AppError> {
        let mut gathered = self.gather(ctx, container_id, EVENTS_PER_OBJECT_MAX).await?;
        let timeline = self.timeline_of(ctx, &mut gathered);
        Ok((self.case_of(ctx, gathered).await?, timeline))
    }

    async fn case_of(&self, ctx: &Context, gathered: Gathered) -> Result<Case, AppError> {
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
            .filter(|(object, (_, row))| !SEALED.contains(&object.kind.as_ref()) || self.shows(ctx, object, row))
            .map(|(object, (_, row))| {
                let row = if self.shows(ctx, object, row) { row.clone() } else { outline(row) };
                CaseObject { object: object.clone(), row }
            })
            .collect();
        next.sort_by_key(|o| (o.row.due_at.is_none(), o.row.due_at));
        let bill = gathered.first::<Bill>(self)?;
        let declaration = gathered.of_bill(self, bill.as_ref())?.filter(|seen| {
            let object = ObjectRef::new(Declaration::KIND, seen.id.clone());
            gathered.records.get(&object).is_some_and(|(_, row)| self.shows(ctx, &object, row))
        });
        Ok(Case {
            call: gathered.first::<ShipCall>(self)?,
            bill: bill.filter(|seen| {
                let object = ObjectRef::new(Bill::KIND, seen.id.clone());
                gathered.records.get(&object).is_some_and(|(_, row)| self.shows(ctx, &object, row))
            }),
            declaration,
            journey: self.store().journey(&self.port().code, &gathered.container.id).await?,
            objects: visible,
            next,
            container: gathered.container,
        })
    }

    fn timeline_of(&self, ctx: &Context, gathered: &mut Gathered) -> Vec<Arc<StoredEvent>> {
        // What may be seen of an object is asked once, not once per event.
        let seen: BTreeMap<&ObjectRef, bool> = gathered
            .records
            .iter()
            .filter(|(object, (_, row))| self.shows(ctx, object, row))
            .map(|(object, (_, row))| (object, self.may_read(ctx, object, row)))
            .collect();
        std::mem::take(&mut gathered.events)
            .into_iter()
            .filter_map(|stored| {
                let readable = *seen.get(stored.event.subject().ok()?)?;
                Some(if readable { stored } else { Arc::new(without_payload(&stored)) })
            })
            .collect()
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

    /// Reads a case: which objects belong to it, then all of them with as many of their events as wanted, in one snapshot. The access is
    /// recorded. Rows are those that the store keeps: what a list shows of an object and what a case shows of it are the same.
    async fn gather(&self, ctx: &Context, container_id: &str, events: u32) -> Result<Gathered, AppError> {
        let port = &self.port().code;
        let own = ObjectRef::new(Container::KIND, container_id);
        let query = DossierQuery { objects: vec![own.clone()], events: 0, named: EVENTS_PER_OBJECT_MAX };
        let Dossier { objects, named, .. } = self.store().dossier(port, &query).await?;
        let container = self.seen_by::<Container>(ctx, "case.read", container_id, objects.first().map(|filed| &filed.record))?;
        let objects = self.objects_of(own, &container.state, named).await?;
        let found = self.store().dossier(port, &DossierQuery { objects, events, named: 0 }).await?;
        let mut records = BTreeMap::new();
        for FiledObject { record, row } in found.objects {
            let row = match row {
                Some(row) => row,
                None => assigned(
                    with_kind!(record.object.kind.as_ref(), A => self.state_of::<A>(&record)?.work_row(&record.object.id), else continue),
                ),
            };
            records.insert(record.object.clone(), (record, row));
        }
        Ok(Gathered { container, records, events: found.events })
    }

    /// The objects of a case: the box, those that its events name, and what its bill leads to.
    async fn objects_of(&self, own: ObjectRef, container: &Container, named: Vec<ObjectRef>) -> Result<Vec<ObjectRef>, AppError> {
        let mut wanted: BTreeSet<ObjectRef> = named.into_iter().collect();
        wanted.insert(ObjectRef::new(ShipCall::KIND, container.call.clone()));
        if let Some(bill) = &container.bill {
            wanted.insert(ObjectRef::new(Bill::KIND, bill.clone()));
            if let Some(state) = self.peek::<Bill>(bill).await? {
                wanted.insert(ObjectRef::new(Manifest::KIND, state.manifest.clone()));
                wanted.extend(state.declaration.iter().map(|id| ObjectRef::new(Declaration::KIND, id.clone())));
                wanted.extend(state.delivery_order.iter().map(|id| ObjectRef::new(DeliveryOrder::KIND, id.clone())));
            }
        }
        let gates: Vec<ObjectRef> = wanted.iter().filter(|o| o.kind == GateTransaction::KIND).cloned().collect();
        for old in gates.iter().rev().skip(GATE_TRANSACTIONS_MAX) {
            wanted.remove(old);
        }
        let scans: Vec<ObjectRef> = wanted.iter().filter(|o| o.kind == Scan::KIND).cloned().collect();
        for old in scans.iter().rev().skip(SCANS_MAX) {
            wanted.remove(old);
        }
        wanted.retain(|o| OF_CASE.contains(&o.kind.as_ref()) && o.kind != Container::KIND);
        Ok(std::iter::once(own).chain(wanted).take(OBJECTS_MAX).collect())
    }

    /// Does an object of a case show to the asker? The port office sees that things happened, not what they were worth.
    fn shows(&self, ctx: &Context, object: &ObjectRef, row: &WorkRow) -> bool {
        (ctx.principal.role == Role::PortOffice && !SEALED.contains(&object.kind.as_ref())) || self.may_read(ctx, object, row)
    }

    /// May the asker read the object itself?
    fn may_read(&self, ctx: &Context, object: &ObjectRef, row: &WorkRow) -> bool {
        let resource = Resource::of(&object.kind, &object.id, row, &ctx.principal, &self.port().customs_district);
        read_action(&object.kind).is_some_and(|action| self.rights().require(&ctx.principal, action, &resource).is_ok())
    }
}

impl Gathered {
    fn first<A: Happens>(&self, app: &App) -> Result<Option<Seen<A>>, AppError> {
        self.records
            .values()
            .find(|(record, _)| record.object.kind == A::KIND)
            .map(|(record, _)| Ok(Seen { id: record.object.id.clone(), state: app.state_of(record)?, version: record.version }))
            .transpose()
    }

    fn of_bill(&self, app: &App, bill: Option<&Seen<Bill>>) -> Result<Option<Seen<Declaration>>, AppError> {
        let Some(id) = bill.and_then(|seen| seen.state.declaration.clone()) else { return Ok(None) };
        self.records
            .get(&ObjectRef::new(Declaration::KIND, id.clone()))
            .map(|(record, _)| Ok(Seen { id, state: app.state_of(record)?, version: record.version }))
            .transpose()
    }
}

/// Who must act and by when, without what it is about: for those on the case who may not see the object itself.
fn outline(row: &WorkRow) -> WorkRow {
    WorkRow { title: String::new(), parties: Vec::new(), keys: Vec::new(), ..row.clone() }
}

/// That something happened, without what it says.
fn without_payload(stored: &StoredEvent) -> StoredEvent {
    let Event { id, kind, occurred_at, recorded_at, actor, cause, objects, payload: _ } = &stored.event;
    let event = Event {
        id: *id,
        kind: kind.clone(),
        occurred_at: *occurred_at,
        recorded_at: *recorded_at,
        actor: actor.clone(),
        cause: cause.clone(),
        objects: objects.clone(),
        payload: ledger::RawValue::NULL.to_owned(),
    };
    StoredEvent { position: stored.position, event }
}

/// The action by which an object of a kind is read.
pub fn read_action(kind: &str) -> Option<&'static str> {
    Some(match kind {
        k if k == Container::KIND => "container.read",
        k if k == ShipCall::KIND => "call.read",
        k if k == Bill::KIND => "bill.read",
        k if k == Manifest::KIND => "manifest.read",
        k if k == manifest::ManifestChange::KIND => "manifest-change.read",
        k if k == Declaration::KIND => "declaration.read",
        k if k == DutyNotice::KIND => "duty-notice.read",
        k if k == clearance::DailyReport::KIND => "daily-report.read",
        k if k == Payment::KIND => "payment.read",
        k if k == Transmission::KIND => "transmission.read",
        k if k == Inspection::KIND => "inspection.read",
        k if k == inspection::InspectedSailing::KIND => "inspected-sailing.read",
        k if k == inspection::Roster::KIND => "roster.read",
        k if k == ImageTask::KIND => "image-task.read",
        k if k == Scan::KIND => "scan.read",
        k if k == inspection::Sample::KIND => "sample.read",
        k if k == inspection::TestingBody::KIND => "testing-body.read",
        k if k == inspection::ThirdPartyReport::KIND => "third-party-report.read",
        k if k == inspection::Instruction::KIND => "instruction.read",
        k if k == JointOrder::KIND => "joint-order.read",
        k if k == inspection::SiteRule::KIND => "site-rule.read",
        k if k == inspection::Clue::KIND => "clue.read",
        k if k == inspection::FieldRecord::KIND => "field-record.read",
        k if k == DeliveryOrder::KIND => "delivery-order.read",
        k if k == logistics::DischargeOrder::KIND => "discharge-order.read",
        k if k == logistics::LoadingOrder::KIND => "loading-order.read",
        k if k == Booking::KIND => "booking.read",
        k if k == GateTransaction::KIND => "gate-transaction.read",
        k if k == Eir::KIND => "eir.read",
        k if k == TallyReport::KIND => "tally-report.read",
        k if k == OutboundBill::KIND => "outbound-bill.read",
        k if k == Transhipment::KIND => "transhipment.read",
        k if k == manifest::Conveyance::KIND => "conveyance.read",
        k if k == manifest::Waybill::KIND => "waybill.read",
        k if k == AgencyAgreement::KIND => "agency.read",
        k if k == rulebook::RuleTable::KIND => "rule-table.read",
        k if k == equipment::Equipment::KIND => "equipment.read",
        k if k == equipment::EquipmentAlarm::KIND => "equipment-alarm.read",
        k if k == alarms::CaseAlarm::KIND => "case-alarm.read",
        k if k == alarms::AlarmRule::KIND => "alarm-rule.read",
        k if k == crate::rollout::RollOut::KIND => "roll-out.read",
        k if k == sharing::SharingAgreement::KIND => "sharing-agreement.read",
        k if k == sharing::DataDelivery::KIND => "data-delivery.read",
        k if k == MessageState::KIND => "message.read",
        k if k == MessageAlarm::KIND => "message-alarm.read",
        _ => return None,
    })
}
