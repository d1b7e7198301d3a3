//! Tools of a scenario: counters to wait for, a flood, truncated capture files, the relay's record.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;

use super::common::faults::{self, Fault, Match};
use super::common::lab::{Host, LAN_DEVICE, Lab, PORT, ROUTER_A_LAN, ROUTER_B_LAN, Side};
use super::common::process::{Running, STEP_TIMEOUT};
use super::common::rerun::test_path;
use super::ground_truth::{
    CLIENT_HOST_IN, CLIENT_HOST_OUT, NETWORK_FORWARD, NETWORK_RETURN, Observed, SERVER_APP, SERVER_HOST_IN,
    SERVER_HOST_OUT, Truth,
};
use super::scenarios_list::Ingredient;

/// Loses one message by a fault by number, and returns the truth about it. `of` gives the matches of its request and its reply
/// as the hosts on one side of the network see them. `None`, after a report, if the kernel lacks the fault.
pub fn lose(lab: &Lab, fault: Ingredient, router: Side, of: &dyn Fn(Side) -> [Match; 2]) -> Option<Truth> {
    let (home_a, home_b) = (lab.home_a(), lab.home_b());
    let [client_request, client_reply] = of(Side::A);
    let [server_request, server_reply] = of(Side::B);
    let (segment, _fault) = match fault {
        Ingredient::Forward => (NETWORK_FORWARD, faults::forward_drop(lab.router(router), &of(router)[0])),
        Ingredient::Return => (NETWORK_RETURN, faults::forward_drop(lab.router(router), &of(router)[1])),
        Ingredient::Reject => (NETWORK_FORWARD, faults::forward_reject(lab.router(router), &of(router)[0])),
        Ingredient::ServerInput => (SERVER_HOST_IN, faults::input_drop(home_b, &server_request)),
        Ingredient::ServerIngress => (SERVER_HOST_IN, faults::ingress_drop(home_b, &server_request)?),
        Ingredient::ClientEgress => (CLIENT_HOST_OUT, faults::egress_drop(home_a, &client_request)?),
        Ingredient::ServerOutput => (SERVER_APP, faults::output_drop(home_b, &server_reply)),
        Ingredient::ServerEgress => (SERVER_HOST_OUT, faults::egress_drop(home_b, &server_reply)?),
        Ingredient::ClientInput => (CLIENT_HOST_IN, faults::input_drop(home_a, &client_reply)),
        Ingredient::ClientIngress => (CLIENT_HOST_IN, faults::ingress_drop(home_a, &client_reply)?),
        Ingredient::ClientOutput => {
            faults::output_drop(home_a, &client_request);
            return Some(Truth::NotSent);
        }
        other => unreachable!("{other:?} is no fault by number"),
    };
    Some(Truth::Lost(segment))
}

/// The offsets of the records in a classic capture file.
pub fn records(bytes: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = 24;
    while at + 16 <= bytes.len() {
        places.push(at);
        at += 16 + u32::from_le_bytes(bytes[at + 8..at + 12].try_into().unwrap()) as usize;
    }
    places
}

/// Waits until this many datagrams have arrived, counted by the kernel.
pub fn wait_for_arrivals(arrivals: &Fault<'_>, count: u64) {
    let deadline = Instant::now() + STEP_TIMEOUT;
    while arrivals.hits() < count {
        assert!(Instant::now() < deadline, "only {} of {count} came", arrivals.hits());
    }
}

/// The drops of a host's UDP sockets, counted by the kernel.
pub fn socket_drops(host: &Host) -> usize {
    let table = host.run("cat", &["/proc/net/udp"]).unwrap_or_else(|why| panic!("{why}"));
    let drops = |line: &str| line.split_ascii_whitespace().next_back().and_then(|last| last.parse::<usize>().ok());
    table.lines().skip(1).filter_map(drops).sum()
}

/// Checks that the relay's record agrees with the reference captures.
pub fn check_relay_record(folder: &Path, truths: &BTreeMap<u64, Truth>) {
    let record = relay_record(&folder.join("truth.jsonl"));
    for (heading, segment) in [("forward", NETWORK_FORWARD), ("return", NETWORK_RETURN)] {
        let mut copies: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        for line in record.iter().filter(|line| line["heading"] == heading) {
            let Some(number) = line["n"].as_u64() else { continue };
            let (came, lost) = copies.entry(number).or_default();
            *came += 1;
            *lost += u64::from(!line["lost"].is_null());
        }
        for (number, (came, lost)) in copies {
            let truth = truths.get(&number).copied();
            if !matches!(truth, Some(Truth::Renumbered | Truth::OnItsWay)) {
                assert_eq!(truth == Some(Truth::Lost(segment)), came == lost, "message {number}: {truth:?}, {heading}");
            }
        }
    }
}

/// The lines about datagrams in a relay's record.
pub fn relay_record(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.filter(|line: &Value| line["e"] == "datagram").collect()
}

/// Messages whose number was changed by a bit error, and messages that arrived under such a number.
pub fn renumbered(record: &[Value], observed: &BTreeMap<u64, Observed>) -> BTreeSet<u64> {
    let mut sent_on: BTreeMap<(u64, &str), u64> = BTreeMap::new();
    let mut corrupted = BTreeSet::new();
    for line in record {
        let (Some(number), Some(heading)) = (line["n"].as_u64(), line["heading"].as_str()) else { continue };
        *sent_on.entry((number, heading)).or_default() += line["copies"].as_u64().unwrap_or(0);
        if line["corrupted"] == true {
            corrupted.insert(number);
        }
    }
    if corrupted.is_empty() {
        return BTreeSet::new();
    }
    let sent_on = |number: u64, heading| sent_on.get(&(number, heading)).copied().unwrap_or(0) as usize;
    let none = Observed::default();
    let astray = |number: &u64| {
        let copies = observed.get(number).unwrap_or(&none).copies;
        copies[1] != sent_on(*number, "forward") || copies[3] != sent_on(*number, "return")
    };
    let known = corrupted.iter().copied().chain(observed.keys().copied());
    known.filter(astray).collect()
}

/// Messages of which the relay kept at least one copy that it had not forwarded when it ended.
pub fn in_transit(record: &[Value], observed: &BTreeMap<u64, Observed>) -> BTreeSet<u64> {
    let kept = record.iter().filter(|line| line["lost"].is_null()).filter_map(|line| {
        let (number, point) = (line["n"].as_u64()?, if line["heading"] == "forward" { 1 } else { 3 });
        observed.get(&number).is_none_or(|message| message.at[point].is_none()).then_some(number)
    });
    kept.collect()
}

const FLOOD_FROM: &str = "MEDIDOR_FLOOD_FROM";
const FLOOD_TO: &str = "MEDIDOR_FLOOD_TO";

/// Number and size of the datagrams that overflow a capture's ring of 64 MiB.
const FLOOD: (usize, usize) = (9_000, 8_900);

/// Not a test: sends the flood inside a router.
#[test]
#[ignore = "run by the scenarios of the lab"]
fn flooder() {
    let (Ok(from), Ok(to)) = (env::var(FLOOD_FROM), env::var(FLOOD_TO)) else { return };
    let socket = UdpSocket::bind(from).unwrap();
    let text = vec![b'-'; FLOOD.1];
    for _ in 0..FLOOD.0 {
        // The port is closed, and the kernel may report an earlier ICMP error.
        let _ = socket.send_to(&text, &to);
    }
}

/// Overflows the ring of the capture at a home, from its router: datagrams that its filter admits and no socket reads.
pub fn flood(router: &Host, home: &Host) {
    for (host, device) in [(router, LAN_DEVICE), (home, home.device())] {
        set_mtu(host, device, 9_000);
    }
    let gateway = if router.name() == "router A" { ROUTER_A_LAN } else { ROUTER_B_LAN };
    let mut command = router.test_command(test_path!("flooder"));
    command.env(FLOOD_FROM, format!("{gateway}:{PORT}")).env(FLOOD_TO, format!("{}:9", home.address()));
    Running::start_test(command).wait(STEP_TIMEOUT).expect_code(0);
    for (host, device) in [(router, LAN_DEVICE), (home, home.device())] {
        set_mtu(host, device, 1_500);
    }
}

pub fn set_mtu(host: &Host, device: &str, mtu: u32) {
    host.run("ip", &["link", "set", "dev", device, "mtu", &mtu.to_string()]).unwrap_or_else(|why| panic!("{why}"));
}
