//! What each role of an organisation that has nothing to do with a case gets from every operation of the API.

use std::collections::{BTreeMap, BTreeSet};

use app::Role;
use serde_json::{Value, json};
use store::AuditQuery;

use crate::journey::Journey;
use crate::rights_table::TABLE;
use crate::site::{Site, call};

const ROLES: [&str; 12] = [
    "public",
    "trader",
    "agent",
    "terminal",
    "trucker",
    "customs",
    "maritime",
    "border",
    "port-authority",
    "market-supervision",
    "port-office",
    "admin",
];

/// One letter for what an answer means.
fn letter(status: u16) -> char {
    match status {
        200..=299 | 304 => '+',
        400 | 409 | 412 | 413 | 415 | 422 | 428 => 'i',
        401 => '-',
        403 => 'F',
        404 => 'N',
        other => panic!("{other} is no answer that rights give"),
    }
}

/// The address with the ids of a case of other organisations.
fn address(path: &str, j: &Journey, day: &str) -> String {
    if path == "/formats/{type}/{version}" {
        return "/formats/COARRI/D.95B".to_owned();
    }
    let id = match path.split('/').nth(1).unwrap_or("") {
        "calls" | "discharge-orders" => &j.call,
        "manifests" => &j.manifest,
        "manifest-changes" => &j.change,
        "loading-orders" => &j.onward,
        "transhipments" => &j.transhipment,
        "conveyances" => &j.train,
        "waybills" => &j.waybill,
        "outbound-bills" => &j.outbound,
        "bills" => &j.bill,
        "message-alarms" => "silent.trader-one",
        "messages" => &j.message,
        "partners" => "agent-blue",
        "mailbox" => &j.mail,
        "declarations" => &j.declaration,
        "attachments" => &j.attachment,
        "national" if path.contains("connectors") => "tax",
        "national" => &j.transmission,
        "inspections" => &j.inspection,
        "image-tasks" => &j.image_task,
        "scans" => &j.scan,
        "samples" => &j.sample,
        "testing-bodies" => &j.testing_body,
        "third-party-reports" => &j.third_party,
        "instructions" => &j.instruction,
        "clues" => &j.clue,
        "joint-orders" => &j.joint_order,
        "field-records" => &j.field_record,
        "daily" | "roster" => day,
        "daily-reports" => &j.daily_report,
        "duty-notices" => &j.notice,
        "payments" => &j.payment,
        "agency-agreements" => &j.agreement,
        "containers" => &j.container,
        "delivery-orders" => &j.order,
        "bookings" => &j.booking,
        "gate" => &j.gate,
        "eirs" => &j.eir,
        "cases" => &j.container,
        "alarms" => &j.alarm,
        "alarm-rules" => "inspection-not-moved",
        "equipment" => "terminal-east.QC01",
        "equipment-alarms" => "terminal-east.QC01.E1",
        "tally-reports" => &j.container,
        "data-resources" => "gate-events",
        "sharing-agreements" => &j.sharing,
        "data-deliveries" => &j.data_delivery,
        "rule-tables" => "import-inspection-rate",
        "events" => &j.event,
        "codes" => "currency",
        _ if path.starts_with("/public/documents") => &j.code,
        _ if path.starts_with("/public/draws") => day,
        _ if path.starts_with("/admin/organisations") => "trader-one",
        _ if path.starts_with("/admin/routes") => "trader-one",
        _ if path.starts_with("/admin/users") => "officer-a",
        _ if path.starts_with("/admin/api-keys") => "victim.test",
        _ if path.starts_with("/admin/outbox") => &j.payment,
        _ => "",
    };
    let filled: Vec<&str> = path
        .split('/')
        .map(|part| match part {
            "{number}"
                if path.starts_with("/eirs")
                    || path.starts_with("/field-records")
                    || path.starts_with("/rule-tables")
                    || path.starts_with("/inspection-site") =>
            {
                "1"
            }
            part if part.starts_with('{') => id,
            part => part,
        })
        .collect();
    let query = match path {
        "/scans" => "?taken_at=2026-11-27T00%3A00%3A00Z".to_owned(),
        "/slots" => format!("?terminal=terminal-east&day={day}"),
        "/search" => format!("?q={}", j.bill),
        "/ledger/consistency" => "?from=1".to_owned(),
        "/public/track" => format!("?number={}&check=0001", j.number),
        _ => String::new(),
    };
    format!("{}{query}", filled.join("/"))
}

/// A body of the right shape, so that it is the rights that decide.
fn body(method: &str, path: &str, j: &Journey, now: &str, role: &str) -> Option<Value> {
    let last = path.rsplit('/').next().unwrap_or("");
    if method != "POST" && method != "PUT" {
        return None;
    }
    Some(match (method, path) {
        // Guessing at one account is slowed down: each asks for another one.
        ("POST", "/session") => json!({ "user": format!("nobody-{role}"), "password": "no password" }),
        ("POST", "/demo/login") => json!({ "user": format!("nobody-{role}") }),
        ("POST", "/calls") => json!({ "ship_name": "X", "imo": "9074729", "voyage_in": "1", "terminal": "terminal-east", "eta": now }),
        ("POST", "/discharge-orders" | "/discharge-orders/check") => json!({ "call": j.call }),
        ("POST", "/loading-orders" | "/loading-orders/check") => json!({ "call": j.onward }),
        ("POST", "/loading-orders/{id}/loaded") => json!({ "boxes": [{ "container": j.number, "at": now }] }),
        ("POST", "/discharge-orders/{id}/explain" | "/loading-orders/{id}/explain") => json!({ "note": "a note" }),
        ("POST", "/manifest-changes") => json!({ "bill": j.bill, "reason": "999" }),
        ("POST", "/containers/{id}/review-alarms") => json!({ "note": "a note" }),
        ("POST", "/manifests" | "/manifests/check") => json!({ "call": j.call, "function": "original", "bills": [] }),
        ("POST", "/containers/discharge") => json!({ "reports": [{ "container": j.number, "call": j.call, "at": now, "position": "A1" }] }),
        ("POST", "/tally-reports") => json!({ "reports": [{ "container": j.number, "call": j.call, "at": now, "packages": 1 }] }),
        ("POST", "/tally-reports/{id}/review") => json!({ "corrections": 0, "note": "seen" }),
        ("POST", "/transhipments") => json!({ "container": j.container, "onward_call": j.call, "next_port": "KRPUS" }),
        ("POST", "/transhipments/{id}/release") => json!({ "reason": "a reason" }),
        ("POST", "/transhipments/{id}/load") => json!({ "at": now }),
        ("POST", "/conveyances") => json!({
            "mode": "rail", "flow": "import", "number": "?", "day": "2026-11-27", "origin": "A", "destination": "B", "expected_at": now,
            "terminal": "terminal-east"
        }),
        ("POST", "/conveyances/{id}/papers") => json!({ "kind": "waybill", "name": "x.pdf", "sha256": "00" }),
        ("POST", "/conveyances/{id}/sheets" | "/conveyances/{id}/sheets/delete") => json!({ "sheet": "import-tally", "lines": [] }),
        ("POST", "/waybills/{number}/release") => json!({ "mode": "06" }),
        ("POST", "/outbound-bills") => json!({ "call": j.call, "bills": [] }),
        ("POST", "/status-events") => json!({ "events": [{ "container": j.container, "kind": "moved", "at": now, "position": "A1" }] }),
        ("POST", "/guarantees") => json!({
            "principal": "trader-one", "guarantor": "SYNTHETIC BANK", "kind": "bank-letter", "limit": { "amount_minor": 100, "currency": "CNY" },
            "valid_from": "2026-01-01", "valid_to": "2027-01-01"
        }),
        ("POST", "/inspections/{id}/sampling") => json!({ "line": 1, "items": ["composition"], "reason": "a reason" }),
        ("POST", "/inspections/{id}/sampling/waive") => json!({ "line": 1, "reason": "a reason" }),
        ("POST", "/inspections/{id}/samples") => {
            json!({ "line": 1, "container": j.number, "quantity": "1", "unit": "kg", "seal": "S9", "laboratory": "LAB-1", "at": now })
        }
        ("POST", "/inspections/{id}/third-party-reports") => json!({
            "line": 1, "body": j.testing_body, "number": "R", "bill": j.bill, "sampled_on": "2026-01-01", "issued_on": "2026-01-01",
            "results": [], "conclusion": "pass", "file": "00"
        }),
        ("POST", "/samples/{id}/hand-overs") => {
            json!({ "part": "test", "act": "send", "took": { "kind": "carrier", "name": "x" }, "seal": "S", "seal_whole": true, "at": now })
        }
        ("POST", "/samples/{id}/chain-decision") => json!({ "usable": true, "reason": "a reason" }),
        ("POST", "/samples/{id}/report") => json!({ "results": [], "conclusion": "pass" }),
        ("POST", "/samples/{id}/retest") => json!({ "reason": "a reason" }),
        ("POST", "/testing-bodies") => json!({
            "name": { "zh": "x", "en": "x" }, "number": "x", "hs_prefixes": ["08"], "items": ["composition"], "valid_from": "2026-01-01",
            "valid_to": "2026-12-31", "source": "x"
        }),
        ("POST", "/testing-bodies/{id}/decision") => json!({ "step": "confirm" }),
        ("POST", "/third-party-reports/{id}/accept") => json!({ "verified": "by telephone" }),
        ("POST", "/third-party-reports/{id}/audit") => json!({ "confirmed": true, "note": "a note" }),
        ("POST", "/instructions") => {
            json!({ "subject": "container", "value": "ZZZU9999999", "from": now, "to": now, "hold": true, "reason": "a reason" })
        }
        ("POST", "/inspection-site/rule/versions") => json!({ "classes": [], "valid_from": now }),
        ("POST", "/clues") => {
            json!({ "source": "patrol", "about": "plate", "value": "?", "severity": "low", "text": "a text" })
        }
        ("POST", "/clues/{id}/close") => json!({ "reason": "a reason" }),
        ("POST", "/field-records") => json!({
            "id": "0".repeat(32), "user": "nobody", "order_kind": "inspection", "order": j.inspection, "recorded_at": now, "sent_at": now
        }),
        ("POST", "/joint-orders/{id}/result") => json!({ "disposition": "18", "findings": "", "seals": [] }),
        ("POST", "/joint-orders/{id}/close") => json!({ "disposition": "11", "note": "a note" }),
        ("POST", "/delivery-orders") => json!({ "bill_no": j.bill }),
        ("POST", "/agency-agreements") => {
            json!({ "principal": "trader-one", "agent": "trucker-one", "acts": ["declaration"], "valid_from": "2026-01-01", "valid_to": "2027-01-01" })
        }
        ("POST", "/slots") => json!({ "start": now, "capacity": 1 }),
        ("POST", "/bookings") => {
            json!({ "container": j.container, "slot_start": now, "plate": "A1", "driver_name": "X", "driver_phone": "13800001234" })
        }
        ("POST", "/gate/decisions") => json!({ "direction": "in", "lane": "1", "plate": "A1", "container": j.number }),
        ("POST", "/admin/organisations") => json!({ "id": "trader-one", "name": { "zh": "x", "en": "x" }, "role": "trader" }),
        ("PUT", "/admin/organisations/{id}") => json!({ "name": { "zh": "x", "en": "x" }, "role": "trader" }),
        ("POST", "/admin/users") => {
            json!({ "id": "officer-a", "name": { "zh": "x", "en": "x" }, "organisation": "trader-one", "password": "0123456789" })
        }
        ("POST", "/admin/api-keys") => json!({ "organisation": "trader-one", "name": "x" }),
        ("PUT", "/admin/routes/{sender}/{recipient}") => json!({ "kinds": ["COPRAR"] }),
        ("PUT", "/rule-tables/{id}/versions/{number}") => {
            json!({ "read": "", "table": serde_json::to_value(rules::demonstration::import_inspection_rate()).expect("a table") })
        }
        ("POST", "/rule-tables/{id}/check") => serde_json::to_value(rules::demonstration::import_inspection_rate()).expect("a table"),
        ("POST", "/rule-tables/{id}/versions") => json!({ "based_on": 1 }),
        ("POST", "/rule-tables/{id}/versions/{number}/trial") => json!({ "days": 30 }),
        ("POST", "/rule-tables/{id}/versions/{number}/submit") => json!({ "note": "a note" }),
        ("POST", "/rule-tables/{id}/versions/{number}/countersign") => json!({ "fingerprint": "00" }),
        ("POST", "/equipment") => json!({ "number": "qc", "kind": "truck", "name": "x" }),
        ("POST", "/telemetry") => json!({ "readings": [{ "equipment": "X1", "at": now, "state": "idle" }] }),
        ("POST", "/roll-out") => {
            json!({ "terminal": "terminal-east", "module": "edi", "status": "planned", "since": "2026-01-01", "owner": "x" })
        }
        ("POST", "/equipment-alarms/{id}/close" | "/alarms/{id}/acknowledge") => json!({ "note": "a note" }),
        ("POST", "/alarm-rules/{code}") => json!({ "on": true, "hours": [24], "note": "a note", "version": 0 }),
        ("POST", "/sharing-agreements") => json!({
            "resource": "ship-calls", "fields": [{ "field": "imo" }], "purpose": "a purpose", "valid_from": "2026-01-01", "valid_to": "2026-01-02"
        }),
        ("POST", "/roster/{day}/shifts") => json!({ "officer": "officer-a", "site": "H1", "from": now, "to": now }),
        ("POST", "/roster/{day}/changes") => json!({ "change": "publish" }),
        ("POST", "/roster/{day}/copy") => json!({ "from": &now[..10] }),
        ("PUT", "/partners/{id}") => json!({ "identifiers": [] }),
        ("PUT", "/national/connectors/{id}") => {
            json!({ "name": { "zh": "x", "en": "x" }, "counterpart": { "zh": "x", "en": "x" }, "status": "planned" })
        }
        ("PUT", "/calls/{id}") => json!({ "berth": "9" }),
        _ => match last {
            "schedule" => json!({ "slot_start": now }),
            "answer" => json!({ "answer": "confirm" }),
            "facts" => json!({ "purpose": "check" }),
            "assignment" => json!({ "officer": "officer-a", "due": now }),
            "feedback" => json!({ "finding": "confirmed", "text": "a text" }),
            "sharing" => json!({ "with": "x-market", "scope": "all", "reason": "a reason" }),
            "opening" => json!({ "container": j.number }),
            "machine" | "set-aside" => json!({ "reason": "a reason" }),
            "review" if path.starts_with("/image-tasks") => json!({ "stage": "first", "code": "clean" }),
            "match" => json!({ "task": j.image_task }),
            "part" => json!({ "checks": [], "clean": true, "note": "", "officers": ["officer-a"] }),
            "follow-up" | "settlement" => json!({ "note": "a note" }),
            "arrival" if path.starts_with("/inspections") || path.starts_with("/joint-orders") => {
                json!({ "container": j.number, "at": now })
            }
            "arrival" | "departure" => json!({ "at": now }),
            "withdraw" | "lift" | "withdrawal" | "give-up" | "refuse" | "hold" | "reject" | "cancel" | "waive" | "decline" | "revoke"
            | "return" | "suspend" | "end" | "retire" => {
                json!({ "reason": "a reason" })
            }
            "review" => json!({ "note": "a note" }),
            "use" => json!({ "note": "a note" }),
            "override" => json!({ "inspect": true, "reason": "a reason" }),
            "replace" => json!({ "officer": "officer-a", "reason": "a reason" }),
            "consignee" => json!({ "organisation": "trader-one" }),
            "request" => json!({ "codes": ["00000001"], "note": "" }),
            "documents" => json!({ "documents": [] }),
            "appointment" => json!({ "slot_start": now }),
            "result" => {
                json!({ "outcome": "pass", "disposition": "18", "findings": "", "method": "open", "officers": ["officer-a", "officer-b"] })
            }
            "guarantee" => json!({ "guarantee": "N2611-000001" }),
            "transfer" => json!({ "to": "trucker-one" }),
            "release" => json!({ "note": "a note" }),
            _ => json!({}),
        },
    })
}

fn operations() -> Vec<(String, String, bool)> {
    let document = serde_json::to_value(api::openapi()).expect("a document");
    let mut list = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("item") {
            let public = operation["tags"][0] == "public";
            list.push((method.to_uppercase(), path.clone(), public));
        }
    }
    list
}

#[test]
fn every_operation_is_in_the_table() {
    let listed: BTreeSet<(&str, &str)> = TABLE.iter().map(|(method, path, _)| (*method, *path)).collect();
    let operations = operations();
    let exist: BTreeSet<(&str, &str)> = operations.iter().map(|(method, path, _)| (method.as_str(), path.as_str())).collect();
    assert_eq!(listed.len(), TABLE.len(), "an operation is listed twice");
    assert_eq!(exist.difference(&listed).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "operations without rights test");
    assert_eq!(listed.difference(&exist).collect::<Vec<_>>(), Vec::<&(&str, &str)>::new(), "operations that do not exist");
}

#[tokio::test]
async fn strangers_get_what_the_table_says_and_every_access_leaves_a_trace() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    site.key_named("trader-one", "victim.test").await;
    let strangers: Vec<(&str, String)> = vec![
        ("public", String::new()),
        ("trader", site.member("x-trader", Role::Trader, None).await),
        ("agent", site.member("x-agent", Role::Agent, None).await),
        ("terminal", site.member("x-terminal", Role::Terminal, None).await),
        ("trucker", site.member("x-trucker", Role::Trucker, None).await),
        ("customs", site.member("x-customs", Role::Customs, Some("9999")).await),
        ("maritime", site.member("x-maritime", Role::Maritime, None).await),
        ("border", site.member("x-border", Role::Border, None).await),
        ("port-authority", site.member("x-port-authority", Role::PortAuthority, None).await),
        ("market-supervision", site.member("x-market", Role::MarketSupervision, None).await),
        ("port-office", site.member("x-office", Role::PortOffice, None).await),
        ("admin", site.member("x-admin", Role::Admin, None).await),
    ];
    assert_eq!(strangers.iter().map(|(role, _)| *role).collect::<Vec<_>>(), ROLES);
    let now = site.app.now().to_string();
    let day = site.app.now().day(site.app.port().utc_offset_minutes);
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut traced: BTreeMap<String, String> = BTreeMap::new();
    for (index, (method, path, public)) in operations().into_iter().enumerate() {
        let mut letters = String::new();
        for (role, key) in &strangers {
            let (mut parts, body) =
                call(&method, &address(&path, &j, &day), key, body(&method, &path, &j, &now, role).as_ref()).into_parts();
            let id = format!("T{index}-{role}");
            parts.headers.insert("x-request-id", id.parse().expect("header"));
            if method == "PUT" || path == "/transhipments/{id}/release" {
                parts.headers.insert("if-match", "\"1\"".parse().expect("header"));
            }
            let reply = site.send(axum::http::Request::from_parts(parts, body)).await;
            let letter = letter(reply.status.as_u16());
            if !public && *role != "public" && letter != '-' {
                traced.insert(id, format!("{method} {path} {role} {letter}"));
            }
            letters.push(letter);
        }
        found.insert((method, path), letters);
    }
    if std::env::var_os("PRINT_RIGHTS").is_some() {
        for ((method, path), letters) in &found {
            eprintln!("    (\"{method}\", \"{path}\", \"{letters}\"),");
        }
    }
    let wrong: Vec<String> = TABLE
        .iter()
        .filter_map(|(method, path, expected)| {
            let got = found.get(&((*method).to_owned(), (*path).to_owned()))?;
            (got != expected).then(|| format!("{method} {path}: expected {expected}, got {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let missing = without_trace(&site, traced).await;
    assert!(missing.is_empty(), "no access record: {missing:#?}");
}

/// Of the requests, those that left no access record. The log is written with the next group of commits, so one is made first.
async fn without_trace(site: &Site, mut wanted: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for round in 0..50 {
        site.organisation(&format!("flush-{round}"), Role::Trader, None, None).await;
        let mut query = AuditQuery { limit: 200, ..AuditQuery::default() };
        loop {
            let page = site.app.store().audit_log(&site.app.port().code, &query).await.expect("the log");
            for (_, row) in &page.items {
                wanted.remove(&row.request);
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        if wanted.is_empty() {
            break;
        }
    }
    wanted
}
