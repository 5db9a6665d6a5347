//! Plays a history into a fresh embedded store and says how fast that went and what came of it.
//! Arguments: containers, days, seed, path of the store (default: a temporary folder).
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use app::insights::Period;
use app::reading::ListQuery;
use app::settings::PortSettings;
use app::{App, Clock as _, Context, Parts};
use ledger::Timestamp;
use simulation::{SeededEntropy, SimClock};
use storage::{SqliteOptions, SqliteStore};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, otherwise: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (containers, days, seed) = (number(0, 3_000), number(1, 28), number(2, 1));
    let folder = tempfile::tempdir()?;
    let path = arguments.get(3).map_or_else(|| folder.path().join("history.sqlite"), PathBuf::from);
    let until: Timestamp = "2026-11-22T14:00:00Z".parse()?;
    let from = until.plus_days(-i64::try_from(days)?);
    let clock = Arc::new(SimClock::new(from));
    let port = PortSettings { demo: true, ..PortSettings::default() };
    let store = Arc::new(SqliteStore::open(
        &path,
        &port.code,
        store::contract::sealer(),
        SqliteOptions { durable: false, ..SqliteOptions::default() },
    )?);
    let ticking = Arc::clone(&clock);
    let bank = messages::SandboxBank::new("沙箱银行 Sandbox bank".into(), Arc::new(move || ticking.now()));
    let parts = Parts {
        store,
        interpreter: Arc::new(messages::EdiInterpreter::default()),
        bank: Arc::new(bank),
        clock: Arc::clone(&clock) as Arc<dyn app::Clock>,
        entropy: Arc::new(SeededEntropy::new(seed)),
        signer: Arc::new(ledger::head::SigningKey::generate(ledger::head::Algorithm::Ed25519, [7; 32])?),
        port,
    };
    let app = Arc::new(App::new(parts)?);
    let started = Instant::now();
    let tally = simulation::history(&app, &clock, seed, from, until, u32::try_from(containers)?, |_, _| {}).await?;
    let seconds = started.elapsed().as_secs_f64();
    let head = app.head().await?;
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let rate = tally.commands as f64 / seconds;
    println!("{} commands in {seconds:.1} s = {rate:.0}/s; {} containers, {} gone", tally.commands, tally.containers, tally.gone);
    println!("head: {:?}", head.map(|h| (h.size, h.root)));
    for (what, times) in &tally.refusals {
        println!("refused {times:>6} {what}");
    }
    let platform = Context::platform(until, "example");
    let mut tallies: BTreeMap<String, u64> = BTreeMap::new();
    for row in app.worklist_tally(&platform, &ListQuery::default()).await? {
        *tallies.entry(format!("{} {} {:?}", row.kind, row.status, row.action)).or_default() += row.count;
    }
    for (what, count) in tallies {
        println!("open {count:>6} {what}");
    }
    let query = ListQuery { statuses: vec!["rejected".into()], limit: 3, ..ListQuery::default() };
    for (seen, _) in app.list::<app::inbox::MessageState>(&platform, "message.read", query).await?.items {
        println!(
            "rejected {} {:?}",
            seen.state.kind,
            seen.state.findings.iter().map(|f| (&f.finding.code, &f.finding.message.en, &f.segment)).take(5).collect::<Vec<_>>()
        );
    }
    let summary = app.public_clearance(30).await?;
    println!("{:#?}", summary.summary.clearance);
    println!("{:?}", summary.histogram);
    let _ = Period { from, to: until, terminal: None };
    Ok(())
}
