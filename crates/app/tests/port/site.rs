//! The inspection site: goods that cannot wait need no appointment and come first; everybody sees their place (INS-08, INS-10).

use app::inspections::PresentBox;
use app::site::{ApproveSiteRule, BeginInspection, ProposeSiteRule, QueuePlace, RefuseSiteRule, SiteLane};
use credit::Grade;
use inspection::{Inspection, Outcome, PriorityClass, SiteRule};
use ledger::{Aggregate, Bilingual};

use crate::support::{PORT, Port};

/// The goods of every declaration of the tests are bananas.
fn fresh() -> PriorityClass {
    PriorityClass {
        id: "fresh".into(),
        name: Bilingual::new("生鲜", "Fresh"),
        hs_prefixes: vec!["08".into()],
        grades: Vec::new(),
        on_arrival: true,
    }
}

fn rule(port: &Port, classes: Vec<PriorityClass>) -> ProposeSiteRule {
    ProposeSiteRule { classes, valid_from: port.now(), note: "fresh first".into() }
}

/// An inspection of one box that is in the yard: its id and the box.
async fn drawn(port: &Port, bill: &str) -> (String, String) {
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed(bill, 1).await;
    let declaration = port.declared(bill).await;
    (port.drawn(&declaration).await, boxes[0].clone())
}

async fn presented(port: &Port, (id, container): &(String, String)) {
    port.ok("terminal-east", &PresentBox { id: id.clone(), container: container.clone(), at: port.now() }).await;
}

/// What the board shows: lane, id, position.
async fn board(port: &Port, who: &str) -> Vec<(SiteLane, String, Option<u32>)> {
    let board = port.app.site_board(&port.ctx(who)).await.expect("a board");
    board.entries.into_iter().map(|entry| (entry.lane, entry.id, entry.position)).collect()
}

async fn place(port: &Port, who: &str, id: &str) -> QueuePlace {
    port.app.queue_place(&port.ctx(who), id).await.expect("a place")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_goods_need_no_appointment_and_come_first() {
    let port = Port::open().await;
    let ordinary = drawn(&port, "B-PLAIN").await;
    assert_eq!(board(&port, "customs-port").await, [], "without an appointment nobody expects it");
    port.ok("customs-port", &rule(&port, vec![fresh()])).await;
    assert_eq!(port.no("customs-port", &ApproveSiteRule { number: 1 }).await, "site-rule-own");
    port.ok("officer-an", &ApproveSiteRule { number: 1 }).await;

    let first = drawn(&port, "B-FRESH").await;
    let state = port.state::<Inspection>(&first.0).await;
    assert_eq!((state.on_arrival(), state.draw.is_none()), (true, true), "who inspects it is drawn when the box comes");
    assert!(!port.state::<Inspection>(&ordinary.0).await.on_arrival(), "what was ordered before stays as it was ordered");
    assert_eq!(state.work_row("I").action.as_deref(), Some("present-box"));
    assert_eq!(board(&port, "customs-port").await, [(SiteLane::Expected, first.0.clone(), None)]);

    presented(&port, &ordinary).await;
    assert_eq!(place(&port, "broker-green", &ordinary.0).await, QueuePlace { position: Some(1), waiting: 1 });
    port.pass_minutes(10);
    presented(&port, &first).await;
    let state = port.state::<Inspection>(&first.0).await;
    let officers = state.draw.expect("drawn on arrival").chosen;
    assert_eq!(officers.len(), 2);
    assert!(!officers.contains(&"officer-di".to_owned()), "with the exclusions of every draw");

    let waiting = [(SiteLane::Waiting, first.0.clone(), Some(1)), (SiteLane::Waiting, ordinary.0.clone(), Some(2))];
    assert_eq!(board(&port, "customs-port").await, waiting);
    assert_eq!(board(&port, "terminal-east").await, waiting);
    assert_eq!(board(&port, "terminal-west").await, [], "a terminal sees its own");
    for stranger in ["customs-far", "trader-gold", "port-office", "market", "public"] {
        assert!(port.app.site_board(&port.ctx(stranger)).await.is_err(), "{stranger}");
    }
    assert_eq!(place(&port, "broker-green", &ordinary.0).await, QueuePlace { position: Some(2), waiting: 2 });
    assert!(port.app.queue_place(&port.ctx("trader-grey"), &ordinary.0).await.is_err());

    let stranger = ["officer-an", "officer-bo", "officer-ce"].into_iter().find(|one| officers.iter().all(|other| other != one));
    let begin = BeginInspection { id: first.0.clone() };
    assert_eq!(port.no(stranger.expect("three of whom two are drawn"), &begin).await, "inspection-officer-not-drawn");
    port.ok(&officers[0], &begin).await;
    assert_eq!(place(&port, "broker-green", &first.0).await, QueuePlace { position: None, waiting: 1 });
    let now = [(SiteLane::Waiting, ordinary.0.clone(), Some(1)), (SiteLane::UnderWay, first.0.clone(), None)];
    assert_eq!(board(&port, "customs-port").await, now);
    port.drawn_result(&first.0, Outcome::Pass, "18").await;
    assert_eq!(board(&port, "customs-port").await[1], (SiteLane::Done, first.0.clone(), None));
    port.pass_minutes(1_440);
    assert_eq!(board(&port, "customs-port").await, [(SiteLane::Waiting, ordinary.0.clone(), Some(1))], "done yesterday");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officers_of_the_district_alone_write_the_rule() {
    let port = Port::open().await;
    for stranger in ["customs-far", "trader-gold", "terminal-east", "port-office", "admin-desk", "market"] {
        assert_eq!(port.no(stranger, &rule(&port, vec![fresh()])).await, "forbidden", "{stranger}");
        assert!(port.app.site_rule(&port.ctx(stranger)).await.is_err(), "{stranger}");
    }
    let graded = |grade: &str| PriorityClass { hs_prefixes: Vec::new(), grades: vec![grade.into()], ..fresh() };
    assert_eq!(port.no("customs-port", &rule(&port, vec![graded("splendid")])).await, "site-rule-grade");
    let far = ProposeSiteRule { valid_from: port.now().plus_days(367), ..rule(&port, vec![fresh()]) };
    assert_eq!(port.no("customs-port", &far).await, "site-rule-from");
    let mut key = port.ctx("customs-port");
    key.principal.system = true;
    assert!(port.app.execute(&key, &rule(&port, vec![fresh()])).await.is_err(), "a person answers for a rule");

    port.ok("customs-port", &rule(&port, vec![graded("seriously-dishonest")])).await;
    assert_eq!(port.no("officer-an", &rule(&port, vec![fresh()])).await, "site-rule-open");
    port.ok("officer-an", &RefuseSiteRule { number: 1, reason: "not that".into() }).await;
    port.ok("officer-an", &rule(&port, vec![graded("seriously-dishonest")])).await;
    port.ok("customs-port", &ApproveSiteRule { number: 2 }).await;
    let seen = port.app.site_rule(&port.ctx("customs-port")).await.expect("may read").expect("a rule");
    assert_eq!((seen.versions.len(), seen.in_force(port.now()).map(|version| version.number)), (2, Some(2)));
    assert_eq!(port.events::<SiteRule>("3104").await.len(), 4);
    let (id, _) = drawn(&port, "B-GRADE").await;
    let priority = port.state::<Inspection>(&id).await.priority.expect("by its grade");
    assert_eq!((priority.rule, priority.rank), (2, 1));
}
