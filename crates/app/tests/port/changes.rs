//! Change of a manifest without paper: by form and by message, at once or by an officer, with evidence and history.

use app::declarations::KeepAttachment;
use app::exchange::Envelope;
use app::inbox::{MessageState, ReceiveMessage};
use app::manifest_changes::{ApplyChange, ApproveChange, RefuseChange, WithdrawChange};
use app::reading::ListQuery;
use clearance::Declaration;
use ledger::Aggregate;
use logistics::{Container, container_id, container_number};
use manifest::{Bill, BillForm, Evidence, ManifestChange};
use messages::{SampleCall, sample_cuscar};

use crate::support::steps::{IMO, SHIP, VOYAGE};
use crate::support::{Port, papers};

fn change_of(bill: &str, form: Option<BillForm>) -> ApplyChange {
    ApplyChange { bill: bill.into(), content: form.map(|form| form.content), reason: "001".into(), note: None, evidence: Vec::new() }
}

fn renamed(bill: &str, ids: &[String]) -> BillForm {
    let numbers: Vec<String> = ids.iter().map(|id| container_number(id).to_owned()).collect();
    let mut form = papers::bill(bill, &numbers);
    form.content.shipper.name = "Corrected Exporter".into();
    form
}

async fn message(port: &Port, function: &str, extra: &str, bills: &[BillForm]) -> MessageState {
    let call = SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) };
    let envelope = Envelope {
        sender: "AGENTBLUE".into(),
        receiver: "FAIRWAY".into(),
        reference: format!("{:09}", port.size().await),
        at: port.now(),
        utc_offset_minutes: 480,
    };
    let text = String::from_utf8(sample_cuscar(&envelope, "MAN001", &call, bills)).expect("ASCII");
    let text = text.replace("BGM+785+MAN001+9'", &format!("BGM+785+MAN001+{function}'"));
    let (head, rest) = text.split_once("TDT+").expect("TDT");
    let (_, tail) = rest.split_once("UNT+").expect("UNT");
    let count: usize = tail.split('+').next().expect("count").parse().expect("a number");
    let added = extra.matches('\'').count();
    let text = format!("{head}{extra}TDT+{}", rest.replace(&format!("UNT+{count}+"), &format!("UNT+{}+", count + added)));
    let id = port.ok("agent-blue", &ReceiveMessage { bytes: text.into_bytes(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx("agent-blue"), &id).await.expect("processed");
    port.state::<MessageState>(&id).await
}

fn errors(state: &MessageState) -> Vec<&str> {
    state.findings.iter().filter(|f| f.finding.is_error()).map(|f| f.finding.code.as_ref()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undeclared_bill_is_changed_at_once_and_remembers_why() {
    let port = Port::open().await;
    let (_, ids) = port.manifested("B-CHG", 1).await;
    let done = port.ok("agent-blue", &change_of("B-CHG", Some(renamed("B-CHG", &ids)))).await;
    assert!(done.carried_out);
    assert_eq!(port.state::<Bill>("B-CHG").await.content.shipper.name, "Corrected Exporter");
    assert_eq!(port.events::<Bill>("B-CHG").await, ["bill.manifested", "bill.amended"]);
    let change = port.state::<ManifestChange>(&done.id).await;
    let fields: Vec<_> = change.fields.iter().map(|f| (f.pointer.as_str(), f.old.as_deref(), f.new.as_deref())).collect();
    assert_eq!(fields, [("/shipper/name", Some("Synthetic Exporter"), Some("Corrected Exporter"))]);
    assert_eq!(port.no("agent-blue", &change_of("B-CHG", Some(renamed("B-CHG", &ids)))).await, "change-nothing");
    assert_eq!(port.no("agent-red", &change_of("B-CHG", None)).await, "not-found");
    // A box that is added is announced to the terminal; the bill may go as long as nothing is landed.
    let added = port.fresh_box();
    let numbers = [container_number(&ids[0]).to_owned(), added.clone()];
    port.ok("agent-blue", &change_of("B-CHG", Some(papers::bill("B-CHG", &numbers)))).await;
    let call = port.state::<Bill>("B-CHG").await.call;
    assert_eq!(port.status::<Container>(&container_id(&added, &call)).await, "expected");
    assert!(port.ok("agent-blue", &change_of("B-CHG", None)).await.carried_out);
    assert_eq!(port.status::<Bill>("B-CHG").await, "cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declared_bill_is_changed_by_an_officer_with_the_evidence_before_him() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-DECL", 1).await;
    let declaration = port.declared("B-DECL").await;
    let bytes = b"%PDF-1.7 synthetic letter".to_vec();
    let sha256 = port.ok("agent-blue", &KeepAttachment { media_type: "application/pdf".into(), bytes: bytes.clone() }).await;
    let evidence = vec![Evidence { name: "letter.pdf".into(), sha256: sha256.clone() }];
    let command = ApplyChange { evidence, note: Some("发货人更名".into()), ..change_of("B-DECL", Some(renamed("B-DECL", &ids))) };
    let done = port.ok("agent-blue", &command).await;
    assert_eq!((done.carried_out, done.because), (false, vec!["bill-declared".to_owned(), "containers-landed".to_owned()]));
    assert_eq!(port.state::<Bill>("B-DECL").await.content.shipper.name, "Synthetic Exporter", "nothing has changed yet");
    let query = ListQuery { mine: true, actions: vec!["decide-manifest-change".into()], ..ListQuery::default() };
    let waiting = port.app.worklist(&port.ctx("customs-port"), &query).await.expect("list").items;
    assert_eq!(waiting.iter().map(|item| item.object.id.as_str()).collect::<Vec<_>>(), [done.id.as_str()]);
    // The officer reads the evidence through the application, a stranger does not, and not through another object.
    let read = |who: &'static str, change: Option<String>| {
        let (port, sha256) = (&port, sha256.clone());
        async move { port.app.attachment(&port.ctx(who), &sha256, None, change.as_deref(), None).await.map(|(_, bytes)| bytes) }
    };
    assert_eq!(read("customs-port", Some(done.id.clone())).await.expect("evidence"), bytes);
    assert!(read("customs-port", None).await.is_err());
    assert!(read("customs-far", Some(done.id.clone())).await.is_err());
    assert_eq!(port.no("agent-blue", &ApproveChange { id: done.id.clone() }).await, "forbidden");
    assert_eq!(port.no("customs-far", &ApproveChange { id: done.id.clone() }).await, "not-found");
    port.ok("customs-port", &ApproveChange { id: done.id.clone() }).await;
    let bill = port.state::<Bill>("B-DECL").await;
    assert_eq!((bill.content.shipper.name.as_str(), bill.declaration.as_deref()), ("Corrected Exporter", Some(declaration.as_str())));
    assert_eq!(port.no("customs-port", &RefuseChange { id: done.id.clone(), reason: "too late".into() }).await, "change-not-waiting");
    assert_eq!(port.events::<ManifestChange>(&done.id).await, ["manifest-change.applied", "manifest-change.approved"]);
    // A declared bill cannot be deleted, whoever would approve.
    assert_eq!(port.no("agent-blue", &change_of("B-DECL", None)).await, "bill-already-declared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_or_taken_back_changes_nothing() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-REF", 1).await;
    let first = port.ok("agent-blue", &change_of("B-REF", Some(renamed("B-REF", &ids)))).await;
    port.ok("customs-port", &RefuseChange { id: first.id.clone(), reason: "证据不足 not shown".into() }).await;
    let second = port.ok("agent-blue", &change_of("B-REF", Some(renamed("B-REF", &ids)))).await;
    assert_eq!(port.no("agent-red", &WithdrawChange { id: second.id.clone() }).await, "not-found");
    port.ok("agent-blue", &WithdrawChange { id: second.id.clone() }).await;
    assert_eq!(port.state::<Bill>("B-REF").await.content.shipper.name, "Synthetic Exporter");
    assert_eq!(
        (port.status::<ManifestChange>(&first.id).await.as_str(), port.status::<ManifestChange>(&second.id).await.as_str()),
        ("refused", "withdrawn")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_changes_replaces_and_deletes_bills() {
    let port = Port::open().await;
    let (_, ids) = port.manifested("B-MSG", 1).await;
    let changed = message(&port, "4", "FTX+CHG++003+SHIPPER RENAMED'", &[renamed("B-MSG", &ids)]).await;
    assert_eq!(errors(&changed), Vec::<&str>::new(), "{:#?}", changed.findings);
    assert_eq!(port.state::<Bill>("B-MSG").await.content.shipper.name, "Corrected Exporter");
    let id = &changed.objects.iter().find(|o| o.kind == "manifest-change").expect("application").id;
    let change = port.state::<ManifestChange>(id).await;
    assert_eq!((change.reason.as_str(), change.note.as_deref(), change.message.is_some()), ("003", Some("SHIPPER RENAMED"), true));
    // A replacement repeats what stays, and brings a bill that is new.
    port.pass_minutes(1);
    let fresh = papers::bill("B-MSG-2", &[port.fresh_box()]);
    let replaced = message(&port, "5", "", &[renamed("B-MSG", &ids), fresh]).await;
    assert_eq!(errors(&replaced), Vec::<&str>::new(), "{:#?}", replaced.findings);
    assert_eq!(port.events::<Bill>("B-MSG").await, ["bill.manifested", "bill.amended"], "what stays is not changed again");
    assert_eq!(port.status::<Bill>("B-MSG-2").await, "manifested");
    // A change of a bill that nobody sent says so at its place.
    port.pass_minutes(1);
    let unknown = message(&port, "4", "", &[papers::bill("B-NEVER", &[port.fresh_box()])]).await;
    assert_eq!((unknown.status(), errors(&unknown)), ("rejected", vec!["message-bill-unknown"]));
    assert!(unknown.findings.iter().any(|f| f.finding.code == "message-bill-unknown" && f.segment_tag.as_deref() == Some("CNI")));
    // Deletion, while the ship is expected.
    port.pass_minutes(1);
    let deleted = message(&port, "1", "FTX+CHG++999+DOUBLE'", &[renamed("B-MSG", &ids)]).await;
    assert_eq!(errors(&deleted), Vec::<&str>::new(), "{:#?}", deleted.findings);
    assert_eq!(port.status::<Bill>("B-MSG").await, "cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_a_landed_bill_by_message_waits_and_the_sender_is_told() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-WAIT", 1).await;
    let state = message(&port, "4", "", &[renamed("B-WAIT", &ids)]).await;
    assert!(state.status().starts_with("processed"));
    let told = state.findings.iter().find(|f| f.finding.code == "manifest-change-waiting").expect("told");
    assert!(told.finding.message.en.contains("containers-landed"), "{}", told.finding.message.en);
    assert_eq!(port.state::<Bill>("B-WAIT").await.content.shipper.name, "Synthetic Exporter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_takes_off_the_box_that_never_came_lands_the_declaration() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-SHORT", 2).await;
    let declaration = port.declared("B-SHORT").await;
    port.arrive(&call).await;
    port.pass_minutes(30);
    port.discharge(&ids[..1]).await;
    let landed = |state: Declaration| state.case().expect("a case").landed_at;
    assert_eq!(landed(port.state(&declaration).await), None, "one box is missing");
    let came = papers::bill("B-SHORT", &[container_number(&ids[0]).to_owned()]);
    let done = port.ok("agent-blue", &change_of("B-SHORT", Some(came))).await;
    port.ok("customs-port", &ApproveChange { id: done.id }).await;
    assert_eq!(port.status::<Bill>("B-SHORT").await, "landed");
    assert!(landed(port.state(&declaration).await).is_some(), "the declaration goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_added_to_goods_that_are_released() {
    let port = Port::open().await;
    let (_, ids) = port.released("B-FREE", 1).await;
    let more = [container_number(&ids[0]).to_owned(), port.fresh_box()];
    let added = change_of("B-FREE", Some(papers::bill("B-FREE", &more)));
    assert_eq!(port.no("agent-blue", &added).await, "bill-declaration-released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_does_not_undo_a_change_that_came_after_it() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-TWO", 1).await;
    let mut other = renamed("B-TWO", &ids);
    other.content.shipper.name = "Synthetic Exporter".into();
    other.content.goods[0].description = "Green bananas".into();
    let first = port.ok("agent-blue", &change_of("B-TWO", Some(renamed("B-TWO", &ids)))).await;
    let second = port.ok("agent-blue", &change_of("B-TWO", Some(other))).await;
    port.ok("customs-port", &ApproveChange { id: first.id }).await;
    assert_eq!(port.no("customs-port", &ApproveChange { id: second.id.clone() }).await, "change-outdated");
    assert_eq!(port.state::<Bill>("B-TWO").await.content.shipper.name, "Corrected Exporter");
    port.ok("customs-port", &RefuseChange { id: second.id, reason: "已过时 outdated".into() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_that_was_moved_to_another_bill_lands_there() {
    let port = Port::open().await;
    let (call, ids) = port.manifested("B-FROM", 2).await;
    let numbers: Vec<String> = ids.iter().map(|id| container_number(id).to_owned()).collect();
    port.ok("agent-blue", &change_of("B-FROM", Some(papers::bill("B-FROM", &numbers[..1])))).await;
    let moved = port.manifest_of(&call, vec![papers::bill("B-TO", &numbers[1..])]);
    assert!(port.ok("agent-blue", &moved).await.accepted);
    port.arrive(&call).await;
    port.pass_minutes(30);
    port.discharge(&ids).await;
    assert_eq!((port.status::<Bill>("B-FROM").await, port.status::<Bill>("B-TO").await), ("landed".into(), "landed".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_without_the_code_of_the_consignee_keeps_it_and_asks_once() {
    let port = Port::open().await;
    let (_, ids) = port.landed("B-KEEP", 1).await;
    let mut told = renamed("B-KEEP", &ids);
    told.content.consignee.uscc = None;
    let mut asked = Vec::new();
    for _ in 0..2 {
        let state = message(&port, "4", "", std::slice::from_ref(&told)).await;
        assert_eq!(errors(&state), Vec::<&str>::new(), "{:#?}", state.findings);
        asked.push(state.objects.iter().find(|o| o.kind == "manifest-change").expect("application").id.clone());
        port.pass_minutes(1);
    }
    assert_eq!(asked[0], asked[1], "what waits is not applied for again");
    let before = port.state::<Bill>("B-KEEP").await.content.consignee;
    port.ok("customs-port", &ApproveChange { id: asked[0].clone() }).await;
    let bill = port.state::<Bill>("B-KEEP").await;
    assert_eq!((bill.content.consignee, bill.content.shipper.name.as_str()), (before, "Corrected Exporter"));
}
