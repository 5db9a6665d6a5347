//! Delivery orders.

use std::collections::HashMap;

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use ledger::{Aggregate, ObjectRef, Timestamp};
use logistics::{ChargeState, Container, DeliveryOrder as State, DeliveryOrderEvent, OrderPhase, container_number};
use manifest::Bill;
use port_call::ShipCall;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Instant, Money, Org, Text, allowed, instant};
use crate::state::Api;
use crate::texts;

/// Events of an order looked through for its transfers.
const EVENTS_MAX: u32 = 500;

/// A box on an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderContainer {
    /// Container number.
    pub number: String,
    /// Id of its visit.
    pub id: String,
    /// When it was collected.
    pub redeemed_at: Option<Instant>,
}

/// A change of holder.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OrderTransfer {
    /// From.
    pub from: Org,
    /// To.
    pub to: Org,
    /// When.
    pub at: Instant,
}

/// A delivery order (提货单).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryOrder {
    /// Id.
    pub id: String,
    /// Bill number.
    pub bill_no: String,
    /// Ship call id.
    pub call: String,
    /// Ship name.
    pub ship_name: String,
    /// Inbound voyage.
    pub voyage: String,
    /// Boxes.
    pub containers: Vec<OrderContainer>,
    /// Who asked for it.
    pub applicant: Org,
    /// Who issues it.
    pub carrier_agent: Org,
    /// Who may collect.
    pub holder: Org,
    /// Charges of the carrier.
    pub charges: Money,
    /// `not-charged`, `unpaid`, `paid` or `waived`.
    pub charge_state: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Verification code, once issued; for its holder, agent and terminal.
    pub code: Option<String>,
    /// Where anybody can check it.
    pub verify_url: Option<String>,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// Days of free storage granted; none before the order is issued.
    pub free_days: Option<u32>,
    /// End of free storage; none while boxes are still to be landed.
    pub free_until: Option<Instant>,
    /// Changes of holder; empty in lists.
    pub transfers: Vec<OrderTransfer>,
    /// Payment of the charges.
    pub payment: Option<String>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Asks for a delivery order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct OrderForm {
    /// Bill number.
    pub bill_no: String,
}

/// Issues an order.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct IssueForm {
    /// Days of free storage, 0 to 90, counted from the landing of the last box; the port's usual ones when left out.
    pub free_days: Option<u32>,
}

/// Passes an order on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TransferForm {
    /// New holder, organisation id.
    pub to: String,
}

/// The address at which anybody can check a code.
pub(crate) fn verify_url(api: &Api, code: &str) -> String {
    format!("{}/verify/{code}", api.app.port().public_url.trim_end_matches('/'))
}

/// When it was issued, in whatever state it is now.
pub(crate) fn issued_at(state: &State) -> Option<Timestamp> {
    match &state.phase {
        OrderPhase::Requested | OrderPhase::Cancelled { .. } => None,
        OrderPhase::Issued { at, .. } => Some(*at),
        OrderPhase::Transferred { issued_at, .. } | OrderPhase::Redeemed { issued_at, .. } => Some(*issued_at),
    }
}

pub(crate) const fn charge_code(state: &ChargeState) -> &'static str {
    match state {
        ChargeState::NotCharged => "not-charged",
        ChargeState::Unpaid => "unpaid",
        ChargeState::Paid { .. } => "paid",
        ChargeState::Waived { .. } => "waived",
    }
}

/// What fits the state for this organisation.
fn fitting(state: &State, organisation: &str) -> Vec<&'static str> {
    let agent = state.carrier_agent == organisation;
    let holder = state.holder == organisation;
    let unpaid = matches!(state.charge_state, ChargeState::Unpaid);
    let mut list = Vec::new();
    match state.phase {
        OrderPhase::Requested => {
            if unpaid {
                list.push("delivery-order.pay");
                if agent {
                    list.push("delivery-order.waive");
                }
            } else if agent {
                list.push("delivery-order.issue");
            }
            list.push("delivery-order.cancel");
        }
        OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } => {
            if holder {
                list.extend(["delivery-order.transfer", "booking.make"]);
            }
            if state.redeemed.is_empty() {
                list.push("delivery-order.cancel");
            }
        }
        OrderPhase::Redeemed { .. } | OrderPhase::Cancelled { .. } => {}
    }
    list
}

impl Api {
    /// An order; with its transfers when one asks for it alone.
    pub async fn order(&self, ctx: &Context, seen: Seen<State>, in_full: bool) -> Result<DeliveryOrder, AppError> {
        let state = seen.state;
        let bill = self.app.peek::<Bill>(&state.bill).await?;
        let call_id = bill.as_ref().map(|b| b.call.clone()).unwrap_or_default();
        let call = if call_id.is_empty() { None } else { self.app.peek::<ShipCall>(&call_id).await? };
        let boxes: HashMap<String, Container> =
            if state.redeemed.is_empty() { HashMap::new() } else { self.app.peek_many(state.redeemed.keys().cloned()).await? };
        let transfers = if in_full { self.order_transfers(&seen.id).await? } else { Vec::new() };
        let row = state.work_row(&seen.id);
        let resource = Resource::of(State::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        // Whoever collects shows the code; customs and the port office need not hold it.
        let shows_code = resource.party;
        let code = state.code().filter(|_| shows_code).map(str::to_owned);
        Ok(DeliveryOrder {
            ship_name: call.as_ref().map(|c| c.ship_name.clone()).unwrap_or_default(),
            voyage: call.map(|c| c.voyage_in).unwrap_or_default(),
            call: call_id,
            containers: state
                .containers
                .iter()
                .map(|id| OrderContainer {
                    number: container_number(id).to_owned(),
                    redeemed_at: boxes.get(id).and_then(|b| instant(b.milestones.gated_out_at)),
                    id: id.clone(),
                })
                .collect(),
            applicant: self.org(&state.applicant).await?,
            carrier_agent: self.org(&state.carrier_agent).await?,
            holder: self.org(&state.holder).await?,
            charges: state.charges.into(),
            charge_state: charge_code(&state.charge_state).to_owned(),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            verify_url: code.as_ref().map(|code| verify_url(self, code)),
            code,
            issued_at: instant(issued_at(&state)),
            free_days: state.free_days,
            free_until: instant(state.free_until),
            transfers,
            payment: match &state.charge_state {
                ChargeState::Paid { payment, .. } => Some(payment.clone()),
                ChargeState::NotCharged | ChargeState::Unpaid | ChargeState::Waived { .. } => None,
            },
            actions: allowed(self, &ctx.principal, &resource, &fitting(&state, &ctx.principal.organisation)),
            bill_no: state.bill,
            id: seen.id,
            version: seen.version,
        })
    }

    async fn order_transfers(&self, id: &str) -> Result<Vec<OrderTransfer>, AppError> {
        let object = ObjectRef::new(State::KIND, id);
        let events = self.app.store().events_of(&self.app.port().code, &object, None, EVENTS_MAX).await?;
        let mut transfers = Vec::new();
        for stored in events {
            if stored.event.kind != "delivery-order.transferred" {
                continue;
            }
            let parsed = <DeliveryOrderEvent as ledger::DomainEvent>::parse(&stored.event.kind, &stored.event.payload);
            if let Ok(DeliveryOrderEvent::Transferred(data)) = parsed {
                transfers.push(OrderTransfer {
                    from: self.org(&data.from).await?,
                    to: self.org(&data.to).await?,
                    at: stored.event.occurred_at.into(),
                });
            }
        }
        Ok(transfers)
    }
}
