//! Which address of each capture is a UDP chat's server, and which captures were taken at it, without any journal.
//!
//! A chat shows in its words: what one address says to the server, the server says to others soon after. A reply to an
//! address's own text is not such a copy, so servers that echo or acknowledge are not taken for chats.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::net::{IpAddr, SocketAddr};

use crate::core::evidence::capture_log::{CaptureLog, PacketDirection};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::hop_limit::hops;
use crate::core::evidence::journal_run::Role;
use crate::core::protocol::chat::line_splitter::decode_lossy;
use crate::core::protocol::chat::relayed_text::wrapping;
use crate::core::time::{SECOND, Wall};

/// A server passes a text on within so long.
const MAX_RELAY_NS: i64 = 5 * SECOND;

/// One text may be passed on by accident.
const MIN_RELAYED: usize = 2;

/// Of the texts to a chat's server, at least one of so many is passed on.
const MAX_TEXTS_PER_RELAYED: usize = 3;

/// So many texts of a capture show whether it is one of a chat.
const MAX_LINES: usize = 4_096;

/// Pairs of texts that are compared at most.
const MAX_COMPARISONS: usize = 1 << 20;

/// One text that a capture shows.
struct Line {
    time: Wall,
    flow: FlowKey,
    ttl: u8,
    direction: Option<PacketDirection>,
    text: String,
}

/// What a capture shows of one address: the texts to it, and those from it.
#[derive(Default)]
struct Server<'a> {
    inward: Vec<&'a Line>,
    outward: Vec<&'a Line>,
}

/// The texts of a capture, by what may be a server.
struct CaptureTexts {
    lines: Vec<Line>,
}

impl CaptureTexts {
    fn new(log: &CaptureLog) -> Self {
        let lines = log.datagrams.with_texts().filter_map(|(datagram, text)| {
            let flow = *log.flows.get(datagram.flow as usize)?;
            let text = text.filter(|text| text.len() == usize::from(datagram.length) && !datagram.reads_as_reply)?;
            let text = decode_lossy(text);
            let is_text = !text.trim_matches('\0').chars().any(|letter| letter.is_control() && !letter.is_whitespace());
            let is_unicast = |ip: IpAddr| !ip.is_multicast() && ip != IpAddr::from([255; 4]);
            let (time, ttl, direction) = (datagram.time, datagram.ttl, datagram.direction);
            (is_text && is_unicast(flow.destination.ip())).then_some(Line { time, flow, ttl, direction, text })
        });
        Self { lines: lines.take(MAX_LINES).collect() }
    }

    fn servers(&self) -> BTreeMap<SocketAddr, Server<'_>> {
        let mut servers: BTreeMap<SocketAddr, Server<'_>> = BTreeMap::new();
        for line in &self.lines {
            servers.entry(line.flow.destination).or_default().inward.push(line);
            servers.entry(line.flow.source).or_default().outward.push(line);
        }
        servers
    }
}

impl<'a> Server<'a> {
    fn members(&self) -> BTreeSet<SocketAddr> {
        let (speakers, listeners) = (self.inward.iter(), self.outward.iter());
        speakers.map(|line| line.flow.source).chain(listeners.map(|line| line.flow.destination)).collect()
    }

    /// Whether a text from the server answers one that its receiver said, within some time before.
    fn is_reply(&self, line: &Line, within_ns: i64) -> bool {
        self.inward.iter().any(|own| {
            own.flow.source == line.flow.destination
                && line.time.since(own.time).abs() <= within_ns
                && wrapping(&line.text, &own.text).is_some()
        })
    }

    /// How long each text took until the server passed it on to another address.
    fn relay_times(&self, budget: &mut usize) -> Vec<i64> {
        let mut times = Vec::new();
        if self.inward.is_empty() || self.outward.is_empty() || self.members().len() < 2 {
            return times;
        }
        for said in &self.inward {
            let copy = self.outward.iter().find(|copy| {
                let took = copy.time.since(said.time);
                if copy.flow.destination == said.flow.source || !(0..=MAX_RELAY_NS).contains(&took) || *budget == 0 {
                    return false;
                }
                *budget -= 1;
                wrapping(&copy.text, &said.text).is_some() && !self.is_reply(copy, MAX_RELAY_NS)
            });
            times.extend(copy.map(|copy| copy.time.since(said.time)));
        }
        times
    }

    /// How many of the different texts to it another capture shows as passed on, to addresses that did not say them.
    fn relayed_in(&self, other: &Self, budget: &mut usize) -> usize {
        let said: BTreeSet<&str> = self.inward.iter().map(|line| &line.text[..]).collect();
        let is_copy = |text: &str, copy: &Line, budget: &mut usize| {
            *budget = budget.saturating_sub(1);
            *budget > 0 && wrapping(&copy.text, text).is_some() && !other.is_reply(copy, i64::MAX)
        };
        said.into_iter().filter(|text| other.outward.iter().any(|copy| is_copy(text, copy, budget))).count()
    }

    fn texts(&self) -> HashSet<(bool, &'a str)> {
        let inward = self.inward.iter().map(|line| (true, &line.text[..]));
        inward.chain(self.outward.iter().map(|line| (false, &line.text[..]))).collect()
    }

    fn is_chat(&self, relayed: usize) -> bool {
        let said = self.inward.iter().map(|line| &line.text).collect::<BTreeSet<_>>().len();
        relayed >= MIN_RELAYED && relayed * MAX_TEXTS_PER_RELAYED >= said
    }

    /// At which end the capture was taken, by what it shows alone.
    fn end(&self, address: SocketAddr) -> Option<Role> {
        if address.ip().is_loopback() {
            return Some(Role::Server);
        }
        let went = |lines: &[&Line], way| lines.iter().any(|line| line.direction == Some(way));
        let (to, from) = (&self.inward, &self.outward);
        let arrives = went(to, PacketDirection::In) || went(from, PacketDirection::Out);
        let leaves = went(to, PacketDirection::Out) || went(from, PacketDirection::In);
        if arrives != leaves {
            return Some(if arrives { Role::Server } else { Role::Client });
        }
        let fewest = |lines: &[&Line]| lines.iter().map(|line| hops(line.ttl)).min();
        match (fewest(to), fewest(from)) {
            (Some(0), Some(1..)) => return Some(Role::Client),
            (Some(1..), Some(0)) => return Some(Role::Server),
            _ => {}
        }
        let members: BTreeSet<IpAddr> = self.members().iter().map(SocketAddr::ip).collect();
        let is_near = |ip: &IpAddr| is_private(*ip);
        match (is_private(address.ip()), members.iter().all(is_near)) {
            _ if members.len() > 1 => Some(Role::Server),
            (true, false) => Some(Role::Server),
            (false, true) => Some(Role::Client),
            _ => None,
        }
    }
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The server's address in each capture, as that capture shows it; `None` where no capture shows a chat. `port` is the server's,
/// if it is known.
pub fn find(logs: &[&CaptureLog], port: Option<u16>) -> Option<Vec<Option<SocketAddr>>> {
    let captures: Vec<CaptureTexts> = logs.iter().map(|log| CaptureTexts::new(log)).collect();
    let servers: Vec<BTreeMap<SocketAddr, Server<'_>>> = captures.iter().map(CaptureTexts::servers).collect();
    let mut budget = MAX_COMPARISONS;
    let mut best: Option<(usize, &SocketAddr, &Server<'_>)> = None;
    let is_wanted = |(address, _): &(&SocketAddr, &Server<'_>)| port.is_none_or(|port| address.port() == port);
    for (address, server) in servers.iter().flatten().filter(is_wanted) {
        let mut relayed = server.relay_times(&mut budget).len();
        // Members' own captures show each text and its copies in different files.
        if relayed < MIN_RELAYED && server.inward.len() >= MIN_RELAYED {
            let same_port = servers.iter().flatten().filter(|(other, _)| other.port() == address.port());
            let others = same_port.filter(|(_, other)| !std::ptr::eq(*other, server));
            relayed = others.map(|(_, other)| server.relayed_in(other, &mut budget)).max().unwrap_or(0);
        }
        if server.is_chat(relayed) && best.is_none_or(|(most, ..)| relayed > most) {
            best = Some((relayed, address, server));
        }
    }
    let (_, address, server) = best?;
    let texts = server.texts();
    // Where texts are passed on unchanged, what one member says to the server is what the server says to the others: its
    // address tells the server from a member, and its texts do only where no capture has that.
    let same = |servers: &BTreeMap<SocketAddr, Server<'_>>| {
        let shared = |server: &Server<'_>| server.texts().intersection(&texts).count();
        let known =
            servers.iter().map(|(own, server)| ((own == address, own.port() == address.port(), shared(server)), *own));
        known.filter(|((_, same_port, shared), _)| *shared > 0 || *same_port).max().map(|(_, own)| own)
    };
    Some(servers.iter().map(same).collect())
}

/// The flows of a capture that carry texts.
pub fn text_flows(log: &CaptureLog) -> BTreeSet<FlowKey> {
    CaptureTexts::new(log).lines.into_iter().map(|line| line.flow).collect()
}

/// A host's capture and its server's address, where they are known, and the host's role if that is.
pub type HostCapture<'a> = (Option<Role>, Option<(&'a CaptureLog, SocketAddr)>);

/// The role of each host.
pub fn roles(captures: &[HostCapture<'_>]) -> Vec<Option<Role>> {
    let texts: Vec<Option<(CaptureTexts, SocketAddr)>> =
        captures.iter().map(|(_, capture)| capture.map(|(log, address)| (CaptureTexts::new(log), address))).collect();
    let mut servers: Vec<Option<(Server<'_>, SocketAddr)>> = texts
        .iter()
        .map(|capture| capture.as_ref().and_then(|(texts, own)| Some((texts.servers().remove(own)?, *own))))
        .collect();
    let known = captures
        .iter()
        .zip(&servers)
        .map(|((role, _), server)| role.or_else(|| server.as_ref().and_then(|(server, address)| server.end(*address))));
    let mut roles: Vec<Option<Role>> = known.collect();
    if !roles.contains(&Some(Role::Server)) {
        // The server's own capture shows more members than another, and the least time between a text and its copies.
        let mut budget = MAX_COMPARISONS;
        let mut rank = |server: &Server<'_>| {
            let mut times = server.relay_times(&mut budget);
            times.sort_unstable();
            (std::cmp::Reverse(server.members().len()), times.get(times.len() / 2).copied().unwrap_or(i64::MAX))
        };
        let unknown = servers.iter_mut().enumerate().filter(|(index, _)| roles[*index].is_none());
        let ranked = unknown.filter_map(|(index, server)| Some((rank(&server.take()?.0), index)));
        if let Some(((members, _), index)) = ranked.min()
            && members.0 > 1
        {
            roles[index] = Some(Role::Server);
        }
    }
    let has_server = roles.contains(&Some(Role::Server));
    roles.into_iter().map(|role| role.or(has_server.then_some(Role::Client))).collect()
}
