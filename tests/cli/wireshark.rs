//! The dissector, columns and colour rules in `filters/wireshark/`, run by tshark and compared with the analysis and
//! with the program's own parser.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::pcap;
use crate::common::pcap::{Frame, Order, link};
use crate::common::sample;
use crate::common::sample::analyzed;
use crate::common::skip;
use medidor::core::protocol::message;
use tempfile::TempDir;

const LITTLE: Order = Order { big: false };
const CLIENT: (u8, u16) = (1, 40_001);
const SERVER: (u8, u16) = (2, 5005);
const SECOND: u64 = 1_000_000_000;
const MS: u64 = SECOND / 1000;

fn helpers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("filters/wireshark")
}

/// Runs tshark with the dissector, in two passes, without user settings. `None`, after a report, without a tshark with
/// Lua.
fn tshark(test: &str, settings: &Path, capture: &Path, arguments: &[&str]) -> Option<String> {
    let version = Command::new("tshark").arg("--version").output();
    if !version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("with Lua")) {
        skip(test, "there is no tshark with Lua");
        return None;
    }
    let script = format!("lua_script:{}", helpers().join("medidor.lua").display());
    let mut command = Command::new("tshark");
    command.env("WIRESHARK_CONFIG_DIR", settings).args(["-X", &script, "-r"]).arg(capture).args(arguments);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let complaint = said.lines().find(|line| !line.is_empty() && !line.starts_with("Running as user"));
    assert!(output.status.success() && complaint.is_none(), "{command:?}: {said}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The dissector's fields of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct DissectedFrame {
    kind: String,
    number: Option<u64>,
    request_in: Option<u32>,
    response_in: Option<u32>,
    response_time_ns: Option<u64>,
    copy_of: Option<u32>,
    refused_in: Option<u32>,
    unanswered: bool,
}

/// The frames by number.
fn dissected(test: &str, capture: &Path, arguments: &[&str]) -> Option<BTreeMap<u32, DissectedFrame>> {
    let names =
        ["kind", "number", "request_in", "response_in", "response_time", "copy_of", "refused_in", "unanswered", "text"];
    let fields = names.map(|name| format!("medidor.{name}"));
    let wanted: Vec<&str> = fields.iter().flat_map(|field| ["-e", field]).collect();
    let settings = TempDir::new().unwrap();
    let arguments = [arguments, &["-T", "fields", "-e", "frame.number"], &wanted].concat();
    let printed = tshark(test, settings.path(), capture, &arguments)?;
    let nanoseconds = |text: &str| {
        let (seconds, fraction) = text.split_once('.').unwrap();
        seconds.parse::<u64>().unwrap() * SECOND + format!("{fraction:0<9}").parse::<u64>().unwrap()
    };
    let rows = printed.lines().map(|line| {
        let row: Vec<&str> = line.split('\t').collect();
        let frame = |index: usize| row[index].parse().ok();
        let found = DissectedFrame {
            kind: row[1].to_owned(),
            number: row[2].parse().ok(),
            request_in: frame(3),
            response_in: frame(4),
            response_time_ns: (!row[5].is_empty()).then(|| nanoseconds(row[5])),
            copy_of: frame(6),
            refused_in: frame(7),
            unanswered: !row[8].is_empty(),
        };
        (frame(0).unwrap(), found)
    });
    Some(rows.collect())
}

/// The analysis of a sample capture, in the dissector's terms.
fn analyzed_frames(file: &str, [request_point, reply_point]: [&str; 2]) -> BTreeMap<u32, DissectedFrame> {
    let document = analyzed(&["client.pcap", "server.pcap"]);
    let mut expected = BTreeMap::new();
    for message in document["flows"][0]["messages"].as_array().unwrap() {
        let frame = |point: &str| {
            let evidence = message["evidence"].as_array().unwrap().iter();
            let mut here = evidence.filter(|frame| frame["file"] == file && frame["point"] == point);
            here.next().and_then(|frame| frame["frame"].as_u64()).map(|frame| frame as u32)
        };
        let time = |point: &str| message["times"][point].as_u64();
        let (request, reply) = (frame(request_point), frame(reply_point));
        let number = message["n"].as_u64();
        if let Some(request) = request {
            let found = DissectedFrame {
                kind: "1".into(),
                number,
                response_in: reply,
                unanswered: reply.is_none(),
                ..DissectedFrame::default()
            };
            expected.insert(request, found);
        }
        if let Some(reply) = reply {
            let response_time_ns = time(reply_point).zip(time(request_point)).map(|(reply, request)| reply - request);
            let found = DissectedFrame {
                kind: "2".into(),
                number,
                request_in: request,
                response_time_ns,
                ..DissectedFrame::default()
            };
            expected.insert(reply, found);
        }
    }
    expected
}

#[test]
fn the_dissector_agrees_with_the_analysis_on_the_sample() {
    let test = "the_dissector_agrees_with_the_analysis_on_the_sample";
    let points = [
        ("client.pcap", ["client_wire_out", "client_wire_in"]),
        ("server.pcap", ["server_wire_in", "server_wire_out"]),
    ];
    for (file, points) in points {
        let Some(found) = dissected(test, &sample::folder().join(file), &["-2"]) else { return };
        assert_eq!(found, analyzed_frames(file, points), "{file}");
        let unanswered: Vec<u64> =
            found.values().filter(|found| found.unanswered).filter_map(|found| found.number).collect();
        let expected: &[u64] = if file == "client.pcap" { &[8, 12, 14, 17, 19, 22, 23] } else { &[12, 14, 19] };
        assert_eq!(unanswered, expected, "{file}");
    }
}

#[test]
fn without_a_second_pass_no_request_is_called_unanswered() {
    let test = "without_a_second_pass_no_request_is_called_unanswered";
    let Some(found) = dissected(test, &sample::folder().join("client.pcap"), &[]) else { return };
    assert!(found.values().all(|found| !found.unanswered));
    assert_eq!(found.values().filter(|found| found.response_time_ns.is_some()).count(), 22);
}

fn ethernet(folder: &TempDir, frames: &[Frame]) -> PathBuf {
    let path = folder.path().join("made.pcap");
    fs::write(&path, pcap::classic(LITTLE, true, link::ETHERNET, frames)).unwrap();
    path
}

fn frame(time: u64, from: (u8, u16), to: (u8, u16), text: &[u8]) -> Frame {
    Frame::whole(time, pcap::framed(link::ETHERNET, &[], &pcap::datagram(false, from, to, text)))
}

#[test]
fn the_dissector_parses_texts_like_the_program() {
    let test = "the_dissector_parses_texts_like_the_program";
    let texts: [&[u8]; 24] = [
        b"7",
        b"Mensagem 7",
        b"7 - oi",
        b"7) oi",
        "0-conexão".as_bytes(),
        b"ACK 7",
        b"ack: 7",
        b"ACK + 7",
        b"ACK7",
        b"\t Ack#-+: 7",
        b"ACK\n7",
        b"ACKs 7",
        b"BACK 7",
        b"ACK",
        b"",
        b"oi",
        b"007",
        b"000",
        b"18446744073709551615",
        b"18446744073709551616",
        b"000018446744073709551615",
        b"99999999999999999999999",
        b"ACK 7 8",
        b"\0\xff9\xfe",
    ];
    let frames: Vec<Frame> =
        texts.iter().zip(0..).map(|(text, index)| frame(index * SECOND, CLIENT, SERVER, text)).collect();
    let folder = TempDir::new().unwrap();
    let Some(found) = dissected(test, &ethernet(&folder, &frames), &["-2"]) else { return };
    for (text, index) in texts.iter().zip(1..) {
        let read = message::read(text);
        let kind = match (read.number, read.is_reply) {
            // A datagram without payload is not passed to a dissector.
            _ if text.is_empty() => "",
            (None, _) => "3",
            (_, true) => "2",
            (_, false) => "1",
        };
        let shown = (found[&index].kind.as_str(), found[&index].number);
        assert_eq!(shown, (kind, read.number), "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn the_dissector_matches_replies_to_requests_in_any_order() {
    let test = "the_dissector_matches_replies_to_requests_in_any_order";
    let icmp = {
        let quoted = pcap::datagram(false, CLIENT, SERVER, b"Mensagem 5");
        let mut packet = Vec::new();
        let header = etherparse::Icmpv4Type::DestinationUnreachable(etherparse::icmpv4::DestUnreachableHeader::Port);
        etherparse::PacketBuilder::ipv4([10, 0, 0, 2], [10, 0, 0, 1], 64)
            .icmpv4(header)
            .write(&mut packet, &quoted)
            .unwrap();
        Frame::whole(8 * SECOND + MS, pcap::framed(link::ETHERNET, &[], &packet))
    };
    let mut cut = frame(9 * SECOND, CLIENT, SERVER, b"Mensagem 12");
    cut.data.pop();
    let frames = [
        // Another port of the server, and a fixed port of the client.
        frame(0, CLIENT, SERVER, b"Mensagem 1"),
        frame(3 * MS, (2, 6000), CLIENT, b"ACK 1"),
        frame(SECOND, CLIENT, SERVER, b"Mensagem 2"),
        frame(SECOND + 4 * MS, SERVER, (1, 6000), b"ACK 2"),
        // Servers that echo the text.
        frame(2 * SECOND, CLIENT, SERVER, b"Mensagem 3"),
        frame(2 * SECOND + 5 * MS, SERVER, CLIENT, b"MENSAGEM 3"),
        // Duplicates of both.
        frame(3 * SECOND, CLIENT, SERVER, b"Mensagem 4"),
        frame(3 * SECOND + MS, CLIENT, SERVER, b"Mensagem 4"),
        frame(3 * SECOND + 6 * MS, SERVER, CLIENT, b"ACK 4"),
        frame(3 * SECOND + 7 * MS, SERVER, CLIENT, b"ACK 4"),
        // A second run of the same client.
        frame(6 * SECOND, CLIENT, SERVER, b"Mensagem 1"),
        frame(6 * SECOND + 9 * MS, SERVER, CLIENT, b"ACK 1"),
        // A reply without a request.
        frame(7 * SECOND, SERVER, CLIENT, b"ACK 77"),
        // A refusal.
        frame(8 * SECOND, CLIENT, SERVER, b"Mensagem 5"),
        icmp,
        // Its last digit is not in the file.
        cut,
    ];
    let folder = TempDir::new().unwrap();
    let ports = ["-2", "-o", "medidor.ports:5005,6000"];
    let Some(found) = dissected(test, &ethernet(&folder, &frames), &ports) else { return };
    let request = |n, response_in| DissectedFrame {
        kind: "1".into(),
        number: Some(n),
        response_in: Some(response_in),
        ..DissectedFrame::default()
    };
    let reply = |n, request_in, ms: u64| DissectedFrame {
        kind: "2".into(),
        number: Some(n),
        request_in: Some(request_in),
        response_time_ns: Some(ms * MS),
        ..DissectedFrame::default()
    };
    let expected = [
        request(1, 2),
        reply(1, 1, 3),
        request(2, 4),
        reply(2, 3, 4),
        request(3, 6),
        reply(3, 5, 5),
        request(4, 9),
        DissectedFrame { kind: "1".into(), number: Some(4), copy_of: Some(7), ..DissectedFrame::default() },
        reply(4, 7, 6),
        DissectedFrame { response_time_ns: None, copy_of: Some(9), ..reply(4, 7, 0) },
        request(1, 12),
        reply(1, 11, 9),
        DissectedFrame { kind: "2".into(), number: Some(77), ..DissectedFrame::default() },
        DissectedFrame { refused_in: Some(15), unanswered: true, response_in: None, ..request(5, 0) },
        DissectedFrame { kind: "1".into(), number: Some(5), ..DissectedFrame::default() },
        DissectedFrame { kind: "3".into(), ..DissectedFrame::default() },
    ];
    for (expected, frame) in expected.iter().zip(1..) {
        assert_eq!(&found[&frame], expected, "frame {frame}");
    }
}

#[test]
fn the_profile_shows_its_columns_and_each_colour_has_frames() {
    let test = "the_profile_shows_its_columns_and_each_colour_has_frames";
    let settings = TempDir::new().unwrap();
    let profile = settings.path().join("profiles/medidor");
    fs::create_dir_all(&profile).unwrap();
    for file in ["preferences", "colorfilters"] {
        fs::copy(helpers().join("profile/medidor").join(file), profile.join(file)).unwrap();
    }
    let client = sample::folder().join("client.pcap");
    let Some(shown) = tshark(test, settings.path(), &client, &["-2", "-C", "medidor", "-t", "r", "-T", "tabs"]) else {
        return;
    };
    let line = |frame: usize| shown.lines().nth(frame - 1).unwrap().split('\t').map(str::trim).collect::<Vec<_>>();
    assert_eq!(line(13)[5..], ["Request", "8", "", "", "", "True", "Request 8: Mensagem 8"]);
    assert_eq!(line(15)[5..10], ["Reply", "9", "14", "", "0.000365826"]);

    let coloured = [
        "-2",
        "-C",
        "medidor",
        "--color",
        "-T",
        "fields",
        "-e",
        "frame.coloring_rule.name",
        "-e",
        "medidor.unanswered",
    ];
    let printed = tshark(test, settings.path(), &client, &coloured).unwrap();
    assert_eq!(printed.lines().filter(|line| line.starts_with("medidor: unanswered")).count(), 7);
    for line in printed.lines() {
        let (rule, unanswered) = line.split_once('\t').unwrap();
        assert_eq!(rule == "medidor: unanswered", !unanswered.is_empty(), "{line}");
        assert!(rule.starts_with("medidor: "), "{line}");
    }
}
