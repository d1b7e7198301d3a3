//! What was asked and what was answered: the messages that wait for a reply, and what each arrival means to them. The
//! part that all who send numbered texts share.

use std::collections::VecDeque;
use std::time::Duration;

use crate::core::time::{Mono, nanos};

/// So many messages at most are remembered while they wait for a reply; beyond that, the oldest is forgotten.
pub const MOST_WAITING: usize = 1 << 20;

/// What a datagram that arrived means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The first reply to a message.
    Reply {
        /// The message's number.
        number: u64,
        /// Round-trip time by the application's clock, nanoseconds.
        rtt_ns: i64,
        /// It came after the message's deadline.
        late: bool,
        /// A reply to a later message had come before it (RFC 4737, section 3).
        reordered: bool,
    },
    /// One more reply to a message that has one.
    Duplicate {
        /// The message's number.
        number: u64,
    },
    /// A reply to a number that was not sent.
    NeverSent {
        /// That number.
        number: u64,
    },
    /// A text that bears no number.
    Malformed,
}

/// What has been counted so far. For the screen: the result comes from the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that `send()` took.
    pub sent: u64,
    /// Messages that `send()` refused.
    pub not_sent: u64,
    /// Messages answered in time.
    pub delivered: u64,
    /// Messages answered after their deadline.
    pub late: u64,
    /// Surplus replies.
    pub duplicates: u64,
    /// Replies that were overtaken.
    pub reordered: u64,
    /// Replies to numbers never sent.
    pub never_sent: u64,
    /// Texts without a number.
    pub malformed: u64,
    /// Datagrams from another source than the peer.
    pub other_source: u64,
}

/// The messages sent so far and their replies. Numbers count up from 1.
#[derive(Debug)]
pub struct Replies {
    patience: Duration,
    /// The highest number that was tried to be sent.
    tried: u64,
    waiting: Waiting,
    /// Numbers that `send()` refused, ascending.
    unsent: Vec<u64>,
    highest: u64,
    tally: Tally,
}

impl Replies {
    /// No message was sent yet; each is to wait for its reply for so long.
    pub fn new(patience: Duration) -> Self {
        let (waiting, tally) = (Waiting::default(), Tally::default());
        Self { patience, tried: 0, waiting, unsent: Vec::new(), highest: 0, tally }
    }

    /// What has been counted so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// The messages that wait for a reply, ascending; the latest [`MOST_WAITING`] of them.
    pub fn unanswered(&self) -> Vec<u64> {
        self.waiting.numbers()
    }

    /// `send()` took message `number`; `at` is the time before the call.
    pub fn sent(&mut self, number: u64, at: Mono) {
        self.tally.sent += 1;
        self.tried = self.tried.max(number);
        self.waiting.insert(number, at);
    }

    /// `send()` refused message `number`.
    pub fn not_sent(&mut self, number: u64) {
        self.tally.not_sent += 1;
        self.tried = self.tried.max(number);
        self.unsent.push(number);
    }

    /// A text that bears a number arrived.
    pub fn numbered(&mut self, now: Mono, number: u64) -> Heard {
        if let Some(sent) = self.waiting.remove(number) {
            let rtt_ns = now.since(sent);
            let late = rtt_ns > nanos(self.patience);
            let reordered = number < self.highest;
            self.highest = self.highest.max(number);
            self.tally.reordered += u64::from(reordered);
            if late {
                self.tally.late += 1;
            } else {
                self.tally.delivered += 1;
            }
            return Heard::Reply { number, rtt_ns, late, reordered };
        }
        if (1..=self.tried).contains(&number) && self.unsent.binary_search(&number).is_err() {
            self.tally.duplicates += 1;
            Heard::Duplicate { number }
        } else {
            self.tally.never_sent += 1;
            Heard::NeverSent { number }
        }
    }

    /// A text without a number arrived.
    pub fn malformed(&mut self) -> Heard {
        self.tally.malformed += 1;
        Heard::Malformed
    }

    /// Something arrived from another source than the peer.
    pub fn from_elsewhere(&mut self) {
        self.tally.other_source += 1;
    }
}

/// The messages that wait for a reply, and when each was sent. Numbers come in order, so this is a row, of which the
/// first still waits: it costs little at any pace, and a reply lost long ago does not make it grow for ever.
#[derive(Debug, Default)]
struct Waiting {
    /// Number of the first.
    first: u64,
    sent: VecDeque<Option<Mono>>,
}

impl Waiting {
    fn insert(&mut self, number: u64, at: Mono) {
        if self.sent.is_empty() {
            self.first = number;
        }
        // Numbers that were not sent leave a hole.
        while self.first + (self.sent.len() as u64) < number {
            self.sent.push_back(None);
        }
        self.sent.push_back(Some(at));
        if self.sent.len() > MOST_WAITING {
            self.sent.pop_front();
            self.first += 1;
            self.skip_holes();
        }
    }

    fn remove(&mut self, number: u64) -> Option<Mono> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        let sent = self.sent.get_mut(place)?.take();
        self.skip_holes();
        sent
    }

    fn skip_holes(&mut self) {
        while self.sent.front().is_some_and(Option::is_none) {
            self.sent.pop_front();
            self.first += 1;
        }
    }

    fn numbers(&self) -> Vec<u64> {
        (self.first..).zip(&self.sent).filter_map(|(number, sent)| sent.map(|_| number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_a_reply_is_told_by_number_and_does_not_grow_for_ever() {
        let mut waiting = Waiting::default();
        for number in [1, 2, 4, 5] {
            waiting.insert(number, Mono(number as i64));
        }
        assert_eq!((waiting.remove(3), waiting.remove(6), waiting.remove(0)), (None, None, None));
        assert_eq!((waiting.remove(2), waiting.remove(2)), (Some(Mono(2)), None));
        assert_eq!(waiting.numbers(), [1, 4, 5]);
        assert_eq!(waiting.remove(1), Some(Mono(1)));
        assert_eq!((waiting.first, waiting.numbers()), (4, vec![4, 5]), "the row begins with the first that waits");
        let last = 3 + MOST_WAITING as u64 + 100;
        for number in 6..=last {
            waiting.insert(number, Mono(0));
        }
        assert_eq!((waiting.sent.len(), waiting.first, waiting.remove(last)), (MOST_WAITING, 104, Some(Mono(0))));
    }
}
