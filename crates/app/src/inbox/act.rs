//! What a message says becomes the same use cases as everybody else's.

use codes::{Finding, Text};
use ledger::{ObjectRef, Timestamp};
use manifest::{ManifestForm, ManifestFunction};
use store::StoreError;

use super::act_reports::{Expected, part};
use super::whole;
use crate::calls::Way;
use crate::discharge::{DischargeReport, ReportDischarge};
use crate::exchange::{CallClue, ChangeRead, Content, DischargeRead, MessageFinding, MessageRead};
use crate::manifests::SubmitManifest;
use crate::national::{self, RecordReceipt};
use crate::{App, AppError, Context};

impl App {
    pub(super) async fn act(
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
            Content::Manifest { call, replaces: true, bills } => {
                let read = ChangeRead { call: call.clone(), replaces: true, bills: bills.clone(), ..ChangeRead::default() };
                self.act_changes(ctx, &read, reference, findings, objects).await
            }
            Content::ManifestChange(read) => self.act_changes(ctx, read, reference, findings, objects).await,
            Content::Manifest { call, replaces: false, bills } => {
                let Some(call_id) = self.call_of(ctx, call, reference, findings).await? else { return Ok(false) };
                let form = ManifestForm {
                    call: call_id,
                    agent: ctx.principal.organisation.clone(),
                    message: ctx.message.clone(),
                    function: ManifestFunction::Original,
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
            Content::Discharge { call, at, containers } => {
                self.act_discharge(ctx, made_at(*at, received_at), call, containers, reference, findings, objects).await
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
            Content::Reports(read) if message.kind == "COPRAR" && (read.orders_discharge() || read.orders_loading()) => {
                let ordered = if read.orders_loading() {
                    self.act_work_order::<logistics::Loading>(ctx, read, reference, findings, objects).await?
                } else {
                    self.act_work_order::<logistics::Discharge>(ctx, read, reference, findings, objects).await?
                };
                let recorded = self.act_reports(&part(ctx, "reports"), received_at, message, read, findings, objects).await?;
                Ok(ordered | recorded)
            }
            Content::Reports(read) => self.act_reports(ctx, received_at, message, read, findings, objects).await,
            Content::ReleaseOrder { bill, reports } => {
                let issued = self.act_release_order(ctx, bill, reference, findings, objects).await?;
                let recorded = self.act_reports(&part(ctx, "reports"), received_at, message, reports, findings, objects).await?;
                Ok(issued | recorded)
            }
            Content::Expected { call, eta, berth, terminal, reports } => {
                let said = Expected { call, eta: *eta, berth: berth.as_deref(), terminal: terminal.as_deref() };
                let announced = self.act_expected(ctx, &said, reference, findings, objects).await?;
                let recorded = self.act_reports(&part(ctx, "reports"), received_at, message, reports, findings, objects).await?;
                Ok(announced | recorded)
            }
            Content::Receipt(read) => {
                let receipt = clearance::Receipt { message: ctx.message.clone().unwrap_or_default(), ..read.receipt.clone() };
                let about = |finding| MessageFinding { message_reference: Some(reference.to_owned()), ..whole(finding) };
                match self.execute(ctx, &RecordReceipt { number: read.number.clone(), receipt: receipt.clone() }).await {
                    Ok(done) => {
                        objects.push(ObjectRef::new("transmission", done.outcome.id));
                        findings.extend(national::remarks(&receipt, done.outcome.news).into_iter().map(about));
                        Ok(true)
                    }
                    Err(error) => refused(error, reference, findings),
                }
            }
            Content::Answer { reference, accepted, reasons } => {
                self.act_answer(ctx, message, (reference, *accepted, reasons), findings, objects).await
            }
            Content::Rail(read) => self.act_rail(ctx, read, reference, findings, objects).await,
            Content::Air(read) => self.act_air(ctx, received_at, read, reference, findings, objects).await,
            Content::Other => Ok(true),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one message of an interchange with everything it adds to")]
    async fn act_discharge(
        &self,
        ctx: &Context,
        made_at: Timestamp,
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
                at: c.at.unwrap_or(made_at),
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

    pub(super) async fn call_of(
        &self,
        ctx: &Context,
        clue: &CallClue,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
    ) -> Result<Option<String>, AppError> {
        if let Some((id, _)) = self.find_call(clue, Way::In, &ctx.principal.organisation).await? {
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
}

/// When a message was made, as far as that can be: not after it came, nor years before. Otherwise when it came.
pub(super) fn made_at(told: Option<Timestamp>, received_at: Timestamp) -> Timestamp {
    told.filter(|at| *at <= received_at && *at >= received_at.plus_days(-400)).unwrap_or(received_at)
}

/// A use case that said no becomes findings of the message; a fault of the store stays a fault, so that the message is read again.
pub(super) fn refused(error: AppError, reference: &str, findings: &mut Vec<MessageFinding>) -> Result<bool, AppError> {
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
