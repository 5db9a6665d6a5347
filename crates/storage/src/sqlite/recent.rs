//! Events read lately, as read. An event never changes and its position is never used again, so nothing kept here can be out of date; what proves
//! the ledger (leaves, verification) never looks here. Bounded: two generations, the older is dropped when the younger is full.

use std::collections::HashMap;
use std::sync::Arc;

use ledger::StoredEvent;
use parking_lot::RwLock;

/// Bytes of encoded events in one generation. Read, they take about three times as much.
const GENERATION_BYTES_MAX: usize = 12 << 20;
/// Larger events, such as those of a manifest with its bills, are read anew.
const EVENT_BYTES_MAX: usize = 16 << 10;

/// An event with the chain of its objects.
#[derive(Debug)]
pub(super) struct Recent {
    pub event: Arc<StoredEvent>,
    pub chain: Box<[u8]>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<u64, Arc<Recent>>,
    old: HashMap<u64, Arc<Recent>>,
    young_bytes: usize,
}

impl Generations {
    fn insert(&mut self, recent: Arc<Recent>) {
        let bytes = recent.bytes;
        if self.young.insert(recent.event.position, recent).is_none() {
            self.young_bytes += bytes;
        }
        if self.young_bytes >= GENERATION_BYTES_MAX {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
    }
}

/// What was read lately.
#[derive(Debug, Default)]
pub(super) struct RecentEvents(RwLock<Generations>);

impl RecentEvents {
    /// An event read lately.
    pub fn get(&self, position: u64) -> Option<Arc<Recent>> {
        let known = self.0.read();
        if let Some(recent) = known.young.get(&position) {
            return Some(Arc::clone(recent));
        }
        let recent = known.old.get(&position).map(Arc::clone)?;
        drop(known);
        self.0.write().insert(Arc::clone(&recent));
        Some(recent)
    }

    /// Remembers an event.
    pub fn put(&self, event: Arc<StoredEvent>, chain: &[u8], bytes: usize) {
        if bytes <= EVENT_BYTES_MAX {
            self.0.write().insert(Arc::new(Recent { event, chain: chain.into(), bytes }));
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger::{Actor, Cause, Event, RawValue, Timestamp};

    use super::*;

    fn stored(position: u64) -> Arc<StoredEvent> {
        let event = Event {
            id: uuid::Uuid::from_u128(u128::from(position)),
            kind: "container.moved".into(),
            occurred_at: Timestamp::from_millis(0),
            recorded_at: Timestamp::from_millis(0),
            actor: Actor::Platform,
            cause: Cause::Command { name: "test".into(), request: String::new() },
            objects: Vec::new(),
            payload: RawValue::NULL.to_owned(),
        };
        Arc::new(StoredEvent { position, event })
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let recent = RecentEvents::default();
        recent.put(stored(0), &[1, 2], 10);
        recent.put(stored(1), &[], EVENT_BYTES_MAX);
        recent.put(stored(2), &[], EVENT_BYTES_MAX + 1);
        assert!(recent.get(1).is_some() && recent.get(2).is_none(), "one byte past the limit is read anew");
        for position in 3..3 + 2 * (GENERATION_BYTES_MAX / EVENT_BYTES_MAX) as u64 {
            recent.put(stored(position), &[], EVENT_BYTES_MAX);
            assert_eq!(&*recent.get(0).expect("it is used all the time").chain, &[1, 2]);
        }
        assert!(recent.get(1).is_none(), "two generations ago");
        let known = recent.0.read();
        let kept = known.young.values().chain(known.old.values()).map(|recent| recent.bytes).sum::<usize>();
        assert!(kept <= 2 * GENERATION_BYTES_MAX + EVENT_BYTES_MAX, "{kept}");
    }
}
