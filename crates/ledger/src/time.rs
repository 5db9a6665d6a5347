//! Instants. Always UTC, always milliseconds; the port's zone is applied where a person reads.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in milliseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 with milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text is not an instant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an RFC 3339 instant: {0:?}")]
pub struct TimestampError(String);

const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This instant moved by a number of milliseconds, saturating at the ends of time.
    pub const fn plus_millis(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This instant moved by minutes.
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_millis(minutes.saturating_mul(60_000))
    }

    /// This instant moved by hours.
    pub const fn plus_hours(self, hours: i64) -> Self {
        self.plus_millis(hours.saturating_mul(3_600_000))
    }

    /// This instant moved by days of 24 hours.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(DAY_MS))
    }

    /// Milliseconds from `earlier` to this instant (negative when `earlier` is later).
    pub const fn since_millis(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar day `YYYY-MM-DD` at a fixed offset from UTC (port time).
    pub fn day(self, offset_minutes: i32) -> String {
        let (y, m, d) = civil(self.shifted(offset_minutes).0.div_euclid(DAY_MS));
        format!("{y:04}-{m:02}-{d:02}")
    }

    /// The first instant of the calendar day this instant falls in, at a fixed offset from UTC.
    pub fn day_start(self, offset_minutes: i32) -> Self {
        let local = self.shifted(offset_minutes).0;
        Self(local - local.rem_euclid(DAY_MS)).shifted(-offset_minutes)
    }

    /// Year, month, day, hour, minute, second and millisecond at a fixed offset from UTC.
    pub fn civil(self, offset_minutes: i32) -> (i64, u32, u32, u32, u32, u32, u32) {
        let local = self.shifted(offset_minutes).0;
        let (y, m, d) = civil(local.div_euclid(DAY_MS));
        let ms = local.rem_euclid(DAY_MS);
        let part = |unit: i64, modulo: i64| u32::try_from(ms / unit % modulo).unwrap_or(0);
        (y, m, d, part(3_600_000, 24), part(60_000, 60), part(1_000, 60), part(1, 1_000))
    }

    /// From a civil date and time at a fixed offset; `None` when the date does not exist.
    pub fn from_civil(date: (i64, u32, u32), time: (u32, u32, u32), offset_minutes: i32) -> Option<Self> {
        let (y, m, d) = date;
        let (h, min, s) = time;
        if !(1..=12).contains(&m) || d == 0 || d > days_in_month(y, m) || h > 23 || min > 59 || s > 60 || !(0..=9999).contains(&y) {
            return None;
        }
        let seconds = i64::from(h) * 3600 + i64::from(min) * 60 + i64::from(s);
        Some(Self(days_from_civil(y, m, d) * DAY_MS + seconds * 1000).shifted(-offset_minutes))
    }

    /// `YYYY-MM-DD HH:MM` at a fixed offset, for documents.
    pub fn local_minute(self, offset_minutes: i32) -> String {
        let (y, m, d, h, min, _, _) = self.civil(offset_minutes);
        format!("{y:04}-{m:02}-{d:02} {h:02}:{min:02}")
    }

    const fn shifted(self, offset_minutes: i32) -> Self {
        self.plus_minutes(offset_minutes as i64)
    }
}

fn days_in_month(y: i64, m: u32) -> u32 {
    match m {
        4 | 6 | 9 | 11 => 30,
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since the epoch to a proleptic Gregorian date (H. Hinnant's algorithm).
fn civil(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(m <= 2), u32::try_from(m).unwrap_or(1), u32::try_from(d).unwrap_or(1))
}

fn days_from_civil(y: i64, m: u32, d: u32) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let mp = (i64::from(m) + 9) % 12;
    let doy = (153 * mp + 2) / 5 + i64::from(d) - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d, h, min, s, ms) = self.civil(0);
        write!(f, "{y:04}-{m:02}-{d:02}T{h:02}:{min:02}:{s:02}.{ms:03}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        parse(text).ok_or_else(|| TimestampError(text.chars().take(40).collect()))
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let b = text.as_bytes();
    if b.len() < 20
        || b.len() > 35
        || b[4] != b'-'
        || b[7] != b'-'
        || !matches!(b[10], b'T' | b't' | b' ')
        || b[13] != b':'
        || b[16] != b':'
    {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u32> {
        b[from..to].iter().try_fold(0u32, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
    };
    let date = (i64::from(number(0, 4)?), number(5, 7)?, number(8, 10)?);
    let time = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let mut at = 19;
    let mut ms = 0i64;
    if b[at] == b'.' {
        at += 1;
        let start = at;
        while at < b.len() && b[at].is_ascii_digit() {
            if at - start < 3 {
                ms = ms * 10 + i64::from(b[at] - b'0');
            }
            at += 1;
        }
        match at - start {
            0 => return None,
            1 => ms *= 100,
            2 => ms *= 10,
            _ => {}
        }
    }
    let offset = match b.get(at)? {
        b'Z' | b'z' if b.len() == at + 1 => 0,
        sign @ (b'+' | b'-') if b.len() == at + 6 && b[at + 3] == b':' => {
            let minutes = i32::try_from(number(at + 1, at + 3)? * 60 + number(at + 4, at + 6)?).ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    Timestamp::from_civil(date, time, offset).map(|t| t.plus_millis(ms))
}

impl Timestamp {
    /// The text of an instant of the years 0 to 9999 as bytes; every event carries several, so that this is worth its lines.
    fn ascii(self) -> Option<[u8; 24]> {
        let (y, m, d, h, min, s, ms) = self.civil(0);
        let y = u32::try_from(y).ok().filter(|y| *y <= 9_999)?;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (at, digits, mut value) in [(0, 4, y), (5, 2, m), (8, 2, d), (11, 2, h), (14, 2, min), (17, 2, s), (20, 3, ms)] {
            for place in (at..at + digits).rev() {
                text[place] = b'0' + u8::try_from(value % 10).unwrap_or(0);
                value /= 10;
            }
        }
        Some(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.ascii().as_ref().map(|bytes| std::str::from_utf8(bytes)) {
            Some(Ok(text)) => serializer.serialize_str(text),
            Some(Err(_)) | None => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

/// Reads an instant where it stands, without a copy of its text.
struct Text;

impl Visitor<'_> for Text {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 instant")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    #[test]
    fn reads_and_writes_rfc_3339() {
        for (given, expect) in [
            ("2026-11-22T21:25:51Z", "2026-11-22T21:25:51.000Z"),
            ("2024-02-29T00:00:00.5Z", "2024-02-29T00:00:00.500Z"),
            ("2026-11-23T05:25:51.1239+08:00", "2026-11-22T21:25:51.123Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(at(given).to_string(), expect);
        }
        assert_eq!(at("1970-01-02T00:00:00Z").millis(), DAY_MS);
    }

    #[test]
    fn json_is_the_text_in_every_year() {
        for ms in [
            0,
            -1,
            1,
            951_782_400_000,
            1_764_195_811_123,
            -62_167_219_200_000,
            -62_167_219_200_001,
            253_402_300_799_999,
            253_402_300_800_000,
        ] {
            let instant = Timestamp::from_millis(ms);
            let json = serde_json::to_string(&instant).expect("json");
            assert_eq!(json, format!("\"{instant}\""));
            if (-62_167_219_200_000..=253_402_300_799_999).contains(&ms) {
                assert_eq!(serde_json::from_str::<Timestamp>(&json).expect("read"), instant);
            }
        }
        assert!(serde_json::from_str::<Timestamp>("\"2026-13-01T00:00:00Z\"").is_err());
        assert!(serde_json::from_str::<Timestamp>("1764195811123").is_err());
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for bad in ["", "2026-11-22", "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T21:25:51", "2026-11-22T21:25:51.Z"] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
    }

    #[test]
    fn days_follow_the_port_clock() {
        let late = at("2026-11-22T16:30:00Z");
        assert_eq!(late.day(0), "2026-11-22");
        assert_eq!(late.day(480), "2026-11-23");
        assert_eq!(late.day_start(480), at("2026-11-22T16:00:00Z"));
        assert_eq!(late.local_minute(480), "2026-11-23 00:30");
    }
}
