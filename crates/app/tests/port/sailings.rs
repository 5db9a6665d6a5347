//! Inspected boxes and the ships planned for them: on board when the ship left, or not; counted as listed (INS-12).

use app::calls::{ArriveCall, DepartCall};
use app::reading::ListQuery;
use app::sailings::{OnSchedule, SailingGroup};
use app::transhipments::{LoadTranshipment, WithdrawTranshipment};
use inspection::InspectedSailing;

use crate::support::{PORT, Port, code_of};
use crate::transhipments::Ships;

/// A box in transhipment, inspected by market supervision, and released for loading; its transhipment.
async fn inspected(ships: &Ships) -> String {
    let port = &ships.port;
    ships.land().await;
    let id = port.ok("agent-blue", &ships.plan()).await;
    port.ok("agent-red", &ships.listing(|_| {})).await;
    let (_, order) = port.instructed("market", &ships.container).await;
    port.scheduled("market", &order).await;
    port.presented(&order, &ships.container).await;
    assert_eq!(port.status::<InspectedSailing>(&ships.container).await, "planned");
    port.recorded("market", &order, true).await;
    let conclusion = port.conclusion(&order, "18").await;
    port.ok("market", &conclusion).await;
    assert_eq!(ships.status(&id).await, "released", "returned to the stack with the release");
    id
}

async fn rate(port: &Port, who: &str) -> OnSchedule {
    let (from, to) = (port.now().plus_days(-30), port.now());
    port.app.on_schedule(&port.ctx(who), from, to, SailingGroup::Terminal).await.expect("a rate")
}

async fn counts(port: &Port, who: &str) -> (u64, u64) {
    let found = rate(port, who).await;
    let statuses = vec!["on-schedule".into(), "missed".into()];
    let query = ListQuery { statuses, ..ListQuery::default() };
    let listed = port.app.list::<InspectedSailing>(&port.ctx(who), "inspected-sailing.read", query).await.expect("a list");
    assert_eq!(listed.items.len() as u64, found.total.planned, "{who}");
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "the kept counters are those of the ledger");
    (found.total.on_schedule, found.total.planned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inspected_box_that_is_loaded_in_time_left_on_its_ship() {
    let ships = Ships::meet().await;
    let id = inspected(&ships).await;
    let port = &ships.port;
    port.ok("agent-red", &ArriveCall { id: ships.outbound.clone(), at: port.now() }).await;
    port.ok("terminal-east", &LoadTranshipment { id, at: port.now() }).await;
    assert_eq!(counts(port, "port-office").await, (0, 0), "the ship has not left");
    port.pass_minutes(5);
    port.ok("agent-red", &DepartCall { id: ships.outbound.clone(), at: port.now() }).await;
    for who in ["port-office", "customs-port", "terminal-east"] {
        assert_eq!(counts(port, who).await, (1, 1), "{who}");
    }
    for who in ["customs-far", "terminal-west"] {
        assert_eq!(counts(port, who).await, (0, 0), "{who}");
    }
    let found = rate(port, "port-office").await;
    assert_eq!(
        (found.groups[0].key.as_str(), found.groups[0].per_mille(), found.groups[0].is_ranked()),
        ("terminal-east", Some(1_000), false)
    );
    for who in ["agent-red", "trader-gold", "maritime"] {
        let asked = port.app.on_schedule(&port.ctx(who), port.now(), port.now(), SailingGroup::Site).await;
        assert_eq!(code_of(&asked.expect_err("not theirs")), "forbidden", "{who}");
    }
    let long = port.app.on_schedule(&port.ctx("port-office"), port.now().plus_days(-401), port.now(), SailingGroup::Site).await;
    assert_eq!(code_of(&long.expect_err("too long")), "sailing-period");
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_left_behind_missed_its_ship_unless_its_loading_is_told_late() {
    let ships = Ships::meet().await;
    let id = inspected(&ships).await;
    let port = &ships.port;
    let before = port.now();
    port.pass_minutes(60);
    ships.leave().await;
    assert_eq!(counts(port, "port-office").await, (0, 1));
    assert_eq!(port.status::<InspectedSailing>(&ships.container).await, "missed");
    // The terminal had loaded it, and tells so only now.
    port.ok("terminal-east", &LoadTranshipment { id, at: before.plus_minutes(30) }).await;
    assert_eq!(counts(port, "port-office").await, (1, 1));
    assert_eq!(port.events::<InspectedSailing>(&ships.container).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_that_was_not_inspected_or_does_not_go_on_counts_neither_way() {
    let plain = Ships::meet().await;
    plain.land().await;
    plain.port.ok("agent-blue", &plain.plan()).await;
    plain.port.ok("agent-red", &plain.listing(|_| {})).await;
    plain.leave().await;
    assert_eq!(counts(&plain.port, "port-office").await, (0, 0));
    // Its plan was taken back before the ship left: it goes on by none.
    let ships = Ships::meet().await;
    let id = inspected(&ships).await;
    let port = &ships.port;
    port.ok("agent-blue", &WithdrawTranshipment { id, reason: "sold here".into() }).await;
    ships.leave().await;
    assert_eq!(port.status::<InspectedSailing>(&ships.container).await, "dropped");
    assert_eq!(counts(port, "port-office").await, (0, 0));
}
