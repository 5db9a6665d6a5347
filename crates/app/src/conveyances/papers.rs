//! The papers of a train, reviewed without paper (铁路审单电子化): attached, submitted, accepted or sent back with the reason.

use async_trait::async_trait;
use manifest::{AttachedKind, Conveyance, Evidence, PaperAttached, PapersAccepted, PapersReturned};
use serde::Serialize;

use crate::{AppError, Unit, UseCase, limits, orders};

/// Attaches a paper that was uploaded before.
#[derive(Clone, Debug, Serialize)]
pub struct AttachPaper {
    /// Conveyance id.
    pub id: String,
    /// What it is.
    pub kind: AttachedKind,
    /// Waybill it belongs to.
    pub waybill: Option<String>,
    /// The file.
    pub file: Evidence,
}

#[async_trait]
impl UseCase for AttachPaper {
    const NAME: &'static str = "conveyance.attach-paper";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        limits::text(&self.file.name, "/name", limits::SHORT_TEXT_MAX * 4)?;
        if !unit.app.uploaded(&self.file.sha256, &unit.ctx.principal.organisation).await? {
            return Err(AppError::invalid(
                "attachment-unknown",
                "/sha256",
                "没有这个附件，请先上传",
                "no such attachment; upload it first",
            ));
        }
        let waybill = self.waybill.as_ref().map(|number| number.trim().to_uppercase()).filter(|number| !number.is_empty());
        let by = unit.ctx.principal.organisation.clone();
        let events = manifest::decide_attach_paper(&state, PaperAttached { kind: self.kind, waybill, file: self.file.clone(), by })?;
        unit.record::<Conveyance>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Submits the papers of a train to customs.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitPapers {
    /// Conveyance id.
    pub id: String,
}

#[async_trait]
impl UseCase for SubmitPapers {
    const NAME: &'static str = "conveyance.submit-papers";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        let events = manifest::decide_submit_papers(&state)?;
        unit.record::<Conveyance>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Accepts the papers of a train.
#[derive(Clone, Debug, Serialize)]
pub struct AcceptPapers {
    /// Conveyance id.
    pub id: String,
    /// Remark; needed where something differs.
    pub note: Option<String>,
}

#[async_trait]
impl UseCase for AcceptPapers {
    const NAME: &'static str = "conveyance.accept-papers";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        let note = self.note.as_ref().map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
        limits::optional(note.as_ref(), "/note", limits::NOTE_MAX)?;
        unit.preload(super::sheets::waybill_refs(&state)).await?;
        let waybills = super::reading::waybills_in(unit, &state).await?;
        let tolerance = unit.app.port().transhipment_mass_tolerance_per_mille;
        let differences = super::reading::counts(&super::reading::sheets_of(&state, &waybills, tolerance)).values().sum();
        let command = PapersAccepted { officer: unit.ctx.principal.id.clone(), note };
        let events = manifest::decide_accept_papers(&state, command, differences)?;
        unit.record::<Conveyance>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Sends the papers of a train back.
#[derive(Clone, Debug, Serialize)]
pub struct ReturnPapers {
    /// Conveyance id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for ReturnPapers {
    const NAME: &'static str = "conveyance.return-papers";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        let command = PapersReturned { officer: unit.ctx.principal.id.clone(), reason: orders::reason(&self.reason)? };
        let events = manifest::decide_return_papers(&state, command)?;
        unit.record::<Conveyance>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
