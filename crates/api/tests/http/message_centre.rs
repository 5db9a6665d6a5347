//! The message centre: found, checked, repaired by the desk in the sender's name, compared, counted.

use app::Role;
use serde_json::{Value, json};

use crate::site::{Reply, Site, request};

const BROKEN: &str = "UNB+UNOA:3+XAGENT+FAIRWAY+261126:0800+R77'UNH+1+QUOTES:D:95B:UN'BGM+310+DOC-77+9'UNT+9+1'UNZ+1+R77'";

async fn send(site: &Site, key: &str, path: &str, text: &str) -> Reply {
    let request = request("POST", &format!("/api/v1{path}")).header("authorization", key);
    site.send(request.header("content-type", "application/octet-stream").body(text.to_owned().into()).expect("a request")).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[tokio::test]
async fn a_desk_takes_a_broken_message_from_red_to_processed() {
    let site = Site::new().await;
    let agent = site.member("x-agent", Role::Agent, None).await;
    let other = site.member("y-agent", Role::Agent, None).await;
    let desk = site.member("x-office", Role::PortOffice, None).await;
    let sent = send(&site, &agent, "/messages", BROKEN).await;
    let message = sent.good();
    let id = text(&message["id"]);
    assert_eq!(
        (&message["status"], &message["errors"], &message["outcomes"][0]["outcome"]),
        (&json!("rejected"), &json!(1), &json!("refused"))
    );

    // Found by what a clerk knows of it, and by nothing else; a stranger finds nothing.
    let found = |key: String, query: &'static str| {
        let site = &site;
        async move { site.get(&format!("/messages?{query}"), &key).await.good()["items"].as_array().expect("items").len() }
    };
    for query in [
        "q=R77&direction=in",
        // The answer is found by what it answers.
        "q=R77&direction=out",
        "q=DOC-77&direction=in",
        "type=QUOTES",
        "code=EDI-UNT-COUNT",
        "channel=api&type=quotes",
        "partner=x-agent&direction=in",
        "waiting=true",
        "status=rejected&code=edi-unt-count&from=2020-01-01",
    ] {
        assert_eq!(found(desk.clone(), query).await, 1, "{query}");
    }
    for query in ["type=COARRI", "code=EDI-UNZ-COUNT", "partner=y-agent", "type=QUOTES&channel=folder", "to=2020-01-01"] {
        assert_eq!(found(desk.clone(), query).await, 0, "{query}");
    }
    assert_eq!(found(other.clone(), "waiting=true").await, 0);
    assert_eq!(site.get("/messages/counts", &desk).await.good()["to_repair"], 1);
    assert_eq!(site.get("/messages/counts", &other).await.good()["to_repair"], 0);

    // Checked without being stored; the suggestion puts it right.
    let check = site.post(&format!("/messages/{id}/check"), &desk, &json!({ "edits": [] })).await.good();
    let suggestion = &check["suggestions"][0];
    assert_eq!((&suggestion["code"], &suggestion["edit"]["text"]), (&json!("EDI-UNT-COUNT"), &json!("3")));
    let edits = json!({ "edits": [suggestion["edit"]] });
    let check = site.post(&format!("/messages/{id}/check"), &desk, &edits).await.good();
    assert_eq!((&check["messages"][0]["usable"], &check["suggestions"]), (&json!(true), &json!([])), "{check}");
    site.post(&format!("/messages/{id}/check"), &desk, &json!({ "edits": [{ "offset": 9999, "length": 1, "text": "" }] }))
        .await
        .problem(400, "message-edit-place");
    let clean = send(&site, &agent, "/messages/check", BROKEN).await.good();
    assert_eq!(clean["findings"].as_array().map(|f| f.iter().any(|f| f["code"] == "EDI-UNT-COUNT")), Some(true));
    assert_eq!(found(desk.clone(), "type=QUOTES").await, 1, "a check stores nothing");

    // Repaired by the desk: a new message beside the old one, processed.
    site.post(&format!("/messages/{id}/repair"), &desk, &edits).await.problem(400, "message-reason");
    let repair = json!({ "edits": [suggestion["edit"]], "reason": "checked with the sender" });
    site.post(&format!("/messages/{id}/repair"), &other, &repair).await.problem(404, "not-found");
    let stale = request("POST", &format!("/api/v1/messages/{id}/repair")).header("authorization", &desk).header("if-match", "\"1\"");
    let stale = stale.header("content-type", "application/json").body(repair.to_string().into()).expect("a request");
    site.send(stale).await.problem(412, "stale");
    let reply = site.post(&format!("/messages/{id}/repair"), &desk, &repair).await;
    assert_eq!(reply.status.as_u16(), 201);
    let repaired = reply.good();
    let by = text(&repaired["id"]);
    assert_eq!(
        (&repaired["status"], &repaired["repair"]["of"], &repaired["partner"]["id"]),
        (&json!("processed"), &json!(id), &json!("x-agent"))
    );
    site.post(&format!("/messages/{id}/repair"), &desk, &repair).await.problem(409, "message-already-repaired");
    let former = site.get(&format!("/messages/{id}"), &agent).await.good();
    assert_eq!((&former["status"], &former["repaired_by"], &former["actions"]), (&json!("repaired"), &json!(by), &json!([])));
    assert_eq!(site.get(&format!("/messages/{id}/raw"), &agent).await.bytes, BROKEN.as_bytes());
    assert_eq!(site.get(&format!("/messages/{by}/raw"), &agent).await.bytes, BROKEN.replace("UNT+9", "UNT+3").as_bytes());

    // The trail says who, when, why and what; the comparison shows the very place.
    let trail = site.get(&format!("/messages/{by}/trail"), &agent).await.good();
    let steps: Vec<(&str, &str)> = trail["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|e| (e["kind"].as_str().expect("kind"), e["organisation"]["id"].as_str().unwrap_or("")))
        .collect();
    let expected = [
        ("message.received", "x-agent"),
        ("message.rejected", "x-agent"),
        ("message.repaired", "x-office"),
        ("message.received", "x-office"),
        ("message.processed", "x-agent"),
    ];
    assert_eq!(steps, expected);
    let change = &trail["items"][3];
    assert_eq!(
        (&change["reason"], &change["edits"][0]["before"], &change["edits"][0]["after"]),
        (&json!("checked with the sender"), &json!("9"), &json!("3"))
    );
    let compared = site.get(&format!("/messages/{by}/comparison"), &agent).await.good();
    let changed: Vec<&Value> = compared["rows"].as_array().expect("rows").iter().filter(|row| row["kind"] == "changed").collect();
    assert_eq!((changed.len(), &changed[0]["before"]["text"], &changed[0]["after"]["text"]), (1, &json!("UNT+9+1"), &json!("UNT+3+1")));
    site.get(&format!("/messages/{id}/comparison"), &agent).await.problem(400, "message-no-comparison");

    // Counted.
    let figures = site.get("/messages/statistics", &desk).await.good();
    assert_eq!(
        (&figures["total"]["received"], &figures["total"]["rejected"], &figures["repairs"]["mended"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(
        (&figures["faults"][0]["code"], &figures["faults"][0]["partners"][0]["partner"]["id"]),
        (&json!("EDI-UNT-COUNT"), &json!("x-agent"))
    );
    assert_eq!(figures["days"].as_array().map(Vec::len), Some(30));
    assert_eq!(
        site.get("/messages/statistics?partner=x-agent", &other).await.good()["total"]["received"],
        0,
        "a partner sees its own figures"
    );
    site.get("/messages/statistics?from=2020-01-01&to=2026-01-01", &desk).await.problem(400, "period");
    let table = site.get("/messages/export?type=QUOTES", &desk).await;
    let table = String::from_utf8(table.bytes).expect("UTF-8");
    assert_eq!((table.lines().count(), table.contains("EDI-UNT-COUNT")), (3, true), "{table}");
}

#[tokio::test]
async fn trade_secrets_are_for_their_own_partner() {
    let site = Site::new().await;
    let agent = site.member("x-agent", Role::Agent, None).await;
    let desk = site.member("x-office", Role::PortOffice, None).await;
    let manifest =
        "UNB+UNOA:3+XAGENT+FAIRWAY+261126:0800+M1'UNH+1+CUSCAR:D:95B:UN'BGM+785+MAN-1+9'NAD+CN+++SECRET BUYER LTD'UNT+9+1'UNZ+1+M1'";
    let id = text(&send(&site, &agent, "/messages", manifest).await.good()["id"]);
    assert_eq!(site.get(&format!("/messages/{id}/raw"), &agent).await.bytes, manifest.as_bytes());
    site.get(&format!("/messages/{id}/raw"), &desk).await.problem(403, "message-confidential");
    let shown = site.get(&format!("/messages/{id}"), &desk).await.good();
    assert_eq!(shown["plain"], false);
    for path in [format!("/messages/{id}"), format!("/messages/{id}/segments"), format!("/messages/{id}/trail")] {
        let told = String::from_utf8(site.get(&path, &desk).await.bytes).expect("UTF-8");
        assert!(!told.contains("SECRET"), "{path}: {told}");
    }
    let trail = site.get(&format!("/messages/{id}/trail"), &desk).await.good();
    let event = text(&trail["items"][1]["event_id"]);
    assert_eq!(site.get(&format!("/events/{event}"), &desk).await.good()["event"]["payload"], Value::Null);
    site.get(&format!("/events/{event}/receipt"), &desk).await.problem(403, "receipt-masked");
    let own = String::from_utf8(site.get(&format!("/messages/{id}/segments"), &agent).await.bytes).expect("UTF-8");
    assert!(own.contains("SECRET BUYER"));
    let nad = manifest.find("SECRET").expect("party");
    let change = json!({ "edits": [{ "offset": nad, "length": 6, "text": "OTHER" }], "reason": "x" });
    site.post(&format!("/messages/{id}/repair"), &desk, &change).await.problem(400, "message-confidential");
    site.post(&format!("/messages/{id}/check"), &desk, &json!({ "edits": change["edits"] })).await.problem(400, "message-confidential");
    let count = manifest.find("UNT+9").expect("UNT") + 4;
    let frame = json!({ "edits": [{ "offset": count, "length": 1, "text": "4" }], "reason": "count" });
    let by = text(&site.post(&format!("/messages/{id}/repair"), &desk, &frame).await.good()["id"]);
    let compared = String::from_utf8(site.get(&format!("/messages/{by}/comparison"), &desk).await.bytes).expect("UTF-8");
    assert!(!compared.contains("SECRET") && compared.contains("UNT+4+1"), "{compared}");
}

#[tokio::test]
async fn a_closed_message_says_why_and_waits_no_more() {
    let site = Site::new().await;
    let agent = site.member("x-agent", Role::Agent, None).await;
    let id = text(&send(&site, &agent, "/messages", BROKEN).await.good()["id"]);
    site.post(&format!("/messages/{id}/close"), &agent, &json!({})).await.problem(400, "message-reason");
    let closed = site.post(&format!("/messages/{id}/close"), &agent, &json!({ "reason": "a test" })).await.good();
    assert_eq!((&closed["status"], &closed["closed_reason"]), (&json!("closed"), &json!("a test")));
    assert_eq!(site.get("/messages/counts", &agent).await.good()["to_repair"], 0);
    site.post(&format!("/messages/{id}/repair"), &agent, &json!({ "edits": [], "reason": "again" })).await.problem(409, "message-closed");
}

/// A list of one seafarer and one passenger of the journey's ship, with births, papers and places; a wrong count keeps it red.
fn persons(count: &str) -> String {
    let body = [
        "UNH+1+PAXLST:D:05B:UN'",
        "BGM+250+CREW-1+9'",
        "DTM+137:202611260800:203'",
        "NAD+MS+++SYNTHETIC AGENCY'",
        "TDT+20+026E+1+++++9074729:146:11:DEMO STAR'",
        "LOC+92+CNLYG:139:6'",
        "NAD+FM+++LIN:XIAOHAI'",
        "ATT+2++M'",
        "DTM+329:19900412:102'",
        "LOC+180+:::SOUTHPORT'",
        "NAT+2+CHN'",
        "DOC+39:110:111+K77553311'",
        "NAD+FL+++DOE:JOHANNA'",
        "DTM+329:19711103:102'",
        "NAT+2+DEU'",
        "DOC+P:110:111+C01X00T47'",
    ];
    format!("UNB+UNOA:3+BLUE+FAIRWAY+261126:0800+P1'{}UNT+{count}+1'UNZ+1+P1'", body.concat())
}

/// What tells who somebody is.
const PERSONAL: [&str; 10] = ["XIAOHAI", "JOHANNA", "LIN", "DOE", "19900412", "19711103", "SOUTHPORT", "K77553311", "C01X00T47", "1990"];

#[track_caller]
fn tells_nobody(what: &str, text: &str) {
    for word in PERSONAL {
        assert!(!text.contains(word), "{what} tells {word}: {text}");
    }
}

#[tokio::test]
async fn names_of_persons_are_for_the_authority_that_needs_them_and_every_look_is_in_the_log() {
    let site = Site::new().await;
    let district = site.app.port().customs_district.clone();
    let agent = site.member("agent-blue", Role::Agent, None).await;
    let other = site.member("agent-red", Role::Agent, None).await;
    let terminal = site.member("terminal-east", Role::Terminal, None).await;
    let desk = site.member("office", Role::PortOffice, None).await;
    let customs = site.member("customs-here", Role::Customs, Some(&district)).await;
    let far = site.member("customs-far", Role::Customs, Some("2301")).await;
    let eta = site.app.now().plus_minutes(60).to_string();
    let form = json!({ "ship_name": "DEMO STAR", "imo": "9074729", "voyage_in": "026E", "terminal": "terminal-east", "eta": eta });
    let call = text(&site.post("/calls", &agent, &form).await.good()["id"]);

    // Red at first, so that the desk has something to repair; then right.
    let red = send(&site, &agent, "/messages", &persons("99")).await.good();
    let id = text(&red["id"]);
    assert_eq!(red["status"], "rejected");
    let good = send(&site, &agent, "/messages", &persons("17").replace("CREW-1", "CREW-2").replace("P1'", "P2'")).await.good();
    let done = text(&good["id"]);
    assert!(text(&good["status"]).starts_with("processed"), "{good}");

    // The desk: bytes, tree, findings, repair with its check, trail and comparison.
    for message in [&id, &done] {
        site.get(&format!("/messages/{message}/raw"), &desk).await.problem(403, "message-confidential");
        let tree = site.get(&format!("/messages/{message}/segments?limit=1000"), &desk).await.good();
        tells_nobody("the tree", &tree.to_string());
        let shown = tree.to_string();
        assert!(shown.contains("DEMO STAR") && shown.contains("LOC+92+CNLYG") && shown.contains("DTM+137:202611260800"), "{shown}");
        assert!(shown.contains("NAD+FM+++") && shown.contains("DTM+329:••••••••"), "{shown}");
        tells_nobody("the message", &site.get(&format!("/messages/{message}"), &desk).await.good().to_string());
    }
    let check = site.post(&format!("/messages/{id}/check"), &desk, &json!({ "edits": [] })).await.good();
    tells_nobody("the check", &check.to_string());
    let repair = json!({ "edits": [check["suggestions"][0]["edit"]], "reason": "counted anew" });
    let repaired = text(&site.post(&format!("/messages/{id}/repair"), &desk, &repair).await.good()["id"]);
    for path in
        [format!("/messages/{repaired}/segments"), format!("/messages/{repaired}/comparison"), format!("/messages/{repaired}/trail")]
    {
        tells_nobody(&path, &site.get(&path, &desk).await.good().to_string());
    }
    // A birth is no frame: it cannot be edited unseen.
    let birth = persons("99").find("DTM+329").expect("a birth");
    let edit = json!({ "edits": [{ "offset": birth + 8, "length": 4, "text": "1980" }], "reason": "x" });
    site.post(&format!("/messages/{id}/check"), &desk, &json!({ "edits": edit["edits"] })).await.problem(400, "message-confidential");
    // Searches know the ship and the document, and nobody on board; nor does the timeline of the ship, or what goes to the terminal.
    for who in [&desk, &customs, &terminal] {
        for word in ["XIAOHAI", "JOHANNA", "K77553311", "C01X00T47"] {
            let found = site.get(&format!("/search?q={word}"), who).await.good();
            assert_eq!(found["items"].as_array().map(Vec::len), Some(0), "{word}: {found}");
        }
    }
    assert_eq!(site.get("/messages?q=XIAOHAI", &desk).await.good()["items"], json!([]));
    assert_eq!(site.get("/messages?q=CREW-2", &desk).await.good()["items"].as_array().map(|rows| rows.is_empty()), Some(false));
    for who in [&desk, &terminal, &customs] {
        tells_nobody("the call", &site.get(&format!("/calls/{call}"), who).await.good().to_string());
    }
    assert!(site.get(&format!("/messages/{done}/raw"), &agent).await.status.is_success(), "its sender sees what it sent");
    site.get(&format!("/messages/{done}"), &other).await.problem(404, "not-found");

    // Customs of the port needs them, and nobody else gets them.
    let path = format!("/calls/{call}/persons");
    let page = site.get(&format!("{path}?limit=1"), &customs).await.good();
    assert_eq!(
        page["items"][0],
        json!({
            "crew": true, "name": "LIN XIAOHAI", "rank": null, "sex": "M", "birth": "19900412", "nationality": "CHN",
            "document_kind": "39", "document_number": "K77553311"
        })
    );
    let next = text(&page["next"]);
    let rest = site.get(&format!("{path}?cursor={next}"), &customs).await.good();
    assert_eq!((&rest["items"][0]["name"], &rest["items"][0]["crew"], &rest["next"]), (&json!("DOE JOHANNA"), &json!(false), &Value::Null));
    site.get(&format!("{path}?cursor=x"), &customs).await.problem(400, "query-invalid");
    // Who has a part in the call is told that it is not for him; to the others there is no such thing.
    for (who, status) in [(&agent, 403), (&terminal, 403), (&desk, 404), (&other, 404), (&far, 404)] {
        let refused = site.get(&path, who).await;
        assert_eq!(refused.status.as_u16(), status, "{}", String::from_utf8_lossy(&refused.bytes));
        tells_nobody("a refusal", &String::from_utf8_lossy(&refused.bytes));
    }
    let admin = site.member("admin", Role::Admin, None).await;
    let log = site.get("/admin/audit?action=persons.read&limit=200", &admin).await.good();
    let outcomes = |organisation: &str, outcome: &str| {
        log["items"].as_array().expect("rows").iter().filter(|row| row["organisation"] == organisation && row["outcome"] == outcome).count()
    };
    assert!(outcomes("customs-here", "allowed") >= 2, "{log}");
    assert!(outcomes("terminal-east", "refused") >= 1, "{log}");
}
