//! The figures of the result documents: ratios, delays, variation, reordering and loss periods.

use serde::Serialize;

/// A ratio with its confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// How many were lost.
    pub lost: u64,
    /// Messages with a known outcome.
    pub of: u64,
    /// Messages whose outcome is unknown.
    pub unknown: u64,
    /// `lost / of`; `None` if `of` is 0 or `unknown` is not. Unknown messages are lost more often than known ones: a
    /// reply that came proves itself, a missing one needs a witness that stayed.
    pub ratio: Option<f64>,
    /// 95 % confidence interval by Wilson's score, wide enough for the unknown ones to be lost or not.
    pub ci95: Option<[f64; 2]>,
    /// Some messages count as answered because so many replies without a number came, each of which may be a copy that the
    /// network made: `lost` and `ratio` are lower bounds.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

impl Ratio {
    /// The ratio if none of the unknown ones was lost, and if all of them were; `None` where there is nothing to count.
    pub fn bounds(&self) -> Option<[f64; 2]> {
        let all = self.of + self.unknown;
        (all > 0).then(|| [self.lost, self.lost + self.unknown].map(|lost| lost as f64 / all as f64))
    }
}

/// A distribution of delays.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Delays {
    /// How many.
    pub samples: u64,
    /// The smallest.
    pub min_ns: i64,
    /// Arithmetic mean.
    pub mean_ns: i64,
    /// 50th percentile.
    pub median_ns: i64,
    /// 95th percentile.
    pub p95_ns: i64,
    /// 99th percentile.
    pub p99_ns: i64,
    /// The largest.
    pub max_ns: i64,
    /// Standard deviation of the sample (divisor n - 1); `None` for a single one.
    pub stddev_ns: Option<i64>,
    /// Mean deviation of successive delays, smoothed as RFC 3550, section 6.4.1 does; `None` for a single one.
    pub jitter_ns: Option<i64>,
    /// For one-way delays: the figures are right within this much either way, which is the clocks' uncertainty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_ns: Option<i64>,
}

/// Inter-packet delay variation of successive messages (RFC 3393; one-point form of RFC 5481, section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Variation {
    /// How many pairs of successive messages.
    pub samples: u64,
    /// Median of the absolute variation.
    pub median_ns: i64,
    /// Its 95th percentile.
    pub p95_ns: i64,
    /// Its largest.
    pub max_ns: i64,
}

/// Reordering of messages that arrived (RFC 4737).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Reordering {
    /// Messages that arrived after a later one (section 4.1).
    pub reordered: u64,
    /// Of how many that arrived.
    pub of: u64,
    /// Their ratio; `None` where none arrived.
    pub ratio: Option<f64>,
    /// The largest extent (section 4.2): by how many arrivals a reordered message came after the first one that was sent
    /// later. More than overtook it, where others came late, too.
    pub max_extent: u64,
}

/// A loss period (RFC 3357): messages lost one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LossPeriod {
    /// Its first message.
    pub first: u64,
    /// How many were lost in a row. Numbers that were never sent lie between two messages as if they were not there.
    pub length: u64,
    /// Loss distance of its first message: how many messages after the last loss before it was sent; `None` for the first period.
    pub distance: Option<u64>,
}
