//! What two captures of one run say of their clocks: a clock that was set shows as a difference between them.

use std::collections::BTreeMap;

use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::identify::flow_comparison::FlowComparison;
use crate::core::time::SECOND;

/// Messages on either side of a gap that bound the clocks there.
const NEAR: usize = 5;

/// What clocks drift apart in a pause, nanoseconds, and more.
const DRIFT_NS: i64 = 10_000_000;

/// A datagram that one capture shows alone in its direction took no longer than this.
const MAX_DELAY_NS: i64 = 5 * SECOND;

/// Fewer stamps than this may be the same by accident.
const MIN_STAMPS: usize = 8;

/// Stamps that count in larger units than this, nanoseconds, do not tell one run from another.
pub(super) const MAX_TICK_NS: i64 = SECOND;

/// The unit in which a capture's stamps count, nanoseconds. Where three of four are the same as the one before, it is the
/// least by which they ever differ, and without bound where they never do.
pub(super) fn tick_ns(log: Option<&CaptureLog>) -> i64 {
    const UNBOUNDED: i64 = i64::MAX / 8;
    let Some(log) = log else { return 1 };
    let following = log.datagrams.iter().skip(1);
    let gaps: Vec<i64> = log
        .datagrams
        .iter()
        .zip(following)
        .map(|(before, next)| next.time.since(before.time).saturating_abs())
        .collect();
    let differing = || gaps.iter().copied().filter(|gap| *gap > 0);
    let is_coarse = gaps.len() >= MIN_STAMPS && differing().count() * 4 < gaps.len();
    let tick_ns = if is_coarse { differing().min().unwrap_or(UNBOUNDED) } else { 1 };
    tick_ns.max(log.resolution_ns.into())
}

/// The bounds of the clocks' offset, server minus client, message by message.
pub(super) struct TwoClocks {
    /// By number: not less, and not more.
    bounds: BTreeMap<u64, (i64, i64)>,
}

impl TwoClocks {
    /// `tick_ns` is that of both captures together.
    pub fn new(client: &HostFlow, server: &HostFlow, tick_ns: i64) -> Self {
        let comparison = FlowComparison::new(client, server);
        let mut bounds: BTreeMap<u64, (i64, i64)> = BTreeMap::new();
        for way in &comparison.forward {
            let bound = way.bound_above().difference.saturating_add(tick_ns);
            bounds.entry(way.key).or_insert((i64::MIN, i64::MAX)).1 = bound;
        }
        for way in &comparison.back {
            let bound = way.bound_below().difference.saturating_sub(tick_ns);
            bounds.entry(way.key).or_insert((i64::MIN, i64::MAX)).0 = bound;
        }
        Self { bounds }
    }

    /// By how much the server's clock moved against the client's between two messages: not less and not more, nanoseconds.
    /// `None` if too little was seen at both.
    pub fn moved(&self, before: u64, after: u64) -> Option<(i64, i64)> {
        let (low, high) = common(self.bounds.range(..=before).rev())?;
        let (later_low, later_high) = common(self.bounds.range(after..))?;
        let least = later_low.saturating_sub(high).saturating_sub(DRIFT_NS);
        let most = later_high.saturating_sub(low).saturating_add(DRIFT_NS);
        Some((least, most))
    }
}

/// The offset that fits the nearest messages; beyond a message that does not fit, a clock was set.
fn common<'a>(nearest: impl Iterator<Item = (&'a u64, &'a (i64, i64))>) -> Option<(i64, i64)> {
    let (mut low, mut high) = (i64::MIN, i64::MAX);
    for (_, (least, most)) in nearest.take(NEAR) {
        let (next_low, next_high) = (low.max(*least), high.min(*most));
        if next_low > next_high {
            break;
        }
        (low, high) = (next_low, next_high);
    }
    match (low > i64::MIN, high < i64::MAX) {
        (false, false) => None,
        (true, true) => Some((low, high)),
        (true, false) => Some((low, low.saturating_add(MAX_DELAY_NS))),
        (false, true) => Some((high.saturating_sub(MAX_DELAY_NS), high)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::datagram::Datagram;
    use crate::core::time::Wall;

    const MS: i64 = 1_000_000;

    fn clocks(offset_of: impl Fn(u64) -> i64) -> TwoClocks {
        // 10 ms there, 12 ms back.
        TwoClocks { bounds: (1..=30).map(|n| (n, (offset_of(n) - 12 * MS, offset_of(n) + 10 * MS))).collect() }
    }

    #[test]
    fn a_clock_that_was_set_in_a_pause_shows() {
        let set = clocks(|n| if n <= 10 { 0 } else { 150 * MS });
        let (least, most) = set.moved(10, 11).unwrap();
        assert!((1..=150 * MS).contains(&least) && (150 * MS..200 * MS).contains(&most), "{least} {most}");
        for (before, after) in [(9, 10), (20, 21)] {
            let (least, most) = set.moved(before, after).unwrap();
            assert!(least < 0 && 0 < most, "elsewhere it did not move: {least} {most}");
        }
        assert_eq!(set.moved(30, 31), None);
    }

    #[test]
    fn a_clock_that_was_set_before_does_not_disturb() {
        let (least, most) = clocks(|n| if n <= 8 { 0 } else { -20 * SECOND }).moved(10, 11).unwrap();
        assert!((-50 * MS..0).contains(&least) && (1..50 * MS).contains(&most), "{least} {most}");
    }

    fn tick_of(times: impl IntoIterator<Item = i64>) -> i64 {
        let datagrams: Vec<Datagram> =
            times.into_iter().map(|time| Datagram { time: Wall(time), ..Datagram::default() }).collect();
        tick_ns(Some(&CaptureLog { datagrams: datagrams.into(), resolution_ns: 1_000, ..CaptureLog::default() }))
    }

    #[test]
    fn stamps_that_hardly_ever_differ_have_a_long_tick() {
        assert_eq!(tick_of((0..60).map(|n| n * 50 * MS)), 1_000);
        assert_eq!(tick_of((0..60).map(|n| n * 50 * MS / (60 * SECOND))), i64::MAX / 8);
        assert_eq!(tick_of((0..600).map(|n| n * 50 * MS / (10 * SECOND) * 10 * SECOND)), 10 * SECOND);
        assert_eq!(tick_of([5; 4]), 1_000, "four stamps are few");
    }
}
