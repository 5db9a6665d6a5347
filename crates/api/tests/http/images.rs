//! Images through the API: what comes from a scanner is kept, told with its findings, shown to customs alone, and counted.

use serde_json::{Value, json};

use crate::branches::send_image;
use crate::journey::{Journey, at, text};
use crate::site::Site;

fn codes(findings: &Value) -> Vec<&str> {
    findings.as_array().expect("findings").iter().map(|one| one["code"].as_str().expect("a code")).collect()
}

fn png(seed: u64) -> Vec<u8> {
    imaging::scan(seed).picture.to_png().expect("a PNG")
}

#[tokio::test]
async fn an_image_is_read_as_it_came_and_an_odd_one_is_kept_with_its_findings() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let task = site.get(&format!("/image-tasks/{}", j.image_task), &j.customs).await.good();
    assert_eq!((&task["status"], &task["container"], &task["scans"][0]["id"]), (&json!("cancelled"), &json!(j.number), &json!(j.scan)));
    assert_eq!((task["goods"].as_array().map(Vec::len), &task["reviews"][0]["code"]), (Some(1), &json!("suspect")));
    assert_eq!(codes(&task["scans"][0]["findings"]), ["scan-operator-unknown"]);
    let image = site.get(&format!("/scans/{}/image", j.scan), &j.customs).await;
    assert_eq!((image.header("content-type"), &image.bytes), ("image/png", &png(1)));
    for stranger in [&j.trader, &j.terminal, &j.office] {
        site.get(&format!("/scans/{}/image", j.scan), stranger).await.problem(404, "not-found");
    }

    // For a box that nobody knows, with a clock that is ahead.
    let query = format!("container=ZZZU9999999&equipment=S1&order=I0&taken_at={}", at(&site, 90));
    let sent = send_image(&site, &j.customs, &query, png(2)).await.good();
    assert_eq!(codes(&sent["findings"]), ["scan-container-number", "scan-order-unknown", "scan-clock-ahead", "scan-operator-unknown"]);
    assert_eq!((&sent["scan"]["status"], &sent["repeated"]), (&json!("unmatched"), &json!(false)));
    let again = send_image(&site, &j.customs, &query, png(2)).await.good();
    assert_eq!((&again["scan"]["id"], &again["repeated"]), (&sent["scan"]["id"], &json!(true)));
    assert!(codes(&again["findings"]).contains(&"scan-repeated"));
    let waiting = site.get("/scans?status=unmatched", &j.customs).await.good();
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(1));
    let path = format!("/scans/{}", text(&sent["scan"]["id"]));
    site.post(&format!("{path}/match"), &j.customs, &json!({ "task": j.image_task })).await.problem(409, "image-task-closed");
    let aside = site.post(&format!("{path}/set-aside"), &j.customs, &json!({ "reason": "a test image" })).await.good();
    assert_eq!((&aside["status"], &aside["set_aside"]["reason"]), (&json!("set-aside"), &json!("a test image")));
    assert_eq!(site.get(&format!("{path}/image"), &j.customs).await.bytes, png(2), "nothing is lost");

    // What is refused at the door.
    let now = format!("container={}&equipment=S1&taken_at={}", j.number, at(&site, 0));
    send_image(&site, &j.customs, &now, b"%PDF-1.7".to_vec()).await.problem(400, "scan-kind");
    send_image(&site, &j.customs, &now, vec![0; 20 * 1024 * 1024 + 1]).await.problem(413, "too-large");
    send_image(&site, &j.customs, "container=X&taken_at=noon", png(3)).await.problem(400, "query-invalid");
    send_image(&site, &j.trader, &now, png(3)).await.problem(403, "forbidden");
    let other = site.key_named("customs-here", "customs-here.declarations").await;
    send_image(&site, &other, &now, png(3)).await.problem(409, "scan-not-sender");
    site.post(&format!("/image-tasks/{}/sandbox-image", j.image_task), &j.customs, &json!({})).await.problem(409, "scan-no-sandbox");
}

#[tokio::test]
async fn the_model_says_how_good_it_is_and_the_share_leads_to_its_inspections() {
    let site = Site::new().await;
    let j = Journey::walk(&site).await;
    let model = site.get("/image-hints/model", &j.customs).await.good();
    let measured = imaging::measured();
    assert_eq!((&model["images"], &model["measured_here"]), (&json!(measured.images), &json!(true)));
    assert_eq!(model["precision_per_mille"], json!(measured.precision_per_mille()));
    assert_eq!(model["recall_per_mille"], json!(measured.recall_per_mille()));
    // A hint comes by itself, soon after its image.
    site.app.hint_scan(&j.scan).await.expect("a hint, unless there is one");
    let scan = site.get(&format!("/scans/{}", j.scan), &j.customs).await.good();
    assert_eq!(scan["hint"]["model"], model["name"]);

    let share = site.get("/insight/non-intrusive", &j.office).await.good();
    let month = &share["items"][0];
    assert_eq!((&month["open"], &month["scanned_first"], &month["share_per_mille"]), (&json!(1), &json!(1), &json!(0)));
    let behind = format!("/inspections?method=open&ordered_from={}&ordered_to={}", text(&month["from"]), text(&month["to"]));
    let behind = site.get(&behind, &j.office).await.good();
    assert_eq!(behind["items"][0]["id"], j.inspection);
    assert_eq!(site.get("/inspections?method=machine", &j.office).await.good()["items"], json!([]));
    site.get("/inspections?method=magic", &j.office).await.problem(400, "query-invalid");
    site.get("/insight/non-intrusive?from=2020-01-01", &j.office).await.problem(400, "period");
}
