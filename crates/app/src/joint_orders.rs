//! Joint orders (联合查验): time, place at the site, opening, each authority's part, the shared result, the follow-up (INS-01, SHP-05).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use inspection::{
    Answer, Answered, Appointed, BoxArrived, BoxCame, BoxOpened, Checked, Closed, Concluded, FollowedUp, Inspection, JointOrder,
    JointPhase, NoPresenceAgreed, Part, PartFacts, PartRecorded, Scheduled, SubjectKind, Window,
};
use ledger::{Aggregate, Refusal, Timestamp};
use logistics::{Container, MovedToInspection, container_number};
use port_call::{CallPhase, ShipCall};
use serde::Serialize;

use crate::calls::plausible;
use crate::inspections::{self, SLOT_HOURS, free_place, take_place};
use crate::{AppError, Role, Unit, UseCase, limits, matching};

/// The participant for whom somebody acts: its organisation's, or its district's where several offices of customs share one.
pub fn acts_for(principal: &crate::Principal, order: &JointOrder) -> String {
    if order.participants.contains_key(&principal.organisation) || principal.role != Role::Customs {
        return principal.organisation.clone();
    }
    let of_district = order.participants.iter().find(|(_, one)| one.district.is_some() && one.district == principal.district);
    of_district.map_or_else(|| principal.organisation.clone(), |(id, _)| id.clone())
}

/// Does the order need a place at the inspection site?
fn needs_place(order: &JointOrder) -> bool {
    order.subject == SubjectKind::Goods && !order.apart
}

fn district(unit: &Unit<'_>) -> String {
    unit.app.port().customs_district.clone()
}

/// The lead proposes the time, and takes a place at the site for boxes; everybody else is asked.
#[derive(Clone, Debug, Serialize)]
pub struct ScheduleJointOrder {
    /// Order id.
    pub id: String,
    /// Start; of a slot of the site, for boxes.
    pub slot_start: Timestamp,
}

#[async_trait]
impl UseCase for ScheduleJointOrder {
    const NAME: &'static str = "joint-order.schedule";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        let organisation = acts_for(&unit.ctx.principal, &state);
        let slot_end = self.slot_start.plus_hours(SLOT_HOURS);
        let command = Scheduled { slot_start: self.slot_start, slot_end, organisation };
        let over = !matching::bookable(unit, state.subject, state.window);
        let events = inspection::decide_schedule(&state, command, unit.at(), over)?;
        if needs_place(&state) {
            inspections::offered(unit.app, self.slot_start)?;
            let district = district(unit);
            free_place(unit, &district, state.slot.map(|slot| slot.from), &[&self.id]).await?;
            for id in inspections_of(&state) {
                let drawn = unit.get::<Inspection>(&id).await?;
                // One that cannot be moved any more keeps its place.
                let moved = appointed(unit, &drawn, Window { from: self.slot_start, to: slot_end });
                if inspection::decide_appoint(&drawn, moved, unit.at()).is_ok() {
                    free_place(unit, &district, drawn.appointment().map(|former| former.start), &[&self.id, &id]).await?;
                }
            }
            take_place(unit, &district, self.slot_start, &self.id).await?;
        }
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        // The drawn inspection is at the same time: it is the same opening.
        for id in inspections_of(&state) {
            appoint_with(unit, &self.id, &id).await?;
        }
        Ok(self.id.clone())
    }
}

fn inspections_of(order: &JointOrder) -> Vec<String> {
    order.participants.values().filter_map(|one| one.inspection.clone()).collect()
}

fn appointed(unit: &Unit<'_>, state: &Inspection, slot: Window) -> Appointed {
    Appointed { slot_start: slot.from, slot_end: slot.to, site: state.site.clone(), by: unit.ctx.principal.organisation.clone() }
}

/// Moves the appointment of the drawn inspection to the time of the order, where it still can be moved.
async fn appoint_with(unit: &mut Unit<'_>, order: &str, id: &str) -> Result<(), AppError> {
    let Some(slot) = unit.get::<JointOrder>(order).await?.slot else { return Ok(()) };
    let state = unit.get::<Inspection>(id).await?;
    if state.appointment().is_some_and(|appointment| appointment.start == slot.from) {
        return Ok(());
    }
    if let Ok(events) = inspection::decide_appoint(&state, appointed(unit, &state, slot), unit.at()) {
        unit.record::<Inspection>(id, events, unit.at()).await?;
    }
    Ok(())
}

/// A participant confirms the time, declines, or asks for another.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerJointOrder {
    /// Order id.
    pub id: String,
    /// What it says.
    pub answer: Answer,
}

#[async_trait]
impl UseCase for AnswerJointOrder {
    const NAME: &'static str = "joint-order.answer";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        let organisation = acts_for(&unit.ctx.principal, &state);
        let command = Answered { organisation, answer: self.answer.clone(), by: unit.ctx.principal.id.clone() };
        let events = inspection::decide_answer(&state, command)?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The consignee or its agent agrees that the boxes are inspected without it; the event with who and when is the evidence (无需到场).
#[derive(Clone, Debug, Serialize)]
pub struct AgreeNoPresence {
    /// Order id.
    pub id: String,
}

#[async_trait]
impl UseCase for AgreeNoPresence {
    const NAME: &'static str = "joint-order.agree-no-presence";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        let principal = &unit.ctx.principal;
        let command = NoPresenceAgreed { organisation: principal.organisation.clone(), by: principal.id.clone() };
        let events = inspection::decide_no_presence(&state, command)?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The terminal has moved a box to the site.
#[derive(Clone, Debug, Serialize)]
pub struct PresentJointBox {
    /// Order id.
    pub id: String,
    /// Container id or number.
    pub container: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for PresentJointBox {
    const NAME: &'static str = "joint-order.present";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        let at = plausible(self.at, unit.at(), "/at")?;
        let container = named(&state, &self.container);
        let events = inspection::decide_box_came(&state, BoxCame { container: container.clone(), at })?;
        let known = unit.get::<Container>(&container).await?;
        let moved = logistics::decide_move_to_inspection(&known, MovedToInspection { site: state.place.clone() })?;
        unit.record::<Container>(&container, moved, at).await?;
        unit.record::<JointOrder>(&self.id, events, at).await?;
        for id in inspections_of(&state) {
            present_with(unit, &id, &container, at).await?;
        }
        Ok(self.id.clone())
    }
}

/// The box that an order means by a number or an id; what it does not know is left as it is.
fn named(order: &JointOrder, text: &str) -> String {
    let number = container_number(text);
    let known = order.boxes.iter().find(|id| *id == text || container_number(id) == number);
    known.cloned().unwrap_or_else(|| text.to_owned())
}

async fn present_with(unit: &mut Unit<'_>, id: &str, container: &str, at: Timestamp) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    if let Ok(events) = inspection::decide_box_arrived(&state, BoxArrived { container: container.to_owned(), at }) {
        unit.record::<Inspection>(id, events, at).await?;
        inspections::queue(unit, id, container).await?;
        inspections::draw_officers(unit, id).await?;
    }
    Ok(())
}

/// The lead opens a box, once for everybody (开箱).
#[derive(Clone, Debug, Serialize)]
pub struct OpenBox {
    /// Order id.
    pub id: String,
    /// Container id or number.
    pub container: String,
}

#[async_trait]
impl UseCase for OpenBox {
    const NAME: &'static str = "joint-order.open";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        person(unit, Self::NAME)?;
        let organisation = acts_for(&unit.ctx.principal, &state);
        let container = named(&state, &self.container);
        let command = BoxOpened { container, organisation, by: unit.ctx.principal.id.clone() };
        let events = inspection::decide_open(&state, command)?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// What an office's system cannot stand for: somebody was there and saw it.
pub(crate) fn person(unit: &Unit<'_>, action: &'static str) -> Result<(), AppError> {
    if unit.ctx.principal.system { Err(AppError::Forbidden { action }) } else { Ok(()) }
}

/// An authority writes down its part of the result.
#[derive(Clone, Debug, Serialize)]
pub struct RecordPart {
    /// Order id.
    pub id: String,
    /// Its checklist, item by item.
    pub checks: Vec<Checked>,
    /// Nothing was found.
    pub clean: bool,
    /// What was found, for every authority of the order.
    pub note: String,
    /// Officers who were there, user ids; whoever writes among them.
    pub officers: Vec<String>,
}

#[async_trait]
impl UseCase for RecordPart {
    const NAME: &'static str = "joint-order.record";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        person(unit, Self::NAME)?;
        let events = decided_part(unit, &state, (&self.checks, self.clean), &self.note, &self.officers).await?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// What the rules say to an authority's part: its checklist with whether it is clean, what was found, and who was there.
pub(crate) async fn decided_part(
    unit: &mut Unit<'_>,
    state: &JointOrder,
    (checks, clean): (&[Checked], bool),
    note: &str,
    officers: &[String],
) -> Result<Vec<inspection::JointOrderEvent>, AppError> {
    limits::rows(officers.len(), inspection::PART_OFFICERS_MAX, "/officers")?;
    let organisation = acts_for(&unit.ctx.principal, state);
    let mut competences = BTreeSet::new();
    for id in officers {
        let user = unit.app.user(id).await?.filter(|user| !user.disabled && user.organisation == unit.ctx.principal.organisation);
        // Whoever writes has proved who they are, by a session of their own.
        if user.is_none() && *id != unit.ctx.principal.id {
            return Err(AppError::invalid(
                "joint-order-officers",
                "/officers",
                format!("{id} 不是本单位人员"),
                format!("{id} is not of your authority"),
            ));
        }
        competences.extend(user.and_then(|user| user.officer).into_iter().flat_map(|officer| officer.competences));
    }
    let ship_in_port = match &state.call {
        Some(call) => unit.load::<ShipCall>(call).await?.is_some_and(|call| matches!(call.phase, CallPhase::Arrived { .. })),
        None => false,
    };
    let part = Part {
        checks: checks.to_vec(),
        clean,
        note: note.trim().to_owned(),
        officers: officers.to_vec(),
        by: unit.ctx.principal.id.clone(),
        at: unit.at(),
    };
    let facts = PartFacts { competences, ship_in_port, from_inspection: false };
    Ok(inspection::decide_part(state, PartRecorded { organisation, part }, &facts)?)
}

/// The lead gives the shared result: one answer for trader, terminal and authorities.
#[derive(Clone, Debug, Serialize)]
pub struct ConcludeJointOrder {
    /// Order id.
    pub id: String,
    /// Disposition code.
    pub disposition: String,
    /// Report.
    pub findings: String,
    /// New seals of the boxes that were opened, by container number or id.
    pub seals: BTreeMap<String, String>,
}

#[async_trait]
impl UseCase for ConcludeJointOrder {
    const NAME: &'static str = "joint-order.conclude";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        person(unit, Self::NAME)?;
        limits::rows(self.seals.len(), inspection::INSPECTION_CONTAINERS_MAX, "/seals")?;
        let seals = self.seals.iter().map(|(container, seal)| (named(&state, container), seal.trim().to_owned())).collect();
        let command = Concluded {
            disposition: self.disposition.trim().to_owned(),
            findings: self.findings.trim().to_owned(),
            seals,
            organisation: acts_for(&unit.ctx.principal, &state),
            by: unit.ctx.principal.id.clone(),
        };
        let events = inspection::decide_conclude(&state, command)?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// A step of the follow-up (后续处置).
#[derive(Clone, Debug, Serialize)]
pub struct FollowUpJointOrder {
    /// Order id.
    pub id: String,
    /// What was done.
    pub note: String,
    /// What the own authority had found is settled.
    pub settled: bool,
}

#[async_trait]
impl UseCase for FollowUpJointOrder {
    const NAME: &'static str = "joint-order.follow-up";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        if self.settled {
            person(unit, Self::NAME)?;
        }
        let command = FollowedUp {
            note: crate::orders::reason(&self.note)?,
            organisation: acts_for(&unit.ctx.principal, &state),
            settled: self.settled,
            by: unit.ctx.principal.id.clone(),
        };
        let events = inspection::decide_follow_up(&state, command)?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The follow-up ends, with the goods released or not (办结).
#[derive(Clone, Debug, Serialize)]
pub struct CloseJointOrder {
    /// Order id.
    pub id: String,
    /// Disposition code with which it ends.
    pub disposition: String,
    /// What was done.
    pub note: String,
}

#[async_trait]
impl UseCase for CloseJointOrder {
    const NAME: &'static str = "joint-order.close";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<JointOrder>(Self::NAME, &self.id).await?;
        person(unit, Self::NAME)?;
        let organisation = acts_for(&unit.ctx.principal, &state);
        let command = Closed {
            disposition: self.disposition.trim().to_owned(),
            note: crate::orders::reason(&self.note)?,
            by: unit.ctx.principal.id.clone(),
        };
        let events = inspection::decide_close(&state, &organisation, command)?;
        unit.record::<JointOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// A drawn inspection does not begin before every authority of its joint order has answered.
///
/// # Errors
/// `joint-order-not-confirmed`.
pub(crate) async fn may_begin(unit: &mut Unit<'_>, state: &Inspection) -> Result<(), AppError> {
    let Some(order) = &state.joint else { return Ok(()) };
    let joint = unit.get::<JointOrder>(order).await?;
    if joint.phase != JointPhase::Proposed {
        return Ok(());
    }
    Err(AppError::Refused(Refusal::new(
        "joint-order-not-confirmed",
        "inspection.record-result",
        state.status(),
        format!("联合查验 {order} 尚有单位未确认时间。"),
        format!("Somebody has not confirmed the time of joint order {order}."),
    )))
}

/// A drawn inspection and the order it joins know the same: the time, and which boxes are at the site.
pub(crate) async fn take_over(unit: &mut Unit<'_>, order: &str, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    for (container, at) in &state.arrived {
        let joint = unit.get::<JointOrder>(order).await?;
        if let Ok(events) = inspection::decide_box_came(&joint, BoxCame { container: container.clone(), at: *at }) {
            unit.record::<JointOrder>(order, events, *at).await?;
        }
    }
    let joint = unit.get::<JointOrder>(order).await?;
    match (joint.slot, state.appointment()) {
        (Some(_), _) => appoint_with(unit, order, id).await?,
        (None, Some(appointment)) => {
            scheduled_by_inspection(unit, order, id, appointment.start, appointment.end, OnRefusal::Ignore).await?;
        }
        (None, None) => {}
    }
    for (container, at) in &joint.arrived {
        present_with(unit, id, container, *at).await?;
    }
    Ok(())
}

/// What a refused time of the order means for whoever set it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnRefusal {
    /// Nothing: the lead proposes another.
    Ignore,
    /// It is refused as well.
    Refuse,
}

/// The time of the drawn inspection is the time of the order.
pub(crate) async fn scheduled_by_inspection(
    unit: &mut Unit<'_>,
    order: &str,
    id: &str,
    start: Timestamp,
    end: Timestamp,
    on_refusal: OnRefusal,
) -> Result<(), AppError> {
    let joint = unit.get::<JointOrder>(order).await?;
    if joint.slot.is_some_and(|slot| slot.from == start) {
        return Ok(());
    }
    let Some((organisation, _)) = joint.of_inspection(id) else { return Ok(()) };
    let command = Scheduled { slot_start: start, slot_end: end, organisation: organisation.clone() };
    let over = !matching::bookable(unit, joint.subject, joint.window);
    match inspection::decide_schedule(&joint, command, unit.at(), over) {
        Ok(events) => unit.record::<JointOrder>(order, events, unit.at()).await,
        Err(_) if on_refusal == OnRefusal::Ignore => Ok(()),
        Err(refusal) => Err(refusal.into()),
    }
}
