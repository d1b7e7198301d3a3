//! A journal's records grouped by peer: the application's side of a host's evidence.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::ops::Range;

use super::annotations::{FlowAnnotations, IcmpRefusal};
use super::coverage::Coverage;
use super::journal::{JournalLog, Record};
use super::journal_coverage::JournalCoverage;
use super::journal_run::{Role, Run};
use super::track::{PointObservations, Sighting};
use crate::core::protocol::server::UnexpectedKind;
use crate::core::time::{Now, Wall};

/// A journal indexed by peer, with its coverage.
pub struct JournalIndex<'a> {
    role: Role,
    coverage: &'a JournalCoverage<'a>,
    /// The server's address as the client was given it, or as it listens.
    pub server: Option<SocketAddr>,
    /// When its absences mean something.
    pub covered: Coverage,
    peers: Peers,
    /// The client's only account, or the server's by client address.
    pub accounts: Vec<PeerRecords<'a>>,
}

impl<'a> JournalIndex<'a> {
    /// Opens a journal; `None` where it has no `run` line.
    pub fn open(role: Role, journal_coverage: &'a JournalCoverage<'a>) -> Option<Self> {
        let journal = journal_coverage.journal;
        let run = journal.run()?;
        let peers = peers(journal);
        let mut covered = journal_coverage.covered.clone();
        if role == Role::Server {
            covered.blind.extend(unattributed(journal, &peers));
        }
        let server = match role {
            Role::Client => run.peer,
            Role::Server => Some(run.local),
        };
        Some(Self {
            role,
            coverage: journal_coverage,
            server,
            covered,
            peers,
            accounts: peers_of_role(role, run, journal),
        })
    }

    /// By how much the host's wall clock moved during the run, nanoseconds.
    pub fn clock_moved(&self) -> i64 {
        self.coverage.clock_moved
    }

    /// Requests and replies at this host's application, from one peer's records at the positions `of_run`; everything else
    /// goes into `annotations`.
    pub fn app_observations(
        &self,
        peer_records: Option<&PeerRecords<'_>>,
        of_run: &Range<usize>,
        annotations: &mut FlowAnnotations,
    ) -> (PointObservations, PointObservations) {
        let end = self.coverage.journal.end();
        annotations.ending = end.map(|end| end.reason);
        // By the latest that a clock which moved may have shown then.
        annotations.stopped = end.map(|end| end.at.wall.shifted(self.clock_moved()));
        annotations.clock_moved = self.clock_moved();
        annotations.clock_set = self.coverage.clock_step > 0;
        annotations.clock_unsteady = self.coverage.clock_unsteady;
        annotations.spacing_drawn = self.coverage.journal.run().is_some_and(Run::draws_spacing);
        annotations.whole = end.is_some() && self.covered.blind.is_empty();
        let mut seen = AppObservations::default();
        let records = peer_records.into_iter().flat_map(|account| account.records.iter());
        for record in records.skip(of_run.start).take(of_run.len()) {
            seen.note(self, record, annotations);
            if self.role == Role::Client {
                annotations.times.note(record);
            }
        }
        annotations.times.close();
        annotations.ambiguous.sort_unstable();
        let covered = || self.covered.clone();
        match self.role {
            Role::Client => {
                let requests = PointObservations::new(seen.sent, covered());
                let (replies, early) =
                    PointObservations::of_replies(seen.received, covered(), &requests, self.clock_moved());
                annotations.early_replies = early;
                (requests, replies)
            }
            Role::Server => {
                (PointObservations::new(seen.received, covered()), PointObservations::new(seen.sent, covered()))
            }
        }
    }
}

/// A journal's records of one peer.
pub struct PeerRecords<'a> {
    /// The client's address as this host sees it.
    pub client: SocketAddr,
    records: Vec<&'a Record>,
}

/// A journal's accounts: the client's only one, or the server's by client address.
fn peers_of_role<'a>(role: Role, run: &Run, journal: &'a JournalLog) -> Vec<PeerRecords<'a>> {
    let mut accounts: Vec<PeerRecords> = Vec::new();
    let mut by_addr: HashMap<SocketAddr, usize> = HashMap::new();
    let mut by_peer: HashMap<u32, usize> = HashMap::new();
    if role == Role::Client {
        accounts.push(PeerRecords { client: run.local, records: Vec::new() });
    }
    for record in &journal.records {
        if let Record::Peer(peer) = record {
            if role == Role::Server {
                let index = *by_addr.entry(peer.addr).or_insert_with(|| {
                    accounts.push(PeerRecords { client: peer.addr, records: Vec::new() });
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
    // A peer that sent nothing numbered is not a client.
    accounts.retain(|peer_records| role == Role::Client || peer_records.numbered_requests().next().is_some());
    accounts
}

impl PeerRecords<'_> {
    /// The requests that the server's application received, in order: the position among the records, the time and the number.
    pub fn numbered_requests(&self) -> impl Iterator<Item = (usize, (Now, u64))> {
        self.records.iter().enumerate().filter_map(|(position, record)| match record {
            Record::Received(received) => Some((position, (received.at, received.n))),
            _ => None,
        })
    }

    /// Received messages by the kernel's timestamps: an application that is held up reads them long after.
    pub fn arrivals(&self) -> impl Iterator<Item = (Wall, u64)> + Clone {
        self.records.iter().filter_map(|record| match record {
            Record::Received(received) => Some((received.k?, received.n)),
            _ => None,
        })
    }

    /// The requests that a client sent, with their times.
    pub fn sends(&self) -> impl Iterator<Item = (Wall, u64)> {
        self.records.iter().filter_map(|record| match record {
            Record::Sent(sent) => Some((sent.at.wall, sent.n)),
            _ => None,
        })
    }

    /// The kernel's transmit stamps, with the numbers that it stamped.
    pub fn departures(&self) -> impl Iterator<Item = (Wall, u64)> {
        self.records.iter().filter_map(|record| match record {
            Record::TxTimestamp(departed) => Some((departed.k, departed.n)),
            _ => None,
        })
    }
}

/// The observations at the application's two points.
#[derive(Default)]
struct AppObservations {
    sent: Vec<Sighting>,
    received: Vec<Sighting>,
}

impl AppObservations {
    fn note(&mut self, index: &JournalIndex<'_>, record: &Record, annotations: &mut FlowAnnotations) {
        let sight = |key, time, digest| Sighting {
            key,
            time,
            frame: None,
            digest: NonZeroU32::new(digest),
            packet_id: None,
            copies: 1,
        };
        match record {
            Record::Sent(sent) => {
                self.sent.push(sight(sent.n, sent.at.wall, sent.h));
                if let Some(why) = &sent.dropped {
                    annotations.dropped.insert(sent.n, why.clone().into_string());
                }
            }
            Record::Received(received) => {
                self.received.push(sight(received.n, received.at.wall, received.h));
                let from = index.peers.get(&received.p).copied();
                if index.role == Role::Client && from.is_some() && from != index.server {
                    annotations.other_source += 1;
                    if let Some(from) = from.filter(|from| !annotations.other_sources.contains(from)) {
                        annotations.other_sources.push(from);
                    }
                }
            }
            Record::Text(text) => _ = annotations.texts.entry(text.n).or_insert_with(|| text.text.clone()),
            Record::Unsent(unsent) => _ = annotations.unsent.insert(unsent.n, unsent.why.clone()),
            Record::NotAnswered(withheld) => _ = annotations.withheld.insert(withheld.n, withheld.why),
            Record::IcmpError(refused) => {
                let refusal = IcmpRefusal { from: refused.from, kind: refused.kind, code: refused.code };
                let refusals = match index.role {
                    Role::Client => &mut annotations.request_refused,
                    Role::Server => &mut annotations.reply_refused,
                };
                // An error that quotes too little belongs to no known message.
                if let Some(number) = refused.n {
                    refusals.entry(number).or_insert(refusal);
                }
            }
            Record::Unexpected(odd) => match odd.why {
                UnexpectedKind::Malformed => {
                    annotations.malformed += 1;
                    let from = odd.p.and_then(|peer| index.peers.get(&peer)).copied();
                    annotations.unnumbered += u64::from(index.role == Role::Client && from == index.server);
                }
                UnexpectedKind::Ambiguous => annotations.ambiguous.push(odd.at.wall),
                UnexpectedKind::ReplyAtServer => annotations.replies_at_server += 1,
                UnexpectedKind::TooManyPeers => {}
            },
            Record::TxTimestamp(_)
            | Record::Member(_)
            | Record::Run(_)
            | Record::Peer(_)
            | Record::File(_)
            | Record::Control(_)
            | Record::Blocks(_)
            | Record::Progress(_)
            | Record::ReceiverReport(_)
            | Record::Port(_)
            | Record::Route(_)
            | Record::Counters(_)
            | Record::Gap(_)
            | Record::End(_) => {}
        }
    }
}

/// The interval with records of undeclared peers, because a `peer` record was lost or the table was full: any message
/// missing there may be one of them.
fn unattributed(journal: &JournalLog, peers: &Peers) -> Option<(Wall, Wall)> {
    let nameless = |record: &&Record| match record {
        Record::Unexpected(odd) if odd.why == UnexpectedKind::TooManyPeers => true,
        record => peer_of(record).is_some_and(|peer| !peers.contains_key(&peer)),
    };
    let times = journal.records.iter().filter(nameless);
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
        Record::Text(text) => Some(text.p),
        Record::Unexpected(odd) => odd.p,
        Record::NotAnswered(withheld) => Some(withheld.p),
        Record::TxTimestamp(departed) => Some(departed.p),
        Record::Member(member) => Some(member.p),
        Record::IcmpError(refused) => Some(refused.p),
        // The peer of a transfer is a receiver, not a client; a `port` record has no time.
        Record::File(_)
        | Record::Control(_)
        | Record::Blocks(_)
        | Record::Progress(_)
        | Record::ReceiverReport(_)
        | Record::Run(_)
        | Record::Peer(_)
        | Record::Port(_)
        | Record::Route(_)
        | Record::Counters(_)
        | Record::Gap(_)
        | Record::End(_) => None,
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
