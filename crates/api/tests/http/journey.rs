//! The main job through the API: one box from the manifest to the gate, and its papers.

use crate::branches::{closed_day, manifest_form, railed, reviewed, send_image, transhipped, written_at_the_site};
use crate::samples::Sampled;
use crate::site::{Site, request};
use app::Role;
use app::partners::DeliverBy;
use codes::{ContainerNumber, Uscc};
use ledger::Timestamp;
use serde_json::{Value, json};

/// Scrap: the shipped table has it inspected always.
pub(crate) const GOODS: &str = "7204490090";

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
    pub image_task: String,
    pub sample: String,
    pub testing_body: String,
    pub third_party: String,
    pub scan: String,
    pub instruction: String,
    pub clue: String,
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
    pub sharing: String,
    pub data_delivery: String,
    pub train: String,
    pub waybill: String,
    pub alarm: String,
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub(crate) fn at(site: &Site, minutes: i64) -> String {
    site.app.now().plus_minutes(minutes).to_string()
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
        // Images are asked for first; before they tell anything the officers have the box opened after all.
        site.post(&format!("/inspections/{inspection}/machine"), &customs, &json!({ "reason": "images first" })).await.good();
        let image_task = format!("{inspection}-1");
        let image = imaging::scan(1).picture.to_png().expect("a PNG");
        let sent = send_image(site, &customs, &format!("container={number}&equipment=S1&taken_at={}", at(site, 0)), image).await.good();
        assert_eq!(sent["scan"]["task"], image_task);
        let scan = text(&sent["scan"]["id"]);
        reviewed(site, &image_task, &scan).await;
        site.post(&format!("/inspections/{inspection}/opening"), &customs, &json!({})).await.good();

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
        let people = Sampled { inspection: &inspection, number: &number, bill: &bill, attachment: &attachment, trader: &trader };
        let (sample, testing_body, third_party) = people.walk(site, [&first, &second], &officers).await;
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

        // Somebody told customs of the box; nothing follows from that.
        let form = json!({ "source": "public-report", "about": "container", "value": number, "severity": "high", "text": "a second name on the door" });
        let told = site.post("/clues", &customs, &form).await;
        assert_eq!(told.status.as_u16(), 201);
        let clue = text(&told.good()["id"]);

        let train = railed(site, &agent, &terminal, &customs).await;

        let (sharing, data_delivery) = crate::sharing::shared(site).await;

        // A crane of the terminal, and an alarm of it.
        let crane = json!({ "number": "QC01", "kind": "quay-crane", "name": "一号岸桥" });
        assert_eq!(site.post("/equipment", &terminal, &crane).await.status.as_u16(), 201);
        let reading = json!({ "equipment": "QC01", "at": at(site, 0), "state": "fault", "load_kg": 0, "alarms": ["E1"], "position": { "lat_e7": 1, "lon_e7": 2 } });
        let stray = json!({ "equipment": "QC02", "at": at(site, 0), "state": "idle" });
        let told = site.post("/telemetry", &terminal, &json!({ "readings": [reading, reading, stray] })).await.good();
        assert_eq!(
            (&told["accepted"], &told["duplicates"], &told["findings"][0]["pointer"]),
            (&json!(1), &json!(1), &json!("/readings/2/equipment"))
        );
        let seen = site.get("/equipment", &office).await.good();
        let last = &seen["items"][0]["last"];
        assert_eq!((&last["state"], &last["online"], &last["position"]["lon_e7"]), (&json!("fault"), &json!(true), &json!(2)));
        let alarms = site.get("/equipment-alarms", &terminal).await.good();
        assert_eq!((&alarms["items"][0]["code"], &alarms["items"][0]["status"]), (&json!("E1"), &json!("raised")));

        // Customs wants to know at once of a box that goes on by another ship.
        let library = site.get("/alarm-rules", &first).await.good();
        let rule = library["items"].as_array().expect("rules").iter().find(|rule| rule["code"] == "transhipment-stay").expect("a rule");
        assert_eq!((&rule["hours"], &rule["kept"], &rule["version"]), (&json!([2160, 4320]), &json!(true), &json!(0)));
        let form = json!({ "on": true, "hours": [0, 24], "note": "trial", "version": 0 });
        assert_eq!(site.post("/alarm-rules/transhipment-stay", &first, &form).await.status.as_u16(), 200);
        assert_eq!(site.post("/alarm-rules/transhipment-stay", &first, &form).await.status.as_u16(), 412, "somebody else was first");
        site.post("/alarm-rules/transhipment-stay", &customs, &form).await.problem(403, "forbidden");
        site.app.watch_cases(&app::Context::platform(site.app.now(), "watch")).await.expect("watched");
        let open = site.get("/alarms?rule=transhipment-stay", &customs).await.good();
        let box_alarm = &open["items"][0];
        assert_eq!(
            (&box_alarm["status"], &box_alarm["level"], &box_alarm["case"]["type"]),
            (&json!("raised"), &json!(1), &json!("container"))
        );
        let alarm = text(&box_alarm["id"]);
        let figures = site.get("/alarms/figures", &office).await.good();
        let counted = figures["rules"].as_array().expect("rules").iter().find(|rule| rule["rule"] == "transhipment-stay").expect("counted");
        assert_eq!(counted["open"], json!(open["items"].as_array().map(Vec::len)));
        let noted = site.post(&format!("/alarms/{alarm}/acknowledge"), &first, &json!({ "note": "asked the broker" })).await.good();
        assert_eq!((&noted["status"], &noted["notes"][0]["note"]), (&json!("acknowledged"), &json!("asked the broker")));

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
            image_task,
            sample,
            testing_body,
            third_party,
            scan,
            instruction: text(&placed["id"]),
            clue,
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
            sharing,
            data_delivery,
            alarm,
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
            let event = site.get(&path, who).await.good()["event"].clone();
            assert_eq!(event["payload"], json!({ "masked": "officers only" }), "{kind}");
            // Nor which officer, or which key, it was.
            let actor = event["actor"].as_object().expect("an actor");
            assert!(
                ["person", "system"].iter().all(|name| actor.get(*name).is_none_or(|told| *told == json!("masked"))),
                "{kind}: {actor:?}"
            );
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
