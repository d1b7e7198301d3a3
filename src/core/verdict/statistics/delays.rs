//! A series of delays.

use super::percentiles;
use crate::core::document::statistics::Delays;

/// Delays that decide the jitter, which forgets a sixteenth with each: those before weigh less than 1e-28 together.
const JITTER_DELAYS: usize = 1024;

const LOW_BITS: i128 = (1 << 64) - 1;

/// The delays of messages, each with the message's number. All sums are of integers: neither the order of adding nor that
/// of merging changes a figure.
#[derive(Clone, Debug)]
pub struct DelaySeries {
    samples: Vec<i64>,
    min: i64,
    max: i64,
    sum: i128,
    squares: SquareSum,
    latest: LatestDelays,
}

impl Default for DelaySeries {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl DelaySeries {
    /// An empty series with room for so many delays.
    pub fn with_capacity(samples: usize) -> Self {
        Self {
            samples: Vec::with_capacity(samples),
            min: i64::MAX,
            max: i64::MIN,
            sum: 0,
            squares: SquareSum::default(),
            latest: LatestDelays::default(),
        }
    }

    /// Adds the delay of a message, nanoseconds.
    pub fn add(&mut self, number: u64, delay: i64) {
        self.samples.push(delay);
        self.min = self.min.min(delay);
        self.max = self.max.max(delay);
        self.sum += i128::from(delay);
        self.squares.add(delay);
        self.latest.add(number, delay);
    }

    /// Adds the delays of other messages.
    pub fn merge(&mut self, other: Self) {
        self.samples.extend(other.samples);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.squares.merge(other.squares);
        self.latest.merge(other.latest);
    }

    /// The delays, in no particular order.
    pub fn samples(&self) -> &[i64] {
        &self.samples
    }

    /// The figures of the document; `None` for none. This brings the samples out of their order.
    pub fn figures(&mut self) -> Option<Delays> {
        self.figures_less(0)
    }

    /// The same with `offset` taken off each delay.
    ///
    /// Percentiles are of the nearest-rank kind (RFC 2330, section 11.3): always a delay that was really seen.
    pub fn figures_less(&mut self, offset: i64) -> Option<Delays> {
        let count = i128::try_from(self.samples.len()).ok().filter(|count| *count > 0)?;
        let less = |delay: i64| delay.saturating_sub(offset);
        let several = count > 1;
        let [median, p95, p99] = percentiles(&mut self.samples, [50, 95, 99]);
        Some(Delays {
            samples: count as u64,
            min_ns: less(self.min),
            mean_ns: rounded_quotient(self.sum - count * i128::from(offset), count),
            median_ns: less(median),
            p95_ns: less(p95),
            p99_ns: less(p99),
            max_ns: less(self.max),
            stddev_ns: several.then(|| self.squares.standard_deviation(self.sum, count).round() as i64),
            jitter_ns: several.then(|| self.latest.jitter().round() as i64),
            error_ns: None,
        })
    }
}

/// A quotient rounded to the nearest integer, halves away from zero.
fn rounded_quotient(dividend: i128, divisor: i128) -> i64 {
    let half = if dividend < 0 { -divisor } else { divisor };
    let quotient = (2 * dividend + half) / (2 * divisor);
    quotient.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// A sum of squares. Each is cut at its 64th bit and both parts are summed alone, so that no number of delays overflows.
#[derive(Clone, Copy, Debug, Default)]
struct SquareSum {
    high: i128,
    low: i128,
}

impl SquareSum {
    fn add(&mut self, value: i64) {
        let square = i128::from(value) * i128::from(value);
        self.high += square >> 64;
        self.low += square & LOW_BITS;
    }

    fn merge(&mut self, other: Self) {
        self.high += other.high;
        self.low += other.low;
    }

    /// The standard deviation of a sample (divisor n - 1) with this sum of squares and this sum.
    fn standard_deviation(self, sum: i128, count: i128) -> f64 {
        // Squares of the distances to the integer below the mean are summed exactly; from there to the mean it is less
        // than a nanosecond.
        let (mean, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
        let square = mean * mean;
        let high = self.high - count * (square >> 64);
        let low = self.low - count * (square & LOW_BITS) - 2 * mean * rest;
        let exact = high.checked_mul(1 << 64).and_then(|high| high.checked_add(low));
        let distances = exact.map_or_else(|| high as f64 * 2_f64.powi(64) + low as f64, |exact| exact as f64);
        let (rest, count) = (rest as f64, count as f64);
        ((distances - rest * rest / count).max(0.0) / (count - 1.0)).sqrt()
    }
}

/// The delays of the highest numbers: those that decide the jitter.
#[derive(Clone, Debug, Default)]
struct LatestDelays(Vec<(u64, i64)>);

impl LatestDelays {
    fn add(&mut self, number: u64, delay: i64) {
        if self.0.len() == 2 * JITTER_DELAYS {
            self.shorten();
        }
        self.0.push((number, delay));
    }

    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        self.shorten();
    }

    fn shorten(&mut self) {
        // As a rule they are in order.
        if !self.0.is_sorted() {
            self.0.sort_unstable();
        }
        self.0.drain(..self.0.len().saturating_sub(JITTER_DELAYS));
    }

    /// The smoothed mean deviation of successive delays (RFC 3550, section 6.4.1).
    fn jitter(&mut self) -> f64 {
        self.shorten();
        self.0.windows(2).fold(0.0, |jitter, pair| {
            let difference = pair[1].1.abs_diff(pair[0].1) as f64;
            jitter + (difference - jitter) / 16.0
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn series(delays: &[i64]) -> DelaySeries {
        let mut series = DelaySeries::default();
        for (number, delay) in (1..).zip(delays) {
            series.add(number, *delay);
        }
        series
    }

    /// The figures by their definitions, in floating-point arithmetic over all delays in order.
    fn by_definition(delays: &[i64]) -> Delays {
        let mut sorted = delays.to_vec();
        sorted.sort_unstable();
        let n = delays.len();
        let rank = |percent: usize| sorted[(n * percent).div_ceil(100).max(1) - 1];
        let mean = delays.iter().map(|delay| *delay as f64).sum::<f64>() / n as f64;
        let squares = delays.iter().map(|delay| (*delay as f64 - mean).powi(2)).sum::<f64>();
        let jitter = delays.windows(2).fold(0.0, |jitter, pair| {
            let difference = pair[1].abs_diff(pair[0]) as f64;
            jitter + (difference - jitter) / 16.0
        });
        Delays {
            samples: n as u64,
            min_ns: sorted[0],
            mean_ns: mean.round() as i64,
            median_ns: rank(50),
            p95_ns: rank(95),
            p99_ns: rank(99),
            max_ns: sorted[n - 1],
            stddev_ns: (n > 1).then(|| (squares / (n - 1) as f64).sqrt().round() as i64),
            jitter_ns: (n > 1).then(|| jitter.round() as i64),
            error_ns: None,
        }
    }

    #[test]
    fn delays_of_a_known_sample() {
        let d = series(&[40, 10, 20, 30, 50]).figures().unwrap();
        assert_eq!((d.samples, d.min_ns, d.max_ns, d.mean_ns, d.median_ns), (5, 10, 50, 30, 30));
        assert_eq!((d.p95_ns, d.p99_ns, d.stddev_ns), (50, 50, Some(16)));
        assert_eq!(series(&[]).figures(), None);
        assert_eq!(series(&[7]).figures().unwrap().stddev_ns, None);
        assert_eq!(series(&(1..=100).collect::<Vec<_>>()).figures().unwrap().p95_ns, 95);
    }

    #[test]
    fn extreme_delays_overflow_no_sum() {
        let extremes: Vec<i64> = [i64::MIN, i64::MAX].repeat(1_000);
        let d = series(&extremes).figures().unwrap();
        assert_eq!((d.min_ns, d.max_ns, d.mean_ns), (i64::MIN, i64::MAX, -1));
        assert_eq!(d.stddev_ns, Some(i64::MAX), "a little more than 2^63");
        let low = series(&[i64::MIN; 3]).figures_less(i64::MAX).unwrap();
        assert_eq!((low.mean_ns, low.median_ns, low.stddev_ns), (i64::MIN, i64::MIN, Some(0)));
    }

    #[test]
    fn jitter_of_a_long_series_is_that_of_its_end() {
        let delays: Vec<i64> = (0..5_000).map(|n: i64| n * n % 7_919 * 1_000).collect();
        assert_eq!(series(&delays).figures().unwrap().jitter_ns, by_definition(&delays).jitter_ns);
    }

    proptest! {
        #[test]
        fn figures_are_those_of_the_definitions(delays in prop::collection::vec(-5_000_000_000..90_000_000_000_i64, 1..3_000)) {
            let (ours, theirs) = (series(&delays).figures().unwrap(), by_definition(&delays));
            let close = |a: Option<i64>, b: Option<i64>| a.zip(b).is_none_or(|(a, b)| a.abs_diff(b) <= 1);
            prop_assert!(ours.mean_ns.abs_diff(theirs.mean_ns) <= 1);
            prop_assert!(close(ours.stddev_ns, theirs.stddev_ns) && close(ours.jitter_ns, theirs.jitter_ns));
            let (mean_ns, stddev_ns, jitter_ns) = (theirs.mean_ns, theirs.stddev_ns, theirs.jitter_ns);
            prop_assert_eq!(Delays { mean_ns, stddev_ns, jitter_ns, ..ours }, theirs);
        }

        #[test]
        fn parts_merge_to_the_same_figures_in_any_order(
            delays in prop::collection::vec(any::<i64>(), 1..4_000),
            parts in prop::collection::vec(0..5_usize, 4_000),
            order in Just([0, 1, 2, 3, 4]).prop_shuffle(),
            offset in any::<i64>(),
        ) {
            let mut split: [DelaySeries; 5] = Default::default();
            for (number, (delay, part)) in (1..).zip(delays.iter().zip(&parts)) {
                split[*part].add(number, *delay);
            }
            let mut merged = DelaySeries::default();
            for part in order {
                merged.merge(split[part].clone());
            }
            prop_assert_eq!(merged.figures_less(offset), series(&delays).figures_less(offset));
        }
    }
}
