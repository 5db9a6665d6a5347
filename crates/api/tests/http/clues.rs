//! A clue through the API: its own people check it, facts come with the purpose, and another authority sees what was shared and no more (INS-20).

use app::Role;
use serde_json::{Value, json};

use crate::journey::{Journey, at, text};
use crate::site::Site;

fn form(about: &str, value: &str) -> Value {
    json!({
        "source": "public-report", "about": about, "value": value, "severity": "high", "place": { "county": "330212", "name": "示例县" },
        "retention": "one-year", "text": "a second name on the door"
    })
}

#[tokio::test]
async fn a_clue_is_checked_by_one_closed_by_another_and_seen_by_nobody_else() {
    let site = Site::new().await;
    site.by_day();
    let j = Journey::walk(&site).await;
    for user in ["clerk-a", "clerk-b"] {
        site.user(user, "customs-here", None, false).await;
    }
    let (one, two) = (site.session("clerk-a").await, site.session("clerk-b").await);
    let market = site.member("market-here", Role::MarketSupervision, None).await;
    let border = site.member("border-there", Role::Border, None).await;

    let choices = site.get("/clues/choices", &one).await.good();
    assert_eq!(choices["retention"][0]["label"], "three-years");
    let listed = |of: &Value| of.as_array().expect("a list").iter().map(|one| text(&one["id"])).collect::<Vec<_>>();
    assert!(listed(&choices["officers"]).contains(&"clerk-b".to_owned()));
    assert!(listed(&choices["authorities"]).contains(&"market-here".to_owned()));
    assert!(!listed(&choices["authorities"]).contains(&"customs-here".to_owned()));

    let made = site.post("/clues", &one, &form("container", &j.number)).await;
    assert_eq!(made.status.as_u16(), 201);
    let made = made.good();
    let path = format!("/clues/{}", text(&made["id"]));
    assert_eq!(
        (&made["status"], &made["value"], &made["text"]),
        (&json!("registered"), &json!(j.number), &json!("a second name on the door"))
    );
    assert_eq!(made["actions"], json!(["clue.attach-facts", "clue.assign", "clue.share"]));
    site.post("/clues", &one, &form("container", "ZZZU0000016")).await.problem(400, "clue-subject");
    let mut unknown = form("container", &j.number);
    unknown["severity"] = json!("terrible");
    assert_eq!(site.post("/clues", &one, &unknown).await.status.as_u16(), 400);

    // Facts, with the objects that say them.
    let with_facts = site.post(&format!("{path}/facts"), &one, &json!({ "purpose": "assess" })).await.good();
    let reading = &with_facts["readings"][0];
    assert_eq!((&reading["purpose"], &reading["by"]["id"], &reading["withheld"]), (&json!("assess"), &json!("clerk-a"), &json!([])));
    let facts = reading["facts"].as_array().expect("facts");
    let of = |source: &str| facts.iter().filter(|fact| fact["source"] == source).collect::<Vec<_>>();
    assert_eq!(of("declaration")[0]["id"], json!(j.declaration));
    assert_eq!((of("passage").len(), &of("passage")[0]["number"]), (3, &json!(j.number)));
    assert_eq!(of("call")[0]["name"], "DEMO STAR");

    let due = json!({ "officer": "clerk-a", "due": at(&site, 600) });
    let assigned = site.post(&format!("{path}/assignment"), &two, &due).await.good();
    assert_eq!((&assigned["task"], &assigned["officer"]["id"]), (&json!("check-clue"), &json!("clerk-a")));
    let mine = site.get("/clues?mine=true", &one).await.good();
    assert_eq!(listed(&mine["items"]), [text(&made["id"])]);
    assert_eq!(listed(&site.get("/clues?mine=true", &two).await.good()["items"]), Vec::<String>::new());
    let answer = json!({ "finding": "not-confirmed", "text": "one name alone" });
    site.post(&format!("{path}/feedback"), &two, &answer).await.problem(409, "clue-not-yours");
    site.post(&format!("{path}/feedback"), &one, &answer).await.good();
    site.post(&format!("{path}/close"), &one, &json!({ "reason": "nothing in it" })).await.problem(409, "clue-own-answer");
    site.post(&format!("{path}/close"), &j.customs, &json!({ "reason": "nothing in it" })).await.problem(403, "forbidden");

    // Another authority sees what is shared with it, by page and by event.
    site.get(&path, &market).await.problem(404, "not-found");
    let shared = json!({ "with": "market-here", "scope": "clue", "reason": "a matter of labels" });
    site.post(&format!("{path}/sharing"), &one, &shared).await.good();
    let seen = site.get(&path, &market).await.good();
    assert_eq!((&seen["own"], &seen["status"], &seen["text"]), (&json!(false), &json!("shared"), &made["text"]));
    assert_eq!(
        (&seen["answers"], &seen["readings"], &seen["finding"], &seen["actions"]),
        (&json!([]), &json!([]), &json!(null), &json!([]))
    );
    assert_eq!(seen["shares"][0]["reason"], "a matter of labels");
    assert_eq!(listed(&site.get("/clues?whose=shared", &market).await.good()["items"]), [text(&made["id"])]);
    assert_eq!(listed(&site.get("/clues", &market).await.good()["items"]), Vec::<String>::new());
    site.get("/clues?whose=shared&finding=confirmed", &market).await.problem(400, "query-invalid");
    let found = site.get(&format!("/search?q={}", text(&made["id"])), &market).await.good();
    assert!(!found.to_string().contains("FINDING"), "{found}");
    assert!(!site.get("/worklist", &market).await.good().to_string().contains("clue"), "its row is its own authority's");
    let object = ledger::ObjectRef::new("clue", text(&made["id"]));
    for stored in site.app.store().events_of(&site.app.port().code, &object, None, 20).await.expect("events") {
        let event = format!("/events/{}", stored.event.id);
        assert!(site.get(&event, &one).await.good()["event"]["payload"]["seal"].is_string() || stored.event.kind == "clue.assigned");
        for stranger in [&market, &border, &j.trader, &j.office] {
            site.get(&event, stranger).await.problem(404, "not-found");
        }
    }
    for (stranger, status) in [(&border, 404), (&j.trader, 404), (&j.office, 404), (&j.terminal, 404)] {
        assert_eq!(site.get(&path, stranger).await.status.as_u16(), status);
    }
    let timeline = site.get(&format!("/cases/{}/timeline", j.container), &j.customs).await.good();
    assert!(!timeline.to_string().contains("clue."), "a clue is no part of the story of the box");

    let closed = site.post(&format!("{path}/close"), &two, &json!({ "reason": "nothing in it" })).await.good();
    assert_eq!((&closed["end"]["reason"], &closed["end"]["destroyed"]), (&json!("nothing in it"), &json!(false)));
    let found = site.get(&format!("/clues?about=container&value={}&finding=not-confirmed", j.number), &two).await.good();
    assert_eq!(listed(&found["items"]), [text(&made["id"])]);
    site.get("/clues?value=X", &two).await.problem(400, "query-invalid");
    let figures = site.get("/clues/figures", &two).await.good();
    let month = figures["items"].as_array().expect("months").last().expect("this month");
    assert_eq!((&month["registered"], &month["answered"], &month["confirmed_per_mille"]), (&json!(2), &json!(1), &json!(0)));
    let (from, to) = (text(&month["from"]), text(&month["to"]));
    let cases = site.get(&format!("/clues?from={from}&to={to}&finding=not-confirmed"), &two).await.good();
    assert_eq!(listed(&cases["items"]), [text(&made["id"])]);
    // A year later the file is gone.
    site.clock.forward(365 * 86_400_000);
    let session = site.session("clerk-a").await;
    let gone = site.get(&path, &session).await.good();
    assert_eq!((&gone["text"], &gone["value"], &gone["end"]["destroyed"]), (&json!(null), &json!(null), &json!(true)));
}
