//! Fairway's decision tables beside zen-engine on the same tables and cases, equal answers checked first.
//!
//! Prints a line of Markdown for each size: rules, nanoseconds of each, ratio.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rules::{Cell, DecisionTable, Facts, Value, made};
use serde_json::{Value as Json, json};
use zen_engine::model::DecisionContent;
use zen_engine::{DecisionEngine, EvaluationOptions, Variable};

/// How long each measurement runs at least.
const RUN: Duration = Duration::from_secs(3);
const CASES: usize = 256;
const OUTPUT: &str = "inspection_rate_bp";

/// The table in the JSON of the other engine.
fn model(table: &DecisionTable) -> Json {
    let test = |cell: Option<&Cell>| match cell {
        None | Some(Cell::Any) => String::new(),
        Some(Cell::OneOf(values)) => values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(","),
        Some(Cell::Prefix(values)) => values.iter().map(|value| format!("startsWith($, \"{value}\")")).collect::<Vec<_>>().join(" or "),
        Some(other) => panic!("the made tables have no {other:?}"),
    };
    let rules: Vec<Json> = table
        .rows
        .iter()
        .map(|row| {
            let mut rule = json!({ "_id": &*row.id, "out": row.then[OUTPUT].to_string() });
            for column in &table.inputs {
                rule[&*column.name] = test(row.when.get(&column.name)).into();
            }
            rule
        })
        .collect();
    let inputs: Vec<Json> = table.inputs.iter().map(|c| json!({ "id": &*c.name, "name": &*c.en, "field": &*c.name })).collect();
    json!({
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode", "content": {} },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "first", "inputs": inputs, "outputs": [{ "id": "out", "name": OUTPUT, "field": OUTPUT }], "rules": rules
            } },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} }
        ],
        "edges": [
            { "id": "a", "sourceId": "in", "targetId": "table", "type": "edge" },
            { "id": "b", "sourceId": "table", "targetId": "out", "type": "edge" }
        ]
    })
}

fn context(facts: &Facts) -> Json {
    let text = |value: &Value| match value {
        Value::Text(text) => Json::from(&**text),
        other => panic!("the made cases have no {other:?}"),
    };
    Json::Object(facts.iter().map(|(name, value)| (name.to_owned(), text(value))).collect())
}

/// Median nanoseconds a case over passes through all of them.
fn timed(mut pass: impl FnMut()) -> f64 {
    let (begun, mut passes) = (Instant::now(), Vec::new());
    while begun.elapsed() < RUN {
        let one = Instant::now();
        pass();
        passes.push(one.elapsed().as_nanos() as f64 / CASES as f64);
    }
    passes.sort_by(f64::total_cmp);
    passes[passes.len() / 2]
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    println!(
        "| Rules | Fairway: the row that holds | zen-engine 2.1.6 | Ratio | Fairway: with reasons in two languages | zen-engine, with its trace | Ratio |"
    );
    println!("|---|---|---|---|---|---|---|");
    for rows in [20, 100, 1_000] {
        let table = made::table(rows);
        let compiled = table.compile().expect("sound");
        let cases = made::cases(rows, CASES);
        let contexts: Vec<Variable> = cases.iter().map(|facts| context(facts).into()).collect();
        let content: DecisionContent = serde_json::from_value(model(&table)).expect("a model");
        let mut decision = DecisionEngine::default().create_decision(content.into()).expect("a decision");
        decision.compile();
        let ask = |context: &Variable| runtime.block_on(decision.evaluate(context.shallow_clone())).expect("an answer");
        let traced = |context: &Variable| {
            let options = EvaluationOptions { trace: true, ..Default::default() };
            runtime.block_on(decision.evaluate_with_opts(context.shallow_clone(), options)).expect("an answer")
        };
        for (facts, context) in cases.iter().zip(&contexts) {
            let (row, own) = (compiled.lookup(facts).expect("an answer"), compiled.decide(facts).expect("an answer").number(OUTPUT));
            let other = ask(context).result.to_value();
            // Its numbers are decimals.
            assert_eq!(own.map(|n| n as f64), other[OUTPUT].as_f64(), "{rows} rules, {context:?}: {other}");
            assert_eq!(own.map(|n| n.to_string()), Some(row.then[OUTPUT].to_string()));
        }
        let own = timed(|| cases.iter().for_each(|facts| drop(black_box(compiled.lookup(black_box(facts))))));
        let other = timed(|| contexts.iter().for_each(|context| drop(black_box(ask(black_box(context))))));
        let own_why = timed(|| cases.iter().for_each(|facts| drop(black_box(compiled.decide(black_box(facts))))));
        let other_why = timed(|| contexts.iter().for_each(|context| drop(black_box(traced(black_box(context))))));
        println!(
            "| {rows} | {own:.0} ns | {other:.0} ns | {:.0} | {own_why:.0} ns | {other_why:.0} ns | {:.0} |",
            other / own,
            other_why / own_why
        );
    }
}
