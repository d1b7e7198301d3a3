//! Code shared by the subcommands: input files, output files, status lines, errors, and verdicts at the end of a run.

pub mod error;
pub mod inputs;
pub mod judge_chat;
pub mod judge_exchange;
pub mod judge_transfer;
pub mod output_files;
pub mod parallel;
pub mod print;
pub mod progress;
pub mod recording;
pub mod report_files;
pub mod seed;
pub mod startup;
pub mod status;
