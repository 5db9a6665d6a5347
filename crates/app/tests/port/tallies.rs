//! The tally report is due with the discharge: the clock of each box, what is missing, what is late, and the share on time (MFT-02).

use app::Context;
use app::discharge::{DischargeReport, ReportDischarge};
use app::reading::ListQuery;
use app::settings::PortSettings;
use app::tallies::{ReviewTally, SendTally, TallyFigures, TallyList, TallyRow};
use logistics::container_number;
use manifest::{Recognised, ReviewReason, TallyReport};

use crate::support::{PORT, Port, code_of};

/// A discharge that says where the boxes stand and nothing else.
fn bare(port: &Port, boxes: &[String]) -> ReportDischarge {
    let mut command = port.discharge_of(boxes);
    for report in &mut command.reports {
        *report = DischargeReport { packages: None, tally_company: None, ..report.clone() };
    }
    command
}

fn tally(port: &Port, id: &str, packages: u32) -> TallyRow {
    let (number, call) = id.split_once('-').expect("visit");
    TallyRow {
        container: number.into(),
        call: call.into(),
        at: port.now(),
        packages: Some(packages),
        seal: Some("SEAL1".into()),
        damage: None,
        tally_company: Some("Synthetic Tally".into()),
        tallied_by: None,
        recognised: None,
    }
}

async fn ashore(bill: &str, boxes: usize) -> (Port, String, Vec<String>) {
    let settings = PortSettings { code: PORT.into(), tally_limit_minutes: 90, ..PortSettings::default() };
    let port = Port::open_with(settings).await;
    let (call, ids) = port.manifested(bill, boxes).await;
    port.arrive(&call).await;
    port.pass_minutes(30);
    assert_eq!(port.ok("terminal-east", &bare(&port, &ids)).await.findings, []);
    (port, call, ids)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discharge_without_tally_starts_a_clock_and_the_terminal_is_asked() {
    let (port, call, ids) = ashore("B-TALLY", 3).await;
    let mine = ListQuery { mine: true, actions: vec!["report-tally".into()], ..ListQuery::default() };
    let rows = port.app.worklist(&port.ctx("terminal-east"), &mine).await.expect("list").items;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|item| item.row.due_at == Some(port.now().plus_minutes(90))));
    assert_eq!(port.app.worklist(&port.ctx("terminal-west"), &mine).await.expect("list").items.len(), 0);
    // One comes in time, one late, one never; a faulty row does not stop the others.
    port.pass_minutes(90);
    let first = port.ok("terminal-east", &SendTally { reports: vec![tally(&port, &ids[0], 100)] }).await;
    assert_eq!((first.accepted, first.findings.len()), (1, 0));
    port.pass_minutes(1);
    let foreign = TallyRow { container: port.fresh_box(), ..tally(&port, &ids[1], 99) };
    let second = port.ok("terminal-east", &SendTally { reports: vec![foreign, tally(&port, &ids[1], 99)] }).await;
    let told: Vec<_> = second.findings.iter().map(|f| (f.code.as_ref(), f.pointer.as_str())).collect();
    assert_eq!((second.accepted, told), (1, vec![("container-not-manifested", "/reports/0/container")]));
    assert_eq!((port.status::<TallyReport>(&ids[0]).await, port.status::<TallyReport>(&ids[1]).await), ("on-time".into(), "late".into()));
    let differing = TallyList { differing: true, ..TallyList::default() }.query(port.now());
    let found = port.app.list::<TallyReport>(&port.ctx("port-office"), "tally-report.read", differing).await.expect("list").items;
    assert_eq!(found.iter().map(|(seen, _)| seen.id.as_str()).collect::<Vec<_>>(), [ids[1].as_str()]);
    // What is missing past its time, and what is owed by call and terminal.
    let overdue = TallyList { overdue: true, call: Some(call.clone()), terminal: Some("terminal-east".into()), ..TallyList::default() };
    let missing =
        port.app.list::<TallyReport>(&port.ctx("customs-port"), "tally-report.read", overdue.query(port.now())).await.expect("list");
    assert_eq!(missing.items.iter().map(|(seen, _)| seen.id.as_str()).collect::<Vec<_>>(), [ids[2].as_str()]);
    let elsewhere = TallyList { terminal: Some("terminal-west".into()), ..overdue }.query(port.now());
    assert!(port.app.list::<TallyReport>(&port.ctx("customs-port"), "tally-report.read", elsewhere).await.expect("list").items.is_empty());
    let owed = port.app.tally_overview(&port.ctx("agent-blue")).await.expect("overview").owed;
    assert_eq!(owed.iter().map(|row| (row.call.as_str(), row.awaited, row.overdue)).collect::<Vec<_>>(), [(call.as_str(), 1, 1)]);
    assert!(port.app.tally_overview(&port.ctx("terminal-west")).await.expect("overview").owed.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_share_on_time_is_counted_by_month_of_discharge_and_can_be_counted_anew() {
    let (port, _, ids) = ashore("B-SHARE", 4).await;
    let from = port.now().plus_days(-20);
    port.ok("terminal-east", &SendTally { reports: vec![tally(&port, &ids[0], 100), tally(&port, &ids[1], 100)] }).await;
    port.pass_minutes(91);
    port.ok("terminal-east", &SendTally { reports: vec![tally(&port, &ids[2], 100)] }).await;
    // A correction counts nothing.
    port.ok("terminal-east", &SendTally { reports: vec![tally(&port, &ids[2], 98)] }).await;
    let figures = TallyFigures { due: 4, on_time: 2, late: 1 };
    assert_eq!((figures.missing(), figures.on_time_per_mille()), (1, Some(500)));
    let months = |who: &'static str| {
        let port = &port;
        async move { port.app.tally_statistics(&port.ctx(who), from, port.now()).await }
    };
    let expected = [(("2026-11".to_owned(), "terminal-east".to_owned()), figures)].into_iter().collect();
    assert_eq!(months("port-office").await.expect("figures"), expected);
    assert_eq!(months("terminal-east").await.expect("figures"), expected);
    assert!(months("terminal-west").await.expect("its own").is_empty());
    assert_eq!(code_of(&months("agent-blue").await.expect_err("not its figures")), "forbidden");
    assert_eq!(code_of(&months("customs-far").await.expect_err("not its port")), "forbidden");
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "the kept figures are those of the ledger");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discharge_report_that_carries_the_tally_is_on_time_at_once_when_it_is_sent_in_time() {
    let settings = PortSettings { code: PORT.into(), tally_limit_minutes: 90, ..PortSettings::default() };
    let port = Port::open_with(settings).await;
    let (call, ids) = port.manifested("B-BOTH", 2).await;
    port.arrive(&call).await;
    port.pass_minutes(30);
    port.discharge(&ids[..1]).await;
    assert_eq!(port.events::<TallyReport>(&ids[0]).await, ["tally-report.due", "tally-report.received"]);
    assert_eq!(port.status::<TallyReport>(&ids[0]).await, "on-time");
    // The clock runs from the discharge, not from when it was told.
    let mut late = port.discharge_of(&ids[1..]);
    port.pass_minutes(91);
    late.reports[0].packages = Some(100);
    port.ok("terminal-east", &late).await;
    assert_eq!(port.status::<TallyReport>(&ids[1]).await, "late");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_tallies_its_own_yard_and_nobody_tells_the_same_twice() {
    let (port, _, ids) = ashore("B-OWN", 1).await;
    let command = SendTally { reports: vec![tally(&port, &ids[0], 100)] };
    assert_eq!(port.no("agent-blue", &command).await, "forbidden");
    assert_eq!(port.no("customs-port", &command).await, "forbidden");
    let other = port.ok("terminal-west", &command).await;
    assert_eq!(other.findings.iter().map(|f| f.code.as_ref()).collect::<Vec<_>>(), ["terminal-differs"]);
    port.ok("terminal-east", &command).await;
    let again = port.ok("terminal-east", &command).await;
    assert_eq!((again.accepted, again.findings[0].code.as_ref()), (0, "tally-repeated"));
    let wrong = TallyRow { container: "ABCU1234567".into(), ..tally(&port, &ids[0], 1) };
    assert_eq!(port.ok("terminal-east", &SendTally { reports: vec![wrong] }).await.findings[0].code, "container-number");
    assert_eq!(container_number(&ids[0]).len(), 11);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tally_may_come_ahead_of_the_discharge() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-EARLY", 1).await;
    port.arrive(&call).await;
    port.pass_minutes(10);
    port.ok("terminal-east", &SendTally { reports: vec![tally(&port, &ids[0], 100)] }).await;
    assert_eq!(port.status::<TallyReport>(&ids[0]).await, "early");
    port.pass_minutes(5);
    port.ok("terminal-east", &bare(&port, &ids)).await;
    assert_eq!(port.status::<TallyReport>(&ids[0]).await, "on-time");
    let months = port.app.tally_statistics(&port.ctx("port-office"), port.now(), port.now()).await.expect("figures");
    assert_eq!(months.into_values().collect::<Vec<_>>(), [TallyFigures { due: 1, on_time: 1, late: 0 }]);
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_device_is_unsure_of_waits_for_a_person_of_the_terminal() {
    let (port, _, ids) = ashore("B-SMART", 2).await;
    let smart = |id: &str, number: &str, confidence_per_mille| TallyRow {
        recognised: Some(Recognised {
            device: "QC01".into(),
            number: number.into(),
            confidence_per_mille,
            pictures: vec!["AB".repeat(32)],
        }),
        ..tally(&port, id, 100)
    };
    let sure = smart(&ids[0], container_number(&ids[0]), 990);
    let unsure = smart(&ids[1], container_number(&ids[1]), 940);
    let sent = port.ok("terminal-east", &SendTally { reports: vec![sure, unsure] }).await;
    assert_eq!((sent.accepted, sent.findings), (2, vec![]));
    let queue = TallyList { review: true, ..TallyList::default() }.query(port.now());
    let waiting = async |who: &str| {
        let found = port.app.list::<TallyReport>(&port.ctx(who), "tally-report.read", queue.clone()).await.expect("list").items;
        found.into_iter().map(|(seen, _)| seen.id).collect::<Vec<_>>()
    };
    assert_eq!(waiting("terminal-east").await, [ids[1].clone()]);
    let mine = ListQuery { mine: true, actions: vec!["review-tally".into()], ..ListQuery::default() };
    assert_eq!(port.app.worklist(&port.ctx("terminal-east"), &mine).await.expect("list").items.len(), 1);
    let review = ReviewTally { id: ids[1].clone(), corrections: 0, note: "两张照片清晰".into() };
    assert_eq!(port.no("terminal-west", &review).await, "not-found");
    let mut machine = port.ctx("terminal-east");
    machine.principal.system = true;
    assert_eq!(code_of(&port.app.execute(&machine, &review).await.expect_err("a person looks")), "tally-person-only");
    port.ok("terminal-east", &review).await;
    assert_eq!(waiting("terminal-east").await, Vec::<String>::new());
    assert_eq!(port.no("terminal-east", &review).await, "tally-no-review");
    assert_eq!(port.app.mend_statistics().await.expect("counted anew"), 0);
    // Beyond the limits, row by row.
    let bad = |change: fn(&mut Recognised)| {
        let mut row = smart(&ids[0], container_number(&ids[0]), 1_000);
        row.recognised.iter_mut().for_each(change);
        SendTally { reports: vec![row] }
    };
    let cases: [(SendTally, &str, &str); 4] = [
        (bad(|said| said.confidence_per_mille = 1_001), "tally-confidence", "/reports/0/recognised/confidence_per_mille"),
        (bad(|said| said.pictures = vec!["ab".repeat(32); 13]), "tally-pictures", "/reports/0/recognised/pictures"),
        (bad(|said| said.pictures = vec!["zz".repeat(32)]), "tally-pictures", "/reports/0/recognised/pictures"),
        (bad(|said| said.device.clear()), "field-missing", "/reports/0/recognised/device"),
    ];
    for (command, code, pointer) in cases {
        let told = port.ok("terminal-east", &command).await;
        assert_eq!(told.findings.iter().map(|f| (f.code.as_ref(), f.pointer.as_str())).collect::<Vec<_>>(), [(code, pointer)]);
    }
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, []);
}

/// What a device said of a box, as a key sends it.
fn by_device(port: &Port, id: &str, packages: u32, confidence_per_mille: u16) -> TallyRow {
    let number = container_number(id).to_owned();
    let recognised = Recognised { device: "QC01".into(), number, confidence_per_mille, pictures: vec!["ab".repeat(32)] };
    TallyRow { recognised: Some(recognised), ..tally(port, id, packages) }
}

async fn report(port: &Port, id: &str) -> TallyReport {
    port.app.peek::<TallyReport>(id).await.expect("read").expect("report")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_clears_what_waits_for_a_person_and_a_review_names_what_it_saw() {
    let (port, _, ids) = ashore("B-CLEAR", 1).await;
    let id = &ids[0];
    let mut key = port.ctx("terminal-east");
    key.principal.system = true;
    let send = async |row: TallyRow| {
        let ctx = Context { request: format!("tally-{}", row.packages.unwrap_or(0)), ..key.clone() };
        let done = port.app.execute(&ctx, &SendTally { reports: vec![row] }).await.expect("sent").outcome;
        assert_eq!((done.accepted, done.findings), (1, vec![]));
    };
    send(by_device(&port, id, 100, 600)).await;
    let seen = report(&port, id).await;
    assert!(seen.waits_for_review());
    port.pass_minutes(1);
    send(tally(&port, id, 99)).await;
    port.pass_minutes(1);
    send(by_device(&port, id, 98, 999)).await;
    let now = report(&port, id).await;
    assert!(now.waits_for_review(), "{now:?}");
    assert!(now.review.contains(&ReviewReason::LowConfidence), "{now:?}");
    // The person looked at the first one: two more came before the click.
    let review = |corrections| ReviewTally { id: id.clone(), corrections, note: "照片清晰".into() };
    assert_eq!(port.no("terminal-east", &review(seen.corrections)).await, "tally-report-changed");
    port.ok("terminal-east", &review(now.corrections)).await;
    assert!(!report(&port, id).await.waits_for_review());
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discharge_report_leaves_the_doubt_of_a_device_to_a_person() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-AHEAD", 2).await;
    port.arrive(&call).await;
    port.pass_minutes(10);
    let rows = ids.iter().map(|id| by_device(&port, id, 100, 600)).collect();
    port.ok("terminal-east", &SendTally { reports: rows }).await;
    port.pass_minutes(5);
    // One says nothing but who tallies, the other another count.
    let mut discharge = port.discharge_of(&ids);
    for (told, packages) in discharge.reports.iter_mut().zip([None, Some(90)]) {
        *told = DischargeReport { packages, tally_company: Some("Synthetic Tally".into()), ..told.clone() };
    }
    port.ok("terminal-east", &discharge).await;
    let (bare, other) = (report(&port, &ids[0]).await, report(&port, &ids[1]).await);
    assert_eq!((bare.review.as_slice(), bare.waits_for_review(), bare.corrections), ([ReviewReason::LowConfidence].as_slice(), true, 0));
    assert_eq!(other.review, [ReviewReason::LowConfidence, ReviewReason::DischargeDiffers]);
    for state in [bare, other] {
        let counted = state.counted.expect("counted");
        assert_eq!((counted.packages, counted.recognised.map(|said| said.pictures.len())), (Some(100), Some(1)));
    }
    // A clerk counts again: that settles it.
    port.pass_minutes(5);
    port.ok("terminal-east", &SendTally { reports: vec![tally(&port, &ids[1], 100)] }).await;
    assert!(!report(&port, &ids[1]).await.waits_for_review());
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0);
}
