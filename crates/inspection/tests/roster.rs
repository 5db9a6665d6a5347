//! The roster: nobody in two places, overtime by the calendar, and forecasts that are measured.

use codes::calendar::DayKind;
use inspection::workload::{DAYS, DayLoad, Method, Past, TRIED_MIN};
use inspection::{
    Absence, AbsenceLifted, AbsenceNoted, Overtime, OvertimeKind, Roster, RosterEvent, SHIFTS_MAX, ShiftFacts, ShiftWanted,
    decide_assign_shift, decide_lift_absence, decide_note_absence, decide_publish_roster, decide_remove_shift,
};
use ledger::{Aggregate, Refusal, Timestamp};

/// Hours of the day in question.
fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus_hours(hours)
}

fn facts(kind: DayKind) -> ShiftFacts {
    ShiftFacts {
        day: (at(0), at(24)),
        kind,
        competences: Some(vec!["reefer".into()]),
        beside: Vec::new(),
        sites: vec!["H1".into(), "images".into()],
    }
}

fn wanted(officer: &str, site: &str, from: i64, to: i64) -> ShiftWanted {
    ShiftWanted {
        district: "3104".into(),
        day: "2027-01-15".into(),
        officer: officer.into(),
        site: site.into(),
        from: at(from),
        to: at(to),
        competence: None,
        by: "chief".into(),
    }
}

fn assign(state: Option<Roster>, wanted: ShiftWanted, facts: &ShiftFacts) -> Result<Roster, Refusal> {
    let events = decide_assign_shift(state.as_ref(), wanted, facts, at(-10))?;
    Ok(events.iter().fold(state, |state, event| Some(Roster::apply(state, event, at(-10)).expect("follows"))).expect("a roster"))
}

fn apply(state: Roster, events: &[RosterEvent]) -> Roster {
    events.iter().fold(state, |state, event| Roster::apply(Some(state), event, at(-9)).expect("follows"))
}

#[test]
fn nobody_is_in_two_places_at_once_also_across_midnight() {
    let facts_of_day = facts(DayKind::Work);
    let roster = assign(None, wanted("a", "H1", 8, 12), &facts_of_day).expect("the first shift");
    for (from, to) in [(11, 13), (7, 9), (8, 12), (9, 10), (7, 13)] {
        let refused = assign(Some(roster.clone()), wanted("a", "images", from, to), &facts_of_day).unwrap_err();
        assert_eq!(refused.code, "roster-two-places", "{from} to {to}");
    }
    let roster = assign(Some(roster), wanted("a", "images", 12, 14), &facts_of_day).expect("one after the other");
    assign(Some(roster.clone()), wanted("b", "H1", 8, 12), &facts_of_day).expect("somebody else at the same time");
    let night = ShiftFacts { beside: vec![(at(-4), at(3)), (at(26), at(30))], ..facts(DayKind::Work) };
    for (from, to) in [(2, 6), (20, 27)] {
        assert_eq!(assign(Some(roster.clone()), wanted("a", "H1", from, to), &night).unwrap_err().code, "roster-two-places");
    }
    let roster = assign(Some(roster), wanted("a", "H1", 3, 6), &night).expect("after the night shift");
    assert_eq!((roster.on_duty("H1").len(), roster.minutes_at("H1"), roster.minutes_at("images")), (1, 7 * 60, 120));
    // Taken back, the time is free again.
    let removed = decide_remove_shift(&roster, 1, "chief".into(), at(24), at(0)).expect("a shift");
    let roster = apply(roster, &removed);
    assert_eq!(decide_remove_shift(&roster, 1, "chief".into(), at(24), at(0)).unwrap_err().code, "roster-no-shift");
    let roster = assign(Some(roster), wanted("a", "images", 9, 11), &facts_of_day).expect("free");
    assert_eq!(roster.shifts.iter().map(|shift| shift.number).collect::<Vec<_>>(), [2, 3, 4], "a number is not used again");
}

#[test]
fn what_makes_no_sense_is_refused_with_its_code() {
    let work = facts(DayKind::Work);
    let code = |wanted, facts: &ShiftFacts| decide_assign_shift(None, wanted, facts, at(-10)).unwrap_err().code;
    assert_eq!(code(wanted("a", "moon", 8, 9), &work), "roster-site");
    assert_eq!(code(wanted("x", "H1", 8, 9), &ShiftFacts { competences: None, ..work.clone() }), "roster-officer-unknown");
    assert_eq!(code(ShiftWanted { competence: Some("image-senior".into()), ..wanted("a", "H1", 8, 9) }, &work), "roster-competence");
    for (from, to) in [(8, 21), (-1, 4), (24, 26), (9, 9), (9, 8)] {
        assert_eq!(code(wanted("a", "H1", from, to), &work), "roster-shift-time", "{from} to {to}");
    }
    let odd = ShiftWanted { to: at(9).plus_millis(1), ..wanted("a", "H1", 8, 9) };
    assert_eq!(code(odd, &work), "roster-shift-time");
    assert_eq!(decide_assign_shift(None, wanted("a", "H1", 8, 9), &work, at(24)).unwrap_err().code, "roster-day-over");
    assert!(
        decide_assign_shift(None, ShiftWanted { competence: Some("reefer".into()), ..wanted("a", "H1", 8, 20) }, &work, at(23)).is_ok()
    );
    let mut full = assign(None, wanted("a", "H1", 8, 9), &work).expect("a roster");
    full.shifts = vec![full.shifts[0].clone(); SHIFTS_MAX];
    assert_eq!(assign(Some(full.clone()), wanted("b", "H1", 8, 9), &work).unwrap_err().code, "roster-full");
    full.shifts.pop();
    assert!(assign(Some(full), wanted("b", "H1", 8, 9), &work).is_ok(), "the last one fits");
}

#[test]
fn overtime_follows_from_the_calendar_and_the_hours_of_the_day() {
    let of = |kind, shifts: &[(i64, i64)]| {
        let mut roster = None;
        for (from, to) in shifts {
            roster = Some(assign(roster, wanted("a", "H1", *from, *to), &facts(kind)).expect("a shift"));
        }
        roster.expect("a roster").shifts.into_iter().map(|shift| shift.overtime).collect::<Vec<_>>()
    };
    let some = |kind, minutes| Some(Overtime { kind, minutes });
    assert_eq!(of(DayKind::Work, &[(8, 16)]), [None], "eight hours are none");
    assert_eq!(of(DayKind::Work, &[(8, 18)]), [some(OvertimeKind::Extended, 120)]);
    assert_eq!(of(DayKind::Work, &[(8, 15), (16, 20)]), [None, some(OvertimeKind::Extended, 180)], "the hours of the day count together");
    assert_eq!(of(DayKind::Rest, &[(8, 12)]), [some(OvertimeKind::RestDay, 240)]);
    assert_eq!(of(DayKind::Holiday, &[(8, 12)]), [some(OvertimeKind::Holiday, 240)]);
}

#[test]
fn who_is_absent_has_no_shift_and_does_not_count() {
    let work = facts(DayKind::Work);
    let roster = assign(None, wanted("a", "H1", 8, 12), &work).expect("a shift");
    let roster = assign(Some(roster), wanted("b", "H1", 8, 12), &work).expect("a shift");
    let away =
        AbsenceNoted { district: "3104".into(), day: "2027-01-15".into(), officer: "a".into(), absence: Absence::Leave, by: "c".into() };
    let noted = decide_note_absence(Some(&roster), away.clone(), &work, at(0)).expect("noted");
    let without = apply(roster.clone(), &noted);
    assert_eq!((without.on_duty("H1").into_iter().collect::<Vec<_>>(), without.minutes_at("H1")), (vec!["b"], 240));
    assert_eq!(decide_note_absence(Some(&without), away, &work, at(0)).unwrap_err().code, "roster-officer-absent");
    assert_eq!(assign(Some(without.clone()), wanted("a", "H1", 13, 14), &work).unwrap_err().code, "roster-officer-absent");
    assert_eq!(decide_publish_roster(&without, "H1", "c".into(), at(24), at(0)).unwrap_err().code, "roster-too-few");
    let back = AbsenceLifted { officer: "a".into(), by: "c".into() };
    let again = apply(without.clone(), &decide_lift_absence(&without, back.clone(), at(24), at(1)).expect("lifted"));
    assert_eq!(decide_lift_absence(&again, back, at(24), at(1)).unwrap_err().code, "roster-officer-present");
    let published = apply(again.clone(), &decide_publish_roster(&again, "H1", "c".into(), at(24), at(1)).expect("two are enough"));
    assert_eq!(published.status(), "published");
    assert_eq!(decide_publish_roster(&published, "H1", "c".into(), at(24), at(1)).unwrap_err().code, "roster-published");
}

fn past(from: i32, ordered: impl Fn(i32) -> u64, ships: impl Fn(i32) -> u64) -> Past {
    Past {
        from,
        ordered: (from..100).map(|day| (day, ordered(day))).collect(),
        arrived: (from..100).map(|day| (day, ships(day))).collect(),
    }
}

#[test]
fn a_forecast_is_the_mean_of_the_weekday_or_the_ships_due_whichever_erred_less() {
    // Ten on every seventh day, one otherwise: the weekday knows it, ships do not.
    let weekly = past(0, |day| if day % 7 == 0 { 10 } else { 1 }, |_| 1);
    assert_eq!((weekly.by_weekday(105, 100), weekly.by_weekday(106, 100)), (Some(100), Some(10)));
    assert_eq!(weekly.tried(Method::Weekday, 100).map(|tried| (tried.days, tried.error_tenths)), Some((DAYS as u32, 0)));
    assert!(weekly.tried(Method::Ships, 100).expect("tried").error_tenths > 0);
    assert_eq!(weekly.better(100), Method::Weekday);
    // Two for each ship, and ships as they come: the other way round.
    let shipped = past(0, |day| 2 * u64::from(day % 5 == 0), |day| u64::from(day % 5 == 0));
    assert_eq!(shipped.by_ships(3, 100), Some(60));
    assert_eq!((shipped.tried(Method::Ships, 100).expect("tried").error_tenths, shipped.better(100)), (0, Method::Ships));
    // Nothing is made of nothing, and too few days say nothing.
    let empty = Past { from: 100, ..Past::default() };
    assert_eq!((empty.by_weekday(101, 100), empty.by_ships(3, 100), empty.tried(Method::Weekday, 100)), (None, None, None));
    let young = past(100 - 7 - TRIED_MIN as i32, |_| 1, |_| 1);
    assert_eq!(young.tried(Method::Weekday, 100).map(|tried| tried.days), Some(TRIED_MIN));
    let younger = past(100 - 7 - TRIED_MIN as i32 + 1, |_| 1, |_| 1);
    assert_eq!(younger.tried(Method::Weekday, 100), None, "one day less");
    // Only what was known the evening before goes into a trial.
    let jump = past(0, |day| if day >= 98 { 50 } else { 0 }, |_| 1);
    assert_eq!(jump.by_weekday(98, 98), Some(0));
}

#[test]
fn what_is_missing_is_what_is_needed_less_who_is_there() {
    let load = DayLoad { booked: 3, waiting: 2, expected_tenths: 15, minutes_each: 240, rostered_minutes: 1_000 };
    assert_eq!((load.needed_minutes(), load.missing_minutes()), (1_560, 560));
    assert_eq!(DayLoad { rostered_minutes: 2_000, ..load }.missing_minutes(), 0);
}
