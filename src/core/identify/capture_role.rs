//! Decides at which end a capture without a journal was taken.

use std::cmp::Ordering;
use std::collections::HashSet;

use crate::core::evidence::capture_log::{CaptureLog, Datagram, PacketDirection};
use crate::core::evidence::conversations::{self, Conversation, Hints};
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::track::{ObservationJoin, PointObservations};

/// What systems start the time to live from.
const INITIAL_TTLS: [u8; 4] = [32, 64, 128, 255];

/// A path of more routers than this is none: then the initial value was another.
const MAX_HOPS: u8 = 31;

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

/// How many routers a datagram has passed, by the nearest initial value above its time to live.
pub(crate) fn hops(ttl: u8) -> u8 {
    INITIAL_TTLS.into_iter().find(|initial| *initial >= ttl).map_or(0, |initial| (initial - ttl).min(MAX_HOPS))
}
