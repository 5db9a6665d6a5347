//! The closing report of a day (日清报告): which cases customs could not finish that day, and why each is carried over (CLR-25).
//!
//! "Daily clearance" has no public definition beyond the documents of the port: what qualifies is handled the same day, and inspections ordered that
//! day are done that day. The report therefore decides nothing about a case. It takes down who said why, and it is closed once.
//!
//! Deliberately does not know where cases lie or how they are counted.

use std::collections::{BTreeMap, BTreeSet};

use codes::Text;
use ledger::{Aggregate, DomainEvent, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Most cases that a report lists one by one; beyond it the groups carry their counts and reasons alone. With the longest notes a report stays well
/// below what an event may hold.
pub const CARRIED_CASES_MAX: usize = 1_500;
/// Most cases that have a reason of their own.
pub const CASE_REASONS_MAX: usize = 300;
/// Most groups of a report.
pub const CARRIED_GROUPS_MAX: usize = 200;
/// Longest note of a reason, characters.
pub const CARRIED_NOTE_LENGTH_MAX: usize = 200;
/// Days after its end within which a day may still be closed: an officer who closes after midnight, or after a night without a line.
pub const CLOSES_WITHIN_DAYS: i32 = 1;

/// A reason for which a case is carried over (结转原因).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarryReason {
    /// Stable code.
    pub code: &'static str,
    /// It lies with customs itself, not with others.
    pub own: bool,
    zh: &'static str,
    en: &'static str,
}

impl CarryReason {
    /// In words.
    pub fn text(&self) -> Text {
        Text::new(self.zh, self.en)
    }
}

const fn reason(code: &'static str, own: bool, zh: &'static str, en: &'static str) -> CarryReason {
    CarryReason { code, own, zh, en }
}

/// The reasons that may be given. No authority has published a list: these are the platform's, and every report says so.
pub const CARRY_REASONS: [CarryReason; 12] = [
    reason("awaiting-goods", false, "货物未到港", "The goods have not come"),
    reason("awaiting-enterprise", false, "待企业办理（补单、预约、缴税）", "The enterprise must act: documents, appointment, duty"),
    reason("awaiting-terminal", false, "待码头调箱到场", "The terminal must bring the box"),
    reason("awaiting-authority", false, "待其他监管单位", "Another authority must act"),
    reason("awaiting-bank", false, "待银行扣款", "The bank must answer"),
    reason("booked-later", false, "已预约其他日期", "Booked for another day"),
    reason("held", true, "挂起核查", "Held and looked into"),
    reason("sampling", true, "取样送检待结果", "A sample is being tested"),
    reason("came-late", true, "临近下班到达，次日办理", "It came shortly before closing time"),
    reason("workload", true, "人员或场地不足", "Too few officers or places"),
    reason("system", true, "系统或网络故障", "Fault of a system or of the line"),
    reason("other", true, "其他（须说明）", "Something else, which must be said"),
];

/// A reason by its code.
pub fn carry_reason(code: &str) -> Option<&'static CarryReason> {
    CARRY_REASONS.iter().find(|reason| reason.code == code)
}

/// The reason that usually fits what a case waits for: a proposal, for somebody to confirm.
pub fn usual_reason(kind: &str, status: &str, action: Option<&str>) -> &'static str {
    match (kind, status, action) {
        (_, "awaiting-arrival", _) => "awaiting-goods",
        (_, "held", _) => "held",
        (_, _, Some("upload-documents" | "book-inspection" | "pay-duty")) | (_, "awaiting-payment" | "due", _) => "awaiting-enterprise",
        (_, "paying", _) => "awaiting-bank",
        (_, "appointed", _) => "booked-later",
        (_, _, Some("present-box")) => "awaiting-terminal",
        ("joint-order", "proposed", _) => "awaiting-authority",
        ("joint-order", ..) => "booked-later",
        _ => "came-late",
    }
}

/// Cases of one kind that wait for the same thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaseGroup {
    /// Object kind.
    pub kind: String,
    /// State code.
    pub status: String,
    /// Next action code.
    #[serde(default)]
    pub action: Option<String>,
}

/// Why something is carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// Reason code ([`CARRY_REASONS`]).
    pub reason: String,
    /// Note; needed where the reason says nothing by itself.
    #[serde(default)]
    pub note: String,
}

/// A group that is carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedGroup {
    /// Which.
    pub group: CaseGroup,
    /// Cases.
    pub count: u64,
    /// Why; a case may have its own reason.
    pub why: Why,
}

/// A case that is carried over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedCase {
    /// Group.
    pub group: CaseGroup,
    /// Object id.
    pub id: String,
    /// What a person recognises it by.
    pub title: String,
    /// Who must act, organisation id or district.
    #[serde(default)]
    pub owner: Option<String>,
    /// Open since.
    pub opened_at: Timestamp,
    /// When the next step is due.
    #[serde(default)]
    pub due_at: Option<Timestamp>,
    /// Why, where it differs from its group's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
}

/// Figures of a day (日清指标), cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayFigures {
    /// Became cases of customs on the day.
    pub opened: u64,
    /// Of these, finished on the same day.
    pub cleared: u64,
    /// Open when the report was closed, whenever they began.
    pub open: u64,
}

/// `daily-report.closed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayClosed {
    /// Day of the port's clock, `YYYY-MM-DD`.
    pub day: String,
    /// Customs district.
    pub district: String,
    /// Figures.
    pub figures: DayFigures,
    /// Groups, with a reason each.
    pub groups: Vec<CarriedGroup>,
    /// Cases one by one; none beyond [`CARRIED_CASES_MAX`].
    pub cases: Vec<CarriedCase>,
    /// Every case is listed.
    pub listed: bool,
    /// Closed after the day had ended.
    pub late: bool,
    /// Officer, user id.
    pub by: String,
    /// Organisation of the officer.
    pub organisation: String,
}

ledger::domain_events! {
    /// What happens to a closing report.
    pub enum DailyReportEvent for "daily-report" {
        /// Closed.
        Closed(DayClosed) = "daily-report.closed",
    }
}

/// The closing report of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DailyReport {
    /// What it says.
    pub closed: DayClosed,
    /// When it was closed.
    pub at: Timestamp,
}

/// An open case as it stands at the end of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// Group.
    pub group: CaseGroup,
    /// Object id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who must act.
    pub owner: Option<String>,
    /// Open since.
    pub opened_at: Timestamp,
    /// Due.
    pub due_at: Option<Timestamp>,
}

/// Closes a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseDay {
    /// Day, days since 1970-01-01, and as it is written.
    pub day: (i32, String),
    /// Customs district.
    pub district: String,
    /// Reasons of groups.
    pub groups: BTreeMap<CaseGroup, Why>,
    /// Reasons of single cases, by kind and id, in place of their group's.
    pub cases: BTreeMap<(String, String), Why>,
    /// Officer.
    pub by: String,
    /// Organisation.
    pub organisation: String,
}

/// What is open when a day is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayFacts {
    /// Today, days since 1970-01-01.
    pub today: i32,
    /// Minutes of today that are over.
    pub minute: u32,
    /// Minute of the day from which its report can be closed.
    pub close_from_minute: u32,
    /// Figures.
    pub figures: DayFigures,
    /// Open cases by group.
    pub open: BTreeMap<CaseGroup, u64>,
    /// Open cases, all of them or none.
    pub cases: Vec<OpenCase>,
    /// All of them are there.
    pub listed: bool,
}

/// Closes the day with a reason for whatever is carried over.
///
/// # Errors
/// `daily-report-exists` the second time; `daily-day` for a day that has not begun, or ended too long ago; `daily-too-early` for today before the
/// hour from which it can be closed; `daily-reason-unknown`,
/// `daily-reason-note` when a reason says nothing by itself and has no note, `daily-note-length`; `daily-reason-missing` naming the groups that have
/// none; `daily-groups` beyond a limit.
pub fn decide_close_day(state: Option<&DailyReport>, command: CloseDay, facts: DayFacts) -> Result<Vec<DailyReportEvent>, Refusal> {
    const ATTEMPT: &str = "daily-report.close";
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, ATTEMPT, state.map_or("nothing", Aggregate::status), zh, en));
    if state.is_some() {
        return refuse("daily-report-exists", "当日日清报告已关闭。".into(), "The report of this day is closed already.".into());
    }
    let behind = facts.today - command.day.0;
    if !(0..=CLOSES_WITHIN_DAYS).contains(&behind) {
        return refuse(
            "daily-day",
            "只能关闭当日或前一日的日清报告。".into(),
            "Only today's report, or that of the day before, can be closed.".into(),
        );
    }
    if behind == 0 && facts.minute < facts.close_from_minute {
        let from = format!("{:02}:{:02}", facts.close_from_minute / 60, facts.close_from_minute % 60);
        return refuse(
            "daily-too-early",
            format!("当日日清报告自 {from} 起可以关闭，关闭后不能再改。"),
            format!("Today's report can be closed from {from} on; once closed it cannot be changed."),
        );
    }
    if facts.open.len() > CARRIED_GROUPS_MAX || command.groups.len() > CARRIED_GROUPS_MAX || command.cases.len() > CASE_REASONS_MAX {
        return refuse(
            "daily-groups",
            format!("最多 {CARRIED_GROUPS_MAX} 组，逐件说明最多 {CASE_REASONS_MAX} 件。"),
            format!("At most {CARRIED_GROUPS_MAX} groups, and {CASE_REASONS_MAX} cases with a reason of their own."),
        );
    }
    for why in command.groups.values().chain(command.cases.values()) {
        let Some(known) = carry_reason(&why.reason) else {
            return refuse("daily-reason-unknown", format!("没有结转原因 {}。", why.reason), format!("There is no reason {}.", why.reason));
        };
        let length = why.note.trim().chars().count();
        if known.code == "other" && length < 2 {
            return refuse("daily-reason-note", "选择“其他”时须说明。".into(), "Say what the other reason is.".into());
        }
        if length > CARRIED_NOTE_LENGTH_MAX {
            return refuse(
                "daily-note-length",
                format!("说明最多 {CARRIED_NOTE_LENGTH_MAX} 个字符。"),
                format!("A note has at most {CARRIED_NOTE_LENGTH_MAX} characters."),
            );
        }
    }
    let own = |case: &OpenCase| command.cases.get(&(case.group.kind.clone(), case.id.clone()));
    // A group needs no reason of its own when each of its cases has one.
    let covered: BTreeSet<&CaseGroup> = facts
        .open
        .keys()
        .filter(|group| facts.listed && facts.cases.iter().filter(|case| case.group == **group).all(|case| own(case).is_some()))
        .collect();
    let missing: Vec<&CaseGroup> =
        facts.open.keys().filter(|group| !command.groups.contains_key(*group) && !covered.contains(group)).collect();
    if !missing.is_empty() {
        let names: Vec<String> = missing.iter().map(|group| format!("{} {}", group.kind, group.status)).collect();
        return refuse(
            "daily-reason-missing",
            format!("尚有未结案件未说明结转原因：{}。", names.join("、")),
            format!("No reason is given for: {}.", names.join(", ")),
        );
    }
    let individually = Why { reason: "other".into(), note: "逐件说明 each by itself".into() };
    let groups: Vec<CarriedGroup> = facts
        .open
        .iter()
        .map(|(group, count)| CarriedGroup {
            group: group.clone(),
            count: *count,
            why: command.groups.get(group).unwrap_or(&individually).clone(),
        })
        .collect();
    let cases = facts
        .cases
        .iter()
        .map(|case| {
            let why = own(case).cloned();
            let OpenCase { group, id, title, owner, opened_at, due_at } = case.clone();
            CarriedCase { group, id, title, owner, opened_at, due_at, why }
        })
        .collect();
    Ok(vec![
        DayClosed {
            day: command.day.1,
            district: command.district,
            figures: facts.figures,
            groups,
            cases,
            listed: facts.listed,
            late: behind > 0,
            by: command.by,
            organisation: command.organisation,
        }
        .into(),
    ])
}

impl DailyReport {
    /// Why a case of the report was carried over: its own reason, or its group's.
    pub fn why<'a>(&'a self, case: &'a CarriedCase) -> Option<&'a Why> {
        let of_group = || self.closed.groups.iter().find(|one| one.group == case.group).map(|one| &one.why);
        case.why.as_ref().or_else(of_group)
    }
}

impl Aggregate for DailyReport {
    const KIND: &'static str = "daily-report";
    type Event = DailyReportEvent;

    fn apply(state: Option<Self>, event: &DailyReportEvent, at: Timestamp) -> Result<Self, ReplayError> {
        match (state, event) {
            (None, DailyReportEvent::Closed(data)) => Ok(Self { closed: data.clone(), at }),
            (Some(report), DailyReportEvent::Closed(_)) => {
                Err(ReplayError::OutOfOrder { kind: event.kind(), state: report.status().to_owned() })
            }
        }
    }

    /// The cases stand in the payload: an event that named thousands of them would be part of every one of their histories.
    fn related(&self, _event: &DailyReportEvent) -> Vec<Related> {
        Vec::new()
    }

    fn status(&self) -> &'static str {
        "closed"
    }

    fn work_row(&self, id: &str) -> WorkRow {
        WorkRow {
            title: format!("{} {}", self.closed.day, self.closed.district),
            status: self.status().to_owned(),
            owner: None,
            action: None,
            authority: Some(self.closed.district.clone()),
            parties: vec![self.closed.organisation.clone()],
            keys: vec![id.to_uppercase(), self.closed.day.clone()],
            opened_at: self.at,
            due_at: None,
            closed_at: Some(self.at),
        }
    }
}
