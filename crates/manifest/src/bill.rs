//! A bill of lading on a manifest (提运单): parties, containers, goods, tally, and the documents that hang on it.

use std::collections::BTreeMap;

use codes::Mass;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Days within which a bill number must not be used again: two years (舱单数据模型代码集, 提单号两年内不得重复).
pub const BILL_REUSE_DAYS: i64 = 2 * 365;

/// A party of a bill (提单当事人).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name as written on the bill.
    pub name: String,
    /// Address as written on the bill.
    #[serde(default)]
    pub address: Option<String>,
}

/// Who receives the goods (收货人).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consignee {
    /// Unified social credit code (统一社会信用代码), as sent; Announcement 56/2017 asks for it.
    #[serde(default)]
    pub uscc: Option<String>,
    /// Name as written on the bill.
    pub name: String,
    /// Organisation id, when the receiver is known to the platform.
    #[serde(default)]
    pub org: Option<String>,
}

/// A container as the bill lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestContainer {
    /// Container number (箱号), ISO 6346.
    pub number: String,
    /// Size and type code (箱型尺寸), ISO 6346 / CN007.
    pub size_type: String,
    /// Seal numbers (封志号).
    #[serde(default)]
    pub seals: Vec<String>,
    /// Gross mass of the goods in it, kg (毛重).
    pub gross_kg: Mass,
    /// Packages in it (件数).
    pub packages: u32,
}

/// A line of goods of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestGoods {
    /// Description (货名).
    pub description: String,
    /// HS code as sent, 4 to 13 digits; Announcement 56/2017 asks for a name at HS level.
    #[serde(default)]
    pub hs_code: Option<String>,
    /// Packages.
    pub packages: u32,
    /// Kind of packages (包装种类).
    #[serde(default)]
    pub package_kind: Option<String>,
    /// Gross mass, kg.
    pub gross_kg: Mass,
    /// UN number of dangerous goods (联合国危险货物编号), 4 digits.
    #[serde(default)]
    pub un_no: Option<String>,
}

/// What a bill says (提单内容).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillContent {
    /// Carrier's name (承运人).
    pub carrier: String,
    /// Shipper (发货人).
    pub shipper: Party,
    /// Consignee (收货人).
    pub consignee: Consignee,
    /// Notify party (通知人).
    #[serde(default)]
    pub notify: Option<Party>,
    /// Port of loading (装货港), UN/LOCODE.
    pub loading: String,
    /// Port of discharge (卸货港), UN/LOCODE.
    pub discharge: String,
    /// Place of delivery (交货地), UN/LOCODE.
    #[serde(default)]
    pub delivery: Option<String>,
    /// Next port to which the goods go on by another ship (中转目的港), UN/LOCODE; marks the bill as transhipment (水水中转).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onward: Option<String>,
    /// Containers.
    pub containers: Vec<ManifestContainer>,
    /// Goods.
    pub goods: Vec<ManifestGoods>,
}

impl BillContent {
    /// Sum of the packages of all lines of goods.
    pub fn packages(&self) -> u64 {
        self.goods.iter().map(|line| u64::from(line.packages)).sum()
    }
}

/// Tally of one container at discharge (理货).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// When it was landed.
    pub at: Timestamp,
    /// Damage noted (残损).
    #[serde(default)]
    pub damage: Option<String>,
    /// Packages counted, when counted.
    #[serde(default)]
    pub packages: Option<u32>,
}

/// How far a bill has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum BillPhase {
    /// On the manifest, nothing landed (已列入舱单).
    Manifested,
    /// Some containers landed (部分卸船).
    PartlyLanded,
    /// All containers landed (全部卸船).
    Landed {
        /// When the last one was landed.
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

/// A bill of lading of a call (提运单). Its id is the bill number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Ship call id.
    pub call: String,
    /// Manifest id.
    pub manifest: String,
    /// Sender of the manifest (舱单传输人), organisation id.
    pub agent: String,
    /// What the bill says.
    pub content: BillContent,
    /// Open or released declaration (报关单), at most one.
    pub declaration: Option<String>,
    /// The last declaration that was sent back or withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_before: Option<String>,
    /// Delivery order (提货单), once asked for.
    pub delivery_order: Option<String>,
    /// Tally by container number.
    pub tally: BTreeMap<String, Tally>,
    /// How far it has come.
    pub phase: BillPhase,
    /// Organisations concerned: sender, receiver, brokers, applicants.
    pub parties: Vec<String>,
    /// When it was manifested.
    pub opened_at: Timestamp,
    /// When nothing was left to do with it (landed, declared and ordered).
    pub settled_at: Option<Timestamp>,
    /// The newest report of each message type that named the bill, by type, at most [`REPORTED_KINDS_MAX`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reports: BTreeMap<String, Reported>,
}

/// Message types of which a bill keeps the newest report.
pub const REPORTED_KINDS_MAX: usize = 32;

/// `bill.reported`; also the command: a message named the bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Type of the message, such as `IFTSTA`.
    pub kind: String,
    /// Document number of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Message id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Message function (1225), as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Status code, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Where, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Who told it, organisation id.
    pub by: String,
    /// When it happened, or when it was told.
    pub at: Timestamp,
}

/// Records that a message named the bill. Whatever its phase, what was told is kept.
///
/// # Errors
/// `bill-report-repeated` when the newest report of this type said the same.
pub fn decide_report(state: &Bill, command: Reported) -> Result<Vec<BillEvent>, Refusal> {
    let same =
        |known: &Reported| (&known.status, &known.place, known.at, &known.by) == (&command.status, &command.place, command.at, &command.by);
    if state.reports.get(&command.kind).is_some_and(same) {
        return Err(Refusal::new(
            "bill-report-repeated",
            "bill.report",
            state.status(),
            "该内容已登记，未重复登记。",
            "The same was told before; nothing is recorded twice.",
        ));
    }
    Ok(vec![command.into()])
}

impl Bill {
    /// Containers not landed yet, by number.
    pub fn missing_containers(&self) -> impl Iterator<Item = &str> {
        self.content.containers.iter().map(|c| c.number.as_str()).filter(|number| !self.tally.contains_key(*number))
    }

    /// When the last container was landed.
    pub fn landed_at(&self) -> Option<Timestamp> {
        match self.phase {
            BillPhase::Landed { at } => Some(at),
            BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Cancelled { .. } => None,
        }
    }

    fn phase_after_tally(&self) -> BillPhase {
        if self.missing_containers().next().is_none() && !self.tally.is_empty() {
            let last = self.tally.values().map(|tally| tally.at).max().unwrap_or(self.opened_at);
            BillPhase::Landed { at: last }
        } else if self.tally.is_empty() {
            BillPhase::Manifested
        } else {
            BillPhase::PartlyLanded
        }
    }

    fn take_report(&mut self, told: &Reported) {
        let known = self.reports.get(&told.kind);
        let newer = known.map_or(self.reports.len() < REPORTED_KINDS_MAX, |known| known.at <= told.at);
        if newer {
            self.reports.insert(told.kind.clone(), told.clone());
        }
    }

    fn admit(&mut self, organisation: &str) {
        if self.parties.iter().all(|party| party != organisation) {
            self.parties.push(organisation.to_owned());
        }
    }

    fn settle(&mut self, at: Timestamp) {
        let papers = (self.declaration.is_some() && self.delivery_order.is_some()) || self.content.onward.is_some();
        let settled = self.landed_at().is_some() && papers;
        self.settled_at = settled.then(|| self.settled_at.unwrap_or(at));
    }
}

/// `bill.manifested`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifested {
    /// Ship call id.
    pub call: String,
    /// Manifest id.
    pub manifest: String,
    /// Sender of the manifest, organisation id.
    pub agent: String,
    /// What the bill says.
    pub content: BillContent,
}

/// `bill.amended`; also the command (舱单变更).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amended {
    /// What the bill says now.
    pub content: BillContent,
    /// Reason code 001–015 or 999 (变更原因代码), as sent.
    pub reason: String,
}

/// `bill.container-landed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerLanded {
    /// Container number.
    pub container: String,
    /// Its tally.
    pub tally: Tally,
}

/// `bill.declared`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Declaration id.
    pub declaration: String,
    /// Broker (申报单位), organisation id; from now on a party of the bill.
    pub broker: String,
}

/// How a declaration left its bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeclarationEnd {
    /// Withdrawn by the declarant (撤单).
    Withdrawn,
    /// Rejected by customs (退单).
    Rejected,
}

/// `bill.declaration-ended`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationEnded {
    /// Declaration id.
    pub declaration: String,
    /// How it ended.
    pub end: DeclarationEnd,
}

/// `bill.ordered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Delivery order id.
    pub delivery_order: String,
    /// Who asked for it, organisation id; from now on a party of the bill.
    pub applicant: String,
}

/// `bill.order-ended`; also the command: the delivery order was cancelled, another may be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEnded {
    /// Delivery order id.
    pub delivery_order: String,
}

/// `bill.cancelled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a bill.
    pub enum BillEvent for "bill" {
        /// On the manifest.
        Manifested(Manifested) = "bill.manifested",
        /// Content changed.
        Amended(Amended) = "bill.amended",
        /// One of its containers was landed.
        ContainerLanded(ContainerLanded) = "bill.container-landed",
        /// A declaration was accepted for it.
        Declared(Declared) = "bill.declared",
        /// Its declaration was withdrawn or rejected.
        DeclarationEnded(DeclarationEnded) = "bill.declaration-ended",
        /// A delivery order was asked for.
        Ordered(Ordered) = "bill.ordered",
        /// Its delivery order was cancelled.
        OrderEnded(OrderEnded) = "bill.order-ended",
        /// Taken off the manifest.
        Cancelled(Cancelled) = "bill.cancelled",
        /// A message named it.
        Reported(Reported) = "bill.reported",
    }
}

/// Puts a bill on the manifest. The state of an earlier bill with the same number is given, if there was one.
///
/// # Errors
/// `bill-number-reused` when the number was used within [`BILL_REUSE_DAYS`], unless the earlier bill was cancelled.
pub fn decide_manifest_bill(state: Option<&Bill>, command: Manifested, at: Timestamp) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.manifest";
    let reused = state.is_some_and(|bill| match bill.phase {
        BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. } => at < bill.opened_at.plus_days(BILL_REUSE_DAYS),
        BillPhase::Cancelled { .. } => false,
    });
    if reused {
        let found = state.map_or("nothing", Aggregate::status);
        return Err(Refusal::new(
            "bill-number-reused",
            ATTEMPT,
            found,
            "提运单号两年内不得重复使用。",
            "A bill number must not be used again within two years.",
        ));
    }
    Ok(vec![command.into()])
}

/// Amends a bill that no declaration holds.
///
/// # Errors
/// `bill-already-declared` while a declaration is open; and as [`decide_amend_approved`].
pub fn decide_amend(state: &Bill, command: Amended) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.amend";
    refuse_cancelled(state, ATTEMPT)?;
    if let Some(declaration) = &state.declaration {
        return Err(already_declared(state, ATTEMPT, declaration));
    }
    decide_amend_approved(state, command)
}

/// Amends a bill by an application that was approved (MFT-03), also while it is declared.
///
/// # Errors
/// `bill-container-landed` when a landed container would be removed; `bill-cancelled`.
pub fn decide_amend_approved(state: &Bill, command: Amended) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.amend";
    refuse_cancelled(state, ATTEMPT)?;
    if let Some(lost) = state.tally.keys().find(|number| command.content.containers.iter().all(|c| c.number != **number)) {
        return Err(Refusal::new(
            "bill-container-landed",
            ATTEMPT,
            state.status(),
            format!("集装箱 {lost} 已卸船，不能从提单中删除。"),
            format!("Container {lost} is landed and cannot be taken off the bill."),
        ));
    }
    Ok(vec![command.into()])
}

/// Counts a container as landed.
///
/// # Errors
/// `container-not-manifested` when the bill does not list it; `container-already-landed`; `bill-cancelled`.
pub fn decide_landed(state: &Bill, command: ContainerLanded) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.land-container";
    refuse_cancelled(state, ATTEMPT)?;
    if state.content.containers.iter().all(|c| c.number != command.container) {
        return Err(Refusal::new(
            "container-not-manifested",
            ATTEMPT,
            state.status(),
            format!("提单未列明集装箱 {}。", command.container),
            format!("The bill does not list container {}.", command.container),
        ));
    }
    if state.tally.contains_key(&command.container) {
        return Err(Refusal::new(
            "container-already-landed",
            ATTEMPT,
            state.status(),
            format!("集装箱 {} 已登记卸船。", command.container),
            format!("Container {} is already counted as landed.", command.container),
        ));
    }
    Ok(vec![command.into()])
}

/// Marks the bill as declared.
///
/// # Errors
/// `bill-already-declared` when it carries an open declaration (of whatever id); `bill-transhipment` when its goods go on by another ship;
/// `bill-cancelled`.
pub fn decide_declare(state: &Bill, command: Declared) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.declare";
    refuse_cancelled(state, ATTEMPT)?;
    refuse_transhipment(state, ATTEMPT)?;
    match &state.declaration {
        Some(declaration) => Err(already_declared(state, ATTEMPT, declaration)),
        None => Ok(vec![command.into()]),
    }
}

/// Frees the bill for another declaration.
///
/// # Errors
/// `bill-not-declared` when this declaration is not the bill's.
pub fn decide_declaration_ended(state: &Bill, command: DeclarationEnded) -> Result<Vec<BillEvent>, Refusal> {
    if state.declaration.as_ref() != Some(&command.declaration) {
        return Err(Refusal::new(
            "bill-not-declared",
            "bill.end-declaration",
            state.status(),
            "该提单未由此报关单申报。",
            "The bill is not declared by this declaration.",
        ));
    }
    Ok(vec![command.into()])
}

/// Notes the delivery order asked for.
///
/// # Errors
/// `bill-already-ordered` when another delivery order exists; `bill-transhipment` when its goods go on by another ship; `bill-cancelled`.
pub fn decide_ordered(state: &Bill, command: Ordered) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.order";
    refuse_cancelled(state, ATTEMPT)?;
    refuse_transhipment(state, ATTEMPT)?;
    if let Some(order) = &state.delivery_order {
        return Err(Refusal::new(
            "bill-already-ordered",
            ATTEMPT,
            state.status(),
            format!("该提单已申请换单 {order}。"),
            format!("Delivery order {order} was already asked for on this bill."),
        ));
    }
    Ok(vec![command.into()])
}

/// Frees the bill for another delivery order.
///
/// # Errors
/// `bill-not-ordered` when this delivery order is not the bill's; `bill-cancelled`.
pub fn decide_order_ended(state: &Bill, command: OrderEnded) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.end-order";
    refuse_cancelled(state, ATTEMPT)?;
    if state.delivery_order.as_ref() != Some(&command.delivery_order) {
        return Err(Refusal::new(
            "bill-not-ordered",
            ATTEMPT,
            state.status(),
            "该提单没有此提货单。",
            "The bill does not have this delivery order.",
        ));
    }
    Ok(vec![command.into()])
}

/// Takes the bill off the manifest. A declaration must end first, whoever approves: goods that are declared are somebody's.
///
/// # Errors
/// `bill-already-declared` while declared; `bill-container-landed` once anything is landed; `bill-cancelled`.
pub fn decide_cancel(state: &Bill, command: Cancelled) -> Result<Vec<BillEvent>, Refusal> {
    const ATTEMPT: &str = "bill.cancel";
    refuse_cancelled(state, ATTEMPT)?;
    if let Some(declaration) = &state.declaration {
        return Err(already_declared(state, ATTEMPT, declaration));
    }
    if !state.tally.is_empty() {
        return Err(Refusal::new(
            "bill-container-landed",
            ATTEMPT,
            state.status(),
            "已有集装箱卸船，提单不能取消。",
            "Containers of this bill are landed; it cannot be cancelled.",
        ));
    }
    Ok(vec![command.into()])
}

fn refuse_cancelled(state: &Bill, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. } => Ok(()),
        BillPhase::Cancelled { .. } => {
            Err(Refusal::new("bill-cancelled", attempted, state.status(), "该提单已取消。", "The bill is cancelled."))
        }
    }
}

/// Goods that go on by another ship do not enter the country: they are neither declared nor collected.
fn refuse_transhipment(state: &Bill, attempted: &'static str) -> Result<(), Refusal> {
    match &state.content.onward {
        None => Ok(()),
        Some(port) => Err(Refusal::new(
            "bill-transhipment",
            attempted,
            state.status(),
            format!("该提单为中转货物（目的港 {port}），不能作进口申报或换单；如转为进口，请先变更舱单。"),
            format!(
                "The goods of this bill go on to {port} by another ship: they are neither declared nor ordered. Amend the manifest first if they are to be imported."
            ),
        )),
    }
}

fn already_declared(state: &Bill, attempted: &'static str, declaration: &str) -> Refusal {
    Refusal::new(
        "bill-already-declared",
        attempted,
        state.status(),
        format!("该提单已由报关单 {declaration} 申报。"),
        format!("The bill is already declared by {declaration}."),
    )
}

impl Aggregate for Bill {
    const KIND: &'static str = "bill";
    type Event = BillEvent;

    fn apply(state: Option<Self>, event: &BillEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut bill) = state else {
            return match event {
                BillEvent::Manifested(data) => Ok(manifested(data, at)),
                BillEvent::Amended(_)
                | BillEvent::ContainerLanded(_)
                | BillEvent::Declared(_)
                | BillEvent::DeclarationEnded(_)
                | BillEvent::Ordered(_)
                | BillEvent::OrderEnded(_)
                | BillEvent::Cancelled(_)
                | BillEvent::Reported(_) => Err(misplaced("nothing")),
            };
        };
        match (&bill.phase, event) {
            // Reuse of a number (after two years, or after cancellation) starts afresh; `decide_manifest_bill` guards it.
            (
                BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. } | BillPhase::Cancelled { .. },
                BillEvent::Manifested(data),
            ) => return Ok(manifested(data, at)),
            (
                BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. } | BillPhase::Cancelled { .. },
                BillEvent::Reported(data),
            ) => {
                bill.take_report(data);
                return Ok(bill);
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::Amended(data)) => {
                bill.content = data.content.clone();
                if let Some(org) = &data.content.consignee.org {
                    bill.admit(org);
                }
                bill.phase = bill.phase_after_tally();
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::ContainerLanded(data)) => {
                bill.tally.insert(data.container.clone(), data.tally.clone());
                bill.phase = bill.phase_after_tally();
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::Declared(data)) => {
                bill.declaration = Some(data.declaration.clone());
                bill.admit(&data.broker);
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::DeclarationEnded(data)) => {
                bill.declaration = None;
                bill.declared_before = Some(data.declaration.clone());
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::Ordered(data)) => {
                bill.delivery_order = Some(data.delivery_order.clone());
                bill.admit(&data.applicant);
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::OrderEnded(_)) => {
                bill.delivery_order = None
            }
            (BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. }, BillEvent::Cancelled(data)) => {
                bill.phase = BillPhase::Cancelled { at, reason: data.reason.clone() };
            }
            (
                BillPhase::Cancelled { .. },
                BillEvent::Amended(_)
                | BillEvent::ContainerLanded(_)
                | BillEvent::Declared(_)
                | BillEvent::DeclarationEnded(_)
                | BillEvent::Ordered(_)
                | BillEvent::OrderEnded(_)
                | BillEvent::Cancelled(_),
            ) => return Err(misplaced(bill.status())),
        }
        bill.settle(at);
        Ok(bill)
    }

    fn related(&self, event: &BillEvent) -> Vec<Related> {
        let call = (ObjectRef::new("ship-call", self.call.clone()), "call");
        match event {
            BillEvent::Manifested(_) => vec![call, (ObjectRef::new("manifest", self.manifest.clone()), "manifest")],
            BillEvent::Amended(_) | BillEvent::Cancelled(_) => vec![call],
            // The message is the event's cause; naming it here would make its history that of everything it names.
            BillEvent::Reported(_) => Vec::new(),
            BillEvent::ContainerLanded(data) => {
                vec![(ObjectRef::new("container", format!("{}-{}", data.container, self.call)), "container")]
            }
            BillEvent::Declared(data) => vec![(ObjectRef::new("declaration", data.declaration.clone()), "declaration")],
            BillEvent::DeclarationEnded(data) => vec![(ObjectRef::new("declaration", data.declaration.clone()), "declaration")],
            BillEvent::Ordered(data) => vec![(ObjectRef::new("delivery-order", data.delivery_order.clone()), "delivery-order")],
            BillEvent::OrderEnded(data) => vec![(ObjectRef::new("delivery-order", data.delivery_order.clone()), "delivery-order")],
        }
    }

    /// The row does not say what was told.
    fn touches_row(event: &BillEvent) -> bool {
        !matches!(event, BillEvent::Reported(_))
    }

    fn status(&self) -> &'static str {
        match self.phase {
            BillPhase::Manifested => "manifested",
            BillPhase::PartlyLanded => "partly-landed",
            BillPhase::Landed { .. } => "landed",
            BillPhase::Cancelled { .. } => "cancelled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            BillPhase::Cancelled { at, .. } => Some(at),
            BillPhase::Manifested | BillPhase::PartlyLanded | BillPhase::Landed { .. } => self.settled_at,
        };
        let action = match (&self.declaration, &self.delivery_order) {
            (None, _) => Some("submit-declaration"),
            (Some(_), None) => Some("request-delivery-order"),
            (Some(_), Some(_)) => None,
        }
        // What goes on by another ship asks nothing of a receiver here: its transhipment has a row of its own.
        .filter(|_| closed_at.is_none() && self.content.onward.is_none());
        let mut keys = vec![id.to_uppercase(), self.call.to_uppercase()];
        keys.extend(self.content.consignee.uscc.iter().map(|uscc| uscc.to_uppercase()));
        // A row carries at most 32 keys; further containers are found through their own rows.
        keys.extend(self.content.containers.iter().take(28).map(|c| c.number.to_uppercase()));
        WorkRow {
            title: id.to_owned(),
            status: self.status().to_owned(),
            // Without a known receiver nobody on the platform can be asked to act.
            owner: action.and(self.content.consignee.org.clone()),
            action: action.filter(|_| self.content.consignee.org.is_some()).map(str::to_owned),
            authority: None,
            parties: self.parties.clone(),
            keys,
            opened_at: self.opened_at,
            due_at: None,
            closed_at,
        }
    }
}

fn manifested(data: &Manifested, at: Timestamp) -> Bill {
    let mut bill = Bill {
        call: data.call.clone(),
        manifest: data.manifest.clone(),
        agent: data.agent.clone(),
        content: data.content.clone(),
        declaration: None,
        declared_before: None,
        delivery_order: None,
        tally: BTreeMap::new(),
        phase: BillPhase::Manifested,
        parties: vec![data.agent.clone()],
        opened_at: at,
        settled_at: None,
        reports: BTreeMap::new(),
    };
    if let Some(org) = &data.content.consignee.org {
        bill.admit(org);
    }
    bill
}
