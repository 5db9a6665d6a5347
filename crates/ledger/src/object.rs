//! What an event is about.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

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

/// An object and the part it plays in an event (OCEL 2.0 qualifier).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectLink {
    /// The object.
    #[serde(flatten)]
    pub object: ObjectRef,
    /// Its part in the event: `subject` for the one whose state changes, otherwise the room's own word.
    pub role: Cow<'static, str>,
}
