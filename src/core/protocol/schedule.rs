//! When each message of an exchange is due.

use std::time::Duration;

use crate::core::time::nanos;

/// How many messages, and when.
///
/// The schedule is absolute: every due time is counted from the first message, so lateness never adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How many messages, numbered from 1.
    pub count: u64,
    /// After how many messages a pause comes; 0 for none.
    pub batch: u64,
    /// From the last message of a batch to the first of the next.
    pub pause: Duration,
    /// Between messages of a batch.
    pub interval: Duration,
    /// How long a message may wait for its reply, and so how long the run lasts after the last message.
    pub wait: Duration,
}

impl Default for Schedule {
    /// The course work's exchange: 30 messages, 10 s of pause after each ten, 10 s of waiting at the end.
    fn default() -> Self {
        Self {
            count: 30,
            batch: 10,
            pause: Duration::from_secs(10),
            interval: Duration::from_millis(100),
            wait: Duration::from_secs(10),
        }
    }
}

impl Schedule {
    /// When message `number` (from 1) is due, in nanoseconds after the first one.
    pub fn due(&self, number: u64) -> i64 {
        let before = number.saturating_sub(1);
        let pauses = before.checked_div(self.batch).unwrap_or(0);
        let steps = before - pauses;
        let of = |times: u64, each: Duration| {
            i64::try_from(times).ok().and_then(|times| nanos(each).checked_mul(times)).unwrap_or(i64::MAX)
        };
        of(pauses, self.pause).saturating_add(of(steps, self.interval))
    }

    /// Whether a pause comes between message `number` and the next.
    pub fn pauses_after(&self, number: u64) -> bool {
        self.batch > 0 && number < self.count && number.is_multiple_of(self.batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    #[test]
    fn the_course_work_takes_a_little_over_32_seconds() {
        let schedule = Schedule::default();
        assert_eq!(schedule.due(1), 0);
        assert_eq!(schedule.due(10), 9 * SECOND / 10);
        assert_eq!(schedule.due(11) - schedule.due(10), 10 * SECOND);
        assert_eq!(schedule.due(30) + nanos(schedule.wait), 32 * SECOND + 7 * SECOND / 10);
        assert_eq!((1..=30).filter(|n| schedule.pauses_after(*n)).collect::<Vec<_>>(), [10, 20]);
    }

    #[test]
    fn no_batch_means_no_pause() {
        let schedule = Schedule { batch: 0, interval: Duration::from_millis(1), ..Schedule::default() };
        assert_eq!(schedule.due(1_001), SECOND);
        assert!(!(1..=30).any(|n| schedule.pauses_after(n)));
    }

    #[test]
    fn absurd_settings_do_not_overflow() {
        let schedule = Schedule { count: u64::MAX, pause: Duration::MAX, ..Schedule::default() };
        assert_eq!(schedule.due(u64::MAX), i64::MAX);
    }
}
