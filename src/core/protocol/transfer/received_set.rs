//! The set of received blocks, one bit for each.

/// The blocks of one file at one receiver.
#[derive(Clone, Debug)]
pub struct ReceivedSet {
    bits: Vec<u64>,
    blocks: u64,
    received: u64,
    duplicates: u64,
    next: u64,
}

impl ReceivedSet {
    /// An empty set for `blocks` blocks.
    pub fn new(blocks: u64) -> Self {
        Self { bits: vec![0; blocks.div_ceil(64) as usize], blocks, received: 0, duplicates: 0, next: 0 }
    }

    /// Adds a block; returns whether it is new. Numbers beyond the file are ignored.
    pub fn add(&mut self, number: u64) -> bool {
        if number >= self.blocks {
            return false;
        }
        let (word, bit) = (&mut self.bits[(number / 64) as usize], 1 << (number % 64));
        let new = *word & bit == 0;
        *word |= bit;
        self.received += u64::from(new);
        self.duplicates += u64::from(!new);
        self.next = self.next.max(number + 1);
        new
    }

    /// Whether a block has come.
    pub fn has(&self, number: u64) -> bool {
        number < self.blocks && self.bits[(number / 64) as usize] & 1 << (number % 64) != 0
    }

    /// Blocks of the file.
    pub const fn blocks(&self) -> u64 {
        self.blocks
    }

    /// Different blocks that came.
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Copies of blocks that had come before.
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// One more than the highest number that came; 0 before the first.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Whether all have come.
    pub const fn is_complete(&self) -> bool {
        self.received == self.blocks
    }

    /// The stretches of blocks that did not come, first and last number, in their order.
    pub fn missing(&self) -> Missing<'_> {
        Missing { arrivals: self, at: 0 }
    }
}

/// Walks the stretches of missing blocks.
#[derive(Clone, Debug)]
pub struct Missing<'a> {
    arrivals: &'a ReceivedSet,
    at: u64,
}

impl Missing<'_> {
    /// The first block from `from` on that has come, or has not; the count of blocks where there is none.
    fn first(&self, from: u64, came: bool) -> u64 {
        let mut at = from;
        while at < self.arrivals.blocks {
            let word = self.arrivals.bits[(at / 64) as usize];
            let left = (if came { word } else { !word }) >> (at % 64);
            if left != 0 {
                return (at + u64::from(left.trailing_zeros())).min(self.arrivals.blocks);
            }
            at = (at / 64 + 1) * 64;
        }
        self.arrivals.blocks
    }
}

impl Iterator for Missing<'_> {
    type Item = (u64, u64);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.first(self.at, false);
        if first >= self.arrivals.blocks {
            return None;
        }
        self.at = self.first(first, true);
        Some((first, self.at - 1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_file_is_there_from_the_start() {
        let arrivals = ReceivedSet::new(0);
        assert!(arrivals.is_complete() && arrivals.missing().next().is_none());
    }

    proptest! {
        #[test]
        fn ranges_hold_what_did_not_come(blocks in 0_u64..300, came in proptest::collection::vec(0_u64..320, 0..400)) {
            let mut arrivals = ReceivedSet::new(blocks);
            let mut truth = BTreeSet::new();
            for number in &came {
                prop_assert_eq!(arrivals.add(*number), *number < blocks && truth.insert(*number));
            }
            let ranges: Vec<_> = arrivals.missing().collect();
            let missing: Vec<u64> = ranges.iter().flat_map(|&(first, last)| first..=last).collect();
            let expected: Vec<u64> = (0..blocks).filter(|number| !truth.contains(number)).collect();
            prop_assert_eq!(&missing, &expected);
            prop_assert!(ranges.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "ranges do not touch");
            prop_assert_eq!(arrivals.received() + missing.len() as u64, blocks);
            prop_assert_eq!(arrivals.is_complete(), missing.is_empty());
            let valid = came.iter().filter(|number| **number < blocks).count() as u64;
            prop_assert_eq!(arrivals.received() + arrivals.duplicates(), valid);
        }
    }
}
