//! A seeded day of the port with duplicates, late, out-of-order and malformed messages, wrong roles, concurrent commands and crashes. After
//! every step the invariants of the port hold on whatever changed; now and then they are checked on everything.
//! The seed of a failing day is in the message of the failure.

mod port_day {
    pub mod crash;
    pub mod faults;
    pub mod invariants;
    pub mod port;
}

use std::time::Instant;

use app::Clock as _;
use port_day::faults::Faults;
use port_day::invariants::Watch;
use port_day::port::{Port, from, until};

/// Containers of one day.
const CONTAINERS: u32 = 45;
/// Steps between two full checks.
const FULL_CHECK_EVERY: u64 = 400;
/// Steps between two crashes of the process's own making.
const CRASH_EVERY: u64 = 350;
/// Steps between two faults.
const FAULT_EVERY: u64 = 3;

/// Plays one seed. Returns what partners did and were refused, for comparison.
async fn play(seed: u64) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut port = Port::open(&folder.path().join("port.sqlite"), seed);
    let clock = std::sync::Arc::clone(&port.clock);
    let mut play = simulation::Simulation::begin(&port.app, &clock, seed, from(), until(), CONTAINERS).await.expect("the play begins");
    let mut watch = Watch::default();
    let mut faults = Faults::new(seed);
    let mut steps = 0_u64;
    while play.step().await.unwrap_or_else(|error| panic!("seed {seed}, step {steps}: {error}")) {
        steps += 1;
        if steps.is_multiple_of(FAULT_EVERY) {
            faults.cause(&port).await.unwrap_or_else(|fault| panic!("seed {seed}, step {steps}: {fault}"));
        }
        watch.changed(&port.app).await.unwrap_or_else(|fault| panic!("seed {seed}, step {steps}: {fault}"));
        if steps.is_multiple_of(CRASH_EVERY) {
            play.go_on_with(&port.crash());
            port.reopen();
            play.go_on_with(&port.app);
            port.app.resume_messages(port.clock.now()).await.expect("messages are read after a crash");
            watch.everything_acknowledged_is_there(&port.app).await.unwrap_or_else(|fault| panic!("seed {seed}, step {steps}: {fault}"));
        }
        if steps.is_multiple_of(FULL_CHECK_EVERY) {
            watch.everything(&port).await.unwrap_or_else(|fault| panic!("seed {seed}, step {steps}: {fault}"));
        }
    }
    let tally = play.end().await.expect("the play ends");
    watch.changed(&port.app).await.unwrap_or_else(|fault| panic!("seed {seed}, at the end: {fault}"));
    watch.everything(&port).await.unwrap_or_else(|fault| panic!("seed {seed}, at the end: {fault}"));
    assert!(tally.gone > 0, "seed {seed}: no box left the port, the day proves nothing");
    faults.all_were_tried().unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
    faults.report()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_day_with_faults_keeps_every_invariant() {
    let started = Instant::now();
    for seed in [11, 12, 13] {
        let report = play(seed).await;
        assert!(!report.is_empty());
        // More seeds only as long as the machine is quick: the suite stays short.
        if started.elapsed().as_secs() > 40 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_and_start_give_the_same_ledger() {
    let mut roots = Vec::new();
    for seed in [5, 5, 6] {
        let folder = tempfile::tempdir().expect("a folder");
        let port = Port::open(&folder.path().join("port.sqlite"), seed);
        simulation::history(&port.app, &port.clock, seed, from(), until(), 20, |_, _| {}).await.expect("history");
        let head = port.app.head().await.expect("head").expect("a ledger");
        roots.push((head.size, head.root));
    }
    assert_eq!(roots[0], roots[1], "the same seed");
    assert_ne!(roots[0], roots[2], "another seed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_leaves_work_for_every_role() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = Port::open(&folder.path().join("port.sqlite"), 3);
    simulation::history(&port.app, &port.clock, 3, from().plus_days(-1), until(), 90, |_, _| {}).await.expect("history");
    for login in simulation::demo_logins() {
        let user = port.app.user(&login.user).await.expect("user").unwrap_or_else(|| panic!("{} is not installed", login.user));
        assert!(!user.disabled && user.name == login.name, "{}", login.user);
    }
    assert_eq!(port.rejected_messages().await, Vec::<String>::new(), "partners' messages are understood");
    let open = port.open_actions().await;
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "the kept figures of the messages are those of the ledger");
    for action in ["report-arrival", "report-discharge", "submit-declaration", "pay-duty", "request-delivery-order", "book-pickup"] {
        assert!(open.contains(action), "nobody has to {action}: {open:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_living_port_goes_on_and_leaves_visitors_their_part() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut port = Port::open(&folder.path().join("port.sqlite"), 8);
    let played = simulation::history(&port.app, &port.clock, 8, from().plus_days(-1), until(), 60, |_, _| {}).await.expect("history");
    // Another process takes the port up.
    drop(port.crash());
    port.reopen();
    let app = std::sync::Arc::clone(&port.app);
    let before = app.head().await.expect("head").expect("a ledger").size;
    let for_visitors = port.calls_for_visitors().await;
    assert_eq!(for_visitors.len(), 3, "one call for each agent");
    let undeclared = port.landed_and_undeclared().await;
    let end = port.clock.now().plus_hours(48);
    simulation::live_by(std::sync::Arc::clone(&app), 8, |time| {
        port.clock.set(port.clock.now().plus_millis(i64::try_from(time.as_millis()).unwrap_or(0)));
        let goes_on = port.clock.now() < end;
        async move { goes_on }
    })
    .await;
    assert!(port.clock.now() >= end, "the living port ended by itself");
    let after = app.head().await.expect("head").expect("a ledger").size;
    assert!(after > before + 500, "boards hardly moved: {before} to {after}");
    assert!(port.gone().await > played.gone, "no further box left the port: {} of {}", port.gone().await, played.gone);
    assert_eq!(port.calls_for_visitors().await, for_visitors, "calls for visitors were touched");
    let still = port.landed_and_undeclared().await;
    assert!(undeclared.iter().any(|bill| still.contains(bill)), "no undeclared bill was left to visitors: {undeclared:?}");
    let mut watch = Watch::default();
    watch.changed(&port.app).await.expect("invariants");
    watch.everything(&port).await.expect("invariants");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finished_boxes_have_left_with_release_order_and_booking() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = Port::open(&folder.path().join("port.sqlite"), 4);
    let boxes = simulation::finished_boxes(&port.app, 6).await.expect("boxes");
    assert_eq!(boxes.len(), 6);
    let mut watch = Watch::default();
    watch.changed(&port.app).await.expect("invariants");
    watch.everything(&port).await.expect("invariants");
    for id in &boxes {
        let container = port.app.peek::<logistics::Container>(id).await.expect("store").expect("the box");
        assert!(matches!(container.place, logistics::Place::Gone { .. }), "{id}");
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    port_day::crash::killed_at_random();
}
