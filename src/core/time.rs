//! Two clocks, never mixed: the wall clock correlates hosts, the monotonic clock measures durations.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A reading of a host's wall clock: nanoseconds since the Unix epoch (`CLOCK_REALTIME`).
///
/// It may step, and two hosts' readings differ by an unknown offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wall(pub i64);

impl Wall {
    /// Nanoseconds from `earlier` to `self`, negative if `self` is earlier. Saturates, because files may contain any
    /// value.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This reading moved by `ns` nanoseconds, saturating at the ends of the range.
    #[must_use]
    pub const fn shifted(self, ns: i64) -> Self {
        Self(self.0.saturating_add(ns))
    }
}

/// A reading of a process's monotonic clock: nanoseconds since an arbitrary start, never stepping back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mono(pub i64);

impl Mono {
    /// Nanoseconds from `earlier` to `self`, saturating.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This reading plus a duration, saturating.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(nanos(duration)))
    }
}

/// Both clocks, read together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The wall clock.
    #[serde(rename = "w")]
    pub wall: Wall,
    /// The monotonic clock.
    #[serde(rename = "m")]
    pub mono: Mono,
}

/// One second in nanoseconds.
pub const SECOND: i64 = 1_000_000_000;

/// A duration as nanoseconds, saturating at about 292 years.
pub fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
