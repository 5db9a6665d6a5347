//! Joins store, rooms, messages, bank and API into one running platform.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::exchange::Bank;
use app::settings::PortSettings;
use app::{App, Clock, Context, Entropy, Parts, Signer};
use ledger::head::PublicKey;
use messages::EdiInterpreter;
use messages::record_format::Formats;
use storage::{Access, PostgresStore, SqliteOptions, SqliteStore};
use store::{Sealer, SharedStore};

use crate::config::{File, Place, StoreArgs, algorithm};
use crate::environment::{KeySealer, SystemClock, SystemEntropy, signing_key};
use crate::national::Connected;

/// Name of the embedded store's file.
pub const STORE_FILE: &str = "fairway.sqlite";
/// Name of the signing key's file.
pub const KEY_FILE: &str = "signing-key.pem";

/// A store with the key that signs its heads.
pub struct Opened {
    /// Store.
    pub store: SharedStore,
    /// Key that checks heads.
    pub public_key: PublicKey,
    /// Signs with that key.
    pub signer: Arc<dyn Signer>,
}

/// Opens the store that flags, variables and file name.
///
/// # Errors
/// When the folder, key, file or server cannot be used.
pub async fn open(args: &StoreArgs, file: &File, clock: Arc<dyn Clock>) -> Result<Opened> {
    let folder = args.folder(file);
    private_folder(&folder)?;
    let key = signing_key(&folder.join(KEY_FILE), algorithm(file.signature.as_deref())?)?;
    let sealer = Arc::new(KeySealer::new(key, clock));
    let public_key = sealer.public();
    let store = open_place(&args.place(file), file, Arc::clone(&sealer) as Arc<dyn Sealer>).await?;
    Ok(Opened { store, public_key, signer: sealer })
}

/// Makes a folder that only its owner can enter: it holds password hashes, personal data, draw seeds and the signing key.
///
/// # Errors
/// When it cannot be created.
pub fn private_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))
}

/// Opens a store for reading alone, also while another process serves it.
///
/// # Errors
/// When there is no store, no key, or the server cannot be reached.
pub async fn inspect(args: &StoreArgs, file: &File) -> Result<Opened> {
    let key = args.folder(file).join(KEY_FILE);
    let pem = std::fs::read_to_string(&key).with_context(|| format!("cannot read the signing key {}", key.display()))?;
    let key = ledger::head::SigningKey::from_pem(&pem).context("not a signing key")?;
    let sealer = Arc::new(KeySealer::new(key, Arc::new(SystemClock)));
    let public_key = sealer.public();
    let store: SharedStore = match args.place(file) {
        Place::Folder(folder) => {
            let path = folder.join(STORE_FILE);
            let options = SqliteOptions { access: Access::Inspect, ..SqliteOptions::default() };
            Arc::new(
                SqliteStore::open(&path, &file.port.code, Arc::clone(&sealer) as Arc<dyn Sealer>, options)
                    .with_context(|| format!("cannot open the store {}", path.display()))?,
            )
        }
        place @ Place::Postgres(_) => open_place(&place, file, Arc::clone(&sealer) as Arc<dyn Sealer>).await?,
    };
    Ok(Opened { store, public_key, signer: sealer })
}

/// Opens a store at a place.
///
/// # Errors
/// When it cannot be opened.
pub async fn open_place(place: &Place, file: &File, sealer: Arc<dyn Sealer>) -> Result<SharedStore> {
    let port = &file.port.code;
    Ok(match place {
        Place::Folder(folder) => Arc::new(open_sqlite(folder, port, file.store.options()?, sealer)?),
        Place::Postgres(url) => Arc::new(PostgresStore::connect(url, port, sealer).await.context("cannot open the PostgreSQL store")?),
    })
}

/// Opens a new embedded store whose commits do not wait for the disk: for data that is built anew when the build is interrupted.
///
/// # Errors
/// When it cannot be opened.
pub fn open_to_build(folder: &Path, port: &str, sealer: Arc<dyn Sealer>) -> Result<SharedStore> {
    let path = folder.join(STORE_FILE);
    let options = SqliteOptions { durable: false, ..SqliteOptions::default() };
    Ok(Arc::new(SqliteStore::open(&path, port, sealer, options).with_context(|| format!("cannot open the store {}", path.display()))?))
}

fn open_sqlite(folder: &Path, port: &str, options: SqliteOptions, sealer: Arc<dyn Sealer>) -> Result<SqliteStore> {
    let path = folder.join(STORE_FILE);
    SqliteStore::open(&path, port, sealer, options).with_context(|| format!("cannot open the store {}", path.display()))
}

/// Puts an application together.
///
/// # Errors
/// When the shipped policies cannot be used.
pub fn application(
    store: SharedStore,
    port: PortSettings,
    interpreter: EdiInterpreter,
    bank: Arc<dyn Bank>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    signer: Arc<dyn Signer>,
) -> Result<Arc<App>> {
    Ok(Arc::new(App::new(Parts { store, interpreter: Arc::new(interpreter), bank, clock, entropy, signer, port })?))
}

/// The application with the machine's own clock and chance, and with the national window where one is connected.
///
/// # Errors
/// As [`application`].
pub fn real_application(store: SharedStore, signer: Arc<dyn Signer>, file: &File, national: Option<&Connected>) -> Result<Arc<App>> {
    let bank: Arc<dyn Bank> = match &file.bank.url {
        Some(url) => Arc::new(messages::HttpBank::new(url.clone(), file.bank.name.clone())),
        None => Arc::new(messages::SandboxBank::new(file.bank.name.clone(), Arc::new(|| SystemClock.now()))),
    };
    let formats = formats(file.messages.formats.as_deref())?;
    let mut interpreter = EdiInterpreter::new(Arc::new(formats));
    if let Some(national) = national {
        interpreter = interpreter.with_national(Arc::clone(&national.keys));
    }
    let model = file.images.model()?;
    let port = PortSettings { national: national.map(|national| national.counterpart.clone()), ..file.port.clone() };
    let app = application(store, port, interpreter, bank, Arc::new(SystemClock), Arc::new(SystemEntropy::default()), signer)?;
    if let Some(model) = model {
        app.advise(Arc::new(model));
    }
    if let Some(holder) = file.draw.holder()? {
        app.share_draws(Arc::new(holder));
    }
    Ok(app)
}

/// The descriptions of flat files: those of a folder, if one is named, and those shipped.
///
/// # Errors
/// When a description of the folder cannot be used; the message names each fault with its file.
pub fn formats(folder: Option<&Path>) -> Result<Formats> {
    let Some(folder) = folder else { return Ok(Formats::shipped()) };
    Formats::with_folder(folder).map_err(|faults| {
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("descriptions of flat files cannot be used:\n{}", told.join("\n"))
    })
}

/// Work that nobody asks for: payments to the bank, rule tables of a fresh port, draw days, missed bookings, messages left unread, alarms, expired
/// sessions; and beside it, so that no payment waits for it, what may take long.
pub fn housekeeping(app: Arc<App>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = prompt_work(&app) => {}
            () = long_work(&app) => {}
        }
    })
}

/// Images without a hint, hours of equipment, shared data on a schedule.
async fn long_work(app: &App) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        let ctx = platform(app);
        report("hours of equipment", app.keep_telemetry(&ctx).await);
        report("shared data", app.keep_sharing(&ctx).await);
        report("hints at images", app.hint_waiting_scans().await);
    }
}

async fn prompt_work(app: &App) {
    let mut changes = app.store().changes();
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    let mut soon = tokio::time::interval(Duration::from_secs(2));
    loop {
        tokio::select! {
            changed = changes.changed() => {
                if changed.is_err() {
                    return;
                }
                report("payments", app.deliver_payments(&platform(app)).await);
                // One round serves everything that arrived meanwhile.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            _ = soon.tick() => report("payments", app.deliver_payments(&platform(app)).await),
            _ = minute.tick() => {
                let ctx = platform(app);
                report("rule tables", app.keep_rule_tables(&ctx).await);
                report("draw days", app.keep_draw_days(&ctx).await);
                report("missed bookings", app.sweep_missed_bookings(&ctx).await);
                report("unread messages", app.resume_messages(ctx.at).await);
                report("alarms of the message centre", app.watch_messages(&ctx).await);
                report("expired records", app.store().expire_records(&app.port().code, ctx.at).await);
            }
        }
    }
}

/// Fetches partners' messages from folders and servers, and delivers what waits for them.
pub fn exchange(app: &Arc<App>, settings: channels::Settings) -> tokio::task::JoinHandle<()> {
    let carriers = channels::Carriers::new(settings);
    app.employ(Arc::new(carriers.clone()));
    channels::Exchange::new(Arc::clone(app), carriers).run()
}

fn platform(app: &App) -> Context {
    Context::platform(app.now(), "housekeeping")
}

fn report<T, E: std::error::Error>(what: &str, result: Result<T, E>) {
    if let Err(error) = result {
        tracing::warn!(what, error = %error, "housekeeping did not finish; it will be tried again");
    }
}
