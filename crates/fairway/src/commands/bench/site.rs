//! A platform of its own to measure: real store in a temporary folder, real router, real sockets.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use app::App;
use app::directory::{ApiKey, ChangeApiKey, Organisation, WriteOrganisation};
use app::{Context, Role};
use ledger::Bilingual;
use tokio::net::TcpListener;

use crate::config::{File, Limits, Profile, StoreArgs};
use crate::environment::SystemClock;
use crate::wiring;

/// A platform to measure. Its folder is removed at the end.
pub struct Site {
    /// Where it listens.
    pub address: SocketAddr,
    /// The application behind it.
    pub app: Arc<App>,
    folder: PathBuf,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Site {
    /// Starts one, with the store of a profile.
    pub async fn start(name: &str, profile: Option<Profile>) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("fairway-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let unlimited = u32::MAX;
        let file = File {
            limits: Limits { public_per_minute: unlimited, session_per_minute: unlimited, key_per_minute: unlimited, session_hours: 1 },
            ..File::read(None, profile)?
        };
        let args = StoreArgs { data: Some(folder.clone()), database: None, config: None, profile };
        let opened = wiring::open(&args, &file, Arc::new(SystemClock)).await?;
        let app = wiring::real_application(opened.store, opened.signer, &file, None)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let limits =
            api::Limits { public_per_minute: unlimited, session_per_minute: unlimited, key_per_minute: unlimited, session_hours: 1 };
        let router = api::router(
            Arc::clone(&app),
            api::ApiConfig { public_key: opened.public_key, limits, secure_cookies: false, proxies: api::TrustedProxies::default() },
        );
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        tokio::spawn(async move {
            let _ = api::serve(listener, router, async {
                let _ = stopped.await;
            })
            .await;
        });
        Ok(Self { address, app, folder, stop: Some(stop) })
    }

    /// Registers an organisation with a key; returns the key's text.
    pub async fn key(&self, id: &str, role: Role, district: Option<&str>) -> Result<String> {
        let ctx = Context::platform(self.app.now(), "bench");
        let organisation = Organisation {
            id: id.into(),
            name: Bilingual::new(id, id),
            role,
            uscc: None,
            district: district.map(str::to_owned),
            edi_id: None,
        };
        self.app.execute(&ctx, &WriteOrganisation { organisation, expected_version: 0 }).await?;
        self.key_of(id).await
    }

    /// A key of an organisation that is registered already; returns its text.
    pub async fn key_of(&self, id: &str) -> Result<String> {
        let ctx = Context::platform(self.app.now(), "bench");
        let secret = hex::encode(self.app.random::<16>());
        let key = ApiKey {
            id: format!("{id}.bench"),
            organisation: id.into(),
            name: "bench".into(),
            secret_sha256: app::inbox::sha256_hex(secret.as_bytes()),
            created_at: ctx.at,
        };
        self.app.execute(&ctx, &ChangeApiKey::Make(key)).await?;
        Ok(format!("fwk_{id}.bench_{secret}"))
    }

    /// Folder of the store.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Ends it, and leaves its folder as a server that was told to end would leave it.
    pub async fn close(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        self.app.store().close().await;
    }

    /// Ends it and removes its folder.
    pub async fn end(self) {
        let folder = self.folder.clone();
        self.close().await;
        let _ = std::fs::remove_dir_all(&folder);
    }
}
