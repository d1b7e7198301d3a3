//! A route that moves to another interface in mid-run, past the client's capture.

use std::fs;

use crate::common::faults::{self, Match};
use crate::common::lab::{HOME_A_2, Lab, SECOND_DEVICE};
use crate::common::medidor::{RUN_TIMEOUT, Report, analyze, medidor, server};
use crate::common::process::{Running, STEP_TIMEOUT};
use serde_json::Value;
use tempfile::TempDir;

/// Router A drops this request, which leaves by the captured device.
const LOST_BEFORE: u64 = 2;

/// The route moves after the reply to message 8, and router A drops every later request: no reply shows that the capture
/// misses what passes by the other device. From this message on, more than 2 s have passed since the move.
const LOST_AFTER: u64 = 18;

fn blame(report: &Report) -> Vec<(u64, Vec<String>)> {
    let flows = report.json()["flows"].as_array().expect("flows");
    let messages = flows.iter().filter_map(|flow| flow["messages"].as_array()).flatten();
    let names = |message: &Value| {
        message["blame"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    messages.map(|message| (message["n"].as_u64().expect("n"), names(message))).collect()
}

#[test]
fn a_route_that_moves_past_the_capture_accuses_nobody() {
    let Some(lab) = Lab::build("a_route_that_moves_past_the_capture_accuses_nobody") else { return };
    lab.add_second_link();
    let folder = TempDir::new().unwrap();
    let _fault = faults::drop_forward_message(&lab, &format!("Mensagem {LOST_BEFORE}"));
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let to = lab.server_address().to_string();
    let arguments = [
        &["client", "--json", &to, "--capture", "client.pcap", "--interface", lab.home_a().device()][..],
        &["--pause", "200ms", "--wait", "1s", "--interval", "250ms"],
    ];
    let client = Running::start(medidor(lab.home_a(), folder.path(), &arguments.concat()));
    client.wait_for_line(|line| line.contains("ACK 8"), STEP_TIMEOUT);
    let _faults = faults::forward_drop(lab.router_a(), &Match::any_request());
    lab.move_to_second_link();
    let finished = client.wait(RUN_TIMEOUT);
    finished.expect_code(0);

    let journal = fs::read_to_string(folder.path().join("client.journal.jsonl")).unwrap();
    let records = journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let routes: Vec<Value> = records.filter(|record| record["e"] == "route").collect();
    assert_eq!(routes.len(), 1, "{routes:?}");
    assert_eq!(routes[0]["interface"], SECOND_DEVICE);
    assert_eq!(routes[0]["source"], HOME_A_2.to_string());

    let alone = Report::of(&finished);
    assert!(alone.count("lost") >= Some(20), "{:#}", alone.json());
    assert!(!alone.verdict_line(LOST_BEFORE).contains("client_host_out"), "the capture saw it leave");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
    for report in [&alone, &joint] {
        for (number, blame) in blame(report) {
            assert_ne!(blame, ["client_host_out"], "message {number}");
            if number >= LOST_AFTER {
                assert!(blame.contains(&"network_forward".to_owned()), "message {number}: {blame:?}");
            }
        }
    }
}
