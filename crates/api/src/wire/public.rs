//! What everybody may see without login.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::insight::Days;
use super::{Instant, Text};

/// Today's counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublicToday {
    /// Ships that arrived.
    pub ships: u64,
    /// Boxes discharged.
    pub discharged: u64,
    /// Boxes released.
    pub released: u64,
    /// Boxes gated out.
    pub gated_out: u64,
}

/// Clearance time as published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClearanceFigure {
    /// What is measured.
    pub definition: Text,
    /// Period.
    pub period: Days,
    /// `hours`.
    pub unit: String,
    /// Boxes released.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// 90th percentile.
    pub p90: f64,
    /// Target, where the port published one.
    pub target: Option<f64>,
}

/// One day of the published series.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublicDay {
    /// Day.
    pub day: String,
    /// Boxes released.
    pub count: u64,
    /// Median, hours.
    pub median: f64,
    /// 90th percentile, hours.
    pub p90: f64,
}

/// One stage as published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublicStage {
    /// Stable code.
    pub stage: String,
    /// Name.
    pub name: Text,
    /// Median, hours.
    pub median_hours: f64,
    /// Share of the time of all stages, 0 to 1.
    pub share: f64,
}

/// The port at a glance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PublicSummary {
    /// When it was counted.
    pub as_of: Instant,
    /// Today.
    pub today: PublicToday,
    /// Clearance time of the last 30 days; null while nothing was released.
    pub clearance: Option<ClearanceFigure>,
    /// The last 30 days, oldest first.
    pub series: Vec<PublicDay>,
    /// Where the time goes.
    pub stages: Vec<PublicStage>,
}

/// What is looked up.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct TrackQuery {
    /// Container, bill or declaration number.
    pub number: String,
    /// For a container or declaration: the last 4 characters of its bill number. For a bill: the last 4 digits of one of its containers.
    pub check: String,
}

/// One step of the way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrackStep {
    /// Stable code.
    pub code: String,
    /// In words.
    pub name: Text,
    /// When it was done.
    pub at: Option<Instant>,
    /// `done`, `current` or `todo`.
    pub state: String,
}

/// Where something stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrackResult {
    /// `container`, `bill` or `declaration`.
    pub kind: String,
    /// Number looked up.
    pub number: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// The way.
    pub steps: Vec<TrackStep>,
    /// When something last happened.
    pub updated_at: Instant,
}

/// A box collected with an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RedeemedBox {
    /// Container number.
    pub container: String,
    /// When.
    pub at: Option<Instant>,
}

/// Whether a printed document is genuine and still good.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentCheck {
    /// `delivery-order` or `eir`.
    pub kind: String,
    /// Genuine and in force.
    pub valid: bool,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Document number.
    pub number: String,
    /// When it was issued.
    pub issued_at: Option<Instant>,
    /// Containers.
    pub container_numbers: Vec<String>,
    /// Carrier's agent or terminal.
    pub carrier: Text,
    /// Boxes collected with it.
    pub redeemed: Vec<RedeemedBox>,
}

/// One draw of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DrawRow {
    /// What was drawn for: a declaration id, `…#2` when it was drawn again for other goods. Goods that are declared again keep their draw, which
    /// then stands here again.
    pub subject: String,
    /// Size of the ledger head mixed in.
    pub mix_size: u64,
    /// Root of the ledger head mixed in.
    pub mix_root: String,
    /// Rate in basis points.
    pub rate_bp: u32,
    /// Number drawn, in ten-thousandths.
    pub number: u32,
    /// Below the rate.
    pub selected: bool,
    /// The second holder's part, hex; null when the number was drawn by the platform's seed alone.
    pub part: Option<String>,
}

/// The second holder of a draw day: without its part no number of the day could be computed beforehand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DrawHolder {
    /// The office.
    pub name: Text,
    /// Commitment to its seed, published before the first draw.
    pub commitment: String,
    /// Its seed, published after the day.
    pub revealed_seed: Option<String>,
    /// Cases for which it was asked; more than were drawn when an answer led to no draw.
    pub asked: Option<u64>,
}

/// A draw day, checkable by anybody once its seed is published.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DrawDay {
    /// Day.
    pub day: String,
    /// Commitment to the seed, published before the first draw.
    pub commitment: String,
    /// Seed, published after the day.
    pub revealed_seed: Option<String>,
    /// The second holder; null where there is none.
    pub second: Option<DrawHolder>,
    /// Times an officer ordered an inspection in place of a draw of the day, then or later.
    pub ordered: u64,
    /// Times an officer called one off.
    pub spared: u64,
    /// Draws in the order of the ledger; published together with the seed.
    pub draws: Vec<DrawRow>,
    /// Cursor after which this page begins: the `next` of the page before; null for the first.
    pub from: Option<String>,
    /// Cursor of the draws that follow; null at the end.
    pub next: Option<String>,
}

/// Where the draws of a day go on.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DrawsQuery {
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Draws wanted, 1 to 2,000 (default 2,000).
    pub limit: Option<u32>,
}
