//! What partners answer to our messages: matched by reference, shown with its reasons, missed when it does not come.

use app::inbox::alarms::{Cause, MessageAlarm};
use app::inbox::{AnswerStanding, MarkDelivered, MessageState, ReceiveMessage, ResendMessage};
use app::partners::WritePartner;
use app::{Context, Principal};
use store::OutboxQuery;

use crate::support::{PORT, Port};

async fn agreed(port: &Port, partner: &str, minutes: Option<u32>) {
    let (expected_version, mut profile) = port.app.partner(partner).await.expect("store").expect("known");
    profile.answer_minutes = minutes;
    port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
}

/// The newest release that the terminal was told: id, interchange reference, document.
async fn release(port: &Port) -> (String, String, String) {
    let query = OutboxQuery { receiver: Some("terminal-east".into()), limit: 200, ..OutboxQuery::default() };
    let rows = port.store.outbox(PORT, &query).await.expect("outbox").items;
    let id = rows.into_iter().rfind(|row| row.row.kind == "CUSRES").expect("a release").row.id;
    let state = port.state::<MessageState>(&id).await;
    (id, state.reference, state.document.expect("its entry number"))
}

async fn answer(port: &Port, who: &str, edi: &str, kind: &str, body: &str) -> MessageState {
    let reference = format!("A{}", port.size().await);
    let segments = body.matches('\'').count() + 2;
    let text = format!("UNB+UNOC:3+{edi}+FAIRWAY+261120:0900+{reference}'UNH+1+{kind}:UN'{body}UNT+{segments}+1'UNZ+1+{reference}'");
    let id = port.ok(who, &ReceiveMessage { bytes: text.into_bytes(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx(who), &id).await.expect("processed");
    port.state::<MessageState>(&id).await
}

async fn watch(port: &Port) {
    port.app.watch_messages(&Context { principal: Principal::platform(), ..port.ctx("platform") }).await.expect("watched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partners_answers_stand_on_the_message_they_name() {
    let port = Port::open().await;
    agreed(&port, "terminal-east", Some(30)).await;
    port.released("B-ANSW", 1).await;
    let (id, reference, document) = release(&port).await;
    let standing = || async { port.state::<MessageState>(&id).await.answer_standing() };
    assert_eq!(standing().await, AnswerStanding::Awaited);
    let contrl = answer(&port, "terminal-east", "TERMEAST", "CONTRL:D:3", &format!("UCI+{reference}+FAIRWAY+TERMEAST+7'")).await;
    assert_eq!((ledger::Aggregate::status(&contrl), contrl.objects[0].id.as_str(), contrl.answers.len()), ("processed", id.as_str(), 0));
    assert_eq!(standing().await, AnswerStanding::Acknowledged);
    // By the number of the document, refused, with the reason.
    let refusal = format!("BGM+313+X1+27'RFF+ACW:{document}'ERC+42'FTX+AAO+++Box unknown'");
    answer(&port, "terminal-east", "TERMEAST", "APERAK:D:00B", &refusal).await;
    let state = port.state::<MessageState>(&id).await;
    assert_eq!((state.answer_standing(), state.replies.len()), (AnswerStanding::Refused, 2));
    assert_eq!(state.replies[1].reasons, ["42 Box unknown"]);
    watch(&port).await;
    let alarm = "answers-refused.terminal-east";
    assert!(matches!(port.state::<MessageAlarm>(alarm).await.cause, Cause::AnswersRefused { count: 1, .. }));
    // A later answer of the same type takes its place.
    answer(&port, "terminal-east", "TERMEAST", "APERAK:D:00B", &format!("BGM+312+X2+29'RFF+ACW:{reference}'")).await;
    assert_eq!(standing().await, AnswerStanding::Acknowledged);
    watch(&port).await;
    assert_eq!(port.status::<MessageAlarm>(alarm).await, "cleared");
    // Another partner's answer, or one that names nothing, matches nothing.
    let foreign = answer(&port, "agent-blue", "AGENTBLUE", "APERAK:D:00B", &format!("BGM+313+X3+27'RFF+ACW:{reference}'")).await;
    assert!(foreign.findings.iter().any(|f| f.finding.code == "answer-unmatched"), "{:#?}", foreign.findings);
    assert_eq!(standing().await, AnswerStanding::Acknowledged);
    // Sent again, it is answered anew.
    port.ok("terminal-east", &MarkDelivered { id: id.clone() }).await;
    port.ok("terminal-east", &ResendMessage { id: id.clone() }).await;
    assert_eq!(standing().await, AnswerStanding::Awaited);
    assert_eq!(
        port.events::<MessageState>(&id).await,
        ["message.prepared", "message.answered", "message.answered", "message.answered", "message.delivered", "message.resent"]
    );
    assert_eq!(port.app.mend_statistics().await.expect("recount"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_does_not_come_in_the_agreed_time_raises_an_alarm() {
    let port = Port::open().await;
    agreed(&port, "terminal-east", Some(30)).await;
    port.released("B-LATE", 1).await;
    let (id, reference, _) = release(&port).await;
    port.pass_minutes(24 * 60);
    watch(&port).await;
    let alarm = "no-answer.terminal-east";
    assert!(port.app.peek::<MessageAlarm>(alarm).await.expect("store").is_none(), "it counts from when the partner has it");
    let delivered = port.now();
    port.ok("terminal-east", &MarkDelivered { id: id.clone() }).await;
    port.pass_minutes(30);
    watch(&port).await;
    assert!(port.app.peek::<MessageAlarm>(alarm).await.expect("store").is_none(), "at the limit");
    port.pass_minutes(1);
    watch(&port).await;
    assert_eq!(port.state::<MessageAlarm>(alarm).await.cause, Cause::NoAnswer { count: 1, since: delivered.plus_minutes(30) });
    answer(&port, "terminal-east", "TERMEAST", "CONTRL:D:3", &format!("UCI+{reference}+FAIRWAY+TERMEAST+7'")).await;
    watch(&port).await;
    assert_eq!(port.status::<MessageAlarm>(alarm).await, "cleared");
    // Nothing is awaited where nothing is agreed.
    agreed(&port, "terminal-east", None).await;
    port.released("B-NONE", 1).await;
    let (id, ..) = release(&port).await;
    assert_eq!(port.state::<MessageState>(&id).await.answer_standing(), AnswerStanding::NotExpected);
}
