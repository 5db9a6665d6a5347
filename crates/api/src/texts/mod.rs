//! Words for codes, in Chinese and English: states, actions, events, the gate, roles.

pub(crate) mod daily;
mod events;
mod states;

use clearance::StepKind;
use logistics::GateReason;
use manifest::MatchField;

use crate::wire::{Role, Text};

pub(crate) use events::event;
pub(crate) use states::status;

/// What somebody must do, by the action code of a worklist row.
const ACTIONS: &[(&str, &str, &str)] = &[
    ("report-arrival", "报告船舶抵港", "Report the ship's arrival"),
    ("review-alarm", "处置预警", "Review the alarms"),
    ("decide-manifest-change", "审核舱单变更", "Decide on the change of the manifest"),
    ("explain-discharge", "说明卸船差异", "Explain the differences of the discharge"),
    ("explain-loading", "说明装船差异", "Explain the differences of the loading"),
    ("settle-left-behind", "处理未装船中转箱", "Settle what the ship left behind"),
    ("review-tally", "复核智能理货结果", "Look at what a device tallied"),
    ("report-tally", "发送理货报告", "Send the tally report"),
    ("correct-transhipment", "更正中转单证", "Correct the transhipment's papers"),
    ("decide-transhipment", "审核中转放行", "Decide on the transhipment"),
    ("send-pre-manifest", "传输预配舱单", "Send the pre-loading manifest"),
    ("load-onward", "中转装船", "Load onto the outbound ship"),
    ("report-discharge", "卸船并报理货", "Discharge and report the tally"),
    ("submit-declaration", "申报", "Submit the declaration"),
    ("decide", "布控答复", "Give the risk decision"),
    ("await-arrival", "等待货物到港", "Wait for the goods"),
    ("upload-documents", "补充单证", "Supply documents"),
    ("check-documents", "审核单证", "Check documents"),
    ("book-inspection", "预约查验", "Book the inspection"),
    ("present-box", "调箱到查验场", "Bring the box to the inspection site"),
    ("record-result", "录入查验结果", "Record the inspection result"),
    ("bring-to-scanner", "送箱机检", "Bring the box to the scanner"),
    ("scan-box", "扫描集装箱", "Scan the box"),
    ("review-image", "初审机检图像", "Review the image"),
    ("review-image-again", "复审机检图像", "Review the image again"),
    ("decide-image", "裁定机检图像", "Decide on the image"),
    ("send-sample", "送检样品", "Send the sample"),
    ("receive-sample", "收样", "Receive the sample"),
    ("test-sample", "检验样品", "Test the sample"),
    ("release-report", "签发检验报告", "Release the report"),
    ("decide-chain", "处置样品交接异常", "Decide on the sample's chain"),
    ("confirm-testing-body", "复核采信机构", "Confirm the testing body"),
    ("verify-third-party-report", "核验第三方报告", "Verify the third-party report"),
    ("audit-third-party-report", "核查已采信报告", "Look at the accepted report again"),
    ("match-scan", "核对未匹配图像", "See where the image belongs"),
    ("schedule-joint-order", "提出联合查验时间", "Propose the time of the joint inspection"),
    ("answer-joint-order", "答复联合查验时间", "Answer the time of the joint inspection"),
    ("record-part", "录入本单位查验情况", "Write down your part of the joint inspection"),
    ("conclude-joint-order", "作出联合查验结果", "Give the shared result"),
    ("follow-up-joint-order", "办理后续处置", "See the follow-up to its end"),
    ("approve-site-rule", "批准查验场规则", "Approve the rule of the site"),
    ("assign-clue", "分派线索", "Assign the clue"),
    ("check-clue", "核查线索", "Check the clue"),
    ("close-clue", "办结线索", "Close the clue"),
    ("review-field-record", "处置未采纳的现场记录", "Look at a record of the site that was not taken"),
    ("countersign-rules", "复核规则版本", "Countersign a rule version"),
    ("confirm-result", "复核查验结果", "Confirm the inspection result"),
    ("release", "放行", "Release"),
    ("release-manually", "人工处理", "Decide by hand"),
    ("pay-duty", "缴纳税费或提供担保", "Pay or secure the duty"),
    ("request-delivery-order", "申请换单", "Request the delivery order"),
    ("pay-charges", "支付换单费用", "Pay the carrier's charges"),
    ("issue-delivery-order", "签发提货单", "Issue the delivery order"),
    ("book-pickup", "预约提箱", "Book the pick-up"),
    ("collect", "进闸提箱", "Collect the box"),
    ("fetch-message", "收取报文", "Fetch the message"),
    ("answer-agency", "接受或拒绝代理委托", "Accept or decline the agency agreement"),
    ("look-into-equipment", "处置设备告警", "Look into the machine's alarm"),
    ("answer-sharing", "审批数据共享申请", "Answer the request for data"),
    ("repair-message", "修复被拒报文", "Repair the rejected message"),
    ("look-into-alarm", "处理报文告警", "Look into the alarm"),
    ("look-into-case-alarm", "处置案件预警", "Look into the case"),
    ("await-bank", "等待银行", "Wait for the bank"),
    ("manifest-train", "传输铁路舱单", "Send the manifest of the train"),
    ("tally-train", "报送进场理货单", "Send the entry tally sheet"),
    ("report-rail-arrival", "报送铁路运抵报告", "Report the arrival of export goods"),
    ("submit-papers", "提交随车单证审核", "Submit the papers of the train"),
    ("review-papers", "审核随车单证", "Review the papers of the train"),
    ("correct-papers", "更正退回的随车单证", "Correct the papers that were sent back"),
    ("release-waybill", "运单放行", "Release the waybill"),
];

/// A paper of a train's file, in words.
pub(crate) fn paper(code: &str) -> Text {
    let (zh, en) = match code {
        "manifest" => ("舱单（运单清单）", "Manifest"),
        "arrival" => ("到达报告", "Arrival"),
        "import-tally" => ("进场理货单", "Entry tally sheet"),
        "export-arrival" => ("运抵报告", "Arrival report"),
        "export-tally" => ("出口理货报告", "Export tally"),
        "loading" => ("装车记录", "Loading record"),
        "waybill" => ("运单", "Waybill"),
        "packing-list" => ("箱单", "Packing list"),
        "invoice" => ("发票", "Invoice"),
        "other" => ("其他单证", "Other paper"),
        other => (other, other),
    };
    Text::new(zh, en)
}

/// How a paper stands, in words.
pub(crate) fn paper_standing(code: &str) -> Text {
    let (zh, en) = match code {
        "present" => ("已有", "There"),
        "differs" => ("有差异", "Differs"),
        "missing" => ("缺少", "Missing"),
        "absent" => ("未提供（非必需）", "Not there, not needed"),
        other => (other, other),
    };
    Text::new(zh, en)
}

/// What differs between a sheet and the waybills, in words.
pub(crate) fn sheet_difference(code: &str) -> Text {
    let (zh, en) = match code {
        "missing" => ("短少", "Missing"),
        "unlisted" => ("溢出（舱单未列）", "Not on the waybill"),
        "wagon" => ("车皮号", "Wagon"),
        "size-type" => ("箱型", "Size and type"),
        "seal" => ("封志", "Seal"),
        "packages" => ("件数", "Packages"),
        "gross-mass" => ("毛重", "Gross mass"),
        other => (other, other),
    };
    Text::new(zh, en)
}

/// Why a file of shared data could not be made.
pub(crate) fn file_fault(code: &str) -> Text {
    match code {
        "sharing-resource-gone" => Text::new("提供方已不再提供该数据资源", "The provider serves this data resource no more"),
        _ => Text::new("平台故障，运维人员可从日志查明", "A fault of the platform; its log says which"),
    }
}

/// How sensitive a field is, in words.
pub(crate) fn sensitivity(level: sharing::Sensitivity) -> Text {
    use sharing::Sensitivity as S;
    let (zh, en) = match level {
        S::Open => ("公开", "Open"),
        S::Internal => ("内部", "Internal"),
        S::TradeSecret => ("商业秘密", "Trade secret"),
        S::Personal => ("个人信息", "Personal"),
    };
    Text::new(zh, en)
}

/// How a waybill is released, in words.
pub(crate) fn release_mode(mode: manifest::ReleaseMode) -> Text {
    use manifest::ReleaseMode as M;
    let (zh, en) = match mode {
        M::Transit => ("转关", "Transit"),
        M::CrossDistrict => ("跨关区一体化", "Across districts"),
        M::InDistrict => ("关区一体化", "Within the district"),
        M::LocalDeclaration => ("属地申报口岸放行", "Declared inland, released here"),
        M::Declared => ("报关放行", "Declared"),
        M::Manual => ("人工放行", "By hand"),
        M::NonTrade => ("非贸", "Non-trade"),
        M::Partial => ("部分放行", "In part"),
    };
    Text::new(zh, en)
}

/// A status of air cargo, in words.
pub(crate) fn air_status(code: &str) -> Text {
    let (zh, en) = match code {
        "BKD" => ("已订舱", "Booked"),
        "RCS" => ("已从托运人收运", "Received from shipper"),
        "MAN" => ("已列入航班舱单", "Manifested"),
        "DEP" => ("航班已起飞", "Departed"),
        "ARR" => ("航班已到达", "Arrived"),
        "RCF" => ("已从航班接收", "Received from flight"),
        "NFD" => ("已通知收货人", "Consignee notified"),
        "AWD" => ("单证已交付", "Documents delivered"),
        "CCD" => ("海关已放行", "Cleared by customs"),
        "DLV" => ("已交付", "Delivered"),
        "DIS" => ("异常", "Discrepancy"),
        "TFD" => ("已中转", "Transferred"),
        "TRM" => ("待中转", "To be transferred"),
        "FOH" => ("货物待收运", "Freight on hand"),
        other => (other, other),
    };
    Text::new(zh, en)
}

/// How a box of a work order stands, in words.
pub(crate) fn work_standing(kind: &str, code: &str) -> Text {
    let (zh, en) = match (kind, code) {
        ("loading-order", "waiting") => ("待装", "To be loaded"),
        ("loading-order", "missing") => ("漏装", "Not loaded"),
        ("loading-order", "unlisted") => ("多装（未列入指令）", "Loaded, not listed"),
        (_, "waiting") => ("待卸", "To be discharged"),
        (_, "missing") => ("短卸", "Not discharged"),
        (_, "unlisted") => ("溢卸（未列入指令）", "Discharged, not listed"),
        (_, "discharged") => ("已卸", "Discharged"),
        (_, "loaded") => ("已装", "Loaded"),
        (_, "doubtful") => ("离港后装船（存疑）", "Reported after the departure"),
        (_, other) => (other, other),
    };
    Text::new(zh, en)
}

/// Where a message of ours stands with its partner, in words.
pub(crate) fn answer(code: &str) -> Text {
    let (zh, en) = match code {
        "awaited" => ("待应答", "Answer awaited"),
        "late" => ("逾期未应答", "No answer in time"),
        "acknowledged" => ("已确认", "Acknowledged"),
        "refused" => ("被拒收", "Refused"),
        other => (other, other),
    };
    Text::new(zh, en)
}

/// What somebody must do, in words.
pub(crate) fn action(code: &str) -> Text {
    ACTIONS.iter().find(|(known, _, _)| *known == code).map_or_else(|| Text::new(code, code), |(_, zh, en)| Text::new(*zh, *en))
}

/// What a step of a duty assessment computes.
pub(crate) const fn duty_step(kind: StepKind) -> (&'static str, &'static str) {
    match kind {
        StepKind::GoodsValue => ("货价", "Value of the goods"),
        StepKind::FreightShare => ("运费分摊", "Share of the freight"),
        StepKind::InsuranceShare => ("保费分摊", "Share of the insurance"),
        StepKind::OtherShare => ("杂费分摊", "Share of other charges"),
        StepKind::Base => ("完税价格", "Dutiable value"),
        StepKind::Duty => ("关税", "Duty"),
        StepKind::Vat => ("进口增值税", "Import VAT"),
    }
}

/// What the gate looks at.
pub(crate) fn gate_check(reason: GateReason) -> Text {
    let (zh, en) = match reason {
        GateReason::NoBooking => ("预约", "Booking"),
        GateReason::BookingState => ("预约状态", "State of the booking"),
        GateReason::PlateDiffers => ("车牌", "Plate"),
        GateReason::OutsideWindow => ("时段", "Time window"),
        GateReason::ContainerDiffers => ("箱号", "Container number"),
        GateReason::ContainerNotInYard => ("箱位", "Place of the box"),
        GateReason::NotReleased => ("海关放行", "Customs release"),
        GateReason::Held => ("扣留", "Hold"),
        GateReason::Onward => ("非中转箱", "Not in transhipment"),
        GateReason::NoDeliveryOrder => ("提货单", "Delivery order"),
        GateReason::OrderNotHolder => ("提货单持有人", "Holder of the order"),
        GateReason::OrderRedeemed => ("提货单核销", "Order not used yet"),
    };
    Text::new(zh, en)
}

/// What to do about a refusal of the gate.
pub(crate) fn gate_hint(reason: GateReason) -> Text {
    let (zh, en) = match reason {
        GateReason::NoBooking => ("请车队在“预约提箱”中预约后再来。", "Let the haulier book a pick-up, then come back."),
        GateReason::BookingState => {
            ("请核对预约；已用或已取消的预约须重新预约。", "Check the booking; a used or cancelled one must be made again.")
        }
        GateReason::PlateDiffers => {
            ("请用预约的车辆，或取消后以本车牌重新预约。", "Come with the truck that was booked, or book again with this plate.")
        }
        GateReason::OutsideWindow => {
            ("请在预约时段前后 30 分钟内到达，或改约。", "Arrive within 30 minutes of the slot, or book another one.")
        }
        GateReason::ContainerDiffers => {
            ("请核对箱号；车上的箱须与预约一致。", "Check the number; the box on the truck must be the one booked.")
        }
        GateReason::ContainerNotInYard => {
            ("请向码头查询箱位；查验或移位中的箱不能提。", "Ask the terminal where the box is; a box at inspection cannot be collected.")
        }
        GateReason::NotReleased => {
            ("请报关企业查看报关单状态，放行后再来。", "Let the broker look at the declaration; come after the release.")
        }
        GateReason::Held => ("请联系海关了解扣留原因。", "Ask customs why the box is held."),
        GateReason::Onward => (
            "中转箱只能装船；如转为进口，请先撤回中转并变更舱单。",
            "It may only be loaded; to import it, take back the transhipment and amend the manifest.",
        ),
        GateReason::NoDeliveryOrder => ("请货主向船代办理换单。", "Let the trader get the delivery order from the ship agent."),
        GateReason::OrderNotHolder => ("请提货单持有人预约，或先转让提货单。", "Let the holder book, or have the order transferred first."),
        GateReason::OrderRedeemed => {
            ("该箱已凭此单提走；请核对箱号与提货单。", "The box was collected with this order; check number and order.")
        }
    };
    Text::new(zh, en)
}

/// A field that the papers of a transhipment are compared by.
pub(crate) fn match_field(field: MatchField) -> Text {
    let (zh, en) = match field {
        MatchField::Marking => ("中转标识", "Marked as transhipment"),
        MatchField::Container => ("进境舱单列明该箱", "On the inbound bill"),
        MatchField::Declaration => ("未作进口申报", "Not declared for import"),
        MatchField::SizeType => ("箱型尺寸", "Size and type"),
        MatchField::Seal => ("封志号", "Seal"),
        MatchField::GrossMass => ("毛重", "Gross mass"),
        MatchField::Packages => ("件数", "Packages"),
        MatchField::Goods => ("货物", "Goods"),
        MatchField::DangerousGoods => ("危险货物", "Dangerous goods"),
        MatchField::NextPort => ("下一港", "Next port"),
        MatchField::Terminal => ("码头", "Terminal"),
        MatchField::OutboundCall => ("出境航次可装船", "Outbound call open"),
        MatchField::Hold => ("未被扣留", "Not held"),
    };
    Text::new(zh, en)
}

/// What to do when the papers of a transhipment differ in a field.
pub(crate) fn match_hint(field: MatchField) -> Text {
    let (zh, en) = match field {
        MatchField::Marking => ("进境船代申请舱单变更，填写中转目的港。", "The inbound agent amends the bill and names the next port."),
        MatchField::Container => (
            "进境提单已取消或未列明该箱，请变更舱单或撤回中转。",
            "The inbound bill is cancelled or does not list the box: amend it, or take the plan back.",
        ),
        MatchField::Declaration => (
            "货物已作进口申报：先撤销申报，或撤回中转。",
            "The goods are declared for import: withdraw the declaration, or take the plan back.",
        ),
        MatchField::SizeType | MatchField::Packages | MatchField::Goods | MatchField::DangerousGoods => (
            "由责任方更正其单证；如进境舱单有误，请申请舱单变更。",
            "Correct the paper of who must act; if the inbound manifest is wrong, apply for a change.",
        ),
        MatchField::Seal => {
            ("核对实际封志；与舱单不符的由海关处理。", "Check the seal on the box; one that differs from the manifest is for customs.")
        }
        MatchField::GrossMass => ("超出允差，请更正重量或复核称重。", "Beyond the tolerance: correct the mass, or weigh again."),
        MatchField::NextPort => ("三方的下一港须一致。", "All papers must name the same next port."),
        MatchField::Terminal => (
            "箱子与出境船不在同一码头：安排转场后改船，或由海关人工处理。",
            "Box and outbound ship are at different terminals: choose another ship, or ask customs to decide.",
        ),
        MatchField::OutboundCall => {
            ("出境航次已离港或取消，请撤回后另选航次。", "The outbound call is over: take the plan back and choose another.")
        }
        MatchField::Hold => ("该箱被扣留，由海关处理。", "The box is held: customs decides."),
    };
    Text::new(zh, en)
}

/// What one sees and does in a role, for the one-click logins of a demonstration.
pub(crate) fn role_description(role: Role) -> Text {
    let (zh, en) = match role {
        Role::Trader => (
            "申报、缴税、换单，随时看到货物卡在哪里。",
            "Declares, pays duty, gets the delivery order, and always sees what the goods wait for.",
        ),
        Role::Agent => ("船舶预报、传输舱单、签发提货单。", "Announces ships, sends manifests, issues delivery orders."),
        Role::Terminal => ("卸船理货、调箱、闸口放行。", "Discharges and tallies, brings boxes to inspection, runs the gate."),
        Role::Trucker => ("预约提箱，凭预约进闸。", "Books pick-ups and comes to the gate in its slot."),
        Role::Customs => (
            "布控、审单、查验、放行，每一步有据可查。",
            "Decides risks, checks documents, inspects, releases; every step leaves its reasons.",
        ),
        Role::Maritime => ("对船舶和危险货物下达指令，参加联合查验。", "Has ships and dangerous goods checked, together with the others."),
        Role::Border => ("对人员和集装箱下达指令，参加联合查验。", "Has persons and boxes checked, together with the others."),
        Role::PortAuthority => ("对港口作业下达指令，参加联合查验。", "Has handling in the port checked, together with the others."),
        Role::MarketSupervision => {
            ("对商品质量和标识下达指令，参加联合查验。", "Has quality and labels checked, together with the others.")
        }
        Role::PortOffice => ("看全港通关时效，找出时间耗在哪个环节。", "Sees clearance times of the whole port and where the time goes."),
        Role::Admin => {
            ("管理单位、用户、密钥与规则，查看访问留痕。", "Keeps organisations, users, keys and rules, and reads the access log.")
        }
        Role::National => ("国家系统，仅收发报文。", "A national system; it exchanges messages only."),
    };
    Text::new(zh, en)
}
