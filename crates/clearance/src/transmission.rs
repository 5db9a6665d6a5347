//! A transmission (报关单上报): an accepted declaration on its way to the national single window (国际贸易单一窗口标准版), with every receipt
//! (回执) that came back. SW-02.
//!
//! What the national side says is recorded, and does not move the declaration: storing, releasing and closing there are facts of their own
//! (通关状态不合并). Receipts may come twice and in any order; how far the transmission is follows from the time that each receipt names.
//!
//! Deliberately not known here: the message format, signatures, and how files travel.

use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Most receipts kept with one transmission.
pub const RECEIPTS_MAX: usize = 100;

/// What a receipt code means for the transmission (回执含义). Codes as public interface packs of the national window have them; not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptMeaning {
    /// A code that is not in the table: kept as received.
    Unknown,
    /// Taken in by the platform (上载成功、申报成功).
    Received,
    /// Not taken in, or sent back (失败、退单、退回修改).
    Refused,
    /// Stored by customs, with its number (海关入库成功).
    Stored,
    /// Being reviewed, inspected or taxed (审核、查验、税费).
    Review,
    /// Released (放行).
    Released,
    /// Closed (结关).
    Closed,
    /// Deleted or withdrawn (删单).
    Deleted,
    /// Goods may enter port or gate (准予进港、进卡): a fact that does not move the transmission.
    Entry,
}

impl ReceiptMeaning {
    /// The meaning of a code.
    pub fn of(code: &str) -> Self {
        match code {
            "3" | "7" => Self::Received,
            "4" | "8" | "9" | "Y" | "E" | "Z" | "SpE" => Self::Refused,
            "L" | "SpL" => Self::Stored,
            "G" | "J" | "W" | "M" | "H" | "V" | "Q" | "T" | "C" | "SpJ" | "Sp1" | "SpC" => Self::Review,
            "B" | "K" | "I" | "F" | "P" | "SpK" => Self::Released,
            "R" => Self::Closed,
            "A" | "D" => Self::Deleted,
            "X" | "O" => Self::Entry,
            _ => Self::Unknown,
        }
    }

    /// Stable code; also the state of the transmission that it leads to.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Received => "received",
            Self::Refused => "refused",
            Self::Stored => "stored",
            Self::Review => "review",
            Self::Released => "released",
            Self::Closed => "closed",
            Self::Deleted => "deleted",
            Self::Entry => "entry",
        }
    }

    /// Does it say how far the transmission is?
    const fn moves(self) -> bool {
        !matches!(self, Self::Unknown | Self::Entry)
    }
}

/// A fault that the national side found (退单原因), at the field it names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptFault {
    /// Official name of the field (FieldCode), such as `GrossWet`; empty when none is named.
    pub field: String,
    /// In the words of the national side.
    pub text: String,
}

/// A receipt (回执) as told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Code (ResponseCode), as sent.
    pub code: String,
    /// When the national side made it (CreatTime).
    pub told_at: Timestamp,
    /// Number of the data centre (SeqNo, 统一编号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq_no: Option<String>,
    /// Declaration number (EntryId, 海关编号), 18 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_id: Option<String>,
    /// What is said in words (ErrorMessage).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Faults at fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<ReceiptFault>,
    /// The message that carried it.
    pub message: String,
}

impl Receipt {
    /// What it means.
    pub fn meaning(&self) -> ReceiptMeaning {
        ReceiptMeaning::of(&self.code)
    }

    /// Says it the same as another, whatever carried it?
    fn repeats(&self, other: &Self) -> bool {
        let told = |r: &Self| (r.code.clone(), r.told_at, r.seq_no.clone(), r.entry_id.clone(), r.text.clone(), r.faults.clone());
        told(self) == told(other)
    }
}

/// How the file travelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "travel", rename_all = "kebab-case")]
pub enum Travel {
    /// Written, not handed over yet.
    Prepared,
    /// Handed over.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Handing it over was given up (死信).
    Undelivered {
        /// When.
        at: Timestamp,
        /// What was wrong.
        fault: String,
    },
}

/// A transmission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transmission {
    /// Declaration id.
    pub declaration: String,
    /// Number that the platform gave the declaration.
    pub own_number: String,
    /// Bill.
    pub bill: String,
    /// Who declares, organisation id.
    pub broker: String,
    /// Consignee, organisation id.
    pub trader: Option<String>,
    /// Customs district of declaration.
    pub district: String,
    /// The message that carries it.
    pub message: String,
    /// It went to a sandbox counterpart (沙箱).
    pub sandbox: bool,
    /// How the file travelled.
    pub travel: Travel,
    /// Receipts, as they came.
    pub receipts: Vec<Receipt>,
    /// When it was prepared.
    pub prepared_at: Timestamp,
    /// Hours after which a first receipt is overdue.
    pub receipt_hours: u32,
}

/// `transmission.prepared`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransmissionPrepared {
    /// Declaration id.
    pub declaration: String,
    /// Number that the platform gave the declaration.
    pub own_number: String,
    /// Bill.
    pub bill: String,
    /// Who declares.
    pub broker: String,
    /// Consignee.
    pub trader: Option<String>,
    /// Customs district of declaration.
    pub district: String,
    /// The message that carries it.
    pub message: String,
    /// It goes to a sandbox counterpart.
    pub sandbox: bool,
    /// Hours after which a first receipt is overdue.
    pub receipt_hours: u32,
}

/// `transmission.sent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransmissionSent {}

/// `transmission.undelivered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransmissionUndelivered {
    /// What was wrong.
    pub fault: String,
}

/// `transmission.receipt`: the national side said something about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptCame {
    /// What it said.
    pub receipt: Receipt,
}

ledger::domain_events! {
    /// What happens to a transmission.
    pub enum TransmissionEvent for "transmission" {
        /// Written and signed.
        Prepared(TransmissionPrepared) = "transmission.prepared",
        /// Handed over.
        Sent(TransmissionSent) = "transmission.sent",
        /// Given up.
        Undelivered(TransmissionUndelivered) = "transmission.undelivered",
        /// A receipt came.
        Receipt(ReceiptCame) = "transmission.receipt",
    }
}

impl Transmission {
    /// The receipt that says how far it is: the one made last, whatever the order in which they came.
    pub fn standing(&self) -> Option<&Receipt> {
        self.receipts.iter().filter(|receipt| receipt.meaning().moves()).max_by_key(|receipt| (receipt.told_at, receipt.meaning()))
    }

    /// Number of the data centre, once told.
    pub fn seq_no(&self) -> Option<&str> {
        self.receipts.iter().find_map(|receipt| receipt.seq_no.as_deref())
    }

    /// National declaration number, once told.
    pub fn entry_id(&self) -> Option<&str> {
        self.receipts.iter().find_map(|receipt| receipt.entry_id.as_deref())
    }

    /// When the first receipt of this meaning was made.
    pub fn told(&self, meaning: ReceiptMeaning) -> Option<Timestamp> {
        self.receipts.iter().filter(|receipt| receipt.meaning() == meaning).map(|receipt| receipt.told_at).min()
    }

    /// Is it over, so that the declaration may be transmitted anew?
    pub fn may_be_replaced(&self) -> bool {
        match self.standing().map(Receipt::meaning) {
            Some(ReceiptMeaning::Refused | ReceiptMeaning::Deleted) => true,
            Some(_) => false,
            None => matches!(self.travel, Travel::Undelivered { .. }),
        }
    }

    /// When a first receipt is overdue; `None` once one came, or while the file is not handed over.
    pub fn receipt_due(&self) -> Option<Timestamp> {
        match (&self.travel, self.receipts.is_empty()) {
            (Travel::Sent { at }, true) => Some(at.plus_hours(i64::from(self.receipt_hours))),
            (Travel::Prepared | Travel::Undelivered { .. } | Travel::Sent { .. }, _) => None,
        }
    }
}

/// Sends a declaration on. `previous` is its transmission before this one.
///
/// # Errors
/// `transmission-under-way` while the one before is not refused, deleted or undelivered.
pub fn decide_transmit(previous: Option<&Transmission>, command: TransmissionPrepared) -> Result<Vec<TransmissionEvent>, Refusal> {
    if let Some(previous) = previous.filter(|previous| !previous.may_be_replaced()) {
        return Err(transmission_under_way(previous));
    }
    Ok(vec![command.into()])
}

/// Why a declaration is not sent anew while an earlier transmission may still reach the national window.
pub fn transmission_under_way(previous: &Transmission) -> Refusal {
    Refusal::new(
        "transmission-under-way",
        "declaration.transmit",
        previous.status(),
        "该报关单已上报国家单一窗口，尚未被退回。",
        "The declaration was sent to the national single window already and was not sent back.",
    )
}

/// The file was handed over. Said twice, nothing is new.
pub fn decide_transmission_sent(state: &Transmission) -> Vec<TransmissionEvent> {
    match state.travel {
        Travel::Prepared | Travel::Undelivered { .. } => vec![TransmissionSent {}.into()],
        Travel::Sent { .. } => Vec::new(),
    }
}

/// Handing the file over was given up.
pub fn decide_transmission_undelivered(state: &Transmission, fault: String) -> Vec<TransmissionEvent> {
    match state.travel {
        Travel::Prepared => vec![TransmissionUndelivered { fault }.into()],
        Travel::Sent { .. } | Travel::Undelivered { .. } => Vec::new(),
    }
}

/// Records a receipt. One that says the same again gives no event.
///
/// # Errors
/// `receipt-entry-differs` when it names another declaration number than an earlier one; `receipt-too-many`.
pub fn decide_receipt(state: &Transmission, receipt: Receipt) -> Result<Vec<TransmissionEvent>, Refusal> {
    const ATTEMPT: &str = "transmission.record-receipt";
    if state.receipts.iter().any(|known| known.repeats(&receipt)) {
        return Ok(Vec::new());
    }
    if let (Some(known), Some(told)) = (state.entry_id(), receipt.entry_id.as_deref())
        && known != told
    {
        return Err(Refusal::new(
            "receipt-entry-differs",
            ATTEMPT,
            state.status(),
            format!("此前回执的海关编号为 {known}，本回执为 {told}。"),
            format!("An earlier receipt gave number {known}, this one gives {told}."),
        ));
    }
    if state.receipts.len() >= RECEIPTS_MAX {
        return Err(Refusal::new(
            "receipt-too-many",
            ATTEMPT,
            state.status(),
            format!("一份上报最多保存 {RECEIPTS_MAX} 条回执。"),
            format!("At most {RECEIPTS_MAX} receipts are kept with one transmission."),
        ));
    }
    Ok(vec![ReceiptCame { receipt }.into()])
}

impl Aggregate for Transmission {
    const KIND: &'static str = "transmission";
    type Event = TransmissionEvent;

    fn apply(state: Option<Self>, event: &TransmissionEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use TransmissionEvent as E;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        match (state, event) {
            (None, E::Prepared(data)) => Ok(Self {
                declaration: data.declaration.clone(),
                own_number: data.own_number.clone(),
                bill: data.bill.clone(),
                broker: data.broker.clone(),
                trader: data.trader.clone(),
                district: data.district.clone(),
                message: data.message.clone(),
                sandbox: data.sandbox,
                travel: Travel::Prepared,
                receipts: Vec::new(),
                prepared_at: at,
                receipt_hours: data.receipt_hours,
            }),
            (Some(state), E::Sent(_)) if !matches!(state.travel, Travel::Sent { .. }) => Ok(Self { travel: Travel::Sent { at }, ..state }),
            (Some(state), E::Undelivered(data)) if state.travel == Travel::Prepared => {
                Ok(Self { travel: Travel::Undelivered { at, fault: data.fault.clone() }, ..state })
            }
            // Whether it may come is decided before; what was recorded stays readable when that rule changes.
            (Some(mut state), E::Receipt(data)) => {
                state.receipts.push(data.receipt.clone());
                Ok(state)
            }
            (None, E::Sent(_) | E::Undelivered(_) | E::Receipt(_)) => Err(misplaced("nothing")),
            (Some(state), E::Prepared(_) | E::Sent(_) | E::Undelivered(_)) => Err(misplaced(state.status())),
        }
    }

    fn related(&self, event: &TransmissionEvent) -> Vec<Related> {
        let declaration = (ObjectRef::new("declaration", self.declaration.clone()), "declaration");
        match event {
            TransmissionEvent::Prepared(data) => vec![declaration, (ObjectRef::new("message", data.message.clone()), "carried-by")],
            TransmissionEvent::Receipt(data) => {
                vec![declaration, (ObjectRef::new("message", data.receipt.message.clone()), "told-by")]
            }
            TransmissionEvent::Sent(_) | TransmissionEvent::Undelivered(_) => vec![declaration],
        }
    }

    fn status(&self) -> &'static str {
        match (self.standing(), &self.travel) {
            (Some(receipt), _) => receipt.meaning().code(),
            (None, Travel::Prepared) => "prepared",
            (None, Travel::Sent { .. }) => "sent",
            (None, Travel::Undelivered { .. }) => "undelivered",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        use ReceiptMeaning as M;
        let closed_at =
            self.standing().filter(|r| matches!(r.meaning(), M::Refused | M::Released | M::Closed | M::Deleted)).map(|r| r.told_at);
        let numbers = [Some(id), Some(self.declaration.as_str()), Some(self.own_number.as_str()), Some(self.bill.as_str())];
        let told = [self.seq_no(), self.entry_id()];
        WorkRow {
            title: format!("{} {}", self.declaration, self.bill),
            status: self.status().to_owned(),
            parties: std::iter::once(self.broker.clone()).chain(self.trader.clone().filter(|trader| *trader != self.broker)).collect(),
            authority: Some(self.district.clone()),
            keys: numbers.into_iter().chain(told).flatten().map(str::to_uppercase).collect(),
            opened_at: self.prepared_at,
            due_at: self.receipt_due(),
            closed_at,
            ..WorkRow::default()
        }
    }
}
