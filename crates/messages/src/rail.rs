//! Rail supervision messages (铁路监管报文, WLJK): import and export tally, arrival and loading of rail yards, their receipts, release and loading
//! instructions (MFT-06).
//!
//! **Not verified.** The names are those that a public description of one rail yard has; no specification was found. Everything of the layout
//! stands in this module.
//!
//! ```text
//! MESSAGE
//!   MESSAGE_HEAD  MESSAGE_ID FUNCTION_CODE (2 add, 3 delete) MESSAGE_TYPE MESSAGE_CREATE_TIME SENDER RECEIVER VERSION
//!   MESSAGE_LIST
//!     IRTA ERTA IRTD ERTD  DECL_PORT UNLOADING_PLACE|LOADING_PLACE ACTUALDATETIME COMPLETEDDATETIME
//!                          RAILWAY_BILLINFO* BILL_NO CARRIAGE_NO PACK_NO GROSS_WT CONTA_NO CONTA_TYPE SEALID* NOTES
//!     ERRA ERRD            DECL_PORT DISCHARGE_PLACE ARRIVE_TIME  ARRIVE_INFO* ARRIVE_NO PACK_NO GROSS_WT NOTES
//!                          CONTAINER_INFO* CONTA_NO CONTA_TYPE SEALID* PART_ARRIVE_NO
//!     TLA TLD              DISCHARGE_PLACE  CONTA_INFO* CARRIAGE_NO BILL_NO CONTA_NO CONTA_TYPE SEALID* NOTES  BILL_INFO* BILL_NO CARRIAGE_NO
//!     IRTR ERTR ERRR TLR   RESPONSE_INFO MSGID CHK_FLAG (01 accepted, 03 rejected) PER_TIME NOTES
//!                          RESPONSE_RAILWAY_BILLINFO|RESPONSE_ARRIVEINFO|RESPONSE_BILL_INFO*  BILL_NO|ARRIVE_NO CARRIAGE_NO CHK_FLAG NOTES
//!     TREL TLN             CUSTOMS_CODE I_E_FLAG  CONTAINER_INFO*  BILL_INFO* BILL_NO CARRIAGE_NO REL_MODE REL_TIME …  FORM_INFO  SHIPINFO
//! ```

use std::collections::{BTreeMap, BTreeSet};

use app::exchange::{
    Content, Envelope, Interpretation, Mentions, MessageFinding, MessageRead, RAIL_FORMAT, RailFunction, RailLine, RailRead, RailReceipt,
    RailReleased,
};
use codes::{Finding, Text};
use ledger::Timestamp;
use manifest::{CargoUnit, SheetKind, SheetLine};

use crate::xml::{self, Element, Plain};

/// Most lines of one message.
pub const RAIL_LINES_MAX: usize = 1_000;
/// Most seals of one line.
const SEALS_MAX: usize = 10;
/// Longest text taken from a message, characters.
const TEXT_MAX: usize = 64;
/// Longest remark taken from a message, characters.
const NOTE_MAX: usize = 200;

/// What each type of message does.
const TYPES: [(&str, SheetKind, RailFunction); 8] = [
    ("WLJK_IRTA", SheetKind::ImportTally, RailFunction::Report),
    ("WLJK_IRTD", SheetKind::ImportTally, RailFunction::Delete),
    ("WLJK_ERTA", SheetKind::ExportTally, RailFunction::Report),
    ("WLJK_ERTD", SheetKind::ExportTally, RailFunction::Delete),
    ("WLJK_ERRA", SheetKind::ExportArrival, RailFunction::Report),
    ("WLJK_ERRD", SheetKind::ExportArrival, RailFunction::Delete),
    ("WLJK_TLA", SheetKind::Loading, RailFunction::Report),
    ("WLJK_TLD", SheetKind::Loading, RailFunction::Delete),
];

/// Does a file in XML begin as these messages do?
pub(crate) fn is_rail(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        match rest.first() {
            // Declaration, comment: what follows is looked at next.
            Some(b'?' | b'!') => {}
            Some(_) => {
                let end =
                    rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b':' | b'-')).unwrap_or(rest.len());
                let name = &rest[..end];
                let local = name.iter().rposition(|byte| *byte == b':').map_or(name, |colon| &name[colon + 1..]);
                return local == b"MESSAGE";
            }
            None => return false,
        }
    }
    false
}

/// A fault with the place of its element.
struct Faults(Vec<MessageFinding>);

impl Faults {
    fn tell(&mut self, element: Option<&Element>, finding: Finding) {
        let (segment, offset) = (element.map(Element::number), element.map(Element::offset));
        let segment_tag = element.map(|element| element.name().to_owned());
        self.0.push(MessageFinding { finding, segment, offset, segment_tag, message_reference: None });
    }

    fn field(&mut self, element: &Element, pointer: String, name: &str) {
        let (zh, en) = (format!("{name} 缺失或无法识别。"), format!("{name} is missing, or cannot be read."));
        self.tell(Some(element), finding("rail-field", &pointer, zh, en));
    }
}

fn finding(code: &'static str, pointer: &str, zh: String, en: String) -> Finding {
    let hint = Text::new(
        "更正后以新的报文编号重发；原报文已原样保存。",
        "Correct it and send it again under a new number; the file is kept as it came.",
    );
    Finding::error(code, pointer, Text::new(zh, en), hint)
}

/// Reads a rail supervision message: everything that can be read, and every fault.
pub(crate) fn read(bytes: &[u8], offset_minutes: i32) -> Interpretation {
    let mut faults = Faults(Vec::new());
    let root = match xml::tree(bytes, None) {
        Ok(root) => root,
        Err(fault) => {
            faults.tell(
                None,
                finding("rail-xml", "", format!("不是铁路监管报文：{fault}"), format!("No rail supervision message: {fault}.")),
            );
            return interpretation(None, Vec::new(), faults.0);
        }
    };
    let Some(head) = root.child("MESSAGE_HEAD") else {
        faults.tell(Some(&root), finding("rail-head", "/MESSAGE/MESSAGE_HEAD", "缺少报文头。".into(), "The message has no head.".into()));
        return interpretation(None, Vec::new(), faults.0);
    };
    let message_id = shorten(head.value("MESSAGE_ID"), TEXT_MAX);
    let kind = shorten(Some(head.value("MESSAGE_TYPE")).filter(|text| !text.is_empty()).unwrap_or(head.value("TYPE")), TEXT_MAX);
    for (name, value) in [("MESSAGE_ID", &message_id), ("MESSAGE_TYPE", &kind)] {
        if value.is_empty() {
            faults.field(head, format!("/MESSAGE/MESSAGE_HEAD/{name}"), name);
        }
    }
    let known = TYPES.iter().find(|(name, ..)| *name == kind);
    if known.is_none() && !kind.is_empty() {
        let (zh, en) = (format!("不接收 {kind} 类型的报文。"), format!("Messages of type {kind} are not taken."));
        faults.tell(Some(head), finding("rail-type", "/MESSAGE/MESSAGE_HEAD/MESSAGE_TYPE", zh, en));
    }
    let list = root.child("MESSAGE_LIST");
    let read = match (known, list) {
        (Some((_, sheet, function)), Some(list)) => {
            let wanted = match function {
                RailFunction::Report => "2",
                RailFunction::Delete => "3",
            };
            let code = head.value("FUNCTION_CODE");
            if code != wanted {
                let code = shorten(code, TEXT_MAX);
                let (zh, en) =
                    (format!("{kind} 的功能代码应为 {wanted}，收到“{code}”。"), format!("{kind} has function {wanted}, not {code:?}."));
                faults.tell(Some(head), finding("rail-function", "/MESSAGE/MESSAGE_HEAD/FUNCTION_CODE", zh, en));
            }
            Some(body(list, *sheet, *function, offset_minutes, &mut faults))
        }
        (Some(_), None) => {
            faults.tell(
                Some(&root),
                finding("rail-no-lines", "/MESSAGE/MESSAGE_LIST", "报文没有内容。".into(), "The message has no content.".into()),
            );
            None
        }
        (None, _) => None,
    };
    let references = Some(message_id.clone()).filter(|id| !id.is_empty()).into_iter().collect();
    let mut mentions = Mentions { references, ..Mentions::default() };
    for line in read.iter().flat_map(|read| &read.lines) {
        mentions.bills.push(line.line.waybill.clone());
        mentions.containers.extend(line.line.unit.container.clone());
    }
    let faulty = faults.0.iter().any(|found| found.finding.is_error());
    let message = MessageRead {
        kind: if kind.is_empty() { "WLJK".to_owned() } else { kind },
        reference: message_id,
        document: None,
        version: shorten(head.value("VERSION"), TEXT_MAX),
        segments: 0,
        mentions,
        digest: app::inbox::digest_of([bytes]),
        content: read.filter(|_| !faulty).map(|read| Content::Rail(Box::new(read))),
    };
    faults.0.push(MessageFinding {
        finding: Finding::info(
            "rail-unverified",
            "",
            Text::new("报文格式依据公开资料，未经官方核对。", "The layout is that of a public description, and not verified."),
            Text::new("与海关核对接口规范后再正式使用。", "Compare it with the specification of customs before relying on it."),
        ),
        segment: None,
        offset: None,
        segment_tag: None,
        message_reference: None,
    });
    interpretation(Some(head), vec![message], faults.0)
}

fn body(list: &Element, sheet: SheetKind, function: RailFunction, offset_minutes: i32, faults: &mut Faults) -> RailRead {
    let place =
        ["UNLOADING_PLACE", "LOADING_PLACE", "DISCHARGE_PLACE"].map(|name| list.value(name)).into_iter().find(|text| !text.is_empty());
    let mut time = |name: &str| {
        let text = list.value(name);
        // A form of the source writes the word null for a time that it does not have.
        if text.is_empty() || text == "null" {
            return None;
        }
        let at = read_time(text, offset_minutes);
        if at.is_none() {
            faults.field(list, format!("/MESSAGE/MESSAGE_LIST/{name}"), name);
        }
        at
    };
    let began_at = time("ACTUALDATETIME");
    let ended_at = time("COMPLETEDDATETIME").or(time("ARRIVE_TIME"));
    let mut lines = match sheet {
        SheetKind::ExportArrival => arrivals(list, faults),
        SheetKind::ImportTally | SheetKind::ExportTally | SheetKind::Loading => bills(list, sheet, faults),
    };
    if lines.is_empty() {
        let (zh, en) = ("报文没有运单或运抵记录。".to_owned(), "The message lists no bill or arrival.".to_owned());
        faults.tell(Some(list), finding("rail-no-lines", "/MESSAGE/MESSAGE_LIST", zh, en));
    }
    if lines.len() > RAIL_LINES_MAX {
        let (zh, en) = (format!("最多 {RAIL_LINES_MAX} 行。"), format!("At most {RAIL_LINES_MAX} lines."));
        faults.tell(Some(list), finding("rail-too-many-lines", "/MESSAGE/MESSAGE_LIST", zh, en));
        lines.truncate(RAIL_LINES_MAX);
    }
    RailRead { sheet, function, place: place.map(|text| shorten(text, TEXT_MAX)), began_at, ended_at, lines }
}

fn bills(list: &Element, sheet: SheetKind, faults: &mut Faults) -> Vec<RailLine> {
    let named: &[&str] = match sheet {
        SheetKind::Loading => &["CONTA_INFO", "BILL_INFO", "RAILWAY_BILLINFO"],
        SheetKind::ImportTally | SheetKind::ExportTally | SheetKind::ExportArrival => &["RAILWAY_BILLINFO"],
    };
    let mut lines = Vec::new();
    for (index, element) in list.children().iter().filter(|child| named.contains(&child.name())).take(RAIL_LINES_MAX + 1).enumerate() {
        let at = |name: &str| format!("/lines/{index}/{name}");
        let waybill = shorten(element.value("BILL_NO"), TEXT_MAX);
        if waybill.is_empty() {
            faults.field(element, at("BILL_NO"), "BILL_NO");
        }
        let (packages, gross_kg) = figures(element, &at, faults);
        let unit = CargoUnit { wagon: text(element, "CARRIAGE_NO"), packages, gross_kg, ..boxed(element) };
        let note = note(element);
        lines.push(RailLine { line: SheetLine { waybill, unit, note }, segment: element.number(), offset: element.offset() });
    }
    lines
}

/// An arrival report numbers arrivals, and lists the boxes apart: each box is a line; an arrival without boxes is one.
fn arrivals(list: &Element, faults: &mut Faults) -> Vec<RailLine> {
    let of = |name: &'static str| list.children().iter().filter(move |child| child.name() == name).take(RAIL_LINES_MAX + 1);
    let boxes: Vec<&Element> = of("CONTAINER_INFO").collect();
    let numbers: Vec<&Element> = of("ARRIVE_INFO").collect();
    let mut own_boxes: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
    for one in &boxes {
        own_boxes.entry(one.value("PART_ARRIVE_NO")).or_default().push(one);
    }
    let known: BTreeSet<&str> = numbers.iter().map(|one| one.value("ARRIVE_NO")).collect();
    let mut lines = Vec::new();
    for element in &numbers {
        let number = shorten(element.value("ARRIVE_NO"), TEXT_MAX);
        let at = |name: &str| format!("/lines/{}/{name}", lines.len());
        if number.is_empty() {
            faults.field(element, at("ARRIVE_NO"), "ARRIVE_NO");
        }
        let (packages, gross_kg) = figures(element, &at, faults);
        // A number that stands twice has its boxes once.
        let own = own_boxes.remove(element.value("ARRIVE_NO")).unwrap_or_default();
        let line = |of: &Element, unit: CargoUnit| RailLine {
            line: SheetLine { waybill: number.clone(), unit, note: note(element) },
            segment: of.number(),
            offset: of.offset(),
        };
        match own.as_slice() {
            [] => lines.push(line(element, CargoUnit { packages, gross_kg, ..CargoUnit::default() })),
            [one] => lines.push(line(one, CargoUnit { packages, gross_kg, ..boxed(one) })),
            several => lines.extend(several.iter().map(|one| line(one, boxed(one)))),
        }
    }
    for element in boxes {
        let number = element.value("PART_ARRIVE_NO");
        if known.contains(number) {
            continue;
        }
        if number.is_empty() {
            faults.field(element, format!("/lines/{}/PART_ARRIVE_NO", lines.len()), "PART_ARRIVE_NO");
        }
        let line = SheetLine { waybill: shorten(number, TEXT_MAX), unit: boxed(element), note: None };
        lines.push(RailLine { line, segment: element.number(), offset: element.offset() });
    }
    lines
}

fn text(element: &Element, name: &str) -> Option<String> {
    Some(shorten(element.value(name), TEXT_MAX)).filter(|text| !text.is_empty())
}

fn note(element: &Element) -> Option<String> {
    Some(shorten(element.value("NOTES"), NOTE_MAX)).filter(|text| !text.is_empty())
}

fn boxed(element: &Element) -> CargoUnit {
    let seals = element.children().iter().filter(|child| child.name() == "SEALID").take(SEALS_MAX);
    CargoUnit {
        container: text(element, "CONTA_NO"),
        size_type: text(element, "CONTA_TYPE"),
        seals: seals.map(|seal| shorten(seal.text(), TEXT_MAX)).filter(|seal| !seal.is_empty()).collect(),
        ..CargoUnit::default()
    }
}

fn figures(element: &Element, at: &impl Fn(&str) -> String, faults: &mut Faults) -> (Option<u32>, Option<codes::Mass>) {
    let told = |name: &str| Some(element.value(name)).filter(|text| !text.is_empty());
    let packages = told("PACK_NO").map(str::parse::<u32>);
    if matches!(packages, Some(Err(_))) {
        faults.field(element, at("PACK_NO"), "PACK_NO");
    }
    let gross = told("GROSS_WT").map(str::parse::<codes::Mass>);
    if matches!(gross, Some(Err(_))) {
        faults.field(element, at("GROSS_WT"), "GROSS_WT");
    }
    (packages.and_then(Result::ok), gross.and_then(Result::ok))
}

/// `yyyy-MM-dd HH:mm:ss`, with or without marks between the digits.
fn read_time(text: &str, offset_minutes: i32) -> Option<Timestamp> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let marks = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ':' | ' ' | 'T'));
    if !marks || digits.len() != 14 {
        return None;
    }
    let part = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |sum, digit| sum * 10 + digit);
    Timestamp::from_civil((i64::from(part(0..4)), part(4..6), part(6..8)), (part(8..10), part(10..12), part(12..14)), offset_minutes)
}

fn written_time(at: Timestamp, offset_minutes: i32) -> String {
    let (year, month, day, hour, minute, second, _) = at.civil(offset_minutes);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

fn interpretation(head: Option<&Element>, messages: Vec<MessageRead>, findings: Vec<MessageFinding>) -> Interpretation {
    let value = |name| head.map(|head| shorten(head.value(name), TEXT_MAX)).filter(|text| !text.is_empty());
    Interpretation {
        control_reference: value("MESSAGE_ID"),
        sender: value("SENDER"),
        receiver: value("RECEIVER"),
        messages,
        findings,
        record_format: Some(RAIL_FORMAT.to_owned()),
        ..Interpretation::default()
    }
}

fn shorten(text: &str, max: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(max).collect()
}

fn frame(envelope: &Envelope, kind: &str, inside: impl FnOnce(&mut Plain)) -> Vec<u8> {
    let mut doc = Plain::new();
    doc.element("MESSAGE", |doc| {
        doc.element("MESSAGE_HEAD", |doc| {
            doc.leaf("MESSAGE_ID", &format!("{kind}_{}{}", envelope.sender, envelope.reference));
            doc.leaf("FUNCTION_CODE", "2");
            doc.leaf("MESSAGE_TYPE", kind);
            doc.leaf("MESSAGE_CREATE_TIME", &written_time(envelope.at, envelope.utc_offset_minutes));
            doc.leaf("SENDER", &envelope.sender);
            doc.leaf("RECEIVER", &envelope.receiver);
            doc.leaf("VERSION", "1.0");
        });
        doc.element("MESSAGE_LIST", inside);
    });
    doc.finish()
}

/// Writes the receipt of a message: its type and its bytes.
pub(crate) fn write_receipt(envelope: &Envelope, receipt: &RailReceipt) -> (String, Vec<u8>) {
    let (kind, row, number) = match receipt.answered.as_str() {
        "WLJK_ERTA" | "WLJK_ERTD" => ("WLJK_ERTR", "RESPONSE_RAILWAY_BILLINFO", "BILL_NO"),
        "WLJK_ERRA" | "WLJK_ERRD" => ("WLJK_ERRR", "RESPONSE_ARRIVEINFO", "ARRIVE_NO"),
        "WLJK_TLA" | "WLJK_TLD" => ("WLJK_TLR", "RESPONSE_BILL_INFO", "BILL_NO"),
        _ => ("WLJK_IRTR", "RESPONSE_RAILWAY_BILLINFO", "BILL_NO"),
    };
    let flag = |accepted| if accepted { "01" } else { "03" };
    let bytes = frame(envelope, kind, |doc| {
        doc.element("RESPONSE_INFO", |doc| {
            doc.leaf("MSGID", &receipt.message_id);
            doc.leaf("CHK_FLAG", flag(receipt.accepted));
            doc.leaf("PER_TIME", &written_time(envelope.at, envelope.utc_offset_minutes));
            doc.filled("NOTES", &receipt.note);
        });
        for answer in &receipt.answers {
            doc.element(row, |doc| {
                if kind == "WLJK_TLR" {
                    doc.filled("CARRIAGE_NO", answer.wagon.as_deref().unwrap_or(""));
                }
                doc.leaf(number, &answer.number);
                doc.leaf("CHK_FLAG", flag(answer.accepted));
                doc.filled("NOTES", &answer.note);
            });
        }
    });
    (kind.to_owned(), bytes)
}

/// Writes a release, or one that was taken back (TREL).
pub(crate) fn write_release(envelope: &Envelope, told: &RailReleased) -> (String, Vec<u8>) {
    let bytes = frame(envelope, "WLJK_TREL", |doc| releases(doc, envelope, &told.train, std::slice::from_ref(told)));
    ("WLJK_TREL".to_owned(), bytes)
}

/// Writes what may be loaded onto a train (TLN).
pub(crate) fn write_loading(envelope: &Envelope, train: &str, released: &[RailReleased]) -> (String, Vec<u8>) {
    ("WLJK_TLN".to_owned(), frame(envelope, "WLJK_TLN", |doc| releases(doc, envelope, train, released)))
}

fn releases(doc: &mut Plain, envelope: &Envelope, train: &str, released: &[RailReleased]) {
    let Some(first) = released.first() else { return };
    let flow = first.flow.ie_flag().to_string();
    doc.leaf("CUSTOMS_CODE", &first.district);
    doc.leaf("I_E_FLAG", &flow);
    for told in released {
        let at = written_time(told.at, envelope.utc_offset_minutes);
        for unit in told.units.iter().filter(|unit| unit.container.is_some()) {
            doc.element("CONTAINER_INFO", |doc| {
                doc.filled("CARRIAGE_NO", unit.wagon.as_deref().unwrap_or(""));
                doc.leaf("CONTA_NO", unit.container.as_deref().unwrap_or(""));
                doc.leaf("REL_MODE", &told.mode);
                doc.leaf("REL_TIME", &at);
            });
        }
        doc.element("BILL_INFO", |doc| {
            doc.leaf("BILL_NO", &told.waybill);
            let wagon = told.units.iter().find_map(|unit| unit.wagon.as_deref());
            doc.filled("CARRIAGE_NO", wagon.unwrap_or(""));
            doc.leaf("H2000ARRIVE_NO", &told.waybill);
            doc.leaf("REL_MODE", &told.mode);
            doc.leaf("REL_TIME", &at);
            doc.leaf("PACK_NO", &told.packages.to_string());
            doc.leaf("GROSS_WT", &told.gross_kg.to_string());
            doc.filled("DISCHARGE_PLACE", told.place.as_deref().unwrap_or(""));
            doc.filled("NOTES", told.note.as_deref().unwrap_or(""));
            if let Some(entry) = &told.entry_id {
                doc.element("FORM_INFO", |doc| {
                    doc.leaf("FORM_NO", entry);
                    doc.leaf("FORM_TYPE", "1");
                });
            }
        });
    }
    doc.element("SHIPINFO", |doc| {
        doc.leaf("CUSTOMS_CODE", &first.district);
        doc.leaf("VOYAGE_NO", train);
        doc.leaf("I_E_FLAG", &flow);
    });
}

/// What a rail yard would send, for documentation and tests.
#[derive(Clone, Debug)]
pub struct SampleRail<'s> {
    /// Type, such as `WLJK_IRTA`.
    pub kind: &'s str,
    /// Number of the message.
    pub message_id: &'s str,
    /// Place, such as `CNLYG230132/2301`.
    pub place: &'s str,
    /// When the work ended, or the goods arrived.
    pub at: Timestamp,
    /// Offset of the yard's clock from UTC, minutes.
    pub utc_offset_minutes: i32,
    /// Lines.
    pub lines: &'s [SheetLine],
}

/// Writes what a rail yard would send.
pub fn sample_rail(sample: &SampleRail<'_>) -> Vec<u8> {
    let delete = sample.kind.ends_with('D');
    let at = written_time(sample.at, sample.utc_offset_minutes);
    let mut doc = Plain::new();
    doc.element("MESSAGE", |doc| {
        doc.element("MESSAGE_HEAD", |doc| {
            doc.leaf("MESSAGE_ID", sample.message_id);
            doc.leaf("FUNCTION_CODE", if delete { "3" } else { "2" });
            doc.leaf("MESSAGE_TYPE", sample.kind);
            doc.leaf("MESSAGE_CREATE_TIME", &at);
            doc.leaf("SENDER", "RAILYARD");
            doc.leaf("RECEIVER", "FAIRWAY");
            doc.leaf("VERSION", "1.0");
        });
        doc.element("MESSAGE_LIST", |doc| {
            doc.leaf("DECL_PORT", "2301");
            let (place, time, row) = match sample.kind {
                "WLJK_IRTA" | "WLJK_IRTD" => ("UNLOADING_PLACE", "COMPLETEDDATETIME", "RAILWAY_BILLINFO"),
                "WLJK_ERTA" | "WLJK_ERTD" => ("LOADING_PLACE", "COMPLETEDDATETIME", "RAILWAY_BILLINFO"),
                "WLJK_ERRA" | "WLJK_ERRD" => ("DISCHARGE_PLACE", "ARRIVE_TIME", "CONTAINER_INFO"),
                _ => ("DISCHARGE_PLACE", "COMPLETEDDATETIME", if delete { "BILL_INFO" } else { "CONTA_INFO" }),
            };
            doc.leaf(place, sample.place);
            doc.leaf(time, &at);
            for line in sample.lines {
                doc.element(row, |doc| {
                    let number = if row == "CONTAINER_INFO" { "PART_ARRIVE_NO" } else { "BILL_NO" };
                    doc.leaf(number, &line.waybill);
                    doc.filled("CARRIAGE_NO", line.unit.wagon.as_deref().unwrap_or(""));
                    doc.filled("PACK_NO", &line.unit.packages.map(|n| n.to_string()).unwrap_or_default());
                    doc.filled("GROSS_WT", &line.unit.gross_kg.map(|kg| kg.to_string()).unwrap_or_default());
                    doc.filled("CONTA_NO", line.unit.container.as_deref().unwrap_or(""));
                    doc.filled("CONTA_TYPE", line.unit.size_type.as_deref().unwrap_or(""));
                    line.unit.seals.iter().for_each(|seal| doc.leaf("SEALID", seal));
                    doc.filled("NOTES", line.note.as_deref().unwrap_or(""));
                });
            }
        });
    });
    doc.finish()
}
