//! The unit in which a capture's stamps really count: a program may write whole seconds into a file of microseconds.

use crate::core::time::{SECOND, Wall};

/// Fewer stamps than this may be multiples of a coarser unit by accident.
const MIN_STAMPS: u32 = 8;

/// The coarsest decimal unit, of a second or less, of which all stamps so far are whole multiples.
#[derive(Clone, Copy, Debug)]
pub(super) struct StampUnit {
    unit_ns: i64,
    stamps: u32,
}

impl Default for StampUnit {
    fn default() -> Self {
        Self { unit_ns: SECOND, stamps: 0 }
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
    }

    /// The unit, nanoseconds; 1 if there are too few stamps to tell.
    pub fn ns(self) -> u32 {
        if self.stamps < MIN_STAMPS { 1 } else { u32::try_from(self.unit_ns).unwrap_or(1) }
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
}
