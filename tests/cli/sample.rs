//! The sample in `captures/exemplo/`: an exchange between the two homes of the lab with the assignment's timing, and a
//! loss in every segment.
//!
//! `cargo test --test cli -- --ignored sample::make` records it again.

use crate::common::faults::{self, Match};
use crate::common::lab::Lab;
use crate::common::medidor::{client, server};
use crate::common::process::STEP_TIMEOUT;
use crate::common::sample::{Truth, analyzed, folder, truth};
use serde_json::Value;

#[test]
#[ignore = "makes the sample anew, at the assignment's own pace"]
fn make() {
    let Some(lab) = Lab::build("make") else { return };
    let truth = truth();
    let lost = |segment: &str| truth[segment].iter();
    let request = |number: &u64| Match::request(format!("Mensagem {number}"));
    let reply = |number: &u64| Match::reply(format!("ACK {number}"));
    let mut placed = Vec::new();
    let (home_a, router_a, home_b) = (lab.home_a(), lab.router_a(), lab.home_b());
    placed.extend(lost("client_host_out").map(|n| faults::egress_drop(home_a, &request(n)).expect("egress")));
    placed.extend(lost("network_forward").map(|n| faults::forward_drop(router_a, &request(n))));
    placed.extend(lost("server_host_in").map(|n| faults::input_drop(home_b, &request(n))));
    // The firewall's refusal is reported to the application, which gives up the reply.
    placed.extend(lost("server_app").map(|n| faults::output_drop(home_b, &reply(n))));
    placed.extend(lost("server_host_out").map(|n| faults::egress_drop(home_b, &reply(n)).expect("egress")));
    placed.extend(lost("network_return").map(|n| faults::forward_drop(router_a, &reply(n))));
    placed.extend(lost("client_host_in").map(|n| faults::input_drop(home_a, &reply(n))));

    let folder = folder();
    let server = server(home_b, &folder, &["--capture", "server.pcap"]);
    let to = lab.server_address().to_string();
    client(home_a, &folder, &[&to, "--capture", "client.pcap"]).expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    for fault in &placed {
        assert_eq!(fault.hits(), 1, "each fault strikes its one datagram");
    }
}

#[test]
fn the_sample_has_its_true_verdicts() {
    for files in [["client.pcap", "server.pcap"], ["server.pcap", "client.pcap"]] {
        let document = analyzed(&files);
        assert_eq!(document["warnings"], Value::Array(Vec::new()));
        let mut verdicts = Truth::new();
        for message in document["flows"][0]["messages"].as_array().unwrap() {
            let number = message["n"].as_u64().unwrap();
            match (message["outcome"].as_str().unwrap(), message["blame"].as_array().unwrap().as_slice()) {
                ("delivered", []) => {}
                ("lost", [segment]) => verdicts.entry(segment.as_str().unwrap().to_owned()).or_default().push(number),
                _ => panic!("{message:#}"),
            }
        }
        assert_eq!(verdicts, truth());
        assert_eq!(document["flows"][0]["counts"]["sent"], 30);
        for witness in ["client_journal", "client_capture", "server_journal", "server_capture"] {
            assert_eq!(document["witnesses"][witness]["whole"], true, "{witness}");
        }
    }
}
