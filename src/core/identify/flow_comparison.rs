//! Holds a client's flow against a server's, message by message: what they share, and what speaks against one run.
//!
//! Every client sends the same texts, NATs lie between the captures and the clocks differ. So flows are compared by numbers,
//! texts and times only, never by addresses.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::ops::Range;

use super::clock_offset::OffsetBound;
use super::pattern::Passage;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::track::{ObservationJoin, PointObservations, Row, Sighting};
use crate::core::time::{SECOND, Wall};

/// Texts may be altered on the way, and numbers with them, but not more than one in this many.
const ALTERED_ONE_IN: usize = 5;

/// Differences below this are noise of timers and networks, nanoseconds.
const NOISE_NS: i64 = 200_000;

/// Stamps of one clock, taken in different places, may be out of order by this much.
const ONE_CLOCK_NS: i64 = 10_000_000;

/// Stamps of hosts whose clocks are right differ by no more than this and the delay of the network. Where they differ by more,
/// a clock may be wrong, or the runs may be two.
const CLOCKS_AGREE_NS: i64 = SECOND;

/// So many datagrams do not agree by accident.
const MANY: usize = 8;

/// Packet IDs that are the same on both wires for this many messages were not written anew on the way, nor so by accident.
pub(super) const MIN_SAME_PACKETS: usize = 3;

/// Datagrams of each direction whose times are kept for the comparison of patterns and clocks.
const MAX_PASSAGES: usize = 4_096;

/// The client's part of a row: the requests at the application and on the wire, then the replies on the wire and at the
/// application.
const CLIENT: Range<usize> = 0..4;
/// The server's part, in the same order.
const SERVER: Range<usize> = 4..8;
/// Places of the requests in a part, the wire's first.
const REQUESTS: [usize; 2] = [1, 0];
/// Places of the replies.
const REPLIES: [usize; 2] = [2, 3];

fn side_by_side<'a>(client: &'a HostFlow, server: &'a HostFlow) -> ObservationJoin<'a> {
    ObservationJoin::new(tracks(client).into_iter().chain(tracks(server)))
}

/// What a host saw, in the order of the rows.
fn tracks(flow: &HostFlow) -> [&[Sighting]; 4] {
    [&flow.request_app, &flow.request_wire, &flow.reply_wire, &flow.reply_app]
        .map(|track| track.as_ref().map_or(&[][..], PointObservations::sightings))
}

/// The numbers that a host saw, ascending.
pub fn numbers(flow: &HostFlow) -> impl Iterator<Item = u64> {
    ObservationJoin::new(tracks(flow)).map(|(number, _)| number)
}

/// What the best witness of a side, the capture's first, saw of a message.
fn best<'a>(row: &Row<'a>, side: &Range<usize>, places: [usize; 2]) -> Option<&'a Sighting> {
    places.into_iter().find_map(|place| row[side.start + place])
}

/// One message and its reply as the two hosts saw them.
struct MessagePassages<'a> {
    asked: Option<&'a Sighting>,
    came: Option<&'a Sighting>,
    went: Option<&'a Sighting>,
    answered: Option<&'a Sighting>,
    /// The request on the wires of its sender and receiver, and the reply.
    wires: [[Option<&'a Sighting>; 2]; 2],
    /// Whether no second copy was seen: of two copies, each host may have seen a different one.
    single: bool,
}

impl<'a> MessagePassages<'a> {
    fn from_row(row: &Row<'a>) -> Self {
        Self {
            asked: best(row, &CLIENT, REQUESTS),
            came: best(row, &SERVER, REQUESTS),
            went: best(row, &SERVER, REPLIES),
            answered: best(row, &CLIENT, REPLIES),
            wires: [[row[CLIENT.start + 1], row[SERVER.start + 1]], [row[SERVER.start + 2], row[CLIENT.start + 2]]],
            single: row.iter().flatten().all(|sight| sight.copies <= 1),
        }
    }

    /// How the clocks differ at most, by the way out, and at least, by the way back.
    fn bounds(&self) -> [Option<OffsetBound>; 2] {
        let bound = |ours: Option<&Sighting>, theirs: Option<&Sighting>| {
            let (ours, theirs) = ours.zip(theirs).filter(|_| self.single)?;
            Some(OffsetBound { at: ours.time.0, difference: theirs.time.since(ours.time) })
        };
        [bound(self.asked, self.came), bound(self.answered, self.went)]
    }
}

/// How two flows go together, counted over the messages that they show.
#[derive(Debug, Default)]
pub struct FlowComparison {
    /// There is a message that both show.
    pub shared: bool,
    /// The client got a reply to a message that the server shows.
    pub is_answered: bool,
    /// Datagrams whose text both show, and those of them whose texts differ.
    pub texts: (usize, usize),
    /// Requests that went forward, each seen once.
    pub forward: Vec<Passage>,
    /// Replies that went back, each seen once.
    pub back: Vec<Passage>,
    /// Replies that the client has, of which the server shows neither the reply nor the request, but messages before and after.
    pub unexplained_replies: usize,
    /// The same since the last message that the server shows; `None` before the first.
    open_replies: Option<usize>,
    /// Messages that both show, and those of them whose stamps agree with clocks that are both right.
    pub in_time: (usize, usize),
    /// Datagrams that came before they were sent or were answered after the reply had come, if there were one clock; and
    /// how many there are, by direction.
    out_of_order: [(usize, usize); 2],
    /// Messages over which the server would have taken longer than the client waited, and how many there are.
    impossible: (usize, usize),
    /// Requests that the server's side shows, and the numbers of those that the client's does not.
    received: (usize, Vec<u64>),
    /// The client's side shows a message at all.
    client_speaks: bool,
}

/// By how many nanoseconds stamps may differ without meaning anything.
struct Tolerance {
    /// In a duration taken at one host.
    duration: i64,
    /// In the order of two stamps of one clock.
    order: i64,
    /// Of one datagram at two hosts whose clocks are right.
    agreement: i64,
    /// By how much more they may differ, either way, where clocks were set.
    moves: [i64; 5],
}

impl Tolerance {
    fn new(client: &HostFlow, server: &HostFlow) -> Self {
        let [ours, theirs] = [&client.annotations, &server.annotations].map(|annotations| annotations.clock_moved);
        let moved_ns = ours.saturating_add(theirs);
        let coarse_ns = client.annotations.resolution_ns.saturating_add(server.annotations.resolution_ns);
        let agreement = coarse_ns.saturating_add(CLOCKS_AGREE_NS);
        // A clock that was set far was right before or after. Anything between the two is another time.
        let is_far = moved_ns > CLOCKS_AGREE_NS;
        let far = [0, ours, theirs, moved_ns, ours.saturating_sub(theirs)];
        Self {
            duration: moved_ns.saturating_add(coarse_ns).saturating_add(NOISE_NS),
            order: coarse_ns.saturating_add(ONE_CLOCK_NS),
            agreement: if is_far { agreement } else { agreement.saturating_add(moved_ns) },
            moves: if is_far { far } else { [0; 5] },
        }
    }

    /// Whether clocks that were right before or after they were set can show that a request took `out` at least, and a reply left
    /// `back` at most after it came, nanoseconds.
    fn agrees(&self, out: i64, back: i64) -> bool {
        self.moves
            .iter()
            .flat_map(|by| [*by, by.saturating_neg()])
            .any(|by| out.saturating_sub(by) >= -self.agreement && back.saturating_sub(by) <= self.agreement)
    }
}

impl FlowComparison {
    /// Compares two flows.
    pub fn new(client: &HostFlow, server: &HostFlow) -> Self {
        let tolerance = Tolerance::new(client, server);
        let mut comparison = Self::default();
        for (number, row) in side_by_side(client, server) {
            comparison.add(number, &MessagePassages::from_row(&row), &tolerance);
        }
        comparison
    }

    fn add(&mut self, number: u64, message: &MessagePassages<'_>, tolerance: &Tolerance) {
        let MessagePassages { asked, came, went, answered, wires, single } = *message;
        let known = asked.or(answered).is_some();
        self.client_speaks |= known;
        self.shared |= known && came.or(went).is_some();
        self.is_answered |= answered.is_some() && came.or(went).is_some();
        // Before the first and after the last message that it shows, the server's witnesses may have been away.
        if came.or(went).is_some() {
            self.unexplained_replies += self.open_replies.replace(0).unwrap_or(0);
        } else if let Some(open) = self.open_replies.as_mut().filter(|_| answered.is_some()) {
            *open += 1;
        }
        if came.is_some() {
            self.received.0 += 1;
            self.received.1.extend((!known).then_some(number));
        }
        for (sent, arrived) in [(asked, came), (went, answered)] {
            if let Some((sent, arrived)) = sent.and_then(|sent| sent.digest).zip(arrived.and_then(|sight| sight.digest))
            {
                self.texts.0 += 1;
                self.texts.1 += usize::from(sent != arrived);
            }
        }
        let bounds = message.bounds();
        let too_early = [
            bounds[0].is_some_and(|bound| bound.difference < -tolerance.order),
            bounds[1].is_some_and(|bound| bound.difference > tolerance.order),
        ];
        for ((bound, early), (count, of)) in bounds.iter().zip(too_early).zip(&mut self.out_of_order) {
            *of += usize::from(bound.is_some());
            *count += usize::from(early);
        }
        let ways = [(asked, came, wires[0], &mut self.forward), (went, answered, wires[1], &mut self.back)];
        for (left, arrived, [out, back], passages) in ways {
            if let Some((left, arrived)) = left.zip(arrived).filter(|_| single && passages.len() < MAX_PASSAGES) {
                let id = |sight: Option<&Sighting>| sight?.packet_id.map(NonZeroU32::get);
                let packet_ids = id(out).zip(id(back)).map(|(out, back)| [out, back]);
                passages.push(Passage { key: number, left: left.time.0, came: arrived.time.0, packet_ids });
            }
        }
        // A round trip bounds the clocks from both sides, however long it takes; one datagram alone does not.
        let difference = |ours: Option<&Sighting>, theirs: Option<&Sighting>| Some(theirs?.time.since(ours?.time));
        let [out, back] = [difference(asked, came), difference(answered, went)];
        if let Some((out, back)) = out.or(back).map(|alone| (out.unwrap_or(alone), back.unwrap_or(alone))) {
            self.in_time.0 += 1;
            self.in_time.1 += usize::from(tolerance.agrees(out, back));
        }
        if let (true, Some(asked), Some(came), Some(went), Some(answered)) = (single, asked, came, went, answered) {
            let waited = answered.time.since(asked.time).saturating_add(tolerance.duration);
            self.impossible.0 += usize::from(went.time.since(came.time) > waited);
            self.impossible.1 += 1;
        }
    }

    /// Whether the server would have taken longer over its answers than the client waited for them. A clock that was
    /// set makes one exchange look like that; another run makes most.
    pub fn is_impossible(&self) -> bool {
        self.impossible.0 * 2 > self.impossible.1
    }

    /// Whether, by one clock, most messages came before they were sent, or were answered after the reply had come.
    pub fn is_at_another_time(&self) -> bool {
        self.out_of_order.iter().any(|(early, of)| early * 2 > *of)
    }

    /// Whether the stamps agree with clocks that are both right, of most datagrams or of many: a clock may have been set in the
    /// run, but stamps of two runs are apart by the same time all along.
    pub fn clocks_agree(&self) -> bool {
        let (both, agreeing) = self.in_time;
        agreeing * 2 > both || agreeing >= MANY
    }

    /// The same of all datagrams.
    pub const fn clocks_agree_throughout(&self) -> bool {
        let (both, agreeing) = self.in_time;
        agreeing == both
    }

    /// Whether the hosts share so few messages that clocks may agree by accident.
    pub const fn is_short(&self) -> bool {
        self.in_time.0 < MANY
    }

    /// Whether the server received a number that the client does not show.
    pub const fn shows_others(&self) -> bool {
        !self.received.1.is_empty()
    }

    /// Whether too many texts differ.
    pub fn has_other_texts(&self) -> bool {
        self.texts.1 * ALTERED_ONE_IN > self.texts.0
    }

    /// Whether too many of the server's requests are numbers that this client never sent.
    ///
    /// A whole journal knows all that it sent. Else a number that the client's witnesses may have missed does not count:
    /// before their first, after their last, and where they were blind.
    pub fn has_other_numbers(&self, client: &HostFlow) -> bool {
        let tracks: Vec<&PointObservations> =
            [&client.request_app, &client.request_wire].into_iter().flatten().collect();
        let knows_all = client.annotations.whole && client.request_app.is_some();
        let watched = |key: u64| {
            let split = |track: &&PointObservations| track.sightings().partition_point(|sight| sight.key < key);
            let before = tracks.iter().filter_map(|track| track.sightings()[..split(track)].last());
            let after = tracks.iter().filter_map(|track| track.sightings()[split(track)..].first());
            let before = before.max_by_key(|sight| (sight.key, std::cmp::Reverse(sight.time)));
            let after = after.min_by_key(|sight| (sight.key, sight.time));
            before.zip(after).is_some_and(|(before, after)| {
                let (from, to) = (before.time.min(after.time), before.time.max(after.time));
                tracks.iter().any(|track| track.coverage.spans(from, to))
            })
        };
        let (received, unknown) = &self.received;
        let inside = unknown.iter().filter(|key| knows_all || watched(**key)).count();
        self.client_speaks && inside * ALTERED_ONE_IN > *received
    }

    /// The bounds of the clock offset, of the way out and of the way back.
    pub fn bounds(&self) -> (Vec<OffsetBound>, Vec<OffsetBound>) {
        let forward = self.forward.iter().map(Passage::bound_above).collect();
        (forward, self.back.iter().map(Passage::bound_below).collect())
    }

    /// How widely the stamps of the server's flow scatter around the client's, nanoseconds. It orders candidates for the
    /// reader and decides nothing.
    pub fn scatter_ns(&self) -> i64 {
        let way = if self.forward.is_empty() { &self.back } else { &self.forward };
        let mut differences: Vec<i64> = way.iter().map(|way| way.came.saturating_sub(way.left)).collect();
        let Some(last) = differences.len().checked_sub(1) else { return i64::MAX };
        let mut at = |percent: usize| *differences.select_nth_unstable(last * percent / 100).1;
        at(90).saturating_sub(at(10))
    }
}

/// The bounds of the clock offset from the datagrams in both directions, using only messages without a second copy.
pub fn bounds(client: &HostFlow, server: &HostFlow) -> (Vec<OffsetBound>, Vec<OffsetBound>) {
    let rows = side_by_side(client, server);
    let messages = rows.size_hint().0;
    let (mut forward, mut back) = (Vec::with_capacity(messages), Vec::with_capacity(messages));
    for (_, row) in rows {
        let bounds = MessagePassages::from_row(&row).bounds();
        forward.extend(bounds[0]);
        back.extend(bounds[1]);
    }
    (forward, back)
}

/// The numbers of which the server's capture shows another packet than the client's: of another run from the same port. Nothing
/// on the way may number the packets anew.
pub fn other_packets(client: &HostFlow, server: &HostFlow) -> BTreeSet<u64> {
    let (mut same, mut others) = (0, BTreeSet::new());
    let wires = [client, server].map(|flow| flow.request_wire.as_ref().map_or(&[][..], PointObservations::sightings));
    for (number, row) in ObservationJoin::new(wires) {
        let [Some(left), Some(came), ..] = row else { continue };
        let Some((left_id, came_id)) = left.packet_id.zip(came.packet_id).filter(|_| left.copies == 1) else {
            continue;
        };
        if left_id == came_id {
            same += 1;
        } else {
            others.insert(number);
        }
    }
    if same >= MIN_SAME_PACKETS && same > others.len() { others } else { BTreeSet::new() }
}

/// When a flow was seen first and last, by the frames of its capture or else by its stamps. Frames are in the true order, even
/// where a clock was set.
pub fn extent(flow: &HostFlow) -> Option<(Extent, Extent)> {
    let seen = || tracks(flow).into_iter().flatten();
    let by_frame = seen().filter_map(|sight| sight.frame).map(|frame| Extent::Frame(frame.get()));
    let by_time = seen().map(|sight| Extent::Time(sight.time));
    ends(by_frame).or_else(|| ends(by_time))
}

fn ends(places: impl Iterator<Item = Extent>) -> Option<(Extent, Extent)> {
    places.fold(None, |ends, place| {
        let (first, last) = ends.unwrap_or((place, place));
        Some((first.min(place), last.max(place)))
    })
}

/// A place in the order of a capture or of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// The number of a frame.
    Frame(u32),
    /// A stamp.
    Time(Wall),
}

/// Whether one flow was over before the other began, at the same host.
pub fn precedes(earlier: Option<(Extent, Extent)>, later: Option<(Extent, Extent)>) -> bool {
    earlier.zip(later).is_some_and(|((_, end), (start, _))| {
        std::mem::discriminant(&end) == std::mem::discriminant(&start) && end < start
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::track::with_packet_ids;

    /// A flow with requests on the wire, each with its packet ID.
    fn flow(requests: &[(u64, u32)]) -> HostFlow {
        HostFlow { request_wire: Some(with_packet_ids(requests)), ..HostFlow::default() }
    }

    #[test]
    fn another_packet_with_a_number_is_another_runs() {
        let client = flow(&[(1, 11), (2, 12), (3, 13), (4, 14)]);
        assert_eq!(other_packets(&client, &flow(&[(1, 11), (2, 12), (3, 13), (4, 94)])), BTreeSet::from([4]));
        let renumbered = flow(&[(1, 91), (2, 92), (3, 93), (4, 94)]);
        assert!(other_packets(&client, &renumbered).is_empty(), "a NAT numbers packets anew");
    }
}
