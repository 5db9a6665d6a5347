//! Live changes reach those who may see them, and nobody else.

use app::Role;
use axum::body::Body;
use http_body_util::BodyExt;
use serde_json::json;

use crate::journey::Journey;
use crate::site::{Site, call};

/// Reads frames until one holds the text; the stream must not end before.
async fn read_until(body: &mut Body, wanted: &str) -> String {
    let mut read = String::new();
    while !read.contains(wanted) {
        let frame = body.frame().await.expect("the stream goes on").expect("a frame");
        if let Ok(bytes) = frame.into_data() {
            read.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
        }
    }
    read
}

#[tokio::test]
async fn a_change_is_told_to_its_party_alone() {
    let site = Site::new().await;
    let trader = site.member("trader-one", Role::Trader, None).await;
    let other = site.member("trader-two", Role::Trader, None).await;
    let mut own = site.follow(call("GET", "/stream", &trader, None)).await;
    let mut foreign = site.follow(call("GET", "/stream", &other, None)).await;
    let mut public = site.follow(call("GET", "/public/stream", "", None)).await;
    read_until(&mut own, "event: ready").await;
    read_until(&mut foreign, "event: ready").await;

    let first = site.post("/declarations", &trader, &json!({})).await.good();
    let told = read_until(&mut own, "event: change").await;
    assert!(told.contains("declaration.drafted") && told.contains(first["id"].as_str().expect("id")), "{told}");
    assert!(!read_until(&mut public, "event: counters").await.contains(first["id"].as_str().expect("id")));

    // The foreign stream hears of its own change next: the other one was never told to it.
    let second = site.post("/declarations", &other, &json!({})).await.good();
    let told = read_until(&mut foreign, "event: change").await;
    assert!(told.contains(second["id"].as_str().expect("id")) && !told.contains(first["id"].as_str().expect("id")), "{told}");

    // Whoever comes back is told what it missed, and not what it had seen.
    let third = site.post("/declarations", &trader, &json!({})).await.good();
    let (mut parts, body) = call("GET", "/stream", &trader, None).into_parts();
    parts.headers.insert("last-event-id", "0".parse().expect("header"));
    let mut again = site.follow(axum::http::Request::from_parts(parts, body)).await;
    let told = read_until(&mut again, "event: change").await;
    assert!(told.contains(third["id"].as_str().expect("id")) && !told.contains(first["id"].as_str().expect("id")), "{told}");
}

#[tokio::test]
async fn whoever_sees_the_box_alone_is_not_told_what_happens_to_its_papers() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let heard = |key: String| {
        let site = &site;
        async move {
            let (mut parts, body) = call("GET", "/stream", &key, None).into_parts();
            parts.headers.insert("last-event-id", "0".parse().expect("header"));
            let mut stream = site.follow(axum::http::Request::from_parts(parts, body)).await;
            read_until(&mut stream, "container.gated-out").await
        }
    };
    let by_trucker = heard(j.trucker.clone()).await;
    for paper in ["declaration.", "duty-notice.", "payment.", "inspection."] {
        assert!(!by_trucker.contains(paper), "{paper} {by_trucker}");
    }
    assert!(by_trucker.contains("case.changed"), "that something happened to the case is told, so that its page is read again");
    let by_trader = heard(j.trader.clone()).await;
    assert!(by_trader.contains("duty-notice.paid"), "{by_trader}");
}

/// Whoever opens one stream after the other takes the places of nobody else.
#[tokio::test]
async fn a_greedy_client_leaves_room_for_others() {
    let site = Site::new().await;
    let greedy = site.member("trader-one", Role::Trader, None).await;
    let modest = site.member("trader-two", Role::Trader, None).await;
    let mut held = Vec::new();
    let refused = loop {
        let reply = site.hold(call("GET", "/stream", &greedy, None)).await;
        match reply {
            Ok(body) => held.push(body),
            Err(reply) => break reply,
        }
        assert!(held.len() <= 100, "no bound");
    };
    refused.problem(429, "streams-own-full");
    assert_eq!(refused.header("retry-after"), "30");
    let mut other = site.follow(call("GET", "/stream", &modest, None)).await;
    read_until(&mut other, "event: ready").await;
    let mut public = site.follow(call("GET", "/public/stream", "", None)).await;
    read_until(&mut public, "event: ready").await;
    // A page that is closed gives its place back.
    held.pop();
    let mut again = site.follow(call("GET", "/stream", &greedy, None)).await;
    read_until(&mut again, "event: ready").await;
}
