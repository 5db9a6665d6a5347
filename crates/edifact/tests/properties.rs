//! Properties: any input ends, without panic, with a bounded number of findings; what was written is read back.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{
    CODES, ContrlMode, ContrlOptions, Kernel, MAX_FINDINGS_PER_CODE, Party, Prepared, ReadOptions, Reading, Stream, Unb, Usage, Writer,
    WriterOptions, check_message, contrl, read, read_with, write,
};
use proptest::prelude::*;

const AT: Prepared = Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 30 };

/// Each code up to its limit and one remark, and the first error of each message and interchange.
fn findings_most(reading: &Reading<'_>) -> usize {
    CODES.len() * (MAX_FINDINGS_PER_CODE + 1) + reading.messages().len() + reading.interchanges().len()
}

/// Uses everything a reading offers and checks what always holds.
fn exercise(bytes: &[u8]) {
    let reading = read(bytes);
    assert!(reading.findings().len() <= findings_most(&reading));
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
    assert_eq!(write(&reading), bytes);
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

/// Each kernel, and the stream, find what [`read`] finds.
fn every_way_of_reading_agrees(bytes: &[u8], piece: usize) {
    let whole = read(bytes);
    let segments = |reading: &Reading<'_>| -> Vec<(usize, usize, Vec<Option<String>>)> {
        let text = |s: edifact::Segment<'_>| (0..4).map(|e| s.comp(e, 1).map(|t| t.into_owned())).collect();
        reading.segments().map(|s| (s.offset(), s.end(), text(s))).collect()
    };
    for kernel in Kernel::available() {
        let other = read_with(bytes, &ReadOptions { kernel: Some(kernel), ..ReadOptions::default() });
        assert_eq!(other.findings(), whole.findings(), "{kernel:?}");
        assert_eq!(segments(&other), segments(&whole), "{kernel:?}");
    }
    let mut stream = Stream::new(bytes, &ReadOptions::default()).in_pieces_of(piece);
    let mut taken = 0;
    while let Some(streamed) = stream.next().unwrap() {
        let one = streamed.message().unwrap();
        let same = whole.message(streamed.number()).unwrap();
        assert_eq!(one.raw_bytes(), same.raw_bytes());
        assert_eq!(streamed.segment_count(), same.segment_count());
        assert_eq!(streamed.reference(), same.reference().as_deref());
        let found: Vec<_> = check_message(&one).into_iter().map(|finding| streamed.settle(finding)).collect();
        assert_eq!(found, check_message(&same));
        taken += 1;
    }
    assert_eq!(taken, whole.messages().len());
    let summary = stream.finish();
    assert_eq!(summary.findings(), whole.findings());
    assert_eq!(summary.segments() as usize, whole.segment_count());
    assert_eq!(summary.interchanges() as usize, whole.interchanges().len());
    assert_eq!(summary.is_truncated(), whole.is_truncated());
    let options = ContrlOptions {
        sender: None,
        prepared: AT,
        control_reference: "A1".into(),
        mode: ContrlMode::Report,
        forgiven: Vec::new(),
        further: Vec::new(),
    };
    assert_eq!(summary.contrl(&options).unwrap(), contrl(&whole, &options).unwrap());
}

/// The beginning of an interchange that is longer than a stream looks ahead, so that what follows it comes in pieces.
fn long_beginning() -> Vec<u8> {
    let mut text = String::from("UNB+UNOA:2+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R0'UNH+1+CUSCAR:D:95B:UN'");
    while text.len() < 8_300 {
        text.push_str("FTX+AAA+++A LONG REMARK OF NO CONSEQUENCE, WITH ONE ?+ RELEASED:AND ANOTHER COMPONENT:AND ONE MORE'\r\n");
    }
    text.into_bytes()
}

#[test]
fn every_way_of_reading_a_fixture_agrees() {
    for bytes in fixtures() {
        every_way_of_reading_agrees(&bytes, 1);
        let long = [&long_beginning(), &bytes[..]].concat();
        for piece in [1, 63, 64, 65, 1_000] {
            every_way_of_reading_agrees(&long, piece);
        }
        for end in (0..bytes.len()).step_by(11) {
            every_way_of_reading_agrees(&long[..long.len() - end], 64);
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
                assert!(reading.findings().len() <= findings_most(&reading));
            }
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    "[A-Z0-9a-z '+:?*.,/()-]{0,20}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes);
        every_way_of_reading_agrees(&bytes, 7);
        every_way_of_reading_agrees(&[&long_beginning(), &bytes[..]].concat(), 64);
    }

    #[test]
    fn what_is_valid_is_written_back_byte_for_byte_in_every_dress(
        chars in proptest::sample::subsequence(&b"!\"#$%&()*,-/;<=>@[\\]^_`{|}~+:'?"[..], 6).prop_shuffle(),
        version4 in any::<bool>(), released in any::<bool>(), bom in any::<bool>(), line in "(\r?\n)?",
        parts in proptest::collection::vec(proptest::collection::vec("[A-Z0-9 ]{0,9}", 0..5), 0..40),
    ) {
        let [component, element, decimal, release, repetition, terminator] = chars[..] else { unreachable!() };
        let una = [b'U', b'N', b'A', component, element, decimal, if released { release } else { b' ' }, repetition, terminator];
        let [c, e, t] = [component, element, terminator].map(char::from);
        let (version, date) = if version4 { (4, "20261122") } else { (3, "261122") };
        let mut file = if bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        file.extend_from_slice(&una);
        file.extend_from_slice(line.as_bytes());
        let end = format!("{t}{line}");
        let segments: String = parts.iter().map(|p| format!("FTX{e}AAA{e}{}{end}", p.join(&c.to_string()))).collect();
        let count = parts.len() + 2;
        let text = format!(
            "UNB{e}UNOC{c}{version}{e}TEAT{e}CUSTEST{e}{date}{c}0830{e}R1{end}UNH{e}1{e}CUSCAR{c}D{c}95B{c}UN{end}\
             {segments}UNT{e}{count}{e}1{end}UNZ{e}1{e}R1{end}"
        );
        file.extend_from_slice(text.as_bytes());
        let reading = read(&file);
        prop_assert!(!reading.has_errors(), "{:?}", reading.findings());
        prop_assert_eq!(reading.segment_count(), parts.len() + 4);
        prop_assert_eq!(write(&reading), file.clone());
        for (segment, part) in reading.message(1).unwrap().body().zip(&parts) {
            prop_assert_eq!(segment.component_count(2), part.len().max(1));
        }
        every_way_of_reading_agrees(&file, 61);
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
        let text = parts.concat();
        exercise(text.as_bytes());
        every_way_of_reading_agrees(text.as_bytes(), 13);
        every_way_of_reading_agrees(&[&long_beginning(), text.as_bytes()].concat(), 64);
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
