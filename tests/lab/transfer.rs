//! File transfers through the lab: lost blocks are blamed on the place that lost them.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::disk::SmallDisk;
use crate::common::faults::{self, Match};
use crate::common::lab::{Lab, PORT, Side, Transport};
use crate::common::process::Running;
use crate::common::transfer::{LONG_TIMEOUT, LOST_NUMBERS, PARTIAL, analysis, at, document, file, lab_pair, names};

/// A transfer from home B to home A in which the sender's router drops every twentieth datagram: the documents of both
/// ends, the number of drops, and the receiver's folder. `None` where the drops cannot be counted one by one.
fn lossy(lab: &Lab, mode: &str) -> Option<(Value, Value, u64, TempDir)> {
    // With GSO, a buffer split after the router would be dropped, and counted, as one.
    if let Err(why) = lab.home_b().run("ethtool", &["-K", lab.home_b().device(), "tx-udp-segmentation", "off"]) {
        crate::common::skip(lab.home_b().test(), &why);
        return None;
    }
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 2_000_000).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    // Replies in the sense of `Match`: from the sender at home B to the receiver at home A.
    let loss = faults::forward_drop(lab.router_b(), &Match::any_reply().on_port(PORT + 1).one_in(20));
    let mut command = lab.home_b().command(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "send", &path, "--mode", mode, "--json"]);
    let sender = Running::start(command);
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG_TIMEOUT);
    let output = TempDir::new().unwrap();
    let mut command = lab.home_a().command(env!("CARGO_BIN_EXE_medidor"));
    command.args(["--lang", "en", "receive", &lab.server_address().to_string(), "--json", "--output"]);
    command.arg(output.path());
    let receiver = Running::start(command).wait(LONG_TIMEOUT);
    let sender_result = document(&sender.wait(LONG_TIMEOUT));
    Some((sender_result, document(&receiver), loss.hits(), output))
}

#[test]
fn over_udp_exactly_the_networks_losses_are_missing() {
    let Some(lab) = Lab::build("over_udp_exactly_the_networks_losses_are_missing") else { return };
    let Some((sender_result, receiver_result, dropped, output)) = lossy(&lab, "udp") else { return };
    assert!(dropped > 50, "{dropped}");
    let loss = &sender_result["transfers"][0]["loss"];
    assert_eq!(loss["lost"], dropped, "{loss}");
    let missing = receiver_result["transfers"][0]["blocks"]["missing"].as_array().unwrap();
    let missing: u64 = missing.iter().map(|range| range[1].as_u64().unwrap() - range[0].as_u64().unwrap() + 1).sum();
    assert_eq!(missing, dropped);
    assert_eq!(
        loss["lost_by_segment"],
        at(0, 0, 0, 0, dropped, &["sender_host", "network", "receiver_host"]),
        "no capture, no place"
    );
    assert!(names(output.path()).iter().all(|name| name.ends_with(PARTIAL)));
}

#[test]
fn quic_repairs_the_networks_losses() {
    let Some(lab) = Lab::build("quic_repairs_the_networks_losses") else { return };
    let Some((sender_result, _, dropped, output)) = lossy(&lab, "quic") else { return };
    assert!(dropped > 50, "{dropped}");
    assert_eq!(sender_result["transfers"][0]["complete"], true, "{sender_result:#}");
    assert_eq!(names(output.path()), ["a.bin"]);
}

#[test]
fn each_block_lost_by_the_network_is_blamed_on_it() {
    let Some(lab) = Lab::build("each_block_lost_by_the_network_is_blamed_on_it") else { return };
    let folder = TempDir::new().unwrap();
    let (size, blocks) = (4_000_000, 4_000_000_u64.div_ceil(1024));
    let path = file(&folder, "a.bin", size).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    // The number ends with the twelfth byte of a block. Replies: from the sender at home B to the receiver at home A.
    let loss = faults::forward_drop(lab.router_b(), &Match::any_reply().on_port(PORT + 1).with_byte(11, &LOST_NUMBERS));
    let truth: Vec<u64> = (0..blocks).filter(|number| LOST_NUMBERS.contains(&(*number as u8))).collect();
    let (sender, receiver) = lab_pair(&lab, &folder, &path, &[], &[]);
    assert_eq!(loss.hits(), truth.len() as u64);
    let (sender_result, receiver_result) = (document(&sender), document(&receiver));
    let lost = truth.len() as u64;
    let of = |document: &Value| document["transfers"][0]["loss"]["lost_by_segment"].clone();
    let missing = |document: &Value| -> Vec<u64> {
        let ranges = document["transfers"][0]["blocks"]["missing"].as_array().unwrap();
        ranges.iter().flat_map(|range| range[0].as_u64().unwrap()..=range[1].as_u64().unwrap()).collect()
    };
    assert_eq!(missing(&receiver_result), truth);
    assert_eq!(of(&sender_result), at(0, 0, 0, 0, lost, &["network", "receiver_host"]), "the sender saw them leave");
    assert_eq!(
        of(&receiver_result),
        at(0, 0, 0, 0, lost, &["sender_host", "network"]),
        "they never came to the receiver's wire"
    );
    let joint = analysis(&lab, &folder, &["s.pcap", "r.pcap"]);
    assert_eq!((&joint["role"], missing(&joint)), (&json!("joint"), truth.clone()));
    assert_eq!(of(&joint), at(0, lost, 0, 0, 0, &[]), "{joint:#}");
    let loss = &joint["transfers"][0]["loss"];
    let per_cell = loss["map"]["blocks_per_cell"].as_u64().unwrap();
    let mut map = vec![0; blocks.div_ceil(per_cell) as usize];
    for number in &truth {
        map[(number / per_cell) as usize] += 1;
    }
    assert_eq!(loss["map"]["lost"], json!(map));
    let points =
        json!({"app_sent": blocks, "wire_out": blocks, "wire_in": blocks - lost, "app_received": blocks - lost});
    assert_eq!(joint["transfers"][0]["points"], points);
    let course = joint["transfers"][0]["throughput"]["bytes"].as_array().unwrap();
    let passed: u64 = course.iter().filter_map(Value::as_u64).sum();
    assert_eq!(passed, receiver_result["transfers"][0]["bytes_received"].as_u64().unwrap());
    assert_eq!(joint["warnings"], json!([]), "{joint:#}");
    // Captures alone are recognized as a transfer's, in any order, and their wires are compared.
    let captures = TempDir::new().unwrap();
    for file in ["s.pcap", "r.pcap"] {
        fs::copy(folder.path().join(file), captures.path().join(file)).unwrap();
    }
    for files in [["s.pcap", "r.pcap"], ["r.pcap", "s.pcap"]] {
        let wires = analysis(&lab, &captures, &files);
        assert_eq!((&wires["kind"], &wires["mode"]), (&json!("transfer"), &json!("udp")), "{wires:#}");
        let points = json!({"app_sent": null, "wire_out": blocks, "wire_in": blocks - lost, "app_received": null});
        assert_eq!((&wires["transfers"][0]["points"], wires["transfers"].as_array().unwrap().len()), (&points, 1));
        assert_eq!(wires["transfers"][0]["loss"], Value::Null, "no application tells what it read");
    }
    // Weaker evidence widens the blame and never moves it.
    for (files, place) in [
        (
            &["s.journal.jsonl", "r.journal.jsonl"][..],
            at(0, 0, 0, 0, lost, &["sender_host", "network", "receiver_host"]),
        ),
        (&["s.pcap", "r.journal.jsonl"], at(0, 0, 0, 0, lost, &["network", "receiver_host"])),
        (&["s.journal.jsonl", "r.pcap"], at(0, 0, 0, 0, lost, &["sender_host", "network"])),
        (&["r.pcap"], at(0, 0, 0, 0, lost, &["sender_host", "network"])),
    ] {
        // The sender's journal is used only where it is named.
        let alone = TempDir::new().unwrap();
        for file in ["s.pcap", "s.journal.jsonl", "r.pcap", "r.journal.jsonl"] {
            let stem = file.split('.').next().unwrap();
            let named =
                files.contains(&file) || files.contains(&format!("{stem}.pcap").as_str()) && file.ends_with("jsonl");
            if named {
                fs::copy(folder.path().join(file), alone.path().join(file)).unwrap();
            }
        }
        assert_eq!(of(&analysis(&lab, &alone, files)), place, "{files:?}");
    }
}

#[test]
fn retransmissions_are_counted_on_the_wire() {
    let Some(lab) = Lab::build("retransmissions_are_counted_on_the_wire") else { return };
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    for (mode, which) in [
        ("quic", Match::any_reply().on_port(PORT + 1).one_in(20)),
        ("tcp", Match::any_segment_from_server().one_in(50)),
    ] {
        let folder = TempDir::new().unwrap();
        let path = file(&folder, "a.bin", 3_000_000).display().to_string();
        let loss = faults::forward_drop(lab.router_b(), &which);
        let (sender, receiver) = lab_pair(&lab, &folder, &path, &["--mode", mode], &["--mode", mode]);
        sender.expect_code(0);
        receiver.expect_code(0);
        let dropped = loss.hits();
        loss.lift();
        assert!(dropped > 0, "{mode}");
        let joint = analysis(&lab, &folder, &["s.pcap", "r.pcap"]);
        let transfer = &joint["transfers"][0];
        assert_eq!((&transfer["complete"], &transfer["loss"]), (&json!(true), &Value::Null), "{mode}");
        let figure = |end: &str, name: &str| transfer["wire"][end][name].as_u64().unwrap();
        assert!(figure("receiver", "bytes") >= 3_000_000, "{mode}: {transfer:#}");
        assert!(figure("sender", "bytes") > figure("receiver", "bytes"), "{mode}: {transfer:#}");
        if mode == "quic" {
            assert_eq!(figure("sender", "packets") - figure("receiver", "packets"), dropped, "{transfer:#}");
            assert!(transfer["transport"]["packets_lost"].as_u64().unwrap() > 0, "{transfer:#}");
        } else {
            assert!(figure("sender", "repeated") > 0, "{transfer:#}");
        }
    }
}

#[test]
fn analysis_of_250_000_blocks_stays_within_400_mib() {
    let Some(lab) = Lab::build("analysis_of_250_000_blocks_stays_within_400_mib") else { return };
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 16_000_000).display().to_string();
    lab.forward(Side::B, Transport::Tcp, PORT);
    lab.forward(Side::B, Transport::Udp, PORT + 1);
    let loss = faults::forward_drop(lab.router_b(), &Match::any_reply().on_port(PORT + 1).with_byte(11, &LOST_NUMBERS));
    lab_pair(&lab, &folder, &path, &["--block", "64"], &[]);
    // A limit of 400 MiB of address space, which is more than memory.
    let command = r#"ulimit -v "$0" && exec "$@""#;
    let limited = |kibibytes: u64, files: &[&str]| {
        let mut shell = lab.home_a().command("sh");
        shell.current_dir(folder.path()).args(["-c", command, &kibibytes.to_string(), env!("CARGO_BIN_EXE_medidor")]);
        shell.args(["--lang", "en", "analyze", "--json"]).args(files);
        Running::start(shell).wait(LONG_TIMEOUT)
    };
    let finished = limited(400 * 1024, &["s.pcap", "r.pcap"]);
    finished.expect_code(0);
    let joint = document(&finished);
    let points = &joint["transfers"][0]["points"];
    assert_eq!((&points["app_sent"], &points["wire_out"]), (&json!(250_000), &json!(250_000)), "{joint:#}");
    assert!(joint["transfers"][0]["loss"]["lost"].as_u64().unwrap() >= loss.hits());
}

#[test]
fn a_full_disk_fails_only_its_receiver() {
    let Some(lab) = Lab::build("a_full_disk_fails_only_its_receiver") else { return };
    let Some(disk) = SmallDisk::mount(lab.home_a(), 200_000) else { return };
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "a.bin", 1_000_000).display().to_string();
    let mut command = lab.home_a().command(env!("CARGO_BIN_EXE_medidor"));
    let listen = "127.0.0.1:5005";
    command.args(["--lang", "en", "send", &path, "--clients", "2", "--listen", listen, "--json"]);
    let sender = Running::start(command);
    sender.wait_for_line(|line| line.contains(": waiting for "), LONG_TIMEOUT);
    // Its journal is on the same disk.
    let (inside, journal) = (disk.inside(""), disk.inside("r.journal.jsonl"));
    let full = ["receive", "--output", &inside, "--journal", &journal, "--json"];
    let full = Running::start(disk.medidor(folder.path(), &full));
    let output = TempDir::new().unwrap();
    let mut other = lab.home_a().command(env!("CARGO_BIN_EXE_medidor"));
    other.args(["--lang", "en", "receive", "--json", "--output"]).arg(output.path());
    let other = Running::start(other);
    let finished = full.wait(LONG_TIMEOUT);
    finished.expect_code(3);
    assert_eq!(document(&finished)["transfers"][0]["error"], "disk_full");
    other.wait(LONG_TIMEOUT).expect_code(0);
    let sender_result = sender.wait(LONG_TIMEOUT);
    sender_result.expect_code(1);
    let document = document(&sender_result);
    let mut troubles: Vec<&Value> =
        document["transfers"].as_array().unwrap().iter().map(|transfer| &transfer["error"]).collect();
    troubles.sort_by_key(|trouble| trouble.is_null());
    assert_eq!(troubles, [&json!("disk_full"), &Value::Null], "{document:#}");
}
