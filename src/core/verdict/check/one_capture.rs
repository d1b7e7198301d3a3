//! Whether what was handed in as two captures is one: the same packets with the same stamps, apart from a constant, whatever was
//! done to addresses and to single packets.

use std::collections::BTreeMap;

use super::two_clocks::tick_ns;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations::{self, Conversation, Hints};
use crate::core::evidence::datagram::Datagram;
use crate::core::evidence::datagram_source::NumberedDatagrams;
use crate::core::evidence::hop_limit::hops;

/// Two hosts never stamp so many datagrams of each direction at one distance.
const MIN_DATAGRAMS: usize = 4;

/// Stamps that count in larger units than this, nanoseconds, are the same by accident.
const FINE_NS: i64 = 1_000;

/// Most datagrams, in percent: some may have been added or changed.
const MIN_PERCENT: usize = 80;

/// Whether two captures are one.
///
/// Between two hosts a reply needs time, and so does a request: both at one distance are of one wire. Where stamps are coarse,
/// they must have the same hop limits as well, and some must have passed routers: those differ at the two ends.
pub fn is_one(first: &CaptureLog, second: &CaptureLog) -> bool {
    let [ours, theirs] = [first, second].map(largest);
    let Some((ours, theirs)) = ours.zip(theirs) else { return false };
    let ways = [(ours.requests(), theirs.requests()), (ours.replies(), theirs.replies())];
    let ways: Vec<Vec<[&Datagram; 2]>> = ways.iter().map(|(ours, theirs)| shared(*ours, *theirs)).collect();
    if ways.iter().any(|way| way.len() < MIN_DATAGRAMS) {
        return false;
    }
    let distance = |[ours, theirs]: &[&Datagram; 2]| theirs.time.since(ours.time);
    let mut all: Vec<i64> = ways.iter().flatten().map(distance).collect();
    all.sort_unstable();
    let middle = all[all.len() / 2];
    let is_near = |pair: &&[&Datagram; 2]| distance(pair).saturating_sub(middle).saturating_abs() <= FINE_NS;
    if !ways.iter().all(|way| way.iter().filter(is_near).count() * 100 >= way.len() * MIN_PERCENT) {
        return false;
    }
    let are_fine = [first, second].iter().all(|log| tick_ns(Some(log)) <= FINE_NS);
    let both = || ways.iter().flatten();
    are_fine || both().all(|[ours, theirs]| ours.ttl == theirs.ttl) && both().any(|[ours, _]| hops(ours.ttl) > 0)
}

/// The conversation with the most datagrams.
fn largest(log: &CaptureLog) -> Option<Conversation<'_>> {
    let talks = conversations::conversations(log, Hints::default());
    talks.into_iter().max_by_key(|talk| talk.requests().len() + talk.replies().len())
}

/// The datagrams of each number in both, the first copies.
fn shared<'a>(ours: NumberedDatagrams<'a>, theirs: NumberedDatagrams<'a>) -> Vec<[&'a Datagram; 2]> {
    let mut known: BTreeMap<u64, &Datagram> = BTreeMap::new();
    for (datagram, number) in ours.iter() {
        known.entry(number).or_insert(datagram);
    }
    theirs.iter().filter_map(|(datagram, number)| Some([known.remove(&number)?, datagram])).collect()
}
