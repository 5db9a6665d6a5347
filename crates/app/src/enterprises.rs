//! Enterprises (企业) and the credit grades that customs gave them. The platform records grades and never makes them.

use async_trait::async_trait;
use credit::{Enterprise, Graded, Registered};
use serde::Serialize;

use crate::{AppError, Unit, UseCase};

/// Registers an enterprise; its id is its unified social credit code.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterEnterprise {
    /// The enterprise.
    pub enterprise: Registered,
}

#[async_trait]
impl UseCase for RegisterEnterprise {
    const NAME: &'static str = "enterprise.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port("enterprise", &unit.ctx.principal))?;
        let id = self.enterprise.uscc.trim().to_uppercase();
        let state = unit.load::<Enterprise>(&id).await?;
        let mut enterprise = self.enterprise.clone();
        enterprise.uscc.clone_from(&id);
        let events = credit::decide_register(state.as_ref(), enterprise)?;
        unit.record::<Enterprise>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// Records a grade of an enterprise.
#[derive(Clone, Debug, Serialize)]
pub struct GradeEnterprise {
    /// Unified social credit code.
    pub id: String,
    /// The grade.
    pub grade: Graded,
}

#[async_trait]
impl UseCase for GradeEnterprise {
    const NAME: &'static str = "enterprise.grade";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port("enterprise", &unit.ctx.principal))?;
        let state = unit.get::<Enterprise>(&self.id).await?;
        let events = credit::decide_grade(&state, self.grade.clone())?;
        unit.record::<Enterprise>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
