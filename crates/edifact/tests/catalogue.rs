//! The catalogue is complete: every code in the sources is in it, each is explained, each can really be emitted.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::collections::BTreeSet;

use edifact::{CODES, Limits, ReadOptions, Stream, check_message, read, read_with};

fn sources() -> String {
    let folder = format!("{}/src", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_code_in_the_sources_is_in_the_catalogue() {
    let text = sources();
    let codes = text
        .split('"')
        .filter(|part| part.starts_with("EDI-") && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'));
    let known: BTreeSet<&str> = CODES.iter().map(|info| info.code).collect();
    let used: BTreeSet<&str> = codes.collect();
    assert_eq!(used, known);
    assert_eq!(known.len(), CODES.len(), "a code stands twice");
}

#[test]
fn every_code_is_explained() {
    for info in CODES {
        for text in [info.title_zh, info.title_en, info.cause, info.fix] {
            assert!(!text.trim().is_empty(), "{}", info.code);
        }
        assert!(!info.title_zh.is_ascii(), "{}", info.code);
    }
}

#[test]
fn every_code_can_be_emitted() {
    const HEAD: &str = "UNB+UNOA:2+TEAT+CUSTEST+261122:0830+R1'";
    const MESSAGE: &str = "UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'";
    const GROUP: &str = "UNG+CUSCAR+TEAT+CUSTEST+261122:0830+G1'";
    let lower = "FTX+x'".repeat(101);
    let trips = "TDT+20'".repeat(10);
    let dates = "DTM+137'".repeat(10);
    let files: Vec<Vec<u8>> = [
        "",
        "text",
        "\u{feff}x",
        "\r\nUNH+1'\r\n",
        &format!("UNA++.? '{HEAD}{MESSAGE}"),
        &format!("x {MESSAGE}UNT+1'UNE+1'UNZ+1'"),
        &format!("{HEAD}UNZ+9+R2+3'"),
        &format!("{HEAD}UNH+1'UNH+1'UNT+9+9'{GROUP}{MESSAGE}UNE+9+G9'{GROUP}UNZ+1'"),
        &format!("{HEAD}''x+1'BGM+1'UNH+1+CUSCAR:D:95B:UN'FTX+x@\u{7}\n箱'{lower}"),
        "UNB+UNOA:2+\u{e9}",
        "UNB+UNOQ:9+A+B+261122:0830+R1'",
        "UNH+1+ORDERS:D:96A:UN'",
        "UNH+1+CUSCAR:D:80A:UN'XXX+1'UNZ",
        &format!("UNH+1+CUSCAR:D:95B:UN'{dates}DTM+137'{trips}CNI'BGM+85'DTM'"),
        "UNH+1+COARRI:D:95B:UN'BGM'DTM'CNT+16:1'UNT+3+1'",
        "UNH+1+COARRI:D:95B:UN'BGM+++9+AB+X'CNT+16:one'DGS+IMD+3+12'UNT+3+1'",
        "UNB+UNOX:4+A+B+20261122:0830+R1'UNH+1+CUSCAR:D:95B:UN'FTX+\u{1b}$B'",
        &format!("{HEAD}{GROUP}{MESSAGE}UNE+1+G1'{GROUP}{MESSAGE}UNE+1+G1'UNZ+2+R1'{HEAD}{MESSAGE}UNZ+1+R1'"),
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .chain([b"UNB+UNOA:2+\xe9'".to_vec()])
    .collect();
    let small = |limits: Limits| ReadOptions { limits, ..ReadOptions::default() };
    let limits = Limits::default();
    let variants = [
        ReadOptions::default(),
        small(Limits { bytes: 1, ..limits }),
        small(Limits { segments: 1, ..limits }),
        small(Limits { messages: 0, ..limits }),
        small(Limits { separators_per_segment: 1, ..limits }),
        small(Limits { interchanges: 0, ..limits }),
        small(Limits { segment_bytes: 5, ..limits }),
        small(Limits { findings_per_code: 1, faulty: 0, ..limits }),
        small(Limits { message_bytes: 9, ..limits }),
    ];
    let mut seen = BTreeSet::new();
    for file in &files {
        for options in &variants {
            let reading = read_with(file, options);
            seen.extend(reading.findings().iter().map(|f| f.code));
            let summary = Stream::new(&file[..], options).drain().unwrap();
            seen.extend(summary.findings().iter().map(|f| f.code));
        }
        for message in read(file).messages() {
            for finding in check_message(&message) {
                let info = finding.info().unwrap();
                assert!(finding.severity <= info.severity);
                seen.insert(finding.code);
            }
        }
    }
    let known: BTreeSet<&str> = CODES.iter().map(|info| info.code).collect();
    assert_eq!(seen, known);
}
