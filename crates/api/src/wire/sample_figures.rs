//! How long tests take (检测周期), and one-time release (一次放行).

use app::inbox::statistics::Times;
use app::samples::figures::SampleFigures;
use serde::Serialize;
use utoipa::ToSchema;

use super::Text;
use super::sample::Named;

/// Times in hours.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct SampleTimes {
    /// Half of them took at most this long, hours; null without any.
    pub median_hours: Option<f64>,
    /// Nine of ten.
    pub p90_hours: Option<f64>,
}

impl From<Times> for SampleTimes {
    fn from(times: Times) -> Self {
        let hours = |ms: u64| (times.count > 0).then_some((ms as f64 / 3_600_000.0 * 10.0).round() / 10.0);
        Self { median_hours: hours(times.median_ms), p90_hours: hours(times.p90_ms) }
    }
}

/// One laboratory in one month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SampleMonth {
    /// Month of release, YYYY-MM.
    pub month: String,
    /// Laboratory.
    pub laboratory: Named,
    /// Reports released.
    pub reports: u64,
    /// Of these, passed.
    pub pass: u64,
    /// Of these, failed.
    pub fail: u64,
    /// Of these, not telling.
    pub inconclusive: u64,
    /// Of these, retests.
    pub retests: u64,
    /// Of these, by through-train.
    pub through_train: u64,
    /// Of these, later than promised.
    pub late: u64,
    /// From receipt at the laboratory to release of the report.
    pub turn_around: SampleTimes,
    /// First reports of goods subject to inspection by law.
    pub statutory_first: u64,
    /// Of these, passed.
    pub released_once: u64,
    /// Their share, thousandths.
    pub once_per_mille: Option<u64>,
    /// From sampling to release of the report, of the one-time releases.
    pub once: SampleTimes,
}

impl SampleMonth {
    pub fn of(month: String, laboratory: Named, figures: SampleFigures) -> Self {
        Self {
            month,
            laboratory,
            reports: figures.reports,
            pass: figures.pass,
            fail: figures.fail,
            inconclusive: figures.inconclusive,
            retests: figures.retests,
            through_train: figures.through_train,
            late: figures.late,
            turn_around: figures.turn_around.into(),
            statutory_first: figures.statutory_first,
            released_once: figures.released_once,
            once_per_mille: figures.once_per_mille(),
            once: figures.once.into(),
        }
    }
}

/// Figures of samples, by month and laboratory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SampleStatistics {
    /// What is counted.
    pub definition: Text,
    /// What one-time release means here.
    pub once_definition: Text,
    /// Promised times are assumptions.
    pub promised: Text,
    /// Unit of the counts.
    pub unit: Text,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Months and laboratories, oldest first.
    pub items: Vec<SampleMonth>,
}
