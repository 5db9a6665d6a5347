//! The connection to the national single window (SW-02): keys, the counterpart, and the sandbox where there is no other.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use app::directory::{Organisation, WriteOrganisation};
use app::national::NationalCounterpart;
use app::partners::{AnswerWanted, Answers, DeliverBy, FolderChannel, Identifier, WritePartner};
use app::{App, Context, Role};
use ledger::Bilingual;
use ledger::head::PublicKey;
use messages::national::NationalKeys;
use messages::sandbox_national::{SENDER, SandboxNational};
use serde::Deserialize;

use crate::config::{File, algorithm};
use crate::environment::signing_key;

/// Name of the sandbox's folder among those of the partners, and of the exchange's root below the data where none is configured.
const SANDBOX_FOLDER: &str = "national-sandbox";
const EXCHANGE_FOLDER: &str = "exchange";
/// Between two looks of the sandbox into its folder, seconds.
const SANDBOX_EVERY_SECONDS: u64 = 2;

/// The part `[national]` of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct National {
    /// Organisation (role `national`) under which the counterpart is registered; nothing is connected when absent and there is no sandbox.
    pub organisation: Option<String>,
    /// How it is called on screens.
    pub name: Option<Bilingual>,
    /// The built-in sandbox answers; nothing reaches customs.
    pub sandbox: bool,
    /// Every accepted declaration is sent on by itself.
    pub automatic: bool,
    /// Hours after which a first receipt is overdue.
    pub receipt_hours: u32,
    /// Private key (PKCS#8 PEM) with which files are signed; made in the data folder when absent.
    pub key: Option<PathBuf>,
    /// `ed25519` (shipped) or `sm2-sm3`; matters only when the key is made.
    pub signature: Option<String>,
    /// Public key (PEM) with which receipts are checked. Needed unless the sandbox answers.
    pub counterpart_key: Option<PathBuf>,
}

impl Default for National {
    fn default() -> Self {
        Self {
            organisation: None,
            name: None,
            sandbox: false,
            automatic: false,
            receipt_hours: 24,
            key: None,
            signature: None,
            counterpart_key: None,
        }
    }
}

/// What is connected.
#[derive(Clone)]
pub struct Connected {
    /// The other end.
    pub counterpart: NationalCounterpart,
    /// Keys of the platform.
    pub keys: Arc<NationalKeys>,
    sandbox: Option<SandboxNational>,
}

/// Loads what the configuration names; `None` when nothing is connected. A sandbox without folders gets some below the data, in `file`.
///
/// # Errors
/// When a key is missing or is none; the message names it.
pub fn connect(file: &mut File, data: &Path) -> Result<Option<Connected>> {
    let settings = file.national.clone();
    let organisation = match (&settings.organisation, settings.sandbox) {
        (Some(organisation), _) => organisation.clone(),
        (None, true) => "national-sandbox".to_owned(),
        (None, false) => return Ok(None),
    };
    let made_by = algorithm(settings.signature.as_deref()).context("national.signature")?;
    let own = signing_key(&settings.key.clone().unwrap_or_else(|| data.join("national-key.pem")), made_by)?;
    let (other, sandbox) = if settings.sandbox {
        let key = signing_key(&data.join("national-sandbox-key.pem"), made_by)?;
        let other = key.public();
        let keys = NationalKeys { own: key, other: own.public() };
        if file.channels.folders.is_none() {
            let root = data.join(EXCHANGE_FOLDER);
            crate::wiring::private_folder(&root)?;
            file.channels.folders = Some(root);
        }
        (other, Some(SandboxNational::new(keys, file.port.utc_offset_minutes)))
    } else {
        let Some(path) = &settings.counterpart_key else { bail!("national.counterpart_key is needed: receipts must be checked") };
        let pem = std::fs::read_to_string(path).with_context(|| format!("cannot read the counterpart's key {}", path.display()))?;
        (PublicKey::from_pem(&pem).with_context(|| format!("{} is not a public key", path.display()))?, None)
    };
    let shipped = if settings.sandbox {
        Bilingual::new("沙箱单一窗口（不报送海关）", "沙箱单一窗口 Sandbox national window")
    } else {
        Bilingual::new("国际贸易单一窗口（标准版）", "National single window (standard version)")
    };
    let counterpart = NationalCounterpart {
        organisation,
        name: settings.name.unwrap_or(shipped),
        sandbox: settings.sandbox,
        automatic: settings.automatic,
        receipt_hours: settings.receipt_hours.clamp(1, 24 * 30),
    };
    Ok(Some(Connected { counterpart, keys: Arc::new(NationalKeys { own, other }), sandbox }))
}

/// Seats the sandbox beside the platform: registers it, gives it a folder, and lets it answer what it finds there until the task is ended.
///
/// # Errors
/// When it cannot be registered.
pub async fn seat_sandbox(app: &Arc<App>, connected: &Connected, file: &File) -> Result<Option<tokio::task::JoinHandle<()>>> {
    let (Some(sandbox), Some(root)) = (connected.sandbox.clone(), file.channels.folders.clone()) else { return Ok(None) };
    let id = connected.counterpart.organisation.clone();
    let ctx = Context::platform(app.now(), "sandbox");
    if app.organisation(&id).await?.is_none() {
        let organisation = Organisation {
            id: id.clone(),
            name: connected.counterpart.name.clone(),
            role: Role::National,
            uscc: None,
            district: None,
            edi_id: Some(SENDER.to_owned()),
        };
        app.execute(&ctx, &WriteOrganisation { organisation, expected_version: 0 }).await.context("cannot register the sandbox")?;
    }
    let (expected_version, mut profile) = app.partner(&id).await?.context("the sandbox is not registered")?;
    if profile.channels.folder.is_none() {
        profile.identifiers = vec![Identifier { id: SENDER.to_owned(), qualifier: None }];
        profile.answers = Answers { contrl: AnswerWanted::Never, aperak: AnswerWanted::Never };
        profile.channels.folder = Some(FolderChannel { name: SANDBOX_FOLDER.to_owned(), receive: true });
        profile.channels.deliver_by = DeliverBy::Folder;
        app.execute(&ctx, &WritePartner { profile, expected_version }).await.context("cannot write the profile of the sandbox")?;
    }
    let app = Arc::clone(app);
    Ok(Some(tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(SANDBOX_EVERY_SECONDS));
        loop {
            every.tick().await;
            let (sandbox, folder, at) = (sandbox.clone(), root.join(SANDBOX_FOLDER), app.now());
            let round = tokio::task::spawn_blocking(move || sandbox.round(&folder, at)).await;
            if let Ok(Err(error)) = round {
                tracing::warn!(%error, "the sandbox of the national window could not answer; it tries again");
            }
        }
    })))
}
