//! Overlaps that look unintended.
//!
//! Under first-match a special row before a general one is how tables are written, so only rows that cross without one
//! containing the other are told, as information. Under priority, crossing rows of equal priority are a warning. Where
//! one row may match ([`HitPolicy::Unique`]), or all must say the same ([`HitPolicy::Any`]), an overlap is a fault.

use super::check::Findings;
use super::limits::OVERLAP_ROWS_MAX;
use super::model::{Cell, DecisionTable, HitPolicy, Row};
use crate::finding::Severity;
use std::sync::Arc;

pub(super) fn check(table: &DecisionTable, findings: &mut Findings) {
    if table.hit_policy == HitPolicy::Collect {
        return;
    }
    if table.rows.len() > OVERLAP_ROWS_MAX {
        let (zh, en) = ("规则过多，未检查规则交叉", "too many rows: overlaps were not checked");
        return findings.add(Severity::Info, "rules-overlap-unknown", "/rows".into(), zh.into(), en.into());
    }
    for (index, second) in table.rows.iter().enumerate() {
        for first in table.rows[..index].iter().filter(|first| unintended(table, first, second)) {
            let severity = match table.hit_policy {
                HitPolicy::Unique | HitPolicy::Any => Severity::Error,
                HitPolicy::Priority => Severity::Warning,
                HitPolicy::First | HitPolicy::Collect => Severity::Info,
            };
            let (zh, en) = if first.then == second.then {
                (format!("规则 {} 与 {} 重叠", first.id, second.id), format!("rows {} and {} overlap", first.id, second.id))
            } else {
                (
                    format!("规则 {} 与 {} 交叉且结果不同", first.id, second.id),
                    format!("rows {} and {} overlap and differ in their outputs", first.id, second.id),
                )
            };
            findings.add(severity, "rules-overlap", format!("/rows/{index}"), zh, en);
        }
    }
}

fn unintended(table: &DecisionTable, first: &Row, second: &Row) -> bool {
    let every = |test: fn(&Cell, &Cell) -> bool, a: &Row, b: &Row| {
        table.inputs.iter().all(|column| test(table.cell(a, column), table.cell(b, column)))
    };
    let same = first.then == second.then;
    if (same && table.hit_policy != HitPolicy::Unique) || !every(meets, first, second) {
        return false;
    }
    let nested = every(covers, first, second) || every(covers, second, first);
    match table.hit_policy {
        HitPolicy::Unique | HitPolicy::Any => true,
        HitPolicy::First => !nested,
        HitPolicy::Priority => first.priority == second.priority,
        HitPolicy::Collect => false,
    }
}

fn starts_with_any(text: &str, prefixes: &[Arc<str>]) -> bool {
    prefixes.iter().any(|prefix| text.starts_with(&**prefix))
}

/// Whether a value can satisfy both cells. Cells of one column have fitting types, so other pairs do not meet.
fn meets(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Any, _) | (_, Cell::Any) => true,
        (Cell::OneOf(a), Cell::OneOf(b)) => a.iter().any(|value| b.contains(value)),
        (Cell::OneOf(values), Cell::Prefix(prefixes)) | (Cell::Prefix(prefixes), Cell::OneOf(values)) => {
            values.iter().any(|value| starts_with_any(value, prefixes))
        }
        (Cell::Prefix(a), Cell::Prefix(b)) => {
            a.iter().any(|prefix| starts_with_any(prefix, b)) || b.iter().any(|prefix| starts_with_any(prefix, a))
        }
        (Cell::Number { min: a_min, max: a_max }, Cell::Number { min: b_min, max: b_max }) => {
            below(a_min.as_ref(), b_max.as_ref()) && below(b_min.as_ref(), a_max.as_ref())
        }
        (Cell::Days { from: a_min, to: a_max }, Cell::Days { from: b_min, to: b_max }) => {
            below(a_min.as_ref(), b_max.as_ref()) && below(b_min.as_ref(), a_max.as_ref())
        }
        (Cell::Flag(a), Cell::Flag(b)) => a == b,
        _ => false,
    }
}

/// Whether every value of `b` satisfies `a`.
fn covers(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Any, _) => true,
        (Cell::OneOf(a), Cell::OneOf(b)) => b.iter().all(|value| a.contains(value)),
        (Cell::Prefix(a), Cell::OneOf(b) | Cell::Prefix(b)) => b.iter().all(|value| starts_with_any(value, a)),
        (Cell::Number { min: a_min, max: a_max }, Cell::Number { min: b_min, max: b_max }) => {
            reaches_down(a_min.as_ref(), b_min.as_ref()) && reaches_up(a_max.as_ref(), b_max.as_ref())
        }
        (Cell::Days { from: a_min, to: a_max }, Cell::Days { from: b_min, to: b_max }) => {
            reaches_down(a_min.as_ref(), b_min.as_ref()) && reaches_up(a_max.as_ref(), b_max.as_ref())
        }
        (Cell::Flag(a), Cell::Flag(b)) => a == b,
        _ => false,
    }
}

/// An open end lies below every maximum and above every minimum.
fn below<T: Ord>(min: Option<&T>, max: Option<&T>) -> bool {
    min.zip(max).is_none_or(|(min, max)| min <= max)
}

fn reaches_down<T: Ord>(outer: Option<&T>, inner: Option<&T>) -> bool {
    outer.is_none_or(|outer| inner.is_some_and(|inner| outer <= inner))
}

fn reaches_up<T: Ord>(outer: Option<&T>, inner: Option<&T>) -> bool {
    outer.is_none_or(|outer| inner.is_some_and(|inner| outer >= inner))
}
