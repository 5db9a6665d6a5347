//! Change of a manifest by message (舱单变更报文): one application for each bill; bills of a replacement that are new are manifested.

use std::collections::HashMap;

use codes::{Finding, Text};
use ledger::ObjectRef;
use manifest::{Bill, BillPhase, ManifestForm, ManifestFunction, differences};

use super::act::refused;
use super::act_reports::part;
use super::whole;
use crate::exchange::{BillRead, ChangeRead, MessageFinding};
use crate::manifest_changes::{ApplyChange, keep_consignee};
use crate::manifests::SubmitManifest;
use crate::{App, AppError, Context};

impl App {
    pub(super) async fn act_changes(
        &self,
        ctx: &Context,
        read: &ChangeRead,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let Some(call) = self.call_of(ctx, &read.call, reference, findings).await? else { return Ok(false) };
        let numbers = read.bills.iter().map(|bill| bill.form.number.clone()).chain(read.deleted.iter().cloned());
        let known: HashMap<String, Bill> = self.peek_many::<Bill>(numbers).await?;
        let own = |number: &str| {
            let bill = known.get(number)?;
            let live = !matches!(bill.phase, BillPhase::Cancelled { .. });
            (bill.call == call && bill.agent == ctx.principal.organisation && live).then_some(bill)
        };
        let (mut acted, mut fresh) = (false, Vec::new());
        for (index, told) in read.bills.iter().enumerate() {
            let mut bill = told.clone();
            if let Some(before) = own(&bill.form.number) {
                keep_consignee(&before.content, &mut bill.form.content);
            }
            let bill = &bill;
            match own(&bill.form.number) {
                // A replacement repeats what stays as it is.
                Some(before) if differences(&before.content, &bill.form.content).is_empty() => acted = true,
                Some(_) => {
                    acted |= self.apply_for(&part(ctx, index), read, Some(bill), &bill.form.number, reference, findings, objects).await?
                }
                None if read.replaces => fresh.push(bill.form.clone()),
                None => findings.push(unknown(&bill.form.number, Some(bill), reference)),
            }
        }
        for (index, number) in read.deleted.iter().enumerate() {
            match own(number) {
                Some(_) => {
                    acted |= self.apply_for(&part(ctx, format!("x{index}")), read, None, number, reference, findings, objects).await?;
                }
                None => findings.push(unknown(number, None, reference)),
            }
        }
        if !fresh.is_empty() {
            acted |= self.act_fresh(&part(ctx, "new"), &call, read, fresh, reference, findings, objects).await?;
        }
        Ok(acted)
    }

    #[expect(clippy::too_many_arguments, reason = "one bill of a message with everything it adds to")]
    async fn apply_for(
        &self,
        ctx: &Context,
        read: &ChangeRead,
        bill: Option<&BillRead>,
        number: &str,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let command = ApplyChange {
            bill: number.to_owned(),
            content: bill.map(|bill| bill.form.content.clone()),
            reason: read.reason.clone().unwrap_or_else(|| manifest::REASON_OTHER.to_owned()),
            note: read.note.as_ref().map(|note| note.chars().take(crate::limits::NOTE_MAX).collect()),
            evidence: Vec::new(),
        };
        match self.execute(ctx, &command).await {
            Ok(done) => {
                objects.push(ObjectRef::new("manifest-change", done.outcome.id.clone()));
                objects.push(ObjectRef::new("bill", number));
                if !done.outcome.carried_out {
                    let because = done.outcome.because.join(", ");
                    let finding = Finding::info(
                        "manifest-change-waiting",
                        "",
                        Text::new(
                            format!("提运单 {number} 的变更申请 {} 待海关审核（{because}）。", done.outcome.id),
                            format!("Application {} to change bill {number} waits for customs ({because}).", done.outcome.id),
                        ),
                        Text::new("无需重发。", "Nothing has to be sent again."),
                    );
                    findings.push(at_its_bill(finding, bill, reference));
                }
                Ok(true)
            }
            Err(error) => {
                let first = findings.len();
                refused(error, reference, findings)?;
                for found in findings.iter_mut().skip(first) {
                    let finding = found.finding.clone();
                    *found = at_its_bill(finding, bill, reference);
                }
                Ok(false)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the new bills of a message with everything they add to")]
    async fn act_fresh(
        &self,
        ctx: &Context,
        call: &str,
        read: &ChangeRead,
        bills: Vec<manifest::BillForm>,
        reference: &str,
        findings: &mut Vec<MessageFinding>,
        objects: &mut Vec<ObjectRef>,
    ) -> Result<bool, AppError> {
        let numbers: Vec<String> = bills.iter().map(|bill| bill.number.clone()).collect();
        let form = ManifestForm {
            call: call.to_owned(),
            agent: ctx.principal.organisation.clone(),
            message: ctx.message.clone(),
            function: ManifestFunction::Original,
            ship_name: read.call.ship_name.clone(),
            voyage: read.call.voyage.clone(),
            loading_at: None,
            bills,
        };
        match self.execute(ctx, &SubmitManifest { form, keep_rejected: true }).await {
            Ok(done) => {
                objects.push(ObjectRef::new("manifest", done.outcome.id));
                if done.outcome.accepted {
                    objects.extend(numbers.iter().map(|number| ObjectRef::new("bill", number.clone())));
                }
                findings.extend(done.outcome.findings.into_iter().map(|finding| {
                    let index = finding.pointer.strip_prefix("/bills/").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
                    let number = index.and_then(|index| numbers.get(index));
                    let bill = number.and_then(|number| read.bills.iter().find(|bill| bill.form.number == *number));
                    at_its_bill(finding, bill, reference)
                }));
                Ok(done.outcome.accepted)
            }
            Err(error) => refused(error, reference, findings),
        }
    }
}

fn unknown(number: &str, bill: Option<&BillRead>, reference: &str) -> MessageFinding {
    let finding = Finding::error(
        "message-bill-unknown",
        "",
        Text::new(
            format!("该航次没有贵单位传输的提运单 {number}，不能变更。"),
            format!("You sent no bill {number} for this call; it cannot be changed."),
        ),
        Text::new("核对提运单号；新增提运单请用功能代码 9 或 5。", "Check the number; send new bills with function 9 or 5."),
    );
    at_its_bill(finding, bill, reference)
}

fn at_its_bill(finding: Finding, bill: Option<&BillRead>, reference: &str) -> MessageFinding {
    MessageFinding {
        segment: bill.map(|bill| bill.segment),
        offset: bill.map(|bill| bill.offset),
        segment_tag: bill.map(|_| "CNI".into()),
        message_reference: Some(reference.to_owned()),
        ..whole(finding)
    }
}
