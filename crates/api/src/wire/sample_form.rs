//! What is sent about samples, and which are asked for.

use inspection::{Conclusion, CustodyAct, Holder as HolderState, HolderKind, SamplePart};
use ledger::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::sample::TestResult;

/// Orders that a line is sampled.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SamplingForm {
    /// Goods line, from 1.
    pub line: u32,
    /// Codes of the test items.
    pub items: Vec<String>,
    /// Subject to inspection by law.
    #[serde(default)]
    pub statutory: bool,
    /// By through-train.
    #[serde(default)]
    pub through_train: bool,
    /// Why.
    pub reason: String,
}

/// Waives a line.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct WaiverForm {
    /// Goods line.
    pub line: u32,
    /// Why.
    pub reason: String,
}

/// The part that is kept.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct KeeperForm {
    /// Quantity.
    pub quantity: String,
    /// Seal.
    pub seal: String,
}

/// Takes a sample.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SampleForm {
    /// Goods line that is to be sampled.
    pub line: u32,
    /// Container number.
    pub container: String,
    /// Quantity that is tested: a decimal number.
    pub quantity: String,
    /// Unit of the quantities.
    pub unit: String,
    /// Seal of the part that is tested.
    pub seal: String,
    /// Part that is kept for a retest.
    #[serde(default)]
    pub keeper: Option<KeeperForm>,
    /// SHA-256 of an uploaded photo.
    #[serde(default)]
    pub photo: Option<String>,
    /// Laboratory.
    pub laboratory: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Who gives or takes a part.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct HolderForm {
    /// `officer`, `carrier`, `laboratory`, `store` or `owner`.
    #[schema(value_type = String)]
    pub kind: HolderKind,
    /// User id, number or name; at most 64 characters.
    pub name: String,
}

impl From<HolderForm> for HolderState {
    fn from(form: HolderForm) -> Self {
        Self::new(form.kind, form.name)
    }
}

/// Hands a part over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct HandOverForm {
    /// `test` or `keeper`.
    #[schema(value_type = String)]
    pub part: SamplePart,
    /// `send`, `receive`, `keep`, `return` or `destroy`.
    #[schema(value_type = String)]
    pub act: CustodyAct,
    /// Who gives; whoever holds it when left out.
    #[serde(default)]
    pub gave: Option<HolderForm>,
    /// Who takes; needed to send, keep and return.
    #[serde(default)]
    pub took: Option<HolderForm>,
    /// Seal found.
    pub seal: String,
    /// It was whole.
    pub seal_whole: bool,
    /// Remark; at most 500 characters.
    #[serde(default)]
    pub note: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Decides on a fault of the chain.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ChainForm {
    /// The sample may be used.
    pub usable: bool,
    /// Why.
    pub reason: String,
}

/// Writes the report of a test.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct SampleReportForm {
    /// One result for each test item.
    pub results: Vec<TestResult>,
    /// `pass`, `fail` or `inconclusive`.
    #[schema(value_type = String)]
    pub conclusion: Conclusion,
    /// Remark; at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// Releases a report.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct ReleaseForm {
    /// Disposition code of a failed test; `40` when left out.
    pub disposition: Option<String>,
}

/// Which samples.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct SamplesQuery {
    /// Status codes, separated by commas.
    pub status: Option<String>,
    /// Beginning of an identifier.
    pub q: Option<String>,
    /// Laboratory.
    pub laboratory: Option<String>,
    /// Month in which a report was released, YYYY-MM; with a laboratory.
    pub month: Option<String>,
    /// Inspection.
    pub inspection: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}

/// The queue of which laboratory.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct QueueQuery {
    /// Laboratory; all when left out.
    pub laboratory: Option<String>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 200 (default 50).
    pub limit: Option<u32>,
}
