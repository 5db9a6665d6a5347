//! A small port with its exchange.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use app::directory::{Organisation, WriteOrganisation};
use app::inbox::MessageState;
use app::partners::{Profile, WritePartner};
use app::reading::ListQuery;
use app::{App, Clock, Context, Entropy, Parts, Principal, Role};
use channels::{Carriers, Exchange, Settings};
use ledger::head::{Algorithm, SigningKey};
use ledger::{Aggregate, Bilingual, Head, Timestamp};
use sha2::{Digest, Sha256};
use storage::{SqliteOptions, SqliteStore};
use store::{Sealer, SharedStore};

/// The machine's clock, moved forward by hand.
#[derive(Default)]
struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Timestamp::from_millis(i64::try_from(since.as_millis()).expect("fits") + self.0.load(Ordering::SeqCst))
    }
}

#[derive(Default)]
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

struct Signs(SigningKey);

impl Sealer for Signs {
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head {
        self.0.sign_head(port, size, root, Timestamp::from_millis(1_800_000_000_000)).expect("a key signs")
    }
}

/// A port with two agents and a terminal, folders, and keys.
pub struct Site {
    pub app: Arc<App>,
    pub root: PathBuf,
    pub settings: Settings,
    clock: Arc<Moved>,
    // Dropped last.
    pub home: tempfile::TempDir,
}

/// Signs heads with a fixed key.
pub fn sealer() -> Arc<dyn Sealer> {
    Arc::new(Signs(key()))
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::Ed25519, [7; 32]).expect("a key")
}

/// An application on a store; chance begins where it is told, so that two of them draw different ids.
fn application(store: SharedStore, clock: &Arc<Moved>, chance: u64, code: &str) -> Arc<App> {
    let bank_clock = Arc::clone(clock);
    let scanner = inspection::Scanner {
        id: "S1".into(),
        name: ledger::Bilingual::new("一号", "One"),
        pixel_um: None,
        senders: vec!["customs-port.key".into()],
        sandbox: false,
    };
    let imaging = inspection::ImagingRules { scanners: vec![scanner], ..inspection::ImagingRules::default() };
    let app = App::new(Parts {
        store,
        interpreter: Arc::new(messages::EdiInterpreter::default()),
        bank: Arc::new(messages::SandboxBank::new("SANDBOX".into(), Arc::new(move || bank_clock.now()))),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::new(Counted(AtomicU64::new(chance))),
        signer: Arc::new(key()),
        port: app::settings::PortSettings { code: code.to_owned(), imaging, ..app::settings::PortSettings::default() },
    });
    Arc::new(app.expect("policies"))
}

impl Site {
    pub async fn open(change: impl FnOnce(&mut Settings)) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&home.path().join("fairway.sqlite"), "ZZFWY", sealer(), SqliteOptions::default());
        Self::open_on(home, Arc::new(store.expect("a store")), "ZZFWY", change).await
    }

    pub async fn open_on(home: tempfile::TempDir, store: SharedStore, code: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let root = home.path().canonicalize().expect("its path").join("exchange");
        std::fs::create_dir_all(&root).expect("the root");
        let clock = Arc::new(Moved::default());
        let app = application(store, &clock, 0, code);
        let mut settings = Settings { folders: Some(root.clone()), stable_seconds: 0, timeout_seconds: 10, ..Settings::default() };
        change(&mut settings);
        app.employ(Arc::new(Carriers::new(settings.clone())));
        let site = Self { app, root, settings, clock, home };
        for (id, role, edi_id) in [
            ("agent-blue", Role::Agent, "AGENTBLUE"),
            ("agent-red", Role::Agent, "AGENTRED"),
            ("terminal-east", Role::Terminal, "TERMEAST"),
        ] {
            let organisation =
                Organisation { id: id.into(), name: Bilingual::new(id, id), role, uscc: None, district: None, edi_id: Some(edi_id.into()) };
            let command = WriteOrganisation { organisation, expected_version: 0 };
            site.app.execute(&site.platform(), &command).await.expect("an organisation");
        }
        site
    }

    pub fn platform(&self) -> Context {
        Context::platform(self.app.now(), "test")
    }

    pub fn of(&self, organisation: &str, role: Role) -> Context {
        let principal =
            Principal { id: format!("{organisation}.key"), organisation: organisation.into(), role, district: None, system: true };
        Context { principal, ..self.platform() }
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// Another process of the platform on the same store: its exchange.
    pub fn other_process(&self, store: SharedStore) -> (Arc<App>, Arc<Exchange>) {
        let app = application(store, &self.clock, 1 << 40, &self.app.port().code);
        let carriers = Carriers::new(self.settings.clone());
        app.employ(Arc::new(carriers.clone()));
        (Arc::clone(&app), Exchange::new(app, carriers))
    }

    /// A process of the platform.
    pub fn exchange(&self) -> Arc<Exchange> {
        Exchange::new(Arc::clone(&self.app), Carriers::new(self.settings.clone()))
    }

    pub async fn agree(&self, partner: &str, change: impl FnOnce(&mut Profile)) {
        let (expected_version, mut profile) = self.app.partner(partner).await.expect("store").expect("known");
        change(&mut profile);
        self.app.execute(&self.platform(), &WritePartner { profile, expected_version }).await.unwrap_or_else(|error| match error {
            app::AppError::Findings(findings) => panic!("{findings:#?}"),
            other => panic!("{other}"),
        });
    }

    /// Messages of one kind, oldest first.
    pub async fn messages(&self, kind: &str) -> Vec<(String, MessageState)> {
        let mut found = Vec::new();
        let mut query = ListQuery { limit: 200, ..ListQuery::default() };
        loop {
            let page = self.app.list::<MessageState>(&self.platform(), "message.read", query.clone()).await.expect("a list");
            found.extend(page.items.into_iter().map(|(seen, _)| (seen.id, seen.state)).filter(|(_, state)| state.kind == kind));
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    pub async fn status(&self, id: &str) -> String {
        self.app.peek::<MessageState>(id).await.expect("store").expect("a message").status().to_owned()
    }
}

/// An interchange of a type that is kept, checked and shown.
pub fn interchange(sender: &str, reference: &str) -> Vec<u8> {
    format!("UNB+UNOA:2+{sender}+FAIRWAY+261126:2200+{reference}'UNH+1+INVOIC:D:96A:UN'BGM+380+{reference}'UNT+3+1'UNZ+1+{reference}'")
        .into_bytes()
}

/// Names in a folder, sorted; hidden ones left out.
pub fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}
