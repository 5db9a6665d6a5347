//! `fairway serve`: the platform.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use app::App;
use ledger::head::PublicKey;
use tokio::net::TcpListener;

use super::{Outcome, runtime, say};
use crate::config::{File, StoreArgs};
use crate::environment::SystemClock;
use crate::{national, wiring};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Address to listen on
    #[arg(long, env = "FAIRWAY_LISTEN", value_name = "ADDR")]
    listen: Option<String>,
    #[command(flatten)]
    store: StoreArgs,
    /// Create this first administrator when there is none; the password is read from FAIRWAY_ADMIN_PASSWORD
    #[arg(long, env = "FAIRWAY_ADMIN", value_name = "USER")]
    admin: Option<String>,
    /// Password of the first administrator
    #[arg(long, env = "FAIRWAY_ADMIN_PASSWORD", hide = true, hide_env_values = true)]
    admin_password: Option<String>,
    /// Network of a reverse proxy whose word about the client's address is taken, such as 127.0.0.1/32; may be repeated
    #[arg(long = "trusted-proxy", env = "FAIRWAY_TRUSTED_PROXIES", value_name = "NETWORK", value_delimiter = ',')]
    trusted_proxies: Vec<String>,
}

pub fn run(args: Args) -> Result<Outcome> {
    logging();
    runtime()?.block_on(async move {
        let mut file = args.store.file()?;
        // Before the store is opened: a wrong name must not start half a platform.
        let proxies = file.http.proxies(&args.trusted_proxies)?;
        let opened = wiring::open(&args.store, &file, Arc::new(SystemClock)).await?;
        let data = args.store.folder(&file);
        let national = national::connect(&mut file, &data)?;
        let app = wiring::real_application(opened.store, opened.signer, &file, national.as_ref())?;
        if let Some(user) = &args.admin {
            let password = args.admin_password.as_deref().context("set FAIRWAY_ADMIN_PASSWORD for the first administrator")?;
            api::first_administrator(&app, user, password).await.context("cannot create the first administrator")?;
        }
        let listen = args.listen.or_else(|| file.listen.clone()).unwrap_or_else(|| "127.0.0.1:8080".into());
        serve(app, api_config(opened.public_key, &file, proxies), &file, national.as_ref(), &listen, "Fairway").await
    })?;
    Ok(Outcome::Fine)
}

/// Serves until the process is told to end; what is queued is written first.
pub async fn serve(
    app: Arc<App>,
    config: api::ApiConfig,
    file: &File,
    national: Option<&national::Connected>,
    listen: &str,
    name: &str,
) -> Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr()?;
    let router = api::router(Arc::clone(&app), config);
    app.resume_messages(app.now()).await.context("cannot read messages left unread")?;
    let tasks = wiring::housekeeping(Arc::clone(&app));
    let exchange = wiring::exchange(&app, file.channels.clone());
    let sandbox = match national {
        Some(national) => national::seat_sandbox(&app, national, file).await?,
        None => None,
    };
    say(format_args!("{name}: http://{}", shown(address)));
    api::serve(listener, router, stop()).await?;
    tasks.abort();
    // What is under way is taken up again after the next start.
    exchange.abort();
    if let Some(sandbox) = sandbox {
        sandbox.abort();
    }
    app.store().close().await;
    Ok(())
}

/// What the API is told by the configuration.
pub fn api_config(public_key: PublicKey, file: &File, proxies: api::TrustedProxies) -> api::ApiConfig {
    api::ApiConfig {
        public_key,
        limits: api::Limits {
            public_per_minute: file.limits.public_per_minute,
            session_per_minute: file.limits.session_per_minute,
            key_per_minute: file.limits.key_per_minute,
            session_hours: file.limits.session_hours,
        },
        secure_cookies: file.port.public_url.starts_with("https://"),
        proxies,
    }
}

fn shown(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() }
}

pub(super) async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}

/// Logs to standard error; `RUST_LOG` chooses what.
pub fn logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    // A second call in one process (tests) keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
