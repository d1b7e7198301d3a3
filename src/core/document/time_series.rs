//! A run over time in equal bins, and the distribution of its round-trip times.

use serde::Serialize;

/// The messages of a run by outcome and their round-trip times, in equal bins of time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// When the first bin begins, wall clock of the host that saw the messages leave or, without its evidence, come.
    pub from_ns: i64,
    /// How long each bin is.
    pub width_ns: i64,
    /// The bins in which there were messages.
    pub bins: Vec<Bin>,
}

/// The messages of one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Which bin it is, from 0.
    pub at: u32,
    /// The number of its first message.
    pub first: u64,
    /// Answered in time.
    pub delivered: u64,
    /// Answered after the deadline.
    pub late: u64,
    /// `send()` refused them.
    pub not_sent: u64,
    /// Not answered.
    pub lost: u64,
    /// Answered by the server; unknown whether the reply arrived.
    pub answered: u64,
    /// Outcome unknown.
    pub inconclusive: u64,
    /// Round-trip times by the client application's clock.
    pub rtt_application: Option<DelaySummary>,
    /// Between the kernel's own stamps.
    pub rtt_kernel: Option<DelaySummary>,
    /// Between the frames on the client's wire.
    pub rtt_wire: Option<DelaySummary>,
    /// The same without the time that the messages spent at the server's host.
    pub rtt_network: Option<DelaySummary>,
}

/// Delays, summed up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DelaySummary {
    /// How many.
    pub samples: u64,
    /// The smallest.
    pub min_ns: i64,
    /// Arithmetic mean.
    pub mean_ns: i64,
    /// The largest.
    pub max_ns: i64,
}

/// How round-trip times are distributed: for each of the four how many lie in each bin; `None` where it is not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Distribution {
    /// Where the first bin begins.
    pub from_ns: i64,
    /// How wide each bin is; the last one holds all that is longer, too.
    pub width_ns: i64,
    /// By the client application's clock.
    pub rtt_application: Option<Vec<u64>>,
    /// Between the kernel's own stamps.
    pub rtt_kernel: Option<Vec<u64>>,
    /// Between the frames on the client's wire.
    pub rtt_wire: Option<Vec<u64>>,
    /// The same without the time that the messages spent at the server's host.
    pub rtt_network: Option<Vec<u64>>,
}
