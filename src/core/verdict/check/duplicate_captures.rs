//! Finds submissions that share a capture: the same file, or the same packets in another file.
//!
//! Two captures never have the same intervals by accident where each is measured to the microsecond. So captures whose
//! intervals, one after the other, are mostly the same are one capture, whatever was done to addresses, texts or file form,
//! and whatever was cut off. Where the clock ticks in larger steps, whatever the file's resolution, two runs at the same pace
//! do have the same intervals: those are compared byte for byte alone.

use std::collections::BTreeMap;

use crate::core::document::check::{CaptureSimilarity, Shared};
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations::{self, Hints};
use crate::core::evidence::datagram::Datagram;
use crate::core::time::Wall;

/// Datagrams of a capture that are compared.
const MAX_FINGERPRINT: usize = 10_000;

/// Fewer pairs of intervals than this may be the same by accident.
const MIN_PACKETS: usize = 6;

/// What captures are rounded to before they are compared, nanoseconds: some are saved in microseconds.
const ROUNDED_NS: i64 = 1_000;

/// Of intervals measured in microseconds, one in five is a multiple of this; of intervals from a coarser clock (1 ms,
/// 15.625 ms) nearly all.
const COARSE_US: i64 = 5;

/// What of a capture is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Index of the submission.
    pub submission: usize,
    /// The file.
    pub file: String,
    /// A digest of the file's bytes.
    pub digest: [u8; 32],
    /// Pairs of intervals that follow each other, microseconds, and how often each comes.
    intervals: BTreeMap<(i64, i64), usize>,
    /// Whether they are fine enough to be unique to one capture.
    is_fine: bool,
}

impl Fingerprint {
    /// The fingerprint of a capture.
    pub fn new(submission: usize, log: &CaptureLog, digest: [u8; 32]) -> Self {
        // Rounding first makes the intervals equal in every resolution that the file is saved in.
        let stamps: Vec<i64> = exchanged(log).into_iter().map(|time| time.0.div_euclid(ROUNDED_NS)).collect();
        let mut intervals: BTreeMap<(i64, i64), usize> = BTreeMap::new();
        for stamps in stamps.windows(3) {
            let pair = (stamps[1].saturating_sub(stamps[0]), stamps[2].saturating_sub(stamps[1]));
            *intervals.entry(pair).or_default() += 1;
        }
        let is_fine = is_fine(&stamps) && distinct(&intervals) * 4 >= intervals.values().sum::<usize>() * 3;
        Self { submission, file: log.file.clone(), digest, intervals, is_fine }
    }

    fn count(&self) -> usize {
        self.intervals.values().sum()
    }

    /// Whether most of the smaller one's intervals are in the other.
    fn is_like(&self, other: &Self) -> bool {
        if !self.is_fine || !other.is_fine {
            return false;
        }
        let common =
            |(pair, count): (&(i64, i64), &usize)| other.intervals.get(pair).map_or(0, |theirs| (*count).min(*theirs));
        let common: usize = self.intervals.iter().map(common).sum();
        common >= MIN_PACKETS && common * 2 > self.count().min(other.count())
    }
}

/// Whether the clock that gave these stamps, in microseconds, ticks in steps of about one.
fn is_fine(stamps: &[i64]) -> bool {
    let intervals = || stamps.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    let coarse = intervals().filter(|interval| interval % COARSE_US == 0).count();
    coarse * 2 < intervals().count()
}

/// How many pairs come once. Intervals of few microseconds, or of a clock with few steps, come again and again.
fn distinct(intervals: &BTreeMap<(i64, i64), usize>) -> usize {
    intervals.values().filter(|count| **count == 1).count()
}

/// When the first datagrams of the exchange passed, in the order of the file; of all, where there is none. Others may have been
/// filtered out since.
fn exchanged(log: &CaptureLog) -> Vec<Wall> {
    let talks = conversations::conversations(log, Hints::default());
    let ways = talks.iter().flat_map(|talk| [talk.requests(), talk.replies()]);
    // No more of them than of each way.
    let first = ways.flat_map(|way| way.iter().take(MAX_FINGERPRINT));
    let mut found: Vec<&Datagram> = first.map(|(datagram, _)| datagram).collect();
    if found.is_empty() {
        found.extend(log.datagrams.iter().take(MAX_FINGERPRINT));
    }
    found.sort_by_key(|datagram| datagram.frame);
    found.into_iter().take(MAX_FINGERPRINT).map(|datagram| datagram.time).collect()
}

/// Groups the captures that different submissions share.
pub fn shared(fingerprints: &[Fingerprint]) -> Vec<Shared> {
    let mut groups: Vec<Vec<&Fingerprint>> = Vec::new();
    for fingerprint in fingerprints {
        let like = |other: &&Fingerprint| fingerprint.digest == other.digest || fingerprint.is_like(other);
        match groups.iter_mut().find(|group| group.iter().any(like)) {
            Some(group) => group.push(fingerprint),
            None => groups.push(vec![fingerprint]),
        }
    }
    let known = |group: Vec<&Fingerprint>| {
        let mut submissions: Vec<usize> = group.iter().map(|one| one.submission).collect();
        submissions.dedup();
        let same_file = group.iter().all(|one| one.digest == group[0].digest);
        Shared {
            likeness: if same_file { CaptureSimilarity::SameFile } else { CaptureSimilarity::SamePackets },
            files: group.iter().map(|one| one.file.clone()).collect(),
            submissions,
        }
    };
    groups.into_iter().map(known).filter(|shared| shared.submissions.len() > 1).collect()
}
