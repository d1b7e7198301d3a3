//! Loss periods.

use super::number_runs::{NumberRun, NumberRuns};
use crate::core::document::statistics::LossPeriod;

/// Lost messages, as runs of successive numbers (RFC 3357).
#[derive(Clone, Debug, Default)]
pub struct LossPeriods(NumberRuns<()>);

impl LossPeriods {
    /// Adds a lost message.
    pub fn add(&mut self, number: u64) {
        self.0.add(number, ());
    }

    /// Adds other lost messages.
    pub fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }

    /// The periods of the document, in the order of the numbers.
    pub fn figures(&mut self) -> Vec<LossPeriod> {
        let mut before = None;
        let runs = self.0.join(|(), ()| {}).iter();
        let period = |run: &NumberRun<()>| {
            let ((first, ()), (last, ())) = (run.first, run.last);
            let distance = before.replace(last).map(|before| first - before);
            LossPeriod { first, length: last - first + 1, distance }
        };
        runs.map(period).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn periods(lost: impl IntoIterator<Item = u64>) -> LossPeriods {
        let mut periods = LossPeriods::default();
        lost.into_iter().for_each(|number| periods.add(number));
        periods
    }

    #[test]
    fn loss_periods_by_rfc_3357() {
        let expected = [(4, 1, None), (9, 3, Some(5)), (20, 1, Some(9))];
        let found = periods([4, 9, 10, 11, 20]).figures();
        assert_eq!(found.iter().map(|p| (p.first, p.length, p.distance)).collect::<Vec<_>>(), expected);
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_same_periods_in_any_order(
            lost in prop::collection::btree_set(0..100_u64, 0..60),
            parts in prop::collection::vec(0..4_usize, 100),
            order in Just([0, 1, 2, 3]).prop_shuffle(),
        ) {
            let mut merged = LossPeriods::default();
            for part in order {
                merged.merge(periods(lost.iter().copied().filter(|number| parts[*number as usize] == part)));
            }
            prop_assert_eq!(merged.figures(), periods(lost).figures());
        }
    }
}
