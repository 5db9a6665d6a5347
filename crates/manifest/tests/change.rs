//! Changes of a manifest: what is carried out at once, what waits for customs, and what every application says.

use codes::Mass;
use ledger::{Aggregate, Refusal, Timestamp};
use manifest::{
    ApplyForChange, Bill, BillContent, BillEvent, ChangeApproved, ChangePhase, ChangeRefused, Consignee, Declared, EVIDENCE_MAX, Evidence,
    ManifestChange, ManifestContainer, ManifestGoods, Manifested, Party, Wanted, decide_apply, decide_approve, decide_refuse,
    decide_withdraw, differences, is_reason_code,
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

fn content() -> BillContent {
    BillContent {
        carrier: "Demo Line".into(),
        shipper: Party { name: "Demo Exporter".into(), address: None },
        consignee: Consignee { uscc: None, name: "Demo Importer".into(), org: Some("trader-gold".into()) },
        notify: None,
        loading: "SGSIN".into(),
        discharge: "CNNGB".into(),
        delivery: None,
        onward: None,
        containers: vec![ManifestContainer {
            number: "ZZZU0001017".into(),
            size_type: "22G1".into(),
            seals: vec!["S1".into()],
            gross_kg: Mass::from_kg(10_000).expect("mass"),
            packages: 100,
        }],
        goods: vec![ManifestGoods {
            description: "Lamps".into(),
            hs_code: None,
            packages: 100,
            package_kind: None,
            gross_kg: Mass::from_kg(10_000).expect("mass"),
            un_no: None,
        }],
    }
}

fn bill() -> Bill {
    let told = Manifested { call: "C2611-0001".into(), manifest: "M1".into(), agent: "agent-blue".into(), content: content() };
    Bill::apply(None, &told.into(), at("2026-11-20T00:00:00Z")).expect("manifested")
}

fn ask(wanted: Wanted, arrived: bool) -> ApplyForChange {
    ApplyForChange {
        bill: "B1".into(),
        agent: "agent-blue".into(),
        message: None,
        wanted,
        reason: "001".into(),
        note: None,
        evidence: Vec::new(),
        arrived,
        authority: "3104".into(),
    }
}

fn amend(change: impl FnOnce(&mut BillContent)) -> Wanted {
    let mut content = content();
    change(&mut content);
    Wanted::Amend { content: Box::new(content) }
}

fn applied(bill: &Bill, command: ApplyForChange) -> Result<ManifestChange, Refusal> {
    let events = decide_apply(bill, command)?;
    Ok(ManifestChange::apply(None, &events[0], at("2026-11-21T00:00:00Z")).expect("follows"))
}

#[test]
fn every_field_is_told_with_its_old_and_new_value() {
    let mut after = content();
    after.consignee.name = "Another Importer".into();
    after.consignee.org = None;
    after.delivery = Some("CNSHA".into());
    after.containers[0].packages = 101;
    after.containers.push(ManifestContainer { number: "ZZZU0001022".into(), ..after.containers[0].clone() });
    let told = differences(&content(), &after);
    let of = |pointer: &str| told.iter().find(|field| field.pointer == pointer).map(|f| (f.old.as_deref(), f.new.as_deref()));
    assert_eq!(of("/consignee/name"), Some((Some("Demo Importer"), Some("Another Importer"))));
    assert_eq!(of("/delivery"), Some((None, Some("CNSHA"))));
    assert_eq!(of("/containers/ZZZU0001017/packages"), Some((Some("100"), Some("101"))));
    assert_eq!(of("/containers/ZZZU0001022/number"), Some((None, Some("ZZZU0001022"))));
    assert_eq!(of("/consignee/org"), None, "which organisation a code belongs to is no field of the bill");
    assert_eq!(differences(&content(), &content()), []);
}

#[test]
fn what_customs_has_not_relied_on_is_carried_out_at_once() {
    let change = applied(&bill(), ask(amend(|c| c.consignee.name = "Another".into()), false)).expect("applied");
    assert_eq!((change.status(), change.because.len()), ("automatic", 0));
    let row = change.work_row("A1");
    assert!(row.action.is_none() && row.closed_at.is_some(), "nobody has to act");
    // After arrival, an address still may; who receives the goods may not.
    let address = applied(&bill(), ask(amend(|c| c.shipper.address = Some("1 Sample Road".into())), true)).expect("applied");
    assert_eq!(address.phase, ChangePhase::Automatic);
    let receiver = applied(&bill(), ask(amend(|c| c.consignee.name = "Another".into()), true)).expect("applied");
    assert_eq!((receiver.status(), receiver.because.as_slice()), ("waiting", ["ship-arrived".to_owned()].as_slice()));
    assert_eq!(receiver.work_row("A1").authority.as_deref(), Some("3104"));
}

#[test]
fn a_declared_bill_waits_for_an_officer() {
    let declared = BillEvent::from(Declared { declaration: "D1".into(), broker: "broker-green".into() });
    let bill = Bill::apply(Some(bill()), &declared, at("2026-11-21T00:00:00Z")).expect("declared");
    let change = applied(&bill, ask(amend(|c| c.goods[0].packages = 90), false)).expect("applied");
    assert_eq!(change.because, ["bill-declared"]);
    let now = at("2026-11-22T00:00:00Z");
    let approved = decide_approve(&change, ChangeApproved { officer: "officer-an".into() }).expect("approved");
    let approved = ManifestChange::apply(Some(change.clone()), &approved[0], now).expect("follows");
    assert_eq!(approved.phase, ChangePhase::Approved { officer: "officer-an".into(), at: now });
    for refusal in [
        decide_approve(&approved, ChangeApproved { officer: "officer-bo".into() }),
        decide_refuse(&approved, ChangeRefused { officer: "officer-bo".into(), reason: "late".into() }),
        decide_withdraw(&approved),
    ] {
        assert_eq!(refusal.expect_err("closed").code, "change-not-waiting");
    }
    let withdrawn = decide_withdraw(&change).expect("withdrawn");
    assert_eq!(ManifestChange::apply(Some(change), &withdrawn[0], now).expect("follows").status(), "withdrawn");
}

#[test]
fn an_application_that_makes_no_sense_is_refused() {
    let refused = |command: ApplyForChange| applied(&bill(), command).expect_err("refused").code;
    let name = || amend(|c| c.consignee.name = "Another".into());
    assert_eq!(refused(ask(amend(|_| {}), false)), "change-nothing");
    assert_eq!(refused(ApplyForChange { agent: "agent-red".into(), ..ask(name(), false) }), "change-not-sender");
    assert_eq!(refused(ApplyForChange { reason: "016".into(), ..ask(name(), false) }), "change-reason");
    let evidence = |n: usize| vec![Evidence { name: "letter.pdf".into(), sha256: "00".into() }; n];
    assert!(applied(&bill(), ApplyForChange { evidence: evidence(EVIDENCE_MAX), ..ask(name(), false) }).is_ok());
    assert_eq!(refused(ApplyForChange { evidence: evidence(EVIDENCE_MAX + 1), ..ask(name(), false) }), "change-evidence");
}

#[test]
fn reason_codes_are_those_of_the_list() {
    for code in ["001", "009", "015", "999"] {
        assert!(is_reason_code(code), "{code}");
    }
    for code in ["000", "016", "1", "0001", "", "99", "９９９", "+01"] {
        assert!(!is_reason_code(code), "{code}");
    }
}
