//! Matching (指令对碰): instructions of authorities about the same thing within the same time become one joint order (INS-02).
//!
//! Boxes of one bill are one consignment and meet in one order. Which orders are open about a thing stands in a register record beside the
//! ledger, whose version makes two that come at once decide one after the other; everything it says can be read from the orders themselves.
//! Reasons and persons' documents are kept in records of their own, never on the ledger.

use async_trait::async_trait;
use clearance::{Declaration, Track};
use inspection::{
    Authority, Inspection, Instruction, Joining, JointOrder, Leaving, Matched, Placed, Proposed, SealedReason, Subject, SubjectKind,
    Window, Withdrawn,
};
use ledger::{Refusal, Timestamp};
use logistics::{Container, Instructed, InstructionEnded, Place, container_id};
use manifest::{Bill, BillPhase};
use port_call::{CallPhase, ShipCall};
use serde::Serialize;

use crate::inbox::sha256_hex;
use crate::inspections;
use crate::orders::reason;
use crate::{App, AppError, Context, Role, Unit, UseCase};

/// Register of open orders, by key.
const OPEN: &str = "joint-orders-open";
/// Register of sealed reasons.
const REASONS: &str = "instruction-reason";
/// Register of what fingerprints are made with.
const SECRETS: &str = "matching-secret";
/// Most orders that are open about one thing and in which one authority takes part.
const OPEN_MAX: usize = 20;
/// Least time for what needs no slot of the site, hours.
const VISIT_HOURS: i64 = 2;
/// Longest number of a person's document.
const DOCUMENT_LENGTH: std::ops::RangeInclusive<usize> = 4..=40;

/// The authority that a role is.
pub const fn authority_of(role: Role) -> Option<Authority> {
    match role {
        Role::Customs => Some(Authority::Customs),
        Role::Maritime => Some(Authority::Maritime),
        Role::Border => Some(Authority::Border),
        Role::PortAuthority => Some(Authority::PortAuthority),
        Role::MarketSupervision => Some(Authority::MarketSupervision),
        Role::Trader
        | Role::Agent
        | Role::Terminal
        | Role::Trucker
        | Role::PortOffice
        | Role::Admin
        | Role::National
        | Role::Platform
        | Role::Public => None,
    }
}

/// What is to be checked, as an authority names it.
#[derive(Clone, Debug, Serialize)]
pub enum SubjectForm {
    /// Container number or id of its visit.
    Container(String),
    /// Bill number.
    Bill(String),
    /// Ship call id.
    ShipCall(String),
    /// Number of a person's document.
    Person(String),
}

/// Seals a reason for the organisation that asks.
fn sealed(unit: &Unit<'_>, text: String, document: Option<String>) -> (SealedReason, String) {
    let principal = &unit.ctx.principal;
    let district = principal.district.clone().filter(|_| principal.role == Role::Customs);
    let salt = hex::encode(unit.app.random::<16>());
    let reason = SealedReason::new(principal.organisation.clone(), district, salt, text, document);
    let seal = sha256_hex(reason.material().as_bytes());
    (reason, seal)
}

/// Why an authority wants something checked, for that authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstructionReason {
    /// Why it was placed.
    pub placed: Option<String>,
    /// The document of the person it is about.
    pub document: Option<String>,
    /// Why it was withdrawn.
    pub withdrawn: Option<String>,
    /// Why what its answer had barred was lifted.
    pub lifted: Option<String>,
}

/// Everything about the thing that an instruction names.
struct Meeting {
    kind: SubjectKind,
    subject: Subject,
    key: String,
    bill: Option<String>,
    call: Option<String>,
    boxes: Vec<String>,
    terminal: Option<String>,
    traders: Vec<String>,
    place: String,
}

/// Places an instruction; it meets what is there already (布控指令下达与对碰).
#[derive(Clone, Debug, Serialize)]
pub struct PlaceInstruction {
    /// What is to be checked.
    pub subject: SubjectForm,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// Nothing leaves before it is answered; of boxes alone.
    pub hold: bool,
    /// Inspected as soon as it arrives (即到即查).
    pub on_arrival: bool,
    /// Why; sealed to the authority.
    pub reason: String,
}

#[async_trait]
impl UseCase for PlaceInstruction {
    const NAME: &'static str = "instruction.place";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port("instruction", &unit.ctx.principal))?;
        let principal = &unit.ctx.principal;
        let Some(authority) = authority_of(principal.role) else { return Err(AppError::Forbidden { action: Self::NAME }) };
        let (organisation, district) = (principal.organisation.clone(), principal.district.clone());
        let text = reason(&self.reason)?;
        let meeting = meeting(unit, &self.subject).await?;
        let document = match &self.subject {
            SubjectForm::Person(number) => Some(number.trim().to_uppercase()),
            SubjectForm::Container(_) | SubjectForm::Bill(_) | SubjectForm::ShipCall(_) => None,
        };
        let (sealed, seal) = sealed(unit, text, document);
        let id = unit.app.next_id('K', unit.at()).await?;
        let window = Window { from: self.from, to: self.to };
        // A ship's departure is reported when it has happened (ADR 0015): boxes alone can be kept.
        let hold = self.hold && meeting.kind == SubjectKind::Goods;
        let placed = Placed {
            authority,
            organisation: organisation.clone(),
            district: district.clone().filter(|_| authority == Authority::Customs),
            subject: meeting.subject.clone(),
            window,
            hold,
            on_arrival: self.on_arrival,
            seal: Some(seal),
            inspection: None,
        };
        let events = inspection::decide_place(None, placed.clone(), unit.at())?;
        if !bookable(unit, meeting.kind, window) {
            return Err(AppError::invalid(
                "instruction-window",
                "/to",
                "有效期内没有可用的查验时段，请延长",
                "no slot of the inspection site lies within this time; make it longer",
            ));
        }
        unit.record::<Instruction>(&id, events, unit.at()).await?;
        unit.write_record(REASONS, &id, Some(0), &sealed)?;
        for container in &meeting.boxes {
            let state = unit.get::<Container>(container).await?;
            let instructed = Instructed { instruction: id.clone(), by: organisation.clone(), hold };
            let events = logistics::decide_instructed(&state, instructed)?;
            unit.record::<Container>(container, events, unit.at()).await?;
        }
        let order = meet(unit, &meeting, &id, &placed).await?;
        if let Some(bill) = &meeting.bill {
            bring_drawn(unit, &order, bill).await?;
        }
        Ok(id)
    }
}

/// Withdraws an instruction, with a reason that is sealed like the first (撤回).
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawInstruction {
    /// Instruction id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for WithdrawInstruction {
    const NAME: &'static str = "instruction.withdraw";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Instruction>(Self::NAME, &self.id).await?;
        let (sealed, seal) = sealed(unit, reason(&self.reason)?, None);
        if let Some(id) = &state.placed.inspection {
            return Err(AppError::Refused(Refusal::new(
                "instruction-drawn",
                Self::NAME,
                ledger::Aggregate::status(&state),
                format!("该指令由随机抽取产生，随查验 {id} 办结。"),
                format!("The draw ordered it; it ends with inspection {id}."),
            )));
        }
        withdraw(unit, &self.id, &state, Some(seal)).await?;
        unit.write_record(REASONS, &withdrawn_key(&self.id), Some(0), &sealed)?;
        Ok(self.id.clone())
    }
}

fn withdrawn_key(id: &str) -> String {
    format!("{id}/withdrawn")
}

/// Takes an instruction out of its order and off its boxes.
pub(crate) async fn withdraw(unit: &mut Unit<'_>, id: &str, state: &Instruction, seal: Option<String>) -> Result<(), AppError> {
    let mut during_inspection = false;
    if let Some(order) = state.open_order().map(str::to_owned) {
        let joint = unit.get::<JointOrder>(&order).await?;
        during_inspection = joint.is_under_way();
        let events = inspection::decide_leave(&joint, &unit.app.port().joint, id, Leaving::Withdrawn)?;
        unit.record::<JointOrder>(&order, events, unit.at()).await?;
    }
    let events = inspection::decide_withdraw(state, Withdrawn { seal, during_inspection })?;
    unit.record::<Instruction>(id, events, unit.at()).await?;
    if let Some(order) = state.open_order().map(str::to_owned) {
        let boxes = unit.get::<JointOrder>(&order).await?.boxes;
        end_on_boxes(unit, id, &boxes).await?;
    }
    Ok(())
}

/// Lifts what the answer to an instruction has barred, with a reason that is sealed like the first (解除控制).
#[derive(Clone, Debug, Serialize)]
pub struct LiftInstruction {
    /// Instruction id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for LiftInstruction {
    const NAME: &'static str = "instruction.lift";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Instruction>(Self::NAME, &self.id).await?;
        // A person answers for it.
        if unit.ctx.principal.system {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        let (sealed, seal) = sealed(unit, reason(&self.reason)?, None);
        let events = inspection::decide_lift(&state, inspection::Lifted { seal })?;
        unit.record::<Instruction>(&self.id, events, unit.at()).await?;
        unit.write_record(REASONS, &lifted_key(&self.id), Some(0), &sealed)?;
        if let Some(order) = state.order() {
            let boxes = unit.get::<JointOrder>(order).await?.boxes;
            end_on_boxes(unit, &self.id, &boxes).await?;
        }
        Ok(self.id.clone())
    }
}

fn lifted_key(id: &str) -> String {
    format!("{id}/lifted")
}

/// Takes an instruction off boxes.
pub(crate) async fn end_on_boxes(unit: &mut Unit<'_>, id: &str, boxes: &[String]) -> Result<(), AppError> {
    for container in boxes {
        let Some(known) = unit.load::<Container>(container).await? else { continue };
        let events = logistics::decide_instruction_ended(&known, InstructionEnded { instruction: id.to_owned() });
        unit.record::<Container>(container, events, unit.at()).await?;
    }
    Ok(())
}

/// An authority goes its own way with an instruction: in an order of its own that opens no box (拆分).
#[derive(Clone, Debug, Serialize)]
pub struct SplitInstruction {
    /// Instruction id.
    pub id: String,
}

#[async_trait]
impl UseCase for SplitInstruction {
    const NAME: &'static str = "instruction.split";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Instruction>(Self::NAME, &self.id).await?;
        let order = state.open_order().map(str::to_owned).ok_or_else(|| {
            AppError::Refused(Refusal::new(
                "instruction-closed",
                Self::NAME,
                ledger::Aggregate::status(&state),
                "该指令已办结或已撤回。",
                "The instruction has ended.",
            ))
        })?;
        let joint = unit.get::<JointOrder>(&order).await?;
        let events = inspection::decide_leave(&joint, &unit.app.port().joint, &self.id, Leaving::SplitOff)?;
        unit.record::<JointOrder>(&order, events, unit.at()).await?;
        let boxes = match &state.placed.subject {
            Subject::Container { id } => vec![id.clone()],
            Subject::Bill { .. } | Subject::ShipCall { .. } | Subject::Person { .. } => joint.boxes.clone(),
        };
        let meeting = Meeting {
            kind: joint.subject,
            subject: state.placed.subject.clone(),
            key: joint.key.clone(),
            bill: joint.bill.clone(),
            call: joint.call.clone(),
            boxes,
            terminal: joint.terminal.clone(),
            traders: joint.traders.clone(),
            place: joint.place.clone(),
        };
        propose(unit, &meeting, &self.id, &state.placed, true).await
    }
}

/// What an instruction names, with all that an order must know of it.
async fn meeting(unit: &mut Unit<'_>, form: &SubjectForm) -> Result<Meeting, AppError> {
    let site = unit.app.port().inspection_site.clone();
    match form {
        SubjectForm::Container(text) => {
            let text = text.trim().to_uppercase();
            let id = match unit.load::<Container>(&text).await? {
                Some(_) => text,
                None => unit
                    .app
                    .visits_of(&text, unit.at())
                    .await?
                    .into_iter()
                    .next()
                    .map(|seen| seen.id)
                    .ok_or_else(|| not_found::<Container>(&text))?,
            };
            let state = unit.get::<Container>(&id).await?;
            let bill = match &state.bill {
                Some(number) => unit.load::<Bill>(number).await?.map(|bill| (number.clone(), bill)),
                None => None,
            };
            let traders = bill.as_ref().and_then(|(_, bill)| bill.content.consignee.org.clone()).into_iter().collect();
            Ok(Meeting {
                kind: SubjectKind::Goods,
                subject: Subject::Container { id: id.clone() },
                key: bill.as_ref().map_or_else(|| format!("container/{id}"), |(number, _)| format!("bill/{number}")),
                bill: bill.map(|(number, _)| number),
                call: Some(state.call),
                boxes: vec![id],
                terminal: Some(state.terminal),
                traders,
                place: site,
            })
        }
        SubjectForm::Bill(text) => {
            let number = text.trim().to_uppercase();
            let bill = unit.get::<Bill>(&number).await?;
            if matches!(bill.phase, BillPhase::Cancelled { .. }) {
                return Err(AppError::invalid("instruction-subject", "/subject", "该提单已取消", "the bill is cancelled"));
            }
            let call = unit.get::<ShipCall>(&bill.call).await?;
            let mut boxes = Vec::new();
            for listed in &bill.content.containers {
                let id = container_id(&listed.number, &bill.call);
                let gone = |container: &Container| matches!(container.place, Place::Gone { .. } | Place::Shipped { .. });
                if unit.look::<Container>(&id).await?.is_some_and(|container| !gone(container)) {
                    boxes.push(id);
                }
            }
            if boxes.is_empty() {
                return Err(AppError::invalid("instruction-subject", "/subject", "该提单的箱均已离港", "every box of the bill has left"));
            }
            Ok(Meeting {
                kind: SubjectKind::Goods,
                subject: Subject::Bill { number: number.clone() },
                key: format!("bill/{number}"),
                bill: Some(number),
                call: Some(bill.call),
                boxes,
                terminal: Some(call.terminal),
                traders: bill.content.consignee.org.into_iter().collect(),
                place: site,
            })
        }
        SubjectForm::ShipCall(text) => {
            let id = text.trim().to_uppercase();
            let call = unit.get::<ShipCall>(&id).await?;
            if matches!(call.phase, CallPhase::Departed { .. } | CallPhase::Cancelled { .. }) {
                return Err(AppError::invalid("instruction-subject", "/subject", "该航次已离港或取消", "the call is over"));
            }
            let place = match call.berth {
                Some(berth) => format!("泊位 berth {berth}"),
                None => unit
                    .app
                    .organisation(&call.terminal)
                    .await?
                    .map_or_else(|| call.terminal.clone(), |o| format!("{} {}", o.name.zh, o.name.en)),
            };
            Ok(Meeting {
                kind: SubjectKind::Ship,
                subject: Subject::ShipCall { id: id.clone() },
                key: format!("ship-call/{id}"),
                bill: None,
                call: Some(id),
                boxes: Vec::new(),
                terminal: Some(call.terminal),
                traders: vec![call.agent],
                place,
            })
        }
        SubjectForm::Person(text) => {
            let fingerprint = fingerprint(unit, text).await?;
            Ok(Meeting {
                kind: SubjectKind::Person,
                key: format!("person/{fingerprint}"),
                subject: Subject::Person { fingerprint },
                bill: None,
                call: None,
                boxes: Vec::new(),
                terminal: None,
                traders: Vec::new(),
                place: "口岸限定区域 restricted area".into(),
            })
        }
    }
}

fn not_found<A: crate::Happens>(id: &str) -> AppError {
    AppError::NotFound { kind: A::KIND, id: id.to_owned() }
}

/// A person's document as the ledger knows it: a hash with a secret of the port, so that nobody finds it by trying numbers.
async fn fingerprint(unit: &mut Unit<'_>, document: &str) -> Result<String, AppError> {
    let plain: String = document.trim().to_uppercase();
    let fits = DOCUMENT_LENGTH.contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric());
    if !fits {
        return Err(AppError::invalid(
            "instruction-document",
            "/subject",
            "证件号须为 4 至 40 位字母或数字",
            "a document's number has 4 to 40 letters or digits",
        ));
    }
    let secret = secret(unit, "person").await?;
    Ok(sha256_hex(format!("{secret}\n{plain}").as_bytes()))
}

/// A secret of the port with which fingerprints of one kind are made; made when it is first needed.
pub(crate) async fn secret(unit: &mut Unit<'_>, of: &str) -> Result<String, AppError> {
    match unit.record_body(SECRETS, of).await? {
        Some(body) => serde_json::from_slice::<String>(&body).map_err(|e| AppError::Internal(e.to_string())),
        None => {
            let made = hex::encode(unit.app.random::<32>());
            unit.write_record(SECRETS, of, Some(0), &made)?;
            Ok(made)
        }
    }
}

/// As [`secret`], without making one.
pub(crate) async fn known_secret(app: &App, of: &str) -> Result<Option<String>, AppError> {
    let record = app.store().record(&app.port().code, SECRETS, of).await?;
    record.map(|record| serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(e.to_string()))).transpose()
}

fn joining(unit: &Unit<'_>, kind: SubjectKind, instruction: &str, placed: &Placed, traders: Vec<String>) -> Joining {
    let (checklist, competence) = unit.app.port().joint.checklist(kind, placed.authority);
    Joining {
        organisation: placed.organisation.clone(),
        authority: placed.authority,
        district: placed.district.clone(),
        instruction: instruction.to_owned(),
        inspection: placed.inspection.clone(),
        hold: placed.hold,
        on_arrival: placed.on_arrival,
        checklist,
        competence,
        traders,
    }
}

/// Does a time leave room for an inspection to come: a slot of the site for boxes, and long enough for anything else?
pub(crate) fn bookable(unit: &Unit<'_>, kind: SubjectKind, window: Window) -> bool {
    let from = window.from.max(unit.at());
    match kind {
        SubjectKind::Goods => inspections::first_offered(unit.app, from).plus_hours(inspections::SLOT_HOURS) <= window.to,
        SubjectKind::Ship | SubjectKind::Person => from.plus_hours(VISIT_HOURS) <= window.to,
    }
}

/// Does an order take an instruction of this time, with room left for the inspection in what their times have in common? What has begun needs
/// none.
fn takes(unit: &Unit<'_>, joint: &JointOrder, window: Window) -> bool {
    let common = joint.window.meet(window).filter(|_| joint.takes(window));
    common.is_some_and(|common| joint.is_under_way() || bookable(unit, joint.subject, common))
}

/// Joins the oldest open order about the same thing whose time meets, or proposes one. Returns its id.
async fn meet(unit: &mut Unit<'_>, meeting: &Meeting, id: &str, placed: &Placed) -> Result<String, AppError> {
    let open = open_orders(unit, &meeting.key).await?;
    let own = open.iter().filter(|(_, joint)| joint.participants.contains_key(&placed.organisation)).count();
    let mut full = None;
    for (order, joint) in open.into_iter().filter(|(_, joint)| joint.takes(placed.window)) {
        if !takes(unit, &joint, placed.window) {
            continue;
        }
        let joins = joining(unit, meeting.kind, id, placed, meeting.traders.clone());
        match inspection::decide_join(&joint, &unit.app.port().joint, joins, &meeting.boxes, placed.window) {
            Ok(events) => {
                unit.record::<JointOrder>(&order, events, unit.at()).await?;
                give_back(unit, &order, &joint).await?;
                matched(unit, id, &order).await?;
                return Ok(order);
            }
            Err(refusal) if refusal.code == "joint-order-full-of-own" => full = Some(refusal),
            // An order that cannot take it any more, because somebody's part is written down or it is full, leaves it to another one.
            Err(_) => {}
        }
    }
    if let Some(refusal) = full {
        return Err(refusal.into());
    }
    if own >= OPEN_MAX {
        return Err(AppError::invalid(
            "joint-orders-too-many",
            "/subject",
            format!("本单位就同一对象已参加 {OPEN_MAX} 个未办结的联合查验"),
            format!("your authority takes part in {OPEN_MAX} open joint orders about the same thing"),
        ));
    }
    propose(unit, meeting, id, placed, false).await
}

/// When a joining has taken the time from an order, its place at the site is free again.
async fn give_back(unit: &mut Unit<'_>, order: &str, before: &JointOrder) -> Result<(), AppError> {
    let Some(slot) = before.slot.filter(|_| before.subject == SubjectKind::Goods && !before.apart) else { return Ok(()) };
    if unit.get::<JointOrder>(order).await?.slot.is_some() {
        return Ok(());
    }
    let district = unit.app.port().customs_district.clone();
    inspections::free_place(unit, &district, Some(slot.from), &[order]).await
}

async fn matched(unit: &mut Unit<'_>, id: &str, order: &str) -> Result<(), AppError> {
    let instruction = unit.get::<Instruction>(id).await?;
    let events = inspection::decide_matched(&instruction, Matched { order: order.to_owned() })?;
    unit.record::<Instruction>(id, events, unit.at()).await
}

async fn propose(unit: &mut Unit<'_>, meeting: &Meeting, id: &str, placed: &Placed, apart: bool) -> Result<String, AppError> {
    let order = unit.app.next_id('J', unit.at()).await?;
    let joining = joining(unit, meeting.kind, id, placed, meeting.traders.clone());
    let alone = std::iter::once((&joining.organisation, joining.authority));
    let roles = inspection::roles(&unit.app.port().joint, meeting.kind, alone).ok_or_else(|| AppError::Internal("nobody leads".into()))?;
    let proposed = Proposed {
        subject: meeting.kind,
        key: meeting.key.clone(),
        bill: meeting.bill.clone(),
        call: meeting.call.clone(),
        boxes: meeting.boxes.clone(),
        terminal: meeting.terminal.clone(),
        place: meeting.place.clone(),
        apart,
        window: placed.window,
        joining,
        roles,
    };
    let events = inspection::decide_propose(None, proposed)?;
    unit.record::<JointOrder>(&order, events, unit.at()).await?;
    if !apart {
        note_open(unit, &meeting.key, &order).await?;
    }
    matched(unit, id, &order).await?;
    Ok(order)
}

/// The open orders about a thing, oldest first. Of several who look at once, each finds what the one before left.
async fn open_orders(unit: &mut Unit<'_>, key: &str) -> Result<Vec<(String, JointOrder)>, AppError> {
    let mut open = Vec::new();
    for id in unit.record_held::<Vec<String>>(OPEN, key).await? {
        if let Some(order) = unit.load::<JointOrder>(&id).await?.filter(JointOrder::is_open) {
            open.push((id, order));
        }
    }
    Ok(open)
}

/// Writes down that an order is open about a thing, and forgets those that are not any more.
async fn note_open(unit: &mut Unit<'_>, key: &str, added: &str) -> Result<(), AppError> {
    let mut ids: Vec<String> = open_orders(unit, key).await?.into_iter().map(|(id, _)| id).collect();
    if ids.iter().all(|id| id != added) {
        ids.push(added.to_owned());
    }
    // The version is that of what was read.
    unit.write_record(OPEN, key, None, &ids)
}

/// When the draw orders an inspection, it meets what other authorities want of the same boxes: one order, one opening.
pub(crate) async fn a_drawn_inspection_meets_instructions(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let key = format!("bill/{}", state.bill);
    let window = drawn_window(unit, &state);
    let open = open_orders(unit, &key).await?;
    match open.into_iter().find(|(_, joint)| takes(unit, joint, window)) {
        Some((order, _)) => join_drawn(unit, &order, id).await,
        None => Ok(()),
    }
}

/// The open inspection of a bill's declaration becomes part of the order about its boxes.
async fn bring_drawn(unit: &mut Unit<'_>, order: &str, bill: &str) -> Result<(), AppError> {
    let Some(declaration) = unit.get::<Bill>(bill).await?.declaration else { return Ok(()) };
    let Some(declaration) = unit.load::<Declaration>(&declaration).await? else { return Ok(()) };
    let Some(case) = declaration.case() else { return Ok(()) };
    let Track::Open { reference: Some(id), .. } = &case.inspection else { return Ok(()) };
    let id = id.clone();
    let Some(state) = unit.load::<Inspection>(&id).await? else { return Ok(()) };
    // What is written down already is not opened again for others: they have an order of their own.
    if !state.is_open() || state.joint.is_some() || state.recorded().is_some() {
        return Ok(());
    }
    let window = drawn_window(unit, &state);
    let joint = unit.get::<JointOrder>(order).await?;
    if takes(unit, &joint, window) { join_drawn(unit, order, &id).await } else { Ok(()) }
}

fn drawn_window(unit: &Unit<'_>, state: &Inspection) -> Window {
    let days = i64::from(unit.app.port().joint.drawn_window_days.max(1));
    // An order that is older than that is still to be carried out.
    let to = state.ordered_at.plus_days(days).max(unit.at().plus_days(1));
    Window { from: state.ordered_at.max(to.plus_days(-inspection::WINDOW_DAYS_MAX)), to }
}

async fn join_drawn(unit: &mut Unit<'_>, order: &str, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let Some(organisation) = customs_of(unit.app, &state.district).await? else { return Ok(()) };
    let placed = Placed {
        authority: Authority::Customs,
        organisation,
        district: Some(state.district.clone()),
        subject: Subject::Bill { number: state.bill.clone() },
        window: drawn_window(unit, &state),
        hold: false,
        on_arrival: false,
        seal: None,
        inspection: Some(id.to_owned()),
    };
    let instruction = unit.app.next_id('K', unit.at()).await?;
    let joint = unit.get::<JointOrder>(order).await?;
    let mut traders = vec![state.broker.clone()];
    traders.extend(state.trader.clone());
    let joins = joining(unit, SubjectKind::Goods, &instruction, &placed, traders);
    // The draw never fails for the sake of an order: what cannot join is inspected by itself.
    let Ok(events) = inspection::decide_join(&joint, &unit.app.port().joint, joins, &state.containers, placed.window) else {
        return Ok(());
    };
    let told = inspection::decide_place(None, placed.clone(), unit.at())?;
    unit.record::<Instruction>(&instruction, told, unit.at()).await?;
    unit.record::<JointOrder>(order, events, unit.at()).await?;
    give_back(unit, order, &joint).await?;
    matched(unit, &instruction, order).await?;
    let events = inspection::decide_join_order(&state, inspection::JoinedOrder { order: order.to_owned() })?;
    unit.record::<Inspection>(id, events, unit.at()).await?;
    crate::joint_orders::take_over(unit, order, id).await
}

/// The customs office of a district; the first by id where several share one.
async fn customs_of(app: &App, district: &str) -> Result<Option<String>, AppError> {
    let all = app.organisations().await?;
    Ok(all.into_iter().filter(|o| o.role == Role::Customs && o.district.as_deref() == Some(district)).map(|o| o.id).min())
}

impl App {
    /// Why an instruction was placed and withdrawn. Only for the authority that placed it: whoever else asks is told nothing.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn instruction_reason(&self, ctx: &Context, id: &str) -> Result<InstructionReason, AppError> {
        let (placed, document) = match self.opened(ctx, id).await? {
            Some((text, document)) => (Some(text), document),
            None => (None, None),
        };
        let withdrawn = self.opened(ctx, &withdrawn_key(id)).await?.map(|(text, _)| text);
        let lifted = self.opened(ctx, &lifted_key(id)).await?.map(|(text, _)| text);
        Ok(InstructionReason { placed, document, withdrawn, lifted })
    }

    async fn opened(&self, ctx: &Context, id: &str) -> Result<Option<(String, Option<String>)>, AppError> {
        let Some(record) = self.store().record(&self.port().code, REASONS, id).await? else { return Ok(None) };
        let sealed: SealedReason = serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(e.to_string()))?;
        let district = ctx.principal.district.as_deref().filter(|_| ctx.principal.role == Role::Customs);
        Ok(sealed.open(&ctx.principal.organisation, district).map(|(text, document)| (text.to_owned(), document.map(str::to_owned))))
    }
}
