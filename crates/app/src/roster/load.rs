//! Workload of the inspection site: what is booked, what waits, what is to be expected; who is there for it; and whom to ask for more.

use std::collections::BTreeMap;

use codes::calendar::{CalendarDay, calendar_day};
use inspection::workload::{DAYS, DayLoad, Method, Past, Tried};
use inspection::{Inspection, Roster, roster_id};
use ledger::{Aggregate, Timestamp};
use logistics::{Slot, slot_id};
use port_call::ShipCall;
use store::TallyQuery;

use super::OVERTIME_DAYS;
use crate::counters::{day_of, day_start};
use crate::inspections::{SLOT_HOURS, slot_starts};
use crate::reading::{ListQuery, PAGE_MAX};
use crate::{App, AppError, Context, daily};

/// Days ahead that are forecast, today among them.
pub const FORECAST_DAYS: i32 = 7;
/// Days ahead that the backlog alarm looks at.
const ALARM_DAYS: usize = 3;
/// Days of the past that are looked at.
const PAST_DAYS: i32 = 2 * DAYS + 7;
/// Most pages of ship calls that are looked at.
const CALL_PAGES_MAX: usize = 15;
/// Hours of a shift that is proposed.
const PROPOSED_HOURS: u64 = 4;
/// Most officers proposed for a day.
const PROPOSED_MAX: usize = 10;

/// An officer who might be asked for overtime: the one with the least of it first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Officer, user id.
    pub officer: String,
    /// Overtime of the last 28 days, minutes.
    pub overtime_minutes: u32,
}

/// What a day asks, and who is there for it.
#[derive(Clone, Debug)]
pub struct DayPlan {
    /// Days since 1970-01-01 on the port's clock.
    pub day: i32,
    /// The day in the calendar.
    pub calendar: CalendarDay,
    /// Ships due.
    pub ships: u64,
    /// Expected by each method, tenths.
    pub weekday_tenths: Option<u64>,
    /// By ships due.
    pub ships_tenths: Option<u64>,
    /// What it asks.
    pub load: DayLoad,
    /// A roster is in force.
    pub published: bool,
    /// Whom to ask for what is missing; only customs is told.
    pub candidates: Vec<Candidate>,
}

/// A past day: what was forecast the evening before, and what came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastDay {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Inspections ordered.
    pub came: u64,
    /// Forecast by the method in use, tenths.
    pub forecast_tenths: Option<u64>,
}

/// The workload of the coming days.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Inspection site.
    pub site: String,
    /// Officer-minutes of one inspection: officers × the length of a slot, an assumption.
    pub minutes_each: u64,
    /// Days ahead.
    pub days: Vec<DayPlan>,
    /// Days back.
    pub past: Vec<PastDay>,
    /// The method in use.
    pub method: Method,
    /// How each method fared on the days back.
    pub weekday_tried: Option<Tried>,
    /// By ships.
    pub ships_tried: Option<Tried>,
    /// Open inspections that nobody has booked, or whose day is over.
    pub backlog: u64,
}

impl App {
    /// What the inspection site is to expect in the coming days, and who is there for it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn workload(&self, ctx: &Context) -> Result<Workload, AppError> {
        self.may_see_workload(ctx)?;
        let mut found = self.workload_of(ctx.at).await?;
        // The port office sees figures; whom to ask is for customs alone.
        if self.rights().require(&ctx.principal, "roster.read", &self.at_the_port(Roster::KIND, &ctx.principal)).is_ok() {
            self.propose(ctx.at, &mut found).await?;
        }
        Ok(found)
    }

    /// Officer-hours missing in the next days for which a roster is in force; `None` while there is no such day.
    pub(crate) async fn officer_hours_missing(&self) -> Result<Option<u32>, AppError> {
        let now = self.now();
        let offset = self.port().utc_offset_minutes;
        let district = self.port().customs_district.clone();
        let ids = (0..ALARM_DAYS as i64).map(|ahead| roster_id(&district, &now.plus_days(ahead).day(offset)));
        // Looked at every minute: nothing is counted where nobody makes rosters.
        if self.peek_many::<Roster>(ids).await?.values().all(|roster| roster.published_at.is_none()) {
            return Ok(None);
        }
        let found = self.workload_of(now).await?;
        let published = found.days.iter().take(ALARM_DAYS).filter(|day| day.published);
        let minutes: u64 = published.map(|day| day.load.missing_minutes()).sum();
        Ok(Some(u32::try_from(minutes / 60).unwrap_or(u32::MAX)))
    }

    async fn workload_of(&self, now: Timestamp) -> Result<Workload, AppError> {
        let platform = Context::platform(now, "workload");
        let offset = self.port().utc_offset_minutes;
        let (today, site) = (day_of(now, offset), self.port().inspection_site.clone());
        let (past, due) = (self.past(&platform, today).await?, self.ships_due(&platform, today).await?);
        let method = past.better(today);
        let (booked, backlog) = (self.booked(now).await?, self.unserved(now).await?);
        let ids = (0..FORECAST_DAYS).map(|ahead| self.roster_of(today + ahead));
        let rosters = self.peek_many::<Roster>(ids).await?;
        let slot_minutes = u64::try_from(SLOT_HOURS * 60).unwrap_or(0);
        let minutes_each = slot_minutes * u64::from(self.port().officers_per_inspection);
        let days = (0..FORECAST_DAYS).map(|ahead| {
            let day = today + ahead;
            let ships = due.get(&day).copied().unwrap_or(0);
            let (weekday_tenths, ships_tenths) = (past.by_weekday(day, today), past.by_ships(ships, today));
            let expected = match method {
                Method::Weekday => weekday_tenths,
                Method::Ships => ships_tenths,
            };
            let roster = rosters.get(&self.roster_of(day));
            let load = DayLoad {
                booked: booked.get(&day).copied().unwrap_or(0),
                waiting: if ahead == 0 { backlog } else { 0 },
                expected_tenths: expected.unwrap_or(0),
                minutes_each,
                rostered_minutes: roster.map_or(0, |roster| u64::try_from(roster.minutes_at(&site)).unwrap_or(0)),
            };
            let published = roster.is_some_and(|roster| roster.published_at.is_some());
            DayPlan {
                day,
                calendar: calendar_day(codes::Date::from_epoch_day(day.into())),
                ships,
                weekday_tenths,
                ships_tenths,
                load,
                published,
                candidates: Vec::new(),
            }
        });
        let days = days.collect();
        let forecast = |day: i32| match method {
            Method::Weekday => past.by_weekday(day, day),
            Method::Ships => past.by_ships(past.arrived.get(&day).copied().unwrap_or(0), day),
        };
        let back = (today - DAYS).max(past.from)..today;
        let back = back.map(|day| PastDay { day, came: past.ordered.get(&day).copied().unwrap_or(0), forecast_tenths: forecast(day) });
        let past_days = back.collect();
        let (weekday_tried, ships_tried) = (past.tried(Method::Weekday, today), past.tried(Method::Ships, today));
        Ok(Workload { site, minutes_each, days, past: past_days, method, weekday_tried, ships_tried, backlog })
    }

    fn roster_of(&self, day: i32) -> String {
        let offset = self.port().utc_offset_minutes;
        roster_id(&self.port().customs_district, &day_start(day, offset).day(offset))
    }

    /// Inspections ordered and ships arrived, by day: counted already, or few enough to be looked at.
    async fn past(&self, platform: &Context, today: i32) -> Result<Past, AppError> {
        let first = today - PAST_DAYS;
        let asked = TallyQuery { port: self.port().code.clone(), series: daily::OPENED.into(), from_day: first, to_day: today };
        let mut past = Past { from: today, ..Past::default() };
        for row in self.store().tallies(&asked).await? {
            // The first day of which any case is known is the first that counts.
            past.from = past.from.min(row.day);
            let parts: Vec<&str> = row.key.split('|').collect();
            if parts == [Inspection::KIND, self.port().customs_district.as_str()] {
                *past.ordered.entry(row.day).or_default() += u64::try_from(row.count).unwrap_or(0);
            }
        }
        let offset = self.port().utc_offset_minutes;
        let mut query = ListQuery {
            statuses: vec!["arrived".into(), "departed".into()],
            // A ship is announced some time before it arrives.
            opened_from: Some(day_start(first, offset).plus_days(-30)),
            limit: PAGE_MAX,
            ..ListQuery::default()
        };
        for _ in 0..CALL_PAGES_MAX {
            let page = self.list::<ShipCall>(platform, "call.read", query.clone()).await?;
            for (seen, _) in page.items {
                if let Some(day) = seen.state.ata().map(|at| day_of(at, offset)).filter(|day| (first..today).contains(day)) {
                    *past.arrived.entry(day).or_default() += 1;
                }
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        Ok(past)
    }

    /// Ships due by day; those that are late are due today.
    async fn ships_due(&self, platform: &Context, today: i32) -> Result<BTreeMap<i32, u64>, AppError> {
        let offset = self.port().utc_offset_minutes;
        let mut query = ListQuery {
            statuses: vec!["announced".into()],
            due_before: Some(day_start(today + FORECAST_DAYS, offset)),
            by_due: true,
            limit: PAGE_MAX,
            ..ListQuery::default()
        };
        let mut due = BTreeMap::new();
        for _ in 0..CALL_PAGES_MAX {
            let page = self.list::<ShipCall>(platform, "call.read", query.clone()).await?;
            for (seen, _) in page.items {
                *due.entry(day_of(seen.state.eta, offset).max(today)).or_default() += 1;
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
        }
        Ok(due)
    }

    /// Places taken at the inspection site, by day.
    async fn booked(&self, now: Timestamp) -> Result<BTreeMap<i32, u64>, AppError> {
        let offset = self.port().utc_offset_minutes;
        let midnight = now.day_start(offset);
        let mut days = BTreeMap::new();
        let key = crate::inspections::site_key(self, &self.port().customs_district);
        let starts = (0..i64::from(FORECAST_DAYS)).flat_map(|ahead| slot_starts(midnight.plus_days(ahead)));
        let ids: BTreeMap<String, i32> = starts.map(|start| (slot_id(&key, start, offset), day_of(start, offset))).collect();
        for (id, slot) in self.peek_many::<Slot>(ids.keys().cloned()).await? {
            if let Some(day) = ids.get(&id) {
                *days.entry(*day).or_default() += slot.bookings.len() as u64;
            }
        }
        Ok(days)
    }

    /// Open inspections that nobody has booked, and those whose day is over without a result: what is booked today is counted by its booking.
    async fn unserved(&self, now: Timestamp) -> Result<u64, AppError> {
        let platform = &Context::platform(now.day_start(self.port().utc_offset_minutes), "workload");
        let kinds = vec![Inspection::KIND.to_owned()];
        let rows = self.worklist_tally(platform, &ListQuery { kinds, open: Some(true), ..ListQuery::default() }).await?;
        Ok(rows
            .iter()
            .map(|row| match row.action.as_deref() {
                Some("book-inspection") => row.count,
                Some("present-box" | "record-result") => row.overdue,
                Some(_) | None => 0,
            })
            .sum())
    }

    /// Names officers for the days on which hours are missing: those without a shift, the least overtime first.
    async fn propose(&self, now: Timestamp, found: &mut Workload) -> Result<(), AppError> {
        let district = self.port().customs_district.clone();
        let overtime = self.overtime(&district, now).await?;
        let officers = self.officers_of(&district).await?;
        for plan in found.days.iter_mut().filter(|plan| plan.load.missing_minutes() > 0) {
            let roster = self.peek::<Roster>(&self.roster_of(plan.day)).await?;
            let taken = |officer: &str| {
                roster
                    .as_ref()
                    .is_some_and(|roster| roster.absent.contains_key(officer) || roster.shifts.iter().any(|shift| shift.officer == officer))
            };
            let mut free: Vec<Candidate> = officers
                .iter()
                .filter(|officer| officer.on_duty && !taken(&officer.id))
                .map(|officer| Candidate { officer: officer.id.clone(), overtime_minutes: overtime.get(&officer.id).copied().unwrap_or(0) })
                .collect();
            free.sort_by_key(|one| (one.overtime_minutes, one.officer.clone()));
            let wanted = plan.load.missing_minutes().div_ceil(PROPOSED_HOURS * 60);
            free.truncate(usize::try_from(wanted).unwrap_or(PROPOSED_MAX).min(PROPOSED_MAX));
            plan.candidates = free;
        }
        Ok(())
    }
}

const _: () = assert!(OVERTIME_DAYS == DAYS as i64, "overtime is told of the days on which forecasts are tried");
