//! Which files, runs and flows belong together, on recorded and generated files of `tests/cases`.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use serde_json::Value;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

/// The exit code, the document and what was said on stderr.
fn analyze(folder: &str, arguments: &[&str]) -> (i32, Value, String) {
    let mut command = Command::cargo_bin("medidor").unwrap();
    command.current_dir(case(folder)).args(["--lang", "en", "analyze", "--json"]).args(arguments);
    let output = command.output().unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), document, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The document of files that are given in either order; both orders give the same one.
fn in_any_order(folder: &str, files: [&str; 2], options: &[&str]) -> Value {
    let [first, second] = files;
    let (_, document, error) = analyze(folder, &[&[first, second], options].concat());
    let (_, other, _) = analyze(folder, &[&[second, first], options].concat());
    assert!(document.is_object(), "{error}");
    assert_eq!(document, other);
    document
}

fn blame(document: &Value, flow: usize, number: u64) -> Vec<String> {
    let messages = document["flows"][flow]["messages"].as_array().unwrap();
    let message = messages.iter().find(|message| message["n"] == number).unwrap();
    let blame = message["blame"].as_array().unwrap();
    blame.iter().map(|segment| segment.as_str().unwrap().to_owned()).collect()
}

fn warned(document: &Value, code: &str) -> bool {
    document["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code)
}

#[test]
fn two_clients_on_one_schedule_are_both_candidates() {
    let radio = in_any_order("two-clients-behind-one-nat", ["c1.pcap", "server.pcap"], &[]);
    assert!(warned(&radio, "flow_tie"));
    for number in [7, 15, 22] {
        assert!(blame(&radio, 0, number).contains(&"network_forward".to_owned()), "{number}");
    }
    let possible = radio["identification"]["candidates"].as_array().unwrap();
    let flows = possible.iter().filter(|candidate| candidate["refuted_by"].is_null() && candidate["flow"].is_u64());
    assert_eq!(flows.count(), 2);

    let cable = in_any_order("two-clients-behind-one-nat", ["c2.pcap", "server.pcap"], &[]);
    assert_eq!(cable["flows"][0]["counts"]["lost"], 0);
    assert_eq!(cable["flows"][0]["counts"]["delivered"], 30);
}

#[test]
fn a_restart_whose_first_message_was_lost_is_a_run() {
    let document = in_any_order("restart-from-the-same-port", ["client.pcap", "server.pcap"], &[]);
    assert_eq!(blame(&document, 0, 1), ["network_forward"]);
    assert_eq!(document["flows"][0]["counts"]["duplicates"], 0);
    assert!(!warned(&document, "clock_step"));
}

#[test]
fn new_ports_of_a_nat_hide_nothing_that_came() {
    let document = in_any_order("nat-rebinding", ["client.pcap", "server.pcap"], &[]);
    assert_eq!(document["flows"][0]["counts"]["lost"], 30);
    for number in 1..=30 {
        assert!(blame(&document, 0, number).contains(&"network_return".to_owned()), "{number}");
    }
}

#[test]
fn of_two_runs_in_one_capture_each_has_a_flow_of_its_own() {
    for options in [&[][..], &["--flow", "2"]] {
        let document = in_any_order("two-runs-in-one-capture", ["client.pcap", "server.pcap"], options);
        assert_eq!(blame(&document, 0, 8), ["network_forward"], "{options:?}");
        assert_eq!(document["flows"][1]["counts"]["lost"], 0, "{options:?}");
    }
}

#[test]
fn a_capture_of_both_wires_is_refused() {
    for arguments in [
        ["--client", "merged.pcapng", "--server", "server.pcap"],
        ["--client", "client.pcap", "--server", "merged.pcapng"],
        ["--client", "merged.pcapng", "--server", "merged.pcapng"],
    ] {
        let (code, document, error) = analyze("merged-captures", &arguments);
        assert_eq!((code, document), (2, Value::Null), "{error}");
        assert!(error.contains("merged.pcapng shows each datagram on the wires of both hosts"), "{error}");
    }
    let document = in_any_order("merged-captures", ["client.pcap", "server.pcap"], &[]);
    assert_eq!(document["role"], "joint");
}

#[test]
fn reordering_is_unknown_where_a_clock_was_set_back() {
    let document = in_any_order("clock-set-back", ["client.pcap", "server.pcap"], &[]);
    let flow = &document["flows"][0];
    assert_eq!((&flow["counts"]["reordered"], &flow["reordering"]["return"]), (&Value::Null, &Value::Null));
}

/// The document without what is named by the order of the files: a client's number in the names of its witnesses.
fn without_order(mut document: Value) -> Value {
    let by_name = document["witnesses"].take();
    let mut witnesses: Vec<Value> = by_name.as_object().unwrap().values().cloned().collect();
    for witness in &mut witnesses {
        witness["number"].take();
    }
    witnesses.sort_by_key(|witness| witness["file"].to_string());
    document["witnesses"] = witnesses.into();
    document
}

#[test]
fn chat_members_with_one_private_address_are_not_confused() {
    let files = ["ana.pcap", "bia.pcap", "s.pcap"];
    let mut documents = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let (code, document, error) = analyze("chat-same-private-address", &order.map(|index| files[index]));
        assert_eq!(code, 0, "{order:?}: {error}");
        documents.push(without_order(document));
    }
    let document = &documents[0];
    for (direction, delivered) in [("inward", 28), ("outward", 30)] {
        assert_eq!(document["totals"][direction]["lost"], 0);
        assert_eq!(document["totals"][direction]["delivered"], delivered);
        assert_eq!(document["totals"][direction]["datagrams"], delivered);
    }
    let members = document["members"].as_array().unwrap();
    let member = |at: usize| (&members[at]["nick"], &members[at]["address"], &members[at]["own_address"]);
    let own = Value::from("192.168.1.10:7001");
    assert_eq!(members.len(), 2);
    assert_eq!(member(0), (&"bia".into(), &own, &own));
    assert_eq!(member(1), (&"ana".into(), &"203.0.113.1:7001".into(), &own));
    assert_eq!(document["identification"]["basis"], "token");
    assert!(!warned(document, "member_tie") && !warned(document, "member_missing"));
    for other in &documents[1..] {
        assert_eq!(document, other);
    }
}

#[test]
fn files_of_different_runs_are_recognized() {
    let server = case("clock-set-back").join("server.pcap");
    let (code, document, _) =
        analyze("restart-from-the-same-port", &["--client", "client.pcap", "--server", server.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(warned(&document, "other_run") && document["role"] == "client");
    assert_eq!(document["flows"][0]["counts"]["lost"], 1, "what the client knows by itself");
    let candidates = document["identification"]["candidates"].as_array().unwrap();
    assert!(candidates.iter().any(|candidate| candidate["refuted_by"] == "other_numbers"), "{candidates:?}");
}
