//! Values and the facts of a case.

use crate::Day;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A value of a fact or an output. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number; the column says the unit.
    Number(i64),
    /// A text or code.
    Text(Arc<str>),
    /// Several texts.
    List(Arc<[Arc<str>]>),
    /// A day, in JSON `{"day":"2026-04-01"}`, so that a text that looks like a day stays a text.
    Day {
        /// The day.
        day: Day,
    },
}

impl Value {
    /// The name of its type in messages.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Flag(_) => "flag",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::List(_) => "list",
            Self::Day { .. } => "day",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Self::Day { day } => write!(f, "{day}"),
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Arc::from(text))
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::Text(text)
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Day { day }
    }
}

/// The facts of a case (事实): name and value. Setting a name again replaces its value.
///
/// A table finds its facts fastest when they are set in the order of its columns; any order is right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    entries: Vec<(Cow<'static, str>, Value)>,
}

impl Facts {
    /// No facts yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Adds or replaces a fact.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name, value)),
        }
    }

    /// The value of a fact.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The same, looking first where the fact probably is.
    pub(crate) fn get_near(&self, name: &str, position: usize) -> Option<&Value> {
        match self.entries.get(position) {
            Some((known, value)) if known == name => Some(value),
            _ => self.get(name),
        }
    }

    /// All facts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

impl Serialize for Facts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<String, Value>::deserialize(deserializer)?;
        Ok(Self { entries: map.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_read_back_from_json() {
        let facts = Facts::new()
            .with("advance", true)
            .with("arrived", "2026-11-22".parse::<Day>().unwrap())
            .with("grade", "regular")
            .with("looks-like-a-day", "2026-11-22")
            .with("value", 5i64);
        let json = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts, "{json}");
    }

    #[test]
    fn a_fact_set_again_is_replaced() {
        let facts = Facts::new().with("grade", "regular").with("grade", "dishonest");
        assert_eq!(facts.get("grade"), Some(&Value::from("dishonest")));
        assert_eq!(facts.iter().count(), 1);
        assert_eq!(facts.get_near("grade", 7), facts.get("grade"));
    }
}
