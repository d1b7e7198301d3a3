//! The result document of a chat. Times are integer nanoseconds, unknown values are `null`. `docs/json.md` describes
//! every field; a test checks real output against `docs/result.schema.json`.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::Serialize;

use super::counts::{PointCounts, SegmentCounts};
use super::envelope::Envelope;
use super::frame_ref::FrameRef;
use super::outcome::Outcome;
use super::path::{PointName, SegmentName};
use super::witness::{Witness, WitnessKind};
use crate::core::evidence::journal_run::Role;
use crate::core::protocol::chat::LeaveReason;

/// Beyond this many, delivered messages are left out of the list.
pub const MAX_MESSAGES: usize = 10_000;

/// Over what a chat is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// The result of a chat.
#[derive(Clone, Debug, Serialize)]
pub struct ChatDocument {
    /// What every document begins with.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// Over what.
    pub transport: Transport,
    /// The members.
    pub members: Vec<Member>,
    /// How many messages for the others there were, listed or not.
    pub message_count: u64,
    /// The messages, in order.
    pub messages: Vec<ChatMessage>,
    /// Messages that are not listed, for they are many and simply came through.
    pub unlisted: u64,
    /// Over TCP: the connections of each capture.
    pub connections: Vec<Connection>,
    /// Over UDP: both directions of all members together.
    pub totals: Option<Totals>,
}

impl ChatDocument {
    /// Number of members: those admitted according to the server's journal, else all addresses seen. An address that
    /// only pings is not a member.
    pub fn participants(&self) -> u64 {
        let has_server_journal = self.server_journals().next().is_some();
        self.members.iter().filter(|member| !has_server_journal || member.joined_ns.is_some()).count() as u64
    }

    /// The server's journals.
    pub fn server_journals(&self) -> impl Iterator<Item = &Witness> {
        let is_server_journal =
            |witness: &&Witness| witness.kind == WitnessKind::Journal && witness.role == Some(Role::Server);
        self.envelope.witnesses.iter().filter(is_server_journal)
    }
}

/// A member, or an address that was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Member {
    /// The number by which this document names it, from 1.
    pub id: u32,
    /// Its address, as the server sees it; as its own host does where the server's files are not there.
    pub address: Option<SocketAddr>,
    /// The same, as its own host sees it, where its files are there.
    pub own_address: Option<SocketAddr>,
    /// Its last name.
    pub nick: Option<String>,
    /// When it came in, by the server's journal.
    pub joined_ns: Option<i64>,
    /// When it left.
    pub left_ns: Option<i64>,
    /// Why.
    pub reason: Option<LeaveReason>,
    /// Both ends are on one host.
    pub same_host: Option<bool>,
    /// Over UDP: what it sent to the server.
    pub inward: Option<DirectionTotals>,
    /// Over UDP: what the server sent to it.
    pub outward: Option<DirectionTotals>,
}

/// Totals of the datagrams in one direction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DirectionTotals {
    /// How many there were, by the first witness on their way that saw them.
    pub datagrams: u64,
    /// How many each witness saw, by place; `null` where there is none: at the sender's application and on its wire, on the
    /// receiver's wire and at its application.
    pub points: PointCounts,
    /// They arrived.
    pub delivered: u64,
    /// They did not.
    pub lost: u64,
    /// The system refused to send them.
    pub not_sent: u64,
    /// Seen to leave; not observed further on.
    pub unobserved: u64,
    /// Unknown whether they arrived.
    pub inconclusive: u64,
    /// Copies too many.
    pub duplicates: u64,
    /// Where the lost ones were lost.
    pub blame: SegmentCounts,
}

/// All members' directions together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// To the server.
    pub inward: DirectionTotals,
    /// From the server.
    pub outward: DirectionTotals,
}

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// A message for the others.
    Message,
    /// For the server: a command, a ping, a joining.
    Control,
    /// The server's own word.
    Notice,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChatMessage {
    /// The server's number; `null` without its journal.
    pub n: Option<u64>,
    /// The sending member; `null` for the server itself.
    pub from: Option<u32>,
    /// What kind.
    pub kind: MessageKind,
    /// When, by the first that saw it.
    pub time_ns: i64,
    /// What.
    pub text: Option<String>,
    /// Over UDP: its way to the server; `null` for the server's own words.
    pub inward: Option<DatagramResult>,
    /// Over TCP: the frame that completed it.
    pub evidence: Vec<FrameRef>,
    /// The copies; `null` if their number is unknown.
    pub copies: Option<Copies>,
    /// Not relayed, because its sender exceeded the rate limit.
    pub withheld: bool,
}

/// The copies of one message.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Copies {
    /// To how many members it went or should have gone.
    pub to: u64,
    /// They arrived; over TCP: the other host acknowledged their bytes.
    pub delivered: u64,
    /// Seen to leave, not observed further on; over TCP: accepted by the kernel, no acknowledgement seen.
    pub unobserved: u64,
    /// They did not arrive.
    pub lost: u64,
    /// They were not sent.
    pub not_sent: u64,
    /// Unknown.
    pub inconclusive: u64,
    /// Those that did not simply arrive or leave.
    pub failed: Vec<Copy>,
}

impl Copies {
    /// Whether any did not simply arrive or leave. Over TCP they are counted and not listed.
    pub const fn any_failed(&self) -> bool {
        self.lost + self.not_sent + self.inconclusive > 0
    }
}

/// A copy that did not simply arrive.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Copy {
    /// The member that it was for.
    pub to: u32,
    /// The outcome of its datagram.
    #[serde(flatten)]
    pub delivery: DatagramResult,
}

/// A datagram's outcome, with its evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DatagramResult {
    /// The outcome.
    pub outcome: Outcome,
    /// The segments on which it can have been lost.
    pub blame: Vec<SegmentName>,
    /// The system's name for why it was not sent or dropped.
    pub reason: Option<String>,
    /// There were others with the same text, and which of them this was is not certain.
    pub ambiguous_copy: bool,
    /// When it was seen, by place.
    pub times: BTreeMap<PointName, i64>,
    /// The frames that show it.
    pub evidence: Vec<FrameRef>,
}

/// A TCP connection in a capture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Connection {
    /// The capture.
    pub file: String,
    /// Its number in that capture, from 1.
    pub id: u32,
    /// The end that opened the connection.
    pub client: SocketAddr,
    /// The listening end.
    pub server: SocketAddr,
    /// Its member's name.
    pub nick: Option<String>,
    /// The frames of SYN, SYN with ACK, and ACK; `null` where the capture does not show one.
    pub handshake: [Option<u32>; 3],
    /// From SYN to ACK, nanoseconds; `null` where it is not all there.
    pub handshake_ns: Option<i64>,
    /// The first frame's time.
    pub from_ns: i64,
    /// The last frame's time.
    pub to_ns: i64,
    /// What the client sent.
    pub from_client: Stream,
    /// What the server sent.
    pub from_server: Stream,
    /// Messages of the client.
    pub messages: u64,
    /// How it was closed.
    pub close: Close,
}

/// What one end of a connection sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stream {
    /// Segments.
    pub segments: u64,
    /// Different bytes.
    pub bytes: u64,
    /// Of these, acknowledged by the other end.
    pub acknowledged_bytes: u64,
    /// Segments that the capture shows twice: sent again.
    pub retransmissions: u64,
    /// Segments that filled a gap: sent again after a loss before the capture, or overtaken.
    pub late: u64,
    /// Keep-alives and window probes.
    pub probes: u64,
    /// Bytes that the capture does not show although later ones are there.
    pub missing_bytes: u64,
}

/// How a connection was closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Close {
    /// `fin`: in order, by both; `half`: one direction only; `rst`; `refused`: the SYN was answered by a reset;
    /// `unanswered`: the SYN was not answered at all; `one_sided`: the capture shows one direction alone; `silence`: one
    /// end repeated in vain; `open`: the capture ends before.
    pub close_kind: &'static str,
    /// `client` or `server`: the end that closed first or reset; for a silent end, the one that fell silent.
    pub closed_by: Option<&'static str>,
    /// For a reset: the end that had closed its direction before.
    pub after_fin_of: Option<&'static str>,
    /// The frame of the client's FIN.
    pub fin_client: Option<u32>,
    /// The frame of the server's FIN.
    pub fin_server: Option<u32>,
    /// The frame of the first RST.
    pub rst: Option<u32>,
    /// Why the member left, by the server's journal.
    pub reason: Option<LeaveReason>,
}
