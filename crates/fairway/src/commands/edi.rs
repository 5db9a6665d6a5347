//! `fairway edi`: check, convert, explain, and the measurement of reading.

use std::io::Read as _;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use app::Clock as _;
use edifact::{ContrlOptions, Prepared, Reading};
use serde_json::{Value, json};

use super::bench::Figure;
use super::{Outcome, say};
use crate::environment::SystemClock;

/// Largest file read, bytes.
const FILE_BYTES_MAX: u64 = 1 << 30;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Report every fault of an EDIFACT file and the CONTRL that would answer it
    Check {
        /// File, or - for standard input
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Convert between EDIFACT and JSON
    Convert {
        /// File, or - for standard input
        file: PathBuf,
        /// What to write
        #[arg(long, value_enum)]
        to: Form,
    },
    /// Explain a finding code, or list all
    Explain {
        /// Code, such as EDI-UNT-COUNT
        code: Option<String>,
    },
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Form {
    Json,
    Edifact,
}

pub fn run(args: Args) -> Result<Outcome> {
    match args.command {
        Command::Check { file, json } => check(&read(&file)?, json),
        Command::Convert { file, to } => convert(&read(&file)?, to),
        Command::Explain { code } => explain(code.as_deref()),
    }
}

fn read(file: &PathBuf) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().lock().take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        opened.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {}", file.display()))?;
    }
    if bytes.len() as u64 > FILE_BYTES_MAX {
        bail!("the file is larger than 1 GiB");
    }
    Ok(bytes)
}

fn check(bytes: &[u8], as_json: bool) -> Result<Outcome> {
    let reading = edifact::read(bytes);
    let directory: Vec<edifact::Finding> = reading.messages().flat_map(|m| edifact::check_message(&m)).collect();
    let contrl = contrl(&reading, &directory);
    let messages: Vec<Value> = reading
        .messages()
        .map(|m| json!({ "type": m.message_type(), "reference": m.reference(), "segments": m.segment_count() }))
        .collect();
    // What is only worth knowing (which table was used, a byte-order mark) is a note: it does not make a file faulty.
    let (mut notes, mut findings): (Vec<&edifact::Finding>, Vec<&edifact::Finding>) =
        reading.findings().iter().chain(&directory).partition(|f| f.severity == edifact::Severity::Info);
    findings.sort_by_key(|f| f.offset);
    notes.sort_by_key(|f| f.offset);
    if as_json {
        let rows = |list: &[&edifact::Finding]| -> Vec<Value> {
            list.iter()
                .map(|f| json!({ "code": f.code, "severity": f.severity, "offset": f.offset, "segment": f.segment, "text": f.text_en, "text_zh": f.text_zh }))
                .collect()
        };
        say(json!({
            "interchanges": reading.interchanges().count(),
            "messages": messages,
            "segments": reading.segment_count(),
            "findings": rows(&findings),
            "notes": rows(&notes),
            "contrl": contrl,
        }));
    } else {
        say(format_args!(
            "{} interchanges, {} messages, {} segments",
            reading.interchanges().count(),
            messages.len(),
            reading.segment_count()
        ));
        for f in findings.iter().chain(&notes) {
            let place = f.segment.map_or_else(|| "file".to_owned(), |s| format!("segment {s} {}", f.segment_tag.as_deref().unwrap_or("")));
            say(format_args!("{:?} {} at byte {} ({place}): {} / {}", f.severity, f.code, f.offset, f.text_zh, f.text_en));
        }
        if let Some(text) = &contrl {
            say(format_args!("CONTRL: {text}"));
        }
    }
    Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

fn contrl(reading: &Reading<'_>, directory: &[edifact::Finding]) -> Option<String> {
    let (year, month, day, hour, minute, ..) = SystemClock.now().civil(480);
    let small = |n: u32| u8::try_from(n).unwrap_or(0);
    let options = ContrlOptions {
        sender: None,
        prepared: Prepared {
            year: u16::try_from(year).unwrap_or(0),
            month: small(month),
            day: small(day),
            hour: small(hour),
            minute: small(minute),
        },
        control_reference: "1".into(),
        mode: edifact::ContrlMode::Report,
        forgiven: Vec::new(),
        further: directory.to_vec(),
    };
    edifact::contrl(reading, &options).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn convert(bytes: &[u8], to: Form) -> Result<Outcome> {
    let looks_like_json = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    if looks_like_json {
        let document: Value = serde_json::from_slice(bytes).context("the file is not JSON")?;
        let text = from_json(&document)?;
        match to {
            Form::Edifact => say(text),
            Form::Json => say(document),
        }
        return Ok(Outcome::Fine);
    }
    let reading = edifact::read(bytes);
    if reading.segment_count() == 0 {
        bail!("the file holds no EDIFACT segment");
    }
    let document = to_json(&reading);
    match to {
        Form::Json => say(document),
        Form::Edifact => say(from_json(&document)?),
    }
    Ok(if reading.has_errors() { Outcome::Findings } else { Outcome::Fine })
}

/// `{"segments":[{"tag":"UNB","elements":[["UNOA","1"],…]}]}`: an element is a list of components; a repeated element a list of lists.
fn to_json(reading: &Reading<'_>) -> Value {
    let segments: Vec<Value> = reading
        .segments()
        .map(|segment| {
            let elements: Vec<Value> = (1..=segment.element_count())
                .map(|at| {
                    let components: Vec<String> =
                        (1..=segment.component_count(at)).map(|c| segment.comp(at, c).unwrap_or_default().into_owned()).collect();
                    json!(components)
                })
                .collect();
            json!({ "tag": segment.tag(), "elements": elements })
        })
        .collect();
    json!({ "segments": segments })
}

fn from_json(document: &Value) -> Result<String> {
    let segments = document.get("segments").and_then(Value::as_array).context("\"segments\" is missing")?;
    let mut text = String::new();
    for (number, segment) in segments.iter().enumerate() {
        let tag = segment.get("tag").and_then(Value::as_str).with_context(|| format!("segment {} has no tag", number + 1))?;
        text.push_str(tag);
        let elements =
            segment.get("elements").and_then(Value::as_array).with_context(|| format!("segment {} has no elements", number + 1))?;
        for element in elements {
            text.push('+');
            let components = element.as_array().with_context(|| format!("an element of segment {} is no list", number + 1))?;
            let written: Vec<String> = components.iter().map(|c| escape(c.as_str().unwrap_or_default())).collect();
            text.push_str(written.join(":").trim_end_matches(':'));
        }
        while text.ends_with('+') {
            text.pop();
        }
        text.push('\'');
    }
    Ok(text)
}

fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '+' | ':' | '\'' | '?') {
            escaped.push('?');
        }
        escaped.push(c);
    }
    escaped
}

fn explain(code: Option<&str>) -> Result<Outcome> {
    let Some(code) = code else {
        for info in edifact::CODES {
            say(format_args!("{:<32} {} / {}", info.code, info.title_zh, info.title_en));
        }
        for info in messages::CODES {
            say(format_args!("{:<32} {} / {}", info.code, info.title_zh, info.title_en));
        }
        return Ok(Outcome::Fine);
    };
    let wanted = code.trim().to_uppercase();
    let syntax = edifact::CODES.iter().find(|i| i.code == wanted).map(|i| (i.title_zh, i.title_en, i.cause, i.fix));
    let content = messages::CODES.iter().find(|i| i.code == wanted).map(|i| (i.title_zh, i.title_en, i.cause, i.fix));
    let Some((zh, en, cause, fix)) = syntax.or(content) else { bail!("there is no finding code {wanted}") };
    say(format_args!("{wanted}: {zh} / {en}\n{cause}\n{fix}"));
    Ok(Outcome::Fine)
}

/// Reading speed against a copy of the same bytes.
pub fn measure() -> Result<Vec<Figure>> {
    const BYTES: usize = 32 << 20;
    let one = simulation::sample_interchange();
    let mut buffer = Vec::with_capacity(BYTES + one.len());
    while buffer.len() < BYTES {
        buffer.extend_from_slice(&one);
    }
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let size = buffer.len() as f64 / 1e9;
    let best = |run: &mut dyn FnMut()| {
        (0..5)
            .map(|_| {
                let started = Instant::now();
                run();
                size / started.elapsed().as_secs_f64()
            })
            .fold(0.0, f64::max)
    };
    let mut copy = vec![0; buffer.len()];
    let memcpy = best(&mut || {
        copy.copy_from_slice(std::hint::black_box(&buffer));
        std::hint::black_box(&copy);
    });
    let read = best(&mut || {
        std::hint::black_box(edifact::read(std::hint::black_box(&buffer)).has_errors());
    });
    let reading = edifact::read(&buffer);
    let full = best(&mut || {
        let found: usize = reading.messages().map(|m| edifact::check_message(&m).len()).sum();
        std::hint::black_box(found);
    });
    Ok(vec![
        Figure::new("EDIFACT read + envelope (limit: memcpy)", read, "GB/s", memcpy),
        Figure::new("directory check of a read file (limit: memcpy)", full, "GB/s", memcpy),
    ])
}
