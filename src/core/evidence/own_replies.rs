//! Which of the replies on a client's wire are those to this run's messages.
//!
//! Replies may be seconds late, and come when the client runs again from the same port. Nothing in them says which run they
//! answer.

use std::collections::{BTreeMap, BTreeSet};

use super::track::{PointObservations, Sighting};
use crate::core::time::SECOND;

/// A network makes a second copy of a reply sooner than this after the first. What comes later may answer another run.
const MAX_COPY_LAG_NS: i64 = SECOND / 2;

/// A reply that took this many times as long as others do is unusual.
const USUAL_RATIO: i64 = 4;

/// An application reads a reply no later than this after it came.
const READ_LAG_NS: i64 = SECOND;

/// Replies that are this run's, as far as is known.
#[derive(Debug, Default)]
pub struct OwnReplies {
    /// Those, in the order of appearance.
    pub sights: Vec<Sighting>,
    /// Messages of which a reply came that may answer another run's.
    pub ambiguous: BTreeSet<u64>,
    /// How many came before their requests.
    pub early: u64,
    /// A reply that came after its request has an earlier stamp: the clock was set back in between.
    pub is_set_back: bool,
    /// Messages of which a reply came long after the first.
    late: BTreeSet<u64>,
    /// The shortest time, nanoseconds, after which a reply came that is probably another run's.
    stray_ns: Option<i64>,
}

/// Whether packet IDs show two sightings to be copies of one packet.
fn is_one_packet(first: &Sighting, later: &Sighting) -> bool {
    first.packet_id.is_some() && first.packet_id == later.packet_id
}

/// The numbers that were seen more than once, in order.
fn repeated_keys(sights: &[Sighting]) -> Vec<u64> {
    let mut keys: Vec<u64> = sights.iter().map(|sight| sight.key).collect();
    keys.sort_unstable();
    let mut repeated: Vec<u64> = keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    repeated.dedup();
    repeated
}

impl OwnReplies {
    /// Leaves out replies that came before their requests, by their frames or, where these are not known, on a clock that may have
    /// moved by `moved_ns`. Where one did, another run's replies come to this port: then only what the application `read` right
    /// after it came is known to be this run's. The same is true of both replies where a second one, which is known to be another
    /// packet, came long after the first, and then of all that took unusually long.
    pub fn new(
        sights: Vec<Sighting>,
        [requests, on_wire]: [&PointObservations; 2],
        read: Option<&PointObservations>,
        moved_ns: i64,
    ) -> Self {
        let mut own = Self::default();
        // Most replies come once, and nothing need be kept for them.
        let repeated = repeated_keys(&sights);
        let mut firsts: BTreeMap<u64, Sighting> = BTreeMap::new();
        let mut place = 0;
        own.sights = sights;
        own.sights.retain(|sight| {
            let request = requests.get_near(sight.key, &mut place);
            // A client sends its messages in the order of their numbers.
            let asked = request.or_else(|| requests.before(sight.key));
            let seems_early = asked.is_some_and(|asked| asked.time > sight.time.shifted(moved_ns));
            let follows = || on_wire.get(asked?.key)?.frame.zip(sight.frame).map(|(asked, reply)| asked < reply);
            if seems_early && follows() != Some(true) {
                own.early += 1;
                return false;
            }
            own.is_set_back |= seems_early;
            if repeated.binary_search(&sight.key).is_err() {
                return true;
            }
            let first = firsts.entry(sight.key).or_insert(*sight);
            let is_late = sight.time.since(first.time).saturating_abs() > MAX_COPY_LAG_NS.saturating_add(moved_ns);
            if is_late && first.packet_id.is_none() {
                return false;
            }
            if is_late && !is_one_packet(first, sight) {
                let waited = request.map(|request| sight.time.since(request.time));
                own.stray_ns = own.stray_ns.into_iter().chain(waited).min();
                own.late.insert(sight.key);
            }
            true
        });
        if let Some(read) = read.filter(|_| !repeated.is_empty()) {
            own.leave_unread(&repeated, read, moved_ns);
        }
        if own.early > 0 || !own.late.is_empty() {
            own.keep_read(requests, read, moved_ns);
        }
        own
    }

    /// Of several replies to one message, fewer of which the application read, keeps the one that it read first, or else the first,
    /// and true copies of it: they have one packet ID.
    fn leave_unread(&mut self, repeated: &[u64], read: &PointObservations, moved_ns: i64) {
        let is_repeated = |sight: &&Sighting| repeated.binary_search(&sight.key).is_ok();
        let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
        for sight in self.sights.iter().filter(is_repeated) {
            *counts.entry(sight.key).or_default() += 1;
        }
        let mut kept: BTreeMap<u64, Sighting> = BTreeMap::new();
        for sight in self.sights.iter().filter(is_repeated).filter(|sight| counts[&sight.key] > 1) {
            match read.get(sight.key) {
                Some(known) if known.copies >= counts[&sight.key] => {}
                Some(known) if sight.time <= known.time.shifted(moved_ns) => _ = kept.insert(sight.key, *sight),
                None if !read.coverage.spans(sight.time, sight.time.shifted(READ_LAG_NS)) => {}
                _ => _ = kept.entry(sight.key).or_insert(*sight),
            }
        }
        let is_kept = |sight: &Sighting| {
            let Some(own) = kept.get(&sight.key) else { return true };
            own.frame == sight.frame || is_one_packet(own, sight)
        };
        self.sights.retain(is_kept);
    }

    /// Of what may answer another run, keeps what the application read.
    fn keep_read(&mut self, requests: &PointObservations, read: Option<&PointObservations>, moved_ns: i64) {
        let waited = |sight: &Sighting| Some(sight.time.since(requests.get(sight.key)?.time));
        let mut waits: Vec<i64> = self.sights.iter().filter_map(waited).collect();
        waits.sort_unstable();
        let usual_ns = waits.get(waits.len() / 2).map_or(i64::MAX, |median| median.saturating_mul(USUAL_RATIO));
        let slow_ns = self.stray_ns.map(|stray_ns| usual_ns.min(stray_ns / 2));
        let is_slow = |sight: &Sighting| waited(sight).zip(slow_ns).is_some_and(|(waited, slow_ns)| waited > slow_ns);
        let is_doubtful = |sight: &Sighting| self.early > 0 || self.late.contains(&sight.key) || is_slow(sight);
        let was_read = |sight: &Sighting| {
            let lag_ns = read?.get(sight.key)?.time.since(sight.time);
            Some((-moved_ns..=READ_LAG_NS.saturating_add(moved_ns)).contains(&lag_ns))
        };
        let (sights, others): (Vec<Sighting>, Vec<Sighting>) =
            self.sights.iter().partition(|sight| !is_doubtful(sight) || was_read(sight) == Some(true));
        self.ambiguous.extend(others.iter().map(|sight| sight.key));
        self.sights = sights;
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::core::evidence::coverage::Coverage;
    use crate::core::time::Wall;

    const MS: i64 = 1_000_000;

    /// A sighting of a message at a time in milliseconds.
    fn sight(key: u64, time: i64) -> Sighting {
        let frame = NonZeroU32::new(time as u32);
        Sighting { key, time: Wall(time * MS), frame, digest: None, packet_id: NonZeroU32::new(time as u32), copies: 1 }
    }

    fn own(replies: &[(u64, i64)], read: Option<&[(u64, i64)]>) -> OwnReplies {
        let sights = |seen: &[(u64, i64)]| seen.iter().map(|(key, time)| sight(*key, *time)).collect::<Vec<_>>();
        let requests = PointObservations::new(sights(&[(1, 100), (2, 200), (3, 300)]), Coverage::default());
        let read = read.map(|read| PointObservations::new(sights(read), Coverage::default()));
        OwnReplies::new(sights(replies), [&requests; 2], read.as_ref(), 0)
    }

    fn times(own: &OwnReplies) -> Vec<i64> {
        own.sights.iter().map(|sight| sight.time.0 / MS).collect()
    }

    #[test]
    fn replies_to_this_run_alone_are_all_kept() {
        let found = own(&[(1, 110), (2, 210), (2, 290), (3, 310)], None);
        assert_eq!((times(&found), found.ambiguous.len(), found.early), (vec![110, 210, 290, 310], 0, 0));
    }

    #[test]
    fn a_reply_before_its_request_makes_unread_ones_doubtful() {
        let replies = [(1, 110), (3, 150), (2, 210), (3, 310)];
        let found = own(&replies, None);
        assert_eq!((times(&found), found.ambiguous, found.early), (vec![], BTreeSet::from([1, 2, 3]), 1));
        let found = own(&replies, Some(&[(1, 111), (3, 311)]));
        assert_eq!((times(&found), found.ambiguous), (vec![110, 310], BTreeSet::from([2])));
    }

    #[test]
    fn of_replies_long_after_each_other_neither_is_known() {
        let found = own(&[(1, 110), (1, 900), (2, 210)], None);
        assert_eq!((times(&found), found.ambiguous), (vec![210], BTreeSet::from([1])));
        let requests = PointObservations::new([sight(1, 100)], Coverage::default());
        let unnumbered = |time| Sighting { packet_id: None, ..sight(1, time) };
        let found = OwnReplies::new(vec![unnumbered(110), unnumbered(900)], [&requests; 2], None, 0);
        assert_eq!((times(&found), found.ambiguous.len()), (vec![110], 0), "nothing tells packets apart");
    }

    #[test]
    fn a_reply_before_an_earlier_message_came_too_soon() {
        let found = own(&[(9, 250)], None);
        assert_eq!((times(&found), found.early), (vec![], 1), "message 9 leaves after message 3");
        assert_eq!(own(&[(9, 350)], None).early, 0);
    }

    #[test]
    fn with_a_reply_long_after_another_slow_ones_are_doubtful() {
        let found = own(&[(1, 110), (2, 4_200), (1, 6_100)], None);
        assert_eq!((times(&found), found.ambiguous), (vec![], BTreeSet::from([1, 2])));
        let found = own(&[(1, 110), (2, 4_200), (1, 6_100)], Some(&[(1, 111), (2, 4_201)]));
        assert_eq!((times(&found), found.ambiguous), (vec![110, 4_200], BTreeSet::new()));
    }

    #[test]
    fn a_copy_that_was_not_read_is_another_runs() {
        assert_eq!(times(&own(&[(1, 105), (1, 110)], Some(&[(1, 111)]))), [110]);
        assert_eq!(times(&own(&[(1, 110), (1, 120)], Some(&[(1, 111)]))), [110]);
        assert_eq!(times(&own(&[(1, 110), (1, 120)], Some(&[(1, 111), (1, 121)]))), [110, 120]);
        let requests = PointObservations::new([sight(1, 100)], Coverage::default());
        let watched = Coverage { to: Wall(9_000 * MS), ..Coverage::default() };
        let read = PointObservations::new([], watched);
        let found = OwnReplies::new(vec![sight(1, 110), sight(1, 120)], [&requests; 2], Some(&read), 0);
        assert_eq!(times(&found), [110], "neither was read");
    }
}
