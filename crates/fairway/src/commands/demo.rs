//! `fairway demo`: a synthetic port with weeks of history that keeps living, and one-click logins. Seeded and deterministic.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use app::{Clock as _, Entropy};
use ledger::Timestamp;
use simulation::{SeededEntropy, SimClock};

use super::{Outcome, runtime, serve};
use crate::config::{File, Place};
use crate::environment::{KeySealer, SystemClock, signing_key};
use crate::holder::{Book, Sandbox};
use crate::{national, wiring};

/// Days of history.
const HISTORY_DAYS: i64 = 28;
/// File that says that the history is complete.
const DONE_FILE: &str = "demo-ready";
/// Folder of the second holder of the draw.
const HOLDER_FOLDER: &str = "second-holder";
/// Sets the holder's chance apart from the platform's.
const HOLDER_SEED: u64 = 0x5ec0_4d01_de70_0002;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Address to listen on
    #[arg(long, env = "FAIRWAY_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: String,
    /// Folder of the demo's store; made anew when it does not hold a complete demo
    #[arg(long, env = "FAIRWAY_DATA", default_value = "data/demo", value_name = "DIR")]
    data: PathBuf,
    /// Seed: the same seed on the same day gives the same port
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Containers of the history
    #[arg(long, default_value_t = 3_000)]
    containers: u32,
    /// Build the history, then end instead of serving
    #[arg(long)]
    exit: bool,
}

pub fn run(args: Args) -> Result<Outcome> {
    serve::logging();
    runtime()?.block_on(demo(args))?;
    Ok(Outcome::Fine)
}

async fn demo(args: Args) -> Result<()> {
    let mut file = File::default();
    file.port.demo = true;
    file.port.public_url = format!("http://{}", args.listen);
    file.national.sandbox = true;
    file.port.imaging.scanners = vec![inspection::Scanner {
        id: "SANDBOX-01".into(),
        name: ledger::Bilingual::new("沙箱扫描设备", "Sandbox scanner"),
        pixel_um: Some(imaging::PIXEL_UM),
        senders: Vec::new(),
        sandbox: true,
    }];
    file.port.imaging.second_review_bp = 2_000;
    // A visitor may come at any hour.
    file.port.daily_close_from_minutes = 0;
    let items = file.port.sampling.items.iter().map(|item| item.code.clone()).collect();
    file.port.sampling.laboratories = vec![inspection::Laboratory {
        id: "LAB-01".into(),
        name: ledger::Bilingual::new("示范综合实验室", "Demo General Laboratory"),
        organisation: "lab-demo".into(),
        items,
    }];
    file.port.sampling.audit_bp = 3_000;
    let done = args.data.join(DONE_FILE);
    let label = format!("seed={} containers={}\n", args.seed, args.containers);
    let complete = std::fs::read_to_string(&done).is_ok_and(|text| text == label);
    if !complete {
        build(&args, &file).await?;
        std::fs::write(&done, &label).context("cannot mark the demo as complete")?;
    }
    if args.exit {
        return Ok(());
    }
    let clock: Arc<dyn app::Clock> = Arc::new(SystemClock);
    let key = signing_key(&args.data.join(wiring::KEY_FILE), ledger::head::Algorithm::Ed25519)?;
    let sealer = Arc::new(KeySealer::new(key, Arc::clone(&clock)));
    let public_key = sealer.public();
    let store = wiring::open_place(&Place::Folder(args.data.clone()), &file, Arc::clone(&sealer) as Arc<dyn store::Sealer>).await?;
    let national = national::connect(&mut file, &args.data)?;
    let app = wiring::real_application(store, sealer, &file, national.as_ref())?;
    app.share_draws(holder(&args, clock, file.port.utc_offset_minutes, true)?);
    let living = tokio::spawn(simulation::live(Arc::clone(&app), args.seed));
    let served = serve::serve(
        app,
        serve::api_config(public_key, &file, api::TrustedProxies::default()),
        &file,
        national.as_ref(),
        &args.listen,
        "Fairway demo 通衢口岸平台演示",
    )
    .await;
    living.abort();
    served
}

/// The demonstration's second holder of the draw, in a folder of its own. Its secret, too, comes from the seed.
fn holder(args: &Args, clock: Arc<dyn app::Clock>, utc_offset_minutes: i32, durable: bool) -> Result<Arc<Sandbox>> {
    let chance = SeededEntropy::new(args.seed ^ HOLDER_SEED);
    let book = Book::open(&args.data.join(HOLDER_FOLDER), clock, &chance, utc_offset_minutes, durable)?;
    Ok(Arc::new(Sandbox::new(Arc::new(book))))
}

/// Plays the history with a clock and a chance of its own.
async fn build(args: &Args, file: &File) -> Result<()> {
    if args.data.exists() && std::fs::read_dir(&args.data)?.next().is_some() {
        let ours =
            args.data.join(wiring::STORE_FILE).exists() || args.data.join(DONE_FILE).exists() || args.data.join(wiring::KEY_FILE).exists();
        if !ours {
            bail!("{} is not empty and holds no demo; choose another folder", args.data.display());
        }
        std::fs::remove_dir_all(&args.data).with_context(|| format!("cannot make {} anew", args.data.display()))?;
    }
    wiring::private_folder(&args.data)?;
    let until = until(SystemClock.now());
    let from = until.plus_days(-HISTORY_DAYS);
    let clock = Arc::new(SimClock::new(from));
    // The key, too, comes from the seed: a demo proves how proof works, not that its past is true.
    let entropy = Arc::new(SeededEntropy::new(args.seed));
    let mut seed = [0; 32];
    entropy.fill(&mut seed);
    let key = ledger::head::SigningKey::generate(ledger::head::Algorithm::Ed25519, seed)?;
    crate::environment::write_private(&args.data.join(wiring::KEY_FILE), key.to_pem()?.as_bytes())?;
    let sealer = Arc::new(KeySealer::new(key, Arc::clone(&clock) as Arc<dyn app::Clock>));
    let store = wiring::open_to_build(&args.data, &file.port.code, Arc::clone(&sealer) as Arc<dyn store::Sealer>)?;
    let ticking = Arc::clone(&clock);
    let bank = Arc::new(messages::SandboxBank::new(file.bank.name.clone(), Arc::new(move || ticking.now())));
    let app = wiring::application(
        Arc::clone(&store),
        file.port.clone(),
        messages::EdiInterpreter::new(Arc::new(wiring::formats(None)?)),
        bank,
        Arc::clone(&clock) as Arc<dyn app::Clock>,
        entropy,
        sealer,
    )?;
    app.share_draws(holder(args, Arc::clone(&clock) as Arc<dyn app::Clock>, file.port.utc_offset_minutes, false)?);
    let started = std::time::Instant::now();
    let mut shown = 0;
    simulation::history(&app, &clock, args.seed, from, until, args.containers, |done, all| {
        let percent = done * 100 / all.max(1);
        if percent >= shown + 10 {
            shown = percent;
            eprintln!("demo history: {percent} %");
        }
    })
    .await
    .context("the history of the demo cannot be played")?;
    let size = app.head().await?.map_or(0, |h| h.size);
    eprintln!("demo history: {size} events in {:.1} s", started.elapsed().as_secs_f64());
    store.close().await;
    // The mark that it is complete comes after the data itself is on the disk.
    std::fs::File::open(args.data.join(wiring::STORE_FILE))
        .and_then(|file| file.sync_all())
        .context("cannot sync the store of the demo")?;
    Ok(())
}

/// The history ends at the last full hour.
fn until(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.millis() / 3_600_000 * 3_600_000)
}
