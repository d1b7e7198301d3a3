//! A bounded, ordered retry queue with exponential backoff, for alerts.
//!
//! The first item blocks the others, so that a recovery is never read before its failure. An item that can never be delivered
//! is dropped.

use std::collections::VecDeque;
use std::time::Duration;

use crate::core::time::Mono;

/// How often and how long something is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// From a failure to the next try; it doubles with every failure.
    pub initial_delay: Duration,
    /// No pause is longer.
    pub max_delay: Duration,
    /// Tries of one, at the most.
    pub max_attempts: u32,
    /// Maximum number of waiting items; beyond it the oldest is dropped.
    pub max_queued: usize,
}

impl Default for RetryPolicy {
    /// Tried for about a day.
    fn default() -> Self {
        Self {
            initial_delay: Duration::from_secs(5),
            max_delay: Duration::from_secs(300),
            max_attempts: 300,
            max_queued: 100,
        }
    }
}

/// How a try went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It was taken.
    Delivered,
    /// It was not, and may be later.
    Later,
    /// It was refused for good.
    Never,
}

/// What follows from a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptResult<T> {
    /// It is delivered, at the try of this number.
    Delivered {
        /// The delivered item.
        item: T,
        /// Tries that it took.
        tries: u32,
    },
    /// It is tried again after this pause.
    Again {
        /// From now on.
        pause: Duration,
        /// Tries so far.
        tries: u32,
    },
    /// It is not tried again.
    GivenUp {
        /// The failed item.
        item: T,
        /// Tries that were made.
        tries: u32,
    },
}

/// What waits to be delivered.
#[derive(Clone, Debug)]
pub struct RetryQueue<T> {
    policy: RetryPolicy,
    waiting: VecDeque<T>,
    /// Tries of the first one so far.
    tries: u32,
    /// It is tried from then on.
    due: Option<Mono>,
}

impl<T> RetryQueue<T> {
    /// An empty one.
    pub const fn new(policy: RetryPolicy) -> Self {
        Self { policy, waiting: VecDeque::new(), tries: 0, due: None }
    }

    /// Adds an item at `now`; returns the undelivered item that was evicted for it.
    pub fn push(&mut self, now: Mono, item: T) -> Option<T> {
        let full = self.waiting.len() >= self.policy.max_queued.max(1);
        let given_up = if full { self.waiting.pop_front() } else { None };
        self.waiting.push_back(item);
        if given_up.is_some() {
            // The next item waits as long as the first would have: an unreachable server is not tried more often.
            self.tries = 0;
        }
        self.due = self.due.or(Some(now));
        given_up
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When the first is to be tried; `None` when nothing waits.
    pub fn wake_at(&self) -> Option<Mono> {
        self.due
    }

    /// The item to try at `now`; then call [`RetryQueue::record_attempt`].
    pub fn due(&self, now: Mono) -> Option<&T> {
        self.due.filter(|due| *due <= now).and(self.waiting.front())
    }

    /// The first one, to be changed before it is tried again.
    pub fn first_mut(&mut self) -> Option<&mut T> {
        self.waiting.front_mut()
    }

    /// Makes the first one due, however long its pause would have been: there may be no later.
    pub fn retry_now(&mut self, now: Mono) {
        self.due = self.due.map(|due| due.min(now));
    }

    /// How the try of the first one went, which was over at `now`; `None` where nothing waits.
    pub fn record_attempt(&mut self, now: Mono, how: Attempt) -> Option<AttemptResult<T>> {
        let tries = self.tries + 1;
        if how == Attempt::Later && tries < self.policy.max_attempts {
            self.tries = tries;
            let doublings = (tries - 1).min(20);
            let pause = self.policy.initial_delay.saturating_mul(1 << doublings).min(self.policy.max_delay);
            self.due = Some(now.plus(pause));
            return (!self.waiting.is_empty()).then_some(AttemptResult::Again { pause, tries });
        }
        let item = self.waiting.pop_front()?;
        self.tries = 0;
        self.due = (!self.waiting.is_empty()).then_some(now);
        Some(match how {
            Attempt::Delivered => AttemptResult::Delivered { item, tries },
            Attempt::Later | Attempt::Never => AttemptResult::GivenUp { item, tries },
        })
    }

    /// All that still waits, in order.
    pub fn into_waiting(self) -> impl Iterator<Item = T> {
        self.waiting.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn at(seconds: i64) -> Mono {
        Mono(seconds * SECOND)
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_delivery() {
        let mut outbox = RetryQueue::new(RetryPolicy::default());
        assert_eq!(outbox.push(at(0), 'a'), None);
        let (mut now, mut pauses) = (at(0), Vec::new());
        for _ in 0..9 {
            assert_eq!(outbox.due(now), Some(&'a'));
            let Some(AttemptResult::Again { pause, .. }) = outbox.record_attempt(now, Attempt::Later) else {
                panic!("not again")
            };
            pauses.push(pause.as_secs());
            assert_eq!(outbox.due(Mono(now.plus(pause).0 - 1)), None, "not before the pause is over");
            now = now.plus(pause);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(
            outbox.record_attempt(now, Attempt::Delivered),
            Some(AttemptResult::Delivered { item: 'a', tries: 10 })
        );
        outbox.push(now, 'b');
        assert!(
            matches!(outbox.record_attempt(now, Attempt::Later), Some(AttemptResult::Again { pause, tries: 1 }) if pause.as_secs() == 5)
        );
    }

    #[test]
    fn a_permanent_failure_does_not_block_the_queue() {
        let mut outbox = RetryQueue::new(RetryPolicy::default());
        for item in ['a', 'b', 'c'] {
            outbox.push(at(0), item);
        }
        outbox.record_attempt(at(0), Attempt::Later);
        assert_eq!(outbox.due(at(4)), None);
        assert_eq!(outbox.record_attempt(at(5), Attempt::Never), Some(AttemptResult::GivenUp { item: 'a', tries: 2 }));
        assert_eq!(outbox.due(at(5)), Some(&'b'), "at once");
        assert_eq!(
            outbox.record_attempt(at(6), Attempt::Delivered),
            Some(AttemptResult::Delivered { item: 'b', tries: 1 })
        );
        assert_eq!(
            outbox.record_attempt(at(7), Attempt::Delivered),
            Some(AttemptResult::Delivered { item: 'c', tries: 1 })
        );
        assert_eq!((outbox.wake_at(), outbox.is_empty()), (None, true));
        assert_eq!(outbox.record_attempt(at(8), Attempt::Delivered), None);
    }

    #[test]
    fn tries_and_places_are_bounded() {
        let mut outbox = RetryQueue::new(RetryPolicy { max_attempts: 2, max_queued: 2, ..RetryPolicy::default() });
        outbox.push(at(0), 1);
        outbox.push(at(0), 2);
        outbox.record_attempt(at(0), Attempt::Later);
        assert_eq!(outbox.push(at(1), 3), Some(1), "the oldest makes room");
        assert_eq!((outbox.due(at(4)), outbox.due(at(5))), (None, Some(&2)), "and nobody is asked the sooner for it");
        outbox.record_attempt(at(5), Attempt::Later);
        assert_eq!(outbox.record_attempt(at(10), Attempt::Later), Some(AttemptResult::GivenUp { item: 2, tries: 2 }));
        outbox.record_attempt(at(10), Attempt::Later);
        outbox.retry_now(at(11));
        assert_eq!(outbox.due(at(11)), Some(&3), "the last call");
        assert_eq!(outbox.into_waiting().collect::<Vec<_>>(), [3]);
    }
}
