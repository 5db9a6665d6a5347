//! Tables and cases of any size, made for measurements: the same for everybody who measures, here and beside.

use crate::{Cell, DecisionTable, Facts, Row, demonstration};
use std::sync::Arc;

const GRADES: [&str; 5] = ["advanced-certified", "certified", "regular", "dishonest", "seriously-dishonest"];

/// A table of `rows` rules over grade, goods and place, first match, whose last rule covers the rest. `rows` is at least 1.
#[must_use]
pub fn table(rows: usize) -> DecisionTable {
    let mut table = demonstration::import_inspection_rate();
    let last = table.rows.pop().unwrap_or_else(|| unreachable!("the demonstration table has rows"));
    let made = |n: usize| {
        let mut row = Row {
            id: format!("r{n}").into(),
            when: [
                ("credit_grade".into(), Cell::OneOf(vec![Arc::from(GRADES[n % GRADES.len()])])),
                ("hs_code".into(), Cell::Prefix(vec![heading(n).into()])),
                ("customs_place".into(), Cell::Prefix(vec![format!("{:02}", 20 + n % 30).into()])),
            ]
            .into(),
            ..last.clone()
        };
        // Each rule answers with its own number, so that equal answers mean equal rules.
        row.then.insert("inspection_rate_bp".into(), i64::try_from(n + 1).unwrap_or(0).into());
        row
    };
    table.rows = (0..rows.saturating_sub(1)).map(made).collect();
    table.rows.push(Row { when: [].into(), ..last });
    table
}

/// Goods that the `n`th rule is about: chapters and headings.
fn heading(n: usize) -> String {
    if n.is_multiple_of(3) { format!("{:02}", 1 + n % 96) } else { format!("{:04}", 101 + n * 7 % 9_500) }
}

/// Cases that hit rules all over a table of `rows` rules.
#[must_use]
pub fn cases(rows: usize, count: usize) -> Vec<Facts> {
    let case = |i: usize| {
        let n = i * rows.saturating_sub(1) / count.max(1);
        Facts::new()
            .with("credit_grade", GRADES[n % GRADES.len()])
            .with("hs_code", format!("{:0<10}", heading(n)))
            .with("customs_place", format!("{:02}01", 20 + n % 30))
    };
    (0..count).map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_tables_are_sound_and_made_cases_hit_rules_all_over_them() {
        for rows in [20, 100, 1_000] {
            let compiled = table(rows).compile().unwrap();
            let cases = cases(rows, 256);
            let hit: std::collections::BTreeSet<_> = cases.iter().map(|facts| compiled.lookup(facts).unwrap().id.clone()).collect();
            assert!(hit.len() > rows.min(256) / 3, "{rows}: {}", hit.len());
        }
    }
}
