//! What every handler shares.

use std::ops::Deref;
use std::sync::Arc;

use app::{App, AppError};
use documents::Fonts;
use ledger::Timestamp;
use ledger::head::PublicKey;
use parking_lot::Mutex;
use tokio::sync::{OnceCell, Semaphore};

use crate::limits::Limiter;
use crate::metrics::Metrics;
use crate::places::Places;
use crate::proxies::TrustedProxies;
use crate::routes::counts::CallCounts;
use crate::wire::public::PublicSummary;

/// Passwords checked at once: each costs tens of milliseconds and 19 MiB.
const PASSWORD_CHECKS_MAX: usize = 4;
/// Documents printed at once.
const PRINTS_MAX: usize = 4;

/// Requests per minute, and how long a session lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests per minute and address without login.
    pub public_per_minute: u32,
    /// Requests per minute and session.
    pub session_per_minute: u32,
    /// Requests per minute and API key.
    pub key_per_minute: u32,
    /// Hours a session lasts.
    pub session_hours: u32,
}

/// What the assembly gives to the API.
#[derive(Clone, Debug)]
pub struct ApiConfig {
    /// The key that signs ledger heads.
    pub public_key: PublicKey,
    /// Limits.
    pub limits: Limits,
    /// Cookies are sent over HTTPS only.
    pub secure_cookies: bool,
    /// Proxies whose word about the client's address is taken.
    pub proxies: TrustedProxies,
}

/// State of the API; cheap to clone.
#[derive(Clone)]
pub(crate) struct Api(Arc<Shared>);

pub(crate) struct Shared {
    pub app: Arc<App>,
    pub config: ApiConfig,
    pub public_key_pem: String,
    pub limiter: Limiter,
    pub metrics: Metrics,
    pub streams: Arc<Places>,
    pub password_checks: Arc<Semaphore>,
    pub prints: Arc<Semaphore>,
    pub counts: Mutex<CallCounts>,
    pub summary: Mutex<Option<(Timestamp, Arc<PublicSummary>)>>,
    fonts: OnceCell<Arc<Fonts>>,
}

impl Deref for Api {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Api {
    pub fn new(app: Arc<App>, config: ApiConfig) -> Self {
        // A public key that cannot be written as PEM was never read from one; receipts then say so by an empty key.
        let public_key_pem = config.public_key.to_pem().unwrap_or_default();
        Self(Arc::new(Shared {
            app,
            public_key_pem,
            limiter: Limiter::new(config.limits),
            metrics: Metrics::default(),
            streams: Arc::default(),
            password_checks: Arc::new(Semaphore::new(PASSWORD_CHECKS_MAX)),
            prints: Arc::new(Semaphore::new(PRINTS_MAX)),
            counts: Mutex::default(),
            summary: Mutex::default(),
            fonts: OnceCell::new(),
            config,
        }))
    }

    /// The fonts of printed documents, loaded once.
    pub async fn fonts(&self) -> Result<Arc<Fonts>, AppError> {
        let load = || async {
            tokio::task::spawn_blocking(|| documents::FontSource::default().load().map(Arc::new))
                .await
                .map_err(|e| AppError::Internal(e.to_string()))?
                .map_err(|e| AppError::Internal(e.to_string()))
        };
        self.fonts.get_or_try_init(load).await.cloned()
    }
}
