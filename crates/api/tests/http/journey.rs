//! The main job through the API: one box from the manifest to the gate, and its papers.

use app::Role;
use app::partners::DeliverBy;
use codes::{ContainerNumber, Uscc};
use ledger::Timestamp;
use serde_json::{Value, json};

use crate::site::{Site, request};

/// Everything that the journey left behind.
pub struct Journey {
    pub agent: String,
    pub terminal: String,
    pub trader: String,
    pub trucker: String,
    pub customs: String,
    pub office: String,
    pub call: String,
    pub manifest: String,
    pub change: String,
    pub bill: String,
    pub container: String,
    pub number: String,
    pub declaration: String,
    pub transmission: String,
    pub attachment: String,
    pub inspection: String,
    pub instruction: String,
    pub joint_order: String,
    pub field_record: String,
    pub daily_report: String,
    pub notice: String,
    pub payment: String,
    pub order: String,
    pub code: String,
    pub booking: String,
    pub gate: String,
    pub eir: String,
    pub message: String,
    pub mail: String,
    pub event: String,
    pub transhipment: String,
    pub outbound: String,
    pub onward: String,
    pub agreement: String,
    pub train: String,
    pub waybill: String,
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub(crate) fn at(site: &Site, minutes: i64) -> String {
    site.app.now().plus_minutes(minutes).to_string()
}

/// Scrap: the shipped table has it inspected always.
const GOODS: &str = "7204490090";

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
async fn railed(site: &Site, agent: &str, terminal: &str, customs: &str) -> String {
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
async fn written_at_the_site(site: &Site, officer: &str, user: &str, inspection: &str, number: &str) -> String {
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
async fn closed_day(site: &Site, [officer, system, office]: [&str; 3], inspection: &str) -> String {
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
async fn transhipped(site: &Site, [agent, terminal, customs]: [&str; 3], call: &str, uscc: &str) -> (String, String, String) {
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
async fn loaded(site: &Site, agent: &str, terminal: &str, call: &str, number: &str) {
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

fn filled(draft: &Value) -> Value {
    let mut form = draft["form"].clone();
    let more = json!({
        "trade_country": "SGP", "trade_area_code": "SGP", "distinate_port": "SGSIN", "desp_port_code": "SGSIN", "goods_place": "Terminal East",
        "wrap_type": "22", "net_wt": "9500", "contr_no": "C-1", "mark_no": "N/M",
        "containers": [{ "container_id": form["containers"][0]["container_id"], "container_md": "21", "goods_no": "1", "lcl_flag": "0" }],
        "goods": [{
            "g_no": "1", "code_ts": GOODS, "g_name": "废钢铁", "g_model": "0|3|示例|示例", "g_qty": "9500", "g_unit": "035", "first_qty": "9500", "first_unit": "035",
            "decl_price": "2.00", "decl_total": "19000.00", "trade_curr": "USD", "duty_mode": "1", "origin_country": "SGP", "destination_country": "CHN",
            "district_code": "33029"
        }]
    });
    for (name, value) in more.as_object().expect("fields") {
        form[name] = value.clone();
    }
    form
}

impl Journey {
    /// Walks a box to the gate, asking for nothing but the API.
    pub async fn walk(site: &Site) -> Self {
        let district = site.app.port().customs_district.clone();
        let uscc = |serial| Uscc::synthetic("913302", serial).expect("a code").to_string();
        let agent = site.member("agent-blue", Role::Agent, None).await;
        let terminal = site.member("terminal-east", Role::Terminal, None).await;
        site.organisation("trader-one", Role::Trader, None, Some(uscc(1))).await;
        let trader = site.key("trader-one").await;
        let trucker = site.member("trucker-one", Role::Trucker, None).await;
        let customs = site.member("customs-here", Role::Customs, Some(&district)).await;
        let office = site.member("office", Role::PortOffice, None).await;
        for officer in ["officer-a", "officer-b", "officer-c"] {
            site.user(officer, "customs-here", None, true).await;
        }

        let form = json!({ "ship_name": "DEMO STAR", "imo": "9074729", "flag": "SG", "voyage_in": "026E", "voyage_out": "027W", "terminal": "terminal-east", "eta": at(site, 60) });
        let call = text(&site.post("/calls", &agent, &form).await.good()["id"]);
        let number = ContainerNumber::synthetic(1).to_string();
        let bill = "DEMOBL0001".to_owned();
        let form = manifest_form(&call, &bill, &number, &uscc(1));
        assert_eq!(errors(&site.post("/manifests/check", &agent, &form).await.good()), Vec::<String>::new());
        let made = site.post("/manifests", &agent, &form).await;
        assert_eq!(made.status.as_u16(), 201);
        let manifest = text(&made.good()["id"]);
        let again = site.post("/manifests", &agent, &form).await;
        assert!(
            again.problem(422, "findings")["findings"].as_array().expect("findings").iter().any(|f| f["code"] == "bill-number-reused"),
            "{again}",
            again = again.json()
        );
        let ordered = site.post("/discharge-orders", &agent, &json!({ "call": call })).await;
        assert_eq!(ordered.good()["status"], "ordered");
        let mut changed = form["bills"][0].clone();
        changed["notify"] = json!({ "name": "DEMO NOTIFY" });
        let asked = json!({ "bill": bill, "content": changed, "reason": "001", "note": "notify party left out" });
        let made = site.post("/manifest-changes", &agent, &asked).await;
        assert_eq!((made.status.as_u16(), made.good()["status"].as_str()), (201, Some("automatic")));
        assert_eq!(made.good()["fields"][0], json!({ "pointer": "/notify/name", "old": null, "new": "DEMO NOTIFY" }));
        let change = text(&made.good()["id"]);
        let container = format!("{number}-{call}");

        // The broker declares before the ship has come.
        let draft = site.post("/declarations", &trader, &json!({ "bill_no": bill })).await;
        let declaration = text(&draft.good()["id"]);
        let kept = site
            .send(
                request("POST", "/api/v1/attachments?edoc_code=00000001&name=invoice.pdf")
                    .header("authorization", &trader)
                    .body("%PDF-1.7 synthetic".into())
                    .expect("a request"),
            )
            .await;
        let attachment = text(&kept.good()["sha256"]);
        let mut form = filled(&draft.json());
        form["documents"] = json!([{ "edoc_code": "00000001", "name": "invoice.pdf", "sha256": attachment, "size": 18 }]);
        let wrong = json!({ "bill_no": bill, "goods": [{}] });
        let found = site.post("/declarations/check", &trader, &wrong).await.good();
        assert!(found["findings"].as_array().expect("findings").len() > 10, "every fault at once");
        assert_eq!(errors(&site.post("/declarations/check", &trader, &form).await.good()), Vec::<String>::new());
        let saved = site
            .send(
                request("PUT", &format!("/api/v1/declarations/{declaration}"))
                    .header("authorization", &trader)
                    .header("content-type", "application/json")
                    .header("if-match", draft.header("etag"))
                    .body(form.to_string().into())
                    .expect("a request"),
            )
            .await;
        assert_eq!(saved.good()["version"], 2);
        let accepted = site.post(&format!("/declarations/{declaration}/submit"), &trader, &json!({})).await.good();
        assert_eq!(accepted["entry_id"].as_str().expect("a number").len(), 18);
        assert_eq!(
            (&accepted["advance"], &accepted["decision"]["inspect"], &accepted["decision"]["officer"]),
            (&json!(true), &json!(true), &Value::Null)
        );
        assert!(accepted["decision"]["answered_in_ms"].as_i64().expect("a time") < 1_000);
        let whole = site.get(&format!("/declarations/{declaration}"), &customs).await.good();
        let transmission = transmitted(site, &declaration, &trader, &customs).await;
        assert_eq!(whole["decision"]["officer"]["rate_basis_points"], 10_000);
        let inspection = text(&accepted["inspection"]);

        // The ship comes and the box is landed.
        let arrived = site.post(&format!("/calls/{call}/arrival"), &agent, &json!({ "at": at(site, -5) })).await.good();
        assert_eq!(arrived["status"], "arrived");
        let report = json!({ "reports": [
            { "container": number, "call": call, "at": at(site, -2), "position": "A0101", "seal": "SEAL1", "packages": 100 },
            { "container": "XXXX0000000", "call": call, "at": at(site, -2), "position": "A0102" }
        ] });
        let landed = site.post("/containers/discharge", &terminal, &report).await.good();
        assert_eq!((&landed["accepted"], &landed["findings"][0]["pointer"]), (&json!(1), &json!("/reports/1/container")));
        let moved = json!({ "events": [{ "container": container, "kind": "moved", "at": at(site, -1), "position": "B0203" }] });
        assert_eq!(site.post("/status-events", &terminal, &moved).await.good()["accepted"], 1);

        // Documents, inspection, duty.
        if accepted["tracks"]["documents"]["state"] == "open" {
            let more: Vec<Value> = accepted["decision"]["documents"]
                .as_array()
                .expect("codes")
                .iter()
                .filter(|d| d["code"] != "00000001")
                .map(|d| json!({ "edoc_code": d["code"], "name": "more.pdf", "sha256": attachment, "size": 18 }))
                .collect();
            site.post(&format!("/declarations/{declaration}/documents"), &trader, &json!({ "documents": more })).await.good();
            site.post(&format!("/declarations/{declaration}/documents/pass"), &customs, &json!({ "note": "fine" })).await.good();
        }
        let tomorrow = site.app.now().plus_days(1).day(site.app.port().utc_offset_minutes);
        let slots = site.get(&format!("/inspections/slots?day={tomorrow}"), &trader).await.good();
        let slot = text(&slots["items"][0]["start"]);
        let booked = site.post(&format!("/inspections/{inspection}/appointment"), &trader, &json!({ "slot_start": slot })).await.good();
        assert_eq!(booked["officers"], json!([]), "who will come is told to nobody outside customs before there is a result");
        let order = site.get(&format!("/inspections/{inspection}"), &customs).await.good();
        site.post(&format!("/inspections/{inspection}/arrival"), &terminal, &json!({ "container": number, "at": at(site, 0) }))
            .await
            .good();
        let officers: Vec<String> = order["officers"].as_array().expect("officers").iter().map(|o| text(&o["id"])).collect();
        assert_eq!(officers.len(), 2);
        let (first, second) = (site.session(&officers[0]).await, site.session(&officers[1]).await);
        let field_record = written_at_the_site(site, &first, &officers[0], &inspection, &number).await;
        let daily_report = closed_day(site, [&first, &customs, &office], &inspection).await;
        let result = json!({ "outcome": "pass", "disposition": "18", "findings": "nothing found", "method": "open", "officers": officers, "new_seal": "CUST1" });
        let path = format!("/inspections/{inspection}");
        site.post(&format!("{path}/result"), &customs, &result).await.problem(409, "inspection-officer-not-drawn");
        assert_eq!(site.post(&format!("{path}/result"), &first, &result).await.good()["status"], "recorded");
        let waiting = site.get(&path, &trader).await.good();
        assert_eq!((&waiting["recorded"], &waiting["result"], &waiting["officers"]), (&Value::Null, &Value::Null, &json!([])));
        let shown = site.get(&path, &second).await.good();
        assert_eq!((&shown["recorded"]["by"]["id"], &shown["recorded"]["result"]["outcome"]), (&json!(officers[0]), &json!("pass")));
        assert!(shown["actions"].as_array().expect("actions").contains(&json!("inspection.confirm")), "{shown}");
        site.post(&format!("{path}/result/confirm"), &first, &json!({})).await.problem(409, "inspection-same-officer");
        assert_eq!(site.post(&format!("{path}/result/confirm"), &second, &json!({})).await.good()["status"], "passed");
        let after = site.get(&path, &trader).await.good();
        assert_eq!(after["officers"].as_array().map(Vec::len), Some(2), "afterwards everybody on the case knows who inspected");
        let now = site.get(&format!("/declarations/{declaration}"), &trader).await.good();
        assert_eq!(now["status"], "awaiting-payment", "{now}");
        let notice = text(&now["duty_notice"]["id"]);
        let payment = site.post(&format!("/duty-notices/{notice}/payment"), &trader, &json!({})).await.good();
        assert_eq!(payment["messages"][0]["kind"], "pain.001");
        let payment = text(&payment["id"]);
        site.app.deliver_payments(&site.platform()).await.expect("the bank answers");
        let settled = site.get(&format!("/payments/{payment}"), &trader).await.good();
        assert_eq!((&settled["status"], settled["messages"].as_array().map(Vec::len).unwrap_or_default() >= 3), (&json!("settled"), true));
        let released = site.get(&format!("/declarations/{declaration}"), &trader).await.good();
        assert_eq!(released["status"], "released");

        // Delivery order, booking, gate.
        let order = text(&site.post("/delivery-orders", &trader, &json!({ "bill_no": bill })).await.good()["id"]);
        site.post(&format!("/delivery-orders/{order}/issue"), &agent, &json!({})).await.problem(409, "order-charges-unpaid");
        site.post(&format!("/delivery-orders/{order}/payment"), &trader, &json!({})).await.good();
        site.app.deliver_payments(&site.platform()).await.expect("the bank answers");
        site.post(&format!("/delivery-orders/{order}/issue"), &agent, &json!({ "free_days": 91 })).await.problem(400, "order-free-days");
        let issued = site.post(&format!("/delivery-orders/{order}/issue"), &agent, &json!({ "free_days": 9 })).await.good();
        let free_until: Timestamp = text(&issued["free_until"]).parse().expect("an instant");
        assert_eq!(
            (&issued["free_days"], free_until.since_millis(site.app.now()) / 86_400_000),
            (&json!(9), 8),
            "nine days from the landing"
        );
        let code = text(&issued["code"]);
        let passed_on = site.post(&format!("/delivery-orders/{order}/transfer"), &trader, &json!({ "to": "trucker-one" })).await.good();
        assert_eq!((&passed_on["holder"]["id"], passed_on["transfers"].as_array().map(Vec::len)), (&json!("trucker-one"), Some(1)));
        let hour = Timestamp::from_millis(site.app.now().millis() / 3_600_000 * 3_600_000);
        let form = json!({ "container": container, "delivery_order": order, "slot_start": hour.to_string(), "plate": "苏A12345", "driver_name": "张三丰", "driver_phone": "13800001234" });
        let booked = site.post("/bookings", &trucker, &form).await.good();
        assert_eq!(booked["driver_phone"], "13800001234");
        let booking = text(&booked["id"]);
        assert_eq!(site.get(&format!("/bookings/{booking}"), &customs).await.good()["driver_phone"], "138****1234");
        let truck = |direction: &str, plate: &str| json!({ "direction": direction, "lane": "L1", "plate": plate, "container": number, "seal": "CUST1" });
        let refused = site.post("/gate/decisions", &terminal, &truck("in", "苏B99999")).await.good();
        assert_eq!(refused["outcome"], "refused");
        assert!(refused["reasons"].as_array().expect("reasons").iter().any(|r| r["code"] == "gate-plate-differs"));
        assert_eq!(site.post("/gate/decisions", &terminal, &truck("in", "苏A12345")).await.good()["outcome"], "passed");
        // A photo is taken on the way out: an image that this terminal uploaded, and nothing else.
        let upload = |key: &str, bytes: &'static [u8]| {
            request("POST", "/api/v1/attachments?name=door.png").header("authorization", key).body(bytes.into()).expect("a request")
        };
        const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n synthetic photo";
        let photo = text(&site.send(upload(&terminal, PHOTO)).await.good()["sha256"]);
        let paper = text(&site.send(upload(&terminal, b"%PDF-1.7 no photo")).await.good()["sha256"]);
        let with = |photos: Vec<&str>| {
            let mut ask = truck("out", "苏A12345");
            ask["photos"] = json!(photos);
            ask
        };
        for (photos, code) in [
            (vec![paper.as_str()], "eir-photo-kind"),
            (vec![attachment.as_str()], "attachment-unknown"),
            (vec![photo.as_str(); 7], "too-many-rows"),
            (vec![photo.as_str(); 2], "eir-photos"),
        ] {
            let refused = site.post("/gate/decisions", &terminal, &with(photos)).await;
            assert!(refused.status.is_client_error() && refused.json().to_string().contains(code), "{code}: {}", refused.json());
        }
        let out = site.post("/gate/decisions", &terminal, &with(vec![&photo])).await.good();
        assert_eq!(out["outcome"], "passed", "{out}");
        let eir = text(&out["eir"]);
        assert_eq!(site.get(&format!("/eirs/{eir}"), &trucker).await.good()["photos"], json!([photo]));
        let shown = site.get(&format!("/eirs/{eir}/photos/1"), &trucker).await;
        assert_eq!((shown.header("content-type"), shown.bytes.as_slice()), ("image/png", PHOTO));
        for none in ["0", "2", "x"] {
            site.get(&format!("/eirs/{eir}/photos/{none}"), &trucker).await.problem(404, "not-found");
        }

        // An agreement between two traders.
        let broker = site.member("broker-one", Role::Trader, None).await;
        let today = site.app.now().day(site.app.port().utc_offset_minutes);
        let form = json!({ "principal": "trader-one", "agent": "broker-one", "acts": ["declaration", "delivery-order"], "bill_no": bill, "valid_from": today, "valid_to": today });
        let proposed = site.post("/agency-agreements", &broker, &form).await.good();
        assert_eq!((&proposed["status"], &proposed["actions"]), (&json!("proposed"), &json!(["agency.revoke"])));
        let agreement = text(&proposed["id"]);
        let todo = site.get("/worklist?mine=true", &trader).await.good();
        assert!(todo["items"].as_array().expect("rows").iter().any(|row| row["object"]["id"] == agreement.as_str()), "{todo}");
        let path = format!("/agency-agreements/{agreement}");
        site.post(&format!("{path}/accept"), &broker, &json!({})).await.problem(409, "agency-own-proposal");
        let accepted = site.post(&format!("{path}/accept"), &trader, &json!({})).await.good();
        assert_eq!((&accepted["status"], &accepted["actions"]), (&json!("accepted"), &json!(["agency.revoke"])));
        let signed = &accepted["signatures"][1];
        assert_eq!((&signed["side"], &signed["act"]), (&json!("principal"), &json!("accepted")));
        let receipt = site.get(&format!("/events/{}/receipt", text(&signed["event"])), &broker).await.good();
        assert_eq!(site.post("/public/receipts/verify", "", &receipt).await.good()["valid"], true, "the signature can be proved");

        let (transhipment, outbound, onward) = transhipped(site, [&agent, &terminal, &customs], &call, &uscc(1)).await;

        // An authority wants to board the ship; alone, it leads.
        let border = site.member("border-here", Role::Border, None).await;
        let until = site.app.now().plus_days(5).to_string();
        let form = json!({ "subject": "ship-call", "value": call, "from": at(site, 0), "to": until, "hold": true, "reason": "two names too many" });
        let placed = site.post("/instructions", &border, &form).await;
        assert_eq!(placed.status.as_u16(), 201);
        let placed = placed.good();
        assert_eq!((&placed["status"], &placed["reason"]), (&json!("matched"), &json!("two names too many")));

        let train = railed(site, &agent, &terminal, &customs).await;

        // A message that nobody can read is kept all the same.
        let sent = site
            .send(request("POST", "/api/v1/messages").header("authorization", &agent).body("not EDIFACT at all".into()).expect("a request"))
            .await;
        assert_eq!(sent.status.as_u16(), 202);
        let message = text(&sent.good()["id"]);
        let mail = site.get("/mailbox?state=pending", &terminal).await.good();
        let timeline = site.get(&format!("/cases/{container}/timeline"), &terminal).await.good();
        Self {
            agent,
            terminal,
            trader,
            trucker,
            customs,
            office,
            call,
            manifest,
            change,
            bill,
            container,
            number,
            declaration,
            transmission,
            attachment,
            inspection,
            instruction: text(&placed["id"]),
            joint_order: text(&placed["order"]),
            field_record,
            daily_report,
            notice,
            payment,
            order,
            code,
            booking,
            gate: text(&out["id"]),
            eir: text(&out["eir"]),
            message,
            transhipment,
            outbound,
            onward,
            train,
            waybill: "RW-1".to_owned(),
            mail: text(&mail["items"][0]["id"]),
            event: text(&timeline["items"][0]["event_id"]),
            agreement,
        }
    }
}

fn errors(findings: &Value) -> Vec<String> {
    findings["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|f| f["severity"] == "error")
        .map(|f| format!("{} {} {}", f["code"], f["pointer"], f["message"]["en"]))
        .collect()
}

#[tokio::test]
async fn a_box_goes_from_the_manifest_to_the_gate() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;

    let case = site.get(&format!("/cases/{}", j.container), &j.trader).await.good();
    assert_eq!(case["summary"]["status"], "gone");
    assert!(case["stages"].as_array().expect("stages").iter().all(|s| s["waiting"] == false), "{case}");
    assert_eq!(case["next"].as_array().map(Vec::len), Some(0), "{}", case["next"]);
    let office = site.get(&format!("/cases/{}", j.container), &j.office).await.good();
    assert_eq!(office["declaration"]["form"]["goods"].as_array().map(Vec::len), Some(0), "the port office sees no trade values");

    let whole = site.get(&format!("/cases/{}/timeline", j.container), &j.trader).await.good();
    let together = site.get(&format!("/cases/{}?timeline=200", j.container), &j.trader).await.good();
    assert_eq!(together["timeline"], whole, "asked for with the case, it is the same timeline");
    assert!(case.get("timeline").is_none(), "it comes when it is asked for");
    let begun = site.get(&format!("/cases/{}?timeline=5", j.container), &j.office).await.good();
    assert_eq!(begun["timeline"], site.get(&format!("/cases/{}/timeline?limit=5", j.container), &j.office).await.good());
    for wrong in ["0", "201", "all"] {
        site.get(&format!("/cases/{}?timeline={wrong}", j.container), &j.trader).await.problem(400, "query-invalid");
    }
    let first = site.get(&format!("/cases/{}/timeline?limit=5", j.container), &j.trader).await.good();
    let rest =
        site.get(&format!("/cases/{}/timeline?cursor={}", j.container, first["next"].as_str().expect("more")), &j.trader).await.good();
    let positions: Vec<u64> =
        [&first, &rest].iter().flat_map(|p| p["items"].as_array().expect("items")).map(|e| e["position"].as_u64().expect("n")).collect();
    assert!(positions.len() > 20 && positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    let csv = site.get(&format!("/cases/{}/timeline.csv", j.container), &j.trader).await;
    assert_eq!(String::from_utf8(csv.bytes).expect("UTF-8").lines().count(), positions.len() + 1);

    let public = site.get(&format!("/public/track?number={}&check=0001", j.number), "").await.good();
    assert_eq!(public["status"], "gone");
    site.get(&format!("/public/track?number={}&check=0002", j.number), "").await.problem(404, "not-found");
    let document = site.get(&format!("/public/documents/{}", j.code), "").await.good();
    assert_eq!((&document["status"], &document["valid"]), (&json!("redeemed"), &json!(false)));
    let summary = site.get("/public/summary", "").await.good();
    assert_eq!(summary["today"]["gated_out"], 1);

    let receipt = site.get(&format!("/events/{}/receipt", j.event), &j.terminal).await.good();
    assert_eq!(site.post("/public/receipts/verify", "", &receipt).await.good()["valid"], true);
    let mut altered = receipt.clone();
    altered["position"] = json!(receipt["position"].as_u64().expect("n") + 1);
    assert_eq!(site.post("/public/receipts/verify", "", &altered).await.good()["valid"], false);

    let eir = site.get(&format!("/eirs/{}", j.eir), &j.customs).await.good();
    assert_eq!(eir["driver"], "张**", "customs need not know the driver");
    assert_eq!(site.get(&format!("/eirs/{}", j.eir), &j.terminal).await.good()["driver"], "张三丰");
    let live = site.get("/insight/live", &j.office).await.good();
    assert!(live["counters"].as_array().expect("counters").iter().any(|c| c["code"] == "ships-in-port" && c["value"] == 1));
    let clearance = site.get("/insight/clearance", &j.office).await.good();
    assert_eq!(clearance["count"], 1);
    let raw = site.get(&format!("/messages/{}/raw", j.message), &j.agent).await;
    assert_eq!(raw.bytes, b"not EDIFACT at all");
}

#[tokio::test]
async fn documents_are_printed_with_their_state() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    for (path, key) in [
        (format!("/declarations/{}/release.pdf", j.declaration), &j.trader),
        (format!("/duty-notices/{}/notice.pdf?lang=en", j.notice), &j.trader),
        (format!("/delivery-orders/{}/order.pdf", j.order), &j.trucker),
        (format!("/eirs/{}/eir.pdf", j.eir), &j.terminal),
        (format!("/events/{}/receipt.pdf", j.event), &j.terminal),
        (format!("/agency-agreements/{}/agreement.pdf?lang=en", j.agreement), &j.trader),
    ] {
        let reply = site.get(&path, key).await;
        if reply.status.as_u16() == 503 {
            // Without a Chinese font the answer says which package is missing.
            reply.problem(503, "font-missing");
            continue;
        }
        assert_eq!(reply.header("content-type"), "application/pdf", "{path}: {}", String::from_utf8_lossy(&reply.bytes));
        assert!(reply.bytes.starts_with(b"%PDF-"), "{path}");
    }
}

#[tokio::test]
async fn who_was_drawn_is_told_to_officers_alone_before_the_result() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let timeline = site.get(&format!("/cases/{}/timeline?limit=200", j.container), &j.trader).await.good();
    let event = |kind: &str| {
        let items = timeline["items"].as_array().expect("items");
        text(&items.iter().find(|e| e["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"))["event_id"])
    };
    // The draw, and what one officer wrote down, stay with the officers: also what was excluded, and the pool, are theirs.
    for kind in ["inspection.officers-drawn", "inspection.recorded"] {
        let path = format!("/events/{}", event(kind));
        for who in [&j.trader, &j.terminal] {
            assert_eq!(site.get(&path, who).await.good()["event"]["payload"], json!({ "masked": "officers only" }), "{kind}");
            site.get(&format!("{path}/receipt"), who).await.problem(403, "receipt-masked");
        }
        let whole = site.get(&path, &j.customs).await.good()["event"]["payload"].to_string();
        assert!(whole.contains("officer-"), "{kind}: {whole}");
    }
    for who in [&j.trader, &j.terminal] {
        let csv = site.get(&format!("/cases/{}/timeline.csv", j.container), who).await;
        assert!(!String::from_utf8(csv.bytes).expect("UTF-8").contains("officer-"), "a timeline names nobody");
    }
    // What the declarant typed before declaring is the declarant's.
    let drafted = format!("/events/{}", event("declaration.edited"));
    assert!(site.get(&drafted, &j.trader).await.good()["event"]["payload"]["form"].is_object());
    assert_eq!(site.get(&drafted, &j.customs).await.good()["event"]["payload"], json!({ "masked": "the declarant only" }));
}

/// An accepted declaration goes on to the national window: told as a sandbox, once, and found by whom it concerns.
async fn transmitted(site: &Site, declaration: &str, trader: &str, customs: &str) -> String {
    let path = format!("/declarations/{declaration}/transmission");
    let early = site.post(&path, trader, &json!({})).await;
    assert_eq!(
        (early.status.as_u16(), text(&early.json()["code"])),
        (400, "national-not-connected".to_owned()),
        "nobody is registered there"
    );
    site.organisation("national-window", Role::National, None, None).await;
    let offered = site.get(&format!("/declarations/{declaration}"), trader).await.good();
    assert!(offered["actions"].as_array().is_some_and(|all| all.iter().any(|action| action == "declaration.transmit")), "{offered}");
    let made = site.post(&path, trader, &json!({})).await;
    assert_eq!(made.status.as_u16(), 201);
    let made = made.good();
    assert_eq!((&made["status"], &made["sandbox"], &made["declaration"]), (&json!("prepared"), &json!(true), &json!(declaration)));
    assert_eq!(site.post(&path, trader, &json!({})).await.status.as_u16(), 409);
    let list = site.get(&format!("/national/transmissions?q={declaration}"), customs).await.good();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    let id = replaced(site, &path, trader, &made).await;
    let meta = site.get("/meta", "").await.good();
    assert!(meta["sandbox"].as_array().is_some_and(|all| all.iter().any(|label| label == "SANDBOX national window")), "{meta}");
    id
}

/// A file that was given up and sent anew is not handed over beside the new one: its mailbox has the new one alone. Id of the new transmission.
async fn replaced(site: &Site, path: &str, trader: &str, made: &Value) -> String {
    let window = site.key("national-window").await;
    let waiting = || async {
        let page = site.get("/mailbox?state=pending", &window).await.good();
        page["items"].as_array().expect("items").iter().map(|item| text(&item["id"])).collect::<Vec<_>>()
    };
    let first = text(&made["message"]);
    assert_eq!(waiting().await, std::slice::from_ref(&first));
    site.app.message_given_up(&site.platform(), &first, DeliverBy::Mailbox, "no answer", 1).await.expect("given up");
    assert_eq!(waiting().await, std::slice::from_ref(&first), "given up, it may still be fetched");
    let anew = site.post(path, trader, &json!({})).await;
    assert_eq!(anew.status.as_u16(), 201, "{}", anew.json());
    let second = text(&anew.good()["message"]);
    assert_eq!(waiting().await, std::slice::from_ref(&second), "the one before is not handed over any more");
    assert_eq!(site.get("/mailbox", &window).await.good()["items"].as_array().map(Vec::len), Some(1));
    site.get(&format!("/mailbox/{first}/raw"), &window).await.problem(409, "transmission-replaced");
    site.post(&format!("/mailbox/{first}/delivered"), &window, &json!({})).await.problem(409, "transmission-replaced");
    assert!(site.get(&format!("/mailbox/{second}/raw"), &window).await.status.is_success());
    text(&anew.good()["id"])
}
