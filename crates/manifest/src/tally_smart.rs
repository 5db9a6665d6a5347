//! Smart tally (智能理货): what a device recognised, how sure it is, and when a person has to look (LOG-09).
//!
//! A device's word counts like a clerk's, and it is on time or late like any other. Where the device is not sure, read another number, or found
//! something else than the manifest says, the report waits for a person of the terminal, who stands for it after looking at the pictures, or
//! sends a report of their own in its place. No system ends that wait: what a key sends meanwhile keeps the reasons, and a discharge report
//! never takes the place of what a device said.
//!
//! Deliberately does not know the pictures: they stay with the terminal, and their hashes prove later which ones were meant.

use ledger::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use crate::transhipment_match::same_code;
use crate::{Counted, TallyDifference, TallyReport, TallyReportEvent};

/// Most pictures of one box.
pub const TALLY_PICTURES_MAX: usize = 12;

/// What a device recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// Device (设备), as the terminal calls it.
    pub device: String,
    /// Number that it read (识别箱号).
    pub number: String,
    /// How sure it is (置信度), thousandths.
    pub confidence_per_mille: u16,
    /// SHA-256 of the pictures, hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<String>,
}

/// Why a person has to look (人工复核原因).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewReason {
    /// The device is not sure enough (置信度低).
    LowConfidence,
    /// It read another number than that of the box (箱号不符).
    NumberDiffers,
    /// It found something else than the manifest says (与舱单不符).
    ManifestDiffers,
    /// The discharge report says something else (与卸船报告不符).
    DischargeDiffers,
}

/// Who sends a tally report (报送来源): a person's own count alone ends the wait of a device's report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TallySender {
    /// A person who is logged in.
    Person,
    /// A key or a message.
    System,
    /// It came with the discharge report of the box, whoever sent that.
    Discharge,
}

impl ReviewReason {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::LowConfidence => "low-confidence",
            Self::NumberDiffers => "number-differs",
            Self::ManifestDiffers => "manifest-differs",
            Self::DischargeDiffers => "discharge-differs",
        }
    }
}

/// Why a person has to look at what a device said; nothing for what a clerk said.
pub fn review_reasons(
    recognised: Option<&Recognised>,
    number: &str,
    differences: &[TallyDifference],
    confidence_min_per_mille: u16,
) -> Vec<ReviewReason> {
    let Some(device) = recognised else { return Vec::new() };
    let mut reasons = Vec::new();
    reasons.extend((device.confidence_per_mille < confidence_min_per_mille).then_some(ReviewReason::LowConfidence));
    reasons.extend((!same_code(&device.number, number)).then_some(ReviewReason::NumberDiffers));
    reasons.extend((!differences.is_empty()).then_some(ReviewReason::ManifestDiffers));
    reasons
}

/// What has to be looked at after a report came while an earlier one waited: a person's own count settles it, anything else adds to it.
pub(crate) fn reasons_after(
    state: Option<&TallyReport>,
    sender: TallySender,
    by_device: bool,
    new: Vec<ReviewReason>,
) -> Vec<ReviewReason> {
    let settles = sender == TallySender::Person && !by_device;
    let waiting = state.filter(|report| report.waits_for_review() && !settles);
    let mut reasons: Vec<ReviewReason> = waiting.map(|report| report.review.clone()).unwrap_or_default();
    reasons.extend(new);
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// Whether a discharge report contradicts what was counted before; what one of them does not tell contradicts nothing.
pub(crate) fn contradicts(discharge: &Counted, device: &Counted) -> bool {
    let packages = matches!((discharge.packages, device.packages), (Some(one), Some(other)) if one != other);
    let seal = matches!((&discharge.seal, &device.seal), (Some(one), Some(other)) if !same_code(one, other));
    packages || seal || (discharge.damage.is_some() && device.damage.is_none())
}

/// `tally-report.reviewed`; also the command: a person stands for what the device said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyReviewed {
    /// Who looked, user id.
    pub by: String,
    /// What was seen.
    pub note: String,
    /// Corrections of the report that was looked at: names which one it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrections: Option<u32>,
}

/// A person's look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TallyReview {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What was seen.
    pub note: String,
}

/// A person stands for what the device said.
///
/// # Errors
/// `tally-no-review` when nothing waits for a person; `tally-report-changed` when another report than the one looked at waits by now.
pub fn decide_tally_reviewed(state: &TallyReport, command: TallyReviewed) -> Result<Vec<TallyReportEvent>, Refusal> {
    let refuse =
        |code, zh: &'static str, en: &'static str| Err(Refusal::new(code, "tally-report.review", ledger::Aggregate::status(state), zh, en));
    if !state.waits_for_review() {
        return refuse("tally-no-review", "该理货报告没有待人工复核的内容。", "Nothing of this tally report waits for a person.");
    }
    if command.corrections != Some(state.corrections) {
        return refuse(
            "tally-report-changed",
            "该理货报告在查看后已有新内容，请重新查看后再复核。",
            "The report has changed since it was looked at: look at it again.",
        );
    }
    Ok(vec![command.into()])
}
