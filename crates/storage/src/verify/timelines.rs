//! The timelines of objects as the events themselves give them: newest event, number, and where a long one can be entered.

use std::collections::HashMap;

use ledger::ObjectRef;
use sha2::{Digest as _, Sha256};
use store::{Former, KeptObject};

use crate::limits::MARK_EVERY;

/// A timeline so far.
#[derive(Clone, Copy, Default)]
struct Line {
    last: u64,
    events: u64,
    /// Sum of the mixed positions of the entrances.
    marks: u64,
    seen: bool,
}

/// Timelines of a part of the objects. With more than `at_once` objects the parts are halved, and the others wait for another walk.
pub(super) struct Timelines {
    at_once: usize,
    /// A power of two.
    parts: u64,
    part: u64,
    lines: HashMap<[u8; 16], Line>,
}

/// Spreads a position over all bits, so that sums of different positions differ.
fn mixed(position: u64) -> u64 {
    let mut value = position.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// An object by the first half of its hash, so that following it costs the same however long its name is.
fn key(object: &ObjectRef) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(object.kind.as_bytes());
    hasher.update([0]);
    hasher.update(object.id.as_bytes());
    let digest = hasher.finalize();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    key
}

impl Timelines {
    pub fn new(at_once: usize) -> Self {
        Self { at_once, parts: 1, part: 0, lines: HashMap::new() }
    }

    fn mine(&self, key: &[u8; 16]) -> bool {
        u64::from_le_bytes([key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7]]) & (self.parts - 1) == self.part
    }

    /// Takes the next event of an object; gives the one before. `None` when the object waits for another walk.
    pub fn note(&mut self, object: &ObjectRef, position: u64) -> Option<Former> {
        let key = key(object);
        if !self.mine(&key) {
            return None;
        }
        let line = self.lines.entry(key).or_default();
        let former = if line.events == 0 { Former::First } else { Former::At(line.last) };
        line.last = position;
        line.events += 1;
        if line.events.is_multiple_of(MARK_EVERY) {
            line.marks = line.marks.wrapping_add(mixed(position));
        }
        // Only the first walk meets objects for the first time.
        while self.part == 0 && self.lines.len() > self.at_once {
            self.parts *= 2;
            let lines = std::mem::take(&mut self.lines);
            self.lines = lines.into_iter().filter(|(key, _)| self.mine(key)).collect();
        }
        Some(former)
    }

    /// Is the end of a timeline as kept the one of the events that passed, up to `newest`?
    pub fn fits(&mut self, kept: &KeptObject, newest: u64) -> bool {
        let key = key(&kept.object);
        if !self.mine(&key) {
            return true;
        }
        let mut line = Line::default();
        if let Some(found) = self.lines.get_mut(&key) {
            found.seen = true;
            line = *found;
        }
        let Some(tail) = &kept.tail else { return true };
        // What a serving process has appended meanwhile is left for the next verification.
        if tail.events > 0 && tail.last >= newest && tail.last < kept.size {
            return true;
        }
        let marks = tail.marks.iter().fold(0u64, |sum, position| sum.wrapping_add(mixed(*position)));
        tail.events == line.events
            && (line.events == 0 || tail.last == line.last)
            && (tail.marks.len() as u64, marks) == (line.events / MARK_EVERY, line.marks)
    }

    /// The newest events of objects that were not met among those kept.
    pub fn unseen(&self) -> Vec<u64> {
        let mut found: Vec<u64> = self.lines.values().filter(|line| !line.seen).map(|line| line.last).collect();
        found.sort_unstable();
        found.dedup();
        found.truncate(super::FAULTS_MAX);
        found
    }

    /// Goes to the next part; `false` when all were walked.
    pub fn next_part(&mut self) -> bool {
        self.part += 1;
        self.lines.clear();
        self.part < self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(n: u64) -> ObjectRef {
        ObjectRef::new("container", format!("C{n}"))
    }

    /// With room for few objects, several walks over the same events still tell every former event, and hold no more than fits.
    #[test]
    fn many_objects_are_followed_in_several_walks() {
        let events: Vec<(u64, u64)> = (0..4_000).map(|position| (position, position * 7 % 500)).collect();
        let mut lines = Timelines::new(40);
        let (mut told, mut walks) = (0, 0);
        loop {
            let mut last: HashMap<u64, u64> = HashMap::new();
            for (position, n) in &events {
                let former = last.insert(*n, *position).map_or(Former::First, Former::At);
                // While the first walk halves its part, an object that is told once may wait for another walk.
                if let Some(found) = lines.note(&object(*n), *position) {
                    assert_eq!(found, former);
                    told += 1;
                }
                assert!(lines.lines.len() <= 40 || walks > 0);
            }
            walks += 1;
            if !lines.next_part() {
                break;
            }
        }
        assert!(walks > 4, "{walks}");
        assert!(told >= events.len(), "{told}");
    }
}
