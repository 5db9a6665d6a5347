//! A model beside the platform hints through HTTP; when it is away or answers nonsense, that is what the image says, and nobody waits.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::images::{HintFigures, ImageHint as _, ReceiveScan};
use app::{Context, Principal, Role};
use channels::HttpHint;
use inspection::{Region, Scan};
use ledger::Timestamp;

use crate::deliveries::{Got, header, request};
use crate::support::Site;

/// Answers each request by its path; keeps heads and bodies.
fn model(answers: &'static [(&'static str, &'static str, &'static str)]) -> (String, Got) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let got: Got = Arc::new(Mutex::default());
    let kept = Arc::clone(&got);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (head, body) = request(&mut stream);
            let line = head.lines().next().unwrap_or_default().to_owned();
            kept.lock().expect("lock").push((head, body));
            let (_, status, answer) = answers.iter().find(|(path, ..)| line.contains(path)).unwrap_or(&("", "404 Not Found", ""));
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}", answer.len());
        }
    });
    (url, got)
}

const MODEL: (&str, &str, &str) =
    ("GET /model", "200 OK", r#"{"name":"demo-onnx","version":"7","figures":{"images":10,"objects":8,"hints":5,"right":4}}"#);

fn hint(url: &str, key: Option<&str>) -> HttpHint {
    HttpHint::new(format!("{url}/"), key.map(str::to_owned), Duration::from_secs(5))
}

#[tokio::test]
async fn a_model_says_what_it_is_and_where_it_would_look() {
    let spots = r#"{"spots":[{"x":3,"y":4,"width":50,"height":60,"score":0.87},{"x":1,"y":1,"width":2,"height":2,"score":7}]}"#;
    let (url, got) = model(Box::leak(Box::new([MODEL, ("POST /analyse", "200 OK", spots)])));
    let hint = hint(&url, Some("s3cret"));
    let told = hint.model().await.expect("a model");
    assert_eq!((told.name.as_str(), told.version.as_str(), told.measured_here), ("demo-onnx", "7", false));
    assert_eq!(told.figures, Some(HintFigures { images: 10, objects: 8, hints: 5, right: 4 }));
    let found = hint.analyse("image/png", b"the file".to_vec()).await.expect("spots");
    assert_eq!(found[0].region, Region { x: 3, y: 4, width: 50, height: 60 });
    assert_eq!(found.iter().map(|spot| spot.score_per_mille).collect::<Vec<_>>(), [870, 1_000], "a score is at most 1");
    let got = got.lock().expect("lock");
    assert_eq!(got[1].1, b"the file");
    assert_eq!(header(&got[1].0, "content-type"), Some("image/png"));
    assert!(got.iter().all(|(head, _)| header(head, "authorization") == Some("Bearer s3cret")));
}

#[tokio::test]
async fn a_model_that_is_away_or_talks_nonsense_gives_a_fault() {
    let (url, _) = model(&[("GET /model", "200 OK", "<html>"), ("POST /analyse", "503 Service Unavailable", "")]);
    let said = hint(&url, None).model().await.expect_err("no model");
    assert!(said.to_string().contains("not as agreed"), "{said}");
    let said = hint(&url, None).analyse("image/png", Vec::new()).await.expect_err("no spots");
    assert!(said.to_string().contains("503"), "{said}");
    let gone = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
    assert!(hint(&format!("http://{gone}"), None).model().await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_model_says_or_cannot_say_stands_with_the_image() {
    let spots = r#"{"spots":[{"x":3,"y":4,"width":50,"height":60,"score":0.5}]}"#;
    let (url, _) = model(Box::leak(Box::new([MODEL, ("POST /analyse", "200 OK", spots)])));
    let site = Site::open(|_| {}).await;
    let customs = at_customs(&site);
    let sent = |equipment: &str| ReceiveScan {
        container: "ZZZU0000015".into(),
        order: None,
        equipment: equipment.into(),
        taken_at: Timestamp::from_millis(1_800_000_000_000),
        operator: None,
        bytes: imaging_file(),
        sandbox: None,
    };
    site.app.advise(Arc::new(hint(&url, None)));
    let taken = site.app.execute(&customs, &sent("S1")).await.expect("taken").outcome;
    site.app.hint_scan(&taken.scan).await.expect("a hint");
    let said = site.app.peek::<Scan>(&taken.scan).await.expect("store").expect("an image").hint.expect("a hint");
    assert_eq!((said.model.as_str(), said.spots.len(), said.fault), ("demo-onnx", 1, None));

    // Another platform whose model is away: the image says so.
    let other = Site::open(|_| {}).await;
    let customs = at_customs(&other);
    let (url, _) = model(&[("GET /model", "200 OK", r#"{"name":"m","version":"1"}"#), ("POST /analyse", "500 Oops", "")]);
    other.app.advise(Arc::new(hint(&url, None)));
    let taken = other.app.execute(&customs, &sent("S1")).await.expect("taken").outcome;
    other.app.hint_scan(&taken.scan).await.expect("recorded");
    let said = other.app.peek::<Scan>(&taken.scan).await.expect("store").expect("an image").hint.expect("a record");
    assert!(said.spots.is_empty());
    assert_eq!(said.fault.as_deref(), Some("hint-away"), "what exactly went wrong stays in the log");
}

/// A scanner of the port's own customs.
fn at_customs(site: &Site) -> Context {
    let ctx = site.of("customs-port", Role::Customs);
    let principal = Principal { district: Some(site.app.port().customs_district.clone()), ..ctx.principal.clone() };
    Context { principal, ..ctx }
}

/// The head of a PNG of 960 × 336 pixels; the platform looks no further.
fn imaging_file() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend_from_slice(&960_u32.to_be_bytes());
    bytes.extend_from_slice(&336_u32.to_be_bytes());
    bytes
}
