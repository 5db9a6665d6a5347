//! What a rail yard reports of a train, wagon by wagon and box by box (铁路理货、运抵、装车), and where it differs from the waybills.
//!
//! The import tally is the electronic entry tally sheet (电子进场理货单), which takes the place of the paper at the yard's entry (MFT-06).

use std::collections::{BTreeMap, BTreeSet};

use codes::{Flow, Mass};
use ledger::Timestamp;
use serde::{Deserialize, Serialize};

use crate::waybill::WaybillContent;

/// Most lines of one sheet.
pub const SHEET_LINES_MAX: usize = 2_000;

/// Which sheet of a train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SheetKind {
    /// Import tally, the electronic entry tally sheet (进口理货报告、进场理货单): WLJK_IRTA.
    ImportTally,
    /// Export goods have arrived in the yard (运抵报告): WLJK_ERRA.
    ExportArrival,
    /// Export tally (出口理货报告): WLJK_ERTA.
    ExportTally,
    /// Loaded onto the train (装车记录): WLJK_TLA.
    Loading,
}

impl SheetKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ImportTally, Self::ExportArrival, Self::ExportTally, Self::Loading];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ImportTally => "import-tally",
            Self::ExportArrival => "export-arrival",
            Self::ExportTally => "export-tally",
            Self::Loading => "loading",
        }
    }

    /// The sheet of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Which trains have it.
    pub const fn flow(self) -> Flow {
        match self {
            Self::ImportTally => Flow::Import,
            Self::ExportArrival | Self::ExportTally | Self::Loading => Flow::Export,
        }
    }
}

/// A wagon, box or air unit with goods (车皮、集装箱、航空集装器).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CargoUnit {
    /// Wagon number (车皮号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wagon: Option<String>,
    /// Container number (箱号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Unit load device (航空集装器号), such as `AKE12345ZZ`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uld: Option<String>,
    /// Size and type of the container (箱型).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_type: Option<String>,
    /// Seals as told (封志号); one may begin with its kind: `M/` mechanical, `E/` electronic, `T/` special.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<String>,
    /// Packages (件数).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<u32>,
    /// Gross mass, kg (毛重).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Mass>,
}

impl CargoUnit {
    /// By what it is called: its box, its air unit, or its wagon when the goods lie in the wagon itself. Empty for loose goods.
    pub fn name(&self) -> &str {
        [&self.container, &self.uld, &self.wagon].into_iter().flatten().next().map_or("", String::as_str)
    }
}

/// One line of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetLine {
    /// Waybill number (运单号).
    pub waybill: String,
    /// What was found.
    #[serde(flatten)]
    pub unit: CargoUnit,
    /// Damage or remark (残损、备注).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl SheetLine {
    /// What tells it from the other lines of its sheet.
    pub fn key(&self) -> LineKey {
        LineKey { waybill: self.waybill.clone(), unit: self.unit.name().to_owned() }
    }
}

/// A line by what it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineKey {
    /// Waybill number.
    pub waybill: String,
    /// Box or wagon; empty for loose goods, and in a request for all lines of the waybill.
    #[serde(default)]
    pub unit: String,
}

/// A sheet as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Lines, by waybill and unit.
    pub lines: Vec<SheetLine>,
    /// Place as told (卸货地、装货地代码).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When the work began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// When it ended, or when the goods arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Who told it last, organisation id.
    pub by: String,
    /// When it was told last.
    pub at: Timestamp,
    /// Message that told it last, unless a form did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What differs between a sheet and the waybills (理货差异).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// On the waybill, and not on the sheet (短).
    Missing,
    /// On the sheet, and not on the waybill (溢).
    Unlisted,
    /// Another wagon.
    Wagon,
    /// Another size or type.
    SizeType,
    /// Another seal.
    Seal,
    /// Other packages.
    Packages,
    /// Another mass, beyond the tolerance.
    GrossMass,
}

impl DifferenceKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unlisted => "unlisted",
            Self::Wagon => "wagon",
            Self::SizeType => "size-type",
            Self::Seal => "seal",
            Self::Packages => "packages",
            Self::GrossMass => "gross-mass",
        }
    }
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetDifference {
    /// Waybill number.
    pub waybill: String,
    /// Box or wagon; empty for the waybill as a whole.
    pub unit: String,
    /// What differs.
    pub kind: DifferenceKind,
    /// As the waybill has it.
    pub manifested: String,
    /// As the sheet has it.
    pub reported: String,
}

/// Where a sheet differs from the waybills of its train. What one side does not tell differs in nothing. A waybill that is not on the sheet at
/// all is missing as a whole. `tolerance_per_mille` is by how much a mass may differ.
pub fn sheet_differences(
    waybills: &BTreeMap<String, WaybillContent>,
    lines: &[SheetLine],
    tolerance_per_mille: u32,
) -> Vec<SheetDifference> {
    let mut found = Vec::new();
    let mut of: BTreeMap<&str, Vec<&SheetLine>> = BTreeMap::new();
    for line in lines {
        of.entry(&line.waybill).or_default().push(line);
    }
    for (number, content) in waybills {
        let own = of.remove(number.as_str()).unwrap_or_default();
        of_waybill(number, content, &own, tolerance_per_mille, &mut found);
    }
    found
}

fn of_waybill(number: &str, content: &WaybillContent, own: &[&SheetLine], tolerance: u32, found: &mut Vec<SheetDifference>) {
    let mut differs = |unit: &str, kind, manifested: String, reported: String| {
        found.push(SheetDifference { waybill: number.to_owned(), unit: unit.to_owned(), kind, manifested, reported });
    };
    if own.is_empty() {
        return differs("", DifferenceKind::Missing, content.packages.to_string(), String::new());
    }
    // The first line of a unit counts, as it is read.
    let told_of: BTreeMap<&str, &SheetLine> = own.iter().rev().map(|line| (line.unit.name(), *line)).collect();
    for listed in &content.units {
        let name = listed.name();
        let Some(line) = told_of.get(name) else {
            differs(name, DifferenceKind::Missing, name.to_owned(), String::new());
            continue;
        };
        let told = &line.unit;
        for (kind, mine, theirs) in
            [(DifferenceKind::Wagon, &listed.wagon, &told.wagon), (DifferenceKind::SizeType, &listed.size_type, &told.size_type)]
        {
            if let (Some(mine), Some(theirs)) = (mine, theirs)
                && !mine.eq_ignore_ascii_case(theirs)
            {
                differs(name, kind, mine.clone(), theirs.clone());
            }
        }
        let strange = told.seals.iter().find(|seal| !listed.seals.iter().any(|known| same_seal(known, seal)));
        if let Some(strange) = strange.filter(|_| !listed.seals.is_empty()) {
            differs(name, DifferenceKind::Seal, listed.seals.join(" "), strange.clone());
        }
        figures(name, (listed.packages, listed.gross_kg), (told.packages, told.gross_kg), tolerance, &mut differs);
    }
    if !content.units.is_empty() {
        let known: BTreeSet<&str> = content.units.iter().map(CargoUnit::name).collect();
        for line in own.iter().filter(|line| !known.contains(line.unit.name())) {
            differs(line.unit.name(), DifferenceKind::Unlisted, String::new(), line.unit.name().to_owned());
        }
    }
    // Where the waybill does not tell what is in each unit, its totals are compared.
    let told_apart = |of: fn(&CargoUnit) -> bool| !content.units.is_empty() && content.units.iter().all(of);
    let packages = (!told_apart(|unit| unit.packages.is_some()))
        .then(|| own.iter().try_fold(0_u32, |sum, line| line.unit.packages.and_then(|count| sum.checked_add(count))))
        .flatten();
    let mass = (!told_apart(|unit| unit.gross_kg.is_some()))
        .then(|| own.iter().try_fold(Mass::default(), |sum, line| line.unit.gross_kg.and_then(|kg| sum.checked_add(kg))))
        .flatten();
    figures("", (Some(content.packages), Some(content.gross_kg)), (packages, mass), tolerance, &mut differs);
}

fn figures(
    unit: &str,
    listed: (Option<u32>, Option<Mass>),
    told: (Option<u32>, Option<Mass>),
    tolerance: u32,
    differs: &mut impl FnMut(&str, DifferenceKind, String, String),
) {
    if let (Some(mine), Some(theirs)) = (listed.0, told.0)
        && mine != theirs
    {
        differs(unit, DifferenceKind::Packages, mine.to_string(), theirs.to_string());
    }
    if let (Some(mine), Some(theirs)) = (listed.1, told.1)
        && apart(mine, theirs, tolerance)
    {
        differs(unit, DifferenceKind::GrossMass, mine.to_string(), theirs.to_string());
    }
}

/// Do two masses differ by more than the tolerance of the first?
pub(crate) fn apart(mine: Mass, theirs: Mass, tolerance_per_mille: u32) -> bool {
    let by = u128::from(mine.units().abs_diff(theirs.units()));
    by * 1_000 > u128::from(mine.units()) * u128::from(tolerance_per_mille)
}

/// The number of a seal without its kind.
fn bare_seal(seal: &str) -> &str {
    match seal.split_once('/') {
        Some(("M" | "E" | "T", number)) => number,
        Some(_) | None => seal,
    }
}

/// Is it the same seal, with or without its kind?
fn same_seal(mine: &str, theirs: &str) -> bool {
    crate::transhipment_match::same_code(bare_seal(mine), bare_seal(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(container: &str, packages: u32) -> CargoUnit {
        CargoUnit {
            container: Some(container.into()),
            wagon: Some("5243547".into()),
            seals: vec!["M/1001".into()],
            packages: Some(packages),
            gross_kg: Mass::from_kg(10_000),
            ..CargoUnit::default()
        }
    }

    fn content(units: Vec<CargoUnit>) -> WaybillContent {
        WaybillContent { packages: 40, gross_kg: Mass::from_kg(20_000).unwrap_or_default(), units, ..WaybillContent::default() }
    }

    fn differences(content: WaybillContent, lines: &[CargoUnit]) -> Vec<(String, &'static str)> {
        let lines: Vec<SheetLine> = lines.iter().map(|unit| SheetLine { waybill: "W1".into(), unit: unit.clone(), note: None }).collect();
        let found = sheet_differences(&BTreeMap::from([("W1".to_owned(), content)]), &lines, 30);
        found.into_iter().map(|one| (one.unit, one.kind.code())).collect()
    }

    #[test]
    fn a_sheet_as_manifested_differs_in_nothing() {
        let both = vec![unit("ZZZU0000017", 20), unit("ZZZU0000022", 20)];
        assert_eq!(differences(content(both.clone()), &both), []);
        let seal_without_kind = CargoUnit { seals: vec!["1001".into()], ..unit("ZZZU0000017", 20) };
        assert_eq!(differences(content(vec![unit("ZZZU0000017", 20)]), &[seal_without_kind]), []);
    }

    #[test]
    fn every_kind_of_difference_is_told_at_its_unit() {
        let other = CargoUnit {
            wagon: Some("1".into()),
            size_type: Some("45G1".into()),
            seals: vec!["M/9".into()],
            packages: Some(19),
            gross_kg: Mass::from_kg(11_000),
            ..unit("ZZZU0000017", 20)
        };
        let listed = CargoUnit { size_type: Some("42G1".into()), ..unit("ZZZU0000017", 20) };
        let told = differences(content(vec![listed, unit("ZZZU0000022", 20)]), &[other, unit("ZZZU0000038", 1)]);
        let at = |name: &str| told.iter().filter(|(unit, _)| unit == name).map(|(_, kind)| *kind).collect::<Vec<_>>();
        assert_eq!(at("ZZZU0000017"), ["wagon", "size-type", "seal", "packages", "gross-mass"]);
        assert_eq!((at("ZZZU0000022"), at("ZZZU0000038")), (vec!["missing"], vec!["unlisted"]));
    }

    #[test]
    fn loose_goods_are_compared_as_a_whole_and_within_the_tolerance() {
        let wagon = |packages, kg| CargoUnit {
            wagon: Some("1".into()),
            packages: Some(packages),
            gross_kg: Mass::from_kg(kg),
            ..CargoUnit::default()
        };
        assert_eq!(differences(content(Vec::new()), &[wagon(40, 20_600)]), [], "30 per mille of 20,000 kg are 600 kg");
        assert_eq!(differences(content(Vec::new()), &[wagon(39, 20_601)]), [(String::new(), "packages"), (String::new(), "gross-mass")]);
        assert_eq!(differences(content(Vec::new()), &[]), [(String::new(), "missing")]);
    }
}
