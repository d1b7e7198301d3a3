//! Messages whose texts hold other numbers beside their own, and replies without any, in recorded files of `tests/cases`.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use serde_json::{Value, json};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

fn folder(name: &str) -> PathBuf {
    case("numbers-after-others").join(name)
}

fn document(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::cargo_bin("medidor").unwrap();
    let output = command.current_dir(folder).args(["--lang", "en"]).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// `Cliente1: Mensagem 7`, and a date before the number. Message 7 was lost on its way out, the reply to 18 on its way back.
#[test]
fn a_name_or_a_date_before_the_number_does_not_disturb() {
    for name in ["name", "date"] {
        let folder = folder(name);
        for files in [["client.pcap", "server.pcap"], ["server.pcap", "client.pcap"]] {
            let flows = &document(&folder, &[&["analyze", "--json"], &files[..]].concat())["flows"];
            assert_eq!(flows.as_array().unwrap().len(), 1, "{name}");
            let lost = flows[0]["messages"].as_array().unwrap().iter().filter(|message| message["outcome"] == "lost");
            let lost: Vec<_> = lost.map(|message| json!([message["n"], message["blame"]])).collect();
            assert_eq!(lost, [json!([7, ["network_forward"]]), json!([18, ["network_return"]])], "{name}");
        }
    }
}

#[test]
fn a_submission_with_such_texts_is_not_marked_down() {
    for name in ["name", "date"] {
        let checked = document(&folder(name), &["check", "--json", "."]);
        let points = checked["submissions"][0]["points"].as_array().unwrap();
        let unmet = points.iter().filter(|point| point["status"] == "not_met");
        assert_eq!(unmet.count(), 0, "{name}: {points:?}");
        assert!(points.iter().any(|point| point["point"] == "acks" && point["status"] == "met"), "{name}");
    }
}

/// `ACK`, to each message. Message 7 was lost on its way out, the reply to 18 on its way back.
#[test]
fn bare_replies_say_how_many_were_lost_and_not_which() {
    for files in [["client.pcap", "server.pcap"], ["server.pcap", "client.pcap"]] {
        let found = document(&case("bare-replies"), &[&["analyze", "--json"], &files[..]].concat());
        let flow = &found["flows"][0];
        assert_eq!(flow["loss"]["never_came"]["lost"], 2, "{files:?}");
        assert_eq!(flow["loss"]["never_came"]["at_least"], true, "a doubled reply would hide a loss");
        assert_eq!((&flow["counts"]["requests"], &flow["loss"]["never_came"]["of"]), (&json!(30), &json!(30)));
        let lost = flow["messages"].as_array().unwrap().iter().filter(|message| message["outcome"] == "lost");
        let lost: Vec<_> = lost.map(|message| json!([message["n"], message["blame"]])).collect();
        assert_eq!(lost, [json!([7, ["network_forward"]])], "it was seen on one wire and not on the other");
    }
}

/// `0000704007oi`: the seventh message, its kind and its time. No router lies between the hosts.
#[test]
fn glued_digits_are_split_and_neighbours_need_no_side() {
    let found = document(&case("glued-digits"), &["analyze", "--json", "both.pcap"]);
    let counts = &found["flows"][0]["counts"];
    assert_eq!([&counts["requests"], &counts["delivered"], &counts["lost"]], [&json!(10), &json!(10), &json!(0)]);
    let codes: Vec<_> = found["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert!(codes.contains(&&json!("side_assumed")), "{codes:?}");
    let given = document(&case("glued-digits"), &["analyze", "--json", "--client", "both.pcap"]);
    assert_eq!(given["flows"], found["flows"]);
}
