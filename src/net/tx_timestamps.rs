//! Matches transmit timestamps and ICMP errors to the messages that were sent.
//!
//! The kernel numbers the datagrams of a socket (`SOF_TIMESTAMPING_OPT_ID`) and gives that counter back with a transmit
//! stamp; an ICMP error gives back a part of the datagram instead. This table remembers the latest datagrams by both.
//!
//! Whether a send that failed consumed a counter differs between kernels and reasons, so the endpoint resets the counter
//! to zero after one. Stamps of datagrams that were still queued then come out afterwards with a counter of the time
//! before: each reset begins a *generation*, and a stamp that fits datagrams of two generations is given to neither. No
//! stamp is better than a wrong one.

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::datagram::MessageTag;
use crate::core::time::{SECOND, Wall};

/// How many datagrams are remembered. More than this between a send and the reading of its stamp, and it is lost.
const CAPACITY: usize = 8_192;

/// How much of a text is remembered, bytes.
const PREFIX: usize = 32;

/// How long a datagram may sit in a queue of this host and still claim a stamp from before a reset, nanoseconds.
const MAX_QUEUE_NS: i64 = 5 * SECOND;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stamp {
    Awaited,
    /// It came, or was given up as ambiguous.
    Settled,
    /// It cannot come: the kernel dropped the datagram, or was not asked for a timestamp.
    Impossible,
}

struct SentDatagram {
    tag: MessageTag,
    /// Wall clock before the send began.
    start: Wall,
    to: SocketAddr,
    length: usize,
    prefix: [u8; PREFIX],
    counter: u32,
    stamp: Stamp,
}

/// What a transmit stamp turned out to mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimestampMatch {
    Of(MessageTag),
    /// It is unknown whose it is.
    Nobody,
    /// The kernel counts differently from this table: the counter must be reset.
    OutOfStep,
}

/// The latest datagrams of a socket, in the order of sending; bounded.
#[derive(Default)]
pub(super) struct SentDatagrams {
    datagrams: VecDeque<SentDatagram>,
    /// How many datagrams were forgotten to make room.
    forgotten: u64,
    /// Position in sending order of the first datagram of the current generation.
    generation: u64,
    /// Datagrams of earlier generations whose timestamps may still come.
    stale: usize,
}

impl SentDatagrams {
    /// Remembers a datagram that the kernel took. `stamped`: its stamp may come, because the kernel was asked for one and
    /// did not throw the datagram away at once.
    pub fn record_sent(&mut self, tag: MessageTag, start: Wall, to: SocketAddr, text: &[u8], stamped: bool) {
        if self.datagrams.len() == CAPACITY {
            self.forget_oldest();
        }
        let mut prefix = [0; PREFIX];
        let kept = text.len().min(PREFIX);
        prefix[..kept].copy_from_slice(&text[..kept]);
        let counter = (self.forgotten + self.datagrams.len() as u64 - self.generation) as u32;
        let stamp = if stamped { Stamp::Awaited } else { Stamp::Impossible };
        self.datagrams.push_back(SentDatagram { tag, start, to, length: text.len(), prefix, counter, stamp });
    }

    /// The kernel's counter was reset: later datagrams are counted from zero.
    pub fn reset(&mut self) {
        self.generation = self.forgotten + self.datagrams.len() as u64;
        self.stale = self.datagrams.iter().filter(|datagram| datagram.stamp == Stamp::Awaited).count();
    }

    pub fn match_timestamp(&mut self, counter: u32, stamp: Wall) -> TimestampMatch {
        let first_of_generation = self.generation.saturating_sub(self.forgotten) as usize;
        let in_generation = self.datagrams.len().saturating_sub(first_of_generation);
        // Counters wrap at 2^32, and a run may be longer than that: count back from the latest datagram.
        let current = self.datagrams.back().filter(|_| in_generation > 0).and_then(|last| {
            let back = last.counter.wrapping_sub(counter) as usize;
            (back < in_generation).then(|| self.datagrams.len() - 1 - back)
        });
        let known_dropped = current.is_some_and(|index| self.datagrams[index].stamp == Stamp::Impossible);
        let could_be_current = current.filter(|&index| self.awaits(index, stamp));
        let could_be_stale = self.stale_candidates(counter, stamp, first_of_generation);

        match (could_be_current, could_be_stale.as_slice()) {
            (Some(index), []) => {
                self.settle(index, first_of_generation);
                TimestampMatch::Of(self.datagrams[index].tag)
            }
            (None, [index]) => {
                self.settle(*index, first_of_generation);
                TimestampMatch::Of(self.datagrams[*index].tag)
            }
            (None, []) => {
                let beyond = current.is_none() && !self.was_forgotten(counter);
                if known_dropped || beyond { TimestampMatch::OutOfStep } else { TimestampMatch::Nobody }
            }
            (current, stale) => {
                for &index in current.iter().chain(stale) {
                    self.settle(index, first_of_generation);
                }
                TimestampMatch::Nobody
            }
        }
    }

    /// The message that an ICMP error quotes, by destination and text; `None` if none or several match.
    pub fn match_icmp_quote(&self, to: SocketAddr, quoted: &[u8]) -> Option<MessageTag> {
        if quoted.is_empty() {
            return None;
        }
        let compared = quoted.len().min(PREFIX);
        let latest_first = || {
            self.datagrams.iter().rev().filter(|datagram| {
                datagram.to == to
                    && quoted.len() <= datagram.length
                    && quoted[..compared] == datagram.prefix[..compared]
            })
        };
        // "Mensagem 1" also begins "Mensagem 10": a text of just the quoted length comes before a longer one.
        let mut whole = latest_first().filter(|datagram| datagram.length == quoted.len());
        if quoted.len() <= PREFIX
            && let Some(same_text) = whole.next()
        {
            return Some(same_text.tag);
        }
        only_tag(whole).or_else(|| only_tag(latest_first()))
    }

    fn awaits(&self, index: usize, stamp: Wall) -> bool {
        let datagram = &self.datagrams[index];
        datagram.stamp == Stamp::Awaited && datagram.start <= stamp
    }

    fn stale_candidates(&self, counter: u32, stamp: Wall, first_of_generation: usize) -> Vec<usize> {
        if self.stale == 0 {
            return Vec::new();
        }
        (0..first_of_generation.min(self.datagrams.len()))
            .filter(|&index| {
                let datagram = &self.datagrams[index];
                datagram.counter == counter && self.awaits(index, stamp) && stamp.since(datagram.start) <= MAX_QUEUE_NS
            })
            .collect()
    }

    /// Whether the current generation had this counter and it was forgotten to make room.
    fn was_forgotten(&self, counter: u32) -> bool {
        let oldest = self.datagrams.front().map(|datagram| datagram.counter);
        self.forgotten > self.generation && oldest.is_some_and(|oldest| counter.wrapping_sub(oldest) > u32::MAX / 2)
    }

    fn settle(&mut self, index: usize, first_of_generation: usize) {
        self.datagrams[index].stamp = Stamp::Settled;
        if index < first_of_generation {
            self.stale = self.stale.saturating_sub(1);
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.datagrams.pop_front() {
            if self.forgotten < self.generation && oldest.stamp == Stamp::Awaited {
                self.stale = self.stale.saturating_sub(1);
            }
            self.forgotten += 1;
        }
    }
}

/// The tag of all these datagrams, if they agree.
fn only_tag<'a>(mut datagrams: impl Iterator<Item = &'a SentDatagram>) -> Option<MessageTag> {
    let tag = datagrams.next()?.tag;
    datagrams.all(|datagram| datagram.tag == tag).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn tag(number: u64) -> MessageTag {
        MessageTag { number, peer: 0 }
    }

    fn take(table: &mut SentDatagrams, number: u64, start: i64) {
        table.record_sent(tag(number), Wall(start), to(5005), format!("Mensagem {number}").as_bytes(), true);
    }

    #[test]
    fn a_stamp_goes_to_the_datagram_that_the_kernel_counted() {
        let mut table = SentDatagrams::default();
        for number in 1..=3 {
            take(&mut table, number, number as i64 * 10);
        }
        assert_eq!(table.match_timestamp(1, Wall(25)), TimestampMatch::Of(tag(2)));
        assert_eq!(table.match_timestamp(1, Wall(26)), TimestampMatch::Nobody, "one stamp a datagram");
        assert_eq!(table.match_timestamp(2, Wall(29)), TimestampMatch::Nobody, "before its send began");
        assert_eq!(table.match_timestamp(3, Wall(99)), TimestampMatch::OutOfStep, "never counted");
    }

    #[test]
    fn a_stamp_of_what_was_dropped_shows_that_the_count_is_wrong() {
        let mut table = SentDatagrams::default();
        table.record_sent(tag(1), Wall(1), to(1), b"1", false);
        assert_eq!(table.match_timestamp(0, Wall(2)), TimestampMatch::OutOfStep);
    }

    #[test]
    fn after_a_reset_old_stamps_go_to_old_datagrams_or_to_nobody() {
        let mut table = SentDatagrams::default();
        for number in 1..=3 {
            take(&mut table, number, 10);
        }
        table.reset();
        take(&mut table, 4, 20);
        // Counter 0 is both message 1, should it still be queued, and message 4.
        assert_eq!(table.match_timestamp(0, Wall(30)), TimestampMatch::Nobody);
        // Counters 1 and 2 have only the old claimants.
        assert_eq!(table.match_timestamp(1, Wall(30)), TimestampMatch::Of(tag(2)));
        take(&mut table, 5, 40);
        // A stamp from before message 5 cannot be its own.
        take(&mut table, 6, 40);
        assert_eq!(table.match_timestamp(2, Wall(35)), TimestampMatch::Of(tag(3)));
        assert_eq!(table.match_timestamp(1, Wall(45)), TimestampMatch::Of(tag(5)));
    }

    #[test]
    fn an_old_datagram_gives_up_its_claim_with_age() {
        let mut table = SentDatagrams::default();
        take(&mut table, 1, 0);
        table.reset();
        take(&mut table, 2, MAX_QUEUE_NS);
        assert_eq!(table.match_timestamp(0, Wall(MAX_QUEUE_NS + 1)), TimestampMatch::Of(tag(2)));
    }

    #[test]
    fn stays_bounded_and_keeps_the_latest() {
        let mut table = SentDatagrams::default();
        let many = CAPACITY as u64 + 100;
        for number in 0..many {
            take(&mut table, number, 0);
        }
        assert_eq!(table.datagrams.len(), CAPACITY);
        assert_eq!(table.match_timestamp(5, Wall(1)), TimestampMatch::Nobody, "forgotten, which is no disagreement");
        assert_eq!(table.match_timestamp(many as u32 - 1, Wall(1)), TimestampMatch::Of(tag(many - 1)));
        table.reset();
        for number in 0..many {
            take(&mut table, number, 2);
        }
        assert_eq!(table.stale, 0, "what was forgotten claims nothing");
        assert_eq!(table.match_timestamp(100, Wall(3)), TimestampMatch::Of(tag(100)));
    }

    #[test]
    fn a_quote_names_the_message_by_destination_and_text() {
        let mut table = SentDatagrams::default();
        for number in [1, 10, 2] {
            take(&mut table, number, 0);
        }
        assert_eq!(table.match_icmp_quote(to(5005), b"Mensagem 1"), Some(tag(1)));
        assert_eq!(table.match_icmp_quote(to(5005), b"Mensagem 10"), Some(tag(10)));
        assert_eq!(table.match_icmp_quote(to(5005), b"Mensagem 2 and padding"), None);
        assert_eq!(table.match_icmp_quote(to(5005), b"Mens"), None, "cut too short to tell");
        assert_eq!(table.match_icmp_quote(to(5006), b"Mensagem 1"), None);
        assert_eq!(table.match_icmp_quote(to(5005), b"Mensagem 3"), None);
        assert_eq!(table.match_icmp_quote(to(5005), b""), None);
    }

    #[test]
    fn long_texts_differ_by_length_beyond_the_remembered_prefix() {
        let mut table = SentDatagrams::default();
        table.record_sent(tag(1), Wall(0), to(1), &[b'x'; 100], true);
        table.record_sent(tag(2), Wall(0), to(1), &[b'x'; 200], true);
        assert_eq!(table.match_icmp_quote(to(1), &[b'x'; 100]), Some(tag(1)));
        assert_eq!(table.match_icmp_quote(to(1), &[b'x'; 201]), None);
        assert_eq!(table.match_icmp_quote(to(1), &[b'x'; 150]), Some(tag(2)));
        table.record_sent(tag(3), Wall(0), to(1), &[b'x'; 200], true);
        assert_eq!(table.match_icmp_quote(to(1), &[b'x'; 200]), None, "two fit");
    }
}
