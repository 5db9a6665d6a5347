//! Nanoseconds per lookup and per explained decision, for tables of 20, 100 and 1,000 rows.
//!
//! `cargo run --release -p rules --example speed`; the budget is 100 ns and 1 µs at 1,000 rows.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints and reads the clock")]

use rules::{Cell, DecisionTable, Facts, Row, demonstration};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 400_000;
const CASES: usize = 256;

/// Rows over grade, goods and place whose last one covers the rest; the cases hit rows all over the table.
fn table(rows: usize) -> DecisionTable {
    let mut table = demonstration::import_inspection_rate();
    let last = table.rows.pop().unwrap_or_else(|| unreachable!("the demonstration table has rows"));
    let grades: Vec<Arc<str>> = table.inputs[0].choices.iter().map(|c| c.value.clone()).collect();
    table.rows = (0..rows - 1)
        .map(|n| Row {
            id: format!("r{n}").into(),
            when: [
                ("credit_grade".into(), Cell::OneOf(vec![grades[n % grades.len()].clone()])),
                ("hs_code".into(), Cell::Prefix(vec![heading(n).into()])),
                ("customs_place".into(), Cell::Prefix(vec![format!("{:02}", 20 + n % 30).into()])),
            ]
            .into(),
            ..last.clone()
        })
        .collect();
    table.rows.push(last);
    table
}

fn heading(n: usize) -> String {
    if n.is_multiple_of(3) { format!("{:02}", 1 + n % 96) } else { format!("{:04}", 101 + n * 7 % 9_500) }
}

fn cases(rows: usize) -> Vec<Facts> {
    let grades = ["advanced-certified", "certified", "regular", "dishonest", "seriously-dishonest"];
    let case = |i: usize| {
        let n = i * (rows - 1) / CASES;
        Facts::new()
            .with("credit_grade", grades[n % grades.len()])
            .with("hs_code", format!("{:0<10}", heading(n)))
            .with("customs_place", format!("{:02}01", 20 + n % 30))
    };
    (0..CASES).map(case).collect()
}

/// Median and 99th percentile over passes through the cases, as nanoseconds per case. Other work on the machine shows
/// in the percentile first.
fn measure(cases: &[Facts], mut run: impl FnMut(&Facts)) -> (f64, f64) {
    let mut passes: Vec<f64> = (0..ROUNDS / CASES)
        .map(|_| {
            let pass = Instant::now();
            cases.iter().for_each(&mut run);
            pass.elapsed().as_nanos() as f64 / cases.len() as f64
        })
        .collect();
    passes.sort_by(f64::total_cmp);
    (passes[passes.len() / 2], passes[passes.len() * 99 / 100])
}

fn main() {
    println!("{:>6} {:>14} {:>14} {:>16} {:>14}", "rows", "lookup ns", "p99 ns", "explained ns", "p99 ns");
    for rows in [20, 100, 1_000] {
        let compiled = match table(rows).compile() {
            Ok(compiled) => compiled,
            Err(findings) => return println!("{findings:#?}"),
        };
        let cases = cases(rows);
        let hits: std::collections::BTreeSet<_> = cases.iter().filter_map(|f| compiled.lookup(f).ok()).map(|r| r.id.clone()).collect();
        let lookup = measure(&cases, |facts| {
            let _ = black_box(compiled.lookup(black_box(facts)).is_ok());
        });
        let explained = measure(&cases, |facts| {
            let _ = black_box(compiled.decide(black_box(facts)));
        });
        println!(
            "{rows:>6} {:>14.1} {:>14.1} {:>16.1} {:>14.1}   ({} different rows hit)",
            lookup.0,
            lookup.1,
            explained.0,
            explained.1,
            hits.len()
        );
    }
}
