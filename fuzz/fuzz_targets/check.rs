//! Messages of every type that has a directory are checked without panic, in bounded findings, however they are put together.
#![no_main]

use edifact::{check_message, read};
use libfuzzer_sys::fuzz_target;

const KINDS: [&str; 12] = [
    "CUSCAR:D:95B", "IFCSUM:D:96A", "COARRI:D:95B", "CODECO:D:00B", "COREOR:D:00B", "CUSRES:D:95B", "APERAK:D:00B", "CONTRL:D:3",
    "BAPLIE:D:95B", "COPRAR:D:95B", "IFTSTA:D:00B", "IFTDGN:D:00B",
];

fuzz_target!(|data: &[u8]| {
    let Some((&first, rest)) = data.split_first() else { return };
    let kind = KINDS[usize::from(first) % KINDS.len()];
    let head = format!("UNB+UNOB:4+A+B+20261122:0830+1'UNH+1+{kind}:UN'");
    let bytes = [head.as_bytes(), rest, b"'UNT+1+1'UNZ+1+1'"].concat();
    for message in read(&bytes).messages() {
        for finding in check_message(&message) {
            assert!(finding.offset <= bytes.len() && finding.info().is_some());
        }
    }
});
