//! Status messages: to those who asked, of the boxes in which they have a part, what one command caused in one message.

use app::calls::DepartCall;
use app::declarations::{HoldDeclaration, LiftHold};
use app::inbox::{MarkDelivered, MessageState};
use app::partners::{Answers, Contact, Document, WriteOwnPartner, WritePartner};
use clearance::Declaration;
use logistics::{Direction, container_number};
use store::OutboxQuery;

use crate::support::{PORT, Port};

async fn asks(port: &Port, partner: &str, wants: &[Document]) {
    let (expected_version, mut profile) = port.app.partner(partner).await.expect("store").expect("known");
    profile.wants = wants.iter().copied().collect();
    port.ok("admin-desk", &WritePartner { profile, expected_version }).await;
}

/// Status messages to a partner, oldest first: id and text.
async fn told(port: &Port, partner: &str) -> Vec<(String, String)> {
    let query = OutboxQuery { receiver: Some(partner.into()), limit: 200, ..OutboxQuery::default() };
    let rows = port.store.outbox(PORT, &query).await.expect("outbox").items;
    rows.into_iter()
        .filter(|row| row.row.kind == "IFTSTA")
        .map(|row| (row.row.id, String::from_utf8(row.row.body).expect("text")))
        .collect()
}

fn statuses(text: &str) -> Vec<&str> {
    text.split('\'').filter_map(|segment| segment.strip_prefix("STS+1+")?.split(':').next()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_party_is_told_what_happens_to_its_boxes_from_then_on() {
    let port = Port::open().await;
    for who in ["agent-blue", "agent-red", "trucker-fast", "trader-gold", "terminal-east"] {
        asks(&port, who, &[Document::Status]).await;
    }
    let id = port.ready("B-STAT").await;
    let number = container_number(&id).to_owned();
    let gate = |direction| port.gate(direction, &id);
    assert!(gate(Direction::In).await.reasons.is_empty());
    port.pass_minutes(10);
    assert!(gate(Direction::Out).await.reasons.is_empty());
    let agent = told(&port, "agent-blue").await;
    let codes: Vec<Vec<&str>> = agent.iter().map(|(_, text)| statuses(text)).collect();
    assert_eq!(codes, [vec!["29"], vec!["12"], vec!["113"], vec!["13"]], "each at once, in a message of its own");
    for (_, text) in &agent {
        assert!(text.contains(&format!("EQD+CN+{number}+")) && text.contains("+B-STAT'"), "{text}");
        assert!(!text.contains("浙B12345") && !text.contains("王五"), "who collects it is not told: {text}");
    }
    // The haulier has a part in the box since the order was passed on to it; the terminal and another agent are told nothing.
    let haulier: Vec<Vec<String>> =
        told(&port, "trucker-fast").await.iter().map(|(_, text)| statuses(text).into_iter().map(str::to_owned).collect()).collect();
    assert_eq!(haulier, [["113"], ["13"]]);
    assert!(told(&port, "trader-gold").await.len() == 4, "the consignee from the beginning");
    assert!(told(&port, "agent-red").await.is_empty() && told(&port, "terminal-east").await.is_empty());
    // It fetches them from its mailbox, and nobody else does.
    let (message, _) = told(&port, "trucker-fast").await.remove(0);
    assert_eq!(port.no("agent-blue", &MarkDelivered { id: message.clone() }).await, "not-found");
    port.ok("trucker-fast", &MarkDelivered { id: message.clone() }).await;
    assert_eq!(port.status::<MessageState>(&message).await, "delivered");
    assert_eq!(port.state::<MessageState>(&message).await.objects[0].id, id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_report_caused_is_one_message_and_a_hold_says_not_why() {
    let port = Port::open().await;
    asks(&port, "agent-blue", &[Document::Status]).await;
    let (call, ids) = port.landed("B-HOLD", 3).await;
    let agent = told(&port, "agent-blue").await;
    assert_eq!(agent.iter().map(|(_, text)| statuses(text)).collect::<Vec<_>>(), [["29", "29", "29"]]);
    let declaration = port.declared("B-HOLD").await;
    port.ok("customs-port", &HoldDeclaration { id: declaration.clone(), reason: "SECRET REASON".into() }).await;
    port.pass_minutes(5);
    port.ok("customs-port", &LiftHold { id: declaration.clone(), note: "checked".into() }).await;
    let agent = told(&port, "agent-blue").await;
    assert_eq!(agent[1..].iter().map(|(_, text)| statuses(text)).collect::<Vec<_>>(), [["232"; 3], ["126"; 3]]);
    assert!(agent.iter().all(|(_, text)| !text.contains("SECRET")));
    // The payment settles the duty, and the release is told once for each box.
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    let last = told(&port, "agent-blue").await.pop().expect("the release").1;
    assert_eq!((statuses(&last), last.matches("EQD+").count()), (vec!["12"; 3], ids.len()));
    // Who did not ask is not told, and the ledger replays with what was.
    asks(&port, "agent-blue", &[Document::Release]).await;
    let before = told(&port, "agent-blue").await.len();
    port.pass_minutes(5);
    port.ok("agent-blue", &DepartCall { id: call, at: port.now() }).await;
    assert_eq!(told(&port, "agent-blue").await.len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_saves_its_contact_has_not_asked_for_status_messages() {
    let port = Port::open().await;
    let own = WriteOwnPartner {
        organisation: "agent-blue".into(),
        contact: Contact { name: "Desk".into(), ..Contact::default() },
        silence_hours: None,
        answers: Answers::default(),
        expected_version: 0,
    };
    port.ok("agent-blue", &own).await;
    port.landed("B-QUIET", 1).await;
    assert_eq!(told(&port, "agent-blue").await, []);
    let (_, profile) = port.app.partner("agent-blue").await.expect("store").expect("known");
    assert!(!profile.wants.contains(&Document::Status) && profile.wants.contains(&Document::Release), "{:?}", profile.wants);
}
