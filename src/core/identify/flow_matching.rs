//! Matches a client flow with the server flow of the same run.
//!
//! Every client sends the same texts, NATs lie between the captures and the clocks differ. So a flow fits when its
//! numbers do, when no datagram would arrive before it left, and best when its intervals follow the client's.

use std::ops::Range;

use super::clock_offset::OffsetBound;
use super::same_host::HostView;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::track::{ObservationJoin, PointObservations, Row, Sighting};
use crate::core::time::Wall;

/// Numbers that the client never sent may be texts altered on the way, but not more than one in this many.
const ALTERED_ONE_IN: usize = 5;

/// A pattern is followed clearly better if it spreads this many times less.
const MIN_SPREAD_RATIO: i64 = 4;

/// Differences below this are noise of timers and networks, nanoseconds.
const NOISE_NS: i64 = 200_000;

/// Stamps of one clock, taken in different places, may be out of order by this much.
const ONE_CLOCK_NS: i64 = 10_000_000;

/// The result of matching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowMatch {
    /// None of the flows shares a message with the client's.
    Nothing,
    /// This one, by index.
    One(usize),
    /// These fit equally well.
    Tie(Vec<usize>),
}

/// Finds the server's flow that belongs to a client's.
pub fn pair(client: &HostFlow, servers: &[&HostFlow]) -> FlowMatch {
    let fitting: Vec<usize> = (0..servers.len()).filter(|index| matches(client, servers[*index])).collect();
    match fitting[..] {
        [] => return FlowMatch::Nothing,
        [index] => return FlowMatch::One(index),
        _ => {}
    }
    let candidates: Vec<(usize, i64)> =
        fitting.into_iter().map(|index| (index, scatter(client, servers[index]))).collect();
    // Two hosts that see the very same ports and addresses have no NAT between them.
    let same_ends = |server: &HostFlow| server.client == client.client && server.server == client.server;
    let identical: Vec<(usize, i64)> =
        candidates.iter().filter(|(index, _)| same_ends(servers[*index])).copied().collect();
    let mut rest = if identical.is_empty() { candidates } else { identical };
    rest.sort_by_key(|(_, spread)| *spread);
    match &rest[..] {
        [(best, _)] => FlowMatch::One(*best),
        [(best, small), (_, next), ..] if small.saturating_mul(MIN_SPREAD_RATIO).max(NOISE_NS) < *next => {
            FlowMatch::One(*best)
        }
        _ => {
            let mut tied: Vec<usize> = rest.iter().map(|(index, _)| *index).collect();
            tied.sort_unstable();
            FlowMatch::Tie(tied)
        }
    }
}

/// Whether a server's flow can be the client's.
fn matches(client: &HostFlow, server: &HostFlow) -> bool {
    let comparison = FlowComparison::new(client, server);
    let within_host = HostView { client: client.client, server: client.server, run: None }.is_within_host();
    let at_another_time = within_host && comparison.is_at_another_time();
    comparison.shared && !strangers(client, &comparison) && !comparison.is_impossible() && !at_another_time
}

/// Whether a server's flow cannot be the client's, whatever the captures missed: the server would have taken longer than the
/// client waited, or received what the client knows not to have sent.
pub fn contradicts(client: &HostFlow, server: &HostFlow) -> bool {
    let comparison = FlowComparison::new(client, server);
    let knows_all = client.annotations.whole && client.request_app.is_some();
    comparison.is_impossible() || knows_all && strangers(client, &comparison)
}

/// How widely the stamps of a server's flow scatter around the client's, nanoseconds.
fn scatter(client: &HostFlow, server: &HostFlow) -> i64 {
    let (forward, back) = bounds(client, server);
    let bounds = if forward.is_empty() { back } else { forward };
    let mut differences: Vec<i64> = bounds.iter().map(|bound| bound.difference).collect();
    if differences.is_empty() {
        // Every message was repeated, or each side saw another direction: their first sights must do.
        let first = |row: &[Option<&Sighting>]| row.iter().flatten().map(|sight| sight.time).min();
        let difference = |row: Row| Some(first(&row[SERVER])?.since(first(&row[CLIENT])?));
        differences.extend(side_by_side(client, server).filter_map(|(_, row)| difference(row)));
    }
    let mut at = |percent: usize| {
        let rank = (differences.len() - 1) * percent / 100;
        *differences.select_nth_unstable(rank).1
    };
    at(90).saturating_sub(at(10))
}

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
    let tracks = |flow: &'a HostFlow| {
        [&flow.request_app, &flow.request_wire, &flow.reply_wire, &flow.reply_app]
            .map(|track| track.as_ref().map_or(&[][..], PointObservations::sightings))
    };
    ObservationJoin::new(tracks(client).into_iter().chain(tracks(server)))
}

/// When one message and its reply passed the two hosts, as far as they show.
struct MessageTiming {
    asked: Option<Wall>,
    came: Option<Wall>,
    went: Option<Wall>,
    answered: Option<Wall>,
    /// Whether no second copy was seen: of two copies, each host may have seen a different one.
    single: bool,
}

impl MessageTiming {
    fn from_row(row: Row<'_>) -> Self {
        // Captures tell better than applications when a datagram passed between the hosts.
        let time = |side: Range<usize>, places: [usize; 2]| {
            places.into_iter().find_map(|place| row[side.start + place]).map(|sight| sight.time)
        };
        Self {
            asked: time(CLIENT, REQUESTS),
            came: time(SERVER, REQUESTS),
            went: time(SERVER, REPLIES),
            answered: time(CLIENT, REPLIES),
            single: row.iter().flatten().all(|sight| sight.copies <= 1),
        }
    }

    /// How the clocks differ at most, by the way out, and at least, by the way back.
    fn bounds(&self) -> [Option<OffsetBound>; 2] {
        let bound = |ours: Option<Wall>, theirs: Option<Wall>| {
            let (ours, theirs) = ours.zip(theirs).filter(|_| self.single)?;
            Some(OffsetBound { at: ours.0, difference: theirs.since(ours) })
        };
        [bound(self.asked, self.came), bound(self.answered, self.went)]
    }
}

/// How two flows go together, counted over the messages that they show.
#[derive(Default)]
struct FlowComparison {
    /// There is a message that both show.
    shared: bool,
    /// Messages that went forward, and those of them that came before they were sent, if there were one clock.
    forward: usize,
    early: usize,
    /// Messages that went back, and those of them that were answered after the reply had come.
    back: usize,
    late: usize,
    /// Messages whose requests and replies were all seen once.
    exchanges: usize,
    /// Of these, those over which the server would have taken longer than the client waited.
    impossible: usize,
    /// Delay that the clocks may have added.
    tolerance_ns: i64,
    /// And so far may stamps of one clock be out of order.
    one_clock_ns: i64,
    /// Requests that the server's side shows.
    received: usize,
    /// And those of them that the client's does not.
    unknown: Vec<u64>,
    /// The client's side shows a message at all.
    client_speaks: bool,
}

impl FlowComparison {
    fn new(client: &HostFlow, server: &HostFlow) -> Self {
        let moved_ns = client.annotations.clock_moved.saturating_add(server.annotations.clock_moved);
        let coarse_ns = client.annotations.resolution_ns.saturating_add(server.annotations.resolution_ns);
        let mut comparison = Self {
            tolerance_ns: moved_ns.saturating_add(coarse_ns).saturating_add(NOISE_NS),
            one_clock_ns: coarse_ns.saturating_add(ONE_CLOCK_NS),
            ..Self::default()
        };
        for (key, row) in side_by_side(client, server) {
            comparison.note(key, &MessageTiming::from_row(row));
        }
        comparison
    }

    fn note(&mut self, key: u64, timing: &MessageTiming) {
        let MessageTiming { asked, came, went, answered, single } = *timing;
        let known = asked.or(answered).is_some();
        self.client_speaks |= known;
        self.shared |= known && came.or(went).is_some();
        if came.is_some() {
            self.received += 1;
            self.unknown.extend((!known).then_some(key));
        }
        let [forward, back] = timing.bounds();
        self.forward += usize::from(forward.is_some());
        self.early += usize::from(forward.is_some_and(|bound| bound.difference < -self.one_clock_ns));
        self.back += usize::from(back.is_some());
        self.late += usize::from(back.is_some_and(|bound| bound.difference > self.one_clock_ns));
        if let (true, Some(asked), Some(came), Some(went), Some(answered)) = (single, asked, came, went, answered) {
            self.exchanges += 1;
            self.impossible += usize::from(went.since(came) > answered.since(asked).saturating_add(self.tolerance_ns));
        }
    }

    /// Whether the server would have taken longer over its answers than the client waited for them. A clock that was
    /// set makes one exchange look like that; another run makes most.
    fn is_impossible(&self) -> bool {
        self.impossible * 2 > self.exchanges
    }

    /// Whether, by one clock, most messages came before they were sent, or were answered after the reply had come.
    fn is_at_another_time(&self) -> bool {
        self.early * 2 > self.forward || self.late * 2 > self.back
    }
}

/// Whether too many of the server's requests are numbers that this client never sent.
///
/// A whole journal knows all that it sent. Else a number that the client's witnesses may have missed does not count:
/// before their first, after their last, and where they were blind.
fn strangers(client: &HostFlow, comparison: &FlowComparison) -> bool {
    let tracks: Vec<&PointObservations> = [&client.request_app, &client.request_wire].into_iter().flatten().collect();
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
    let inside = comparison.unknown.iter().filter(|key| knows_all || watched(**key)).count();
    comparison.client_speaks && inside * ALTERED_ONE_IN > comparison.received
}

/// The bounds of the clock offset from the datagrams in both directions, using only messages without a second copy.
pub fn bounds(client: &HostFlow, server: &HostFlow) -> (Vec<OffsetBound>, Vec<OffsetBound>) {
    let rows = side_by_side(client, server);
    let messages = rows.size_hint().0;
    let (mut forward, mut back) = (Vec::with_capacity(messages), Vec::with_capacity(messages));
    for (_, row) in rows {
        let bounds = MessageTiming::from_row(row).bounds();
        forward.extend(bounds[0]);
        back.extend(bounds[1]);
    }
    (forward, back)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::core::evidence::coverage::Coverage;

    /// A flow whose requests leave at `times` (ms) and whose replies follow after `turn` ms.
    fn flow(times: &[(u64, i64)], turn: i64) -> HostFlow {
        let coverage = Coverage { to: Wall(i64::MAX), ..Coverage::default() };
        let track = |shift: i64| {
            let sight = |(key, at): &(u64, i64)| Sighting {
                key: *key,
                time: Wall((at + shift) * 1_000_000),
                frame: None,
                digest: None,
                packet_id: None,
                copies: 1,
            };
            Some(PointObservations::new(times.iter().map(sight).collect(), coverage.clone()))
        };
        HostFlow { request_wire: track(0), reply_wire: track(turn), ..HostFlow::default() }
    }

    fn moved(times: &[(u64, i64)], by: i64) -> Vec<(u64, i64)> {
        times.iter().map(|(key, at)| (*key, at + by)).collect()
    }

    const TYPED: [(u64, i64); 5] = [(1, 0), (2, 730), (3, 1_900), (4, 2_050), (5, 4_400)];

    #[test]
    fn the_intervals_tell_people_apart_who_type() {
        let other = [(1, 0), (2, 400), (3, 2_300), (4, 2_900), (5, 3_100)];
        let (theirs, ours) = (flow(&moved(&other, 9_000), 1), flow(&moved(&TYPED, 50_020), 1));
        assert_eq!(pair(&flow(&TYPED, 40), &[&theirs, &ours]), FlowMatch::One(1));
    }

    #[test]
    fn two_clients_on_the_same_schedule_are_a_tie() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let (a, b) = (flow(&moved(&times, 500), 1), flow(&moved(&times, 7_500), 1));
        assert_eq!(pair(&flow(&times, 40), &[&a, &b]), FlowMatch::Tie(vec![0, 1]));
    }

    #[test]
    fn the_same_ends_on_both_sides_decide() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let ends = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
        let with = |flow, port| HostFlow { client: ends(port), server: ends(5005), ..flow };
        let (a, b) = (with(flow(&moved(&times, 500), 1), 1), with(flow(&moved(&times, 0), 1), 2));
        assert_eq!(pair(&with(flow(&times, 40), 2), &[&a, &b]), FlowMatch::One(1));
    }

    #[test]
    fn on_one_host_another_time_is_another_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let inside = |flow, port| {
            let end = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
            HostFlow { client: end(port), server: end(5005), ..flow }
        };
        let client = inside(flow(&times, 2), 40_001);
        for by in [-5_000, 5_000] {
            let other = inside(flow(&moved(&times, by), 1), 40_002);
            assert_eq!(pair(&client, &[&other]), FlowMatch::Nothing, "{by}");
            // The next run from the same port, at the same pace.
            let (next, own) = (inside(flow(&moved(&times, by), 1), 40_001), inside(flow(&times, 1), 40_001));
            assert_eq!(pair(&client, &[&next, &own]), FlowMatch::One(1), "{by}");
        }
    }

    #[test]
    fn a_server_that_took_longer_than_the_round_trip_is_another_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        assert_eq!(pair(&flow(&times, 40), &[&flow(&moved(&times, 9), 90)]), FlowMatch::Nothing);
    }

    #[test]
    fn coarse_stamps_make_no_other_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        // The client's capture has one stamp for a request and its reply, and the server's journal finer ones.
        let (mut client, server) = (flow(&times, 0), flow(&moved(&times, 9), 3));
        assert_eq!(pair(&client, &[&server]), FlowMatch::Nothing);
        client.annotations.resolution_ns = 10_000_000;
        assert_eq!(pair(&client, &[&server]), FlowMatch::One(0));
        let inside = |mut flow: HostFlow| {
            flow.client = Some(SocketAddr::from(([127, 0, 0, 1], 40_001)));
            flow
        };
        let late = inside(flow(&moved(&times, 11), 0));
        assert_eq!(pair(&inside(flow(&times, 20)), &[&late]), FlowMatch::One(0));
        assert_eq!(pair(&inside(flow(&times, 0)), &[&late]), FlowMatch::Nothing, "answered when the reply was there");
        assert_eq!(pair(&inside(client), &[&late]), FlowMatch::One(0));
    }

    #[test]
    fn a_network_that_repeats_everything_is_still_the_same_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let twice: Vec<(u64, i64)> = times.iter().flat_map(|(n, at)| [(*n, *at), (*n, at + 1)]).collect();
        assert_eq!(pair(&flow(&times, 40), &[&flow(&moved(&twice, 9), 1)]), FlowMatch::One(0));
    }

    #[test]
    fn numbers_missing_in_a_journal_gap_do_not_break_the_match() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let kept: Vec<(u64, i64)> = times.iter().filter(|(n, _)| !(10..20).contains(n)).copied().collect();
        let mut client = flow(&kept, 40);
        let server = flow(&moved(&times, 9), 1);
        assert_eq!(pair(&client, &[&server]), FlowMatch::Nothing, "it was awake, and did not send them");
        let blind = vec![(Wall(1_000_000_000), Wall(1_900_000_000))];
        client.request_wire.as_mut().unwrap().coverage.blind = blind;
        assert_eq!(pair(&client, &[&server]), FlowMatch::One(0));
    }

    #[test]
    fn a_whole_journal_knows_what_it_did_not_send() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let mut client = flow(&times[..5], 40);
        assert_eq!(pair(&client, &[&flow(&times, 1)]), FlowMatch::One(0), "the capture may have ended early");
        client.request_app = client.request_wire.clone();
        client.annotations.whole = true;
        assert_eq!(pair(&client, &[&flow(&times, 1)]), FlowMatch::Nothing);
    }

    #[test]
    fn numbers_that_were_never_sent_belong_to_somebody_else() {
        let numbers = |range: std::ops::RangeInclusive<u64>| range.map(|n| (n, n as i64 * 100)).collect::<Vec<_>>();
        let even: Vec<_> = numbers(1..=30).into_iter().filter(|(n, _)| n % 2 == 0).collect();
        assert_eq!(pair(&flow(&even, 40), &[&flow(&numbers(1..=30), 1)]), FlowMatch::Nothing);
        assert_eq!(pair(&flow(&numbers(1..=5), 40), &[&flow(&numbers(100..=130), 1)]), FlowMatch::Nothing);
    }
}
