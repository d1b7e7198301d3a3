//! The same scripted conversation over TCP and over UDP, through a network that loses 5 %: the comparison quoted in
//! `docs/perguntas.md`.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::common::chat::ChatClient;
use crate::common::lab::{Lab, Side, Transport};
use crate::common::medidor::medidor;
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use serde_json::Value;
use tempfile::TempDir;

const PORT: u16 = 12_345;

/// Lines sent by each member.
const LINES: usize = 100;

/// Timeout that leaves room for TCP retransmissions.
const LONG_TIMEOUT: Duration = Duration::from_secs(90);

/// Drops 5 % of all packets between the homes, in each direction.
fn lossy(lab: &Lab) {
    let rule = "table inet loss { chain forward { type filter hook forward priority 0; \
                numgen random mod 1000 < 50 counter drop; }; }";
    lab.router_a().nft(rule).unwrap();
}

struct Outcome {
    received: [Vec<usize>; 2],
    document: Value,
    slowest: Duration,
    /// Delays from sending to receiving of the received lines, ascending.
    delays: Vec<Duration>,
}

/// The time at which a member sent or received each line, from its journal.
fn times(folder: &Path, nick: &str, received: bool) -> HashMap<String, i64> {
    let journal = std::fs::read_to_string(folder.join(format!("{nick}.journal.jsonl"))).unwrap();
    let records = journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let texts = records.filter(|record| record["e"] == "text" && record["p"] == u64::from(received));
    texts
        .map(|record| {
            let text = record["text"].as_str().unwrap().rsplit(" disse: ").next().unwrap().to_owned();
            (text, record["w"].as_i64().unwrap())
        })
        .filter(|(text, _)| text.starts_with("line "))
        .collect()
}

/// The delays between the members, who are on one host and so have one clock.
fn delays(folder: &Path) -> Vec<Duration> {
    let mut delays = Vec::new();
    for (speaker, listener) in [("Ana", "Ze"), ("Ze", "Ana")] {
        let (sent, received) = (times(folder, speaker, false), times(folder, listener, true));
        let took = received.iter().filter_map(|(text, at)| u64::try_from(at - sent.get(text)?).ok());
        delays.extend(took.map(Duration::from_nanos));
    }
    delays.sort();
    delays
}

/// Median, 95th percentile and maximum, in milliseconds.
fn shown(delays: &[Duration]) -> String {
    let at = |share: usize| delays[(delays.len() * share / 100).min(delays.len() - 1)].as_secs_f64() * 1e3;
    format!("delay {:.1} / {:.1} / {:.1} ms (median, 95 %, longest)", at(50), at(95), at(100))
}

/// Two members in home A talk through a server in home B.
fn conversation(kind: &str) -> Option<Outcome> {
    let lab = Lab::build("on_a_lossy_network_tcp_delivers_all_and_udp_does_not")?;
    lab.forward(Side::B, if kind == "--tcp" { Transport::Tcp } else { Transport::Udp }, PORT);
    let folder = TempDir::new().unwrap();
    let server =
        Running::start(medidor(lab.home_b(), folder.path(), &["chat", "server", kind, "--capture", "server.pcap"]));
    server.wait_for_line(|line| line.starts_with("Chat over "), STEP_TIMEOUT);
    let to = format!("{}:{PORT}", lab.server_address().ip());
    let mut members = ["Ana", "Ze"].map(|nick| {
        let capture = format!("{nick}.pcap");
        let arguments = ["chat", "client", &to, kind, "--nick", nick, "--interval", "50ms", "--capture", &capture];
        let member = ChatClient::start(medidor(lab.home_a(), folder.path(), &arguments));
        member.running.wait_for_line(|line| line.contains(&format!("is now {nick}")), STEP_TIMEOUT);
        member
    });
    lossy(&lab);
    let begun = Instant::now();
    for number in 1..=LINES {
        for member in &mut members {
            member.types(&format!("line {number}"));
        }
    }
    // Over TCP the last line arrives in the end; over UDP it may be lost.
    let said = Duration::from_millis(50) * LINES as u32;
    if kind == "--tcp" {
        for member in &members {
            member.running.wait_for_line(|line| line.ends_with(&format!("disse: line {LINES}")), LONG_TIMEOUT);
        }
    } else {
        // One second after the last line the server has received all that will arrive.
        let until = begun + said + Duration::from_secs(3);
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
    }
    let slowest = begun.elapsed();
    lab.router_a().nft("delete table inet loss").unwrap();
    let finished: Vec<Finished> = members
        .map(|mut member| {
            member.types("/sair");
            member.running.wait(LONG_TIMEOUT)
        })
        .into_iter()
        .collect();
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let received = [0, 1].map(|index| {
        let text = finished[index].text(Stream::Out);
        // The report follows the received lines.
        let received = text.lines().take_while(|line| !line.starts_with("Chat over "));
        let numbers = received.filter_map(|line| line.split_once(" disse: line "));
        numbers.filter_map(|(_, number)| number.parse().ok()).collect::<Vec<usize>>()
    });
    let document = analysis(&lab, folder.path());
    let delays = delays(folder.path());
    Some(Outcome { received, document, slowest, delays })
}

fn analysis(lab: &Lab, folder: &Path) -> Value {
    let files = ["analyze", "--json", "server.pcap", "Ana.pcap", "Ze.pcap"];
    let finished = Running::start(medidor(lab.home_b(), folder, &files)).wait(LONG_TIMEOUT);
    finished.expect_code(0);
    serde_json::from_str(&finished.text(Stream::Out)).unwrap()
}

#[test]
fn on_a_lossy_network_tcp_delivers_all_and_udp_does_not() {
    let Some(tcp) = conversation("--tcp") else { return };
    let all: Vec<usize> = (1..=LINES).collect();
    assert_eq!(tcp.received, [all.clone(), all], "over TCP everything came, in order");
    let sum = |end: &str, what: &str| -> u64 {
        let connections = tcp.document["connections"].as_array().unwrap();
        let of_server = connections.iter().filter(|connection| connection["file"] == "server.pcap");
        of_server.filter_map(|connection| connection[end][what].as_u64()).sum()
    };
    let again = sum("from_server", "retransmissions");
    let late = sum("from_client", "late") + sum("from_client", "retransmissions");
    assert!(again + late > 0, "{:#}", tcp.document["connections"]);
    println!(
        "TCP: {} of {} lines came, in order; the server sent {again} segments again, {late} of the members' came late or again; {}; {:.1} s",
        tcp.received.iter().map(Vec::len).sum::<usize>(),
        2 * LINES,
        shown(&tcp.delays),
        tcp.slowest.as_secs_f64(),
    );
    let Some(udp) = conversation("--udp") else { return };
    let came: usize = udp.received.iter().map(Vec::len).sum();
    assert!(came < 2 * LINES, "5 % of 400 datagrams, and none was lost?");
    let totals = &udp.document["totals"];
    let (inward, outward) = (&totals["inward"], &totals["outward"]);
    let lost = inward["lost"].as_u64().unwrap() + outward["lost"].as_u64().unwrap();
    assert!(lost as usize >= 2 * LINES - came, "each line that did not come is accounted for: {totals:#}");
    let in_order = udp.received.iter().all(|received| received.is_sorted());
    println!(
        "UDP: {came} of {} lines came, in order: {in_order}; lost on the way in {}, on the way out {}, uncertain {} and {}; blame {} {}; {}; {:.1} s",
        2 * LINES,
        inward["lost"],
        outward["lost"],
        inward["inconclusive"],
        outward["inconclusive"],
        inward["blame"],
        outward["blame"],
        shown(&udp.delays),
        udp.slowest.as_secs_f64(),
    );
}
