//! Alerts on their way: kept in order, tried again with growing pauses, and bounded in number.
//!
//! The first one holds up those behind it, so that nobody reads of a recovery before the failure. One that can never be
//! delivered is given up and holds up nobody.

use std::collections::VecDeque;
use std::time::Duration;

use crate::core::time::Mono;

/// How often and how long something is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// From a failure to the next try; it doubles with every failure.
    pub first_pause: Duration,
    /// No pause is longer.
    pub longest_pause: Duration,
    /// Tries of one, at the most.
    pub most_tries: u32,
    /// So many wait at the most; beyond that the oldest is given up.
    pub most_waiting: usize,
}

impl Default for Policy {
    /// Tried for about a day.
    fn default() -> Self {
        Self {
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(300),
            most_tries: 300,
            most_waiting: 100,
        }
    }
}

/// How a try went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was taken.
    Delivered,
    /// It was not, and may be later.
    Later,
    /// It was refused for good.
    Never,
}

/// What follows from a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// It is delivered, at the try of this number.
    Delivered {
        /// What was delivered.
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
        /// What was not delivered.
        item: T,
        /// Tries that were made.
        tries: u32,
    },
}

/// What waits to be delivered.
#[derive(Clone, Debug)]
pub struct Outbox<T> {
    policy: Policy,
    waiting: VecDeque<T>,
    /// Tries of the first one so far.
    tries: u32,
    /// It is tried from then on.
    due: Option<Mono>,
}

impl<T> Outbox<T> {
    /// An empty one.
    pub const fn new(policy: Policy) -> Self {
        Self { policy, waiting: VecDeque::new(), tries: 0, due: None }
    }

    /// Adds something at `now`; answers what had to make room for it, undelivered.
    pub fn push(&mut self, now: Mono, item: T) -> Option<T> {
        let full = self.waiting.len() >= self.policy.most_waiting.max(1);
        let given_up = if full { self.waiting.pop_front() } else { None };
        self.waiting.push_back(item);
        if given_up.is_some() {
            // The next one is tried when the first would have been: whoever is not there is not asked more often.
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

    /// What is to be tried at `now`; then tell [`Outbox::tried`].
    pub fn due(&self, now: Mono) -> Option<&T> {
        self.due.filter(|due| *due <= now).and(self.waiting.front())
    }

    /// The first one, to be changed before it is tried again.
    pub fn first_mut(&mut self) -> Option<&mut T> {
        self.waiting.front_mut()
    }

    /// Makes the first one due, however long its pause would have been: there may be no later.
    pub fn hurry(&mut self, now: Mono) {
        self.due = self.due.map(|due| due.min(now));
    }

    /// How the try of the first one went, which was over at `now`; `None` where nothing waits.
    pub fn tried(&mut self, now: Mono, how: Tried) -> Option<Told<T>> {
        let tries = self.tries + 1;
        if how == Tried::Later && tries < self.policy.most_tries {
            self.tries = tries;
            let doublings = (tries - 1).min(20);
            let pause = self.policy.first_pause.saturating_mul(1 << doublings).min(self.policy.longest_pause);
            self.due = Some(now.plus(pause));
            return (!self.waiting.is_empty()).then_some(Told::Again { pause, tries });
        }
        let item = self.waiting.pop_front()?;
        self.tries = 0;
        self.due = (!self.waiting.is_empty()).then_some(now);
        Some(match how {
            Tried::Delivered => Told::Delivered { item, tries },
            Tried::Later | Tried::Never => Told::GivenUp { item, tries },
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
        let mut outbox = Outbox::new(Policy::default());
        assert_eq!(outbox.push(at(0), 'a'), None);
        let (mut now, mut pauses) = (at(0), Vec::new());
        for _ in 0..9 {
            assert_eq!(outbox.due(now), Some(&'a'));
            let Some(Told::Again { pause, .. }) = outbox.tried(now, Tried::Later) else { panic!("not again") };
            pauses.push(pause.as_secs());
            assert_eq!(outbox.due(Mono(now.plus(pause).0 - 1)), None, "not before the pause is over");
            now = now.plus(pause);
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(outbox.tried(now, Tried::Delivered), Some(Told::Delivered { item: 'a', tries: 10 }));
        outbox.push(now, 'b');
        assert!(
            matches!(outbox.tried(now, Tried::Later), Some(Told::Again { pause, tries: 1 }) if pause.as_secs() == 5)
        );
    }

    #[test]
    fn the_queue_keeps_its_order_and_skips_permanent_failures() {
        let mut outbox = Outbox::new(Policy::default());
        for item in ['a', 'b', 'c'] {
            outbox.push(at(0), item);
        }
        outbox.tried(at(0), Tried::Later);
        assert_eq!(outbox.due(at(4)), None);
        assert_eq!(outbox.tried(at(5), Tried::Never), Some(Told::GivenUp { item: 'a', tries: 2 }));
        assert_eq!(outbox.due(at(5)), Some(&'b'), "at once");
        assert_eq!(outbox.tried(at(6), Tried::Delivered), Some(Told::Delivered { item: 'b', tries: 1 }));
        assert_eq!(outbox.tried(at(7), Tried::Delivered), Some(Told::Delivered { item: 'c', tries: 1 }));
        assert_eq!((outbox.wake_at(), outbox.is_empty()), (None, true));
        assert_eq!(outbox.tried(at(8), Tried::Delivered), None);
    }

    #[test]
    fn tries_and_places_are_bounded() {
        let mut outbox = Outbox::new(Policy { most_tries: 2, most_waiting: 2, ..Policy::default() });
        outbox.push(at(0), 1);
        outbox.push(at(0), 2);
        outbox.tried(at(0), Tried::Later);
        assert_eq!(outbox.push(at(1), 3), Some(1), "the oldest makes room");
        assert_eq!((outbox.due(at(4)), outbox.due(at(5))), (None, Some(&2)), "and nobody is asked the sooner for it");
        outbox.tried(at(5), Tried::Later);
        assert_eq!(outbox.tried(at(10), Tried::Later), Some(Told::GivenUp { item: 2, tries: 2 }));
        outbox.tried(at(10), Tried::Later);
        outbox.hurry(at(11));
        assert_eq!(outbox.due(at(11)), Some(&3), "the last call");
        assert_eq!(outbox.into_waiting().collect::<Vec<_>>(), [3]);
    }
}
