//! The index while it grows, and how a fault gets its place. What fills it: `scan` (segments), `envelope` (headers and trailers),
//! `repertoire` (characters).

use crate::catalogue as code;
use crate::charset::Charset;
use crate::contrl::{GroupHead, InterchangeHead, MessageHead};
use crate::finding::{Findings, Place};
use crate::kernel::Kernel;
use crate::limits::Limits;
use crate::reading::ReadOptions;
use crate::references::References;
use crate::repertoire::Classes;
use crate::run::Scratch;
use crate::scan::{SegmentIndex, State};
use crate::service::ServiceChars;
use crate::view::{Segment, resolve};

/// An interchange in the index. Segment and message numbers count from 0 in the file.
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

/// A functional group in the index.
#[derive(Clone, Debug)]
pub(crate) struct GroupIndex {
    pub ung: u32,
    pub une: Option<u32>,
    pub messages: (u32, u32),
}

/// A message in the index; `segments.1` is one past the last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageIndex {
    pub segments: (u32, u32),
    pub unt: bool,
    pub interchange: u32,
    pub group: Option<u32>,
}

/// What is open: the index entry as it stands, and its number from 0.
#[derive(Clone, Debug)]
pub(crate) struct Open<T> {
    pub number: u32,
    pub index: T,
}

/// The index of the window while it grows, and everything that is remembered of what went before.
#[derive(Debug)]
pub(crate) struct Build {
    /// A bit for each byte of the window: whether it is a separator.
    pub bits: Vec<u64>,
    pub segments: Vec<SegmentIndex>,
    /// Segments that went before the window.
    pub segments_before: u32,
    /// The last segment that went before the window.
    pub left: Left,
    /// Offset of the window in the file.
    pub window: usize,
    pub interchanges: Vec<InterchangeIndex>,
    pub groups: Vec<GroupIndex>,
    pub messages: Vec<MessageIndex>,
    pub interchange_count: u32,
    pub group_count: u32,
    pub message_count: u32,
    pub findings: Findings,
    /// Control characters waiting until their segment is complete, so that element and component can be named.
    pub pending: Vec<(&'static str, usize, u8)>,
    /// Further ones, by code, that are only counted.
    pub pending_more: Vec<(&'static str, usize)>,
    /// Whether the segment being read has bytes that may not be in its repertoire.
    pub suspect: bool,
    pub classes: Option<Classes>,
    pub scratch: Option<Scratch>,
    pub limits: Limits,
    /// Segments shorter than this cannot break a limit.
    pub plain_below: usize,
    /// How many segments the window may hold.
    pub room: usize,
    pub kernel: Kernel,
    pub charset_override: Option<Charset>,
    pub service: ServiceChars,
    pub charset: Charset,
    pub state: State,
    /// Offset in the file of the UNA whose interchange did not begin yet.
    pub una: Option<usize>,
    pub line_breaks: usize,
    pub truncated: bool,
    pub open_interchange: Option<Open<InterchangeIndex>>,
    pub open_group: Option<Open<GroupIndex>>,
    pub open_message: Option<Open<MessageIndex>>,
    /// Whether messages are taken one by one. Headers are then kept for the answer, because the window moves on.
    pub streaming: bool,
    /// The message that waits to be taken.
    pub closed: Option<Closed>,
    pub heads: Heads,
    /// The last message and interchange that ended, with the segment after it.
    pub ended_message: Option<(u32, MessageIndex)>,
    pub ended_interchange: Option<(u32, u32)>,
    pub interchange_reference: Vec<u8>,
    pub group_reference: Vec<u8>,
    pub message_reference: Vec<u8>,
    pub interchange_references: References,
    pub group_references: References,
    pub message_references: References,
    /// Whether the previous segment stood outside every message too: one report for a run of them.
    pub outside: bool,
}

/// A message that is complete and waits to be taken out of the stream.
#[derive(Debug)]
pub(crate) struct Closed {
    pub index: MessageIndex,
    pub head: MessageHead,
    /// Offset of UNH in the file.
    pub offset: usize,
    pub service: ServiceChars,
    pub charset: Charset,
}

/// What is remembered of a segment that the window has passed: enough to name it when a trailer is missing behind it.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// Its offset in the file.
    pub offset: usize,
    pub tag: String,
}

/// Headers kept while streaming.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    pub interchanges: Vec<InterchangeHead>,
    pub groups: Vec<GroupHead>,
    /// The header of the open message, and its offset in the file.
    pub message: MessageHead,
    pub message_offset: usize,
}

/// Text of bytes to show in a finding: bounded, without control characters.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&bytes[..bytes.len().min(70)]).into_owned();
    text.retain(|c| !c.is_control());
    text
}

impl Build {
    /// An empty index for a window of `size` bytes.
    pub fn new(size: usize, options: &ReadOptions, streaming: bool) -> Self {
        let limits = options.limits;
        Self {
            bits: Vec::with_capacity(size / 64 + 2),
            // Port messages have a segment every twenty to thirty bytes.
            segments: Vec::with_capacity(size / 20 + 4),
            segments_before: 0,
            left: Left::default(),
            window: 0,
            interchanges: Vec::new(),
            groups: Vec::new(),
            messages: Vec::new(),
            interchange_count: 0,
            group_count: 0,
            message_count: 0,
            findings: Findings::new(&limits),
            pending: Vec::new(),
            pending_more: Vec::new(),
            suspect: false,
            classes: None,
            scratch: None,
            limits,
            plain_below: limits.separators_per_segment.min(limits.segment_bytes),
            room: limits.segments,
            kernel: options.kernel.unwrap_or_else(Kernel::best),
            charset_override: options.charset,
            service: ServiceChars::default(),
            charset: Charset::UnoB,
            state: State::Between { at: 0, junk: 0 },
            una: None,
            line_breaks: 0,
            truncated: false,
            open_interchange: None,
            open_group: None,
            open_message: None,
            streaming,
            closed: None,
            heads: Heads::default(),
            ended_message: None,
            ended_interchange: None,
            interchange_reference: Vec::new(),
            group_reference: Vec::new(),
            message_reference: Vec::new(),
            interchange_references: References::default(),
            group_references: References::default(),
            message_references: References::default(),
            outside: false,
        }
    }

    /// How many segments were read.
    pub fn segment_count(&self) -> u32 {
        self.segments_before + self.segments.len() as u32
    }

    /// Number of the last segment, from 0.
    pub fn last(&self) -> u32 {
        self.segment_count() - 1
    }

    /// The segment with this number (from 0), which is in the window. Offsets in it are those of the window.
    pub fn segment<'b>(&'b self, bytes: &'b [u8], number: u32) -> Segment<'b> {
        let index = self.segments[(number - self.segments_before) as usize];
        let (service, charset) =
            self.open_interchange.as_ref().map_or((self.service, self.charset), |open| (open.index.service, open.index.charset));
        Segment::new(bytes, &self.bits, index, number + 1, service, charset)
    }

    /// The place of a byte of the window, with nothing but its offset.
    pub fn place_of(&self, at: usize) -> Place {
        Place::offset(self.window + at)
    }

    /// The place of the segment that was read last. The window may have passed it, if nothing but blanks and junk followed.
    pub fn place(&self, bytes: &[u8], number: u32, element: u16, component: u16) -> Place {
        let (offset, tag) = if number < self.segments_before {
            (self.left.offset, self.left.tag.clone())
        } else {
            let segment = self.segment(bytes, number);
            (self.window + segment.pos_at(element.into(), component.into()).offset, quoted(segment.tag_bytes()))
        };
        let open = self.open_message.as_ref().filter(|open| open.index.segments.0 <= number);
        Place {
            offset,
            interchange: self.open_interchange.as_ref().map(|open| open.number + 1),
            message: open.map(|open| open.number + 1),
            message_ref: open.and_then(|_| self.message_reference_text()),
            segment: Some(number + 1),
            segment_in_message: open.map(|open| number - open.index.segments.0 + 1),
            segment_tag: Some(tag),
            element: (element > 0).then_some(element),
            component: (component > 0).then_some(component),
        }
    }

    /// The place of a byte in the segment that was just read and may have closed its message or interchange.
    pub fn place_in(&self, bytes: &[u8], number: u32, at: usize) -> Place {
        let pos = self.segment(bytes, number).pos_of_offset(at);
        let mut place = Place { offset: self.window + at, ..self.place(bytes, number, pos.element, pos.component) };
        if let Some((message, index)) = self.ended_message.filter(|(_, index)| index.segments.1 == number + 1 && place.message.is_none()) {
            place.message = Some(message + 1);
            place.message_ref = self.message_reference_text();
            place.segment_in_message = Some(number - index.segments.0 + 1);
        }
        if let Some((interchange, _)) = self.ended_interchange.filter(|&(_, end)| end == number + 1) {
            place.interchange = Some(interchange + 1);
        }
        place
    }

    fn message_reference_text(&self) -> Option<String> {
        let raw = &self.message_reference;
        (!raw.is_empty()).then(|| self.charset.decode(resolve(raw, self.service.release)).into_owned())
    }

    /// A finding of this crate about the segment just read.
    pub fn report(
        &mut self,
        bytes: &[u8],
        code: &'static str,
        number: u32,
        (element, component): (u16, u16),
        text: impl FnOnce() -> (String, String),
    ) {
        let message = self.open_message.as_ref().filter(|open| open.index.segments.0 <= number).map(|open| open.number + 1);
        let interchange = self.open_interchange.as_ref().map(|open| open.number + 1);
        if self.findings.admit(code, message, interchange) {
            let place = self.place(bytes, number, element, component);
            self.findings.keep_admitted(place.finding(code, text()));
        }
    }

    /// A tag that is not three capitals or digits.
    #[cold]
    pub fn bad_tag(&mut self, bytes: &[u8]) {
        let number = self.last();
        let shown = quoted(self.segment(bytes, number).tag_bytes());
        self.report(bytes, code::TAG_BAD, number, (0, 0), || {
            (
                format!("“{shown}”不是有效的段标识（应为三位大写字母或数字）。"),
                format!("\"{shown}\" is not a segment tag (three capitals or digits)."),
            )
        });
    }

    /// More separators than a segment may have.
    #[cold]
    pub fn too_many_separators(&mut self, bytes: &[u8]) {
        let (number, limit) = (self.last(), self.limits.separators_per_segment);
        self.report(bytes, code::SIZE_ELEMENTS, number, (0, 0), || {
            (format!("该段的数据元和成分超过 {limit} 个。"), format!("The segment has more than {limit} elements and components."))
        });
    }

    /// Remembers a control character until its segment is complete.
    pub fn note_control(&mut self, finding: &'static str, at: usize, byte: u8) {
        let offset = self.window + at;
        if self.pending.iter().filter(|(code, ..)| *code == finding).count() < self.limits.findings_per_code {
            self.pending.push((finding, offset, byte));
        } else if let Some(more) = self.pending_more.iter_mut().find(|(code, _)| *code == finding) {
            more.1 += 1;
        } else {
            self.pending_more.push((finding, 1));
        }
    }

    /// Forgets the waiting characters: their segment is read again.
    pub fn drop_pending(&mut self) {
        self.pending.clear();
        self.pending_more.clear();
        self.suspect = false;
    }

    /// Gives the waiting characters the segment that is now complete.
    pub fn report_pending(&mut self, bytes: &[u8]) {
        if !self.pending.is_empty() {
            self.report_controls(bytes);
        }
    }

    #[cold]
    fn report_controls(&mut self, bytes: &[u8]) {
        for (finding, offset, byte) in std::mem::take(&mut self.pending) {
            let message = self.open_message.as_ref().map(|open| open.number + 1);
            let interchange = self.open_interchange.as_ref().map(|open| open.number + 1);
            if !self.findings.admit(finding, message, interchange) {
                continue;
            }
            // What the window has passed stood before the segment.
            let inside = offset
                .checked_sub(self.window)
                .filter(|&at| self.segments.last().is_some_and(|segment| (segment.start as usize..segment.end as usize).contains(&at)));
            let place = inside.map_or_else(|| Place::offset(offset), |at| self.place_in(bytes, self.last(), at));
            let text = if finding == code::CHAR_LINE_BREAK {
                ("段内有换行符。".to_string(), "A line break stands inside a segment.".to_string())
            } else if finding == code::CHARSET_ESCAPE {
                (
                    "有 ISO 2022 转义序列，未作解释；其后的文字可能被误切。".to_string(),
                    "There is an escape sequence of ISO 2022; it was not interpreted, and text behind it may be cut at the wrong places."
                        .to_string(),
                )
            } else {
                (format!("有控制字符 0x{byte:02X}。"), format!("There is a control character 0x{byte:02X}."))
            };
            self.findings.keep_admitted(place.finding(finding, text));
        }
        for (finding, more) in std::mem::take(&mut self.pending_more) {
            self.findings.count(finding, more);
        }
    }

    /// Closes what is open at the end of the file, and says what concerns the file as a whole.
    pub fn finish(&mut self, bytes: &[u8]) {
        let end = self.segment_count();
        if end > 0 {
            self.close_interchange(bytes, end);
        } else if self.una.is_some() {
            self.findings.push(code::EMPTY, Place::offset(0), || {
                ("文件只有服务串通知 UNA。".into(), "The file holds nothing but the service string advice UNA.".into())
            });
        }
        let line_breaks = self.line_breaks;
        if line_breaks > 0 {
            self.findings.push(code::LINE_BREAKS, Place::offset(0), || {
                (
                    format!("段与段之间有 {line_breaks} 个换行符，已忽略。"),
                    format!("{line_breaks} line break characters stand between segments; they were ignored."),
                )
            });
        }
    }
}
