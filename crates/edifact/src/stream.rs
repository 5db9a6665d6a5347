//! [`Stream`]: a file of any size, message by message, in memory bounded by its longest message.
//!
//! The scanner is the one of [`crate::read`], fed with one piece of the file after the other, so that the findings are the same.

use std::io::{self, Read};

use crate::build::{Build, Closed, InterchangeIndex, MessageIndex};
use crate::catalogue as code;
use crate::contrl::{self, ContrlOptions, Errors, Heads, MessageHead};
use crate::finding::{Finding, Findings, Place, Severity};
use crate::kernel::BLOCK;
use crate::reading::{ReadOptions, Reading};
use crate::scan::{Fed, SegmentIndex};
use crate::view::Message;
use crate::writer::WriteError;

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// Reads a file piece by piece.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// let file = &b"UNB+UNOA:2+TEAT+CUSTOMS+261122:0830+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'UNT+9+1'UNZ+1+1'"[..];
/// let mut stream = edifact::Stream::new(file, &edifact::ReadOptions::default());
/// while let Some(mut message) = stream.next()? {
///     message.check(edifact::check_message);
/// }
/// let summary = stream.finish();
/// assert_eq!((summary.messages(), summary.segments()), (1, 5));
/// assert_eq!(summary.findings()[0].code, "EDI-UNT-COUNT");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Stream<R> {
    source: R,
    build: Build,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are filled.
    filled: usize,
    /// Longest message that is held.
    message_bytes: usize,
    /// Bytes read at a time.
    piece: usize,
    /// Bytes read from the source.
    read: usize,
    ended: bool,
    /// Headers of the messages with errors that are listed, in order. The limits of findings are theirs too: past them the file counts
    /// as faulty as a whole, and the answer names no messages.
    faulty: Vec<MessageHead>,
    /// What checks of messages found.
    further: Findings,
    /// How many findings of the build were looked at for faulty messages.
    looked: usize,
}

/// A message of a [`Stream`], in memory until the next one is asked for.
#[derive(Debug)]
pub struct Streamed<'s> {
    head: MessageHead,
    segments: u32,
    first_segment: u32,
    /// Offset in the file of the bytes of `reading`.
    offset: usize,
    reading: Option<Reading<'s>>,
    further: &'s mut Findings,
    faulty: &'s mut Vec<MessageHead>,
}

/// What a [`Stream`] found, once it has ended.
#[derive(Debug)]
pub struct Summary {
    interchanges: u32,
    groups: u32,
    messages: u32,
    segments: u32,
    bytes: usize,
    truncated: bool,
    findings: Vec<Finding>,
    heads: Heads,
}

impl<R: Read> Stream<R> {
    /// A stream with these limits. [`Limits::streaming`](crate::Limits::streaming) has those that bound memory alone.
    pub fn new(source: R, options: &ReadOptions) -> Self {
        Self {
            source,
            build: Build::new(2 * PIECE, options, true),
            buffer: Vec::new(),
            filled: 0,
            // Offsets in the window are 32 bits.
            message_bytes: options.limits.message_bytes.min(1 << 30),
            piece: PIECE,
            read: 0,
            ended: false,
            faulty: Vec::new(),
            further: Findings::new(&options.limits),
            looked: 0,
        }
    }

    /// Reads this many bytes at a time instead of 256 KiB. What is found does not depend on it.
    #[must_use]
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.piece = bytes.max(1);
        self
    }

    /// The next message; `None` at the end of the file.
    ///
    /// # Errors
    /// Those of the source.
    #[expect(clippy::should_implement_trait, reason = "what is handed out borrows the buffer, which no iterator can say")]
    pub fn next(&mut self) -> io::Result<Option<Streamed<'_>>> {
        loop {
            match self.build.feed(&self.buffer[..self.filled], self.ended) {
                Fed::Message => break,
                Fed::Done => return Ok(None),
                Fed::More => self.fill()?,
            }
        }
        Ok(self.build.closed.take().map(|closed| self.hand_out(closed)))
    }

    /// Reads another piece, after making room.
    fn fill(&mut self) -> io::Result<()> {
        self.make_room();
        let end = self.filled + self.piece;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        let before = self.filled;
        while self.filled < end {
            match self.source.read(&mut self.buffer[self.filled..end]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(n) => self.filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.read += self.filled - before;
        self.limit_size();
        Ok(())
    }

    /// Stops at the size limit as a whole file would be refused, except that what came before it was read.
    fn limit_size(&mut self) {
        let most = self.build.limits.bytes;
        if self.read <= most {
            return;
        }
        self.filled -= self.read - most;
        self.read = most;
        self.ended = true;
        self.build.findings.push(code::SIZE_BYTES, Place::offset(most), || {
            (format!("文件超过上限 {most} 字节，其余部分未读取。"), format!("The file has more than {most} bytes; the rest was not read."))
        });
    }

    /// Drops what is done from the front of the window: all but the open message and what the scanner needs. Of the last segment only
    /// its place is kept, so that blanks and junk behind it, however many, do not stay.
    fn make_room(&mut self) {
        let build = &mut self.build;
        let before = build.segments_before;
        let mut keep = build.segments.len();
        if let Some(open) = &build.open_message {
            let held = open.index.segments.0.checked_sub(before).and_then(|at| Some((at as usize, build.segments.get(at as usize)?)));
            // The scanner leaves a block that is not full, in which the message may end, for the next piece.
            if let Some((first, segment)) = held
                && self.filled - segment.start as usize <= self.message_bytes + BLOCK
            {
                keep = first;
            }
        }
        let start = build.segments.get(keep).map_or(usize::MAX, |segment| segment.start as usize);
        let by = start.min(build.needed_from()).min(self.filled) & !(BLOCK - 1);
        if by == 0 {
            return;
        }
        build.shift(&self.buffer[..self.filled], by, keep);
        self.buffer.copy_within(by..self.filled, 0);
        self.filled -= by;
    }

    fn hand_out(&mut self, closed: Closed) -> Streamed<'_> {
        let Closed { index, head, offset, service, charset } = closed;
        let (first, end) = index.segments;
        let build = &mut self.build;
        let segments = first
            .checked_sub(build.segments_before)
            .map(|at| at as usize..(end - build.segments_before) as usize)
            .filter(|range| length(&build.segments[range.clone()]) <= self.message_bytes);
        if segments.is_none() {
            report_size(&mut build.findings, &head, first, offset, self.message_bytes);
        }
        // Findings about the next message, whose header ended this one, are looked at when that one ends.
        let listed = build.findings.listed();
        let new = &listed[self.looked..];
        if new.iter().any(|f| f.severity == Severity::Error && f.message == Some(head.number)) {
            note(&mut self.faulty, &head);
        }
        self.looked += new.iter().position(|f| f.message > Some(head.number)).unwrap_or(new.len());
        let mut base = 0;
        let reading = segments.map(|range| {
            let segments = &build.segments[range];
            base = segments.first().map_or(0, |segment| segment.start as usize) & !(BLOCK - 1);
            let interchange = InterchangeIndex {
                service,
                charset,
                una: None,
                unb: None,
                unz: None,
                segments: (0, end - first),
                groups: (0, 0),
                messages: (0, 1),
            };
            reading_of(&self.buffer[..self.filled], &build.bits, segments, base, index.unt, interchange)
        });
        Streamed {
            head,
            segments: end - first,
            first_segment: first,
            offset: build.window + base,
            reading,
            further: &mut self.further,
            faulty: &mut self.faulty,
        }
    }

    /// What was found. Messages that were not taken yet are read now.
    ///
    /// # Errors
    /// Those of the source.
    pub fn drain(mut self) -> io::Result<Summary> {
        while self.next()?.is_some() {}
        Ok(self.finish())
    }

    /// What was found up to here; everything, once [`Self::next`] answered `None`.
    pub fn finish(self) -> Summary {
        let Self { build, faulty, further, read, .. } = self;
        let (interchanges, groups, messages, segments) =
            (build.interchange_count, build.group_count, build.message_count, build.segment_count());
        let Build { findings, heads, truncated, .. } = build;
        let mut findings = findings.finish();
        findings.extend(further.finish());
        let heads = Heads { interchanges: heads.interchanges, groups: heads.groups, messages: faulty };
        Summary { interchanges, groups, messages, segments, bytes: read, truncated, findings, heads }
    }
}

fn note(faulty: &mut Vec<MessageHead>, head: &MessageHead) {
    if faulty.last().is_none_or(|last| last.number < head.number) {
        faulty.push(head.clone());
    }
}

/// Bytes from the first to the last of some segments.
fn length(segments: &[SegmentIndex]) -> usize {
    segments.first().zip(segments.last()).map_or(0, |(first, last)| (last.end - first.start) as usize + 1)
}

fn report_size(findings: &mut Findings, head: &MessageHead, first: u32, offset: usize, limit: usize) {
    let place = Place {
        interchange: Some(head.interchange),
        message: Some(head.number),
        message_ref: head.reference.clone(),
        segment: Some(first + 1),
        segment_in_message: Some(1),
        segment_tag: Some("UNH".into()),
        ..Place::offset(offset)
    };
    findings.push(code::SIZE_MESSAGE, place, || {
        (
            format!("报文超过 {limit} 个字节，只校验了信封。"),
            format!("The message is longer than {limit} bytes; only its envelope was checked."),
        )
    });
}

/// A reading of one message, whose bytes begin at `base` of the window, at the edge of a word of the bitmap.
fn reading_of<'b>(
    window: &'b [u8],
    bits: &[u64],
    segments: &[SegmentIndex],
    base: usize,
    unt: bool,
    interchange: InterchangeIndex,
) -> Reading<'b> {
    let end = segments.last().map_or(base, |segment| segment.end as usize + 1).min(window.len());
    let words = base / BLOCK..end.div_ceil(BLOCK).min(bits.len());
    let shifted = segments.iter().map(|s| SegmentIndex { start: s.start - base as u32, end: s.end - base as u32 });
    Reading {
        bytes: &window[base..end],
        bits: bits[words].to_vec(),
        segments: shifted.collect(),
        messages: vec![MessageIndex { segments: interchange.segments, unt, interchange: 0, group: None }],
        interchanges: vec![interchange],
        groups: Vec::new(),
        findings: Vec::new(),
        truncated: false,
    }
}

impl Streamed<'_> {
    /// Number of the message in the file, from 1.
    pub fn number(&self) -> u32 {
        self.head.number
    }

    /// Number of its interchange in the file, from 1.
    pub fn interchange(&self) -> u32 {
        self.head.interchange
    }

    /// Message reference (0062).
    pub fn reference(&self) -> Option<&str> {
        self.head.reference.as_deref()
    }

    /// Message type (0065).
    pub fn message_type(&self) -> Option<&str> {
        Some(self.head.identifier[0].as_str()).filter(|kind| !kind.is_empty())
    }

    /// How many segments it has, UNH and UNT included.
    pub fn segment_count(&self) -> usize {
        self.segments as usize
    }

    /// The message itself, by its own count: its first segment is number 1, and it belongs to an interchange without header.
    /// `None` if it is longer than may be held, see [`MAX_MESSAGE_BYTES`](crate::MAX_MESSAGE_BYTES).
    pub fn message(&self) -> Option<Message<'_>> {
        self.reading.as_ref().and_then(|reading| reading.message(1))
    }

    /// A finding about [`Self::message`], counted in the file.
    pub fn settle(&self, finding: Finding) -> Finding {
        Finding {
            offset: finding.offset + self.offset,
            interchange: Some(self.head.interchange),
            message: Some(self.head.number),
            message_ref: self.head.reference.clone(),
            segment: finding.segment.map(|segment| segment + self.first_segment),
            ..finding
        }
    }

    /// Checks the message, for example with [`check_message`](crate::check_message), and keeps the findings for the summary.
    pub fn check(&mut self, check: impl FnOnce(&Message<'_>) -> Vec<Finding>) {
        let found = match self.message() {
            Some(message) => check(&message),
            None => Vec::new(),
        };
        let found: Vec<Finding> = found.into_iter().map(|finding| self.settle(finding)).collect();
        for finding in found {
            let is_error = finding.severity == Severity::Error;
            if self.further.add(finding) && is_error {
                note(self.faulty, &self.head);
            }
        }
    }
}

impl Summary {
    /// How many interchanges there were; messages without UNB form one of their own.
    pub fn interchanges(&self) -> u32 {
        self.interchanges
    }

    /// How many functional groups there were.
    pub fn groups(&self) -> u32 {
        self.groups
    }

    /// How many messages there were.
    pub fn messages(&self) -> u32 {
        self.messages
    }

    /// How many segments there were, service segments included, UNA not.
    pub fn segments(&self) -> u32 {
        self.segments
    }

    /// How many bytes were read.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether the last segment had no terminator.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Everything that was found: first what reading found, in the order of the file, then what checks of messages found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The answer, as [`contrl`](crate::contrl()) writes it for a reading.
    ///
    /// # Errors
    /// As there.
    pub fn contrl(&self, options: &ContrlOptions) -> Result<Vec<u8>, WriteError> {
        let errors = Errors::new(self.findings.iter().chain(&options.further), &options.forgiven);
        contrl::answer(&self.heads, &errors, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    const INTERCHANGE: &str = "UNB+UNOA:2+TEAT+CUSTEST+261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNZ+1+R1'";
    /// Reads `head`, then so many bytes of `filler`, then `tail`, and compares with the whole file. Gives the size of the window.
    fn window_of(head: &str, filler: &str, bytes: usize, tail: &str, piece: usize) -> usize {
        let options = ReadOptions { limits: Limits { segment_bytes: 16 * 1024, ..Limits::streaming() }, ..ReadOptions::default() };
        let file = [head, &filler.repeat(bytes / filler.len()), tail].concat();
        let mut stream = Stream::new(file.as_bytes(), &options).in_pieces_of(piece);
        while stream.next().unwrap().is_some() {}
        let window = stream.buffer.len();
        let (whole, summary) = (crate::read_with(file.as_bytes(), &options), stream.finish());
        assert_eq!(summary.findings(), whole.findings(), "{filler:?} behind {head}, before {tail}");
        window
    }

    #[test]
    fn blanks_and_junk_without_end_do_not_stay_in_memory() {
        let open_group = "UNB+UNOA:2+TEAT+CUSTEST+261122:0830+R1'UNG+CUSCAR+A+B+261122:0830+G1+UN+D:95B'";
        for filler in [" ", "\n", "\0", "\0\n", "\u{1} \r\n"] {
            for head in [INTERCHANGE, open_group, "UNA:+.? '"] {
                for tail in ["", "UNZ+0+R1'", INTERCHANGE] {
                    let window = window_of(head, filler, 128 * 1024, tail, 4_096);
                    assert!(window <= 48 * 1024, "{filler:?} behind {head}, before {tail}: {window}");
                }
            }
        }
    }

    #[test]
    fn many_mebibytes_behind_an_interchange_pass_through_a_small_window() {
        for filler in [0, b'\n'] {
            let file = INTERCHANGE.as_bytes().chain(io::repeat(filler).take(16 * 1024 * 1024)).chain(INTERCHANGE.as_bytes());
            let mut stream = Stream::new(file, &ReadOptions { limits: Limits::streaming(), ..ReadOptions::default() });
            while stream.next().unwrap().is_some() {}
            assert!(stream.buffer.len() <= 3 * PIECE, "{}", stream.buffer.len());
            assert_eq!(stream.finish().messages(), 2);
        }
    }

    #[test]
    fn a_control_character_that_the_window_has_passed_is_reported_at_its_place() {
        window_of("UNA:+.? '", "\u{1}", 2 * PIECE, "UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'", PIECE);
    }

    #[test]
    fn faulty_messages_past_the_limit_are_not_kept_and_the_file_is_rejected_as_a_whole() {
        let unb = "UNB+UNOA:2+TEAT+CUSTEST+261122:0830+R1'";
        let body: String = (1..=50).map(|n| format!("UNH+{n}+CUSCAR:D:95B:UN'BGM+85'UNT+3+{n}'")).collect();
        let file = format!("{unb}{body}UNZ+50+R1'");
        for (limit, whole) in [(49, false), (48, true)] {
            let limits = Limits { findings_per_code: 1, faulty: limit, ..Limits::streaming() };
            let mut stream = Stream::new(file.as_bytes(), &ReadOptions { limits, ..ReadOptions::default() });
            while let Some(mut message) = stream.next().unwrap() {
                message.check(|_| vec![Place::offset(0).finding(code::SERVICE_ELEMENT, (String::new(), String::new()))]);
            }
            assert_eq!(stream.faulty.len(), 1 + limit);
            let summary = stream.finish();
            assert_eq!(summary.findings().iter().any(|f| f.code == code::SIZE_FAULTY), whole);
            let prepared = crate::Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 30 };
            let options = ContrlOptions {
                sender: None,
                prepared,
                control_reference: "A1".into(),
                mode: crate::ContrlMode::Report,
                forgiven: Vec::new(),
                further: Vec::new(),
            };
            let answer = String::from_utf8(summary.contrl(&options).unwrap()).unwrap();
            let (action, messages) = if whole { ("+4+18'", 0) } else { ("+7'", 50) };
            assert!(answer.contains(action), "{answer}");
            assert_eq!(answer.matches("UCM+").count(), messages);
        }
    }
}
