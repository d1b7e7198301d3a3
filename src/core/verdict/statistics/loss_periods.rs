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

    /// The periods of the document, in the order of the numbers. `rank` is how many messages were sent before a number, asked
    /// for in ascending order: numbers that were never sent neither split a period nor count.
    pub fn figures(&mut self, mut rank: impl FnMut(u64) -> u64) -> Vec<LossPeriod> {
        let mut periods: Vec<LossPeriod> = Vec::new();
        let mut before = None;
        for NumberRun { first: (first, ()), last: (last, ()) } in self.0.join(|(), ()| {}) {
            let (first_rank, last_rank) = (rank(*first), rank(*last));
            let length = last_rank - first_rank + 1;
            let distance = before.replace(last_rank).map(|before: u64| first_rank - before);
            match periods.last_mut() {
                Some(period) if distance == Some(1) => period.length += length,
                _ => periods.push(LossPeriod { first: *first, length, distance }),
            }
        }
        periods
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

    /// The example of RFC 3357: of ten packets 2, 5, 7, 9 and 10 are lost. Its loss distances are 0, 3, 2, 2 and 1, its loss
    /// periods 1, 2, 3, 4 and 4; the lengths of the periods (section 6.3) are 1, 1, 1 and 2, and the lengths between them
    /// (section 6.4) 0, 3, 2 and 2. Where the RFC has 0 for the first one there is no distance.
    #[test]
    fn the_example_of_rfc_3357() {
        let found = periods([2, 5, 7, 9, 10]).figures(|number| number);
        let expected = [(2, 1, None), (5, 1, Some(3)), (7, 1, Some(2)), (9, 2, Some(2))];
        assert_eq!(found.iter().map(|p| (p.first, p.length, p.distance)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn losses_in_a_row_are_one_period() {
        let expected = [(4, 1, None), (9, 3, Some(5)), (20, 1, Some(9))];
        let found = periods([4, 9, 10, 11, 20]).figures(|number| number);
        assert_eq!(found.iter().map(|p| (p.first, p.length, p.distance)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn numbers_never_sent_neither_split_nor_count() {
        // Every second number was sent: 2, 4, 6 and so on.
        let found = periods([4, 6, 8, 14, 15]).figures(|number| number / 2 + number % 2);
        let expected = [(4, 3, None), (14, 2, Some(3))];
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
            prop_assert_eq!(merged.figures(|number| number), periods(lost).figures(|number| number));
        }
    }
}
