//! Tracks outstanding requests and classifies replies; shared by client and ping.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::core::time::{Mono, nanos};

/// Maximum number of outstanding requests; beyond it the oldest is forgotten.
pub const MAX_WAITING: usize = 1 << 20;

/// What a datagram that arrived means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyClass {
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
    /// An unnumbered reply while several requests are outstanding.
    Ambiguous {
        /// The message that was waiting for it, if one was.
        waiting: Option<u64>,
    },
    /// A text without a number.
    Malformed,
}

/// What has been counted so far. For the screen: the result comes from the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplyCounters {
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
    /// Replies that may belong to several messages.
    pub ambiguous: u64,
    /// Replies to numbers never sent.
    pub never_sent: u64,
    /// Texts without a number.
    pub malformed: u64,
    /// Datagrams from another source than the peer.
    pub other_source: u64,
}

/// The messages sent so far and their replies. Numbers count up from 1.
#[derive(Debug)]
pub struct ReplyTracker {
    timeout: Duration,
    /// The highest number that was tried to be sent.
    tried: u64,
    waiting: OutstandingRequests,
    /// Numbers that `send()` refused, ascending.
    unsent: Vec<u64>,
    /// Outstanding requests for which an ICMP error came.
    refused: BTreeSet<u64>,
    highest: u64,
    counters: ReplyCounters,
}

impl ReplyCounters {
    /// Replies to messages, in time or late.
    pub const fn answers(&self) -> u64 {
        self.delivered + self.late + self.ambiguous
    }
}

impl ReplyTracker {
    /// A tracker without requests; each is to be answered within `timeout`.
    pub fn new(timeout: Duration) -> Self {
        let (waiting, counters) = (OutstandingRequests::default(), ReplyCounters::default());
        Self { timeout, tried: 0, waiting, unsent: Vec::new(), refused: BTreeSet::new(), highest: 0, counters }
    }

    /// What has been counted so far.
    pub const fn counters(&self) -> ReplyCounters {
        self.counters
    }

    /// The messages that have neither a reply nor a refusal, ascending; of the latest [`MAX_WAITING`].
    pub fn unanswered(&self) -> Vec<u64> {
        self.waiting.numbers().filter(|number| !self.refused.contains(number)).collect()
    }

    /// How many messages a reply may still come for, of the latest [`MAX_WAITING`].
    pub fn pending(&self) -> usize {
        (self.waiting.count - self.refused.len()).saturating_sub(self.counters.ambiguous as usize)
    }

    /// `send()` took message `number`; `at` is the time before the call.
    pub fn sent(&mut self, number: u64, at: Mono) {
        self.counters.sent += 1;
        self.tried = self.tried.max(number);
        if let Some(forgotten) = self.waiting.insert(number, at) {
            self.refused.remove(&forgotten);
        }
    }

    /// An ICMP error came back for message `number`.
    pub fn refused(&mut self, number: u64) {
        if self.waiting.has(number) {
            self.refused.insert(number);
        }
    }

    /// `send()` refused message `number`.
    pub fn not_sent(&mut self, number: u64) {
        self.counters.not_sent += 1;
        self.tried = self.tried.max(number);
        self.unsent.push(number);
    }

    /// A numbered text arrived.
    pub fn numbered(&mut self, now: Mono, number: u64) -> ReplyClass {
        if let Some(sent) = self.waiting.remove(number) {
            self.refused.remove(&number);
            let rtt_ns = now.since(sent);
            let late = rtt_ns > nanos(self.timeout);
            let reordered = number < self.highest;
            self.highest = self.highest.max(number);
            self.counters.reordered += u64::from(reordered);
            if late {
                self.counters.late += 1;
            } else {
                self.counters.delivered += 1;
            }
            return ReplyClass::Reply { number, rtt_ns, late, reordered };
        }
        if (1..=self.tried).contains(&number) && self.unsent.binary_search(&number).is_err() {
            self.counters.duplicates += 1;
            ReplyClass::Duplicate { number }
        } else {
            self.counters.never_sent += 1;
            ReplyClass::NeverSent { number }
        }
    }

    /// A reply without a number arrived: it matches the one open request. With several open it is ambiguous, with none
    /// it is unexpected.
    pub fn unnumbered(&mut self, now: Mono) -> ReplyClass {
        let candidates = {
            let mut latest = self.waiting.numbers().rev().filter(|number| !self.refused.contains(number));
            (latest.next(), latest.next())
        };
        match candidates {
            (None, _) => self.malformed(),
            (Some(number), None) if !self.waiting.forgot => self.numbered(now, number),
            _ => {
                self.counters.ambiguous += 1;
                ReplyClass::Ambiguous { waiting: None }
            }
        }
    }

    /// A text without a number arrived.
    pub fn malformed(&mut self) -> ReplyClass {
        self.counters.malformed += 1;
        ReplyClass::Malformed
    }

    /// Something arrived from another source than the peer.
    pub fn from_elsewhere(&mut self) {
        self.counters.other_source += 1;
    }
}

/// The outstanding requests and when each was sent. Numbers ascend, so this is a deque whose first entry is still open:
/// cheap at any rate, and an old loss does not make it grow without bound.
#[derive(Debug, Default)]
struct OutstandingRequests {
    /// Number of the first.
    first: u64,
    sent: VecDeque<Option<Mono>>,
    /// How many wait.
    count: usize,
    /// Some were forgotten to make room.
    forgot: bool,
}

impl OutstandingRequests {
    /// Adds the next message; returns the one that was evicted for it.
    fn insert(&mut self, number: u64, at: Mono) -> Option<u64> {
        if self.sent.is_empty() {
            self.first = number;
        }
        // Numbers that were not sent leave a hole.
        while self.first + (self.sent.len() as u64) < number {
            self.sent.push_back(None);
        }
        self.sent.push_back(Some(at));
        self.count += 1;
        if self.sent.len() <= MAX_WAITING {
            return None;
        }
        let oldest = self.first;
        self.forgot = true;
        self.remove(oldest);
        Some(oldest)
    }

    fn has(&self, number: u64) -> bool {
        self.place(number).and_then(|place| self.sent.get(place)).is_some_and(Option::is_some)
    }

    fn remove(&mut self, number: u64) -> Option<Mono> {
        let place = self.place(number)?;
        let sent = self.sent.get_mut(place)?.take();
        self.count -= usize::from(sent.is_some());
        while self.sent.front().is_some_and(Option::is_none) {
            self.sent.pop_front();
            self.first += 1;
        }
        sent
    }

    fn place(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    fn numbers(&self) -> impl DoubleEndedIterator<Item = u64> {
        self.sent.iter().enumerate().filter_map(|(place, sent)| sent.map(|_| self.first + place as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outstanding_requests_are_found_by_number_and_bounded() {
        let mut waiting = OutstandingRequests::default();
        for number in [1, 2, 4, 5] {
            assert_eq!(waiting.insert(number, Mono(number as i64)), None);
        }
        assert_eq!((waiting.remove(3), waiting.remove(6), waiting.remove(0)), (None, None, None));
        assert_eq!((waiting.remove(2), waiting.remove(2)), (Some(Mono(2)), None));
        assert_eq!(waiting.numbers().collect::<Vec<_>>(), [1, 4, 5]);
        assert_eq!(waiting.remove(1), Some(Mono(1)));
        assert_eq!((waiting.first, waiting.count), (4, 2), "the row begins with the first that waits");
        let last = 3 + MAX_WAITING as u64 + 100;
        let forgotten: Vec<u64> = (6..=last).filter_map(|number| waiting.insert(number, Mono(0))).collect();
        assert_eq!((forgotten.len(), forgotten[0], waiting.forgot), (100, 4, true));
        assert_eq!((waiting.sent.len(), waiting.first, waiting.remove(last)), (MAX_WAITING, 104, Some(Mono(0))));
    }

    #[test]
    fn an_unnumbered_reply_matches_the_only_open_request() {
        let mut replies = ReplyTracker::new(Duration::from_secs(1));
        assert_eq!(replies.unnumbered(Mono(0)), ReplyClass::Malformed);
        let first = ReplyClass::Reply { number: 1, rtt_ns: 5, late: false, reordered: false };
        replies.sent(1, Mono(0));
        assert_eq!(replies.unnumbered(Mono(5)), first);
        assert_eq!(replies.unnumbered(Mono(6)), ReplyClass::Malformed, "one more of the same, perhaps");
        replies.sent(2, Mono(10));
        replies.sent(3, Mono(20));
        assert_eq!((replies.unnumbered(Mono(25)), replies.pending()), (ReplyClass::Ambiguous { waiting: None }, 1));
        assert_eq!(replies.unanswered(), [2, 3]);
    }

    #[test]
    fn a_failed_send_gets_no_reply() {
        let mut replies = ReplyTracker::new(Duration::from_secs(1));
        replies.sent(1, Mono(0));
        replies.refused(1);
        replies.refused(7);
        assert_eq!((replies.unanswered(), replies.pending()), (vec![], 0));
        replies.sent(2, Mono(10));
        let second = ReplyClass::Reply { number: 2, rtt_ns: 5, late: false, reordered: false };
        assert_eq!(replies.unnumbered(Mono(15)), second);
        // It came all the same.
        let first = ReplyClass::Reply { number: 1, rtt_ns: 20, late: false, reordered: true };
        assert_eq!((replies.numbered(Mono(20), 1), replies.pending()), (first, 0));
    }
}
