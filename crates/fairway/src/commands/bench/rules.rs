//! Decision tables: a look-up of the rule that counts, and a whole answer with its reasons.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use rules::{Facts, made};

use super::Figure;

const CASES: usize = 256;
const LOOKUP_BUDGET_NS: f64 = 100.0;
const EXPLAINED_BUDGET_NS: f64 = 1_000.0;

/// Median over passes through the cases, and the 99th percentile over single answers with the reading of the clock in it; nanoseconds.
fn timed(cases: &[Facts], time: Duration, mut run: impl FnMut(&Facts)) -> (f64, f64) {
    let (mut passes, mut singles) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    while begun.elapsed() < time {
        let pass = Instant::now();
        cases.iter().for_each(&mut run);
        passes.push(nanoseconds(pass.elapsed()) / CASES as f64);
        for facts in cases {
            let single = Instant::now();
            run(facts);
            singles.push(nanoseconds(single.elapsed()));
        }
    }
    (at(&mut passes, 0.5), at(&mut singles, 0.99))
}

#[expect(clippy::cast_precision_loss, reason = "durations of less than a minute")]
fn nanoseconds(time: Duration) -> f64 {
    time.as_nanos() as f64
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index within the samples")]
fn at(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(((samples.len().saturating_sub(1)) as f64 * share) as usize).copied().unwrap_or(0.0)
}

pub fn measure(time: Duration) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for rows in [20, 100, 1_000] {
        let compiled = made::table(rows).compile().map_err(|faults| anyhow!("the made table has {} faults", faults.len()))?;
        let cases = made::cases(rows, CASES);
        let lookup = timed(&cases, time / 6, |facts| {
            let _ = black_box(compiled.lookup(black_box(facts)).is_ok());
        });
        let explained = timed(&cases, time / 6, |facts| drop(black_box(compiled.decide(black_box(facts)))));
        for (what, budget, (median, p99)) in [("look-up", LOOKUP_BUDGET_NS, lookup), ("with reasons", EXPLAINED_BUDGET_NS, explained)] {
            figures.push(Figure::new(format!("{rows} rules, {what}: median (limit: budget)"), median, "ns", budget));
            figures.push(Figure::new(format!("{rows} rules, {what}: p99 (limit: budget)"), p99, "ns", budget));
        }
    }
    Ok(figures)
}
