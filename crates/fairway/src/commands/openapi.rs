//! `fairway openapi`: the document that clients are generated from.

use anyhow::Result;

use super::{Outcome, say};

pub fn run() -> Result<Outcome> {
    say(serde_json::to_string_pretty(&api::openapi())?);
    Ok(Outcome::Fine)
}
