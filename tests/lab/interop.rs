//! Peers in Python, written from the assignment's text alone, on either side.

use std::path::Path;

use crate::common::faults::{self, Match};
use crate::common::lab::{HOME_A, Lab, PORT, ROUTER_A_WAN, Side, Transport};
use crate::common::medidor::{Report, analyze, client, server};
use crate::common::process::{Running, STEP_TIMEOUT};
use tempfile::TempDir;

/// The client's local port, which its router forwards.
const FIXED_PORT: u16 = 6000;

/// The port from which the Python server replies; it listens on another one.
const REPLY_PORT: u16 = 7007;

fn peer(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name).display().to_string()
}

#[test]
fn our_server_replies_to_a_python_client() {
    let Some(lab) = Lab::build("our_server_replies_to_a_python_client") else { return };
    let folder = TempDir::new().unwrap();
    let _lost = faults::forward_drop(lab.router_a(), &Match::request("4 - oi"));
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let to = lab.server_address();
    let mut python = lab.home_a().command("python3");
    python.args([&peer("client.py"), &to.ip().to_string(), &to.port().to_string(), "6"]);
    let client = Running::start(python).wait(STEP_TIMEOUT);
    client.expect_code(0);
    assert_eq!(client.after("answered "), ["6 of 7"], "the hello with number 0 included");
    assert_eq!(client.after("4: "), ["nothing"]);
    let report = Report::of(&server.interrupt(STEP_TIMEOUT));
    assert_eq!(report.with_outcome("answered"), [0, 1, 2, 3, 5, 6]);
    assert_eq!(report.with_outcome("inconclusive"), [4]);
}

#[test]
fn a_python_server_can_reply_to_a_fixed_address_and_port() {
    let Some(lab) = Lab::build("a_python_server_can_reply_to_a_fixed_address_and_port") else {
        return;
    };
    let folder = TempDir::new().unwrap();
    lab.forward(Side::A, Transport::Udp, FIXED_PORT);
    let _lost = faults::input_drop(lab.home_b(), &Match::request("3 - oi"));
    let mut python = lab.home_b().command("python3");
    let fixed = (ROUTER_A_WAN.to_string(), FIXED_PORT.to_string());
    python.args([&peer("server.py"), &PORT.to_string(), &REPLY_PORT.to_string(), &fixed.0, &fixed.1]);
    let python = Running::start(python);
    python.wait_for_line(|line| line == "listening", STEP_TIMEOUT);
    let to = lab.server_address().to_string();
    let bind = format!("{HOME_A}:{FIXED_PORT}");
    let finished = client(
        lab.home_a(),
        folder.path(),
        &[
            &to,
            "--bind",
            &bind,
            "--message",
            "{n} - oi",
            "--count",
            "6",
            "--batch",
            "0",
            "--interval",
            "50ms",
            "--wait",
            "1500ms",
            "--capture",
            "client.pcap",
        ],
    );
    finished.expect_code(0);
    let report = Report::of(&finished);
    assert_eq!(report.with_outcome("delivered"), [1, 2, 4, 5, 6]);
    assert_eq!(report.with_outcome("lost"), [3]);
    assert_eq!(report.count("other_source"), Some(5));
    assert!(report.warnings().contains(&"other_source"));
    assert_eq!(report.flow()["points"]["client_wire_in"], 5, "the filter admits what comes from elsewhere");
    assert_eq!(report.flow()["delay"]["rtt_wire"]["samples"], 5);
}

#[test]
fn our_server_can_reply_to_a_fixed_address() {
    let Some(lab) = Lab::build("our_server_can_reply_to_a_fixed_address") else { return };
    let folder = TempDir::new().unwrap();
    lab.forward(Side::A, Transport::Udp, FIXED_PORT);
    let fixed = format!("{ROUTER_A_WAN}:{FIXED_PORT}");
    let options = ["--capture", "server.pcap", "--reply-to", &fixed, "--ack-format", "ack: {n}"];
    let server = server(lab.home_b(), folder.path(), &options);
    let to = lab.server_address().to_string();
    let bind = format!("0.0.0.0:{FIXED_PORT}");
    let finished = client(
        lab.home_a(),
        folder.path(),
        &[
            &to,
            "--bind",
            &bind,
            "--count",
            "6",
            "--batch",
            "0",
            "--interval",
            "50ms",
            "--wait",
            "1s",
            "--capture",
            "client.pcap",
        ],
    );
    assert_eq!(Report::of(&finished).count("delivered"), Some(6));
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["server.pcap", "client.pcap"]));
    assert_eq!(joint.count("delivered"), Some(6));
    assert_eq!(joint.flow()["points"]["server_wire_out"], 6);
}
