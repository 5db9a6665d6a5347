//! The envelope: interchange (UNB–UNZ), functional group (UNG–UNE), message (UNH–UNT), and every way in which they fail to fit.
//!
//! Source: ISO 9735-1:2002 §§7–9 (batch EDI). Interactive EDI (UIB…) and packages (UNO) are not interpreted.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::catalogue as code;
use crate::charset::Charset;
use crate::finding::{Findings, Place};
use crate::limits::Limits;
use crate::scan::{Flow, Seen, SegmentIndex};
use crate::service::ServiceChars;
use crate::view::Segment;

/// An interchange in the flat index. Segment and message numbers are positions in the vectors, from 0.
#[derive(Clone, Debug)]
pub(crate) struct InterchangeIndex {
    pub service: ServiceChars,
    pub charset: Charset,
    pub una: Option<usize>,
    pub unb: Option<u32>,
    pub unz: Option<u32>,
    pub segments: (u32, u32),
    pub groups: (u32, u32),
    pub messages: (u32, u32),
}

/// A functional group in the flat index.
#[derive(Clone, Debug)]
pub(crate) struct GroupIndex {
    pub ung: u32,
    pub une: Option<u32>,
    pub messages: (u32, u32),
}

/// A message in the flat index; `segments.1` is one past the last.
#[derive(Clone, Debug)]
pub(crate) struct MessageIndex {
    pub segments: (u32, u32),
    pub unt: bool,
    pub interchange: u32,
    pub group: Option<u32>,
}

/// The index while it grows.
pub(crate) struct Build<'a> {
    pub bytes: &'a [u8],
    pub marks: Vec<u32>,
    /// Length of `marks` when the last segment ended.
    pub marked: usize,
    pub segments: Vec<SegmentIndex>,
    pub interchanges: Vec<InterchangeIndex>,
    pub groups: Vec<GroupIndex>,
    pub messages: Vec<MessageIndex>,
    pub findings: Findings,
    /// Character faults waiting until their segment is complete, so that element and component can be named.
    pub pending: Vec<(&'static str, Place, u8)>,
    pub limits: Limits,
    pub charset_override: Option<Charset>,
    pub service: ServiceChars,
    pub expected_unb: Option<usize>,
    pub una: Option<usize>,
    pub seen: Seen,
    pub line_breaks: usize,
    pub not_blank_before: usize,
    pub truncated: bool,
    pub open_interchange: Option<u32>,
    pub open_group: Option<u32>,
    pub open_message: Option<u32>,
    /// Message references of the open group or interchange, with the segment number of their UNH.
    references: HashMap<&'a [u8], u32>,
    /// Whether the previous segment stood outside every message too: one report for a run of them.
    outside: bool,
}

/// Mandatory elements of a service segment as (element, component), and how many elements it may have.
/// Source: ISO 9735:1988 annex B and ISO 9735-1:2002 annex; the larger maximum of the two.
fn service_rule(tag: &[u8]) -> Option<(&'static [(u16, u16)], usize)> {
    Some(match tag {
        b"UNB" => (&[(1, 1), (1, 2), (2, 1), (3, 1), (4, 1), (4, 2), (5, 1)], 11),
        b"UNG" => (&[(5, 1)], 8),
        b"UNH" => (&[(1, 1), (2, 1), (2, 2), (2, 3), (2, 4)], 7),
        b"UNT" | b"UNE" | b"UNZ" => (&[(1, 1), (2, 1)], 2),
        _ => return None,
    })
}

fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(70)]).into_owned();
    text.retain(|c| !c.is_control());
    text
}

impl<'a> Build<'a> {
    pub fn new(bytes: &'a [u8], limits: Limits, charset_override: Option<Charset>) -> Self {
        Self {
            bytes,
            // Port messages have a separator every four to six bytes and a segment every twenty to thirty.
            marks: Vec::with_capacity(bytes.len() / 5 + 16),
            marked: 0,
            segments: Vec::with_capacity(bytes.len() / 24 + 4),
            interchanges: Vec::new(),
            groups: Vec::new(),
            messages: Vec::new(),
            findings: Findings::new(&limits),
            pending: Vec::new(),
            limits,
            charset_override,
            service: ServiceChars::default(),
            expected_unb: None,
            una: None,
            seen: Seen::default(),
            line_breaks: 0,
            not_blank_before: 0,
            truncated: false,
            open_interchange: None,
            open_group: None,
            open_message: None,
            references: HashMap::new(),
            outside: false,
        }
    }

    fn last(&self) -> u32 {
        self.segments.len() as u32 - 1
    }

    /// The segment at `number` (from 0) as read so far.
    pub fn segment(&self, number: u32) -> Segment<'_> {
        let index = self.segments[number as usize];
        let end = self.segments.get(number as usize + 1).map_or(self.marked, |next| next.first_mark as usize);
        let (service, charset) = self.open_interchange.map_or((self.service, Charset::UnoB), |i| {
            let open = &self.interchanges[i as usize];
            (open.service, open.charset)
        });
        Segment::new(self.bytes, &self.marks[index.first_mark as usize..end], index.start, number + 1, service, charset)
    }

    /// The place of a segment that is being read or was just read.
    pub fn place(&self, number: u32, element: u16, component: u16) -> Place {
        let segment = self.segment(number);
        let message = self.open_message.filter(|&m| self.messages[m as usize].segments.0 <= number);
        Place {
            offset: segment.pos_at(element.into(), component.into()).offset,
            interchange: self.open_interchange.map(|i| i + 1),
            message: message.map(|m| m + 1),
            message_ref: message.and_then(|m| self.segment(self.messages[m as usize].segments.0).comp(1, 1).map(|c| c.into_owned())),
            segment: Some(number + 1),
            segment_in_message: message.map(|m| number - self.messages[m as usize].segments.0 + 1),
            segment_tag: Some(quoted(segment.tag_bytes())),
            element: (element > 0).then_some(element),
            component: (component > 0).then_some(component),
        }
    }

    fn report(&mut self, code: &'static str, number: u32, element: u16, component: u16, text: impl FnOnce() -> (String, String)) {
        if self.findings.admit(code) {
            let place = self.place(number, element, component);
            let finding = place.finding(code, text());
            self.findings.keep_admitted(finding);
        }
    }

    /// A tag that is not three capitals or digits.
    #[cold]
    pub fn bad_tag(&mut self) {
        let number = self.last();
        let shown = quoted(self.segment(number).tag_bytes());
        self.report(code::TAG_BAD, number, 0, 0, || {
            (
                format!("“{shown}”不是有效的段标识（应为三位大写字母或数字）。"),
                format!("\"{shown}\" is not a segment tag (three capitals or digits)."),
            )
        });
    }

    /// More separators than a segment may have.
    #[cold]
    pub fn too_many_separators(&mut self) {
        let (number, limit) = (self.last(), self.limits.separators_per_segment);
        self.report(code::SIZE_ELEMENTS, number, 0, 0, || {
            (format!("该段的数据元和成分超过 {limit} 个。"), format!("The segment has more than {limit} elements and components."))
        });
    }

    /// Gives the waiting character faults the segment that is now complete.
    #[cold]
    pub fn report_pending(&mut self) {
        for (finding, place, byte) in std::mem::take(&mut self.pending) {
            let number = place.segment.unwrap_or(1) - 1;
            let inside = (number as usize) < self.segments.len() && self.segments[number as usize].start as usize <= place.offset;
            let place = if inside {
                let at = self.segment(number).pos_of_offset(place.offset);
                Place { offset: place.offset, ..self.place(number, at.element, at.component) }
            } else {
                Place { segment: None, ..place }
            };
            let text = if finding == code::CHAR_LINE_BREAK {
                ("段内有换行符。".to_string(), "A line break stands inside a segment.".to_string())
            } else {
                (format!("有控制字符 0x{byte:02X}。"), format!("There is a control character 0x{byte:02X}."))
            };
            self.findings.keep_admitted(place.finding(finding, text));
        }
    }

    /// A segment that belongs to the envelope or stands outside every message.
    pub fn envelope_segment(&mut self) -> Flow {
        let number = self.last();
        let tag: [u8; 3] = self.segment(number).tag_bytes().try_into().unwrap_or(*b"???");
        match &tag {
            b"UNB" => {
                self.close_interchange(number);
                self.open_interchange(Some(number));
            }
            b"UNG" => self.on_ung(number),
            b"UNH" => {
                if self.messages.len() >= self.limits.messages {
                    return self.too_many_messages(number);
                }
                self.on_unh(number);
            }
            b"UNT" => self.on_unt(number),
            b"UNE" => self.on_une(number),
            b"UNZ" => {
                self.on_unz(number);
                return Flow::Rescan(self.segment(number).end() + 1);
            }
            _ => self.on_other(number),
        }
        Flow::Next
    }

    fn too_many_messages(&mut self, number: u32) -> Flow {
        let limit = self.limits.messages;
        self.report(code::SIZE_MESSAGES, number, 0, 0, || {
            (
                format!("文件超过 {limit} 个报文，其余部分未读取。"),
                format!("The file has more than {limit} messages; the rest was not read."),
            )
        });
        Flow::Stop
    }

    /// Opens an interchange at UNB, or without one when a message comes bare.
    fn open_interchange(&mut self, unb: Option<u32>) {
        let first = self.last();
        self.references.clear();
        self.outside = false;
        self.interchanges.push(InterchangeIndex {
            service: self.service,
            charset: self.charset_override.unwrap_or(Charset::UnoB),
            una: self.una.take(),
            unb,
            unz: None,
            segments: (first, first),
            groups: (self.groups.len() as u32, self.groups.len() as u32),
            messages: (self.messages.len() as u32, self.messages.len() as u32),
        });
        let this = self.interchanges.len() as u32 - 1;
        self.open_interchange = Some(this);
        let Some(unb) = unb else {
            self.report(code::UNB_MISSING, first, 0, 0, || {
                (
                    "报文没有交换头 UNB，按单独报文读取。".into(),
                    "There is no interchange header UNB; the message is read on its own.".into(),
                )
            });
            return;
        };
        let header = self.segment(unb);
        let id = header.raw(1, 1).unwrap_or_default().to_vec();
        let version = header.raw(1, 2).unwrap_or_default().to_vec();
        let declared = Charset::from_syntax_id(&id);
        if self.charset_override.is_none() {
            self.interchanges[this as usize].charset = declared.unwrap_or(Charset::UnoB);
        }
        if declared.is_none() && !id.is_empty() {
            let shown = quoted(&id);
            self.report(code::SYNTAX_ID, unb, 1, 1, || {
                (format!("未知的语法标识“{shown}”，按 UNOB 读取。"), format!("Unknown syntax identifier \"{shown}\"; read as UNOB."))
            });
        }
        if !version.is_empty() && !matches!(&version[..], b"1" | b"2" | b"3" | b"4") {
            let shown = quoted(&version);
            self.report(code::SYNTAX_VERSION, unb, 1, 2, || {
                (format!("未知的语法版本“{shown}”（应为 1 至 4）。"), format!("Unknown syntax version \"{shown}\" (1 to 4 are known)."))
            });
        }
        self.check_service(unb);
    }

    fn on_ung(&mut self, number: u32) {
        self.close_message(number);
        self.close_group(number);
        if self.open_interchange.is_none() {
            self.open_interchange(None);
        }
        self.references.clear();
        let messages = self.messages.len() as u32;
        if let Some(i) = self.open_interchange {
            let index = &mut self.interchanges[i as usize];
            if index.groups.0 == self.groups.len() as u32 && index.messages.0 < messages {
                self.report_mixed(number);
            }
        }
        self.groups.push(GroupIndex { ung: number, une: None, messages: (messages, messages) });
        self.open_group = Some(self.groups.len() as u32 - 1);
        self.outside = false;
        self.check_service(number);
    }

    fn report_mixed(&mut self, number: u32) {
        self.report(code::GROUP_MIXED, number, 0, 0, || {
            ("同一交换中既有功能组又有组外报文。".into(), "The interchange mixes functional groups with messages outside of them.".into())
        });
    }

    fn on_unh(&mut self, number: u32) {
        self.close_message(number);
        if self.open_interchange.is_none() {
            self.open_interchange(None);
        }
        let Some(interchange) = self.open_interchange else { return };
        self.messages.push(MessageIndex { segments: (number, number + 1), unt: false, interchange, group: self.open_group });
        self.open_message = Some(self.messages.len() as u32 - 1);
        self.outside = false;
        if self.open_group.is_none() && self.interchanges[interchange as usize].groups.0 < self.groups.len() as u32 {
            self.report_mixed(number);
        }
        self.check_service(number);
        let bytes = self.bytes;
        let Some((from, to)) = self.segment(number).raw_range(1, 1) else { return };
        let reference = &bytes[from..to];
        match self.references.entry(reference) {
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
            Entry::Occupied(entry) => {
                let (first, shown) = (*entry.get() + 1, quoted(reference));
                self.report(code::UNH_DUPLICATE, number, 1, 0, || {
                    (
                        format!("报文参考号“{shown}”重复，第 {first} 段已使用。"),
                        format!("Message reference \"{shown}\" was already used in segment {first}."),
                    )
                });
            }
        }
    }

    fn on_unt(&mut self, number: u32) {
        let Some(message) = self.open_message else {
            self.orphan(code::UNT_ORPHAN, number, "UNT", "UNH");
            return;
        };
        self.messages[message as usize].unt = true;
        let first = self.messages[message as usize].segments.0;
        let actual = number - first + 1;
        self.check_service(number);
        self.check_count(code::UNT_COUNT, number, actual, "段数（含 UNH 和 UNT）", "segments, UNH and UNT included");
        self.check_reference(code::UNT_REFERENCE, number, first, 1, "UNH");
        self.messages[message as usize].segments.1 = number + 1;
        self.open_message = None;
    }

    fn on_une(&mut self, number: u32) {
        self.close_message(number);
        let Some(group) = self.open_group else {
            self.orphan(code::UNE_ORPHAN, number, "UNE", "UNG");
            return;
        };
        self.groups[group as usize].une = Some(number);
        self.check_service(number);
        let actual = self.messages.len() as u32 - self.groups[group as usize].messages.0;
        self.check_count(code::UNE_COUNT, number, actual, "报文数", "messages");
        self.check_reference(code::UNE_REFERENCE, number, self.groups[group as usize].ung, 5, "UNG");
        self.groups[group as usize].messages.1 = self.messages.len() as u32;
        self.open_group = None;
        self.references.clear();
    }

    fn on_unz(&mut self, number: u32) {
        self.close_message(number);
        self.close_group(number);
        let header = self.open_interchange.and_then(|i| self.interchanges[i as usize].unb.map(|unb| (i, unb)));
        let Some((this, unb)) = header else {
            self.orphan(code::UNZ_ORPHAN, number, "UNZ", "UNB");
            self.close_interchange(number);
            return;
        };
        self.check_service(number);
        let index = &self.interchanges[this as usize];
        let groups = self.groups.len() as u32 - index.groups.0;
        let messages = self.messages.len() as u32 - index.messages.0;
        let (actual, zh, en) = if groups > 0 { (groups, "功能组数", "groups") } else { (messages, "报文数", "messages") };
        self.check_count(code::UNZ_COUNT, number, actual, zh, en);
        self.check_reference(code::UNZ_REFERENCE, number, unb, 5, "UNB");
        if messages == 0 {
            self.report(code::INTERCHANGE_EMPTY, number, 0, 0, || ("交换中没有报文。".into(), "The interchange holds no message.".into()));
        }
        self.interchanges[this as usize].unz = Some(number);
        self.finish_interchange(number + 1);
    }

    fn on_other(&mut self, number: u32) {
        if self.open_message.is_some() || std::mem::replace(&mut self.outside, true) {
            return;
        }
        let shown = quoted(self.segment(number).tag_bytes());
        self.report(code::SEGMENT_OUTSIDE, number, 0, 0, || {
            (
                format!("段“{shown}”在任何报文之外（UNT 与下一个 UNH 之间，或缺少 UNH）。"),
                format!("Segment \"{shown}\" stands outside every message (between UNT and the next UNH, or UNH is missing)."),
            )
        });
    }

    fn orphan(&mut self, finding: &'static str, number: u32, tag: &str, header: &str) {
        self.report(finding, number, 0, 0, || {
            (format!("{tag} 没有对应的 {header}。"), format!("{tag} has no {header} that it could close."))
        });
    }

    /// Closes what is open at the end of the file.
    pub fn finish(&mut self) {
        if self.segments.is_empty() {
            return;
        }
        let end = self.segments.len() as u32;
        self.close_interchange(end);
    }

    fn close_message(&mut self, before: u32) {
        let Some(message) = self.open_message else { return };
        let first = self.messages[message as usize].segments.0;
        let shown = quoted(self.segment(first).raw(1, 1).unwrap_or_default());
        self.missing(code::UNT_MISSING, before, "UNT", &format!("报文“{shown}”"), &format!("message \"{shown}\""));
        self.messages[message as usize].segments.1 = before;
        self.open_message = None;
    }

    fn close_group(&mut self, before: u32) {
        let Some(group) = self.open_group else { return };
        let shown = quoted(self.segment(self.groups[group as usize].ung).raw(5, 1).unwrap_or_default());
        self.missing(code::UNE_MISSING, before, "UNE", &format!("功能组“{shown}”"), &format!("group \"{shown}\""));
        self.groups[group as usize].messages.1 = self.messages.len() as u32;
        self.open_group = None;
    }

    fn close_interchange(&mut self, before: u32) {
        self.close_message(before);
        self.close_group(before);
        let Some(this) = self.open_interchange else { return };
        if let Some(unb) = self.interchanges[this as usize].unb {
            let shown = quoted(self.segment(unb).raw(5, 1).unwrap_or_default());
            self.missing(code::UNZ_MISSING, before, "UNZ", &format!("交换“{shown}”"), &format!("interchange \"{shown}\""));
        }
        self.finish_interchange(before);
    }

    fn finish_interchange(&mut self, end: u32) {
        let Some(this) = self.open_interchange.take() else { return };
        let (groups, messages) = (self.groups.len() as u32, self.messages.len() as u32);
        let index = &mut self.interchanges[this as usize];
        index.segments.1 = end;
        index.groups.1 = groups;
        index.messages.1 = messages;
        self.outside = false;
        self.references.clear();
    }

    /// A trailer is missing: reported at the segment where it should have stood, or at the last one of the file.
    fn missing(&mut self, finding: &'static str, before: u32, tag: &str, zh: &str, en: &str) {
        let number = before.min(self.last());
        self.report(finding, number, 0, 0, || (format!("{zh}缺少结束段 {tag}。"), format!("The trailer {tag} of {en} is missing.")));
    }

    /// Compares a control count (0074, 0060, 0036) with what is there.
    fn check_count(&mut self, finding: &'static str, number: u32, actual: u32, zh: &str, en: &str) {
        let Some(raw) = self.segment(number).raw(1, 1) else { return };
        let text = quoted(raw);
        if text.trim().parse::<u32>().ok() == Some(actual) {
            return;
        }
        self.report(finding, number, 1, 0, || {
            (
                format!("控制计数为“{text}”，实际{zh}为 {actual}。"),
                format!("The control count says \"{text}\", but there are {actual} {en}."),
            )
        });
    }

    /// Compares the reference in a trailer with the one in its header.
    fn check_reference(&mut self, finding: &'static str, trailer: u32, header: u32, element: usize, tag: &str) {
        let (Some(sent), Some(opened)) = (self.segment(trailer).raw(2, 1), self.segment(header).raw(element, 1)) else { return };
        if sent == opened {
            return;
        }
        let (sent, opened) = (quoted(sent), quoted(opened));
        self.report(finding, trailer, 2, 0, || {
            (
                format!("控制参考号“{sent}”与 {tag} 中的“{opened}”不一致。"),
                format!("Control reference \"{sent}\" differs from \"{opened}\" in {tag}."),
            )
        });
    }

    /// Mandatory elements of a service segment, and too many of them.
    fn check_service(&mut self, number: u32) {
        let segment = self.segment(number);
        let Some((mandatory, most)) = service_rule(segment.tag_bytes()) else { return };
        let tag = quoted(segment.tag_bytes());
        let missing: Vec<(u16, u16)> = mandatory.iter().copied().filter(|&(e, c)| segment.raw(e.into(), c.into()).is_none()).collect();
        let count = segment.element_count();
        for (element, component) in missing {
            self.report(code::SERVICE_ELEMENT, number, element, component, || {
                (
                    format!("{tag} 缺少必填数据元 {element}（成分 {component}）。"),
                    format!("{tag} lacks its mandatory element {element} (component {component})."),
                )
            });
        }
        if count > most {
            let extra = u16::try_from(most + 1).unwrap_or(u16::MAX);
            self.report(code::SERVICE_EXTRA, number, extra, 0, || {
                (format!("{tag} 有 {count} 个数据元，最多允许 {most} 个。"), format!("{tag} has {count} elements; {most} are allowed."))
            });
        }
    }
}
