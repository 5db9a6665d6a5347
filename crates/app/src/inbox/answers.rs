//! What partners answer to our messages (伙伴应答): CONTRL, APERAK and CUSRES, matched by the reference of the interchange or of the document.

use async_trait::async_trait;
use codes::{Finding, Text};
use ledger::{ObjectRef, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Direction, MessageEvent, MessagePhase, MessageState, whole};
use crate::exchange::{MessageFinding, MessageRead};
use crate::reading::ListQuery;
use crate::{App, AppError, Context, Unit, UseCase};

/// Most answers kept with a message, the newest ones.
pub const REPLIES_MAX: usize = 20;
/// Messages looked at for the one that is answered: a partner may use one document number in several of them.
const CANDIDATES_MAX: u32 = 50;
/// Longest reference that can be one of ours, bytes.
const REFERENCE_BYTES_MAX: usize = 64;

/// An answer that a partner gave to a message of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Message in which it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Type, such as `APERAK`.
    pub kind: String,
    /// Accepted?
    pub accepted: bool,
    /// Why not, as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// When it came.
    pub at: Timestamp,
}

/// Where a message of ours stands with its partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerStanding {
    /// No answer is agreed, and none came.
    NotExpected,
    /// An answer is agreed and has not come yet (待应答). Late when its time is over.
    Awaited,
    /// The partner has taken it over (已确认).
    Acknowledged,
    /// The partner has refused it (被拒收).
    Refused,
}

impl AnswerStanding {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotExpected => "not-expected",
            Self::Awaited => "awaited",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
        }
    }
}

impl MessageState {
    /// Where it stands with its partner: refused when the newest answer of any kind refuses it, because syntax and content are answered
    /// apart.
    pub fn answer_standing(&self) -> AnswerStanding {
        if self.direction == Direction::In {
            return AnswerStanding::NotExpected;
        }
        let newest = |kind: &str| self.replies.iter().rev().find(|reply| reply.kind == kind);
        match self.replies.iter().any(|reply| newest(&reply.kind).is_some_and(|last| !last.accepted)) {
            true => AnswerStanding::Refused,
            false if !self.replies.is_empty() => AnswerStanding::Acknowledged,
            false if self.answer_minutes.is_some() => AnswerStanding::Awaited,
            false => AnswerStanding::NotExpected,
        }
    }

    /// When an answer is due; `None` before it is delivered, and where none is awaited.
    pub fn answer_due(&self) -> Option<Timestamp> {
        let MessagePhase::Delivered { at } = self.phase else { return None };
        let minutes = self.answer_minutes.filter(|_| self.answer_standing() == AnswerStanding::Awaited)?;
        Some(at.plus_minutes(i64::from(minutes)))
    }
}

/// Records what a partner answered to a message of ours.
#[derive(Clone, Debug, Serialize)]
struct RecordReply {
    /// The message of ours.
    id: String,
    kind: String,
    accepted: bool,
    reasons: Vec<String>,
}

#[async_trait]
impl UseCase for RecordReply {
    const NAME: &'static str = "message.answer";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorised::<MessageState>(Self::NAME, &self.id).await?;
        let reply = Reply {
            message: unit.ctx.message.clone(),
            kind: self.kind.clone(),
            accepted: self.accepted,
            reasons: self.reasons.clone(),
            at: unit.at(),
        };
        unit.record::<MessageState>(&self.id, vec![MessageEvent::Answered(reply)], unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl App {
    /// Takes an answer over to the message of ours that it names. One that names none is told so.
    pub(super) async fn act_answer(
        &self,
        ctx: &Context,
        message: &MessageRead,
        answered: (&str, bool, &[String]),
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let (reference, accepted, reasons) = answered;
        let Some(id) = self.sent_to(&ctx.principal.organisation, reference).await? else {
            let finding = Finding::warning(
                "answer-unmatched",
                "",
                Text::new(
                    format!("没有发给贵单位的报文以“{reference}”为参考号。"),
                    format!("No message that we sent to you has the reference “{reference}”."),
                ),
                Text::new(
                    "请用所答复报文的交换参考号（UNB 0020）或单证号（BGM 1004）。",
                    "Give the interchange reference (UNB 0020) or the document number (BGM 1004) of the message you answer.",
                ),
            );
            findings.push(MessageFinding { message_reference: Some(message.reference.clone()), ..whole(finding) });
            return Ok(true);
        };
        let command = RecordReply { id: id.clone(), kind: message.kind.clone(), accepted, reasons: reasons.to_vec() };
        match self.execute(ctx, &command).await {
            Ok(_) => {
                objects.push(ObjectRef::new("message", id));
                Ok(true)
            }
            Err(error) => super::act::refused(error, &message.reference, findings),
        }
    }

    /// The message of ours to a partner that has this reference: of its interchange, otherwise of its document, the newest.
    async fn sent_to(&self, partner: &str, reference: &str) -> Result<Option<String>, AppError> {
        let reference = reference.trim();
        if reference.is_empty() || reference.len() > REFERENCE_BYTES_MAX {
            return Ok(None);
        }
        let platform = Context::platform(self.now(), "answers");
        let query = ListQuery {
            statuses: ["prepared", "delivered", "undelivered"].map(Into::into).into(),
            keys: vec![reference.to_uppercase()],
            party: Some(partner.to_owned()),
            limit: CANDIDATES_MAX,
            ..ListQuery::default()
        };
        let found = self.list::<MessageState>(&platform, "message.read", query).await?.items;
        let ours = || found.iter().map(|(seen, _)| seen).filter(|seen| seen.state.direction == Direction::Out);
        let by_interchange = ours().find(|seen| seen.state.reference == reference);
        let by_document = || ours().find(|seen| seen.state.document.as_deref() == Some(reference));
        Ok(by_interchange.or_else(by_document).map(|seen| seen.id.clone()))
    }
}
