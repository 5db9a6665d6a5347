//! Mean and exact percentiles.

use serde::{Deserialize, Serialize};

/// A distribution of durations in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distribution {
    /// How many.
    pub count: u64,
    /// Arithmetic mean, rounded toward zero.
    pub mean_ms: i64,
    /// Median (nearest rank).
    pub p50_ms: i64,
    /// 90th percentile (nearest rank).
    pub p90_ms: i64,
    /// Sum of all.
    pub total_ms: i64,
}

/// The distribution of some durations; all zero when there are none. The slice is reordered.
///
/// Nearest rank: the p-th percentile of n values is the ⌈p·n⌉-th smallest. It is always a value that occurred.
pub fn distribution(durations: &mut [i64]) -> Distribution {
    let count = durations.len();
    if count == 0 {
        return Distribution::default();
    }
    let total: i128 = durations.iter().map(|ms| i128::from(*ms)).sum();
    let (at_50, at_90) = (rank(count, 50), rank(count, 90));
    let (_, p50, above) = durations.select_nth_unstable(at_50);
    let p50_ms = *p50;
    // The 90th percentile lies at or above the median, so only the upper part is searched again.
    let p90_ms = if at_90 == at_50 { p50_ms } else { *above.select_nth_unstable(at_90 - at_50 - 1).1 };
    let clamp = |ms: i128| i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN } else { i64::MAX });
    Distribution {
        count: u64::try_from(count).unwrap_or(u64::MAX),
        mean_ms: clamp(total / i128::try_from(count).unwrap_or(1)),
        p50_ms,
        p90_ms,
        total_ms: clamp(total),
    }
}

/// Index of the p-th percentile among `count` sorted values.
fn rank(count: usize, percent: usize) -> usize {
    (count * percent).div_ceil(100).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let check = |mut values: Vec<i64>, p50: i64, p90: i64, mean: i64| {
            let found = distribution(&mut values);
            assert_eq!((found.p50_ms, found.p90_ms, found.mean_ms), (p50, p90, mean));
        };
        check(vec![7], 7, 7, 7);
        check(vec![2, 1], 1, 2, 1);
        check((1..=10).rev().collect(), 5, 9, 5);
        check((1..=100).collect(), 50, 90, 50);
        check(vec![i64::MAX, i64::MAX], i64::MAX, i64::MAX, i64::MAX);
        assert_eq!(distribution(&mut []), Distribution::default());
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_sort(values in prop::collection::vec(-1_000_000i64..1_000_000, 1..300)) {
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let nearest = |p: usize| sorted[(sorted.len() * p).div_ceil(100) - 1];
            let found = distribution(&mut values.clone());
            prop_assert_eq!(found.p50_ms, nearest(50));
            prop_assert_eq!(found.p90_ms, nearest(90));
            prop_assert_eq!(found.total_ms, values.iter().sum::<i64>());
        }
    }
}
