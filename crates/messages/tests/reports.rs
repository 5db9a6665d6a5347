//! Reports of boxes, bills and calls: what a partner writes is read as what was meant, for every type, and every name in it is found.

use app::agreement::Agreement;
use app::exchange::{BoxRead, Content, Envelope, Interpretation, Interpreter, ReportsRead};
use codes::{Mass, Severity};
use ledger::Timestamp;
use logistics::Said;
use messages::{EdiInterpreter, SampleBox, SampleCall, SampleKind, SamplePerson, SampleReport, sample_report};

const OFFSET: i32 = 480;

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

fn envelope() -> Envelope {
    Envelope {
        sender: "TERMEAST".into(),
        receiver: "FAIRWAY".into(),
        reference: "000000042".into(),
        at: at("2026-11-24T02:30:00Z"),
        utc_offset_minutes: OFFSET,
    }
}

fn told() -> SampleReport<'static> {
    let one = |container, cell, place, dangerous| SampleBox {
        container,
        size_type: "22G1",
        bill: "ZZZB26110001",
        reference: "BK2611-7",
        at: at("2026-11-24T02:15:00Z"),
        place,
        cell,
        discharge: "CNNGB",
        plate: "ZB12345",
        status: "24",
        mass: Mass::from_kg(12_340).expect("mass"),
        dangerous,
    };
    SampleReport {
        document: "DOC-0001",
        call: SampleCall {
            ship_name: "DEMO HARMONY",
            imo: "0000426",
            voyage: "026W",
            carrier: "ZZEX",
            port: "CNNGB",
            arrival: at("2026-11-24T06:00:00Z"),
        },
        berth: "B03",
        terminal: "TERMEAST",
        boxes: vec![
            one("ZZZU0001017", "0010182", "A0312", Some(("1263", "3"))),
            one("ZZZU0001022", "0010184", "A0313", Some(("3480", "9"))),
        ],
        persons: vec![
            SamplePerson { name: "SYNTHETIC MASTER", crew: true },
            SamplePerson { name: "SYNTHETIC MATE", crew: true },
            SamplePerson { name: "SYNTHETIC GUEST", crew: false },
        ],
    }
}

fn read(kind: SampleKind) -> (String, Interpretation) {
    let bytes = sample_report(kind, &envelope(), &told());
    let read = EdiInterpreter::default().read(&bytes, &Agreement::default(), OFFSET);
    (String::from_utf8(bytes).expect("text"), read)
}

fn reports(content: Option<Content>) -> ReportsRead {
    match content {
        Some(Content::Reports(told) | Content::ReleaseOrder { reports: told, .. } | Content::Expected { reports: told, .. }) => *told,
        other => panic!("no reports but {other:?}"),
    }
}

fn of(kind: SampleKind) -> ReportsRead {
    reports(read(kind).1.messages.remove(0).content)
}

fn said(kind: SampleKind) -> Vec<(String, Said)> {
    of(kind).boxes.into_iter().map(|one| (one.container, one.said)).collect()
}

#[test]
fn every_type_is_written_and_read_without_a_finding() {
    for kind in SampleKind::ALL {
        let (text, read) = read(kind);
        let faults: Vec<_> = read.findings.iter().filter(|found| found.finding.severity > Severity::Info).collect();
        assert!(faults.is_empty(), "{kind:?}: {faults:#?}\n{text}");
        let borrowed = read.findings.iter().find(|found| matches!(found.finding.code.as_ref(), "EDI-DIR-NEAREST" | "EDI-DIR-UNKNOWN"));
        assert!(borrowed.is_none(), "{kind:?} is checked against the table of its very release: {borrowed:?}");
        assert_eq!(read.messages[0].kind, kind.message_type());
        assert_eq!(read.messages[0].document.as_deref(), Some("DOC-0001"), "{kind:?}");
        assert!(read.messages[0].content.is_some());
    }
}

#[test]
fn every_message_is_found_by_what_it_names() {
    for kind in SampleKind::ALL {
        let (text, read) = read(kind);
        let keys: Vec<String> = read.messages[0].mentions.keys().collect();
        for name in ["ZZZU0001017", "ZZZU0001022", "ZZZB26110001", "BK2611-7", "0000426", "026W", "DEMO HARMONY", "DOC-0001"] {
            assert_eq!(text.contains(name), keys.iter().any(|key| key == name), "{kind:?} {name}: {keys:?}");
        }
        let distinct: std::collections::BTreeSet<&String> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len(), "{kind:?}: no key twice");
    }
}

#[test]
fn gate_reports_tell_direction_time_place_and_plate() {
    let plate = || Some("ZB12345".to_owned());
    assert_eq!(said(SampleKind::GateIn)[0], ("ZZZU0001017".into(), Said::GateIn { plate: plate() }));
    assert_eq!(said(SampleKind::GateOut)[1], ("ZZZU0001022".into(), Said::GateOut { plate: plate(), against: Vec::new() }));
    let told = of(SampleKind::GateOut);
    let first: &BoxRead = &told.boxes[0];
    assert_eq!((first.at, first.place.as_deref()), (Some(at("2026-11-24T02:15:00Z")), Some("CNNGB")));
    assert!(told.ship.is_none(), "a gate report names no call");
}

#[test]
fn what_is_said_of_a_box_depends_on_the_type() {
    let cell = |text: &str| Some(text.to_owned());
    let check = |kind: SampleKind, expect: Said| assert_eq!(said(kind)[0].1, expect, "{kind:?}");
    check(SampleKind::Loaded, Said::Loaded { cell: cell("0010182"), discharge: cell("CNNGB") });
    check(SampleKind::DischargeOrder, Said::DischargeOrdered { cell: cell("0010182") });
    check(SampleKind::LoadingOrder, Said::LoadingOrdered { cell: cell("0010182") });
    check(SampleKind::Announcement, Said::ReleaseTold { reference: cell("BK2611-7") });
    check(SampleKind::Stock, Said::InStock { position: cell("A0312") });
    check(SampleKind::Status, Said::Status { code: "24".into() });
    check(SampleKind::Stowage, Said::Stowed { cell: cell("0010182"), loading: cell("SGSIN"), discharge: cell("CNNGB") });
    check(SampleKind::Transport, Said::TransportOrdered { reference: cell("BK2611-7") });
    let kg = Mass::from_kg(12_340).expect("mass");
    check(SampleKind::VerifiedMass, Said::VerifiedMass { kg, method: cell("SM1"), party: cell("ZZEX") });
    let goods = |un: &str, class: &str| {
        vec![logistics::DangerousGoods { un_no: un.into(), class: Some(class.into()), packing_group: None, name: None }]
    };
    check(SampleKind::Dangerous, Said::Dangerous { goods: goods("1263", "3") });
    assert_eq!(said(SampleKind::Dangerous)[1].1, Said::Dangerous { goods: goods("3480", "9") }, "each box has its own goods only");
    // A stowage plan tells the dangerous goods of a box besides its cell.
    assert_eq!(said(SampleKind::Stowage)[1], ("ZZZU0001017".into(), Said::Dangerous { goods: goods("1263", "3") }));
}

#[test]
fn what_is_said_of_the_call_is_counted() {
    let check = |kind: SampleKind, expect: port_call::Said| assert_eq!(of(kind).ship, Some(expect), "{kind:?}");
    check(SampleKind::Persons, port_call::Said::Persons { crew: Some(2), passengers: Some(1) });
    check(SampleKind::Stowage, port_call::Said::Stowage { aboard: 2, here: 0 });
    check(SampleKind::Loaded, port_call::Said::Loaded { boxes: 2 });
    check(SampleKind::DischargeOrder, port_call::Said::DischargeOrdered { boxes: 2 });
    check(SampleKind::LoadingOrder, port_call::Said::LoadingOrdered { boxes: 2 });
    check(SampleKind::Dangerous, port_call::Said::Dangerous { lines: 2, boxes: 2 });
    check(SampleKind::Berth, port_call::Said::BerthAsked { berth: Some("B03".into()), eta: Some(at("2026-11-24T06:00:00Z")) });
    // No person's name leaves the message.
    assert!(!format!("{:?}", of(SampleKind::Persons)).contains("SYNTHETIC"));
    assert!(!read(SampleKind::Persons).1.messages[0].mentions.keys().any(|key| key.contains("SYNTHETIC")));
}

#[test]
fn a_status_belongs_to_its_bill_and_its_box() {
    let told = of(SampleKind::Status);
    assert_eq!(told.bills.len(), 2);
    assert_eq!((told.bills[0].number.as_str(), told.bills[0].status.as_deref()), ("ZZZB26110001", Some("24")));
    assert_eq!((told.boxes[0].place.as_deref(), told.boxes[0].at), (Some("A0312"), Some(at("2026-11-24T02:15:00Z"))));
}

#[test]
fn an_expected_ship_and_a_release_are_more_than_reports() {
    for kind in [SampleKind::Expected, SampleKind::Berth] {
        let content = read(kind).1.messages.remove(0).content;
        let Some(Content::Expected { call, eta, terminal, .. }) = content else { panic!("{content:?}") };
        assert_eq!((call.imo.as_deref(), eta, terminal.as_deref()), (Some("0000426"), Some(at("2026-11-24T06:00:00Z")), Some("TERMEAST")));
    }
    let content = read(SampleKind::Release).1.messages.remove(0).content;
    let Some(Content::ReleaseOrder { bill, reports }) = content else { panic!("{content:?}") };
    assert_eq!((bill.as_str(), reports.boxes.len()), ("ZZZB26110001", 2));
}

#[test]
fn a_type_nobody_knows_is_still_told_of_its_boxes() {
    let bytes = b"UNB+UNOB:3+TERMEAST+FAIRWAY+261124:0700+9'UNH+7+ITRRPT:D:00B:UN'BGM+99+IT1+9'RFF+BM:ZZZB26110001'EQD+CN+ZZZU0001017'\
                  EQD+CN+CHASSIS 7'UNT+6+7'UNZ+1+9'";
    let mut read = EdiInterpreter::default().read(bytes, &Agreement::default(), OFFSET);
    let codes: Vec<&str> = read.findings.iter().filter(|f| f.finding.severity > Severity::Info).map(|f| f.finding.code.as_ref()).collect();
    assert_eq!(codes, ["EDI-CNT-NUMBER-ODD"]);
    let told = reports(read.messages.remove(0).content);
    assert_eq!(told.boxes.iter().map(|one| (one.container.as_str(), &one.said)).collect::<Vec<_>>(), [("ZZZU0001017", &Said::Named)]);
    assert_eq!(told.bills[0].number, "ZZZB26110001");
}

#[test]
fn a_mass_that_is_missing_is_told_at_its_box() {
    let bytes = sample_report(SampleKind::VerifiedMass, &envelope(), &told());
    let text = String::from_utf8(bytes).expect("text").replace("MEA+AAE+VGM+KGM:12340'", "MEA+AAE+TTT+KGM:12340'");
    let mut read = EdiInterpreter::default().read(text.as_bytes(), &Agreement::default(), OFFSET);
    let found: Vec<_> = read.findings.iter().filter(|f| f.finding.code == "EDI-MEA-VGM-MISSING").collect();
    assert_eq!((found.len(), found[0].segment_tag.as_deref()), (2, Some("EQD")));
    assert_eq!(reports(read.messages.remove(0).content).boxes[0].said, Said::Named, "the box is named all the same");
}
