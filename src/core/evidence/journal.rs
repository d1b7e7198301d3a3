//! The application's own account: the records of `X.journal.jsonl`, one JSON object a line.
//!
//! Keys are short because a fast run writes millions of them; `docs/journal.md` lists them for people.
//!
//! | key | meaning |
//! |---|---|
//! | `e` | the kind of record |
//! | `n` | message number |
//! | `p` | peer, an index declared by a `peer` record |
//! | `w`, `m` | wall clock (ns since 1970) and monotonic clock (ns) at the event |
//! | `k` | the kernel's own stamp of the datagram (wall clock, ns) |
//! | `h` | digest of the text |

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::transfer_records::{BlockBatch, Closing, Passed, Spoken, Told};
use crate::core::protocol::chat::Parting;
use crate::core::protocol::server::{Holding, OddKind};
use crate::core::time::{Now, Wall};

/// The version of the journal's form, in its first line.
pub const SCHEMA: &str = "medidor-journal/1";

/// The numbered exchange.
pub const EXCHANGE: &str = "exchange";

/// Probes one at a time.
pub const PING: &str = "ping";

/// One file to several receivers.
pub const TRANSFER: &str = "transfer";

/// A chat over TCP.
pub const CHAT_TCP: &str = "chat_tcp";

/// A chat over UDP.
pub const CHAT_UDP: &str = "chat_udp";

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "e", rename_all = "snake_case")]
pub enum Record {
    /// The first line: who ran, with what parameters, and what was captured.
    Run(Box<Run>),
    /// Declares the index under which later records name a peer.
    Peer(Peer),
    /// `send()` took a numbered message or a reply.
    Sent(Sent),
    /// Where each message leaves from a local port of its own: the port of the next one.
    Port(Port),
    /// `send()` refused it: it never left the application.
    Unsent(Unsent),
    /// A numbered text was read from the socket: a request at the server, a reply at the client.
    Received(Received),
    /// What a numbered text said, where the dialect keeps that.
    Text(Text),
    /// A member of a chat came, took a name, or left.
    Member(Box<Member>),
    /// Something was read that is no message of this exchange.
    Odd(Odd),
    /// The server read a message and kept its answer back, on purpose.
    Withheld(Withheld),
    /// The kernel's stamp of a datagram that went out, which arrives after the fact.
    Departed(Departed),
    /// An ICMP error was handed to the socket, quoting a message.
    Refused(Refused),
    /// What a transfer transfers.
    File(Box<Told>),
    /// A word of a transfer's control connection.
    Word(Spoken),
    /// What happened to some blocks of a transfer.
    Blocks(BlockBatch),
    /// How far a transfer is.
    Passed(Passed),
    /// How a transfer ended with one receiver.
    Account(Box<Closing>),
    /// Counters, sampled at every flush.
    Counters(Counters),
    /// Records were lost because the journal's queue was full.
    Gap(Gap),
    /// The last line of a run that ended in order.
    End(Box<End>),
}

/// Who is speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sends numbered messages; receives a file.
    Client,
    /// Answers them; sends a file.
    Server,
}

impl Role {
    /// The one at the other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// The `run` line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of medidor.
    pub version: String,
    /// What is spoken: [`EXCHANGE`], [`PING`], [`TRANSFER`], [`CHAT_TCP`] or [`CHAT_UDP`].
    pub dialect: String,
    /// Client or server.
    pub role: Role,
    /// When the run began, on both clocks.
    #[serde(flatten)]
    pub at: Now,
    /// The socket's own address.
    pub local: SocketAddr,
    /// The server's address as the client was given it; `null` on the server.
    pub peer: Option<SocketAddr>,
    /// The default gateway: at home, the router's local address.
    pub gateway: Option<IpAddr>,
    /// This host's own addresses, to tell when both ends are on one host.
    pub addresses: Vec<IpAddr>,
    /// The settings of the run, as its role defines them.
    pub parameters: serde_json::Value,
    /// How long a message may wait for its reply, nanoseconds; `null` on the server.
    pub patience_ns: Option<i64>,
    /// The capture that ran beside this journal.
    pub capture: Option<CaptureInfo>,
}

/// How the capture was made, and since when it was live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureInfo {
    /// The savefile's name, without folders.
    pub file: String,
    /// The device, `any` for all.
    pub device: String,
    /// Name of the link type, as `EN10MB`.
    pub link_type: String,
    /// Number of the link type in the registry (LINKTYPE_).
    pub link_number: i32,
    /// The filter expression.
    pub filter: String,
    /// Bytes kept of each frame.
    pub snaplen: u32,
    /// Resolution of the stamps, nanoseconds.
    pub resolution_ns: u32,
    /// Size asked for the kernel's ring, bytes.
    pub ring_bytes: u32,
    /// From when on the ring was live.
    pub live: Wall,
}

/// The `peer` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Its index from here on.
    pub p: u32,
    /// Its address, as this side sees it.
    pub addr: SocketAddr,
}

/// The `sent` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Message number.
    pub n: u64,
    /// To whom.
    pub p: u32,
    /// Before `send()`.
    #[serde(flatten)]
    pub at: Now,
    /// Nanoseconds inside `send()`.
    pub took: i64,
    /// Nanoseconds by which the sending came after its due time; the client alone has a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<i64>,
    /// Digest of the text.
    pub h: u32,
    /// The kernel took the datagram from the application and said at once that this host's own queue or egress filter
    /// dropped it (`ENOBUFS`): it was sent, and never reached the wire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Box<str>>,
}

/// The `port` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// Message number.
    pub n: u64,
    /// To whom.
    pub p: u32,
    /// The local port from which it leaves, and at which its reply is waited for until the next one leaves.
    pub l: u16,
}

/// The `unsent` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Message number.
    pub n: u64,
    /// To whom.
    pub p: u32,
    /// Before `send()`.
    #[serde(flatten)]
    pub at: Now,
    /// The system's name for the error, as `EPERM`.
    pub why: String,
}

/// The `received` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The number read from the text.
    pub n: u64,
    /// From whom.
    pub p: u32,
    /// After `recv()`.
    #[serde(flatten)]
    pub at: Now,
    /// The kernel's receive stamp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<Wall>,
    /// Digest of the text.
    pub h: u32,
}

/// The `text` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The message's number.
    pub n: u64,
    /// From whom.
    pub p: u32,
    /// After `recv()`.
    #[serde(flatten)]
    pub at: Now,
    /// The text, or its beginning.
    pub text: String,
}

/// The `member` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub p: u32,
    /// When.
    #[serde(flatten)]
    pub at: Now,
    /// What the member did.
    pub did: Step,
    /// Its name from then on, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// Why it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Parting>,
}

/// What a member of a chat did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Came in.
    Joined,
    /// Took a name.
    Named,
    /// Left, or was seen off.
    Left,
}

/// The `odd` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Odd {
    /// Why it is odd.
    pub why: OddKind,
    /// From whom; `null` where no account is kept.
    pub p: Option<u32>,
    /// After `recv()`.
    #[serde(flatten)]
    pub at: Now,
    /// Length of the text, bytes.
    pub length: u32,
}

/// The `withheld` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Message number.
    pub n: u64,
    /// Who asked.
    pub p: u32,
    /// When it was decided.
    #[serde(flatten)]
    pub at: Now,
    /// Why.
    pub why: Holding,
}

/// The `departed` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    /// Message number.
    pub n: u64,
    /// To whom.
    pub p: u32,
    /// The kernel's transmit stamp, taken as the datagram was handed to the device.
    pub k: Wall,
}

/// The `refused` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The number in the quoted text, where enough of it was quoted.
    pub n: Option<u64>,
    /// To whom the quoted datagram went.
    pub p: u32,
    /// When the error was read from the socket.
    #[serde(flatten)]
    pub at: Now,
    /// Who sent the error; `null` where it came from this host itself.
    pub from: Option<IpAddr>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}

/// The `counters` line. Every figure counts from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// When they were read.
    #[serde(flatten)]
    pub at: Now,
    /// Datagrams that the kernel dropped at the application's socket; `null` where it cannot be read.
    pub socket_drops: Option<u64>,
    /// The capture's counters; `null` without one.
    pub capture: Option<CaptureCounters>,
}

/// What a live capture counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureCounters {
    /// Packets written to the savefile.
    pub written: u64,
    /// Packets that passed the filter (`ps_recv`).
    pub received: u64,
    /// Packets lost between kernel and capture for want of room (`ps_drop`).
    pub dropped: u64,
    /// Packets that the interfaces themselves lost before any tap could see them.
    pub interface_dropped: u64,
}

/// The `gap` line: between these times, records are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Time of the first lost record.
    pub from: Wall,
    /// Time of the last lost record.
    pub to: Wall,
    /// How many.
    pub lost: u64,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All was sent and waited for.
    Done,
    /// `--duration` was over.
    Duration,
    /// Ctrl-C or SIGTERM.
    Interrupted,
}

/// The `end` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When the application stopped reading its socket.
    #[serde(flatten)]
    pub at: Now,
    /// Why.
    pub reason: Ending,
    /// Datagrams that the kernel dropped at the application's socket.
    pub socket_drops: Option<u64>,
    /// How the capture ended.
    pub capture: Option<CaptureEnd>,
}

/// How a capture ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureEnd {
    /// Until when it was live and every packet of it is in the file.
    pub close: Wall,
    /// The final counters.
    #[serde(flatten)]
    pub counters: CaptureCounters,
    /// Why it ended before the run did: disk full, interface gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Record {
    /// The message that the record is about, where it is about one.
    pub const fn message(&self) -> Option<u64> {
        match self {
            Self::Sent(sent) => Some(sent.n),
            Self::Port(port) => Some(port.n),
            Self::Unsent(unsent) => Some(unsent.n),
            Self::Received(received) => Some(received.n),
            Self::Text(text) => Some(text.n),
            Self::Withheld(withheld) => Some(withheld.n),
            Self::Departed(departed) => Some(departed.n),
            Self::Refused(refused) => refused.n,
            _ => None,
        }
    }

    /// The wall-clock time of the record, where it has one.
    pub fn wall(&self) -> Option<Wall> {
        match self {
            Self::Run(run) => Some(run.at.wall),
            Self::Peer(_) | Self::Port(_) => None,
            Self::Sent(sent) => Some(sent.at.wall),
            Self::Unsent(unsent) => Some(unsent.at.wall),
            Self::Received(received) => Some(received.at.wall),
            Self::Text(text) => Some(text.at.wall),
            Self::Member(member) => Some(member.at.wall),
            Self::Odd(odd) => Some(odd.at.wall),
            Self::Withheld(withheld) => Some(withheld.at.wall),
            Self::Departed(departed) => Some(departed.k),
            Self::Refused(refused) => Some(refused.at.wall),
            Self::File(told) => Some(told.at.wall),
            Self::Word(spoken) => Some(spoken.at.wall),
            // Records are written in the order of their ends.
            Self::Blocks(blocks) => Some(blocks.at.wall.shifted(blocks.took)),
            Self::Passed(passed) => Some(passed.at.wall),
            Self::Account(closing) => Some(closing.at.wall),
            Self::Counters(counters) => Some(counters.at.wall),
            Self::Gap(gap) => Some(gap.to),
            Self::End(end) => Some(end.at.wall),
        }
    }
}

/// A journal as read back: its records, and whether all of them could be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalLog {
    /// The file's name as the user gave it.
    pub file: String,
    /// Records in the order of the file.
    pub records: Vec<Record>,
    /// The first line (from 1) that could not be read; what lies before is used.
    pub broken_at_line: Option<usize>,
}

impl JournalLog {
    /// The `run` line, if the journal has one.
    pub fn run(&self) -> Option<&Run> {
        self.records.iter().find_map(|record| match record {
            Record::Run(run) => Some(&**run),
            _ => None,
        })
    }

    /// The `end` line, if the run ended in order.
    pub fn end(&self) -> Option<&End> {
        self.records.iter().rev().find_map(|record| match record {
            Record::End(end) => Some(&**end),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_small() {
        assert!(size_of::<Record>() <= 80, "a fast run writes millions of them, and they are read back");
    }
}
