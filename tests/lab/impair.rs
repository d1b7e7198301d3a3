//! The impairment relay in the lab: on a host between client and server, with a known truth.

use crate::common::lab::{Lab, ROUTER_A_LAN};
use crate::common::medidor::{Report, analyze, client, medidor, server};
use crate::common::process::{Running, STEP_TIMEOUT, Stream};
use tempfile::TempDir;

/// The relay's port for home A, on router A.
const RELAY: u16 = 5006;

fn relay(lab: &Lab, folder: &TempDir, arguments: &[&str]) -> Running {
    let (listen, to) = (format!("{ROUTER_A_LAN}:{RELAY}"), lab.server_address().to_string());
    let fixed = ["impair", "--listen", &listen, "--to", &to, "--truth", "truth.jsonl"];
    let relay = Running::start(medidor(lab.router_a(), folder.path(), &[&fixed[..], arguments].concat()));
    relay.wait_for_line(|line| line.starts_with("Relaying"), STEP_TIMEOUT);
    relay
}

/// An exchange through a relay: the client's result, the relay's output, and the analysis of both sides with the truth.
fn exchange(name: &str, impairment: &[&str], options: &[&str]) -> Option<(Report, String, Report)> {
    let lab = Lab::build(name)?;
    let folder = TempDir::new().unwrap();
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let relay = relay(&lab, &folder, impairment);
    let to = format!("{ROUTER_A_LAN}:{RELAY}");
    let arguments = [&[to.as_str(), "--capture", "client.pcap", "--batch", "0", "--wait", "2s"], options].concat();
    let seen = client(lab.home_a(), folder.path(), &arguments);
    let relay_output = relay.interrupt(STEP_TIMEOUT);
    relay_output.expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let files = ["client.pcap", "server.pcap", "--truth", "truth.jsonl"];
    let joint = analyze(lab.home_a(), folder.path(), &files);
    joint.expect_code(0);
    Some((Report::of(&seen), relay_output.text(Stream::Out), Report::of(&joint)))
}

#[test]
fn messages_lost_by_number_are_found_where_they_were_lost() {
    let name = "messages_lost_by_number_are_found_where_they_were_lost";
    let impairment = ["--loss", "4,17", "--loss-return", "9"];
    let Some((seen, relay_output, joint)) = exchange(name, &impairment, &["--count", "30", "--interval", "20ms"])
    else {
        return;
    };
    assert_eq!(seen.with_outcome("lost"), [4, 9, 17]);
    assert!(
        relay_output.contains("Forward: 30 arrived, 2 lost") && relay_output.contains("Return: 28 arrived, 1 lost"),
        "{relay_output}"
    );
    for (number, verdict_line) in
        [(4, "lost: network_forward"), (17, "lost: network_forward"), (9, "lost: network_return"), (1, "delivered")]
    {
        assert_eq!(joint.verdict_line(number), verdict_line);
    }
    let score = &joint.flow()["score"];
    assert_eq!((&score["judged"], &score["exact"], &score["wrong"]), (&30.into(), &30.into(), &0.into()), "{score}");
}

#[test]
fn several_impairments_cause_no_false_verdict() {
    let impairment = [
        "--loss",
        "burst:5%:30%",
        "--loss-return",
        "8%",
        "--delay",
        "20ms",
        "--jitter",
        "10ms",
        "--reorder",
        "5",
        "--duplicate",
        "5",
        "--corrupt",
        "3",
        "--seed",
        "11",
    ];
    let options = ["--count", "200", "--interval", "10ms"];
    let Some((seen, _, joint)) = exchange("several_impairments_cause_no_false_verdict", &impairment, &options) else {
        return;
    };
    assert!(seen.count("lost").unwrap() > 5, "the dice of this seed lose some");
    let delay = seen.flow()["delay"]["rtt_wire"]["min_ns"].as_i64().unwrap();
    assert!(delay >= 40_000_000, "20 ms each way: {delay}");
    let score = &joint.flow()["score"];
    assert_eq!(score["wrong"], 0, "{score:#}");
    assert!(score["judged"].as_u64().unwrap() >= 180);
    for count in ["duplicates", "reordered"] {
        assert!(joint.count(count).unwrap() > 0, "{count}: {:#}", joint.flow()["counts"]);
    }
}
