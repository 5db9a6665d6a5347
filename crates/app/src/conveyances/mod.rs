//! Trains and flights (铁路班列、航班, MFT-05, MFT-06): planned, manifested, arrived or left.
//!
//! * This file: the plan, the manifest of waybills, the movement.
//! * `sheets`: what the yard reports of a train: entry tally sheet, arrival report, export tally, loading record.
//! * `papers`: papers attached, submitted to customs, accepted or sent back.
//! * `waybills`: release of a waybill, and what air messages tell of it.
//! * `reading`: a train with everything that belongs to it.

mod papers;
mod reading;
mod sheets;
mod waybills;

use std::collections::BTreeSet;

use async_trait::async_trait;
use codes::{Finding, Flow, has_errors};
use ledger::{Aggregate, ObjectRef, Refusal, Timestamp};
use manifest::{
    CONVEYANCE_WAYBILLS_MAX, Carriage, Conveyance, ConveyanceArrived, ConveyanceCancelled, ConveyanceDeparted, ConveyanceManifested,
    ConveyancePlan, ConveyancePlanned, SheetKind, TransportMode, Waybill, WaybillForm, WaybillManifested, WaybillTakenOff, check_waybills,
};
use serde::{Deserialize, Serialize};

pub use self::papers::{AcceptPapers, AttachPaper, ReturnPapers, SubmitPapers};
pub use self::reading::{ConveyanceFile, SheetView};
pub use self::sheets::{DeleteSheet, ReportSheet, SheetOutcome};
pub use self::waybills::{DescribeWaybill, ListHouses, ReleaseWaybill, RevokeWaybillRelease, TellStatus};
pub(crate) use self::waybills::{a_released_waybill_is_told_to_its_yard, accepted_papers_let_the_train_be_loaded};
use crate::calls::plausible;
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, limits, orders};

/// Longest train or flight number, characters.
const NUMBER_MAX: usize = 16;
/// Furthest from today that a plan may lie, days.
const PLAN_DAYS_MAX: i64 = 366;

/// Plans a train or flight, or changes the plan.
#[derive(Clone, Debug, Serialize)]
pub struct PlanConveyance {
    /// The plan.
    pub plan: ConveyancePlan,
    /// Yard or cargo terminal, organisation id.
    pub terminal: String,
}

#[async_trait]
impl UseCase for PlanConveyance {
    const NAME: &'static str = "conveyance.plan";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Conveyance::KIND))?;
        plan(unit, self.plan.clone(), &self.terminal).await
    }
}

async fn plan(unit: &mut Unit<'_>, plan: ConveyancePlan, terminal: &str) -> Result<String, AppError> {
    let plan = checked_plan(plan, unit.at())?;
    match unit.app.organisation(terminal).await? {
        Some(known) if known.role == Role::Terminal => {}
        Some(_) | None => return Err(AppError::invalid("terminal-unknown", "/terminal", "没有这个场站", "no such yard or terminal")),
    }
    let id = plan.id();
    let command = ConveyancePlanned {
        plan,
        agent: unit.ctx.principal.organisation.clone(),
        terminal: terminal.to_owned(),
        district: unit.app.port().customs_district.clone(),
    };
    let known = unit.load::<Conveyance>(&id).await?;
    let events = manifest::decide_plan_conveyance(known.as_ref(), command)?;
    unit.record::<Conveyance>(&id, events, unit.at()).await?;
    // What is on board goes where it goes.
    if known.is_some_and(|known| known.terminal != terminal) {
        let conveyance = unit.get::<Conveyance>(&id).await?;
        unit.preload(sheets::waybill_refs(&conveyance)).await?;
        for number in &conveyance.waybills {
            let waybill = unit.get::<Waybill>(number).await?;
            let Some(carriage) = waybill.carriages.iter().find(|one| one.conveyance == id).cloned() else { continue };
            let command = WaybillManifested {
                mode: waybill.mode,
                flow: waybill.flow,
                agent: conveyance.agent.clone(),
                terminal: terminal.to_owned(),
                district: conveyance.district.clone(),
                carriage,
                content: waybill.content.clone(),
            };
            let events = manifest::decide_manifest_waybill(Some(&waybill), command, unit.at())?;
            unit.record::<Waybill>(number, events, unit.at()).await?;
        }
    }
    Ok(id)
}

fn checked_plan(mut plan: ConveyancePlan, now: Timestamp) -> Result<ConveyancePlan, AppError> {
    plan.number = plan.number.trim().to_uppercase();
    let letters = plan.number.chars().all(|c| c.is_ascii_alphanumeric());
    if plan.number.is_empty() || plan.number.chars().count() > NUMBER_MAX || !letters {
        return Err(AppError::invalid(
            "conveyance-number",
            "/number",
            "车次或航班号须为 1 至 16 位字母或数字",
            "a train or flight number has 1 to 16 letters and digits",
        ));
    }
    let day: codes::Date = plan
        .day
        .trim()
        .parse()
        .map_err(|fault: codes::CodeError| AppError::invalid("conveyance-day", "/day", fault.zh(), fault.to_string()))?;
    plan.day = day.to_string();
    for (text, pointer) in [(&mut plan.origin, "/origin"), (&mut plan.destination, "/destination")] {
        *text = text.trim().to_owned();
        limits::text(text, pointer, limits::SHORT_TEXT_MAX)?;
        if text.is_empty() {
            return Err(AppError::invalid("field-missing", pointer, "该项必填", "this field is mandatory"));
        }
    }
    for (text, pointer) in [(&mut plan.border, "/border"), (&mut plan.place, "/place")] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        limits::optional(text.as_ref(), pointer, limits::SHORT_TEXT_MAX)?;
    }
    if plan.expected_at > now.plus_days(PLAN_DAYS_MAX) || plan.expected_at < now.plus_days(-PLAN_DAYS_MAX) {
        return Err(AppError::invalid("conveyance-expected", "/expected_at", "计划时间须在一年以内", "a plan lies within a year"));
    }
    Ok(plan)
}

/// Sends the manifest of a train or flight: waybills are added, changed, and, where it is complete, taken off.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitWaybills {
    /// Conveyance id.
    pub conveyance: String,
    /// Waybills.
    pub waybills: Vec<WaybillForm>,
    /// They are all of the manifest: what is not among them is taken off.
    pub complete: bool,
}

/// What became of a manifest of waybills.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WaybillsOutcome {
    /// Conveyance id.
    pub id: String,
    /// Findings that did not stand in the way.
    pub findings: Vec<Finding>,
}

#[async_trait]
impl UseCase for SubmitWaybills {
    const NAME: &'static str = "conveyance.manifest";
    type Outcome = WaybillsOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<WaybillsOutcome, AppError> {
        unit.authorised::<Conveyance>(Self::NAME, &self.conveyance).await?;
        let findings = list(unit, &self.conveyance, &self.waybills, self.complete).await?;
        Ok(WaybillsOutcome { id: self.conveyance.clone(), findings })
    }
}

/// Records waybills on a manifest. Whoever calls it has asked the rights.
async fn list(unit: &mut Unit<'_>, id: &str, waybills: &[WaybillForm], complete: bool) -> Result<Vec<Finding>, AppError> {
    limits::rows(waybills.len(), CONVEYANCE_WAYBILLS_MAX, "/waybills")?;
    let conveyance = unit.get::<Conveyance>(id).await?;
    let mode = conveyance.plan.mode;
    let forms: Vec<WaybillForm> = waybills.iter().cloned().map(|form| normal(mode, form)).collect();
    let mut findings = check_waybills(mode, &forms);
    if has_errors(&findings) {
        findings.truncate(crate::manifests::FINDINGS_MAX);
        return Err(AppError::Findings(findings));
    }
    unit.preload(forms.iter().map(|form| ObjectRef::new(Waybill::KIND, form.number.clone())).collect()).await?;
    let listed: BTreeSet<&str> = forms.iter().map(|form| form.number.as_str()).collect();
    let mut numbers = conveyance.waybills.clone();
    if complete {
        for number in numbers.iter().filter(|number| !listed.contains(number.as_str())) {
            let waybill = unit.get::<Waybill>(number).await?;
            let command = WaybillTakenOff { conveyance: id.to_owned(), reason: "manifest".to_owned() };
            let events = manifest::decide_take_off(&waybill, command)?;
            unit.record::<Waybill>(number, events, unit.at()).await?;
        }
        numbers.retain(|number| listed.contains(number.as_str()));
    }
    let mut changed = numbers.len() != conveyance.waybills.len();
    for (index, mut form) in forms.iter().cloned().enumerate() {
        if let Some(uscc) = &form.content.consignee.uscc {
            form.content.consignee.org = unit.app.organisation_by_uscc(uscc).await?.map(|o| o.id);
        }
        let number = form.number.clone();
        let state = unit.load::<Waybill>(&number).await?;
        match manifest::decide_manifest_waybill(state.as_ref(), manifested(&conveyance, id, form), unit.at()) {
            Ok(events) => {
                unit.record::<Waybill>(&number, events, unit.at()).await?;
                changed = true;
            }
            // Sent again with the others: nothing new of this one.
            Err(refusal) if refusal.code == "waybill-unchanged" => {}
            Err(refusal) => return Err(AppError::Findings(vec![refused(refusal, format!("/waybills/{index}/number"))])),
        }
        let waybill = unit.get::<Waybill>(&number).await?;
        if mode == TransportMode::Air {
            let tolerance = unit.app.port().transhipment_mass_tolerance_per_mille;
            findings.extend(
                manifest::waybill_totals(&waybill, tolerance)
                    .into_iter()
                    .map(|finding| Finding { pointer: format!("/waybills/{index}{}", finding.pointer), ..finding }),
            );
        }
        if !numbers.contains(&number) {
            numbers.push(number);
            changed = true;
        }
    }
    if changed || conveyance.waybills.is_empty() {
        let command = ConveyanceManifested { waybills: numbers, message: unit.ctx.message.clone() };
        let events = manifest::decide_manifest_conveyance(&conveyance, command)?;
        unit.record::<Conveyance>(id, events, unit.at()).await?;
        sheets::told_again(unit, id, &listed).await?;
    }
    Ok(findings)
}

fn refused(refusal: ledger::Refusal, pointer: String) -> Finding {
    let hint = codes::Text::new("更正后重发。", "Correct and send again.");
    Finding::error(refusal.code, pointer, codes::Text::new(refusal.text.zh, refusal.text.en), hint)
}

fn normal(mode: TransportMode, mut form: WaybillForm) -> WaybillForm {
    form.number = match mode {
        TransportMode::Rail => form.number.trim().to_uppercase(),
        // Read as it may be written; what cannot be read is told by the check.
        TransportMode::Air => {
            form.number.parse::<codes::AirWaybillNumber>().map_or_else(|_| form.number.trim().to_owned(), |number| number.to_string())
        }
    };
    for unit in &mut form.content.units {
        for text in [&mut unit.wagon, &mut unit.container, &mut unit.uld, &mut unit.size_type] {
            *text = text.take().map(|text| text.trim().to_uppercase()).filter(|text| !text.is_empty());
        }
        unit.seals.iter_mut().for_each(|seal| *seal = seal.trim().to_uppercase());
        unit.seals.retain(|seal| !seal.is_empty());
    }
    form
}

fn manifested(conveyance: &Conveyance, id: &str, form: WaybillForm) -> WaybillManifested {
    let air = conveyance.plan.mode == TransportMode::Air;
    WaybillManifested {
        mode: conveyance.plan.mode,
        flow: conveyance.plan.flow,
        agent: conveyance.agent.clone(),
        terminal: conveyance.terminal.clone(),
        district: conveyance.district.clone(),
        carriage: Carriage {
            conveyance: id.to_owned(),
            packages: form.packages.unwrap_or(form.content.packages),
            gross_kg: form.gross_kg.unwrap_or(form.content.gross_kg),
            shipment: form.shipment,
            units: if air { form.content.units.clone() } else { Vec::new() },
        },
        content: form.content,
    }
}

/// Records that a train or flight arrived.
#[derive(Clone, Debug, Serialize)]
pub struct ArriveConveyance {
    /// Conveyance id.
    pub id: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for ArriveConveyance {
    const NAME: &'static str = "conveyance.arrive";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        let at = plausible(self.at, unit.at(), "/at")?;
        let events = manifest::decide_arrive_conveyance(&state, ConveyanceArrived { at })?;
        unit.record::<Conveyance>(&self.id, events, at).await?;
        Ok(self.id.clone())
    }
}

/// Records that a train or flight left.
#[derive(Clone, Debug, Serialize)]
pub struct DepartConveyance {
    /// Conveyance id.
    pub id: String,
    /// When.
    pub at: Timestamp,
}

#[async_trait]
impl UseCase for DepartConveyance {
    const NAME: &'static str = "conveyance.depart";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        let at = plausible(self.at, unit.at(), "/at")?;
        for line in state.lines(SheetKind::Loading) {
            if unit.look::<Waybill>(&line.waybill).await?.is_some_and(|waybill| waybill.release.is_none()) {
                return Err(AppError::Refused(Refusal::new(
                    "conveyance-unreleased",
                    Self::NAME,
                    state.status(),
                    format!("运单 {} 已装车而未放行，不能发车。", line.waybill),
                    format!("Waybill {} is loaded and not released; the train does not leave.", line.waybill),
                )));
            }
        }
        let events = manifest::decide_depart_conveyance(&state, ConveyanceDeparted { at })?;
        unit.record::<Conveyance>(&self.id, events, at).await?;
        Ok(self.id.clone())
    }
}

/// Cancels a plan; its waybills come off their manifest.
#[derive(Clone, Debug, Serialize)]
pub struct CancelConveyance {
    /// Conveyance id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for CancelConveyance {
    const NAME: &'static str = "conveyance.cancel";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Conveyance>(Self::NAME, &self.id).await?;
        let reason = orders::reason(&self.reason)?;
        let events = manifest::decide_cancel_conveyance(&state, ConveyanceCancelled { reason: reason.clone() })?;
        for number in &state.waybills {
            let waybill = unit.get::<Waybill>(number).await?;
            let off = manifest::decide_take_off(&waybill, WaybillTakenOff { conveyance: self.id.clone(), reason: reason.clone() })?;
            unit.record::<Waybill>(number, off, unit.at()).await?;
        }
        unit.record::<Conveyance>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Sends an air manifest by message (FFM): plans the flight where nobody did, and lists its waybills.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitFlight {
    /// The flight.
    pub plan: ConveyancePlan,
    /// Waybills that it carries from or to here.
    pub waybills: Vec<WaybillForm>,
    /// It is all of the manifest, and not one part of several.
    pub complete: bool,
}

#[async_trait]
impl UseCase for SubmitFlight {
    const NAME: &'static str = "conveyance.manifest-flight";
    type Outcome = WaybillsOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<WaybillsOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Conveyance::KIND))?;
        let id = self.plan.id();
        match unit.load::<Conveyance>(&id).await? {
            Some(known) if known.agent == unit.ctx.principal.organisation => {}
            Some(_) => {
                return Err(AppError::invalid(
                    "conveyance-known",
                    "/number",
                    "该航班已由另一单位申报",
                    "another organisation planned this flight",
                ));
            }
            None => {
                // A manifest names no cargo terminal: the port's own, or the first that is registered.
                let terminal = unit.app.cargo_terminal().await?;
                plan(unit, self.plan.clone(), &terminal).await?;
            }
        }
        let findings = list(unit, &id, &self.waybills, self.complete).await?;
        Ok(WaybillsOutcome { id, findings })
    }
}

impl App {
    /// Everything wrong with a manifest that has not been sent yet.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn check_waybills(&self, ctx: &Context, id: &str, waybills: &[WaybillForm]) -> Result<Vec<Finding>, AppError> {
        let seen = self.view::<Conveyance>(ctx, SubmitWaybills::NAME, id).await?;
        limits::rows(waybills.len(), CONVEYANCE_WAYBILLS_MAX, "/waybills")?;
        let mode = seen.state.plan.mode;
        let forms: Vec<WaybillForm> = waybills.iter().cloned().map(|form| normal(mode, form)).collect();
        let mut findings = check_waybills(mode, &forms);
        findings.truncate(crate::manifests::FINDINGS_MAX);
        Ok(findings)
    }

    /// Where flights are handled: the terminal of the configuration, or the first that is registered.
    async fn cargo_terminal(&self) -> Result<String, AppError> {
        if let Some(configured) = self.port().air_terminal.clone() {
            return Ok(configured);
        }
        let first = self.organisations().await?.into_iter().filter(|o| o.role == Role::Terminal).map(|o| o.id).min();
        first.ok_or_else(|| AppError::invalid("terminal-unknown", "/terminal", "没有登记航空货站", "no cargo terminal is registered"))
    }

    /// The way goods go, by the airports of their flight: in when they are unloaded here, out when they are loaded here.
    pub(crate) fn air_flow(&self, loading: &str) -> Flow {
        if self.port().airport.eq_ignore_ascii_case(loading) { Flow::Export } else { Flow::Import }
    }
}
