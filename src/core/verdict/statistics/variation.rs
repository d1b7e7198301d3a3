//! The variation between successive delays.

use super::number_runs::NumberRuns;
use super::percentiles;
use crate::core::document::statistics::Variation;

/// The variation between the delays of successive numbers; pairs with a gap between them do not count.
#[derive(Clone, Debug, Default)]
pub struct VariationSeries {
    runs: NumberRuns<i64>,
    steps: Vec<i64>,
}

impl VariationSeries {
    /// An empty series with room for so many delays.
    pub fn with_capacity(delays: usize) -> Self {
        Self { steps: Vec::with_capacity(delays), ..Self::default() }
    }

    /// Adds the delay of a message, nanoseconds.
    pub fn add(&mut self, number: u64, delay: i64) {
        let before = self.runs.add(number, delay);
        self.steps.extend(before.map(|before| step(before, delay)));
    }

    /// Adds the delays of other messages.
    pub fn merge(&mut self, other: Self) {
        self.steps.extend(other.steps);
        self.runs.merge(other.runs);
    }

    /// The figures of the document; `None` where no number follows another.
    pub fn figures(&mut self) -> Option<Variation> {
        let Self { runs, steps } = self;
        runs.join(|before, after| steps.push(step(before, after)));
        let max_ns = *steps.iter().max()?;
        let [median_ns, p95_ns] = percentiles(steps, [50, 95]);
        Some(Variation { samples: steps.len() as u64, median_ns, p95_ns, max_ns })
    }
}

const fn step(before: i64, after: i64) -> i64 {
    after.saturating_sub(before).saturating_abs()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn variation(delays: &[(u64, i64)]) -> Option<Variation> {
        let mut series = VariationSeries::default();
        for (number, delay) in delays {
            series.add(*number, *delay);
        }
        series.figures()
    }

    #[test]
    fn variation_skips_pairs_with_a_loss_between() {
        let v = variation(&[(1, 10), (2, 14), (4, 100), (5, 98)]).unwrap();
        assert_eq!((v.samples, v.median_ns, v.max_ns), (2, 2, 4));
        assert_eq!(variation(&[(1, 10), (3, 14)]), None);
        assert_eq!(variation(&[(u64::MAX, 10), (0, 14)]), None);
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_same_variation_in_any_order(
            delays in prop::collection::btree_map(0..300_u64, any::<i64>(), 0..200),
            parts in prop::collection::vec(0..4_usize, 200),
            order in Just([0, 1, 2, 3]).prop_shuffle(),
        ) {
            let delays: Vec<(u64, i64)> = delays.into_iter().collect();
            let mut split: [VariationSeries; 4] = Default::default();
            for ((number, delay), part) in delays.iter().zip(&parts) {
                split[*part].add(*number, *delay);
            }
            let mut merged = VariationSeries::default();
            for part in order {
                merged.merge(split[part].clone());
            }
            prop_assert_eq!(merged.figures(), variation(&delays));
        }
    }
}
