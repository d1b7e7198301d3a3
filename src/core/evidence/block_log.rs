//! Aggregates block events of a short time into journal records.

use std::fmt::Write;

use crate::core::evidence::journal::Record;
use crate::core::evidence::transfer_records::{BlockBatch, BlockEvent};
use crate::core::time::{Now, SECOND};

/// No record covers more time, nanoseconds: far less than what a verdict leaves as its margin.
const MAX_RECORD_SPAN_NS: i64 = SECOND / 100;

/// No record lists more ranges.
const MAX_RANGES: usize = 64;

/// No record lists more digests.
const MAX_DIGESTS: usize = 512;

/// Gathers blocks into records.
#[derive(Debug)]
pub struct BlockLog {
    receiver: u32,
    event: BlockEvent,
    first: Option<Now>,
    last: Option<Now>,
    ranges: Vec<(u64, u64)>,
    digests: String,
}

impl BlockLog {
    /// Gathers what happens to the blocks of one receiver.
    pub fn new(receiver: u16, event: BlockEvent) -> Self {
        let (ranges, digests) = (Vec::new(), String::new());
        Self { receiver: receiver.into(), event, first: None, last: None, ranges, digests }
    }

    /// Adds the blocks from `first` to `last`. Returns the record of the blocks before them once it is complete.
    pub fn add(&mut self, first: u64, last: u64, now: Now) -> Option<Record> {
        let full = self.ranges.len() >= MAX_RANGES || self.digests.len() >= MAX_DIGESTS * 8;
        let old = self.first.is_some_and(|begun| now.mono.since(begun.mono) >= MAX_RECORD_SPAN_NS);
        let record = if full || old { self.close() } else { None };
        self.first.get_or_insert(now);
        self.last = Some(now);
        match self.ranges.last_mut() {
            Some(range) if range.1.checked_add(1) == Some(first) => range.1 = last,
            _ => self.ranges.push((first, last)),
        }
        record
    }

    /// Adds the digest of the last block, which has no number.
    pub fn digest(&mut self, digest: u32) {
        // Writing to a string cannot fail.
        let _ = write!(self.digests, "{digest:08x}");
    }

    /// The pending record, if any.
    pub fn close(&mut self) -> Option<Record> {
        let (at, last) = (self.first.take()?, self.last.take()?);
        let h = (!self.digests.is_empty()).then(|| std::mem::take(&mut self.digests).into_boxed_str());
        Some(Record::Blocks(BlockBatch {
            p: self.receiver,
            at,
            duration_ns: last.mono.since(at.mono).max(0),
            event: self.event,
            r: std::mem::take(&mut self.ranges).into_boxed_slice(),
            h,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::{Mono, Wall};

    fn at(ns: i64) -> Now {
        Now { wall: Wall(SECOND + ns), mono: Mono(ns) }
    }

    fn ranges(record: Option<Record>) -> Vec<(u64, u64)> {
        let Some(Record::Blocks(batch)) = record else { panic!("{record:?}") };
        batch.r.into_vec()
    }

    #[test]
    fn consecutive_blocks_form_one_range() {
        let mut batch = BlockLog::new(1, BlockEvent::Read);
        assert_eq!(batch.close(), None);
        for number in [0, 1, 2, 4, 3, 4] {
            assert_eq!(batch.add(number, number, at(5)), None);
        }
        batch.add(5, 9, at(7));
        let Some(Record::Blocks(record)) = batch.close() else { panic!() };
        assert_eq!(*record.r, [(0, 2), (4, 4), (3, 9)]);
        assert_eq!((record.at, record.duration_ns, record.h), (at(5), 2, None));
        assert_eq!(batch.close(), None);
    }

    #[test]
    fn a_record_covers_little_time_and_few_ranges() {
        let mut batch = BlockLog::new(1, BlockEvent::Sent);
        assert_eq!(batch.add(0, 9, at(0)), None);
        assert_eq!(batch.add(10, 19, at(MAX_RECORD_SPAN_NS - 1)), None);
        assert_eq!(ranges(batch.add(20, 29, at(MAX_RECORD_SPAN_NS))), [(0, 19)]);
        let mut records = Vec::new();
        for number in 0..1_000 {
            records.extend(batch.add(number * 2, number * 2, at(MAX_RECORD_SPAN_NS)));
            batch.digest(7);
        }
        let longest = records.into_iter().map(|record| ranges(Some(record)).len()).max();
        assert_eq!(longest, Some(MAX_RANGES));
    }
}
