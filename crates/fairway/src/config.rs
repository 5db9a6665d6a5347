//! Configuration: flags, then `FAIRWAY_*` variables, then one TOML file, then what is shipped.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use app::settings::PortSettings;
use clap::Args;
use serde::Deserialize;
use storage::SqliteOptions;

/// Most connections of each kind.
const STORE_READERS_MAX: usize = 64;
/// Largest page cache, MiB.
const STORE_CACHE_MIB_MAX: u32 = 64 * 1_024;
/// Largest bound of the file, GiB.
const STORE_FILE_GIB_MAX: u64 = 16 * 1_024;

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
    /// Settings for a kind of deployment, beneath those of the file: small-port
    #[arg(long, env = "FAIRWAY_PROFILE", value_name = "NAME")]
    pub profile: Option<Profile>,
}

/// A named set of settings (部署档) that a configuration builds upon.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// One small server with the embedded store (小港口).
    SmallPort,
}

impl Profile {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SmallPort => "small-port",
        }
    }

    /// Its settings, as a configuration file says them.
    pub const fn text(self) -> &'static str {
        match self {
            Self::SmallPort => include_str!("../profiles/small-port.toml"),
        }
    }
}

/// The configuration file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// Settings for a kind of deployment, beneath those written here.
    pub profile: Option<Profile>,
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
    /// The embedded store.
    pub store: Store,
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
    /// The second holder of the draw.
    pub draw: Draw,
    /// The national single window.
    pub national: crate::national::National,
}

/// What the embedded store may take of the machine. PostgreSQL has its own settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Connections for single rows, and as many for lists.
    pub readers: usize,
    /// The writer's page cache, MiB.
    pub cache_mib: u32,
    /// Bound of the file, GiB; the disk when absent.
    pub file_gib_max: Option<u64>,
}

impl Default for Store {
    fn default() -> Self {
        let SqliteOptions { readers, cache_mib, .. } = SqliteOptions::default();
        Self { readers, cache_mib, file_gib_max: None }
    }
}

impl Store {
    /// As the store is opened with them.
    ///
    /// # Errors
    /// When a value cannot be used; the message names it.
    pub fn options(&self) -> Result<SqliteOptions> {
        if !(1..=STORE_READERS_MAX).contains(&self.readers) {
            bail!("store.readers must be 1 to {STORE_READERS_MAX}, not {}", self.readers);
        }
        if !(1..=STORE_CACHE_MIB_MAX).contains(&self.cache_mib) {
            bail!("store.cache_mib must be 1 to {STORE_CACHE_MIB_MAX}, not {}", self.cache_mib);
        }
        let file_bytes_max = match self.file_gib_max {
            Some(gib @ 1..=STORE_FILE_GIB_MAX) => Some(gib << 30),
            Some(other) => bail!("store.file_gib_max must be 1 to {STORE_FILE_GIB_MAX}, not {other}"),
            None => None,
        };
        Ok(SqliteOptions { readers: self.readers, cache_mib: self.cache_mib, file_bytes_max, ..SqliteOptions::default() })
    }
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

/// The second holder of the draw (双随机抽查第二持有人): another office, without which no number can be computed. None when no address is named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Draw {
    /// Address of the office's `fairway draw holder`.
    pub holder_url: Option<String>,
    /// File with the key that it gave to this platform.
    pub holder_key_file: Option<PathBuf>,
    /// Its name in Chinese, as published.
    pub holder_name_zh: String,
    /// Its name in English.
    pub holder_name_en: String,
    /// Longest wait for its part, milliseconds; then the platform draws alone.
    pub holder_timeout_ms: u64,
}

impl Default for Draw {
    fn default() -> Self {
        let (holder_name_zh, holder_name_en) = ("第二持有人".into(), "Second holder".into());
        Self { holder_url: None, holder_key_file: None, holder_name_zh, holder_name_en, holder_timeout_ms: 500 }
    }
}

impl Draw {
    /// The holder that is named, if one is.
    ///
    /// # Errors
    /// When the address is none of HTTP, the key cannot be read, or the wait makes no sense.
    pub fn holder(&self) -> Result<Option<channels::HttpHolder>> {
        let Some(url) = &self.holder_url else { return Ok(None) };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            bail!("draw.holder_url must begin with http:// or https://, not {url:?}");
        }
        if !(50..=800).contains(&self.holder_timeout_ms) {
            bail!("draw.holder_timeout_ms must be 50 to 800: the answer to a declaration waits for it");
        }
        let path = self.holder_key_file.as_ref().context("draw.holder_key_file must name the file with the holder's key")?;
        let key = std::fs::read_to_string(path).with_context(|| format!("draw.holder_key_file {} cannot be read", path.display()))?;
        let name = ledger::Bilingual::new(self.holder_name_zh.clone(), self.holder_name_en.clone());
        let timeout = std::time::Duration::from_millis(self.holder_timeout_ms);
        Ok(Some(channels::HttpHolder::new(url.clone(), key.trim().to_owned(), name, timeout)))
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
    /// Reads the file, if one is named, over the settings of a profile: the one given, or the one the file names.
    ///
    /// # Errors
    /// When it cannot be read or holds something unknown; the message names the line.
    pub fn read(path: Option<&Path>, profile: Option<Profile>) -> Result<Self> {
        let text = match path {
            Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {}", path.display()))?,
            None => String::new(),
        };
        let shown = path.map_or_else(|| "the configuration".to_owned(), |path| path.display().to_string());
        Self::parse(&text, profile).with_context(|| format!("{shown} is not a valid configuration"))
    }

    fn parse(text: &str, profile: Option<Profile>) -> Result<Self> {
        // By itself first: what is wrong in it is then told with its line.
        let written: Self = toml::from_str(text)?;
        let Some(profile) = profile.or(written.profile) else { return Ok(written) };
        let mut whole: toml::Table = toml::from_str(profile.text())?;
        lay_over(&mut whole, toml::from_str(text)?);
        Ok(Self { profile: Some(profile), ..whole.try_into()? })
    }
}

/// Lays what is written over what is beneath: tables are joined, whatever else is replaced.
fn lay_over(beneath: &mut toml::Table, written: toml::Table) {
    for (key, value) in written {
        match (beneath.get_mut(&key), value) {
            (Some(toml::Value::Table(known)), toml::Value::Table(more)) => lay_over(known, more),
            (_, value) => {
                beneath.insert(key, value);
            }
        }
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
    /// The configuration that is named, over the profile that is named.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn file(&self) -> Result<File> {
        File::read(self.config.as_deref(), self.profile)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_lies_beneath_what_is_written_and_above_what_is_shipped() {
        let shipped = File::parse("", None).expect("nothing is a configuration");
        let small = File::parse("", Some(Profile::SmallPort)).expect("a profile");
        assert_eq!((shipped.limits.session_per_minute, small.limits.session_per_minute), (1_200, 600));
        assert_eq!((small.store.readers, small.store.cache_mib, small.store.file_gib_max), (2, 32, Some(40)));
        assert_eq!((small.channels.poll_seconds, small.channels.stable_seconds), (30, shipped.channels.stable_seconds));
        let named = File::parse("profile = \"small-port\"\n[limits]\nsession_per_minute = 700\n[store]\nreaders = 3", None).expect("read");
        assert_eq!((named.profile, named.limits.session_per_minute, named.limits.public_per_minute), (Some(Profile::SmallPort), 700, 120));
        assert_eq!((named.store.readers, named.store.cache_mib), (3, 32));
        assert_eq!(named.store.options().expect("usable").file_bytes_max, Some(40 << 30));
    }

    #[test]
    fn a_wrong_profile_or_value_is_named_with_its_line() {
        let told = |text: &str| format!("{:#}", File::parse(text, None).expect_err("refused"));
        assert!(told("profile = \"large\"").contains("line 1"), "{}", told("profile = \"large\""));
        assert!(told("profile = \"small-port\"\n[store]\nfast = true").contains("line 3"));
        for wrong in ["readers = 0", "readers = 65", "cache_mib = 0", "file_gib_max = 0", "file_gib_max = 16385"] {
            let file = File::parse(&format!("[store]\n{wrong}"), None).expect("a number");
            let name = wrong.split(' ').next().expect("a name");
            assert!(file.store.options().expect_err("refused").to_string().contains(name), "{wrong}");
        }
    }
}
