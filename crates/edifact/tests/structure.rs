//! Directory check: what a message of a type may hold, where, and how often.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{Directory, Severity, check, check_message, read};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// (code, segment in message) of everything above a remark.
fn faults(kind: &str, body: &[&str]) -> Vec<(&'static str, u32)> {
    let file = format!("UNH+1+{kind}:UN'{}'UNT+{}+1'", body.join("'"), body.len() + 2);
    let reading = read(file.as_bytes());
    let findings = check_message(&reading.message(1).unwrap());
    findings.iter().filter(|f| f.severity > Severity::Info).map(|f| (f.code, f.segment_in_message.unwrap())).collect()
}

#[test]
fn well_formed_messages_fit_their_tables() {
    for name in ["cuscar_d95b.edi", "coarri_d95b.edi", "codeco_d00b.edi", "ifcsum_d96a.edi", "version4.edi", "groups.edi"] {
        let bytes = fixture(name);
        for message in read(&bytes).messages() {
            let faults: Vec<_> = check_message(&message).into_iter().filter(|f| f.severity > Severity::Info).collect();
            assert_eq!(faults, [], "{name}");
        }
    }
}

/// Real releases differ from the directory here and there; that is told and stops nothing.
#[test]
fn a_release_order_as_it_is_sent_gives_warnings() {
    let bytes = fixture("coreor_bare.edi");
    let reading = read(&bytes);
    let told: Vec<_> = check_message(&reading.message(1).unwrap()).into_iter().filter(|f| f.severity > Severity::Info).collect();
    let told: Vec<_> = told.iter().map(|f| (f.code, f.severity, f.segment)).collect();
    let wanted = [("EDI-DIR-CODE", Severity::Warning, Some(4)), ("EDI-DIR-MISSING-SEGMENT", Severity::Warning, Some(9))];
    assert_eq!(told, wanted);
}

const UCI: &str = "UCI+R1+TEAT+CUSTEST+7";

#[test]
fn a_segment_the_type_does_not_have_is_unexpected() {
    assert_eq!(faults("CONTRL:D:3", &[UCI, "LOC+9", "UCM+1+CUSCAR:D:95B:UN+4"]), [("EDI-DIR-UNEXPECTED", 3)]);
}

#[test]
fn a_segment_in_the_wrong_place_costs_one_finding() {
    assert_eq!(faults("CONTRL:D:3", &[UCI, "UCS+2+12", "UCM+1+CUSCAR:D:95B:UN+4", "UCS+3+12"]), [("EDI-DIR-ORDER", 3)]);
}

/// What ports do, and D.95B has elsewhere or not at all; D.97A has a time of the message.
#[test]
fn the_tables_of_d95b_are_those_of_d95b() {
    let coarri = ["BGM+44+X+9", "DTM+137:202611240800:203", "TDT+20+1", "NAD+CF+A", "EQD+CN+ZZZU1000010", "CNT+16:1"];
    assert_eq!(faults("COARRI:D:95B", &coarri), [("EDI-DIR-ORDER", 3)]);
    assert_eq!(faults("COARRI:D:97A", &coarri), []);
    let cuscar = ["BGM+785+X+9", "CNI+1", "RFF+BM:1", "GID+1+1:CT", "CNT+16:1"];
    assert_eq!(faults("CUSCAR:D:95B", &cuscar), [("EDI-DIR-ORDER", 6)]);
    let cusres = ["BGM+962+X+11", "GIS+4", "EQD+CN+ZZZU1000010", "RFF+BM:1", "CNT+16:1"];
    assert_eq!(faults("CUSRES:D:95B", &cusres), [("EDI-DIR-UNEXPECTED", 6)]);
    let coreor = ["BGM+129+X+9", "RFF+RE:1", "TDT+20+1", "NAD+MS+A", "EQD+CN+ZZZU1000010", "CNT+16:1"];
    assert_eq!(faults("COREOR:D:95B", &coreor), [("EDI-DIR-MISSING-SEGMENT", 7)]);
    let aperak = ["BGM+313+X+27", "DTM+137:202611240800:203", "RFF+ACW:1", "ERC+1", "FTX+AAO+++A", "FTX+AAO+++B"];
    assert_eq!(faults("APERAK:D:95B", &aperak), [("EDI-DIR-REPEAT", 7)]);
}

/// CODECO: temperatures in the group of EQD, as guides of ports have them for D.95B; D.97B had none there, and its order is another.
#[test]
fn a_gate_report_tells_temperatures_in_d95b() {
    let codeco = ["BGM+34+X+9", "NAD+CF+A", "EQD+CN+ZZZU1000010", "DIM+5+CMT:1", "TMP+2+-18:CEL", "RNG+5+CEL:-20:-16", "SEL+1", "CNT+16:1"];
    assert_eq!(faults("CODECO:D:95B", &codeco), []);
    let find = |release: &str| Directory::find("CODECO", "D", release).unwrap();
    assert!(find("97A").covers("D", "97A") && !find("97B").covers("D", "97B"));
}

#[test]
fn a_missing_mandatory_segment_is_reported_where_the_message_goes_on() {
    assert_eq!(faults("CONTRL:D:3", &["UCM+1+CUSCAR:D:95B:UN+4"]), [("EDI-DIR-MISSING-SEGMENT", 2)]);
    assert_eq!(faults("CONTRL:D:3", &[UCI, "UCM+1+CUSCAR:D:95B:UN+4", "UCD+12+2:1"]), [("EDI-DIR-ORDER", 4)]);
}

#[test]
fn a_missing_mandatory_group_is_reported() {
    let without_ship = ["BGM+44+X+9", "NAD+CF+TEAT:160:ZZZ", "EQD+CN+ZZZU1000010", "CNT+16:1"];
    assert_eq!(faults("COARRI:D:00B", &without_ship), [("EDI-DIR-MISSING-GROUP", 3)]);
}

#[test]
fn too_many_repetitions_are_reported_at_each_surplus_segment() {
    let mut body = vec![UCI, "UCM+1+CUSCAR:D:95B:UN+4", "UCS+2"];
    body.extend(["UCD+12+2:1"; 101]);
    assert_eq!(faults("CONTRL:D:3", &body), [("EDI-DIR-REPEAT", 104), ("EDI-DIR-REPEAT", 105)]);
    let mut body = vec!["BGM+85+M1+9"];
    body.extend(["TDT+20"; 10]);
    assert_eq!(faults("CUSCAR:D:95B", &body), [("EDI-DIR-GROUP-REPEAT", 12)]);
}

#[test]
fn mandatory_elements_are_checked_at_their_place() {
    let file = "UNH+1+CONTRL:D:3:UN'UCI+R1+TEAT++7'UNT+3+1'";
    let reading = read(file.as_bytes());
    let findings = check_message(&reading.message(1).unwrap());
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((finding.code, finding.segment, finding.element, finding.component), ("EDI-DIR-ELEMENT", Some(2), Some(3), None));
    assert_eq!(&file[finding.offset..finding.offset + 2], "+7");
    assert_eq!(finding.message_ref.as_deref(), Some("1"));
    assert_eq!(faults("CUSCAR:D:95B", &["BGM+85", "DTM+:202611220830:203"]), [("EDI-DIR-ELEMENT", 3)]);
}

#[test]
fn only_a_verified_table_of_the_right_release_gives_errors() {
    let severity = |kind: &str, body: &str| {
        let file = format!("UNH+1+{kind}:UN'{body}'XXX+1'UNT+4+1'");
        let reading = read(file.as_bytes());
        let findings = check_message(&reading.message(1).unwrap());
        let remarks: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Info).map(|f| f.code).collect();
        (findings.iter().find(|f| f.code == "EDI-DIR-UNEXPECTED").unwrap().severity, remarks)
    };
    assert_eq!(severity("CONTRL:D:3", UCI), (Severity::Error, vec![]));
    assert_eq!(severity("CONTRL:D:4", UCI), (Severity::Warning, vec!["EDI-DIR-NEAREST"]));
    assert_eq!(severity("CUSCAR:D:95B", "BGM+85"), (Severity::Error, vec!["EDI-DIR-RECALLED"]));
    // From memory: of its own release, and warnings all the same.
    assert_eq!(severity("CONTRL:2:2", UCI), (Severity::Warning, vec!["EDI-DIR-RECALLED"]));
}

#[test]
fn an_unknown_type_is_a_remark() {
    let reading = read(b"UNH+1+ORDERS:D:96A:UN'BGM+220'UNT+3+1'");
    let findings = check_message(&reading.message(1).unwrap());
    assert_eq!(findings.iter().map(|f| (f.code, f.severity)).collect::<Vec<_>>(), [("EDI-DIR-UNKNOWN", Severity::Info)]);
}

#[test]
fn a_table_given_by_the_caller_is_used() {
    let text = "table TALLY D 1\nprovenance published\nsource test\ndate 2026-11-22\nUNH M 1\nSG1 M 2\n  EQD M 1\n  SG2 C 1\n    DAM M 1\n    COD M 1\nUNT M 1\n";
    let table = &Directory::parse(text).unwrap()[0];
    let reading = read(b"UNH+1+TALLY:D:1:UN'EQD+CN'EQD+CN'DAM+1'EQD+CN'UNT+6+1'");
    let findings = check(&reading.message(1).unwrap(), table);
    let found: Vec<_> = findings.iter().map(|f| (f.code, f.segment_in_message)).collect();
    assert_eq!(found, [("EDI-DIR-MISSING-SEGMENT", Some(5)), ("EDI-DIR-GROUP-REPEAT", Some(5))]);
}

#[test]
fn types_the_port_needs_have_a_table() {
    let types = [
        "APERAK", "BAPLIE", "BERMAN", "COARRI", "CODECO", "COEDOR", "CONTRL", "COPARN", "COPRAR", "COREOR", "CUSCAR", "CUSREP", "CUSRES",
        "IFCSUM", "IFTDGN", "IFTMIN", "IFTSTA", "PAXLST", "VERMAS",
    ];
    for kind in types {
        assert!(Directory::find(kind, "D", "00B").is_some(), "{kind}");
    }
    let exact = |kind: &str, release: &str| Directory::find(kind, "D", release).unwrap().covers("D", release);
    for kind in ["APERAK", "BAPLIE", "COPRAR", "COARRI", "CODECO", "COREOR", "CUSCAR", "CUSRES"] {
        assert!(exact(kind, "95B") && exact(kind, "00B"), "{kind}");
    }
    assert!(exact("BAPLIE", "13B") && exact("VERMAS", "16A") && exact("PAXLST", "05B") && exact("COPARN", "00B"));
}
