//! Two administrators at once: nobody overwrites what the other has just changed.

use app::Role;
use serde_json::{Value, json};

use crate::site::{Reply, Site, call};

async fn put(site: &Site, path: &str, key: &str, tag: Option<&str>, body: &Value) -> Reply {
    let (mut parts, body) = call("PUT", path, key, Some(body)).into_parts();
    if let Some(tag) = tag {
        parts.headers.insert("if-match", tag.parse().expect("a header"));
    }
    site.send(axum::http::Request::from_parts(parts, body)).await
}

async fn row(site: &Site, list: &str, key: &str, id: &str) -> Value {
    let page = site.get(list, key).await.good();
    page["items"].as_array().expect("rows").iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} in {page}")).clone()
}

fn tag(row: &Value) -> String {
    format!("\"{}\"", row["version"])
}

#[tokio::test]
async fn an_edit_of_a_person_needs_the_version_that_was_read() {
    let site = Site::new().await;
    let admin = site.member("operator", Role::Admin, None).await;
    site.organisation("trader-one", Role::Trader, None, None).await;
    site.user("mei", "trader-one", Some("correct horse battery"), false).await;
    let read = row(&site, "/admin/users", &admin, "mei").await;

    let locked = put(&site, "/admin/users/mei", &admin, Some(&tag(&read)), &json!({ "disabled": true })).await;
    assert_eq!(locked.good()["disabled"], true);
    // The other one still sees the person unlocked, and would unlock it again with a new name.
    let rename = json!({ "name": { "zh": "梅", "en": "Mei" }, "disabled": false });
    put(&site, "/admin/users/mei", &admin, Some(&tag(&read)), &rename).await.problem(412, "stale");
    assert_eq!(row(&site, "/admin/users", &admin, "mei").await["disabled"], true, "it stays locked");
    let now = locked.header("etag").to_owned();
    assert_eq!(now, tag(&row(&site, "/admin/users", &admin, "mei").await));
    assert_eq!(put(&site, "/admin/users/mei", &admin, Some(&now), &rename).await.good()["name"]["en"], "Mei");

    put(&site, "/admin/users/mei", &admin, None, &rename).await.problem(428, "if-match-required");
    for bad in ["x", "\"0\"", "*"] {
        put(&site, "/admin/users/mei", &admin, Some(bad), &rename).await.problem(400, "if-match");
    }
    put(&site, "/admin/users/nobody", &admin, Some("\"1\""), &rename).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_edit_of_an_organisation_needs_the_version_that_was_read() {
    let site = Site::new().await;
    let admin = site.member("operator", Role::Admin, None).await;
    site.organisation("trader-one", Role::Trader, None, None).await;
    let read = row(&site, "/admin/organisations", &admin, "trader-one").await;
    let form = |en: &str| json!({ "name": { "zh": "货主", "en": en }, "role": "trader" });
    put(&site, "/admin/organisations/trader-one", &admin, None, &form("A")).await.problem(428, "if-match-required");
    put(&site, "/admin/organisations/trader-one", &admin, Some(&tag(&read)), &form("First")).await.good();
    put(&site, "/admin/organisations/trader-one", &admin, Some(&tag(&read)), &form("Second")).await.problem(412, "stale");
    assert_eq!(row(&site, "/admin/organisations", &admin, "trader-one").await["name"]["en"], "First");
    put(&site, "/admin/organisations/nobody", &admin, Some("\"1\""), &form("A")).await.problem(404, "not-found");
    // Versions are for those who may edit.
    let trader = site.key("trader-one").await;
    let shown = row(&site, "/organisations", &trader, "trader-one").await;
    assert_eq!((shown.get("version"), shown.get("edi_id")), (None, None));
}
