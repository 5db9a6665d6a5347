//! The pre-loading manifest of an outbound ship (预配舱单), as far as transhipment needs it (MFT-04).

use std::collections::BTreeSet;

use async_trait::async_trait;
use codes::{Finding, Text, has_errors};
use ledger::{Aggregate, Timestamp};
use manifest::{
    BILL_NUMBER_LENGTH_MAX, BillContent, BillForm, OutboundBill, OutboundCancelled, OutboundListed, check_bill, outbound_bill_id,
};
use port_call::{CallPhase, ShipCall};
use serde::{Deserialize, Serialize};

use crate::rights::Resource;
use crate::{AppError, Role, Unit, UseCase, calls, orders, transhipments};

/// Most bills in one transmission.
pub const OUTBOUND_BILLS_MAX: usize = 500;
/// Most boxes in one transmission.
pub const OUTBOUND_BOXES_MAX: usize = 2_000;

/// Sends bills of a pre-loading manifest; those that were sent before by the same agent are replaced.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitOutbound {
    /// Outbound ship call id.
    pub call: String,
    /// Bills.
    pub bills: Vec<BillForm>,
}

/// What became of a pre-loading manifest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OutboundOutcome {
    /// Ids of the bills, in order.
    pub bills: Vec<String>,
    /// Warnings.
    pub findings: Vec<Finding>,
}

#[async_trait]
impl UseCase for SubmitOutbound {
    const NAME: &'static str = "outbound-bill.submit";
    type Outcome = OutboundOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<OutboundOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(OutboundBill::KIND))?;
        let call = own_call(unit, &self.call).await?;
        let findings = check(&self.bills, unit.at());
        if has_errors(&findings) {
            return Err(AppError::Findings(findings));
        }
        calls::hold_members(unit, &self.call).await?;
        let mut outcome = OutboundOutcome { bills: Vec::new(), findings };
        for form in &self.bills {
            let number = form.number.trim().to_uppercase();
            let id = outbound_bill_id(&number, &self.call);
            let before = unit.load::<OutboundBill>(&id).await?;
            let command = OutboundListed {
                number,
                call: self.call.clone(),
                agent: call.agent.clone(),
                terminal: call.terminal.clone(),
                content: form.content.clone(),
            };
            match manifest::decide_outbound_listed(before.as_ref(), command) {
                Ok(events) => {
                    unit.record::<OutboundBill>(&id, events, unit.at()).await?;
                    let after = unit.get::<OutboundBill>(&id).await?;
                    relist(unit, &id, before.map(|bill| bill.content).as_ref(), Some(&after.content), &self.call).await?;
                }
                // A transmission repeats what stays.
                Err(refusal) if refusal.code == "outbound-unchanged" && self.bills.len() > 1 => {}
                Err(refusal) => return Err(refusal.into()),
            }
            outcome.bills.push(id);
        }
        Ok(outcome)
    }
}

/// The call, when the asker is its agent and it can still be loaded.
async fn own_call(unit: &mut Unit<'_>, id: &str) -> Result<ShipCall, AppError> {
    let Some(call) = unit.load::<ShipCall>(id).await? else {
        return Err(AppError::invalid("call-unknown", "/call", "没有这个航次", "no such call"));
    };
    let principal = &unit.ctx.principal;
    if principal.role != Role::Platform && principal.organisation != call.agent {
        return Err(AppError::invalid("call-not-own", "/call", "该航次由其他船代代理", "another agent announced this call"));
    }
    match call.phase {
        CallPhase::Announced | CallPhase::Arrived { .. } => Ok(call),
        CallPhase::Departed { .. } | CallPhase::Cancelled { .. } => {
            Err(AppError::invalid("call-closed", "/call", "该航次已离港或已取消", "the call has departed or is cancelled"))
        }
    }
}

/// Everything wrong with the bills, each fault at its field.
fn check(bills: &[BillForm], at: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    let fault = |code, pointer: String, zh: String, en: String| {
        let hint = Text::new("更正后重新提交。", "Correct it and send it again.");
        Finding::error(code, pointer, Text::new(zh, en), hint)
    };
    let boxes: usize = bills.iter().map(|bill| bill.content.containers.len()).sum();
    if bills.is_empty() || bills.len() > OUTBOUND_BILLS_MAX || boxes > OUTBOUND_BOXES_MAX {
        found.push(fault(
            "outbound-size",
            "/bills".into(),
            format!("预配舱单须有 1 至 {OUTBOUND_BILLS_MAX} 份提单，最多 {OUTBOUND_BOXES_MAX} 箱。"),
            format!("A pre-loading manifest has 1 to {OUTBOUND_BILLS_MAX} bills with at most {OUTBOUND_BOXES_MAX} boxes."),
        ));
        return found;
    }
    let (mut numbers, mut listed) = (BTreeSet::new(), BTreeSet::new());
    for (index, bill) in bills.iter().enumerate() {
        let number = bill.number.trim().to_uppercase();
        let pointer = format!("/bills/{index}");
        let plain = number.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
        if number.is_empty() || number.len() > BILL_NUMBER_LENGTH_MAX || !plain {
            let zh = format!("提单号须为 1 至 {BILL_NUMBER_LENGTH_MAX} 位可见字符，不含斜杠。");
            let en = format!("A bill number has 1 to {BILL_NUMBER_LENGTH_MAX} visible characters and no slash.");
            found.push(fault("bill-number-length", format!("{pointer}/number"), zh, en));
        }
        if !numbers.insert(number.clone()) {
            let (zh, en) = (format!("提单号 {number} 重复。"), format!("Bill number {number} appears twice."));
            found.push(fault("manifest-bill-twice", format!("{pointer}/number"), zh, en));
        }
        for (place, container) in bill.content.containers.iter().enumerate() {
            if !listed.insert(container.number.clone()) {
                let zh = format!("集装箱 {} 已列入另一份提单。", container.number);
                let en = format!("Container {} is on another bill of the transmission.", container.number);
                found.push(fault("outbound-container-twice", format!("{pointer}/containers/{place}/number"), zh, en));
            }
        }
        found.extend(check_bill(&bill.content, at).into_iter().map(|finding| {
            let pointer = format!("{pointer}{}", finding.pointer);
            Finding { pointer, ..finding }
        }));
    }
    found
}

/// Takes a bill off a pre-loading manifest.
#[derive(Clone, Debug, Serialize)]
pub struct CancelOutbound {
    /// Outbound bill id.
    pub id: String,
    /// Why, 2 to 500 characters.
    pub reason: String,
}

#[async_trait]
impl UseCase for CancelOutbound {
    const NAME: &'static str = "outbound-bill.cancel";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<OutboundBill>(Self::NAME, &self.id).await?;
        if unit.ctx.principal.role != Role::Platform && unit.ctx.principal.organisation != state.agent {
            return Err(AppError::Forbidden { action: Self::NAME });
        }
        calls::hold_members(unit, &state.call).await?;
        let events = manifest::decide_outbound_cancelled(&state, OutboundCancelled { reason: orders::reason(&self.reason)? })?;
        unit.record::<OutboundBill>(&self.id, events, unit.at()).await?;
        relist(unit, &self.id, Some(&state.content), None, &state.call).await?;
        Ok(self.id.clone())
    }
}

/// Notes which boxes an outbound bill lists now, and compares the transhipments of those that it lists or listed.
async fn relist(
    unit: &mut Unit<'_>,
    id: &str,
    before: Option<&BillContent>,
    after: Option<&BillContent>,
    call: &str,
) -> Result<(), AppError> {
    let numbers =
        |content: Option<&BillContent>| content.map(|c| c.containers.iter().map(|b| b.number.clone()).collect()).unwrap_or_default();
    let (old, new): (BTreeSet<String>, BTreeSet<String>) = (numbers(before), numbers(after));
    for number in old.union(&new) {
        transhipments::list_outbound(unit, call, number, id, new.contains(number)).await?;
    }
    Ok(())
}
