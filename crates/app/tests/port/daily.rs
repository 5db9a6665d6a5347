//! Daily clearance: counted from counters that always agree with the ledger and the worklist, listed from the index, closed with reasons (CLR-25).

use std::collections::BTreeMap;

use app::daily::{AGES_FROM_DAYS, BoardRow, CasesQuery, CloseDay};
use app::declarations::{EditDeclaration, RejectDeclaration, SubmitDeclaration, WithdrawDeclaration};
use app::inspections::{AppointInspection, PresentBox};
use app::matching::WithdrawInstruction;
use app::settings::PortSettings;
use clearance::{CaseGroup, DailyReport, Why};
use credit::Grade;
use inspection::{Inspection, Outcome};
use ledger::{Aggregate, ObjectRef, Timestamp, WorkRow};
use store::{Commit, ObjectWrite, TallyMark, WorkWrite};

use crate::support::{PORT, Port, code_of};

async fn board(port: &Port, who: &str) -> app::daily::Board {
    port.app.daily_board(&port.ctx(who)).await.expect("board")
}

/// Open cases of a kind and state.
fn open(board: &app::daily::Board, kind: &str, status: &str) -> u64 {
    board.rows.iter().filter(|row| row.group.kind == kind && row.group.status == status).map(BoardRow::total).sum()
}

/// What the board counts is what the worklist lists, group by group and age by age.
async fn agrees_with_the_lists(port: &Port) {
    let shown = board(port, "customs-port").await;
    for row in &shown.rows {
        for (age, count) in row.ages.iter().enumerate() {
            let query = CasesQuery {
                kind: Some(row.group.kind.clone()),
                status: Some(row.group.status.clone()),
                action: Some(row.group.action.clone()),
                age: Some(age),
                limit: 200,
                ..CasesQuery::default()
            };
            let listed = port.app.daily_cases(&port.ctx("customs-port"), &query).await.expect("cases").items;
            assert_eq!(listed.len() as u64, *count, "{:?} age {age}", row.group);
        }
    }
    let all = port.app.daily_cases(&port.ctx("customs-port"), &CasesQuery { limit: 200, ..CasesQuery::default() }).await.expect("cases");
    assert_eq!(all.items.len() as u64, shown.figures.open);
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "the kept counters are those of the ledger");
}

fn reasons(board: &app::daily::Board) -> Vec<(CaseGroup, Why)> {
    board.rows.iter().map(|row| (row.group.clone(), Why { reason: "workload".into(), note: String::new() })).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_open_case_is_on_the_board_with_its_age_until_it_is_finished() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-DAY-1", 1).await;
    port.landed("B-DAY-2", 1).await;
    port.drafted("B-DAY-2").await;
    assert_eq!(board(&port, "customs-port").await.figures.open, 0, "a draft is no case of customs");
    let declaration = port.declared("B-DAY-1").await;
    let inspection = port.drawn(&declaration).await;
    let morning = board(&port, "customs-port").await;
    assert_eq!((open(&morning, "declaration", "awaiting-inspection"), open(&morning, "inspection", "ordered")), (1, 1));
    assert_eq!(open(&morning, "duty-notice", "due"), 1);
    assert_eq!((morning.figures.opened, morning.figures.cleared, morning.figures.open), (3, 0, 3));
    agrees_with_the_lists(&port).await;
    // Other districts see their own; the port office sees the figures of all; others see none.
    assert_eq!(board(&port, "customs-far").await.figures.open, 0);
    assert_eq!(board(&port, "port-office").await.figures.open, 3);
    for stranger in ["trader-gold", "terminal-east", "maritime", "admin-desk"] {
        assert_eq!(code_of(&port.app.daily_board(&port.ctx(stranger)).await.expect_err("not theirs")), "forbidden", "{stranger}");
    }

    // Three days later everything is older, and nothing has moved.
    port.set_time(port.now().plus_days(3));
    let later = board(&port, "customs-port").await;
    let class = AGES_FROM_DAYS.iter().rposition(|from| *from <= 3).expect("a class");
    assert!(later.rows.iter().all(|row| row.ages[class] == row.total()), "{:?}", later.rows);
    assert_eq!((later.figures.opened, later.figures.open), (0, 3));
    agrees_with_the_lists(&port).await;

    // Each leaves the board when it is finished.
    port.pay_duty(&declaration).await;
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot = slots.iter().find(|slot| slot.start > port.now()).expect("a slot is free").start;
    port.ok("broker-green", &AppointInspection { id: inspection.clone(), slot_start: slot }).await;
    agrees_with_the_lists(&port).await;
    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    assert_eq!(open(&board(&port, "customs-port").await, "inspection", "at-site"), 1);
    port.drawn_result(&inspection, Outcome::Pass, "18").await;
    assert_eq!(board(&port, "customs-port").await.figures.open, 0);
    agrees_with_the_lists(&port).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_finished_on_its_day_counts_for_the_day_and_what_went_back_is_nobodys_case() {
    let port = Port::open().await;
    port.landed("B-SAME", 1).await;
    let declaration = port.declared("B-SAME").await;
    port.pay_duty(&declaration).await;
    let evening = board(&port, "customs-port").await;
    assert_eq!((evening.figures.opened, evening.figures.cleared, evening.figures.open), (2, 2, 0), "released and paid");
    assert_eq!(evening.of_today["declaration"].cleared, 1);
    // Sent back: the declarant's, until it is declared again.
    port.landed("B-BACK", 1).await;
    let back = port.declared("B-BACK").await;
    port.ok("customs-port", &RejectDeclaration { id: back.clone(), reason: "wrong heading".into() }).await;
    let sent_back = board(&port, "customs-port").await;
    assert_eq!(open(&sent_back, "declaration", "rejected"), 0);
    assert_eq!(sent_back.figures.cleared, 2, "sent back is not finished");
    agrees_with_the_lists(&port).await;
    let form = port.state::<clearance::Declaration>(&back).await.form().clone();
    port.ok("broker-green", &EditDeclaration { id: back.clone(), form, expected_version: None }).await;
    port.ok("broker-green", &SubmitDeclaration { id: back.clone() }).await;
    assert!(board(&port, "customs-port").await.figures.open > 0);
    agrees_with_the_lists(&port).await;
    port.ok("broker-green", &WithdrawDeclaration { id: back, reason: "sold elsewhere".into() }).await;
    agrees_with_the_lists(&port).await;
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_closes_the_day_with_a_reason_for_whatever_is_carried_over() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-CLOSE", 1).await;
    let declaration = port.declared("B-CLOSE").await;
    let inspection = port.drawn(&declaration).await;
    let day = port.now().day(480);
    let shown = board(&port, "customs-port").await;
    let mut close = CloseDay { day: day.clone(), groups: reasons(&shown), cases: Vec::new() };
    close.cases.push(("inspection".into(), inspection.clone(), Why { reason: "booked-later".into(), note: "tomorrow at ten".into() }));
    assert_eq!(port.no("officer-an", &CloseDay { groups: Vec::new(), ..close.clone() }).await, "daily-reason-missing");
    assert_eq!(port.no("port-office", &close).await, "forbidden");
    assert_eq!(port.no("trader-gold", &close).await, "forbidden");
    let key = app::Context { principal: app::Principal { system: true, ..port.ctx("customs-port").principal }, ..port.ctx("customs-port") };
    assert_eq!(code_of(&port.app.execute(&key, &close).await.expect_err("somebody answers for the reasons")), "forbidden");
    let id = port.ok("officer-an", &close).await;
    let report = port.state::<DailyReport>(&id).await.closed;
    assert_eq!((report.district.as_str(), report.figures.open, report.cases.len()), ("3104", 3, 3));
    let whole = port.state::<DailyReport>(&id).await;
    let reason = |id: &str| whole.why(report.cases.iter().find(|case| case.id == id).expect("listed")).expect("a reason").reason.clone();
    assert_eq!((reason(&inspection), reason(&declaration)), ("booked-later".to_owned(), "workload".to_owned()));
    assert_eq!(port.no("officer-bo", &close).await, "daily-report-exists");
    let (year, rest) = day.split_once('-').expect("a day");
    for other in [format!("{year}-+{}", rest.trim_start_matches('0')), format!("{year}-{}", rest.replace("-2", "-02"))] {
        assert_eq!(port.no("officer-bo", &CloseDay { day: other, ..close.clone() }).await, "daily-day", "one spelling, one report");
    }
    // Another district's day is its own; its officers do not read this one.
    let far = port.ok("customs-far", &CloseDay { day: day.clone(), groups: Vec::new(), cases: Vec::new() }).await;
    assert_ne!(far, id);
    assert_eq!(
        code_of(&port.app.view::<DailyReport>(&port.ctx("customs-far"), "daily-report.read", &id).await.expect_err("not theirs")),
        "not-found"
    );
    port.app.view::<DailyReport>(&port.ctx("port-office"), "daily-report.read", &id).await.expect("oversight");
    // After midnight yesterday can still be closed, late; the day before cannot.
    port.set_time(port.now().plus_days(2));
    let yesterday = port.now().plus_days(-1).day(480);
    // What is opened this morning is not of yesterday.
    port.landed("B-MORNING", 1).await;
    let this_morning = port.declared("B-MORNING").await;
    let late = port.ok("officer-an", &CloseDay { day: yesterday, ..close.clone() }).await;
    let late = port.state::<DailyReport>(&late).await.closed;
    assert!(late.late && late.cases.iter().all(|case| case.id != this_morning));
    assert_eq!((late.figures.open, late.cases.len()), (3, 3));
    port.set_time(port.now().plus_days(3));
    let old = port.now().plus_days(-2).day(480);
    assert_eq!(port.no("officer-an", &CloseDay { day: old, ..close }).await, "daily-day");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

/// Rows as the store keeps them of cases that are many; opened over the last days.
fn many(port: &Port, from: usize, count: usize) -> Commit {
    let now = port.now();
    let mut commit = Commit { port: PORT.into(), ..Commit::default() };
    let mut counters: BTreeMap<(i32, String), i64> = BTreeMap::new();
    for serial in from..from + count {
        let (status, action) = [("ordered", "book-inspection"), ("appointed", "present-box"), ("at-site", "record-result")][serial % 3];
        let opened_at: Timestamp = now.plus_days(-i64::try_from(serial % 10).expect("small"));
        let object = ObjectRef::new(Inspection::KIND, format!("I-{serial:07}"));
        let row = WorkRow {
            title: format!("I-{serial:07}"),
            status: status.into(),
            owner: None,
            action: Some(action.into()),
            authority: Some("3104".into()),
            parties: Vec::new(),
            keys: Vec::new(),
            opened_at,
            due_at: None,
            closed_at: None,
        };
        let day = app::counters::day_of(opened_at, 480);
        *counters.entry((day, format!("inspection|{status}|{action}|3104"))).or_default() += 1;
        commit.objects.push(ObjectWrite { object: object.clone(), expected_version: 0, state: b"{}".to_vec() });
        commit.work.push(WorkWrite { object, row });
    }
    commit.tallies = counters.into_iter().map(|((day, key), by)| TallyMark { series: app::daily::OPEN, day, key, by }).collect();
    commit
}

/// A board of a hundred thousand open cases reads counters and no case; a list behind it reads its page and no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_of_a_hundred_thousand_cases_reads_a_few_counters() {
    const CASES: usize = 100_000;
    let port = Port::open().await;
    let mut rows: Vec<Commit> = (0..CASES).step_by(5_000).map(|from| many(&port, from, 5_000)).collect();
    for commit in &mut rows {
        let tallies = std::mem::take(&mut commit.tallies);
        port.store.commit(Commit { port: PORT.into(), tallies, ..Commit::default() }).await.expect("counters");
    }
    // Not one case is stored yet: whoever looked at cases would count none.
    assert_eq!(board(&port, "customs-port").await.figures.open, CASES as u64);
    for commit in rows {
        port.store.commit(commit).await.expect("rows");
    }
    let counters = store::TallyQuery { port: PORT.into(), series: app::daily::OPEN.into(), from_day: i32::MIN, to_day: i32::MAX };
    let read = port.store.tallies(&counters).await.expect("counters").len();
    assert!(read <= 30, "{read} counters answer for {CASES} cases");
    let shown = board(&port, "customs-port").await;
    assert_eq!(shown.figures.open, CASES as u64);
    let by_age: Vec<u64> = (0..AGES_FROM_DAYS.len()).map(|age| shown.rows.iter().map(|row| row.ages[age]).sum()).collect();
    assert_eq!(by_age, [10_000, 10_000, 20_000, 40_000, 20_000]);
    // The list behind a figure: the whole of it, page by page, and nothing else.
    let mut query = CasesQuery {
        kind: Some("inspection".into()),
        status: Some("at-site".into()),
        action: Some(Some("record-result".into())),
        age: Some(1),
        limit: 200,
        ..CasesQuery::default()
    };
    let expected = shown.rows.iter().find(|row| row.group.status == "at-site").expect("a group").ages[1];
    let mut listed = 0;
    loop {
        let page = port.app.daily_cases(&port.ctx("customs-port"), &query).await.expect("cases");
        assert!(page.items.len() <= 200);
        listed += page.items.len() as u64;
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(listed, expected);
    // Too many to be told one by one: closed by group, and said so.
    let id = port.ok("officer-an", &CloseDay { day: port.now().day(480), groups: reasons(&shown), cases: Vec::new() }).await;
    let report = port.state::<DailyReport>(&id).await.closed;
    assert_eq!((report.listed, report.cases.len(), report.figures.open), (false, 0, CASES as u64));
    assert_eq!(report.groups.iter().map(|group| group.count).sum::<u64>(), CASES as u64);
}

/// The longest report that may be listed case by case, with the longest notes, is one event that the ledger takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_at_its_limits_is_closed_and_one_case_more_is_told_by_group() {
    let port = Port::open().await;
    let listed = clearance::CARRIED_CASES_MAX;
    port.store.commit(many(&port, 0, listed)).await.expect("rows");
    let note = "长".repeat(clearance::CARRIED_NOTE_LENGTH_MAX);
    let why = || Why { reason: "other".into(), note: note.clone() };
    let shown = board(&port, "customs-port").await;
    let groups: Vec<(CaseGroup, Why)> = shown.rows.iter().map(|row| (row.group.clone(), why())).collect();
    let single = |count: usize| (0..count).map(|serial| ("inspection".to_owned(), format!("I-{serial:07}"), why())).collect();
    let close = |count: usize| CloseDay { day: port.now().day(480), groups: groups.clone(), cases: single(count) };
    assert_eq!(port.no("officer-an", &close(clearance::CASE_REASONS_MAX + 1)).await, "daily-groups");
    let id = port.ok("officer-an", &close(clearance::CASE_REASONS_MAX)).await;
    let report = port.state::<DailyReport>(&id).await.closed;
    assert_eq!((report.listed, report.cases.len()), (true, listed));
    // One more, on the next day.
    port.set_time(port.now().plus_days(1));
    port.store.commit(many(&port, listed, 1)).await.expect("row");
    let id = port.ok("officer-an", &CloseDay { day: port.now().day(480), ..close(0) }).await;
    assert!(!port.state::<DailyReport>(&id).await.closed.listed);
}

/// A case is the district's from when customs takes part, also for the day's figures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_joint_order_is_a_case_of_customs_once_customs_takes_part() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-JOINS", 1).await;
    let (_, order) = port.instructed("border", &boxes[0]).await;
    assert_eq!(board(&port, "port-office").await.figures.open, 0, "no case of customs");
    let (_, same) = port.instructed("customs-port", &boxes[0]).await;
    assert_eq!(order, same);
    let shown = board(&port, "customs-port").await;
    assert_eq!((shown.figures.opened, open(&shown, "joint-order", "proposed")), (1, 1));
    agrees_with_the_lists(&port).await;
}

/// What customs leaves while it goes on was no case of customs; what it joins again is one again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_joint_order_that_customs_leaves_counts_no_more_as_opened() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-LEAVES", 1).await;
    port.instructed("border", &boxes[0]).await;
    let (own, order) = port.instructed("customs-port", &boxes[0]).await;
    assert_eq!(board(&port, "customs-port").await.figures.opened, 1);
    port.ok("customs-port", &WithdrawInstruction { id: own, reason: "settled on paper".into() }).await;
    let left = board(&port, "customs-port").await;
    assert_eq!((left.figures.opened, left.figures.open, left.figures.cleared), (0, 0, 0));
    assert!(port.state::<inspection::JointOrder>(&order).await.is_open(), "it goes on without customs");
    agrees_with_the_lists(&port).await;
    port.instructed("customs-port", &boxes[0]).await;
    assert_eq!((board(&port, "customs-port").await.figures.opened, board(&port, "customs-port").await.figures.open), (1, 1));
    agrees_with_the_lists(&port).await;
}

/// A declaration is as old as its acceptance, however long it was written at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ages_count_from_when_a_case_became_one() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-AGE", 1).await;
    let draft = port.drafted("B-AGE").await;
    port.set_time(port.now().plus_days(5));
    port.ok("broker-green", &SubmitDeclaration { id: draft }).await;
    let shown = board(&port, "customs-port").await;
    assert_eq!(open(&shown, "declaration", "awaiting-inspection"), 1);
    assert!(shown.rows.iter().all(|row| row.ages[0] == row.total()), "accepted today: {:?}", shown.rows);
    agrees_with_the_lists(&port).await;
    port.set_time(port.now().plus_days(1));
    assert!(board(&port, "customs-port").await.rows.iter().all(|row| row.ages[1] == row.total()));
    agrees_with_the_lists(&port).await;
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

/// Today is closed from the port's hour on, to the minute; yesterday at any time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn today_is_closed_from_an_hour_on() {
    let port = Port::open_with(PortSettings { code: PORT.into(), daily_close_from_minutes: 17 * 60 + 30, ..PortSettings::default() }).await;
    let day = port.now().day(480);
    let hour = port.now().day_start(480).plus_minutes(17 * 60 + 30);
    let close = |day: &str| CloseDay { day: day.into(), groups: Vec::new(), cases: Vec::new() };
    assert_eq!(board(&port, "customs-port").await.closes_from, hour);
    port.set_time(hour.plus_millis(-1));
    assert_eq!(port.no("officer-an", &close(&day)).await, "daily-too-early");
    port.set_time(hour);
    port.ok("officer-an", &close(&day)).await;
    port.set_time(hour.day_start(480).plus_days(2));
    let yesterday = port.now().plus_days(-1).day(480);
    port.ok("officer-an", &close(&yesterday)).await;
    assert_eq!(port.no("officer-an", &close(&port.now().day(480))).await, "daily-too-early");
}
