//! The ledger in the shape of OCEL 2.0 (object-centric event log, standard of 2023-10, <https://www.ocel-standard.org/2.0/>).
//!
//! Pure: turns events, objects and links into typed rows and keeps the list of types and attributes met. Writing them to JSON or SQLite is
//! the store's work. A room's payload is not understood here: its scalars become attributes, whatever they mean.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::{Event, ObjectRef, Timestamp};

/// Attributes kept per type; further ones are left out, so that a table stays a table.
pub const ATTRIBUTES_PER_TYPE_MAX: usize = 200;

/// How deep objects within a payload are unfolded into attributes.
const DEPTH_MAX: usize = 4;

/// Type of an attribute, by the names of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AttributeType {
    /// Text.
    String,
    /// Whole number.
    Integer,
    /// Number.
    Float,
    /// Truth value.
    Boolean,
    /// Instant.
    Time,
}

impl AttributeType {
    /// The type that can hold both.
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Integer, Self::Float) | (Self::Float, Self::Integer) => Self::Float,
            _ => Self::String,
        }
    }

    /// Column type in the SQLite form of the standard.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::String => "TEXT",
            Self::Integer => "INTEGER",
            Self::Float => "REAL",
            Self::Boolean => "BOOLEAN",
            Self::Time => "TIMESTAMP",
        }
    }
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Text.
    String(String),
    /// Whole number.
    Integer(i64),
    /// Number.
    Float(f64),
    /// Truth value.
    Boolean(bool),
    /// Instant.
    Time(Timestamp),
}

impl AttributeValue {
    /// Its type.
    pub const fn kind(&self) -> AttributeType {
        match self {
            Self::String(_) => AttributeType::String,
            Self::Integer(_) => AttributeType::Integer,
            Self::Float(_) => AttributeType::Float,
            Self::Boolean(_) => AttributeType::Boolean,
            Self::Time(_) => AttributeType::Time,
        }
    }
}

/// An attribute of an event or object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OcelAttribute {
    /// Name: letters, digits and `_`; parts of nested data are joined by `_`.
    pub name: String,
    /// Value.
    pub value: AttributeValue,
}

/// A relation of an event or object to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OcelRelation {
    /// Object.
    #[serde(rename = "objectId")]
    pub object_id: String,
    /// Qualifier: the part the object plays.
    pub qualifier: String,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OcelEvent {
    /// Identity.
    pub id: String,
    /// Event type: the kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened in the world.
    pub time: Timestamp,
    /// Attributes: who, why, when recorded, and the payload's scalars.
    pub attributes: Vec<OcelAttribute>,
    /// Objects it is about.
    pub relationships: Vec<OcelRelation>,
}

/// An attribute of an object, with the instant since which it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimedAttribute {
    /// Name.
    pub name: String,
    /// Since when; the epoch, as the standard asks for values without a history.
    pub time: Timestamp,
    /// Value.
    pub value: AttributeValue,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OcelObject {
    /// Identity, unique over all types: `kind/id`.
    pub id: String,
    /// Object type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attributes of the present state.
    pub attributes: Vec<TimedAttribute>,
    /// Relations to other objects.
    pub relationships: Vec<OcelRelation>,
}

/// The identity of an object over all types.
pub fn object_id(object: &ObjectRef) -> String {
    object.to_string()
}

/// An event as a row.
pub fn event(event: &Event) -> OcelEvent {
    let mut attributes = vec![OcelAttribute { name: "recorded_at".into(), value: AttributeValue::Time(event.recorded_at) }];
    for (prefix, part) in [("actor", serde_json::to_value(&event.actor)), ("cause", serde_json::to_value(&event.cause))] {
        unfold(prefix, &part.unwrap_or(Value::Null), 0, &mut attributes);
    }
    let payload: Value = serde_json::from_str(event.payload.get()).unwrap_or(Value::Null);
    unfold("", &payload, 0, &mut attributes);
    OcelEvent {
        id: event.id.to_string(),
        kind: event.kind.to_string(),
        time: event.occurred_at,
        attributes,
        relationships: event
            .objects
            .iter()
            .map(|link| OcelRelation { object_id: object_id(&link.object), qualifier: link.role.to_string() })
            .collect(),
    }
}

/// An object as a row, from the JSON of its state and its links.
pub fn object(object: &ObjectRef, state: &[u8], relationships: Vec<OcelRelation>) -> OcelObject {
    let mut attributes = Vec::new();
    unfold("", &serde_json::from_slice(state).unwrap_or(Value::Null), 0, &mut attributes);
    OcelObject {
        id: object_id(object),
        kind: object.kind.to_string(),
        attributes: attributes.into_iter().map(|a| TimedAttribute { name: a.name, time: Timestamp::default(), value: a.value }).collect(),
        relationships,
    }
}

fn unfold(prefix: &str, value: &Value, depth: usize, into: &mut Vec<OcelAttribute>) {
    let scalar = match value {
        Value::Null => return,
        Value::Bool(b) => AttributeValue::Boolean(*b),
        Value::Number(n) => n.as_i64().map_or_else(|| AttributeValue::Float(n.as_f64().unwrap_or(f64::MAX)), AttributeValue::Integer),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => AttributeValue::Time(at),
            Err(_) => AttributeValue::String(text.clone()),
        },
        Value::Object(parts) if depth < DEPTH_MAX => {
            for (key, part) in parts {
                let name = if prefix.is_empty() { attribute_name(key) } else { format!("{prefix}_{}", attribute_name(key)) };
                unfold(&name, part, depth + 1, into);
            }
            return;
        }
        // A list has no place in a column: it is kept as its JSON text.
        Value::Array(_) | Value::Object(_) => AttributeValue::String(value.to_string()),
    };
    let name = if prefix.is_empty() { "value".to_owned() } else { prefix.to_owned() };
    if into.len() < ATTRIBUTES_PER_TYPE_MAX && !into.iter().any(|a| a.name == name) {
        into.push(OcelAttribute { name, value: scalar });
    }
}

/// Lower-case letters, digits and `_`: SQLite does not tell columns apart by case.
fn attribute_name(key: &str) -> String {
    let name: String = key.chars().take(48).map(|c| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { '_' }).collect();
    if name.starts_with("ocel_") { format!("x_{name}") } else { name }
}

/// Part of a table's name for a type: letters and digits, made unique by the caller.
pub fn table_name(kind: &str) -> String {
    let mut name = String::new();
    for word in kind.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        let (head, rest) = word.split_at(1);
        name.push_str(&head.to_ascii_uppercase());
        name.push_str(rest);
    }
    if name.is_empty() { "Unnamed".into() } else { name }
}

/// The types met so far with their attributes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OcelTypes(pub BTreeMap<String, BTreeMap<String, AttributeType>>);

/// A type as the JSON form lists it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OcelType {
    /// Name.
    pub name: String,
    /// Attributes.
    pub attributes: Vec<OcelTypeAttribute>,
}

/// An attribute of a type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OcelTypeAttribute {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: AttributeType,
}

impl OcelTypes {
    /// Takes note of an attribute. `false` when the type is full and the attribute must be left out.
    pub fn note(&mut self, kind: &str, name: &str, value: AttributeType) -> bool {
        let attributes = match self.0.get_mut(kind) {
            Some(known) => known,
            None => self.0.entry(kind.to_owned()).or_default(),
        };
        if let Some(known) = attributes.get_mut(name) {
            *known = known.join(value);
            return true;
        }
        if attributes.len() >= ATTRIBUTES_PER_TYPE_MAX {
            return false;
        }
        attributes.insert(name.to_owned(), value);
        true
    }

    /// Takes note of a type that may have no attributes.
    pub fn note_type(&mut self, kind: &str) {
        if !self.0.contains_key(kind) {
            self.0.insert(kind.to_owned(), BTreeMap::new());
        }
    }

    /// As the JSON form lists them.
    pub fn list(&self) -> Vec<OcelType> {
        self.0
            .iter()
            .map(|(name, attributes)| OcelType {
                name: name.clone(),
                attributes: attributes.iter().map(|(name, kind)| OcelTypeAttribute { name: name.clone(), kind: *kind }).collect(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Cause, ObjectLink};
    use uuid::Uuid;

    #[test]
    fn an_event_becomes_typed_attributes_and_relations() {
        let made = event(&Event {
            id: Uuid::from_u128(1),
            kind: "container.gated-out".into(),
            occurred_at: Timestamp::from_millis(1_000),
            recorded_at: Timestamp::from_millis(2_000),
            actor: Actor::System { organisation: "terminal-1".into(), system: "gate".into() },
            cause: Cause::Message { id: "M1".into() },
            objects: vec![ObjectLink { object: ObjectRef::new("container", "CSQU3054383"), role: "subject".into() }],
            payload: crate::to_raw(&serde_json::json!({
                "grossKg": 21_500, "share": 0.5, "full": true, "at": "2026-11-22T01:02:03Z", "truck": { "plate": "浙B00000" }, "seals": ["A1"], "none": null
            })),
        });
        let value = |name: &str| made.attributes.iter().find(|a| a.name == name).map(|a| a.value.clone());
        assert_eq!(value("grosskg"), Some(AttributeValue::Integer(21_500)));
        assert_eq!(value("share"), Some(AttributeValue::Float(0.5)));
        assert_eq!(value("full"), Some(AttributeValue::Boolean(true)));
        assert_eq!(value("at").map(|v| v.kind()), Some(AttributeType::Time));
        assert_eq!(value("truck_plate"), Some(AttributeValue::String("浙B00000".into())));
        assert_eq!(value("seals"), Some(AttributeValue::String("[\"A1\"]".into())));
        assert_eq!(value("none"), None);
        assert_eq!(value("actor_organisation"), Some(AttributeValue::String("terminal-1".into())));
        assert_eq!(made.time, Timestamp::from_millis(1_000));
        assert_eq!(made.relationships, [OcelRelation { object_id: "container/CSQU3054383".into(), qualifier: "subject".into() }]);
    }

    #[test]
    fn types_join_and_are_bounded() {
        let mut types = OcelTypes::default();
        types.note("a", "x", AttributeType::Integer);
        types.note("a", "x", AttributeType::Float);
        assert_eq!(types.0["a"]["x"], AttributeType::Float);
        types.note("a", "x", AttributeType::Boolean);
        assert_eq!(types.0["a"]["x"], AttributeType::String);
        for i in 1..ATTRIBUTES_PER_TYPE_MAX {
            assert!(types.note("a", &i.to_string(), AttributeType::String));
        }
        assert!(!types.note("a", "one too many", AttributeType::String));
    }

    #[test]
    fn names_of_tables_are_plain() {
        assert_eq!(table_name("container.gated-out"), "ContainerGatedOut");
        assert_eq!(table_name("放行"), "Unnamed");
    }
}
