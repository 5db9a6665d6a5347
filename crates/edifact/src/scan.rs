//! The fast part: finds every separator in one pass and writes flat vectors.
//!
//! Bytes are looked at in blocks of 64. [`classify`] marks the special ones with plain byte comparisons that the compiler turns
//! into vector code; the few marked bytes then drive a small state machine. A hand-written SIMD version would replace
//! [`classify`] alone. This module does not know what a segment means; it hands each finished one to `envelope`.

use crate::catalogue as code;
use crate::envelope::Build;
use crate::finding::Place;
use crate::service::{ServiceChars, UNA_LEN};

/// Bytes classified at a time.
const BLOCK: usize = 64;

/// A segment in the flat index. Its separators are `marks[first_mark..]` up to the next segment's first; the last is its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentIndex {
    pub start: u32,
    pub first_mark: u32,
}

/// What the scanner does after a segment or a run of them.
pub(crate) enum Flow {
    /// Go on in the same run.
    Next,
    /// Start again at this offset, where other service characters may hold.
    Rescan(usize),
    /// The end of the file, or of what the limits allow.
    Stop,
}

/// The separators of a run as plain bytes. Absent ones repeat the element separator, so that comparing them is harmless.
#[derive(Clone, Copy)]
struct Specials {
    element: u8,
    component: u8,
    repetition: u8,
    release: u8,
    terminator: u8,
}

/// Which kinds of bytes occurred; steers whether the slower repertoire check is needed at all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// Not in UNOA: small letters, `#$@`, brackets and everything from 0x7B on.
    pub outside_a: bool,
    /// Not in UNOB.
    pub outside_b: bool,
    /// Not ASCII.
    pub high: bool,
}

/// Bit `i` is set if byte `i` of the block is a separator, release or control character.
#[inline]
fn classify(block: &[u8; BLOCK], specials: Specials, seen: &mut [u8; 3]) -> u64 {
    let mut special = [0u8; BLOCK];
    let (mut outside_a, mut outside_b, mut high) = (0u8, 0u8, 0u8);
    for i in 0..BLOCK {
        let b = block[i];
        let hit = (b == specials.element)
            | (b == specials.component)
            | (b == specials.repetition)
            | (b == specials.release)
            | (b == specials.terminator)
            | (b < 0x20);
        special[i] = u8::from(hit);
        let odd = (b == b'#') | (b == b'$') | (b == b'@') | (b >= 0x5b);
        let small = b.is_ascii_lowercase();
        outside_a |= u8::from(odd);
        outside_b |= u8::from(odd & !small);
        high |= b;
    }
    seen[0] |= outside_a;
    seen[1] |= outside_b;
    seen[2] |= high;
    // Each byte is 0 or 1; the multiplication gathers eight of them into the top byte, first byte lowest.
    let mut mask = 0u64;
    for word in 0..BLOCK / 8 {
        let at = word * 8;
        let bits = u64::from_le_bytes([
            special[at],
            special[at + 1],
            special[at + 2],
            special[at + 3],
            special[at + 4],
            special[at + 5],
            special[at + 6],
            special[at + 7],
        ]);
        mask |= (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) << at;
    }
    mask
}

/// A blank between segments.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\r' | b'\n' | b'\t')
}

/// Whether a segment tag is three characters, a capital and two capitals or digits (ISO 9735: an..3, letters first).
pub(crate) fn is_tag(tag: &[u8]) -> bool {
    matches!(tag, [a, b, c] if a.is_ascii_uppercase()
        && (b.is_ascii_uppercase() || b.is_ascii_digit())
        && (c.is_ascii_uppercase() || c.is_ascii_digit()))
}

impl Build<'_> {
    /// Indexes the whole file.
    pub fn scan(&mut self) {
        let mut at = if self.bytes.starts_with(b"\xef\xbb\xbf") {
            self.findings.push(code::BOM, Place::offset(0), || {
                ("文件以字节顺序标记（BOM）开头，已跳过。".into(), "The file starts with a byte order mark; it was skipped.".into())
            });
            3
        } else {
            0
        };
        match self.skip_leading(at) {
            Some(first) => at = first,
            None => return,
        }
        loop {
            while self.bytes.get(at).is_some_and(|&b| is_blank(b)) {
                at += 1;
            }
            if at >= self.bytes.len() {
                return;
            }
            let (service, from, unb) = self.service_at(at);
            match self.scan_run(from, service, unb) {
                // Every rescan moves forward: a header at `at` itself was already taken by `service_at`.
                Flow::Rescan(next) if next > at => at = next,
                Flow::Rescan(_) | Flow::Next | Flow::Stop => return,
            }
        }
    }

    /// Skips what stands before the first service segment, and says so. `None` if there is nothing to read.
    fn skip_leading(&mut self, from: usize) -> Option<usize> {
        let rest = &self.bytes[from..];
        let first = rest.iter().position(|&b| !is_blank(b)).unwrap_or(rest.len());
        let starts = |at: usize| {
            let rest = &rest[at..];
            rest.starts_with(b"UNA") || [&b"UNB"[..], b"UNG", b"UNH"].iter().any(|tag| rest.starts_with(tag))
        };
        if first == rest.len() {
            self.findings
                .push(code::EMPTY, Place::offset(0), || ("文件为空或只有空白。".into(), "The file is empty or holds only blanks.".into()));
            return None;
        }
        if starts(first) {
            return Some(from);
        }
        let window = rest.len().min(crate::limits::MAX_LEADING_BYTES);
        let alone = |at: usize| !rest[at - 1].is_ascii_alphanumeric() && rest.get(at + 3).is_some_and(|b| !b.is_ascii_alphanumeric());
        let Some(found) = (first + 1..window).find(|&at| starts(at) && alone(at)) else {
            self.findings.push(code::NOT_EDIFACT, Place::offset(from + first), || {
                ("不是 EDIFACT 文件：找不到 UNA、UNB、UNG 或 UNH。".into(), "This is not EDIFACT: there is no UNA, UNB, UNG or UNH.".into())
            });
            return None;
        };
        self.findings.push(code::DATA_BETWEEN, Place::offset(from + first), || {
            (
                format!("首个服务段之前有 {} 个无关字节，已跳过。", found - first),
                format!("{} bytes that are not EDIFACT stand before the first service segment; they were skipped.", found - first),
            )
        });
        Some(from + found)
    }

    /// Service characters that hold from `at`, where scanning starts, and where the UNB they belong to begins.
    fn service_at(&mut self, at: usize) -> (ServiceChars, usize, Option<usize>) {
        let (mut service, mut from, mut from_una) = (ServiceChars::default(), at, false);
        if self.bytes[at..].starts_with(b"UNA") {
            let una = &self.bytes[at..self.bytes.len().min(at + UNA_LEN)];
            from = at + una.len();
            self.una = Some(at);
            match ServiceChars::from_una(una) {
                Some(chars) => (service, from_una) = (chars, true),
                None => self.findings.push(code::UNA_BAD, Place { segment_tag: Some("UNA".into()), ..Place::offset(at) }, || {
                    let shown = String::from_utf8_lossy(una).into_owned();
                    (
                        format!("服务串通知“{shown}”无法使用（字符重复、为字母数字或不足九位），改用默认服务字符。"),
                        format!("The service string advice \"{shown}\" cannot be used (repeated, alphanumeric or fewer than nine characters); the defaults are used."),
                    )
                }),
            }
            while self.bytes.get(from).is_some_and(|&b| is_blank(b)) {
                from += 1;
            }
        } else {
            self.una = None;
        }
        let header = &self.bytes[from..];
        let unb = header.starts_with(b"UNB").then_some(from);
        // `UNB+UNOA:4+…`: the version is one digit after the first component separator.
        let version4 = unb.is_some()
            && header.get(3) == Some(&service.element)
            && header.iter().take(12).position(|&b| b == service.component).is_some_and(|p| header.get(p + 1) == Some(&b'4'));
        service.repetition = match (version4, from_una) {
            (true, true) => service.repetition,
            (true, false) => Some(b'*'),
            (false, _) => None,
        };
        (service, from, unb)
    }

    /// Scans with one set of service characters until another may hold.
    fn scan_run(&mut self, from: usize, service: ServiceChars, unb: Option<usize>) -> Flow {
        let specials = Specials {
            element: service.element,
            component: service.component,
            repetition: service.repetition.unwrap_or(service.element),
            release: service.release.unwrap_or(service.element),
            terminator: service.terminator,
        };
        self.service = service;
        self.expected_unb = unb;
        let bytes = self.bytes;
        let mut seen = [0u8; 3];
        let mut start = from;
        // The first byte that is not released; everything before it is plain text.
        let mut resume = from;
        let mut base = from;
        let flow = 'run: loop {
            let mut mask = match bytes.get(base..).unwrap_or_default().first_chunk::<BLOCK>() {
                Some(block) => classify(block, specials, &mut seen),
                None if base < bytes.len() => {
                    let rest = &bytes[base..];
                    let mut block = [b' '; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    classify(&block, specials, &mut seen)
                }
                None => break 'run Flow::Stop,
            };
            while mask != 0 {
                let at = base + mask.trailing_zeros() as usize;
                mask &= mask - 1;
                if at < resume {
                    continue;
                }
                let b = bytes[at];
                if b == specials.element || b == specials.component || b == specials.repetition {
                    self.marks.push(at as u32);
                } else if b == specials.terminator {
                    match self.end_segment(start, at) {
                        Flow::Next => start = at + 1,
                        flow @ (Flow::Rescan(_) | Flow::Stop) => {
                            self.note_seen(seen);
                            return flow;
                        }
                    }
                } else if b == specials.release {
                    resume = at + 2;
                } else if self.control(start, at) {
                    start = at + 1;
                }
            }
            base += BLOCK;
        };
        self.note_seen(seen);
        match self.end_of_file(start) {
            Flow::Next => flow,
            other @ (Flow::Rescan(_) | Flow::Stop) => other,
        }
    }

    fn note_seen(&mut self, seen: [u8; 3]) {
        self.seen.outside_a |= seen[0] != 0;
        self.seen.outside_b |= seen[1] != 0;
        self.seen.high |= seen[2] >= 0x80;
    }

    /// A control character. Between segments it is skipped (answer: true), inside one it is reported.
    #[cold]
    fn control(&mut self, start: usize, at: usize) -> bool {
        let between =
            self.marks.len() == self.first_mark() && self.not_blank_before <= start && self.bytes[start..at].iter().all(|&b| b == b' ');
        if !between {
            self.not_blank_before = at;
        }
        let byte = self.bytes[at];
        let line_break = is_blank(byte);
        if between && line_break {
            self.line_breaks += 1;
            return true;
        }
        let finding = if line_break { code::CHAR_LINE_BREAK } else { code::CHAR_CONTROL };
        if self.findings.admit(finding) {
            let place = Place { segment: Some(self.segments.len() as u32 + 1), ..Place::offset(at) };
            self.pending.push((finding, place, byte));
        }
        between
    }

    /// Index of the first separator of the segment being read.
    pub fn first_mark(&self) -> usize {
        self.marked
    }

    /// A terminator at `end` closes the segment that began at or after `start`.
    fn end_segment(&mut self, mut start: usize, end: usize) -> Flow {
        let bytes = self.bytes;
        while start < end && bytes[start] == b' ' {
            start += 1;
        }
        let first_mark = self.first_mark();
        // A header that may change the service characters starts a run of its own.
        let head = &bytes[start..end.min(start + 3)];
        if head == b"UNA" || (head == b"UNB" && self.expected_unb != Some(start)) {
            self.marks.truncate(first_mark);
            self.pending.clear();
            return Flow::Rescan(start);
        }
        if start == end {
            self.marks.truncate(first_mark);
            self.findings.push(code::SEGMENT_EMPTY, Place::offset(end), || {
                (
                    "段终止符前没有内容，空段已忽略。".into(),
                    "A segment terminator follows another directly; the empty segment was ignored.".into(),
                )
            });
            return Flow::Next;
        }
        if self.segments.len() >= self.limits.segments {
            self.marks.truncate(first_mark);
            let limit = self.limits.segments;
            self.findings.push(code::SIZE_SEGMENTS, Place::offset(start), || {
                (
                    format!("文件超过 {limit} 个段，其余部分未读取。"),
                    format!("The file has more than {limit} segments; the rest was not read."),
                )
            });
            return Flow::Stop;
        }
        self.marks.push(end as u32);
        self.segments.push(SegmentIndex { start: start as u32, first_mark: first_mark as u32 });
        let marked = self.marks.len();
        self.marked = marked;
        let tag = &bytes[start..self.marks[first_mark] as usize];
        if !is_tag(tag) {
            self.bad_tag();
        } else if marked - first_mark > self.limits.separators_per_segment {
            self.too_many_separators();
        }
        if !self.pending.is_empty() {
            self.report_pending();
        }
        if tag.starts_with(b"UN") || self.open_message.is_none() {
            return self.envelope_segment();
        }
        Flow::Next
    }

    /// What is left after the last terminator.
    fn end_of_file(&mut self, start: usize) -> Flow {
        let bytes = self.bytes;
        let skipped = bytes[start..].iter().position(|&b| !is_blank(b)).unwrap_or(bytes.len() - start);
        let start = start + skipped;
        if start >= bytes.len() {
            self.report_pending();
            return Flow::Next;
        }
        if bytes[start..].starts_with(b"UNA") || (bytes[start..].starts_with(b"UNB") && self.expected_unb != Some(start)) {
            self.marks.truncate(self.first_mark());
            self.pending.clear();
            return Flow::Rescan(start);
        }
        let rest = bytes.len() - start;
        if self.open_interchange.is_none() && !is_tag(&bytes[start..bytes.len().min(start + 3)]) {
            self.marks.truncate(self.first_mark());
            self.pending.clear();
            self.findings.push(code::DATA_BETWEEN, Place::offset(start), || {
                (
                    format!("交换结束之后还有 {rest} 个无关字节。"),
                    format!("{rest} bytes that are not EDIFACT follow the end of the interchange."),
                )
            });
            return Flow::Stop;
        }
        let place = Place { segment: Some(self.segments.len() as u32 + 1), ..Place::offset(start) };
        self.truncated = true;
        self.findings.push(code::SEGMENT_TRUNCATED, place, || {
            (
                format!("最后一个段没有终止符，文件在 {rest} 个字节后中断。"),
                format!("The last segment has no terminator; the file breaks off after {rest} bytes of it."),
            )
        });
        match self.end_segment(start, bytes.len()) {
            Flow::Next | Flow::Stop => Flow::Stop,
            Flow::Rescan(at) => Flow::Rescan(at),
        }
    }
}
