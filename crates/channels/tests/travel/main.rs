//! How messages travel: real folders, a real OpenSSH server, a real HTTP receiver, a real store.

mod deliveries;
mod folders;
mod image_model;
mod processes;
#[path = "../../../storage/tests/server/mod.rs"]
#[allow(dead_code, reason = "the store's own tests use all of it")]
mod server;
mod sftp;
mod support;
