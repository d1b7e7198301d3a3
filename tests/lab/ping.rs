//! The UDP ping against the textbook's server and others, in the lab: late and lost replies, and the times in
//! the capture.

use std::path::Path;
use std::process::Command;

use crate::common::lab::{Host, Lab, Side, Transport};
use crate::common::medidor::{RUN_TIMEOUT, Report, analyze, medidor, server};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use tempfile::TempDir;

const PORT: u16 = 12_000;

/// Many probes in a short time, with the default timeout of one second.
const QUICK: [&str; 2] = ["--interval", "20ms"];

fn start(host: &Host, folder: &TempDir, arguments: &[&str]) -> Running {
    Running::start(medidor(host, folder.path(), &[&["ping"], arguments].concat()))
}

fn ping(host: &Host, folder: &TempDir, arguments: &[&str]) -> Finished {
    start(host, folder, arguments).wait(RUN_TIMEOUT)
}

fn peer(host: &Host, name: &str, arguments: &[&str]) -> Command {
    let mut python = host.command("python3");
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)).args(arguments);
    python
}

/// The textbook's server, in Python.
fn textbook_server(host: &Host, how: &str) -> Running {
    let server = Running::start(peer(host, "ping_server.py", &[&PORT.to_string(), how]));
    server.wait_for_line(|line| line.starts_with("listening"), STEP_TIMEOUT);
    server
}

/// Lines of stdout about one probe.
fn probes(finished: &Finished) -> Vec<String> {
    let numbered = |line: &&str| line.split_once(": ").is_some_and(|(number, _)| number.parse::<u64>().is_ok());
    finished.text(Stream::Out).lines().filter(numbered).map(str::to_owned).collect()
}

#[test]
fn two_of_ten_probes_dropped_give_twenty_percent_loss() {
    let Some(lab) = Lab::build("two_of_ten_probes_dropped_give_twenty_percent_loss") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let _server = textbook_server(host, "3,7");
    // Without a host argument the client uses 127.0.0.1:12000.
    let finished = ping(host, &folder, &[&QUICK[..], &["--capture", "ping.pcap"]].concat());
    finished.expect_code(0);
    let (lines, text) = (probes(&finished), finished.text(Stream::Out));
    assert_eq!(lines.len(), 10, "{text}");
    for (number, line) in (1..).zip(&lines) {
        match number {
            3 | 7 => assert_eq!(line, &format!("{number}: Request timed out")),
            _ => assert!(line.starts_with(&format!("{number}: PING {number} ")) && line.ends_with(" s"), "{line}"),
        }
    }
    assert!(text.contains("10 sent, 8 received\nLoss: 20.0% (2 of 10 not answered"), "{text}");
    assert!(text.contains("3, 7: no reply on the wire"), "{text}");

    let report = Report::of(&analyze(host, folder.path(), &["ping.pcap"]));
    assert_eq!(report.json()["kind"], "ping");
    assert_eq!((report.with_outcome("lost"), report.count("delivered")), (vec![3, 7], Some(8)));
    let flow = report.flow();
    assert_eq!(flow["loss"]["never_came"]["ratio"], 0.2);
    assert!(flow["messages"][0]["reply"].as_str().unwrap().starts_with("PING 1 "), "{flow:#}");
    assert!(flow["messages"][2].get("reply").is_none(), "{flow:#}");
    for error in ["application_error", "kernel_error"] {
        assert_eq!(flow["delay"][error]["samples"], 8, "{error}");
    }
    // The application reads its clock before the packet leaves and after the reply arrives.
    assert!(flow["delay"]["application_error"]["min_ns"].as_i64().unwrap() > 0, "{:#}", flow["delay"]);
}

#[test]
fn a_closed_port_is_reported_for_each_of_ten_probes() {
    let Some(lab) = Lab::build("a_closed_port_is_reported_for_each_of_ten_probes") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let finished = ping(host, &folder, &QUICK);
    finished.expect_code(1);
    let expected: Vec<String> = (1..=10)
        .map(|n| format!("{n}: port unreachable: nothing listens on 127.0.0.1:{PORT}, or a firewall rejects"))
        .collect();
    assert_eq!(probes(&finished), expected);
    let text = finished.text(Stream::Out);
    assert!(text.contains("10 sent, 0 received\nLoss: 100% (10 of 10 not answered"), "{text}");
}

#[test]
fn a_reply_after_the_timeout_is_late_and_not_lost() {
    let Some(lab) = Lab::build("a_reply_after_the_timeout_is_late_and_not_lost") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let _server = textbook_server(host, "0");
    let relay = ["impair", "--listen", "127.0.0.1:12001", "--to", "127.0.0.1:12000", "--delay", "600ms"];
    let relay = Running::start(medidor(host, folder.path(), &relay));
    relay.wait_for_line(|line| line.starts_with("Relaying"), STEP_TIMEOUT);
    let finished = ping(host, &folder, &[&["127.0.0.1:12001", "--capture", "ping.pcap"], &QUICK[..]].concat());
    finished.expect_code(0);
    let (lines, text) = (probes(&finished), finished.text(Stream::Out));
    assert_eq!(lines.iter().filter(|line| line.ends_with("Request timed out")).count(), 10, "{text}");
    assert_eq!(lines.iter().filter(|line| line.ends_with(" s, late: after the timeout of 1 s")).count(), 10, "{text}");
    assert!(text.contains("10 sent, 10 received\nLoss: 0% "), "{text}");
    let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(unwrapped.matches("s, the application had given up at 1 s").count(), 10, "{text}");
    assert!(text.contains("  - 1: the reply was on the wire at 1.2"), "{text}");
    let report = Report::of(&analyze(host, folder.path(), &["ping.pcap"]));
    assert_eq!((report.count("late"), report.count("lost")), (Some(10), Some(0)));
    assert_eq!(report.flow()["loss"]["round_trip"]["ratio"], 1.0, "within the deadline");
    assert_eq!(report.flow()["loss"]["never_came"]["ratio"], 0.0);
}

#[test]
fn our_server_serves_the_textbook_client() {
    let Some(lab) = Lab::build("our_server_serves_the_textbook_client") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let server = server(host, folder.path(), &["--reply", "upper", "--drop", "33", "--listen", ":12000"]);
    let client = Running::start(peer(host, "ping_client.py", &["127.0.0.1", "12000"])).wait(RUN_TIMEOUT);
    client.expect_code(0);
    let replies = client.after("PING ");
    let timed_out = client.after("Request timed out").len();
    assert_eq!(replies.len() + timed_out, 10);
    assert!(timed_out > 0, "the dice of this seed drop some");
    let report = Report::of(&server.interrupt(STEP_TIMEOUT));
    assert_eq!(report.count("answered"), Some(replies.len() as u64));
    assert_eq!(report.verdict_line(report.with_outcome("lost")[0]), "lost: server_app (simulated_drop)");
}

#[test]
fn an_unnumbered_pong_is_matched_if_unambiguous() {
    let Some(lab) = Lab::build("an_unnumbered_pong_is_matched_if_unambiguous") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let _server = textbook_server(host, "pong");
    let finished = ping(host, &folder, &[&QUICK[..], &["--count", "6", "--capture", "ping.pcap"]].concat());
    finished.expect_code(0);
    let (lines, text) = (probes(&finished), finished.text(Stream::Out));
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines[1].starts_with("2: pong in 0."), "{text}");
    assert_eq!(lines[2], "3: Request timed out");
    assert!(lines[3..].iter().all(|line| line.ends_with(": pong, without RTT: it may answer an earlier probe")));
    assert!(text.contains("6 sent, 5 received\nLoss: at least 16.7% (1 or more of 6 not answered"), "{text}");
    let report = Report::of(&analyze(host, folder.path(), &["ping.pcap"]));
    assert_eq!((report.with_outcome("delivered"), report.with_outcome("inconclusive")), (vec![1, 2], vec![3, 4, 5, 6]));
    let (flow, samples) = (report.flow(), |delay: &str| report.flow()["delay"][delay]["samples"].clone());
    assert_eq!((samples("rtt_application"), samples("rtt_wire")), (2.into(), 2.into()), "{:#}", flow["delay"]);
    assert_eq!(report.count("ambiguous"), Some(3));
    assert_eq!(flow["points"]["client_wire_out"], 6);
    for point in ["server_wire_out", "client_wire_in", "client_received"] {
        assert!(flow["points"][point].is_null(), "of two or more, and nobody knows of how many: {:#}", flow["points"]);
    }
    let within = &flow["loss"]["round_trip"];
    assert_eq!((&within["lost"], &within["unknown"]), (&1.into(), &3.into()), "3 was not in time: {within}");
    assert_eq!(report.warnings(), ["same_host", "unnumbered_replies"]);
}

#[test]
fn a_late_unnumbered_pong_stays_unmatched() {
    let Some(lab) = Lab::build("a_late_unnumbered_pong_stays_unmatched") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let server = server(host, folder.path(), &["--reply", "pong", "--listen", ":12000", "--capture", "server.pcap"]);
    let relay = ["impair", "--listen", "127.0.0.1:12001", "--to", "127.0.0.1:12000", "--delay", "150ms"];
    let relay = Running::start(medidor(host, folder.path(), &relay));
    relay.wait_for_line(|line| line.starts_with("Relaying"), STEP_TIMEOUT);
    let options = ["127.0.0.1:12001", "--timeout", "200ms", "--interval", "200ms", "--count", "8", "--json"];
    let finished = ping(host, &folder, &[&options[..], &["--capture", "client.pcap"]].concat());
    finished.expect_code(0);
    let report = Report::of(&finished);
    // Every reply is late: none is in time, none lost.
    assert_eq!((report.count("delivered"), report.count("lost")), (Some(0), Some(0)), "{:#}", report.flow()["counts"]);
    assert_eq!(report.flow()["loss"]["never_came"]["lost"], 0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let joint = Report::of(&analyze(host, folder.path(), &["client.pcap", "server.pcap"]));
    assert_eq!(joint.with_outcome("lost"), Vec::<u64>::new(), "{:#}", joint.flow()["counts"]);
}

#[test]
fn ctrl_c_ends_an_endless_ping_and_interrupts_a_counted_one() {
    let Some(lab) = Lab::build("ctrl_c_ends_an_endless_ping_and_interrupts_a_counted_one") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let _server = textbook_server(host, "2");
    for (count, code) in [("0", 0), ("1000", 130)] {
        let running = start(host, &folder, &["--count", count, "--interval", "20ms"]);
        running.wait_for_line(|line| line.starts_with("5: "), STEP_TIMEOUT);
        let finished = running.interrupt(STEP_TIMEOUT);
        finished.expect_code(code);
        assert!(finished.text(Stream::Out).contains(" received\n"), "{}", finished.text(Stream::Out));
    }
    let silent = start(host, &folder, &["127.0.0.1:9", "--count", "0", "--interval", "20ms"]);
    silent.wait_for_line(|line| line.starts_with("2: "), STEP_TIMEOUT);
    silent.interrupt(STEP_TIMEOUT).expect_code(1);
}

#[test]
fn probes_have_the_requested_size_ttl_and_tos() {
    let Some(lab) = Lab::build("probes_have_the_requested_size_ttl_and_tos") else { return };
    let folder = TempDir::new().unwrap();
    lab.forward(Side::B, Transport::Udp, PORT);
    let _server = textbook_server(lab.home_b(), "0");
    let to = format!("{}:{PORT}", lab.server_address().ip());
    let marks = ["--size", "300", "--ttl", "17", "--dscp", "46", "--text", "probe {n} at {time}", "--count", "3"];
    let finished = ping(lab.home_a(), &folder, &[&[&to, "--capture", "ping.pcap"], &marks[..], &QUICK[..]].concat());
    finished.expect_code(0);
    let fields = ["udp.length", "ip.ttl", "ip.dsfield.dscp", "udp.payload"];
    let mut tshark = Command::new("tshark");
    tshark.current_dir(folder.path()).args(["-r", "ping.pcap", "-Y", "udp.dstport==12000", "-T", "fields"]);
    let printed = tshark.args(fields.iter().flat_map(|field| ["-e", field])).output().expect("tshark");
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(printed.lines().count(), 3, "{printed}");
    let text = "70726f6265203120617420"; // "probe 1 at "
    assert!(printed.starts_with(&format!("308\t17\t46\t{text}")), "{printed}");

    // With a TTL of 1 the first router drops the probe.
    let short = ping(lab.home_a(), &folder, &[&[to.as_str(), "--ttl", "1", "--count", "2"], &QUICK[..]].concat());
    short.expect_code(1);
    let lines = probes(&short);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("1: no reply will come, ") && lines[0].contains("type 11, code 0"), "{lines:?}");
}

#[test]
fn a_size_that_the_text_does_not_fit_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "ping", "--size", "10"]);
    let finished = Running::start(command).wait(STEP_TIMEOUT);
    finished.expect_code(2);
    assert!(finished.text(Stream::Err).contains("--size 10 is too small"), "{}", finished.text(Stream::Err));
}

/// Runs the program on a terminal of 80 columns and 24 lines and returns its output.
fn on_a_terminal(host: &Host, folder: &TempDir, arguments: &str) -> Finished {
    let medidor = env!("CARGO_BIN_EXE_medidor");
    let script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(['sh', '-c', sys.argv[1]])))";
    let line = format!("stty rows 24 cols 80; exec {medidor} --lang en ping {arguments}");
    let mut python = host.command("python3");
    python.current_dir(folder.path()).env("TERM", "xterm").args(["-c", script, &line]);
    Running::start(python).wait(RUN_TIMEOUT)
}

#[test]
fn a_plot_is_drawn_on_a_terminal_and_lines_elsewhere() {
    let Some(lab) = Lab::build("a_plot_is_drawn_on_a_terminal_and_lines_elsewhere") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let drawing = textbook_server(host, "4");
    let finished = on_a_terminal(host, &folder, "--plot --count 8 --interval 50ms --timeout 300ms");
    finished.expect_code(0);
    let text = finished.text(Stream::Out);
    let (drawn, after) = text.split_once("\u{1b}[?1049l").expect("the other screen is left");
    assert!(drawn.contains("\u{1b}[?1049h") && drawn.contains("Round-trip"), "{text}");
    // The last plot stays, in plain characters, followed by the figures.
    let crosses = after.lines().filter(|line| line.contains('×')).count();
    assert!(crosses > 10 && after.matches('•').count() >= 8, "{after}");
    assert!(after.contains("8 sent, 7 received"), "{after}");
    drop(drawing);

    let _server = textbook_server(host, "0");
    let plain = ping(host, &folder, &[&["--plot"], &QUICK[..]].concat());
    assert_eq!(probes(plain.expect_code(0)).len(), 10);
}
