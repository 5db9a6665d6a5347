//! Bad input costs bounded time and memory: large messages, long segments, deep repetition, files cut or damaged anywhere.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::io::Read;

use edifact::{Limits, MAX_FINDINGS_PER_CODE, ReadOptions, Stream, check_message, read, read_with};

const HEAD: &str = "UNB+UNOA:2+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R1'";
const UNH: &str = "UNH+1+CUSCAR:D:95B:UN'";

/// A file made while it is read: `head`, `count` times 4 KiB of `body`, `tail`.
fn endless(head: &str, body: &str, count: usize, tail: &str) -> impl Read {
    let body = body.repeat(4096 / body.len() + 1).into_bytes();
    let body = std::iter::repeat_with(move || body.clone()).take(count);
    let mut pieces = std::iter::once(head.as_bytes().to_vec()).chain(body).chain([tail.as_bytes().to_vec()]);
    let mut current = std::io::Cursor::new(Vec::new());
    Source(Box::new(move |buffer: &mut [u8]| {
        loop {
            let n = current.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            match pieces.next() {
                Some(piece) => current = std::io::Cursor::new(piece),
                None => return Ok(0),
            }
        }
    }))
}

type Reader = Box<dyn FnMut(&mut [u8]) -> std::io::Result<usize>>;

struct Source(Reader);

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        (self.0)(buffer)
    }
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read(bytes).findings().iter().map(|f| f.code).collect()
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn a_million_segments_in_one_message_are_read_whole_and_as_a_stream() {
    let body = "GID+1+2:CT'".repeat(1_000_000);
    let file = format!("{HEAD}{UNH}{body}UNT+1000002+1'UNZ+1+R1'");
    let reading = read(file.as_bytes());
    assert_eq!(reading.findings(), []);
    assert_eq!(reading.message(1).unwrap().segment_count(), 1_000_002);
    let mut stream = Stream::new(file.as_bytes(), &ReadOptions::default());
    let message = stream.next().unwrap().unwrap();
    assert_eq!(message.message().unwrap().segment_count(), 1_000_002);
    let wrong = file.replace("UNT+1000002", "UNT+1000001");
    assert_eq!(codes(wrong.as_bytes()), ["EDI-UNT-COUNT"]);
}

#[test]
fn a_message_too_large_to_hold_still_gets_its_envelope_checked() {
    let options = ReadOptions { limits: Limits { message_bytes: 64 * 1024, ..Limits::streaming() }, ..ReadOptions::default() };
    let mut stream = Stream::new(endless(HEAD, "GID+1'", 400, "UNZ+1+R1'"), &options).in_pieces_of(8_192);
    assert!(stream.next().unwrap().is_none());
    let head = format!("{HEAD}{UNH}");
    let mut stream = Stream::new(endless(&head, "GID+1'", 400, "UNT+7+1'UNZ+1+R1'"), &options).in_pieces_of(8_192);
    let message = stream.next().unwrap().unwrap();
    assert!(message.message().is_none());
    assert_eq!((message.message_type(), message.reference()), (Some("CUSCAR"), Some("1")));
    assert_eq!(message.segment_count(), 400 * (4096 / 6 + 1) + 2);
    assert!(stream.next().unwrap().is_none());
    let summary = stream.finish();
    let found: Vec<_> = summary.findings().iter().map(|f| (f.code, f.segment, f.message)).collect();
    assert_eq!(found, [("EDI-SIZE-MESSAGE", Some(2), Some(1)), ("EDI-UNT-COUNT", Some(summary.segments() - 1), Some(1))]);
}

#[test]
fn the_largest_message_that_is_held_and_one_byte_more() {
    for piece in [64, 1_000, 256 * 1024] {
        let message = format!("{UNH}{}UNT+1002+1'", "GID+1'".repeat(1_000));
        let file = format!("{HEAD}{message}UNZ+1+R1'");
        for (limit, held) in [(message.len(), true), (message.len() - 1, false)] {
            let options = ReadOptions { limits: Limits { message_bytes: limit, ..Limits::streaming() }, ..ReadOptions::default() };
            let mut stream = Stream::new(file.as_bytes(), &options).in_pieces_of(piece);
            assert_eq!(stream.next().unwrap().unwrap().message().is_some(), held, "limit {limit}, pieces of {piece}");
            let summary = stream.drain().unwrap();
            assert_eq!(summary.findings().iter().any(|f| f.code == "EDI-SIZE-MESSAGE"), !held);
        }
    }
}

#[test]
fn a_stream_ends_at_its_limit_of_bytes() {
    let file = format!("{HEAD}{UNH}BGM+85'UNT+3+1'UNZ+1+R1'");
    for (limit, expected) in [(file.len(), &[][..]), (file.len() - 1, &["EDI-SEG-TRUNCATED", "EDI-SIZE-BYTES"][..])] {
        let options = ReadOptions { limits: Limits { bytes: limit, ..Limits::streaming() }, ..ReadOptions::default() };
        let summary = Stream::new(file.as_bytes(), &options).drain().unwrap();
        assert_eq!(summary.findings().iter().map(|f| f.code).collect::<Vec<_>>(), expected);
        assert_eq!(summary.bytes(), limit);
    }
}

#[test]
fn a_lost_terminator_ends_at_the_limit_of_a_segment() {
    let text = "A".repeat(3 * 1024 * 1024);
    assert_eq!(codes(format!("{HEAD}{UNH}FTX+{text}").as_bytes()), ["EDI-UNT-MISSING", "EDI-UNZ-MISSING", "EDI-SIZE-SEGMENT"]);
    let separators = "+".repeat(900_000);
    assert_eq!(codes(format!("{HEAD}{UNH}FTX{separators}'UNT+3+1'UNZ+1+R1'").as_bytes()), ["EDI-SIZE-ELEMENTS"]);
    let blanks = " ".repeat(3 * 1024 * 1024);
    assert_eq!(codes(format!("{HEAD}{UNH}{blanks}BGM+85'UNT+3+1'UNZ+1+R1'").as_bytes()), [] as [&str; 0]);
}

#[test]
fn deep_repetition_is_bounded() {
    let version4 = "UNB+UNOB:4+TEAT+CUSTEST+20261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'";
    for (repetitions, expected) in [(997, &[][..]), (998, &["EDI-SIZE-ELEMENTS"][..])] {
        let repeated = vec!["X"; repetitions + 1].join("*");
        let file = format!("{version4}FTX+AAA+{repeated}'UNT+3+1'UNZ+1+R1'");
        assert_eq!(codes(file.as_bytes()), expected);
        assert_eq!(read(file.as_bytes()).segment(3).unwrap().repetitions(2), repetitions + 1);
    }
    let releases = "?".repeat(500_000);
    let file = format!("{HEAD}{UNH}FTX+AAA+++{releases}'UNT+3+1'UNZ+1+R1'");
    assert_eq!(codes(file.as_bytes()), [] as [&str; 0]);
    assert_eq!(read(file.as_bytes()).segment(3).unwrap().comp(4, 1).unwrap().len(), 250_000);
}

#[test]
fn a_fault_in_every_segment_gives_bounded_findings() {
    for segment in ["x+1'", "FTX+x'", "FTX+\u{1}'", "'", "UNT+1+1'", "UNZ+1+1'", "FTX+\u{e9}'", "UNG+1'", "UNH+1'", "UNB+1'"] {
        let file = format!("{HEAD}{UNH}{}", segment.repeat(20_000));
        let reading = read(file.as_bytes());
        let first_errors = reading.messages().len().min(10_000) + reading.interchanges().len().min(10_000);
        let most = 20 * (MAX_FINDINGS_PER_CODE + 1) + first_errors;
        assert!(reading.findings().len() <= most, "{segment}: {}", reading.findings().len());
        assert!(reading.findings().iter().any(|f| f.code == "EDI-FINDINGS-MORE" || f.code == "EDI-SIZE-FAULTY"), "{segment}");
    }
}

#[test]
fn every_single_byte_corruption_is_survived_and_found_alike_by_stream_and_whole() {
    for bytes in fixtures() {
        for at in 0..bytes.len() {
            for byte in [b"'+:?*\rUN"[at % 8], (at % 251) as u8, bytes[at] ^ 1] {
                let mut damaged = bytes.clone();
                damaged[at] = byte;
                let whole = read_with(&damaged, &ReadOptions::default());
                let summary = Stream::new(&damaged[..], &ReadOptions::default()).drain().unwrap();
                assert_eq!(summary.findings(), whole.findings(), "byte {at} is {byte:#x}");
                for message in whole.messages() {
                    assert!(check_message(&message).len() <= 60 * MAX_FINDINGS_PER_CODE);
                }
            }
        }
    }
}
