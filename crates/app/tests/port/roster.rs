//! Rosters on a real store: two editors at once, the draw from who is there, the workload and its alarm (INS-11).

use std::collections::BTreeSet;
use std::sync::Arc;

use alarms::CaseAlarm;
use app::inspections::{AppointInspection, PresentBox};
use app::roster::{AssignShift, ChangeRoster, CopyRoster, RosterChange};
use credit::Grade;
use inspection::{Absence, Inspection, Outcome, Roster, roster_id};
use ledger::Timestamp;

use crate::support::{OFFICERS, PORT, Port, at_once, code_of};

const SITE: &str = "H1 查验场";

fn today(port: &Port) -> String {
    port.now().day(480)
}

fn shift(day: Timestamp, officer: &str, from: i64, to: i64) -> AssignShift {
    let begins = day.day_start(480);
    AssignShift {
        day: day.day(480),
        officer: officer.into(),
        site: SITE.into(),
        from: begins.plus_hours(from),
        to: begins.plus_hours(to),
        competence: None,
    }
}

fn change(day: &str, change: RosterChange) -> ChangeRoster {
    ChangeRoster { day: day.into(), change }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_editors_at_once_put_nobody_in_two_places() {
    let port = Arc::new(Port::open().await);
    let tomorrow = port.now().plus_days(1);
    let mut elsewhere = shift(tomorrow, OFFICERS[0], 9, 13);
    elsewhere.site = "卡口".into();
    let results = at_once(&port, vec![("customs-port", shift(tomorrow, OFFICERS[0], 8, 12)), ("customs-port", elsewhere)]).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(results.iter().find_map(|result| result.as_ref().err()).map(String::as_str), Some("roster-two-places"));
    // Two others at once are both taken.
    let both = vec![("customs-port", shift(tomorrow, OFFICERS[1], 8, 12)), ("customs-port", shift(tomorrow, OFFICERS[2], 8, 12))];
    assert!(at_once(&port, both).await.iter().all(Result::is_ok));
    // A night shift reaches into the next day, whose roster is another object.
    port.ok("customs-port", &shift(tomorrow, OFFICERS[1], 20, 30)).await;
    let after = tomorrow.plus_days(1);
    assert_eq!(port.no("customs-port", &shift(after, OFFICERS[1], 5, 9)).await, "roster-two-places");
    port.ok("customs-port", &shift(after, OFFICERS[1], 6, 9)).await;
    // What is asked in a way that makes no sense.
    let odd = AssignShift { day: "2026-1-1".into(), ..shift(tomorrow, OFFICERS[0], 8, 9) };
    assert_eq!(port.no("customs-port", &odd).await, "roster-day");
    assert_eq!(port.no("customs-port", &shift(tomorrow.plus_days(92), OFFICERS[0], 8, 9)).await, "roster-day-far");
    assert_eq!(port.no("customs-port", &shift(tomorrow, "nobody", 8, 9)).await, "roster-officer-unknown");
    for who in ["customs-far", "port-office", "terminal-east", "admin-desk"] {
        assert_eq!(port.no(who, &shift(tomorrow, OFFICERS[2], 14, 15)).await, "forbidden", "{who}");
        let seen = port.app.roster_day(&port.ctx(who), &tomorrow.day(480)).await;
        assert_eq!(code_of(&seen.expect_err("names of people")), "forbidden", "{who}");
    }
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_is_copied_as_far_as_it_fits_and_overtime_is_told() {
    let port = Port::open().await;
    let now = port.now();
    port.ok("customs-port", &shift(now, OFFICERS[0], 8, 18)).await;
    port.ok("customs-port", &shift(now, OFFICERS[1], 8, 16)).await;
    let next = now.plus_days(1).day(480);
    port.ok("customs-port", &change(&next, RosterChange::Absent { officer: OFFICERS[1].into(), absence: Absence::Training })).await;
    let copy = CopyRoster { day: next.clone(), from: today(&port) };
    assert_eq!(port.ok("customs-port", &copy).await, (1, 1), "who is absent is left out");
    assert_eq!(port.ok("customs-port", &copy).await, (0, 2), "nobody twice");
    assert_eq!(port.no("customs-port", &CopyRoster { day: next, from: now.plus_days(9).day(480) }).await, "not-found");
    let seen = port.app.roster_day(&port.ctx("customs-port"), &today(&port)).await.expect("a roster");
    let of = |officer: &str| seen.officers.iter().find(|one| one.id == officer).map(|one| one.overtime_minutes);
    assert_eq!((of(OFFICERS[0]), of(OFFICERS[1])), (Some(120), Some(0)), "beyond eight hours of a working day");
    // What is over is not changed any more.
    let number = seen.roster.expect("a roster").shifts[0].number;
    port.pass_minutes(24 * 60);
    let yesterday = now.day(480);
    assert_eq!(port.no("customs-port", &change(&yesterday, RosterChange::Remove { number })).await, "roster-day-over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn officers_are_drawn_from_the_roster_in_force_and_from_all_on_a_day_without_one() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let there: Vec<&str> = OFFICERS[..3].to_vec();
    for officer in &there {
        port.ok("customs-port", &shift(port.now(), officer, 0, 12)).await;
    }
    // A draft narrows nothing.
    port.landed("B-DRAFT", 1).await;
    let declaration = port.declared("B-DRAFT").await;
    let free = port.state::<Inspection>(&port.drawn(&declaration).await).await.draw.expect("a draw");
    assert_eq!((free.pool.len(), free.roster), (3, None), "all but the one who has a conflict");
    let day = today(&port);
    port.ok("customs-port", &change(&day, RosterChange::Publish)).await;
    assert_eq!(port.no("customs-port", &change(&day, RosterChange::Publish)).await, "roster-published");
    port.ok("customs-port", &change(&day, RosterChange::Absent { officer: there[2].into(), absence: Absence::Leave })).await;
    port.landed("B-FORCE", 1).await;
    let declaration = port.declared("B-FORCE").await;
    let inspection = port.drawn(&declaration).await;
    let drawn = port.state::<Inspection>(&inspection).await.draw.expect("a draw");
    assert_eq!(drawn.chosen.iter().map(String::as_str).collect::<BTreeSet<_>>(), there[..2].iter().copied().collect());
    assert_eq!(drawn.roster, Some(format!("{}@5", roster_id("3104", &day))), "which roster, as it was");
    assert_ne!(drawn.pool_version, free.pool_version);
    // Too few are there: the order waits without officers, and draws as soon as somebody comes.
    port.ok("customs-port", &change(&day, RosterChange::Absent { officer: there[1].into(), absence: Absence::OtherDuty })).await;
    port.landed("B-FEW", 1).await;
    let declaration = port.declared("B-FEW").await;
    let waiting = port.drawn(&declaration).await;
    assert_eq!(port.state::<Inspection>(&waiting).await.draw, None);
    port.ok("customs-port", &change(&day, RosterChange::Present { officer: there[2].into() })).await;
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot_start = slots.iter().find(|slot| slot.start > port.now()).expect("a slot is free").start;
    port.ok("broker-green", &AppointInspection { id: waiting.clone(), slot_start }).await;
    let chosen = port.state::<Inspection>(&waiting).await.draw.expect("a draw").chosen;
    assert_eq!(chosen.iter().map(String::as_str).collect::<BTreeSet<_>>(), [there[0], there[2]].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_workload_says_what_is_booked_waits_and_is_expected_and_calls_when_hours_are_missing() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-LOAD", 1).await;
    let declaration = port.declared("B-LOAD").await;
    let inspection = port.drawn(&declaration).await;
    let watch = async || port.app.watch_cases(&port.ctx("platform")).await.expect("watched");
    let load = async |who: &str| port.app.workload(&port.ctx(who)).await.expect("a workload");
    let seen = load("customs-port").await;
    let first = &seen.days[0];
    assert_eq!((first.load.booked, first.load.waiting, first.load.expected_tenths, seen.backlog), (0, 1, 0, 1));
    assert_eq!((first.load.needed_minutes(), first.load.rostered_minutes), (240, 0), "two officers for the two hours of a slot");
    assert_eq!((first.published, seen.weekday_tried, seen.past.len()), (false, None, 0), "nothing is known of the past");
    assert_eq!((first.candidates.len(), first.candidates[0].officer.as_str()), (1, OFFICERS[0]), "four hours are missing: one shift");
    assert_eq!(load("port-office").await.days[0].candidates, [], "whom to ask is for customs alone");
    assert_eq!(watch().await, 0, "no roster is in force");
    for who in ["customs-far", "terminal-east", "maritime"] {
        assert_eq!(code_of(&port.app.workload(&port.ctx(who)).await.expect_err("not theirs")), "forbidden", "{who}");
    }
    // Booked, it is no backlog but work of that day.
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot_start = slots.iter().find(|slot| slot.start > port.now()).expect("a slot is free").start;
    port.ok("broker-green", &AppointInspection { id: inspection, slot_start }).await;
    let booked = load("customs-port").await.days[0].load;
    assert_eq!((booked.booked, booked.waiting), (1, 0));

    // Five more orders and a roster of two hours: twenty hours are missing, and customs is told.
    for bill in ["B-M1", "B-M2", "B-M3", "B-M4", "B-M5"] {
        port.landed(bill, 1).await;
        port.declared(bill).await;
    }
    let day = today(&port);
    for officer in &OFFICERS[..2] {
        port.ok("customs-port", &shift(port.now(), officer, 13, 15)).await;
    }
    port.ok("customs-port", &change(&day, RosterChange::Publish)).await;
    let short = load("customs-port").await.days[0].load;
    assert_eq!((short.needed_minutes(), short.rostered_minutes, short.missing_minutes()), (1_440, 240, 1_200));
    assert_eq!(watch().await, 1);
    let alarm = "inspection-backlog.H1 查验场";
    let raised = port.state::<CaseAlarm>(alarm).await;
    assert_eq!((raised.raised.level, raised.raised.limit_hours, raised.raised.authority.as_deref()), (1, 8, Some("3104")));
    // Overtime is found: the alarm ends by itself.
    for officer in &OFFICERS[2..4] {
        port.ok("customs-port", &shift(port.now(), officer, 13, 23)).await;
    }
    assert_eq!(load("customs-port").await.days[0].load.missing_minutes(), 0);
    assert_eq!(watch().await, 0);
    assert_eq!(port.status::<CaseAlarm>(alarm).await, "cleared");
    assert_eq!(port.events::<Roster>(&roster_id("3104", &day)).await.len(), 5);

    // Days later the past speaks: what came is beside what was forecast, and is measured.
    port.pass_minutes(15 * 24 * 60);
    let later = load("customs-port").await;
    assert_eq!((later.past.len(), later.past[0].came), (15, 6));
    let tried = later.weekday_tried.expect("eight days and more to try");
    assert_eq!((tried.days, tried.came_tenths), (8, 0), "from the second week on");
    assert_eq!(tried.error_tenths, 11, "sixty and thirty tenths too many on two days of eight");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indicators_count_what_was_ordered_found_and_how_long_it_took() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let began = port.now();
    for (bill, outcome, disposition) in [("B-HIT", Outcome::Fail, "40"), ("B-MISS", Outcome::Pass, "18")] {
        let (_, boxes) = port.landed(bill, 1).await;
        let declaration = port.declared(bill).await;
        let inspection = port.drawn(&declaration).await;
        port.pass_minutes(150);
        port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
        port.pass_minutes(30);
        port.drawn_result(&inspection, outcome, disposition).await;
    }
    port.graded(Grade::Regular).await;
    port.landed("B-FREE", 1).await;
    port.declared("B-FREE").await;
    let found = async |who: &str| port.app.inspection_indicators(&port.ctx(who), began, port.now()).await.expect("indicators");
    for who in ["customs-port", "port-office"] {
        let seen = found(who).await;
        assert_eq!((seen.ordered, seen.declarations, seen.hits, seen.results), (2, 3, 1, 2), "{who}");
        assert_eq!((seen.to_site.count(), seen.to_site.within(500), seen.to_result.within(900)), (2, Some(3), Some(1)), "{who}");
    }
    let far = found("customs-far").await;
    assert_eq!((far.ordered, far.results, far.to_site.within(500)), (0, 0, None), "another district has its own");
    let refused = port.app.inspection_indicators(&port.ctx("terminal-east"), began, began).await;
    assert_eq!(code_of(&refused.expect_err("not theirs")), "forbidden");
    let long = port.app.inspection_indicators(&port.ctx("port-office"), began.plus_days(-401), began).await;
    assert_eq!(code_of(&long.expect_err("too long")), "indicator-period");
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "the kept counters are those of the ledger");
}
