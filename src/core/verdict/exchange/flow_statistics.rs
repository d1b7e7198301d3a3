//! Adds up the messages of a flow: counts, losses, delays. Delivered messages are not kept.

use super::flow_reordering::FlowReordering;
use super::message_numbers::MessageNumbers;
use super::outcome::{ExchangeAnalysis, MessageResult, Overdue, RowResult};
use super::places::{
    CLIENT_RECEIVED, CLIENT_SENT, CLIENT_WIRE_IN, CLIENT_WIRE_OUT, SERVER_RECEIVED, SERVER_SENT, SERVER_WIRE_IN,
    SERVER_WIRE_OUT,
};
use super::time_series::{self, RoundTrips, TimelineBuilder};
use crate::core::document::counts::{PointCounts, SegmentCounts};
use crate::core::document::exchange::{
    ClockOffset, Counts, DelayTable, Flow, Losses, PerDirection, RoundTripLoss, Timing,
};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::statistics::{Delays, LossPeriod, Ratio};
use crate::core::evidence::leg::RoutePoint;
use crate::core::identify::clock_offset::Offset;
use crate::core::verdict::ledger::{MessageTrace, Observation};
use crate::core::verdict::statistics::delays::DelaySeries;
use crate::core::verdict::statistics::loss_periods::LossPeriods;
use crate::core::verdict::statistics::number_runs::NumberRuns;
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
    /// Messages that the system refused to send.
    unsent: NumberRuns<()>,
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
    reordering: FlowReordering,
}

/// Messages that entered a network segment: those that left it or provably did not, and those unknown.
#[derive(Debug, Default, Clone, Copy)]
struct SegmentAttempts {
    lost: u64,
    of: u64,
    unknown: u64,
}

impl FlowStatistics {
    /// Empty statistics for the messages of a run, and the times between which they were sent, nanoseconds.
    pub fn new(analysis: &ExchangeAnalysis<'_>, bounds: Option<(i64, i64)>) -> Self {
        let messages = analysis.keys.len() as usize;
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
            reordering: FlowReordering::new(&analysis.case, &analysis.ledger),
            ..Self::default()
        }
    }

    /// Takes a row in, and when its message left by the clock of the timeline. Rows come in the order of their numbers.
    pub fn add(&mut self, result: &RowResult<'_>, left_ns: Option<i64>) {
        let RowResult { key, row, message } = result;
        self.reordering.add(*key, row);
        if let Some(finding) = message {
            self.add_message(finding, left_ns);
        }
    }

    fn add_message(&mut self, finding: &MessageResult<'_>, left_ns: Option<i64>) {
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
        if finding.outcome == Outcome::NotSent {
            self.unsent.add(trace.key, ());
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
        self.unsent.merge(other.unsent);
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
        self.reordering.merge(other.reordering);
    }

    fn losses(&self, analysis: &ExchangeAnalysis<'_>, at_client: bool, both: bool) -> Losses {
        let count = |outcome: Outcome| self.counts[outcome as usize];
        let same_host = analysis.ledger.route().same_host;
        let lost = count(Outcome::Lost);
        // An unnumbered reply answers one message at most, so the rest are certainly unanswered.
        let unanswered = self.ambiguous_replies.saturating_sub(analysis.ambiguous().unwrap_or(0));
        let (in_time, late, open) = (count(Outcome::Delivered), count(Outcome::Late), count(Outcome::Inconclusive));
        let (never, missed) = (lost + unanswered, lost + late + self.overdue);
        let known = in_time + late + lost + self.ambiguous_replies;
        // A reply that the network doubled counts as two.
        let assumed = self.ambiguous_replies - unanswered;
        let never_came = || at_least(never, known, open - self.ambiguous_replies, assumed);
        let watched =
            |from, to| both && !same_host && [from, to].iter().all(|place| analysis.ledger.is_watched(*place));
        Losses {
            round_trip: (at_client && in_time + missed + unanswered > 0).then(|| RoundTripLoss {
                within_deadline: if analysis.case.timeout_ns.is_some() {
                    ratio(missed, in_time + missed, open - self.overdue)
                } else {
                    never_came()
                },
                never_came: never,
            }),
            never_came: (at_client && known > 0).then(never_came),
            forward: watched(CLIENT_WIRE_OUT, SERVER_WIRE_IN).then(|| self.forward.ratio()).flatten(),
            back: watched(SERVER_WIRE_OUT, CLIENT_WIRE_IN).then(|| self.back.ratio()).flatten(),
        }
    }

    fn loss_periods(&mut self, analysis: &ExchangeAnalysis<'_>) -> Vec<LossPeriod> {
        let unsent = self.unsent.join(|(), ()| {}).iter().map(|run| run.first.0..=run.last.0);
        let unsent = MessageNumbers::new(unsent.collect());
        let (mut rank, mut unsent_before) = (analysis.keys.ranks(), unsent.ranks());
        self.lost.figures(|number| rank(number) - unsent_before(number))
    }

    /// The flow with its figures; the caller adds addresses and messages.
    pub fn finish(mut self, analysis: &ExchangeAnalysis<'_>, at_client: bool, both: bool) -> Flow {
        let count = |outcome: Outcome| self.counts[outcome as usize];
        let same_host = analysis.ledger.route().same_host;
        let journal = analysis.ledger.is_watched(CLIENT_SENT);
        let reordering = self.reordering.by_direction();
        let arrivals = if at_client { self.reordering.round_trip() } else { reordering.forward };
        let known = |value: u64, known: bool| known.then_some(value);
        let total: u64 = self.counts.iter().sum();
        let counts = Counts {
            requests: total,
            // A journal that breaks off is not complete.
            sent: known(self.seen[CLIENT_SENT.index()], analysis.never_sent.is_some()),
            not_sent: known(count(Outcome::NotSent), journal),
            delivered: known(count(Outcome::Delivered), at_client),
            late: known(count(Outcome::Late), journal),
            lost: count(Outcome::Lost),
            answered: known(count(Outcome::Answered), !at_client),
            inconclusive: count(Outcome::Inconclusive),
            duplicates: self.duplicates,
            reordered: arrivals.map(|arrivals| arrivals.reordered),
            altered: self.altered,
            malformed: None,
            ambiguous: analysis.ambiguous(),
            never_sent: analysis.never_sent,
            other_source: None,
        };
        let loss = self.losses(analysis, at_client, both);
        let loss_periods = self.loss_periods(analysis);
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
            loss_periods,
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
            Observation::Unobserved if trace.has_passed(to) => self.of += 1,
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
    at_least(lost, of, unknown, 0)
}

/// A ratio of which some of the others, which are known to be so many, may be lost, too.
fn at_least(lost: u64, of: u64, unknown: u64, assumed: u64) -> Ratio {
    let all = of + unknown;
    let (least, most) = (wilson95(lost, all), wilson95(lost + unknown + assumed, all));
    Ratio {
        lost,
        of,
        unknown,
        ratio: (of > 0 && unknown == 0).then(|| lost as f64 / of as f64),
        ci95: least.zip(most).map(|([low, _], [_, high])| [low, high]),
        at_least: assumed > 0,
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::verdict::exchange::random_runs::{input, parts, runs};

    proptest! {
        #[test]
        fn parts_of_a_flow_merge_to_the_same_figures(
            flows in runs(),
            cuts in any::<[prop::sample::Index; 4]>(),
            order in Just([0, 1, 2, 3, 4]).prop_shuffle(),
        ) {
            let input = input(&flows);
            let observations = input.observations();
            let analysis = ExchangeAnalysis::new(input, observations.coverages(), observations.rows());
            let results: Vec<RowResult<'_>> = analysis.results(observations.rows()).collect();
            let sum = |results: &[RowResult<'_>]| {
                let mut statistics = FlowStatistics::new(&analysis, input.bounds());
                for result in results {
                    statistics.add(result, input.left(&result.row));
                }
                statistics
            };
            let figures = |statistics: FlowStatistics| format!("{:#?}", statistics.finish(&analysis, true, true));
            let mut merged = sum(&[]);
            for part in parts(&results, cuts, order) {
                merged.merge(sum(part));
            }
            prop_assert_eq!(figures(merged), figures(sum(&results)));
        }
    }
}
