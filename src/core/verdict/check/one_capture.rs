//! Whether what was handed in as two captures is one: the same packets with the same stamps, apart from a constant, whatever was
//! done to addresses and to single packets.

use std::collections::BTreeMap;

use super::evidence::sightings;
use super::submission::Host;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::hop_limit::hops;
use crate::core::evidence::track::{ObservationJoin, PointObservations};

/// Two hosts never stamp so many datagrams of each direction at one distance.
const MIN_DATAGRAMS: usize = 4;

/// Stamps that count in larger units than this, nanoseconds, are the same by accident.
const FINE_NS: i64 = 1_000;

/// Most datagrams, in percent: some may have been added or changed.
const MOST: usize = 80;

/// Whether the captures of a client and of a server, with these flows, are one.
pub(super) fn is_one(hosts: [Host<'_>; 2], flows: [&HostFlow; 2], tick_ns: [i64; 2]) -> bool {
    let [requests, replies] = distances(flows);
    if requests.len() < MIN_DATAGRAMS || replies.len() < MIN_DATAGRAMS {
        return false;
    }
    // Between two hosts a reply needs time, and so does a request: both at one distance are of one wire.
    let mut all = [&requests[..], &replies].concat();
    all.sort_unstable();
    let middle = all[all.len() / 2];
    let is_near = |distance: &&i64| distance.saturating_sub(middle).saturating_abs() <= FINE_NS;
    let are_most = |way: &[i64]| way.iter().filter(is_near).count() * 100 >= way.len() * MOST;
    if !are_most(&requests) || !are_most(&replies) {
        return false;
    }
    tick_ns.iter().all(|tick| *tick <= FINE_NS) || have_same_hop_limits(hosts)
}

/// The server's stamps minus the client's: of requests, and of replies.
fn distances([client, server]: [&HostFlow; 2]) -> [Vec<i64>; 2] {
    let of = |ours: &Option<PointObservations>, theirs: &Option<PointObservations>| -> Vec<i64> {
        let rows = ObservationJoin::new([ours, theirs].map(|track| sightings(track.as_ref())));
        rows.filter_map(|(_, row)| Some(row[1]?.time.since(row[0]?.time))).collect()
    };
    [of(&client.request_wire, &server.request_wire), of(&client.reply_wire, &server.reply_wire)]
}

/// Whether both captures show each datagram with one hop limit, and some have passed routers: those differ at their two ends.
fn have_same_hop_limits(hosts: [Host<'_>; 2]) -> bool {
    let [ours, theirs] = hosts.map(hop_limits);
    let mut has_routers = false;
    let mut shared = ours.iter().filter_map(|(key, hop_limit)| Some((hop_limit, theirs.get(key)?)));
    let are_same = shared.all(|(ours, theirs)| {
        has_routers |= hops(*ours) > 0;
        ours == theirs
    });
    are_same && has_routers
}

/// The hop limit of each datagram, by whether it is a reply, and its number.
fn hop_limits(host: Host<'_>) -> BTreeMap<(bool, u64), u8> {
    let Some((_, talks)) = host.conversations(None) else { return BTreeMap::new() };
    let ways = talks.iter().flat_map(|talk| [(false, talk.requests()), (true, talk.replies())]);
    ways.flat_map(|(is_reply, way)| way.iter().map(move |(datagram, number)| ((is_reply, number), datagram.ttl)))
        .collect()
}
