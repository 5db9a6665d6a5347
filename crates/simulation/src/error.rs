//! Why a simulation ended.

use app::AppError;

/// Why a simulation ended. A refusal of a use case is part of the play; only a fault of the platform ends it.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A use case failed for a reason that no partner can cause.
    #[error("{action}: {source}")]
    Platform {
        /// Use case.
        action: &'static str,
        /// Its error.
        source: AppError,
    },
    /// What must succeed for the play to go on was refused.
    #[error("{action} was refused: {reason}")]
    Refused {
        /// Use case.
        action: &'static str,
        /// Why.
        reason: String,
    },
}

impl SimulationError {
    pub(crate) fn platform(action: &'static str) -> impl Fn(AppError) -> Self {
        move |source| Self::Platform { action, source }
    }
}

/// Code of a refusal that partners cause; `None` for a fault of the platform.
pub fn refusal_code(error: &AppError) -> Option<String> {
    match error {
        AppError::Refused(refusal) => Some(refusal.code.to_string()),
        AppError::Invalid { code, .. } => Some((*code).to_owned()),
        AppError::Findings(found) => {
            Some(found.iter().find(|f| f.is_error()).map_or_else(|| "findings".to_owned(), |f| format!("{} {}", f.code, f.pointer)))
        }
        AppError::NotFound { kind, .. } => Some(format!("not-found {kind}")),
        AppError::Forbidden { action } => Some(format!("forbidden {action}")),
        AppError::Stale { .. } => Some("stale".to_owned()),
        AppError::KeyReused => Some("key-reused".to_owned()),
        AppError::Busy => Some("busy".to_owned()),
        AppError::Store(_) | AppError::Replay(_) | AppError::Internal(_) => None,
    }
}
