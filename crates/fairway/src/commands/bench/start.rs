//! Start with one million open objects: how long until a server of its own gives its first answer, and how much memory it takes, at once and
//! after it has worked.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::Figure;
use super::client::{Connection, request};
use super::site::Site;
use crate::config::Profile;

const OBJECTS: usize = 1_000_000;
const BUDGET_SECONDS: f64 = 5.0;
const BUDGET_MIB: f64 = 1_024.0;
/// Batches of moves all over the yard that the server then takes.
const BATCHES: usize = 100;
/// Pages of the worklist that it then shows.
const PAGES: usize = 100;

pub async fn measure(profile: Option<Profile>) -> Result<Vec<Figure>> {
    let site = Site::start("start", profile).await?;
    let folder = site.folder().to_owned();
    let office = site.key("bench-port-office", app::Role::PortOffice, None).await?;
    let terminal = site.key("bench-terminal", app::Role::Terminal, None).await?;
    let at = site.app.now();
    super::events::prepare(&site, at, OBJECTS).await?;
    site.close().await;
    let measured = serve(&folder, &office, &terminal, &at.to_string()).await;
    let _ = std::fs::remove_dir_all(&folder);
    measured
}

async fn serve(folder: &Path, office: &str, terminal: &str, at: &str) -> Result<Vec<Figure>> {
    let started = Instant::now();
    let mut server = Command::new(std::env::current_exe()?)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let address = address(&mut server).await?;
    let mut connection = Connection::open(address).await?;
    let list = request("GET", "/api/v1/worklist?limit=50", office, "", b"");
    let (status, body) = connection.ask(&list).await?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(status == 200, "the first answer was {status}: {}", String::from_utf8_lossy(&body));
    let at_first = memory_mib(&server, "VmRSS:")?;
    let (_, body) = connection.ask(&request("GET", "/api/v1/worklist/tally", office, "", b"")).await?;
    let tally: serde_json::Value = serde_json::from_slice(&body)?;
    // Besides the boxes there is what every port has, such as its rule table.
    let boxes = tally["items"].as_array().into_iter().flatten().filter(|row| row["kind"] == "container");
    let open: u64 = boxes.filter_map(|row| row["count"].as_u64()).sum();
    ensure!(open == OBJECTS as u64, "the worklist counts {open}");
    work(&mut connection, office, terminal, at).await?;
    let most = memory_mib(&server, "VmHWM:")?;
    server.kill().await?;
    Ok(vec![
        Figure::new("start with 1,000,000 open objects to first answer (limit: budget)", seconds, "s", BUDGET_SECONDS),
        Figure::new("memory with 1,000,000 open objects at the first answer (limit: budget)", at_first, "MiB", BUDGET_MIB),
        Figure::new(
            format!("most memory after {BATCHES} batches of 1,000 moves all over them and {PAGES} worklist pages (limit: budget)"),
            most,
            "MiB",
            BUDGET_MIB,
        ),
    ])
}

/// The address that a server tells once it listens.
async fn address(server: &mut Child) -> Result<SocketAddr> {
    let out = server.stdout.take().context("the server has no output")?;
    let line = BufReader::new(out).lines().next_line().await?.context("the server ended before it listened")?;
    line.rsplit("http://").next().unwrap_or_default().trim().parse().with_context(|| format!("no address in {line}"))
}

async fn work(connection: &mut Connection, office: &str, terminal: &str, at: &str) -> Result<()> {
    for batch in 0..BATCHES {
        // Every box at the same distance from the next: each batch touches the whole store.
        let boxes = (0..super::events::BATCH).map(|n| (n * (OBJECTS / super::events::BATCH) + batch * 7) % OBJECTS);
        let (status, body) =
            connection.ask(&request("POST", "/api/v1/status-events", terminal, "", &super::events::body(boxes, at))).await?;
        let answer: serde_json::Value = serde_json::from_slice(&body)?;
        ensure!(status == 200 && answer["accepted"] == super::events::BATCH, "a batch was answered with {status}: {answer}");
    }
    let mut onward = String::new();
    for _ in 0..PAGES {
        let (status, body) = connection.ask(&request("GET", &format!("/api/v1/worklist?limit=200{onward}"), office, "", b"")).await?;
        let page: serde_json::Value = serde_json::from_slice(&body)?;
        ensure!(status == 200 && page["items"].as_array().is_some_and(|items| items.len() == 200), "a page was answered with {status}");
        onward = format!("&cursor={}", page["next"].as_str().context("the worklist ended")?);
    }
    Ok(())
}

/// A line of the process's status, in MiB.
fn memory_mib(server: &Child, line: &str) -> Result<f64> {
    let id = server.id().context("the server has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let found = status.lines().find(|l| l.starts_with(line)).with_context(|| format!("no {line}"))?;
    let kib: f64 = found.split_whitespace().nth(1).context("no figure")?.parse()?;
    Ok(kib / 1_024.0)
}
