//! Reads the wall clock and the monotonic clock together.

use nix::sys::time::TimeSpec;
use nix::time::ClockId;

use crate::core::evidence::journal_run::{ClockDiscipline, ClockReadings};
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

/// Reads all clocks, one right after the other, with the state of the kernel's clock discipline.
pub fn readings() -> ClockReadings {
    ClockReadings {
        realtime_ns: read(ClockId::CLOCK_REALTIME),
        monotonic_ns: read(ClockId::CLOCK_MONOTONIC),
        monotonic_raw_ns: read(ClockId::CLOCK_MONOTONIC_RAW),
        boottime_ns: read(ClockId::CLOCK_BOOTTIME),
        adjtimex: discipline(),
    }
}

/// The kernel's clock discipline; `None` where the system call is not allowed.
#[expect(unsafe_code, reason = "no crate offers a safe adjtimex that reads the status")]
fn discipline() -> Option<ClockDiscipline> {
    // SAFETY: `timex` is plain data of integers, for which all bits zero are valid.
    let mut timex: nix::libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is valid and exclusive for the call, which without modes only fills the struct.
    if unsafe { nix::libc::adjtimex(&raw mut timex) } < 0 {
        return None;
    }
    let is_nanoseconds = timex.status & nix::libc::STA_NANO != 0;
    let microseconds = |value: i64| value.saturating_mul(1_000);
    Some(ClockDiscipline {
        synchronized: timex.status & nix::libc::STA_UNSYNC == 0,
        offset_ns: if is_nanoseconds { timex.offset } else { microseconds(timex.offset) },
        // The kernel counts in parts per million, shifted by 16 bits.
        frequency_ppb: timex.freq.saturating_mul(1_000) >> 16,
        max_error_ns: microseconds(timex.maxerror),
        estimated_error_ns: microseconds(timex.esterror),
    })
}

/// The boot of this host, if Linux gives it.
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty() && id.len() <= 64)
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
