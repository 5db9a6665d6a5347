//! What happens by chance, and when people work.

use ledger::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// Milliseconds of an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// How much longer than the median a duration can get.
const TAIL_MAX: f64 = 9.0;

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// From 0 (inclusive) to 1 (exclusive).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Does something of this probability happen?
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.0.next_u64() % span).unwrap_or(0)
    }

    /// One of several. The slice must not be empty.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        let index = self.between(0, i64::try_from(of.len()).unwrap_or(1) - 1);
        &of[usize::try_from(index).unwrap_or(0)]
    }

    /// A duration in milliseconds: log-normal, as waiting times in a port are, with a median in hours and a bounded tail.
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the tail")]
    pub fn hours(&mut self, median: f64, spread: f64) -> i64 {
        let (a, b) = (self.unit().max(f64::MIN_POSITIVE), self.unit());
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        let hours = (median * (normal * spread).exp()).clamp(median / TAIL_MAX, median * TAIL_MAX);
        (hours * 3_600_000.0) as i64
    }
}

/// When an office works: from and to hour of the port's clock, and which part of its work it does on Saturday and Sunday.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hours {
    pub from: i64,
    pub to: i64,
    pub weekend: f64,
}

/// Traders, brokers, agents.
pub(crate) const OFFICE: Hours = Hours { from: 8, to: 18, weekend: 0.25 };
/// Customs counters and inspection sites: "7×24 by appointment" is announced, most work is done by day.
pub(crate) const CUSTOMS: Hours = Hours { from: 8, to: 20, weekend: 0.7 };
/// Trucks at the gate.
pub(crate) const GATE: Hours = Hours { from: 6, to: 23, weekend: 0.8 };

/// The first moment from `at` on at which an office works.
pub(crate) fn opening(at: Timestamp, hours: Hours, offset_minutes: i32, chance: &mut Chance) -> Timestamp {
    let offset = i64::from(offset_minutes) * 60_000;
    let mut local = at.millis() + offset;
    for _ in 0..4 {
        let day = local.div_euclid(DAY_MS);
        // Day 0 was a Thursday.
        let weekend = matches!((day + 4).rem_euclid(7), 0 | 6);
        let hour = local.rem_euclid(DAY_MS) / HOUR_MS;
        let open_today = !weekend || chance.happens(hours.weekend);
        if open_today && (hours.from..hours.to).contains(&hour) {
            break;
        }
        let next = if open_today && hour < hours.from { day } else { day + 1 };
        local = next * DAY_MS + hours.from * HOUR_MS + chance.between(0, 100) * 60_000;
    }
    Timestamp::from_millis(local - offset)
}

/// A stable number of a text: which bills are left to visitors must not depend on the run.
pub(crate) fn stable(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)) >> 17
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    #[test]
    fn an_office_opens_in_the_morning_of_a_working_day() {
        let closed_at_weekends = Hours { weekend: 0.0, ..OFFICE };
        let mut chance = Chance::new(1);
        // Saturday 21 November 2026, 10:00 in China.
        let opened = opening(at("2026-11-21T02:00:00Z"), closed_at_weekends, 480, &mut chance);
        assert!(opened >= at("2026-11-23T00:00:00Z") && opened < at("2026-11-23T02:00:00Z"), "{opened}");
        // Monday 14:00 in China: open now.
        assert_eq!(opening(at("2026-11-23T06:00:00Z"), OFFICE, 480, &mut chance), at("2026-11-23T06:00:00Z"));
    }

    #[test]
    fn durations_scatter_around_their_median() {
        let mut chance = Chance::new(7);
        let mut hours: Vec<i64> = (0..2_001).map(|_| chance.hours(10.0, 0.6)).collect();
        hours.sort_unstable();
        let median = hours[1_000] / HOUR_MS;
        assert!((9..=11).contains(&median), "{median}");
        assert!(hours[1_900] > 2 * hours[1_000] && hours[2_000] <= 90 * HOUR_MS);
    }
}
