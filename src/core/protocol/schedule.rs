//! When each message of an exchange is due.

use std::time::Duration;

use super::spacing::interval_after;

/// How many messages, and when.
///
/// Each due time counts from the one before, not from when that message was sent: so lateness never adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How many messages, numbered from 1.
    pub count: u64,
    /// After how many messages a pause comes; 0 for none.
    pub batch: u64,
    /// From the last message of a batch to the first of the next.
    pub pause: Duration,
    /// Between messages of a batch; the mean, where intervals are drawn.
    pub interval: Duration,
    /// Seed of the drawn intervals; `None` for intervals that are all the same. Pauses are never drawn.
    pub spacing_seed: Option<u64>,
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
            spacing_seed: None,
            wait: Duration::from_secs(10),
        }
    }
}

impl Schedule {
    /// From the due time of message `number` (from 1) to that of the next.
    pub fn gap_after(&self, number: u64) -> Duration {
        if self.pauses_after(number) { self.pause } else { interval_after(number, self.interval, self.spacing_seed) }
    }

    /// Whether a pause comes between message `number` and the next.
    pub fn pauses_after(&self, number: u64) -> bool {
        self.batch > 0 && number < self.count && number.is_multiple_of(self.batch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the last message is due after the first.
    fn length(schedule: &Schedule) -> Duration {
        (1..schedule.count).map(|number| schedule.gap_after(number)).sum()
    }

    #[test]
    fn the_course_work_takes_a_little_over_32_seconds() {
        let schedule = Schedule::default();
        assert_eq!(schedule.gap_after(9), Duration::from_millis(100));
        assert_eq!(schedule.gap_after(10), Duration::from_secs(10));
        assert_eq!(length(&schedule) + schedule.wait, Duration::from_millis(32_700));
        assert_eq!((1..=30).filter(|n| schedule.pauses_after(*n)).collect::<Vec<_>>(), [10, 20]);
    }

    #[test]
    fn drawn_intervals_change_neither_the_pauses_nor_the_total() {
        for seed in 0..1_000 {
            let drawn = Schedule { spacing_seed: Some(seed), ..Schedule::default() };
            let pauses: Vec<Duration> = (1..30).map(|n| drawn.gap_after(n)).filter(|gap| *gap >= drawn.pause).collect();
            assert_eq!(pauses, [drawn.pause; 2], "seed {seed}");
            let difference = length(&drawn).abs_diff(length(&Schedule::default()));
            assert!(difference < Duration::from_millis(400), "seed {seed}: {difference:?}");
        }
    }

    #[test]
    fn no_batch_means_no_pause() {
        let schedule = Schedule { count: 1_001, batch: 0, interval: Duration::from_millis(1), ..Schedule::default() };
        assert_eq!(length(&schedule), Duration::from_secs(1));
        assert!(!(1..=30).any(|n| schedule.pauses_after(n)));
    }
}
