//! Delivery orders (换单): asked for against a bill, issued once the charges are settled, passed on, used once.

use async_trait::async_trait;
use clearance::AgencyAct;
use codes::Money;
use ledger::{Aggregate, ObjectRef, Refusal, Timestamp};
use logistics::{
    ChargesWaived, Container, DeliveryOrder, DeliveryOrderIssued, FREE_DAYS_MAX, OrderCancelled, Requested, Transferred,
    VERIFICATION_CODE_LENGTH, container_id,
};
use manifest::Bill;
use serde::Serialize;

use crate::agency::{self, Standing};
use crate::exchange::Outgoing;
use crate::rights::Resource;
use crate::{App, AppError, Role, Unit, UseCase, inbox, payments};
use port_call::ShipCall;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Asks the carrier for a delivery order against a bill.
#[derive(Clone, Debug, Serialize)]
pub struct RequestOrder {
    /// Bill number.
    pub bill: String,
}

#[async_trait]
impl UseCase for RequestOrder {
    const NAME: &'static str = "delivery-order.request";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let bill = requested_bill(unit, Self::NAME, &self.bill).await?;
        let id = unit.app.next_id('O', unit.at()).await?;
        let containers: Vec<String> = bill.content.containers.iter().map(|c| container_id(&c.number, &bill.call)).collect();
        // A box goes with the bill that named it first: another bill of the call that lists it too must not give it away.
        for container in &containers {
            if unit.load::<Container>(container).await?.is_some_and(|known| known.bill.as_ref() != Some(&self.bill)) {
                return Err(AppError::invalid(
                    "order-box-of-another-bill",
                    "/bill_no",
                    format!("集装箱 {container} 已列入另一提运单，不能凭本提运单换单"),
                    format!("box {container} belongs to another bill; no delivery order can be given for it on this one"),
                ));
            }
        }
        let port = unit.app.port();
        let charges = Money::new(
            port.delivery_order_charge_fen.saturating_mul(i64::try_from(containers.len()).unwrap_or(0)),
            codes::CurrencyCode::CNY,
        );
        let applicant = unit.ctx.principal.organisation.clone();
        let free_until = bill.landed_at().map(|at| free_until(at, port.free_days));
        let command = Requested {
            bill: self.bill.clone(),
            containers,
            applicant: applicant.clone(),
            carrier_agent: bill.agent.clone(),
            charges,
            free_until,
        };
        let known = unit.load::<DeliveryOrder>(&id).await?;
        let events = logistics::decide_request_order(known.as_ref(), command)?;
        let ordered = manifest::decide_ordered(&bill, manifest::Ordered { delivery_order: id.clone(), applicant })?;
        unit.record::<DeliveryOrder>(&id, events, unit.at()).await?;
        unit.record::<Bill>(&self.bill, ordered, unit.at()).await?;
        Ok(id)
    }
}

/// A bill on which the asker may ask for the delivery order: as its consignee, or as an agent who may do just that. Whoever declared it is a
/// party of the bill and is told what is missing; a stranger is told that it does not exist.
async fn requested_bill(unit: &mut Unit<'_>, action: &'static str, number: &str) -> Result<Bill, AppError> {
    let bill = unit.get::<Bill>(number).await?;
    let row = bill.work_row(number);
    let home = unit.app.port().customs_district.clone();
    let mut resource = Resource::of(Bill::KIND, number, &row, &unit.ctx.principal, &home);
    let stands = unit.ctx.principal.role == Role::Platform
        || agency::standing(unit, AgencyAct::DeliveryOrder, number, &bill).await? != Standing::Stranger;
    resource.party |= stands;
    match unit.authorise(action, &resource) {
        Err(AppError::Forbidden { .. }) if !resource.known_to_principal() => {
            Err(AppError::NotFound { kind: Bill::KIND, id: number.to_owned() })
        }
        Err(other) => Err(other),
        Ok(()) if stands => Ok(bill),
        Ok(()) => Err(AppError::Refused(Refusal::new(
            "order-agency-missing",
            action,
            bill.status(),
            "本企业不是收货人，也没有收货人接受的代理换单委托。",
            "You are not the consignee and hold no agreement of the consignee to obtain the delivery order.",
        ))),
    }
}

/// The carrier's agent forgoes the charges.
#[derive(Clone, Debug, Serialize)]
pub struct WaiveCharges {
    /// Delivery order id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for WaiveCharges {
    const NAME: &'static str = "delivery-order.waive";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = carrier_order(unit, Self::NAME, &self.id).await?;
        let events = logistics::decide_charges_waived(&state, ChargesWaived { reason: reason(&self.reason)? })?;
        payments::close_charges(unit, &self.id, &state).await?;
        unit.record::<DeliveryOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The carrier's agent issues the order (放单).
#[derive(Clone, Debug, Serialize)]
pub struct IssueOrder {
    /// Delivery order id.
    pub id: String,
    /// Days of free storage granted; the port's usual ones when left out.
    pub free_days: Option<u32>,
}

#[async_trait]
impl UseCase for IssueOrder {
    const NAME: &'static str = "delivery-order.issue";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = carrier_order(unit, Self::NAME, &self.id).await?;
        let days = self.free_days.unwrap_or(unit.app.port().free_days);
        if days > FREE_DAYS_MAX {
            return Err(AppError::invalid(
                "order-free-days",
                "/free_days",
                format!("免堆期最多 {FREE_DAYS_MAX} 天"),
                format!("at most {FREE_DAYS_MAX} days of free storage"),
            ));
        }
        let landed_at = unit.load::<Bill>(&state.bill).await?.and_then(|bill| bill.landed_at());
        let issued = DeliveryOrderIssued {
            code: verification_code(unit.app),
            free_days: Some(days),
            free_until: landed_at.map(|at| free_until(at, days)),
        };
        let events = logistics::decide_issue_order(&state, issued)?;
        unit.record::<DeliveryOrder>(&self.id, events, unit.at()).await?;
        let issued = unit.get::<DeliveryOrder>(&self.id).await?;
        tell_terminal(unit, &self.id, &issued).await?;
        Ok(self.id.clone())
    }
}

/// Free storage counts from the landing of the last box of the bill.
pub(crate) fn free_until(landed_at: Timestamp, days: u32) -> Timestamp {
    landed_at.plus_days(i64::from(days))
}

/// The holder passes the order on (转让).
#[derive(Clone, Debug, Serialize)]
pub struct TransferOrder {
    /// Delivery order id.
    pub id: String,
    /// New holder, organisation id.
    pub to: String,
}

#[async_trait]
impl UseCase for TransferOrder {
    const NAME: &'static str = "delivery-order.transfer";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<DeliveryOrder>(Self::NAME, &self.id).await?;
        match unit.app.organisation(&self.to).await? {
            Some(o) if matches!(o.role, Role::Trader | Role::Trucker) => {}
            Some(_) | None => {
                return Err(AppError::invalid(
                    "order-receiver",
                    "/to",
                    "只能转让给货主、货代或车队",
                    "orders are passed on to traders, forwarders or hauliers",
                ));
            }
        }
        let command = Transferred { from: unit.ctx.principal.organisation.clone(), to: self.to.clone() };
        let events = logistics::decide_transfer_order(&state, command)?;
        unit.record::<DeliveryOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The applicant or the agent takes the order back.
#[derive(Clone, Debug, Serialize)]
pub struct CancelOrder {
    /// Delivery order id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for CancelOrder {
    const NAME: &'static str = "delivery-order.cancel";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<DeliveryOrder>(Self::NAME, &self.id).await?;
        let own = &unit.ctx.principal.organisation;
        let may =
            unit.ctx.principal.role == Role::Platform || *own == state.carrier_agent || (*own == state.applicant && *own == state.holder);
        if !may {
            return Err(AppError::Refused(Refusal::new(
                "order-not-holder",
                Self::NAME,
                state.status(),
                "提货单已转让，只有船代可以取消。",
                "The order was passed on: only the carrier's agent can cancel it.",
            )));
        }
        unit.preload(state.containers.iter().map(|id| ObjectRef::new("container", id.clone())).collect()).await?;
        for container in &state.containers {
            let open = unit.load::<Container>(container).await?.is_some_and(|c| c.booking.is_some());
            if open {
                return Err(AppError::invalid(
                    "order-booked",
                    "/id",
                    "仍有未完成的提箱预约，请先取消预约",
                    "a pick-up is still booked; cancel the booking first",
                ));
            }
        }
        let events = logistics::decide_cancel_order(&state, OrderCancelled { reason: reason(&self.reason)? })?;
        payments::close_charges(unit, &self.id, &state).await?;
        unit.record::<DeliveryOrder>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// An order on which the asker acts as the carrier's agent.
async fn carrier_order(unit: &mut Unit<'_>, action: &'static str, id: &str) -> Result<DeliveryOrder, AppError> {
    let state = unit.authorised::<DeliveryOrder>(action, id).await?;
    if state.carrier_agent == unit.ctx.principal.organisation || unit.ctx.principal.role == Role::Platform {
        Ok(state)
    } else {
        Err(AppError::Forbidden { action })
    }
}

async fn tell_terminal(unit: &mut Unit<'_>, id: &str, order: &DeliveryOrder) -> Result<(), AppError> {
    let Some(bill) = unit.load::<Bill>(&order.bill).await? else { return Ok(()) };
    let Some(call) = unit.load::<ShipCall>(&bill.call).await? else { return Ok(()) };
    let outgoing = Outgoing::DeliveryOrder {
        order: id.to_owned(),
        bill: order.bill.clone(),
        containers: bill.content.containers.iter().map(|c| c.number.clone()).collect(),
        ship_name: call.ship_name.clone(),
        voyage: call.voyage_in.clone(),
        valid_until: order.free_until.unwrap_or_else(|| unit.at().plus_days(30)),
        holder: order.holder.clone(),
    };
    inbox::prepare(unit, &call.terminal, None, &outgoing, Some(ObjectRef::new("delivery-order", id.to_owned()))).await?;
    Ok(())
}

/// A code that nobody guesses: 80 random bits in base 32.
pub(crate) fn verification_code(app: &App) -> String {
    app.random::<VERIFICATION_CODE_LENGTH>().iter().map(|b| char::from(BASE32[usize::from(b % 32)])).collect()
}

/// A reason that a person gave: 2 to 500 characters.
pub(crate) fn reason(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if (2..=500).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(AppError::invalid("reason", "/reason", "请写明理由（2 至 500 字）", "give a reason of 2 to 500 characters"))
    }
}

/// What a delivery order or receipt shows to whoever scans its code.
#[derive(Clone, Debug)]
pub enum PublicDocument {
    /// A delivery order.
    Order(String, DeliveryOrder),
    /// An interchange receipt.
    Receipt(String, logistics::Eir),
}

impl App {
    /// The document that carries a verification code. Anybody who holds the code may see its state.
    ///
    /// # Errors
    /// [`AppError::NotFound`], or the store's fault.
    pub async fn document_by_code(&self, code: &str, at: Timestamp) -> Result<PublicDocument, AppError> {
        let not_found = || AppError::NotFound { kind: "document", id: code.chars().take(20).collect() };
        let code = code.trim().to_uppercase();
        if code.len() != VERIFICATION_CODE_LENGTH || !code.bytes().all(|b| BASE32.contains(&b)) {
            return Err(not_found());
        }
        let platform = crate::Context::platform(at, "document-by-code");
        let query = |kind: &str| crate::reading::ListQuery {
            kinds: vec![kind.into()],
            key_prefix: Some(code.clone()),
            limit: 5,
            ..Default::default()
        };
        for (seen, _) in self.list::<DeliveryOrder>(&platform, "delivery-order.read", query("delivery-order")).await?.items {
            if seen.state.code() == Some(&code) {
                return Ok(PublicDocument::Order(seen.id, seen.state));
            }
        }
        for (seen, _) in self.list::<logistics::Eir>(&platform, "eir.read", query("eir")).await?.items {
            if seen.state.code == code {
                return Ok(PublicDocument::Receipt(seen.id, seen.state));
            }
        }
        Err(not_found())
    }
}
