//! What an event is about.

use std::borrow::Cow;
use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

/// A typed reference to an object of the port: kind (`container`, `declaration` …) and id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Kind of the object, lower-case words joined by hyphens, at most 32 bytes.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// Identity within its kind, at most 64 bytes.
    pub id: String,
}

impl ObjectRef {
    /// A reference from a kind known at compile time.
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind: Cow::Borrowed(kind), id: id.into() }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// An object and the part it plays in an event (OCEL 2.0 qualifier). Written flat: `{"type":…,"id":…,"role":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Flat")]
pub struct ObjectLink {
    /// The object.
    pub object: ObjectRef,
    /// Its part in the event: `subject` for the one whose state changes, otherwise the room's own word.
    pub role: Cow<'static, str>,
}

/// As written. Spelled out, for serde's `flatten` copies every value on its way in, and events are read by the thousand.
#[derive(Deserialize)]
struct Flat {
    #[serde(rename = "type")]
    kind: Cow<'static, str>,
    id: String,
    role: Cow<'static, str>,
}

impl From<Flat> for ObjectLink {
    fn from(flat: Flat) -> Self {
        Self { object: ObjectRef { kind: flat.kind, id: flat.id }, role: flat.role }
    }
}

impl Serialize for ObjectLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut flat = serializer.serialize_struct("ObjectLink", 3)?;
        flat.serialize_field("type", &self.object.kind)?;
        flat.serialize_field("id", &self.object.id)?;
        flat.serialize_field("role", &self.role)?;
        flat.end()
    }
}
