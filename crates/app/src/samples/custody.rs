//! Samples change hands (样品交接), and an officer without a part in it decides on what is wrong with a chain.

use async_trait::async_trait;
use inspection::{ChainDecided, CustodyAct, HandOver, Holder, HolderKind, Sample, SamplePart};
use ledger::Timestamp;
use serde::Serialize;

use super::{of_laboratory, person};
use crate::calls::plausible;
use crate::orders::reason;
use crate::{AppError, Unit, UseCase};

/// Writes down that a part changed hands.
#[derive(Clone, Debug, Serialize)]
pub struct HandOverSample {
    /// Sample id.
    pub id: String,
    /// Which part.
    pub part: SamplePart,
    /// What happens to it.
    pub act: CustodyAct,
    /// Who gave; whoever holds it when left out.
    pub gave: Option<Holder>,
    /// Who takes; needed to send, to keep and to return.
    pub took: Option<Holder>,
    /// Seal found on it.
    pub seal: String,
    /// The seal was whole.
    pub seal_whole: bool,
    /// Remark.
    pub note: String,
    /// When, by the device's clock.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for HandOverSample {
    const NAME: &'static str = "sample.hand-over";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        // What comes to a laboratory is received by its own people; an office without a district is nothing but the laboratory.
        let outside = unit.ctx.principal.district.is_none();
        let to_laboratory = self.took.as_ref().is_some_and(|took| took.kind == HolderKind::Laboratory);
        let by = if outside || to_laboratory || self.act == CustodyAct::Receive {
            of_laboratory(unit, Self::NAME, &state).await?
        } else {
            person(unit, Self::NAME)?
        };
        let at = plausible(self.at, unit.at(), "/at")?;
        let holder = state.parts.get(&self.part).map(|part| part.holder.clone());
        let trimmed = |holder: &Holder| Holder::new(holder.kind, holder.name.trim());
        let nobody = || Holder::new(HolderKind::Nobody, String::new());
        let took = match self.act {
            CustodyAct::Receive => Holder::new(HolderKind::Laboratory, state.taken.laboratory.clone()),
            CustodyAct::Destroy => nobody(),
            CustodyAct::Send | CustodyAct::Keep | CustodyAct::Return => self.took.as_ref().map_or_else(nobody, trimmed),
        };
        let hand_over = HandOver {
            part: self.part,
            act: self.act,
            gave: self.gave.as_ref().map(trimmed).or(holder).unwrap_or_else(nobody),
            took,
            seal: self.seal.trim().to_uppercase(),
            seal_whole: self.seal_whole,
            note: self.note.trim().to_owned(),
            by,
            faults: Vec::new(),
        };
        let events = inspection::decide_hand_over(&state, hand_over, at)?;
        unit.record::<Sample>(&self.id, events, at).await?;
        Ok(self.id.clone())
    }
}

/// Says whether a sample with a fault in its chain may be used (交接异常处置).
#[derive(Clone, Debug, Serialize)]
pub struct DecideChain {
    /// Sample id.
    pub id: String,
    /// It may be used.
    pub usable: bool,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for DecideChain {
    const NAME: &'static str = "sample.decide-chain";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        let decided = ChainDecided { usable: self.usable, why: reason(&self.reason)?, by: person(unit, Self::NAME)? };
        let events = inspection::decide_chain(&state, decided)?;
        unit.record::<Sample>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
