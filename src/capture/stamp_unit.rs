//! The unit in which a capture's stamps really count: a program may write whole seconds into a file of microseconds, and an old
//! clock ticks 64 times a second.

use std::collections::BTreeSet;

use crate::core::time::{SECOND, Wall};

/// Fewer stamps than this may be multiples of a coarser unit by accident.
const MIN_STAMPS: u32 = 8;

/// Intervals that are looked at for a tick that is no decimal unit.
const MAX_INTERVALS: usize = 64;

/// Longer intervals would sum up the inaccuracy of the tick.
const MAX_INTERVAL_NS: i64 = SECOND;

/// A shorter tick than this is no coarser than what delays vary by, nanoseconds.
const MIN_TICK_NS: i64 = 500_000;

/// The longest tick of a clock that is still in use, nanoseconds.
const MAX_TICK_NS: i64 = 20_000_000;

/// Intervals of fewer different lengths than this may be those of a schedule.
const MIN_DIFFERENT: usize = 3;

/// The shortest interval seen may be this many ticks long.
const MAX_TICKS: i64 = 8;

/// Rounding makes stamps depart from the tick by so much, nanoseconds, and the tick itself is known to one part in this many.
const ROUNDING_NS: i64 = 2_000;
const ACCURACY: i64 = 500;

/// Programs that count seconds in floating point miss a decimal unit by less than this, nanoseconds.
const FLOATING_NS: i64 = 250;

/// The coarsest decimal unit, of a second or less, of which all stamps so far are whole multiples; and the intervals between the
/// first ones.
#[derive(Clone, Debug)]
pub(super) struct StampUnit {
    unit_ns: i64,
    stamps: u32,
    last: Option<Wall>,
    /// How many stamps are the same as the one before.
    repeated: u32,
    /// Positive ones.
    intervals: Vec<i64>,
}

impl Default for StampUnit {
    fn default() -> Self {
        Self { unit_ns: SECOND, stamps: 0, last: None, repeated: 0, intervals: Vec::new() }
    }
}

impl StampUnit {
    /// Notes the stamp of a packet.
    #[inline]
    pub fn note(&mut self, stamp: Wall) {
        self.stamps = self.stamps.saturating_add(1);
        while self.unit_ns > 1 && !is_multiple(stamp.0, self.unit_ns) {
            self.unit_ns /= 10;
        }
        if self.intervals.len() < MAX_INTERVALS {
            let interval = self.last.replace(stamp).map_or(-1, |last| stamp.since(last));
            self.repeated = self.repeated.saturating_add(u32::from(interval == 0));
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
        let tick_ns = self.tick_ns().or_else(|| self.least_tick_ns());
        let unit_ns = self.unit_ns.max(tick_ns.unwrap_or(1));
        u32::try_from(unit_ns).unwrap_or(1)
    }

    /// At least so long is the tick of a clock that shows the same for a packet and the next one again and again.
    fn least_tick_ns(&self) -> Option<i64> {
        let is_coarse = self.repeated >= MIN_STAMPS && self.repeated * 3 >= self.intervals.len() as u32;
        let shortest = self.intervals.iter().min().copied().unwrap_or(MAX_TICK_NS);
        is_coarse.then_some(shortest.min(MAX_TICK_NS))
    }

    /// The tick of a clock that is no decimal unit, such as 15.625 ms: all intervals are multiples of it.
    fn tick_ns(&self) -> Option<i64> {
        let shortest = self.intervals.iter().min().filter(|_| self.intervals.len() >= MIN_STAMPS as usize)?;
        let fits = |tick: i64| {
            let counts = self.intervals.iter().map(|interval| (interval + tick / 2).div_euclid(tick));
            let beyond = |(interval, count): (&i64, i64)| (interval - count * tick).abs();
            let is_near = |beyond: i64| beyond <= ROUNDING_NS + tick / ACCURACY;
            let different: BTreeSet<i64> = counts.clone().collect();
            different.len() >= MIN_DIFFERENT && self.intervals.iter().zip(counts).map(beyond).all(is_near)
        };
        let ticks = (1..=MAX_TICKS).map(|ticks| shortest / ticks);
        let ticks = ticks.skip_while(|tick| *tick > MAX_TICK_NS).take_while(|tick| *tick >= MIN_TICK_NS);
        ticks.into_iter().find(|tick| fits(*tick))
    }
}

fn is_multiple(time_ns: i64, unit_ns: i64) -> bool {
    let beside = time_ns.rem_euclid(unit_ns);
    beside == 0 || unit_ns >= 40 * FLOATING_NS && beside.min(unit_ns - beside) < FLOATING_NS
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
        assert_eq!(unit(seconds(20).chain([-7])), 1_000_000_000, "seconds in floating point");
        assert_eq!(unit(seconds(20).chain([12_345])), 1);
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
            for tick in [15_625_000, 15_600_100, 3_906_250] {
                let found = i64::from(ticking(tick, seed));
                assert!((found - tick).abs() <= tick / 200, "{tick}: {found}");
            }
            assert_eq!(ticking(1_000, seed), 1_000, "a clock of microseconds");
        }
    }

    #[test]
    fn a_tick_is_long_where_request_and_reply_have_one_stamp() {
        let time = |n: i64| (n * 1_000_300_000) / 15_600_100 * 15_600_100 / 1_000 * 1_000;
        assert_eq!(unit((0..30).flat_map(|n| [time(n), time(n)])), 20_000_000);
        assert_eq!(unit((0..2_000).map(|n| n / 3 * 1_000 + 7_000)), 1_000, "a flood has many packets in a microsecond");
    }
}
