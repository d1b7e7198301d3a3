//! What the integration tests share: a laboratory of network namespaces, faults to put into it, and children with
//! deadlines.
//!
//! * [`browser`]: a real browser without a screen.
//! * [`lab`]: two homes behind two NAT routers, made by the test itself and gone with it.
//! * [`chat`]: a chat's server, and simple peers.
//! * [`disk`]: disks that fill up.
//! * [`faults`]: where a datagram can be lost, and which witness can see it.
//! * [`medidor`]: the program under test, and what its result document says.
//! * [`pcap`]: capture files made byte by byte.
//! * [`process`]: children whose output is waited for line by line.
//! * [`simulator`]: a pure simulator of exchanges and their witnesses, with the truth beside them.
//! * [`raw`]: datagrams that no honest socket sends.
//! * [`reference_capture`]: an independent witness of the wire.
//! * [`rerun`]: a test of this binary, run again in another process.
//! * [`sample`]: the sample pair and its truth.
//! * [`transfer`]: the two ends of a file transfer.
#![allow(dead_code, reason = "each test crate uses a part of it")]

pub mod browser;
pub mod chat;
pub mod disk;
pub mod faults;
pub mod lab;
pub mod medidor;
pub mod pcap;
pub mod process;
pub mod raw;
pub mod reference_capture;
pub mod rerun;
pub mod sample;
pub mod simulator;
pub mod transfer;

use std::io::Write as _;
use std::process::Command;

/// Says on stderr, past the test harness's capture of output, that a test could not run; with `MEDIDOR_LAB=required`
/// in the environment that is a failure instead.
///
/// # Panics
/// With `MEDIDOR_LAB=required`.
pub fn skip(what: &str, why: &str) {
    let required = std::env::var_os("MEDIDOR_LAB").is_some_and(|value| value == "required");
    assert!(!required, "{what} is required by MEDIDOR_LAB and cannot run: {why}");
    // A closed stderr is no reason to fail a test that does not run.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what} ({why})");
}

/// Names the inner half of a test that runs inside a namespace.
const INSIDE: &str = "MEDIDOR_TEST_NAMESPACE";

/// A network of its own, for [`inside`]; needs root.
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
