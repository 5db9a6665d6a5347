//! Clearance time day by day.

use std::collections::BTreeMap;

use ledger::Timestamp;
use serde::Serialize;

use crate::distribution::{Distribution, distribution};
use crate::{Journey, clearance_ms, mark};

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayPoint {
    /// Day of release in port time, `YYYY-MM-DD`.
    pub day: String,
    /// Clearance time of what was released on that day.
    pub clearance: Distribution,
}

/// Clearance time by day of release, oldest first; days without a release are left out. `offset_minutes` is the port's offset from UTC.
pub fn daily_series(journeys: &[Journey], offset_minutes: i32) -> Vec<DayPoint> {
    let mut days: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for journey in journeys {
        if let (Some(released), Some(lasted)) = (journey[mark::RELEASED], clearance_ms(journey)) {
            let day = Timestamp::from_millis(released).day_start(offset_minutes).millis();
            days.entry(day).or_default().push(lasted);
        }
    }
    days.into_iter()
        .map(|(start, mut lasted)| DayPoint {
            day: Timestamp::from_millis(start).day(offset_minutes),
            clearance: distribution(&mut lasted),
        })
        .collect()
}
