//! Socket buffers that overflow: the loss is the receiving host's, and equals the kernel's drop counter.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::lab::{Lab, PORT, Side, Transport};
use crate::common::medidor::{Report, analyze, medidor, server};
use crate::common::process::{Running, STEP_TIMEOUT};
use crate::common::transfer::{
    DATA_PORT, LONG_TIMEOUT, PARTIAL, analysis, at, document, file, lab_pair, names, receiver, sender,
};

#[test]
fn a_stopped_server_loses_exactly_what_its_socket_dropped() {
    let Some(lab) = Lab::build("a_stopped_server_loses_exactly_what_its_socket_dropped") else { return };
    let folder = TempDir::new().unwrap();
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap", "--rate-limit", "0"]);
    let to = lab.server_address().to_string();
    let mut fast = medidor(lab.home_a(), folder.path(), &["client", "--json", &to, "--capture", "client.pcap"]);
    fast.args(["--count", "4000", "--batch", "0", "--interval", "1ms", "--wait", "4s"]);
    let fast = Running::start(fast);
    fast.wait_for_line(|line| line.starts_with("Sent "), STEP_TIMEOUT);
    server.freeze();
    // The client prints its progress once per second: two more lines take two seconds.
    fast.wait_for_nth_line(3, |line| line.starts_with("Sent "), STEP_TIMEOUT);
    server.thaw();
    let finished = fast.wait(Duration::from_secs(40));
    finished.expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let report = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
    let drops = report.json()["witnesses"]["server_journal"]["socket_drops"].as_u64().unwrap();
    assert!(drops > 100, "only {drops} dropped: nothing was tested");
    assert_eq!(report.flow()["blame"]["server_host_in"], drops);
    assert_eq!(report.count("lost"), Some(drops));
    assert_eq!(report.verdict_line(report.with_outcome("lost")[0]), "lost: server_host_in (socket_overflow)");
    assert_eq!(report.json()["witnesses"]["server_capture"]["dropped"], 0);
}

#[test]
fn receiver_socket_loss_equals_its_drop_counter() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 8_000_000);
    let (sender, address) = sender(&path, &["--rate", "max"]);
    let output = TempDir::new().unwrap();
    let finished = receiver(&address, output.path(), &["--buffer", "4096"]).wait(LONG_TIMEOUT);
    finished.expect_code(1);
    let receiver_result = &document(&finished)["transfers"][0];
    assert_eq!(receiver_result["complete"], false);
    let sender_result = sender.wait(LONG_TIMEOUT);
    sender_result.expect_code(1);
    let document = document(&sender_result);
    let blocks = &document["transfers"][0]["blocks"];
    let loss = &document["transfers"][0]["loss"];
    let lost = loss["lost"].as_u64().unwrap();
    assert!(lost > 0, "{loss}");
    assert_eq!(blocks["socket_drops"], lost, "{blocks}");
    assert_eq!(loss["lost_by_segment"], at(0, 0, lost, lost, 0, &[]));
    // Received blocks are at their place in the partial file, and no file has the final name.
    let partial = names(output.path());
    assert!(partial.len() == 1 && partial[0].ends_with(PARTIAL), "{partial:?}");
    let (came, whole) = (fs::read(output.path().join(&partial[0])).unwrap(), fs::read(&path).unwrap());
    assert_eq!(came.len(), whole.len());
    let mut missing = vec![false; 8_000_000_usize.div_ceil(1024)];
    for range in receiver_result["blocks"]["missing"].as_array().unwrap() {
        missing[range[0].as_u64().unwrap() as usize..=range[1].as_u64().unwrap() as usize].fill(true);
    }
    if receiver_result["blocks"]["ranges"].as_u64().unwrap() <= 1000 {
        assert_eq!(missing.iter().filter(|&&hole| hole).count() as u64, lost);
        for (number, (came, whole)) in came.chunks(1024).zip(whole.chunks(1024)).enumerate() {
            let expected = if missing[number] { &[0; 1024][..whole.len()] } else { whole };
            assert!(came == expected, "block {number}");
        }
    }
}

/// Sends 8 MB without pacing to a receiver with a tiny buffer, with captures on both sides. Returns the documents of
/// the sender, of the receiver, and of the analysis of both.
fn overwhelmed(lab: &Lab, mode: &str) -> (Value, Value, Value) {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 8_000_000).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    // Receivers of the classic protocol do not open a path through their router.
    lab.forward(Side::A, Transport::Udp, DATA_PORT);
    let port = DATA_PORT.to_string();
    let receiver = ["--mode", mode, "--buffer", "4096", "--data-port", &port];
    let (sender, receiver) = lab_pair(lab, &folder, &path, &["--mode", mode, "--rate", "max"], &receiver);
    let sender_result = document(&sender);
    let receiver_result = document(&receiver);
    (sender_result, receiver_result, analysis(lab, &folder, &["s.pcap", "r.pcap"]))
}

#[test]
fn both_captures_blame_a_tiny_buffer_on_the_receiver() {
    let Some(lab) = Lab::build("both_captures_blame_a_tiny_buffer_on_the_receiver") else { return };
    for mode in ["udp", "classic"] {
        let (_, receiver_result, joint) = overwhelmed(&lab, mode);
        let drops = &receiver_result["transfers"][0]["blocks"]["socket_drops"];
        let loss = &joint["transfers"][0]["loss"];
        let lost = loss["lost"].as_u64().unwrap();
        assert!(lost > 0, "{joint:#}");
        assert_eq!(*drops, lost, "{mode}");
        assert_eq!(loss["lost_by_segment"], at(0, 0, lost, lost, 0, &[]), "{mode}: {joint:#}");
        let points = &joint["transfers"][0]["points"];
        for point in ["app_sent", "wire_out", "wire_in"] {
            assert_eq!(points[point], 7813, "{mode}: {points}");
        }
        assert_eq!(points["app_received"], 7813 - lost, "{mode}");
        let advice: Vec<&str> =
            loss["advice"].as_array().unwrap().iter().map(|advice| advice["action"].as_str().unwrap()).collect();
        assert_eq!(advice, ["receive_buffer", "rate"]);
        let mapped: u64 =
            loss["map"]["lost"].as_array().map_or(lost, |cells| cells.iter().filter_map(Value::as_u64).sum());
        assert_eq!(mapped, lost);
    }
}
