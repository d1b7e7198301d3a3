//! The outcome of each message of an exchange: two legs joined by the server's application, judged with the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use crate::core::document::frame_ref::FrameRef;
use crate::core::document::message::{Basis, Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::evidence::annotations::{AppTimes, IcmpRefusal};
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal_run::EndReason;
use crate::core::evidence::leg::{Point, Route, RoutePoint, Segment};
use crate::core::evidence::track::{ObservationJoin, PointObservations};
use crate::core::identify::clock_offset::{self, Offset};
use crate::core::identify::flow_comparison;
use crate::core::protocol::server::NoReplyReason;
use crate::core::time::{SECOND, Wall};
use crate::core::verdict::ledger::{Blame, Host, Ledger, MessageTrace, Observation};

/// The places of an exchange, in the order of travel.
pub const CLIENT_SENT: RoutePoint = RoutePoint::new(0, Point::AppSent);
/// The request on the client's wire.
pub const CLIENT_WIRE_OUT: RoutePoint = RoutePoint::new(0, Point::WireOut);
/// The request on the server's wire.
pub const SERVER_WIRE_IN: RoutePoint = RoutePoint::new(0, Point::WireIn);
/// The request read by the server.
pub const SERVER_RECEIVED: RoutePoint = RoutePoint::new(0, Point::AppReceived);
/// The reply sent by the server.
pub const SERVER_SENT: RoutePoint = RoutePoint::new(1, Point::AppSent);
/// The reply on the server's wire.
pub const SERVER_WIRE_OUT: RoutePoint = RoutePoint::new(1, Point::WireOut);
/// The reply on the client's wire.
pub const CLIENT_WIRE_IN: RoutePoint = RoutePoint::new(1, Point::WireIn);
/// The reply read by the client.
pub const CLIENT_RECEIVED: RoutePoint = RoutePoint::new(1, Point::AppReceived);

/// No number may have passed in another flow.
pub static NOWHERE: BTreeSet<u64> = BTreeSet::new();

const POINTS: [PointName; 8] = PointName::EXCHANGE;

/// The client's host is 0, the server's 1.
const HOSTS: [Host; 8] = [0, 0, 1, 1, 1, 1, 0, 0];

/// A number further away than this from all others is not a gap, but a text with another meaning.
const MAX_NUMBER_GAP: u64 = 10_000;

/// The gaps together may be this many times the numbers seen (94 % lost), or one of the maximum: beyond that the
/// numbers mean something else, and a small file must not fill the memory.
const GAPS_A_NUMBER: u64 = 16;

/// The name of a segment of the exchange.
fn segment_name(segment: Segment) -> SegmentName {
    match segment {
        Segment::SenderHost(0) => SegmentName::ClientHostOut,
        Segment::Network(0) => SegmentName::NetworkForward,
        Segment::ReceiverHost(0) => SegmentName::ServerHostIn,
        Segment::Application(_) => SegmentName::ServerApp,
        Segment::SenderHost(_) => SegmentName::ServerHostOut,
        Segment::Network(_) => SegmentName::NetworkReturn,
        Segment::ReceiverHost(_) => SegmentName::ClientHostIn,
    }
}

/// One client's run, from as many of its witnesses as there are.
#[derive(Clone, Copy)]
pub struct ExchangeInput<'a> {
    /// The client host's evidence.
    pub client: Option<&'a HostFlow>,
    /// The server host's evidence.
    pub server: Option<&'a HostFlow>,
    /// Numbers that the server may have received from this client in another flow.
    pub elsewhere: &'a BTreeSet<u64>,
    /// Both are one host.
    pub same_host: bool,
    /// How long a message may wait for its reply, nanoseconds; known from the client's journal.
    pub timeout_ns: Option<i64>,
    /// Name of the client's capture file.
    pub client_file: Option<&'a str>,
    /// Name of the server's capture file.
    pub server_file: Option<&'a str>,
    /// Coarsest resolution of the stamps, nanoseconds.
    pub resolution_ns: i64,
}

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

/// The opened case: the ledger, and the messages that it is about.
pub struct ExchangeAnalysis<'a> {
    case: ExchangeInput<'a>,
    /// The ledger of the exchange.
    pub ledger: Ledger<'a>,
    /// How far the clocks are apart.
    pub offset: Offset,
    /// The messages, ascending: the client's own where its journal speaks, else all that were seen and the gaps between.
    pub keys: Vec<u64>,
    /// No request with a wrong checksum was received: only then does a wrong one explain a loss. Where the capturing
    /// host's links leave checksums to be finished, they are wrong on all frames.
    checksums_tell: bool,
    /// Replies at the client with numbers that it did not send; `None` without its journal.
    pub never_sent: Option<u64>,
}

impl<'a> ExchangeAnalysis<'a> {
    /// Lays the evidence out along the route and lets the witnesses be held against each other.
    pub fn new(case: ExchangeInput<'a>) -> Self {
        let of = |side: Option<&'a HostFlow>,
                  track: fn(&HostFlow) -> &Option<PointObservations>|
         -> Option<&'a PointObservations> { track(side?).as_ref() };
        let tracks = [
            of(case.client, |flow| &flow.request_app),
            of(case.client, |flow| &flow.request_wire),
            of(case.server, |flow| &flow.request_wire),
            of(case.server, |flow| &flow.request_app),
            of(case.server, |flow| &flow.reply_app),
            of(case.server, |flow| &flow.reply_wire),
            of(case.client, |flow| &flow.reply_wire),
            of(case.client, |flow| &flow.reply_app),
        ];
        let offset = match (case.client, case.server) {
            (Some(client), Some(server)) if !case.same_host => {
                let (forward, back) = flow_comparison::bounds(client, server);
                let annotations = [&client.annotations, &server.annotations];
                let moves = annotations.iter().map(|annotation| annotation.clock_moved).fold(0, i64::saturating_add);
                if forward.is_empty() || back.is_empty() {
                    Offset::Unknown
                } else if annotations.iter().any(|annotation| annotation.clock_set) {
                    // The stamps may still fit one line, by chance and slow ways; it would be that of no moment.
                    Offset::Stepped
                } else {
                    clock_offset::offset(&forward, &back, case.resolution_ns, moves)
                }
            }
            _ => Offset::Unknown,
        };
        let hosts = if case.same_host { [0; 8] } else { HOSTS };
        let mut ledger = Ledger::new(Route::new(2, case.same_host), &tracks, &hosts, offset);
        let (keys, never_sent) = case.keys(&ledger);
        case.mark_known_absences(&mut ledger);
        for number in case.elsewhere {
            for place in [SERVER_WIRE_IN, SERVER_RECEIVED, SERVER_SENT, SERVER_WIRE_OUT] {
                ledger.mark_elsewhere(*number, place);
            }
        }
        ledger.detect_contradictions(&keys);
        let received =
            case.server.and_then(|server| server.request_app.as_ref()).map_or(&[][..], PointObservations::sightings);
        let mut received = ObservationJoin::new([received]);
        let wrong = case.server.map_or(&[][..], |server| &server.annotations.bad_checksums);
        let checksums_tell = wrong.iter().all(|key| received.seek(*key)[0].is_none());
        Self { case, ledger, offset, keys, checksums_tell, never_sent }
    }

    /// The result for each message, in number order.
    pub fn findings(&self) -> impl Iterator<Item = MessageResult<'_>> {
        let mut journal = self.case.client.map(|client| client.annotations.times.reading());
        self.ledger.traces(&self.keys).map(move |trace| {
            let times = journal.as_mut().map(|transfer_journal| transfer_journal.seek(trace.key)).unwrap_or_default();
            self.finding(trace, times)
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
            ambiguous_reply: open.then(|| self.is_ambiguous(trace.key, trace.time(CLIENT_SENT))).flatten(),
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
            reason: self.reason(trace.key, outcome, &blame),
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
                let late = waited.zip(self.case.timeout_ns).is_some_and(|(waited, timeout)| waited > timeout);
                return (if late { Outcome::Late } else { Outcome::Delivered }, Some(Basis::Journal));
            }
            if self.is_ambiguous(trace.key, sent).is_some() {
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
            Observation::Absent | Observation::Unobserved => (Outcome::Inconclusive, None),
        }
    }

    /// Whether an unnumbered reply may be this message's or another's; and if so, whether none came in time, so that it
    /// is certainly late or lost.
    fn is_ambiguous(&self, key: u64, sent: Option<Wall>) -> Option<Overdue> {
        let (client, sent) = (self.case.client?, sent?);
        if client.annotations.request_refused.contains_key(&key) {
            return None;
        }
        let ambiguous = &client.annotations.ambiguous;
        let reply_time = ambiguous.get(ambiguous.partition_point(|reply_time| *reply_time <= sent))?;
        Some(Overdue(*reply_time > sent.shifted(self.case.timeout_ns?)))
    }

    /// How many replies may be one message's or another's; `None` without the client's journal.
    pub fn ambiguous(&self) -> Option<u64> {
        let client = self.case.client.filter(|flow| flow.request_app.is_some())?;
        Some(client.annotations.ambiguous.len() as u64)
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

impl ExchangeInput<'_> {
    /// The first points of a message on the host whose clock gives the time of the run: the client's if it is observed.
    const fn first_places(&self) -> [RoutePoint; 2] {
        if self.client.is_some() { [CLIENT_SENT, CLIENT_WIRE_OUT] } else { [SERVER_WIRE_IN, SERVER_RECEIVED] }
    }

    /// Between which two times the messages left, or, without the client's evidence, came; nanoseconds.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        let side = self.client.or(self.server)?;
        let sights =
            || [&side.request_app, &side.request_wire].into_iter().flatten().flat_map(PointObservations::sightings);
        Some((sights().map(|sight| sight.time.0).min()?, sights().map(|sight| sight.time.0).max()?))
    }

    /// When a message left, or, without the client's evidence, came; nanoseconds.
    pub fn left(&self, finding: &MessageResult<'_>) -> Option<i64> {
        self.first_places().into_iter().find_map(|place| finding.message_trace.time(place)).map(|time| time.0)
    }

    /// The message numbers of the case, and the number of replies to numbers never sent.
    fn keys(&self, ledger: &Ledger<'_>) -> (Vec<u64>, Option<u64>) {
        let seen = ledger.keys();
        let journal = self.client.and_then(|client| {
            let requests = client.request_app.as_ref()?;
            client.annotations.whole.then_some((requests, &client.annotations.unsent))
        });
        let Some((requests, unsent)) = journal else {
            let mut keys = with_gaps(seen);
            keys.extend(self.client.iter().flat_map(|client| client.annotations.unsent.keys()));
            keys.sort_unstable();
            keys.dedup();
            return (keys, None);
        };
        let mut keys: Vec<u64> =
            requests.sightings().iter().map(|sight| sight.key).chain(unsent.keys().copied()).collect();
        keys.sort_unstable();
        keys.dedup();
        let strange = |place: RoutePoint| ledger.seen_besides(place, &keys);
        let early = self.client.map_or(0, |client| client.annotations.early_replies);
        let never_sent = strange(CLIENT_RECEIVED).max(strange(CLIENT_WIRE_IN)) as u64 + early;
        (keys, Some(never_sent))
    }

    /// Marks absences that are proven other than by a witness's silence.
    fn mark_known_absences(&self, ledger: &mut Ledger<'_>) {
        let mut claims: Vec<(u64, RoutePoint)> = Vec::new();
        for annotations in [self.client, self.server].into_iter().flatten().map(|side| &side.annotations) {
            claims.extend(annotations.request_refused.keys().map(|key| (*key, SERVER_RECEIVED)));
            claims.extend(annotations.reply_refused.keys().map(|key| (*key, CLIENT_RECEIVED)));
        }
        if let Some(client) = self.client {
            claims.extend(client.annotations.dropped.keys().map(|key| (*key, CLIENT_WIRE_OUT)));
        }
        if let Some(server) = self.server {
            // The server answers every copy: what the journal says of one copy holds for all only if it would have
            // recorded others. A client sends each message once.
            let known = |key: u64, from: RoutePoint| {
                let watched = |at: Wall| {
                    server.reply_app.as_ref().is_some_and(|replies| replies.coverage.spans(at, at.shifted(SECOND)))
                };
                server.annotations.whole || ledger.trace(key).time(from).is_some_and(watched)
            };
            let dropped = server.annotations.dropped.keys().map(|key| (*key, SERVER_SENT, SERVER_WIRE_OUT));
            let unanswered = server.annotations.withheld.keys().chain(server.annotations.unsent.keys());
            let unanswered = unanswered.map(|key| (*key, SERVER_RECEIVED, SERVER_SENT));
            let certain = dropped.chain(unanswered).filter(|(key, from, _)| known(*key, *from));
            claims.extend(certain.map(|(key, _, place)| (key, place)));
        }
        for (key, place) in claims {
            // Of several copies one may be rejected while another passes: then the error proves nothing.
            if ledger.trace(key).is_single() {
                ledger.mark_absent(key, place);
            }
        }
    }
}

/// The numbers, ascending, with the gaps between them filled as far as they can be gaps: the narrow ones first.
fn with_gaps(seen: Vec<u64>) -> Vec<u64> {
    let width = |pair: &[u64]| pair[1] - pair[0] - 1;
    let gaps = seen.windows(2).map(width).filter(|width| (1..MAX_NUMBER_GAP).contains(width));
    let mut widths: Vec<u64> = gaps.collect();
    if widths.is_empty() {
        return seen;
    }
    widths.sort_unstable();
    let most = MAX_NUMBER_GAP.max(seen.len() as u64 * GAPS_A_NUMBER);
    let too_wide = widths.iter().scan(0, |sum, width| {
        *sum += width;
        Some((*sum, *width))
    });
    let too_wide = too_wide.into_iter().find(|(sum, _)| *sum > most).map_or(MAX_NUMBER_GAP, |(_, width)| width);
    let mut keys: Vec<u64> = Vec::with_capacity(seen.len());
    keys.extend(seen.first());
    for pair in seen.windows(2) {
        if width(pair) < too_wide {
            keys.extend(pair[0] + 1..pair[1]);
        }
        keys.push(pair[1]);
    }
    keys
}

fn times(trace: &MessageTrace<'_>) -> BTreeMap<PointName, i64> {
    let places = POINTS.into_iter().zip(trace.seen());
    places.filter_map(|(point, sight)| Some((point, sight.as_ref()?.time.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_as_far_as_they_can_be_gaps() {
        assert!(with_gaps(Vec::new()).is_empty());
        assert_eq!(with_gaps(vec![u64::MAX]), [u64::MAX]);
        assert_eq!(with_gaps(vec![2, 3, 6]), [2, 3, 4, 5, 6]);
        assert_eq!(with_gaps(vec![1, 10_001]).len(), 10_001);
        assert_eq!(with_gaps(vec![1, 10_002, u64::MAX]), [1, 10_002, u64::MAX]);
    }

    #[test]
    fn many_wide_gaps_are_none() {
        let far_apart: Vec<u64> = (0..2_000).map(|index| index * 10_000).collect();
        assert_eq!(with_gaps(far_apart.clone()), far_apart);
        let lossy: Vec<u64> = (0..2_000).map(|index| index * 10).chain([25_000]).collect();
        assert_eq!(with_gaps(lossy).len(), 25_001, "all fit");
        let both: Vec<u64> = (0..2_000).map(|index| index * 10).chain((3..10).map(|index| index * 10_000)).collect();
        assert_eq!(with_gaps(both).len(), 19_991 + 7, "the narrow ones are filled");
    }
}
