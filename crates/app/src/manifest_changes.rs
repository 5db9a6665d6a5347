//! Change of a manifest without paper (舱单变更, MFT-03, CLR-26): applied for, decided, carried out, and kept with its reason.

use async_trait::async_trait;
use manifest::{ApplyForChange, Bill, BillContent, ChangeApproved, ChangeRefused, Evidence, ManifestChange, Wanted, check_bill};
use port_call::ShipCall;
use serde::Serialize;

use crate::manifests::refuse_other_boxes_than_ordered;
use crate::{AppError, Unit, UseCase, limits, orders};

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
    /// A changed bill is checked as a new one is; its receiver is looked up.
    async fn checked(&self, unit: &mut Unit<'_>, bill: &Bill, mut content: BillContent) -> Result<BillContent, AppError> {
        let findings = check_bill(&content, unit.at());
        if codes::has_errors(&findings) {
            return Err(AppError::Findings(findings));
        }
        refuse_other_boxes_than_ordered(bill, &manifest::BillForm { number: self.bill.clone(), content: content.clone() })?;
        if let Some(uscc) = &content.consignee.uscc {
            content.consignee.org = unit.app.organisation_by_uscc(uscc).await?.map(|organisation| organisation.id);
        }
        Ok(content)
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
