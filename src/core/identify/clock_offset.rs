//! Bounds of the clock offset between two hosts, from the datagrams that they exchanged.
//!
//! A datagram cannot arrive before it leaves. So each one that the client sent bounds the offset (server minus client)
//! from above by `server's stamp - client's stamp`, and each one that the server sent bounds it from below. All of them
//! together bound a line: the offset, and the rate at which it drifts. Where no line fits, a clock was set during the
//! run.

use std::borrow::Cow;

/// The steepest drift between two clocks that is taken for drift: 500 parts per million, the limit of kernel clock
/// discipline. Anything steeper is a step.
const MAX_DRIFT: f64 = 500e-6;

/// One datagram's bound of the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetBound {
    /// When the client's host saw it, by the client's clock.
    pub at: i64,
    /// The server's stamp minus the client's, nanoseconds.
    pub difference: i64,
}

/// The offset of the server's clock from the client's, over a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// Nothing was seen at both ends in both directions.
    Unknown,
    /// It lies between these, nanoseconds, at every moment of the run.
    Within {
        /// Lower bound.
        low_ns: i64,
        /// Upper bound.
        high_ns: i64,
    },
    /// No steady drift explains the stamps: a clock was set.
    Stepped,
}

/// Bounds the offset, from datagrams that went forward (client to server) and back.
///
/// `resolution_ns` is the coarsest resolution of the stamps, and `moves_ns` by how much the clocks moved beside their
/// drift, as far as is known; both widen the bound.
pub fn offset(forward: &[OffsetBound], back: &[OffsetBound], resolution_ns: i64, moves_ns: i64) -> Offset {
    let (forward, back) = (in_order(forward), in_order(back));
    let (Some(first), Some(_)) = (forward.first(), back.first()) else { return Offset::Unknown };
    // Relative to the first datagram the figures are small enough to be exact in floating point.
    let (origin, base) = (first.at, first.difference);
    let slack = resolution_ns.max(1);
    // The line runs below the offset, by no more than the moves.
    let moves_ns = moves_ns.max(0);
    let point = |bound: &OffsetBound, slack: i64| {
        (bound.at.saturating_sub(origin) as f64, bound.difference.saturating_sub(base).saturating_add(slack) as f64)
    };
    let upper = hull(forward.iter().map(|bound| point(bound, slack)), false);
    let lower = hull(back.iter().map(|bound| point(bound, slack.saturating_add(moves_ns).saturating_neg())), true);
    let times = || upper.iter().chain(&lower).map(|(at, _)| *at);
    let start = times().fold(f64::INFINITY, f64::min);
    let end = times().fold(f64::NEG_INFINITY, f64::max);
    let band = OffsetBand { upper, lower };
    let Some((flattest, steepest)) = band.slopes() else { return Offset::Stepped };
    // The highest line at each time is convex, so its maximum over the run lies at an end.
    let high = [start, end].map(|at| band.highest(at, flattest, steepest)).into_iter().fold(f64::MIN, f64::max);
    let low = [start, end].map(|at| band.lowest(at, flattest, steepest)).into_iter().fold(f64::MAX, f64::min);
    Offset::Within {
        low_ns: base.saturating_add(low.floor() as i64),
        high_ns: base.saturating_add(high.ceil() as i64).saturating_add(moves_ns),
    }
}

/// The space between the bounds through which the line of the offset runs.
struct OffsetBand {
    upper: Vec<(f64, f64)>,
    lower: Vec<(f64, f64)>,
}

impl OffsetBand {
    /// The room that lines of this slope have; negative where none fits. Concave in the slope.
    fn room(&self, slope: f64) -> f64 {
        let ceiling = self.upper.iter().map(|(at, value)| value - slope * at).fold(f64::INFINITY, f64::min);
        let floor = self.lower.iter().map(|(at, value)| value - slope * at).fold(f64::NEG_INFINITY, f64::max);
        ceiling - floor
    }

    /// The range of slopes with which a line fits.
    fn slopes(&self) -> Option<(f64, f64)> {
        let (mut left, mut right) = (-MAX_DRIFT, MAX_DRIFT);
        for _ in 0..200 {
            let third = (right - left) / 3.0;
            if self.room(left + third) < self.room(right - third) { left += third } else { right -= third }
        }
        let best = f64::midpoint(left, right);
        if self.room(best) < 0.0 {
            return None;
        }
        let edge = |outside: f64| {
            if self.room(outside) >= 0.0 {
                return outside;
            }
            let (mut bad, mut good) = (outside, best);
            for _ in 0..200 {
                let middle = f64::midpoint(bad, good);
                if self.room(middle) < 0.0 { bad = middle } else { good = middle }
            }
            bad // the outer side, so that the bound is never too narrow
        };
        Some((edge(-MAX_DRIFT), edge(MAX_DRIFT)))
    }

    /// The highest value at `at` of any line that fits.
    fn highest(&self, at: f64, flattest: f64, steepest: f64) -> f64 {
        let value = |slope: f64| self.upper.iter().map(|(t, v)| v + slope * (at - t)).fold(f64::INFINITY, f64::min);
        largest(value, flattest, steepest)
    }

    /// The lowest value at `at` of any line that fits.
    fn lowest(&self, at: f64, flattest: f64, steepest: f64) -> f64 {
        let value =
            |slope: f64| -self.lower.iter().map(|(t, v)| v + slope * (at - t)).fold(f64::NEG_INFINITY, f64::max);
        -largest(value, flattest, steepest)
    }
}

/// The maximum of a concave function on an interval.
fn largest(value: impl Fn(f64) -> f64, mut left: f64, mut right: f64) -> f64 {
    for _ in 0..200 {
        let third = (right - left) / 3.0;
        if value(left + third) < value(right - third) { left += third } else { right -= third }
    }
    value(left).max(value(right))
}

/// Datagrams in the order in which the client's host saw them.
fn in_order(bounds: &[OffsetBound]) -> Cow<'_, [OffsetBound]> {
    if bounds.is_sorted_by_key(|bound| bound.at) {
        return bounds.into();
    }
    let mut sorted = bounds.to_vec();
    sorted.sort_by_key(|bound| bound.at);
    sorted.into()
}

/// The lower convex hull of points in the order of time (of `-value`, turned back, where `upper` is asked for).
fn hull(points: impl Iterator<Item = (f64, f64)>, upper: bool) -> Vec<(f64, f64)> {
    let sign = if upper { -1.0 } else { 1.0 };
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for (at, value) in points {
        let point = (at, sign * value);
        // Of several at one time, the lowest.
        match hull.last() {
            Some(last) if last.0 >= at && last.1 <= point.1 => continue,
            Some(last) if last.0 >= at => _ = hull.pop(),
            _ => {}
        }
        while let [.., a, b] = hull[..] {
            if (b.0 - a.0) * (point.1 - a.1) <= (b.1 - a.1) * (point.0 - a.0) {
                hull.pop();
            } else {
                break;
            }
        }
        hull.push(point);
    }
    hull.iter().map(|(at, value)| (*at, sign * value)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An exchange with a true offset and delays: its bound from above and its bound from below.
    fn exchange(at: i64, offset: impl Fn(i64) -> i64, forward: i64, back: i64) -> (OffsetBound, OffsetBound) {
        let arrival = at + forward;
        let answered = arrival + back;
        (
            OffsetBound { at, difference: arrival + offset(arrival) - at },
            OffsetBound { at: answered, difference: arrival + offset(arrival) - answered },
        )
    }

    #[test]
    fn nothing_exchanged_nothing_known() {
        assert_eq!(offset(&[], &[], 1, 0), Offset::Unknown);
        let (forward, _) = exchange(0, |_| 0, 1, 1);
        assert_eq!(offset(&[forward], &[], 1, 0), Offset::Unknown, "one way alone bounds one side alone");
    }

    #[test]
    fn the_quickest_ways_bound_the_offset() {
        let (f1, b1) = exchange(0, |_| 5_000, 300, 900);
        let (f2, b2) = exchange(10, |_| 5_000, 800, 200);
        let Offset::Within { low_ns, high_ns } = offset(&[f1, f2], &[b1, b2], 1, 0) else { panic!() };
        assert!((4_798..=4_800).contains(&low_ns) && (5_300..=5_302).contains(&high_ns), "{low_ns} {high_ns}");
    }

    #[test]
    fn a_step_is_no_drift() {
        let second = 1_000_000_000;
        let step = |at: i64| if at < 10 * second { 0 } else { second };
        let (forward, back): (Vec<_>, Vec<_>) = (0..20).map(|n| exchange(n * second, step, 1_000, 1_000)).unzip();
        assert_eq!(offset(&forward, &back, 1, 0), Offset::Stepped);
    }

    #[test]
    fn a_small_step_that_is_known_widens_the_bound() {
        // Early exchanges are slow and bound the offset loosely: their bound must not hide the later ones.
        let step = |at: i64| if at < 10_000_000 { 0 } else { 800_000 };
        let delays = |n: i64| if n == 0 { 2_000_000 } else { 20_000 };
        let (forward, back): (Vec<_>, Vec<_>) =
            (0..40).map(|n| exchange(n * 20_000_000, step, delays(n), delays(n))).unzip();
        let contains = |moves: i64, truth: i64| match offset(&forward, &back, 1, moves) {
            Offset::Within { low_ns, high_ns } => low_ns <= truth && truth <= high_ns,
            _ => false,
        };
        assert!(!contains(0, 0), "nothing in the stamps tells of it");
        assert!(contains(800_000, 0) && contains(800_000, 800_000));
    }

    proptest! {
        #[test]
        fn nor_do_known_moves_take_the_truth_out_of_it(
            moves in proptest::collection::vec(0i64..5_000_000, 3..40),
            ppm in -200i64..200,
            delays in proptest::collection::vec((1_000i64..30_000_000, 1_000i64..30_000_000), 40),
        ) {
            let at = |n: usize| n as i64 * 50_000_000;
            let moved = |t: i64| moves[(t / 50_000_000).clamp(0, moves.len() as i64 - 1) as usize];
            let truth = |t: i64| moved(t) + t * ppm / 1_000_000;
            let (forward, back): (Vec<_>, Vec<_>) =
                delays.iter().enumerate().map(|(n, (out, home))| exchange(at(n), truth, *out, *home)).unzip();
            let range = moves.iter().max().unwrap() - moves.iter().min().unwrap();
            let Offset::Within { low_ns, high_ns } = offset(&forward, &back, 1, range) else {
                panic!("moves that are known are no step");
            };
            for n in 0..delays.len() {
                let truth = truth(at(n));
                prop_assert!(low_ns <= truth && truth <= high_ns, "{low_ns} {truth} {high_ns}");
            }
        }

        #[test]
        fn the_bound_contains_the_truth(
            start in -10_000_000_000_000i64..10_000_000_000_000,
            ppm in -200i64..200,
            delays in proptest::collection::vec((1_000i64..3_000_000_000, 1_000i64..3_000_000_000), 1..60),
            spacing in 1_000_000i64..2_000_000_000,
            resolution in prop::sample::select(vec![1i64, 1_000]),
        ) {
            let at = |n: usize| 1_700_000_000_000_000_000 + n as i64 * spacing;
            let truth = |t: i64| start + (i128::from(t - at(0)) * i128::from(ppm) / 1_000_000) as i64;
            let coarse = |bound: OffsetBound| OffsetBound {
                difference: bound.difference.div_euclid(resolution) * resolution, ..bound
            };
            let (forward, back): (Vec<_>, Vec<_>) = delays
                .iter()
                .enumerate()
                .map(|(n, (forward, back))| exchange(at(n), truth, *forward, *back))
                .map(|(forward, back)| (coarse(forward), coarse(back)))
                .unzip();
            let Offset::Within { low_ns, high_ns } = offset(&forward, &back, resolution, 0) else {
                panic!("steady drift taken for a step");
            };
            for n in 0..delays.len() {
                let truth = truth(at(n));
                prop_assert!(low_ns <= truth && truth <= high_ns, "{low_ns} {truth} {high_ns}");
            }
        }
    }
}
