//! Release of a waybill by customs, told to the yard (TREL), and what air messages tell of a waybill (FWB, FHL, FSU).

use async_trait::async_trait;
use codes::{Finding, Flow};
use ledger::{Aggregate, ObjectRef};
use manifest::{
    AirStatus, Conveyance, HouseWaybill, HousesListed, ReleaseMode, Review, TransportMode, Waybill, WaybillContent, WaybillDescribed,
    WaybillRelease, WaybillReleaseRevoked, check_waybill, waybill_totals,
};
use serde::{Deserialize, Serialize};

use crate::exchange::{Outgoing, RailReleased};
use crate::rights::Resource;
use crate::{AppError, Unit, UseCase, inbox, limits, orders};

/// Status by which the goods of a flight are in the hands of the cargo terminal (货物已到货站): RCF received from flight, ARR arrived.
const HERE: [&str; 2] = ["RCF", "ARR"];

/// Releases a waybill.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseWaybill {
    /// Waybill number.
    pub number: String,
    /// How.
    pub mode: ReleaseMode,
    /// Declaration on which it rests, 18 digits.
    pub entry_id: Option<String>,
    /// Remark.
    pub note: Option<String>,
}

#[async_trait]
impl UseCase for ReleaseWaybill {
    const NAME: &'static str = "waybill.release";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Waybill>(Self::NAME, &self.number).await?;
        let filled = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let entry_id = filled(&self.entry_id);
        if let Some(Err(fault)) = entry_id.as_ref().map(|text| text.parse::<codes::DeclarationNumber>()) {
            return Err(AppError::invalid("declaration-number", "/entry_id", fault.zh(), fault.to_string()));
        }
        limits::optional(self.note.as_ref(), "/note", limits::NOTE_MAX)?;
        let command = WaybillRelease { mode: self.mode, entry_id, note: filled(&self.note), officer: unit.ctx.principal.id.clone() };
        let events = manifest::decide_release_waybill(&state, command)?;
        unit.record::<Waybill>(&self.number, events, unit.at()).await?;
        Ok(self.number.clone())
    }
}

/// Takes the release of a waybill back.
#[derive(Clone, Debug, Serialize)]
pub struct RevokeWaybillRelease {
    /// Waybill number.
    pub number: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RevokeWaybillRelease {
    const NAME: &'static str = "waybill.revoke-release";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Waybill>(Self::NAME, &self.number).await?;
        let command = WaybillReleaseRevoked { officer: unit.ctx.principal.id.clone(), reason: orders::reason(&self.reason)? };
        let events = manifest::decide_revoke_waybill_release(&state, command)?;
        unit.record::<Waybill>(&self.number, events, unit.at()).await?;
        Ok(self.number.clone())
    }
}

/// When a rail waybill is released, or its release is taken back, its yard is told (TREL).
pub(crate) async fn a_released_waybill_is_told_to_its_yard(unit: &mut Unit<'_>, number: &str) -> Result<(), AppError> {
    let waybill = unit.get::<Waybill>(number).await?;
    if waybill.mode != TransportMode::Rail || waybill.terminal.is_empty() {
        return Ok(());
    }
    let told = released(unit, number, &waybill).await?;
    let outgoing = Outgoing::RailRelease(Box::new(told));
    let terminal = waybill.terminal.clone();
    inbox::prepare(unit, &terminal, None, &outgoing, Some(ObjectRef::new(Waybill::KIND, number))).await?;
    // What is released after the papers of its train were accepted may be loaded as well.
    if waybill.release.is_some()
        && let Some(train) = waybill.carriages.first().map(|one| one.conveyance.clone())
    {
        let state = unit.get::<Conveyance>(&train).await?;
        let told = released(unit, number, &waybill).await?;
        may_be_loaded(unit, &train, &state, vec![told]).await?;
    }
    Ok(())
}

async fn released(unit: &mut Unit<'_>, number: &str, waybill: &Waybill) -> Result<RailReleased, AppError> {
    let (train, place) = match waybill.carriages.first() {
        Some(carriage) => {
            let state = unit.get::<Conveyance>(&carriage.conveyance).await?;
            (state.plan.number, state.plan.place)
        }
        None => (String::new(), None),
    };
    let release = waybill.release.as_ref();
    Ok(RailReleased {
        waybill: number.to_owned(),
        flow: waybill.flow,
        district: waybill.district.clone(),
        train,
        place,
        mode: release.map_or(ReleaseMode::NOT_RELEASED, |(release, _)| release.mode.wire()).to_owned(),
        entry_id: release.and_then(|(release, _)| release.entry_id.clone()),
        at: release.map_or(unit.at(), |(_, at)| *at),
        packages: waybill.content.packages,
        gross_kg: waybill.content.gross_kg,
        units: waybill.content.units.clone(),
        note: release.and_then(|(release, _)| release.note.clone()),
    })
}

/// When customs accepts the papers of an export train, its yard is told what may be loaded (TLN): the waybills that are released.
pub(crate) async fn accepted_papers_let_the_train_be_loaded(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Conveyance>(id).await?;
    let mut told = Vec::new();
    for number in &state.waybills {
        let waybill = unit.get::<Waybill>(number).await?;
        if waybill.release.is_some() {
            told.push(released(unit, number, &waybill).await?);
        }
    }
    may_be_loaded(unit, id, &state, told).await
}

/// Tells the yard of an export train with accepted papers what it may load.
async fn may_be_loaded(unit: &mut Unit<'_>, id: &str, state: &Conveyance, told: Vec<RailReleased>) -> Result<(), AppError> {
    let accepted = matches!(state.review, Review::Accepted { .. });
    if !accepted || state.plan.mode != TransportMode::Rail || state.plan.flow != Flow::Export || told.is_empty() {
        return Ok(());
    }
    let outgoing = Outgoing::RailLoading { train: state.plan.number.clone(), released: told };
    inbox::prepare(unit, &state.terminal, None, &outgoing, Some(ObjectRef::new(Conveyance::KIND, id))).await?;
    Ok(())
}

/// What became of what an air message told of a waybill.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaybillOutcome {
    /// Waybill number.
    pub number: String,
    /// Findings that did not stand in the way.
    pub findings: Vec<Finding>,
}

/// Takes in an air waybill (FWB).
#[derive(Clone, Debug, Serialize)]
pub struct DescribeWaybill {
    /// Number.
    pub number: String,
    /// What it says.
    pub content: WaybillContent,
}

#[async_trait]
impl UseCase for DescribeWaybill {
    const NAME: &'static str = "waybill.describe";
    type Outcome = WaybillOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<WaybillOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Waybill::KIND))?;
        let number = air_number(&self.number)?;
        let mut content = self.content.clone();
        let findings = check_waybill(TransportMode::Air, &content);
        if codes::has_errors(&findings) {
            return Err(AppError::Findings(findings));
        }
        if let Some(uscc) = &content.consignee.uscc {
            content.consignee.org = unit.app.organisation_by_uscc(uscc).await?.map(|o| o.id);
        }
        let command = WaybillDescribed {
            agent: unit.ctx.principal.organisation.clone(),
            district: unit.app.port().customs_district.clone(),
            flow: unit.app.air_flow(&content.origin),
            content,
        };
        let events = manifest::decide_describe(unit.load::<Waybill>(&number).await?.as_ref(), command)?;
        unit.record::<Waybill>(&number, events, unit.at()).await?;
        outcome(unit, number, findings).await
    }
}

async fn outcome(unit: &mut Unit<'_>, number: String, mut findings: Vec<Finding>) -> Result<WaybillOutcome, AppError> {
    let state = unit.get::<Waybill>(&number).await?;
    findings.extend(waybill_totals(&state, unit.app.port().transhipment_mass_tolerance_per_mille));
    Ok(WaybillOutcome { number, findings })
}

fn air_number(text: &str) -> Result<String, AppError> {
    let number = text.parse::<codes::AirWaybillNumber>();
    number.map(|number| number.to_string()).map_err(|fault| {
        let code = if fault.code() == "code.check-digit" { "waybill-awb-check" } else { "waybill-number" };
        AppError::invalid(code, "/number", fault.zh(), fault.to_string())
    })
}

/// The air waybill that a message names, for whoever sent the waybill or has a part in it. A stranger is told that there is none.
async fn own_air_waybill(unit: &mut Unit<'_>, number: &str) -> Result<Waybill, AppError> {
    let own = unit.ctx.principal.organisation.clone();
    let found = unit.load::<Waybill>(number).await?.filter(|state| {
        state.mode == TransportMode::Air && (state.agent == own || state.terminal == own || state.described_by.as_ref() == Some(&own))
    });
    found.ok_or_else(|| {
        AppError::invalid(
            "waybill-unknown",
            "/number",
            format!("没有航空运单 {number}，或与贵单位无关；请先发送舱单或运单"),
            format!("there is no air waybill {number} in which you have a part; send its manifest or the waybill first"),
        )
    })
}

/// Takes in house waybills under an air waybill (FHL).
#[derive(Clone, Debug, Serialize)]
pub struct ListHouses {
    /// Number of the master.
    pub number: String,
    /// Houses.
    pub houses: Vec<HouseWaybill>,
}

#[async_trait]
impl UseCase for ListHouses {
    const NAME: &'static str = "waybill.list-houses";
    type Outcome = WaybillOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<WaybillOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Waybill::KIND))?;
        let number = air_number(&self.number)?;
        limits::rows(self.houses.len(), manifest::HOUSES_MAX, "/houses")?;
        let state = own_air_waybill(unit, &number).await?;
        let events = manifest::decide_houses(&state, HousesListed { houses: self.houses.clone() })?;
        unit.record::<Waybill>(&number, events, unit.at()).await?;
        outcome(unit, number, Vec::new()).await
    }
}

/// Takes in a status of an air waybill (FSU).
#[derive(Clone, Debug, Serialize)]
pub struct TellStatus {
    /// Number.
    pub number: String,
    /// What was told; who told it is filled in.
    pub status: AirStatus,
}

#[async_trait]
impl UseCase for TellStatus {
    const NAME: &'static str = "waybill.tell-status";
    type Outcome = WaybillOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<WaybillOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Waybill::KIND))?;
        let number = air_number(&self.number)?;
        let state = own_air_waybill(unit, &number).await?;
        let own = unit.ctx.principal.organisation.clone();
        let here = self.status.place.as_ref().is_some_and(|place| place.eq_ignore_ascii_case(&unit.app.port().airport));
        let arrives = state.flow == Flow::Import && here && HERE.contains(&self.status.code.as_str());
        // Export goods are here when the terminal has them from the shipper.
        let arrives = arrives || state.flow == Flow::Export && here && self.status.code == "RCS";
        // That the goods are here is for the cargo terminal to tell, which has them.
        let arrives = arrives && state.terminal == own;
        let status = AirStatus { by: own, at: self.status.at.map(|at| at.min(unit.at())), ..self.status.clone() };
        let events = manifest::decide_status(&state, status, arrives, unit.at())?;
        unit.record::<Waybill>(&number, events, unit.at()).await?;
        Ok(WaybillOutcome { number, findings: Vec::new() })
    }
}
