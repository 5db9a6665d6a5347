//! Stage 1 of reading: blocks of 64 bytes become bit masks that say where the special bytes stand.
//!
//! Bit `i` of a mask is byte `i` of the block. Every kernel gives the same masks; the fastest one that the machine has is chosen at
//! run time. What the bits mean for a segment is stage 2, in `scan`. This module knows neither segments nor releases.

#[cfg(target_arch = "x86_64")]
mod x86;

use serde::Serialize;

/// Bytes in a block: one bit each in a mask.
pub(crate) const BLOCK: usize = 64;
/// Blocks classified at a time: their masks stay in the first-level cache.
pub(crate) const BATCH: usize = 32;

/// Which instructions classify the bytes of a file. The result is the same with each; the choice is about speed alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub enum Kernel {
    /// Eight bytes at a time in ordinary registers: on every machine.
    Portable,
    /// 16 bytes at a time (x86-64, always there).
    Sse2,
    /// 32 bytes at a time (x86-64 since 2013).
    Avx2,
    /// 64 bytes at a time (x86-64 with AVX-512 BW).
    Avx512,
}

impl Kernel {
    /// The fastest kernel of this machine.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            x86::best()
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            Self::Portable
        }
    }

    /// Every kernel that this machine can run, slowest first.
    pub fn available() -> Vec<Self> {
        [Self::Portable, Self::Sse2, Self::Avx2, Self::Avx512].into_iter().filter(|kernel| kernel.is_available()).collect()
    }

    fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Sse2 | Self::Avx2 | Self::Avx512 => x86::is_available(self),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Sse2 | Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// The masks of `blocks`, one for each, into the front of `out`. A kernel that the machine lacks is replaced by [`Kernel::Portable`].
    pub(crate) fn classify(self, blocks: &[[u8; BLOCK]], needles: &Needles, out: &mut [Masks; BATCH]) {
        match self {
            Self::Portable => portable(blocks, needles, out),
            #[cfg(target_arch = "x86_64")]
            Self::Sse2 | Self::Avx2 | Self::Avx512 => x86::classify(self, blocks, needles, out),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Sse2 | Self::Avx2 | Self::Avx512 => portable(blocks, needles, out),
        }
    }
}

/// Which bytes are suspect, that is: not plainly allowed in the repertoire of the interchange, so that stage 2 looks closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repertoire {
    /// UNOA: small letters, `#$@` and everything from 0x5B on.
    LevelA,
    /// UNOB: the same without small letters.
    LevelB,
    /// Latin 1 and 5: 0x80 to 0x9F.
    Latin,
    /// Everything else: whatever is not ASCII.
    Ascii,
}

/// The bytes to look for. A service character that is not in use repeats the element separator, which is harmless.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needles {
    pub element: u8,
    pub component: u8,
    pub repetition: u8,
    pub release: u8,
    pub terminator: u8,
    pub repertoire: Repertoire,
}

/// Where the special bytes of a block stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// Element, component and repetition separators.
    pub separators: u64,
    /// Segment terminators.
    pub terminators: u64,
    /// Release characters.
    pub releases: u64,
    /// Bytes below 0x20 that are none of the above.
    pub controls: u64,
    /// See [`Repertoire`]; none of the above.
    pub suspects: u64,
}

impl Masks {
    /// Masks from raw comparisons: a service character is neither control nor suspect, and each byte has one role.
    #[inline]
    fn new(separators: u64, terminators: u64, releases: u64, controls: u64, suspects: u64) -> Self {
        let releases = releases & !separators;
        let service = separators | terminators | releases;
        Self { separators, terminators, releases, controls: controls & !service, suspects: suspects & !service }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = 0x7f * ONES;
const HIGH: u64 = 0x80 * ONES;

const fn splat(byte: u8) -> u64 {
    byte as u64 * ONES
}

/// 0x80 in every byte of `word` that equals the byte splatted in `wanted`, exactly: no carry passes from byte to byte.
const fn equal(word: u64, wanted: u64) -> u64 {
    let differs = word ^ wanted;
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// 0x80 in every byte below `limit`, which is at most 0x80.
const fn below(word: u64, limit: u8) -> u64 {
    !(((word & LOW) + splat(0x80 - limit)) | word) & HIGH
}

/// The 0x80 bits of eight bytes as eight bits, first byte lowest. The multiplication gathers them in the top byte.
const fn gather(flags: u64) -> u64 {
    (flags >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

const fn suspects(word: u64, repertoire: Repertoire) -> u64 {
    match repertoire {
        Repertoire::LevelA | Repertoire::LevelB => {
            let marks = equal(word, splat(b'#')) | equal(word, splat(b'$')) | equal(word, splat(b'@'));
            let odd = marks | (!below(word, b'[') & HIGH);
            match repertoire {
                Repertoire::LevelB => odd & !(below(word, b'{') & !below(word, b'a')),
                Repertoire::LevelA | Repertoire::Latin | Repertoire::Ascii => odd,
            }
        }
        Repertoire::Latin => equal(word & splat(0xe0), splat(0x80)),
        Repertoire::Ascii => word & HIGH,
    }
}

fn portable(blocks: &[[u8; BLOCK]], needles: &Needles, out: &mut [Masks; BATCH]) {
    let [element, component, repetition, release, terminator] =
        [needles.element, needles.component, needles.repetition, needles.release, needles.terminator].map(splat);
    for (block, masks) in blocks.iter().zip(out) {
        let mut raw = [0u64; 5];
        for (i, bytes) in block.as_chunks::<8>().0.iter().enumerate() {
            let word = u64::from_le_bytes(*bytes);
            let found = [
                equal(word, element) | equal(word, component) | equal(word, repetition),
                equal(word, terminator),
                equal(word, release),
                below(word, 0x20),
                suspects(word, needles.repertoire),
            ];
            for (mask, found) in raw.iter_mut().zip(found) {
                *mask |= gather(found) << (8 * i);
            }
        }
        *masks = Masks::new(raw[0], raw[1], raw[2], raw[3], raw[4]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the masks are by definition, one byte after the other.
    fn defined(block: &[u8; BLOCK], needles: &Needles) -> Masks {
        let mut masks = Masks::default();
        for (i, &b) in block.iter().enumerate() {
            let bit = 1u64 << i;
            let odd = matches!(b, b'#' | b'$' | b'@') || b >= b'[';
            let suspect = match needles.repertoire {
                Repertoire::LevelA => odd,
                Repertoire::LevelB => odd && !b.is_ascii_lowercase(),
                Repertoire::Latin => (0x80..0xa0).contains(&b),
                Repertoire::Ascii => !b.is_ascii(),
            };
            if [needles.element, needles.component, needles.repetition].contains(&b) {
                masks.separators |= bit;
            } else if b == needles.terminator {
                masks.terminators |= bit;
            } else if b == needles.release {
                masks.releases |= bit;
            } else if b < 0x20 {
                masks.controls |= bit;
            } else if suspect {
                masks.suspects |= bit;
            }
        }
        masks
    }

    fn check(bytes: &[u8], needles: &Needles) {
        for offset in 0..BLOCK {
            // Every alignment of the loads: the blocks begin anywhere in memory.
            let blocks = bytes.get(offset..).unwrap_or_default().as_chunks::<BLOCK>().0;
            for blocks in blocks.chunks(BATCH) {
                let expected: Vec<Masks> = blocks.iter().map(|block| defined(block, needles)).collect();
                for kernel in Kernel::available() {
                    let mut out = [Masks::default(); BATCH];
                    kernel.classify(blocks, needles, &mut out);
                    assert_eq!(&out[..blocks.len()], &expected[..], "{kernel:?} {needles:?} at {offset}");
                }
            }
        }
    }

    const REPERTOIRES: [Repertoire; 4] = [Repertoire::LevelA, Repertoire::LevelB, Repertoire::Latin, Repertoire::Ascii];

    fn needles() -> impl Strategy<Value = Needles> {
        let usual = Just([b'+', b':', b'+', b'?', b'\'']);
        let version4 = Just([b'+', b':', b'*', b'?', b'\'']);
        let controls = Just([0x1d, 0x1f, 0x1d, 0x1d, 0x1c]);
        (prop_oneof![usual, version4, controls, any::<[u8; 5]>()], proptest::sample::select(&REPERTOIRES[..])).prop_filter_map(
            "a terminator is not a separator",
            |([element, component, repetition, release, terminator], repertoire)| {
                let separates = [element, component, repetition, release].contains(&terminator);
                (!separates).then_some(Needles { element, component, repetition, release, terminator, repertoire })
            },
        )
    }

    #[test]
    fn every_byte_value_is_classified_alike() {
        let all: Vec<u8> = (0..=255u8).chain((0..=255u8).rev()).collect();
        for repertoire in REPERTOIRES {
            check(&all, &Needles { element: b'+', component: b':', repetition: b'*', release: b'?', terminator: b'\'', repertoire });
        }
    }

    #[test]
    fn neighbours_do_not_disturb_each_other() {
        // A carry between bytes would show where a byte follows one that matches, or lies one beside it.
        for repertoire in REPERTOIRES {
            let needles = Needles { element: 0x80, component: 0x7f, repetition: 0x01, release: 0x00, terminator: 0xff, repertoire };
            let pattern: Vec<u8> = [0x7f, 0x80, 0x81, 0x00, 0x01, 0xff, 0xfe, 0x02].repeat(40);
            check(&pattern, &needles);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

        #[test]
        fn kernels_agree_on_random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400), needles in needles()) {
            check(&bytes, &needles);
        }

        #[test]
        fn kernels_agree_on_bytes_around_the_needles(
            choice in proptest::collection::vec((0usize..5, -1i8..=1), 0..400), needles in needles()
        ) {
            let near = [needles.element, needles.component, needles.repetition, needles.release, needles.terminator];
            let bytes: Vec<u8> = choice.iter().map(|&(which, delta)| near[which].wrapping_add_signed(delta)).collect();
            check(&bytes, &needles);
        }
    }
}
