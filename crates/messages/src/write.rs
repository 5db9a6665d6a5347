//! Writes what partners are told: CONTRL, APERAK, CUSRES (customs release), COREOR (delivery order), COPRAR (discharge and loading orders) and IFTSTA (status).
//!
//! Everything written can be read back by the reader of this crate without warnings; a test holds it to that. Text that does not fit
//! UNOB goes as UTF-8 under UNOW version 4. Control characters become blanks, so writing never fails for lack of a repertoire.

use app::agreement::Agreement;
use app::exchange::{Envelope, MessageFinding, OrderFunction, OrderedWorkKind, Outgoing, ToldStatus};
use codes::Severity;
use edifact::{
    AperakError, AperakOptions, AperakOutcome, Charset, ContrlMode, ContrlOptions, Party, Prepared, ReadOptions, ServiceChars, Unb, Usage,
    Writer, WriterOptions,
};
use ledger::Timestamp;
use logistics::ListedBox;

use crate::agreed;
use crate::error_codes::error_code;

/// Most faults listed in one APERAK; the last then says that there are more.
pub const APERAK_ERRORS_MAX: usize = 200;
/// Longest reason of a hold, in characters: one part of free text (4440 of D.00B).
const REASON_CHARS_MAX: usize = 512;
/// Longest APERAK text, in characters: three parts of free text.
const ERROR_TEXT_MAX: usize = 1_500;

/// Writes a message: its type and its bytes.
pub(crate) fn write(envelope: &Envelope, outgoing: &Outgoing, agreement: &Agreement) -> (String, Vec<u8>) {
    let (kind, written) = match outgoing {
        // Written by the national gateway, which knows the keys, and by the modules of rail and air.
        Outgoing::Declaration(_)
        | Outgoing::RailReceipt(_)
        | Outgoing::RailRelease(_)
        | Outgoing::RailLoading { .. }
        | Outgoing::AirAnswer(_) => ("", Ok(Vec::new())),
        Outgoing::Contrl { received } => ("CONTRL", contrl(envelope, received, agreement)),
        Outgoing::Aperak { reference, document, accepted, findings } => {
            ("APERAK", aperak(envelope, reference, document.as_deref(), *accepted, findings))
        }
        Outgoing::Release { bill, entry_id, containers, ship_name, voyage, at } => {
            ("CUSRES", release(envelope, &Release { bill, entry_id, containers, ship_name, voyage, at: *at, says: Says::Released }))
        }
        Outgoing::Hold { bill, entry_id, containers, ship_name, voyage, reason, at } => {
            let says = reason.as_deref().map_or(Says::HoldLifted, Says::Held);
            ("CUSRES", release(envelope, &Release { bill, entry_id, containers, ship_name, voyage, at: *at, says }))
        }
        Outgoing::WorkOrder { work, document, function, previous, agent, ship_name, imo, voyage, port, boxes } => {
            let previous = previous.as_deref();
            let told = WorkOrder { work: *work, document, function: *function, previous, agent, ship_name, imo, voyage, port, boxes };
            ("COPRAR", work_order(envelope, &told))
        }
        Outgoing::Status { port, statuses } => ("IFTSTA", status(envelope, port, statuses)),
        Outgoing::DeliveryOrder { order, bill, containers, ship_name, voyage, valid_until, holder } => {
            ("COREOR", delivery_order(envelope, &Order { order, bill, containers, ship_name, voyage, valid_until: *valid_until, holder }))
        }
    };
    // The writer fails for characters outside the repertoire, which `Text` has excluded, and for calls out of order, which are fixed here.
    (kind.to_owned(), written.unwrap_or_default())
}

fn contrl(envelope: &Envelope, received: &[u8], agreement: &Agreement) -> Result<Vec<u8>, edifact::WriteError> {
    let options = ReadOptions { charset: agreement.charset.map(agreed::repertoire), ..ReadOptions::default() };
    let reading = edifact::read_with(received, &options);
    let options = ContrlOptions {
        sender: Some(Party::new(clean(&envelope.sender))),
        prepared: prepared(envelope),
        control_reference: clean(&envelope.reference),
        mode: ContrlMode::Report,
        forgiven: agreed::forgiven(agreement),
        further: reading.messages().flat_map(|message| edifact::check_message(&message)).collect(),
    };
    edifact::contrl(&reading, &options)
}

fn aperak(
    envelope: &Envelope,
    reference: &str,
    document: Option<&str>,
    accepted: bool,
    findings: &[MessageFinding],
) -> Result<Vec<u8>, edifact::WriteError> {
    let told: Vec<_> = findings.iter().filter(|found| found.finding.severity != Severity::Info).collect();
    let mut errors: Vec<_> = told.iter().take(APERAK_ERRORS_MAX).map(|found| aperak_error(found)).collect();
    if told.len() > APERAK_ERRORS_MAX {
        let more = told.len() - APERAK_ERRORS_MAX;
        errors.push(AperakError {
            code: error_code(crate::catalogue::FINDINGS_CUT.code).into(),
            text: format!("{} {more} further findings are not listed", crate::catalogue::FINDINGS_CUT.code),
            pointer: String::new(),
        });
    }
    let options = AperakOptions {
        sender: Party::new(clean(&envelope.sender)),
        recipient: Party::new(clean(&envelope.receiver)),
        prepared: prepared(envelope),
        control_reference: clean(&envelope.reference),
        document_number: clean(document.unwrap_or(&envelope.reference)),
        outcome: if accepted { AperakOutcome::Accepted } else { AperakOutcome::Rejected },
    };
    edifact::aperak(&options, &clean(reference), &errors)
}

fn aperak_error(found: &MessageFinding) -> AperakError {
    let severity = match found.finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    };
    let text = format!(
        "{severity}: {} {} / {} {}",
        found.finding.message.en, found.finding.hint.en, found.finding.message.zh, found.finding.hint.zh
    );
    let place = match (&found.segment_tag, found.segment) {
        (Some(tag), Some(segment)) => format!("{tag} {segment} {}", found.finding.pointer),
        (None, _) | (_, None) => found.finding.pointer.clone(),
    };
    let cut = |text: &str, max: usize| clean(text).chars().take(max).collect::<String>();
    let text = format!("{} {text}", found.finding.code);
    AperakError { code: error_code(&found.finding.code).into(), text: cut(&text, ERROR_TEXT_MAX), pointer: cut(&place, 70) }
}

struct Release<'o> {
    bill: &'o str,
    entry_id: &'o str,
    containers: &'o [String],
    ship_name: &'o str,
    voyage: &'o str,
    at: Timestamp,
    says: Says<'o>,
}

/// What customs says of the goods.
#[derive(Clone, Copy)]
enum Says<'o> {
    Released,
    Held(&'o str),
    HoldLifted,
}

/// CUSRES D.00B, since D.95B has no place for the number of boxes (CNT): 962 document response; GIS 4 goods released, 7 goods detained, 36 changed information where a hold is lifted that did not
/// stand in the way of a release (code list 7365); RFF ABT entry, BM bill, VON voyage.
fn release(envelope: &Envelope, told: &Release<'_>) -> Result<Vec<u8>, edifact::WriteError> {
    let (indicator, reason) = match told.says {
        Says::Released => ("4", ""),
        Says::Held(reason) => ("7", reason),
        Says::HoldLifted => ("36", "HOLD LIFTED"),
    };
    let mut message = Outbound::begin(
        envelope,
        &["CUSRES", "D", "00B", "UN"],
        [told.bill, told.entry_id, told.ship_name, told.voyage, reason].into_iter().chain(told.containers.iter().map(String::as_str)),
    );
    message.segment("BGM", &[&["962"], &[told.entry_id], &["11"]]);
    message.segment("DTM", &[&["137", &local_203(envelope.at, envelope.utc_offset_minutes), "203"]]);
    message.segment("DTM", &[&["58", &local_203(told.at, envelope.utc_offset_minutes), "203"]]);
    message.segment("FTX", &[&["AAI"], &[], &[], &[told.ship_name, told.voyage]]);
    if !reason.is_empty() {
        let short: String = clean(reason).chars().take(REASON_CHARS_MAX).collect();
        message.segment("FTX", &[&["AAO"], &[], &[], &[&short]]);
    }
    message.segment("GIS", &[&[indicator]]);
    for container in told.containers {
        message.segment("EQD", &[&["CN"], &[container]]);
    }
    message.segment("RFF", &[&["BM", told.bill]]);
    message.segment("RFF", &[&["ABT", told.entry_id]]);
    message.segment("RFF", &[&["VON", told.voyage]]);
    message.segment("CNT", &[&["16", &told.containers.len().to_string()]]);
    message.finish()
}

struct WorkOrder<'o> {
    work: OrderedWorkKind,
    document: &'o str,
    function: OrderFunction,
    previous: Option<&'o str>,
    agent: &'o str,
    ship_name: &'o str,
    imo: &'o str,
    voyage: &'o str,
    port: &'o str,
    boxes: &'o [ListedBox],
}

/// COPRAR D.00B: 43 discharge order, 45 loading order (practice of terminals and carriers; the UNECE list has 118 and 121), 9 original, 5
/// replacement, 1 cancellation with RFF ACW naming the order before; RFF VON, TDT 20, LOC 11 or 9 this port; NAD CG the carrier's agent, who
/// orders; an EQD group with bill, cell and gross mass for each box, 3 import or 2 export.
fn work_order(envelope: &Envelope, told: &WorkOrder<'_>) -> Result<Vec<u8>, edifact::WriteError> {
    let (name, place, way) = match told.work {
        OrderedWorkKind::Discharge => ("43", "11", "3"),
        OrderedWorkKind::Loading => ("45", "9", "2"),
    };
    let named = told
        .boxes
        .iter()
        .flat_map(|one| [one.number.as_str(), &one.size_type].into_iter().chain(one.bill.as_deref()).chain(one.cell.as_deref()));
    let texts = [told.document, told.agent, told.ship_name, told.imo, told.voyage, told.port].into_iter().chain(named);
    let mut message = Outbound::begin(envelope, &["COPRAR", "D", "00B", "UN"], texts);
    let function = match told.function {
        OrderFunction::Original => "9",
        OrderFunction::Replacement => "5",
        OrderFunction::Cancellation => "1",
    };
    message.segment("BGM", &[&[name], &[told.document], &[function]]);
    message.segment("DTM", &[&["137", &local_203(envelope.at, envelope.utc_offset_minutes), "203"]]);
    if let Some(previous) = told.previous {
        message.segment("RFF", &[&["ACW", previous]]);
    }
    message.segment("RFF", &[&["VON", told.voyage]]);
    message.segment("TDT", &[&["20"], &[told.voyage], &["1"], &[], &[], &[], &[], &[told.imo, "146", "11", told.ship_name]]);
    message.segment("LOC", &[&[place], &[told.port, "139", "6"]]);
    message.segment("NAD", &[&["MS"], &[&envelope.sender]]);
    message.segment("NAD", &[&["CG"], &[told.agent]]);
    for one in told.boxes {
        let size = [one.size_type.as_str(), "102", "5"];
        let size: &[&str] = if one.size_type.is_empty() { &[] } else { &size };
        message.segment("EQD", &[&["CN"], &[&one.number], size, &[], &[way]]);
        if let Some(bill) = &one.bill {
            message.segment("RFF", &[&["BM", bill]]);
        }
        if let Some(cell) = &one.cell {
            message.segment("LOC", &[&["147"], &[cell, "", "5"]]);
        }
        if let Some(kg) = &one.gross_kg {
            message.segment("MEA", &[&["AAE"], &["G"], &["KGM", &kg.to_string()]]);
        }
    }
    message.segment("CNT", &[&["16", &told.boxes.len().to_string()]]);
    message.finish()
}

/// IFTSTA D.00B: 23 status information; for each status a CNI group with the bill, STS 1 (transport) with a code of UN/CEFACT
/// Recommendation 24 (C555 names list and agency), DTM 334 when, LOC 175 where, TDT 20 the ship that brought the box, EQD the box.
fn status(envelope: &Envelope, port: &str, statuses: &[ToldStatus]) -> Result<Vec<u8>, edifact::WriteError> {
    let named = statuses.iter().flat_map(|one| {
        let box_and_ship = [one.container.as_str(), &one.size_type, &one.ship_name, &one.imo, &one.voyage];
        box_and_ship.into_iter().chain(one.bill.as_deref())
    });
    let mut message = Outbound::begin(envelope, &["IFTSTA", "D", "00B", "UN"], std::iter::once(port).chain(named));
    message.segment("BGM", &[&["23"], &[&envelope.reference], &["9"]]);
    message.segment("DTM", &[&["137", &local_203(envelope.at, envelope.utc_offset_minutes), "203"]]);
    message.segment("NAD", &[&["MS"], &[&envelope.sender]]);
    for (n, one) in statuses.iter().enumerate() {
        let number = (n + 1).to_string();
        match &one.bill {
            Some(bill) => message.segment("CNI", &[&[&number], &[bill]]),
            None => message.segment("CNI", &[&[&number]]),
        }
        message.segment("STS", &[&["1"], &[one.status.code(), "REC24", "6"]]);
        message.segment("DTM", &[&["334", &local_203(one.at, envelope.utc_offset_minutes), "203"]]);
        message.segment("LOC", &[&["175"], &[port, "139", "6"]]);
        message.segment("TDT", &[&["20"], &[&one.voyage], &["1"], &[], &[], &[], &[], &[&one.imo, "146", "11", &one.ship_name]]);
        message.segment("EQD", &[&["CN"], &[&one.container], &[&one.size_type, "102", "5"]]);
    }
    message.finish()
}

struct Order<'o> {
    order: &'o str,
    bill: &'o str,
    containers: &'o [String],
    ship_name: &'o str,
    voyage: &'o str,
    valid_until: Timestamp,
    holder: &'o str,
}

/// COREOR D.00B: 129 release order; RFF RE release number with DTM 36 expiry, BM bill; the holder as NAD FW.
fn delivery_order(envelope: &Envelope, told: &Order<'_>) -> Result<Vec<u8>, edifact::WriteError> {
    let texts =
        [told.order, told.bill, told.ship_name, told.voyage, told.holder].into_iter().chain(told.containers.iter().map(String::as_str));
    let mut message = Outbound::begin(envelope, &["COREOR", "D", "00B", "UN"], texts);
    message.segment("BGM", &[&["129"], &[told.order], &["9"]]);
    message.segment("DTM", &[&["137", &local_203(envelope.at, envelope.utc_offset_minutes), "203"]]);
    message.segment("RFF", &[&["RE", told.order]]);
    message.segment("DTM", &[&["36", &local_203(told.valid_until, envelope.utc_offset_minutes), "203"]]);
    message.segment("RFF", &[&["BM", told.bill]]);
    message.segment("TDT", &[&["20"], &[told.voyage], &["1"], &[], &[], &[], &[], &["", "", "", told.ship_name]]);
    message.segment("NAD", &[&["MS"], &[&envelope.sender]]);
    message.segment("NAD", &[&["FW"], &[told.holder]]);
    for container in told.containers {
        message.segment("EQD", &[&["CN"], &[container], &[], &[], &[], &["5"]]);
        // The directory wants a reference for each piece of equipment.
        message.segment("RFF", &[&["BM", told.bill]]);
    }
    message.segment("CNT", &[&["16", &told.containers.len().to_string()]]);
    message.finish()
}

/// One message in an interchange of its own.
struct Outbound(Writer);

impl Outbound {
    fn begin<'t>(envelope: &'t Envelope, identifier: &[&str], texts: impl Iterator<Item = &'t str>) -> Self {
        let own = [envelope.sender.as_str(), &envelope.receiver, &envelope.reference];
        let mut writer = Writer::new(repertoire(texts.chain(own)));
        writer.begin_interchange(&Unb {
            sender: Party::new(clean(&envelope.sender)),
            recipient: Party::new(clean(&envelope.receiver)),
            prepared: prepared(envelope),
            control_reference: clean(&envelope.reference),
            application_reference: identifier.first().copied().unwrap_or_default().to_owned(),
            usage: Usage::Production,
        });
        writer.begin_message("1", identifier);
        Self(writer)
    }

    fn segment(&mut self, tag: &str, elements: &[&[&str]]) {
        let clean: Vec<Vec<String>> = elements.iter().map(|element| element.iter().map(|text| clean(text)).collect()).collect();
        let borrowed: Vec<Vec<&str>> = clean.iter().map(|element| element.iter().map(String::as_str).collect()).collect();
        let slices: Vec<&[&str]> = borrowed.iter().map(Vec::as_slice).collect();
        self.0.segment(tag, &slices);
    }

    fn finish(mut self) -> Result<Vec<u8>, edifact::WriteError> {
        self.0.end_message().end_interchange();
        self.0.finish()
    }
}

/// UNOB version 3 when every character is in it, otherwise UTF-8 under UNOW version 4.
pub(crate) fn repertoire<'t>(mut texts: impl Iterator<Item = &'t str>) -> WriterOptions {
    let plain = |c: char| c.is_ascii_alphanumeric() || " .,-()/='+:?!\"%&*;<>".contains(c) || c.is_control();
    if texts.all(|text| text.chars().all(plain)) {
        return WriterOptions::default();
    }
    WriterOptions { service: ServiceChars::version4(), charset: Charset::Utf8, version: 4, ..WriterOptions::default() }
}

/// Text without control characters and without blanks around it.
pub(crate) fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

pub(crate) fn prepared(envelope: &Envelope) -> Prepared {
    let (year, month, day, hour, minute, _, _) = envelope.at.civil(envelope.utc_offset_minutes);
    let small = |n: u32| u8::try_from(n).unwrap_or(0);
    Prepared { year: u16::try_from(year).unwrap_or(0), month: small(month), day: small(day), hour: small(hour), minute: small(minute) }
}

/// `CCYYMMDDHHMM` on the port's clock.
pub(crate) fn local_203(at: Timestamp, offset_minutes: i32) -> String {
    let (year, month, day, hour, minute, _, _) = at.civil(offset_minutes);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}")
}
