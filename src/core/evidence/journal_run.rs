//! Journal records of the run itself: its start, its counters and its end.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::core::time::{Now, Wall};

/// The version of the journal's form, in its first line.
pub const SCHEMA: &str = "medidor-journal/2";

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

/// The role of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sends numbered messages; receives a file.
    Client,
    /// Replies to them; sends a file.
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
    /// The protocol: [`EXCHANGE`], [`PING`], [`TRANSFER`], [`CHAT_TCP`] or [`CHAT_UDP`].
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
    #[serde(alias = "patience_ns")]
    pub timeout_ns: Option<i64>,
    /// The boot of this host (`/proc/sys/kernel/random/boot_id`): two journals with one boot ID are of one host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// Time to live or hop limit of the datagrams that this host sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hop_limit: Option<u8>,
    /// All clocks at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clocks: Option<ClockReadings>,
    /// The capture that ran beside this journal.
    pub capture: Option<CaptureInfo>,
}

impl Run {
    /// Whether the intervals between messages were drawn at random.
    pub fn draws_spacing(&self) -> bool {
        self.parameters.get("spacing_seed").is_some_and(|seed| !seed.is_null())
    }
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

/// The `route` line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteChange {
    /// When the change was noticed, a little after it happened.
    #[serde(flatten)]
    pub at: Now,
    /// The source address of datagrams to the server from then on.
    pub source: IpAddr,
    /// The interface by which they leave.
    pub interface: String,
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
    /// All clocks at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clocks: Option<ClockReadings>,
}

/// The clocks of Linux, read one right after the other, nanoseconds (`clock_gettime(2)`).
///
/// A disciplined clock may run faster or slower for hours, and `REALTIME` and `MONOTONIC` move together; only `MONOTONIC_RAW` is
/// never adjusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockReadings {
    /// Wall clock since 1970.
    pub realtime_ns: i64,
    /// Since boot, without suspend, adjusted in rate.
    pub monotonic_ns: i64,
    /// Since boot, without suspend, never adjusted.
    pub monotonic_raw_ns: i64,
    /// Since boot, with suspend, adjusted in rate.
    pub boottime_ns: i64,
    /// The state of the kernel's clock discipline.
    pub adjtimex: Option<ClockDiscipline>,
}

/// What `adjtimex(2)` reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockDiscipline {
    /// Some program keeps the clock synchronized.
    pub synchronized: bool,
    /// Offset still to be corrected, nanoseconds.
    pub offset_ns: i64,
    /// Correction of the rate, parts per billion.
    pub frequency_ppb: i64,
    /// Upper bound of the error, nanoseconds.
    pub max_error_ns: i64,
    /// Estimated error, nanoseconds.
    pub estimated_error_ns: i64,
}

/// What a live capture counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureCounters {
    /// Packets written to the savefile.
    pub written: u64,
    /// Packets that passed the filter (`ps_recv`).
    pub received: u64,
    /// Packets dropped between kernel and capture (`ps_drop`).
    pub dropped: u64,
    /// Packets that the interfaces themselves lost before any tap could see them.
    pub interface_dropped: u64,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
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
    pub reason: EndReason,
    /// Datagrams that the kernel dropped at the application's socket.
    pub socket_drops: Option<u64>,
    /// How the capture ended.
    pub capture: Option<CaptureEnd>,
    /// All clocks at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clocks: Option<ClockReadings>,
}

/// How a capture ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureEnd {
    /// The time up to which every packet is in the file.
    pub close: Wall,
    /// The final counters.
    #[serde(flatten)]
    pub counters: CaptureCounters,
    /// Why it ended before the run did: disk full, interface gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
