//! Element check: lengths, characters, surplus and missing parts, codes.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]

use edifact::{Finding, Severity, check, check_message, code_list, directories, placements, read, segment_shape};

/// What is found above a remark in a message of this type with one segment more after BGM.
fn found(kind: &str, segment: &str) -> Vec<Finding> {
    let file = format!("UNH+1+{kind}:UN'BGM+85+M1+9'{segment}'UNT+4+1'");
    let reading = read(file.as_bytes());
    let findings = check_message(&reading.message(1).unwrap());
    findings.into_iter().filter(|f| f.segment == Some(3) && !f.code.starts_with("EDI-DIR-MISSING")).collect()
}

/// (code, element, component, what stands at the offset) of one segment of a CUSCAR D.95B.
fn faults(segment: &str) -> Vec<(&'static str, u16, Option<u16>, String)> {
    let file = format!("UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'{segment}'UNT+4+1'");
    let list = found("CUSCAR:D:95B", segment);
    list.into_iter().map(|f| (f.code, f.element.unwrap(), f.component, file[f.offset..].chars().take(4).collect())).collect()
}

fn one(code: &'static str, element: u16, component: u16, at: &str) -> Vec<(&'static str, u16, Option<u16>, String)> {
    vec![(code, element, (component > 0).then_some(component), at.to_owned())]
}

#[test]
fn a_value_may_be_as_long_as_its_representation_and_not_longer() {
    // RFF 1154 is an..35 in D.95B.
    assert_eq!(faults(&format!("RFF+BM:{}", "X".repeat(35))), []);
    assert_eq!(faults(&format!("RFF+BM:{}", "X".repeat(36))), one("EDI-DIR-LONG", 1, 2, "XXXX"));
    // Release characters do not count, and neither do the bytes of a character.
    assert_eq!(faults(&format!("RFF+BM:{}", "?+".repeat(35))), []);
    assert_eq!(faults(&format!("RFF+BM:{}", "?+".repeat(36))), one("EDI-DIR-LONG", 1, 2, "?+?+"));
    let file = format!("UNB+UNOW:4+A+B+20261122:0830+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'RFF+BM:{}'UNT+4+1'UNZ+1+1'", "宁".repeat(35));
    let reading = read(file.as_bytes());
    assert!(check_message(&reading.message(1).unwrap()).iter().all(|f| f.code != "EDI-DIR-LONG"));
}

#[test]
fn numbers_hold_digits_a_sign_and_one_decimal_mark() {
    // CNT 6066 is n..18.
    for fine in ["1", "18", "-5", "12.5", "0,25", "123456789012345678", "-12345678901234567.8"] {
        assert_eq!(faults(&format!("CNT+16:{fine}")), [], "{fine}");
    }
    for wrong in ["1 000", "1.2.3", "12KG", "--1", "5-", ".", "-"] {
        assert_eq!(faults(&format!("CNT+16:{wrong}")).iter().map(|f| f.0).collect::<Vec<_>>(), ["EDI-DIR-TYPE"], "{wrong}");
    }
    assert_eq!(faults("CNT+16:1234567890123456789"), one("EDI-DIR-LONG", 1, 2, "1234"));
}

#[test]
fn fixed_lengths_are_met() {
    // UNDG number (7124) is n4, temperature (6246) n3 in D.95B; a sign fills a place in practice.
    let of = |kind: &str, segment: &str| {
        found(kind, segment).into_iter().map(|f| f.code).filter(|c| c.starts_with("EDI-DIR-S")).collect::<Vec<_>>()
    };
    assert_eq!(of("COARRI:D:95B", "DGS+IMD+3+1203"), [""; 0]);
    assert_eq!(of("COARRI:D:95B", "DGS+IMD+3+120"), ["EDI-DIR-SHORT"]);
    assert_eq!(of("COARRI:D:95B", "TMP+2+-18:CEL"), [""; 0]);
    assert_eq!(of("COARRI:D:95B", "TMP+2+18:CEL"), ["EDI-DIR-SHORT"]);
}

#[test]
fn surplus_parts_are_told_and_empty_ones_are_not() {
    assert_eq!(faults("DTM+137:20261122:102:X"), one("EDI-DIR-EXTRA", 1, 4, "X'UN"));
    assert_eq!(faults("DTM+137:20261122:102::"), []);
    assert_eq!(faults("DTM+137:20261122:102+++:"), []);
    assert_eq!(faults("DTM+137:20261122:102+X"), one("EDI-DIR-EXTRA", 2, 0, "X'UN"));
    // An unreleased plus sign in a name makes elements of it.
    let name = found("CUSCAR:D:95B", "NAD+CN+++A+STREET+CITY++100000+CN+X");
    assert_eq!(name.iter().map(|f| (f.code, f.element)).collect::<Vec<_>>(), [("EDI-DIR-EXTRA", Some(10))]);
}

#[test]
fn mandatory_parts_of_used_and_unused_elements() {
    assert_eq!(faults("DTM+:20261122:102"), one("EDI-DIR-ELEMENT", 1, 1, ":202"));
    assert_eq!(faults("DTM+"), one("EDI-DIR-ELEMENT", 1, 0, "'UNT"));
    assert_eq!(faults("DTM"), one("EDI-DIR-ELEMENT", 1, 0, "'UNT"));
    // C082 is conditional, but needs 3039 when it is used.
    assert_eq!(faults("NAD+CA"), []);
    assert_eq!(faults("NAD+CA+:172"), one("EDI-DIR-ELEMENT", 2, 1, ":172"));
}

#[test]
fn codes_are_those_of_the_list_unless_another_list_is_named() {
    assert_eq!(faults("RFF+BM:1"), []);
    assert_eq!(faults("RFF+B?+:1"), one("EDI-DIR-CODE", 1, 1, "B?+:"));
    assert_eq!(faults("NAD+XXX"), one("EDI-DIR-CODE", 1, 0, "XXX'").into_iter().map(|f| (f.0, f.1, Some(1), f.3)).collect::<Vec<_>>());
    let of = |segment: &str| {
        found("COARRI:D:95B", segment).into_iter().map(|f| (f.code, f.severity)).filter(|f| f.0 == "EDI-DIR-CODE").collect::<Vec<_>>()
    };
    // A document name of the partner's own list (3055 = ZZZ), and the same without saying so.
    let names = |bgm: &str| {
        let file = format!("UNH+1+COARRI:D:95B:UN'{bgm}'UNT+3+1'");
        let reading = read(file.as_bytes());
        check_message(&reading.message(1).unwrap()).iter().filter(|f| f.code == "EDI-DIR-CODE").count()
    };
    assert_eq!((names("BGM+QQQ::ZZZ+1+9"), names("BGM+QQQ+1+9")), (0, 1));
    // Sizes of containers are kept in ISO 6346, units in Recommendation 20.
    assert_eq!(of("EQD+CN+ZZZU1000010+22G1"), []);
    assert_eq!(of("EQD+QQ+ZZZU1000010+22G1"), [("EDI-DIR-CODE", Severity::Warning)]);
}

#[test]
fn a_neighbouring_release_forbids_no_length() {
    let severity = |kind: &str| {
        let text = format!("RFF+BM:{}", "X".repeat(80));
        found(kind, &text).into_iter().find(|f| f.code == "EDI-DIR-LONG").map(|f| f.severity)
    };
    assert_eq!(severity("CUSCAR:D:95B"), Some(Severity::Warning));
    assert_eq!(severity("CUSCAR:D:97A"), Some(Severity::Info));
    assert_eq!(severity("CUSCAR:D:20A"), Some(Severity::Info));
    // D.01B has an..70 there.
    assert_eq!(severity("CUSCAR:D:01B"), Some(Severity::Warning));
}

#[test]
fn service_segments_of_an_answer_are_checked_as_published() {
    let file = "UNH+1+CONTRL:D:3:UN'UCI+R1+TEAT+CUSTEST+77X'UCM+123456789012345+CUSCAR:D:95B:UN+4'UNT+4+1'";
    let reading = read(file.as_bytes());
    let list: Vec<_> = check_message(&reading.message(1).unwrap()).into_iter().map(|f| (f.code, f.severity, f.segment)).collect();
    assert_eq!(list, [("EDI-DIR-CODE", Severity::Warning, Some(2)), ("EDI-DIR-LONG", Severity::Error, Some(3))]);
}

#[test]
fn repeated_elements_of_syntax_version_4_are_each_checked() {
    let file = "UNB+UNOC:4+A+B+20261122:0830+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+9'RFF+BM:1*BM:2*:3'UNT+4+1'UNZ+1+1'";
    let reading = read(file.as_bytes());
    let list: Vec<_> = check_message(&reading.message(1).unwrap()).into_iter().filter(|f| f.code == "EDI-DIR-ELEMENT").collect();
    assert_eq!(
        list.iter().map(|f| (f.element, f.component, &file[f.offset..f.offset + 2])).collect::<Vec<_>>(),
        [(Some(1), Some(1), ":3")]
    );
}

#[test]
fn placements_tell_the_group_and_where_it_begins() {
    let file = "UNH+1+COARRI:D:00B:UN'BGM+44+X+9'TDT+20+1'LOC+11+CNNGB'DTM+178:20261122:102'NAD+CF+A'EQD+CN+1'LOC+9+SGSIN'EQD+CN+2'XXX'CNT+16:2'UNT+12+1'";
    let reading = read(file.as_bytes());
    let list: Vec<_> = placements(&reading.message(1).unwrap()).map(|p| (p.group.unwrap_or("-"), p.depth, p.opens)).collect();
    assert_eq!(
        list,
        [
            ("-", 0, false),
            ("-", 0, false),
            ("SG2", 1, true),
            ("SG3", 2, true),
            ("SG3", 2, false),
            ("SG4", 1, true),
            ("SG6", 1, true),
            ("SG7", 2, true),
            ("SG6", 1, true),
            ("-", 1, false),
            ("-", 0, false),
            ("-", 0, false),
        ]
    );
    let unknown = read(b"UNH+1+ORDERS:D:96A:UN'BGM+220'UNT+3+1'");
    assert!(placements(&unknown.message(1).unwrap()).all(|p| p == edifact::Placement::default()));
}

/// A message that fills every position of a table once, in order, breaks nothing of that table.
#[test]
fn every_table_accepts_what_it_prescribes() {
    fn fill(nodes: &[edifact::Node], release: &str, into: &mut Vec<String>) {
        for node in nodes {
            if node.is_group() {
                fill(&node.children, release, into);
                continue;
            }
            let tag = node.name.split('|').next().unwrap();
            if matches!(tag, "UNH" | "UNT") {
                continue;
            }
            let shape = segment_shape(release, tag).unwrap();
            let mut text = tag.to_owned();
            for element in shape.elements.iter() {
                text.push('+');
                let parts: Vec<_> = element.components.iter().map(|part| value(part)).collect();
                text.push_str(&parts.join(":"));
            }
            into.push(text);
        }
    }
    /// A code of the list, or as many characters as fit.
    fn value(part: &edifact::ComponentShape) -> String {
        if matches!(part.id, "1131" | "3055") {
            return String::new();
        }
        match code_list(part.id) {
            Some(list) if list.whole => list.entries()[0].0.to_owned(),
            _ => {
                let letter = if part.representation.characters == edifact::Characters::Numeric { "1" } else { "X" };
                letter.repeat(usize::from(part.representation.longest))
            }
        }
    }
    for table in directories() {
        let mut body = Vec::new();
        fill(&table.nodes, &table.releases[0], &mut body);
        let head = format!("UNH+1+{}:{}:{}:UN'", table.message_type, table.version, table.releases[0]);
        let file = format!("{head}{}'UNT+{}+1'", body.join("'"), body.len() + 2);
        let reading = read(file.as_bytes());
        let found: Vec<_> = check(&reading.message(1).unwrap(), table).into_iter().filter(|f| f.severity > Severity::Info).collect();
        assert_eq!(found, [], "{head}");
    }
}
