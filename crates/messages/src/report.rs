//! Collects findings with their place, within limits, and knows whether a message may be acted upon.

use std::collections::BTreeMap;

use app::agreement::{Agreement, Tolerance};
use app::exchange::MessageFinding;
use codes::{Finding, Severity, Text};
use edifact::Segment;

use crate::agreed;
use crate::catalogue::{self, CodeInfo};

/// Most findings in one interpretation; one more, the thousandth, says how many were left out. Errors go before warnings.
pub const FINDINGS_MAX: usize = 999;

/// Most messages of one file for which forgiven deviations are listed.
const FORGIVEN_LISTED_MAX: usize = 100;

/// The findings of one file.
pub(crate) struct Report {
    agreement: Agreement,
    errors: Vec<MessageFinding>,
    others: Vec<MessageFinding>,
    left_out: usize,
    /// How often each tolerance was used, by message reference.
    forgiven: BTreeMap<(Option<String>, Tolerance), usize>,
}

/// Where in a segment: element and component from 1; 0 is the whole.
#[derive(Clone, Copy, Default)]
pub(crate) struct At {
    pub(crate) element: usize,
    pub(crate) component: usize,
}

/// The whole segment.
pub(crate) const WHOLE: At = At { element: 0, component: 0 };

/// An element and component, from 1.
pub(crate) const fn at(element: usize, component: usize) -> At {
    At { element, component }
}

impl Report {
    pub(crate) fn new(agreement: &Agreement) -> Self {
        Self { agreement: agreement.clone(), errors: Vec::new(), others: Vec::new(), left_out: 0, forgiven: BTreeMap::new() }
    }

    /// Whether a fault of this code is forgiven by agreement.
    pub(crate) fn forgives(&self, code: &str) -> bool {
        agreed::forgiving(&self.agreement, code).is_some()
    }

    /// Takes a finding.
    pub(crate) fn keep(&mut self, mut finding: MessageFinding) {
        if let Some(tolerance) = agreed::forgiving(&self.agreement, &finding.finding.code) {
            finding.finding.severity = Severity::Info;
            let key = (finding.message_reference.clone(), tolerance);
            if self.forgiven.len() < FORGIVEN_LISTED_MAX || self.forgiven.contains_key(&key) {
                *self.forgiven.entry(key).or_default() += 1;
            }
        }
        let list = if finding.finding.is_error() { &mut self.errors } else { &mut self.others };
        if list.len() < FINDINGS_MAX {
            list.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// Takes over a finding of the syntax reader, with the weight it has here.
    pub(crate) fn syntax(&mut self, found: &edifact::Finding) {
        let (fix_zh, fix) = catalogue::fix(found.code);
        let place = Place {
            message: found.message,
            segment: found.segment,
            in_message: found.segment_in_message,
            element: found.element.map_or(0, usize::from),
            component: found.component.map_or(0, usize::from),
        };
        let pointer = place.pointer();
        let text = Text::new(found.text_zh.clone(), found.text_en.clone());
        self.keep(MessageFinding {
            finding: Finding {
                code: found.code.into(),
                severity: catalogue::severity(found.severity),
                pointer,
                message: text,
                hint: Text::new(fix_zh, fix),
            },
            segment: found.segment.map(u64::from),
            offset: u64::try_from(found.offset).ok(),
            segment_tag: found.segment_tag.clone(),
            message_reference: found.message_ref.clone(),
        });
    }

    /// Says at UNB that its time of preparation stands in for that of messages: once for an interchange, however many they are.
    pub(crate) fn prepared_stands_in(&mut self, unb: &Segment<'_>, first: &str, messages: usize) {
        let info = catalogue::PREPARED_STANDS_IN;
        let text = Text::new(
            format!("报文 {first} 等 {messages} 份没有报文时间（DTM+137），以 UNB 的制备时间代替。"),
            format!(
                "{messages} message(s) without a time of their own (DTM+137), the first of them {first}: UNB's time of preparation stands in."
            ),
        );
        self.keep(MessageFinding {
            finding: Finding::info(info.code, format!("/segments/{}/elements/4", unb.number()), text, Text::new(info.fix_zh, info.fix)),
            segment: Some(u64::from(unb.number())),
            offset: u64::try_from(unb.offset()).ok(),
            segment_tag: Some(unb.tag().to_owned()),
            message_reference: None,
        });
    }

    /// All findings in the order of the file, at most [`FINDINGS_MAX`] and one that counts the rest.
    pub(crate) fn finish(mut self) -> Vec<MessageFinding> {
        for ((reference, tolerance), times) in std::mem::take(&mut self.forgiven) {
            let (info, code) = (catalogue::TOLERATED, tolerance.code());
            let text = Text::new(
                format!("按协议“{code}”予以放行，共 {times} 处。"),
                format!("Forgiven by the agreement {code}, {times} time(s)."),
            );
            self.keep(MessageFinding {
                finding: Finding::info(info.code, "", text, Text::new(info.fix_zh, info.fix)),
                segment: None,
                offset: None,
                segment_tag: None,
                message_reference: reference,
            });
        }
        let room = FINDINGS_MAX - self.errors.len();
        self.left_out += self.others.len().saturating_sub(room);
        self.others.truncate(room);
        let mut all = self.errors;
        all.append(&mut self.others);
        // Stable: findings at one place keep the order in which they were made.
        all.sort_by_key(|found| found.offset);
        if self.left_out > 0 {
            let (info, more) = (catalogue::FINDINGS_CUT, self.left_out);
            let text = Text::new(format!("另有 {more} 处问题未列出。"), format!("{more} further findings are not listed."));
            all.push(MessageFinding {
                finding: Finding::info(info.code, "", text, Text::new(info.fix_zh, info.fix)),
                segment: None,
                offset: None,
                segment_tag: None,
                message_reference: None,
            });
        }
        all
    }
}

struct Place {
    message: Option<u32>,
    segment: Option<u32>,
    in_message: Option<u32>,
    element: usize,
    component: usize,
}

impl Place {
    /// `/messages/1/segments/4/elements/2/components/1`, numbers from 1; outside a message `/segments/4`, of the file.
    fn pointer(&self) -> String {
        let mut pointer = match (self.message, self.in_message, self.segment) {
            (Some(message), Some(segment), _) => format!("/messages/{message}/segments/{segment}"),
            (Some(message), None, _) => return format!("/messages/{message}"),
            (None, _, Some(segment)) => format!("/segments/{segment}"),
            (None, _, None) => return String::new(),
        };
        if self.element > 0 {
            pointer.push_str(&format!("/elements/{}", self.element));
            if self.component > 0 {
                pointer.push_str(&format!("/components/{}", self.component));
            }
        }
        pointer
    }
}

/// The report, as one message's interpretation sees it.
pub(crate) struct MessageReport<'r> {
    report: &'r mut Report,
    number: u32,
    reference: String,
    errors: usize,
}

impl<'r> MessageReport<'r> {
    pub(crate) fn new(report: &'r mut Report, number: u32, reference: String) -> Self {
        Self { report, number, reference, errors: 0 }
    }

    /// Whether an error forbids to act on the message's content.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors there are so far.
    pub(crate) fn error_count(&self) -> usize {
        self.errors
    }

    /// Reports a fault of the content at its segment.
    pub(crate) fn add(&mut self, info: &CodeInfo, segment: &Segment<'_>, at: At, zh: impl Into<String>, en: impl Into<String>) {
        if info.severity == Severity::Error && !self.report.forgives(info.code) {
            self.errors += 1;
        }
        let pos = segment.pos_at(at.element, at.component);
        let place = Place {
            message: Some(self.number),
            segment: Some(segment.number()),
            in_message: segment.number_in_message(),
            element: at.element,
            component: at.component,
        };
        let finding = Finding {
            code: info.code.into(),
            severity: info.severity,
            pointer: place.pointer(),
            message: Text::new(zh.into(), en.into()),
            hint: Text::new(info.fix_zh, info.fix),
        };
        self.report.keep(MessageFinding {
            finding,
            segment: Some(u64::from(segment.number())),
            offset: u64::try_from(pos.offset).ok(),
            segment_tag: Some(segment.tag().to_owned()),
            message_reference: Some(self.reference.clone()),
        });
    }
}
