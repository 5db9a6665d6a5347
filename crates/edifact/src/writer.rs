//! Writing: an interchange with counts, references and releases done for the caller, and a reading back to its bytes.

use thiserror::Error;

use crate::charset::Charset;
use crate::reading::Reading;
use crate::service::ServiceChars;

/// Why something could not be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    /// The repertoire lacks a character.
    #[error("character {character:?} in segment {segment} cannot be written in {charset:?}")]
    Unencodable {
        /// Number of the segment, from 1.
        segment: usize,
        /// The character.
        character: char,
        /// The repertoire.
        charset: Charset,
    },
    /// The service characters are not usable together.
    #[error("the service characters are not usable: they repeat, or one is a letter, digit or blank")]
    ServiceChars,
    /// Text holds a service character and there is no release character to protect it.
    #[error("text in segment {segment} holds a service character, and no release character is set")]
    Unreleasable {
        /// Number of the segment, from 1.
        segment: usize,
    },
    /// A call came where it does not fit, for example a message end without a message.
    #[error("{attempted} is not possible while {state}")]
    Order {
        /// What was attempted.
        attempted: &'static str,
        /// What is open.
        state: &'static str,
    },
}

/// Date and time of preparation, given by the caller: this crate has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
}

impl Prepared {
    /// `YYMMDD`, as UNB has it in syntax versions 1 to 3.
    pub fn yymmdd(&self) -> String {
        format!("{:02}{:02}{:02}", self.year % 100, self.month, self.day)
    }

    /// `CCYYMMDD`, as UNB has it in syntax version 4.
    pub fn ccyymmdd(&self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// `HHMM`.
    pub fn hhmm(&self) -> String {
        format!("{:02}{:02}", self.hour, self.minute)
    }

    /// `CCYYMMDDHHMM`, format 203 of DTM.
    pub fn format203(&self) -> String {
        self.ccyymmdd() + &self.hhmm()
    }
}

/// Sender or recipient of an interchange (S002, S003).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Identification (0004, 0010).
    pub id: String,
    /// Qualifier (0007), for example `14`, `ZZZ`; empty if none.
    pub qualifier: String,
}

impl Party {
    /// A party without qualifier.
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), qualifier: String::new() }
    }
}

/// Interchange header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unb {
    /// Sender.
    pub sender: Party,
    /// Recipient.
    pub recipient: Party,
    /// Date and time of preparation.
    pub prepared: Prepared,
    /// Interchange control reference (0020), repeated in UNZ.
    pub control_reference: String,
    /// Application reference (0026); empty if none.
    pub application_reference: String,
    /// Whether this is a test (0035).
    pub usage: Usage,
}

/// Whether an interchange is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Usage {
    /// For real.
    #[default]
    Production,
    /// A test (0035 = 1).
    Test,
}

/// Whether UNA is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnaMode {
    /// Only if the service characters differ from the defaults.
    #[default]
    WhenNeeded,
    /// Always.
    Always,
}

/// How an interchange is written.
#[derive(Clone, Copy, Debug)]
pub struct WriterOptions {
    /// Service characters.
    pub service: ServiceChars,
    /// Whether UNA is written.
    pub una: UnaMode,
    /// Repertoire; gives the syntax identifier too.
    pub charset: Charset,
    /// Syntax version, 1 to 4.
    pub version: u8,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self { service: ServiceChars::default(), una: UnaMode::WhenNeeded, charset: Charset::UnoB, version: 3 }
    }
}

impl WriterOptions {
    /// UNOB version 3 if all `texts` are ASCII, otherwise UNOW (UTF-8) version 4.
    pub fn for_texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        if texts.into_iter().all(str::is_ascii) {
            return Self::default();
        }
        Self { service: ServiceChars::version4(), charset: Charset::Utf8, version: 4, ..Self::default() }
    }
}

/// Builds one or more interchanges. The first failure is kept and returned by [`Writer::finish`].
#[derive(Debug)]
pub struct Writer {
    options: WriterOptions,
    out: Vec<u8>,
    segments: usize,
    message_start: Option<usize>,
    messages: usize,
    message_reference: String,
    interchange: Option<String>,
    error: Option<WriteError>,
}

impl Writer {
    /// An empty writer.
    pub fn new(options: WriterOptions) -> Self {
        let usable = options.service.is_usable();
        Self {
            options,
            out: Vec::new(),
            segments: 0,
            message_start: None,
            messages: 0,
            message_reference: String::new(),
            interchange: None,
            error: (!usable).then_some(WriteError::ServiceChars),
        }
    }

    fn fail(&mut self, error: WriteError) {
        self.error.get_or_insert(error);
    }

    /// Writes UNA if needed, and UNB.
    pub fn begin_interchange(&mut self, unb: &Unb) -> &mut Self {
        if self.interchange.is_some() {
            self.fail(WriteError::Order { attempted: "a new interchange", state: "another interchange is open" });
            return self;
        }
        let defaults = ServiceChars { repetition: self.options.service.repetition, ..ServiceChars::default() };
        let star_or_none = matches!(self.options.service.repetition, None | Some(b'*'));
        if self.options.una == UnaMode::Always || self.options.service != defaults || !star_or_none {
            self.out.extend_from_slice(&self.options.service.una());
        }
        let (id, version) = (self.options.charset.syntax_id(), self.options.version.to_string());
        let date = if self.options.version >= 4 { unb.prepared.ccyymmdd() } else { unb.prepared.yymmdd() };
        let test = if unb.usage == Usage::Test { "1" } else { "" };
        self.segment(
            "UNB",
            &[
                &[id, &version],
                &[&unb.sender.id, &unb.sender.qualifier],
                &[&unb.recipient.id, &unb.recipient.qualifier],
                &[&date, &unb.prepared.hhmm()],
                &[&unb.control_reference],
                &[],
                &[&unb.application_reference],
                &[],
                &[],
                &[],
                &[test],
            ],
        );
        self.messages = 0;
        self.interchange = Some(unb.control_reference.clone());
        self
    }

    /// Writes UNH. `identifier` is S009, for example `["CUSCAR", "D", "95B", "UN"]`.
    pub fn begin_message(&mut self, reference: &str, identifier: &[&str]) -> &mut Self {
        if self.message_start.is_some() {
            self.fail(WriteError::Order { attempted: "a new message", state: "another message is open" });
            return self;
        }
        self.message_start = Some(self.segments);
        self.message_reference = reference.to_owned();
        self.segment("UNH", &[&[reference], identifier])
    }

    /// Writes UNT with count and reference.
    pub fn end_message(&mut self) -> &mut Self {
        let Some(start) = self.message_start.take() else {
            self.fail(WriteError::Order { attempted: "the end of a message", state: "no message is open" });
            return self;
        };
        let count = (self.segments - start + 1).to_string();
        let reference = std::mem::take(&mut self.message_reference);
        self.messages += 1;
        self.segment("UNT", &[&[&count], &[&reference]])
    }

    /// Writes UNZ with count and reference.
    pub fn end_interchange(&mut self) -> &mut Self {
        if self.message_start.is_some() {
            self.fail(WriteError::Order { attempted: "the end of an interchange", state: "a message is open" });
            return self;
        }
        let Some(reference) = self.interchange.take() else {
            self.fail(WriteError::Order { attempted: "the end of an interchange", state: "no interchange is open" });
            return self;
        };
        let count = self.messages.to_string();
        self.segment("UNZ", &[&[&count], &[&reference]])
    }

    /// Writes a segment from elements, each a list of components. Empty components and elements at the end are left out.
    ///
    /// ```
    /// # use edifact::{Writer, WriterOptions};
    /// let mut writer = Writer::new(WriterOptions::default());
    /// writer.segment("LOC", &[&["11"], &["CNSHA", "139", "6"]]);
    /// writer.segment("FTX", &[&["AAA"], &[], &[], &["50% COTTON + SILK"]]);
    /// assert_eq!(writer.finish().unwrap(), b"LOC+11+CNSHA:139:6'FTX+AAA+++50% COTTON ?+ SILK'");
    /// ```
    pub fn segment(&mut self, tag: &str, elements: &[&[&str]]) -> &mut Self {
        self.segments += 1;
        self.out.extend_from_slice(tag.as_bytes());
        let used = elements.iter().rposition(|e| e.iter().any(|c| !c.is_empty())).map_or(0, |last| last + 1);
        for element in &elements[..used] {
            self.out.push(self.options.service.element);
            let used = element.iter().rposition(|c| !c.is_empty()).map_or(0, |last| last + 1);
            for (i, component) in element[..used].iter().enumerate() {
                if i > 0 {
                    self.out.push(self.options.service.component);
                }
                self.text(component);
            }
        }
        self.out.push(self.options.service.terminator);
        self
    }

    fn text(&mut self, text: &str) {
        let (service, charset, segment) = (self.options.service, self.options.charset, self.segments);
        let bytes = match charset.encode(text) {
            Ok(bytes) => bytes,
            Err(character) => return self.fail(WriteError::Unencodable { segment, character, charset }),
        };
        for &byte in bytes.iter() {
            if service.is_special(byte) {
                match service.release {
                    Some(release) => self.out.push(release),
                    None => self.fail(WriteError::Unreleasable { segment }),
                }
            }
            self.out.push(byte);
        }
    }

    /// The bytes, or the first failure. Messages and interchanges have to be ended.
    pub fn finish(self) -> Result<Vec<u8>, WriteError> {
        match self.error {
            Some(error) => Err(error),
            None if self.message_start.is_some() => Err(WriteError::Order { attempted: "the end of the file", state: "a message is open" }),
            None if self.interchange.is_some() => {
                Err(WriteError::Order { attempted: "the end of the file", state: "an interchange is open" })
            }
            None => Ok(self.out),
        }
    }
}

/// Writes a reading again, byte for byte, from its index: what stood between segments, every tag, separator and component, every
/// terminator, and what was not read because a limit was reached.
pub fn write(reading: &Reading<'_>) -> Vec<u8> {
    let bytes = reading.bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for segment in reading.segments() {
        out.extend_from_slice(&bytes[from..segment.offset()]);
        from = segment.offset();
        for mark in segment.separators() {
            out.extend_from_slice(&bytes[from..mark]);
            out.push(bytes[mark]);
            from = mark + 1;
        }
        out.extend_from_slice(&bytes[from..segment.end()]);
        // A truncated last segment has no terminator.
        out.extend(bytes.get(segment.end()));
        from = bytes.len().min(segment.end() + 1);
    }
    out.extend_from_slice(&bytes[from..]);
    out
}
