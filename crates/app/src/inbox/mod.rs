//! Messages (报文): the raw bytes are kept and acknowledged first, then read, acted upon and answered (DAT-07).
//!
//! * [`ReceiveMessage`] keeps what came; `process` reads it; `act` turns what it says into use cases.
//! * `outgoing` prepares what partners are told and notes that they have it; `answers` matches what they answer.
//! * `statistics` keeps the figures, `alarms` says when something is out of the ordinary.
//! * `repair` puts a corrected message in the place of a rejected one, and closes those that are not to be processed.

mod act;
mod act_changes;
mod act_conveyances;
mod act_reports;
pub mod alarms;
mod answers;
mod outgoing;
mod process;
mod receive;
pub mod repair;
pub mod statistics;

use codes::Finding;
use ledger::{Aggregate, ObjectRef, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::answers::{AnswerStanding, REPLIES_MAX, Reply};
pub use self::outgoing::{MAILBOX, MarkDelivered, PUSHED, RESENT_MAX, ResendMessage, ending, media_type, message_of};
pub(crate) use self::outgoing::{a_file_passed_on_tells_its_sender, hand_over, prepare};
pub use self::receive::ReceiveMessage;
use crate::exchange::MessageFinding;

/// Largest interchange taken in, bytes.
pub const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most findings kept with a message; the last one says how many more there were.
pub const FINDINGS_MAX: usize = 500;
/// Most objects that a message names as its outcome; the rest hang on the first, the manifest or the call.
pub const OBJECTS_NAMED_MAX: usize = 500;

/// Most messages of an interchange whose outcome is kept one by one. What holds more is sent again, not repaired.
pub const OUTCOMES_MAX: usize = 2_000;
/// Code of the finding that a file is a test: read, checked, answered, not acted upon.
pub(crate) const TEST_ONLY: &str = "message-test-only";
/// Finding codes among the search keys of a message.
const CODE_KEYS_MAX: usize = 6;
/// Objects among the keys of a message; what it names follows.
const OBJECTS_KEYED_MAX: usize = 16;
/// Most names kept of what a message is about: ships, bills, boxes, papers.
pub const MENTIONS_MAX: usize = 240;
/// Longest name kept, bytes.
const MENTION_BYTES_MAX: usize = 64;

/// The names of a message, bounded.
pub(crate) fn mentions(all: impl Iterator<Item = String>) -> Vec<String> {
    all.filter(|name| name.len() <= MENTION_BYTES_MAX).take(MENTIONS_MAX).collect()
}

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
    /// Delivering it was given up. It can be sent again, or fetched.
    Undelivered {
        /// When.
        at: Timestamp,
    },
    /// A repaired message took its place (已修复).
    Repaired {
        /// When.
        at: Timestamp,
        /// The message in its place.
        by: String,
    },
    /// Looked at and not to be processed (不再处理).
    Closed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// What became of one message of an interchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// All of it was acted upon.
    Acted,
    /// Some of it: the faulty rows were named.
    Partly,
    /// Nothing of it.
    Refused,
    /// It had been acted upon before the repair, and was not again.
    Earlier,
}

/// One message of an interchange and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageOutcome {
    /// Type, such as `COARRI`.
    pub kind: String,
    /// Reference (UNH 0062).
    pub reference: String,
    /// Document number (BGM 1004).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Digest of what stands between UNH and UNT, 32 hex digits; tells whether a repair changed it.
    pub digest: String,
    /// What became of it.
    pub outcome: OutcomeKind,
}

impl MessageOutcome {
    /// Is there something left that a repair could bring in?
    pub const fn unfinished(&self) -> bool {
        matches!(self.outcome, OutcomeKind::Partly | OutcomeKind::Refused)
    }
}

/// An interchange that was passed on to the partner to whom it is addressed (转发).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forward {
    /// To whom, organisation id.
    pub to: String,
    /// The message that carries it on, byte for byte.
    pub message: String,
    /// When it was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// Why handing it over was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageState {
    /// Which way.
    pub direction: Direction,
    /// Partner, organisation id.
    pub partner: String,
    /// How it came or goes: `api`, `web`, `folder`, `sftp`, `push`, `mailbox`.
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
    /// What it names: numbers of boxes and bills, ship, voyage, papers, in capitals, at most [`MENTIONS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// When it was received or prepared.
    pub at: Timestamp,
    /// What became of each message in it, at most [`OUTCOMES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<MessageOutcome>,
    /// It was read by the description of a flat file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flat: bool,
    /// The message that this one repairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair: Option<repair::Repair>,
    /// It was passed on to another partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<Forward>,
    /// It is another partner's, passed on: whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How far it has come.
    pub phase: MessagePhase,
    /// How often it was sent again.
    #[serde(default)]
    pub resent: u32,
    /// Document number of a message of ours (BGM 1004), by which an answer may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The partner agreed to answer within so many minutes of delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_minutes: Option<u32>,
    /// What the partner answered since it was last sent, oldest first, at most [`REPLIES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<Reply>,
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
    /// The message that it repairs, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair: Option<repair::Repair>,
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
    /// What it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// What became of each message in it, at most [`OUTCOMES_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<MessageOutcome>,
    /// It was read by the description of a flat file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flat: bool,
    /// It was passed on to another partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<Forward>,
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
    /// What it names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// It is another partner's, passed on: whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Document number, where an answer may name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Minutes within which an answer is agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_minutes: Option<u32>,
}

/// `message.delivered`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// How.
    pub channel: String,
}

/// `message.delivery-failed`: given up after the last attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryFailed {
    /// How.
    pub channel: String,
    /// What was wrong.
    pub fault: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// `message.resent`: to be delivered once more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resent {
    /// How.
    pub channel: String,
}

/// `message.forward-delivered`: what was passed on is with its recipient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardDelivered {}

/// `message.forward-failed`: handing it on was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardFailed {
    /// What was wrong.
    pub fault: String,
}

/// `message.repaired`: another message took its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    /// The message in its place.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// `message.closed`: it is not to be processed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Why.
    pub reason: String,
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
        /// Given up.
        DeliveryFailed(DeliveryFailed) = "message.delivery-failed",
        /// To be delivered once more.
        Resent(Resent) = "message.resent",
        /// What was passed on is with its recipient.
        ForwardDelivered(ForwardDelivered) = "message.forward-delivered",
        /// Passing it on was given up.
        ForwardFailed(ForwardFailed) = "message.forward-failed",
        /// The partner answered it.
        Answered(Reply) = "message.answered",
        /// Another message took its place.
        Repaired(Repaired) = "message.repaired",
        /// Not to be processed.
        Closed(Closed) = "message.closed",
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
        self.mentions.clone_from(&data.mentions);
        self.outcomes.clone_from(&data.outcomes);
        self.flat = data.flat;
        self.forward.clone_from(&data.forward);
        self.phase = phase;
        self
    }

    /// Was anything of it acted upon, then or later? A copy of it is a duplicate.
    pub fn acted_upon(&self) -> bool {
        match self.phase {
            MessagePhase::Processed { .. } => true,
            MessagePhase::Repaired { .. } | MessagePhase::Closed { .. } => {
                self.outcomes.iter().any(|o| matches!(o.outcome, OutcomeKind::Acted | OutcomeKind::Partly))
            }
            MessagePhase::Received
            | MessagePhase::Rejected { .. }
            | MessagePhase::Prepared
            | MessagePhase::Delivered { .. }
            | MessagePhase::Undelivered { .. } => false,
        }
    }

    /// Is it a test, checked and not meant to be acted upon?
    pub fn is_test(&self) -> bool {
        self.findings.iter().any(|f| f.finding.code == TEST_ONLY)
    }

    /// Is there something in it that a repair or a replay could still bring in? A copy of what was acted upon holds nothing new, and a
    /// test is not to be brought in.
    pub fn unfinished(&self) -> bool {
        if self.is_test() {
            return false;
        }
        match self.phase {
            MessagePhase::Rejected { .. } => !self.findings.iter().any(|f| f.finding.code == "message-duplicate"),
            MessagePhase::Processed { .. } => self.outcomes.iter().any(MessageOutcome::unfinished),
            MessagePhase::Received
            | MessagePhase::Prepared
            | MessagePhase::Delivered { .. }
            | MessagePhase::Undelivered { .. }
            | MessagePhase::Repaired { .. }
            | MessagePhase::Closed { .. } => false,
        }
    }

    /// The first message of the chain of repairs that ends here.
    pub fn root<'s>(&'s self, id: &'s str) -> &'s str {
        self.repair.as_ref().map_or(id, |repair| repair.root.as_str())
    }

    /// Types of the messages in it, each once.
    pub fn kinds(&self) -> Vec<&str> {
        let mut kinds = vec![self.kind.as_str()];
        for outcome in &self.outcomes {
            if !kinds.contains(&outcome.kind.as_str()) {
                kinds.push(&outcome.kind);
            }
        }
        kinds
    }

    /// What it is found by: first what it is, then what it is about, as far as the worklist's bound allows.
    fn keys(&self, id: &str) -> Vec<String> {
        let mut keys =
            vec![id.to_uppercase(), format!("SHA256:{}", self.sha256.to_uppercase()), format!("CHANNEL:{}", self.channel.to_uppercase())];
        keys.extend(self.kinds().into_iter().take(4).map(|kind| format!("TYPE:{}", kind.to_uppercase())));
        if self.answer_standing() != AnswerStanding::NotExpected {
            keys.push(format!("ANSWER:{}", self.answer_standing().code().to_uppercase()));
        }
        if self.direction == Direction::In {
            let faults = self.findings.iter().filter(|f| f.finding.severity != codes::Severity::Info);
            let mut codes: Vec<String> = Vec::new();
            for code in faults.map(|f| format!("CODE:{}", f.finding.code.to_uppercase())) {
                if codes.len() < CODE_KEYS_MAX && !codes.contains(&code) {
                    codes.push(code);
                }
            }
            keys.extend(codes);
        }
        let documents = self.outcomes.iter().filter_map(|o| o.document.as_deref());
        let named = std::iter::once(self.reference.as_str()).chain(documents.take(4));
        // What it led to, then what it names. More than a row may carry is found through the events of the boxes and bills themselves.
        let led = self.objects.iter().take(OBJECTS_KEYED_MAX).map(|o| o.id.as_str());
        let named = named.chain(led).chain(self.mentions.iter().map(String::as_str));
        for key in named.filter(|key| !key.is_empty()).map(str::to_uppercase) {
            if keys.len() >= store::WORK_KEYS_MAX {
                break;
            }
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
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
                mentions: Vec::new(),
                at,
                outcomes: Vec::new(),
                flat: false,
                repair: data.repair.clone(),
                forward: None,
                from: None,
                phase: MessagePhase::Received,
                resent: 0,
                document: None,
                answer_minutes: None,
                replies: Vec::new(),
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
                mentions: data.mentions.clone(),
                at,
                outcomes: Vec::new(),
                flat: false,
                repair: None,
                forward: None,
                from: data.from.clone(),
                phase: MessagePhase::Prepared,
                resent: 0,
                document: data.document.clone(),
                answer_minutes: data.answer_minutes,
                replies: Vec::new(),
            }),
            (Some(state), MessageEvent::Processed(data)) if state.phase == MessagePhase::Received => {
                Ok(state.read(data, MessagePhase::Processed { at }))
            }
            (Some(state), MessageEvent::Rejected(data)) if state.phase == MessagePhase::Received => {
                Ok(state.read(&data.0, MessagePhase::Rejected { at }))
            }
            (Some(state), MessageEvent::Delivered(data))
                if matches!(state.phase, MessagePhase::Prepared | MessagePhase::Undelivered { .. }) =>
            {
                Ok(Self { channel: data.channel.clone(), phase: MessagePhase::Delivered { at }, ..state })
            }
            (Some(state), MessageEvent::DeliveryFailed(data)) if state.phase == MessagePhase::Prepared => {
                Ok(Self { channel: data.channel.clone(), phase: MessagePhase::Undelivered { at }, ..state })
            }
            (Some(state), MessageEvent::Resent(data))
                if matches!(state.phase, MessagePhase::Delivered { .. } | MessagePhase::Undelivered { .. }) =>
            {
                let again = MessagePhase::Prepared;
                Ok(Self { channel: data.channel.clone(), phase: again, resent: state.resent + 1, replies: Vec::new(), ..state })
            }
            // It may be answered before we know that it arrived.
            (Some(mut state), MessageEvent::Answered(reply))
                if matches!(state.phase, MessagePhase::Prepared | MessagePhase::Delivered { .. } | MessagePhase::Undelivered { .. }) =>
            {
                if state.replies.len() >= REPLIES_MAX {
                    state.replies.remove(0);
                }
                state.replies.push(reply.clone());
                Ok(state)
            }
            // A file that was given up may be sent again, and then arrives after all.
            (Some(state), MessageEvent::ForwardDelivered(_)) if state.forward.is_some() => {
                let forward = state.forward.clone().map(|forward| Forward { delivered_at: Some(at), fault: None, ..forward });
                Ok(Self { forward, ..state })
            }
            (Some(state), MessageEvent::ForwardFailed(data)) if state.forward.is_some() => {
                let forward = state.forward.clone().map(|forward| Forward { fault: Some(data.fault.clone()), ..forward });
                Ok(Self { forward, ..state })
            }
            // Whether something was left is decided before; what was recorded stays readable when that rule changes.
            (Some(state), MessageEvent::Repaired(data))
                if matches!(state.phase, MessagePhase::Processed { .. } | MessagePhase::Rejected { .. }) =>
            {
                Ok(Self { phase: MessagePhase::Repaired { at, by: data.by.clone() }, ..state })
            }
            (Some(state), MessageEvent::Closed(data))
                if matches!(state.phase, MessagePhase::Processed { .. } | MessagePhase::Rejected { .. }) =>
            {
                Ok(Self { phase: MessagePhase::Closed { at, reason: data.reason.clone() }, ..state })
            }
            (state, MessageEvent::Received(_)) => Err(wrong("message.received", state.as_ref())),
            (state, MessageEvent::Prepared(_)) => Err(wrong("message.prepared", state.as_ref())),
            (state, MessageEvent::Processed(_)) => Err(wrong("message.processed", state.as_ref())),
            (state, MessageEvent::Rejected(_)) => Err(wrong("message.rejected", state.as_ref())),
            (state, MessageEvent::Delivered(_)) => Err(wrong("message.delivered", state.as_ref())),
            (state, MessageEvent::DeliveryFailed(_)) => Err(wrong("message.delivery-failed", state.as_ref())),
            (state, MessageEvent::Resent(_)) => Err(wrong("message.resent", state.as_ref())),
            (state, MessageEvent::ForwardDelivered(_)) => Err(wrong("message.forward-delivered", state.as_ref())),
            (state, MessageEvent::ForwardFailed(_)) => Err(wrong("message.forward-failed", state.as_ref())),
            (state, MessageEvent::Answered(_)) => Err(wrong("message.answered", state.as_ref())),
            (state, MessageEvent::Repaired(_)) => Err(wrong("message.repaired", state.as_ref())),
            (state, MessageEvent::Closed(_)) => Err(wrong("message.closed", state.as_ref())),
        }
    }

    fn related(&self, event: &MessageEvent) -> Vec<Related> {
        match event {
            MessageEvent::Processed(data) | MessageEvent::Rejected(RejectedRead(data)) => {
                let passed_on = data.forward.iter().map(|forward| (ObjectRef::new("message", forward.message.clone()), "passed-on-as"));
                data.objects.iter().map(|o| (o.clone(), "led-to")).chain(passed_on).collect()
            }
            MessageEvent::Prepared(data) => data.about.iter().map(|o| (o.clone(), "about")).collect(),
            MessageEvent::Received(data) => {
                data.repair.iter().map(|repair| (ObjectRef::new("message", repair.of.clone()), "repairs")).collect()
            }
            MessageEvent::Repaired(data) => vec![(ObjectRef::new("message", data.by.clone()), "repaired-by")],
            MessageEvent::ForwardDelivered(_) | MessageEvent::ForwardFailed(_) => {
                self.forward.iter().map(|forward| (ObjectRef::new("message", forward.message.clone()), "passed-on-as")).collect()
            }
            MessageEvent::Answered(reply) => {
                reply.message.iter().map(|id| (ObjectRef::new("message", id.clone()), "answered-by")).collect()
            }
            MessageEvent::Delivered(_) | MessageEvent::DeliveryFailed(_) | MessageEvent::Resent(_) | MessageEvent::Closed(_) => Vec::new(),
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
            MessagePhase::Undelivered { .. } => "undelivered",
            MessagePhase::Repaired { .. } => "repaired",
            MessagePhase::Closed { .. } => "closed",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let unfinished = self.unfinished();
        let closed_at = match self.phase {
            MessagePhase::Received | MessagePhase::Prepared | MessagePhase::Undelivered { .. } => None,
            MessagePhase::Processed { .. } | MessagePhase::Rejected { .. } if unfinished => None,
            MessagePhase::Processed { at }
            | MessagePhase::Delivered { at }
            | MessagePhase::Rejected { at }
            | MessagePhase::Repaired { at, .. }
            | MessagePhase::Closed { at, .. } => Some(at),
        };
        let action = match self.phase {
            MessagePhase::Prepared | MessagePhase::Undelivered { .. } => Some("fetch-message"),
            _ if unfinished => Some("repair-message"),
            MessagePhase::Received
            | MessagePhase::Processed { .. }
            | MessagePhase::Rejected { .. }
            | MessagePhase::Delivered { .. }
            | MessagePhase::Repaired { .. }
            | MessagePhase::Closed { .. } => None,
        };
        WorkRow {
            title: format!("{} {}", self.kind, self.reference),
            status: self.status().into(),
            owner: action.map(|_| self.partner.clone()),
            action: action.map(Into::into),
            parties: vec![self.partner.clone()],
            keys: self.keys(id),
            opened_at: self.at,
            closed_at,
            ..WorkRow::default()
        }
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Digest of parts taken together, 32 hex digits: enough to tell whether a message was changed.
pub fn digest_of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..16])
}

/// A finding about the whole file.
pub(crate) fn whole(finding: Finding) -> MessageFinding {
    MessageFinding { finding, segment: None, offset: None, segment_tag: None, message_reference: None }
}
