//! Checks that hold for every input: one function per fuzz target, which panics when a check fails.
//!
//! libFuzzer calls them through `fuzz_targets/`. `tests/unit/malformed_files.rs` of the main crate calls them on the
//! seeds and on damaged copies of the seeds, so an ordinary `cargo test` covers them too.

mod files;
mod frames;
mod peers;
mod talk;

pub use files::{capture, evidence, journal};
pub use frames::frame;
pub use peers::{chat, config, control, http, smtp};
pub use talk::message;
