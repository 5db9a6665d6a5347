//! Instructions of several authorities about one thing: one opening of a box, one result, no release before everybody's part, and no reason in
//! anybody else's sight.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use std::collections::{BTreeMap, BTreeSet};

use inspection::{
    Answer, Answered, Authority, BoxCame, BoxOpened, Checked, Closed, Concluded, FINDINGS_LENGTH_MAX, FollowedUp, INSTRUCTIONS_MAX,
    INSTRUCTIONS_OF_ONE_MAX, Instruction, InstructionPhase, Joining, JointOrder, JointPhase, JointRules, Leaving, Matched,
    NoPresenceAgreed, Part, PartFacts, PartRecorded, Placed, Proposed, Scheduled, SealedReason, Settled, Subject, SubjectKind, Task,
    Tasked, WINDOW_DAYS_MAX, Window, Withdrawn, decide_answer, decide_box_came, decide_close, decide_conclude, decide_follow_up,
    decide_join, decide_leave, decide_matched, decide_no_presence, decide_open, decide_part, decide_place, decide_propose, decide_schedule,
    decide_settled, decide_tasked, decide_withdraw, roles,
};
use ledger::{Aggregate, DomainEvent, Refusal};
use object::{Object, minute};
use proptest::prelude::*;

const BOX: &str = "ZZZU0000015-C1";
const OTHER_BOX: &str = "ZZZU0000020-C1";
const CUSTOMS: &str = "customs-demo";
const MARITIME: &str = "maritime-demo";
const BORDER: &str = "border-demo";
const LEAD: &str = CUSTOMS;

fn rules() -> JointRules {
    JointRules::default()
}

fn window(from: i64, to: i64) -> Window {
    Window { from: minute(from), to: minute(to) }
}

fn authority(organisation: &str) -> Authority {
    match organisation {
        CUSTOMS => Authority::Customs,
        MARITIME => Authority::Maritime,
        BORDER => Authority::Border,
        other => panic!("no authority {other}"),
    }
}

fn joining(organisation: &str, instruction: &str, subject: SubjectKind) -> Joining {
    let (checklist, competence) = rules().checklist(subject, authority(organisation));
    Joining {
        organisation: organisation.into(),
        authority: authority(organisation),
        district: (organisation == CUSTOMS).then(|| "3104".into()),
        instruction: instruction.into(),
        inspection: None,
        hold: true,
        on_arrival: false,
        checklist,
        competence,
        traders: vec!["trader-gold".into()],
    }
}

fn proposal(organisation: &str, instruction: &str, subject: SubjectKind, at: Window) -> Proposed {
    let joining = joining(organisation, instruction, subject);
    let alone = std::iter::once((&joining.organisation, joining.authority));
    let roles = roles(&rules(), subject, alone).expect("somebody leads");
    let goods = subject == SubjectKind::Goods;
    Proposed {
        subject,
        key: "bill/B1".into(),
        bill: goods.then(|| "B1".into()),
        call: Some("C1".into()),
        boxes: if goods { vec![BOX.into()] } else { Vec::new() },
        terminal: Some("terminal-east".into()),
        place: "H1".into(),
        apart: false,
        window: at,
        joining,
        roles,
    }
}

/// An order of some authorities, proposed at minute 0.
fn proposed(organisations: &[&str], subject: SubjectKind) -> Object<JointOrder> {
    let mut order = Object::new();
    for (index, organisation) in organisations.iter().enumerate() {
        let instruction = format!("K{index}");
        if index == 0 {
            order.take(decide_propose(None, proposal(organisation, &instruction, subject, window(0, 5_000))), minute(0)).expect("proposed");
        } else {
            let boxes = if subject == SubjectKind::Goods { vec![BOX.to_owned()] } else { Vec::new() };
            let decided = decide_join(order.get(), &rules(), joining(organisation, &instruction, subject), &boxes, window(0, 4_000));
            order.take(decided, minute(0)).expect("joined");
        }
    }
    order
}

fn schedule(order: &mut Object<JointOrder>, by: &str) -> Result<(), &'static str> {
    let command = Scheduled { slot_start: minute(100), slot_end: minute(220), organisation: by.into() };
    let decided = decide_schedule(order.get(), command, minute(1));
    order.take(decided, minute(1))
}

fn answer(order: &mut Object<JointOrder>, by: &str, answer: Answer) -> Result<(), &'static str> {
    let decided = decide_answer(order.get(), Answered { organisation: by.into(), answer, by: format!("{by}.person") });
    order.take(decided, minute(2))
}

fn confirmed(organisations: &[&str], subject: SubjectKind) -> Object<JointOrder> {
    let mut order = proposed(organisations, subject);
    let lead = order.get().lead.clone();
    schedule(&mut order, &lead).expect("scheduled");
    for organisation in organisations.iter().filter(|one| **one != lead) {
        answer(&mut order, organisation, Answer::Confirmed).expect("confirmed");
    }
    assert_eq!(order.get().phase, JointPhase::Confirmed);
    order
}

fn come(order: &mut Object<JointOrder>) -> Result<(), &'static str> {
    let decided = decide_box_came(order.get(), BoxCame { container: BOX.into(), at: minute(90) });
    order.take(decided, minute(90))
}

fn open(order: &mut Object<JointOrder>, by: &str) -> Result<(), &'static str> {
    let decided = decide_open(order.get(), BoxOpened { container: BOX.into(), organisation: by.into(), by: format!("{by}.person") });
    order.take(decided, minute(101))
}

fn part(order: &JointOrder, by: &str, clean: bool) -> PartRecorded {
    let items = order.participants.get(by).map(|one| one.checklist.clone()).unwrap_or_default();
    let last = items.len().saturating_sub(1);
    let checks = items.into_iter().enumerate().map(|(i, item)| Checked { code: item.code, ok: clean || i != last }).collect();
    let officer = format!("{by}.person");
    let mut officers = vec![officer.clone()];
    if by == CUSTOMS {
        officers.push("customs-demo.second".into());
    }
    let part = Part { checks, clean, note: "seen".into(), officers, by: officer, at: minute(110) };
    PartRecorded { organisation: by.into(), part }
}

fn competent() -> PartFacts {
    PartFacts { competences: ["dangerous-goods".to_owned()].into(), ship_in_port: true, from_inspection: false }
}

fn record(order: &mut Object<JointOrder>, by: &str, clean: bool) -> Result<(), &'static str> {
    let decided = decide_part(order.get(), part(order.get(), by, clean), &competent());
    order.take(decided, minute(110))
}

fn result(by: &str, disposition: &str, opened: bool) -> Concluded {
    let seals = if opened { BTreeMap::from([(BOX.to_owned(), "NEW1".to_owned())]) } else { BTreeMap::new() };
    Concluded { disposition: disposition.into(), findings: "shared".into(), seals, organisation: by.into(), by: format!("{by}.person") }
}

fn conclude(order: &mut Object<JointOrder>, by: &str, disposition: &str) -> Result<(), &'static str> {
    let opened = !order.get().openings.is_empty();
    let decided = decide_conclude(order.get(), result(by, disposition, opened));
    order.take(decided, minute(120))
}

trait Code: std::fmt::Debug {
    fn code(&self) -> &'static str;
}

impl Code for Refusal {
    fn code(&self) -> &'static str {
        self.code
    }
}

impl Code for &'static str {
    fn code(&self) -> &'static str {
        self
    }
}

fn code<T: std::fmt::Debug, E: Code>(result: Result<T, E>) -> &'static str {
    result.expect_err("a refusal").code()
}

fn followed_up(by: &str, settled: bool) -> FollowedUp {
    FollowedUp { note: "repacked".into(), organisation: by.into(), settled, by: format!("{by}.person") }
}

fn leave(order: &mut Object<JointOrder>, instruction: &str, how: Leaving) -> Result<(), &'static str> {
    let decided = decide_leave(order.get(), &rules(), instruction, how);
    order.take(decided, minute(105))
}

#[test]
fn three_authorities_open_a_box_once_and_release_together() {
    let mut order = proposed(&[MARITIME, BORDER, CUSTOMS], SubjectKind::Goods);
    assert_eq!((order.get().lead.as_str(), order.get().participants.len()), (CUSTOMS, 3), "customs lead for goods, whoever came first");
    assert_eq!(order.get().window, window(0, 4_000), "the time that every instruction allows");
    assert_eq!(order.get().task_of(CUSTOMS), Some(Task::Schedule));
    assert_eq!(order.get().task_of(BORDER), None, "there is no time to answer yet");
    assert_eq!(code(answer(&mut order, BORDER, Answer::Confirmed)), "joint-order-no-time");
    assert_eq!(code(schedule(&mut order, BORDER)), "joint-order-not-lead");
    schedule(&mut order, CUSTOMS).expect("scheduled");
    assert_eq!(order.get().task_of(BORDER), Some(Task::Answer));
    assert_eq!(code(open(&mut order, LEAD)), "joint-order-not-confirmed");
    answer(&mut order, BORDER, Answer::OtherTime { start: minute(300) }).expect("another time");
    assert_eq!(order.get().task_of(CUSTOMS), Some(Task::Schedule), "the lead is asked for another time");
    answer(&mut order, BORDER, Answer::Confirmed).expect("confirmed after all");
    answer(&mut order, MARITIME, Answer::Confirmed).expect("confirmed");
    assert_eq!(code(open(&mut order, LEAD)), "joint-order-box-not-at-site");
    assert_eq!(code(record(&mut order, BORDER, true)), "joint-order-box-not-at-site");
    come(&mut order).expect("at the site");
    assert_eq!(code(come(&mut order)), "joint-order-box-arrived");
    assert_eq!(code(open(&mut order, MARITIME)), "joint-order-not-lead");
    open(&mut order, LEAD).expect("opened");
    assert_eq!(code(open(&mut order, LEAD)), "joint-order-opened");
    record(&mut order, BORDER, true).expect("border's part");
    assert_eq!(code(record(&mut order, BORDER, true)), "joint-order-part-recorded");
    record(&mut order, CUSTOMS, true).expect("customs' part");
    assert_eq!(code(conclude(&mut order, LEAD, "18")), "joint-order-parts-open");
    record(&mut order, MARITIME, true).expect("maritime's part");
    assert_eq!(order.get().task_of(LEAD), Some(Task::Conclude));
    assert_eq!(code(conclude(&mut order, MARITIME, "18")), "joint-order-not-lead");
    assert_eq!(code(conclude(&mut order, LEAD, "32")), "joint-order-disposition");
    assert_eq!(code(conclude(&mut order, LEAD, "99")), "joint-order-disposition");
    let unsealed = decide_conclude(order.get(), result(LEAD, "18", false));
    assert_eq!(code(unsealed), "joint-order-seal");
    conclude(&mut order, LEAD, "18").expect("result");
    assert!(matches!(order.get().phase, JointPhase::Released { .. }));
    assert_eq!(code(conclude(&mut order, LEAD, "18")), "joint-order-result-exists");
    assert_eq!(code(open(&mut order, LEAD)), "joint-order-closed");
    assert_eq!(code(decide_follow_up(order.get(), followed_up(LEAD, false))), "joint-order-no-follow-up");
}

#[test]
fn a_ship_is_boarded_by_quarantine_first() {
    let mut order = confirmed(&[MARITIME, CUSTOMS, BORDER], SubjectKind::Ship);
    assert_eq!((order.get().lead.as_str(), order.get().first.as_deref()), (MARITIME, Some(CUSTOMS)));
    assert_eq!(order.get().steps, [CUSTOMS, MARITIME, BORDER]);
    assert_eq!(code(record(&mut order, BORDER, true)), "joint-order-first");
    let away = PartFacts { ship_in_port: false, ..competent() };
    assert_eq!(code(decide_part(order.get(), part(order.get(), CUSTOMS, true), &away)), "joint-order-ship-not-in-port");
    for organisation in [CUSTOMS, BORDER, MARITIME] {
        record(&mut order, organisation, true).expect("part");
    }
    conclude(&mut order, MARITIME, "18").expect("one result");
}

#[test]
fn whoever_declines_takes_the_shared_result() {
    let mut order = proposed(&[CUSTOMS, MARITIME], SubjectKind::Goods);
    schedule(&mut order, LEAD).expect("scheduled");
    assert_eq!(code(answer(&mut order, LEAD, Answer::Declined)), "joint-order-lead");
    assert_eq!(code(answer(&mut order, BORDER, Answer::Confirmed)), "joint-order-not-participant");
    assert_eq!(code(answer(&mut order, MARITIME, Answer::OtherTime { start: minute(9_000) })), "joint-order-slot");
    assert_eq!(code(answer(&mut order, MARITIME, Answer::Awaited)), "joint-order-answer");
    answer(&mut order, MARITIME, Answer::Declined).expect("declined");
    assert_eq!(order.get().phase, JointPhase::Confirmed);
    come(&mut order).expect("at the site");
    assert_eq!(code(record(&mut order, MARITIME, true)), "joint-order-declined");
    record(&mut order, LEAD, true).expect("part");
    assert!(order.get().participants[MARITIME].hold, "its hold stands until there is a result");
    conclude(&mut order, LEAD, "18").expect("result");
}

#[test]
fn joining_late_meets_what_is_there_and_its_part_is_waited_for() {
    let mut order = confirmed(&[CUSTOMS, MARITIME], SubjectKind::Goods);
    come(&mut order).expect("at the site");
    open(&mut order, LEAD).expect("opened");
    record(&mut order, CUSTOMS, true).expect("part");
    record(&mut order, MARITIME, true).expect("part");
    let decided = decide_join(order.get(), &rules(), joining(BORDER, "K9", SubjectKind::Goods), &[BOX.into()], window(50, 900));
    order.take(decided, minute(112)).expect("joined");
    let one = &order.get().participants[BORDER];
    assert!(one.late && one.answer == Answer::Confirmed && order.get().is_under_way());
    assert_eq!(code(conclude(&mut order, LEAD, "18")), "joint-order-parts-open");
    let again = decide_join(order.get(), &rules(), joining(MARITIME, "K8", SubjectKind::Goods), &[BOX.into()], window(50, 900));
    assert_eq!(code(again), "joint-order-part-recorded");
    record(&mut order, BORDER, true).expect("part");
    conclude(&mut order, LEAD, "18").expect("result");
    let closed = decide_join(order.get(), &rules(), joining(BORDER, "K7", SubjectKind::Goods), &[BOX.into()], window(50, 900));
    assert_eq!(code(closed), "joint-order-closed");
    assert!(!order.get().takes(window(50, 900)), "what comes after the result has an order of its own");
}

#[test]
fn joining_before_it_begins_asks_everybody_again_when_the_time_no_longer_fits() {
    let mut order = confirmed(&[CUSTOMS, MARITIME], SubjectKind::Goods);
    let decided = decide_join(order.get(), &rules(), joining(BORDER, "K9", SubjectKind::Goods), &[OTHER_BOX.into()], window(90, 300));
    order.take(decided, minute(3)).expect("joined");
    assert_eq!(order.get().boxes, [BOX, OTHER_BOX]);
    assert_eq!((&order.get().phase, order.get().slot.is_some()), (&JointPhase::Proposed, true), "the time fits: the new one is asked");
    assert_eq!(order.get().participants[MARITIME].answer, Answer::Confirmed);
    answer(&mut order, BORDER, Answer::Confirmed).expect("confirmed");
    let decided = decide_join(order.get(), &rules(), joining(BORDER, "K8", SubjectKind::Goods), &[BOX.into()], window(150, 300));
    order.take(decided, minute(4)).expect("joined");
    assert_eq!((&order.get().phase, order.get().slot), (&JointPhase::Proposed, None), "the time does not fit any more");
    assert_eq!(order.get().participants[MARITIME].answer, Answer::Awaited);
    let apart = decide_join(order.get(), &rules(), joining(BORDER, "K7", SubjectKind::Goods), &[BOX.into()], window(400, 500));
    assert_eq!(code(apart), "joint-order-window");
}

#[test]
fn an_order_whose_time_is_over_is_kept_at_any_time_to_come() {
    let mut order = proposed(&[CUSTOMS, MARITIME], SubjectKind::Goods);
    let at = |start: i64| Scheduled { slot_start: minute(start), slot_end: minute(start + 120), organisation: LEAD.into() };
    assert_eq!(code(decide_schedule(order.get(), at(4_100), minute(3_000))), "joint-order-slot", "there is time left");
    let decided = decide_schedule(order.get(), at(4_100), minute(3_950));
    order.take(decided, minute(3_950)).expect("an hour is no time for an inspection");
    assert_eq!(code(decide_schedule(order.get(), at(4_000), minute(4_200))), "joint-order-slot", "it has passed");
    answer(&mut order, MARITIME, Answer::OtherTime { start: minute(5_000) }).expect("after everybody's time, as what is proposed");
    let decided = decide_schedule(order.get(), at(5_000), minute(4_200));
    order.take(decided, minute(4_200)).expect("once more");
    answer(&mut order, MARITIME, Answer::Confirmed).expect("confirmed");
    assert_eq!(order.get().phase, JointPhase::Confirmed);
}

#[test]
fn nobody_fills_an_order_for_the_others() {
    let mut order = proposed(&[CUSTOMS], SubjectKind::Goods);
    for n in 1..=INSTRUCTIONS_OF_ONE_MAX {
        let joins = joining(BORDER, &format!("K{n}"), SubjectKind::Goods);
        let decided = decide_join(order.get(), &rules(), joins, &[BOX.into()], window(0, 4_000));
        order.take(decided, minute(1)).expect("joined");
    }
    let more = |who| decide_join(order.get(), &rules(), joining(who, "K99", SubjectKind::Goods), &[BOX.into()], window(0, 4_000));
    assert_eq!(code(more(BORDER)), "joint-order-full-of-own");
    assert!(more(MARITIME).is_ok());
}

#[test]
fn withdrawing_before_and_during_the_inspection() {
    let mut order = confirmed(&[CUSTOMS, MARITIME, BORDER], SubjectKind::Goods);
    leave(&mut order, "K0", Leaving::Withdrawn).expect("the lead withdraws");
    assert_eq!(order.get().lead, MARITIME, "the next by the rules leads");
    assert!(!order.get().participants.contains_key(CUSTOMS));
    assert_eq!(code(leave(&mut order, "K0", Leaving::Withdrawn)), "joint-order-not-participant");
    come(&mut order).expect("at the site");
    open(&mut order, MARITIME).expect("opened");
    leave(&mut order, "K2", Leaving::Withdrawn).expect("border withdraws while the box is open");
    let left = order.get().departures.last().expect("a departure");
    assert!(left.during_inspection && order.get().participants[BORDER].gone_at.is_some(), "the finding stays on the order");
    assert_eq!(code(record(&mut order, BORDER, true)), "joint-order-not-participant");
    assert_eq!(code(leave(&mut order, "K1", Leaving::Withdrawn)), "joint-order-box-open", "somebody closes the box");
    record(&mut order, MARITIME, true).expect("part");
    assert_eq!(code(leave(&mut order, "K1", Leaving::Withdrawn)), "joint-order-part-recorded");
    conclude(&mut order, MARITIME, "18").expect("result");

    let mut alone = proposed(&[BORDER], SubjectKind::Goods);
    leave(&mut alone, "K0", Leaving::Withdrawn).expect("the last one");
    assert!(matches!(alone.get().phase, JointPhase::Cancelled { .. }));
}

#[test]
fn splitting_off_leaves_the_opening_to_the_others() {
    let mut order = confirmed(&[CUSTOMS, MARITIME], SubjectKind::Goods);
    leave(&mut order, "K1", Leaving::SplitOff).expect("split off");
    assert_eq!(code(leave(&mut order, "K0", Leaving::SplitOff)), "joint-order-alone");
    let mut own = Object::<JointOrder>::new();
    let apart = Proposed { apart: true, ..proposal(MARITIME, "K1", SubjectKind::Goods, window(0, 5_000)) };
    own.take(decide_propose(None, apart), minute(3)).expect("an order of its own");
    schedule(&mut own, MARITIME).expect("scheduled");
    assert_eq!(code(open(&mut own, MARITIME)), "joint-order-no-opening");
    assert!(!own.get().takes(window(0, 10)));
    record(&mut own, MARITIME, true).expect("checked without opening");
    conclude(&mut own, MARITIME, "18").expect("result");
    come(&mut order).expect("at the site");
    open(&mut order, CUSTOMS).expect("opened");
    assert_eq!(code(leave(&mut order, "K0", Leaving::SplitOff)), "joint-order-under-way");
}

#[test]
fn what_was_found_is_followed_up_to_its_end() {
    for (end, released) in [("11", true), ("31", true), ("32", false), ("36", false)] {
        let mut order = confirmed(&[CUSTOMS, MARITIME, BORDER], SubjectKind::Goods);
        come(&mut order).expect("at the site");
        record(&mut order, CUSTOMS, true).expect("part");
        record(&mut order, BORDER, true).expect("part");
        record(&mut order, MARITIME, false).expect("a finding");
        assert_eq!(code(conclude(&mut order, LEAD, "18")), "joint-order-disposition", "a finding is not normal");
        conclude(&mut order, LEAD, "40").expect("to be put right");
        assert!(matches!(order.get().phase, JointPhase::FollowUp { .. }));
        assert_eq!(order.get().task_of(LEAD), Some(Task::FollowUp));
        assert_eq!(code(decide_follow_up(order.get(), followed_up(BORDER, true))), "joint-order-not-lead", "it found nothing");
        let decided = decide_follow_up(order.get(), followed_up(LEAD, true));
        order.take(decided, minute(130)).expect("a step");
        let close = |disposition: &str| Closed { disposition: disposition.into(), note: "done".into(), by: "p".into() };
        assert_eq!(code(decide_close(order.get(), LEAD, close("40"))), "joint-order-disposition");
        // The lead does not release over the head of whoever found something.
        assert_eq!(order.get().task_of(MARITIME), Some(Task::FollowUp));
        assert_eq!(decide_close(order.get(), LEAD, close(end)).map_err(|refusal| refusal.code).is_err(), released);
        if released {
            assert_eq!(code(decide_close(order.get(), LEAD, close(end))), "joint-order-finding-open");
            let decided = decide_follow_up(order.get(), followed_up(MARITIME, false));
            order.take(decided, minute(131)).expect("a step");
            assert_eq!(code(decide_close(order.get(), LEAD, close(end))), "joint-order-finding-open");
            let decided = decide_follow_up(order.get(), followed_up(MARITIME, true));
            order.take(decided, minute(132)).expect("settled");
            assert_eq!(order.get().task_of(MARITIME), None);
        }
        let decided = decide_close(order.get(), LEAD, close(end));
        order.take(decided, minute(140)).expect("closed");
        let freed = inspection::disposition(end).expect("known").consequence.releases();
        assert_eq!(freed, released, "{end}");
        assert_eq!(code(decide_close(order.get(), LEAD, close("11"))), "joint-order-no-follow-up");
    }
}

#[test]
fn every_disposition_has_its_consequence() {
    for row in inspection::DISPOSITIONS {
        let mut order = confirmed(&[CUSTOMS], SubjectKind::Goods);
        come(&mut order).expect("at the site");
        record(&mut order, CUSTOMS, row.consequence.is_clean()).expect("part");
        conclude(&mut order, CUSTOMS, row.code).unwrap_or_else(|refusal| panic!("{}: {refusal}", row.code));
        let released = matches!(order.get().phase, JointPhase::Released { .. });
        assert_eq!(released, row.consequence.releases(), "{}", row.code);
        assert_eq!(released, !matches!(order.get().phase, JointPhase::FollowUp { .. }), "{}", row.code);
    }
}

#[test]
fn a_part_is_whole_and_by_somebody_who_may() {
    let mut order = confirmed(&[CUSTOMS, MARITIME], SubjectKind::Goods);
    come(&mut order).expect("at the site");
    let good = part(order.get(), MARITIME, true);
    let refused = |change: &dyn Fn(&mut Part), facts: &PartFacts| {
        let mut told = good.clone();
        change(&mut told.part);
        code(decide_part(order.get(), told, facts))
    };
    let facts = competent();
    assert_eq!(refused(&|part| part.checks.truncate(1), &facts), "joint-order-checks");
    assert_eq!(refused(&|part| part.checks[0].ok = false, &facts), "joint-order-checks");
    assert_eq!(refused(&|part| part.clean = false, &facts), "joint-order-checks");
    assert_eq!(refused(&|part| part.officers.clear(), &facts), "joint-order-officers");
    assert_eq!(refused(&|part| part.officers = vec!["somebody".into()], &facts), "joint-order-officers");
    assert_eq!(refused(&|part| part.note = "x".repeat(FINDINGS_LENGTH_MAX + 1), &facts), "joint-order-report-length");
    assert_eq!(refused(&|_| (), &PartFacts { competences: BTreeSet::new(), ..competent() }), "joint-order-competence");
    record(&mut order, MARITIME, true).expect("in order");
    let mut alone = part(order.get(), CUSTOMS, true);
    alone.part.officers.truncate(1);
    assert_eq!(code(decide_part(order.get(), alone, &facts)), "joint-order-officers", "customs comes with two (Decree 138)");
}

#[test]
fn customs_part_of_a_drawn_inspection_comes_from_its_confirmed_result() {
    let mut order = proposed(&[MARITIME], SubjectKind::Goods);
    let drawn = Joining { inspection: Some("I1".into()), hold: false, ..joining(CUSTOMS, "K9", SubjectKind::Goods) };
    let decided = decide_join(order.get(), &rules(), drawn, &[BOX.into()], window(0, 4_000));
    order.take(decided, minute(1)).expect("joined");
    schedule(&mut order, CUSTOMS).expect("booked by the trader");
    assert_eq!(code(answer(&mut order, CUSTOMS, Answer::Declined)), "joint-order-lead");
    assert_eq!(code(leave(&mut order, "K9", Leaving::SplitOff)), "joint-order-drawn");
    answer(&mut order, MARITIME, Answer::Confirmed).expect("confirmed");
    come(&mut order).expect("at the site");
    assert_eq!(code(record(&mut order, CUSTOMS, true)), "joint-order-part-by-inspection");
    let told = PartRecorded { part: Part { checks: Vec::new(), ..part(order.get(), CUSTOMS, true).part }, organisation: CUSTOMS.into() };
    let facts = PartFacts { from_inspection: true, ..PartFacts::default() };
    let decided = decide_part(order.get(), told, &facts);
    order.take(decided, minute(110)).expect("from the inspection");
}

#[test]
fn the_consignee_alone_agrees_not_to_be_there_and_boxes_are_those_of_the_order() {
    let mut order = proposed(&[CUSTOMS], SubjectKind::Goods);
    let agree = |by: &str| NoPresenceAgreed { organisation: by.into(), by: format!("{by}.person") };
    assert_eq!(code(decide_no_presence(order.get(), agree("trader-grey"))), "joint-order-not-trader");
    let decided = decide_no_presence(order.get(), agree("trader-gold"));
    order.take(decided, minute(5)).expect("agreed");
    assert_eq!(decide_no_presence(order.get(), agree("trader-gold")).expect("again"), []);
    let elsewhere = BoxCame { container: OTHER_BOX.into(), at: minute(5) };
    assert_eq!(code(decide_box_came(order.get(), elsewhere)), "joint-order-container-differs");
    let without = Proposed { boxes: Vec::new(), ..proposal(CUSTOMS, "K1", SubjectKind::Goods, window(0, 10)) };
    assert_eq!(code(decide_propose(None, without)), "joint-order-boxes");
    assert_eq!(code(decide_propose(Some(order.get()), proposal(CUSTOMS, "K1", SubjectKind::Goods, window(0, 10)))), "joint-order-exists");
    let late = Scheduled { slot_start: minute(4_900), slot_end: minute(5_020), organisation: CUSTOMS.into() };
    assert_eq!(code(decide_schedule(order.get(), late, minute(1))), "joint-order-slot");
    for index in 0..INSTRUCTIONS_MAX {
        // As many authorities as it takes.
        let joins = Joining {
            organisation: format!("customs-{}", index / INSTRUCTIONS_OF_ONE_MAX),
            ..joining(CUSTOMS, &format!("N{index}"), SubjectKind::Goods)
        };
        match decide_join(order.get(), &rules(), joins, &[], window(0, 5_000)) {
            Ok(events) => order.take(Ok(events), minute(6)).expect("joined"),
            Err(refusal) => {
                assert_eq!((refusal.code, index), ("joint-order-full", INSTRUCTIONS_MAX - 1));
                return;
            }
        }
    }
    panic!("an order has a limit");
}

fn instruction(at: Window) -> Placed {
    Placed {
        authority: Authority::Maritime,
        organisation: MARITIME.into(),
        district: None,
        subject: Subject::Container { id: BOX.into() },
        window: at,
        hold: true,
        on_arrival: false,
        seal: Some("ab".into()),
        inspection: None,
    }
}

#[test]
fn an_instruction_is_placed_matched_and_ends_once() {
    let day = 24 * 60;
    assert_eq!(code(decide_place(None, instruction(window(10, 10)), minute(0))), "instruction-window");
    assert_eq!(code(decide_place(None, instruction(window(0, 10)), minute(10))), "instruction-window");
    assert_eq!(code(decide_place(None, instruction(window(0, WINDOW_DAYS_MAX * day + 1)), minute(0))), "instruction-window");
    let mut placed = Object::<Instruction>::new();
    placed.take(decide_place(None, instruction(window(0, WINDOW_DAYS_MAX * day)), minute(0)), minute(0)).expect("at the limit");
    let settled = || Settled { disposition: "18".into(), released: true };
    assert_eq!(code(decide_settled(placed.get(), settled())), "instruction-not-matched");
    let decided = decide_matched(placed.get(), Matched { order: "J1".into() });
    placed.take(decided, minute(1)).expect("matched");
    let told = Tasked { task: Some(Task::Answer), due: Some(minute(9)) };
    placed.take(Ok(decide_tasked(placed.get(), told.clone())), minute(2)).expect("tasked");
    assert_eq!(decide_tasked(placed.get(), told), [], "nothing new");
    let row = placed.get().work_row("K1");
    assert_eq!(
        (row.owner.as_deref(), row.action.as_deref(), row.parties),
        (Some(MARITIME), Some("answer-joint-order"), vec![MARITIME.into()])
    );
    let decided = decide_settled(placed.get(), settled());
    placed.take(decided, minute(3)).expect("settled");
    let withdrawn = Withdrawn { seal: None, during_inspection: false };
    assert_eq!(code(decide_withdraw(placed.get(), withdrawn)), "instruction-closed");
    assert!(matches!(placed.get().phase, InstructionPhase::Settled { released: true, .. }));
}

#[test]
fn a_sealed_reason_opens_for_its_authority_alone() {
    let of_customs = SealedReason::new(CUSTOMS.into(), Some("3104".into()), "salt".into(), "a tip".into(), Some("E1234567".into()));
    assert_eq!(of_customs.open(CUSTOMS, None), Some(("a tip", Some("E1234567"))));
    assert_eq!(of_customs.open("customs-second-office", Some("3104")), Some(("a tip", Some("E1234567"))));
    assert_eq!(of_customs.open("customs-far", Some("2301")), None);
    let of_maritime = SealedReason::new(MARITIME.into(), None, "salt".into(), "a tip".into(), None);
    for stranger in [CUSTOMS, BORDER, "terminal-east", ""] {
        assert_eq!(of_maritime.open(stranger, Some("3104")), None, "{stranger}");
        assert_eq!(of_maritime.open(stranger, None), None, "{stranger}");
    }
}

/// What the application keeps about one bill: its orders, what every authority placed, and everything that was ever recorded.
#[derive(Default)]
struct Desk {
    orders: Vec<Object<JointOrder>>,
    reasons: BTreeMap<String, SealedReason>,
    recorded: Vec<String>,
}

impl Desk {
    fn take(&mut self, index: usize, decided: Result<Vec<inspection::JointOrderEvent>, Refusal>, at: i64) {
        let Ok(events) = decided else { return };
        self.recorded.extend(events.iter().map(|event| event.payload().get().to_owned()));
        self.orders[index].take(Ok(events), minute(at)).expect("what was decided follows");
    }

    /// As the application matches: the oldest open order whose time meets, or one more.
    fn place(&mut self, organisation: &str, at: Window, minute_now: i64) {
        let id = format!("K{}", self.reasons.len());
        let text = format!("secret of {organisation} {id}");
        let sealed = SealedReason::new(organisation.into(), None, format!("salt {id}"), text, None);
        let known = self.orders.iter().position(|order| order.get().takes(at));
        match known {
            Some(index) => {
                let joins = joining(organisation, &id, SubjectKind::Goods);
                let decided = decide_join(self.orders[index].get(), &rules(), joins, &[BOX.into()], at);
                if decided.is_err() {
                    return;
                }
                self.take(index, decided, minute_now);
            }
            None => {
                self.orders.push(Object::new());
                let decided = decide_propose(None, proposal(organisation, &id, SubjectKind::Goods, at));
                self.take(self.orders.len() - 1, decided, minute_now);
            }
        }
        self.reasons.insert(id, sealed);
    }

    fn split(&mut self, index: usize, instruction: &str, now: i64) {
        let order = self.orders[index].get();
        let Some((organisation, _)) = order.of_instruction(instruction) else { return };
        let (organisation, at) = (organisation.clone(), order.window);
        let decided = decide_leave(order, &rules(), instruction, Leaving::SplitOff);
        if decided.is_err() {
            return;
        }
        self.take(index, decided, now);
        self.orders.push(Object::new());
        let apart = Proposed { apart: true, ..proposal(&organisation, instruction, SubjectKind::Goods, at) };
        self.take(self.orders.len() - 1, decide_propose(None, apart), now);
    }

    fn check(&self) {
        let open: Vec<&JointOrder> = self.orders.iter().map(Object::get).filter(|order| order.is_open() && !order.apart).collect();
        for (index, one) in open.iter().enumerate() {
            for other in &open[index + 1..] {
                assert!(one.window.meet(other.window).is_none(), "two orders at one time could open one box twice");
            }
        }
        for order in self.orders.iter().map(Object::get) {
            assert!(order.openings.len() <= usize::from(!order.apart), "one box is opened once, and never apart");
            if order.result().is_some() {
                assert_eq!(order.parts_open(), Vec::<&String>::new(), "no release while somebody's part is open");
                let clean = order.participants.values().filter_map(|one| one.part.as_ref()).all(|part| part.clean);
                let kept = matches!(order.phase, JointPhase::FollowUp { .. } | JointPhase::Closed { .. });
                assert!(clean || kept || order.result().is_some_and(|(result, _)| result.disposition == "31"));
            }
            let state = serde_json::to_string(order).expect("a state");
            let row = serde_json::to_string(&order.work_row("J1")).expect("a row");
            assert!(!state.contains("secret of") && !row.contains("secret of"), "an order knows no reason");
        }
        assert!(self.recorded.iter().all(|payload| !payload.contains("secret of")), "no event tells a reason");
        for sealed in self.reasons.values() {
            let readers =
                [CUSTOMS, MARITIME, BORDER].into_iter().filter_map(|reader| sealed.open(reader, None).map(|found| (reader, found.0)));
            let readers: Vec<(&str, &str)> = readers.collect();
            assert!(readers.len() == 1 && readers[0].1.contains(readers[0].0), "a reason has one reader: {readers:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_order_of_commands_opens_a_box_twice_releases_early_or_tells_a_reason(
        commands in prop::collection::vec((0u8..13, 0usize..3, 0usize..4, 0i64..3), 1..60)
    ) {
        let mut desk = Desk::default();
        for (at, (command, who, which, when)) in (1i64..).zip(commands) {
            let organisation = [CUSTOMS, MARITIME, BORDER][who];
            if command == 0 || desk.orders.is_empty() {
                let at_minutes = [window(50, 4_000), window(50, 400), window(3_000, 5_000)];
                desk.place(organisation, at_minutes[usize::try_from(when).expect("small")], at);
                desk.check();
                continue;
            }
            let index = which % desk.orders.len();
            let order = desk.orders[index].get().clone();
            let lead = order.lead.clone();
            let instruction = order.participants.values().flat_map(|one| &one.instructions).nth(which).cloned().unwrap_or_default();
            let person = format!("{organisation}.person");
            let decided = match command {
                1 => {
                    let start = order.window.from.max(minute(at + 1));
                    let command = Scheduled { slot_start: start, slot_end: start.plus_minutes(60), organisation: lead };
                    decide_schedule(&order, command, minute(at))
                }
                2 | 3 => decide_answer(&order, Answered { organisation: organisation.into(), answer: Answer::Confirmed, by: person }),
                4 => {
                    let answer = if when == 0 { Answer::Declined } else { Answer::OtherTime { start: order.window.from } };
                    decide_answer(&order, Answered { organisation: organisation.into(), answer, by: person })
                }
                5 => decide_box_came(&order, BoxCame { container: BOX.into(), at: minute(at) }),
                6 => {
                    let by = if when == 0 { organisation.to_owned() } else { lead };
                    decide_open(&order, BoxOpened { container: BOX.into(), organisation: by, by: person })
                }
                7 | 8 => decide_part(&order, part(&order, organisation, when != 0), &competent()),
                9 => decide_leave(&order, &rules(), &instruction, Leaving::Withdrawn),
                10 => {
                    desk.split(index, &instruction, at);
                    desk.check();
                    continue;
                }
                11 => {
                    let disposition = ["18", "40", "31"][usize::try_from(when).expect("small")];
                    decide_conclude(&order, result(&lead, disposition, !order.openings.is_empty()))
                }
                _ => decide_close(&order, &lead, Closed { disposition: "11".into(), note: "done".into(), by: person }),
            };
            desk.take(index, decided, at);
            desk.check();
        }
    }
}
