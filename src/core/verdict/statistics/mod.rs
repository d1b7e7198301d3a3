//! Statistics by their standard names. Times are in nanoseconds, ratios from 0 to 1.
//!
//! Each series is an accumulator: parts of a run can be added apart and merged in any order, and what the document says of
//! the whole does not depend on it.

pub mod delays;
pub mod loss_periods;
pub mod number_runs;
pub mod reordering;
pub mod variation;

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
}
