//! Replay (重放): folding the ledger gives the very states that are stored.

use std::collections::HashMap;

use ledger::{Aggregate, DomainEvent, ObjectRef, ReplayError, StoredEvent};
use store::{LedgerReader, StoreError};

use crate::happened::with_kind;

/// Events or objects read at a time.
const CHUNK: u32 = 2_000;

/// An object whose stored state is not the fold of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which object.
    pub object: ObjectRef,
    /// What differs, for people.
    pub what: String,
}

/// States rebuilt from events alone.
#[derive(Default)]
pub struct Replay {
    states: HashMap<ObjectRef, (u64, serde_json::Value)>,
    broken: Vec<Difference>,
}

impl Replay {
    /// Applies the next event of the ledger.
    pub fn apply(&mut self, stored: &StoredEvent) {
        let Ok(subject) = stored.event.subject() else { return };
        let before = self.states.remove(subject);
        let count = before.as_ref().map_or(0, |(count, _)| *count);
        match fold(subject, before.map(|(_, state)| state), stored) {
            Ok(state) => {
                self.states.insert(subject.clone(), (count + 1, state));
            }
            Err(error) => self.broken.push(Difference { object: subject.clone(), what: format!("event {}: {error}", stored.position) }),
        }
    }

    /// Compares with what is stored; every object on either side.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn compare(mut self, reader: &dyn LedgerReader, port: &str) -> Result<Vec<Difference>, StoreError> {
        let mut found = std::mem::take(&mut self.broken);
        let mut after: Option<ObjectRef> = None;
        loop {
            let page = reader.objects_after(port, after.as_ref(), CHUNK).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.object.clone());
            for record in page {
                let stored: Result<serde_json::Value, _> = serde_json::from_slice(&record.state);
                match (self.states.remove(&record.object), stored) {
                    (Some((_, replayed)), Ok(stored)) if replayed == stored => {}
                    (Some(_), Ok(_)) => {
                        found.push(Difference { object: record.object, what: "state differs from the replay of its events".into() })
                    }
                    (Some(_), Err(error)) => {
                        found.push(Difference { object: record.object, what: format!("state is not readable: {error}") })
                    }
                    (None, _) => {
                        found.push(Difference { object: record.object, what: "stored, but no event of the ledger made it".into() })
                    }
                }
            }
        }
        found.extend(self.states.into_keys().map(|object| Difference { object, what: "made by the ledger, but not stored".into() }));
        Ok(found)
    }
}

fn fold(subject: &ObjectRef, before: Option<serde_json::Value>, stored: &StoredEvent) -> Result<serde_json::Value, ReplayError> {
    let unreadable = |e: serde_json::Error| ReplayError::Payload { kind: stored.event.kind.to_string(), reason: e.to_string() };
    with_kind!(subject.kind.as_ref(), A => {
        let state: Option<A> = before.map(serde_json::from_value).transpose().map_err(unreadable)?;
        let event = <A as Aggregate>::Event::parse(&stored.event.kind, &stored.event.payload)?;
        let state = A::apply(state, &event, stored.event.occurred_at)?;
        serde_json::to_value(&state).map_err(unreadable)
    }, else Err(ReplayError::UnknownKind { object: "object", kind: stored.event.kind.to_string() }))
}

/// Replays a whole ledger and compares it with the stored states.
///
/// # Errors
/// The store's fault.
pub async fn check(reader: &dyn LedgerReader, port: &str) -> Result<Vec<Difference>, StoreError> {
    let mut replay = Replay::default();
    let mut from = 0;
    loop {
        let leaves = reader.leaves(port, from, CHUNK).await?;
        if leaves.is_empty() {
            break;
        }
        for (position, bytes, _) in leaves {
            from = position + 1;
            if let Ok(event) = ledger::Event::decode(&bytes) {
                replay.apply(&StoredEvent { position, event });
            }
        }
    }
    replay.compare(reader, port).await
}
