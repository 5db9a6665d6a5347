//! What a partner's message says, once it is read.

use codes::Finding;
use ledger::Timestamp;
use manifest::BillForm;
use serde::{Deserialize, Serialize};

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
        /// When the message was made, UTC: of boxes that tell no time of their own.
        at: Option<Timestamp>,
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

/// Name under which rail supervision messages are read; they are answered by receipts of their own kind.
pub const RAIL_FORMAT: &str = "rail-xml";
/// Name under which air cargo messages are read; they are answered by FMA and FNA.
pub const AIR_FORMAT: &str = "cargo-imp";

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
