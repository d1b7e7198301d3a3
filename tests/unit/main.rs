//! Tests of pure code: no process, no socket, no capture.

#[path = "../common/mod.rs"]
mod common;

mod architecture;
mod malformed_files;
mod monitor_scenarios;
mod properties;
mod report;
mod verdicts;
