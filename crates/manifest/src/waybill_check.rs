//! What can be wrong with the waybills of a train or flight: everything at once, each at its field.

use std::collections::BTreeSet;

use codes::{AirWaybillNumber, BillNumber, ContainerNumber, Finding, Mass, Text};
use serde::{Deserialize, Serialize};

use crate::check::{DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX, amounts, consignee_code, hs_shaped, text_field};
use crate::waybill::{TransportMode, Waybill, WaybillContent};

/// Most wagons, boxes and air units of one waybill.
pub const WAYBILL_UNITS_MAX: usize = 200;
/// Longest name of a station, wagon, unit or seal, characters.
const NAME_MAX: usize = 64;

/// A waybill as it is listed on a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaybillForm {
    /// Number (运单号).
    pub number: String,
    /// What it says.
    pub content: WaybillContent,
    /// Whether all of it is on this flight (shipment description code); rail waybills are always whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment: Option<String>,
    /// Packages on this flight, where they are fewer than all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packages: Option<u32>,
    /// Mass on this flight, kg, where it is less than all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Mass>,
}

fn fault(code: &'static str, pointer: impl Into<String>, zh: String, en: String, hint: (&'static str, &'static str)) -> Finding {
    Finding::error(code, pointer, Text::new(zh, en), Text::new(hint.0, hint.1))
}

/// Checks the waybills of a manifest. Pointers begin with `/waybills/{n}`.
pub fn check_waybills(mode: TransportMode, waybills: &[WaybillForm]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, form) in waybills.iter().enumerate() {
        let at = |rest: &str| format!("/waybills/{index}{rest}");
        found.extend(check_number(mode, &form.number).map(|mut finding| {
            finding.pointer = at("/number");
            finding
        }));
        if !seen.insert(form.number.to_uppercase()) {
            found.push(fault(
                "waybill-twice",
                at("/number"),
                format!("运单号 {} 重复。", form.number),
                format!("Waybill {} appears twice.", form.number),
                ("合并或更正运单号。", "Merge the two, or correct one number."),
            ));
        }
        for mut finding in check_waybill(mode, &form.content) {
            finding.pointer = at(&finding.pointer);
            found.push(finding);
        }
    }
    found
}

fn check_number(mode: TransportMode, number: &str) -> Option<Finding> {
    let hint = match mode {
        TransportMode::Rail => ("运单号为 1 至 32 位可见字符。", "A waybill number has 1 to 32 visible characters."),
        TransportMode::Air => (
            "航空运单号为 3 位代码、7 位序号和 1 位校验位（序号除以 7 的余数）。",
            "An air waybill number is a prefix of 3 digits, 7 digits, and the remainder of these by 7.",
        ),
    };
    let fault = match mode {
        TransportMode::Rail => number.parse::<BillNumber>().err()?,
        TransportMode::Air => number.parse::<AirWaybillNumber>().err()?,
    };
    let code = if fault.code() == "code.check-digit" { "waybill-awb-check" } else { "waybill-number" };
    Some(Finding::error(code, "/number", Text::new(fault.zh(), fault.to_string()), Text::new(hint.0, hint.1)))
}

/// Most seals of a unit.
const SEALS_MAX: usize = 10;

/// Checks what one waybill says. Pointers are those of [`WaybillContent`] as JSON.
pub fn check_waybill(mode: TransportMode, content: &WaybillContent) -> Vec<Finding> {
    let mut found = Vec::new();
    text_field(&content.origin, "/origin", NAME_MAX, &mut found);
    text_field(&content.destination, "/destination", NAME_MAX, &mut found);
    text_field(&content.goods, "/goods", DESCRIPTION_LENGTH_MAX, &mut found);
    amounts(content.packages, content.gross_kg, "/packages", "/gross_kg", &mut found);
    // An air manifest names no parties: they come with the waybill itself.
    if mode == TransportMode::Rail {
        text_field(&content.shipper.name, "/shipper/name", NAME_LENGTH_MAX, &mut found);
        text_field(&content.consignee.name, "/consignee/name", NAME_LENGTH_MAX, &mut found);
        consignee_code(content.consignee.uscc.as_deref(), &mut found);
    }
    if mode == TransportMode::Air {
        let named = [("/shipper/name", &content.shipper.name), ("/consignee/name", &content.consignee.name)];
        for (pointer, name) in named.into_iter().filter(|(_, name)| !name.is_empty()) {
            text_field(name, pointer, NAME_LENGTH_MAX, &mut found);
        }
        if let Some(code) = &content.consignee.uscc {
            text_field(code, "/consignee/uscc", NAME_MAX, &mut found);
        }
    }
    if let Some(code) = content.hs_code.as_ref().filter(|code| !hs_shaped(code)) {
        found.push(fault(
            "bill-hs-malformed",
            "/hs_code",
            format!("商品编码“{code}”格式不符。"),
            format!("HS code {code} is malformed."),
            ("使用 4、6、8、10 或 13 位数字。", "Use 4, 6, 8, 10 or 13 digits."),
        ));
    }
    if let Some(un) = content.un_no.as_ref().filter(|un| un.len() != 4 || !un.bytes().all(|b| b.is_ascii_digit())) {
        found.push(fault(
            "bill-un-number",
            "/un_no",
            format!("联合国编号“{un}”应为 4 位数字。"),
            format!("UN number {un} must have four digits."),
            ("按危险货物清单更正。", "Correct it from the dangerous goods list."),
        ));
    }
    units(content, &mut found);
    found
}

fn units(content: &WaybillContent, found: &mut Vec<Finding>) {
    if content.units.len() > WAYBILL_UNITS_MAX {
        let count = content.units.len();
        found.push(fault(
            "waybill-too-many-units",
            "/units",
            format!("{count} 个，上限 {WAYBILL_UNITS_MAX}。"),
            format!("{count} of them; at most {WAYBILL_UNITS_MAX}."),
            ("拆分运单。", "Split the waybill."),
        ));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, unit) in content.units.iter().enumerate() {
        let at = |field: &str| format!("/units/{index}/{field}");
        let named = [("wagon", &unit.wagon), ("container", &unit.container), ("uld", &unit.uld), ("size_type", &unit.size_type)];
        for (field, text) in named.into_iter().filter_map(|(field, text)| Some((field, text.as_ref()?))) {
            text_field(text, &at(field), NAME_MAX, found);
        }
        for (n, seal) in unit.seals.iter().take(SEALS_MAX + 1).enumerate() {
            if n == SEALS_MAX {
                found.push(fault(
                    "waybill-too-many-seals",
                    at("seals"),
                    format!("{} 个封志，上限 {SEALS_MAX}。", unit.seals.len()),
                    format!("{} seals; at most {SEALS_MAX}.", unit.seals.len()),
                    ("填写主要封志。", "Name the main seals."),
                ));
            }
            text_field(seal, &at(&format!("seals/{n}")), NAME_MAX, found);
        }
        if unit.name().is_empty() {
            found.push(fault(
                "waybill-unit-unnamed",
                at("container"),
                "未填箱号或车皮号。".to_owned(),
                "Neither box nor wagon is named.".to_owned(),
                ("填写箱号；散货填写车皮号。", "Give the box number; the wagon number where goods lie in the wagon itself."),
            ));
        } else if !seen.insert(unit.name().to_uppercase()) {
            found.push(fault(
                "waybill-unit-twice",
                at("container"),
                format!("{} 重复。", unit.name()),
                format!("{} appears twice.", unit.name()),
                ("删除重复行。", "Remove the duplicate."),
            ));
        }
        // Boxes of railways need not be numbered by ISO 6346: kept as received, and flagged.
        let doubtful = unit.container.as_ref().and_then(|number| match ContainerNumber::parse_lenient(number) {
            Ok((_, fault)) => fault.map(|fault| (fault.zh(), fault.to_string())),
            Err(fault) => Some((fault.zh(), fault.to_string())),
        });
        if let Some((zh, en)) = doubtful {
            let hint =
                Text::new("核对箱号（4 位字母、6 位数字、1 位校验位）。", "Check the number: four letters, six digits, one check digit.");
            found.push(Finding::warning("bill-container-number", at("container"), Text::new(zh, en), hint));
        }
    }
    let packages: Option<u64> = content.units.iter().map(|unit| unit.packages.map(u64::from)).sum();
    if !content.units.is_empty() && packages.is_some_and(|sum| sum != u64::from(content.packages)) {
        let (sum, all) = (packages.unwrap_or_default(), content.packages);
        found.push(Finding::warning(
            "bill-packages-differ",
            "/packages",
            Text::new(format!("各箱合计 {sum} 件，运单 {all} 件。"), format!("The units hold {sum} packages, the waybill {all}.")),
            Text::new("核对件数。", "Check the number of packages."),
        ));
    }
    let masses: Option<Vec<Mass>> = content.units.iter().map(|unit| unit.gross_kg).collect();
    if let Some(sum) = masses.filter(|masses| !masses.is_empty()).and_then(Mass::sum)
        && sum != content.gross_kg
    {
        found.push(Finding::warning(
            "bill-gross-differs",
            "/gross_kg",
            Text::new(
                format!("各箱毛重合计 {sum} 千克，运单 {} 千克。", content.gross_kg),
                format!("The units weigh {sum} kg, the waybill {} kg.", content.gross_kg),
            ),
            Text::new("核对毛重（千克，不含箱体自重）。", "Check the gross mass in kilograms, without the tare of the box."),
        ));
    }
}

/// Whether an air waybill, its flights and its houses agree in packages and mass, as far as they are known: what is on all flights may be
/// less than the waybill, since more may still come, and never more; houses add up to their master.
pub fn waybill_totals(waybill: &Waybill, tolerance_per_mille: u32) -> Vec<Finding> {
    let own = (u64::from(waybill.content.packages), waybill.content.gross_kg);
    let mut found = Vec::new();
    let mut differs = |code: &'static str, what: (&str, &str), sum: (u64, Mass)| {
        let (zh, en) = what;
        found.push(Finding::warning(
            code,
            "",
            Text::new(
                format!("{zh}合计 {} 件 {} 千克，运单 {} 件 {} 千克。", sum.0, sum.1, own.0, own.1),
                format!("{en} have {} packages of {} kg, the waybill {} of {} kg.", sum.0, sum.1, own.0, own.1),
            ),
            Text::new("核对件数与重量，更正有误的一方。", "Check packages and mass, and correct the side that is wrong."),
        ));
    };
    if let Some(sum) = waybill.carried().filter(|_| !waybill.carriages.is_empty()) {
        let all = sum.0 == own.0;
        let more = sum.0 > own.0 || (sum.1 > own.1 && crate::sheet::apart(own.1, sum.1, tolerance_per_mille));
        if more || (all && crate::sheet::apart(own.1, sum.1, tolerance_per_mille)) {
            differs("waybill-carried-differs", ("各航班", "All flights"), sum);
        }
    }
    if let Some(sum) = waybill.housed()
        && (sum.0 != own.0 || crate::sheet::apart(own.1, sum.1, tolerance_per_mille))
    {
        differs("waybill-houses-differ", ("分运单", "The houses"), sum);
    }
    found
}
