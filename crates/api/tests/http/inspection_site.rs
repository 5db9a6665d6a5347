//! The inspection site through the API: the rule in versions, and a board without officers' names for the terminal (INS-08, INS-10).

use serde_json::{Value, json};

use crate::journey::{Journey, at, text};
use crate::site::Site;

fn form(site: &Site) -> Value {
    let class = json!({ "id": "fresh", "name": { "zh": "生鲜", "en": "Fresh" }, "hs_prefixes": ["08"], "on_arrival": true });
    json!({ "classes": [class], "valid_from": at(site, 0), "note": "fresh first" })
}

#[tokio::test]
async fn a_rule_is_written_by_one_and_approved_by_another() {
    let site = Site::new().await;
    site.by_day();
    let j = Journey::walk(&site).await;
    for user in ["clerk-a", "clerk-b"] {
        site.user(user, "customs-here", None, false).await;
    }
    let (one, two) = (site.session("clerk-a").await, site.session("clerk-b").await);
    let path = "/inspection-site/rule";
    let empty = site.get(path, &one).await.good();
    assert_eq!((&empty["versions"], &empty["actions"]), (&json!([]), &json!(["site-rule.propose"])));
    let made = site.post(&format!("{path}/versions"), &one, &form(&site)).await;
    assert_eq!(made.status.as_u16(), 201);
    let made = made.good();
    assert_eq!((&made["versions"][0]["status"], &made["actions"]), (&json!("proposed"), &json!(["site-rule.refuse"])));
    site.post(&format!("{path}/versions/1/approve"), &one, &json!({})).await.problem(409, "site-rule-own");
    site.post(&format!("{path}/versions/one/approve"), &two, &json!({})).await.problem(404, "not-found");
    let approved = site.post(&format!("{path}/versions/1/approve"), &two, &json!({})).await.good();
    assert_eq!((&approved["versions"][0]["in_force"], &approved["versions"][0]["decided_by"]["id"]), (&json!(true), &json!("clerk-b")));
    let mut useless = form(&site);
    useless["classes"][0]["hs_prefixes"] = json!([]);
    site.post(&format!("{path}/versions"), &one, &useless).await.problem(409, "site-rule-classes");
    site.post(&format!("{path}/versions"), &j.customs, &form(&site)).await.problem(403, "forbidden");

    // The inspection of the journey ended today: on the board of customs with its officers, on the terminal's without.
    let of_customs = site.get("/inspection-site", &one).await.good();
    let entry =
        of_customs["items"].as_array().expect("items").iter().find(|entry| entry["id"] == j.inspection.as_str()).expect("on the board");
    assert_eq!((&entry["lane"], &entry["containers"]), (&json!("done"), &json!([j.number])));
    assert_eq!(entry["officers"].as_array().map(Vec::len), Some(2));
    let of_terminal = site.get("/inspection-site", &j.terminal).await.good();
    assert_eq!((&of_terminal["items"][0]["id"], &of_terminal["items"][0]["officers"]), (&json!(j.inspection), &json!([])));
    let place = site.get(&format!("/inspections/{}/queue", j.inspection), &j.trader).await.good();
    assert_eq!(place, json!({ "position": null, "waiting": 0 }));
    site.post(&format!("/inspections/{}/begin", j.inspection), &one, &json!({})).await.problem(409, "inspection-closed");
    assert!(text(&of_customs["day"]).len() == 10);
}
