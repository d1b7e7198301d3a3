//! The unit in which a capture's stamps really count: a program may write whole seconds into a file of microseconds, and the
//! clock of some systems moves on by a sixty-fourth of a second at a time.

use crate::core::time::{SECOND, Wall};

/// Fewer stamps than this may be multiples of a coarser unit by accident.
const MIN_STAMPS: u32 = 8;

/// The ticks of the timer interrupt that Windows takes for the time: 64 in a second, by a timer that is a little off.
const TICKS_NS: [i64; 3] = [15_625_000, 15_600_000, 15_600_100];

/// Stamps lie less than this beside their tick or unit: files of microseconds round, and so do programs that count seconds in
/// floating point.
const ROUNDING_NS: i64 = 1_000;

/// Units that are not much longer than the rounding must fit exactly.
const MIN_ROUNDED_NS: i64 = 10 * ROUNDING_NS;

/// The coarsest decimal unit, of a second or less, of which all stamps so far are whole multiples, or the tick that lies between
/// each two of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct StampUnit {
    unit_ns: i64,
    /// Which of the ticks fit.
    ticks: [bool; TICKS_NS.len()],
    last: Option<Wall>,
    stamps: u32,
}

impl Default for StampUnit {
    fn default() -> Self {
        Self { unit_ns: SECOND, ticks: [true; TICKS_NS.len()], last: None, stamps: 0 }
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
        if self.ticks.contains(&true) {
            let passed = self.last.replace(stamp).map_or(0, |last| stamp.since(last));
            for (fits, tick) in self.ticks.iter_mut().zip(TICKS_NS) {
                *fits &= is_multiple(passed, tick);
            }
        }
    }

    /// The unit, nanoseconds; 1 if there are too few stamps to tell.
    pub fn ns(self) -> u32 {
        if self.stamps < MIN_STAMPS {
            return 1;
        }
        let ticks = self.ticks.iter().zip(TICKS_NS).filter(|(fits, _)| **fits);
        let tick = ticks.map(|(_, tick)| tick).max();
        u32::try_from(self.unit_ns.max(tick.unwrap_or(1))).unwrap_or(1)
    }
}

fn is_multiple(time_ns: i64, unit_ns: i64) -> bool {
    let beside = time_ns.rem_euclid(unit_ns);
    beside == 0 || unit_ns >= MIN_ROUNDED_NS && beside.min(unit_ns - beside) < ROUNDING_NS
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
        let ticks = |tick: i64| (0..30).map(move |packet| 12_345_678 + packet * packet % 7 * 64 * tick + packet * tick);
        assert_eq!(unit(ticks(15_625_000)), 15_625_000);
        assert_eq!(unit(ticks(15_600_100).map(|stamp| stamp / 1_000 * 1_000)), 15_600_100);
        assert_eq!(unit(ticks(15_625_000).chain([5_000_000_000])), 1);
    }
}
