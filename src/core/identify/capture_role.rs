//! Decides at which end a capture without a journal was taken.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU32;

use super::merged_capture;
use super::same_host::HostView;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::conversations::{self, Conversation, Hints};
use crate::core::evidence::datagram::{Datagram, PacketDirection};
use crate::core::evidence::datagram_source::NumberedDatagrams;
use crate::core::evidence::flow_summary::FlowSummary;
use crate::core::evidence::hop_limit::hops;
use crate::core::evidence::host_copies::MIRROR_NS;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::track::ObservationJoin;
use crate::core::time::{SECOND, Wall};

/// The end at which a capture was taken, from its content alone; `None` if unknown. A cooked capture records the
/// direction of each frame. Else a frame that passed no router has its initial TTL, so the end is known if only one
/// direction passed routers.
pub fn of_capture(log: &CaptureLog, server_port: Option<u16>) -> Option<Role> {
    shown_by(&numbered_conversations(log, server_port))
}

/// The role of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundRole {
    /// The end.
    pub role: Role,
    /// Nothing tells at which of two neighbours it was taken. The side matters, so whoever judges should warn.
    pub is_assumed: bool,
}

/// The end at which the only capture was taken; `None` if unknown.
pub fn of_only_capture(log: &CaptureLog, server_port: Option<u16>) -> Option<FoundRole> {
    let conversations = numbered_conversations(log, server_port);
    let found = |role| Some(FoundRole { role, is_assumed: false });
    match shown_by(&conversations) {
        Some(role) => found(role),
        // On one host the side does not matter.
        None if is_within_host(&conversations) => found(Role::Client),
        None if is_between_neighbours(&conversations) => Some(FoundRole { role: Role::Client, is_assumed: true }),
        None if has_only_arrived_requests(&conversations) => found(Role::Server),
        None => None,
    }
}

/// The ends at which two captures of one run were taken: by what each shows alone if both tell, else by the round trips of the two,
/// else by the one that tells.
pub fn of_two_captures(first: &CaptureLog, second: &CaptureLog, server_port: Option<u16>) -> [Option<Role>; 2] {
    let logs = [first, second];
    let [ours, theirs] = logs.map(|log| of_capture(log, server_port));
    if ours.zip(theirs).is_some_and(|(ours, theirs)| ours == theirs.other()) {
        return [ours, theirs];
    }
    if let Some((ours, theirs)) = of_pair(first, second, server_port) {
        return [Some(ours), Some(theirs)];
    }
    match (ours, theirs) {
        (Some(role), None) => [ours, Some(role.other())],
        (None, Some(role)) => [Some(role.other()), theirs],
        (None, None) => {
            let [ours, theirs] = logs.map(|log| numbered_conversations(log, server_port));
            let [ours, theirs] =
                [&ours, &theirs].map(|talks| (is_within_host(talks), has_only_arrived_requests(talks)));
            match (ours, theirs) {
                // No reply came: what arrived is the server's.
                ((true, _), (true, _)) | ((_, false), (_, true)) => [Some(Role::Client), Some(Role::Server)],
                ((_, true), (_, false)) => [Some(Role::Server), Some(Role::Client)],
                _ => [None, None],
            }
        }
        both => both.into(),
    }
}

fn numbered_conversations(log: &CaptureLog, server_port: Option<u16>) -> Vec<Conversation<'_>> {
    conversations::conversations(log, Hints { server_port, client_port: None })
}

/// The end at which conversations were captured, from what they show alone.
fn shown_by(conversations: &[Conversation<'_>]) -> Option<Role> {
    let (mut out, mut inward) = (0, 0);
    let (mut of_requests, mut of_replies) = (None, None);
    for conversation in conversations {
        let (requests, replies) = (conversation.request_summary(), conversation.reply_summary());
        out += requests.going(PacketDirection::Out) + replies.going(PacketDirection::In);
        inward += requests.going(PacketDirection::In) + replies.going(PacketDirection::Out);
        of_requests = of_requests.into_iter().chain(fewest_hops(requests)).min();
        of_replies = of_replies.into_iter().chain(fewest_hops(&replies)).min();
    }
    // Both at once: both ends are on this host, or it is a router between them.
    match (out, inward) {
        (0, 0) => {}
        (_, 0) => return Some(Role::Client),
        (0, _) => return Some(Role::Server),
        _ => return None,
    }
    match (of_requests, of_replies) {
        (Some(0), Some(1..)) => Some(Role::Client),
        (Some(1..), Some(0)) => Some(Role::Server),
        _ => None,
    }
}

/// Whether both ends are on the capturing host, so that one frame is on both ends' wires.
fn is_within_host(conversations: &[Conversation<'_>]) -> bool {
    let view = |talk: &Conversation<'_>| HostView { client: Some(talk.client), server: Some(talk.server), run: None };
    !conversations.is_empty() && conversations.iter().all(|talk| view(talk).is_within_host())
}

/// Whether no datagram had passed a router, whichever way it went, and no link type tells the ways apart: either of the
/// hosts may have captured it, unless the client's requests passed routers later.
fn is_between_neighbours(conversations: &[Conversation<'_>]) -> bool {
    let ways = OneWay::both(&conversations.iter().collect::<Vec<_>>());
    ways[0].count() > 0 && ways.iter().all(OneWay::is_fresh)
}

/// Whether requests came from beyond a router, and there is no reply: it was not the client that captured them.
fn has_only_arrived_requests(conversations: &[Conversation<'_>]) -> bool {
    let [requests, replies] = OneWay::both(&conversations.iter().collect::<Vec<_>>());
    requests.count() > 0 && requests.has_passed_routers() && replies.count() == 0
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

/// Fewer datagrams than this in a direction may be there twice by accident.
const MIN_DATAGRAMS: u64 = 3;

/// Whether a capture without a journal is not of one end, or not of the end of this role, from its content alone.
pub fn not_one_end(log: &CaptureLog, role: Option<Role>, server_port: Option<u16>) -> Option<NotOneEnd> {
    let conversations = numbered_conversations(log, server_port);
    let is_sent_twice = |talk: &Conversation<'_>| match role {
        Some(Role::Client) => OneWay::both(&[talk])[0].is_on_two_wires(log),
        Some(Role::Server) => OneWay::both(&[talk])[1].is_on_two_wires(log),
        None => false,
    };
    if conversations.iter().any(|talk| OneWay::both(&[talk]).iter().all(|way| way.is_twice(log)))
        || conversations.iter().any(is_sent_twice)
        || merged_capture::shows_both_ends(&conversations)
    {
        return Some(NotOneEnd::BothWires);
    }
    let ways = OneWay::both(&conversations.iter().collect::<Vec<_>>());
    if ways.iter().any(|way| way.count() == 0) {
        return None;
    }
    let [requests, replies] = &ways;
    let end = match [requests, replies].map(|way| (way.is_fresh(), way.has_passed_routers())) {
        [(_, true), (_, true)] => return Some(NotOneEnd::Between),
        [(true, _), (_, true)] => Role::Client,
        [(_, true), (true, _)] => Role::Server,
        _ => return None,
    };
    (role == Some(end.other())).then_some(NotOneEnd::OtherEnd)
}

/// The numbered datagrams of some conversations that went one way.
struct OneWay<'a>(Vec<(NumberedDatagrams<'a>, Cow<'a, FlowSummary>)>);

impl<'a> OneWay<'a> {
    /// The requests, and the replies.
    fn both(talks: &[&'a Conversation<'a>]) -> [Self; 2] {
        let requests = talks.iter().map(|talk| (talk.requests(), Cow::Borrowed(talk.request_summary())));
        let replies = talks.iter().map(|talk| (talk.replies(), talk.reply_summary()));
        [Self(requests.collect()), Self(replies.collect())]
    }

    fn is_twice(&self, log: &CaptureLog) -> bool {
        self.count() >= MIN_DATAGRAMS && (self.late_copies(log) * 2 > self.count() || self.is_doubled())
    }

    /// Whether a third of what the capturing host sent is there once more, late or from beyond a router: it sends no datagram
    /// twice, and a mirror port makes copies at once.
    fn is_on_two_wires(&self, log: &CaptureLog) -> bool {
        let mut known: HashMap<(u32, u64), (Datagram, bool)> = HashMap::new();
        for (datagram, number) in self
            .0
            .iter()
            .flat_map(|(datagrams, summary)| datagrams.iter().filter(|(_, number)| summary.samples_number(*number)))
        {
            let (last, is_again) = known.entry((datagram.flow, number)).or_insert((*datagram, false));
            let is_one_packet = last.packet_id.is_some()
                && last.packet_id == datagram.packet_id
                && log.flows[datagram.flow as usize].source.is_ipv4();
            let lag_ns = datagram.time.since(last.time).saturating_abs();
            let is_elsewhere = (last.ttl, last.direction) != (datagram.ttl, datagram.direction);
            *is_again |= is_elsewhere || is_one_packet && (MIRROR_NS..SECOND).contains(&lag_ns);
            *last = *datagram;
        }
        let again = known.values().filter(|(_, is_again)| *is_again).count() as u64 + self.late_copies(log);
        again > 0 && again * 3 >= known.len() as u64
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|(_, summary)| summary.numbered).sum()
    }

    fn late_copies(&self, log: &CaptureLog) -> u64 {
        if log.late_copies.is_empty() {
            return 0;
        }
        let datagrams = self.0.iter().flat_map(|(datagrams, _)| datagrams.iter());
        let flows: HashSet<u32> = datagrams.map(|(datagram, _)| datagram.flow).collect();
        flows.iter().filter_map(|flow| log.late_copies.get(flow)).sum()
    }

    /// A cooked capture tells for itself.
    fn is_cooked(&self) -> bool {
        let directed = |way| self.0.iter().any(|(_, summary)| summary.going(way) > 0);
        directed(PacketDirection::In) || directed(PacketDirection::Out)
    }

    fn hops(&self) -> impl Iterator<Item = u8> {
        self.0.iter().flat_map(|(_, summary)| summary.hop_limits.iter().map(hops))
    }

    fn has_passed_routers(&self) -> bool {
        !self.is_cooked() && self.hops().all(|hops| hops > 0)
    }

    fn is_fresh(&self) -> bool {
        !self.is_cooked() && self.hops().all(|hops| hops == 0)
    }

    /// Whether most datagrams are there twice, as one host sends no datagram twice: with one packet ID, or once before a
    /// router and once behind it, or, where there are no packet IDs, one right after the other. A network that duplicates most
    /// datagrams does so in one direction of a capture, as a rule: the copies of a request get replies of their own. Of long flows
    /// the sampled messages are looked at.
    fn is_doubled(&self) -> bool {
        let samples = || self.0.iter().flat_map(|(_, summary)| summary.samples());
        let single = samples().filter(|sample| sample.copies == 1).count();
        if samples().map(|sample| sample.copies as usize / 2).sum::<usize>() <= single {
            return false;
        }
        let mut copies: HashMap<(u32, u64, Option<NonZeroU32>), Copies> = HashMap::new();
        for (datagrams, summary) in &self.0 {
            for (datagram, number) in datagrams.iter().filter(|(_, number)| summary.samples_number(*number)) {
                let first = Copies { count: 1, hop_limit: datagram.ttl, time: datagram.time, is_mirrored: false };
                copies
                    .entry((datagram.flow, number, datagram.packet_id))
                    .and_modify(|copies| copies.add(datagram.ttl, datagram.time))
                    .or_insert(first);
            }
        }
        let twice = copies
            .iter()
            .filter(|((.., packet_id), copies)| copies.count == 2 && (packet_id.is_some() || copies.is_mirrored));
        twice.count() * 2 > copies.len()
    }
}

/// How often a datagram is there.
struct Copies {
    count: u32,
    /// The hop limit of the first.
    hop_limit: u8,
    /// The time of the first.
    time: Wall,
    /// One of the others has another hop limit, or comes as soon as those of a mirror port or a bridge.
    is_mirrored: bool,
}

impl Copies {
    fn add(&mut self, hop_limit: u8, time: Wall) {
        self.count = self.count.saturating_add(1);
        self.is_mirrored |= hop_limit != self.hop_limit || time.since(self.time).saturating_abs() <= MIRROR_NS;
    }
}

/// Whether two captures have any numbered message in common.
pub fn share(first: &CaptureLog, second: &CaptureLog, server_port: Option<u16>) -> bool {
    let numbers = |log: &CaptureLog| -> HashSet<u64> {
        let conversations = numbered_conversations(log, server_port);
        let talks = conversations.iter().flat_map(|talk| [talk.requests(), talk.replies()]);
        talks.flat_map(NumberedDatagrams::iter).map(|(_, number)| number).collect()
    };
    !numbers(first).is_disjoint(&numbers(second))
}

/// Which of two captures of one run is the client's: the one in which replies follow requests at a greater distance,
/// for the client's round trip contains the server's turn.
pub fn of_pair(first: &CaptureLog, second: &CaptureLog, server_port: Option<u16>) -> Option<(Role, Role)> {
    // Long runs are sampled, with the same numbers on both sides.
    let (ours, theirs) = (Turnaround::new(first, server_port), Turnaround::new(second, server_port));
    let sides = [&ours, &theirs].into_iter().flat_map(|turns| [turns.requests, &turns.replies]);
    let both = ObservationJoin::new(sides.map(FlowSummary::samples));
    let (mut longer, mut shorter) = (0_usize, 0_usize);
    // What coarse stamps differ by may be nothing.
    let resolution_ns = i64::from(first.resolution_ns.max(second.resolution_ns));
    for (_, row) in both {
        let turn = |request: usize, reply: usize| Some(row[reply]?.time.since(row[request]?.time));
        let differ = |(ours, theirs): &(i64, i64)| ours.abs_diff(*theirs) > resolution_ns.unsigned_abs();
        match turn(0, 1).zip(turn(2, 3)).filter(differ).map(|(ours, theirs)| ours.cmp(&theirs)) {
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

/// The requests and the replies of a capture's largest conversation.
struct Turnaround<'a> {
    requests: &'a FlowSummary,
    replies: Cow<'a, FlowSummary>,
}

impl<'a> Turnaround<'a> {
    fn new(log: &'a CaptureLog, server_port: Option<u16>) -> Self {
        let conversations = numbered_conversations(log, server_port);
        let largest = conversations.iter().max_by_key(|conversation| conversation.replies().len());
        Self {
            requests: largest.map_or(&EMPTY, Conversation::request_summary),
            replies: largest.map_or(Cow::Borrowed(&EMPTY), Conversation::reply_summary),
        }
    }
}

static EMPTY: FlowSummary = FlowSummary::EMPTY;

fn fewest_hops(summary: &FlowSummary) -> Option<u8> {
    summary.hop_limits.iter().map(hops).min()
}
