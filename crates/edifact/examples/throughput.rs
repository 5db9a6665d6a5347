//! Speed of `edifact::read` against `memcpy`, on a synthetic cargo report.
//!
//! `cargo run --release -p edifact --example throughput [-- FILE]`; with a file, its findings are listed instead.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a command that measures time and reads the file it is given")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Size of the synthetic file in bytes.
const SIZE: usize = 32 * 1024 * 1024;
/// How long each measurement runs.
const RUN: Duration = Duration::from_millis(1_500);

fn synthetic() -> Vec<u8> {
    let mut file = String::with_capacity(SIZE + 4096);
    file.push_str("UNB+UNOA:3+TEAT:ZZZ+CUSTOMS:ZZZ+261122:0830+REF1'");
    let mut messages = 0u32;
    while file.len() < SIZE {
        messages += 1;
        let _ = write!(file, "UNH+{messages}+CUSCAR:D:95B:UN'BGM+85+MANIFEST{messages}+9'DTM+137:202611220830:203'NAD+CA+TEAT:172:20'");
        let mut segments = 4;
        for bill in 0..200 {
            let _ = write!(
                file,
                "CNI+{bill}+TEATSHA{bill:06}'RFF+BM:TEATSHA{bill:06}'LOC+9+SGSIN:139:6'LOC+11+CNSHA:139:6'\
                 NAD+CN+++TEST CONSIGNEE CO LTD:1 SYNTHETIC ROAD SHANGHAI'GID+1+{bill}:CT'FTX+AAA+++MACHINE PARTS ?+ SPARES'\
                 MEA+AAE+G+KGM:11740'SGP+ZZZU{bill:07}+20'"
            );
            segments += 9;
        }
        let _ = write!(file, "UNT+{}+{messages}'", segments + 1);
    }
    let _ = write!(file, "UNZ+{messages}+REF1'");
    file.into_bytes()
}

/// Best speed in MB/s of repeated runs over `bytes`.
fn speed(bytes: usize, mut run: impl FnMut()) -> f64 {
    let (begin, mut best) = (Instant::now(), f64::MAX);
    while begin.elapsed() < RUN {
        let one = Instant::now();
        run();
        best = best.min(one.elapsed().as_secs_f64());
    }
    bytes as f64 / best / 1e6
}

fn main() {
    if let Some(path) = std::env::args().nth(1) {
        let bytes = std::fs::read(path).unwrap_or_default();
        let reading = edifact::read(&bytes);
        let structure = reading.messages().flat_map(|m| edifact::check_message(&m)).collect::<Vec<_>>();
        for f in reading.findings().iter().chain(&structure) {
            println!(
                "{:?} {} seg {:?} {:?} el {:?} comp {:?} @{}: {}",
                f.severity, f.code, f.segment, f.segment_tag, f.element, f.component, f.offset, f.text_en
            );
        }
        return;
    }
    let file = synthetic();
    let reading = edifact::read(&file);
    assert!(reading.findings().is_empty(), "{:?}", reading.findings());
    println!("{} bytes, {} segments, {} messages", file.len(), reading.segment_count(), reading.messages().len());
    let mut copy = vec![0u8; file.len()];
    let memcpy = speed(file.len(), || black_box(&mut copy).copy_from_slice(black_box(&file)));
    let read = speed(file.len(), || drop(black_box(edifact::read(black_box(&file)))));
    let check = speed(file.len(), || {
        for message in reading.messages() {
            black_box(edifact::check_message(&message));
        }
    });
    println!("memcpy          {memcpy:>9.0} MB/s");
    println!("read            {read:>9.0} MB/s   {:.3} x memcpy", read / memcpy);
    println!("directory check {check:>9.0} MB/s   {:.3} x memcpy", check / memcpy);
}
