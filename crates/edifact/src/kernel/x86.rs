//! The kernels of x86-64. The only module of this crate with `unsafe`: two kinds of block, each with its proof.
//!
//! * **A call of a function compiled for instructions** that not every machine has is sound if this machine has them. [`classify`]
//!   is the only caller, and asks [`is_available`] first.
//! * **A load through a pointer** is sound if all its bytes lie in one allocation that is readable and not written meanwhile; the
//!   `loadu` forms need no alignment. Each pointer here comes from a shared reference to an array of exactly the bytes that are loaded.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, __m256i, __m512i, _mm_and_si128, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_max_epu8, _mm_min_epu8,
    _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_sub_epi8, _mm256_and_si256, _mm256_andnot_si256, _mm256_cmpeq_epi8,
    _mm256_loadu_si256, _mm256_max_epu8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_sub_epi8,
    _mm512_and_si512, _mm512_cmpeq_epi8_mask, _mm512_cmpge_epu8_mask, _mm512_cmple_epu8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512,
    _mm512_movepi8_mask, _mm512_set1_epi8, _mm512_sub_epi8,
};

use super::{BATCH, BLOCK, Kernel, Masks, Needles, Repertoire};

pub(super) fn best() -> Kernel {
    if is_available(Kernel::Avx512) {
        Kernel::Avx512
    } else if is_available(Kernel::Avx2) {
        Kernel::Avx2
    } else {
        Kernel::Sse2
    }
}

pub(super) fn is_available(kernel: Kernel) -> bool {
    match kernel {
        // SSE2 belongs to x86-64 itself.
        Kernel::Portable | Kernel::Sse2 => true,
        Kernel::Avx2 => is_x86_feature_detected!("avx2"),
        Kernel::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw"),
    }
}

/// See [`Kernel::classify`].
pub(super) fn classify(kernel: Kernel, blocks: &[[u8; BLOCK]], needles: &Needles, out: &mut [Masks; BATCH]) {
    match kernel {
        // SAFETY: `avx512` needs AVX-512 F and BW and nothing else; the guard has just seen both on this machine.
        Kernel::Avx512 if is_available(Kernel::Avx512) => unsafe { avx512(blocks, needles, out) },
        // SAFETY: `avx2` needs AVX2 and nothing else; the guard has just seen it on this machine.
        Kernel::Avx2 if is_available(Kernel::Avx2) => unsafe { avx2(blocks, needles, out) },
        // SAFETY: `sse2` needs SSE2 and nothing else, which every x86-64 machine has.
        Kernel::Sse2 => unsafe { sse2(blocks, needles, out) },
        Kernel::Avx512 | Kernel::Avx2 | Kernel::Portable => super::portable(blocks, needles, out),
    }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn avx512(blocks: &[[u8; BLOCK]], needles: &Needles, out: &mut [Masks; BATCH]) {
    let [element, component, repetition, release, terminator] =
        [needles.element, needles.component, needles.repetition, needles.release, needles.terminator]
            .map(|byte| _mm512_set1_epi8(byte.cast_signed()));
    let blank = _mm512_set1_epi8(0x20);
    for (block, masks) in blocks.iter().zip(out) {
        // SAFETY: `block` is a shared reference to 64 bytes, which is what is loaded; the load needs no alignment.
        let v: __m512i = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let separators = _mm512_cmpeq_epi8_mask(v, element) | _mm512_cmpeq_epi8_mask(v, component) | _mm512_cmpeq_epi8_mask(v, repetition);
        let odd = || {
            let mark = |byte: u8| _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(byte.cast_signed()));
            mark(b'#') | mark(b'$') | mark(b'@') | _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8(b'['.cast_signed()))
        };
        let suspects = match needles.repertoire {
            Repertoire::LevelA => odd(),
            Repertoire::LevelB => {
                let from_a = _mm512_sub_epi8(v, _mm512_set1_epi8(b'a'.cast_signed()));
                odd() & !_mm512_cmple_epu8_mask(from_a, _mm512_set1_epi8(25))
            }
            Repertoire::Latin => {
                let top = _mm512_and_si512(v, _mm512_set1_epi8(0xe0_u8.cast_signed()));
                _mm512_cmpeq_epi8_mask(top, _mm512_set1_epi8(0x80_u8.cast_signed()))
            }
            Repertoire::Ascii => _mm512_movepi8_mask(v),
        };
        *masks = Masks::new(
            separators,
            _mm512_cmpeq_epi8_mask(v, terminator),
            _mm512_cmpeq_epi8_mask(v, release),
            _mm512_cmplt_epu8_mask(v, blank),
            suspects,
        );
    }
}

#[target_feature(enable = "avx2")]
fn avx2(blocks: &[[u8; BLOCK]], needles: &Needles, out: &mut [Masks; BATCH]) {
    let [element, component, repetition, release, terminator] =
        [needles.element, needles.component, needles.repetition, needles.release, needles.terminator]
            .map(|byte| _mm256_set1_epi8(byte.cast_signed()));
    for (block, masks) in blocks.iter().zip(out) {
        let mut raw = [0u64; 5];
        for (i, half) in block.as_chunks::<32>().0.iter().enumerate() {
            // SAFETY: `half` is a shared reference to 32 bytes, which is what is loaded; the load needs no alignment.
            let v: __m256i = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
            let equal = |byte| _mm256_cmpeq_epi8(v, byte);
            let separators = _mm256_or_si256(_mm256_or_si256(equal(element), equal(component)), equal(repetition));
            let controls = equal(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)));
            let odd = || {
                let mark = |byte: u8| equal(_mm256_set1_epi8(byte.cast_signed()));
                let high = equal(_mm256_max_epu8(v, _mm256_set1_epi8(b'['.cast_signed())));
                _mm256_or_si256(_mm256_or_si256(mark(b'#'), mark(b'$')), _mm256_or_si256(mark(b'@'), high))
            };
            let suspects = match needles.repertoire {
                Repertoire::LevelA => odd(),
                Repertoire::LevelB => {
                    let from_a = _mm256_sub_epi8(v, _mm256_set1_epi8(b'a'.cast_signed()));
                    let small = _mm256_cmpeq_epi8(_mm256_min_epu8(from_a, _mm256_set1_epi8(25)), from_a);
                    _mm256_andnot_si256(small, odd())
                }
                Repertoire::Latin => {
                    let top = _mm256_and_si256(v, _mm256_set1_epi8(0xe0_u8.cast_signed()));
                    _mm256_cmpeq_epi8(top, _mm256_set1_epi8(0x80_u8.cast_signed()))
                }
                Repertoire::Ascii => v,
            };
            let found = [separators, equal(terminator), equal(release), controls, suspects];
            for (mask, found) in raw.iter_mut().zip(found) {
                *mask |= u64::from(_mm256_movemask_epi8(found).cast_unsigned()) << (32 * i);
            }
        }
        *masks = Masks::new(raw[0], raw[1], raw[2], raw[3], raw[4]);
    }
}

#[target_feature(enable = "sse2")]
fn sse2(blocks: &[[u8; BLOCK]], needles: &Needles, out: &mut [Masks; BATCH]) {
    let [element, component, repetition, release, terminator] =
        [needles.element, needles.component, needles.repetition, needles.release, needles.terminator]
            .map(|byte| _mm_set1_epi8(byte.cast_signed()));
    for (block, masks) in blocks.iter().zip(out) {
        let mut raw = [0u64; 5];
        for (i, quarter) in block.as_chunks::<16>().0.iter().enumerate() {
            // SAFETY: `quarter` is a shared reference to 16 bytes, which is what is loaded; the load needs no alignment.
            let v: __m128i = unsafe { _mm_loadu_si128(quarter.as_ptr().cast()) };
            let equal = |byte| _mm_cmpeq_epi8(v, byte);
            let separators = _mm_or_si128(_mm_or_si128(equal(element), equal(component)), equal(repetition));
            let controls = equal(_mm_min_epu8(v, _mm_set1_epi8(0x1f)));
            let odd = || {
                let mark = |byte: u8| equal(_mm_set1_epi8(byte.cast_signed()));
                let high = equal(_mm_max_epu8(v, _mm_set1_epi8(b'['.cast_signed())));
                _mm_or_si128(_mm_or_si128(mark(b'#'), mark(b'$')), _mm_or_si128(mark(b'@'), high))
            };
            let suspects = match needles.repertoire {
                Repertoire::LevelA => odd(),
                Repertoire::LevelB => {
                    let from_a = _mm_sub_epi8(v, _mm_set1_epi8(b'a'.cast_signed()));
                    let small = _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8(25)), from_a);
                    _mm_andnot_si128(small, odd())
                }
                Repertoire::Latin => {
                    let top = _mm_and_si128(v, _mm_set1_epi8(0xe0_u8.cast_signed()));
                    _mm_cmpeq_epi8(top, _mm_set1_epi8(0x80_u8.cast_signed()))
                }
                Repertoire::Ascii => v,
            };
            let found = [separators, equal(terminator), equal(release), controls, suspects];
            for (mask, found) in raw.iter_mut().zip(found) {
                *mask |= u64::from(_mm_movemask_epi8(found).cast_unsigned() & 0xffff) << (16 * i);
            }
        }
        *masks = Masks::new(raw[0], raw[1], raw[2], raw[3], raw[4]);
    }
}
