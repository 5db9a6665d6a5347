//! Checks of a written table. Everything is reported at once.

use super::limits::{FINDINGS_MAX, INPUTS_MAX, NOTE_CHARS_MAX, OUTPUTS_MAX, ROWS_MAX, TEXT_BYTES_MAX, VALUES_PER_COLUMN_MAX};
use super::model::{Cell, Combine, DecisionTable, InputColumn, InputKind, OutputColumn, OutputKind, Row};
use super::{cover, overlap};
use crate::finding::{Finding, Severity};
use crate::value::Value;
use std::collections::HashSet;

/// Collects findings up to the limit.
pub(super) struct Findings {
    list: Vec<Finding>,
    /// The greatest weight of what was cut off.
    more: Option<Severity>,
}

impl Findings {
    fn new() -> Self {
        Self { list: Vec::new(), more: None }
    }

    pub(super) fn add(&mut self, severity: Severity, code: &'static str, pointer: String, zh: String, en: String) {
        if self.list.len() + 1 < FINDINGS_MAX {
            self.list.push(Finding::new(severity, code, pointer, zh, en));
        } else {
            self.more = self.more.max(Some(severity));
        }
    }

    fn error(&mut self, code: &'static str, pointer: String, zh: String, en: String) {
        self.add(Severity::Error, code, pointer, zh, en);
    }

    /// Whether a further finding of this weight would change nothing.
    pub(super) fn is_full(&self, severity: Severity) -> bool {
        self.more >= Some(severity)
    }

    fn finish(mut self) -> Vec<Finding> {
        if let Some(severity) = self.more {
            let (zh, en) = ("还有更多问题未列出".to_owned(), "there are more findings than listed".to_owned());
            // An error that was cut off holds the table back like one that is listed.
            self.list.push(Finding::new(severity, "rules-more-findings", String::new(), zh, en));
        }
        self.list
    }
}

impl DecisionTable {
    /// All findings: faults of form first; when there are none that prevent use, also rows that can never be
    /// reached, cases that no row covers and overlaps that look unintended.
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        self.check_form(&mut findings);
        self.check_writing(&mut findings);
        if findings.more != Some(Severity::Error)
            && !findings.list.iter().any(Finding::is_error)
            && let Ok(compiled) = self.compile()
        {
            cover::check(&compiled, &mut findings);
            overlap::check(&compiled, &mut findings);
        }
        findings.finish()
    }

    /// The faults that prevent use. Compiling asks for these only: whether a table covers everything is a matter for
    /// its author and approver.
    pub(super) fn faults(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        self.check_form(&mut findings);
        let mut list = findings.finish();
        list.retain(Finding::is_error);
        list
    }

    fn check_form(&self, findings: &mut Findings) {
        self.check_head(findings);
        self.check_inputs(findings);
        self.check_outputs(findings);
        self.check_size("/rows", self.rows.len(), ROWS_MAX, findings);
        if self.rows.is_empty() {
            findings.error("rules-no-rows", "/rows".into(), "表中没有规则".into(), "the table has no rows".into());
        }
        let mut ids = HashSet::new();
        for (index, row) in self.rows.iter().take(ROWS_MAX).enumerate() {
            if row.id.is_empty() || !ids.insert(&row.id) {
                let (zh, en) = (format!("规则编号“{}”为空或重复", row.id), format!("row id {:?} is empty or used twice", row.id));
                findings.error("rules-row-id", format!("/rows/{index}/id"), zh, en);
            }
            self.check_conditions(index, row, findings);
            self.check_results(index, row, findings);
        }
    }

    /// What is asked of a table that is being written, and not of one that is in use.
    fn check_writing(&self, findings: &mut Findings) {
        for (index, row) in self.rows.iter().take(ROWS_MAX).enumerate() {
            if [&row.note.zh, &row.note.en].iter().any(|note| note.chars().count() > NOTE_CHARS_MAX) {
                let (zh, en) = (format!("说明超过 {NOTE_CHARS_MAX} 个字符"), format!("the note has more than {NOTE_CHARS_MAX} characters"));
                findings.error("rules-note-length", format!("/rows/{index}/note"), zh, en);
            }
            for (name, cell) in &row.when {
                let (Cell::OneOf(values) | Cell::Prefix(values)) = cell else { continue };
                let mut seen = HashSet::with_capacity(values.len());
                if let Some(twice) = values.iter().find(|value| !seen.insert(&***value)) {
                    let (zh, en) = (format!("条件取值“{twice}”重复"), format!("the condition names {twice:?} twice"));
                    findings.error("rules-cell-repeated", format!("/rows/{index}/when/{}", escape(name)), zh, en);
                }
            }
        }
    }

    fn check_head(&self, findings: &mut Findings) {
        for (field, text) in [("id", &self.id), ("version", &self.version), ("author", &self.author)] {
            if text.trim().is_empty() {
                findings.error("rules-field-empty", format!("/{field}"), format!("{field} 为空"), format!("{field} is empty"));
            }
        }
        if self.effective_to.is_some_and(|to| to < self.effective_from) {
            let (zh, en) = ("失效日期早于生效日期", "the last day in force lies before the first");
            findings.error("rules-period-reversed", "/effective_to".into(), zh.into(), en.into());
        }
    }

    fn check_size(&self, pointer: &str, found: usize, max: usize, findings: &mut Findings) {
        if found > max {
            let (zh, en) = (format!("共 {found} 项，上限 {max} 项"), format!("{found} entries, at most {max} are allowed"));
            findings.error("rules-too-many", pointer.to_owned(), zh, en);
        }
    }

    fn check_inputs(&self, findings: &mut Findings) {
        self.check_size("/inputs", self.inputs.len(), INPUTS_MAX, findings);
        let mut names = HashSet::new();
        for (index, column) in self.inputs.iter().enumerate() {
            let pointer = format!("/inputs/{index}");
            check_name(&column.name, &mut names, &pointer, findings);
            self.check_values(column, &pointer, findings);
            if !column.choices.is_empty() && column.kind != InputKind::Text {
                let (zh, en) = ("只有文本列可以限定取值", "only a text column can have choices");
                findings.error("rules-choices-type", format!("{pointer}/choices"), zh.into(), en.into());
            }
        }
    }

    /// The index of a column grows with its different values, so they are bounded over all rows.
    fn check_values(&self, column: &InputColumn, pointer: &str, findings: &mut Findings) {
        let used: usize = self
            .rows
            .iter()
            .map(|row| match self.cell(row, column) {
                Cell::Any => 0,
                Cell::OneOf(values) | Cell::Prefix(values) => values.len(),
                Cell::Number { .. } | Cell::Days { .. } | Cell::Flag(_) => 1,
            })
            .sum();
        // Only when the plain sum is too large is it worth counting the different ones.
        if used + column.choices.len() > VALUES_PER_COLUMN_MAX {
            let mut different = HashSet::new();
            for row in &self.rows {
                match self.cell(row, column) {
                    Cell::OneOf(values) => different.extend(values.iter().map(|v| (0, v.to_string()))),
                    Cell::Prefix(values) => different.extend(values.iter().map(|v| (1, v.to_string()))),
                    cell @ (Cell::Any | Cell::Number { .. } | Cell::Days { .. } | Cell::Flag(_)) => {
                        different.insert((2, format!("{cell:?}")));
                    }
                }
            }
            self.check_size(pointer, different.len() + column.choices.len(), VALUES_PER_COLUMN_MAX, findings);
        }
    }

    fn check_outputs(&self, findings: &mut Findings) {
        self.check_size("/outputs", self.outputs.len(), OUTPUTS_MAX, findings);
        let mut names = HashSet::new();
        for (index, column) in self.outputs.iter().enumerate() {
            let pointer = format!("/outputs/{index}");
            check_name(&column.name, &mut names, &pointer, findings);
            let fits = match column.combine {
                Combine::First => true,
                Combine::Max | Combine::Min => matches!(column.kind, OutputKind::Number | OutputKind::Flag),
                Combine::Sum | Combine::Count => column.kind == OutputKind::Number,
                Combine::Union => column.kind == OutputKind::List,
            };
            if !fits {
                let (zh, en) = ("合并方式与输出类型不符", "the way of combining does not fit the type of the output");
                findings.error("rules-combine-type", format!("{pointer}/combine"), zh.into(), en.into());
            }
        }
    }

    fn check_conditions(&self, index: usize, row: &Row, findings: &mut Findings) {
        for (name, cell) in &row.when {
            let pointer = format!("/rows/{index}/when/{}", escape(name));
            match self.inputs.iter().find(|column| column.name == *name) {
                Some(column) => check_cell(column, cell, pointer, findings),
                None => findings.error(
                    "rules-unknown-column",
                    pointer,
                    format!("没有名为“{name}”的条件列"),
                    format!("there is no input column {name:?}"),
                ),
            }
        }
    }

    fn check_results(&self, index: usize, row: &Row, findings: &mut Findings) {
        for (name, value) in &row.then {
            let pointer = format!("/rows/{index}/then/{}", escape(name));
            match self.outputs.iter().find(|column| column.name == *name) {
                Some(column) => check_output(column, value, pointer, findings),
                None => findings.error(
                    "rules-unknown-output",
                    pointer,
                    format!("没有名为“{name}”的输出列"),
                    format!("there is no output column {name:?}"),
                ),
            }
        }
        for column in self.outputs.iter().filter(|c| !c.optional && !row.then.contains_key(&c.name)) {
            let (zh, en) = (format!("缺少输出“{}”", column.zh), format!("the output {:?} is missing", column.name));
            findings.error("rules-output-missing", format!("/rows/{index}/then"), zh, en);
        }
    }
}

/// Escapes a name for an RFC 6901 pointer.
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn check_name<'t>(name: &'t str, names: &mut HashSet<&'t str>, pointer: &str, findings: &mut Findings) {
    if name.is_empty() || !names.insert(name) {
        let (zh, en) = (format!("列名“{name}”为空或重复"), format!("column name {name:?} is empty or used twice"));
        findings.error("rules-column-name", format!("{pointer}/name"), zh, en);
    }
}

fn check_cell(column: &InputColumn, cell: &Cell, pointer: String, findings: &mut Findings) {
    let fits = match cell {
        Cell::Any => true,
        Cell::OneOf(_) | Cell::Prefix(_) => column.kind == InputKind::Text,
        Cell::Number { .. } => column.kind == InputKind::Number,
        Cell::Days { .. } => column.kind == InputKind::Day,
        Cell::Flag(_) => column.kind == InputKind::Flag,
    };
    if !fits {
        let kind = column.kind.name();
        let (zh, en) =
            (format!("条件与“{}”列的类型 {kind} 不符", column.zh), format!("the condition does not fit a column of type {kind}"));
        return findings.error("rules-cell-type", pointer, zh, en);
    }
    match cell {
        Cell::OneOf(values) | Cell::Prefix(values) => {
            if values.is_empty() || values.iter().any(|v| v.is_empty() || v.len() > TEXT_BYTES_MAX) {
                let (zh, en) = ("条件取值为空或过长", "the condition has no values, or one that is empty or too long");
                findings.error("rules-cell-empty", pointer.clone(), zh.into(), en.into());
            }
        }
        Cell::Number { min: Some(min), max: Some(max) } if min > max => reversed(pointer.clone(), findings),
        Cell::Days { from: Some(from), to: Some(to) } if from > to => reversed(pointer.clone(), findings),
        Cell::Any | Cell::Number { .. } | Cell::Days { .. } | Cell::Flag(_) => {}
    }
    if let Cell::OneOf(values) = cell
        && !column.choices.is_empty()
    {
        for value in values.iter().filter(|v| column.choices.iter().all(|c| c.value != **v)) {
            let (zh, en) = (format!("“{value}”不在允许取值之中"), format!("{value:?} is not among the choices"));
            findings.error("rules-value-not-allowed", pointer.clone(), zh, en);
        }
    }
}

fn reversed(pointer: String, findings: &mut Findings) {
    findings.error("rules-range-reversed", pointer, "上限小于下限".into(), "the range ends before it starts".into());
}

fn check_output(column: &OutputColumn, value: &Value, pointer: String, findings: &mut Findings) {
    let fits = match value {
        Value::Flag(_) => column.kind == OutputKind::Flag,
        Value::Number(_) => column.kind == OutputKind::Number,
        Value::Text(text) => column.kind == OutputKind::Text && text.len() <= TEXT_BYTES_MAX,
        Value::List(items) => column.kind == OutputKind::List && items.iter().all(|i| i.len() <= TEXT_BYTES_MAX),
        Value::Day { .. } => false,
    };
    if !fits {
        let (expected, found) = (column.kind.name(), value.type_name());
        let (zh, en) =
            (format!("输出应为 {expected}，实为 {found}"), format!("the output must be a {expected} within its bounds, found {found}"));
        findings.error("rules-output-type", pointer, zh, en);
    }
}
