//! What partners are told: prepared in the commit of its cause, kept, and handed over.

use async_trait::async_trait;
use ledger::ObjectRef;
use serde::Serialize;
use store::{Blob, OutboxRow, StoreError};

use super::{Delivered, MessagePhase, MessageState, Prepared, sha256_hex};
use crate::exchange::{Envelope, Outgoing};
use crate::{AppError, Unit, UseCase};

/// Renders a message for a partner, keeps it and puts it into the partner's mailbox. Returns its id.
pub(crate) async fn prepare(
    unit: &mut Unit<'_>,
    partner: &str,
    receiver_id: Option<String>,
    outgoing: &Outgoing,
    about: Option<ObjectRef>,
) -> Result<String, AppError> {
    let receiver = match receiver_id {
        Some(id) => id,
        None => unit.app.organisation(partner).await?.and_then(|o| o.edi_id).unwrap_or_else(|| partner.to_uppercase()),
    };
    let reference = format!("{:09}", unit.app.next_number("interchange").await?);
    let envelope = Envelope {
        sender: unit.app.port().edi_id.clone(),
        receiver,
        reference: reference.clone(),
        at: unit.at(),
        utc_offset_minutes: unit.app.port().utc_offset_minutes,
    };
    let (kind, bytes) = unit.app.interpreter().write(&envelope, outgoing);
    let id = format!("G{}", unit.app.new_id(unit.at()).simple());
    let sha256 = sha256_hex(&bytes);
    let prepared = Prepared {
        partner: partner.to_owned(),
        kind: kind.clone(),
        reference,
        sha256: sha256.clone(),
        bytes: bytes.len() as u64,
        about: about.clone(),
        mentions: super::mentions(outgoing.names().into_iter()),
    };
    unit.keep(Blob { sha256, media_type: "application/edifact".into(), bytes: bytes.clone() });
    let due_at = unit.at();
    unit.send(OutboxRow {
        id: id.clone(),
        channel: "partner".into(),
        receiver: partner.to_owned(),
        kind,
        object: about,
        body: bytes,
        due_at,
    });
    unit.record::<MessageState>(&id, vec![prepared.into()], due_at).await?;
    Ok(id)
}

/// Notes that the partner has fetched a message.
#[derive(Clone, Debug, Serialize)]
pub struct MarkDelivered {
    /// Message id.
    pub id: String,
}

#[async_trait]
impl UseCase for MarkDelivered {
    const NAME: &'static str = "mailbox.read";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<MessageState>(Self::NAME, &self.id).await?;
        if state.phase == MessagePhase::Prepared {
            // Told twice is told once: when the commit fails, the partner fetches it again and this says the same.
            let store = unit.app.store();
            match store.outbox_result(&unit.app.port().code, &self.id, Ok(unit.at())).await {
                Ok(()) | Err(StoreError::Conflict(_)) => {}
                Err(fault) => return Err(fault.into()),
            }
            unit.record::<MessageState>(&self.id, vec![Delivered { channel: "mailbox".into() }.into()], unit.at()).await?;
        }
        Ok(self.id.clone())
    }
}
