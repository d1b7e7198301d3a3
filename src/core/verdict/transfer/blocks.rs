//! Where the blocks of one receiver were lost: each block is one leg of the ledger.
//!
//! A long file's blocks are judged window by window, so that memory does not grow with the file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::ops::Range;

use crate::core::document::counts::PointCounts;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::transfer::{LossBySegment, LossMap};
use crate::core::evidence::coverage::{Coverage, UnusableReason};
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::leg::{Point, Route, RoutePoint};
use crate::core::evidence::source::Source;
use crate::core::evidence::track::{PointObservations, Sighting};
use crate::core::evidence::transfer_records::{BlockBatch, BlockEvent, WireBlock};
use crate::core::identify::clock_offset::Offset;
use crate::core::verdict::ledger::{
    Host, LedgerBuilder, MessageTrace, Observation, OtherEvidence, PlaceSet, RouteObservations,
};

/// Blocks that are judged at once: at four points, 32 MiB.
const WINDOW: u64 = 1 << 18;

/// A journal with more sightings than this at one point in one window, copies included, is not trusted.
const MAX_SIGHTINGS: usize = 4 << 18;

/// Which host each point of a leg is on.
const HOSTS: [Host; 4] = [0, 0, 1, 1];

/// The source of sightings at one point.
#[derive(Clone, Debug)]
pub enum BlockSource<'a> {
    /// A journal's records of one receiver.
    Told(&'a JournalLog, u16, BlockEvent),
    /// What a capture shows, or any list of sightings by number.
    Shown(Cow<'a, Source<WireBlock>>),
}

/// A witness at one point.
#[derive(Clone, Debug)]
pub struct BlockWitness<'a> {
    /// What it saw.
    pub seen: BlockSource<'a>,
    /// When its silence means something.
    pub coverage: Coverage,
    /// Datagrams that came of which it is unknown which block they were.
    pub unidentified: u64,
    /// Datagrams with a wrong checksum, by the digests of their contents, of blocks without numbers.
    pub corrupt: Vec<WireBlock>,
}

impl<'a> BlockWitness<'a> {
    /// A witness that recognized every block that it saw.
    pub const fn new(seen: BlockSource<'a>, coverage: Coverage) -> Self {
        Self { seen, coverage, unidentified: 0, corrupt: Vec::new() }
    }
}

/// The blocks to be judged.
#[derive(Clone, Debug)]
pub struct BlocksInput<'a> {
    /// Blocks of the file.
    pub blocks: u64,
    /// Both ends are on one host.
    pub same_host: bool,
    /// The receiver's clock minus the sender's.
    pub offset: Offset,
    /// The witnesses, by point.
    pub watches: [Option<BlockWitness<'a>>; 4],
    /// All ranges of blocks that the receiver reports as missing, in order.
    pub missing: Option<&'a [(u64, u64)]>,
}

/// The result for the blocks.
#[derive(Clone, Debug)]
pub struct BlocksResult {
    /// Different blocks at each point.
    pub points: PointCounts,
    /// Blocks that were seen somewhere and are known to be lost.
    pub lost: u64,
    /// Where these were lost.
    pub at: LossBySegment,
    /// Where in the file they were.
    pub map: LossMap,
    /// Copies on the receiver's wire beside the first of each block that its application did not read.
    pub unread_copies: u64,
    /// By point, how many blocks its witness missed that later points prove to have passed.
    pub contradictions: BTreeMap<usize, u64>,
}

/// Judges the blocks of one receiver.
pub fn analyze(case: &BlocksInput<'_>) -> BlocksResult {
    let mut caught: BTreeMap<usize, u64> = BTreeMap::new();
    loop {
        let mut findings = judge_with(case, &caught.keys().copied().collect());
        let before = caught.len();
        for (place, count) in &findings.contradictions {
            caught.entry(*place).or_insert(*count);
        }
        // One that was caught in one window is not believed in the others.
        if caught.len() == before || case.blocks <= WINDOW {
            findings.contradictions = caught;
            return findings;
        }
    }
}

fn judge_with(case: &BlocksInput<'_>, caught: &BTreeSet<usize>) -> BlocksResult {
    let mut findings = BlocksResult {
        points: PointCounts::default(),
        lost: 0,
        at: LossBySegment::default(),
        map: LossMap::new(case.blocks),
        unread_copies: 0,
        contradictions: BTreeMap::new(),
    };
    let mut counts = case.watches.each_ref().map(|watch| watch.as_ref().map(|_| 0));
    let mut from = 0;
    while from < case.blocks {
        let to = case.blocks.min(from + WINDOW);
        window(case, from..to, caught, &mut findings, &mut counts);
        from = to;
    }
    findings.points = PointCounts::new(PointName::TRANSFER.into_iter().zip(counts));
    findings
}

fn window(
    case: &BlocksInput<'_>,
    window: Range<u64>,
    caught: &BTreeSet<usize>,
    findings: &mut BlocksResult,
    counts: &mut [Option<u64>; 4],
) {
    let tracks: Vec<Option<PointObservations>> = (0..case.watches.len())
        .map(|place| {
            let mut track = case.watches[place].as_ref()?.track(&window);
            if caught.contains(&place) {
                track.coverage.void.get_or_insert(UnusableReason::Contradicted);
            }
            Some(track)
        })
        .collect();
    for (count, track) in counts.iter_mut().zip(&tracks) {
        if let (Some(count), Some(track)) = (count, track) {
            *count += track.sightings().len() as u64;
        }
    }
    let route = Route::new(1, case.same_host);
    let borrowed: Vec<Option<&PointObservations>> = tracks.iter().map(Option::as_ref).collect();
    let hosts = if case.same_host { [0; 4] } else { HOSTS };
    let observations = RouteObservations::new(route, &borrowed);
    let mut builder = LedgerBuilder::new(route, &hosts, observations.coverages());
    observations.rows().for_each(|(key, row)| builder.add(key, &row));
    let mut ledger = builder.finish(case.offset);
    ledger.detect_contradictions(observations.rows(), |_| PlaceSet::EMPTY);
    for (place, keys) in ledger.contradictions() {
        *findings.contradictions.entry(*place).or_default() += keys.len() as u64;
    }
    let mut missing = case.missing.map(|ranges| ranges.iter().peekable());
    let end = RoutePoint::new(0, Point::AppReceived);
    for (key, row) in observations.rows() {
        let copies = |place: usize| row[place].map_or(0, |sight| u64::from(sight.copies));
        findings.unread_copies += copies(2).saturating_sub(copies(3).max(1));
        let trace = ledger.trace(key, row, OtherEvidence::default);
        let missing_blocks = missing.as_mut().map(|ranges| {
            while ranges.next_if(|range| range.1 < key).is_some() {}
            ranges.peek().is_some_and(|range| range.0 <= key)
        });
        if is_lost(&trace, missing_blocks) {
            let blame = ledger.blame(&trace, missing_blocks.map(|_| end));
            let segments = blame.map(|blame| blame.segments).unwrap_or_default();
            let name = |segment| SegmentName::of_leg(segment, SegmentName::TRANSFER);
            let parts: Vec<SegmentName> = segments.into_iter().filter_map(name).collect();
            findings.lost += 1;
            findings.at.add(1, &parts);
            findings.map.add(key, key);
        }
    }
}

/// Whether a block is lost: by the receiver's report, else by its journal.
fn is_lost(trace: &MessageTrace<'_>, missing_blocks: Option<bool>) -> bool {
    match trace.at(RoutePoint::new(0, Point::AppReceived).index()) {
        Observation::Seen { .. } => false,
        Observation::Absent => missing_blocks.unwrap_or(true),
        Observation::Unobserved => missing_blocks.unwrap_or(false),
    }
}

impl BlockWitness<'_> {
    /// What it saw of the blocks in a window.
    fn track(&self, window: &Range<u64>) -> PointObservations {
        let mut coverage = self.coverage.clone();
        let mut sights = Vec::new();
        match &self.seen {
            BlockSource::Shown(blocks) => {
                let inside = blocks.iter().filter(|block| window.contains(&u64::from(block.key)));
                sights.extend(inside.map(|block| Sighting {
                    key: block.key.into(),
                    time: block.time,
                    frame: NonZeroU32::new(block.frame),
                    digest: None,
                    packet_id: None,
                    copies: 1,
                }));
            }
            BlockSource::Told(journal, number, event) => {
                for batch in batches(journal, *number, *event) {
                    // By the time of the last one that was read, all of the batch were there.
                    let late = if *event == BlockEvent::Read { batch.duration_ns } else { 0 };
                    let time = batch.at.wall.shifted(late);
                    for (first, last) in &batch.r {
                        let (first, end) = ((*first).max(window.start), last.saturating_add(1).min(window.end));
                        if sights.len() as u64 + end.saturating_sub(first) > MAX_SIGHTINGS as u64 {
                            coverage.void = Some(UnusableReason::Contradicted);
                            break;
                        }
                        let sight = |key| Sighting { key, time, frame: None, digest: None, packet_id: None, copies: 1 };
                        sights.extend((first..end).map(sight));
                    }
                }
            }
        }
        PointObservations::new(sights, coverage)
    }
}

/// A journal's records of one receiver's blocks.
pub fn batches(journal: &JournalLog, number: u16, event: BlockEvent) -> impl Iterator<Item = &BlockBatch> {
    journal.records.iter().filter_map(move |record| match record {
        Record::Blocks(batch) if batch.p == u32::from(number) && batch.event == event => Some(batch),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::{SECOND, Wall};

    /// Blocks a millisecond apart, but for these.
    fn watch(blocks: u64, but: &[u64]) -> BlockWitness<'static> {
        let block = |key: u64| WireBlock { time: Wall(key as i64 * SECOND / 1000), frame: 1, key: key as u32 };
        let seen = (0..blocks).filter(|key| !but.contains(key)).map(block).collect();
        let coverage = Coverage { from: Wall(-SECOND), to: Wall(900 * SECOND), ..Coverage::default() };
        BlockWitness::new(BlockSource::Shown(Cow::Owned(seen)), coverage)
    }

    fn case(blocks: u64, watches: [Option<BlockWitness<'static>>; 4]) -> BlocksInput<'static> {
        let offset = Offset::Within { low_ns: -1_000_000, high_ns: 1_000_000 };
        BlocksInput { blocks, same_host: false, offset, watches, missing: None }
    }

    #[test]
    fn each_lost_block_has_its_place() {
        let watches = [&[][..], &[3], &[3, 7, 8], &[3, 7, 8, 9]].map(|but| Some(watch(20, but)));
        let found = analyze(&case(20, watches));
        assert_eq!(found.lost, 4);
        assert_eq!(
            SegmentName::TRANSFER.map(|segment| found.at.get(segment)),
            [1, 2, 1],
            "each where it was last seen"
        );
        assert_eq!(found.at.counts.undetermined, 0);
        assert_eq!(found.map.lost[..10], [0, 0, 0, 1, 0, 0, 0, 1, 1, 1]);
        assert_eq!(PointName::TRANSFER.map(|point| found.points.get(point)), [20, 19, 17, 16].map(Some));
    }

    #[test]
    fn without_receiver_capture_blame_is_network_or_receiver_host() {
        let mut case = case(20, [Some(watch(20, &[])), Some(watch(20, &[])), None, Some(watch(20, &[4, 5]))]);
        let found = analyze(&case).at;
        assert_eq!(
            (found.counts.undetermined, found.possible),
            (2, vec![SegmentName::Network, SegmentName::ReceiverHost])
        );
        case.watches[3] = None;
        assert_eq!(analyze(&case).lost, 0, "nobody says that anything is lost");
        case.missing = Some(&[(4, 5)]);
        let found = analyze(&case).at;
        assert_eq!(
            (found.counts.undetermined, found.possible),
            (2, vec![SegmentName::Network, SegmentName::ReceiverHost])
        );
        case.same_host = true;
        let found = analyze(&case).at;
        assert_eq!((found.get(SegmentName::ReceiverHost), found.counts.total()), (2, 2));
    }

    #[test]
    fn a_witness_contradicted_in_one_window_is_believed_in_none() {
        let blocks = WINDOW + 1_000;
        let late = WINDOW + 500;
        let network = |but: &[u64]| {
            let watches = [&[][..], but, &[7, late], &[7, late]].map(|but| Some(watch(blocks, but)));
            analyze(&case(blocks, watches))
        };
        let found = network(&[]);
        assert_eq!((found.lost, found.at.get(SegmentName::Network)), (2, 2));
        // The sender's capture did not see block 9, which arrived.
        let found = network(&[9]);
        assert_eq!((found.lost, found.contradictions), (2, BTreeMap::from([(1, 1)])));
        let found = network(&[9, late]);
        assert_eq!(SegmentName::TRANSFER.map(|segment| found.at.get(segment)), [0, 1, 0]);
        assert_eq!(found.at.counts.undetermined, 1);
    }

    #[test]
    fn a_journal_with_more_blocks_than_possible_is_not_believed() {
        let at = crate::core::time::Now::default();
        let batch = BlockBatch {
            p: 1,
            at,
            duration_ns: 0,
            event: BlockEvent::Read,
            r: vec![(0, u64::MAX); 60].into(),
            h: None,
        };
        let journal = JournalLog { records: vec![Record::Blocks(batch)], ..JournalLog::default() };
        let watch = BlockWitness::new(BlockSource::Told(&journal, 1, BlockEvent::Read), Coverage::default());
        let track = watch.track(&(0..WINDOW));
        assert_eq!((track.sightings().len() as u64, track.coverage.void), (WINDOW, Some(UnusableReason::Contradicted)));
    }
}
