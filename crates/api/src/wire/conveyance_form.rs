//! What is sent about trains, flights and their waybills.

use codes::{Flow, Mass};
use manifest::{
    AttachedKind, CargoUnit as UnitState, ConveyancePlan, ReleaseMode, SheetKind, SheetLine as LineState, TransportMode, WaybillContent,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Finding, Instant};
use crate::problem::Problem;

/// Which trains and flights, or which waybills.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct ConveyanceQuery {
    /// Status codes, separated by commas.
    pub status: Option<String>,
    /// `rail` or `air`.
    pub mode: Option<String>,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// The plan of a train or flight (班列计划、航班计划).
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ConveyanceForm {
    /// `rail` or `air`.
    pub mode: String,
    /// `import` or `export`.
    pub flow: String,
    /// Train or flight number, 1 to 16 letters and digits.
    pub number: String,
    /// Day of its schedule here, YYYY-MM-DD.
    pub day: String,
    /// From, at most 64 characters.
    pub origin: String,
    /// To, at most 64 characters.
    pub destination: String,
    /// Border station of a train.
    #[serde(default)]
    pub border: Option<String>,
    /// Supervised place here, as partners call it.
    #[serde(default)]
    pub place: Option<String>,
    /// When it is expected here, or is to leave.
    #[schema(value_type = String, format = DateTime)]
    pub expected_at: ledger::Timestamp,
    /// Yard or cargo terminal, organisation id.
    pub terminal: String,
}

impl ConveyanceForm {
    pub fn plan(self) -> Result<(ConveyancePlan, String), Problem> {
        let mode = mode_of(&self.mode)?;
        let flow = match self.flow.as_str() {
            "import" => Flow::Import,
            "export" => Flow::Export,
            _ => return Err(Problem::bad("conveyance-flow", "flow 须为 import 或 export。", "flow is import or export.")),
        };
        let Self { number, day, origin, destination, border, place, expected_at, terminal, .. } = self;
        Ok((ConveyancePlan { mode, flow, number, day, origin, destination, border, place, expected_at }, terminal.trim().to_owned()))
    }
}

fn mode_of(code: &str) -> Result<TransportMode, Problem> {
    match code {
        "rail" => Ok(TransportMode::Rail),
        "air" => Ok(TransportMode::Air),
        _ => Err(Problem::bad("conveyance-mode", "mode 须为 rail 或 air。", "mode is rail or air.")),
    }
}

/// A wagon, box or air unit.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct CargoUnit {
    /// Wagon number.
    pub wagon: Option<String>,
    /// Container number.
    pub container: Option<String>,
    /// Unit load device.
    pub uld: Option<String>,
    /// Size and type.
    pub size_type: Option<String>,
    /// Seals; one may begin with its kind, such as `M/1001`.
    pub seals: Vec<String>,
    /// Packages.
    pub packages: Option<u32>,
    /// Gross mass, kg, a decimal.
    pub gross_kg: Option<String>,
}

fn kilograms(text: Option<&str>) -> Result<Option<Mass>, Problem> {
    match text.map(str::trim).filter(|text| !text.is_empty()).map(str::parse::<Mass>) {
        None => Ok(None),
        Some(Ok(kg)) => Ok(Some(kg)),
        Some(Err(_)) => Err(Problem::bad("waybill-mass", "重量不是有效数字。", "A mass is not a decimal.")),
    }
}

impl CargoUnit {
    fn state(self) -> Result<UnitState, Problem> {
        let gross_kg = kilograms(self.gross_kg.as_deref())?;
        let Self { wagon, container, uld, size_type, seals, packages, .. } = self;
        Ok(UnitState { wagon, container, uld, size_type, seals, packages, gross_kg })
    }
}

impl From<&UnitState> for CargoUnit {
    fn from(unit: &UnitState) -> Self {
        Self {
            wagon: unit.wagon.clone(),
            container: unit.container.clone(),
            uld: unit.uld.clone(),
            size_type: unit.size_type.clone(),
            seals: unit.seals.clone(),
            packages: unit.packages,
            gross_kg: unit.gross_kg.map(|kg| kg.to_string()),
        }
    }
}

/// A waybill for a manifest.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct WaybillForm {
    /// Number.
    pub number: String,
    /// From.
    pub origin: String,
    /// To.
    pub destination: String,
    /// Shipper's name.
    pub shipper: String,
    /// Consignee's name.
    pub consignee: String,
    /// Consignee's unified social credit code.
    pub consignee_uscc: Option<String>,
    /// Goods.
    pub goods: String,
    /// HS code, 4, 6, 8, 10 or 13 digits.
    pub hs_code: Option<String>,
    /// UN number of dangerous goods.
    pub un_no: Option<String>,
    /// Packages in all.
    pub packages: u32,
    /// Gross mass in all, kg, a decimal.
    pub gross_kg: String,
    /// Wagons, boxes or air units, at most 200.
    pub units: Vec<CargoUnit>,
    /// Shipment description code of an air waybill: T, P, S, D or M.
    pub shipment: Option<String>,
    /// Packages on this flight, where they are fewer than all.
    pub carried_packages: Option<u32>,
    /// Mass on this flight, kg, where it is less than all.
    pub carried_gross_kg: Option<String>,
}

impl WaybillForm {
    fn state(self) -> Result<manifest::WaybillForm, Problem> {
        let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let units = self.units.into_iter().take(manifest::WAYBILL_UNITS_MAX + 1).map(CargoUnit::state).collect::<Result<Vec<_>, _>>()?;
        let shipment = filled(self.shipment);
        if shipment.as_ref().is_some_and(|code| !["T", "P", "S", "D", "M"].contains(&code.as_str())) {
            return Err(Problem::bad("waybill-shipment", "shipment 须为 T、P、S、D 或 M。", "shipment is T, P, S, D or M."));
        }
        Ok(manifest::WaybillForm {
            number: self.number,
            content: WaybillContent {
                origin: self.origin.trim().to_owned(),
                destination: self.destination.trim().to_owned(),
                shipper: manifest::Party { name: self.shipper.trim().to_owned(), address: None },
                consignee: manifest::Consignee { uscc: filled(self.consignee_uscc), name: self.consignee.trim().to_owned(), org: None },
                goods: self.goods.trim().to_owned(),
                hs_code: filled(self.hs_code),
                un_no: filled(self.un_no),
                packages: self.packages,
                gross_kg: kilograms(Some(&self.gross_kg))?.unwrap_or_default(),
                units,
            },
            shipment,
            packages: self.carried_packages,
            gross_kg: kilograms(self.carried_gross_kg.as_deref())?,
        })
    }
}

/// Waybills of a train or flight.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct WaybillsForm {
    /// Waybills, at most 1,000; those that are listed already are changed.
    pub waybills: Vec<WaybillForm>,
    /// They are the whole manifest: others are taken off.
    pub complete: bool,
}

impl WaybillsForm {
    pub fn forms(self) -> Result<Vec<manifest::WaybillForm>, Problem> {
        if self.waybills.len() > manifest::CONVEYANCE_WAYBILLS_MAX {
            return Err(Problem::bad("too-many-rows", "最多 1000 票运单。", "At most 1,000 waybills."));
        }
        self.waybills.into_iter().map(WaybillForm::state).collect()
    }
}

/// A line of a sheet.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct SheetLine {
    /// Waybill number.
    pub waybill: String,
    /// What was found.
    #[serde(flatten)]
    pub unit: CargoUnit,
    /// Damage or remark, at most 500 characters.
    pub note: Option<String>,
}

/// What the yard reports of a train.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct SheetForm {
    /// `import-tally` (entry tally sheet), `export-arrival`, `export-tally` or `loading`.
    pub sheet: String,
    /// Lines, at most 2,000.
    pub lines: Vec<SheetLine>,
    /// Place, at most 64 characters.
    pub place: Option<String>,
    /// When the work began.
    pub began_at: Option<Instant>,
    /// When it ended, or when the goods arrived.
    pub ended_at: Option<Instant>,
}

pub(crate) fn sheet_of(code: &str) -> Result<SheetKind, Problem> {
    SheetKind::of(code).ok_or_else(|| {
        Problem::bad(
            "sheet-kind",
            "sheet 须为 import-tally、export-arrival、export-tally 或 loading。",
            "sheet is import-tally, export-arrival, export-tally or loading.",
        )
    })
}

impl SheetForm {
    pub fn lines(&self) -> Result<Vec<LineState>, Problem> {
        if self.lines.len() > manifest::SHEET_LINES_MAX {
            return Err(Problem::bad("too-many-rows", "最多 2000 行。", "At most 2,000 lines."));
        }
        let line =
            |line: &SheetLine| Ok(LineState { waybill: line.waybill.clone(), unit: line.unit.clone().state()?, note: line.note.clone() });
        self.lines.iter().map(line).collect()
    }
}

/// Lines that are taken off a sheet.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct SheetDeletion {
    /// Which sheet.
    pub sheet: String,
    /// Lines, at most 2,000.
    pub lines: Vec<SheetKey>,
}

/// Which line.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct SheetKey {
    /// Waybill number.
    pub waybill: String,
    /// Box or wagon; all lines of the waybill when left out.
    pub unit: String,
}

/// What became of the lines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SheetResult {
    /// Lines that were recorded, or were already.
    pub accepted: usize,
    /// What was wrong with the others.
    pub findings: Vec<Finding>,
}

/// A paper that was uploaded before.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct PaperForm {
    /// `waybill`, `packing-list`, `invoice` or `other`.
    pub kind: String,
    /// Waybill it belongs to.
    #[serde(default)]
    pub waybill: Option<String>,
    /// File name.
    pub name: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

impl PaperForm {
    pub fn kind(&self) -> Result<AttachedKind, Problem> {
        AttachedKind::ALL.into_iter().find(|kind| kind.code() == self.kind).ok_or_else(|| {
            Problem::bad(
                "paper-kind",
                "kind 须为 waybill、packing-list、invoice 或 other。",
                "kind is waybill, packing-list, invoice or other.",
            )
        })
    }
}

/// A remark.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct PapersNote {
    /// At most 500 characters; needed where something differs.
    pub note: Option<String>,
}

/// How a waybill is released.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct WaybillReleaseForm {
    /// 02 transit, 03 across districts, 04 within the district, 05 declared inland, 06 declared, 08 by hand, 09 non-trade, 10 in part.
    pub mode: String,
    /// Declaration number, 18 digits.
    #[serde(default)]
    pub entry_id: Option<String>,
    /// At most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

impl WaybillReleaseForm {
    pub fn mode(&self) -> Result<ReleaseMode, Problem> {
        ReleaseMode::of(&self.mode).ok_or_else(|| Problem::bad("release-mode", "放行方式代码不正确。", "This is no mode of release."))
    }
}

/// When something happened.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub(crate) struct ConveyanceMoment {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: ledger::Timestamp,
}
