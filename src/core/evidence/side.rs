//! One host's evidence: its journal and its capture share a clock and addresses, so they are put together first.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::capture::{CaptureLog, DirectedFlow};
use super::coverage::{self, Coverage, Void};
use super::flow::{self, Conversation, Hints};
use super::journal::{Ending, Holding, JournalLog, OddKind, Record, Role};
use super::track::{Sight, Track};
use crate::core::time::{Mono, SECOND, Wall};

/// Whether a capture's filter and snapshot length admit a datagram of this flow and text length, and if not, why.
pub type Admission<'a> = dyn Fn(DirectedFlow, u16) -> Option<Void> + 'a;

/// What one host has to say.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Whose host it is.
    pub role: Role,
    /// Its application's account.
    pub journal: Option<&'a JournalLog>,
    /// Its capture.
    pub capture: Option<&'a CaptureLog>,
    /// Judges frames by the capture's filter, where that is known.
    pub admission: Option<&'a Admission<'a>>,
}

/// What one host's witnesses say of one client's run.
#[derive(Clone, Debug, Default)]
pub struct SideFlow {
    /// The client's address as this host sees it.
    pub client: Option<SocketAddr>,
    /// The server's address as this host sees it.
    pub server: Option<SocketAddr>,
    /// Which run of this client it is, from 1.
    pub epoch: u32,
    /// Requests at this host's application: sent by the client, received by the server.
    pub request_app: Option<Track>,
    /// Requests on this host's wire.
    pub request_wire: Option<Track>,
    /// Replies on this host's wire.
    pub reply_wire: Option<Track>,
    /// Replies at this host's application: received by the client, sent by the server.
    pub reply_app: Option<Track>,
    /// What else the witnesses noted.
    pub notes: Notes,
}

/// Reasons, clock readings and odd things, by message number.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// How the journal says that its run ended; `None` where it breaks off.
    pub ending: Option<Ending>,
    /// And when its application stopped reading.
    pub stopped: Option<Wall>,
    /// The journal has its `end` line and lost no record.
    pub whole: bool,
    /// `send()` refused the message (client) or its reply (server), with the system's name for the error.
    pub unsent: BTreeMap<u64, String>,
    /// The server kept its answer back.
    pub withheld: BTreeMap<u64, Holding>,
    /// The kernel said that its own queue or egress filter dropped what the application had sent.
    pub dropped: BTreeMap<u64, String>,
    /// ICMP errors that quote the request.
    pub request_refused: BTreeMap<u64, Refusal>,
    /// ICMP errors that quote the reply.
    pub reply_refused: BTreeMap<u64, Refusal>,
    /// ICMP errors that quote too little to tell the message.
    pub refused_unnumbered: u64,
    /// The application's and the kernel's clock readings.
    pub times: HashMap<u64, AppTimes>,
    /// Frames whose UDP checksum is wrong.
    pub bad_checksums: BTreeMap<u64, u32>,
    /// Texts that bear no number, as the application read them.
    pub malformed: u64,
    /// Replies that reached a server.
    pub replies_at_server: u64,
    /// Replies from another source than the peer.
    pub other_source: u64,
    /// Sources of those.
    pub other_sources: Vec<SocketAddr>,
}

/// Who refused a datagram, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Who sent the ICMP error.
    pub from: Option<IpAddr>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}

impl Refusal {
    /// Port unreachable: nobody listens there (RFC 792; RFC 4443, section 3.1).
    pub const fn is_port_unreachable(self) -> bool {
        matches!((self.kind, self.code), (3, 3) | (1, 4))
    }
}

/// Readings of clocks around one message; each is `None` where nobody took it or copies make it ambiguous.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppTimes {
    /// Before `send()`, monotonic.
    pub sent: Option<Mono>,
    /// After the first `recv()`, monotonic.
    pub received: Option<Mono>,
    /// The kernel's stamp of what was sent.
    pub departed: Option<Wall>,
    /// The kernel's stamp of what was received.
    pub arrived: Option<Wall>,
    /// Nanoseconds by which the sending came after its due time.
    pub behind: Option<i64>,
    /// Nanoseconds inside `send()`.
    pub took: Option<i64>,
}

impl Side<'_> {
    /// What is known beforehand about the conversations in this side's capture.
    pub fn hints(&self, server_port: Option<u16>) -> Hints {
        let run = self.journal.and_then(JournalLog::run);
        match (self.role, run) {
            (Role::Client, Some(run)) => Hints {
                server_port: run.peer.map(|peer| peer.port()).or(server_port),
                client_port: Some(run.local.port()),
            },
            (Role::Server, Some(run)) => Hints { server_port: Some(run.local.port()), client_port: None },
            (_, None) => Hints { server_port, client_port: None },
        }
    }

    /// The flows of this side, one per client and run.
    pub fn flows(&self, server_port: Option<u16>) -> Vec<SideFlow> {
        let hints = self.hints(server_port);
        let conversations = self.capture.map_or_else(Vec::new, |log| flow::conversations(log, hints));
        let mut accounts = self.journal.map_or_else(Vec::new, |journal| accounts(self.role, journal));
        let mut flows = Vec::new();
        match self.role {
            // A client's journal is one run with one server.
            Role::Client if !accounts.is_empty() => {
                let account = accounts.swap_remove(0);
                let port = |conversation: &&Conversation| conversation.client.port() == account.client.port();
                // A foreign capture may lie beyond a translation of ports; the run's own does not, and what it shows of
                // other ports is other clients'.
                let candidates =
                    conversations.iter().filter(|conversation| port(conversation) || self.own_coverage().is_none());
                let chosen = candidates.max_by_key(|conversation| (port(conversation), conversation.requests.len()));
                flows.extend(self.epochs(chosen, Some(&account)));
            }
            _ => {
                for conversation in &conversations {
                    let known = accounts.iter().position(|account| account.client == conversation.client);
                    let account = known.map(|index| accounts.swap_remove(index));
                    flows.extend(self.epochs(Some(conversation), account.as_ref()));
                }
                for account in &accounts {
                    flows.extend(self.epochs(None, Some(account)));
                }
            }
        }
        flows
    }

    /// Splits one client's evidence where its numbering begins again.
    fn epochs(&self, conversation: Option<&Conversation>, account: Option<&Account<'_>>) -> Vec<SideFlow> {
        let log = self.capture;
        let on_wire: Vec<(Wall, u64)> = match (log, conversation) {
            (Some(log), Some(conversation)) => {
                flow::numbered(log, &conversation.requests).map(|(datagram, number)| (datagram.time, number)).collect()
            }
            _ => Vec::new(),
        };
        let one_run = self.role == Role::Client && account.is_some();
        let starts = match account {
            Some(account) if on_wire.is_empty() && !one_run => {
                flow::epoch_starts(&account.requests().collect::<Vec<_>>())
            }
            // The capture may hold other runs from the same port; the journal's own lies within its interval.
            Some(_) if one_run => {
                let covered = self.journal.map(coverage::of_journal).unwrap_or_default();
                vec![covered.from.shifted(-SECOND), covered.to.shifted(60 * SECOND)]
            }
            _ => {
                let told = account.map_or_else(Vec::new, |account| account.requests().collect());
                joint_starts(flow::epoch_starts(&on_wire), &told)
            }
        };
        let epochs = if one_run { 1..2 } else { 0..starts.len() + 1 };
        epochs
            .map(|epoch| {
                let inside = |time: Wall| flow::epoch_of(&starts, time) == epoch;
                let number = if one_run { 1 } else { epoch as u32 + 1 };
                self.flow(conversation, account, number, &inside)
            })
            .collect()
    }

    fn flow(
        &self,
        conversation: Option<&Conversation>,
        account: Option<&Account<'_>>,
        epoch: u32,
        inside: &dyn Fn(Wall) -> bool,
    ) -> SideFlow {
        let run = self.journal.and_then(JournalLog::run);
        let mut flow = SideFlow {
            client: conversation.map(|conversation| conversation.client).or(account.map(|account| account.client)),
            server: conversation.map(|conversation| conversation.server).or(match self.role {
                Role::Client => run.and_then(|run| run.peer),
                Role::Server => run.map(|run| run.local),
            }),
            epoch,
            ..SideFlow::default()
        };
        if let Some(journal) = self.journal {
            let mut seen = AppSights::default();
            let expected = run.and_then(|run| run.peer);
            let peers = peers(journal);
            let records = account.into_iter().flat_map(|account| account.records.iter());
            for record in records.filter(|record| record.wall().is_some_and(inside)) {
                seen.note(self.role, record, expected, &mut flow.notes, &peers);
            }
            let mut covered = coverage::of_journal(journal);
            if self.role == Role::Server {
                covered.blind.extend(unattributed(journal, &peers));
            }
            flow.notes.ending = journal.end().map(|end| end.reason);
            flow.notes.stopped = journal.end().map(|end| end.at.wall);
            flow.notes.whole = flow.notes.ending.is_some() && covered.blind.is_empty();
            let track = |sights| Some(Track { sights, coverage: covered.clone() });
            let (requests, replies) = match self.role {
                Role::Client => (seen.sent, seen.received),
                Role::Server => (seen.received, seen.sent),
            };
            (flow.request_app, flow.reply_app) = (track(requests), track(replies));
        }
        if let Some(log) = self.capture {
            let none = Vec::new();
            let (requests, replies) =
                conversation.map_or((&none, &none), |conversation| (&conversation.requests, &conversation.replies));
            flow.request_wire = Some(self.wire_track(log, requests, inside, flow.client, flow.server));
            flow.reply_wire = Some(self.wire_track(log, replies, inside, flow.server, flow.client));
            note_wire(log, requests, inside, &mut flow);
        }
        flow
    }

    /// The coverage of the capture, where the journal speaks for it.
    fn own_coverage(&self) -> Option<Coverage> {
        let (journal, log) = (self.journal?, self.capture?);
        let info = journal.run()?.capture.as_ref()?;
        coverage::is_own_capture(info, journal, log).then(|| coverage::of_own_capture(journal, info, log))
    }

    fn wire_track(
        &self,
        log: &CaptureLog,
        indexes: &[usize],
        inside: &dyn Fn(Wall) -> bool,
        from: Option<SocketAddr>,
        to: Option<SocketAddr>,
    ) -> Track {
        let datagrams = || flow::numbered(log, indexes).filter(|(datagram, _)| inside(datagram.time));
        let sights = datagrams()
            .map(|(datagram, key)| Sight {
                key,
                time: datagram.time,
                frame: Some(datagram.frame),
                digest: datagram.digest,
            })
            .collect::<Vec<_>>();
        let coverage = match self.own_coverage() {
            Some(mut coverage) => {
                let length = datagrams().map(|(datagram, _)| datagram.length).max().unwrap_or(16);
                if let (Some(source), Some(destination), Some(admission)) = (from, to, self.admission) {
                    coverage.void = admission(DirectedFlow { source, destination }, length);
                }
                coverage
            }
            None => Coverage::assumed(sights.iter().map(|sight| sight.time)),
        };
        Track { sights, coverage }
    }
}

/// The epochs that a capture shows, and those that only the application's account of requests does, because the capture
/// slept. The latter are put halfway between two requests, since the wire sees each a little before the application.
fn joint_starts(mut starts: Vec<Wall>, told: &[(Wall, u64)]) -> Vec<Wall> {
    for start in flow::epoch_starts(told) {
        let before = told.iter().map(|(time, _)| *time).take_while(|time| *time < start).last().unwrap_or(start);
        if !starts.iter().any(|known| before < *known && *known <= start) {
            starts.push(before.shifted(start.since(before) / 2));
        }
    }
    starts.sort_unstable();
    starts
}

/// Notes what the capture says beside the sightings: refusals and bad checksums.
fn note_wire(log: &CaptureLog, requests: &[usize], inside: &dyn Fn(Wall) -> bool, flow: &mut SideFlow) {
    let (Some(client), Some(server)) = (flow.client, flow.server) else { return };
    for error in log.icmp_errors.iter().filter(|error| inside(error.time)) {
        let refusal = Refusal { from: Some(error.from), kind: error.kind, code: error.code };
        let of_request = error.quoted == DirectedFlow { source: client, destination: server };
        let of_reply = error.quoted == DirectedFlow { source: server, destination: client };
        match (error.number, of_request, of_reply) {
            (Some(number), true, _) => _ = flow.notes.request_refused.entry(number).or_insert(refusal),
            (Some(number), _, true) => _ = flow.notes.reply_refused.entry(number).or_insert(refusal),
            (None, true, _) => flow.notes.refused_unnumbered += 1,
            _ => {}
        }
    }
    for (datagram, number) in flow::numbered(log, requests) {
        if datagram.bad_checksum && inside(datagram.time) {
            flow.notes.bad_checksums.insert(number, datagram.frame);
        }
    }
}

/// What a journal says of one client.
struct Account<'a> {
    client: SocketAddr,
    records: Vec<&'a Record>,
}

/// A journal's accounts: the client's only one, or the server's by client address.
fn accounts(role: Role, journal: &JournalLog) -> Vec<Account<'_>> {
    let Some(run) = journal.run() else { return Vec::new() };
    let mut accounts: Vec<Account> = Vec::new();
    let mut by_addr: HashMap<SocketAddr, usize> = HashMap::new();
    let mut by_peer: HashMap<u32, usize> = HashMap::new();
    if role == Role::Client {
        accounts.push(Account { client: run.local, records: Vec::new() });
    }
    for record in &journal.records {
        if let Record::Peer(peer) = record {
            if role == Role::Server {
                let index = *by_addr.entry(peer.addr).or_insert_with(|| {
                    accounts.push(Account { client: peer.addr, records: Vec::new() });
                    accounts.len() - 1
                });
                by_peer.insert(peer.p, index);
            }
            continue;
        }
        let Some(peer) = peer_of(record) else { continue };
        match role {
            Role::Client => accounts[0].records.push(record),
            Role::Server => {
                if let Some(index) = by_peer.get(&peer) {
                    accounts[*index].records.push(record);
                }
            }
        }
    }
    // An account of a peer that sent nothing numbered is no client of the exchange.
    accounts.retain(|account| role == Role::Client || account.requests().next().is_some());
    accounts
}

impl Account<'_> {
    /// The requests that the server's application received, in order.
    fn requests(&self) -> impl Iterator<Item = (Wall, u64)> {
        self.records.iter().filter_map(|record| match record {
            Record::Received(received) => Some((received.at.wall, received.n)),
            _ => None,
        })
    }
}

/// What the journal says at its two points.
#[derive(Default)]
struct AppSights {
    sent: Vec<Sight>,
    received: Vec<Sight>,
}

impl AppSights {
    fn note(&mut self, role: Role, record: &Record, expected: Option<SocketAddr>, notes: &mut Notes, peers: &Peers) {
        let sight = |key, time, digest| Sight { key, time, frame: None, digest: Some(digest) };
        match record {
            Record::Sent(sent) => {
                self.sent.push(sight(sent.n, sent.at.wall, sent.h));
                if let Some(why) = &sent.dropped {
                    notes.dropped.insert(sent.n, why.clone());
                }
                let times = notes.times.entry(sent.n).or_default();
                if times.sent.is_none() {
                    *times =
                        AppTimes { sent: Some(sent.at.mono), behind: sent.behind, took: Some(sent.took), ..*times };
                }
            }
            Record::Received(received) => {
                self.received.push(sight(received.n, received.at.wall, received.h));
                let times = notes.times.entry(received.n).or_default();
                if times.received.is_none() {
                    *times = AppTimes { received: Some(received.at.mono), arrived: received.k, ..*times };
                }
                let from = peers.get(&received.p).copied();
                if role == Role::Client && from.is_some() && from != expected {
                    notes.other_source += 1;
                    if let Some(from) = from.filter(|from| !notes.other_sources.contains(from)) {
                        notes.other_sources.push(from);
                    }
                }
            }
            Record::Unsent(unsent) => _ = notes.unsent.insert(unsent.n, unsent.why.clone()),
            Record::Withheld(withheld) => _ = notes.withheld.insert(withheld.n, withheld.why),
            Record::Departed(departed) => {
                notes.times.entry(departed.n).or_default().departed.get_or_insert(departed.k);
            }
            Record::Refused(refused) => {
                let refusal = Refusal { from: refused.from, kind: refused.kind, code: refused.code };
                let refusals = match role {
                    Role::Client => &mut notes.request_refused,
                    Role::Server => &mut notes.reply_refused,
                };
                match refused.n {
                    Some(number) => _ = refusals.entry(number).or_insert(refusal),
                    None => notes.refused_unnumbered += 1,
                }
            }
            Record::Odd(odd) => match odd.why {
                OddKind::Malformed => notes.malformed += 1,
                OddKind::ReplyAtServer => notes.replies_at_server += 1,
                OddKind::TooManyPeers => {}
            },
            Record::Run(_) | Record::Peer(_) | Record::Counters(_) | Record::Gap(_) | Record::End(_) => {}
        }
    }
}

/// The time in which a journal tells of peers that it never declared, because their `peer` record is lost: any message
/// that is missing in it may be one of those.
fn unattributed(journal: &JournalLog, peers: &Peers) -> Option<(Wall, Wall)> {
    let times = journal.records.iter().filter(|record| peer_of(record).is_some_and(|peer| !peers.contains_key(&peer)));
    times.filter_map(Record::wall).fold(None, |span, time| {
        let (from, to) = span.unwrap_or((time, time));
        Some((time.min(from), time.max(to)))
    })
}

/// The peer that a record is about.
fn peer_of(record: &Record) -> Option<u32> {
    match record {
        Record::Sent(sent) => Some(sent.p),
        Record::Unsent(unsent) => Some(unsent.p),
        Record::Received(received) => Some(received.p),
        Record::Odd(odd) => odd.p,
        Record::Withheld(withheld) => Some(withheld.p),
        Record::Departed(departed) => Some(departed.p),
        Record::Refused(refused) => Some(refused.p),
        Record::Run(_) | Record::Peer(_) | Record::Counters(_) | Record::Gap(_) | Record::End(_) => None,
    }
}

/// Addresses by the index that a journal gave them.
type Peers = HashMap<u32, SocketAddr>;

fn peers(journal: &JournalLog) -> Peers {
    let declared = journal.records.iter().filter_map(|record| match record {
        Record::Peer(peer) => Some((peer.p, peer.addr)),
        _ => None,
    });
    declared.collect()
}
