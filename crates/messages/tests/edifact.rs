//! Messages of partners, from bytes to the domain: what is understood, and every fault at its segment.

use std::collections::BTreeSet;

use app::agreement::{Agreement, CharacterSet, Tolerance};
use app::exchange::{BillRead, CallClue, Content, Interpretation, Interpreter, MessageRead};
use codes::Severity;
use messages::{CODES, EdiInterpreter, FINDINGS_MAX, Stretch, all_codes, segment_tree};

/// Port time is UTC+8.
const OFFSET: i32 = 480;

/// A fixture as it travels: line ends are only for people who read the file.
fn wire(name: &str) -> String {
    file(name).replace('\n', "")
}

fn file(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("fixture")
}

fn read(bytes: &[u8]) -> Interpretation {
    EdiInterpreter::default().read(bytes, &Agreement::default(), OFFSET)
}

/// Codes and segment numbers of everything above a remark.
fn faults(read: &Interpretation) -> Vec<(String, u64)> {
    let told = read.findings.iter().filter(|found| found.finding.severity > Severity::Info);
    told.map(|found| (found.finding.code.to_string(), found.segment.unwrap_or(0))).collect()
}

fn manifest(read: &Interpretation) -> (&CallClue, bool, &[BillRead]) {
    match &read.messages[0].content {
        Some(Content::Manifest { call, replaces, bills }) => (call, *replaces, bills),
        other => panic!("no manifest but {other:?}; {:?}", faults(read)),
    }
}

#[test]
fn a_cuscar_becomes_a_manifest_of_three_bills() {
    let read = read(wire("cuscar.edi").as_bytes());
    assert_eq!(faults(&read), []);
    assert_eq!(read.sender.as_deref(), Some("TESTAGENTBLUE"));
    assert_eq!(read.receiver.as_deref(), Some("FAIRWAY"));
    assert_eq!(read.control_reference.as_deref(), Some("MB2611220001"));
    let message = &read.messages[0];
    assert_eq!((message.kind.as_str(), message.reference.as_str(), message.segments), ("CUSCAR", "1", 58));
    assert_eq!(message.document.as_deref(), Some("MB-DEMO-0001"));

    let (call, replaces, bills) = manifest(&read);
    assert!(!replaces);
    assert_eq!(call.ship_name.as_deref(), Some("DEMO HARMONY"));
    assert_eq!(call.imo.as_deref(), Some("0000426"));
    assert_eq!(call.voyage.as_deref(), Some("026W"));
    assert_eq!(
        bills.iter().map(|bill| (bill.form.number.as_str(), bill.segment)).collect::<Vec<_>>(),
        [("ZZZB26110001", 22), ("ZZZB26110002", 35), ("ZZZB26110003", 45)]
    );

    let first = &bills[0].form.content;
    assert_eq!(first.carrier, "示范航运 Demo Line");
    assert_eq!((first.shipper.name.as_str(), first.shipper.address.as_deref()), ("Demo Exporter Pte", Some("1 Sample Road")));
    assert_eq!((first.consignee.name.as_str(), first.consignee.uscc.as_deref()), ("示范进口商 Demo Importer", Some("91330200TEAT000154")));
    assert_eq!(first.notify.as_ref().map(|party| party.name.as_str()), Some("Demo Forwarder"));
    assert_eq!((first.loading.as_str(), first.discharge.as_str(), &first.delivery), ("SGSIN", "CNNGB", &None));
    let boxes: Vec<_> = first
        .containers
        .iter()
        .map(|c| (c.number.as_str(), c.size_type.as_str(), c.packages, c.gross_kg.to_string(), c.seals.join(",")))
        .collect();
    assert_eq!(
        boxes,
        [
            ("ZZZU0001017", "45G1", 410, "8200".to_owned(), "DEMO000101".to_owned()),
            ("ZZZU0001022", "45G1", 410, "8300".to_owned(), "DEMO000102".to_owned()),
        ]
    );
    let line = &first.goods[0];
    assert_eq!((line.description.as_str(), line.hs_code.as_deref(), line.packages), ("LED LAMPS: DESK MODEL", Some("9405210000"), 820));
    // CT, carton, is kind 22 of customs.
    assert_eq!((line.package_kind.as_deref(), line.gross_kg.to_string()), (Some("22"), "16500".to_owned()));

    // The second bill names no port of discharge: the header's holds. The third has two lines in two boxes, one in tonnes, one dangerous.
    assert_eq!(bills[1].form.content.discharge, "CNNGB");
    let third = &bills[2].form.content;
    assert_eq!(third.goods.iter().map(|line| line.gross_kg.to_string()).collect::<Vec<_>>(), ["12000", "9000"]);
    assert_eq!(third.goods.iter().map(|line| line.un_no.as_deref()).collect::<Vec<_>>(), [Some("1263"), None]);
    assert_eq!(third.containers.iter().map(|c| c.packages).collect::<Vec<_>>(), [100, 450]);
}

#[test]
fn the_place_of_arrival_stands_for_the_port_of_discharge_where_none_is_told() {
    let text = wire("cuscar.edi");
    let arrival = text.replacen("LOC+11+CNNGB", "LOC+60+CNSHA", 1);
    let read_anew = read(arrival.as_bytes());
    assert_eq!(faults(&read_anew), []);
    let (_, _, bills) = manifest(&read_anew);
    assert_eq!((bills[0].form.content.discharge.as_str(), bills[1].form.content.discharge.as_str()), ("CNNGB", "CNSHA"));
    let both = text.replacen("LOC+11+CNNGB:139:6'", "LOC+60+CNSHA:139:6'LOC+11+CNNGB:139:6'", 1).replace("UNT+58", "UNT+59");
    let read_anew = read(both.as_bytes());
    assert_eq!(manifest(&read_anew).2[1].form.content.discharge, "CNNGB");
}

#[test]
fn an_ifcsum_becomes_a_manifest_with_a_shared_container() {
    let read = read(wire("ifcsum.edi").as_bytes());
    assert_eq!(faults(&read), []);
    let (_, _, bills) = manifest(&read);
    let shares = |bill: &BillRead| {
        bill.form.content.containers.iter().map(|c| (c.number.clone(), c.packages, c.gross_kg.to_string())).collect::<Vec<_>>()
    };
    assert_eq!(shares(&bills[0]), [("ZZZU0001017".to_owned(), 300, "6000".to_owned()), ("ZZZU0001022".to_owned(), 200, "4000".to_owned())]);
    assert_eq!(shares(&bills[1]), [("ZZZU0001022".to_owned(), 12, "9000".to_owned())]);
    assert_eq!(bills[0].form.content.goods[0].hs_code.as_deref(), Some("9405210000"));
    // The credit code stands in an address line, marked USCI, as Announcement 56/2017 is often served.
    assert_eq!(bills[1].form.content.consignee.uscc.as_deref(), Some("91330782TEAT0004X4"));
    assert_eq!(bills[1].form.content.loading, "SGSIN");
}

#[test]
fn a_coarri_becomes_a_discharge_report() {
    let read = read(wire("coarri.edi").as_bytes());
    assert_eq!(faults(&read), []);
    let Some(Content::Discharge { call, at: None, containers }) = &read.messages[0].content else { panic!("{:?}", read.messages[0]) };
    assert_eq!((call.ship_name.as_deref(), call.voyage.as_deref()), (Some("DEMO HARMONY"), Some("026W")));
    let told: Vec<_> = containers
        .iter()
        .map(|c| (c.container.as_str(), c.at.map(|at| at.to_string()), c.position.as_deref(), c.seal.as_deref(), c.segment))
        .collect();
    let at = |minute: u32| Some(format!("2026-11-24T02:{minute}:00.000Z"));
    assert_eq!(
        told,
        [
            ("ZZZU0001017", at(10), Some("A0312"), Some("DEMO000101"), 8),
            ("ZZZU0001022", at(14), Some("A0313"), Some("DEMO000102"), 14),
            // The third gives its zone itself (format 205) and says nothing about its place.
            ("ZZZU0001038", at(18), None, None, 20),
        ]
    );
    assert_eq!(containers[1].damage.as_deref(), Some("dent left side 1"));
    assert_eq!(containers[0].damage, None);
}

#[test]
fn a_message_without_a_time_of_its_own_has_that_of_its_interchange_and_says_so() {
    let prepared = || "2026-11-24T04:00:00Z".parse::<ledger::Timestamp>().ok();
    let told = |read: &Interpretation| {
        let found = read.findings.iter().filter(|found| found.finding.code == "EDI-DTM-PREPARED");
        found.map(|found| (found.segment, found.segment_tag.clone(), found.finding.severity)).collect::<Vec<_>>()
    };
    let label = vec![(Some(1), Some("UNB".to_owned()), Severity::Info)];
    // Loading: COARRI D.95B has no DTM after BGM.
    let loading = read(wire("coarri.edi").replace("BGM+44+", "BGM+46+").as_bytes());
    let Some(Content::Reports(reports)) = &loading.messages[0].content else { panic!("{loading:?}") };
    assert_eq!((reports.at, told(&loading)), (prepared(), label.clone()));
    // Discharge: every box tells its own time, so that nothing stands in, and nothing is said.
    assert_eq!(told(&read(wire("coarri.edi").as_bytes())), []);
    let silent = wire("coarri.edi").replace("DTM+203:202611241014:203'", "DTM+137:202611241014:203'");
    let silent = read(silent.as_bytes());
    let Some(Content::Discharge { at, containers, .. }) = &silent.messages[0].content else { panic!("{silent:?}") };
    assert_eq!((*at, containers[1].at, told(&silent)), (prepared(), None, label));
    // A time of the message's own is its time, and UNB says nothing.
    let own = wire("coarri.edi").replace("BGM+44+", "BGM+46+").replace(":95B:UN", ":97A:UN");
    let own = own
        .replace("+9'\nTDT", "+9'\nDTM+137:202611240900:203'\nTDT")
        .replace("+9'TDT", "+9'DTM+137:202611240900:203'TDT")
        .replace("UNT+22", "UNT+23");
    let own = read(own.as_bytes());
    let Some(Content::Reports(reports)) = &own.messages[0].content else { panic!("{own:?}") };
    assert_eq!((reports.at, told(&own)), ("2026-11-24T01:00:00Z".parse::<ledger::Timestamp>().ok(), vec![]));
    // What UNB says is no time: nothing stands in.
    let odd = read(wire("coarri.edi").replace("BGM+44+", "BGM+46+").replace("261124:1200", "261124:2561").as_bytes());
    if let Some(Content::Reports(reports)) = &odd.messages[0].content {
        assert_eq!(reports.at, None);
    }
    assert_eq!(told(&odd), []);
}

#[test]
fn a_loading_report_is_not_taken_for_a_discharge() {
    let loading = wire("coarri.edi").replace("BGM+44+", "BGM+46+");
    let content = read(loading.as_bytes()).messages.remove(0).content;
    let Some(Content::Reports(told)) = content else { panic!("{content:?}") };
    assert!(told.boxes.iter().all(|one| matches!(one.said, logistics::Said::Loaded { .. })), "{:?}", told.boxes);
    assert_eq!(told.ship, Some(port_call::Said::Loaded { boxes: 3 }));
}

#[test]
fn an_actual_arrival_is_told_by_cusrep() {
    let report = |time: &str| {
        format!(
            "UNB+UNOB:3+TESTAGENTBLUE+FAIRWAY+261124:0700+1'UNH+1+CUSREP:D:95B:UN'BGM+98+A1+9'TDT+20+026W+1+++++0000426:146:11:DEMO HARMONY'{time}UNT+{}+1'UNZ+1+1'",
            4 + usize::from(!time.is_empty())
        )
    };
    let arrived = read(report("DTM+178:202611240612:203'").as_bytes());
    let Some(Content::Arrival { call, at }) = &arrived.messages[0].content else { panic!("{:?}", faults(&arrived)) };
    assert_eq!((call.voyage.as_deref(), at.to_string().as_str()), (Some("026W"), "2026-11-23T22:12:00.000Z"));
    let expected = read(report("DTM+132:202611240612:203'").as_bytes()).messages.remove(0).content;
    let Some(Content::Expected { eta, .. }) = expected else { panic!("{expected:?}") };
    assert_eq!(eta.map(|at| at.to_string()).as_deref(), Some("2026-11-23T22:12:00.000Z"));
    let silent = read(report("").as_bytes());
    assert_eq!(faults(&silent), [("EDI-CUSREP-TIME-MISSING".to_owned(), 4)]);
    assert!(silent.messages[0].content.is_none());
}

#[test]
fn answers_say_what_they_answer_and_whether_it_was_accepted() {
    let answer = |bytes: &str| match read(bytes.as_bytes()).messages.remove(0).content {
        Some(Content::Answer { reference, accepted, .. }) => (reference, accepted),
        other => panic!("{other:?}"),
    };
    let contrl = |action: &str, extra: &str, count: u32| {
        format!(
            "UNB+UNOB:3+FAIRWAY2+FAIRWAY+261124:0700+9'UNH+1+CONTRL:D:3:UN'UCI+FW0001+FAIRWAY+TEST+{action}'{extra}UNT+{count}+1'UNZ+1+9'"
        )
    };
    assert_eq!(answer(&contrl("7", "", 3)), ("FW0001".to_owned(), true));
    assert_eq!(answer(&contrl("8", "", 3)), ("FW0001".to_owned(), true));
    assert_eq!(answer(&contrl("4", "", 3)), ("FW0001".to_owned(), false));
    assert_eq!(answer(&contrl("7", "UCM+1+CUSRES:D:95B:UN+4'", 4)), ("FW0001".to_owned(), false));
    let aperak = |name: &str, function: &str| {
        format!("UNB+UNOB:3+FAIRWAY2+FAIRWAY+261124:0700+9'UNH+1+APERAK:D:00B:UN'BGM+{name}+X1+{function}'RFF+ACW:FW0002'UNT+4+1'UNZ+1+9'")
    };
    assert_eq!(answer(&aperak("312", "29")), ("FW0002".to_owned(), true));
    assert_eq!(answer(&aperak("313", "27")), ("FW0002".to_owned(), false));
}

#[test]
fn other_messages_are_kept_without_fault() {
    let read =
        read(b"UNB+UNOB:3+TESTTERMINALEAST+FAIRWAY+261124:0700+9'UNH+7+IFTSTA:D:00B:UN'BGM+23+ST1+9'DTM+137:20261124:102'UNT+4+7'UNZ+1+9'");
    assert_eq!(faults(&read), []);
    let message = &read.messages[0];
    assert_eq!((message.kind.as_str(), message.document.as_deref()), ("IFTSTA", Some("ST1")));
    let Some(Content::Reports(told)) = &message.content else { panic!("{:?}", message.content) };
    assert!(told.boxes.is_empty() && told.bills.is_empty() && told.ship.is_none());
}

/// The faulty fixtures: what comes back, where, and whether the manifest is still taken.
#[test]
fn faulty_manifests_come_back_with_the_fault_at_its_segment() {
    let check = |name: &str, expect: &[(&str, u64)], acted_upon: bool| {
        let read = read(wire(name).as_bytes());
        let expect: Vec<_> = expect.iter().map(|(code, segment)| ((*code).to_owned(), *segment)).collect();
        assert_eq!(faults(&read), expect, "{name}");
        assert_eq!(read.messages[0].content.is_some(), acted_upon, "{name}");
    };
    check("cuscar-wrong-unt.edi", &[("EDI-UNT-COUNT", 59)], false);
    check("cuscar-check-digit.edi", &[("EDI-CNT-CHECK-DIGIT", 9)], true);
    check("cuscar-unknown-port.edi", &[("EDI-LOC-UNKNOWN", 37)], true);
    check("cuscar-duplicate-bill.edi", &[("EDI-BILL-DUPLICATE", 46)], false);
}

#[test]
fn a_truncated_file_is_read_as_far_as_it_goes_and_not_acted_upon() {
    let read = read(wire("cuscar-truncated.edi").as_bytes());
    let codes: BTreeSet<_> = faults(&read).into_iter().map(|(code, _)| code).collect();
    for code in ["EDI-SEG-TRUNCATED", "EDI-UNT-MISSING", "EDI-UNZ-MISSING"] {
        assert!(codes.contains(code), "{code} not in {codes:?}");
    }
    assert_eq!((read.messages.len(), &read.messages[0].content), (1, &None));
}

#[test]
fn a_byte_order_mark_and_line_ends_are_remarked_and_change_nothing() {
    let odd = read(file("cuscar-bom-crlf.edi").as_bytes());
    assert_eq!(faults(&odd), []);
    let remarks: Vec<_> = odd.findings.iter().map(|found| found.finding.code.as_ref()).collect();
    assert!(remarks.contains(&"EDI-BOM") && remarks.contains(&"EDI-LINE-BREAKS"), "{remarks:?}");
    let plain = read(wire("cuscar.edi").as_bytes());
    let forms = |read: &Interpretation| manifest(read).2.iter().map(|bill| bill.form.clone()).collect::<Vec<_>>();
    assert_eq!(forms(&odd), forms(&plain));
}

fn under(tolerances: &[Tolerance], bytes: &[u8]) -> Interpretation {
    let agreement = Agreement { tolerances: tolerances.iter().copied().collect(), ..Agreement::default() };
    EdiInterpreter::default().read(bytes, &agreement, OFFSET)
}

#[test]
fn what_is_forgiven_by_agreement_is_acted_upon_and_told_as_information() {
    let counted = under(&[Tolerance::UntCount], wire("cuscar-wrong-unt.edi").as_bytes());
    assert_eq!(faults(&counted), []);
    assert_eq!(manifest(&counted).2.len(), 3);
    let told: Vec<_> = counted.findings.iter().map(|f| (f.finding.code.as_ref(), f.finding.severity)).collect();
    assert!(told.contains(&("EDI-UNT-COUNT", Severity::Info)), "{told:?}");
    let used = counted.findings.iter().find(|f| f.finding.code == "EDI-TOLERATED").expect("the use of a tolerance is told");
    assert!(used.finding.message.en.contains("unt-count") && used.message_reference.is_some(), "{used:?}");

    // Each agreement forgives what it names and nothing else.
    let unz = wire("cuscar.edi").replace("UNZ+1+MB2611220001'", "UNZ+2+MB2611220001'");
    assert!(read(unz.as_bytes()).messages[0].content.is_none());
    assert!(under(&[Tolerance::UntCount], unz.as_bytes()).messages[0].content.is_none());
    assert!(under(&[Tolerance::UnzCount], unz.as_bytes()).messages[0].content.is_some());
    assert!(under(&Tolerance::ALL, wire("cuscar-duplicate-bill.edi").as_bytes()).messages[0].content.is_none());
    // A file without deviations says nothing of agreements.
    let plain = under(&Tolerance::ALL, wire("cuscar.edi").as_bytes());
    assert!(plain.findings.iter().all(|f| f.finding.code != "EDI-TOLERATED" || !f.finding.message.en.contains("count")));
}

/// What real traffic does: a time after BGM in COARRI D.95B, the number of containers at the end of CUSCAR D.95B.
#[test]
fn segments_elsewhere_than_the_directory_has_them_are_read_where_that_is_agreed() {
    let coarri = wire("coarri.edi");
    let more = |good: &str, odd: &str, added: u32| {
        assert!(coarri.contains(good), "{good}");
        coarri.replacen(good, odd, 1).replace("UNT+22", &format!("UNT+{}", 22 + added))
    };
    let timed = more("+9'TDT", "+9'DTM+137:202611241200:203'TDT", 1);
    let unknown = more("EQD+CN+ZZZU0001017", "GDS+1'EQD+CN+ZZZU0001017", 1);
    let operators = more("SEL+DEMO000101+CA'", "SEL+DEMO000101+CA'NAD+CF+A'NAD+CF+B'", 2);
    let ships = more("NAD+CA", "TDT+30++3'NAD+CA", 1);
    let counted = wire("cuscar.edi").replacen("CNT+16:5'", "", 1).replace("UNT+58", "CNT+16:5'UNT+58");
    let cases = [
        (timed, &coarri, "EDI-DIR-ORDER"),
        (unknown, &coarri, "EDI-DIR-UNEXPECTED"),
        (operators, &coarri, "EDI-DIR-REPEAT"),
        (ships, &coarri, "EDI-DIR-GROUP-REPEAT"),
        (counted, &wire("cuscar.edi"), "EDI-DIR-ORDER"),
    ];
    for (odd, good, code) in cases {
        let strict = read(odd.as_bytes());
        assert_eq!(faults(&strict).iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), [code]);
        assert!(strict.messages[0].content.is_none(), "{code}: not agreed");
        let others: Vec<Tolerance> = Tolerance::ALL.into_iter().filter(|one| *one != Tolerance::SegmentStructure).collect();
        assert!(under(&others, odd.as_bytes()).messages[0].content.is_none(), "{code}: agreed on something else");

        let agreed = under(&[Tolerance::SegmentStructure], odd.as_bytes());
        assert_eq!(faults(&agreed), []);
        let told: Vec<_> = agreed.findings.iter().map(|f| (f.finding.code.as_ref(), f.finding.severity)).collect();
        assert!(told.contains(&(code, Severity::Info)), "{told:?}");
        let used = agreed.findings.iter().find(|f| f.finding.code == "EDI-TOLERATED").expect("the use of a tolerance is told");
        assert!(used.finding.message.en.contains("segment-structure") && used.message_reference.as_deref() == Some("1"), "{used:?}");
        assert_eq!(meant(&agreed), meant(&read(good.as_bytes())), "{code}: the same is meant");
    }
    // What a segment says wrongly is not where it stands.
    let wrong = wire("cuscar.edi").replacen("CNT+16:5'", "CNT'", 1);
    assert!(under(&[Tolerance::SegmentStructure], wrong.as_bytes()).messages[0].content.is_none());
}

/// What a file says, without the places in which it says it.
fn meant(read: &Interpretation) -> String {
    match &read.messages[0].content {
        Some(Content::Manifest { call, replaces, bills }) => {
            format!("{call:?} {replaces} {:?}", bills.iter().map(|bill| &bill.form).collect::<Vec<_>>())
        }
        Some(Content::Discharge { call, containers, .. }) => {
            let told = containers.iter().map(|c| (&c.container, c.at, &c.position, &c.seal, &c.damage));
            format!("{call:?} {:?}", told.collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn chinese_text_in_gb18030_is_read_where_that_is_agreed() {
    let utf8 = wire("cuscar.edi").replacen("UNOC", "UNOA", 1);
    let plain = read(wire("cuscar.edi").as_bytes());
    let (_, _, bills) = manifest(&plain);
    let consignee = bills[0].form.content.consignee.name.clone();
    let chinese = utf8.replacen(&consignee, "海通示范贸易有限公司", 1);
    let mut bytes = Vec::new();
    for part in chinese.split_inclusive("海通示范贸易有限公司") {
        let (plain, name) = part.strip_suffix("海通示范贸易有限公司").map_or((part, false), |rest| (rest, true));
        bytes.extend_from_slice(plain.as_bytes());
        if name {
            // 海通示范贸易有限公司 in GB 18030.
            bytes.extend_from_slice(b"\xba\xa3\xcd\xa8\xca\xbe\xb7\xb6\xc3\xb3\xd2\xd7\xd3\xd0\xcf\xde\xb9\xab\xcb\xbe");
        }
    }
    assert!(read(&bytes).messages[0].content.is_none(), "not agreed");
    let agreement = Agreement { charset: Some(CharacterSet::Gb18030), ..Agreement::default() };
    let agreed = EdiInterpreter::default().read(&bytes, &agreement, OFFSET);
    assert_eq!(manifest(&agreed).2[0].form.content.consignee.name, "海通示范贸易有限公司");
}

/// One change to a good file, and the finding it must give.
struct Fault(&'static str, &'static str, &'static str, &'static str, u64);

/// Every code of [`CODES`] by the change that provokes it. A test below holds the list complete.
const PROVOKED: &[Fault] = &[
    Fault("cuscar.edi", "MB-DEMO-0001+9'", "MB-DEMO-0001+2'", "EDI-BGM-FUNCTION", 3),
    Fault("cuscar.edi", "TDT+20+026W+", "TDT+20++", "EDI-CALL-UNNAMED", 6),
    Fault("cuscar.edi", "0000426:146", "0000427:146", "EDI-TDT-IMO", 6),
    Fault("cuscar.edi", "DTM+132:202611240600:203", "DTM+132:202613240600:203", "EDI-DTM-VALUE", 8),
    Fault("cuscar.edi", "DTM+132:202611240600:203", "DTM+132:202611240600:718", "EDI-DTM-FORMAT", 8),
    Fault("cuscar.edi", "RFF+BM:ZZZB26110002", "RFF+AAA:ZZZB26110002", "EDI-BILL-NUMBER-MISSING", 35),
    Fault("cuscar.edi", "RFF+BM:ZZZB26110002", "RFF+BM:ZZZB 26110002", "EDI-BILL-NUMBER", 36),
    Fault("cuscar.edi", "RFF+BM:ZZZB26110002", "RFF+BM:ZZZB26110001", "EDI-BILL-DUPLICATE", 36),
    Fault("cuscar.edi", "NAD+CN+++TO ORDER", "NAD+AG+++TO ORDER", "EDI-BILL-CONSIGNEE-MISSING", 45),
    Fault("cuscar.edi", "NAD+CZ+++Demo Chemie", "NAD+AG+++Demo Chemie", "EDI-BILL-SHIPPER-MISSING", 45),
    Fault("cuscar.edi", "91330200TEAT000154", "91330200TEAT000155", "EDI-NAD-USCC", 27),
    Fault("cuscar.edi", "LOC+9+DEHAM", "LOC+1+DEHAM", "EDI-LOC-MISSING", 45),
    Fault("cuscar.edi", "LOC+9+DEHAM", "LOC+9+HAMBURG", "EDI-LOC-MALFORMED", 47),
    Fault("cuscar.edi", "LOC+9+DEHAM", "LOC+9+ZZZZZ", "EDI-LOC-UNKNOWN", 47),
    Fault("cuscar.edi", "SGP+ZZZU0001038+12'", "DIM+1+CMT:1'", "EDI-BILL-NO-CONTAINERS", 35),
    Fault("cuscar.edi", "SGP+ZZZU0001038+12'", "DIM+1+CMT:1'", "EDI-EQD-UNUSED", 15),
    Fault("cuscar.edi", "GID+1+12:PX'PAC+12++PX'FTX+AAA+++STEEL FITTINGS'MEA+AAE+G+KGM:15500.5'", "", "EDI-BILL-NO-GOODS", 35),
    Fault("cuscar.edi", "EQD+CN+ZZZU0001038", "EQD+CN+ZZZX0001038", "EDI-CNT-NUMBER", 15),
    Fault("cuscar.edi", "EQD+CN+ZZZU0001038", "EQD+CN+ZZZU0001039", "EDI-CNT-CHECK-DIGIT", 15),
    Fault("cuscar.edi", "EQD+CN+ZZZU0001059", "EQD+CN+ZZZU0001043", "EDI-CNT-DUPLICATE", 19),
    Fault("cuscar.edi", "EQD+CN+ZZZU0001059", "EQD+CN+ZZZU0001043", "EDI-SGP-WITHOUT-EQD", 58),
    Fault("cuscar.edi", "22R1:102:5", "99XX:102:5", "EDI-EQD-SIZE-TYPE", 19),
    Fault("cuscar.edi", "GID+1+100:DR'", "GID+1'", "EDI-GID-PACKAGES-MISSING", 50),
    Fault("cuscar.edi", "GID+1+100:DR'", "GID+1+0:DR'", "EDI-GID-PACKAGES-ZERO", 50),
    Fault("cuscar.edi", "FTX+AAA+++PAINT'", "FTX+AAI+++PAINT'", "EDI-GID-DESCRIPTION-MISSING", 50),
    Fault("cuscar.edi", "MEA+AAE+G+TNE:12'", "MEA+VOL+AAW+MTQ:12'", "EDI-GID-WEIGHT-MISSING", 50),
    Fault("cuscar.edi", "LOC+11+CNNGB:139:6'DTM+132", "LOC+11+ZZZZZ:139:6'DTM+132", "EDI-LOC-UNKNOWN", 7),
    Fault("cuscar.edi", "MEA+AAE+G+TNE:12'", "MEA+AAE+G+STN:12'", "EDI-MEA-UNIT", 52),
    Fault("cuscar.edi", "MEA+AAE+G+TNE:12'", "MEA+AAE+G+TNE:HEAVY'", "EDI-MEA-VALUE", 52),
    Fault("cuscar.edi", "CST++9405210000:122", "CST++94052100001:122", "EDI-GID-HS", 34),
    Fault("cuscar.edi", "DGS+IMD+3+1263", "DGS+IMD+3+UN1263", "EDI-DGS-UN-NUMBER", 54),
    Fault("coarri.edi", "DTM+203:202611241014:203'", "DTM+137:202611241014:203'", "EDI-EQD-TIME-MISSING", 14),
];

#[test]
fn every_fault_of_content_is_reported_at_its_segment() {
    for Fault(name, good, bad, code, segment) in PROVOKED {
        let whole = wire(name);
        assert!(whole.contains(good), "{name} lacks {good}");
        let changed = whole.replacen(good, bad, 1);
        let told = faults(&read(changed.as_bytes()));
        assert!(told.contains(&((*code).to_owned(), *segment)), "{code} at {segment} is not in {told:?}");
    }
}

#[test]
fn faults_that_are_the_whole_message() {
    let only = |code: &str, bytes: &str| {
        let read = read(bytes.as_bytes());
        assert!(faults(&read).iter().any(|(told, _)| told == code), "{code} is not in {:?}", faults(&read));
        assert!(read.messages[0].content.is_none(), "{code}");
    };
    let message = |kind: &str, body: &str| {
        format!("UNB+UNOB:3+TESTAGENTBLUE+FAIRWAY+261122:0830+1'UNH+1+{kind}:D:95B:UN'BGM+1+X+9'{body}UNT+9+1'UNZ+1+1'")
    };
    let ship = "TDT+20+026W+1+++++0000426:146:11:DEMO'";
    only("EDI-CNI-MISSING", &message("CUSCAR", ship));
    only("EDI-EQD-MISSING", &message("COARRI", ship));
    only("EDI-CUSREP-TIME-MISSING", &message("CUSREP", ship));
    only("EDI-ANSWER-REFERENCE", &message("APERAK", ""));
    only("EDI-CARRIER-MISSING", &message("CUSCAR", &format!("{ship}CNI+1'")));
}

#[test]
fn what_is_inferred_is_said() {
    // Neither packages nor mass for each box: 820 packages and 16,500 kg in two boxes become two halves.
    let silent = wire("cuscar.edi")
        .replace("+410'", "'")
        .replace("MEA+AAE+G+KGM:8200'", "MEA+AAE+T+KGM:3900'")
        .replace("MEA+AAE+G+KGM:8300'", "MEA+AAE+T+KGM:3900'");
    let read = read(silent.as_bytes());
    let boxes: Vec<_> = manifest(&read).2[0].form.content.containers.iter().map(|c| (c.packages, c.gross_kg.to_string())).collect();
    assert_eq!(boxes, [(410, "8250".to_owned()), (410, "8250".to_owned())]);
    assert!(read.findings.iter().any(|found| found.finding.code == "EDI-SGP-SHARE-DERIVED" && found.segment == Some(22)));
}

#[test]
fn what_the_goods_do_not_say_is_taken_from_the_box_or_the_header() {
    // The only line of the second bill has no mass, but its box is weighed; the consignee is a code; the port comes from the header.
    let terse = wire("cuscar.edi")
        .replace("STEEL FITTINGS'MEA+AAE+G+KGM:15500.5'", "STEEL FITTINGS'MEA+VOL+AAW+MTQ:9'")
        .replace("NAD+CN+91330782TEAT0004X4:160:ZZZ++示范贸易 Demo Trading'", "NAD+CN+91330782TEAT0004X4:160:ZZZ'");
    let read = read(terse.as_bytes());
    assert_eq!(faults(&read), []);
    let bill = &manifest(&read).2[1].form.content;
    assert_eq!((bill.goods[0].gross_kg.to_string(), bill.containers[0].gross_kg.to_string()), ("15500.5".to_owned(), "15500.5".to_owned()));
    assert_eq!((bill.consignee.name.as_str(), bill.discharge.as_str()), ("91330782TEAT0004X4", "CNNGB"));
}

#[test]
fn a_fault_of_the_header_is_told_once_for_all_bills() {
    let told = faults(&read(wire("cuscar.edi").replacen("LOC+11+CNNGB:139:6'DTM+132", "LOC+11+ZZZZZ:139:6'DTM+132", 1).as_bytes()));
    assert_eq!(told, [("EDI-LOC-UNKNOWN".to_owned(), 7)]);
}

#[test]
fn every_documented_code_of_content_can_be_provoked() {
    let mut provoked: BTreeSet<&str> = PROVOKED.iter().map(|fault| fault.3).collect();
    // Provoked by their own tests in this file.
    provoked.extend(["EDI-CNI-MISSING", "EDI-EQD-MISSING", "EDI-CUSREP-TIME-MISSING", "EDI-ANSWER-REFERENCE", "EDI-CARRIER-MISSING"]);
    provoked.extend(["EDI-DTM-PREPARED", "EDI-SGP-SHARE-DERIVED", "EDI-FINDINGS-CUT", "EDI-TOLERATED"]);
    // And by those of `reports.rs`.
    provoked.extend(["EDI-CNT-NUMBER-ODD", "EDI-MEA-VGM-MISSING"]);
    assert_eq!(provoked, CODES.iter().map(|info| info.code).collect());
}

#[test]
fn every_finding_is_documented_and_points_somewhere() {
    let known: BTreeSet<_> = all_codes().map(|info| info.code).collect();
    for Fault(name, good, bad, ..) in PROVOKED {
        for found in read(wire(name).replacen(good, bad, 1).as_bytes()).findings {
            let code = found.finding.code.as_ref();
            assert!(known.contains(code), "{code} is not documented");
            assert!(!found.finding.hint.zh.is_empty() && !found.finding.hint.en.is_empty(), "{code} has no hint");
            assert!(found.segment.is_some() == found.segment_tag.is_some(), "{code}");
            if let Some(segment) = found.segment.filter(|_| found.message_reference.is_some()) {
                assert!(
                    found.finding.pointer.starts_with(&format!("/messages/1/segments/{}", segment - 1)),
                    "{code}: {}",
                    found.finding.pointer
                );
            }
        }
    }
}

/// Messages of many bills, each with its own container: `fault` goes into every group.
fn large(messages: usize, bills: usize, fault: impl Fn(usize, String) -> String) -> String {
    let mut interchange = "UNB+UNOB:3+TESTAGENTBLUE+FAIRWAY+261122:0830+1'".to_owned();
    for message in 0..messages {
        let mut equipment = String::new();
        let mut groups = String::new();
        for index in message * bills..(message + 1) * bills {
            let number = codes::ContainerNumber::synthetic(u32::try_from(index).unwrap_or(0));
            equipment += &format!("EQD+CN+{number}+22G1:102:5+++5'MEA+AAE+G+KGM:1000'");
            let bill = format!("CNI+1'RFF+BM:ZZZB{index:08}'LOC+9+SGSIN:139:6'NAD+CZ+++DEMO A'NAD+CN+++DEMO B'");
            groups += &fault(index, format!("{bill}GID+1+10:CT'FTX+AAA+++GOODS'MEA+AAE+G+KGM:1000'SGP+{number}+10'"));
        }
        let head = "BGM+785+BIG+9'NAD+CA+++DEMO LINE'TDT+20+026W+1+++++0000426:146:11:DEMO'LOC+11+CNNGB:139:6'";
        let body = format!("{head}{equipment}{groups}");
        let count = body.matches('\'').count() + 2;
        interchange += &format!("UNH+{message}+CUSCAR:D:95B:UN'{body}UNT+{count}+{message}'");
    }
    interchange + &format!("UNZ+{messages}+1'")
}

#[test]
fn ten_thousand_bills_in_one_interchange_are_read_whole() {
    let read = read(large(2, 5_000, |_, group| group).as_bytes());
    assert_eq!(faults(&read), []);
    let bills = |message: &MessageRead| match &message.content {
        Some(Content::Manifest { bills, .. }) => bills.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(read.messages.iter().map(bills).collect::<Vec<_>>(), [5_000, 5_000]);
}

#[test]
fn findings_are_bounded_and_the_rest_is_counted_errors_first() {
    let shouting = large(1, 1_500, |index, group| {
        let group = group.replace("SGSIN", "ZZZZZ");
        if index == 1_499 { group.replace("10:CT", "0:CT") } else { group }
    });
    let read = read(shouting.as_bytes());
    assert_eq!(read.findings.len(), FINDINGS_MAX + 1);
    let last = &read.findings[FINDINGS_MAX].finding;
    assert_eq!(last.code, "EDI-FINDINGS-CUT");
    let told = read.findings.iter().filter(|found| found.finding.code == "EDI-LOC-UNKNOWN").count();
    assert!(last.message.en.starts_with(&format!("{} further", 1_500 - told + others(&read, told))), "{}", last.message.en);
    assert!(faults(&read).iter().any(|(code, _)| code == "EDI-GID-PACKAGES-ZERO"), "an error is never cut for a warning");
}

/// Remarks that were cut besides the unknown ports: the reader's own, which are few.
fn others(read: &Interpretation, ports: usize) -> usize {
    let listed =
        read.findings.iter().filter(|found| found.finding.severity == Severity::Info && found.finding.code != "EDI-FINDINGS-CUT").count();
    FINDINGS_MAX - ports - 1 - listed
}

#[test]
fn the_segment_tree_shows_every_segment_with_its_name() {
    let bytes = wire("coarri.edi");
    let tree = segment_tree(bytes.as_bytes(), Stretch::From(1), 1_000);
    assert_eq!((tree.from, tree.total, tree.items.len()), (1, 24, 24));
    let seal = &tree.items[12];
    assert_eq!((seal.index, seal.tag.as_str(), seal.name.zh.as_ref(), seal.text.as_str()), (13, "SEL", "封志", "SEL+DEMO000101+CA"));
    let at = usize::try_from(seal.offset).expect("offset");
    assert_eq!(&bytes[at..at + usize::try_from(seal.length).expect("length")], seal.text);
    let party = &seal.elements[1].components[0];
    assert_eq!((party.value.as_str(), party.offset, party.length), ("CA", seal.offset + 15, 2));
    let cargo = segment_tree(wire("cuscar.edi").as_bytes(), Stretch::From(1), 1_000).items;
    let text = &cargo[29].elements.last().expect("elements").components;
    assert_eq!(text[0].value, "LED LAMPS: DESK MODEL", "releases are resolved");
    assert!(cargo[26].text.contains("示范进口商"));
    assert!(cargo.iter().all(|segment| segment.name.zh != segment.tag), "every segment used here has a name");
}

#[test]
fn the_segment_tree_is_paged() {
    let bytes = wire("coarri.edi");
    let page = |stretch, limit| {
        let page = segment_tree(bytes.as_bytes(), stretch, limit);
        (page.from, page.items.iter().map(|segment| segment.index).collect::<Vec<_>>())
    };
    assert_eq!(page(Stretch::From(23), 10), (23, vec![23, 24]));
    assert_eq!(page(Stretch::From(0), 2), (1, vec![1, 2]));
    assert_eq!(page(Stretch::From(99), 2), (25, vec![]));
    assert_eq!(page(Stretch::Around(10), 4), (8, vec![8, 9, 10, 11]));
    assert_eq!(page(Stretch::Around(24), 4), (21, vec![21, 22, 23, 24]));
    assert_eq!(page(Stretch::Around(1), 3), (1, vec![1, 2, 3]));
    assert_eq!(segment_tree(b"", Stretch::From(1), 10).total, 0);
}

proptest::proptest! {
    /// Whatever arrives, reading ends with an answer.
    #[test]
    fn damaged_files_are_always_answered(cut in 0usize..2_000, at in 0usize..2_000, byte: u8) {
        let mut bytes = wire("cuscar.edi").into_bytes();
        let place = at % bytes.len();
        bytes[place] = byte;
        bytes.truncate(bytes.len() - cut % bytes.len());
        let read = read(&bytes);
        proptest::prop_assert!(read.findings.len() <= FINDINGS_MAX + 1);
        let _ = segment_tree(&bytes, Stretch::From(1), 1_000);
    }
}
