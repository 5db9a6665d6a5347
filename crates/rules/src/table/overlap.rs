//! Overlaps that look unintended.
//!
//! Under first-match a special row before a general one is how tables are written, so only rows that cross without one
//! containing the other are told, as information. Under priority, crossing rows of equal priority are a warning. Where
//! one row may match ([`HitPolicy::Unique`]), or all must say the same ([`HitPolicy::Any`]), an overlap is a fault.
//!
//! Two conditions of a column are compared by the classes of values that satisfy them, as the compiled table knows them: word by word,
//! however many values a condition names.

use super::check::Findings;
use super::compile::{CompiledTable, has_bit, set_bit};
use super::limits::OVERLAP_ROWS_MAX;
use super::model::HitPolicy;
use crate::finding::Severity;

pub(super) fn check(compiled: &CompiledTable, findings: &mut Findings) {
    let table = &compiled.table;
    let severity = match table.hit_policy {
        HitPolicy::Unique | HitPolicy::Any => Severity::Error,
        HitPolicy::Priority => Severity::Warning,
        HitPolicy::First => Severity::Info,
        HitPolicy::Collect => return,
    };
    if table.rows.len() > OVERLAP_ROWS_MAX {
        let (zh, en) = ("规则过多，未检查规则交叉", "too many rows: overlaps were not checked");
        return findings.add(Severity::Info, "rules-overlap-unknown", "/rows".into(), zh.into(), en.into());
    }
    let pairs = Pairs::new(compiled);
    for (index, second) in table.rows.iter().enumerate() {
        for before in (0..index).filter(|before| pairs.unintended(*before, index)) {
            let first = &table.rows[before];
            let (zh, en) = if first.then == second.then {
                (format!("规则 {} 与 {} 重叠", first.id, second.id), format!("rows {} and {} overlap", first.id, second.id))
            } else {
                (
                    format!("规则 {} 与 {} 交叉且结果不同", first.id, second.id),
                    format!("rows {} and {} overlap and differ in their outputs", first.id, second.id),
                )
            };
            findings.add(severity, "rules-overlap", format!("/rows/{index}"), zh, en);
            if findings.is_full(severity) {
                return;
            }
        }
    }
}

/// The conditions of all rows, ready to be compared in pairs.
struct Pairs<'t> {
    compiled: &'t CompiledTable,
    /// Per row, in the order of the table, and per column the classes of values that satisfy the condition, as a bit set.
    classes: Vec<Vec<Vec<u64>>>,
}

impl<'t> Pairs<'t> {
    fn new(compiled: &'t CompiledTable) -> Self {
        let mut classes = vec![Vec::with_capacity(compiled.columns.len()); compiled.rows.len()];
        for column in &compiled.columns {
            let known = column.classes();
            for (bit, row) in compiled.rows.iter().enumerate() {
                let mut satisfied = vec![0; known.len().div_ceil(64)];
                let meant = known.iter().enumerate().filter(|(_, (class, _))| has_bit(column.set(*class), bit));
                meant.for_each(|(position, _)| set_bit(&mut satisfied, position));
                classes[row.position].push(satisfied);
            }
        }
        Self { compiled, classes }
    }

    fn unintended(&self, first: usize, second: usize) -> bool {
        let table = &self.compiled.table;
        let (a, b) = (&table.rows[first], &table.rows[second]);
        if a.then == b.then && table.hit_policy != HitPolicy::Unique {
            return false;
        }
        if !self.meets(first, second) {
            return false;
        }
        match table.hit_policy {
            HitPolicy::Unique | HitPolicy::Any => true,
            HitPolicy::First => !self.covers(first, second) && !self.covers(second, first),
            HitPolicy::Priority => a.priority == b.priority,
            HitPolicy::Collect => false,
        }
    }

    /// Whether some case satisfies both rows.
    fn meets(&self, first: usize, second: usize) -> bool {
        self.classes[first].iter().zip(&self.classes[second]).all(|(a, b)| a.iter().zip(b).any(|(a, b)| a & b != 0))
    }

    /// Whether every case that satisfies the second row satisfies the first.
    fn covers(&self, first: usize, second: usize) -> bool {
        self.classes[first].iter().zip(&self.classes[second]).all(|(a, b)| a.iter().zip(b).all(|(a, b)| b & !a == 0))
    }
}
