//! Sessions of people: login, the guard of writes, the end.

use app::Role;
use axum::body::Body;
use serde_json::json;

use crate::site::{Reply, Site, request};

const PASSWORD: &str = "correct horse battery";

async fn login(site: &Site, user: &str, password: &str) -> Reply {
    let body = json!({ "user": user, "password": password });
    site.post("/session", "", &body).await
}

fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().expect("a cookie").to_owned()
}

async fn with_cookie(site: &Site, method: &str, path: &str, cookie: &str, guarded: bool) -> Reply {
    let mut builder = request(method, &format!("/api/v1{path}")).header("cookie", cookie).header("content-type", "application/json");
    if guarded {
        builder = builder.header("x-fairway", "1");
    }
    site.send(builder.body(if method == "POST" { Body::from("{}") } else { Body::empty() }).expect("a request")).await
}

async fn site() -> Site {
    let site = Site::new().await;
    site.organisation("trader-one", Role::Trader, None, None).await;
    site.user("mei", "trader-one", Some(PASSWORD), false).await;
    site.user("demo-mei", "trader-one", None, false).await;
    site
}

#[tokio::test]
async fn a_person_logs_in_works_and_logs_out() {
    let site = site().await;
    let reply = login(&site, "mei", PASSWORD).await;
    let session = reply.good();
    assert_eq!(session["user"]["role"], "trader");
    assert!(session["permissions"].as_array().expect("names").iter().any(|p| p == "declaration.submit"));
    let set = reply.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = cookie(&reply);
    with_cookie(&site, "GET", "/session", &cookie, false).await.good();
    with_cookie(&site, "POST", "/declarations", &cookie, false).await.problem(403, "guard-header");
    assert_eq!(with_cookie(&site, "POST", "/declarations", &cookie, true).await.status.as_u16(), 201);
    assert_eq!(with_cookie(&site, "DELETE", "/session", &cookie, true).await.status.as_u16(), 204);
    with_cookie(&site, "GET", "/session", &cookie, false).await.problem(401, "session-expired");
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let site = site().await;
    let cookie = cookie(&login(&site, "mei", PASSWORD).await);
    with_cookie(&site, "GET", "/worklist", &cookie, false).await.good();
    site.clock.forward(2 * 3_600_000);
    with_cookie(&site, "GET", "/worklist", &cookie, false).await.problem(401, "session-expired");
}

#[tokio::test]
async fn every_failed_login_looks_the_same_and_guessing_is_slowed_down() {
    let site = site().await;
    let wrong = login(&site, "mei", "wrong password").await.problem(401, "login-failed");
    let nobody = login(&site, "nobody", "wrong password").await.problem(401, "login-failed");
    let no_password = login(&site, "demo-mei", "").await.problem(401, "login-failed");
    assert_eq!(wrong, nobody);
    assert_eq!(wrong, no_password);
    let mut last = login(&site, "mei", "wrong password").await;
    for _ in 0..12 {
        if last.status.as_u16() == 429 {
            break;
        }
        last = login(&site, "mei", "wrong password").await;
    }
    last.problem(429, "rate-limited");
    assert!(last.header("retry-after").parse::<u32>().expect("seconds") >= 1);
}

#[tokio::test]
async fn one_click_logins_exist_on_a_demonstration_only() {
    let site = site().await;
    let logins = site.get("/demo/logins", "").await.good();
    assert_eq!(logins["items"].as_array().map(Vec::len), Some(1), "people with a password are not among them");
    site.post("/demo/login", "", &json!({ "user": "demo-mei" })).await.good();
    site.post("/demo/login", "", &json!({ "user": "mei" })).await.problem(401, "login-failed");

    let port = app::settings::PortSettings::default();
    let real = Site::with(port, storage::SqliteOptions::default()).await;
    real.organisation("trader-one", Role::Trader, None, None).await;
    real.user("demo-mei", "trader-one", None, false).await;
    real.get("/demo/logins", "").await.problem(404, "not-found");
    real.post("/demo/login", "", &json!({ "user": "demo-mei" })).await.problem(404, "not-found");
}

#[tokio::test]
async fn the_first_administrator_is_made_once_and_can_make_others() {
    let site = Site::new().await;
    assert!(api::first_administrator(&site.app, "root", "short").await.is_err());
    api::first_administrator(&site.app, "root", PASSWORD).await.expect("made");
    api::first_administrator(&site.app, "root", "another password").await.expect("left as it is");
    let cookie = cookie(&login(&site, "root", PASSWORD).await);
    let body = json!({ "id": "trader-new", "name": { "zh": "新货主", "en": "New trader" }, "role": "trader" });
    let ask = |path: &str, body: serde_json::Value| {
        request("POST", &format!("/api/v1{path}"))
            .header("cookie", &cookie)
            .header("x-fairway", "1")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request")
    };
    assert_eq!(site.send(ask("/admin/organisations", body.clone())).await.status.as_u16(), 201);
    site.send(ask("/admin/organisations", body)).await.problem(409, "organisation-exists");
    let user = json!({ "id": "li", "name": { "zh": "李", "en": "Li" }, "organisation": "trader-new", "password": PASSWORD });
    assert_eq!(site.send(ask("/admin/users", user)).await.status.as_u16(), 201);
    login(&site, "li", PASSWORD).await.good();
    let made = site.send(ask("/admin/api-keys", json!({ "organisation": "trader-new", "name": "ERP" }))).await.good();
    let key = format!("Bearer {}", made["secret"].as_str().expect("a secret"));
    site.get("/worklist", &key).await.good();
    let id = made["id"].as_str().expect("an id");
    let delete = request("DELETE", &format!("/api/v1/admin/api-keys/{id}")).header("cookie", &cookie).header("x-fairway", "1");
    assert_eq!(site.send(delete.body(Body::empty()).expect("a request")).await.status.as_u16(), 204);
    site.get("/worklist", &key).await.problem(401, "key-invalid");
}
