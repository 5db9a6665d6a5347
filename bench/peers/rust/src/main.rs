//! Fairway's EDIFACT core beside edifact-rs, on the same file.
//!
//! `fairway-peers speed FILE` prints MB/s; `fairway-peers shape FILE` prints what each makes of a file, as JSON.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long each measurement runs at least.
const RUN: Duration = Duration::from_millis(1_500);

/// Best speed in MB/s.
fn speed(bytes: usize, mut run: impl FnMut()) -> f64 {
    let (begin, mut best) = (Instant::now(), f64::MAX);
    while begin.elapsed() < RUN {
        let one = Instant::now();
        run();
        best = best.min(one.elapsed().as_secs_f64());
    }
    bytes as f64 / best / 1e6
}

fn print_speed(bytes: &[u8]) {
    let mut copy = vec![0u8; bytes.len()];
    println!("memcpy\t{:.1}", speed(bytes.len(), || black_box(&mut copy).copy_from_slice(black_box(bytes))));
    println!("fairway: index + envelope\t{:.1}", speed(bytes.len(), || drop(black_box(edifact::read(black_box(bytes))))));
    println!(
        "fairway: index + envelope + text of every component\t{:.1}",
        speed(bytes.len(), || {
            let reading = edifact::read(black_box(bytes));
            for segment in reading.segments() {
                for element in segment.elements() {
                    for component in 1..=element.component_count() {
                        black_box(element.comp(component));
                    }
                }
            }
        })
    );
    println!(
        "edifact-rs 0.18.0: collect + envelope\t{:.1}",
        speed(bytes.len(), || {
            let segments: Vec<_> = edifact_rs::from_bytes(black_box(bytes)).collect::<Result<_, _>>().expect("a well-formed file");
            edifact_rs::validate_envelope(&segments).expect("a well-formed envelope");
            black_box(segments);
        })
    );
}

fn json(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace(|c: char| c.is_control(), " "))
}

fn print_shape(bytes: &[u8]) {
    let reading = edifact::read(bytes);
    let messages: Vec<String> = reading
        .messages()
        .map(|m| format!("[{},{}]", json(&m.reference().unwrap_or_default()), m.segment_count()))
        .collect();
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in reading.findings() {
        *found.entry(finding.code).or_default() += 1;
    }
    let found: Vec<String> = found.iter().map(|(code, n)| format!("{}:{n}", json(code))).collect();
    let (peer, faults) = match edifact_rs::from_bytes(bytes).collect::<Result<Vec<_>, _>>() {
        Ok(segments) => {
            let errors = edifact_rs::validate_envelope_lenient(&segments).errors;
            (segments.len().to_string(), errors.iter().map(|e| json(&e.to_string())).collect())
        }
        Err(error) => ("null".into(), vec![json(&error.to_string())]),
    };
    println!(
        "{{\"fairway\":{{\"segments\":{},\"messages\":[{}],\"findings\":{{{}}}}},\"edifact-rs\":{{\"segments\":{peer},\"faults\":[{}]}}}}",
        reading.segment_count(),
        messages.join(","),
        found.join(","),
        faults.join(",")
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (what, file) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("cannot read {file}: {error}"));
    match what.as_str() {
        "speed" => print_speed(&bytes),
        "shape" => print_shape(&bytes),
        _ => eprintln!("usage: fairway-peers speed|shape FILE"),
    }
}
