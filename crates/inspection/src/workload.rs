//! Workload of the inspection site (查验工作量预测): how many inspections are to be expected, by two plain methods, each measured against what came.
//!
//! Counts are in tenths of an inspection, so that a mean keeps a digit and nothing here is a floating-point number.

use std::collections::BTreeMap;

/// Weeks from which the mean of a weekday is made.
pub const WEEKS: i32 = 4;
/// Days over which inspections per ship are counted, and over which forecasts are tried on what came.
pub const DAYS: i32 = 28;
/// Fewest days on which a method is tried before its error says anything.
pub const TRIED_MIN: u32 = 7;
const WEEK: i32 = 7;

/// What came in the past, by day (days since 1970-01-01).
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// First day of which anything is known.
    pub from: i32,
    /// Inspections ordered.
    pub ordered: BTreeMap<i32, u64>,
    /// Ships that arrived.
    pub arrived: BTreeMap<i32, u64>,
}

/// How a forecast is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Mean of the same weekday in the four weeks before (同星期四周均值).
    Weekday,
    /// Ships due × inspections per ship in the 28 days before (在途船舶 × 每船查验数).
    Ships,
}

impl Method {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Weekday => "weekday",
            Self::Ships => "ships",
        }
    }
}

/// A method tried on the days before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Days on which it could be tried.
    pub days: u32,
    /// Mean absolute error (平均绝对误差), tenths of an inspection.
    pub error_tenths: u64,
    /// What came on these days on average, tenths of an inspection.
    pub came_tenths: u64,
}

impl Past {
    fn of(counts: &BTreeMap<i32, u64>, day: i32) -> u64 {
        counts.get(&day).copied().unwrap_or(0)
    }

    /// Inspections to be expected on a day, by the same weekday of the four weeks before `known`, tenths; `None` while no such day is known.
    pub fn by_weekday(&self, day: i32, known: i32) -> Option<u64> {
        let days: Vec<i32> = (1..).map(|weeks| day - weeks * WEEK).skip_while(|one| *one >= known).take(WEEKS as usize).collect();
        let known: Vec<i32> = days.into_iter().filter(|one| *one >= self.from).collect();
        mean_tenths(known.iter().map(|one| Self::of(&self.ordered, *one)))
    }

    /// Inspections to be expected with so many ships, by the inspections per ship of the [`DAYS`] before `known`, tenths; `None` without a ship.
    pub fn by_ships(&self, ships: u64, known: i32) -> Option<u64> {
        let first = self.from.max(known - DAYS);
        let sum = |counts: &BTreeMap<i32, u64>| counts.range(first..known.max(first)).map(|(_, n)| *n).sum::<u64>();
        let (ordered, arrived) = (sum(&self.ordered), sum(&self.arrived));
        (ships * ordered * 10 + arrived / 2).checked_div(arrived)
    }

    /// Tries a method on each of the [`DAYS`] before `today`, with what was known the evening before; `None` when there was too little to try.
    ///
    /// Ships are tried with those that did arrive, since it is not kept which were due.
    pub fn tried(&self, method: Method, today: i32) -> Option<Tried> {
        let (mut days, mut error, mut came) = (0_u32, 0_u64, 0_u64);
        for day in (today - DAYS).max(self.from + WEEK)..today {
            let forecast = match method {
                Method::Weekday => self.by_weekday(day, day),
                Method::Ships => self.by_ships(Self::of(&self.arrived, day), day),
            };
            let Some(forecast) = forecast else { continue };
            let actual = Self::of(&self.ordered, day) * 10;
            days += 1;
            error += forecast.abs_diff(actual);
            came += actual;
        }
        let mean = |sum: u64| (sum + u64::from(days) / 2).checked_div(u64::from(days)).unwrap_or(0);
        (days >= TRIED_MIN).then(|| Tried { days, error_tenths: mean(error), came_tenths: mean(came) })
    }

    /// The method with the smaller error; the weekday's where nothing tells them apart.
    pub fn better(&self, today: i32) -> Method {
        match (self.tried(Method::Weekday, today), self.tried(Method::Ships, today)) {
            (Some(weekday), Some(ships)) if ships.error_tenths < weekday.error_tenths => Method::Ships,
            (None, Some(_)) => Method::Ships,
            (Some(_) | None, _) => Method::Weekday,
        }
    }
}

fn mean_tenths(counts: impl ExactSizeIterator<Item = u64>) -> Option<u64> {
    let days = counts.len() as u64;
    let sum: u64 = counts.sum();
    (sum * 10 + days / 2).checked_div(days)
}

/// What a day asks of the officers of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayLoad {
    /// Inspections with an appointment on the day.
    pub booked: u64,
    /// Open inspections without an appointment, of today's load.
    pub waiting: u64,
    /// To be ordered on the day, tenths; 0 where nothing is known.
    pub expected_tenths: u64,
    /// Officer-minutes of one inspection.
    pub minutes_each: u64,
    /// Officer-minutes of those who are there.
    pub rostered_minutes: u64,
}

impl DayLoad {
    /// Officer-minutes that are needed.
    pub const fn needed_minutes(&self) -> u64 {
        ((self.booked + self.waiting) * 10 + self.expected_tenths) * self.minutes_each / 10
    }

    /// Officer-minutes that are missing.
    pub const fn missing_minutes(&self) -> u64 {
        self.needed_minutes().saturating_sub(self.rostered_minutes)
    }
}
