//! EDI messages and the mailbox.

use app::AppError;
use app::exchange::MessageFinding;
use app::inbox::{Direction, MessageState};
use app::reading::Seen;
use ledger::Aggregate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant, ObjectRef, Org, Text};
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
}

/// A message (报文).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    #[serde(flatten)]
    pub summary: MessageSummary,
    /// What was found, at most 1,000.
    pub findings: Vec<Finding>,
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
    /// Beginning of a reference, an id, or an identifier of an object it led to.
    pub q: Option<String>,
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
        Ok(MessageSummary {
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
        })
    }

    pub async fn message(&self, seen: Seen<MessageState>) -> Result<Message, AppError> {
        let summary = self.message_summary(&seen).await?;
        Ok(Message { summary, findings: seen.state.findings.into_iter().map(Finding::from).collect() })
    }
}
