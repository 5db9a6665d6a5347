//! Where the time goes.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::work::WorkItem;
use super::{Instant, Org, Role, Text};

/// From day to day of the port's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Days {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
}

/// Clearance times of one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DayFigure {
    /// Day.
    pub day: String,
    /// Boxes released.
    pub count: u64,
    /// Mean, hours.
    pub mean: f64,
    /// Median, hours.
    pub median: f64,
    /// 90th percentile, hours.
    pub p90: f64,
}

/// One stage over all boxes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StageFigure {
    /// Stable code.
    pub stage: String,
    /// Name.
    pub name: Text,
    /// Role that owns it.
    pub owner_role: Role,
    /// Boxes.
    pub count: u64,
    /// Mean, hours.
    pub mean: f64,
    /// Median, hours.
    pub median: f64,
    /// 90th percentile, hours.
    pub p90: f64,
    /// Share of the time of all stages, 0 to 1.
    pub share: f64,
    /// Share of boxes that wait in it now, 0 to 1.
    pub waiting_share: f64,
    /// What is measured.
    pub definition: Option<Text>,
}

/// Clearance times of one terminal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TerminalFigure {
    /// Terminal.
    pub terminal: Org,
    /// Boxes.
    pub count: u64,
    /// Median, hours.
    pub median: f64,
    /// 90th percentile, hours.
    pub p90: f64,
}

/// Boxes whose clearance took so long.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HistogramClass {
    /// From, hours.
    pub from_hours: i64,
    /// To, hours; null for the last class.
    pub to_hours: Option<i64>,
    /// Boxes.
    pub count: u64,
}

/// Clearance times of a period (整体通关时间).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InsightClearance {
    /// What is measured.
    pub definition: Text,
    /// `hours`.
    pub unit: String,
    /// Period.
    pub period: Days,
    /// Boxes released.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// 90th percentile.
    pub p90: f64,
    /// Declared before arrival, 0 to 1.
    pub advance_rate: f64,
    /// Inspected, 0 to 1.
    pub inspection_rate: f64,
    /// Released without inspection, 0 to 1.
    pub direct_release_rate: f64,
    /// Day by day.
    pub series: Vec<DayFigure>,
    /// By stage.
    pub stages: Vec<StageFigure>,
    /// By terminal.
    pub by_terminal: Vec<TerminalFigure>,
    /// How often which time.
    pub histogram: Vec<HistogramClass>,
}

/// Which period is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct InsightQuery {
    /// First day, YYYY-MM-DD; 30 days ago when left out.
    pub from: Option<String>,
    /// Last day; today when left out.
    pub to: Option<String>,
    /// Terminal, organisation id.
    pub terminal: Option<String>,
}

/// Which cases are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct InsightCaseQuery {
    /// Stage code.
    pub stage: Option<String>,
    /// At least so many hours.
    pub min_hours: Option<f64>,
    /// First day, YYYY-MM-DD; 30 days ago when left out.
    pub from: Option<String>,
    /// Last day; today when left out.
    pub to: Option<String>,
    /// Terminal, organisation id.
    pub terminal: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
}

/// A case behind a figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InsightCase {
    /// Id of the container's visit.
    pub container_id: String,
    /// Container number.
    pub number: String,
    /// Bill number.
    pub bill_no: String,
    /// Clearance time, hours.
    pub hours: f64,
    /// Time of the stage asked for, hours.
    pub stage_hours: Option<f64>,
    /// Terminal.
    pub terminal: Org,
    /// State of the box.
    pub status_text: Text,
}

/// A number on the board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LiveCounter {
    /// Stable code.
    pub code: String,
    /// Name.
    pub name: Text,
    /// Value.
    pub value: u64,
    /// Unit.
    pub unit: String,
    /// What is counted.
    pub definition: Text,
    /// Page with the rows behind it.
    pub link: Option<String>,
}

/// One hour of the flow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FlowHour {
    /// Start of the hour.
    pub hour: Instant,
    /// Boxes discharged.
    pub discharged: u64,
    /// Boxes released.
    pub released: u64,
    /// Boxes gated out.
    pub gated_out: u64,
}

/// The board of the day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InsightLive {
    /// When it was counted.
    pub as_of: Instant,
    /// Numbers.
    pub counters: Vec<LiveCounter>,
    /// The last 24 hours.
    pub flow: Vec<FlowHour>,
    /// What is late, the longest first.
    pub late: Vec<WorkItem>,
}
