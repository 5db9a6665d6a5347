//! The codes that reading a message's content can give: what each means, why it happens, how to put it right.
//!
//! A code is made here and nowhere else, so a finding without documentation cannot be written. Syntax, envelope and
//! directory codes are those of [`edifact::CODES`]; [`all_codes`] has both. Codes are never reused.

use codes::Severity;

/// What is known about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The code, such as `EDI-CNT-CHECK-DIGIT`.
    pub code: &'static str,
    /// Weight. An error forbids to act on the message, a warning does not.
    pub severity: Severity,
    /// Title in Chinese.
    pub title_zh: &'static str,
    /// Title in English.
    pub title_en: &'static str,
    /// Why it happens, in English.
    pub cause: &'static str,
    /// What to do, in Chinese.
    pub fix_zh: &'static str,
    /// What to do, in English.
    pub fix: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $severity:ident, $zh:literal, $en:literal, $cause:literal, $fix_zh:literal, $fix:literal;)+) => {
        $(pub(crate) const $name: CodeInfo = CodeInfo {
            code: $code, severity: Severity::$severity, title_zh: $zh, title_en: $en, cause: $cause, fix_zh: $fix_zh, fix: $fix,
        };)+
        /// Every code that can be given here.
        pub const CODES: &[CodeInfo] = &[$($name),+];
    };
}
pub(crate) use codes;

codes! {
    FINDINGS_CUT = "EDI-FINDINGS-CUT", Info, "其余问题未列出", "Further findings not listed",
        "The file has more findings than are listed; errors were listed first.",
        "先改正已列出的问题后重新发送。", "Correct what is listed and send again.";
    TOLERATED = "EDI-TOLERATED", Info, "按协议允许的偏差", "Deviation forgiven by agreement",
        "The message deviates from the standard in a way that the partner profile forgives; the text names the tolerance and how often it was used.",
        "无需处理；如协议已终止，请在伙伴档案中取消该项。", "None needed; withdraw the tolerance in the partner profile when it is no longer agreed.";
    FUNCTION = "EDI-BGM-FUNCTION", Error, "报文功能不支持", "Message function not supported",
        "BGM 1225 is none of original (9), replacement (5), change (4), cancellation (1) and deletion (3).",
        "使用功能代码 9（原始）、5（替换）、4（变更）或 1、3（删除）。", "Send function 9 (original), 5 (replacement), 4 (change), 1 or 3 (deletion).";
    CALL_UNNAMED = "EDI-CALL-UNNAMED", Error, "未说明船舶航次", "Ship's call not named",
        "No TDT tells the voyage together with a ship name, IMO number or call sign.",
        "在 TDT+20 中填写航次、船名和 IMO 编号。", "Give voyage, ship name and IMO number in TDT+20.";
    IMO = "EDI-TDT-IMO", Warning, "IMO 编号校验不符", "IMO number fails its check",
        "The number in TDT is not seven digits or its check digit does not fit. The ship is searched by name and voyage.",
        "按船舶证书更正 IMO 编号。", "Correct the IMO number from the ship's papers.";
    DATE = "EDI-DTM-VALUE", Warning, "日期时间无法识别", "Date or time not readable",
        "The value of a DTM does not fit its format qualifier, or names a day that does not exist.",
        "按格式代码填写，如 203 为 CCYYMMDDHHMM。", "Write the value in its format; 203 is CCYYMMDDHHMM.";
    DATE_FORMAT = "EDI-DTM-FORMAT", Warning, "日期格式代码不支持", "Date format not supported",
        "The format qualifier of a DTM is none of 101, 102, 201, 203, 204, 205, 303 and 304.",
        "使用 102、203、204、205 或 303。", "Use 102, 203, 204, 205 or 303.";
    NO_BILLS = "EDI-CNI-MISSING", Error, "舱单没有提运单", "Manifest without bills",
        "The message has no CNI group.",
        "每份提运单填写一个 CNI 段组。", "Write one CNI group for each bill.";
    BILL_NUMBER_MISSING = "EDI-BILL-NUMBER-MISSING", Error, "缺少提运单号", "Bill number missing",
        "A CNI group has no RFF+BM, no DOC and no document number in CNI.",
        "在 CNI 段组内填写 RFF+BM。", "Give the number in RFF+BM within the CNI group.";
    BILL_NUMBER = "EDI-BILL-NUMBER", Error, "提运单号不符合规则", "Bill number not valid",
        "The number is longer than 32 characters or holds blanks, quotes or characters that are not ASCII.",
        "提运单号为 1 至 32 位可打印字符，不含空格和引号。", "Use 1 to 32 printable characters without blanks and quotes.";
    BILL_DUPLICATE = "EDI-BILL-DUPLICATE", Error, "报文内提运单号重复", "Bill twice in the message",
        "The same bill number stands in two CNI groups.",
        "合并或更正重复的提运单。", "Merge the two or correct one number.";
    CONSIGNEE_MISSING = "EDI-BILL-CONSIGNEE-MISSING", Error, "缺少收货人", "Consignee missing",
        "A CNI group has no NAD+CN (or IM) with a name.",
        "填写 NAD+CN 及名称。", "Give the consignee and its name in NAD+CN.";
    SHIPPER_MISSING = "EDI-BILL-SHIPPER-MISSING", Error, "缺少发货人", "Shipper missing",
        "A CNI group has no NAD+CZ (or OS, EX) with a name.",
        "填写 NAD+CZ 及名称。", "Give the shipper and its name in NAD+CZ.";
    CARRIER_MISSING = "EDI-CARRIER-MISSING", Error, "缺少承运人", "Carrier missing",
        "Neither NAD+CA nor TDT names the carrier.",
        "填写 NAD+CA 或 TDT 的承运人。", "Give the carrier in NAD+CA or in TDT.";
    USCC = "EDI-NAD-USCC", Error, "统一社会信用代码校验不符", "Credit code fails its check",
        "A party's identification has 18 characters like a unified social credit code but does not pass its check.",
        "核对统一社会信用代码。", "Check the unified social credit code.";
    PORT_MISSING = "EDI-LOC-MISSING", Error, "缺少装货港或卸货港", "Port missing",
        "Neither the CNI group nor the header has LOC+9 (loading) or LOC+11 (discharge; LOC+60, the place of arrival, in the header stands for it).",
        "填写 LOC+9 和 LOC+11。", "Give LOC+9 and LOC+11.";
    PORT_MALFORMED = "EDI-LOC-MALFORMED", Error, "港口代码格式不符", "Port code malformed",
        "A place is not a UN/LOCODE of five characters.",
        "使用 5 位联合国口岸代码，如 CNNGB。", "Use a UN/LOCODE of five characters, such as CNNGB.";
    PORT_UNKNOWN = "EDI-LOC-UNKNOWN", Warning, "港口代码不在代码表中", "Port not in the code list",
        "The port has the shape of a UN/LOCODE but is not in the list here, which is a subset.",
        "核对港口代码；确认无误可忽略。", "Check the code; if it is right, nothing has to be done.";
    NO_CONTAINERS = "EDI-BILL-NO-CONTAINERS", Error, "提运单没有集装箱", "Bill without containers",
        "No SGP, no EQD in the CNI group and no EQD that refers to the bill.",
        "用 SGP 关联集装箱，或在提运单内填写 EQD。", "Link containers by SGP, or write EQD within the bill.";
    NO_GOODS = "EDI-BILL-NO-GOODS", Error, "提运单没有货物", "Bill without goods",
        "A CNI group has no GID.",
        "填写 GID 段组。", "Write a GID group for each line of goods.";
    CONTAINER_SHAPE = "EDI-CNT-NUMBER", Error, "集装箱号格式不符", "Container number malformed",
        "A number is not three letters, U, J or Z, and seven digits (ISO 6346).",
        "核对箱号：4 位字母、6 位数字、1 位校验位。", "Check it: four letters, six digits, one check digit.";
    CONTAINER_CHECK_DIGIT = "EDI-CNT-CHECK-DIGIT", Warning, "集装箱号校验位不符", "Container check digit differs",
        "The last digit is not the one computed by ISO 6346. Some boxes do travel with wrong digits, so the number is kept as received.",
        "对照箱门号码更正；确属错号的箱可忽略。", "Compare with the number on the door; correct it if it was mistyped.";
    CONTAINER_TWICE = "EDI-CNT-DUPLICATE", Warning, "集装箱重复", "Container given twice",
        "Two EQD groups have the same number. The first is used, the second completes it.",
        "删除重复的 EQD。", "Leave one of them out.";
    CONTAINER_WITHOUT_EQUIPMENT = "EDI-SGP-WITHOUT-EQD", Error, "集装箱缺少 EQD", "Container without EQD",
        "SGP names a container that no EQD describes.",
        "补充该箱的 EQD 段组，或更正箱号。", "Add its EQD group, or correct the number.";
    CONTAINER_UNUSED = "EDI-EQD-UNUSED", Warning, "集装箱未关联提运单", "Container on no bill",
        "An EQD at message level is named by no bill.",
        "用 SGP 关联到提运单；空箱可忽略。", "Link it to a bill by SGP; nothing to do for empties.";
    SIZE_TYPE = "EDI-EQD-SIZE-TYPE", Warning, "箱型尺寸代码不在代码表中", "Size and type not in the code list",
        "The code is missing or not one of the ISO 6346 codes listed here.",
        "使用 ISO 6346 代码，如 22G1、45G1。", "Use an ISO 6346 code such as 22G1 or 45G1.";
    SHARE_DERIVED = "EDI-SGP-SHARE-DERIVED", Info, "分箱件重由货物推算", "Share of a container derived",
        "Packages or mass are told for the goods but not for each container; they were divided evenly.",
        "在 SGP 中填写每箱件数，并用 MEA 填写毛重。", "Give packages in SGP and mass in the MEA that follows, for each container.";
    PACKAGES_MISSING = "EDI-GID-PACKAGES-MISSING", Error, "缺少件数", "Packages missing",
        "Neither GID nor PAC tells the number of packages, or it is no whole number.",
        "在 GID 或 PAC 中填写件数。", "Give the number of packages in GID or PAC.";
    PACKAGES_ZERO = "EDI-GID-PACKAGES-ZERO", Error, "件数为零", "Packages are zero",
        "The number of packages is zero. Packages are never zero; bare and bulk cargo counts one.",
        "裸装或散装填 1。", "Write 1 for bare or bulk cargo.";
    DESCRIPTION_MISSING = "EDI-GID-DESCRIPTION-MISSING", Error, "缺少货名", "Description of goods missing",
        "A GID group has no FTX+AAA and no IMD.",
        "在 FTX+AAA 中填写货名。", "Describe the goods in FTX+AAA.";
    WEIGHT_MISSING = "EDI-GID-WEIGHT-MISSING", Error, "缺少毛重", "Gross mass missing",
        "A GID group has no MEA with a gross mass above zero, nor is it told for the bill.",
        "用 MEA 填写毛重（KGM）。", "Give the gross mass in MEA with unit KGM.";
    WEIGHT_UNIT = "EDI-MEA-UNIT", Error, "重量单位不识别", "Unit of mass unknown",
        "The unit of a mass is none of KGM, TNE, GRM and LBR.",
        "使用 KGM。", "Use KGM.";
    WEIGHT_VALUE = "EDI-MEA-VALUE", Error, "重量数值无法识别", "Mass not readable",
        "The value is not a plain decimal, is negative or too large.",
        "填写十进制数值，如 12500.5。", "Write a plain decimal such as 12500.5.";
    HS_CODE = "EDI-GID-HS", Warning, "商品编码格式不符", "Goods code malformed",
        "A code marked as HS is not 4, 6, 8, 10 or 13 digits. It was left out.",
        "使用 4、6、8、10 或 13 位数字。", "Use 4, 6, 8, 10 or 13 digits.";
    UN_NUMBER = "EDI-DGS-UN-NUMBER", Error, "联合国编号格式不符", "UN number malformed",
        "DGS names dangerous goods without a UN number of four digits.",
        "按危险货物清单填写 4 位联合国编号。", "Give the four digits of the dangerous goods list.";
    NO_EQUIPMENT = "EDI-EQD-MISSING", Error, "报告没有集装箱", "Report without containers",
        "A discharge report has no EQD group.",
        "每箱填写一个 EQD 段组。", "Write one EQD group for each container.";
    DISCHARGE_TIME = "EDI-EQD-TIME-MISSING", Warning, "缺少卸船时间", "Time of discharge missing",
        "Neither the EQD group (DTM+203, 181 or 7) nor the header tells when the container was discharged. The time of the message stands in.",
        "在 EQD 段组中填写 DTM+203。", "Give DTM+203 in the EQD group.";
    PREPARED_STANDS_IN = "EDI-DTM-PREPARED", Info, "报文无时间，以交换制备时间代替", "Time of preparation stands in",
        "Messages have no time of their own (DTM+137 after BGM), as in COARRI, CODECO, COREOR and COPRAR of D.95B; the date and time of preparation of UNB, on the port's clock, stand in for it.",
        "如目录允许，可填写 DTM+137；否则无需处理。", "Give DTM+137 where the directory has it; otherwise none needed.";
    ARRIVAL_TIME = "EDI-CUSREP-TIME-MISSING", Error, "缺少抵港时间", "Time of arrival missing",
        "The report has neither DTM+178 (arrived) nor an estimated time (132).",
        "填写 DTM+178。", "Give DTM+178.";
    CONTAINER_ODD = "EDI-CNT-NUMBER-ODD", Warning, "箱号不是集装箱号，仅随报文保存", "Not a container number; kept with the message only",
        "A report names equipment whose number is not three letters, U, J or Z, and seven digits (ISO 6346). The other boxes are recorded.",
        "核对箱号；船上自备设备可忽略。", "Check the number; nothing to do for equipment that is no container.";
    VGM_MISSING = "EDI-MEA-VGM-MISSING", Warning, "缺少核实总重", "Verified gross mass missing",
        "An EQD group of VERMAS has no MEA+AAE+VGM with a readable mass.",
        "在该箱段组中填写 MEA+AAE+VGM+KGM。", "Give MEA+AAE+VGM+KGM in the group of the box.";
    ANSWER_REFERENCE = "EDI-ANSWER-REFERENCE", Error, "回执缺少参考号", "Answer without reference",
        "CONTRL has no UCI reference, or APERAK no RFF with the reference answered.",
        "填写被回执报文的参考号。", "Give the reference of what is answered.";
}

/// What to do about the codes of syntax, envelope and directory, in Chinese; the English is in [`edifact::CODES`].
#[rustfmt::skip]
const SYNTAX_FIX_ZH: &[(&str, &str)] = &[
    ("EDI-EMPTY", "检查导出或传输，重新发送。"),
    ("EDI-NOT-EDIFACT", "发送 EDIFACT 交换文件，或改用其他格式的通道。"),
    ("EDI-SIZE-BYTES", "拆分为多个交换。"),
    ("EDI-SIZE-SEGMENTS", "拆分为多个交换。"),
    ("EDI-SIZE-MESSAGES", "拆分为多个交换。"),
    ("EDI-SIZE-ELEMENTS", "文本中的服务字符前加问号，每段以终止符结束。"),
    ("EDI-SIZE-INTERCHANGES", "分成多个文件发送。"),
    ("EDI-SIZE-SEGMENT", "每段以 UNA 约定的终止符结束。"),
    ("EDI-SIZE-MESSAGE", "拆分该报文。"),
    ("EDI-SIZE-FAULTY", "原因通常相同，改正后重新发送。"),
    ("EDI-BOM", "保存时不要加字节顺序标记；无需其他处理。"),
    ("EDI-LINE-BREAKS", "无需处理；标准中段间没有换行。"),
    ("EDI-UNA-BAD", "使用 UNA:+.? ' 或不写 UNA。"),
    ("EDI-UNB-MISSING", "将报文放入 UNB 至 UNZ 的交换中。"),
    ("EDI-UNZ-MISSING", "重新发送完整的交换。"),
    ("EDI-UNT-MISSING", "每个报文以 UNT 结束，写明段数和报文参考号。"),
    ("EDI-UNE-MISSING", "每个功能组以 UNE 结束。"),
    ("EDI-UNT-ORPHAN", "删除该段，或补上缺少的 UNH。"),
    ("EDI-UNE-ORPHAN", "删除该段，或补上缺少的 UNG。"),
    ("EDI-UNZ-ORPHAN", "删除该段，或补上缺少的 UNB。"),
    ("EDI-UNT-COUNT", "段数含 UNH 和 UNT；如有缺段，请重新发送。"),
    ("EDI-UNT-REF", "UNT 的参考号与 UNH 保持一致。"),
    ("EDI-UNZ-COUNT", "核对报文数（有功能组时为组数）；如有缺失，请重新发送。"),
    ("EDI-UNZ-REF", "UNZ 的控制参考号与 UNB 保持一致。"),
    ("EDI-UNE-COUNT", "核对组内报文数。"),
    ("EDI-UNE-REF", "UNE 的参考号与 UNG 保持一致。"),
    ("EDI-UNH-DUPLICATE", "为每个报文编不同的参考号。"),
    ("EDI-UNG-DUPLICATE", "为每个功能组编不同的参考号。"),
    ("EDI-UNB-DUPLICATE", "每个交换只发送一次，并编不同的参考号。"),
    ("EDI-GROUP-MIXED", "全部报文使用功能组，或全部不使用。"),
    ("EDI-INTERCHANGE-EMPTY", "没有内容时不必发送。"),
    ("EDI-SEG-TRUNCATED", "重新发送完整文件，最后一段也要有终止符。"),
    ("EDI-SEG-EMPTY", "删除多余的终止符；文本中的单引号前加问号。"),
    ("EDI-SEG-OUTSIDE", "所有段放在 UNH 与 UNT 之间。"),
    ("EDI-TAG-BAD", "文本中的服务字符前加问号。"),
    ("EDI-DATA-BETWEEN", "只发送交换本身。"),
    ("EDI-CHAR-LOWER", "声明 UNOB，或使用大写字母。"),
    ("EDI-CHAR-SET", "声明 UNOC 或 UNOW，或去掉该字符。"),
    ("EDI-CHAR-CONTROL", "去掉控制字符。"),
    ("EDI-CHAR-LINE-BREAK", "段内不要换行。"),
    ("EDI-CHARSET-ESCAPE", "声明 UNOW 并发送 UTF-8。"),
    ("EDI-CHARSET-BYTES", "声明 UNOW 并发送 UTF-8，或在伙伴设置中约定 GB18030。"),
    ("EDI-CHARSET-UTF8", "声明 UNOW。"),
    ("EDI-SYNTAX-ID", "使用 UNOA 至 UNOK 或 UNOW。"),
    ("EDI-SYNTAX-VERSION", "使用语法版本 3 或 4。"),
    ("EDI-SERVICE-ELEMENT", "填写该数据元。"),
    ("EDI-SERVICE-EXTRA", "去掉多余的数据元；名称中的加号前加问号。"),
    ("EDI-FINDINGS-MORE", "同类问题通常原因相同，改正一处即可推及其余。"),
    ("EDI-DIR-UNKNOWN", "无需处理，或补充目录文件。"),
    ("EDI-DIR-NEAREST", "无需处理，或补充该版本的目录文件。"),
    ("EDI-DIR-RECALLED", "将段表与公布文本核对后标记为已核对。"),
    ("EDI-DIR-UNEXPECTED", "删除该段，或使用含有该段的版本。"),
    ("EDI-DIR-ORDER", "按段表顺序排列各段。"),
    ("EDI-DIR-MISSING-SEGMENT", "补充该段。"),
    ("EDI-DIR-MISSING-GROUP", "补充该段组，从其首段开始。"),
    ("EDI-DIR-REPEAT", "将内容分到多个段组或报文中。"),
    ("EDI-DIR-GROUP-REPEAT", "拆分报文。"),
    ("EDI-DIR-ELEMENT", "填写该数据元。"),
    ("EDI-DIR-EXTRA", "文本中的服务字符前加释放符（问号），或删除多余部分。"),
    ("EDI-DIR-LONG", "缩短该值，或分写到为此重复的各成分中。"),
    ("EDI-DIR-SHORT", "补足长度；数字前补零。"),
    ("EDI-DIR-TYPE", "只写数字，不要千位分隔符和单位。"),
    ("EDI-DIR-CODE", "核对代码；双方约定的代码须在 3055 中注明管理机构。"),
];

/// What to do about a code, in Chinese and English.
pub(crate) fn fix(code: &str) -> (&'static str, &'static str) {
    if let Some(info) = CODES.iter().chain(crate::record_format::CODES).find(|info| info.code == code) {
        return (info.fix_zh, info.fix);
    }
    let zh = SYNTAX_FIX_ZH.iter().find(|(known, _)| *known == code).map_or("", |(_, zh)| *zh);
    (zh, edifact::info(code).map_or("", |info| info.fix))
}

/// Every code of a message finding: syntax, envelope and directory first, then content, then flat files.
pub fn all_codes() -> impl Iterator<Item = CodeInfo> {
    let syntax = edifact::CODES.iter().map(|info| {
        let (fix_zh, fix) = self::fix(info.code);
        CodeInfo {
            code: info.code,
            severity: severity(info.severity),
            title_zh: info.title_zh,
            title_en: info.title_en,
            cause: info.cause,
            fix_zh,
            fix,
        }
    });
    syntax.chain(CODES.iter().copied()).chain(crate::record_format::CODES.iter().copied())
}

pub(crate) const fn severity(severity: edifact::Severity) -> Severity {
    match severity {
        edifact::Severity::Info => Severity::Info,
        edifact::Severity::Warning => Severity::Warning,
        edifact::Severity::Error => Severity::Error,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_there_once_and_fully_documented() {
        let mut seen = BTreeSet::new();
        for info in all_codes() {
            assert!(seen.insert(info.code), "{} twice", info.code);
            assert!(info.code.starts_with("EDI-"), "{}", info.code);
            for text in [info.title_zh, info.title_en, info.cause, info.fix_zh, info.fix] {
                assert!(!text.is_empty(), "{} lacks a text", info.code);
            }
        }
        assert_eq!(SYNTAX_FIX_ZH.len(), edifact::CODES.len());
    }
}
