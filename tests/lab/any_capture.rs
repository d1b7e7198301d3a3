//! Captures of any origin: unreadable parts make no verdict more certain, a file that is not a capture is refused with
//! help, and a long read shows its progress and can be interrupted.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::pcap;
use crate::common::pcap::{Frame, Order, link, read_capture};
use crate::common::process::{Running, STEP_TIMEOUT};
use crate::common::rerun::test_path;
use crate::common::{PRIVATE_NETWORK, inside, skip};
use medidor::capture::log_reader::ReadError;
use medidor::commands::run::inputs::HostFiles;
use medidor::commands::run::judge_exchange::judge;
use medidor::core::document::exchange::Document;
use medidor::core::document::message::Message;
use medidor::core::document::path::SegmentName;
use medidor::core::document::warning::WarningCode;
use medidor::core::evidence::capture_log::{CaptureLog, UnreadableReason};
use medidor::core::verdict::exchange::Options;
use nix::sys::socket::{setsockopt, sockopt::UdpGsoSegment};
use tempfile::TempDir;

const LITTLE: Order = Order { big: false };
const CLIENT: (u8, u16) = (1, 40_001);
const SERVER: (u8, u16) = (2, 5005);
const SECOND: u64 = 1_000_000_000;

/// The times of a message and of its reply.
const fn at(number: u64) -> u64 {
    1_700_000_000 * SECOND + number * SECOND
}

const LATENCY: u64 = SECOND / 100;

fn request(time: u64, text: &str) -> Frame {
    Frame::whole(time, pcap::framed(link::ETHERNET, &[], &pcap::datagram(false, CLIENT, SERVER, text.as_bytes())))
}

fn reply(time: u64, text: &str) -> Frame {
    Frame::whole(time, pcap::framed(link::ETHERNET, &[], &pcap::datagram(false, SERVER, CLIENT, text.as_bytes())))
}

/// Captures of both hosts with 20 messages, one per second. The network loses message 15. Message 9 arrives at the
/// server's wire and is not answered; `hidden` changes how the server's capture shows it.
fn judged(hidden: impl FnOnce(&mut Vec<Frame>) -> Vec<u8>) -> Document {
    let (mut client, mut server) = (Vec::new(), Vec::new());
    for number in 1..=20 {
        client.push(request(at(number), &format!("Mensagem {number}")));
        if number == 15 {
            continue;
        }
        if number != 9 {
            server.push(request(at(number) + LATENCY, &format!("Mensagem {number}")));
            server.push(reply(at(number) + 2 * LATENCY, &format!("ACK {number}")));
            client.push(reply(at(number) + 3 * LATENCY, &format!("ACK {number}")));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let loaded = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        HostFiles { capture: Some(read_capture(&path).unwrap()), journal: None }
    };
    let client = loaded("client.pcap", pcap::classic(LITTLE, true, link::ETHERNET, &client));
    let server = loaded("server.pcap", hidden(&mut server));
    judge(Some(client), Some(server), &Options::default()).unwrap()
}

fn message(document: &Document, number: u64) -> &Message {
    document.flows[0].messages.iter().find(|message| message.n == number).unwrap()
}

fn has(document: &Document, code: WarningCode) -> bool {
    document.envelope.warnings.iter().any(|warning| warning.code == code)
}

fn ethernet(frames: &[Frame]) -> Vec<u8> {
    pcap::classic(LITTLE, true, link::ETHERNET, frames)
}

/// Packets that may be message 9, and the warning about each.
#[test]
fn an_unreadable_packet_is_not_a_missing_packet() {
    let nowhere = judged(|server| ethernet(server));
    assert_eq!(message(&nowhere, 9).blame, [SegmentName::NetworkForward], "a capture that shows all proves it absent");

    let joined = |text: &'static str| {
        move |server: &mut Vec<Frame>| {
            server.retain(|frame| !String::from_utf8_lossy(&frame.data).ends_with("Mensagem 10"));
            server.push(request(at(10) + LATENCY, text));
            ethernet(server)
        }
    };
    let cut = |server: &mut Vec<Frame>| {
        let mut frame = request(at(9) + LATENCY, "Mensagem 9");
        frame.data.truncate(frame.data.len() - 1);
        server.push(frame);
        ethernet(server)
    };
    let unread = |server: &mut Vec<Frame>| {
        let head = [
            pcap::section(LITTLE),
            pcap::interface(LITTLE, link::ETHERNET, 0, &[]),
            pcap::interface(LITTLE, link::WIFI, 0, &[]),
        ];
        let frames = server.iter().flat_map(|frame| pcap::enhanced(LITTLE, 0, 1_000_000, frame)).collect();
        let hidden = Frame::whole(at(9) + LATENCY, vec![8; 90]);
        [head.concat(), frames, pcap::enhanced(LITTLE, 1, 1_000_000, &hidden)].concat()
    };
    let documents = [
        (judged(joined("Mensagem 09Mensagem 10")), WarningCode::SuperPackets),
        (judged(cut), WarningCode::IllegiblePackets),
        (judged(unread), WarningCode::UnreadPackets),
    ];
    for (document, warning) in documents {
        let blame = &message(&document, 9).blame;
        assert!(blame.contains(&SegmentName::ServerApp) && blame.len() > 1, "{warning:?}: {blame:?}");
        assert_eq!(
            message(&document, 15).blame,
            [SegmentName::NetworkForward],
            "{warning:?}: far from it, all is seen"
        );
        assert!(has(&document, warning) && !has(&nowhere, warning), "{warning:?}");
    }
}

/// A foreign capture of the server that shows only a part: a filter, a late start or an early end.
#[test]
fn a_partial_capture_proves_nothing_about_the_rest() {
    use SegmentName::{NetworkForward, NetworkReturn, ServerApp};
    // Here message 9 is on the server's wire, and the application does not answer it.
    let part = |kept: fn(&Frame) -> bool| {
        judged(move |server| {
            server.push(request(at(9) + LATENCY, "Mensagem 9"));
            server.sort_by_key(|frame| frame.time);
            server.retain(kept);
            ethernet(server)
        })
    };
    let all = part(|_| true);
    let blame = |document: &Document, number| message(document, number).blame.clone();
    assert!(blame(&all, 9).contains(&ServerApp) && !blame(&all, 9).contains(&NetworkReturn));
    assert_eq!(blame(&all, 15), [NetworkForward]);

    let requests = part(|frame| String::from_utf8_lossy(&frame.data).contains("Mensagem"));
    assert!(blame(&requests, 9).contains(&ServerApp) && blame(&requests, 9).contains(&NetworkReturn));
    assert_eq!(blame(&requests, 15), [NetworkForward]);

    let replies = part(|frame| String::from_utf8_lossy(&frame.data).contains("ACK"));
    assert!(blame(&replies, 9).contains(&ServerApp) && blame(&replies, 9).contains(&NetworkForward));
    assert!(blame(&replies, 15).contains(&NetworkForward) && blame(&replies, 15).len() > 1);

    let late = part(|frame| frame.time > at(12));
    assert!([NetworkForward, ServerApp, NetworkReturn].iter().all(|segment| blame(&late, 9).contains(segment)));
    assert_eq!(blame(&late, 15), [NetworkForward]);

    let early = part(|frame| frame.time < at(12));
    assert!(blame(&early, 9).contains(&ServerApp) && !blame(&early, 9).contains(&NetworkForward));
    assert!([NetworkForward, ServerApp, NetworkReturn].iter().all(|segment| blame(&early, 15).contains(segment)));
}

#[test]
fn packets_of_other_applications_do_not_widen_the_blame() {
    let document = judged(|server| {
        let other = pcap::framed(link::ETHERNET, &[], &pcap::datagram(false, (1, 443), (3, 5000), &[b'x'; 1200]));
        for number in 1..=20 {
            let mut frame = Frame::whole(at(number), other.clone());
            frame.data.truncate(100);
            server.push(frame);
        }
        ethernet(server)
    });
    assert_eq!(message(&document, 9).blame, [SegmentName::NetworkForward]);
    assert!(!has(&document, WarningCode::IllegiblePackets));
}

/// GSO: ten texts in one call are one frame on the wire.
#[test]
fn texts_joined_by_gso_are_recognized() {
    inside(test_path!("texts_joined_by_gso_are_recognized"), &PRIVATE_NETWORK, || {
        assert!(Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap().success());
        let (from, to) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.pcap");
        let mut command = Command::new("tcpdump");
        command.args(["-i", "lo", "-U", "-Z", "root", "-c", "2", "-w"]).arg(&path);
        if Command::new("tcpdump").arg("--version").output().is_err() {
            return skip("tcpdump", "not installed");
        }
        let running = Running::start(command);
        if let Err(end) = running.line_or_end(|line| line.contains("listening on"), STEP_TIMEOUT) {
            return skip("tcpdump", &end);
        }
        let texts: Vec<String> = (11..=20).map(|number| format!("Mensagem {number}")).collect();
        if let Err(error) = setsockopt(&from, UdpGsoSegment, &(texts[0].len() as i32)) {
            return skip("UDP_SEGMENT", &error.to_string());
        }
        from.send_to(texts.concat().as_bytes(), to.local_addr().unwrap()).unwrap();
        from.send_to(b"Mensagem 21", to.local_addr().unwrap()).unwrap();
        let _ = running.wait(STEP_TIMEOUT).expect_code(0);
        let mut buffer = [0; 200];
        for text in &texts {
            let (length, _) = to.recv_from(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], text.as_bytes(), "the receiver reads them one by one");
        }
        let log = read_capture(&path).unwrap();
        assert_eq!(log.datagrams.iter().map(|seen| seen.number).collect::<Vec<_>>(), [Some(11), Some(21)]);
        assert_eq!(log.datagrams.iter().map(|seen| seen.digest.is_some()).collect::<Vec<_>>(), [false, true]);
        assert_eq!(
            log.blind.iter().map(|blind| (blind.why, blind.count)).collect::<Vec<_>>(),
            [(UnreadableReason::Joined, 1)]
        );
    });
}

fn read(folder: &TempDir, bytes: &[u8]) -> Result<CaptureLog, ReadError> {
    let path = folder.path().join("x");
    fs::write(&path, bytes).unwrap();
    read_capture(&path)
}

#[test]
fn a_pcapng_file_is_used_up_to_its_damage() {
    let folder = tempfile::tempdir().unwrap();
    let big = Order { big: true };
    let packet = |number: u64| request(at(number), &format!("Mensagem {number}"));
    let blocks = [
        pcap::section(LITTLE),
        pcap::interface(LITTLE, link::ETHERNET, 0, &[(9, &[9])]),
        pcap::enhanced(LITTLE, 0, SECOND, &packet(1)),
        pcap::block(LITTLE, 5, &[0; 12]),
        pcap::enhanced(LITTLE, 0, SECOND, &packet(2)),
        pcap::section(big),
        pcap::interface(big, link::ETHERNET, 0, &[]),
        pcap::old(big, 0, &packet(3)),
    ];
    let file = blocks.concat();
    let ends: Vec<usize> = (0..=blocks.len()).map(|count| blocks[..count].iter().map(Vec::len).sum()).collect();
    let packets_before = |blocks: usize| [2, 4, 7].iter().filter(|packet| **packet < blocks).count() as u64;
    for length in 1..=file.len() {
        let whole = ends.iter().rposition(|end| *end <= length).unwrap();
        match read(&folder, &file[..length]) {
            Ok(log) => {
                assert!(whole >= 2, "{length}");
                assert_eq!(log.packets, packets_before(whole), "{length}");
                let offset = log.damage.map(|damage| damage.offset.unwrap());
                assert_eq!(offset, (ends[whole] != length).then_some(ends[whole] as u64), "{length}");
            }
            Err(ReadError::NotACapture { .. }) => assert!(whole < 2, "{length}"),
            Err(error) => panic!("{length}: {error}"),
        }
    }
    // One wrong byte in a block: in its length, its trailing length, its interface, or its data length.
    let (second, end) = (ends[4], ends[5]);
    for (at, value) in [(second + 4, 3), (second + 6, 0xff), (end - 4, 0), (second + 8, 9), (second + 22, 0xff)] {
        let mut bytes = file.clone();
        bytes[at] = value;
        let log = read(&folder, &bytes).unwrap();
        assert_eq!((log.packets, log.damage.unwrap().offset), (1, Some(second as u64)), "{}", at - second);
    }
    // A packet block without room for its header and its trailing length.
    for (kind, total) in [(2, 28), (6, 28), (3, 12)] {
        let small = [kind, total, 0, 0, 0, 100, total].map(u32::to_le_bytes).concat();
        let small = if total == 12 { [kind, total, total].map(u32::to_le_bytes).concat() } else { small };
        let log = read(&folder, &[&file[..second], &small, &[0; 200]].concat()).unwrap();
        assert_eq!((log.packets, log.damage.unwrap().offset), (1, Some(second as u64)), "{kind}");
    }
    let mut version = file.clone();
    version[ends[5] + 13] = 2;
    assert_eq!(read(&folder, &version).unwrap().damage.unwrap().offset, Some(ends[5] as u64));
}

/// Runs an analysis from the command line. Returns its exit code and its output.
fn analyze(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    let output = command.args(["--lang", "en", "analyze"]).args(arguments).current_dir(folder).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A capture of the messages in a range and their replies.
fn exchange(numbers: std::ops::Range<u64>) -> Vec<u8> {
    let frames = numbers.flat_map(|number| {
        let time = at(number);
        [request(time, &format!("Mensagem {number}")), reply(time + LATENCY, &format!("ACK {number}"))]
    });
    ethernet(&frames.collect::<Vec<_>>())
}

#[test]
fn a_file_without_evidence_is_refused_with_help() {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let some = exchange(1..11);
    save("some.pcap", &some);
    save("copy.pcap", &some);
    save("other.pcap", &exchange(501..511));
    save("empty.pcap", &[]);
    save("header.pcap", &some[..24]);
    save("cut.pcap", &some[..10]);
    save("notes.txt", b"these are notes, and nothing else");
    save("packed.pcap.xz", b"\xfd7zXZ\0\0\x04");
    save("wifi.pcap", &pcap::classic(LITTLE, true, link::WIFI, &[Frame::whole(at(1), vec![8; 90])]));
    save("tcp.pcap", &pcap::classic(LITTLE, true, link::RAW, &[Frame::whole(at(1), vec![0x45; 40])]));
    let dns = pcap::framed(link::ETHERNET, &[], &pcap::datagram(false, (1, 5353), (2, 53), b"no number here"));
    save("dns.pcap", &ethernet(&[Frame::whole(at(1), dns)]));
    let head = [pcap::section(LITTLE), pcap::interface(LITTLE, link::ETHERNET, 0, &[])].concat();
    save("section.pcapng", &pcap::section(LITTLE));
    save("timeless.pcapng", &[&head[..], &pcap::simple(LITTLE, &request(0, "Mensagem 1"))].concat());
    save("truth.jsonl", b"{\"e\":\"relay\"}\n");
    let cases: [(&[&str], i32, &[&str]); 16] = [
        (&[], 2, &["client.pcap"]),
        (&["none.pcap"], 3, &["file none.pcap does not exist"]),
        (&["."], 2, &["one capture too many"]),
        (&["empty.pcap"], 3, &["empty.pcap is empty", "copy the file again"]),
        (&["cut.pcap"], 3, &["cut.pcap is not a capture", "10 of 24 bytes"]),
        (&["notes.txt"], 3, &["notes.txt is not a capture", "pcap and pcapng"]),
        (&["packed.pcap.xz"], 3, &["compressed", "xz -d"]),
        (&["truth.jsonl"], 3, &["error: truth.jsonl is not a medidor journal", "--truth"]),
        (&["section.pcapng"], 3, &["describes no interface"]),
        (&["timeless.pcapng"], 3, &["packets without a timestamp: 1"]),
        (&["wifi.pcap"], 3, &["IEEE802_11 (105) is not supported", "Ethernet"]),
        (&["header.pcap"], 1, &["no numbered message", "header.pcap: no packets", "--port"]),
        (&["tcp.pcap"], 1, &["no numbered message", "packets: 1; none of them UDP"]),
        (&["dns.pcap"], 1, &["no numbered message", "UDP datagrams: 1", "(ports 53); none with a number"]),
        (&["some.pcap", "other.pcap"], 1, &["no message in common", "from 1 to 10", "from 501 to 510"]),
        (&["some.pcap", "copy.pcap"], 1, &["the same one"]),
    ];
    for (arguments, code, words) in cases {
        let (ended, printed) = analyze(folder.path(), arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {printed}");
        for word in words {
            assert!(printed.contains(word), "{arguments:?} lacks {word:?}: {printed}");
        }
        assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    }
}

/// A sparse capture file of 256 GiB of empty packets.
fn endless(folder: &TempDir) -> Option<PathBuf> {
    let path = folder.path().join("endless.pcap");
    let mut file = File::create(&path).unwrap();
    file.write_all(&ethernet(&[])).unwrap();
    match file.set_len(256 << 30) {
        Ok(()) => Some(path),
        Err(error) => {
            skip("a sparse file", &error.to_string());
            None
        }
    }
}

#[test]
fn a_long_read_shows_progress_and_stops_on_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("script").arg("--version").output().is_err() {
        return skip("script", "not installed");
    }
    let Some(path) = endless(&folder) else { return };
    // A test that was started in the background may have inherited an ignored SIGINT.
    let default_sigint = "exec env --default-signal=INT";
    let run = format!("{default_sigint} '{}' --lang en analyze '{}'", env!("CARGO_BIN_EXE_medidor"), path.display());
    let mut terminal = Command::new("script")
        .args(["-qec", &run, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut shown = Vec::new();
    let mut screen = terminal.stdout.take().unwrap();
    // The right end of the progress bar: the total size.
    while !String::from_utf8_lossy(&shown).contains("/256.00 GiB") {
        let mut piece = [0; 1024];
        let read = screen.read(&mut piece).unwrap();
        assert!(read > 0, "it ended: {}", String::from_utf8_lossy(&shown));
        shown.extend(&piece[..read]);
    }
    // A typed Ctrl-C.
    terminal.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    screen.read_to_end(&mut shown).unwrap();
    assert_eq!(terminal.wait().unwrap().code(), Some(130), "{}", String::from_utf8_lossy(&shown));
}
