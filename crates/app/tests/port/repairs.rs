//! A clerk puts a broken message right: new bytes, the original untouched, nothing acted upon twice, and a trail of who did what.

use app::Context;
use app::exchange::Envelope;
use app::inbox::repair::{CloseMessage, EDITS_MAX, Edit, GENERATIONS_MAX, RepairMessage, apply_edits, plain_to};
use app::inbox::{MessagePhase, MessageState, OutcomeKind, ReceiveMessage};
use app::reading::ListQuery;
use ledger::Aggregate as _;
use logistics::Container;
use manifest::Bill;
use messages::{SampleCall, SampleLanded, sample_coarri, sample_cuscar};

use crate::support::steps::{IMO, SHIP, VOYAGE};
use crate::support::{PORT, Port, code_of, papers};

fn envelope(port: &Port, sender: &str) -> Envelope {
    Envelope { sender: sender.into(), receiver: "FAIRWAY".into(), reference: "000000007".into(), at: port.now(), utc_offset_minutes: 480 }
}

fn coarri(port: &Port, numbers: &[&str], bill: &str) -> Vec<u8> {
    let call = SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now() };
    let landed =
        |number| SampleLanded { container: number, size_type: "22G1", bill, at: port.now(), position: "A01", seal: None, damage: None };
    let landed: Vec<SampleLanded<'_>> = numbers.iter().map(|number| landed(*number)).collect();
    sample_coarri(&envelope(port, "TERMEAST"), "DIS007", &call, &landed)
}

/// Replaces one text by another; the edit that would undo it.
fn broken(bytes: Vec<u8>, good: &str, bad: &str) -> (Vec<u8>, Edit) {
    let text = String::from_utf8(bytes).expect("ASCII");
    let at = text.rfind(good).unwrap_or_else(|| panic!("{good} in {text}"));
    let bytes = format!("{}{bad}{}", &text[..at], &text[at + good.len()..]).into_bytes();
    (bytes, Edit { offset: at as u64, length: bad.len() as u64, text: good.into() })
}

async fn process(port: &Port, who: &str, bytes: &[u8]) -> (String, MessageState) {
    let id = port.ok(who, &ReceiveMessage { bytes: bytes.to_vec(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    let state = port.state::<MessageState>(&id).await;
    (id, state)
}

fn repair(id: &str, edits: Vec<Edit>) -> RepairMessage {
    RepairMessage { id: id.into(), expected_version: None, edits, reason: "段数有误，已与码头核对".into() }
}

/// Repairs as somebody, and reads it in the sender's name.
async fn repaired(port: &Port, who: &str, command: &RepairMessage) -> (String, MessageState) {
    let id = port.ok(who, command).await;
    port.app.process_for_sender(&port.ctx(who), &id).await.expect("processed");
    let state = port.state::<MessageState>(&id).await;
    (id, state)
}

fn errors(state: &MessageState) -> Vec<&str> {
    state.findings.iter().filter(|f| f.finding.is_error()).map(|f| f.finding.code.as_ref()).collect()
}

/// A rejected discharge report with one wrong count: its id, the container it names, and the edit that puts it right.
async fn rejected(port: &Port, bill: &str) -> (String, String, Edit) {
    let (call, boxes) = port.manifested(bill, 1).await;
    port.arrive(&call).await;
    let number = logistics::container_number(&boxes[0]).to_owned();
    let good = coarri(port, &[&number], bill);
    let text = String::from_utf8(good.clone()).expect("ASCII");
    let unt = text.rfind("UNT+").expect("UNT");
    let count: String = text[unt + 4..].chars().take_while(char::is_ascii_digit).collect();
    let (bytes, edit) = broken(good, &format!("UNT+{count}"), "UNT+99");
    let (id, state) = process(port, "terminal-east", &bytes).await;
    assert_eq!((state.status(), errors(&state)), ("rejected", vec!["EDI-UNT-COUNT"]));
    (id, boxes[0].clone(), edit)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_discharge_report_goes_from_rejected_to_processed_with_its_trail() {
    let port = Port::open().await;
    let (id, container, edit) = rejected(&port, "B-FIX-1").await;
    let original = port.state::<MessageState>(&id).await;
    let waiting = ListQuery { actions: vec!["repair-message".into()], open: Some(true), ..ListQuery::default() };
    let open = port.app.worklist(&port.ctx("terminal-east"), &waiting).await.expect("worklist").items;
    assert_eq!(open.iter().map(|item| item.object.id.as_str()).collect::<Vec<_>>(), [id.as_str()], "it waits in the sender's worklist");

    // The port's desk repairs it in the terminal's name.
    let (by, state) = repaired(&port, "port-office", &repair(&id, vec![edit.clone()])).await;
    assert_eq!((state.status(), errors(&state), state.partner.as_str()), ("processed", vec![], "terminal-east"));
    assert_ne!(port.status::<Container>(&container).await, "expected", "the box is discharged");
    let kept = |sha: String| {
        let store = port.store.clone();
        async move { store.blob(PORT, &sha).await.expect("store").expect("kept").1 }
    };
    let (before, after) = (kept(original.sha256.clone()).await, kept(state.sha256.clone()).await);
    assert_eq!(apply_edits(&before, &[edit], |text| Ok(text.as_bytes().to_vec())).expect("edits"), after);

    let former = port.state::<MessageState>(&id).await;
    assert!(matches!(&former.phase, MessagePhase::Repaired { by: of, .. } if *of == by), "{:?}", former.phase);
    assert_eq!((former.sha256, former.findings), (original.sha256, original.findings), "what came stays as it came");
    let trail = state.repair.expect("a repair");
    assert_eq!((trail.of.as_str(), trail.root.as_str(), trail.generation, trail.reason.is_empty()), (id.as_str(), id.as_str(), 1, false));
    assert_eq!((trail.edits[0].before.as_str(), trail.edits[0].after.starts_with("UNT+")), ("UNT+99", true));
    let events = port.store.events_of(PORT, &ledger::ObjectRef::new("message", id.clone()), None, 20).await.expect("events");
    let repaired = events.iter().find(|e| e.event.kind == "message.repaired").expect("in the trail");
    assert!(
        matches!(&repaired.event.actor, ledger::Actor::Person { organisation, .. } | ledger::Actor::System { organisation, .. } if organisation == "port-office")
    );
    assert!(port.app.worklist(&port.ctx("terminal-east"), &waiting).await.expect("worklist").items.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_its_sender_and_the_desk_repair_a_message_and_only_once() {
    let port = Port::open().await;
    let (id, _, edit) = rejected(&port, "B-FIX-2").await;
    assert_eq!(port.no("terminal-west", &repair(&id, vec![edit.clone()])).await, "not-found");
    assert_eq!(port.no("trader-gold", &repair(&id, vec![edit.clone()])).await, "not-found");
    assert_eq!(port.no("admin-desk", &repair(&id, vec![edit.clone()])).await, "not-found");
    let wordless = RepairMessage { reason: "  ".into(), ..repair(&id, vec![edit.clone()]) };
    assert_eq!(port.no("terminal-east", &wordless).await, "message-reason");
    let stale = RepairMessage { expected_version: Some(1), ..repair(&id, vec![edit.clone()]) };
    assert_eq!(port.no("terminal-east", &stale).await, "stale");
    let (by, state) = repaired(&port, "terminal-east", &repair(&id, vec![edit.clone()])).await;
    assert_eq!(state.status(), "processed");
    assert_eq!(port.no("terminal-east", &repair(&id, vec![edit])).await, "message-already-repaired");
    assert_eq!(
        port.no("terminal-east", &repair(&by, Vec::new())).await,
        "message-nothing-left",
        "what was processed is not processed twice"
    );
    assert_eq!(
        port.no("terminal-east", &CloseMessage { id: by, expected_version: None, reason: "x".into() }).await,
        "message-nothing-left"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_replayed_as_it_was_once_the_cause_is_mended() {
    let port = Port::open().await;
    let number = port.fresh_box();
    let call = SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) };
    let bytes = sample_cuscar(&envelope(&port, "AGENTBLUE"), "MAN7", &call, &[papers::bill("B-LATE", &[number])]);
    let (id, state) = process(&port, "agent-blue", &bytes).await;
    assert_eq!(errors(&state), ["message-call-unknown"]);
    let (second, again) = repaired(&port, "agent-blue", &repair(&id, Vec::new())).await;
    assert_eq!((again.status(), errors(&again)), ("rejected", vec!["message-call-unknown"]), "not mended yet");
    port.announce().await;
    let (_, state) = repaired(&port, "agent-blue", &repair(&second, Vec::new())).await;
    assert!(state.status().starts_with("processed"), "{:#?}", state.findings);
    let trail = state.repair.expect("a repair");
    assert_eq!((trail.root.as_str(), trail.generation, trail.edits.len()), (id.as_str(), 2, 0));
    assert_eq!(port.status::<Bill>("B-LATE").await, "manifested");
    let (_, copy) = process(&port, "agent-blue", &bytes).await;
    assert_eq!(errors(&copy), ["message-duplicate"], "the sender's own copy comes too late");
    assert!(!copy.unfinished(), "and asks nothing of anybody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_interchange_only_the_rejected_messages_are_acted_upon_after_the_repair() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-TWO", 2).await;
    port.arrive(&call).await;
    let numbers: Vec<&str> = boxes.iter().map(|id| logistics::container_number(id)).collect();
    let one = String::from_utf8(coarri(&port, &[numbers[0]], "B-TWO")).expect("ASCII");
    let two = String::from_utf8(coarri(&port, &[numbers[1]], "B-TWO")).expect("ASCII");
    let message = |text: &str, reference: &str| {
        let body = &text[text.find("UNH+").expect("UNH")..text.find("UNZ+").expect("UNZ")];
        body.replace("UNH+1+", &format!("UNH+{reference}+")).replace("+1\'", &format!("+{reference}\'"))
    };
    let head = &one[..one.find("UNH+").expect("UNH")];
    let unt = |text: String, from: &str| text.replacen(from, "UNT+77+", 1);
    let second = message(&two, "2");
    let count = &second[second.find("UNT+").expect("UNT")..second.rfind("+2\'").expect("reference") + 1];
    let file = format!("{head}{}{}UNZ+2+000000007\'", message(&one, "1"), unt(second.clone(), count));
    let (id, state) = process(&port, "terminal-east", file.as_bytes()).await;
    let outcomes: Vec<OutcomeKind> = state.outcomes.iter().map(|o| o.outcome).collect();
    assert_eq!(
        (state.status(), outcomes),
        ("processed-with-findings", vec![OutcomeKind::Acted, OutcomeKind::Refused]),
        "{:#?}",
        state.findings
    );
    let at = file.rfind("UNT+77+").expect("UNT") as u64;
    let edit = Edit { offset: at, length: 7, text: count.into() };
    let (_, state) = repaired(&port, "terminal-east", &repair(&id, vec![edit])).await;
    let outcomes: Vec<OutcomeKind> = state.outcomes.iter().map(|o| o.outcome).collect();
    assert_eq!((state.status(), outcomes), ("processed", vec![OutcomeKind::Earlier, OutcomeKind::Acted]), "{:#?}", state.findings);
    assert!(state.findings.iter().any(|f| f.finding.code == "message-earlier"));
    for id in &boxes {
        let discharged = port.events::<Container>(id).await.into_iter().filter(|kind| kind == "container.discharged").count();
        assert_eq!(discharged, 1, "each box is discharged once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_message_is_repaired_though_another_of_its_reference_was_acted_upon() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-SAME", 2).await;
    port.arrive(&call).await;
    let one = |index: usize| coarri(&port, &[logistics::container_number(&boxes[index])], "B-SAME");
    let second = String::from_utf8(one(1)).expect("ASCII").replace("000000007", "000000008");
    let unt = second.rfind("UNT+").expect("UNT");
    let count: String = second[unt + 4..].chars().take_while(char::is_ascii_digit).collect();
    let (bytes, edit) = broken([one(0), second.into_bytes()].concat(), &format!("UNT+{count}"), "UNT+99");
    let (id, state) = process(&port, "terminal-east", &bytes).await;
    let outcomes = |state: &MessageState| state.outcomes.iter().map(|o| o.outcome).collect::<Vec<_>>();
    assert_eq!(outcomes(&state), [OutcomeKind::Acted, OutcomeKind::Refused], "{:#?}", state.findings);
    let (_, state) = repaired(&port, "terminal-east", &repair(&id, vec![edit])).await;
    assert_eq!(outcomes(&state), [OutcomeKind::Earlier, OutcomeKind::Acted], "{:#?}", state.findings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_good_rows_of_a_report_are_no_fault_of_its_repair() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-ROWS", 2).await;
    port.arrive(&call).await;
    let numbers: Vec<&str> = boxes.iter().map(|id| logistics::container_number(id)).collect();
    let stray = port.fresh_box();
    let (bytes, edit) = broken(coarri(&port, &numbers, "B-ROWS"), numbers[1], &stray);
    let (id, state) = process(&port, "terminal-east", &bytes).await;
    assert_eq!((state.status(), errors(&state)), ("processed-with-findings", vec!["container-not-manifested"]));
    let (_, state) = repaired(&port, "terminal-east", &repair(&id, vec![edit])).await;
    assert_eq!((state.status(), errors(&state)), ("processed", vec![]), "{:#?}", state.findings);
    assert_eq!(port.status::<Bill>("B-ROWS").await, "landed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_message_is_left_alone_and_says_why() {
    let port = Port::open().await;
    let (id, container, edit) = rejected(&port, "B-CLOSE").await;
    let close = CloseMessage { id: id.clone(), expected_version: None, reason: "测试报文，不处理".into() };
    port.ok("port-office", &close).await;
    let state = port.state::<MessageState>(&id).await;
    assert!(matches!(&state.phase, MessagePhase::Closed { reason, .. } if reason == "测试报文，不处理"));
    assert_eq!((state.status(), state.work_row(&id).closed_at.is_some()), ("closed", true));
    assert_eq!(port.no("terminal-east", &repair(&id, vec![edit])).await, "message-closed");
    assert_eq!(port.no("terminal-east", &close).await, "message-closed");
    assert_eq!(port.status::<Container>(&container).await, "expected");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_repairs_the_frame_of_a_manifest_but_not_its_trade_secrets() {
    let port = Port::open().await;
    port.announce().await;
    let call = SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) };
    let good = sample_cuscar(&envelope(&port, "AGENTBLUE"), "MAN8", &call, &[papers::bill("B-SECRET", &[port.fresh_box()])]);
    let (bytes, mend) = broken(good, "UNZ+1", "UNZ+3");
    let (id, state) = process(&port, "agent-blue", &bytes).await;
    assert_eq!(state.status(), "rejected", "{:#?}", state.findings);
    let text = String::from_utf8(bytes).expect("ASCII");
    let party = text.find("NAD+CN").expect("consignee") as u64;
    let change = Edit { offset: party + 7, length: 2, text: "XX".into() };
    assert_eq!(port.no("port-office", &repair(&id, vec![change])).await, "message-confidential");
    let slip_in = Edit { offset: party + 5, length: 0, text: "X".into() };
    assert_eq!(port.no("port-office", &repair(&id, vec![slip_in])).await, "message-confidential");
    // Nor by a way round: another type, a segment before it, its terminator or a release character before that, a damaged tag.
    let kind = text.find("CUSCAR:D").expect("type") as u64;
    let rounds = [
        Edit { offset: kind, length: 6, text: "COARRI".into() },
        Edit { offset: party, length: 0, text: "LOC+9+".into() },
        Edit { offset: party - 1, length: 1, text: String::new() },
        Edit { offset: party - 1, length: 0, text: "?".into() },
        Edit { offset: party - 2, length: 1, text: "?".into() },
        Edit { offset: 0, length: 0, text: "UNA:+.? *".into() },
    ];
    for round in rounds {
        assert_eq!(port.no("port-office", &repair(&id, vec![round.clone()])).await, "message-confidential", "{round:?}");
    }
    // Its own partner may turn it into anything; what it was stays masked for the desk.
    let retyped = Edit { offset: kind, length: 6, text: "COARRI".into() };
    let (id, state) = repaired(&port, "agent-blue", &repair(&id, vec![retyped])).await;
    assert_eq!((state.kind.as_str(), state.status()), ("COARRI", "rejected"), "{:#?}", state.findings);
    assert!(!plain_to(&port.ctx("port-office").principal, &state) && plain_to(&port.ctx("agent-blue").principal, &state));
    let back = Edit { offset: kind, length: 6, text: "CUSCAR".into() };
    let (id, _) = repaired(&port, "agent-blue", &repair(&id, vec![back])).await;
    let (_, state) = repaired(&port, "port-office", &repair(&id, vec![mend])).await;
    assert!(state.status().starts_with("processed"), "{:#?}", state.findings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repair_that_was_kept_but_not_read_is_read_after_a_restart() {
    let port = Port::open().await;
    let (id, container, edit) = rejected(&port, "B-CRASH").await;
    let by = port.ok("port-office", &repair(&id, vec![edit])).await;
    assert_eq!(port.status::<MessageState>(&by).await, "received");
    assert_eq!(port.app.resume_messages(port.now()).await.expect("resumed"), 1);
    assert_eq!(port.status::<MessageState>(&by).await, "processed");
    assert_ne!(port.status::<Container>(&container).await, "expected");
    // The same request under the same key gives the same message.
    let ctx: Context = port.keyed("port-office", "again");
    let (other, _, edit) = rejected(&port, "B-CRASH-2").await;
    let command = repair(&other, vec![edit]);
    let first = port.app.execute(&ctx, &command).await.expect("repaired").outcome;
    assert_eq!(port.app.execute(&ctx, &command).await.expect("repeated").outcome, first);
}

#[test]
fn edits_lie_within_the_message_in_order_and_within_their_bounds() {
    let plain = |text: &str| Ok(text.as_bytes().to_vec());
    let edit = |offset, length, text: &str| Edit { offset, length, text: text.into() };
    let made = |edits: &[Edit]| apply_edits(b"ABCDEF", edits, plain).map_err(|e| code_of(&e));
    assert_eq!(made(&[edit(1, 1, "xx"), edit(3, 0, "-"), edit(5, 1, "")]), Ok(b"AxxC-DE".to_vec()));
    assert_eq!(made(&[]), Ok(b"ABCDEF".to_vec()));
    assert_eq!(made(&[edit(6, 0, "G")]), Ok(b"ABCDEFG".to_vec()), "at the end");
    for wrong in
        [vec![edit(6, 1, "")], vec![edit(u64::MAX, 1, "")], vec![edit(3, 2, ""), edit(4, 1, "")], vec![edit(4, 1, ""), edit(1, 1, "")]]
    {
        assert_eq!(made(&wrong), Err("message-edit-place".to_owned()), "{wrong:?}");
    }
    assert_eq!(made(&[edit(0, 6, "")]), Err("message-empty".to_owned()));
    let many: Vec<Edit> = (0..=EDITS_MAX).map(|_| edit(6, 0, "x")).collect();
    assert!(made(&many[..EDITS_MAX]).is_ok());
    assert_eq!(made(&many), Err("too-many-rows".to_owned()));
    let foreign = apply_edits(b"ABC", &[edit(0, 1, "船")], |text| text.chars().find(|c| !c.is_ascii()).map_or(Ok(Vec::new()), Err));
    assert_eq!(foreign.map_err(|e| code_of(&e)), Err("message-edit-character".to_owned()));
    const { assert!(GENERATIONS_MAX >= 10) };
}
