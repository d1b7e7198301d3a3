//! Damaged variants of the sample, and the status that the check must give to each.

use std::fs;
use std::path::Path;

use super::{SECOND, Submission, at, letters};
use crate::common::pcap;
use crate::common::pcap::{Frame, link};
use medidor::core::evidence::capture_log::digest;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Captures, same run, two homes, packets, from first, numbering, count, pauses, final wait, ACKs, loss rate, names:
/// the sample without journals. Message 3 was lost before any wire, 12, 14 and 19 at the server's host.
pub const BARE: &str = "+++++??+???+";

pub type Make = fn(&Path) -> Submission;

/// Every variant, with the true status of each point.
pub const VARIANTS: [(&str, Make, &str); 12] = [
    ("whole", |folder| Submission::whole(folder, "whole"), "++++++++++++"),
    ("bare", |folder| Submission::bare(folder, "bare"), BARE),
    ("renumbered", renumbered, "+++++-++++++"),
    ("wrong-ack", wrong_ack, "+++++??+?-?+"),
    ("short-pause", short_pause, "+++++??-???+"),
    ("foreign-packets", foreign_packets, "+++-+??+???+"),
    ("two-runs", two_runs, "+-?++??+???+"),
    ("one-home", one_home, "++?++??+???+"),
    ("late-start", late_start, "++++-??+???+"),
    ("empty-names", empty_names, "+++++++++++-"),
    ("truncated", truncated, "+++++??????+"),
    ("one-side", one_side, "-??++??+???+"),
];

/// The client leaves out number 15; its journal and the server's agree.
fn renumbered(folder: &Path) -> Submission {
    let made = Submission::whole(folder, "renumbered");
    let later = |number: u64| if number < 15 { number } else { number + 1 };
    made.texts(|text| {
        let (word, number) = text.rsplit_once(' ').unwrap();
        format!("{word} {}", later(number.parse().unwrap()))
    });
    for (file, sent, received) in
        [("client.journal.jsonl", "Mensagem", "ACK"), ("server.journal.jsonl", "ACK", "Mensagem")]
    {
        made.records(file, |record| {
            let Some(number) = record["n"].as_u64().map(later) else { return };
            record["n"] = number.into();
            let word = if record["e"] == "received" { received } else { sent };
            if record.get("h").is_some() {
                record["h"] = digest(format!("{word} {number}").as_bytes()).into();
            }
        });
    }
    made
}

/// The server replies to message 7 with the next number.
fn wrong_ack(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "wrong-ack");
    made.texts(|text| if text == "ACK 7" { "ACK 10".into() } else { text.into() });
    made
}

/// The client pauses for 6 s after the tenth message.
fn short_pause(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "short-pause");
    made.all_frames(|link, frames| {
        let eleventh = frames.iter().position(|frame| pcap::text(link, frame) == "Mensagem 11").unwrap();
        for frame in &mut frames[eleventh..] {
            frame.time -= 4 * SECOND;
        }
    });
    made
}

/// The client's capture has no filter: it contains a DNS query and another application's TCP
/// connection; an ARP request beside them is no application's.
fn foreign_packets(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "foreign-packets");
    made.frames("client.pcap", |link, frames| {
        assert_eq!(link, link::ETHERNET);
        let name = pcap::framed(link, &[], &pcap::datagram(false, (10, 40_000), (1, 53), b"\x12\x34\x01 17 example"));
        let mut tcp = Vec::new();
        let builder = etherparse::PacketBuilder::ipv4([192, 168, 1, 10], [203, 0, 113, 9], 64).tcp(40_001, 443, 1, 512);
        builder.write(&mut tcp, b"").unwrap();
        let arp = [&[0xff; 6][..], &[2, 0, 192, 168, 1, 10], &[8, 6], &[0; 28]].concat();
        for (place, data) in [(3, name), (8, pcap::framed(link, &[], &tcp)), (20, arp)] {
            let time = frames[place].time;
            frames.insert(place, Frame::whole(time, data));
        }
    });
    made
}

/// The server's capture is of another run, an hour later, in which other messages were lost.
fn two_runs(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "two-runs");
    made.frames("server.pcap", |link, frames| {
        frames.retain(|frame| {
            let text = pcap::text(link, frame);
            !text.ends_with(" 13") && !text.ends_with(" 18")
        });
        for frame in frames {
            frame.time += 3600 * SECOND;
        }
    });
    made
}

/// Both hosts are in the same network, without a router between them.
fn one_home(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "one-home");
    let (client, server) = ([192, 168, 1, 10], [192, 168, 1, 20]);
    made.all_frames(|link, frames| {
        for frame in frames {
            let text = pcap::text(link, frame);
            let ends = if text.starts_with("ACK") { (server, client) } else { (client, server) };
            *frame = pcap::rewritten(link, frame, &text, Some(ends));
            let ttl = frame.data.len() - 28 - text.len() + 8;
            let before = frame.data[ttl];
            frame.data[ttl] = 64;
            // The header checksum is updated as in RFC 1624.
            let sum = u16::from_be_bytes([frame.data[ttl + 2], frame.data[ttl + 3]]);
            let changed = u32::from(!sum) + u32::from(!(u16::from(before) << 8)) + (64 << 8);
            let folded = (changed & 0xffff) + (changed >> 16);
            let folded = (folded & 0xffff) + (folded >> 16);
            frame.data[ttl + 2..ttl + 4].copy_from_slice(&(!(folded as u16)).to_be_bytes());
        }
    });
    made
}

/// The client's capture begins with message 6.
fn late_start(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "late-start");
    made.frames("client.pcap", |link, frames| {
        let sixth = frames.iter().position(|frame| pcap::text(link, frame) == "Mensagem 6").unwrap();
        frames.drain(..sixth);
    });
    made
}

fn empty_names(folder: &Path) -> Submission {
    let made = Submission::whole(folder, "empty-names");
    made.write("nomes.txt", "# Nomes dos integrantes do grupo\n\n");
    made
}

/// The client's capture ends inside a record, before the second pause.
fn truncated(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "truncated");
    let path = made.folder.join("client.pcap");
    let bytes = fs::read(&path).unwrap();
    fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    made
}

fn one_side(folder: &Path) -> Submission {
    let made = Submission::bare(folder, "one-side");
    made.remove("server.pcap");
    made
}

#[test]
fn each_variant_has_its_true_status() {
    let folder = TempDir::new().unwrap();
    for (name, make, truth) in VARIANTS {
        let checked = make(folder.path()).check();
        let submission = &checked.submissions()[0];
        assert_eq!(letters(submission), truth, "{name}: {:#}", submission["points"]);
        let (met, code) = match (truth.contains('-'), truth.contains('?')) {
            (true, _) => (json!(false), 1),
            (false, true) => (Value::Null, 0),
            (false, false) => (json!(true), 0),
        };
        assert_eq!((&submission["met"], checked.code), (&met, Some(code)), "{name}");
    }
}

#[test]
fn each_damage_has_its_evidence() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let not_met = |reason: &str, evidence| ("not_met".to_owned(), reason.to_owned(), evidence);
    let whole = |file: &str| vec![(file.to_owned(), None)];

    let checked = renumbered(folder).check();
    let evidence = [at("client.pcap", &[23, 24]), whole("client.journal.jsonl")].concat();
    assert_eq!(checked.finding("numbering"), not_met("holes", evidence));
    assert_eq!(checked.point("numbering")["values"]["numbers"], json!([15]));

    let checked = wrong_ack(folder).check();
    assert_eq!(checked.finding("acks"), not_met("wrong_number", at("server.pcap", &[12])));
    assert_eq!(checked.point("acks")["values"]["numbers"], json!([10]));

    let checked = short_pause(folder).check();
    assert_eq!(checked.finding("pauses"), not_met("short_pause", at("client.pcap", &[16, 18])));
    let pause = checked.point("pauses")["values"]["pause_ns"].as_u64().unwrap();
    assert!((6_000_000_000..6_100_000_000).contains(&pause), "{pause}");

    let checked = foreign_packets(folder).check();
    assert_eq!(checked.finding("packets"), not_met("foreign_packets", at("client.pcap", &[4, 9])));
    assert_eq!(checked.point("packets")["values"], json!({"count": 2, "packets": 104}));

    let checked = two_runs(folder).check();
    let (status, reason, evidence) = checked.finding("same_run");
    assert_eq!((status.as_str(), reason.as_str()), ("not_met", "contradictions"));
    assert_eq!(checked.point("same_run")["values"]["numbers"], json!([13, 18]));
    assert_eq!(evidence, at("client.pcap", &[22, 30]));

    let checked = one_home(folder).check();
    let evidence = [at("client.pcap", &[1]), at("server.pcap", &[1])].concat();
    // Or they are two homes on one VPN.
    assert_eq!(checked.finding("two_homes"), ("cannot_be_told".to_owned(), "one_network".to_owned(), evidence));
    assert_eq!(checked.point("two_homes")["values"], json!({"client": "192.168.1.10", "server": "192.168.1.20"}));

    let checked = late_start(folder).check();
    let evidence = [at("client.pcap", &[1]), at("server.pcap", &[1])].concat();
    assert_eq!(checked.finding("from_first"), not_met("late_start", evidence));
    assert_eq!(checked.point("from_first")["values"]["numbers"], json!([1, 2, 4, 5]));

    assert_eq!(empty_names(folder).check().finding("names"), not_met("names_empty", whole("nomes.txt")));
    assert_eq!(one_side(folder).check().finding("captures"), not_met("no_server_capture", whole("client.pcap")));
}

#[test]
fn changed_texts_have_correct_checksums() {
    let folder = TempDir::new().unwrap();
    for made in [wrong_ack(folder.path()), one_home(folder.path())] {
        for file in ["client.pcap", "server.pcap"] {
            let (link, frames) = pcap::read(&fs::read(made.folder.join(file)).unwrap());
            for frame in frames {
                let start = if link == link::ETHERNET { 14 } else { 20 };
                let packet = etherparse::PacketHeaders::from_ip_slice(&frame.data[start..]).unwrap();
                let (Some(etherparse::NetHeaders::Ipv4(ip, _)), Some(etherparse::TransportHeader::Udp(udp))) =
                    (packet.net, packet.transport)
                else {
                    panic!("no UDP")
                };
                assert_eq!(ip.header_checksum, ip.calc_header_checksum());
                assert_eq!(udp.checksum, udp.calc_checksum_ipv4(&ip, packet.payload.slice()).unwrap());
            }
        }
    }
}

/// A server's reply to a number.
type Answer = fn(&str) -> String;

#[test]
fn servers_with_other_replies_are_recognised() {
    let folder = TempDir::new().unwrap();
    let answers: [(&str, Answer, &str, &str); 6] = [
        ("backwards", |number| format!("{number}: ack"), "cannot_be_told", "unanswered_perhaps"),
        ("loose", |number| format!("ack + {number}"), "cannot_be_told", "unanswered_perhaps"),
        ("other", |number| format!("Recebido {number}"), "not_met", "no_word_ack"),
        ("echo", |number| format!("Mensagem {number}"), "not_met", "not_an_ack"),
        ("bare", |_| "ACK".into(), "not_met", "no_numbers"),
        ("always-the-next", |number| format!("ACK {}", number.parse::<u64>().unwrap() + 1), "not_met", "wrong_number"),
    ];
    for (name, answer, status, reason) in answers {
        let made = Submission::bare(folder.path(), name);
        made.texts(|text| text.strip_prefix("ACK ").map_or_else(|| text.to_owned(), answer));
        let checked = made.check();
        let (found, why, evidence) = checked.finding("acks");
        assert_eq!((found.as_str(), why.as_str()), (status, reason), "{name}: {:#}", checked.point("acks"));
        assert!(evidence.iter().all(|(file, frame)| file == "server.pcap" && frame.is_some()), "{name}: {evidence:?}");
    }
}
