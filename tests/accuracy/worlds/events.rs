//! Plays a world in virtual time: when each copy of each message passed which point, and with what packet ID.

use std::collections::HashMap;
use std::net::SocketAddrV4;

use fastrand::Rng;
use medidor::core::document::path::SegmentName::{
    self, ClientHostIn, ClientHostOut, NetworkForward, NetworkReturn, ServerApp, ServerHostIn, ServerHostOut,
};

use super::world::{ClientRun, Fault, MS, Nat, PacketIds, US, World};

/// The segments in the order of travel: segment `i` is between points `i` and `i + 1`.
pub const SEGMENTS: [SegmentName; 7] =
    [ClientHostOut, NetworkForward, ServerHostIn, ServerApp, ServerHostOut, NetworkReturn, ClientHostIn];

/// The index of a segment in [`SEGMENTS`].
pub fn position(segment: SegmentName) -> usize {
    SEGMENTS.iter().position(|known| *known == segment).expect("one of the seven")
}

/// One copy of a message on its way there and back.
#[derive(Clone, Debug, Default)]
pub struct Trip {
    /// When it passed each of the eight points. A copy that was made on the way begins there.
    pub points: [Option<i64>; 8],
    /// The segment that lost it.
    pub lost_at: Option<SegmentName>,
    /// The packet IDs at the four points on the wire, in the order of travel.
    pub packet_ids: [u16; 4],
    /// The client's address at the server's host.
    pub seen_as: Option<SocketAddrV4>,
    /// The run of the server that read it.
    pub read_by: Option<usize>,
    /// It came when the client had stopped reading.
    pub is_too_late: bool,
    /// When it passed the client's router, out and back.
    pub at_router: [Option<i64>; 2],
    /// The reply is a middlebox's.
    pub is_forged: bool,
}

impl Trip {
    /// The form of its reply. A copy that was made on the way back is of the same server's.
    pub fn reply(&self, world: &World, run: &ClientRun) -> &'static str {
        let server = || world.servers.iter().find(|server| server.host == run.server);
        match (self.is_forged, self.read_by) {
            (true, _) => run.forged,
            (false, Some(read_by)) => world.servers[read_by].reply,
            (false, None) => server().map_or("ACK {n}", |server| server.reply),
        }
    }

    /// The last point that it passed.
    pub fn last(&self) -> usize {
        self.points.iter().rposition(Option::is_some).unwrap_or(0)
    }
}

/// What happened to a message.
#[derive(Clone, Debug)]
pub struct PlayedMessage {
    pub n: u64,
    pub sent: i64,
    pub fault: Fault,
    /// No trip where `send()` refused it.
    pub trips: Vec<Trip>,
}

/// By client run, the messages in the order of sending.
pub type Played = Vec<Vec<PlayedMessage>>;

/// Plays a world.
pub fn play(world: &World, rng: &mut Rng) -> Played {
    let mut played: Played = Vec::with_capacity(world.clients.len());
    for run in &world.clients {
        let messages = run.messages.iter().filter(|message| message.sent < run.stop);
        let messages = messages.map(|message| {
            let mut trips = trips(run, message.fault, message.sent, rng);
            for trip in &mut trips {
                settle(world, run, trip, message.sent);
                trip.at_router = at_router(run, trip, rng);
            }
            leave_copies_of_nothing(&mut trips);
            PlayedMessage { n: message.n, sent: message.sent, fault: message.fault, trips }
        });
        played.push(messages.collect());
    }
    number_packets(world, &mut played, rng);
    played
}

fn delay(path: [(i64, i64); 2], segment: usize, rng: &mut Rng) -> i64 {
    let (least, jitter) = match SEGMENTS[segment] {
        NetworkForward => path[0],
        NetworkReturn => path[1],
        ServerApp => (20 * US, 100 * US),
        _ => (4 * US, 30 * US),
    };
    least + rng.i64(0..=jitter)
}

/// A copy that begins at a point.
fn trip(
    run: &ClientRun,
    (from, at): (usize, i64),
    lost_at: Option<SegmentName>,
    slow: Option<(SegmentName, i64)>,
    rng: &mut Rng,
) -> Trip {
    let mut trip = Trip { lost_at, ..Trip::default() };
    let mut time = at;
    trip.points[from] = Some(time);
    for (segment, name) in SEGMENTS.into_iter().enumerate().skip(from) {
        if lost_at == Some(name) {
            break;
        }
        let added = slow.filter(|(at, _)| *at == name).map_or(0, |(_, by)| by);
        time += delay([run.path.forward, run.path.back], segment, rng) + added;
        trip.points[segment + 1] = Some(time);
    }
    trip
}

/// The copies of a message.
fn trips(run: &ClientRun, fault: Fault, sent: i64, rng: &mut Rng) -> Vec<Trip> {
    let start = (0, sent);
    match fault {
        Fault::NotSent => Vec::new(),
        Fault::None => vec![trip(run, start, None, None, rng)],
        Fault::Lost(segment) => vec![trip(run, start, Some(segment), None, rng)],
        Fault::SimulatedDrop => vec![trip(run, start, Some(ServerApp), None, rng)],
        Fault::Slow { at, by } => vec![trip(run, start, None, Some((at, by)), rng)],
        Fault::Forged { is_passed_on } => {
            let lost_at = Some(NetworkForward).filter(|_| !is_passed_on);
            let original = trip(run, start, lost_at, None, rng);
            let left = original.points[1].expect("it left the client's host");
            let answered = left + i64::midpoint(run.path.forward.0, run.path.back.0);
            let reply = Trip { is_forged: true, ..trip(run, (6, answered), None, None, rng) };
            vec![original, reply]
        }
        Fault::Doubled { at, lag, second } => {
            let original = trip(run, start, None, None, rng);
            let place = position(at);
            let made = original.points[place].expect("the original is not lost") + lag;
            let made = made + delay([run.path.forward, run.path.back], place, rng);
            let second = second.filter(|second| position(*second) > place);
            vec![original, trip(run, (place + 1, made), second, None, rng)]
        }
    }
}

/// When a trip passes the client's router. What the network loses, it loses before or behind it.
fn at_router(run: &ClientRun, trip: &Trip, rng: &mut Rng) -> [Option<i64>; 2] {
    let near = |delay: i64| delay / 10;
    let (passes_out, passes_back) = (rng.bool(), rng.bool());
    let out =
        trip.points[1].filter(|_| trip.points[2].is_some() || passes_out).map(|left| left + near(run.path.forward.0));
    let reply = match (trip.points[6], trip.points[5]) {
        (Some(came), _) => Some(came - near(run.path.back.0)),
        (None, Some(left)) if passes_back && trip.lost_at == Some(NetworkReturn) => Some(left + run.path.back.0),
        _ => None,
    };
    [out, reply]
}

/// Ends a trip where no program reads: the server is not running, or the client has stopped.
fn settle(world: &World, run: &ClientRun, trip: &mut Trip, left: i64) {
    trip.seen_as = Some(world.ends_at_server(run, left)[0]);
    let lose = |trip: &mut Trip, segment: SegmentName| {
        trip.lost_at = Some(segment);
        trip.points[position(segment) + 1..].fill(None);
    };
    if let Some(read) = trip.points[3] {
        let is_running =
            |server: &super::world::ServerRun| server.host == run.server && server.start <= read && read < server.stop;
        trip.read_by = world.servers.iter().position(is_running);
        match trip.read_by {
            None => lose(trip, ServerHostIn),
            Some(server) if trip.points[4].is_some_and(|answered| answered >= world.servers[server].stop) => {
                lose(trip, ServerApp);
            }
            Some(_) => {}
        }
    }
    // What is on its way back to an address that the client has left does not reach it.
    let is_left = |came: i64| run.route_move.is_some_and(|moved| left < moved.at && moved.at <= came);
    if trip.points[5].is_some() && trip.points[6].is_some_and(is_left) {
        lose(trip, NetworkReturn);
    }
    trip.is_too_late = trip.points[6].or(trip.points[7]).is_some_and(|came| came > run.stop);
    if trip.points[7].is_some_and(|read| read > run.stop) {
        // What is on its way back to an address that the client has left does not reach it.
        let is_left = |came: i64| run.route_move.is_some_and(|moved| left < moved.at && moved.at <= came);
        if trip.points[5].is_some() && trip.points[6].is_some_and(is_left) {
            lose(trip, NetworkReturn);
        }
        trip.is_too_late = true;
        lose(trip, ClientHostIn);
    }
}

/// Removes copies that would have been made where the original, whose program was not running, did not come.
fn leave_copies_of_nothing(trips: &mut Vec<Trip>) {
    let Some(reached) = trips.first().map(|original| original.points) else { return };
    trips.retain(|trip| {
        let made_at = trip.points.iter().position(Option::is_some).and_then(|first| first.checked_sub(1));
        trip.is_forged || made_at.is_none_or(|before| reached[before].is_some())
    });
}

/// A packet that a host sends or a NAT passes on.
struct Departure {
    time: i64,
    run: usize,
    message: usize,
    trip: usize,
    /// The first of the packet IDs that it sets.
    place: usize,
}

/// The counters from which packet IDs are drawn.
#[derive(Default)]
struct Counters(HashMap<(u32, u32), (u16, i64)>);

impl Counters {
    fn next(&mut self, policy: PacketIds, key: (u32, u32), n: u64, time: i64, rng: &mut Rng) -> u16 {
        let (count, last) = self.0.entry(key).or_insert_with(|| (rng.u16(..), time));
        let step = match policy {
            PacketIds::PerSocket => 1,
            // Linux adds a random number up to the ticks since the last one.
            PacketIds::PerDestination => 1 + rng.u16(0..=((time - *last) / (4 * MS)).clamp(0, 1_000) as u16),
            PacketIds::ByMessage => return n as u16,
            PacketIds::Zero => return 0,
            PacketIds::Random => return rng.u16(..),
        };
        (*count, *last) = (count.wrapping_add(step), time);
        *count
    }
}

/// Numbers the packets in the order in which they leave. Copies made on the way keep the number of the original.
fn number_packets(world: &World, played: &mut Played, rng: &mut Rng) {
    let mut departures = Vec::new();
    for (run, messages) in played.iter().enumerate() {
        for (message, played) in messages.iter().enumerate() {
            for (trip, points) in played.trips.iter().map(|trip| trip.points).enumerate() {
                let places = [(0, points[1].filter(|_| trip == 0)), (2, points[4])];
                departures.extend(
                    places
                        .into_iter()
                        .filter_map(|(place, time)| Some(Departure { time: time?, run, message, trip, place })),
                );
            }
        }
    }
    departures.sort_by_key(|departure| departure.time);
    let mut counters = Counters::default();
    for Departure { time, run, message, trip, place } in departures {
        let client = &world.clients[run];
        let n = played[run][message].n;
        let seen_as = played[run][message].trips[trip].seen_as.map_or(0, |seen_as| u32::from(*seen_as.ip()));
        let (host, socket, to) = if place == 0 {
            (client.host, u32::from(client.port), u32::from(*world.hosts[client.server].public.ip()))
        } else {
            (client.server, 0, seen_as)
        };
        let policy = world.hosts[host].packet_ids;
        let key = if policy == PacketIds::PerSocket { socket } else { to };
        let id = counters.next(policy, (host as u32, key), n, time, rng);
        let translated = match &client.path.nat {
            Some(Nat { bindings, packet_ids: Some(policy) }) => {
                counters.next(*policy, (u32::from(*bindings[0].1.ip()), place as u32), n, time, rng)
            }
            _ => id,
        };
        let ids = &mut played[run][message].trips[trip].packet_ids;
        (ids[place], ids[place + 1]) = (id, translated);
    }
    for message in played.iter_mut().flatten() {
        let Some((first, copies)) = message.trips.split_first_mut() else { continue };
        for copy in copies {
            (copy.packet_ids[0], copy.packet_ids[1]) = (first.packet_ids[0], first.packet_ids[1]);
            if copy.is_forged {
                copy.packet_ids = [rng.u16(..); 4];
            } else if copy.points[4].is_none() {
                (copy.packet_ids[2], copy.packet_ids[3]) = (first.packet_ids[2], first.packet_ids[3]);
            }
        }
    }
}
