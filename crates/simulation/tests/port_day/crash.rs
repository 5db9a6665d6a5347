//! A process that plays the port is killed at random instants; whatever it had acknowledged is there when the file is opened again.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::invariants::Watch;
use super::port::{Port, from, until};

/// Says to this test that it is the process to be killed; the value is the path of the store.
const CHILD: &str = "FAIRWAY_PORT_DAY_STORE";
/// Which life of the process it is: each has a chance of its own, as processes do.
const LIFE: &str = "FAIRWAY_PORT_DAY_LIFE";
/// How often the process is killed.
const KILLS: u64 = 3;
/// Containers of the play.
const CONTAINERS: u32 = 60;
/// The play takes a while to set up.
const FIRST_LINE_WITHIN: Duration = Duration::from_secs(60);

pub fn killed_at_random() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    if let Ok(path) = std::env::var(CHILD) {
        let life = std::env::var(LIFE).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        runtime.block_on(play_until_killed(Path::new(&path), 70 + life));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("port.sqlite");
    let mut acknowledged: BTreeMap<u64, String> = BTreeMap::new();
    for kill in 0..KILLS {
        let told = run_and_kill(&path, kill, 40 + 90 * kill);
        assert!(!told.is_empty(), "kill {kill}: the process acknowledged nothing");
        acknowledged.extend(told);
        runtime.block_on(check(&path, &acknowledged, kill));
    }
}

/// Runs this test again as a process of its own, and kills it after so many acknowledgements and a moment.
fn run_and_kill(path: &Path, life: u64, lines: u64) -> Vec<(u64, String)> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["nothing_acknowledged_is_lost_when_the_process_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, path)
        .env(LIFE, life.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the process starts");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let (say, hear) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // The harness may write before the first acknowledgement on the same line.
            if let Some((_, rest)) = line.split_once("ack ")
                && let Some((position, id)) = rest.split_once(' ')
                && let Ok(position) = position.parse::<u64>()
                && id.len() == 36
            {
                let _ = say.send((position, id.to_owned()));
            }
        }
    });
    let mut told = Vec::new();
    let started = Instant::now();
    while (told.len() as u64) < lines && started.elapsed() < FIRST_LINE_WITHIN {
        match hear.recv_timeout(Duration::from_secs(1)) {
            Ok(one) => told.push(one),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    child.kill().expect("the process is killed");
    child.wait().expect("it ends");
    reader.join().expect("its output was read");
    // What it wrote before it died was acknowledged, too.
    told.extend(hear.try_iter());
    told
}

/// The process: plays and says the id of the last event after each step.
async fn play_until_killed(path: &Path, seed: u64) {
    let port = Port::open(path, seed);
    port.app.resume_messages(from()).await.expect("messages left unread are read");
    let Ok(mut play) = simulation::Simulation::begin(&port.app, &port.clock, seed, from(), until(), CONTAINERS).await else { return };
    let mut known = None;
    while play.step().await.expect("a step") {
        let events = port.app.store().events_after(&port.app.port().code, known, 5_000).await.expect("events");
        if let Some(last) = events.last() {
            known = Some(last.position);
            #[expect(clippy::print_stdout, reason = "the way to the process that kills this one")]
            {
                println!("ack {} {}", last.position, last.event.id);
            }
        }
    }
}

async fn check(path: &Path, acknowledged: &BTreeMap<u64, String>, kill: u64) {
    let port = Port::open(path, 1);
    let mut watch = Watch::default();
    watch.changed(&port.app).await.unwrap_or_else(|fault| panic!("kill {kill}: {fault}"));
    watch.everything(&port).await.unwrap_or_else(|fault| panic!("kill {kill}: {fault}"));
    for (position, id) in acknowledged {
        let found = port.app.store().event(&port.app.port().code, id).await.expect("the store answers");
        assert_eq!(found.map(|stored| stored.position), Some(*position), "kill {kill}: event {id} was acknowledged");
    }
}
