//! Hostile traffic from the Internet: floods, forged sources, malformed datagrams. The server must keep serving its
//! client with bounded memory. The client must not report a false delivery or print control characters.
//!
//! The attackers are this test binary, run again inside a host (see [`agent`]). They send a limited number of
//! datagrams.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::common::lab::{HOME_B, Host, Lab, PORT, ROUTER_B_LAN};
use crate::common::medidor::{RUN_TIMEOUT, Report, Truth, analyze, client, medidor, never_overclaims, server};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::raw::Forger;
use crate::common::reference_capture::{Frame, ReferenceCapture};
use crate::common::rerun::test_path;
use serde_json::Value;
use tempfile::TempDir;

const ROLE: &str = "MEDIDOR_ATTACKER";

/// The second port of the lying server, from which it also replies. The first is [`PORT`].
const OTHER_PORT: u16 = 7007;

// ---- the attackers ----

/// Not a test: the attackers, run inside a host. They print to stderr, because the test harness prints to stdout.
#[test]
#[ignore = "run by the other tests inside the lab"]
fn agent() {
    let Ok(role) = env::var(ROLE) else { return };
    let words: Vec<&str> = role.split(' ').collect();
    match words.as_slice() {
        ["random", target, count] => random(target.parse().unwrap(), count.parse().unwrap()),
        ["forged_sources", target, count] => forged_sources(target.parse().unwrap(), count.parse().unwrap()),
        ["forge", source, target, count, text @ ..] => {
            let (source, target) = (source.parse().unwrap(), target.parse().unwrap());
            forge(source, target, count.parse().unwrap(), &text.join(" "));
        }
        ["malformed", target, count] => malformed(target.parse().unwrap(), count.parse().unwrap()),
        ["large", target, count] => large(target.parse().unwrap(), count.parse().unwrap()),
        ["numbers", target, step, count] => {
            numbers(target.parse().unwrap(), step.parse().unwrap(), count.parse().unwrap());
        }
        ["lying_server"] => lying_server(),
        ["early_server"] => early_server(),
        _ => panic!("unknown role {role}"),
    }
    eprintln!("done");
}

fn socket() -> UdpSocket {
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap()
}

/// Sends random bytes of random lengths.
fn random(target: SocketAddr, count: u32) {
    let (socket, mut dice) = (socket(), fastrand::Rng::with_seed(1));
    for _ in 0..count {
        let length = dice.usize(..1400);
        let text: Vec<u8> = std::iter::repeat_with(|| dice.u8(..)).take(length).collect();
        // An ICMP error for an earlier datagram must not stop the flood.
        let _ = socket.send_to(&text, target);
    }
}

/// Sends each message from a different source that does not exist.
fn forged_sources(target: SocketAddrV4, count: u32) {
    let (forger, mut dice) = (Forger::open().unwrap(), fastrand::Rng::with_seed(2));
    for number in 0..count {
        let source = SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, dice.u8(1..255)), dice.u16(1024..));
        forger.send(source, target, format!("Mensagem {number}").as_bytes()).unwrap();
    }
}

/// Sends a text repeatedly with a forged source; `#` in it is replaced by a counter.
fn forge(source: SocketAddrV4, target: SocketAddrV4, count: u32, text: &str) {
    let forger = Forger::open().unwrap();
    for number in 1..=count {
        forger.send(source, target, text.replace('#', &number.to_string()).as_bytes()).unwrap();
    }
}

/// Sends each kind of malformed datagram `count` times, and waits for a reply in between so that the server keeps up.
fn malformed(target: SocketAddr, count: u32) {
    let socket = socket();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.connect(target).unwrap();
    for number in 1..=count {
        socket.send(b"\xff\xfe oi \x1b[J").unwrap();
        socket.send(b"").unwrap();
        socket.send(format!("ack: {number}").as_bytes()).unwrap();
        socket.send(format!("Mensagem {number}").as_bytes()).unwrap();
        let mut buffer = [0; 64];
        let length = socket.recv(&mut buffer).expect("an answer");
        assert_eq!(&buffer[..length], format!("ACK {number}").as_bytes());
    }
}

/// Sends the largest possible datagrams, in fragments, and empty ones.
fn large(target: SocketAddr, count: u32) {
    let socket = socket();
    let text = format!("Mensagem 1 {}", "x".repeat(60_000));
    for _ in 0..count {
        let _ = socket.send_to(text.as_bytes(), target);
        let _ = socket.send_to(b"", target);
    }
}

/// Sends messages whose numbers are far apart.
fn numbers(target: SocketAddr, step: u64, count: u64) {
    let socket = socket();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.connect(target).unwrap();
    for index in 1..=count {
        socket.send(format!("{}", index * step).as_bytes()).unwrap();
        let _ = socket.recv(&mut [0; 64]);
    }
}

/// Text that would clear a terminal and set its title, also with C1 codes.
const ESCAPE_CODES: &str = "oi \u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\r\u{202e}";

/// A server that sends correct replies to some messages, and wrong replies as well.
fn lying_server() {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT)).unwrap();
    let other = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, OTHER_PORT)).unwrap();
    eprintln!("listening");
    let mut dice = fastrand::Rng::with_seed(3);
    let mut buffer = [0; 2048];
    loop {
        let (length, peer) = socket.recv_from(&mut buffer).unwrap();
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        let number: u64 = text.rsplit(' ').next().unwrap().parse().unwrap();
        let say = |socket: &UdpSocket, text: &str| _ = socket.send_to(text.as_bytes(), peer);
        if number == 2 {
            for _ in 0..20_000 {
                say(&socket, &format!("ACK {}", dice.u64(1_000..)));
                say(&other, "");
            }
        }
        if number == 30 {
            // Message 30 is the last one. The flood after it must not keep the run from ending.
            say(&socket, "ACK 30");
            let until = Instant::now() + Duration::from_secs(4);
            while Instant::now() < until {
                say(&socket, "ACK 1");
            }
            return;
        }
        match number {
            // No reply.
            15 | 26 => {}
            // A reply from the wrong port.
            22 | 27 => say(&other, &format!("ACK {number}")),
            24 => {
                say(&socket, ESCAPE_CODES);
                say(&socket, "ACK 24");
                say(&socket, "ACK 24");
            }
            25 => say(&socket, &format!("ACK 25 {ESCAPE_CODES}")),
            _ => say(&socket, &format!("ACK {number}")),
        }
    }
}

/// A server that sends the reply to message 5 together with the one to message 3, and none for message 5 itself.
fn early_server() {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT)).unwrap();
    eprintln!("listening");
    let mut buffer = [0; 2048];
    for number in 1..=8 {
        let (_, peer) = socket.recv_from(&mut buffer).unwrap();
        let replies = match number {
            3 => vec![3, 5],
            5 => Vec::new(),
            _ => vec![number],
        };
        for reply in replies {
            socket.send_to(format!("ACK {reply}").as_bytes(), peer).unwrap();
        }
    }
}

fn attack(host: &Host, role: &str) -> Running {
    let mut command = host.test_command(test_path!("agent"));
    command.env(ROLE, role);
    Running::start_test(command)
}

/// Runs an attack to its end.
fn attack_to_end(host: &Host, role: &str) {
    let finished = attack(host, role).wait(RUN_TIMEOUT);
    finished.expect_code(0);
    assert!(finished.lines.iter().any(|line| line.text == "done"), "{role}");
}

// ---- measurements ----

/// A value of `/proc/PID/status`, in KiB.
fn memory(process: &Running, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
    line.trim_start_matches(':').split_whitespace().next().unwrap().parse().unwrap()
}

/// The number of `odd` records of each kind in a journal.
fn unexpected_kinds(journal: &Path) -> BTreeMap<String, u64> {
    let mut kinds = BTreeMap::new();
    for line in fs::read_to_string(journal).unwrap().lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        if record["e"] == "unexpected" {
            *kinds.entry(record["why"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    kinds
}

fn no_panic(finished: &Finished) {
    let printed = finished.text(Stream::Err);
    assert!(!printed.contains("panicked"), "{printed}");
}

/// The server's address on its LAN, without NAT.
fn server_inside() -> String {
    format!("{HOME_B}:{PORT}")
}

/// Limit of memory growth during a flood: the capture's ring and a full journal queue.
const MAX_GROWTH_KIB: u64 = 128 << 10;

// ---- against a server ----

#[test]
fn a_flooded_server_still_serves_its_client() {
    let Some(lab) = Lab::build("a_flooded_server_still_serves_its_client") else { return };
    let folder = TempDir::new().unwrap();
    let (to, attacker) = (lab.server_address().to_string(), lab.router_b());
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let pace = ["--count", "150", "--batch", "0", "--interval", "40ms", "--wait", "2s"];
    let arguments = [&["client", "--json", &to, "--capture", "client.pcap"], &pace[..]].concat();
    let real = Running::start(medidor(lab.home_a(), folder.path(), &arguments));
    real.wait_for_nth_line(5, |line| line.contains(": ACK "), STEP_TIMEOUT);
    let before = memory(&server, "VmRSS");
    attack_to_end(attacker, &format!("random {} 15000", server_inside()));
    attack_to_end(attacker, &format!("forged_sources {} 15000", server_inside()));
    attack_to_end(attacker, &format!("forge 198.51.100.7:4000 {} 15000 ACK #", server_inside()));
    attack_to_end(attacker, &format!("large {} 200", server_inside()));
    let after = memory(&server, "VmHWM");
    assert!(after - before < MAX_GROWTH_KIB, "from {before} KiB to {after} KiB");
    let finished = real.wait(RUN_TIMEOUT);
    finished.expect_code(0);
    assert!(Report::of(&finished).count("delivered").unwrap() >= 75);

    // A later client is served too, although the forged clients never ended their conversations.
    let pace = ["--count", "30", "--batch", "0", "--interval", "100ms", "--wait", "2s"];
    let late = client(lab.home_a(), folder.path(), &[&[to.as_str()], &pace[..]].concat());
    late.expect_code(0);
    assert!(Report::of(&late).count("delivered").unwrap() >= 15);

    let served = server.interrupt(RUN_TIMEOUT);
    served.expect_code(0);
    no_panic(&served);
    let served = Report::of(&served);
    // A forged message resembles a part of the client's run: the document reports it and asks for the flow's number.
    let flows = served.json()["flows"].as_array().unwrap().iter();
    let behind_the_nat = flows.filter(|flow| flow["client"].as_str().is_some_and(|it| it.starts_with("203.0.113.1:")));
    let flow = behind_the_nat.max_by_key(|flow| flow["counts"]["answered"].as_u64()).expect("the client's flow");
    let number = flow["id"].to_string();
    let joint = analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap", "--flow", &number]);
    joint.expect_code(0);
    let joint = Report::of(&joint);
    // Only the server's own socket can have lost messages.
    never_overclaims(&joint, |_| Truth::Either(&["server_host_in"]));
    for number in joint.with_outcome("lost") {
        let verdict_line = joint.verdict_line(number);
        assert!(!verdict_line.contains("network"), "message {number}: {verdict_line}");
    }
}

#[test]
fn malformed_datagrams_are_counted_and_never_answered() {
    const COUNT: u64 = 300;
    let name = "malformed_datagrams_are_counted_and_never_answered";
    let Some(lab) = Lab::build(name) else { return };
    let folder = TempDir::new().unwrap();
    let tap = ReferenceCapture::start(lab.home_b(), &folder.path().join("tap.pcap"), "udp src port 5005");
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    attack_to_end(lab.router_b(), &format!("malformed {} {COUNT}", server_inside()));
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    assert_eq!(tap.stop().len() as u64, COUNT, "one answer for each message, and none for the rest");
    let kinds = unexpected_kinds(&folder.path().join("server.journal.jsonl"));
    let expected = [("malformed".to_owned(), 2 * COUNT), ("reply_at_server".to_owned(), COUNT)];
    assert_eq!(kinds, BTreeMap::from(expected));
    let report = Report::of(&served);
    assert_eq!((report.count("answered"), report.count("malformed")), (Some(COUNT), Some(2 * COUNT)));
    let warnings = report.json()["warnings"].as_array().unwrap();
    let replies = warnings.iter().find(|warning| warning["code"] == "replies_at_server").expect("a warning");
    assert_eq!(replies["values"]["count"], COUNT);
    assert_eq!(report.with_outcome("lost"), [0; 0]);
}

#[test]
fn answers_to_one_source_are_limited_on_the_wire() {
    const LIMIT: usize = 100;
    let Some(lab) = Lab::build("answers_to_one_source_are_limited_on_the_wire") else { return };
    let folder = TempDir::new().unwrap();
    let tap = ReferenceCapture::start(lab.home_b(), &folder.path().join("tap.pcap"), "udp src port 5005");
    let server = server(lab.home_b(), folder.path(), &["--journal", "server.jsonl", "--rate-limit", "100"]);
    let begun = Instant::now();
    let to = lab.server_address().to_string();
    let pace = ["--count", "40", "--batch", "0", "--interval", "40ms", "--wait", "2s"];
    let arguments = [&["client", "--json", &to], &pace[..]].concat();
    let real = Running::start(medidor(lab.home_a(), folder.path(), &arguments));
    real.wait_for_nth_line(3, |line| line.contains(": ACK "), STEP_TIMEOUT);
    // From many ports: the limit is per address.
    for port in 4000..4010 {
        attack_to_end(lab.router_b(), &format!("forge 198.51.100.7:{port} {} 2000 Mensagem #", server_inside()));
    }
    let finished = real.wait(RUN_TIMEOUT);
    finished.expect_code(0);
    let served = server.interrupt(RUN_TIMEOUT);
    let seconds = begun.elapsed().as_secs_f64();
    served.expect_code(0);
    no_panic(&served);
    let victim = |frame: &&Frame| matches!(frame, Frame::Udp { destination, .. } if destination.ip().to_string() == "198.51.100.7");
    let answers = tap.stop().iter().filter(victim).count();
    assert!(answers >= LIMIT, "{answers}: it answers");
    assert!(answers as f64 <= LIMIT as f64 * (1.0 + seconds), "{answers} answers in {seconds} s");
    let journal = fs::read_to_string(folder.path().join("server.jsonl")).unwrap();
    assert!(journal.matches("rate_limit").count() > 1_000, "those kept back are written down");
    assert!(Report::of(&finished).count("delivered").unwrap() >= 20, "the other source has an allowance of its own");
}

#[test]
fn two_servers_do_not_answer_each_other() {
    let Some(lab) = Lab::build("two_servers_do_not_answer_each_other") else { return };
    for mode in ["ack", "echo", "upper", "pong"] {
        let folder = TempDir::new().unwrap();
        let tap = ReferenceCapture::start(
            lab.home_b(),
            &folder.path().join("tap.pcap"),
            "udp src port 5005 and udp dst port 5005",
        );
        let options = |journal| ["--reply", mode, "--journal", journal];
        let one = server(lab.home_b(), folder.path(), &options("one.jsonl"));
        let two = server(lab.router_b(), folder.path(), &options("two.jsonl"));
        let (at_one, at_two) = (server_inside(), format!("{ROUTER_B_LAN}:{PORT}"));
        attack_to_end(lab.router_b(), &format!("forge {at_two} {at_one} 1 ACK 7"));
        attack_to_end(lab.home_b(), &format!("forge {at_one} {at_two} 1 ACK 7"));
        // Each server has read its datagram by the time it has answered another client. A reply loop would continue
        // meanwhile.
        for (from, to) in [(lab.router_b(), &at_one), (lab.home_b(), &at_two)] {
            let asked = client(from, folder.path(), &[to, "--count", "3", "--batch", "0", "--wait", "300ms"]);
            assert!(matches!(asked.status.code(), Some(0 | 1)), "{}", asked.text(Stream::Err));
        }
        one.interrupt(STEP_TIMEOUT).expect_code(0);
        two.interrupt(STEP_TIMEOUT).expect_code(0);
        for journal in ["one.jsonl", "two.jsonl"] {
            let kinds = unexpected_kinds(&folder.path().join(journal));
            assert_eq!(kinds.get("reply_at_server"), Some(&1), "{mode} {journal}: {kinds:?}");
        }
        let frames = tap.stop();
        assert!(frames.len() == 2 && frames.iter().all(|frame| frame.has_text("ACK 7")), "{mode}: {frames:?}");
    }
}

#[test]
fn numbers_far_apart_keep_the_result_small() {
    let Some(lab) = Lab::build("numbers_far_apart_keep_the_result_small") else { return };
    let folder = TempDir::new().unwrap();
    let server = server(lab.home_b(), folder.path(), &["--journal", "server.jsonl"]);
    attack_to_end(lab.router_b(), &format!("numbers {} {} 40", server_inside(), u64::MAX / 50));
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    no_panic(&served);
    assert_eq!(Report::of(&served).count("answered"), Some(40));
}

#[test]
fn numbers_near_enough_to_be_gaps_keep_the_result_small() {
    let name = "numbers_near_enough_to_be_gaps_keep_the_result_small";
    let Some(lab) = Lab::build(name) else { return };
    let folder = TempDir::new().unwrap();
    let server = server(lab.home_b(), folder.path(), &["--journal", "server.jsonl"]);
    attack_to_end(lab.router_b(), &format!("numbers {} 9999 300", server_inside()));
    let served = server.interrupt(RUN_TIMEOUT);
    served.expect_code(0);
    let length = served.text(Stream::Out).len();
    assert!(length < 16 << 20, "{length} bytes for 300 datagrams");
}

// ---- against a client ----

#[test]
fn wrong_replies_make_no_false_delivery() {
    let Some(lab) = Lab::build("wrong_replies_make_no_false_delivery") else { return };
    let folder = TempDir::new().unwrap();
    // The attacker is on the same LAN, because a NAT would block replies from another port.
    let lying_server = attack(lab.router_b(), "lying_server");
    lying_server.wait_for_line(|line| line == "listening", STEP_TIMEOUT);
    let to = format!("{ROUTER_B_LAN}:{PORT}");
    let pace = ["--count", "30", "--batch", "0", "--interval", "40ms", "--wait", "1s"];
    let arguments = [&["client", "--json", &to, "--capture", "client.pcap"], &pace[..]].concat();
    let running = Running::start(medidor(lab.home_b(), folder.path(), &arguments));
    running.wait_for_line(|line| line.contains("30: ACK 30"), STEP_TIMEOUT);
    let before = memory(&running, "VmRSS");
    assert!(before < 256 << 10, "{before} KiB");
    // The flood lasts longer than the run.
    let finished = running.wait(RUN_TIMEOUT);
    finished.expect_code(0);
    lying_server.wait(STEP_TIMEOUT).expect_code(0);
    no_panic(&finished);
    let printed = finished.text(Stream::Err);
    assert!(
        printed.contains("reply to a number that was not sent") && printed.contains("duplicate reply"),
        "{printed}"
    );
    assert!(printed.lines().count() < 400, "a flood of rubbish is no flood of lines: {}", printed.lines().count());
    let unclean = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!printed.contains(unclean), "{:?}", printed.lines().find(|line| line.contains(unclean)));

    let report = Report::of(&finished);
    for number in [15, 26] {
        assert!(report.verdict_line(number).starts_with("lost: "), "{}", report.verdict_line(number));
    }
    for number in [22, 24, 25, 27, 29] {
        assert_eq!(report.verdict_line(number), "delivered", "message {number}");
    }
    assert!(report.warnings().contains(&"other_source"), "{:?}", report.warnings());
    assert!(report.count("malformed").unwrap() >= 1 && report.count("duplicates").unwrap() >= 1);
    never_overclaims(&report, |number| match number {
        15 | 26 => Truth::Lost(&["server_app"]),
        // The flood may have overflowed the client's socket.
        _ => Truth::Either(&["client_host_in"]),
    });
}

#[test]
fn a_reply_before_its_message_is_not_a_delivery() {
    let Some(lab) = Lab::build("a_reply_before_its_message_is_not_a_delivery") else { return };
    let folder = TempDir::new().unwrap();
    let early_server = attack(lab.home_b(), "early_server");
    early_server.wait_for_line(|line| line == "listening", STEP_TIMEOUT);
    let to = lab.server_address().to_string();
    let pace = ["--count", "8", "--batch", "0", "--interval", "60ms", "--wait", "1500ms"];
    let arguments = [&[to.as_str(), "--capture", "client.pcap"], &pace[..]].concat();
    let finished = client(lab.home_a(), folder.path(), &arguments);
    early_server.wait(STEP_TIMEOUT).expect_code(0);
    assert!(finished.text(Stream::Err).contains("5: reply to a number that was not sent"));
    assert!(finished.text(Stream::Err).contains("5: no reply"));
    let report = Report::of(&finished);
    assert_eq!(
        report.verdict_line(5),
        "lost: network_forward server_host_in server_app server_host_out network_return"
    );
    assert_eq!((report.count("delivered"), report.count("never_sent")), (Some(7), Some(1)));
}
