//! Daily clearance: the board, the cases behind it, the closing report.

use app::daily::{AGES_FROM_DAYS, Board, CasesQuery};
use app::reading::Seen;
use app::{AppError, Context};
use clearance::{CARRY_REASONS, CarriedCase, CarriedGroup, CaseGroup, DailyReport as State, DayFigures, Why, carry_reason, usual_reason};
use ledger::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::inspection::Officer;
use super::work::WorkItem;
use super::{Instant, Org, Text, instant};
use crate::paging;
use crate::problem::Problem;
use crate::state::Api;
use crate::texts;

/// Figures of a day; the unit is the case.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct DailyFigures {
    /// Cases that became customs' own on the day.
    pub opened: u64,
    /// Of these, finished on the same day.
    pub cleared: u64,
    /// Share finished on the same day (日清率), 0 to 1; none when there were none.
    pub rate: Option<f64>,
    /// Open: now, or when the report was closed.
    pub open: u64,
}

/// Figures of one kind of case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyKind {
    /// Kind.
    pub kind: String,
    /// Cases of today.
    pub opened: u64,
    /// Of these, finished today.
    pub cleared: u64,
}

/// Cases that wait for the same thing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyGroup {
    /// Kind of case.
    pub kind: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Next action.
    pub action: Option<String>,
    /// Why they are open, in words.
    pub why: Text,
    /// What happens next, in words.
    pub next: Text,
    /// Who must act: `customs`, `authorities`, `enterprise`, `terminal`, `bank` or `nobody`.
    pub owner: String,
    /// In words.
    pub owner_text: Text,
    /// Cases by class of age, see `ages`.
    pub ages: Vec<u64>,
    /// All of them.
    pub total: u64,
    /// Day on which the oldest was opened.
    pub oldest: String,
    /// The asker may read the cases themselves.
    pub readable: bool,
    /// Reason that usually fits when they are carried over.
    pub usual_reason: String,
}

/// A class of age.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyAge {
    /// Number of the class.
    pub class: usize,
    /// From so many whole days.
    pub from_days: i32,
    /// In words.
    pub text: Text,
}

/// A reason for carrying over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyReason {
    /// Code.
    pub code: String,
    /// In words.
    pub text: Text,
    /// It lies with customs.
    pub own: bool,
}

/// The board of daily clearance (日清看板).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyBoard {
    /// Day of the port's clock.
    pub day: String,
    /// When it was counted.
    pub as_of: Instant,
    /// Customs district; none for the port office, which sees all.
    pub district: Option<String>,
    /// Figures of today.
    pub figures: DailyFigures,
    /// By kind.
    pub kinds: Vec<DailyKind>,
    /// Classes of age.
    pub ages: Vec<DailyAge>,
    /// Open cases.
    pub groups: Vec<DailyGroup>,
    /// Reasons that may be given.
    pub reasons: Vec<DailyReason>,
    /// Report of today, once it is closed.
    pub report: Option<String>,
    /// From when today's report can be closed.
    pub closes_from: Instant,
    /// Yesterday, while its report may still be closed and is not.
    pub yesterday_open: Option<String>,
    /// The asker may close the day.
    pub closes: bool,
}

/// A case of the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyCase {
    /// The case, with who must act and by when.
    pub item: WorkItem,
    /// Whole days of the port's clock since it was opened.
    pub age_days: i64,
    /// Why it is open, in words.
    pub why: Text,
    /// What happens next, in words.
    pub next: Text,
}

/// Which cases are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DailyCasesQuery {
    /// Kind of case.
    pub kind: Option<String>,
    /// State.
    pub status: Option<String>,
    /// Next action; `-` for cases in which nobody must act.
    pub action: Option<String>,
    /// Class of age, see `ages` of the board.
    pub age: Option<usize>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

impl DailyCasesQuery {
    pub fn asked(self) -> Result<CasesQuery, Problem> {
        let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty() && text.len() <= 64);
        Ok(CasesQuery {
            kind: filled(self.kind),
            status: filled(self.status),
            action: filled(self.action).map(|action| Some(action).filter(|action| action != "-")),
            age: self.age,
            cursor: self.cursor,
            limit: paging::limit(self.limit)?,
        })
    }
}

/// A reason of a group.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct GroupReasonForm {
    /// Kind of case.
    pub kind: String,
    /// State.
    pub status: String,
    /// Next action.
    #[serde(default)]
    pub action: Option<String>,
    /// Reason code.
    pub reason: String,
    /// Note.
    #[serde(default)]
    pub note: String,
}

/// A reason of one case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CaseReasonForm {
    /// Kind of case.
    pub kind: String,
    /// Id.
    pub id: String,
    /// Reason code.
    pub reason: String,
    /// Note.
    #[serde(default)]
    pub note: String,
}

/// Closes a day.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct CloseDayForm {
    /// Reasons of groups.
    #[serde(default)]
    pub groups: Vec<GroupReasonForm>,
    /// Reasons of single cases, in place of their group's.
    #[serde(default)]
    pub cases: Vec<CaseReasonForm>,
}

impl CloseDayForm {
    pub fn command(self, day: String) -> app::daily::CloseDay {
        let groups = self.groups.into_iter().map(|form| {
            let group = CaseGroup { kind: form.kind, status: form.status, action: form.action.filter(|action| !action.is_empty()) };
            (group, Why { reason: form.reason, note: form.note })
        });
        let cases = self.cases.into_iter().map(|form| (form.kind, form.id, Why { reason: form.reason, note: form.note }));
        app::daily::CloseDay { day, groups: groups.collect(), cases: cases.collect() }
    }
}

/// A group that was carried over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CarriedOverGroup {
    /// Kind of case.
    pub kind: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Why they were open, in words.
    pub why: Text,
    /// Cases.
    pub count: u64,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub reason_text: Text,
    /// It lies with customs.
    pub own: bool,
    /// Note.
    pub note: String,
}

/// A case that was carried over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CarriedOverCase {
    /// Kind.
    pub kind: String,
    /// Id.
    pub id: String,
    /// What a person recognises it by.
    pub title: String,
    /// State in words.
    pub status_text: Text,
    /// What had to be done, in words.
    pub next: Text,
    /// Who had to act.
    pub owner: Option<Org>,
    /// Whole days since it was opened, when the report was closed.
    pub age_days: i64,
    /// Open since.
    pub opened_at: Instant,
    /// Due.
    pub due_at: Option<Instant>,
    /// Reason code.
    pub reason: String,
    /// Reason in words.
    pub reason_text: Text,
    /// Note.
    pub note: String,
}

/// A closing report, without its cases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyReportSummary {
    /// Id.
    pub id: String,
    /// Day.
    pub day: String,
    /// Customs district.
    pub district: String,
    /// Figures.
    pub figures: DailyFigures,
    /// Closed when.
    pub closed_at: Instant,
    /// Closed after the day had ended.
    pub late: bool,
    /// Who closed it.
    pub by: Officer,
}

/// A closing report (日清报告).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DailyReport {
    /// Head.
    pub summary: DailyReportSummary,
    /// Groups with their reasons.
    pub groups: Vec<CarriedOverGroup>,
    /// Cases one by one.
    pub cases: Vec<CarriedOverCase>,
    /// Cases and notes are shown: to customs alone.
    pub whole: bool,
    /// Every case is listed; otherwise there were too many, and the groups tell their counts.
    pub listed: bool,
    /// Where the reasons come from.
    pub source: Text,
    /// Version.
    pub version: u64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of cases are exact in a double")]
fn figures(figures: DayFigures) -> DailyFigures {
    let DayFigures { opened, cleared, open } = figures;
    DailyFigures { opened, cleared, rate: (opened > 0).then(|| cleared as f64 / opened as f64), open }
}

fn reason_text(code: &str) -> Text {
    carry_reason(code).map_or_else(|| Text::new(code, code), |reason| reason.text().into())
}

/// Whole days of the port's clock between two instants.
fn age_days(opened_at: Timestamp, now: Timestamp, offset: i32) -> i64 {
    now.day_start(offset).since_millis(opened_at.day_start(offset)).max(0) / 86_400_000
}

fn age_text(from: i32, next: Option<i32>) -> Text {
    match (from, next) {
        (0, _) => Text::new("当日", "today"),
        (from, Some(next)) if next - 1 == from => Text::new(format!("{from} 天"), format!("{from} d")),
        (from, Some(next)) => Text::new(format!("{from}–{} 天", next - 1), format!("{from}–{} d", next - 1)),
        (from, None) => Text::new(format!("{from} 天以上"), format!("{from} d or more")),
    }
}

impl Api {
    pub async fn daily_board(&self, ctx: &Context, board: Board) -> Result<DailyBoard, AppError> {
        let offset = self.app.port().utc_offset_minutes;
        let written = |day: i32| app::counters::day_start(day, offset).day(offset);
        let may_read = |kind: &str| {
            let own = app::rights::Resource::own("");
            app::cases::read_action(kind).is_some_and(|action| self.app.rights().require(&ctx.principal, action, &own).is_ok())
        };
        let groups = board.rows.iter().map(|row| {
            let CaseGroup { kind, status, action } = &row.group;
            let (owner, owner_text) = texts::daily::owner(kind, status, action.as_deref());
            DailyGroup {
                status_text: texts::status(kind, status),
                why: texts::daily::why(kind, status, action.as_deref()),
                next: texts::daily::next(kind, status, action.as_deref()),
                owner: owner.to_owned(),
                owner_text,
                ages: row.ages.to_vec(),
                total: row.total(),
                oldest: written(row.oldest),
                readable: may_read(kind),
                usual_reason: usual_reason(kind, status, action.as_deref()).to_owned(),
                kind: kind.clone(),
                status: status.clone(),
                action: action.clone(),
            }
        });
        let closes = board.district.is_some() && self.app.rights().allows(ctx.principal.role, "daily-report.close", true, true);
        let (mut report, mut yesterday_open) = (None, None);
        if let Some(district) = &board.district {
            let exists = async |day: i32| -> Result<Option<String>, AppError> {
                let id = app::daily::report_id(district, &written(day));
                Ok(self.app.peek::<State>(&id).await?.map(|_| id))
            };
            report = exists(board.today).await?;
            if exists(board.today - 1).await?.is_none() {
                yesterday_open = Some(written(board.today - 1));
            }
        }
        Ok(DailyBoard {
            day: written(board.today),
            as_of: ctx.at.into(),
            closes_from: board.closes_from.into(),
            figures: figures(board.figures),
            kinds: board
                .of_today
                .iter()
                .map(|(kind, of)| DailyKind { kind: kind.clone(), opened: of.opened, cleared: of.cleared })
                .collect(),
            ages: AGES_FROM_DAYS
                .iter()
                .enumerate()
                .map(|(class, from)| DailyAge { class, from_days: *from, text: age_text(*from, AGES_FROM_DAYS.get(class + 1).copied()) })
                .collect(),
            groups: groups.collect(),
            reasons: CARRY_REASONS
                .iter()
                .map(|reason| DailyReason { code: reason.code.into(), text: reason.text().into(), own: reason.own })
                .collect(),
            report,
            yesterday_open,
            closes,
            district: board.district,
        })
    }

    pub async fn daily_case(&self, item: store::WorkItem, now: Timestamp) -> Result<DailyCase, AppError> {
        let (kind, status, action) = (item.object.kind.to_string(), item.row.status.clone(), item.row.action.clone());
        let age = age_days(item.row.opened_at, now, self.app.port().utc_offset_minutes);
        Ok(DailyCase {
            item: self.work_item(item, now).await?,
            age_days: age,
            why: texts::daily::why(&kind, &status, action.as_deref()),
            next: texts::daily::next(&kind, &status, action.as_deref()),
        })
    }

    pub async fn daily_summary(&self, seen: &Seen<State>) -> Result<DailyReportSummary, AppError> {
        let closed = &seen.state.closed;
        Ok(DailyReportSummary {
            id: seen.id.clone(),
            day: closed.day.clone(),
            district: closed.district.clone(),
            figures: figures(closed.figures),
            closed_at: seen.state.at.into(),
            late: closed.late,
            by: self.officer(&closed.by).await?,
        })
    }

    /// A report as the asker may see it: cases, and what officers noted about them, are for customs.
    pub async fn daily_report(&self, ctx: &Context, seen: Seen<State>) -> Result<DailyReport, AppError> {
        let summary = self.daily_summary(&seen).await?;
        let whole = ctx.principal.role == app::Role::Customs;
        let closed = &seen.state.closed;
        let mut cases = Vec::new();
        for case in closed.cases.iter().filter(|_| whole) {
            cases.push(self.carried_case(&seen.state, case).await?);
        }
        let mut groups: Vec<CarriedOverGroup> = closed.groups.iter().map(carried_group).collect();
        if !whole {
            groups.iter_mut().for_each(|group| group.note.clear());
        }
        Ok(DailyReport {
            summary,
            groups,
            cases,
            whole,
            listed: closed.listed,
            source: Text::new("结转原因为平台默认分类，未经海关核定", "The reasons are the platform's own, not verified with customs"),
            version: seen.version,
        })
    }

    async fn carried_case(&self, report: &State, case: &CarriedCase) -> Result<CarriedOverCase, AppError> {
        let CaseGroup { kind, status, action } = &case.group;
        let (reason, note) = report.why(case).map_or_else(Default::default, |why| (why.reason.clone(), why.note.clone()));
        let owner = match &case.owner {
            Some(owner) => Some(self.org(owner).await?),
            None => None,
        };
        Ok(CarriedOverCase {
            kind: kind.clone(),
            id: case.id.clone(),
            title: case.title.clone(),
            status_text: texts::status(kind, status),
            next: texts::daily::next(kind, status, action.as_deref()),
            owner,
            age_days: age_days(case.opened_at, report.at, self.app.port().utc_offset_minutes),
            opened_at: case.opened_at.into(),
            due_at: instant(case.due_at),
            reason_text: reason_text(&reason),
            reason,
            note,
        })
    }
}

fn carried_group(carried: &CarriedGroup) -> CarriedOverGroup {
    let CaseGroup { kind, status, action } = &carried.group;
    CarriedOverGroup {
        kind: kind.clone(),
        status: status.clone(),
        status_text: texts::status(kind, status),
        why: texts::daily::why(kind, status, action.as_deref()),
        count: carried.count,
        reason: carried.why.reason.clone(),
        reason_text: reason_text(&carried.why.reason),
        own: carry_reason(&carried.why.reason).is_some_and(|reason| reason.own),
        note: carried.why.note.clone(),
    }
}
