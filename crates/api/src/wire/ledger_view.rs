//! The ledger and its proofs.

use ledger::Head as LedgerHead;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Text};
use crate::state::Api;

/// A signed head of the ledger's Merkle log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Head {
    /// Number of events.
    pub size: u64,
    /// Root, hex.
    pub root: String,
    /// When it was signed.
    pub at: Instant,
    /// Signature algorithm.
    pub algorithm: String,
    /// Id of the key.
    pub key_id: String,
    /// Signature.
    pub signature: String,
    /// The key that checks it, PEM.
    pub public_key_pem: String,
}

impl Api {
    pub fn head(&self, head: LedgerHead) -> Head {
        Head {
            size: head.size,
            root: head.root,
            at: head.at.into(),
            algorithm: head.algorithm,
            key_id: head.key_id,
            signature: head.signature,
            public_key_pem: self.public_key_pem.clone(),
        }
    }
}

/// An event of the ledger; personal data masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEvent {
    /// Position.
    pub position: u64,
    /// The event.
    #[schema(value_type = Object)]
    pub event: serde_json::Value,
    /// Leaf hash, hex.
    pub leaf_hash: String,
}

/// Proof that an older ledger is the beginning of a newer one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Consistency {
    /// Older size.
    pub from: u64,
    /// Newer size.
    pub to: u64,
    /// Hashes, RFC 6962.
    pub proof: Vec<String>,
    /// The newer head.
    pub head: Head,
}

/// Which sizes are compared.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsistencyQuery {
    /// Older size.
    pub from: u64,
    /// Newer size; the newest when left out. Only the newest is proved.
    #[serde(default)]
    pub to: Option<u64>,
}

/// Which heads are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct HeadQuery {
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// Whether a receipt proves what it says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceiptCheck {
    /// It does.
    pub valid: bool,
    /// Why not.
    pub faults: Vec<Text>,
}
