//! What witnesses record besides sightings: reasons, application timestamps, ICMP errors, unexpected datagrams.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use super::capture_log::BlindInterval;
use super::journal::Record;
use super::journal_messages::{Received, Sent};
use super::journal_run::EndReason;
use crate::core::protocol::server::NoReplyReason;
use crate::core::time::{Mono, Wall};

/// Reasons, clock readings and odd things, by message number.
#[derive(Clone, Debug, Default)]
pub struct FlowAnnotations {
    /// How the run ended; `None` if the journal breaks off.
    pub ending: Option<EndReason>,
    /// And when its application stopped reading.
    pub stopped: Option<Wall>,
    /// The journal has its `end` line and lost no record.
    pub whole: bool,
    /// How far the wall clock moved during the run, nanoseconds, by its journal.
    pub clock_moved: i64,
    /// Whether the clock was set: slewing does not explain the movement.
    pub clock_set: bool,
    /// How far the wall clock departed from a steady rate during the run, nanoseconds, by `MONOTONIC_RAW`; `None` if the
    /// journal does not have it.
    pub clock_unsteady: Option<i64>,
    /// The intervals between a client's messages were drawn at random.
    pub spacing_drawn: bool,
    /// The client's capture shows other runs from its port.
    pub has_other_runs: bool,
    /// Little parts it from another run of its client: perhaps both are one.
    pub may_be_part: bool,
    /// Resolution of the capture's stamps, nanoseconds; 0 without one.
    pub resolution_ns: i64,
    /// `send()` refused the message (client) or its reply (server), with the system's name for the error.
    pub unsent: BTreeMap<u64, String>,
    /// The server did not reply.
    pub withheld: BTreeMap<u64, NoReplyReason>,
    /// Sent datagrams that this host's own queue or egress filter dropped, with the error's name.
    pub dropped: BTreeMap<u64, String>,
    /// ICMP errors that quote the request.
    pub request_refused: BTreeMap<u64, IcmpRefusal>,
    /// ICMP errors that quote the reply.
    pub reply_refused: BTreeMap<u64, IcmpRefusal>,
    /// A client's clock readings.
    pub times: AppTimestamps,
    /// Requests with a wrong UDP checksum on the wire, ascending.
    pub bad_checksums: Vec<u64>,
    /// Texts without a number, as the application read them.
    pub malformed: u64,
    /// Texts without a number from the server: perhaps replies, but it is unknown to which message.
    pub unnumbered: u64,
    /// When the application read replies to a ping that may belong to several probes; ascending.
    pub ambiguous: Vec<Wall>,
    /// Messages of which the capture shows a reply that may answer another run's.
    pub ambiguous_replies: BTreeSet<u64>,
    /// Texts of replies, for protocols that keep them.
    pub texts: BTreeMap<u64, String>,
    /// Replies that came before their message had been sent.
    pub early_replies: u64,
    /// Replies that reached a server.
    pub replies_at_server: u64,
    /// Replies from another source than the peer.
    pub other_source: u64,
    /// Sources of those.
    pub other_sources: Vec<SocketAddr>,
    /// When this flow's packets could not be read.
    pub unread: Vec<BlindInterval>,
}

impl FlowAnnotations {
    /// Adds those of another flow of the same run and host.
    pub fn join(&mut self, other: &Self) {
        let with = |own: &mut BTreeMap<u64, String>, other: &BTreeMap<u64, String>| own.extend(other.clone());
        with(&mut self.unsent, &other.unsent);
        with(&mut self.dropped, &other.dropped);
        with(&mut self.texts, &other.texts);
        self.withheld.extend(&other.withheld);
        self.request_refused.extend(&other.request_refused);
        self.reply_refused.extend(&other.reply_refused);
        self.bad_checksums.extend(&other.bad_checksums);
        self.bad_checksums.sort_unstable();
        self.unread.extend(&other.unread);
        self.ambiguous_replies.extend(&other.ambiguous_replies);
        self.malformed = self.malformed.saturating_add(other.malformed);
        self.replies_at_server = self.replies_at_server.saturating_add(other.replies_at_server);
        self.early_replies = self.early_replies.saturating_add(other.early_replies);
        self.unnumbered = self.unnumbered.max(other.unnumbered);
    }
}

/// An ICMP error for a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpRefusal {
    /// The sender of the ICMP error.
    pub from: Option<IpAddr>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}

impl IcmpRefusal {
    /// Port unreachable: nothing is listening there, or a firewall rejects (RFC 792; RFC 4443 section 3.1).
    pub const fn is_port_unreachable(self) -> bool {
        matches!((self.kind, self.code), (3, 3) | (1, 4))
    }
}

/// Timestamps of one message; each is `None` if it is missing, or ambiguous because of copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppTimes {
    /// Before `send()`, monotonic.
    pub sent: Option<Mono>,
    /// After the first `recv()`, monotonic.
    pub received: Option<Mono>,
    /// The kernel's transmit timestamp.
    pub departed: Option<Wall>,
    /// The kernel's receive timestamp.
    pub arrived: Option<Wall>,
    /// Nanoseconds by which the sending came after its due time.
    pub behind: Option<i64>,
    /// Nanoseconds inside `send()`.
    pub took: Option<i64>,
}

/// The clock readings of a run, by message number.
#[derive(Clone, Debug, Default)]
pub struct AppTimestamps {
    sent: Vec<SentTimes>,
    received: Vec<ReceivedTimes>,
    departed: Vec<(u64, Wall)>,
}

#[derive(Clone, Copy, Debug)]
struct SentTimes {
    key: u64,
    at: Mono,
    took: i64,
    behind: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct ReceivedTimes {
    key: u64,
    at: Mono,
    arrived: Option<Wall>,
}

impl AppTimestamps {
    /// Adds the timestamps of a record; records come in journal order.
    pub fn note(&mut self, record: &Record) {
        match record {
            Record::Sent(sent) => {
                let Sent { n: key, at, send_duration_ns: took, lateness_ns: behind, .. } = *sent;
                self.sent.push(SentTimes { key, at: at.mono, took, behind });
            }
            Record::Received(received) => {
                let Received { n: key, at, k: arrived, .. } = *received;
                self.received.push(ReceivedTimes { key, at: at.mono, arrived });
            }
            Record::TxTimestamp(departed) => self.departed.push((departed.n, departed.k)),
            _ => {}
        }
    }

    /// Puts the readings in the order of the numbers; call it when all are noted.
    pub fn close(&mut self) {
        self.sent.sort_by_key(|times| times.key);
        self.received.sort_by_key(|times| times.key);
        self.departed.sort_by_key(|(key, _)| *key);
    }

    /// Reads the diary from its beginning.
    pub fn reading(&self) -> AppTimestampsCursor<'_> {
        AppTimestampsCursor { sent: &self.sent, received: &self.received, departed: &self.departed }
    }
}

/// A diary being read, message by message.
#[derive(Clone, Debug)]
pub struct AppTimestampsCursor<'a> {
    sent: &'a [SentTimes],
    received: &'a [ReceivedTimes],
    departed: &'a [(u64, Wall)],
}

impl AppTimestampsCursor<'_> {
    /// The timestamps of a message; keys must ascend from call to call.
    pub fn seek(&mut self, key: u64) -> AppTimes {
        let sent = of(&mut self.sent, key, |times| times.key).first();
        // What was received before the message was sent is not its reply.
        let answers = |times: &&ReceivedTimes| sent.is_none_or(|sent| sent.at <= times.at);
        let received = of(&mut self.received, key, |times| times.key).iter().find(answers);
        let departed = of(&mut self.departed, key, |(key, _)| *key).first();
        AppTimes {
            sent: sent.map(|times| times.at),
            received: received.map(|times| times.at),
            departed: departed.map(|(_, at)| *at),
            arrived: received.and_then(|times| times.arrived),
            behind: sent.and_then(|times| times.behind),
            took: sent.map(|times| times.took),
        }
    }
}

/// Takes the items of a key off a list in the order of the keys, with all that lie before.
fn of<'a, T>(list: &mut &'a [T], key: u64, key_of: impl Fn(&T) -> u64) -> &'a [T] {
    let before = list.iter().take_while(|item| key_of(item) < key).count();
    let equal = list[before..].iter().take_while(|item| key_of(item) == key).count();
    let (taken, rest) = list[before..].split_at(equal);
    *list = rest;
    taken
}
