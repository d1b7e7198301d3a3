//! Pacing of blocks: a token bucket for fixed rates, a send window for `--rate auto`.
//!
//! [`TokenBucket`] keeps a configured rate; without one, [`SendWindow`] adapts to the receiver. Bulk UDP on a fast path is
//! lost in the receiver's socket buffer, and a controller that learns from losses must lose blocks to learn. The size of that
//! buffer is known, so the window never allows more unread blocks than it holds: it cannot overflow, and the sender is
//! exactly as fast as the receiver. For networks in between, whose queues are unknown, the window doubles at first, grows in
//! small steps later, and shrinks on losses like TCP's (RFC 5681). Nothing is retransmitted.

use crate::core::time::{Mono, SECOND};

/// The smallest window, blocks: even where every round loses some, the file arrives one day.
const MIN_WINDOW: f64 = 4.0;

/// The window at first, blocks: as many as TCP's (RFC 6928).
const INITIAL_WINDOW: f64 = 10.0;

/// The window's factor after a loss (RFC 9438 section 4.6).
const AFTER_LOSS: f64 = 0.7;

/// Steps of growth: one block and this part of the window in each round, so that a large window recovers in useful time.
const GROWTH: f64 = 1.0 / 32.0;

/// Blocks that an active receiver has not reported after this time are lost, nanoseconds; less once the round-trip time is
/// known.
const LOSS_TIMEOUT_NS: i64 = SECOND;

/// The same at the least, nanoseconds: twice the time between two reports of an idle receiver.
const MIN_LOSS_TIMEOUT_NS: i64 = SECOND / 5;

/// What a sender that was held up may make good at once, nanoseconds of its rate.
const BURST_NS: i64 = SECOND / 200;

/// How fast to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// As fast as the receiver takes it.
    Auto,
    /// As fast as the sender can.
    Most,
    /// Bits of the file per second.
    Bits(u64),
}

/// Decides when blocks may be sent.
#[derive(Clone, Debug)]
pub enum Pacer {
    /// Always.
    Most,
    /// At a fixed rate.
    Fixed(TokenBucket),
    /// When the receiver has read others.
    Auto(SendWindow),
}

impl Pacer {
    /// A pacer for blocks of `block` bytes, towards a receiver whose buffer holds `room` of them.
    pub fn new(rate: Rate, block: u32, room: u64, now: Mono) -> Self {
        match rate {
            Rate::Most => Self::Most,
            Rate::Bits(bits) => Self::Fixed(TokenBucket::new(bits, block, now)),
            Rate::Auto => Self::Auto(SendWindow::new(room, now)),
        }
    }

    /// How many blocks may go now.
    pub fn allowance(&mut self, now: Mono) -> u64 {
        match self {
            Self::Most => u64::MAX,
            Self::Fixed(bucket) => bucket.allowance(now),
            Self::Auto(window) => window.allowance(),
        }
    }

    /// Records sent blocks.
    pub fn sent(&mut self, blocks: u64, now: Mono) {
        match self {
            Self::Most => {}
            Self::Fixed(bucket) => bucket.sent(blocks),
            Self::Auto(window) => window.sent(blocks, now),
        }
    }

    /// Records a receiver's progress: one more than the highest block received, and the number received.
    pub fn on_report(&mut self, next: u64, received: u64, now: Mono) {
        if let Self::Auto(window) = self {
            window.on_report(next, received, now);
        }
    }

    /// When the next blocks may go by themselves; `None` where only the receiver's word lets them.
    pub fn due(&self, now: Mono) -> Option<Mono> {
        match self {
            Self::Most => Some(now),
            Self::Fixed(bucket) => Some(bucket.due()),
            Self::Auto(_) => None,
        }
    }
}

/// Keeps a rate: blocks earn their place as time passes.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    ns_per_block: f64,
    start: Mono,
    sent: u64,
}

impl TokenBucket {
    fn new(bits: u64, block: u32, now: Mono) -> Self {
        let ns_per_block = f64::from(block) * 8.0 * SECOND as f64 / bits.max(1) as f64;
        Self { ns_per_block, start: now, sent: 0 }
    }

    fn allowance(&mut self, now: Mono) -> u64 {
        let behind = now.since(self.due());
        if behind < 0 {
            return 0;
        }
        // What could not be made good in a burst is not made good at all: the schedule moves.
        let late = behind - BURST_NS;
        if late > 0 {
            self.start = Mono(self.start.0.saturating_add(late));
        }
        1 + (behind.min(BURST_NS) as f64 / self.ns_per_block) as u64
    }

    fn sent(&mut self, blocks: u64) {
        self.sent += blocks;
    }

    /// When the next block may go.
    fn due(&self) -> Mono {
        Mono(self.start.0.saturating_add((self.sent as f64 * self.ns_per_block) as i64))
    }
}

/// Never lets more blocks travel than the receiver's buffer holds, and fewer where the network loses some.
#[derive(Clone, Debug)]
pub struct SendWindow {
    /// Blocks that fit into the receiver's buffer.
    room: f64,
    /// Blocks that may be on their way.
    open: f64,
    /// Blocks sent.
    sent: u64,
    /// Below this number nothing is on its way any more.
    settled: u64,
    /// Blocks that the receiver had at its last word.
    received: u64,
    /// No loss yet: the window doubles.
    opening: bool,
    /// Losses below this number were answered already.
    answered: u64,
    /// When the receiver last reported progress, or blocks were last sent.
    quiet_since: Mono,
    /// The number after a block of which the round trip is measured, and when that block was sent.
    timed: Option<(u64, Mono)>,
    round_trip: Option<RoundTrip>,
}

/// Round-trip time, estimated as in RFC 6298 section 2, nanoseconds.
#[derive(Clone, Copy, Debug)]
struct RoundTrip {
    smoothed: i64,
    variation: i64,
}

impl SendWindow {
    fn new(room: u64, now: Mono) -> Self {
        let room = room.max(1) as f64;
        Self {
            room,
            open: INITIAL_WINDOW.min(room),
            sent: 0,
            settled: 0,
            received: 0,
            opening: true,
            answered: 0,
            quiet_since: now,
            timed: None,
            round_trip: None,
        }
    }

    fn allowance(&self) -> u64 {
        (self.open as u64).saturating_sub(self.sent - self.settled)
    }

    fn sent(&mut self, blocks: u64, now: Mono) {
        if blocks > 0 {
            self.sent += blocks;
            self.quiet_since = now;
            self.timed.get_or_insert((self.sent, now));
        }
    }

    /// How long blocks may stay unreported. With a window of few blocks all of them are often lost, and then the transfer
    /// waits this long.
    fn loss_timeout(&self) -> i64 {
        self.round_trip.map_or(LOSS_TIMEOUT_NS, |round_trip| {
            (round_trip.smoothed + 4 * round_trip.variation).clamp(MIN_LOSS_TIMEOUT_NS, LOSS_TIMEOUT_NS)
        })
    }

    fn on_report(&mut self, next: u64, received: u64, now: Mono) {
        // A receiver cannot have more than was sent.
        let next = next.min(self.sent);
        if next <= self.settled && received <= self.received {
            if self.sent > self.settled && now.since(self.quiet_since) >= self.loss_timeout() {
                // It is active and has read everything, so blocks in flight are lost: restart with a small window. A
                // silent receiver may be suspended with a full buffer, and gets nothing more.
                self.settled = self.sent;
                self.answered = self.sent;
                self.opening = false;
                self.open = MIN_WINDOW.min(self.room);
                self.timed = None;
            }
            return;
        }
        self.quiet_since = now;
        if let Some((_, sent_at)) = self.timed.take_if(|(number, _)| *number <= next) {
            self.round_trip = Some(RoundTrip::with_sample(self.round_trip, now.since(sent_at)));
        }
        let passed = next.saturating_sub(self.settled);
        let newly_received = received.saturating_sub(self.received);
        self.settled = self.settled.max(next);
        self.received = self.received.max(received);
        if newly_received < passed {
            if next > self.answered {
                self.open *= AFTER_LOSS;
                self.opening = false;
                self.answered = self.sent;
            }
        } else if self.opening {
            self.open += passed as f64;
        } else {
            self.open += passed as f64 / self.open * (1.0 + self.open * GROWTH);
        }
        self.open = self.open.clamp(MIN_WINDOW.min(self.room), self.room);
    }
}

impl RoundTrip {
    fn with_sample(before: Option<Self>, sample: i64) -> Self {
        before.map_or(Self { smoothed: sample, variation: sample / 2 }, |before| Self {
            smoothed: before.smoothed + (sample - before.smoothed) / 8,
            variation: before.variation + ((sample - before.smoothed).abs() - before.variation) / 4,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    const MS: i64 = SECOND / 1000;

    #[test]
    fn a_rate_is_kept() {
        // 8 kbit/s in blocks of 100 bytes are ten a second.
        let mut pacer = Pacer::new(Rate::Bits(8_000), 100, 1, Mono(0));
        let mut sent = 0;
        for ms in 0..=2_000 {
            let now = Mono(ms * MS);
            let allowed = pacer.allowance(now);
            assert!(allowed <= 1);
            pacer.sent(allowed, now);
            sent += allowed;
        }
        assert_eq!(sent, 21);
        assert_eq!(pacer.due(Mono(2 * SECOND)), Some(Mono(2_100 * MS)));
    }

    #[test]
    fn a_sender_that_was_held_up_does_not_flood() {
        // 1,000 blocks a second; then a second of nothing.
        let mut pacer = Pacer::new(Rate::Bits(8_000_000), 1_000, 1, Mono(0));
        assert_eq!(pacer.allowance(Mono(SECOND)), 6);
        pacer.sent(6, Mono(SECOND));
        assert_eq!(pacer.allowance(Mono(SECOND)), 0);
        assert_eq!(pacer.allowance(Mono(SECOND + MS)), 1);
    }

    /// A receiver with a buffer of `room` blocks that reads one each `service` ns and tells at once, over a path that takes
    /// `delay` ns each way and loses each `loss`th block. Answers how many it dropped, how many came, and when all was sent.
    fn simulate(blocks: u64, room: u64, service: i64, delay: i64, loss: Option<u64>) -> (u64, u64, i64) {
        let mut pacer = Pacer::new(Rate::Auto, 1024, room, Mono(0));
        let mut path: VecDeque<(i64, u64)> = VecDeque::new();
        let mut buffer: VecDeque<u64> = VecDeque::new();
        let mut reports: VecDeque<(i64, u64, u64)> = VecDeque::new();
        let (mut sent, mut dropped, mut received, mut highest, mut now) = (0, 0, 0, 0_u64, 0);
        while sent < blocks || !path.is_empty() || !buffer.is_empty() {
            assert!(now < 600 * SECOND, "stuck at block {sent}");
            while reports.front().is_some_and(|word| word.0 <= now) {
                let (_, next, newly_received) = reports.pop_front().unwrap();
                pacer.on_report(next, newly_received, Mono(now));
            }
            let allowed = pacer.allowance(Mono(now)).min(blocks - sent);
            for number in sent..sent + allowed {
                if loss.is_none_or(|nth| number % nth != nth - 1) {
                    path.push_back((now + delay, number));
                }
            }
            pacer.sent(allowed, Mono(now));
            sent += allowed;
            while path.front().is_some_and(|block| block.0 <= now) {
                let (_, number) = path.pop_front().unwrap();
                if buffer.len() as u64 == room { dropped += 1 } else { buffer.push_back(number) }
            }
            if now / (100 * MS) != (now - service) / (100 * MS) && buffer.is_empty() {
                reports.push_back((now + delay, highest, received));
            }
            if let Some(number) = buffer.pop_front() {
                highest = number + 1;
                received += 1;
                reports.push_back((now + delay, highest, received));
            }
            now += service;
        }
        (dropped, received, now)
    }

    #[test]
    fn a_long_path_is_used_as_far_as_the_buffer_allows() {
        // 1,000 blocks of room a round trip of 10 ms: 100,000 blocks a second, of which the receiver reads 100,000.
        let (dropped, received, took) = simulate(200_000, 1_000, 10_000, 5 * MS, None);
        assert_eq!((dropped, received), (0, 200_000));
        assert!(took < 3 * SECOND, "{took}");
    }

    #[test]
    fn a_path_that_loses_every_twentieth_is_still_used() {
        let (dropped, received, took) = simulate(20_000, 1_000, 10_000, MS / 2, Some(20));
        assert_eq!((dropped, received), (0, 19_000));
        assert!(took < 10 * SECOND, "{took}");
    }

    #[test]
    fn a_buffer_of_one_block_survives_the_loss_of_every_second() {
        // After each loss nothing is on its way, so each costs the timeout.
        let (dropped, received, took) = simulate(3_000, 1, 100_000, 0, Some(2));
        assert_eq!((dropped, received), (0, 1_500));
        assert!(took < 500 * SECOND, "{took}");
    }

    #[test]
    fn loss_timeout_follows_the_round_trip_time() {
        for (round_trip, timeout) in [(MS, 200 * MS), (100 * MS, 300 * MS), (500 * MS, SECOND)] {
            let mut pacer = Pacer::new(Rate::Auto, 1024, 1, Mono(0));
            pacer.sent(1, Mono(0));
            pacer.on_report(1, 1, Mono(round_trip));
            pacer.sent(1, Mono(round_trip));
            let end = round_trip + timeout;
            pacer.on_report(1, 1, Mono(end - 1));
            assert_eq!(pacer.allowance(Mono(end - 1)), 0, "{round_trip}");
            pacer.on_report(1, 1, Mono(end));
            assert_eq!(pacer.allowance(Mono(end)), 1, "{round_trip}");
        }
    }

    #[test]
    fn loss_timeout_begins_with_the_last_block() {
        let mut pacer = Pacer::new(Rate::Auto, 1024, 10, Mono(0));
        pacer.sent(9, Mono(0));
        pacer.sent(1, Mono(LOSS_TIMEOUT_NS - 1));
        pacer.on_report(0, 0, Mono(LOSS_TIMEOUT_NS));
        assert_eq!(pacer.allowance(Mono(LOSS_TIMEOUT_NS)), 0);
    }

    #[test]
    fn a_covered_receiver_proves_absence() {
        let mut pacer = Pacer::new(Rate::Auto, 1024, 100, Mono(0));
        let first = pacer.allowance(Mono(0));
        assert_eq!(first, 10);
        pacer.sent(first, Mono(0));
        let later = Mono(LOSS_TIMEOUT_NS);
        assert_eq!((pacer.allowance(later), pacer.due(later)), (0, None), "it may be asleep, and its buffer full");
        pacer.on_report(0, 0, Mono(LOSS_TIMEOUT_NS - 1));
        assert_eq!(pacer.allowance(later), 0);
        pacer.on_report(0, 0, later);
        assert_eq!(pacer.allowance(later), 4, "it is awake, and nothing came");
    }

    proptest! {
        #[test]
        fn the_receivers_buffer_never_overflows(
            room in 1_u64..500, service in 1_000_i64..100_000, delay in 0_i64..2 * MS,
            loss in proptest::option::of(2_u64..100),
        ) {
            let (dropped, received, _) = simulate(3_000, room, service, delay, loss);
            prop_assert_eq!(dropped, 0);
            let lost = loss.map_or(0, |nth| 3_000 / nth);
            prop_assert_eq!(received, 3_000 - lost);
        }

        #[test]
        fn no_word_of_a_receiver_opens_more_than_its_room(reports: Vec<(u64, u64)>, room in 1_u64..1000) {
            let mut pacer = Pacer::new(Rate::Auto, 1024, room, Mono(0));
            for (at, (next, received)) in reports.into_iter().enumerate() {
                let now = Mono(at as i64 * MS);
                let allowed = pacer.allowance(now);
                prop_assert!(allowed <= room);
                pacer.sent(allowed, now);
                pacer.on_report(next, received, now);
            }
        }
    }
}
