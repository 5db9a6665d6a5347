//! `fairway edi explain`: what a finding code means and what to do about it, or what a message type, segment, element or code is.

use anyhow::{Result, bail};

use crate::commands::{Outcome, say};

pub fn run(code: Option<&str>) -> Result<Outcome> {
    let Some(code) = code else {
        for info in messages::all_codes() {
            say(format_args!("{:<32} {} / {}", info.code, info.title_zh, info.title_en));
        }
        for info in manifest::CODES {
            say(format_args!("{:<32} {} / {}", info.code, info.zh, info.en));
        }
        return Ok(Outcome::Fine);
    };
    let wanted = code.trim();
    if let Some(info) = messages::all_codes().find(|info| info.code.eq_ignore_ascii_case(wanted)) {
        say(format_args!(
            "{}: {} / {}\n{:?}\n{}\n{}\n{}",
            info.code, info.title_zh, info.title_en, info.severity, info.cause, info.fix_zh, info.fix
        ));
        return Ok(Outcome::Fine);
    }
    if let Some(told) = messages::explain(&wanted.to_ascii_uppercase()) {
        say(format_args!("{}: {} / {}", told.subject, told.name.zh, told.name.en));
        for (number, name) in told.lines {
            say(format_args!("  {number:<16} {} / {}", name.zh, name.en));
        }
        return Ok(Outcome::Fine);
    }
    let Some(info) = manifest::CODES.iter().find(|info| info.code.eq_ignore_ascii_case(wanted)) else {
        bail!("{wanted} is no finding code, message type, segment, element or code (3227=9)")
    };
    say(format_args!("{}: {} / {}", info.code, info.zh, info.en));
    Ok(Outcome::Fine)
}
