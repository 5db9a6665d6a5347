//! Named limits. Every loop over foreign bytes ends at one of them.

/// Largest file that is indexed, in bytes (128 MiB). Offsets are `u32`, so this may never pass 4 GiB.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;
/// Most segments indexed in one file, service segments included.
pub const MAX_SEGMENTS: usize = 4_000_000;
/// Most messages (UNH) accepted in one file.
pub const MAX_MESSAGES: usize = 200_000;
/// Most separators (elements, components, repetitions) accepted in one segment.
pub const MAX_SEPARATORS_PER_SEGMENT: usize = 1_000;
/// Most interchanges, and most functional groups, accepted in one file: an answer holds one message for each.
pub const MAX_INTERCHANGES: usize = 100_000;
/// Longest segment in bytes (1 MiB). A longer one has lost its terminator, and what follows cannot be trusted.
pub const MAX_SEGMENT_BYTES: usize = 1024 * 1024;
/// Longest message that a [`crate::Stream`] holds in memory, in bytes (64 MiB). A longer one gets its envelope checked and no more.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;
/// Most findings of one code in one file; the rest is counted in `EDI-FINDINGS-MORE`. The first error of a message or interchange
/// is listed all the same, so that nothing faulty passes for good.
pub const MAX_FINDINGS_PER_CODE: usize = 100;
/// Deepest nesting of groups in a segment table.
pub const MAX_GROUP_DEPTH: usize = 8;
/// Characters of a value that a finding quotes.
pub const SHOWN_VALUE_CHARS: usize = 40;
/// Most messages and interchanges whose first error is listed past that; with more the whole file is called faulty.
pub const MAX_FAULTY: usize = 10_000;
/// How far into a file the first `UNA`/`UNB`/`UNH` is searched when something else stands before it, in bytes.
pub const MAX_LEADING_BYTES: usize = 4_096;

/// The limits of one reading; [`Limits::default`] is the set of constants above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file in bytes, see [`MAX_BYTES`].
    pub bytes: usize,
    /// Most segments in a file, see [`MAX_SEGMENTS`].
    pub segments: usize,
    /// Most messages in a file, see [`MAX_MESSAGES`].
    pub messages: usize,
    /// Most separators in a segment, see [`MAX_SEPARATORS_PER_SEGMENT`].
    pub separators_per_segment: usize,
    /// Most interchanges and groups in a file, see [`MAX_INTERCHANGES`].
    pub interchanges: usize,
    /// Longest segment in bytes, see [`MAX_SEGMENT_BYTES`].
    pub segment_bytes: usize,
    /// Longest message that a stream holds in bytes, see [`MAX_MESSAGE_BYTES`].
    pub message_bytes: usize,
    /// Most findings of one code, see [`MAX_FINDINGS_PER_CODE`].
    pub findings_per_code: usize,
    /// Most messages and interchanges with a first error past that, see [`MAX_FAULTY`].
    pub faulty: usize,
}

impl Limits {
    /// The limits of a stream: memory is bounded by the longest message instead of the file, which may have up to 1 TiB, four
    /// thousand million segments and four million messages.
    pub fn streaming() -> Self {
        Self { bytes: 1 << 40, segments: u32::MAX as usize - 1, messages: 4_000_000, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: MAX_BYTES,
            segments: MAX_SEGMENTS,
            messages: MAX_MESSAGES,
            separators_per_segment: MAX_SEPARATORS_PER_SEGMENT,
            interchanges: MAX_INTERCHANGES,
            segment_bytes: MAX_SEGMENT_BYTES,
            message_bytes: MAX_MESSAGE_BYTES,
            findings_per_code: MAX_FINDINGS_PER_CODE,
            faulty: MAX_FAULTY,
        }
    }
}
