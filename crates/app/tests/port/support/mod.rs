//! A port with organisations, officers and a bank, on a real store in a directory of its own; and the journey of a box in small steps.
//!
//! All names and numbers are synthetic. The clock stands still unless a test moves it; chance is a counter through SHA-256.

pub mod joint;
pub mod papers;
pub mod steps;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use app::directory::{Officer, Organisation, User, WriteOrganisation, WriteUser};
use app::exchange::{Bank, BankFault, BankReply, Interpreter, PaymentOrder};
use app::settings::PortSettings;
use app::{App, AppError, Clock, Context, Entropy, Happens, IdempotencyKey, Parts, Principal, Role, UseCase};
use ledger::head::{Algorithm, PublicKey, SigningKey};
use ledger::{Aggregate, Bilingual, Head, ObjectRef, Timestamp};
use messages::{EdiInterpreter, SandboxBank};
use sha2::{Digest, Sha256};
use storage::{SqliteOptions, SqliteStore};
use store::{Sealer, SharedStore};

/// Port code of every test.
pub const PORT: &str = "ZZTST";
pub const BROKER_USCC: &str = "91320700TEAT00023L";
pub const TRADER_USCC: &str = "91330200TEAT000154";
/// Id, role, USCC, district, EDI id.
type Cast = (&'static str, Role, Option<&'static str>, Option<&'static str>, Option<&'static str>);
/// Every organisation.
pub const ORGANISATIONS: [Cast; 17] = [
    ("agent-blue", Role::Agent, None, None, Some("AGENTBLUE")),
    ("agent-red", Role::Agent, None, None, Some("AGENTRED")),
    ("terminal-east", Role::Terminal, None, None, Some("TERMEAST")),
    ("terminal-west", Role::Terminal, None, None, Some("TERMWEST")),
    ("broker-green", Role::Trader, Some(BROKER_USCC), None, None),
    ("trader-gold", Role::Trader, Some(TRADER_USCC), None, None),
    ("trader-grey", Role::Trader, None, None, None),
    ("trucker-fast", Role::Trucker, None, None, None),
    ("trucker-slow", Role::Trucker, None, None, None),
    ("customs-port", Role::Customs, None, Some("3104"), None),
    ("customs-far", Role::Customs, None, Some("2301"), None),
    ("maritime", Role::Maritime, None, None, None),
    ("border", Role::Border, None, None, None),
    ("port-authority", Role::PortAuthority, None, None, None),
    ("market", Role::MarketSupervision, None, None, None),
    ("port-office", Role::PortOffice, None, None, None),
    ("admin-desk", Role::Admin, None, None, None),
];
/// Inspection officers; the last has a conflict with the broker.
pub const OFFICERS: [&str; 4] = ["officer-an", "officer-bo", "officer-ce", "officer-di"];

/// A clock that is set by hand.
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that are the same in every run.
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// Signs heads with a fixed key at the test's time.
struct TestSealer(SigningKey, Arc<TestClock>);

impl Sealer for TestSealer {
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head {
        self.0.sign_head(port, size, root, self.1.now()).expect("an Ed25519 key signs everything")
    }
}

/// A sealer for opening a store that is only looked at.
pub fn sealer() -> Arc<dyn Sealer> {
    let key = SigningKey::generate(Algorithm::Ed25519, [7; 32]).expect("key");
    Arc::new(TestSealer(key, Arc::new(TestClock(AtomicI64::new(dawn().millis())))))
}

/// How the bank behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Pays.
    Rich,
    /// Debtors have no money (AM04).
    Poor,
    /// Cannot be reached.
    Away,
}

/// The sandbox bank, which can be made poor or unreachable.
pub struct TestBank {
    rich: SandboxBank,
    poor: SandboxBank,
    pub mood: parking_lot::Mutex<Mood>,
    pub sent: AtomicU64,
}

#[async_trait::async_trait]
impl Bank for TestBank {
    fn name(&self) -> &str {
        self.rich.name()
    }
    fn is_sandbox(&self) -> bool {
        true
    }
    fn write(&self, order: &PaymentOrder) -> Vec<u8> {
        let mood = *self.mood.lock();
        match mood {
            Mood::Rich | Mood::Away => self.rich.write(order),
            Mood::Poor => self.poor.write(order),
        }
    }
    async fn send(&self, pain001: &[u8]) -> Result<BankReply, BankFault> {
        let mood = *self.mood.lock();
        if mood == Mood::Away {
            return Err(BankFault("line is down".into()));
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        self.rich.send(pain001).await
    }
}

/// A running port.
pub struct Port {
    pub app: Arc<App>,
    pub store: SharedStore,
    pub clock: Arc<TestClock>,
    pub bank: Arc<TestBank>,
    pub public_key: PublicKey,
    pub directory: tempfile::TempDir,
    requests: AtomicU64,
    boxes: AtomicU64,
    voyages: AtomicU64,
}

/// Where every test begins: 08:00 of a working day on the port's clock.
pub fn dawn() -> Timestamp {
    "2026-11-20T00:00:00Z".parse().expect("instant")
}

impl Port {
    /// A port with all organisations and officers, and a table that inspects nobody but the seriously dishonest.
    pub async fn open() -> Self {
        Self::open_with(PortSettings { code: PORT.into(), slot_capacity: 3, daily_close_from_minutes: 0, ..PortSettings::default() }).await
    }

    pub async fn open_with(settings: PortSettings) -> Self {
        Self::open_reading(settings, EdiInterpreter::default()).await
    }

    pub async fn open_reading(settings: PortSettings, interpreter: EdiInterpreter) -> Self {
        let directory = tempfile::tempdir().expect("directory");
        let clock = Arc::new(TestClock(AtomicI64::new(dawn().millis())));
        let key = SigningKey::generate(Algorithm::Ed25519, [7; 32]).expect("key");
        let public_key = key.public();
        let path = directory.path().join("port.sqlite");
        let sealer = Arc::new(TestSealer(key.clone(), Arc::clone(&clock)));
        let store: SharedStore = Arc::new(SqliteStore::open(&path, PORT, sealer, SqliteOptions::default()).expect("store"));
        let bank_clock = {
            let clock = Arc::clone(&clock);
            Arc::new(move || clock.now())
        };
        let everybody = ORGANISATIONS.iter().map(|(id, ..)| name_of(id)).collect();
        let bank = Arc::new(TestBank {
            rich: SandboxBank::new("Sandbox".into(), bank_clock.clone()),
            poor: SandboxBank::new("Sandbox".into(), bank_clock).with_empty_accounts(everybody),
            mood: parking_lot::Mutex::new(Mood::Rich),
            sent: AtomicU64::new(0),
        });
        let app = App::new(Parts {
            store: Arc::clone(&store),
            interpreter: Arc::new(interpreter) as Arc<dyn Interpreter>,
            bank: Arc::clone(&bank) as Arc<dyn Bank>,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(Counted(AtomicU64::new(1))),
            signer: Arc::new(key),
            port: settings,
        });
        let app = Arc::new(app.expect("policies"));
        let port = Self {
            app,
            store,
            clock,
            bank,
            public_key,
            directory,
            requests: AtomicU64::new(1),
            boxes: AtomicU64::new(100),
            voyages: AtomicU64::new(0),
        };
        port.populate().await;
        port
    }

    async fn populate(&self) {
        for (id, role, uscc, district, edi_id) in ORGANISATIONS {
            let organisation = Organisation {
                id: id.into(),
                name: Bilingual::new(name_of(id), id),
                role,
                uscc: uscc.map(str::to_owned),
                district: district.map(str::to_owned),
                edi_id: edi_id.map(str::to_owned),
            };
            self.ok("admin-desk", &WriteOrganisation { organisation, expected_version: 0 }).await;
        }
        for (index, officer) in OFFICERS.iter().enumerate() {
            let conflicts = if index == 3 { vec!["broker-green".to_owned()] } else { Vec::new() };
            let user = User {
                id: (*officer).into(),
                name: Bilingual::new("查验员", *officer),
                organisation: "customs-port".into(),
                password: None,
                disabled: false,
                officer: Some(Officer { conflicts, competences: Vec::new(), on_duty: true }),
            };
            self.ok("admin-desk", &WriteUser { user, expected_version: 0 }).await;
        }
        let origin = codes::Text::new("测试规则", "rules of the test");
        self.ok("platform", &app::rule_tables::InstallTable { table: papers::table(), origin }).await;
        let agreement = self.ok("trader-gold", &self.agreement_of("trader-gold", "broker-green")).await;
        self.ok("broker-green", &app::agency::AcceptAgreement { id: agreement }).await;
        self.app.keep_draw_days(&self.ctx("platform")).await.expect("draw days");
    }

    /// An agreement for all bills and a year.
    pub fn agreement_of(&self, principal: &str, agent: &str) -> app::agency::ProposeAgreement {
        app::agency::ProposeAgreement {
            principal: principal.into(),
            agent: agent.into(),
            acts: [clearance::AgencyAct::Declaration].into(),
            bill: None,
            valid_from: self.now(),
            valid_to: self.now().plus_days(365),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn pass_minutes(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    pub fn set_time(&self, at: Timestamp) {
        self.clock.0.store(at.millis(), Ordering::SeqCst);
    }

    /// A person of an organisation asks, now. `platform`, `public` and the inspection officers are themselves.
    pub fn ctx(&self, who: &str) -> Context {
        let principal = match who {
            "platform" => Principal::platform(),
            "public" => Principal::public(),
            who => principal_of(who),
        };
        let request = format!("r{}", self.requests.fetch_add(1, Ordering::SeqCst));
        Context { principal, at: self.now(), request, idempotency: None, message: None, address: None }
    }

    pub fn keyed(&self, who: &str, key: &str) -> Context {
        Context { idempotency: Some(IdempotencyKey { key: key.into() }), ..self.ctx(who) }
    }

    pub async fn run<U: UseCase>(&self, who: &str, command: &U) -> Result<U::Outcome, AppError> {
        Box::pin(self.app.execute(&self.ctx(who), command)).await.map(|done| done.outcome)
    }

    pub async fn ok<U: UseCase>(&self, who: &str, command: &U) -> U::Outcome {
        match self.run(who, command).await {
            Ok(outcome) => outcome,
            Err(AppError::Findings(findings)) => panic!("{} as {who}: {findings:#?}", U::NAME),
            Err(error) => panic!("{} as {who}: {error}", U::NAME),
        }
    }

    /// Expects a refusal and gives its code.
    pub async fn no<U: UseCase>(&self, who: &str, command: &U) -> String {
        match self.run(who, command).await {
            Ok(_) => panic!("{} as {who} should have been refused", U::NAME),
            Err(error) => code_of(&error),
        }
    }

    pub async fn state<A: Happens>(&self, id: &str) -> A {
        self.app.peek::<A>(id).await.expect("store").unwrap_or_else(|| panic!("no {} {id}", A::KIND))
    }

    pub async fn status<A: Happens>(&self, id: &str) -> String {
        self.state::<A>(id).await.status().to_owned()
    }

    /// Kinds of the events whose subject is this object, oldest first.
    pub async fn events<A: Aggregate>(&self, id: &str) -> Vec<String> {
        let object = ObjectRef::new(A::KIND, id);
        let stored = self.store.events_of(PORT, &object, None, 500).await.expect("events");
        stored.into_iter().filter(|s| s.event.subject().is_ok_and(|subject| *subject == object)).map(|s| s.event.kind.to_string()).collect()
    }

    /// Events on the ledger so far.
    pub async fn size(&self) -> u64 {
        self.app.head().await.expect("store").map_or(0, |head| head.size)
    }

    /// A container number that no test of this port has used.
    pub fn fresh_box(&self) -> String {
        let serial = self.boxes.fetch_add(1, Ordering::SeqCst);
        codes::ContainerNumber::synthetic(u32::try_from(serial).expect("few boxes")).to_string()
    }
}

pub fn name_of(id: &str) -> String {
    format!("示例{id}")
}

pub fn principal_of(organisation: &str) -> Principal {
    if OFFICERS.contains(&organisation) {
        return Principal { id: organisation.into(), ..principal_of("customs-port") };
    }
    let (id, role, _, district, _) =
        ORGANISATIONS.iter().find(|(id, ..)| *id == organisation).unwrap_or_else(|| panic!("no organisation {organisation}"));
    Principal {
        id: format!("{id}.person"),
        organisation: (*id).to_owned(),
        role: *role,
        district: district.map(str::to_owned),
        system: false,
    }
}

/// The stable code of an error; the first error of findings.
pub fn code_of(error: &AppError) -> String {
    match error {
        AppError::NotFound { .. } => "not-found".into(),
        AppError::Forbidden { .. } => "forbidden".into(),
        AppError::Refused(refusal) => refusal.code.into(),
        AppError::Findings(findings) => findings.iter().find(|f| f.is_error()).map_or_else(String::new, |f| f.code.to_string()),
        AppError::Invalid { code, .. } => (*code).into(),
        AppError::Stale { .. } => "stale".into(),
        AppError::KeyReused => "key-reused".into(),
        AppError::Busy => "busy".into(),
        AppError::Store(error) => format!("store: {error}"),
        AppError::Replay(error) => format!("replay: {error}"),
        AppError::Internal(what) => format!("internal: {what}"),
    }
}

/// Everybody at once; the outcomes or codes.
pub async fn at_once<U>(port: &Arc<Port>, commands: Vec<(&'static str, U)>) -> Vec<Result<U::Outcome, String>>
where
    U: UseCase + 'static,
    U::Outcome: 'static,
{
    let tasks: Vec<_> = commands
        .into_iter()
        .map(|(who, command)| {
            let port = Arc::clone(port);
            tokio::spawn(async move { port.run(who, &command).await.map_err(|error| code_of(&error)) })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.expect("task"));
    }
    outcomes
}
