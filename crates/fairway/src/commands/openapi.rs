//! `fairway openapi`: the document that clients are generated from.

use anyhow::Result;

use super::{Outcome, say};

pub fn run() -> Result<Outcome> {
    say(api::openapi_text()?);
    Ok(Outcome::Fine)
}
