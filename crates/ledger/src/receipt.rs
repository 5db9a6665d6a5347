//! A receipt (回执): everything an outsider needs to check that an event was recorded, in one JSON document.

use serde::{Deserialize, Serialize};

use crate::head::{Head, KeyError, PublicKey};
use crate::merkle::{Hash, leaf_hash, verify_inclusion};
use crate::{Event, EventError};

/// Name and version of the format.
pub const RECEIPT_FORMAT: &str = "fairway-receipt-v1";

/// Longest audit path of a log of 2^63 leaves.
const PROOF_HASHES_MAX: usize = 63;

/// Proof that one event is in the ledger. Self-contained: the reader needs no access to the platform, only trust in the key's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`RECEIPT_FORMAT`].
    pub format: String,
    /// Port code whose ledger it is.
    pub port: String,
    /// The event's bytes exactly as recorded; they are UTF-8 JSON.
    pub event: String,
    /// Leaf hash: SHA-256 of `0x00` and the bytes, hex.
    pub leaf: String,
    /// Leaf index, from 0.
    pub position: u64,
    /// Number of leaves of the log the proof is about.
    pub size: u64,
    /// Root of that log, hex.
    pub root: String,
    /// Audit path, lowest sibling first, hex.
    pub proof: Vec<String>,
    /// The signed head of that size.
    pub head: Head,
    /// The key that signed, PEM.
    pub public_key: String,
}

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptFault {
    /// Another format.
    #[error("the format is {0:?}, not {RECEIPT_FORMAT:?}")]
    Format(String),
    /// A hash is not 64 lower-case hex digits, or the proof is too long.
    #[error("{0} is not a hash in lower-case hex")]
    Hash(&'static str),
    /// The event's bytes are not an event.
    #[error("the recorded bytes are not an event")]
    Event(#[source] EventError),
    /// The event's bytes do not have the stated leaf hash.
    #[error("the event does not have the stated leaf hash")]
    Leaf,
    /// The head is of another size or root.
    #[error("the head is not the head of this log")]
    OtherHead,
    /// The path does not lead from the leaf to the root.
    #[error("the proof does not lead from the event to the root")]
    Proof,
    /// The key or its signature.
    #[error("the head is not signed by the key")]
    Signature(#[source] KeyError),
}

impl Receipt {
    /// A receipt from its parts; `path` lowest sibling first.
    pub fn new(port: &str, event: String, position: u64, path: &[Hash], head: Head, public_key: String) -> Self {
        Self {
            format: RECEIPT_FORMAT.to_owned(),
            port: port.to_owned(),
            leaf: hex::encode(leaf_hash(event.as_bytes())),
            event,
            position,
            size: head.size,
            root: head.root.clone(),
            proof: path.iter().map(hex::encode).collect(),
            head,
            public_key,
        }
    }
}

/// Checks a receipt from its own content and returns the event it proves. Whether the key is the platform's is for the reader to
/// decide: compare `head.key_id` with the id published by the port.
///
/// # Errors
/// [`ReceiptFault`] saying what does not fit.
pub fn verify_receipt(receipt: &Receipt) -> Result<Event, ReceiptFault> {
    if receipt.format != RECEIPT_FORMAT {
        return Err(ReceiptFault::Format(receipt.format.chars().take(40).collect()));
    }
    let leaf = hash(&receipt.leaf).ok_or(ReceiptFault::Hash("leaf"))?;
    let root = hash(&receipt.root).ok_or(ReceiptFault::Hash("root"))?;
    if receipt.proof.len() > PROOF_HASHES_MAX {
        return Err(ReceiptFault::Hash("proof"));
    }
    let path = receipt.proof.iter().map(|text| hash(text)).collect::<Option<Vec<_>>>().ok_or(ReceiptFault::Hash("proof"))?;
    let event = Event::decode(receipt.event.as_bytes()).map_err(ReceiptFault::Event)?;
    if leaf_hash(receipt.event.as_bytes()) != leaf {
        return Err(ReceiptFault::Leaf);
    }
    if receipt.head.size != receipt.size || receipt.head.root != receipt.root {
        return Err(ReceiptFault::OtherHead);
    }
    if !verify_inclusion(&leaf, receipt.position, receipt.size, &path, &root) {
        return Err(ReceiptFault::Proof);
    }
    let key = PublicKey::from_pem(&receipt.public_key).map_err(ReceiptFault::Signature)?;
    key.verify_head(&receipt.port, &receipt.head).map_err(ReceiptFault::Signature)?;
    Ok(event)
}

fn hash(text: &str) -> Option<Hash> {
    let mut bytes = [0; 32];
    if text.bytes().any(|c| c.is_ascii_uppercase()) {
        return None;
    }
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Algorithm, SigningKey};
    use crate::merkle::{LogView, root_of};
    use crate::{Actor, Cause, ObjectLink, ObjectRef, Timestamp};
    use uuid::Uuid;

    fn event(i: u128) -> String {
        let made = Event {
            id: Uuid::from_u128(i),
            kind: "container.discharged".into(),
            occurred_at: Timestamp::from_millis(1),
            recorded_at: Timestamp::from_millis(2),
            actor: Actor::Platform,
            cause: Cause::Message { id: "M1".into() },
            objects: vec![ObjectLink { object: ObjectRef::new("container", "CSQU3054383"), role: "subject".into() }],
            payload: crate::to_raw(&serde_json::json!({ "place": "堆场" })),
        };
        String::from_utf8(made.encode().expect("bytes")).expect("utf-8")
    }

    fn receipt(algorithm: Algorithm) -> Receipt {
        let events: Vec<String> = (0..300).map(event).collect();
        let leaves: Vec<Hash> = events.iter().map(|text| leaf_hash(text.as_bytes())).collect();
        let key = SigningKey::generate(algorithm, [5; 32]).expect("key");
        let head = key.sign_head("CNXXX", 300, root_of(&leaves), Timestamp::from_millis(3)).expect("head");
        let view = LogView { size: 300, tiles: &[root_of(&leaves[..256])], tail: &leaves[256..], opened: (0, &leaves[..256]) };
        Receipt::new("CNXXX", events[17].clone(), 17, &view.inclusion(17).expect("path"), head, key.public().to_pem().expect("pem"))
    }

    #[test]
    fn a_receipt_proves_its_event_after_a_trip_through_json() {
        for algorithm in [Algorithm::Ed25519, Algorithm::Sm2Sm3] {
            let text = serde_json::to_string(&receipt(algorithm)).expect("json");
            let read: Receipt = serde_json::from_str(&text).expect("receipt");
            assert_eq!(verify_receipt(&read).expect("proof").id, Uuid::from_u128(17));
        }
    }

    #[test]
    fn any_change_is_named() {
        let good = receipt(Algorithm::Ed25519);
        let check = |change: &dyn Fn(&mut Receipt), expect: &str| {
            let mut altered = good.clone();
            change(&mut altered);
            assert_eq!(verify_receipt(&altered).expect_err("refused").to_string(), expect);
        };
        check(&|r| r.format.push('9'), "the format is \"fairway-receipt-v19\", not \"fairway-receipt-v1\"");
        check(&|r| r.event = r.event.replace("堆场", "船上"), "the event does not have the stated leaf hash");
        check(&|r| r.event.clear(), "the recorded bytes are not an event");
        check(&|r| r.leaf = r.leaf.to_uppercase(), "leaf is not a hash in lower-case hex");
        check(&|r| r.position = 18, "the proof does not lead from the event to the root");
        check(&|r| drop(r.proof.pop()), "the proof does not lead from the event to the root");
        check(&|r| r.proof = vec![r.leaf.clone(); 64], "proof is not a hash in lower-case hex");
        check(&|r| r.size = 301, "the head is not the head of this log");
        check(&|r| r.port = "CNYYY".into(), "the head is not signed by the key");
        check(&|r| r.head.at = Timestamp::from_millis(4), "the head is not signed by the key");
        check(&|r| r.public_key.clear(), "the head is not signed by the key");
    }
}
