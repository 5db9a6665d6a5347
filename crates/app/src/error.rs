//! Why a use case was not carried out.

use codes::Finding;
use ledger::{Bilingual, Refusal, ReplayError};
use store::StoreError;

/// Why a use case was not carried out. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The object does not exist, or may not be known to exist.
    #[error("{kind} {id} not found")]
    NotFound {
        /// Object kind.
        kind: &'static str,
        /// Id asked for.
        id: String,
    },
    /// The rights do not allow it.
    #[error("{action} is not allowed")]
    Forbidden {
        /// Action asked for.
        action: &'static str,
    },
    /// The state does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The input has faults; all of them.
    #[error("{} findings", .0.len())]
    Findings(Vec<Finding>),
    /// One input value is not usable.
    #[error("{code}: {}", .text.en)]
    Invalid {
        /// Stable code.
        code: &'static str,
        /// JSON pointer of the value.
        pointer: String,
        /// What is wrong.
        text: Bilingual,
    },
    /// The object was edited by somebody else since it was read.
    #[error("version {found} is not {expected}")]
    Stale {
        /// Version the client had.
        expected: u64,
        /// Version found.
        found: u64,
    },
    /// The idempotency key was used for another request.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// Many people work on the same object at once; try again.
    #[error("too many concurrent changes")]
    Busy,
    /// The store did not do it.
    #[error(transparent)]
    Store(StoreError),
    /// The ledger or the code is wrong.
    #[error("the ledger does not replay")]
    Replay(#[from] ReplayError),
    /// Something that must not happen.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Busy,
            other @ (StoreError::Repeated(_)
            | StoreError::Limit(_)
            | StoreError::Cursor
            | StoreError::Full
            | StoreError::Unavailable(_)
            | StoreError::Failed(_)) => Self::Store(other),
        }
    }
}

impl AppError {
    /// One unusable input value.
    pub fn invalid(code: &'static str, pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Invalid { code, pointer: pointer.into(), text: Bilingual::new(zh, en) }
    }
}
