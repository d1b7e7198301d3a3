//! The sequence numbers of one direction of a TCP connection: which were seen, acknowledged, and acceptable.

use std::collections::BTreeMap;

/// Where one direction has come to.
#[derive(Debug, Default)]
pub(super) struct DirectionState {
    /// The sequence number of offset 0.
    pub(super) base: Option<u32>,
    /// One past the highest offset seen, with SYN and FIN each counted as one: the SYN is at -1.
    pub(super) next: i64,
    /// Disjoint ranges that were seen: start to end.
    pub(super) seen: BTreeMap<i64, i64>,
    /// How much that is, all together; summed up anew for each segment, a stream full of gaps would take for ever.
    pub(super) covered: i64,
    /// The offset of the FIN.
    pub(super) fin: Option<i64>,
    /// The highest offset that the other end acknowledged.
    pub(super) acknowledged: i64,
    /// The window that this end last advertised, unscaled.
    pub(super) window: u16,
}

impl DirectionState {
    /// Whether an RST with this sequence number is acceptable to an end with this window (RFC 9293, section 3.10.7.4).
    pub(super) fn accepts_reset(&self, seq: u32, window: u16) -> bool {
        let offset = self.offset(seq);
        let end = self.next.max(self.acknowledged + i64::from(window));
        self.base.is_none() || (self.acknowledged..=end).contains(&offset)
    }

    /// The offset of a sequence number, by way of the nearest one to where the stream is.
    pub(super) fn offset(&self, seq: u32) -> i64 {
        let base = self.base.unwrap_or(seq);
        let distance = seq.wrapping_sub(base.wrapping_add(self.next as u32)) as i32;
        self.next + i64::from(distance)
    }

    /// Marks a range as seen; returns its new parts.
    pub(super) fn see(&mut self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let mut fresh = Vec::new();
        let (mut at, mut merged) = (from, (from, to));
        let before = self.seen.range(..=from).next_back().map(|(start, end)| (*start, *end));
        let touching: Vec<(i64, i64)> = before
            .filter(|(_, end)| *end >= from)
            .into_iter()
            .chain(self.seen.range(from + 1..=to).map(|(start, end)| (*start, *end)))
            .collect();
        for (start, end) in touching {
            if start > at {
                fresh.push((at, start));
            }
            at = at.max(end);
            merged = (merged.0.min(start), merged.1.max(end));
            self.seen.remove(&start);
        }
        if at < to {
            fresh.push((at, to));
        }
        self.seen.insert(merged.0, merged.1);
        fresh
    }
}
