//! The ledger: for each message, the points where it was seen, the points where it was provably absent, and so the
//! segments that may have lost it.
//!
//! The ledger handles a row of legs; it does not depend on exchanges, transfers or chats. It is fed with rows: what the
//! witnesses of each place saw of one message. In a first pass a [`LedgerBuilder`] takes all rows, in a second the
//! [`Ledger`] judges them one at a time.

mod delay_ranges;
mod route_observations;
mod trace;

use std::collections::BTreeMap;

use self::delay_ranges::{DelayRange, DelayRanges};
pub use self::route_observations::RouteObservations;
pub use self::trace::{MessageTrace, Observation, OtherEvidence, PlaceSet};
use crate::core::evidence::coverage::{Coverage, UnusableReason};
use crate::core::evidence::leg::{Route, RoutePoint, Segment};
use crate::core::evidence::track::Row;
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

/// The first pass over the rows of a flow: what must be known of all of them before one is judged. Parts of a flow can be
/// merged in any order.
#[derive(Clone, Debug)]
pub struct LedgerBuilder {
    route: Route,
    places: Vec<PointState>,
    delays: DelayRanges,
    /// Some message was not seen at a place with a witness, and at a later place it was.
    has_holes: bool,
}

/// The ledger of one flow.
#[derive(Clone, Debug)]
pub struct Ledger {
    route: Route,
    places: Vec<PointState>,
    offset: Offset,
    /// By how much the clocks moved, where the offset does not say when.
    moved_ns: i64,
    /// By how much the stamps on the wire may be too early.
    coarse_ns: i64,
    delays: DelayRanges,
    has_holes: bool,
    contradictions: BTreeMap<usize, Vec<u64>>,
}

/// The state of one point.
#[derive(Clone, Debug)]
struct PointState {
    host: Host,
    /// Of each witness that watches here.
    coverages: Vec<Coverage>,
    /// How many messages were seen here.
    seen: u64,
    /// Number and time of the first message that was seen here, and of the last.
    ends: Option<[(u64, Wall); 2]>,
    /// Whether messages were seen here in the order of their numbers.
    in_order: bool,
}

impl PointState {
    fn add(&mut self, key: u64, time: Wall) {
        let [first, last] = self.ends.unwrap_or([(key, time); 2]);
        self.in_order &= last.1 <= time;
        self.ends = Some([first, (key, time)]);
        self.seen += 1;
    }

    fn merge(&mut self, other: &Self) {
        let (ends, follows) = match (self.ends, other.ends) {
            (Some([first, end]), Some([begin, last])) if end.0 < begin.0 => (Some([first, last]), end.1 <= begin.1),
            (Some([begin, last]), Some([first, end])) if end.0 < begin.0 => (Some([first, last]), end.1 <= begin.1),
            // Of numbers that lie between each other it is unknown, and then the messages are looked at.
            (Some(ends), Some(_)) => (Some(ends), false),
            (own, other) => (own.or(other), true),
        };
        self.in_order &= other.in_order && follows;
        self.ends = ends;
        self.seen += other.seen;
    }
}

impl LedgerBuilder {
    /// For a route; `hosts` and `coverages` are by position along it, a place without a witness has no coverage.
    ///
    /// # Panics
    /// Where they are not one for each place of the route.
    pub fn new(route: Route, hosts: &[Host], coverages: Vec<Vec<Coverage>>) -> Self {
        assert_eq!((coverages.len(), hosts.len()), (route.len(), route.len()));
        let places = hosts.iter().zip(coverages).map(|(host, coverages)| PointState {
            host: *host,
            coverages,
            seen: 0,
            ends: None,
            in_order: true,
        });
        Self { route, places: places.collect(), delays: DelayRanges::new(route.len()), has_holes: false }
    }

    /// Adds a message; numbers ascend from call to call.
    pub fn add(&mut self, key: u64, row: &Row<'_>) {
        let mut has_hole = false;
        for (place, sight) in self.places.iter_mut().zip(row) {
            if let Some(sight) = sight {
                place.add(key, sight.time);
                self.has_holes |= has_hole;
            } else {
                has_hole |= !place.coverages.is_empty();
            }
        }
        self.delays.add(row);
    }

    /// Adds the messages of another part of the flow.
    pub fn merge(&mut self, other: &Self) {
        for (place, other) in self.places.iter_mut().zip(&other.places) {
            place.merge(other);
        }
        self.delays.merge(&other.delays);
        self.has_holes |= other.has_holes;
    }

    /// The ledger, when all messages have been added. `offset` is that of host 1 from host 0.
    pub fn finish(self, offset: Offset) -> Ledger {
        let Self { route, places, delays, has_holes } = self;
        Ledger { route, places, offset, moved_ns: 0, coarse_ns: 0, delays, has_holes, contradictions: BTreeMap::new() }
    }
}

impl Ledger {
    /// The same where the clocks moved by so much, nanoseconds, during the run.
    #[must_use]
    pub fn with_moved_clocks(self, moved_ns: i64) -> Self {
        Self { moved_ns, ..self }
    }

    /// The same where the stamps on the wire have this resolution, nanoseconds.
    #[must_use]
    pub fn with_coarse_stamps(self, coarse_ns: i64) -> Self {
        Self { coarse_ns, ..self }
    }

    /// The route.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Whether any witness watched at a place, and could see.
    pub fn is_watched(&self, place: RoutePoint) -> bool {
        let point_state = &self.places[place.index()];
        let sees =
            |coverage: &Coverage| !matches!(coverage.void, Some(UnusableReason::Filter | UnusableReason::Snaplen));
        point_state.seen > 0 || point_state.coverages.iter().any(sees)
    }

    /// Whether messages are known to have been seen at a place in the order of their numbers.
    pub fn is_in_order(&self, place: RoutePoint) -> bool {
        self.places[place.index()].in_order
    }

    /// The points whose witness missed what later points prove, with those messages.
    pub fn contradictions(&self) -> &BTreeMap<usize, Vec<u64>> {
        &self.contradictions
    }

    /// Looks for witnesses that missed something: a message seen after a place where it was absent. Such a witness's
    /// other absences prove nothing from then on. `rows` are those of the messages that count; `elsewhere` are the places
    /// that a message may have passed in another flow.
    pub fn detect_contradictions<'r>(
        &mut self,
        rows: impl IntoIterator<Item = (u64, Row<'r>)>,
        elsewhere: impl Fn(u64) -> PlaceSet,
    ) {
        if !self.has_holes {
            return;
        }
        let mut found: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        let mut blind: Vec<(Host, Wall, Wall)> = Vec::new();
        for (key, row) in rows {
            let Some(last) = row.iter().rposition(Option::is_some) else { continue };
            let elsewhere = elsewhere(key);
            for place in (0..last).filter(|place| row[*place].is_none() && !elsewhere.contains(*place)) {
                if self.is_contradicted(&row, place) {
                    found.entry(place).or_default().push(key);
                    let missed = self.expected(&row, place).filter(|_| RoutePoint::at(place).point.on_wire());
                    if let Some((from, to)) = missed {
                        let (from, to) = (from.shifted(-GRACE_NS), to.shifted(GRACE_NS));
                        let host = self.places[place].host;
                        // Numbers ascend, and with them the times: an interval goes on or a new one begins.
                        match blind.iter_mut().rfind(|(of, ..)| *of == host) {
                            Some((_, start, end)) if *start <= to && from <= *end => {
                                (*start, *end) = (from.min(*start), to.max(*end));
                            }
                            _ => blind.push((host, from, to)),
                        }
                    }
                }
            }
        }
        // A capture that missed a message may have missed what passed the other way then.
        for (host, from, to) in blind {
            let wires = self
                .places
                .iter_mut()
                .enumerate()
                .filter(|(at, place)| place.host == host && RoutePoint::at(*at).point.on_wire());
            for coverage in wires.flat_map(|(_, place)| &mut place.coverages) {
                coverage.blind.push((from, to));
            }
        }
        for place in found.keys() {
            for coverage in &mut self.places[*place].coverages {
                coverage.void.get_or_insert(UnusableReason::Contradicted);
            }
        }
        self.contradictions = found;
    }

    /// Whether a witness at `place` was awake when a message passed that it did not see and a later place did.
    fn is_contradicted(&self, row: &Row<'_>, place: usize) -> bool {
        let time = |position: usize| row[position].map(|sight| (position, sight.time));
        let after = (place..row.len()).find_map(time);
        // What came later than the others passes its own host at once.
        let came = after.filter(|(after, _)| self.places[*after].host == self.places[place].host);
        match ((0..place).rev().find_map(time), after) {
            (Some((before, time)), _) => {
                self.covered_at(before, place, time)
                    && came.is_none_or(|(after, time)| self.covered_before(place, after, time))
            }
            (None, Some((after, time))) => self.covered_before(place, after, time),
            (None, None) => false,
        }
    }

    /// When a message passed a place that was seen before or after it.
    fn expected(&self, row: &Row<'_>, place: usize) -> Option<(Wall, Wall)> {
        let time = |position: usize| row[position].map(|sight| (position, sight.time));
        let before = (0..place).rev().find_map(time).and_then(|(before, time)| self.window(before, place, time));
        let after =
            || (place..row.len()).find_map(time).and_then(|(after, time)| self.window_before(place, after, time));
        before.or_else(after)
    }

    /// Judges a message: finds out where it was absent that was seen at some places. `known` is other evidence about it.
    pub fn trace<'r>(&self, key: u64, row: Row<'r>, known: impl FnOnce() -> OtherEvidence) -> MessageTrace<'r> {
        let mut trace = MessageTrace::new(key, row);
        let Some(last) = trace.last_seen() else { return trace };
        let mut holes = (0..last).filter(|place| row[*place].is_none()).peekable();
        // Most messages were seen everywhere, and nothing need be looked up for them.
        if last + 1 == self.route.len() && holes.peek().is_none() {
            return trace;
        }
        let OtherEvidence { absent, elsewhere } = known();
        let is_denied = |place: &usize| {
            elsewhere.contains(*place) || self.missed(*place, key) || self.leaves_out(*place, key, &row)
        };
        holes.filter(is_denied).for_each(|place| trace.set_denied(place));
        let time = row[last].map_or(Wall(0), |sight| sight.time);
        for place in (last + 1..self.route.len()).filter(|place| !elsewhere.contains(*place)) {
            if absent.any_between(last, place)
                || self.covered_at(last, place, time)
                || self.covered_for_reply(&row, last, place)
            {
                trace.set_absent(place);
            }
        }
        trace
    }

    fn missed(&self, place: usize, key: u64) -> bool {
        self.contradictions.get(&place).is_some_and(|keys| keys.binary_search(&key).is_ok())
    }

    /// Whether the witness at a place shows messages before and after this one, or would have seen it, as far as is known, and nothing
    /// on its host shows this one from there on.
    fn leaves_out(&self, place: usize, key: u64, seen: &Row<'_>) -> bool {
        let PointState { host, ends, coverages, .. } = &self.places[place];
        let shows_it = |place: usize| self.places[place].host == *host && seen[place].is_some();
        let before = (0..place).rev().find_map(|before| Some((before, seen[before]?.time)));
        let was_watched = || before.is_some_and(|(before, time)| self.covered_at(before, place, time));
        let is_between = ends.is_some_and(|[first, last]| (first.0..last.0).contains(&key));
        // Its first and last sightings do not tell how long a witness watched.
        let may_have_watched = || ends.is_some() && coverages.iter().all(|coverage| coverage.assumed) || was_watched();
        !(place..self.route.len()).any(shows_it) && (is_between || may_have_watched())
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

    /// When the last witness at `to` went, if it is for that alone that it does not prove the absence of a datagram that was
    /// seen at `from` at `time`.
    pub fn ends_too_soon(&self, from: usize, to: usize, time: Wall) -> Option<Wall> {
        let prolonged = |coverage: &Coverage, start, until| {
            coverage.to < until && Coverage { to: until, ..coverage.clone() }.spans(start, until)
        };
        self.covering(from, to, time, prolonged).map(|coverage| coverage.to).max()
    }

    /// Whether a witness at `to` would have seen a datagram that was seen at `from` at `time`, had it come.
    fn covered_at(&self, from: usize, to: usize, time: Wall) -> bool {
        self.covering(from, to, time, Coverage::spans).next().is_some()
    }

    /// The witnesses at `to` of which this is true: they cover the time, from the first to the last of these two, in which a
    /// datagram would have come that was seen at `from` at `time`.
    fn covering(
        &self,
        from: usize,
        to: usize,
        time: Wall,
        covers: impl Fn(&Coverage, Wall, Wall) -> bool,
    ) -> impl Iterator<Item = &Coverage> {
        let window = self.window(from, to, time);
        // A capture that saw this message here and an earlier one at both points was live in between. For two witnesses
        // that proves nothing: the earlier message may have been slower, and this one gone before the other was live.
        let awake =
            self.is_one_capture(from, to) && self.spread(from, to).is_some_and(|spread| spread.earliest <= time);
        let few =
            self.offset(from, to).is_none() && self.spread(from, to).is_some_and(|spread| spread.samples < MIN_SAMPLES);
        self.places[to].coverages.iter().filter(move |coverage| {
            let Some((earliest, latest)) = window.filter(|_| !(few && coverage.assumed)) else { return false };
            let start = if awake { earliest.max(coverage.from) } else { earliest };
            covers(coverage, start, latest.max(start).shifted(GRACE_NS))
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
        self.window_before(place, after, time).is_some_and(|(earliest, latest)| {
            self.places[place].coverages.iter().any(|coverage| coverage.spans(earliest, latest))
        })
    }

    /// When, by the clock at `place`, a datagram passed there that was at `after` at `time`.
    fn window_before(&self, place: usize, after: usize, time: Wall) -> Option<(Wall, Wall)> {
        let coarse_ns = self.coarse_ns(place, after);
        let (earliest, latest) = match (self.spread(place, after), self.offset(place, after)) {
            (Some(spread), _) => (spread.most.saturating_neg(), spread.least.saturating_neg()),
            (None, Some((0, 0))) => (0, 0),
            _ => return None,
        };
        Some((time.shifted(earliest.saturating_sub(coarse_ns)), time.shifted(latest.saturating_add(coarse_ns))))
    }

    /// By how much a journal's stamp and a capture's of one time may differ.
    fn coarse_ns(&self, one: usize, other: usize) -> i64 {
        let on_wire = |place| RoutePoint::at(place).point.on_wire();
        if on_wire(one) == on_wire(other) { 0 } else { self.coarse_ns }
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
        let coarse_ns = self.coarse_ns(from, to);
        Some((time.shifted(earliest.saturating_sub(coarse_ns)), time.shifted(latest.saturating_add(coarse_ns))))
    }

    /// Bounds of the difference between the clocks at two places: the second's minus the first's.
    fn offset(&self, from: usize, to: usize) -> Option<(i64, i64)> {
        match (self.places[from].host, self.places[to].host, self.offset) {
            (a, b, _) if a == b => Some((0, 0)),
            (0, 1, Offset::Within { low_ns, high_ns }) => Some((low_ns, high_ns)),
            (1, 0, Offset::Within { low_ns, high_ns }) => Some((high_ns.saturating_neg(), low_ns.saturating_neg())),
            _ => None,
        }
    }

    fn spread(&self, from: usize, to: usize) -> Option<DelayRange> {
        let spread = self.delays.get(from, to)?;
        if self.offset(from, to).is_some() {
            return Some(spread);
        }
        // The messages seen at both may all have passed after a clock was set, or before.
        let (least, most) = (spread.least.saturating_sub(self.moved_ns), spread.most.saturating_add(self.moved_ns));
        Some(DelayRange { least, most, ..spread })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::leg::Point;
    use crate::core::evidence::track::{PointObservations, Sighting};

    const ROUTE: Route = Route::new(1, false);
    const HOSTS: [Host; 4] = [0, 0, 1, 1];

    fn track(keys: &[u64], from: i64, to: i64) -> PointObservations {
        let sights = keys.iter().map(|key| Sighting {
            key: *key,
            time: Wall(*key as i64 * SECOND),
            frame: None,
            digest: None,
            packet_id: None,
            copies: 1,
        });
        let coverage = Coverage { from: Wall(from * SECOND), to: Wall(to * SECOND), ..Coverage::default() };
        PointObservations::new(sights, coverage)
    }

    /// Witnesses, and the ledger of what they saw.
    struct Case<'a> {
        observations: RouteObservations<'a>,
        ledger: Ledger,
    }

    impl<'a> Case<'a> {
        fn new(route: Route, tracks: [Option<&'a PointObservations>; 4], hosts: [Host; 4], offset: Offset) -> Self {
            let observations = RouteObservations::new(route, &tracks);
            let mut builder = LedgerBuilder::new(route, &hosts, observations.coverages());
            observations.rows().for_each(|(key, row)| builder.add(key, &row));
            Self { observations, ledger: builder.finish(offset) }
        }

        fn trace(&self, key: u64, absent: PlaceSet) -> MessageTrace<'_> {
            self.ledger
                .trace(key, self.observations.rows().seek(key), || OtherEvidence { absent, ..OtherEvidence::default() })
        }

        fn blame(&self, key: u64) -> Vec<Segment> {
            self.blame_if(key, PlaceSet::EMPTY)
        }

        fn blame_if(&self, key: u64, absent: PlaceSet) -> Vec<Segment> {
            self.ledger.blame(&self.trace(key, absent), None).map(|blame| blame.segments).unwrap_or_default()
        }
    }

    fn case(tracks: [Option<&PointObservations>; 4]) -> Case<'_> {
        let mut case = Case::new(ROUTE, tracks, HOSTS, Offset::Within { low_ns: -1_000, high_ns: 1_000 });
        case.ledger.detect_contradictions(case.observations.rows(), |_| PlaceSet::EMPTY);
        case
    }

    #[test]
    fn full_witnesses_name_the_segment() {
        let (sent, out) = (track(&[1, 2, 3, 4, 5], 0, 99), track(&[1, 2, 3, 5], 0, 99));
        let (arrival, read) = (track(&[1, 2, 5], 0, 99), track(&[1, 5], 0, 99));
        let case = case([Some(&sent), Some(&out), Some(&arrival), Some(&read)]);
        assert_eq!(case.blame(1), []);
        assert_eq!(case.blame(2), [Segment::ReceiverHost(0)]);
        assert_eq!(case.blame(3), [Segment::Network(0)]);
        assert_eq!(case.blame(4), [Segment::SenderHost(0)]);
    }

    /// Message 3 passed the client's capture unseen: what the capture says of its reply then is no evidence.
    #[test]
    fn a_capture_that_missed_a_request_is_blind_to_its_reply() {
        const BOTH_WAYS: [Host; 8] = [0, 0, 1, 1, 1, 1, 0, 0];
        let all = track(&[1, 2, 3, 4, 5, 6, 7, 8, 9], 0, 99);
        let gone = track(&[1, 2, 4, 5, 6, 8, 9], 0, 99);
        let tracks = [None, Some(&gone), Some(&all), None, None, Some(&all), Some(&gone), None];
        let route = Route::new(2, false);
        let observations = RouteObservations::new(route, &tracks);
        let mut builder = LedgerBuilder::new(route, &BOTH_WAYS, observations.coverages());
        observations.rows().for_each(|(key, row)| builder.add(key, &row));
        let mut ledger = builder.finish(Offset::Within { low_ns: -1_000, high_ns: 1_000 });
        ledger.detect_contradictions(observations.rows(), |_| PlaceSet::EMPTY);
        let trace = ledger.trace(3, observations.rows().seek(3), OtherEvidence::default);
        assert_eq!((ledger.contradictions()[&1].len(), trace.at(6)), (2, Observation::Unobserved));
    }

    #[test]
    fn a_coarse_stamp_may_be_too_early_to_contradict() {
        // The journal breaks off before message 3 left, which the capture shows at the last whole second.
        let (sent, out) = (track(&[1, 2], 0, 3), track(&[1, 2, 3], 0, 99));
        let contradictions = |coarse_ns| {
            let case = Case::new(ROUTE, [Some(&sent), Some(&out), None, None], HOSTS, Offset::Unknown);
            let mut ledger = case.ledger.with_coarse_stamps(coarse_ns);
            ledger.detect_contradictions(case.observations.rows(), |_| PlaceSet::EMPTY);
            ledger.contradictions().len()
        };
        assert_eq!((contradictions(1), contradictions(SECOND)), (0, 0));
        assert_eq!(contradictions(0), 1);
    }

    #[test]
    fn a_place_without_a_witness_widens_the_blame() {
        let (sent, read) = (track(&[1, 2, 3], 0, 99), track(&[1, 3], 0, 99));
        let case = case([Some(&sent), None, None, Some(&read)]);
        assert_eq!(case.blame(2), [Segment::SenderHost(0), Segment::Network(0), Segment::ReceiverHost(0)]);
    }

    #[test]
    fn a_witness_that_left_too_early_proves_nothing() {
        let sent = track(&[1, 2, 3, 4], 0, 99);
        let blamed = |until: i64| {
            let read = track(&[1, 2, 3], 0, until);
            case([Some(&sent), None, None, Some(&read)]).blame(4).len()
        };
        assert_eq!((blamed(4), blamed(6)), (0, 3));
    }

    #[test]
    fn a_witness_that_came_late_proves_nothing_before() {
        let sent = track(&[1, 2, 3, 4], 0, 99);
        let read = track(&[4], 2, 99);
        let case = case([Some(&sent), None, None, Some(&read)]);
        assert_eq!(case.blame(1), []);
        assert_eq!(case.blame(3).len(), 3);
    }

    #[test]
    fn without_clock_bounds_slow_messages_prove_nothing_of_others() {
        let lost_after = |shared: u64| {
            let sent = track(&(1..=shared + 1).collect::<Vec<_>>(), 0, 99);
            let mut read = track(&(2..=shared + 1).collect::<Vec<_>>(), -9, 99);
            read.coverage.assumed = true;
            Case::new(ROUTE, [Some(&sent), None, None, Some(&read)], HOSTS, Offset::Unknown).blame(1).len()
        };
        assert_eq!((lost_after(1), lost_after(3), lost_after(4)), (0, 0, 3));
    }

    #[test]
    fn a_witness_that_missed_one_message_may_have_missed_others() {
        let (sent, out) = (track(&[1, 2, 3, 4], 0, 99), track(&[1, 4], 0, 99));
        let read = track(&[1, 2, 4], 0, 99);
        let case = case([Some(&sent), Some(&out), None, Some(&read)]);
        assert_eq!(case.ledger.contradictions(), &BTreeMap::from([(1, vec![2])]));
        assert_eq!(case.blame(3).len(), 3, "not the sender's host alone");
    }

    #[test]
    fn on_one_host_a_frame_is_both_wire_points() {
        let route = Route::new(1, true);
        let (sent, out, read) = (track(&[1, 2, 3], 0, 99), track(&[1, 2], 0, 99), track(&[1], 0, 99));
        let case = Case::new(route, [Some(&sent), Some(&out), None, Some(&read)], [0; 4], Offset::Unknown);
        assert_eq!(case.blame(2), [Segment::ReceiverHost(0)]);
        assert_eq!(case.blame(3), [Segment::SenderHost(0)]);
    }

    #[test]
    fn a_claim_narrows_and_a_sighting_outweighs_it() {
        let (sent, read) = (track(&[1, 2, 3], 0, 99), track(&[1, 3], 0, 99));
        let case = case([Some(&sent), None, None, Some(&read)]);
        let mut known = PlaceSet::EMPTY;
        known.add(RoutePoint::new(0, Point::WireOut));
        assert_eq!(case.blame_if(2, known), [Segment::SenderHost(0)]);
        assert_eq!(case.blame_if(3, known), []);
    }

    #[test]
    fn an_absence_proves_nothing_where_another_flow_passed() {
        let (sent, out) = (track(&[1, 2, 3, 4], 0, 99), track(&[1, 4], 0, 99));
        let read = track(&[1, 2, 4], 0, 99);
        let mut case = case([Some(&sent), Some(&out), None, Some(&read)]);
        let mut elsewhere = PlaceSet::EMPTY;
        elsewhere.add(RoutePoint::new(0, Point::WireOut));
        case.ledger.detect_contradictions(case.observations.rows(), |_| elsewhere);
        assert!(case.ledger.contradictions().is_empty());
        elsewhere.add(RoutePoint::new(0, Point::AppReceived));
        let known = OtherEvidence { elsewhere, ..OtherEvidence::default() };
        let row = case.observations.rows().seek(3);
        assert_eq!(case.ledger.trace(3, row, || known).at(3), Observation::Unobserved);
        assert_eq!(case.ledger.blame(&case.ledger.trace(3, row, || known), None), None);
    }

    #[test]
    fn surplus_copies_count_once_however_far_they_come() {
        let once = track(&[1], 0, 9);
        let twice = PointObservations::new([once.sightings(), once.sightings()].concat(), once.coverage.clone());
        let case = case([Some(&once), Some(&once), Some(&twice), Some(&twice)]);
        let journey = case.trace(1, PlaceSet::EMPTY);
        assert_eq!(journey.surplus(), 1);
        assert!(!journey.is_single());
    }

    #[test]
    fn parts_of_a_flow_merge_to_the_same_ledger_in_any_order() {
        let late = |mut keys: Vec<u64>| {
            keys.retain(|key| key % 7 != 0);
            let sights = keys.into_iter().map(|key| Sighting {
                key,
                time: Wall((key as i64 + if key % 10 == 0 { 3 } else { 0 }) * SECOND + key as i64),
                frame: None,
                digest: None,
                packet_id: None,
                copies: 1 + u32::from(key % 11 == 0),
            });
            PointObservations::new(sights, Coverage::default())
        };
        let (sent, read) = (track(&(1..=60).collect::<Vec<_>>(), 0, 99), late((1..=60).collect()));
        let observations = RouteObservations::new(ROUTE, &[Some(&sent), None, None, Some(&read)]);
        let add = |keys: std::ops::Range<u64>| {
            let mut builder = LedgerBuilder::new(ROUTE, &HOSTS, observations.coverages());
            let rows = observations.rows().filter(|(key, _)| keys.contains(key));
            rows.for_each(|(key, row)| builder.add(key, &row));
            builder
        };
        let figures = |builder: LedgerBuilder| {
            let ledger = builder.finish(Offset::Unknown);
            let order = [Point::AppSent, Point::WireIn, Point::AppReceived];
            let order = order.map(|point| ledger.is_in_order(RoutePoint::new(0, point)));
            (
                order,
                format!("{:?}{:?}", ledger.delays, ledger.places.iter().map(|place| place.seen).collect::<Vec<_>>()),
            )
        };
        let merged = |parts: &[std::ops::Range<u64>]| {
            let mut builder = add(0..0);
            for part in parts {
                builder.merge(&add(part.clone()));
            }
            figures(builder)
        };
        let whole = figures(add(0..99));
        assert_eq!(whole.0, [true, true, false]);
        assert_eq!(merged(&[0..5, 5..30, 30..99]), whole);
        assert_eq!(merged(&[5..30, 0..5, 30..99]), whole);
        assert_eq!(figures(add(1..10)).0, [true; 3]);
        assert!(!merged(&[8..10, 10..11, 11..20]).0[2], "the tenth came later than those after it");
        let apart = merged(&[30..99, 0..5, 5..30]);
        assert_eq!((apart.0, apart.1), ([false, true, false], whole.1), "in doubt, it is not known to be in order");
    }
}
