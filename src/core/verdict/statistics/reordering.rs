//! Reordering of arrivals.

use crate::core::document::statistics::Reordering;
use crate::core::time::Wall;

/// First arrivals of messages, to find those that came after a later one (RFC 4737).
#[derive(Clone, Debug, Default)]
pub struct ReorderingSeries {
    /// It is known that none did: the arrivals need not be kept.
    in_order: bool,
    count: u64,
    arrivals: Vec<Arrival>,
}

/// When a message arrived, and its place in the order of sending.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    time: Wall,
    sent: (Wall, u64),
}

impl ReorderingSeries {
    /// For arrivals of which it may be known that they are in the order of sending.
    pub fn new(in_order: bool) -> Self {
        Self { in_order, count: 0, arrivals: Vec::new() }
    }

    /// Adds an arrival. The order of sending is that of the times; of two sent at one time, that of the numbers.
    pub fn add(&mut self, number: u64, sent: Wall, arrived: Wall) {
        self.count += 1;
        if !self.in_order {
            self.arrivals.push(Arrival { time: arrived, sent: (sent, number) });
        }
    }

    /// Adds the arrivals of other messages.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.arrivals.extend(other.arrivals);
    }

    /// The figures of the document.
    pub fn figures(&mut self) -> Reordering {
        let arrivals = &mut self.arrivals;
        // Of two that arrived at one time the lower number came first.
        let in_turn = |arrival: &Arrival| (arrival.time, arrival.sent.1);
        // A stable sort is quick with what is almost in order.
        arrivals.sort_by_key(in_turn);
        let mut result = Reordering::none(self.count);
        if arrivals.is_sorted_by_key(|arrival| arrival.sent) {
            return result;
        }
        let mut highest: Vec<((Wall, u64), usize)> = Vec::new(); // those that set a new maximum, ascending, and when they did
        for (position, Arrival { sent, .. }) in arrivals.iter().enumerate() {
            if highest.last().is_none_or(|(last, _)| last < sent) {
                highest.push((*sent, position));
                continue;
            }
            // The extent reaches back to the first arrival that was sent later, and that one set a new maximum.
            let overtaker = highest.partition_point(|(seen, _)| seen <= sent);
            if let Some((_, first)) = highest.get(overtaker) {
                result.reordered += 1;
                result.max_extent = result.max_extent.max((position - first) as u64);
            }
        }
        result.ratio = (result.of > 0).then(|| result.reordered as f64 / result.of as f64);
        result
    }
}

impl Reordering {
    /// `of` arrivals, all in order.
    pub fn none(of: u64) -> Self {
        Self { of, ratio: (of > 0).then_some(0.0), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Arrivals, a nanosecond apart, of messages that were sent in the order of their numbers.
    fn arrivals(numbers: &[u64]) -> ReorderingSeries {
        let mut series = ReorderingSeries::default();
        for (time, number) in (0..).zip(numbers) {
            series.add(*number, Wall(0), Wall(time));
        }
        series
    }

    #[test]
    fn reordering_by_rfc_4737() {
        assert_eq!(arrivals(&[1, 2, 3, 5, 6]).figures().reordered, 0, "a loss is no reordering");
        assert_eq!(arrivals(&[]).figures().ratio, None);
        let mut in_order = ReorderingSeries::new(true);
        (1..=3).for_each(|number| in_order.add(number, Wall(0), Wall(number as i64)));
        assert_eq!(in_order.figures(), arrivals(&[1, 2, 3]).figures());
    }

    /// The largest extent after each arrival: where it grows, it is that of the arrival.
    fn extents(numbers: &[u64]) -> Vec<u64> {
        (1..=numbers.len()).map(|count| arrivals(&numbers[..count]).figures().max_extent).collect()
    }

    /// The examples of sections 7.1, 7.2 and 7.3: one, two and three reordered packets, with extents 4; 1 and 2; 4, 5 and 6.
    #[test]
    fn extents_of_the_examples_of_rfc_4737_section_7() {
        assert_eq!(extents(&[1, 2, 3, 5, 6, 7, 8, 4, 9, 10]), [0, 0, 0, 0, 0, 0, 0, 4, 4, 4]);
        assert_eq!(extents(&[1, 2, 3, 4, 7, 5, 6, 8, 9, 10]), [0, 0, 0, 0, 0, 1, 2, 2, 2, 2]);
        let three = [1, 2, 3, 7, 8, 9, 10, 4, 5, 6, 11];
        assert_eq!(extents(&three), [0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 6]);
        let figures = arrivals(&three).figures();
        assert_eq!((figures.reordered, figures.of, figures.ratio), (3, 11, Some(3.0 / 11.0)));
    }

    #[test]
    fn arrivals_are_held_against_the_times_of_sending() {
        let mut series = ReorderingSeries::default();
        for (number, sent, arrived) in [(1, 20, 50), (2, 10, 40), (3, 30, 60), (4, 40, 55)] {
            series.add(number, Wall(sent), Wall(arrived));
        }
        assert_eq!((series.figures().reordered, series.figures().max_extent), (1, 1), "the third");
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_same_reordering_in_any_order(
            messages in prop::collection::vec((0..40_i64, 0..40_i64, 0..4_usize), 0..120),
            order in Just([0, 1, 2, 3]).prop_shuffle(),
        ) {
            let (mut whole, mut split) = (ReorderingSeries::default(), <[ReorderingSeries; 4]>::default());
            for (number, (sent, arrived, part)) in (1..).zip(messages) {
                whole.add(number, Wall(sent), Wall(arrived));
                split[part].add(number, Wall(sent), Wall(arrived));
            }
            let mut merged = ReorderingSeries::default();
            for part in order {
                merged.merge(split[part].clone());
            }
            prop_assert_eq!(merged.figures(), whole.figures());
        }
    }
}
