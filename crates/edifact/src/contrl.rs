//! CONTRL (语法与服务报告): the answer about syntax, made from findings.
//!
//! Source: CONTRL version D release 3 (1997-03-17) and ISO 9735-4. Action codes 0083: 4 rejected, 7 acknowledged unless a lower level is
//! rejected explicitly, 8 received. Error codes 0085 come from the catalogue.

use crate::catalogue as code;
use crate::finding::{Finding, Severity};
use crate::reading::Reading;
use crate::view::{Group, Interchange, Message, Segment};
use crate::writer::{Party, Prepared, Unb, Usage, WriteError, Writer, WriterOptions};

/// What a CONTRL says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContrlMode {
    /// Acknowledges or rejects, with the errors (action 7 and 4).
    #[default]
    Report,
    /// Only says that the interchange arrived (action 8).
    ReceiptOnly,
}

/// How a CONTRL is made.
#[derive(Clone, Debug)]
pub struct ContrlOptions {
    /// Who answers; `None` takes the recipient of the interchange that is answered.
    pub sender: Option<Party>,
    /// Date and time of the answer.
    pub prepared: Prepared,
    /// Interchange control reference of the answer.
    pub control_reference: String,
    /// Report or mere receipt.
    pub mode: ContrlMode,
    /// Codes of errors that do not lead to rejection, by agreement with the sender; of real port traffic a large part carries a wrong UNT count.
    pub forgiven: Vec<&'static str>,
    /// Further findings to answer, for example those of [`crate::check_message`].
    pub further: Vec<Finding>,
}

/// Stands for a sender, recipient or reference that the interchange does not have.
const UNKNOWN: &str = "UNKNOWN";
/// Action: this level and all below are rejected.
const REJECTED: &str = "4";
/// Action: this level is acknowledged, and what is below unless rejected explicitly.
const ACKNOWLEDGED: &str = "7";
/// Action: received, nothing said about acceptance.
const RECEIVED: &str = "8";
/// Most segments reported for a message (group 2 of CONTRL).
const MAX_SEGMENTS_REPORTED: usize = 999;
/// Most elements reported for a segment (UCD of CONTRL).
const MAX_ELEMENTS_REPORTED: usize = 99;

/// Writes one interchange with a CONTRL for each interchange of the reading. A file in which no interchange could be found gets
/// a CONTRL that rejects an unknown one.
///
/// # Errors
/// [`WriteError`] never happens for text made of characters, but is passed on instead of hidden.
pub fn contrl(reading: &Reading<'_>, options: &ContrlOptions) -> Result<Vec<u8>, WriteError> {
    let answer = Answer { reading, options };
    let first = reading.interchanges().next();
    let header = |element| first.and_then(|i| i.unb()).map(|unb| party(&unb, element));
    let own = options.sender.clone().or_else(|| header(3)).filter(|p| !p.id.is_empty()).unwrap_or_else(|| Party::new(UNKNOWN));
    let other = header(2).filter(|p| !p.id.is_empty()).unwrap_or_else(|| Party::new(UNKNOWN));
    let ascii = reading.bytes().is_ascii() && own.id.is_ascii() && options.control_reference.is_ascii();
    let mut writer = Writer::new(WriterOptions::for_texts([if ascii { "" } else { "。" }]));
    writer.begin_interchange(&Unb {
        sender: own,
        recipient: other,
        prepared: options.prepared,
        control_reference: options.control_reference.clone(),
        application_reference: "CONTRL".into(),
        usage: Usage::Production,
    });
    let mut number = 0u32;
    for interchange in reading.interchanges() {
        number += 1;
        writer.begin_message(&number.to_string(), &["CONTRL", "D", "3", "UN"]);
        answer.interchange(&mut writer, &interchange);
        writer.end_message();
    }
    if number == 0 {
        writer.begin_message("1", &["CONTRL", "D", "3", "UN"]);
        let error = answer.errors().find_map(syntax_error).unwrap_or(18);
        writer.segment("UCI", &[&[UNKNOWN], &[UNKNOWN], &[UNKNOWN], &[REJECTED], &[&error.to_string()]]);
        writer.end_message();
    }
    writer.end_interchange();
    writer.finish()
}

fn party(segment: &Segment<'_>, element: usize) -> Party {
    let text = |component| segment.comp(element, component).map(|c| c.into_owned()).unwrap_or_default();
    Party { id: text(1), qualifier: text(2) }
}

fn syntax_error(finding: &Finding) -> Option<u8> {
    match finding.info() {
        Some(info) => info.syntax_error,
        // Codes of other crates are faults of content, which CONTRL can only call invalid.
        None => Some(12),
    }
}

/// Whether a finding is about a segment of the interchange's or a group's own envelope rather than of a message.
fn is_envelope(finding: &Finding) -> bool {
    let envelope_tag = matches!(finding.segment_tag.as_deref(), Some("UNA" | "UNB" | "UNZ" | "UNG" | "UNE"));
    let envelope_code = [code::UNZ_MISSING, code::UNE_MISSING, code::SYNTAX_ID, code::SYNTAX_VERSION].contains(&finding.code);
    (finding.message.is_none() || envelope_tag || envelope_code) && finding.code != code::UNT_MISSING
}

struct Answer<'o, 'a> {
    reading: &'o Reading<'a>,
    options: &'o ContrlOptions,
}

impl Answer<'_, '_> {
    /// Findings that lead to rejection.
    fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.reading
            .findings()
            .iter()
            .chain(&self.options.further)
            .filter(|finding| finding.severity == Severity::Error && syntax_error(finding).is_some())
            .filter(|finding| !self.options.forgiven.contains(&finding.code))
    }

    fn interchange(&self, writer: &mut Writer, interchange: &Interchange<'_>) {
        let reference = interchange.control_reference().unwrap_or(UNKNOWN.into());
        let (sender, recipient) = match interchange.unb() {
            Some(unb) => (party(&unb, 2), party(&unb, 3)),
            None => (Party::new(UNKNOWN), Party::new(UNKNOWN)),
        };
        let fault = self.errors().find(|f| {
            let own = f.interchange == Some(interchange.number());
            // A fault that has no segment (size, data around) touches every interchange of the file.
            let whole = f.interchange.is_none() && f.message.is_none();
            let group = matches!(f.segment_tag.as_deref(), Some("UNG" | "UNE")) || f.code == code::UNE_MISSING;
            (own || whole) && is_envelope(f) && !(group && f.code != code::UNZ_MISSING)
        });
        let action = match (self.options.mode, fault) {
            (ContrlMode::ReceiptOnly, _) => RECEIVED,
            (ContrlMode::Report, None) => ACKNOWLEDGED,
            (ContrlMode::Report, Some(_)) => REJECTED,
        };
        let mut elements = vec![
            vec![reference.into_owned()],
            vec![sender.id, sender.qualifier],
            vec![recipient.id, recipient.qualifier],
            vec![action.to_owned()],
        ];
        if let (Some(fault), REJECTED) = (fault, action) {
            elements.extend(fault_elements(fault, &["UNA", "UNB", "UNZ"]));
        }
        segment(writer, "UCI", &elements);
        if action != ACKNOWLEDGED {
            return;
        }
        for message in interchange.messages().filter(|m| m.group().is_none()) {
            self.message(writer, &message);
        }
        for group in interchange.groups() {
            self.group(writer, &group);
        }
    }

    fn group(&self, writer: &mut Writer, group: &Group<'_>) {
        let (ung, une) = (group.ung(), group.une());
        let fault = self.errors().find(|f| {
            let at = f.segment.unwrap_or(0);
            let trailer = une.is_some_and(|une| une.number() == at);
            let missing = f.code == code::UNE_MISSING && at > ung.number() && une.is_none();
            at == ung.number() || trailer || missing
        });
        let faulty = group.messages().any(|message| self.message_errors(&message).next().is_some());
        if fault.is_none() && !faulty {
            return;
        }
        let (sender, recipient) = (party(&ung, 2), party(&ung, 3));
        let action = if fault.is_some() { REJECTED } else { ACKNOWLEDGED };
        let mut elements = vec![
            vec![group.reference().unwrap_or(UNKNOWN.into()).into_owned()],
            vec![sender.id, sender.qualifier],
            vec![recipient.id, recipient.qualifier],
            vec![action.to_owned()],
        ];
        elements.extend(fault.map(|fault| fault_elements(fault, &["UNG", "UNE"])).unwrap_or_default());
        segment(writer, "UCF", &elements);
        if fault.is_none() {
            for message in group.messages() {
                self.message(writer, &message);
            }
        }
    }

    fn message_errors<'s>(&'s self, message: &Message<'_>) -> impl Iterator<Item = &'s Finding> + use<'s> {
        let number = message.number();
        self.errors().filter(move |f| f.message == Some(number) && !is_envelope(f))
    }

    /// UCM for a rejected message, with its segments (UCS) and elements (UCD).
    fn message(&self, writer: &mut Writer, message: &Message<'_>) {
        let mut errors: Vec<&Finding> = self.message_errors(message).collect();
        if errors.is_empty() {
            return;
        }
        let unh = message.unh();
        let text = |component| unh.comp(2, component).map(|c| c.into_owned()).unwrap_or_default();
        let mut elements =
            vec![vec![message.reference().unwrap_or(UNKNOWN.into()).into_owned()], (1..=4).map(text).collect(), vec![REJECTED.to_owned()]];
        let own = |f: &Finding| matches!(f.segment_tag.as_deref(), Some("UNH" | "UNT")) || f.code == code::UNT_MISSING;
        if let Some(fault) = errors.iter().find(|f| own(f)) {
            elements.extend(fault_elements(fault, &["UNH", "UNT"]));
        }
        segment(writer, "UCM", &elements);
        errors.retain(|f| !own(f));
        errors.sort_by_key(|f| (f.segment_in_message, f.element, f.component));
        for same in errors.chunk_by(|a, b| a.segment_in_message == b.segment_in_message).take(MAX_SEGMENTS_REPORTED) {
            self.segment(writer, same);
        }
    }

    fn segment(&self, writer: &mut Writer, errors: &[&Finding]) {
        let position = errors[0].segment_in_message.unwrap_or(0).to_string();
        let whole = errors.iter().find(|f| f.element.is_none()).and_then(|f| syntax_error(f));
        let mut elements = vec![vec![position]];
        elements.extend(whole.map(|error| vec![error.to_string()]));
        segment(writer, "UCS", &elements);
        for error in errors.iter().filter(|f| f.element.is_some()).take(MAX_ELEMENTS_REPORTED) {
            let code = syntax_error(error).unwrap_or(12).to_string();
            segment(writer, "UCD", &[vec![code], element_position(error)]);
        }
    }
}

/// Error code, service segment tag and element position, as UCI, UCF and UCM end.
fn fault_elements(fault: &Finding, tags: &[&str]) -> Vec<Vec<String>> {
    let code = syntax_error(fault).unwrap_or(18).to_string();
    let missing = match fault.code {
        code::UNT_MISSING => Some("UNT"),
        code::UNE_MISSING => Some("UNE"),
        code::UNZ_MISSING => Some("UNZ"),
        _ => None,
    };
    let Some(tag) = missing.or_else(|| fault.segment_tag.as_deref().filter(|tag| tags.contains(tag))) else {
        return vec![vec![code]];
    };
    let mut elements = vec![vec![code], vec![tag.to_owned()]];
    if missing.is_none() && fault.element.is_some() {
        elements.push(element_position(fault));
    }
    elements
}

/// S011: position of the element, the tag counting as 1, and of the component.
fn element_position(finding: &Finding) -> Vec<String> {
    let mut position = vec![(u32::from(finding.element.unwrap_or(0)) + 1).to_string()];
    position.extend(finding.component.map(|component| component.to_string()));
    position
}

fn segment(writer: &mut Writer, tag: &str, elements: &[Vec<String>]) {
    let texts: Vec<Vec<&str>> = elements.iter().map(|e| e.iter().map(String::as_str).collect()).collect();
    let slices: Vec<&[&str]> = texts.iter().map(Vec::as_slice).collect();
    writer.segment(tag, &slices);
}
