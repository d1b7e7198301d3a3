//! Reads the wall clock and the monotonic clock together.

use nix::sys::time::TimeSpec;
use nix::time::ClockId;

use crate::core::time::{Mono, Now, SECOND, Wall};

/// Readings of both clocks at most this far apart count as simultaneous, nanoseconds.
const MAX_READING_GAP_NS: i64 = 20_000;

/// A host on which even reading a clock takes longer than that must do with what it has.
const MAX_READINGS: usize = 4;

/// Reads the clocks of this host. Monotonic readings count from [`Clock::start`], so all parts of a run must share one
/// clock; it is a small copy.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// `CLOCK_MONOTONIC` at the start, nanoseconds.
    start: i64,
}

impl Clock {
    /// Starts a clock whose monotonic time begins at zero.
    pub fn start() -> Self {
        Self { start: read(ClockId::CLOCK_MONOTONIC) }
    }

    /// Both clocks at one moment. Where this thread was held up between the two readings they are read again: what lay
    /// between would look as if the wall clock had been set.
    pub fn now(&self) -> Now {
        let mut before = self.mono();
        for _ in 0..MAX_READINGS {
            let wall = wall();
            let mono = self.mono();
            if mono.since(before) <= MAX_READING_GAP_NS {
                return Now { wall, mono };
            }
            before = mono;
        }
        Now { wall: wall(), mono: self.mono() }
    }

    /// How long this computer has slept since it was started, nanoseconds: what `CLOCK_BOOTTIME` counts and
    /// `CLOCK_MONOTONIC` does not.
    pub fn suspend_ns() -> i64 {
        let mut before = read(ClockId::CLOCK_MONOTONIC);
        let mut slept = 0;
        // Read again where this thread was held up between the readings: that would look like a sleep.
        for _ in 0..MAX_READINGS {
            let Ok(boot) = ClockId::CLOCK_BOOTTIME.now() else { return 0 };
            let after = read(ClockId::CLOCK_MONOTONIC);
            slept = nanoseconds(boot).saturating_sub(after);
            if after - before <= MAX_READING_GAP_NS {
                break;
            }
            before = after;
        }
        slept
    }

    /// The monotonic clock alone.
    pub fn mono(&self) -> Mono {
        Mono(read(ClockId::CLOCK_MONOTONIC) - self.start)
    }
}

/// The wall clock alone (`CLOCK_REALTIME`), which is also the clock of the kernel's software stamps.
pub fn wall() -> Wall {
    Wall(read(ClockId::CLOCK_REALTIME))
}

/// A kernel time as nanoseconds, saturating at the ends of the range.
pub(super) fn nanoseconds(time: TimeSpec) -> i64 {
    time.tv_sec().saturating_mul(SECOND).saturating_add(time.tv_nsec())
}

fn read(clock: ClockId) -> i64 {
    nanoseconds(clock.now().expect("every Linux has these two clocks"))
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use super::*;
    use crate::core::time::nanos;

    #[test]
    fn wall_time_is_the_systems_and_monotonic_time_starts_at_zero() {
        let clock = Clock::start();
        let before = nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap());
        let now = clock.now();
        let after = nanos(SystemTime::now().duration_since(UNIX_EPOCH).unwrap());
        assert!((before..=after).contains(&now.wall.0));
        assert!((0..SECOND).contains(&now.mono.0));
        assert!(clock.mono() >= now.mono);
    }
}
