//! A box goes on by another ship when all papers agree; otherwise every field that differs is named with who must act (MFT-04).

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::Mass;
use ledger::Aggregate;
use manifest::{
    Awaited, Comparison, InboundSide, ManifestContainer, ManifestGoods, MatchFacts, MatchField, MatchParty, OnwardCall, OutboundSide,
    TransferPlan, Transhipment, TranshipmentLoaded, TranshipmentPlanned, TranshipmentRefused, TranshipmentWithdrawn, YardSide, compare,
    decide_compared, decide_loaded, decide_plan_transhipment, decide_refuse_transhipment, decide_release_by_hand,
    decide_withdraw_transhipment,
};
use object::{Object, minute};

const NUMBER: &str = "ZZZU0000015";

fn kg(kg: u64) -> Mass {
    Mass::from_kg(kg).expect("mass")
}

fn container() -> ManifestContainer {
    ManifestContainer { number: NUMBER.into(), size_type: "22G1".into(), seals: vec!["S1".into()], gross_kg: kg(10_000), packages: 10 }
}

fn goods() -> Vec<ManifestGoods> {
    vec![ManifestGoods {
        description: "Machine parts".into(),
        hs_code: Some("8487900000".into()),
        packages: 10,
        package_kind: None,
        gross_kg: kg(10_000),
        un_no: None,
    }]
}

fn plan() -> TransferPlan {
    TransferPlan { next_port: "KRPUS".into(), size_type: Some("22G1".into()), seal: Some("s-1".into()), gross_kg: Some(kg(10_000)) }
}

fn outbound(facts: &mut MatchFacts) -> &mut OutboundSide {
    facts.outbound.as_mut().expect("an outbound bill")
}

/// Papers that agree in everything.
fn facts() -> MatchFacts {
    MatchFacts {
        planner: "agent-blue".into(),
        inbound: InboundSide {
            agent: "agent-in".into(),
            onward: Some("KRPUS".into()),
            container: Some(container()),
            goods: goods(),
            declaration: None,
        },
        yard: YardSide { terminal: "terminal-east".into(), landed: true, size_type: "22G1".into(), seal: Some("S1".into()), held: false },
        call: OnwardCall { agent: "agent-out".into(), terminal: "terminal-east".into(), closed: None },
        outbound: Some(OutboundSide { bill: "OUT1-C2611-0002".into(), container: container(), goods: goods(), next_port: "KRPUS".into() }),
        tolerance_per_mille: 30,
        authority: "3104".into(),
    }
}

fn compared(change: impl FnOnce(&mut TransferPlan, &mut MatchFacts)) -> Comparison {
    let (mut plan, mut facts) = (plan(), facts());
    change(&mut plan, &mut facts);
    compare(&plan, &facts)
}

/// Exactly one field differs, and this one must act.
#[track_caller]
fn check(field: MatchField, who: MatchParty, by: &str, change: impl FnOnce(&mut TransferPlan, &mut MatchFacts)) {
    let made = compared(change);
    let found: Vec<_> = made.mismatches.iter().map(|m| (m.field, m.who, m.by.as_str())).collect();
    assert_eq!(found, [(field, who, by)], "{made:#?}");
    assert!(
        made.mismatches.iter().any(|m| m.inbound.is_some() || m.plan.is_some() || m.outbound.is_some() || field == MatchField::Container)
    );
    assert!(made.agreed.iter().all(|agreed| agreed.field != field), "a field agrees or differs, not both");
}

#[test]
fn papers_that_agree_are_clean_and_every_field_is_a_reason() {
    let made = compared(|_, _| {});
    assert!(made.is_clean(), "{made:#?}");
    assert_eq!(made.agreed.iter().map(|agreed| agreed.field).collect::<Vec<_>>(), MatchField::ALL);
    assert_eq!(made.outbound.as_deref(), Some("OUT1-C2611-0002"));
    let codes: std::collections::BTreeSet<&str> = MatchField::ALL.into_iter().map(MatchField::code).collect();
    assert_eq!(codes.len(), MatchField::ALL.len());
}

#[test]
fn a_plan_that_tells_little_is_compared_in_what_it_tells() {
    let made = compared(|plan, _| *plan = TransferPlan { next_port: "KRPUS".into(), size_type: None, seal: None, gross_kg: None });
    assert!(made.is_clean(), "{made:#?}");
}

#[test]
fn each_field_that_differs_is_named_with_who_must_act() {
    use MatchField as F;
    use MatchParty as W;
    check(F::Marking, W::InboundAgent, "agent-in", |_, f| f.inbound.onward = None);
    check(F::Declaration, W::Planner, "agent-blue", |_, f| f.inbound.declaration = Some("D1".into()));
    check(F::SizeType, W::OutboundAgent, "agent-out", |_, f| outbound(f).container.size_type = "45G1".into());
    check(F::SizeType, W::Planner, "agent-blue", |p, _| p.size_type = Some("42G1".into()));
    check(F::Seal, W::OutboundAgent, "agent-out", |_, f| outbound(f).container.seals = vec!["S9".into()]);
    check(F::Seal, W::OutboundAgent, "agent-out", |_, f| outbound(f).container.seals = Vec::new());
    check(F::Seal, W::Planner, "agent-blue", |p, _| p.seal = Some("S9".into()));
    check(F::Seal, W::Customs, "3104", |_, f| f.yard.seal = Some("S9".into()));
    check(F::GrossMass, W::OutboundAgent, "agent-out", |_, f| outbound(f).container.gross_kg = kg(10_301));
    check(F::GrossMass, W::Planner, "agent-blue", |p, _| p.gross_kg = Some(kg(9_699)));
    check(F::Packages, W::OutboundAgent, "agent-out", |_, f| outbound(f).container.packages = 9);
    check(F::Goods, W::OutboundAgent, "agent-out", |_, f| outbound(f).goods[0].hs_code = Some("850110".into()));
    check(F::DangerousGoods, W::OutboundAgent, "agent-out", |_, f| f.inbound.goods[0].un_no = Some("1203".into()));
    check(F::NextPort, W::OutboundAgent, "agent-out", |_, f| outbound(f).next_port = "JPYOK".into());
    check(F::NextPort, W::Planner, "agent-blue", |p, _| p.next_port = "JPYOK".into());
    check(F::Terminal, W::Planner, "agent-blue", |_, f| f.call.terminal = "terminal-west".into());
    check(F::OutboundCall, W::Planner, "agent-blue", |_, f| f.call.closed = Some("departed".into()));
    check(F::Hold, W::Customs, "3104", |_, f| f.yard.held = true);
    check(F::Container, W::InboundAgent, "agent-in", |_, f| f.inbound.container = None);
}

#[test]
fn the_tolerance_of_the_mass_holds_at_the_limit_and_not_one_past_it() {
    let differs = |grams: u64, tolerance: u32| {
        let made = compared(|_, f| {
            f.tolerance_per_mille = tolerance;
            outbound(f).container.gross_kg = Mass::from_grams(grams).expect("mass");
        });
        made.mismatches.iter().any(|m| m.field == MatchField::GrossMass)
    };
    assert!(!differs(10_300_000, 30) && differs(10_300_001, 30));
    assert!(!differs(9_700_000, 30) && differs(9_699_999, 30));
    assert!(!differs(10_000_000, 0) && differs(10_000_001, 0));
}

#[test]
fn goods_are_compared_by_six_digits_or_by_their_words() {
    let same = |change: fn(&mut MatchFacts)| compared(|_, f| change(f)).is_clean();
    assert!(same(|f| outbound(f).goods[0].hs_code = Some("848790".into())), "six digits say the same");
    assert!(same(|f| {
        f.inbound.goods[0].hs_code = None;
        outbound(f).goods[0].description = "machine  PARTS".into();
    }));
    assert!(!same(|f| {
        outbound(f).goods[0].hs_code = None;
        outbound(f).goods[0].description = "Toys".into();
    }));
}

#[test]
fn a_box_without_a_manifested_seal_is_compared_by_the_seal_seen() {
    let base = |f: &mut MatchFacts, seal: &str| {
        f.inbound.container.as_mut().expect("listed").seals = Vec::new();
        outbound(f).container.seals = vec![seal.into()];
    };
    let with = |seal: &'static str| {
        compared(move |p, f| {
            p.seal = None;
            base(f, seal);
        })
    };
    assert!(with("S1").is_clean());
    assert_eq!(with("S9").mismatches[0].field, MatchField::Seal);
}

#[test]
fn what_is_still_to_come_is_awaited_and_no_mismatch() {
    let made = compared(|_, f| {
        f.yard.landed = false;
        f.outbound = None;
    });
    assert_eq!((made.awaited, made.mismatches.len()), (vec![Awaited::Arrival, Awaited::OutboundBill], 0));
}

fn planned() -> TranshipmentPlanned {
    TranshipmentPlanned {
        container: format!("{NUMBER}-C2611-0001"),
        number: NUMBER.into(),
        bill: "IN1".into(),
        call: "C2611-0001".into(),
        onward_call: "C2611-0002".into(),
        plan: plan(),
        planner: "agent-blue".into(),
        inbound_agent: "agent-in".into(),
        outbound_agent: "agent-out".into(),
        terminal: "terminal-east".into(),
        authority: "3104".into(),
        note: None,
    }
}

fn open() -> Object<Transhipment> {
    let mut made = Object::new();
    made.take(decide_plan_transhipment(None, planned()), minute(0)).expect("planned");
    made
}

fn compare_into(made: &mut Object<Transhipment>, at: i64, change: impl FnOnce(&mut TransferPlan, &mut MatchFacts)) -> usize {
    let events = decide_compared(made.get(), compared(change));
    let count = events.len();
    made.take(Ok(events), minute(at)).expect("applies");
    count
}

fn loaded() -> TranshipmentLoaded {
    TranshipmentLoaded { at: minute(90), by: "terminal-east".into() }
}

#[test]
fn what_agrees_is_released_without_an_officer_and_loaded() {
    let mut made = open();
    assert_eq!(compare_into(&mut made, 1, |_, f| f.outbound = None), 1);
    let row = made.get().work_row("Z1");
    assert_eq!(
        (made.get().status(), row.owner.as_deref(), row.action.as_deref()),
        ("waiting", Some("agent-out"), Some("send-pre-manifest"))
    );
    assert_eq!(compare_into(&mut made, 2, |_, f| f.outbound = None), 0, "nothing changed");
    assert_eq!(decide_loaded(made.get(), loaded(), None).expect_err("too early").code, "transhipment-not-released");
    assert_eq!(compare_into(&mut made, 3, |_, _| {}), 1);
    let row = made.get().work_row("Z1");
    assert_eq!(
        (made.get().status(), row.owner.as_deref(), row.action.as_deref()),
        ("released", Some("terminal-east"), Some("load-onward"))
    );
    assert_eq!(made.get().comparison.agreed.len(), MatchField::ALL.len(), "the reasons are kept");
    // Reported after the departure, of before it; not of after it.
    let late = decide_loaded(made.get(), loaded(), Some(loaded().at.plus_millis(-1))).expect_err("the ship had left");
    assert_eq!(late.code, "transhipment-ship-left");
    made.take(decide_loaded(made.get(), loaded(), Some(loaded().at)), minute(90)).expect("loaded");
    assert_eq!((made.get().status(), made.get().closed_at()), ("loaded", Some(minute(90))));
    assert_eq!(compare_into(&mut made, 99, |_, f| f.outbound = None), 0, "nothing changes once it is loaded");
    made.check();
}

#[test]
fn a_release_that_no_longer_holds_is_taken_back() {
    let mut made = open();
    compare_into(&mut made, 1, |_, _| {});
    assert_eq!(compare_into(&mut made, 2, |_, f| outbound(f).container.packages = 3), 1);
    assert_eq!(made.get().status(), "mismatched");
    assert_eq!(made.get().work_row("Z1").owner.as_deref(), Some("agent-out"));
    compare_into(&mut made, 3, |_, _| {});
    assert_eq!(made.get().status(), "released");
    compare_into(&mut made, 4, |_, f| f.outbound = None);
    assert_eq!(made.get().status(), "waiting");
    made.check();
}

#[test]
fn an_officer_decides_by_hand_what_differs_and_answers_for_that_alone() {
    let mut made = open();
    let by_hand = |made: &Object<Transhipment>| decide_release_by_hand(made.get(), "officer-an".into(), "weighed again".into());
    compare_into(&mut made, 1, |_, f| f.yard.landed = false);
    assert_eq!(by_hand(&made).expect_err("not landed").code, "transhipment-incomplete");
    compare_into(&mut made, 2, |_, f| f.yard.seal = Some("S9".into()));
    let row = made.get().work_row("Z1");
    assert_eq!((row.owner, row.action.as_deref(), row.authority.as_deref()), (None, Some("decide-transhipment"), Some("3104")));
    made.take(by_hand(&made), minute(3)).expect("by hand");
    assert_eq!(made.get().status(), "released");
    assert_eq!(compare_into(&mut made, 4, |_, f| f.yard.seal = Some("S9".into())), 0, "what he accepted still stands");
    assert_eq!(by_hand(&made).expect_err("twice").code, "transhipment-closed");
    compare_into(&mut made, 5, |_, f| {
        f.yard.seal = Some("S9".into());
        outbound(f).next_port = "JPYOK".into();
    });
    assert_eq!(made.get().status(), "mismatched", "what differs since was not accepted");
    made.check();
}

#[test]
fn it_is_refused_or_taken_back_until_it_is_loaded() {
    let refused = || TranshipmentRefused { officer: "officer-an".into(), reason: "not allowed".into() };
    let withdrawn = || TranshipmentWithdrawn { reason: "another ship".into() };
    let mut made = open();
    compare_into(&mut made, 1, |_, _| {});
    assert_eq!(decide_withdraw_transhipment(made.get(), "agent-red", withdrawn()).expect_err("not his").code, "transhipment-not-planner");
    made.take(decide_refuse_transhipment(made.get(), refused()), minute(2)).expect("refused though released");
    assert_eq!(decide_withdraw_transhipment(made.get(), "agent-blue", withdrawn()).expect_err("closed").code, "transhipment-closed");
    assert_eq!(decide_loaded(made.get(), loaded(), None).expect_err("refused").code, "transhipment-closed");
    made.check();
    let mut made = open();
    made.take(decide_withdraw_transhipment(made.get(), "agent-blue", withdrawn()), minute(2)).expect("withdrawn");
    assert_eq!(decide_refuse_transhipment(made.get(), refused()).expect_err("closed").code, "transhipment-closed");
    made.check();
    let same = TranshipmentPlanned { onward_call: "C2611-0001".into(), ..planned() };
    assert_eq!(decide_plan_transhipment(None, same).expect_err("the same call").code, "transhipment-same-call");
}
