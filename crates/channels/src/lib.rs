//! How messages travel (通道): watched folders, an SFTP client, HTTP push, and the deliveries that use them.
//!
//! * [`Carriers`] knows each way and implements [`app::partners::Couriers`]; [`Settings`] bound what profiles may name.
//! * [`HttpHint`] asks a model beside the platform about images of boxes.
//! * [`HttpHolder`] asks the second holder of the draw for its part.
//! * [`Exchange`] fetches from every partner that has a folder or an SFTP server, and delivers what waits in the outbox. Every partner has a
//!   lane of its own, so one that hangs keeps nobody else waiting.
//!
//! What is fetched is claimed by a rename that only one process can win, kept under the name of that claim as idempotency key, and moved
//! away only when it is on disk in the store. A process that dies at any point leaves a claim behind, which is read again and leads to the
//! same message. What is delivered may arrive twice under the same name (at least once), never half. A lane is worked by one process at a time
//! ([`app::lanes`]); it arrives twice only when a process dies, or stands still for minutes, between handing it over and recording that.
//!
//! Deliberately not known here: what a message means, who may send it, and what is agreed. No SQL, no HTTP server.
#![forbid(unsafe_code)]

mod carriers;
mod deliveries;
mod draw_holder;
mod exchange;
mod folder;
mod image_model;
mod intake;
mod push;
mod settings;
mod sftp;

pub use carriers::Carriers;
pub use deliveries::{BACKOFF_SECONDS_MAX, LANES_MAX, backoff_seconds};
pub use draw_holder::HttpHolder;
pub use exchange::Exchange;
pub use folder::FILES_PER_ROUND_MAX;
pub use image_model::HttpHint;
pub use push::{SIGNATURE_HEADER, signature};
pub use settings::Settings;
