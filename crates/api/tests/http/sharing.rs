//! Data sharing through the API: the catalogue, an agreement with two approvals, the agreed fields and no other, and the usage log.

use app::Role;
use serde_json::{Value, json};

use crate::journey::{Journey, text};
use crate::site::Site;

/// People of the three sides: who asks, two of the provider, one of the port office.
struct Sides {
    border: String,
    border_key: String,
    terminal: String,
    office: String,
}

async fn sides(site: &Site) -> Sides {
    for id in ["border-here", "terminal-east", "office"] {
        site.user(&format!("{id}.sharer"), id, None, false).await;
    }
    Sides {
        border: site.session("border-here.sharer").await,
        border_key: site.key_named("border-here", "border-here.sharing").await,
        terminal: site.session("terminal-east.sharer").await,
        office: site.session("office.sharer").await,
    }
}

fn form(site: &Site) -> Value {
    let offset = site.app.port().utc_offset_minutes;
    json!({
        "resource": "gate-events", "provider": "terminal-east", "purpose": "查验离境箱的司机",
        "fields": [{ "field": "at" }, { "field": "plate", "masked": true }, { "field": "outcome" }],
        "valid_from": site.app.now().day(offset), "valid_to": site.app.now().plus_days(30).day(offset),
        "data_from": site.app.now().plus_days(-100).day(offset)
    })
}

/// An agreement in force about the gate of `terminal-east`, and one delivery under it.
pub(crate) async fn shared(site: &Site) -> (String, String) {
    let who = sides(site).await;
    let asked = site.post("/sharing-agreements", &who.border, &form(site)).await;
    assert_eq!(asked.status.as_u16(), 201, "{}", String::from_utf8_lossy(&asked.bytes));
    let id = text(&asked.json()["id"]);
    let path = format!("/sharing-agreements/{id}");
    site.post(&format!("{path}/approve"), &who.terminal, &json!({})).await.good();
    let approved = site.post(&format!("{path}/approve"), &who.office, &json!({})).await.good();
    assert_eq!(approved["status"], "in-force", "{approved}");
    let page = site.get(&format!("{path}/data"), &who.border_key).await.good();
    (id, text(&page["delivery"]))
}

#[tokio::test]
async fn the_catalogue_describes_what_is_served_and_holds_no_row_of_it() {
    let site = Site::new().await;
    let trader = site.member("trader-x", Role::Trader, None).await;
    let found = site.get("/data-resources", &trader).await.good();
    let items = found["items"].as_array().expect("resources");
    assert_eq!(items.len(), 5);
    for one in items {
        assert!(!one["fields"].as_array().expect("fields").is_empty() && one["rows"].is_null(), "{one}");
        assert_eq!(site.get(&format!("/data-resources/{}", text(&one["id"])), &trader).await.good(), *one);
    }
    let gate = items.iter().find(|one| one["id"] == "gate-events").expect("gate events");
    let plate = gate["fields"].as_array().expect("fields").iter().find(|field| field["name"] == "plate").expect("a plate");
    assert_eq!((&plate["sensitivity"], &plate["kind"]), (&json!("personal"), &json!("text")));
    site.get("/data-resources/nothing", &trader).await.problem(404, "not-found");
}

#[tokio::test]
async fn rows_come_under_an_agreement_alone_with_the_agreed_fields_and_every_page_is_in_the_log() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let path = format!("/sharing-agreements/{}", j.sharing);
    let border_key = site.key_named("border-here", "border-here.other").await;

    let page = site.get(&format!("{path}/data?limit=1"), &border_key).await.good();
    let row = page["rows"][0].as_object().expect("a row");
    let mut names: Vec<&String> = row.keys().collect();
    names.sort();
    assert_eq!(names, ["at", "outcome", "plate"], "what was not agreed is not there");
    assert!(row["plate"].as_str().expect("a plate").contains("***"), "{row:?}");
    let whole = site.get(&format!("{path}/data"), &border_key).await.good();
    let rows = whole["rows"].as_array().expect("rows");
    assert!(rows.len() > 1 && page["next"].is_string(), "{whole}");
    let next = site.get(&format!("{path}/data?limit=1&cursor={}", text(&page["next"])), &border_key).await.good();
    assert_eq!((&page["rows"][0], &next["rows"][0]), (&rows[0], &rows[1]), "pages are parts of the whole");
    let bytes = serde_json::to_vec(&whole["rows"]).expect("JSON");
    assert_eq!(whole["sha256"], app::inbox::sha256_hex(&bytes));

    // Who provides may not take, and who is no party finds nothing.
    site.get(&format!("{path}/data"), &j.terminal).await.problem(409, "sharing-not-consumer");
    let stranger = site.member("trader-x", Role::Trader, None).await;
    site.get(&format!("{path}/data"), &stranger).await.problem(404, "not-found");
    let ago = |days: i64| site.app.now().plus_days(-days);
    site.get(&format!("{path}/data?from={}&to={}", ago(90), ago(50)), &border_key).await.problem(400, "period");
    // The data that are agreed begin a hundred days before the term, and no earlier.
    assert_eq!(site.get(&path, &border_key).await.good()["data_from"], json!(ago(100).day(site.app.port().utc_offset_minutes)));
    site.get(&format!("{path}/data?from={}&to={}", ago(120), ago(99)), &border_key).await.problem(409, "sharing-outside-period");
    site.get(&format!("{path}/data?cursor=-9223372036854775808.X"), &border_key).await.problem(400, "cursor-invalid");

    // The provider reads the log, and its table; the stranger's is empty.
    let log = site.get(&format!("/data-deliveries?agreement={}", j.sharing), &j.terminal).await.good();
    assert_eq!(log["items"].as_array().expect("entries").len(), 4);
    assert_eq!((&log["items"][0]["rows"], &log["items"][0]["by"]), (&json!(1), &json!("border-here.other")));
    assert_eq!((&log["items"][0]["resent"], &log["items"][0]["more"].is_boolean()), (&json!(0), &true));
    assert_eq!(site.get("/data-deliveries", &stranger).await.good()["items"], json!([]));
    let csv = site.get("/data-deliveries/export", &j.terminal).await;
    let csv = String::from_utf8(csv.bytes).expect("UTF-8");
    assert_eq!(csv.lines().count(), 5, "{csv}");
    assert!(csv.contains(",plate*") || csv.contains(" plate* "), "{csv}");
    let figures = site.get("/data-deliveries/statistics", &j.terminal).await.good();
    assert_eq!((&figures["items"][0]["deliveries"], &figures["items"][0]["consumer"]["id"]), (&json!(4), &json!("border-here")));

    // The consumer says what it was for, once.
    let used = format!("/data-deliveries/{}/use", j.data_delivery);
    site.post(&used, &j.terminal, &json!({ "note": "a note" })).await.problem(409, "delivery-not-consumer");
    let told = site.post(&used, &border_key, &json!({ "note": "两车核对无误" })).await.good();
    assert_eq!((&told["status"], &told["used"]), (&json!("used"), &json!("两车核对无误")));
    site.post(&used, &border_key, &json!({ "note": "again" })).await.problem(409, "delivery-use-stated");

    // Suspended: a clear answer, and nothing in the log.
    let terminal = site.session("terminal-east.sharer").await;
    site.post(&format!("{path}/suspend"), &terminal, &json!({ "reason": "系统维护" })).await.good();
    let refused = site.get(&format!("{path}/data"), &border_key).await.problem(409, "sharing-suspended");
    assert!(refused["detail"]["zh"].as_str().expect("a text").contains("系统维护"), "{refused}");
    let office = site.session("office.sharer").await;
    site.post(&format!("{path}/resume"), &office, &json!({})).await.problem(409, "sharing-other-side");
    site.post(&format!("{path}/resume"), &terminal, &json!({})).await.good();
    site.get(&format!("{path}/data"), &border_key).await.good();
    let border = site.session("border-here.sharer").await;
    site.post(&format!("{path}/end"), &border, &json!({ "reason": "不再需要" })).await.good();
    site.get(&format!("{path}/data"), &border_key).await.problem(409, "sharing-ended");
}

#[tokio::test]
async fn terms_are_checked_all_at_once_and_keys_sign_nothing() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let border_key = site.key_named("border-here", "border-here.other").await;
    site.post("/sharing-agreements", &border_key, &form(&site)).await.problem(409, "sharing-person-only");
    site.user("trader-one.sharer", "trader-one", None, false).await;
    let trader = site.session("trader-one.sharer").await;
    let mut faulty = form(&site);
    faulty["purpose"] = json!("x");
    faulty["fields"] = json!([{ "field": "plate" }, { "field": "nothing" }, { "field": "at", "masked": true }]);
    let found = site.post("/sharing-agreements", &trader, &faulty).await.json();
    let codes: Vec<String> = found["findings"].as_array().expect("findings").iter().map(|one| text(&one["code"])).collect();
    assert_eq!(codes, ["sharing-field-personal", "sharing-field-unknown", "sharing-field-mask", "sharing-purpose"], "{found}");
    // What waits is taken back by whoever asked, and answered by the provider.
    let asked = site.post("/sharing-agreements", &site.session("border-here.sharer").await, &form(&site)).await.good();
    let path = format!("/sharing-agreements/{}", text(&asked["id"]));
    site.get(&format!("{path}/data"), &border_key).await.problem(409, "sharing-not-approved");
    let terminal = site.session("terminal-east.sharer").await;
    let todo = site.get("/worklist?mine=true", &terminal).await.good();
    assert!(todo["items"].as_array().expect("rows").iter().any(|row| row["object"]["id"] == asked["id"]), "{todo}");
    site.post(&format!("{path}/refuse"), &site.session("office.sharer").await, &json!({ "reason": "not yet" }))
        .await
        .problem(409, "sharing-not-your-turn");
    let refused = site.post(&format!("{path}/refuse"), &terminal, &json!({ "reason": "目的不明" })).await.good();
    assert_eq!((&refused["status"], &refused["signatures"][1]["reason"]), (&json!("refused"), &json!("目的不明")));
    assert!(!j.sharing.is_empty());
}
