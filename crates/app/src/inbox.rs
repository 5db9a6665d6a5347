//! Messages (报文): the raw bytes are kept and acknowledged first, then read, acted upon and answered (DAT-07).

use async_trait::async_trait;
use codes::{Finding, Text};
use ledger::{Aggregate, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use manifest::{ManifestForm, ManifestFunction};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Blob, OutboxRow, StoreError};

use crate::discharge::{DischargeReport, ReportDischarge};
use crate::exchange::{CallClue, Content, DischargeRead, Envelope, Interpretation, MessageFinding, MessageRead, Outgoing};
use crate::manifests::SubmitManifest;
use crate::reading::ListQuery;
use crate::rights::Resource;
use crate::{App, AppError, Context, IdempotencyKey, Unit, UseCase, limits};

/// Largest interchange taken in, bytes.
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most findings kept with a message; the last one says how many more there were.
pub const FINDINGS_MAX: usize = 500;
/// Most objects that a message names as its outcome; the rest hang on the first, the manifest or the call.
pub const OBJECTS_NAMED_MAX: usize = 500;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Received.
    In,
    /// Sent, or to be fetched.
    Out,
}

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum MessagePhase {
    /// Kept, not read yet.
    Received,
    /// Read and acted upon.
    Processed {
        /// When.
        at: Timestamp,
    },
    /// Read; nothing of it could be acted upon.
    Rejected {
        /// When.
        at: Timestamp,
    },
    /// Ready for the partner.
    Prepared,
    /// Fetched by the partner, or delivered to it.
    Delivered {
        /// When.
        at: Timestamp,
    },
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageState {
    /// Which way.
    pub direction: Direction,
    /// Partner, organisation id.
    pub partner: String,
    /// How it came or goes: `api`, `web`, `mailbox`.
    pub channel: String,
    /// Type of its first message, such as `CUSCAR`; `EDI` while unread.
    pub kind: String,
    /// Interchange or document reference.
    pub reference: String,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    /// Number of bytes.
    pub bytes: u64,
    /// What was found.
    pub findings: Vec<MessageFinding>,
    /// Messages that answer it.
    pub answers: Vec<String>,
    /// Objects it led to.
    pub objects: Vec<ObjectRef>,
    /// When it was received or prepared.
    pub at: Timestamp,
    /// How far it has come.
    pub phase: MessagePhase,
}

/// `message.received`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Partner, organisation id.
    pub partner: String,
    /// Channel.
    pub channel: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// Bytes.
    pub bytes: u64,
}

/// `message.processed` or `message.rejected`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// Type.
    pub kind: String,
    /// Reference.
    pub reference: String,
    /// What was found.
    pub findings: Vec<MessageFinding>,
    /// Answers.
    pub answers: Vec<String>,
    /// Objects it led to.
    pub objects: Vec<ObjectRef>,
}

/// `message.prepared`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prepared {
    /// Partner, organisation id.
    pub partner: String,
    /// Type.
    pub kind: String,
    /// Reference.
    pub reference: String,
    /// SHA-256, hex.
    pub sha256: String,
    /// Bytes.
    pub bytes: u64,
    /// What it is about.
    pub about: Option<ObjectRef>,
}

/// `message.delivered`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// How.
    pub channel: String,
}

ledger::domain_events! {
    /// What happens to a message.
    pub enum MessageEvent for "message" {
        /// Kept.
        Received(Received) = "message.received",
        /// Acted upon.
        Processed(Read) = "message.processed",
        /// Not acted upon.
        Rejected(RejectedRead) = "message.rejected",
        /// Ready for the partner.
        Prepared(Prepared) = "message.prepared",
        /// With the partner.
        Delivered(Delivered) = "message.delivered",
    }
}

/// What was read of a message on which nothing could be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RejectedRead(pub Read);

impl MessageState {
    fn read(mut self, data: &Read, phase: MessagePhase) -> Self {
        self.kind.clone_from(&data.kind);
        self.reference.clone_from(&data.reference);
        self.findings.clone_from(&data.findings);
        self.answers.clone_from(&data.answers);
        self.objects.clone_from(&data.objects);
        self.phase = phase;
        self
    }
}

impl Aggregate for MessageState {
    const KIND: &'static str = "message";
    type Event = MessageEvent;

    fn apply(state: Option<Self>, event: &MessageEvent, at: Timestamp) -> Result<Self, ReplayError> {
        let wrong = |kind: &'static str, state: Option<&Self>| ReplayError::OutOfOrder {
            kind,
            state: state.map_or("nothing", Self::status).to_owned(),
        };
        match (state, event) {
            (None, MessageEvent::Received(data)) => Ok(Self {
                direction: Direction::In,
                partner: data.partner.clone(),
                channel: data.channel.clone(),
                kind: "EDI".into(),
                reference: String::new(),
                sha256: data.sha256.clone(),
                bytes: data.bytes,
                findings: Vec::new(),
                answers: Vec::new(),
                objects: Vec::new(),
                at,
                phase: MessagePhase::Received,
            }),
            (None, MessageEvent::Prepared(data)) => Ok(Self {
                direction: Direction::Out,
                partner: data.partner.clone(),
                channel: "mailbox".into(),
                kind: data.kind.clone(),
                reference: data.reference.clone(),
                sha256: data.sha256.clone(),
                bytes: data.bytes,
                findings: Vec::new(),
                answers: Vec::new(),
                objects: data.about.iter().cloned().collect(),
                at,
                phase: MessagePhase::Prepared,
            }),
            (Some(state), MessageEvent::Processed(data)) if state.phase == MessagePhase::Received => {
                Ok(state.read(data, MessagePhase::Processed { at }))
            }
            (Some(state), MessageEvent::Rejected(data)) if state.phase == MessagePhase::Received => {
                Ok(state.read(&data.0, MessagePhase::Rejected { at }))
            }
            (Some(state), MessageEvent::Delivered(_)) if state.phase == MessagePhase::Prepared => {
                Ok(Self { phase: MessagePhase::Delivered { at }, ..state })
            }
            (state, MessageEvent::Received(_)) => Err(wrong("message.received", state.as_ref())),
            (state, MessageEvent::Prepared(_)) => Err(wrong("message.prepared", state.as_ref())),
            (state, MessageEvent::Processed(_)) => Err(wrong("message.processed", state.as_ref())),
            (state, MessageEvent::Rejected(_)) => Err(wrong("message.rejected", state.as_ref())),
            (state, MessageEvent::Delivered(_)) => Err(wrong("message.delivered", state.as_ref())),
        }
    }

    fn related(&self, event: &MessageEvent) -> Vec<Related> {
        match event {
            MessageEvent::Processed(data) | MessageEvent::Rejected(RejectedRead(data)) => {
                data.objects.iter().map(|o| (o.clone(), "led-to")).collect()
            }
            MessageEvent::Prepared(data) => data.about.iter().map(|o| (o.clone(), "about")).collect(),
            MessageEvent::Received(_) | MessageEvent::Delivered(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            MessagePhase::Received => "received",
            MessagePhase::Processed { .. } if self.findings.iter().all(|f| f.finding.severity == codes::Severity::Info) => "processed",
            MessagePhase::Processed { .. } => "processed-with-findings",
            MessagePhase::Rejected { .. } => "rejected",
            MessagePhase::Prepared => "prepared",
            MessagePhase::Delivered { .. } => "delivered",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            MessagePhase::Received | MessagePhase::Prepared => None,
            MessagePhase::Processed { at } | MessagePhase::Delivered { at } | MessagePhase::Rejected { at } => Some(at),
        };
        let mut keys = vec![id.to_uppercase(), format!("SHA256:{}", self.sha256.to_uppercase()), self.kind.clone()];
        if !self.reference.is_empty() {
            keys.push(self.reference.to_uppercase());
        }
        keys.extend(self.objects.iter().take(28).map(|o| o.id.to_uppercase()));
        WorkRow {
            title: format!("{} {}", self.kind, self.reference),
            status: self.status().into(),
            owner: (self.direction == Direction::Out && closed_at.is_none()).then(|| self.partner.clone()),
            action: (self.direction == Direction::Out && closed_at.is_none()).then(|| "fetch-message".into()),
            parties: vec![self.partner.clone()],
            keys,
            opened_at: self.at,
            closed_at,
            ..WorkRow::default()
        }
    }
}

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
        };
        unit.keep(Blob { sha256, media_type: "application/edifact".into(), bytes: self.bytes.clone() });
        unit.record::<MessageState>(&id, vec![received.into()], unit.at()).await?;
        Ok(id)
    }
}

/// Records what was read of a message and prepares the answers.
#[derive(Clone, Debug, Serialize)]
struct RecordReading {
    id: String,
    read: Read,
    acted: bool,
    answers: Vec<Outgoing>,
    #[serde(skip)]
    bytes: Vec<u8>,
    sender: Option<String>,
}

#[async_trait]
impl UseCase for RecordReading {
    const NAME: &'static str = "message.process";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        // The sender was allowed to send it; reading it is the platform's own duty.
        unit.authorise("message.send", &Resource::own("message"))?;
        let state = unit.get::<MessageState>(&self.id).await?;
        if state.phase != MessagePhase::Received {
            return Ok(self.id.clone());
        }
        let mut read = self.read.clone();
        for answer in &self.answers {
            let answer = match answer {
                Outgoing::Contrl { .. } => Outgoing::Contrl { received: self.bytes.clone() },
                other @ (Outgoing::Aperak { .. } | Outgoing::Release { .. } | Outgoing::DeliveryOrder { .. }) => other.clone(),
            };
            let receiver_id = self.sender.clone();
            let about = Some(ObjectRef::new("message", self.id.clone()));
            read.answers.push(prepare(unit, &state.partner, receiver_id, &answer, about).await?);
        }
        let event = if self.acted { MessageEvent::Processed(read) } else { MessageEvent::Rejected(RejectedRead(read)) };
        unit.record::<MessageState>(&self.id, vec![event], unit.at()).await?;
        Ok(self.id.clone())
    }
}

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

impl App {
    /// Reads a message that was received, acts on what it says, and answers. Safe to repeat after a crash: what was done is not done again.
    ///
    /// # Errors
    /// The store's fault; the message then stays `received` and is read again later.
    pub async fn process_message(&self, ctx: &Context, id: &str) -> Result<(), AppError> {
        let Some(state) = self.peek::<MessageState>(id).await? else { return Ok(()) };
        // Whoever reads it acts in the sender's name, and nobody else's.
        if ctx.principal.organisation != state.partner {
            return Err(AppError::NotFound { kind: "message", id: id.to_owned() });
        }
        if state.phase != MessagePhase::Received {
            return Ok(());
        }
        let (_, bytes) = self
            .store()
            .blob(&self.port().code, &state.sha256)
            .await?
            .ok_or_else(|| AppError::Internal(format!("bytes of {id} are lost")))?;
        // A large interchange takes seconds to read: the threads that answer requests must not wait for it.
        let (interpreter, offset) = (std::sync::Arc::clone(self.interpreter()), self.port().utc_offset_minutes);
        let (bytes, reading) = tokio::task::spawn_blocking(move || {
            let reading = interpreter.read(&bytes, offset);
            (bytes, reading)
        })
        .await
        .map_err(|e| AppError::Internal(format!("reading {id}: {e}")))?;
        let mut findings = reading.findings.clone();
        if let Some(earlier) = self.earlier_copy(id, &state).await? {
            findings.push(whole(Finding::error(
                "message-duplicate",
                "",
                Text::new(
                    format!("与已处理的报文 {earlier} 完全相同，未重复处理。"),
                    format!("Identical to message {earlier}; not acted upon again."),
                ),
                Text::new("如需更正，请更换内容后重发。", "Send a changed message to correct something."),
            )));
            return self.record_reading(ctx, id, &bytes, &reading, findings, Vec::new(), false).await;
        }
        let mut objects = Vec::new();
        let mut acted = false;
        for (index, message) in reading.messages.iter().enumerate() {
            let inner =
                Context { idempotency: Some(IdempotencyKey { key: format!("{id}/{index}") }), message: Some(id.to_owned()), ..ctx.clone() };
            acted |= self.act(&inner, state.at, message, &mut findings, &mut objects).await?;
        }
        self.record_reading(ctx, id, &bytes, &reading, findings, objects, acted).await
    }

    async fn earlier_copy(&self, id: &str, state: &MessageState) -> Result<Option<String>, AppError> {
        let partner = Context::platform(self.now(), "message-copies");
        let query = ListQuery {
            statuses: vec!["processed".into(), "processed-with-findings".into()],
            key_prefix: Some(format!("SHA256:{}", state.sha256)),
            limit: 10,
            ..ListQuery::default()
        };
        let page = self.list::<MessageState>(&partner, "message.read", query).await?;
        Ok(page
            .items
            .into_iter()
            .map(|(seen, _)| seen)
            .find(|seen| seen.id != id && seen.state.partner == state.partner)
            .map(|seen| seen.id))
    }

    async fn act(
        &self,
        ctx: &Context,
        received_at: Timestamp,
        message: &MessageRead,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let Some(content) = &message.content else { return Ok(false) };
        let reference = message.reference.as_str();
        match content {
            Content::Manifest { call, replaces, bills } => {
                let Some(call_id) = self.call_of(ctx, call, reference, findings).await? else { return Ok(false) };
                let function = if *replaces { ManifestFunction::Replace } else { ManifestFunction::Original };
                let form = ManifestForm {
                    call: call_id,
                    agent: ctx.principal.organisation.clone(),
                    message: ctx.message.clone(),
                    function,
                    ship_name: call.ship_name.clone(),
                    voyage: call.voyage.clone(),
                    loading_at: None,
                    bills: bills.iter().map(|b| b.form.clone()).collect(),
                };
                match self.execute(ctx, &SubmitManifest { form, keep_rejected: true }).await {
                    Ok(done) => {
                        objects.push(ObjectRef::new("manifest", done.outcome.id));
                        if done.outcome.accepted {
                            objects.extend(bills.iter().map(|b| ObjectRef::new("bill", b.form.number.clone())));
                        }
                        findings.extend(done.outcome.findings.into_iter().map(|finding| {
                            let bill = finding
                                .pointer
                                .strip_prefix("/bills/")
                                .and_then(|rest| rest.split('/').next())
                                .and_then(|n| n.parse::<usize>().ok());
                            let place = bill.and_then(|n| bills.get(n));
                            MessageFinding {
                                segment: place.map(|b| b.segment),
                                offset: place.map(|b| b.offset),
                                segment_tag: place.map(|_| "CNI".into()),
                                message_reference: Some(reference.to_owned()),
                                finding,
                            }
                        }));
                        Ok(done.outcome.accepted)
                    }
                    Err(error) => refused(error, reference, findings),
                }
            }
            Content::Discharge { call, containers } => {
                self.act_discharge(ctx, received_at, call, containers, reference, findings, objects).await
            }
            Content::Arrival { call, at } => {
                let Some(call_id) = self.call_of(ctx, call, reference, findings).await? else { return Ok(false) };
                match self.execute(ctx, &crate::calls::ArriveCall { id: call_id.clone(), at: *at }).await {
                    Ok(_) => {
                        objects.push(ObjectRef::new("ship-call", call_id));
                        Ok(true)
                    }
                    Err(error) => refused(error, reference, findings),
                }
            }
            Content::Answer { .. } | Content::Other => Ok(true),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one message of an interchange with everything it adds to")]
    async fn act_discharge(
        &self,
        ctx: &Context,
        received_at: Timestamp,
        call: &CallClue,
        containers: &[DischargeRead],
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let Some(call_id) = self.call_of(ctx, call, reference, findings).await? else { return Ok(false) };
        let reports = containers
            .iter()
            .map(|c| DischargeReport {
                container: c.container.clone(),
                call: call_id.clone(),
                // Not now: a message that is read again after a crash must say the same.
                at: c.at.unwrap_or(received_at),
                position: c.position.clone(),
                seal: c.seal.clone(),
                packages: None,
                damage: c.damage.clone(),
                tally_company: None,
            })
            .collect();
        match self.execute(ctx, &ReportDischarge { reports }).await {
            Ok(done) => {
                objects.extend(done.outcome.containers.into_iter().map(|id| ObjectRef::new("container", id)));
                findings.extend(done.outcome.findings.into_iter().map(|finding| {
                    let place = finding
                        .pointer
                        .strip_prefix("/reports/")
                        .and_then(|rest| rest.split('/').next())
                        .and_then(|n| n.parse::<usize>().ok());
                    let place = place.and_then(|n| containers.get(n));
                    MessageFinding {
                        segment: place.map(|c| c.segment),
                        offset: place.map(|c| c.offset),
                        segment_tag: place.map(|_| "EQD".into()),
                        message_reference: Some(reference.to_owned()),
                        finding,
                    }
                }));
                Ok(done.outcome.accepted > 0)
            }
            Err(error) => refused(error, reference, findings),
        }
    }

    async fn call_of(
        &self,
        ctx: &Context,
        clue: &CallClue,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
    ) -> Result<Option<String>, AppError> {
        if let Some((id, _)) = self.find_call(clue, &ctx.principal.organisation).await? {
            return Ok(Some(id));
        }
        let told =
            [clue.ship_name.as_deref(), clue.imo.as_deref(), clue.voyage.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" / ");
        let finding = Finding::error(
            "message-call-unknown",
            "/call",
            Text::new(format!("没有与“{told}”相符的在港或预报航次。"), format!("No announced call matches “{told}”.")),
            Text::new("先申报船舶预报，或更正 TDT 段的船名与航次。", "Announce the call first, or correct ship and voyage in TDT."),
        );
        findings.push(MessageFinding { segment_tag: Some("TDT".into()), message_reference: Some(reference.to_owned()), ..whole(finding) });
        Ok(None)
    }

    #[expect(clippy::too_many_arguments, reason = "everything that was read, recorded once")]
    async fn record_reading(
        &self,
        ctx: &Context,
        id: &str,
        bytes: &[u8],
        reading: &Interpretation,
        mut findings: Vec<MessageFinding>,
        mut objects: Vec<ObjectRef>,
        acted: bool,
    ) -> Result<(), AppError> {
        bound(&mut findings);
        objects.truncate(OBJECTS_NAMED_MAX);
        let first = reading.messages.first();
        let kind = first.map_or_else(|| "EDI".to_owned(), |m| m.kind.clone());
        let reference = reading.control_reference.clone().or_else(|| first.map(|m| m.reference.clone())).unwrap_or_default();
        let is_answer = reading.messages.iter().all(|m| matches!(m.content, Some(Content::Answer { .. }))) && !reading.messages.is_empty();
        // An answer is never answered: two platforms would go on for ever.
        let answers = if is_answer {
            Vec::new()
        } else {
            vec![
                Outgoing::Contrl { received: Vec::new() },
                Outgoing::Aperak {
                    reference: reference.clone(),
                    document: first.and_then(|m| m.document.clone()),
                    accepted: acted,
                    findings: findings.iter().take(200).cloned().collect(),
                },
            ]
        };
        let read = Read { kind, reference, findings, answers: Vec::new(), objects };
        let command = RecordReading { id: id.to_owned(), read, acted, answers, bytes: bytes.to_vec(), sender: reading.sender.clone() };
        let ctx = Context { message: Some(id.to_owned()), idempotency: None, ..ctx.clone() };
        self.execute(&ctx, &command).await?;
        Ok(())
    }

    /// Messages that were kept but not read when the process ended. Reads them.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn resume_messages(&self, at: Timestamp) -> Result<usize, AppError> {
        let platform = Context::platform(at, "resume-messages");
        let query = ListQuery { statuses: vec!["received".into()], open: Some(true), limit: 200, ..ListQuery::default() };
        let page = self.list::<MessageState>(&platform, "message.read", query).await?;
        let mut read = 0;
        for (seen, _) in page.items {
            let Some(organisation) = self.organisation(&seen.state.partner).await? else { continue };
            let principal = crate::Principal {
                id: "resumed".into(),
                organisation: organisation.id.clone(),
                role: organisation.role,
                district: organisation.district.clone(),
                system: true,
            };
            // One message that cannot be read must not keep the others waiting.
            match self.process_message(&Context { principal, ..platform.clone() }, &seen.id).await {
                Ok(()) => read += 1,
                Err(error) => tracing::error!(message = %seen.id, %error, "a kept message could not be read; it stays for the next time"),
            }
        }
        Ok(read)
    }
}

/// A use case that said no becomes findings of the message; a fault of the store stays a fault, so that the message is read again.
fn refused(error: AppError, reference: &str, findings: &mut Vec<MessageFinding>) -> Result<bool, AppError> {
    let text = |zh: String, en: String| Text::new(zh, en);
    let hint = Text::new("更正后重发。", "Correct and send again.");
    let found: Vec<Finding> = match error {
        AppError::Findings(found) => found,
        AppError::Refused(refusal) => vec![Finding::error(refusal.code, "", text(refusal.text.zh, refusal.text.en), hint)],
        AppError::Invalid { code, pointer, text: said } => vec![Finding::error(code, pointer, text(said.zh, said.en), hint)],
        AppError::Forbidden { .. } => {
            vec![Finding::error(
                "message-not-allowed",
                "",
                text("贵单位无权发送此类报文。".into(), "Your organisation may not send this kind of message.".into()),
                hint,
            )]
        }
        AppError::NotFound { kind, id } => vec![Finding::error(
            "message-object-unknown",
            "",
            text(format!("没有 {kind} {id}。"), format!("There is no {kind} {id}.")),
            hint,
        )],
        // It will not become smaller by being read again.
        AppError::Store(StoreError::Limit(what)) => {
            vec![Finding::error(
                "message-too-much",
                "",
                text(format!("报文内容超出上限：{what}。"), format!("The message holds too much: {what}.")),
                hint,
            )]
        }
        other @ (AppError::Stale { .. }
        | AppError::KeyReused
        | AppError::Busy
        | AppError::Store(_)
        | AppError::Replay(_)
        | AppError::Internal(_)) => return Err(other),
    };
    findings.extend(found.into_iter().map(|finding| MessageFinding { message_reference: Some(reference.to_owned()), ..whole(finding) }));
    Ok(false)
}

fn whole(finding: Finding) -> MessageFinding {
    MessageFinding { finding, segment: None, offset: None, segment_tag: None, message_reference: None }
}

fn bound(findings: &mut Vec<MessageFinding>) {
    if findings.len() <= FINDINGS_MAX {
        return;
    }
    let more = findings.len() - FINDINGS_MAX;
    findings.truncate(FINDINGS_MAX);
    findings.push(whole(Finding::info(
        "message-more-findings",
        "",
        Text::new(format!("另有 {more} 条未列出。"), format!("{more} more are not listed.")),
        Text::new("先更正已列出的问题。", "Correct those listed first."),
    )));
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
