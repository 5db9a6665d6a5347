//! Behind a proxy: whose requests are counted, and what a client can make of the headers it writes itself.

use api::{ForwardedHeader, Limits, TrustedProxies};
use axum::body::Body;
use serde_json::json;
use storage::SqliteOptions;

use crate::site::{Reply, Site, request};

/// Requests per minute and address.
const PER_MINUTE: u32 = 3;

/// A site whose tests come from 127.0.0.1.
async fn site(trusted: &[&str]) -> Site {
    let limits = Limits { public_per_minute: PER_MINUTE, session_per_minute: u32::MAX, key_per_minute: u32::MAX, session_hours: 1 };
    let networks = trusted.iter().map(|network| network.parse().expect("a network")).collect();
    let proxies = TrustedProxies { networks, header: ForwardedHeader::XForwardedFor };
    Site::configured(app::settings::PortSettings::default(), SqliteOptions::default(), limits, proxies).await
}

async fn from(site: &Site, forwarded: &str) -> Reply {
    site.send(request("GET", "/api/v1/meta").header("x-forwarded-for", forwarded).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn each_client_behind_a_trusted_proxy_has_its_own_limit() {
    let site = site(&["127.0.0.1/32"]).await;
    for _ in 0..PER_MINUTE {
        from(&site, "203.0.113.9").await.good();
    }
    from(&site, "203.0.113.9").await.problem(429, "rate-limited");
    from(&site, "203.0.113.10").await.good();
    // The proxy adds the real address behind whatever the client made up.
    for made_up in ["198.51.100.1", "127.0.0.1", "198.51.100.1, 127.0.0.1", "nonsense"] {
        from(&site, &format!("{made_up}, 203.0.113.9")).await.problem(429, "rate-limited");
    }
}

#[tokio::test]
async fn without_a_trusted_proxy_nobody_chooses_an_address() {
    let site = site(&["10.0.0.0/8"]).await;
    for n in 0..PER_MINUTE {
        from(&site, &format!("203.0.113.{n}")).await.good();
    }
    from(&site, "203.0.113.99").await.problem(429, "rate-limited");
}

#[tokio::test]
async fn the_access_record_of_a_refused_login_says_where_it_came_from() {
    let site = site(&["127.0.0.1/32"]).await;
    let login = request("POST", "/api/v1/session")
        .header("content-type", "application/json")
        .header("x-forwarded-for", "198.51.100.1, 203.0.113.9")
        .body(Body::from(json!({ "user": "nobody", "password": "wrong password" }).to_string()))
        .expect("a request");
    site.send(login).await.problem(401, "login-failed");
    // The log is written with the next group of commits.
    site.organisation("trader-one", app::Role::Trader, None, None).await;
    let query = store::AuditQuery { action: Some("session.open".into()), limit: 10, ..store::AuditQuery::default() };
    let page = site.app.store().audit_log(&site.app.port().code, &query).await.expect("the log");
    assert_eq!(page.items.iter().map(|(_, row)| row.detail.as_str()).collect::<Vec<_>>(), ["from 203.0.113.9"]);
}
