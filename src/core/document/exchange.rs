//! The result document of an exchange or a ping, for the end of a run and for `analisar`.
//!
//! Times are integer nanoseconds (`_ns`), ratios 0 to 1, unknown values `null`, never zero. `docs/json.md` describes every
//! field; a test checks real output against `docs/result.schema.json`.

use std::net::SocketAddr;

use serde::Serialize;

use super::message::{Message, Outcome, PointName, SegmentName};
use super::statistics::{Delays, LossPeriod, Ratio, Reordering, Variation};
use super::time_series::{Distribution, Timeline};
use super::warning::Warning;
use super::witness::Witness;
use crate::core::evidence::journal_run::Role;

/// The version of the document's form.
pub const SCHEMA: &str = "medidor/1";

/// Whose witnesses the document rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Perspective {
    /// The client's host alone.
    Client,
    /// The server's host alone.
    Server,
    /// Both.
    Joint,
}

impl From<Role> for Perspective {
    fn from(role: Role) -> Self {
        match role {
            Role::Client => Self::Client,
            Role::Server => Self::Server,
        }
    }
}

/// All that medidor has to say.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The protocol: `exchange` or `ping`.
    pub dialect: &'static str,
    /// Whose witnesses it rests on.
    pub role: Perspective,
    /// Both ends are on one host: no segment of the network lies between them.
    pub same_host: bool,
    /// The witnesses and how far each can be trusted.
    pub witnesses: Witnesses,
    /// One for each client and run.
    pub flows: Vec<Flow>,
    /// What a reader must know beside the figures.
    pub warnings: Vec<Warning>,
}

/// The four witnesses; `None` where there is none.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Witnesses {
    /// The client application's account.
    pub client_journal: Option<Witness>,
    /// The client's capture.
    pub client_capture: Option<Witness>,
    /// The server application's account.
    pub server_journal: Option<Witness>,
    /// The server's capture.
    pub server_capture: Option<Witness>,
}

impl Witnesses {
    /// The witness of a point: the journal or the capture of its host. On one host, either capture shows the wire.
    pub fn of(&self, point: PointName, same_host: bool) -> Option<&Witness> {
        let ([journal, capture], other) = if point.at_client() {
            ([&self.client_journal, &self.client_capture], &self.server_capture)
        } else {
            ([&self.server_journal, &self.server_capture], &self.client_capture)
        };
        if point.on_wire() { capture.as_ref().or(other.as_ref().filter(|_| same_host)) } else { journal.as_ref() }
    }
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
    pub patience_ns: Option<i64>,
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
    /// Arrivals that had been overtaken.
    pub reordered: u64,
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

/// Counts at the eight points of an exchange; `None` if not observed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the points of the exchange, in the order of travel")]
pub struct PointCounts {
    pub client_sent: Option<u64>,
    pub client_wire_out: Option<u64>,
    pub server_wire_in: Option<u64>,
    pub server_received: Option<u64>,
    pub server_sent: Option<u64>,
    pub server_wire_out: Option<u64>,
    pub client_wire_in: Option<u64>,
    pub client_received: Option<u64>,
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
    pub const fn is_on_one_host(&self) -> bool {
        self.blame.network_forward.is_none()
    }
}

/// Lost messages by segment. The two network segments are `None` where both ends are on one host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the segments of the exchange, in the order of travel")]
pub struct SegmentCounts {
    pub client_host_out: u64,
    pub network_forward: Option<u64>,
    pub server_host_in: u64,
    pub server_app: u64,
    pub server_host_out: u64,
    pub network_return: Option<u64>,
    pub client_host_in: u64,
    /// Lost on one of several segments.
    pub undetermined: u64,
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
    pub behind: Option<Delays>,
    /// How long `send()` took.
    pub in_send: Option<Delays>,
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
