//! Three authorities' instructions become one opening of one box through the API alone; and why each wanted it is told to nobody else, by any
//! of its answers.

use app::Role;
use codes::{ContainerNumber, Uscc};
use serde_json::{Value, json};

use crate::branches::manifest_form;
use crate::journey::{at, text};
use crate::site::{Site, request};

/// What every reason of this test holds.
const SECRET: &str = "tip-off";

struct Port {
    agent: String,
    terminal: String,
    trader: String,
    customs: String,
    border: String,
    market: String,
    office: String,
    number: String,
    container: String,
    bill: String,
}

/// A landed box, and everybody who has a part in it.
async fn port(site: &Site) -> Port {
    let district = site.app.port().customs_district.clone();
    let uscc = Uscc::synthetic("913302", 1).expect("a code").to_string();
    let agent = site.member("agent-blue", Role::Agent, None).await;
    let terminal = site.member("terminal-east", Role::Terminal, None).await;
    site.organisation("trader-one", Role::Trader, None, Some(uscc.clone())).await;
    let trader = site.key("trader-one").await;
    let office = site.member("office", Role::PortOffice, None).await;
    for (organisation, role, district) in [
        ("customs-here", Role::Customs, Some(district.as_str())),
        ("border-here", Role::Border, None),
        ("market-here", Role::MarketSupervision, None),
    ] {
        site.organisation(organisation, role, district, None).await;
        for person in ["one", "two"] {
            site.user(&format!("{organisation}.{person}"), organisation, None, true).await;
        }
    }
    let form = json!({ "ship_name": "DEMO STAR", "imo": "9074729", "flag": "SG", "voyage_in": "026E", "terminal": "terminal-east", "eta": at(site, 60) });
    let call = text(&site.post("/calls", &agent, &form).await.good()["id"]);
    let number = ContainerNumber::synthetic(1).to_string();
    let bill = "DEMOBL0001".to_owned();
    site.post("/manifests", &agent, &manifest_form(&call, &bill, &number, &uscc)).await.good();
    site.post(&format!("/calls/{call}/arrival"), &agent, &json!({ "at": at(site, -5) })).await.good();
    let landed = json!({ "reports": [{ "container": number, "call": call, "at": at(site, -2), "position": "A0101", "seal": "SEAL1", "packages": 100 }] });
    assert_eq!(site.post("/containers/discharge", &terminal, &landed).await.good()["accepted"], 1);
    Port {
        agent,
        terminal,
        trader,
        customs: site.session("customs-here.one").await,
        border: site.session("border-here.one").await,
        market: site.session("market-here.one").await,
        office,
        container: format!("{number}-{call}"),
        number,
        bill,
    }
}

fn instruction(site: &Site, subject: &str, value: &str, who: &str) -> Value {
    let until = site.app.now().plus_days(5).to_string();
    json!({ "subject": subject, "value": value, "from": at(site, 0), "to": until, "hold": true, "reason": format!("{SECRET} of {who}") })
}

fn answers(order: &Value) -> Vec<&str> {
    order["participants"].as_array().expect("participants").iter().map(|one| one["answer"].as_str().expect("an answer")).collect()
}

fn may(object: &Value, action: &str) -> bool {
    object["actions"].as_array().expect("actions").iter().any(|one| one == action)
}

/// Every item in order, by the person of a session.
fn part(order: &Value, organisation: &str) -> Value {
    let one = order["participants"].as_array().expect("participants").iter().find(|one| one["organisation"]["id"] == organisation);
    let checklist = one.expect("a participant")["checklist"].as_array().expect("a checklist").clone();
    let checks: Vec<Value> = checklist.iter().map(|item| json!({ "code": item["code"], "ok": true })).collect();
    json!({ "checks": checks, "clean": true, "note": "seen together", "officers": [format!("{organisation}.one"), format!("{organisation}.two")] })
}

#[tokio::test]
async fn three_instructions_become_one_opening_and_one_answer() {
    let site = Site::new().await;
    let p = port(&site).await;
    let of_border = site.post("/instructions", &p.border, &instruction(&site, "container", &p.number, "border")).await.good();
    let of_market = site.post("/instructions", &p.market, &instruction(&site, "bill", &p.bill, "market")).await.good();
    let of_customs = site.post("/instructions", &p.customs, &instruction(&site, "container", &p.container, "customs")).await.good();
    assert_eq!((&of_border["order"], &of_market["order"]), (&of_customs["order"], &of_customs["order"]), "one order");
    let path = format!("/joint-orders/{}", text(&of_border["order"]));
    let order = site.get(&path, &p.customs).await.good();
    assert_eq!((&order["status"], &order["lead"]["id"]), (&json!("proposed"), &json!("customs-here")));
    assert_eq!(order["participants"].as_array().map(Vec::len), Some(3));
    assert!(order["rules"]["en"].as_str().is_some_and(|text| text.contains("not verified")), "{order}");
    site.get(&path, &p.trader).await.problem(404, "not-found");

    // The lead takes a place at the site; the others answer.
    let tomorrow = site.app.now().plus_days(1).day(site.app.port().utc_offset_minutes);
    let slots = site.get(&format!("/inspections/slots?day={tomorrow}"), &p.market).await.good();
    let slot = json!({ "slot_start": slots["items"][0]["start"] });
    site.post(&format!("{path}/schedule"), &p.border, &slot).await.problem(409, "joint-order-not-lead");
    assert!(may(&order, "joint-order.schedule") && !may(&site.get(&path, &p.border).await.good(), "joint-order.schedule"));
    site.post(&format!("{path}/schedule"), &p.customs, &slot).await.good();
    site.post(&format!("{path}/answer"), &p.border, &json!({ "answer": "other-time" })).await.problem(400, "joint-order-slot");
    site.post(&format!("{path}/answer"), &p.border, &json!({ "answer": "confirm" })).await.good();
    let order = site.post(&format!("{path}/answer"), &p.market, &json!({ "answer": "confirm" })).await.good();
    assert_eq!((order["status"].as_str(), answers(&order)), (Some("confirmed"), vec!["confirmed"; 3]));
    let todo = site.get("/worklist?mine=true", &p.market).await.good();
    assert!(todo["items"].as_array().expect("rows").iter().any(|row| row["action"] == "record-part"), "{todo}");

    // Terminal and trader are told now, without what is checked and by whom.
    let told = site.get(&path, &p.terminal).await.good();
    assert!(may(&told, "joint-order.present"));
    assert_eq!((&told["participants"][0]["checklist"], &told["participants"][0]["hold"]), (&json!([]), &Value::Null));
    let agreed = site.post(&format!("{path}/no-presence"), &p.trader, &json!({})).await.good();
    assert_eq!(agreed["no_presence_by"]["id"], "trader-one");
    site.post(&format!("{path}/arrival"), &p.terminal, &json!({ "container": p.number, "at": at(&site, 0) })).await.good();
    site.post(&format!("{path}/opening"), &p.market, &json!({ "container": p.number })).await.problem(409, "joint-order-not-lead");
    let opened = site.post(&format!("{path}/opening"), &p.customs, &json!({ "container": p.number })).await.good();
    assert!(opened["boxes"][0]["opened_at"].is_string());
    site.post(&format!("{path}/opening"), &p.customs, &json!({ "container": p.number })).await.problem(409, "joint-order-opened");
    for (session, organisation) in [(&p.market, "market-here"), (&p.border, "border-here")] {
        site.post(&format!("{path}/part"), session, &part(&order, organisation)).await.good();
    }
    let result = json!({ "disposition": "18", "findings": "as declared", "seals": [{ "container": p.number, "seal": "JOINT1" }] });
    site.post(&format!("{path}/result"), &p.customs, &result).await.problem(409, "joint-order-parts-open");
    site.post(&format!("{path}/part"), &p.customs, &part(&order, "customs-here")).await.good();
    let held = site.get(&format!("/containers/{}", p.container), &p.terminal).await.good();
    assert_eq!(held["status"], "at-inspection");
    let done = site.post(&format!("{path}/result"), &p.customs, &result).await.good();
    assert_eq!(
        (&done["status"], &done["result"]["released"], &done["result"]["consequence"]),
        (&json!("released"), &json!(true), &json!("release"))
    );
    site.post(&format!("{path}/result"), &p.customs, &result).await.problem(409, "joint-order-result-exists");
    for (id, key) in [(&of_border, &p.border), (&of_market, &p.market), (&of_customs, &p.customs)] {
        let settled = site.get(&format!("/instructions/{}", text(&id["id"])), key).await.good();
        assert_eq!((&settled["status"], &settled["disposition"]), (&json!("settled"), &json!("18")));
    }
    assert_eq!(site.get(&path, &p.trader).await.good()["result"]["findings"], "as declared");
    let timeline = site.get(&format!("/cases/{}/timeline", p.container), &p.trader).await.good();
    let kinds: Vec<&str> = timeline["items"].as_array().expect("events").iter().map(|e| e["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "joint-order.opened").count(), 1);
    assert!(kinds.contains(&"joint-order.fees-exempted") && kinds.contains(&"joint-order.concluded"), "{kinds:?}");
}

#[tokio::test]
async fn no_answer_of_the_api_tells_one_authority_why_another_acts() {
    let site = Site::new().await;
    let p = port(&site).await;
    let placed = site.post("/instructions", &p.border, &instruction(&site, "container", &p.number, "border")).await.good();
    let (id, order) = (text(&placed["id"]), text(&placed["order"]));
    site.post("/instructions", &p.market, &instruction(&site, "container", &p.number, "market")).await.good();
    let person = site.post("/instructions", &p.border, &instruction(&site, "person", "E12345678", "border")).await.good();
    assert_eq!((&person["subject"]["name"], &person["subject"]["id"]), (&json!("E12345678"), &Value::Null));
    let path = format!("/instructions/{id}");
    assert!(site.get(&path, &p.border).await.good()["reason"].as_str().is_some_and(|text| text.contains(SECRET)));
    let gone = site.post(&format!("{path}/withdraw"), &p.border, &json!({ "reason": format!("{SECRET} was wrong") })).await.good();
    assert!(gone["withdrawn_reason"].as_str().is_some_and(|text| text.contains("was wrong")));

    let administrator = site.member("desk", Role::Admin, None).await;
    let far = site.member("customs-far", Role::Customs, Some("2301")).await;
    for (who, key) in [
        ("market", &p.market),
        ("customs", &p.customs),
        ("another customs", &far),
        ("port office", &p.office),
        ("trader", &p.trader),
        ("agent", &p.agent),
        ("terminal", &p.terminal),
        ("administrator", &administrator),
    ] {
        let refused = site.get(&path, key).await.status.as_u16();
        assert!([403, 404].contains(&refused), "{who}: {refused}");
        let mut paths = vec![
            "/instructions".to_owned(),
            "/joint-orders".to_owned(),
            format!("/joint-orders/{order}"),
            "/worklist?mine=false".to_owned(),
            "/worklist/tally?mine=false".to_owned(),
            format!("/search?q={id}"),
            format!("/search?q={}", p.number),
            format!("/cases/{}?timeline=200", p.container),
            format!("/cases/{}/timeline", p.container),
            format!("/cases/{}/timeline.csv", p.container),
            format!("/containers/{}", p.container),
            format!("/bills/{}", p.bill),
        ];
        // Every event of the ledger by its id.
        let mut after = None;
        loop {
            let events = site.app.store().events_after(&site.app.port().code, after, 500).await.expect("events");
            let Some(last) = events.last() else { break };
            after = Some(last.position);
            paths.extend(events.iter().map(|stored| format!("/events/{}", stored.event.id)));
            paths.extend(events.iter().map(|stored| format!("/events/{}/receipt", stored.event.id)));
        }
        for path in paths {
            let answer = site
                .send(request("GET", &format!("/api/v1{path}")).header(header(key).0, header(key).1).body("".into()).expect("a request"))
                .await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            let own = who == "market" && path == "/instructions";
            assert!(own || !text.contains(SECRET), "{who} {path}");
            assert!(
                !text.contains(&format!("{SECRET} of border")) && !text.contains("was wrong") && !text.contains("E12345678"),
                "{who} {path}"
            );
        }
        let found = site.get(&format!("/search?q={id}"), key).await;
        if found.status.is_success() {
            assert_eq!(found.json()["items"], json!([]), "{who} does not even find it");
        }
    }
}

/// A session or a key, as a header.
fn header(key: &str) -> (&'static str, &str) {
    if key.starts_with("fairway_session=") { ("cookie", key) } else { ("authorization", key) }
}
