//! Alarms about cases: raised once when a limit passes, looked after by people, ended by their cause; one list of every alarm.

use alarms::{AlarmPhase, AlarmRule, CaseAlarm, ClearedBy, LIBRARY, alarm_id};
use app::alarms::{AcknowledgeCaseAlarm, AlarmQuery, ChangeAlarmRule};
use app::inspections::PresentBox;
use app::telemetry::{ReadingRow, RegisterEquipment, SendTelemetry};
use credit::Grade;
use equipment::{EquipmentKind, MachineState, Reading};
use inspection::Outcome;
use ledger::{Aggregate, ObjectRef};

use crate::support::{PORT, Port, at_once, code_of};

async fn watch(port: &Port) -> usize {
    port.app.watch_cases(&port.ctx("platform")).await.expect("watched")
}

async fn listed(port: &Port, who: &str, query: AlarmQuery) -> Vec<String> {
    let page = port.app.alarms(&port.ctx(who), &query).await.expect("alarms");
    page.items.into_iter().map(|(item, _)| item.object.id).collect()
}

async fn open(port: &Port, who: &str) -> Vec<String> {
    listed(port, who, AlarmQuery { limit: 200, ..AlarmQuery::default() }).await
}

/// What is counted is what is listed, for everybody who counts, and what the ledger says.
async fn counts_agree(port: &Port) {
    for who in ["port-office", "customs-port"] {
        let figures = port.app.alarm_figures(&port.ctx(who)).await.expect("figures");
        for rule in LIBRARY {
            let query = AlarmQuery { rule: Some(rule.code.into()), limit: 200, ..AlarmQuery::default() };
            assert_eq!(figures.rules[rule.code].open, listed(port, who, query).await.len() as u64, "{who} {}", rule.code);
        }
    }
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "the kept counters are those of the ledger");
}

fn change(code: &str, on: bool, hours: &[u32], version: u32) -> ChangeAlarmRule {
    ChangeAlarmRule { code: code.into(), on, hours: hours.to_vec(), note: "trial run".into(), version }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inspection_that_nobody_moves_is_called_once_rises_and_ends_when_the_box_comes() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-ALARM", 1).await;
    let declaration = port.declared("B-ALARM").await;
    let inspection = port.drawn(&declaration).await;
    let alarm = alarm_id("inspection-not-moved", &inspection);
    let began = port.now();
    port.set_time(began.plus_hours(24).plus_millis(-1));
    assert_eq!(watch(&port).await, 0, "one millisecond before the limit");
    port.set_time(began.plus_hours(24));
    for _ in 0..2 {
        assert_eq!(watch(&port).await, 1);
    }
    assert_eq!(port.events::<CaseAlarm>(&alarm).await, ["case-alarm.raised"], "once");
    let of_case = port.store.events_of(PORT, &ObjectRef::new("inspection", inspection.clone()), None, 100).await.expect("store");
    assert!(of_case.iter().any(|stored| stored.event.kind == "case-alarm.raised"), "on the case's timeline");
    // Whoever may see the case is told, and who must act finds it in the worklist; nobody else knows of it.
    for who in ["broker-green", "terminal-east", "customs-port", "port-office"] {
        assert_eq!(open(&port, who).await, std::slice::from_ref(&alarm), "{who}");
    }
    for who in ["terminal-west", "customs-far", "maritime"] {
        assert_eq!(open(&port, who).await, Vec::<String>::new(), "{who}");
        assert_eq!(port.no(who, &AcknowledgeCaseAlarm { id: alarm.clone(), note: "mine".into() }).await, "not-found", "{who}");
    }
    let mine = AlarmQuery { mine: true, ..AlarmQuery::default() };
    assert_eq!(listed(&port, "broker-green", mine.clone()).await, std::slice::from_ref(&alarm), "the broker has not booked");
    assert_eq!(listed(&port, "terminal-east", mine).await, Vec::<String>::new());
    counts_agree(&port).await;

    assert_eq!(port.no("terminal-east", &AcknowledgeCaseAlarm { id: alarm.clone(), note: " ".into() }).await, "reason");
    port.ok("terminal-east", &AcknowledgeCaseAlarm { id: alarm.clone(), note: "the crane is out of order".into() }).await;
    assert_eq!(port.status::<CaseAlarm>(&alarm).await, "acknowledged");
    counts_agree(&port).await;
    port.set_time(began.plus_hours(72));
    watch(&port).await;
    let risen = port.state::<CaseAlarm>(&alarm).await;
    assert_eq!((risen.raised.level, risen.phase, risen.notes.len()), (2, AlarmPhase::Raised, 1));
    counts_agree(&port).await;

    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    assert_eq!(watch(&port).await, 0);
    assert!(matches!(port.state::<CaseAlarm>(&alarm).await.phase, AlarmPhase::Cleared { by: ClearedBy::Cause, .. }));
    assert_eq!(port.no("terminal-east", &AcknowledgeCaseAlarm { id: alarm, note: "late".into() }).await, "case-alarm-cleared");
    // At the site another clock runs.
    port.pass_minutes(24 * 60);
    assert_eq!(watch(&port).await, 1);
    assert_eq!(open(&port, "customs-port").await, [alarm_id("inspection-not-done", &inspection)]);
    counts_agree(&port).await;
    // With the result the box counts as back at once, whatever the result is.
    port.drawn_result(&inspection, Outcome::Fail, "40").await;
    assert_eq!(watch(&port).await, 0);
    counts_agree(&port).await;
    let differences = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("replayed");
    assert_eq!(differences, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boxes_are_called_by_how_long_they_stand_before_and_after_their_release() {
    let port = Port::open().await;
    let (_, waiting) = port.landed("B-STAY", 1).await;
    let (_, free) = port.released("B-FREE", 1).await;
    let began = port.now();
    for (days, stands, uncollected) in
        [(6, None, false), (7, Some(1), false), (14, Some(2), false), (15, Some(2), true), (90, Some(3), true)]
    {
        port.set_time(began.plus_days(days));
        watch(&port).await;
        let open = open(&port, "customs-port").await;
        let stay = alarm_id("import-unreleased", &waiting[0]);
        let level = if open.contains(&stay) { Some(port.state::<CaseAlarm>(&stay).await.raised.level) } else { None };
        assert_eq!(level, stands, "after {days} days");
        let left = alarm_id("import-uncollected", &free[0]);
        assert_eq!(open.contains(&left), uncollected, "after {days} days");
    }
    // The terminal is asked for what is not collected, and customs for what is not released.
    let collected = port.state::<CaseAlarm>(&alarm_id("import-uncollected", &free[0])).await.work_row("x");
    assert_eq!(collected.owner.as_deref(), Some("terminal-east"));
    let stay = port.state::<CaseAlarm>(&alarm_id("import-unreleased", &waiting[0])).await.work_row("x");
    assert_eq!((stay.owner, stay.authority.as_deref()), (None, Some("3104")));
    counts_agree(&port).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_is_changed_by_its_keeper_and_its_alarms_follow() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-RULE", 1).await;
    let alarm = alarm_id("import-unreleased", &boxes[0]);
    for (who, code) in [("port-office", "alarm-rule-keeper"), ("customs-far", "alarm-rule-keeper"), ("terminal-east", "forbidden")] {
        assert_eq!(port.no(who, &change("import-unreleased", true, &[1], 0)).await, code, "{who}");
    }
    assert_eq!(port.no("customs-port", &change("no-such-rule", true, &[1], 0)).await, "not-found");
    assert_eq!(port.no("customs-port", &change("import-unreleased", true, &[], 0)).await, "alarm-rule-limits");
    assert_eq!(port.no("customs-port", &change("truck-off-route", true, &[1], 0)).await, "alarm-rule-not-measured");
    port.ok("customs-port", &change("import-unreleased", true, &[1, 200], 0)).await;
    assert_eq!(port.no("customs-port", &change("import-unreleased", true, &[2], 0)).await, "stale", "looked at before the change");
    port.pass_minutes(60);
    assert_eq!(watch(&port).await, 1);
    // Switched off: the alarm ends, and none is raised.
    port.ok("customs-port", &change("import-unreleased", false, &[1, 200], 1)).await;
    assert_eq!(watch(&port).await, 0);
    assert!(matches!(port.state::<CaseAlarm>(&alarm).await.phase, AlarmPhase::Cleared { by: ClearedBy::Rule, .. }));
    port.ok("customs-port", &change("import-unreleased", true, &[1], 2)).await;
    assert_eq!(watch(&port).await, 1);
    assert_eq!(port.state::<CaseAlarm>(&alarm).await.times, 2);
    assert_eq!(port.events::<AlarmRule>("import-unreleased").await, ["alarm-rule.changed"; 3]);
    let rules = port.app.alarm_rules(&port.ctx("port-office")).await.expect("rules");
    let rule = rules.iter().find(|one| one.rule.code == "import-unreleased").expect("a rule");
    assert_eq!((rule.setting.hours.as_slice(), rule.kept, rule.set.as_ref().map(|set| set.times)), (&[1][..], false, Some(3)));
    // Of two who change the rule at once, one comes second and is told so.
    let port = std::sync::Arc::new(port);
    let both =
        vec![("customs-port", change("import-unreleased", true, &[5], 3)), ("customs-port", change("import-unreleased", true, &[6], 3))];
    let results = at_once(&port, both).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_and_cases_stand_in_one_list_for_who_may_see_both() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-LIST", 1).await;
    port.ok("terminal-east", &RegisterEquipment { number: "QC01".into(), kind: EquipmentKind::QuayCrane, name: "一号岸桥".into() }).await;
    let reading = Reading { at: port.now(), state: MachineState::Fault, position: None, load_kg: None, alarms: vec!["E7".into()] };
    port.ok("terminal-east", &SendTelemetry { readings: vec![ReadingRow { equipment: "QC01".into(), reading }] }).await;
    port.pass_minutes(7 * 24 * 60);
    watch(&port).await;
    let machine = "terminal-east.QC01.E7".to_owned();
    let case = alarm_id("import-unreleased", &boxes[0]);
    for who in ["terminal-east", "port-office"] {
        let open = open(&port, who).await;
        assert!(open.contains(&machine) && open.contains(&case), "{who}: {open:?}");
        let by_rule = AlarmQuery { rule: Some("machines".into()), ..AlarmQuery::default() };
        assert_eq!(listed(&port, who, by_rule).await, std::slice::from_ref(&machine), "{who}");
        let figures = port.app.alarm_figures(&port.ctx(who)).await.expect("figures");
        assert_eq!((figures.rules["machines"].open, figures.rules["machines"].unseen), (1, 1), "{who}");
    }
    assert!(!open(&port, "customs-port").await.contains(&machine), "machines are no business of customs");
    let number = logistics::container_number(&boxes[0]).to_owned();
    let by_number = AlarmQuery { key_prefix: Some(number), ..AlarmQuery::default() };
    assert_eq!(listed(&port, "port-office", by_number).await, [case]);
    assert_eq!(code_of(&port.app.alarms(&port.ctx("admin-desk"), &AlarmQuery::default()).await.expect_err("not theirs")), "forbidden");
    // Pages do not overlap.
    let first = port.app.alarms(&port.ctx("port-office"), &AlarmQuery { limit: 1, ..AlarmQuery::default() }).await.expect("a page");
    let second = AlarmQuery { limit: 1, cursor: first.next, ..AlarmQuery::default() };
    assert_ne!(first.items[0].0.object.id, listed(&port, "port-office", second).await[0]);
}
