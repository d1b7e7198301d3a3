//! Code shared by the integration tests: a lab of network namespaces, faults to inject into it, and child processes
//! with deadlines.
//!
//! * [`browser`]: a headless Chromium.
//! * [`lab`]: two homes behind two NAT routers, built by a test and removed with it.
//! * [`chat`]: a chat server under test, and simple clients.
//! * [`disk`]: small file systems that fill up.
//! * [`faults`]: ways to lose a datagram at a known place.
//! * [`foreign_capture`]: captures by tcpdump and dumpcap.
//! * [`guides`]: the guides in both languages.
//! * [`medidor`]: the program under test inside the lab, and its result document.
//! * [`pcap`]: capture files built byte by byte.
//! * [`process`]: child processes whose output is awaited line by line.
//! * [`raw`]: datagrams with a forged source address.
//! * [`reference_capture`]: captures made by the tests themselves, independent of the code under test.
//! * [`rerun`]: runs a test of this binary again in another process.
//! * [`sample`]: the sample captures and their ground truth.
//! * [`transfer`]: the two ends of a file transfer.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod browser;
pub mod chat;
pub mod disk;
pub mod faults;
pub mod foreign_capture;
pub mod guides;
pub mod lab;
pub mod medidor;
pub mod pcap;
pub mod process;
pub mod raw;
pub mod reference_capture;
pub mod rerun;
pub mod sample;
pub mod transfer;

use std::io::Write as _;
use std::process::Command;

/// Reports that a test cannot run, on stderr and not through libtest's output capture. With `MEDIDOR_LAB=required` in
/// the environment the test fails instead.
///
/// # Panics
/// With `MEDIDOR_LAB=required`.
pub fn skip(what: &str, why: &str) {
    let required = std::env::var_os("MEDIDOR_LAB").is_some_and(|value| value == "required");
    assert!(!required, "{what} is required by MEDIDOR_LAB and cannot run: {why}");
    // A closed stderr must not fail a test that does not run.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what} ({why})");
}

/// Set for the copy of a test that runs inside a namespace.
const INSIDE: &str = "MEDIDOR_TEST_NAMESPACE";

/// The command for [`inside`] that makes a network namespace; needs root.
pub const PRIVATE_NETWORK: [&str; 2] = ["unshare", "--net"];

/// Runs the calling test again in another process, inside the namespace that a command makes, and the body only there.
/// `test_path` is the calling test's [`rerun::test_path`].
///
/// # Panics
/// When the other process did not run exactly this test, or the test failed in it.
pub fn inside(test_path: &str, namespace: &[&str], body: impl FnOnce()) {
    if std::env::var(INSIDE).is_ok() {
        return body();
    }
    let mut command = Command::new(namespace[0]);
    rerun::append(command.args(&namespace[1..]), test_path);
    match command.env(INSIDE, "1").output() {
        Ok(output) => {
            let errors = String::from_utf8_lossy(&output.stderr);
            if errors.contains("unshare failed") {
                return skip(test_path, errors.trim());
            }
            eprint!("{errors}");
            rerun::expect_one_passed(test_path, &output);
        }
        Err(error) => skip(namespace[0], &error.to_string()),
    }
}
