//! Bad input and faults: a clear answer each time, nothing half-done.

use app::Role;
use axum::body::Body;
use serde_json::json;
use storage::SqliteOptions;

use crate::site::{Site, call, request};

async fn trader() -> (Site, String) {
    let site = Site::new().await;
    let key = site.member("trader-one", Role::Trader, None).await;
    (site, key)
}

fn raw(key: &str, kind: &str, body: impl Into<Body>) -> axum::http::Request<Body> {
    request("POST", "/api/v1/declarations").header("authorization", key).header("content-type", kind).body(body.into()).expect("a request")
}

#[tokio::test]
async fn bodies_that_cannot_be_taken() {
    let (site, key) = trader().await;
    site.send(raw(&key, "application/json", vec![b' '; 2 * 1024 * 1024])).await.problem(413, "too-large");
    site.send(raw(&key, "application/json", "{\"bill_no\": \"X")).await.problem(400, "json-syntax");
    site.send(raw(&key, "application/json", "{\"bill_no\": 5}")).await.problem(400, "json-shape");
    site.send(raw(&key, "application/json", b"{\"bill_no\": \"\xb1\xa8\"}".to_vec())).await.problem(400, "charset");
    site.send(raw(&key, "text/plain", "{}")).await.problem(415, "content-type");
    site.send(raw(&key, "application/json; charset=gbk", "{}")).await.problem(415, "charset");
    let huge = request("POST", "/api/v1/messages").header("authorization", &key).header("content-length", (64_u64 << 20).to_string());
    site.send(huge.body(Body::empty()).expect("a request")).await.problem(413, "too-large");
    let program = request("POST", "/api/v1/attachments").header("authorization", &key).body(Body::from("MZ\u{90}")).expect("a request");
    site.send(program).await.problem(415, "attachment-kind");
    let list = site.get("/declarations", &key).await.good();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(0), "nothing half-done stays");
}

#[tokio::test]
async fn the_same_command_under_the_same_key_is_carried_out_once() {
    let (site, key) = trader().await;
    let with_key = |body: serde_json::Value, idempotency: &str| {
        let (mut parts, body) = call("POST", "/declarations", &key, Some(&body)).into_parts();
        parts.headers.insert("idempotency-key", idempotency.parse().expect("header"));
        axum::http::Request::from_parts(parts, body)
    };
    let first = site.send(with_key(json!({}), "k-1")).await;
    let again = site.send(with_key(json!({}), "k-1")).await;
    assert_eq!(first.good()["id"], again.good()["id"]);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    site.send(with_key(json!({ "bill_no": "OTHER" }), "k-1")).await.problem(422, "idempotency-key-reused");
    site.send(with_key(json!({}), &"k".repeat(65))).await.problem(400, "idempotency-key-invalid");
    let list = site.get("/declarations", &key).await.good();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn edits_need_the_version_that_was_read() {
    let (site, key) = trader().await;
    let draft = site.post("/declarations", &key, &json!({})).await;
    let id = draft.good()["id"].as_str().expect("an id").to_owned();
    let mut form = draft.json()["form"].clone();
    form["note_s"] = json!("edited");
    let edit = |tag: Option<&str>| {
        let (mut parts, body) = call("PUT", &format!("/declarations/{id}"), &key, Some(&form)).into_parts();
        if let Some(tag) = tag {
            parts.headers.insert("if-match", tag.parse().expect("header"));
        }
        axum::http::Request::from_parts(parts, body)
    };
    site.send(edit(None)).await.problem(428, "if-match-required");
    site.send(edit(Some("x"))).await.problem(400, "if-match");
    let saved = site.send(edit(Some(draft.header("etag")))).await;
    assert_eq!(saved.header("etag"), "\"2\"");
    site.send(edit(Some(draft.header("etag")))).await.problem(412, "stale");
    let (mut parts, body) = call("GET", &format!("/declarations/{id}"), &key, None).into_parts();
    parts.headers.insert("if-none-match", "\"2\"".parse().expect("header"));
    let unchanged = site.send(axum::http::Request::from_parts(parts, body)).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.bytes.len()), (304, 0));
}

#[tokio::test]
async fn the_wrong_role_and_the_wrong_clock_are_told_so() {
    let (site, trader) = trader().await;
    let agent = site.member("agent-blue", Role::Agent, None).await;
    site.member("terminal-east", Role::Terminal, None).await;
    let eta = site.app.now().plus_hours(2).to_string();
    let form = json!({ "ship_name": "DEMO", "imo": "9074729", "voyage_in": "1E", "terminal": "terminal-east", "eta": eta });
    site.post("/calls", &trader, &form).await.problem(403, "forbidden");
    let id = site.post("/calls", &agent, &form).await.good()["id"].as_str().expect("an id").to_owned();
    let skewed = json!({ "at": site.app.now().plus_hours(1).to_string() });
    let problem = site.post(&format!("/calls/{id}/arrival"), &agent, &skewed).await.problem(400, "time-in-future");
    assert_eq!(problem["findings"][0]["pointer"], "/at");
    assert_eq!(site.get(&format!("/calls/{id}"), &agent).await.good()["status"], "announced");
    let at = json!({ "at": site.app.now().to_string() });
    site.post(&format!("/calls/{id}/arrival"), &agent, &at).await.good();
    let refused = site.post(&format!("/calls/{id}/arrival"), &agent, &at).await.problem(409, "call-already-arrived");
    assert_eq!((&refused["refusal"]["found"], &refused["refusal"]["attempted"]), (&json!("arrived"), &json!("ship-call.arrive")));
}

#[tokio::test]
async fn keys_that_do_not_fit() {
    let (site, _) = trader().await;
    for bad in ["Bearer fwk_trader-one.test_wrong", "Bearer fwk_nobody_secret", "Bearer secret", "Basic eDp5", "Bearer fwk_"] {
        site.get("/worklist", bad).await.problem(401, "key-invalid");
    }
    site.get("/worklist", "").await.problem(401, "session-required");
}

#[tokio::test]
async fn queries_that_make_no_sense() {
    let (site, key) = trader().await;
    for path in [
        "/declarations?limit=0",
        "/declarations?limit=201",
        "/declarations?limit=x",
        "/search?q=ab",
        "/worklist?order=best",
        "/bills?open_for=fun",
        "/slots?terminal=x&day=2026-13-01",
    ] {
        site.get(path, &key).await.problem(400, "query-invalid");
    }
    site.get("/declarations?cursor=nonsense", &key).await.problem(400, "cursor-invalid");
    site.get("/declarations/D9999-999999", &key).await.problem(404, "not-found");
    site.get(&format!("/declarations/{}", "x".repeat(200)), &key).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_lost() {
    let options = SqliteOptions { file_bytes_max: Some(1 << 20), ..SqliteOptions::default() };
    let site = Site::with(app::settings::PortSettings::default(), options).await;
    let key = site.member("trader-one", Role::Trader, None).await;
    let mut made = Vec::new();
    let refused = loop {
        let reply = site.post("/declarations", &key, &json!({})).await;
        if reply.status.as_u16() != 201 {
            break reply;
        }
        made.push(reply.json()["id"].as_str().expect("an id").to_owned());
        assert!(made.len() < 20_000, "the store has no bound");
    };
    refused.problem(503, "store-full");
    assert!(refused.header("retry-after").parse::<u32>().expect("seconds") >= 1);
    for id in [made.first(), made.last()].into_iter().flatten() {
        site.get(&format!("/declarations/{id}"), &key).await.good();
    }
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist() {
    let (site, key) = trader().await;
    site.get("/nothing/here", &key).await.problem(404, "route-unknown");
    site.send(request("GET", "/api/v2/calls").body(Body::empty()).expect("a request")).await.problem(404, "route-unknown");
    site.ask("PATCH", "/calls", &key, None).await.problem(405, "method-not-allowed");
    site.ask("OPTIONS", "/calls", &key, None).await.problem(405, "method-not-allowed");
    let head = site.send(request("HEAD", "/healthz").body(Body::empty()).expect("a request")).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    let head = site.ask("HEAD", "/worklist", &key, None).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
    site.send(request("POST", "/anything").body(Body::empty()).expect("a request")).await.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn the_web_application_is_served_and_nothing_beside_it() {
    let (site, _) = trader().await;
    let get = |path: &str| request("GET", path).header("accept-encoding", "identity").body(Body::empty()).expect("a request");
    let index = site.send(get("/")).await;
    assert_eq!((index.status.as_u16(), index.header("cache-control")), (200, "no-cache"));
    assert!(index.header("content-security-policy").contains("default-src 'self'"));
    assert_eq!(index.header("x-content-type-options"), "nosniff");
    let page = site.send(get("/declarations/D2611-000001")).await;
    assert_eq!(page.bytes, index.bytes, "every page is the application's own");
    let machine = site.send(get("/equipment/terminal-east.QC01")).await;
    assert_eq!(machine.bytes, index.bytes, "also that of an object whose id has a dot");
    for path in [
        "/assets/../../Cargo.toml",
        "/../Cargo.toml",
        "/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/%2e%2e%2findex.html",
        "/.git/config",
        "/index.html.gz",
        "/assets/missing.js",
        "/missing.png",
        "/..%5c..%5cx",
    ] {
        let reply = site.send(get(path)).await;
        assert_eq!(reply.status.as_u16(), 404, "{path}");
        assert!(!reply.bytes.windows(9).any(|w| w == b"[package]"), "{path}");
    }
    let fresh = request("GET", "/").header("if-none-match", index.header("etag")).body(Body::empty()).expect("a request");
    assert_eq!(site.send(fresh).await.status.as_u16(), 304);
}

#[tokio::test]
async fn health_metrics_and_documentation_answer() {
    let (site, key) = trader().await;
    site.get("/worklist", &key).await.good();
    for path in ["/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/docs"] {
        let reply = site.send(request("GET", path).body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.status.as_u16(), 200, "{path}");
        let text = String::from_utf8(reply.bytes).expect("UTF-8");
        match path {
            "/metrics" => {
                assert!(text.contains("fairway_http_requests_total{route=\"/api/v1/worklist\",method=\"GET\",status=\"2xx\"} 1"), "{text}");
                assert!(text.contains("fairway_ledger_events "));
            }
            "/api/docs" => assert!(text.contains("/declarations/{id}/submit") && !text.contains("<script") && !text.contains("src=\"http")),
            _ => assert!(!text.is_empty()),
        }
    }
    let zipped = request("GET", "/api/openapi.json").header("accept-encoding", "gzip").body(Body::empty()).expect("a request");
    assert_eq!(site.send(zipped).await.header("content-encoding"), "gzip");
}
