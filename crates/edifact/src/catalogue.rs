//! The catalogue of finding codes: what each means, why it happens, and how to repair it.
//!
//! Codes are stable and never reused. Documentation is made from [`CODES`]; a test checks that every code in the sources is here.

use serde::Serialize;

use crate::finding::Severity;

/// What is known about a code.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CodeInfo {
    /// The code, for example `EDI-UNT-COUNT`.
    pub code: &'static str,
    /// The usual severity. A check against an unverified or merely near directory lowers errors to warnings.
    pub severity: Severity,
    /// Syntax error code (0085) that CONTRL answers with; `None` if it has no place there.
    /// Source: UN code list 0085, service directory of syntax version 4 release 1 (codes 12 to 36) and version 3 (codes 1, 2).
    pub syntax_error: Option<u8>,
    /// Title in Chinese.
    pub title_zh: &'static str,
    /// Title in English.
    pub title_en: &'static str,
    /// Why it happens.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// The entry of a code.
pub fn info(code: &str) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == code)
}

pub(crate) const EMPTY: &str = "EDI-EMPTY";
pub(crate) const NOT_EDIFACT: &str = "EDI-NOT-EDIFACT";
pub(crate) const SIZE_BYTES: &str = "EDI-SIZE-BYTES";
pub(crate) const SIZE_SEGMENTS: &str = "EDI-SIZE-SEGMENTS";
pub(crate) const SIZE_MESSAGES: &str = "EDI-SIZE-MESSAGES";
pub(crate) const SIZE_ELEMENTS: &str = "EDI-SIZE-ELEMENTS";
pub(crate) const SIZE_INTERCHANGES: &str = "EDI-SIZE-INTERCHANGES";
pub(crate) const SIZE_SEGMENT: &str = "EDI-SIZE-SEGMENT";
pub(crate) const SIZE_MESSAGE: &str = "EDI-SIZE-MESSAGE";
pub(crate) const SIZE_FAULTY: &str = "EDI-SIZE-FAULTY";
pub(crate) const BOM: &str = "EDI-BOM";
pub(crate) const LINE_BREAKS: &str = "EDI-LINE-BREAKS";
pub(crate) const UNA_BAD: &str = "EDI-UNA-BAD";
pub(crate) const UNB_MISSING: &str = "EDI-UNB-MISSING";
pub(crate) const UNZ_MISSING: &str = "EDI-UNZ-MISSING";
pub(crate) const UNT_MISSING: &str = "EDI-UNT-MISSING";
pub(crate) const UNE_MISSING: &str = "EDI-UNE-MISSING";
pub(crate) const UNT_ORPHAN: &str = "EDI-UNT-ORPHAN";
pub(crate) const UNE_ORPHAN: &str = "EDI-UNE-ORPHAN";
pub(crate) const UNZ_ORPHAN: &str = "EDI-UNZ-ORPHAN";
pub(crate) const UNT_COUNT: &str = "EDI-UNT-COUNT";
pub(crate) const UNT_REFERENCE: &str = "EDI-UNT-REF";
pub(crate) const UNZ_COUNT: &str = "EDI-UNZ-COUNT";
pub(crate) const UNZ_REFERENCE: &str = "EDI-UNZ-REF";
pub(crate) const UNE_COUNT: &str = "EDI-UNE-COUNT";
pub(crate) const UNE_REFERENCE: &str = "EDI-UNE-REF";
pub(crate) const UNH_DUPLICATE: &str = "EDI-UNH-DUPLICATE";
pub(crate) const UNG_DUPLICATE: &str = "EDI-UNG-DUPLICATE";
pub(crate) const UNB_DUPLICATE: &str = "EDI-UNB-DUPLICATE";
pub(crate) const GROUP_MIXED: &str = "EDI-GROUP-MIXED";
pub(crate) const INTERCHANGE_EMPTY: &str = "EDI-INTERCHANGE-EMPTY";
pub(crate) const SEGMENT_TRUNCATED: &str = "EDI-SEG-TRUNCATED";
pub(crate) const SEGMENT_EMPTY: &str = "EDI-SEG-EMPTY";
pub(crate) const SEGMENT_OUTSIDE: &str = "EDI-SEG-OUTSIDE";
pub(crate) const TAG_BAD: &str = "EDI-TAG-BAD";
pub(crate) const DATA_BETWEEN: &str = "EDI-DATA-BETWEEN";
pub(crate) const CHAR_LOWER: &str = "EDI-CHAR-LOWER";
pub(crate) const CHAR_SET: &str = "EDI-CHAR-SET";
pub(crate) const CHAR_CONTROL: &str = "EDI-CHAR-CONTROL";
pub(crate) const CHAR_LINE_BREAK: &str = "EDI-CHAR-LINE-BREAK";
pub(crate) const CHARSET_ESCAPE: &str = "EDI-CHARSET-ESCAPE";
pub(crate) const CHARSET_BYTES: &str = "EDI-CHARSET-BYTES";
pub(crate) const CHARSET_UTF8: &str = "EDI-CHARSET-UTF8";
pub(crate) const SYNTAX_ID: &str = "EDI-SYNTAX-ID";
pub(crate) const SYNTAX_VERSION: &str = "EDI-SYNTAX-VERSION";
pub(crate) const SERVICE_ELEMENT: &str = "EDI-SERVICE-ELEMENT";
pub(crate) const SERVICE_EXTRA: &str = "EDI-SERVICE-EXTRA";
pub(crate) const FINDINGS_MORE: &str = "EDI-FINDINGS-MORE";
pub(crate) const DIR_UNKNOWN: &str = "EDI-DIR-UNKNOWN";
pub(crate) const DIR_NEAREST: &str = "EDI-DIR-NEAREST";
pub(crate) const DIR_RECALLED: &str = "EDI-DIR-RECALLED";
pub(crate) const DIR_UNEXPECTED: &str = "EDI-DIR-UNEXPECTED";
pub(crate) const DIR_ORDER: &str = "EDI-DIR-ORDER";
pub(crate) const DIR_MISSING_SEGMENT: &str = "EDI-DIR-MISSING-SEGMENT";
pub(crate) const DIR_MISSING_GROUP: &str = "EDI-DIR-MISSING-GROUP";
pub(crate) const DIR_REPEAT: &str = "EDI-DIR-REPEAT";
pub(crate) const DIR_GROUP_REPEAT: &str = "EDI-DIR-GROUP-REPEAT";
pub(crate) const DIR_ELEMENT: &str = "EDI-DIR-ELEMENT";
pub(crate) const DIR_EXTRA: &str = "EDI-DIR-EXTRA";
pub(crate) const DIR_LONG: &str = "EDI-DIR-LONG";
pub(crate) const DIR_SHORT: &str = "EDI-DIR-SHORT";
pub(crate) const DIR_TYPE: &str = "EDI-DIR-TYPE";
pub(crate) const DIR_CODE: &str = "EDI-DIR-CODE";

const fn entry(
    code: &'static str,
    severity: Severity,
    syntax_error: Option<u8>,
    [title_zh, title_en]: [&'static str; 2],
    cause: &'static str,
    fix: &'static str,
) -> CodeInfo {
    CodeInfo { code, severity, syntax_error, title_zh, title_en, cause, fix }
}

/// Every code this crate emits.
#[rustfmt::skip]
pub const CODES: &[CodeInfo] = &[
    entry(EMPTY, Severity::Error, None, ["空文件", "Empty file"],
        "The file has no bytes, only blanks, or only UNA.",
        "Check the export or the transfer, and send the file again."),
    entry(NOT_EDIFACT, Severity::Error, None, ["不是 EDIFACT", "Not EDIFACT"],
        "No UNA, UNB, UNG or UNH stands near the start of the file; it may be XML, a spreadsheet, compressed or encrypted.",
        "Send an EDIFACT interchange, or use the channel for the other format."),
    entry(SIZE_BYTES, Severity::Error, Some(18), ["文件过大", "File too large"],
        "The file is larger than the receiver accepts.",
        "Split it into several interchanges."),
    entry(SIZE_SEGMENTS, Severity::Error, Some(18), ["段数过多", "Too many segments"],
        "The file has more segments than the receiver accepts; what follows was not read.",
        "Split it into several interchanges."),
    entry(SIZE_MESSAGES, Severity::Error, Some(18), ["报文过多", "Too many messages"],
        "The file has more messages than the receiver accepts; what follows was not read.",
        "Split it into several interchanges."),
    entry(SIZE_ELEMENTS, Severity::Error, Some(16), ["数据元过多", "Too many elements"],
        "A segment has more separators than any segment may have; often a missing terminator or an unreleased plus sign or colon in text.",
        "Release service characters in text with a question mark; end every segment."),
    entry(SIZE_INTERCHANGES, Severity::Error, Some(18), ["交换或功能组过多", "Too many interchanges or groups"],
        "The file has more interchanges, or more functional groups, than the receiver accepts; what follows was not read.",
        "Send several files."),
    entry(SIZE_SEGMENT, Severity::Error, Some(18), ["段过长", "Segment too long"],
        "A segment is longer than any segment may be; its terminator is missing, or UNA names another one. What follows was not read.",
        "End every segment with the terminator that UNA names."),
    entry(SIZE_MESSAGE, Severity::Error, Some(18), ["报文过大", "Message too large"],
        "A message of a file that is read piece by piece is larger than may be held in memory. Its envelope was checked, its structure was not.",
        "Split the message."),
    entry(SIZE_FAULTY, Severity::Error, Some(18), ["有错误的报文过多", "Too many faulty messages"],
        "More messages and interchanges have errors than can be listed. So that none of them passes for good, the whole file counts as faulty.",
        "Repair the cause, which is usually the same everywhere, and send again."),
    entry(BOM, Severity::Info, None, ["字节顺序标记", "Byte order mark"],
        "The file was saved by an editor as UTF-8 with a byte order mark. It was skipped.",
        "Save without byte order mark."),
    entry(LINE_BREAKS, Severity::Info, None, ["段间换行", "Line breaks between segments"],
        "Line ends were added for reading. They were skipped.",
        "None needed; the standard has none."),
    entry(UNA_BAD, Severity::Error, Some(1), ["服务串通知无效", "Unusable service string advice"],
        "Two service characters are the same, or one is a letter, digit or blank. The defaults were used.",
        "Send UNA:+.? ' or leave UNA out."),
    entry(UNB_MISSING, Severity::Warning, Some(13), ["缺少交换头", "Interchange header missing"],
        "The file starts with UNH or UNG, as some port systems send it. Sender, recipient and reference are unknown.",
        "Put the message into an interchange UNB to UNZ."),
    entry(UNZ_MISSING, Severity::Error, Some(13), ["缺少交换尾", "Interchange trailer missing"],
        "The file ends, or a new interchange begins, before UNZ; often a broken transfer.",
        "Send the complete interchange again."),
    entry(UNT_MISSING, Severity::Error, Some(13), ["缺少报文尾", "Message trailer missing"],
        "A new message or the end of the interchange comes before UNT.",
        "End each message with UNT, segment count and message reference."),
    entry(UNE_MISSING, Severity::Error, Some(13), ["缺少功能组尾", "Group trailer missing"],
        "A new group or the end of the interchange comes before UNE.",
        "End each functional group with UNE."),
    entry(UNT_ORPHAN, Severity::Error, Some(33), ["多余的报文尾", "Message trailer without header"],
        "UNT stands where no message is open.",
        "Remove it, or add the missing UNH."),
    entry(UNE_ORPHAN, Severity::Error, Some(33), ["多余的功能组尾", "Group trailer without header"],
        "UNE stands where no group is open.",
        "Remove it, or add the missing UNG."),
    entry(UNZ_ORPHAN, Severity::Error, Some(33), ["多余的交换尾", "Interchange trailer without header"],
        "UNZ stands where no interchange was opened by UNB.",
        "Remove it, or add the missing UNB."),
    entry(UNT_COUNT, Severity::Error, Some(29), ["报文段数不符", "Segment count wrong"],
        "UNT element 1 differs from the number of segments from UNH to UNT. Segments were lost, or the sender counts wrongly.",
        "Count UNH, UNT and everything between; if segments are missing, send again."),
    entry(UNT_REFERENCE, Severity::Error, Some(28), ["报文参考号不符", "Message reference wrong"],
        "UNT element 2 differs from UNH element 1. Two messages may have run together.",
        "Repeat the reference of UNH in UNT."),
    entry(UNZ_COUNT, Severity::Error, Some(29), ["交换计数不符", "Interchange count wrong"],
        "UNZ element 1 differs from the number of messages, or of groups if there are any.",
        "Count messages, or groups if used; if some are missing, send again."),
    entry(UNZ_REFERENCE, Severity::Error, Some(28), ["交换参考号不符", "Interchange reference wrong"],
        "UNZ element 2 differs from UNB element 5.",
        "Repeat the control reference of UNB in UNZ."),
    entry(UNE_COUNT, Severity::Error, Some(29), ["功能组计数不符", "Group count wrong"],
        "UNE element 1 differs from the number of messages in the group.",
        "Count the messages of the group."),
    entry(UNE_REFERENCE, Severity::Error, Some(28), ["功能组参考号不符", "Group reference wrong"],
        "UNE element 2 differs from UNG element 5.",
        "Repeat the reference of UNG in UNE."),
    entry(UNH_DUPLICATE, Severity::Error, Some(26), ["报文参考号重复", "Message reference repeated"],
        "Two messages of one interchange or group have the same reference, so answers cannot tell them apart.",
        "Number the messages."),
    entry(UNG_DUPLICATE, Severity::Error, Some(26), ["功能组参考号重复", "Group reference repeated"],
        "Two functional groups of one interchange have the same reference, so answers cannot tell them apart.",
        "Number the groups."),
    entry(UNB_DUPLICATE, Severity::Error, Some(26), ["交换参考号重复", "Interchange reference repeated"],
        "Two interchanges of one file have the same sender, recipient and control reference: the same interchange twice, or a counter that stands still.",
        "Send each interchange once, and number them."),
    entry(GROUP_MIXED, Severity::Error, Some(30), ["功能组与报文混用", "Groups and messages mixed"],
        "Some messages stand in functional groups and some outside.",
        "Use groups for all messages or for none."),
    entry(INTERCHANGE_EMPTY, Severity::Warning, Some(32), ["交换为空", "Interchange without message"],
        "UNB is followed by UNZ without a message.",
        "Send nothing when there is nothing to say."),
    entry(SEGMENT_TRUNCATED, Severity::Error, Some(13), ["末段不完整", "Last segment cut off"],
        "The file ends without a segment terminator: a broken transfer, or a sender that leaves the last one out.",
        "Send the complete file; end the last segment too."),
    entry(SEGMENT_EMPTY, Severity::Warning, Some(12), ["空段", "Empty segment"],
        "Two terminators follow each other.",
        "Remove one; release a quote in text with a question mark."),
    entry(SEGMENT_OUTSIDE, Severity::Error, Some(33), ["段在报文之外", "Segment outside a message"],
        "Data stands between UNT and the next UNH, or UNH is missing or damaged.",
        "Put every segment between UNH and UNT."),
    entry(TAG_BAD, Severity::Error, Some(12), ["段标识无效", "Bad segment tag"],
        "A segment does not start with three capitals or digits; often a quote in text that was not released.",
        "Release service characters in text with a question mark."),
    entry(DATA_BETWEEN, Severity::Warning, Some(22), ["交换之外有数据", "Data outside the interchange"],
        "Something that is not EDIFACT stands before, between or after interchanges: a mail header, a report line, padding.",
        "Send the interchange alone."),
    entry(CHAR_LOWER, Severity::Warning, Some(21), ["小写字母", "Small letters under UNOA"],
        "UNOA allows capitals only.",
        "Declare UNOB or send capitals."),
    entry(CHAR_SET, Severity::Error, Some(21), ["字符不允许", "Character not allowed"],
        "A character is not in the declared repertoire; at signs and underscores of mail addresses under UNOA or UNOB are common.",
        "Declare UNOC or UNOW, or leave the character out."),
    entry(CHAR_CONTROL, Severity::Warning, Some(21), ["控制字符", "Control character"],
        "A control character such as NUL or Ctrl-Z stands in the file.",
        "Remove it."),
    entry(CHAR_LINE_BREAK, Severity::Warning, Some(21), ["段内换行", "Line break inside a segment"],
        "The file was folded at a fixed width, or text holds a line end.",
        "Send without line breaks."),
    entry(CHARSET_ESCAPE, Severity::Error, Some(21), ["ISO 2022 转义序列", "Escape sequence of ISO 2022"],
        "UNOX allows to switch the character set by escape sequences. They are not interpreted: bytes of the other set may look like service characters.",
        "Send UTF-8 under UNOW."),
    entry(CHARSET_BYTES, Severity::Error, Some(21), ["字节与字符集不符", "Bytes not valid in the declared character set"],
        "Text is in another character set than UNB says; Chinese text under UNOA is often GB18030.",
        "Declare UNOW and send UTF-8, or agree on GB18030 in the partner profile."),
    entry(CHARSET_UTF8, Severity::Warning, Some(21), ["未声明的 UTF-8", "UTF-8 not declared"],
        "Text is UTF-8 although UNOA or UNOB is declared. It was read as UTF-8.",
        "Declare UNOW."),
    entry(SYNTAX_ID, Severity::Error, Some(2), ["未知的语法标识", "Unknown syntax identifier"],
        "UNB element 1 does not name a repertoire that is known. UNOB was assumed.",
        "Use UNOA to UNOK, or UNOW."),
    entry(SYNTAX_VERSION, Severity::Error, Some(2), ["未知的语法版本", "Unknown syntax version"],
        "UNB element 1 component 2 is not 1 to 4.",
        "Use 3 or 4."),
    entry(SERVICE_ELEMENT, Severity::Error, Some(13), ["服务段缺少必填项", "Mandatory element of a service segment missing"],
        "UNB, UNG, UNH, UNT, UNE or UNZ lacks an element that the standard requires.",
        "Fill the element."),
    entry(SERVICE_EXTRA, Severity::Warning, Some(16), ["服务段数据元过多", "Too many elements in a service segment"],
        "A service segment has more elements than the standard defines; the surplus was ignored.",
        "Leave the surplus out; release plus signs in names."),
    entry(FINDINGS_MORE, Severity::Info, None, ["更多同类问题", "More findings of one kind"],
        "A kind of finding occurred more often than is listed.",
        "Repair the cause once; it is usually the same everywhere."),
    entry(DIR_UNKNOWN, Severity::Info, None, ["没有该报文的目录", "No directory for this message type"],
        "The message type has no segment table here, so its structure was not checked.",
        "None needed, or add a directory file."),
    entry(DIR_NEAREST, Severity::Info, None, ["按最接近的版本校验", "Checked against the nearest release"],
        "The release in UNH has no segment table here; the nearest one was used, and differences are warnings.",
        "None needed, or add a directory file for the release."),
    entry(DIR_RECALLED, Severity::Info, None, ["目录未经核对", "Segment table not verified"],
        "The segment table was not compared line by line with the publication, so differences are warnings.",
        "Compare the table with the publication and mark it as published."),
    entry(DIR_UNEXPECTED, Severity::Error, Some(15), ["段不属于该报文", "Segment not in the message type"],
        "The segment table of this message type does not have the segment.",
        "Leave it out, or use the release that has it."),
    entry(DIR_ORDER, Severity::Error, Some(15), ["段的位置不对", "Segment at the wrong position"],
        "The message type has the segment, but not here; segments are out of order or a group trigger is missing.",
        "Put the segments in the order of the segment table."),
    entry(DIR_MISSING_SEGMENT, Severity::Error, Some(13), ["缺少必备段", "Mandatory segment missing"],
        "A mandatory segment was not there when the message went on.",
        "Add the segment."),
    entry(DIR_MISSING_GROUP, Severity::Error, Some(13), ["缺少必备段组", "Mandatory group missing"],
        "A mandatory group was not there when the message went on.",
        "Add the group, beginning with its first segment."),
    entry(DIR_REPEAT, Severity::Error, Some(35), ["段重复过多", "Segment repeated too often"],
        "A segment occurs more often in a row than the segment table allows.",
        "Split the content into groups or messages."),
    entry(DIR_GROUP_REPEAT, Severity::Error, Some(36), ["段组重复过多", "Group repeated too often"],
        "A group occurs more often than the segment table allows.",
        "Split the message."),
    entry(DIR_ELEMENT, Severity::Error, Some(13), ["缺少必填数据元", "Mandatory element missing"],
        "An element or component that the segment requires is empty.",
        "Fill the element."),
    entry(DIR_EXTRA, Severity::Error, Some(16), ["数据元过多", "Too many elements or components"],
        "A segment has more elements, or an element more components, than the directory defines; often an unreleased plus sign or colon in text.",
        "Release service characters in text with a question mark, or leave the surplus out."),
    entry(DIR_LONG, Severity::Error, Some(39), ["数据元过长", "Element too long"],
        "A value has more characters than its representation allows, for example more than 35 in an..35.",
        "Shorten the value, or split it over the components that are repeated for that."),
    entry(DIR_SHORT, Severity::Error, Some(40), ["数据元过短", "Element too short"],
        "A value has fewer characters than its fixed length, for example three in n4.",
        "Fill it to its length; numbers take leading zeros."),
    entry(DIR_TYPE, Severity::Error, Some(37), ["字符类型不符", "Wrong kind of characters"],
        "A number holds something other than digits, a leading minus and one decimal mark, or a word holds digits.",
        "Send digits only, without thousands separators or units."),
    entry(DIR_CODE, Severity::Warning, Some(12), ["代码不在代码表中", "Code not in the code list"],
        "A coded element has a value that the UN code list does not have, and no other list is named beside it (1131, 3055).",
        "Check the code; a code agreed between partners needs its agency in 3055."),
];
