//! Change of a manifest without paper (舱单变更, MFT-03, CLR-26): applied for, decided, carried out, and kept with its reason.

use async_trait::async_trait;
use clearance::Declaration;
use ledger::{Aggregate, Refusal};
use manifest::{
    ApplyForChange, Bill, BillContent, ChangeApproved, ChangePhase, ChangeRefused, Evidence, ManifestChange, Wanted, check_bill,
    differences,
};
use port_call::ShipCall;
use serde::Serialize;

use crate::manifests::refuse_other_boxes_than_ordered;
use crate::reading::ListQuery;
use crate::{AppError, Context, Unit, UseCase, limits, orders};

/// Applies for a change of a bill.
#[derive(Clone, Debug, Serialize)]
pub struct ApplyChange {
    /// Bill number.
    pub bill: String,
    /// The bill as it is to be; `None` takes it off the manifest.
    pub content: Option<BillContent>,
    /// Reason code 001 to 015, or 999.
    pub reason: String,
    /// Reason in words.
    pub note: Option<String>,
    /// Evidence, uploaded before.
    pub evidence: Vec<Evidence>,
}

/// What became of an application.
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub struct ChangeOutcome {
    /// Application id.
    pub id: String,
    /// Carried out at once?
    pub carried_out: bool,
    /// Why an officer must look at it.
    pub because: Vec<String>,
}

#[async_trait]
impl UseCase for ApplyChange {
    const NAME: &'static str = "manifest-change.apply";
    type Outcome = ChangeOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<ChangeOutcome, AppError> {
        let bill = unit.authorised::<Bill>(Self::NAME, &self.bill).await?;
        limits::optional(self.note.as_ref(), "/note", limits::NOTE_MAX)?;
        for (index, piece) in self.evidence.iter().enumerate() {
            limits::text(&piece.name, &format!("/evidence/{index}/name"), limits::SHORT_TEXT_MAX * 4)?;
            if !unit.app.uploaded(&piece.sha256, &unit.ctx.principal.organisation).await? {
                return Err(AppError::invalid(
                    "attachment-unknown",
                    format!("/evidence/{index}/sha256"),
                    "没有这个附件，请先上传",
                    "no such attachment; upload it first",
                ));
            }
        }
        let wanted = match &self.content {
            Some(content) => Wanted::Amend { content: Box::new(self.checked(unit, &bill, content.clone()).await?) },
            None => Wanted::Cancel,
        };
        if let Some((id, same)) = self.already_asked(unit, &wanted).await? {
            // A message that is sent again asks for nothing new; a person is told what waits.
            return match &unit.ctx.message {
                Some(_) => Ok(ChangeOutcome { id, carried_out: false, because: same.because }),
                None => Err(AppError::Refused(Refusal::new(
                    "change-already-asked",
                    Self::NAME,
                    same.status(),
                    format!("申请 {id} 已请求相同变更，待海关审核。"),
                    format!("Application {id} asks for the same change and waits for customs."),
                ))),
            };
        }
        let arrived = unit.load::<ShipCall>(&bill.call).await?.is_some_and(|call| call.ata().is_some());
        let command = ApplyForChange {
            bill: self.bill.clone(),
            agent: unit.ctx.principal.organisation.clone(),
            message: unit.ctx.message.clone(),
            wanted,
            reason: self.reason.clone(),
            note: self.note.clone(),
            evidence: self.evidence.clone(),
            arrived,
            authority: unit.app.port().customs_district.clone(),
        };
        let events = manifest::decide_apply(&bill, command)?;
        let id = unit.app.next_id('A', unit.at()).await?;
        unit.record::<ManifestChange>(&id, events, unit.at()).await?;
        let because = unit.get::<ManifestChange>(&id).await?.because;
        Ok(ChangeOutcome { id, carried_out: because.is_empty(), because })
    }
}

impl ApplyChange {
    /// The application for this bill that waits and asks for the same.
    async fn already_asked(&self, unit: &Unit<'_>, wanted: &Wanted) -> Result<Option<(String, ManifestChange)>, AppError> {
        let platform = Context::platform(unit.at(), unit.ctx.request.clone());
        let query = ListQuery { keys: vec![self.bill.to_uppercase()], open: Some(true), limit: 50, ..ListQuery::default() };
        let open = unit.app.list::<ManifestChange>(&platform, "manifest-change.read", query).await?.items;
        Ok(open.into_iter().map(|(seen, _)| (seen.id, seen.state)).find(|(_, state)| {
            state.bill == self.bill
                && state.agent == unit.ctx.principal.organisation
                && matches!(state.phase, ChangePhase::Waiting)
                && state.wanted == *wanted
        }))
    }

    /// A changed bill is checked as a new one is; its receiver is looked up.
    async fn checked(&self, unit: &mut Unit<'_>, bill: &Bill, mut content: BillContent) -> Result<BillContent, AppError> {
        let findings = check_bill(&content, unit.at());
        if codes::has_errors(&findings) {
            return Err(AppError::Findings(findings));
        }
        refuse_other_boxes_than_ordered(bill, &manifest::BillForm { number: self.bill.clone(), content: content.clone() })?;
        refuse_more_boxes_than_released(unit, Self::NAME, bill, &content).await?;
        if let Some(uscc) = &content.consignee.uscc {
            content.consignee.org = unit.app.organisation_by_uscc(uscc).await?.map(|organisation| organisation.id);
        }
        Ok(content)
    }
}

/// A box that is added once the goods are released would stand under no release of customs.
async fn refuse_more_boxes_than_released(
    unit: &mut Unit<'_>,
    attempted: &'static str,
    bill: &Bill,
    content: &BillContent,
) -> Result<(), AppError> {
    let known = |number: &str| bill.content.containers.iter().any(|listed| listed.number == number);
    let Some(added) = content.containers.iter().find(|listed| !known(&listed.number)) else { return Ok(()) };
    let Some(id) = &bill.declaration else { return Ok(()) };
    match unit.load::<Declaration>(id).await? {
        Some(Declaration::Released { .. }) => Err(AppError::Refused(Refusal::new(
            "bill-declaration-released",
            attempted,
            bill.status(),
            format!("报关单 {id} 已放行，提运单不能再增加集装箱 {}。", added.number),
            format!("Declaration {id} is released: container {} can no longer be added to the bill.", added.number),
        ))),
        Some(Declaration::Draft { .. } | Declaration::Accepted { .. } | Declaration::Rejected { .. } | Declaration::Withdrawn { .. })
        | None => Ok(()),
    }
}

/// A message that names the consignee as before, without its code, does not take back who the sender said it is.
pub(crate) fn keep_consignee(before: &BillContent, content: &mut BillContent) {
    let (known, told) = (&before.consignee, &mut content.consignee);
    if told.uscc.is_none() && told.name == known.name {
        told.uscc.clone_from(&known.uscc);
        told.org.clone_from(&known.org);
    }
}

/// Customs approves an application; the bill changes in the same transaction.
#[derive(Clone, Debug, Serialize)]
pub struct ApproveChange {
    /// Application id.
    pub id: String,
}

#[async_trait]
impl UseCase for ApproveChange {
    const NAME: &'static str = "manifest-change.approve";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ManifestChange>(Self::NAME, &self.id).await?;
        // An order may have been asked for since: what it lists cannot change any more, whoever approves.
        if let Wanted::Amend { content } = &state.wanted {
            let bill = unit.get::<Bill>(&state.bill).await?;
            refuse_other_boxes_than_ordered(&bill, &manifest::BillForm { number: state.bill.clone(), content: (**content).clone() })?;
            refuse_more_boxes_than_released(unit, Self::NAME, &bill, content).await?;
            // The application holds the whole bill: approved over another change, it would undo what it never spoke of.
            if bill.call != state.call || differences(&bill.content, content) != state.fields {
                return Err(AppError::Refused(Refusal::new(
                    "change-outdated",
                    Self::NAME,
                    state.status(),
                    "提运单在申请后已有其他变更，请不予通过，由申请人重新申请。",
                    "The bill has changed since this was applied for: refuse it, and let the sender apply again.",
                )));
            }
        }
        let events = manifest::decide_approve(&state, ChangeApproved { officer: unit.ctx.principal.id.clone() })?;
        unit.record::<ManifestChange>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Customs refuses an application.
#[derive(Clone, Debug, Serialize)]
pub struct RefuseChange {
    /// Application id.
    pub id: String,
    /// Why, 2 to 500 characters.
    pub reason: String,
}

#[async_trait]
impl UseCase for RefuseChange {
    const NAME: &'static str = "manifest-change.refuse";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ManifestChange>(Self::NAME, &self.id).await?;
        let command = ChangeRefused { officer: unit.ctx.principal.id.clone(), reason: orders::reason(&self.reason)? };
        let events = manifest::decide_refuse(&state, command)?;
        unit.record::<ManifestChange>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The sender takes an application back.
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawChange {
    /// Application id.
    pub id: String,
}

#[async_trait]
impl UseCase for WithdrawChange {
    const NAME: &'static str = "manifest-change.withdraw";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ManifestChange>(Self::NAME, &self.id).await?;
        let events = manifest::decide_withdraw(&state)?;
        unit.record::<ManifestChange>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
