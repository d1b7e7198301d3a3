//! Parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Names that are not UTF-8 are rare enough to be refused as a file that is not there.
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    medidor::commands::run(arguments)
}
