//! Partner profiles (伙伴档案): what is agreed with an organisation that exchanges messages, and how they travel.
//!
//! * [`Profile`] is a register record with a version; [`App::partner`] gives it, or what holds for an organisation without one.
//! * `check` tells everything that is wrong with a profile at once; `change` writes it, the administrator all of it and the partner its own part.
//! * `routes` passes on what is addressed to another partner, where a rule says so.
//! * `status` keeps how each channel fares and when a partner was last heard.
//!
//! Deliberately not known here: how bytes travel. Folders, SFTP and HTTP are in the `channels` crate, behind [`Couriers`].

mod change;
mod check;
mod routes;
mod status;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use codes::Finding;
use serde::{Deserialize, Serialize};

pub use self::change::{MakePushSecret, PUSH_SECRETS, WriteOwnPartner, WritePartner};
pub use self::check::{ACCEPTED_MAX, ANSWER_MINUTES_MAX, IDENTIFIERS_MAX, SILENCE_HOURS_MAX};
pub use self::routes::{DeleteRoute, ROUTE_KINDS_MAX, ROUTES, ROUTES_MAX, Route, WriteRoute};
pub(crate) use self::status::HEARD;
pub use self::status::{Backlog, CHANNEL_STATUS, ChannelState, Direction, Heard};
use crate::agreement::{Agreement, CharacterSet, Tolerance, Writing};
use crate::directory::Organisation;
use crate::exchange::{OrderedWorkKind, Outgoing};
use crate::{App, AppError};

/// Register of partner profiles, by organisation.
pub const PARTNERS: &str = "partner";
/// How long a process may answer from its memory of the profiles before it looks again.
const REMEMBER_MS: i64 = 5_000;

/// How a partner calls itself in envelopes (交换标识, UNB S002/S003).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// Identification (0004, 0010), as sent.
    pub id: String,
    /// Qualifier (0007), such as `ZZZ`; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
}

/// Whether a partner's messages are meant (测试、生产).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// They are read, checked, answered and acted upon.
    #[default]
    Production,
    /// They are read, checked and answered. Nothing is acted upon.
    Test,
}

/// A type of message that a partner may send.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Accepted {
    /// Type, such as `COARRI`.
    pub kind: String,
    /// Version and release, such as `D:95B`; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What we tell partners of our own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// Customs release (放行).
    Release,
    /// Hold (布控、查验扣留).
    Hold,
    /// Delivery order (提货单).
    DeliveryOrder,
    /// Discharge order (卸船指令).
    DischargeOrder,
    /// Loading order (装船指令).
    LoadingOrder,
    /// Status of boxes and bills (状态).
    Status,
}

impl Document {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Release, Self::Hold, Self::DeliveryOrder, Self::DischargeOrder, Self::LoadingOrder, Self::Status];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Hold => "hold",
            Self::DeliveryOrder => "delivery-order",
            Self::DischargeOrder => "discharge-order",
            Self::LoadingOrder => "loading-order",
            Self::Status => "status",
        }
    }

    /// What an outgoing message is; `None` for answers, which follow their own agreement.
    pub fn of(outgoing: &Outgoing) -> Option<Self> {
        match outgoing {
            Outgoing::Contrl { .. }
            | Outgoing::Aperak { .. }
            | Outgoing::RailReceipt(_)
            | Outgoing::AirAnswer(_)
            | Outgoing::Declaration(_) => None,
            Outgoing::Release { .. } | Outgoing::RailRelease(_) => Some(Self::Release),
            Outgoing::RailLoading { .. } => Some(Self::LoadingOrder),
            Outgoing::Hold { .. } => Some(Self::Hold),
            Outgoing::WorkOrder { work: OrderedWorkKind::Discharge, .. } => Some(Self::DischargeOrder),
            Outgoing::WorkOrder { work: OrderedWorkKind::Loading, .. } => Some(Self::LoadingOrder),
            Outgoing::DeliveryOrder { .. } => Some(Self::DeliveryOrder),
            Outgoing::Status { .. } => Some(Self::Status),
        }
    }
}

/// When an answer is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerWanted {
    /// To every interchange.
    #[default]
    Always,
    /// Only where something was wrong.
    OnError,
    /// Never.
    Never,
}

impl AnswerWanted {
    /// Is an answer wanted?
    pub fn wanted(self, faulty: bool) -> bool {
        match self {
            Self::Always => true,
            Self::OnError => faulty,
            Self::Never => false,
        }
    }
}

/// Which answers are wanted (回执约定).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answers {
    /// Answer about syntax.
    pub contrl: AnswerWanted,
    /// Answer about content.
    pub aperak: AnswerWanted,
}

/// Folders on the platform's own disk or a share (监视文件夹), below the root that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderChannel {
    /// Name of the folder: lower-case letters, digits, hyphens. Never a path.
    pub name: String,
    /// Files in `in/` are taken.
    pub receive: bool,
}

/// An SFTP server of the partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SftpChannel {
    /// Host; must be listed in the configuration.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Login name.
    pub user: String,
    /// Name of the private key's file in the configured folder of keys. Never a path.
    pub key: String,
    /// Remote folder from which files are fetched; nothing is fetched when left out.
    #[serde(default)]
    pub fetch_from: Option<String>,
    /// Remote folder to which messages are delivered.
    #[serde(default)]
    pub deliver_to: Option<String>,
}

/// An address of the partner that takes messages by HTTP POST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushChannel {
    /// `https://…`; its host must be listed in the configuration.
    pub url: String,
}

/// How messages reach a partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliverBy {
    /// The partner fetches them (信箱).
    #[default]
    Mailbox,
    /// Written into its folder.
    Folder,
    /// Put onto its SFTP server.
    Sftp,
    /// Posted to its address.
    Push,
}

impl DeliverBy {
    /// Stable code; also the channel named in events.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Mailbox => "mailbox",
            Self::Folder => "folder",
            Self::Sftp => "sftp",
            Self::Push => "push",
        }
    }
}

/// How messages travel (通道). API, web upload and mailbox are always open to whoever has the rights.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Channels {
    /// Folders.
    pub folder: Option<FolderChannel>,
    /// SFTP.
    pub sftp: Option<SftpChannel>,
    /// HTTP.
    pub push: Option<PushChannel>,
    /// The one by which messages go out.
    pub deliver_by: DeliverBy,
}

/// Whom to call when messages fail (联系人). Personal data: shown to the partner itself and to administrators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Name or desk.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
}

/// What is agreed with a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Organisation.
    pub organisation: String,
    /// How it calls itself in envelopes.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// Test or production.
    #[serde(default)]
    pub phase: Phase,
    /// Messages it may send; every kind that its rights allow when empty.
    #[serde(default)]
    pub accepts: Vec<Accepted>,
    /// Character set in which its messages are read, whatever their envelope declares.
    #[serde(default)]
    pub charset: Option<CharacterSet>,
    /// How we write to it.
    #[serde(default)]
    pub writing: Writing,
    /// Forgiven deviations.
    #[serde(default)]
    pub tolerances: BTreeSet<Tolerance>,
    /// Name of the record format of its flat files.
    #[serde(default)]
    pub record_format: Option<String>,
    /// What it wants to be told.
    pub wants: BTreeSet<Document>,
    /// Answers it wants.
    #[serde(default)]
    pub answers: Answers,
    /// How messages travel.
    #[serde(default)]
    pub channels: Channels,
    /// It is expected to be heard at least this often, hours; no alarm when left out.
    #[serde(default)]
    pub silence_hours: Option<u32>,
    /// It answers what we send within so many minutes of delivery; no answer is expected when left out.
    #[serde(default)]
    pub answer_minutes: Option<u32>,
    /// Whom to call.
    #[serde(default)]
    pub contact: Contact,
}

impl Profile {
    /// What holds for an organisation with which nothing was agreed: the standard, everything it has a right to
    /// but status messages, the mailbox.
    pub fn standard(organisation: &Organisation) -> Self {
        let identifiers = organisation.edi_id.iter().map(|id| Identifier { id: id.clone(), qualifier: None }).collect();
        Self {
            organisation: organisation.id.clone(),
            identifiers,
            phase: Phase::Production,
            accepts: Vec::new(),
            charset: None,
            writing: Writing::default(),
            tolerances: BTreeSet::new(),
            record_format: None,
            // Status messages are told on request only: there are many, and whoever saves another part of its profile stores this list.
            wants: Document::ALL.into_iter().filter(|document| *document != Document::Status).collect(),
            answers: Answers::default(),
            channels: Channels::default(),
            silence_hours: None,
            answer_minutes: None,
            contact: Contact::default(),
        }
    }

    /// The part that message syntax needs.
    pub fn agreement(&self) -> Agreement {
        Agreement {
            charset: self.charset,
            tolerances: self.tolerances.clone(),
            record_format: self.record_format.clone(),
            writing: self.writing,
            test: self.phase == Phase::Test,
        }
    }

    /// Does it call itself so?
    pub fn is_called(&self, id: &str, qualifier: Option<&str>) -> bool {
        self.identifiers.iter().any(|own| own.id == id && (own.qualifier.is_none() || own.qualifier.as_deref() == qualifier))
    }

    /// May it send this type in this version?
    pub fn accepts(&self, kind: &str, version: &str) -> bool {
        let listed =
            |one: &Accepted| one.kind.eq_ignore_ascii_case(kind) && one.version.as_ref().is_none_or(|v| v.eq_ignore_ascii_case(version));
        self.accepts.is_empty() || self.accepts.iter().any(listed)
    }

    /// Does it want to be told this? Answers follow their own agreement.
    pub fn wants(&self, outgoing: &Outgoing) -> bool {
        Document::of(outgoing).is_none_or(|document| self.wants.contains(&document))
    }
}

/// Profiles as a process remembers them: when they were read, and each with its version.
pub(crate) type Known = Option<(i64, Arc<Vec<(u64, Profile)>>)>;

impl App {
    /// All profiles that were written, with their versions, in order of organisation.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn partners(&self) -> Result<Arc<Vec<(u64, Profile)>>, AppError> {
        let now = self.now().millis();
        let known =
            self.directory().profiles.read().as_ref().filter(|(at, _)| (now - at).abs() < REMEMBER_MS).map(|(_, all)| Arc::clone(all));
        if let Some(known) = known {
            return Ok(known);
        }
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.store().records(&self.port().code, PARTNERS, after.as_deref(), crate::reading::PAGE_MAX).await?;
            for record in &page {
                all.push((record.version, read(&record.id, &record.body)?));
            }
            match page.last() {
                Some(last) if page.len() == crate::reading::PAGE_MAX as usize => after = Some(last.id.clone()),
                Some(_) | None => break,
            }
        }
        let all = Arc::new(all);
        *self.directory().profiles.write() = Some((now, Arc::clone(&all)));
        Ok(all)
    }

    /// What holds with a partner, and the version of its profile; 0 while nothing was agreed. `None` for an unknown organisation.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn partner(&self, organisation: &str) -> Result<Option<(u64, Profile)>, AppError> {
        let all = self.partners().await?;
        if let Ok(index) = all.binary_search_by(|(_, profile)| profile.organisation.as_str().cmp(organisation)) {
            return Ok(Some(all[index].clone()));
        }
        Ok(self.organisation(organisation).await?.map(|organisation| (0, Profile::standard(&organisation))))
    }

    /// What is agreed about reading what a partner sends and writing to it; the standard for whoever is not known.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn agreement_with(&self, organisation: &str) -> Result<Agreement, AppError> {
        Ok(self.partner(organisation).await?.map(|(_, profile)| profile.agreement()).unwrap_or_default())
    }

    /// The organisation that calls itself so in envelopes.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn partner_called(&self, id: &str, qualifier: Option<&str>) -> Result<Option<String>, AppError> {
        let all = self.partners().await?;
        if let Some((_, profile)) = all.iter().find(|(_, profile)| profile.is_called(id, qualifier)) {
            return Ok(Some(profile.organisation.clone()));
        }
        Ok(self.organisation_by_edi_id(id).await?.map(|organisation| organisation.id))
    }
}

pub(crate) fn read(id: &str, body: &[u8]) -> Result<Profile, AppError> {
    serde_json::from_slice(body).map_err(|e| AppError::Internal(format!("record {PARTNERS}/{id}: {e}")))
}

/// Those who carry messages: folders, SFTP, HTTP. Given to the API by the assembly.
#[async_trait]
pub trait Couriers: Send + Sync {
    /// What the configuration does not allow of these channels: a host that is not listed, a key that is not there, folders without a root.
    fn refuse(&self, channels: &Channels) -> Vec<Finding>;
    /// Tries every channel of a profile without sending or taking anything: (channel, what is wrong with it).
    async fn test(&self, app: &App, profile: &Profile) -> Vec<(DeliverBy, Result<(), String>)>;
}

/// No couriers: messages come by API and web and are fetched.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCouriers;

#[async_trait]
impl Couriers for NoCouriers {
    fn refuse(&self, channels: &Channels) -> Vec<Finding> {
        let used = [
            ("/channels/folder", channels.folder.is_some()),
            ("/channels/sftp", channels.sftp.is_some()),
            ("/channels/push", channels.push.is_some()),
        ];
        used.into_iter().filter(|(_, used)| *used).map(|(pointer, _)| check::not_configured(pointer)).collect()
    }

    async fn test(&self, _: &App, _: &Profile) -> Vec<(DeliverBy, Result<(), String>)> {
        Vec::new()
    }
}

pub use self::check::{host_not_listed, key_missing, not_configured};
