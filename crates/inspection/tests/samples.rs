//! A sample from its taking to its report, the register of testing bodies, and third-party reports: what follows, what is refused, and that it replays.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use inspection::{
    BodyDecided, BodyProposed, BodyStep, ChainDecided, ChainFault, Conclusion, CustodyAct, HAND_OVERS_MAX, HandOver, Holder, HolderKind,
    KeeperPart, REPORT_CODES, ReportFacts, ReportSubmitted, Reported, RetestRequested, SAMPLE_NOTE_MAX, SCOPE_PREFIXES_MAX, Sample,
    SamplePart, SamplePhase, SampleReportReturned, SampleTaken, SamplingRules, TEST_ITEMS_MAX, TEST_TEXT_MAX, TestResult, TestingBegan,
    TestingBody, check_report, decide_begin_test, decide_body, decide_cancel_sample, decide_chain, decide_hand_over, decide_propose_body,
    decide_release, decide_report, decide_retest, decide_return_report, decide_take,
};
use ledger::{Aggregate, Bilingual};
use object::{Object, minute};

fn taken() -> SampleTaken {
    SampleTaken {
        inspection: "I1".into(),
        declaration: "D1".into(),
        bill: "B1".into(),
        container: "ZZZU0000015-C1".into(),
        line: 1,
        hs_code: "0803900000".into(),
        goods: "bananas".into(),
        quantity: "1.5".into(),
        unit: "kg".into(),
        seal: "S1".into(),
        keeper: Some(KeeperPart { quantity: "1".into(), seal: "S2".into() }),
        photo: None,
        items: vec!["pesticide".into(), "microbe".into()],
        statutory: true,
        through_train: true,
        laboratory: "LAB-1".into(),
        laboratory_organisation: "lab".into(),
        promised_hours: 24,
        district: "3104".into(),
        broker: "broker".into(),
        trader: Some("trader".into()),
        by: "o1".into(),
    }
}

fn sample() -> Object<Sample> {
    let mut sample = Object::new();
    sample.take(decide_take(None, taken()), minute(0)).expect("taken");
    sample
}

fn hand(act: CustodyAct, gave: Holder, took: Holder) -> HandOver {
    HandOver {
        part: SamplePart::Test,
        act,
        gave,
        took,
        seal: "S1".into(),
        seal_whole: true,
        note: String::new(),
        by: "o1".into(),
        faults: Vec::new(),
    }
}

fn officer() -> Holder {
    Holder::new(HolderKind::Officer, "o1")
}

fn courier() -> Holder {
    Holder::new(HolderKind::Carrier, "courier")
}

fn laboratory() -> Holder {
    Holder::new(HolderKind::Laboratory, "LAB-1")
}

fn result(item: &str, meets: bool) -> TestResult {
    TestResult { item: item.into(), method: "GB 1".into(), limit: "1 mg".into(), result: if meets { "0" } else { "2" }.into(), meets }
}

fn report(meets: bool, by: &str) -> Reported {
    let conclusion = if meets { Conclusion::Pass } else { Conclusion::Fail };
    Reported { results: vec![result("pesticide", true), result("microbe", meets)], conclusion, note: String::new(), by: by.into() }
}

/// Received and begun.
fn in_test() -> Object<Sample> {
    let mut sample = sample();
    let send = decide_hand_over(sample.get(), hand(CustodyAct::Send, officer(), courier()), minute(10));
    sample.take(send, minute(10)).expect("sent");
    let receive = decide_hand_over(sample.get(), hand(CustodyAct::Receive, courier(), laboratory()), minute(60));
    sample.take(receive, minute(60)).expect("received");
    sample.take(decide_begin_test(sample.get(), TestingBegan { by: "l1".into() }), minute(70)).expect("begun");
    sample
}

#[test]
fn a_sample_goes_from_hand_to_hand_and_comes_to_one_report_by_two_people() {
    let mut sample = in_test();
    let row = sample.get().work_row("Y1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref(), row.due_at), (Some("lab"), Some("test-sample"), Some(minute(60 + 24 * 60))));
    let keys = ["LAB:LAB-1", "PRIORITY:THROUGH-TRAIN", "ZZZU0000015"];
    assert!(keys.iter().all(|key| row.keys.contains(&(*key).to_owned())), "{:?}", row.keys);
    assert_eq!(row.title, "Y1", "a row tells nobody whose it is");

    for (odd, code) in [
        (report(true, "o1"), "sample-same-person"),
        (Reported { results: vec![result("pesticide", true)], ..report(true, "l1") }, "sample-report"),
        (Reported { results: vec![result("pesticide", true), result("pesticide", true)], ..report(true, "l1") }, "sample-report"),
        (Reported { conclusion: Conclusion::Fail, ..report(true, "l1") }, "sample-report"),
        (Reported { conclusion: Conclusion::Pass, ..report(false, "l1") }, "sample-report"),
        (Reported { note: "x".repeat(SAMPLE_NOTE_MAX + 1), ..report(true, "l1") }, "sample-report"),
    ] {
        assert_eq!(sample.take(decide_report(sample.get(), odd), minute(80)), Err(code));
    }
    let long = TestResult { method: "x".repeat(TEST_TEXT_MAX + 1), ..result("microbe", true) };
    let mut odd = report(true, "l1");
    odd.results[1] = long;
    assert_eq!(sample.take(decide_report(sample.get(), odd), minute(80)), Err("sample-report"));
    let mut longest = report(true, "l1");
    longest.results[1].method = "x".repeat(TEST_TEXT_MAX);
    sample.take(decide_report(sample.get(), longest), minute(80)).expect("written");
    assert_eq!(sample.take(decide_report(sample.get(), report(true, "l2")), minute(80)), Err("sample-not-testing"));
    let returned = SampleReportReturned { why: "unit".into(), by: "l2".into() };
    sample.take(decide_return_report(sample.get(), returned), minute(81)).expect("given back");
    sample.take(decide_report(sample.get(), report(true, "l1")), minute(90)).expect("written anew");
    let month = || "2026-11".to_owned();
    assert_eq!(sample.take(decide_release(sample.get(), "l1", None, month()), minute(95)), Err("sample-same-person"));
    assert_eq!(sample.take(decide_release(sample.get(), "o1", None, month()), minute(95)), Err("sample-same-person"));
    assert_eq!(sample.take(decide_release(sample.get(), "l2", Some("40"), month()), minute(95)), Err("inspection-disposition"));
    sample.take(decide_release(sample.get(), "l2", None, month()), minute(95)).expect("released");
    assert_eq!(sample.get().conclusion(), Some(Conclusion::Pass));
    assert!(!sample.get().was_late(&sample.get().reports[0]));
    let retest = RetestRequested { why: "why not".into(), by: "trader".into() };
    assert_eq!(sample.take(decide_retest(sample.get(), retest), minute(96)), Err("sample-no-retest"));
    assert!(sample.get().work_row("Y1").keys.contains(&"LAB-1:2026-11".to_owned()), "figures lead to it");
    assert!(decide_cancel_sample(sample.get(), "inspection-cancelled").is_empty());
    sample.check();
}

#[test]
fn what_is_odd_about_a_chain_is_found_and_decided_by_somebody_else() {
    let mut sample = sample();
    let stranger = Holder::new(HolderKind::Carrier, "stranger");
    let odd = HandOver { seal: "S9".into(), seal_whole: false, ..hand(CustodyAct::Receive, stranger, laboratory()) };
    sample.take(decide_hand_over(sample.get(), odd, minute(5)), minute(5)).expect("it is written down all the same");
    assert_eq!(sample.get().chain[0].hand_over.faults, [ChainFault::Gap, ChainFault::SealDiffers, ChainFault::SealBroken]);
    assert_eq!(sample.get().work_row("Y1").action.as_deref(), Some("decide-chain"));
    let begin = || TestingBegan { by: "l1".into() };
    assert_eq!(sample.take(decide_begin_test(sample.get(), begin()), minute(6)), Err("sample-chain-undecided"));
    let decided = |usable, by: &str| ChainDecided { usable, why: "looked at".into(), by: by.into() };
    assert_eq!(sample.take(decide_chain(sample.get(), decided(true, "o1")), minute(7)), Err("sample-same-person"));
    let mut other = self::sample();
    assert_eq!(other.take(decide_chain(other.get(), decided(true, "o2")), minute(7)), Err("sample-chain-sound"));
    sample.take(decide_chain(sample.get(), decided(false, "o2")), minute(8)).expect("decided");
    assert!(matches!(sample.get().phase, SamplePhase::Unusable { .. }) && !sample.get().is_open());
    assert_eq!(sample.take(decide_begin_test(sample.get(), begin()), minute(9)), Err("sample-not-received"));
    sample.check();

    // What is refused: nothing is written down.
    let mut sample = self::sample();
    let send = || hand(CustodyAct::Send, officer(), courier());
    for (odd, code) in [
        (HandOver { took: laboratory(), ..send() }, "sample-hand-over"),
        (HandOver { seal: " ".into(), ..send() }, "sample-hand-over"),
        (HandOver { took: Holder::new(HolderKind::Carrier, "x".repeat(65)), ..send() }, "sample-hand-over"),
        (HandOver { note: "x".repeat(SAMPLE_NOTE_MAX + 1), ..send() }, "sample-hand-over"),
        (hand(CustodyAct::Receive, officer(), Holder::new(HolderKind::Laboratory, "LAB-2")), "sample-laboratory-differs"),
        (hand(CustodyAct::Destroy, officer(), Holder::new(HolderKind::Nobody, "")), "sample-in-use"),
        (hand(CustodyAct::Return, officer(), Holder::new(HolderKind::Owner, "owner")), "sample-in-use"),
    ] {
        assert_eq!(sample.take(decide_hand_over(sample.get(), odd, minute(5)), minute(5)), Err(code));
    }
    assert_eq!(sample.take(decide_hand_over(sample.get(), send(), minute(-5)), minute(-5)), Err("sample-time-order"));
    for n in 0..HAND_OVERS_MAX {
        let (gave, took) = if n == 0 { (officer(), courier()) } else { (courier(), courier()) };
        let at = minute(10 + i64::try_from(n).expect("few"));
        sample.take(decide_hand_over(sample.get(), hand(CustodyAct::Send, gave, took), at), at).expect("handed over");
    }
    let more = hand(CustodyAct::Send, courier(), courier());
    assert_eq!(sample.take(decide_hand_over(sample.get(), more, minute(90)), minute(90)), Err("sample-hand-overs"));
    sample.check();
}

#[test]
fn a_retest_is_of_the_kept_part_by_somebody_else_once() {
    let mut sample = in_test();
    sample.take(decide_report(sample.get(), report(false, "l1")), minute(80)).expect("written");
    sample.take(decide_release(sample.get(), "l2", Some("18"), String::new()), minute(90)).expect_err("18 lets the goods go");
    sample.take(decide_release(sample.get(), "l2", None, "2026-11".into()), minute(90)).expect("released");
    assert_eq!(sample.get().reports[0].released.disposition.as_deref(), Some("40"));
    let retest = || RetestRequested { why: "not so".into(), by: "trader".into() };
    let keeper = |act, gave, took| HandOver { part: SamplePart::Keeper, seal: "S2".into(), ..hand(act, gave, took) };
    sample.take(decide_retest(sample.get(), retest()), minute(100)).expect("asked for");
    assert_eq!(sample.take(decide_retest(sample.get(), retest()), minute(101)), Err("sample-retested"));
    assert_eq!((sample.get().tested_part(), sample.get().status()), (SamplePart::Keeper, "taken"), "the kept part is to be sent");
    let receive = decide_hand_over(sample.get(), keeper(CustodyAct::Receive, officer(), laboratory()), minute(110));
    sample.take(receive, minute(110)).expect("received");
    sample.take(decide_begin_test(sample.get(), TestingBegan { by: "l2".into() }), minute(111)).expect("begun");
    assert_eq!(sample.take(decide_report(sample.get(), report(true, "l1")), minute(120)), Err("sample-same-person"));
    sample.take(decide_report(sample.get(), report(true, "l2")), minute(120)).expect("written");
    let late = minute(110 + 24 * 60 + 1);
    sample.take(decide_release(sample.get(), "l3", None, "2026-11".into()), late).expect("released");
    assert_eq!(sample.get().conclusion(), Some(Conclusion::Pass));
    assert!(sample.get().was_late(&sample.get().reports[1]), "a minute after what was promised");
    let destroy = keeper(CustodyAct::Destroy, laboratory(), Holder::new(HolderKind::Nobody, ""));
    sample.take(decide_hand_over(sample.get(), destroy.clone(), late), late).expect("destroyed");
    assert_eq!(sample.take(decide_hand_over(sample.get(), destroy, late), late), Err("sample-no-part"));
    sample.check();

    // Without a kept part there is none.
    let mut sample = Object::new();
    sample.take(decide_take(None, SampleTaken { keeper: None, ..taken() }), minute(0)).expect("taken");
    sample
        .take(decide_hand_over(sample.get(), hand(CustodyAct::Receive, officer(), laboratory()), minute(1)), minute(1))
        .expect("received");
    sample.take(decide_begin_test(sample.get(), TestingBegan { by: "l1".into() }), minute(2)).expect("begun");
    let unclear = Reported { conclusion: Conclusion::Inconclusive, ..report(true, "l1") };
    sample.take(decide_report(sample.get(), unclear), minute(3)).expect("written");
    sample.take(decide_release(sample.get(), "l2", None, "2026-11".into()), minute(4)).expect("released");
    assert_eq!(sample.take(decide_retest(sample.get(), retest()), minute(5)), Err("sample-no-part"));
}

#[test]
fn quantities_seals_and_items_are_checked_when_a_sample_is_taken() {
    let refused = |change: fn(&mut SampleTaken)| {
        let mut command = taken();
        change(&mut command);
        decide_take(None, command).expect_err("refused").code
    };
    for quantity in ["", "0", "0.000", "-1", "1.2345", "1,5", "1.", ".5", "1234567890", "1e3", "１"] {
        let command = SampleTaken { quantity: quantity.into(), ..taken() };
        assert_eq!(decide_take(None, command).expect_err(quantity).code, "sample-quantity", "{quantity}");
    }
    for quantity in ["1", "0.001", "999999999.999", "10"] {
        decide_take(None, SampleTaken { quantity: quantity.into(), ..taken() }).expect(quantity);
    }
    assert_eq!(refused(|one| one.unit.clear()), "sample-quantity");
    assert_eq!(refused(|one| one.seal = " ".into()), "sample-seal");
    assert_eq!(refused(|one| one.keeper = Some(KeeperPart { quantity: "1".into(), seal: "S1".into() })), "sample-seal");
    assert_eq!(refused(|one| one.items.clear()), "inspection-sampling-items");
    assert_eq!(refused(|one| one.items = vec!["a".into(), "a".into()]), "inspection-sampling-items");
    assert_eq!(refused(|one| one.items = (0..=TEST_ITEMS_MAX).map(|n| n.to_string()).collect()), "inspection-sampling-items");
    decide_take(None, SampleTaken { items: (0..TEST_ITEMS_MAX).map(|n| n.to_string()).collect(), ..taken() }).expect("at the limit");
    let known = sample();
    assert_eq!(decide_take(Some(known.get()), taken()).expect_err("exists").code, "sample-exists");
}

fn proposed() -> BodyProposed {
    BodyProposed {
        name: Bilingual::new("机构", "Body"),
        number: "CNAS L1".into(),
        hs_prefixes: vec!["08".into()],
        items: vec!["pesticide".into(), "microbe".into()],
        valid_from: "2026-01-01".into(),
        valid_to: "2026-12-31".into(),
        source: "notice".into(),
        district: "3104".into(),
        by: "o1".into(),
    }
}

fn by(officer: &str) -> BodyDecided {
    BodyDecided { why: "because".into(), by: officer.into() }
}

fn body() -> Object<TestingBody> {
    let mut body = Object::new();
    body.take(decide_propose_body(None, proposed()), minute(0)).expect("entered");
    body.take(decide_body(body.get(), BodyStep::Confirm, by("o2")), minute(1)).expect("confirmed");
    body
}

#[test]
fn a_body_takes_two_officers_and_ends_when_it_is_withdrawn() {
    let mut waiting = Object::new();
    waiting.take(decide_propose_body(None, proposed()), minute(0)).expect("entered");
    assert_eq!(waiting.take(decide_body(waiting.get(), BodyStep::Confirm, by("o1")), minute(1)), Err("testing-body-same-officer"));
    assert_eq!(waiting.take(decide_body(waiting.get(), BodyStep::Suspend, by("o2")), minute(1)), Err("testing-body-state"));
    assert!(!waiting.get().is_valid_on("2026-06-01"), "nothing of what is not confirmed is accepted");
    waiting.take(decide_body(waiting.get(), BodyStep::Refuse, by("o2")), minute(1)).expect("refused");
    waiting.check();

    let mut body = body();
    assert!(body.get().is_valid_on("2026-01-01") && body.get().is_valid_on("2026-12-31"));
    assert!(!body.get().is_valid_on("2025-12-31") && !body.get().is_valid_on("2027-01-01"));
    body.take(decide_body(body.get(), BodyStep::Suspend, by("o1")), minute(2)).expect("suspended");
    assert!(!body.get().is_valid_on("2026-06-01"));
    assert_eq!(body.take(decide_body(body.get(), BodyStep::Resume, by("o1")), minute(3)), Err("testing-body-same-officer"));
    body.take(decide_body(body.get(), BodyStep::Resume, by("o3")), minute(3)).expect("resumed");
    body.take(decide_body(body.get(), BodyStep::Withdraw, by("o3")), minute(4)).expect("withdrawn");
    for step in [BodyStep::Confirm, BodyStep::Refuse, BodyStep::Suspend, BodyStep::Resume, BodyStep::Withdraw] {
        assert_eq!(body.take(decide_body(body.get(), step, by("o4")), minute(5)), Err("testing-body-state"));
    }
    body.check();

    for (odd, code) in [
        (BodyProposed { hs_prefixes: Vec::new(), ..proposed() }, "testing-body-scope"),
        (BodyProposed { hs_prefixes: vec!["8".into()], ..proposed() }, "testing-body-scope"),
        (BodyProposed { hs_prefixes: vec!["08x".into()], ..proposed() }, "testing-body-scope"),
        (BodyProposed { hs_prefixes: vec!["08".into(); SCOPE_PREFIXES_MAX + 1], ..proposed() }, "testing-body-scope"),
        (BodyProposed { items: Vec::new(), ..proposed() }, "testing-body-scope"),
        (BodyProposed { valid_from: "2026-13-01".into(), ..proposed() }, "testing-body-days"),
        (BodyProposed { valid_to: "2025-01-01".into(), ..proposed() }, "testing-body-days"),
        (BodyProposed { valid_to: "２026-1-1".into(), ..proposed() }, "testing-body-days"),
        (BodyProposed { source: " ".into(), ..proposed() }, "testing-body-text"),
    ] {
        assert_eq!(decide_propose_body(None, odd).expect_err(code).code, code);
    }
}

#[test]
fn a_report_is_checked_for_everything_at_once() {
    let body = body();
    let sound = ReportSubmitted {
        body: "C1".into(),
        number: "R1".into(),
        inspection: "I1".into(),
        declaration: "D1".into(),
        bill: "B1".into(),
        line: 1,
        sampled_on: "2026-05-01".into(),
        issued_on: "2026-05-04".into(),
        results: vec![result("pesticide", true), result("microbe", true)],
        conclusion: Conclusion::Pass,
        file: "ab".into(),
        district: "3104".into(),
        broker: "broker".into(),
        trader: None,
        by: "broker".into(),
    };
    let items = ["pesticide".to_owned(), "microbe".to_owned()];
    let facts = ReportFacts {
        body: Some(body.get()),
        bill: "B1",
        hs_code: "0803900000",
        items: &items,
        number_used: false,
        file_known: true,
        today: "2026-05-05",
        oldest: "2026-05-01",
    };
    let codes = |report: &ReportSubmitted, facts: &ReportFacts<'_>| {
        let found = check_report(report, facts);
        assert!(found.iter().all(|one| REPORT_CODES.iter().any(|row| row.code == one.code)), "every code is listed");
        found.into_iter().map(|one| one.code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&sound, &facts), Vec::<String>::new());
    let mut changed = sound.clone();
    changed.results[1].item = "magic".into();
    changed.bill = "B2".into();
    changed.issued_on = "2026-05-06".into();
    changed.number = "x".repeat(65);
    let worst = ReportFacts { hs_code: "7204", number_used: true, file_known: false, ..facts };
    let expected = [
        "third-party-goods-outside",
        "third-party-item-outside",
        "third-party-item-missing",
        "third-party-bill-differs",
        "third-party-number-used",
        "third-party-number",
        "third-party-day",
        "third-party-file",
    ];
    assert_eq!(codes(&changed, &worst), expected);
    let old = ReportSubmitted { sampled_on: "2026-04-30".into(), ..sound.clone() };
    assert_eq!(codes(&old, &facts), ["third-party-too-old"]);
    let fails = ReportSubmitted {
        results: vec![result("pesticide", false), result("microbe", true)],
        conclusion: Conclusion::Fail,
        ..sound.clone()
    };
    assert_eq!(codes(&fails, &facts), ["third-party-conclusion"]);
    assert_eq!(codes(&sound, &ReportFacts { body: None, ..facts }), ["third-party-body-unknown"]);
}

#[test]
fn promised_times_are_the_longest_of_the_items() {
    let rules = SamplingRules::default();
    let items = ["pesticide".to_owned(), "microbe".to_owned()];
    assert_eq!((rules.promised_hours(&items, false), rules.promised_hours(&items, true)), (120, 72));
    assert_eq!(rules.promised_hours(&["unknown".to_owned()], false), 0);
}
