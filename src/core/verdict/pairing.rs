//! Which of the server's flows is this client's run.
//!
//! Every client sends the same texts, NATs lie between the captures and the clocks differ. So a flow fits when its
//! numbers do, when no datagram would arrive before it left, and best when its intervals follow the client's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::clock::Bound;
use crate::core::evidence::side::SideFlow;
use crate::core::evidence::track::Track;
use crate::core::time::Wall;

/// Numbers that the client never sent may be texts altered on the way, but not more than one in this many.
const ALTERED_ONE_IN: usize = 5;

/// A pattern is followed clearly better if it spreads this many times less.
const CLEARLY: i64 = 4;

/// Differences below this are noise of timers and networks, nanoseconds.
const NOISE_NS: i64 = 200_000;

/// Stamps of one clock, taken in different places, may be out of order by this much.
const ONE_CLOCK_NS: i64 = 10_000_000;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// None of the flows shares a message with the client's.
    Nothing,
    /// This one, by index.
    One(usize),
    /// These fit equally well.
    Tie(Vec<usize>),
}

/// Finds the server's flow that belongs to a client's.
pub fn pair(client: &SideFlow, servers: &[&SideFlow]) -> Pairing {
    let candidates: Vec<(usize, i64)> = servers
        .iter()
        .enumerate()
        .filter_map(|(index, server)| fit(client, server).map(|spread| (index, spread)))
        .collect();
    match &candidates[..] {
        [] => return Pairing::Nothing,
        [(index, _)] => return Pairing::One(*index),
        _ => {}
    }
    // Two hosts that see the very same ports and addresses have no NAT between them.
    let same_ends = |server: &SideFlow| server.client == client.client && server.server == client.server;
    let identical: Vec<(usize, i64)> =
        candidates.iter().filter(|(index, _)| same_ends(servers[*index])).copied().collect();
    let mut rest = if identical.is_empty() { candidates } else { identical };
    rest.sort_by_key(|(_, spread)| *spread);
    match &rest[..] {
        [(best, _)] => Pairing::One(*best),
        [(best, small), (_, next), ..] if small.saturating_mul(CLEARLY).max(NOISE_NS) < *next => Pairing::One(*best),
        _ => {
            let mut tied: Vec<usize> = rest.iter().map(|(index, _)| *index).collect();
            tied.sort_unstable();
            Pairing::Tie(tied)
        }
    }
}

/// How widely the stamps of a server's flow scatter around the client's, nanoseconds; `None` where it does not fit.
fn fit(client: &SideFlow, server: &SideFlow) -> Option<i64> {
    let (ours, theirs) = (first_sights(client), first_sights(server));
    if !theirs.keys().any(|key| ours.contains_key(key)) {
        return None;
    }
    if strangers(client, &request_tracks(server)) {
        return None;
    }
    let (forward, back) = bounds(client, server);
    if impossible(client, server) || client.stays_inside() && at_another_time(&forward, &back) {
        return None;
    }
    let bounds = if forward.is_empty() { back } else { forward };
    let mut differences: Vec<i64> = bounds.iter().map(|bound| bound.difference).collect();
    if differences.is_empty() {
        // Every message was repeated, or each side saw another direction: their first sights must do.
        differences.extend(theirs.iter().filter_map(|(key, time)| Some(time.since(*ours.get(key)?))));
    }
    differences.sort_unstable();
    let at = |percent: usize| differences[(differences.len() - 1) * percent / 100];
    Some(at(90).saturating_sub(at(10)))
}

/// Whether the server would have taken longer over its answers than the client waited for them. A clock that was set
/// makes one exchange look like that; another run makes most.
fn impossible(client: &SideFlow, server: &SideFlow) -> bool {
    let (asked, answered) = (requests(client), replies(client));
    let (came, went) = (requests(server), replies(server));
    let repeated = repeated_by_either(client, server);
    let clocks = client.notes.clock_moved.saturating_add(server.notes.clock_moved);
    let tolerance = clocks.saturating_add(NOISE_NS);
    let mut exchanges = 0_usize;
    let mut wrong = 0_usize;
    for (key, asked) in asked.iter().filter(|(key, _)| !repeated.contains(key)) {
        let (Some(answered), Some(came), Some(went)) = (answered.get(key), came.get(key), went.get(key)) else {
            continue;
        };
        exchanges += 1;
        wrong += usize::from(went.since(*came) > answered.since(*asked).saturating_add(tolerance));
    }
    wrong * 2 > exchanges
}

/// Whether, by one clock, most messages came before they were sent, or were answered after the reply had come.
fn at_another_time(forward: &[Bound], back: &[Bound]) -> bool {
    let early = forward.iter().filter(|bound| bound.difference < -ONE_CLOCK_NS).count();
    let late = back.iter().filter(|bound| bound.difference > ONE_CLOCK_NS).count();
    early * 2 > forward.len() || late * 2 > back.len()
}

/// Whether too many of the server's requests are numbers that this client never sent.
///
/// A whole journal knows all that it sent. Else a number that the client's witnesses may have missed does not count:
/// before their first, after their last, and where they were blind.
fn strangers(flow: &SideFlow, server: &[&Track]) -> bool {
    let client = request_tracks(flow);
    let knows_all = flow.notes.whole && flow.request_app.is_some();
    let known = first_sights(flow);
    let mut sent: BTreeMap<u64, Wall> = BTreeMap::new();
    for sight in client.iter().flat_map(|track| &track.sights) {
        sent.entry(sight.key).and_modify(|time| *time = sight.time.min(*time)).or_insert(sight.time);
    }
    let received: BTreeSet<u64> = server.iter().flat_map(|track| track.sights.iter().map(|sight| sight.key)).collect();
    if known.is_empty() || received.is_empty() {
        return false;
    }
    let watched = |key: u64| {
        let before = sent.range(..key).next_back();
        let after = sent.range(key..).next();
        before.zip(after).is_some_and(|((_, before), (_, after))| {
            client.iter().any(|track| track.coverage.spans(*before.min(after), *before.max(after)))
        })
    };
    let unknown: Vec<u64> = received.iter().filter(|key| !known.contains_key(key)).copied().collect();
    let inside = unknown.iter().filter(|key| knows_all || watched(**key)).count();
    inside * ALTERED_ONE_IN > received.len()
}

fn request_tracks(flow: &SideFlow) -> Vec<&Track> {
    [&flow.request_app, &flow.request_wire].into_iter().flatten().collect()
}

/// What the datagrams between two hosts say of the offset between their clocks: those that went forward, and back.
///
/// Only messages of which nobody saw a second copy: of two, the one that was seen here may not be the one seen there.
pub fn bounds(client: &SideFlow, server: &SideFlow) -> (Vec<Bound>, Vec<Bound>) {
    let repeated = repeated_by_either(client, server);
    let join = |ours: HashMap<u64, Wall>, theirs: &HashMap<u64, Wall>| {
        let mut bounds: Vec<Bound> = ours
            .into_iter()
            .filter(|(key, _)| !repeated.contains(key))
            .filter_map(|(key, at)| Some(Bound { at: at.0, difference: theirs.get(&key)?.since(at) }))
            .collect();
        bounds.sort_by_key(|bound| bound.at);
        bounds
    };
    (join(requests(client), &requests(server)), join(replies(client), &replies(server)))
}

/// The messages of which anybody saw a second copy.
fn repeated_by_either(client: &SideFlow, server: &SideFlow) -> HashSet<u64> {
    tracks(client).chain(tracks(server)).flat_map(repeated).collect()
}

/// The numbers that a track shows more than once.
fn repeated(track: &Track) -> Vec<u64> {
    let mut keys: Vec<u64> = track.sights.iter().map(|sight| sight.key).collect();
    keys.sort_unstable();
    keys.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect()
}

/// When each number was first seen at all.
fn first_sights(flow: &SideFlow) -> HashMap<u64, Wall> {
    let mut first: HashMap<u64, Wall> = HashMap::new();
    for sight in tracks(flow).flat_map(|track| &track.sights) {
        first.entry(sight.key).and_modify(|time| *time = sight.time.min(*time)).or_insert(sight.time);
    }
    first
}

fn tracks(flow: &SideFlow) -> impl Iterator<Item = &Track> {
    [&flow.request_app, &flow.request_wire, &flow.reply_wire, &flow.reply_app].into_iter().flatten()
}

fn requests(flow: &SideFlow) -> HashMap<u64, Wall> {
    times(flow.request_wire.as_ref(), flow.request_app.as_ref())
}

fn replies(flow: &SideFlow) -> HashMap<u64, Wall> {
    times(flow.reply_wire.as_ref(), flow.reply_app.as_ref())
}

/// When messages were seen: on the wire where a capture shows them, else at the application.
fn times(wire: Option<&Track>, app: Option<&Track>) -> HashMap<u64, Wall> {
    let sights = [app, wire].into_iter().flatten().flat_map(|track| &track.sights);
    sights.map(|sight| (sight.key, sight.time)).collect()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::core::evidence::coverage::Coverage;
    use crate::core::evidence::track::Sight;

    /// A flow whose requests leave at `times` (ms) and whose replies follow after `turn` ms.
    fn flow(times: &[(u64, i64)], turn: i64) -> SideFlow {
        let coverage = Coverage { to: Wall(i64::MAX), ..Coverage::default() };
        let track = |shift: i64| {
            let sight = |(key, at): &(u64, i64)| Sight {
                key: *key,
                time: Wall((at + shift) * 1_000_000),
                frame: None,
                digest: None,
            };
            Some(Track { sights: times.iter().map(sight).collect(), coverage: coverage.clone() })
        };
        SideFlow { request_wire: track(0), reply_wire: track(turn), ..SideFlow::default() }
    }

    fn moved(times: &[(u64, i64)], by: i64) -> Vec<(u64, i64)> {
        times.iter().map(|(key, at)| (*key, at + by)).collect()
    }

    const TYPED: [(u64, i64); 5] = [(1, 0), (2, 730), (3, 1_900), (4, 2_050), (5, 4_400)];

    #[test]
    fn the_intervals_tell_people_apart_who_type() {
        let other = [(1, 0), (2, 400), (3, 2_300), (4, 2_900), (5, 3_100)];
        let (theirs, ours) = (flow(&moved(&other, 9_000), 1), flow(&moved(&TYPED, 50_020), 1));
        assert_eq!(pair(&flow(&TYPED, 40), &[&theirs, &ours]), Pairing::One(1));
    }

    #[test]
    fn two_clients_on_the_same_schedule_are_a_tie() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let (a, b) = (flow(&moved(&times, 500), 1), flow(&moved(&times, 7_500), 1));
        assert_eq!(pair(&flow(&times, 40), &[&a, &b]), Pairing::Tie(vec![0, 1]));
    }

    #[test]
    fn the_same_ends_on_both_sides_decide() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let ends = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
        let with = |flow, port| SideFlow { client: ends(port), server: ends(5005), ..flow };
        let (a, b) = (with(flow(&moved(&times, 500), 1), 1), with(flow(&moved(&times, 0), 1), 2));
        assert_eq!(pair(&with(flow(&times, 40), 2), &[&a, &b]), Pairing::One(1));
    }

    #[test]
    fn on_one_host_another_time_is_another_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let inside = |flow, port| {
            let end = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
            SideFlow { client: end(port), server: end(5005), ..flow }
        };
        let client = inside(flow(&times, 2), 40_001);
        for by in [-5_000, 5_000] {
            let other = inside(flow(&moved(&times, by), 1), 40_002);
            assert_eq!(pair(&client, &[&other]), Pairing::Nothing, "{by}");
            // The next run from the same port, at the same pace.
            let (next, own) = (inside(flow(&moved(&times, by), 1), 40_001), inside(flow(&times, 1), 40_001));
            assert_eq!(pair(&client, &[&next, &own]), Pairing::One(1), "{by}");
        }
    }

    #[test]
    fn a_server_that_took_longer_than_the_round_trip_is_another_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        assert_eq!(pair(&flow(&times, 40), &[&flow(&moved(&times, 9), 90)]), Pairing::Nothing);
    }

    #[test]
    fn a_network_that_repeats_everything_is_still_the_same_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let twice: Vec<(u64, i64)> = times.iter().flat_map(|(n, at)| [(*n, *at), (*n, at + 1)]).collect();
        assert_eq!(pair(&flow(&times, 40), &[&flow(&moved(&twice, 9), 1)]), Pairing::One(0));
    }

    #[test]
    fn numbers_lost_in_a_gap_of_the_clients_journal_make_no_stranger() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let kept: Vec<(u64, i64)> = times.iter().filter(|(n, _)| !(10..20).contains(n)).copied().collect();
        let mut client = flow(&kept, 40);
        let server = flow(&moved(&times, 9), 1);
        assert_eq!(pair(&client, &[&server]), Pairing::Nothing, "it was awake, and did not send them");
        let blind = vec![(Wall(1_000_000_000), Wall(1_900_000_000))];
        client.request_wire.as_mut().unwrap().coverage.blind = blind;
        assert_eq!(pair(&client, &[&server]), Pairing::One(0));
    }

    #[test]
    fn a_whole_journal_knows_what_it_did_not_send() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        let mut client = flow(&times[..5], 40);
        assert_eq!(pair(&client, &[&flow(&times, 1)]), Pairing::One(0), "the capture may have ended early");
        client.request_app = client.request_wire.clone();
        client.notes.whole = true;
        assert_eq!(pair(&client, &[&flow(&times, 1)]), Pairing::Nothing);
    }

    #[test]
    fn numbers_that_were_never_sent_belong_to_somebody_else() {
        let numbers = |range: std::ops::RangeInclusive<u64>| range.map(|n| (n, n as i64 * 100)).collect::<Vec<_>>();
        let even: Vec<_> = numbers(1..=30).into_iter().filter(|(n, _)| n % 2 == 0).collect();
        assert_eq!(pair(&flow(&even, 40), &[&flow(&numbers(1..=30), 1)]), Pairing::Nothing);
        assert_eq!(pair(&flow(&numbers(1..=5), 40), &[&flow(&numbers(100..=130), 1)]), Pairing::Nothing);
    }
}
