//! The schedule of the probes.

use std::time::Duration;

use crate::core::time::Mono;

/// The rounds of one target.
#[derive(Clone, Debug)]
pub struct ProbeTimer {
    interval: Duration,
    /// How many, 0 for no end.
    count: u64,
    /// No round begins from then on.
    until: Option<Mono>,
    begun: u64,
    due: Mono,
}

impl ProbeTimer {
    /// Rounds that begin at `start`, one every `interval`, `count` of them (0 for no end) and none after `length`.
    pub fn new(interval: Duration, count: u64, length: Option<Duration>, start: Mono) -> Self {
        Self { interval, count, until: length.map(|length| start.plus(length)), begun: 0, due: start }
    }

    /// When the next round begins; `None` when all are over.
    pub fn due(&self) -> Option<Mono> {
        let left = self.count == 0 || self.begun < self.count;
        (left && self.until.is_none_or(|until| self.due < until)).then_some(self.due)
    }

    /// Begins a round at `now`; returns its number, from 1. Missed rounds are not caught up.
    pub fn begin(&mut self, now: Mono) -> u64 {
        self.begun += 1;
        self.due = self.due.plus(self.interval).max(now);
        self.begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    const EVERY: Duration = Duration::from_secs(10);

    #[test]
    fn rounds_keep_their_times_and_hurry_after_nothing() {
        let mut rounds = ProbeTimer::new(EVERY, 0, None, Mono(0));
        assert_eq!((rounds.begin(Mono(5)), rounds.due()), (1, Some(Mono(10 * SECOND))), "lateness does not add up");
        assert_eq!((rounds.begin(Mono(10 * SECOND)), rounds.due()), (2, Some(Mono(20 * SECOND))));
        let late = Mono(75 * SECOND);
        assert_eq!((rounds.begin(late), rounds.due()), (3, Some(late)));
        assert_eq!((rounds.begin(late), rounds.due()), (4, Some(Mono(85 * SECOND))));
    }

    #[test]
    fn rounds_end_by_count_and_by_time() {
        let mut three = ProbeTimer::new(EVERY, 3, None, Mono(0));
        let numbers: Vec<u64> = std::iter::from_fn(|| three.due().map(|due| three.begin(due))).collect();
        assert_eq!(numbers, [1, 2, 3]);
        let mut half_a_minute = ProbeTimer::new(EVERY, 0, Some(Duration::from_secs(30)), Mono(0));
        let begun: Vec<i64> = std::iter::from_fn(|| {
            let due = half_a_minute.due()?;
            half_a_minute.begin(due);
            Some(due.0 / SECOND)
        })
        .collect();
        assert_eq!(begun, [0, 10, 20]);
    }
}
