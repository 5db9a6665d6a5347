//! Every fault of a declaration is found at once, each at its field, with a way to put it right.

mod form;

use clearance::{
    AgencyFacts, BillContainerFacts, CODES, CONTAINERS_MAX, CheckFacts, DECLARATION_DAYS, DOCUMENT_BYTES_MAX, DOCUMENTS_MAX,
    DeclarationForm, FormContainer, GOODS_FIELDS, GOODS_MAX, GoodsItem, HEADER_FIELDS, check,
};
use codes::{Severity, has_errors};
use form::{box_number, facts, form, minute};

fn found(form: &DeclarationForm, facts: &CheckFacts, at: i64) -> Vec<(String, String, Severity)> {
    check(form, facts, minute(at))
        .into_iter()
        .map(|finding| {
            assert!(CODES.iter().any(|known| known.code == finding.code), "{} is documented", finding.code);
            let texts = [&finding.message.zh, &finding.message.en, &finding.hint.zh, &finding.hint.en];
            assert!(texts.iter().all(|text| !text.is_empty()), "{} has both texts and a hint", finding.code);
            let json = serde_json::to_value(form).expect("json");
            let known = finding.pointer.is_empty() || json.pointer(&finding.pointer).is_some();
            assert!(known, "{} points at {}", finding.code, finding.pointer);
            (finding.code.into_owned(), finding.pointer, finding.severity)
        })
        .collect()
}

/// Exactly these findings, in this order, when this is changed in a declaration that is otherwise right.
fn with(change: impl FnOnce(&mut DeclarationForm, &mut CheckFacts), expect: &[(&str, &str)]) {
    let (mut form, mut facts) = (form(), facts());
    change(&mut form, &mut facts);
    let codes: Vec<(String, String)> = found(&form, &facts, 0).into_iter().map(|(code, pointer, _)| (code, pointer)).collect();
    let expect: Vec<(String, String)> = expect.iter().map(|(code, pointer)| ((*code).to_owned(), (*pointer).to_owned())).collect();
    assert_eq!(codes, expect);
}

fn header(change: impl FnOnce(&mut DeclarationForm), expect: &[(&str, &str)]) {
    with(|form, _| change(form), expect);
}

fn goods(change: impl FnOnce(&mut GoodsItem), expect: &[(&str, &str)]) {
    with(|form, _| change(&mut form.goods[0]), expect);
}

#[test]
fn a_right_declaration_has_no_findings() {
    with(|_, _| {}, &[]);
}

#[test]
fn an_empty_form_names_every_mandatory_field_at_once() {
    let empty = DeclarationForm { goods: vec![GoodsItem::default()], ..DeclarationForm::default() };
    let findings = found(&empty, &facts(), 0);
    let missing: Vec<&str> =
        findings.iter().filter(|(code, _, _)| code == "declaration-field-missing").map(|(_, pointer, _)| pointer.as_str()).collect();
    for rule in HEADER_FIELDS.iter().filter(|rule| rule.mandatory) {
        assert!(missing.contains(&format!("/{}", rule.name).as_str()), "{}", rule.name);
    }
    for rule in GOODS_FIELDS.iter().filter(|rule| rule.mandatory) {
        assert!(missing.contains(&format!("/goods/0/{}", rule.name).as_str()), "{}", rule.name);
    }
}

#[test]
fn every_field_is_bounded_and_every_code_is_looked_up() {
    let mut json = serde_json::to_value(form()).expect("json");
    let mut try_value = |pointer: &str, value: String| {
        let kept = std::mem::replace(json.pointer_mut(pointer).expect("field"), value.into());
        let changed: DeclarationForm = serde_json::from_value(json.clone()).expect("form");
        *json.pointer_mut(pointer).expect("field") = kept;
        found(&changed, &facts(), 0).into_iter().filter(|(_, at, _)| at == pointer).map(|(code, _, _)| code).collect::<Vec<_>>()
    };
    let rules = HEADER_FIELDS
        .iter()
        .map(|rule| (format!("/{}", rule.name), rule.length_max, rule.table))
        .chain(GOODS_FIELDS.iter().map(|rule| (format!("/goods/0/{}", rule.name), rule.length_max, rule.table)));
    for (pointer, length_max, table) in rules {
        let codes = try_value(&pointer, "9".repeat(length_max + 1));
        assert!(codes.contains(&"declaration-field-length".to_owned()), "{pointer}: {codes:?}");
        if table.is_some() {
            let codes = try_value(&pointer, "?".repeat(length_max));
            assert!(codes.contains(&"declaration-code-unknown".to_owned()), "{pointer}: {codes:?}");
        }
    }
}

#[test]
fn the_kind_of_declaration() {
    header(|f| f.ie_flag = "E".into(), &[("declaration-not-import", "/ie_flag")]);
    for (kind, fits) in [("", true), ("CL", true), ("  5", true), ("SW6", true), ("  0   Z", true), ("??", false), ("  9", false)] {
        let expect: &[(&str, &str)] = if fits { &[] } else { &[("declaration-type", "/type")] };
        header(|f| f.decl_type = kind.into(), expect);
    }
    for grade in ["dishonest", "seriously-dishonest"] {
        with(
            |form, facts| {
                facts.grade = Some(grade.into());
                form.decl_type = "CL".into();
            },
            &[("declaration-grade-mode", "/type")],
        );
    }
    for (flags, fits) in [("00000", true), ("01990", true), ("0000", false), ("000000", false), ("00200", false)] {
        let expect: &[(&str, &str)] = if fits { &[] } else { &[("declaration-promise-items", "/promise_items")] };
        header(|f| f.promise_items = flags.into(), expect);
    }
    header(|f| f.chk_surety = "2".into(), &[("declaration-surety-flag", "/chk_surety")]);
}

#[test]
fn enterprises_are_checked_and_compared() {
    header(|f| f.owner_code_scc = "91330200TEAT000155".into(), &[("code.check-digit", "/owner_code_scc")]);
    with(|_, facts| facts.broker.uscc = Some("91370687TEAT000310".into()), &[("declaration-agent-differs", "/agent_code_scc")]);
    header(|f| f.trade_co_scc = "91330782TEAT0004X4".into(), &[("declaration-consignee-differs", "/trade_co_scc")]);
}

#[test]
fn whoever_declares_for_another_holds_an_agreement() {
    with(|_, facts| facts.agency = AgencyFacts::Agreed, &[]);
    with(|_, facts| facts.agency = AgencyFacts::Missing, &[("declaration-agency-missing", "/trade_co_scc")]);
}

#[test]
fn the_bill_must_be_known_free_and_of_this_ship() {
    with(|_, facts| facts.bill = None, &[("declaration-bill-unknown", "/bill_no"), ("declaration-agency-missing", "/bill_no")]);
    with(|_, facts| facts.bill.as_mut().expect("bill").cancelled = true, &[("declaration-bill-cancelled", "/bill_no")]);
    with(|_, facts| facts.bill.as_mut().expect("bill").declaration = Some("D9".into()), &[("declaration-bill-declared", "/bill_no")]);
    header(|f| f.traf_name = "DEMOSTAR".into(), &[]);
    header(|f| f.traf_name = "Other Star".into(), &[("declaration-ship-differs", "/traf_name")]);
    header(|f| f.voy_no = "027E".into(), &[("declaration-voyage-differs", "/voy_no")]);
}

#[test]
fn an_advance_declaration_needs_manifest_data_and_nothing_more() {
    let mut before = facts();
    let bill = before.bill.as_mut().expect("bill");
    (bill.entry_declared_at, bill.landed_at) = (None, None);
    let findings = check(&form(), &before, minute(0));
    assert_eq!(findings.iter().map(|f| f.code.as_ref()).collect::<Vec<_>>(), ["declaration-advance"]);
    assert!(!has_errors(&findings));
    let without = check(&form(), &CheckFacts { bill: None, ..facts() }, minute(0));
    assert!(without.iter().any(|f| f.is_error() && f.message.en.contains("74/2014")));
}

#[test]
fn the_limit_of_fourteen_days_is_a_warning_from_day_fifteen() {
    let late = |days: i64| {
        let mut facts = facts();
        facts.bill.as_mut().expect("bill").entry_declared_at = Some(minute(0).plus_days(-days));
        found(&form(), &facts, 0)
    };
    assert_eq!(late(DECLARATION_DAYS), []);
    assert_eq!(late(DECLARATION_DAYS + 1), [("declaration-late".to_owned(), String::new(), Severity::Warning)]);
}

#[test]
fn packages_and_weights() {
    for bad in ["0", "1.5", "-1", "ten"] {
        header(|f| f.pack_no = bad.into(), &[("declaration-packages", "/pack_no")]);
    }
    header(|f| f.pack_no = "99".into(), &[("declaration-packages-differ", "/pack_no")]);
    header(|f| f.net_wt = "10000".into(), &[]);
    header(|f| f.net_wt = "10000.00001".into(), &[("declaration-net-above-gross", "/net_wt")]);
    header(|f| f.gross_wt = "0".into(), &[("declaration-weight", "/gross_wt")]);
    header(|f| f.net_wt = "1,000".into(), &[("declaration-weight", "/net_wt")]);
    header(|f| f.net_wt = "0.4".into(), &[("declaration-weight-below-one", "/net_wt")]);
    header(|f| f.gross_wt = "10001".into(), &[("declaration-gross-differs", "/gross_wt")]);
}

#[test]
fn ports_are_locodes_or_national_codes() {
    header(|f| f.distinate_port = "CHN360".into(), &[]);
    header(|f| f.desp_port_code = "SGZZZ".into(), &[("declaration-port-unlisted", "/desp_port_code")]);
    header(|f| f.desp_port_code = "S1".into(), &[("declaration-port", "/desp_port_code")]);
}

#[test]
fn charges_fit_the_terms_of_delivery() {
    header(|f| f.fee = clearance::Charge::default(), &[("declaration-charge-missing", "/fee/rate")]);
    header(
        |f| {
            f.trans_mode = "1".into();
            f.fee = clearance::Charge::default();
            f.insur = clearance::Charge::default();
        },
        &[],
    );
    header(|f| f.fee.mark = "4".into(), &[("declaration-charge", "/fee/mark")]);
    header(|f| f.fee.rate = "0".into(), &[("declaration-charge", "/fee/rate")]);
    header(|f| f.fee.rate = "1.005".into(), &[("declaration-charge", "/fee/rate")]);
    header(|f| f.fee.curr = "XXX".into(), &[("declaration-charge", "/fee/curr")]);
    header(|f| f.insur.curr = "USD".into(), &[("declaration-charge", "/insur/curr")]);
}

#[test]
fn codes_units_and_quantities_of_goods() {
    // The container named item 1, which is gone now as well.
    goods(
        |g| g.g_no = "2".into(),
        &[("declaration-goods-number", "/goods/0/g_no"), ("declaration-container-goods", "/containers/0/goods_no")],
    );
    goods(|g| g.code_ts = "0803900000999".into(), &[]);
    goods(|g| g.code_ts = "08039000".into(), &[("declaration-goods-code-length", "/goods/0/code_ts")]);
    goods(|g| g.code_ts = "08039000009".into(), &[("declaration-goods-code-length", "/goods/0/code_ts")]);
    goods(|g| g.code_ts = "9999999999".into(), &[("declaration-goods-code-unknown", "/goods/0/code_ts")]);
    goods(|g| g.g_model = String::new(), &[("declaration-elements-missing", "/goods/0/g_model")]);
    goods(|g| g.first_unit = "011".into(), &[("declaration-first-unit", "/goods/0/first_unit")]);
    goods(
        |g| {
            g.second_unit = "011".into();
            g.second_qty = "1".into();
        },
        &[("declaration-second-unit", "/goods/0/second_unit")],
    );
    with(
        |form, _| {
            form.goods[1].second_unit = String::new();
            form.goods[1].second_qty = String::new();
        },
        &[("declaration-field-missing", "/goods/1/second_unit")],
    );
    with(|form, _| form.goods[1].second_qty = String::new(), &[("declaration-field-missing", "/goods/1/second_qty")]);
    goods(|g| g.first_qty = "0".into(), &[("declaration-quantity", "/goods/0/first_qty")]);
}

#[test]
fn price_times_quantity_is_the_total_within_the_rounding_of_the_price() {
    goods(|g| g.decl_total = "10800.46".into(), &[("declaration-total-differs", "/goods/0/decl_total")]);
    // 9,000 × 0.00005 = 0.45 is what a price rounded to four decimals can hide, plus half a cent.
    goods(|g| g.decl_total = "10800.45".into(), &[]);
    with(|form, _| form.goods[1].decl_total = "100.01".into(), &[("declaration-total-differs", "/goods/1/decl_total")]);
    goods(|g| g.decl_total = "10800.005".into(), &[("declaration-price", "/goods/0/decl_total")]);
    goods(|g| g.decl_price = "0".into(), &[("declaration-price", "/goods/0/decl_price")]);
    with(|form, _| form.goods[1].trade_curr = "EUR".into(), &[("declaration-currencies-differ", "/goods/0/trade_curr")]);
}

#[test]
fn countries_of_an_import_mean_what_they_say() {
    goods(|g| g.destination_country = "JPN".into(), &[("declaration-destination", "/goods/0/destination_country")]);
    goods(
        |g| {
            g.origin_country = "CHN".into();
            g.destination_country = "PHL".into();
        },
        &[("declaration-countries-swapped", "/goods/0/destination_country")],
    );
    goods(|g| g.district_code = "3302".into(), &[("declaration-district-code", "/goods/0/district_code")]);
}

#[test]
fn containers_are_those_of_the_bill() {
    header(|f| f.containers.clear(), &[("declaration-container-missing", "/containers")]);
    header(|f| f.containers.push(f.containers[0].clone()), &[("declaration-container-twice", "/containers/1/container_id")]);
    let second = |number: String| FormContainer { container_id: number, container_md: "21".into(), ..FormContainer::default() };
    header(|f| f.containers.push(second(box_number(2))), &[("declaration-container-not-on-bill", "/containers/1/container_id")]);
    header(
        |f| f.containers.push(second("ZZZU0000001".into())),
        &[("code.check-digit", "/containers/1/container_id"), ("declaration-container-not-on-bill", "/containers/1/container_id")],
    );
    header(|f| f.containers.push(second(String::new())), &[("declaration-field-missing", "/containers/1/container_id")]);
    header(|f| f.containers[0].container_md = "11".into(), &[("declaration-container-size", "/containers/0/container_md")]);
    header(|f| f.containers[0].container_md = String::new(), &[("declaration-field-missing", "/containers/0/container_md")]);
    header(|f| f.containers[0].goods_no = "1,3".into(), &[("declaration-container-goods", "/containers/0/goods_no")]);
    header(|f| f.containers[0].lcl_flag = "9".into(), &[("declaration-lcl-flag", "/containers/0/lcl_flag")]);
}

#[test]
fn documents_are_named_and_bounded() {
    header(|f| f.documents[0].edoc_code = "12345678".into(), &[("declaration-code-unknown", "/documents/0/edoc_code")]);
    header(|f| f.documents[0].sha256 = "ab".into(), &[("declaration-document", "/documents/0/sha256")]);
    header(|f| f.documents[0].size = DOCUMENT_BYTES_MAX, &[]);
    header(|f| f.documents[0].size = DOCUMENT_BYTES_MAX + 1, &[("declaration-document-size", "/documents/0/size")]);
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let has = |form: &DeclarationForm, facts: &CheckFacts, wanted: &str| found(form, facts, 0).iter().any(|(code, _, _)| code == wanted);
    let item = form().goods[0].clone();
    let many = |n: usize| (1..=n).map(|i| GoodsItem { g_no: i.to_string(), ..item.clone() }).collect::<Vec<_>>();
    assert_eq!(found(&DeclarationForm { goods: many(GOODS_MAX), ..form() }, &facts(), 0), []);
    assert!(has(&DeclarationForm { goods: many(GOODS_MAX + 1), ..form() }, &facts(), "declaration-too-many-goods"));
    assert!(has(&DeclarationForm { goods: vec![], ..form() }, &facts(), "declaration-no-goods"));

    let mut wide = facts();
    let serials = 1..=u32::try_from(CONTAINERS_MAX).expect("small") + 1;
    wide.bill.as_mut().expect("bill").containers =
        serials.clone().map(|serial| BillContainerFacts { number: box_number(serial), size_type: "22G1".into() }).collect();
    let all: Vec<FormContainer> = serials
        .map(|serial| FormContainer { container_id: box_number(serial), container_md: "21".into(), ..FormContainer::default() })
        .collect();
    assert!(!has(&DeclarationForm { containers: all[..CONTAINERS_MAX].to_vec(), ..form() }, &wide, "declaration-too-many-containers"));
    assert!(has(&DeclarationForm { containers: all, ..form() }, &wide, "declaration-too-many-containers"));

    let documents = |n| vec![form().documents[0].clone(); n];
    assert_eq!(found(&DeclarationForm { documents: documents(DOCUMENTS_MAX), ..form() }, &facts(), 0), []);
    assert!(has(&DeclarationForm { documents: documents(DOCUMENTS_MAX + 1), ..form() }, &facts(), "declaration-too-many-documents"));
}

#[test]
fn codes_are_unique_and_each_is_given_by_the_check() {
    let mut codes: Vec<&str> = CODES.iter().map(|known| known.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), CODES.len());
    let sources = [include_str!("../src/check.rs"), include_str!("../src/check_goods.rs")].concat();
    for code in codes.into_iter().filter(|code| !code.starts_with("code.")) {
        assert!(sources.contains(&format!("\"{code}\"")), "{code} is given somewhere");
    }
}

proptest::proptest! {
    /// Whatever is typed, the check answers and every finding points at a field that exists.
    #[test]
    fn the_check_takes_anything(field in 0usize..64, text in "\\PC{0,40}") {
        let mut json = serde_json::to_value(form()).expect("json");
        let names: Vec<String> = HEADER_FIELDS.iter().map(|rule| format!("/{}", rule.name))
            .chain(GOODS_FIELDS.iter().map(|rule| format!("/goods/0/{}", rule.name)))
            .chain(["/containers/0/container_id", "/containers/0/goods_no", "/fee/rate", "/fee/curr", "/documents/0/sha256"].map(str::to_owned))
            .collect();
        *json.pointer_mut(&names[field % names.len()]).expect("field") = text.into();
        let changed: DeclarationForm = serde_json::from_value(json).expect("form");
        found(&changed, &facts(), 0);
        let _ = clearance::assess(&changed, &form::duty_facts(&changed));
    }
}
