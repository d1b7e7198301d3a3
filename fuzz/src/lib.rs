//! What must hold whatever arrives: one function for each fuzz target, which panics where it does not.
//!
//! libFuzzer calls them through `fuzz_targets/`, and `tests/unit/malformed_files.rs` of the main crate calls them on the seeds
//! and on mutations of these, so that an ordinary `cargo test` covers them too.

mod files;
mod frames;
mod talk;

pub use files::{capture, evidence, journal};
pub use frames::frame;
pub use talk::message;
