//! Deciding a case and explaining the answer.

use super::compile::{CompiledRow, CompiledTable};
use super::limits::ALSO_MATCHING_MAX;
use super::model::{Combine, HitPolicy, Row, Text};
use crate::Hash256;
use crate::value::{Facts, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A fact that a row looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactUsed {
    /// Name of the fact.
    pub name: Arc<str>,
    /// Its value; missing when the fact was.
    pub value: Option<Value>,
}

/// Why a row matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The row.
    pub row: Arc<str>,
    /// Conditions and note in Chinese.
    pub zh: Arc<str>,
    /// Conditions and note in English.
    pub en: Arc<str>,
    /// The facts that its conditions looked at.
    pub facts: Vec<FactUsed>,
}

/// The answer of a table to a case, complete enough to be kept as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Identity of the table.
    pub table: Arc<str>,
    /// Version of the table.
    pub version: Arc<str>,
    /// Fingerprint of the table: proves which text was followed.
    pub fingerprint: Hash256,
    /// Legal or administrative basis of the table.
    pub basis: Text,
    /// A label to show with the result, such as that the values are for demonstration.
    pub notice: Option<Text>,
    /// The rows that count, in the order of precedence.
    pub rows: Vec<Arc<str>>,
    /// Rows that match as well but do not count, a few of them.
    pub also_matching: Vec<Arc<str>>,
    /// The outputs.
    pub outputs: Arc<BTreeMap<Arc<str>, Value>>,
    /// One reason per row that counts.
    pub explanation: Vec<Reason>,
}

impl Decision {
    /// An output that is a number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        match self.outputs.get(name)? {
            Value::Number(number) => Some(*number),
            Value::Flag(_) | Value::Text(_) | Value::List(_) | Value::Day { .. } => None,
        }
    }

    /// An output that is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.outputs.get(name)? {
            Value::Text(text) => Some(text),
            Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Day { .. } => None,
        }
    }

    /// An output that is a list; empty when there is none of that name.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Arc<str>] {
        match self.outputs.get(name) {
            Some(Value::List(items)) => items,
            Some(Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Day { .. }) | None => &[],
        }
    }

    /// An output that is yes or no.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.outputs.get(name)? {
            Value::Flag(flag) => Some(*flag),
            Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Day { .. } => None,
        }
    }
}

/// What is wrong with a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum FactFaultKind {
    /// The table needs it.
    Missing,
    /// It has another type than the column.
    WrongType {
        /// Type of the column.
        expected: &'static str,
        /// Type of the fact.
        found: &'static str,
    },
    /// It is not among the choices of the column.
    NotAllowed {
        /// The value found.
        found: Arc<str>,
    },
}

/// A fact that the table cannot work with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FactFault {
    /// Name of the fact.
    pub name: Arc<str>,
    /// What is wrong.
    pub fault: FactFaultKind,
}

impl std::fmt::Display for FactFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.fault {
            FactFaultKind::Missing => write!(f, "{} is missing", self.name),
            FactFaultKind::WrongType { expected, found } => write!(f, "{} must be a {expected}, found a {found}", self.name),
            FactFaultKind::NotAllowed { found } => write!(f, "{} cannot be {found:?}", self.name),
        }
    }
}

impl FactFault {
    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match &self.fault {
            FactFaultKind::Missing => format!("缺少事实“{}”", self.name),
            FactFaultKind::WrongType { expected, found } => format!("事实“{}”类型应为 {expected}，实为 {found}", self.name),
            FactFaultKind::NotAllowed { found } => format!("事实“{}”不允许取值“{found}”", self.name),
        }
    }
}

/// Why a table did not decide. It never guesses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// Facts are missing or faulty, all of them listed.
    #[error("table {table}: {}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Facts {
        /// Identity of the table.
        table: Arc<str>,
        /// What is wrong.
        faults: Vec<FactFault>,
    },
    /// No row covers the case.
    #[error("table {table} version {version} has no row for these facts")]
    NoRow {
        /// Identity of the table.
        table: Arc<str>,
        /// Version of the table.
        version: Arc<str>,
    },
    /// Several rows match where one may, or say different things where they must say the same.
    #[error("table {table} version {version}: rows {} contradict each other", .rows.join(", "))]
    Contradiction {
        /// Identity of the table.
        table: Arc<str>,
        /// Version of the table.
        version: Arc<str>,
        /// The rows, a few of them.
        rows: Vec<Arc<str>>,
    },
}

impl DecideError {
    /// The message in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Facts { table, faults } => {
                format!("决策表 {table}：{}", faults.iter().map(FactFault::zh).collect::<Vec<_>>().join("；"))
            }
            Self::NoRow { table, version } => format!("决策表 {table} 版本 {version} 没有适用的规则"),
            Self::Contradiction { table, version, rows } => format!("决策表 {table} 版本 {version} 的规则 {} 相互矛盾", rows.join("、")),
        }
    }
}

impl CompiledTable {
    /// The row that takes precedence, without explanation. Allocates nothing unless it fails.
    ///
    /// # Errors
    /// Facts are missing or faulty, or no row covers the case.
    pub fn lookup(&self, facts: &Facts) -> Result<&Row, DecideError> {
        let Some(chosen) = self.choose(facts) else { return Err(self.fact_faults(facts)) };
        let first = chosen.first().ok_or_else(|| self.no_row())?;
        match self.table.hit_policy {
            HitPolicy::First | HitPolicy::Priority | HitPolicy::Collect => {}
            HitPolicy::Unique | HitPolicy::Any => self.undisputed(&chosen)?,
        }
        Ok(&self.table.rows[self.rows[first].position])
    }

    /// Decides a case and explains the answer.
    ///
    /// # Errors
    /// Facts are missing or faulty, or no row covers the case.
    pub fn decide(&self, facts: &Facts) -> Result<Decision, DecideError> {
        let Some(chosen) = self.choose(facts) else { return Err(self.fact_faults(facts)) };
        let mut matching = chosen.rows().map(|bit| &self.rows[bit]);
        let first = matching.next().ok_or_else(|| self.no_row())?;
        match self.table.hit_policy {
            HitPolicy::Unique => {
                self.undisputed(&chosen)?;
                Ok(self.decision(&[first], first.outputs.clone(), Vec::new(), facts))
            }
            HitPolicy::Any => {
                self.undisputed(&chosen)?;
                let rows: Vec<&CompiledRow> = std::iter::once(first).chain(matching).collect();
                Ok(self.decision(&rows, first.outputs.clone(), Vec::new(), facts))
            }
            HitPolicy::First | HitPolicy::Priority => {
                let also_matching = matching.take(ALSO_MATCHING_MAX).map(|row| row.id.clone()).collect();
                Ok(self.decision(&[first], first.outputs.clone(), also_matching, facts))
            }
            HitPolicy::Collect => {
                let rows: Vec<&CompiledRow> = std::iter::once(first).chain(matching).collect();
                Ok(self.decision(&rows, Arc::new(self.combined(&rows)), Vec::new(), facts))
            }
        }
    }

    /// Refuses further matching rows, under [`HitPolicy::Any`] only those that say something else than the first.
    fn undisputed(&self, chosen: &super::compile::Chosen<'_>) -> Result<(), DecideError> {
        let mut matching = chosen.rows().map(|bit| &self.rows[bit]);
        let Some(first) = matching.next() else { return Ok(()) };
        let disputes = |row: &&CompiledRow| self.table.hit_policy == HitPolicy::Unique || row.outputs != first.outputs;
        let mut others = matching.filter(disputes).peekable();
        if others.peek().is_none() {
            return Ok(());
        }
        let rows = std::iter::once(first).chain(others.take(ALSO_MATCHING_MAX)).map(|row| row.id.clone()).collect();
        Err(DecideError::Contradiction { table: self.table.id.clone(), version: self.table.version.clone(), rows })
    }

    fn decision(
        &self,
        rows: &[&CompiledRow],
        outputs: Arc<BTreeMap<Arc<str>, Value>>,
        also_matching: Vec<Arc<str>>,
        facts: &Facts,
    ) -> Decision {
        Decision {
            table: self.table.id.clone(),
            version: self.table.version.clone(),
            fingerprint: self.fingerprint,
            basis: self.table.basis.clone(),
            notice: self.table.notice.clone(),
            rows: rows.iter().map(|row| row.id.clone()).collect(),
            also_matching,
            outputs,
            explanation: rows.iter().map(|row| self.reason(row, facts)).collect(),
        }
    }

    fn reason(&self, row: &CompiledRow, facts: &Facts) -> Reason {
        let used = |index: &usize| {
            let name = &self.columns[*index].name;
            FactUsed { name: name.clone(), value: facts.get_near(name, *index).cloned() }
        };
        Reason { row: row.id.clone(), zh: row.zh.clone(), en: row.en.clone(), facts: row.columns.iter().map(used).collect() }
    }

    fn combined(&self, rows: &[&CompiledRow]) -> BTreeMap<Arc<str>, Value> {
        let mut outputs = BTreeMap::new();
        for column in &self.table.outputs {
            let values = rows.iter().filter_map(|row| row.outputs.get(&column.name));
            if column.combine == Combine::Count {
                outputs.insert(column.name.clone(), Value::Number(i64::try_from(values.count()).unwrap_or(i64::MAX)));
            } else if let Some(value) = values.cloned().reduce(|a, b| combine(column.combine, a, b)) {
                outputs.insert(column.name.clone(), value);
            }
        }
        outputs
    }

    #[cold]
    fn fact_faults(&self, facts: &Facts) -> DecideError {
        let fault = |column: &super::compile::ColumnIndex| {
            let fault = column.class_of(facts.get(&column.name)).err()?;
            Some(FactFault { name: column.name.clone(), fault })
        };
        DecideError::Facts { table: self.table.id.clone(), faults: self.columns.iter().filter_map(fault).collect() }
    }

    #[cold]
    fn no_row(&self) -> DecideError {
        DecideError::NoRow { table: self.table.id.clone(), version: self.table.version.clone() }
    }
}

/// Two outputs of the same column become one. The checks of the table leave only fitting types.
fn combine(how: Combine, first: Value, second: Value) -> Value {
    match (how, first, second) {
        (Combine::Max, Value::Number(a), Value::Number(b)) => Value::Number(a.max(b)),
        (Combine::Min, Value::Number(a), Value::Number(b)) => Value::Number(a.min(b)),
        (Combine::Sum, Value::Number(a), Value::Number(b)) => Value::Number(a.saturating_add(b)),
        (Combine::Max, Value::Flag(a), Value::Flag(b)) => Value::Flag(a || b),
        (Combine::Min, Value::Flag(a), Value::Flag(b)) => Value::Flag(a && b),
        (Combine::Union, Value::List(a), Value::List(b)) => {
            let new = b.iter().filter(|item| !a.contains(item));
            Value::List(a.iter().chain(new).cloned().collect())
        }
        (Combine::First | Combine::Max | Combine::Min | Combine::Sum | Combine::Count | Combine::Union, first, _) => first,
    }
}
