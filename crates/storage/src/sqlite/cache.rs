//! What the writer knows of objects, so that hot updates need no SELECT. Bounded: two generations, the older is dropped when the younger is full.

use std::collections::HashMap;

/// Objects of one generation. Two generations of this size take about 60 MB.
const GENERATION_MAX: usize = 200_000;

/// An object's number, version and the end of its timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Row number.
    pub no: i64,
    /// Version; 0 while only mentioned by events.
    pub version: u64,
    /// Position + 1 of its newest event; 0 when it has none.
    pub tail: u64,
    /// Number of its events.
    pub events: u64,
}

/// By kind number, then by id.
type Generation = Vec<HashMap<Box<str>, Known>>;

/// The cache.
#[derive(Debug, Default)]
pub(super) struct ObjectCache {
    young: Generation,
    old: Generation,
    young_len: usize,
}

impl ObjectCache {
    /// Forgets everything (after a rollback).
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// An object, if known. It stays in the older generation until it is written again.
    pub fn get(&self, kind: usize, id: &str) -> Option<Known> {
        let of = |generation: &Generation| generation.get(kind).and_then(|ids| ids.get(id)).copied();
        of(&self.young).or_else(|| of(&self.old))
    }

    /// Remembers an object as it is now.
    pub fn insert(&mut self, kind: usize, id: &str, known: Known) {
        if self.young.len() <= kind {
            self.young.resize_with(kind + 1, HashMap::new);
        }
        match self.young[kind].get_mut(id) {
            Some(entry) => *entry = known,
            None => {
                self.young[kind].insert(id.into(), known);
                self.young_len += 1;
            }
        }
    }

    /// Called between groups: drops the older generation when the younger is full. Never within a group, whose changes live here.
    pub fn age(&mut self) {
        if self.young_len >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
            self.young_len = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_objects_survive_the_change_of_generation() {
        let mut cache = ObjectCache::default();
        let known = Known { no: 1, version: 2, tail: 3, events: 4 };
        cache.insert(0, "used", known);
        cache.insert(0, "unused", known);
        for round in 0..2 {
            for i in 0..GENERATION_MAX {
                cache.insert(1, &format!("{round}-{i}"), known);
            }
            cache.age();
            assert_eq!(cache.get(0, "used"), Some(known));
            cache.insert(0, "used", known);
        }
        assert_eq!(cache.get(0, "unused"), None);
    }
}
