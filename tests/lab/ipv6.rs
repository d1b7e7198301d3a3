//! The exchange over IPv6: between two homes without NAT, and together with IPv4 on one socket.

use crate::common::faults::{self, Match};
use crate::common::lab::{HOME_A_V6, HOME_B_V6, Lab, PORT};
use crate::common::medidor::{Report, analyze, client, server};
use crate::common::process::{STEP_TIMEOUT, Stream};
use tempfile::TempDir;

const PACE: [&str; 8] = ["--count", "30", "--batch", "0", "--interval", "40ms", "--wait", "1500ms"];

#[test]
fn each_loss_is_located_over_ipv6() {
    let Some(lab) = Lab::build("each_loss_is_located_over_ipv6") else { return };
    let Some(()) = lab.add_ipv6() else { return };
    let folder = TempDir::new().unwrap();
    let _faults = [
        faults::drop_forward_message(&lab, "Mensagem 4"),
        faults::drop_return_message(&lab, "ACK 9"),
        faults::input_drop(lab.home_b(), &Match::request("Mensagem 12")),
        faults::output_drop(lab.home_a(), &Match::request("Mensagem 15")),
        faults::input_drop(lab.home_a(), &Match::reply("ACK 18")),
    ];
    let server = server(lab.home_b(), folder.path(), &["--listen", "[::]:5005", "--capture", "server.pcap"]);
    let to = format!("[{HOME_B_V6}]:{PORT}");
    let arguments = [&[to.as_str(), "--capture", "client.pcap"], &PACE[..]].concat();
    let finished = client(lab.home_a(), folder.path(), &arguments);
    finished.expect_code(0);
    let alone = Report::of(&finished);
    assert_eq!(alone.with_outcome("lost"), [4, 9, 12, 18]);
    assert_eq!(alone.verdict_line(15), "not_sent (EPERM)");
    assert_eq!(alone.verdict_line(18), "lost: client_host_in");
    // The reply dropped by the client's own firewall is on its wire.
    for (delay, samples) in [("rtt_application", 25), ("rtt_kernel", 25), ("rtt_wire", 26)] {
        assert_eq!(alone.flow()["delay"][delay]["samples"], samples, "{delay}");
    }
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    assert_eq!(Report::of(&served).verdict_line(12), "lost: server_host_in");
    for order in [["client.pcap", "server.pcap"], ["server.pcap", "client.pcap"]] {
        let joint = Report::of(&analyze(lab.home_a(), folder.path(), &order));
        for (number, verdict_line) in [
            (4, "lost: network_forward"),
            (9, "lost: network_return"),
            (12, "lost: server_host_in"),
            (15, "not_sent (EPERM)"),
            (18, "lost: client_host_in"),
        ] {
            assert_eq!(joint.verdict_line(number), verdict_line, "message {number}");
        }
        assert_eq!((joint.count("delivered"), joint.count("lost")), (Some(25), Some(4)));
        let flow = joint.flow();
        assert_eq!(flow["server"], to);
        let client = flow["client"].as_str().unwrap();
        assert!(client.starts_with(&format!("[{HOME_A_V6}]:")), "{client}");
        assert!(flow["client_as_seen_by_server"].is_null() || flow["client_as_seen_by_server"] == client, "no NAT");
        assert_eq!(flow["delay"]["rtt_network"]["samples"], 26);
        assert!(joint.warnings().is_empty(), "{:?}", joint.warnings());
    }
}

#[test]
fn a_closed_port_is_reported_over_ipv6() {
    let Some(lab) = Lab::build("a_closed_port_is_reported_over_ipv6") else { return };
    let Some(()) = lab.add_ipv6() else { return };
    let folder = TempDir::new().unwrap();
    let to = format!("[{HOME_B_V6}]:{PORT}");
    let quick = ["--count", "6", "--batch", "0", "--interval", "200ms", "--wait", "1500ms"];
    // Known from the socket's error queue and from the capture.
    for capture in [&[][..], &["--capture", "client.pcap"]] {
        let finished = client(lab.home_a(), folder.path(), &[&[to.as_str()], &quick[..], capture].concat());
        finished.expect_code(1);
        assert!(finished.text(Stream::Err).contains(&format!("1: port unreachable: nothing listens on {to}")));
        let report = Report::of(&finished);
        assert_eq!((report.count("sent"), report.count("not_sent"), report.count("lost")), (Some(6), Some(0), Some(6)));
        assert!(report.warnings().contains(&"nobody_listening"));
        assert!((1..=6).any(|number| report.verdict_line(number).ends_with("server_host_in (port_unreachable)")));
    }
}

#[test]
fn one_socket_serves_both_families() {
    let Some(lab) = Lab::build("one_socket_serves_both_families") else { return };
    let Some(()) = lab.add_ipv6() else { return };
    let folder = TempDir::new().unwrap();
    let server = server(lab.home_b(), folder.path(), &["--listen", "[::]:5005", "--capture", "server.pcap"]);
    let (four, six) = (lab.server_address().to_string(), format!("[{HOME_B_V6}]:{PORT}"));
    let _lost = faults::drop_forward_message(&lab, "Mensagem 7");
    // At different intervals, so that the analysis can distinguish the two clients.
    for (to, capture, interval) in [(&four, "four.pcap", "40ms"), (&six, "six.pcap", "65ms")] {
        let arguments =
            [to, "--capture", capture, "--count", "30", "--batch", "0", "--interval", interval, "--wait", "1s"];
        let finished = client(lab.home_a(), folder.path(), &arguments);
        finished.expect_code(0);
        assert_eq!(Report::of(&finished).with_outcome("lost"), [7]);
    }
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    let served = Report::of(&served);
    let flows = served.json()["flows"].as_array().unwrap();
    assert_eq!(flows.len(), 2);
    for flow in flows {
        assert_eq!(
            (&flow["counts"]["answered"], &flow["points"]["server_wire_in"]),
            (&29.into(), &29.into()),
            "{flow}"
        );
        let client = flow["client"].as_str().unwrap();
        assert!(!client.contains("ffff"), "IPv4 addresses are shown as such: {client}");
    }
    for (capture, seen) in [("four.pcap", "203.0.113.1:"), ("six.pcap", "[fd00:a::10]:")] {
        let joint = Report::of(&analyze(lab.home_a(), folder.path(), &[capture, "server.pcap"]));
        assert_eq!(joint.verdict_line(7), "lost: network_forward", "{capture}");
        assert_eq!((joint.count("delivered"), joint.count("lost")), (Some(29), Some(1)), "{capture}");
        let flow = joint.flow();
        let client = flow["client_as_seen_by_server"].as_str().or(flow["client"].as_str()).unwrap();
        assert!(client.starts_with(seen), "{capture}: {client}");
    }
}
