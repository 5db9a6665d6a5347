//! Reading: every fault of envelope, characters and limits is found, all at once, each at its place.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{Charset, Limits, ReadOptions, Severity, read, read_with};

const HEAD: &str = "UNB+UNOA:2+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R1'";
const MESSAGE: &str = "UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'UNT+3+1'";
const TAIL: &str = "UNZ+1+R1'";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Codes with segment, element and component, 0 for none.
fn places(bytes: &[u8]) -> Vec<(&'static str, u32, u16, u16)> {
    let reading = read(bytes);
    reading.findings().iter().map(|f| (f.code, f.segment.unwrap_or(0), f.element.unwrap_or(0), f.component.unwrap_or(0))).collect()
}

#[track_caller]
fn check(input: impl AsRef<[u8]>, expected: &[(&str, u32, u16, u16)]) {
    assert_eq!(places(input.as_ref()), expected, "{}", String::from_utf8_lossy(input.as_ref()));
}

#[test]
fn well_formed_files_have_no_findings() {
    for name in ["cuscar_d95b.edi", "coarri_d95b.edi", "codeco_d00b.edi", "ifcsum_d96a.edi", "groups.edi", "version4.edi"] {
        assert_eq!(places(&fixture(name)), [], "{name}");
    }
}

#[test]
fn byte_order_mark_and_line_breaks_are_remarks() {
    check(format!("\u{feff}{HEAD}{MESSAGE}{TAIL}"), &[("EDI-BOM", 0, 0, 0)]);
    check(fixture("cuscar_lines.edi"), &[("EDI-LINE-BREAKS", 0, 0, 0)]);
    check(format!("  {HEAD}\t {MESSAGE}\r\n  {TAIL}  \r\n"), &[("EDI-LINE-BREAKS", 0, 0, 0)]);
}

#[test]
fn a_bare_message_is_read_with_a_warning() {
    let bytes = fixture("coreor_bare.edi");
    let reading = read(&bytes);
    assert_eq!(places(&bytes), [("EDI-UNB-MISSING", 1, 0, 0)]);
    assert!(!reading.has_errors());
    let message = reading.message(1).unwrap();
    assert_eq!(message.message_type().as_deref(), Some("COREOR"));
    assert_eq!(message.segment_count(), 10);
    assert!(message.interchange().unb().is_none());
}

#[test]
fn several_interchanges_each_with_its_own_service_characters() {
    let bytes = fixture("three_interchanges.edi");
    let reading = read(&bytes);
    assert!(!reading.has_errors(), "{:?}", reading.findings());
    let references: Vec<_> = reading.interchanges().map(|i| i.control_reference().unwrap().into_owned()).collect();
    assert_eq!(references, ["A1", "B1", "C1"]);
    assert_eq!(reading.interchanges().nth(1).unwrap().service_chars().terminator, b'~');
    let types: Vec<_> = reading.messages().map(|m| m.message_type().unwrap().into_owned()).collect();
    assert_eq!(types, ["CUSCAR"; 3]);
}

#[test]
fn groups_hold_their_messages() {
    let bytes = fixture("groups.edi");
    let reading = read(&bytes);
    let groups: Vec<_> = reading.groups().map(|g| (g.reference().unwrap().into_owned(), g.messages().len())).collect();
    assert_eq!(groups, [("G1".to_owned(), 2), ("G2".to_owned(), 1)]);
    assert_eq!(reading.interchanges().next().unwrap().messages().len(), 3);
}

#[test]
fn wrong_counts_and_references_are_named_at_their_element() {
    check(
        format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'UNT+4+2'UNZ+2+R9'"),
        &[("EDI-UNT-COUNT", 4, 1, 0), ("EDI-UNT-REF", 4, 2, 0), ("EDI-UNZ-COUNT", 5, 1, 0), ("EDI-UNZ-REF", 5, 2, 0)],
    );
    let group = "UNG+CUSCAR+TEAT+CUSTEST+261122:0830+G1+UN+D:95B'";
    check(format!("{HEAD}{group}{MESSAGE}UNE+2+G2'UNZ+1+R1'"), &[("EDI-UNE-COUNT", 6, 1, 0), ("EDI-UNE-REF", 6, 2, 0)]);
    check(format!("{HEAD}{MESSAGE}UNZ+ONE+R1'"), &[("EDI-UNZ-COUNT", 5, 1, 0)]);
}

#[test]
fn leading_zeros_in_counts_are_fine() {
    check(format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'UNT+00003+1'UNZ+01+R1'"), &[]);
}

#[test]
fn missing_trailers_are_reported_where_they_should_have_stood() {
    check(format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'{TAIL}"), &[("EDI-UNT-MISSING", 4, 0, 0)]);
    check(format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNH+2+CUSCAR:D:95B:UN'BGM+85'UNT+3+2'UNZ+2+R1'"), &[("EDI-UNT-MISSING", 4, 0, 0)]);
    check(format!("{HEAD}{MESSAGE}"), &[("EDI-UNZ-MISSING", 4, 0, 0)]);
    let (next, end) = (HEAD.replace("R1", "R2"), TAIL.replace("R1", "R2"));
    check(format!("{HEAD}{MESSAGE}{next}{MESSAGE}{end}"), &[("EDI-UNZ-MISSING", 5, 0, 0)]);
    let group = "UNG+CUSCAR+TEAT+CUSTEST+261122:0830+G1+UN+D:95B'";
    check(format!("{HEAD}{group}{MESSAGE}{TAIL}"), &[("EDI-UNE-MISSING", 6, 0, 0)]);
}

#[test]
fn trailers_without_header_are_reported() {
    check(format!("{HEAD}{MESSAGE}UNT+3+1'{TAIL}"), &[("EDI-UNT-ORPHAN", 5, 0, 0)]);
    check(format!("{HEAD}{MESSAGE}UNE+1+G1'{TAIL}"), &[("EDI-UNE-ORPHAN", 5, 0, 0)]);
    check(format!("{MESSAGE}{TAIL}"), &[("EDI-UNB-MISSING", 1, 0, 0), ("EDI-UNZ-ORPHAN", 4, 0, 0)]);
}

#[test]
fn a_repeated_message_reference_is_reported_within_an_interchange_and_not_across_groups() {
    check(format!("{HEAD}{MESSAGE}{MESSAGE}UNZ+2+R1'"), &[("EDI-UNH-DUPLICATE", 5, 1, 0)]);
    check(fixture("groups.edi"), &[]);
    let next = HEAD.replace("R1", "R2");
    check(format!("{HEAD}{MESSAGE}{TAIL}{next}{MESSAGE}{}", TAIL.replace("R1", "R2")), &[]);
}

#[test]
fn a_repeated_reference_is_found_among_many_in_any_order() {
    let message = |n: u32| format!("UNH+{n}+CUSCAR:D:95B:UN'BGM+85'UNT+3+{n}'");
    let upwards: String = (1..=500).map(message).collect();
    check(format!("{HEAD}{upwards}UNZ+500+R1'"), &[]);
    // 499 comes once more after 500: segment 2 + 3 × 500.
    check(format!("{HEAD}{upwards}{}UNZ+501+R1'", message(499)), &[("EDI-UNH-DUPLICATE", 1502, 1, 0)]);
    let downwards: String = (1..=500).rev().map(message).collect();
    check(format!("{HEAD}{downwards}{}UNZ+501+R1'", message(250)), &[("EDI-UNH-DUPLICATE", 1502, 1, 0)]);
}

#[test]
fn a_repeated_interchange_or_group_reference_is_reported() {
    check(format!("{HEAD}{MESSAGE}{TAIL}{HEAD}{MESSAGE}{TAIL}"), &[("EDI-UNB-DUPLICATE", 6, 5, 0)]);
    let other = HEAD.replace("TEAT", "OTHER");
    check(format!("{HEAD}{MESSAGE}{TAIL}{other}{MESSAGE}{TAIL}"), &[]);
    let group = "UNG+CUSCAR+TEAT+CUSTEST+261122:0830+G1+UN+D:95B'";
    check(format!("{HEAD}{group}{MESSAGE}UNE+1+G1'{group}{MESSAGE}UNE+1+G1'UNZ+2+R1'"), &[("EDI-UNG-DUPLICATE", 7, 5, 0)]);
}

#[test]
fn level_b_may_use_the_information_separators() {
    let file = format!("{HEAD}{MESSAGE}{TAIL}").replace("UNOA", "UNOB").replace('+', "\x1d").replace(':', "\x1f").replace('\'', "\x1c");
    check(&file, &[]);
    let reading = read(file.as_bytes());
    assert_eq!(reading.message(1).unwrap().message_type().as_deref(), Some("CUSCAR"));
}

#[test]
fn trailing_bytes_of_gb_18030_that_look_like_service_characters_are_text() {
    // 0x7C is the bar and the second byte of 朾 (0x96 0x7C).
    let file = b"UNA|^.! ~UNB^UNOA|2^TEAT^CUSTEST^261122|0830^R1~UNH^1^CUSCAR|D|95B|UN~FTX^AAA^^^\x96\x7cX|Y~UNT^3^1~UNZ^1^R1~";
    let reading = read_with(file, &ReadOptions { charset: Some(Charset::Gb18030), ..ReadOptions::default() });
    assert_eq!(reading.findings(), []);
    assert_eq!(reading.segment(3).unwrap().component_count(4), 2);
    assert_eq!(reading.segment(3).unwrap().comp(4, 2).as_deref(), Some("Y"));
}

#[test]
fn escape_sequences_of_iso_2022_are_an_error() {
    let file = "UNB+UNOX:4+TEAT+CUSTEST+20261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'FTX+AAA+++\u{1b}$BA'UNT+3+1'UNZ+1+R1'";
    check(file, &[("EDI-CHARSET-ESCAPE", 3, 4, 0)]);
}

#[test]
fn what_stands_between_interchanges_is_skipped_and_nothing_after_it_is_lost() {
    let second = format!("{}{MESSAGE}{}", HEAD.replace("R1", "R2"), TAIL.replace("R1", "R2"));
    let found = |between: &str| {
        let file = format!("{HEAD}{MESSAGE}{TAIL}{between}{second}");
        let reading = read(file.as_bytes());
        assert_eq!(reading.messages().len(), 2, "{between:?}");
        reading.findings().iter().map(|f| f.code).collect::<Vec<_>>()
    };
    assert_eq!(found("\r\n\r\n"), [] as [&str; 0]);
    assert_eq!(found("\u{feff}"), ["EDI-BOM"]);
    assert_eq!(found("\r\nIt's the second file\r\n"), ["EDI-DATA-BETWEEN"]);
    assert_eq!(found(&"-".repeat(20_000)), ["EDI-DATA-BETWEEN"]);
    assert_eq!(found("LOC+9'"), ["EDI-SEG-OUTSIDE"]);
}

#[test]
fn groups_and_loose_messages_do_not_mix() {
    let group = "UNG+CUSCAR+TEAT+CUSTEST+261122:0830+G1+UN+D:95B'";
    check(format!("{HEAD}{MESSAGE}{group}{MESSAGE}UNE+1+G1'UNZ+1+R1'"), &[("EDI-GROUP-MIXED", 5, 0, 0)]);
}

#[test]
fn data_outside_messages_is_reported_once_for_a_run() {
    check(format!("{HEAD}{MESSAGE}LOC+9'LOC+11'{TAIL}"), &[("EDI-SEG-OUTSIDE", 5, 0, 0)]);
    check(format!("{HEAD}BGM+85'{MESSAGE}{TAIL}"), &[("EDI-SEG-OUTSIDE", 2, 0, 0)]);
}

#[test]
fn data_around_interchanges_is_reported() {
    check(format!("Subject: manifest\r\n\r\n{HEAD}{MESSAGE}{TAIL}"), &[("EDI-DATA-BETWEEN", 0, 0, 0)]);
    check(format!("{HEAD}{MESSAGE}{TAIL}\r\n-- end of report --"), &[("EDI-DATA-BETWEEN", 0, 0, 0)]);
}

#[test]
fn a_file_that_breaks_off_is_reported_and_what_was_there_is_kept() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'LOC+9+SGS");
    check(&file, &[("EDI-SEG-TRUNCATED", 4, 0, 0), ("EDI-UNT-MISSING", 4, 0, 0), ("EDI-UNZ-MISSING", 4, 0, 0)]);
    let reading = read(file.as_bytes());
    assert!(reading.is_truncated());
    assert_eq!(reading.segment(4).unwrap().comp(2, 1).as_deref(), Some("SGS"));
    check(format!("{HEAD}{MESSAGE}UNZ+1+R1"), &[("EDI-SEG-TRUNCATED", 5, 0, 0)]);
}

#[test]
fn bad_tags_and_empty_segments_are_reported() {
    check(format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'bgm+85'UNT+3+1'{TAIL}"), &[("EDI-TAG-BAD", 3, 0, 0), ("EDI-CHAR-LOWER", 3, 0, 0)]);
    check(format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'FTX+AAA+++O'NEILL'UNT+4+1'{TAIL}"), &[("EDI-TAG-BAD", 4, 0, 0)]);
    check(format!("{HEAD}''{MESSAGE}{TAIL}"), &[("EDI-SEG-EMPTY", 0, 0, 0), ("EDI-SEG-EMPTY", 0, 0, 0)]);
}

#[test]
fn characters_outside_the_repertoire_are_reported_at_their_component() {
    let with = |id: &str, text: &str| {
        format!("UNB+{id}:2+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'BGM+85'NAD+CN+++{text}'UNT+4+1'{TAIL}")
    };
    check(with("UNOA", "TEST:Street"), &[("EDI-CHAR-LOWER", 4, 4, 2)]);
    check(with("UNOB", "TEST:Street"), &[]);
    check(with("UNOB", "a@test"), &[("EDI-CHAR-SET", 4, 4, 0)]);
    check(with("UNOA", "a@b"), &[("EDI-CHAR-LOWER", 4, 4, 0), ("EDI-CHAR-SET", 4, 4, 0)]);
    check(with("UNOC", "a@b"), &[]);
    check(with("UNOA", "测试"), &[("EDI-CHARSET-UTF8", 4, 4, 0)]);
    check(with("UNOW", "测试"), &[]);
    check(with("UNOB", "A\u{7}B"), &[("EDI-CHAR-CONTROL", 4, 4, 0)]);
    check(with("UNOB", "A\r\nB"), &[("EDI-CHAR-LINE-BREAK", 4, 4, 0), ("EDI-CHAR-LINE-BREAK", 4, 4, 0)]);
}

#[test]
fn bytes_of_another_character_set_are_reported_and_readable_by_agreement() {
    let bytes = fixture("gb18030.edi");
    assert_eq!(places(&bytes), [("EDI-CHARSET-BYTES", 6 + 1, 4, 0)]);
    let options = ReadOptions { charset: Some(Charset::Gb18030), ..ReadOptions::default() };
    let reading = read_with(&bytes, &options);
    assert_eq!(reading.findings(), []);
    assert_eq!(reading.segment(7).unwrap().comp(4, 1).as_deref(), Some("机械零件"));
    let latin = b"UNB+UNOW:4+TEAT+CUSTEST+20261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'FTX+AAA+++\xe9'UNT+3+1'UNZ+1+R1'";
    assert_eq!(places(latin), [("EDI-CHARSET-BYTES", 3, 4, 0)]);
}

#[test]
fn unknown_syntax_and_unusable_service_characters_are_reported() {
    let head = |id: &str| format!("UNB+{id}+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R1'");
    check(format!("{}{MESSAGE}{TAIL}", head("UNOQ:2")), &[("EDI-SYNTAX-ID", 1, 1, 1)]);
    check(format!("{}{MESSAGE}{TAIL}", head("UNOA:9")), &[("EDI-SYNTAX-VERSION", 1, 1, 2)]);
    check(format!("UNA:+.+ '{HEAD}{MESSAGE}{TAIL}"), &[("EDI-UNA-BAD", 0, 0, 0)]);
    check(format!("UNA:+.? '\r\n{HEAD}{MESSAGE}{TAIL}"), &[]);
}

#[test]
fn service_segments_need_their_elements_and_no_more() {
    check(format!("UNB+UNOA:2+TEAT:ZZZ++261122:0830+R1'{MESSAGE}{TAIL}"), &[("EDI-SERVICE-ELEMENT", 1, 3, 1)]);
    check(format!("{HEAD}UNH+1+CUSCAR:D'BGM+85'UNT+3+1'{TAIL}"), &[("EDI-SERVICE-ELEMENT", 2, 2, 3), ("EDI-SERVICE-ELEMENT", 2, 2, 4)]);
    check(format!("{HEAD}{MESSAGE}UNZ+1+R1+9'"), &[("EDI-SERVICE-EXTRA", 5, 3, 0)]);
    check(format!("{HEAD}UNZ+0+R1'"), &[("EDI-INTERCHANGE-EMPTY", 2, 0, 0)]);
}

#[test]
fn what_is_not_edifact_is_said_so() {
    check("", &[("EDI-EMPTY", 0, 0, 0)]);
    check(" \r\n ", &[("EDI-EMPTY", 0, 0, 0)]);
    check("UNA:+.? '", &[("EDI-EMPTY", 0, 0, 0)]);
    check("<?xml version=\"1.0\"?><Manifest/>", &[("EDI-NOT-EDIFACT", 0, 0, 0)]);
    check(b"PK\x03\x04\x00\x00", &[("EDI-NOT-EDIFACT", 0, 0, 0)]);
}

#[test]
fn all_faults_come_at_once() {
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'BGM+85+a'UNT+9+2'XX+1'UNH+1+CUSCAR:D:95B:UN'BGM+85'{}", "UNZ+5+R2'");
    let codes: Vec<_> = places(file.as_bytes()).into_iter().map(|p| (p.0, p.1)).collect();
    assert_eq!(
        codes,
        [
            ("EDI-CHAR-LOWER", 3),
            ("EDI-UNT-COUNT", 4),
            ("EDI-UNT-REF", 4),
            ("EDI-TAG-BAD", 5),
            ("EDI-SEG-OUTSIDE", 5),
            ("EDI-UNH-DUPLICATE", 6),
            ("EDI-UNT-MISSING", 8),
            ("EDI-UNZ-COUNT", 8),
            ("EDI-UNZ-REF", 8),
        ]
    );
}

#[test]
fn a_finding_names_message_segment_and_offset_in_both_languages() {
    let file = format!("{HEAD}{MESSAGE}UNH+B2+CUSCAR:D:95B:UN'BGM+85'UNT+7+B2'UNZ+2+R1'");
    let reading = read(file.as_bytes());
    let [finding] = reading.findings() else { panic!("{:?}", reading.findings()) };
    assert_eq!((finding.interchange, finding.message, finding.message_ref.as_deref()), (Some(1), Some(2), Some("B2")));
    assert_eq!((finding.segment, finding.segment_in_message, finding.segment_tag.as_deref()), (Some(7), Some(3), Some("UNT")));
    assert_eq!(&file[finding.offset..finding.offset + 1], "7");
    assert_eq!(finding.severity, Severity::Error);
    assert!(finding.text_en.contains("says \"7\", but there are 3 segments"));
    assert!(finding.text_zh.contains("实际段数（含 UNH 和 UNT）为 3"));
    let json = serde_json::to_value(finding).unwrap();
    assert_eq!((&json["code"], &json["severity"], &json["segment"]), (&"EDI-UNT-COUNT".into(), &"error".into(), &7.into()));
}

#[test]
fn limits_hold_at_the_limit_and_one_past_it() {
    let file = format!("{HEAD}{MESSAGE}{}UNZ+2+R1'", MESSAGE.replace("+1", "+2"));
    let codes = |limits: Limits| -> Vec<&'static str> {
        let options = ReadOptions { limits, ..ReadOptions::default() };
        read_with(file.as_bytes(), &options).findings().iter().map(|f| f.code).collect()
    };
    let limits = Limits::default();
    assert_eq!(codes(Limits { bytes: file.len(), ..limits }), [] as [&str; 0]);
    assert_eq!(codes(Limits { bytes: file.len() - 1, ..limits }), ["EDI-SIZE-BYTES"]);
    assert_eq!(codes(Limits { segments: 8, ..limits }), [] as [&str; 0]);
    assert_eq!(codes(Limits { segments: 7, ..limits }), ["EDI-UNZ-MISSING", "EDI-SIZE-SEGMENTS"]);
    assert_eq!(codes(Limits { messages: 2, ..limits }), [] as [&str; 0]);
    assert_eq!(codes(Limits { messages: 1, ..limits }), ["EDI-SIZE-MESSAGES", "EDI-UNZ-MISSING"]);
    // UNB has eight separators and its terminator.
    assert_eq!(codes(Limits { separators_per_segment: 10, ..limits }), [] as [&str; 0]);
    assert_eq!(codes(Limits { separators_per_segment: 9, ..limits }), ["EDI-SIZE-ELEMENTS"]);
    // UNB is the longest segment.
    assert_eq!(codes(Limits { segment_bytes: HEAD.len() - 1, ..limits }), [] as [&str; 0]);
    assert_eq!(codes(Limits { segment_bytes: HEAD.len() - 2, ..limits }), ["EDI-SIZE-SEGMENT"]);
    assert_eq!(codes(Limits { interchanges: 1, ..limits }), [] as [&str; 0]);
    assert_eq!(codes(Limits { interchanges: 0, ..limits }), ["EDI-SIZE-INTERCHANGES"]);
}

#[test]
fn no_faulty_message_passes_for_good_because_a_list_is_full() {
    let faulty = |n: u32| format!("UNH+{n}+CUSCAR:D:95B:UN'BGM+85'UNT+9+{n}'");
    let body: String = (1..=250).map(faulty).collect();
    let file = format!("{HEAD}{body}UNZ+250+R1'");
    let reading = read(file.as_bytes());
    for message in reading.messages() {
        assert_eq!(message.findings().map(|f| f.code).collect::<Vec<_>>(), ["EDI-UNT-COUNT"], "{}", message.number());
    }
    let few = ReadOptions { limits: Limits { faulty: 150, ..Limits::default() }, ..ReadOptions::default() };
    assert!(!read_with(file.as_bytes(), &few).findings().iter().any(|f| f.code == "EDI-SIZE-FAULTY"));
    let fewer = ReadOptions { limits: Limits { faulty: 149, ..Limits::default() }, ..ReadOptions::default() };
    let reading = read_with(file.as_bytes(), &fewer);
    let last = reading.findings().last().unwrap();
    assert_eq!((last.code, last.severity, last.message, last.interchange), ("EDI-SIZE-FAULTY", Severity::Error, None, None));
}

#[test]
fn many_faults_of_one_kind_are_listed_up_to_the_limit_and_then_counted() {
    let lower = "FTX+AAA+++x'".repeat(150);
    let file = format!("{HEAD}UNH+1+CUSCAR:D:95B:UN'{lower}UNT+152+1'{TAIL}");
    let reading = read(file.as_bytes());
    assert_eq!(reading.findings().iter().filter(|f| f.code == "EDI-CHAR-LOWER").count(), 100);
    let last = reading.findings().last().unwrap();
    assert_eq!(last.code, "EDI-FINDINGS-MORE");
    assert!(last.text_en.starts_with("50 further"));
}
