//! Decides at which end a capture without a journal was taken.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use crate::core::evidence::capture_log::{CaptureLog, Datagram, PacketDirection};
use crate::core::evidence::conversations::{self, Conversation, Hints};
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::hop_limit::hops;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::track::{ObservationJoin, PointObservations};

/// Datagrams that are enough to decide which of two captures is the client's.
const MIN_SAMPLES: u64 = 50_000;

/// The end at which a capture was taken, from its content alone; `None` if unknown. A cooked capture records the
/// direction of each frame. Else a frame that passed no router has its initial TTL, so the end is known if only one
/// direction passed routers.
pub fn of_capture(log: &CaptureLog, server_port: Option<u16>) -> Option<Role> {
    let conversations = conversations::conversations(log, Hints { server_port, client_port: None });
    let requests = || conversations.iter().flat_map(|conversation| datagrams(log, &conversation.requests));
    let replies = || conversations.iter().flat_map(|conversation| datagrams(log, &conversation.replies));
    let going = |way| {
        requests().filter(|datagram| datagram.direction == Some(way)).count()
            + replies().filter(|datagram| datagram.direction == Some(other(way))).count()
    };
    // Both at once: both ends are on this host, or it is a router between them.
    match (going(PacketDirection::Out), going(PacketDirection::In)) {
        (0, 0) => {}
        (_, 0) => return Some(Role::Client),
        (0, _) => return Some(Role::Server),
        _ => return None,
    }
    let travelled = |datagrams: &mut dyn Iterator<Item = &Datagram>| datagrams.map(|datagram| hops(datagram.ttl)).min();
    match (travelled(&mut requests()), travelled(&mut replies())) {
        (Some(0), Some(1..)) => Some(Role::Client),
        (Some(1..), Some(0)) => Some(Role::Server),
        _ => None,
    }
}

/// Why a capture is not one end's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOneEnd {
    /// What went either way had passed routers: it was taken between the hosts.
    Between,
    /// It shows each datagram on both hosts' wires: it was put together from two.
    BothWires,
    /// It was taken at the other end: what should have come from afar had passed no router, and what this host should have
    /// sent had.
    OtherEnd,
}

/// Fewer datagrams than this in a direction do not show where a capture was taken.
const MIN_DATAGRAMS: usize = 3;

/// Whether a capture without a journal is not of one end, or not of the end of this role, from its content alone.
pub fn not_one_end(log: &CaptureLog, role: Option<Role>, server_port: Option<u16>) -> Option<NotOneEnd> {
    let conversations = conversations::conversations(log, Hints { server_port, client_port: None });
    let ways = |of: fn(&Conversation) -> &[usize]| -> Vec<&Datagram> {
        conversations.iter().flat_map(|conversation| datagrams(log, of(conversation))).collect()
    };
    let ways = [ways(|conversation| &conversation.requests), ways(|conversation| &conversation.replies)];
    if ways.iter().any(|way| way.len() < MIN_DATAGRAMS) {
        return None;
    }
    let is_put_together = |way: &Vec<&Datagram>| {
        let flows: HashSet<u32> = way.iter().map(|datagram| datagram.flow).collect();
        let late: u64 = flows.iter().filter_map(|flow| log.late_copies.get(flow)).sum();
        late * 2 > way.len() as u64 || is_doubled(way)
    };
    if ways.iter().all(is_put_together) {
        return Some(NotOneEnd::BothWires);
    }
    // A cooked capture tells for itself.
    let has_passed_routers =
        |way: &Vec<&Datagram>| way.iter().all(|datagram| datagram.direction.is_none() && hops(datagram.ttl) > 0);
    let is_fresh =
        |way: &Vec<&Datagram>| way.iter().all(|datagram| datagram.direction.is_none() && hops(datagram.ttl) == 0);
    let [requests, replies] = &ways;
    let end = match [requests, replies].map(|way| (is_fresh(way), has_passed_routers(way))) {
        [(_, true), (_, true)] => return Some(NotOneEnd::Between),
        [(true, _), (_, true)] => Role::Client,
        [(_, true), (true, _)] => Role::Server,
        _ => return None,
    };
    (role == Some(end.other())).then_some(NotOneEnd::OtherEnd)
}

/// Whether most datagrams are there twice, as one host sends no datagram twice: with one packet ID, or once before a router and
/// once behind it. A network that duplicates does so in one direction of a capture: the copies of a request get replies of
/// their own.
fn is_doubled(way: &[&Datagram]) -> bool {
    let mut copies: HashMap<(u32, Option<u64>, Option<NonZeroU32>), Vec<u8>> = HashMap::new();
    for datagram in way {
        copies.entry((datagram.flow, datagram.number, datagram.packet_id)).or_default().push(datagram.ttl);
    }
    let is_twice = |has_id: bool, ttls: &[u8]| ttls.len() == 2 && (has_id || ttls[0] != ttls[1]);
    let twice = copies.iter().filter(|((_, _, packet_id), ttls)| is_twice(packet_id.is_some(), ttls));
    twice.count() * 2 > copies.len()
}

/// Whether two captures have any numbered message in common.
pub fn share(first: &CaptureLog, second: &CaptureLog, server_port: Option<u16>) -> bool {
    let numbers = |log: &CaptureLog| -> HashSet<u64> {
        let conversations = conversations::conversations(log, Hints { server_port, client_port: None });
        let indexes = conversations.iter().flat_map(|talk| talk.requests.iter().chain(&talk.replies));
        indexes.filter_map(|index| log.datagrams[*index].number).collect()
    };
    !numbers(first).is_disjoint(&numbers(second))
}

/// Which of two captures of one run is the client's: the one in which replies follow requests at a greater distance,
/// for the client's round trip contains the server's turn.
pub fn of_pair(first: &CaptureLog, second: &CaptureLog, server_port: Option<u16>) -> Option<(Role, Role)> {
    // Long runs are sampled: every n-th number, the same on both sides.
    let every = first.datagrams.len().max(second.datagrams.len()) as u64 / MIN_SAMPLES + 1;
    let (ours, theirs) = (Turnaround::new(first, server_port, every), Turnaround::new(second, server_port, every));
    let both = ObservationJoin::new(
        [&ours, &theirs]
            .into_iter()
            .flat_map(|turns| [&turns.requests, &turns.replies])
            .map(PointObservations::sightings),
    );
    let (mut longer, mut shorter) = (0_usize, 0_usize);
    for (_, row) in both {
        let turn = |request: usize, reply: usize| Some(row[reply]?.time.since(row[request]?.time));
        match turn(0, 1).zip(turn(2, 3)).map(|(ours, theirs)| ours.cmp(&theirs)) {
            Some(Ordering::Greater) => longer += 1,
            Some(Ordering::Less) => shorter += 1,
            _ => {}
        }
    }
    // Physics allows no exception, but copies and clocks do.
    if longer > 0 && longer >= shorter * 9 {
        Some((Role::Client, Role::Server))
    } else if shorter > 0 && shorter >= longer * 9 {
        Some((Role::Server, Role::Client))
    } else {
        None
    }
}

/// When the requests and the replies of a capture's largest conversation were seen.
#[derive(Default)]
struct Turnaround {
    requests: PointObservations,
    replies: PointObservations,
}

impl Turnaround {
    /// The datagrams whose numbers are multiples of `every`.
    fn new(log: &CaptureLog, server_port: Option<u16>, every: u64) -> Self {
        let conversations = conversations::conversations(log, Hints { server_port, client_port: None });
        let largest = conversations.into_iter().max_by_key(|conversation| conversation.replies.len());
        let track = |indexes: &[usize]| {
            let chosen = conversations::numbered(log, indexes).filter(|(_, number)| number.is_multiple_of(every));
            PointObservations::new(chosen.map(conversations::sight).collect(), Coverage::default())
        };
        largest
            .map(|Conversation { requests, replies, .. }| Self { requests: track(&requests), replies: track(&replies) })
            .unwrap_or_default()
    }
}

fn datagrams<'a>(log: &'a CaptureLog, indexes: &'a [usize]) -> impl Iterator<Item = &'a Datagram> {
    conversations::numbered(log, indexes).map(|(datagram, _)| datagram)
}

const fn other(way: PacketDirection) -> PacketDirection {
    match way {
        PacketDirection::In => PacketDirection::Out,
        PacketDirection::Out => PacketDirection::In,
    }
}
