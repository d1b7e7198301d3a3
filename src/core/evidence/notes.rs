//! What witnesses note beside their sightings: reasons, clock readings, odd things.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::journal::{Ending, Holding};
use crate::core::time::{Mono, Wall};

/// Reasons, clock readings and odd things, by message number.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// How the journal says that its run ended; `None` where it breaks off.
    pub ending: Option<Ending>,
    /// And when its application stopped reading.
    pub stopped: Option<Wall>,
    /// The journal has its `end` line and lost no record.
    pub whole: bool,
    /// By how much this host's wall clock moved during the run, nanoseconds, as far as its journal tells.
    pub clock_moved: i64,
    /// And that it was set, for slewing does not explain so much.
    pub clock_set: bool,
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
    /// The application's and the kernel's clock readings.
    pub times: HashMap<u64, AppTimes>,
    /// Frames whose UDP checksum is wrong.
    pub bad_checksums: BTreeMap<u64, u32>,
    /// Texts that bear no number, as the application read them.
    pub malformed: u64,
    /// Texts without a number that came back from the server: replies, perhaps, but to which message nobody can tell.
    pub unnumbered: u64,
    /// Replies that came before their message had been sent.
    pub early_replies: u64,
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
    /// Port unreachable: nobody listens there, or a firewall says so (RFC 792; RFC 4443, section 3.1).
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
