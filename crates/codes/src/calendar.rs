//! Working days (工作日历): statutory holidays and moved working days of mainland China, as data with its source; weekends elsewhere.

use crate::Date;

/// The days that differ from the week, as shipped.
const DAYS: &str = include_str!("../data/working_days_cn.tsv");
/// Days of a week, and the day of the week of 1970-01-01 (a Thursday), Monday being 0.
const WEEK: i64 = 7;
const FIRST_WEEKDAY: i64 = 3;
/// First day of the weekend, Monday being 0.
const SATURDAY: i32 = 5;

/// What kind of day it is, as far as work is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// Working day (工作日), also a weekend day that was moved (调休上班).
    Work,
    /// Rest day (休息日): a weekend, or the part of a break that is no statutory holiday.
    Rest,
    /// Statutory holiday (法定节假日).
    Holiday,
}

impl DayKind {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Rest => "rest",
            Self::Holiday => "holiday",
        }
    }
}

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarDay {
    /// Its kind.
    pub kind: DayKind,
    /// What it is called, Chinese and English, where it differs from the week.
    pub name: Option<(&'static str, &'static str)>,
    /// The year's arrangement is known: otherwise only the week tells.
    pub known: bool,
}

/// Where the arrangement was read, Chinese and English.
pub fn source() -> (&'static str, &'static str) {
    let of = |head: &str| DAYS.lines().find_map(|line| line.strip_prefix(head)).unwrap_or_default();
    (of("# source_zh: "), of("# source: "))
}

/// The kind of a day; `day` is written `YYYY-MM-DD`.
pub fn calendar_day(day: Date) -> CalendarDay {
    let written = day.to_string();
    let listed = DAYS.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut cells = line.split('\t');
        (cells.next() == Some(written.as_str())).then(|| (cells.next(), cells.next().zip(cells.next())))
    });
    let known = written.get(..4).is_some_and(|year| DAYS.lines().any(|line| line.starts_with(year)));
    match listed {
        Some((Some("holiday"), name)) => CalendarDay { kind: DayKind::Holiday, name, known },
        Some((Some("work"), name)) => CalendarDay { kind: DayKind::Work, name, known },
        Some((_, name)) => CalendarDay { kind: DayKind::Rest, name, known },
        None => {
            let kind = if weekday(day) >= SATURDAY { DayKind::Rest } else { DayKind::Work };
            CalendarDay { kind, name: None, known }
        }
    }
}

/// Day of the week, Monday being 0.
fn weekday(day: Date) -> i32 {
    i32::try_from((day.epoch_day() + FIRST_WEEKDAY).rem_euclid(WEEK)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(day: &str) -> CalendarDay {
        calendar_day(day.parse().expect("a day"))
    }

    #[test]
    fn weekends_rest_holidays_are_told_apart_and_moved_days_are_worked() {
        assert_eq!(of("2026-11-27").kind, DayKind::Work, "a Friday");
        assert_eq!(of("2026-11-28").kind, DayKind::Rest, "a Saturday");
        assert_eq!(of("2026-10-01"), CalendarDay { kind: DayKind::Holiday, name: Some(("国庆节", "National Day")), known: true });
        assert_eq!(of("2026-10-05").kind, DayKind::Rest, "of the break, and no statutory holiday");
        assert_eq!(of("2026-10-10").kind, DayKind::Work, "a Saturday that was moved");
        assert_eq!(of("2027-10-01"), CalendarDay { kind: DayKind::Work, name: None, known: false }, "not known yet: only the week tells");
        assert!(source().0.contains("7号") && source().1.contains("7号"));
    }

    #[test]
    fn every_row_is_a_day_of_a_kind_and_the_thirteen_statutory_days_are_there() {
        let rows: Vec<Vec<&str>> = DAYS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
        for row in &rows {
            assert!(row.len() == 4 && row[0].parse::<Date>().is_ok() && ["holiday", "rest", "work"].contains(&row[1]), "{row:?}");
        }
        assert_eq!(rows.iter().filter(|row| row[1] == "holiday").count(), 13);
        let moved: Vec<i32> = rows.iter().filter(|row| row[1] == "work").map(|row| weekday(row[0].parse().expect("a day"))).collect();
        assert!(moved.iter().all(|day| *day >= SATURDAY), "only weekend days are moved");
    }
}
