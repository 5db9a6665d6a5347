//! The interpreter: bytes to messages of the domain.

use std::borrow::Cow;
use std::sync::Arc;

use app::agreement::Agreement;
use app::exchange::{Content, Envelope, Interpretation, Interpreter, MessageRead, Outgoing, PersonRead, SegmentPlace};
use edifact::{Message, ReadOptions, Segment};
use ledger::Timestamp;

use crate::fields::{self, some};
use crate::national::{self, NationalKeys};
use crate::record_format::Formats;
use crate::report::{MessageReport, Report};
use crate::{agreed, answer, cargo, cargo_imp, mention, persons, rail, reported, rewrite, terminal, write};

/// Reads and writes UN/EDIFACT for the application, reads flat files by their descriptions, and reads and writes files of the national single
/// window. It keeps nothing between calls.
#[derive(Clone, Debug)]
pub struct EdiInterpreter {
    formats: Arc<Formats>,
    national: Option<Arc<NationalKeys>>,
}

impl Default for EdiInterpreter {
    fn default() -> Self {
        Self::new(Arc::new(Formats::shipped()))
    }
}

impl EdiInterpreter {
    /// An interpreter with these descriptions of flat files; the default has those that are shipped.
    pub fn new(formats: Arc<Formats>) -> Self {
        Self { formats, national: None }
    }

    /// With the keys of the national single window: ours to sign with, the counterpart's to check with.
    #[must_use]
    pub fn with_national(self, keys: Arc<NationalKeys>) -> Self {
        Self { national: Some(keys), ..self }
    }

    fn message(message: &Message<'_>, allowed: bool, offset_minutes: i32, report: &mut Report) -> MessageRead {
        let reference = message.reference().unwrap_or_default().into_owned();
        let kind = message.message_type().unwrap_or_default().into_owned();
        let unh = message.unh();
        let body: Vec<Segment<'_>> = message.body().collect();
        let document = body.iter().find(|segment| segment.tag() == "BGM").and_then(|bgm| some(bgm, 2, 1));
        let mentions = mention::of(&body);
        let mut collected = MessageReport::new(report, message.number(), reference.clone());
        let content = match kind.as_str() {
            "CUSCAR" | "IFCSUM" => cargo::read(&body, &unh, &mut collected),
            "COARRI" if !terminal::loads(&body) => terminal::coarri(&body, &unh, offset_minutes, &mut collected),
            "CUSREP" if terminal::arrives(&body) => terminal::cusrep(&body, &unh, offset_minutes, &mut collected),
            "CONTRL" => answer::contrl(&body, &unh, &mut collected),
            "APERAK" => answer::aperak(&body, &unh, &mut collected),
            "CUSRES" if answer::is_answer(&body) => answer::cusres(&body, &unh, &mut collected),
            // An unknown type is no fault: whatever it names is told.
            kind => reported::read(kind, &body, &unh, &mentions, offset_minutes, &mut collected),
        };
        let usable = allowed && !collected.has_errors();
        let segments = u64::try_from(message.segment_count()).unwrap_or(u64::MAX);
        let digest = app::inbox::digest_of(body.iter().map(Segment::raw_bytes));
        MessageRead { kind, reference, document, version: version(message), segments, mentions, digest, content: usable.then_some(content) }
    }
}

/// The character set of a file: of its first interchange.
fn charset_of(file: &[u8]) -> edifact::Charset {
    // The envelope's head tells it; a large file need not be read to its end.
    let head = &file[..file.len().min(HEAD_BYTES)];
    edifact::read(head).interchanges().next().map_or(edifact::Charset::Utf8, |interchange| interchange.charset())
}

/// Bytes within which an interchange tells its character set.
const HEAD_BYTES: usize = 4_096;

impl Interpreter for EdiInterpreter {
    fn encode(&self, file: &[u8], text: &str) -> Result<Vec<u8>, char> {
        match charset_of(file).encode(text) {
            Ok(bytes) => Ok(bytes.into_owned()),
            // The envelope promises fewer characters than the sender uses: a repair writes as the sender wrote.
            Err(_) if !file.is_ascii() && std::str::from_utf8(file).is_ok() => Ok(text.as_bytes().to_vec()),
            Err(missing) if !file.is_ascii() => {
                edifact::Charset::Gb18030.encode(text).map(std::borrow::Cow::into_owned).map_err(|_| missing)
            }
            Err(missing) => Err(missing),
        }
    }

    fn decode(&self, file: &[u8], part: &[u8]) -> String {
        charset_of(file).decode(part.into()).into_owned()
    }

    fn places(&self, file: &[u8]) -> Vec<SegmentPlace> {
        let reading = edifact::read(file);
        let offset = |at: usize| u64::try_from(at).unwrap_or(u64::MAX);
        reading
            .segments()
            .map(|segment| SegmentPlace { tag: segment.tag().to_owned(), offset: offset(segment.offset()), end: offset(segment.end()) })
            .collect()
    }

    fn persons(&self, file: &[u8], agreement: &Agreement, document: Option<&str>, limit: usize) -> Vec<PersonRead> {
        let options = ReadOptions { charset: agreement.charset.map(agreed::repertoire), ..ReadOptions::default() };
        persons::read(&edifact::read_with(file, &options), document, limit)
    }

    fn read(&self, bytes: &[u8], agreement: &Agreement, utc_offset_minutes: i32) -> Interpretation {
        if let Some(format) = self.formats.agreed(agreement.record_format.as_deref(), bytes) {
            return format.read(bytes, utc_offset_minutes).interpretation(bytes);
        }
        if app::inbox::ending(bytes) == "xml" && rail::is_rail(bytes) {
            return rail::read(bytes, utc_offset_minutes);
        }
        if app::inbox::ending(bytes) == "xml" {
            return national::read(bytes, self.national.as_deref(), utc_offset_minutes);
        }
        if cargo_imp::is_air(bytes) {
            return cargo_imp::read(bytes);
        }
        let options = ReadOptions { charset: agreement.charset.map(agreed::repertoire), ..ReadOptions::default() };
        let reading = edifact::read_with(bytes, &options);
        let mut report = Report::new(agreement);
        let mut interchange_faulty = vec![false; reading.interchanges().len() + 1];
        let mut message_faulty = vec![false; reading.messages().len() + 1];
        for finding in reading.findings() {
            report.syntax(finding);
            if forbids(&report, finding) {
                mark(&mut message_faulty, &mut interchange_faulty, finding);
            }
        }
        let mut messages = Vec::with_capacity(reading.messages().len());
        for interchange in reading.interchanges() {
            let prepared = prepared_at(&interchange, utc_offset_minutes);
            let mut untimed: Vec<String> = Vec::new();
            let whole = flag(&interchange_faulty, interchange.number()) || flag(&interchange_faulty, 0);
            for message in interchange.messages() {
                let mut allowed = !whole && !flag(&message_faulty, message.number());
                for finding in edifact::check_message(&message) {
                    report.syntax(&finding);
                    allowed &= !forbids(&report, &finding);
                }
                let mut read = Self::message(&message, allowed, utc_offset_minutes, &mut report);
                if let Some(at) = prepared
                    && read.content.as_mut().is_some_and(|content| stands_in(content, at))
                {
                    untimed.push(read.reference.clone());
                }
                messages.push(read);
            }
            if let (Some(unb), Some(first)) = (interchange.unb(), untimed.first()) {
                report.prepared_stands_in(&unb, first, untimed.len());
            }
        }
        let first = reading.interchanges().find(|interchange| interchange.unb().is_some());
        let (mut other_senders, mut other_receivers) = (Vec::new(), Vec::new());
        for interchange in reading.interchanges().filter(|interchange| interchange.unb().is_some()) {
            let Some(first) = first else { break };
            let differs = (interchange.sender(), interchange.sender_qualifier().filter(|q| !q.is_empty()))
                != (first.sender(), first.sender_qualifier().filter(|q| !q.is_empty()));
            note_other(&mut other_senders, differs, interchange.sender());
            let differs = (interchange.recipient(), interchange.recipient_qualifier().filter(|q| !q.is_empty()))
                != (first.recipient(), first.recipient_qualifier().filter(|q| !q.is_empty()));
            note_other(&mut other_receivers, differs, interchange.recipient());
        }
        Interpretation {
            messages,
            findings: report.finish(),
            other_senders,
            other_receivers,
            sender: first.and_then(|interchange| interchange.sender()).map(|text| text.into_owned()),
            sender_qualifier: first
                .and_then(|interchange| interchange.sender_qualifier())
                .map(|text| text.into_owned())
                .filter(|text| !text.is_empty()),
            test: reading.interchanges().any(|interchange| interchange.is_test()),
            receiver: first.and_then(|interchange| interchange.recipient()).map(|text| text.into_owned()),
            receiver_qualifier: first
                .and_then(|interchange| interchange.recipient_qualifier())
                .map(|text| text.into_owned())
                .filter(|text| !text.is_empty()),
            control_reference: first.and_then(|interchange| interchange.control_reference()).map(|text| text.into_owned()),
            record_format: None,
        }
    }

    fn write(&self, envelope: &Envelope, agreement: &Agreement, outgoing: &Outgoing) -> (String, Vec<u8>) {
        match outgoing {
            Outgoing::AirAnswer(answer) => return cargo_imp::write_answer(answer),
            Outgoing::RailReceipt(receipt) => return rail::write_receipt(envelope, receipt),
            Outgoing::RailRelease(told) => return rail::write_release(envelope, told),
            Outgoing::RailLoading { train, released } => return rail::write_loading(envelope, train, released),
            _ => {}
        }
        if let Outgoing::Declaration(out) = outgoing {
            return (national::DECLARATION.to_owned(), national::write_declaration(envelope, out, self.national.as_deref()));
        }
        let (kind, bytes) = write::write(envelope, outgoing, agreement);
        let bytes = rewrite::rewrite(&bytes, agreement).unwrap_or(bytes);
        (kind, bytes)
    }
}

/// When an interchange was prepared (UNB 0017, 0019): like every time without zone, on the port's clock.
fn prepared_at(interchange: &edifact::Interchange<'_>, offset_minutes: i32) -> Option<Timestamp> {
    let (date, time) = (interchange.prepared_date()?, interchange.prepared_time()?);
    let format = if date.len() == 8 { "203" } else { "201" };
    fields::parse_instant(&format!("{date}{time}"), format, offset_minutes).ok()
}

/// Gives a message that has no time of its own that of its interchange, where it matters when it was made.
fn stands_in(content: &mut Content, prepared: Timestamp) -> bool {
    let at = match content {
        Content::Discharge { at, containers, .. } if containers.iter().any(|one| one.at.is_none()) => at,
        Content::Reports(reports) | Content::ReleaseOrder { reports, .. } | Content::Expected { reports, .. } => &mut reports.at,
        Content::Discharge { .. }
        | Content::Manifest { .. }
        | Content::ManifestChange(_)
        | Content::Arrival { .. }
        | Content::Answer { .. }
        | Content::Receipt(_)
        | Content::Rail(_)
        | Content::Air(_)
        | Content::Other => return false,
    };
    let missing = at.is_none();
    at.get_or_insert(prepared);
    missing
}

/// Notes a party of the envelope that differs from the first interchange's, each once.
fn note_other(others: &mut Vec<String>, differs: bool, party: Option<Cow<'_, str>>) {
    let party = party.unwrap_or_default();
    if differs && !others.iter().any(|other| *other == party) {
        others.push(party.into_owned());
    }
}

fn forbids(report: &Report, finding: &edifact::Finding) -> bool {
    finding.severity == edifact::Severity::Error && !report.forgives(finding.code)
}

/// `D:95B`, or what there is of it.
fn version(message: &Message<'_>) -> String {
    let parts = [message.version(), message.release()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(":")
}

/// An error of a message forbids the message; one of the interchange, or of the file, all it holds.
fn mark(messages: &mut [bool], interchanges: &mut [bool], finding: &edifact::Finding) {
    let envelope = matches!(finding.segment_tag.as_deref(), Some("UNB" | "UNZ" | "UNG" | "UNE"));
    let (list, number) = match (finding.message.filter(|_| !envelope), finding.interchange) {
        (Some(message), _) => (messages, message),
        (None, Some(interchange)) => (interchanges, interchange),
        (None, None) => (interchanges, 0),
    };
    if let Some(slot) = usize::try_from(number).ok().and_then(|index| list.get_mut(index)) {
        *slot = true;
    }
}

fn flag(list: &[bool], number: u32) -> bool {
    usize::try_from(number).ok().and_then(|index| list.get(index)).copied().unwrap_or(false)
}
