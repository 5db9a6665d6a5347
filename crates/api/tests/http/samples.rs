//! Samples through the API: what the laboratory and the trader see of one, its label, its figures, and the register of testing bodies.

use app::directory::{Officer, User, WriteUser};
use ledger::Bilingual;
use serde_json::{Value, json};

use crate::journey::{Journey, at, text};
use crate::site::Site;

/// What the journey knows when something is to be sampled.
pub struct Sampled<'j> {
    pub inspection: &'j str,
    pub number: &'j str,
    pub bill: &'j str,
    pub attachment: &'j str,
    pub trader: &'j str,
}

impl Sampled<'_> {
    /// A line is ordered, a report is sent in for it, a sample is taken of it, and in the end it is waived: sample, testing body, report.
    pub async fn walk(&self, site: &Site, drawn: [&str; 2], officers: &[String]) -> (String, String, String) {
        let path = format!("/inspections/{}", self.inspection);
        let other = ["officer-a", "officer-b", "officer-c"].into_iter().find(|one| !officers.contains(&(*one).to_owned()));
        let other = site.session(other.expect("one was not drawn")).await;
        let body = json!({
            "name": { "zh": "示例检测", "en": "Sample Testing" }, "number": "CNAS L1", "hs_prefixes": ["72"], "items": ["composition"],
            "valid_from": "2020-01-01", "valid_to": "2099-12-31", "source": "示范公告"
        });
        let entered = site.post("/testing-bodies", drawn[0], &body).await.good();
        assert_eq!((&entered["status"], &entered["steps"]), (&json!("proposed"), &json!(["refuse"])));
        let body = text(&entered["id"]);
        let confirm = json!({ "step": "confirm" });
        site.post(&format!("/testing-bodies/{body}/decision"), drawn[0], &confirm).await.problem(409, "testing-body-same-officer");
        assert_eq!(site.post(&format!("/testing-bodies/{body}/decision"), drawn[1], &confirm).await.good()["status"], "in-force");

        let order = json!({ "line": 1, "items": ["composition"], "statutory": true, "through_train": true, "reason": "scrap metal" });
        let wanted = site.post(&format!("{path}/sampling"), &other, &order).await.good();
        assert_eq!(
            (&wanted["lines"][0]["standing"], &wanted["lines"][0]["items"][0]["name"]["en"]),
            (&json!("wanted"), &json!("Composition"))
        );
        let day = site.app.now().plus_days(-2).day(site.app.port().utc_offset_minutes);
        let result = json!({ "item": "composition", "method": "GB/T 1", "limit": "Fe > 90 %", "result": "95 %", "meets": true });
        let report = |bill: &str| {
            json!({
                "line": 1, "body": body, "number": "R-1", "bill": bill, "sampled_on": day, "issued_on": day, "results": [result],
                "conclusion": "pass", "file": self.attachment
            })
        };
        let send = format!("{path}/third-party-reports");
        site.post(&send, self.trader, &report("ANOTHER")).await.problem(422, "findings");
        let sent = site.post(&send, self.trader, &report(self.bill)).await.good();
        assert_eq!((&sent["status"], &sent["verified"]), (&json!("submitted"), &Value::Null));

        let take = json!({
            "line": 1, "container": self.number, "quantity": "1.5", "unit": "kg", "seal": "s1",
            "keeper": { "quantity": "1", "seal": "s2" }, "laboratory": "LAB-1", "at": at(site, 0)
        });
        site.post(&format!("{path}/samples"), &other, &take).await.problem(409, "inspection-officer-not-drawn");
        let taken = site.post(&format!("{path}/samples"), drawn[0], &take).await.good();
        assert_eq!((&taken["status"], &taken["parts"][0]["seal"]), (&json!("taken"), &json!("S1")));
        let waive = json!({ "line": 1, "reason": "the lot is known" });
        site.post(&format!("{path}/sampling/waive"), &other, &waive).await.problem(409, "inspection-same-officer");
        let waived = site.post(&format!("{path}/sampling/waive"), drawn[1], &waive).await.good();
        assert_eq!(waived["lines"][0]["standing"], "met");
        (text(&taken["id"]), body, text(&sent["id"]))
    }
}

/// A person of the laboratory, logged in.
async fn laboratory(site: &Site, name: &str) -> String {
    let id = format!("lab-here.{name}");
    let user = User {
        id: id.clone(),
        name: Bilingual::new("检验员", name),
        organisation: "lab-here".into(),
        password: None,
        disabled: false,
        officer: Some(Officer { conflicts: Vec::new(), competences: vec!["laboratory".into()], on_duty: true }),
    };
    site.app.execute(&site.platform(), &WriteUser { user, expected_version: 0 }).await.expect("a user");
    site.session(&id).await
}

#[tokio::test]
async fn the_laboratory_tests_blind_and_the_trader_learns_the_conclusion_alone() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    site.organisation("lab-here", app::Role::Customs, None, None).await;
    let (li, mo) = (laboratory(&site, "li").await, laboratory(&site, "mo").await);
    let path = format!("/samples/{}", j.sample);
    let send = json!({
        "part": "test", "act": "send", "took": { "kind": "carrier", "name": "Courier 7" }, "seal": "S1", "seal_whole": true, "at": at(&site, 0)
    });
    site.post(&format!("{path}/hand-overs"), &j.trader, &send).await.problem(403, "forbidden");
    let officer = site.session("officer-a").await;
    site.post(&format!("{path}/hand-overs"), &officer, &send).await.good();
    let late = json!({ "part": "test", "act": "receive", "seal": "S1", "seal_whole": true, "at": at(&site, 600) });
    site.post(&format!("{path}/hand-overs"), &li, &late).await.problem(400, "time-in-future");
    let receive = json!({ "part": "test", "act": "receive", "seal": "S1", "seal_whole": true, "at": at(&site, 0) });
    site.post(&format!("{path}/hand-overs"), &li, &receive).await.good();

    // Nothing that the laboratory is told says whose it is.
    let blind = site.get(&path, &li).await.good();
    assert_eq!((&blind["blind"], &blind["goods"], &blind["parts"][0]["holder"]["id"]), (&json!(true), &json!("废钢铁"), &json!("LAB-1")));
    let queue = site.get("/laboratory-queue", &li).await.good();
    assert_eq!(queue["items"][0]["id"], j.sample);
    for shown in [blind.to_string(), queue.to_string(), String::from_utf8(site.get("/samples/export", &li).await.bytes).expect("UTF-8")] {
        for secret in [j.inspection.as_str(), &j.declaration, &j.bill, &j.number, "trader-one"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
    assert_eq!(
        site.get(&format!("/samples?q={}", j.bill), &li).await.good()["items"].as_array().map(Vec::len),
        Some(1),
        "a bill is no way to search"
    );
    for hidden in [format!("/inspections/{}", j.inspection), format!("/declarations/{}", j.declaration), format!("/bills/{}", j.bill)] {
        site.get(&hidden, &li).await.problem(404, "not-found");
    }
    let label = site.get(&format!("{path}/label.pdf"), &li).await;
    assert!(label.bytes.starts_with(b"%PDF-"), "a label");

    site.post(&format!("{path}/test"), &li, &json!({})).await.good();
    let report = json!({
        "results": [{ "item": "composition", "method": "GB/T 1", "limit": "Fe > 90 %", "result": "95 %", "meets": true }], "conclusion": "pass"
    });
    assert_eq!(site.post(&format!("{path}/report"), &li, &report).await.good()["status"], "reported");
    site.post(&format!("{path}/report/release"), &li, &json!({})).await.problem(409, "sample-same-person");
    assert_eq!(site.post(&format!("{path}/report/release"), &mo, &json!({})).await.good()["conclusion"], "pass");

    let own = site.get(&path, &j.trader).await.good();
    assert_eq!((&own["status"], &own["conclusion"], &own["bill_no"]), (&json!("released"), &json!("pass"), &json!(j.bill)));
    for closed in ["parts", "chain", "reports", "decisions"] {
        assert_eq!(own[closed], json!([]), "{closed} is not for the trader");
    }
    assert_eq!((&own["taken_by"], &own["container"], &own["photo"]), (&Value::Null, &Value::Null, &Value::Null));
    site.get(&format!("{path}/label.pdf"), &j.trader).await.problem(404, "not-found");
    let line = site.get(&format!("/inspections/{}/sampling", j.inspection), &j.trader).await.good();
    assert_eq!((&line["lines"][0]["reason"], &line["lines"][0]["waived"], &line["goods"]), (&Value::Null, &Value::Null, &json!([])));
    let none = site.get(&format!("/inspections/{}/sampling", j.inspection), &j.terminal).await.good();
    assert_eq!(none["lines"], json!([]), "nor for the terminal");
    let figures = site.get("/insight/sample-times", &officer).await.good();
    let month = &figures["items"][0];
    assert_eq!((&month["reports"], &month["once_per_mille"], &month["laboratory"]["code"]), (&json!(1), &json!(1000), &json!("LAB-1")));
    let behind = format!("/samples?laboratory=LAB-1&month={}", text(&month["month"]));
    assert_eq!(site.get(&behind, &officer).await.good()["items"][0]["id"], j.sample);
    site.get("/insight/sample-times?from=2020-01-01", &officer).await.problem(400, "period");
}

#[tokio::test]
async fn traders_look_up_bodies_and_read_why_a_report_was_refused() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let bodies = site.get("/testing-bodies", &j.trader).await.good();
    assert_eq!((&bodies["items"][0]["id"], &bodies["items"][0]["entered_by"]), (&json!(j.testing_body), &Value::Null));
    let path = format!("/third-party-reports/{}", j.third_party);
    assert!(site.get(&format!("{path}/file"), &j.trader).await.bytes.starts_with(b"%PDF-"));
    let officer = site.session("officer-b").await;
    // The line was waived meanwhile: the report cannot answer it any more.
    let accept = json!({ "verified": "queried on the body's site" });
    site.post(&format!("{path}/accept"), &officer, &accept).await.problem(409, "sampling-sample-taken");
    site.post(&format!("{path}/refuse"), &officer, &json!({ "reason": "not needed any more" })).await.good();
    let told = site.get(&path, &j.trader).await.good();
    assert_eq!((&told["status"], &told["refused"], &told["decided_by"]), (&json!("refused"), &json!("not needed any more"), &Value::Null));
    site.post(&format!("{path}/audit"), &officer, &json!({ "confirmed": true, "note": "fine" })).await.problem(409, "third-party-no-audit");
}
