//! Trains and flights: by form and by the messages of yards and airlines, reviewed and released without paper (MFT-05, MFT-06).

use app::conveyances::{
    AcceptPapers, ArriveConveyance, AttachPaper, CancelConveyance, DeleteSheet, DepartConveyance, PlanConveyance, ReleaseWaybill,
    ReportSheet, ReturnPapers, RevokeWaybillRelease, SubmitPapers, SubmitWaybills,
};
use app::declarations::KeepAttachment;
use app::inbox::{MessageState, ReceiveMessage};
use app::reading::ListQuery;
use codes::{AirWaybillNumber, Flow, Mass};
use ledger::Aggregate;
use manifest::{
    AttachedKind, CargoUnit, Consignee, Conveyance, ConveyancePlan, Evidence, LineKey, Party, ReleaseMode, SheetKind, SheetLine,
    TransportMode, Waybill, WaybillContent, WaybillForm,
};
use messages::rail::{SampleRail, sample_rail};

use crate::support::{PORT, Port};

fn plan(port: &Port, number: &str, flow: Flow) -> PlanConveyance {
    let plan = ConveyancePlan {
        mode: TransportMode::Rail,
        flow,
        number: number.into(),
        day: port.now().day(480).to_string(),
        origin: "Khorgos".into(),
        destination: "Lianyungang".into(),
        border: Some("Khorgos".into()),
        place: Some("CNLYG230132".into()),
        expected_at: port.now().plus_hours(2),
    };
    PlanConveyance { plan, terminal: "terminal-east".into() }
}

fn unit(container: &str) -> CargoUnit {
    CargoUnit {
        wagon: Some("5243547".into()),
        container: Some(container.into()),
        uld: None,
        size_type: Some("45G1".into()),
        seals: vec!["M/1001".into()],
        packages: Some(20),
        gross_kg: Mass::from_kg(10_000),
    }
}

fn waybill(number: &str, boxes: &[String]) -> WaybillForm {
    let count = u32::try_from(boxes.len()).expect("few");
    let content = WaybillContent {
        origin: "Khorgos".into(),
        destination: "Lianyungang".into(),
        shipper: Party { name: "SYNTHETIC SHIPPER".into(), address: None },
        consignee: Consignee { uscc: Some(crate::support::TRADER_USCC.to_owned()), name: "示例收货人".into(), org: None },
        goods: "Lamps".into(),
        packages: 20 * count,
        gross_kg: Mass::from_kg(u64::from(10_000 * count)).expect("a mass"),
        units: boxes.iter().map(|number| unit(number)).collect(),
        ..WaybillContent::default()
    };
    WaybillForm { number: number.into(), content, ..WaybillForm::default() }
}

fn line(waybill: &str, container: &str) -> SheetLine {
    SheetLine { waybill: waybill.into(), unit: unit(container), note: None }
}

/// A train with two waybills: of two boxes and of one.
async fn train(port: &Port, number: &str, flow: Flow) -> (String, Vec<String>) {
    let boxes = vec![port.fresh_box(), port.fresh_box(), port.fresh_box()];
    let id = port.ok("agent-blue", &plan(port, number, flow)).await;
    let waybills = vec![waybill(&format!("{number}-W1"), &boxes[..2]), waybill(&format!("{number}-W2"), &boxes[2..])];
    let done = port.ok("agent-blue", &SubmitWaybills { conveyance: id.clone(), waybills, complete: true }).await;
    assert!(done.findings.is_empty(), "{:#?}", done.findings);
    (id, boxes)
}

async fn sent(port: &Port, who: &str, bytes: &[u8]) -> (String, MessageState, String, String) {
    let id = port.ok(who, &ReceiveMessage { bytes: bytes.to_vec(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    let state = port.state::<MessageState>(&id).await;
    let answer = port.state::<MessageState>(state.answers.first().unwrap_or_else(|| panic!("no answer: {:#?}", state.findings))).await;
    let (_, bytes) = port.store.blob(PORT, &answer.sha256).await.expect("store").expect("bytes");
    (id, state, answer.kind, String::from_utf8(bytes).expect("text"))
}

fn rail(port: &Port, kind: &str, id: &str, lines: &[SheetLine]) -> Vec<u8> {
    sample_rail(&SampleRail { kind, message_id: id, place: "CNLYG230132/2301", at: port.now(), utc_offset_minutes: 480, lines })
}

/// The newest message of a kind that a partner has in its mailbox.
async fn mail(port: &Port, who: &str, kind: &str) -> String {
    let query = ListQuery { keys: vec![format!("TYPE:{kind}")], limit: 5, ..ListQuery::default() };
    let page = port.app.list::<MessageState>(&port.ctx(who), "message.read", query).await.expect("a list");
    let (seen, _) = page.items.first().unwrap_or_else(|| panic!("no {kind} for {who}"));
    let (_, bytes) = port.store.blob(PORT, &seen.state.sha256).await.expect("store").expect("bytes");
    String::from_utf8(bytes).expect("text")
}

/// How many waybills somebody finds by a beginning.
async fn found(port: &Port, who: &str, beginning: &str) -> usize {
    let query = ListQuery { key_prefix: Some(beginning.to_owned()), ..ListQuery::default() };
    port.app.list::<Waybill>(&port.ctx(who), "waybill.read", query).await.expect("a list").items.len()
}

async fn todo(port: &Port, who: &str) -> Vec<String> {
    let query =
        ListQuery { kinds: vec![Conveyance::KIND.into(), Waybill::KIND.into()], mine: true, open: Some(true), ..ListQuery::default() };
    let page = port.app.worklist(&port.ctx(who), &query).await.expect("a worklist");
    let mut actions: Vec<String> = page.items.into_iter().filter_map(|item| item.row.action).collect();
    actions.sort();
    actions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_train_is_tallied_by_message_reviewed_without_paper_and_released_to_the_yard() {
    let port = Port::open().await;
    let (id, boxes) = train(&port, "X8024", Flow::Import).await;
    let (first, second) = ("X8024-W1", "X8024-W2");
    assert_eq!(port.no("agent-blue", &SubmitPapers { id: id.clone() }).await, "papers-missing");
    // The yard tallies: one box of the first waybill is another one than manifested, and one bill nobody knows.
    let stray = port.fresh_box();
    let lines = [line(first, &boxes[0]), line(first, &stray), line("NOBODY", &boxes[2])];
    let (message, state, kind, receipt) = sent(&port, "terminal-east", &rail(&port, "WLJK_IRTA", "M1", &lines)).await;
    assert_eq!((kind.as_str(), state.kind.as_str(), state.reference.as_str()), ("WLJK_IRTR", "WLJK_IRTA", "M1"));
    let unknown = state.findings.iter().find(|found| found.finding.code == "waybill-unknown").expect("told");
    assert!(unknown.offset.is_some_and(|offset| offset > 0) && unknown.segment.is_some(), "at its element: {unknown:?}");
    assert!(receipt.contains("<MSGID>M1</MSGID>\n<CHK_FLAG>01</CHK_FLAG>"), "{receipt}");
    assert!(receipt.contains("<BILL_NO>X8024-W1</BILL_NO>\n<CHK_FLAG>01</CHK_FLAG>"), "{receipt}");
    assert!(receipt.contains("<BILL_NO>NOBODY</BILL_NO>\n<CHK_FLAG>03</CHK_FLAG>"), "{receipt}");
    assert!(state.objects.iter().any(|object| object.id == id), "the message leads to its train");
    let train_state = port.state::<Conveyance>(&id).await;
    assert!(train_state.moved_at().is_some(), "a train that is tallied has arrived");
    assert_eq!(train_state.sheets[&SheetKind::ImportTally].message.as_deref(), Some(message.as_str()));
    assert_eq!(port.status::<Waybill>(first).await, "manifested", "a box of it is missing");
    let file = port.app.conveyance_file(&port.ctx("customs-port"), &id).await.expect("customs sees it");
    let told: Vec<(&str, &str)> = file.sheets[0].differences.iter().map(|d| (d.kind.code(), d.unit.as_str())).collect();
    assert_eq!(told, [("missing", boxes[1].as_str()), ("unlisted", stray.as_str()), ("missing", "")]);
    // It is put right: the stray line comes off, the missing ones are told.
    let (_, _, kind, receipt) = sent(&port, "terminal-east", &rail(&port, "WLJK_IRTD", "M2", &[line(first, &stray)])).await;
    assert!(kind == "WLJK_IRTR" && receipt.contains("<CHK_FLAG>01</CHK_FLAG>"), "{receipt}");
    let rest = [line(first, &boxes[1]), line(second, &boxes[2])];
    sent(&port, "terminal-east", &rail(&port, "WLJK_IRTA", "M3", &rest)).await;
    assert_eq!((port.status::<Waybill>(first).await, port.status::<Waybill>(second).await), ("arrived".into(), "arrived".into()));
    assert_eq!(todo(&port, "agent-blue").await, ["submit-papers"]);
    // A paper is attached, customs sends the file back, it is submitted again and accepted.
    let pdf = port.ok("agent-blue", &KeepAttachment { media_type: "application/pdf".into(), bytes: b"%PDF-1.7 waybill".to_vec() }).await;
    let attach = |sha256: &str| AttachPaper {
        id: id.clone(),
        kind: AttachedKind::Waybill,
        waybill: Some(first.into()),
        file: Evidence { name: "W1.pdf".into(), sha256: sha256.into() },
    };
    assert_eq!(port.no("agent-blue", &attach(&"0".repeat(64))).await, "attachment-unknown");
    port.ok("agent-blue", &attach(&pdf)).await;
    let read = port.app.attachment(&port.ctx("customs-port"), &pdf, None, None, Some(&id)).await.expect("customs reads it");
    assert_eq!(read.1, b"%PDF-1.7 waybill");
    port.ok("agent-blue", &SubmitPapers { id: id.clone() }).await;
    assert_eq!(todo(&port, "customs-port").await, ["release-waybill", "release-waybill", "review-papers"]);
    port.ok("officer-an", &ReturnPapers { id: id.clone(), reason: "the seal of W2 is not told".into() }).await;
    assert_eq!(todo(&port, "agent-blue").await, ["correct-papers"]);
    port.ok("agent-blue", &SubmitPapers { id: id.clone() }).await;
    port.ok("officer-an", &AcceptPapers { id: id.clone(), note: None }).await;
    assert_eq!(port.status::<Conveyance>(&id).await, "accepted");
    // Released, the yard is told; taken back, it is told that too.
    let release = |entry_id: Option<&str>| ReleaseWaybill {
        number: first.into(),
        mode: ReleaseMode::Declared,
        entry_id: entry_id.map(str::to_owned),
        note: None,
    };
    assert_eq!(port.no("officer-an", &release(Some("12"))).await, "declaration-number");
    port.ok("officer-an", &release(Some("310420261000000001"))).await;
    let told = mail(&port, "terminal-east", "WLJK_TREL").await;
    assert!(told.contains("<BILL_NO>X8024-W1</BILL_NO>") && told.contains("<REL_MODE>06</REL_MODE>"), "{told}");
    assert!(
        told.contains(&format!("<CONTA_NO>{}</CONTA_NO>", boxes[1])) && told.contains("<FORM_NO>310420261000000001</FORM_NO>"),
        "{told}"
    );
    let late = ReportSheet {
        sheet: SheetKind::ImportTally,
        conveyance: Some(id.clone()),
        lines: vec![line(first, &stray)],
        place: None,
        began_at: None,
        ended_at: None,
    };
    let late = port.ok("terminal-east", &late).await;
    assert_eq!((late.accepted, late.findings[0].code.as_ref()), (0, "waybill-released"));
    port.ok("officer-an", &RevokeWaybillRelease { number: first.into(), reason: "wrong declaration".into() }).await;
    assert!(mail(&port, "terminal-east", "WLJK_TREL").await.contains("<REL_MODE>01</REL_MODE>"));
    assert_eq!(
        port.events::<Waybill>(first).await,
        ["waybill.manifested", "waybill.arrived", "waybill.released", "waybill.release-revoked"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_train_is_reported_released_loaded_and_leaves() {
    let port = Port::open().await;
    let (id, boxes) = train(&port, "X9001", Flow::Export).await;
    let (first, second) = ("X9001-W1", "X9001-W2");
    assert_eq!(todo(&port, "terminal-east").await, ["report-rail-arrival"]);
    // An arrival has a number of its own: its boxes tell the waybill.
    let arrival = [line("ARR-1", &boxes[0]), line("ARR-1", &boxes[1]), line(second, &boxes[2])];
    let (_, state, kind, receipt) = sent(&port, "terminal-east", &rail(&port, "WLJK_ERRA", "E1", &arrival)).await;
    assert_eq!(kind, "WLJK_ERRR");
    assert!(receipt.contains("<ARRIVE_NO>ARR-1</ARRIVE_NO>\n<CHK_FLAG>01</CHK_FLAG>"), "{receipt} {:#?}", state.findings);
    assert_eq!(port.status::<Waybill>(first).await, "arrived");
    // Nothing is loaded before its release.
    let (_, _, kind, receipt) = sent(&port, "terminal-east", &rail(&port, "WLJK_TLA", "L1", &[line(first, &boxes[0])])).await;
    assert!(kind == "WLJK_TLR" && receipt.contains("<CHK_FLAG>03</CHK_FLAG>") && receipt.contains("waybill-not-released"), "{receipt}");
    let release = ReleaseWaybill { number: first.into(), mode: ReleaseMode::Transit, entry_id: None, note: None };
    port.ok("officer-an", &release).await;
    port.ok("agent-blue", &SubmitPapers { id: id.clone() }).await;
    assert_eq!(port.no("terminal-east", &DepartConveyance { id: id.clone(), at: port.now() }).await, "conveyance-papers-open");
    port.ok("officer-an", &AcceptPapers { id: id.clone(), note: None }).await;
    let notice = mail(&port, "terminal-east", "WLJK_TLN").await;
    assert!(notice.contains("<BILL_NO>X9001-W1</BILL_NO>") && !notice.contains("X9001-W2"), "what is released may be loaded: {notice}");
    let (_, _, kind, receipt) = sent(&port, "terminal-east", &rail(&port, "WLJK_TLA", "L2", &[line(first, &boxes[0])])).await;
    assert!(kind == "WLJK_TLR" && !receipt.contains("<CHK_FLAG>03"), "{receipt}");
    assert_eq!(port.status::<Conveyance>(&id).await, "accepted", "loading is what the papers were accepted for");
    // What is released later may be loaded as well.
    port.ok("officer-an", &ReleaseWaybill { number: second.into(), ..release }).await;
    let notice = mail(&port, "terminal-east", "WLJK_TLN").await;
    assert!(notice.contains("X9001-W2") && !notice.contains("X9001-W1"), "{notice}");
    let (_, _, kind, _) = sent(&port, "terminal-east", &rail(&port, "WLJK_ERTA", "T1", &[line(first, &boxes[0])])).await;
    assert_eq!(kind, "WLJK_ERTR");
    let (_, _, kind, receipt) = sent(&port, "terminal-east", &rail(&port, "WLJK_TLD", "L3", &[line(first, &boxes[0])])).await;
    assert!(kind == "WLJK_TLR" && receipt.contains("<CHK_FLAG>01"), "{receipt}");
    // What was told after the acceptance is looked at again.
    assert_eq!(port.status::<Conveyance>(&id).await, "planned");
    port.ok("agent-blue", &SubmitPapers { id: id.clone() }).await;
    let differs = AcceptPapers { id: id.clone(), note: Some("the second box follows".into()) };
    assert_eq!(port.no("officer-an", &AcceptPapers { id: id.clone(), note: None }).await, "papers-differ");
    port.ok("officer-an", &differs).await;
    port.ok("terminal-east", &DepartConveyance { id: id.clone(), at: port.now() }).await;
    assert_eq!(port.status::<Conveyance>(&id).await, "departed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_train_is_its_parties_and_nobody_elses() {
    let port = Port::open().await;
    let (id, boxes) = train(&port, "X7001", Flow::Import).await;
    for stranger in ["agent-red", "trader-grey", "terminal-west"] {
        let seen = port.app.conveyance_file(&port.ctx(stranger), &id).await;
        assert_eq!(seen.err().map(|error| crate::support::code_of(&error)).as_deref(), Some("not-found"), "{stranger}");
    }
    assert_eq!(port.no("agent-red", &plan(&port, "X7001", Flow::Import)).await, "conveyance-known");
    let other = [line("X7001-W1", &boxes[0])];
    let (_, _, _, receipt) = sent(&port, "terminal-west", &rail(&port, "WLJK_IRTA", "S1", &other)).await;
    assert!(receipt.contains("<CHK_FLAG>03"), "another yard tells nothing of it: {receipt}");
    // The consignee sees its own waybill, and not the train.
    let own = port.app.view::<Waybill>(&port.ctx("trader-gold"), "waybill.read", "X7001-W1").await.expect("its own");
    assert_eq!(own.state.content.consignee.org.as_deref(), Some("trader-gold"));
    assert_eq!(found(&port, "trader-gold", &boxes[2]).await, 1, "found by its box");
    // A number is on one train; a plan is cancelled while nothing happened to it.
    let second = port.ok("agent-blue", &plan(&port, "X7002", Flow::Import)).await;
    let reuse = SubmitWaybills { conveyance: second.clone(), waybills: vec![waybill("X7001-W1", &boxes[..1])], complete: false };
    assert_eq!(port.no("agent-blue", &reuse).await, "waybill-number-reused");
    port.ok("agent-blue", &CancelConveyance { id: id.clone(), reason: "does not run".into() }).await;
    assert_eq!(port.status::<Waybill>("X7001-W1").await, "taken-off");
    port.ok("agent-blue", &reuse).await;
    assert_eq!(port.no("agent-blue", &ArriveConveyance { id, at: port.now() }).await, "conveyance-cancelled");
    // A complete manifest takes off what it does not list; a sheet by form is the same as one by message.
    let complete = SubmitWaybills { conveyance: second.clone(), waybills: vec![waybill("X7002-W9", &boxes[1..2])], complete: true };
    port.ok("agent-blue", &complete).await;
    assert_eq!(port.state::<Conveyance>(&second).await.waybills, ["X7002-W9"]);
    let report = ReportSheet {
        sheet: SheetKind::ImportTally,
        conveyance: Some(second.clone()),
        lines: vec![line("X7002-W9", &boxes[1])],
        place: None,
        began_at: None,
        ended_at: None,
    };
    assert_eq!(port.ok("terminal-east", &report).await.accepted, 1);
    assert_eq!(port.ok("terminal-east", &report).await.accepted, 1, "told again is no fault");
    let delete = DeleteSheet {
        sheet: SheetKind::ImportTally,
        conveyance: Some(second.clone()),
        lines: vec![LineKey { waybill: "X7002-W9".into(), unit: String::new() }],
    };
    port.ok("terminal-east", &delete).await;
    assert_eq!(port.status::<Waybill>("X7002-W9").await, "manifested");
}

fn awb(serial: u32) -> String {
    AirWaybillNumber::synthetic(serial).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_air_manifest_waybill_houses_and_status_come_by_message_and_are_answered() {
    let port = Port::open().await;
    let (_, month, day, ..) = port.now().civil(480);
    const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let date = format!("{day:02}{}", MONTHS[month as usize - 1]);
    let (one, two) = (awb(1_234_567), awb(7_654_321));
    let ffm = format!(
        "FFM/8\r\n1/ZZ1234/{date}/PEK\r\nNGB\r\n{one}PEKNGB/T10K250/LAMPS\r\nULD/AKE12345ZZ\r\n{two}PEKNGB/P4K40T8/SHOES\r\nSZX\r\n{}PEKSZX/T1K1/ELSEWHERE\r\nLAST\r\n",
        awb(5)
    );
    let (_, state, kind, answer) = sent(&port, "agent-blue", ffm.as_bytes()).await;
    assert_eq!((kind.as_str(), state.kind.as_str()), ("FMA", "FFM"), "{:#?}", state.findings);
    assert!(answer.starts_with("FMA\r\nACK/") && answer.ends_with(&ffm), "{answer}");
    let flight = format!("F-ZZ1234-{}-I", port.now().day(480).to_string().replace('-', ""));
    let loaded = port.state::<Conveyance>(&flight).await;
    assert_eq!(loaded.waybills, [one.clone(), two.clone()], "what is unloaded elsewhere is not ours");
    assert_eq!((loaded.plan.mode, loaded.plan.flow, loaded.plan.origin.as_str()), (TransportMode::Air, Flow::Import, "PEK"));
    // The rest of the split waybill comes by another flight, with more than there is.
    let next = ffm.replace("ZZ1234", "ZZ1236").replace("P4K40T8", "P5K50T8").replace(&format!("{one}PEKNGB/T10K250/LAMPS\r\n"), "");
    let (_, state, kind, _) = sent(&port, "agent-blue", next.as_bytes()).await;
    assert!(kind == "FMA" && state.findings.iter().any(|f| f.finding.code == "waybill-carried-differs"), "{:#?}", state.findings);
    assert_eq!(port.state::<Waybill>(&two).await.carriages.len(), 2);
    // The waybill itself, its houses, its status.
    let uscc = crate::support::TRADER_USCC.to_owned();
    let fwb = format!(
        "FWB/16\r\n{one}PEKNGB/T10K250\r\nSHP\r\n/SYNTHETIC SHIPPER\r\nCNE\r\n/SYNTHETIC CONSIGNEE\r\nRTD/1/P10/K250\r\n/NG/DESK LAMPS\r\nOCI/CN/CNE/T/USCI{uscc}\r\n"
    );
    assert_eq!(sent(&port, "agent-blue", fwb.as_bytes()).await.2, "FMA");
    let fhl = format!("FHL/4\r\nMBI/{one}PEKNGB/T10K250\r\nHBS/HOUSE1/PEKNGB/4/K100//LAMPS\r\nHBS/HOUSE2/PEKNGB/6/K150//LAMPS\r\n");
    let (_, state, kind, _) = sent(&port, "agent-blue", fhl.as_bytes()).await;
    assert!(kind == "FMA" && state.findings.iter().all(|f| f.finding.code != "waybill-houses-differ"), "{:#?}", state.findings);
    let own = port.app.view::<Waybill>(&port.ctx("trader-gold"), "waybill.read", &one).await.expect("the consignee sees it");
    assert_eq!((own.state.content.goods.as_str(), own.state.houses.len()), ("DESK LAMPS", 2));
    assert_eq!(found(&port, "agent-blue", "HOUSE2").await, 1, "found by its house");
    let fsu = format!("FSU/15\r\n{one}PEKNGB/T10K250\r\nRCF/ZZ1234/{date}0001/NGB/T10K250\r\n");
    // The agent may tell it; that the goods are here is for the terminal that has them, and whole.
    assert_eq!(sent(&port, "agent-blue", fsu.as_bytes()).await.2, "FMA");
    assert_eq!(port.status::<Waybill>(&one).await, "manifested");
    let release = ReleaseWaybill { number: one.clone(), mode: ReleaseMode::Declared, entry_id: None, note: None };
    assert_eq!(port.no("officer-an", &release).await, "waybill-not-arrived");
    let terminal = port.state::<Waybill>(&one).await.terminal;
    for (part, status) in [("P6K150", "manifested"), ("P4K100", "arrived")] {
        let told = fsu.replace("/NGB/T10K250", &format!("/NGB/{part}"));
        assert_eq!(sent(&port, &terminal, told.as_bytes()).await.2, "FMA");
        assert_eq!(port.status::<Waybill>(&one).await, status, "{part}");
    }
    port.ok("officer-an", &ReleaseWaybill { number: one.clone(), mode: ReleaseMode::Declared, entry_id: None, note: None }).await;
    assert_eq!(port.status::<Waybill>(&one).await, "released");
    // What is wrong is rejected at its line; what is another's, or elsewhere, too.
    let wrong = ffm.replace(&one, "999-12345676").replace("ZZ1234", "ZZ1238");
    let (_, state, kind, answer) = sent(&port, "agent-blue", wrong.as_bytes()).await;
    assert_eq!(kind, "FNA");
    assert!(answer.starts_with("FNA/1\r\nACK/WAYBILL-AWB-CHECK LINE 4"), "{answer}");
    assert_eq!(state.findings.iter().find(|f| f.finding.is_error()).and_then(|f| f.segment), Some(4));
    let (_, _, kind, answer) = sent(&port, "agent-red", ffm.replace("LAMPS", "LAMP").as_bytes()).await;
    assert!(kind == "FNA" && answer.contains("CONVEYANCE-KNOWN"), "{answer}");
    let (_, _, kind, answer) = sent(&port, "agent-red", fsu.replace("RCF", "NFD").as_bytes()).await;
    assert!(kind == "FNA" && answer.contains("WAYBILL-UNKNOWN"), "{answer}");
    let elsewhere = format!("FFM/8\r\n1/ZZ1240/{date}/PEK\r\nSZX\r\n{}PEKSZX/T1K1/X\r\nLAST\r\n", awb(6));
    assert!(sent(&port, "agent-blue", elsewhere.as_bytes()).await.3.contains("AIR-FLIGHT-ELSEWHERE"));
    // The same flight sent again without a waybill takes it off, and with an impossible date it is refused.
    let fewer = ffm.replace(&format!("{two}PEKNGB/P4K40T8/SHOES\r\n"), "");
    let (_, state, kind, _) = sent(&port, "agent-blue", fewer.as_bytes()).await;
    assert_eq!(kind, "FMA", "what is released and unchanged is in nobody's way: {:#?}", state.findings);
    assert_eq!(port.state::<Waybill>(&two).await.carriages.len(), 1);
    // Another agent that guesses a number on a flight of its own learns and changes nothing.
    let guess = ffm.replace("ZZ1234", "XX0001").replace("LAMPS", "GUESS");
    let (_, _, kind, answer) = sent(&port, "agent-red", guess.as_bytes()).await;
    assert!(kind == "FNA" && answer.contains("WAYBILL-OF-OTHER-AGENT"), "{answer}");
    assert_eq!(port.state::<Waybill>(&one).await.agent, "agent-blue");
    // An answer is no message, though it repeats one.
    let echo = format!("FNA/1\r\nACK/NOT FOR US\r\n{}", ffm.replace("ZZ1234", "ZZ1250"));
    let id = port.ok("agent-blue", &ReceiveMessage { bytes: echo.into_bytes(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx("agent-blue"), &id).await.expect("processed");
    assert_ne!(port.state::<MessageState>(&id).await.kind, "FFM");
    let impossible = ffm.replace(&date, "31FEB").replace("ZZ1234", "ZZ1242");
    assert!(sent(&port, "agent-blue", impossible.as_bytes()).await.3.contains("AIR-FLIGHT-DATE"));
}
