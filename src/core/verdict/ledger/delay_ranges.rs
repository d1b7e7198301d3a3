//! How the stamps at two places of a route differ.

use crate::core::evidence::track::Row;
use crate::core::time::Wall;

/// How the stamps at two places differ, over the messages that were seen once at both.
#[derive(Clone, Copy, Debug)]
pub struct DelayRange {
    /// The smallest difference, nanoseconds.
    pub least: i64,
    /// The largest.
    pub most: i64,
    /// The earliest stamp, at the first of the two places, of a message seen at both.
    pub earliest: Wall,
    /// How many these were.
    pub samples: u32,
}

impl DelayRange {
    const EMPTY: Self = Self { least: i64::MAX, most: i64::MIN, earliest: Wall(i64::MAX), samples: 0 };

    fn merge(&mut self, other: Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.earliest = self.earliest.min(other.earliest);
        self.samples = self.samples.saturating_add(other.samples);
    }
}

/// The ranges between all places of a route.
#[derive(Clone, Debug)]
pub struct DelayRanges {
    places: usize,
    /// By the first place, then by the second.
    ranges: Vec<DelayRange>,
}

impl DelayRanges {
    /// No message yet, on a route of so many places.
    pub fn new(places: usize) -> Self {
        Self { places, ranges: vec![DelayRange::EMPTY; places * places] }
    }

    /// Adds a message. One with a second copy somewhere counts only between the places that saw one.
    pub fn add(&mut self, row: &Row<'_>) {
        for from in 0..self.places {
            let Some(first) = row[from].filter(|sight| sight.copies == 1) else { continue };
            let ranges = &mut self.ranges[from * self.places..][..self.places];
            for (range, second) in ranges.iter_mut().zip(row).skip(from + 1) {
                let Some(second) = second.filter(|sight| sight.copies == 1) else { continue };
                let difference = second.time.since(first.time);
                range.merge(DelayRange { least: difference, most: difference, earliest: first.time, samples: 1 });
            }
        }
    }

    /// Adds the messages of others on the same route.
    pub fn merge(&mut self, other: &Self) {
        for (range, other) in self.ranges.iter_mut().zip(&other.ranges) {
            range.merge(*other);
        }
    }

    /// The range between two places, the first of which lies before the second; `None` where no message was seen at both.
    pub fn get(&self, from: usize, to: usize) -> Option<DelayRange> {
        Some(self.ranges[from * self.places + to]).filter(|range| range.samples > 0)
    }
}
