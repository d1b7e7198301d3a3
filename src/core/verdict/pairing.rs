//! Which of the server's flows is this client's run.
//!
//! Every client sends the same texts, NATs lie between the captures and the clocks differ. So a flow fits when its
//! numbers do, when no datagram would arrive before it left, and best when its intervals follow the client's.

use std::collections::HashMap;

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
        _ => Pairing::Tie(rest.iter().map(|(index, _)| *index).collect()),
    }
}

/// How widely the stamps of a server's flow scatter around the client's, nanoseconds; `None` where it does not fit.
fn fit(client: &SideFlow, server: &SideFlow) -> Option<i64> {
    let (forward, back) = bounds(client, server);
    if forward.is_empty() && back.is_empty() {
        return None;
    }
    if strangers(&request_tracks(client), &request_tracks(server)) {
        return None;
    }
    if impossible(client, server) {
        return None;
    }
    let mut differences: Vec<i64> =
        if forward.is_empty() { &back } else { &forward }.iter().map(|bound| bound.difference).collect();
    differences.sort_unstable();
    let at = |percent: usize| differences[(differences.len() - 1) * percent / 100];
    Some(at(90).saturating_sub(at(10)))
}

/// Whether the server would have taken longer over its answers than the client waited for them. A clock that was set
/// makes one exchange look like that; another run makes most.
fn impossible(client: &SideFlow, server: &SideFlow) -> bool {
    let (asked, answered) = (requests(client), replies(client));
    let (came, went) = (requests(server), replies(server));
    let mut exchanges = 0_usize;
    let mut wrong = 0_usize;
    for (key, asked) in &asked {
        let (Some(answered), Some(came), Some(went)) = (answered.get(key), came.get(key), went.get(key)) else {
            continue;
        };
        exchanges += 1;
        wrong += usize::from(went.since(*came) > answered.since(*asked).saturating_add(NOISE_NS));
    }
    wrong * 2 > exchanges
}

/// Whether too many of the server's requests are numbers that this client never sent.
fn strangers(client: &[&Track], server: &[&Track]) -> bool {
    let keys = |tracks: &[&Track]| -> std::collections::BTreeSet<u64> {
        tracks.iter().flat_map(|track| track.sights.iter().map(|sight| sight.key)).collect()
    };
    let (sent, received) = (keys(client), keys(server));
    let unknown = received.iter().filter(|key| !sent.contains(key)).count();
    let (Some(first), Some(last)) = (sent.first(), sent.last()) else { return false };
    // A client's capture that starts late misses numbers at its ends; within them it should know all.
    let inside = received.iter().filter(|key| !sent.contains(key) && *first <= **key && **key <= *last).count();
    inside * ALTERED_ONE_IN > received.len() || unknown == received.len()
}

fn request_tracks(flow: &SideFlow) -> Vec<&Track> {
    [&flow.request_app, &flow.request_wire].into_iter().flatten().collect()
}

/// What the datagrams between two hosts say of the offset between their clocks: those that went forward, and back.
pub fn bounds(client: &SideFlow, server: &SideFlow) -> (Vec<Bound>, Vec<Bound>) {
    let join = |ours: HashMap<u64, Wall>, theirs: &HashMap<u64, Wall>| {
        let mut bounds: Vec<Bound> = ours
            .into_iter()
            .filter_map(|(key, at)| Some(Bound { at: at.0, difference: theirs.get(&key)?.since(at) }))
            .collect();
        bounds.sort_by_key(|bound| bound.at);
        bounds
    };
    (join(requests(client), &requests(server)), join(replies(client), &replies(server)))
}

fn requests(flow: &SideFlow) -> HashMap<u64, Wall> {
    single(flow.request_wire.as_ref(), flow.request_app.as_ref())
}

fn replies(flow: &SideFlow) -> HashMap<u64, Wall> {
    single(flow.reply_wire.as_ref(), flow.reply_app.as_ref())
}

/// The times of messages seen once, on the wire where there is a capture, else at the application.
fn single(wire: Option<&Track>, app: Option<&Track>) -> HashMap<u64, Wall> {
    let track = [wire, app].into_iter().flatten().find(|track| !track.sights.is_empty());
    let mut seen: HashMap<u64, Option<Wall>> = HashMap::new();
    for sight in track.into_iter().flat_map(|track| &track.sights) {
        seen.entry(sight.key).and_modify(|time| *time = None).or_insert(Some(sight.time));
    }
    seen.into_iter().filter_map(|(key, time)| time.map(|time| (key, time))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::track::Sight;

    /// A flow whose requests leave at `times` (ms) and whose replies follow after `turn` ms.
    fn flow(times: &[(u64, i64)], turn: i64) -> SideFlow {
        let track = |shift: i64| {
            let sight = |(key, at): &(u64, i64)| Sight {
                key: *key,
                time: Wall((at + shift) * 1_000_000),
                frame: None,
                digest: None,
            };
            Some(Track { sights: times.iter().map(sight).collect(), ..Track::default() })
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
        let ends = |port| Some(std::net::SocketAddr::from(([127, 0, 0, 1], port)));
        let with = |flow, port| SideFlow { client: ends(port), server: ends(5005), ..flow };
        let (a, b) = (with(flow(&moved(&times, 500), 1), 1), with(flow(&moved(&times, 0), 1), 2));
        assert_eq!(pair(&with(flow(&times, 40), 2), &[&a, &b]), Pairing::One(1));
    }

    #[test]
    fn a_server_that_took_longer_than_the_round_trip_is_another_run() {
        let times: Vec<(u64, i64)> = (1..=30).map(|n| (n, n as i64 * 100)).collect();
        assert_eq!(pair(&flow(&times, 40), &[&flow(&moved(&times, 9), 90)]), Pairing::Nothing);
    }

    #[test]
    fn numbers_that_were_never_sent_belong_to_somebody_else() {
        let numbers = |range: std::ops::RangeInclusive<u64>| range.map(|n| (n, n as i64 * 100)).collect::<Vec<_>>();
        let even: Vec<_> = numbers(1..=30).into_iter().filter(|(n, _)| n % 2 == 0).collect();
        assert_eq!(pair(&flow(&even, 40), &[&flow(&numbers(1..=30), 1)]), Pairing::Nothing);
        assert_eq!(pair(&flow(&numbers(1..=5), 40), &[&flow(&numbers(100..=130), 1)]), Pairing::Nothing);
    }
}
