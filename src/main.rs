//! Parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    medidor::commands::run(&std::env::args_os().collect::<Vec<_>>())
}
