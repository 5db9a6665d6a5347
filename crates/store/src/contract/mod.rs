//! The suite that every store must pass: named checks over [`crate::Store`], each in a port of its own.
//!
//! An adapter's tests implement [`Place`] and call [`crate::contract_tests!`], which makes one test of each check.

mod commits;
mod ledger_checks;
mod lists;
mod registers;
mod worklist;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use ledger::head::{Algorithm, PublicKey, SigningKey};
use ledger::{Actor, Cause, Event, Head, ObjectLink, ObjectRef, RawValue, Timestamp, WorkRow};

use crate::{Commit, ObjectWrite, Sealer, SharedStore};

pub use commits::*;
pub use ledger_checks::*;
pub use lists::*;
pub use registers::*;
pub use worklist::*;

/// Where stores of a kind are kept.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens the store of a port; opened again after `close`, it holds what was written.
    async fn open(&self, port: &str) -> SharedStore;
}

/// Makes a test of every check: `store::contract_tests!(place)` with a function `async fn place() -> impl Place`.
#[macro_export]
macro_rules! contract_tests {
    ($place:path) => {
        $crate::contract_tests!(@ $place:
            a_commit_is_read_back_whole, a_stale_version_leaves_nothing, what_was_read_must_not_have_changed, a_wrong_version_of_a_record_leaves_nothing, a_repeated_key_gets_the_first_answer,
            concurrent_commits_of_one_object_take_turns, concurrent_commits_of_many_objects_all_arrive, bounds_are_refused_one_past_the_limit,
            another_port_is_refused, a_closed_store_acknowledges_nothing, changes_are_announced,
            a_timeline_is_read_in_pieces_of_any_size, events_are_found_by_id_and_by_position, links_are_kept_once_and_found_from_both_ends,
            a_dossier_is_the_sum_of_its_objects, heads_sign_what_the_leaves_say, reopening_keeps_everything, a_receipt_of_any_event_verifies,
            journeys_keep_their_first_marks, journeys_are_counted_as_they_are_listed, pages_of_journeys_follow_a_row, the_outbox_retries_and_gives_up, blobs_are_kept_once, the_access_log_answers_newest_first,
            exports_walk_over_everything, foreign_cursors_are_refused,
            records_have_versions_and_registers, records_expire, numbers_are_never_given_twice, remembered_answers_belong_to_their_scope,
            every_filter_of_the_worklist_agrees_with_its_definition, pages_stay_stable_under_inserts, a_changed_row_moves_and_a_closed_one_leaves,
            tallies_count_what_the_list_shows, counters_add_up_by_day_and_key,
        );
    };
    (@ $place:path: $($check:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                $crate::contract::$check(&$place().await).await;
            }
        )+
    };
}

/// Signs with a fixed key, at instants one millisecond apart.
pub struct TestSealer {
    key: SigningKey,
    at_ms: AtomicI64,
}

impl TestSealer {
    /// A sealer whose clock starts at a fixed instant.
    pub fn new() -> Self {
        let key = SigningKey::generate(Algorithm::Ed25519, [42; 32]).expect("any 32 bytes are an Ed25519 key");
        Self { key, at_ms: AtomicI64::new(1_764_000_000_000) }
    }

    /// The key that verifies its heads.
    pub fn public(&self) -> PublicKey {
        self.key.public()
    }
}

impl Default for TestSealer {
    fn default() -> Self {
        Self::new()
    }
}

impl Sealer for TestSealer {
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head {
        // Size keeps instants growing over a reopening, too.
        let at = self.at_ms.fetch_add(1, Ordering::Relaxed).max(1_764_000_000_000 + i64::try_from(size).unwrap_or(0));
        self.key.sign_head(port, size, root, Timestamp::from_millis(at)).expect("an Ed25519 key signs everything")
    }
}

/// A sealer for tests of adapters.
pub fn sealer() -> Arc<TestSealer> {
    Arc::new(TestSealer::new())
}

/// A port code that no other check uses, also when suites of several runs meet in one database.
pub fn fresh_port(check: &str) -> String {
    format!("{}-{}", &check[..check.len().min(24)], uuid_text())
}

/// A new UUIDv7 as text.
pub(crate) fn uuid_text() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// An instant some seconds after a fixed one.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_764_000_000_000 + seconds * 1_000)
}

/// An event about some objects, the first as subject.
pub fn event(n: u64, objects: &[&ObjectRef]) -> Event {
    let links = objects
        .iter()
        .enumerate()
        .map(|(i, object)| ObjectLink { object: (*object).clone(), role: if i == 0 { "subject".into() } else { "related".into() } });
    Event {
        id: uuid::Uuid::now_v7(),
        kind: "container.discharged".into(),
        occurred_at: at(i64::try_from(n).unwrap_or(0)),
        recorded_at: at(i64::try_from(n).unwrap_or(0)),
        actor: Actor::Person { organisation: "terminal-1".into(), person: "王某".into() },
        cause: Cause::Command { name: "tally.report".into(), request: format!("r{n}") },
        objects: links.collect(),
        payload: RawValue::from_string(format!(r#"{{"n":{n},"place":"堆场"}}"#)).expect("JSON"),
    }
}

/// A container reference.
pub fn container(n: u64) -> ObjectRef {
    ObjectRef::new("container", format!("CSQU{n:07}"))
}

/// A state write.
pub fn write(object: &ObjectRef, expected_version: u64, state: &str) -> ObjectWrite {
    ObjectWrite { object: object.clone(), expected_version, state: state.as_bytes().to_vec() }
}

/// An empty commit of a port.
pub fn commit(port: &str) -> Commit {
    Commit { port: port.to_owned(), ..Commit::default() }
}

/// A worklist row with defaults.
pub fn row(title: &str, status: &str, opened: i64) -> WorkRow {
    WorkRow { title: title.to_owned(), status: status.to_owned(), opened_at: at(opened), ..WorkRow::default() }
}

/// A small deterministic source of choices.
pub(crate) struct Choices(u64);

impl Choices {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    pub(crate) fn one_of<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).expect("small")]
    }
}
