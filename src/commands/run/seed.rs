//! Seeds of the dice of a run.

/// A seed where the user gave none: short, so that it can be typed again.
pub fn drawn_seed() -> u64 {
    fastrand::u64(1..1_000_000)
}
