//! Reading what was received: interpret, act, answer, once.

use async_trait::async_trait;
use codes::{Finding, Text};
use ledger::{ObjectRef, Timestamp};
use serde::Serialize;

use super::outgoing::{pass_on, prepare};
use super::repair::{Earlier, outcome_of};
use super::{
    FINDINGS_MAX, Forward, MessageEvent, MessageOutcome, MessagePhase, MessageState, OBJECTS_NAMED_MAX, OUTCOMES_MAX, OutcomeKind, Read,
    RejectedRead, TEST_ONLY, whole,
};
use crate::agreement::{Agreement, Tolerance};
use crate::exchange::{AIR_FORMAT, AirAnswer, Content, Interpretation, MessageFinding, Outgoing, RAIL_FORMAT};
use crate::partners::{Answers, Phase, Profile};
use crate::reading::ListQuery;
use crate::rights::Resource;
use crate::{App, AppError, Context, IdempotencyKey, Unit, UseCase};

/// What acting upon the messages of an interchange came to.
#[derive(Default)]
struct Acted {
    any: bool,
    objects: Vec<ObjectRef>,
    outcomes: Vec<MessageOutcome>,
    /// To whom the file is passed on.
    forward: Option<String>,
}

/// Records what was read of a message and prepares the answers.
#[derive(Clone, Debug, Serialize)]
struct RecordReading {
    id: String,
    read: Read,
    acted: bool,
    forward: Option<String>,
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
                Outgoing::AirAnswer(answer) => Outgoing::AirAnswer(AirAnswer { received: self.bytes.clone(), ..answer.clone() }),
                other @ (Outgoing::Aperak { .. }
                | Outgoing::RailReceipt(_)
                | Outgoing::RailRelease(_)
                | Outgoing::RailLoading { .. }
                | Outgoing::Declaration(_)
                | Outgoing::Release { .. }
                | Outgoing::Hold { .. }
                | Outgoing::WorkOrder { .. }
                | Outgoing::Status { .. }
                | Outgoing::DeliveryOrder { .. }) => other.clone(),
            };
            let receiver_id = self.sender.clone();
            let about = Some(ObjectRef::new("message", self.id.clone()));
            read.answers.extend(prepare(unit, &state.partner, receiver_id, &answer, about).await?);
        }
        if let Some(to) = &self.forward {
            let message = pass_on(unit, to, &self.id, &state, &read, self.bytes.clone()).await?;
            read.forward = Some(Forward { to: to.clone(), message, delivered_at: None, fault: None });
        }
        let event = if self.acted { MessageEvent::Processed(read) } else { MessageEvent::Rejected(RejectedRead(read)) };
        unit.record::<MessageState>(&self.id, vec![event], unit.at()).await?;
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
        let profile = self.partner(&state.partner).await?.map(|(_, profile)| profile);
        let agreement = profile.as_ref().map_or_else(Agreement::default, Profile::agreement);
        // A large interchange takes seconds to read: the threads that answer requests must not wait for it.
        let (interpreter, offset) = (std::sync::Arc::clone(self.interpreter()), self.port().utc_offset_minutes);
        let (bytes, mut reading) = tokio::task::spawn_blocking(move || {
            let reading = interpreter.read(&bytes, &agreement, offset);
            (bytes, reading)
        })
        .await
        .map_err(|e| AppError::Internal(format!("reading {id}: {e}")))?;
        let answers = profile.as_ref().map_or_else(Answers::default, |profile| profile.answers);
        if let Some(profile) = &profile {
            self.hold_to_profile(profile, &mut reading).await?;
        }
        let mut findings = reading.findings.clone();
        let before = self.earlier_of(&state).await?;
        if let Some(earlier) = self.earlier_copy(id, &state, &before).await? {
            findings.insert(
                0,
                whole(Finding::error(
                    "message-duplicate",
                    "",
                    Text::new(
                        format!("与已处理的报文 {earlier} 完全相同，未重复处理。"),
                        format!("Identical to message {earlier}; not acted upon again."),
                    ),
                    Text::new("如需更正，请更换内容后重发。", "Send a changed message to correct something."),
                )),
            );
            return self.record_reading(ctx, id, &bytes, &reading, findings, Acted::default(), answers).await;
        }
        let addressed = match &profile {
            Some(profile) => self.addressed_to(profile, &reading).await?,
            None => None,
        };
        if let Some((recipient, refused)) = addressed {
            let done = self.pass_or_refuse(recipient, refused, &reading, &mut findings);
            return self.record_reading(ctx, id, &bytes, &reading, findings, done, answers).await;
        }
        let mut done = Acted::default();
        let partly = before.partly();
        let covered = before.covers(&reading.messages);
        for (index, (message, remark)) in reading.messages.iter().zip(covered).enumerate() {
            let outcome = if let Some(remark) = remark {
                findings.push(remark);
                MessageOutcome { outcome: OutcomeKind::Earlier, ..outcome_of(message, false, &[]) }
            } else {
                let key = IdempotencyKey { key: format!("{id}/{index}") };
                let inner = Context { idempotency: Some(key), message: Some(id.to_owned()), ..ctx.clone() };
                let found = findings.len();
                let acted = self.act(&inner, state.at, message, &mut findings, &mut done.objects).await?;
                Earlier::soften(partly, &mut findings[found..]);
                done.any |= acted;
                outcome_of(message, acted, &findings[found..])
            };
            if done.outcomes.len() < OUTCOMES_MAX {
                done.outcomes.push(outcome);
            }
        }
        self.record_reading(ctx, id, &bytes, &reading, findings, done, answers).await
    }

    /// A file for another partner: passed on when nothing in it or about it is an error, and never a test.
    fn pass_or_refuse(
        &self,
        recipient: String,
        refused: Vec<Finding>,
        reading: &Interpretation,
        findings: &mut Vec<MessageFinding>,
    ) -> Acted {
        // First of all: it decides what becomes of the file, and the list may be cut.
        findings.splice(0..0, refused.into_iter().map(whole));
        let test = findings.iter().any(|found| found.finding.code == TEST_ONLY);
        let passes = !test && !findings.iter().any(|found| found.finding.is_error());
        if passes {
            findings.insert(
                0,
                whole(Finding::info(
                    "message-passed-on",
                    "",
                    Text::new(
                        format!("已按转发规则原样转给 {recipient}。"),
                        format!("Passed on to {recipient} as it is, by a routing rule."),
                    ),
                    Text::new("送达情况见本报文。", "Whether it arrived is told with this message."),
                )),
            );
        }
        let outcomes = reading.messages.iter().take(OUTCOMES_MAX).map(|message| outcome_of(message, passes, &[])).collect();
        Acted { any: passes, objects: Vec::new(), outcomes, forward: passes.then_some(recipient) }
    }

    /// Holds a file to what is agreed with its partner: who sends, whether it is meant, which messages. What may not be acted upon loses its content.
    async fn hold_to_profile(&self, profile: &Profile, reading: &mut Interpretation) -> Result<(), AppError> {
        let mut whole_file = Vec::new();
        if let Some(sender) = &reading.sender
            && !profile.identifiers.is_empty()
            && !profile.is_called(sender, reading.sender_qualifier.as_deref())
        {
            let other = self.partner_called(sender, reading.sender_qualifier.as_deref()).await?;
            let forgiven = profile.agreement().tolerates(Tolerance::ForeignSender);
            whole_file.push(foreign_sender(sender, other.filter(|other| *other != profile.organisation), forgiven));
        }
        if let Some(other) = reading.other_senders.first()
            && !profile.agreement().tolerates(Tolerance::ForeignSender)
        {
            whole_file.push(Finding::error(
                "message-senders-mixed",
                "",
                Text::new(
                    format!("文件内各交换的发送方不一致（另有“{other}”），未予执行。"),
                    format!("The interchanges of the file name different senders (“{other}” besides the first); not acted upon."),
                ),
                Text::new(
                    "每个文件只放同一发送方的交换，或请管理员约定 foreign-sender。",
                    "Put interchanges of one sender into a file, or let the administrator agree foreign-sender.",
                ),
            ));
        }
        whole_file.extend(self.mixed_receivers(reading));
        if profile.phase == Phase::Test || reading.test {
            whole_file.push(Finding::info(
                TEST_ONLY,
                "",
                Text::new("测试报文：已检查并应答，未予执行。", "A test: checked and answered, not acted upon."),
                Text::new(
                    "转入生产前，请管理员更改伙伴档案；生产报文不得带测试标志。",
                    "To go live, let the administrator change the partner profile; messages that are meant carry no test indicator.",
                ),
            ));
            reading.messages.iter_mut().for_each(|message| message.content = None);
        }
        if whole_file.iter().any(Finding::is_error) {
            reading.messages.iter_mut().for_each(|message| message.content = None);
        }
        // First of all: they decide what becomes of the file, and the list of what else was found may be cut.
        reading.findings.splice(0..0, whole_file.into_iter().map(whole));
        for message in &mut reading.messages {
            // Answers to our own messages are always taken.
            if matches!(message.content, Some(Content::Answer { .. })) || profile.accepts(&message.kind, &message.version) {
                continue;
            }
            message.content = None;
            let (kind, version) = (&message.kind, &message.version);
            let finding = Finding::error(
                "message-type-not-agreed",
                "",
                Text::new(format!("未约定接收 {kind} {version}。"), format!("{kind} {version} is not agreed with this partner.")),
                Text::new(
                    "改用约定的报文与版本，或请管理员更改伙伴档案。",
                    "Send an agreed type and version, or let the administrator change the partner profile.",
                ),
            );
            reading.findings.push(MessageFinding {
                message_reference: Some(message.reference.clone()),
                segment_tag: None,
                ..whole(finding)
            });
        }
        Ok(())
    }

    /// Where a file goes is decided for the whole of it: interchanges for different recipients are nothing to act upon, nor to pass on. By
    /// whatever qualifier we are called, it is us.
    fn mixed_receivers(&self, reading: &Interpretation) -> Option<Finding> {
        let own = |id: &str| id == self.port().edi_id;
        let ours = reading.receiver.as_deref().is_some_and(own);
        let other = reading.other_receivers.iter().find(|other| !(ours && own(other)))?;
        Some(Finding::error(
            "message-receivers-mixed",
            "",
            Text::new(
                format!("文件内各交换的接收方不一致（另有“{other}”），未予执行，也未转发。"),
                format!(
                    "The interchanges of the file name different recipients (“{other}” besides the first); not acted upon, nor passed on."
                ),
            ),
            Text::new("每个文件只放同一接收方的交换。", "Put interchanges for one recipient into a file."),
        ))
    }

    async fn earlier_copy(&self, id: &str, state: &MessageState, before: &Earlier) -> Result<Option<String>, AppError> {
        let partner = Context::platform(self.now(), "message-copies");
        let query = ListQuery {
            statuses: ["processed", "processed-with-findings", "repaired", "closed"].map(Into::into).into(),
            key_prefix: Some(format!("SHA256:{}", state.sha256)),
            limit: 10,
            ..ListQuery::default()
        };
        let page = self.list::<MessageState>(&partner, "message.read", query).await?;
        Ok(page
            .items
            .into_iter()
            .map(|(seen, _)| seen)
            .find(|seen| seen.id != id && seen.state.partner == state.partner && seen.state.acted_upon() && !before.is_of_chain(&seen.id))
            .map(|seen| seen.id))
    }

    #[expect(clippy::too_many_arguments, reason = "everything that was read, recorded once")]
    async fn record_reading(
        &self,
        ctx: &Context,
        id: &str,
        bytes: &[u8],
        reading: &Interpretation,
        mut findings: Vec<MessageFinding>,
        done: Acted,
        wanted: Answers,
    ) -> Result<(), AppError> {
        bound(&mut findings);
        let Acted { any: acted, mut objects, outcomes, forward } = done;
        objects.truncate(OBJECTS_NAMED_MAX);
        let first = reading.messages.first();
        let kind = first.map_or_else(|| "EDI".to_owned(), |m| m.kind.clone());
        let reference = reading.control_reference.clone().or_else(|| first.map(|m| m.reference.clone())).unwrap_or_default();
        // A receipt of the national window is an answer itself, and so is whatever else it sends.
        let national = reading.record_format.as_deref() == Some(crate::national::NATIONAL_FORMAT);
        let is_answer =
            national || reading.messages.iter().all(|m| matches!(m.content, Some(Content::Answer { .. }))) && !reading.messages.is_empty();
        // An answer is never answered: two platforms would go on for ever.
        let mut answers = Vec::new();
        let errors = findings.iter().any(|f| f.finding.is_error());
        // A test is never acted upon: what is told of it is whether it would have been.
        let test = findings.iter().any(|f| f.finding.code == TEST_ONLY);
        let accepted = acted || test && !errors;
        let faulty = !accepted || errors;
        // A flat file has no interchange whose syntax could be answered.
        if !is_answer && reading.record_format.is_none() && wanted.contrl.wanted(faulty) {
            answers.push(Outgoing::Contrl { received: Vec::new() });
        }
        let format = reading.record_format.as_deref();
        if !is_answer && wanted.aperak.wanted(faulty) && format == Some(RAIL_FORMAT) {
            answers.extend(
                first.and_then(|message| super::act_conveyances::rail_receipt(message, accepted, &findings)).map(Outgoing::RailReceipt),
            );
        } else if !is_answer && wanted.aperak.wanted(faulty) && format == Some(AIR_FORMAT) {
            answers.push(Outgoing::AirAnswer(super::act_conveyances::air_answer(accepted, &findings)));
        } else if !is_answer && wanted.aperak.wanted(faulty) {
            answers.push(Outgoing::Aperak {
                reference: reference.clone(),
                document: first.and_then(|m| m.document.clone()),
                accepted,
                findings: findings.iter().take(200).cloned().collect(),
            });
        }
        let mentions = super::mentions(reading.messages.iter().flat_map(|message| message.mentions.keys()));
        let read = Read {
            kind,
            reference,
            findings,
            answers: Vec::new(),
            objects,
            mentions,
            outcomes,
            flat: reading.record_format.is_some(),
            forward: None,
        };
        let command =
            RecordReading { id: id.to_owned(), read, acted, forward, answers, bytes: bytes.to_vec(), sender: reading.sender.clone() };
        // Answered now, not when it came: the time between the two is a figure of the message centre.
        let ctx = Context { message: Some(id.to_owned()), idempotency: None, at: self.now().max(ctx.at), ..ctx.clone() };
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

/// The envelope names another sender than the partner. One that is known here is taken for a misdirected file and not acted upon, unless
/// the partner sends for others by agreement.
fn foreign_sender(sender: &str, other: Option<String>, forgiven: bool) -> Finding {
    let hint = || {
        Text::new(
            "核对 UNB 发送方标识，或请管理员将其登记到伙伴档案。",
            "Check the sender in UNB, or let the administrator register it in the partner profile.",
        )
    };
    if forgiven {
        let text = Text::new(
            format!("按协议“foreign-sender”代“{sender}”发送。"),
            format!("Sent for “{sender}”; forgiven by the agreement foreign-sender."),
        );
        return Finding::info("message-sender-agreed", "", text, hint());
    }
    match other {
        Some(other) => Finding::error(
            "message-sender-other",
            "",
            Text::new(
                format!("交换头的发送方“{sender}”是另一单位 {other}，未予执行。"),
                format!("The envelope's sender “{sender}” is another organisation, {other}; not acted upon."),
            ),
            hint(),
        ),
        None => Finding::warning(
            "message-sender-unknown",
            "",
            Text::new(
                format!("交换头的发送方“{sender}”未在伙伴档案登记。"),
                format!("The envelope's sender “{sender}” is not registered in the partner profile."),
            ),
            hint(),
        ),
    }
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
