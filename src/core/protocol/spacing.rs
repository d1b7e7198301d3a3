//! Draws the intervals between messages.
//!
//! Runs with one fixed interval all look alike: of thirty clients behind one NAT, nobody can say which of them a flow at
//! the server belongs to. Drawn intervals give each run a pattern of its own. They also keep a run from falling into step
//! with whatever else happens at regular times on the way (RFC 2330, section 11.1; RFC 3432, section 4).

use std::time::Duration;

use crate::core::time::nanos;

/// How far a drawn interval may lie from the mean, percent.
pub const MAX_DEVIATION_PERCENT: u8 = 30;

/// The interval from message `number` to the next: `mean` without a seed; with one, drawn uniformly within
/// [`MAX_DEVIATION_PERCENT`] of it. The same seed gives the same intervals.
pub fn interval_after(number: u64, mean: Duration, seed: Option<u64>) -> Duration {
    let Some(seed) = seed else { return mean };
    let mean_ns = nanos(mean).unsigned_abs();
    let deviation = u128::from(mean_ns) * u128::from(MAX_DEVIATION_PERCENT) / 100;
    // The random number as a fraction of 2^64 (Lemire, Fast Random Integer Generation in an Interval, 2019).
    let drawn = (u128::from(split_mix(seed, number)) * (2 * deviation + 1)) >> 64;
    Duration::from_nanos(mean_ns - deviation as u64 + drawn as u64)
}

/// The random number at this place, from 1, in the sequence of a seed: `SplitMix64` (Steele, Lea and Flood, Fast Splittable
/// Pseudorandom Number Generators, 2014). No state: any place costs the same.
const fn split_mix(seed: u64, place: u64) -> u64 {
    let mut bits = seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEAN: Duration = Duration::from_millis(100);

    fn intervals(seed: u64) -> Vec<i64> {
        (1..=10_000).map(|number| nanos(interval_after(number, MEAN, Some(seed)))).collect()
    }

    #[test]
    fn the_generator_gives_the_published_numbers() {
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!((1..=5).map(|place| split_mix(1_234_567, place)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn intervals_fill_their_range_evenly_around_the_mean() {
        let drawn = intervals(7);
        assert!(drawn.iter().all(|ns| (70_000_000..=130_000_000).contains(ns)));
        let mean = drawn.iter().sum::<i64>() / drawn.len() as i64;
        // The mean of 10,000 has a standard deviation of 0.17 ms.
        assert!((mean - 100_000_000).abs() < 700_000, "{mean}");
        for from in (70..130).step_by(6) {
            let tenth = drawn.iter().filter(|ns| (from * 1_000_000..(from + 6) * 1_000_000).contains(*ns)).count();
            assert!((850..1_150).contains(&tenth), "{tenth} from {from} ms");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_intervals() {
        assert_eq!(intervals(7), intervals(7));
        let equal = intervals(7).iter().zip(&intervals(8)).filter(|(one, other)| one == other).count();
        assert!(equal < 10, "{equal}");
    }

    #[test]
    fn without_a_seed_or_an_interval_nothing_is_drawn() {
        assert_eq!(interval_after(5, MEAN, None), MEAN);
        for number in 1..100 {
            assert_eq!(interval_after(number, Duration::ZERO, Some(7)), Duration::ZERO);
        }
    }

    #[test]
    fn absurd_intervals_do_not_overflow() {
        let most = i64::MAX as u128;
        for number in 1..1_000 {
            let drawn = interval_after(number, Duration::MAX, Some(7)).as_nanos();
            assert!((most * 7 / 10..=most * 13 / 10).contains(&drawn), "{drawn}");
        }
    }
}
