//! Inspections (查验): ordered by the draw, officers drawn, appointment, box at the site, result.

use async_trait::async_trait;
use clearance::Case;
use inspection::{Appointed, BoxArrived, Excluded, Inspection, OfficerDraw, OfficerReplaced, Ordered, Recorded, ResultReturned, Resulted};
use ledger::Timestamp;
use logistics::{Container, Freed, MovedToInspection, Opened, Slot, Taken, container_id, slot_id};
use manifest::Bill;
use port_call::ShipCall;
use rules::PickRequest;
use serde::Serialize;

use crate::bookings::SlotOffer;
use crate::calls::plausible;
use crate::draw::{Lot, Purpose};
use crate::orders::reason;
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase, draw, images, limits, matching, risk};

/// Length of an inspection slot.
pub const SLOT_HOURS: i64 = 2;
/// First and last slot of a day start at these hours of the port's clock.
const DAY_HOURS: std::ops::Range<i64> = 8..20;

/// Orders the inspection of a declaration and draws its officers. Returns the inspection id.
pub(crate) async fn order(unit: &mut Unit<'_>, declaration_id: &str, case: &Case) -> Result<String, AppError> {
    let bill_no = case.form.bill_no.trim().to_owned();
    let bill = unit.get::<Bill>(&bill_no).await?;
    let call = unit.get::<ShipCall>(&bill.call).await?;
    let id = unit.app.next_id('I', unit.at()).await?;
    let command = Ordered {
        declaration: declaration_id.to_owned(),
        entry_id: case.entry_id.clone(),
        bill: bill_no,
        containers: bill.content.containers.iter().map(|c| container_id(&c.number, &bill.call)).collect(),
        // The box is inspected where it is, by the customs of the port, wherever it was declared (口岸海关实施查验).
        district: unit.app.port().customs_district.clone(),
        site: unit.app.port().inspection_site.clone(),
        terminal: call.terminal,
        broker: case.parties.broker.clone(),
        trader: case.parties.trader.clone(),
        reasons: vec![if case.overridden.as_ref().is_some_and(|overridden| overridden.inspect) { "officer" } else { "random" }.into()],
    };
    let events = inspection::decide_order(None, command)?;
    unit.record::<Inspection>(&id, events, unit.at()).await?;
    draw_officers(unit, &id).await?;
    if unit.app.port().imaging.machine_first {
        images::order_machine(unit, &id, "platform".into(), "机检优先 machine first".into()).await?;
    }
    matching::a_drawn_inspection_meets_instructions(unit, &id).await?;
    Ok(id)
}

/// Draws the officers. A pool that is too small leaves the order without officers; customs sees it and the draw is tried again at the appointment.
async fn draw_officers(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    if state.draw.is_some() {
        return Ok(());
    }
    let count = usize::try_from(unit.app.port().officers_per_inspection).unwrap_or(inspection::OFFICERS_MIN);
    let Some(record) = draw_of(unit, &state, id, count, &[]).await? else { return Ok(()) };
    let events = inspection::decide_officers(&state, record)?;
    unit.record::<Inspection>(id, events, unit.at()).await
}

/// A draw of some officers from those of the district, without the absent ones; `None` when too few are left. `order` names the draw: the
/// inspection's id, with the number of the replacement behind it when it is one.
async fn draw_of(
    unit: &mut Unit<'_>,
    state: &Inspection,
    order: &str,
    count: usize,
    absences: &[rules::Absence],
) -> Result<Option<OfficerDraw>, AppError> {
    let pool = risk::officer_pool(unit.app, &state.district).await?;
    let lot = draw::lot(unit, Purpose::Officers, order).await?;
    let mut parties = vec![state.broker.as_str(), state.terminal.as_str()];
    parties.extend(state.trader.as_deref());
    let request = PickRequest { day: lot.day, order_id: order, mix: &lot.head_root, count, parties: &parties, competences: &[], absences };
    let Ok(picked) = rules::pick_officers(&lot.seed, &request, &pool) else { return Ok(None) };
    let Lot { day_text: day, commitment, head_size, head_root, part, .. } = lot;
    Ok(Some(OfficerDraw {
        day,
        commitment,
        head_size,
        head_root: hex::encode(head_root),
        pool_version: picked.pool_version_hash.to_string(),
        pool: pool.iter().map(|o| o.id.clone()).filter(|id| picked.excluded.iter().all(|e| e.officer_id != *id)).collect(),
        chosen: picked.chosen.clone(),
        excluded: picked.excluded.iter().map(|e| Excluded { officer: e.officer_id.clone(), reason: exclusion(&e.reason) }).collect(),
        part,
    }))
}

fn exclusion(reason: &rules::ExclusionReason) -> String {
    match reason {
        rules::ExclusionReason::Conflict { party } => format!("conflict:{party}"),
        rules::ExclusionReason::Competence { missing } => format!("competence:{missing}"),
        rules::ExclusionReason::Absent { reason } => format!("absent:{reason}"),
    }
}

/// Key under which the slots of an inspection site are kept.
fn site_key(app: &App, district: &str) -> String {
    let site: String = app.port().inspection_site.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("site-{district}-{}", site.to_lowercase())
}

/// Makes the appointment.
#[derive(Clone, Debug, Serialize)]
pub struct AppointInspection {
    /// Inspection id.
    pub id: String,
    /// Start of the slot.
    pub slot_start: Timestamp,
}

#[async_trait]
impl UseCase for AppointInspection {
    const NAME: &'static str = "inspection.appoint";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        offered(unit.app, self.slot_start)?;
        let end = self.slot_start.plus_hours(SLOT_HOURS);
        let appointed =
            Appointed { slot_start: self.slot_start, slot_end: end, site: state.site.clone(), by: unit.ctx.principal.organisation.clone() };
        let events = inspection::decide_appoint(&state, appointed, unit.at())?;
        let former = state.appointment().map(|former| former.start);
        // In a joint order the place at the site is the order's: one opening takes one place.
        let booking = state.joint.clone().unwrap_or_else(|| self.id.clone());
        free_place(unit, &state.district, former, &[&self.id, &booking]).await?;
        take_place(unit, &state.district, self.slot_start, &booking).await?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        draw_officers(unit, &self.id).await?;
        Ok(self.id.clone())
    }
}

/// Is this the start of one of the slots that the site offers?
///
/// # Errors
/// `inspection-slot` when it is not.
pub(crate) fn offered(app: &App, start: Timestamp) -> Result<(), AppError> {
    let (_, _, _, hour, minute, second, ms) = start.civil(app.port().utc_offset_minutes);
    if minute != 0 || second != 0 || ms != 0 || !DAY_HOURS.contains(&i64::from(hour)) || hour % 2 != 0 {
        return Err(AppError::invalid("inspection-slot", "/slot_start", "请选择提供的时段", "choose one of the slots offered"));
    }
    Ok(())
}

/// The start of the first slot of the site that does not begin before this instant.
pub(crate) fn first_offered(app: &App, from: Timestamp) -> Timestamp {
    let midnight = from.day_start(app.port().utc_offset_minutes);
    let slots = |day: i64| DAY_HOURS.step_by(2).map(move |hour| midnight.plus_days(day).plus_hours(hour));
    slots(0).chain(slots(1)).find(|start| *start >= from).unwrap_or_else(|| midnight.plus_days(1).plus_hours(DAY_HOURS.start))
}

/// Gives back the place that one of these held in a slot of the site.
pub(crate) async fn free_place(unit: &mut Unit<'_>, district: &str, start: Option<Timestamp>, bookings: &[&str]) -> Result<(), AppError> {
    let Some(start) = start else { return Ok(()) };
    let id = slot_id(&site_key(unit.app, district), start, unit.app.port().utc_offset_minutes);
    for booking in bookings {
        if let Some(slot) = unit.load::<Slot>(&id).await?.filter(|slot| slot.bookings.contains(*booking)) {
            let freed = logistics::decide_free_slot(&slot, Freed { booking: (*booking).to_owned() })?;
            unit.record::<Slot>(&id, freed, unit.at()).await?;
        }
    }
    Ok(())
}

/// Takes a place in a slot of the site unless this booking holds one; nothing when there is none left or the slot has begun.
pub(crate) async fn keep_place(unit: &mut Unit<'_>, district: &str, start: Timestamp, booking: &str) -> Result<(), AppError> {
    let id = slot_id(&site_key(unit.app, district), start, unit.app.port().utc_offset_minutes);
    let Some(slot) = unit.load::<Slot>(&id).await?.filter(|slot| !slot.bookings.contains(booking)) else { return Ok(()) };
    match logistics::decide_take_slot(&slot, Taken { booking: booking.to_owned() }, unit.at()) {
        Ok(taken) => unit.record::<Slot>(&id, taken, unit.at()).await,
        Err(_) => Ok(()),
    }
}

/// Takes a place in a slot of the site. Two who take the last one at once: the store lets one of them be second, who finds it full.
pub(crate) async fn take_place(unit: &mut Unit<'_>, district: &str, start: Timestamp, booking: &str) -> Result<(), AppError> {
    let key = site_key(unit.app, district);
    let slot = slot_id(&key, start, unit.app.port().utc_offset_minutes);
    if unit.load::<Slot>(&slot).await?.is_none() {
        let end = start.plus_hours(SLOT_HOURS);
        let opened = Opened { terminal: key, start, end, capacity: unit.app.port().inspection_capacity };
        let events = logistics::decide_open_slot(None, opened)?;
        unit.record::<Slot>(&slot, events, unit.at()).await?;
    }
    let taken = logistics::decide_take_slot(&unit.get::<Slot>(&slot).await?, Taken { booking: booking.to_owned() }, unit.at())?;
    unit.record::<Slot>(&slot, taken, unit.at()).await
}

/// Cancels an open inspection: its place at the site is free again. The boxes go back by a reaction.
pub(crate) async fn cancel(unit: &mut Unit<'_>, id: &str, reason: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let by = unit.ctx.principal.id.clone();
    let events = inspection::decide_cancel(&state, inspection::Cancelled { reason: reason.to_owned(), by })?;
    // What a joint order booked is the order's.
    free_place(unit, &state.district, state.appointment().map(|appointment| appointment.start), &[id]).await?;
    unit.record::<Inspection>(id, events, unit.at()).await
}

/// The terminal has moved a box to the site.
#[derive(Clone, Debug, Serialize)]
pub struct PresentBox {
    /// Inspection id.
    pub id: String,
    /// Container id or number.
    pub container: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for PresentBox {
    const NAME: &'static str = "inspection.present";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let at = plausible(self.at, unit.at(), "/at")?;
        let number = logistics::container_number(&self.container);
        let container = state.containers.iter().find(|id| **id == self.container || logistics::container_number(id) == number).cloned();
        let container = container.unwrap_or_else(|| self.container.clone());
        let events = inspection::decide_box_arrived(&state, BoxArrived { container: container.clone(), at })?;
        let known = unit.get::<Container>(&container).await?;
        let moved = logistics::decide_move_to_inspection(&known, MovedToInspection { site: state.site.clone() })?;
        unit.record::<Container>(&container, moved, at).await?;
        unit.record::<Inspection>(&self.id, events, at).await?;
        Ok(self.id.clone())
    }
}

/// One of the drawn officers writes the result down (录入查验结果); it is the result once another has confirmed it.
#[derive(Clone, Debug, Serialize)]
pub struct RecordResult {
    /// Inspection id.
    pub id: String,
    /// Result.
    pub result: Resulted,
}

#[async_trait]
impl UseCase for RecordResult {
    const NAME: &'static str = "inspection.result";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        crate::joint_orders::may_begin(unit, &state).await?;
        limits::optional(self.result.seal_new.as_ref(), "/result/seal_new", limits::SHORT_TEXT_MAX)?;
        let recorded = Recorded { result: self.result.clone(), by: unit.ctx.principal.id.clone() };
        let events = inspection::decide_record(&state, recorded)?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The other officer who was there confirms the result (复核).
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmResult {
    /// Inspection id.
    pub id: String,
}

#[async_trait]
impl UseCase for ConfirmResult {
    const NAME: &'static str = "inspection.confirm";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let events = inspection::decide_confirm(&state, &unit.ctx.principal.id)?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// A drawn officer does not confirm what was written down, or takes it back (退回重录).
#[derive(Clone, Debug, Serialize)]
pub struct ReturnResult {
    /// Inspection id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for ReturnResult {
    const NAME: &'static str = "inspection.return-result";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let returned = ResultReturned { why: reason(&self.reason)?, by: unit.ctx.principal.id.clone() };
        let events = inspection::decide_return_result(&state, returned)?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An officer who was not drawn has another one drawn for a drawn officer who cannot come: leave, conflict of interest (补抽).
#[derive(Clone, Debug, Serialize)]
pub struct ReplaceOfficer {
    /// Inspection id.
    pub id: String,
    /// Who cannot come, user id.
    pub officer: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for ReplaceOfficer {
    const NAME: &'static str = "inspection.replace-officer";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.id).await?;
        let why = reason(&self.reason)?;
        let by = unit.ctx.principal.id.clone();
        // A key acts for an office, not for a person: nobody would answer for the choice.
        if unit.ctx.principal.system {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        inspection::check_replacement(&state, &self.officer, &by)?;
        let absent = |officer: &str, reason: &str| rules::Absence { officer_id: officer.to_owned(), reason: reason.to_owned() };
        let mut absences: Vec<rules::Absence> = inspection::drawn_ever(&state).into_iter().map(|o| absent(o, "drawn-before")).collect();
        if absences.iter().all(|absence| absence.officer_id != by) {
            absences.push(absent(&by, "orders-replacement"));
        }
        let order = format!("{}/{}", self.id, state.replaced.len() + 1);
        let Some(draw) = draw_of(unit, &state, &order, 1, &absences).await? else {
            return Err(AppError::Refused(ledger::Refusal::new(
                "inspection-pool-exhausted",
                Self::NAME,
                ledger::Aggregate::status(&state),
                "人员库中没有其他可抽取的查验人员。",
                "Nobody else of the pool may be drawn.",
            )));
        };
        let events = inspection::decide_replace_officer(&state, OfficerReplaced { officer: self.officer.clone(), why, by, draw })?;
        unit.record::<Inspection>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl App {
    /// The slots of the inspection site of a district on a day.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn inspection_slots(&self, ctx: &Context, day_start: Timestamp) -> Result<Vec<SlotOffer>, AppError> {
        self.rights().require(&ctx.principal, "slot.read", &Resource::own("slot"))?;
        let offset = self.port().utc_offset_minutes;
        let key = site_key(self, &self.port().customs_district);
        let starts: Vec<Timestamp> = DAY_HOURS.step_by(2).map(|hour| day_start.plus_hours(hour)).collect();
        let known = self.peek_many::<Slot>(starts.iter().map(|start| slot_id(&key, *start, offset))).await?;
        Ok(starts
            .into_iter()
            .map(|start| {
                let slot = known.get(&slot_id(&key, start, offset));
                SlotOffer {
                    start,
                    end: start.plus_hours(SLOT_HOURS),
                    capacity: slot.map_or(self.port().inspection_capacity, |s| s.capacity),
                    taken: slot.map_or(0, |s| u32::try_from(s.bookings.len()).unwrap_or(u32::MAX)),
                }
            })
            .collect())
    }
}
