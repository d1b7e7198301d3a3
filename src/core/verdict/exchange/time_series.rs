//! Time series of a run and the distribution of its round-trip times, in a bounded number of bins.

use crate::core::document::outcome::Outcome;
use crate::core::document::statistics::Delays;
use crate::core::document::time_series::{Bin, DelaySummary, Distribution, Timeline};

/// A run's time is divided into no more bins than this.
pub const MAX_BINS: i64 = 200;

/// The number of bins between the smallest and the largest 99th percentile, approximately.
const DISTRIBUTION_BINS: i64 = 40;

/// A message's round-trip times, nanoseconds, as far as they were measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundTrips {
    /// By the client application's clock.
    pub application: Option<i64>,
    /// Between the kernel's own stamps.
    pub kernel: Option<i64>,
    /// Between the frames on the client's wire.
    pub wire: Option<i64>,
    /// The same without the time that the message spent at the server's host.
    pub network: Option<i64>,
}

/// Sums that become a [`DelaySummary`].
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    samples: u64,
    min_ns: i64,
    max_ns: i64,
    total_ns: i128,
}

impl Sum {
    fn add(&mut self, delay: Option<i64>) {
        let Some(delay) = delay else { return };
        (self.min_ns, self.max_ns) = match self.samples {
            0 => (delay, delay),
            _ => (self.min_ns.min(delay), self.max_ns.max(delay)),
        };
        self.samples += 1;
        self.total_ns += i128::from(delay);
    }

    fn merge(&mut self, other: Self) {
        (self.min_ns, self.max_ns) = match (self.samples, other.samples) {
            (_, 0) => return,
            (0, _) => (other.min_ns, other.max_ns),
            _ => (self.min_ns.min(other.min_ns), self.max_ns.max(other.max_ns)),
        };
        self.samples += other.samples;
        self.total_ns += other.total_ns;
    }

    fn span(self) -> Option<DelaySummary> {
        let Self { samples, min_ns, max_ns, total_ns } = self;
        let mean_ns = total_ns.checked_div(samples.into())? as i64;
        Some(DelaySummary { samples, min_ns, mean_ns, max_ns })
    }
}

/// One bin that grows.
#[derive(Clone, Copy, Debug)]
struct OpenBin {
    first: u64,
    counts: [u64; Outcome::COUNT],
    trips: [Sum; 4],
}

impl OpenBin {
    fn new(number: u64) -> Self {
        Self { first: number, counts: Default::default(), trips: Default::default() }
    }

    fn add(&mut self, number: u64, outcome: Outcome, trips: RoundTrips) {
        self.first = self.first.min(number);
        self.counts[outcome as usize] += 1;
        let RoundTrips { application, kernel, wire, network } = trips;
        for (sum, delay) in self.trips.iter_mut().zip([application, kernel, wire, network]) {
            sum.add(delay);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.first = self.first.min(other.first);
        for (count, other) in self.counts.iter_mut().zip(other.counts) {
            *count += other;
        }
        for (sum, other) in self.trips.iter_mut().zip(other.trips) {
            sum.merge(other);
        }
    }
}

/// A timeline that grows message by message.
#[derive(Clone, Debug, Default)]
pub struct TimelineBuilder {
    from_ns: i64,
    width_ns: i64,
    bins: Vec<Option<OpenBin>>,
    parts: Vec<TimelinePart>,
}

/// Successive messages that were added to one builder.
#[derive(Clone, Debug)]
struct TimelinePart {
    /// The number of the first.
    first: u64,
    /// Those before any that was seen leaving: they belong where the part before ends.
    unplaced: Option<OpenBin>,
    /// The bin of the last that was seen leaving.
    last: Option<usize>,
}

impl TimelineBuilder {
    /// A timeline for messages that left between these two times; nothing is recorded where they are not known.
    pub fn new(bounds: Option<(i64, i64)>) -> Self {
        let Some((from_ns, to_ns)) = bounds else { return Self::default() };
        let length = to_ns.saturating_sub(from_ns).max(0);
        let width_ns = round(length / MAX_BINS + 1);
        let bins = vec![None; (length / width_ns + 1) as usize];
        Self { from_ns, width_ns, bins, parts: Vec::new() }
    }

    /// Adds a message. Messages come in number order; one that was never seen leaving is placed at the time of the one
    /// before.
    pub fn add(&mut self, number: u64, left_ns: Option<i64>, outcome: Outcome, trips: RoundTrips) {
        if self.bins.is_empty() {
            return;
        }
        if self.parts.is_empty() {
            self.parts.push(TimelinePart { first: number, unplaced: None, last: None });
        }
        let part = &mut self.parts[0];
        if let Some(left_ns) = left_ns {
            let at = left_ns.saturating_sub(self.from_ns).max(0) / self.width_ns;
            part.last = Some((at as usize).min(self.bins.len() - 1));
        }
        let bin = part.last.map_or(&mut part.unplaced, |last| &mut self.bins[last]);
        bin.get_or_insert_with(|| OpenBin::new(number)).add(number, outcome, trips);
    }

    /// Adds the messages of another builder for the same times. Each builder has successive messages.
    pub fn merge(&mut self, other: Self) {
        for (bin, other) in self.bins.iter_mut().zip(&other.bins) {
            merge_bin(bin, other.as_ref());
        }
        self.parts.extend(other.parts);
    }

    /// The timeline; `None` where nothing was recorded.
    pub fn finish(self) -> Option<Timeline> {
        let Self { from_ns, width_ns, mut bins, mut parts } = self;
        parts.sort_by_key(|part| part.first);
        let mut last = 0;
        for part in parts {
            merge_bin(&mut bins[last], part.unplaced.as_ref());
            last = part.last.unwrap_or(last);
        }
        let filled = bins.into_iter().enumerate().filter_map(|(at, bin)| Some((at, bin?)));
        let bins: Vec<Bin> = filled
            .map(|(at, OpenBin { first, counts, trips })| {
                let count = |outcome: Outcome| counts[outcome as usize];
                let [rtt_application, rtt_kernel, rtt_wire, rtt_network] = trips.map(Sum::span);
                Bin {
                    at: at as u32,
                    first,
                    delivered: count(Outcome::Delivered),
                    late: count(Outcome::Late),
                    not_sent: count(Outcome::NotSent),
                    lost: count(Outcome::Lost),
                    answered: count(Outcome::Answered),
                    inconclusive: count(Outcome::Inconclusive),
                    rtt_application,
                    rtt_kernel,
                    rtt_wire,
                    rtt_network,
                }
            })
            .collect();
        (!bins.is_empty()).then_some(Timeline { from_ns, width_ns, bins })
    }
}

fn merge_bin(bin: &mut Option<OpenBin>, other: Option<&OpenBin>) {
    match (bin, other) {
        (Some(bin), Some(other)) => bin.merge(other),
        (bin @ None, Some(other)) => *bin = Some(*other),
        (_, None) => {}
    }
}

/// The distribution of four kinds of round-trip times, each with what it sums up to; `None` where none was measured.
pub fn distribution(kinds: [(&[i64], Option<Delays>); 4]) -> Option<Distribution> {
    let measured = || kinds.iter().filter_map(|(_, delays)| delays.as_ref());
    let shortest = measured().map(|delays| delays.min_ns).min()?;
    let max_wait = measured().map(|delays| delays.p99_ns).max()?;
    let width_ns = round(max_wait.saturating_sub(shortest) / DISTRIBUTION_BINS + 1);
    let from_ns = shortest.div_euclid(width_ns).saturating_mul(width_ns);
    let count = (max_wait.saturating_sub(from_ns) / width_ns + 1) as usize;
    let [rtt_application, rtt_kernel, rtt_wire, rtt_network] = kinds.map(|(samples, delays)| {
        delays?;
        let mut bins = vec![0; count];
        for delay in samples {
            let at = delay.saturating_sub(from_ns).max(0) / width_ns;
            bins[(at as usize).min(count - 1)] += 1;
        }
        Some(bins)
    });
    Some(Distribution { from_ns, width_ns, rtt_application, rtt_kernel, rtt_wire, rtt_network })
}

/// The next 1, 2 or 5 times a power of ten, so that bins begin at figures that can be read.
fn round(width: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for step in [1, 2, 5] {
            match power.checked_mul(step) {
                Some(rounded) if rounded >= width => return rounded,
                Some(_) => {}
                None => return width,
            }
        }
        match power.checked_mul(10) {
            Some(next) => power = next,
            None => return width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;
    use crate::core::verdict::statistics::delays::DelaySeries;

    #[test]
    fn every_message_is_in_one_bin_and_bins_are_few() {
        let mut recorder = TimelineBuilder::new(Some((0, 1_000_000 * SECOND)));
        for n in 1..=1_000_000 {
            let outcome = if n % 10 == 0 { Outcome::Lost } else { Outcome::Delivered };
            let trips = RoundTrips { application: Some(n as i64), ..RoundTrips::default() };
            recorder.add(n, Some(n as i64 * SECOND), outcome, trips);
        }
        let timeline = recorder.finish().unwrap();
        assert!(timeline.bins.len() as i64 <= MAX_BINS + 1);
        assert_eq!(timeline.width_ns, 10_000 * SECOND);
        assert_eq!(timeline.bins.iter().map(|bin| bin.lost).sum::<u64>(), 100_000);
        assert_eq!(timeline.bins.iter().map(|bin| bin.delivered).sum::<u64>(), 900_000);
        let first = timeline.bins[0].rtt_application.unwrap();
        assert_eq!((first.min_ns, first.mean_ns, first.max_ns, first.samples), (1, 5_000, 9_999, 9_999));
    }

    #[test]
    fn an_unseen_departure_takes_the_time_of_the_previous() {
        let mut recorder = TimelineBuilder::new(Some((5, 1_000)));
        recorder.add(1, Some(5), Outcome::Delivered, RoundTrips::default());
        recorder.add(2, Some(1_000), Outcome::Delivered, RoundTrips::default());
        recorder.add(3, None, Outcome::Inconclusive, RoundTrips::default());
        let bins = recorder.finish().unwrap().bins;
        assert_eq!(bins.iter().map(|bin| (bin.first, bin.inconclusive)).collect::<Vec<_>>(), [(1, 0), (2, 1)]);
        assert_eq!(TimelineBuilder::new(None).finish(), None);
        assert_eq!(TimelineBuilder::new(Some((1, 2))).finish(), None, "no message, no timeline");
    }

    #[test]
    fn extreme_times_make_no_extreme_timeline() {
        let mut recorder = TimelineBuilder::new(Some((i64::MIN, i64::MAX)));
        recorder.add(1, Some(i64::MAX), Outcome::Lost, RoundTrips::default());
        recorder.add(2, Some(i64::MIN), Outcome::Lost, RoundTrips::default());
        assert_eq!(recorder.finish().unwrap().bins.len(), 2);
    }

    #[test]
    fn a_distribution_counts_every_sample_once() {
        let samples: Vec<i64> = (0..1000).map(|n| 1_000_000 + n * 1_000).chain([9_000_000_000]).collect();
        let mut series = DelaySeries::default();
        for delay in &samples {
            series.add(1, *delay);
        }
        let delays = series.figures();
        let found = distribution([(&samples, delays), (&[], None), (&[], None), (&[], None)]).unwrap();
        let bins = found.rtt_application.unwrap();
        assert_eq!(bins.iter().sum::<u64>(), 1001);
        assert_eq!((found.width_ns, found.from_ns), (50_000, 1_000_000));
        assert!(bins.len() <= 42, "the longest one does not stretch it");
        assert_eq!(found.rtt_wire, None);
    }
}
