//! Classifies a measurement by its latency.

use std::time::Duration;

use crate::core::time::{SECOND, nanos};

/// A clock that stood still for less is not worth a word, and a thread that was held up for less has measured all the
/// same.
pub const MIN_SUSPEND_NS: i64 = SECOND;

/// A class of latency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LatencyClass {
    /// Answered before the first threshold.
    #[default]
    Normal,
    /// Answered at the first threshold or after it.
    Slow,
    /// Answered at the second threshold or after it.
    VerySlow,
    /// Not answered while it was waited for.
    Down,
}

impl LatencyClass {
    /// All of them, from the best to the worst.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Slow, Self::VerySlow, Self::Down];

    /// Its name in files and metrics, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Slow => "slow",
            Self::VerySlow => "very_slow",
            Self::Down => "down",
        }
    }
}

/// The classes of several measurements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassRange {
    /// The best of them.
    pub best: LatencyClass,
    /// The worst of them.
    pub worst: LatencyClass,
}

impl ClassRange {
    /// Measurements that are all of one class.
    pub const fn of(class: LatencyClass) -> Self {
        Self { best: class, worst: class }
    }

    /// The class, where there is only one.
    pub fn single(self) -> Option<LatencyClass> {
        (self.best == self.worst).then_some(self.best)
    }

    /// Whether `class` lies in it.
    pub fn contains(self, class: LatencyClass) -> bool {
        (self.best..=self.worst).contains(&class)
    }

    /// The range with another measurement.
    #[must_use]
    pub fn with(self, class: LatencyClass) -> Self {
        Self { best: self.best.min(class), worst: self.worst.max(class) }
    }
}

/// From which round-trip times on a latency is called what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Slow from here on.
    pub slow: Duration,
    /// Very slow from here on.
    pub very_slow: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { slow: Duration::from_millis(100), very_slow: Duration::from_millis(300) }
    }
}

/// The result of a measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeResult {
    /// The reply came in time.
    Reply {
        /// Round-trip time by the application's clock, nanoseconds.
        rtt_ns: i64,
    },
    /// No reply came in time.
    Silence,
    /// An ICMP error came back instead: there will be no reply.
    Refused,
    /// The system did not send the probe, so the target's state is unknown.
    Unsent {
        /// The system's name for the error, as `ENETUNREACH`.
        error: String,
    },
    /// The host's name has no address now, and never had one.
    Unresolved {
        /// The resolver's error.
        detail: String,
    },
    /// This computer or program was suspended while waiting, so the result is unknown.
    Overslept {
        /// For how long, nanoseconds.
        slept_ns: i64,
    },
}

impl ProbeResult {
    /// The class, where something was measured at all.
    pub fn class(&self, thresholds: Thresholds) -> Option<LatencyClass> {
        match self {
            Self::Reply { rtt_ns } if *rtt_ns < nanos(thresholds.slow) => Some(LatencyClass::Normal),
            Self::Reply { rtt_ns } if *rtt_ns < nanos(thresholds.very_slow) => Some(LatencyClass::Slow),
            Self::Reply { .. } => Some(LatencyClass::VerySlow),
            Self::Silence | Self::Refused => Some(LatencyClass::Down),
            Self::Unsent { .. } | Self::Unresolved { .. } | Self::Overslept { .. } => None,
        }
    }

    /// What the measurement is worth where this computer was suspended for `suspended_ns` meanwhile, or where it ended
    /// `overdue_ns` after its time because this program was.
    #[must_use]
    pub fn unless_suspended(self, suspended_ns: i64, overdue_ns: i64) -> Self {
        match self {
            _ if suspended_ns >= MIN_SUSPEND_NS => Self::Overslept { slept_ns: suspended_ns },
            Self::Reply { .. } | Self::Silence if overdue_ns >= MIN_SUSPEND_NS => {
                Self::Overslept { slept_ns: overdue_ns }
            }
            known => known,
        }
    }

    /// The round-trip time, nanoseconds, where there is one.
    pub const fn rtt_ns(&self) -> Option<i64> {
        match self {
            Self::Reply { rtt_ns } => Some(*rtt_ns),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn a_threshold_belongs_to_the_class_above_it() {
        let class = |rtt_ns| ProbeResult::Reply { rtt_ns }.class(Thresholds::default());
        assert_eq!(class(0), Some(LatencyClass::Normal));
        assert_eq!(class(100 * MS - 1), Some(LatencyClass::Normal));
        assert_eq!(class(100 * MS), Some(LatencyClass::Slow));
        assert_eq!(class(300 * MS - 1), Some(LatencyClass::Slow));
        assert_eq!(class(300 * MS), Some(LatencyClass::VerySlow));
        assert_eq!(ProbeResult::Silence.class(Thresholds::default()), Some(LatencyClass::Down));
        assert_eq!(ProbeResult::Refused.class(Thresholds::default()), Some(LatencyClass::Down));
    }

    #[test]
    fn an_unmeasured_probe_has_no_class() {
        for finding in [
            ProbeResult::Unsent { error: "ENETUNREACH".to_owned() },
            ProbeResult::Unresolved { detail: String::new() },
            ProbeResult::Overslept { slept_ns: 1 },
        ] {
            assert_eq!(finding.class(Thresholds::default()), None);
        }
    }
}
