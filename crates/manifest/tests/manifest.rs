//! A manifest is taken in or rejected with everything that is wrong with it, each fault at its field.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::{Finding, Mass};
use ledger::{Aggregate, Timestamp};
use manifest::{
    BILL_CONTAINERS_MAX, BILL_GOODS_MAX, BILL_NUMBER_LENGTH_MAX, BillContent, BillForm, CODES, CallFacts, Confirmed, Consignee,
    MANIFEST_BILLS_MAX, Manifest, ManifestContainer, ManifestFacts, ManifestForm, ManifestFunction, ManifestGoods, Party, check_manifest,
    decide_confirm, decide_manifest,
};
use object::{Object, minute};

fn kg(n: u64) -> Mass {
    Mass::from_kg(n).expect("mass")
}

fn bill(number: &str, serial: u32) -> BillForm {
    BillForm {
        number: number.into(),
        content: BillContent {
            carrier: "Demo Line".into(),
            shipper: Party { name: "Shipper".into(), address: None },
            consignee: Consignee { uscc: Some("91330200TEAT000154".into()), name: "Trader Green".into(), org: None },
            notify: None,
            loading: "SGSIN".into(),
            discharge: "CNNGB".into(),
            delivery: None,
            onward: None,
            containers: vec![ManifestContainer {
                number: codes::ContainerNumber::synthetic(serial).to_string(),
                size_type: "22G1".into(),
                seals: vec![],
                gross_kg: kg(500),
                packages: 5,
            }],
            goods: vec![ManifestGoods {
                description: "Cotton".into(),
                hs_code: Some("5201".into()),
                packages: 5,
                package_kind: Some("22".into()),
                gross_kg: kg(500),
                un_no: None,
            }],
        },
    }
}

fn form() -> ManifestForm {
    ManifestForm {
        call: "C2611-0001".into(),
        agent: "agent-blue".into(),
        message: Some("G1".into()),
        function: ManifestFunction::Original,
        ship_name: Some("demo star".into()),
        voyage: Some("026 e".into()),
        loading_at: None,
        bills: vec![bill("DEMO001", 1), bill("DEMO002", 2)],
    }
}

fn facts() -> ManifestFacts {
    ManifestFacts {
        call: Some(CallFacts { ship_name: "Demo Star".into(), voyage: "026E".into(), closed: false }),
        ..ManifestFacts::default()
    }
}

fn found(form: &ManifestForm, facts: &ManifestFacts, at: Timestamp) -> Vec<(String, String)> {
    let findings = check_manifest(form, facts, at);
    for Finding { code, message, hint, .. } in &findings {
        assert!(CODES.iter().any(|known| known.code == code), "{code} is documented");
        assert!(!message.zh.is_empty() && !message.en.is_empty() && !hint.zh.is_empty() && !hint.en.is_empty());
    }
    findings.into_iter().map(|finding| (finding.code.into_owned(), finding.pointer)).collect()
}

fn check(change: impl FnOnce(&mut ManifestForm, &mut ManifestFacts), expect: &[(&str, &str)]) {
    let (mut form, mut facts) = (form(), facts());
    change(&mut form, &mut facts);
    let expect: Vec<(String, String)> = expect.iter().map(|(code, pointer)| ((*code).to_owned(), (*pointer).to_owned())).collect();
    assert_eq!(found(&form, &facts, minute(0)), expect);
}

#[test]
fn each_fault_is_found_at_its_field() {
    check(|_, _| {}, &[]);
    check(|_, facts| facts.call = None, &[("manifest-call-unknown", "/call")]);
    check(|_, facts| facts.call.as_mut().expect("call").closed = true, &[("manifest-call-closed", "/call")]);
    check(|form, _| form.ship_name = Some("Other".into()), &[("manifest-voyage-differs", "/ship_name")]);
    check(|form, _| form.voyage = Some("027E".into()), &[("manifest-voyage-differs", "/voyage")]);
    check(|form, _| form.bills.clear(), &[("manifest-no-bills", "/bills")]);
    check(|form, _| form.loading_at = Some(minute(24 * 60 - 1)), &[("manifest-late", "/loading_at")]);
    check(|form, _| form.loading_at = Some(minute(24 * 60)), &[]);
    check(|form, _| form.bills[1].number = "demo001".into(), &[("manifest-bill-twice", "/bills/1/number")]);
    check(|form, _| form.bills[0].number = String::new(), &[("bill-number-length", "/bills/0/number")]);
    check(|form, _| form.bills[0].number = "9".repeat(BILL_NUMBER_LENGTH_MAX), &[]);
    check(|form, _| form.bills[0].number = "9".repeat(BILL_NUMBER_LENGTH_MAX + 1), &[("bill-number-length", "/bills/0/number")]);
    check(|form, _| form.bills[0].number = "DEMO/001 A".into(), &[]);
    for unseen in ["DEMO001\u{200b}", "DEMO\u{7}001", "DEMO\u{0}001"] {
        check(|form, _| form.bills[0].number = unseen.into(), &[("bill-number-characters", "/bills/0/number")]);
    }
    check(
        |_, facts| facts.numbers_in_use = [("DEMO002".to_owned(), minute(0).plus_days(-100))].into(),
        &[("bill-number-reused", "/bills/1/number")],
    );
    check(|_, facts| facts.numbers_in_use = [("DEMO002".to_owned(), minute(0).plus_days(-800))].into(), &[]);
}

#[test]
fn each_fault_of_a_bill_is_found_at_its_field() {
    let content = |change: fn(&mut BillContent), expect: &[(&str, &str)]| check(|form, _| change(&mut form.bills[0].content), expect);
    content(|c| c.carrier = " ".into(), &[("bill-text-missing", "/bills/0/carrier")]);
    content(|c| c.shipper.name = "x".repeat(101), &[("bill-text-length", "/bills/0/shipper/name")]);
    content(|c| c.consignee.uscc = None, &[("bill-consignee-code-missing", "/bills/0/consignee/uscc")]);
    content(|c| c.consignee.uscc = Some("91330200TEAT000155".into()), &[("bill-consignee-code", "/bills/0/consignee/uscc")]);
    content(|c| c.loading = "SG".into(), &[("bill-port-malformed", "/bills/0/loading")]);
    content(|c| c.discharge = "CNZZZ".into(), &[("bill-port-unknown", "/bills/0/discharge")]);
    content(|c| c.containers.clear(), &[("bill-no-containers", "/bills/0/containers")]);
    content(|c| c.goods.clear(), &[("bill-no-goods", "/bills/0/goods")]);
    content(|c| c.containers[0].number = "ZZZU0000001".into(), &[("bill-container-number", "/bills/0/containers/0/number")]);
    content(|c| c.containers[0].number = "rubbish".into(), &[("bill-container-number", "/bills/0/containers/0/number")]);
    content(|c| c.containers[0].size_type = "99XX".into(), &[("bill-size-type-unknown", "/bills/0/containers/0/size_type")]);
    content(
        |c| c.containers[0].packages = 0,
        &[("bill-packages-zero", "/bills/0/containers/0/packages"), ("bill-packages-differ", "/bills/0/goods")],
    );
    content(|c| c.goods[0].gross_kg = kg(0), &[("bill-gross-zero", "/bills/0/goods/0/gross_kg"), ("bill-gross-differs", "/bills/0/goods")]);
    content(|c| c.goods[0].package_kind = Some("ZZ".into()), &[("bill-package-kind-unknown", "/bills/0/goods/0/package_kind")]);
    content(|c| c.goods[0].hs_code = Some("52A1".into()), &[("bill-hs-malformed", "/bills/0/goods/0/hs_code")]);
    content(|c| c.goods[0].un_no = Some("12".into()), &[("bill-un-number", "/bills/0/goods/0/un_no")]);
    content(
        |c| c.containers.push(c.containers[0].clone()),
        &[
            ("bill-container-twice", "/bills/0/containers/1/number"),
            ("bill-packages-differ", "/bills/0/goods"),
            ("bill-gross-differs", "/bills/0/goods"),
        ],
    );
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let has = |form: &ManifestForm, code: &str| found(form, &facts(), minute(0)).iter().any(|(found, _)| found == code);
    let mut form = form();
    let serials = |n: usize| 0..u32::try_from(n).expect("small");
    for (count, over) in [(BILL_CONTAINERS_MAX, false), (BILL_CONTAINERS_MAX + 1, true)] {
        form.bills[0].content.containers = serials(count).map(|serial| bill("x", serial + 10).content.containers[0].clone()).collect();
        assert_eq!(has(&form, "bill-too-many-containers"), over);
    }
    for (count, over) in [(BILL_GOODS_MAX, false), (BILL_GOODS_MAX + 1, true)] {
        form.bills[0].content.goods = vec![bill("x", 1).content.goods[0].clone(); count];
        assert_eq!(has(&form, "bill-too-many-goods"), over);
    }
    form.bills = serials(MANIFEST_BILLS_MAX).map(|serial| bill(&format!("N{serial}"), serial)).collect();
    assert!(!has(&form, "manifest-too-many-bills"));
    form.bills.push(bill("LAST", 1));
    assert!(has(&form, "manifest-too-many-bills"));
}

#[test]
fn a_manifest_is_accepted_then_confirmed() {
    let mut manifest: Object<Manifest> = Object::new();
    manifest.take(decide_manifest(None, &form(), &facts(), minute(0)), minute(0)).expect("taken");
    assert_eq!((manifest.get().status(), manifest.get().bills.len()), ("accepted", 2));
    assert_eq!(decide_manifest(manifest.state.as_ref(), &form(), &facts(), minute(1)).map_err(|r| r.code), Err("manifest-exists"));
    let decided = decide_confirm(manifest.get(), Confirmed { at: minute(5) });
    manifest.take(decided, minute(5)).expect("confirmed");
    assert_eq!(decide_confirm(manifest.get(), Confirmed { at: minute(6) }).map_err(|r| r.code), Err("manifest-already-confirmed"));
    manifest.check();
}

#[test]
fn a_faulty_manifest_is_kept_as_rejected_with_its_findings() {
    let mut manifest: Object<Manifest> = Object::new();
    let faulty = ManifestForm { bills: vec![], ..form() };
    manifest.take(decide_manifest(None, &faulty, &facts(), minute(0)), minute(0)).expect("kept");
    assert_eq!(manifest.get().status(), "rejected");
    assert_eq!(decide_confirm(manifest.get(), Confirmed { at: minute(1) }).map_err(|r| r.code), Err("manifest-rejected"));
    manifest.check();
}

#[test]
fn codes_are_unique() {
    let mut codes: Vec<&str> = CODES.iter().map(|known| known.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), CODES.len());
}
