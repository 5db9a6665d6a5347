//! A data resource (数据资源): its fields, how sensitive each is, and what becomes of a row under an agreement.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Grant;

/// How sensitive a field is (敏感级别). The levels are the platform's own; a port maps its classification scheme to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sensitivity {
    /// May be published (公开).
    Open,
    /// For those who work at the port (内部).
    Internal,
    /// Trade secret of the parties (商业秘密).
    TradeSecret,
    /// Says something about a person (个人信息).
    Personal,
}

impl Sensitivity {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Internal => "internal",
            Self::TradeSecret => "trade-secret",
            Self::Personal => "personal",
        }
    }
}

/// What kind of value a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A name or number as written. The only kind that can be masked.
    Text,
    /// A code of the platform or of a code table.
    Code,
    /// An instant, RFC 3339 in UTC.
    Time,
    /// A calendar day on the port's clock.
    Day,
    /// A whole number.
    Number,
}

impl FieldKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "code",
            Self::Time => "time",
            Self::Day => "day",
            Self::Number => "number",
        }
    }
}

/// A field of a data resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name, as delivered.
    pub name: &'static str,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What kind of value.
    pub kind: FieldKind,
    /// How sensitive.
    pub sensitivity: Sensitivity,
}

/// A text of which its first two and last two characters can be read, or nothing when it has fewer than six (脱敏).
pub fn masked(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    if all.len() < 6 {
        return "*".repeat(all.len());
    }
    let end = all.len() - 2;
    all.iter().enumerate().map(|(at, c)| if (2..end).contains(&at) { '*' } else { *c }).collect()
}

/// What is delivered of a row: the fields that were agreed and no other, masked where that was agreed. `cells` are in the order of `fields`.
pub fn project(fields: &[Field], cells: &[Value], grants: &[Grant]) -> Map<String, Value> {
    grants
        .iter()
        .filter_map(|grant| {
            let at = fields.iter().position(|field| field.name == grant.field)?;
            let value = match cells.get(at)? {
                Value::String(text) if grant.masked => Value::String(masked(text)),
                // Only text can be masked; whatever else was agreed masked is not told at all.
                _ if grant.masked => Value::Null,
                value => value.clone(),
            };
            Some((grant.field.clone(), value))
        })
        .collect()
}
