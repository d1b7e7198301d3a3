//! Tests of the lab itself: every fault loses the right datagrams at the right place, and each witness observes what
//! [`faults`] documents.
//!
//! The traffic comes from this test binary, so nothing here depends on the program under test.

mod traffic;

use std::path::Path;

use traffic::{agent_in, lab_holder, server_in};

use crate::common::faults;
use crate::common::faults::Match;
use crate::common::lab::{HOME_A, HOME_B, Host, Lab, PORT, ROUTER_A_WAN, ROUTER_B_WAN, Side, Transport};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::reference_capture::{Frame, ReferenceCapture, count};
use nix::sys::signal::Signal;
use tempfile::TempDir;

/// The observations of an exchange: both programs and both captures.
struct Observations {
    client: Finished,
    server: Finished,
    client_wire: Vec<Frame>,
    server_wire: Vec<Frame>,
}

/// Sends `count` messages from home A to home B, with a capture on both sides.
fn run(lab: &Lab, count: u32) -> Observations {
    let directory = TempDir::new().unwrap();
    let (client_tap, server_tap) = start_captures(lab, directory.path());
    let server = server_in(lab);
    let client = agent_in(lab.home_a(), &format!("send {} {count}", lab.server_address()));
    let (client, server) = (client.wait(STEP_TIMEOUT), server.wait(STEP_TIMEOUT));
    client.expect_code(0);
    server.expect_code(0);
    Observations { client, server, client_wire: client_tap.stop(), server_wire: server_tap.stop() }
}

fn start_captures(lab: &Lab, directory: &Path) -> (ReferenceCapture, ReferenceCapture) {
    let filter = "udp port 5005 or icmp";
    let client = ReferenceCapture::start(lab.home_a(), &directory.join("client.pcap"), filter);
    (client, ReferenceCapture::start(lab.home_b(), &directory.join("server.pcap"), filter))
}

/// A row of the table: how often a message and its reply were observed at each point.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    send: &'static str,
    client_wire: usize,
    server_wire: usize,
    server_app: usize,
    reply: &'static str,
    server_wire_out: usize,
    client_wire_in: usize,
    client_app: usize,
}

/// A message without a fault.
const DELIVERED: Row = Row {
    send: "ok",
    client_wire: 1,
    server_wire: 1,
    server_app: 1,
    reply: "ok",
    server_wire_out: 1,
    client_wire_in: 1,
    client_app: 1,
};
/// A message that was observed nowhere.
const NOWHERE: Row = Row {
    send: "",
    client_wire: 0,
    server_wire: 0,
    server_app: 0,
    reply: "",
    server_wire_out: 0,
    client_wire_in: 0,
    client_app: 0,
};

impl Observations {
    fn row(&self, n: u32) -> Row {
        let (request, reply) = (format!("Mensagem {n}"), format!("ACK {n}"));
        let result = |printed: Vec<&str>| match printed.first() {
            Some(&"ok") => "ok",
            Some(&"EPERM") => "EPERM",
            Some(_) => "another error",
            None => "",
        };
        let times = |printed: Vec<&str>, text: &str| printed.iter().filter(|word| **word == text).count();
        Row {
            send: result(self.client.after(&format!("sent {request}: "))),
            client_wire: count(&self.client_wire, &request),
            server_wire: count(&self.server_wire, &request),
            server_app: times(self.server.after("received "), &request),
            reply: result(self.server.after(&format!("answered {reply}: "))),
            server_wire_out: count(&self.server_wire, &reply),
            client_wire_in: count(&self.client_wire, &reply),
            client_app: times(self.client.after("got "), &reply),
        }
    }

    /// Checks the messages with a fault, and that all others were delivered.
    fn check(&self, count: u32, struck: &[(u32, Row)]) {
        for n in 1..=count {
            let expected = struck.iter().find(|(number, _)| *number == n).map_or(&DELIVERED, |(_, row)| row);
            assert_eq!(&self.row(n), expected, "message {n}");
        }
    }
}

// ---- the lab itself ----

#[test]
fn two_nats_rewrite_addresses() {
    let Some(lab) = Lab::build("two_nats_rewrite_addresses") else { return };
    let observed = run(&lab, 3);
    observed.check(3, &[]);
    let ends = |frames: &[Frame], text: &str| {
        frames.iter().find(|frame| frame.has_text(text)).map(|frame| match frame {
            Frame::Udp { source, destination, .. } => (source.ip(), destination.ip()),
            _ => unreachable!("only datagrams say something"),
        })
    };
    let (client, server) = (&observed.client_wire, &observed.server_wire);
    assert_eq!(ends(client, "Mensagem 1"), Some((HOME_A.into(), ROUTER_B_WAN.into())));
    assert_eq!(ends(server, "Mensagem 1"), Some((ROUTER_A_WAN.into(), HOME_B.into())));
    assert_eq!(ends(server, "ACK 1"), Some((HOME_B.into(), ROUTER_A_WAN.into())));
    assert_eq!(ends(client, "ACK 1"), Some((ROUTER_B_WAN.into(), HOME_A.into())));
}

#[test]
fn the_lab_is_not_in_the_machines_own_network() {
    let Some(lab) = Lab::build("the_lab_is_not_in_the_machines_own_network") else { return };
    let hosts = [lab.home_a(), lab.router_a(), lab.router_b(), lab.home_b()];
    let mut networks: Vec<_> =
        hosts.iter().map(|host| host.run("readlink", &["/proc/self/ns/net"]).unwrap().trim().to_owned()).collect();
    networks.push(std::fs::read_link("/proc/self/ns/net").unwrap().to_str().unwrap().to_owned());
    networks.sort();
    networks.dedup();
    assert_eq!(networks.len(), 5, "{networks:?}");
}

#[test]
fn another_port_can_be_forwarded() {
    let Some(lab) = Lab::build("another_port_can_be_forwarded") else { return };
    lab.forward(Side::B, Transport::Udp, 6000);
    let server = agent_in(lab.home_b(), "echo 6000");
    server.wait_for_line(|line| line == "listening", STEP_TIMEOUT);
    let client = agent_in(lab.home_a(), &format!("send {ROUTER_B_WAN}:6000 1")).wait(STEP_TIMEOUT);
    assert_eq!(client.after("got "), ["ACK 1", "ACK fim"], "{client:?}");
}

#[test]
fn a_killed_test_leaves_no_process() {
    let holder = lab_holder();
    holder.wait_for_line(|line| line == "holding" || line.starts_with("SKIPPED"), STEP_TIMEOUT);
    holder.signal(Signal::SIGKILL);
    // The holders and the process in the lab share its stderr: the output ends when all of them have exited.
    let ended = holder.wait(STEP_TIMEOUT);
    if let Some(why) = ended.text(Stream::Err).strip_prefix("SKIPPED: ") {
        crate::common::skip("a_killed_test_leaves_no_process", why.trim());
    }
}

#[test]
fn processes_end_with_the_lab() {
    let Some(lab) = Lab::build("processes_end_with_the_lab") else { return };
    let mut sleep = lab.router_a().command("sh");
    sleep.args(["-c", "echo inside; exec sleep 600"]);
    let sleeper = Running::start(sleep);
    sleeper.wait_for_line(|line| line == "inside", STEP_TIMEOUT);
    drop(lab);
    assert!(!sleeper.wait(STEP_TIMEOUT).status.success());
}

// ---- the faults ----

#[test]
fn a_dropped_request_is_on_the_clients_wire_only() {
    let Some(lab) = Lab::build("a_dropped_request_is_on_the_clients_wire_only") else { return };
    let fault = faults::drop_forward_message(&lab, "Mensagem 4");
    // Message 40 starts with the text of message 4.
    let observed = run(&lab, 40);
    observed.check(40, &[(4, Row { send: "ok", client_wire: 1, ..NOWHERE })]);
    assert_eq!(fault.hits(), 1);
}

#[test]
fn a_dropped_reply_is_on_the_servers_wire_only() {
    let Some(lab) = Lab::build("a_dropped_reply_is_on_the_servers_wire_only") else { return };
    let fault = faults::drop_return_message(&lab, "ACK 2");
    run(&lab, 3).check(3, &[(2, Row { client_wire_in: 0, client_app: 0, ..DELIVERED })]);
    assert_eq!(fault.hits(), 1);
}

#[test]
fn a_fault_matches_a_long_text_completely() {
    let Some(lab) = Lab::build("a_fault_matches_a_long_text_completely") else { return };
    let other = faults::input_drop(lab.home_b(), &Match::request("um texto de mais de dezesseis bytes 1"));
    let fault = faults::output_drop(lab.home_a(), &Match::request("um texto de mais de dezesseis bytes 2"));
    let text = "printf 'um texto de mais de dezesseis bytes 2' > /dev/udp/203.0.113.2/5005";
    assert!(lab.home_a().run("bash", &["-c", text]).is_err(), "sending is refused");
    assert_eq!((fault.hits(), other.hits()), (1, 0));
}

#[test]
fn a_fault_matches_by_port_and_probability() {
    let Some(lab) = Lab::build("a_fault_matches_by_port_and_probability") else { return };
    let sure = faults::output_drop(lab.home_a(), &Match::any_request().on_port(6000).at_random(1000));
    let send = |port: u16| lab.home_a().run("bash", &["-c", &format!("printf x > /dev/udp/{ROUTER_B_WAN}/{port}")]);
    assert!(send(6000).is_err(), "sending is refused");
    assert!(send(PORT).is_ok());
    assert_eq!(sure.hits(), 1);
}

#[test]
fn a_fault_can_drop_one_message_in_three() {
    let Some(lab) = Lab::build("a_fault_can_drop_one_message_in_three") else { return };
    let fault = faults::forward_drop(lab.router_b(), &Match::any_request().one_in(3));
    let lost = || Row { send: "ok", client_wire: 1, ..NOWHERE };
    run(&lab, 7).check(7, &[(1, lost()), (4, lost()), (7, lost())]);
    assert_eq!(fault.hits(), 3);
}

#[test]
fn input_drops_are_on_the_receivers_wire() {
    let Some(lab) = Lab::build("input_drops_are_on_the_receivers_wire") else { return };
    faults::input_drop(lab.home_b(), &Match::request("Mensagem 2"));
    faults::input_drop(lab.home_a(), &Match::reply("ACK 3"));
    let lost_request = Row { send: "ok", client_wire: 1, server_wire: 1, ..NOWHERE };
    run(&lab, 4).check(4, &[(2, lost_request), (3, Row { client_app: 0, ..DELIVERED })]);
}

#[test]
fn output_drops_fail_with_eperm() {
    let Some(lab) = Lab::build("output_drops_fail_with_eperm") else { return };
    faults::output_drop(lab.home_a(), &Match::request("Mensagem 2"));
    faults::output_drop(lab.home_b(), &Match::reply("ACK 3"));
    let unanswered = Row { reply: "EPERM", server_wire_out: 0, client_wire_in: 0, client_app: 0, ..DELIVERED };
    run(&lab, 4).check(4, &[(2, Row { send: "EPERM", ..NOWHERE }), (3, unanswered)]);
}

#[test]
fn egress_drops_are_on_no_wire_and_unreported() {
    let Some(lab) = Lab::build("egress_drops_are_on_no_wire_and_unreported") else { return };
    let Some(_) = faults::egress_drop(lab.home_a(), &Match::request("Mensagem 2")) else { return };
    let Some(_) = faults::egress_drop(lab.home_b(), &Match::reply("ACK 3")) else { return };
    let unanswered = Row { server_wire_out: 0, client_wire_in: 0, client_app: 0, ..DELIVERED };
    run(&lab, 4).check(4, &[(2, Row { send: "ok", ..NOWHERE }), (3, unanswered)]);
}

#[test]
fn ingress_drops_are_on_the_receivers_wire() {
    let Some(lab) = Lab::build("ingress_drops_are_on_the_receivers_wire") else { return };
    let Some(_) = faults::ingress_drop(lab.home_b(), &Match::request("Mensagem 2")) else { return };
    let Some(_) = faults::ingress_drop(lab.home_a(), &Match::reply("ACK 3")) else { return };
    let lost_request = Row { send: "ok", client_wire: 1, server_wire: 1, ..NOWHERE };
    run(&lab, 4).check(4, &[(2, lost_request), (3, Row { client_app: 0, ..DELIVERED })]);
}

#[test]
fn a_duplicated_request_is_answered_twice() {
    let Some(lab) = Lab::build("a_duplicated_request_is_answered_twice") else { return };
    let Some(fault) = faults::duplicate(lab.home_a(), &Match::request("Mensagem 2")) else { return };
    let observed = run(&lab, 4);
    let twice = Row {
        send: "ok",
        client_wire: 2,
        server_wire: 2,
        server_app: 2,
        reply: "ok",
        server_wire_out: 2,
        client_wire_in: 2,
        client_app: 2,
    };
    observed.check(4, &[(2, twice)]);
    assert_eq!(fault.hits(), 1);
}

#[test]
fn several_faults_on_one_host_work_and_are_removed() {
    let Some(lab) = Lab::build("several_faults_on_one_host_work_and_are_removed") else { return };
    faults::output_drop(lab.home_a(), &Match::request("Mensagem 1"));
    let Some(_) = faults::egress_drop(lab.home_a(), &Match::request("Mensagem 2")) else { return };
    let Some(_) = faults::duplicate(lab.home_a(), &Match::request("Mensagem 3")) else { return };
    faults::input_drop(lab.home_a(), &Match::reply("ACK 4"));
    let lifted = faults::output_drop(lab.home_a(), &Match::request("Mensagem 5"));
    lifted.lift();
    let observed = run(&lab, 5);
    assert_eq!(observed.row(1), Row { send: "EPERM", ..NOWHERE });
    assert_eq!(observed.row(2), Row { send: "ok", ..NOWHERE });
    assert_eq!(observed.row(3).server_app, 2);
    assert_eq!(observed.row(4), Row { client_app: 0, ..DELIVERED });
    assert_eq!(observed.row(5), DELIVERED);
    faults::flush(lab.home_a());
    run(&lab, 5).check(5, &[]);
}

/// The sources of port unreachable errors that arrive at home A.
fn icmp_errors(frames: &[Frame]) -> Vec<std::net::IpAddr> {
    let complaint = |frame: &Frame| match frame {
        Frame::Icmp { source, destination, kind: (3, 3) } if *destination == HOME_A => Some(*source),
        _ => None,
    };
    frames.iter().filter_map(complaint).collect()
}

#[test]
fn port_unreachable_passes_both_nats() {
    let Some(lab) = Lab::build("port_unreachable_passes_both_nats") else { return };
    let directory = TempDir::new().unwrap();
    let (client_tap, server_tap) = start_captures(&lab, directory.path());
    let client = agent_in(lab.home_a(), &format!("send {} 1", lab.server_address())).wait(STEP_TIMEOUT);
    assert_eq!(client.after("sent Mensagem 1: "), ["ok"]);
    assert_eq!(client.after("error ").first(), Some(&"ECONNREFUSED"), "{client:?}");
    let (client_wire, server_wire) = (client_tap.stop(), server_tap.stop());
    assert_eq!(count(&server_wire, "Mensagem 1"), 1);
    // Home B sends the error; its router replaces the source by its own address.
    assert_eq!(icmp_errors(&client_wire).first(), Some(&ROUTER_B_WAN.into()), "{client_wire:?}");
}

#[test]
fn a_router_rejects_with_an_icmp_error() {
    let Some(lab) = Lab::build("a_router_rejects_with_an_icmp_error") else { return };
    let directory = TempDir::new().unwrap();
    let (client_tap, server_tap) = start_captures(&lab, directory.path());
    let fault = faults::forward_reject(lab.router_a(), &Match::request("Mensagem 1"));
    let server = server_in(&lab);
    let client = agent_in(lab.home_a(), &format!("send {} 1", lab.server_address())).wait(STEP_TIMEOUT);
    drop(server);
    assert_eq!(client.after("sent Mensagem 1: "), ["ok"]);
    assert_eq!(client.after("error "), ["ECONNREFUSED"], "{client:?}");
    assert_eq!(fault.hits(), 1);
    let (client_wire, server_wire) = (client_tap.stop(), server_tap.stop());
    assert_eq!((count(&client_wire, "Mensagem 1"), count(&server_wire, "Mensagem 1")), (1, 0));
    assert_eq!(icmp_errors(&client_wire).len(), 1, "{client_wire:?}");
}

/// Counts of a burst through a slow link at one host: sent, lost there, and observed on each wire.
struct BurstCounts {
    sent: usize,
    lost: usize,
    client_wire: usize,
    server_wire: usize,
}

fn run_burst(lab: &Lab, narrow: &Host) -> Option<BurstCounts> {
    let directory = TempDir::new().unwrap();
    let fault = faults::slow_link(narrow, 1_000_000, 2_000)?;
    let (client_tap, server_tap) = start_captures(lab, directory.path());
    let _server = server_in(lab);
    let client = agent_in(lab.home_a(), &format!("burst {} 200", lab.server_address()));
    let client = client.wait(STEP_TIMEOUT);
    client.expect_code(0);
    let requests = |frames: Vec<Frame>| {
        let is_request = |frame: &&Frame| matches!(frame, Frame::Udp { destination, .. } if destination.port() == PORT);
        frames.iter().filter(is_request).count()
    };
    Some(BurstCounts {
        sent: client.after("sent ").iter().filter(|line| line.ends_with(": ok")).count(),
        lost: fault.hits() as usize,
        client_wire: requests(client_tap.stop()),
        server_wire: requests(server_tap.stop()),
    })
}

#[test]
fn a_slow_link_drops_packets_in_the_network() {
    let Some(lab) = Lab::build("a_slow_link_drops_packets_in_the_network") else { return };
    let Some(observed) = run_burst(&lab, lab.router_a()) else { return };
    assert!(observed.sent > 200 && observed.lost > 0);
    assert_eq!((observed.client_wire, observed.server_wire), (observed.sent, observed.sent - observed.lost));
}

#[test]
fn a_full_queue_drops_packets_before_the_senders_wire() {
    let Some(lab) = Lab::build("a_full_queue_drops_packets_before_the_senders_wire") else { return };
    let Some(observed) = run_burst(&lab, lab.home_a()) else { return };
    assert!(observed.sent > 200 && observed.lost > 0);
    assert_eq!(
        (observed.client_wire, observed.server_wire),
        (observed.sent - observed.lost, observed.sent - observed.lost)
    );
}

#[test]
fn a_stopped_server_replies_after_it_continues() {
    let Some(lab) = Lab::build("a_stopped_server_replies_after_it_continues") else { return };
    let directory = TempDir::new().unwrap();
    let server_tap = ReferenceCapture::start(lab.home_b(), &directory.path().join("server.pcap"), "udp port 5005");
    let server = server_in(&lab);
    server.freeze();
    let client = agent_in(lab.home_a(), &format!("send {} 1", lab.server_address()));
    client.wait_for_line(|line| line == "sent fim: ok", STEP_TIMEOUT);
    assert!(server.lines().iter().all(|line| !line.text.starts_with("received ")), "{:?}", server.lines());
    server.thaw();
    let (client, server) = (client.wait(STEP_TIMEOUT), server.wait(STEP_TIMEOUT));
    assert_eq!(client.after("got "), ["ACK 1", "ACK fim"]);
    assert_eq!(server.after("received "), ["Mensagem 1", "fim"]);
    assert_eq!(count(&server_tap.stop(), "Mensagem 1"), 1);
}
