//! Messages of partners: kept before they are read, answered at the segment, acted upon once.

use app::calls::Way;
use app::exchange::{Content, Envelope};
use app::inbox::{MarkDelivered, MessageState, ReceiveMessage};
use app::manifests::SubmitManifest;
use app::{Context, IdempotencyKey};
use ledger::Timestamp;
use logistics::{Container, container_id};
use manifest::{Bill, BillForm, Manifest, ManifestForm, ManifestFunction};
use messages::{SampleCall, SampleLanded, sample_coarri, sample_cuscar};

use crate::support::steps::{IMO, SHIP, VOYAGE};
use crate::support::{PORT, Port, papers};

fn envelope(port: &Port, sender: &str, reference: &str) -> Envelope {
    Envelope { sender: sender.into(), receiver: "FAIRWAY".into(), reference: reference.into(), at: port.now(), utc_offset_minutes: 480 }
}

fn call(arrival: Timestamp, voyage: &'static str) -> SampleCall<'static> {
    SampleCall { ship_name: SHIP, imo: IMO, voyage, carrier: "ZZEX", port: "CNNGB", arrival }
}

fn cuscar(port: &Port, voyage: &'static str, bills: &[BillForm]) -> Vec<u8> {
    sample_cuscar(&envelope(port, "AGENTBLUE", "000000001"), "MAN001", &call(port.now().plus_hours(6), voyage), bills)
}

fn coarri(port: &Port, boxes: &[(&str, &str)]) -> Vec<u8> {
    let landed: Vec<SampleLanded<'_>> = boxes
        .iter()
        .map(|(number, bill)| SampleLanded {
            container: number,
            size_type: "22G1",
            bill,
            at: port.now(),
            position: "A01",
            seal: Some("SEAL1"),
            damage: None,
        })
        .collect();
    sample_coarri(&envelope(port, "TERMEAST", "000000002"), "DIS001", &call(port.now(), VOYAGE), &landed)
}

async fn receive(port: &Port, who: &str, bytes: &[u8]) -> String {
    port.ok(who, &ReceiveMessage { bytes: bytes.to_vec(), channel: "api".into() }).await
}

async fn process(port: &Port, who: &str, bytes: &[u8]) -> (String, MessageState) {
    let id = receive(port, who, bytes).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    let state = port.state::<MessageState>(&id).await;
    (id, state)
}

/// Codes of the errors; remarks about the directory version are not among them.
fn codes(state: &MessageState) -> Vec<&str> {
    state.findings.iter().filter(|f| f.finding.is_error()).map(|f| f.finding.code.as_ref()).collect()
}

/// The answers of a message: type and text.
async fn answers(port: &Port, state: &MessageState) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for id in &state.answers {
        let answer = port.state::<MessageState>(id).await;
        let (_, bytes) = port.store.blob(PORT, &answer.sha256).await.expect("store").expect("bytes");
        found.push((answer.kind.clone(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_by_message_is_the_same_as_one_by_form_and_is_answered() {
    let port = Port::open().await;
    let call = port.announce().await;
    let number = port.fresh_box();
    let bytes = cuscar(&port, VOYAGE, &[papers::bill("B-EDI-1", std::slice::from_ref(&number))]);
    let (id, state) = process(&port, "agent-blue", &bytes).await;
    assert!(ledger::Aggregate::status(&state).starts_with("processed"), "{:#?}", state.findings);
    assert_eq!((state.kind.as_str(), state.reference.as_str()), ("CUSCAR", "000000001"));
    let bill = port.state::<Bill>("B-EDI-1").await;
    assert_eq!(
        (bill.call.as_str(), bill.agent.as_str(), bill.content.consignee.org.as_deref()),
        (call.as_str(), "agent-blue", Some("trader-gold"))
    );
    assert_eq!(port.status::<Container>(&container_id(&number, &call)).await, "expected");
    let (_, kept) = port.store.blob(PORT, &state.sha256).await.expect("store").expect("kept");
    assert_eq!(kept, bytes, "the raw message is kept as it came");
    let kinds: Vec<String> = answers(&port, &state).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["CONTRL", "APERAK"]);
    // What it led to names it as its cause.
    let stored = port.store.events_of(PORT, &ledger::ObjectRef::new("bill", "B-EDI-1"), None, 10).await.expect("events");
    assert!(matches!(&stored[0].event.cause, ledger::Cause::Message { id: cause } if *cause == id), "{:?}", stored[0].event.cause);

    // The partner fetches the answer; a stranger does not.
    let answer = state.answers[0].clone();
    assert_eq!(port.no("agent-red", &MarkDelivered { id: answer.clone() }).await, "not-found");
    port.ok("agent-blue", &MarkDelivered { id: answer.clone() }).await;
    port.ok("agent-blue", &MarkDelivered { id: answer.clone() }).await;
    assert_eq!(port.status::<MessageState>(&answer).await, "delivered");
    let query = store::OutboxQuery {
        channel: Some("partner".into()),
        receiver: Some("agent-blue".into()),
        state: Some("pending".into()),
        limit: 10,
        ..Default::default()
    };
    let waiting = port.store.outbox(PORT, &query).await.expect("outbox").items;
    assert_eq!(waiting.iter().map(|item| item.row.kind.as_str()).collect::<Vec<_>>(), ["APERAK"], "what was fetched waits no more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_identical_message_is_not_acted_upon_again() {
    let port = Port::open().await;
    port.announce().await;
    let bytes = cuscar(&port, VOYAGE, &[papers::bill("B-DUP", &[port.fresh_box()])]);
    let (first, _) = process(&port, "agent-blue", &bytes).await;
    let (second, state) = process(&port, "agent-blue", &bytes).await;
    assert_ne!(first, second);
    assert_eq!((ledger::Aggregate::status(&state), codes(&state)), ("rejected", vec!["message-duplicate"]));
    assert!(state.findings.iter().any(|f| f.finding.message.en.contains(&first)), "it names the one that was acted upon");
    assert_eq!(answers(&port, &state).await.len(), 2, "a duplicate is answered, too");
    assert_eq!(port.events::<Bill>("B-DUP").await, ["bill.manifested"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_kept_rejected_and_answered() {
    let port = Port::open().await;
    port.announce().await;
    let good = cuscar(&port, VOYAGE, &[papers::bill("B-MAL", &[port.fresh_box()])]);
    let text = String::from_utf8(good).expect("ASCII");
    let unt = text.rfind("UNT+").expect("UNT");
    let wrong_count = format!("{}UNT+9{}", &text[..unt], &text[unt + 4..]).into_bytes();
    let truncated = text.as_bytes()[..text.len() / 2].to_vec();
    let garbage = b"this is no EDIFACT at all".to_vec();
    for (what, bytes) in [("wrong count", wrong_count), ("truncated", truncated), ("garbage", garbage), ("one byte", vec![0xff])] {
        let (_, state) = process(&port, "agent-blue", &bytes).await;
        assert_eq!(ledger::Aggregate::status(&state), "rejected", "{what}");
        assert!(state.findings.iter().any(|f| f.finding.is_error()), "{what}");
        let (_, kept) = port.store.blob(PORT, &state.sha256).await.expect("store").expect("kept");
        assert_eq!(kept, bytes, "{what}");
        assert_eq!(state.answers.len(), 2, "{what} is answered");
    }
    assert!(port.app.peek::<Bill>("B-MAL").await.expect("store").is_none());
    assert_eq!(port.no("agent-blue", &ReceiveMessage { bytes: Vec::new(), channel: "api".into() }).await, "message-empty");
    let huge = vec![b' '; app::inbox::MESSAGE_BYTES_MAX + 1];
    assert_eq!(port.no("agent-blue", &ReceiveMessage { bytes: huge, channel: "api".into() }).await, "message-too-large");
    assert_eq!(port.no("trucker-fast", &ReceiveMessage { bytes: b"UNB".to_vec(), channel: "api".into() }).await, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_for_an_unknown_call_says_so_at_its_segment() {
    let port = Port::open().await;
    port.announce().await;
    let bytes = cuscar(&port, "999W", &[papers::bill("B-UNK", &[port.fresh_box()])]);
    let (_, state) = process(&port, "agent-blue", &bytes).await;
    assert_eq!(ledger::Aggregate::status(&state), "rejected");
    let finding = state.findings.iter().find(|f| f.finding.code == "message-call-unknown").expect("finding");
    assert_eq!(finding.segment_tag.as_deref(), Some("TDT"));
    assert!(finding.finding.message.en.contains("999W"));
    let answered = answers(&port, &state).await;
    assert!(answered[1].1.contains("message-call-unknown") || answered[1].1.contains("ERC"), "{}", answered[1].1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_discharge_report_the_good_rows_are_recorded_and_the_others_named() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-PART", 2).await;
    port.arrive(&call).await;
    let numbers: Vec<&str> = boxes.iter().map(|id| logistics::container_number(id)).collect();
    let stray = port.fresh_box();
    let bytes = coarri(&port, &[(numbers[0], "B-PART"), (&stray, "B-PART"), (numbers[1], "B-PART")]);
    let (_, state) = process(&port, "terminal-east", &bytes).await;
    assert_eq!(ledger::Aggregate::status(&state), "processed-with-findings", "{:#?}", state.findings);
    let finding = state.findings.iter().find(|f| f.finding.code == "container-not-manifested").expect("over-landed");
    assert_eq!((finding.segment_tag.as_deref(), finding.segment.is_some(), finding.offset.is_some()), (Some("EQD"), true, true));
    let text = String::from_utf8(bytes).expect("ASCII");
    let offset = usize::try_from(finding.offset.expect("offset")).expect("offset");
    assert!(
        text[offset..].starts_with("EQD") && text[offset..offset + 40].contains(&stray),
        "the finding points at the row: {}",
        &text[offset..offset + 40]
    );
    assert_eq!(port.status::<Bill>("B-PART").await, "landed");
    // A terminal reports about its own ships only, by message as by form.
    let in_its_name = String::from_utf8(coarri(&port, &[(numbers[0], "B-PART")])).expect("ASCII").replace("TERMEAST", "TERMWEST");
    let (_, foreign) = process(&port, "terminal-west", in_its_name.as_bytes()).await;
    assert_eq!((ledger::Aggregate::status(&foreign), codes(&foreign)), ("rejected", vec!["terminal-differs"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clue_that_fits_two_calls_means_neither_unless_it_is_complete() {
    let port = Port::open().await;
    let first = port.announce().await;
    let second = port.announce().await;
    let other = app::calls::AnnounceCall { call: port.call_of("EXAMPLE MOON", "0000919", VOYAGE) };
    let other = port.ok("agent-blue", &other).await;
    let clue = |ship: Option<&str>, voyage: Option<&str>| app::exchange::CallClue {
        ship_name: ship.map(str::to_owned),
        voyage: voyage.map(str::to_owned),
        ..app::exchange::CallClue::default()
    };
    let found = |clue| {
        let port = &port;
        async move { port.app.find_call(&clue, Way::In, "agent-blue").await.expect("store").map(|(id, _)| id) }
    };
    assert_eq!(found(clue(None, Some(VOYAGE))).await, None);
    assert_eq!(found(clue(Some(SHIP), None)).await, None);
    assert_eq!(found(clue(Some("example star"), Some(VOYAGE))).await.as_ref(), Some(&first), "names are compared without case");
    for gone in [second, other] {
        port.arrive(&gone).await;
        port.ok("agent-blue", &app::calls::DepartCall { id: gone, at: port.now() }).await;
    }
    assert_eq!(found(clue(None, Some(VOYAGE))).await.as_ref(), Some(&first), "one is left");
    assert_eq!(found(clue(Some(SHIP), None)).await, Some(first), "one is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_has_a_message_of_another_partner_read() {
    let port = Port::open().await;
    port.announce().await;
    let id = receive(&port, "agent-blue", &cuscar(&port, VOYAGE, &[papers::bill("B-FOREIGN", &[port.fresh_box()])])).await;
    let error = port.app.process_message(&port.ctx("agent-red"), &id).await.expect_err("another agent");
    assert_eq!(crate::support::code_of(&error), "not-found");
    assert_eq!(port.status::<MessageState>(&id).await, "received");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_big_ship_is_taken_in_and_landed_whole() {
    let port = Port::open().await;
    let call = port.announce().await;
    let numbers: Vec<String> = (0..3_000).map(|_| port.fresh_box()).collect();
    let bills: Vec<BillForm> = numbers.chunks(2).enumerate().map(|(n, pair)| papers::bill(&format!("B-BIG-{n:04}"), pair)).collect();
    let (_, state) = process(&port, "agent-blue", &cuscar(&port, VOYAGE, &bills)).await;
    assert!(ledger::Aggregate::status(&state).starts_with("processed"), "{:#?}", state.findings);
    assert_eq!(state.objects.len(), app::inbox::OBJECTS_NAMED_MAX);
    port.arrive(&call).await;
    let rows: Vec<(&str, String)> =
        numbers.iter().enumerate().map(|(n, number)| (number.as_str(), format!("B-BIG-{:04}", n / 2))).collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(number, bill)| (*number, bill.as_str())).collect();
    let (_, landed) = process(&port, "terminal-east", &coarri(&port, &rows)).await;
    assert!(ledger::Aggregate::status(&landed).starts_with("processed"), "{:#?}", landed.findings);
    assert_eq!(port.status::<Bill>("B-BIG-1499").await, "landed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_kept_but_not_read_is_read_after_the_restart() {
    let port = Port::open().await;
    port.announce().await;
    let bytes = cuscar(&port, VOYAGE, &[papers::bill("B-CRASH", &[port.fresh_box()])]);
    let id = receive(&port, "agent-blue", &bytes).await;
    assert_eq!(port.status::<MessageState>(&id).await, "received");
    // The process ends here; the next one begins with what was left.
    assert_eq!(port.app.resume_messages(port.now()).await.expect("resumed"), 1);
    assert!(port.status::<MessageState>(&id).await.starts_with("processed"));
    assert_eq!(port.events::<Bill>("B-CRASH").await, ["bill.manifested"]);
    assert_eq!(port.app.resume_messages(port.now()).await.expect("resumed"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_acted_upon_but_not_answered_is_not_acted_upon_twice() {
    let port = Port::open().await;
    let call = port.announce().await;
    let bytes = cuscar(&port, VOYAGE, &[papers::bill("B-HALF", &[port.fresh_box()])]);
    let id = receive(&port, "agent-blue", &bytes).await;
    // The process ended between the act and the record of it: the act was committed under the message's own key.
    let reading = port.app.interpreter().read(&bytes, &app::agreement::Agreement::default(), 480);
    let Some(Content::Manifest { call: clue, bills, .. }) = &reading.messages[0].content else { panic!("a manifest") };
    let form = ManifestForm {
        call,
        agent: "agent-blue".into(),
        message: Some(id.clone()),
        function: ManifestFunction::Original,
        ship_name: clue.ship_name.clone(),
        voyage: clue.voyage.clone(),
        loading_at: None,
        bills: bills.iter().map(|b| b.form.clone()).collect(),
    };
    let ctx = Context { idempotency: Some(IdempotencyKey { key: format!("{id}/0") }), message: Some(id.clone()), ..port.ctx("agent-blue") };
    let done = port.app.execute(&ctx, &SubmitManifest { form, keep_rejected: true }).await.expect("acted");
    assert!(done.outcome.accepted);
    port.pass_minutes(5);
    assert_eq!(port.app.resume_messages(port.now()).await.expect("resumed"), 1);
    let state = port.state::<MessageState>(&id).await;
    assert!(ledger::Aggregate::status(&state).starts_with("processed"), "{:#?}", state.findings);
    assert_eq!(port.events::<Bill>("B-HALF").await, ["bill.manifested"]);
    assert_eq!(port.events::<Manifest>(&done.outcome.id).await, ["manifest.accepted"]);
    assert_eq!(state.objects[0].id, done.outcome.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_never_answered() {
    let port = Port::open().await;
    port.announce().await;
    let bytes = cuscar(&port, VOYAGE, &[papers::bill("B-ANS", &[port.fresh_box()])]);
    let (_, state) = process(&port, "agent-blue", &bytes).await;
    for (kind, text) in answers(&port, &state).await {
        // The partner's system sends us what we sent it.
        let (_, echoed) = process(&port, "agent-blue", text.as_bytes()).await;
        assert_eq!(echoed.kind, kind);
        assert!(echoed.answers.is_empty(), "{kind}");
    }
}
