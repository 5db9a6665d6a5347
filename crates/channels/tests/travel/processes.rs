//! Two processes on one PostgreSQL: what one delivers, the other does not, and what one left behind, the other delivers.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::partners::DeliverBy;
use channels::Exchange;
use storage::PostgresStore;
use store::SharedStore;

use crate::deliveries::{Receiver, answered, header, push_to};
use crate::server;
use crate::support::{Site, sealer};

/// Interchanges of the partner; each has two answers.
const INTERCHANGES: usize = 15;

async fn connect(code: &str) -> SharedStore {
    Arc::new(PostgresStore::connect(server::url(), code, sealer()).await.expect("a PostgreSQL server"))
}

/// A port of its own, and another process on it.
async fn two(code: &str, receiver: &Receiver) -> (Site, Arc<App>, Arc<Exchange>) {
    let home = tempfile::tempdir().expect("a folder");
    let address = receiver.address.clone();
    let site = Site::open_on(home, connect(code).await, code, |settings| settings.hosts = vec![address]).await;
    push_to(&site, "agent-blue", receiver.url()).await;
    let (app, exchange) = site.other_process(connect(code).await);
    (site, app, exchange)
}

fn fresh(name: &str) -> String {
    // Letters and digits, as a port code has them.
    let drawn = uuid::Uuid::now_v7().simple().to_string();
    format!("{name}{}", drawn[drawn.len() - 8..].to_uppercase())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_message_is_delivered_once_and_in_order_by_whichever_process() {
    let receiver = Receiver::start();
    let (site, _, second) = two(&fresh("ZT"), &receiver).await;
    let mut expected = Vec::new();
    for n in 0..INTERCHANGES {
        expected.extend(answered(&site, "agent-blue", "AGENTBLUE", &format!("REF{n}")).await);
    }
    // Of two prepared in the same millisecond the id decides.
    expected.sort();
    let rounds = |exchange: Arc<Exchange>| async move {
        let mut delivered = 0;
        for _ in 0..40 {
            delivered += exchange.deliver_once().await;
            tokio::task::yield_now().await;
        }
        delivered
    };
    let first = tokio::spawn(rounds(site.exchange()));
    let other = tokio::spawn(rounds(second));
    let (one, two) = (first.await.expect("rounds"), other.await.expect("rounds"));
    assert_eq!(one + two, expected.len(), "{one} by the first, {two} by the second");
    let got = receiver.got.lock().expect("lock").clone();
    let keys: Vec<&str> = got.iter().map(|(head, _)| header(head, "idempotency-key").expect("a key")).collect();
    assert_eq!(keys, expected, "each once, in the order in which they were prepared");
    assert_eq!(site.app.backlog("agent-blue").await.expect("store").waiting, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_process_left_in_the_middle_is_delivered_by_the_other_when_its_time_is_over() {
    let receiver = Receiver::start();
    let (site, app, second) = two(&fresh("ZU"), &receiver).await;
    let expected = answered(&site, "agent-blue", "AGENTBLUE", "REF1").await;
    // A process that took the lane and is gone.
    let held = site.app.take_lane("agent-blue", "a process that died", 120).await.expect("store");
    assert!(held.is_some());
    assert_eq!((site.exchange().deliver_once().await, second.deliver_once().await), (0, 0), "both wait for it");
    assert_eq!(app.channel_state("agent-blue", DeliverBy::Push, app::partners::Direction::Out).await.expect("store"), None);
    site.pass_minutes(2);
    let delivered = tokio::time::timeout(Duration::from_secs(30), second.deliver_once()).await.expect("in time");
    assert_eq!(delivered, expected.len());
    // The dead one, had it only slept, does not get the lane back.
    let mut slept = held.expect("held");
    assert!(!site.app.keep_lane(&mut slept, 120).await.expect("store"));
    assert_eq!(site.exchange().deliver_once().await, 0, "nothing is left");
}
