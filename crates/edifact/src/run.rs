//! A run: a part of a file with one set of service characters, and how masks are settled in it: releases, pairs of bytes.

use crate::charset::Charset;
use crate::kernel::{BATCH, BLOCK, Masks, Needles};
use crate::service::ServiceChars;

/// A run being scanned. Offsets are those of the window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    pub service: ServiceChars,
    pub charset: Charset,
    pub needles: Needles,
    /// The UNB that the service characters were made for.
    pub unb: Option<usize>,
    /// Where the segment being read begins, blanks included.
    pub start: usize,
    /// The block to classify next, a multiple of [`BLOCK`].
    pub base: usize,
    /// The first byte of the run in that block.
    floor: usize,
    /// 1 if the last byte of the previous block was a release character in force.
    release_carry: u64,
    /// 1 if the last byte of the previous block was the first of a GB 18030 pair.
    pair_carry: u64,
    /// Whether the second byte of a GB 18030 pair may look like a service character.
    pairs: bool,
}

/// Room for one batch of blocks, used again and again.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub masks: Box<[Masks; BATCH]>,
    /// Offsets of terminators; a few more than there can be, because they are written four at a time.
    pub ends: Vec<u32>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { masks: Box::new([Masks::default(); BATCH]), ends: vec![0; BATCH * BLOCK + 8] }
    }
}

/// Writes the offsets of the bits of a mask behind the first `count` entries of `ends`, and says how many entries there are then.
#[inline]
pub(crate) fn flatten(mut mask: u64, base: u32, ends: &mut [u32], count: usize) -> usize {
    let found = mask.count_ones() as usize;
    // Four at a time whether there are as many or not: most blocks have two or three, and a loop over each would be mispredicted.
    let mut at = count;
    while mask != 0 {
        let Some(chunk) = ends.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<4>()) else { break };
        for end in chunk {
            *end = base + mask.trailing_zeros();
            mask &= mask.wrapping_sub(1);
        }
        at += 4;
    }
    count + found
}

/// Bits of the bytes that a release character makes plain text. `carry` goes from block to block.
#[inline]
fn released(releases: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    if releases == 0 {
        return std::mem::take(carry);
    }
    // A release that is itself released releases nothing: in each run of them, every second one counts. The addition carries
    // through a run that begins at an odd place and so turns its parity around.
    let effective = releases & !*carry;
    let follows = (effective << 1) | *carry;
    let odd_starts = effective & !EVEN & !follows;
    let (sum, overflow) = odd_starts.overflowing_add(effective);
    *carry = u64::from(overflow);
    (EVEN ^ (sum << 1)) & follows
}

/// Bits of the second bytes of GB 18030 pairs. Four-byte characters are two pairs whose second bytes are digits.
fn second_bytes(block: &[u8; BLOCK], floor: usize, carry: &mut u64) -> u64 {
    let (mut bits, mut second) = (0u64, *carry == 1);
    for (i, &byte) in block.iter().enumerate().skip(floor) {
        if second {
            bits |= 1 << i;
        }
        second = !second && (0x81..=0xfe).contains(&byte);
    }
    *carry = u64::from(second);
    bits
}

impl Run {
    pub fn new(service: ServiceChars, charset: Charset, from: usize, unb: Option<usize>) -> Self {
        let needles = Needles {
            element: service.element,
            component: service.component,
            repetition: service.repetition.unwrap_or(service.element),
            release: service.release.unwrap_or(service.element),
            terminator: service.terminator,
            repertoire: charset.repertoire(),
        };
        let inside = |c: u8| (0x40..=0x7e).contains(&c) || c.is_ascii_digit();
        let chars = [needles.element, needles.component, needles.repetition, needles.release, needles.terminator];
        let pairs = charset == Charset::Gb18030 && chars.iter().any(|&c| inside(c));
        let base = from & !(BLOCK - 1);
        Self { service, charset, needles, unb, start: from, base, floor: from, release_carry: 0, pair_carry: 0, pairs }
    }

    /// Goes on at `from`, with nothing pending.
    pub fn resume(&mut self, from: usize) {
        self.start = from;
        self.floor = from;
        self.base = from & !(BLOCK - 1);
        self.release_carry = 0;
        self.pair_carry = 0;
    }

    /// Takes `by` bytes off the front of the window; a multiple of [`BLOCK`].
    pub fn shift(&mut self, by: usize) {
        self.unb = self.unb.and_then(|unb| unb.checked_sub(by));
        self.start -= by;
        self.base -= by;
        self.floor = self.floor.saturating_sub(by);
    }

    /// Applies what goes from block to block: the floor of the run, pairs of bytes, releases.
    #[inline]
    pub fn settle(&mut self, block: &[u8; BLOCK], masks: &mut Masks) -> u64 {
        let mut keep = !0u64;
        if self.floor > self.base {
            keep <<= self.floor - self.base;
        }
        let mut plain = !keep;
        if self.pairs {
            plain |= second_bytes(block, self.floor.saturating_sub(self.base), &mut self.pair_carry);
        }
        masks.releases &= !plain;
        if masks.releases | self.release_carry != 0 {
            plain |= released(masks.releases, &mut self.release_carry);
        }
        masks.separators &= !plain;
        masks.terminators &= !plain;
        masks.controls &= !plain;
        masks.suspects &= keep;
        keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn releases_by_masks_are_releases_one_by_one(marks in proptest::collection::vec(prop_oneof![Just(true), any::<bool>()], 256)) {
            let (mut carry, mut next) = (0, false);
            for block in marks.chunks(64) {
                let releases = block.iter().enumerate().fold(0u64, |bits, (i, &mark)| bits | (u64::from(mark) << i));
                let found = released(releases, &mut carry);
                for (i, &mark) in block.iter().enumerate() {
                    prop_assert_eq!(found >> i & 1 == 1, next);
                    next = mark && !next;
                }
                prop_assert_eq!(carry == 1, next);
            }
        }
    }
}
