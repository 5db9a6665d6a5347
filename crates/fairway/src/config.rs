//! Configuration: flags, then `FAIRWAY_*` variables, then one TOML file, then what is shipped.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use app::settings::PortSettings;
use clap::Args;
use serde::Deserialize;

/// Where the data are and how heads are signed. Shared by all commands that open a store.
#[derive(Args, Clone, Debug, Default)]
pub struct StoreArgs {
    /// Folder of the embedded store and the signing key
    #[arg(long, env = "FAIRWAY_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// PostgreSQL address; the embedded store is used when absent
    #[arg(long, env = "FAIRWAY_DATABASE", value_name = "URL")]
    pub database: Option<String>,
    /// Configuration file (TOML)
    #[arg(long, env = "FAIRWAY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Where to listen.
    pub listen: Option<String>,
    /// Folder of the embedded store.
    pub data: Option<PathBuf>,
    /// PostgreSQL address.
    pub database: Option<String>,
    /// `ed25519` (shipped) or `sm2-sm3`.
    pub signature: Option<String>,
    /// The port.
    pub port: PortSettings,
    /// The bank.
    pub bank: Bank,
    /// Limits of the API.
    pub limits: Limits,
    /// What stands in front.
    pub http: Http,
    /// Messages of partners.
    pub messages: Messages,
    /// Folders, SFTP and HTTP push of partners.
    pub channels: channels::Settings,
    /// The model that hints at places of images.
    pub images: Images,
    /// The national single window.
    pub national: crate::national::National,
}

/// The model that hints at places of images; the baseline that is shipped when no address is named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Images {
    /// Address of the model, as `docs/inspection.md` describes its interface.
    pub model_url: Option<String>,
    /// File with the key that the model asks for.
    pub model_key_file: Option<PathBuf>,
    /// Longest wait for an answer, seconds.
    pub model_timeout_seconds: u64,
}

impl Default for Images {
    fn default() -> Self {
        Self { model_url: None, model_key_file: None, model_timeout_seconds: 20 }
    }
}

impl Images {
    /// The model that is named, if one is.
    ///
    /// # Errors
    /// When the address is none of HTTP, the key cannot be read, or the wait makes no sense.
    pub fn model(&self) -> Result<Option<channels::HttpHint>> {
        let Some(url) = &self.model_url else { return Ok(None) };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            bail!("images.model_url must begin with http:// or https://, not {url:?}");
        }
        if !(1..=300).contains(&self.model_timeout_seconds) {
            bail!("images.model_timeout_seconds must be 1 to 300");
        }
        let key = match &self.model_key_file {
            Some(path) => Some(
                std::fs::read_to_string(path)
                    .with_context(|| format!("images.model_key_file {} cannot be read", path.display()))?
                    .trim()
                    .to_owned(),
            ),
            None => None,
        };
        Ok(Some(channels::HttpHint::new(url.clone(), key, std::time::Duration::from_secs(self.model_timeout_seconds))))
    }
}

/// Messages of partners.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Messages {
    /// Folder with descriptions of flat files (`*.toml`), besides those shipped.
    pub formats: Option<PathBuf>,
}

/// What stands in front of the platform.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Networks of the reverse proxies whose word about the client's address is taken.
    pub trusted_proxies: Vec<String>,
    /// The header they write: `x-forwarded-for` (shipped) or `forwarded`.
    pub forwarded: Option<String>,
}

impl Http {
    /// The proxies, as checked values. `instead` replaces the file's networks.
    ///
    /// # Errors
    /// When a network or the header's name is wrong; the message names it.
    pub fn proxies(&self, instead: &[String]) -> Result<api::TrustedProxies> {
        let written = if instead.is_empty() { &self.trusted_proxies } else { instead };
        if written.len() > api::TRUSTED_PROXIES_MAX {
            bail!("trusted_proxies: at most {} networks", api::TRUSTED_PROXIES_MAX);
        }
        let networks = written.iter().map(|text| text.parse::<api::Network>()).collect::<Result<_, _>>().context("trusted_proxies")?;
        let header = match self.forwarded.as_deref().unwrap_or("x-forwarded-for").to_ascii_lowercase().as_str() {
            "x-forwarded-for" => api::ForwardedHeader::XForwardedFor,
            "forwarded" => api::ForwardedHeader::Forwarded,
            other => bail!("http.forwarded must be x-forwarded-for or forwarded, not {other:?}"),
        };
        Ok(api::TrustedProxies { networks, header })
    }
}

/// How payments reach the bank.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bank {
    /// Address that takes ISO 20022 messages by HTTP POST; the built-in sandbox counterpart when absent.
    pub url: Option<String>,
    /// Name shown to payers.
    pub name: String,
}

impl Default for Bank {
    fn default() -> Self {
        Self { url: None, name: "沙箱银行 Sandbox Bank".into() }
    }
}

/// Limits of the API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests per minute and address without login.
    pub public_per_minute: u32,
    /// Requests per minute and session.
    pub session_per_minute: u32,
    /// Requests per minute and API key.
    pub key_per_minute: u32,
    /// Hours a session lasts.
    pub session_hours: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { public_per_minute: 240, session_per_minute: 1_200, key_per_minute: 6_000_000, session_hours: 12 }
    }
}

impl File {
    /// Reads the file, if one is named.
    ///
    /// # Errors
    /// When it cannot be read or holds something unknown; the message names the line.
    pub fn read(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not a valid configuration", path.display()))
    }
}

/// Where a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Embedded, in a folder.
    Folder(PathBuf),
    /// PostgreSQL.
    Postgres(String),
}

impl StoreArgs {
    /// Where the store is, by flag, variable, file, or the folder `./data`.
    pub fn place(&self, file: &File) -> Place {
        match (&self.database, &self.data, &file.database) {
            (Some(url), _, _) => Place::Postgres(url.clone()),
            (None, None, Some(url)) => Place::Postgres(url.clone()),
            (None, Some(_), _) | (None, None, None) => Place::Folder(self.folder(file)),
        }
    }

    /// Folder of the signing key, and of the embedded store.
    pub fn folder(&self, file: &File) -> PathBuf {
        self.data.clone().or_else(|| file.data.clone()).unwrap_or_else(|| PathBuf::from("data"))
    }
}

/// `ed25519` or `sm2-sm3`.
///
/// # Errors
/// When it is neither.
pub fn algorithm(name: Option<&str>) -> Result<ledger::head::Algorithm> {
    match name.unwrap_or("ed25519") {
        "ed25519" => Ok(ledger::head::Algorithm::Ed25519),
        "sm2-sm3" => Ok(ledger::head::Algorithm::Sm2Sm3),
        other => bail!("signature must be ed25519 or sm2-sm3, not {other:?}"),
    }
}
