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

/// Collects findings and keeps each code within its limit.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
    counts: Vec<(&'static str, usize)>,
    limit: usize,
}

impl Findings {
    pub fn new(limits: &Limits) -> Self {
        Self { list: Vec::new(), counts: Vec::new(), limit: limits.findings_per_code.max(1) }
    }

    /// Counts one more finding of `code`; true while it may still be stored.
    pub fn admit(&mut self, code: &'static str) -> bool {
        if let Some(entry) = self.counts.iter_mut().find(|(known, _)| *known == code) {
            entry.1 += 1;
            return entry.1 <= self.limit;
        }
        self.counts.push((code, 1));
        true
    }

    /// Stores a finding if its code is below the limit; the text is built only then.
    pub fn push(&mut self, code: &'static str, place: Place, text: impl FnOnce() -> (String, String)) {
        if self.admit(code) {
            self.list.push(place.finding(code, text()));
        }
    }

    /// Stores a finding for which [`Self::admit`] already answered yes.
    pub fn keep_admitted(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// The findings in file order, and one remark for each code that ran over its limit.
    pub fn finish(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| (finding.offset, finding.segment));
        for &(code, count) in &self.counts {
            if count > self.limit {
                let more = count - self.limit;
                let text = (
                    format!("另有 {more} 处同类问题（{code}）未逐条列出。"),
                    format!("{more} further findings of {code} are not listed one by one."),
                );
                self.list.push(Place::default().finding(catalogue::FINDINGS_MORE, text));
            }
        }
        self.list
    }
}
