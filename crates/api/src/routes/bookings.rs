//! Pick-up slots and bookings (提箱预约).

use app::Done;
use app::bookings::{CancelBooking, MakeBooking, OpenSlot};
use axum::http::{HeaderMap, StatusCode};
use logistics::{Booking as State, Container, Slot as SlotState};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::body::{Input, ok};
use crate::context::{Asker, Id};
use crate::etag;
use crate::paging::{self, Asked, Items, Page, PageQuery};
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::booking::{Booking, BookingForm, Slot, SlotForm, SlotQuery};
use crate::wire::declaration::ReasonForm;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list_slots, open_slot))
        .routes(routes!(list_bookings, make_booking))
        .routes(routes!(get_booking))
        .routes(routes!(cancel_booking))
}

async fn changed(asker: &Asker, status: StatusCode, done: Done<String>) -> Answer {
    let seen = asker.after::<State>(&done.outcome).await?;
    let version = seen.version;
    let view = asker.api.booking(&asker.ctx, seen).await?;
    Ok(etag::done(status, &done, Some(version), &view))
}

/// Slots of a terminal on a day.
#[utoipa::path(get, path = "/slots", tag = "bookings", params(SlotQuery), responses((status = 200, body = Items<Slot>)))]
async fn list_slots(asker: Asker, query: Asked<SlotQuery>) -> Answer {
    let day = paging::day_start(&query.0.day, asker.api.app.port().utc_offset_minutes)?;
    let offers = asker.recorded("slot.read", None, asker.api.app.slots(&asker.ctx, &query.0.terminal, day).await)?;
    Ok(ok(&Items { items: offers.into_iter().map(Slot::from).collect() }))
}

/// Set the capacity of a slot of one's own terminal.
#[utoipa::path(post, path = "/slots", tag = "bookings", request_body = SlotForm, responses((status = 201, body = Slot)))]
async fn open_slot(asker: Asker, form: Input<SlotForm>) -> Answer {
    let done = asker.run(&OpenSlot { start: form.0.start, capacity: form.0.capacity }).await?;
    let slot = asker.after::<SlotState>(&done.outcome).await?.state;
    let taken = u32::try_from(slot.bookings.len()).unwrap_or(u32::MAX);
    let view =
        Slot { start: slot.start.into(), end: slot.end.into(), capacity: slot.capacity, taken, free: slot.capacity.saturating_sub(taken) };
    Ok(etag::done(StatusCode::CREATED, &done, None, &view))
}

/// Bookings.
#[utoipa::path(get, path = "/bookings", tag = "bookings", params(PageQuery), responses((status = 200, body = Page<Booking>)))]
async fn list_bookings(asker: Asker, query: Asked<PageQuery>) -> Answer {
    let page = asker.list::<State>("booking.read", query.0.list()?).await?;
    Ok(ok(&paging::page_async(page, |(seen, _)| asker.api.booking(&asker.ctx, seen)).await?))
}

/// One booking.
#[utoipa::path(get, path = "/bookings/{id}", tag = "bookings", params(("id" = String, Path, description = "Booking id")), responses((status = 200, body = Booking)))]
async fn get_booking(asker: Asker, id: Id, headers: HeaderMap) -> Answer {
    let seen = asker.view::<State>("booking.read", &id.0).await?;
    let version = seen.version;
    Ok(etag::versioned(&headers, version, &asker.api.booking(&asker.ctx, seen).await?))
}

/// Book a pick-up.
#[utoipa::path(post, path = "/bookings", tag = "bookings", request_body = BookingForm, responses((status = 201, body = Booking)))]
async fn make_booking(asker: Asker, form: Input<BookingForm>) -> Answer {
    let form = form.0;
    // A client that names an order means that one and no other.
    // Who may not see the box is answered by the use case, and learns nothing about its order here.
    let object = ledger::ObjectRef::new("container", form.container.clone());
    if let Some(order) = form.delivery_order.as_deref().map(str::trim).filter(|o| !o.is_empty())
        && asker.api.app.may_see(&asker.ctx, "container.read", &object).await?
    {
        let covering = asker.api.app.peek::<Container>(&form.container).await?.and_then(|c| c.order).map(|o| o.id);
        if covering.as_deref().is_some_and(|covering| covering != order) {
            return Err(Problem::bad("order-differs", "该箱不在此提货单上。", "The box is covered by another delivery order."));
        }
    }
    let command = MakeBooking {
        container: form.container,
        slot_start: form.slot_start,
        trucker: form.trucker.filter(|t| !t.trim().is_empty()),
        plate: form.plate,
        driver_name: form.driver_name,
        driver_phone: form.driver_phone,
    };
    let done = asker.run(&command).await?;
    changed(&asker, StatusCode::CREATED, done).await
}

/// Take a booking back.
#[utoipa::path(post, path = "/bookings/{id}/cancel", tag = "bookings", params(("id" = String, Path, description = "Booking id")), request_body = ReasonForm, responses((status = 200, body = Booking)))]
async fn cancel_booking(asker: Asker, id: Id, form: Input<ReasonForm>) -> Answer {
    let done = asker.run(&CancelBooking { id: id.0, reason: form.0.reason }).await?;
    changed(&asker, StatusCode::OK, done).await
}
