//! What an officer wrote down at the site with a phone (现场查验记录): checklist, photos, signature, notes, and the result where the officer gives one.
//!
//! A phone works without a line, and what it brings later may meet an order that has gone on. Whatever it brings is kept: taken, or not taken with
//! every reason, and then it waits until somebody of the authority has looked at it. It never changes an order by itself: a result goes through
//! the rules of the inspection or of the joint order, and what these refuse is a reason here.
//!
//! Deliberately does not know where pictures lie (it holds their SHA-256), or what a checklist means.

use std::collections::BTreeMap;

use codes::{Finding, Text};
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::authority::CheckItem;
use crate::inspection::{FINDINGS_LENGTH_MAX, Method, Outcome};
use crate::joint_order::Checked;

/// Most photos of one record.
pub const FIELD_PHOTOS_MAX: usize = 12;
/// Most checklist items of one record.
pub const FIELD_CHECKS_MAX: usize = 60;
/// Longest note on what became of a record that was not taken, characters.
pub const SETTLEMENT_LENGTH_MAX: usize = 500;
/// Minutes by which a phone's clock may differ before its times are corrected and the record says so. An assumption of the platform: no public rule
/// was found.
pub const CLOCK_SKEW_MINUTES_MAX: i64 = 5;

/// Kind of order that a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldOrderKind {
    /// An inspection of customs (查验指令).
    Inspection,
    /// A joint order (联合查验指令).
    JointOrder,
}

impl FieldOrderKind {
    /// Object kind.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Inspection => "inspection",
            Self::JointOrder => "joint-order",
        }
    }
}

/// The result that an officer gives with a record; `note` of the record is its report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FieldResult {
    /// Of an inspection: written down, to be confirmed by another drawn officer.
    Inspection {
        /// Pass or fail.
        outcome: Outcome,
        /// Disposition code.
        disposition: String,
        /// How it was done.
        method: Method,
        /// New seal, when opened.
        #[serde(default)]
        seal_new: Option<String>,
        /// Officers present, user ids.
        officers: Vec<String>,
    },
    /// The authority's part of a joint order; clean when every item is in order.
    Part {
        /// Officers who were there, user ids.
        officers: Vec<String>,
    },
}

/// What a phone brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDraft {
    /// Kind of order.
    pub order_kind: FieldOrderKind,
    /// Order id as the phone knew it.
    pub order: String,
    /// Container number or id of its visit, when it is about one box.
    pub container: Option<String>,
    /// Checklist, item by item.
    pub checks: Vec<Checked>,
    /// Notes.
    pub note: String,
    /// Photos by their SHA-256, lower-case hex.
    pub photos: Vec<String>,
    /// Signature drawn by the officer, by the SHA-256 of the picture.
    pub signature: Option<String>,
    /// Result, if one is given.
    pub result: Option<FieldResult>,
    /// Authority, organisation id.
    pub organisation: String,
    /// Customs district of the authority, when it is customs.
    pub district: Option<String>,
    /// Officer, user id.
    pub by: String,
    /// When it was written down, on the phone's clock.
    pub phone_at: Timestamp,
    /// When it was sent, on the phone's clock.
    pub sent_at: Timestamp,
    /// SHA-256 of what was sent: the same record comes twice, another one under its id is refused.
    pub content: String,
}

/// The order of a record as the platform knows it when the record comes.
#[derive(Clone, Copy, Debug)]
pub struct OrderAtSite<'a> {
    /// State code, to be told.
    pub status: &'a str,
    /// It still takes what happens at the site.
    pub open: bool,
    /// A result of this authority is written down.
    pub resulted: bool,
    /// Boxes, container visit ids.
    pub boxes: &'a [String],
    /// Boxes at the site.
    pub arrived: &'a BTreeMap<String, Timestamp>,
    /// The officer is one of those who carry it out.
    pub officer: bool,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// What a result of an inspection must tell, item by item; a joint order's own rules look at its checklist.
    pub checklist: &'a [CheckItem],
}

/// `field-record.recorded`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRecorded {
    /// Kind of order.
    pub order_kind: FieldOrderKind,
    /// Order id as the phone knew it.
    pub order: String,
    /// The order exists and is the authority's to know of.
    pub known: bool,
    /// Box: container visit id when the order names it, as it was told otherwise.
    #[serde(default)]
    pub container: Option<String>,
    /// Checklist.
    pub checks: Vec<Checked>,
    /// Notes. Not named `reason` or `remark`: they are for officers.
    pub note: String,
    /// Photos by SHA-256.
    pub photos: Vec<String>,
    /// Signature by SHA-256.
    #[serde(default)]
    pub signature: Option<String>,
    /// Result.
    #[serde(default)]
    pub result: Option<FieldResult>,
    /// Authority, organisation id.
    pub organisation: String,
    /// Customs district.
    #[serde(default)]
    pub district: Option<String>,
    /// Officer, user id.
    pub by: String,
    /// On the phone's clock.
    pub phone_at: Timestamp,
    /// Sent, on the phone's clock.
    pub sent_at: Timestamp,
    /// When it was written down, as far as the platform can tell.
    pub at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// SHA-256 of what was sent.
    pub content: String,
    /// What is wrong with it; an error is why it was not taken.
    pub findings: Vec<Finding>,
}

impl FieldRecorded {
    /// Nothing stands against it.
    pub fn is_taken(&self) -> bool {
        !codes::has_errors(&self.findings)
    }
}

/// `field-record.settled`; also the command: somebody has looked at a record that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSettled {
    /// What became of it.
    pub note: String,
    /// Who, user id.
    pub by: String,
}

ledger::domain_events! {
    /// What happens to a record of the site.
    pub enum FieldRecordEvent for "field-record" {
        /// It came from a phone.
        Recorded(FieldRecorded) = "field-record.recorded",
        /// It was not taken, and somebody has looked at it.
        Settled(FieldSettled) = "field-record.settled",
    }
}

/// How a record stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum FieldPhase {
    /// Taken (已采纳).
    Taken,
    /// Not taken, kept with its reasons (未采纳).
    NotTaken,
    /// Not taken, and somebody has looked at it (已处置).
    Settled {
        /// What became of it.
        settled: FieldSettled,
        /// When.
        at: Timestamp,
    },
}

/// A record of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRecord {
    /// What came.
    pub recorded: FieldRecorded,
    /// How it stands.
    pub phase: FieldPhase,
}

/// The box that an order means by a number or the id of its visit.
fn named<'a>(boxes: &'a [String], text: &str) -> Option<&'a String> {
    let number = text.split('-').next().unwrap_or_default();
    boxes.iter().find(|id| *id == text).or_else(|| boxes.iter().find(|id| id.split('-').next() == Some(number) && !text.contains('-')))
}

/// Keeps what a phone brings, taken or not. `order` is `None` when there is no such order or it is not the authority's to know of; `refused` is why
/// the order does not take the result.
///
/// # Errors
/// `field-record-exists` when another record has its id; `field-photos`, `field-checks`, `field-note-length` beyond a limit. The same record again
/// gives no event.
pub fn decide_field_record(
    state: Option<&FieldRecord>,
    draft: FieldDraft,
    order: Option<OrderAtSite<'_>>,
    refused: Option<&Refusal>,
    received_at: Timestamp,
) -> Result<Vec<FieldRecordEvent>, Refusal> {
    const ATTEMPT: &str = "field-record.record";
    if let Some(known) = state {
        if known.recorded.content == draft.content && known.recorded.by == draft.by {
            return Ok(Vec::new());
        }
        return Err(Refusal::new(
            "field-record-exists",
            ATTEMPT,
            known.status(),
            "该编号已有另一份现场记录。",
            "Another record of the site has this id.",
        ));
    }
    limits(ATTEMPT, &draft)?;
    let mut findings = of_order(&draft, order, refused);
    let since = order.map(|order| order.ordered_at);
    let at = on_the_platforms_clock(draft.phone_at, draft.sent_at, since, received_at, &mut findings);
    let container = draft.container.map(|text| order.and_then(|order| named(order.boxes, &text).cloned()).unwrap_or(text));
    Ok(vec![
        FieldRecorded {
            order_kind: draft.order_kind,
            order: draft.order,
            known: order.is_some(),
            container,
            checks: draft.checks,
            note: draft.note,
            photos: draft.photos,
            signature: draft.signature,
            result: draft.result,
            organisation: draft.organisation,
            district: draft.district,
            by: draft.by,
            phone_at: draft.phone_at,
            sent_at: draft.sent_at,
            at,
            received_at,
            content: draft.content,
            findings,
        }
        .into(),
    ])
}

fn limits(attempted: &'static str, draft: &FieldDraft) -> Result<(), Refusal> {
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, attempted, "nothing", zh, en));
    if draft.photos.len() > FIELD_PHOTOS_MAX {
        return refuse(
            "field-photos",
            format!("一份现场记录最多 {FIELD_PHOTOS_MAX} 张照片。"),
            format!("A record has at most {FIELD_PHOTOS_MAX} photos."),
        );
    }
    if draft.checks.len() > FIELD_CHECKS_MAX {
        return refuse(
            "field-checks",
            format!("检查项目最多 {FIELD_CHECKS_MAX} 项。"),
            format!("At most {FIELD_CHECKS_MAX} items of a checklist."),
        );
    }
    if draft.note.chars().count() > FINDINGS_LENGTH_MAX {
        return refuse(
            "field-note-length",
            format!("现场记录最多 {FINDINGS_LENGTH_MAX} 个字符。"),
            format!("Notes have at most {FINDINGS_LENGTH_MAX} characters."),
        );
    }
    Ok(())
}

/// Everything that stands against a record, all at once.
fn of_order(draft: &FieldDraft, order: Option<OrderAtSite<'_>>, refused: Option<&Refusal>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(order) = order else {
        findings.push(finding(
            "field-order-unknown",
            "/order",
            Text::new("没有这份查验指令，或本单位无权知悉。", "There is no such order, or it is not your authority's to know of."),
            Text::new("请核对指令编号；本单位可能已退出联合查验。", "Check the number; your authority may have left the joint order."),
        ));
        return findings;
    };
    if !order.officer {
        findings.push(finding(
            "field-officer-not-of-order",
            "/order",
            Text::new("记录人不是该查验的人员。", "The officer is not one of those who carry the order out."),
            Text::new(
                "由被抽取的查验人员或参加单位的人员录入。",
                "A drawn officer, or one of an authority that takes part, writes it down.",
            ),
        ));
    }
    if !order.open {
        findings.push(finding(
            "field-order-closed",
            "/order",
            Text::new(format!("查验已结束（{}）。", order.status), format!("The order has ended ({}).", order.status)),
            Text::new(
                "记录已保存；如与结果不符，请通知承办人员。",
                "The record is kept; tell whoever is in charge if it differs from the result.",
            ),
        ));
    }
    if draft.result.is_some() && order.resulted {
        findings.push(finding(
            "field-result-exists",
            "/result",
            Text::new("查验结果已由他人录入，本结果未采纳。", "A result is written down already; this one was not taken."),
            Text::new("核对两份结果；需更正的，先退回已录入的结果。", "Compare the two; to correct the first, have it returned."),
        ));
    }
    if let Some(text) = &draft.container {
        match named(order.boxes, text) {
            None => findings.push(finding(
                "field-container-differs",
                "/container",
                Text::new("该箱不在此指令内。", "The order does not name this box."),
                Text::new("核对箱号。", "Check the container number."),
            )),
            Some(id) if !order.arrived.contains_key(id) => findings.push(not_at_site(id)),
            Some(_) => {}
        }
    }
    if draft.result.is_some() && draft.signature.is_none() {
        findings.push(finding(
            "field-signature-missing",
            "/signature",
            Text::new("结果未签名。", "The result is not signed."),
            Text::new("请签名后重新提交。", "Sign it and send it again."),
        ));
    }
    if let Some(FieldResult::Inspection { outcome, .. }) = &draft.result {
        if !order.checklist.iter().map(|item| &item.code).eq(draft.checks.iter().map(|checked| &checked.code)) {
            findings.push(finding(
                "field-checks-missing",
                "/checks",
                Text::new("检查项目未逐项填写。", "The checklist is not told item by item."),
                Text::new("请逐项填写后重新提交。", "Tell every item and send it again."),
            ));
        }
        if *outcome == Outcome::Pass && draft.checks.iter().any(|checked| !checked.ok) {
            findings.push(finding(
                "field-checks-differ",
                "/checks",
                Text::new("有不合格项目，结果却为通过。", "An item is not in order, and yet the result is passed."),
                Text::new("请核对检查项目与结果。", "Compare the items and the result."),
            ));
        }
    }
    findings.extend(refused.and_then(|refusal| of_refusal(refusal, &findings)));
    findings
}

fn not_at_site(id: &str) -> Finding {
    let number = id.split('-').next().unwrap_or_default().to_owned();
    finding(
        "field-box-not-at-site",
        "/container",
        Text::new(format!("平台未收到 {number} 的到场报告。"), format!("{number} has not been reported at the site.")),
        Text::new("请码头补报到场后重新提交。", "Have the terminal report its arrival, then send the record again."),
    )
}

/// What the order's own rules say against the result, in the terms of this record.
fn of_refusal(refusal: &Refusal, known: &[Finding]) -> Option<Finding> {
    let code = match refusal.code {
        "inspection-result-recorded" | "inspection-already-resulted" | "joint-order-part-recorded" | "joint-order-result-exists" => {
            "field-result-exists"
        }
        "inspection-closed" | "joint-order-closed" => "field-order-closed",
        "inspection-officer-not-drawn" | "joint-order-not-participant" | "joint-order-declined" | "joint-order-part-by-inspection" => {
            "field-officer-not-of-order"
        }
        "inspection-box-not-at-site" | "joint-order-box-not-at-site" => "field-box-not-at-site",
        _ => "field-result-refused",
    };
    if known.iter().any(|finding| finding.code == code) {
        return None;
    }
    let message = Text::new(refusal.text.zh.clone(), refusal.text.en.clone());
    let hint = Text::new(format!("原规则：{}。", refusal.code), format!("The rule: {}.", refusal.code));
    Some(finding(code, "/result", message, hint))
}

fn finding(code: &'static str, pointer: &str, message: Text, hint: Text) -> Finding {
    Finding::error(code, pointer, message, hint)
}

/// When it was written down. A phone that is wrong by more than [`CLOCK_SKEW_MINUTES_MAX`] is corrected by what its clock showed when it sent; a time
/// that cannot be (after it came, before the order, after it was sent) was written under another setting of the clock, and the arrival counts.
fn on_the_platforms_clock(
    phone_at: Timestamp,
    sent_at: Timestamp,
    since: Option<Timestamp>,
    received_at: Timestamp,
    findings: &mut Vec<Finding>,
) -> Timestamp {
    let limit = Timestamp::from_millis(0).plus_minutes(CLOCK_SKEW_MINUTES_MAX).millis();
    let skew = received_at.since_millis(sent_at);
    let mut at = phone_at;
    if skew.saturating_abs() > limit {
        let minutes = skew.saturating_abs() / 60_000;
        let (zh, en) = if skew > 0 { ("慢", "behind") } else { ("快", "ahead") };
        at = phone_at.plus_millis(skew);
        findings.push(Finding::warning(
            "field-clock-skewed",
            "/recorded_at",
            Text::new(
                format!("手机时钟{zh} {minutes} 分钟，时间已更正。"),
                format!("The phone's clock is {minutes} minutes {en}; the time was corrected."),
            ),
            Text::new("请校准手机时间。", "Set the phone's clock right."),
        ));
    }
    let early = since.is_some_and(|since| at.plus_millis(limit) < since);
    if phone_at.since_millis(sent_at) > limit || at.since_millis(received_at) > limit || early {
        findings.push(Finding::warning(
            "field-clock-changed",
            "/recorded_at",
            Text::new(
                "记录时间不可信（记录与提交之间时钟被改动），以收到时间为准。",
                "The time cannot be right (the clock was changed in between); the time of arrival counts.",
            ),
            Text::new("请在备注中说明实际时间。", "Say the real time in the notes."),
        ));
        return received_at;
    }
    at.min(received_at)
}

/// Notes what became of a record that was not taken.
///
/// # Errors
/// `field-record-not-open` when it was taken or settled; `field-settlement` without a note of 2 to [`SETTLEMENT_LENGTH_MAX`] characters.
pub fn decide_settle_field_record(state: &FieldRecord, command: FieldSettled) -> Result<Vec<FieldRecordEvent>, Refusal> {
    const ATTEMPT: &str = "field-record.settle";
    match state.phase {
        FieldPhase::NotTaken => {}
        FieldPhase::Taken | FieldPhase::Settled { .. } => {
            return Err(Refusal::new(
                "field-record-not-open",
                ATTEMPT,
                state.status(),
                "该现场记录已采纳或已处置。",
                "The record was taken, or somebody has looked at it.",
            ));
        }
    }
    if !(2..=SETTLEMENT_LENGTH_MAX).contains(&command.note.trim().chars().count()) {
        return Err(Refusal::new(
            "field-settlement",
            ATTEMPT,
            state.status(),
            format!("请说明如何处置（2 至 {SETTLEMENT_LENGTH_MAX} 字）。"),
            format!("Say what became of it, in 2 to {SETTLEMENT_LENGTH_MAX} characters."),
        ));
    }
    Ok(vec![command.into()])
}

impl Aggregate for FieldRecord {
    const KIND: &'static str = "field-record";
    type Event = FieldRecordEvent;

    fn apply(state: Option<Self>, event: &FieldRecordEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use FieldRecordEvent as E;
        match (state, event) {
            (None, E::Recorded(data)) => {
                let phase = if data.is_taken() { FieldPhase::Taken } else { FieldPhase::NotTaken };
                Ok(Self { recorded: data.clone(), phase })
            }
            (Some(record), E::Settled(data)) if record.phase == FieldPhase::NotTaken => {
                Ok(Self { phase: FieldPhase::Settled { settled: data.clone(), at }, ..record })
            }
            (None, E::Settled(_)) => Err(ReplayError::OutOfOrder { kind: event.kind(), state: "nothing".into() }),
            (Some(record), E::Recorded(_) | E::Settled(_)) => {
                Err(ReplayError::OutOfOrder { kind: event.kind(), state: record.status().to_owned() })
            }
        }
    }

    fn related(&self, _event: &FieldRecordEvent) -> Vec<Related> {
        if !self.recorded.known {
            return Vec::new();
        }
        let mut related: Vec<Related> = vec![(ObjectRef::new(self.recorded.order_kind.code(), &self.recorded.order), "order")];
        // What is no visit of a box is what somebody typed.
        let visit = self.recorded.container.iter().filter(|id| id.contains('-'));
        related.extend(visit.map(|id| (ObjectRef::new("container", id), "container")));
        related
    }

    fn status(&self) -> &'static str {
        match self.phase {
            FieldPhase::Taken => "taken",
            FieldPhase::NotTaken => "not-taken",
            FieldPhase::Settled { .. } => "settled",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let recorded = &self.recorded;
        let number = recorded.container.as_ref().map(|text| text.split('-').next().unwrap_or_default().to_uppercase());
        let (action, closed_at) = match &self.phase {
            FieldPhase::Taken => (None, Some(recorded.received_at)),
            FieldPhase::NotTaken => (Some("review-field-record"), None),
            FieldPhase::Settled { at, .. } => (None, Some(*at)),
        };
        let mut keys = vec![id.to_uppercase(), recorded.order.to_uppercase()];
        keys.extend(number.clone());
        WorkRow {
            title: format!("{} {}", recorded.order, number.unwrap_or_default()).trim_end().to_owned(),
            status: self.status().to_owned(),
            // What waits for customs waits in the list of its district.
            owner: recorded.district.is_none().then(|| recorded.organisation.clone()).filter(|_| action.is_some()),
            action: action.map(str::to_owned),
            authority: recorded.district.clone(),
            parties: vec![recorded.organisation.clone()],
            keys,
            opened_at: recorded.received_at,
            due_at: None,
            closed_at,
        }
    }
}
