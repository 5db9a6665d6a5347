//! Each way by which a message reaches a partner, within what the operator allows.

use std::sync::Arc;

use app::App;
use app::partners::{Channels, Couriers, DeliverBy, Profile, host_not_listed, key_missing, not_configured};
use async_trait::async_trait;
use codes::Finding;

use crate::{Settings, folder, push, sftp};

/// The usual port of SFTP.
const SFTP_PORT: u16 = 22;
/// The usual port of HTTPS.
const HTTPS_PORT: u16 = 443;

/// Folders, SFTP and HTTP push.
#[derive(Clone)]
pub struct Carriers {
    pub(crate) settings: Arc<Settings>,
}

/// What is to be handed over.
pub(crate) struct Parcel<'a> {
    /// Outbox row: the same for every attempt.
    pub id: &'a str,
    /// Type, such as `CUSRES`.
    pub kind: &'a str,
    /// The message.
    pub bytes: &'a [u8],
}

impl Parcel<'_> {
    /// The same name for every attempt, so that what arrives twice is one file.
    fn file_name(&self) -> String {
        let plain = |text: &str| text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect::<String>();
        format!("{}-{}.{}", plain(self.id), plain(self.kind), app::inbox::ending(self.bytes))
    }
}

impl Carriers {
    /// Carriers that keep to these settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings) }
    }

    /// Hands a message over by the channel that the profile names.
    pub(crate) async fn deliver(&self, app: &App, profile: &Profile, parcel: &Parcel<'_>) -> Result<(), String> {
        // The configuration may have changed since the profile was written.
        let used = Channels { deliver_by: profile.channels.deliver_by, ..only(&profile.channels, profile.channels.deliver_by) };
        if let Some(refused) = self.refuse(&used).into_iter().next() {
            return Err(refused.message.en.into_owned());
        }
        let timeout = self.settings.timeout();
        match (&used.deliver_by, &used.folder, &used.sftp, &used.push) {
            (DeliverBy::Folder, Some(folder), _, _) => {
                let root = self.settings.folders.clone().ok_or("no folders are configured")?;
                let putting = folder::put(root, folder.name.clone(), parcel.file_name(), parcel.bytes.to_vec());
                tokio::time::timeout(timeout, putting).await.map_err(|_| "the folder did not answer in time".to_owned())?
            }
            (DeliverBy::Sftp, _, Some(channel), _) => sftp::put(&self.settings, channel, &parcel.file_name(), parcel.bytes).await,
            (DeliverBy::Push, _, _, Some(channel)) => {
                let secret = app.push_secret(&profile.organisation).await.map_err(|error| error.to_string())?;
                let posted = push::Parcel {
                    url: channel.url.clone(),
                    secret: secret.ok_or("no secret for signing was made yet")?,
                    unix_seconds: app.now().millis() / 1_000,
                    id: parcel.id.to_owned(),
                    kind: parcel.kind.to_owned(),
                    bytes: parcel.bytes.to_vec(),
                };
                push::post(posted, timeout).await
            }
            _ => Err("the channel is not filled in".to_owned()),
        }
    }
}

/// The one channel by which messages go out.
fn only(channels: &Channels, by: DeliverBy) -> Channels {
    Channels {
        folder: channels.folder.clone().filter(|_| by == DeliverBy::Folder),
        sftp: channels.sftp.clone().filter(|_| by == DeliverBy::Sftp),
        push: channels.push.clone().filter(|_| by == DeliverBy::Push),
        deliver_by: by,
    }
}

#[async_trait]
impl Couriers for Carriers {
    fn refuse(&self, channels: &Channels) -> Vec<Finding> {
        let mut found = Vec::new();
        if channels.folder.is_some() && self.settings.folders.is_none() {
            found.push(not_configured("/channels/folder"));
        }
        if let Some(sftp) = &channels.sftp {
            match &self.settings.keys {
                None => found.push(not_configured("/channels/sftp")),
                Some(keys) if !keys.join(&sftp.key).is_file() => found.push(key_missing("/channels/sftp/key", &sftp.key)),
                Some(_) => {}
            }
            if !self.settings.allows(&sftp.authority(), SFTP_PORT) {
                found.push(host_not_listed("/channels/sftp/host", &sftp.authority()));
            }
        }
        // An address that cannot be used is told by the check of the profile itself.
        if let Some(host) = channels.push.as_ref().and_then(|push| push.host())
            && !self.settings.allows(&host, HTTPS_PORT)
        {
            found.push(host_not_listed("/channels/push/url", &host));
        }
        found
    }

    async fn test(&self, _: &App, profile: &Profile) -> Vec<(DeliverBy, Result<(), String>)> {
        let mut tried = Vec::new();
        let refused = |by| self.refuse(&only(&profile.channels, by)).into_iter().next().map(|finding| finding.message.en.into_owned());
        if let Some(channel) = &profile.channels.folder {
            let result = match (refused(DeliverBy::Folder), &self.settings.folders) {
                (None, Some(root)) => {
                    let testing = folder::test(root.clone(), channel.name.clone());
                    tokio::time::timeout(self.settings.timeout(), testing)
                        .await
                        .unwrap_or_else(|_| Err("the folder did not answer in time".to_owned()))
                }
                (why, _) => Err(why.unwrap_or_default()),
            };
            tried.push((DeliverBy::Folder, result));
        }
        if let Some(channel) = &profile.channels.sftp {
            let result = match refused(DeliverBy::Sftp) {
                None => sftp::test(&self.settings, channel).await,
                Some(why) => Err(why),
            };
            tried.push((DeliverBy::Sftp, result));
        }
        if let Some(channel) = &profile.channels.push {
            let result = match refused(DeliverBy::Push) {
                None => push::test(channel.url.clone(), self.settings.timeout()).await,
                Some(why) => Err(why),
            };
            tried.push((DeliverBy::Push, result));
        }
        tried
    }
}
