//! The outcome of each message of an exchange: two legs joined by the server's application, judged with the ledger.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::first_pass::{FirstPass, RunFacts};
use super::input::ExchangeInput;
use super::message_numbers::MessageNumbers;
use super::places::{
    CLIENT_RECEIVED, CLIENT_SENT, CLIENT_WIRE_IN, CLIENT_WIRE_OUT, HOSTS, SERVER_SENT, SERVER_WIRE_IN, segment_name,
};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::message::{Basis, Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::evidence::annotations::{AppTimes, IcmpRefusal};
use crate::core::evidence::coverage::Coverage;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal_run::EndReason;
use crate::core::evidence::leg::RoutePoint;
use crate::core::evidence::track::Row;
use crate::core::identify::clock_offset::Offset;
use crate::core::protocol::server::NoReplyReason;
use crate::core::verdict::ledger::{Blame, Ledger, MessageTrace, Observation};

const POINTS: [PointName; 8] = PointName::EXCHANGE;

/// No reply came while a message was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overdue(pub bool);

/// The result for one message.
#[derive(Clone, Debug)]
pub struct MessageResult<'a> {
    /// Where it was seen.
    pub message_trace: MessageTrace<'a>,
    /// What the client's clocks showed.
    pub times: AppTimes,
    /// The outcome.
    pub outcome: Outcome,
    /// And what that rests on.
    pub basis: Option<Basis>,
    /// It is inconclusive because a reply without a number may be its or another's.
    pub ambiguous_reply: Option<Overdue>,
    /// The last point at which it was seen; of lost ones.
    pub after: Option<PointName>,
    /// The first point from which it was absent; of lost ones.
    pub before: Option<PointName>,
    /// The segments of which one lost it.
    pub blame: Vec<SegmentName>,
    /// Round-trip time by the client application's clock, nanoseconds.
    pub rtt_ns: Option<i64>,
}

impl MessageResult<'_> {
    /// Whether it was simply delivered, with nothing else to report.
    pub fn is_plain(&self) -> bool {
        let passed = matches!(self.outcome, Outcome::Delivered | Outcome::Answered);
        passed && self.message_trace.surplus() == 0 && !self.message_trace.is_altered()
    }
}

/// A row of the second pass.
#[derive(Clone, Debug)]
pub struct RowResult<'a> {
    /// The number.
    pub key: u64,
    /// Where it was seen.
    pub row: Row<'a>,
    /// The result for the message; `None` where the number is not one of the run's messages.
    pub message: Option<MessageResult<'a>>,
}

/// A run after the first pass: the ledger, and the messages that it is about.
pub struct ExchangeAnalysis<'a> {
    /// The evidence.
    pub case: ExchangeInput<'a>,
    /// The ledger of the exchange.
    pub ledger: Ledger,
    /// How far the clocks are apart.
    pub offset: Offset,
    /// The messages, ascending.
    pub keys: MessageNumbers,
    checksums_tell: bool,
    /// Replies at the client with numbers that it did not send; `None` without its journal.
    pub never_sent: Option<u64>,
}

impl<'a> ExchangeAnalysis<'a> {
    /// Makes the first pass over the rows of a run, and lets its witnesses be held against each other. `coverages` are
    /// those of the witnesses, by place.
    pub fn new<'r, R>(case: ExchangeInput<'a>, coverages: Vec<Vec<Coverage>>, rows: R) -> Self
    where
        R: Iterator<Item = (u64, Row<'r>)> + Clone,
    {
        let mut pass = FirstPass::new(case, coverages);
        rows.clone().for_each(|(key, row)| pass.add(key, &row));
        let offset = case.offset();
        let RunFacts { mut ledger, keys, never_sent, checksums_tell } = pass.finish(offset);
        let messages = with_messages(rows, &keys).filter(|(.., is_message)| *is_message);
        ledger.detect_contradictions(messages.map(|(key, row, _)| (key, row)), |key| case.elsewhere(key));
        Self { case, ledger, offset, keys, checksums_tell, never_sent }
    }

    /// Makes the second pass: the result for each message, seen or not, in number order, and the rows between.
    pub fn results<'r>(&self, rows: impl Iterator<Item = (u64, Row<'r>)>) -> impl Iterator<Item = RowResult<'r>> {
        let mut journal = self.case.client.map(|client| client.annotations.times.reading());
        with_messages(rows, &self.keys).map(move |(key, row, is_message)| {
            let message = is_message.then(|| {
                let times = journal.as_mut().map(|journal| journal.seek(key)).unwrap_or_default();
                self.finding(self.ledger.trace(key, row, || self.case.other_evidence(key, &row)), times)
            });
            RowResult { key, row, message }
        })
    }

    fn finding<'b>(&self, trace: MessageTrace<'b>, times: AppTimes) -> MessageResult<'b> {
        let rtt_ns = times.received.zip(times.sent).map(|(received, sent)| received.since(sent));
        let (outcome, basis) = self.outcome(&trace, rtt_ns);
        let blame = match (outcome, basis) {
            (Outcome::Lost, Some(Basis::Journal)) if self.case.client.is_some_and(|flow| flow.reply_app.is_some()) => {
                self.ledger.blame(&trace, Some(CLIENT_RECEIVED))
            }
            (Outcome::Lost, _) => self.ledger.blame(&trace, None),
            _ => None,
        };
        let open = outcome == Outcome::Inconclusive;
        MessageResult {
            ambiguous_reply: open.then(|| self.is_ambiguous(&trace)).flatten(),
            message_trace: trace,
            times,
            outcome,
            basis,
            after: blame.as_ref().map(|blame: &Blame| POINTS[blame.after]),
            before: blame.as_ref().map(|blame| POINTS[blame.before]),
            blame: blame.iter().flat_map(|blame| &blame.segments).map(|segment| segment_name(*segment)).collect(),
            rtt_ns: rtt_ns.filter(|_| matches!(outcome, Outcome::Delivered | Outcome::Late)),
        }
    }

    /// A result with everything that the document shows of a message.
    pub fn message(&self, finding: MessageResult<'_>) -> Message {
        let MessageResult { message_trace: trace, outcome, basis, after, before, blame, rtt_ns, .. } = finding;
        Message {
            n: trace.key,
            outcome,
            basis,
            after,
            before,
            reason: self.reason(trace.key, outcome, &blame).or_else(|| self.capture_ends(&trace, outcome)),
            blame,
            duplicates: trace.surplus(),
            altered: trace.is_altered(),
            reply: self.case.client.and_then(|client| client.annotations.texts.get(&trace.key)).cloned(),
            rtt_ns,
            times: times(&trace),
            evidence: self.evidence(&trace),
        }
    }

    fn outcome(&self, trace: &MessageTrace<'_>, rtt_ns: Option<i64>) -> (Outcome, Option<Basis>) {
        if let Some(client) = self.case.client {
            return self.outcome_at_client(client, trace, rtt_ns);
        }
        let basis = |place: RoutePoint| Some(if place.point.on_wire() { Basis::Wire } else { Basis::Journal });
        match trace.last_seen().map(RoutePoint::at) {
            Some(last) if self.ledger.blame(trace, None).is_some() => (Outcome::Lost, basis(last)),
            Some(last) if last >= SERVER_SENT => (Outcome::Answered, basis(last)),
            _ => (Outcome::Inconclusive, None),
        }
    }

    /// Decided by the client's journal alone if possible; where it breaks off or has a gap, by the client's wire.
    fn outcome_at_client(
        &self,
        client: &HostFlow,
        trace: &MessageTrace<'_>,
        rtt_ns: Option<i64>,
    ) -> (Outcome, Option<Basis>) {
        let (mut deadline, mut listened) = (None, false);
        let sent = trace.time(CLIENT_SENT);
        if sent.is_none() && client.annotations.unsent.contains_key(&trace.key) {
            return (Outcome::NotSent, Some(Basis::Journal));
        }
        if let Some(replies) = &client.reply_app {
            if trace.time(CLIENT_RECEIVED).is_some() {
                // If the journal lost the sending, the wire still shows when it was.
                let span = |from| Some(trace.time(CLIENT_RECEIVED)?.since(trace.time(from)?));
                let waited = rtt_ns.or_else(|| span(CLIENT_WIRE_OUT));
                let exceeds =
                    waited.zip(self.case.timeout_ns).map_or(0, |(waited, timeout)| waited.saturating_sub(timeout));
                // The wire's stamp may be that much too early.
                let coarse_ns = if rtt_ns.is_some() { 0 } else { client.annotations.resolution_ns };
                return match exceeds {
                    ..=0 => (Outcome::Delivered, Some(Basis::Journal)),
                    exceeds if exceeds <= coarse_ns => (Outcome::Inconclusive, None),
                    _ => (Outcome::Late, Some(Basis::Journal)),
                };
            }
            if self.is_ambiguous(trace).is_some() {
                return (Outcome::Inconclusive, None);
            }
            if let Some(sent) = sent {
                deadline = self.case.timeout_ns.map(|time_limit| (sent, sent.shifted(time_limit)));
                // The journal does not know what arrived after the application stopped reading. If it breaks off, that
                // time is unknown.
                let reply_time = trace.time(CLIENT_WIRE_IN);
                let missed = reply_time
                    .zip(client.annotations.stopped)
                    .is_some_and(|(reply_time, stopped)| reply_time > stopped);
                let waited = client.annotations.whole && client.annotations.ending == Some(EndReason::Done);
                let watched = deadline.is_some_and(|(sent, end)| replies.coverage.spans(sent, end));
                listened = waited || watched;
                if !missed && listened {
                    return (Outcome::Lost, Some(Basis::Journal));
                }
            }
        }
        let watched = |(sent, end)| client.reply_wire.as_ref().is_some_and(|wire| wire.coverage.spans(sent, end));
        match trace.at(CLIENT_WIRE_IN.index()) {
            Observation::Seen { time, .. } => match deadline.filter(|(_, end)| time > *end) {
                None => (Outcome::Delivered, Some(Basis::Wire)),
                Some(deadline) if listened || watched(deadline) => (Outcome::Late, Some(Basis::Wire)),
                // It may be a second copy of a reply that came in time unseen.
                Some(_) => (Outcome::Inconclusive, None),
            },
            Observation::Absent if deadline.is_none_or(watched) => (Outcome::Lost, Some(Basis::Wire)),
            // It never reached the server; a reply that came may be a middlebox's.
            _ if client.reply_app.is_none()
                && trace.at(SERVER_WIRE_IN.index()) == Observation::Absent
                && !client.annotations.ambiguous_replies.contains(&trace.key) =>
            {
                (Outcome::Lost, Some(Basis::Wire))
            }
            Observation::Absent | Observation::Unobserved => (Outcome::Inconclusive, None),
        }
    }

    /// Whether an unnumbered reply may be this message's or another's; and if so, whether none came in time, so that it
    /// is certainly late or lost.
    fn is_ambiguous(&self, trace: &MessageTrace<'_>) -> Option<Overdue> {
        let client = self.case.client?;
        let sent = trace.time(if client.reply_app.is_some() { CLIENT_SENT } else { CLIENT_WIRE_OUT })?;
        if client.annotations.request_refused.contains_key(&trace.key) {
            return None;
        }
        let ambiguous = &client.annotations.ambiguous;
        let reply_time = ambiguous.get(ambiguous.partition_point(|reply_time| *reply_time <= sent))?;
        Some(Overdue(self.case.timeout_ns.is_some_and(|timeout_ns| *reply_time > sent.shifted(timeout_ns))))
    }

    /// How many replies may be one message's or another's; `None` without the client's journal, unless there are any.
    pub fn ambiguous(&self) -> Option<u64> {
        let client = self.case.client?;
        let count = client.annotations.ambiguous.len() as u64;
        (client.request_app.is_some() || count > 0).then_some(count)
    }

    fn reason(&self, key: u64, outcome: Outcome, blame: &[SegmentName]) -> Option<Reason> {
        let client = self.case.client.map(|flow| &flow.annotations);
        let server = self.case.server.map(|flow| &flow.annotations);
        let system = |error: &String| Reason::System { error: error.clone() };
        if outcome == Outcome::NotSent {
            return client?.unsent.get(&key).map(system);
        }
        let blames = |segment| blame.contains(&segment);
        let refused = |refusal: &IcmpRefusal| match refusal {
            refusal if refusal.is_port_unreachable() => Reason::PortUnreachable { from: refusal.from },
            refusal => Reason::Icmp { from: refusal.from, kind: refusal.kind, code: refusal.code },
        };
        let held = |holding: &NoReplyReason| match holding {
            NoReplyReason::SimulatedDrop => Reason::SimulatedDrop,
            NoReplyReason::RateLimit => Reason::RateLimit,
            NoReplyReason::Closing => Reason::Closing,
        };
        if blames(SegmentName::ClientHostOut)
            && let Some(error) = client.and_then(|annotations| annotations.dropped.get(&key))
        {
            return Some(system(error));
        }
        if blames(SegmentName::NetworkForward) || blames(SegmentName::ServerHostIn) {
            let mut annotation = [client, server].into_iter().flatten();
            if let Some(refusal) = annotation.find_map(|annotation| annotation.request_refused.get(&key)) {
                return Some(refused(refusal));
            }
        }
        let server = server?;
        if self.checksums_tell
            && blame == [SegmentName::ServerHostIn]
            && server.bad_checksums.binary_search(&key).is_ok()
        {
            return Some(Reason::BadChecksum);
        }
        if blames(SegmentName::ServerApp) {
            let withheld = server.withheld.get(&key).map(held);
            if let Some(reason) = withheld.or_else(|| server.unsent.get(&key).map(system)) {
                return Some(reason);
            }
        }
        if blames(SegmentName::ServerHostOut)
            && let Some(error) = server.dropped.get(&key)
        {
            return Some(system(error));
        }
        None
    }

    /// Whether it is because the client's capture ends too soon that an outcome is unknown.
    fn capture_ends(&self, trace: &MessageTrace<'_>, outcome: Outcome) -> Option<Reason> {
        self.case.client.filter(|client| outcome == Outcome::Inconclusive && client.reply_app.is_none())?;
        let (sent, last) = (trace.time(CLIENT_WIRE_OUT)?, trace.last_seen()?);
        let time = trace.time(RoutePoint::at(last))?;
        let end = self.ledger.ends_too_soon(last, CLIENT_WIRE_IN.index(), time)?;
        Some(Reason::CaptureEnds { after_ns: end.since(sent).max(0) })
    }

    fn evidence(&self, trace: &MessageTrace<'_>) -> Vec<FrameRef> {
        let mut frames: Vec<FrameRef> = Vec::new();
        for (position, sight) in trace.seen().iter().enumerate() {
            let Some(frame) = sight.and_then(|sight| sight.frame).map(NonZeroU32::get) else { continue };
            let (own, other) = if HOSTS[position] == 0 {
                (self.case.client_file, self.case.server_file)
            } else {
                (self.case.server_file, self.case.client_file)
            };
            // Where one capture serves both ends, its frame is both wire points and is named once.
            let Some(file) = own.or(other) else { continue };
            let known = frames.iter().any(|known| known.file == file && known.frame == Some(frame));
            if !known {
                frames.push(FrameRef { point: Some(POINTS[position]), ..FrameRef::frame(file, frame) });
            }
        }
        frames
    }
}

/// All rows and all messages, side by side in the order of the numbers, and whether each is a message.
fn with_messages<'r>(
    rows: impl Iterator<Item = (u64, Row<'r>)>,
    messages: &MessageNumbers,
) -> impl Iterator<Item = (u64, Row<'r>, bool)> {
    let (mut rows, mut messages) = (rows.peekable(), messages.iter().peekable());
    std::iter::from_fn(move || {
        let seen = rows.peek().map(|(key, _)| *key);
        let Some(message) = messages.next_if(|message| seen.is_none_or(|seen| *message <= seen)) else {
            return rows.next().map(|(key, row)| (key, row, false));
        };
        let row = rows.next_if(|(key, _)| *key == message).map(|(_, row)| row).unwrap_or_default();
        Some((message, row, true))
    })
}

fn times(trace: &MessageTrace<'_>) -> BTreeMap<PointName, i64> {
    let places = POINTS.into_iter().zip(trace.seen());
    places.filter_map(|(point, sight)| Some((point, sight.as_ref()?.time.0))).collect()
}
