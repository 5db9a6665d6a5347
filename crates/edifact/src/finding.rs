//! Findings (校验结果): what is wrong, how bad it is, and exactly where.

use serde::Serialize;

use crate::catalogue::{self, CodeInfo};
use crate::limits::Limits;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, nothing to repair (提示).
    Info,
    /// Against the rules, but the content can be used (警告).
    Warning,
    /// The standard calls for rejection of this message or interchange (错误).
    Error,
}

/// A place in a file: segment, data element, component and byte offset.
///
/// Elements and components are counted from 1, the segment tag being element 0. Zero means "the whole segment".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Pos {
    /// Number of the segment in the file from 1, service segments counted, UNA not. 0: outside every segment.
    pub segment: u32,
    /// Number of the data element in the segment from 1 (standalone or composite). 0: the segment itself.
    pub element: u16,
    /// Number of the component in the element from 1. 0: the element itself.
    pub component: u16,
    /// Offset of the first byte in the file, from 0.
    pub offset: usize,
}

/// One fault or remark about a file, in a form that can be stored, shown and answered (CONTRL, APERAK).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code, for example `EDI-UNT-COUNT`; never reused. This crate's own codes are in [`crate::CODES`].
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Offset of the first byte concerned, from 0.
    pub offset: usize,
    /// Number of the interchange in the file, from 1.
    pub interchange: Option<u32>,
    /// Number of the message in the file, from 1.
    pub message: Option<u32>,
    /// Message reference (0062) as sent.
    pub message_ref: Option<String>,
    /// Number of the segment in the file, from 1; service segments counted, UNA not.
    pub segment: Option<u32>,
    /// Number of the segment in its message, UNH being 1 (0096 of CONTRL).
    pub segment_in_message: Option<u32>,
    /// Tag of the segment as sent.
    pub segment_tag: Option<String>,
    /// Data element in the segment, from 1.
    pub element: Option<u16>,
    /// Component in the element, from 1.
    pub component: Option<u16>,
    /// What is wrong, in Chinese.
    pub text_zh: String,
    /// What is wrong, in English.
    pub text_en: String,
}

impl Finding {
    /// The place of this finding.
    pub fn pos(&self) -> Pos {
        Pos {
            segment: self.segment.unwrap_or(0),
            element: self.element.unwrap_or(0),
            component: self.component.unwrap_or(0),
            offset: self.offset,
        }
    }

    /// What the catalogue says about this code; `None` for codes of other crates.
    pub fn info(&self) -> Option<&'static CodeInfo> {
        catalogue::info(self.code)
    }
}

/// Where a finding belongs; filled by the reader, turned into a [`Finding`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub offset: usize,
    pub interchange: Option<u32>,
    pub message: Option<u32>,
    pub message_ref: Option<String>,
    pub segment: Option<u32>,
    pub segment_in_message: Option<u32>,
    pub segment_tag: Option<String>,
    pub element: Option<u16>,
    pub component: Option<u16>,
}

impl Place {
    /// A place that is only a byte offset.
    pub fn offset(offset: usize) -> Self {
        Self { offset, ..Self::default() }
    }

    /// Builds the finding with the severity of the catalogue.
    pub fn finding(self, code: &'static str, (zh, en): (String, String)) -> Finding {
        let severity = catalogue::info(code).map_or(Severity::Error, |info| info.severity);
        Finding {
            code,
            severity,
            offset: self.offset,
            interchange: self.interchange,
            message: self.message,
            message_ref: self.message_ref,
            segment: self.segment,
            segment_in_message: self.segment_in_message,
            segment_tag: self.segment_tag,
            element: self.element,
            component: self.component,
            text_zh: zh,
            text_en: en,
        }
    }
}

/// How often a code occurred and how often it is listed.
#[derive(Debug)]
struct Tally {
    code: &'static str,
    /// Whether the catalogue calls it an error.
    is_error: bool,
    seen: usize,
    listed: usize,
}

/// Collects findings and keeps each code within its limit. The first error of each message and interchange is listed even past the
/// limit of its code, up to a limit of its own.
#[derive(Debug)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    tallies: Vec<Tally>,
    limit: usize,
    faulty_limit: usize,
    faulty: usize,
    /// The last message and interchange with an error in the list. Both come in order.
    last_message: u32,
    last_interchange: u32,
    /// Whether a faulty message or interchange is not in the list.
    overflow: bool,
}

impl Findings {
    pub fn new(limits: &Limits) -> Self {
        Self {
            list: Vec::new(),
            tallies: Vec::new(),
            limit: limits.findings_per_code.max(1),
            faulty_limit: limits.faulty,
            faulty: 0,
            last_message: 0,
            last_interchange: 0,
            overflow: false,
        }
    }

    fn tally(&mut self, code: &'static str) -> &mut Tally {
        let found = self.tallies.iter().position(|tally| std::ptr::eq(tally.code, code) || tally.code == code);
        let at = found.unwrap_or_else(|| {
            let is_error = catalogue::info(code).is_none_or(|info| info.severity == Severity::Error);
            self.tallies.push(Tally { code, is_error, seen: 0, listed: 0 });
            self.tallies.len() - 1
        });
        &mut self.tallies[at]
    }

    /// Counts one more finding of `code`; true if it is to be listed. `message` or else `interchange` is what it is about.
    pub fn admit(&mut self, code: &'static str, message: Option<u32>, interchange: Option<u32>) -> bool {
        let is_error = self.tally(code).is_error;
        self.admit_as(code, is_error, message, interchange)
    }

    fn admit_as(&mut self, code: &'static str, is_error: bool, message: Option<u32>, interchange: Option<u32>) -> bool {
        let limit = self.limit;
        let tally = self.tally(code);
        tally.seen += 1;
        let room = tally.listed < limit;
        let first = is_error
            && match (message, interchange) {
                (Some(message), _) => message > self.last_message,
                (None, Some(interchange)) => interchange > self.last_interchange,
                (None, None) => false,
            };
        if !room && first && self.faulty >= self.faulty_limit {
            self.overflow = true;
            return false;
        }
        if !room && !first {
            return false;
        }
        self.faulty += usize::from(!room);
        if is_error {
            match (message, interchange) {
                (Some(message), _) => self.last_message = self.last_message.max(message),
                (None, Some(interchange)) => self.last_interchange = self.last_interchange.max(interchange),
                (None, None) => {}
            }
        }
        self.tally(code).listed += 1;
        true
    }

    /// Counts further findings that are not listed.
    pub fn count(&mut self, code: &'static str, more: usize) {
        self.tally(code).seen += more;
    }

    /// Stores a finding about the file if its code is below the limit; the text is built only then.
    pub fn push(&mut self, code: &'static str, place: Place, text: impl FnOnce() -> (String, String)) {
        if self.admit(code, place.message, place.interchange) {
            self.list.push(place.finding(code, text()));
        }
    }

    /// Stores a finding made elsewhere, within the same limits, and says whether it is listed.
    pub fn add(&mut self, finding: Finding) -> bool {
        let listed = self.admit_as(finding.code, finding.severity == Severity::Error, finding.message, finding.interchange);
        if listed {
            self.list.push(finding);
        }
        listed
    }

    /// Stores a finding for which [`Self::admit`] already answered yes.
    pub fn keep_admitted(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// What is listed so far, in the order of discovery.
    pub fn listed(&self) -> &[Finding] {
        &self.list
    }

    /// The findings in file order, and a remark for each code that ran over its limit.
    pub fn finish(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| (finding.offset, finding.segment));
        for tally in self.tallies.iter().filter(|tally| tally.seen > tally.listed) {
            let (code, more) = (tally.code, tally.seen - tally.listed);
            let text = (
                format!("另有 {more} 处同类问题（{code}）未逐条列出。"),
                format!("{more} further findings of {code} are not listed one by one."),
            );
            self.list.push(Place::default().finding(catalogue::FINDINGS_MORE, text));
        }
        if self.overflow {
            let limit = self.faulty_limit;
            let text = (
                format!("有错误的报文和交换超过 {limit} 个，整个文件视为有错误。"),
                format!("More than {limit} messages and interchanges have errors; the whole file counts as faulty."),
            );
            self.list.push(Place::default().finding(catalogue::SIZE_FAULTY, text));
        }
        self.list
    }
}
