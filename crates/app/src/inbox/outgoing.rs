//! What partners are told: prepared in the commit of its cause, kept, handed over, and sent again when asked.

use async_trait::async_trait;
use ledger::{Aggregate, ObjectRef, Refusal};
use serde::Serialize;
use store::{Blob, OutboxRow, StoreError};

use super::{Delivered, DeliveryFailed, Direction, MessageEvent, MessagePhase, MessageState, Prepared, Resent, sha256_hex};
use crate::agreement::Agreement;
use crate::data_sharing::a_file_sent_again_is_in_the_log;
use crate::exchange::{Envelope, Outgoing};
use crate::partners::{DeliverBy, Document};
use crate::rights::Resource;
use crate::{App, AppError, Unit, UseCase};

/// Channel of outbox rows that the partner fetches.
pub const MAILBOX: &str = "partner";
/// Channel of outbox rows that we deliver: folder, SFTP or HTTP, whichever the partner's profile names when its turn comes.
pub const PUSHED: &str = "partner-push";
/// Most times that one message is sent again.
pub const RESENT_MAX: u32 = 100;

/// Renders a message for a partner, keeps it and queues it for the partner's channel. Returns its id; `None` when the partner does not
/// want to be told this.
pub(crate) async fn prepare(
    unit: &mut Unit<'_>,
    partner: &str,
    receiver_id: Option<String>,
    outgoing: &Outgoing,
    about: Option<ObjectRef>,
) -> Result<Option<String>, AppError> {
    let profile = unit.app.partner(partner).await?.map(|(_, profile)| profile);
    if profile.as_ref().is_some_and(|profile| !profile.wants(outgoing)) {
        return Ok(None);
    }
    let receiver = match (receiver_id, &profile) {
        (Some(id), _) => id,
        (None, Some(profile)) if !profile.identifiers.is_empty() => profile.identifiers[0].id.clone(),
        (None, _) => partner.to_uppercase(),
    };
    let reference = format!("{:09}", unit.app.next_number("interchange").await?);
    let envelope = Envelope {
        sender: unit.app.port().edi_id.clone(),
        receiver,
        reference: reference.clone(),
        at: unit.at(),
        utc_offset_minutes: unit.app.port().utc_offset_minutes,
    };
    let agreement = profile.as_ref().map_or_else(Agreement::default, crate::partners::Profile::agreement);
    let (kind, bytes) = unit.app.interpreter().write(&envelope, &agreement, outgoing);
    let id = format!("G{}", unit.app.new_id(unit.at()).simple());
    let sha256 = sha256_hex(&bytes);
    let prepared = Prepared {
        partner: partner.to_owned(),
        kind,
        reference,
        sha256: sha256.clone(),
        bytes: bytes.len() as u64,
        about,
        mentions: super::mentions(outgoing.names().into_iter()),
        from: None,
        document: outgoing.document().filter(|document| !document.is_empty()).map(str::to_owned),
        // Answers are not answered.
        answer_minutes: profile.as_ref().and_then(|profile| profile.answer_minutes).filter(|_| Document::of(outgoing).is_some()),
    };
    unit.keep(Blob { sha256, media_type: media_type(&bytes).into(), bytes: bytes.clone() });
    post(unit, id.clone(), prepared, bytes).await?;
    Ok(Some(id))
}

/// Queues what was prepared for the channel that the partner's profile names now.
async fn post(unit: &mut Unit<'_>, id: String, prepared: Prepared, bytes: Vec<u8>) -> Result<(), AppError> {
    let due_at = unit.at();
    let channel = unit.app.partner(&prepared.partner).await?.map_or(DeliverBy::Mailbox, |(_, profile)| profile.channels.deliver_by);
    unit.send(OutboxRow {
        id: id.clone(),
        channel: queue(channel).into(),
        receiver: prepared.partner.clone(),
        kind: prepared.kind.clone(),
        object: prepared.about.clone(),
        body: bytes,
        due_at,
    });
    unit.record::<MessageState>(&id, vec![prepared.into()], due_at).await
}

/// Hands a file over that is a message of no process: data under an agreement. Returns the id of the message that carries it.
pub(crate) async fn hand_over(unit: &mut Unit<'_>, to: &str, kind: &str, about: ObjectRef, bytes: Vec<u8>) -> Result<String, AppError> {
    let id = format!("G{}", unit.app.new_id(unit.at()).simple());
    let sha256 = sha256_hex(&bytes);
    let prepared = Prepared {
        partner: to.to_owned(),
        kind: kind.to_owned(),
        reference: format!("{:09}", unit.app.next_number("interchange").await?),
        sha256: sha256.clone(),
        bytes: bytes.len() as u64,
        mentions: vec![about.id.to_uppercase()],
        about: Some(about),
        from: None,
        document: None,
        answer_minutes: None,
    };
    unit.keep(Blob { sha256, media_type: media_type(&bytes).into(), bytes: bytes.clone() });
    post(unit, id.clone(), prepared, bytes).await?;
    Ok(id)
}

/// Passes a partner's file on to another, byte for byte (转发). Returns the id of the message that carries it.
pub(super) async fn pass_on(
    unit: &mut Unit<'_>,
    to: &str,
    original: &str,
    state: &MessageState,
    read: &super::Read,
    bytes: Vec<u8>,
) -> Result<String, AppError> {
    let id = format!("G{}", unit.app.new_id(unit.at()).simple());
    let about = Some(ObjectRef::new(MessageState::KIND, original));
    let prepared = Prepared {
        partner: to.to_owned(),
        kind: read.kind.clone(),
        reference: read.reference.clone(),
        sha256: state.sha256.clone(),
        bytes: state.bytes,
        about,
        mentions: read.mentions.clone(),
        from: Some(state.partner.clone()),
        // Its answers are its sender's, and are awaited by it.
        document: None,
        answer_minutes: None,
    };
    post(unit, id.clone(), prepared, bytes).await?;
    Ok(id)
}

/// A file that was passed on and arrived, or did not, tells the one that came from its sender.
pub(crate) async fn a_file_passed_on_tells_its_sender(unit: &mut Unit<'_>, id: &str, event: &MessageEvent) -> Result<(), AppError> {
    let told: MessageEvent = match event {
        MessageEvent::Delivered(_) => super::ForwardDelivered {}.into(),
        MessageEvent::DeliveryFailed(data) => super::ForwardFailed { fault: data.fault.clone() }.into(),
        _ => return Ok(()),
    };
    let passed_on = unit.look::<MessageState>(id).await?.filter(|state| state.from.is_some());
    let Some(original) = passed_on.and_then(|state| state.objects.first().cloned()) else { return Ok(()) };
    unit.record::<MessageState>(&original.id, vec![told], unit.at()).await
}

/// What kind of bytes a message has. Everything in XML begins with `<`, JSON with `{`, CSV with a byte order mark, and no interchange does.
pub fn media_type(bytes: &[u8]) -> &'static str {
    let (marked, bytes) = bytes.strip_prefix(b"\xef\xbb\xbf").map_or((false, bytes), |rest| (true, rest));
    match bytes.trim_ascii_start().first() {
        Some(b'<') => "application/xml",
        Some(b'{') => "application/json",
        _ if marked => "text/csv",
        _ => "application/edifact",
    }
}

/// Ending of a file with these bytes.
pub fn ending(bytes: &[u8]) -> &'static str {
    match media_type(bytes) {
        "application/xml" => "xml",
        "application/json" => "json",
        "text/csv" => "csv",
        _ => "edi",
    }
}

const fn queue(channel: DeliverBy) -> &'static str {
    match channel {
        DeliverBy::Mailbox => MAILBOX,
        DeliverBy::Folder | DeliverBy::Sftp | DeliverBy::Push => PUSHED,
    }
}

/// Outbox row of a message: its own id, and one more for each time it was sent again.
fn row_of(id: &str, resent: u32) -> String {
    if resent == 0 { id.to_owned() } else { format!("{id}-{resent}") }
}

/// The message that an outbox row carries.
pub fn message_of(row: &str) -> &str {
    row.split('-').next().unwrap_or(row)
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
        if matches!(state.phase, MessagePhase::Prepared | MessagePhase::Undelivered { .. }) {
            unit.app.refuse_replaced(&state, Self::NAME).await?;
            // Told twice is told once: when the commit fails, the partner fetches it again and this says the same.
            let store = unit.app.store();
            match store.outbox_result(&unit.app.port().code, &row_of(&self.id, state.resent), Ok(unit.at())).await {
                Ok(()) | Err(StoreError::Conflict(_)) => {}
                Err(fault) => return Err(fault.into()),
            }
            unit.record::<MessageState>(&self.id, vec![Delivered { channel: DeliverBy::Mailbox.code().into() }.into()], unit.at()).await?;
        }
        Ok(self.id.clone())
    }
}

/// What came of delivering a message.
#[derive(Clone, Debug, Serialize)]
enum Delivery {
    /// It is with the partner.
    Done,
    /// It was tried often enough.
    GivenUp { fault: String, attempts: u32 },
}

/// Records what came of delivering a message: the platform's own duty.
#[derive(Clone, Debug, Serialize)]
struct RecordDelivery {
    row: String,
    channel: DeliverBy,
    delivery: Delivery,
}

#[async_trait]
impl UseCase for RecordDelivery {
    const NAME: &'static str = "message.deliver";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("message"))?;
        let id = message_of(&self.row);
        let state = unit.get::<MessageState>(id).await?;
        // A row that an administrator took up again may carry what the partner has already; then there is nothing to say.
        let event: Option<MessageEvent> = match (&self.delivery, &state.phase) {
            (Delivery::Done, MessagePhase::Prepared | MessagePhase::Undelivered { .. }) => {
                Some(Delivered { channel: self.channel.code().into() }.into())
            }
            (Delivery::GivenUp { fault, attempts }, MessagePhase::Prepared) if self.row == row_of(id, state.resent) => {
                Some(DeliveryFailed { channel: self.channel.code().into(), fault: fault.clone(), attempts: *attempts }.into())
            }
            (Delivery::Done | Delivery::GivenUp { .. }, _) => None,
        };
        unit.record::<MessageState>(id, event.into_iter().collect(), unit.at()).await?;
        Ok(id.to_owned())
    }
}

impl App {
    /// Records that the message of an outbox row is with the partner.
    ///
    /// # Errors
    /// The store's fault; the row still waits, and the message is delivered again under the same name.
    pub async fn message_delivered(&self, ctx: &crate::Context, row: &str, channel: DeliverBy) -> Result<(), AppError> {
        self.execute(ctx, &RecordDelivery { row: row.to_owned(), channel, delivery: Delivery::Done }).await?;
        Ok(self.store().outbox_result(&self.port().code, row, Ok(ctx.at)).await?)
    }

    /// Records that delivering an outbox row was given up. It can be sent again, or fetched.
    ///
    /// # Errors
    /// The store's fault; the row still waits, and it is tried once more.
    pub async fn message_given_up(
        &self,
        ctx: &crate::Context,
        row: &str,
        channel: DeliverBy,
        fault: &str,
        attempts: u32,
    ) -> Result<(), AppError> {
        let fault: String = fault.chars().filter(|c| !c.is_control()).take(crate::limits::NOTE_MAX).collect();
        self.execute(ctx, &RecordDelivery { row: row.to_owned(), channel, delivery: Delivery::GivenUp { fault: fault.clone(), attempts } })
            .await?;
        Ok(self.store().outbox_result(&self.port().code, row, Err((fault, None))).await?)
    }
}

/// Sends a message again that was delivered or given up, by the channel that holds now.
#[derive(Clone, Debug, Serialize)]
pub struct ResendMessage {
    /// Message id.
    pub id: String,
}

#[async_trait]
impl UseCase for ResendMessage {
    const NAME: &'static str = "message.resend";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<MessageState>(Self::NAME, &self.id).await?;
        let refuse =
            |code: &'static str, zh: &str, en: &str| Err(AppError::Refused(Refusal::new(code, Self::NAME, state.status(), zh, en)));
        match state.phase {
            MessagePhase::Delivered { .. } | MessagePhase::Undelivered { .. } => {}
            MessagePhase::Prepared => {
                return refuse("message-still-waiting", "报文尚待投递，无需重发。", "The message still waits to be delivered.");
            }
            _ if state.direction == Direction::In => {
                return refuse("message-not-outgoing", "只有发出的报文可以重发。", "Only messages that we sent can be sent again.");
            }
            _ => return refuse("message-not-outgoing", "该报文不能重发。", "The message cannot be sent again."),
        }
        unit.app.refuse_replaced(&state, Self::NAME).await?;
        if state.resent >= RESENT_MAX {
            return refuse("message-resent-often", "该报文已重发 100 次。", "The message was sent again 100 times.");
        }
        a_file_sent_again_is_in_the_log(unit, &self.id, &state).await?;
        let blob = unit.app.store().blob(&unit.app.port().code, &state.sha256).await?;
        let (_, body) = blob.ok_or_else(|| AppError::Internal(format!("bytes of {} are lost", self.id)))?;
        let profile = unit.app.partner(&state.partner).await?;
        let channel = profile.map_or(DeliverBy::Mailbox, |(_, profile)| profile.channels.deliver_by);
        let due_at = unit.at();
        unit.send(OutboxRow {
            id: row_of(&self.id, state.resent + 1),
            channel: queue(channel).into(),
            receiver: state.partner.clone(),
            kind: state.kind.clone(),
            object: state.objects.first().cloned(),
            body,
            due_at,
        });
        let event: MessageEvent = Resent { channel: channel.code().into() }.into();
        unit.record::<MessageState>(&self.id, vec![event], due_at).await?;
        Ok(self.id.clone())
    }
}
