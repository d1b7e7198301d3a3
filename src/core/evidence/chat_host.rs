//! One host's evidence of a UDP chat: the texts in each direction between the server and each address, at the
//! application and on the wire, in order.
//!
//! Chat texts have no sequence number; they are matched by digest and order.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::num::NonZeroU32;

use super::capture_log::{CaptureLog, digest};
use super::coverage::Coverage;
use super::exchange_host::{DatagramForm, FilterCheck};
use super::flow::FlowKey;
use super::journal::{JournalLog, Record};
use super::journal_coverage::JournalCoverage;
use super::journal_messages::MemberEvent;
use super::journal_run::Role;
use crate::core::protocol::chat::LeaveReason;
use crate::core::protocol::chat::line_splitter::decode_lossy;
use crate::core::time::{SECOND, Wall};

/// A text seen at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSighting {
    /// When.
    pub time: Wall,
    /// In which frame, on a wire.
    pub frame: Option<NonZeroU32>,
    /// Its packet ID ([`Datagram::packet_id`](super::capture_log::Datagram::packet_id)), on a wire.
    pub packet_id: Option<NonZeroU32>,
    /// Digest of the text.
    pub digest: u32,
    /// The number that the server's journal gives it.
    pub n: Option<u64>,
    /// The text, as far as it is known here.
    pub text: Option<String>,
    /// The kernel took it and dropped it at once; the error's name.
    pub dropped: Option<String>,
}

/// What one witness saw of one direction.
#[derive(Clone, Debug, Default)]
pub struct DirectionObservations {
    /// The texts, in order.
    pub seen: Vec<TextSighting>,
    /// When an absence means something.
    pub coverage: Coverage,
}

/// What one host's witnesses saw between the server and one address.
#[derive(Clone, Debug, Default)]
pub struct MemberTraffic {
    /// The member's address, as this host sees it.
    pub member: Option<SocketAddr>,
    /// To the server, at this host's application and on its wire; `None` without that witness.
    pub inward: [Option<DirectionObservations>; 2],
    /// From the server.
    pub outward: [Option<DirectionObservations>; 2],
    /// What the application could not send, by the server's number (at the server), and why.
    pub unsent: Vec<(u64, Wall, String)>,
    /// Its nickname, from the server's journal.
    pub nick: Option<String>,
    /// When it came in.
    pub joined: Option<Wall>,
    /// When it left, and why.
    pub left: Option<(Wall, LeaveReason)>,
}

/// What is known of a chat's server where no journal has its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerAddress {
    /// Its port.
    Port(u16),
    /// Its address, as the capture shows it.
    Address(SocketAddr),
}

impl ServerAddress {
    /// The server's port.
    pub const fn port(self) -> u16 {
        match self {
            Self::Port(port) => port,
            Self::Address(address) => address.port(),
        }
    }

    /// Whether a flow goes to the server, or comes from it; `None` if neither.
    fn is_inward(self, flow: FlowKey) -> Option<bool> {
        let FlowKey { source, destination } = flow;
        // A member may have the server's port as its own.
        match self {
            Self::Address(own) if destination == own => return Some(true),
            Self::Address(own) if source == own => return Some(false),
            _ => {}
        }
        if destination.port() == self.port() { Some(true) } else { (source.port() == self.port()).then_some(false) }
    }
}

/// One host's files.
#[derive(Clone, Copy)]
pub struct ChatHostFiles<'a> {
    /// Its application's account.
    pub journal: Option<&'a JournalLog>,
    /// Its capture.
    pub capture: Option<&'a CaptureLog>,
    /// Judges frames by the capture's filter, where that is known.
    pub filter_check: Option<&'a FilterCheck<'a>>,
}

/// One host's evidence of a chat.
#[derive(Clone, Debug, Default)]
pub struct ChatHost {
    /// By the member's address as this host sees it.
    pub talks: BTreeMap<SocketAddr, MemberTraffic>,
    /// The messages in the server's journal by number: sender (0 is the server itself), time, text.
    pub texts_by_number: BTreeMap<u64, (u32, Wall, String)>,
    /// What the server kept back, by number.
    pub withheld: Vec<u64>,
    /// Addresses by the index in the journal.
    pub peers: HashMap<u32, SocketAddr>,
    /// The boot of this host, by its journal.
    pub boot_id: Option<String>,
    /// The server's address, as this host sees it.
    pub server: Option<SocketAddr>,
    /// Coarsest resolution of the stamps, nanoseconds.
    pub resolution_ns: i64,
    /// By how much the wall clock moved during the run, nanoseconds.
    pub clock_moved: i64,
}

impl ChatHost {
    /// Reads one host's files. `server` is what is known of the server if no journal has its address.
    pub fn new(files: ChatHostFiles<'_>, server: ServerAddress) -> Self {
        let journal_coverage = files.journal.map(JournalCoverage::new);
        let mut account = Self { resolution_ns: 1, ..Self::default() };
        let role = files.journal.and_then(JournalLog::run).map(|run| run.role);
        if let Some(annals) = &journal_coverage {
            account.clock_moved = annals.clock_moved;
            account.read_journal(annals, role);
        }
        if let Some(log) = files.capture {
            account.resolution_ns = i64::from(log.resolution_ns.max(1));
            account.read_capture(log, journal_coverage.as_ref(), files.filter_check, role, server);
        }
        account
    }

    /// Takes in the application's account.
    fn read_journal(&mut self, journal_coverage: &JournalCoverage<'_>, role: Option<Role>) {
        let Some(run) = journal_coverage.journal.run() else { return };
        self.boot_id.clone_from(&run.boot_id);
        let at_server = role == Some(Role::Server);
        self.server = if at_server { Some(run.local) } else { run.peer };
        let direction = || Some(DirectionObservations { seen: Vec::new(), coverage: journal_coverage.covered.clone() });
        if !at_server {
            let talk = MemberTraffic { member: Some(run.local), ..MemberTraffic::default() };
            self.talks
                .insert(run.local, MemberTraffic { inward: [direction(), None], outward: [direction(), None], ..talk });
        }
        let mut texts: HashMap<(u64, bool), &str> = HashMap::new();
        for record in &journal_coverage.journal.records {
            if let Record::Text(text) = record {
                texts.insert((text.n, text.p == 0), &text.text);
            }
        }
        for record in &journal_coverage.journal.records {
            match record {
                Record::Peer(peer) => {
                    self.peers.insert(peer.p, peer.addr);
                    if at_server {
                        let talk = self.talks.entry(peer.addr).or_default();
                        talk.member = Some(peer.addr);
                        talk.inward[0] = talk.inward[0].take().or_else(direction);
                        talk.outward[0] = talk.outward[0].take().or_else(direction);
                    }
                }
                Record::Received(received) => {
                    let input = texts.get(&(received.n, false)).copied();
                    if at_server && let Some(text) = input {
                        self.texts_by_number.insert(received.n, (received.p, received.at.wall, text.to_owned()));
                    }
                    let seen = TextSighting {
                        time: received.at.wall,
                        frame: None,
                        packet_id: None,
                        digest: received.h,
                        n: at_server.then_some(received.n),
                        text: input.map(str::to_owned),
                        dropped: None,
                    };
                    self.add_app_text(at_server, received.p, run.local, at_server, seen);
                }
                Record::Sent(sent) => {
                    let payload = texts.get(&(sent.n, true)).copied();
                    if at_server && let Some(text) = payload {
                        self.texts_by_number.entry(sent.n).or_insert_with(|| (0, sent.at.wall, text.to_owned()));
                    }
                    let seen = TextSighting {
                        time: sent.at.wall,
                        frame: None,
                        packet_id: None,
                        digest: sent.h,
                        n: at_server.then_some(sent.n),
                        text: payload.map(str::to_owned),
                        dropped: sent.dropped.as_deref().map(str::to_owned),
                    };
                    self.add_app_text(at_server, sent.p, run.local, !at_server, seen);
                }
                Record::Unsent(unsent) => {
                    let member = if at_server { self.peers.get(&unsent.p).copied() } else { Some(run.local) };
                    if let Some(talk) = member.and_then(|member| self.talks.get_mut(&member)) {
                        talk.unsent.push((unsent.n, unsent.at.wall, unsent.why.clone()));
                    }
                }
                Record::NotAnswered(withheld) => self.withheld.push(withheld.n),
                Record::Member(member) => {
                    let address = self.peers.get(&member.p).copied();
                    let Some(talk) = address.and_then(|address| self.talks.get_mut(&address)) else { continue };
                    match member.did {
                        MemberEvent::Joined => talk.joined = talk.joined.or(Some(member.at.wall)),
                        MemberEvent::Named => talk.nick.clone_from(&member.nick),
                        MemberEvent::Left => talk.left = member.why.map(|why| (member.at.wall, why)),
                    }
                }
                _ => {}
            }
        }
    }

    /// Notes a text at the application; `inward`: to the server.
    fn add_app_text(&mut self, at_server: bool, peer: u32, own: SocketAddr, inward: bool, seen: TextSighting) {
        let member = if at_server { self.peers.get(&peer).copied() } else { Some(own) };
        let Some(talk) = member.and_then(|member| self.talks.get_mut(&member)) else { return };
        let direction = if inward { &mut talk.inward[0] } else { &mut talk.outward[0] };
        if let Some(observations) = direction {
            observations.seen.push(seen);
        }
    }

    /// Takes in the capture.
    fn read_capture(
        &mut self,
        log: &CaptureLog,
        journal_coverage: Option<&JournalCoverage<'_>>,
        filter_check: Option<&FilterCheck<'_>>,
        role: Option<Role>,
        server: ServerAddress,
    ) {
        let own = journal_coverage.and_then(|annals| Some(annals.coverage_of(annals.describes_capture(log)?, log)));
        let server = self.server.map_or(server, |own| ServerAddress::Port(own.port()));
        let mut directions: BTreeMap<(SocketAddr, bool), (u32, DirectionObservations)> = BTreeMap::new();
        let mut unread: HashMap<(SocketAddr, bool), Vec<(Wall, Wall)>> = HashMap::new();
        // A foreign capture is awake from its first to its last frame of the chat.
        let mut span = (Wall(i64::MAX), Wall(i64::MIN));
        for (datagram, kept) in log.datagrams.with_texts() {
            let flow = log.flows[datagram.flow as usize];
            let Some(inward) = server.is_inward(flow) else { continue };
            let (member, address) =
                if inward { (flow.source, flow.destination) } else { (flow.destination, flow.source) };
            // A server bound to no address in particular has the one that it was spoken to by.
            if self.server.is_none_or(|server| server.ip().is_unspecified()) {
                self.server = Some(address);
            }
            span = (span.0.min(datagram.time), span.1.max(datagram.time));
            let text = kept.filter(|text| text.len() == usize::from(datagram.length));
            let known = text.map(digest).or(datagram.digest.map(NonZeroU32::get));
            let (_, direction) =
                directions.entry((member, inward)).or_insert_with(|| (datagram.flow, DirectionObservations::default()));
            let Some(known) = known else {
                // A text passed, and nobody knows which.
                let intervals = unread.entry((member, inward)).or_default();
                match intervals.last_mut() {
                    Some((_, to)) if (0..SECOND).contains(&datagram.time.since(*to)) => *to = datagram.time,
                    _ => intervals.push((datagram.time, datagram.time)),
                }
                continue;
            };
            direction.seen.push(TextSighting {
                time: datagram.time,
                frame: NonZeroU32::new(datagram.frame),
                packet_id: datagram.packet_id,
                digest: known,
                n: None,
                text: kept.map(decode_lossy),
                dropped: None,
            });
        }
        // Addresses with which the application spoke were watched, too, whether anything passed or not.
        let reported: Vec<SocketAddr> = self.talks.keys().copied().collect();
        let of_client = (role == Some(Role::Client)).then(|| reported.first().copied()).flatten();
        // Addresses may be as many as packets: nothing of this may be searched for each of them.
        let lengths = log.datagrams.with_texts().filter_map(|(_, text)| text.map(<[u8]>::len));
        let length = lengths.max().unwrap_or(16) as u16;
        let form = DatagramForm { length, fragmented: log.datagrams.iter().any(|datagram| datagram.incomplete) };
        let mut blind: HashMap<Option<u32>, Vec<(Wall, Wall)>> = HashMap::new();
        for interval in &log.blind {
            blind.entry(interval.flow).or_default().push((interval.from, interval.to));
        }
        for ((member, inward), (flow, mut observations)) in directions {
            observations.coverage = match &own {
                Some(coverage) => {
                    let void = filter_check.and_then(|admits| admits(log.flows[flow as usize], form));
                    Coverage { void, ..coverage.clone() }
                }
                None => Coverage { from: span.0, to: span.1, assumed: true, ..Coverage::default() },
            };
            observations.coverage.blind.extend([None, Some(flow)].iter().filter_map(|of| blind.get(of)).flatten());
            observations.coverage.blind.extend(unread.remove(&(member, inward)).into_iter().flatten());
            // A client's journal and capture speak of one port; the journal may not know the address.
            let member = of_client.filter(|own| own.port() == member.port()).unwrap_or(member);
            let talk = self.talks.entry(member).or_default();
            talk.member = Some(member);
            *(if inward { &mut talk.inward[1] } else { &mut talk.outward[1] }) = Some(observations);
        }
        if let Some(own) = own {
            let silent = || Some(DirectionObservations { seen: Vec::new(), coverage: own.clone() });
            for member in reported {
                let Some(talk) = self.talks.get_mut(&member) else { continue };
                talk.inward[1] = talk.inward[1].take().or_else(silent);
                talk.outward[1] = talk.outward[1].take().or_else(silent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::datagram::Datagram;
    use crate::core::evidence::datagram_source::DatagramSource;

    #[test]
    fn a_text_that_was_cut_off_proves_no_absence_when_it_passed() {
        let (source, destination) =
            (SocketAddr::from(([192, 0, 2, 7], 4_000)), SocketAddr::from(([192, 0, 2, 1], 12_345)));
        let datagram = |second: i64, length: u16| Datagram {
            time: Wall(second * SECOND),
            frame: 1,
            flow: 0,
            number: None,
            reads_as_reply: false,
            digest: None,
            packet_id: None,
            length,
            ttl: 64,
            direction: None,
            bad_checksum: false,
            incomplete: false,
        };
        let log = CaptureLog {
            flows: vec![FlowKey { source, destination }],
            datagrams: DatagramSource::new(
                vec![datagram(0, 2), datagram(5, 900), datagram(9, 2)],
                vec![Box::from(*b"oi"), Box::from(*b"cut"), Box::from(*b"eu")],
            ),
            ..CaptureLog::default()
        };
        let files = ChatHostFiles { journal: None, capture: Some(&log), filter_check: None };
        let host = ChatHost::new(files, ServerAddress::Port(12_345));
        let [inward] = host.talks.values().map(|talk| talk.inward[1].as_ref().unwrap()).collect::<Vec<_>>()[..] else {
            panic!()
        };
        let spans = |from: i64, to: i64| inward.coverage.spans(Wall(from * SECOND), Wall(to * SECOND));
        assert_eq!((inward.seen.len(), spans(1, 4), spans(4, 6), spans(6, 9)), (2, true, false, true));
    }

    #[test]
    fn a_capture_with_one_address_per_datagram_is_read_quickly() {
        let begun = std::time::Instant::now();
        let most = 40_000_u32;
        let mut log = CaptureLog::default();
        let (mut datagrams, mut texts) = (Vec::new(), Vec::new());
        for index in 0..most {
            let source = SocketAddr::from(((0x0a00_0000 + index).to_be_bytes(), 4_000));
            let destination = SocketAddr::from(([192, 0, 2, 1], 12_345));
            log.flows.push(FlowKey { source, destination });
            datagrams.push(Datagram {
                time: Wall(i64::from(index)),
                frame: index + 1,
                flow: index,
                ..Datagram::default()
            });
            texts.push(Box::from(*b"oi"));
        }
        log.datagrams = DatagramSource::new(datagrams, texts);
        let files = ChatHostFiles { journal: None, capture: Some(&log), filter_check: None };
        assert_eq!(ChatHost::new(files, ServerAddress::Port(12_345)).talks.len(), most as usize);
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
