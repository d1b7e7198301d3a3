//! Detects fast message rates, and enlarges the receive buffer for them.
//!
//! At a few messages a second every stamp that the kernel can give is worth having. At tens of thousands they cost more
//! than they tell, and a moment's inattention overflows a socket's ordinary buffer.

use std::time::Duration;

use crate::core::time::{Mono, nanos};

/// Messages that follow each other closer than this are fast: no transmit stamps are taken then.
pub const FAST_INTERVAL: Duration = Duration::from_micros(200);

/// The receive buffer to ask for when messages are fast, bytes. The kernel books about 768 bytes for a short datagram
/// and grants twice what it is asked for: this holds 20,000 of them.
pub const FAST_BUFFER: usize = 8 * 1024 * 1024;

/// The interval over which the rate is measured: short enough to react before an ordinary buffer overflows.
const WINDOW: Duration = Duration::from_millis(20);

/// Measures the arrival rate, and reports when it becomes fast or slow.
#[derive(Debug, Default)]
pub struct RateDetector {
    since: Mono,
    count: u64,
    fast: bool,
}

impl RateDetector {
    /// Counts arrived datagrams; returns the new state if it changes. The rate is fast when datagrams come less than
    /// [`FAST_INTERVAL`] apart, and slow again at half that rate.
    pub fn received(&mut self, now: Mono, datagrams: usize) -> Option<bool> {
        let most = (nanos(WINDOW) / nanos(FAST_INTERVAL)) as u64;
        let before = self.fast;
        let passed = now.since(self.since);
        if passed >= nanos(WINDOW) {
            // The rate before a pause says nothing about the rate after it.
            self.fast = before && self.count > most / 2 && passed < 2 * nanos(WINDOW);
            self.since = now;
            self.count = 0;
        }
        self.count += datagrams as u64;
        self.fast |= self.count > most;
        (self.fast != before).then_some(self.fast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    #[test]
    fn notices_when_it_becomes_fast_and_when_it_ceases_to_be() {
        let mut pace = RateDetector::default();
        let mut news = Vec::new();
        // One every 250 µs, every 100 µs, every 250 µs again, every 500 µs; one second of each.
        let mut at = 0;
        for interval in [250_000, 100_000, 250_000, 500_000] {
            let end = at + SECOND;
            while at < end {
                news.extend(pace.received(Mono(at), 1).map(|fast| (at, fast)));
                at += interval;
            }
        }
        let [(began, true), (ceased, false)] = news[..] else { panic!("{news:?}") };
        assert!((SECOND..SECOND + SECOND / 10).contains(&began), "{began}");
        assert!((3 * SECOND..3 * SECOND + SECOND / 10).contains(&ceased), "{ceased}");
    }

    #[test]
    fn a_burst_is_over_after_a_silence() {
        let mut pace = RateDetector::default();
        assert_eq!(pace.received(Mono(0), 101), Some(true));
        assert_eq!(pace.received(Mono(10 * SECOND), 1), Some(false));
        assert_eq!(pace.received(Mono(10 * SECOND), 99), None);
    }
}
