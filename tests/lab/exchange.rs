//! The assignment in the lab: two homes, two NAT routers, the real kernel, and faults whose place is known.

use std::path::Path;
use std::process::Command;

use crate::common::faults::{self, Fault, Match};
use crate::common::foreign_capture::{ForeignCapture, Program};
use crate::common::lab::Lab;
use crate::common::medidor::{Report, analyze, client, medidor, server};
use crate::common::process::{Running, STEP_TIMEOUT, Stream};
use nix::sys::signal::Signal;
use tempfile::TempDir;

/// The blame of a lost message when only the client's host has witnesses.
const PAST_THE_CLIENTS_WIRE: &str = "lost: network_forward server_host_in server_app server_host_out network_return";

/// Fewer and shorter pauses than in the assignment. The interval is long enough that even a foreign capture, which
/// proves nothing about its last second, covers message 25: drawn ones may be too short for that.
const PACE: [&str; 7] = ["--pause", "300ms", "--wait", "2s", "--interval", "250ms", "--fixed-interval"];

fn text(number: u64) -> String {
    format!("Mensagem {number}")
}

/// Drops messages 4 and 17 on the forward path, 9 on the return path, 12 by INPUT at the server, 21 by OUTPUT and 25 by
/// netdev egress at the client.
fn six_faults(lab: &Lab) -> Option<Vec<Fault<'_>>> {
    Some(vec![
        faults::drop_forward_message(lab, &text(4)),
        faults::drop_forward_message(lab, &text(17)),
        faults::drop_return_message(lab, "ACK 9"),
        faults::input_drop(lab.home_b(), &Match::request(text(12))),
        faults::output_drop(lab.home_a(), &Match::request(text(21))),
        faults::egress_drop(lab.home_a(), &Match::request(text(25)))?,
    ])
}

fn check_joint(report: &Report) {
    assert_eq!(report.json()["role"], "joint");
    for (number, verdict_line) in [
        (4, "lost: network_forward"),
        (17, "lost: network_forward"),
        (9, "lost: network_return"),
        (12, "lost: server_host_in"),
        (21, "not_sent (EPERM)"),
        (25, "lost: client_host_out"),
        (30, "delivered"),
    ] {
        // Some kernels report ENOBUFS for a drop by the egress hook.
        assert_eq!(report.verdict_line(number).replace(" (ENOBUFS)", ""), verdict_line, "message {number}");
    }
    assert_eq!(report.with_outcome("lost"), [4, 9, 12, 17, 25]);
    assert_eq!((report.count("delivered"), report.count("not_sent")), (Some(24), Some(1)));
}

#[test]
fn a_whole_exchange_is_in_both_captures_and_nothing_is_lost() {
    let Some(lab) = Lab::build("a_whole_exchange_is_in_both_captures_and_nothing_is_lost") else { return };
    let folder = TempDir::new().unwrap();
    let host = lab.home_a();
    let server = server(host, folder.path(), &["--capture", "server.pcap"]);
    // Without a host argument the client uses 127.0.0.1:5005.
    let quick = ["--pause", "100ms", "--wait", "500ms", "--interval", "20ms", "--capture", "client.pcap"];
    let finished = client(host, folder.path(), &quick);
    finished.expect_code(0);
    let report = Report::of(&finished);
    assert_eq!((report.count("delivered"), report.count("lost")), (Some(30), Some(0)));
    assert_eq!(report.flow()["loss"]["round_trip"]["ratio"], 0.0);
    for delay in ["rtt_application", "rtt_kernel", "rtt_wire"] {
        assert_eq!(report.flow()["delay"][delay]["samples"], 30, "{delay}");
    }
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    assert_eq!(Report::of(&served).count("answered"), Some(30));
    for capture in ["client.pcap", "server.pcap"] {
        let texts = texts_by_tshark(&folder.path().join(capture));
        // On a loaded machine a reply may arrive after the next message.
        let (replies, requests): (Vec<String>, Vec<String>) =
            texts.into_iter().partition(|text| text.starts_with("ACK"));
        assert_eq!(requests, (1..=30).map(text).collect::<Vec<_>>(), "{capture}");
        assert_eq!(replies, (1..=30).map(|n| format!("ACK {n}")).collect::<Vec<_>>(), "{capture}");
    }
    let joint = Report::of(&analyze(host, folder.path(), &["client.pcap", "server.pcap"]));
    assert_eq!((joint.count("delivered"), joint.count("lost")), (Some(30), Some(0)));
    assert_eq!(joint.warnings(), ["same_host"]);
}

/// The payloads of a capture, read by tshark.
fn texts_by_tshark(capture: &Path) -> Vec<String> {
    let output = Command::new("tshark")
        .args(["-r", capture.to_str().unwrap(), "-T", "fields", "-e", "udp.payload"])
        .output()
        .expect("tshark");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let unhex = |line: &str| {
        let bytes: Vec<u8> =
            (0..line.len() / 2).map(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).unwrap()).collect();
        String::from_utf8(bytes).unwrap()
    };
    String::from_utf8(output.stdout).unwrap().lines().map(unhex).collect()
}

#[test]
fn each_loss_is_located_across_two_nats() {
    let Some(lab) = Lab::build("each_loss_is_located_across_two_nats") else { return };
    let folder = TempDir::new().unwrap();
    let Some(_faults) = six_faults(&lab) else { return };
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let to = lab.server_address().to_string();
    let finished =
        client(lab.home_a(), folder.path(), &[&[to.as_str(), "--capture", "client.pcap"], &PACE[..]].concat());
    finished.expect_code(0);

    let seen = Report::of(&finished);
    assert_eq!(seen.verdict_line(21), "not_sent (EPERM)");
    assert_eq!(seen.verdict_line(25).replace(" (ENOBUFS)", ""), "lost: client_host_out");
    for number in [4, 9, 12, 17] {
        assert_eq!(seen.verdict_line(number), PAST_THE_CLIENTS_WIRE, "message {number}");
    }
    assert_eq!(seen.with_outcome("lost"), [4, 9, 12, 17, 25]);

    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    let served = Report::of(&served);
    assert_eq!(served.verdict_line(12), "lost: server_host_in");
    assert_eq!(served.with_outcome("inconclusive"), [4, 17, 21, 25], "gaps in the numbering");
    assert_eq!(served.verdict_line(9), "answered");
    assert_eq!(served.with_outcome("lost"), [12]);

    let orders: [&[&str]; 3] = [
        &["client.pcap", "server.pcap"],
        &["server.pcap", "client.pcap"],
        &["server.pcap", "server.journal.jsonl", "client.journal.jsonl", "client.pcap"],
    ];
    for order in orders {
        let joint = analyze(lab.home_a(), folder.path(), order);
        joint.expect_code(0);
        let report = Report::of(&joint);
        check_joint(&report);
        let seen_by_server = report.flow()["client_as_seen_by_server"].as_str().unwrap();
        assert!(seen_by_server.starts_with("203.0.113.1:"), "{seen_by_server}");
        assert!(report.flow()["delay"]["clock_offset"]["low_ns"].as_i64().unwrap() <= 0, "one machine, one clock");
        assert!(report.flow()["delay"]["clock_offset"]["high_ns"].as_i64().unwrap() >= 0);
    }

    // Roles that the journals contradict are refused, and so is one capture for both sides, which would clear the
    // network.
    let analyze = |arguments: &[&str]| analyze(lab.home_a(), folder.path(), arguments);
    analyze(&["--client", "server.pcap", "--server", "client.pcap"]).expect_code(2);
    std::fs::copy(folder.path().join("client.pcap"), folder.path().join("copy.pcap")).unwrap();
    let twice = analyze(&["--client", "client.pcap", "--server", "copy.pcap"]);
    twice.expect_code(1);
    assert!(twice.text(Stream::Err).contains("are the same one"), "{}", twice.text(Stream::Err));
}

#[test]
fn foreign_captures_find_the_same_losses() {
    let Some(lab) = Lab::build("foreign_captures_find_the_same_losses") else { return };
    let folder = TempDir::new().unwrap();
    let Some(_faults) = six_faults(&lab) else { return };
    let start = |host, device, name| {
        let options = ["-s", "256", "-U", "--immediate-mode"];
        ForeignCapture::start(host, Program::Tcpdump, &options, device, &folder.path().join(name), "udp port 5005")
    };
    let at_client = start(lab.home_a(), lab.home_a().device(), "a.pcap");
    let at_server = start(lab.home_b(), "any", "b.pcap");
    let server = server(lab.home_b(), folder.path(), &["--journal", "server.journal.jsonl"]);
    let to = lab.server_address().to_string();
    let arguments = [&[to.as_str(), "--journal", "client.journal.jsonl"], &PACE[..]].concat();
    client(lab.home_a(), folder.path(), &arguments).expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    at_client.stop();
    at_server.stop();
    for order in [["a.pcap", "b.pcap"], ["b.pcap", "a.pcap"]] {
        let journals = ["client.journal.jsonl", "server.journal.jsonl"];
        let report = Report::of(&analyze(lab.home_a(), folder.path(), &[&order[..], &journals[..]].concat()));
        check_joint(&report);
        assert!(report.warnings().contains(&"capture_assumed"));

        // Without journals the application is unknown; the captures alone still find the network's losses.
        let wires = Report::of(&analyze(lab.home_a(), folder.path(), &order));
        assert_eq!(wires.verdict_line(4), "lost: network_forward");
        assert_eq!(wires.verdict_line(9), "lost: network_return");
        assert_eq!(wires.verdict_line(12), "lost: server_host_in server_app server_host_out");
        assert_eq!(wires.with_outcome("inconclusive"), [21, 25]);
    }
}

#[test]
fn on_one_host_no_loss_is_blamed_on_a_network() {
    let Some(lab) = Lab::build("on_one_host_no_loss_is_blamed_on_a_network") else { return };
    let folder = TempDir::new().unwrap();
    let host = lab.home_b();
    let server = server(host, folder.path(), &["--capture", "server.pcap", "--drop", "20", "--seed", "7"]);
    let quick = ["--batch", "0", "--wait", "1500ms", "--interval", "20ms", "--count", "60"];
    // To loopback and to the host's own address: both stay inside the host.
    for (run, to) in ["127.0.0.1", "192.168.2.20"].into_iter().enumerate() {
        let capture = format!("client{run}.pcap");
        let finished = client(host, folder.path(), &[&[to, "--capture", &capture], &quick[..]].concat());
        let report = Report::of(&finished);
        assert!(report.count("lost").unwrap() > 0);
        let blame = &report.flow()["blame"];
        assert!(blame["network_forward"].is_null() && blame["network_return"].is_null(), "{blame}");
        for number in report.with_outcome("lost") {
            assert_eq!(report.verdict_line(number), "lost: server_host_in server_app server_host_out");
        }
    }
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    for run in 0..2 {
        let report = Report::of(&analyze(host, folder.path(), &[&format!("client{run}.pcap"), "server.pcap"]));
        for number in report.with_outcome("lost") {
            assert_eq!(report.verdict_line(number), "lost: server_app (simulated_drop)", "run {run}");
        }
        assert!(report.warnings().contains(&"same_host"));
    }
}

#[test]
fn a_closed_port_is_reported_and_every_message_is_still_sent() {
    let Some(lab) = Lab::build("a_closed_port_is_reported_and_every_message_is_still_sent") else { return };
    let folder = TempDir::new().unwrap();
    let to = lab.server_address().to_string();
    let quick = ["--count", "6", "--batch", "0", "--interval", "200ms", "--wait", "1500ms"];
    let finished =
        client(lab.home_a(), folder.path(), &[&[to.as_str(), "--capture", "client.pcap"], &quick[..]].concat());
    finished.expect_code(1);
    assert!(finished.text(Stream::Err).contains(&format!("1: port unreachable: nothing listens on {to}")));
    let report = Report::of(&finished);
    assert_eq!((report.count("sent"), report.count("not_sent"), report.count("lost")), (Some(6), Some(0), Some(6)));
    assert!(report.warnings().contains(&"nobody_listening"));
    // The kernel limits its ICMP errors, so not every message gets one. Those that do have a narrower blame.
    let refused = (1..=6).filter(|number| {
        let verdict_line = report.verdict_line(*number);
        let narrowed = verdict_line == "lost: network_forward server_host_in (port_unreachable)";
        assert!(narrowed || verdict_line == PAST_THE_CLIENTS_WIRE, "message {number}: {verdict_line}");
        narrowed
    });
    assert!(refused.count() >= 1);
}

#[test]
fn a_reply_that_cannot_be_sent_has_a_reason() {
    let Some(lab) = Lab::build("a_reply_that_cannot_be_sent_has_a_reason") else { return };
    let folder = TempDir::new().unwrap();
    let _fault = faults::output_drop(lab.home_b(), &Match::reply("ACK 3"));
    let _input = faults::input_drop(lab.home_a(), &Match::reply("ACK 5"));
    let Some(_twice) = faults::duplicate(lab.home_a(), &Match::request(text(7))) else { return };
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let to = lab.server_address().to_string();
    let quick = ["--count", "20", "--batch", "0", "--interval", "100ms", "--wait", "2s"];
    let finished =
        client(lab.home_a(), folder.path(), &[&[to.as_str(), "--capture", "client.pcap"], &quick[..]].concat());
    let alone = Report::of(&finished);
    assert_eq!(alone.verdict_line(3), PAST_THE_CLIENTS_WIRE);
    assert_eq!(alone.verdict_line(5), "lost: client_host_in");
    assert_eq!((alone.verdict_line(7).as_str(), alone.count("duplicates")), ("delivered", Some(1)));
    let served = Report::of(&server.interrupt(STEP_TIMEOUT));
    assert_eq!(served.verdict_line(3), "lost: server_app (EPERM)");
    let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
    assert_eq!(joint.verdict_line(3), "lost: server_app (EPERM)");
    assert_eq!(joint.verdict_line(5), "lost: client_host_in");
    assert_eq!((joint.count("lost"), joint.count("duplicates")), (Some(2), Some(1)));
}

#[test]
fn ctrl_c_prints_the_partial_result() {
    let Some(lab) = Lab::build("ctrl_c_prints_the_partial_result") else { return };
    let folder = TempDir::new().unwrap();
    let host = lab.home_a();
    let server = server(host, folder.path(), &[]);
    let client = Running::start(medidor(host, folder.path(), &["client", "--json", "--interval", "50ms"]));
    client.wait_for_line(|line| line.starts_with("10: ACK 10"), STEP_TIMEOUT);
    client.signal(Signal::SIGINT);
    let finished = client.wait(STEP_TIMEOUT);
    finished.expect_code(130);
    let report = Report::of(&finished);
    assert_eq!((report.count("delivered"), report.count("lost")), (Some(10), Some(0)));
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}
