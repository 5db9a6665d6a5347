//! A train or flight with everything that belongs to it.

use std::collections::{BTreeMap, HashMap};

use clearance::Declaration;
use ledger::WorkRow;
use manifest::{Conveyance, Paper, Sheet, SheetDifference, SheetKind, Waybill, WaybillContent, papers_of, sheet_differences};

use crate::reading::{ListQuery, Seen};
use crate::{App, AppError, Context, Unit};

/// Declarations shown beside a waybill.
const DECLARATIONS_MAX: u32 = 10;

/// A sheet with where it differs.
#[derive(Clone, Debug)]
pub struct SheetView {
    /// Which.
    pub kind: SheetKind,
    /// The sheet.
    pub sheet: Sheet,
    /// Where it differs from the waybills.
    pub differences: Vec<SheetDifference>,
}

/// A train or flight with its papers.
#[derive(Clone, Debug)]
pub struct ConveyanceFile {
    /// The train or flight.
    pub seen: Seen<Conveyance>,
    /// Its waybills, in order of the manifest.
    pub waybills: Vec<(String, Waybill)>,
    /// Its sheets.
    pub sheets: Vec<SheetView>,
    /// Its papers.
    pub papers: Vec<Paper>,
}

impl App {
    /// A train or flight with its papers, if the asker may see it.
    ///
    /// # Errors
    /// As [`App::view`].
    pub async fn conveyance_file(&self, ctx: &Context, id: &str) -> Result<ConveyanceFile, AppError> {
        let seen = self.view::<Conveyance>(ctx, "conveyance.read", id).await?;
        self.file_of(seen).await
    }

    /// The papers of a train or flight that was read.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn file_of(&self, seen: Seen<Conveyance>) -> Result<ConveyanceFile, AppError> {
        let mut known: HashMap<String, Waybill> = self.peek_many(seen.state.waybills.iter().cloned()).await?;
        let waybills: Vec<(String, Waybill)> =
            seen.state.waybills.iter().filter_map(|number| Some((number.clone(), known.remove(number)?))).collect();
        let tolerance = self.port().transhipment_mass_tolerance_per_mille;
        let sheets = sheets_of(&seen.state, &waybills, tolerance);
        let papers = papers_of(&seen.state, &counts(&sheets));
        Ok(ConveyanceFile { seen, waybills, sheets, papers })
    }

    /// Declarations that name a waybill and that the asker may see, newest first.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn declarations_of_waybill(&self, ctx: &Context, number: &str) -> Result<Vec<(Seen<Declaration>, WorkRow)>, AppError> {
        if !self.rights().allows(ctx.principal.role, "declaration.read", true, true) {
            return Ok(Vec::new());
        }
        let query = ListQuery { keys: vec![number.to_uppercase()], limit: DECLARATIONS_MAX, ..ListQuery::default() };
        Ok(self.list::<Declaration>(ctx, "declaration.read", query).await?.items)
    }
}

pub(super) fn sheets_of(conveyance: &Conveyance, waybills: &[(String, Waybill)], tolerance: u32) -> Vec<SheetView> {
    let contents: BTreeMap<String, WaybillContent> =
        waybills.iter().map(|(number, waybill)| (number.clone(), waybill.content.clone())).collect();
    let told = conveyance.sheets.iter().filter(|(_, sheet)| !sheet.lines.is_empty());
    told.map(|(kind, sheet)| SheetView {
        kind: *kind,
        sheet: sheet.clone(),
        differences: sheet_differences(&contents, &sheet.lines, tolerance),
    })
    .collect()
}

pub(super) fn counts(sheets: &[SheetView]) -> BTreeMap<SheetKind, usize> {
    sheets.iter().map(|view| (view.kind, view.differences.len())).collect()
}

/// The waybills of a train inside a command.
pub(super) async fn waybills_in(unit: &mut Unit<'_>, conveyance: &Conveyance) -> Result<Vec<(String, Waybill)>, AppError> {
    let mut found = Vec::with_capacity(conveyance.waybills.len());
    for number in &conveyance.waybills {
        found.push((number.clone(), unit.get::<Waybill>(number).await?));
    }
    Ok(found)
}
