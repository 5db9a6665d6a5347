//! A platform to ask: embedded store in a temporary folder, sandbox bank, a clock that can be moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use api::{ApiConfig, Limits, TrustedProxies};
use app::directory::{ApiKey, ChangeApiKey, Officer, Organisation, User, WriteOrganisation, WriteUser};
use app::settings::PortSettings;
use app::{App, Clock, Context, Entropy, Parts, Role};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use ledger::head::{Algorithm, SigningKey};
use ledger::{Bilingual, Head, Timestamp};
use serde_json::Value;
use storage::{SqliteOptions, SqliteStore};
use store::Sealer;
use tower::ServiceExt;

/// The machine's clock, moved by a number of milliseconds.
#[derive(Default)]
pub struct MovedClock(AtomicI64);

impl MovedClock {
    pub fn forward(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
        Timestamp::from_millis(i64::try_from(since).expect("fits") + self.0.load(Ordering::Relaxed))
    }
}

/// Bytes that nobody needs to foresee here; they only have to differ.
#[derive(Default)]
struct Counted(AtomicI64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let hash = app::inbox::sha256_hex(&self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
            for (byte, pair) in chunk.iter_mut().zip(hash.as_bytes().chunks(2)) {
                *byte = u8::from_str_radix(std::str::from_utf8(pair).expect("hex"), 16).expect("hex");
            }
        }
    }
}

struct Signs(SigningKey);

impl Sealer for Signs {
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head {
        self.0.sign_head(port, size, root, Timestamp::from_millis(0)).expect("signs")
    }
}

pub struct Site {
    pub app: Arc<App>,
    pub clock: Arc<MovedClock>,
    router: Router,
    _folder: tempfile::TempDir,
}

/// What the platform answered.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("ASCII"))
    }

    /// The answer must be a problem with this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status);
        for language in ["zh", "en"] {
            assert!(!body["detail"][language].as_str().expect("a text").is_empty());
        }
        body
    }

    /// The answer must be good; returns its body.
    #[track_caller]
    pub fn good(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.bytes));
        self.json()
    }
}

/// A request to make.
pub fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

impl Site {
    pub async fn new() -> Self {
        let national = app::national::NationalCounterpart {
            organisation: "national-window".into(),
            name: Bilingual::new("沙箱单一窗口", "SANDBOX national window"),
            sandbox: true,
            automatic: false,
            receipt_hours: 24,
        };
        let scanner = inspection::Scanner {
            id: "S1".into(),
            name: Bilingual::new("一号", "One"),
            pixel_um: None,
            senders: vec!["customs-here.test".into()],
            sandbox: false,
        };
        let imaging = inspection::ImagingRules { scanners: vec![scanner], ..inspection::ImagingRules::default() };
        let laboratory = inspection::Laboratory {
            id: "LAB-1".into(),
            name: Bilingual::new("一号实验室", "Laboratory One"),
            organisation: "lab-here".into(),
            items: vec!["composition".into()],
        };
        let sampling = inspection::SamplingRules { laboratories: vec![laboratory], ..inspection::SamplingRules::default() };
        Self::with(
            PortSettings {
                demo: true,
                daily_close_from_minutes: 0,
                national: Some(national),
                imaging,
                sampling,
                ..PortSettings::default()
            },
            SqliteOptions::default(),
        )
        .await
    }

    pub async fn with(port: PortSettings, options: SqliteOptions) -> Self {
        let limits = Limits { public_per_minute: u32::MAX, session_per_minute: u32::MAX, key_per_minute: u32::MAX, session_hours: 1 };
        Self::configured(port, options, limits, TrustedProxies::default()).await
    }

    pub async fn configured(port: PortSettings, options: SqliteOptions, limits: Limits, proxies: TrustedProxies) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = SigningKey::generate(Algorithm::Ed25519, [7; 32]).expect("a key");
        let public_key = key.public();
        let store =
            SqliteStore::open(&folder.path().join("fairway.sqlite"), &port.code, Arc::new(Signs(key.clone())), options).expect("a store");
        let clock = Arc::new(MovedClock::default());
        let bank_clock = Arc::clone(&clock);
        let app = App::new(Parts {
            store: Arc::new(store),
            interpreter: Arc::new(messages::EdiInterpreter::default()),
            bank: Arc::new(messages::SandboxBank::new("SANDBOX".into(), Arc::new(move || bank_clock.now()))),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(Counted::default()),
            signer: Arc::new(key),
            port,
        })
        .expect("policies");
        let app = Arc::new(app);
        let router = api::router(Arc::clone(&app), ApiConfig { public_key, limits, secure_cookies: false, proxies });
        Self { app, clock, router, _folder: folder }
    }

    /// Moves the clock to ten in the morning of the port's next day, so that what counts days and months does not run over midnight.
    pub fn by_day(&self) {
        let now = self.app.now();
        let morning = now.day_start(self.app.port().utc_offset_minutes).plus_days(1).plus_hours(10);
        self.clock.forward(morning.since_millis(now));
    }

    pub fn platform(&self) -> Context {
        Context::platform(self.app.now(), "test")
    }

    pub async fn organisation(&self, id: &str, role: Role, district: Option<&str>, uscc: Option<String>) {
        let organisation = Organisation {
            id: id.into(),
            name: Bilingual::new(format!("单位 {id}"), format!("Organisation {id}")),
            role,
            uscc,
            district: district.map(str::to_owned),
            edi_id: None,
        };
        self.app.execute(&self.platform(), &WriteOrganisation { organisation, expected_version: 0 }).await.expect("an organisation");
    }

    /// A key of an organisation, as the header has it.
    pub async fn key(&self, organisation: &str) -> String {
        self.key_named(organisation, &format!("{organisation}.test")).await
    }

    pub async fn key_named(&self, organisation: &str, id: &str) -> String {
        let key = ApiKey {
            id: id.to_owned(),
            organisation: organisation.into(),
            name: "test".into(),
            secret_sha256: app::inbox::sha256_hex(b"secret"),
            created_at: self.app.now(),
        };
        self.app.execute(&self.platform(), &ChangeApiKey::Make(key)).await.expect("a key");
        format!("Bearer fwk_{id}_secret")
    }

    /// An organisation with a key.
    pub async fn member(&self, id: &str, role: Role, district: Option<&str>) -> String {
        self.organisation(id, role, district, None).await;
        self.key(id).await
    }

    pub async fn user(&self, id: &str, organisation: &str, password: Option<&str>, officer: bool) {
        let user = User {
            id: id.into(),
            name: Bilingual::new("测试人员", "Test person"),
            organisation: organisation.into(),
            password: password.map(|p| api::hash_password(&self.app, p).expect("a hash")),
            disabled: false,
            officer: officer.then(|| Officer { conflicts: Vec::new(), competences: Vec::new(), on_duty: true }),
        };
        self.app.execute(&self.platform(), &WriteUser { user, expected_version: 0 }).await.expect("a user");
    }

    /// A session of a person who has no password, as on a demonstration; asks like a key.
    pub async fn session(&self, user: &str) -> String {
        let reply = self.post("/demo/login", "", &serde_json::json!({ "user": user })).await;
        reply.good();
        reply.header("set-cookie").split(';').next().expect("a cookie").to_owned()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/event-stream"));
        let bytes = if endless { Vec::new() } else { body.collect().await.expect("a body").to_bytes().to_vec() };
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    /// The body of an endless answer.
    pub async fn follow(&self, request: Request<Body>) -> Body {
        self.router.clone().oneshot(request).await.expect("an answer").into_body()
    }

    /// The body of an endless answer, or the refusal.
    pub async fn hold(&self, request: Request<Body>) -> Result<Body, Reply> {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes().to_vec();
        Err(Reply { status: parts.status, headers: parts.headers, bytes })
    }

    /// Asks the API; the path is relative to `/api/v1`.
    pub async fn ask(&self, method: &str, path: &str, key: &str, body: Option<&Value>) -> Reply {
        self.send(call(method, path, key, body)).await
    }

    pub async fn get(&self, path: &str, key: &str) -> Reply {
        self.ask("GET", path, key, None).await
    }

    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Reply {
        self.ask("POST", path, key, Some(body)).await
    }
}

/// A call of the API with a key or the cookie of a session.
pub fn call(method: &str, path: &str, key: &str, body: Option<&Value>) -> Request<Body> {
    let mut builder = request(method, &format!("/api/v1{path}"));
    if key.starts_with("fairway_session=") {
        builder = builder.header(header::COOKIE, key).header("x-fairway", "1");
    } else if !key.is_empty() {
        builder = builder.header(header::AUTHORIZATION, key);
    }
    match body {
        Some(value) => builder.header(header::CONTENT_TYPE, "application/json").body(Body::from(value.to_string())).expect("a request"),
        None => builder.body(Body::empty()).expect("a request"),
    }
}
