//! Partner profiles: who may write what, and what follows from what was agreed.

use app::agreement::Tolerance;
use app::exchange::Envelope;
use app::inbox::alarms::{Cause, MessageAlarm};
use app::inbox::{MarkDelivered, MessagePhase, MessageState, PUSHED, RESENT_MAX, ReceiveMessage, ResendMessage};
use app::partners::{
    Accepted, AnswerWanted, Answers, Contact, DeliverBy, Document, FolderChannel, Identifier, MakePushSecret, PARTNERS, Phase, Profile,
    SftpChannel, WriteOwnPartner, WritePartner,
};
use app::{AppError, Context};
use ledger::Aggregate;
use logistics::Container;
use manifest::Bill;
use messages::{SampleCall, SampleLanded, sample_coarri, sample_cuscar};
use store::OutboxQuery;

use crate::support::steps::{IMO, SHIP, VOYAGE};
use crate::support::{PORT, Port, papers};

/// A CUSCAR with one bill, as `sender` would send it.
fn cuscar(port: &Port, sender: &str, bill: &str) -> Vec<u8> {
    let envelope = Envelope {
        sender: sender.into(),
        receiver: "FAIRWAY".into(),
        reference: "000000001".into(),
        at: port.now(),
        utc_offset_minutes: 480,
    };
    let call = SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now().plus_hours(6) };
    sample_cuscar(&envelope, "MAN001", &call, &[papers::bill(bill, &[port.fresh_box()])])
}

fn with_wrong_count(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).expect("ASCII");
    let unt = text.rfind("UNT+").expect("UNT");
    let rest = text[unt + 4..].find('+').expect("reference");
    format!("{}UNT+1{}", &text[..unt], &text[unt + 4 + rest..]).into_bytes()
}

async fn process(port: &Port, who: &str, bytes: &[u8]) -> MessageState {
    let id = port.ok(who, &ReceiveMessage { bytes: bytes.to_vec(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    port.state::<MessageState>(&id).await
}

async fn agreed(port: &Port, partner: &str, change: impl FnOnce(&mut Profile)) {
    let (expected_version, mut profile) = port.app.partner(partner).await.expect("store").expect("known");
    change(&mut profile);
    port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
}

fn found(state: &MessageState, code: &str) -> bool {
    state.findings.iter().any(|f| f.finding.code == code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_administrator_writes_a_profile_and_the_partner_its_own_part() {
    let port = Port::open().await;
    let (version, standard) = port.app.view_partner(&port.ctx("terminal-east"), "terminal-east").await.expect("its own");
    assert_eq!((version, standard.identifiers[0].id.as_str(), standard.wants.len()), (0, "TERMEAST", Document::ALL.len() - 1));
    for stranger in ["agent-blue", "terminal-west", "trader-gold", "customs-port", "port-office"] {
        let error = port.app.view_partner(&port.ctx(stranger), "terminal-east").await.expect_err("a stranger");
        assert!(matches!(error, AppError::NotFound { .. }), "{stranger}: {error}");
    }
    let write = WritePartner { profile: Profile { silence_hours: Some(24), ..standard.clone() }, expected_version: 0 };
    assert_eq!(port.no("terminal-east", &write).await, "forbidden", "what is agreed is not for one side to change");
    assert_eq!(port.no("agent-blue", &write).await, "not-found");
    port.ok("admin-desk", &write).await;
    assert_eq!(port.no("admin-desk", &write).await, "stale", "somebody who read the former version does not overwrite this one");

    let own = WriteOwnPartner {
        organisation: "terminal-east".into(),
        contact: Contact { name: "EDI desk".into(), phone: "0574-0000".into(), email: "edi@example.com".into() },
        silence_hours: Some(6),
        answers: Answers { contrl: AnswerWanted::OnError, aperak: AnswerWanted::Always },
        expected_version: 1,
    };
    assert_eq!(port.no("terminal-west", &own).await, "not-found");
    port.ok("terminal-east", &own).await;
    let (version, profile) = port.app.view_partner(&port.ctx("admin-desk"), "terminal-east").await.expect("administrator");
    assert_eq!((version, profile.contact.name.as_str(), profile.silence_hours), (2, "EDI desk", Some(6)));
    assert_eq!((profile.identifiers, profile.wants), (standard.identifiers, standard.wants), "the rest is as it was");
    assert_eq!(port.no("terminal-east", &MakePushSecret { organisation: "terminal-east".into(), secret: "00".into() }).await, "forbidden");
    port.ok("admin-desk", &MakePushSecret { organisation: "terminal-east".into(), secret: "ab".into() }).await;
    assert_eq!(port.app.push_secret("terminal-east").await.expect("store").as_deref(), Some("ab"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_a_profile_is_told_at_once() {
    let port = Port::open().await;
    let (_, mut profile) = port.app.partner("terminal-east").await.expect("store").expect("known");
    profile.identifiers.push(Identifier { id: "AGENTBLUE".into(), qualifier: None });
    profile.accepts.push(Accepted { kind: "coarri".into(), version: None });
    profile.writing.syntax_version = Some(5);
    profile.silence_hours = Some(0);
    profile.record_format = Some("../secret".into());
    profile.channels.folder = Some(FolderChannel { name: "../../etc".into(), receive: true });
    profile.channels.sftp = Some(SftpChannel {
        host: "-oProxyCommand=x".into(),
        port: 22,
        user: "u".into(),
        key: "../id".into(),
        fetch_from: Some("/a/../b".into()),
        deliver_to: None,
    });
    profile.channels.deliver_by = DeliverBy::Sftp;
    let error = port.run("admin-desk", &WritePartner { profile, expected_version: 0 }).await.expect_err("faults");
    let AppError::Findings(findings) = error else { panic!("{error}") };
    let told: Vec<(&str, &str)> = findings.iter().map(|f| (f.code.as_ref(), f.pointer.as_str())).collect();
    for expected in [
        ("partner-identifier-taken", "/identifiers/1/id"),
        ("partner-message-type", "/accepts/0"),
        ("partner-syntax-version", "/writing/syntax_version"),
        ("partner-silence-hours", "/silence_hours"),
        ("partner-name", "/record_format"),
        ("partner-name", "/channels/folder/name"),
        ("partner-host", "/channels/sftp/host"),
        ("partner-name", "/channels/sftp/key"),
        ("partner-remote-folder", "/channels/sftp/fetch_from"),
        ("partner-channel-missing", "/channels/deliver_by"),
        ("partner-channel-not-configured", "/channels/folder"),
    ] {
        assert!(told.contains(&expected), "{expected:?} is not in {told:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tolerance_holds_for_the_partner_that_agreed_on_it_and_is_told_each_time() {
    let port = Port::open().await;
    port.announce().await;
    let wrong = with_wrong_count(&cuscar(&port, "AGENTBLUE", "B-TOL"));
    let strict = process(&port, "agent-blue", &wrong).await;
    assert_eq!(strict.status(), "rejected");
    agreed(&port, "agent-blue", |profile| profile.tolerances = [Tolerance::UntCount].into()).await;
    let lenient = process(&port, "agent-blue", &wrong).await;
    assert!(lenient.status().starts_with("processed"), "{:#?}", lenient.findings);
    let told = lenient.findings.iter().find(|f| f.finding.code == "EDI-TOLERATED").expect("told");
    assert_eq!(told.finding.severity, codes::Severity::Info);
    assert_eq!(port.events::<Bill>("B-TOL").await, ["bill.manifested"]);
    // The answer about syntax follows the same agreement.
    let contrl = port.state::<MessageState>(&lenient.answers[0]).await;
    let (_, bytes) = port.store.blob(PORT, &contrl.sha256).await.expect("store").expect("bytes");
    let text = String::from_utf8(bytes).expect("ASCII");
    assert!(text.contains("UCI+000000001+AGENTBLUE+FAIRWAY+7"), "{text}");
}

/// A terminal whose COARRI D.95B has a time after BGM, as many do, goes on discharging once that is agreed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_that_puts_a_segment_elsewhere_goes_on_where_that_is_agreed() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-PLACE", 1).await;
    port.arrive(&call).await;
    let number = logistics::container_number(&boxes[0]).to_owned();
    let envelope = Envelope {
        sender: "TERMEAST".into(),
        receiver: "FAIRWAY".into(),
        reference: "000000009".into(),
        at: port.now(),
        utc_offset_minutes: 480,
    };
    let ship = SampleCall { ship_name: SHIP, imo: IMO, voyage: VOYAGE, carrier: "ZZEX", port: "CNNGB", arrival: port.now() };
    let at = port.now();
    let landed = SampleLanded { container: &number, size_type: "22G1", bill: "B-PLACE", at, position: "A01", seal: None, damage: None };
    let text = String::from_utf8(sample_coarri(&envelope, "DIS009", &ship, &[landed])).expect("ASCII");
    let unt = text.rfind("UNT+").expect("UNT") + 4;
    let count: u32 = text[unt..].split('+').next().and_then(|count| count.parse().ok()).expect("count");
    let odd = text.replacen("'TDT+", "'DTM+137:202611241200:203'TDT+", 1).replace(&format!("UNT+{count}+"), &format!("UNT+{}+", count + 1));

    let strict = process(&port, "terminal-east", odd.as_bytes()).await;
    assert!(strict.status() == "rejected" && found(&strict, "EDI-DIR-ORDER"), "{:#?}", strict.findings);
    assert_eq!(port.status::<Container>(&boxes[0]).await, "expected");
    agreed(&port, "terminal-east", |profile| profile.tolerances = [Tolerance::SegmentStructure].into()).await;
    let lenient = process(&port, "terminal-east", odd.as_bytes()).await;
    assert!(lenient.status().starts_with("processed") && found(&lenient, "EDI-TOLERATED"), "{:#?}", lenient.findings);
    assert_ne!(port.status::<Container>(&boxes[0]).await, "expected", "the box is discharged");
    let contrl = port.state::<MessageState>(&lenient.answers[0]).await;
    let (_, bytes) = port.store.blob(PORT, &contrl.sha256).await.expect("store").expect("bytes");
    let answer = String::from_utf8(bytes).expect("ASCII");
    assert!(answer.contains("UCI+000000009+TERMEAST+FAIRWAY+7") && !answer.contains("UCS+"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_other_than_the_partner_is_told_and_another_partners_is_not_acted_upon() {
    let port = Port::open().await;
    port.announce().await;
    let unknown = process(&port, "agent-blue", &cuscar(&port, "SOMEBODY", "B-SND-1")).await;
    assert!(found(&unknown, "message-sender-unknown") && unknown.status().starts_with("processed"), "{:#?}", unknown.findings);
    let other = process(&port, "agent-blue", &cuscar(&port, "AGENTRED", "B-SND-2")).await;
    assert!(found(&other, "message-sender-other") && other.status() == "rejected", "{:#?}", other.findings);
    assert!(port.app.peek::<Bill>("B-SND-2").await.expect("store").is_none());
    let mixed = [cuscar(&port, "AGENTBLUE", "B-SND-4"), cuscar(&port, "AGENTRED", "B-SND-5")].concat();
    let mixed = process(&port, "agent-blue", &mixed).await;
    assert!(found(&mixed, "message-senders-mixed") && mixed.status() == "rejected", "{:#?}", mixed.findings);
    assert!(port.app.peek::<Bill>("B-SND-5").await.expect("store").is_none());
    agreed(&port, "agent-blue", |profile| profile.tolerances = [Tolerance::ForeignSender].into()).await;
    let agreed = process(&port, "agent-blue", &cuscar(&port, "AGENTRED", "B-SND-3")).await;
    assert!(found(&agreed, "message-sender-agreed") && agreed.status().starts_with("processed"), "{:#?}", agreed.findings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_and_types_not_agreed_are_checked_and_answered_and_not_acted_upon() {
    let port = Port::open().await;
    port.announce().await;
    agreed(&port, "agent-blue", |profile| profile.phase = Phase::Test).await;
    let test = process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-TST-1")).await;
    assert!(found(&test, "message-test-only") && test.status() == "rejected" && test.answers.len() == 2, "{:#?}", test.findings);
    assert!(port.app.peek::<Bill>("B-TST-1").await.expect("store").is_none());
    assert!(!test.unfinished(), "a test waits for nobody and is not replayed");
    let answer = port.state::<MessageState>(&test.answers[1]).await;
    let (_, bytes) = port.store.blob(PORT, &answer.sha256).await.expect("store").expect("bytes");
    let unb = String::from_utf8(bytes).expect("ASCII").split('\'').next().expect("UNB").to_owned();
    assert!(unb.ends_with("+APERAK++++1"), "the answer says that it is a test: {unb}");

    agreed(&port, "agent-blue", |profile| {
        profile.phase = Phase::Production;
        profile.accepts = vec![Accepted { kind: "IFCSUM".into(), version: None }];
    })
    .await;
    let other = process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-TST-2")).await;
    assert!(found(&other, "message-type-not-agreed") && other.status() == "rejected", "{:#?}", other.findings);
    let version = Some("D:95B".to_owned());
    agreed(&port, "agent-blue", |profile| profile.accepts.push(Accepted { kind: "CUSCAR".into(), version })).await;
    let listed = process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-TST-3")).await;
    assert!(listed.status().starts_with("processed"), "{:#?}", listed.findings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_gets_the_answers_and_documents_that_it_wants() {
    let port = Port::open().await;
    port.announce().await;
    agreed(&port, "agent-blue", |profile| profile.answers = Answers { contrl: AnswerWanted::OnError, aperak: AnswerWanted::Never }).await;
    let good = process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-ANS")).await;
    assert_eq!(good.answers, Vec::<String>::new());
    let bad = process(&port, "agent-blue", &with_wrong_count(&cuscar(&port, "AGENTBLUE", "B-ANS-2"))).await;
    let kind = port.state::<MessageState>(&bad.answers[0]).await.kind;
    assert_eq!((bad.answers.len(), kind.as_str()), (1, "CONTRL"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_that_does_not_want_releases_gets_none() {
    let port = Port::open().await;
    agreed(&port, "terminal-east", |profile| profile.wants = [Document::DeliveryOrder].into()).await;
    port.ready("B-WANT").await;
    let told = port.store.outbox(PORT, &OutboxQuery { receiver: Some("terminal-east".into()), limit: 100, ..OutboxQuery::default() }).await;
    let kinds: Vec<String> = told.expect("outbox").items.into_iter().map(|item| item.row.kind).collect();
    assert_eq!(kinds, ["COREOR"], "the release was not wanted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_sent_again_after_delivery_and_after_it_was_given_up() {
    let port = Port::open().await;
    port.announce().await;
    let state = process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-AGAIN")).await;
    let answer = state.answers[0].clone();
    let resend = ResendMessage { id: answer.clone() };
    assert_eq!(port.no("agent-blue", &resend).await, "message-still-waiting");
    assert_eq!(port.no("agent-red", &resend).await, "not-found");
    port.ok("agent-blue", &MarkDelivered { id: answer.clone() }).await;
    port.ok("agent-blue", &resend).await;
    assert_eq!(port.status::<MessageState>(&answer).await, "prepared");

    // Its own row, so that the first delivery stays on record; fetched again, both are delivered.
    port.ok("agent-blue", &MarkDelivered { id: answer.clone() }).await;
    let query = || OutboxQuery { receiver: Some("agent-blue".into()), limit: 100, ..OutboxQuery::default() };
    let rows = port.store.outbox(PORT, &query()).await.expect("outbox").items;
    let of_it: Vec<&str> = rows.iter().filter(|r| app::inbox::message_of(&r.row.id) == answer).map(|r| r.state.as_str()).collect();
    assert_eq!(of_it, ["delivered", "delivered"]);

    // By the channel that holds now.
    agreed(&port, "agent-blue", |profile| profile.channels.deliver_by = DeliverBy::Mailbox).await;
    port.ok("admin-desk", &resend).await;
    let platform = Context::platform(port.now(), "deliveries");
    port.app.message_given_up(&platform, &format!("{answer}-2"), DeliverBy::Push, "refused", 8).await.expect("given up");
    let given_up = port.state::<MessageState>(&answer).await;
    assert!(matches!(given_up.phase, MessagePhase::Undelivered { .. }) && given_up.channel == "push" && given_up.resent == 2);
    let alarm = "dead-letters.agent-blue";
    port.app.watch_messages(&Context::platform(port.now(), "watch")).await.expect("watched");
    assert_eq!(port.status::<MessageAlarm>(alarm).await, "raised");
    port.ok("agent-blue", &resend).await;
    assert_eq!(port.status::<MessageState>(&answer).await, "prepared");
    port.app.watch_messages(&Context::platform(port.now(), "watch")).await.expect("watched");
    assert_eq!(port.status::<MessageAlarm>(alarm).await, "cleared", "it is on its way again");
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0, "what is sent again is counted once");
    assert_eq!(
        port.events::<MessageState>(&answer).await,
        [
            "message.prepared",
            "message.delivered",
            "message.resent",
            "message.delivered",
            "message.resent",
            "message.delivery-failed",
            "message.resent"
        ]
    );
    let incoming = port.ok("agent-blue", &ReceiveMessage { bytes: b"x".to_vec(), channel: "api".into() }).await;
    assert_eq!(port.no("agent-blue", &ResendMessage { id: incoming }).await, "message-not-outgoing");
    for _ in given_up.resent + 1..RESENT_MAX {
        port.ok("agent-blue", &MarkDelivered { id: answer.clone() }).await;
        port.ok("agent-blue", &resend).await;
    }
    port.ok("agent-blue", &MarkDelivered { id: answer.clone() }).await;
    assert_eq!(port.no("agent-blue", &resend).await, "message-resent-often");
    let pushed = port.store.outbox(PORT, &OutboxQuery { channel: Some(PUSHED.into()), ..query() }).await.expect("outbox").items;
    assert!(pushed.is_empty(), "the mailbox holds, so nothing is pushed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_is_not_heard_within_the_agreed_time_is_silent() {
    let port = Port::open().await;
    port.announce().await;
    agreed(&port, "agent-blue", |profile| profile.silence_hours = Some(4)).await;
    let (_, profile) = port.app.partner("agent-blue").await.expect("store").expect("known");
    assert_eq!(port.app.heard(&profile).await.expect("store"), app::partners::Heard::default(), "never heard, never silent");
    let at = port.now();
    process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-HEARD")).await;
    port.pass_minutes(4 * 60);
    let heard = port.app.heard(&profile).await.expect("store");
    assert_eq!((heard.last_received_at, heard.silent_since), (Some(at), None));
    port.pass_minutes(1);
    let silent = port.app.silent_partners().await.expect("store");
    assert_eq!(
        silent.iter().map(|(id, heard)| (id.as_str(), heard.silent_since)).collect::<Vec<_>>(),
        [("agent-blue", Some(at.plus_hours(4)))]
    );
    assert!(port.store.record(PORT, PARTNERS, "agent-blue").await.expect("store").is_some());

    // The alarm follows the agreement, and stays until something is heard, whatever is agreed meanwhile.
    let alarm = "silent.agent-blue";
    port.app.watch_messages(&Context::platform(port.now(), "watch")).await.expect("watched");
    let cause = port.state::<MessageAlarm>(alarm).await.cause;
    assert_eq!(cause, Cause::Silent { last_at: at, expected_minutes: 4 * 60 });
    agreed(&port, "agent-blue", |profile| profile.silence_hours = None).await;
    port.app.watch_messages(&Context::platform(port.now(), "watch")).await.expect("watched");
    assert_eq!(port.status::<MessageAlarm>(alarm).await, "raised");
    process(&port, "agent-blue", &cuscar(&port, "AGENTBLUE", "B-AGAIN")).await;
    port.app.watch_messages(&Context::platform(port.now(), "watch")).await.expect("watched");
    assert_eq!(port.status::<MessageAlarm>(alarm).await, "cleared");
}
