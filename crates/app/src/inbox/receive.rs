//! Receiving: bytes onto the disk, and nothing else.

use async_trait::async_trait;
use serde::Serialize;
use store::Blob;

use super::{MESSAGE_BYTES_MAX, MessageState, Received, media_type, sha256_hex};
use crate::partners::HEARD;
use crate::rights::Resource;
use crate::{AppError, Unit, UseCase, limits};

/// Keeps a message. The acknowledgement means that its bytes are on disk; reading follows.
#[derive(Clone, Debug)]
pub struct ReceiveMessage {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Channel.
    pub channel: String,
}

impl Serialize for ReceiveMessage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} {}", self.channel, sha256_hex(&self.bytes)))
    }
}

#[async_trait]
impl UseCase for ReceiveMessage {
    const NAME: &'static str = "message.send";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("message"))?;
        limits::text(&self.channel, "", limits::SHORT_TEXT_MAX)?;
        if self.bytes.is_empty() {
            return Err(AppError::invalid("message-empty", "", "报文为空", "the message is empty"));
        }
        if self.bytes.len() > MESSAGE_BYTES_MAX {
            return Err(AppError::invalid("message-too-large", "", "报文超过 32 MiB", "the message exceeds 32 MiB"));
        }
        let id = format!("G{}", unit.app.new_id(unit.at()).simple());
        let sha256 = sha256_hex(&self.bytes);
        let received = Received {
            partner: unit.ctx.principal.organisation.clone(),
            channel: self.channel.clone(),
            sha256: sha256.clone(),
            bytes: self.bytes.len() as u64,
            repair: None,
        };
        unit.write_record(HEARD, &received.partner, None, &unit.at())?;
        unit.keep(Blob { sha256, media_type: media_type(&self.bytes).into(), bytes: self.bytes.clone() });
        unit.record::<MessageState>(&id, vec![received.into()], unit.at()).await?;
        Ok(id)
    }
}
