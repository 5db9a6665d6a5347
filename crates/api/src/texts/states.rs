//! States of objects in words.

use crate::wire::Text;

/// (object kind, state, Chinese, English)
const STATES: &[(&str, &str, &str, &str)] = &[
    ("ship-call", "announced", "预报", "Announced"),
    ("ship-call", "arrived", "在港", "In port"),
    ("ship-call", "departed", "已离港", "Departed"),
    ("ship-call", "cancelled", "已取消", "Cancelled"),
    ("manifest", "accepted", "已接受", "Accepted"),
    ("manifest", "confirmed", "已确报", "Confirmed"),
    ("manifest", "rejected", "退单", "Rejected"),
    ("manifest-change", "waiting", "待审核", "Waiting"),
    ("manifest-change", "automatic", "自动通过", "Carried out"),
    ("manifest-change", "approved", "审核通过", "Approved"),
    ("manifest-change", "refused", "审核不通过", "Refused"),
    ("manifest-change", "withdrawn", "已撤回", "Withdrawn"),
    ("bill", "manifested", "已列入舱单", "Manifested"),
    ("bill", "partly-landed", "部分卸船", "Partly landed"),
    ("bill", "landed", "已卸船", "Landed"),
    ("bill", "cancelled", "已取消", "Cancelled"),
    ("container", "expected", "在船待卸", "On board"),
    ("container", "in-yard", "在场待放行", "In the yard"),
    ("container", "at-inspection", "查验中", "At inspection"),
    ("container", "released", "已放行待提", "Released"),
    ("container", "on-truck", "提箱中", "Being collected"),
    ("container", "gone", "已出闸", "Left the port"),
    ("container", "held", "扣留", "Held"),
    ("declaration", "draft", "草稿", "Draft"),
    ("declaration", "awaiting-decision", "待布控答复", "Awaiting decision"),
    ("declaration", "awaiting-arrival", "待货物到港", "Awaiting arrival"),
    ("declaration", "awaiting-documents", "待单证审核", "Awaiting documents"),
    ("declaration", "awaiting-inspection", "待查验", "Awaiting inspection"),
    ("declaration", "awaiting-payment", "待缴税", "Awaiting payment"),
    ("declaration", "held", "挂起", "Held"),
    ("declaration", "released", "已放行", "Released"),
    ("declaration", "rejected", "退单", "Sent back"),
    ("declaration", "withdrawn", "已撤单", "Withdrawn"),
    ("duty-notice", "due", "待缴", "Due"),
    ("duty-notice", "paying", "支付中", "Paying"),
    ("duty-notice", "paid", "已缴", "Paid"),
    ("duty-notice", "guaranteed", "已担保", "Guaranteed"),
    ("duty-notice", "waived", "已免除", "Waived"),
    ("guarantee", "active", "有效", "Active"),
    ("guarantee", "exhausted", "额度用尽", "Exhausted"),
    ("guarantee", "expired", "已到期", "Expired"),
    ("agency-agreement", "proposed", "待接受", "Proposed"),
    ("agency-agreement", "accepted", "已生效", "Accepted"),
    ("agency-agreement", "declined", "已拒绝", "Declined"),
    ("agency-agreement", "revoked", "已撤销", "Revoked"),
    ("agency-agreement", "expired", "已到期", "Expired"),
    ("payment", "ordered", "已下达", "Ordered"),
    ("payment", "sent", "银行处理中", "With the bank"),
    ("payment", "settled", "已到账", "Settled"),
    ("payment", "failed", "失败", "Failed"),
    ("inspection", "ordered", "待预约", "To be booked"),
    ("inspection", "appointed", "已预约", "Booked"),
    ("inspection", "at-site", "已到场", "At the site"),
    ("inspection", "recorded", "待复核", "To be confirmed"),
    ("inspection", "passed", "通过", "Passed"),
    ("inspection", "failed", "不通过", "Not passed"),
    ("inspection", "cancelled", "已撤销", "Cancelled"),
    ("delivery-order", "requested", "已申请", "Requested"),
    ("delivery-order", "issued", "已签发", "Issued"),
    ("delivery-order", "transferred", "已转让", "Transferred"),
    ("delivery-order", "redeemed", "已核销", "Redeemed"),
    ("delivery-order", "cancelled", "已取消", "Cancelled"),
    ("slot", "open", "可预约", "Open"),
    ("slot", "full", "已满", "Full"),
    ("booking", "booked", "已预约", "Booked"),
    ("booking", "gated-in", "已进闸", "Gated in"),
    ("booking", "completed", "已完成", "Completed"),
    ("booking", "cancelled", "已取消", "Cancelled"),
    ("booking", "missed", "爽约", "Missed"),
    ("gate-transaction", "passed", "放行", "Passed"),
    ("gate-transaction", "refused", "拒绝", "Refused"),
    ("eir", "issued", "已签发", "Issued"),
    ("message", "received", "已接收", "Received"),
    ("message", "processed", "已处理", "Processed"),
    ("message", "processed-with-findings", "已处理（有提示）", "Processed with findings"),
    ("message", "rejected", "未采纳", "Rejected"),
    ("message", "prepared", "待收取", "Ready to fetch"),
    ("message", "delivered", "已送达", "Delivered"),
    ("message", "undelivered", "投递失败", "Not delivered"),
    ("message", "repaired", "已修复", "Repaired"),
    ("message", "closed", "不再处理", "Closed"),
    ("message-alarm", "raised", "待受理", "Raised"),
    ("message-alarm", "acknowledged", "已受理", "Acknowledged"),
    ("message-alarm", "cleared", "已解除", "Cleared"),
    ("enterprise", "ungraded", "未评级", "Not graded"),
    ("enterprise", "advanced-certified", "高级认证企业", "Advanced certified"),
    ("enterprise", "certified", "认证企业", "Certified"),
    ("enterprise", "regular", "常规企业", "Regular"),
    ("enterprise", "dishonest", "失信企业", "Dishonest"),
    ("enterprise", "seriously-dishonest", "严重失信主体", "Seriously dishonest"),
    ("rule-table", "settled", "无待办版本", "Nothing under way"),
    ("rule-table", "being-changed", "有编制中的版本", "A version is being written"),
    ("rule-table", "awaiting-countersign", "待复核签发", "Awaiting countersignature"),
    ("draw-day", "committed", "种子已承诺", "Seed committed"),
    ("draw-day", "revealed", "种子已公布", "Seed published"),
];

/// The state of an object in words; the code itself when nobody named it yet.
pub(crate) fn status(kind: &str, code: &str) -> Text {
    STATES
        .iter()
        .find(|(of, known, _, _)| *of == kind && *known == code)
        .map_or_else(|| Text::new(code, code), |(_, _, zh, en)| Text::new(*zh, *en))
}

#[cfg(test)]
mod tests {
    use super::STATES;

    #[test]
    fn every_state_is_named_once() {
        let mut seen = std::collections::BTreeSet::new();
        for (kind, code, zh, en) in STATES {
            assert!(seen.insert((kind, code)), "{kind} {code} twice");
            assert!(!zh.is_empty() && !en.is_empty());
        }
    }
}
