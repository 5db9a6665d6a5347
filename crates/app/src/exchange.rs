//! What the application asks of the world of messages: reading what partners send, writing what they are told.
//!
//! The application knows no message syntax. The `messages` crate implements [`Interpreter`]; the assembly joins the two.

use codes::Finding;
use ledger::Timestamp;
use manifest::BillForm;
use serde::{Deserialize, Serialize};

use crate::agreement::Agreement;

/// A fault in a message, at its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageFinding {
    /// The finding; its pointer is `/messages/{n}/segments/{s}/elements/{e}/components/{c}`, or a path into the form.
    #[serde(flatten)]
    pub finding: Finding,
    /// Segment number in the file, from 1, service segments counted, UNA not.
    pub segment: Option<u64>,
    /// Byte offset in the file.
    pub offset: Option<u64>,
    /// Segment tag.
    pub segment_tag: Option<String>,
    /// Reference of the message (UNH).
    pub message_reference: Option<String>,
}

/// How a message names the ship's call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallClue {
    /// Ship name as sent.
    pub ship_name: Option<String>,
    /// IMO number as sent.
    pub imo: Option<String>,
    /// Call sign as sent.
    pub call_sign: Option<String>,
    /// Voyage as sent.
    pub voyage: Option<String>,
}

/// A bill read from a message, with the segment it starts at, so that a later finding can point there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BillRead {
    /// The bill.
    pub form: BillForm,
    /// Segment at which it starts.
    pub segment: u64,
    /// Byte offset of that segment.
    pub offset: u64,
}

/// One container reported discharged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DischargeRead {
    /// Container number as sent.
    pub container: String,
    /// When, UTC.
    pub at: Option<Timestamp>,
    /// Position in the yard.
    pub position: Option<String>,
    /// Seal.
    pub seal: Option<String>,
    /// Damage, in words or code.
    pub damage: Option<String>,
    /// Segment at which it starts.
    pub segment: u64,
    /// Byte offset of that segment.
    pub offset: u64,
}

/// What a message names (报文所涉对象), as sent: it is found by these, and what the port knows of them is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Ship and voyage.
    pub call: CallClue,
    /// Bill numbers.
    pub bills: Vec<String>,
    /// Container numbers, in one spelling.
    pub containers: Vec<String>,
    /// Document, booking, order and entry numbers.
    pub references: Vec<String>,
}

impl Mentions {
    /// Everything named, each once, in capitals: ship and voyage first, then papers, bills and boxes.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        let call = [&self.call.voyage, &self.call.imo, &self.call.ship_name, &self.call.call_sign];
        let call = call.into_iter().flatten();
        let mut seen = std::collections::HashSet::new();
        let all: Vec<String> =
            call.chain(&self.references).chain(&self.bills).chain(&self.containers).map(|text| text.trim().to_uppercase()).collect();
        all.into_iter().filter(move |key| !key.is_empty() && seen.insert(key.clone()))
    }
}

/// What a message says of one box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxRead {
    /// Container number as sent, in one spelling.
    pub container: String,
    /// When it happened, UTC; `None` when the message does not say.
    pub at: Option<Timestamp>,
    /// Where, as sent.
    pub place: Option<String>,
    /// Seal seen.
    pub seal: Option<String>,
    /// Size and type, as sent; what is recorded of a report does not depend on it.
    #[serde(skip)]
    pub size_type: Option<String>,
    /// Gross mass, where it is told.
    #[serde(skip)]
    pub gross: Option<codes::Mass>,
    /// What is said.
    pub said: logistics::Said,
    /// Segment at which it starts.
    pub segment: u64,
    /// Byte offset of that segment.
    pub offset: u64,
}

/// What a message says of one bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillTold {
    /// Bill number.
    pub number: String,
    /// Status code, as sent.
    pub status: Option<String>,
    /// Where, as sent.
    pub place: Option<String>,
    /// When, UTC.
    pub at: Option<Timestamp>,
}

/// What a message reports of boxes, bills and a call, without ordering anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportsRead {
    /// The call, as far as it is named.
    pub call: CallClue,
    /// Message function (1225), as sent.
    pub function: Option<String>,
    /// When the message was made, UTC.
    pub at: Option<Timestamp>,
    /// Boxes.
    pub boxes: Vec<BoxRead>,
    /// Bills.
    pub bills: Vec<BillTold>,
    /// The call itself.
    pub ship: Option<port_call::Said>,
}

impl ReportsRead {
    /// Does it order boxes to be discharged, or take such an order back?
    pub fn orders_discharge(&self) -> bool {
        matches!(self.ship, Some(port_call::Said::DischargeOrdered { .. }))
    }

    /// Does it order boxes to be loaded, or take such an order back?
    pub fn orders_loading(&self) -> bool {
        matches!(self.ship, Some(port_call::Said::LoadingOrdered { .. }))
    }
}

/// What a message asks to be changed on a manifest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeRead {
    /// The call.
    pub call: CallClue,
    /// Bills that are not known yet are manifested (BGM 1225 code 5); otherwise they are faults.
    pub replaces: bool,
    /// Reason code, as sent.
    pub reason: Option<String>,
    /// Reason in words.
    pub note: Option<String>,
    /// Bills as they are to be.
    pub bills: Vec<BillRead>,
    /// Numbers of bills that are to be deleted.
    pub deleted: Vec<String>,
}

/// What a rail supervision message does to a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RailFunction {
    /// Reports lines (新增申请).
    Report,
    /// Takes lines off (删除、作废).
    Delete,
}

/// A line of a rail supervision message, with the element at which it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailLine {
    /// The line.
    pub line: manifest::SheetLine,
    /// Number of the element in the file, from 1.
    pub segment: u64,
    /// Byte offset of the element.
    pub offset: u64,
}

/// A rail supervision message (铁路监管报文) as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailRead {
    /// Which sheet it is about.
    pub sheet: manifest::SheetKind,
    /// What it does.
    pub function: RailFunction,
    /// Place as told.
    pub place: Option<String>,
    /// When the work began, UTC.
    pub began_at: Option<Timestamp>,
    /// When it ended, or the goods arrived, UTC.
    pub ended_at: Option<Timestamp>,
    /// Lines.
    pub lines: Vec<RailLine>,
}

/// A waybill of an air manifest, with the line at which it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlightWaybill {
    /// The waybill.
    pub form: manifest::WaybillForm,
    /// Airport at which it is unloaded.
    pub unloading: String,
    /// Line in the file, from 1.
    pub segment: u64,
    /// Byte offset of the line.
    pub offset: u64,
}

/// An air manifest (FFM) as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlightRead {
    /// Flight, carrier and number.
    pub flight: String,
    /// Day and month of the scheduled departure: the message names no year.
    pub departs: (u32, u32),
    /// Hour and minute of the scheduled departure, where told.
    pub departs_at: Option<(u32, u32)>,
    /// Airport of loading.
    pub loading: String,
    /// Airports of unloading, each once.
    pub unloading: Vec<String>,
    /// Waybills.
    pub waybills: Vec<FlightWaybill>,
    /// It is all of the manifest (LAST) and its first part.
    pub complete: bool,
}

/// A status of an air waybill as read; the message names no year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AirStatusRead {
    /// What was told, without when and by whom.
    pub status: manifest::AirStatus,
    /// Day, month, hour and minute, where told.
    pub told: Option<(u32, u32, u32, u32)>,
    /// Line in the file, from 1.
    pub segment: u64,
    /// Byte offset of the line.
    pub offset: u64,
}

/// What an air cargo message says (航空货运报文).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AirRead {
    /// A manifest (FFM, 航空舱单).
    Flight(FlightRead),
    /// A waybill (FWB, 主运单).
    Waybill {
        /// Number.
        number: String,
        /// What it says.
        content: manifest::WaybillContent,
    },
    /// House waybills under a master (FHL, 分运单).
    Houses {
        /// Number of the master.
        number: String,
        /// Houses.
        houses: Vec<manifest::HouseWaybill>,
    },
    /// Statuses of a waybill (FSU, 货物状态).
    Statuses {
        /// Number.
        number: String,
        /// Statuses, in order.
        statuses: Vec<AirStatusRead>,
    },
}

/// A receipt of the national single window (回执) as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRead {
    /// Our number (ClientSeqNo).
    pub number: String,
    /// What it says; the message that carried it is filled in by whoever acts on it.
    pub receipt: clearance::Receipt,
}

/// A declaration on its way to the national single window (报关单上报).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclarationOut {
    /// Our number (ClientSeqNo), by which receipts find it.
    pub number: String,
    /// Content.
    pub form: clearance::DeclarationForm,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// An original manifest (原始舱单): CUSCAR or IFCSUM.
    Manifest {
        /// The call.
        call: CallClue,
        /// `true` when it replaces an earlier one (BGM 1225 code 5).
        replaces: bool,
        /// Its bills.
        bills: Vec<BillRead>,
    },
    /// A change of bills that were manifested (舱单变更): CUSCAR or IFCSUM with another function than 9 and 5.
    ManifestChange(Box<ChangeRead>),
    /// A discharge report (卸船报告): COARRI.
    Discharge {
        /// The call.
        call: CallClue,
        /// Containers.
        containers: Vec<DischargeRead>,
    },
    /// A ship's arrival at the berth (抵港).
    Arrival {
        /// The call.
        call: CallClue,
        /// When, UTC.
        at: Timestamp,
    },
    /// An answer to one of ours (CONTRL, APERAK, CUSRES): the reference it answers and whether it accepts.
    Answer {
        /// Control or document reference answered.
        reference: String,
        /// Accepted?
        accepted: bool,
        /// Why not, as sent: codes and words.
        reasons: Vec<String>,
    },
    /// Reports (动态报告): recorded against the boxes, bills and the call they name.
    Reports(Box<ReportsRead>),
    /// A delivery order of the carrier (放货通知): COREOR.
    ReleaseOrder {
        /// Bill number.
        bill: String,
        /// What else it says.
        reports: Box<ReportsRead>,
    },
    /// Ship's particulars ahead of the call (船舶预报): CUSREP, BERMAN.
    Expected {
        /// The call.
        call: CallClue,
        /// Estimated arrival, UTC.
        eta: Option<Timestamp>,
        /// Berth, as sent.
        berth: Option<String>,
        /// Terminal, as sent.
        terminal: Option<String>,
        /// What is recorded of it.
        reports: Box<ReportsRead>,
    },
    /// What the national single window says of a declaration that was sent to it (回执).
    Receipt(Box<ReceiptRead>),
    /// A rail supervision message (铁路监管报文): WLJK.
    Rail(Box<RailRead>),
    /// An air cargo message (航空货运报文): FFM, FWB, FHL, FSU.
    Air(Box<AirRead>),
    /// Nothing that could be acted upon is in it; kept, checked and shown.
    Other,
}

/// One message of an interchange.
#[derive(Clone, Debug)]
pub struct MessageRead {
    /// Type, such as `CUSCAR`.
    pub kind: String,
    /// Reference (UNH 0062).
    pub reference: String,
    /// Document number (BGM 1004), where there is one.
    pub document: Option<String>,
    /// Version and release (UNH 0052, 0054), such as `D:95B`; empty where the message names none.
    pub version: String,
    /// Segments, UNH to UNT.
    pub segments: u64,
    /// What it names, whether it may be acted upon or not.
    pub mentions: Mentions,
    /// Digest of what stands between UNH and UNT ([`crate::inbox::digest_of`]).
    pub digest: String,
    /// What it says; `None` when faults forbid to act on it.
    pub content: Option<Content>,
}

/// Everything read from the bytes a partner sent.
#[derive(Clone, Debug, Default)]
pub struct Interpretation {
    /// Messages in order.
    pub messages: Vec<MessageRead>,
    /// Faults, all of them (bounded; the last says how many more there are).
    pub findings: Vec<MessageFinding>,
    /// Sender and receiver as the envelope names them.
    pub sender: Option<String>,
    /// Qualifier of the sender's identification (0007).
    pub sender_qualifier: Option<String>,
    /// Senders of further interchanges of the file that differ from the first one's, each once.
    pub other_senders: Vec<String>,
    /// Receiver.
    pub receiver: Option<String>,
    /// Qualifier of the receiver's identification (0007).
    pub receiver_qualifier: Option<String>,
    /// Receivers of further interchanges of the file that differ from the first one's, each once.
    pub other_receivers: Vec<String>,
    /// The interchange says that it is a test (0035 = 1).
    pub test: bool,
    /// Interchange control reference.
    pub control_reference: Option<String>,
    /// Description by which a flat file was read; `None` for EDIFACT. A flat file has no syntax that CONTRL could answer.
    pub record_format: Option<String>,
}

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

/// Name under which rail supervision messages are read; they are answered by receipts of their own kind.
pub const RAIL_FORMAT: &str = "rail-xml";
/// Name under which air cargo messages are read; they are answered by FMA and FNA.
pub const AIR_FORMAT: &str = "cargo-imp";

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

/// A person on board, as a list tells of it. Shown to an authority that needs it, and kept nowhere but in the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonRead {
    /// Crew, otherwise passenger.
    pub crew: bool,
    /// Name, as sent.
    pub name: String,
    /// Rank or rating (职务), as sent.
    pub rank: Option<String>,
    /// Sex, as coded.
    pub sex: Option<String>,
    /// Date of birth, as sent.
    pub birth: Option<String>,
    /// Nationality, as coded.
    pub nationality: Option<String>,
    /// Kind of the travel document, as coded, and its number.
    pub document: Option<(String, String)>,
}

/// Where a segment stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentPlace {
    /// Tag as sent.
    pub tag: String,
    /// Byte offset.
    pub offset: u64,
    /// Offset of its terminator; the length of the file when the last one has none.
    pub end: u64,
}

/// Reads and writes messages.
pub trait Interpreter: Send + Sync {
    /// A text in the character set in which the file is written; the character that it does not have, otherwise.
    ///
    /// # Errors
    /// The first character that cannot be written.
    fn encode(&self, file: &[u8], text: &str) -> Result<Vec<u8>, char>;
    /// A part of the file as text, in its own character set.
    fn decode(&self, file: &[u8], part: &[u8]) -> String;
    /// The segments of a file, in order.
    fn places(&self, file: &[u8]) -> Vec<SegmentPlace>;
    /// The persons that a file lists (船员旅客名单): crew and passengers of its PAXLST messages of that document number, or of all of them, at
    /// most `limit`. A list that takes another one back lists nobody.
    fn persons(&self, file: &[u8], agreement: &Agreement, document: Option<&str>, limit: usize) -> Vec<PersonRead>;
    /// Reads everything it can and reports every fault; never fails. What the agreement forgives is reported as information.
    fn read(&self, bytes: &[u8], agreement: &Agreement, utc_offset_minutes: i32) -> Interpretation;
    /// Writes a message in the way agreed with its receiver: (type such as `CUSRES`, bytes).
    fn write(&self, envelope: &Envelope, agreement: &Agreement, outgoing: &Outgoing) -> (String, Vec<u8>);
}

/// An order to the bank (付款指令).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOrder {
    /// Payment id; also the end-to-end id that the bank returns.
    pub payment: String,
    /// Amount in fen.
    pub amount_fen: i64,
    /// Payer's name.
    pub debtor: String,
    /// Receiver's name.
    pub creditor: String,
    /// What it is for.
    pub purpose: String,
    /// When it was ordered.
    pub at: Timestamp,
}

/// What the bank said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum BankAnswer {
    /// Paid.
    Settled {
        /// The bank's reference.
        reference: String,
        /// Amount credited, fen.
        amount_fen: i64,
        /// When.
        at: Timestamp,
    },
    /// Not paid.
    Rejected {
        /// ISO 20022 reason code.
        code: String,
        /// In words.
        reason: String,
    },
    /// Not decided yet; ask again.
    Pending,
}

/// A reply of the bank with the messages that carried it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankReply {
    /// Messages received: (kind such as `pain.002`, bytes).
    pub messages: Vec<(String, Vec<u8>)>,
    /// What they say.
    pub answer: BankAnswer,
}

/// The bank could not be reached or understood; the order is sent again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bank did not answer: {0}")]
pub struct BankFault(pub String);

/// A bank that speaks ISO 20022.
#[async_trait::async_trait]
pub trait Bank: Send + Sync {
    /// Name shown to payers; says so when it is a sandbox.
    fn name(&self) -> &str;
    /// Is it a sandbox counterpart?
    fn is_sandbox(&self) -> bool;
    /// Writes the order as pain.001.
    fn write(&self, order: &PaymentOrder) -> Vec<u8>;
    /// Sends it and reads the reply. Sending the same order twice must not pay twice: the end-to-end id is the same.
    async fn send(&self, pain001: &[u8]) -> Result<BankReply, BankFault>;
}
