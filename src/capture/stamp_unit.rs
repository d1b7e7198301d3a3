//! The unit in which a capture's stamps really count: a program may write whole seconds into a file of microseconds, and an old
//! clock ticks 64 times a second.

use crate::core::time::{SECOND, Wall};

/// Fewer stamps than this may be multiples of a coarser unit by accident.
const MIN_STAMPS: u32 = 8;

/// Intervals that are looked at for a tick that is no decimal unit.
const MAX_INTERVALS: usize = 64;

/// Longer intervals would sum up the inaccuracy of the tick.
const MAX_INTERVAL_NS: i64 = SECOND;

/// A shorter tick than this is no coarser than what delays vary by, nanoseconds.
const MIN_TICK_NS: i64 = 500_000;

/// The shortest interval seen may be this many ticks long.
const MAX_TICKS: i64 = 8;

/// Rounding makes stamps depart from the tick by so much, nanoseconds, and the tick itself is known to one part in this many.
const ROUNDING_NS: i64 = 2_000;
const ACCURACY: i64 = 500;

/// The coarsest decimal unit, of a second or less, of which all stamps so far are whole multiples; and the intervals between the
/// first ones.
#[derive(Clone, Debug)]
pub(super) struct StampUnit {
    unit_ns: i64,
    stamps: u32,
    last: Option<Wall>,
    /// Positive ones.
    intervals: Vec<i64>,
}

impl Default for StampUnit {
    fn default() -> Self {
        Self { unit_ns: SECOND, stamps: 0, last: None, intervals: Vec::new() }
    }
}

impl StampUnit {
    /// Notes the stamp of a packet.
    #[inline]
    pub fn note(&mut self, stamp: Wall) {
        self.stamps = self.stamps.saturating_add(1);
        while self.unit_ns > 1 && stamp.0 % self.unit_ns != 0 {
            self.unit_ns /= 10;
        }
        if self.intervals.len() < MAX_INTERVALS {
            let interval = self.last.replace(stamp).map_or(0, |last| stamp.since(last));
            if (1..MAX_INTERVAL_NS).contains(&interval) {
                self.intervals.push(interval);
            }
        }
    }

    /// The unit, nanoseconds; 1 if there are too few stamps to tell.
    pub fn ns(&self) -> u32 {
        if self.stamps < MIN_STAMPS {
            return 1;
        }
        let unit_ns = self.unit_ns.max(self.tick_ns().unwrap_or(1));
        u32::try_from(unit_ns).unwrap_or(1)
    }

    /// The tick of a clock that is no decimal unit, such as 15.625 ms: all intervals are multiples of it.
    fn tick_ns(&self) -> Option<i64> {
        let shortest = self.intervals.iter().min().filter(|_| self.intervals.len() >= MIN_STAMPS as usize)?;
        let ticks = (1..=MAX_TICKS).map(|ticks| shortest / ticks);
        let fits = |tick: i64| {
            self.intervals.iter().all(|interval| {
                let beyond = (interval + tick / 2).rem_euclid(tick) - tick / 2;
                beyond.abs() <= ROUNDING_NS + tick / ACCURACY
            })
        };
        ticks.take_while(|tick| *tick >= MIN_TICK_NS).find(|tick| fits(*tick))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(stamps: impl IntoIterator<Item = i64>) -> u32 {
        let mut unit = StampUnit::default();
        stamps.into_iter().for_each(|stamp| unit.note(Wall(stamp)));
        unit.ns()
    }

    #[test]
    fn the_unit_is_the_coarsest_that_all_stamps_are_multiples_of() {
        let seconds = |count: i64| (0..count).map(|stamp| stamp * SECOND);
        assert_eq!(unit(seconds(20)), 1_000_000_000);
        assert_eq!(unit(seconds(20).chain([1_500_000_000])), 100_000_000);
        assert_eq!(unit(seconds(20).chain([1_500_001_000])), 1_000);
        assert_eq!(unit(seconds(20).chain([-7])), 1);
        assert_eq!(unit(seconds(7)), 1, "a few packets on whole seconds are no proof");
    }

    /// Exchanges every 100 ms with round trips of some 20 ms, from a clock that ticks like this.
    fn ticking(tick: i64, seed: u64) -> u32 {
        let mut dice = fastrand::Rng::with_seed(seed);
        let exchange = |n: i64| [n * 100_000_000, n * 100_000_000 + 20_000_000 + dice.i64(0..3_000_000)];
        let times: Vec<i64> = (0..30).flat_map(exchange).collect();
        unit(times.into_iter().map(|time| (1_700_000_000 * SECOND + time) / tick * tick / 1_000 * 1_000))
    }

    #[test]
    fn a_tick_that_is_no_decimal_unit_is_found() {
        for seed in 0..100 {
            for tick in [15_625_000, 15_600_100, 16_666_667, 3_906_250] {
                let found = i64::from(ticking(tick, seed));
                assert!((found - tick).abs() <= tick / 200, "{tick}: {found}");
            }
            assert_eq!(ticking(1_000, seed), 1_000, "a clock of microseconds");
        }
    }
}
