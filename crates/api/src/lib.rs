//! The HTTP edge: `/api/v1`, its OpenAPI document, the embedded web application, live changes, health and metrics.
//!
//! Each handler does three things: read the request into checked values, carry out one use case or one read, and map the
//! answer to the wire types. Rights, decisions and storage are the application's; nothing of them is repeated here.
#![forbid(unsafe_code)]

mod body;
mod context;
mod docs;
mod document;
mod etag;
mod health;
mod limits;
mod live;
mod metrics;
mod paging;
mod password;
mod places;
mod problem;
mod proxies;
mod routes;
mod serve;
mod session;
mod state;
mod texts;
mod web;
mod wire;

pub use document::{openapi, openapi_text};
pub use password::{FirstAdministratorError, first_administrator, hash_password};
pub use proxies::{ForwardedHeader, Network, NetworkError, TRUSTED_PROXIES_MAX, TrustedProxies};
pub use routes::router;
pub use serve::serve;
pub use state::{ApiConfig, Limits};
