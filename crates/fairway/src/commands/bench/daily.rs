//! The board of daily clearance and the list behind one of its figures, with one million open cases.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, ensure};
use app::counters::day_of;
use app::daily::OPEN;
use ledger::{ObjectRef, Timestamp, WorkRow};
use store::{Commit, ObjectWrite, TallyMark, WorkWrite};

use super::client::{Connection, request};
use super::site::Site;
use super::{Figure, percentile_ms};

const KIND: &str = "inspection";
const CASES: usize = 1_000_000;
const PER_COMMIT: usize = 10_000;
/// Days over which the cases were opened.
const DAYS: usize = 400;
const ASKED: usize = 200;
const BUDGET_MS: f64 = 200.0;
const WAITING: [(&str, &str); 4] =
    [("ordered", "book-inspection"), ("appointed", "present-box"), ("at-site", "record-result"), ("recorded", "confirm-result")];

/// Rows of the worklist with their counters, as the commits of as many events leave them.
fn rows(port: &str, district: &str, offset: i32, now: Timestamp, from: usize) -> Commit {
    let mut commit = Commit { port: port.to_owned(), ..Commit::default() };
    let mut counters: BTreeMap<(i32, String), i64> = BTreeMap::new();
    for serial in from..from + PER_COMMIT {
        let (status, action) = WAITING[serial % WAITING.len()];
        let opened_at = now.plus_days(-i64::try_from(serial % DAYS).unwrap_or(0));
        let id = format!("I-{serial:07}");
        let object = ObjectRef::new(KIND, &id);
        *counters.entry((day_of(opened_at, offset), format!("{}|{status}|{action}|{district}", KIND))).or_default() += 1;
        let row = WorkRow {
            title: id,
            status: status.into(),
            owner: Some(district.into()),
            action: Some(action.into()),
            authority: Some(district.into()),
            opened_at,
            ..WorkRow::default()
        };
        commit.objects.push(ObjectWrite { object: object.clone(), expected_version: 0, state: b"{}".to_vec() });
        commit.work.push(WorkWrite { object, row });
    }
    commit.tallies = counters.into_iter().map(|((day, key), by)| TallyMark { series: OPEN, day, key, by }).collect();
    commit
}

pub async fn measure() -> Result<Vec<Figure>> {
    let site = Site::start("daily", None).await?;
    let port = site.app.port().clone();
    let key = site.key("bench-customs", app::Role::Customs, Some(&port.customs_district)).await?;
    let now = site.app.now();
    for from in (0..CASES).step_by(PER_COMMIT) {
        site.app.store().commit(rows(&port.code, &port.customs_district, port.utc_offset_minutes, now, from)).await?;
    }
    let mut connection = Connection::open(site.address).await?;
    let mut figures = Vec::new();
    for (what, path) in [
        ("board of daily clearance", "/api/v1/daily"),
        ("cases behind one of its figures, a page of 50", "/api/v1/daily/cases?kind=inspection&status=at-site&action=record-result&age=3"),
    ] {
        let asked = request("GET", path, &key, "", b"");
        let mut times = Vec::with_capacity(ASKED);
        for _ in 0..ASKED {
            let started = Instant::now();
            let (status, body) = connection.ask(&asked).await?;
            times.push(u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX));
            ensure!(status == 200, "{path} was answered with {status}: {}", String::from_utf8_lossy(&body));
            if path.ends_with("daily") {
                let board: serde_json::Value = serde_json::from_slice(&body)?;
                ensure!(board["figures"]["open"] == CASES, "the board counts {}", board["figures"]["open"]);
            }
        }
        let name = format!("{what}, 1,000,000 open cases: p99 (limit: budget)");
        figures.push(Figure::new(name, percentile_ms(&mut times, 0.99), "ms", BUDGET_MS));
    }
    site.end().await;
    Ok(figures)
}
