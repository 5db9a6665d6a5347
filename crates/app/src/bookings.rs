//! Pick-up slots and bookings (提箱预约).

use async_trait::async_trait;
use ledger::Timestamp;
use logistics::{
    Booked, Booking, BookingCancelled, BookingEnded, BookingMade, Container, DeliveryOrder, Driver, Freed, Opened, Slot, Taken, slot_id,
};
use serde::Serialize;

use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase};

/// Length of a pick-up slot.
pub const SLOT_HOURS: i64 = 1;
/// How far ahead a slot may be opened or booked.
pub const SLOT_DAYS_AHEAD_MAX: i64 = 60;

/// Sets the capacity of a slot of one's own terminal.
#[derive(Clone, Debug, Serialize)]
pub struct OpenSlot {
    /// Start, on the hour of the port's clock.
    pub start: Timestamp,
    /// Trucks.
    pub capacity: u32,
}

#[async_trait]
impl UseCase for OpenSlot {
    const NAME: &'static str = "slot.open";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("slot"))?;
        let terminal = unit.ctx.principal.organisation.clone();
        open(unit, &terminal, self.start, self.capacity).await
    }
}

async fn open(unit: &mut Unit<'_>, terminal: &str, start: Timestamp, capacity: u32) -> Result<String, AppError> {
    let offset = unit.app.port().utc_offset_minutes;
    let (.., minute, second, ms) = start.civil(offset);
    if minute != 0 || second != 0 || ms != 0 {
        return Err(AppError::invalid("slot-hour", "/slot_start", "时段须从整点开始", "slots start on the hour"));
    }
    if start > unit.at().plus_days(SLOT_DAYS_AHEAD_MAX) || start.plus_hours(SLOT_HOURS) <= unit.at() {
        return Err(AppError::invalid(
            "slot-out-of-range",
            "/slot_start",
            format!("时段须在今后 {SLOT_DAYS_AHEAD_MAX} 天内"),
            format!("a slot lies within the next {SLOT_DAYS_AHEAD_MAX} days"),
        ));
    }
    let id = slot_id(terminal, start, offset);
    let state = unit.load::<Slot>(&id).await?;
    let events = logistics::decide_open_slot(
        state.as_ref(),
        Opened { terminal: terminal.to_owned(), start, end: start.plus_hours(SLOT_HOURS), capacity },
    )?;
    unit.record::<Slot>(&id, events, unit.at()).await?;
    Ok(id)
}

/// Books a pick-up.
#[derive(Clone, Debug, Serialize)]
pub struct MakeBooking {
    /// Container id.
    pub container: String,
    /// Start of the slot.
    pub slot_start: Timestamp,
    /// Haulier, organisation id; the asker itself when it is one.
    pub trucker: Option<String>,
    /// Plate.
    pub plate: String,
    /// Driver's name.
    pub driver_name: String,
    /// Driver's phone.
    pub driver_phone: String,
}

#[async_trait]
impl UseCase for MakeBooking {
    const NAME: &'static str = "booking.make";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let principal = unit.ctx.principal.clone();
        // Whoever holds the order of a box is a party of the box; a stranger learns nothing about either.
        let container = unit.authorised::<Container>(Self::NAME, &self.container).await?;
        let order_id = container.order.as_ref().map(|o| o.id.clone()).ok_or_else(|| {
            AppError::invalid(
                "container-no-delivery-order",
                "/container",
                "该箱尚未换单，不能预约",
                "no delivery order has been issued for the box",
            )
        })?;
        let order = unit.get::<DeliveryOrder>(&order_id).await?;
        if principal.role != Role::Platform && order.holder != principal.organisation {
            return Err(AppError::invalid(
                "gate-order-not-holder",
                "/container",
                "只有提货单持有人可以预约",
                "only the holder of the delivery order may book",
            ));
        }
        let trucker = match principal.role {
            Role::Trucker => principal.organisation.clone(),
            Role::Trader
            | Role::Agent
            | Role::Terminal
            | Role::Customs
            | Role::Maritime
            | Role::Border
            | Role::PortAuthority
            | Role::MarketSupervision
            | Role::PortOffice
            | Role::Admin
            | Role::National
            | Role::Platform
            | Role::Public => named_trucker(unit, self.trucker.as_deref(), &order.holder).await?,
        };
        let id = unit.app.next_id('B', unit.at()).await?;
        let slot = slot_id(&container.terminal, self.slot_start, unit.app.port().utc_offset_minutes);
        if unit.load::<Slot>(&slot).await?.is_none() {
            let capacity = unit.app.port().slot_capacity;
            open(unit, &container.terminal, self.slot_start, capacity).await?;
        }
        let slot_state = unit.get::<Slot>(&slot).await?;
        let made = BookingMade {
            container: self.container.clone(),
            delivery_order: order_id,
            terminal: container.terminal.clone(),
            slot: slot.clone(),
            start: slot_state.start,
            end: slot_state.end,
            trucker: trucker.clone(),
            principal: order.holder.clone(),
            plate: self.plate.trim().to_uppercase(),
            driver: Driver { name: self.driver_name.trim().to_owned(), phone: self.driver_phone.trim().to_owned() },
        };
        let known = unit.load::<Booking>(&id).await?;
        let booked = logistics::decide_booked(&container, Booked { booking: id.clone(), trucker })?;
        let taken = logistics::decide_take_slot(&slot_state, Taken { booking: id.clone() }, unit.at())?;
        let events = logistics::decide_book(known.as_ref(), made, unit.at())?;
        unit.record::<Booking>(&id, events, unit.at()).await?;
        unit.record::<Container>(&self.container, booked, unit.at()).await?;
        unit.record::<Slot>(&slot, taken, unit.at()).await?;
        Ok(id)
    }
}

/// The haulier that the holder names, or the holder itself.
async fn named_trucker(unit: &Unit<'_>, named: Option<&str>, holder: &str) -> Result<String, AppError> {
    let Some(id) = named.map(str::trim).filter(|id| !id.is_empty() && *id != holder) else { return Ok(holder.to_owned()) };
    match unit.app.organisation(id).await? {
        Some(o) if o.role == Role::Trucker => Ok(o.id),
        Some(_) | None => Err(AppError::invalid("trucker-unknown", "/trucker", "没有这个车队", "no such haulier")),
    }
}

/// Takes a booking back, before the gate.
#[derive(Clone, Debug, Serialize)]
pub struct CancelBooking {
    /// Booking id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for CancelBooking {
    const NAME: &'static str = "booking.cancel";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Booking>(Self::NAME, &self.id).await?;
        let events = logistics::decide_booking_cancel(&state, BookingCancelled { reason: crate::orders::reason(&self.reason)? })?;
        unit.record::<Booking>(&self.id, events, unit.at()).await?;
        free(unit, &self.id, &state).await?;
        Ok(self.id.clone())
    }
}

/// Marks a booking whose time has passed (爽约).
#[derive(Clone, Debug, Serialize)]
pub struct MissBooking {
    /// Booking id.
    pub id: String,
}

#[async_trait]
impl UseCase for MissBooking {
    const NAME: &'static str = "booking.miss";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Booking>(Self::NAME, &self.id).await?;
        let events = logistics::decide_booking_missed(&state, unit.at())?;
        unit.record::<Booking>(&self.id, events, unit.at()).await?;
        free(unit, &self.id, &state).await?;
        Ok(self.id.clone())
    }
}

async fn free(unit: &mut Unit<'_>, id: &str, booking: &Booking) -> Result<(), AppError> {
    let container = unit.get::<Container>(&booking.container).await?;
    let ended = logistics::decide_booking_ended(&container, BookingEnded { booking: id.to_owned() })?;
    unit.record::<Container>(&booking.container, ended, unit.at()).await?;
    let slot = unit.get::<Slot>(&booking.slot).await?;
    let freed = logistics::decide_free_slot(&slot, Freed { booking: id.to_owned() })?;
    unit.record::<Slot>(&booking.slot, freed, unit.at()).await
}

/// A slot as offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotOffer {
    /// Start.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
    /// Trucks it takes.
    pub capacity: u32,
    /// Trucks booked.
    pub taken: u32,
}

impl App {
    /// The slots of a terminal on a day of the port's clock, also those that nobody has booked yet.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn slots(&self, ctx: &Context, terminal: &str, day_start: Timestamp) -> Result<Vec<SlotOffer>, AppError> {
        self.rights().require(&ctx.principal, "slot.read", &Resource::own("slot"))?;
        let offset = self.port().utc_offset_minutes;
        let starts: Vec<Timestamp> = (0..24).map(|hour| day_start.plus_hours(hour)).collect();
        let known = self.peek_many::<Slot>(starts.iter().map(|start| slot_id(terminal, *start, offset))).await?;
        Ok(starts
            .into_iter()
            .map(|start| match known.get(&slot_id(terminal, start, offset)) {
                Some(slot) => SlotOffer {
                    start,
                    end: slot.end,
                    capacity: slot.capacity,
                    taken: u32::try_from(slot.bookings.len()).unwrap_or(u32::MAX),
                },
                None => SlotOffer { start, end: start.plus_hours(SLOT_HOURS), capacity: self.port().slot_capacity, taken: 0 },
            })
            .collect())
    }

    /// Marks bookings whose time has passed. Returns how many.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn sweep_missed_bookings(&self, ctx: &Context) -> Result<usize, AppError> {
        let query = crate::reading::ListQuery {
            statuses: vec!["booked".into()],
            due_before: Some(ctx.at.plus_minutes(-logistics::GATE_TOLERANCE_MINUTES)),
            by_due: true,
            open: Some(true),
            limit: 200,
            ..Default::default()
        };
        let page = self.list::<Booking>(ctx, "booking.read", query).await?;
        let mut missed = 0;
        for (seen, _) in page.items {
            match self.execute(ctx, &MissBooking { id: seen.id }).await {
                Ok(_) => missed += 1,
                // The truck came, or somebody cancelled, between the list and now.
                Err(AppError::Refused(_) | AppError::NotFound { .. } | AppError::Busy) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(missed)
    }
}
