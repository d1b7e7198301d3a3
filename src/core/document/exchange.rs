//! The result document of an exchange or a ping, for the end of a run and for `analisar`.
//!
//! Times are integer nanoseconds (`_ns`), ratios 0 to 1, unknown values `null`, never zero. `docs/json.md` describes every
//! field; a test checks real output against `docs/result.schema.json`.

use std::net::SocketAddr;

use serde::Serialize;

use super::counts::{PointCounts, SegmentCounts};
use super::envelope::Envelope;
use super::message::Message;
use super::outcome::Outcome;
use super::path::SegmentName;
use super::statistics::{Delays, LossPeriod, Ratio, Reordering, Variation};
use super::time_series::{Distribution, Timeline};

/// The result of an exchange or a ping.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// What every document begins with.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// Both ends are on one host: no segment of the network lies between them.
    pub same_host: bool,
    /// One for each client and run.
    pub flows: Vec<Flow>,
}

/// One client's run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Flow {
    /// Its number in this document, from 1.
    pub id: u32,
    /// Which run of this client it is, from 1.
    pub epoch: u32,
    /// The client's address at its own host; at the server's where only that is known.
    pub client: Option<SocketAddr>,
    /// The client's address as the server's host saw it: behind a NAT, its router's public one.
    pub client_as_seen_by_server: Option<SocketAddr>,
    /// The server's address as the client used it; at the server's host where only that is known.
    pub server: Option<SocketAddr>,
    /// How long a message might wait for its reply.
    pub timeout_ns: Option<i64>,
    /// Messages by outcome.
    pub counts: Counts,
    /// Different messages seen at each point.
    pub points: PointCounts,
    /// Loss ratios.
    pub loss: Losses,
    /// Lost messages by the segment that lost them.
    pub blame: SegmentCounts,
    /// Delay distributions.
    pub delay: DelayTable,
    /// Delay variation by direction.
    pub variation: PerDirection<Variation>,
    /// Reordering by direction.
    pub reordering: PerDirection<Reordering>,
    /// Losses in a row.
    pub loss_periods: Vec<LossPeriod>,
    /// What medidor measured of its own conduct.
    pub timing: Timing,
    /// The run over time; `None` without timestamps.
    pub timeline: Option<Timeline>,
    /// How the round-trip times are distributed; `None` where none was measured.
    pub distribution: Option<Distribution>,
    /// How well the verdicts agree with a relay's record of the truth; `None` where none was given or it is of another.
    pub score: Option<Score>,
    /// Where the messages were lost by each of the server's flows that may be the client's.
    #[serde(skip)]
    pub candidate_blames: Vec<SegmentCounts>,
    /// The messages, by number; those simply delivered are left out where there are too many.
    pub messages: Vec<Message>,
}

/// Messages by outcome, and events that are neither loss nor delivery. `None`: unknown here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All messages that are known of, gaps in the numbering included.
    pub requests: u64,
    /// `send()` took them.
    pub sent: Option<u64>,
    /// `send()` refused them.
    pub not_sent: Option<u64>,
    /// Answered in time.
    pub delivered: Option<u64>,
    /// Answered after the deadline.
    pub late: Option<u64>,
    /// Not answered.
    pub lost: u64,
    /// Answered by the server; unknown whether the reply arrived.
    pub answered: Option<u64>,
    /// Outcome unknown.
    pub inconclusive: u64,
    /// Surplus copies.
    pub duplicates: u64,
    /// Arrivals that had been overtaken; `None` where nobody watched them, or a clock that gives their order was set.
    pub reordered: Option<u64>,
    /// Messages whose text was changed in transit.
    pub altered: u64,
    /// Texts without a number.
    pub malformed: Option<u64>,
    /// Unnumbered replies of a ping that may belong to several probes.
    pub ambiguous: Option<u64>,
    /// Replies to numbers that were never sent.
    pub never_sent: Option<u64>,
    /// Replies from another source than the server's address.
    pub other_source: Option<u64>,
}

/// Loss ratios.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Losses {
    /// Unanswered within the deadline, of those sent (RFC 6673).
    pub round_trip: Option<RoundTripLoss>,
    /// Never answered at all, of those sent: the same without a deadline.
    pub never_came: Option<Ratio>,
    /// On the network from client to server (RFC 7680); needs both captures.
    pub forward: Option<Ratio>,
    /// On the network from server to client (RFC 7680); needs both captures.
    #[serde(rename = "return")]
    pub back: Option<Ratio>,
}

/// Round-trip loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RoundTripLoss {
    /// Lost, late ones included.
    #[serde(flatten)]
    pub within_deadline: Ratio,
    /// How many of them never came at all.
    pub never_came: u64,
}

impl Flow {
    /// Both ends are on one host, where no segment of the network can be blamed.
    pub fn is_on_one_host(&self) -> bool {
        self.blame.get(SegmentName::NetworkForward).is_none()
    }
}

/// Delay distributions; `None` where they cannot be measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct DelayTable {
    /// Monotonic clock, from before `send()` to the return of `recv()` (RFC 2681).
    pub rtt_application: Option<Delays>,
    /// Between the kernel's own stamps.
    pub rtt_kernel: Option<Delays>,
    /// Between the frames on the client's wire.
    pub rtt_wire: Option<Delays>,
    /// The same without the time that the message spent at the server's host.
    pub rtt_network: Option<Delays>,
    /// By how much [`rtt_application`](Self::rtt_application) exceeds [`rtt_wire`](Self::rtt_wire), message by message.
    pub application_error: Option<Delays>,
    /// By how much [`rtt_kernel`](Self::rtt_kernel) does.
    pub kernel_error: Option<Delays>,
    /// The time that the message spent at the server's host, from wire to wire.
    pub server_residence: Option<Delays>,
    /// One-way delay, client's wire to server's (RFC 7679), right within its `error_ns`.
    pub forward: Option<Delays>,
    /// One-way delay, server's wire to client's, right within its `error_ns`.
    #[serde(rename = "return")]
    pub back: Option<Delays>,
    /// How far the server's clock is ahead of the client's.
    pub clock_offset: Option<ClockOffset>,
}

/// Bounds of a clock offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockOffset {
    /// At least this.
    pub low_ns: i64,
    /// At most this.
    pub high_ns: i64,
}

/// Something measured by direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PerDirection<T> {
    /// From client to server.
    pub forward: Option<T>,
    /// From server to client.
    #[serde(rename = "return")]
    pub back: Option<T>,
}

impl<T> Default for PerDirection<T> {
    fn default() -> Self {
        Self { forward: None, back: None }
    }
}

/// What medidor measured of its own conduct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timing {
    /// By how much sends came after their due time.
    pub lateness: Option<Delays>,
    /// How long `send()` took.
    pub send_duration: Option<Delays>,
}

/// How well the verdicts of a flow agree with the truth.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// Messages in the relay's record, except altered ones.
    pub judged: u64,
    /// The blame contains the truth, or nothing was lost and nothing is blamed on the relay's network.
    pub right: u64,
    /// Of these: the blame is the truth and nothing beside it.
    pub exact: u64,
    /// No verdict was given.
    pub undecided: u64,
    /// The verdict contradicts the truth.
    pub wrong: u64,
    /// Those, by number.
    pub mistakes: Vec<WrongVerdict>,
}

/// A verdict that contradicts the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrongVerdict {
    /// The message.
    pub n: u64,
    /// Where the relay lost it; `null` where it passed it on both ways.
    pub truth: Option<SegmentName>,
    /// The outcome in the verdict.
    pub outcome: Outcome,
    /// The blame in the verdict.
    pub blame: Vec<SegmentName>,
}
