//! A flow in a bounded number of bytes, from one pass over its datagrams.

use std::cmp::Ordering;

use super::datagram::{Datagram, PacketDirection};
use super::track::Sighting;
use crate::core::time::Wall;

/// Sampled messages of a flow, at the most.
pub const MAX_SAMPLES: usize = 4_096;

/// What one directed flow is. Summaries of its parts can be merged in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowSummary {
    /// Datagrams.
    pub datagrams: u64,
    /// Datagrams with a number.
    pub numbered: u64,
    /// The lowest number and the highest.
    pub numbers: Option<(u64, u64)>,
    /// The earliest stamp and the latest.
    pub times: Option<(Wall, Wall)>,
    /// The frame of the first datagram.
    pub first_frame: Option<u32>,
    /// Datagrams that read as replies.
    pub replies: u64,
    /// The hop limits of numbered datagrams.
    pub hop_limits: HopLimits,
    /// Frame and hop limit of the first numbered datagram.
    first_numbered: Option<(u32, u8)>,
    /// Numbered datagrams to this host, and from it, where the link type tells.
    inward: u64,
    outward: u64,
    samples: SampledSightings,
}

impl FlowSummary {
    /// That of a flow without datagrams.
    pub const EMPTY: Self = Self {
        datagrams: 0,
        numbered: 0,
        numbers: None,
        times: None,
        first_frame: None,
        replies: 0,
        hop_limits: HopLimits([0; 4]),
        first_numbered: None,
        inward: 0,
        outward: 0,
        samples: SampledSightings { halvings: 0, sights: Vec::new() },
    };

    /// Sums up datagrams of one flow.
    pub fn of<'a>(datagrams: impl IntoIterator<Item = &'a Datagram>) -> Self {
        let mut summary = Self::EMPTY;
        datagrams.into_iter().for_each(|datagram| summary.add(datagram));
        summary
    }

    /// Adds a datagram.
    #[inline]
    pub fn add(&mut self, datagram: &Datagram) {
        let Datagram { time, frame, number, ttl, .. } = *datagram;
        self.datagrams += 1;
        self.times = joined(self.times, Some((time, time)));
        self.first_frame = earlier(self.first_frame, Some(frame));
        self.replies += u64::from(datagram.reads_as_reply);
        let Some(number) = number else { return };
        self.numbered += 1;
        self.numbers = joined(self.numbers, Some((number, number)));
        self.hop_limits.add(ttl);
        self.first_numbered = earlier(self.first_numbered, Some((frame, ttl)));
        match datagram.direction {
            Some(PacketDirection::In) => self.inward += 1,
            Some(PacketDirection::Out) => self.outward += 1,
            None => {}
        }
        self.samples.add(number, datagram);
    }

    /// Adds the datagrams of another summary, each of which has frames of its own.
    pub fn merge(&mut self, other: &Self) {
        self.datagrams += other.datagrams;
        self.numbered += other.numbered;
        self.numbers = joined(self.numbers, other.numbers);
        self.times = joined(self.times, other.times);
        self.first_frame = earlier(self.first_frame, other.first_frame);
        self.replies += other.replies;
        self.hop_limits.merge(other.hop_limits);
        self.first_numbered = earlier(self.first_numbered, other.first_numbered);
        self.inward += other.inward;
        self.outward += other.outward;
        self.samples.merge(&other.samples);
    }

    /// Whether most of its numbered datagrams read as replies.
    pub const fn is_mostly_replies(&self) -> bool {
        self.replies * 2 > self.numbered
    }

    /// The hop limit of the first numbered datagram.
    pub fn first_hop_limit(&self) -> Option<u8> {
        self.first_numbered.map(|(_, hop_limit)| hop_limit)
    }

    /// How many numbered datagrams went this way at the capturing host, by the link type.
    pub const fn going(&self, way: PacketDirection) -> u64 {
        match way {
            PacketDirection::In => self.inward,
            PacketDirection::Out => self.outward,
        }
    }

    /// The way that most numbered datagrams went at the capturing host; `None` if the link type does not tell, and where a
    /// host that forwards them shows both.
    pub fn direction(&self) -> Option<PacketDirection> {
        match self.inward.cmp(&self.outward) {
            Ordering::Greater => Some(PacketDirection::In),
            Ordering::Less => Some(PacketDirection::Out),
            Ordering::Equal => None,
        }
    }

    /// Some of its messages, by number, each with its first copy: all of them, if there are no more than [`MAX_SAMPLES`].
    /// Two hosts sample the same numbers, but for those that the one with more of them leaves out.
    pub fn samples(&self) -> &[Sighting] {
        &self.samples.sights
    }

    /// Whether a message of the flow is one of the sampled ones.
    pub fn samples_number(&self, number: u64) -> bool {
        is_sampled(number, self.samples.halvings)
    }
}

fn joined<T: Copy + Ord>(one: Option<(T, T)>, other: Option<(T, T)>) -> Option<(T, T)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

fn earlier<T: Copy + Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// A set of hop limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HopLimits([u64; 4]);

impl HopLimits {
    const fn add(&mut self, hop_limit: u8) {
        self.0[hop_limit as usize / 64] |= 1 << (hop_limit % 64);
    }

    fn merge(&mut self, other: Self) {
        for (bits, other) in self.0.iter_mut().zip(other.0) {
            *bits |= other;
        }
    }

    /// The hop limits, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        [0_u8, 64, 128, 192].into_iter().zip(self.0).flat_map(|(base, mut bits)| {
            std::iter::from_fn(move || {
                let lowest = (bits != 0).then(|| bits.trailing_zeros() as u8);
                bits &= bits.wrapping_sub(1);
                lowest.map(|lowest| base + lowest)
            })
        })
    }
}

/// Messages chosen by a digest of their number: those whose digest begins with a number of zero bits that grows by one, and so
/// halves their number, when there are too many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct SampledSightings {
    halvings: u32,
    /// By number, each once.
    sights: Vec<Sighting>,
}

impl SampledSightings {
    #[inline]
    fn add(&mut self, number: u64, datagram: &Datagram) {
        if !is_sampled(number, self.halvings) {
            return;
        }
        let sight = datagram.sighting(number);
        match self.sights.last() {
            Some(last) if last.key >= number => match self.sights.binary_search_by_key(&number, |sight| sight.key) {
                Ok(index) => add_copies(&mut self.sights[index], &sight),
                Err(index) => self.sights.insert(index, sight),
            },
            Some(_) => self.sights.push(sight),
            None => {
                // Captures of a flood have many flows of one datagram.
                self.sights.reserve_exact(1);
                self.sights.push(sight);
            }
        }
        self.shorten();
    }

    fn merge(&mut self, other: &Self) {
        self.halvings = self.halvings.max(other.halvings);
        self.sights.extend_from_slice(&other.sights);
        self.sights.sort_by_key(|sight| sight.key);
        self.sights.dedup_by(|next, first| {
            let is_copy = next.key == first.key;
            if is_copy {
                add_copies(first, next);
            }
            is_copy
        });
        self.sights.retain(|sight| is_sampled(sight.key, self.halvings));
        self.shorten();
    }

    fn shorten(&mut self) {
        while self.sights.len() > MAX_SAMPLES {
            self.halvings += 1;
            self.sights.retain(|sight| is_sampled(sight.key, self.halvings));
        }
    }
}

/// Counts the copies of one message; its time and text are those of the first frame.
fn add_copies(known: &mut Sighting, other: &Sighting) {
    let copies = known.copies.saturating_add(other.copies);
    if other.frame < known.frame {
        *known = *other;
    }
    known.copies = copies;
}

fn is_sampled(number: u64, halvings: u32) -> bool {
    digest(number).leading_zeros() >= halvings
}

/// Spreads numbers evenly: the output function of `SplitMix64`.
const fn digest(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;

    fn datagram(frame: u32, number: Option<u64>) -> Datagram {
        Datagram {
            time: Wall(i64::from(frame.wrapping_mul(2_654_435_761) >> 8)),
            frame,
            flow: 0,
            number,
            reads_as_reply: frame.is_multiple_of(3),
            digest: NonZeroU32::new(frame),
            packet_id: NonZeroU32::new(frame % 7),
            length: 10,
            ttl: if frame.is_multiple_of(5) { 63 } else { 64 },
            direction: [None, Some(PacketDirection::In), Some(PacketDirection::Out)][frame as usize % 3],
            bad_checksum: false,
            incomplete: false,
        }
    }

    #[test]
    fn a_summary_counts_and_bounds_a_flow() {
        let numbers = [Some(7), None, Some(3), Some(7), Some(9)];
        let datagrams: Vec<Datagram> = (1..)
            .zip(numbers)
            .map(|(frame, number)| Datagram { time: Wall(frame.into()), ..datagram(frame, number) })
            .collect();
        let summary = FlowSummary::of(&datagrams);
        assert_eq!((summary.datagrams, summary.numbered, summary.replies), (5, 4, 1));
        assert_eq!((summary.numbers, summary.times), (Some((3, 9)), Some((Wall(1), Wall(5)))));
        assert_eq!((summary.first_frame, summary.first_hop_limit()), (Some(1), Some(64)));
        assert_eq!(summary.hop_limits.iter().collect::<Vec<_>>(), [63, 64]);
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let mut hop_limits = HopLimits::default();
        for hop_limit in &all {
            hop_limits.add(*hop_limit);
        }
        assert_eq!(hop_limits.iter().collect::<Vec<_>>(), all);
        assert_eq!([PacketDirection::In, PacketDirection::Out].map(|way| summary.going(way)), [2, 1]);
        let samples: Vec<_> = summary.samples().iter().map(|sight| (sight.key, sight.time.0, sight.copies)).collect();
        assert_eq!(samples, [(3, 3, 1), (7, 1, 2), (9, 5, 1)]);
        assert_eq!(FlowSummary::of([]), FlowSummary::EMPTY);
    }

    #[test]
    fn two_hosts_sample_the_same_numbers() {
        let all: Vec<Datagram> = (1..=200_000).map(|frame| datagram(frame, Some(frame.into()))).collect();
        let some: Vec<Datagram> = all.iter().filter(|datagram| datagram.frame % 10 != 0).rev().copied().collect();
        let [all, some] = [&all, &some].map(FlowSummary::of);
        for summary in [&all, &some] {
            assert!((MAX_SAMPLES / 3..=MAX_SAMPLES).contains(&summary.samples().len()), "{}", summary.samples().len());
        }
        let keys = |summary: &FlowSummary| summary.samples().iter().map(|sight| sight.key).collect::<Vec<_>>();
        let expected: Vec<u64> = keys(&all).into_iter().filter(|key| key % 10 != 0).collect();
        assert_eq!(keys(&some), expected);
    }

    proptest! {
        #[test]
        fn parts_merge_to_the_same_summary_in_any_order(
            numbers in prop::collection::vec(prop::option::weighted(0.9, 0..9_000_u64), 0..12_000),
            seed in any::<u64>(),
        ) {
            let datagrams: Vec<Datagram> = (1..).zip(numbers).map(|(frame, number)| datagram(frame, number)).collect();
            let mut random = fastrand::Rng::with_seed(seed);
            let mut parts: [Vec<Datagram>; 4] = Default::default();
            for datagram in &datagrams {
                parts[random.usize(0..4)].push(*datagram);
            }
            random.shuffle(&mut parts);
            let mut merged = FlowSummary::EMPTY;
            for part in &parts {
                merged.merge(&FlowSummary::of(part));
            }
            prop_assert!(merged.samples().len() <= MAX_SAMPLES);
            prop_assert_eq!(merged, FlowSummary::of(&datagrams));
        }
    }
}
