//! Calendar date.

use crate::inline;
use crate::{CodeError, CodeKind};
use std::fmt;
use std::str::FromStr;

const KIND: CodeKind = CodeKind::Date;
const DAY_MS: i64 = 86_400_000;
/// China Standard Time is UTC+8 all year; legal terms count its days.
const CHINA_OFFSET_MS: i64 = 8 * 3_600_000;

/// Calendar date (日期) without a time, years 1900 to 9999. Written `2026-11-22`; `20261122`, as the
/// declaration fields use (D8), is read as well. Ordered by time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Builds a date.
    ///
    /// # Errors
    /// There is no such day, or the year is outside 1900 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, CodeError> {
        if !(1900..=9999).contains(&year) {
            return Err(CodeError::Range { kind: KIND, part: "year", allowed: "1900 to 9999" });
        }
        if !(1..=12).contains(&month) {
            return Err(CodeError::Range { kind: KIND, part: "month", allowed: "1 to 12" });
        }
        if day == 0 || day > days_in_month(year, month) {
            return Err(CodeError::Range { kind: KIND, part: "day", allowed: "the days of the month" });
        }
        Ok(Self { year, month, day })
    }

    /// The day in China (UTC+8) at an instant in milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// Instants outside the years 1900 to 9999 give the nearest day inside.
    #[must_use]
    pub fn in_china(epoch_ms: i64) -> Self {
        Self::from_epoch_day(epoch_ms.saturating_add(CHINA_OFFSET_MS).div_euclid(DAY_MS))
    }

    /// The instant at which the day begins in China, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn start_in_china_ms(&self) -> i64 {
        self.epoch_day() * DAY_MS - CHINA_OFFSET_MS
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn epoch_day(&self) -> i64 {
        // Howard Hinnant's algorithm: years begin in March, so that the leap day comes last.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
    }

    /// The date of a day counted from 1970-01-01, held inside the years 1900 to 9999.
    #[must_use]
    pub fn from_epoch_day(epoch_day: i64) -> Self {
        let first = Self { year: 1900, month: 1, day: 1 };
        let last = Self { year: 9999, month: 12, day: 31 };
        let z = epoch_day.clamp(first.epoch_day(), last.epoch_day()) + 719_468;
        let era = z / 146_097;
        let of_era = z % 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year: u16::try_from(year).unwrap_or(9999), month: u8::try_from(month).unwrap_or(12), day: u8::try_from(day).unwrap_or(31) }
    }

    /// This date and so many days (or, below zero, back).
    #[must_use]
    pub fn plus_days(&self, days: i32) -> Self {
        Self::from_epoch_day(self.epoch_day() + i64::from(days))
    }

    /// Whole days from `earlier` to this date; below zero when it lies after.
    #[must_use]
    pub fn days_since(&self, earlier: Self) -> i64 {
        self.epoch_day() - earlier.epoch_day()
    }

    /// Year.
    #[must_use]
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// Month, 1 to 12.
    #[must_use]
    pub const fn month(&self) -> u8 {
        self.month
    }

    /// Day of the month, from 1.
    #[must_use]
    pub const fn day(&self) -> u8 {
        self.day
    }

    /// The eight digits of a declaration field (D8 `yyyyMMdd`).
    #[must_use]
    pub fn compact(&self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = inline::normalised(KIND, text)?;
        let bytes = text.as_bytes();
        let digits = match text.len() {
            8 => text.clone(),
            10 if bytes[4] == b'-' && bytes[7] == b'-' => text.replace('-', ""),
            found => return Err(CodeError::Length { kind: KIND, expected: "8 or 10", found }),
        };
        inline::exact_length(KIND, &digits, 8, "8 or 10")?;
        inline::characters(KIND, &digits, 0..8, inline::DIGIT)?;
        // Eight ASCII digits: the parts always parse.
        let part = |range: std::ops::Range<usize>| digits[range].parse::<u16>().unwrap_or(0);
        let small = |range| u8::try_from(part(range)).unwrap_or(0);
        Self::new(part(0..4), small(4..6), small(6..8))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({self})")
    }
}

impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        inline::deserialize_with(deserializer, KIND.en(), Self::from_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn both_forms_and_the_calendar() {
        assert_eq!(date("20261122"), date("2026-11-22"));
        assert_eq!(date("2026-11-22").compact(), "20261122");
        assert!("2024-02-29".parse::<Date>().is_ok());
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026/04/01", "1899-12-31", "2026-1-1"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_day_of_a_century_goes_there_and_back() {
        let (mut day, end) = (date("1970-01-01"), date("2100-01-01"));
        assert_eq!(day.epoch_day(), 0);
        let mut expected = 0;
        while day < end {
            assert_eq!(day.epoch_day(), expected);
            assert_eq!(Date::from_epoch_day(expected), day);
            let next = if day.day < days_in_month(day.year, day.month) {
                Date { day: day.day + 1, ..day }
            } else if day.month < 12 {
                Date { month: day.month + 1, day: 1, ..day }
            } else {
                Date { year: day.year + 1, month: 1, day: 1 }
            };
            day = next;
            expected += 1;
        }
    }

    #[test]
    fn the_day_in_china_begins_at_sixteen_utc() {
        let midnight = date("2026-11-22").start_in_china_ms();
        assert_eq!(Date::in_china(midnight), date("2026-11-22"));
        assert_eq!(Date::in_china(midnight - 1), date("2026-11-21"));
        assert_eq!(Date::in_china(0), date("1970-01-01"));
        assert_eq!(Date::in_china(i64::MAX), date("9999-12-31"));
        assert_eq!(date("2026-11-22").plus_days(14), date("2026-12-06"));
        assert_eq!(date("2026-12-06").days_since(date("2026-11-22")), 14);
    }
}
