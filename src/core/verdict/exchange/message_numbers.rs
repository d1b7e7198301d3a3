//! The numbers of the messages that a run is about.

use std::ops::RangeInclusive;

/// A number further away than this from all others is not a gap, but a text with another meaning.
const MAX_NUMBER_GAP: u64 = 10_000;

/// The gaps together may be this many times the numbers seen (94 % lost), or one of the maximum: beyond that the
/// numbers mean something else, and a small file must not fill the memory.
const GAPS_A_NUMBER: u64 = 16;

/// Message numbers, as ranges: their size grows with the gaps, not with the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageNumbers {
    /// Ascending, with a gap between each two.
    ranges: Vec<RangeInclusive<u64>>,
}

impl MessageNumbers {
    /// These numbers, which may lie in any order and in several ranges.
    pub fn new(mut ranges: Vec<RangeInclusive<u64>>) -> Self {
        ranges.sort_unstable_by_key(|range| *range.start());
        ranges.dedup_by(|next, range| {
            let joins = *next.start() <= range.end().saturating_add(1);
            if joins {
                *range = *range.start()..=*range.end().max(next.end());
            }
            joins
        });
        Self { ranges }
    }

    /// The same with these in addition.
    #[must_use]
    pub fn with(self, others: impl IntoIterator<Item = u64>) -> Self {
        let mut ranges = self.ranges;
        ranges.extend(others.into_iter().map(|number| number..=number));
        Self::new(ranges)
    }

    /// The same with the gaps between them filled as far as they can be gaps: the narrow ones first.
    #[must_use]
    pub fn with_gaps(self) -> Self {
        let width = |pair: &[RangeInclusive<u64>]| pair[1].start() - pair[0].end() - 1;
        let gaps = self.ranges.windows(2).map(width).filter(|width| *width < MAX_NUMBER_GAP);
        let mut widths: Vec<u64> = gaps.collect();
        widths.sort_unstable();
        let most = MAX_NUMBER_GAP.max(self.len() * GAPS_A_NUMBER);
        let mut too_wide = widths.iter().scan(0, |sum, width| {
            *sum += width;
            Some((*sum, *width))
        });
        let too_wide = too_wide.find(|(sum, _)| *sum > most).map_or(MAX_NUMBER_GAP, |(_, width)| width);
        let gaps = self.ranges.windows(2).filter(|pair| width(pair) < too_wide);
        let gaps: Vec<_> = gaps.map(|pair| pair[0].end() + 1..=pair[1].start() - 1).collect();
        Self::new([self.ranges, gaps].concat())
    }

    /// How many of them are below a number, asked for in ascending order.
    pub fn ranks(&self) -> impl FnMut(u64) -> u64 {
        let (mut ranges, mut below) = (self.ranges.iter().peekable(), 0);
        move |number| {
            while let Some(range) = ranges.next_if(|range| *range.end() < number) {
                below += range.end() - range.start() + 1;
            }
            below + ranges.peek().map_or(0, |range| number.saturating_sub(*range.start()))
        }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|range| range.end() - range.start()).fold(self.ranges.len() as u64, u64::saturating_add)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.ranges.iter().cloned().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_gaps(seen: impl IntoIterator<Item = u64>) -> MessageNumbers {
        MessageNumbers::default().with(seen).with_gaps()
    }

    #[test]
    fn numbers_are_joined_to_ranges() {
        let numbers = MessageNumbers::new(vec![7..=9, 1..=3, 4..=4, 8..=12]).with([14, 2, u64::MAX]);
        assert_eq!(numbers.ranges, [1..=4, 7..=12, 14..=14, u64::MAX..=u64::MAX]);
        assert_eq!((numbers.len(), numbers.iter().count()), (12, 12));
    }

    #[test]
    fn ranks_count_the_numbers_below() {
        let numbers = MessageNumbers::new(vec![1..=3, 7..=8]);
        let mut rank = numbers.ranks();
        assert_eq!([0, 1, 3, 4, 6, 7, 8, 9].map(&mut rank), [0, 0, 2, 3, 3, 3, 4, 5]);
    }

    #[test]
    fn gaps_are_filled_as_far_as_they_can_be_gaps() {
        assert!(with_gaps([]).is_empty());
        assert_eq!(with_gaps([u64::MAX]).ranges, [u64::MAX..=u64::MAX]);
        assert_eq!(with_gaps([2, 3, 6]).ranges, [2..=6]);
        assert_eq!(with_gaps([1, 10_001]).ranges, [1..=10_001]);
        assert_eq!(with_gaps([1, 10_002, u64::MAX]).ranges, [1..=1, 10_002..=10_002, u64::MAX..=u64::MAX]);
    }

    #[test]
    fn many_wide_gaps_are_none() {
        let far_apart = || (0..2_000).map(|index| index * 10_000);
        assert_eq!(with_gaps(far_apart()).len(), 2_000);
        let lossy = (0..2_000).map(|index| index * 10).chain([25_000]);
        assert_eq!(with_gaps(lossy).len(), 25_001, "all fit");
        let both = (0..2_000).map(|index| index * 10).chain((3..10).map(|index| index * 10_000));
        assert_eq!(with_gaps(both).len(), 19_991 + 7, "the narrow ones are filled");
    }
}
