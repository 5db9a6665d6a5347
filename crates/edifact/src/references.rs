//! Which control references were used already.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// References seen in one scope (file, interchange or group), each with the segment that used it first.
///
/// Nearly every sender counts upwards, so the keys are a sorted list until one comes out of order; only then is a table built.
#[derive(Debug, Default)]
pub(crate) struct References {
    keys: Vec<u128>,
    segments: Vec<u32>,
    table: Option<HashMap<u128, u32>>,
}

/// A reference of up to 15 bytes, which is more than the standard allows, as a number: exact, and ordered by length first.
/// A longer one is hashed.
fn key(reference: &[u8]) -> u128 {
    let mut bytes = [0u8; 16];
    if reference.len() < bytes.len() {
        bytes[0] = reference.len() as u8;
        bytes[16 - reference.len()..].copy_from_slice(reference);
    } else {
        for (salt, half) in bytes.chunks_exact_mut(8).enumerate() {
            let mut hasher = DefaultHasher::new();
            (salt, reference).hash(&mut hasher);
            half.copy_from_slice(&hasher.finish().to_be_bytes());
        }
        bytes[0] |= 0x80;
    }
    u128::from_be_bytes(bytes)
}

impl References {
    /// Notes that `segment` uses `reference`; the segment that did so before, if any.
    pub fn note(&mut self, reference: &[u8], segment: u32) -> Option<u32> {
        let key = key(reference);
        if let Some(table) = &mut self.table {
            let before = table.get(&key).copied();
            table.entry(key).or_insert(segment);
            return before;
        }
        if self.keys.last().is_none_or(|&last| last < key) {
            self.keys.push(key);
            self.segments.push(segment);
            return None;
        }
        match self.keys.binary_search(&key) {
            Ok(found) => Some(self.segments[found]),
            Err(_) => {
                let mut table: HashMap<u128, u32> = self.keys.drain(..).zip(self.segments.drain(..)).collect();
                table.insert(key, segment);
                self.table = Some(table);
                None
            }
        }
    }

    /// A new scope begins.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.segments.clear();
        self.table = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_first_use_is_found_in_any_order(references in proptest::collection::vec("[A-C]{0,2}|[0-9]{1,2}|X{14,18}", 0..60)) {
            let mut noted = References::default();
            for (i, reference) in references.iter().enumerate() {
                let before = references[..i].iter().position(|r| r == reference).map(|at| at as u32);
                prop_assert_eq!(noted.note(reference.as_bytes(), i as u32), before);
            }
        }
    }
}
