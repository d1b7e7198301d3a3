//! Journal records of messages and of the peers that exchange them.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::core::protocol::chat::LeaveReason;
use crate::core::protocol::server::{NoReplyReason, UnexpectedKind};
use crate::core::time::{Now, Wall};

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
    #[serde(alias = "took")]
    pub send_duration_ns: i64,
    /// Nanoseconds by which the sending came after its due time; the client alone has a schedule.
    #[serde(default, alias = "behind", skip_serializing_if = "Option::is_none")]
    pub lateness_ns: Option<i64>,
    /// Digest of the text.
    pub h: u32,
    /// The kernel took the datagram, and reported at once that this host's own queue or egress filter dropped it
    /// (`ENOBUFS`): sent, but never on the wire.
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
    /// The peer index.
    pub p: u32,
    /// When.
    #[serde(flatten)]
    pub at: Now,
    /// What the member did.
    pub did: MemberEvent,
    /// Its name from then on, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// Why it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<LeaveReason>,
}

/// What a member of a chat did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberEvent {
    /// Came in.
    Joined,
    /// Took a name.
    Named,
    /// Left, or was seen off.
    Left,
}

/// The `odd` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unexpected {
    /// Why it is odd.
    pub why: UnexpectedKind,
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
pub struct NotAnswered {
    /// Message number.
    pub n: u64,
    /// The peer index.
    pub p: u32,
    /// When it was decided.
    #[serde(flatten)]
    pub at: Now,
    /// Why.
    pub why: NoReplyReason,
}

/// The `departed` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxTimestamp {
    /// Message number.
    pub n: u64,
    /// To whom.
    pub p: u32,
    /// The kernel's transmit stamp, taken as the datagram was handed to the device.
    pub k: Wall,
}

/// The `refused` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IcmpErrorRecord {
    /// The number in the quoted text, if enough was quoted.
    pub n: Option<u64>,
    /// To whom the quoted datagram went.
    pub p: u32,
    /// When the error was read from the socket.
    #[serde(flatten)]
    pub at: Now,
    /// The sender of the error; `null` for this host itself.
    pub from: Option<IpAddr>,
    /// ICMP type.
    pub kind: u8,
    /// ICMP code.
    pub code: u8,
}
