//! Rosters and workload.

use app::AppError;
use app::counters::day_start;
use app::roster::{AssignShift, ChangeRoster, RosterChange, RosterDay as State, Workload as Load};
use codes::calendar::CalendarDay;
use inspection::workload::{Method, Tried};
use inspection::{Absence, Overtime, Shift as DomainShift};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Instant, Text, instant};
use crate::state::Api;
use crate::texts;

/// Which day.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct RosterQuery {
    /// Day of the port's clock, `YYYY-MM-DD`; today when left out.
    pub day: Option<String>,
}

/// Why an officer is absent: nothing of a person's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AbsenceCode {
    /// On leave.
    Leave,
    /// At a training.
    Training,
    /// On other duty.
    OtherDuty,
}

impl From<AbsenceCode> for Absence {
    fn from(code: AbsenceCode) -> Self {
        match code {
            AbsenceCode::Leave => Self::Leave,
            AbsenceCode::Training => Self::Training,
            AbsenceCode::OtherDuty => Self::OtherDuty,
        }
    }
}

impl From<Absence> for AbsenceCode {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::Leave => Self::Leave,
            Absence::Training => Self::Training,
            Absence::OtherDuty => Self::OtherDuty,
        }
    }
}

/// A shift that is wanted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShiftForm {
    /// Officer, user id.
    pub officer: String,
    /// Inspection site or post.
    pub site: String,
    /// From, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What the officer must be able to do there.
    #[serde(default)]
    pub competence: Option<String>,
}

impl ShiftForm {
    pub fn command(self, day: String) -> AssignShift {
        let competence = self.competence.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        AssignShift { day, officer: self.officer, site: self.site, from: self.from, to: self.to, competence }
    }
}

/// What is changed of a roster.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub(crate) enum RosterChangeForm {
    /// A shift is taken back.
    Remove {
        /// Number of the shift.
        number: u32,
    },
    /// An officer will not be there.
    Absent {
        /// Officer, user id.
        officer: String,
        /// Why.
        absence: AbsenceCode,
    },
    /// An officer will be there after all.
    Present {
        /// Officer, user id.
        officer: String,
    },
    /// It is put in force: officers of the day are drawn from it.
    Publish,
}

impl RosterChangeForm {
    pub fn command(self, day: String) -> ChangeRoster {
        let change = match self {
            Self::Remove { number } => RosterChange::Remove { number },
            Self::Absent { officer, absence } => RosterChange::Absent { officer, absence: absence.into() },
            Self::Present { officer } => RosterChange::Present { officer },
            Self::Publish => RosterChange::Publish,
        };
        ChangeRoster { day, change }
    }
}

/// A day whose shifts are taken over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyForm {
    /// Day of the port's clock, `YYYY-MM-DD`.
    pub from: String,
}

/// A day in the calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DayOfCalendar {
    /// `work`, `rest` or `holiday`.
    pub kind: String,
    /// In words.
    pub text: Text,
    /// The year's arrangement of holidays is loaded; otherwise only weekends are known.
    pub known: bool,
}

/// A shift.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Shift {
    /// Number within the day.
    pub number: u32,
    /// Officer, user id.
    pub officer: String,
    /// Inspection site or post.
    pub site: String,
    /// From.
    pub from: Instant,
    /// Until.
    pub to: Instant,
    /// What the officer must be able to do.
    pub competence: Option<String>,
    /// Minutes of overtime in it.
    pub overtime_minutes: u32,
    /// `extended`, `rest-day` or `holiday`.
    pub overtime_kind: Option<String>,
    /// In words.
    pub overtime_text: Option<Text>,
}

/// An officer who is absent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AbsentOfficer {
    /// Officer, user id.
    pub officer: String,
    /// Why.
    pub absence: AbsenceCode,
}

/// An officer of the district.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfficerOfRoster {
    /// User id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// What the officer may inspect.
    pub competences: Vec<String>,
    /// May be drawn at all.
    pub on_duty: bool,
    /// Overtime of the last 28 days, minutes.
    pub overtime_minutes: u32,
}

/// The roster of a day (排班).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RosterOfDay {
    /// Day of the port's clock.
    pub day: String,
    /// The day in the calendar.
    pub calendar: DayOfCalendar,
    /// Where the calendar was read.
    pub calendar_source: Text,
    /// `none`, `draft` or `published`.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Since when it is in force.
    pub published_at: Option<Instant>,
    /// Shifts.
    pub shifts: Vec<Shift>,
    /// Officers who are absent.
    pub absent: Vec<AbsentOfficer>,
    /// Officers of the district.
    pub officers: Vec<OfficerOfRoster>,
    /// Sites and posts; the first is the inspection site.
    pub sites: Vec<String>,
    /// It may still be changed.
    pub open: bool,
}

/// What became of a copy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RosterCopied {
    /// Shifts given.
    pub given: u32,
    /// Shifts that did not fit: absent, elsewhere at the time, or over.
    pub left_out: u32,
    /// The roster now.
    pub roster: RosterOfDay,
}

/// An officer who might be asked for overtime.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OvertimeCandidate {
    /// Officer, user id.
    pub officer: String,
    /// Name.
    pub name: Text,
    /// Overtime of the last 28 days, minutes.
    pub overtime_minutes: u32,
}

/// What a day asks, and who is there for it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkloadDay {
    /// Day.
    pub day: String,
    /// The day in the calendar.
    pub calendar: DayOfCalendar,
    /// Inspections with an appointment.
    pub booked: u64,
    /// Open ones that nobody has booked, or whose day is over; of today.
    pub waiting: u64,
    /// To be ordered, tenths of an inspection.
    pub expected_tenths: u64,
    /// Ships due.
    pub ships: u64,
    /// Forecast by the weekday, tenths.
    pub weekday_tenths: Option<u64>,
    /// Forecast by ships due, tenths.
    pub ships_tenths: Option<u64>,
    /// Officer-minutes needed.
    pub needed_minutes: u64,
    /// Officer-minutes rostered at the inspection site.
    pub rostered_minutes: u64,
    /// Officer-minutes missing.
    pub missing_minutes: u64,
    /// A roster is in force.
    pub published: bool,
    /// Whom to ask, the least overtime first; for customs alone.
    pub candidates: Vec<OvertimeCandidate>,
}

/// A past day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkloadPast {
    /// Day.
    pub day: String,
    /// Inspections ordered.
    pub came: u64,
    /// Forecast of the evening before by the method in use, tenths.
    pub forecast_tenths: Option<u64>,
}

/// A method of forecasting, and how it fared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ForecastMethod {
    /// `weekday` or `ships`.
    pub code: String,
    /// What it is.
    pub name: Text,
    /// It is the one in use.
    pub used: bool,
    /// Days on which it was tried; null with too few.
    pub days: Option<u32>,
    /// Mean absolute error, tenths of an inspection a day.
    pub error_tenths: Option<u64>,
    /// What came on these days on average, tenths.
    pub came_tenths: Option<u64>,
}

/// Workload of the inspection site (查验工作量).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorkloadView {
    /// Inspection site.
    pub site: String,
    /// How it is made, with its assumptions.
    pub basis: Text,
    /// Officer-minutes of one inspection.
    pub minutes_each: u64,
    /// Open inspections that nobody has booked, or whose day is over.
    pub backlog: u64,
    /// Days ahead.
    pub days: Vec<WorkloadDay>,
    /// Days back.
    pub past: Vec<WorkloadPast>,
    /// Methods.
    pub methods: Vec<ForecastMethod>,
}

fn calendar(day: CalendarDay) -> DayOfCalendar {
    let (zh, en) = match day.kind {
        codes::calendar::DayKind::Work => ("工作日", "Working day"),
        codes::calendar::DayKind::Rest => ("休息日", "Rest day"),
        codes::calendar::DayKind::Holiday => ("法定节假日", "Statutory holiday"),
    };
    let text = match day.name {
        Some((name_zh, name_en)) => Text::new(format!("{zh}（{name_zh}）"), format!("{en} ({name_en})")),
        None => Text::new(zh, en),
    };
    DayOfCalendar { kind: day.kind.code().to_owned(), text, known: day.known }
}

fn overtime_text(overtime: Overtime) -> Text {
    match overtime.kind {
        inspection::OvertimeKind::Extended => Text::new("延时加班", "Beyond the working day"),
        inspection::OvertimeKind::RestDay => Text::new("休息日加班", "On a rest day"),
        inspection::OvertimeKind::Holiday => Text::new("法定节假日加班", "On a statutory holiday"),
    }
}

fn shift(of: DomainShift) -> Shift {
    Shift {
        number: of.number,
        officer: of.officer,
        site: of.site,
        from: of.from.into(),
        to: of.to.into(),
        competence: of.competence,
        overtime_minutes: of.overtime.map_or(0, |overtime| overtime.minutes),
        overtime_kind: of.overtime.map(|overtime| overtime.kind.code().to_owned()),
        overtime_text: of.overtime.map(overtime_text),
    }
}

impl Api {
    pub fn roster_of_day(&self, found: State) -> RosterOfDay {
        let roster = found.roster;
        let status = roster.as_ref().map_or("none", Aggregate::status);
        let status_text = match status {
            "none" => Text::new("未排班", "No roster"),
            status => texts::status(inspection::Roster::KIND, status),
        };
        let published_at = instant(roster.as_ref().and_then(|roster| roster.published_at));
        let (mut shifts, absent) = roster.map_or_else(Default::default, |roster| (roster.shifts, roster.absent));
        shifts.sort_by(|one, other| (&one.site, one.from, &one.officer).cmp(&(&other.site, other.from, &other.officer)));
        RosterOfDay {
            day: found.day,
            calendar: calendar(found.calendar),
            calendar_source: codes::calendar::source().into(),
            status: status.to_owned(),
            status_text,
            published_at,
            shifts: shifts.into_iter().map(shift).collect(),
            absent: absent.into_iter().map(|(officer, absence)| AbsentOfficer { officer, absence: absence.into() }).collect(),
            officers: found
                .officers
                .into_iter()
                .map(|one| OfficerOfRoster {
                    id: one.id,
                    name: one.name.into(),
                    competences: one.competences,
                    on_duty: one.on_duty,
                    overtime_minutes: one.overtime_minutes,
                })
                .collect(),
            sites: found.sites,
            open: found.open,
        }
    }

    pub async fn workload(&self, found: Load) -> Result<WorkloadView, AppError> {
        let offset = self.app.port().utc_offset_minutes;
        let written = |day: i32| day_start(day, offset).day(offset);
        let mut days = Vec::with_capacity(found.days.len());
        for plan in found.days {
            let mut candidates = Vec::with_capacity(plan.candidates.len());
            for one in plan.candidates {
                let name = self.person(&one.officer).await?;
                candidates.push(OvertimeCandidate { officer: one.officer, name, overtime_minutes: one.overtime_minutes });
            }
            days.push(WorkloadDay {
                day: written(plan.day),
                calendar: calendar(plan.calendar),
                booked: plan.load.booked,
                waiting: plan.load.waiting,
                expected_tenths: plan.load.expected_tenths,
                ships: plan.ships,
                weekday_tenths: plan.weekday_tenths,
                ships_tenths: plan.ships_tenths,
                needed_minutes: plan.load.needed_minutes(),
                rostered_minutes: plan.load.rostered_minutes,
                missing_minutes: plan.load.missing_minutes(),
                published: plan.published,
                candidates,
            });
        }
        let past = found.past.into_iter();
        let past = past.map(|one| WorkloadPast { day: written(one.day), came: one.came, forecast_tenths: one.forecast_tenths });
        Ok(WorkloadView {
            site: found.site,
            basis: basis(found.minutes_each),
            minutes_each: found.minutes_each,
            backlog: found.backlog,
            days,
            past: past.collect(),
            methods: vec![
                method(Method::Weekday, found.method, found.weekday_tried),
                method(Method::Ships, found.method, found.ships_tried),
            ],
        })
    }
}

fn basis(minutes_each: u64) -> Text {
    Text::new(
        format!(
            "所需人时 =（已预约 + 当日积压 + 预计新增）× 每次查验 {minutes_each} 人分钟（查验人数 × 预约时段长度，假定值）。预计新增取近 28 天回测误差较小的方法；船舶法回测用实际到港船舶，因预报时刻未留存。在岗人时为排班中在查验场地且未缺勤的班次。"
        ),
        format!(
            "Needed = (booked + today's backlog + expected) × {minutes_each} officer-minutes each (officers × length of a slot, an assumption). Expected is by the method that erred less on the last 28 days; by ships is tried with the ships that did arrive, since it is not kept which were due. Rostered are the shifts at the inspection site of officers who are not absent."
        ),
    )
}

fn method(of: Method, used: Method, tried: Option<Tried>) -> ForecastMethod {
    let name = match of {
        Method::Weekday => Text::new("同星期四周均值", "Mean of the same weekday in four weeks"),
        Method::Ships => Text::new("在途船舶 × 每船查验数（近 28 天）", "Ships due × inspections per ship (last 28 days)"),
    };
    ForecastMethod {
        code: of.code().to_owned(),
        name,
        used: of == used,
        days: tried.map(|tried| tried.days),
        error_tenths: tried.map(|tried| tried.error_tenths),
        came_tenths: tried.map(|tried| tried.came_tenths),
    }
}
