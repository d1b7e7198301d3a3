//! What the integration tests share: a laboratory of network namespaces, faults to put into it, and children with
//! deadlines.
//!
//! * [`lab`]: two homes behind two NAT routers, made by the test itself and gone with it.
//! * [`disk`]: disks that fill up.
//! * [`faults`]: where a datagram can be lost, and which witness can see it.
//! * [`medidor`]: the program under test, and what its result document says.
//! * [`process`]: children whose output is waited for line by line.
//! * [`simulator`]: a pure simulator of exchanges and their witnesses, with the truth beside them.
//! * [`raw`]: datagrams that no honest socket sends.
//! * [`tap`]: an independent witness of the wire.
#![allow(dead_code, reason = "each test crate uses a part of it")]

pub mod disk;
pub mod faults;
pub mod lab;
pub mod medidor;
pub mod process;
pub mod raw;
pub mod simulator;
pub mod tap;

use std::io::Write as _;

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
