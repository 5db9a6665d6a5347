//! Agreements and deliveries as the room decides them.

use ledger::{Aggregate, Timestamp};
use serde_json::{Value, json};
use sharing::{
    CURSOR_FAULT, ConsumerKind, DataDelivery, DeliveryHow, DeliveryMade, DeliveryResent, DeliveryUsed, FILE_MARGIN_MINUTES,
    FILE_PERIOD_DAYS_MAX, Field, FieldKind, FileFailed, FileFault, FileFormat, FileOrder, FileRest, FileSent, Grant, Sensitivity,
    SharingAgreement, SharingApproved, SharingEvent, SharingPhase, SharingRequested, SharingResumed, SharingSide, SharingSuspended,
    SharingTerms, check_terms, decide_approve, decide_deliver, decide_end, decide_expire, decide_fail_file, decide_made, decide_period,
    decide_refuse, decide_request, decide_resent, decide_resume, decide_send_file, decide_suspend, decide_used, masked, project,
};

fn at(hours: i64) -> Timestamp {
    let day: Timestamp = "2026-11-20T00:00:00Z".parse().expect("an instant");
    day.plus_hours(hours)
}

const FIELDS: &[Field] = &[
    Field { name: "plate", zh: "车牌", en: "Plate", kind: FieldKind::Text, sensitivity: Sensitivity::Personal },
    Field { name: "at", zh: "时间", en: "When", kind: FieldKind::Time, sensitivity: Sensitivity::Internal },
];

fn grant(field: &str, masked: bool) -> Grant {
    Grant { field: field.into(), masked }
}

fn terms() -> SharingTerms {
    SharingTerms {
        resource: "gate-events".into(),
        provider: "terminal".into(),
        consumer: "border".into(),
        office: "office".into(),
        district: None,
        grants: vec![grant("at", false)],
        purpose: "核查离境箱".into(),
        valid_from: at(0),
        valid_to: at(240),
        data_from: None,
        file: Some(FileOrder { format: FileFormat::Csv, every_hours: 24 }),
    }
}

/// An agreement after events.
fn after(state: Option<SharingAgreement>, events: Vec<SharingEvent>, when: Timestamp) -> SharingAgreement {
    events
        .iter()
        .fold(state, |state, event| Some(SharingAgreement::apply(state, event, when).expect("an event that follows")))
        .expect("a state")
}

fn requested() -> SharingAgreement {
    after(None, decide_request(None, SharingRequested { terms: terms(), by: "b.one".into() }).expect("asked"), at(0))
}

fn approve(state: &SharingAgreement, side: SharingSide, by: &str) -> Result<SharingAgreement, &'static str> {
    let events = decide_approve(state, SharingApproved { side, by: by.into() }, at(1)).map_err(|refusal| refusal.code)?;
    Ok(after(Some(state.clone()), events, at(1)))
}

fn in_force() -> SharingAgreement {
    let approved = approve(&requested(), SharingSide::Provider, "t.one").expect("approved");
    approve(&approved, SharingSide::Office, "o.one").expect("approved")
}

fn suspended() -> SharingAgreement {
    let command = SharingSuspended { side: SharingSide::Provider, by: "t.two".into(), reason: "维护".into() };
    after(Some(in_force()), decide_suspend(&in_force(), command).expect("suspended"), at(2))
}

#[test]
fn two_sides_approve_in_turn_and_no_person_twice() {
    let asked = requested();
    assert_eq!(approve(&asked, SharingSide::Office, "o.one").unwrap_err(), "sharing-not-your-turn");
    assert_eq!(approve(&asked, SharingSide::Consumer, "b.two").unwrap_err(), "sharing-not-your-turn");
    assert_eq!(approve(&asked, SharingSide::Provider, "b.one").unwrap_err(), "sharing-same-person");
    let once = approve(&asked, SharingSide::Provider, "t.one").expect("approved");
    assert_eq!(decide_deliver(&once, at(2)).unwrap_err().code, "sharing-not-approved");
    for same in ["b.one", "t.one"] {
        assert_eq!(approve(&once, SharingSide::Office, same).unwrap_err(), "sharing-same-person");
    }
    let twice = approve(&once, SharingSide::Office, "o.one").expect("approved");
    assert_eq!(twice.phase, SharingPhase::InForce);
    assert_eq!(approve(&twice, SharingSide::Office, "o.two").unwrap_err(), "sharing-not-open");
    assert!(decide_deliver(&twice, at(2)).is_ok());
}

#[test]
fn the_port_office_may_provide_and_still_needs_two_people() {
    let own = SharingTerms { provider: "office".into(), ..terms() };
    let asked = after(None, decide_request(None, SharingRequested { terms: own, by: "b.one".into() }).expect("asked"), at(0));
    assert_eq!(asked.side_of("office"), Some(SharingSide::Provider));
    let once = approve(&asked, SharingSide::Provider, "o.one").expect("approved");
    assert_eq!(once.side_of("office"), Some(SharingSide::Office));
    assert_eq!(approve(&once, SharingSide::Office, "o.one").unwrap_err(), "sharing-same-person");
    assert!(approve(&once, SharingSide::Office, "o.two").is_ok());
}

#[test]
fn nothing_is_delivered_outside_of_force_and_every_answer_says_why() {
    let code = |state: &SharingAgreement, when| decide_deliver(state, when).map_err(|refusal| refusal.code);
    assert_eq!(code(&requested(), at(1)), Err("sharing-not-approved"));
    assert_eq!(code(&in_force(), at(240)), Ok(()));
    assert_eq!(code(&in_force(), at(240).plus_millis(1)), Err("sharing-expired"));
    assert_eq!(code(&in_force(), at(-1)), Err("sharing-not-yet"));
    assert_eq!(code(&suspended(), at(3)), Err("sharing-suspended"));
    assert_eq!(code(&suspended(), at(241)), Err("sharing-expired"));
    let refused =
        after(Some(requested()), decide_refuse(&requested(), SharingSide::Provider, "t.one".into(), "无".into()).expect("refused"), at(1));
    assert_eq!((refused.status(), code(&refused, at(2))), ("refused", Err("sharing-ended")));
    assert_eq!(decide_expire(&in_force(), at(240)), []);
    let expired = after(Some(in_force()), decide_expire(&in_force(), at(241)), at(241));
    assert_eq!((expired.status(), decide_expire(&expired, at(242))), ("expired", vec![]));
}

#[test]
fn whoever_suspends_resumes_and_each_side_may_end() {
    let resume = |side| decide_resume(&suspended(), SharingResumed { side, by: "x".into() }).map_err(|refusal| refusal.code);
    assert_eq!(resume(SharingSide::Office), Err("sharing-other-side"));
    assert_eq!(resume(SharingSide::Consumer), Err("sharing-other-side"));
    let again = after(Some(suspended()), resume(SharingSide::Provider).expect("resumed"), at(3));
    assert_eq!(again.phase, SharingPhase::InForce);
    let consumer = SharingSuspended { side: SharingSide::Consumer, by: "b.one".into(), reason: "x".into() };
    assert_eq!(decide_suspend(&in_force(), consumer).unwrap_err().code, "sharing-not-provider");
    for side in [SharingSide::Consumer, SharingSide::Provider, SharingSide::Office] {
        let ended = after(Some(suspended()), decide_end(&suspended(), side, "x".into(), "不再需要".into()).expect("ended"), at(4));
        assert_eq!(ended.status(), "ended");
        assert_eq!(decide_end(&ended, side, "x".into(), "again".into()).unwrap_err().code, "sharing-closed");
    }
    assert_eq!(decide_end(&requested(), SharingSide::Office, "x".into(), "no".into()).unwrap_err().code, "sharing-not-your-turn");
}

fn send(
    state: &SharingAgreement,
    (from, to): (Timestamp, Timestamp),
    more: Option<&str>,
    when: Timestamp,
) -> Result<SharingAgreement, &'static str> {
    let command = FileSent { from, to, delivery: "V1".into(), more: more.map(str::to_owned) };
    let events = decide_send_file(state, command, when).map_err(|refusal| refusal.code)?;
    Ok(after(Some(state.clone()), events, when))
}

/// An instant of the tests, when late reports of it were waited for.
fn margin(hours: i64) -> Timestamp {
    at(hours).plus_minutes(FILE_MARGIN_MINUTES)
}

fn fail(
    state: &SharingAgreement,
    (from, to): (Timestamp, Timestamp),
    parts: u32,
    code: &str,
    when: Timestamp,
) -> Result<SharingAgreement, &'static str> {
    let command = FileFailed { from, to, parts, code: code.into() };
    let events = decide_fail_file(state, command, when).map_err(|refusal| refusal.code)?;
    Ok(after(Some(state.clone()), events, when))
}

#[test]
fn files_follow_each_other_without_a_gap() {
    let state = in_force();
    // In force since the first hour; a day, and the margin for late reports. The data begin with the term.
    assert_eq!((state.next_file_at(), state.work_row("H1").due_at), (Some(margin(25)), Some(margin(25))));
    let not_due = Err("sharing-file-not-due");
    assert_eq!(send(&state, (at(0), at(25)), None, margin(25).plus_millis(-1)), not_due);
    assert_eq!(send(&state, (at(1), at(25)), None, margin(25)), not_due, "a gap");
    assert_eq!(send(&state, (at(0), at(25).plus_millis(1)), None, margin(25)), not_due, "within the margin");
    let sent = send(&state, (at(0), at(25)), None, margin(25)).expect("sent");
    assert_eq!((sent.files, sent.files_from(), sent.next_file_at()), (1, at(25), Some(margin(49))));
    // A file that is late holds what happened up to a point of the schedule, and the next one comes in its own time.
    assert_eq!(sent.next_file_period(margin(80)), Some((at(25), at(73))));
    let late = send(&sent, (at(25), at(73)), None, margin(80)).expect("sent");
    assert_eq!(late.next_file_at(), Some(margin(97)));
    assert_eq!(suspended().next_file_at(), None);
}

#[test]
fn rows_that_do_not_fit_are_due_at_once_and_the_schedule_stays_where_it_is() {
    let when = margin(26);
    let first = send(&in_force(), (at(0), at(25)), Some("here"), when).expect("sent");
    assert_eq!(first.rest, Some(FileRest { from: at(0), to: at(25), parts: 1, cursor: "here".into() }));
    assert!(first.next_file_at().is_some_and(|due| due <= when), "at once");
    // A day later it is still the rest of the first period that comes next.
    assert_eq!(first.next_file_period(margin(60)), Some((at(0), at(25))));
    let second = send(&first, (at(0), at(25)), Some("there"), when).expect("sent");
    assert_eq!(second.rest.as_ref().map(|rest| (rest.parts, rest.cursor.as_str())), Some((2, "there")));
    let last = send(&second, (at(0), at(25)), None, when).expect("sent");
    assert_eq!((last.rest.as_ref(), last.files, last.sent_to, last.next_file_at()), (None, 3, Some(at(25)), Some(margin(49))));
}

#[test]
fn old_data_come_in_files_of_a_month_at_once() {
    let back = SharingTerms { data_from: Some(at(-24 * 40)), ..terms() };
    let mut state = SharingAgreement { terms: back, ..in_force() };
    let month = at(-24 * 40).plus_days(FILE_PERIOD_DAYS_MAX);
    assert_eq!(state.next_file_at(), Some(margin(25)), "the first point of the schedule");
    assert_eq!(state.next_file_period(margin(25)), Some((at(-24 * 40), month)));
    state = send(&state, (at(-24 * 40), month), None, margin(25)).expect("sent");
    assert!(state.next_file_at().is_some_and(|due| due <= margin(25)), "at once");
    state = send(&state, (month, at(25)), None, margin(25)).expect("sent");
    assert_eq!(state.next_file_at(), Some(margin(49)));
}

#[test]
fn a_file_that_cannot_be_made_is_tried_again_with_the_next_one() {
    let not_due = Err("sharing-file-not-due");
    assert_eq!(fail(&in_force(), (at(0), at(25)), 0, "internal", margin(24)), not_due);
    let failed = fail(&in_force(), (at(0), at(25)), 0, "internal", margin(25)).expect("recorded");
    assert_eq!(failed.fault, Some(FileFault { at: margin(25), code: "internal".into() }));
    assert_eq!(failed.next_file_at(), Some(margin(49)));
    assert_eq!(fail(&failed, (at(0), at(25)), 0, "internal", margin(49).plus_millis(-1)), not_due, "once for each period");
    let again = fail(&failed, (at(0), at(49)), 0, "internal", margin(50)).expect("recorded");
    assert_eq!(again.next_file_at(), Some(margin(73)));
    let sent = send(&again, (at(0), at(73)), None, margin(73)).expect("sent");
    assert_eq!((sent.fault.as_ref(), sent.next_file_at()), (None, Some(margin(97))));
    assert_eq!(fail(&suspended(), (at(0), at(49)), 0, "internal", margin(49)), Err("sharing-suspended"));
}

#[test]
fn parts_that_were_sent_stay_sent_when_a_later_one_fails() {
    let begun = send(&in_force(), (at(0), at(25)), Some("here"), margin(25)).expect("sent");
    // Another process had sent the first part when this one failed to: nothing is written down.
    assert_eq!(fail(&begun, (at(0), at(25)), 0, "internal", margin(25)), Err("sharing-file-not-due"));
    let failed = fail(&begun, (at(0), at(25)), 1, "internal", margin(25)).expect("recorded");
    assert_eq!((failed.parts_sent(), failed.next_file_at()), (1, Some(margin(49))));
    let last = send(&failed, (at(0), at(25)), None, margin(49)).expect("the rest of the same period");
    assert_eq!((last.sent_to, last.fault.as_ref(), last.next_file_at()), (Some(at(25)), None, Some(margin(49))), "and the next at once");
    // Where the rows go on cannot be read: the period is sent from its beginning.
    let lost = fail(&begun, (at(0), at(25)), 1, CURSOR_FAULT, margin(25)).expect("recorded");
    assert_eq!((lost.parts_sent(), lost.next_file_period(margin(49))), (0, Some((at(0), at(49)))));
}

#[test]
fn no_file_is_due_after_the_term() {
    // In force since the first hour, so that the last point is a day before the 241st; the term ends with the 240th.
    let state = SharingAgreement { sent_to: Some(at(217)), ..in_force() };
    assert_eq!((state.next_file_at(), state.work_row("H1").due_at), (None, Some(at(240))));
    let before = SharingAgreement { sent_to: Some(at(193)), ..in_force() };
    assert_eq!(before.next_file_at(), Some(margin(217)));
}

#[test]
fn data_are_those_of_the_agreed_period() {
    let ask = |terms: &SharingTerms, from, to, now| decide_period(terms, (from, to), 7, now).map_err(|refusal| refusal.code);
    let outside = Err("sharing-outside-period");
    // What is left out is filled in within the period.
    assert_eq!(ask(&terms(), None, None, at(5)), Ok((at(0), at(5))));
    assert_eq!(ask(&terms(), None, None, at(200)), Ok((at(200 - 7 * 24), at(200))));
    assert_eq!(ask(&terms(), Some(at(0)), Some(at(9)), at(5)), Ok((at(0), at(5))), "the future is not told");
    assert_eq!(ask(&terms(), Some(at(0).plus_millis(-1)), None, at(5)), outside);
    assert_eq!(ask(&terms(), None, Some(at(0)), at(5)), outside);
    // The last instant of the term is part of it, and nothing after that.
    assert_eq!(ask(&terms(), None, None, at(900)), Ok((at(240).plus_millis(1).plus_days(-7), at(240).plus_millis(1))));
    let back = SharingTerms { data_from: Some(at(-100)), ..terms() };
    assert_eq!(ask(&back, None, None, at(5)), Ok((at(-100), at(5))));
    assert_eq!(ask(&back, Some(at(-100)), Some(at(0)), at(5)), Ok((at(-100), at(0))));
    assert_eq!(ask(&back, Some(at(-101)), Some(at(0)), at(5)), outside);
}

#[test]
fn every_fault_of_the_terms_is_told_at_once() {
    let bad = SharingTerms {
        consumer: "terminal".into(),
        grants: vec![grant("plate", false), grant("nothing", false), grant("at", true), grant("at", false)],
        purpose: "  四个字  ".into(),
        valid_to: at(-1),
        file: Some(FileOrder { format: FileFormat::Json, every_hours: 169 }),
        ..terms()
    };
    let codes =
        |terms: &SharingTerms, kind| check_terms(terms, FIELDS, kind, at(0)).into_iter().map(|f| f.code.to_string()).collect::<Vec<_>>();
    let all = [
        "sharing-parties",
        "sharing-field-personal",
        "sharing-field-unknown",
        "sharing-field-mask",
        "sharing-field-twice",
        "sharing-purpose",
        "sharing-term",
        "sharing-file-hours",
    ];
    assert_eq!(codes(&bad, ConsumerKind::Enterprise), all);
    assert!(all.iter().all(|code| sharing::CODES.iter().any(|known| known.code == *code)));
    assert!(!codes(&bad, ConsumerKind::Authority).contains(&"sharing-field-personal".to_owned()), "an authority may ask for it");
    assert_eq!(codes(&terms(), ConsumerKind::Enterprise), Vec::<String>::new());
    let none = SharingTerms { grants: Vec::new(), ..terms() };
    assert_eq!(codes(&none, ConsumerKind::Authority), ["sharing-no-fields"]);
    let hidden = SharingTerms { grants: vec![grant("plate", true)], ..terms() };
    assert_eq!(codes(&hidden, ConsumerKind::Enterprise), Vec::<String>::new());
    let secret = [Field { name: "bill_no", zh: "提运单号", en: "Bill", kind: FieldKind::Text, sensitivity: Sensitivity::TradeSecret }];
    let told = |masked, kind| check_terms(&SharingTerms { grants: vec![grant("bill_no", masked)], ..terms() }, &secret, kind, at(0)).len();
    assert_eq!(
        (told(false, ConsumerKind::Enterprise), told(true, ConsumerKind::Enterprise), told(false, ConsumerKind::Authority)),
        (1, 0, 0)
    );
    // A secret that is no text cannot be masked, and so goes to no enterprise at all.
    let paid = [Field { name: "paid_at", kind: FieldKind::Time, ..secret[0] }];
    let found = |masked| {
        let terms = SharingTerms { grants: vec![grant("paid_at", masked)], ..terms() };
        check_terms(&terms, &paid, ConsumerKind::Enterprise, at(0)).into_iter().map(|f| f.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((found(false), found(true)), (vec!["sharing-field-secret".to_owned()], vec!["sharing-field-mask".to_owned()]));
    let long = SharingTerms { valid_to: at(0).plus_days(sharing::TERM_DAYS_MAX), ..terms() };
    assert_eq!(codes(&long, ConsumerKind::Authority), Vec::<String>::new());
    let longer = SharingTerms { valid_to: long.valid_to.plus_millis(1), ..long };
    assert_eq!(codes(&longer, ConsumerKind::Authority), ["sharing-term"]);
    let first = at(0).plus_days(-sharing::DATA_DAYS_BACK_MAX);
    for (data_from, found) in [(at(0), 0), (at(0).plus_millis(1), 1), (first, 0), (first.plus_millis(-1), 1)] {
        let terms = SharingTerms { data_from: Some(data_from), ..terms() };
        assert_eq!(codes(&terms, ConsumerKind::Authority), vec!["sharing-data-from"; found], "{data_from}");
    }
}

#[test]
fn a_row_holds_what_was_agreed_and_nothing_else() {
    let cells = [json!("浙B12345"), json!("2026-11-20T00:00:00Z")];
    let told = |grants: &[Grant]| Value::Object(project(FIELDS, &cells, grants));
    assert_eq!(told(&[grant("at", false)]), json!({ "at": "2026-11-20T00:00:00Z" }));
    assert_eq!(told(&[grant("plate", true)]), json!({ "plate": "浙B***45" }));
    assert_eq!(told(&[]), json!({}));
    assert_eq!(told(&[grant("unknown", false)]), json!({}));
    assert_eq!(
        Value::Object(project(FIELDS, &[Value::Null, json!(5)], &[grant("plate", true), grant("at", true)])),
        json!({ "plate": null, "at": null })
    );
    assert_eq!((masked("12345").as_str(), masked("123456").as_str(), masked("").as_str()), ("*****", "12**56", ""));
}

#[test]
fn the_consumer_says_once_what_a_delivery_was_used_for() {
    let made = DeliveryMade {
        agreement: "H1".into(),
        resource: "gate-events".into(),
        provider: "terminal".into(),
        consumer: "border".into(),
        office: "office".into(),
        district: None,
        fields: vec![grant("at", false)],
        how: DeliveryHow::Api,
        from: at(0),
        to: at(1),
        rows: 3,
        more: false,
        sha256: "00".into(),
        by: "b.one".into(),
        message: None,
    };
    let events = decide_made(None, made).expect("made");
    let state = DataDelivery::apply(None, &events[0], at(1)).expect("a state");
    assert!(decide_made(Some(&state), state.made.clone()).is_err());
    let used = |state: &DataDelivery, organisation: &str, note: &str| {
        decide_used(state, organisation, DeliveryUsed { by: "b.one".into(), note: note.into() }).map_err(|refusal| refusal.code)
    };
    assert_eq!(used(&state, "terminal", "a note"), Err("delivery-not-consumer"));
    assert_eq!(used(&state, "border", "x"), Err("delivery-note"));
    assert_eq!(used(&state, "border", &"字".repeat(501)), Err("delivery-note"));
    let events = used(&state, "border", &"字".repeat(500)).expect("used");
    let state = DataDelivery::apply(Some(state), &events[0], at(2)).expect("a state");
    assert_eq!((state.status(), used(&state, "border", "again")), ("used", Err("delivery-use-stated")));
    assert_eq!(state.work_row("V1").closed_at, Some(at(1)), "a log entry waits for nobody");
    // What was taken by the interface has no file to be sent again; a file has, and the log says how often.
    let resent = DeliveryResent { by: "admin".into() };
    assert_eq!(decide_resent(&state, resent.clone()).map_err(|refusal| refusal.code), Err("delivery-no-file"));
    assert!(!serde_json::to_string(&state).expect("JSON").contains("resent"), "kept as it was before there was such a thing");
    let mut file = DataDelivery { made: DeliveryMade { how: DeliveryHow::File, ..state.made.clone() }, ..state };
    for when in [at(3), at(4)] {
        let events = decide_resent(&file, resent.clone()).expect("resent");
        file = DataDelivery::apply(Some(file), &events[0], when).expect("a state");
    }
    assert_eq!((file.resent, file.resent_at, file.at), (2, Some(at(4)), at(1)));
}
