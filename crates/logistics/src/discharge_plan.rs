//! What a discharge order is compared with before it is sent (卸船指令比对): the manifests of the call, and the stowage plan.

use std::collections::BTreeMap;

use codes::{Finding, Mass, Text};

use crate::work_order::ListedBox;

/// Heaviest empty box, kg: what the mass of a stowage plan (box and goods) may be above that of the goods on the manifest. A 45-foot
/// refrigerated container weighs some five tonnes; there is no published limit, so this is a bound for obvious mistakes only.
pub const TARE_KG_MAX: u64 = 6_000;
/// Most differences told of one order; one more says how many there are.
pub const DIFFERENCES_MAX: usize = 500;

/// Codes of a size and type, and of a mass, that differ.
const SIZE: &str = "discharge-size-differs";
const MASS: &str = "discharge-mass-differs";

/// A box as a stowage plan tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StowedBox {
    /// Container number.
    pub number: String,
    /// Size and type.
    pub size_type: Option<String>,
    /// Mass of box and goods.
    pub gross_kg: Option<Mass>,
    /// Port of loading, as sent.
    pub loading: Option<String>,
    /// Port of discharge, as sent.
    pub discharge: Option<String>,
    /// Cell.
    pub cell: Option<String>,
}

/// Everything in which an order differs from the manifests of its call and from the stowage plan, box by box: warnings, because the agent may
/// know better. `port` is this port, UN/LOCODE; `stowed` is `None` when no plan was received.
pub fn discharge_differences(port: &str, ordered: &[ListedBox], manifested: &[ListedBox], stowed: Option<&[StowedBox]>) -> Vec<Finding> {
    let by_number = |boxes: &[ListedBox]| boxes.iter().map(|one| (one.number.clone(), one.clone())).collect::<BTreeMap<_, _>>();
    let (order, manifest) = (by_number(ordered), by_number(manifested));
    let plan: Option<BTreeMap<&str, &StowedBox>> = stowed.map(|plan| plan.iter().map(|one| (one.number.as_str(), one)).collect());
    let here = |one: &StowedBox| one.discharge.as_deref().is_none_or(|at| at.eq_ignore_ascii_case(port));
    let mut numbers: Vec<&str> = order.keys().chain(manifest.keys()).map(String::as_str).collect();
    numbers.extend(plan.iter().flatten().filter(|(_, one)| one.discharge.is_some() && here(one)).map(|(number, _)| *number));
    numbers.sort_unstable();
    numbers.dedup();
    let mut found = Vec::new();
    for number in numbers {
        let (in_order, in_manifest) = (order.get(number), manifest.get(number));
        let in_plan = plan.as_ref().and_then(|plan| plan.get(number)).copied();
        match (in_order, in_manifest) {
            (Some(_), None) => found.push(told(
                "discharge-not-manifested",
                number,
                "在卸船指令中，但本航次舱单没有",
                "is ordered, and on no manifest of the call",
                ("请补报舱单，或从指令中删除。", "Amend the manifest, or take it off the order."),
            )),
            (None, Some(_)) => found.push(told(
                "discharge-not-ordered",
                number,
                "在舱单中，但未列入卸船指令",
                "is manifested, and not ordered",
                ("请列入指令；不卸的箱请变更舱单。", "Put it on the order; amend the manifest if it is not to be discharged."),
            )),
            (Some(_), Some(_)) | (None, None) => {}
        }
        match (in_order, in_plan, &plan) {
            (Some(_), None, Some(_)) => found.push(told(
                "discharge-not-stowed",
                number,
                "在卸船指令中，但配载图没有",
                "is ordered, and not in the stowage plan",
                ("请核对配载图；箱可能未装船。", "Check the plan: the box may not be on board."),
            )),
            (Some(_), Some(one), _) if !here(one) => {
                let to = one.discharge.as_deref().unwrap_or_default();
                found.push(told(
                    "discharge-stowed-elsewhere",
                    number,
                    &format!("在卸船指令中，但配载图的卸货港为 {to}"),
                    &format!("is ordered, but the stowage plan discharges it at {to}"),
                    ("请核对卸货港。", "Check the port of discharge."),
                ));
            }
            (None, Some(one), _) if in_manifest.is_none() && one.discharge.is_some() && here(one) => found.push(told(
                "discharge-stowed-not-ordered",
                number,
                "配载图要求在本港卸船，但未列入指令和舱单",
                "is stowed for this port, and neither ordered nor manifested",
                ("请列入指令并补报舱单；空箱请列入指令。", "Order it and amend the manifest; an empty box is ordered only."),
            )),
            _ => {}
        }
        if let Some(listed) = in_order.or(in_manifest) {
            found.extend(
                in_manifest
                    .filter(|_| in_order.is_some())
                    .and_then(|other| sizes(SIZE, number, &listed.size_type, &other.size_type, ["舱单", "the manifest"])),
            );
            found
                .extend(in_manifest.filter(|_| in_order.is_some()).and_then(|other| masses(MASS, number, listed.gross_kg, other.gross_kg)));
            found.extend(in_plan.and_then(|one| {
                sizes(SIZE, number, &listed.size_type, one.size_type.as_deref().unwrap_or_default(), ["配载图", "the stowage plan"])
            }));
            found.extend(in_plan.and_then(|one| with_tare(MASS, number, in_manifest.unwrap_or(listed).gross_kg, one.gross_kg)));
        }
    }
    bounded(found, "discharge-more-differences")
}

/// At most [`DIFFERENCES_MAX`] differences, and one more that says how many were left out.
pub(crate) fn bounded(mut found: Vec<Finding>, code: &'static str) -> Vec<Finding> {
    if found.len() > DIFFERENCES_MAX {
        let more = found.len() - DIFFERENCES_MAX;
        found.truncate(DIFFERENCES_MAX);
        found.push(Finding::info(
            code,
            "",
            Text::new(format!("另有 {more} 处差异未列出。"), format!("{more} more differences are not listed.")),
            Text::new("先核对已列出的差异。", "Check those listed first."),
        ));
    }
    found
}

/// Whether two papers tell another size and type of a box; what is not told is not compared.
pub(crate) fn sizes(code: &'static str, number: &str, own: &str, other: &str, [zh, en]: [&str; 2]) -> Option<Finding> {
    (!own.is_empty() && !other.is_empty() && own != other).then(|| {
        told(
            code,
            number,
            &format!("箱型尺寸为 {own}，{zh}为 {other}"),
            &format!("has size and type {own}, in {en} {other}"),
            ("请核对箱型尺寸。", "Check the size and type."),
        )
    })
}

/// The order repeats the goods' mass, or tells that of box and goods: both are right.
pub(crate) fn masses(code: &'static str, number: &str, own: Option<Mass>, manifested: Option<Mass>) -> Option<Finding> {
    let (own, manifested) = (own?, manifested?);
    if own == manifested {
        return None;
    }
    with_tare(code, number, Some(manifested), Some(own))
}

/// The mass of box and goods against that of the goods alone.
pub(crate) fn with_tare(code: &'static str, number: &str, goods: Option<Mass>, gross: Option<Mass>) -> Option<Finding> {
    let (goods, gross) = (goods?, gross?);
    let most = goods.checked_add(Mass::from_kg(TARE_KG_MAX)?)?;
    (gross < goods || gross > most).then(|| {
        told(
            code,
            number,
            &format!("毛重 {gross} 千克与舱单货重 {goods} 千克不符"),
            &format!("weighs {gross} kg, which does not go with {goods} kg of goods on the manifest"),
            ("请核对重量。", "Check the mass."),
        )
    })
}

/// A difference, at its box.
pub(crate) fn told(code: &'static str, number: &str, zh: &str, en: &str, hint: (&'static str, &'static str)) -> Finding {
    Finding::warning(
        code,
        format!("/boxes/{number}"),
        Text::new(format!("集装箱 {number} {zh}。"), format!("{number} {en}.")),
        Text::new(hint.0, hint.1),
    )
}
