//! The shape every room's objects share: a state, changed only by events.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use crate::{ObjectRef, Timestamp, WorkRow};

/// An object that an event also concerns, besides its subject, and the part it plays.
pub type Related = (ObjectRef, &'static str);

/// A text in the two languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Bilingual {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

/// Why a command cannot be carried out now: from what state, what was attempted, why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {} ({attempted} while {found})", text.en)]
pub struct Refusal {
    /// Stable code, such as `gate-not-released`.
    pub code: &'static str,
    /// State code found.
    pub found: String,
    /// Command attempted.
    pub attempted: &'static str,
    /// Why not, for people.
    pub text: Bilingual,
}

impl Refusal {
    /// A refusal with its texts.
    pub fn new(
        code: &'static str,
        attempted: &'static str,
        found: impl Into<String>,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { code, found: found.into(), attempted, text: Bilingual::new(zh, en) }
    }
}

/// An event that does not fit the state it is applied to: the ledger or the code is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The payload is not what the kind promises.
    #[error("payload of {kind} cannot be read: {reason}")]
    Payload {
        /// Event kind.
        kind: String,
        /// Reader's own words.
        reason: String,
    },
    /// The kind is not known to this object.
    #[error("{object} knows no event {kind}")]
    UnknownKind {
        /// Object kind.
        object: &'static str,
        /// Event kind.
        kind: String,
    },
    /// The event does not follow from the state.
    #[error("{kind} cannot follow {state}")]
    OutOfOrder {
        /// Event kind.
        kind: &'static str,
        /// State code, or `nothing`.
        state: String,
    },
}

/// A room's event: a closed set of kinds, each with a payload. Built with [`crate::domain_events!`].
pub trait DomainEvent: Sized {
    /// Stable kind, such as `declaration.released`.
    fn kind(&self) -> &'static str;
    /// The payload as JSON.
    fn payload(&self) -> Box<RawValue>;
    /// Reads a payload of a kind.
    ///
    /// # Errors
    /// [`ReplayError`] when the kind is unknown or the payload does not fit it.
    fn parse(kind: &str, payload: &RawValue) -> Result<Self, ReplayError>;
    /// Every kind of this set.
    fn kinds() -> &'static [&'static str];
}

/// An object of the port: its state is the fold of its events.
pub trait Aggregate: Sized + Clone + PartialEq + Serialize + DeserializeOwned {
    /// Object kind, such as `container`.
    const KIND: &'static str;
    /// Its events.
    type Event: DomainEvent;

    /// The state after an event. `None` before the first.
    ///
    /// # Errors
    /// [`ReplayError::OutOfOrder`] when the event does not follow from the state.
    fn apply(state: Option<Self>, event: &Self::Event, at: Timestamp) -> Result<Self, ReplayError>;

    /// The objects that this event concerns besides its subject, given the state after it.
    fn related(&self, event: &Self::Event) -> Vec<Related>;

    /// Stable code of the state, such as `awaiting-arrival`.
    fn status(&self) -> &'static str;

    /// The uniform row by which every inbox, search and alarm sees this object.
    fn work_row(&self, id: &str) -> WorkRow;

    /// Can this event change the row? `false` spares frequent events (a move in the yard) the making of a row that stays the same.
    fn touches_row(event: &Self::Event) -> bool {
        let _ = event;
        true
    }
}

/// Declares a room's events: `domain_events! { /// doc pub enum ContainerEvent for "container" { /// doc Discharged(Discharged) = "container.discharged", … } }`.
#[macro_export]
macro_rules! domain_events {
    ($(#[$meta:meta])* pub enum $name:ident for $object:literal { $($(#[$vmeta:meta])* $variant:ident($payload:ty) = $kind:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name { $($(#[$vmeta])* $variant($payload)),+ }

        impl $crate::DomainEvent for $name {
            fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),+ }
            }
            fn payload(&self) -> Box<$crate::RawValue> {
                let made = match self { $(Self::$variant(data) => $crate::to_raw(data)),+ };
                made
            }
            fn parse(kind: &str, payload: &$crate::RawValue) -> Result<Self, $crate::ReplayError> {
                match kind {
                    $($kind => $crate::from_raw(kind, payload).map(Self::$variant),)+
                    other => Err($crate::ReplayError::UnknownKind { object: $object, kind: other.to_owned() }),
                }
            }
            fn kinds() -> &'static [&'static str] { &[$($kind),+] }
        }

        $(impl From<$payload> for $name { fn from(data: $payload) -> Self { Self::$variant(data) } })+
    };
}

#[doc(hidden)]
pub fn to_raw<T: Serialize>(data: &T) -> Box<RawValue> {
    // A payload is plain data with string keys: serialising it cannot fail. Should it ever, `null` fails replay loudly.
    serde_json::value::to_raw_value(data).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[doc(hidden)]
pub fn from_raw<T: DeserializeOwned>(kind: &str, payload: &RawValue) -> Result<T, ReplayError> {
    serde_json::from_str(payload.get()).map_err(|e| ReplayError::Payload { kind: kind.to_owned(), reason: e.to_string() })
}
