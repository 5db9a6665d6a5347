//! How good the baseline is, measured on images whose truth is known.

use serde::{Deserialize, Serialize};

use crate::{MODEL_VERSION, analyse, scan};

/// Images measured: the sandbox's seeds 1 to this.
pub const MEASURED_IMAGES: u64 = 1_000;
/// Overlap from which a hint is counted as right.
pub const MATCH_IOU: f32 = 0.3;

/// Figures of a model on images whose truth is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Version of the model that was measured.
    pub version: String,
    /// Images.
    pub images: u64,
    /// Hidden objects in them.
    pub objects: u64,
    /// Places hinted at.
    pub hints: u64,
    /// Of these, on a hidden object (overlap of at least [`MATCH_IOU`]), each object once.
    pub right: u64,
    /// Images without a hidden object.
    pub clean_images: u64,
    /// Of these, with a hint all the same.
    pub clean_hinted: u64,
}

impl Measured {
    /// Right hints among all hints, thousandths (精确率); `None` without any.
    pub const fn precision_per_mille(&self) -> Option<u64> {
        (self.right * 1_000).checked_div(self.hints)
    }

    /// Objects found among all hidden objects, thousandths (召回率); `None` without any.
    pub const fn recall_per_mille(&self) -> Option<u64> {
        (self.right * 1_000).checked_div(self.objects)
    }
}

/// Measures the baseline on the first images of the sandbox scanner.
pub fn measure(images: u64) -> Measured {
    let mut sum = Measured { version: MODEL_VERSION.to_owned(), images, ..Measured::default() };
    for seed in 1..=images {
        let one = scan(seed);
        let spots = analyse(&one.picture);
        sum.hints += spots.len() as u64;
        match &one.hidden {
            Some(hidden) => {
                sum.objects += 1;
                sum.right += u64::from(spots.iter().any(|spot| spot.area.overlap(hidden.area) >= MATCH_IOU));
            }
            None => {
                sum.clean_images += 1;
                sum.clean_hinted += u64::from(!spots.is_empty());
            }
        }
    }
    sum
}

/// The figures that `tests/measured.rs` computed last and compares on every run.
pub fn measured() -> Measured {
    // A test fails when the file cannot be read or is not what is computed.
    serde_json::from_str(include_str!("../measured.json")).unwrap_or_default()
}
