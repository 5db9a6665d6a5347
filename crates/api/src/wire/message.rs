//! EDI messages and the mailbox.

use app::exchange::MessageFinding;
use app::inbox::repair::{CONFIDENTIAL_SEGMENTS, FRAME_SEGMENTS, Sight, sight_of};
use app::inbox::{AnswerStanding, Direction, MessagePhase, MessageState, OutcomeKind};
use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use ledger::Aggregate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::message_repair::{hidden_finding, hidden_segment, hidden_tag, masked, untold, untold_hint};
use super::{Finding, Instant, ObjectRef, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// A message without its findings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageSummary {
    /// Id.
    pub id: String,
    /// `in` or `out`.
    pub direction: String,
    /// Partner.
    pub partner: Org,
    /// How it came or goes.
    pub channel: String,
    /// Type of its first message, such as `CUSCAR`; `EDI` while unread.
    #[serde(rename = "type")]
    pub kind: String,
    /// Interchange or document reference.
    pub reference: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was received or prepared.
    pub received_at: Instant,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
    /// Messages that answer it.
    pub answers: Vec<String>,
    /// Objects it led to, at most the first 200.
    pub objects: Vec<ObjectRef>,
    /// Document number of its first message (BGM).
    pub document: Option<String>,
    /// Errors found.
    pub errors: u64,
    /// Warnings found.
    pub warnings: u64,
    /// The message that it repairs.
    pub repairs: Option<String>,
    /// The message that took its place.
    pub repaired_by: Option<String>,
    /// How a message of ours stands with its partner: `awaited`, `late`, `acknowledged` or `refused`; null where no answer is agreed.
    pub answer: Option<String>,
    /// The same in words.
    pub answer_text: Option<Text>,
}

/// What a partner answered to a message of ours.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReplyShown {
    /// Message in which it came.
    pub message: Option<String>,
    /// Type, such as `APERAK`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Taken over?
    pub accepted: bool,
    /// Why not, as the partner wrote it.
    pub reasons: Vec<String>,
    /// When it came.
    pub at: Instant,
}

/// One message of an interchange and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OutcomeShown {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Reference (UNH).
    pub reference: String,
    /// Document number (BGM).
    pub document: Option<String>,
    /// `acted`, `partly`, `refused` or `earlier` (acted upon before the repair).
    pub outcome: String,
}

/// What a message repairs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RepairShown {
    /// The message whose place it took.
    pub of: String,
    /// The message that the partner sent.
    pub root: String,
    /// 1 for the first repair.
    pub generation: u32,
    /// Why.
    pub reason: String,
    /// Places changed; 0 when it was replayed as it was.
    pub edits: u64,
}

/// How a message was passed on to the partner to whom it is addressed (转发).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ForwardShown {
    /// To whom.
    pub to: Org,
    /// The message that carries it on; the sender may not open it.
    pub message: String,
    /// When it was handed over.
    pub delivered_at: Option<Instant>,
    /// Why handing it over was given up.
    pub fault: Option<String>,
}

/// A message (报文).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    #[serde(flatten)]
    pub summary: MessageSummary,
    /// What was found, at most 1,000.
    pub findings: Vec<Finding>,
    /// What became of each message in it, at most 2,000.
    pub outcomes: Vec<OutcomeShown>,
    /// What it repairs.
    pub repair: Option<RepairShown>,
    /// How it was passed on to another partner.
    pub forward: Option<ForwardShown>,
    /// It is another partner's, passed on: whose.
    pub from: Option<Org>,
    /// Why it was closed.
    pub closed_reason: Option<String>,
    /// What the partner answered, oldest first, at most 20.
    pub replies: Vec<ReplyShown>,
    /// When its answer is due.
    pub answer_due_at: Option<Instant>,
    /// What the asker may do with it now.
    pub actions: Vec<String>,
    /// The asker sees every character; otherwise trade secrets are masked.
    pub plain: bool,
}

/// A stretch of the segments of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Segments {
    /// Number of the first segment listed, from 1.
    pub from: u64,
    /// Segments in the whole file.
    pub total: u64,
    /// The segments.
    pub items: Vec<Segment>,
}

/// One segment of a message, as it stands in the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Segment {
    /// Number in the file, from 1.
    pub index: u64,
    /// Byte offset.
    pub offset: u64,
    /// Bytes, the terminator not counted.
    pub length: u64,
    /// Tag.
    pub tag: String,
    /// Name of the segment.
    pub name: Text,
    /// Innermost segment group around it, such as `SG3`.
    pub group: Option<String>,
    /// Whether a new occurrence of the group begins with it.
    pub opens: bool,
    /// How many groups stand around it.
    pub depth: u32,
    /// As written.
    pub text: String,
    /// Elements, empty ones included.
    pub elements: Vec<SegmentElement>,
    /// What was found here.
    pub findings: Vec<Finding>,
}

/// A data element (数据元) of a segment, standalone or composite.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SegmentElement {
    /// Position in the segment, from 1.
    pub position: u32,
    /// Number in the directory, such as `C517`.
    pub id: Option<String>,
    /// Name.
    pub name: Option<Text>,
    /// Components; a standalone element has one.
    pub components: Vec<SegmentComponent>,
}

/// A component of an element.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SegmentComponent {
    /// Position in the element, from 1.
    pub position: u32,
    /// Number in the directory, such as `3225`.
    pub id: Option<String>,
    /// Name.
    pub name: Option<Text>,
    /// Value; empty when nothing was sent.
    pub value: String,
    /// What the code means, where it is known.
    pub meaning: Option<Text>,
    /// Byte offset as sent.
    pub offset: u64,
    /// Bytes as sent.
    pub length: u64,
}

impl Segments {
    /// The stretch with the findings at their segments.
    pub fn new(page: messages::SegmentPage, findings: &[MessageFinding]) -> Self {
        let items = page.items.into_iter().map(|segment| Segment::new(segment, findings)).collect();
        Self { from: page.from, total: page.total, items }
    }

    /// As somebody may see them: the port's EDI desk the frame, without trade secrets.
    pub fn seen_with(mut self, sight: Sight) -> Self {
        if sight == Sight::Plain {
            return self;
        }
        for segment in self.items.iter_mut().filter(|segment| !sight.shows(&segment.tag, &segment.text)) {
            segment.text = hidden_segment(sight, &segment.tag, &segment.text);
            let told = hidden_tag(&segment.tag);
            if told != segment.tag {
                segment.name = Text::new(masked(&segment.name.zh), masked(&segment.name.en));
            }
            segment.tag = told;
            // The first component of a known segment is a qualifier; the others say who and what. Where it is longer it is none: COM begins
            // with the number itself.
            let known = CONFIDENTIAL_SEGMENTS.contains(&segment.tag.as_str()) || FRAME_SEGMENTS.contains(&segment.tag.as_str());
            let kept = sight < Sight::Masked && known;
            for element in &mut segment.elements {
                for component in &mut element.components {
                    let qualifier = kept && element.position == 1 && component.position == 1 && component.value.chars().count() <= 3;
                    if !qualifier {
                        component.value = masked(&component.value);
                        component.meaning = None;
                    }
                }
            }
            for finding in &mut segment.findings {
                finding.message = untold();
                finding.hint = untold_hint();
            }
        }
        self
    }
}

impl Segment {
    fn new(segment: messages::SegmentView, findings: &[MessageFinding]) -> Self {
        Self {
            findings: findings.iter().filter(|f| f.segment == Some(segment.index)).cloned().map(Finding::from).collect(),
            index: segment.index,
            offset: segment.offset,
            length: segment.length,
            tag: segment.tag,
            name: Text::from(segment.name),
            group: segment.group,
            opens: segment.opens,
            depth: segment.depth,
            text: segment.text,
            elements: segment.elements.into_iter().map(SegmentElement::from).collect(),
        }
    }
}

impl From<messages::ElementView> for SegmentElement {
    fn from(element: messages::ElementView) -> Self {
        Self {
            position: element.position,
            id: element.id,
            name: element.name.map(Text::from),
            components: element.components.into_iter().map(SegmentComponent::from).collect(),
        }
    }
}

impl From<messages::ComponentView> for SegmentComponent {
    fn from(component: messages::ComponentView) -> Self {
        Self {
            position: component.position,
            id: component.id,
            name: component.name.map(Text::from),
            value: component.value,
            meaning: component.meaning.map(Text::from),
            offset: component.offset,
            length: component.length,
        }
    }
}

/// Which segments are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SegmentQuery {
    /// Number of the first segment wanted, from 1.
    pub from: Option<u64>,
    /// Number of a segment that is to stand in the middle; `from` does not count then.
    pub around: Option<u64>,
    /// Segments wanted, 1 to 1,000 (default 200).
    pub limit: Option<u32>,
}

/// Which messages are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct MessageQuery {
    /// `in` or `out`.
    pub direction: Option<String>,
    /// Type, such as `CUSCAR`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// State codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of a reference, document number, id, container, bill or call.
    pub q: Option<String>,
    /// Partner, for the port's EDI desk.
    pub partner: Option<String>,
    /// Channel, such as `api`.
    pub channel: Option<String>,
    /// Finding code, such as `EDI-UNT-COUNT`.
    pub code: Option<String>,
    /// How a message of ours was answered: `awaited`, `acknowledged` or `refused`.
    pub answer: Option<String>,
    /// First day of the port's clock, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Last day.
    pub to: Option<String>,
    /// `true`: only those that wait for a repair.
    pub waiting: Option<bool>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// How the bytes are to be read.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct UploadQuery {
    /// Character set, when the envelope does not tell it: `gb18030`, `gbk` or `utf-8`.
    pub charset: Option<String>,
}

/// A message in the mailbox of a partner.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MailboxItem {
    /// Message id.
    pub id: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Reference.
    pub reference: String,
    /// When it was prepared.
    pub created_at: Instant,
    /// `pending` or `delivered`.
    pub state: String,
    /// What it is about.
    pub object: Option<ObjectRef>,
}

/// Which messages of the mailbox are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct MailboxQuery {
    /// `pending` or `delivered`; both when left out.
    pub state: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

impl Api {
    pub async fn message_summary(&self, seen: &Seen<MessageState>) -> Result<MessageSummary, AppError> {
        let state = &seen.state;
        let answer = match state.answer_standing() {
            AnswerStanding::NotExpected => None,
            AnswerStanding::Awaited if state.answer_due().is_some_and(|due| due < self.app.now()) => Some("late"),
            other @ (AnswerStanding::Awaited | AnswerStanding::Acknowledged | AnswerStanding::Refused) => Some(other.code()),
        };
        Ok(MessageSummary {
            answer: answer.map(str::to_owned),
            answer_text: answer.map(texts::answer),
            id: seen.id.clone(),
            direction: match state.direction {
                Direction::In => "in".into(),
                Direction::Out => "out".into(),
            },
            partner: self.org(&state.partner).await?,
            channel: state.channel.clone(),
            kind: state.kind.clone(),
            reference: state.reference.clone(),
            status: state.status().to_owned(),
            status_text: texts::status(MessageState::KIND, state.status()),
            received_at: state.at.into(),
            bytes: state.bytes,
            sha256: state.sha256.clone(),
            answers: state.answers.clone(),
            objects: state.objects.iter().take(200).map(ObjectRef::from).collect(),
            document: state.outcomes.first().and_then(|o| o.document.clone()),
            errors: count(state, codes::Severity::Error),
            warnings: count(state, codes::Severity::Warning),
            repairs: state.repair.as_ref().map(|repair| repair.of.clone()),
            repaired_by: match &state.phase {
                MessagePhase::Repaired { by, .. } => Some(by.clone()),
                MessagePhase::Received
                | MessagePhase::Processed { .. }
                | MessagePhase::Rejected { .. }
                | MessagePhase::Prepared
                | MessagePhase::Delivered { .. }
                | MessagePhase::Undelivered { .. }
                | MessagePhase::Closed { .. } => None,
            },
        })
    }

    /// A message as somebody may see it, with what may be done about it.
    pub async fn message_for(&self, ctx: &Context, seen: Seen<MessageState>) -> Result<Message, AppError> {
        let summary = self.message_summary(&seen).await?;
        let state = seen.state;
        let sight = sight_of(&ctx.principal, &state);
        let row = state.work_row(&seen.id);
        let answer_due = state.answer_due();
        let resource = Resource::of(MessageState::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let actions = allowed(self, &ctx.principal, &resource, state.fitting());
        let outcome = |kind: OutcomeKind| match kind {
            OutcomeKind::Acted => "acted",
            OutcomeKind::Partly => "partly",
            OutcomeKind::Refused => "refused",
            OutcomeKind::Earlier => "earlier",
        };
        let forward = match &state.forward {
            Some(forward) => Some(ForwardShown {
                to: self.org(&forward.to).await?,
                message: forward.message.clone(),
                delivered_at: super::instant(forward.delivered_at),
                fault: forward.fault.clone(),
            }),
            None => None,
        };
        let from = match &state.from {
            Some(from) => Some(self.org(from).await?),
            None => None,
        };
        Ok(Message {
            summary,
            forward,
            from,
            outcomes: state
                .outcomes
                .into_iter()
                .map(|o| OutcomeShown { kind: o.kind, reference: o.reference, document: o.document, outcome: outcome(o.outcome).into() })
                .collect(),
            repair: state.repair.map(|repair| RepairShown {
                of: repair.of,
                root: repair.root,
                generation: repair.generation,
                reason: repair.reason,
                edits: repair.edits.len() as u64,
            }),
            closed_reason: match state.phase {
                MessagePhase::Closed { reason, .. } => Some(reason),
                MessagePhase::Received
                | MessagePhase::Processed { .. }
                | MessagePhase::Rejected { .. }
                | MessagePhase::Prepared
                | MessagePhase::Delivered { .. }
                | MessagePhase::Undelivered { .. }
                | MessagePhase::Repaired { .. } => None,
            },
            answer_due_at: answer_due.map(Into::into),
            replies: state
                .replies
                .into_iter()
                .map(|reply| ReplyShown {
                    message: reply.message,
                    kind: reply.kind,
                    accepted: reply.accepted,
                    // What a partner wrote may repeat what the message says.
                    reasons: if sight == Sight::Plain { reply.reasons } else { Vec::new() },
                    at: reply.at.into(),
                })
                .collect(),
            findings: state.findings.into_iter().map(|found| hidden_finding(found, sight)).collect(),
            actions,
            plain: sight == Sight::Plain,
        })
    }
}

fn count(state: &MessageState, severity: codes::Severity) -> u64 {
    state.findings.iter().filter(|f: &&MessageFinding| f.finding.severity == severity).count() as u64
}
