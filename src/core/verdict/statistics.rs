//! Statistics by their standard names. Times are in nanoseconds, ratios from 0 to 1.

use crate::core::document::statistics::{Delays, LossPeriod, Reordering, Variation};

/// The two-sided 95 % quantile of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// The 95 % confidence interval of a ratio by Wilson's score; `None` for a sample of nothing.
///
/// The interval assumes independent losses; losses in bursts make it too narrow.
pub fn wilson95(hits: u64, of: u64) -> Option<[f64; 2]> {
    if of == 0 {
        return None;
    }
    let (n, p) = (of as f64, hits as f64 / of as f64);
    let z2 = Z95 * Z95;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let low = if hits == 0 { 0.0 } else { (centre - half).max(0.0) };
    let high = if hits == of { 1.0 } else { (centre + half).min(1.0) };
    Some([low, high])
}

/// Sums up delays given in the order of sending; `None` for none.
///
/// Percentiles are of the nearest-rank kind (RFC 2330, section 11.3): always a delay that was really seen.
pub fn delays(mut in_order: Vec<i64>) -> Option<Delays> {
    delays_of(&mut in_order)
}

/// The same of delays that are still needed; their order is lost.
pub fn delays_of(in_order: &mut [i64]) -> Option<Delays> {
    let (min_ns, max_ns) = (*in_order.iter().min()?, *in_order.iter().max()?);
    let n = in_order.len();
    let mean = in_order.iter().map(|delay| *delay as f64).sum::<f64>() / n as f64;
    let squares = in_order.iter().map(|delay| (*delay as f64 - mean).powi(2)).sum::<f64>();
    let several = n > 1;
    let jitter = in_order.windows(2).fold(0.0, |jitter, pair| {
        let difference = pair[1].abs_diff(pair[0]) as f64;
        jitter + (difference - jitter) / 16.0
    });
    let [median_ns, p95_ns, p99_ns] = percentiles(in_order, [50, 95, 99]);
    Some(Delays {
        samples: n as u64,
        min_ns,
        mean_ns: mean.round() as i64,
        median_ns,
        p95_ns,
        p99_ns,
        max_ns,
        stddev_ns: several.then(|| (squares / (n - 1) as f64).sqrt().round() as i64),
        jitter_ns: several.then(|| jitter.round() as i64),
        error_ns: None,
    })
}

/// Percentiles of the nearest-rank kind, asked for in ascending order, of values that this brings out of their order.
fn percentiles<const N: usize>(values: &mut [i64], percents: [usize; N]) -> [i64; N] {
    // Sorting everything would cost more than all the rest of the analysis of a long run.
    let n = values.len();
    let mut done = 0;
    percents.map(|percent| {
        let rank = (n * percent).div_ceil(100).max(1) - 1;
        let value = *values[done..].select_nth_unstable(rank - done).1;
        done = rank;
        value
    })
}

/// The variation between the delays of successive numbers; pairs with a gap between them do not count.
pub fn variation(delays_by_number: &[(u64, i64)]) -> Option<Variation> {
    let mut steps: Vec<i64> = delays_by_number
        .windows(2)
        .filter(|pair| pair[1].0 == pair[0].0 + 1)
        .map(|pair| pair[1].1.saturating_sub(pair[0].1).saturating_abs())
        .collect();
    let max_ns = *steps.iter().max()?;
    let [median_ns, p95_ns] = percentiles(&mut steps, [50, 95]);
    Some(Variation { samples: steps.len() as u64, median_ns, p95_ns, max_ns })
}

impl Reordering {
    /// `of` arrivals, all in order.
    pub fn none(of: usize) -> Self {
        Self { of: of as u64, ratio: (of > 0).then_some(0.0), ..Self::default() }
    }
}

/// Reordering of first arrivals, in order of arrival; `sent` ascends in the order of sending.
pub fn reordering<T: Copy, K: Copy + Ord>(arrivals: &[T], sent: impl Fn(T) -> K) -> Reordering {
    let mut result = Reordering::none(arrivals.len());
    if arrivals.is_sorted_by_key(|arrival| sent(*arrival)) {
        return result;
    }
    let mut highest: Vec<(K, usize)> = Vec::new(); // those that set a new maximum, ascending, and when they did
    for (position, arrival) in arrivals.iter().enumerate() {
        let number = sent(*arrival);
        if highest.last().is_none_or(|(last, _)| *last < number) {
            highest.push((number, position));
            continue;
        }
        // The extent reaches back to the first arrival with a larger number, and that one set a new maximum.
        let overtaker = highest.partition_point(|(seen, _)| *seen <= number);
        if let Some((_, first)) = highest.get(overtaker) {
            result.reordered += 1;
            result.max_extent = result.max_extent.max((position - first) as u64);
        }
    }
    result.ratio = (result.of > 0).then(|| result.reordered as f64 / result.of as f64);
    result
}

/// The loss periods, given the lost numbers in ascending order.
pub fn loss_periods(lost: &[u64]) -> Vec<LossPeriod> {
    let mut periods: Vec<LossPeriod> = Vec::new();
    let mut before: Option<u64> = None;
    for number in lost {
        match (before, periods.last_mut()) {
            (Some(before), Some(period)) if before + 1 == *number => period.length += 1,
            _ => periods.push(LossPeriod { first: *number, length: 1, distance: before.map(|before| number - before) }),
        }
        before = Some(*number);
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_published_values() {
        // Newcombe (1998), table I: 81/263, 15/148, 0/20, 1/29.
        for (hits, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let [l, h] = wilson95(hits, of).unwrap();
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{hits}/{of}: {l} {h}");
        }
        assert_eq!(wilson95(0, 0), None);
        assert!(wilson95(30, 30).unwrap()[1] >= 1.0);
    }

    #[test]
    fn delays_of_a_known_sample() {
        let d = delays(vec![40, 10, 20, 30, 50]).unwrap();
        assert_eq!((d.samples, d.min_ns, d.max_ns, d.mean_ns, d.median_ns), (5, 10, 50, 30, 30));
        assert_eq!((d.p95_ns, d.p99_ns, d.stddev_ns), (50, 50, Some(16)));
        assert_eq!(delays(Vec::new()), None);
        assert_eq!(delays(vec![7]).unwrap().stddev_ns, None);
        assert_eq!(delays((1..=100).collect()).unwrap().p95_ns, 95);
    }

    #[test]
    fn variation_skips_pairs_with_a_loss_between() {
        let v = variation(&[(1, 10), (2, 14), (4, 100), (5, 98)]).unwrap();
        assert_eq!((v.samples, v.median_ns, v.max_ns), (2, 2, 4));
        assert_eq!(variation(&[(1, 10), (3, 14)]), None);
    }

    #[test]
    fn reordering_by_rfc_4737() {
        assert_eq!(reordering(&[1, 2, 3, 5, 6], |number| number).reordered, 0, "a loss is no reordering");
        let r = reordering(&[1, 2, 3, 7, 8, 9, 10, 4, 5, 6, 11], |number| number);
        assert_eq!((r.reordered, r.of, r.max_extent), (3, 11, 6));
        assert_eq!(reordering::<u64, u64>(&[], |number| number).ratio, None);
    }

    #[test]
    fn loss_periods_by_rfc_3357() {
        let periods = loss_periods(&[4, 9, 10, 11, 20]);
        let expected = [(4, 1, None), (9, 3, Some(5)), (20, 1, Some(9))];
        assert_eq!(periods.iter().map(|p| (p.first, p.length, p.distance)).collect::<Vec<_>>(), expected);
    }
}
