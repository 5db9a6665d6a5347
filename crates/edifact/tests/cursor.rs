//! Cursors: elements, components, releases, repetitions, positions.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{Pos, read};

fn message(body: &str) -> String {
    format!("UNB+UNOC:3+TEAT+CUSTEST+261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'{body}'UNT+3+1'UNZ+1+R1'")
}

#[test]
fn elements_and_components_count_from_one_and_empty_is_absent() {
    let file = message("TDT+20+026W+1++TEAT:172:20+++9999993:146::TEST VESSEL");
    let reading = read(file.as_bytes());
    let tdt = reading.message(1).unwrap().body().next().unwrap();
    assert_eq!(tdt.tag(), "TDT");
    assert_eq!(tdt.comp(1, 1).as_deref(), Some("20"));
    assert_eq!(tdt.comp(4, 1), None);
    assert_eq!(tdt.comp(8, 3), None);
    assert_eq!(tdt.comp(8, 4).as_deref(), Some("TEST VESSEL"));
    assert_eq!(tdt.comp(9, 1), None);
    assert_eq!(tdt.comp(8, 5), None);
    assert_eq!((tdt.element_count(), tdt.component_count(5), tdt.component_count(9)), (8, 3, 0));
    assert_eq!(tdt.el(5).unwrap().comp(2).as_deref(), Some("172"));
    assert!(tdt.el(9).is_none());
    assert_eq!(tdt.elements().filter_map(|e| e.value()).count(), 5);
    assert_eq!((tdt.number(), tdt.number_in_message()), (3, Some(2)));
}

#[test]
fn releases_are_resolved_and_plain_text_is_borrowed() {
    let file = message("FTX+AAA+++O?'NEILL ?+ SONS?: 10??:PLAIN");
    let reading = read(file.as_bytes());
    let ftx = reading.segment(3).unwrap();
    assert_eq!(ftx.comp(4, 1).as_deref(), Some("O'NEILL + SONS: 10?"));
    assert_eq!(ftx.raw(4, 1).unwrap(), b"O?'NEILL ?+ SONS?: 10??");
    assert!(matches!(ftx.comp(4, 2), Some(std::borrow::Cow::Borrowed("PLAIN"))));
}

#[test]
fn a_release_across_a_block_border_still_releases() {
    // Separators are searched in blocks of 64 bytes; every alignment of the release has to work.
    for pad in 0..130 {
        let file = message(&format!("FTX+{}?'?+?:??+X", "A".repeat(pad)));
        let reading = read(file.as_bytes());
        assert!(!reading.has_errors(), "{pad}");
        let ftx = reading.segment(3).unwrap();
        assert_eq!(ftx.comp(1, 1).unwrap(), format!("{}'+:?", "A".repeat(pad)), "{pad}");
        assert_eq!(ftx.comp(2, 1).as_deref(), Some("X"), "{pad}");
    }
}

#[test]
fn repetitions_exist_in_version_4_only() {
    let bytes = std::fs::read(format!("{}/tests/fixtures/version4.edi", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let reading = read(&bytes);
    let erc = reading.segments().find(|s| s.tag() == "ERC").unwrap();
    assert_eq!(erc.repetitions(1), 2);
    assert_eq!(erc.comp(1, 1).as_deref(), Some("E10"));
    assert_eq!(erc.repeated_comp(1, 1, 1).as_deref(), Some("E11"));
    let ftx = reading.segments().find(|s| s.tag() == "FTX").unwrap();
    assert_eq!(ftx.comp(4, 1).as_deref(), Some("箱号校验位错误 * 集装箱"));
    let file = message("FTX+AAA+++5*6");
    assert_eq!(read(file.as_bytes()).segment(3).unwrap().comp(4, 1).as_deref(), Some("5*6"));
}

#[test]
fn latin_text_is_decoded() {
    let mut file = message("NAD+CN+++TEST").into_bytes();
    let at = file.windows(4).rposition(|w| w == b"TEST").unwrap();
    file.splice(at..at + 4, *b"S\xfcd");
    assert_eq!(read(&file).segment(3).unwrap().comp(4, 1).as_deref(), Some("Süd"));
}

#[test]
fn positions_point_at_the_bytes() {
    let file = message("LOC+11+CNSHA:139:6");
    let reading = read(file.as_bytes());
    let loc = reading.segment(3).unwrap();
    let at = |text: &str| file.find(text).unwrap();
    assert_eq!(loc.pos(), Pos { segment: 3, element: 0, component: 0, offset: at("LOC") });
    assert_eq!(loc.pos_at(2, 0), Pos { segment: 3, element: 2, component: 0, offset: at("CNSHA") });
    assert_eq!(loc.pos_at(2, 3), Pos { segment: 3, element: 2, component: 3, offset: at("6'UNT") });
    assert_eq!(loc.pos_at(3, 1).offset, loc.end());
    assert_eq!(loc.pos_of_offset(at("139")), Pos { segment: 3, element: 2, component: 2, offset: at("139") });
    assert_eq!(loc.raw_bytes(), b"LOC+11+CNSHA:139:6");
}

#[test]
fn the_header_of_an_interchange_is_readable() {
    let file = "UNB+UNOA:2+TEAT:ZZZ+CUSTEST:14+261122:0830+R1++CUSCAR++1++1'UNH+1+CUSCAR:D:95B:UN:X1'BGM+85'UNT+3+1'UNZ+1+R1'";
    let reading = read(file.as_bytes());
    let interchange = reading.interchanges().next().unwrap();
    assert_eq!((interchange.sender().as_deref(), interchange.sender_qualifier().as_deref()), (Some("TEAT"), Some("ZZZ")));
    assert_eq!((interchange.recipient().as_deref(), interchange.recipient_qualifier().as_deref()), (Some("CUSTEST"), Some("14")));
    assert_eq!((interchange.prepared_date().as_deref(), interchange.prepared_time().as_deref()), (Some("261122"), Some("0830")));
    assert_eq!((interchange.syntax_id().as_deref(), interchange.syntax_version().as_deref()), (Some("UNOA"), Some("2")));
    assert_eq!(interchange.application_reference().as_deref(), Some("CUSCAR"));
    assert!(interchange.wants_acknowledgement() && interchange.is_test());
    let message = reading.message(1).unwrap();
    assert_eq!((message.version().as_deref(), message.release().as_deref()), (Some("D"), Some("95B")));
    assert_eq!((message.agency().as_deref(), message.association().as_deref()), (Some("UN"), Some("X1")));
    assert_eq!(message.unt().unwrap().comp(1, 1).as_deref(), Some("3"));
    assert!(message.raw_bytes().starts_with(b"UNH+1") && message.raw_bytes().ends_with(b"UNT+3+1'"));
    assert!(reading.message(0).is_none() && reading.message(2).is_none() && reading.segment(0).is_none());
}
