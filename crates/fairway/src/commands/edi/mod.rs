//! `fairway edi`: check, convert, explain, and the measurement of reading.

mod check;
mod convert;
mod explain;
mod flat;
mod measure;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use messages::record_format::Formats;

use super::Outcome;

pub use measure::measure;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Report every fault of an EDIFACT or flat file, and the CONTRL that would answer it
    Check {
        /// File, or - for standard input; an EDIFACT file may have any size
        file: PathBuf,
        /// Folder of further descriptions of flat files (*.toml)
        #[arg(long, value_name = "DIR")]
        formats: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Convert between EDIFACT and JSON, without losing a byte either way
    Convert {
        /// File, or - for standard input
        file: PathBuf,
        /// What to write
        #[arg(long, value_enum)]
        to: convert::Form,
    },
    /// Explain a finding code, or list all
    Explain {
        /// Code, such as EDI-UNT-COUNT
        code: Option<String>,
    },
}

pub fn run(args: Args) -> Result<Outcome> {
    match args.command {
        Command::Check { file, formats, json } => {
            let formats = crate::wiring::formats(formats.as_deref())?;
            check_either(open(&file)?, &formats, json).with_context(|| format!("cannot read {}", file.display()))
        }
        Command::Convert { file, to } => {
            let mut bytes = Vec::new();
            // One byte more than may be read shows that there is more.
            let most = u64::try_from(edifact::MAX_BYTES).unwrap_or(u64::MAX) * JSON_FACTOR + 1;
            open(&file)?.take(most).read_to_end(&mut bytes).with_context(|| format!("cannot read {}", file.display()))?;
            convert::run(&bytes, to)
        }
        Command::Explain { code } => explain::run(code.as_deref()),
    }
}

/// A flat file tells itself apart by its first bytes and is read whole; anything else is read piece by piece.
fn check_either(mut source: impl Read, formats: &Formats, json: bool) -> Result<Outcome> {
    let mut bytes = Vec::new();
    source.by_ref().take(BEGINNING_BYTES).read_to_end(&mut bytes)?;
    if formats.recognise(&bytes).is_none() {
        return check::run(bytes.as_slice().chain(source), json);
    }
    let most = u64::try_from(edifact::MAX_BYTES).unwrap_or(u64::MAX);
    source.take(most).read_to_end(&mut bytes)?;
    if bytes.len() > edifact::MAX_BYTES {
        bail!("a flat file may have {} MiB", edifact::MAX_BYTES >> 20);
    }
    flat::check(formats, &bytes, json).context("the file is not of the format that it begins like")
}

/// How many bytes tell a flat file apart.
const BEGINNING_BYTES: u64 = 4_096;

/// How many times larger the JSON of a file may be than the file.
const JSON_FACTOR: u64 = 8;

fn open(file: &Path) -> Result<Box<dyn Read>> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let opened = std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(Box::new(opened))
}
