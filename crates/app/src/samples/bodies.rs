//! The register of testing bodies whose reports are accepted (采信机构名录): entered by one officer, confirmed by another.

use async_trait::async_trait;
use inspection::{BodyDecided, BodyProposed, BodyStep, TestingBody};
use ledger::Aggregate as _;
use ledger::Bilingual;
use serde::Serialize;

use super::person;
use crate::orders::reason;
use crate::{AppError, Unit, UseCase, limits};

/// Enters a body.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeBody {
    /// Name.
    pub name: Bilingual,
    /// Its number: unified social credit code or number of accreditation.
    pub number: String,
    /// HS prefixes.
    pub hs_prefixes: Vec<String>,
    /// Codes of the test items.
    pub items: Vec<String>,
    /// First day, `YYYY-MM-DD`.
    pub valid_from: String,
    /// Last day, `YYYY-MM-DD`.
    pub valid_to: String,
    /// Where the decision to accept it is written.
    pub source: String,
}

#[async_trait]
impl UseCase for ProposeBody {
    const NAME: &'static str = "testing-body.propose";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port(TestingBody::KIND, &unit.ctx.principal))?;
        let by = person(unit, Self::NAME)?;
        limits::rows(self.hs_prefixes.len(), inspection::SCOPE_PREFIXES_MAX, "/hs_prefixes")?;
        limits::rows(self.items.len(), inspection::TEST_ITEMS_MAX, "/items")?;
        let rules = &unit.app.port().sampling;
        if let Some(index) = self.items.iter().position(|item| rules.item(item).is_none()) {
            return Err(AppError::invalid("sample-item", format!("/items/{index}"), "没有此检测项目", "no such test item"));
        }
        let id = unit.app.next_id('C', unit.at()).await?;
        let command = BodyProposed {
            name: Bilingual::new(self.name.zh.trim(), self.name.en.trim()),
            number: self.number.trim().to_uppercase(),
            hs_prefixes: self.hs_prefixes.clone(),
            items: self.items.clone(),
            valid_from: self.valid_from.clone(),
            valid_to: self.valid_to.clone(),
            source: self.source.trim().to_owned(),
            district: unit.app.port().customs_district.clone(),
            by,
        };
        let events = inspection::decide_propose_body(unit.load::<TestingBody>(&id).await?.as_ref(), command)?;
        unit.record::<TestingBody>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// Confirms, refuses, suspends, resumes or withdraws a body.
#[derive(Clone, Debug, Serialize)]
pub struct DecideBody {
    /// Body id.
    pub id: String,
    /// What is decided.
    pub step: BodyStep,
    /// Why; not needed to confirm.
    pub reason: String,
}

#[async_trait]
impl UseCase for DecideBody {
    const NAME: &'static str = "testing-body.decide";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<TestingBody>(Self::NAME, &self.id).await?;
        let why = match self.step {
            BodyStep::Confirm => String::new(),
            BodyStep::Refuse | BodyStep::Suspend | BodyStep::Resume | BodyStep::Withdraw => reason(&self.reason)?,
        };
        let decided = BodyDecided { why, by: person(unit, Self::NAME)? };
        let events = inspection::decide_body(&state, self.step, decided)?;
        unit.record::<TestingBody>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
