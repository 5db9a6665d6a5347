//! What a loading order is compared with before it is sent (装船指令比对): the outbound bills of the call, the transhipments that are to go by
//! it, and the stowage plan.

use std::collections::BTreeMap;

use codes::Finding;

use crate::discharge_plan::{StowedBox, bounded, masses, sizes, told, with_tare};
use crate::work_order::ListedBox;

/// Codes of a size and type, and of a mass, that differ.
const SIZE: &str = "loading-size-differs";
const MASS: &str = "loading-mass-differs";

/// A box that is to go on by the ship (中转箱), and whether it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnwardStanding {
    /// Released for loading, or loaded (已放行).
    Released,
    /// Not released yet (未放行).
    Waiting,
    /// Refused or withdrawn (不予放行或已撤回).
    Ended,
}

/// Everything in which a loading order differs from what is known of its call, box by box: warnings, because the agent may know better.
/// `billed` are the boxes of its outbound bills, `onward` those of its transhipments; `stowed` is `None` when no plan tells what is loaded
/// here, `port` is this port, UN/LOCODE.
pub fn loading_differences(
    port: &str,
    ordered: &[ListedBox],
    billed: &[ListedBox],
    onward: &BTreeMap<String, OnwardStanding>,
    stowed: Option<&[StowedBox]>,
) -> Vec<Finding> {
    let by_number = |boxes: &[ListedBox]| boxes.iter().map(|one| (one.number.clone(), one.clone())).collect::<BTreeMap<_, _>>();
    let (order, bills) = (by_number(ordered), by_number(billed));
    let here = |one: &StowedBox| one.loading.as_deref().is_some_and(|at| at.eq_ignore_ascii_case(port));
    let plan: Option<BTreeMap<&str, &StowedBox>> =
        stowed.map(|plan| plan.iter().filter(|one| here(one)).map(|one| (one.number.as_str(), one)).collect());
    let mut numbers: Vec<&str> = order.keys().chain(bills.keys()).chain(onward.keys()).map(String::as_str).collect();
    numbers.extend(plan.iter().flat_map(|plan| plan.keys().copied()));
    numbers.sort_unstable();
    numbers.dedup();
    let mut found = Vec::new();
    for number in numbers {
        let (in_order, on_bill, goes_on) = (order.get(number), bills.get(number), onward.get(number));
        let in_plan = plan.as_ref().map(|plan| plan.get(number).copied());
        found.extend(papers(number, in_order.is_some(), on_bill.is_some(), goes_on.copied()));
        match (in_order, in_plan) {
            (Some(_), Some(None)) => found.push(told(
                "loading-not-stowed",
                number,
                "在装船指令中，但配载图没有在本港装船的该箱",
                "is ordered, and the stowage plan does not load it here",
                ("请核对配载图。", "Check the plan."),
            )),
            (None, Some(Some(_))) => found.push(told(
                "loading-stowed-not-ordered",
                number,
                "配载图在本港装船，但未列入装船指令",
                "is to be loaded here by the stowage plan, and is not ordered",
                ("请列入指令，或更正配载图。", "Order it, or correct the plan."),
            )),
            (Some(_), Some(Some(_)) | None) | (None, Some(None) | None) => {}
        }
        let Some(listed) = in_order else { continue };
        found.extend(on_bill.and_then(|bill| sizes(SIZE, number, &listed.size_type, &bill.size_type, ["预配舱单", "the outbound bill"])));
        found.extend(on_bill.and_then(|bill| masses(MASS, number, listed.gross_kg, bill.gross_kg)));
        if let Some(one) = in_plan.flatten() {
            let size = one.size_type.as_deref().unwrap_or_default();
            found.extend(sizes(SIZE, number, &listed.size_type, size, ["配载图", "the stowage plan"]));
            found.extend(with_tare(MASS, number, on_bill.unwrap_or(listed).gross_kg, one.gross_kg));
        }
    }
    bounded(found, "loading-more-differences")
}

/// What outbound bills and transhipments say.
fn papers(number: &str, ordered: bool, billed: bool, onward: Option<OnwardStanding>) -> Option<Finding> {
    match (ordered, billed, onward) {
        (true, _, Some(OnwardStanding::Waiting)) => Some(told(
            "loading-not-released",
            number,
            "在装船指令中，但中转尚未放行",
            "is ordered, and its transhipment is not released",
            ("放行前不得装船；请先补正单证。", "It may not be loaded before; put the papers right."),
        )),
        (true, _, Some(OnwardStanding::Ended)) => Some(told(
            "loading-not-released",
            number,
            "在装船指令中，但中转申请不予放行或已撤回",
            "is ordered, and its transhipment is refused or withdrawn",
            ("请从指令中删除。", "Take it off the order."),
        )),
        (true, false, Some(OnwardStanding::Released) | None) => Some(told(
            "loading-not-on-bill",
            number,
            "在装船指令中，但本航次预配舱单没有",
            "is ordered, and on no outbound bill of the call",
            (
                "请补报预配舱单，或从指令中删除；空箱无需处理。",
                "List it on an outbound bill, or take it off the order; nothing to do for an empty box.",
            ),
        )),
        (false, true, _) | (false, false, Some(OnwardStanding::Released)) => Some(told(
            "loading-not-ordered",
            number,
            "在预配舱单或已放行的中转中，但未列入装船指令",
            "is on an outbound bill or released for loading, and not ordered",
            ("请列入指令；不装的箱请更改预配舱单。", "Put it on the order; take it off the outbound bill if it is not to be loaded."),
        )),
        (true, true, Some(OnwardStanding::Released) | None)
        | (false, false, Some(OnwardStanding::Waiting | OnwardStanding::Ended) | None) => None,
    }
}
