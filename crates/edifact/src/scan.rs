//! Stage 2 of reading: masks become segments, each with its start and end, over a bitmap of separators.
//!
//! The scanner works on a window of the file. [`crate::read`] shows it the whole file at once, [`crate::Stream`] one piece after the
//! other; the state between two pieces is kept here, so that both find the same. A run is a part of the file with one set of service
//! characters: it begins at UNA, UNB, UNG or UNH and ends behind UNZ. What a segment means is the business of `envelope`.

use crate::build::{Build, Left, quoted};
use crate::catalogue as code;
use crate::charset::Charset;
use crate::finding::Place;
use crate::kernel::{BATCH, BLOCK, Masks};
use crate::limits::MAX_LEADING_BYTES;
use crate::run::{Run, Scratch, flatten};
use crate::service::{ServiceChars, UNA_LEN};

/// A segment in the index: offsets in the window of its first byte and of its terminator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentIndex {
    pub start: u32,
    pub end: u32,
}

/// What the scanner does after a segment or a run of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Go on in the same run.
    Next,
    /// Start again at this offset, where other service characters may hold.
    Rescan(usize),
    /// Go on behind the segment just read, once the caller took the message that it closed.
    Pause,
    /// More bytes are needed.
    More,
    /// The end of the file, or of what the limits allow.
    Stop,
}

/// Why the scanner came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fed {
    /// It needs a longer window.
    More,
    /// A message is complete, see [`Build::closed`].
    Message,
    /// Everything was read.
    Done,
}

/// Where the scanner stands.
#[derive(Debug)]
pub(crate) enum State {
    /// Before a header, or behind UNZ.
    Between { at: usize, junk: usize },
    /// In a run.
    Run(Run),
    /// At the end.
    Done,
}

/// Bytes that must be visible before a run begins: its header, and what may stand before it.
const LOOKAHEAD: usize = 2 * MAX_LEADING_BYTES + 64;
const BOM: &[u8] = b"\xef\xbb\xbf";

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

/// The same for the lower three bytes of a word, without branches. Each lane adds up to a threshold at bit 7.
#[inline]
fn is_tag_word(word: u32) -> bool {
    let low = word & 0x007f_7f7f;
    let from_a = low + 0x003f_3f3f; // 0x41 and above
    let past_z = low + 0x0025_2525; // 0x5b and above
    let from_0 = low + 0x0050_5050; // 0x30 and above
    let past_9 = low + 0x0046_4646; // 0x3a and above
    let capital = from_a & !past_z;
    let digit = from_0 & !past_9 & 0xffff_ff00;
    (capital | digit) & !word & 0x0080_8080 == 0x0080_8080
}

impl Build {
    /// Reads on in `bytes`, which is the window; `last` says that nothing follows it.
    pub fn feed(&mut self, bytes: &[u8], last: bool) -> Fed {
        loop {
            if self.streaming && self.closed.is_some() {
                return Fed::Message;
            }
            let flow = match self.state {
                State::Between { at, junk } => self.between(bytes, at, junk, last),
                State::Run(_) => self.run(bytes, last),
                State::Done => return Fed::Done,
            };
            match flow {
                Flow::Next | Flow::Pause => {}
                Flow::More => return Fed::More,
                Flow::Rescan(at) => self.state = State::Between { at, junk: 0 },
                Flow::Stop => {
                    self.state = State::Done;
                    self.finish(bytes);
                }
            }
        }
    }

    /// Takes `by` bytes, a multiple of [`BLOCK`], and the first `segments` segments off the front of the window, which is `bytes`.
    pub fn shift(&mut self, bytes: &[u8], by: usize, segments: usize) {
        if segments > 0 && segments == self.segments.len() {
            let last = self.segment(bytes, self.last());
            self.left = Left { offset: self.window + last.offset(), tag: quoted(last.tag_bytes()) };
        }
        self.bits.drain(..self.bits.len().min(by / BLOCK));
        self.segments.drain(..segments);
        for segment in &mut self.segments {
            segment.start -= by as u32;
            segment.end -= by as u32;
        }
        self.segments_before += segments as u32;
        self.room = self.limits.segments.saturating_sub(self.segments_before as usize);
        self.window += by;
        match &mut self.state {
            State::Between { at, .. } => *at -= by,
            State::Run(run) => run.shift(by),
            State::Done => {}
        }
    }

    /// Where the scanner needs the window to begin.
    pub fn needed_from(&self) -> usize {
        match &self.state {
            // Whether a header stands alone is told by the byte before it.
            State::Between { at, .. } => at.saturating_sub(1),
            State::Run(run) => run.start.min(run.base),
            State::Done => usize::MAX,
        }
    }

    fn between(&mut self, bytes: &[u8], mut at: usize, junk: usize, last: bool) -> Flow {
        // Blanks in junk are junk.
        while junk == 0 && bytes.get(at).is_some_and(|&b| is_blank(b)) {
            at += 1;
        }
        self.state = State::Between { at, junk };
        if !last && bytes.len() < at + LOOKAHEAD {
            return Flow::More;
        }
        if bytes[at.min(bytes.len())..].starts_with(BOM) && junk == 0 {
            self.findings.push(code::BOM, self.place_of(at), || {
                ("有字节顺序标记（BOM），已跳过。".into(), "There is a byte order mark; it was skipped.".into())
            });
            return Flow::Rescan(at + BOM.len());
        }
        if at >= bytes.len() {
            if self.segment_count() == 0 && self.una.is_none() {
                self.findings.push(code::EMPTY, Place::offset(0), || {
                    ("文件为空或只有空白。".into(), "The file is empty or holds only blanks.".into())
                });
            }
            return Flow::Stop;
        }
        match self.skip_junk(bytes, at, junk, last) {
            Ok(at) => {
                let run = self.service_at(bytes, at);
                self.outside = false;
                self.state = State::Run(run);
                Flow::Next
            }
            Err(flow) => flow,
        }
    }

    /// Where the next header stands; what stands before it is skipped and reported.
    fn skip_junk(&mut self, bytes: &[u8], at: usize, junk: usize, last: bool) -> Result<usize, Flow> {
        let header = |at: usize| bytes[at..].starts_with(b"UN") && matches!(bytes.get(at + 2), Some(b'A' | b'B' | b'G' | b'H'));
        let alone = |at: usize| !bytes[at - 1].is_ascii_alphanumeric() && bytes.get(at + 3).is_some_and(|b| !b.is_ascii_alphanumeric());
        if junk == 0 && header(at) {
            return Ok(at);
        }
        let default = ServiceChars::default();
        let rest = &bytes[at..];
        if junk == 0
            && self.segment_count() > 0
            && rest.first_chunk::<4>().is_some_and(|f| is_tag(&f[..3]) && (f[3] == default.element || f[3] == default.terminator))
        {
            // A segment that stands alone: the envelope reports it.
            return Ok(at);
        }
        let first_in_file = self.segment_count() == 0;
        let end = if first_in_file { bytes.len().min(at + MAX_LEADING_BYTES) } else { bytes.len() };
        let found = (at + usize::from(junk == 0)..end).find(|&at| bytes[at] == b'U' && header(at) && alone(at));
        let origin = self.window + at - junk;
        match found {
            Some(found) => {
                let skipped = self.window + found - origin;
                self.findings.push(code::DATA_BETWEEN, Place::offset(origin), || {
                    (
                        format!("服务段之前有 {skipped} 个无关字节，已跳过。"),
                        format!("{skipped} bytes that are not EDIFACT stand before a service segment; they were skipped."),
                    )
                });
                Ok(found)
            }
            None if first_in_file => {
                self.findings.push(code::NOT_EDIFACT, Place::offset(origin), || {
                    (
                        "不是 EDIFACT 文件：找不到 UNA、UNB、UNG 或 UNH。".into(),
                        "This is not EDIFACT: there is no UNA, UNB, UNG or UNH.".into(),
                    )
                });
                Err(Flow::Stop)
            }
            None if last => {
                let rest = self.window + bytes.len() - origin;
                self.findings.push(code::DATA_BETWEEN, Place::offset(origin), || {
                    (
                        format!("交换结束之后还有 {rest} 个无关字节。"),
                        format!("{rest} bytes that are not EDIFACT follow the end of the interchange."),
                    )
                });
                Err(Flow::Stop)
            }
            None => {
                // A header may be cut by the end of the window.
                let next = bytes.len().saturating_sub(4).max(at + 1);
                self.state = State::Between { at: next, junk: junk + next - at };
                Err(Flow::More)
            }
        }
    }

    /// The run that begins at `at`: its service characters, its repertoire, where scanning starts.
    fn service_at(&mut self, bytes: &[u8], at: usize) -> Run {
        let (mut service, mut from, mut from_una) = (ServiceChars::default(), at, false);
        self.una = None;
        if bytes[at..].starts_with(b"UNA") {
            let una = &bytes[at..bytes.len().min(at + UNA_LEN)];
            from = at + una.len();
            self.una = Some(self.window + at);
            match ServiceChars::from_una(una) {
                Some(chars) => (service, from_una) = (chars, true),
                None => self.findings.push(code::UNA_BAD, Place { segment_tag: Some("UNA".into()), ..self.place_of(at) }, || {
                    let shown = String::from_utf8_lossy(una).into_owned();
                    (
                        format!("服务串通知“{shown}”无法使用（字符重复、为字母数字或不足九位），改用默认服务字符。"),
                        format!("The service string advice \"{shown}\" cannot be used (repeated, alphanumeric or fewer than nine characters); the defaults are used."),
                    )
                }),
            }
            let most = from + MAX_LEADING_BYTES;
            while from < most && bytes.get(from).is_some_and(|&b| is_blank(b)) {
                from += 1;
            }
        }
        let header = &bytes[from..];
        let unb = header.starts_with(b"UNB").then_some(from);
        if unb.is_some() && self.una.is_none() && header.get(3) == Some(&ServiceChars::level_b().element) {
            service = ServiceChars::level_b();
        }
        // `UNB+UNOA:4+…`: the repertoire, and the version, which is one digit.
        let (mut id, mut version4) = (&header[..0], false);
        if unb.is_some() && header.get(3) == Some(&service.element) {
            let rest = &header[4..header.len().min(12)];
            let length = rest.iter().position(|&b| b == service.component || b == service.element || b == service.terminator);
            id = &rest[..length.unwrap_or(rest.len())];
            version4 = rest.get(id.len()) == Some(&service.component) && rest.get(id.len() + 1) == Some(&b'4');
        }
        service.repetition = match (version4, from_una) {
            (true, true) => service.repetition,
            (true, false) => Some(b'*'),
            (false, _) => None,
        };
        let charset = self.charset_override.or_else(|| Charset::from_syntax_id(id)).unwrap_or(Charset::UnoB);
        Run::new(service, charset, from, unb)
    }

    /// Scans with one set of service characters until another may hold.
    fn run(&mut self, bytes: &[u8], last: bool) -> Flow {
        let State::Run(mut run) = self.state else { return Flow::Stop };
        let flow = self.run_on(&mut run, bytes, last);
        if let State::Run(kept) = &mut self.state {
            *kept = run;
        }
        if flow == Flow::Pause {
            return Flow::Next;
        }
        flow
    }

    fn run_on(&mut self, run: &mut Run, bytes: &[u8], last: bool) -> Flow {
        self.service = run.service;
        self.charset = run.charset;
        let word = run.base / BLOCK;
        if self.bits.len() > word {
            self.bits.truncate(word + 1);
        } else {
            self.bits.resize(word, 0);
        }
        let mut scratch = self.scratch.take().unwrap_or_default();
        let flow = loop {
            let whole = bytes.get(run.base..).unwrap_or_default().as_chunks::<BLOCK>().0;
            let flow = if !whole.is_empty() {
                let whole = &whole[..whole.len().min(BATCH)];
                self.batch(run, bytes, whole, &mut scratch)
            } else if last && run.base < bytes.len() {
                let rest = &bytes[run.base..];
                let mut block = [b' '; BLOCK];
                block[..rest.len()].copy_from_slice(rest);
                self.batch(run, bytes, std::slice::from_ref(&block), &mut scratch)
            } else if last {
                break self.end_of_file(run, bytes);
            } else {
                Flow::More
            };
            let flow = if flow == Flow::Next { self.long_segment(run, bytes).unwrap_or(Flow::Next) } else { flow };
            if flow != Flow::Next {
                break flow;
            }
        };
        self.scratch = Some(scratch);
        flow
    }

    /// Some blocks: their separators go to the bitmap, their terminators end segments.
    fn batch(&mut self, run: &mut Run, bytes: &[u8], blocks: &[[u8; BLOCK]], scratch: &mut Scratch) -> Flow {
        self.kernel.classify(blocks, &run.needles, &mut scratch.masks);
        let mut count = 0;
        for (block, masks) in blocks.iter().zip(scratch.masks.iter()) {
            let mut masks = *masks;
            let keep = run.settle(block, &mut masks);
            let word = run.base / BLOCK;
            match self.bits.get_mut(word) {
                Some(bits) => *bits = (*bits & !keep) | masks.separators,
                None => self.bits.push(masks.separators),
            }
            let base = run.base;
            run.base += BLOCK;
            if masks.controls | masks.suspects == 0 {
                count = flatten(masks.terminators, base as u32, &mut scratch.ends, count);
                continue;
            }
            let flow = self.segments_end(run, bytes, &scratch.ends[..count]);
            count = 0;
            let flow = if flow == Flow::Next { self.odd_block(run, bytes, base, &masks) } else { flow };
            if flow != Flow::Next {
                return flow;
            }
        }
        self.segments_end(run, bytes, &scratch.ends[..count])
    }

    /// A segment longer than the limit: nothing behind it can be trusted.
    fn long_segment(&mut self, run: &mut Run, bytes: &[u8]) -> Option<Flow> {
        let (limit, end) = (self.limits.segment_bytes, run.base.min(bytes.len()));
        if end <= run.start + limit {
            return None;
        }
        while run.start < end && is_blank(bytes[run.start]) {
            run.start += 1;
        }
        (end > run.start + limit).then(|| self.too_long(run.start))
    }

    #[cold]
    fn too_long(&mut self, start: usize) -> Flow {
        let limit = self.limits.segment_bytes;
        self.drop_pending();
        let place = self.place_of(start);
        self.findings.push(code::SIZE_SEGMENT, place, || {
            (
                format!("一个段超过 {limit} 个字节（可能缺少段终止符），其余部分未读取。"),
                format!("A segment is longer than {limit} bytes (its terminator may be missing); the rest was not read."),
            )
        });
        Flow::Stop
    }

    /// A block with control characters or bytes that may not be in the repertoire: one event after the other.
    fn odd_block(&mut self, run: &mut Run, bytes: &[u8], base: usize, masks: &Masks) -> Flow {
        let mut events = masks.terminators | masks.controls | masks.suspects;
        while events != 0 {
            let bit = events & events.wrapping_neg();
            let at = base + events.trailing_zeros() as usize;
            events ^= bit;
            if bit & masks.terminators != 0 {
                match self.segments_end(run, bytes, &[at as u32]) {
                    Flow::Next => {}
                    flow @ (Flow::Rescan(_) | Flow::Pause | Flow::More | Flow::Stop) => return flow,
                }
            } else if bit & masks.controls != 0 {
                self.control(run, bytes, at);
            } else {
                // One is enough to look at the segment: the others before its terminator say no more.
                self.suspect = true;
                let terminators = masks.terminators & events;
                let before = (terminators & terminators.wrapping_neg()).wrapping_sub(1);
                events &= !(masks.suspects & before);
            }
        }
        Flow::Next
    }

    /// Terminators in a row, each the end of a segment.
    fn segments_end(&mut self, run: &mut Run, bytes: &[u8], mut ends: &[u32]) -> Flow {
        loop {
            let plain = self.plain_segments(run, bytes, ends);
            let Some(&end) = ends.get(plain) else { return Flow::Next };
            ends = &ends[plain + 1..];
            match self.end_segment(run, bytes, run.start, end as usize) {
                Flow::Next => {}
                flow @ (Flow::Rescan(_) | Flow::Pause | Flow::More | Flow::Stop) => return flow,
            }
        }
    }

    /// Notes the plain segments at the front, in a few instructions each, and says how many they are. Plain is a segment of an open
    /// message with a good tag that cannot break a limit and has nothing to report; [`Self::end_segment`] sees to all others.
    #[inline]
    fn plain_segments(&mut self, run: &mut Run, bytes: &[u8], ends: &[u32]) -> usize {
        if self.open_message.is_none() || !self.pending.is_empty() || self.suspect {
            return 0;
        }
        let (element, terminator) = (u32::from(run.needles.element) << 24, u32::from(run.needles.terminator) << 24);
        let (most, service) = (self.plain_below, u32::from(u16::from_le_bytes(*b"UN")));
        let mut start = run.start;
        let room = self.room.saturating_sub(self.segments.len());
        let mut count = 0;
        for &end in &ends[..ends.len().min(room)] {
            let length = end as usize - start;
            let Some(head) = bytes.get(start..).and_then(|rest| rest.first_chunk::<4>()) else { break };
            let word = u32::from_le_bytes(*head);
            let fourth = word & 0xff00_0000;
            let follows = (fourth == element) | ((fourth == terminator) & (length == 3));
            if !(is_tag_word(word) & follows & (word & 0xffff != service) & (length < most)) {
                break;
            }
            self.segments.push(SegmentIndex { start: start as u32, end });
            start = end as usize + 1;
            count += 1;
        }
        run.start = start;
        count
    }

    /// A terminator at `end` closes the segment that began at or after `start`.
    fn end_segment(&mut self, run: &mut Run, bytes: &[u8], mut start: usize, end: usize) -> Flow {
        while start < end && is_blank(bytes[start]) {
            start += 1;
        }
        run.start = end + 1;
        // A header that may change the service characters starts a run of its own.
        let head = &bytes[start..end.min(start + 3)];
        if head == b"UNA" || (head == b"UNB" && run.unb != Some(start)) {
            self.drop_pending();
            return Flow::Rescan(start);
        }
        if start == end {
            self.suspect = false;
            self.report_pending(bytes);
            self.findings.push(code::SEGMENT_EMPTY, self.place_of(end), || {
                (
                    "段终止符前没有内容，空段已忽略。".into(),
                    "A segment terminator follows another directly; the empty segment was ignored.".into(),
                )
            });
            return Flow::Next;
        }
        if self.segments.len() >= self.room {
            let limit = self.limits.segments;
            self.findings.push(code::SIZE_SEGMENTS, self.place_of(start), || {
                (
                    format!("文件超过 {limit} 个段，其余部分未读取。"),
                    format!("The file has more than {limit} segments; the rest was not read."),
                )
            });
            return Flow::Stop;
        }
        if end - start > self.limits.segment_bytes {
            return self.too_long(start);
        }
        self.segments.push(SegmentIndex { start: start as u32, end: end as u32 });
        self.whole_segment(run, bytes)
    }

    /// Everything there is to say about the segment just added.
    fn whole_segment(&mut self, run: &mut Run, bytes: &[u8]) -> Flow {
        let number = self.last();
        let segment = self.segment(bytes, number);
        let (tag, most) = (segment.tag_bytes(), self.limits.separators_per_segment);
        let (good, service) = (is_tag(tag), tag.starts_with(b"UN"));
        if !good {
            self.bad_tag(bytes);
        } else if segment.end() - segment.offset() > most && segment.separators().count() >= most {
            self.too_many_separators(bytes);
        }
        self.report_pending(bytes);
        let mut flow = Flow::Next;
        if service || self.open_message.is_none() {
            flow = self.envelope_segment(bytes);
        }
        if std::mem::take(&mut self.suspect) {
            self.check_characters(bytes, number);
        }
        if flow == Flow::Next && self.streaming && self.closed.is_some() {
            run.resume(run.start);
            return Flow::Pause;
        }
        flow
    }

    /// A control character. Between segments line ends are skipped, everything else is reported.
    #[cold]
    fn control(&mut self, run: &mut Run, bytes: &[u8], at: usize) {
        while run.start < at && is_blank(bytes[run.start]) {
            run.start += 1;
        }
        let between = run.start == at;
        let byte = bytes[at];
        let line_break = is_blank(byte);
        if between {
            run.start = at + 1;
        }
        if between && line_break {
            self.line_breaks += 1;
            return;
        }
        let finding = match byte {
            0x1b => code::CHARSET_ESCAPE,
            _ if line_break => code::CHAR_LINE_BREAK,
            _ => code::CHAR_CONTROL,
        };
        self.note_control(finding, at, byte);
    }

    /// What is left after the last terminator.
    fn end_of_file(&mut self, run: &mut Run, bytes: &[u8]) -> Flow {
        let start = (run.start.min(bytes.len())..bytes.len()).find(|&at| !is_blank(bytes[at])).unwrap_or(bytes.len());
        if start >= bytes.len() {
            self.report_pending(bytes);
            return Flow::Stop;
        }
        if bytes[start..].starts_with(b"UNA") || (bytes[start..].starts_with(b"UNB") && run.unb != Some(start)) {
            self.drop_pending();
            return Flow::Rescan(start);
        }
        let rest = bytes.len() - start;
        if self.open_interchange.is_none() && !is_tag(&bytes[start..bytes.len().min(start + 3)]) {
            self.drop_pending();
            self.findings.push(code::DATA_BETWEEN, self.place_of(start), || {
                (
                    format!("交换结束之后还有 {rest} 个无关字节。"),
                    format!("{rest} bytes that are not EDIFACT follow the end of the interchange."),
                )
            });
            return Flow::Stop;
        }
        let place = Place { segment: Some(self.segment_count() + 1), ..self.place_of(start) };
        self.truncated = true;
        self.findings.push(code::SEGMENT_TRUNCATED, place, || {
            (
                format!("最后一个段没有终止符，文件在 {rest} 个字节后中断。"),
                format!("The last segment has no terminator; the file breaks off after {rest} bytes of it."),
            )
        });
        match self.end_segment(run, bytes, start, bytes.len()) {
            Flow::Rescan(at) if at < bytes.len() => Flow::Rescan(at),
            // A message that this segment closed is taken first.
            Flow::Pause => Flow::Pause,
            Flow::Rescan(_) | Flow::Next | Flow::More | Flow::Stop => Flow::Stop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_test_without_branches_is_the_tag_test() {
        for a in 0..=255u8 {
            for b in 0..=255u8 {
                for c in [b'A', b'Z', b'0', b'9', b'@', b'[', b'/', b':', b'a', 0, 0xff, b ^ 0x80, b] {
                    let word = u32::from_le_bytes([a, b, c, b'+']);
                    assert_eq!(is_tag_word(word), is_tag(&[a, b, c]), "{a} {b} {c}");
                }
            }
        }
    }
}
