//! Messages to partners: what we write, we and our directory check read without complaint.

use app::agreement::{Agreement, CharacterSet, LineEnds, ServiceAdvice, Writing};
use app::exchange::{BoxStatus, Content, Envelope, Interpretation, Interpreter, OrderFunction, OrderedWorkKind, Outgoing, ToldStatus};
use codes::{Mass, Severity};
use ledger::Timestamp;
use logistics::ListedBox;
use manifest::{BillContent, BillForm, Consignee, ManifestContainer, ManifestGoods, Party};
use messages::{APERAK_ERRORS_MAX, EdiInterpreter, SampleCall, SampleLanded, sample_coarri, sample_cuscar};

const OFFSET: i32 = 480;

fn at(text: &str) -> Timestamp {
    text.parse().expect("instant")
}

fn envelope() -> Envelope {
    Envelope {
        sender: "FAIRWAY".into(),
        receiver: "TESTTERMINALEAST".into(),
        reference: "FW26112400001".into(),
        at: at("2026-11-24T02:30:00Z"),
        utc_offset_minutes: OFFSET,
    }
}

fn written(outgoing: &Outgoing) -> (String, Vec<u8>, Interpretation) {
    let interpreter = EdiInterpreter::default();
    let (kind, bytes) = interpreter.write(&envelope(), &Agreement::default(), outgoing);
    let read = interpreter.read(&bytes, &Agreement::default(), OFFSET);
    (kind, bytes, read)
}

/// Reads back without anything above a remark, as the type it claims to be, from us to the partner.
fn check(outgoing: &Outgoing, kind: &str) -> (String, Interpretation) {
    let (told, bytes, read) = written(outgoing);
    let text = String::from_utf8(bytes).expect("UTF-8");
    let faults: Vec<_> = read.findings.iter().filter(|found| found.finding.severity > Severity::Info).collect();
    assert!(faults.is_empty(), "{text}\n{faults:?}");
    let borrowed = read.findings.iter().find(|found| matches!(found.finding.code.as_ref(), "EDI-DIR-NEAREST" | "EDI-DIR-UNKNOWN"));
    assert!(borrowed.is_none(), "checked against the table of its very release: {text}\n{borrowed:?}");
    assert_eq!((told.as_str(), read.messages[0].kind.as_str()), (kind, kind));
    assert_eq!((read.sender.as_deref(), read.control_reference.as_deref()), (Some("FAIRWAY"), Some("FW26112400001")));
    (text, read)
}

fn release(ship: &str) -> Outgoing {
    Outgoing::Release {
        bill: "ZZZB26110001".into(),
        entry_id: "310420261000000017".into(),
        containers: vec!["ZZZU0001017".into(), "ZZZU0001022".into()],
        ship_name: ship.into(),
        voyage: "026W".into(),
        at: at("2026-11-24T02:15:00Z"),
    }
}

#[test]
fn a_release_tells_the_terminal_bill_entry_and_boxes() {
    let (text, _) = check(&release("DEMO HARMONY"), "CUSRES");
    for part in [
        "UNB+UNOB:3+FAIRWAY+TESTTERMINALEAST+261124:1030+FW26112400001++CUSRES'",
        "UNH+1+CUSRES:D:00B:UN'BGM+962+310420261000000017+11'DTM+137:202611241030:203'",
        "DTM+58:202611241015:203'",
        "FTX+AAI+++DEMO HARMONY:026W'GIS+4'EQD+CN+ZZZU0001017'EQD+CN+ZZZU0001022'",
        "RFF+BM:ZZZB26110001'",
        "RFF+ABT:310420261000000017'",
        "RFF+VON:026W'",
        "CNT+16:2'",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_hold_and_its_end_are_told_apart_from_a_release() {
    let hold = |reason: Option<&str>| Outgoing::Hold {
        bill: "ZZZB26110001".into(),
        entry_id: "310420261000000017".into(),
        containers: vec!["ZZZU0001017".into()],
        ship_name: "DEMO HARMONY".into(),
        voyage: "026W".into(),
        reason: reason.map(str::to_owned),
        at: at("2026-11-24T02:15:00Z"),
    };
    let (held, _) = check(&hold(Some("CONTROL ORDER 7")), "CUSRES");
    assert!(held.contains("FTX+AAO+++CONTROL ORDER 7'GIS+7'EQD+CN+ZZZU0001017'"), "{held}");
    let (lifted, _) = check(&hold(None), "CUSRES");
    assert!(lifted.contains("GIS+36'") && lifted.contains("HOLD LIFTED"), "{lifted}");
    let reason = "布控指令要求核对单证 ".repeat(40);
    let (long, _) = check(&hold(Some(&reason)), "CUSRES");
    assert!(long.contains(reason.trim()), "the whole reason is told: {long}");
    check(&hold(Some(&reason.repeat(3))), "CUSRES");
}

#[test]
fn a_discharge_order_is_read_back_as_one() {
    let one = |number: &str, kg: u64| ListedBox {
        number: number.into(),
        size_type: "22G1".into(),
        gross_kg: Mass::from_kg(kg),
        bill: Some("ZZZB26110001".into()),
        cell: Some("0010182".into()),
    };
    let bare = ListedBox { size_type: String::new(), gross_kg: None, bill: None, cell: None, ..one("ZZZU0001038", 1) };
    let order = |function, previous: Option<&str>, boxes| Outgoing::WorkOrder {
        work: OrderedWorkKind::Discharge,
        document: "C2611-0001-2".into(),
        function,
        previous: previous.map(str::to_owned),
        agent: "agent-blue".into(),
        ship_name: "DEMO HARMONY".into(),
        imo: "0000426".into(),
        voyage: "026W".into(),
        port: "CNNGB".into(),
        boxes,
    };
    let boxes = vec![one("ZZZU0001017", 8_200), one("ZZZU0001022", 8_300), bare];
    let whole = boxes.clone();
    let (text, _) = check(&order(OrderFunction::Original, None, whole.clone()), "COPRAR");
    assert!(text.contains("BGM+43+C2611-0001-2+9'") && !text.contains("ACW"), "{text}");
    let (text, read) = check(&order(OrderFunction::Replacement, Some("C2611-0001-1"), boxes), "COPRAR");
    for part in [
        "UNH+1+COPRAR:D:00B:UN'BGM+43+C2611-0001-2+5'",
        "RFF+ACW:C2611-0001-1'",
        "NAD+CG+agent-blue'",
        "EQD+CN+ZZZU0001022+22G1:102:5++3'RFF+BM:ZZZB26110001'LOC+147+0010182::5'MEA+AAE+G+KGM:8300'EQD+CN+ZZZU0001038+++3'",
        "CNT+16:3'",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let Some(Content::Reports(told)) = &read.messages[0].content else { panic!("{:?}", read.messages[0].content) };
    assert!(told.orders_discharge() && told.function.as_deref() == Some("5"));
    assert!(told.boxes.iter().all(|one| matches!(one.said, logistics::Said::DischargeOrdered { .. })), "{:?}", told.boxes);
    assert_eq!((told.boxes[1].size_type.as_deref(), told.boxes[1].gross), (Some("22G1"), Mass::from_kg(8_300)));
    assert_eq!(told.boxes[1].said, logistics::Said::DischargeOrdered { cell: Some("0010182".into()) });
    assert_eq!(told.ship, Some(port_call::Said::DischargeOrdered { boxes: 3 }));
    let (text, read) = check(&order(OrderFunction::Cancellation, Some("C2611-0001-1"), whole), "COPRAR");
    assert!(text.contains("BGM+43+C2611-0001-2+1'"), "{text}");
    let Some(Content::Reports(told)) = &read.messages[0].content else { panic!("{:?}", read.messages[0].content) };
    assert!(told.orders_discharge() && told.function.as_deref() == Some("1") && told.boxes.len() == 3);
    // What is loaded is ordered by the same message under another name, from this port and as export.
    let Outgoing::WorkOrder { document, function, previous, agent, ship_name, imo, voyage, port, boxes, .. } =
        order(OrderFunction::Original, None, vec![one("ZZZU0001017", 8_200)])
    else {
        panic!("an order")
    };
    let work = OrderedWorkKind::Loading;
    let loading = Outgoing::WorkOrder { work, document, function, previous, agent, ship_name, imo, voyage, port, boxes };
    let (text, read) = check(&loading, "COPRAR");
    assert!(text.contains("BGM+45+C2611-0001-2+9'") && text.contains("LOC+9+CNNGB:139:6'"), "{text}");
    assert!(text.contains("EQD+CN+ZZZU0001017+22G1:102:5++2'"), "{text}");
    let Some(Content::Reports(told)) = &read.messages[0].content else { panic!("{:?}", read.messages[0].content) };
    assert!(told.orders_loading() && !told.orders_discharge());
    assert_eq!(told.boxes[0].said, logistics::Said::LoadingOrdered { cell: Some("0010182".into()) });
}

#[test]
fn a_status_message_names_box_bill_ship_and_the_code_of_recommendation_24() {
    let one = |n: u32, status: BoxStatus, bill: Option<&str>| ToldStatus {
        container: format!("ZZZU000{n:04}"),
        size_type: "22G1".into(),
        bill: bill.map(str::to_owned),
        status,
        at: at("2026-11-24T02:15:00Z"),
        ship_name: "DEMO HARMONY".into(),
        imo: "0000426".into(),
        voyage: "026W".into(),
    };
    let all = BoxStatus::ALL.iter().zip(1_017..).map(|(status, n)| one(n, *status, Some("ZZZB26110001"))).collect();
    let (text, read) = check(&Outgoing::Status { port: "CNNGB".into(), statuses: all }, "IFTSTA");
    for part in [
        "UNH+1+IFTSTA:D:00B:UN'BGM+23+FW26112400001+9'DTM+137:202611241030:203'NAD+MS+FAIRWAY'",
        "CNI+1+ZZZB26110001'STS+1+29:REC24:6'DTM+334:202611241015:203'LOC+175+CNNGB:139:6'TDT+20+026W+1+++++0000426:146:11:DEMO HARMONY'",
        "EQD+CN+ZZZU0001017+22G1:102:5'CNI+2+ZZZB26110001'STS+1+12:REC24:6'",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let Some(Content::Reports(told)) = &read.messages[0].content else { panic!("{:?}", read.messages[0].content) };
    let codes: Vec<&str> = told
        .boxes
        .iter()
        .map(|one| match &one.said {
            logistics::Said::Status { code } => code.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, BoxStatus::ALL.map(BoxStatus::code));
    assert!(told.boxes.iter().all(|one| one.at == Some(at("2026-11-24T02:15:00Z"))), "{:?}", told.boxes);
    // A box on no bill, and a full message.
    let many = (0..app::statuses::STATUSES_MAX).map(|_| one(1_017, BoxStatus::GateOut, None)).collect();
    let (text, _) = check(&Outgoing::Status { port: "CNNGB".into(), statuses: many }, "IFTSTA");
    assert!(text.contains("CNI+1'STS+1+13:REC24:6'"), "{text}");
}

/// What an answer of a partner says: reference, whether it accepts, and why not.
fn answered(body: &str, kind: &str) -> (String, bool, Vec<String>) {
    let segments = body.matches('\'').count() + 2;
    let file = format!("UNB+UNOC:3+TERM+FAIRWAY+261124:1030+R1'UNH+1+{kind}:UN'{body}UNT+{segments}+1'UNZ+1+R1'");
    let read = EdiInterpreter::default().read(file.as_bytes(), &Agreement::default(), OFFSET);
    match read.messages[0].content.clone() {
        Some(Content::Answer { reference, accepted, reasons }) => (reference, accepted, reasons),
        other => panic!("{other:?} {:#?}", read.findings),
    }
}

#[test]
fn the_reasons_of_a_partners_refusal_are_read() {
    let aperak = "BGM+313+A1+27'DTM+137:202611241030:203'RFF+ACW:000000017'ERC+42'FTX+AAO+++Box unknown:at this terminal'ERC+43'";
    let (reference, accepted, reasons) = answered(aperak, "APERAK:D:00B");
    assert_eq!((reference.as_str(), accepted), ("000000017", false));
    assert_eq!(reasons, ["42 Box unknown at this terminal", "43"]);
    let contrl = "UCI+000000017+FAIRWAY+TERM+7'UCM+1+CUSRES:D:95B:UN+4'UCS+3'UCD+12+1:2'";
    let file = format!("UNB+UNOC:3+TERM+FAIRWAY+261124:1030+R1'UNH+1+CONTRL:D:3:UN'{contrl}UNT+6+1'UNZ+1+R1'");
    let read = EdiInterpreter::default().read(file.as_bytes(), &Agreement::default(), OFFSET);
    let Some(Content::Answer { reference, accepted, reasons }) = &read.messages[0].content else { panic!("{:#?}", read.findings) };
    assert_eq!((reference.as_str(), *accepted), ("000000017", false));
    assert!(reasons.iter().any(|reason| reason.starts_with("UCD 1: 12")), "{reasons:?}");
    // A CUSRES that refers to one of ours is an answer; another one tells the state of an entry.
    let (reference, accepted, _) = answered("BGM+962+X1+11'RFF+ACW:C2611-0001-1'", "CUSRES:D:95B");
    assert_eq!((reference.as_str(), accepted), ("C2611-0001-1", true));
    let file = "UNB+UNOC:3+TERM+FAIRWAY+261124:1030+R1'UNH+1+CUSRES:D:95B:UN'BGM+962+X1+11'RFF+ABT:1'UNT+4+1'UNZ+1+R1'";
    let read = EdiInterpreter::default().read(file.as_bytes(), &Agreement::default(), OFFSET);
    assert!(matches!(read.messages[0].content, Some(Content::Reports(_))), "{:?}", read.messages[0].content);
}

/// Type of a message to a partner; `None` where it is no EDIFACT. Without a wildcard: a new one must be told here, and be among those below.
const fn edifact_type(outgoing: &Outgoing) -> Option<&'static str> {
    match outgoing {
        Outgoing::Contrl { .. } => Some("CONTRL"),
        Outgoing::Aperak { .. } => Some("APERAK"),
        Outgoing::Release { .. } | Outgoing::Hold { .. } => Some("CUSRES"),
        Outgoing::WorkOrder { .. } => Some("COPRAR"),
        Outgoing::Status { .. } => Some("IFTSTA"),
        Outgoing::DeliveryOrder { .. } => Some("COREOR"),
        Outgoing::RailReceipt(_)
        | Outgoing::RailRelease(_)
        | Outgoing::RailLoading { .. }
        | Outgoing::AirAnswer(_)
        | Outgoing::Declaration(_) => None,
    }
}

/// Every position of every message to a partner, as full as it can be, against the table of its very release.
#[test]
fn every_message_to_a_partner_stands_in_the_order_of_its_directory() {
    let containers: Vec<String> = (1..=200).map(|n| codes::ContainerNumber::synthetic(n).to_string()).collect();
    let (bill, entry_id) = ("ZZZB26110001".to_owned(), "310420261000000017".to_owned());
    let (ship_name, voyage) = ("DEMO HARMONY".to_owned(), "026W".to_owned());
    let moment = at("2026-11-24T02:15:00Z");
    let hold = |reason: Option<&str>| Outgoing::Hold {
        bill: bill.clone(),
        entry_id: entry_id.clone(),
        containers: containers.clone(),
        ship_name: ship_name.clone(),
        voyage: voyage.clone(),
        reason: reason.map(str::to_owned),
        at: moment,
    };
    let listed = |number: &String| ListedBox {
        number: number.clone(),
        size_type: "22G1".into(),
        gross_kg: Mass::from_kg(8_200),
        bill: Some(bill.clone()),
        cell: Some("0010182".into()),
    };
    let work = |work, function| Outgoing::WorkOrder {
        work,
        document: "C2611-0001-2".into(),
        function,
        previous: Some("C2611-0001-1".into()),
        agent: "agent-blue".into(),
        ship_name: ship_name.clone(),
        imo: "0000426".into(),
        voyage: voyage.clone(),
        port: "CNNGB".into(),
        boxes: containers.iter().map(listed).collect(),
    };
    let told = |number: &String| ToldStatus {
        container: number.clone(),
        size_type: "22G1".into(),
        bill: Some(bill.clone()),
        status: BoxStatus::Discharged,
        at: moment,
        ship_name: ship_name.clone(),
        imo: "0000426".into(),
        voyage: voyage.clone(),
    };
    let broken = std::fs::read(format!("{}/tests/fixtures/cuscar-duplicate-bill.edi", env!("CARGO_MANIFEST_DIR"))).expect("fixture");
    let findings = EdiInterpreter::default().read(&broken, &Agreement::default(), OFFSET).findings;
    let aperak = |accepted, findings| Outgoing::Aperak { reference: "1".into(), document: Some("MB-DEMO-0001".into()), accepted, findings };
    let all = [
        Outgoing::Contrl { received: broken.clone() },
        Outgoing::Contrl { received: broken[..broken.len() / 2].to_vec() },
        aperak(true, Vec::new()),
        aperak(false, findings),
        Outgoing::Release {
            bill: bill.clone(),
            entry_id: entry_id.clone(),
            containers: containers.clone(),
            ship_name: ship_name.clone(),
            voyage: voyage.clone(),
            at: moment,
        },
        hold(Some("CONTROL ORDER 7")),
        hold(None),
        work(OrderedWorkKind::Discharge, OrderFunction::Replacement),
        work(OrderedWorkKind::Loading, OrderFunction::Cancellation),
        Outgoing::Status { port: "CNNGB".into(), statuses: containers.iter().map(told).collect() },
        Outgoing::DeliveryOrder {
            order: "O2611-000001".into(),
            bill: bill.clone(),
            containers: containers.clone(),
            ship_name: ship_name.clone(),
            voyage: voyage.clone(),
            valid_until: moment,
            holder: "forwarder-green".into(),
        },
    ];
    let mut kinds = std::collections::BTreeSet::new();
    for outgoing in &all {
        let kind = edifact_type(outgoing).expect("EDIFACT");
        check(outgoing, kind);
        kinds.insert(kind);
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["APERAK", "CONTRL", "COPRAR", "COREOR", "CUSRES", "IFTSTA"]);
}

#[test]
fn chinese_and_odd_texts_are_written_in_a_repertoire_that_holds_them() {
    for ship in ["示范和谐 DEMO", "DEMO+HARMONY'S: \"A\"?", "DEMO_HARMONY@SEA", "DEMO\u{0}\r\nHARMONY"] {
        check(&release(ship), "CUSRES");
    }
}

#[test]
fn a_delivery_order_tells_holder_and_expiry() {
    let order = Outgoing::DeliveryOrder {
        order: "O2611-000001".into(),
        bill: "ZZZB26110001".into(),
        containers: vec!["ZZZU0001017".into()],
        ship_name: "DEMO HARMONY".into(),
        voyage: "026W".into(),
        valid_until: at("2026-11-30T15:59:00Z"),
        holder: "forwarder-green".into(),
    };
    let (text, _) = check(&order, "COREOR");
    for part in [
        "BGM+129+O2611-000001+9'",
        "RFF+RE:O2611-000001'DTM+36:202611302359:203'",
        "RFF+BM:ZZZB26110001'",
        "NAD+FW+forwarder-green'",
        "EQD+CN+ZZZU0001017+++5'",
    ] {
        assert!(text.contains(part) || part.starts_with("EQD"), "{part} is not in {text}");
    }
    assert!(text.contains("EQD+CN+ZZZU0001017++++5'"), "{text}");
}

#[test]
fn a_contrl_answers_good_and_bad_interchanges() {
    let fixture = |name: &str| std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("fixture");
    let answer = |name: &str| {
        let (text, read) = check(&Outgoing::Contrl { received: fixture(name) }, "CONTRL");
        match &read.messages[0].content {
            Some(Content::Answer { reference, accepted, .. }) => (reference.clone(), *accepted, text),
            other => panic!("{other:?}"),
        }
    };
    let (reference, accepted, _) = answer("cuscar.edi");
    assert_eq!((reference.as_str(), accepted), ("MB2611220001", true));
    let (reference, accepted, text) = answer("cuscar-wrong-unt.edi");
    assert_eq!((reference.as_str(), accepted), ("MB2611220001", false));
    assert!(text.contains("UCM+1+CUSCAR:D:95B:UN+4+29"), "{text}");
}

#[test]
fn an_aperak_lists_faults_in_both_languages_and_is_bounded() {
    let bytes = std::fs::read(format!("{}/tests/fixtures/cuscar-duplicate-bill.edi", env!("CARGO_MANIFEST_DIR"))).expect("fixture");
    let found = EdiInterpreter::default().read(&bytes, &Agreement::default(), OFFSET).findings;
    let answer =
        |accepted: bool, findings| Outgoing::Aperak { reference: "1".into(), document: Some("MB-DEMO-0001".into()), accepted, findings };
    let (text, read) = check(&answer(false, found.clone()), "APERAK");
    assert!(text.contains("ERC+BILL'FTX+AAO+++EDI-BILL-DUPLICATE ERROR") && text.contains("/messages/1/segments/45"), "{text}");
    let Some(Content::Answer { reference, accepted: false, reasons }) = &read.messages[0].content else { panic!("{read:#?}") };
    assert_eq!(reference, "1");
    assert!(reasons[0].starts_with("BILL EDI-BILL-DUPLICATE ERROR"), "{reasons:?}");
    assert!(text.contains("重复"), "{text}");
    let (_, read) = check(&answer(true, Vec::new()), "APERAK");
    assert_eq!(read.messages[0].content, Some(Content::Answer { reference: "1".into(), accepted: true, reasons: Vec::new() }));

    let one = found.iter().find(|finding| finding.finding.is_error()).cloned().expect("an error");
    let (text, _) = check(&answer(false, vec![one; APERAK_ERRORS_MAX + 5]), "APERAK");
    assert_eq!(text.matches("ERC+").count(), APERAK_ERRORS_MAX + 1);
    assert!(text.contains("5 further findings"));
}

fn mass(kg: u64) -> Mass {
    Mass::from_kg(kg).expect("mass")
}

fn bill(number: &str, boxes: &[(&str, u32, u64)], goods: &[(&str, u32, u64)]) -> BillForm {
    let container = |&(number, packages, kg): &(&str, u32, u64)| ManifestContainer {
        number: number.into(),
        size_type: "45G1".into(),
        seals: vec![format!("S{}", &number[4..])],
        gross_kg: mass(kg),
        packages,
    };
    let line = |&(description, packages, kg): &(&str, u32, u64)| ManifestGoods {
        description: description.into(),
        hs_code: Some("9405210000".into()),
        packages,
        package_kind: Some("22".into()),
        gross_kg: mass(kg),
        un_no: None,
    };
    BillForm {
        number: number.into(),
        content: BillContent {
            carrier: "DEMO LINE".into(),
            shipper: Party { name: "DEMO EXPORTER".into(), address: Some("1 SAMPLE ROAD".into()) },
            consignee: Consignee { uscc: Some("91330200TEAT000154".into()), name: "示范进口商 Demo Importer".into(), org: None },
            notify: None,
            loading: "SGSIN".into(),
            discharge: "CNNGB".into(),
            delivery: Some("CNNGB".into()),
            onward: None,
            containers: boxes.iter().map(container).collect(),
            goods: goods.iter().map(line).collect(),
        },
    }
}

const CALL: SampleCall<'static> = SampleCall {
    ship_name: "DEMO HARMONY",
    imo: "0000426",
    voyage: "026W",
    carrier: "DEMO",
    port: "CNNGB",
    arrival: Timestamp::from_millis(1_795_471_200_000),
};

#[test]
fn a_sample_manifest_reads_back_as_the_bills_it_was_made_of() {
    let bills = [
        bill("ZZZB1", &[("ZZZU0001017", 300, 6_000), ("ZZZU0001022", 200, 4_000)], &[("LAMPS", 350, 7_000), ("SHADES", 150, 3_000)]),
        bill("ZZZB2", &[("ZZZU0001038", 12, 9_000)], &[("FITTINGS: 'STEEL' + IRON", 12, 9_000)]),
    ];
    let bytes = sample_cuscar(&envelope(), "MB-DEMO-0009", &CALL, &bills);
    let read = EdiInterpreter::default().read(&bytes, &Agreement::default(), OFFSET);
    let faults: Vec<_> = read.findings.iter().filter(|found| found.finding.severity > Severity::Info).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let Some(Content::Manifest { call, bills: told, .. }) = &read.messages[0].content else {
        panic!("{}", String::from_utf8_lossy(&bytes))
    };
    assert_eq!((call.imo.as_deref(), call.voyage.as_deref()), (Some("0000426"), Some("026W")));
    let told: Vec<_> = told.iter().map(|bill| bill.form.clone()).collect();
    assert_eq!(told, bills);
}

#[test]
fn a_sample_discharge_report_reads_back_as_told() {
    let landed = [
        SampleLanded {
            container: "ZZZU0001017",
            size_type: "45G1",
            bill: "ZZZB1",
            at: at("2026-11-24T02:10:00Z"),
            position: "A0312",
            seal: Some("S1"),
            damage: None,
        },
        SampleLanded {
            container: "ZZZU0001022",
            size_type: "45G1",
            bill: "ZZZB1",
            at: at("2026-11-24T02:14:00Z"),
            position: "A0313",
            seal: None,
            damage: Some("箱门凹陷 dent"),
        },
    ];
    let bytes = sample_coarri(&envelope(), "TE-1", &CALL, &landed);
    let read = EdiInterpreter::default().read(&bytes, &Agreement::default(), OFFSET);
    let faults: Vec<_> = read.findings.iter().filter(|found| found.finding.severity > Severity::Info).collect();
    assert!(faults.is_empty(), "{faults:?}");
    let Some(Content::Discharge { containers, .. }) = &read.messages[0].content else { panic!("{}", String::from_utf8_lossy(&bytes)) };
    let told: Vec<_> =
        containers.iter().map(|c| (c.container.as_str(), c.at, c.position.as_deref(), c.seal.as_deref(), c.damage.as_deref())).collect();
    let expect: Vec<_> = landed.iter().map(|l| (l.container, Some(l.at), Some(l.position), l.seal, l.damage)).collect();
    assert_eq!(told, expect);
}

#[test]
fn a_partner_is_written_to_in_the_way_it_agreed() {
    let written = |writing: Writing, test: bool, outgoing: &Outgoing| {
        let agreement = Agreement { writing, test, ..Agreement::default() };
        EdiInterpreter::default().write(&envelope(), &agreement, outgoing).1
    };
    let plain = written(Writing::default(), false, &release("DEMO HARMONY"));
    let dressed = written(
        Writing { syntax_version: Some(2), una: ServiceAdvice::Always, line_ends: LineEnds::CrLf, charset: Some(CharacterSet::Unoa) },
        true,
        &release("Demo Harmony"),
    );
    let text = String::from_utf8(dressed.clone()).expect("ASCII");
    assert!(text.starts_with("UNA:+.? '\r\nUNB+UNOA:2+FAIRWAY+TESTTERMINALEAST+261124:1030+FW26112400001++CUSRES++++1'\r\n"), "{text}");
    assert!(text.ends_with("UNZ+1+FW26112400001'\r\n") && text.contains("DEMO HARMONY") && !text.contains("Harmony"), "{text}");
    let unbroken = text.replace("\r\n", "");
    let plain = String::from_utf8(plain).expect("ASCII");
    assert_eq!(unbroken.split('\'').skip(2).collect::<Vec<_>>(), plain.split('\'').skip(1).collect::<Vec<_>>(), "the message is the same");
    let read = EdiInterpreter::default().read(&dressed, &Agreement::default(), OFFSET);
    assert!(read.test && read.findings.iter().all(|f| f.finding.severity == Severity::Info), "{:?}", read.findings);

    // Chinese in GB 18030 for whoever agreed on it; in UTF-8 for whoever agreed on a set that cannot hold it.
    let chinese = release("示范和谐");
    let gb = written(Writing { charset: Some(CharacterSet::Gb18030), ..Writing::default() }, false, &chinese);
    assert!(gb.windows(8).any(|w| w == b"\xca\xbe\xb7\xb6\xba\xcd\xd0\xb3"), "示范和谐");
    let latin = written(Writing { charset: Some(CharacterSet::Unob), ..Writing::default() }, false, &chinese);
    assert!(String::from_utf8(latin).expect("UTF-8").contains("示范和谐"));
}
