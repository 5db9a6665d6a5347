//! CONTRL (语法与服务报告): the answer about syntax, made from findings.
//!
//! Source: CONTRL version D release 3 (1997-03-17) and ISO 9735-4. Action codes 0083: 4 rejected, 7 acknowledged unless a lower level is
//! rejected explicitly, 8 received. Error codes 0085 come from the catalogue.

use std::collections::BTreeMap;

use crate::catalogue as code;
use crate::finding::{Finding, Severity};
use crate::reading::Reading;
use crate::view::Segment;
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
    let errors = Errors::new(reading.findings().iter().chain(&options.further), &options.forgiven);
    let interchanges = reading.interchanges().map(|i| match i.unb() {
        Some(unb) => InterchangeHead::of(i.number(), &unb),
        None => InterchangeHead::bare(i.number()),
    });
    let mut groups = Vec::new();
    for interchange in reading.interchanges().filter(|i| i.groups().len() > 0) {
        for group in interchange.groups() {
            let mut head = GroupHead::of(interchange.number(), groups.len() as u32 + 1, &group.ung());
            head.une = group.une().map(|une| une.number());
            groups.push(head);
        }
    }
    let faulty = errors.by_message.keys().filter_map(|&number| reading.message(number));
    let messages = faulty.map(|message| {
        let index = &reading.messages[message.number() as usize - 1];
        MessageHead::of(message.number(), index.interchange + 1, index.group, &message.unh())
    });
    answer(&Heads { interchanges: interchanges.collect(), groups, messages: messages.collect() }, &errors, options)
}

/// Writes the answer from headers and errors alone.
pub(crate) fn answer(heads: &Heads, errors: &Errors<'_>, options: &ContrlOptions) -> Result<Vec<u8>, WriteError> {
    let first = heads.interchanges.first();
    let known = |party: &Party| (!party.id.is_empty()).then(|| party.clone());
    let own = options.sender.clone().filter(|p| !p.id.is_empty()).or_else(|| first.and_then(|head| known(&head.recipient)));
    let own = own.unwrap_or_else(|| Party::new(UNKNOWN));
    let other = first.and_then(|head| known(&head.sender)).unwrap_or_else(|| Party::new(UNKNOWN));
    let texts = heads.texts().chain([own.id.as_str(), &own.qualifier, &options.control_reference]);
    let mut writer = Writer::new(WriterOptions::for_texts(texts));
    writer.begin_interchange(&Unb {
        sender: own,
        recipient: other,
        prepared: options.prepared,
        control_reference: options.control_reference.clone(),
        application_reference: "CONTRL".into(),
        usage: Usage::Production,
    });
    let answer = Answer { heads, errors, mode: options.mode };
    for head in &heads.interchanges {
        writer.begin_message(&head.number.to_string(), &["CONTRL", "D", "3", "UN"]);
        answer.interchange(&mut writer, head);
        writer.end_message();
    }
    if heads.interchanges.is_empty() {
        writer.begin_message("1", &["CONTRL", "D", "3", "UN"]);
        let error = errors.first.unwrap_or(18);
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

/// What an answer repeats of an interchange.
#[derive(Clone, Debug)]
pub(crate) struct InterchangeHead {
    pub number: u32,
    pub reference: Option<String>,
    pub sender: Party,
    pub recipient: Party,
}

/// What an answer repeats of a functional group.
#[derive(Clone, Debug)]
pub(crate) struct GroupHead {
    pub interchange: u32,
    pub number: u32,
    /// Numbers of the segments UNG and UNE.
    pub ung: u32,
    pub une: Option<u32>,
    pub reference: Option<String>,
    pub sender: Party,
    pub recipient: Party,
}

/// What an answer repeats of a message that it rejects.
#[derive(Clone, Debug, Default)]
pub(crate) struct MessageHead {
    pub number: u32,
    pub interchange: u32,
    /// Number of its group, from 1.
    pub group: Option<u32>,
    pub reference: Option<String>,
    /// Type, version, release and agency.
    pub identifier: [String; 4],
}

fn text(segment: &Segment<'_>, element: usize, component: usize) -> Option<String> {
    segment.comp(element, component).map(|text| text.into_owned())
}

impl InterchangeHead {
    /// Messages that came without UNB.
    pub fn bare(number: u32) -> Self {
        Self { number, reference: None, sender: Party::new(UNKNOWN), recipient: Party::new(UNKNOWN) }
    }

    pub fn of(number: u32, unb: &Segment<'_>) -> Self {
        Self { number, reference: text(unb, 5, 1), sender: party(unb, 2), recipient: party(unb, 3) }
    }
}

impl GroupHead {
    pub fn of(interchange: u32, number: u32, ung: &Segment<'_>) -> Self {
        let (sender, recipient) = (party(ung, 2), party(ung, 3));
        Self { interchange, number, ung: ung.number(), une: None, reference: text(ung, 5, 1), sender, recipient }
    }
}

impl MessageHead {
    /// `group` counts from 0, as in the index.
    pub fn of(number: u32, interchange: u32, group: Option<u32>, unh: &Segment<'_>) -> Self {
        let identifier = [1, 2, 3, 4].map(|component| text(unh, 2, component).unwrap_or_default());
        Self { number, interchange, group: group.map(|group| group + 1), reference: text(unh, 1, 1), identifier }
    }
}

/// The headers of a file: all interchanges and groups, and the messages with errors, each in order.
#[derive(Debug)]
pub(crate) struct Heads {
    pub interchanges: Vec<InterchangeHead>,
    pub groups: Vec<GroupHead>,
    pub messages: Vec<MessageHead>,
}

impl Heads {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let interchanges = self.interchanges.iter().flat_map(|head| level_texts(head.reference.as_ref(), &head.sender, &head.recipient));
        let groups = self.groups.iter().flat_map(|head| level_texts(head.reference.as_ref(), &head.sender, &head.recipient));
        let messages = self.messages.iter().flat_map(|h| h.identifier.iter().map(Some).chain([h.reference.as_ref()]));
        interchanges.chain(groups).chain(messages).flatten().map(String::as_str)
    }

    fn messages_of(&self, interchange: u32, group: Option<u32>) -> impl Iterator<Item = &MessageHead> {
        let first = self.messages.partition_point(|head| head.interchange < interchange);
        self.messages[first..].iter().take_while(move |head| head.interchange == interchange).filter(move |head| head.group == group)
    }

    fn groups_of(&self, interchange: u32) -> impl Iterator<Item = &GroupHead> {
        let first = self.groups.partition_point(|head| head.interchange < interchange);
        self.groups[first..].iter().take_while(move |head| head.interchange == interchange)
    }
}

fn level_texts<'h>(reference: Option<&'h String>, sender: &'h Party, recipient: &'h Party) -> [Option<&'h String>; 5] {
    [reference, Some(&sender.id), Some(&sender.qualifier), Some(&recipient.id), Some(&recipient.qualifier)]
}

/// The elements with which UCI and UCF begin.
fn level(reference: Option<&String>, sender: &Party, recipient: &Party, action: &str) -> Vec<Vec<String>> {
    let party = |party: &Party| vec![party.id.clone(), party.qualifier.clone()];
    vec![vec![reference.cloned().unwrap_or(UNKNOWN.into())], party(sender), party(recipient), vec![action.to_owned()]]
}

/// The findings that lead to rejection, by what they reject.
#[derive(Debug, Default)]
pub(crate) struct Errors<'f> {
    /// Syntax error of the first.
    first: Option<u8>,
    /// A fault that has no segment (size, data around) touches every interchange of the file.
    whole: Option<&'f Finding>,
    by_interchange: BTreeMap<u32, &'f Finding>,
    /// By the segment UNG or UNE, or where UNE should have stood.
    by_segment: BTreeMap<u32, &'f Finding>,
    pub by_message: BTreeMap<u32, Vec<&'f Finding>>,
}

impl<'f> Errors<'f> {
    pub fn new(findings: impl Iterator<Item = &'f Finding>, forgiven: &[&'static str]) -> Self {
        let mut errors = Self::default();
        for finding in findings.filter(|f| f.severity == Severity::Error) {
            let Some(syntax) = syntax_error(finding) else { continue };
            if forgiven.contains(&finding.code) {
                continue;
            }
            errors.first.get_or_insert(syntax);
            let group = matches!(finding.segment_tag.as_deref(), Some("UNG" | "UNE")) || finding.code == code::UNE_MISSING;
            if group && let Some(segment) = finding.segment {
                errors.by_segment.entry(segment).or_insert(finding);
            }
            match (is_envelope(finding), finding.message, finding.interchange) {
                (false, Some(message), _) => errors.by_message.entry(message).or_default().push(finding),
                (true, _, Some(interchange)) if !group || finding.code == code::UNZ_MISSING => {
                    errors.by_interchange.entry(interchange).or_insert(finding);
                }
                (true, None, None) => _ = errors.whole.get_or_insert(finding),
                (true | false, _, _) => {}
            }
        }
        errors
    }

    fn of_group(&self, group: &GroupHead) -> Option<&'f Finding> {
        let at = |segment: u32| self.by_segment.get(&segment).copied();
        let missing = || self.by_segment.range(group.ung + 1..).map(|(_, f)| *f).find(|f| f.code == code::UNE_MISSING);
        at(group.ung).or_else(|| match group.une {
            Some(une) => at(une),
            None => missing(),
        })
    }
}

struct Answer<'o> {
    heads: &'o Heads,
    errors: &'o Errors<'o>,
    mode: ContrlMode,
}

impl Answer<'_> {
    fn interchange(&self, writer: &mut Writer, head: &InterchangeHead) {
        let fault = self.errors.by_interchange.get(&head.number).copied().or(self.errors.whole);
        let action = match (self.mode, fault) {
            (ContrlMode::ReceiptOnly, _) => RECEIVED,
            (ContrlMode::Report, None) => ACKNOWLEDGED,
            (ContrlMode::Report, Some(_)) => REJECTED,
        };
        let mut elements = level(head.reference.as_ref(), &head.sender, &head.recipient, action);
        if let (Some(fault), REJECTED) = (fault, action) {
            elements.extend(fault_elements(fault, &["UNA", "UNB", "UNZ"]));
        }
        segment(writer, "UCI", &elements);
        if action != ACKNOWLEDGED {
            return;
        }
        for message in self.heads.messages_of(head.number, None) {
            self.message(writer, message);
        }
        for group in self.heads.groups_of(head.number) {
            self.group(writer, group);
        }
    }

    fn group(&self, writer: &mut Writer, head: &GroupHead) {
        let fault = self.errors.of_group(head);
        let mut messages = self.heads.messages_of(head.interchange, Some(head.number)).peekable();
        if fault.is_none() && messages.peek().is_none() {
            return;
        }
        let action = if fault.is_some() { REJECTED } else { ACKNOWLEDGED };
        let mut elements = level(head.reference.as_ref(), &head.sender, &head.recipient, action);
        elements.extend(fault.map(|fault| fault_elements(fault, &["UNG", "UNE"])).unwrap_or_default());
        segment(writer, "UCF", &elements);
        if fault.is_none() {
            for message in messages {
                self.message(writer, message);
            }
        }
    }

    /// UCM for a rejected message, with its segments (UCS) and elements (UCD).
    fn message(&self, writer: &mut Writer, head: &MessageHead) {
        let Some(errors) = self.errors.by_message.get(&head.number) else { return };
        let reference = head.reference.clone().unwrap_or(UNKNOWN.into());
        let mut elements = vec![vec![reference], head.identifier.to_vec(), vec![REJECTED.to_owned()]];
        let own = |f: &Finding| matches!(f.segment_tag.as_deref(), Some("UNH" | "UNT")) || f.code == code::UNT_MISSING;
        if let Some(fault) = errors.iter().find(|f| own(f)) {
            elements.extend(fault_elements(fault, &["UNH", "UNT"]));
        }
        segment(writer, "UCM", &elements);
        let mut errors: Vec<&Finding> = errors.iter().copied().filter(|f| !own(f)).collect();
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
