//! What was read is written back byte for byte; what is written from texts is read back as these texts.
#![no_main]

use edifact::{Writer, WriterOptions, read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    assert_eq!(write(&read(bytes)), bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Control characters are reported, and line ends before a tag are no text; both have tests of their own.
    let elements: Vec<Vec<&str>> = text.split(|c: char| c.is_control()).take(300).map(|part| part.split('|').take(9).collect()).collect();
    let slices: Vec<&[&str]> = elements.iter().map(Vec::as_slice).collect();
    let mut writer = Writer::new(WriterOptions::for_texts([text]));
    writer.begin_message("1", &["CUSCAR", "D", "95B", "UN"]).segment("FTX", &slices).end_message();
    let written = writer.finish().unwrap();
    // A message without UNB is read as version 3 in UNOB, where the asterisk of version 4 does not repeat.
    let reading = read(&written);
    assert_eq!(reading.segment_count(), 3);
    for (i, element) in elements.iter().enumerate() {
        for (j, component) in element.iter().enumerate() {
            assert_eq!(reading.segment(2).unwrap().comp(i + 1, j + 1).unwrap_or_default(), *component);
        }
    }
});
