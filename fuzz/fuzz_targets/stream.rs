//! A stream in pieces of any size finds what a whole reading finds, message by message, and answers the same.
#![no_main]

use edifact::{ContrlMode, ContrlOptions, Prepared, ReadOptions, Stream, contrl, read};
use libfuzzer_sys::fuzz_target;

/// Longer than a stream looks ahead, so that what follows comes in pieces.
fn beginning() -> Vec<u8> {
    let mut bytes = b"UNB+UNOA:2+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+R0'UNH+1+CUSCAR:D:95B:UN'".to_vec();
    while bytes.len() < 8_300 {
        bytes.extend_from_slice(b"FTX+AAA+++A REMARK:AND ANOTHER'\r\n");
    }
    bytes
}

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let bytes = if first & 1 == 0 { rest.to_vec() } else { [&beginning(), rest].concat() };
    let whole = read(&bytes);
    let mut stream = Stream::new(&bytes[..], &ReadOptions::default()).in_pieces_of(usize::from(first >> 1) + 1);
    let mut taken = 0;
    while let Some(streamed) = stream.next().unwrap() {
        let same = whole.message(streamed.number()).unwrap();
        assert_eq!(streamed.message().unwrap().raw_bytes(), same.raw_bytes());
        assert_eq!(streamed.segment_count(), same.segment_count());
        taken += 1;
    }
    assert_eq!(taken, whole.messages().len());
    let summary = stream.finish();
    assert_eq!(summary.findings(), whole.findings());
    assert_eq!(summary.segments() as usize, whole.segment_count());
    assert_eq!(summary.interchanges() as usize, whole.interchanges().len());
    let options = ContrlOptions {
        sender: None,
        prepared: Prepared { year: 2026, month: 11, day: 22, hour: 8, minute: 30 },
        control_reference: "1".into(),
        mode: ContrlMode::Report,
        forgiven: Vec::new(),
        further: Vec::new(),
    };
    assert_eq!(summary.contrl(&options), contrl(&whole, &options));
});
