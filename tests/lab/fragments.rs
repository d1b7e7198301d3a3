//! Messages of several IP fragments, some of which the network loses, and requests in `PPPoE` session frames.
//!
//! A host discards an incomplete datagram without a trace, so a loss in the network must not be blamed on that host.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};

use crate::common::faults::{self, Fault, Match};
use crate::common::lab::{
    HOME_A, HOME_B, HOME_B_V6, Host, Lab, PORT, ROUTER_A_LAN, ROUTER_A_WAN, ROUTER_B_LAN, ROUTER_B_WAN,
};
use crate::common::medidor::{RUN_TIMEOUT, Report, Truth, analyze, client, medidor, never_overclaims, server};
use crate::common::pcap::{self, Order};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use serde_json::Value;
use tempfile::TempDir;

const COUNT: u64 = 30;
/// Bytes of a probe's text: three fragments of 1,500 bytes or less, over IPv4 and over IPv6.
const PROBE_SIZE: usize = 3_000;
/// Bytes of a message's text, almost the most that the client allows, and the MTU of home A's route, bytes, with which it is
/// sent as three fragments.
const TEXT_SIZE: usize = 198;
const MESSAGE_MTU: &str = "120";
/// The MTU of home B's route, bytes, with which a reply of 1,200 bytes is sent as three fragments.
const REPLY_MTU: &str = "520";
/// The fragments of a datagram after the first.
const LATER: u32 = 2;
/// One in so many later fragments is lost, so that it is now the second one and now the third one of a datagram.
const ONE_IN: u32 = 9;

/// The network's place that drops fragments, on the way out or on the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the sender's router, before it joins the fragments for its NAT. Over IPv4 nothing of the packet arrives; over
    /// IPv6 there is no NAT, and its other fragments arrive.
    First,
    /// At the receiver's router, after its NAT has split the packet again: the fragments before it arrive.
    Last,
}

/// The program that sends the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Client,
    Ping,
}

/// The later fragments that are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    OneInNine,
    All,
    /// All but those of the first five messages.
    AllAfterFive,
}

impl Lost {
    fn of(self, which: Match) -> Match {
        match self {
            Self::OneInNine => which.one_in(ONE_IN),
            Self::All => which,
            Self::AllAfterFive => which.after_first(5 * LATER),
        }
    }

    /// The numbers of the messages that lose fragments, one entry for each fragment. Fragments pass in the order of the
    /// messages.
    fn fragments(self, place: Place) -> Vec<u64> {
        let (mut passed, mut lost) = (0, Vec::new());
        for number in 1..=COUNT {
            for _ in 0..LATER {
                let dropped = match self {
                    Self::OneInNine => passed % ONE_IN == 0,
                    Self::All => true,
                    Self::AllAfterFive => passed >= 5 * LATER,
                };
                passed += 1;
                if dropped {
                    lost.push(number);
                    // The kernel does not send the rest of a packet when its device refuses a fragment.
                    if place == Place::Last {
                        break;
                    }
                }
            }
        }
        lost
    }
}

/// Drops these later fragments of requests (`way_back`: of replies), which are known by the destination address that
/// they have there.
fn drop_fragments(lab: &Lab, case: Case) -> Option<Fault<'_>> {
    let to: IpAddr = match (case.place, case.way_back) {
        _ if case.ipv6 => HOME_B_V6.into(),
        (Place::First, false) => ROUTER_B_WAN.into(),
        (Place::Last, false) => HOME_B.into(),
        (Place::First, true) => ROUTER_A_WAN.into(),
        (Place::Last, true) => HOME_A.into(),
    };
    let which = case.lost.of(Match::later_fragments_to(to));
    let (first, last) = if case.way_back { (lab.router_b(), lab.router_a()) } else { (lab.router_a(), lab.router_b()) };
    match case.place {
        Place::First => faults::fragment_drop_from_home(first, &which),
        Place::Last => faults::fragment_drop_to_home(last, &which),
    }
}

/// Sets the MTU of a home's IPv4 route. The device still receives frames of 1,500 bytes.
fn set_route_mtu(home: &Host, gateway: Ipv4Addr, bytes: &str) {
    home.run("ip", &["route", "replace", "default", "via", &gateway.to_string(), "mtu", bytes]).unwrap();
}

/// Runs the client or ping in home A, with a capture, to its end.
fn send(lab: &Lab, folder: &TempDir, sender: Sender, to: &str) -> Finished {
    let count = COUNT.to_string();
    let common = [to, "--capture", "client.pcap", "--count", &count];
    match sender {
        Sender::Client => {
            set_route_mtu(lab.home_a(), ROUTER_A_LAN, MESSAGE_MTU);
            let text = format!("{:x<TEXT_SIZE$}", "Mensagem {n} ");
            let pace = ["--batch", "0", "--interval", "40ms", "--wait", "1s", "--message", &text];
            client(lab.home_a(), folder.path(), &[&common[..], &pace].concat())
        }
        Sender::Ping => {
            let size = PROBE_SIZE.to_string();
            let pace = ["--interval", "40ms", "--timeout", "300ms", "--size", &size];
            let arguments = [&["ping", "--json"], &common[..], &pace].concat();
            Running::start(medidor(lab.home_a(), folder.path(), &arguments)).wait(RUN_TIMEOUT)
        }
    }
}

/// What a test loses, where and of whom.
#[derive(Clone, Copy, Debug)]
struct Case {
    sender: Sender,
    place: Place,
    way_back: bool,
    ipv6: bool,
    lost: Lost,
}

impl Case {
    /// Requests over IPv4.
    const fn new(sender: Sender, place: Place, lost: Lost) -> Self {
        Self { sender, place, way_back: false, ipv6: false, lost }
    }

    /// Requests over IPv6; without a NAT a part of the fragments arrives wherever one is lost.
    const fn over_ipv6(lost: Lost) -> Self {
        Self { ipv6: true, ..Self::new(Sender::Ping, Place::First, lost) }
    }

    /// Replies instead of requests. Over IPv4 only: a reply has at most 1,200 bytes, which IPv6 sends in one packet.
    const fn on_the_way_back(self) -> Self {
        Self { way_back: true, ..self }
    }

    /// Whether fragments of an incomplete packet reach the receiving host.
    fn part_arrives(self) -> bool {
        self.ipv6 || self.place == Place::Last
    }
}

/// Checks the verdicts: these messages, and no others, are lost, and the blame of each contains this segment.
fn lost_in_network(report: &Report, lost: &[u64], segment: &'static [&'static str], what: &str) {
    let truth = |number| if lost.contains(&number) { Truth::Lost(segment) } else { Truth::Delivered };
    never_overclaims(report, truth);
    assert_eq!(report.with_outcome("lost"), lost, "{what}");
    assert_eq!(report.with_outcome("delivered").len() as u64, COUNT - lost.len() as u64, "{what}");
}

/// Runs an exchange of which the network loses fragments, and checks the verdicts of the client alone and of both sides
/// together.
fn lose_fragments(test: &str, case: Case) {
    let Some(lab) = Lab::build(test) else { return };
    if case.ipv6 && lab.add_ipv6().is_none() {
        return;
    }
    let folder = TempDir::new().unwrap();
    if case.way_back {
        set_route_mtu(lab.home_b(), ROUTER_B_LAN, REPLY_MTU);
    }
    let Some(fault) = drop_fragments(&lab, case) else { return };
    let reply = if case.sender == Sender::Ping { "echo" } else { "ack" };
    let arguments = ["--listen", "[::]:5005", "--reply", reply, "--capture", "server.pcap"];
    let server = server(lab.home_b(), folder.path(), &arguments);
    let to = if case.ipv6 { format!("[{HOME_B_V6}]:{PORT}") } else { lab.server_address().to_string() };
    let finished = send(&lab, &folder, case.sender, &to);
    finished.expect_code(i32::from(case.lost == Lost::All));
    server.interrupt(STEP_TIMEOUT).expect_code(0);

    let mut lost = case.lost.fragments(case.place);
    assert_eq!(fault.hits(), lost.len() as u64, "{case:?}");
    lost.dedup();
    let (segment, beside) =
        if case.way_back { (&["network_return"], "client_host_in") } else { (&["network_forward"], "server_host_in") };
    lost_in_network(&Report::of(&finished), &lost, segment, &format!("{case:?}, alone"));
    for order in [["client.pcap", "server.pcap"], ["server.pcap", "client.pcap"]] {
        let analyzed = analyze(lab.home_a(), folder.path(), &order);
        if case.lost == Lost::All && !case.way_back {
            // Without a message in common the two sides are not judged together.
            analyzed.expect_code(1);
            assert!(analyzed.text(Stream::Out).is_empty());
            continue;
        }
        analyzed.expect_code(0);
        let joint = Report::of(&analyzed);
        lost_in_network(&joint, &lost, segment, &format!("{case:?}, {order:?}"));
        assert_eq!(joint.warnings().contains(&"incomplete_fragments"), case.part_arrives(), "{:?}", joint.warnings());
        // A part of the fragments may be all that the capture shows of a packet that arrived. What follows the last
        // messages is too short to prove more.
        let expected = if case.part_arrives() {
            format!("lost: {} {beside}", segment[0])
        } else {
            format!("lost: {}", segment[0])
        };
        for number in lost.iter().filter(|number| **number <= COUNT - 5) {
            assert_eq!(joint.verdict_line(*number), expected, "{case:?}, message {number}");
        }
    }
}

#[test]
fn a_lost_fragment_loses_its_message_before_the_nat() {
    let test = "a_lost_fragment_loses_its_message_before_the_nat";
    lose_fragments(test, Case::new(Sender::Client, Place::First, Lost::OneInNine));
}

#[test]
fn a_lost_fragment_loses_its_message_behind_the_nat() {
    let test = "a_lost_fragment_loses_its_message_behind_the_nat";
    lose_fragments(test, Case::new(Sender::Client, Place::Last, Lost::OneInNine));
}

#[test]
fn first_fragments_alone_lose_each_message_before_the_nat() {
    let test = "first_fragments_alone_lose_each_message_before_the_nat";
    for case in [
        Case::new(Sender::Client, Place::First, Lost::All),
        Case::new(Sender::Client, Place::First, Lost::AllAfterFive),
    ] {
        lose_fragments(test, case);
    }
}

#[test]
fn first_fragments_alone_lose_each_message_behind_the_nat() {
    let test = "first_fragments_alone_lose_each_message_behind_the_nat";
    for case in
        [Case::new(Sender::Client, Place::Last, Lost::All), Case::new(Sender::Client, Place::Last, Lost::AllAfterFive)]
    {
        lose_fragments(test, case);
    }
}

#[test]
fn a_lost_fragment_loses_its_probe_before_the_nat() {
    let test = "a_lost_fragment_loses_its_probe_before_the_nat";
    lose_fragments(test, Case::new(Sender::Ping, Place::First, Lost::OneInNine));
}

#[test]
fn a_lost_fragment_loses_its_probe_behind_the_nat() {
    let test = "a_lost_fragment_loses_its_probe_behind_the_nat";
    lose_fragments(test, Case::new(Sender::Ping, Place::Last, Lost::OneInNine));
}

#[test]
fn first_fragments_alone_lose_each_probe_before_the_nat() {
    let test = "first_fragments_alone_lose_each_probe_before_the_nat";
    for case in
        [Case::new(Sender::Ping, Place::First, Lost::All), Case::new(Sender::Ping, Place::First, Lost::AllAfterFive)]
    {
        lose_fragments(test, case);
    }
}

#[test]
fn first_fragments_alone_lose_each_probe_behind_the_nat() {
    let test = "first_fragments_alone_lose_each_probe_behind_the_nat";
    for case in
        [Case::new(Sender::Ping, Place::Last, Lost::All), Case::new(Sender::Ping, Place::Last, Lost::AllAfterFive)]
    {
        lose_fragments(test, case);
    }
}

#[test]
fn a_lost_fragment_loses_its_probe_over_ipv6() {
    let test = "a_lost_fragment_loses_its_probe_over_ipv6";
    lose_fragments(test, Case::over_ipv6(Lost::OneInNine));
}

#[test]
fn first_fragments_alone_lose_each_probe_over_ipv6() {
    let test = "first_fragments_alone_lose_each_probe_over_ipv6";
    for case in [Case::over_ipv6(Lost::All), Case::over_ipv6(Lost::AllAfterFive)] {
        lose_fragments(test, case);
    }
}

#[test]
fn a_lost_fragment_of_a_reply_is_lost_on_the_way_back() {
    let test = "a_lost_fragment_of_a_reply_is_lost_on_the_way_back";
    for case in [
        Case::new(Sender::Ping, Place::First, Lost::OneInNine).on_the_way_back(),
        Case::new(Sender::Ping, Place::Last, Lost::OneInNine).on_the_way_back(),
    ] {
        lose_fragments(test, case);
    }
}

#[test]
fn first_fragments_of_replies_alone_lose_each_reply() {
    let test = "first_fragments_of_replies_alone_lose_each_reply";
    for place in [Place::First, Place::Last] {
        lose_fragments(test, Case::new(Sender::Ping, place, Lost::AllAfterFive).on_the_way_back());
    }
}

#[test]
fn a_journal_without_replies_belongs_to_a_fragmented_run() {
    let test = "a_journal_without_replies_belongs_to_a_fragmented_run";
    lose_fragments(test, Case::new(Sender::Ping, Place::First, Lost::All).on_the_way_back());
}

/// The messages of the only flow without what differs between two captures of the same run: frame numbers.
fn verdicts(report: &Report) -> Vec<Value> {
    let mut messages = report.flow()["messages"].as_array().expect("messages").clone();
    for message in &mut messages {
        message.as_object_mut().expect("a message").remove("evidence");
    }
    messages
}

#[test]
fn requests_in_pppoe_frames_give_the_same_verdicts() {
    let Some(lab) = Lab::build("requests_in_pppoe_frames_give_the_same_verdicts") else { return };
    let to = lab.server_address().to_string();
    let _faults = [
        faults::drop_forward_message(&lab, "Mensagem 4"),
        faults::drop_return_message(&lab, "ACK 9"),
        faults::input_drop(lab.home_b(), &Match::request("Mensagem 12")),
        faults::input_drop(lab.home_a(), &Match::reply("ACK 18")),
    ];
    // Frames with an Ethernet header, and those of the device `any`.
    for interface in [&["--interface", "eth0"][..], &[]] {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        let server = server(lab.home_b(), folder.path(), &[&["--capture", "server.pcap"], interface].concat());
        let pace = ["--count", "30", "--batch", "0", "--interval", "40ms", "--wait", "1500ms"];
        let arguments = [&[to.as_str(), "--capture", "client.pcap"], &pace[..]].concat();
        client(lab.home_a(), folder.path(), &arguments).expect_code(0);
        server.interrupt(STEP_TIMEOUT).expect_code(0);

        let (link, mut frames) = pcap::read(&fs::read(path("server.pcap")).unwrap());
        let mut requests = 0;
        for frame in &mut frames {
            if pcap::text(link, frame).starts_with("Mensagem ") {
                *frame = pcap::in_pppoe(link, frame);
                requests += 1;
            }
        }
        assert_eq!(requests, 29);
        fs::write(path("pppoe.pcap"), pcap::classic(Order { big: false }, true, link, &frames)).unwrap();
        fs::copy(path("server.pcap"), path("plain.pcap")).unwrap();
        // Without the server's journal, and with it.
        for with_journal in [false, true] {
            if with_journal {
                for name in ["plain", "pppoe"] {
                    fs::copy(path("server.journal.jsonl"), path(&format!("{name}.journal.jsonl"))).unwrap();
                }
            }
            let judged = |file: &str| {
                let analyzed = analyze(lab.home_a(), folder.path(), &["client.pcap", file]);
                analyzed.expect_code(0);
                Report::of(&analyzed)
            };
            let (plain, pppoe) = (judged("plain.pcap"), judged("pppoe.pcap"));
            let what = format!("{interface:?}, journal: {with_journal}");
            assert_eq!(plain.with_outcome("lost"), [4, 9, 12, 18], "{what}");
            for number in plain.with_outcome("lost") {
                assert_eq!(pppoe.verdict_line(number), plain.verdict_line(number), "{what}, message {number}");
            }
            assert_eq!(verdicts(&pppoe), verdicts(&plain), "{what}");
            assert_eq!(pppoe.flow()["counts"], plain.flow()["counts"], "{what}");
            assert_eq!(pppoe.flow()["points"], plain.flow()["points"], "{what}");
            assert_eq!(pppoe.warnings(), plain.warnings(), "{what}");
            if with_journal {
                assert_eq!(pppoe.verdict_line(4), "lost: network_forward", "{what}");
                assert_eq!(pppoe.verdict_line(12), "lost: server_host_in", "{what}");
            }
        }
    }
}
