//! Any bytes are read without panic; every finding has a place in the file, and every segment can be looked at.
#![no_main]

use edifact::{CODES, Charset, MAX_FINDINGS_PER_CODE, ReadOptions, read_with};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let charset = match first % 4 {
        1 => Some(Charset::Gb18030),
        2 => Some(Charset::UnoE),
        3 => Some(Charset::Utf8),
        _ => None,
    };
    let reading = read_with(bytes, &ReadOptions { charset, ..ReadOptions::default() });
    let most = CODES.len() * (MAX_FINDINGS_PER_CODE + 1) + reading.messages().len() + reading.interchanges().len();
    assert!(reading.findings().len() <= most);
    for finding in reading.findings() {
        assert!(finding.info().is_some() && finding.offset <= bytes.len());
        assert!(finding.segment.is_none_or(|number| reading.segment(number).is_some()));
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
            let _ = segment.repeated_comp(element, segment.repetitions(element), 1);
        }
    }
});
