//! Flat port files read by descriptions: what they say, what is wrong with them, and descriptions that cannot be used.

use std::collections::BTreeSet;
use std::path::Path;

use app::exchange::{Content, Interpreter as _};
use messages::EdiInterpreter;
use messages::record_format::{self, FLAT_RECORDS_MAX, FlatFile, Formats, RECORD_BYTES_MAX, RecordFormat};
use proptest::prelude::*;

const MANIFEST: &str = "00:IFCSUM:MANIFEST:9:BLUE:FAIRWAY:REF0001'
10:9074729:DEMO STAR:SG:026E'
12:DEMOBL0001:SYNTHETIC LINE'
13:SGSIN:CNLYG'
16::SYNTHETIC EXPORTER:1 HARBOUR ROAD'
17::示例进口商'
44:1:7204490090:100:CT:10000'
47:1:Scrap of steel?: sorted:second line'
51:1:ZZZU0000019:SEAL1:22G1:F:100:10000'
12:DEMOBL0002:SYNTHETIC LINE'
13:SGSIN:CNLYG'
44:1:8471300000:5:CT:50.5'
47:1:Computers'
51:1:ZZZU0000024::22G1:F:5:50.5'
99:15'
";

fn gb18030(text: &str) -> Vec<u8> {
    edifact::Charset::Gb18030.encode(text).expect("text").into_owned()
}

fn read(bytes: &[u8]) -> FlatFile {
    Formats::shipped().read(bytes, 480).expect("a known format")
}

fn codes(file: &FlatFile) -> Vec<&str> {
    file.findings.iter().map(|found| found.finding.code.as_ref()).collect()
}

#[test]
fn a_flat_manifest_says_what_an_edifact_one_would() {
    let file = read(&gb18030(MANIFEST));
    assert_eq!(codes(&file), ["EDI-REC-UNVERIFIED"], "{:#?}", file.findings);
    assert_eq!((file.kind.as_str(), file.sender.as_deref(), file.records, file.replaces), ("IFCSUM", Some("BLUE"), 15, false));
    assert_eq!(
        (file.call.ship_name.as_deref(), file.call.voyage.as_deref(), file.call.imo.as_deref()),
        (Some("DEMO STAR"), Some("026E"), Some("9074729"))
    );
    assert_eq!(file.bill_numbers, ["DEMOBL0001", "DEMOBL0002"]);
    assert_eq!(file.container_numbers, ["ZZZU0000019", "ZZZU0000024"]);
    let bill = &file.bills[0].form.content;
    assert_eq!((bill.loading.as_str(), bill.discharge.as_str(), bill.consignee.name.as_str()), ("SGSIN", "CNLYG", "示例进口商"));
    assert_eq!(bill.goods[0].description, "Scrap of steel: sorted second line", "a released separator is text");
    assert_eq!((bill.goods[0].packages, bill.goods[0].gross_kg.to_string()), (100, "10000".into()));
    assert_eq!((bill.containers[0].seals.as_slice(), bill.containers[0].size_type.as_str()), (["SEAL1".to_owned()].as_slice(), "22G1"));
    assert_eq!((file.bills[1].segment, file.bills[1].form.content.containers.len()), (10, 1), "what follows a bill belongs to it");

    // Through the door that every message takes.
    let reading = EdiInterpreter::default().read(&gb18030(MANIFEST), &app::agreement::Agreement::default(), 480);
    assert_eq!(reading.record_format.as_deref(), Some("ifcsum-manifest"));
    match &reading.messages[0].content {
        Some(Content::Manifest { bills, replaces: false, .. }) => assert_eq!(bills.len(), 2),
        other => panic!("{other:?}"),
    }
    // A mark before it, line ends of another system, and no line ends change nothing.
    for text in [format!("\u{feff}\r\n{MANIFEST}"), MANIFEST.replace('\n', "\r\n"), MANIFEST.replace('\n', "")] {
        let bytes = if text.starts_with('\u{feff}') { text.replace("示例进口商", "X").into_bytes() } else { gb18030(&text) };
        assert_eq!(codes(&read(&bytes)), ["EDI-REC-UNVERIFIED"]);
    }
}

#[test]
fn a_container_list_of_fixed_width_is_found_by_its_boxes_and_bills() {
    let line = |container: &str, bill: &str| format!("51{container:<11}{:<15}{bill:<16}", "");
    let text = format!(
        "00NCLCONTAINER LIST   X\r\n{}\r\n53{:<10}{:<31}\r\n\r\n{}\r\n",
        line("ZZZU0000019", "DEMOBL0001"),
        "",
        "废钢铁",
        line("ZZZU0000024", "DEMOBL0002")
    );
    let file = read(&gb18030(&text));
    assert_eq!(codes(&file), ["EDI-REC-UNVERIFIED"], "{:#?}", file.findings);
    assert_eq!(file.container_numbers, ["ZZZU0000019", "ZZZU0000024"]);
    assert_eq!(file.bill_numbers, ["DEMOBL0001", "DEMOBL0002"]);
    assert_eq!(file.bills[0].form.content.goods[0].description, "废钢铁");
    assert!(!file.manifest, "it orders nothing");
    let reading = EdiInterpreter::default().read(&gb18030(&text), &app::agreement::Agreement::default(), 480);
    assert_eq!(reading.messages[0].content, Some(Content::Other));
}

#[test]
fn a_bay_plan_is_found_by_its_boxes() {
    let file = read(b"00:BAPLIE:BAYPLAN:9:BLUE:FAIRWAY'10::DEMO STAR:SG:026E'50:ZZZU 000001-9:010203'52:SGSIN'50:ZZZU0000024:010205'");
    assert_eq!(codes(&file), ["EDI-REC-UNVERIFIED"], "{:#?}", file.findings);
    assert_eq!((file.kind.as_str(), file.container_numbers.len()), ("BAPLIE", 2));
    assert_eq!(file.container_numbers[0], "ZZZU0000019", "one spelling");
}

/// Each finding by the change that provokes it, with record and the text at the byte told.
const PROVOKED: &[(&str, &str, &str, u64, &str)] = &[
    ("EDI-REC-UNKNOWN", "99:15'", "77:X'\n99:16'", 15, "77:X"),
    ("EDI-REC-MISSING", "10:9074729:DEMO STAR:SG:026E'\n", "", 0, ""),
    ("EDI-REC-REPEATED", "99:15'", "10:1:X:SG:1'\n99:16'", 15, "10:1"),
    ("EDI-REC-ORDER", "12:DEMOBL0001:SYNTHETIC LINE'\n", "", 3, "SGSIN"),
    ("EDI-REC-CUT", "99:15'", "99:15", 15, "99:15"),
    ("EDI-REC-COUNT", "99:15'", "99:14'", 15, "14"),
    ("EDI-REC-FIELD-MISSING", "12:DEMOBL0002", "12:", 10, ":SYNTHETIC"),
    ("EDI-REC-FIELD-VALUE", ":CT:50.5'", ":CT:50,5'", 12, "50,5"),
    ("EDI-REC-FIELD-CODE", "MANIFEST:9:", "MANIFEST:7:", 1, "7:BLUE"),
    ("EDI-REC-FIELD-LONG", "026E", "026E-VERY-LONG-VOYAGE", 2, "026E-VERY"),
    ("EDI-REC-BILL-DUPLICATE", "DEMOBL0002", "DEMOBL0001", 10, "DEMOBL0001"),
    ("EDI-REC-CALL", "DEMO STAR:SG:026E", "DEMO STAR:SG:", 0, ""),
];

#[test]
fn every_fault_is_told_at_its_record_and_byte() {
    let mut provoked: BTreeSet<&str> = ["EDI-REC-UNVERIFIED"].into();
    for (code, from, to, record, at) in PROVOKED {
        let text = MANIFEST.replacen("示例进口商", "Importer", 1).replacen(from, to, 1);
        let file = read(text.as_bytes());
        let found =
            file.findings.iter().find(|found| found.finding.code == *code).unwrap_or_else(|| panic!("{code}: {:#?}", file.findings));
        if *record > 0 {
            assert_eq!(found.segment, Some(*record), "{code}");
            let offset = usize::try_from(found.offset.expect("an offset")).expect("small");
            assert!(text[offset..].starts_with(at), "{code}: {:?}", &text[offset..]);
        }
        assert_eq!(file.manifest, !found.finding.is_error(), "{code}: an error forbids to act");
        provoked.insert(code);
    }
    let wrong = MANIFEST.replace("Computers", "\u{1}").into_bytes();
    assert!(codes(&read(&wrong)).contains(&"EDI-REC-FIELD-VALUE"), "control characters are no text");
    let mut wrong = gb18030(MANIFEST);
    let at = wrong.windows(9).position(|window| window == b"Computers").expect("there");
    wrong[at] = 0xff;
    assert!(codes(&read(&wrong)).contains(&"EDI-REC-CHARSET"));
    let long = MANIFEST.replace("Computers", &"C".repeat(RECORD_BYTES_MAX));
    assert!(codes(&read(&gb18030(&long))).contains(&"EDI-REC-LONG"));
    let many = format!("00:BAPLIE:BAYPLAN'10::S::V'{}", "52'".repeat(usize::try_from(FLAT_RECORDS_MAX).expect("fits")));
    let file = read(many.as_bytes());
    assert_eq!((codes(&file), file.records), (vec!["EDI-REC-UNVERIFIED", "EDI-REC-TOO-MANY"], FLAT_RECORDS_MAX));
    provoked.extend(["EDI-REC-CHARSET", "EDI-REC-LONG", "EDI-REC-TOO-MANY"]);
    assert_eq!(provoked, record_format::CODES.iter().map(|info| info.code).collect(), "every code is provoked");
}

#[test]
fn at_the_limit_of_records_nothing_is_left_out() {
    let exact = format!("00:BAPLIE:BAYPLAN'10::S::V'{}", "52'".repeat(usize::try_from(FLAT_RECORDS_MAX).expect("fits") - 2));
    assert_eq!(codes(&read(exact.as_bytes())), ["EDI-REC-UNVERIFIED"]);
    let record = |length: usize| format!("00:BAPLIE:BAYPLAN'10::S::V'52:{}'", "X".repeat(length - 3));
    assert_eq!(codes(&read(record(RECORD_BYTES_MAX).as_bytes())), ["EDI-REC-UNVERIFIED"]);
    assert!(codes(&read(record(RECORD_BYTES_MAX + 1).as_bytes())).contains(&"EDI-REC-LONG"));
}

const OWN: &str = r#"
id = "own-list"
title = { zh = "自有清单", en = "Own list" }
verified = true
source = "agreement with terminal east"
source_date = "2026-11-01"
message = "OWNLST"
becomes = "list"
charset = "UTF-8"
begins_with = ["HDR|"]
layout = { kind = "delimited", record_end = ";", separator = "|" }
[[records]]
id = "HDR"
name = { zh = "头", en = "header" }
[[records]]
id = "BOX"
name = { zh = "箱", en = "box" }
opens = "container"
fields = [{ at = 1, means = "container.number", required = true }]
"#;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a file");
}

#[test]
fn an_operator_adds_and_replaces_descriptions() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "own.toml", OWN);
    write(folder.path(), "readme.txt", "no description");
    let formats = Formats::with_folder(folder.path()).expect("valid");
    let file = formats.read(b"HDR|X;BOX|ZZZU0000019;", 480).expect("recognised");
    assert_eq!((file.format.as_str(), file.container_numbers.as_slice()), ("own-list", ["ZZZU0000019".to_owned()].as_slice()));
    assert_eq!(file.findings, [], "a verified description is not doubted");
    // The same id as a shipped one stands in its place.
    write(folder.path(), "mine.toml", &OWN.replace("own-list", "ifcsum-manifest").replace("HDR|", "XDR|").replace("\"HDR\"", "\"XDR\""));
    let formats = Formats::with_folder(folder.path()).expect("valid");
    assert!(formats.recognise(MANIFEST.as_bytes()).is_none() && formats.recognise(b"XDR|").is_some());
}

#[test]
fn a_description_that_cannot_be_used_says_why() {
    let fault = |change: (&str, &str)| -> String {
        let text = OWN.replacen(change.0, change.1, 1);
        assert_ne!(text, OWN, "{change:?}");
        RecordFormat::parse(&text)
            .err()
            .map_or_else(|| panic!("{change:?} is taken"), |faults| faults.iter().map(ToString::to_string).collect())
    };
    for (change, told) in [
        (("own-list", "Own List"), "id: 2 to 40 lower-case"),
        (("2026-11-01", "yesterday"), "source_date"),
        (("[\"HDR|\"]", "[\"UNB\"]"), "the beginning of an EDIFACT file"),
        (("[\"HDR|\"]", "[\"H\"]"), "shorter than 3 bytes"),
        (("separator = \"|\"", "separator = \";\""), "the marks must differ"),
        (("separator = \"|\"", "separator = \"A\""), "no letters"),
        (("id = \"BOX\"", "id = \"HDR\""), "record HDR: stands twice"),
        (("at = 1", "from = 1, to = 2"), "needs `at`"),
        (("at = 1", "at = 101"), "`at` is 1 to 100"),
        (("container.number\"", "goods.packages\""), "goods.packages: its type must be number"),
        (("container.number\"", "goods.description\""), "goods.description has no place"),
        (("container.number", "container.colour"), "unknown variant"),
        (("becomes = \"list\"", "becomes = \"manifest\""), "a manifest needs bill.number"),
        (("required = true }", "required = true, colour = 1 }"), "unknown field"),
        (("id = \"BOX\"\n", "id = \"BOX\"\nat_most = 0\n"), "at_most is 1 or more"),
    ] {
        let found = fault(change);
        assert!(found.contains(told), "{change:?}: {found}");
    }
    // All faults at once, each with its file.
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "a.toml", &OWN.replace("own-list", "X").replace("2026-11-01", "x"));
    write(folder.path(), "b.toml", "id = 3");
    write(folder.path(), "c.toml", OWN);
    write(folder.path(), "d.toml", OWN);
    let faults: Vec<String> = Formats::with_folder(folder.path()).expect_err("faults").iter().map(ToString::to_string).collect();
    for (file, told) in
        [("a.toml, id", "lower-case"), ("a.toml, source_date", "a day"), ("b.toml", "invalid type"), ("d.toml", "that of another file")]
    {
        assert!(faults.iter().any(|fault| fault.contains(file) && fault.contains(told)), "{file}: {faults:#?}");
    }
    assert!(Formats::with_folder(Path::new("/nowhere")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any bytes after any beginning: never a panic, findings bounded, records counted, and what is told lies within the file.
    #[test]
    fn any_bytes_are_read(which in 0usize..3, bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let beginnings: [&[u8]; 3] = [b"00:IFCSUM:MANIFEST:", b"00:BAPLIE:BAYPLAN", b"00NCLCONTAINER LIST"];
        let file = [beginnings[which], &bytes].concat();
        let read = read(&file);
        prop_assert!(read.findings.len() <= messages::FINDINGS_MAX + 1);
        prop_assert!(read.findings.iter().all(|found| found.offset.is_none_or(|offset| offset <= file.len() as u64)));
        prop_assert!(read.records as usize <= file.len());
    }

    /// Damage to a good file: marks moved, doubled and lost.
    #[test]
    fn damaged_files_are_read(cuts in proptest::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"':?5\n\xff0".to_vec())), 1..12)) {
        let mut bytes = gb18030(MANIFEST);
        for (at, byte) in cuts {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(read) = Formats::shipped().read(&bytes, 480) {
            prop_assert!(read.records >= 1);
            prop_assert!(!read.manifest || read.findings.iter().all(|found| !found.finding.is_error()));
        }
    }
}
