//! What lies beside the main job: images of a box, a train, the officer's phone, the closing of a day, a box that goes on by another ship.

use crate::journey::{GOODS, at, text};
use crate::site::{Reply, Site, request};
use codes::ContainerNumber;
use serde_json::{Value, json};

/// An officer finds the image suspect; whoever reviews it again does not see that.
pub(crate) async fn reviewed(site: &Site, task: &str, scan: &str) {
    let path = format!("/image-tasks/{task}");
    let (first, second) = (site.session("officer-a").await, site.session("officer-b").await);
    let mark = json!({ "scan": scan, "region": { "x": 10, "y": 10, "width": 40, "height": 30 }, "note": "dense" });
    let review = json!({ "stage": "first", "code": "suspect", "marks": [mark] });
    let said = site.post(&format!("{path}/review"), &first, &review).await.good();
    assert_eq!((&said["status"], &said["reviews"][0]["marks"][0]), (&json!("second-review"), &mark));
    let seen = site.get(&path, &second).await.good();
    assert_eq!((&seen["reviews"], &seen["reviews_hidden"]), (&json!([]), &json!(true)), "the second review is independent");
    let may = |view: &Value| view["actions"].as_array().expect("actions").contains(&json!("image-task.review"));
    assert!(may(&seen) && !may(&site.get(&path, &first).await.good()));
    site.post(&format!("{path}/review"), &first, &json!({ "stage": "second", "code": "clean" })).await.problem(409, "image-same-reviewer");
    site.post(&format!("{path}/review"), &second, &json!({ "stage": "first", "code": "clean" })).await.problem(409, "image-stage");
    site.post(&format!("{path}/review"), &second, &json!({ "stage": "third", "code": "clean" })).await.problem(400, "json-shape");
}

/// Sends an image as a scanner does.
pub(crate) async fn send_image(site: &Site, key: &str, query: &str, bytes: Vec<u8>) -> Reply {
    let path = format!("/api/v1/scans?{}", query.replace(':', "%3A"));
    let request = request("POST", &path).header("authorization", key).header("content-type", "application/octet-stream");
    site.send(request.body(bytes.into()).expect("a request")).await
}

pub(crate) fn manifest_form(call: &str, bill: &str, number: &str, uscc: &str) -> Value {
    json!({
        "call": call, "function": "original",
        "bills": [{
            "number": bill, "shipper": { "name": "SYNTHETIC EXPORTER" }, "consignee": { "name": "示例进口商", "uscc": uscc },
            "loading_port": "SGSIN", "discharge_port": "CNLYG",
            "containers": [{ "number": number, "size_type": "22G1", "seal": "SEAL1", "gross_kg": "10000", "packages": 100 }],
            "goods": [{ "description": "Scrap of steel", "hs_code": GOODS, "packages": 100, "package_kind": "CT", "gross_kg": "10000" }]
        }]
    })
}

/// A train that is manifested, tallied at the yard, printed, reviewed and released; its id. Its waybill is `RW-1`.
pub(crate) async fn railed(site: &Site, agent: &str, terminal: &str, customs: &str) -> String {
    let today = site.app.now().day(site.app.port().utc_offset_minutes);
    let plan = json!({
        "mode": "rail", "flow": "import", "number": "x8024", "day": today, "origin": "Khorgos", "destination": "Lianyungang",
        "border": "Khorgos", "place": "CNLYG230132", "expected_at": at(site, 60), "terminal": "terminal-east"
    });
    let planned = site.post("/conveyances", agent, &plan).await.good();
    let id = text(&planned["id"]);
    assert_eq!((&planned["status"], &planned["review"]["state"]), (&json!("planned"), &json!("open")));
    let unit = json!({ "wagon": "5243547", "container": "ZZZU0000017", "size_type": "45G1", "seals": ["M/1001"], "packages": 20, "gross_kg": "10000" });
    let waybill = json!({
        "number": "rw-1", "origin": "Khorgos", "destination": "Lianyungang", "shipper": "SYNTHETIC", "consignee": "示例收货人",
        "goods": "Lamps", "packages": 20, "gross_kg": "10000", "units": [unit]
    });
    let mut faulty = waybill.clone();
    faulty["packages"] = json!(0);
    let path = format!("/conveyances/{id}");
    let found = site.post(&format!("{path}/waybills/check"), agent, &json!({ "waybills": [faulty] })).await.good();
    assert!(found["items"].as_array().expect("findings").iter().any(|f| f["pointer"] == "/waybills/0/packages"), "{found}");
    let listed = site.post(&format!("{path}/waybills"), agent, &json!({ "waybills": [waybill], "complete": true })).await.good();
    assert_eq!((&listed["items"][0]["number"], &listed["findings"][0]["code"]), (&json!("RW-1"), &json!("bill-consignee-code-missing")));
    site.get(&format!("{path}/tally-sheet.pdf"), agent).await.problem(400, "sheet-empty");
    let mut line = unit.clone();
    line["waybill"] = json!("RW-1");
    line["seals"] = json!(["E/77"]);
    let stray = json!({ "waybill": "NOBODY", "container": "X" });
    let told = site.post(&format!("{path}/sheets"), terminal, &json!({ "sheet": "import-tally", "lines": [line, stray] })).await.good();
    assert_eq!((&told["accepted"], &told["findings"][0]["pointer"]), (&json!(1), &json!("/lines/1/waybill")));
    let seen = site.get(&path, customs).await.good();
    let tally = seen["papers"].as_array().expect("papers").iter().find(|paper| paper["kind"] == "import-tally").expect("a sheet");
    assert_eq!((&tally["standing"], &seen["sheets"][0]["differences"][0]["kind"]), (&json!("differs"), &json!("seal")));
    let printed = site.get(&format!("{path}/tally-sheet.pdf?lang=en"), customs).await;
    assert!(printed.status.is_success() && printed.bytes.starts_with(b"%PDF-"));
    site.post(&format!("{path}/papers/submit"), agent, &json!({})).await.good();
    site.post(&format!("{path}/papers/accept"), customs, &json!({})).await.problem(409, "papers-differ");
    let accepted = site.post(&format!("{path}/papers/accept"), customs, &json!({ "note": "seal checked" })).await.good();
    assert_eq!((&accepted["status"], &accepted["review"]["note"]), (&json!("accepted"), &json!("seal checked")));
    let released = site.post("/waybills/RW-1/release", customs, &json!({ "mode": "06" })).await.good();
    assert_eq!((&released["status"], &released["release"]["mode_text"]["en"]), (&json!("released"), &json!("Declared")));
    let kinds: Vec<&str> = released["timeline"].as_array().expect("events").iter().filter_map(|e| e["kind"].as_str()).collect();
    assert_eq!(kinds, ["waybill.manifested", "waybill.arrived", "waybill.released"]);
    assert_eq!(site.get("/conveyances?mode=rail&q=X8024", customs).await.good()["items"][0]["id"], id.as_str());
    id
}

/// The orders of the day on a phone, and a record with a photo and a signature; its id.
pub(crate) async fn written_at_the_site(site: &Site, officer: &str, user: &str, inspection: &str, number: &str) -> String {
    let today = site.get("/field/orders", officer).await.good();
    let order = today["orders"].as_array().expect("orders").iter().find(|order| order["id"] == inspection).expect("the order of the day");
    assert_eq!((&order["takes_result"], &order["boxes"][0]["number"]), (&json!(true), &json!(number)));
    let upload = |bytes: &'static [u8]| {
        let request = request("POST", "/api/v1/attachments?name=photo.png")
            .header("cookie", officer)
            .header("x-fairway", "1")
            .header("content-type", "application/octet-stream");
        site.send(request.body(bytes.into()).expect("a request"))
    };
    let photo = text(&upload(b"\x89PNG\r\n\x1a\n a photo").await.good()["sha256"]);
    let signature = text(&upload(b"\x89PNG\r\n\x1a\n a signature").await.good()["sha256"]);
    let id = "0123456789abcdef0123456789abcdef";
    let checks: Vec<Value> =
        order["checklist"].as_array().expect("items").iter().map(|item| json!({ "code": item["code"], "ok": true })).collect();
    let mut form = json!({
        "id": id, "user": user, "order_kind": "inspection", "order": inspection, "container": number, "checks": checks, "note": "seal agrees",
        "photos": [photo], "signature": signature, "recorded_at": at(site, -1), "sent_at": at(site, 0)
    });
    for _ in 0..2 {
        let kept = site.post("/field-records", officer, &form).await;
        assert_eq!((kept.status.as_u16(), &kept.good()["status"]), (201, &json!("taken")), "a phone may send twice");
        form["sent_at"] = json!(at(site, 0));
    }
    form["note"] = json!("something else");
    site.post("/field-records", officer, &form).await.problem(409, "field-record-exists");
    form["photos"] = json!(["00"]);
    site.post("/field-records", officer, &form).await.problem(400, "attachment-unknown");
    form["id"] = json!("NOT-AN-ID");
    site.post("/field-records", officer, &form).await.problem(400, "field-record-id");
    let kept = site.get(&format!("/field-records?order={inspection}"), officer).await.good();
    assert_eq!(kept["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(kept["items"][0]["items"][0]["code"], "seal");
    for picture in ["photos/1", "signature"] {
        let got = site.get(&format!("/field-records/{id}/{picture}"), officer).await;
        assert_eq!((got.status.as_u16(), got.header("content-type")), (200, "image/png"));
    }
    site.get(&format!("/field-records/{id}/photos/2"), officer).await.problem(404, "not-found");
    site.post(&format!("/field-records/{id}/settlement"), officer, &json!({ "note": "a note" }))
        .await
        .problem(409, "field-record-not-open");
    id.to_owned()
}

/// The board while an inspection is open, the case behind a figure, and the closing report of the day; its id.
pub(crate) async fn closed_day(site: &Site, [officer, system, office]: [&str; 3], inspection: &str) -> String {
    let board = site.get("/daily", officer).await.good();
    let day = text(&board["day"]);
    let groups = board["groups"].as_array().expect("groups").clone();
    let waiting = groups.iter().find(|group| group["kind"] == "inspection").expect("an inspection is open");
    assert_eq!((&waiting["status"], &waiting["total"], &waiting["ages"][0]), (&json!("at-site"), &json!(1), &json!(1)));
    assert_eq!((&waiting["owner"], &waiting["why"]["zh"]), (&json!("customs"), &json!("箱已到场，等待查验并录入结果")));
    let cases = site.get("/daily/cases?kind=inspection&status=at-site&action=record-result&age=0", officer).await.good();
    assert_eq!((&cases["items"][0]["item"]["object"]["id"], cases["items"].as_array().map(Vec::len)), (&json!(inspection), Some(1)));
    assert_eq!(site.get("/daily/cases?kind=inspection&age=1", officer).await.good()["items"], json!([]));
    site.get("/daily/cases?kind=container", officer).await.problem(400, "daily-cases");
    site.get("/daily/cases?kind=inspection&age=9", officer).await.problem(400, "daily-cases");
    let reason = |group: &Value| json!({ "kind": group["kind"], "status": group["status"], "action": group["action"], "reason": group["usual_reason"] });
    let mut form = json!({ "groups": groups.iter().map(reason).collect::<Vec<_>>() });
    site.post(&format!("/daily/{day}/close"), system, &form).await.problem(403, "forbidden");
    site.post(&format!("/daily/{day}/close"), officer, &json!({})).await.problem(409, "daily-reason-missing");
    site.post("/daily/2020-01-01/close", officer, &form).await.problem(409, "daily-day");
    site.post("/daily/yesterday/close", officer, &form).await.problem(400, "daily-day");
    form["cases"] = json!([{ "kind": "inspection", "id": inspection, "reason": "workload", "note": "two teams away" }]);
    let closed = site.post(&format!("/daily/{day}/close"), officer, &form).await;
    assert_eq!(closed.status.as_u16(), 201);
    let report = closed.good();
    let case = report["cases"].as_array().expect("cases").iter().find(|case| case["id"] == inspection).expect("carried over").clone();
    assert_eq!((&case["reason"], &case["note"], &report["listed"]), (&json!("workload"), &json!("two teams away"), &json!(true)));
    site.post(&format!("/daily/{day}/close"), officer, &form).await.problem(409, "daily-report-exists");
    let id = text(&report["summary"]["id"]);
    assert_eq!(site.get("/daily", officer).await.good()["report"], id.as_str());
    assert_eq!(site.get("/daily-reports", officer).await.good()["items"][0]["id"], id.as_str());
    let table = site.get(&format!("/daily-reports/{id}/report.csv"), officer).await;
    assert!(String::from_utf8_lossy(&table.bytes).contains("two teams away"));
    for lang in ["zh", "en"] {
        let printed = site.get(&format!("/daily-reports/{id}/report.pdf?lang={lang}"), officer).await;
        assert!(printed.status.is_success() && printed.bytes.starts_with(b"%PDF-"));
    }
    // The port office sees figures and groups; cases, amounts and notes are for customs, on paper and in the table too.
    let seen = site.get(&format!("/daily-reports/{id}"), office).await.good();
    assert_eq!(
        (&seen["cases"], &seen["whole"], &seen["summary"]["figures"]["open"]),
        (&json!([]), &json!(false), &report["summary"]["figures"]["open"])
    );
    let table = site.get(&format!("/daily-reports/{id}/report.csv"), office).await;
    assert!(!String::from_utf8_lossy(&table.bytes).contains("two teams away"));
    id
}

/// A box that goes on by another ship: planned, listed outbound, landed, released by itself, and ordered to be loaded. Ids of the
/// transhipment, the outbound bill and the outbound call.
pub(crate) async fn transhipped(site: &Site, [agent, terminal, customs]: [&str; 3], call: &str, uscc: &str) -> (String, String, String) {
    let number = ContainerNumber::synthetic(2).to_string();
    let mut form = manifest_form(call, "DEMOBL0002", &number, uscc);
    form["bills"][0]["onward_port"] = json!("KRPUS");
    assert_eq!(site.post("/manifests", agent, &form).await.status.as_u16(), 201);
    assert_eq!(site.get("/bills/DEMOBL0002", agent).await.good()["ports"]["onward"], "KRPUS");
    let form = json!({ "ship_name": "DEMO MOON", "imo": "9321483", "voyage_in": "101E", "voyage_out": "101W", "terminal": "terminal-east", "eta": at(site, 60) });
    let onward = text(&site.post("/calls", agent, &form).await.good()["id"]);
    let plan = json!({ "container": format!("{number}-{call}"), "onward_call": onward, "next_port": "KRPUS", "gross_kg": "10000" });
    let planned = site.post("/transhipments", agent, &plan).await;
    assert_eq!(planned.status.as_u16(), 201);
    let planned = planned.good();
    let awaited: Vec<&str> = planned["awaited"].as_array().expect("list").iter().filter_map(|a| a["code"].as_str()).collect();
    assert_eq!((&planned["status"], awaited), (&json!("waiting"), vec!["arrival", "outbound-bill"]));
    let id = text(&planned["id"]);
    let mut listed = manifest_form(&onward, "DEMOOUT001", &number, uscc);
    listed["bills"][0]["loading_port"] = json!("CNLYG");
    listed["bills"][0]["discharge_port"] = json!("KRPUS");
    listed["bills"][0]["containers"][0]["seal"] = json!("SEAL9");
    let bills = site.post("/outbound-bills", agent, &listed).await.good();
    let outbound = text(&bills["items"][0]["id"]);
    let report = json!({ "reports": [{ "container": number, "call": call, "at": at(site, -1), "position": "A0103" }] });
    assert_eq!(site.post("/containers/discharge", terminal, &report).await.good()["accepted"], 1);
    let differs = site.get(&format!("/transhipments/{id}"), agent).await.good();
    let first = &differs["mismatches"][0];
    assert_eq!(
        (&differs["status"], &first["field"], &first["inbound"], &first["outbound"], &first["by"]["id"]),
        (&json!("mismatched"), &json!("seal"), &json!("SEAL1"), &json!("SEAL9"), &json!("agent-blue"))
    );
    // An officer who saw another version does not release what he did not see.
    let path = format!("/transhipments/{id}");
    let release = |tag: Option<&str>| {
        let asked =
            request("POST", &format!("/api/v1{path}/release")).header("authorization", customs).header("content-type", "application/json");
        let asked = tag.into_iter().fold(asked, |asked, tag| asked.header("if-match", tag));
        site.send(asked.body(json!({ "reason": "seal checked" }).to_string().into()).expect("a request"))
    };
    let seen = site.get(&path, customs).await.header("etag").to_owned();
    listed["bills"][0]["containers"][0]["seal"] = json!("SEAL8");
    site.post("/outbound-bills", agent, &listed).await.good();
    release(None).await.problem(428, "if-match-required");
    release(Some("\"0\"")).await.problem(400, "if-match");
    release(Some(&seen)).await.problem(412, "stale");
    assert_eq!(site.get(&path, customs).await.good()["status"], "mismatched");
    listed["bills"][0]["containers"][0]["seal"] = json!("SEAL1");
    site.post("/outbound-bills", agent, &listed).await.good();
    let released = site.get(&format!("/transhipments/{id}"), terminal).await.good();
    assert_eq!((&released["status"], &released["released_how"]), (&json!("released"), &json!("automatic")), "{released}");
    // The tally of that box is still owed; it comes by a report of its own.
    let owed = site.get("/tally-reports/overview", terminal).await.good();
    assert!(owed["items"].as_array().expect("rows").iter().any(|row| row["call"] == call && row["awaited"] == 1), "{owed}");
    let tally = json!({ "reports": [{ "container": number, "call": call, "at": at(site, 0), "packages": 99, "seal": "SEAL1", "tally_company": "DEMO TALLY" }] });
    assert_eq!(site.post("/tally-reports", terminal, &tally).await.good()["accepted"], 1);
    let found = site.get(&format!("/tally-reports?call={call}&differs=true"), terminal).await.good();
    assert_eq!((&found["items"][0]["status"], &found["items"][0]["differences"][0]["tallied"]), (&json!("on-time"), &json!("99")));
    let csv = site.get(&format!("/tally-reports/export?call={call}"), terminal).await;
    let table = String::from_utf8(csv.bytes.clone()).expect("UTF-8");
    assert!(
        csv.header("content-type").starts_with("text/csv") && table.contains(&number) && table.contains("packages: 100 / 99"),
        "{table}"
    );
    let months = site.get("/tally-reports/statistics", terminal).await.good();
    assert!(months["items"][0]["due"].as_u64().is_some_and(|due| due >= 1), "{months}");
    loaded(site, agent, terminal, &onward, &number).await;
    (id, outbound, onward)
}

/// What is to be loaded onto the outbound ship: looked at, ordered, seen by the terminal, which reports a box that nobody ordered.
pub(crate) async fn loaded(site: &Site, agent: &str, terminal: &str, call: &str, number: &str) {
    let plan = site.post("/loading-orders/check", agent, &json!({ "call": call })).await.good();
    assert_eq!((&plan["boxes"], &plan["manifested"], &plan["stowed"]), (&json!(1), &json!(1), &Value::Null), "{plan}");
    let ordered = site.post("/loading-orders", agent, &json!({ "call": call })).await;
    assert_eq!(ordered.status.as_u16(), 201);
    assert_eq!((&ordered.good()["document"], &ordered.good()["voyage"]), (&json!(format!("{call}-1")), &json!("101W")));
    let stray = ContainerNumber::synthetic(7).to_string();
    let report =
        json!({ "boxes": [{ "container": stray, "at": at(site, -1), "cell": "0010182" }, { "container": "NO BOX", "at": at(site, -1) }] });
    let path = format!("/loading-orders/{call}");
    site.post(&format!("{path}/loaded"), agent, &report).await.problem(403, "forbidden");
    let done = site.post(&format!("{path}/loaded"), terminal, &report).await.good();
    let mut codes: Vec<&str> = done["findings"].as_array().expect("findings").iter().filter_map(|f| f["code"].as_str()).collect();
    codes.sort_unstable();
    assert_eq!((&done["accepted"], codes), (&json!(1), vec!["container-number", "loading-call-not-arrived", "loading-unlisted"]));
    let order = site.get(&path, terminal).await.good();
    assert_eq!(
        (&order["status"], &order["done"], &order["unlisted"], &order["actions"]),
        (&json!("ordered"), &json!(0), &json!(1), &json!(["loading.report"]))
    );
    let rows = site.get(&format!("{path}/boxes"), terminal).await.good();
    let standing = |n: usize| (rows["items"][n]["number"].as_str(), rows["items"][n]["standing"].as_str());
    assert_eq!([standing(0), standing(1)], [(Some(number), Some("waiting")), (Some(&stray), Some("unlisted"))], "{rows}");
    assert_eq!(site.get(&format!("{path}/boxes?standing=unlisted"), terminal).await.good()["items"].as_array().map(Vec::len), Some(1));
    site.get(&format!("{path}/boxes?standing=discharged"), terminal).await.problem(400, "query-invalid");
    let csv = site.get(&format!("{path}/boxes.csv"), terminal).await;
    let table = String::from_utf8(csv.bytes.clone()).expect("UTF-8");
    assert!(table.contains("loaded_at") && table.contains(&stray) && table.lines().count() == 3, "{table}");
}
