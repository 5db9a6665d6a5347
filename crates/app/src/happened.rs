//! Everything that can happen, by object: what reactions match on.

use ledger::Aggregate;

use crate::draw::{DrawDay, DrawDayEvent};
use crate::inbox::{MessageEvent, MessageState};

/// An object whose events reactions may answer.
pub trait Happens: Aggregate + Send + Sync + 'static {
    /// Wraps an event of this object.
    fn happened(id: String, event: Self::Event) -> Happened;
}

macro_rules! happens {
    ($($(#[$meta:meta])* $variant:ident($object:ty, $event:ty)),+ $(,)?) => {
        /// Something that happened to an object: its id and the room's event.
        #[derive(Clone, Debug)]
        pub enum Happened { $($(#[$meta])* $variant(String, $event)),+ }

        $(impl Happens for $object {
            fn happened(id: String, event: $event) -> Happened { Happened::$variant(id, event) }
        })+

        /// Every object kind of the port, with every kind of event it knows.
        pub fn kinds() -> Vec<(&'static str, &'static [&'static str])> {
            vec![$((<$object as Aggregate>::KIND, <$event as ledger::DomainEvent>::kinds())),+]
        }

        /// Calls `$visit` for the object kind named by a reference, with its type.
        macro_rules! with_kind {
            ($kind:expr, $A:ident => $body:expr, else $other:expr) => {
                match $kind {
                    $(<$object as Aggregate>::KIND => { type $A = $object; $body })+
                    _ => $other,
                }
            };
        }
        pub(crate) use with_kind;
    };
}
