//! The texts of other people's programs, in captures without journals: in each form, message 7 dies on its way out and the reply
//! to message 18 on its way back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;
use etherparse::PacketBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::pcap::{Frame, Order, classic, link};

const MESSAGES: u64 = 25;
const LOST_OUT: u64 = 7;
const LOST_BACK: u64 = 18;
const SECOND: u64 = 1_000_000_000;
const MILLISECOND: u64 = 1_000_000;

/// When the client's clock begins, and by how much that of the server differs.
const START: u64 = 1_795_860_033 * SECOND;
const OFFSET: u64 = 300 * MILLISECOND;

/// An address and a port.
type End = ([u8; 4], u16);

const CLIENT: End = ([192, 168, 1, 10], 40_001);
const CLIENT_NAT: End = ([203, 0, 113, 1], 61_001);
const SERVER_NAT: End = ([203, 0, 113, 2], 5_005);
const SERVER: End = ([192, 168, 2, 20], 5_005);

fn frame(time: u64, from: End, to: End, hop_limit: u8, text: &[u8]) -> Frame {
    let mut packet = Vec::new();
    PacketBuilder::ipv4(from.0, to.0, hop_limit).udp(from.1, to.1).write(&mut packet, text).unwrap();
    Frame::whole(time, packet)
}

/// Puts in the number of the message, the time, and what else changes from one text to the next.
fn fill(form: &str, n: u64, time: u64, received: u64) -> Vec<u8> {
    let seconds = time / SECOND;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let random = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let pairs = [
        ("{n}", n.to_string()),
        ("{n3}", format!("{n:03}")),
        ("{n5}", format!("{n:05}")),
        ("{bit}", (n % 2).to_string()),
        ("{left}", (MESSAGES - n).to_string()),
        ("{count}", received.to_string()),
        ("{clock}", clock),
        ("{epoch}", format!("{seconds}.{:06}", time % SECOND / 1_000)),
        ("{millis}", (time / MILLISECOND).to_string()),
        ("{ms4}", format!("{:04}", time / MILLISECOND % 10_000)),
        ("{random}", format!("{:08x}", random >> 32)),
    ];
    let text = pairs.iter().fold(form.to_owned(), |text, (name, value)| text.replace(name, value));
    let text = text.replace("{length}", &text.replace("{length}", "").len().to_string());
    match text.strip_prefix("binary") {
        Some("") => [&[1, 0, 0, 0][..], &(n as u32).to_be_bytes(), &random.to_be_bytes()].concat(),
        _ => text.into_bytes(),
    }
}

/// The time between two messages, and the one-way delay: one request open at a time, and several.
const SCHEDULES: [[u64; 2]; 2] = [[SECOND, 15 * MILLISECOND], [200 * MILLISECOND, 250 * MILLISECOND]];

/// The captures of the client and the server.
fn captures(request: &str, reply: &str, [interval, one_way]: [u64; 2]) -> [Vec<u8>; 2] {
    let (mut client, mut server, mut received) = (Vec::new(), Vec::new(), 0);
    for n in 1..=MESSAGES {
        let sent = START + n * interval;
        let delay = one_way + n * 7 % 5 * MILLISECOND / 5;
        let asked = fill(request, n, sent, 0);
        client.push(frame(sent, CLIENT, SERVER_NAT, 64, &asked));
        if n == LOST_OUT {
            continue;
        }
        received += 1;
        let arrived = sent + delay + OFFSET;
        server.push(frame(arrived, CLIENT_NAT, SERVER, 52, &asked));
        if reply.is_empty() {
            continue;
        }
        let replied = arrived + MILLISECOND / 5;
        let answer = match reply {
            "echo" => asked,
            "upper" => asked.to_ascii_uppercase(),
            _ => fill(&reply.replace("{request}", std::str::from_utf8(&asked).unwrap()), n, replied, received),
        };
        server.push(frame(replied, SERVER, CLIENT_NAT, 64, &answer));
        if n != LOST_BACK {
            client.push(frame(replied - OFFSET + delay, SERVER_NAT, CLIENT, 52, &answer));
        }
    }
    [client, server].map(|mut frames| {
        frames.sort_by_key(|frame| frame.time);
        classic(Order { big: false }, false, link::RAW, &frames)
    })
}

/// What is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Both losses, and where each happened.
    Exact,
    /// At least two losses, of which only those are named that happened.
    AtLeast,
    /// No message is lost, and a warning has this code, or an error these words.
    Reason(&'static str),
    /// Everything was lost: no reply came.
    NoReply,
}

use Expected::{AtLeast, Exact, NoReply, Reason};

/// What the client says and the server replies, which is nothing in an empty text.
const FORMS: &[(&str, &str, Expected)] = &[
    ("Mensagem {n}", "ACK {n}", Exact),
    ("{n}", "ACK {n}", Exact),
    ("{n}", "{n}", Exact),
    ("{n}\n", "ACK {n}\r\n", Exact),
    ("Message {n} from client 2", "ACK{n}", Exact),
    ("Packet {n}", "Recebido {n}", Exact),
    ("{n}) oi", "{n}) ok", Exact),
    ("{n} - oi", "ACK - {n}", Exact),
    ("{n}, {clock}", "ACK, {n}", Exact),
    ("{n},{epoch}", "ACK,{n}", Exact),
    ("{n}|data", "ACK|{n}", Exact),
    ("MSG_{n}", "ACK_{n}", Exact),
    ("msg:{n}", "ack:{n}", Exact),
    ("DATA {n3} {random}", "ACK {n3}", Exact),
    (r#"{"seq":{n},"msg":"oi"}"#, r#"{"ack":{n}}"#, Exact),
    (r#"{"client":"c1","ts":{epoch},"seq":{n}}"#, r#"{"type":"ack","ts":{epoch},"seq":{n}}"#, Exact),
    (r#"<msg id="{n}">oi 2</msg>"#, r#"<ack code="200" id="{n}"/>"#, Exact),
    ("SEQ={n};TS={millis}", "ACK={n};TS={millis}", Exact),
    ("mensagem {n}", "upper", Exact),
    ("Mensagem {n}", "echo", Exact),
    ("Ping {n} {epoch}", "upper", Exact),
    ("Mensagem {n}", "ack: {request}", Exact),
    ("Cliente1: oi {n}", "Servidor 2 recebeu: {request}", Exact),
    ("[2026-11-28 {clock}] {n}", "[2026-11-28 {clock}] ACK {n}", Exact),
    ("{epoch} {n}", "{epoch} ACK {n}", Exact),
    ("Grupo 7 - {n}", "Grupo 7 - ACK {n}", Exact),
    ("Grupo 12: mensagem {n} de 25", "ACK {n} de 25", Exact),
    ("[{n}/25] oi", "[{n}/25] ACK", Exact),
    ("faltam {left}: mensagem {n}", "ACK {n}", Exact),
    ("{length} Mensagem {n}", "ACK {n}", Exact),
    ("{length}:Mensagem {n}", "{length}:ACK {n}", Exact),
    ("{n5}0{ms4}oi", "{n5}1{ms4}oi", Exact),
    ("Black {n}", "NACK {n}", Exact),
    ("Mensagem {n}", "203.0.113.1:61001 ACK {n}", Exact),
    ("Mensagem {n}", "ACK {n} ({count} recebidas)", Exact),
    ("Mensagem {n}", "{count}: ACK {n}", Exact),
    ("Mensagem {n} as {clock}", "Mensagem {n} recebida as {clock}", Exact),
    ("{random} {n}", "ACK {n}", Exact),
    ("ping {n}", "pong {n}", Exact),
    ("Heartbeat,{n},{epoch}", "OK,{n}", Exact),
    ("Mensagem {n}", "ACK", AtLeast),
    ("ping {n} {epoch}", "pong", AtLeast),
    ("Heartbeat {n}", "alive", AtLeast),
    ("Heartbeat,{n},{epoch}", "", NoReply),
    ("{bit} oi", "ACK {bit}", Reason("only 0 and 1")),
    ("heartbeat", "heartbeat", Reason("none with a number")),
    ("binary", "echo", Reason("binary")),
];

fn analyze(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value, String) {
    let mut command = Command::cargo_bin("medidor").unwrap();
    let output =
        command.current_dir(folder).args(["--lang", "en", "analyze", "--json"]).args(arguments).output().unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), document, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What is wrong with the document of both captures, or of the client's alone.
fn fault(document: &Value, errors: &str, expected: Expected, is_joined: bool) -> Option<String> {
    let flows = document["flows"].as_array().map_or(&[][..], Vec::as_slice);
    let codes: BTreeSet<_> =
        document["warnings"].as_array().into_iter().flatten().map(|w| w["code"].to_string()).collect();
    if let Reason(words) = expected
        && flows.is_empty()
        && errors.contains(words)
    {
        return None;
    }
    let [flow] = flows else { return Some(format!("{} flows, {codes:?} {errors}", flows.len())) };
    let messages = flow["messages"].as_array().unwrap();
    let lost = messages.iter().filter(|message| message["outcome"] == "lost");
    let lost: Vec<_> = lost.map(|message| json!([message["n"], message["blame"]])).collect();
    let all = json!(["network_forward", "server_host_in", "server_app", "server_host_out", "network_return"]);
    let both = if is_joined {
        [json!([LOST_OUT, ["network_forward"]]), json!([LOST_BACK, ["network_return"]])]
    } else {
        [json!([LOST_OUT, all]), json!([LOST_BACK, all])]
    };
    let counts = &flow["counts"];
    let summary = format!("lost {} {codes:?} counts {counts} loss {} {errors}", json!(lost), flow["loss"]);
    let is_clean =
        ["duplicates", "altered", "malformed", "unexpected"].iter().all(|name| counts[name].as_u64().unwrap_or(0) == 0);
    let right = match expected {
        Exact => is_clean && lost == both && counts["requests"] == MESSAGES && counts["delivered"] == MESSAGES - 2,
        AtLeast => {
            is_clean
                && lost.iter().all(|one| both.contains(one))
                && flow["loss"]["never_came"]["lost"] == 2
                && flow["loss"]["never_came"]["at_least"] == true
        }
        NoReply => is_clean && lost.is_empty() && codes.contains("\"nothing_passed\""),
        Reason(code) => lost.is_empty() && codes.contains(&format!("\"{code}\"")),
    };
    (!right).then_some(summary)
}

/// What is wrong with the verdicts on captures of such texts: both files in either order, and the client's alone.
fn faults(request: &str, reply: &str, schedule: [u64; 2], expected: Expected) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let [client, server] = captures(request, reply, schedule);
    fs::write(folder.path().join("a.pcap"), client).unwrap();
    fs::write(folder.path().join("b.pcap"), server).unwrap();
    let files = [&["a.pcap", "b.pcap"][..], &["b.pcap", "a.pcap"], &["--client", "a.pcap"]];
    let fault = |files: &[&str]| {
        let (code, document, errors) = analyze(folder.path(), files);
        let found = fault(&document, &errors, expected, files[0] != "--client")?;
        Some(format!("{request} / {reply} every {} ms {files:?}: {code:?} {found}", schedule[0] / MILLISECOND))
    };
    files.into_iter().filter_map(fault).collect()
}

#[test]
fn forms_from_the_wild_give_their_losses_or_say_why_not() {
    let all = FORMS.iter().flat_map(|form| SCHEDULES.map(|schedule| (form, schedule)));
    let faults: Vec<String> =
        all.flat_map(|((request, reply, expected), schedule)| faults(request, reply, schedule, *expected)).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// The reply to the last message died, and the capture ends with a datagram 0.8 s after that message.
#[test]
fn what_the_end_leaves_open_is_said_with_its_time() {
    let folder = TempDir::new().unwrap();
    let (mut frames, last) = (Vec::new(), START + 9 * SECOND);
    for n in 0..10 {
        let sent = START + n * SECOND;
        frames.push(frame(sent, CLIENT, SERVER_NAT, 64, format!("Mensagem {n}").as_bytes()));
        let (reply, delay) = if n == 9 { (8, 800) } else { (n, 30) };
        frames.push(frame(sent + delay * MILLISECOND, SERVER_NAT, CLIENT, 52, format!("ACK {reply}").as_bytes()));
    }
    assert_eq!(frames.last().unwrap().time - last, 800 * MILLISECOND);
    fs::write(folder.path().join("client.pcap"), classic(Order { big: false }, true, link::RAW, &frames)).unwrap();
    let (_, document, errors) = analyze(folder.path(), &["--client", "client.pcap"]);
    let open = document["flows"][0]["messages"].as_array().unwrap().iter();
    let open: Vec<_> = open.filter(|message| message["outcome"] == "inconclusive").collect();
    let [message] = open[..] else { panic!("{open:?} {errors}") };
    assert_eq!(message["reason"], json!({ "kind": "capture_ends", "after_ns": 800_000_000 }), "{message}");
    for (language, sentence) in [
        ("en", "The capture ends 800 ms after message 9: too soon to know."),
        ("pt", "A captura termina 800 ms depois da mensagem 9: cedo demais para saber."),
        ("es", "La captura termina 800 ms después del mensaje 9: demasiado pronto para saberlo."),
    ] {
        let mut command = Command::cargo_bin("medidor").unwrap();
        command.current_dir(folder.path()).args(["--lang", language, "analyze", "--client", "client.pcap"]);
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let text = output.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(sentence), "{output}");
    }
}
