//! Groups the datagrams of a capture into conversations of one client with one server.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use super::capture_log::CaptureLog;
use super::datagram_source::NumberedDatagrams;
use super::flow::FlowKey;
use super::flow_summary::FlowSummary;
use super::hop_limit;
use super::journal_run::Role;
use crate::core::time::Wall;

/// The numbered datagrams between one client and one server.
#[derive(Clone, Debug)]
pub struct Conversation<'a> {
    /// The client's address as this capture shows it.
    pub client: SocketAddr,
    /// The server's address as this capture shows it: where the requests go.
    pub server: SocketAddr,
    log: &'a CaptureLog,
    /// The flow of the requests, by index; `None` where the capture shows replies alone.
    request_flow: Option<u32>,
    /// The flow of the replies between the same ends.
    reply_flow: Option<u32>,
    /// Positions of replies between other ends, ascending.
    adopted: Vec<u32>,
}

impl<'a> Conversation<'a> {
    /// The requests, in the order of the file.
    pub fn requests(&self) -> NumberedDatagrams<'_> {
        self.request_flow.map(|flow| self.log.datagrams.numbered(flow)).unwrap_or_default()
    }

    /// The replies.
    pub fn replies(&self) -> NumberedDatagrams<'_> {
        match self.reply_flow {
            Some(flow) => self.log.datagrams.numbered(flow).with(&self.adopted),
            None => NumberedDatagrams::at(&self.log.datagrams, &self.adopted),
        }
    }

    /// Whether its texts hold several numbers, and the first is not the message's: live programs read others.
    pub fn has_later_numbers(&self) -> bool {
        let flows = [self.request_flow, self.reply_flow];
        flows.into_iter().flatten().any(|flow| self.log.later_numbers.contains(&flow))
    }

    /// When each request passed, and its number, in the order of the file.
    pub fn timed_requests(&self) -> impl Iterator<Item = (Wall, u64)> + Clone {
        self.requests().iter().map(|(datagram, number)| (datagram.time, number))
    }

    /// The summary of the requests.
    pub fn request_summary(&self) -> &'a FlowSummary {
        self.log.datagrams.summary_of(self.request_flow)
    }

    /// The summary of the replies. Texts without a number count where they came between the same ends.
    pub fn reply_summary(&self) -> Cow<'a, FlowSummary> {
        let own = self.log.datagrams.summary_of(self.reply_flow);
        if self.adopted.is_empty() {
            return Cow::Borrowed(own);
        }
        let mut all = own.clone();
        all.merge(&FlowSummary::of(
            NumberedDatagrams::at(&self.log.datagrams, &self.adopted).iter().map(|(seen, _)| seen),
        ));
        Cow::Owned(all)
    }
}

/// Replies that repeat a message's number are no accident if there are so many.
const MIN_ANSWERS: usize = 2;

/// Numbers that follow each other are no accident if there are so many.
const MIN_COUNTED: usize = 8;

/// Whether a capture shows an exchange: some replies repeat the numbers of messages, or most messages count up.
pub fn shows_exchange(log: &CaptureLog) -> bool {
    conversations(log, Hints::default()).iter().any(|conversation| {
        let numbers: Vec<u64> = conversation.requests().iter().map(|(_, number)| number).collect();
        let steps = numbers.windows(2).filter(|pair| pair[0].checked_add(1) == Some(pair[1])).count();
        if numbers.len() >= MIN_COUNTED && steps * 2 + 1 >= numbers.len() {
            return true;
        }
        let asked: HashSet<u64> = numbers.into_iter().collect();
        let answers =
            || conversation.replies().iter().map(|(_, number)| number).filter(|number| asked.contains(number));
        // All datagrams of a transfer have one token, which may hold a digit.
        let different: HashSet<u64> = answers().collect();
        different.len() >= MIN_ANSWERS && answers().count() * 2 >= conversation.replies().len()
    })
}

/// What journals or the user say in advance about a capture's conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// The server's port.
    pub server_port: Option<u16>,
    /// The client's own port.
    pub client_port: Option<u16>,
}

/// The direction of a directed flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Requests,
    Replies,
}

/// Finds the conversations of a capture. Datagrams of other applications are left out: where any reply reads `ACK n`,
/// only conversations with that server count; else those on the server port that saw most numbered texts.
pub fn conversations(log: &CaptureLog, hints: Hints) -> Vec<Conversation<'_>> {
    let directions = directions(log, hints);
    let numbered = |flow: u32| log.datagrams.summary(flow).numbered > 0;
    let mut found: Vec<Conversation<'_>> = Vec::new();
    for ((index, flow), direction) in (0..).zip(&log.flows).zip(&directions) {
        if *direction == Direction::Requests && numbered(index) {
            let (client, server) = (flow.source, flow.destination);
            let (request_flow, reply_flow, adopted) = (Some(index), None, Vec::new());
            found.push(Conversation { client, server, log, request_flow, reply_flow, adopted });
        }
    }
    let by_ends: HashMap<(SocketAddr, SocketAddr), usize> =
        found.iter().enumerate().map(|(index, flow)| ((flow.client, flow.server), index)).collect();
    let mut orphaned = vec![false; log.flows.len()];
    for ((index, flow), _) in (0..).zip(&log.flows).zip(&directions).filter(|(_, way)| **way == Direction::Replies) {
        match by_ends.get(&(flow.destination, flow.source)) {
            Some(conversation) => found[*conversation].reply_flow = Some(index),
            None => orphaned[index as usize] = numbered(index),
        }
    }
    if orphaned.contains(&true) {
        adopt(log, &mut found, &orphaned);
    }
    keep_ours(found, hints)
}

fn directions(log: &CaptureLog, hints: Hints) -> Vec<Direction> {
    let index_of: HashMap<FlowKey, u32> = (0..).zip(&log.flows).map(|(index, flow)| (*flow, index)).collect();
    let by_port = |flow: &FlowKey| {
        let hinted = |port: Option<u16>, of: SocketAddr| port == Some(of.port());
        let forward = hinted(hints.server_port, flow.destination) || hinted(hints.client_port, flow.source);
        let back = hinted(hints.server_port, flow.source) || hinted(hints.client_port, flow.destination);
        match (forward, back) {
            (true, false) => Some(Direction::Requests),
            (false, true) => Some(Direction::Replies),
            _ => None,
        }
    };
    let direction = |(flow, summary): (FlowKey, &FlowSummary)| {
        if let Some(direction) = by_port(&flow) {
            return direction;
        }
        if summary.is_mostly_replies() {
            return Direction::Replies;
        }
        let reverse = index_of.get(&FlowKey { source: flow.destination, destination: flow.source });
        match reverse.map(|reverse| log.datagrams.summary(*reverse)) {
            Some(reverse) if !reverse.is_mostly_replies() && reverse.first_frame < summary.first_frame => {
                Direction::Replies
            }
            _ => Direction::Requests,
        }
    };
    log.flow_summaries().map(direction).collect()
}

/// Assigns replies between other addresses (a server that answers from another port, or to a fixed address) to the
/// conversation that they fit: the nearest address, then the latest request with that number.
fn adopt<'a>(log: &'a CaptureLog, found: &mut Vec<Conversation<'a>>, orphaned: &[bool]) {
    let requested: Vec<HashMap<u64, Vec<Wall>>> = found
        .iter()
        .map(|conversation| {
            let mut times: HashMap<u64, Vec<Wall>> = HashMap::new();
            for (datagram, number) in conversation.requests().iter() {
                times.entry(number).or_default().push(datagram.time);
            }
            times
        })
        .collect();
    for (position, reply) in (0..).zip(&log.datagrams).filter(|(_, datagram)| orphaned[datagram.flow as usize]) {
        let Some(number) = reply.number else { continue };
        let flow = log.flows[reply.flow as usize];
        let kinship = |conversation: &Conversation<'_>| {
            let same_host = conversation.server.ip() == flow.source.ip();
            match conversation.client {
                client if client == flow.destination => 4,
                // Its replies come to its own port: this one had another client there.
                _ if conversation.reply_flow.is_some() => 0,
                client if client.ip() == flow.destination.ip() && same_host => 3,
                // Replies alone do not show that the server answers to a fixed address: they have several clients.
                _ if conversation.request_flow.is_none() => 0,
                _ if conversation.server == flow.source => 2,
                _ if same_host => 1,
                _ => 0,
            }
        };
        let asked = |index: usize| {
            let times = requested.get(index)?.get(&number)?;
            times.iter().copied().filter(|time| *time <= reply.time).max()
        };
        let best = (0..found.len())
            .map(|index| (kinship(&found[index]), asked(index), index))
            .filter(|(kinship, ..)| *kinship > 0)
            .max_by_key(|(kinship, asked, index)| (*kinship, *asked, std::cmp::Reverse(*index)));
        match best {
            Some((.., conversation)) => found[conversation].adopted.push(position),
            None if reply.reads_as_reply => found.push(Conversation {
                client: flow.destination,
                server: flow.source,
                log,
                request_flow: None,
                reply_flow: None,
                adopted: vec![position],
            }),
            None => {}
        }
    }
}

fn keep_ours(found: Vec<Conversation<'_>>, hints: Hints) -> Vec<Conversation<'_>> {
    let answered =
        |conversation: &Conversation<'_>| conversation.replies().iter().any(|(reply, _)| reply.reads_as_reply);
    let port = hints.server_port.or_else(|| {
        let mut weight: HashMap<u16, (bool, usize)> = HashMap::new();
        for conversation in &found {
            let entry = weight.entry(conversation.server.port()).or_default();
            entry.0 |= answered(conversation);
            entry.1 += conversation.requests().len() + conversation.replies().len();
        }
        weight.into_iter().max_by_key(|(port, weight)| (*weight, std::cmp::Reverse(*port))).map(|(port, _)| port)
    });
    let ours = |conversation: &Conversation<'_>| {
        Some(conversation.server.port()) == port || hints.client_port == Some(conversation.client.port())
    };
    found.into_iter().filter(|conversation| ours(conversation)).collect()
}

/// At which end of a conversation the capturing host is, if the hop limits tell: what it sends has passed no router, and what it
/// receives has.
pub fn role_of_host(conversation: &Conversation<'_>) -> Option<Role> {
    let hops = |summary: &FlowSummary| {
        let mut hops = summary.hop_limits.iter().map(hop_limit::hops);
        let first = hops.next()?;
        Some(hops.fold((first, first), |(least, most), hops| (least.min(hops), most.max(hops))))
    };
    match (hops(conversation.request_summary())?, hops(&conversation.reply_summary())?) {
        ((0, 0), (1.., _)) => Some(Role::Client),
        ((1.., _), (0, 0)) => Some(Role::Server),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::datagram::Datagram;

    struct Tape {
        log: CaptureLog,
    }

    impl Tape {
        fn new() -> Self {
            Self { log: CaptureLog::default() }
        }

        fn say(&mut self, from: &str, to: &str, number: u64, reads_as_reply: bool) -> &mut Self {
            let flow = FlowKey { source: from.parse().unwrap(), destination: to.parse().unwrap() };
            let index = self.log.flows.iter().position(|known| *known == flow).unwrap_or_else(|| {
                self.log.flows.push(flow);
                self.log.flows.len() - 1
            });
            let frame = self.log.datagrams.len() as u32 + 1;
            self.log.datagrams.push(Datagram {
                time: Wall(i64::from(frame) * 1_000_000),
                frame,
                flow: index as u32,
                number: Some(number),
                reads_as_reply,
                digest: None,
                packet_id: None,
                length: 10,
                ttl: 64,
                direction: None,
                bad_checksum: false,
                incomplete: false,
            });
            self
        }
    }

    /// The frames of some datagrams.
    fn frames(datagrams: NumberedDatagrams<'_>) -> Vec<u32> {
        datagrams.iter().map(|(datagram, _)| datagram.frame).collect()
    }

    const CLIENT: &str = "192.168.1.10:40001";
    const SERVER: &str = "203.0.113.2:5005";

    #[test]
    fn the_text_tells_requests_from_replies_whoever_speaks_first() {
        let mut tape = Tape::new();
        tape.say(SERVER, CLIENT, 1, true).say(CLIENT, SERVER, 2, false).say(SERVER, CLIENT, 2, true);
        let found = conversations(&tape.log, Hints::default());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].client, found[0].server), (CLIENT.parse().unwrap(), SERVER.parse().unwrap()));
        assert_eq!((frames(found[0].requests()), frames(found[0].replies())), (vec![2], vec![1, 3]));
    }

    #[test]
    fn an_echo_is_told_by_who_speaks_first() {
        let mut tape = Tape::new();
        tape.say(CLIENT, SERVER, 1, false).say(SERVER, CLIENT, 1, false);
        let found = conversations(&tape.log, Hints::default());
        assert_eq!((frames(found[0].requests()), frames(found[0].replies())), (vec![1], vec![2]));
        tape.log.datagrams.retain(|datagram| datagram.frame > 1);
        let hints = Hints { server_port: Some(5005), ..Hints::default() };
        let found = conversations(&tape.log, hints);
        assert_eq!(found.len(), 0, "a reply alone makes no conversation unless it reads as one");
    }

    #[test]
    fn replies_from_another_port_find_their_request() {
        let mut tape = Tape::new();
        tape.say(CLIENT, SERVER, 1, false)
            .say("192.168.1.11:40002", SERVER, 2, false)
            .say("203.0.113.2:9999", CLIENT, 1, true)
            .say(SERVER, "192.168.1.11:6000", 2, true);
        let found = conversations(&tape.log, Hints::default());
        assert_eq!(found.len(), 2);
        assert_eq!((frames(found[0].replies()), frames(found[1].replies())), (vec![3], vec![4]));
    }

    #[test]
    fn other_applications_are_left_out() {
        let mut tape = Tape::new();
        for number in 0..50 {
            tape.say("192.168.1.10:5353", "192.168.1.1:53", number * 7 % 5, false);
        }
        tape.say(CLIENT, SERVER, 1, false).say(SERVER, CLIENT, 1, true);
        let found = conversations(&tape.log, Hints::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].server, SERVER.parse().unwrap());
    }
}
