//! What partners are told, before it is written.

use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use super::MessageFinding;

/// What happened to a box, as partners are told it (箱状态).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldStatus {
    /// Container number.
    pub container: String,
    /// Size and type.
    pub size_type: String,
    /// Bill number.
    pub bill: Option<String>,
    /// What.
    pub status: BoxStatus,
    /// When.
    pub at: Timestamp,
    /// Ship name.
    pub ship_name: String,
    /// IMO number.
    pub imo: String,
    /// Inbound voyage.
    pub voyage: String,
}

/// The answer to one bill or arrival of a rail supervision message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RailAnswer {
    /// Waybill or arrival number, as sent.
    pub number: String,
    /// Wagon, where it was sent.
    pub wagon: Option<String>,
    /// Accepted (01) or not (03).
    pub accepted: bool,
    /// Why not.
    pub note: String,
}

/// The receipt of a rail supervision message (铁路监管报文回执): IRTR, ERTR, ERRR, TLR.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RailReceipt {
    /// Type of the message that it answers, such as `WLJK_IRTA`.
    pub answered: String,
    /// Number of that message (MESSAGE_ID).
    pub message_id: String,
    /// Accepted, at least in part (01), or not (03).
    pub accepted: bool,
    /// Why not.
    pub note: String,
    /// Each bill or arrival, once.
    pub answers: Vec<RailAnswer>,
}

/// A release, or one taken back, told to the rail yard (铁路放行指令): TREL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RailReleased {
    /// Waybill number.
    pub waybill: String,
    /// In or out.
    pub flow: codes::Flow,
    /// Customs district.
    pub district: String,
    /// Train number; empty when it is on none.
    pub train: String,
    /// Supervised place.
    pub place: Option<String>,
    /// Mode on the wire; 01 when the release was taken back.
    pub mode: String,
    /// Declaration on which it rests.
    pub entry_id: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Packages.
    pub packages: u32,
    /// Gross mass, kg.
    pub gross_kg: codes::Mass,
    /// Wagons and boxes.
    pub units: Vec<manifest::CargoUnit>,
    /// Remark.
    pub note: Option<String>,
}

/// The answer to an air cargo message: FMA when it was acted upon, FNA otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AirAnswer {
    /// Acted upon?
    pub accepted: bool,
    /// What was found, in words, errors first.
    pub reasons: Vec<String>,
    /// The message that is answered, repeated in the answer.
    #[serde(skip)]
    pub received: Vec<u8>,
}

/// A declaration on its way to the national single window (报关单上报).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationOut {
    /// Our number (ClientSeqNo), by which receipts find it.
    pub number: String,
    /// Content.
    pub form: clearance::DeclarationForm,
}

/// A fact to tell a partner by message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Outgoing {
    /// Syntax answer to an interchange (CONTRL), rendered from the same bytes.
    Contrl {
        /// The bytes answered.
        #[serde(skip)]
        received: Vec<u8>,
    },
    /// Business answer (APERAK): what was accepted, what was not and where.
    Aperak {
        /// Reference of the message answered.
        reference: String,
        /// Document number answered.
        document: Option<String>,
        /// Accepted?
        accepted: bool,
        /// Faults.
        findings: Vec<MessageFinding>,
    },
    /// Receipt of a rail supervision message.
    RailReceipt(RailReceipt),
    /// A release told to the rail yard (TREL).
    RailRelease(Box<RailReleased>),
    /// What may be loaded onto an export train, told to the rail yard (TLN).
    RailLoading {
        /// Train number.
        train: String,
        /// Waybills that are released.
        released: Vec<RailReleased>,
    },
    /// Answer to an air cargo message (FMA, FNA).
    AirAnswer(AirAnswer),
    /// A declaration for the national single window, signed.
    Declaration(Box<DeclarationOut>),
    /// Customs release told to the terminal (CUSRES).
    Release {
        /// Bill number.
        bill: String,
        /// Entry number.
        entry_id: String,
        /// Containers.
        containers: Vec<String>,
        /// Ship name.
        ship_name: String,
        /// Voyage.
        voyage: String,
        /// When.
        at: Timestamp,
    },
    /// Customs holds boxes, or does no longer (布控、解除), told to the terminal (CUSRES).
    Hold {
        /// Bill number.
        bill: String,
        /// Entry number.
        entry_id: String,
        /// Containers.
        containers: Vec<String>,
        /// Ship name.
        ship_name: String,
        /// Voyage.
        voyage: String,
        /// Why; `None` when the hold is lifted.
        reason: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// What is to be discharged from a ship or loaded onto it (卸船指令、装船指令), told to the terminal (COPRAR).
    WorkOrder {
        /// Which of the two.
        work: OrderedWorkKind,
        /// Number of the order.
        document: String,
        /// Whether it is the first of its call, replaces another or takes it back.
        function: OrderFunction,
        /// Number of the order that it replaces or takes back.
        previous: Option<String>,
        /// Ship agent, organisation id.
        agent: String,
        /// Ship name.
        ship_name: String,
        /// IMO number.
        imo: String,
        /// Voyage: inbound of what is discharged, outbound of what is loaded where it is known.
        voyage: String,
        /// This port, UN/LOCODE.
        port: String,
        /// Boxes, each once; those of the order that is taken back.
        boxes: Vec<logistics::ListedBox>,
    },
    /// What happened to boxes (箱状态), told to those who have a part in them (IFTSTA).
    Status {
        /// Where, UN/LOCODE.
        port: String,
        /// What happened.
        statuses: Vec<ToldStatus>,
    },
    /// Delivery order told to the terminal (COREOR).
    DeliveryOrder {
        /// Order number.
        order: String,
        /// Bill number.
        bill: String,
        /// Containers.
        containers: Vec<String>,
        /// Ship name.
        ship_name: String,
        /// Voyage.
        voyage: String,
        /// Valid until.
        valid_until: Timestamp,
        /// Holder.
        holder: String,
    },
}

/// Which work an order is of (BGM 1001).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderedWorkKind {
    /// Discharge (卸船): 43.
    Discharge,
    /// Loading (装船): 45.
    Loading,
}

/// What an order is to the one before it (BGM 1225).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderFunction {
    /// The first (9).
    Original,
    /// In place of another (5).
    Replacement,
    /// Takes it back (1).
    Cancellation,
}

/// What happened to a box, by the trade and transport status codes of UN/CEFACT Recommendation 24 (revision 6, 2017; read in
/// `uncefact/vocab-codes` on GitHub, 2026-11-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxStatus {
    /// Discharged (卸船): 29, unloaded from a means of transport.
    Discharged,
    /// Released by customs (放行): 12, cleared by customs.
    Released,
    /// Held (扣留): 232, suspended from import pending further investigation.
    Held,
    /// Held no longer, and not released yet (解除扣留): 126, customs clearance in progress.
    HoldLifted,
    /// The truck that collects it is in (提箱进闸): 113, delivery in progress.
    TruckIn,
    /// Came into the terminal through its gate (进闸): 364, arrived at the yard.
    GateIn,
    /// Left through the gate (出闸): 13, collected.
    GateOut,
    /// Loaded onto a ship (装船): 48, loaded onto a means of transport.
    Loaded,
    /// Came back after it had left (还箱): 82, returned.
    Returned,
}

impl BoxStatus {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Discharged,
        Self::Released,
        Self::Held,
        Self::HoldLifted,
        Self::TruckIn,
        Self::GateIn,
        Self::GateOut,
        Self::Loaded,
        Self::Returned,
    ];

    /// Code of Recommendation 24.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Discharged => "29",
            Self::Released => "12",
            Self::Held => "232",
            Self::HoldLifted => "126",
            Self::TruckIn => "113",
            Self::GateIn => "364",
            Self::GateOut => "13",
            Self::Loaded => "48",
            Self::Returned => "82",
        }
    }
}

impl Outgoing {
    /// Number of the document (BGM 1004), where the receiver may refer to it in an answer.
    pub fn document(&self) -> Option<&str> {
        match self {
            Self::Release { entry_id, .. } | Self::Hold { entry_id, .. } => Some(entry_id),
            Self::DeliveryOrder { order, .. } => Some(order),
            Self::WorkOrder { document, .. } => Some(document),
            // The document has the number of its interchange.
            Self::Contrl { .. } | Self::Aperak { .. } | Self::RailReceipt(_) | Self::AirAnswer(_) | Self::Status { .. } => None,
            Self::RailRelease(told) => Some(&told.waybill),
            Self::RailLoading { train, .. } => Some(train),
            // What becomes of it is said by receipts.
            Self::Declaration(_) => None,
        }
    }

    /// What the message names, in capitals: it is found by these.
    pub fn names(&self) -> Vec<String> {
        let (papers, boxes): (Vec<&str>, &[String]) = match self {
            Self::Contrl { .. } | Self::AirAnswer(_) => (Vec::new(), &[]),
            Self::RailReceipt(receipt) => {
                let bills = receipt.answers.iter().map(|answer| &answer.number);
                (std::iter::once(&receipt.message_id).chain(bills).map(String::as_str).collect(), &[])
            }
            Self::RailRelease(told) => (rail_names(&told.train, std::slice::from_ref(told.as_ref())), &[]),
            Self::RailLoading { train, released } => (rail_names(train, released), &[]),
            Self::Declaration(out) => {
                let boxes = out.form.containers.iter().map(|container| &container.container_id);
                ([&out.number, &out.form.bill_no].into_iter().chain(boxes).map(String::as_str).collect(), &[])
            }
            Self::Aperak { reference, document, .. } => (std::iter::once(reference.as_str()).chain(document.as_deref()).collect(), &[]),
            Self::Release { bill, entry_id, containers, ship_name, voyage, .. }
            | Self::Hold { bill, entry_id, containers, ship_name, voyage, .. } => (vec![bill, entry_id, ship_name, voyage], containers),
            Self::DeliveryOrder { order, bill, containers, ship_name, voyage, .. } => (vec![order, bill, ship_name, voyage], containers),
            Self::WorkOrder { document, ship_name, imo, voyage, boxes, .. } => {
                let papers = [document, ship_name, imo, voyage].into_iter();
                (papers.chain(boxes.iter().map(|one| &one.number)).map(String::as_str).collect(), &[])
            }
            Self::Status { statuses, .. } => {
                let ships = statuses.first().into_iter().flat_map(|one| [&one.ship_name, &one.imo, &one.voyage]);
                let named = statuses.iter().flat_map(|one| std::iter::once(&one.container).chain(&one.bill));
                (ships.chain(named).map(String::as_str).collect(), &[])
            }
        };
        papers.into_iter().chain(boxes.iter().map(String::as_str)).map(str::to_uppercase).filter(|name| !name.is_empty()).collect()
    }
}

fn rail_names<'t>(train: &'t str, released: &'t [RailReleased]) -> Vec<&'t str> {
    let told = released.iter().flat_map(|told| {
        let papers = std::iter::once(told.waybill.as_str()).chain(told.entry_id.as_deref());
        papers.chain(told.units.iter().map(manifest::CargoUnit::name))
    });
    std::iter::once(train).chain(told).collect()
}

/// Names and identities used in an envelope.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// Our identification.
    pub sender: String,
    /// Partner's identification.
    pub receiver: String,
    /// Interchange control reference.
    pub reference: String,
    /// When.
    pub at: Timestamp,
    /// Offset of the port's clock from UTC in minutes.
    pub utc_offset_minutes: i32,
}
