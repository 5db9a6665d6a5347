//! The written form of a decision table.

use crate::{Day, Hash256, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: Arc<str>,
    /// English.
    pub en: Arc<str>,
}

/// Which of the matching rows count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HitPolicy {
    /// One row matches at most (DMN `U`). Rows that overlap are a fault of the table.
    Unique,
    /// The first matching row in the order of the table (DMN `F`).
    First,
    /// Several rows may match when all of them say the same (DMN `A`).
    Any,
    /// The matching row with the highest priority; the earlier one when equal (DMN `P`).
    Priority,
    /// All matching rows; each output says how they combine (DMN `C`).
    Collect,
}

/// Type of an input column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Text: cells `one-of`, `prefix`, `any`.
    Text,
    /// Whole number: cells `number`, `any`.
    Number,
    /// Day: cells `days`, `any`.
    Day,
    /// Yes or no: cells `flag`, `any`.
    Flag,
}

impl InputKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Day => "day",
            Self::Flag => "flag",
        }
    }
}

/// One permitted value of a text column, with its names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The value.
    pub value: Arc<str>,
    /// Its name in Chinese.
    pub zh: Arc<str>,
    /// Its name in English.
    pub en: Arc<str>,
}

/// An input column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputColumn {
    /// Name of the fact.
    pub name: Arc<str>,
    /// Title in Chinese.
    pub zh: Arc<str>,
    /// Title in English.
    pub en: Arc<str>,
    /// Type.
    pub kind: InputKind,
    /// Whether the fact may be missing; then only rows with `any` in this column match.
    #[serde(default)]
    pub optional: bool,
    /// The permitted values; empty when every text is permitted. A fact with another value is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// Type of an output column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    /// Text.
    Text,
    /// Whole number.
    Number,
    /// Yes or no.
    Flag,
    /// Several texts.
    List,
}

impl OutputKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::List => "list",
        }
    }
}

/// How an output of several rows becomes one, under [`HitPolicy::Collect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Combine {
    /// The value of the first matching row.
    #[default]
    First,
    /// The greatest number, or yes when any row says yes.
    Max,
    /// The least number, or no when any row says no.
    Min,
    /// The sum of the numbers, held at the bounds of 64 bits.
    Sum,
    /// How many matching rows give a number here.
    Count,
    /// Every text of the lists once, in the order of the rows.
    Union,
}

/// An output column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputColumn {
    /// Name of the output.
    pub name: Arc<str>,
    /// Title in Chinese.
    pub zh: Arc<str>,
    /// Title in English.
    pub en: Arc<str>,
    /// Type.
    pub kind: OutputKind,
    /// Whether a row may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// How several rows combine.
    #[serde(default)]
    pub combine: Combine,
}

/// The condition of one row in one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Cell {
    /// Everything, also a missing fact.
    Any,
    /// One of these texts.
    OneOf(Vec<Arc<str>>),
    /// A text that starts with one of these, such as HS chapters.
    Prefix(Vec<Arc<str>>),
    /// A number between the two, both included; open where missing.
    Number {
        /// Least.
        #[serde(default)]
        min: Option<i64>,
        /// Greatest.
        #[serde(default)]
        max: Option<i64>,
    },
    /// A day between the two, both included; open where missing.
    Days {
        /// First.
        #[serde(default)]
        from: Option<Day>,
        /// Last.
        #[serde(default)]
        to: Option<Day>,
    },
    /// Yes or no.
    Flag(bool),
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Identity within the table; stays with the rule through versions.
    pub id: Arc<str>,
    /// Priority under [`HitPolicy::Priority`]; higher wins.
    #[serde(default)]
    pub priority: u32,
    /// Why this rule exists.
    pub note: Text,
    /// Conditions by column name; a column that is left out is [`Cell::Any`].
    #[serde(default)]
    pub when: BTreeMap<Arc<str>, Cell>,
    /// Outputs by column name.
    pub then: BTreeMap<Arc<str>, Value>,
}

/// A decision table (决策表): what an authority writes. Who released a version, and when, is told beside it, not in its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionTable {
    /// Identity over all versions.
    pub id: Arc<str>,
    /// Version, unique within the identity.
    pub version: Arc<str>,
    /// Title.
    pub title: Text,
    /// Legal or administrative basis with its date.
    pub basis: Text,
    /// A label to show wherever the table or its results are shown, such as that its values are for demonstration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Text>,
    /// First day in force, in China.
    pub effective_from: Day,
    /// Last day in force; open when missing.
    #[serde(default)]
    pub effective_to: Option<Day>,
    /// Who wrote it.
    pub author: Arc<str>,
    /// Which of the matching rows count.
    pub hit_policy: HitPolicy,
    /// Input columns.
    pub inputs: Vec<InputColumn>,
    /// Output columns.
    pub outputs: Vec<OutputColumn>,
    /// Rules in order.
    pub rows: Vec<Row>,
}

impl DecisionTable {
    /// Reads the JSON form. Unknown fields are refused, so that a misspelt one is not lost.
    ///
    /// # Errors
    /// The text is not JSON or does not have the shape of a table; line and column are told.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The JSON form, indented.
    ///
    /// # Errors
    /// None of the present types can fail; the error is passed on for the sake of later ones.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// SHA-256 of the compact JSON form. Two tables with the same fingerprint are the same table, so that a decision
    /// proves which text it followed and an approval can be signed.
    #[must_use]
    pub fn fingerprint(&self) -> Hash256 {
        // Maps are ordered and struct fields keep their order, so the form is canonical.
        Hash256::of(&[&serde_json::to_vec(self).unwrap_or_default()])
    }

    /// Whether the table is in force on that day.
    #[must_use]
    pub fn in_force_on(&self, day: Day) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|to| day <= to)
    }

    /// The cell of a row in a column.
    pub(crate) fn cell<'t>(&self, row: &'t Row, column: &InputColumn) -> &'t Cell {
        row.when.get(&column.name).unwrap_or(&Cell::Any)
    }
}
