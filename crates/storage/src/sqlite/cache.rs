//! What the writer knows of objects, so that hot updates need no SELECT. Bounded: two generations, the older is dropped when the younger is full.

use std::collections::HashMap;

/// Objects of one generation. Two generations of this size take about 60 MB.
const GENERATION_MAX: usize = 200_000;

/// An object's number, version and the end of its timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// An object, if known.
    pub fn get(&mut self, kind: usize, id: &str) -> Option<&mut Known> {
        if self.young.len() <= kind {
            self.young.resize_with(kind + 1, HashMap::new);
        }
        if !self.young[kind].contains_key(id) {
            let (key, known) = self.old.get_mut(kind)?.remove_entry(id)?;
            self.young[kind].insert(key, known);
            self.young_len += 1;
        }
        self.young[kind].get_mut(id)
    }

    /// Remembers an object.
    pub fn insert(&mut self, kind: usize, id: &str, known: Known) {
        if self.young.len() <= kind {
            self.young.resize_with(kind + 1, HashMap::new);
        }
        if self.young[kind].insert(id.into(), known).is_none() {
            self.young_len += 1;
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
            assert_eq!(cache.get(0, "used").copied(), Some(known));
        }
        assert_eq!(cache.get(0, "unused"), None);
    }
}
