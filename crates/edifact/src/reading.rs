//! [`read`]: bytes to index and findings.

use crate::build::{Build, GroupIndex, InterchangeIndex, MessageIndex};
use crate::catalogue as code;
use crate::charset::Charset;
use crate::finding::{Finding, Findings, Place, Severity};
use crate::kernel::Kernel;
use crate::limits::Limits;
use crate::scan::SegmentIndex;
use crate::service::ServiceChars;
use crate::view::{Group, Interchange, Message, Segment};

/// How to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions {
    /// Reads text in this repertoire whatever UNB declares, for example [`Charset::Gb18030`] by agreement with a partner.
    pub charset: Option<Charset>,
    /// Limits on foreign input.
    pub limits: Limits,
    /// Which instructions to use; `None` takes the fastest of this machine. The result is the same with each.
    pub kernel: Option<Kernel>,
}

/// A file as read: the bytes, an index into them, and every finding.
///
/// The index owns its vectors and borrows the bytes: a bitmap of separators, and start and end of each segment. Elements are looked
/// up when they are asked for; nothing is copied out of the file until text is.
#[derive(Debug)]
pub struct Reading<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) bits: Vec<u64>,
    pub(crate) segments: Vec<SegmentIndex>,
    pub(crate) interchanges: Vec<InterchangeIndex>,
    pub(crate) groups: Vec<GroupIndex>,
    pub(crate) messages: Vec<MessageIndex>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) truncated: bool,
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
        findings.push(code::SIZE_BYTES, Place::offset(most), || too_large(bytes.len(), most));
        return Reading {
            bytes,
            bits: Vec::new(),
            segments: Vec::new(),
            interchanges: Vec::new(),
            groups: Vec::new(),
            messages: Vec::new(),
            findings: findings.finish(),
            truncated: false,
        };
    }
    let mut build = Build::new(bytes.len(), options, false);
    build.feed(bytes, true);
    let Build { bits, segments, interchanges, groups, messages, findings, truncated, .. } = build;
    Reading { bytes, bits, segments, interchanges, groups, messages, findings: findings.finish(), truncated }
}

fn too_large(size: usize, most: usize) -> (String, String) {
    (
        format!("文件有 {size} 字节，超过上限 {most} 字节，未读取。"),
        format!("The file has {size} bytes, more than the limit of {most}; it was not read."),
    )
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
        let interchange = self.interchange_of(number).filter(|&i| number < self.interchanges[i].segments.1);
        self.segment_of(number, interchange.map(|i| i as u32))
    }

    /// The segment with this number (from 0), which stands in this interchange.
    #[inline]
    pub(crate) fn segment_of(&self, number: u32, interchange: Option<u32>) -> Segment<'_> {
        let (service, charset) = match interchange {
            Some(i) => (self.interchanges[i as usize].service, self.interchanges[i as usize].charset),
            None => (ServiceChars::default(), Charset::UnoB),
        };
        Segment::new(self.bytes, &self.bits, self.segments[number as usize], number + 1, service, charset)
    }
}
