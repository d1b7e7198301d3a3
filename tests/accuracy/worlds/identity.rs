//! Whether the given files contain something that identifies the run, by the rules for what belongs together: then a
//! verdict that is wider than its witnesses allow is weak, and not only cautious.

use std::collections::BTreeMap;

use super::events::{Played, Trip};
use super::world::{Place, RunId, World};

/// Datagrams that identify by their packet IDs, and messages whose pattern does, at least.
const MIN_SAMPLES: usize = 8;

/// What the files of one end show of a message that was not copied.
#[derive(Clone, Copy, Debug, Default)]
struct Shown {
    request: Option<i64>,
    /// The packet IDs of the request and the reply.
    packet_ids: [Option<u16>; 2],
}

type Messages = BTreeMap<u64, Shown>;

/// What identifies the server's flows of a client's run: the names of the rules that do.
pub fn identifications(world: &World, played: &Played, run: usize) -> Vec<&'static str> {
    if !world.sides.iter().all(super::world::Side::is_given) {
        return Vec::new();
    }
    let client = shown(world, played, run, 0);
    let servers: Vec<(usize, Messages)> =
        (0..played.len()).map(|other| (other, shown(world, played, other, 1))).collect();
    let own = &servers[run].1;
    let rivals = || {
        servers.iter().filter(|(other, messages)| *other != run && !messages.is_empty()).map(|(_, messages)| messages)
    };
    if own.is_empty() || client.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if rivals().next().is_none() {
        found.push("only candidate");
    }
    if world.clients[run].path.nat.is_none() {
        found.push("address");
    }
    for (way, name) in [(0, "request IDs"), (1, "reply IDs")] {
        let is_apart = |rival: &Messages| equal_ids(&client, rival, way).0 * 5 < MIN_SAMPLES;
        let (equal, of) = equal_ids(&client, own, way);
        if equal >= MIN_SAMPLES && equal == of && rivals().all(is_apart) {
            found.push(name);
        }
    }
    let tolerance = world.clients[run].interval * 6 / 100;
    let follows = |server: &Messages| scatter(&client, server).is_some_and(|scatter| scatter <= tolerance);
    if world.clients[run].is_drawn && follows(own) && !rivals().any(follows) {
        found.push("spacing");
    }
    found
}

/// How many packet IDs of one direction are equal, of how many that both ends show.
fn equal_ids(client: &Messages, server: &Messages, way: usize) -> (usize, usize) {
    let both = client.iter().filter_map(|(n, shown)| shown.packet_ids[way].zip(server.get(n)?.packet_ids[way]));
    both.fold((0, 0), |(equal, of), (a, b)| (equal + usize::from(a == b), of + 1))
}

/// How far the requests at the server scatter around those at the client; `None` of too few.
fn scatter(client: &Messages, server: &Messages) -> Option<i64> {
    let differences: Vec<i64> =
        client.iter().filter_map(|(n, shown)| Some(server.get(n)?.request? - shown.request?)).collect();
    let (low, high) = (differences.iter().min()?, differences.iter().max()?);
    (differences.len() >= MIN_SAMPLES).then_some(high - low)
}

/// What the files of one end show of a run.
fn shown(world: &World, played: &Played, run: usize, end: usize) -> Messages {
    let side = &world.sides[end];
    let client = &world.clients[run];
    let host = Place::Host([client.host, client.server][end]);
    let captures =
        || side.capture.iter().flat_map(|file| file.captures.iter().map(|capture| &world.captures[*capture]));
    let shows =
        |time: &i64| captures().any(|capture| capture.place == host && (capture.from..=capture.to).contains(time));
    let captured = |trip: &Trip, point: usize| trip.points[point].filter(shows);
    let journaled = |trip: &Trip| match (side.journal, end) {
        (Some(RunId::Client(of)), 0) if of == run => trip.points[0],
        (Some(RunId::Server(of)), 1) if trip.read_by == Some(of) => trip.points[3],
        _ => None,
    };
    let mut messages = Messages::new();
    for message in played[run].iter().filter(|message| message.trips.len() == 1) {
        let trip = &message.trips[0];
        let [wire_request, wire_reply] = [[1, 6], [2, 5]][end];
        let shown = Shown {
            request: captured(trip, wire_request).or_else(|| journaled(trip)),
            packet_ids: [
                captured(trip, wire_request).map(|_| trip.packet_ids[end]),
                captured(trip, wire_reply).map(|_| trip.packet_ids[3 - end]),
            ],
        };
        if shown.request.is_some() || shown.packet_ids[1].is_some() {
            messages.insert(message.n, shown);
        }
    }
    messages
}
