//! States of objects as they were last decoded. A page reads the same objects again and again, and most of them have not changed; taking a JSON
//! apart costs more than comparing it.

use std::any::Any;
use std::sync::Arc;

use ledger::ObjectRef;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;
use store::ObjectRecord;

use crate::AppError;
use crate::unit::read_state;

/// Bytes of stored states kept at hand. Decoded, they take about twice as much beside it.
const BYTES_MAX: u64 = 32 * 1_024 * 1_024;
/// Bytes that an average state is expected to have.
const BYTES_USUAL: u64 = 1_024;

/// A stored state and what it says.
#[derive(Clone)]
struct Decoded {
    stored: Arc<[u8]>,
    state: Arc<dyn Any + Send + Sync>,
}

#[derive(Clone)]
struct ByLength;

impl Weighter<ObjectRef, Decoded> for ByLength {
    fn weight(&self, _: &ObjectRef, decoded: &Decoded) -> u64 {
        decoded.stored.len() as u64 + 64
    }
}

/// Decoded states of the objects read last. What is kept is used only for a state that is stored byte for byte like it, so that it can be
/// neither stale nor another process's.
pub(crate) struct States(Cache<ObjectRef, Decoded, ByLength>);

impl Default for States {
    fn default() -> Self {
        Self(Cache::with_weighter(usize::try_from(BYTES_MAX / BYTES_USUAL).unwrap_or(usize::MAX), BYTES_MAX, ByLength))
    }
}

impl States {
    /// The state of a record.
    pub fn read<A: DeserializeOwned + Clone + Send + Sync + 'static>(&self, record: &ObjectRecord) -> Result<A, AppError> {
        if let Some(kept) = self.0.get(&record.object)
            && *kept.stored == *record.state
            && let Some(state) = kept.state.downcast_ref::<A>()
        {
            return Ok(state.clone());
        }
        let state: A = read_state(record)?;
        self.0.insert(record.object.clone(), Decoded { stored: record.state.as_slice().into(), state: Arc::new(state.clone()) });
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde::{Deserialize, Deserializer};

    use super::*;

    thread_local!(static DECODED: Cell<u32> = const { Cell::new(0) });

    #[derive(Clone, Debug, PartialEq)]
    struct Place(String);

    impl<'de> Deserialize<'de> for Place {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            DECODED.set(DECODED.get() + 1);
            String::deserialize(deserializer).map(Self)
        }
    }

    fn record(place: &str, version: u64) -> ObjectRecord {
        ObjectRecord { object: ObjectRef::new("container", "B1"), version, state: format!("\"{place}\"").into_bytes() }
    }

    #[test]
    fn a_state_that_has_not_changed_is_decoded_once() {
        let states = States::default();
        for _ in 0..3 {
            assert_eq!(states.read::<Place>(&record("yard", 1)).unwrap(), Place("yard".into()));
        }
        assert_eq!(DECODED.get(), 1);
        assert_eq!(states.read::<Place>(&record("gate", 2)).unwrap(), Place("gate".into()));
        assert_eq!(states.read::<Place>(&record("gate", 2)).unwrap(), Place("gate".into()));
        assert_eq!(DECODED.get(), 2);
    }

    #[test]
    fn what_is_stored_counts_and_not_its_version() {
        let states = States::default();
        assert_eq!(states.read::<Place>(&record("yard", 1)).unwrap(), Place("yard".into()));
        assert_eq!(states.read::<Place>(&record("gate", 1)).unwrap(), Place("gate".into()));
        assert_eq!(states.read::<String>(&record("gate", 1)).unwrap(), "gate");
        assert!(states.read::<u32>(&record("gate", 1)).is_err());
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let states = States::default();
        let long = "x".repeat(1_000_000);
        for id in 0..100 {
            let record = ObjectRecord { object: ObjectRef::new("container", format!("B{id}")), ..record(&long, 1) };
            states.read::<Place>(&record).unwrap();
        }
        assert!(states.0.weight() <= BYTES_MAX);
    }
}
