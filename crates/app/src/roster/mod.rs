//! Rosters (排班): shifts, absences, overtime; and the pool of the draw, which is narrowed to who is there (INS-11).

mod load;

use std::collections::BTreeMap;

use async_trait::async_trait;
use codes::calendar::{CalendarDay, calendar_day};
use inspection::{Absence, AbsenceLifted, AbsenceNoted, Inspection, Roster, RosterEvent, Shift, ShiftFacts, ShiftWanted, roster_id};
use ledger::{Aggregate, Bilingual, Timestamp};
use serde::Serialize;

use crate::joint_orders::person;
use crate::rights::Resource;
use crate::{App, AppError, Context, Role, Unit, UseCase, limits};

pub use load::{Candidate, DayPlan, PastDay, Workload};

/// Days ahead for which a roster may be made.
pub const AHEAD_DAYS_MAX: i64 = 92;
/// Days of overtime that are told beside an officer.
pub const OVERTIME_DAYS: i64 = 28;

/// An officer of the district, as a roster sees one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterOfficer {
    /// User id.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// What the officer may inspect.
    pub competences: Vec<String>,
    /// May be drawn at all.
    pub on_duty: bool,
    /// Overtime of the last [`OVERTIME_DAYS`] days, minutes.
    pub overtime_minutes: u32,
}

/// The roster of a day, as its editor sees it.
#[derive(Clone, Debug)]
pub struct RosterDay {
    /// Day of the port's clock.
    pub day: String,
    /// The day in the calendar.
    pub calendar: CalendarDay,
    /// The roster; none while nobody began it.
    pub roster: Option<Roster>,
    /// Officers of the district.
    pub officers: Vec<RosterOfficer>,
    /// Sites and posts.
    pub sites: Vec<String>,
    /// It may still be changed.
    pub open: bool,
}

/// A day as it is written, with its first instant and that of the next.
fn written_day(app: &App, text: &str) -> Result<(codes::Date, Timestamp, Timestamp), AppError> {
    let offset = app.port().utc_offset_minutes;
    let read = || {
        let date: codes::Date = text.parse().ok()?;
        // One spelling for a day, and so one roster.
        if date.to_string() != text {
            return None;
        }
        let start = Timestamp::from_civil((i64::from(date.year()), date.month().into(), date.day().into()), (0, 0, 0), offset)?;
        Some((date, start, start.plus_days(1)))
    };
    read().ok_or_else(|| AppError::invalid("roster-day", "/day", "日期格式须为 YYYY-MM-DD", "days are written YYYY-MM-DD"))
}

fn sites(app: &App) -> Vec<String> {
    let mut sites = vec![app.port().inspection_site.clone()];
    sites.extend(app.port().duty_posts.iter().filter(|post| **post != app.port().inspection_site).cloned());
    sites
}

/// Authorises a change of a roster, by a person, and gives its district and id.
async fn begin(unit: &mut Unit<'_>, action: &'static str, day: &str) -> Result<(String, String, Option<Roster>, ShiftFacts), AppError> {
    let resource = unit.app.at_the_port(Roster::KIND, &unit.ctx.principal);
    unit.authorise(action, &resource)?;
    person(unit, action)?;
    let (date, begins, ends) = written_day(unit.app, day)?;
    if begins > unit.at().plus_days(AHEAD_DAYS_MAX) {
        let (zh, en) = ("最多提前 92 天排班", "a roster is made at most 92 days ahead");
        return Err(AppError::invalid("roster-day-far", "/day", zh, en));
    }
    let district = unit.app.port().customs_district.clone();
    let id = roster_id(&district, day);
    let state = unit.load::<Roster>(&id).await?;
    let facts =
        ShiftFacts { day: (begins, ends), kind: calendar_day(date).kind, competences: None, beside: Vec::new(), sites: sites(unit.app) };
    Ok((district, id, state, facts))
}

/// What the officer may inspect, and where the officer is on the days beside.
async fn know_officer(unit: &mut Unit<'_>, officer: &str, facts: &mut ShiftFacts) -> Result<(), AppError> {
    let district = unit.app.port().customs_district.clone();
    facts.competences = unit.app.officers_of(&district).await?.into_iter().find(|one| one.id == officer).map(|one| one.competences);
    facts.beside.clear();
    let offset = unit.app.port().utc_offset_minutes;
    for beside in [facts.day.0.plus_days(-1), facts.day.1] {
        if let Some(roster) = unit.load::<Roster>(&roster_id(&district, &beside.day(offset))).await? {
            facts.beside.extend(roster.shifts.iter().filter(|shift| shift.officer == officer).map(|shift| (shift.from, shift.to)));
        }
    }
    Ok(())
}

/// Gives an officer a shift.
#[derive(Clone, Debug, Serialize)]
pub struct AssignShift {
    /// Day of the port's clock, `YYYY-MM-DD`.
    pub day: String,
    /// Officer, user id.
    pub officer: String,
    /// Site or post.
    pub site: String,
    /// From.
    pub from: Timestamp,
    /// Until.
    pub to: Timestamp,
    /// What the officer must be able to do.
    pub competence: Option<String>,
}

#[async_trait]
impl UseCase for AssignShift {
    const NAME: &'static str = "roster.assign";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (district, id, state, mut facts) = begin(unit, Self::NAME, &self.day).await?;
        limits::text(&self.officer, "/officer", limits::SHORT_TEXT_MAX)?;
        limits::optional(self.competence.as_ref(), "/competence", limits::SHORT_TEXT_MAX)?;
        know_officer(unit, &self.officer, &mut facts).await?;
        let wanted = ShiftWanted {
            district,
            day: self.day.clone(),
            officer: self.officer.clone(),
            site: self.site.clone(),
            from: self.from,
            to: self.to,
            competence: self.competence.clone(),
            by: unit.ctx.principal.id.clone(),
        };
        let events = inspection::decide_assign_shift(state.as_ref(), wanted, &facts, unit.at())?;
        unit.record::<Roster>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// What is changed of a roster that was begun.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum RosterChange {
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
        absence: Absence,
    },
    /// An officer will be there after all.
    Present {
        /// Officer, user id.
        officer: String,
    },
    /// It is put in force.
    Publish,
}

/// Changes the roster of a day.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeRoster {
    /// Day of the port's clock, `YYYY-MM-DD`.
    pub day: String,
    /// What.
    #[serde(flatten)]
    pub change: RosterChange,
}

#[async_trait]
impl UseCase for ChangeRoster {
    const NAME: &'static str = "roster.change";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let (district, id, state, mut facts) = begin(unit, Self::NAME, &self.day).await?;
        let (by, ends, at) = (unit.ctx.principal.id.clone(), facts.day.1, unit.at());
        let begun = || state.as_ref().ok_or_else(|| AppError::NotFound { kind: Roster::KIND, id: id.clone() });
        let events: Vec<RosterEvent> = match &self.change {
            RosterChange::Remove { number } => inspection::decide_remove_shift(begun()?, *number, by, ends, at)?,
            RosterChange::Absent { officer, absence } => {
                know_officer(unit, officer, &mut facts).await?;
                let command = AbsenceNoted { district, day: self.day.clone(), officer: officer.clone(), absence: *absence, by };
                inspection::decide_note_absence(state.as_ref(), command, &facts, at)?
            }
            RosterChange::Present { officer } => {
                inspection::decide_lift_absence(begun()?, AbsenceLifted { officer: officer.clone(), by }, ends, at)?
            }
            RosterChange::Publish => inspection::decide_publish_roster(begun()?, &unit.app.port().inspection_site, by, ends, at)?,
        };
        unit.record::<Roster>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// Takes the shifts of another day over, as far as they fit. Returns how many were given, and how many did not fit.
#[derive(Clone, Debug, Serialize)]
pub struct CopyRoster {
    /// Day of the port's clock, `YYYY-MM-DD`.
    pub day: String,
    /// The other day.
    pub from: String,
}

#[async_trait]
impl UseCase for CopyRoster {
    const NAME: &'static str = "roster.copy";
    type Outcome = (u32, u32);

    async fn run(&self, unit: &mut Unit<'_>) -> Result<(u32, u32), AppError> {
        let (district, id, _, mut facts) = begin(unit, Self::NAME, &self.day).await?;
        let (_, other_begins, _) = written_day(unit.app, &self.from)?;
        let other = unit.get::<Roster>(&roster_id(&district, &self.from)).await?;
        let (mut given, mut left) = (0, 0);
        for shift in other.shifts {
            let Shift { officer, site, from, to, competence, .. } = shift;
            know_officer(unit, &officer, &mut facts).await?;
            let moved = |at: Timestamp| facts.day.0.plus_millis(at.since_millis(other_begins));
            let wanted = ShiftWanted {
                district: district.clone(),
                day: self.day.clone(),
                officer,
                site,
                from: moved(from),
                to: moved(to),
                competence,
                by: unit.ctx.principal.id.clone(),
            };
            let state = unit.load::<Roster>(&id).await?;
            match inspection::decide_assign_shift(state.as_ref(), wanted, &facts, unit.at()) {
                Ok(events) => {
                    given += 1;
                    unit.record::<Roster>(&id, events, unit.at()).await?;
                }
                Err(_) => left += 1,
            }
        }
        Ok((given, left))
    }
}

/// Narrows the pool of a draw to the officers who are at the site by the roster in force; the pool stays as it is on a day without one. Returns
/// which roster, and in which version.
pub(crate) async fn narrow(
    unit: &mut Unit<'_>,
    pool: &mut Vec<rules::Officer>,
    state: &Inspection,
    day: &str,
) -> Result<Option<String>, AppError> {
    let id = roster_id(&state.district, day);
    let Some(roster) = unit.load::<Roster>(&id).await?.filter(|roster| roster.published_at.is_some()) else { return Ok(None) };
    let there = roster.on_duty(&state.site);
    pool.retain(|officer| there.contains(officer.id.as_str()));
    Ok(Some(format!("{id}@{}", unit.version::<Roster>(&id).await?)))
}

impl App {
    /// Officers of a district who may log in, by id; their overtime is not counted.
    pub(crate) async fn officers_of(&self, district: &str) -> Result<Vec<RosterOfficer>, AppError> {
        let mut officers = Vec::new();
        for user in self.users().await? {
            let Some(officer) = user.officer.filter(|_| !user.disabled) else { continue };
            let organisation = self.organisation(&user.organisation).await?;
            if organisation.is_some_and(|one| one.role == Role::Customs && one.district.as_deref() == Some(district)) {
                officers.push(RosterOfficer {
                    id: user.id,
                    name: user.name,
                    competences: officer.competences,
                    on_duty: officer.on_duty,
                    overtime_minutes: 0,
                });
            }
        }
        officers.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(officers)
    }

    /// Minutes of overtime by officer, of the last [`OVERTIME_DAYS`] days before an instant.
    pub(crate) async fn overtime(&self, district: &str, at: Timestamp) -> Result<BTreeMap<String, u32>, AppError> {
        let offset = self.port().utc_offset_minutes;
        let ids = (0..OVERTIME_DAYS).map(|back| roster_id(district, &at.plus_days(-back).day(offset)));
        let mut minutes: BTreeMap<String, u32> = BTreeMap::new();
        for roster in self.peek_many::<Roster>(ids).await?.into_values() {
            for shift in &roster.shifts {
                minutes.entry(shift.officer.clone()).or_default();
            }
            for (officer, sum) in &mut minutes {
                *sum += roster.overtime_of(officer);
            }
        }
        Ok(minutes)
    }

    /// The roster of a day with the officers who may be given shifts. The access is recorded by the caller.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], `roster-day`, or the store's fault.
    pub async fn roster_day(&self, ctx: &Context, day: &str) -> Result<RosterDay, AppError> {
        self.rights().require(&ctx.principal, "roster.read", &self.at_the_port(Roster::KIND, &ctx.principal))?;
        let (date, _, ends) = written_day(self, day)?;
        let district = self.port().customs_district.clone();
        let overtime = self.overtime(&district, ctx.at).await?;
        let mut officers = self.officers_of(&district).await?;
        for officer in &mut officers {
            officer.overtime_minutes = overtime.get(&officer.id).copied().unwrap_or(0);
        }
        Ok(RosterDay {
            day: day.to_owned(),
            calendar: calendar_day(date),
            roster: self.peek::<Roster>(&roster_id(&district, day)).await?,
            officers,
            sites: sites(self),
            open: ctx.at < ends,
        })
    }

    /// May the asker see what is to be expected?
    fn may_see_workload(&self, ctx: &Context) -> Result<(), AppError> {
        let resource: Resource<'_> = self.at_the_port("workload", &ctx.principal);
        self.rights().require(&ctx.principal, "workload.read", &resource)
    }
}
