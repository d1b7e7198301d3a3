//! The ledger: for each message, the points where it was seen, the points where it was provably absent, and so the
//! segments that may have lost it.
//!
//! The ledger handles a row of legs; it does not depend on exchanges, transfers or chats.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use crate::core::evidence::coverage::{Coverage, UnusableReason};
use crate::core::evidence::leg::{Point, Route, RoutePoint, Segment};
use crate::core::evidence::track::{ObservationJoin, PointObservations, Row, Sighting};
use crate::core::identify::clock_offset::Offset;
use crate::core::time::{SECOND, Wall};

/// How much longer than the largest delay seen a witness must have stayed awake for an absence to count.
pub(super) const GRACE_NS: i64 = SECOND;

/// How much earlier than the smallest delay seen a lost datagram may have arrived, without a clock bound: those seen
/// may all have been slow.
const EARLY_NS: i64 = SECOND;

/// Without a clock bound, fewer messages than this at both points do not bound the delay for a witness whose coverage
/// is inferred from its sightings.
const MIN_SAMPLES: u32 = 4;

/// Which host a place is on; hosts are numbered along the route, and each has a clock of its own.
pub type Host = u8;

/// The evidence about one message at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// It was there.
    Seen {
        /// When its first copy was, by that host's clock.
        time: Wall,
        /// The frame's number, where a capture saw it.
        frame: Option<NonZeroU32>,
    },
    /// It was not there, and a witness that would have seen it was watching.
    Absent,
    /// Unknown.
    Unobserved,
}

/// One message on its route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageTrace<'a> {
    /// Its number.
    pub key: u64,
    /// The sightings, by position along the route.
    seen: Row<'a>,
    /// The positions, as bits, from which it was provably absent.
    absent: u8,
}

impl<'a> MessageTrace<'a> {
    /// The observation at a position of the route. Points before the last one seen were passed; they are `Unobserved`
    /// if no witness saw it there.
    pub fn at(&self, position: usize) -> Observation {
        match self.seen[position] {
            Some(sight) => Observation::Seen { time: sight.time, frame: sight.frame },
            None if self.absent & 1 << position != 0 => Observation::Absent,
            None => Observation::Unobserved,
        }
    }

    /// The sightings, by position along the route.
    pub fn seen(&self) -> &Row<'a> {
        &self.seen
    }

    /// Position of the last place at which it was seen.
    pub fn last_seen(&self) -> Option<usize> {
        self.seen.iter().rposition(Option::is_some)
    }

    /// When it was seen at a place.
    pub fn time(&self, place: RoutePoint) -> Option<Wall> {
        self.seen[place.index()].map(|sight| sight.time)
    }

    /// Whether no second copy was seen anywhere: only then do two sightings show the same datagram, and give a delay.
    pub fn is_single(&self) -> bool {
        self.seen.iter().flatten().all(|sight| sight.copies <= 1)
    }

    /// Surplus copies, each counted at the first point where the number rises.
    pub fn surplus(&self) -> u32 {
        self.seen.iter().flatten().map(|sight| sight.copies).max().map_or(0, |most| most.saturating_sub(1))
    }

    /// Whether its text differs between two places of a leg.
    pub fn is_altered(&self) -> bool {
        self.seen.chunks(Point::ALL.len()).any(|leg| {
            let mut digests = leg.iter().flatten().filter_map(|sight| sight.digest);
            digests.next().is_some_and(|first| digests.any(|digest| digest != first))
        })
    }
}

/// Where a message was lost, as far as the evidence goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blame {
    /// Position of the last place at which it was seen.
    pub after: usize,
    /// Position of the first place after it from which it was provably absent.
    pub before: usize,
    /// Every segment between the two: one of them lost it.
    pub segments: Vec<Segment>,
}

/// The ledger of one flow.
#[derive(Clone, Debug)]
pub struct Ledger<'a> {
    route: Route,
    pub(super) places: Vec<PointState<'a>>,
    offsets: Offset,
    /// Places at which a message is known to be absent by other evidence than a witness's silence.
    claims: BTreeMap<u64, BTreeSet<usize>>,
    /// The positions, as bits, at which a message may have passed in another flow.
    elsewhere: BTreeMap<u64, u8>,
    spreads: Vec<Option<DelayRange>>,
    contradictions: BTreeMap<usize, Vec<u64>>,
}

/// The state of one point.
#[derive(Clone, Debug, Default)]
pub(super) struct PointState<'a> {
    host: Host,
    /// By number, each message once.
    pub(super) sights: Cow<'a, [Sighting]>,
    /// The numbers in the order of appearance, where the stamps are in another.
    pub(super) appearance: Option<&'a [u64]>,
    /// Of each witness that watched here.
    coverages: Vec<Coverage>,
}

/// How the stamps at two places differ, over the messages that were seen once at both.
#[derive(Clone, Copy, Debug)]
struct DelayRange {
    least: i64,
    most: i64,
    /// The earliest stamp, at the first of the two places, of a message seen at both.
    earliest: Wall,
    /// How many these were.
    samples: u32,
}

impl<'a> Ledger<'a> {
    /// Opens the ledger of a route. `tracks` and `hosts` are by position along the route; a place without a witness has
    /// no track. `offset` is that of host 1 from host 0.
    ///
    /// # Panics
    /// Where `tracks` or `hosts` are not one for each place of the route.
    pub fn new(route: Route, tracks: &[Option<&'a PointObservations>], hosts: &[Host], offset: Offset) -> Self {
        assert_eq!((tracks.len(), hosts.len()), (route.len(), route.len()));
        let places = (0..route.len())
            .map(|position| {
                let partner = route.same_host.then(|| partner(position)).flatten();
                let here = [Some(position), partner].into_iter().flatten().filter_map(|place| tracks[place]);
                PointState::new(hosts[position], here)
            })
            .collect::<Vec<_>>();
        let mut ledger = Self {
            route,
            places,
            offsets: offset,
            claims: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            spreads: Vec::new(),
            contradictions: BTreeMap::new(),
        };
        ledger.spreads = ledger.all_spreads();
        ledger
    }

    /// The route.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Marks a message as absent at a point, by other evidence: the kernel's error, an ICMP error. A sighting there or
    /// further on outweighs it.
    pub fn mark_absent(&mut self, key: u64, place: RoutePoint) {
        self.claims.entry(key).or_default().insert(place.index());
    }

    /// Marks a message that may have passed a point in another flow: that it was not seen there proves nothing.
    pub fn mark_elsewhere(&mut self, key: u64, place: RoutePoint) {
        *self.elsewhere.entry(key).or_default() |= 1 << place.index();
    }

    /// Every number that was seen anywhere, ascending.
    pub fn keys(&self) -> Vec<u64> {
        self.rows().map(|(key, _)| key).collect()
    }

    /// How many messages were seen at a point besides these ascending numbers.
    pub fn seen_besides(&self, place: RoutePoint, keys: &[u64]) -> usize {
        let mut seen = ObservationJoin::new([&*self.places[place.index()].sights]);
        let known = keys.iter().filter(|key| seen.seek(**key)[0].is_some()).count();
        self.places[place.index()].sights.len() - known
    }

    /// Whether any witness watched at a place, and could see.
    pub fn is_watched(&self, place: RoutePoint) -> bool {
        let point_state = &self.places[place.index()];
        let sees =
            |coverage: &Coverage| !matches!(coverage.void, Some(UnusableReason::Filter | UnusableReason::Snaplen));
        !point_state.sights.is_empty() || point_state.coverages.iter().any(sees)
    }

    /// The points whose witness missed what later points prove, with those messages.
    pub fn contradictions(&self) -> &BTreeMap<usize, Vec<u64>> {
        &self.contradictions
    }

    /// Looks for witnesses that missed something: a message seen after a place where it was absent. Such a witness's
    /// other absences prove nothing from then on. `keys` are the messages that count.
    pub fn detect_contradictions(&mut self, keys: &[u64]) {
        let mut found: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut rows = self.rows();
        for key in keys {
            let seen = rows.seek(*key).map(|sight| sight.map(|sight| sight.time));
            let Some(last) = seen.iter().rposition(Option::is_some) else { continue };
            let elsewhere = self.elsewhere.get(key).copied().unwrap_or_default();
            let unseen = |place: &usize| seen[*place].is_none() && elsewhere & 1 << place == 0;
            for place in (0..last).filter(unseen) {
                let before = (0..place).rev().find_map(|before| seen[before].map(|time| (before, time)));
                let after = (place..=last).find_map(|after| seen[after].map(|time| (after, time)));
                let awake = match (before, after) {
                    (Some((before, time)), _) => self.covered_at(before, place, time),
                    (None, Some((after, time))) => self.covered_before(place, after, time),
                    (None, None) => false,
                };
                if awake {
                    found.entry(place).or_default().push(*key);
                }
            }
        }
        for place in found.keys() {
            for coverage in &mut self.places[*place].coverages {
                coverage.void.get_or_insert(UnusableReason::Contradicted);
            }
        }
        self.contradictions = found;
    }

    /// The trace of one message.
    pub fn trace(&self, key: u64) -> MessageTrace<'_> {
        let find = |sights: &'_ [Sighting]| sights.binary_search_by_key(&key, |sight| sight.key).ok();
        let mut row = Row::default();
        for (seen, place) in row.iter_mut().zip(&self.places) {
            *seen = find(&place.sights).map(|index| &place.sights[index]);
        }
        self.analyze_message(key, row)
    }

    /// The traces of these ascending numbers.
    pub fn traces<'b>(&'b self, keys: &'b [u64]) -> impl Iterator<Item = MessageTrace<'b>> {
        let mut rows = self.rows();
        keys.iter().map(move |key| self.analyze_message(*key, rows.seek(*key)))
    }

    fn rows(&self) -> ObservationJoin<'_> {
        ObservationJoin::new(self.places.iter().map(|place| &*place.sights))
    }

    /// Finds out where a message was absent that was seen at some places.
    fn analyze_message<'b>(&self, key: u64, seen: Row<'b>) -> MessageTrace<'b> {
        let mut trace = MessageTrace { key, seen, absent: 0 };
        let Some(last) = trace.last_seen() else { return trace };
        if last + 1 == self.route.len() {
            return trace;
        }
        let claims = self.claims.get(&key);
        let time = seen[last].map_or(Wall(0), |sight| sight.time);
        let elsewhere = self.elsewhere.get(&key).copied().unwrap_or_default();
        for place in (last + 1..self.route.len()).filter(|place| elsewhere & 1 << place == 0) {
            let claimed = claims.is_some_and(|claims| claims.range(..=place).any(|claim| *claim > last));
            if claimed || self.covered_at(last, place, time) || self.covered_for_reply(&seen, last, place) {
                trace.absent |= 1 << place;
            }
        }
        trace
    }

    /// Where a message was lost: from the last place where it was seen to the first after it where it was absent.
    ///
    /// `None` where it was seen nowhere, or where no absence is proven. `lost_before` is a place from which it is
    /// known to be absent whatever the witnesses say.
    pub fn blame(&self, trace: &MessageTrace<'_>, lost_before: Option<RoutePoint>) -> Option<Blame> {
        let after = trace.last_seen()?;
        let absent = (after + 1..self.route.len()).find(|place| trace.at(*place) == Observation::Absent);
        let known = lost_before.map(RoutePoint::index).filter(|place| *place > after);
        let before = absent.into_iter().chain(known).min()?;
        Some(Blame { after, before, segments: self.route.segments_between(after, before) })
    }

    /// Whether a witness at `to` would have seen a datagram that was seen at `from` at `time`, had it come.
    fn covered_at(&self, from: usize, to: usize, time: Wall) -> bool {
        let Some((earliest, latest)) = self.window(from, to, time) else { return false };
        // A capture that saw this message here and an earlier one at both points was live in between. For two witnesses
        // that proves nothing: the earlier message may have been slower, and this one gone before the other was live.
        let awake =
            self.is_one_capture(from, to) && self.spread(from, to).is_some_and(|spread| spread.earliest <= time);
        let few =
            self.offset(from, to).is_none() && self.spread(from, to).is_some_and(|spread| spread.samples < MIN_SAMPLES);
        self.places[to].coverages.iter().filter(|coverage| !(few && coverage.assumed)).any(|coverage| {
            let start = if awake { earliest.max(coverage.from) } else { earliest };
            coverage.spans(start, latest.max(start).shifted(GRACE_NS))
        })
    }

    /// What passed between two hosts' witnesses may tell little of when a datagram would have come, or nothing passed at
    /// all. But one that left this host before, as an answer would have come back to it: whether a witness at `to`
    /// stayed awake for that, and for as long as the message was seen to stay at the other host.
    fn covered_for_reply(&self, seen: &Row<'_>, last: usize, to: usize) -> bool {
        let Some(at_last) = seen[last] else { return false };
        let on = |host: Host| move |place: &usize| self.places[*place].host == host && seen[*place].is_some();
        let left = (0..last).rev().find(on(self.places[to].host));
        let arrival = (0..=last).find(on(self.places[last].host)).and_then(|place| seen[place]);
        let (Some(left), Some(arrival)) = (left, arrival) else { return false };
        let Some((earliest, latest)) = seen[left].and_then(|sight| self.window(left, to, sight.time)) else {
            return false;
        };
        let until = latest.shifted(at_last.time.since(arrival.time).max(0).saturating_add(GRACE_NS));
        self.places[to].coverages.iter().any(|coverage| coverage.spans(earliest, until))
    }

    /// Whether one capture is the only witness of both places.
    fn is_one_capture(&self, from: usize, to: usize) -> bool {
        let on_wire = |place| RoutePoint::at(place).point.on_wire();
        !self.route.same_host && on_wire(from) && on_wire(to) && self.places[from].host == self.places[to].host
    }

    /// Whether a witness at `place` was awake when a datagram passed that was seen further on, at `after`, at `time`.
    fn covered_before(&self, place: usize, after: usize, time: Wall) -> bool {
        let (earliest, latest) = match (self.spread(place, after), self.offset(place, after)) {
            (Some(spread), _) => {
                (time.shifted(spread.most.saturating_neg()), time.shifted(spread.least.saturating_neg()))
            }
            (None, Some((0, 0))) => (time, time),
            _ => return false,
        };
        self.places[place].coverages.iter().any(|coverage| coverage.spans(earliest, latest))
    }

    /// When, by the clock at `to`, a datagram would have come there that was at `from` at `time`.
    fn window(&self, from: usize, to: usize, time: Wall) -> Option<(Wall, Wall)> {
        let spread = self.spread(from, to);
        let offset = self.offset(from, to);
        let earliest = match (offset, spread) {
            (Some((low, _)), Some(spread)) => low.min(spread.least),
            (Some((low, _)), None) => low,
            (None, Some(spread)) => {
                spread.least.saturating_sub(spread.most.saturating_sub(spread.least)).saturating_sub(EARLY_NS)
            }
            (None, None) => return None,
        };
        let latest = match (offset, spread) {
            (_, Some(spread)) => spread.most,
            (Some((_, high)), None) => high,
            (None, None) => return None,
        };
        Some((time.shifted(earliest), time.shifted(latest)))
    }

    /// Bounds of the difference between the clocks at two places: the second's minus the first's.
    fn offset(&self, from: usize, to: usize) -> Option<(i64, i64)> {
        match (self.places[from].host, self.places[to].host, self.offsets) {
            (a, b, _) if a == b => Some((0, 0)),
            (0, 1, Offset::Within { low_ns, high_ns }) => Some((low_ns, high_ns)),
            (1, 0, Offset::Within { low_ns, high_ns }) => Some((high_ns.saturating_neg(), low_ns.saturating_neg())),
            _ => None,
        }
    }

    fn spread(&self, from: usize, to: usize) -> Option<DelayRange> {
        self.spreads[from * self.route.len() + to]
    }

    fn all_spreads(&self) -> Vec<Option<DelayRange>> {
        let size = self.route.len();
        let mut spreads = vec![None; size * size];
        for from in 0..size {
            for to in from + 1..size {
                spreads[from * size + to] = spread(&self.places[from].sights, &self.places[to].sights);
            }
        }
        spreads
    }
}

/// The place that the same frame is, where both ends are on one host.
fn partner(position: usize) -> Option<usize> {
    match RoutePoint::at(position).point {
        Point::WireOut => Some(position + 1),
        Point::WireIn => Some(position - 1),
        Point::AppSent | Point::AppReceived => None,
    }
}

impl<'a> PointState<'a> {
    fn new(host: Host, tracks: impl Iterator<Item = &'a PointObservations>) -> Self {
        let mut point_state = Self { host, ..Self::default() };
        for track in tracks {
            point_state.coverages.push(track.coverage.clone());
            point_state.appearance = point_state.appearance.or(track.appearance());
            point_state.sights = if point_state.sights.is_empty() {
                Cow::Borrowed(track.sightings())
            } else {
                Cow::Owned(merge(&point_state.sights, track.sightings()))
            };
        }
        point_state
    }
}

/// Two witnesses of one place: seen by either is seen, and each copy counts once.
fn merge(own: &[Sighting], other: &[Sighting]) -> Vec<Sighting> {
    let rows = ObservationJoin::new([own, other]);
    let both = rows.filter_map(|(_, row)| match (row[0], row[1]) {
        (Some(own), Some(other)) => Some(Sighting { copies: own.copies.max(other.copies), ..*own }),
        (own, other) => own.or(other).copied(),
    });
    both.collect()
}

fn spread(from: &[Sighting], to: &[Sighting]) -> Option<DelayRange> {
    let mut result: Option<DelayRange> = None;
    let mut others = to.iter().peekable();
    for sight in from.iter().filter(|sight| sight.copies == 1) {
        while others.next_if(|other| other.key < sight.key).is_some() {}
        let Some(other) = others.next_if(|other| other.key == sight.key) else { continue };
        if other.copies != 1 {
            continue;
        }
        let difference = other.time.since(sight.time);
        let before =
            result.unwrap_or(DelayRange { least: difference, most: difference, earliest: sight.time, samples: 0 });
        result = Some(DelayRange {
            least: before.least.min(difference),
            most: before.most.max(difference),
            earliest: before.earliest.min(sight.time),
            samples: before.samples.saturating_add(1),
        });
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: Route = Route::new(1, false);
    const HOSTS: [Host; 4] = [0, 0, 1, 1];

    fn track(keys: &[u64], from: i64, to: i64) -> PointObservations {
        let sights = keys
            .iter()
            .map(|key| Sighting {
                key: *key,
                time: Wall(*key as i64 * SECOND),
                frame: None,
                digest: None,
                packet_id: None,
                copies: 1,
            })
            .collect();
        let coverage = Coverage { from: Wall(from * SECOND), to: Wall(to * SECOND), ..Coverage::default() };
        PointObservations::new(sights, coverage)
    }

    fn ledger(tracks: [Option<&PointObservations>; 4]) -> Ledger<'_> {
        let offset = Offset::Within { low_ns: -1_000, high_ns: 1_000 };
        let mut ledger = Ledger::new(ROUTE, &tracks, &HOSTS, offset);
        let keys = ledger.keys();
        ledger.detect_contradictions(&keys);
        ledger
    }

    fn blame(ledger: &Ledger<'_>, key: u64) -> Vec<Segment> {
        ledger.blame(&ledger.trace(key), None).map(|blame| blame.segments).unwrap_or_default()
    }

    #[test]
    fn full_witnesses_name_the_segment() {
        let (sent, out) = (track(&[1, 2, 3, 4, 5], 0, 99), track(&[1, 2, 3, 5], 0, 99));
        let (arrival, read) = (track(&[1, 2, 5], 0, 99), track(&[1, 5], 0, 99));
        let ledger = ledger([Some(&sent), Some(&out), Some(&arrival), Some(&read)]);
        assert_eq!(blame(&ledger, 1), []);
        assert_eq!(blame(&ledger, 2), [Segment::ReceiverHost(0)]);
        assert_eq!(blame(&ledger, 3), [Segment::Network(0)]);
        assert_eq!(blame(&ledger, 4), [Segment::SenderHost(0)]);
    }

    #[test]
    fn a_place_without_a_witness_widens_the_blame() {
        let (sent, read) = (track(&[1, 2, 3], 0, 99), track(&[1, 3], 0, 99));
        let ledger = ledger([Some(&sent), None, None, Some(&read)]);
        assert_eq!(blame(&ledger, 2), [Segment::SenderHost(0), Segment::Network(0), Segment::ReceiverHost(0)]);
    }

    #[test]
    fn a_witness_that_left_too_early_proves_nothing() {
        let sent = track(&[1, 2, 3, 4], 0, 99);
        let blamed = |until: i64| {
            let read = track(&[1, 2, 3], 0, until);
            blame(&ledger([Some(&sent), None, None, Some(&read)]), 4).len()
        };
        assert_eq!((blamed(4), blamed(6)), (0, 3));
    }

    #[test]
    fn a_witness_that_came_late_proves_nothing_before() {
        let sent = track(&[1, 2, 3, 4], 0, 99);
        let read = track(&[4], 2, 99);
        let ledger = ledger([Some(&sent), None, None, Some(&read)]);
        assert_eq!(blame(&ledger, 1), []);
        assert_eq!(blame(&ledger, 3).len(), 3);
    }

    #[test]
    fn without_clock_bounds_slow_messages_prove_nothing_of_others() {
        let lost_after = |shared: u64| {
            let sent = track(&(1..=shared + 1).collect::<Vec<_>>(), 0, 99);
            let mut read = track(&(2..=shared + 1).collect::<Vec<_>>(), -9, 99);
            read.coverage.assumed = true;
            let ledger = Ledger::new(ROUTE, &[Some(&sent), None, None, Some(&read)], &HOSTS, Offset::Unknown);
            blame(&ledger, 1).len()
        };
        assert_eq!((lost_after(1), lost_after(3), lost_after(4)), (0, 0, 3));
    }

    #[test]
    fn a_witness_that_missed_one_message_may_have_missed_others() {
        let (sent, out) = (track(&[1, 2, 3, 4], 0, 99), track(&[1, 4], 0, 99));
        let read = track(&[1, 2, 4], 0, 99);
        let ledger = ledger([Some(&sent), Some(&out), None, Some(&read)]);
        assert_eq!(ledger.contradictions(), &BTreeMap::from([(1, vec![2])]));
        assert_eq!(blame(&ledger, 3).len(), 3, "not the sender's host alone");
    }

    #[test]
    fn on_one_host_a_frame_is_both_wire_points() {
        let route = Route::new(1, true);
        let (sent, out, read) = (track(&[1, 2, 3], 0, 99), track(&[1, 2], 0, 99), track(&[1], 0, 99));
        let ledger = Ledger::new(route, &[Some(&sent), Some(&out), None, Some(&read)], &[0; 4], Offset::Unknown);
        assert_eq!(blame(&ledger, 2), [Segment::ReceiverHost(0)]);
        assert_eq!(blame(&ledger, 3), [Segment::SenderHost(0)]);
    }

    #[test]
    fn a_claim_narrows_and_a_sighting_outweighs_it() {
        let (sent, read) = (track(&[1, 2, 3], 0, 99), track(&[1, 3], 0, 99));
        let mut ledger = ledger([Some(&sent), None, None, Some(&read)]);
        ledger.mark_absent(2, RoutePoint::new(0, Point::WireOut));
        ledger.mark_absent(3, RoutePoint::new(0, Point::WireOut));
        assert_eq!(blame(&ledger, 2), [Segment::SenderHost(0)]);
        assert_eq!(blame(&ledger, 3), []);
    }

    #[test]
    fn surplus_copies_count_once_however_far_they_come() {
        let once = track(&[1], 0, 9);
        let twice = PointObservations::new([once.sightings(), once.sightings()].concat(), once.coverage.clone());
        let ledger = ledger([Some(&once), Some(&once), Some(&twice), Some(&twice)]);
        let journey = ledger.trace(1);
        assert_eq!(journey.surplus(), 1);
        assert!(!journey.is_single());
    }
}
