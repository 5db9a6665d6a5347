//! `fairway bench edi`: how fast files are read, against a copy of the same bytes in the same run.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use app::exchange::Interpreter as _;
use edifact::{ContrlMode, ContrlOptions, Prepared};
use messages::EdiInterpreter;

use crate::commands::bench::Figure;

/// Size of the file that is made when none is given, bytes.
const BYTES: usize = 32 << 20;
/// How often each measurement runs; the best run counts, because everything else only ever slows it down.
const RUNS: u32 = 9;

/// A copy of the bytes, reading up to the decision of the acknowledgement, the check of all messages against their directories, and
/// the whole way to typed messages.
pub fn measure(file: Option<&Path>) -> Result<Vec<Figure>> {
    let bytes = match file {
        Some(file) => std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?,
        None => manifests(),
    };
    ensure!(!bytes.is_empty() && bytes.len() <= edifact::MAX_BYTES, "the file is empty or larger than 128 MiB");
    let mut copy = vec![0; bytes.len()];
    let memcpy = best(bytes.len(), || {
        copy.copy_from_slice(black_box(&bytes));
        black_box(&copy);
    });
    let options = acknowledgement();
    let read = best(bytes.len(), || {
        let reading = edifact::read(black_box(&bytes));
        black_box(edifact::contrl(&reading, &options).map_or(0, |answer| answer.len()));
    });
    let reading = edifact::read(&bytes);
    let check = best(bytes.len(), || {
        let found: usize = reading.messages().map(|message| edifact::check_message(&message).len()).sum();
        black_box(found);
    });
    drop(reading);
    let interpreter = EdiInterpreter::default();
    let typed = best(bytes.len(), || {
        black_box(interpreter.read(black_box(&bytes), &app::agreement::Agreement::default(), 480).messages.len());
    });
    Ok(vec![
        Figure::new("memcpy of the file", memcpy, "GB/s", memcpy),
        Figure::new("EDIFACT index + envelope + acknowledgement", read, "GB/s", memcpy),
        Figure::new("EDIFACT directory check of the messages read", check, "GB/s", memcpy),
        Figure::new("EDIFACT to typed messages, all of the above", typed, "GB/s", memcpy),
    ])
}

/// Manifests as an agent sends them, one interchange of 200 bills after the other.
fn manifests() -> Vec<u8> {
    let one = String::from_utf8_lossy(&simulation::sample_interchange()).into_owned();
    let mut bytes = Vec::with_capacity(BYTES + one.len());
    let mut number = 0;
    while bytes.len() < BYTES {
        number += 1;
        bytes.extend_from_slice(one.replace("SIM000000001", &format!("SIM{number:09}")).as_bytes());
    }
    bytes
}

fn acknowledgement() -> ContrlOptions {
    ContrlOptions {
        sender: None,
        prepared: Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 30 },
        control_reference: "1".into(),
        mode: ContrlMode::Report,
        forgiven: Vec::new(),
        further: Vec::new(),
    }
}

/// GB/s of the best run.
fn best(bytes: usize, mut run: impl FnMut()) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    let size = bytes as f64 / 1e9;
    (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            run();
            size / started.elapsed().as_secs_f64()
        })
        .fold(0.0, f64::max)
}
