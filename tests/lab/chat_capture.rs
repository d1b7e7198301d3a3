//! Captures of chats, compared with known events: how connections were opened and closed, and where each copy was lost.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::chat::{ChatClient, Server};
use crate::common::faults::{self, Match};
use crate::common::lab::{Host, Lab, Side, Transport};
use crate::common::medidor::medidor;
use crate::common::process::{Running, STEP_TIMEOUT, Stream};
use crate::common::skip;
use nix::sys::signal::Signal;
use serde_json::Value;
use socket2::SockRef;
use tempfile::TempDir;

const PORT: u16 = 12_345;

/// Whether captures on loopback are permitted.
fn may_capture(test: &str) -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        skip(test, "capturing takes a right");
    }
    root
}

fn analysis(folder: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder).args(["--lang", "en", "analyze", "--json"]).args(arguments);
    let finished = Running::start(command).wait(STEP_TIMEOUT);
    finished.expect_code(0);
    let document = serde_json::from_str(&finished.text(Stream::Out)).unwrap();
    assert_schema(&document);
    document
}

/// Analyzes files and checks the document against its schema.
fn assert_schema(document: &Value) {
    let schema: Value = serde_json::from_str(include_str!("../../docs/result.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The analysis as text.
fn report(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder).args(["--lang", "en", "analyze"]).args(arguments);
    let finished = Running::start(command).wait(STEP_TIMEOUT);
    finished.expect_code(0);
    finished.text(Stream::Out)
}

/// Connects and waits for the welcome.
fn join(server: &Server) -> TcpStream {
    let connection = TcpStream::connect(server.address).unwrap();
    connection.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
    let mut bytes = [0; 512];
    assert!((&connection).read(&mut bytes).unwrap() > 0);
    connection
}

/// Reads to the end of a stream.
fn drain(mut connection: &TcpStream) {
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest);
}

/// The connection of the client with this port.
fn of_port(document: &Value, port: u16) -> &Value {
    let connections = document["connections"].as_array().unwrap();
    let ending = format!(":{port}");
    let found = connections.iter().find(|connection| connection["client"].as_str().unwrap().ends_with(&ending));
    found.unwrap_or_else(|| panic!("no connection of port {port}: {document:#}"))
}

/// The number of frames that match a display filter in tshark.
fn tshark(folder: &Path, capture: &str, filter: &str) -> Option<usize> {
    let output = Command::new("tshark").current_dir(folder).args(["-r", capture, "-Y", filter]).output();
    match output {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).lines().count())
        }
        Err(error) => {
            skip("tshark", &error.to_string());
            None
        }
    }
}

#[test]
fn each_handshake_and_each_way_of_closing_is_reported() {
    if !may_capture("each_handshake_and_each_way_of_closing_is_reported") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &["--capture", "server.pcap", "--json"]);
    let port = |connection: &TcpStream| connection.local_addr().unwrap().port();
    // Closed by the client, in order.
    let mut by_client = join(&server);
    by_client.write_all("Olá!\noi\n".as_bytes()).unwrap();
    by_client.shutdown(Shutdown::Write).unwrap();
    drain(&by_client);
    // Closed by the server on request.
    let mut by_server = join(&server);
    by_server.write_all(b"/sair\n").unwrap();
    drain(&by_server);
    // Closed by a reset.
    let by_reset = join(&server);
    SockRef::from(&by_reset).set_linger(Some(Duration::ZERO)).unwrap();
    let (client_port, server_port, reset_port) = (port(&by_client), port(&by_server), port(&by_reset));
    drop(by_reset);
    server.running.wait_for_line(|line| line.contains("the connection was reset"), STEP_TIMEOUT);
    // Closed by the server when it ends.
    let stays = join(&server);
    let stays_port = port(&stays);
    server.running.signal(Signal::SIGINT);
    drain(&stays);
    drop((by_client, by_server, stays));
    let finished = server.running.wait(STEP_TIMEOUT);
    finished.expect_code(0);
    let own: Value = serde_json::from_str(&finished.text(Stream::Out)).unwrap();
    let document = analysis(folder.path(), &["server.pcap"]);
    assert_eq!(own["connections"], document["connections"], "there is one way to the result");
    let close = |port: u16| {
        let close = &of_port(&document, port)["close"];
        (close["close_kind"].as_str().unwrap().to_owned(), close["closed_by"].as_str().unwrap_or("").to_owned())
    };
    let said = |how: &str, by: &str| (how.to_owned(), by.to_owned());
    assert_eq!(close(client_port), said("fin", "client"));
    assert_eq!(close(server_port), said("fin", "server"));
    assert_eq!(close(reset_port), said("rst", "client"));
    assert_eq!(close(stays_port), said("fin", "server"));
    for connection in document["connections"].as_array().unwrap() {
        let frames: Vec<u64> = connection["handshake"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
        assert!(frames.len() == 3 && frames.is_sorted(), "{connection:#}");
    }
    assert_eq!(of_port(&document, client_port)["messages"], 2);
    let messages = document["messages"].as_array().unwrap();
    let first = messages.iter().find(|message| message["text"] == "Olá!").unwrap();
    assert_eq!(first["evidence"].as_array().unwrap().len(), 1, "{first:#}");
    // tshark counts the same.
    let connections = document["connections"].as_array().unwrap().len();
    if let Some(syns) = tshark(folder.path(), "server.pcap", "tcp.flags.syn==1 && tcp.flags.ack==0") {
        assert_eq!(syns, connections);
        assert_eq!(tshark(folder.path(), "server.pcap", "tcp.flags.reset==1"), Some(1));
        let frame = first["evidence"][0]["frame"].as_u64().unwrap();
        let filter = format!("frame.number=={frame} && tcp.payload contains \"Olá!\"");
        assert_eq!(tshark(folder.path(), "server.pcap", &filter), Some(1));
    }
    let text = report(folder.path(), &["server.pcap"]);
    for words in
        ["Three-way handshake in", "Closed normally: first the client", "first the server", "Reset: the client"]
    {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words}: {text}");
    }
}

#[test]
fn a_killed_server_shows_in_the_clients_capture_and_its_journal() {
    if !may_capture("a_killed_server_shows_in_the_clients_capture_and_its_journal") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &["--capture", "server.pcap"]);
    let mut own = ChatClient::own(folder.path(), "--tcp", server.address, &["--capture", "client.pcap"]);
    own.running.wait_for_line(|line| line.starts_with("You are"), STEP_TIMEOUT);
    own.types("oi");
    server.running.wait_for_line(|line| line.ends_with(" disse: oi"), STEP_TIMEOUT);
    // By now the capture is on the disk.
    let journal = folder.path().join("server.journal.jsonl");
    let until = Instant::now() + STEP_TIMEOUT;
    let capture = folder.path().join("server.pcap");
    let written = || {
        let recorded = std::fs::read_to_string(&journal).unwrap_or_default().contains("\"oi\"");
        recorded && std::fs::metadata(&capture).is_ok_and(|file| file.len() > 500)
    };
    while !written() {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(20));
    }
    server.running.signal(Signal::SIGKILL);
    own.running.wait_for_line(|line| line.starts_with("End of the chat"), STEP_TIMEOUT);
    own.running.wait(STEP_TIMEOUT).expect_code(1);
    let document = analysis(folder.path(), &["client.pcap"]);
    let close = &document["connections"][0]["close"];
    assert_eq!(close["closed_by"], "server", "{document:#}");
    assert!(matches!(close["close_kind"].as_str(), Some("fin" | "half" | "rst")), "{close:#}");
    let text = report(folder.path(), &["server.pcap"]);
    assert!(text.contains("the program was killed"), "{text}");
    let document = analysis(folder.path(), &["server.pcap"]);
    assert_eq!(document["connections"][0]["close"]["close_kind"], "open", "its capture died with it");
}

#[test]
fn a_foreign_tcp_chat_capture_is_analyzed_without_a_journal() {
    if !may_capture("a_foreign_tcp_chat_capture_is_analyzed_without_a_journal") {
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), "--tcp", &["--capture", "server.pcap"]);
    // A line that is passed on to another member makes it a chat.
    let [mut one, mut two] = [(), ()].map(|()| {
        let member = ChatClient::simple("tcp", server.address);
        member.running.wait_for_line(|line| line.contains("You are"), STEP_TIMEOUT);
        member
    });
    one.types("Olá!");
    two.running.wait_for_line(|line| line.contains(" disse: Olá!"), STEP_TIMEOUT);
    for member in [&mut one, &mut two] {
        member.hangs_up();
    }
    one.running.wait(STEP_TIMEOUT).expect_code(0);
    two.running.wait(STEP_TIMEOUT).expect_code(0);
    server.running.interrupt(STEP_TIMEOUT).expect_code(0);
    std::fs::rename(folder.path().join("server.pcap"), folder.path().join("foreign.pcap")).unwrap();
    let document = analysis(folder.path(), &["foreign.pcap"]);
    assert_eq!(document["transport"], "tcp");
    let texts: Vec<&str> =
        document["messages"].as_array().unwrap().iter().filter_map(|message| message["text"].as_str()).collect();
    assert_eq!(texts, ["Olá!", "/sair", "/sair"]);
}

/// A server in home B, behind both routers.
fn lab_server(host: &Host, folder: &Path, kind: &str) -> Running {
    let server = Running::start(medidor(host, folder, &["chat", "server", kind, "--capture", "server.pcap"]));
    server.wait_for_line(|line| line.starts_with("Chat over "), STEP_TIMEOUT);
    server
}

/// A member in home A.
fn lab_member(lab: &Lab, folder: &Path, kind: &str, nick: &str) -> ChatClient {
    let to = format!("{}:{PORT}", lab.server_address().ip());
    let capture = format!("{nick}.pcap");
    let arguments = ["chat", "client", &to, kind, "--nick", nick, "--capture", &capture];
    let member = ChatClient::start(medidor(lab.home_a(), folder, &arguments));
    member.running.wait_for_line(|line| line.contains(&format!("is now {nick}")), STEP_TIMEOUT);
    member
}

fn message<'a>(document: &'a Value, text: &str) -> &'a Value {
    let messages = document["messages"].as_array().unwrap();
    messages.iter().find(|message| message["text"] == text).unwrap_or_else(|| panic!("{text}: {document:#}"))
}

#[test]
fn over_udp_each_lost_copy_is_located() {
    let Some(lab) = Lab::build("over_udp_each_lost_copy_is_located") else { return };
    lab.forward(Side::B, Transport::Udp, PORT);
    let folder = TempDir::new().unwrap();
    let server = lab_server(lab.home_b(), folder.path(), "--udp");
    let mut ana = lab_member(&lab, folder.path(), "--udp", "Ana");
    let mut ze = lab_member(&lab, folder.path(), "--udp", "Ze");
    // The first and the last text are never lost, so every witness covers the texts in between.
    ana.types("first");
    ze.sees("Ana disse: first");
    // Lost in the network on the way to the server.
    let lost = faults::forward_drop(lab.router_a(), &Match::request("in the network").on_port(PORT));
    ana.types("in the network");
    wait_for(|| lost.hits() > 0);
    lost.lift();
    // A copy lost in the network on the way to a member.
    let lost = faults::forward_drop(lab.router_b(), &Match::reply("Ana disse: to Ze").on_port(PORT));
    ana.types("to Ze");
    wait_for(|| lost.hits() > 0);
    lost.lift();
    // A copy lost in the member's firewall.
    let lost = faults::input_drop(lab.home_a(), &Match::reply("Ze disse: to Ana").on_port(PORT));
    ze.types("to Ana");
    wait_for(|| lost.hits() > 0);
    lost.lift();
    // Lost in the server's firewall.
    let lost = faults::input_drop(lab.home_b(), &Match::request("to the wall").on_port(PORT));
    ze.types("to the wall");
    wait_for(|| lost.hits() > 0);
    lost.lift();
    ana.types("last");
    ze.sees("Ana disse: last");
    ze.types("very last");
    ana.sees("Ze disse: very last");
    // Witnesses must stay active for longer than the slowest datagram plus a second.
    std::thread::sleep(Duration::from_millis(1_500));
    for mut member in [ana, ze] {
        member.types("/sair");
        member.running.wait(STEP_TIMEOUT).expect_code(0);
    }
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let document = analysis(folder.path(), &["server.pcap", "Ana.pcap", "Ze.pcap"]);
    let way_in = |text: &str| {
        let fate = &message(&document, text)["inward"];
        format!("{} {}", fate["outcome"].as_str().unwrap(), fate["blame"])
    };
    let copy = |text: &str| {
        let failed = &message(&document, text)["copies"]["failed"];
        assert_eq!(failed.as_array().map(Vec::len), Some(1), "{text}: {:#}", message(&document, text));
        format!("{} {}", failed[0]["outcome"].as_str().unwrap(), failed[0]["blame"])
    };
    assert_eq!(way_in("in the network"), r#"lost ["network_in"]"#);
    assert_eq!(copy("to Ze"), r#"lost ["network_out"]"#);
    assert_eq!(copy("to Ana"), r#"lost ["member_host_in"]"#);
    assert_eq!(way_in("to the wall"), r#"lost ["server_host_in"]"#);
    for text in ["first", "last", "very last"] {
        assert_eq!(way_in(text), "delivered []");
        assert_eq!(message(&document, text)["copies"]["delivered"], 1);
    }
    assert_eq!(document["totals"]["inward"]["lost"], 2, "{:#}", document["totals"]);
    assert_eq!(document["totals"]["outward"]["lost"], 2, "{:#}", document["totals"]);
    // With less evidence no verdict is false.
    for files in
        [&["server.pcap"][..], &["Ana.pcap"], &["Ze.pcap"], &["server.pcap", "Ze.pcap"], &["Ana.pcap", "Ze.pcap"]]
    {
        let weak = analysis(folder.path(), files);
        for said in weak["messages"].as_array().unwrap() {
            never_overclaims(&document, said);
        }
    }
}

/// Checks that weak evidence claims no more about a message than is true.
fn never_overclaims(whole: &Value, said: &Value) {
    let Some(text) = said["text"].as_str() else { return };
    let same: Vec<&Value> =
        whole["messages"].as_array().unwrap().iter().filter(|message| message["text"] == text).collect();
    let [truth] = same[..] else { return };
    let holds = |fate: &Value, truth: &Value| {
        let (outcome, true_outcome) = (fate["outcome"].as_str().unwrap(), truth["outcome"].as_str().unwrap());
        match outcome {
            "lost" => {
                let blamed = fate["blame"].as_array().unwrap();
                true_outcome == "lost" && truth["blame"].as_array().unwrap().iter().all(|place| blamed.contains(place))
            }
            "delivered" => true_outcome == "delivered",
            _ => true,
        }
    };
    if !said["inward"].is_null() && !truth["inward"].is_null() {
        assert!(holds(&said["inward"], &truth["inward"]), "{said:#}\n{truth:#}");
    }
}

fn wait_for(mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + STEP_TIMEOUT;
    while !holds() {
        assert!(Instant::now() < until, "it did not come about");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_disconnected_member_is_removed_and_the_chat_continues() {
    let Some(lab) = Lab::build("a_disconnected_member_is_removed_and_the_chat_continues") else { return };
    lab.forward(Side::B, Transport::Tcp, PORT);
    let folder = TempDir::new().unwrap();
    let arguments = ["chat", "server", "--tcp", "--timeout", "3s"];
    let server = Running::start(medidor(lab.home_b(), folder.path(), &arguments));
    server.wait_for_line(|line| line.starts_with("Chat over "), STEP_TIMEOUT);
    let descriptors = || std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count();
    let mut ana = lab_member(&lab, folder.path(), "--tcp", "Ana");
    let with_ana = descriptors();
    // From here on nothing passes between the homes, and neither end is informed.
    lab.router_a().run("ip", &["link", "set", "wan", "down"]).unwrap();
    let local = format!("127.0.0.1:{PORT}");
    let mut here = ChatClient::start(medidor(lab.home_b(), folder.path(), &["chat", "client", &local]));
    here.running.wait_for_line(|line| line.starts_with("You are"), STEP_TIMEOUT);
    here.types("is anybody there?");
    let line = server.wait_for_line(|line| line.contains("Ana left the chat"), STEP_TIMEOUT);
    assert!(line.ends_with("their computer does not respond"), "{line}");
    here.types("/sair");
    here.running.wait(STEP_TIMEOUT).expect_code(0);
    wait_for(|| descriptors() == with_ana - 1);
    ana.hangs_up();
}
