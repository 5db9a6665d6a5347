//! Named limits. Every loop over foreign bytes ends at one of them.

/// Largest file that is indexed, in bytes (128 MiB). Offsets are `u32`, so this may never pass 4 GiB.
pub const MAX_BYTES: usize = 128 * 1024 * 1024;
/// Most segments indexed in one file, service segments included.
pub const MAX_SEGMENTS: usize = 4_000_000;
/// Most messages (UNH) accepted in one file.
pub const MAX_MESSAGES: usize = 200_000;
/// Most separators (elements, components, repetitions) accepted in one segment.
pub const MAX_SEPARATORS_PER_SEGMENT: usize = 1_000;
/// Most findings of one code in one file; the rest is counted in `EDI-FINDINGS-MORE`.
pub const MAX_FINDINGS_PER_CODE: usize = 100;
/// Deepest nesting of groups in a segment table.
pub const MAX_GROUP_DEPTH: usize = 8;
/// Characters of a value that a finding quotes.
pub const SHOWN_VALUE_CHARS: usize = 40;
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
    /// Most findings of one code, see [`MAX_FINDINGS_PER_CODE`].
    pub findings_per_code: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: MAX_BYTES,
            segments: MAX_SEGMENTS,
            messages: MAX_MESSAGES,
            separators_per_segment: MAX_SEPARATORS_PER_SEGMENT,
            findings_per_code: MAX_FINDINGS_PER_CODE,
        }
    }
}
