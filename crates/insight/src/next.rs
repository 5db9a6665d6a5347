//! What happens next to a container, and who must act: one sentence per strand that is open, in the order in which they matter.

use codes::Text;
use serde::{Deserialize, Serialize};

use crate::{Journey, Role, mark};

/// Where the check of documents stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentsStand {
    /// Not asked for, or done.
    #[default]
    Settled,
    /// The declarant must attach some.
    Missing,
    /// Customs must check them.
    InReview,
}

/// Where the inspection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InspectionStand {
    /// Not ordered, or passed.
    #[default]
    Settled,
    /// Ordered; an appointment is to be made.
    Ordered,
    /// Appointed; the box is to be presented.
    Appointed,
    /// The box is there; the result is awaited.
    AtSite,
    /// Not passed: customs decides what happens.
    Failed,
}

/// Where the delivery order stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderStand {
    /// Not asked for.
    #[default]
    None,
    /// Charges are to be paid.
    ChargesDue,
    /// To be issued.
    ToIssue,
    /// Issued.
    Issued,
}

/// What is known of a container.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StatusFacts {
    /// Milestones reached.
    pub journey: Journey,
    /// Held by an authority.
    pub held: bool,
    /// Check of documents.
    pub documents: DocumentsStand,
    /// Inspection.
    pub inspection: InspectionStand,
    /// Delivery order.
    pub order: OrderStand,
}

/// One thing that is to happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextStep {
    /// Stable code of the action, as on worklists.
    pub action: &'static str,
    /// Who must act.
    pub role: Role,
    /// What happens, for people.
    pub text: Text,
    /// Whether the release waits for it; otherwise it can go on beside.
    pub blocks_release: bool,
}

const fn step(action: &'static str, role: Role, zh: &'static str, en: &'static str, blocks_release: bool) -> NextStep {
    NextStep { action, role, text: Text { zh: std::borrow::Cow::Borrowed(zh), en: std::borrow::Cow::Borrowed(en) }, blocks_release }
}

/// Everything that is to happen now, what holds the release first. Empty once the box has left.
pub fn next_steps(facts: &StatusFacts) -> Vec<NextStep> {
    let has = |at: usize| facts.journey[at].is_some();
    if has(mark::GATED_OUT) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if facts.held {
        steps.push(step("release-manually", Role::Customs, "该箱被扣留，等待海关处理。", "The box is held; customs must decide.", true));
    }
    if !has(mark::RELEASED) {
        towards_release(facts, &mut steps);
    }
    towards_order(facts, &mut steps);
    if has(mark::RELEASED) && facts.order == OrderStand::Issued && !facts.held {
        steps.push(if has(mark::GATED_IN) {
            step("collect", Role::Trucker, "集卡已进闸，等待提箱出闸。", "The truck is in; the box is about to leave.", false)
        } else if has(mark::BOOKED) {
            step("collect", Role::Trucker, "已预约提箱，等待集卡按时段进闸。", "Pick-up is booked; the truck comes in its slot.", false)
        } else {
            step("book-pickup", Role::Trucker, "已放行并换单，可以预约提箱。", "Released and ordered; book the pick-up.", false)
        });
    }
    steps
}

fn towards_release(facts: &StatusFacts, steps: &mut Vec<NextStep>) {
    let has = |at: usize| facts.journey[at].is_some();
    if !has(mark::SHIP_ARRIVED) {
        steps.push(step("report-arrival", Role::ShipAgent, "等待船舶抵港。", "The ship has not arrived yet.", true));
    } else if !has(mark::DISCHARGED) {
        steps.push(step(
            "report-discharge",
            Role::Terminal,
            "等待码头卸船并发送理货。",
            "The terminal must discharge the box and send the tally.",
            true,
        ));
    }
    if !has(mark::DECLARED) {
        steps.push(step(
            "submit-declaration",
            Role::Broker,
            "等待报关企业申报；可提前申报。",
            "The broker must declare; it may do so before arrival.",
            true,
        ));
        return;
    }
    if !has(mark::DECIDED) {
        steps.push(step("decide", Role::Customs, "等待海关布控答复。", "Customs must give the risk decision.", true));
        return;
    }
    match facts.documents {
        DocumentsStand::Missing => {
            steps.push(step("upload-documents", Role::Broker, "海关要求补充单证。", "Customs asks for documents.", true))
        }
        DocumentsStand::InReview => {
            steps.push(step("check-documents", Role::Customs, "海关审核单证。", "Customs checks the documents.", true))
        }
        DocumentsStand::Settled => {}
    }
    match facts.inspection {
        InspectionStand::Ordered => steps.push(step(
            "book-inspection",
            Role::Broker,
            "已布控查验，请预约查验时间。",
            "An inspection is ordered; make an appointment.",
            true,
        )),
        InspectionStand::Appointed => steps.push(step(
            "present-box",
            Role::Terminal,
            "等待码头调箱至查验场地。",
            "The terminal must bring the box to the inspection site.",
            true,
        )),
        InspectionStand::AtSite => steps.push(step(
            "record-result",
            Role::Customs,
            "集装箱已到查验场地，等待查验结果。",
            "The box is at the site; the result is awaited.",
            true,
        )),
        InspectionStand::Failed => steps.push(step(
            "release-manually",
            Role::Customs,
            "查验异常，等待海关处置。",
            "The inspection was not passed; customs must decide.",
            true,
        )),
        InspectionStand::Settled => {}
    }
    if has(mark::DUTY_ISSUED) && !has(mark::DUTY_SETTLED) {
        steps.push(step("pay-duty", Role::Trader, "请缴纳税费或提供担保。", "Pay the duty or cover it by a guarantee.", true));
    }
    if steps.is_empty() {
        steps.push(step(
            "release",
            Role::Customs,
            "条件已具备，即将自动放行。",
            "Everything is in order; release follows by itself.",
            true,
        ));
    }
}

fn towards_order(facts: &StatusFacts, steps: &mut Vec<NextStep>) {
    match facts.order {
        // An order makes sense once the goods are declared; asking earlier is allowed and not urged.
        OrderStand::None if facts.journey[mark::DECLARED].is_some() => {
            steps.push(step(
                "request-delivery-order",
                Role::Trader,
                "可向船代申请换单。",
                "Ask the ship agent for the delivery order.",
                false,
            ));
        }
        OrderStand::None | OrderStand::Issued => {}
        OrderStand::ChargesDue => {
            steps.push(step("pay-charges", Role::Trader, "请支付换单费用。", "Pay the charges of the delivery order.", false))
        }
        OrderStand::ToIssue => steps.push(step(
            "issue-delivery-order",
            Role::ShipAgent,
            "等待船代签发提货单。",
            "The ship agent must issue the delivery order.",
            false,
        )),
    }
}
