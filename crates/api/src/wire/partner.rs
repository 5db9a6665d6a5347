//! Partner profiles (伙伴档案) and how their channels fare.

use app::AppError;
use app::partners::{Backlog as BacklogState, ChannelState, DeliverBy as Channel, Direction, Heard, Profile as State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Org, instant};
use crate::state::Api;

/// How a partner calls itself in envelopes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Identifier {
    /// Identification, as sent in UNB.
    pub id: String,
    /// Qualifier; any when left out.
    #[serde(default)]
    pub qualifier: Option<String>,
}

/// A type of message that a partner may send.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct AcceptedMessage {
    /// Type, such as `COARRI`.
    pub kind: String,
    /// Version and release, such as `D:95B`; any when left out.
    #[serde(default)]
    pub version: Option<String>,
}

/// Whether a partner's messages are meant.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PartnerPhase {
    /// Acted upon.
    #[default]
    Production,
    /// Checked and answered only.
    Test,
}

/// A character set.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CharacterSet {
    /// Capitals.
    Unoa,
    /// Capitals and small letters.
    Unob,
    /// ISO 8859-1.
    Unoc,
    /// UTF-8.
    Utf8,
    /// GB 18030.
    Gb18030,
}

/// Whether UNA is written.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceAdvice {
    /// Where the service characters are not the standard's.
    #[default]
    WhenNeeded,
    /// Always.
    Always,
}

/// What follows each segment.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LineEnds {
    /// Nothing.
    #[default]
    None,
    /// Line feed.
    Lf,
    /// Carriage return and line feed.
    CrLf,
}

/// How messages to a partner are written.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Writing {
    /// Character set; UNOB, or UTF-8 where needed, when left out.
    pub charset: Option<CharacterSet>,
    /// Syntax version, 1 to 4.
    pub syntax_version: Option<u8>,
    /// UNA.
    pub una: ServiceAdvice,
    /// Line ends.
    pub line_ends: LineEnds,
}

/// A forgiven deviation. Its use is told on each message as information.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tolerance {
    /// Wrong segment count in UNT.
    UntCount,
    /// Wrong message or group count in UNZ or UNE.
    UnzCount,
    /// Trailer repeats another reference.
    TrailerReference,
    /// Two messages with one reference.
    RepeatedReference,
    /// Small letters under UNOA.
    LowerCase,
    /// Another character set than declared.
    CharsetMismatch,
    /// Control characters and line breaks inside segments.
    ControlCharacters,
    /// Messages without interchange header.
    MissingUnb,
    /// Data around the interchange.
    DataAround,
    /// Surplus elements of service segments.
    ServiceSurplus,
    /// Codes that the code list does not have.
    UnknownCode,
    /// Segments at another place, or more or fewer times, than the directory has them.
    SegmentStructure,
    /// Sends for others.
    ForeignSender,
}

/// What a partner is told of the platform's own accord.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PartnerDocument {
    /// Customs release.
    Release,
    /// Hold.
    Hold,
    /// Delivery order.
    DeliveryOrder,
    /// Discharge order.
    DischargeOrder,
    /// Loading order.
    LoadingOrder,
    /// Status.
    Status,
}

/// When an answer is wanted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnswerWanted {
    /// To every interchange.
    #[default]
    Always,
    /// Only where something was wrong.
    OnError,
    /// Never.
    Never,
}

/// Which answers are wanted.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PartnerAnswers {
    /// About syntax.
    pub contrl: AnswerWanted,
    /// About content.
    pub aperak: AnswerWanted,
}

/// Watched folders on the platform's side.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct FolderChannel {
    /// Name below the configured root; never a path.
    pub name: String,
    /// Files in `in/` are taken.
    pub receive: bool,
}

/// An SFTP server of the partner.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct SftpChannel {
    /// Host; must be listed in the configuration.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Login name.
    pub user: String,
    /// Name of the key's file in the configured folder; never a path.
    pub key: String,
    /// Remote folder from which files are fetched.
    #[serde(default)]
    pub fetch_from: Option<String>,
    /// Remote folder to which messages are delivered.
    #[serde(default)]
    pub deliver_to: Option<String>,
}

/// An address that takes messages by HTTP POST.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PushChannel {
    /// `https://…`; its host must be listed in the configuration.
    pub url: String,
}

/// A channel.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeliverBy {
    /// The partner fetches.
    #[default]
    Mailbox,
    /// Folder.
    Folder,
    /// SFTP.
    Sftp,
    /// HTTP.
    Push,
}

impl From<Channel> for DeliverBy {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Mailbox => Self::Mailbox,
            Channel::Folder => Self::Folder,
            Channel::Sftp => Self::Sftp,
            Channel::Push => Self::Push,
        }
    }
}

/// How messages travel.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PartnerChannels {
    /// Folders.
    pub folder: Option<FolderChannel>,
    /// SFTP.
    pub sftp: Option<SftpChannel>,
    /// HTTP.
    pub push: Option<PushChannel>,
    /// The one by which messages go out.
    pub deliver_by: DeliverBy,
}

/// Whom to call when messages fail.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PartnerContact {
    /// Name or desk.
    pub name: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
}

/// What is agreed with a partner; written by the administrator.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct PartnerForm {
    /// How it calls itself in envelopes, at most 20.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// Test or production.
    #[serde(default)]
    pub phase: PartnerPhase,
    /// Messages it may send, at most 100; every kind that its rights allow when empty.
    #[serde(default)]
    pub accepts: Vec<AcceptedMessage>,
    /// Character set in which its messages are read, whatever they declare.
    #[serde(default)]
    pub charset: Option<CharacterSet>,
    /// How we write to it.
    #[serde(default)]
    pub writing: Writing,
    /// Forgiven deviations.
    #[serde(default)]
    pub tolerances: Vec<Tolerance>,
    /// Name of the record format of its flat files.
    #[serde(default)]
    pub record_format: Option<String>,
    /// What it wants to be told.
    #[serde(default)]
    pub wants: Vec<PartnerDocument>,
    /// Answers it wants.
    #[serde(default)]
    pub answers: PartnerAnswers,
    /// How messages travel.
    #[serde(default)]
    pub channels: PartnerChannels,
    /// It is expected to be heard at least this often, hours, 1 to 744.
    #[serde(default)]
    pub silence_hours: Option<u32>,
    /// It answers what we send within so many minutes of delivery, 1 to 10,080; no answer is expected when left out.
    #[serde(default)]
    pub answer_minutes: Option<u32>,
    /// Whom to call.
    #[serde(default)]
    pub contact: PartnerContact,
}

impl PartnerForm {
    /// The two have the same shape in JSON, which a test holds them to; what does not fit was refused when the body was read.
    pub fn into_domain(self, organisation: &str) -> Result<State, AppError> {
        let mut value = serde_json::to_value(self).map_err(|e| AppError::Internal(e.to_string()))?;
        value["organisation"] = organisation.into();
        serde_json::from_value(value).map_err(|e| AppError::Internal(format!("partner form: {e}")))
    }

    fn of(state: &State) -> Result<Self, AppError> {
        let value = serde_json::to_value(state).map_err(|e| AppError::Internal(e.to_string()))?;
        serde_json::from_value(value).map_err(|e| AppError::Internal(format!("partner profile: {e}")))
    }
}

/// What a partner changes itself.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PartnerOwnForm {
    /// Whom to call.
    pub contact: PartnerContact,
    /// Silence alarm, hours, 1 to 744.
    pub silence_hours: Option<u32>,
    /// Answers wanted.
    pub answers: PartnerAnswers,
}

impl PartnerOwnForm {
    pub fn into_domain(self) -> Result<(app::partners::Contact, Option<u32>, app::partners::Answers), AppError> {
        let internal = |e: serde_json::Error| AppError::Internal(format!("own part of a partner profile: {e}"));
        let contact = serde_json::from_value(serde_json::to_value(self.contact).map_err(internal)?).map_err(internal)?;
        let answers = serde_json::from_value(serde_json::to_value(self.answers).map_err(internal)?).map_err(internal)?;
        Ok((contact, self.silence_hours, answers))
    }
}

/// How a channel fares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerChannelStatus {
    /// Channel.
    pub channel: DeliverBy,
    /// `in` or `out`.
    pub direction: String,
    /// When it last worked.
    pub last_success_at: Option<Instant>,
    /// When it last failed.
    pub last_fault_at: Option<Instant>,
    /// What was wrong.
    pub fault: Option<String>,
    /// It has failed since; left out while it works.
    pub failing_since: Option<Instant>,
}

impl PartnerChannelStatus {
    fn of(channel: Channel, direction: Direction, state: ChannelState) -> Self {
        Self {
            channel: channel.into(),
            direction: direction.code().into(),
            last_success_at: instant(state.last_success_at),
            last_fault_at: instant(state.last_fault_at),
            fault: state.fault,
            failing_since: instant(state.failing_since),
        }
    }
}

/// Messages that wait and messages given up, each counted up to a hundred.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerBacklog {
    /// To be delivered by the platform.
    pub waiting: usize,
    /// To be fetched from the mailbox.
    pub in_mailbox: usize,
    /// Given up.
    pub dead: usize,
}

impl From<BacklogState> for PartnerBacklog {
    fn from(backlog: BacklogState) -> Self {
        Self { waiting: backlog.waiting, in_mailbox: backlog.in_mailbox, dead: backlog.dead }
    }
}

/// A partner in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerSummary {
    /// Organisation.
    pub organisation: Org,
    /// A profile was written; otherwise the standard holds.
    pub agreed: bool,
    /// Test or production.
    pub phase: PartnerPhase,
    /// How it calls itself in envelopes.
    pub identifiers: Vec<Identifier>,
    /// How messages go out.
    pub deliver_by: DeliverBy,
    /// When its last message came.
    pub last_received_at: Option<Instant>,
    /// The agreed interval ran out then.
    pub silent_since: Option<Instant>,
    /// Some channel fails now.
    pub failing: bool,
    /// Messages given up, counted up to a hundred.
    pub dead: usize,
}

/// A partner (伙伴): what is agreed, and how its channels fare.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Partner {
    /// Organisation.
    pub organisation: Org,
    /// A profile was written; otherwise the standard holds.
    pub agreed: bool,
    /// What is agreed.
    pub profile: PartnerForm,
    /// How channels fare that were used.
    pub status: Vec<PartnerChannelStatus>,
    /// What waits and what was given up.
    pub backlog: PartnerBacklog,
    /// When its last message came.
    pub last_received_at: Option<Instant>,
    /// The agreed interval ran out then.
    pub silent_since: Option<Instant>,
    /// Pushed messages are signed with a secret.
    pub has_push_secret: bool,
    /// What the asker may do: names of actions.
    pub actions: Vec<String>,
}

/// A secret just made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PushSecretCreated {
    /// The secret, shown once: the key of HMAC-SHA256 in the header `Fairway-Signature`.
    pub secret: String,
}

/// What came of trying a channel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerChannelTest {
    /// Channel.
    pub channel: DeliverBy,
    /// It works.
    pub ok: bool,
    /// What is wrong.
    pub fault: Option<String>,
}

/// Which partners are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct PartnerQuery {
    /// Part of id, name or identification.
    pub q: Option<String>,
    /// Id after which the list goes on.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// Channels that are used, each way.
const USED: [(Channel, Direction); 5] = [
    (Channel::Folder, Direction::In),
    (Channel::Folder, Direction::Out),
    (Channel::Sftp, Direction::In),
    (Channel::Sftp, Direction::Out),
    (Channel::Push, Direction::Out),
];

/// A rule by which what is addressed to another partner is passed on (转发规则).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartnerRoute {
    /// Who sends.
    pub sender: Org,
    /// Who gets it.
    pub recipient: Org,
    /// Types of messages.
    pub kinds: Vec<String>,
    /// Remark.
    pub note: String,
    /// Version, for edits.
    pub version: u64,
}

/// What a rule passes on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartnerRouteForm {
    /// Types of messages, such as `COPRAR`, 1 to 50.
    pub kinds: Vec<String>,
    /// Remark.
    #[serde(default)]
    pub note: String,
}

impl PartnerRouteForm {
    pub fn into_domain(self, sender: String, recipient: String) -> app::partners::Route {
        let kinds = self.kinds.iter().map(|kind| kind.trim().to_uppercase()).collect();
        app::partners::Route { sender, recipient, kinds, note: self.note.trim().to_owned() }
    }
}

impl Api {
    pub async fn partner_route(&self, version: u64, route: &app::partners::Route) -> Result<PartnerRoute, AppError> {
        Ok(PartnerRoute {
            sender: self.org(&route.sender).await?,
            recipient: self.org(&route.recipient).await?,
            kinds: route.kinds.iter().cloned().collect(),
            note: route.note.clone(),
            version,
        })
    }

    async fn channel_status(&self, organisation: &str) -> Result<Vec<PartnerChannelStatus>, AppError> {
        let mut status = Vec::new();
        for (channel, direction) in USED {
            if let Some(state) = self.app.channel_state(organisation, channel, direction).await? {
                status.push(PartnerChannelStatus::of(channel, direction, state));
            }
        }
        Ok(status)
    }

    pub async fn partner_summary(&self, version: u64, state: &State) -> Result<PartnerSummary, AppError> {
        let Heard { last_received_at, silent_since } = self.app.heard(state).await?;
        let form = PartnerForm::of(state)?;
        Ok(PartnerSummary {
            organisation: self.org(&state.organisation).await?,
            agreed: version > 0,
            phase: form.phase,
            identifiers: form.identifiers,
            deliver_by: form.channels.deliver_by,
            last_received_at: instant(last_received_at),
            silent_since: instant(silent_since),
            failing: self.channel_status(&state.organisation).await?.iter().any(|status| status.failing_since.is_some()),
            dead: self.app.backlog(&state.organisation).await?.dead,
        })
    }

    pub async fn partner_view(&self, principal: &app::Principal, version: u64, state: &State) -> Result<Partner, AppError> {
        let Heard { last_received_at, silent_since } = self.app.heard(state).await?;
        let party = principal.organisation == state.organisation;
        let resource = app::rights::Resource { kind: "partner", id: &state.organisation, party, district: false };
        let fitting = ["partner.write", "partner.write-own", "partner.make-secret", "partner.test"];
        Ok(Partner {
            organisation: self.org(&state.organisation).await?,
            agreed: version > 0,
            profile: PartnerForm::of(state)?,
            status: self.channel_status(&state.organisation).await?,
            backlog: self.app.backlog(&state.organisation).await?.into(),
            last_received_at: instant(last_received_at),
            silent_since: instant(silent_since),
            has_push_secret: self.app.push_secret(&state.organisation).await?.is_some(),
            actions: super::allowed(self, principal, &resource, &fitting),
        })
    }
}

#[cfg(test)]
mod tests {
    use app::agreement::Tolerance as Forgiven;
    use app::partners::Document;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_form_and_the_profile_have_the_same_shape() {
        let tolerances: Vec<&str> = Forgiven::ALL.iter().map(|t| t.code()).collect();
        let wants: Vec<&str> = Document::ALL.iter().map(|d| d.code()).collect();
        let mut full = json!({
            "identifiers": [{ "id": "TERMEAST", "qualifier": "ZZZ" }], "phase": "test", "accepts": [{ "kind": "COARRI", "version": "D:95B" }],
            "charset": "gb18030", "writing": { "charset": "utf8", "syntax_version": 4, "una": "always", "line_ends": "cr-lf" },
            "record_format": "port-list", "answers": { "contrl": "on-error", "aperak": "never" },
            "channels": {
                "folder": { "name": "east", "receive": true },
                "sftp": { "host": "sftp.example.com", "port": 22, "user": "u", "key": "k", "fetch_from": "/out", "deliver_to": "/in" },
                "push": { "url": "https://example.com/in" }, "deliver_by": "push"
            },
            "silence_hours": 24, "answer_minutes": 60, "contact": { "name": "desk", "phone": "1", "email": "a@example.com" }
        });
        full["tolerances"] = json!(tolerances);
        full["wants"] = json!(wants);
        let form: PartnerForm = serde_json::from_value(full).expect("a full form");
        let written = serde_json::to_value(&form).expect("JSON");
        let state = form.into_domain("terminal-east").expect("the domain has every field and value");
        assert_eq!(serde_json::to_value(PartnerForm::of(&state).expect("and the form")).expect("JSON")["channels"], written["channels"]);
        let mut back = serde_json::to_value(PartnerForm::of(&state).expect("the form")).expect("JSON");
        let sorted = |value: &serde_json::Value| {
            let mut codes: Vec<String> = value.as_array().expect("a list").iter().map(ToString::to_string).collect();
            codes.sort();
            codes
        };
        assert_eq!(sorted(&back["tolerances"]), sorted(&written["tolerances"]));
        assert_eq!(sorted(&back["wants"]), sorted(&written["wants"]));
        back["tolerances"] = written["tolerances"].clone();
        back["wants"] = written["wants"].clone();
        assert_eq!(back, written);
    }
}
