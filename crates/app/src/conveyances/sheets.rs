//! What the yard reports of a train (进场理货单、运抵报告、出口理货、装车记录): by form and by rail supervision messages.
//!
//! A message names no train: each line is taken to the train on whose manifest its waybill is.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use codes::{Finding, Flow};
use ledger::{Aggregate, ObjectRef, Timestamp};
use manifest::{
    Conveyance, ConveyanceArrived, ConveyancePhase, LineKey, SHEET_LINES_MAX, SheetDeleted, SheetKind, SheetLine, SheetReported,
    TransportMode, Waybill, WaybillArrived, sheet_differences,
};
use serde::{Deserialize, Serialize};

use crate::calls::plausible;
use crate::discharge::own_terminal;
use crate::reading::ListQuery;
use crate::rights::Resource;
use crate::{AppError, Context, Unit, UseCase, limits};

/// Reports lines of a sheet. Lines that cannot be recorded come back as findings; the others are recorded.
#[derive(Clone, Debug, Serialize)]
pub struct ReportSheet {
    /// Which sheet.
    pub sheet: SheetKind,
    /// Train, where it is named.
    pub conveyance: Option<String>,
    /// Lines.
    pub lines: Vec<SheetLine>,
    /// Place as told.
    pub place: Option<String>,
    /// When the work began.
    pub began_at: Option<Timestamp>,
    /// When it ended, or when the goods arrived.
    pub ended_at: Option<Timestamp>,
}

/// What became of the lines of a sheet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SheetOutcome {
    /// Lines that were recorded, or were already.
    pub accepted: usize,
    /// Trains that they belong to.
    pub conveyances: Vec<String>,
    /// What was wrong with the others; pointers begin with `/lines/{n}`.
    pub findings: Vec<Finding>,
}

#[async_trait]
impl UseCase for ReportSheet {
    const NAME: &'static str = "conveyance.report-sheet";
    type Outcome = SheetOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<SheetOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Conveyance::KIND))?;
        limits::rows(self.lines.len(), SHEET_LINES_MAX, "/lines")?;
        limits::optional(self.place.as_ref(), "/place", limits::SHORT_TEXT_MAX)?;
        let now = unit.at();
        let began_at = self.began_at.map(|at| plausible(at, now, "/began_at")).transpose()?;
        let ended_at = self.ended_at.map(|at| plausible(at, now, "/ended_at")).transpose()?;
        let mut outcome = SheetOutcome::default();
        let mut by_train: BTreeMap<String, Vec<(usize, SheetLine)>> = BTreeMap::new();
        for (index, line) in self.lines.iter().enumerate() {
            match placed(unit, self.sheet, self.conveyance.as_deref(), line.clone()).await {
                Ok((train, line)) => by_train.entry(train).or_default().push((index, line)),
                Err(error) => outcome.findings.push(crate::discharge::row_finding(error, &format!("/lines/{index}"))?),
            }
        }
        for (train, lines) in by_train {
            let (rows, lines): (Vec<usize>, Vec<SheetLine>) = lines.into_iter().unzip();
            let waybills: BTreeSet<String> = lines.iter().map(|line| line.waybill.clone()).collect();
            let state = unit.get::<Conveyance>(&train).await?;
            let command = SheetReported {
                sheet: self.sheet,
                lines: last_of_each(lines),
                place: self.place.clone(),
                began_at,
                ended_at,
                by: unit.ctx.principal.organisation.clone(),
                message: unit.ctx.message.clone(),
            };
            match manifest::decide_report_sheet(&state, command) {
                Ok(events) => unit.record::<Conveyance>(&train, events, now).await?,
                // Told again is no fault: the yard is answered as before.
                Err(refusal) if refusal.code == "sheet-repeated" => {}
                Err(refusal) => {
                    // Each line of the train is answered.
                    outcome.findings.extend(rows.iter().map(|row| super::refused(refusal.clone(), format!("/lines/{row}"))));
                    continue;
                }
            }
            outcome.accepted += rows.len();
            a_tallied_train_is_here(unit, &train, self.sheet, ended_at.or(began_at).unwrap_or(now)).await?;
            goods_here(unit, &train, self.sheet, waybills.iter().map(String::as_str), ended_at.unwrap_or(now)).await?;
            outcome.conveyances.push(train);
        }
        Ok(outcome)
    }
}

/// Of two lines about the same box the later one holds.
fn last_of_each(lines: Vec<SheetLine>) -> Vec<SheetLine> {
    let mut kept: BTreeMap<LineKey, SheetLine> = BTreeMap::new();
    for line in lines {
        kept.insert(line.key(), line);
    }
    kept.into_values().collect()
}

/// The train of a line, and the line as it is kept.
async fn placed(unit: &mut Unit<'_>, sheet: SheetKind, train: Option<&str>, line: SheetLine) -> Result<(String, SheetLine), AppError> {
    let mut line = checked(line)?;
    let waybill = waybill_of(unit, sheet, &line).await?;
    let Some((number, state)) = waybill else {
        return Err(AppError::invalid(
            "waybill-unknown",
            "/waybill",
            format!("运单 {} 不在本场站列车的舱单上", line.waybill),
            format!("waybill {} is on no manifest of a train of this yard", line.waybill),
        ));
    };
    if state.release.is_some() && sheet != SheetKind::Loading && sheet != SheetKind::ExportTally {
        return Err(AppError::invalid(
            "waybill-released",
            "/waybill",
            "运单已放行，理货或运抵记录不能再改",
            "the waybill is released; what was tallied changes no more",
        ));
    }
    if sheet == SheetKind::Loading && state.release.is_none() {
        return Err(AppError::invalid(
            "waybill-not-released",
            "/waybill",
            "运单未放行，不能装车",
            "the waybill is not released; it is not loaded",
        ));
    }
    line.waybill = number;
    let own = |id: &str| train.is_none_or(|train| train == id);
    let id = state.carriages.iter().map(|one| one.conveyance.clone()).find(|id| own(id));
    let id = id.ok_or_else(|| {
        AppError::invalid(
            "waybill-not-on-manifest",
            "/waybill",
            "运单不在该列车的舱单上",
            "the waybill is not on the manifest of this train",
        )
    })?;
    Ok((id, line))
}

fn checked(mut line: SheetLine) -> Result<SheetLine, AppError> {
    let unit = &mut line.unit;
    unit.uld = None;
    for (text, pointer) in [(&mut unit.wagon, "/wagon"), (&mut unit.container, "/container"), (&mut unit.size_type, "/size_type")] {
        *text = text.take().map(|text| text.trim().to_uppercase()).filter(|text| !text.is_empty());
        limits::optional(text.as_ref(), pointer, limits::SHORT_TEXT_MAX)?;
    }
    limits::rows(unit.seals.len(), 10, "/seals")?;
    for seal in &mut unit.seals {
        *seal = seal.trim().to_uppercase();
        limits::text(seal, "/seals", limits::SHORT_TEXT_MAX)?;
    }
    unit.seals.retain(|seal| !seal.is_empty());
    line.note = line.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    limits::optional(line.note.as_ref(), "/note", limits::NOTE_MAX)?;
    line.waybill = line.waybill.trim().to_uppercase();
    limits::text(&line.waybill, "/waybill", limits::SHORT_TEXT_MAX)?;
    Ok(line)
}

/// The waybill of a line: by its number, otherwise by its box. An arrival report numbers arrivals, not waybills.
async fn waybill_of(unit: &mut Unit<'_>, sheet: SheetKind, line: &SheetLine) -> Result<Option<(String, Waybill)>, AppError> {
    let principal = unit.ctx.principal.clone();
    let fits = move |state: &Waybill| {
        state.mode == TransportMode::Rail
            && state.flow == sheet.flow()
            && state.taken_off.is_none()
            && own_terminal(&principal, &state.terminal).is_ok()
    };
    if let Some(state) = unit.load::<Waybill>(&line.waybill).await?.filter(|state| fits(state)) {
        return Ok(Some((line.waybill.clone(), state)));
    }
    let Some(container) = line.unit.container.as_ref().filter(|_| sheet == SheetKind::ExportArrival) else { return Ok(None) };
    let platform = Context::platform(unit.at(), unit.ctx.request.clone());
    let query = ListQuery { keys: vec![container.clone()], open: Some(true), limit: 20, ..ListQuery::default() };
    let found = unit.app.list::<Waybill>(&platform, "waybill.read", query).await?.items;
    for (seen, _) in found {
        if let Some(state) = unit.load::<Waybill>(&seen.id).await?.filter(|state| fits(state)) {
            return Ok(Some((seen.id, state)));
        }
    }
    Ok(None)
}

/// A train that is tallied has arrived, whether somebody said so or not.
async fn a_tallied_train_is_here(unit: &mut Unit<'_>, train: &str, sheet: SheetKind, at: Timestamp) -> Result<(), AppError> {
    let state = unit.get::<Conveyance>(train).await?;
    if sheet != SheetKind::ImportTally || state.phase != ConveyancePhase::Planned {
        return Ok(());
    }
    let events = manifest::decide_arrive_conveyance(&state, ConveyanceArrived { at })?;
    unit.record::<Conveyance>(train, events, at).await
}

/// Waybills of which all is on the sheet that tells their arrival are here; those of which something is missing are not.
async fn goods_here<'w>(
    unit: &mut Unit<'_>,
    train: &str,
    sheet: SheetKind,
    waybills: impl Iterator<Item = &'w str>,
    at: Timestamp,
) -> Result<(), AppError> {
    let state = unit.get::<Conveyance>(train).await?;
    if state.arrival_sheet() != Some(sheet) {
        return Ok(());
    }
    let tolerance = unit.app.port().transhipment_mass_tolerance_per_mille;
    for number in waybills {
        let Some(waybill) = unit.load::<Waybill>(number).await? else { continue };
        let lines: Vec<SheetLine> = state.lines(sheet).iter().filter(|line| line.waybill == number).cloned().collect();
        let listed = &waybill.content.units;
        let all = if listed.is_empty() {
            !lines.is_empty()
        } else {
            listed.iter().all(|listed| lines.iter().any(|line| line.unit.name() == listed.name()))
        };
        let events = if all {
            let content = BTreeMap::from([(number.to_owned(), waybill.content.clone())]);
            let differs = !sheet_differences(&content, &lines, tolerance).is_empty();
            let known = waybill.arrived.as_ref().map(|known| known.at);
            let command = WaybillArrived { conveyance: Some(train.to_owned()), at: known.unwrap_or(at), differs };
            manifest::decide_waybill_arrived(&waybill, command)
        } else {
            manifest::decide_arrival_withdrawn(&waybill)
        };
        unit.record::<Waybill>(number, events, unit.at()).await?;
    }
    Ok(())
}

/// A manifest that changes after the yard reported is compared with the sheet anew.
pub(super) async fn told_again(unit: &mut Unit<'_>, train: &str, waybills: &BTreeSet<&str>) -> Result<(), AppError> {
    let state = unit.get::<Conveyance>(train).await?;
    let Some(sheet) = state.arrival_sheet().filter(|sheet| !state.lines(*sheet).is_empty()) else { return Ok(()) };
    let at = state.sheets.get(&sheet).and_then(|sheet| sheet.ended_at).unwrap_or(unit.at());
    goods_here(unit, train, sheet, waybills.iter().copied(), at).await
}

/// Takes lines off a sheet.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteSheet {
    /// Which sheet.
    pub sheet: SheetKind,
    /// Train, where it is named.
    pub conveyance: Option<String>,
    /// Lines; one without a unit takes off all lines of its waybill.
    pub lines: Vec<LineKey>,
}

#[async_trait]
impl UseCase for DeleteSheet {
    const NAME: &'static str = "conveyance.delete-sheet";
    type Outcome = SheetOutcome;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<SheetOutcome, AppError> {
        unit.authorise(Self::NAME, &Resource::own(Conveyance::KIND))?;
        limits::rows(self.lines.len(), SHEET_LINES_MAX, "/lines")?;
        let mut outcome = SheetOutcome::default();
        for (index, key) in self.lines.iter().enumerate() {
            match self.delete(unit, key).await {
                Ok(train) => {
                    outcome.accepted += 1;
                    if !outcome.conveyances.contains(&train) {
                        outcome.conveyances.push(train);
                    }
                }
                Err(error) => outcome.findings.push(crate::discharge::row_finding(error, &format!("/lines/{index}"))?),
            }
        }
        Ok(outcome)
    }
}

impl DeleteSheet {
    async fn delete(&self, unit: &mut Unit<'_>, key: &LineKey) -> Result<String, AppError> {
        let unit_named = Some(key.unit.clone()).filter(|name| !name.is_empty());
        let line = SheetLine {
            waybill: key.waybill.clone(),
            unit: manifest::CargoUnit { container: unit_named, ..manifest::CargoUnit::default() },
            note: None,
        };
        let line = checked(line)?;
        let Some((number, state)) = waybill_of(unit, self.sheet, &line).await? else {
            return Err(AppError::invalid(
                "waybill-unknown",
                "/waybill",
                format!("运单 {} 不在本场站列车的舱单上", line.waybill),
                format!("waybill {} is on no manifest of a train of this yard", line.waybill),
            ));
        };
        if state.release.is_some() && self.sheet.flow() == Flow::Import || state.release.is_some() && self.sheet == SheetKind::ExportArrival
        {
            return Err(AppError::invalid(
                "waybill-released",
                "/waybill",
                "运单已放行，理货或运抵记录不能删除",
                "the waybill is released; what was tallied is not taken back",
            ));
        }
        let own = |id: &&String| self.conveyance.as_ref().is_none_or(|train| train == *id);
        let train = state.carriages.iter().map(|one| &one.conveyance).find(own).cloned();
        let train = train.ok_or_else(|| {
            AppError::invalid(
                "waybill-not-on-manifest",
                "/waybill",
                "运单不在该列车的舱单上",
                "the waybill is not on the manifest of this train",
            )
        })?;
        let conveyance = unit.get::<Conveyance>(&train).await?;
        let command = SheetDeleted {
            sheet: self.sheet,
            lines: vec![LineKey { waybill: number.clone(), unit: line.unit.name().to_owned() }],
            by: unit.ctx.principal.organisation.clone(),
            message: unit.ctx.message.clone(),
        };
        let events = manifest::decide_delete_sheet(&conveyance, command)?;
        unit.record::<Conveyance>(&train, events, unit.at()).await?;
        goods_here(unit, &train, self.sheet, std::iter::once(number.as_str()), unit.at()).await?;
        Ok(train)
    }
}

/// The waybills of a train as objects, read in one go.
pub(super) fn waybill_refs(conveyance: &Conveyance) -> Vec<ObjectRef> {
    conveyance.waybills.iter().map(|number| ObjectRef::new(Waybill::KIND, number.clone())).collect()
}
