//! Routing between partners: what is addressed to another partner goes on to it, byte for byte, where a rule says so, and nowhere else.

use std::sync::Arc;

use app::inbox::{MarkDelivered, MessageState, ReceiveMessage, ResendMessage};
use app::partners::{DeleteRoute, DeliverBy, FolderChannel, Phase, Profile, Route, WritePartner, WriteRoute};
use channels::{Carriers, Exchange, Settings};
use ledger::Aggregate;

use crate::support::Port;

/// An interchange of a type that leads to nothing here: from a sender to a recipient, with a line end that nobody else would write.
fn interchange(kind: &str, sender: &str, recipient: &str, reference: &str) -> Vec<u8> {
    format!(
        "UNB+UNOA:2+{sender}+{recipient}+261120:0800+{reference}'\r\n\r\nUNH+1+{kind}:D:96A:UN'BGM+380+{reference}'UNT+3+1'UNZ+1+{reference}'"
    )
    .into_bytes()
}

async fn process(port: &Port, who: &str, bytes: &[u8]) -> (String, MessageState) {
    let id = port.ok(who, &ReceiveMessage { bytes: bytes.to_vec(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    (id.clone(), port.state::<MessageState>(&id).await)
}

fn errors(state: &MessageState) -> Vec<String> {
    state.findings.iter().filter(|f| f.finding.is_error()).map(|f| f.finding.code.to_string()).collect()
}

fn rule(sender: &str, recipient: &str, kinds: &[&str]) -> Route {
    Route {
        sender: sender.into(),
        recipient: recipient.into(),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        note: String::new(),
    }
}

async fn ruled(port: &Port, sender: &str, recipient: &str, kinds: &[&str]) {
    port.ok("admin-desk", &WriteRoute { route: rule(sender, recipient, kinds), expected_version: 0 }).await;
}

async fn agreed(port: &Port, partner: &str, change: impl FnOnce(&mut Profile)) {
    let (expected_version, mut profile) = port.app.partner(partner).await.expect("store").expect("known");
    change(&mut profile);
    port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_for_another_partner_goes_on_byte_for_byte_and_its_sender_sees_it_arrive() {
    let port = Port::open().await;
    ruled(&port, "agent-blue", "terminal-east", &["INVOIC"]).await;
    let bytes = interchange("INVOIC", "AGENTBLUE", "TERMEAST", "R1");
    let (id, state) = process(&port, "agent-blue", &bytes).await;
    assert_eq!((state.status(), errors(&state)), ("processed", Vec::new()));
    assert_eq!(state.answers.len(), 2, "the sender is answered as always");
    let forward = state.forward.clone().expect("passed on");
    assert_eq!((forward.to.as_str(), forward.delivered_at, forward.fault), ("terminal-east", None, None));
    let there = port.state::<MessageState>(&forward.message).await;
    assert_eq!((there.partner.as_str(), there.from.as_deref(), there.status()), ("terminal-east", Some("agent-blue"), "prepared"));
    assert_eq!((there.sha256.as_str(), there.bytes), (app::inbox::sha256_hex(&bytes).as_str(), bytes.len() as u64));
    let (_, kept) = port.store.blob(crate::support::PORT, &there.sha256).await.expect("store").expect("bytes");
    assert_eq!(kept, bytes);
    // Only the recipient takes it out of its mailbox.
    for stranger in ["agent-blue", "terminal-west", "agent-red"] {
        assert_eq!(port.no(stranger, &MarkDelivered { id: forward.message.clone() }).await, "not-found", "{stranger}");
    }
    port.ok("terminal-east", &MarkDelivered { id: forward.message.clone() }).await;
    let state = port.state::<MessageState>(&id).await;
    assert_eq!(state.forward.and_then(|forward| forward.delivered_at), Some(port.now()));
    assert_eq!(port.events::<MessageState>(&id).await, ["message.received", "message.processed", "message.forward-delivered"]);
    // The same file again is a copy, and is not passed on again.
    let (_, copy) = process(&port, "agent-blue", &bytes).await;
    assert_eq!((copy.forward.clone(), errors(&copy)), (None, vec!["message-duplicate".to_owned()]));
    // An answer goes back along the rule without being named in it, and is not answered.
    let (_, answer) = process(&port, "terminal-east", &answer_to("R1")).await;
    assert_eq!((answer.status(), answer.answers.len()), ("processed", 0), "{:?}", answer.findings);
    assert_eq!(answer.forward.map(|forward| forward.to), Some("agent-blue".to_owned()));
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "what becomes of a file passed on counts nothing");
}

/// CONTRL of the terminal to the agent.
fn answer_to(reference: &str) -> Vec<u8> {
    format!("UNB+UNOA:2+TERMEAST+AGENTBLUE+261120:0900+A1'UNH+1+CONTRL:2:2:UN'UCI+{reference}+AGENTBLUE+TERMEAST+8'UNT+3+1'UNZ+1+A1'")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_rule_for_sender_recipient_and_type_nothing_goes_on() {
    let port = Port::open().await;
    ruled(&port, "agent-blue", "terminal-east", &["INVOIC"]).await;
    for (who, sender, recipient, kind) in [
        ("agent-blue", "AGENTBLUE", "TERMEAST", "ORDERS"),
        ("agent-blue", "AGENTBLUE", "TERMWEST", "INVOIC"),
        ("terminal-east", "TERMEAST", "AGENTBLUE", "INVOIC"),
        ("agent-red", "AGENTRED", "TERMEAST", "INVOIC"),
    ] {
        let (_, state) = process(&port, who, &interchange(kind, sender, recipient, "N1")).await;
        assert_eq!(
            (state.status(), errors(&state), state.forward),
            ("rejected", vec!["message-route-missing".to_owned()], None),
            "{who} {kind}"
        );
    }
    // An answer without any rule between the two, either.
    let stray = String::from_utf8(answer_to("R9")).expect("ASCII").replace("AGENTBLUE", "AGENTRED");
    let (_, state) = process(&port, "terminal-east", stray.as_bytes()).await;
    assert_eq!(errors(&state), ["message-route-missing"]);
    // Ours is acted upon as ever, and a recipient whom nobody knows is not guessed at.
    for recipient in ["FAIRWAY", "ELSEWHERE"] {
        let (_, state) = process(&port, "agent-blue", &interchange("INVOIC", "AGENTBLUE", recipient, recipient)).await;
        assert_eq!((state.status(), state.forward), ("processed", None), "{recipient}");
    }
    // A rule taken away holds no longer.
    port.ok("admin-desk", &DeleteRoute { sender: "agent-blue".into(), recipient: "terminal-east".into() }).await;
    let (_, state) = process(&port, "agent-blue", &interchange("INVOIC", "AGENTBLUE", "TERMEAST", "N2")).await;
    assert_eq!(errors(&state), ["message-route-missing"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_faulty_or_a_test_or_not_agreed_stays_here() {
    let port = Port::open().await;
    ruled(&port, "agent-blue", "terminal-east", &["INVOIC", "ORDERS"]).await;
    let faulty = String::from_utf8(interchange("INVOIC", "AGENTBLUE", "TERMEAST", "F1")).expect("ASCII").replace("UNT+3", "UNT+9");
    let (_, state) = process(&port, "agent-blue", faulty.as_bytes()).await;
    assert_eq!((state.status(), state.forward.clone(), errors(&state).is_empty()), ("rejected", None, false));
    agreed(&port, "terminal-east", |profile| profile.phase = Phase::Test).await;
    let (_, state) = process(&port, "agent-blue", &interchange("INVOIC", "AGENTBLUE", "TERMEAST", "F2")).await;
    assert_eq!((errors(&state), state.forward), (vec!["message-route-test".to_owned()], None));
    agreed(&port, "terminal-east", |profile| profile.phase = Phase::Production).await;
    agreed(&port, "agent-blue", |profile| profile.accepts = vec![app::partners::Accepted { kind: "ORDERS".into(), version: None }]).await;
    let (_, state) = process(&port, "agent-blue", &interchange("INVOIC", "AGENTBLUE", "TERMEAST", "F3")).await;
    assert_eq!((errors(&state), state.forward), (vec!["message-type-not-agreed".to_owned()], None));
    agreed(&port, "agent-blue", |profile| {
        profile.accepts = Vec::new();
        profile.phase = Phase::Test;
    })
    .await;
    let (_, state) = process(&port, "agent-blue", &interchange("INVOIC", "AGENTBLUE", "TERMEAST", "F4")).await;
    assert_eq!((state.is_test(), state.forward), (true, None), "a test is checked and answered, and goes nowhere");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recipient_that_cannot_be_reached_is_told_to_the_sender_until_the_file_arrives() {
    let port = Port::open().await;
    let root = tempfile::tempdir().expect("a folder");
    let folders = root.path().canonicalize().expect("its path");
    let settings = Settings { folders: Some(folders.clone()), attempts_max: 2, ..Settings::default() };
    port.app.employ(Arc::new(Carriers::new(settings.clone())));
    ruled(&port, "agent-blue", "terminal-east", &["INVOIC"]).await;
    agreed(&port, "terminal-east", |profile| {
        profile.channels.folder = Some(FolderChannel { name: "east".into(), receive: false });
        profile.channels.deliver_by = DeliverBy::Folder;
    })
    .await;
    // A file where the folder should be.
    std::fs::write(folders.join("east"), b"in the way").expect("a file");
    let bytes = interchange("INVOIC", "AGENTBLUE", "TERMEAST", "D1");
    let (id, state) = process(&port, "agent-blue", &bytes).await;
    let message = state.forward.expect("passed on").message.clone();
    let deliver = || async { Exchange::new(Arc::clone(&port.app), Carriers::new(settings.clone())).deliver_once().await };
    for _ in 0..2 {
        assert_eq!(deliver().await, 0);
        port.pass_minutes(40);
    }
    let forward = port.state::<MessageState>(&id).await.forward.expect("passed on");
    assert!(forward.fault.is_some() && forward.delivered_at.is_none(), "{forward:?}");
    std::fs::remove_file(folders.join("east")).expect("removed");
    port.ok("admin-desk", &ResendMessage { id: message }).await;
    assert_eq!(deliver().await, 1);
    let forward = port.state::<MessageState>(&id).await.forward.expect("passed on");
    assert!(forward.fault.is_none() && forward.delivered_at.is_some(), "{forward:?}");
    let out: Vec<_> = std::fs::read_dir(folders.join("east/out")).expect("a folder").flatten().map(|entry| entry.path()).collect();
    let [file] = out.as_slice() else { panic!("{out:?}") };
    assert_eq!(std::fs::read(file).expect("the file"), bytes, "byte for byte");
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "given up, or arrived after all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_interchanges_for_different_recipients_is_neither_passed_on_nor_acted_upon() {
    let port = Port::open().await;
    ruled(&port, "agent-blue", "terminal-east", &["INVOIC"]).await;
    let both = |first: &str, second: &str, reference: &str| {
        let second = interchange("INVOIC", "AGENTBLUE", second, &format!("{reference}B"));
        [interchange("INVOIC", "AGENTBLUE", first, &format!("{reference}A")), second].concat()
    };
    for (first, second, reference) in [("TERMEAST", "FAIRWAY", "X1"), ("FAIRWAY", "TERMEAST", "X2"), ("TERMEAST", "TERMWEST", "X3")] {
        let (_, state) = process(&port, "agent-blue", &both(first, second, reference)).await;
        assert_eq!((state.status(), state.forward.clone(), state.objects.len()), ("rejected", None, 0), "{first} and {second}");
        let told = state.findings.iter().find(|f| f.finding.code == "message-receivers-mixed").expect("told");
        assert!(told.finding.is_error() && told.finding.message.en.contains(second), "{told:?}");
    }
    // Of one recipient, both go on in one file.
    let (_, state) = process(&port, "agent-blue", &both("TERMEAST", "TERMEAST", "X4")).await;
    assert_eq!(state.forward.clone().map(|forward| forward.to), Some("terminal-east".to_owned()), "{:?}", state.findings);
}

#[tokio::test]
async fn rules_are_written_by_the_administrator_alone() {
    let port = Port::open().await;
    let write = |route: Route, expected_version| WriteRoute { route, expected_version };
    let good = rule("agent-blue", "terminal-east", &["INVOIC"]);
    for stranger in ["agent-blue", "terminal-east", "port-office", "customs-port"] {
        assert_eq!(port.no(stranger, &write(good.clone(), 0)).await, "forbidden", "{stranger}");
        let delete = DeleteRoute { sender: "agent-blue".into(), recipient: "terminal-east".into() };
        assert_eq!(port.no(stranger, &delete).await, "forbidden", "{stranger}");
    }
    for (route, code) in [
        (rule("agent-blue", "agent-blue", &["INVOIC"]), "route-self"),
        (rule("agent-blue", "nobody", &["INVOIC"]), "route-partner"),
        (rule("agent-blue", "terminal-east", &[]), "route-kinds"),
        (rule("agent-blue", "terminal-east", &["*"]), "route-kinds"),
        (rule("agent-blue", "terminal-east", &["TOOLONG"]), "route-kinds"),
    ] {
        assert_eq!(port.no("admin-desk", &write(route, 0)).await, code);
    }
    port.ok("admin-desk", &write(good.clone(), 0)).await;
    assert_eq!(port.no("admin-desk", &write(good.clone(), 0)).await, "stale");
    let (version, known) = port.app.routes().await.expect("rules").remove(0);
    assert_eq!(known, good);
    port.ok("admin-desk", &write(rule("agent-blue", "terminal-east", &["ORDERS"]), version)).await;
    let delete = DeleteRoute { sender: "agent-blue".into(), recipient: "terminal-east".into() };
    port.ok("admin-desk", &delete).await;
    assert_eq!(port.no("admin-desk", &delete).await, "not-found");
}
