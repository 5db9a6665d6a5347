//! A port over a real embedded store.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::reading::ListQuery;
use app::settings::PortSettings;
use app::{App, Clock as _, Context, Happens, Parts, Principal, Role};
use ledger::Timestamp;
use simulation::{SeededEntropy, SimClock};
use storage::{SqliteOptions, SqliteStore};

/// When the day begins: a Tuesday morning in China.
pub fn from() -> Timestamp {
    "2026-11-17T00:00:00Z".parse().expect("instant")
}

/// When it ends: boxes need some days to leave.
pub fn until() -> Timestamp {
    from().plus_days(4)
}

/// A port.
pub struct Port {
    path: PathBuf,
    seed: u64,
    opened: u64,
    pub clock: Arc<SimClock>,
    pub app: Arc<App>,
}

impl Port {
    /// Opens a store and puts an application on it.
    pub fn open(path: &Path, seed: u64) -> Self {
        let clock = Arc::new(SimClock::new(from()));
        let app = application(path, seed, &clock);
        Self { path: path.to_owned(), seed, opened: 0, clock, app }
    }

    /// The application goes away without closing its store. Whoever else holds it must let go, too: `elsewhere` is given instead.
    pub fn crash(&mut self) -> Arc<App> {
        let folder = tempfile::tempdir().expect("a folder");
        let elsewhere = application(&folder.path().join("nobody.sqlite"), 0, &self.clock);
        self.app = Arc::clone(&elsewhere);
        elsewhere
    }

    /// Another process' worth of memory starts on the same file.
    pub fn reopen(&mut self) {
        self.opened += 1;
        self.app = application(&self.path, self.seed + 1_000 * self.opened, &self.clock);
    }

    async fn all<A: Happens>(&self, statuses: &[&str]) -> Vec<(String, A)> {
        let ctx = Context::platform(self.app.now(), "test");
        let statuses = statuses.iter().map(|s| (*s).to_owned()).collect();
        let mut query = ListQuery { statuses, limit: 200, ..ListQuery::default() };
        let mut found = Vec::new();
        loop {
            let page = self.app.list::<A>(&ctx, "case.read", query.clone()).await.expect("a list");
            found.extend(page.items.into_iter().map(|(seen, _)| (seen.id, seen.state)));
            match page.next {
                Some(cursor) => query.cursor = Some(cursor),
                None => return found,
            }
        }
    }

    /// Announced calls that have no manifest and are left to visitors.
    pub async fn calls_for_visitors(&self) -> BTreeSet<String> {
        let calls = self.all::<port_call::ShipCall>(&["announced"]).await;
        calls.into_iter().filter(|(_, call)| call.voyage_in.ends_with('V')).map(|(id, _)| id).collect()
    }

    /// Bills whose boxes are landed and that nobody has declared.
    pub async fn landed_and_undeclared(&self) -> BTreeSet<String> {
        let bills = self.all::<manifest::Bill>(&["landed"]).await;
        bills.into_iter().filter(|(_, bill)| bill.declaration.is_none()).map(|(id, _)| id).collect()
    }

    /// Boxes that left.
    pub async fn gone(&self) -> u64 {
        self.all::<logistics::Container>(&["gone"]).await.len() as u64
    }

    /// Messages on which nothing could be done, with the first reason.
    pub async fn rejected_messages(&self) -> Vec<String> {
        let rejected = self.all::<app::inbox::MessageState>(&["rejected"]).await;
        // What the synthetic partners get wrong on purpose.
        let meant = |code: &str| {
            [
                "EDI-UNT-COUNT",
                "EDI-UNZ-COUNT",
                "EDI-SEG-TRUNCATED",
                "EDI-UNT-MISSING",
                "EDI-UNZ-MISSING",
                "message-duplicate",
                "message-call-unknown",
            ]
            .contains(&code)
        };
        let unmeant = |state: &app::inbox::MessageState| {
            !state.findings.iter().any(|found| found.finding.is_error() && meant(found.finding.code.as_ref()))
        };
        let rejected = rejected.into_iter().filter(|(_, state)| unmeant(state));
        rejected.map(|(_, state)| format!("{} {:?}", state.kind, state.findings.first())).collect()
    }

    /// What somebody has to do.
    pub async fn open_actions(&self) -> BTreeSet<String> {
        let ctx = Context::platform(self.clock.now(), "test");
        let tallies = self.app.worklist_tally(&ctx, &ListQuery::default()).await.expect("worklist");
        tallies.into_iter().filter_map(|row| row.action).collect()
    }
}

fn application(path: &Path, seed: u64, clock: &Arc<SimClock>) -> Arc<App> {
    let name = ledger::Bilingual::new("沙箱扫描设备", "Sandbox scanner");
    let scanner = inspection::Scanner { id: "SANDBOX-01".into(), name, pixel_um: None, senders: Vec::new(), sandbox: true };
    let imaging = inspection::ImagingRules { scanners: vec![scanner], second_review_bp: 2_000, ..inspection::ImagingRules::default() };
    let port = PortSettings { demo: true, imaging, ..PortSettings::default() };
    // The crash tests kill processes, not machines: what the system has taken survives without waiting for the disk.
    let options = SqliteOptions { durable: false, ..SqliteOptions::default() };
    let store = SqliteStore::open(path, &port.code, store::contract::sealer(), options).expect("the store opens");
    let ticking = Arc::clone(clock);
    let bank = messages::SandboxBank::new("沙箱银行 Sandbox bank".into(), Arc::new(move || ticking.now()));
    let parts = Parts {
        store: Arc::new(store),
        interpreter: Arc::new(messages::EdiInterpreter::default()),
        bank: Arc::new(bank),
        clock: Arc::clone(clock) as Arc<dyn app::Clock>,
        entropy: Arc::new(SeededEntropy::new(seed)),
        signer: Arc::new(ledger::head::SigningKey::generate(ledger::head::Algorithm::Ed25519, [7; 32]).expect("key")),
        port,
    };
    Arc::new(App::new(parts).expect("policies"))
}

/// A request of an organisation's person at the port's present.
pub fn context(port: &Port, organisation: &str, role: Role) -> Context {
    let district = (role == Role::Customs).then(|| port.app.port().customs_district.clone());
    let principal = Principal { id: format!("{organisation}.test"), organisation: organisation.to_owned(), role, district, system: false };
    Context { principal, at: port.clock.now(), request: "fault".into(), idempotency: None, message: None, address: None }
}
