//! The library, its limits, and the life of an alarm.

use alarms::{
    Acknowledged, AlarmPhase, AlarmRule, CaseAlarm, Changed, ClearedBy, How, Keeper, LIBRARY, LIMIT_HOURS_MAX, LIMITS_MAX, RuleSetting,
    Standing, Watched, alarm_id, decide_acknowledge, decide_change, decide_settle, rule,
};
use ledger::{Aggregate, DomainEvent, ObjectRef, Timestamp};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus_hours(hours)
}

fn watched() -> Watched {
    Watched {
        case: ObjectRef::new("inspection", "I2611-000001"),
        title: "I2611-000001 B-1".into(),
        since: at(0),
        amount: None,
        owner: Some("terminal-east".into()),
        authority: Some("3104".into()),
        parties: vec!["trader-one".into()],
    }
}

fn setting() -> RuleSetting {
    RuleSetting::of(rule("inspection-not-moved").expect("in the library"), None)
}

fn play(state: Option<CaseAlarm>, watched: Option<Watched>, now: Timestamp) -> (Option<CaseAlarm>, Vec<&'static str>) {
    let level = setting().level(at(0), now);
    let events = decide_settle("inspection-not-moved", state.as_ref(), watched, level);
    let kinds = events.iter().map(DomainEvent::kind).collect();
    let state = events.iter().fold(state, |state, event| Some(CaseAlarm::apply(state, event, now).expect("follows")));
    (state, kinds)
}

#[test]
fn the_library_has_one_rule_of_each_code_with_ascending_limits() {
    for (index, one) in LIBRARY.iter().enumerate() {
        assert!(LIBRARY[..index].iter().all(|other| other.code != one.code), "{} twice", one.code);
        assert!(one.hours.windows(2).all(|pair| pair[0] < pair[1]) && one.hours.len() <= LIMITS_MAX, "{}", one.code);
        assert!(![one.name.0, one.name.1, one.measured.0, one.measured.1].contains(&""), "{} says nothing", one.code);
        assert_eq!(one.hours.is_empty(), matches!(one.how, How::OwnWatch(_)), "{}", one.code);
        // The longest id of a case has 40 characters, and an id in an address 64.
        assert!(alarm_id(one.code, "CSQU3054383-C2611-000001").len() <= 64, "{}", one.code);
    }
}

#[test]
fn an_alarm_is_raised_once_rises_with_each_limit_and_ends_with_its_cause() {
    let (state, none) = play(None, Some(watched()), at(24).plus_millis(-1));
    assert!(state.is_none() && none.is_empty(), "one millisecond before the limit");
    let (state, raised) = play(None, Some(watched()), at(24));
    assert_eq!(raised, ["case-alarm.raised"]);
    assert_eq!(play(state.clone(), Some(watched()), at(30)).1, [""; 0], "it stands already");
    let noted = Acknowledged { by: "officer".into(), organisation: "customs-port".into(), note: "called the terminal".into() };
    let event = decide_acknowledge(state.as_ref().expect("raised"), noted.clone()).expect("open").remove(0);
    let state = CaseAlarm::apply(state, &event, at(31)).expect("follows");
    assert_eq!((state.standing(), state.was), (Standing::Acknowledged, Some(Standing::Raised)));
    assert_eq!(state.work_row("x").action, None, "nobody is asked any more");
    let (state, sharpened) = play(Some(state), Some(watched()), at(72));
    assert_eq!(sharpened, ["case-alarm.sharpened"]);
    let state = state.expect("open");
    assert_eq!((state.raised.level, state.raised.limit_hours, &state.phase), (2, 72, &AlarmPhase::Raised), "somebody must look again");
    assert_eq!((state.notes.len(), state.was), (1, Some(Standing::Acknowledged)));
    let (state, cleared) = play(Some(state), None, at(73));
    assert_eq!(cleared, ["case-alarm.cleared"]);
    let state = state.expect("kept");
    assert_eq!(state.phase, AlarmPhase::Cleared { at: at(73), by: ClearedBy::Cause });
    assert_eq!(decide_acknowledge(&state, noted).unwrap_err().code, "case-alarm-cleared");
    assert_eq!(play(Some(state.clone()), None, at(74)).1, [""; 0], "it has ended");
    let (state, again) = play(Some(state), Some(watched()), at(80));
    assert_eq!(again, ["case-alarm.raised"]);
    let state = state.expect("open");
    assert_eq!((state.times, state.notes.len(), state.was), (2, 0, None), "the notes were of the former one");
}

#[test]
fn an_alarm_ends_when_its_rule_is_switched_off_or_its_limit_raised() {
    let raised = play(None, Some(watched()), at(24)).0.expect("raised");
    for setting in [RuleSetting { on: false, hours: vec![24] }, RuleSetting { on: true, hours: vec![48] }] {
        let level = setting.level(at(0), at(25));
        let events = decide_settle("inspection-not-moved", Some(&raised), Some(watched()), level);
        let state = CaseAlarm::apply(Some(raised.clone()), &events[0], at(25)).expect("follows");
        assert_eq!(state.phase, AlarmPhase::Cleared { at: at(25), by: ClearedBy::Rule });
    }
    // A limit that is raised between two levels leaves the alarm where it was: what was told is not untold.
    let second = play(Some(raised), Some(watched()), at(72)).0.expect("sharpened");
    let level = RuleSetting { on: true, hours: vec![24, 96] }.level(at(0), at(73));
    assert_eq!(decide_settle("inspection-not-moved", Some(&second), Some(watched()), level), []);
}

#[test]
fn a_rule_that_measures_no_time_goes_by_its_amount() {
    let of = |amount, on| {
        let watched = Watched { amount: Some(amount), ..watched() };
        RuleSetting { on, hours: vec![8, 24] }.level_of(&watched, at(1_000))
    };
    assert_eq!((of(7, true), of(8, true), of(24, true), of(24, false)), (None, Some((1, 8)), Some((2, 24)), None));
    assert_eq!(setting().level_of(&watched(), at(24)), Some((1, 24)), "time, where there is no amount");
}

#[test]
fn what_a_case_asks_itself_is_not_asked_twice() {
    let mut one = play(None, Some(watched()), at(24)).0.expect("raised");
    assert_eq!(one.work_row("x").action.as_deref(), Some("look-into-case-alarm"));
    one.raised.rule = "duty-overdue".into();
    let row = one.work_row("x");
    assert_eq!((row.action, row.owner), (None, None));
    assert!(row.parties.contains(&"terminal-east".to_owned()), "it is told all the same");
}

#[test]
fn a_rule_is_changed_by_its_keeper_within_bounds() {
    let moved = rule("inspection-not-moved").expect("in the library");
    let change = |on, hours: &[u32]| Changed { on, hours: hours.to_vec(), note: "trial".into(), by: "u".into(), organisation: "o".into() };
    let code = |rule, change, who| decide_change(rule, None, change, who).unwrap_err().code;
    let customs = Some(Keeper::Customs);
    assert_eq!(code(moved, change(true, &[12]), Some(Keeper::PortOffice)), "alarm-rule-keeper");
    assert_eq!(code(moved, change(true, &[12]), None), "alarm-rule-keeper");
    for bad in [&[][..], &[1, 2, 3, 4], &[5, 5], &[6, 5], &[LIMIT_HOURS_MAX + 1]] {
        assert_eq!(code(moved, change(true, bad), customs), "alarm-rule-limits", "{bad:?}");
    }
    assert_eq!(code(moved, change(true, &[24, 72]), customs), "alarm-rule-unchanged");
    let truck = rule("truck-off-route").expect("in the library");
    assert_eq!(code(truck, change(true, &[1]), customs), "alarm-rule-not-measured");
    let events = decide_change(moved, None, change(false, &[1, 2, LIMIT_HOURS_MAX]), customs).expect("at the limits");
    let state = AlarmRule::apply(None, &events[0], at(0)).expect("a state");
    assert_eq!(RuleSetting::of(moved, Some(&state)), RuleSetting { on: false, hours: vec![1, 2, LIMIT_HOURS_MAX] });
    assert_eq!(RuleSetting::of(moved, Some(&state)).level(at(0), at(100)), None, "switched off");
}
