//! Adds up the messages of a flow: counts, losses, delays. Delivered messages are not kept.

use super::outcome::{
    CLIENT_RECEIVED, CLIENT_SENT, CLIENT_WIRE_IN, CLIENT_WIRE_OUT, ExchangeAnalysis, MessageResult, Overdue,
    SERVER_RECEIVED, SERVER_SENT, SERVER_WIRE_IN, SERVER_WIRE_OUT,
};
use super::time_series::{self, RoundTrips, TimelineBuilder};
use crate::core::document::counts::{PointCounts, SegmentCounts};
use crate::core::document::exchange::{
    ClockOffset, Counts, DelayTable, Flow, Losses, PerDirection, RoundTripLoss, Timing,
};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::statistics::{Delays, Ratio, Reordering};
use crate::core::evidence::leg::RoutePoint;
use crate::core::identify::clock_offset::Offset;
use crate::core::verdict::ledger::{Ledger, MessageTrace, Observation};
use crate::core::verdict::statistics::delays::DelaySeries;
use crate::core::verdict::statistics::loss_periods::LossPeriods;
use crate::core::verdict::statistics::variation::VariationSeries;
use crate::core::verdict::statistics::wilson95;

/// The figures of a flow, growing message by message. Parts of a flow, each of successive messages, can be merged.
#[derive(Clone, Debug, Default)]
pub struct FlowStatistics {
    counts: [u64; Outcome::COUNT],
    /// Messages seen at each place, by position along the route.
    seen: [u64; 8],
    duplicates: u64,
    altered: u64,
    blames: SegmentCounts,
    forward: SegmentAttempts,
    back: SegmentAttempts,
    lost: LossPeriods,
    /// Messages with an ambiguous reply; and of these, those certainly unanswered in time.
    ambiguous_replies: u64,
    overdue: u64,
    application: DelaySeries,
    kernel: DelaySeries,
    wire: DelaySeries,
    application_error: DelaySeries,
    kernel_error: DelaySeries,
    network: DelaySeries,
    residence: DelaySeries,
    /// Differences of stamps between the hosts: one-way delays plus the unknown offset.
    forward_raw: DelaySeries,
    back_raw: DelaySeries,
    forward_variation: VariationSeries,
    back_variation: VariationSeries,
    lateness: DelaySeries,
    send_duration: DelaySeries,
    recorder: TimelineBuilder,
}

/// Messages that entered a network segment: those that left it or provably did not, and those unknown.
#[derive(Debug, Default, Clone, Copy)]
struct SegmentAttempts {
    lost: u64,
    of: u64,
    unknown: u64,
}

impl FlowStatistics {
    /// Empty statistics for `messages` messages, and the times between which they were sent, nanoseconds.
    pub fn new(messages: usize, bounds: Option<(i64, i64)>) -> Self {
        let delays = || DelaySeries::with_capacity(messages);
        let variation = || VariationSeries::with_capacity(messages);
        Self {
            application: delays(),
            kernel: delays(),
            wire: delays(),
            application_error: delays(),
            kernel_error: delays(),
            network: delays(),
            residence: delays(),
            lateness: delays(),
            send_duration: delays(),
            forward_raw: delays(),
            back_raw: delays(),
            forward_variation: variation(),
            back_variation: variation(),
            recorder: TimelineBuilder::new(bounds),
            blames: SegmentCounts::new(&SegmentName::EXCHANGE),
            ..Self::default()
        }
    }

    /// Takes a message in, and when it left by the clock of the timeline. Messages come in the order of their numbers.
    pub fn add(&mut self, finding: &MessageResult<'_>, left_ns: Option<i64>) {
        let trace = &finding.message_trace;
        self.counts[finding.outcome as usize] += 1;
        for (count, sight) in self.seen.iter_mut().zip(trace.seen()) {
            *count += u64::from(sight.is_some());
        }
        self.duplicates += u64::from(trace.surplus());
        self.altered += u64::from(trace.is_altered());
        if finding.outcome == Outcome::Lost {
            self.lost.add(trace.key);
            self.blames.add(1, &finding.blame);
        }
        self.forward.note(trace, CLIENT_WIRE_OUT, SERVER_WIRE_IN);
        self.back.note(trace, SERVER_WIRE_OUT, CLIENT_WIRE_IN);
        if let Some(Overdue(overdue)) = finding.ambiguous_reply {
            self.ambiguous_replies += 1;
            self.overdue += u64::from(overdue);
        }
        let trips = self.measure(finding);
        self.recorder.add(trace.key, left_ns, finding.outcome, trips);
    }

    fn measure(&mut self, finding: &MessageResult<'_>) -> RoundTrips {
        let MessageResult { message_trace: trace, times, .. } = finding;
        let number = trace.key;
        let add = |series: &mut DelaySeries, delay: Option<i64>| {
            if let Some(delay) = delay {
                series.add(number, delay);
            }
        };
        add(&mut self.lateness, times.behind);
        add(&mut self.send_duration, times.took);
        // A message with several copies gives no sample: it is unknown which reply answers which copy.
        if !trace.is_single() {
            return RoundTrips::default();
        }
        let between = |from: RoutePoint, to: RoutePoint| Some(trace.time(to)?.since(trace.time(from)?));
        let residence = between(SERVER_WIRE_IN, SERVER_WIRE_OUT);
        add(&mut self.residence, residence);
        if let Some(delay) = between(CLIENT_WIRE_OUT, SERVER_WIRE_IN) {
            self.forward_raw.add(number, delay);
            self.forward_variation.add(number, delay);
        }
        if let Some(delay) = between(SERVER_WIRE_OUT, CLIENT_WIRE_IN) {
            self.back_raw.add(number, delay);
            self.back_variation.add(number, delay);
        }
        let wire = between(CLIENT_WIRE_OUT, CLIENT_WIRE_IN);
        add(&mut self.wire, wire);
        let network = wire.zip(residence).map(|(wire, residence)| wire.saturating_sub(residence));
        add(&mut self.network, network);
        let kernel = times.arrived.zip(times.departed).map(|(arrived, departed)| arrived.since(departed));
        add(&mut self.application, finding.rtt_ns);
        add(&mut self.kernel, kernel);
        let beyond_wire = |rtt: Option<i64>| rtt.zip(wire).map(|(rtt, wire)| rtt.saturating_sub(wire));
        add(&mut self.application_error, beyond_wire(finding.rtt_ns));
        add(&mut self.kernel_error, beyond_wire(kernel));
        RoundTrips { application: finding.rtt_ns, kernel, wire, network }
    }

    /// Adds the messages of another part of the flow.
    pub fn merge(&mut self, other: Self) {
        for (count, other) in self.counts.iter_mut().zip(other.counts) {
            *count += other;
        }
        for (count, other) in self.seen.iter_mut().zip(other.seen) {
            *count += other;
        }
        self.duplicates += other.duplicates;
        self.altered += other.altered;
        self.blames.add_all(&other.blames);
        self.forward.merge(other.forward);
        self.back.merge(other.back);
        self.lost.merge(other.lost);
        self.ambiguous_replies += other.ambiguous_replies;
        self.overdue += other.overdue;
        self.application.merge(other.application);
        self.kernel.merge(other.kernel);
        self.wire.merge(other.wire);
        self.application_error.merge(other.application_error);
        self.kernel_error.merge(other.kernel_error);
        self.network.merge(other.network);
        self.residence.merge(other.residence);
        self.forward_raw.merge(other.forward_raw);
        self.back_raw.merge(other.back_raw);
        self.forward_variation.merge(other.forward_variation);
        self.back_variation.merge(other.back_variation);
        self.lateness.merge(other.lateness);
        self.send_duration.merge(other.send_duration);
        self.recorder.merge(other.recorder);
    }

    /// The flow with its figures; the caller adds addresses and messages.
    pub fn finish(mut self, analysis: &ExchangeAnalysis<'_>, at_client: bool, both: bool) -> Flow {
        let count = |outcome: Outcome| self.counts[outcome as usize];
        let same_host = analysis.ledger.route().same_host;
        let journal = analysis.ledger.is_watched(CLIENT_SENT);
        let lost = count(Outcome::Lost);
        let reordering = reorderings(&analysis.ledger);
        let arrivals = if at_client { round_trip_reordering(&analysis.ledger) } else { reordering.forward };
        let known = |value: u64, known: bool| known.then_some(value);
        let total: u64 = self.counts.iter().sum();
        let counts = Counts {
            requests: total,
            // A journal that breaks off is not complete.
            sent: known(self.seen[CLIENT_SENT.index()], analysis.never_sent.is_some()),
            not_sent: known(count(Outcome::NotSent), journal),
            delivered: known(count(Outcome::Delivered), at_client),
            late: known(count(Outcome::Late), journal),
            lost,
            answered: known(count(Outcome::Answered), !at_client),
            inconclusive: count(Outcome::Inconclusive),
            duplicates: self.duplicates,
            reordered: arrivals.map_or(0, |arrivals| arrivals.reordered),
            altered: self.altered,
            malformed: None,
            ambiguous: analysis.ambiguous(),
            never_sent: analysis.never_sent,
            other_source: None,
        };
        // An unnumbered reply answers one message, so the rest are certainly unanswered.
        let unanswered = self.ambiguous_replies.saturating_sub(analysis.ambiguous().unwrap_or(0));
        let (in_time, late, open) = (count(Outcome::Delivered), count(Outcome::Late), count(Outcome::Inconclusive));
        let (never, missed) = (lost + unanswered, lost + late + self.overdue);
        let known = in_time + late + lost + self.ambiguous_replies;
        let watched =
            |from, to| both && !same_host && [from, to].iter().all(|place| analysis.ledger.is_watched(*place));
        let loss = Losses {
            round_trip: (at_client && in_time + missed > 0).then(|| RoundTripLoss {
                within_deadline: ratio(missed, in_time + missed, open - self.overdue),
                never_came: never,
            }),
            never_came: (at_client && known > 0).then(|| ratio(never, known, open - self.ambiguous_replies)),
            forward: watched(CLIENT_WIRE_OUT, SERVER_WIRE_IN).then(|| self.forward.ratio()).flatten(),
            back: watched(SERVER_WIRE_OUT, CLIENT_WIRE_IN).then(|| self.back.ratio()).flatten(),
        };
        if same_host {
            self.blames.set_absent(SegmentName::NetworkForward);
            self.blames.set_absent(SegmentName::NetworkReturn);
        }
        let network = both && !same_host;
        let measured = |trips: &mut DelaySeries, known: bool| {
            if !known {
                *trips = DelaySeries::default();
            }
            trips.figures()
        };
        let rtt_application = measured(&mut self.application, true);
        let rtt_kernel = measured(&mut self.kernel, true);
        let rtt_wire = measured(&mut self.wire, at_client);
        let rtt_network = measured(&mut self.network, network);
        let distribution = time_series::distribution([
            (self.application.samples(), rtt_application),
            (self.kernel.samples(), rtt_kernel),
            (self.wire.samples(), rtt_wire),
            (self.network.samples(), rtt_network),
        ]);
        let mut timeline = self.recorder.finish();
        for bin in timeline.iter_mut().flat_map(|timeline| &mut timeline.bins) {
            bin.rtt_wire = bin.rtt_wire.filter(|_| at_client);
            bin.rtt_network = bin.rtt_network.filter(|_| network);
        }
        let delay = DelayTable {
            rtt_application,
            rtt_kernel,
            rtt_wire,
            application_error: self.application_error.figures(),
            kernel_error: self.kernel_error.figures(),
            rtt_network,
            server_residence: self.residence.figures(),
            forward: if network { one_way(&mut self.forward_raw, analysis.offset, false) } else { None },
            back: if network { one_way(&mut self.back_raw, analysis.offset, true) } else { None },
            clock_offset: match analysis.offset {
                Offset::Within { low_ns, high_ns } => Some(ClockOffset { low_ns, high_ns }),
                Offset::Unknown | Offset::Stepped => None,
            },
        };
        let vary = |series: &mut VariationSeries| if network { series.figures() } else { None };
        Flow {
            counts,
            points: points(analysis, &self.seen),
            loss,
            blame: self.blames,
            delay,
            variation: PerDirection {
                forward: vary(&mut self.forward_variation),
                back: vary(&mut self.back_variation),
            },
            reordering,
            loss_periods: self.lost.figures(),
            timeline,
            distribution,
            timing: Timing { lateness: self.lateness.figures(), send_duration: self.send_duration.figures() },
            ..Flow::default()
        }
    }
}

impl SegmentAttempts {
    fn note(&mut self, trace: &MessageTrace<'_>, from: RoutePoint, to: RoutePoint) {
        if trace.time(from).is_none() {
            return;
        }
        match trace.at(to.index()) {
            Observation::Seen { .. } => self.of += 1,
            Observation::Absent => {
                self.of += 1;
                self.lost += 1;
            }
            // A message seen further on has passed here.
            Observation::Unobserved if trace.last_seen() > Some(to.index()) => self.of += 1,
            Observation::Unobserved => self.unknown += 1,
        }
    }

    fn merge(&mut self, other: Self) {
        self.lost += other.lost;
        self.of += other.of;
        self.unknown += other.unknown;
    }

    fn ratio(self) -> Option<Ratio> {
        (self.of > 0).then(|| ratio(self.lost, self.of, self.unknown))
    }
}

fn ratio(lost: u64, of: u64, unknown: u64) -> Ratio {
    let all = of + unknown;
    let (least, most) = (wilson95(lost, all), wilson95(lost + unknown, all));
    Ratio {
        lost,
        of,
        unknown,
        ratio: (of > 0 && unknown == 0).then(|| lost as f64 / of as f64),
        ci95: least.zip(most).map(|([low, _], [_, high])| [low, high]),
    }
}

/// One-way delays with the offset's middle taken off, and the uncertainty that this leaves.
fn one_way(raw: &mut DelaySeries, offset: Offset, back: bool) -> Option<Delays> {
    let Offset::Within { low_ns, high_ns } = offset else { return None };
    let middle = low_ns.saturating_add(high_ns.saturating_sub(low_ns) / 2);
    let middle = if back { middle.saturating_neg() } else { middle };
    let error_ns = Some(high_ns.saturating_sub(low_ns).saturating_add(1) / 2);
    raw.figures_less(middle).map(|delays| Delays { error_ns, ..delays })
}

fn points(analysis: &ExchangeAnalysis<'_>, seen: &[u64; 8]) -> PointCounts {
    // With unnumbered replies the count of messages is unknown.
    let nameless = |place: RoutePoint| place >= SERVER_WIRE_OUT && analysis.ambiguous().is_some_and(|count| count > 0);
    let known = |place: RoutePoint| analysis.ledger.is_watched(place) && !nameless(place);
    let count = |place: RoutePoint| known(place).then_some(seen[place.index()]);
    let places = [
        CLIENT_SENT,
        CLIENT_WIRE_OUT,
        SERVER_WIRE_IN,
        SERVER_RECEIVED,
        SERVER_SENT,
        SERVER_WIRE_OUT,
        CLIENT_WIRE_IN,
        CLIENT_RECEIVED,
    ];
    PointCounts::new(PointName::EXCHANGE.into_iter().zip(places.map(count)))
}

/// Replies at the client that came after the reply to a later message.
fn round_trip_reordering(ledger: &Ledger<'_>) -> Option<Reordering> {
    let place = [CLIENT_RECEIVED, CLIENT_WIRE_IN].into_iter().find(|place| ledger.is_watched(*place))?;
    Some(ledger.reordering(place, None))
}

/// Reordering by direction: of requests against their numbers, of replies against the order in which they left.
fn reorderings(ledger: &Ledger<'_>) -> PerDirection<Reordering> {
    let watched = |places: [RoutePoint; 2]| places.into_iter().find(|place| ledger.is_watched(*place));
    let arrived = watched([SERVER_WIRE_IN, SERVER_RECEIVED]);
    let went = watched([SERVER_WIRE_OUT, SERVER_SENT]).zip(watched([CLIENT_WIRE_IN, CLIENT_RECEIVED]));
    PerDirection {
        forward: arrived.map(|place| ledger.reordering(place, None)),
        back: went.map(|(from, to)| ledger.reordering(to, Some(from))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::evidence::coverage::Coverage;
    use crate::core::evidence::exchange_host::HostFlow;
    use crate::core::evidence::track::{PointObservations, Sighting};
    use crate::core::time::{SECOND, Wall};
    use crate::core::verdict::exchange::outcome::ExchangeInput;

    /// One message: how many of the eight places it reaches, its delay to each, nanoseconds, and its copies.
    type History = (usize, [i64; 8], u32);

    /// The flows of both hosts. A message left unseen at the client leaves a gap in its timeline.
    fn flows(messages: &[History], unseen: usize) -> [HostFlow; 2] {
        let track = |place: usize, copies_from: usize| {
            let reached = (1..).zip(messages).filter(|(number, (reached, ..))| {
                place < *reached && !(place == 1 && (*number as usize).is_multiple_of(unseen))
            });
            let sights = reached.map(|(key, (_, delays, copies))| Sighting {
                key,
                time: Wall(key as i64 * SECOND + delays[..=place].iter().sum::<i64>()),
                frame: None,
                digest: None,
                packet_id: None,
                copies: if place >= copies_from { *copies } else { 1 },
            });
            let coverage = Coverage { from: Wall(-SECOND), to: Wall(100_000 * SECOND), ..Coverage::default() };
            Some(PointObservations::new(sights.collect(), coverage))
        };
        let flow =
            |out, back| HostFlow { request_wire: track(out, 2), reply_wire: track(back, 2), ..HostFlow::default() };
        [flow(1, 6), flow(2, 5)]
    }

    proptest! {
        #[test]
        fn parts_of_a_flow_merge_to_the_same_figures(
            messages in prop::collection::vec((1..9_usize, prop::array::uniform8(0..3 * SECOND), 1..3_u32), 1..120),
            unseen in 2..9_usize,
            cuts in prop::collection::vec(0..120_usize, 0..4),
            order in any::<u64>(),
        ) {
            let [client, server] = flows(&messages, unseen);
            let input = ExchangeInput {
                client: Some(&client),
                server: Some(&server),
                elsewhere: &crate::core::verdict::exchange::outcome::NOWHERE,
                same_host: false,
                timeout_ns: None,
                client_file: None,
                server_file: None,
                resolution_ns: 1,
            };
            let analysis = ExchangeAnalysis::new(input);
            let findings: Vec<MessageResult<'_>> = analysis.findings().collect();
            let empty = || FlowStatistics::new(findings.len(), input.bounds());
            let figures = |statistics: FlowStatistics| format!("{:#?}", statistics.finish(&analysis, true, true));
            let sum = |findings: &[MessageResult<'_>]| {
                let mut statistics = empty();
                for finding in findings {
                    statistics.add(finding, input.left(finding));
                }
                statistics
            };
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(findings.len())).chain([0, findings.len()]).collect();
            cuts.sort_unstable();
            let mut parts: Vec<FlowStatistics> = cuts.windows(2).map(|cut| sum(&findings[cut[0]..cut[1]])).collect();
            fastrand::Rng::with_seed(order).shuffle(&mut parts);
            let mut merged = empty();
            for part in parts {
                merged.merge(part);
            }
            prop_assert_eq!(figures(merged), figures(sum(&findings)));
        }
    }
}
