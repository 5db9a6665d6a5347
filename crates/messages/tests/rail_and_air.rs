//! Rail supervision messages and air cargo messages: what is read of them, how they are answered, and that no bytes bring the readers down.

use app::agreement::Agreement;
use app::exchange::{
    AirAnswer, AirRead, Content, Envelope, Interpretation, Interpreter, Outgoing, RailAnswer, RailFunction, RailRead, RailReceipt,
    RailReleased,
};
use codes::{Flow, Mass};
use ledger::Timestamp;
use manifest::{CargoUnit, SheetKind, SheetLine};
use messages::cargo_imp::{AIR_FAULTS_MAX, AIR_LINE_BYTES_MAX};
use messages::rail::{RAIL_LINES_MAX, SampleRail, sample_rail};
use messages::{EdiInterpreter, Stretch, segment_tree};

fn at() -> Timestamp {
    "2026-11-27T06:30:00Z".parse().expect("an instant")
}

fn read(bytes: &[u8]) -> Interpretation {
    EdiInterpreter::default().read(bytes, &Agreement::default(), 480)
}

/// Codes of the errors with the number of their element or line.
fn errors(read: &Interpretation) -> Vec<(String, Option<u64>)> {
    let faults = read.findings.iter().filter(|found| found.finding.is_error());
    faults.map(|found| (found.finding.code.to_string(), found.segment)).collect()
}

fn line(waybill: &str, container: &str) -> SheetLine {
    SheetLine {
        waybill: waybill.into(),
        unit: CargoUnit {
            wagon: Some("5243547".into()),
            container: Some(container.into()),
            uld: None,
            size_type: Some("45G1".into()),
            seals: vec!["M/1001".into()],
            packages: Some(20),
            gross_kg: Mass::from_kg(10_000),
        },
        note: Some("corner <bent>".into()),
    }
}

fn rail(kind: &str, lines: &[SheetLine]) -> Vec<u8> {
    sample_rail(&SampleRail { kind, message_id: "M0001", place: "CNLYG230132/2301", at: at(), utc_offset_minutes: 480, lines })
}

fn rail_content(bytes: &[u8]) -> RailRead {
    let read = read(bytes);
    match read.messages.first().and_then(|message| message.content.clone()) {
        Some(Content::Rail(read)) => *read,
        other => panic!("no rail message: {other:?} {:#?}", read.findings),
    }
}

/// Every prefix, and every byte changed in some ways: the reader and the tree answer, whatever comes.
fn survives(bytes: &[u8], mark: u8) {
    let look = |bytes: &[u8]| {
        let told = read(bytes);
        for found in &told.findings {
            assert!(found.offset.is_none_or(|offset| offset <= bytes.len() as u64), "{found:?}");
        }
        let page = segment_tree(bytes, Stretch::Around(told.findings.iter().find_map(|f| f.segment).unwrap_or(1)), 50);
        for row in &page.items {
            assert!(row.offset + row.length <= bytes.len() as u64, "{row:?}");
        }
    };
    for end in 0..=bytes.len() {
        look(&bytes[..end]);
    }
    let mut changed = bytes.to_vec();
    for index in 0..bytes.len() {
        for other in [mark, 0xff, bytes[index] ^ 1] {
            changed[index] = other;
            look(&changed);
        }
        changed[index] = bytes[index];
    }
}

#[test]
fn an_entry_tally_sheet_is_read_with_its_lines_and_places() {
    let lines = [line("W1", "ZZZU0000017"), line("W2", "ZZZU0000022")];
    let bytes = rail("WLJK_IRTA", &lines);
    let told = rail_content(&bytes);
    assert_eq!(
        (told.sheet, told.function, told.place.as_deref()),
        (SheetKind::ImportTally, RailFunction::Report, Some("CNLYG230132/2301"))
    );
    assert_eq!(told.ended_at, Some(at()), "the yard's clock is read as UTC");
    assert_eq!(told.lines.iter().map(|read| read.line.clone()).collect::<Vec<_>>(), lines);
    for read in &told.lines {
        let offset = usize::try_from(read.offset).expect("small");
        assert!(bytes[offset..].starts_with(b"<RAILWAY_BILLINFO>"));
    }
    let whole = read(&bytes);
    assert_eq!((whole.control_reference.as_deref(), whole.sender.as_deref()), (Some("M0001"), Some("RAILYARD")));
    assert!(whole.messages[0].mentions.keys().any(|key| key == "ZZZU0000022"));
    assert!(whole.findings.iter().any(|found| found.finding.code == "rail-unverified" && !found.finding.is_error()));
}

#[test]
fn every_type_of_a_rail_yard_says_what_it_does() {
    use RailFunction::{Delete, Report};
    for (kind, sheet, function) in [
        ("WLJK_IRTA", SheetKind::ImportTally, Report),
        ("WLJK_IRTD", SheetKind::ImportTally, Delete),
        ("WLJK_ERTA", SheetKind::ExportTally, Report),
        ("WLJK_ERTD", SheetKind::ExportTally, Delete),
        ("WLJK_ERRA", SheetKind::ExportArrival, Report),
        ("WLJK_ERRD", SheetKind::ExportArrival, Delete),
        ("WLJK_TLA", SheetKind::Loading, Report),
        ("WLJK_TLD", SheetKind::Loading, Delete),
    ] {
        let told = rail_content(&rail(kind, &[line("W1", "ZZZU0000017")]));
        assert_eq!((told.sheet, told.function), (sheet, function), "{kind}");
        assert_eq!(told.lines[0].line.waybill, "W1", "{kind}");
        assert_eq!(told.lines[0].line.unit.container.as_deref(), Some("ZZZU0000017"), "{kind}");
    }
    // An arrival with its boxes apart: each box is a line, and one box alone has the figures of its arrival.
    let text = "<MESSAGE><MESSAGE_HEAD><MESSAGE_ID>A</MESSAGE_ID><FUNCTION_CODE>2</FUNCTION_CODE><MESSAGE_TYPE>WLJK_ERRA</MESSAGE_TYPE></MESSAGE_HEAD>\
        <MESSAGE_LIST><ARRIVE_TIME>2026-11-27 14:30:00</ARRIVE_TIME>\
        <ARRIVE_INFO><ARRIVE_NO>A1</ARRIVE_NO><PACK_NO>3</PACK_NO><GROSS_WT>30.5</GROSS_WT></ARRIVE_INFO><ARRIVE_INFO><ARRIVE_NO>A2</ARRIVE_NO></ARRIVE_INFO>\
        <CONTAINER_INFO><CONTA_NO>C1</CONTA_NO><PART_ARRIVE_NO>A1</PART_ARRIVE_NO></CONTAINER_INFO></MESSAGE_LIST></MESSAGE>";
    let told = rail_content(text.as_bytes());
    let first = &told.lines[0].line;
    assert_eq!(
        (told.ended_at, first.waybill.as_str(), first.unit.container.as_deref(), first.unit.packages),
        (Some(at()), "A1", Some("C1"), Some(3))
    );
    assert_eq!((told.lines[1].line.waybill.as_str(), told.lines[1].line.unit.name()), ("A2", ""));
}

#[test]
fn what_is_wrong_with_a_rail_message_is_told_at_its_element() {
    let good = String::from_utf8(rail("WLJK_IRTA", &[line("W1", "ZZZU0000017")])).expect("text");
    let first = |text: &str| errors(&read(text.as_bytes()));
    let code = |text: &str| first(text).first().map(|(code, _)| code.clone()).unwrap_or_default();
    assert_eq!(first(&good), []);
    assert_eq!(code(&good.replace("</MESSAGE>", "")), "rail-xml");
    assert_eq!(code("<MESSAGE><!DOCTYPE x></MESSAGE>"), "rail-xml");
    assert_eq!(code("<MESSAGE/>"), "rail-head");
    assert_eq!(code(&good.replace("WLJK_IRTA", "WLJK_XXXX")), "rail-type");
    assert_eq!(code(&good.replace("<FUNCTION_CODE>2", "<FUNCTION_CODE>3")), "rail-function");
    assert_eq!(code(&good.replace("<MESSAGE_ID>M0001", "<MESSAGE_ID>")), "rail-field");
    assert_eq!(code(&good.replace("RAILWAY_BILLINFO", "SOMETHING")), "rail-no-lines");
    let pack = first(&good.replace("<PACK_NO>20", "<PACK_NO>x"));
    assert_eq!(pack, [("rail-field".to_owned(), Some(14))], "at the bill");
    assert_eq!(code(&good.replace("<COMPLETEDDATETIME>2026-11-27", "<COMPLETEDDATETIME>2026-13-27")), "rail-field");
    let many: Vec<SheetLine> = (0..=RAIL_LINES_MAX).map(|n| line(&format!("W{n}"), "C")).collect();
    assert_eq!(first(&String::from_utf8(rail("WLJK_IRTA", &many[1..])).expect("text")), [], "at the limit");
    assert_eq!(code(&String::from_utf8(rail("WLJK_IRTA", &many)).expect("text")), "rail-too-many-lines");
    // What is no rail message stays what it is.
    assert_eq!(code("<MESSAGES/>"), "national-xml");
}

#[test]
fn a_rail_message_is_answered_by_its_own_receipt_and_a_release_goes_to_the_yard() {
    let envelope =
        Envelope { sender: "FAIRWAY".into(), receiver: "YARD".into(), reference: "000000007".into(), at: at(), utc_offset_minutes: 480 };
    let write = |outgoing: &Outgoing| {
        let (kind, bytes) = EdiInterpreter::default().write(&envelope, &Agreement::default(), outgoing);
        (kind, String::from_utf8(bytes).expect("text"))
    };
    for (answered, receipt, row) in [
        ("WLJK_IRTA", "WLJK_IRTR", "<RESPONSE_RAILWAY_BILLINFO>"),
        ("WLJK_ERTD", "WLJK_ERTR", "<RESPONSE_RAILWAY_BILLINFO>"),
        ("WLJK_ERRA", "WLJK_ERRR", "<RESPONSE_ARRIVEINFO>"),
        ("WLJK_TLD", "WLJK_TLR", "<RESPONSE_BILL_INFO>"),
    ] {
        let answers = vec![RailAnswer { number: "W1".into(), wagon: Some("52".into()), accepted: false, note: "unknown & so on".into() }];
        let (kind, text) = write(&Outgoing::RailReceipt(RailReceipt {
            answered: answered.into(),
            message_id: "M1".into(),
            accepted: true,
            note: String::new(),
            answers,
        }));
        assert_eq!(kind, receipt);
        assert!(text.contains("<MSGID>M1</MSGID>\n<CHK_FLAG>01</CHK_FLAG>") && text.contains(row), "{text}");
        assert!(text.contains("<CHK_FLAG>03</CHK_FLAG>\n<NOTES>unknown &amp; so on</NOTES>"), "{text}");
    }
    let told = RailReleased {
        waybill: "W1".into(),
        flow: Flow::Import,
        district: "2301".into(),
        train: "X8024".into(),
        place: Some("CNLYG230132".into()),
        mode: "06".into(),
        entry_id: Some("230120261000000001".into()),
        at: at(),
        packages: 20,
        gross_kg: Mass::from_kg(10_000).expect("a mass"),
        units: vec![line("W1", "ZZZU0000017").unit],
        note: None,
    };
    let (kind, text) = write(&Outgoing::RailRelease(Box::new(told.clone())));
    assert_eq!(kind, "WLJK_TREL");
    for part in [
        "<REL_MODE>06</REL_MODE>",
        "<REL_TIME>2026-11-27 14:30:00</REL_TIME>",
        "<FORM_NO>230120261000000001</FORM_NO>",
        "<VOYAGE_NO>X8024</VOYAGE_NO>",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert_eq!(write(&Outgoing::RailLoading { train: "X8025".into(), released: vec![told] }).0, "WLJK_TLN");
}

#[test]
fn no_bytes_bring_the_reader_of_rail_messages_down() {
    survives(&rail("WLJK_IRTA", &[line("W1", "ZZZU0000017")]), b'<');
    survives(&rail("WLJK_ERRA", &[line("W1", "ZZZU0000017")]), b'>');
}

const FFM: &str = "FFM/8\r\n1/ZZ1234/27NOV1430/PEK\r\nNGB\r\n999-12345675PEKNGB/T10K250.5MC1.2/LAMPS\r\n/ELI/CAO\r\nULD/AKE12345ZZ\r\n\
    999-11111111PEKNGB/S4K100T12/SHOES\r\nULD/PMC12345ZZ\r\n999-11111111PEKNGB/S6K150T12/SHOES\r\nDIM/K10/CMT10-10-10/1\r\nSZX/NIL\r\nLAST\r\n";
const FWB: &str = "FWB/17\r\n999-12345675PEKNGB/T10K250.5MC1.2\r\nFLT/ZZ1234/27\r\nRTG/NGBZZ\r\nSHP\r\nNAM/SYNTHETIC SHIPPER\r\nADR/1 ROAD\r\nLOC/BEIJING\r\n/CN/100000\r\n\
    CNE\r\nNAM/SYNTHETIC CONSIGNEE\r\nADR/2 ROAD\r\nLOC/NINGBO\r\n/CN/315000\r\nCVD/CNY//PP/NVD/NCV/XXX\r\nRTD/1/P10/K250.5/CQ/W250.5/R1/T250\r\n/NG/DESK LAMPS\r\n/2/NH/940520\r\n/3/NU/AKE12345ZZ\r\n\
    ISU/27NOV26/BEIJING\r\nOCI/CN/CNE/T/USCI91330200TEAT000154\r\n";
const FHL: &str = "FHL/4\r\nMBI/999-12345675PEKNGB/T10K250.5\r\nHBS/HOUSE1/PEKNGB/4/K100//LAMPS\r\n/ELI\r\nTXT/DESK LAMPS\r\nHBS/HOUSE2/PEKNGB/6/K150.5/6/LAMPS\r\n";
const FSU: &str = "QU NGBFFZZ\r\n.PEKFFZZ 270000\r\nFSU/15\r\n999-12345675PEKNGB/T10K250.5\r\nDEP/ZZ1234/27NOV/PEKNGB/T10K250.5/A1430\r\nRCF/ZZ1234/27NOV1705/NGB/T9K225\r\nOSI/ONE SHORT\r\nNFD/27NOV1800/NGB/T9/SOMEBODY\r\n";

fn air(text: &str) -> AirRead {
    let told = read(text.as_bytes());
    match told.messages.first().and_then(|message| message.content.clone()) {
        Some(Content::Air(read)) => *read,
        other => panic!("no air message: {other:?} {:#?}", told.findings),
    }
}

#[test]
fn a_flight_manifest_is_read_with_parts_added_up() {
    let AirRead::Flight(flight) = air(FFM) else { panic!("a flight") };
    assert_eq!((flight.flight.as_str(), flight.departs, flight.departs_at), ("ZZ1234", (27, 11), Some((14, 30))));
    assert_eq!((flight.loading.as_str(), flight.unloading.as_slice(), flight.complete), ("PEK", ["NGB".to_owned()].as_slice(), true));
    let [whole, split] = flight.waybills.as_slice() else { panic!("two waybills: {:#?}", flight.waybills) };
    let kg = |text: &str| text.parse::<Mass>().ok();
    assert_eq!(
        (whole.form.number.as_str(), whole.form.packages, whole.form.gross_kg, whole.segment),
        ("999-12345675", Some(10), kg("250.5"), 4)
    );
    assert_eq!((whole.form.content.goods.as_str(), whole.form.content.packages), ("LAMPS", 10));
    // 10 of 12 pieces lie in two units; the weight of the whole is told by nobody and taken in proportion.
    assert_eq!((split.form.packages, split.form.gross_kg, split.form.content.packages), (Some(10), kg("250"), 12));
    assert_eq!(split.form.content.gross_kg.to_string(), "300");
    assert_eq!(split.form.content.units.iter().map(|unit| unit.name()).collect::<Vec<_>>(), ["AKE12345ZZ", "PMC12345ZZ"]);
    let AirRead::Flight(part) = air(&FFM.replace("LAST", "CONT")) else { panic!("a flight") };
    assert!(!part.complete);
}

#[test]
fn a_waybill_its_houses_and_its_status_are_read() {
    let AirRead::Waybill { number, content } = air(FWB) else { panic!("a waybill") };
    assert_eq!((number.as_str(), content.packages, content.gross_kg.to_string().as_str()), ("999-12345675", 10, "250.5"));
    assert_eq!((content.shipper.name.as_str(), content.consignee.name.as_str()), ("SYNTHETIC SHIPPER", "SYNTHETIC CONSIGNEE"));
    assert_eq!(
        (content.goods.as_str(), content.hs_code.as_deref(), content.consignee.uscc.as_deref()),
        ("DESK LAMPS", Some("940520"), Some("91330200TEAT000154"))
    );
    let older = FWB.replace("FWB/17", "FWB/16").replace("NAM/", "/");
    let AirRead::Waybill { content: older, .. } = air(&older) else { panic!("a waybill") };
    assert_eq!(older.shipper.name, "SYNTHETIC SHIPPER", "names without NAM");
    let AirRead::Houses { houses, .. } = air(FHL) else { panic!("houses") };
    assert_eq!(
        houses.iter().map(|h| (h.number.as_str(), h.packages, h.goods.as_str())).collect::<Vec<_>>(),
        [("HOUSE1", 4, "LAMPS"), ("HOUSE2", 6, "LAMPS")]
    );
    let AirRead::Statuses { statuses, .. } = air(FSU) else { panic!("statuses") };
    let told: Vec<_> = statuses.iter().map(|s| (s.status.code.as_str(), s.status.place.as_deref(), s.status.packages, s.told)).collect();
    assert_eq!(
        told,
        [
            ("DEP", Some("PEK"), Some(10), Some((27, 11, 0, 0))),
            ("RCF", Some("NGB"), Some(9), Some((27, 11, 17, 5))),
            ("NFD", Some("NGB"), Some(9), Some((27, 11, 18, 0))),
        ]
    );
}

#[test]
fn every_fault_of_an_air_message_is_told_at_its_line_and_byte() {
    let first = |text: &str| {
        let told = read(text.as_bytes());
        let found = told.findings.iter().find(|found| found.finding.is_error()).cloned();
        assert!(told.messages.iter().all(|message| message.content.is_none()), "{text}");
        found.map(|found| (found.finding.code.to_string(), found.segment.unwrap_or(0), found.offset)).unwrap_or_default()
    };
    let at = |code: &str, line: u64, offset: u64| (code.to_owned(), line, Some(offset));
    assert_eq!(first(&FFM.replace("999-12345675", "999-12345676")), at("waybill-awb-check", 4, 36));
    assert_eq!(first(&FFM.replace("T10K250.5", "10K250.5")), at("air-quantity", 4, 36));
    assert_eq!(first(&FFM.replace("T10K250.5", "T10")), at("air-quantity", 4, 36));
    assert_eq!(first(&FFM.replace("999-12345675PEK", "999-1234567PEK")), at("air-awb", 4, 36));
    assert_eq!(first(&FFM.replace("1/ZZ1234", "1/ZZ")), at("air-flight", 2, 7));
    assert_eq!(first(&FFM.replace("\r\nNGB\r\n", "\r\n")), at("air-order", 3, 31));
    assert_eq!(first(&FFM.replace("ULD/AKE12345ZZ", "ULD/AKE")), at("air-uld", 6, 87));
    assert_eq!(first(&FFM.replace("/ELI/CAO", "nonsense")).0, "air-line");
    assert_eq!(first(&FFM.replace("LAST\r\n", "")).0, "air-no-end");
    assert_eq!(first(&format!("{FFM}MORE")).0, "air-after-end");
    assert_eq!(first("FFM/8\r\n").0, "air-empty");
    assert_eq!(first(&FFM.replace("LAMPS", "LÄMPS")), at("air-character", 4, 36));
    assert_eq!(first(&FFM.replace("LAMPS", &"L".repeat(AIR_LINE_BYTES_MAX))).0, "air-too-long");
    assert_eq!(first(&format!("{FHL}FHL/4\r\n")).0, "air-second-message");
    assert_eq!(first(&FWB.replace("NAM/SYNTHETIC CONSIGNEE\r\n", "")).0, "air-missing");
    assert_eq!(first(&FHL.replace("/4/K100", "/x/K100")).0, "air-house");
    assert_eq!(first(&FHL.replace("HOUSE2", "HOUSE1")).0, "waybill-twice");
    assert_eq!(first(&FSU.replace("DEP/", "12/")).0, "air-line");
    let version = read(FFM.replace("FFM/8", "FFM/99").as_bytes());
    assert!(version.findings.iter().any(|found| found.finding.code == "air-version") && version.messages[0].content.is_some());
    let many = read(format!("FFM/8\n1/ZZ1234/27NOV/PEK\nNGB\n{}LAST\n", "999-1234567X\n".repeat(AIR_FAULTS_MAX + 5)).as_bytes());
    assert!(many.findings.len() <= AIR_FAULTS_MAX + 2 && many.findings.iter().any(|found| found.finding.code == "air-more"));
}

#[test]
fn an_air_message_is_acknowledged_or_rejected_with_itself_repeated() {
    let write = |accepted, reasons: &[&str]| {
        let answer = AirAnswer { accepted, reasons: reasons.iter().map(|r| (*r).to_owned()).collect(), received: FHL.as_bytes().to_vec() };
        let (kind, bytes) = EdiInterpreter::default().write(&Envelope::default(), &Agreement::default(), &Outgoing::AirAnswer(answer));
        (kind, String::from_utf8(bytes).expect("text"))
    };
    assert_eq!(write(true, &[]), ("FMA".to_owned(), format!("FMA\r\nACK/MESSAGE PROCESSED\r\n{FHL}")));
    let (kind, text) = write(false, &["waybill-awb-check LINE 2 check digit is 6/5", "second"]);
    assert_eq!(
        (kind.as_str(), text.lines().take(3).collect::<Vec<_>>()),
        ("FNA", vec!["FNA/1", "ACK/WAYBILL-AWB-CHECK LINE 2 CHECK DIGIT IS 6 5", "/SECOND"])
    );
}

#[test]
fn no_bytes_bring_the_readers_of_air_messages_down() {
    for text in [FFM, FWB, FHL, FSU] {
        survives(text.as_bytes(), b'/');
    }
}

#[test]
fn files_that_are_no_edifact_are_shown_row_by_row() {
    let page = segment_tree(&rail("WLJK_IRTA", &[line("W1", "ZZZU0000017")]), Stretch::From(1), 100);
    let bill = page.items.iter().find(|row| row.tag == "BILL_NO").expect("the bill");
    assert_eq!(
        (bill.name.zh.as_ref(), bill.group.as_deref(), bill.elements[0].components[0].value.as_str()),
        ("运单号", Some("RAILWAY_BILLINFO"), "W1")
    );
    let page = segment_tree(FFM.as_bytes(), Stretch::Around(4), 3);
    assert_eq!((page.total, page.items.iter().map(|row| row.index).collect::<Vec<_>>()), (12, vec![3, 4, 5]));
    assert!(page.items[1].text.starts_with("999-12345675"));
}
