//! Deliveries: in order, again after a fault, given up at last, and nobody waits for another.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::Role;
use app::inbox::{MessageState, PUSHED, ReceiveMessage, ResendMessage};
use app::partners::{DeliverBy, Direction, FolderChannel, MakePushSecret, PushChannel};
use channels::{SIGNATURE_HEADER, signature};
use store::OutboxQuery;

use crate::support::{Site, interchange, names};

/// Requests as they came: head and body.
pub type Got = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A partner's receiver: keeps each request it got, and answers with a status.
pub struct Receiver {
    pub address: String,
    pub got: Got,
    status: Arc<Mutex<&'static str>>,
}

impl Receiver {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let got = Got::default();
        let status = Arc::new(Mutex::new("204 No Content"));
        let (kept, answers) = (Arc::clone(&got), Arc::clone(&status));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut stream = stream;
                let (head, body) = request(&mut stream);
                kept.lock().expect("lock").push((head, body));
                let status = *answers.lock().expect("lock");
                let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        });
        Self { address, got, status }
    }

    pub fn url(&self) -> String {
        format!("http://{}/inbox", self.address)
    }
}

pub fn request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let n = stream.read(&mut chunk).expect("a request");
        bytes.extend_from_slice(&chunk[..n]);
        let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = header(&head, "content-length").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
        if bytes.len() >= end + 4 + length {
            return (head, bytes[end + 4..].to_vec());
        }
    }
}

pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .skip(1)
        .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// A message of the partner; its two answers are to be delivered. Returns their ids.
pub async fn answered(site: &Site, partner: &str, sender: &str, reference: &str) -> Vec<String> {
    let ctx = site.of(partner, Role::Agent);
    let received =
        site.app.execute(&ctx, &ReceiveMessage { bytes: interchange(sender, reference), channel: "api".into() }).await.expect("kept");
    site.app.process_message(&ctx, &received.outcome).await.expect("processed");
    site.app.peek::<MessageState>(&received.outcome).await.expect("store").expect("a message").answers
}

pub async fn push_to(site: &Site, partner: &str, url: String) {
    site.app
        .execute(&site.platform(), &MakePushSecret { organisation: partner.into(), secret: format!("secret of {partner}") })
        .await
        .expect("a secret");
    site.agree(partner, |profile| {
        profile.channels.push = Some(PushChannel { url });
        profile.channels.deliver_by = DeliverBy::Push;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pushed_message_is_signed_and_named_and_marked_delivered() {
    let receiver = Receiver::start();
    let site = Site::open(|settings| settings.hosts = vec![receiver.address.clone()]).await;
    push_to(&site, "agent-blue", receiver.url()).await;
    let answers = answered(&site, "agent-blue", "AGENTBLUE", "REF1").await;
    assert_eq!(site.exchange().deliver_once().await, 2);
    let got = receiver.got.lock().expect("lock").clone();
    assert_eq!(got.iter().map(|(head, _)| header(head, "fairway-type").expect("type")).collect::<Vec<_>>(), ["CONTRL", "APERAK"]);
    for ((head, body), id) in got.iter().zip(&answers) {
        assert!(head.starts_with("POST /inbox HTTP/1.1"), "{head}");
        assert_eq!((header(head, "fairway-message"), header(head, "idempotency-key")), (Some(id.as_str()), Some(id.as_str())));
        let signed = header(head, SIGNATURE_HEADER).expect("signed");
        let seconds: i64 = signed.trim_start_matches("t=").split(',').next().expect("time").parse().expect("seconds");
        assert_eq!(signed, signature("secret of agent-blue", seconds, body));
        assert!(body.starts_with(b"UNB+"));
        assert_eq!(site.status(id).await, "delivered");
        assert_eq!(site.app.peek::<MessageState>(id).await.expect("store").expect("it").channel, "push");
    }
    // Sent again when asked, under a name of its own.
    site.app.execute(&site.of("agent-blue", Role::Agent), &ResendMessage { id: answers[0].clone() }).await.expect("asked for");
    assert_eq!(site.exchange().deliver_once().await, 1);
    let again = receiver.got.lock().expect("lock").clone();
    assert_eq!(header(&again[2].0, "fairway-message"), Some(format!("{}-1", answers[0]).as_str()));
    assert_eq!((again[2].1.clone(), site.status(&answers[0]).await), (got[0].1.clone(), "delivered".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_partner_that_hangs_blocks_nobody_else() {
    // Takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("its address").to_string();
    let site = Site::open(|settings| {
        settings.hosts = vec![address.clone()];
        settings.timeout_seconds = 5;
    })
    .await;
    push_to(&site, "agent-red", format!("http://{address}/inbox")).await;
    site.agree("agent-blue", |profile| {
        profile.channels.folder = Some(FolderChannel { name: "blue".into(), receive: false });
        profile.channels.deliver_by = DeliverBy::Folder;
    })
    .await;
    for n in 0..3 {
        answered(&site, "agent-red", "AGENTRED", &format!("RED{n}")).await;
    }
    let exchange = site.exchange();
    let hanging = tokio::spawn({
        let exchange = Arc::clone(&exchange);
        async move { exchange.deliver_once().await }
    });
    // The lane of the hanging partner holds its connection now.
    let (held, _) = tokio::task::spawn_blocking(move || silent.accept().expect("a connection")).await.expect("accepted");
    let blue = answered(&site, "agent-blue", "AGENTBLUE", "BLUE").await;
    let delivered = tokio::time::timeout(Duration::from_secs(4), exchange.deliver_once()).await.expect("not kept waiting");
    assert!(!hanging.is_finished(), "the other lane still hangs");
    assert_eq!(delivered, blue.len());
    for id in &blue {
        assert_eq!(site.status(id).await, "delivered");
    }
    assert_eq!(names(&site.root.join("blue/out")).len(), 2);
    assert_eq!(hanging.await.expect("ended by its time limit"), 0);
    drop(held);
    let state = site.app.channel_state("agent-red", DeliverBy::Push, Direction::Out).await.expect("store").expect("used");
    assert!(state.failing_since.is_some() && state.fault.is_some(), "{state:?}");
    assert_eq!(site.app.backlog("agent-red").await.expect("store").waiting, 6, "nothing is lost and nothing else was tried");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_tried_again_later_given_up_at_last_and_can_be_sent_again() {
    let receiver = Receiver::start();
    let site = Site::open(|settings| {
        settings.hosts = vec![receiver.address.clone()];
        settings.attempts_max = 3;
    })
    .await;
    push_to(&site, "agent-blue", receiver.url()).await;
    site.agree("agent-blue", |profile| profile.answers.aperak = app::partners::AnswerWanted::Never).await;
    *receiver.status.lock().expect("lock") = "503 Service Unavailable";
    let answers = answered(&site, "agent-blue", "AGENTBLUE", "REF1").await;
    let row = || async {
        let query = OutboxQuery { channel: Some(PUSHED.into()), receiver: Some("agent-blue".into()), limit: 10, ..OutboxQuery::default() };
        site.app.store().outbox(&site.app.port().code, &query).await.expect("outbox").items.remove(0)
    };
    // Each attempt by a process of its own: what was tried is on record in the store, not in memory.
    for attempt in 1..3 {
        site.exchange().deliver_once().await;
        let item = row().await;
        assert_eq!((item.state.as_str(), item.attempts), ("pending", attempt));
        assert!(
            item.row.due_at > site.app.now() && item.fault.as_deref() == Some("the partner answered 503 Service Unavailable"),
            "{item:?}"
        );
        site.exchange().deliver_once().await;
        assert_eq!(row().await.attempts, attempt, "not before its time");
        site.pass_minutes(60);
    }
    site.exchange().deliver_once().await;
    assert_eq!((row().await.state.as_str(), site.status(&answers[0]).await.as_str()), ("dead", "undelivered"));
    assert_eq!(site.app.backlog("agent-blue").await.expect("store").dead, 1);
    site.pass_minutes(600);
    assert_eq!(site.exchange().deliver_once().await, 0, "given up is given up");

    *receiver.status.lock().expect("lock") = "200 OK";
    site.app.execute(&site.of("agent-blue", Role::Agent), &ResendMessage { id: answers[0].clone() }).await.expect("asked for");
    assert_eq!(site.exchange().deliver_once().await, 1);
    assert_eq!(site.status(&answers[0]).await, "delivered");
    assert_eq!(site.app.backlog("agent-blue").await.expect("store").dead, 0);
    // The dead row, taken up again by hand afterwards, is delivered once and then rests.
    let again = Err(("asked for by hand".to_owned(), Some(site.app.now())));
    site.app.store().outbox_result(&site.app.port().code, &answers[0], again).await.expect("taken up");
    assert_eq!((site.exchange().deliver_once().await, site.exchange().deliver_once().await), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_are_not_listed_are_refused_when_written_and_when_used() {
    let receiver = Receiver::start();
    let mut site = Site::open(|settings| settings.hosts = vec![receiver.address.clone()]).await;
    push_to(&site, "agent-blue", receiver.url()).await;
    let (expected_version, mut profile) = site.app.partner("agent-blue").await.expect("store").expect("known");
    profile.channels.push = Some(PushChannel { url: "https://elsewhere.example.com/".into() });
    let refused =
        site.app.execute(&site.platform(), &app::partners::WritePartner { profile, expected_version }).await.expect_err("not listed");
    let app::AppError::Findings(findings) = refused else { panic!("{refused}") };
    assert_eq!(findings[0].code, "partner-host-not-listed");
    // Taken off the list later, it is not called any more.
    site.settings.hosts.clear();
    answered(&site, "agent-blue", "AGENTBLUE", "REF1").await;
    assert_eq!(site.exchange().deliver_once().await, 0);
    assert!(receiver.got.lock().expect("lock").is_empty());
    let tried = site.app.test_partner(&site.of("agent-blue", Role::Agent), "agent-blue").await.expect("its own");
    assert_eq!(tried, [(DeliverBy::Push, Ok(()))], "the couriers employed at the start still list it");
}
