//! Taking an image in: what is odd about it, and whether it fits a task. Nothing is refused here: an image that fits nothing is kept.

use codes::{Finding, FindingCode, Severity, Text, finding_code as code};
use ledger::Timestamp;

use crate::image_review::TASK_SCANS_MAX;
use crate::image_rules::ImagingRules;
use crate::scan::{ScanEvent, ScanMatched, ScanReceived};

/// Every fault code of an image.
pub const SCAN_CODES: &[FindingCode] = &[
    code("scan-container-number", "集装箱号校验不符", "the container number fails its check"),
    code("scan-box-unknown", "本口岸没有这个集装箱", "no box of this number is at the port"),
    code("scan-order-unknown", "没有这个查验指令", "no inspection order of this number"),
    code("scan-order-closed", "查验指令或审像任务已结束", "the inspection order, or its image task, has ended"),
    code("scan-order-without-box", "查验指令不含该集装箱", "the inspection order does not name this box"),
    code("scan-order-not-by-machine", "查验指令未下达机检", "the inspection order is not by machine"),
    code("scan-no-order", "该集装箱没有待机检的查验", "no inspection of this box waits for an image"),
    code("scan-task-full", "该任务的图像已达上限", "the task has as many images as it takes"),
    code("scan-second", "该任务已有图像", "the task has an image already"),
    code("scan-of-another-box", "同一图像曾以另一箱号传来", "the same image came under another container number"),
    code("scan-clock-ahead", "拍摄时间晚于接收时间，设备时钟偏快", "taken later than received: the scanner's clock is ahead"),
    code("scan-late", "拍摄时间过早：传输迟延或设备时钟偏慢", "taken long before it came: sent late, or the scanner's clock is behind"),
    code("scan-equipment-unknown", "设备未登记", "the scanner is not registered"),
    code("scan-sender-differs", "发送方不是该设备的发送方", "the sender does not send for this scanner"),
    code(
        "scan-operator-unknown",
        "未说明设备操作人员，或不是本关区在册人员",
        "the officer at the scanner is not named, or is not known in the district",
    ),
    code("scan-repeated", "同一图像已收到过", "the same image came before"),
    code("scan-unreadable", "图像文件头不完整", "the head of the image file is cut"),
];

/// The inspection order that was named with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedOrder {
    /// None was named.
    None,
    /// There is none of this number.
    Unknown,
    /// It has a result, or was cancelled.
    Closed,
    /// It does not name the box.
    WithoutBox,
    /// It is not by machine.
    NotByMachine,
    /// It waits for this image.
    Fits,
}

/// What is known around an image.
#[derive(Clone, Debug)]
pub struct ScanFacts<'f> {
    /// The container number passes its check (ISO 6346).
    pub number_sound: bool,
    /// The order that was named.
    pub order: NamedOrder,
    /// The task that takes images of this box, and how many it has.
    pub task: Option<(&'f str, usize)>,
    /// The same bytes came under another container number.
    pub bytes_of_another_box: bool,
    /// Whoever sent it sends for this scanner, or may send for any.
    pub of_its_sender: bool,
    /// The officer at the scanner is known in the district.
    pub operator_known: bool,
}

/// Takes an image in: its findings, and the task to which it goes when it fits one beyond doubt.
pub fn decide_receive_scan(mut command: ScanReceived, facts: &ScanFacts<'_>, rules: &ImagingRules, at: Timestamp) -> Vec<ScanEvent> {
    let mut findings = doubts(&command, facts, rules);
    let fits = findings.is_empty();
    findings.extend(remarks(&command, facts, rules, at));
    command.findings = findings;
    let matched = match (facts.task, &command.visit) {
        (Some((task, _)), Some(visit)) if fits => Some(ScanMatched { task: task.to_owned(), visit: visit.clone(), by: None }),
        (Some(_) | None, Some(_) | None) => None,
    };
    std::iter::once(ScanEvent::from(command)).chain(matched.map(ScanEvent::from)).collect()
}

/// The task to which an image that came before goes now, when nothing keeps it from it any more.
pub fn fits_now(known: &ScanReceived, facts: &ScanFacts<'_>, rules: &ImagingRules, matched: ScanMatched) -> Option<ScanMatched> {
    facts.task.filter(|_| doubts(known, facts, rules).is_empty()).map(|_| matched)
}

/// What keeps an image from going to a task by itself.
fn doubts(command: &ScanReceived, facts: &ScanFacts<'_>, rules: &ImagingRules) -> Vec<Finding> {
    let look = Text::new("图像已保存，请关员核对后归入任务或搁置。", "The image is kept; an officer gives it to a task or sets it aside.");
    let mut doubts = Vec::new();
    let mut doubt = |code: &'static str, pointer: &str| doubts.push(finding(code, Severity::Error, pointer, look.clone()));
    if !facts.number_sound {
        doubt("scan-container-number", "/container");
    } else if command.visit.is_none() {
        doubt("scan-box-unknown", "/container");
    }
    match facts.order {
        NamedOrder::Unknown => doubt("scan-order-unknown", "/order"),
        NamedOrder::Closed => doubt("scan-order-closed", "/order"),
        NamedOrder::WithoutBox => doubt("scan-order-without-box", "/order"),
        NamedOrder::NotByMachine => doubt("scan-order-not-by-machine", "/order"),
        NamedOrder::None if command.visit.is_some() && facts.task.is_none() => doubt("scan-no-order", "/container"),
        NamedOrder::None | NamedOrder::Fits => {}
    }
    if facts.task.is_some_and(|(_, images)| images >= TASK_SCANS_MAX) {
        doubt("scan-task-full", "");
    }
    if command.size.is_none() {
        doubt("scan-unreadable", "");
    }
    if facts.bytes_of_another_box {
        doubt("scan-of-another-box", "");
    }
    // Anything could call itself a scanner: what is not registered, or not its sender's, goes to no task by itself.
    if rules.scanner(&command.equipment).is_none() {
        doubt("scan-equipment-unknown", "/equipment");
    } else if !facts.of_its_sender {
        doubt("scan-sender-differs", "/equipment");
    }
    doubts
}

/// What an officer should know of an image that goes to its task all the same.
fn remarks(command: &ScanReceived, facts: &ScanFacts<'_>, rules: &ImagingRules, at: Timestamp) -> Vec<Finding> {
    let mut remarks = Vec::new();
    let mut remark = |code: &'static str, pointer: &str, hint: Text| remarks.push(finding(code, Severity::Warning, pointer, hint));
    let clock = || Text::new("请校准设备时钟；平台以接收时间为准。", "Set the scanner's clock; the platform goes by the time of receipt.");
    if command.taken_at > at.plus_minutes(i64::from(rules.clock_ahead_minutes_max)) {
        remark("scan-clock-ahead", "/taken_at", clock());
    }
    if command.taken_at < at.plus_hours(-i64::from(rules.late_hours)) {
        remark("scan-late", "/taken_at", clock());
    }
    if !facts.operator_known && command.sandbox.is_none() {
        let hint = Text::new("该任务未见异常也须复审。", "A clean review of its task is reviewed again.");
        remark("scan-operator-unknown", "/operator", hint);
    }
    if facts.task.is_some_and(|(_, images)| images > 0) {
        let hint = Text::new("两幅图像都保留，请一并审看。", "Both images are kept; look at both.");
        remark("scan-second", "", hint);
    }
    remarks
}

/// The finding that says that the same bytes came again; the image that came first stands.
pub fn repeated_finding() -> Finding {
    let hint = Text::new("首次收到的图像有效，未重复保存。", "The image that came first stands; nothing was kept twice.");
    finding("scan-repeated", Severity::Info, "", hint)
}

fn finding(code: &'static str, severity: Severity, pointer: &str, hint: Text) -> Finding {
    let row = SCAN_CODES.iter().find(|row| row.code == code);
    let message = row.map_or_else(|| Text::new(code, code), |row| Text::new(row.zh, row.en));
    Finding { code: code.into(), severity, pointer: pointer.to_owned(), message, hint }
}
