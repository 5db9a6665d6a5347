//! Duty is computed step by step; every figure can be recomputed from what is kept.

mod form;

use clearance::{Charge, DUTY_DAYS, DeclarationForm, DutyError, DutyLine, RoundingName, StepKind, assess, official_json};
use codes::Money;
use form::{duty_facts, form};
use proptest::prelude::*;

fn amounts(line: &DutyLine) -> Vec<(StepKind, i64)> {
    line.steps.iter().map(|step| (step.kind, step.amount.minor)).collect()
}

#[test]
fn a_declaration_free_on_board_by_hand() {
    let total = assess(&form(), &duty_facts(&form())).expect("assessed");
    // Goods: 10,800 USD and 100 USD at 7.1 = 76,680.00 and 710.00 yuan, together 77,390.00.
    // Freight: 1,000 USD = 7,100.00 yuan: 7,100 × 76,680 / 77,390 = 7,034.86 (…8632), the rest 65.14.
    // Insurance: 0.3 % of 77,390.00 = 232.17: 230.04, the rest 2.13.
    assert_eq!(
        amounts(&total.lines[0]),
        [
            (StepKind::GoodsValue, 7_668_000),
            (StepKind::FreightShare, 703_486),
            (StepKind::InsuranceShare, 23_004),
            (StepKind::Base, 8_394_490),
            (StepKind::Duty, 839_449),
            (StepKind::Vat, 831_055),
        ]
    );
    assert_eq!(
        amounts(&total.lines[1]),
        [
            (StepKind::GoodsValue, 71_000),
            (StepKind::FreightShare, 6_514),
            (StepKind::InsuranceShare, 213),
            (StepKind::Base, 77_727),
            (StepKind::Duty, 3_886),
            (StepKind::Vat, 10_610),
        ]
    );
    assert_eq!((total.duty, total.vat, total.total), (Money::cny(843_335), Money::cny(841_665), Money::cny(1_685_000)));
    let line = &total.lines[0];
    assert_eq!((line.duty_rate_bp, line.vat_rate_bp, line.base), (1_000, 900, Money::cny(8_394_490)));
    assert_eq!(line.steps[0].formula, "10800.00 USD × 7.1");
    assert_eq!(line.steps[4].formula, "83944.90 × 10%");
    assert_eq!((line.steps[1].rounding, total.lines[1].steps[1].rounding), (RoundingName::HalfUpToFen, RoundingName::RemainderOfShares));
    assert_eq!((total.rate_day.as_str(), total.tariff_label.en.as_ref()), ("2026-11-20", "synthetic rates, for demonstration"));
    assert_eq!(DUTY_DAYS, 15);
}

fn kinds(form: &DeclarationForm) -> Vec<StepKind> {
    assess(form, &duty_facts(form)).expect("assessed").lines[0].steps.iter().map(|step| step.kind).collect()
}

#[test]
fn the_terms_of_delivery_say_which_charges_count() {
    use StepKind::{FreightShare, InsuranceShare, OtherShare};
    let charge = |mark: &str, rate: &str, curr: &str| Charge { mark: mark.into(), rate: rate.into(), curr: curr.into() };
    for (terms, expect) in [
        ("1", vec![OtherShare]),
        ("2", vec![InsuranceShare, OtherShare]),
        ("3", vec![FreightShare, InsuranceShare, OtherShare]),
        ("4", vec![FreightShare, OtherShare]),
        ("7", vec![FreightShare, InsuranceShare, OtherShare]),
    ] {
        let form = DeclarationForm { trans_mode: terms.into(), other: charge("3", "10", "CNY"), ..form() };
        let found: Vec<StepKind> =
            kinds(&form).into_iter().filter(|kind| matches!(kind, FreightShare | InsuranceShare | OtherShare)).collect();
        assert_eq!(found, expect, "{terms}");
    }
    // 50 USD per tonne of 10 tonnes gross.
    let per_tonne = DeclarationForm { fee: charge("2", "50", "USD"), ..form() };
    let lines = assess(&per_tonne, &duty_facts(&per_tonne)).expect("assessed").lines;
    assert_eq!(lines.iter().map(|line| line.steps[1].amount.minor).sum::<i64>(), 355_000);
}

#[test]
fn the_manner_of_levy_halves_or_frees() {
    let duty = |mode: &str| {
        let mut form = form();
        form.goods[0].duty_mode = mode.into();
        let line = assess(&form, &duty_facts(&form)).expect("assessed").lines[0].clone();
        (line.duty_rate_bp, line.duty.minor, line.vat.is_zero())
    };
    assert_eq!(duty("1"), (1_000, 839_449, false));
    assert_eq!(duty("2"), (500, 419_725, false));
    assert_eq!(duty("3"), (0, 0, true));
}

#[test]
fn what_cannot_be_assessed_says_where() {
    let fails = |change: fn(&mut DeclarationForm)| {
        let mut form = form();
        change(&mut form);
        assess(&form, &duty_facts(&form)).expect_err("fails")
    };
    assert_eq!(fails(|f| f.goods[1].decl_total = "x".into()), DutyError::NotAFigure { pointer: "/goods/1/decl_total".into() });
    assert_eq!(
        fails(|f| f.goods[0].trade_curr = "EUR".into()),
        DutyError::NoExchangeRate { pointer: "/goods/0/trade_curr".into(), currency: "EUR".into() }
    );
    assert_eq!(
        fails(|f| f.goods[0].code_ts = "9999999999".into()),
        DutyError::NoRate { pointer: "/goods/0/code_ts".into(), code: "9999999999".into() }
    );
    assert_eq!(fails(|f| f.fee.mark = "9".into()), DutyError::NotAFigure { pointer: "/fee/mark".into() });
}

#[test]
fn the_wire_keeps_official_names_and_swaps_countries_on_export_only() {
    let wire = serde_json::to_value(official_json(&form())).expect("json");
    assert_eq!(wire["DecHead"]["GrossWet"], "10000");
    assert_eq!(wire["DecHead"]["PromiseItmes"], "00099");
    assert_eq!(wire["DecHead"]["DistinatePort"], "SGSIN");
    assert_eq!(wire["DecHead"]["FeeRate"], "1000");
    assert!(wire["DecHead"].get("Type").is_none(), "empty values are left out");
    assert_eq!(wire["EdocRealation"][0]["EdocFomatType"], "US");
    assert_eq!((&wire["DecLists"][0]["OriginCountry"], &wire["DecLists"][0]["DestinationCountry"]), (&"PHL".into(), &"CHN".into()));
    let export = serde_json::to_value(official_json(&DeclarationForm { ie_flag: "E".into(), ..form() })).expect("json");
    assert_eq!((&export["DecLists"][0]["OriginCountry"], &export["DecLists"][0]["DestinationCountry"]), (&"CHN".into(), &"PHL".into()));
}

proptest! {
    /// The shares sum to the whole, the lines to the total, and every base is the sum of its steps.
    #[test]
    fn figures_always_add_up(prices in prop::collection::vec(1u64..10_000_000, 1..12), freight in 1u64..1_000_000) {
        let mut form = form();
        let item = form.goods[0].clone();
        form.goods = prices.iter().map(|cents| { let mut item = item.clone(); item.decl_total = format!("{}.{:02}", cents / 100, cents % 100); item }).collect();
        form.fee.rate = format!("{}.{:02}", freight / 100, freight % 100);
        let total = assess(&form, &duty_facts(&form)).expect("assessed");
        let shares: i64 = total.lines.iter().flat_map(|line| &line.steps).filter(|step| step.kind == StepKind::FreightShare).map(|step| step.amount.minor).sum();
        let freight_cny = codes::Rounding::HalfUp.divide(i128::from(freight) * 71, 10).expect("fits");
        prop_assert_eq!(shares, freight_cny);
        for line in &total.lines {
            let parts: i64 = line.steps.iter().take_while(|step| step.kind != StepKind::Base).map(|step| step.amount.minor).sum();
            prop_assert_eq!(line.base.minor, parts);
        }
        prop_assert_eq!(total.total.minor, total.lines.iter().map(|line| line.duty.minor + line.vat.minor).sum::<i64>());
    }
}
