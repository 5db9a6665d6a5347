//! Error codes of our APERAK (ERC 9321, eight characters at most): one for each family of finding codes. The full code stands first in the
//! text that follows (FTX+AAO). No public code list of 9321 exists for these cases: the codes are ours, documented in `docs/edi.md`.

/// (beginning of a finding code, error code, in Chinese, in English). The longest beginning that fits decides.
pub const ERROR_CODES: &[(&str, &str, &str, &str)] = &[
    ("EDI-UN", "ENVELOPE", "信封与计数", "Envelope and counts"),
    ("EDI-DATA", "ENVELOPE", "信封与计数", "Envelope and counts"),
    ("EDI-INTERCHANGE", "ENVELOPE", "信封与计数", "Envelope and counts"),
    ("EDI-GROUP", "ENVELOPE", "信封与计数", "Envelope and counts"),
    ("EDI-EMPTY", "ENVELOPE", "信封与计数", "Envelope and counts"),
    ("EDI-NOT-EDIFACT", "SYNTAX", "语法", "Syntax"),
    ("EDI-TAG", "SYNTAX", "语法", "Syntax"),
    ("EDI-LINE", "SYNTAX", "语法", "Syntax"),
    ("EDI-BOM", "CHARSET", "字符集", "Characters"),
    ("EDI-SEG", "SYNTAX", "语法", "Syntax"),
    ("EDI-SYNTAX", "SYNTAX", "语法", "Syntax"),
    ("EDI-SERVICE", "SYNTAX", "语法", "Syntax"),
    ("EDI-SIZE", "SIZE", "超出上限", "Too large"),
    ("EDI-CHAR", "CHARSET", "字符集", "Characters"),
    ("EDI-DIR", "DIRECTRY", "与目录不符", "Not as the directory has it"),
    ("EDI-REC", "RECORD", "平面文件记录", "Record of a flat file"),
    ("EDI-FINDINGS", "MORE", "其余未列出", "Further ones not listed"),
    ("message-more", "MORE", "其余未列出", "Further ones not listed"),
    ("discharge-more", "MORE", "其余未列出", "Further ones not listed"),
    ("loading-more", "MORE", "其余未列出", "Further ones not listed"),
    ("EDI-TOLERATED", "AGREED", "按协议允许", "Forgiven by agreement"),
    ("EDI-BGM", "FUNCTION", "报文功能", "Message function"),
    ("EDI-ANSWER", "REFERNCE", "参考号", "Reference"),
    ("answer-", "REFERNCE", "参考号", "Reference"),
    ("EDI-CALL", "CALL", "航次", "Ship's call"),
    ("EDI-TDT", "CALL", "航次", "Ship's call"),
    ("EDI-CUSREP", "CALL", "航次", "Ship's call"),
    ("call-", "CALL", "航次", "Ship's call"),
    ("message-call", "CALL", "航次", "Ship's call"),
    ("EDI-DTM", "TIME", "时间", "Time"),
    ("time-", "TIME", "时间", "Time"),
    ("EDI-CNI", "BILL", "提运单", "Bill"),
    ("EDI-BILL", "BILL", "提运单", "Bill"),
    ("bill-", "BILL", "提运单", "Bill"),
    ("EDI-CARRIER", "PARTY", "当事人", "Party"),
    ("EDI-NAD", "PARTY", "当事人", "Party"),
    ("terminal-", "PARTY", "当事人", "Party"),
    ("EDI-LOC", "PLACE", "地点", "Place"),
    ("EDI-CNT", "BOX", "集装箱", "Container"),
    ("EDI-EQD", "BOX", "集装箱", "Container"),
    ("EDI-SGP", "BOX", "集装箱", "Container"),
    ("container-", "BOX", "集装箱", "Container"),
    ("EDI-GID", "GOODS", "货物", "Goods"),
    ("EDI-DGS", "GOODS", "货物", "Goods"),
    ("EDI-MEA", "MASS", "重量", "Mass"),
    ("manifest-", "MANIFEST", "舱单", "Manifest"),
    ("change-", "CHANGE", "舱单变更", "Change of a manifest"),
    ("discharge-", "DISCHRGE", "卸船指令", "Discharge order"),
    ("loading-", "LOADING", "装船指令", "Loading order"),
    ("gate-", "GATE", "闸口", "Gate"),
    ("delivery-order-", "ORDER", "提货单", "Delivery order"),
    ("declaration-", "DECLARTN", "报关单", "Declaration"),
    ("report-", "REPORT", "动态报告", "Report"),
    ("message-duplicate", "DUPLICAT", "重复报文", "Sent before"),
    ("message-", "MESSAGE", "报文", "Message as a whole"),
    ("too-many-", "SIZE", "超出上限", "Too large"),
    ("field-", "SIZE", "超出上限", "Too large"),
];
/// The error code of a finding code in no family.
pub const OTHER_ERROR: &str = "OTHER";

/// The error code by which a finding is told.
pub fn error_code(finding: &str) -> &'static str {
    let fitting = ERROR_CODES.iter().filter(|(begins, ..)| finding.starts_with(begins));
    fitting.max_by_key(|(begins, ..)| begins.len()).map_or(OTHER_ERROR, |(_, code, ..)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_of_reading_has_a_family_and_no_code_is_longer_than_its_element() {
        for (begins, code, zh, en) in ERROR_CODES {
            assert!(code.len() <= 8 && code.bytes().all(|b| b.is_ascii_uppercase()), "{code}");
            assert!(!begins.is_empty() && !zh.is_empty() && !en.is_empty());
        }
        for info in crate::all_codes() {
            assert_ne!(error_code(info.code), OTHER_ERROR, "{} has no family", info.code);
        }
        assert_eq!((error_code("EDI-BILL-DUPLICATE"), error_code("message-call-unknown"), error_code("x")), ("BILL", "CALL", OTHER_ERROR));
    }

    #[test]
    fn the_documentation_lists_every_error_code() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/edi.md")).expect("docs/edi.md");
        for (_, code, zh, en) in ERROR_CODES {
            let row = format!("| `{code}` | {zh} | {en} |");
            assert!(text.contains(&row), "docs/edi.md lacks {row}");
        }
    }
}
