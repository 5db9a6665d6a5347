//! Cutting a file into records and records into fields. Knows marks and positions, and nothing of what a field means.

use std::borrow::Cow;

use super::description::{Field, Layout};

/// Bytes of a record; a longer one lacks its terminator.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;
/// Records read of one file.
pub const FLAT_RECORDS_MAX: u64 = 1_000_000;

/// Bytes between records that say nothing: line ends, and the end mark that old systems write.
const fn blank(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0x1a | 0)
}

/// Where the first record begins.
pub(super) fn start(bytes: &[u8]) -> usize {
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    mark + bytes[mark..].iter().take_while(|byte| blank(**byte)).count()
}

/// One record.
pub(super) struct RawRecord<'b> {
    /// Number in the file, from 1.
    pub number: u64,
    /// Where its first byte stands.
    pub offset: usize,
    /// Its bytes, without the terminator.
    pub bytes: &'b [u8],
    /// It has a terminator, or needs none.
    pub ended: bool,
}

/// The records of a file.
pub(super) struct Records<'b, 'l> {
    layout: &'l Layout,
    bytes: &'b [u8],
    at: usize,
    number: u64,
}

/// A mark as the byte it is; descriptions have ASCII alone.
fn byte(mark: char) -> u8 {
    u8::try_from(mark).unwrap_or(b'\n')
}

impl<'b, 'l> Records<'b, 'l> {
    pub fn new(layout: &'l Layout, bytes: &'b [u8]) -> Self {
        Self { layout, bytes, at: start(bytes), number: 0 }
    }
}

impl<'b> Iterator for Records<'b, '_> {
    type Item = RawRecord<'b>;

    fn next(&mut self) -> Option<RawRecord<'b>> {
        let rest = &self.bytes[self.at..];
        // Between lines blanks may belong to a record; before a delimited one they never do.
        let skipped = match self.layout {
            Layout::Delimited { .. } => rest.iter().take_while(|byte| blank(**byte)).count(),
            Layout::Fixed { .. } => {
                let mut skipped = 0;
                while let Some(end) = rest[skipped..].iter().position(|byte| *byte == b'\n') {
                    if !rest[skipped..skipped + end].iter().all(|byte| blank(*byte)) {
                        break;
                    }
                    skipped += end + 1;
                }
                if rest[skipped..].iter().all(|byte| blank(*byte)) { rest.len() } else { skipped }
            }
        };
        let offset = self.at + skipped;
        let rest = &self.bytes[offset..];
        if rest.is_empty() {
            return None;
        }
        let end = match self.layout {
            Layout::Delimited { record_end, release, .. } => unreleased(rest, byte(*record_end), release.map(byte)),
            Layout::Fixed { .. } => rest.iter().position(|byte| *byte == b'\n'),
        };
        let length = end.unwrap_or(rest.len());
        self.at = offset + length + usize::from(end.is_some());
        self.number += 1;
        let mut bytes = &rest[..length];
        let ended = end.is_some() || matches!(self.layout, Layout::Fixed { .. });
        if let Layout::Fixed { .. } = self.layout {
            let keep = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | 0x1a)).map_or(0, |last| last + 1);
            bytes = &bytes[..keep];
        }
        Some(RawRecord { number: self.number, offset, bytes, ended })
    }
}

/// The first place of a mark that no release takes away.
fn unreleased(bytes: &[u8], mark: u8, release: Option<u8>) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        if Some(bytes[at]) == release {
            at += 2;
            continue;
        }
        if bytes[at] == mark {
            return Some(at);
        }
        at += 1;
    }
    None
}

impl<'b> RawRecord<'b> {
    /// The record's id.
    pub fn id(&self, layout: &Layout) -> &'b [u8] {
        match layout {
            Layout::Delimited { separator, release, .. } => {
                let end = unreleased(self.bytes, byte(*separator), release.map(byte)).unwrap_or(self.bytes.len());
                &self.bytes[..end]
            }
            Layout::Fixed { id_to } => &self.bytes[..self.bytes.len().min(*id_to)],
        }
    }

    /// The fields of a delimited record, each with where it begins; of a fixed-width one nothing.
    pub fn split(&self, layout: &Layout) -> Vec<(usize, &'b [u8])> {
        let Layout::Delimited { separator, release, .. } = layout else { return Vec::new() };
        let mut fields = Vec::new();
        let mut from = 0;
        while let Some(length) = unreleased(&self.bytes[from..], byte(*separator), release.map(byte)) {
            fields.push((self.offset + from, &self.bytes[from..from + length]));
            from += length + 1;
        }
        fields.push((self.offset + from, &self.bytes[from..]));
        fields
    }

    /// The bytes of a field with where they begin; empty when the record ends before it.
    pub fn field(&self, layout: &Layout, split: &[(usize, &'b [u8])], field: &Field) -> (usize, Cow<'b, [u8]>) {
        let end = self.offset + self.bytes.len();
        match layout {
            Layout::Delimited { release, .. } => {
                let (at, raw) = field.at.and_then(|at| split.get(at)).copied().unwrap_or((end, &[]));
                (at, without_release(raw, release.map(byte)))
            }
            Layout::Fixed { .. } => {
                let from = field.from.unwrap_or(1).saturating_sub(1).min(self.bytes.len());
                let to = field.to.unwrap_or(0).clamp(from, self.bytes.len());
                (self.offset + from, Cow::Borrowed(&self.bytes[from..to]))
            }
        }
    }
}

fn without_release(raw: &[u8], release: Option<u8>) -> Cow<'_, [u8]> {
    let Some(release) = release.filter(|release| raw.contains(release)) else { return Cow::Borrowed(raw) };
    let mut plain = Vec::with_capacity(raw.len());
    let mut taken = false;
    for byte in raw {
        if *byte == release && !taken {
            taken = true;
        } else {
            plain.push(*byte);
            taken = false;
        }
    }
    Cow::Owned(plain)
}
