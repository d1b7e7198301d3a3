//! Intervals in which a capture holds packets that could not be read, so that absence proves nothing there.

use std::collections::HashMap;

use crate::core::evidence::capture_log::{BlindInterval, UnreadableReason};
use crate::core::time::{SECOND, Wall};

/// Packets near an unreadable one may be missing too, because offloads hold packets back to join them.
const BLIND_MARGIN_NS: i64 = SECOND / 2;

/// No more intervals than this are kept of one flow and reason; after them, the last one grows.
const MAX_INTERVALS: u32 = 1_000;

/// Gathers the intervals, those that touch each other as one.
#[derive(Debug, Default)]
pub struct BlindIntervals {
    intervals: Vec<BlindInterval>,
    /// The last interval of a flow for a reason, and how many it has.
    last: HashMap<(Option<u32>, UnreadableReason), (usize, u32)>,
}

impl BlindIntervals {
    pub fn note(&mut self, flow: Option<u32>, why: UnreadableReason, time: Wall) {
        self.note_span(flow, why, time, time);
    }

    /// Notes a packet that passed in pieces, from the first to the last of these times.
    pub fn note_span(&mut self, flow: Option<u32>, why: UnreadableReason, first: Wall, last: Wall) {
        let (from, to) = (first.shifted(-BLIND_MARGIN_NS), last.max(first).shifted(BLIND_MARGIN_NS));
        self.add(BlindInterval { flow, why, count: 1, from, to });
    }

    /// Notes texts of a flow that no number identifies, from the first to the last of these times.
    pub fn note_texts(&mut self, flow: u32, count: u64, first: Wall, last: Wall) {
        let (from, to) = (first.shifted(-BLIND_MARGIN_NS), last.shifted(BLIND_MARGIN_NS));
        self.add(BlindInterval { flow: Some(flow), why: UnreadableReason::Unidentified, count, from, to });
    }

    /// Adds an interval as it is.
    pub fn add(&mut self, interval: BlindInterval) {
        let BlindInterval { flow, why, count: packets, from, to } = interval;
        let last = self.last.get(&(flow, why)).copied();
        if let Some((index, count)) = last {
            let known = &mut self.intervals[index];
            if count == MAX_INTERVALS || (known.from <= to && from <= known.to) {
                (known.from, known.to) = (known.from.min(from), known.to.max(to));
                known.count += packets;
                return;
            }
        }
        self.last.insert((flow, why), (self.intervals.len(), last.map_or(0, |(_, count)| count) + 1));
        self.intervals.push(interval);
    }

    pub fn into_intervals(self) -> Vec<BlindInterval> {
        self.intervals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one_and_flows_are_apart() {
        let mut blindness = BlindIntervals::default();
        for (flow, ms) in [(Some(1), 0), (None, 100), (Some(1), 900), (Some(1), 2_000)] {
            blindness.note(flow, UnreadableReason::Cut, Wall(ms * 1_000_000));
        }
        blindness.note(Some(1), UnreadableReason::Joined, Wall(0));
        let blind = |flow, why, count, from: i64, to: i64| {
            let (from, to) = (Wall(from * 1_000_000), Wall(to * 1_000_000));
            BlindInterval { flow, why, count, from, to }
        };
        let expected = [
            blind(Some(1), UnreadableReason::Cut, 2, -500, 1_400),
            blind(None, UnreadableReason::Cut, 1, -400, 600),
            blind(Some(1), UnreadableReason::Cut, 1, 1_500, 2_500),
            blind(Some(1), UnreadableReason::Joined, 1, -500, 500),
        ];
        assert_eq!(blindness.into_intervals(), expected);
    }

    #[test]
    fn a_hostile_clock_does_not_fill_the_memory() {
        let mut blindness = BlindIntervals::default();
        for index in 0..100_000 {
            blindness.note(Some(0), UnreadableReason::Cut, Wall(index * 10 * SECOND));
        }
        let last = *blindness.intervals.last().unwrap();
        assert_eq!((blindness.intervals.len(), last.to), (1_000, Wall(999_990 * SECOND + BLIND_MARGIN_NS)));
    }
}
