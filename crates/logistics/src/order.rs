//! The delivery order (提货单): the carrier's leave to collect, exchanged against the bill (换单), redeemed once per box at the gate.

use std::collections::BTreeMap;

use codes::Money;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::container_number;

/// Characters of the verification code printed on the order: base 32 (RFC 4648), 80 bits.
pub const VERIFICATION_CODE_LENGTH: usize = 16;
/// Most containers on one order.
pub const ORDER_CONTAINERS_MAX: usize = 200;

/// Whether the carrier's charges are settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ChargeState {
    /// Nothing is charged (无费用).
    NotCharged,
    /// To be paid (未付).
    Unpaid,
    /// Paid (已付).
    Paid {
        /// Payment id.
        payment: String,
        /// When.
        at: Timestamp,
    },
    /// Waived by the carrier's agent (免收).
    Waived {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// How far an order has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum OrderPhase {
    /// Asked for (已申请).
    Requested,
    /// Issued (已签发).
    Issued {
        /// When.
        at: Timestamp,
        /// Verification code.
        code: String,
    },
    /// Passed on to another holder (已转让).
    Transferred {
        /// When it was issued.
        issued_at: Timestamp,
        /// Verification code.
        code: String,
        /// When it was last passed on.
        at: Timestamp,
    },
    /// Every box collected (已核销).
    Redeemed {
        /// When it was issued.
        issued_at: Timestamp,
        /// Verification code.
        code: String,
        /// When the last box left.
        at: Timestamp,
    },
    /// Cancelled (已取消).
    Cancelled {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// Most days of free storage of one order; a bound of the platform.
pub const FREE_DAYS_MAX: u32 = 90;

/// A delivery order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryOrder {
    /// Bill number.
    pub bill: String,
    /// Container visit ids.
    pub containers: Vec<String>,
    /// Who asked for it, organisation id.
    pub applicant: String,
    /// Carrier's agent that issues it, organisation id.
    pub carrier_agent: String,
    /// Charges of the carrier.
    pub charges: Money,
    /// Whether they are settled.
    pub charge_state: ChargeState,
    /// Who may collect, organisation id.
    pub holder: String,
    /// Days of free storage that the carrier's agent granted when it issued the order (免堆期天数).
    #[serde(default)]
    pub free_days: Option<u32>,
    /// End of free storage (免堆期); known once the bill is landed, from when the days count.
    pub free_until: Option<Timestamp>,
    /// Boxes collected: container visit id → gate transaction.
    pub redeemed: BTreeMap<String, String>,
    /// How far it has come.
    pub phase: OrderPhase,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Everybody who held or handled it, organisation ids.
    pub parties: Vec<String>,
}

impl DeliveryOrder {
    /// Verification code, once issued.
    pub fn code(&self) -> Option<&str> {
        match &self.phase {
            OrderPhase::Issued { code, .. } | OrderPhase::Transferred { code, .. } | OrderPhase::Redeemed { code, .. } => Some(code),
            OrderPhase::Requested | OrderPhase::Cancelled { .. } => None,
        }
    }

    /// Whether boxes may be collected with it.
    pub fn is_live(&self) -> bool {
        match self.phase {
            OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } => true,
            OrderPhase::Requested | OrderPhase::Redeemed { .. } | OrderPhase::Cancelled { .. } => false,
        }
    }

    fn charges_settled(&self) -> bool {
        match self.charge_state {
            ChargeState::NotCharged | ChargeState::Paid { .. } | ChargeState::Waived { .. } => true,
            ChargeState::Unpaid => false,
        }
    }

    fn admit(&mut self, organisation: &str) {
        if self.parties.iter().all(|party| party != organisation) {
            self.parties.push(organisation.to_owned());
        }
    }
}

/// `delivery-order.requested`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requested {
    /// Bill number.
    pub bill: String,
    /// Container visit ids.
    pub containers: Vec<String>,
    /// Who asks, organisation id.
    pub applicant: String,
    /// Carrier's agent, organisation id.
    pub carrier_agent: String,
    /// Charges of the carrier.
    pub charges: Money,
    /// End of free storage.
    #[serde(default)]
    pub free_until: Option<Timestamp>,
}

/// `delivery-order.charges-paid`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargesPaid {
    /// Payment id.
    pub payment: String,
    /// Amount that arrived.
    pub amount: Money,
}

/// `delivery-order.charges-waived`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargesWaived {
    /// Why.
    pub reason: String,
}

/// `delivery-order.issued`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Verification code, [`VERIFICATION_CODE_LENGTH`] characters of base 32, drawn by the caller.
    pub code: String,
    /// Days of free storage granted, at most [`FREE_DAYS_MAX`].
    #[serde(default)]
    pub free_days: Option<u32>,
    /// End of free storage, when the bill is landed already.
    #[serde(default)]
    pub free_until: Option<Timestamp>,
}

/// `delivery-order.free-period-began`; also the command: the bill of an issued order was landed, and its free days count from then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreePeriodBegan {
    /// End of free storage.
    pub free_until: Timestamp,
}

/// `delivery-order.transferred`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// Who passes it on: must hold it.
    pub from: String,
    /// New holder.
    pub to: String,
}

/// `delivery-order.redeemed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// Container visit id.
    pub container: String,
    /// Gate transaction id.
    pub gate_transaction: String,
}

/// `delivery-order.cancelled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a delivery order.
    pub enum DeliveryOrderEvent for "delivery-order" {
        /// Asked for.
        Requested(Requested) = "delivery-order.requested",
        /// Charges paid.
        ChargesPaid(ChargesPaid) = "delivery-order.charges-paid",
        /// Charges waived.
        ChargesWaived(ChargesWaived) = "delivery-order.charges-waived",
        /// Issued.
        Issued(Issued) = "delivery-order.issued",
        /// Its boxes are landed: free storage counts from now.
        FreePeriodBegan(FreePeriodBegan) = "delivery-order.free-period-began",
        /// Passed on.
        Transferred(Transferred) = "delivery-order.transferred",
        /// One box collected.
        Redeemed(Redeemed) = "delivery-order.redeemed",
        /// Cancelled.
        Cancelled(Cancelled) = "delivery-order.cancelled",
    }
}

/// Asks for a delivery order. That the bill has no other is guarded by the bill, in the same transaction.
///
/// # Errors
/// `order-exists`; `order-containers` when there are none, too many or one twice; `order-charges-negative`.
pub fn decide_request_order(state: Option<&DeliveryOrder>, command: Requested) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.request";
    if let Some(order) = state {
        return Err(Refusal::new(
            "order-exists",
            ATTEMPT,
            order.status(),
            "该提货单编号已存在。",
            "A delivery order with this id exists already.",
        ));
    }
    let distinct = command.containers.iter().collect::<std::collections::BTreeSet<_>>().len();
    if command.containers.is_empty() || command.containers.len() > ORDER_CONTAINERS_MAX || distinct != command.containers.len() {
        return Err(Refusal::new(
            "order-containers",
            ATTEMPT,
            "nothing",
            format!("提货单须列明 1 至 {ORDER_CONTAINERS_MAX} 个不重复的集装箱。"),
            format!("A delivery order lists 1 to {ORDER_CONTAINERS_MAX} different containers."),
        ));
    }
    if command.charges.minor < 0 {
        return Err(Refusal::new("order-charges-negative", ATTEMPT, "nothing", "费用不能为负。", "Charges are never below zero."));
    }
    Ok(vec![command.into()])
}

/// Records the payment of the charges.
///
/// # Errors
/// `order-amount-differs` when another amount arrived; `order-charges-settled`; `order-not-requested`.
pub fn decide_charges_paid(state: &DeliveryOrder, command: ChargesPaid) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.pay-charges";
    charges_open(state, ATTEMPT)?;
    if command.amount != state.charges {
        return Err(Refusal::new(
            "order-amount-differs",
            ATTEMPT,
            state.status(),
            format!("应付 {}，到账 {}。", state.charges, command.amount),
            format!("{} is due, {} arrived.", state.charges, command.amount),
        ));
    }
    Ok(vec![command.into()])
}

/// Waives the charges. Who may is decided by rights, not here.
///
/// # Errors
/// `order-charges-settled`; `order-not-requested`.
pub fn decide_charges_waived(state: &DeliveryOrder, command: ChargesWaived) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    charges_open(state, "delivery-order.waive-charges")?;
    Ok(vec![command.into()])
}

/// Issues the order.
///
/// # Errors
/// `order-charges-unpaid`; `order-code-malformed`; `order-free-days` beyond [`FREE_DAYS_MAX`]; `order-not-requested` in any other state.
pub fn decide_issue_order(state: &DeliveryOrder, command: Issued) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.issue";
    requested(state, ATTEMPT)?;
    if !state.charges_settled() {
        return Err(Refusal::new(
            "order-charges-unpaid",
            ATTEMPT,
            state.status(),
            format!("费用 {} 尚未支付或免收。", state.charges),
            format!("The charges of {} are neither paid nor waived.", state.charges),
        ));
    }
    let base32 = |b: u8| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b);
    if command.code.len() != VERIFICATION_CODE_LENGTH || !command.code.bytes().all(base32) {
        return Err(Refusal::new(
            "order-code-malformed",
            ATTEMPT,
            state.status(),
            "验证码格式不符。",
            "The verification code is malformed.",
        ));
    }
    if command.free_days.is_some_and(|days| days > FREE_DAYS_MAX) {
        return Err(Refusal::new(
            "order-free-days",
            ATTEMPT,
            state.status(),
            format!("免堆期最多 {FREE_DAYS_MAX} 天。"),
            format!("At most {FREE_DAYS_MAX} days of free storage."),
        ));
    }
    Ok(vec![command.into()])
}

/// Begins the free period of an order that was issued before its boxes were landed.
///
/// # Errors
/// `order-not-issued` unless boxes may be collected with it; `order-free-period-known` the second time.
pub fn decide_free_period(state: &DeliveryOrder, command: FreePeriodBegan) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.begin-free-period";
    live(state, ATTEMPT)?;
    if state.free_until.is_some() {
        return Err(Refusal::new(
            "order-free-period-known",
            ATTEMPT,
            state.status(),
            "免堆期已起算。",
            "The free period has begun already.",
        ));
    }
    Ok(vec![command.into()])
}

/// Passes the order on.
///
/// # Errors
/// `order-not-holder` when the sender does not hold it; `order-same-holder`; `order-already-redeemed` once a box was collected;
/// `order-not-issued` in any other state.
pub fn decide_transfer_order(state: &DeliveryOrder, command: Transferred) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.transfer";
    live(state, ATTEMPT)?;
    if command.from != state.holder {
        return Err(Refusal::new(
            "order-not-holder",
            ATTEMPT,
            state.status(),
            "只有提货单持有人可以转让。",
            "Only the holder of the delivery order can pass it on.",
        ));
    }
    if command.to == state.holder {
        return Err(Refusal::new("order-same-holder", ATTEMPT, state.status(), "受让人已是持有人。", "The receiver already holds it."));
    }
    if !state.redeemed.is_empty() {
        return Err(Refusal::new(
            "order-already-redeemed",
            ATTEMPT,
            state.status(),
            "已有集装箱提离，不能转让。",
            "Boxes were already collected with it; it can no longer be passed on.",
        ));
    }
    Ok(vec![command.into()])
}

/// Redeems the order for one box at the gate.
///
/// # Errors
/// `order-already-redeemed` the second time; `order-container-differs` when it does not cover the box; `order-not-issued`.
pub fn decide_redeem(state: &DeliveryOrder, command: Redeemed) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.redeem";
    if state.redeemed.contains_key(&command.container) {
        return Err(Refusal::new(
            "order-already-redeemed",
            ATTEMPT,
            state.status(),
            "该箱已凭此提货单提离。",
            "The box was already collected with this delivery order.",
        ));
    }
    live(state, ATTEMPT)?;
    if !state.containers.contains(&command.container) {
        return Err(Refusal::new(
            "order-container-differs",
            ATTEMPT,
            state.status(),
            "提货单不包含该箱。",
            "The delivery order does not cover this box.",
        ));
    }
    Ok(vec![command.into()])
}

/// Cancels the order before any box was collected.
///
/// # Errors
/// `order-already-redeemed`; `order-closed` when already cancelled.
pub fn decide_cancel_order(state: &DeliveryOrder, command: Cancelled) -> Result<Vec<DeliveryOrderEvent>, Refusal> {
    const ATTEMPT: &str = "delivery-order.cancel";
    match state.phase {
        OrderPhase::Requested | OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } if state.redeemed.is_empty() => {
            Ok(vec![command.into()])
        }
        OrderPhase::Requested | OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } | OrderPhase::Redeemed { .. } => {
            Err(Refusal::new(
                "order-already-redeemed",
                ATTEMPT,
                state.status(),
                "已有集装箱提离，不能取消。",
                "Boxes were already collected with it; it cannot be cancelled.",
            ))
        }
        OrderPhase::Cancelled { .. } => {
            Err(Refusal::new("order-closed", ATTEMPT, state.status(), "提货单已取消。", "The order is cancelled."))
        }
    }
}

fn requested(state: &DeliveryOrder, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        OrderPhase::Requested => Ok(()),
        OrderPhase::Issued { .. } | OrderPhase::Transferred { .. } | OrderPhase::Redeemed { .. } | OrderPhase::Cancelled { .. } => {
            Err(Refusal::new(
                "order-not-requested",
                attempted,
                state.status(),
                "提货单已签发或已取消。",
                "The delivery order is already issued or cancelled.",
            ))
        }
    }
}

fn charges_open(state: &DeliveryOrder, attempted: &'static str) -> Result<(), Refusal> {
    requested(state, attempted)?;
    if state.charges_settled() {
        return Err(Refusal::new("order-charges-settled", attempted, state.status(), "费用已结清。", "The charges are already settled."));
    }
    Ok(())
}

fn live(state: &DeliveryOrder, attempted: &'static str) -> Result<(), Refusal> {
    if state.is_live() {
        return Ok(());
    }
    Err(Refusal::new(
        "order-not-issued",
        attempted,
        state.status(),
        "提货单未签发或已失效。",
        "The delivery order is not issued or no longer valid.",
    ))
}

impl Aggregate for DeliveryOrder {
    const KIND: &'static str = "delivery-order";
    type Event = DeliveryOrderEvent;

    fn apply(state: Option<Self>, event: &DeliveryOrderEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use DeliveryOrderEvent as E;
        use OrderPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut order) = state else {
            return match event {
                E::Requested(data) => Ok(opened(data, at)),
                E::ChargesPaid(_)
                | E::ChargesWaived(_)
                | E::Issued(_)
                | E::FreePeriodBegan(_)
                | E::Transferred(_)
                | E::Redeemed(_)
                | E::Cancelled(_) => Err(misplaced("nothing")),
            };
        };
        match (&order.phase, event) {
            (P::Requested, E::ChargesPaid(data)) => order.charge_state = ChargeState::Paid { payment: data.payment.clone(), at },
            (P::Requested, E::ChargesWaived(data)) => order.charge_state = ChargeState::Waived { reason: data.reason.clone(), at },
            (P::Requested, E::Issued(data)) => {
                order.phase = P::Issued { at, code: data.code.clone() };
                order.free_days = data.free_days;
                order.free_until = data.free_until.or(order.free_until);
            }
            (P::Issued { .. } | P::Transferred { .. }, E::FreePeriodBegan(data)) if order.free_until.is_none() => {
                order.free_until = Some(data.free_until);
            }
            (P::Issued { at: issued_at, code } | P::Transferred { issued_at, code, .. }, E::Transferred(data)) => {
                order.phase = P::Transferred { issued_at: *issued_at, code: code.clone(), at };
                order.holder.clone_from(&data.to);
                order.admit(&data.to);
            }
            (P::Issued { at: issued_at, code } | P::Transferred { issued_at, code, .. }, E::Redeemed(data)) => {
                let redeemed = P::Redeemed { issued_at: *issued_at, code: code.clone(), at };
                if order.redeemed.insert(data.container.clone(), data.gate_transaction.clone()).is_some() {
                    return Err(misplaced(order.status()));
                }
                if order.containers.iter().all(|container| order.redeemed.contains_key(container)) {
                    order.phase = redeemed;
                }
            }
            (P::Requested | P::Issued { .. } | P::Transferred { .. }, E::Cancelled(data)) => {
                order.phase = P::Cancelled { at, reason: data.reason.clone() };
            }
            (P::Requested, E::Requested(_) | E::FreePeriodBegan(_) | E::Transferred(_) | E::Redeemed(_))
            | (
                P::Issued { .. } | P::Transferred { .. },
                E::Requested(_) | E::ChargesPaid(_) | E::ChargesWaived(_) | E::Issued(_) | E::FreePeriodBegan(_),
            )
            | (
                P::Redeemed { .. } | P::Cancelled { .. },
                E::Requested(_)
                | E::ChargesPaid(_)
                | E::ChargesWaived(_)
                | E::Issued(_)
                | E::FreePeriodBegan(_)
                | E::Transferred(_)
                | E::Redeemed(_)
                | E::Cancelled(_),
            ) => return Err(misplaced(order.status())),
        }
        Ok(order)
    }

    fn related(&self, event: &DeliveryOrderEvent) -> Vec<Related> {
        use DeliveryOrderEvent as E;
        let bill = (ObjectRef::new("bill", self.bill.clone()), "bill");
        let boxes = || self.containers.iter().map(|id| (ObjectRef::new("container", id.clone()), "container"));
        match event {
            E::Requested(_) | E::Issued(_) | E::Transferred(_) | E::Cancelled(_) => std::iter::once(bill).chain(boxes()).collect(),
            E::ChargesPaid(data) => vec![bill, (ObjectRef::new("payment", data.payment.clone()), "payment")],
            E::ChargesWaived(_) | E::FreePeriodBegan(_) => vec![bill],
            E::Redeemed(data) => vec![
                (ObjectRef::new("container", data.container.clone()), "container"),
                (ObjectRef::new("gate-transaction", data.gate_transaction.clone()), "gate-transaction"),
            ],
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            OrderPhase::Requested => "requested",
            OrderPhase::Issued { .. } => "issued",
            OrderPhase::Transferred { .. } => "transferred",
            OrderPhase::Redeemed { .. } => "redeemed",
            OrderPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (owner, action, closed_at) = match (&self.phase, self.charges_settled()) {
            (OrderPhase::Requested, false) => (Some(&self.applicant), Some("pay-charges"), None),
            (OrderPhase::Requested, true) => (Some(&self.carrier_agent), Some("issue-delivery-order"), None),
            // Once issued, the rows of the boxes say who collects what.
            (OrderPhase::Issued { .. } | OrderPhase::Transferred { .. }, true | false) => (None, None, None),
            (OrderPhase::Redeemed { at, .. } | OrderPhase::Cancelled { at, .. }, true | false) => (None, None, Some(*at)),
        };
        let mut keys = vec![id.to_uppercase(), self.bill.to_uppercase()];
        keys.extend(self.containers.iter().take(29).map(|container| container_number(container).to_uppercase()));
        // Whoever scans the code of the document finds it.
        keys.extend(self.code().map(str::to_owned));
        WorkRow {
            title: format!("{id} {}", self.bill),
            status: self.status().to_owned(),
            owner: owner.cloned(),
            action: action.map(str::to_owned),
            authority: None,
            parties: self.parties.clone(),
            keys,
            opened_at: self.requested_at,
            due_at: closed_at.is_none().then_some(self.free_until).flatten(),
            closed_at,
        }
    }
}

fn opened(data: &Requested, at: Timestamp) -> DeliveryOrder {
    let mut order = DeliveryOrder {
        bill: data.bill.clone(),
        containers: data.containers.clone(),
        applicant: data.applicant.clone(),
        carrier_agent: data.carrier_agent.clone(),
        charges: data.charges,
        charge_state: if data.charges.is_zero() { ChargeState::NotCharged } else { ChargeState::Unpaid },
        holder: data.applicant.clone(),
        free_days: None,
        free_until: data.free_until,
        redeemed: BTreeMap::new(),
        phase: OrderPhase::Requested,
        requested_at: at,
        parties: vec![data.applicant.clone()],
    };
    order.admit(&data.carrier_agent);
    order
}
