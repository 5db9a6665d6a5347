//! A day in China.

use std::fmt;
use std::str::FromStr;

const DAY_MS: i64 = 86_400_000;
/// China Standard Time is UTC+8 all year; rules come into force at its midnight.
const CHINA_OFFSET_MS: i64 = 8 * 3_600_000;

/// A calendar day (日期), counted from 1970-01-01, years 1 to 9999. Written `2026-04-01`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i32);

/// The text is not a day of the calendar written `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a day written YYYY-MM-DD")]
pub struct DayError(String);

impl Day {
    /// The day in China (UTC+8) at an instant in milliseconds since 1970-01-01T00:00:00Z. Instants beyond the
    /// calendar give its first or last day.
    #[must_use]
    pub fn in_china(epoch_ms: i64) -> Self {
        let day = epoch_ms.saturating_add(CHINA_OFFSET_MS).div_euclid(DAY_MS);
        let (first, last) = (day_number(1, 1, 1), day_number(9999, 12, 31));
        Self(i32::try_from(day.clamp(first, last)).unwrap_or(0))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0 as i64
    }

    /// Year, month and day of the month.
    fn parts(self) -> (i64, i64, i64) {
        let z = i64::from(self.0) + 719_468;
        let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }
}

/// Howard Hinnant's algorithm: years begin in March, so that the leap day comes last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let fault = || DayError(text.chars().take(20).collect());
        let bytes = text.as_bytes();
        if bytes.len() != 10 || !bytes.iter().enumerate().all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() }) {
            return Err(fault());
        }
        let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap_or(0);
        let (year, month, day) = (part(0..4), part(5..7), part(8..10));
        if year == 0 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return Err(fault());
        }
        let found = Self(i32::try_from(day_number(year, month, day)).map_err(|_| fault())?);
        // A day that does not exist comes back as another one.
        if found.parts() == (year, month, day) { Ok(found) } else { Err(fault()) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        assert_eq!("1970-01-01".parse::<Day>().unwrap().number(), 0);
        for number in (-200_000..200_000).step_by(17) {
            let day = Day(number);
            assert_eq!(day.to_string().parse::<Day>().unwrap(), day);
        }
        for text in ["2026-02-29", "2026-13-01", "2026-4-1", "20260401", "0000-01-01", "2026-00-01", ""] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_sixteen_utc_of_the_day_before() {
        assert_eq!(Day::in_china(57_600_000).to_string(), "1970-01-02");
        assert_eq!(Day::in_china(57_599_999).to_string(), "1970-01-01");
        assert_eq!(Day::in_china(i64::MAX).to_string(), "9999-12-31");
        assert_eq!(Day::in_china(i64::MIN).to_string(), "0001-01-01");
    }
}
