//! Matches blocks without numbers by their content; blocks with equal content are counted.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::blocks::{BlockSource, BlockWitness, batches};
use crate::core::document::counts::PointCounts;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::transfer::LossBySegment;
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::transfer_records::{BlockEvent, WireBlock};
use crate::core::identify::clock_offset::Offset;
use crate::core::time::Wall;
use crate::core::verdict::ledger::GRACE_NS;

/// Hexadecimal digits of a digest.
const DIGITS: usize = 8;

/// Witnesses with numbered sightings, and the contents that can only be counted.
pub struct MatchedBlocks<'a> {
    /// The witnesses of blocks whose content is unique.
    pub watches: [Option<BlockWitness<'a>>; 4],
    /// As many numbers were given.
    pub blocks: u64,
    /// The others.
    pub repeated: DuplicateContent,
}

/// Blocks with repeated content: how often each was seen at each point with complete coverage.
pub struct DuplicateContent {
    counts: Vec<[Option<u64>; 4]>,
}

/// Numbers blocks by the order of their contents at the first observed point. `offset` is the receiver's clock minus
/// the sender's.
pub fn number(watches: [Option<BlockWitness<'_>>; 4], offset: Offset) -> MatchedBlocks<'static> {
    let shown: Vec<Option<(Vec<WireBlock>, Coverage)>> =
        watches.into_iter().map(|watch| watch.map(|watch| (sightings(&watch), watch.coverage))).collect();
    let mut often: HashMap<u32, u32> = HashMap::new();
    for block in shown.iter().flatten().next().map_or(&[][..], |(blocks, _)| blocks) {
        *often.entry(block.key).or_default() += 1;
    }
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    let mut blocks = 0;
    let order: Vec<u32> = shown
        .iter()
        .flatten()
        .next()
        .map_or_else(Vec::new, |(blocks, _)| blocks.iter().map(|block| block.key).collect());
    for digest in order {
        if often.get(&digest) == Some(&1) {
            numbers.insert(digest, blocks);
        }
        // The others keep their place, so that a number shows the position in the file.
        blocks += 1;
    }
    let mut groups: HashMap<u32, [Option<u64>; 4]> = HashMap::new();
    let spans: Vec<Option<(Wall, Wall)>> =
        shown.iter().map(|shown| shown.as_ref().and_then(|(blocks, _)| span(blocks))).collect();
    let whole: Vec<bool> = (0..shown.len())
        .map(|place| {
            let watch = shown[place].as_ref();
            watch.is_some_and(|(_, coverage)| is_whole(coverage, place, &spans, offset))
        })
        .collect();
    for (digest, _) in often.iter().filter(|(_, count)| **count > 1) {
        let mut counts = [None; 4];
        for (count, whole) in counts.iter_mut().zip(&whole) {
            *count = whole.then_some(0);
        }
        groups.insert(*digest, counts);
    }
    let mut result = [const { None }; 4];
    for (place, shown) in shown.into_iter().enumerate() {
        let Some((sightings, coverage)) = shown else { continue };
        let mut seen = Vec::with_capacity(sightings.len());
        for block in sightings {
            if let Some(number) = numbers.get(&block.key) {
                seen.push(WireBlock { key: *number, ..block });
            } else if let Some(Some(count)) = groups.get_mut(&block.key).map(|counts| &mut counts[place]) {
                *count += 1;
            }
        }
        result[place] = Some(BlockWitness { seen: BlockSource::Shown(Cow::Owned(seen.into())), coverage });
    }
    let mut counts: Vec<[Option<u64>; 4]> = groups.into_values().collect();
    drop_contradicted(&mut counts);
    MatchedBlocks { watches: result, blocks: blocks.into(), repeated: DuplicateContent { counts } }
}

/// When the first and the last block were seen.
fn span(blocks: &[WireBlock]) -> Option<(Wall, Wall)> {
    let times = || blocks.iter().map(|block| block.time);
    times().min().zip(times().max())
}

/// Only a witness with complete coverage can count: live for everything before it on the way, and long enough
/// afterwards. `spans` are the times of the blocks at each point.
fn is_whole(coverage: &Coverage, place: usize, spans: &[Option<(Wall, Wall)>], offset: Offset) -> bool {
    if coverage.void.is_some() || !coverage.blind.is_empty() || coverage.assumed {
        return false;
    }
    let is_receivers = |place: usize| place > 1;
    spans.iter().enumerate().filter_map(|(other, span)| Some((other, (*span)?))).all(|(other, (first, last))| {
        let ahead = match (is_receivers(other), is_receivers(place), offset) {
            (one, other, _) if one == other => Some((0, 0)),
            (false, _, Offset::Within { low_ns, high_ns }) => Some((low_ns, high_ns)),
            (true, _, Offset::Within { low_ns, high_ns }) => Some((high_ns.saturating_neg(), low_ns.saturating_neg())),
            _ => None,
        };
        // Unknown when it would have arrived, by this clock.
        let Some((low, high)) = ahead else { return false };
        match other.cmp(&place) {
            Ordering::Less => {
                coverage.from <= first.shifted(low) && last.shifted(high).shifted(GRACE_NS) <= coverage.to
            }
            Ordering::Equal => coverage.from <= first && last <= coverage.to,
            // How long before it passed here is unknown, but not afterwards.
            Ordering::Greater => coverage.from <= first.shifted(high),
        }
    })
}

/// A witness that counted fewer than a later one missed some, so its other counts are unknown too.
fn drop_contradicted(counts: &mut [[Option<u64>; 4]]) {
    let missed = |place: usize| {
        counts
            .iter()
            .any(|counts| counts[place].is_some() && counts[place] < counts[place..].iter().copied().flatten().max())
    };
    let missed = [0, 1, 2, 3].map(missed);
    for counts in counts {
        for (count, missed) in counts.iter_mut().zip(missed) {
            *count = count.filter(|_| !missed);
        }
    }
}

/// Whether the blocks that a receiver read can be some of those that the sender sent: a few may have been altered on the
/// way, but not all of them.
pub fn could_match(sender: &JournalLog, receiver: &JournalLog, number: u16) -> bool {
    let known = |journal, event| -> HashSet<u32> {
        let texts = batches(journal, number, event).filter_map(|batch| batch.h.as_deref());
        texts.flat_map(|text| digests(text, Wall(0))).map(|block| block.key).collect()
    };
    let (sent, read) = (known(sender, BlockEvent::Sent), known(receiver, BlockEvent::Read));
    sent.is_empty() || read.is_empty() || !sent.is_disjoint(&read)
}

/// What a witness saw, in its order, by digest.
fn sightings(watch: &BlockWitness<'_>) -> Vec<WireBlock> {
    match &watch.seen {
        BlockSource::Shown(blocks) => blocks.iter().copied().collect(),
        BlockSource::Told(journal, number, event) => {
            let mut sightings = Vec::new();
            for batch in batches(journal, *number, *event) {
                let time = batch.at.wall.shifted(if *event == BlockEvent::Read { batch.duration_ns } else { 0 });
                sightings.extend(digests(batch.h.as_deref().unwrap_or_default(), time));
            }
            sightings
        }
    }
}

fn digests(text: &str, time: Wall) -> impl Iterator<Item = WireBlock> {
    let digits = text.as_bytes().chunks_exact(DIGITS);
    let read = |digits: &[u8]| u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok();
    digits.filter_map(read).map(move |key| WireBlock { time, frame: 0, key })
}

impl DuplicateContent {
    /// Adds the counts at each point.
    pub fn add_to(&self, points: &mut PointCounts) {
        let counted = |place: usize| self.counts.iter().map(|counts| counts[place]).sum();
        points.add(&PointCounts::new((0..).zip(PointName::TRANSFER).map(|(place, point)| (point, counted(place)))));
    }

    /// Blames what fewer were seen of at a point than at the one before, by count.
    pub fn blame(&self, same_host: bool, at: &mut LossBySegment) {
        for counts in &self.counts {
            // On one host a frame is both wire points.
            let [sent, mut out, mut came, read] = *counts;
            if same_host {
                out = out.max(came);
                came = out;
            }
            let places = [sent, out, came, read];
            let known: Vec<(usize, u64)> =
                places.iter().enumerate().filter_map(|(place, count)| Some((place, (*count)?))).collect();
            for pair in known.windows(2) {
                let ((from, before), (to, after)) = (pair[0], pair[1]);
                let parts: Vec<SegmentName> = SegmentName::TRANSFER[from..to]
                    .iter()
                    .copied()
                    .filter(|part| !(same_host && *part == SegmentName::Network))
                    .collect();
                at.add(before.saturating_sub(after), &parts);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::coverage::UnusableReason;
    use crate::core::time::SECOND;

    const TOGETHER: Offset = Offset::Within { low_ns: 0, high_ns: 0 };

    fn watch(digests: &[u32]) -> BlockWitness<'static> {
        let seen = digests.iter().map(|digest| WireBlock { time: Wall(0), frame: 1, key: *digest }).collect();
        let coverage = Coverage { to: Wall(GRACE_NS), ..Coverage::default() };
        BlockWitness { seen: BlockSource::Shown(Cow::Owned(seen)), coverage }
    }

    fn keys(watch: Option<&BlockWitness<'_>>) -> Vec<u32> {
        let Some(BlockWitness { seen: BlockSource::Shown(blocks), .. }) = watch else { panic!() };
        blocks.iter().map(|block| block.key).collect()
    }

    #[test]
    fn each_flow_is_numbered_once_and_the_rest_counted() {
        let sent = watch(&[10, 0, 11, 0, 0, 12]);
        let numbered = number([Some(sent), None, Some(watch(&[10, 0, 0, 12])), Some(watch(&[0, 12]))], TOGETHER);
        assert_eq!(numbered.blocks, 6);
        assert_eq!(keys(numbered.watches[0].as_ref()), [0, 2, 5]);
        assert_eq!(keys(numbered.watches[2].as_ref()), [0, 5]);
        assert_eq!(keys(numbered.watches[3].as_ref()), [5]);
        let mut at = LossBySegment::default();
        numbered.repeated.blame(false, &mut at);
        assert_eq!(
            (at.counts.undetermined, at.get(SegmentName::ReceiverHost)),
            (1, 1),
            "one before the receiver's wire, one behind it"
        );
        assert_eq!(at.possible, [SegmentName::SenderHost, SegmentName::Network]);
        let points = |counts: [Option<u64>; 4]| PointCounts::new(PointName::TRANSFER.into_iter().zip(counts));
        let mut all = points([Some(3), None, Some(2), Some(1)]);
        numbered.repeated.add_to(&mut all);
        assert_eq!(all, points([Some(6), None, Some(4), Some(2)]));
    }

    #[test]
    fn a_witness_that_looked_away_counts_nothing() {
        let mut out = watch(&[0, 0]);
        out.coverage.void = Some(UnusableReason::Filter);
        let numbered = number([Some(watch(&[0, 0, 0])), Some(out), None, Some(watch(&[0]))], TOGETHER);
        let mut at = LossBySegment::default();
        numbered.repeated.blame(false, &mut at);
        assert_eq!((at.get(SegmentName::SenderHost), at.counts.undetermined), (0, 2));
        assert_eq!(at.possible, SegmentName::TRANSFER);
    }

    /// A block of zeros every second, from the first second to the last, as somebody saw them who watched as long.
    fn zeros(seconds: std::ops::Range<i64>, watched: (i64, i64)) -> BlockWitness<'static> {
        let seen = seconds.map(|second| WireBlock { time: Wall(second * SECOND), frame: 1, key: 0 }).collect();
        let coverage = Coverage { from: Wall(watched.0 * SECOND), to: Wall(watched.1 * SECOND), ..Coverage::default() };
        BlockWitness { seen: BlockSource::Shown(Cow::Owned(seen)), coverage }
    }

    fn blamed(watches: [Option<BlockWitness<'static>>; 4], offset: Offset) -> LossBySegment {
        let mut at = LossBySegment::default();
        number(watches, offset).repeated.blame(false, &mut at);
        at
    }

    #[test]
    fn a_capture_that_was_cut_counts_nothing() {
        let whole = (-9, 30);
        let sent = || Some(zeros(0..20, whole));
        let all = blamed([sent(), sent(), Some(zeros(0..20, whole)), Some(zeros(4..16, whole))], TOGETHER);
        assert_eq!((all.get(SegmentName::Network), all.get(SegmentName::ReceiverHost), all.counts.total()), (0, 8, 8));
        for (seconds, watched) in [(0..14, (-9, 13)), (6..20, (6, 30)), (0..20, (-9, 19))] {
            let at =
                blamed([sent(), sent(), Some(zeros(seconds.clone(), watched)), Some(zeros(4..16, whole))], TOGETHER);
            assert_eq!((at.counts.undetermined, at.counts.total()), (8, 8), "{seconds:?}");
            assert_eq!(at.possible, [SegmentName::Network, SegmentName::ReceiverHost]);
        }
        let late = blamed([sent(), Some(zeros(6..20, (6, 30))), None, Some(zeros(0..20, whole))], TOGETHER);
        assert_eq!(late, LossBySegment::default(), "nothing was lost");
    }

    #[test]
    fn whether_a_capture_was_cut_is_judged_by_its_own_hosts_clock() {
        let ahead = |seconds: i64| Offset::Within { low_ns: seconds * SECOND, high_ns: seconds * SECOND };
        let watches = |watched| [Some(zeros(0..20, (0, 20))), None, Some(zeros(100..110, watched)), None];
        assert_eq!(blamed(watches((100, 120)), ahead(100)).counts.undetermined, 10);
        assert_eq!(blamed(watches((100, 109)), ahead(100)), LossBySegment::default());
        assert_eq!(blamed(watches((-900, 900)), Offset::Unknown), LossBySegment::default());
    }

    #[test]
    fn a_witness_that_counted_fewer_than_came_counts_nothing() {
        let whole = (-9, 30);
        let at = blamed(
            [
                Some(zeros(0..20, whole)),
                Some(zeros(0..10, whole)),
                Some(zeros(0..18, whole)),
                Some(zeros(0..18, whole)),
            ],
            TOGETHER,
        );
        assert_eq!((at.get(SegmentName::SenderHost), at.counts.undetermined), (0, 2));
    }
}
