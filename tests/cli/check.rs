//! `medidor conferir` on the sample pair and on damaged variants of it with known damage.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::common::pcap::{self, Frame, Order, link};
use crate::common::sample;
use assert_cmd::Command;
use medidor::core::evidence::capture::digest;
use serde_json::{Value, json};
use tempfile::TempDir;

const SECOND: u64 = 1_000_000_000;
const FILES: [&str; 5] = ["client.pcap", "client.journal.jsonl", "server.pcap", "server.journal.jsonl", "nomes.txt"];

/// A submission under construction.
struct Submission {
    folder: PathBuf,
}

impl Submission {
    /// The whole sample.
    fn whole(folder: &Path, name: &str) -> Self {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).unwrap();
        for file in FILES {
            fs::copy(sample::folder().join(file), folder.join(file)).unwrap();
        }
        Self { folder }
    }

    /// The sample as programs without a journal leave it.
    fn bare(folder: &Path, name: &str) -> Self {
        let made = Self::whole(folder, name);
        made.remove("client.journal.jsonl");
        made.remove("server.journal.jsonl");
        made
    }

    fn remove(&self, file: &str) {
        fs::remove_file(self.folder.join(file)).unwrap();
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.folder.join(file), bytes).unwrap();
    }

    /// Changes the frames of a capture.
    fn frames(&self, file: &str, change: impl FnOnce(u32, &mut Vec<Frame>)) {
        let path = self.folder.join(file);
        let (link, mut frames) = pcap::read(&fs::read(&path).unwrap());
        change(link, &mut frames);
        fs::write(path, pcap::classic(Order { big: false }, true, link, &frames)).unwrap();
    }

    /// Changes the frames of both captures.
    fn all_frames(&self, change: impl Fn(u32, &mut Vec<Frame>)) {
        self.frames("client.pcap", &change);
        self.frames("server.pcap", &change);
    }

    /// Changes the texts in both captures.
    fn texts(&self, change: impl Fn(&str) -> String) {
        self.all_frames(|link, frames| {
            for frame in frames {
                *frame = pcap::rewritten(link, frame, &change(&pcap::text(link, frame)), None);
            }
        });
    }

    /// Changes the records of a journal.
    fn records(&self, file: &str, change: impl Fn(&mut Value)) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let changed = text.lines().map(|line| {
            let mut record = serde_json::from_str(line).unwrap();
            change(&mut record);
            format!("{record}\n")
        });
        let changed: String = changed.collect();
        fs::write(path, changed).unwrap();
    }

    fn check(&self) -> Checked {
        Checked::of(&[&self.folder])
    }
}

/// The program's output and exit code.
struct Checked {
    code: Option<i32>,
    document: Value,
}

impl Checked {
    fn of(paths: &[&Path]) -> Self {
        let mut command = Command::cargo_bin("medidor").unwrap();
        command.timeout(Duration::from_secs(60));
        let output = command.args(["--lang", "en", "check", "--json"]).args(paths).output().unwrap();
        let document = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        let checked = Self { code: output.status.code(), document };
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&checked.document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for submission in checked.submissions() {
            for point in submission["points"].as_array().unwrap() {
                let text = point["text"].as_str().unwrap();
                assert!(!text.is_empty() && !text.contains("check-reason") && !text.contains("{$"), "{point:#}");
            }
        }
        checked
    }

    fn submissions(&self) -> &[Value] {
        self.document["submissions"].as_array().unwrap()
    }

    /// A point of the only submission.
    fn point(&self, name: &str) -> &Value {
        assert_eq!(self.submissions().len(), 1);
        self.submissions()[0]["points"].as_array().unwrap().iter().find(|point| point["point"] == name).unwrap()
    }

    /// Status and reason of a point, and the frames of its evidence by the last part of the file name.
    fn finding(&self, name: &str) -> (String, String, Vec<(String, Option<u64>)>) {
        let point = self.point(name);
        let word = |key: &str| point[key].as_str().unwrap().to_owned();
        let evidence = point["evidence"].as_array().unwrap().iter().map(|exhibit| {
            let file = Path::new(exhibit["file"].as_str().unwrap()).file_name().unwrap();
            (file.to_string_lossy().into_owned(), exhibit["frame"].as_u64())
        });
        (word("status"), word("reason"), evidence.collect())
    }
}

/// A letter for each point: `+` met, `-` not met, `?` unknown.
fn letters(submission: &Value) -> String {
    let letter = |point: &Value| match point["status"].as_str().unwrap() {
        "met" => '+',
        "not_met" => '-',
        _ => '?',
    };
    submission["points"].as_array().unwrap().iter().map(letter).collect()
}

fn at(file: &str, frames: &[u64]) -> Vec<(String, Option<u64>)> {
    frames.iter().map(|frame| (file.to_owned(), Some(*frame))).collect()
}

// ---- the variants ----

/// Captures, same run, two homes, packets, from first, numbering, count, pauses, final wait, ACKs, loss rate, names:
/// the sample without journals. Message 3 was lost before any wire, 12, 14 and 19 at the server's host.
const BARE: &str = "+++++??+???+";

type Make = fn(&Path) -> Submission;

/// Every variant, with the true status of each point.
const VARIANTS: [(&str, Make, &str); 12] = [
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

/// The server answers message 7 with the next number.
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

/// The client's capture has no filter: it contains a DNS query, an ARP request and another application's TCP
/// connection.
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
    assert_eq!(checked.point("packets")["values"], json!({"count": 3, "packets": 105}));

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

// ---- no false findings ----

/// Correct captures of one run that began late, stopped early, lost packets without a count, or had a wrong clock.
#[test]
fn capture_gaps_are_never_held_against_a_submission() {
    let folder = TempDir::new().unwrap();
    let mut dice = fastrand::Rng::with_seed(30);
    for round in 0..120 {
        // A journal has the same clock as the capture next to it.
        let (has_journals, name) = (round % 4 == 0, round.to_string());
        let made = if has_journals { Submission::whole } else { Submission::bare };
        let made = made(folder.path(), &name);
        let mut began_late = false;
        for file in ["client.pcap", "server.pcap"] {
            let (begin, end) = (dice.u32(..3), dice.u32(..3));
            let (skip, stop) =
                (if begin == 0 { dice.usize(1..25) } else { 0 }, if end == 0 { dice.usize(1..25) } else { 0 });
            let lost = [0.0, 0.0, 0.02, 0.1, 0.4][dice.usize(..5)];
            let wrong = [0, 0, 0, 3, 40, 3600, 86_400][if has_journals { 0 } else { dice.usize(..7) }];
            began_late |= skip > 0 || lost > 0.0;
            made.frames(file, |_, frames| {
                frames.truncate(frames.len() - stop);
                frames.drain(..skip);
                frames.retain(|_| dice.f64() >= lost);
                for frame in frames {
                    frame.time += wrong * SECOND;
                }
            });
        }
        let checked = made.check();
        for point in checked.submissions()[0]["points"].as_array().unwrap() {
            // A capture without its first packets does begin late.
            let is_so = point["point"] == "from_first" && began_late;
            assert!(point["status"] != "not_met" || is_so, "round {round}: {point:#}");
        }
        fs::remove_dir_all(&made.folder).unwrap();
    }
}

/// Changes the number in each text.
fn numbers(made: &Submission, change: impl Fn(u64) -> u64) {
    made.texts(|text| {
        let (word, number) = text.rsplit_once(' ').unwrap();
        format!("{word} {}", change(number.parse().unwrap()))
    });
}

#[test]
fn a_huge_number_takes_no_time() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "far");
    numbers(&made, |number| if number == 30 { 1_000_000_000_000_000_000 } else { number });
    assert_ne!(made.check().finding("pauses").0, "not_met");
}

#[test]
fn pauses_are_not_checked_where_most_numbers_are_unseen() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "even");
    numbers(&made, |number| 2 * number);
    let checked = made.check();
    assert_eq!(checked.finding("numbering").0, "cannot_be_told");
    assert_eq!(checked.finding("pauses").0, "cannot_be_told", "{:#}", checked.point("pauses"));
}

#[test]
fn a_reply_before_its_message_in_the_file_is_not_wrong() {
    let folder = TempDir::new().unwrap();
    // Two capturing threads write packets in any order; a clock set back changes their timestamps.
    for by_stamps in [false, true] {
        let made = Submission::bare(folder.path(), if by_stamps { "stamps" } else { "file" });
        made.frames("client.pcap", |link, frames| {
            let at = |text: &str| frames.iter().position(|frame| pcap::text(link, frame) == text).unwrap();
            let (asked, answered) = (at("Mensagem 20"), at("ACK 20"));
            frames.swap(asked, answered);
            if by_stamps {
                let (first, second) = (frames[asked].time, frames[answered].time);
                frames[asked].time = second;
                frames[answered].time = first;
                frames.swap(asked, answered);
            }
        });
        assert_eq!(made.check().finding("acks").0, "cannot_be_told", "{by_stamps}");
    }
}

#[test]
fn a_delayed_message_shortens_no_pause() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "late");
    made.remove("client.pcap");
    made.frames("server.pcap", |link, frames| {
        for frame in frames.iter_mut().filter(|frame| pcap::text(link, frame).ends_with(" 10")) {
            frame.time += 1_600_000_000;
        }
    });
    assert_eq!(made.check().finding("pauses").0, "cannot_be_told");
}

#[test]
fn a_capture_without_message_0_began_late() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "nought");
    numbers(&made, |number| number - 1);
    assert_eq!(made.check().finding("from_first").0, "met");
    made.frames("client.pcap", |link, frames| frames.retain(|frame| !pcap::text(link, frame).ends_with(" 0")));
    // The capture may have dropped that message.
    assert_eq!(made.check().finding("from_first").1, "first_missing");
}

// ---- a folder of submissions ----

#[test]
fn a_folder_of_submissions_gets_a_line_each_and_shared_files() {
    let folder = TempDir::new().unwrap();
    for (_, make, _) in VARIANTS {
        make(folder.path());
    }
    // A group that measured by itself, at another time and with other delays.
    let own = Submission::bare(folder.path(), "own");
    let mut dice = fastrand::Rng::with_seed(5);
    for file in ["client.pcap", "server.pcap"] {
        own.frames(file, |_, frames| {
            for frame in frames {
                frame.time += 86_400 * SECOND + dice.u64(..400_000);
            }
        });
    }
    fs::create_dir(folder.path().join("empty")).unwrap();
    let checked = Checked::of(&[folder.path()]);
    assert_eq!(checked.code, Some(1));
    let mut expected: BTreeMap<String, &str> =
        VARIANTS.iter().map(|(name, _, truth)| ((*name).to_owned(), *truth)).collect();
    expected.insert("own".into(), BARE);
    let names: Vec<String> = expected.keys().cloned().collect();
    let found: BTreeMap<String, String> = checked
        .submissions()
        .iter()
        .map(|submission| {
            let path = Path::new(submission["path"].as_str().unwrap());
            (path.file_name().unwrap().to_string_lossy().into_owned(), letters(submission))
        })
        .collect();
    assert_eq!(
        found.iter().map(|(name, letters)| (name.clone(), letters.as_str())).collect::<BTreeMap<_, _>>(),
        expected
    );

    let shared = checked.document["shared"].as_array().unwrap();
    assert_eq!(shared.len(), 2, "the client's captures and the server's: {shared:#?}");
    for (shared, [side, lacking]) in shared.iter().zip([["client.pcap", "own"], ["server.pcap", "one-side"]]) {
        assert_eq!(shared["likeness"], "same_packets");
        assert!(shared["files"].as_array().unwrap().iter().all(|file| file.as_str().unwrap().ends_with(side)));
        let submissions = shared["submissions"].as_array().unwrap().iter();
        let sharing: Vec<&str> = submissions.map(|index| names[index.as_u64().unwrap() as usize].as_str()).collect();
        let all = names.iter().map(String::as_str).filter(|name| *name != "own" && *name != lacking);
        assert_eq!(sharing, all.collect::<Vec<_>>(), "{side}");
    }

    let mut command = Command::cargo_bin("medidor").unwrap();
    let output = command.current_dir(folder.path()).args(["--lang", "en", "check", "."]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |name: &str| text.lines().find(|line| line.trim_start().starts_with(&format!("./{name} "))).unwrap();
    let marks = |name: &str| line(name).split_whitespace().skip(1).collect::<String>();
    for (name, letters) in &expected {
        assert_eq!(marks(name), letters.replace('+', "✓").replace('-', "✗"), "{name}\n{text}");
    }
    assert!(text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= 80), "{text}");
}

#[test]
fn a_copy_is_found_as_a_file_and_as_rewritten_packets() {
    let folder = TempDir::new().unwrap();
    Submission::bare(folder.path(), "a");
    let copied = Submission::bare(folder.path(), "b");
    copied.remove("server.pcap");
    let again = Submission::bare(folder.path(), "c");
    again.remove("client.pcap");
    // In microseconds, at another time, with other addresses, and without its last part.
    let (link, mut frames) = pcap::read(&fs::read(again.folder.join("server.pcap")).unwrap());
    frames.truncate(40);
    for frame in &mut frames {
        frame.time += 5_000 * SECOND;
        *frame = pcap::rewritten(link, frame, &pcap::text(link, frame), Some(([10, 0, 0, 1], [10, 9, 9, 9])));
    }
    again.write("server.pcap", pcap::classic(Order { big: true }, false, link, &frames));
    let shared = &Checked::of(&[folder.path()]).document["shared"];
    let found: Vec<(&Value, &Value)> =
        shared.as_array().unwrap().iter().map(|one| (&one["likeness"], &one["submissions"])).collect();
    assert_eq!(found, [(&json!("same_file"), &json!([0, 1])), (&json!("same_packets"), &json!([0, 2]))]);
}

#[test]
fn equally_paced_runs_with_coarse_clocks_are_not_copies() {
    let folder = TempDir::new().unwrap();
    // One millisecond, and the 15.625 ms of an old clock.
    for (name, tick) in [("fine", 1_000), ("coarse", 1_000_000), ("windows", 15_625_000)] {
        let mut dice = fastrand::Rng::with_seed(7);
        for group in ["a", "b"] {
            let made = Submission::bare(&folder.path().join(name), group);
            made.remove("server.pcap");
            let day = if group == "a" { 0 } else { 86_400 * SECOND };
            made.frames("client.pcap", |_, frames| {
                let start = frames[0].time;
                for (place, frame) in frames.iter_mut().enumerate() {
                    let at = place as u64 / 2 * 100_000_000 + place as u64 % 2 * 20_200_000 + dice.u64(..400_000);
                    frame.time = (start + day + at) / tick * tick;
                }
            });
        }
        let checked = Checked::of(&[&folder.path().join(name)]);
        assert_eq!(checked.document["shared"], json!([]), "{name}");
        // An identical file is a copy whatever its clock.
        let copy = folder.path().join(name).join("c");
        fs::create_dir(&copy).unwrap();
        fs::copy(folder.path().join(name).join("a/client.pcap"), copy.join("client.pcap")).unwrap();
        let checked = Checked::of(&[&folder.path().join(name)]);
        assert_eq!(checked.document["shared"][0]["likeness"], "same_file", "{name}");
        assert_eq!(checked.document["shared"][0]["submissions"], json!([0, 2]), "{name}");
    }
}

// ---- the schema and its page ----

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/check.schema.json")).unwrap()
}

#[test]
fn the_check_schema_is_closed_and_documented() {
    fn walk(schema: &Value, names: &mut BTreeSet<String>) {
        for item in schema.as_array().into_iter().flatten() {
            walk(item, names);
        }
        let Value::Object(fields) = schema else { return };
        if let Some(Value::Object(properties)) = fields.get("properties") {
            assert_eq!(fields.get("additionalProperties"), Some(&json!(false)), "{schema}");
            names.extend(properties.keys().cloned());
        }
        let values = fields.get("enum").and_then(Value::as_array).into_iter().flatten().chain(fields.get("const"));
        names.extend(values.filter_map(Value::as_str).map(str::to_owned));
        fields.values().for_each(|value| walk(value, names));
    }
    let page = include_str!("../../docs/json.md");
    let mut names = BTreeSet::new();
    walk(&schema(), &mut names);
    let missing: Vec<&String> = names.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(names.len() > 80 && missing.is_empty(), "{missing:?}");
}

#[test]
fn every_reason_has_a_text() {
    // The reasons in the code equal those of the schema and those with texts.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core/verdict/conformance");
    let code: String =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let reasons = schema()["$defs"]["point"]["properties"]["reason"]["enum"].clone();
    let reasons: BTreeSet<String> =
        reasons.as_array().unwrap().iter().map(|reason| reason.as_str().unwrap().to_owned()).collect();
    for reason in &reasons {
        assert!(code.contains(&format!("\"{reason}\"")), "nothing gives {reason}");
    }
    let words =
        include_str!("../../locales/en/check.ftl").lines().filter_map(|line| line.strip_prefix("check-reason-"));
    let worded: BTreeSet<String> = words.map(|line| line.split(' ').next().unwrap().replace('-', "_")).collect();
    assert_eq!(worded, reasons);
}

// ---- named files ----

#[test]
fn named_files_are_not_reported_as_missing() {
    let folder = TempDir::new().unwrap();
    let made = Submission::bare(folder.path(), "named");
    let file = |name: &str| made.folder.join(name);
    let paths = [file("client.pcap"), file("server.pcap")];
    let checked = Checked::of(&[&paths[0], &paths[1]]);
    assert_eq!(letters(&checked.submissions()[0]), BARE[..11].to_owned() + "?", "nobody gave the names");
    assert_eq!(checked.code, Some(0));
    let alone = Checked::of(&[&paths[0]]);
    assert_eq!(alone.finding("captures").0, "cannot_be_told");
    let run =
        |path: &Path| Command::cargo_bin("medidor").unwrap().arg("check").arg(path).output().unwrap().status.code();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!((run(&empty), run(&folder.path().join("missing"))), (Some(1), Some(3)));
}

#[test]
fn a_folder_for_each_side_is_one_submission() {
    let folder = TempDir::new().unwrap();
    let made = Submission::whole(folder.path(), "g1");
    for (inner, files) in [("cliente", &FILES[..2]), ("servidor", &FILES[2..4]), ("docs", &FILES[4..])] {
        fs::create_dir(made.folder.join(inner)).unwrap();
        for file in files {
            fs::rename(made.folder.join(file), made.folder.join(inner).join(file)).unwrap();
        }
    }
    assert_eq!(letters(&made.check().submissions()[0]), "++++++++++++");
    // It is unknown whose homes these are: two groups, or two halves of one.
    for (from, to) in [("cliente", "casa-a"), ("servidor", "casa-b")] {
        fs::rename(made.folder.join(from), made.folder.join(to)).unwrap();
    }
    let checked = made.check();
    assert_eq!(checked.submissions().len(), 3);
    assert!(
        checked.submissions().iter().all(|submission| !letters(submission).contains('-')),
        "{:#}",
        checked.document
    );
}

#[test]
fn unread_files_are_not_reported_as_missing() {
    type Hide = fn(&Submission);
    let cases: [(&str, Hide); 5] = [
        ("packed", |made| {
            made.remove("server.pcap");
            made.write("server.pcap.gz", b"\x1f\x8b\x08\x00");
        }),
        ("archive", |made| {
            made.remove("server.pcap");
            made.write("capturas.zip", b"PK\x03\x04");
        }),
        ("linked", |made| {
            let elsewhere = made.folder.with_extension("elsewhere");
            fs::create_dir(&elsewhere).unwrap();
            fs::rename(made.folder.join("server.pcap"), elsewhere.join("server.pcap")).unwrap();
            std::os::unix::fs::symlink(&elsewhere, made.folder.join("servidor")).unwrap();
        }),
        ("deep", |made| {
            let deep = made.folder.join("a/b/c/d/e/f");
            fs::create_dir_all(&deep).unwrap();
            fs::rename(made.folder.join("server.pcap"), deep.join("server.pcap")).unwrap();
        }),
        ("named-otherwise", |made| {
            made.remove("nomes.txt");
            made.write("integrantes.txt", "Ana\n");
        }),
    ];
    let folder = TempDir::new().unwrap();
    for (name, hide) in cases {
        let made = Submission::bare(folder.path(), name);
        hide(&made);
        let checked = made.check();
        let status = letters(&checked.submissions()[0]);
        assert!(!status.contains('-') && status != BARE, "{name}: {status}");
    }
    let made = Submission::bare(folder.path(), "nameless");
    made.remove("nomes.txt");
    assert_eq!(made.check().finding("names").1, "no_names");
}
