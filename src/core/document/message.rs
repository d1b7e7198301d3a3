//! One message of an exchange in the result document.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;

use super::frame_ref::FrameRef;
use super::outcome::Outcome;
use super::path::{PointName, SegmentName};

/// What an outcome rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The application's own account.
    Journal,
    /// Captures.
    Wire,
}

/// Why a message was lost or not sent, as recorded by a witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The system's error.
    System {
        /// Its name, as `EPERM`.
        error: String,
    },
    /// An ICMP port unreachable: nothing is listening there, or a firewall rejects.
    PortUnreachable {
        /// The sender of the ICMP error.
        from: Option<IpAddr>,
    },
    /// Another ICMP error.
    Icmp {
        /// The sender of the ICMP error.
        from: Option<IpAddr>,
        /// ICMP type.
        #[serde(rename = "type")]
        kind: u8,
        /// ICMP code.
        code: u8,
    },
    /// Dropped by the server on purpose (`--drop`).
    SimulatedDrop,
    /// The server limits its replies to one source.
    RateLimit,
    /// The server was closing.
    Closing,
    /// Its checksum was wrong when it reached the server's wire.
    BadChecksum,
    /// The server's socket buffer was full.
    SocketOverflow,
    /// It is unknown whether its reply came, because the client's capture ends too soon after it.
    CaptureEnds {
        /// How long after it, nanoseconds.
        after_ns: i64,
    },
}

/// One message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// Its number.
    pub n: u64,
    /// The outcome.
    pub outcome: Outcome,
    /// What that rests on; `null` where it is inconclusive.
    pub basis: Option<Basis>,
    /// The last point at which it was seen; of lost ones.
    pub after: Option<PointName>,
    /// The first point from which it was absent; of lost ones.
    pub before: Option<PointName>,
    /// The segments of which one lost it.
    pub blame: Vec<SegmentName>,
    /// The reason, as recorded by a witness.
    pub reason: Option<Reason>,
    /// Surplus copies of it or its reply.
    pub duplicates: u32,
    /// Its text or its reply's changed on the way.
    pub altered: bool,
    /// Round-trip time by the application's clock.
    pub rtt_ns: Option<i64>,
    /// The text of its reply, in a ping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// When it was seen at each point, wall clock of that host, nanoseconds.
    pub times: BTreeMap<PointName, i64>,
    /// The frames that show it.
    pub evidence: Vec<FrameRef>,
}

impl Message {
    /// Whether it was simply delivered, with nothing else to report.
    pub fn is_plain(&self) -> bool {
        matches!(self.outcome, Outcome::Delivered | Outcome::Answered) && self.duplicates == 0 && !self.altered
    }
}
