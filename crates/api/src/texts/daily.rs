//! Daily clearance in words: why a case is open, what happens next, who must act.

use crate::wire::Text;

/// Why a case is open.
pub(crate) fn why(kind: &str, status: &str, action: Option<&str>) -> Text {
    let (zh, en) = match (kind, status, action) {
        ("declaration", "awaiting-decision", _) => ("已受理，等待布控答复", "Accepted; the risk decision is awaited"),
        ("declaration", "awaiting-arrival", _) => ("提前申报，货物尚未到港", "Declared in advance; the goods have not come"),
        ("declaration", "awaiting-documents", Some("check-documents")) => {
            ("单证已齐，等待关员审核", "The documents are there; an officer must check them")
        }
        ("declaration", "awaiting-documents", _) => ("单证不齐，等待企业补充", "Documents are missing; the enterprise must supply them"),
        ("declaration", "awaiting-inspection", _) => ("已布控查验，等待查验结果", "To be inspected; the result is awaited"),
        ("declaration", "awaiting-payment", Some(_)) => ("等待企业缴税或提供担保", "The enterprise must pay or secure the duty"),
        ("declaration", "awaiting-payment", None) => ("支付指令已发，等待银行", "The payment was ordered; the bank's answer is awaited"),
        ("declaration", "held", _) => ("关员挂起，等待人工处理", "Held by an officer; must be decided by hand"),
        ("inspection", "ordered", _) => ("查验已下达，企业尚未预约", "Ordered; the enterprise has not booked a time"),
        ("inspection", "appointed", _) => ("已预约，集装箱尚未调到查验场", "Booked; the box is not at the site"),
        ("inspection", "at-site", Some("record-result")) => {
            ("箱已到场，等待查验并录入结果", "At the site; must be inspected and written down")
        }
        ("inspection", "at-site", _) => ("部分集装箱尚未到场", "Some boxes are not at the site"),
        ("inspection", "recorded", _) => ("结果已录入，等待另一名关员复核", "Written down; the other officer must confirm"),
        ("joint-order", "proposed", _) => ("联合查验时间未定，等待各单位确认", "The time is not confirmed by every authority"),
        ("joint-order", "confirmed", _) => ("时间已定，等待开箱查验", "The time stands; the inspection has not begun"),
        ("joint-order", "under-way", _) => ("查验进行中，尚有单位未录入情况", "Under way; somebody has not written down its part"),
        ("joint-order", "follow-up", _) => ("发现异常，后续处置未办结", "Something was found; the follow-up is not done"),
        ("duty-notice", "due", _) => ("税单已签发，企业尚未缴纳", "Issued; the enterprise has not paid"),
        ("duty-notice", "paying", _) => ("支付指令已发，等待银行", "The payment was ordered; the bank's answer is awaited"),
        ("field-record", ..) => ("现场记录未采纳，等待处置", "A record of the site was not taken; somebody must look at it"),
        (_, status, _) => (status, status),
    };
    Text::new(zh, en)
}

/// What happens next.
pub(crate) fn next(kind: &str, status: &str, action: Option<&str>) -> Text {
    if let Some(action) = action {
        return super::action(action);
    }
    let (zh, en) = match (kind, status) {
        ("declaration", "awaiting-decision") => ("平台给出布控答复", "The platform gives the risk decision"),
        ("declaration", "awaiting-arrival") => ("码头卸船后自动继续", "It goes on by itself once the terminal has discharged"),
        ("declaration", "awaiting-inspection") => ("查验结果复核后自动继续", "It goes on by itself once the result is confirmed"),
        ("declaration", "awaiting-payment") | ("duty-notice", "paying") => {
            ("银行回执后自动继续", "It goes on by itself once the bank has answered")
        }
        ("joint-order", "proposed") => ("牵头单位提出时间，各单位答复", "The lead proposes a time, the others answer"),
        ("joint-order", "confirmed") => ("按时到场开箱", "The box is opened at the time"),
        ("joint-order", "under-way") => ("各单位录入情况后，牵头单位作出结果", "The lead concludes once every part is there"),
        ("joint-order", "follow-up") => ("牵头单位办结后续处置", "The lead ends the follow-up"),
        _ => ("—", "—"),
    };
    Text::new(zh, en)
}

/// Who must act, as a code and in words.
pub(crate) fn owner(kind: &str, status: &str, action: Option<&str>) -> (&'static str, Text) {
    let (code, zh, en) = match (kind, status, action) {
        (_, _, Some("check-documents" | "release-manually" | "record-result" | "confirm-result" | "review-field-record" | "decide")) => {
            ("customs", "海关", "Customs")
        }
        (_, _, Some("upload-documents" | "book-inspection" | "pay-duty")) => ("enterprise", "企业", "Enterprise"),
        (_, _, Some("present-box")) => ("terminal", "码头", "Terminal"),
        ("joint-order", ..) => ("authorities", "各监管单位", "Authorities"),
        (_, "paying" | "awaiting-payment", _) => ("bank", "银行", "Bank"),
        (_, "awaiting-arrival", _) => ("terminal", "码头", "Terminal"),
        (_, "awaiting-inspection" | "awaiting-decision", _) => ("customs", "海关", "Customs"),
        _ => ("nobody", "—", "—"),
    };
    (code, Text::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every state in which a case may be open says why in both languages.
    #[test]
    fn every_open_state_has_its_words() {
        for (kind, statuses) in [
            (
                "declaration",
                &["awaiting-decision", "awaiting-arrival", "awaiting-documents", "awaiting-inspection", "awaiting-payment", "held"][..],
            ),
            ("inspection", &["ordered", "appointed", "at-site", "recorded"]),
            ("joint-order", &["proposed", "confirmed", "under-way", "follow-up"]),
            ("duty-notice", &["due", "paying"]),
            ("field-record", &["not-taken"]),
        ] {
            for status in statuses {
                let text = why(kind, status, None);
                assert_ne!(text.zh, *status, "{kind} {status}");
                assert_ne!(text.zh, text.en);
            }
        }
    }
}
