//! Properties: any input ends, without panic, with a bounded number of findings; what was written is read back.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{
    CODES, ContrlMode, ContrlOptions, MAX_FINDINGS_PER_CODE, Party, Prepared, Reading, Unb, Usage, Writer, WriterOptions, check_message,
    contrl, read, write,
};
use proptest::prelude::*;

const AT: Prepared = Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 30 };

/// Uses everything a reading offers and checks what always holds.
fn exercise(bytes: &[u8]) {
    let reading = read(bytes);
    assert!(reading.findings().len() <= CODES.len() * (MAX_FINDINGS_PER_CODE + 1));
    for finding in reading.findings() {
        assert!(finding.info().is_some() && finding.offset <= bytes.len(), "{finding:?}");
        assert!(finding.segment.is_none_or(|n| reading.segment(n).is_some()), "{finding:?}");
    }
    let mut end = 0;
    for segment in reading.segments() {
        assert!(segment.offset() >= end && segment.end() >= segment.offset());
        end = segment.end();
        for element in 0..=segment.element_count() + 1 {
            for component in 0..=segment.component_count(element) + 1 {
                let _ = segment.comp(element, component);
                assert!(segment.pos_at(element, component).offset <= bytes.len());
            }
            for repetition in 0..=segment.repetitions(element) {
                let _ = segment.repeated_comp(element, repetition, 1);
            }
        }
    }
    covers(&reading);
    for message in reading.messages() {
        let _ = check_message(&message);
    }
    let options = ContrlOptions {
        sender: None,
        prepared: AT,
        control_reference: "A1".into(),
        mode: ContrlMode::Report,
        forgiven: Vec::new(),
        further: Vec::new(),
    };
    let answer = contrl(&reading, &options).unwrap();
    assert!(!answer.is_empty());
    let _ = write(&reading);
}

/// Every message segment belongs to one message and one interchange.
fn covers(reading: &Reading<'_>) {
    let mut next = 1;
    for message in reading.messages() {
        for segment in message.segments() {
            assert!(segment.number() >= next);
            next = segment.number() + 1;
        }
    }
}

fn fixtures() -> Vec<Vec<u8>> {
    let folder = format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn every_prefix_of_a_valid_file_is_read() {
    for bytes in fixtures() {
        for end in 0..=bytes.len() {
            exercise(&bytes[..end]);
        }
    }
}

#[test]
fn every_prefix_that_cuts_a_file_is_noticed() {
    for bytes in fixtures() {
        let whole = read(&bytes).has_errors();
        for end in (1..bytes.len()).filter(|&end| !bytes[end..].iter().all(u8::is_ascii_whitespace)) {
            let cut = read(&bytes[..end]);
            // A file of several interchanges is complete after each of them.
            let complete = cut.interchanges().len() > 0 && cut.interchanges().all(|i| i.unz().is_some()) && !cut.is_truncated();
            assert!(cut.has_errors() || whole || complete, "prefix of {end} bytes");
        }
    }
}

#[test]
fn every_single_byte_corruption_ends_with_bounded_findings() {
    for bytes in fixtures() {
        for at in 0..bytes.len() {
            for byte in [0, b'\n', b' ', b'\'', b'+', b':', b'?', b'*', b'A', 0xff, bytes[at] ^ 0x20, bytes[at] ^ 1] {
                let mut damaged = bytes.clone();
                damaged[at] = byte;
                let reading = read(&damaged);
                assert!(reading.findings().len() <= CODES.len() * (MAX_FINDINGS_PER_CODE + 1));
            }
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    "[A-Z0-9a-z '+:?*.,/()-]{0,20}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
    }

    #[test]
    fn arbitrary_edifact_like_text_does_not_panic(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("UNA:+.? '"), Just("UNA|^,! ~"), Just("UNB+UNOA:2+A+B+261122:0830+R1"), Just("UNB+UNOW:4+A+B+20261122:0830+R1"),
                Just("UNG+CUSCAR+A+B+261122:0830+G1"), Just("UNH+1+CUSCAR:D:95B:UN"), Just("UNT+3+1"), Just("UNE+1+G1"), Just("UNZ+1+R1"),
                Just("BGM+85"), Just("'"), Just("~"), Just("?"), Just("+"), Just(":"), Just("*"), Just("\r\n"), Just(" "), Just("\0"), Just("é"),
                Just("CNI+1"), Just("EQD+CN"),
            ],
            0..60,
        )
    ) {
        exercise(parts.concat().as_bytes());
    }

    #[test]
    fn what_is_written_is_read_back(
        segments in proptest::collection::vec(("[A-TV-Z][A-Z]{2}", proptest::collection::vec(proptest::collection::vec(text(), 0..4), 0..6)), 0..30)
    ) {
        let mut writer = Writer::new(WriterOptions::default());
        writer.begin_interchange(&Unb {
            sender: Party::new("TEAT"),
            recipient: Party::new("CUSTEST"),
            prepared: AT,
            control_reference: "R1".into(),
            application_reference: String::new(),
            usage: Usage::Production,
        });
        writer.begin_message("1", &["CUSCAR", "D", "95B", "UN"]);
        for (tag, elements) in &segments {
            let texts: Vec<Vec<&str>> = elements.iter().map(|e| e.iter().map(String::as_str).collect()).collect();
            let slices: Vec<&[&str]> = texts.iter().map(Vec::as_slice).collect();
            writer.segment(tag, &slices);
        }
        writer.end_message().end_interchange();
        let bytes = writer.finish().unwrap();
        let reading = read(&bytes);
        prop_assert_eq!(reading.findings(), &[]);
        prop_assert_eq!(write(&reading), bytes.clone());
        for (segment, (tag, elements)) in reading.message(1).unwrap().body().zip(&segments) {
            prop_assert_eq!(segment.tag(), tag);
            for (i, element) in elements.iter().enumerate() {
                for (j, component) in element.iter().enumerate() {
                    let read = segment.comp(i + 1, j + 1);
                    prop_assert_eq!(read.as_deref().unwrap_or_default(), component);
                }
            }
        }
    }
}
