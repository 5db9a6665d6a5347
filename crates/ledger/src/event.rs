//! One fact, recorded once.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{ObjectLink, ObjectRef, Timestamp};

/// Bytes of most encoded events beside their payload.
const ENCODED_BYTES_USUAL: usize = 512;

/// Identity of an event: a UUIDv7, so that ids sort by the time of recording.
pub type EventId = Uuid;

/// Who did it (行为主体).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Actor {
    /// A person of an organisation, through the web page or the API.
    Person {
        /// Organisation id.
        organisation: String,
        /// User id.
        person: String,
    },
    /// A partner's system, through a message or an API key.
    System {
        /// Organisation id.
        organisation: String,
        /// Partner or key id.
        system: String,
    },
    /// The platform itself, by a reaction or a clock.
    Platform,
}

/// What led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Cause {
    /// A command, by its name.
    Command {
        /// Stable name of the use case, such as `declaration.submit`.
        name: Cow<'static, str>,
        /// Request id, for finding it in the logs.
        request: String,
    },
    /// A message received earlier.
    Message {
        /// Message id.
        id: String,
    },
    /// An event that a reaction answered.
    Event {
        /// Event id.
        id: EventId,
    },
}

/// One fact about named objects. Its JSON bytes, as first written, are what the ledger hashes and keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Identity.
    pub id: EventId,
    /// Stable kind, `object.what-happened`, such as `container.gated-out`.
    pub kind: Cow<'static, str>,
    /// When it happened in the world, UTC.
    pub occurred_at: Timestamp,
    /// When the platform learned of it, UTC.
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What led to it.
    pub cause: Cause,
    /// What it is about; the first is the subject, whose state it changes.
    pub objects: Vec<ObjectLink>,
    /// The room's own data.
    pub payload: Box<RawValue>,
}

/// Why bytes are not an event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The bytes are not the JSON of an event.
    #[error("the bytes are not an event")]
    Malformed(#[from] serde_json::Error),
    /// An event must be about something.
    #[error("event {0} names no object")]
    NoSubject(EventId),
}

impl Event {
    /// The object whose state this event changes.
    ///
    /// # Errors
    /// [`EventError::NoSubject`] when the event names no object.
    pub fn subject(&self) -> Result<&ObjectRef, EventError> {
        self.objects.first().map(|link| &link.object).ok_or(EventError::NoSubject(self.id))
    }

    /// The bytes that the ledger hashes and keeps.
    ///
    /// # Errors
    /// [`EventError::Malformed`] never happens for an event built in memory; it is passed on rather than hidden.
    pub fn encode(&self) -> Result<Vec<u8>, EventError> {
        let mut bytes = Vec::with_capacity(ENCODED_BYTES_USUAL + self.payload.get().len());
        serde_json::to_writer(&mut bytes, self)?;
        Ok(bytes)
    }

    /// Reads an event from the bytes kept in the ledger.
    ///
    /// # Errors
    /// [`EventError::Malformed`] when the bytes are not an event.
    pub fn decode(bytes: &[u8]) -> Result<Self, EventError> {
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// An event with its place in the ledger.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Leaf index in the Merkle log, from 0.
    pub position: u64,
    /// The event.
    pub event: Event,
}
