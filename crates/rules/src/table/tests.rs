use super::*;
use crate::{Day, Facts, Severity, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

fn text(s: &str) -> Text {
    Text { zh: s.into(), en: s.into() }
}

fn input(name: &str, kind: InputKind) -> InputColumn {
    InputColumn { name: name.into(), zh: name.into(), en: name.into(), kind, optional: false, choices: Vec::new() }
}

fn output(name: &str, kind: OutputKind, combine: Combine) -> OutputColumn {
    OutputColumn { name: name.into(), zh: name.into(), en: name.into(), kind, optional: false, combine }
}

fn table(inputs: Vec<InputColumn>, rows: Vec<Row>) -> DecisionTable {
    DecisionTable {
        id: "t".into(),
        version: "1".into(),
        title: text("title"),
        basis: text("basis"),
        notice: None,
        effective_from: "2026-04-01".parse().unwrap(),
        effective_to: None,
        author: "author".into(),
        hit_policy: HitPolicy::First,
        inputs,
        outputs: vec![output("out", OutputKind::Number, Combine::First)],
        rows,
    }
}

fn row(id: &str, when: &[(&str, Cell)], out: i64) -> Row {
    Row {
        id: id.into(),
        priority: 0,
        note: text(""),
        when: when.iter().map(|(name, cell)| (Arc::from(*name), cell.clone())).collect(),
        then: BTreeMap::from([("out".into(), Value::from(out))]),
    }
}

fn one_of(values: &[&str]) -> Cell {
    Cell::OneOf(values.iter().map(|v| Arc::from(*v)).collect())
}

fn prefix(values: &[&str]) -> Cell {
    Cell::Prefix(values.iter().map(|v| Arc::from(*v)).collect())
}

fn number(min: Option<i64>, max: Option<i64>) -> Cell {
    Cell::Number { min, max }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn codes(table: &DecisionTable) -> Vec<(&'static str, String)> {
    table.validate().into_iter().map(|f| (f.code, f.pointer)).collect()
}

#[test]
fn prefixes_and_exact_values_meet_in_one_column() {
    let goods = table(
        vec![input("hs", InputKind::Text)],
        vec![
            row("exact", &[("hs", one_of(&["8703231000"]))], 1),
            row("heading", &[("hs", prefix(&["8703"]))], 2),
            row("chapter", &[("hs", prefix(&["87", "88"]))], 3),
            row("rest", &[], 4),
        ],
    );
    assert_eq!(goods.validate(), []);
    let compiled = goods.compile().unwrap();
    for (code, expected) in [
        ("8703231000", "exact"),
        ("8703800090", "heading"),
        ("8708299000", "chapter"),
        ("88", "chapter"),
        ("8", "rest"),
        ("", "rest"),
        ("车", "rest"),
    ] {
        let facts = Facts::new().with("hs", code);
        assert_eq!(&*compiled.lookup(&facts).unwrap().id, expected, "{code}");
    }
    let decision = compiled.decide(&Facts::new().with("hs", "8703231000")).unwrap();
    assert_eq!(decision.also_matching.iter().map(|r| &**r).collect::<Vec<_>>(), ["heading", "chapter", "rest"]);
}

#[test]
fn ranges_days_and_flags_include_both_ends() {
    let rules = table(
        vec![input("value", InputKind::Number), input("arrived", InputKind::Day), input("advance", InputKind::Flag)],
        vec![
            row("low", &[("value", number(Some(0), Some(9)))], 1),
            row("spring", &[("arrived", Cell::Days { from: Some(day("2026-04-01")), to: Some(day("2026-06-30")) })], 2),
            row("advance", &[("advance", Cell::Flag(true)), ("value", number(None, Some(i64::MAX)))], 3),
            row("extreme", &[("value", number(Some(i64::MAX), None))], 4),
            row("rest", &[], 5),
        ],
    );
    let compiled = rules.compile().unwrap();
    let check = |value: i64, arrived: &str, advance: bool, expected: &str| {
        let facts = Facts::new().with("advance", advance).with("value", value).with("arrived", day(arrived));
        assert_eq!(&*compiled.lookup(&facts).unwrap().id, expected, "{value} {arrived} {advance}");
    };
    check(0, "2026-01-01", false, "low");
    check(9, "2026-01-01", false, "low");
    check(10, "2026-04-01", false, "spring");
    check(-1, "2026-06-30", false, "spring");
    check(10, "2026-07-01", true, "advance");
    check(i64::MAX, "2026-03-31", false, "extreme");
    check(i64::MIN, "2026-03-31", false, "rest");
}

#[test]
fn a_decision_names_rule_facts_text_and_version() {
    let mut column = input("grade", InputKind::Text);
    (column.zh, column.en) = ("信用等级".into(), "credit grade".into());
    column.choices = vec![Choice { value: "regular".into(), zh: "常规企业".into(), en: "regular".into() }];
    let mut special = row("R1", &[("grade", one_of(&["regular"])), ("value", number(Some(5), None))], 300);
    special.note = Text { zh: "一般比例".into(), en: "general rate".into() };
    let rules = table(vec![column, input("value", InputKind::Number)], vec![special, row("R2", &[], 0)]);
    let facts = Facts::new().with("grade", "regular").with("value", 7i64).with("unrelated", true);
    let decision = rules.compile().unwrap().decide(&facts).unwrap();
    assert_eq!((&*decision.table, &*decision.version, decision.fingerprint), ("t", "1", rules.fingerprint()));
    assert_eq!(decision.number("out"), Some(300));
    let reason = &decision.explanation[0];
    assert_eq!(&*reason.zh, "规则 R1，信用等级为常规企业，value不小于 5：一般比例");
    assert_eq!(&*reason.en, "rule R1, credit grade is regular and value is at least 5: general rate");
    let facts: Vec<(&str, Option<&Value>)> = reason.facts.iter().map(|f| (&*f.name, f.value.as_ref())).collect();
    assert_eq!(facts, [("grade", Some(&Value::from("regular"))), ("value", Some(&Value::from(7i64)))]);
    let kept: Decision = serde_json::from_str(&serde_json::to_string(&decision).unwrap()).unwrap();
    assert_eq!(kept, decision);
}

#[test]
fn faulty_facts_are_all_told_and_nothing_is_guessed() {
    let mut grade = input("grade", InputKind::Text);
    grade.choices = vec![Choice { value: "regular".into(), zh: "常规".into(), en: "regular".into() }];
    let rules = table(vec![grade, input("value", InputKind::Number), input("hs", InputKind::Text)], vec![row("rest", &[], 0)]);
    let fault = rules.compile().unwrap().decide(&Facts::new().with("grade", "AA").with("value", "7")).unwrap_err();
    assert_eq!(fault.to_string(), "table t: grade cannot be \"AA\"; value must be a number, found a text; hs is missing");
    assert_eq!(fault.zh(), "决策表 t：事实“grade”不允许取值“AA”；事实“value”类型应为 number，实为 text；缺少事实“hs”");
}

#[test]
fn an_optional_fact_may_be_missing_and_then_meets_any_only() {
    let mut value = input("value", InputKind::Number);
    value.optional = true;
    let rules = table(vec![value], vec![row("known", &[("value", number(None, None))], 1), row("rest", &[], 0)]);
    let compiled = rules.compile().unwrap();
    assert_eq!(&*compiled.lookup(&Facts::new()).unwrap().id, "rest");
    assert_eq!(&*compiled.lookup(&Facts::new().with("value", -3i64)).unwrap().id, "known");
    assert_eq!(rules.validate(), []);
}

#[test]
fn priority_wins_over_order_and_order_breaks_ties() {
    let mut rules = table(
        vec![input("value", InputKind::Number)],
        vec![row("a", &[("value", number(None, Some(10)))], 1), row("b", &[("value", number(Some(5), None))], 2), row("c", &[], 3)],
    );
    rules.hit_policy = HitPolicy::Priority;
    rules.rows[1].priority = 5;
    let id = |rules: &DecisionTable, value: i64| rules.compile().unwrap().lookup(&Facts::new().with("value", value)).unwrap().id.clone();
    assert_eq!((&*id(&rules, 4), &*id(&rules, 7), &*id(&rules, 11)), ("a", "b", "b"));
    rules.rows[1].priority = 0;
    assert_eq!(&*id(&rules, 7), "a");
    let overlaps: Vec<_> = rules.validate().into_iter().filter(|f| f.code == "rules-overlap" && f.severity == Severity::Warning).collect();
    assert!(!overlaps.is_empty());
}

#[test]
fn collect_combines_as_each_output_says() {
    let mut rules = table(vec![input("value", InputKind::Number)], Vec::new());
    rules.hit_policy = HitPolicy::Collect;
    rules.outputs = vec![
        output("max", OutputKind::Number, Combine::Max),
        output("min", OutputKind::Number, Combine::Min),
        output("sum", OutputKind::Number, Combine::Sum),
        output("any", OutputKind::Flag, Combine::Max),
        output("docs", OutputKind::List, Combine::Union),
        output("note", OutputKind::Text, Combine::First),
    ];
    let list = |items: &[&str]| Value::List(items.iter().map(|i| Arc::from(*i)).collect());
    for (id, number, flag, docs) in [("a", 3i64, false, ["1", "2"]), ("b", 5, true, ["2", "3"])] {
        let mut new = row(id, &[], 0);
        new.then = BTreeMap::from([
            ("max".into(), number.into()),
            ("min".into(), number.into()),
            ("sum".into(), number.into()),
            ("any".into(), flag.into()),
            ("docs".into(), list(&docs)),
            ("note".into(), id.into()),
        ]);
        rules.rows.push(new);
    }
    assert_eq!(rules.validate(), []);
    let decision = rules.compile().unwrap().decide(&Facts::new().with("value", 1i64)).unwrap();
    assert_eq!((decision.number("max"), decision.number("min"), decision.number("sum")), (Some(5), Some(3), Some(8)));
    assert_eq!((decision.flag("any"), decision.text("note")), (Some(true), Some("a")));
    assert_eq!(decision.outputs["docs"], list(&["1", "2", "3"]));
    assert_eq!(decision.list("docs").len(), 3);
    assert_eq!((decision.rows.len(), decision.explanation.len()), (2, 2));
}

#[test]
fn count_says_how_many_rows_speak() {
    let mut rules = table(vec![], vec![row("a", &[], 7), row("b", &[], 9), row("c", &[], 7)]);
    rules.hit_policy = HitPolicy::Collect;
    rules.outputs = vec![OutputColumn { optional: true, ..output("out", OutputKind::Number, Combine::Count) }];
    rules.rows[1].then.clear();
    assert_eq!(rules.compile().unwrap().decide(&Facts::new()).unwrap().number("out"), Some(2));
}

#[test]
fn overlaps_are_faults_where_one_row_may_match_or_all_must_agree() {
    let rows = || vec![row("a", &[("v", number(None, Some(10)))], 1), row("b", &[("v", number(Some(10), None))], 1)];
    let errors =
        |rules: &DecisionTable| rules.validate().into_iter().filter(|f| f.is_error()).map(|f| (f.code, f.pointer)).collect::<Vec<_>>();
    let mut rules = table(vec![input("v", InputKind::Number)], rows());
    rules.hit_policy = HitPolicy::Unique;
    assert_eq!(errors(&rules), [("rules-overlap", "/rows/1".to_owned())], "both match 10");
    rules.rows[1].when.insert("v".into(), number(Some(11), None));
    assert_eq!(rules.validate(), []);
    rules.rows = rows();
    rules.hit_policy = HitPolicy::Any;
    assert_eq!(errors(&rules), [], "they say the same");
    rules.rows[1].then.insert("out".into(), Value::from(2i64));
    assert_eq!(errors(&rules), [("rules-overlap", "/rows/1".to_owned())]);
    let decided = rules.compile().unwrap().decide(&Facts::new().with("v", 10i64));
    assert!(matches!(decided, Err(DecideError::Contradiction { ref rows, .. }) if rows.len() == 2), "{decided:?}");
}

#[test]
fn many_crossing_rows_are_information_and_do_not_hold_a_table_back() {
    // Goods and places cross pairwise: 32 × 32 pairs, far more than are listed.
    let rule = |n: usize| {
        let (column, cell) = if n < 32 { ("hs", one_of(&[&format!("{n:02}")])) } else { ("place", one_of(&[&format!("{n:02}")])) };
        row(&format!("r{n}"), &[(column, cell)], i64::try_from(n).unwrap())
    };
    let mut rows: Vec<Row> = (0..64).map(rule).collect();
    rows.push(row("rest", &[], 0));
    let mut crossing = table(vec![input("hs", InputKind::Text), input("place", InputKind::Text)], rows);
    let findings = crossing.validate();
    assert_eq!(findings.len(), limits::FINDINGS_MAX);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Info), "{:?}", findings.last());
    assert_eq!(findings.last().map(|finding| finding.code), Some("rules-more-findings"));
    // What is cut off among errors is one.
    crossing.hit_policy = HitPolicy::Any;
    assert!(crossing.validate().last().is_some_and(|finding| finding.code == "rules-more-findings" && finding.is_error()));
}

#[test]
fn a_gap_is_told_although_the_search_came_to_no_end() {
    // Each rule looks at a column of its own and at the last one, so that every subset of the rules stays possible until there.
    let names: Vec<String> = (0..16).map(|n| format!("c{n:02}")).collect();
    let columns = names.iter().map(|name| input(name, InputKind::Flag)).collect();
    let rule = |name: &String| row(name, &[(name, Cell::Flag(true)), ("c15", Cell::Flag(true))], 1);
    let found = codes(&table(columns, names[..15].iter().map(rule).collect()));
    assert_eq!(found[1].0, "rules-cover-unknown", "{found:?}");
    assert_eq!(found[0].0, "rules-gap", "{found:?}");
}

#[test]
fn repeated_values_are_a_fault_and_long_conditions_are_compared() {
    let twice = table(vec![input("hs", InputKind::Text)], vec![row("a", &[("hs", one_of(&["84", "85", "84"]))], 1), row("z", &[], 0)]);
    assert_eq!(codes(&twice), [("rules-cell-repeated", "/rows/0/when/hs".to_owned())]);
    assert!(twice.compile().is_ok(), "one that is in use goes on");
    // 1,023 conditions of 680 values each, every pair apart in the last column alone.
    let values: Vec<String> = (0..680).map(|n| format!("{n}")).collect();
    let named: Vec<&str> = values.iter().map(String::as_str).collect();
    let rule = |n: i64| row(&format!("r{n}"), &[("hs", prefix(&named)), ("n", number(Some(n), Some(n)))], n);
    let long = table(vec![input("hs", InputKind::Text), input("n", InputKind::Number)], (0..1_023).map(rule).collect());
    assert!(!long.validate().iter().any(|finding| finding.code == "rules-overlap"));
}

#[test]
fn a_difference_says_in_words_what_became_of_each_rule() {
    let mut before = table(
        vec![input("hs", InputKind::Text)],
        vec![row("a", &[("hs", prefix(&["84"]))], 1), row("b", &[("hs", prefix(&["85"]))], 2), row("c", &[], 3), row("d", &[], 4)],
    );
    before.inputs[0].zh = "商品编号".into();
    let mut after = before.clone();
    assert_eq!(before.difference(&after), []);
    after.effective_from = day("2026-12-01");
    after.rows.swap(0, 1);
    after.rows[0].then.insert("out".into(), Value::from(20i64));
    after.rows[1].when.insert("hs".into(), prefix(&["84", "90"]));
    after.rows[2] = row("e", &[], 9);
    let told: Vec<(DifferenceKind, String, String)> = before.difference(&after).into_iter().map(|d| (d.kind, d.pointer, d.zh)).collect();
    let expected = [
        (DifferenceKind::Changed, "/effective_from", "生效日期由 2026-04-01 改为 2026-12-01"),
        (DifferenceKind::Moved, "/rows/0", "规则 b 由第 2 行移至第 1 行"),
        (DifferenceKind::Changed, "/rows/0/then/out", "规则 b：out 由 2 改为 20"),
        (DifferenceKind::Changed, "/rows/1/when/hs", "规则 a：“商品编号以 84 开头”改为“商品编号以 84、90 开头”"),
        (DifferenceKind::Added, "/rows/2", "新增规则 e，其他情形：out = 9"),
        (DifferenceKind::Removed, "/rows", "删除规则 c，其他情形：out = 3"),
    ];
    assert_eq!(told, expected.map(|(kind, pointer, zh)| (kind, pointer.to_owned(), zh.to_owned())));
}

#[test]
fn a_difference_hides_no_value_and_names_the_field_of_a_column() {
    let many: Vec<String> = (10..30).map(|n| n.to_string()).collect();
    let named: Vec<&str> = many.iter().map(String::as_str).collect();
    let before = table(vec![input("hs", InputKind::Text)], vec![row("a", &[("hs", one_of(&named))], 1), row("z", &[], 0)]);
    let mut after = before.clone();
    let mut changed = named.clone();
    changed[19] = "84";
    after.rows[0].when.insert("hs".into(), one_of(&changed));
    after.rows.insert(1, row("b", &[("hs", prefix(&named))], 2));
    after.inputs[0].optional = true;
    let told: Vec<(String, String)> = before.difference(&after).into_iter().map(|d| (d.zh, d.en)).collect();
    assert_eq!(
        told[0],
        ("条件列“hs”：可缺省 由 false 改为 true".into(), "input column hs: may be missing changed from false to true".into())
    );
    assert_eq!(told[1], ("规则 a：hs 增加 84，删去 29".into(), "rule a: hs added 84; removed 29".into()));
    assert!(told[2].1.contains("29"), "{told:?}");
}

#[test]
fn every_fault_of_form_is_told_at_its_place() {
    let mut rules = table(
        vec![input("value", InputKind::Number), input("value", InputKind::Text)],
        vec![
            row("a", &[("value", one_of(&["x"])), ("valu/e", Cell::Any)], 1),
            row("a", &[("value", number(Some(2), Some(1)))], 1),
            row("c", &[], 1),
        ],
    );
    rules.rows[2].then = BTreeMap::from([("out".into(), "text".into()), ("other".into(), 1i64.into())]);
    rules.outputs[0].combine = Combine::Union;
    rules.effective_to = Some(day("2026-03-31"));
    rules.version = " ".into();
    let mut found = codes(&rules);
    found.sort();
    let expected = [
        ("rules-cell-type", "/rows/0/when/value"),
        ("rules-column-name", "/inputs/1/name"),
        ("rules-combine-type", "/outputs/0/combine"),
        ("rules-field-empty", "/version"),
        ("rules-output-type", "/rows/2/then/out"),
        ("rules-period-reversed", "/effective_to"),
        ("rules-range-reversed", "/rows/1/when/value"),
        ("rules-row-id", "/rows/1/id"),
        ("rules-unknown-column", "/rows/0/when/valu~1e"),
        ("rules-unknown-output", "/rows/2/then/other"),
    ];
    assert_eq!(found, expected.map(|(code, pointer)| (code, pointer.to_owned())));
    assert!(rules.compile().is_err());
    assert_eq!(codes(&table(Vec::new(), Vec::new())), [("rules-no-rows", "/rows".to_owned())]);
}

#[test]
fn unreachable_rows_and_gaps_are_found_also_when_several_rows_share_the_work() {
    let mut grade = input("grade", InputKind::Text);
    grade.choices = ["a", "b"].map(|v| Choice { value: v.into(), zh: v.into(), en: v.into() }).to_vec();
    let rules = table(
        vec![grade, input("hs", InputKind::Text)],
        vec![
            row("a", &[("grade", one_of(&["a"]))], 1),
            row("b", &[("grade", one_of(&["b"])), ("hs", prefix(&["87"]))], 2),
            // Neither row above covers it alone.
            row("dead", &[("hs", one_of(&["8703"]))], 3),
        ],
    );
    let findings = rules.validate();
    let dead = findings.iter().find(|f| f.code == "rules-row-unreachable").unwrap();
    assert_eq!((dead.pointer.as_str(), dead.severity), ("/rows/2", Severity::Warning));
    let gap = findings.iter().find(|f| f.code == "rules-gap").unwrap();
    assert!(gap.en.ends_with("grade = b, hs = …"), "{}", gap.en);
    let facts = Facts::new().with("grade", "b").with("hs", "01");
    assert!(matches!(rules.compile().unwrap().decide(&facts), Err(DecideError::NoRow { .. })));
}

#[test]
fn limits_hold_at_the_edge_and_one_past() {
    let rows = |count: usize| (0..count).map(|i| row(&i.to_string(), &[("value", number(Some(i as i64), Some(i as i64)))], 1)).collect();
    let mut rules = table(vec![input("value", InputKind::Number)], rows(limits::ROWS_MAX));
    let compiled = rules.compile().unwrap();
    assert_eq!(&*compiled.lookup(&Facts::new().with("value", 4_095i64)).unwrap().id, "4095");
    rules.rows = rows(limits::ROWS_MAX + 1);
    assert!(rules.compile().unwrap_err().iter().any(|f| f.code == "rules-too-many" && f.pointer == "/rows"));
    let columns = |count: usize| (0..count).map(|i| input(&format!("c{i}"), InputKind::Flag)).collect();
    assert!(table(columns(limits::INPUTS_MAX), vec![row("a", &[], 1)]).compile().is_ok());
    assert!(table(columns(limits::INPUTS_MAX + 1), vec![row("a", &[], 1)]).compile().is_err());
    let values = |count: usize| {
        let values = (0..count).map(|i| Arc::from(i.to_string())).collect();
        table(vec![input("hs", InputKind::Text)], vec![row("a", &[("hs", Cell::OneOf(values))], 1)])
    };
    assert!(values(limits::VALUES_PER_COLUMN_MAX).compile().is_ok());
    assert!(values(limits::VALUES_PER_COLUMN_MAX + 1).compile().is_err());
    let faulty = table(Vec::new(), (0..500).map(|_| row("", &[], 1)).collect()).validate();
    assert_eq!((faulty.len(), faulty.last().unwrap().code), (limits::FINDINGS_MAX, "rules-more-findings"));
}

#[test]
fn json_is_canonical_and_misspelt_fields_are_refused() {
    let rules = table(vec![input("hs", InputKind::Text)], vec![row("a", &[("hs", prefix(&["87"]))], 1), row("b", &[], 2)]);
    let json = rules.to_json().unwrap();
    let read = DecisionTable::from_json(&json).unwrap();
    assert_eq!((read.fingerprint(), &read), (rules.fingerprint(), &rules));
    let mut other = rules.clone();
    other.rows[0].then.insert("out".into(), Value::from(2i64));
    assert_ne!(other.fingerprint(), rules.fingerprint());
    assert!(DecisionTable::from_json(&json.replace("\"effective_to\"", "\"efective_to\"")).is_err());
    assert!(DecisionTable::from_json(&json.replace("\"prefix\"", "\"prefx\"")).is_err());
}

/// The plain meaning of a cell, written again without any index.
fn accepts(cell: &Cell, value: &Value) -> bool {
    match (cell, value) {
        (Cell::Any, _) => true,
        (Cell::OneOf(values), Value::Text(text)) => values.contains(text),
        (Cell::Prefix(values), Value::Text(text)) => values.iter().any(|v| text.starts_with(&**v)),
        (Cell::Number { min, max }, Value::Number(n)) => min.is_none_or(|m| m <= *n) && max.is_none_or(|m| *n <= m),
        (Cell::Flag(a), Value::Flag(b)) => a == b,
        _ => false,
    }
}

fn any_text_cell() -> impl Strategy<Value = Cell> {
    let texts = proptest::collection::btree_set("[0-2]{1,3}", 1..4);
    prop_oneof![
        Just(Cell::Any),
        texts.clone().prop_map(|v| Cell::OneOf(v.into_iter().map(Arc::from).collect())),
        texts.prop_map(|v| Cell::Prefix(v.into_iter().map(Arc::from).collect())),
    ]
}

fn any_number_cell() -> impl Strategy<Value = Cell> {
    let end = proptest::option::of(-5i64..6);
    prop_oneof![
        Just(Cell::Any),
        (end.clone(), end).prop_map(|(a, b)| match (a, b) {
            (Some(a), Some(b)) => number(Some(a.min(b)), Some(a.max(b))),
            (min, max) => number(min, max),
        })
    ]
}

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let flag = prop_oneof![Just(Cell::Any), any::<bool>().prop_map(Cell::Flag)];
    let cells = (any_text_cell(), any_number_cell(), flag, 0u32..3);
    proptest::collection::vec(cells, 1..80).prop_map(|cells| {
        let build = |(index, (hs, value, advance, priority)): (usize, (Cell, Cell, Cell, u32))| {
            let mut row = row(&index.to_string(), &[("hs", hs), ("value", value), ("advance", advance)], index as i64);
            row.priority = priority;
            row
        };
        cells.into_iter().enumerate().map(build).collect()
    })
}

proptest! {
    #[test]
    fn the_index_agrees_with_reading_the_rows_one_by_one(
        rows in any_rows(),
        cases in proptest::collection::vec(("[0-3]{0,4}", -7i64..8, any::<bool>()), 40),
        policy in prop_oneof![
            Just(HitPolicy::Unique), Just(HitPolicy::First), Just(HitPolicy::Any), Just(HitPolicy::Priority), Just(HitPolicy::Collect)
        ],
    ) {
        let mut rules = table(
            vec![input("hs", InputKind::Text), input("value", InputKind::Number), input("advance", InputKind::Flag)],
            rows,
        );
        rules.hit_policy = policy;
        if policy == HitPolicy::Any {
            // Rows that say the same are common then.
            for (index, row) in rules.rows.iter_mut().enumerate() {
                row.then = BTreeMap::from([("out".into(), Value::from(i64::from(index % 7 == 0)))]);
            }
        }
        let compiled = rules.compile().unwrap();
        for (hs, value, advance) in cases {
            let facts = Facts::new().with("hs", hs).with("value", value).with("advance", advance);
            let matching = rules.rows.iter().filter(|row| row.when.iter().all(|(name, cell)| accepts(cell, facts.get(name).unwrap())));
            let matching: Vec<&Row> = matching.collect();
            let contradiction = match policy {
                HitPolicy::Unique => matching.len() > 1,
                HitPolicy::Any => matching.iter().any(|row| row.then != matching[0].then),
                HitPolicy::First | HitPolicy::Priority | HitPolicy::Collect => false,
            };
            let looked_up = compiled.lookup(&facts).map(|row| row.id.clone());
            let expected: Vec<&str> = match policy {
                HitPolicy::Unique | HitPolicy::Any => matching.iter().map(|r| &*r.id).collect(),
                HitPolicy::First => matching.iter().take(1).map(|r| &*r.id).collect(),
                HitPolicy::Priority => {
                    let best = matching.iter().map(|r| r.priority).max();
                    matching.iter().filter(|r| Some(r.priority) == best).take(1).map(|r| &*r.id).collect()
                }
                HitPolicy::Collect => matching.iter().map(|r| &*r.id).collect(),
            };
            match compiled.decide(&facts) {
                Ok(decision) => {
                    prop_assert!(!contradiction);
                    prop_assert_eq!(looked_up, Ok(decision.rows[0].clone()));
                    prop_assert_eq!(decision.rows.iter().map(|r| &**r).collect::<Vec<_>>(), expected);
                }
                Err(DecideError::Contradiction { rows, .. }) => {
                    prop_assert!(contradiction && looked_up.is_err());
                    prop_assert!(rows.len() > 1 && rows.iter().all(|row| expected.contains(&&**row)));
                }
                Err(DecideError::NoRow { .. }) => prop_assert!(expected.is_empty()),
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }
}

proptest! {
    // Each case tries some ten thousand sets of facts.
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// What validation says about gaps and dead rows agrees with trying every class of values.
    #[test]
    fn gaps_and_dead_rows_agree_with_trying_everything(rows in any_rows()) {
        let rules = table(
            vec![input("hs", InputKind::Text), input("value", InputKind::Number), input("advance", InputKind::Flag)],
            rows,
        );
        let compiled = rules.compile().unwrap();
        let (mut reached, mut gap) = (std::collections::BTreeSet::new(), false);
        let digits = ["0", "1", "2", "3"];
        let mut texts = vec![String::new()];
        for length in 0..4 {
            let longer: Vec<String> = texts.iter().filter(|t| t.len() == length).flat_map(|t| digits.map(|d| format!("{t}{d}"))).collect();
            texts.extend(longer);
        }
        for hs in &texts {
            for value in -7i64..8 {
                for advance in [false, true] {
                    let facts = Facts::new().with("hs", hs.as_str()).with("value", value).with("advance", advance);
                    match compiled.lookup(&facts) {
                        Ok(row) => { reached.insert(row.id.clone()); }
                        Err(_) => gap = true,
                    }
                }
            }
        }
        let findings = rules.validate();
        prop_assert!(findings.iter().all(|f| f.code != "rules-cover-unknown"));
        prop_assume!(findings.len() < limits::FINDINGS_MAX);
        prop_assert_eq!(findings.iter().any(|f| f.code == "rules-gap"), gap);
        let dead = findings.iter().filter(|f| f.code == "rules-row-unreachable").count();
        prop_assert_eq!(dead, rules.rows.len() - reached.len());
    }
}
