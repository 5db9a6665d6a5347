//! An object under test: it takes decided events, and can be compared with a replay from the JSON of those events. Shared by the tests of
//! all rooms.
#![allow(dead_code)]

use ledger::{Aggregate, DomainEvent, RawValue, Refusal, Timestamp};

/// An object and everything that happened to it.
pub struct Object<A: Aggregate> {
    pub state: Option<A>,
    log: Vec<(&'static str, Box<RawValue>, Timestamp)>,
}

impl<A: Aggregate + std::fmt::Debug> Object<A> {
    pub fn new() -> Self {
        Self { state: None, log: Vec::new() }
    }

    pub fn get(&self) -> &A {
        self.state.as_ref().expect("the object exists")
    }

    /// Applies what was decided; a refusal changes nothing and is handed back.
    pub fn take(&mut self, decided: Result<Vec<A::Event>, Refusal>, at: Timestamp) -> Result<(), &'static str> {
        for event in decided.map_err(|refusal| {
            assert!(!refusal.text.zh.is_empty() && !refusal.text.en.is_empty(), "{} says why in both languages", refusal.code);
            refusal.code
        })? {
            let next = A::apply(self.state.take(), &event, at).unwrap_or_else(|e| panic!("a decided event applies: {e}"));
            assert!(A::Event::kinds().contains(&event.kind()));
            for (object, role) in next.related(&event) {
                assert!(!object.id.is_empty() && !role.is_empty(), "{} names {object}", event.kind());
            }
            self.log.push((event.kind(), event.payload(), at));
            self.state = Some(next);
        }
        Ok(())
    }

    /// The state equals a replay of the events from their JSON, and reads back from its own JSON; its row is bounded.
    pub fn check(&self) {
        let replayed = self.log.iter().fold(None, |state: Option<A>, (kind, payload, at)| {
            let event = A::Event::parse(kind, payload).expect("a payload reads back");
            Some(A::apply(state, &event, *at).expect("a recorded event replays"))
        });
        assert_eq!(replayed, self.state, "a replay gives the same state");
        if let Some(state) = &self.state {
            let json = serde_json::to_string(state).expect("a state is JSON");
            assert_eq!(&serde_json::from_str::<A>(&json).expect("a state reads back"), state);
            let row = state.work_row("ID-1");
            assert_eq!(row.status, state.status());
            assert!(!row.title.is_empty() && row.keys.len() <= 32, "{} keys", row.keys.len());
            assert!(row.keys.iter().all(|key| *key == key.to_uppercase() && !key.is_empty()), "{:?}", row.keys);
            assert!(row.closed_at.is_none() || row.owner.is_none(), "nobody must act on a closed object");
            let mut parties = row.parties.clone();
            parties.sort();
            parties.dedup();
            assert_eq!(parties.len(), row.parties.len(), "parties are listed once");
        }
    }
}

/// An instant for tests, minutes after a fixed one.
pub fn minute(n: i64) -> Timestamp {
    "2026-11-20T00:00:00Z".parse::<Timestamp>().expect("instant").plus_minutes(n)
}
