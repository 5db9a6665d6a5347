//! [`read`]: bytes to index and findings.

use crate::catalogue as code;
use crate::charset::{ByteClass, Charset};
use crate::envelope::{Build, GroupIndex, InterchangeIndex, MessageIndex};
use crate::finding::{Finding, Findings, Place, Severity};
use crate::limits::Limits;
use crate::scan::{Seen, SegmentIndex};
use crate::service::ServiceChars;
use crate::view::{Group, Interchange, Message, Segment};

/// How to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// Reads text in this repertoire whatever UNB declares, for example [`Charset::Gb18030`] by agreement with a partner.
    pub charset: Option<Charset>,
    /// Limits on foreign input.
    pub limits: Limits,
}

/// A file as read: the bytes, a flat index into them, and every finding.
///
/// The index owns its vectors and borrows the bytes. Nothing is copied out of the file until text is asked for.
#[derive(Debug)]
pub struct Reading<'a> {
    bytes: &'a [u8],
    marks: Vec<u32>,
    segments: Vec<SegmentIndex>,
    pub(crate) interchanges: Vec<InterchangeIndex>,
    pub(crate) groups: Vec<GroupIndex>,
    pub(crate) messages: Vec<MessageIndex>,
    findings: Vec<Finding>,
    truncated: bool,
}

/// Reads a file with the standard limits and the repertoire that it declares. Never fails: what is wrong is in
/// [`Reading::findings`], what could be read is in the index.
pub fn read(bytes: &[u8]) -> Reading<'_> {
    read_with(bytes, &ReadOptions::default())
}

/// Reads a file with chosen limits or a chosen repertoire.
pub fn read_with<'a>(bytes: &'a [u8], options: &ReadOptions) -> Reading<'a> {
    let limits = options.limits;
    // Offsets are 32 bits; a caller may lower the limit, never raise it past that.
    let most = limits.bytes.min(u32::MAX as usize - 64);
    if bytes.len() > most {
        let mut findings = Findings::new(&limits);
        let size = bytes.len();
        findings.push(code::SIZE_BYTES, Place::offset(most), || {
            (
                format!("文件有 {size} 字节，超过上限 {most} 字节，未读取。"),
                format!("The file has {size} bytes, more than the limit of {most}; it was not read."),
            )
        });
        return Reading {
            bytes,
            marks: Vec::new(),
            segments: Vec::new(),
            interchanges: Vec::new(),
            groups: Vec::new(),
            messages: Vec::new(),
            findings: findings.finish(),
            truncated: false,
        };
    }
    let mut build = Build::new(bytes, limits, options.charset);
    build.scan();
    build.finish();
    if build.segments.is_empty() && build.una.is_some() {
        build.findings.push(code::EMPTY, Place::offset(0), || {
            ("文件只有服务串通知 UNA。".into(), "The file holds nothing but the service string advice UNA.".into())
        });
    }
    let line_breaks = build.line_breaks;
    if line_breaks > 0 {
        build.findings.push(code::LINE_BREAKS, Place::offset(0), || {
            (
                format!("段与段之间有 {line_breaks} 个换行符，已忽略。"),
                format!("{line_breaks} line break characters stand between segments; they were ignored."),
            )
        });
    }
    let Build { mut marks, marked, segments, interchanges, groups, messages, findings, seen, truncated, .. } = build;
    marks.truncate(marked);
    let mut reading = Reading { bytes, marks, segments, interchanges, groups, messages, findings: Vec::new(), truncated };
    reading.findings = reading.check_repertoire(seen, findings).finish();
    reading
}

impl<'a> Reading<'a> {
    /// The bytes that were read.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Everything that was found, in the order of the file.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether the last segment had no terminator.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The interchanges; messages without UNB form one of their own.
    pub fn interchanges(&self) -> impl ExactSizeIterator<Item = Interchange<'_>> {
        (0..self.interchanges.len()).map(move |index| Interchange::new(self, index as u32))
    }

    /// The functional groups of all interchanges.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = Group<'_>> {
        (0..self.groups.len()).map(move |index| Group::new(self, index as u32))
    }

    /// The messages of all interchanges.
    pub fn messages(&self) -> impl ExactSizeIterator<Item = Message<'_>> {
        (0..self.messages.len()).map(move |index| Message::new(self, index as u32))
    }

    /// The message with this number, from 1.
    pub fn message(&self, number: u32) -> Option<Message<'_>> {
        let index = number.checked_sub(1)?;
        ((index as usize) < self.messages.len()).then(|| Message::new(self, index))
    }

    /// All segments of the file, service segments included, UNA not.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = Segment<'_>> {
        (0..self.segments.len()).map(move |number| self.segment_at(number as u32))
    }

    /// The segment with this number, from 1.
    pub fn segment(&self, number: u32) -> Option<Segment<'_>> {
        let index = number.checked_sub(1)?;
        ((index as usize) < self.segments.len()).then(|| self.segment_at(index))
    }

    /// How many segments there are.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    fn interchange_of(&self, number: u32) -> Option<usize> {
        self.interchanges.partition_point(|i| i.segments.0 <= number).checked_sub(1)
    }

    pub(crate) fn segment_at(&self, number: u32) -> Segment<'_> {
        let index = self.segments[number as usize];
        let end = self.segments.get(number as usize + 1).map_or(self.marks.len(), |next| next.first_mark as usize);
        let (service, charset) = match self.interchange_of(number) {
            Some(i) => (self.interchanges[i].service, self.interchanges[i].charset),
            None => (ServiceChars::default(), Charset::UnoB),
        };
        Segment::new(self.bytes, &self.marks[index.first_mark as usize..end], index.start, number + 1, service, charset)
    }

    /// Number of the segment (from 0) in which an offset stands.
    fn segment_of_offset(&self, offset: usize) -> Option<u32> {
        self.segments.partition_point(|s| s.start as usize <= offset).checked_sub(1).map(|n| n as u32)
    }

    fn place_of_offset(&self, offset: usize) -> Place {
        let Some(number) = self.segment_of_offset(offset) else { return Place::offset(offset) };
        let segment = self.segment_at(number);
        let at = segment.pos_of_offset(offset);
        let message = self.messages.partition_point(|m| m.segments.0 <= number).checked_sub(1);
        let message = message.filter(|&m| number < self.messages[m].segments.1);
        Place {
            offset,
            interchange: self.interchange_of(number).map(|i| i as u32 + 1),
            message: message.map(|m| m as u32 + 1),
            message_ref: message.and_then(|m| Message::new(self, m as u32).reference().map(|r| r.into_owned())),
            segment: Some(number + 1),
            segment_in_message: message.map(|m| number - self.messages[m].segments.0 + 1),
            segment_tag: Some(segment.tag().to_owned()),
            element: (at.element > 0).then_some(at.element),
            component: (at.component > 0).then_some(at.component),
        }
    }

    /// Checks text against the repertoire of its interchange. The scanner notes which kinds of bytes occur, so that plain
    /// files are not read twice.
    fn check_repertoire(&self, seen: Seen, mut findings: Findings) -> Findings {
        for index in &self.interchanges {
            let needed = match index.charset {
                Charset::UnoA => seen.outside_a,
                Charset::UnoB => seen.outside_b,
                _ => seen.high,
            };
            if needed {
                self.check_interchange_repertoire(index, &mut findings);
            }
        }
        findings
    }

    fn check_interchange_repertoire(&self, index: &InterchangeIndex, findings: &mut Findings) {
        let charset = index.charset;
        let mut classes = [ByteClass::Allowed; 256];
        for (byte, class) in classes.iter_mut().enumerate() {
            *class = charset.class(byte as u8);
        }
        for special in [index.service.component, index.service.element, index.service.terminator] {
            classes[usize::from(special)] = ByteClass::Allowed;
        }
        for special in [index.service.release, index.service.repetition].into_iter().flatten() {
            classes[usize::from(special)] = ByteClass::Allowed;
        }
        for number in index.segments.0..index.segments.1 {
            let segment = self.segment_at(number);
            let raw = segment.raw_bytes();
            let first = |wanted: ByteClass| raw.iter().position(|&b| classes[usize::from(b)] == wanted);
            if raw.iter().all(|&b| classes[usize::from(b)] == ByteClass::Allowed) {
                if let Some(at) = charset.invalid_at(raw) {
                    self.report_bytes(findings, code::CHARSET_BYTES, segment.offset() + at);
                }
                continue;
            }
            if let Some(at) = first(ByteClass::LowerCase) {
                self.report_bytes(findings, code::CHAR_LOWER, segment.offset() + at);
            }
            if let Some(at) = first(ByteClass::NotInRepertoire) {
                self.report_bytes(findings, code::CHAR_SET, segment.offset() + at);
            }
            if let Some(at) = first(ByteClass::NotAscii) {
                let utf8 = std::str::from_utf8(raw).is_ok();
                let finding = if utf8 { code::CHARSET_UTF8 } else { code::CHARSET_BYTES };
                self.report_bytes(findings, finding, segment.offset() + at);
            }
        }
    }

    fn report_bytes(&self, findings: &mut Findings, finding: &'static str, offset: usize) {
        if !findings.admit(finding) {
            return;
        }
        let place = self.place_of_offset(offset);
        let byte = self.bytes.get(offset).copied().unwrap_or_default();
        let shown = if byte.is_ascii_graphic() { format!("“{}”", char::from(byte)) } else { format!("0x{byte:02X}") };
        let plain = shown.replace(['“', '”'], "\"");
        let declared = self.interchange_of(place.segment.unwrap_or(1) - 1).map_or("UNOB", |i| self.interchanges[i].charset.syntax_id());
        let text = if finding == code::CHAR_LOWER {
            (
                format!("语法标识 {declared} 不允许小写字母 {shown}。"),
                format!("Syntax identifier {declared} does not allow the small letter {plain}."),
            )
        } else if finding == code::CHAR_SET {
            (format!("字符 {shown} 不在 {declared} 的字符集内。"), format!("Character {plain} is not in the repertoire of {declared}."))
        } else if finding == code::CHARSET_UTF8 {
            (
                format!("声明为 {declared}，但内容为 UTF-8，已按 UTF-8 读取。"),
                format!("{declared} is declared, but the text is UTF-8; it was read as UTF-8."),
            )
        } else {
            (
                format!("字节 {shown} 在声明的字符集（{declared}）中无效；若为 GB18030 请在伙伴档案中指定。"),
                format!(
                    "Byte {plain} is not valid in the declared character set ({declared}); if it is GB18030, say so in the partner profile."
                ),
            )
        };
        findings.keep_admitted(place.finding(finding, text));
    }
}
