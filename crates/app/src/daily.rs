//! Daily clearance (日清): every open case of customs with its age, why it is open, who must act; and the closing report of a day (CLR-25).
//!
//! | Series | Day | Key | Counts |
//! |---|---|---|---|
//! | `open-case` | on which it became a case of customs | kind, state, action, authority | cases open now |
//! | `opened-case` | on which it became a case of customs | kind, authority | all that ever did |
//! | `cleared-case` | on which it became one | kind, authority | those that were finished on the same day |
//!
//! A counter is moved in the same commit as its event, so that the board of a million open cases reads some hundred counters and no case. A list
//! behind a figure is a range of the worklist's index.

use std::any::Any;
use std::collections::{BTreeMap, HashMap, HashSet};

use async_trait::async_trait;
use clearance::{
    CARRIED_CASES_MAX, CaseGroup, CloseDay as Command, DailyReport, DayFacts, DayFigures, Declaration, DutyNotice, OpenCase, Why,
};
use inspection::{FieldRecord, Inspection, JointOrder};
use ledger::{Aggregate, DomainEvent, Event, Timestamp, WorkRow};
use serde::Serialize;
use store::{Page, TallyMark, TallyQuery, WorkItem};

use crate::counters::{day_of, day_start};
use crate::joint_orders::person;
use crate::reading::{ListQuery, PAGE_MAX};
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase};

/// Counters of open cases by the day on which they were opened.
pub const OPEN: &str = "open-case";
/// Counters of cases by the day on which they became cases of customs.
pub const OPENED: &str = "opened-case";
/// Counters of cases that were finished on the day on which they became cases of customs.
pub const CLEARED: &str = "cleared-case";
/// Kinds of objects that are cases of customs.
pub const KINDS: [&str; 5] = [Declaration::KIND, Inspection::KIND, JointOrder::KIND, DutyNotice::KIND, FieldRecord::KIND];
/// Ages of open cases in whole days, the first of each class: today, yesterday, two to three days, four to seven, more.
pub const AGES_FROM_DAYS: [i32; 5] = [0, 1, 2, 4, 8];
/// Most pages of the worklist that are looked at for one page of cases.
const PAGES_LOOKED_AT_MAX: usize = 100;
/// Longest authority that a counter's key holds; a district has four digits, and what somebody typed may be longer.
const AUTHORITY_MAX: usize = 16;

/// How a case stands: counted while it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    kind: &'static str,
    /// Day on which it became a case of customs.
    began: i32,
    /// State, action and authority.
    of: (String, String, String),
}

/// Is this a kind of object that is counted?
pub(crate) fn counts<A: Aggregate>() -> bool {
    KINDS.contains(&A::KIND)
}

/// How an object stands among the open cases; `None` while it is none: a draft, what went back to its declarant, what is finished, duty that a
/// guarantee covers.
pub(crate) fn standing<A: Aggregate + Any>(state: Option<&A>, offset_minutes: i32) -> Option<Standing> {
    let state = state?;
    let any: &dyn Any = state;
    let began = if let Some(declaration) = any.downcast_ref::<Declaration>() {
        match declaration {
            Declaration::Accepted { case } => case.accepted_at,
            Declaration::Draft { .. } | Declaration::Released { .. } | Declaration::Rejected { .. } | Declaration::Withdrawn { .. } => {
                return None;
            }
        }
    } else if let Some(notice) = any.downcast_ref::<DutyNotice>() {
        if !["due", "paying"].contains(&notice.status()) {
            return None;
        }
        notice.issued_at
    } else if let Some(inspection) = any.downcast_ref::<Inspection>() {
        inspection.ordered_at
    } else if let Some(order) = any.downcast_ref::<JointOrder>() {
        order.proposed_at
    } else if let Some(record) = any.downcast_ref::<FieldRecord>() {
        record.recorded.received_at
    } else {
        return None;
    };
    let WorkRow { status, action, authority, closed_at, .. } = state.work_row("");
    if closed_at.is_some() {
        return None;
    }
    // What names no district is no case of customs: a joint order of other authorities, their records of the site.
    let authority: String = authority?.replace('|', "").chars().take(AUTHORITY_MAX).collect();
    Some(Standing { kind: A::KIND, began: day_of(began, offset_minutes), of: (status, action.unwrap_or_default(), authority) })
}

/// Is a case in this state finished, and not merely somebody else's, sent back or called off?
fn finished(kind: &str, status: &str) -> bool {
    match kind {
        k if k == Declaration::KIND => status == "released",
        k if k == DutyNotice::KIND => status == "paid",
        k if k == Inspection::KIND => ["passed", "failed"].contains(&status),
        k if k == JointOrder::KIND => ["released", "closed"].contains(&status),
        k if k == FieldRecord::KIND => status == "settled",
        _ => false,
    }
}

/// Has an order that was a case of customs not ended, but been left by customs?
fn goes_on_without_customs(kind: &str, status: &str) -> bool {
    kind == JointOrder::KIND && ["proposed", "confirmed", "under-way", "follow-up"].contains(&status)
}

/// The counters that an event moves, from how its subject stood to how it stands, in which state.
pub(crate) fn marks(
    before: Option<&Standing>,
    (after, status): (Option<&Standing>, &str),
    at: Timestamp,
    offset_minutes: i32,
) -> Vec<TallyMark> {
    if before == after {
        return Vec::new();
    }
    let open = |standing: &Standing, by| {
        let (status, action, authority) = &standing.of;
        TallyMark { series: OPEN, day: standing.began, key: format!("{}|{status}|{action}|{authority}", standing.kind), by }
    };
    let once = |series, standing: &Standing, by| TallyMark {
        series,
        day: standing.began,
        key: format!("{}|{}", standing.kind, standing.of.2),
        by,
    };
    let mut marks: Vec<TallyMark> = before.iter().map(|standing| open(standing, -1)).collect();
    marks.extend(after.iter().map(|standing| open(standing, 1)));
    match (before, after) {
        (None, Some(standing)) => marks.push(once(OPENED, standing, 1)),
        // Another district's from now on, also for the day on which it began.
        (Some(former), Some(standing)) if former.of.2 != standing.of.2 => {
            marks.extend([once(OPENED, former, -1), once(OPENED, standing, 1)]);
        }
        (Some(standing), None) if day_of(at, offset_minutes) == standing.began && finished(standing.kind, status) => {
            marks.push(once(CLEARED, standing, 1));
        }
        // Customs takes part no more, and the order goes on without it: it was no case of customs after all.
        (Some(former), None) if goes_on_without_customs(former.kind, status) => marks.push(once(OPENED, former, -1)),
        (Some(_) | None, _) => {}
    }
    marks
}

/// What must be known of earlier events to count later ones: the open cases, and which ones are over.
#[derive(Default)]
pub(crate) struct Recount {
    declarations: HashMap<String, Declaration>,
    notices: HashMap<String, DutyNotice>,
    inspections: HashMap<String, Inspection>,
    orders: HashMap<String, JointOrder>,
    records: HashMap<String, FieldRecord>,
    over: HashSet<(&'static str, String)>,
}

impl Recount {
    /// The counters that an event of the ledger moves.
    ///
    /// # Errors
    /// A ledger that does not replay.
    pub fn marks(&mut self, kind: &str, id: &str, event: &Event, offset_minutes: i32) -> Result<Vec<TallyMark>, AppError> {
        let over = &mut self.over;
        match kind {
            k if k == Declaration::KIND => fold(&mut self.declarations, over, id, event, offset_minutes),
            k if k == DutyNotice::KIND => fold(&mut self.notices, over, id, event, offset_minutes),
            k if k == Inspection::KIND => fold(&mut self.inspections, over, id, event, offset_minutes),
            k if k == JointOrder::KIND => fold(&mut self.orders, over, id, event, offset_minutes),
            k if k == FieldRecord::KIND => fold(&mut self.records, over, id, event, offset_minutes),
            _ => Ok(Vec::new()),
        }
    }
}

fn fold<A: Aggregate + Any>(
    states: &mut HashMap<String, A>,
    over: &mut HashSet<(&'static str, String)>,
    id: &str,
    event: &Event,
    offset_minutes: i32,
) -> Result<Vec<TallyMark>, AppError> {
    // What is over is never a case again; forgetting its state keeps the memory small.
    if over.contains(&(A::KIND, id.to_owned())) {
        return Ok(Vec::new());
    }
    let said = A::Event::parse(&event.kind, &event.payload)?;
    let before = states.remove(id);
    let stood = standing(before.as_ref(), offset_minutes);
    let after = A::apply(before, &said, event.occurred_at)?;
    let stands = standing(Some(&after), offset_minutes);
    let marks = marks(stood.as_ref(), (stands.as_ref(), after.status()), event.occurred_at, offset_minutes);
    if after.work_row("").closed_at.is_some() {
        over.insert((A::KIND, id.to_owned()));
    } else {
        states.insert(id.to_owned(), after);
    }
    Ok(marks)
}

/// Open cases that wait for the same thing, by age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardRow {
    /// Which.
    pub group: CaseGroup,
    /// Cases by class of [`AGES_FROM_DAYS`].
    pub ages: [u64; AGES_FROM_DAYS.len()],
    /// Day on which the oldest was opened, days since 1970-01-01.
    pub oldest: i32,
}

impl BoardRow {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.ages.iter().sum()
    }
}

/// The board of a day (日清看板).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// Today, days since 1970-01-01.
    pub today: i32,
    /// District whose cases are shown; all of the port for the port office.
    pub district: Option<String>,
    /// Open cases.
    pub rows: Vec<BoardRow>,
    /// Opened today and cleared today, by kind.
    pub of_today: BTreeMap<String, DayFigures>,
    /// Figures of today.
    pub figures: DayFigures,
    /// From when today's report can be closed.
    pub closes_from: Timestamp,
}

/// Which cases of a board are listed.
#[derive(Clone, Debug, Default)]
pub struct CasesQuery {
    /// Kind; all of [`KINDS`] when left out.
    pub kind: Option<String>,
    /// State.
    pub status: Option<String>,
    /// Next action: any when left out, none when it is `Some(None)`.
    pub action: Option<Option<String>>,
    /// Class of [`AGES_FROM_DAYS`].
    pub age: Option<usize>,
    /// Cursor.
    pub cursor: Option<String>,
    /// Rows wanted; 0 means 50.
    pub limit: u32,
}

/// Is a row of the worklist a case of customs?
fn is_case(kind: &str, status: &str) -> bool {
    match kind {
        k if k == Declaration::KIND => !["draft", "rejected"].contains(&status),
        k if k == DutyNotice::KIND => ["due", "paying"].contains(&status),
        k => KINDS.contains(&k),
    }
}

/// States of cases, for asking the worklist's index.
fn statuses(kind: &str) -> Vec<String> {
    let of = |list: &[&str]| list.iter().map(|status| (*status).to_owned()).collect();
    match kind {
        k if k == Declaration::KIND => {
            of(&["awaiting-decision", "awaiting-arrival", "awaiting-documents", "awaiting-inspection", "awaiting-payment", "held"])
        }
        k if k == DutyNotice::KIND => of(&["due", "paying"]),
        _ => Vec::new(),
    }
}

/// The district whose cases somebody sees: officers their own; the port office those of all.
fn district_of(ctx: &Context) -> Option<String> {
    ctx.principal.district.clone().filter(|_| ctx.principal.role == Role::Customs)
}

impl App {
    /// Every open case of customs, counted by what it waits for and by age. Reads counters alone.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn daily_board(&self, ctx: &Context) -> Result<Board, AppError> {
        self.rights().require(&ctx.principal, "daily.read", &Resource::own("daily-board"))?;
        self.board_of(ctx.at, district_of(ctx), i32::MAX).await
    }

    /// The board as it stands, of cases that were opened up to and with a day.
    async fn board_of(&self, at: Timestamp, district: Option<String>, last: i32) -> Result<Board, AppError> {
        let today = day_of(at, self.port().utc_offset_minutes);
        let offset = self.port().utc_offset_minutes;
        let closes_from = day_start(today, offset).plus_minutes(i64::from(self.port().daily_close_from_minutes));
        let mut board = Board { today, district, closes_from, ..Board::default() };
        let mut rows: BTreeMap<CaseGroup, BoardRow> = BTreeMap::new();
        for (day, count, [kind, status, action, authority]) in self.case_counters(OPEN, i32::MIN, last.saturating_add(1)).await? {
            if board.district.as_ref().is_some_and(|own| *own != authority) {
                continue;
            }
            let group = CaseGroup { kind, status, action: Some(action).filter(|action| !action.is_empty()) };
            let row = rows.entry(group.clone()).or_insert(BoardRow { group, ages: [0; AGES_FROM_DAYS.len()], oldest: day });
            let age = today.saturating_sub(day);
            let class = AGES_FROM_DAYS.iter().rposition(|from| age >= *from).unwrap_or(0);
            row.ages[class] += count;
            row.oldest = row.oldest.min(day);
            board.figures.open += count;
        }
        board.rows = rows.into_values().collect();
        for (series, cleared) in [(OPENED, false), (CLEARED, true)] {
            for (_, count, [kind, authority]) in self.case_counters(series, today, today.saturating_add(1)).await? {
                if board.district.as_ref().is_some_and(|own| *own != authority) {
                    continue;
                }
                let of_kind = board.of_today.entry(kind).or_default();
                if cleared {
                    of_kind.cleared += count;
                    board.figures.cleared += count;
                } else {
                    of_kind.opened += count;
                    board.figures.opened += count;
                }
            }
        }
        Ok(board)
    }

    async fn case_counters<const PARTS: usize>(
        &self,
        series: &str,
        from: i32,
        to: i32,
    ) -> Result<Vec<(i32, u64, [String; PARTS])>, AppError> {
        let asked = TallyQuery { port: self.port().code.clone(), series: series.into(), from_day: from, to_day: to };
        let rows = self.store().tallies(&asked).await?;
        let parts = |key: &str| <[String; PARTS]>::try_from(key.split('|').map(str::to_owned).collect::<Vec<_>>()).ok();
        Ok(rows.iter().filter_map(|row| Some((row.day, u64::try_from(row.count).ok()?, parts(&row.key)?))).collect())
    }

    /// The cases behind a figure of the board that the asker may see, the newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::Invalid`] for a kind or age that there is not, or the store's fault.
    pub async fn daily_cases(&self, ctx: &Context, query: &CasesQuery) -> Result<Page<WorkItem>, AppError> {
        self.rights().require(&ctx.principal, "daily.read", &Resource::own("daily-board"))?;
        let unknown = |pointer: &str| AppError::invalid("daily-cases", pointer, "没有这一类案件", "there are no such cases");
        let kinds = match &query.kind {
            Some(kind) if KINDS.contains(&kind.as_str()) => vec![kind.clone()],
            Some(_) => return Err(unknown("/kind")),
            None => KINDS.map(str::to_owned).to_vec(),
        };
        let mut list = ListQuery {
            statuses: match (&query.status, kinds.as_slice()) {
                (Some(status), _) => vec![status.clone()],
                (None, [kind]) => statuses(kind),
                (None, _) => Vec::new(),
            },
            actions: query.action.iter().flatten().cloned().collect(),
            open: Some(true),
            cursor: query.cursor.clone(),
            limit: query.limit,
            ..ListQuery::default()
        };
        if let Some(age) = query.age {
            let offset = self.port().utc_offset_minutes;
            let today = day_of(ctx.at, offset);
            let youngest = *AGES_FROM_DAYS.get(age).ok_or_else(|| unknown("/age"))?;
            // What was opened with a later time than now is of today, too.
            list.opened_to = (age > 0).then(|| day_start(today - youngest + 1, offset));
            list.opened_from = AGES_FROM_DAYS.get(age + 1).map(|next| day_start(today - next + 1, offset));
        }
        list.kinds = kinds;
        // That nobody must act is no code that the index could be asked for: it is looked on until the page is full.
        let fits = |action: &Option<String>| query.action.as_ref().is_none_or(|wanted| wanted == action);
        let wanted = if list.limit == 0 { 50 } else { list.limit.min(PAGE_MAX) } as usize;
        let mut found = Page { items: Vec::new(), next: None };
        for _ in 0..PAGES_LOOKED_AT_MAX {
            list.limit = u32::try_from(wanted - found.items.len()).unwrap_or(PAGE_MAX);
            let page = self.worklist(ctx, &list).await?;
            found
                .items
                .extend(page.items.into_iter().filter(|item| is_case(&item.object.kind, &item.row.status) && fits(&item.row.action)));
            found.next = page.next;
            if found.items.len() >= wanted || found.next.is_none() {
                break;
            }
            list.cursor.clone_from(&found.next);
        }
        Ok(found)
    }
}

/// An officer closes the day (关闭日清报告): whatever is open is carried over with a reason.
#[derive(Clone, Debug, Serialize)]
pub struct CloseDay {
    /// Day of the port's clock.
    pub day: String,
    /// Reasons of groups.
    pub groups: Vec<(CaseGroup, Why)>,
    /// Reasons of single cases, by kind and id, in place of their group's.
    pub cases: Vec<(String, String, Why)>,
}

#[async_trait]
impl UseCase for CloseDay {
    const NAME: &'static str = "daily-report.close";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own(DailyReport::KIND))?;
        person(unit, Self::NAME)?;
        let principal = unit.ctx.principal.clone();
        let district = principal.district.clone().ok_or(AppError::Forbidden { action: Self::NAME })?;
        let offset = unit.app.port().utc_offset_minutes;
        let day = written_day(&self.day, offset)?;
        let id = report_id(&district, &self.day);
        let state = unit.load::<DailyReport>(&id).await?;
        let facts = unit.app.day_facts(unit.ctx, &district, day).await?;
        let command = Command {
            day: (day, self.day.clone()),
            district,
            groups: self.groups.iter().map(|(group, why)| (group.clone(), trimmed(why))).collect(),
            cases: self.cases.iter().map(|(kind, id, why)| ((kind.clone(), id.clone()), trimmed(why))).collect(),
            by: principal.id,
            organisation: principal.organisation,
        };
        let events = clearance::decide_close_day(state.as_ref(), command, facts)?;
        unit.record::<DailyReport>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

fn trimmed(why: &Why) -> Why {
    Why { reason: why.reason.trim().to_owned(), note: why.note.trim().to_owned() }
}

/// Id of the report of a day.
pub fn report_id(district: &str, day: &str) -> String {
    format!("{district}-{day}")
}

/// A day as it is written, as days since 1970-01-01.
fn written_day(text: &str, offset_minutes: i32) -> Result<i32, AppError> {
    let parts: Vec<&str> = text.split('-').collect();
    let read = || {
        let [year, month, day] = parts.as_slice() else { return None };
        let start = Timestamp::from_civil((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?), (0, 0, 0), offset_minutes)?;
        // One spelling for a day, and so one report.
        (start.day(offset_minutes) == text).then(|| day_of(start, offset_minutes))
    };
    read().ok_or_else(|| AppError::invalid("daily-day", "/day", "日期格式须为 YYYY-MM-DD", "days are written YYYY-MM-DD"))
}

impl App {
    /// What is open at the end of a day. Cases are listed while they are few enough to be told one by one.
    async fn day_facts(&self, ctx: &Context, district: &str, day: i32) -> Result<DayFacts, AppError> {
        let offset = self.port().utc_offset_minutes;
        // A day that is closed late carries over what was opened until its end, as far as it is still open.
        let until = day_start(day.saturating_add(1), offset);
        let board = self.board_of(ctx.at, Some(district.to_owned()), day).await?;
        let mut figures = board.figures;
        if day != board.today {
            (figures.opened, figures.cleared) = (0, 0);
            for (series, cleared) in [(OPENED, false), (CLEARED, true)] {
                for (_, count, [_, authority]) in self.case_counters(series, day, day.saturating_add(1)).await? {
                    if authority == district {
                        *if cleared { &mut figures.cleared } else { &mut figures.opened } += count;
                    }
                }
            }
        }
        let open: BTreeMap<CaseGroup, u64> = board.rows.iter().map(|row| (row.group.clone(), row.total())).collect();
        let minute = ctx.at.since_millis(day_start(board.today, offset)) / 60_000;
        let mut facts = DayFacts {
            today: board.today,
            minute: u32::try_from(minute).unwrap_or(0),
            close_from_minute: self.port().daily_close_from_minutes,
            figures,
            open,
            cases: Vec::new(),
            listed: true,
        };
        if facts.figures.open > CARRIED_CASES_MAX as u64 {
            facts.listed = false;
            return Ok(facts);
        }
        for kind in KINDS {
            let mut query = ListQuery {
                kinds: vec![kind.to_owned()],
                statuses: statuses(kind),
                open: Some(true),
                opened_to: Some(until),
                limit: PAGE_MAX,
                ..ListQuery::default()
            };
            loop {
                let page = self.worklist(ctx, &query).await?;
                for item in page.items.into_iter().filter(|item| is_case(kind, &item.row.status)) {
                    if item.row.authority.as_deref() != Some(district) {
                        continue;
                    }
                    let WorkRow { title, status, owner, action, opened_at, due_at, .. } = item.row;
                    let group = CaseGroup { kind: kind.to_owned(), status, action };
                    facts.cases.push(OpenCase { group, id: item.object.id, title, owner, opened_at, due_at });
                }
                match page.next {
                    Some(next) if facts.cases.len() <= CARRIED_CASES_MAX => query.cursor = Some(next),
                    Some(_) | None => break,
                }
            }
        }
        // Counted as they are listed: a case may have come or gone between the two looks.
        facts.open.clear();
        for case in &facts.cases {
            *facts.open.entry(case.group.clone()).or_default() += 1;
        }
        facts.figures.open = facts.cases.len() as u64;
        Ok(facts)
    }
}
