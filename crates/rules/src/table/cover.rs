//! Rows that can never be reached, and cases that no row covers.
//!
//! Each column divides its values into finitely many classes, so the question is finite. The search walks column by
//! column with the set of rows still possible, stops where the answer is settled and never visits the same set at the
//! same column twice. That settles tables as people write them; for others the number of steps is bounded and the
//! finding says that the search was not completed.

use super::check::Findings;
use super::compile::{CompiledTable, first_bit, has_bit, set_bit};
use super::limits::COVER_STEPS_MAX;
use super::model::{Cell, HitPolicy};
use crate::finding::Severity;
use std::collections::HashSet;

struct Search<'t> {
    table: &'t CompiledTable,
    /// Per column its distinct sets with the words of one class that has it.
    columns: Vec<Vec<(&'t [u64], String)>>,
    /// Per column the rows that have `any` from there to the end.
    settled: Vec<Vec<u64>>,
    seen: HashSet<(usize, Vec<u64>)>,
    reached: Vec<u64>,
    gap: Option<Vec<String>>,
    steps: usize,
}

pub(super) fn check(compiled: &CompiledTable, findings: &mut Findings) {
    let mut search = Search::new(compiled);
    search.visit(compiled.all.clone(), &mut Vec::new());
    // A gap that was found is one, however far the search came.
    if let Some(case) = &search.gap {
        let case = case.join(", ");
        let (zh, en) = (format!("没有规则覆盖此类情形：{case}"), format!("no row covers cases such as {case}"));
        findings.add(Severity::Warning, "rules-gap", "/rows".into(), zh, en);
    }
    if search.steps > COVER_STEPS_MAX {
        let (zh, en) =
            ("规则组合过多，未能完整检查遗漏与不可达规则", "too many combinations: gaps and unreachable rows were not checked to the end");
        return findings.add(Severity::Info, "rules-cover-unknown", "/rows".into(), zh.into(), en.into());
    }
    if compiled.table.hit_policy != HitPolicy::Collect {
        for (bit, row) in compiled.rows.iter().enumerate().filter(|(bit, _)| !has_bit(&search.reached, *bit)) {
            let position = compiled.rows[bit].position;
            let (zh, en) = (format!("规则 {} 永远不会被采用", row.id), format!("row {} can never be reached", row.id));
            findings.add(Severity::Warning, "rules-row-unreachable", format!("/rows/{position}"), zh, en);
        }
    }
}

impl<'t> Search<'t> {
    fn new(table: &'t CompiledTable) -> Self {
        let distinct = |column: &'t super::compile::ColumnIndex| {
            let mut known = HashSet::new();
            let classes = column.classes().into_iter().map(|(class, words)| (column.set(class), words));
            classes.filter(|(set, _)| known.insert(*set)).collect()
        };
        let mut settled = vec![table.all.clone()];
        for column in table.table.inputs.iter().rev() {
            let mut set = settled[settled.len() - 1].clone();
            for (bit, row) in table.rows.iter().enumerate() {
                if *table.table.cell(&table.table.rows[row.position], column) != Cell::Any {
                    set[bit / 64] &= !(1 << (bit % 64));
                }
            }
            settled.push(set);
        }
        settled.reverse();
        Self {
            table,
            columns: table.columns.iter().map(distinct).collect(),
            settled,
            seen: HashSet::new(),
            reached: vec![0; table.all.len()],
            gap: None,
            steps: 0,
        }
    }

    /// `path` holds the index of the chosen set of every column so far.
    fn visit(&mut self, rows: Vec<u64>, path: &mut Vec<usize>) {
        self.steps += 1;
        if self.steps > COVER_STEPS_MAX {
            return;
        }
        let Some(first) = first_bit(&rows) else {
            if self.gap.is_none() {
                self.gap = Some(self.words(path));
            }
            return;
        };
        let depth = path.len();
        if has_bit(&self.settled[depth], first) {
            // Whatever the remaining facts are, this row decides.
            set_bit(&mut self.reached, first);
            return;
        }
        if !self.seen.insert((depth, rows.clone())) {
            return;
        }
        for choice in 0..self.columns[depth].len() {
            let set = self.columns[depth][choice].0;
            let next = rows.iter().zip(set).map(|(a, b)| a & b).collect();
            path.push(choice);
            self.visit(next, path);
            path.pop();
        }
    }

    fn words(&self, path: &[usize]) -> Vec<String> {
        let columns = self.table.columns.iter().zip(&self.columns).zip(path);
        columns.map(|((column, sets), choice)| format!("{} = {}", column.name, sets[*choice].1)).collect()
    }
}
