//! Writer and round trip.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{Charset, Party, Prepared, ServiceChars, UnaMode, Unb, Usage, WriteError, Writer, WriterOptions, read, write};

fn unb() -> Unb {
    Unb {
        sender: Party::new("TEAT"),
        recipient: Party { id: "CUSTEST".into(), qualifier: "ZZZ".into() },
        prepared: Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 30 },
        control_reference: "R1".into(),
        application_reference: String::new(),
        usage: Usage::Test,
    }
}

fn file(options: WriterOptions, text: &str) -> Result<Vec<u8>, WriteError> {
    let mut writer = Writer::new(options);
    writer.begin_interchange(&unb());
    writer.begin_message("1", &["CUSCAR", "D", "95B", "UN"]).segment("FTX", &[&["AAA"], &[], &["", ""], &[text, ""], &[""]]);
    writer.end_message().end_interchange();
    writer.finish()
}

#[test]
fn counts_and_references_are_computed_and_empty_ends_left_out() {
    let bytes = file(WriterOptions::default(), "A+B").unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        "UNB+UNOB:3+TEAT+CUSTEST:ZZZ+261122:0830+R1++++++1'UNH+1+CUSCAR:D:95B:UN'FTX+AAA+++A?+B'UNT+3+1'UNZ+1+R1'"
    );
}

#[test]
fn other_service_characters_are_announced() {
    let service = ServiceChars { component: b'|', element: b'^', decimal: b',', release: Some(b'!'), repetition: None, terminator: b'~' };
    let bytes = file(WriterOptions { service, ..WriterOptions::default() }, "A^B + C").unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.starts_with("UNA|^,! ~UNB^UNOB|3^"), "{text}");
    assert!(text.contains("FTX^AAA^^^A!^B + C~"), "{text}");
    assert_eq!(read(&bytes).segment(3).unwrap().comp(4, 1).as_deref(), Some("A^B + C"));
    assert_eq!(write(&read(&bytes)), bytes);
    let always = WriterOptions { una: UnaMode::Always, ..WriterOptions::default() };
    assert!(file(always, "A").unwrap().starts_with(b"UNA:+.? 'UNB+"));
}

#[test]
fn version_4_has_four_digit_years_and_repetitions() {
    let options = WriterOptions::for_texts(["箱"]);
    let bytes = file(options, "箱*号").unwrap();
    assert!(bytes.starts_with(b"UNB+UNOW:4+TEAT+CUSTEST:ZZZ+20261122:0830+"));
    assert_eq!(read(&bytes).findings(), []);
    assert_eq!(read(&bytes).segment(3).unwrap().comp(4, 1).as_deref(), Some("箱*号"));
}

#[test]
fn what_cannot_be_written_is_refused() {
    let unencodable = WriteError::Unencodable { segment: 3, character: '箱', charset: Charset::UnoB };
    assert_eq!(file(WriterOptions::default(), "A箱"), Err(unencodable));
    let latin = WriterOptions { charset: Charset::UnoC, ..WriterOptions::default() };
    assert!(file(latin, "Süd").unwrap().windows(3).any(|w| w == b"S\xfcd"));
    assert!(file(latin, "箱").is_err());
    let no_release = ServiceChars { release: None, ..ServiceChars::default() };
    assert_eq!(
        file(WriterOptions { service: no_release, ..WriterOptions::default() }, "A+B"),
        Err(WriteError::Unreleasable { segment: 3 })
    );
    let twice = ServiceChars { component: b'+', ..ServiceChars::default() };
    assert_eq!(file(WriterOptions { service: twice, ..WriterOptions::default() }, "A"), Err(WriteError::ServiceChars));
}

#[test]
fn calls_out_of_order_are_refused() {
    let mut writer = Writer::new(WriterOptions::default());
    writer.end_message();
    assert!(matches!(writer.finish(), Err(WriteError::Order { attempted: "the end of a message", .. })));
    let mut writer = Writer::new(WriterOptions::default());
    writer.begin_message("1", &["CUSCAR"]);
    assert!(matches!(writer.finish(), Err(WriteError::Order { attempted: "the end of the file", .. })));
}

#[test]
fn files_survive_reading_and_writing_byte_for_byte() {
    let folder = format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(write(&read(&bytes)), bytes, "{}", path.display());
        for around in ["\u{feff}", "\r\n", "mail header\n"] {
            let dressed = [around.as_bytes(), &bytes, b"\r\n trailing \x1a"].concat();
            assert_eq!(write(&read(&dressed)), dressed, "{}", path.display());
        }
        let cut = &bytes[..bytes.len() * 2 / 3];
        assert_eq!(write(&read(cut)), cut, "{}", path.display());
    }
}
