//! Pick-up slots and bookings.

use app::bookings::SlotOffer;
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context, Role};
use ledger::{Aggregate, Timestamp};
use logistics::{Booking as State, BookingPhase, container_number};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// A pick-up slot of a terminal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Slot {
    /// Start.
    pub start: Instant,
    /// End.
    pub end: Instant,
    /// Trucks it takes.
    pub capacity: u32,
    /// Trucks booked.
    pub taken: u32,
    /// Places left.
    pub free: u32,
}

impl From<SlotOffer> for Slot {
    fn from(offer: SlotOffer) -> Self {
        Self {
            start: offer.start.into(),
            end: offer.end.into(),
            capacity: offer.capacity,
            taken: offer.taken,
            free: offer.capacity.saturating_sub(offer.taken),
        }
    }
}

/// Which slots are wanted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SlotQuery {
    /// Terminal, organisation id.
    pub terminal: String,
    /// Day of the port's clock, YYYY-MM-DD.
    pub day: String,
}

/// Sets the capacity of a slot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SlotForm {
    /// Start, on the hour.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Trucks.
    pub capacity: u32,
}

/// A box as a booking names it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BookedContainer {
    /// Id of the visit.
    pub id: String,
    /// Container number.
    pub number: String,
}

/// A pick-up booking (提箱预约).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Booking {
    /// Id.
    pub id: String,
    /// Box.
    pub container: BookedContainer,
    /// Delivery order.
    pub delivery_order: String,
    /// Terminal.
    pub terminal: Org,
    /// Haulier.
    pub trucker: Org,
    /// Slot begins.
    pub slot_start: Instant,
    /// Slot ends.
    pub slot_end: Instant,
    /// Plate.
    pub plate: String,
    /// Driver's name; masked unless the reader needs it.
    pub driver_name: String,
    /// Driver's phone; masked unless the reader needs it.
    pub driver_phone: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Books a pick-up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct BookingForm {
    /// Id of the container's visit.
    pub container: String,
    /// Delivery order; must be the one that covers the box.
    #[serde(default)]
    pub delivery_order: Option<String>,
    /// Start of the slot.
    #[schema(value_type = String, format = DateTime)]
    pub slot_start: Timestamp,
    /// Haulier, organisation id; the asker itself when it is one.
    #[serde(default)]
    pub trucker: Option<String>,
    /// Plate.
    pub plate: String,
    /// Driver's name.
    pub driver_name: String,
    /// Driver's phone.
    pub driver_phone: String,
}

/// Which expected trucks are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ExpectedQuery {
    /// Day of the port's clock, YYYY-MM-DD; today when left out.
    pub day: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// 张** for 张三丰.
pub(crate) fn masked_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| format!("{first}**"))
}

/// 138****1234.
pub(crate) fn masked_phone(phone: &str) -> String {
    let letters: Vec<char> = phone.chars().collect();
    if letters.len() < 8 {
        return "****".into();
    }
    let head: String = letters[..3].iter().collect();
    let tail: String = letters[letters.len() - 4..].iter().collect();
    format!("{head}****{tail}")
}

/// Who needs to know the driver: the haulier itself, the terminal, and whoever the pick-up is made for.
fn knows_driver(ctx: &Context, booking: &State) -> bool {
    let own = &ctx.principal.organisation;
    match ctx.principal.role {
        Role::Trucker => booking.trucker == *own,
        Role::Terminal => booking.terminal == *own,
        Role::Trader | Role::Agent => booking.principal == *own,
        Role::Platform => true,
        Role::Customs
        | Role::Maritime
        | Role::Border
        | Role::PortAuthority
        | Role::MarketSupervision
        | Role::PortOffice
        | Role::Admin
        | Role::National
        | Role::Public => false,
    }
}

impl Api {
    pub async fn booking(&self, ctx: &Context, seen: Seen<State>) -> Result<Booking, AppError> {
        let state = seen.state;
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let fitting: &[&'static str] = match state.phase {
            BookingPhase::Booked => &["booking.cancel"],
            BookingPhase::GatedIn { .. }
            | BookingPhase::Completed { .. }
            | BookingPhase::Cancelled { .. }
            | BookingPhase::Missed { .. } => &[],
        };
        let plain = knows_driver(ctx, &state);
        Ok(Booking {
            container: BookedContainer { number: container_number(&state.container).to_owned(), id: state.container.clone() },
            terminal: self.org(&state.terminal).await?,
            trucker: self.org(&state.trucker).await?,
            slot_start: state.start.into(),
            slot_end: state.end.into(),
            driver_name: if plain { state.driver.name.clone() } else { masked_name(&state.driver.name) },
            driver_phone: if plain { state.driver.phone.clone() } else { masked_phone(&state.driver.phone) },
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            actions: allowed(self, &ctx.principal, &resource, fitting),
            delivery_order: state.delivery_order,
            plate: state.plate,
            id: seen.id,
            version: seen.version,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{masked_name, masked_phone};

    #[test]
    fn personal_data_is_masked() {
        assert_eq!(masked_name("张三丰"), "张**");
        assert_eq!(masked_name(""), "");
        assert_eq!(masked_phone("13800001234"), "138****1234");
        assert_eq!(masked_phone("1234"), "****");
    }
}
