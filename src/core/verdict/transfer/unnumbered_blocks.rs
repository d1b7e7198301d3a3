//! Matches blocks without numbers by their content; blocks with equal content are counted, and no count of them is exact: the
//! network may have made copies.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

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

/// Numbers blocks by the order of their contents at the first observed point. `offset` is the receiver's clock minus the
/// sender's. `knows_all`: the first witness saw every block that was sent, so that other contents were altered on the way; else
/// what only later witnesses saw are blocks as well.
pub fn number(watches: [Option<BlockWitness<'_>>; 4], offset: Offset, knows_all: bool) -> MatchedBlocks<'static> {
    let apart = watches.each_ref().map(|watch| {
        watch.as_ref().map_or_else(|| (0, Vec::new()), |watch| (watch.unidentified, watch.corrupt.clone()))
    });
    let shown: Vec<Option<(Vec<WireBlock>, Coverage)>> =
        watches.into_iter().map(|watch| watch.map(|watch| (sightings(&watch), watch.coverage))).collect();
    let (often, order) = contents(&shown, knows_all);
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    // The others keep their place, so that a number shows the position in the file.
    for (number, digest) in (0..).zip(&order) {
        if often.get(digest) == Some(&1) {
            numbers.insert(*digest, number);
        }
    }
    let blocks = order.len() as u64;
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
        let (mut unidentified, corrupt) = (apart[place].0, &apart[place].1);
        let altered = corrupt.iter().filter(|block| !often.contains_key(&block.key)).count();
        unidentified += altered as u64;
        let corrupt = corrupt.iter().filter(|block| often.contains_key(&block.key));
        let sightings = sightings.into_iter().chain(corrupt.copied());
        for block in sightings {
            if let Some(number) = numbers.get(&block.key) {
                seen.push(WireBlock { key: *number, ..block });
            } else if let Some(counts) = groups.get_mut(&block.key) {
                if let Some(count) = &mut counts[place] {
                    *count += 1;
                }
            } else {
                unidentified += 1;
            }
        }
        let seen = BlockSource::Shown(Cow::Owned(seen.into()));
        result[place] = Some(BlockWitness { unidentified, ..BlockWitness::new(seen, coverage) });
    }
    let mut counts: Vec<[Option<u64>; 4]> = groups.into_values().collect();
    drop_contradicted(&mut counts);
    MatchedBlocks { watches: result, blocks, repeated: DuplicateContent { counts } }
}

/// How often each content was sent, by the witnesses nearest to the sender, and the contents in their order.
fn contents(shown: &[Option<(Vec<WireBlock>, Coverage)>], knows_all: bool) -> (HashMap<u32, u32>, Vec<u32>) {
    let (mut often, mut order): (HashMap<u32, u32>, Vec<u32>) = (HashMap::new(), Vec::new());
    // Behind the sender's wire, the network may have made copies of what the sender's witnesses saw.
    for ends in shown.chunks(2) {
        let known = often.clone();
        for (blocks, _) in ends.iter().flatten() {
            let mut counts: HashMap<u32, u32> = HashMap::new();
            for block in blocks.iter().filter(|block| !known.contains_key(&block.key)) {
                let count = counts.entry(block.key).or_default();
                *count += 1;
                if *count > often.get(&block.key).copied().unwrap_or(0) {
                    often.insert(block.key, *count);
                    order.push(block.key);
                }
            }
            if knows_all && !blocks.is_empty() {
                return (often, order);
            }
        }
    }
    (often, order)
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

/// A capture that counted fewer than a later witness may have missed some, so its other counts are unknown too. What the
/// sender's application sent is known: more can only be copies.
fn drop_contradicted(counts: &mut [[Option<u64>; 4]]) {
    let missed = |place: usize| {
        let is_less = |counts: &[Option<u64>; 4]| {
            counts[place].is_some() && counts[place] < counts[place..].iter().copied().flatten().max()
        };
        place > 0 && counts.iter().any(is_less)
    };
    let missed = [0, 1, 2, 3].map(missed);
    for counts in counts {
        for (count, missed) in counts.iter_mut().zip(missed) {
            *count = count.filter(|_| !missed);
        }
    }
}

/// How many blocks a witness saw, copies included.
pub fn count(watch: &BlockWitness<'_>) -> u64 {
    match &watch.seen {
        BlockSource::Shown(blocks) => blocks.len() as u64,
        BlockSource::Told(journal, number, event) => {
            let digits = batches(journal, *number, *event).filter_map(|batch| batch.h.as_deref()).map(str::len);
            (digits.sum::<usize>() / DIGITS) as u64
        }
    }
}

/// How many of the blocks that were sent were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadBlocks {
    /// Different blocks, at least.
    pub at_least: u64,
    /// Different blocks, at the most.
    pub at_most: u64,
    /// Copies of blocks that were read before; `None` if unknown.
    pub duplicates: Option<u64>,
}

impl ReadBlocks {
    /// The number of different blocks; `None` if it is not known exactly.
    pub fn exact(&self) -> Option<u64> {
        (self.at_least == self.at_most).then_some(self.at_least)
    }
}

/// Counts the different blocks that were read, by their contents: all that were sent, if the sender's application tells it, and
/// all that were read. A copy made on the way is not another block; of blocks with one content, nobody knows which came.
pub fn read_blocks(sent: Option<&BlockWitness<'_>>, read: &BlockWitness<'_>) -> ReadBlocks {
    let counted = |watch: &BlockWitness<'_>| {
        let mut counts: HashMap<u32, u64> = HashMap::new();
        for block in sightings(watch) {
            *counts.entry(block.key).or_default() += 1;
        }
        counts
    };
    let read = counted(read);
    let sent = sent.map(counted);
    let mut result = ReadBlocks { at_least: 0, at_most: 0, duplicates: None };
    let mut copies = 0;
    for (digest, count) in &read {
        // Altered ones are not among those that were sent.
        let possible = sent.as_ref().map_or(*count, |sent| sent.get(digest).copied().unwrap_or(0));
        result.at_least += possible.min(1);
        result.at_most += possible.min(*count);
        copies += if possible > 0 { count - 1 } else { 0 };
    }
    result.duplicates = result.exact().map(|_| copies);
    result
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
    /// Adds the counts at each point. Behind the sender's wire, copies may be among what was seen more than once.
    pub fn add_to(&self, points: &mut PointCounts) {
        let counted = |place: usize| {
            let count = |counts: &[Option<u64>; 4]| counts[place].filter(|count| place < 2 || *count <= 1);
            self.counts.iter().map(count).sum()
        };
        points.add(&PointCounts::new((0..).zip(PointName::TRANSFER).map(|(place, point)| (point, counted(place)))));
    }

    /// Copies on the receiver's wire that its application did not read; they may be lost blocks or copies of others.
    pub fn unread_copies(&self) -> u64 {
        let unread = |counts: &[Option<u64>; 4]| counts[2].unwrap_or(0).saturating_sub(counts[3].unwrap_or(0));
        self.counts.iter().map(unread).sum()
    }

    /// Blames what is lost for certain, by count: as many blocks as were read less often than sent. The sender's host has what
    /// its wire shows less, the network what the receiver's wire shows less than the sender's; the rest died behind the sender's
    /// wire, as copies may stand for blocks that the network lost.
    pub fn blame(&self, same_host: bool, at: &mut LossBySegment) {
        let exists = |segment: &SegmentName| !(same_host && *segment == SegmentName::Network);
        let segments = |range: Range<usize>| -> Vec<SegmentName> {
            SegmentName::TRANSFER[range].iter().copied().filter(exists).collect()
        };
        for [sent, mut out, mut came, read] in self.counts.iter().copied() {
            // On one host a frame is both wire points.
            if same_host {
                out = out.max(came);
                came = out;
            }
            let (Some(sent), Some(read)) = (sent, read) else { continue };
            let lost = sent.saturating_sub(read);
            let in_sender = out.map_or(0, |out| sent.saturating_sub(out)).min(lost);
            let in_network = came.map_or(0, |came| out.unwrap_or(sent).saturating_sub(came)).min(lost - in_sender);
            let from = usize::from(out.is_some());
            at.add(in_sender, &segments(0..1));
            at.add(in_network, &segments(from..2));
            at.add(lost - in_sender - in_network, &segments(from..3));
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
        BlockWitness::new(BlockSource::Shown(Cow::Owned(seen)), coverage)
    }

    fn keys(watch: Option<&BlockWitness<'_>>) -> Vec<u32> {
        let Some(BlockWitness { seen: BlockSource::Shown(blocks), .. }) = watch else { panic!() };
        blocks.iter().map(|block| block.key).collect()
    }

    #[test]
    fn each_flow_is_numbered_once_and_the_rest_counted() {
        let sent = watch(&[10, 0, 11, 0, 0, 12]);
        let numbered = number([Some(sent), None, Some(watch(&[10, 0, 0, 12])), Some(watch(&[0, 12]))], TOGETHER, true);
        assert_eq!(numbered.blocks, 6);
        assert_eq!(keys(numbered.watches[0].as_ref()), [0, 2, 5]);
        assert_eq!(keys(numbered.watches[2].as_ref()), [0, 5]);
        assert_eq!(keys(numbered.watches[3].as_ref()), [5]);
        let mut at = LossBySegment::default();
        numbered.repeated.blame(false, &mut at);
        assert_eq!(
            at.counts.undetermined, 2,
            "one before the receiver's wire, one behind it or, if it shows a copy, before"
        );
        assert_eq!(at.possible, SegmentName::TRANSFER);
        let points = |counts: [Option<u64>; 4]| PointCounts::new(PointName::TRANSFER.into_iter().zip(counts));
        let mut all = points([Some(3), None, Some(2), Some(1)]);
        numbered.repeated.add_to(&mut all);
        assert_eq!(all, points([Some(6), None, None, Some(2)]), "two may be one block and its copy");
    }

    #[test]
    fn a_witness_that_looked_away_counts_nothing() {
        let mut out = watch(&[0, 0]);
        out.coverage.void = Some(UnusableReason::Filter);
        let numbered = number([Some(watch(&[0, 0, 0])), Some(out), None, Some(watch(&[0]))], TOGETHER, true);
        let mut at = LossBySegment::default();
        numbered.repeated.blame(false, &mut at);
        assert_eq!((at.get(SegmentName::SenderHost), at.counts.undetermined), (0, 2));
        assert_eq!(at.possible, SegmentName::TRANSFER);
    }

    /// A block of zeros every second, from the first second to the last, as somebody saw them who watched as long.
    fn zeros(seconds: Range<i64>, watched: (i64, i64)) -> BlockWitness<'static> {
        let seen = seconds.map(|second| WireBlock { time: Wall(second * SECOND), frame: 1, key: 0 }).collect();
        let coverage = Coverage { from: Wall(watched.0 * SECOND), to: Wall(watched.1 * SECOND), ..Coverage::default() };
        BlockWitness::new(BlockSource::Shown(Cow::Owned(seen)), coverage)
    }

    fn blamed(watches: [Option<BlockWitness<'static>>; 4], offset: Offset) -> LossBySegment {
        let mut at = LossBySegment::default();
        number(watches, offset, true).repeated.blame(false, &mut at);
        at
    }

    #[test]
    fn a_capture_that_was_cut_counts_nothing() {
        let whole = (-9, 30);
        let sent = || Some(zeros(0..20, whole));
        let all = blamed([sent(), sent(), Some(zeros(0..20, whole)), Some(zeros(4..16, whole))], TOGETHER);
        assert_eq!((all.counts.undetermined, all.counts.total()), (8, 8), "copies may stand for what the network lost");
        let early = || Some(zeros(4..16, whole));
        let network = blamed([sent(), sent(), early(), early()], TOGETHER);
        assert_eq!((network.get(SegmentName::Network), network.counts.total()), (8, 8));
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
        let missed = |watched, offset| {
            let repeated = number(watches(watched), offset, true).repeated;
            repeated.counts[0][2]
        };
        assert_eq!(missed((100, 120), ahead(100)), Some(10));
        assert_eq!(missed((100, 109), ahead(100)), None);
        assert_eq!(missed((-900, 900), Offset::Unknown), None);
    }

    #[test]
    fn what_an_incomplete_witness_lacks_is_numbered_as_well() {
        let seen = |knows_all| {
            let watches = [Some(watch(&[10])), Some(watch(&[10, 11, 11])), Some(watch(&[10, 11, 12, 12])), None];
            let numbered = number(watches, TOGETHER, knows_all);
            let unidentified = numbered.watches[2].as_ref().map(|watch| watch.unidentified);
            (numbered.blocks, keys(numbered.watches[1].as_ref()), unidentified)
        };
        assert_eq!(seen(true), (1, vec![0], Some(3)), "all but the first were altered");
        assert_eq!(seen(false), (5, vec![0], Some(0)), "two contents that occur twice, each in its place");
    }

    #[test]
    fn copies_do_not_fill_losses() {
        let read = |sent: Option<&[u32]>, read: &[u32]| read_blocks(sent.map(watch).as_ref(), &watch(read));
        let exactly = |blocks, duplicates| ReadBlocks { at_least: blocks, at_most: blocks, duplicates };
        assert_eq!(read(Some(&[1, 2, 3]), &[1, 1, 3]), exactly(2, Some(1)), "2 is lost, although three came");
        assert_eq!(read(Some(&[1, 2, 3]), &[1, 9, 3]), exactly(2, Some(0)), "one was altered");
        assert_eq!(read(None, &[1, 2]), exactly(2, Some(0)));
        let zeros = read(Some(&[0, 0, 0, 1]), &[0, 0, 1]);
        assert_eq!((zeros, zeros.exact()), (ReadBlocks { at_least: 2, at_most: 3, duplicates: None }, None));
        assert_eq!(read(None, &[5, 5]), ReadBlocks { at_least: 1, at_most: 2, duplicates: None });
        assert_eq!(read(Some(&[0, 0]), &[]), exactly(0, Some(0)));
        assert_eq!(read(Some(&[0, 0]), &[0, 0, 0]).exact(), None, "one more than was sent");
    }

    #[test]
    fn a_copy_of_repeated_content_takes_nothing_from_the_sender() {
        let whole = (-9, 30);
        // Twenty were sent, four of them died on the way, and the network copied two others.
        let [sent, came] = [zeros(0..20, whole), zeros(0..18, whole)];
        let at = blamed([Some(sent.clone()), Some(sent.clone()), Some(came.clone()), Some(came.clone())], TOGETHER);
        assert_eq!((at.get(SegmentName::Network), at.counts.total()), (2, 2), "at least");
        let more = blamed([Some(came), None, Some(sent.clone()), Some(sent)], TOGETHER);
        assert_eq!(more, LossBySegment::default());
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
