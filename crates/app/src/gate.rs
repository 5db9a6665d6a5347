//! The gate (闸口): decides from release, delivery order, booking and time; writes every decision down; issues the receipt on exit.

use async_trait::async_trait;
use ledger::{Timestamp, WorkRow};
use logistics::{
    Booking, BookingCompleted, BookingGatedIn, Container, DAMAGES_MAX, Damage, DeliveryOrder, Direction, Eir, EirIssued, GateBooking,
    GateBox, GateFacts, GateOrder, GateReason, GateRecord, GateTransaction, GatedIn, GatedOut, PHOTOS_MAX, Panel, PanelCondition, Place,
    Redeemed, decide_gate,
};
use serde::{Deserialize, Serialize};

use crate::calls::plausible;
use crate::discharge::normal;
use crate::orders::verification_code;
use crate::reading::{ListQuery, Seen};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, limits};

/// How late a gate may report what it decided while it was cut off. The time told decides whether the truck was in its window.
pub const GATE_REPORT_HOURS_MAX: i64 = 24;

/// Kinds of photos taken.
const PHOTO_TYPES: [&str; 2] = ["image/png", "image/jpeg"];
/// Bytes of a photo.
pub const PHOTO_BYTES_MAX: usize = 5 << 20;

/// A truck stands at the gate.
#[derive(Clone, Debug, Serialize)]
pub struct DecideGate {
    /// Way in or out.
    pub direction: Direction,
    /// Lane.
    pub lane: String,
    /// Plate read.
    pub plate: String,
    /// Container number told (in) or read (out).
    pub container: String,
    /// Seal read, on the way out.
    pub seal: Option<String>,
    /// Damages noted, on the way out.
    pub damages: Vec<Damage>,
    /// Photos taken, on the way out: hashes of images uploaded before.
    pub photos: Vec<String>,
    /// When, if reported later.
    pub at: Option<Timestamp>,
}

/// What the gate decided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GateOutcomeView {
    /// Gate transaction id.
    pub id: String,
    /// Every reason against it; empty when it passes.
    pub reasons: Vec<GateReason>,
    /// Interchange receipt, on exit.
    pub eir: Option<String>,
    /// Booking found.
    pub booking: Option<String>,
}

#[async_trait]
impl UseCase for DecideGate {
    const NAME: &'static str = "gate.decide";
    type Outcome = GateOutcomeView;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<GateOutcomeView, AppError> {
        unit.authorise(Self::NAME, &Resource::own("gate-transaction"))?;
        let at = plausible(self.at.unwrap_or_else(|| unit.at()), unit.at(), "/at")?;
        if at < unit.at().plus_hours(-GATE_REPORT_HOURS_MAX) {
            return Err(AppError::invalid(
                "gate-time-old",
                "/at",
                "闸口作业须在 24 小时内上报",
                "a gate transaction is reported within 24 hours",
            ));
        }
        for (text, pointer) in [(&self.plate, "/plate"), (&self.container, "/container"), (&self.lane, "/lane")] {
            if text.trim().is_empty() || text.chars().count() > 32 {
                return Err(AppError::invalid("gate-field", pointer, "须填写 1 至 32 个字符", "1 to 32 characters are needed"));
            }
        }
        limits::optional(self.seal.as_ref(), "/seal", limits::SHORT_TEXT_MAX)?;
        limits::rows(self.damages.len(), DAMAGES_MAX, "/damages")?;
        for (index, damage) in self.damages.iter().enumerate() {
            limits::text(&damage.component, &format!("/damages/{index}/component"), limits::SHORT_TEXT_MAX)?;
            limits::optional(damage.responsible.as_ref(), &format!("/damages/{index}/responsible"), limits::SHORT_TEXT_MAX)?;
        }
        limits::rows(self.photos.len(), PHOTOS_MAX, "/photos")?;
        for (index, photo) in self.photos.iter().enumerate() {
            is_photo(unit, photo, "eir-photo-kind", &format!("/photos/{index}")).await?;
        }
        let number = normal(&self.container);
        let own =
            |container: &Container| unit.ctx.principal.role == Role::Platform || container.terminal == unit.ctx.principal.organisation;
        // A box in another terminal's yard is as unknown at this gate as one that does not exist.
        let found = find(unit.app, unit.ctx, &number).await?.filter(|(_, container)| own(container));
        let found = match found {
            // Read inside this unit of work, so that a change in between is noticed.
            Some((id, _)) => unit.load::<Container>(&id).await?.map(|container| (id, container)),
            None => None,
        };
        let (facts, booking_id, trucker) = facts(unit, &self.plate, &number, found.as_ref()).await?;
        let decision = decide_gate(&facts, self.direction, at);
        self.write_down(unit, found, decision, booking_id, trucker, at).await
    }
}

impl DecideGate {
    async fn write_down(
        &self,
        unit: &mut Unit<'_>,
        found: Option<(String, Container)>,
        decision: logistics::GateDecision,
        booking_id: Option<String>,
        trucker: Option<String>,
        at: Timestamp,
    ) -> Result<GateOutcomeView, AppError> {
        // A box that is found is in the asker's own yard; the platform asks for the yard in which it stands.
        let terminal = found.as_ref().map_or_else(|| unit.ctx.principal.organisation.clone(), |(_, container)| container.terminal.clone());
        let id = unit.app.next_id('X', unit.at()).await?;
        let passes_out = decision.passes() && self.direction == Direction::Out;
        let eir = if passes_out { Some(unit.app.next_id('E', unit.at()).await?) } else { None };
        let record = GateRecord {
            direction: self.direction,
            terminal,
            lane: self.lane.trim().to_owned(),
            plate: self.plate.trim().to_uppercase(),
            container: found.as_ref().map(|(id, _)| id.clone()),
            booking: booking_id.clone(),
            trucker,
            at,
        };
        let events = logistics::decide_record_gate(None, record.clone(), &decision, eir.clone())?;
        unit.record::<GateTransaction>(&id, events, at).await?;
        if decision.passes()
            && let (Some((container_id, container)), Some(booking)) = (&found, &booking_id)
        {
            match self.direction {
                Direction::In => enter(unit, &id, container_id, container, booking, &record.plate, at).await?,
                Direction::Out => {
                    let eir = eir.clone().unwrap_or_default();
                    self.leave(unit, &Exit { id: &id, container_id, container, booking, eir: &eir, plate: &record.plate, at }).await?;
                }
            }
        }
        Ok(GateOutcomeView { id, reasons: decision.reasons, eir, booking: booking_id })
    }
}

struct Exit<'a> {
    id: &'a str,
    container_id: &'a str,
    container: &'a Container,
    booking: &'a str,
    eir: &'a str,
    plate: &'a str,
    at: Timestamp,
}

impl DecideGate {
    async fn leave(&self, unit: &mut Unit<'_>, exit: &Exit<'_>) -> Result<(), AppError> {
        let booking = unit.get::<Booking>(exit.booking).await?;
        let seal = self.seal.clone().or_else(|| exit.container.seal.clone());
        let out =
            GatedOut { gate_transaction: exit.id.to_owned(), plate: exit.plate.to_owned(), seal: seal.clone(), eir: exit.eir.to_owned() };
        let events = logistics::decide_gated_out(exit.container, out)?;
        let order = exit.container.order.as_ref().map(|o| o.id.clone()).unwrap_or_default();
        let order_state = unit.get::<DeliveryOrder>(&order).await?;
        let redeemed = Redeemed { container: exit.container_id.to_owned(), gate_transaction: exit.id.to_owned() };
        let redeemed = logistics::decide_redeem(&order_state, redeemed)?;
        let completed = logistics::decide_booking_complete(&booking, BookingCompleted { gate_transaction: exit.id.to_owned() })?;
        let issued = self.receipt(unit.app, exit, &booking, seal);
        let issued = logistics::decide_issue_eir(None, issued)?;
        unit.record::<Eir>(exit.eir, issued, exit.at).await?;
        unit.record::<Container>(exit.container_id, events, exit.at).await?;
        unit.record::<DeliveryOrder>(&order, redeemed, exit.at).await?;
        unit.record::<Booking>(exit.booking, completed, exit.at).await
    }

    fn receipt(&self, app: &App, exit: &Exit<'_>, booking: &Booking, seal: Option<String>) -> EirIssued {
        let damaged = |panel: Panel| self.damages.iter().any(|damage| damage.location == panel);
        EirIssued {
            container: exit.container_id.to_owned(),
            size_type: exit.container.size_type.clone(),
            direction: Direction::Out,
            operation: "提重".into(),
            plate: exit.plate.to_owned(),
            driver: booking.driver.name.clone(),
            trucker: booking.trucker.clone(),
            terminal: exit.container.terminal.clone(),
            bill: exit.container.bill.clone(),
            call: exit.container.call.clone(),
            gate_transaction: exit.id.to_owned(),
            seal,
            condition: Panel::ALL.map(|panel| PanelCondition { panel, sound: !damaged(panel) }).to_vec(),
            damages: self.damages.clone(),
            photos: self.photos.clone(),
            at: exit.at,
            code: verification_code(app),
        }
    }
}

/// Is this an image that the asker uploaded? Another kind of file is refused with the code of who asks.
pub(crate) async fn is_photo(unit: &Unit<'_>, sha256: &str, code: &'static str, pointer: &str) -> Result<(), AppError> {
    let uploaded = unit.app.uploaded(sha256, &unit.ctx.principal.organisation).await?;
    let kept = if uploaded { unit.app.store().blob(&unit.app.port().code, sha256).await? } else { None };
    match kept {
        None => Err(AppError::invalid("attachment-unknown", pointer, "没有这个附件，请先上传", "no such attachment; upload it first")),
        Some((media_type, bytes)) if PHOTO_TYPES.contains(&media_type.as_str()) && bytes.len() <= PHOTO_BYTES_MAX => Ok(()),
        Some(_) => {
            Err(AppError::invalid(code, pointer, "照片须为 PNG 或 JPEG，不超过 5 MiB", "a photo is a PNG or JPEG image of 5 MiB at most"))
        }
    }
}

impl App {
    /// A photo of a receipt, counted from 1, for whoever may read the receipt: media type and bytes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none, or the receipt may not be read.
    pub async fn eir_photo(&self, ctx: &Context, eir: &str, number: usize) -> Result<(String, Vec<u8>), AppError> {
        let seen = self.view::<Eir>(ctx, "eir.read", eir).await?;
        let not_found = || AppError::NotFound { kind: "photo", id: format!("{eir}/{number}") };
        let sha256 = number.checked_sub(1).and_then(|at| seen.state.photos.get(at)).ok_or_else(not_found)?;
        self.store().blob(&self.port().code, sha256).await?.ok_or_else(not_found)
    }
}

async fn enter(
    unit: &mut Unit<'_>,
    id: &str,
    container_id: &str,
    container: &Container,
    booking: &str,
    plate: &str,
    at: Timestamp,
) -> Result<(), AppError> {
    let state = unit.get::<Booking>(booking).await?;
    let in_events = logistics::decide_gated_in(container, GatedIn { booking: booking.to_owned(), plate: plate.to_owned() })?;
    let booking_events = logistics::decide_booking_gated_in(&state, BookingGatedIn { gate_transaction: id.to_owned() })?;
    unit.record::<Container>(container_id, in_events, at).await?;
    unit.record::<Booking>(booking, booking_events, at).await
}

/// Lane of what a terminal's own gate reports by message.
const REPORTED_LANE: &str = "EDI";

/// A terminal's own gate let a truck pass (CODECO). When everything was in order here too, it is written down as if the platform had
/// decided it; otherwise nothing is, and the reasons come back. A box that is gone, or on its truck, is so already: nothing stands against it.
pub(crate) async fn passed_elsewhere(
    unit: &mut Unit<'_>,
    container_id: &str,
    direction: Direction,
    plate: Option<&str>,
    seal: Option<String>,
    at: Timestamp,
) -> Result<Vec<GateReason>, AppError> {
    let container = unit.get::<Container>(container_id).await?;
    match (&container.place, direction) {
        (Place::Gone { .. }, _) | (Place::OnTruck { .. }, Direction::In) => return Ok(Vec::new()),
        (
            Place::OnBoard | Place::Yard { .. } | Place::InspectionSite { .. } | Place::OnTruck { .. } | Place::Shipped { .. },
            Direction::In | Direction::Out,
        ) => {}
    }
    if at < unit.at().plus_hours(-GATE_REPORT_HOURS_MAX) {
        return Ok(vec![GateReason::OutsideWindow]);
    }
    // A report that names no plate means the truck that was booked.
    let booked = match &container.booking {
        Some(booking) => unit.load::<Booking>(booking).await?.map(|booking| booking.plate),
        None => None,
    };
    let Some(plate) = plate.map(str::to_owned).or(booked) else { return Ok(vec![GateReason::NoBooking]) };
    let number = container.number.clone();
    let found = (container_id.to_owned(), container);
    let (facts, booking, trucker) = facts(unit, &plate, &number, Some(&found)).await?;
    let decision = decide_gate(&facts, direction, at);
    if !decision.passes() {
        return Ok(decision.reasons);
    }
    let command = DecideGate {
        direction,
        lane: REPORTED_LANE.into(),
        plate,
        container: number,
        seal,
        damages: Vec::new(),
        photos: Vec::new(),
        at: Some(at),
    };
    command.write_down(unit, Some(found), decision, booking, trucker, at).await?;
    Ok(Vec::new())
}

/// The visit of this box that is still in port, if any.
pub(crate) async fn find(app: &App, ctx: &Context, number: &str) -> Result<Option<(String, Container)>, AppError> {
    let visits = visits(app, ctx, number).await?.into_iter();
    Ok(visits.max_by_key(|(_, row)| (row.closed_at.is_none(), row.opened_at)).map(|(seen, _)| (seen.id, seen.state)))
}

/// The last visits of a box to this port, with their rows.
pub(crate) async fn visits(app: &App, ctx: &Context, number: &str) -> Result<Vec<(Seen<Container>, WorkRow)>, AppError> {
    let platform = Context::platform(ctx.at, ctx.request.clone());
    let query = ListQuery { key_prefix: Some(number.to_owned()), limit: 20, ..ListQuery::default() };
    let found = app.list::<Container>(&platform, "container.read", query).await?.items;
    Ok(found.into_iter().filter(|(seen, _)| seen.state.number == number).collect())
}

async fn facts(
    unit: &mut Unit<'_>,
    plate: &str,
    number: &str,
    found: Option<&(String, Container)>,
) -> Result<(GateFacts, Option<String>, Option<String>), AppError> {
    let mut facts = GateFacts {
        plate: plate.trim().to_uppercase(),
        container_seen: Some(number.to_owned()),
        container: None,
        booking: None,
        order: None,
    };
    let Some((id, container)) = found else { return Ok((facts, None, None)) };
    facts.container = Some(GateBox::of(id, container));
    let mut trucker = None;
    if let Some(booking_id) = &container.booking
        && let Some(booking) = unit.load::<Booking>(booking_id).await?
    {
        facts.booking = Some(GateBooking::of(booking_id, &booking));
        trucker = Some(booking.trucker);
    }
    if let Some(order) = &container.order
        && let Some(state) = unit.load::<DeliveryOrder>(&order.id).await?
    {
        facts.order = Some(GateOrder::of(&state));
    }
    Ok((facts, container.booking.clone(), trucker))
}
