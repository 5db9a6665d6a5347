//! How messages travel: real folders, a real OpenSSH server, a real HTTP receiver, a real store.

mod deliveries;
mod folders;
mod sftp;
mod support;
