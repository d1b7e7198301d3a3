//! Tests of pure code, without processes, sockets or captures.

#[path = "../common/mod.rs"]
mod common;

mod architecture;
mod documents;
mod inputs;
mod locales;
mod malformed_files;
mod monitor_scenarios;
mod properties;
mod report;
mod simulator;
mod verdicts;
