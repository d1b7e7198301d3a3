//! Runs one test of this binary again, in another process or namespace.
//!
//! libtest reports success when `--exact NAME` matches nothing, so everything here checks that exactly one test ran.
//! The unit tests of the crate include this file as well.

use std::env;
use std::process::{Command, Output};

/// The line that libtest prints before it runs a single test.
pub const ONE_TEST: &str = "running 1 test";

/// The name by which libtest knows a function of the calling module: its path without the crate's name.
macro_rules! test_path {
    ($function:literal) => {
        concat!(module_path!(), "::", $function).split_once("::").expect("a path starts with the crate's name").1
    };
}
pub(crate) use test_path;

/// This test binary.
pub fn this_binary() -> std::path::PathBuf {
    env::current_exe().expect("a running program has a path")
}

/// Arguments that make this binary run this test and no other, in the foreground, even if it is marked `#[ignore]`.
pub fn arguments(test_path: &str) -> [&str; 5] {
    [test_path, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]
}

/// Adds this binary and [`arguments`] to a command that runs another one, such as `unshare --net`.
pub fn append<'command>(command: &'command mut Command, test_path: &str) -> &'command mut Command {
    command.arg(this_binary()).args(arguments(test_path))
}

/// Checks that the child ran one test and that it passed.
///
/// # Panics
/// When it ran none or several, or the test failed; the message shows the child's output.
pub fn expect_one_passed(test_path: &str, output: &Output) {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let has_line = |start: &str| stdout.lines().any(|line| line.starts_with(start));
    let passed =
        output.status.success() && has_line(ONE_TEST) && stdout.contains("test result: ok. 1 passed; 0 failed");
    assert!(passed, "{test_path} in a process of its own: {}\n{stdout}\n{stderr}", output.status);
}
